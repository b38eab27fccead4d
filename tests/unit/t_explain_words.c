/* report/words: everything explanation has to say can be said, in both languages. */
#include "explain_people.h"
#include "report/report.h"

/* A text with nothing left open: no key in brackets, no unfilled {n}, and not empty. */
static bool well_said(str s)
{
	return s.n && utf8_valid(s) && str_find(s, S("[")) < 0 && str_find(s, S("{")) < 0;
}

static size_t said;

static void say(town *w, const match_phrase *p)
{
	static const char *const tags[] = {"sv", "en"};
	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		const view_lang *l = view_lang_get(str_from(tags[i]));
		assert_true(well_said(report_words(w->c.mem, l, &w->people, p)));
		said++;
	}
}

static void say_pairs(town *w)
{
	for (uint32_t i = 0; i < w->pool.newcomers; i++)
		for (uint32_t j = 0; j < w->pool.establisheds; j++) {
			match_why_not no;
			assert_true(match_why_not_pair(&w->k, w->pool.newcomer[i].id,
						       w->pool.established[j].id, &no));
			say(w, &no.answer);
			for (size_t x = 0; x < no.rules; x++)
				say(w, &no.rule[x]);
			for (size_t x = 0; x < no.why.reasons; x++)
				say(w, &no.why.reason[x].phrase);
			for (size_t x = 0; x < no.why.doubts; x++)
				say(w, &no.why.doubt[x]);
		}
}

static void say_waiting(town *w, match_waiting_why *y)
{
	for (size_t x = 0; x < y->sentences; x++)
		say(w, &y->sentence[x]);
	for (size_t x = 0; x < y->relaxes; x++)
		say(w, &y->relax[x].phrase);
}

static void say_town(town *w)
{
	say_pairs(w);
	all_waiting(w, say_waiting);
	match_recruit *r;
	size_t n;
	match_recruit_rank(&w->k, 100, &r, &n);
	for (size_t i = 0; i < n; i++)
		say(w, &r[i].phrase);
}

static void everything_can_be_said(void **state)
{
	(void)state;
	said = 0;
	in_towns(20000, say_town);
	assert_true(said > 10000);
}

static void what_cannot_be_said_is_noticed(void **state)
{
	arena *mem = arena_new(0);
	town *w = random_town(mem, 1);
	const view_lang *l = view_lang_get(S("sv"));
	match_phrase no_key = {.key = "why.nonsense"};
	match_phrase no_argument = {.key = "why.interests"};
	match_phrase nothing = {0};
	(void)state;
	assert_false(well_said(report_words(mem, l, &w->people, &no_key)));
	assert_false(well_said(report_words(mem, l, &w->people, &no_argument)));
	assert_int_equal(report_words(mem, l, &w->people, &nothing).n, 0);
	arena_free(mem);
}

static void assert_says(str s, const char *expected)
{
	assert_int_equal(s.n, strlen(expected));
	assert_memory_equal(s.s, expected, s.n);
}

static void points_have_at_most_one_decimal(void **state)
{
	arena *mem = arena_new(0);
	const view_lang *sv = view_lang_get(S("sv"));
	(void)state;
	assert_says(report_points(mem, sv, 3421), "3,4");
	assert_says(report_points(mem, sv, 3450), "3,5");
	assert_says(report_points(mem, sv, 2960), "3");
	assert_says(report_points(mem, sv, 0), "0");
	assert_says(report_points(mem, sv, -15000), "−15");
	assert_says(report_points(mem, view_lang_get(S("en")), 60049), "60");
	arena_free(mem);
}

static uint64_t interest_bit(const char *name)
{
	for (size_t i = 0; i < model_interest_count; i++)
		if (str_equal(model_interest[i].name_sv, str_from(name)))
			return UINT64_C(1) << i;
	fail();
	return 0;
}

static void lists_read_as_people_write_them(void **state)
{
	arena *mem = arena_new(0);
	const view_lang *sv = view_lang_get(S("sv"));
	match_phrase p = {
		.key = "why.interests", .args = 1, .arg = {{.kind = ARG_INTERESTS}}};
	people none = {0};
	(void)state;
	p.arg[0].set = interest_bit("Musik");
	assert_says(report_words(mem, sv, &none, &p), "båda gillar musik");
	p.arg[0].set |= interest_bit("Dans");
	assert_says(report_words(mem, sv, &none, &p), "båda gillar musik och dans");
	p.arg[0].set |= interest_bit("IT och teknik");
	assert_says(report_words(mem, sv, &none, &p),
		    "båda gillar musik, dans samt IT och teknik");
	arena_free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_can_be_said),
		cmocka_unit_test(what_cannot_be_said_is_noticed),
		cmocka_unit_test(points_have_at_most_one_decimal),
		cmocka_unit_test(lists_read_as_people_write_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
