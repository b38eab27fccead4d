/*
 * Problems given as arcs: the four kinds against brute force, their prices by the rules of
 * docs/matching.md, the dense way against the general one, vector loops against scalar.
 * Seeds run from 1 to KOMPIS_SEEDS (2,000 unless set).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "solve/dense.h"
#include "solve/solve.h"
#include "solve_seeds.h"

#define SIDE_MAX 7

typedef struct instance {
	int32_t sources, sinks;
	bool there[SIDE_MAX][SIDE_MAX];
	int64_t cost[SIDE_MAX][SIDE_MAX];
	bool all, wide;
} instance;

typedef struct arrays {
	int64_t first[SIDE_MAX + 1];
	int32_t sink[SIDE_MAX * SIDE_MAX], cost32[SIDE_MAX * SIDE_MAX];
	int64_t cost64[SIDE_MAX * SIDE_MAX];
} arrays;

static void random_instance(instance *x, rng *r)
{
	static const int64_t top[] = {1, 2, 10, 1000, 2000000000, 1000000000000};
	x->sources = (int32_t)rng_below(r, SIDE_MAX + 1);
	x->sinks = (int32_t)rng_below(r, SIDE_MAX + 1);
	uint32_t size = rng_below(r, ARRAY_LEN(top)), density = 1 + rng_below(r, 4);
	int64_t most = top[size], from = rng_below(r, 2) ? -most / 2 : 1;
	x->wide = most > INT32_MAX || rng_below(r, 8) == 0;
	x->all = true;
	bool rank_one = rng_below(r, 6) == 0;
	for (int i = 0; i < x->sources; i++) {
		for (int j = 0; j < x->sinks; j++) {
			x->there[i][j] = rng_below(r, 4) < density;
			x->all = x->all && x->there[i][j];
			x->cost[i][j] = from + (int64_t)(rng_next(r) % (uint64_t)most);
			if (rank_one)
				x->cost[i][j] = (i + 1) * (j + 1);
		}
	}
}

static solve_arcs arcs_of(const instance *x, arrays *a)
{
	int32_t n = 0;
	for (int i = 0; i < x->sources; i++) {
		a->first[i] = n;
		for (int j = 0; j < x->sinks; j++) {
			if (!x->there[i][j])
				continue;
			a->sink[n] = j;
			a->cost32[n] = x->wide ? 0 : (int32_t)x->cost[i][j];
			a->cost64[n++] = x->cost[i][j];
		}
	}
	a->first[x->sources] = n;
	solve_arcs arcs = {.sources = x->sources,
			   .sinks = x->sinks,
			   .first = a->first,
			   .sink = a->sink};
	if (x->wide)
		arcs.cost64 = a->cost64;
	else
		arcs.cost32 = a->cost32;
	if (x->all) {
		arcs.first = NULL;
		arcs.sink = NULL;
	}
	return arcs;
}

/* ---- brute force: dynamic programming over sets of sinks -------------------------------- */

typedef struct best {
	int pairs;
	int64_t cost;
} best;

static bool better(best a, best b, const solve_aim *aim)
{
	if (!aim->unmatched && a.pairs != b.pairs)
		return a.pairs > b.pairs;
	return aim->max ? a.cost > b.cost : a.cost < b.cost;
}

static best brute(const instance *x, const solve_aim *aim)
{
	static best row[2][1 << SIDE_MAX];
	int now = 0;
	memset(row, 0, sizeof row);
	for (int i = x->sources; i-- > 0;) {
		for (unsigned taken = 0; taken < 1u << x->sinks; taken++) {
			best b = row[now][taken];
			for (int j = 0; j < x->sinks; j++) {
				if (!x->there[i][j] || taken >> j & 1)
					continue;
				best y = row[now][taken | 1u << j];
				y.pairs++;
				y.cost += x->cost[i][j];
				if (better(y, b, aim))
					b = y;
			}
			row[!now][taken] = b;
		}
		now = !now;
	}
	return row[now][0];
}

/* ---- the rules of a certificate, from the instance alone: NULL, or what is wrong ---------- */

static const char *refute(const instance *x, const solve_aim *aim, const solve_answer *a)
{
	int64_t sign = aim->max ? -1 : 1, cost = 0, sum = 0;
	int pairs = 0, least = x->sources < x->sinks ? x->sources : x->sinks;
	unsigned taken = 0;
	bool free_source = !aim->unmatched && x->sources <= x->sinks;
	bool free_sink = !aim->unmatched && x->sinks <= x->sources;
	for (int i = 0; i < x->sources; i++) {
		sum += a->source_price[i];
		if (!free_source && sign * a->source_price[i] > 0)
			return "sign of a source's price";
		for (int j = 0; j < x->sinks; j++)
			if (x->there[i][j] &&
			    sign * (a->source_price[i] + a->sink_price[j]) >
				    sign * x->cost[i][j])
				return "an arc beats its prices";
		int32_t j = a->sink[i];
		if (j < 0)
			continue;
		if (!x->there[i][j] || taken >> j & 1)
			return "not a matching";
		taken |= 1u << j;
		pairs++;
		cost += x->cost[i][j];
	}
	for (int j = 0; j < x->sinks; j++) {
		sum += a->sink_price[j];
		if (!free_sink && sign * a->sink_price[j] > 0)
			return "sign of a sink's price";
	}
	if (!aim->unmatched && pairs < least)
		return "too few pairs";
	return cost == a->cost && sum == cost ? NULL : "sums differ";
}

