/*
 * Compiled templates: what each tag writes, and that no text changes the page it is put in.
 *
 * tests/templates/ is compiled into this program, twice: the twin writes a value without
 * escaping it, and the checks must see that.
 */
#include "view/template.h"

#include <setjmp.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "markup.h"

enum { T_ONE = 1, T_TWO, T_THREE };

typedef struct t_item {
	str name;
	const str *words;
	size_t words_n;
	const struct t_item *next;
} t_item;

typedef struct t_page {
	str title;
	int64_t count, ms;
	uint16_t small;
	int32_t day;
	const char *key, *icon;
	html_link link;
	bool on;
	int kind;
	const t_item *items;
	int items_n;
	t_item first;
	html fragment;
} t_page;

#include "test_templates.c"

/* The twin: the same templates, and one writer that forgot. */
static void unescaped(html *h, const view_lang *l, str s)
{
	(void)l;
	buf_add(h->to, s);
}
#undef html_value_text
#define html_value_text(h, l, x)                                                         \
	_Generic((x), str                                                                \
		 : unescaped, HTML_INTEGERS(html_text_int_, html_text_natural_))(h, l,   \
										 x)
#define tmpl_t_top    twin_top
#define tmpl_t_bottom twin_bottom
#define tmpl_t_all    twin_all
#define tmpl_t_item   twin_item
static void twin_item(html *h, const view_lang *l, const t_item *v);
static void twin_top(html *h, const view_lang *l, const t_page *v);
static void twin_bottom(html *h, const view_lang *l, const t_page *v);
#include "test_templates.c"
#undef tmpl_t_all

static arena *mem;
static const view_lang *sv, *en;

static int begin(void **state)
{
	(void)state;
	mem = arena_new(0);
	sv = view_lang_get(S("sv"));
	en = view_lang_get(S("en"));
	return !sv || !en;
}

static int end(void **state)
{
	(void)state;
	arena_free(mem);
	return 0;
}

/* A page in which every text is `s`. */
static str page_with(str s, const view_lang *l,
		     void (*tmpl)(html *, const view_lang *, const t_page *))
{
	str *words = NEW_ARRAY(mem, str, 2);
	t_item *items = NEW_ARRAY(mem, t_item, 2);
	buf fragment = {.mem = mem}, out = {.mem = mem};
	html inner = html_to(&fragment), h = html_to(&out);
	t_page v = {.title = s,
		    .count = 12345,
		    .small = 2022,
		    .ms = 1647356400000, /* 2022-03-15T15:00Z */
		    .day = date_to_day((ymd){2022, 3, 15}),
		    .key = "month.3",
		    .icon = "globe",
		    .link = {S("/sv/x?a=1&b=\"2")},
		    .on = true,
		    .kind = T_THREE,
		    .items = items,
		    .items_n = 2,
		    .first = {.name = s},
		    .fragment = inner};

	html_element(&inner, "b", "", s);
	words[0] = words[1] = s;
	items[0] = (t_item){.name = s, .words = words, .words_n = 2, .next = &items[1]};
	items[1] = (t_item){.name = s};
	tmpl(&h, l, &v);
	return buf_str(&out);
}

static bool holds(str page, const char *part)
{
	return str_find(page, str_from(part)) >= 0;
}

#define HOLDS(page, part)                                                                \
	do {                                                                             \
		if (!holds(page, part))                                                  \
			fail_msg("no %s in %s", part, str_terminated(mem, page));        \
	} while (0)

static void tags(void **state)
{
	str p = page_with(S("A & <B>"), sv, tmpl_t_all);

	(void)state;
	HOLDS(p, "<!doctype html>\n<html lang=\"sv\" dir=\"ltr\">\n<head>\n");
	HOLDS(p, "<title>A &amp; &lt;B&gt; A &amp; &lt;B&gt; 12\u00a0345 ");
	HOLDS(p, "<h1>A &amp; &lt;B&gt;</h1>");
	HOLDS(p, "title=\"A &amp; &lt;B&gt; 12\u00a0345 15 mars 2022\" class=\"a b\">");
	HOLDS(p, ">12\u00a0345 12345 2\u00a0022</p>");
	HOLDS(p, "<p><bdi>A &amp; &lt;B&gt;</bdi> 12\u00a0345 januari mars ");
	HOLDS(p, "<p>sv</p>");
	HOLDS(p, "</bdi> 15 mars 2022 16.00 2\u00a0022.16.00</p>");
	HOLDS(p, "<a href=\"/sv/x?a=1&amp;b=&quot;2\">x</a>");
	HOLDS(p, "<a href=\"/sv/p/A%20%26%20%3CB%3E?q=A%20%26%20%3CB%3E&amp;n=12345#A");
	HOLDS(p, "value=\"A &amp; &lt;B&gt;\" checked>\n");
	HOLDS(p, "<input type=\"number\" value=\"12345\">");
	HOLDS(p, "<textarea name=\"t\" rows=\"3\">\nA &amp; &lt;B&gt;</textarea>");
	HOLDS(p, "#phone\"/></svg><svg class=\"i flip\" aria-hidden=\"true\">");
	HOLDS(p, "#globe\"/></svg>\n<ul>\n<li>");
	HOLDS(p, "<p>not one</p>\n<b>A &amp; &lt;B&gt;</b>\n<b>A");
	HOLDS(p, "<pre>\n  kept\n    so\n</pre>\n</body>");
	assert_false(holds(p, "nobody sees"));
	p = page_with(S("x"), en, tmpl_t_all);
	HOLDS(p, "<p><span lang=\"sv\" dir=\"ltr\">februari</span>other</p>");
}

