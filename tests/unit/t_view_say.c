/* Words by key and language: arguments, plural forms, numbers, dates, faults. */
#include "view/view_priv.h"

#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

static arena *mem;
static const view_lang *sv, *en;

#define IS(got, want)                                                                    \
	do {                                                                             \
		str got_ = (got);                                                        \
		assert_string_equal(str_terminated(mem, got_), want);                    \
	} while (0)

static int setup(void **state)
{
	(void)state;
	mem = arena_new(0);
	sv = view_lang_get(S("sv"));
	en = view_lang_get(S("en"));
	return !sv || !en;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(mem);
	return 0;
}

static void languages(void **state)
{
	(void)state;
	assert_null(view_lang_get(S("xx")));
	assert_null(view_lang_get(S("")));
	IS(view_lang_tag(sv), "sv");
	IS(view_lang_tag(en), "en");
}

/* A language of our own: an incomplete one with the six categories of Arabic. */
static const view_entry few[] = {
	{"t.braces", {"{\"a\":1} {9} {x} {0"}, 1},
	{"t.many", {"none", "one", "two", "few {0}", "many {0} {1}", "other {0} {1}"}, 6},
	{"t.two", {"{1} before {0}, {0}"}, 1},
};
static const view_lang ar = {
	.tag = "ar",
	.rules = "ar",
	.entry = few,
	.entries = 3,
	.category = {"zero", "one", "two", "few", "many", "other"},
};

static void arguments(void **state)
{
	const str arg[] = {S("A{1}"), S("B")};

	(void)state;
	IS(view_say(mem, &ar, "t.two", arg, 2), "B before A{1}, A{1}");
	IS(view_say(mem, &ar, "t.two", arg, 1), "{1} before A{1}, A{1}");
	IS(view_say(mem, &ar, "t.braces", arg, 2), "{\"a\":1} {9} {x} {0");
}

static void falls_back(void **state)
{
	(void)state;
	IS(view_say(mem, &ar, "month.1", NULL, 0), "januari");
	IS(view_say(mem, &ar, "no.such", NULL, 0), "[no.such]");
	IS(view_say_count(mem, &ar, "no.such", 3, NULL, 0), "[no.such]");
	assert_true(view_has(&ar, "month.1"));
	assert_false(view_has(&ar, "no.such"));
}

/* In its language only, in pages too, and the language itself stays as it was. */
static void own_words(void **state)
{
	static const view_own own[] = {{"month.1", "första <{0}>"}};
	const str arg = S("a&b");
	buf page = {.mem = mem};
	html h = html_to(&page);
	(void)state;
	const view_lang *with = view_lang_with(mem, sv, own, ARRAY_LEN(own));
	IS(view_say(mem, with, "month.1", &arg, 1), "första <a&b>");
	IS(view_say(mem, with, "month.2", NULL, 0), "februari");
	IS(view_say(mem, sv, "month.1", NULL, 0), "januari");
	IS(view_say(mem, en, "month.1", NULL, 0), "January");
	html_say_with(&h, with, "month.1", &arg, 1);
	IS(buf_str(&page), "första &lt;a&amp;b&gt;");
}

static void plural_forms(void **state)
{
	const str arg[] = {S("x")};

	(void)state;
	IS(view_say_count(mem, &ar, "t.many", 0, arg, 1), "none");
	IS(view_say_count(mem, &ar, "t.many", 1, arg, 1), "one");
	IS(view_say_count(mem, &ar, "t.many", 2, arg, 1), "two");
	IS(view_say_count(mem, &ar, "t.many", 5, arg, 1), "few 5");
	IS(view_say_count(mem, &ar, "t.many", 11, arg, 1), "many 11 x");
	IS(view_say_count(mem, &ar, "t.many", 100, arg, 1), "other 100 x");
	IS(view_say_count(mem, &ar, "t.two", 1, arg, 1), "x before 1, 1");
}

static void numbers(void **state)
{
	(void)state;
	IS(view_number(mem, sv, 0), "0");
	IS(view_number(mem, sv, 999), "999");
	IS(view_number(mem, sv, 1412), "1\u00a0412");
	IS(view_number(mem, sv, 30000), "30\u00a0000");
	IS(view_number(mem, en, 1234567), "1,234,567");
	IS(view_number(mem, sv, -1000), "\u22121\u00a0000");
	IS(view_number(mem, en, INT64_MIN), "-9,223,372,036,854,775,808");
	IS(view_decimal(mem, sv, 785, 1), "78,5");
	IS(view_decimal(mem, en, -5, 2), "-0.05");
	IS(view_decimal(mem, en, 1234500, 2), "12,345.00");
	IS(view_decimal(mem, en, 7, 0), "7");
	IS(view_date(mem, sv, date_to_day((ymd){2023, 1, 1})), "1 januari 2023");
	IS(view_date(mem, en, date_to_day((ymd){2024, 12, 31})), "31 December 2024");
}

static void inert(void **state)
{
	(void)state;
	IS(view_inert(mem, S("a\x1b[31mb\x7f")), "a[31mb");
	IS(view_inert(mem, S("a\tb\r\nc")), "a b  c");
	IS(view_inert(mem, S("x\u202ey\u2066z\ufeff")), "xyz");
	IS(view_inert(mem, S("a\xff")), "a\ufffd");
	IS(view_inert(mem, S("\u0645\u200c\u0646 L\u00e5")),
	   "\u0645\u200c\u0646 L\u00e5");
}

static void faults(void **state)
{
	fault f = {.kind = FAULT_INPUT,
		   .file = S("a\x1b.csv"),
		   .line = 3,
		   .column = 7,
		   .key = "date.long",
		   .arg = {S("1"),
			   S("\u202e"
			     "2"),
			   S("3")}};

	(void)state;
	IS(view_fault(mem, sv, &f), "a.csv:3:7: 1 2 3");
	f.column = 0;
	IS(view_fault(mem, sv, &f), "a.csv:3: 1 2 3");
	f.line = 0;
	IS(view_fault(mem, sv, &f), "a.csv: 1 2 3");
	f.file = S("");
	IS(view_fault(mem, sv, &f), "1 2 3");
}

/* bsearch needs the tables sorted, and each entry whole. */
static void tables(void **state)
{
	(void)state;
	for (size_t l = 0; l < view_lang_total; l++) {
		const view_lang *t = &view_lang_table[l];

		for (size_t i = 0; i < t->entries; i++) {
			assert_true(!i ||
				    strcmp(t->entry[i - 1].key, t->entry[i].key) < 0);
			for (int f = 0; f < t->entry[i].forms; f++)
				assert_non_null(t->entry[i].text[f]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(languages),    cmocka_unit_test(arguments),
		cmocka_unit_test(falls_back),   cmocka_unit_test(own_words),
		cmocka_unit_test(plural_forms), cmocka_unit_test(numbers),
		cmocka_unit_test(inert),        cmocka_unit_test(faults),
		cmocka_unit_test(tables),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
