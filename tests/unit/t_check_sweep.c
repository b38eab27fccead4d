/*
 * The sweep over everyone against a loop written here: same u for the grid and without
 * it, for vector code and plain, for any number of threads, for people of every kind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check_people.h"

typedef struct fair {
	ctx c;
	people p;
	check_claim claim;
	pool pool;
	check_market m;
	int64_t *expect;
	int64_t weight_max;
} fair;

static void expect_u(fair *f)
{
	const pool *p = &f->pool;
	f->expect = NEW_ARRAY(f->c.mem, int64_t, p->newcomers);
	f->weight_max = 0;
	for (uint32_t i = 0; i < p->newcomers; i++)
		for (uint32_t j = 0; j < p->establisheds; j++) {
			int64_t w = f->m.seats_newcomer[i] && f->m.seats_established[j]
					    ? test_value(&f->m, i, j)
					    : 0;
			if (w - f->m.price[j] > f->expect[i])
				f->expect[i] = w - f->m.price[j];
			if (w && w - f->m.bonus > f->weight_max)
				f->weight_max = w - f->m.bonus;
		}
}

static void make(fair *f, uint64_t seed, size_t newcomers, size_t established)
{
	*f = (fair){.c = {.mem = arena_new(0)}};
	rng r = rng_seed(seed);
	test_people(f->c.mem, &r, newcomers, established, &f->p);
	f->claim.terms = model_terms_default(TEST_DATE);
	f->claim.terms.reserve = (int32_t)rng_below(&r, 90000);
	f->claim.terms.most_pairs = seed % 2;
	for (int c = 0; c < CRITERIA_COUNT; c++)
		if (test_maybe(&r, 40))
			f->claim.terms.weight[c] =
				(int32_t)rng_below(&r, 3) * (int32_t)rng_below(&r, 300);
	test_market(&f->c, &f->p, &f->claim, &f->pool, &f->m);
	f->m.bonus = seed % 2 ? 1 + (int64_t)rng_below(&r, 1000000000) * 1000 : 0;
	for (size_t j = 0; j < f->pool.establisheds; j++) {
		f->m.price[j] = rng_below(&r, 3) * (int64_t)rng_below(&r, 30000);
		if (test_maybe(&r, 5))
			f->m.seats_established[j] = 0;
	}
	for (size_t i = 0; i < f->pool.newcomers; i++)
		if (test_maybe(&r, 5))
			f->m.seats_newcomer[i] = 0;
	expect_u(f);
}

static uint64_t sweep_with(fair *f, check_sweep_options o)
{
	int64_t *u = NEW_ARRAY(f->c.mem, int64_t, f->pool.newcomers);
	check_sweep_result out;
	check_sweep(&f->c, &f->m, &o, u, &out);
	for (size_t i = 0; i < f->pool.newcomers; i++)
		assert_int_equal(u[i], f->expect[i]);
	if (f->claim.terms.most_pairs)
		assert_int_equal(out.weight_max, f->weight_max);
	return out.scored;
}

static void agrees_with_a_loop(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		fair f;
		make(&f, seed, 20 + seed * 3, 150 - seed);
		uint64_t scored = sweep_with(&f, (check_sweep_options){.threads = 1});
		uint64_t all = sweep_with(
			&f, (check_sweep_options){.threads = 1, .no_grid = true});
		assert_true(scored < all);
		assert_int_equal(scored,
				 sweep_with(&f, (check_sweep_options){.threads = 2}));
		assert_int_equal(scored,
				 sweep_with(&f, (check_sweep_options){.threads = 5}));
		assert_int_equal(scored,
				 sweep_with(&f, (check_sweep_options){
							.threads = 1,
							.level = CHECK_LEVEL_PLAIN}));
		assert_int_equal(
			all, sweep_with(&f, (check_sweep_options){.threads = 3,
								  .by_definition = true,
								  .no_grid = true}));
		assert_int_equal(scored, sweep_with(&f, (check_sweep_options){
								.threads = 1,
								.by_definition = true}));
		arena_free(f.c.mem);
	}
}

/* More than one chunk, and crowds that share one place. */
static void crowd_agrees(void **state)
{
	(void)state;
	fair f;
	make(&f, 4, 60, 3000);
	for (size_t i = 0; i < f.p.n; i++)
		if (i % 8) {
			f.p.profile[i].x = f.p.profile[i].y = f.p.profile[i].z = 7;
			f.p.profile[i].max_km = 0;
		}
	test_market(&f.c, &f.p, &f.claim, &f.pool, &f.m);
	f.m.bonus = 1000000;
	expect_u(&f);
	sweep_with(&f, (check_sweep_options){.threads = 1});
	sweep_with(&f, (check_sweep_options){.threads = 2, .level = CHECK_LEVEL_PLAIN});
	arena_free(f.c.mem);
}

