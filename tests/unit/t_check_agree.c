/*
 * Two readings of docs/matching.md, written apart: the checker's and the solver's
 * reference. They must say the same of every two people and every two units.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check_people.h"
#include "match/match.h"

static void people_agree(void **state)
{
	(void)state;
	ctx c = {.mem = arena_new(0)};
	rng r = rng_seed(2024);
	people p;
	size_t forbidden = 0, allowed = 0;
	enum { N = 300 };
	test_people(c.mem, &r, N, N, &p);
	terms t = model_terms_default(TEST_DATE);
	for (size_t i = 0; i < N; i++)
		for (size_t j = N; j < 2 * (size_t)N; j++) {
			const profile *a = &p.profile[i], *b = &p.profile[j];
			check_rule mine = check_people_rule(a, b, TEST_YEAR);
			unsigned theirs = match_rules_broken(a, b, TEST_DATE);
			assert_int_equal(mine == CHECK_RULE_NONE, theirs == 0);
			if (theirs)
				assert_int_equal(mine, __builtin_ctz(theirs));
			assert_int_equal(check_people_weight(a, b, &t, TEST_YEAR),
					 match_weight_people(a, b, &t));
			for (int k = 0; k < CRITERIA_COUNT; k++)
				assert_int_equal(
					check_people_score((criterion_id)k, a, b,
							   TEST_YEAR),
					match_score((criterion_id)k, a, b, TEST_DATE));
			forbidden += theirs != 0;
			allowed += !theirs;
		}
	assert_true(forbidden > 1000 && allowed > 1000);
	arena_free(c.mem);
}

static void units_agree(void **state)
{
	(void)state;
	ctx c = {.mem = arena_new(0)};
	for (uint64_t seed = 1; seed < 20; seed++) {
		rng r = rng_seed(seed);
		people p;
		check_claim claim = {.terms = model_terms_default(TEST_DATE)};
		pool all;
		check_market m;
		test_people(c.mem, &r, 30, 30, &p);
		test_market(&c, &p, &claim, &all, &m);
		for (uint32_t i = 0; i < all.newcomers; i++)
			for (uint32_t j = 0; j < all.establisheds; j++) {
				match_view v;
				match_look(&all, &claim.terms, i, j, &v);
				assert_int_equal(check_units_weight(&m, i, j), v.weight);
				assert_int_equal(check_units_rule(&m, i, j) ==
							 CHECK_RULE_NONE,
						 v.broken == 0);
			}
	}
	arena_free(c.mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_agree),
		cmocka_unit_test(units_agree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