/* What is left of a page when texts between tags and values of attributes are taken out. */
static str skeleton(str page)
{
	buf out = {.mem = mem};
	bool tag = false, quoted = false;

	for (size_t i = 0; i < page.n; i++) {
		char c = page.s[i];

		if (!tag && c == '<')
			tag = true;
		if (tag && c == '"')
			quoted = !quoted;
		if (tag && !(quoted && c != '"'))
			buf_char(&out, c);
		if (tag && !quoted && c == '>')
			tag = false;
	}
	return buf_str(&out);
}

/* Each address in a page leads where the template says. */
static const char *addresses_wrong(str page)
{
	static const char *const attribute[] = {" href=\"", " action=\"",
						" formaction=\""};

	for (size_t a = 0; a < ARRAY_LEN(attribute); a++) {
		str rest = page, name = str_from(attribute[a]);

		for (ptrdiff_t at; (at = str_find(rest, name)) >= 0;) {
			rest = str_slice(rest, (size_t)at + name.n, rest.n);
			if (rest.s[0] != '/' && rest.s[0] != '#')
				return "an address that leads away";
			if (rest.s[0] == '/' && (rest.s[1] == '/' || rest.s[1] == '\\'))
				return "an address of another host";
			if (str_starts(rest, S("/../")) || str_starts(rest, S("/./")))
				return "an address that moves";
		}
	}
	return NULL;
}

static const char *const hostile[] = {"<script>alert(1)</script>",
				      "\"><script>alert(1)</script>",
				      "\" onmouseover=\"alert(1)",
				      "' onmouseover='alert(1)",
				      "javascript:alert(1)",
				      "//evil.example/x",
				      "/\\evil.example",
				      "..",
				      ".",
				      "",
				      "</textarea><b>",
				      "</title><b>",
				      "</script><b>",
				      "<!--",
				      "-->",
				      "]]><b>",
				      "&lt;b&gt;",
				      "&#60;b&#62;",
				      "{0}{1}{9}",
				      "{{v.title}}",
				      "%22%3E",
				      "a b\tc\nd",
				      "\xff\xfe<",
				      "\x1b[31m",
				      "\u202egnp.exe",
				      "\u2028",
				      "\\\"'`",
				      "${1}",
				      "=1+1",
				      "\r\nX: y"};

/* NULL, or what a text did to the page. */
static const char *wrong_with(str text, const view_lang *l,
			      void (*tmpl)(html *, const view_lang *, const t_page *))
{
	str page = page_with(text, l, tmpl), tame = page_with(S("x"), l, tmpl);
	const char *wrong = markup_page_wrong(mem, page);

	if (wrong)
		return wrong;
	if (!str_equal(skeleton(page), skeleton(tame)))
		return "another skeleton";
	return addresses_wrong(page);
}

static void nothing_gets_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		const char *wrong = wrong_with(str_from(hostile[i]), sv, tmpl_t_all);

		if (!wrong)
			wrong = wrong_with(str_from(hostile[i]), en, tmpl_t_all);
		if (wrong)
			fail_msg("%s: %s", hostile[i], wrong);
	}
}

static void twin(void **state)
{
	(void)state;
	assert_null(wrong_with(S("tame"), sv, twin_all));
	assert_non_null(wrong_with(S("<script>alert(1)</script>"), sv, twin_all));
	assert_non_null(wrong_with(S("&"), sv, twin_all));
	assert_non_null(wrong_with(S("</title><b>"), sv, twin_all));
}

/* Whether the program ends at such a link; tried in a child. */
static bool refused(str path)
{
	pid_t child = fork();
	int status = 0;

	if (!child) {
		close(STDERR_FILENO);
		html_link_checked((html_link){path});
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status != 0;
}

static void links(void **state)
{
	(void)state;
	assert_true(str_equal(html_link_mail(mem, S("a?b&c\"@x.se")).path,
			      S("mailto:a%3Fb%26c%22@x.se")));
	assert_true(str_equal(html_link_phone(mem, S("+46 70")).path, S("tel:+46%2070")));
	assert_true(str_equal(html_link_checked((html_link){S("/sv/")}).path, S("/sv/")));
	assert_true(refused(S("javascript:x")));
	assert_true(refused(S("//evil.example")));
	assert_true(refused(S("/\\evil.example")));
	assert_true(refused(S("sv/")));
	assert_true(refused(S("")));
	assert_false(refused(S("https://www.smhi.se/")));
}

/* Plural forms and a key from the view, no key, and too few arguments. */
static void words(void **state)
{
	buf out = {.mem = mem};
	html h = html_to(&out);
	const html_arg one = {.s = S("<i>"), .apart = true};

	(void)state;
	html_words(&h, en, "report.days", HTML_TEXT, html_counted(1u), NULL, 0);
	html_put(&h, "|");
	html_words(&h, en, NULL, HTML_TEXT, NULL, NULL, 0);
	html_put(&h, "|");
	html_words(&h, en, "no.such", HTML_TEXT, NULL, NULL, 0);
	html_put(&h, "|");
	html_words(&h, en, "date.long", HTML_TEXT, NULL, &one, 1);
	assert_string_equal(str_terminated(mem, buf_str(&out)),
			    "1 day||[no.such]|<bdi>&lt;i&gt;</bdi> {1} {2}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tags, begin, end),
		cmocka_unit_test_setup_teardown(nothing_gets_out, begin, end),
		cmocka_unit_test_setup_teardown(twin, begin, end),
		cmocka_unit_test_setup_teardown(links, begin, end),
		cmocka_unit_test_setup_teardown(words, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
