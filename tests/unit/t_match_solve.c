/*
 * Solving a pool: the best of all matchings on tiny pools with every option crossed, a
 * certificate recomputed over all pairs, and the same answer for any threads and width.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "match_people.h"
#include "solve_seeds.h"

enum { MOST = 7 };

typedef struct puzzle {
	scene s;
	id_pair locked[2], forbidden[2], never[2];
	int64_t weight[MOST][MOST]; /* 0 when not eligible */
	bool taken[MOST];           /* newcomers with a lock */
	int seats[MOST];
	bool lock_holds;
} puzzle;

static uint32_t some_id(const unit *u, size_t n, rng *r)
{
	return u[rng_below(r, (uint32_t)n)].id;
}

static void lock_one(puzzle *z, rng *r)
{
	pool *p = &z->s.pool;
	match_view v;
	uint32_t i = rng_below(r, (uint32_t)p->newcomers),
		 j = rng_below(r, (uint32_t)p->establisheds);
	z->locked[0] = (id_pair){p->newcomer[i].id, p->established[j].id};
	if (rng_below(r, 2))
		z->locked[0] = (id_pair){z->locked[0].b, z->locked[0].a};
	z->s.terms.locked = z->locked;
	z->s.terms.locked_n = 1;
	match_look(p, &z->s.terms, i, j, &v);
	z->lock_holds = !v.broken;
	z->taken[i] = true;
	z->seats[j]--;
}

/* False when there is nobody on one side. */
static bool puzzle_open(puzzle *z, uint64_t seed)
{
	*z = (puzzle){.lock_holds = true};
	rng r = rng_seed(seed * 7 + 1);
	scene_open(&z->s, seed, 1 + rng_below(&r, MOST), 1 + rng_below(&r, MOST));
	scene_weights(&z->s, seed);
	people *p = &z->s.people;
	for (size_t i = 0; i < p->n; i++) {
		p->profile[i].capacity = (uint8_t)rng_below(&r, 4);
		if (seed & 2)
			p->profile[i].household =
				rng_below(&r, 4) ? 0 : 1 + (uint32_t)(i / 3);
	}
	terms *t = &z->s.terms;
	t->most_pairs = seed >> 2 & 1;
	t->reserve = seed >> 3 & 1 ? (int32_t)rng_below(&r, 60000) : 15000;
	scene_form(&z->s);
	pool *q = &z->s.pool;
	if (!q->newcomers || !q->establisheds)
		return false;
	for (int k = 0; k < 2; k++) {
		z->never[k] = (id_pair){1 + rng_below(&r, (uint32_t)p->n),
					1 + rng_below(&r, (uint32_t)p->n)};
		z->forbidden[k] = (id_pair){some_id(q->newcomer, q->newcomers, &r),
					    some_id(q->established, q->establisheds, &r)};
	}
	p->never = z->never;
	p->never_n = seed >> 4 & 1 ? 2 : 0;
	t->forbidden = z->forbidden;
	t->forbidden_n = seed >> 5 & 1 ? 2 : 0;
	for (size_t j = 0; j < q->establisheds; j++)
		z->seats[j] = q->established[j].seats;
	if (seed >> 6 & 1)
		lock_one(z, &r);
	return true;
}

static void weigh_all(puzzle *z, int64_t bonus)
{
	pool *p = &z->s.pool;
	for (uint32_t i = 0; i < p->newcomers; i++)
		for (uint32_t j = 0; j < p->establisheds; j++) {
			match_view v;
			match_look(p, &z->s.terms, i, j, &v);
			z->weight[i][j] =
				v.broken || v.weight <= 0 ? 0 : v.weight + bonus;
		}
}

/* The best total from newcomer i on. */
static int64_t best_from(puzzle *z, size_t i)
{
	if (i == z->s.pool.newcomers)
		return 0;
	int64_t best = best_from(z, i + 1);
	for (size_t j = 0; j < z->s.pool.establisheds && !z->taken[i]; j++) {
		if (!z->weight[i][j] || !z->seats[j])
			continue;
		z->seats[j]--;
		int64_t with = z->weight[i][j] + best_from(z, i + 1);
		z->seats[j]++;
		best = with > best ? with : best;
	}
	return best;
}

