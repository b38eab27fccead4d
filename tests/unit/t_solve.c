/*
 * The engine against brute force on tiny instances with every option crossed: seats, one
 * lane or several, small and huge weights (two widths of lists), ties, holes. Seeds run
 * from 1 to KOMPIS_SEEDS (2,000 unless set).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "solve/solve.h"
#include "solve_matrix.h"
#include "solve_seeds.h"

/* ---- brute force: dynamic programming over the seats left ------------------------------- */

typedef struct best {
	int64_t weight;
	uint64_t ways; /* matchings that reach it */
} best;

static best brute_row(const matrix *m, int32_t row, int32_t *left, best *memo,
		      size_t states)
{
	if (row == m->rows)
		return (best){0, 1};
	size_t at = 0;
	for (int32_t j = 0; j < m->columns; j++)
		at = at * ((size_t)m->seats[j] + 1) + (size_t)left[j];
	best *known = &memo[(size_t)row * states + at];
	if (known->ways)
		return *known;
	best b = brute_row(m, row + 1, left, memo, states);
	for (int32_t j = 0; j < m->columns; j++) {
		int64_t w = m->weight[row * m->columns + j];
		if (w == 0 || left[j] == 0)
			continue;
		left[j]--;
		best x = brute_row(m, row + 1, left, memo, states);
		left[j]++;
		x.weight += w;
		if (x.weight > b.weight)
			b = x;
		else if (x.weight == b.weight)
			b.ways += x.ways;
	}
	return *known = b;
}

static best brute(const matrix *m)
{
	size_t states = 1;
	int32_t left[8];
	for (int32_t j = 0; j < m->columns; j++) {
		states *= (size_t)m->seats[j] + 1;
		left[j] = m->seats[j];
	}
	best *memo = calloc((size_t)m->rows * states + 1, sizeof(best));
	assert_non_null(memo);
	best b = brute_row(m, 0, left, memo, states);
	free(memo);
	return b;
}

/* ---- what a result must satisfy ---------------------------------------------------------- */

/* Everything the result claims, from the matrix alone: NULL, or what is wrong. */
static const char *refute(const matrix *m, const solve_result *r)
{
	int64_t total = 0, bound = 0;
	int32_t used[64] = {0};
	for (int32_t i = 0; i < m->rows; i++) {
		int32_t j = r->column[i];
		if (r->row_profit[i] < 0)
			return "negative profit";
		bound += r->row_profit[i];
		for (int32_t k = 0; k < m->columns; k++) {
			int64_t w = m->weight[i * m->columns + k];
			if (w > 0 && r->row_profit[i] + r->price[k] < w)
				return "a pair beats its prices";
		}
		if (j < 0)
			continue;
		if (j >= m->columns || m->weight[i * m->columns + j] == 0)
			return "not eligible";
		if (++used[j] > m->seats[j])
			return "too many in a column";
		total += m->weight[i * m->columns + j];
	}
	for (int32_t j = 0; j < m->columns; j++) {
		if (r->price[j] < 0)
			return "negative price";
		bound += m->seats[j] * r->price[j];
	}
	if (total != r->total || bound != r->bound)
		return "wrong sums";
	return total == bound && r->proven ? NULL : "not proven";
}

static void random_matrix(matrix *m, rng *r)
{
	static const int64_t top[] = {1, 3, 20, 1000, 4000000000, (int64_t)1 << 55};
	m->rows = (int32_t)rng_below(r, 8);
	m->columns = (int32_t)rng_below(r, 8);
	int64_t most = top[rng_below(r, ARRAY_LEN(top))];
	uint32_t density = 1 + rng_below(r, 4), seats = 1 + rng_below(r, 3);
	m->shape = rng_below(r, 3);
	for (int32_t j = 0; j < m->columns; j++)
		m->seats[j] = 1 + (int32_t)rng_below(r, seats);
	for (int32_t i = 0; i < m->rows * m->columns; i++) {
		int64_t w = 1 + (int64_t)(rng_next(r) % (uint64_t)most);
		if (m->shape == 1) /* all near the top, as with a bonus for each pair */
			w = most - w % 4 > 0 ? most - w % 4 : 1;
		if (m->shape == 2) /* rank one */
			w = 1 + (i / m->columns) * (i % m->columns);
		m->weight[i] = rng_below(r, 4) < density ? w : 0;
	}
}

