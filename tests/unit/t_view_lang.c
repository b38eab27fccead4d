/* The languages there are, what each must have, and days and hours as they write them. */
#include "model/model.h"
#include "view/view_priv.h"

#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

static arena *mem;
static const view_lang *sv, *en, *ar;

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
	ar = view_lang_get(S("ar"));
	return !sv || !en || !ar;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(mem);
	return 0;
}

static void to_choose_from(void **state)
{
	bool arabic = false;

	(void)state;
	assert_true(view_lang_count() >= 3);
	assert_ptr_equal(view_lang_at(0), sv);
	for (size_t i = 0; i < view_lang_count(); i++) {
		const view_lang *l = view_lang_at(i);

		arabic |= l == ar;
		assert_false(l->hidden);
		assert_true(view_lang_name(l).n > 0);
		assert_true(view_lang_name_sv(l).n > 0);
		assert_ptr_equal(view_lang_get(view_lang_tag(l)), l);
	}
	assert_true(arabic);
	IS(view_lang_name(ar), "العربية");
	IS(view_lang_name_sv(en), "Engelska");
	assert_true(view_lang_rtl(ar));
	assert_false(view_lang_rtl(sv));
	assert_true(view_lang_whole(en));
	assert_false(view_lang_whole(ar));
}

static size_t missing(const view_lang *l, const char *kind, const char *name)
{
	char *key = str_terminated(mem, str_format(mem, "%s.%s", kind, name));

	if (view_has(l, key))
		return 0;
	print_message("%.*s lacks %s\n", STR_ARG(view_lang_tag(l)), key);
	return 1;
}

/* What every field of fields.def and every choice of choices.def is called, asked and answered. */
static void fields(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t k = 0; k < view_lang_count(); k++) {
		const view_lang *l = view_lang_at(k);
		int asked = 0; /* questions that share a page share why */

		for (int f = 0; f < FIELD_COUNT; f++) {
			const field *d = &model_field[f];

			n += missing(l, "field", d->name);
			n += missing(l, "p.error", d->name);
			if (d->ask)
				n += missing(l, "ask", d->name);
			if (d->ask && d->ask != asked)
				n += missing(l, "why.ask", d->name);
			asked = d->ask;
		}
		for (size_t i = 0; i < model_choice_count; i++) {
			const choice *c = &model_choice[i];
			str key = utf8_fold(mem, str_format(mem, "%s.%.*s",
							    model_field[c->field].name,
							    STR_ARG(c->code)));

			n += missing(l, "choice", str_terminated(mem, key));
		}
	}
	assert_int_equal(n, 0);
	assert_int_equal(missing(sv, "field", "nobody"), 1);
}

/* The names of the table, which sheets use, and those of the pages are the same. */
static void interests(void **state)
{
	(void)state;
	for (size_t i = 0; i < model_interest_count; i++) {
		const interest *x = &model_interest[i];
		char *key = str_terminated(
			mem, str_format(mem, "interest.%.*s", STR_ARG(x->code)));
		const view_lang *l = ar;

		IS(view_say(mem, sv, key, NULL, 0), str_terminated(mem, x->name_sv));
		IS(view_say(mem, en, key, NULL, 0), str_terminated(mem, x->name_en));
		assert_non_null(view_text(&l, key, NULL));
		assert_ptr_equal(l, ar);
	}
}

static void days(void **state)
{
	int32_t day = date_to_day((ymd){2022, 3, 15});

	(void)state;
	IS(view_date(mem, sv, day), "15 mars 2022");
	IS(view_date(mem, ar, day), "15 آذار/مارس 2022");
	IS(view_date_short(mem, sv, day), "15 mars");
	IS(view_date_short(mem, en, day), "15 March");
	IS(view_weekday_date(mem, sv, day), "tisdag 15 mars 2022");
	IS(view_weekday_date(mem, en, day), "Tuesday 15 March 2022");
	IS(view_weekday_date(mem, ar, day), "الثلاثاء، 15 آذار/مارس 2022");
	IS(view_weekday_date(mem, sv, 0), "torsdag 1 januari 1970");
	IS(view_weekday_date(mem, sv, -1), "onsdag 31 december 1969");
	IS(view_weekday_date(mem, sv, -4), "söndag 28 december 1969");
	IS(view_weekday_date(mem, sv, -5), "lördag 27 december 1969");
}

static int64_t utc(int32_t year, int32_t month, int32_t day, int hour, int minute)
{
	return ((int64_t)date_to_day((ymd){year, month, day}) * 1440 + hour * 60 +
		minute) *
	       60000;
}

/* Both clock changes of 2022 (EU directive 2000/84), and a day that begins before UTC's. */
static void hours(void **state)
{
	static const struct {
		int32_t month, day;
		int hour, minute;
		const char *want;
	} cases[] = {{1, 15, 17, 0, "18.00"},  {7, 15, 16, 0, "18.00"},
		     {3, 27, 0, 59, "01.59"},  {3, 27, 1, 0, "03.00"},
		     {10, 30, 0, 59, "02.59"}, {10, 30, 1, 0, "02.00"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		IS(view_time(mem, sv,
			     utc(2022, cases[i].month, cases[i].day, cases[i].hour,
				 cases[i].minute)),
		   cases[i].want);
	IS(view_time(mem, en, utc(2022, 1, 15, 8, 5)), "09:05");
	IS(view_time(mem, ar, utc(2022, 1, 15, 8, 5)), "09:05");
}

static void numbers(void **state)
{
	(void)state;
	IS(view_number(mem, ar, 1412), "1,412");
	IS(view_decimal(mem, ar, 785, 1), "78.5");
}

/* Pseudo-language: there in builds for tests, every letter changed, arguments kept, longer. */
static void pseudo(void **state)
{
	const view_lang *qps = view_lang_get(S("qps"));

	(void)state;
#ifdef VIEW_PSEUDO
	assert_non_null(qps);
	IS(view_say(mem, qps, "field.gender", NULL, 0), "⟦Köñ··⟧");
	IS(view_say(mem, qps, "field.phone", NULL, 0), "⟦Tëļëƒôñ···⟧");
	IS(view_say(mem, qps, "list.and", (const str[]){S("A"), S("B")}, 2),
	   "⟦A ôçĥ B····⟧");
	IS(view_say_count(mem, qps, "report.days", 1, NULL, 0), "⟦1 ðǎĝ···⟧");
	IS(view_number(mem, qps, 1412), "1\u00a0412");
	for (size_t i = 0; i < qps->entries; i++)
		assert_string_equal(qps->entry[i].key, sv->entry[i].key);
#else
	assert_null(qps);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(to_choose_from), cmocka_unit_test(interests),
		cmocka_unit_test(days),           cmocka_unit_test(hours),
		cmocka_unit_test(numbers),        cmocka_unit_test(pseudo),
		cmocka_unit_test(fields),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
