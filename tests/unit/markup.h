/*
 * markup - a strict reader of the HTML and SVG we write, for tests.
 *
 * Only the tags and attributes on the lists may occur, quoted and nested without a
 * gap; every '&' begins one of our five entities; ids are unique and everything that
 * points at one finds it; no address but a fragment. So a single unescaped text that
 * carries markup is found, whatever it says. Returns NULL, or what is wrong.
 *
 * markup_wrong reads a page that stands alone, markup_page_wrong a page of the site: that
 * one may have forms and lead to other pages.
 */
#ifndef TESTS_MARKUP_H
#define TESTS_MARKUP_H

#include "base/base.h"

#include <string.h>

#define MARKUP_DEPTH 64

static inline bool markup_listed(str word, const char *list)
{
	str rest = str_from(list), item;

	while (str_cut(&rest, ' ', &item))
		if (str_equal(item, word))
			return true;
	return false;
}

static const char markup_void[] = "meta br link hr img input";
static const char markup_tags[] =
	"html head meta title style body a header nav main div section aside figure "
	"figcaption footer p span b h1 h2 h3 ul li dl dt dd bdi br table caption thead "
	"tbody "
	"tr th td svg g path rect circle polyline text use symbol pattern";
/* A page of the site may have these too. */
static const char markup_site_tags[] =
	"form fieldset legend label input select option textarea button progress output "
	"details summary kbd script link noscript ol pre small time code em strong";
static const char markup_site_attributes[] =
	"title action method enctype formaction type value for min max step rows cols "
	"pattern "
	"autocomplete inputmode maxlength minlength rel src hreflang media "
	"datetime aria-describedby aria-invalid aria-current aria-sort aria-live "
	"aria-pressed aria-expanded data-keys colspan rowspan accept sizes";
static const char markup_site_flags[] = "checked disabled selected required readonly "
					"multiple autofocus hidden open defer "
					"novalidate";
static const char markup_attributes[] =
	"lang dir charset http-equiv content name class id href aria-hidden aria-label "
	"aria-labelledby role tabindex scope viewBox preserveAspectRatio direction x y "
	"cx cy r "
	"rx width height d points fill stroke stroke-width stroke-linecap "
	"stroke-linejoin "
	"vector-effect text-anchor shape-rendering patternUnits patternTransform "
	"transform";

static inline const char *markup_entities(str text)
{
	static const char *const good[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};

	for (size_t i = 0; i < text.n; i++) {
		bool known = text.s[i] != '&';

		for (size_t k = 0; k < ARRAY_LEN(good); k++)
			known |=
				str_starts(str_slice(text, i, text.n), str_from(good[k]));
		if (!known)
			return "an & that is no entity";
		if (text.s[i] == '<' || text.s[i] == '>')
			return "a bare < or >";
		if ((unsigned char)text.s[i] < 0x20 && text.s[i] != '\n' &&
		    text.s[i] != '\t')
			return "a control character";
	}
	return utf8_valid(text) ? NULL : "malformed UTF-8";
}

/* Whether `what` stands in the page as id="what". */
static inline bool markup_has_id(arena *a, str whole, str id)
{
	return str_find(whole, str_format(a, " id=\"%.*s\"", STR_ARG(id))) >= 0;
}

/* An address of the site, or one that a page of it may name. */
static inline bool markup_address(str value)
{
	return (str_starts(value, S("/")) && !str_starts(value, S("//"))) ||
	       str_starts(value, S("?")) || str_starts(value, S("#")) ||
	       str_starts(value, S("https://")) || str_starts(value, S("mailto:")) ||
	       str_starts(value, S("tel:"));
}