static void equals_brute_force(void **state)
{
	(void)state;
	int64_t count = solve_seeds(), found_unique = 0, found_tied = 0;
	ctx c = {.mem = arena_new(0)};
	for (int64_t seed = 1; seed <= count; seed++) {
		rng r = rng_seed((uint64_t)seed);
		int64_t weight[64];
		int32_t seats[8];
		matrix m = {.weight = weight, .seats = seats};
		random_matrix(&m, &r);
		best b = brute(&m);
		arena_mark here = arena_here(c.mem);
		solve_result out;
		for (int threads = 1; threads <= 2; threads++) {
			matrix_run(&c, &m, threads, true, &out);
			const char *wrong = refute(&m, &out);
			if (wrong || out.total != b.weight || out.unique != (b.ways == 1))
				fail_msg("seed %lld: %s, %lld for %lld, %llu ways, "
					 "unique %d",
					 (long long)seed, wrong ? wrong : "-",
					 (long long)out.total, (long long)b.weight,
					 (unsigned long long)b.ways, out.unique);
		}
		found_unique += b.ways == 1;
		found_tied += b.ways > 1;
		arena_reset(c.mem, here);
	}
	/* Both kinds must have been met, or the test says nothing about `unique`. */
	assert_true(found_unique > count / 10 && found_tied > count / 10);
	arena_free(c.mem);
}

/*
 * The same instance turned round: columns bid, a column with several seats as several rows of
 * one bidder. Same value; and unique exactly when it was.
 */
static void rows_of_one_bidder_are_no_ties(void **state)
{
	(void)state;
	int64_t count = solve_seeds();
	ctx c = {.mem = arena_new(0)};
	for (int64_t seed = 1; seed <= count; seed++) {
		rng r = rng_seed((uint64_t)seed);
		int64_t weight[64], turned[21 * 8];
		int32_t seats[8], ones[8] = {1, 1, 1, 1, 1, 1, 1, 1}, rows = 0;
		uint32_t bidder[21];
		matrix m = {.weight = weight, .seats = seats};
		random_matrix(&m, &r);
		for (int32_t j = 0; j < m.columns; j++) {
			for (int32_t k = 0; k < seats[j]; k++, rows++) {
				bidder[rows] = (uint32_t)j;
				for (int32_t i = 0; i < m.rows; i++)
					turned[rows * m.rows + i] =
						weight[i * m.columns + j];
			}
		}
		matrix t = {
			.rows = rows, .columns = m.rows, .weight = turned, .seats = ones};
		arena_mark here = arena_here(c.mem);
		solve_source s = matrix_source(&t);
		s.seats = NULL;
		s.bidder = bidder;
		solve_options o = {.threads = 1 + (int)(seed % 2), .want_unique = true};
		solve_result out;
		assert_true(solve_run(&c, &s, &o, &out));
		free(t.told);
		best b = brute(&m);
		const char *wrong = refute(&t, &out);
		if (wrong || out.total != b.weight || out.unique != (b.ways == 1))
			fail_msg("seed %lld: %s, %lld for %lld, %llu ways, unique %d",
				 (long long)seed, wrong ? wrong : "-",
				 (long long)out.total, (long long)b.weight,
				 (unsigned long long)b.ways, out.unique);
		arena_reset(c.mem, here);
	}
	arena_free(c.mem);
}

/* ---- larger ones: lists must grow, prices prove it ---------------------------------------- */

static void fill_large(matrix *m, int class, rng *r)
{
	for (int32_t i = 0; i < m->rows; i++) {
		for (int32_t j = 0; j < m->columns; j++) {
			int64_t *w = &m->weight[i * m->columns + j];
			switch (class) {
			case 0:
				*w = 1 + rng_below(r, 100000);
				break;
			case 1:
				*w = 5;
				break;
			case 2:
				*w = rng_below(r, 2) ? 1 : 100;
				break;
			case 3:
				*w = (i + 1) * (j + 1);
				break;
			case 4:
				*w = 100000 - 10 * abs(i - j);
				break;
			default:
				*w = rng_below(r, 20) ? 0 : 1 + rng_below(r, 100);
				break;
			}
		}
	}
}

