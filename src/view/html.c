/*
 * html - text becomes markup here and nowhere else.
 *
 * Markup is written only from literals (html_put); everything else passes one of the
 * functions below, each for one context. What acts without being seen (controls,
 * direction overrides) is left out, as view_inert does.
 */
#include "view/view_priv.h"

#include <string.h>

html html_to(buf *out)
{
	return (html){.to = out};
}

void html_markup_(html *h, const char *markup, size_t n)
{
	buf_add(h->to, (str){markup, n});
}

/* Content and attribute values in double quotes need the same five; a line break may stay. */
static void escape(buf *to, str s)
{
	for (size_t pos = 0; pos < s.n;) {
		int32_t c = utf8_next(s, &pos);

		if (c == '&')
			buf_add(to, S("&amp;"));
		else if (c == '<')
			buf_add(to, S("&lt;"));
		else if (c == '>')
			buf_add(to, S("&gt;"));
		else if (c == '"')
			buf_add(to, S("&quot;"));
		else if (c == '\'')
			buf_add(to, S("&#39;"));
		else if (c < 0)
			utf8_put(to, 0xfffd);
		else if (c == '\n' || c == '\t')
			buf_char(to, (char)c);
		else if (!view_acts(c))
			utf8_put(to, c);
	}
}

void html_text(html *h, str s)
{
	escape(h->to, s);
}

void html_attr(html *h, str s)
{
	escape(h->to, s);
}

/* RFC 3986, section 2.3: what is not unreserved is percent-encoded, the slash too. */
void html_url(html *h, str s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.s[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
			     c == '~';
		if (plain) {
			buf_char(h->to, (char)c);
		} else {
			buf_char(h->to, '%');
			buf_char(h->to, hex[c >> 4]);
			buf_char(h->to, hex[c & 15]);
		}
	}
}

html_link html_link_checked(html_link link)
{
	str p = link.path;
	bool ours = str_starts(p, S("?")) || str_starts(p, S("#")) ||
		    str_starts(p, S("https://")) || str_starts(p, S("mailto:")) ||
		    str_starts(p, S("tel:")) ||
		    (str_starts(p, S("/")) && !str_starts(p, S("//")) &&
		     !str_starts(p, S("/\\")));

	assert(ours && "an address that is not made by our own code");
	return ours ? link : (html_link){S("#")};
}

/* What is not on the list of bytes is percent-encoded. */
static str address_of(arena *a, str scheme, str s, const char *kept)
{
	buf out = {.mem = a};
	html h = html_to(&out);

	buf_add(&out, scheme);
	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] && strchr(kept, s.s[i]))
			buf_char(&out, s.s[i]);
		else
			html_url(&h, str_slice(s, i, i + 1));
	}
	return buf_str(&out);
}

html_link html_link_mail(arena *a, str address)
{
	return (html_link){address_of(a, S("mailto:"), address, "@")};
}

html_link html_link_phone(arena *a, str number)
{
	return (html_link){address_of(a, S("tel:"), number, "+")};
}

void html_name(html *h, str s)
{
	html_put(h, "<bdi>");
	html_text(h, s);
	html_put(h, "</bdi>");
}

void html_int(html *h, int64_t n)
{
	buf_format(h->to, "%lld", (long long)n);
}

void html_tenths(html *h, int64_t tenths)
{
	uint64_t size = tenths < 0 ? 0 - (uint64_t)tenths : (uint64_t)tenths;

	buf_format(h->to, "%s%llu", tenths < 0 ? "-" : "",
		   (unsigned long long)(size / 10));
	if (size % 10)
		buf_format(h->to, ".%llu", (unsigned long long)(size % 10));
}

void html_number(html *h, const view_lang *l, int64_t n)
{
	html_text(h, view_number(h->to->mem, l, n));
}

void html_say(html *h, const view_lang *l, const char *key)
{
	html_text(h, view_say(h->to->mem, l, key, NULL, 0));
}

void html_say_with(html *h, const view_lang *l, const char *key, const str *arg, size_t n)
{
	html_text(h, view_say(h->to->mem, l, key, arg, n));
}

void html_say_count(html *h, const view_lang *l, const char *key, int64_t n)
{
	html_text(h, view_say_count(h->to->mem, l, key, n, NULL, 0));
}

void html_element_(html *h, str tag, str attributes, str text)
{
	buf_char(h->to, '<');
	buf_add(h->to, tag);
	if (attributes.n)
		buf_char(h->to, ' ');
	buf_add(h->to, attributes);
	buf_char(h->to, '>');
	escape(h->to, text);
	buf_add(h->to, S("</"));
	buf_add(h->to, tag);
	buf_char(h->to, '>');
}

void html_join(html *h, const html *other)
{
	buf_add(h->to, buf_str(other->to));
}

/* ---- icons: assets/icons.svg ------------------------------------------------------ */

void html_icons(html *h, const char *const *id, size_t n)
{
	const str sprite = view_asset_named("icons.svg")->bytes;

	html_put(h, "<svg class=\"hide\" aria-hidden=\"true\">");
	for (size_t i = 0; i < n; i++) {
		str opening = str_format(h->to->mem, "<symbol id=\"%s\"", id[i]);
		ptrdiff_t from = str_find(sprite, opening);
		str rest;

		assert(from >= 0 && "no such icon in assets/icons.svg");
		rest = str_slice(sprite, (size_t)from, sprite.n);
		buf_add(h->to, str_slice(rest, 0,
					 (size_t)str_find(rest, S("</symbol>")) +
						 sizeof "</symbol>" - 1));
	}
	html_put(h, "</svg>");
}

void html_stylesheet(html *h)
{
	html_put(h, "<style>");
	buf_add(h->to, view_stylesheet());
	html_put(h, "</style>");
}