/* The greatest weight stands where no price lets it raise anyone's u. */
static void dear_ones_count_as_heaviest(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 12; seed += 2) {
		fair f;
		make(&f, seed, 40, 200);
		uint32_t heavy = 0;
		int64_t most = 0;
		for (uint32_t i = 0; i < f.pool.newcomers; i++)
			for (uint32_t j = 0; j < f.pool.establisheds; j++)
				if (test_value(&f.m, i, j) > most) {
					most = test_value(&f.m, i, j);
					heavy = j;
				}
		for (size_t j = 0; j < f.pool.establisheds; j++)
			f.m.price[j] = j == heavy ? 2 * most : 0;
		f.m.seats_established[heavy] = 1;
		expect_u(&f);
		sweep_with(&f, (check_sweep_options){.threads = 1});
		sweep_with(&f, (check_sweep_options){.threads = 2,
						     .level = CHECK_LEVEL_PLAIN});
		arena_free(f.c.mem);
	}
}

/* Someone exactly as far away as one of the two can go, and one step farther. */
static void limits_are_exact(void **state)
{
	(void)state;
	for (int whose = 0; whose < 2; whose++)
		for (int16_t beyond = 0; beyond < 2; beyond++) {
			fair f;
			make(&f, 3, 1, 1);
			for (int i = 0; i < 2; i++) {
				profile *p = &f.p.profile[i];
				*p = (profile){.id = (uint32_t)i + 1,
					       .side = i ? SIDE_ESTABLISHED
							 : SIDE_NEWCOMER,
					       .consent = CONSENT_YES,
					       .queued = QUEUED_UNKNOWN,
					       .birth_year = 1980,
					       .flags = PROFILE_PLACED,
					       .x = i ? (int16_t)(300 + beyond) : 0,
					       .max_km = i == whose ? 30 : 31};
			}
			f.claim.terms = model_terms_default(TEST_DATE);
			f.claim.terms.reserve = 0;
			f.p.never_n = 0;
			test_market(&f.c, &f.p, &f.claim, &f.pool, &f.m);
			expect_u(&f);
			assert_int_equal(f.expect[0] > 0, !beyond);
			uint64_t scored =
				sweep_with(&f, (check_sweep_options){.threads = 1});
			assert_int_equal(scored, !beyond);
			arena_free(f.c.mem);
		}
}

/* A household of 600 fits no chunk; one of newcomers of 300 no 32-bit sum. */
static void great_households_agree(void **state)
{
	(void)state;
	fair f;
	make(&f, 6, 320, 700);
	for (size_t i = 0; i < f.p.n; i++) {
		profile *p = &f.p.profile[i];
		p->household = i < 300 ? 1 : i >= 380 && i < 1000 ? 2 : p->household;
		p->musts = p->age_from = p->age_to = p->meets = p->flags = 0;
	}
	f.p.never_n = 0;
	test_market(&f.c, &f.p, &f.claim, &f.pool, &f.m);
	f.claim.terms.reserve = 0;
	expect_u(&f);
	sweep_with(&f, (check_sweep_options){.threads = 1});
	arena_free(f.c.mem);
}

/* Positions that do not fit the kernels' integers are scored by the definition. */
static void far_positions_agree(void **state)
{
	(void)state;
	fair f;
	make(&f, 8, 30, 40);
	for (size_t i = 0; i < f.p.n; i += 3) {
		f.p.profile[i].x = i % 2 ? INT16_MAX : INT16_MIN;
		f.p.profile[i].z = i % 4 ? INT16_MAX : INT16_MIN;
	}
	expect_u(&f);
	sweep_with(&f, (check_sweep_options){.threads = 1});
	sweep_with(&f, (check_sweep_options){.threads = 1, .no_grid = true});
	arena_free(f.c.mem);
}

