/* explanation: other ways to pair the same people, and the figures of any pairs. */
#include "explain_people.h"

/* Newcomers 1 2 3 (by queue: 3, 1, 2) and established 11 12, alike but for what is said. */
static void tiny(profile p[5])
{
	for (uint32_t i = 0; i < 5; i++)
		p[i] = (profile){.id = i < 3 ? i + 1 : i + 8,
				 .consent = CONSENT_YES,
				 .capacity = 1,
				 .side = i < 3 ? SIDE_NEWCOMER : SIDE_ESTABLISHED,
				 .place = PLACE_NONE,
				 .arrived = QUEUED_UNKNOWN,
				 .queued = THE_DATE};
	p[0].queued = THE_DATE - 20;
	p[1].queued = THE_DATE - 10;
	p[2].queued = THE_DATE - 30;
}

static uint32_t partner(const match_baseline *b, uint32_t newcomer)
{
	for (size_t i = 0; i < b->pairs; i++)
		if (b->pair[i].newcomer == newcomer)
			return b->pair[i].established;
	return MATCH_NOBODY;
}

static void greedy_takes_the_best_pair_first(void **state)
{
	arena *mem = arena_new(0);
	profile p[5];
	match_baseline b;
	(void)state;
	tiny(p);
	/* 1 suits both, a little better the one who is all that 2 has: greedy leaves 2 alone. */
	p[0].interests = 0x0f;
	p[1].interests = 0x07;
	p[3].interests = 0x0f;
	p[4].interests = 0x0e;
	p[1].meets = MEETS_IN_PERSON;
	p[4].meets = MEETS_VIDEO;
	town *w = town_of(mem, p, 5);
	match_baseline_greedy(&w->k, &b);
	assert_int_equal(b.pairs, 1);
	assert_int_equal(partner(&b, 0), 0);
	assert_int_equal(w->result.pairs, 2);
	assert_true(b.outcome.weight < w->result.total);
	arena_free(mem);
}

static void kompisbyran_goes_by_queue_and_points(void **state)
{
	arena *mem = arena_new(0);
	profile p[5];
	match_baseline b;
	(void)state;
	tiny(p);
	/* First in the queue is 3: gender 1 + age 2 = 3 with 12, one interest = 3 with 11: the lower number. */
	p[2].gender = p[4].gender = GENDER_MAN;
	p[2].birth_year = 1990;
	p[4].birth_year = 1995;
	p[2].interests = p[3].interests = 1;
	town *w = town_of(mem, p, 5);
	match_baseline_kompisbyran(&w->k, &b);
	assert_int_equal(partner(&b, 2), 0);
	/* Then 1 takes what is left, though nothing speaks for it; 2 gets nobody. */
	assert_int_equal(partner(&b, 0), 1);
	assert_int_equal(partner(&b, 1), MATCH_NOBODY);
	assert_int_equal(b.outcome.below_reserve, 1);
	/* Same municipality (2) tips it to 12. */
	p[2].municipality = p[4].municipality = 2580;
	w = town_of(mem, p, 5);
	match_baseline_kompisbyran(&w->k, &b);
	assert_int_equal(partner(&b, 2), 1);
	/* Both have children (2) and a candidate who came 24 months ago (2) tip it back. */
	p[2].life = LIFE_FAMILY;
	p[3].children = 1;
	p[3].arrived = date_to_day((ymd){2021, 1, 1});
	w = town_of(mem, p, 5);
	match_baseline_kompisbyran(&w->k, &b);
	assert_int_equal(partner(&b, 2), 0);
	/* One day earlier is not newly arrived any more: 5 against 5, and 6 years are not near. */
	p[3].arrived--;
	p[4].gender = 0;
	p[2].gender = p[3].gender = GENDER_MAN;
	p[2].interests =
		0; /* 11: children 2 + gender 1 = 3; 12: municipality 2 + age 2 = 4 */
	w = town_of(mem, p, 5);
	match_baseline_kompisbyran(&w->k, &b);
	assert_int_equal(partner(&b, 2), 1);
	p[4].birth_year = 1996; /* 12: 2 */
	w = town_of(mem, p, 5);
	match_baseline_kompisbyran(&w->k, &b);
	assert_int_equal(partner(&b, 2), 0);
	arena_free(mem);
}

static void interests_count_at_most_five(void **state)
{
	arena *mem = arena_new(0);
	profile p[5];
	match_baseline b;
	(void)state;
	tiny(p);
	p[2].interests = p[4].interests = 0xff;
	p[3].interests = 0x1f;
	p[2].gender = p[3].gender = GENDER_WOMAN;
	town *w = town_of(mem, p, 5);
	match_baseline_kompisbyran(&w->k, &b);
	assert_int_equal(partner(&b, 2), 0); /* 15 + 1 against 15 */
	arena_free(mem);
}