/* How many of all matchings reach `best`. */
static uint64_t ways(puzzle *z, size_t i, int64_t best)
{
	if (i == z->s.pool.newcomers)
		return best == 0;
	uint64_t n = ways(z, i + 1, best);
	for (size_t j = 0; j < z->s.pool.establisheds && !z->taken[i]; j++) {
		if (!z->weight[i][j] || !z->seats[j])
			continue;
		z->seats[j]--;
		n += ways(z, i + 1, best - z->weight[i][j]);
		z->seats[j]++;
	}
	return n;
}

/* Pairs are eligible and within the seats; prices prove that nothing is better. */
static bool certificate_holds(puzzle *z, const match_result *r)
{
	int used[MOST] = {0};
	int64_t total = 0, bound = 0;
	const pool *p = &z->s.pool;
	uint32_t former = UINT32_MAX;
	for (size_t k = 0; k < r->pairs; k++) {
		const match_pair *m = &r->pair[k];
		if (former != UINT32_MAX && m->newcomer <= former)
			return false;
		former = m->newcomer;
		if (m->locked)
			continue;
		int64_t w = z->weight[m->newcomer][m->established];
		if (!w || z->taken[m->newcomer] || m->weight + r->bonus != w ||
		    ++used[m->established] > z->seats[m->established])
			return false;
		total += w;
	}
	for (size_t i = 0; i < p->newcomers; i++) {
		int64_t u = 0;
		for (size_t j = 0; j < p->establisheds && !z->taken[i]; j++)
			if (z->seats[j] && z->weight[i][j] &&
			    z->weight[i][j] - r->price[j] > u)
				u = z->weight[i][j] - r->price[j];
		if (u != r->profit[i])
			return false;
		bound += u;
	}
	for (size_t j = 0; j < p->establisheds; j++) {
		if (r->price[j] < 0)
			return false;
		bound += z->seats[j] * r->price[j];
	}
	return total == r->total && bound == r->bound && total == bound && r->proven;
}

static void check_one(uint64_t seed, int *seen)
{
	puzzle z;
	if (!puzzle_open(&z, seed)) {
		arena_free(z.s.c.mem);
		return;
	}
	match_result r;
	match_options o = {.threads = 1, .simd = seed % 3 ? SIMD_AUTO : SIMD_SCALAR};
	bool done = match_solve(&z.s.c, &z.s.pool, &z.s.terms, &o, &r);
	if (done != z.lock_holds)
		fail_msg("seed %d: a lock that breaks a rule", (int)seed);
	if (done) {
		weigh_all(&z, r.bonus);
		int64_t best = best_from(&z, 0);
		uint64_t n = ways(&z, 0, best);
		if (best != r.total || !certificate_holds(&z, &r))
			fail_msg("seed %d: total %lld, best %lld", (int)seed,
				 (long long)r.total, (long long)best);
		if (r.unique != (n == 1))
			fail_msg("seed %d: unique %d of %d", (int)seed, r.unique, (int)n);
		seen[0] += n == 1;
		seen[1] += n > 1;
		seen[2] += r.pairs > 2;
		/* The twins: a price, a pair or a profit changed proves nothing any more. */
		if (r.pairs && !r.pair[0].locked) {
			r.price[r.pair[0].established]++;
			assert_false(certificate_holds(&z, &r));
			r.price[r.pair[0].established]--;
			r.pair[0].weight++;
			assert_false(certificate_holds(&z, &r));
		}
	} else {
		assert_int_equal(z.s.c.fault.kind, FAULT_INPUT);
		assert_string_equal(z.s.c.fault.key, "match.lock_broken");
		seen[3]++;
	}
	arena_free(z.s.c.mem);
}

static void tiny_pools_are_solved_best(void **state)
{
	(void)state;
	int seen[4] = {0};
	for (int64_t seed = 1; seed <= solve_seeds(); seed++)
		check_one((uint64_t)seed, seen);
	for (int i = 0; i < 4 && solve_seeds() >= 500; i++)
		assert_true(seen[i] > 0);
}