static void four_kinds_equal_brute_force(void **state)
{
	(void)state;
	int64_t count = solve_seeds(), infeasible = 0, complete = 0;
	ctx c = {.mem = arena_new(0)};
	for (int64_t seed = 1; seed <= count; seed++) {
		rng r = rng_seed((uint64_t)seed);
		instance x;
		arrays room;
		random_instance(&x, &r);
		complete += x.all && x.sources > 1 && x.sinks > 1;
		for (int kind = 0; kind < 4; kind++) {
			arena_mark here = arena_here(c.mem);
			solve_aim aim = {.max = kind & 1,
					 .unmatched = kind & 2,
					 .threads = 1 + (int)(seed % 2)};
			solve_arcs arcs = arcs_of(&x, &room);
			solve_answer a;
			best b = brute(&x, &aim);
			bool possible =
				aim.unmatched ||
				b.pairs == (x.sources < x.sinks ? x.sources : x.sinks);
			bool ok = solve_arcs_run(&c, &arcs, &aim, &a);
			const char *wrong = ok ? refute(&x, &aim, &a) : NULL;
			if (ok != possible || wrong || (ok && a.cost != b.cost) ||
			    (!ok && c.fault.kind != FAULT_UNPROVEN))
				fail_msg("seed %lld kind %d: %s %s", (long long)seed,
					 kind, wrong ? wrong : "-",
					 ok ? "ok" : c.fault.key);
			infeasible += !possible;
			arena_reset(c.mem, here);
		}
	}
	assert_true(infeasible > count / 10 && complete > count / 10);
	arena_free(c.mem);
}

static void spoilt_answers_are_refuted(void **state)
{
	(void)state;
	instance x = {.sources = 3, .sinks = 4, .all = true};
	arrays room;
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 4; j++) {
			x.there[i][j] = true;
			x.cost[i][j] = 3 + i * j;
		}
	ctx c = {.mem = arena_new(0)};
	solve_arcs arcs = arcs_of(&x, &room);
	solve_aim aim = {.threads = 1};
	solve_answer a;
	assert_true(solve_arcs_run(&c, &arcs, &aim, &a));
	assert_null(refute(&x, &aim, &a));
	int32_t keep = a.sink[0];
	a.sink[0] = a.sink[1];
	assert_string_equal(refute(&x, &aim, &a), "not a matching");
	a.sink[0] = -1;
	assert_string_equal(refute(&x, &aim, &a), "too few pairs");
	a.sink[0] = keep;
	a.source_price[0]++;
	assert_non_null(refute(&x, &aim, &a));
	a.source_price[0] -= 2;
	assert_string_equal(refute(&x, &aim, &a), "sums differ");
	a.source_price[0]++;
	a.sink_price[0] += 100;
	assert_non_null(refute(&x, &aim, &a));
	arena_free(c.mem);
}

/* ---- the dense way --------------------------------------------------------------------- */

static int32_t class_cost(int class, int32_t i, int32_t j, rng *r)
{
	switch (class) {
	case 0:
		return 1 + (int32_t)rng_below(r, 100);
	case 1:
		return 7;
	case 2:
		return rng_below(r, 2) ? 1 : 100;
	case 3:
		return (i + 1) * (j + 1); /* makes it look for new prices */
	case 4:
		return abs(i * i - 40 * j);
	default:
		return INT32_MAX - (int32_t)rng_below(r, 1000000);
	}
}

/* The same arcs, one by one, take the general way. */
static int64_t general_cost(ctx *c, const int32_t *cost, int32_t n, int32_t columns,
			    bool max)
{
	int64_t *first = NEW_ARRAY(c->mem, int64_t, (size_t)n + 1);
	int32_t *sink = NEW_ARRAY(c->mem, int32_t, (size_t)n * (size_t)columns);
	for (int32_t i = 0; i < n; i++) {
		first[i + 1] = (int64_t)(i + 1) * columns;
		for (int32_t j = 0; j < columns; j++)
			sink[i * columns + j] = j;
	}
	solve_arcs arcs = {.sources = n,
			   .sinks = columns,
			   .first = first,
			   .sink = sink,
			   .cost32 = cost};
	solve_aim aim = {.max = max, .threads = 1};
	solve_answer a;
	assert_true(solve_arcs_run(c, &arcs, &aim, &a));
	return a.cost;
}

