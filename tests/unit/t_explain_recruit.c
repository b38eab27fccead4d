/* explanation: what more people would add, and what other weights of waiting would change. */
#include "explain_people.h"

/* The total with this person too. */
static int64_t total_with(town *w, const profile *who)
{
	people p = copy_people(w->c.mem, &w->people, 1);
	p.profile[p.n - 1] = *who;
	return solved_total(w, &p, &w->terms, w->result.bonus);
}

static int gains_seen;

static void one_more(town *w)
{
	rng r = rng_seed(w->people.n * 77 + w->pool.newcomers);
	for (int i = 0; i < 4; i++) {
		profile who = random_person(&r, 5000, SIDE_ESTABLISHED);
		who.capacity = 1;
		who.household = 0;
		who.consent = CONSENT_YES;
		if (who.birth_year > 2003)
			who.birth_year = 2000;
		int64_t gain = match_recruit_gain(&w->k, &who);
		assert_int_equal(gain, total_with(w, &who) - total_now(w));
		gains_seen += gain > 0;
	}
}

static void gain_of_one_equals_solving_with_that_person(void **state)
{
	(void)state;
	gains_seen = 0;
	in_towns(9000, one_more);
	assert_true(gains_seen > TOWNS / 2);
}

/* The twin: prices at the other end would promise too much. */
static void prices_of_the_wrong_end_are_caught(void **state)
{
	int wrong = 0;
	(void)state;
	for (uint64_t seed = 9000; seed < 9000 + TOWNS; seed++) {
		arena *mem = arena_new(0);
		town *w = random_town(mem, seed);
		rng r = rng_seed(seed);
		profile who = random_person(&r, 5000, SIDE_ESTABLISHED);
		who.capacity = 1;
		who.household = 0;
		who.consent = CONSENT_YES;
		who.birth_year = 1980;
		w->k.profit_high = w->k.profit_low;
		wrong += match_recruit_gain(&w->k, &who) !=
			 total_with(w, &who) - total_now(w);
		arena_free(mem);
	}
	assert_true(wrong > 0);
}

static int64_t pairs_of(town *w, const people *p)
{
	return solved_total(w, p, &w->terms, 1) - solved_total(w, p, &w->terms, 0);
}

static void check_recruit(town *w, const match_recruit *r)
{
	for (int n = 1; n <= MATCH_RECRUIT_MOST; n++) {
		people p = copy_people(w->c.mem, &w->people, (size_t)n);
		for (int i = 0; i < n; i++) {
			profile *who = &p.profile[w->people.n + (size_t)i];
			*who = r->person;
			who->id += (uint32_t)i;
		}
		assert_int_equal(r->gain[n - 1],
				 solved_total(w, &p, &w->terms, w->result.bonus) -
					 total_now(w));
		/* Where pairs come first their number is settled; else it may be a tie. */
		if (w->result.bonus)
			assert_int_equal(r->pairs[n - 1],
					 pairs_of(w, &p) - pairs_of(w, &w->people));
		if (n > 1)
			assert_true(r->gain[n - 1] >= r->gain[n - 2]);
	}
	assert_int_equal(r->gain[0], match_recruit_gain(&w->k, &r->person));
	assert_non_null(r->phrase.key);
}

static void ranked(town *w)
{
	match_recruit *few, *all;
	size_t few_n, all_n;
	match_recruit_rank(&w->k, 3, &few, &few_n);
	match_recruit_rank(&w->k, 1000, &all, &all_n);
	assert_int_equal(few_n, all_n < 3 ? all_n : 3);
	for (size_t i = 0; i < few_n; i++) {
		/* Stopping early leaves nobody out. */
		assert_memory_equal(few[i].gain, all[i].gain, sizeof few[i].gain);
		check_recruit(w, &few[i]);
	}
	for (size_t i = 1; i < all_n; i++)
		assert_true(all[i - 1].gain[3] >= all[i].gain[3]);
}

static void ranking_is_exact_for_one_to_four(void **state)
{
	(void)state;
	for (uint64_t seed = 9500; seed < 9540; seed++) {
		arena *mem = arena_new(0);
		ranked(random_town(mem, seed));
		arena_free(mem);
	}
}