/* More places than the grid has cells, all with limits. */
static void many_places_agree(void **state)
{
	(void)state;
	fair f;
	rng r = rng_seed(3);
	make(&f, 10, 5000, 40);
	for (size_t i = 0; i < f.p.n; i++) {
		f.p.profile[i].flags |= PROFILE_PLACED;
		f.p.profile[i].x = (int16_t)((int)rng_below(&r, 12000) - 6000);
		f.p.profile[i].y = (int16_t)((int)rng_below(&r, 12000) - 6000);
		f.p.profile[i].max_km = (uint16_t)rng_below(&r, 400);
	}
	test_market(&f.c, &f.p, &f.claim, &f.pool, &f.m);
	expect_u(&f);
	uint64_t some = sweep_with(&f, (check_sweep_options){.threads = 2});
	uint64_t all =
		sweep_with(&f, (check_sweep_options){.threads = 2, .no_grid = true});
	assert_true(some < all / 2);
	arena_free(f.c.mem);
}

/* Every person of a run, every criterion alone: kernel and definition say the same. */
static void kernels_follow_the_definition(void **state)
{
	(void)state;
	ctx c = {.mem = arena_new(0)};
	rng r = rng_seed(99);
	enum { N = 200 };
	people p;
	test_people(c.mem, &r, N, N, &p);
	for (int k = 0; k < CRITERIA_COUNT; k++) {
		terms t = model_terms_default(TEST_DATE);
		memset(t.weight, 0, sizeof t.weight);
		t.weight[k] = 7;
		check_plan plan;
		assert_true(check_plan_make(&t, TEST_YEAR, &plan));
		check_columns col;
		check_columns_alloc(c.mem, N, &col);
		for (size_t j = 0; j < N; j++)
			check_columns_set(&col, j, &p.profile[N + j], &t, TEST_YEAR);
		for (size_t i = 0; i < N; i++) {
			check_row row;
			check_spot spot = {.placed = true, .wish = UINT8_MAX};
			int32_t plain[CHECK_CHUNK] = {0}, avx2[CHECK_CHUNK] = {0};
			check_row_fill(&p.profile[i], &plan, &row);
			check_score_plain(&plan, &col, 0, N, &row, &spot, plain);
			for (size_t j = 0; j < N; j++)
				assert_int_equal(plain[j],
						 7 * check_people_score((criterion_id)k,
									&p.profile[i],
									&p.profile[N + j],
									TEST_YEAR));
			if (!__builtin_cpu_supports("avx2"))
				continue;
			check_score_avx2(&plan, &col, 0, N, &row, &spot, avx2);
			assert_memory_equal(plain, avx2, N * sizeof *plain);
		}
	}
	arena_free(c.mem);
}

/* All squares of distances up to the reach, as the vector code roots them. */
static void roots_are_exact(void **state)
{
	(void)state;
	for (int32_t d2 = 0; d2 <= CHECK_REACH * CHECK_REACH; d2++) {
		int32_t root = (int32_t)__builtin_sqrtf((float)d2);
		if (root * root > d2 || (root + 1) * (root + 1) <= d2)
			fail_msg("root of %d", d2);
	}
}

static void places_fit_the_kernels(void **state)
{
	(void)state;
	for (size_t i = 0; i < model_place_count; i++) {
		const place *p = &model_place[i];
		assert_in_range(p->x + CHECK_COORDINATE_MAX, 0, 2 * CHECK_COORDINATE_MAX);
		assert_in_range(p->y + CHECK_COORDINATE_MAX, 0, 2 * CHECK_COORDINATE_MAX);
		assert_in_range(p->z + CHECK_COORDINATE_MAX, 0, 2 * CHECK_COORDINATE_MAX);
	}
	terms t = model_terms_default(TEST_DATE);
	check_plan plan;
	assert_true(check_plan_make(&t, TEST_YEAR, &plan));
	t.weight[0] = WEIGHT_MAX + 1;
	assert_false(check_plan_make(&t, TEST_YEAR, &plan));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernels_follow_the_definition),
		cmocka_unit_test(roots_are_exact),
		cmocka_unit_test(places_fit_the_kernels),
		cmocka_unit_test(agrees_with_a_loop),
		cmocka_unit_test(crowd_agrees),
		cmocka_unit_test(dear_ones_count_as_heaviest),
		cmocka_unit_test(limits_are_exact),
		cmocka_unit_test(great_households_agree),
		cmocka_unit_test(far_positions_agree),
		cmocka_unit_test(many_places_agree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