static void dense_equals_general_for_any_threads(void **state)
{
	(void)state;
	ctx c = {.mem = arena_new(0)};
	rng r = rng_seed(3);
	for (int class = 0; class < 6; class ++) {
		for (int wide = 0; wide < 4; wide++) {
			arena_mark here = arena_here(c.mem);
			int32_t n = 90, columns = wide & 1 ? 107 : 90;
			solve_aim aim = {.max = wide & 2, .threads = 1};
			int32_t *cost = NEW_ARRAY(c.mem, int32_t, (size_t)(n * columns));
			for (int32_t i = 0; i < n; i++)
				for (int32_t j = 0; j < columns; j++)
					cost[i * columns + j] =
						class_cost(class, i, j, &r);
			solve_arcs arcs = {
				.sources = n, .sinks = columns, .cost32 = cost};
			solve_answer one, many;
			assert_true(solve_arcs_run(&c, &arcs, &aim, &one));
			assert_true(one.cost ==
				    general_cost(&c, cost, n, columns, aim.max));
			for (aim.threads = 2; aim.threads <= 4; aim.threads += 2) {
				assert_true(solve_arcs_run(&c, &arcs, &aim, &many));
				assert_memory_equal(one.sink, many.sink, 4 * (size_t)n);
				assert_memory_equal(one.source_price, many.source_price,
						    8 * (size_t)n);
				assert_memory_equal(one.sink_price, many.sink_price,
						    8 * (size_t)columns);
			}
			arena_reset(c.mem, here);
		}
	}
	arena_free(c.mem);
}

/* Rank one with 90 nodes a side passes the limit after which prices are looked for anew. */
static void scaling_happens_and_is_repaired(void **state)
{
	(void)state;
	ctx c = {.mem = arena_new(0)};
	enum { N = 90 };
	int32_t cost[N * N];
	int64_t expected = 0;
	for (int32_t i = 0; i < N; i++) {
		expected += (i + 1) * (N - i);
		for (int32_t j = 0; j < N; j++)
			cost[i * N + j] = (i + 1) * (j + 1);
	}
	solve_arcs arcs = {.sources = N, .sinks = N, .cost32 = cost};
	solve_aim aim = {.threads = 1};
	solve_answer a;
	assert_true(solve_arcs_run(&c, &arcs, &aim, &a));
	assert_true(a.cost == expected);
	assert_true(a.counts.visited > 20 * N && a.counts.paths > 0);
	arena_free(c.mem);
}

static void vector_loops_equal_scalar_ones(void **state)
{
	(void)state;
	rng r = rng_seed(5);
	enum { MOST = 70 };
	for (int round = 0; round < 4000; round++) {
		int32_t n = 1 + (int32_t)rng_below(&r, MOST), cost[MOST], base[MOST];
		int32_t dist[2][MOST], pred[2][MOST] = {{0}};
		uint32_t range = round % 3 ? 6 : 50000000;
		for (int32_t j = 0; j < n; j++) {
			cost[j] = (int32_t)rng_below(&r, range);
			base[j] = (int32_t)rng_below(&r, range);
			dist[0][j] = rng_below(&r, 3) ? INT32_MAX
						      : (int32_t)rng_below(&r, 4 * range);
			if (rng_below(&r, 5) == 0)
				dist[0][j] = ~dist[0][j];
		}
		memcpy(dist[1], dist[0], sizeof dist[0]);
		int64_t sign = round % 2 ? 1 : -1;
		const dense_loops *a = dense_loops_for(sign, true);
		const dense_loops *b = dense_loops_for(sign, false);
		int32_t from = 3 * (int32_t)range;
		assert_int_equal(a->relax(cost, base, n, from, 9, dist[0], pred[0]),
				 b->relax(cost, base, n, from, 9, dist[1], pred[1]));
		assert_memory_equal(dist[0], dist[1], 4 * (size_t)n);
		assert_memory_equal(pred[0], pred[1], 4 * (size_t)n);
		dense_top s = a->top(cost, base, n), t = b->top(cost, base, n);
		assert_memory_equal(&s, &t, sizeof s);
		int32_t at = (int32_t)rng_below(&r, (uint32_t)n);
		assert_int_equal(a->next(cost, base, at, n, t.best - 3),
				 b->next(cost, base, at, n, t.best - 3));
		assert_int_equal(b->next(cost, base, 0, n, t.best), n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(four_kinds_equal_brute_force),
		cmocka_unit_test(spoilt_answers_are_refuted),
		cmocka_unit_test(dense_equals_general_for_any_threads),
		cmocka_unit_test(scaling_happens_and_is_repaired),
		cmocka_unit_test(vector_loops_equal_scalar_ones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
