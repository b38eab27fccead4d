/* Escaping by context, and the strict reader that the page tests trust. */
#include "view/view_priv.h"

#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "markup.h"

static arena *mem;
static buf page;
static html h;

static int begin(void **state)
{
	(void)state;
	mem = arena_new(0);
	page = (buf){.mem = mem};
	h = html_to(&page);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(mem);
	return 0;
}

static const char *written(void)
{
	return str_terminated(mem, buf_str(&page));
}

static void content(void **state)
{
	(void)state;
	html_text(&h, S("<script>alert('1')</script> & \"x\" å \xff\x1b[0m\n"));
	assert_string_equal(written(),
			    "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; "
			    "&quot;x&quot; å \ufffd[0m\n");
}

static void attributes(void **state)
{
	(void)state;
	html_put(&h, "<p class=\"");
	html_attr(&h, S("\" onclick=\"alert(1)"));
	html_put(&h, "\">");
	assert_string_equal(written(), "<p class=\"&quot; onclick=&quot;alert(1)\">");
}

static void addresses(void **state)
{
	(void)state;
	html_url(&h, S("a b/ö?&=\"-_.~"));
	assert_string_equal(written(), "a%20b%2F%C3%B6%3F%26%3D%22-_.~");
}

static void names(void **state)
{
	(void)state;
	html_name(&h, S("\u202e<b>mile</b>\u2069\u0645\u062d\u0645\u062f"));
	assert_string_equal(written(),
			    "<bdi>&lt;b&gt;mile&lt;/b&gt;\u0645\u062d\u0645\u062f</bdi>");
}

static void elements(void **state)
{
	(void)state;
	html_element(&h, "td", "class=\"n\"", S("<1>"));
	html_element(&h, "b", "", S("x"));
	html_int(&h, -12);
	html_put(&h, " ");
	html_tenths(&h, 125);
	html_put(&h, " ");
	html_tenths(&h, -5);
	html_put(&h, " ");
	html_tenths(&h, 30);
	assert_string_equal(written(),
			    "<td class=\"n\">&lt;1&gt;</td><b>x</b>-12 12.5 -0.5 3");
}

static void icons(void **state)
{
	static const char *const id[] = {"tri", "mark"};

	(void)state;
	html_icons(&h, id, 2);
	html_icon(&h, "tri");
	assert_null(markup_wrong(mem, buf_str(&page)));
	assert_true(str_find(buf_str(&page), S("<symbol id=\"tri\" ")) > 0);
	assert_true(str_find(buf_str(&page), S("id=\"oct\"")) < 0);
}

static void reader_wrong(const char *markup)
{
	if (!markup_wrong(mem, str_from(markup)))
		fail_msg("accepted: %s", markup);
}

/* Each fault is planted once: what the reader lets through proves nothing. */
static void reader(void **state)
{
	(void)state;
	assert_null(markup_wrong(
		mem, S("<!doctype html>\n<p id=\"a\" class=\"b\">x &amp; y<br>"
		       "<a href=\"#a\">z</a></p><svg><path d=\"M1\"/></svg>")));
	reader_wrong("<p>");
	reader_wrong("</p>");
	reader_wrong("<p><b></p></b>");
	reader_wrong("<p>a < b</p>");
	reader_wrong("<p>a > b</p>");
	reader_wrong("<p>a & b</p>");
	reader_wrong("<p>&nbsp;</p>");
	reader_wrong("<script></script>");
	reader_wrong("<p onclick=\"x\"></p>");
	reader_wrong("<p style=\"x\"></p>");
	reader_wrong("<p class=x></p>");
	reader_wrong("<p class=\"x></p>");
	reader_wrong("<p id=\"a\"></p><p id=\"a\"></p>");
	reader_wrong("<a href=\"#b\">x</a>");
	reader_wrong("<a href=\"http://example.com\">x</a>");
	reader_wrong("<svg aria-labelledby=\"t\"></svg>");
	reader_wrong("<p>\x1b</p>");
	reader_wrong("<p>\xff</p>");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(content, begin, end),
		cmocka_unit_test_setup_teardown(attributes, begin, end),
		cmocka_unit_test_setup_teardown(addresses, begin, end),
		cmocka_unit_test_setup_teardown(names, begin, end),
		cmocka_unit_test_setup_teardown(elements, begin, end),
		cmocka_unit_test_setup_teardown(icons, begin, end),
		cmocka_unit_test_setup_teardown(reader, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