static inline const char *markup_attribute(arena *a, str whole, bool site, str name,
					   str value)
{
	const char *wrong = markup_entities(value);

	if (wrong)
		return wrong;
	if (!markup_listed(name, markup_attributes) &&
	    !(site && markup_listed(name, markup_site_attributes)))
		return "an attribute that is not on the list";
	if (site && markup_listed(name, "href src action formaction"))
		return markup_address(value) ? NULL : "an address that is not ours";
	if (str_equal(name, S("href")) &&
	    (!value.n || value.s[0] != '#' ||
	     !markup_has_id(a, whole, str_slice(value, 1, value.n))))
		return "an address that is not on this page";
	if (str_equal(name, S("aria-labelledby")) && !markup_has_id(a, whole, value))
		return "a label that is not on this page";
	if (str_equal(name, S("id"))) {
		str here = str_format(a, " id=\"%.*s\"", STR_ARG(value));
		ptrdiff_t first = str_find(whole, here);

		if (str_find(str_slice(whole, (size_t)first + 1, whole.n), here) >= 0)
			return "an id twice";
	}
	return NULL;
}

/* `tag` is what stands between < and >, from after the name. */
static inline const char *markup_attribute_list(arena *a, str whole, bool site, str tag)
{
	const char *wrong;

	while (tag.n && !str_equal(tag, S("/"))) {
		ptrdiff_t sign = str_find(tag, S("=\""));
		str name = str_slice(tag, 1, tag.n), value;

		while (site && tag.s[0] == ' ' && str_cut(&name, ' ', &value) &&
		       markup_listed(value, markup_site_flags)) {
			tag = str_slice(tag, 1 + value.n, tag.n);
			sign = str_find(tag, S("=\""));
			name = str_slice(tag, 1, tag.n);
		}
		if (!tag.n)
			break;
		if (tag.s[0] != ' ' || sign < 2)
			return "an attribute without quotes";
		name = str_slice(tag, 1, (size_t)sign);
		value = str_slice(tag, (size_t)sign + 2, tag.n);
		sign = str_find(value, S("\""));
		if (sign < 0)
			return "quotes that do not end";
		tag = str_slice(value, (size_t)sign + 1, value.n);
		wrong = markup_attribute(a, whole, site, name,
					 str_slice(value, 0, (size_t)sign));
		if (wrong)
			return wrong;
	}
	return NULL;
}

/* The name of the tag that begins here; "" when there is none. */
static inline str markup_tag_name(str s)
{
	size_t n = 0;

	while (n < s.n &&
	       ((s.s[n] >= 'a' && s.s[n] <= 'z') || (s.s[n] >= '0' && s.s[n] <= '9')))
		n++;
	return str_slice(s, 0, n);
}

static inline const char *markup_read(arena *a, str whole, bool site)
{
	str open[MARKUP_DEPTH], rest = whole;
	size_t depth = 0;

	if (str_starts(rest, S("<!doctype html>")))
		rest = str_slice(rest, 15, rest.n);
	while (rest.n) {
		ptrdiff_t at = str_find(rest, S("<")), end;
		str text = str_slice(rest, 0, at < 0 ? rest.n : (size_t)at), name;
		bool style = depth && str_equal(open[depth - 1], S("style")), closing;
		const char *wrong = style ? NULL : markup_entities(text);

		if (wrong)
			return wrong;
		if (at < 0)
			break;
		rest = str_slice(rest, (size_t)at + 1, rest.n);
		closing = str_starts(rest, S("/"));
		rest = str_slice(rest, closing, rest.n);
		name = markup_tag_name(rest);
		end = str_find(rest, S(">"));
		if ((!markup_listed(name, markup_tags) &&
		     !(site && markup_listed(name, markup_site_tags))) ||
		    end < 0)
			return "a tag that is not on the list";
		text = str_slice(rest, name.n, (size_t)end);
		rest = str_slice(rest, (size_t)end + 1, rest.n);
		if (closing) {
			if (text.n || !depth || !str_equal(open[--depth], name))
				return "tags that cross";
			continue;
		}
		wrong = markup_attribute_list(a, whole, site, text);
		if (wrong)
			return wrong;
		if (str_ends(text, S("/")) || markup_listed(name, markup_void))
			continue;
		if (depth == MARKUP_DEPTH)
			return "too deep";
		open[depth++] = name;
	}
	return depth ? "a tag that is not closed" : NULL;
}

static inline const char *markup_wrong(arena *a, str whole)
{
	return markup_read(a, whole, false);
}

static inline const char *markup_page_wrong(arena *a, str whole)
{
	return markup_read(a, whole, true);
}

#endif