static bool lawful(const town *w, const match_baseline *b, bool reserve)
{
	int32_t *seats = NEW_ARRAY(w->c.mem, int32_t, w->pool.establisheds);
	for (size_t i = 0; i < b->pairs; i++) {
		match_view v;
		const match_pair *pair = &b->pair[i];
		match_look(&w->pool, &w->terms, pair->newcomer, pair->established, &v);
		if (v.broken || v.weight != pair->weight ||
		    (reserve && !pair->locked && v.weight <= 0))
			return false;
		if (++seats[pair->established] >
		    w->pool.established[pair->established].seats)
			return false;
		if (i && b->pair[i - 1].newcomer >= pair->newcomer)
			return false;
	}
	return true;
}

static void compare(town *w)
{
	match_baseline greedy, bureau;
	match_outcome ours;
	match_baseline_greedy(&w->k, &greedy);
	match_baseline_kompisbyran(&w->k, &bureau);
	match_outcome_count(w->c.mem, &w->pool, &w->terms, w->result.pair,
			    w->result.pairs, &ours);
	assert_true(lawful(w, &greedy, true));
	assert_true(lawful(w, &bureau, false));
	int64_t bonus = w->result.bonus, best = ours.weight + bonus * ours.pairs;
	assert_int_equal(best, total_now(w));
	assert_true(greedy.outcome.weight + bonus * greedy.outcome.pairs <= best);
	/* It has no reserve, and what is below the reserve does not count for us. */
	if (!bureau.outcome.below_reserve && !w->terms.locked_n)
		assert_true(bureau.outcome.weight + bonus * bureau.outcome.pairs <= best);
	if (!greedy.pairs)
		return;
	greedy.pair[0].weight++; /* twin */
	assert_false(lawful(w, &greedy, true));
}

static void baselines_are_lawful_and_never_better(void **state)
{
	(void)state;
	in_towns(12000, compare);
}

static void figures_by_hand(void **state)
{
	arena *mem = arena_new(0);
	profile p[14];
	match_outcome o;
	(void)state;
	/* Twelve newcomers, waiting 0, 30, … 330 days; the fifth household has two. */
	for (uint32_t i = 0; i < 14; i++)
		p[i] = (profile){.id = i + 1,
				 .side = i < 12 ? SIDE_NEWCOMER : SIDE_ESTABLISHED,
				 .consent = CONSENT_YES,
				 .capacity = 1,
				 .place = PLACE_NONE,
				 .arrived = QUEUED_UNKNOWN,
				 .interests = 1,
				 .queued = THE_DATE - 30 * (int32_t)i};
	p[3].queued = QUEUED_UNKNOWN;
	p[10].household = p[11].household = 5;
	p[12].interests = 3;
	town *w = town_of(mem, p, 14);
	assert_int_equal(w->pool.newcomers, 11);
	match_pair pair[2] = {{.newcomer = 0, .established = 0},
			      {.newcomer = 10, .established = 1}};
	match_outcome_count(mem, &w->pool, &w->terms, pair, 2, &o);
	assert_int_equal(o.pairs, 2);
	assert_int_equal(o.people, 3);
	assert_int_equal(o.waiting, 9);
	/* 26 points of interests; 1 of √2: 0.707. */
	assert_int_equal(o.fit, 26000 + 26 * match_score(CRITERION_INTERESTS, &p[0],
							 &p[12], THE_DATE));
	assert_int_equal(o.fit_bin[2], 1);
	assert_int_equal(o.fit_bin[1], 1);
	/* Known waits left: 30 60 120 150 180 210 240 270. */
	assert_int_equal(o.wait_longest, 270);
	assert_int_equal(o.wait_median, 150);
	assert_int_equal(o.wait_p90, 270);
	const uint32_t bins[MATCH_WAIT_BINS] = {0, 1, 1, 2, 4, 0, 1};
	assert_memory_equal(o.wait_bin, bins, sizeof bins);
	assert_int_equal(o.matched_bin[0], 1);
	assert_int_equal(o.matched_bin[4], 2);
	match_outcome_count(mem, &w->pool, &w->terms, pair, 0, &o);
	assert_int_equal(o.waiting, 12);
	assert_int_equal(o.wait_longest, 330);
	arena_free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(greedy_takes_the_best_pair_first),
		cmocka_unit_test(kompisbyran_goes_by_queue_and_points),
		cmocka_unit_test(interests_count_at_most_five),
		cmocka_unit_test(baselines_are_lawful_and_never_better),
		cmocka_unit_test(figures_by_hand),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