static void larger_are_proven_and_equal_for_any_threads(void **state)
{
	(void)state;
	ctx c = {.mem = arena_new(0)};
	rng r = rng_seed(7);
	int64_t *weight = NEW_ARRAY(c.mem, int64_t, 400 * 60);
	int32_t seats[60];
	for (int class = 0; class < 6; class ++) {
		for (int wide = 0; wide < 3; wide++) {
			arena_mark here = arena_here(c.mem);
			matrix m = {.rows = wide == 1 ? 300 : 60,
				    .columns = wide == 2 ? 20 : 60,
				    .weight = weight,
				    .seats = seats};
			for (int32_t j = 0; j < m.columns; j++)
				seats[j] = wide ? 1 + (int32_t)rng_below(&r, 4) : 1;
			fill_large(&m, class, &r);
			solve_result one, many;
			matrix_run(&c, &m, 1, false, &one);
			assert_null(refute(&m, &one));
			for (int threads = 2; threads <= 4; threads += 2) {
				matrix_run(&c, &m, threads, false, &many);
				size_t n = (size_t)m.rows, k = (size_t)m.columns;
				assert_memory_equal(one.column, many.column,
						    n * sizeof(int32_t));
				assert_memory_equal(one.row_profit, many.row_profit,
						    n * sizeof(int64_t));
				assert_memory_equal(one.price, many.price,
						    k * sizeof(int64_t));
				assert_int_equal(one.counts.scans, many.counts.scans);
			}
			arena_reset(c.mem, here);
		}
	}
	arena_free(c.mem);
}

/* Twins: what `refute` must not let pass. */
static void spoilt_results_are_refuted(void **state)
{
	(void)state;
	ctx c = {.mem = arena_new(0)};
	rng r = rng_seed(11);
	int64_t weight[30 * 30];
	int32_t seats[30];
	matrix m = {.rows = 30, .columns = 30, .weight = weight, .seats = seats};
	for (int j = 0; j < 30; j++)
		seats[j] = 1;
	fill_large(&m, 0, &r);
	solve_result out;
	matrix_run(&c, &m, 1, true, &out);
	assert_null(refute(&m, &out));
	assert_true(out.unique);
	int32_t keep = out.column[3];
	out.column[3] = out.column[4];
	assert_string_equal(refute(&m, &out), "too many in a column");
	out.column[4] = keep;
	assert_string_equal(refute(&m, &out), "wrong sums");
	out.column[4] = out.column[3];
	out.column[3] = keep;
	int32_t dear = 0;
	for (int j = 0; j < 30; j++)
		dear = out.price[j] > out.price[dear] ? j : dear;
	assert_true(out.price[dear] > 0);
	out.price[dear]--;
	assert_string_equal(refute(&m, &out), "a pair beats its prices");
	out.price[dear]++;
	weight[3 * 30 + keep]++;
	assert_non_null(refute(&m, &out));
	arena_free(c.mem);
}

static void weights_beyond_the_integers_are_refused(void **state)
{
	(void)state;
	ctx c = {.mem = arena_new(0)};
	int64_t weight[4] = {(int64_t)1 << 61, 1, 1, (int64_t)1 << 61};
	int32_t seats[2] = {1, 1};
	matrix m = {.rows = 2, .columns = 2, .weight = weight, .seats = seats};
	solve_source s = matrix_source(&m);
	solve_options o = {.threads = 1};
	solve_result out;
	assert_true(solve_run(&c, &s, &o, &out));
	assert_true(out.total == (int64_t)1 << 62);
	s.weight_max++;
	assert_false(solve_run(&c, &s, &o, &out));
	assert_int_equal(c.fault.kind, FAULT_RESOURCE);
	free(m.told);
	arena_free(c.mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equals_brute_force),
		cmocka_unit_test(rows_of_one_bidder_are_no_ties),
		cmocka_unit_test(larger_are_proven_and_equal_for_any_threads),
		cmocka_unit_test(spoilt_results_are_refuted),
		cmocka_unit_test(weights_beyond_the_integers_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