static void same_for_threads_and_widths(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 6; seed++) {
		scene s;
		rng r = rng_seed(seed);
		scene_open(&s, seed, 100 + rng_below(&r, 900), 100 + rng_below(&r, 900));
		s.terms.most_pairs = seed == 6;
		scene_form(&s);
		match_result first, other;
		match_options o = {.threads = 1, .simd = SIMD_SCALAR};
		assert_true(match_solve(&s.c, &s.pool, &s.terms, &o, &first));
		assert_true(first.proven && first.total == first.bound &&
			    first.pairs > 10);
		for (o.simd = SIMD_AUTO; o.simd <= SIMD_AVX512; o.simd++)
			for (o.threads = 1; o.threads <= 4; o.threads *= 2) {
				if (!kernel_choose(o.simd))
					continue;
				assert_true(
					match_solve(&s.c, &s.pool, &s.terms, &o, &other));
				assert_int_equal(first.pairs, other.pairs);
				for (size_t k = 0; k < first.pairs; k++) {
					assert_int_equal(first.pair[k].established,
							 other.pair[k].established);
					assert_int_equal(first.pair[k].weight,
							 other.pair[k].weight);
				}
				assert_memory_equal(first.price, other.price,
						    s.pool.establisheds *
							    sizeof(int64_t));
				assert_memory_equal(first.profit, other.profit,
						    s.pool.newcomers * sizeof(int64_t));
				assert_int_equal(first.eligible_scanned,
						 other.eligible_scanned);
			}
		arena_free(s.c.mem);
	}
}

static void refused(scene *s, fault_kind kind, const char *key)
{
	match_result r;
	s->c.fault = (fault){0};
	assert_false(match_solve(&s->c, &s->pool, &s->terms,
				 &(match_options){.threads = 1}, &r));
	assert_int_equal(s->c.fault.kind, kind);
	assert_string_equal(s->c.fault.key, key);
}

static void wrong_terms_are_refused(void **state)
{
	(void)state;
	scene s;
	scene_open(&s, 5, 6, 6);
	for (size_t i = 0; i < s.people.n; i++) {
		s.people.profile[i].household = s.people.profile[i].musts = 0;
		s.people.profile[i].meets = MEETS_VIDEO;
		s.people.profile[i].age_from = s.people.profile[i].age_to = 0;
		s.people.profile[i].capacity = 1;
	}
	scene_form(&s);
	match_result r;
	id_pair unknown = {1, 99}, side = {1, 2}, twice[] = {{1, 7}, {2, 7}},
		same[] = {{1, 7}, {7, 1}};
	s.terms.locked = &unknown;
	s.terms.locked_n = 1;
	refused(&s, FAULT_INPUT, "match.lock_unknown");
	s.terms.locked = &side;
	refused(&s, FAULT_INPUT, "match.lock_side");
	s.terms.locked = twice;
	s.terms.locked_n = 2;
	refused(&s, FAULT_INPUT, "match.lock_seats");
	s.terms.locked = same;
	assert_true(
		match_solve(&s.c, &s.pool, &s.terms, &(match_options){.threads = 1}, &r));
	assert_true(r.pairs > 0 && r.pair[0].locked);
	s.terms.locked_n = 0;
	s.terms.forbidden = &unknown;
	s.terms.forbidden_n = 1;
	refused(&s, FAULT_INPUT, "match.forbidden_unknown");
	s.terms.forbidden_n = 0;
	s.terms.weight[0] = WEIGHT_MAX + 1;
	refused(&s, FAULT_INPUT, "match.terms");
	arena_free(s.c.mem);
}

static void empty_pools_have_an_answer(void **state)
{
	(void)state;
	for (int which = 0; which < 3; which++) {
		scene s;
		match_result r;
		scene_open(&s, 9, which & 1 ? 5 : 0, which & 2 ? 5 : 0);
		scene_form(&s);
		assert_true(match_solve(&s.c, &s.pool, &s.terms,
					&(match_options){.threads = 2}, &r));
		assert_true(r.proven && r.pairs == 0 && r.total == 0 && r.bound == 0);
		arena_free(s.c.mem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tiny_pools_are_solved_best),
		cmocka_unit_test(same_for_threads_and_widths),
		cmocka_unit_test(wrong_terms_are_refused),
		cmocka_unit_test(empty_pools_have_an_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
