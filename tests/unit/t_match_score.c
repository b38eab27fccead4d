/* The scalar reference: what every criterion must be, and weights that add up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "match_people.h"

static void every_pair(void (*check)(const scene *s, const profile *a, const profile *b))
{
	scene s;
	scene_open(&s, 7, 60, 60);
	scene_form(&s);
	for (size_t i = 0; i < s.people.n; i++)
		for (size_t j = 0; j < s.people.n; j++)
			check(&s, &s.people.profile[i], &s.people.profile[j]);
	arena_free(s.c.mem);
}

static void check_range(const scene *s, const profile *a, const profile *b)
{
	for (int c = 0; c < CRITERIA_COUNT; c++) {
		int x = match_score((criterion_id)c, a, b, s->terms.date);
		assert_in_range(x, 0, 1000);
		assert_int_equal(x, match_score((criterion_id)c, b, a, s->terms.date));
		assert_int_equal(x, match_score((criterion_id)c, a, b, s->terms.date));
	}
	assert_int_equal(match_rules_broken(a, b, s->terms.date),
			 match_rules_broken(b, a, s->terms.date));
}

static void scores_range_and_are_symmetric(void **state)
{
	(void)state;
	every_pair(check_range);
}

/* Nothing but what the criterion declares: its field, and the wishes where it has one. */
static profile masked(const profile *p, criterion_id c)
{
	const criterion *k = &model_criterion[c];
	profile q = {.queued = QUEUED_UNKNOWN};
	switch ((int)k->reads) {
	case FIELD_LOCALITY:
		q.x = p->x;
		q.y = p->y;
		q.z = p->z;
		q.flags = p->flags & PROFILE_PLACED;
		break;
	case FIELD_INTERESTS:
		q.interests = p->interests;
		break;
	case FIELD_BIRTH_YEAR:
		q.birth_year = p->birth_year;
		break;
	case FIELD_LIFE:
		q.life = p->life;
		break;
	case FIELD_CHILDREN:
		q.children = p->children;
		break;
	case FIELD_TIMES:
		q.times = p->times;
		break;
	case FIELD_LANGUAGE:
		q.languages = p->languages;
		break;
	case FIELD_APPS:
		q.apps = p->apps;
		break;
	case FIELD_OCCUPATION:
		q.occupation = p->occupation;
		break;
	case FIELD_GENDER:
		q.gender = p->gender;
		break;
	default:
		fail_msg("a criterion reads a field this test does not know");
	}
	if (k->wish) {
		q.wishes = p->wishes;
		q.musts = p->musts;
	}
	return q;
}

static void check_reads(const scene *s, const profile *a, const profile *b)
{
	for (int c = 0; c < CRITERIA_COUNT; c++) {
		profile x = masked(a, (criterion_id)c), y = masked(b, (criterion_id)c),
			none = {0};
		none.wishes = none.musts = 31;
		assert_int_equal(match_score((criterion_id)c, a, b, s->terms.date),
				 match_score((criterion_id)c, &x, &y, s->terms.date));
		/* Unknown is neutral, whatever is wished. */
		assert_int_equal(match_score((criterion_id)c, a, &none, s->terms.date),
				 0);
		x.wishes = x.musts = y.wishes = y.musts = 0;
		if (model_criterion[c].wish)
			assert_int_equal(
				match_score((criterion_id)c, &x, &y, s->terms.date), 0);
	}
}

static void scores_read_only_what_they_declare(void **state)
{
	(void)state;
	every_pair(check_reads);
}

static void unknown_breaks_no_rule(void **state)
{
	(void)state;
	scene s;
	scene_open(&s, 3, 50, 50);
	profile none = {.musts = 31, .age_from = 30, .age_to = 40};
	for (size_t i = 0; i < s.people.n; i++) {
		profile p = s.people.profile[i];
		unsigned broken = match_rules_broken(&p, &none, TEST_DATE);
		p.birth_year = 0;
		p.children = 0;
		p.life = 0;
		assert_int_equal(match_rules_broken(&p, &none, TEST_DATE), 0);
		/* The twin: those musts do break rules with people who are known. */
		assert_int_equal(broken & ~(1u << RULE_AGE | 1u << RULE_FAMILY), 0);
	}
	profile a = {.gender = GENDER_WOMAN, .musts = CHOICE_BIT(WISHES_GENDER)};
	profile b = {.gender = GENDER_MAN};
	assert_int_equal(match_rules_broken(&a, &b, TEST_DATE), 1u << RULE_GENDER);
	a.musts = 0;
	assert_int_equal(match_rules_broken(&a, &b, TEST_DATE), 0);
	arena_free(s.c.mem);
}

