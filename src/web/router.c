/* The site map, and finding one's way in it. */
#include "web/web_priv.h"

const route web_routes[] = {
#define ROW(method_, pattern_, handler_, need_, about_, body_, slow_)                    \
	{.method = NET_##method_,                                                        \
	 .pattern = pattern_,                                                            \
	 .handle = handler_,                                                             \
	 .need = need_,                                                                  \
	 .about = ABOUT_##about_,                                                        \
	 .body = BODY_##body_,                                                           \
	 .slow = slow_},
#define ROUTE(...)      ROW(__VA_ARGS__, false)
#define SLOW_ROUTE(...) ROW(__VA_ARGS__, true)
#include "web/routes.def"
#undef ROUTE
#undef SLOW_ROUTE
#undef ROW
};
const size_t web_route_count = ARRAY_LEN(web_routes);

bool route_fits(const route *r, str path, str *part)
{
	str rest = str_slice(path, 1, path.n), want = str_from(r->pattern + 1), have,
	    piece;
	*part = S("");
	if (!path.n || path.s[0] != '/')
		return false;
	while (str_cut(&want, '/', &piece)) {
		if (!str_cut(&rest, '/', &have))
			return false;
		if (str_equal(piece, S(":lang"))) {
			if (!view_lang_get(have))
				return false;
		} else if (piece.n && piece.s[0] == ':') {
			*part = have;
			if (!have.n)
				return false;
		} else if (!str_equal(piece, have)) {
			return false;
		}
	}
	return !str_cut(&rest, '/', &have);
}

const route *route_find(net_method m, str path)
{
	net_method want = m == NET_HEAD ? NET_GET : m;
	str part;
	for (size_t i = 0; i < web_route_count; i++)
		if (web_routes[i].method == want &&
		    route_fits(&web_routes[i], path, &part))
			return &web_routes[i];
	return NULL;
}

bool path_is_staff(str path)
{
	str rest = str_slice(path, 1, path.n), part;
	return str_cut(&rest, '/', &part) && str_cut(&rest, '/', &part) &&
	       str_equal(part, S("staff"));
}

const view_lang *path_lang(str path)
{
	str rest = str_slice(path, 1, path.n), part;
	return str_cut(&rest, '/', &part) ? view_lang_get(part) : NULL;
}
