/* The site map, and finding one's way in it. */
#include "web/web_priv.h"

const route web_routes[] = {
#define ROUTE(method_, pattern_, handler_, need_, about_, body_)                         \
	{.method = NET_##method_,                                                        \
	 .pattern = pattern_,                                                            \
	 .handle = handler_,                                                             \
	 .need = need_,                                                                  \
	 .about = ABOUT_##about_,                                                        \
	 .body = BODY_##body_},
#include "web/routes.def"
#undef ROUTE
};
const size_t web_route_count = ARRAY_LEN(web_routes);

static bool matches(const char *pattern, str path, str *lang, str *part)
{
	str rest = str_slice(path, 1, path.n), want = str_from(pattern + 1), have, piece;
	if (!path.n || path.s[0] != '/')
		return false;
	while (str_cut(&want, '/', &piece)) {
		if (!str_cut(&rest, '/', &have))
			return false;
		if (str_equal(piece, S(":lang"))) {
			if (!view_lang_get(have))
				return false;
			*lang = have;
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

const route *route_find(net_method m, str path, str *lang, str *part)
{
	net_method want = m == NET_HEAD ? NET_GET : m;
	for (size_t i = 0; i < web_route_count; i++) {
		*lang = *part = S("");
		if (web_routes[i].method == want &&
		    matches(web_routes[i].pattern, path, lang, part))
			return &web_routes[i];
	}
	*lang = *part = S("");
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