/* A few pairs worked out by hand from docs/matching.md. */
static void scores_are_the_documented_ones(void **state)
{
	(void)state;
	profile a = {.flags = PROFILE_PLACED,
		     .birth_year = 1980,
		     .interests = 0x0f,
		     .life = LIFE_FAMILY,
		     .children = UINT64_C(1) << 30,
		     .times = 0x7,
		     .apps = 3,
		     .languages = 1,
		     .occupation = 2};
	profile b = {.flags = PROFILE_PLACED,
		     .x = 30,
		     .y = 40,
		     .birth_year = 1985,
		     .interests = 0x13,
		     .life = LIFE_SINGLE_PARENT,
		     .children = UINT64_C(1) << 33,
		     .times = 0x6,
		     .apps = 4,
		     .languages = 3,
		     .occupation = 2};
	static const struct {
		criterion_id c;
		int score;
	} want[] = {
		{CRITERION_DISTANCE, 900},  /* 5 of 50 km */
		{CRITERION_INTERESTS, 577}, /* 2 / sqrt(4 * 3) */
		{CRITERION_AGE, 750},       /* 5 of 20 years */
		{CRITERION_LIFE, 800},
		{CRITERION_CHILDREN, 250}, /* 3 of 4 years */
		{CRITERION_TIMES, 400},    /* 2 of 5 */
		{CRITERION_LANGUAGE, 1000},
		{CRITERION_APPS, 0},
		{CRITERION_OCCUPATION, 1000},
		{CRITERION_WISH_OCCUPATION, 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_int_equal(match_score(want[i].c, &a, &b, TEST_DATE),
				 want[i].score);
	b.musts = CHOICE_BIT(WISHES_OCCUPATION);
	assert_int_equal(match_score(CRITERION_WISH_OCCUPATION, &a, &b, TEST_DATE), 1000);
	terms t = model_terms_default(TEST_DATE);
	t.waiting = 200;
	a.queued = TEST_DATE - 365;
	assert_int_equal(match_waiting(&a, &t), 200 * 1910 / 100);
	a.queued = TEST_DATE + 1;
	assert_int_equal(match_waiting(&a, &t), 0);
}

static void the_table_of_roots_is_right(void **state)
{
	(void)state;
	for (uint64_t n = 1; n <= 64; n++)
		assert_int_equal(kind_share_inv[n],
				 (isqrt_u64((UINT64_C(1) << 26) / n) + 1) / 2);
}

static void parts_add_up_to_the_weight(void **state)
{
	(void)state;
	scene s;
	size_t households = 0;
	scene_open(&s, 5, 150, 150);
	for (size_t i = 0; i < s.people.n; i++)
		s.people.profile[i].household =
			rng_below(&(rng){{i + 1, 2, 3, 4}}, 9) ? 0 : 1 + (uint32_t)i / 40;
	scene_form(&s);
	for (uint32_t i = 0; i < s.pool.newcomers; i++)
		for (uint32_t j = 0; j < s.pool.establisheds; j++) {
			match_view v;
			match_look(&s.pool, &s.terms, i, j, &v);
			int64_t sum = (int64_t)v.waiting_newcomer +
				      v.waiting_established - s.terms.reserve;
			for (int c = 0; c < CRITERIA_COUNT; c++)
				sum += v.part[c];
			assert_int_equal(sum, v.weight);
			const unit *a = &s.pool.newcomer[i], *b = &s.pool.established[j];
			households += a->n * b->n > 1;
			if (a->n * b->n == 1)
				assert_int_equal(
					v.weight,
					match_weight_people(
						&s.people.profile
							 [s.pool.member[a->first]],
						&s.people.profile
							 [s.pool.member[b->first]],
						&s.terms));
		}
	assert_true(households > 0);
	arena_free(s.c.mem);
}

static void never_is_seen_both_ways(void **state)
{
	(void)state;
	scene s;
	scene_open(&s, 5, 5, 5);
	id_pair never[] = {{8, 2}}, forbidden[] = {{1, 7}};
	s.people.never = never;
	s.people.never_n = 1;
	s.terms.forbidden = forbidden;
	s.terms.forbidden_n = 1;
	for (size_t i = 0; i < s.people.n; i++)
		s.people.profile[i].household = 0;
	scene_form(&s);
	for (uint32_t i = 0; i < s.pool.newcomers; i++)
		for (uint32_t j = 0; j < s.pool.establisheds; j++) {
			match_view v;
			uint32_t a = s.pool.newcomer[i].id, b = s.pool.established[j].id;
			match_look(&s.pool, &s.terms, i, j, &v);
			bool is = v.broken & 1u << RULE_NEVER;
			assert_int_equal(is, (a == 2 && b == 8) || (a == 1 && b == 7));
		}
	arena_free(s.c.mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scores_range_and_are_symmetric),
		cmocka_unit_test(scores_read_only_what_they_declare),
		cmocka_unit_test(unknown_breaks_no_rule),
		cmocka_unit_test(scores_are_the_documented_ones),
		cmocka_unit_test(the_table_of_roots_is_right),
		cmocka_unit_test(parts_add_up_to_the_weight),
		cmocka_unit_test(never_is_seen_both_ways),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
