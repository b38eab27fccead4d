/*
 * template - the functions behind compiled templates: each writes one type at one place.
 *
 * Most are thin; what matters is which of them a template may call (view/template.h).
 */
#include "view/template.h"

#include <string.h>

#include "view/view_priv.h"

/* ---- values ------------------------------------------------------------------------- */

void html_text_str_(html *h, const view_lang *l, str s)
{
	(void)l;
	html_text(h, s);
}

void html_text_int_(html *h, const view_lang *l, int64_t n)
{
	html_number(h, l, n);
}

void html_text_natural_(html *h, const view_lang *l, uint64_t n)
{
	html_number(h, l, html_natural_(n));
}

void html_attr_str_(html *h, const view_lang *l, str s)
{
	(void)l;
	html_attr(h, s);
}

void html_part_str_(html *h, const view_lang *l, str s)
{
	(void)l;
	html_url(h, s);
}

void html_segment_str_(html *h, const view_lang *l, str s)
{
	bool moves = !s.n || str_equal(s, S(".")) || str_equal(s, S(".."));

	(void)l;
	html_url(h, moves ? S("-") : s);
}

void html_plain_int_(html *h, const view_lang *l, int64_t n)
{
	(void)l;
	html_int(h, n);
}

void html_plain_natural_(html *h, const view_lang *l, uint64_t n)
{
	(void)l;
	html_int(h, html_natural_(n));
}

void html_put_link(html *h, html_link link)
{
	html_attr(h, html_link_checked(link).path);
}

void html_date(html *h, const view_lang *l, int32_t day)
{
	html_text(h, view_date(h->to->mem, l, day));
}

void html_time(html *h, const view_lang *l, int64_t ms)
{
	html_text(h, view_time(h->to->mem, l, ms));
}

void html_put_lang(html *h, const view_lang *l)
{
	html_attr(h, view_lang_tag(l));
}

void html_put_dir(html *h, const view_lang *l)
{
	html_attr(h, view_lang_rtl(l) ? S("rtl") : S("ltr"));
}

void html_put_fragment(html *h, html fragment)
{
	if (fragment.to)
		html_join(h, &fragment);
}

str html_icon_id(const char *id)
{
	return str_from(id);
}

/* ---- words -------------------------------------------------------------------------- */

html_arg html_arg_str_(html *h, const view_lang *l, str s)
{
	(void)h;
	(void)l;
	return (html_arg){.s = s, .apart = true};
}

html_arg html_arg_int_(html *h, const view_lang *l, int64_t n)
{
	return (html_arg){.s = view_number(h->to->mem, l, n)};
}

html_arg html_arg_natural_(html *h, const view_lang *l, uint64_t n)
{
	return html_arg_int_(h, l, html_natural_(n));
}

html_arg html_arg_plain_int_(html *h, const view_lang *l, int64_t n)
{
	(void)l;
	return (html_arg){.s = str_format(h->to->mem, "%lld", (long long)n)};
}

html_arg html_arg_plain_natural_(html *h, const view_lang *l, uint64_t n)
{
	return html_arg_plain_int_(h, l, html_natural_(n));
}

html_arg html_arg_date(html *h, const view_lang *l, int32_t day)
{
	return (html_arg){.s = view_date(h->to->mem, l, day)};
}

html_arg html_arg_time(html *h, const view_lang *l, int64_t ms)
{
	return (html_arg){.s = view_time(h->to->mem, l, ms)};
}

html_arg html_arg_say(html *h, const view_lang *l, const char *key)
{
	return (html_arg){.s = key ? view_say(h->to->mem, l, key, NULL, 0) : S("")};
}

static void put_arg(html *h, html_manner manner, const html_arg *arg)
{
	if (manner != HTML_PLAIN && arg->apart)
		html_name(h, arg->s);
	else
		html_text(h, arg->s);
}

/* A count is {0} and moves the arguments on by one, as in view_say_count. */
void html_words(html *h, const view_lang *l, const char *key, html_manner manner,
		const int64_t *count, const html_arg *arg, size_t n)
{
	const char *text, *from;
	html_arg all[10] = {{.apart = false}};
	size_t first = count != NULL;

	if (!key)
		return;
	text = from = view_text(&l, key, count);
	if (!text) {
		html_say(h, l, key);
		return;
	}
	if (count)
		all[0] = html_arg_int_(h, l, *count);
	for (size_t i = 0; i < n && first + i < ARRAY_LEN(all); i++)
		all[first + i] = arg[i];
	if (manner == HTML_SWEDISH)
		html_put(h, "<span lang=\"sv\" dir=\"ltr\">");
	for (const char *p = text; *p; p++) {
		if (p[0] != '{' || p[1] < '0' || p[1] > '9' || p[2] != '}' ||
		    (size_t)(p[1] - '0') >= first + n)
			continue;
		html_text(h, (str){from, (size_t)(p - from)});
		put_arg(h, manner, &all[p[1] - '0']);
		p += 2;
		from = p + 1;
	}
	html_text(h, str_from(from));
	if (manner == HTML_SWEDISH)
		html_put(h, "</span>");
}

int64_t html_int_(int64_t n)
{
	return n;
}

int64_t html_natural_(uint64_t n)
{
	return n <= INT64_MAX ? (int64_t)n : INT64_MAX;
}

const view_lang *html_swedish(void)
{
	return &view_lang_table[0];
}

/* ---- conditions ----------------------------------------------------------------------- */

bool html_true_str_(str s)
{
	return s.n > 0;
}

bool html_true_link_(html_link link)
{
	return link.path.n > 0;
}

bool html_true_html_(html fragment)
{
	return fragment.to && fragment.to->n > 0;
}

bool html_true_(bool b)
{
	return b;
}

bool html_lang_is(const view_lang *l, const char *tag)
{
	return !strcmp(l->tag, tag);
}