/* Three women who only accept women, and no woman to meet. */
static void the_bottleneck_is_recruited_first(void **state)
{
	arena *mem = arena_new(0);
	const municipality *m = model_municipality_get(2523);
	profile p[4];
	match_recruit *r;
	size_t n;
	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		p[i] = (profile){.id = i + 1,
				 .side = i < 3 ? SIDE_NEWCOMER : SIDE_ESTABLISHED,
				 .consent = CONSENT_YES,
				 .capacity = 1,
				 .interests = 0x70,
				 .gender = i < 3 ? GENDER_WOMAN : GENDER_MAN,
				 .birth_year = 1990,
				 .musts = i < 3 ? CHOICE_BIT(WISHES_GENDER) : 0,
				 .x = m->x,
				 .y = m->y,
				 .z = m->z,
				 .flags = PROFILE_PLACED,
				 .place = m->seat_place,
				 .municipality = 2523,
				 .queued = THE_DATE,
				 .arrived = QUEUED_UNKNOWN};
	town *w = town_of(mem, p, 4);
	assert_int_equal(w->result.pairs, 0);
	match_recruit_rank(&w->k, 2, &r, &n);
	assert_int_equal(n, 2);
	assert_int_equal(r[0].municipality, 2523);
	assert_int_equal(r[0].gender, GENDER_WOMAN);
	assert_int_equal(r[0].age_from, 25);
	assert_int_equal(r[0].interests, 0x70);
	assert_int_equal(r[0].could_help, 3);
	assert_int_equal(r[0].pairs[0], 1);
	assert_int_equal(r[0].pairs[2], 3);
	assert_int_equal(r[0].pairs[3], 3);
	assert_string_equal(r[0].phrase.key, "recruit.pairs");
	assert_int_equal(r[0].phrase.arg[0].number, 3);
	assert_int_equal(r[0].phrase.arg[1].number, 3);
	assert_string_equal(r[0].phrase.arg[2].key, "recruit.women");
	arena_free(mem);
}

/* ---- the price of fairness --------------------------------------------------------------- */

static void fair(town *w)
{
	match_fairness *f;
	size_t n, present = 0;
	assert_true(match_fairness_curve(&w->k, &f, &n));
	assert_true(n == 7 || n == 8);
	for (size_t i = 0; i < n; i++) {
		terms t = w->terms;
		t.waiting = f[i].waiting;
		assert_int_equal(f[i].outcome.weight, solved_total(w, &w->people, &t, 0));
		present += f[i].present;
		if (i)
			assert_true(f[i].waiting > f[i - 1].waiting);
		if (f[i].present)
			assert_int_equal(f[i].waiting, w->terms.waiting);
	}
	assert_int_equal(present, 1);
}

static void fairness_solves_again_with_each_weight(void **state)
{
	(void)state;
	for (uint64_t seed = 9700; seed < 9740; seed++) {
		arena *mem = arena_new(0);
		town *w = random_town(mem, seed);
		if (seed % 2) {
			w->terms.waiting = 123 * (int32_t)(seed % 19);
			solve_town(w);
		}
		fair(w);
		arena_free(mem);
	}
}

/* One seat, two newcomers: only much weight on waiting gives it to the one who waits. */
static void weight_of_waiting_turns_the_choice(void **state)
{
	arena *mem = arena_new(0);
	profile p[3];
	match_fairness *f;
	size_t n;
	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		p[i] = (profile){.id = i + 1,
				 .side = i < 2 ? SIDE_NEWCOMER : SIDE_ESTABLISHED,
				 .consent = CONSENT_YES,
				 .capacity = 1,
				 .interests = i ? 3 : 1,
				 .birth_year = 1990,
				 .queued = THE_DATE,
				 .place = PLACE_NONE,
				 .arrived = QUEUED_UNKNOWN};
	p[0].queued = THE_DATE - 400; /* waits long; shares half of the interests */
	town *w = town_of(mem, p, 3);
	assert_true(match_fairness_curve(&w->k, &f, &n));
	assert_int_equal(f[0].outcome.wait_longest, 400);
	assert_int_equal(f[n - 1].outcome.wait_longest, 0);
	assert_true(f[0].outcome.fit > f[n - 1].outcome.fit);
	arena_free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gain_of_one_equals_solving_with_that_person),
		cmocka_unit_test(prices_of_the_wrong_end_are_caught),
		cmocka_unit_test(ranking_is_exact_for_one_to_four),
		cmocka_unit_test(the_bottleneck_is_recruited_first),
		cmocka_unit_test(fairness_solves_again_with_each_weight),
		cmocka_unit_test(weight_of_waiting_turns_the_choice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
