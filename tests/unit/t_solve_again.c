/*
 * Solving again on a table: from any start to the optimum of the engine that keeps no table, with
 * a proof worked out anew here; again and again, after one change each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "solve/again.h"
#include "solve_matrix.h"
#include "solve_seeds.h"

enum { SIDE_MOST = 20 };
typedef struct board {
	int32_t rows, columns, weight[SIDE_MOST][SIDE_MOST], across[SIDE_MOST][SIDE_MOST];
	int32_t seats[SIDE_MOST];
	const int32_t *row[SIDE_MOST], *column[SIDE_MOST];
	solve_table table;
} board;

static void set_weight(board *b, int32_t i, int32_t j, int32_t weight)
{
	b->weight[i][j] = b->across[j][i] = weight;
}

static int32_t random_weight(rng *r, uint32_t most, int shape, int32_t i, int32_t j)
{
	if (rng_below(r, 4) == 0)
		return -(int32_t)rng_below(r, 9) * (rng_below(r, 2) ? 1 : 1 << 27);
	switch (shape) {
	case 0: /* all equal */
		return (int32_t)most;
	case 1: /* rank one */
		return 1 + i * j;
	default:
		return 1 + (int32_t)rng_below(r, most);
	}
}

static void random_board(board *b, rng *r)
{
	static const uint32_t top[] = {1, 3, 20, 1000, 2000000000};
	uint32_t most = top[rng_below(r, ARRAY_LEN(top))], seats = 1 + rng_below(r, 4);
	int shape = (int)rng_below(r, 5);
	*b = (board){.rows = (int32_t)rng_below(r, SIDE_MOST + 1),
		     .columns = (int32_t)rng_below(r, SIDE_MOST + 1)};
	for (int32_t i = 0; i < b->rows; i++) {
		b->row[i] = rng_below(r, 8) ? b->weight[i] : NULL;
		for (int32_t j = 0; j < b->columns; j++)
			set_weight(b, i, j, random_weight(r, most, shape, i, j));
	}
	for (int32_t j = 0; j < b->columns; j++) {
		b->column[j] = b->across[j];
		b->seats[j] = (int32_t)rng_below(r, seats + 1);
	}
	int64_t bonus = rng_below(r, 3) ? 0 : 1 + (int64_t)(rng_next(r) >> 24);
	b->table = (solve_table){.rows = b->rows,
				 .columns = b->columns,
				 .row = b->row,
				 .across = b->column,
				 .seats = b->seats,
				 .bonus = bonus,
				 .weight_max = bonus + 2000000000};
}

/* The same for the engine without a table. */
static int64_t solved_anew(ctx *c, const board *b)
{
	int64_t weight[SIDE_MOST * SIDE_MOST];
	int32_t seats[SIDE_MOST];
	matrix m = {
		.rows = b->rows, .columns = b->columns, .weight = weight, .seats = seats};
	for (int32_t j = 0; j < b->columns; j++)
		seats[j] = b->seats[j] ? b->seats[j] : 1;
	for (int32_t i = 0; i < b->rows; i++)
		for (int32_t j = 0; j < b->columns; j++) {
			bool is = b->row[i] && b->seats[j] && b->weight[i][j] > 0;
			weight[i * b->columns + j] =
				is ? b->weight[i][j] + b->table.bonus : 0;
		}
	solve_result r;
	matrix_run(c, &m, 1, false, &r);
	assert_true(r.proven);
	return r.total;
}

/* All the result claims, from the weights alone: NULL, or what is wrong. */
static const char *refute(const board *b, const solve_result *r)
{
	int64_t total = 0, bound = 0;
	int32_t used[SIDE_MOST] = {0};
	for (int32_t j = 0; j < b->columns; j++) {
		if (r->price[j] < 0 || (!b->seats[j] && r->price[j]))
			return "a price";
		bound += b->seats[j] * r->price[j];
	}
	for (int32_t i = 0; i < b->rows; i++) {
		int32_t at = r->column[i];
		bound += r->row_profit[i];
		if (r->row_profit[i] < 0 || (!b->row[i] && (at >= 0 || r->row_profit[i])))
			return "a row";
		for (int32_t j = 0; j < b->columns; j++)
			if (b->row[i] && b->seats[j] && b->weight[i][j] > 0 &&
			    r->row_profit[i] + r->price[j] <
				    b->weight[i][j] + b->table.bonus)
				return "a pair beats its prices";
		if (at < 0)
			continue;
		if (b->weight[i][at] <= 0 || ++used[at] > b->seats[at])
			return "a pair";
		total += b->weight[i][at] + b->table.bonus;
	}
	if (total != r->total || bound != r->bound)
		return "wrong sums";
	return total == bound && r->proven ? NULL : "not proven";
}

static void check_board(ctx *c, const board *b, const solve_start *from, solve_result *r,
			uint64_t seed, const char *what)
{
	assert_true(solve_again(c, &b->table, from, r));
	const char *wrong = refute(b, r);
	int64_t anew = solved_anew(c, b);
	if (wrong || r->total != anew)
		fail_msg("seed %d, %s: %s, %lld for %lld", (int)seed, what,
			 wrong ? wrong : "-", (long long)r->total, (long long)anew);
	solve_result twice;
	assert_true(solve_again(c, &b->table, from, &twice));
	assert_memory_equal(r->column, twice.column, (size_t)b->rows * sizeof(int32_t));
	assert_memory_equal(r->price, twice.price, (size_t)b->columns * sizeof(int64_t));
}

/* One thing is otherwise than before. */
static void change_board(board *b, rng *r)
{
	int32_t i = (int32_t)rng_below(r, (uint32_t)b->rows),
		j = (int32_t)rng_below(r, (uint32_t)b->columns);
	switch (rng_below(r, 4)) {
	case 0:
		b->row[i] = b->row[i] ? NULL : b->weight[i];
		break;
	case 1:
		b->seats[j] += b->seats[j] && rng_below(r, 2) ? -1 : 1;
		break;
	case 2:
		set_weight(b, i, j, random_weight(r, 1000, 2, i, j));
		break;
	default: /* a lock, or one taken back */
		b->row[i] = b->row[i] ? NULL : b->weight[i];
		b->seats[j] += b->row[i] ? 1 : -(b->seats[j] > 0);
		break;
	}
}

static void any_start_leads_to_the_optimum(void **state)
{
	(void)state;
	ctx c = {.mem = arena_new(0)};
	for (int64_t seed = 1; seed <= solve_seeds(); seed++) {
		rng r = rng_seed((uint64_t)seed);
		arena_mark here = arena_here(c.mem);
		int32_t column[SIDE_MOST];
		int64_t price[SIDE_MOST], profit[SIDE_MOST];
		board b;
		solve_result out;
		random_board(&b, &r);
		check_board(&c, &b, &(solve_start){0}, &out, (uint64_t)seed, "nothing");
		for (int32_t k = 0; k < SIDE_MOST; k++) {
			column[k] = (int32_t)rng_below(&r, (uint32_t)b.columns + 1) - 1;
			price[k] = (int64_t)rng_below(&r, 25) - 1;
			profit[k] = (int64_t)rng_below(&r, 25) - 1;
		}
		solve_start wild = {rng_below(&r, 3) ? column : NULL,
				    rng_below(&r, 3) ? price : NULL,
				    rng_below(&r, 3) ? profit : NULL};
		check_board(&c, &b, &wild, &out, (uint64_t)seed, "anything");
		for (int k = 0; k < 20 && b.rows && b.columns; k++) {
			solve_start before = {out.column, out.price, out.row_profit};
			change_board(&b, &r);
			check_board(&c, &b, &before, &out, (uint64_t)seed, "a change");
		}
		arena_reset(c.mem, here);
	}
	arena_free(c.mem);
}

static void sums_past_62_bits_are_refused(void **state)
{
	(void)state;
	ctx c = {.mem = arena_new(0)};
	rng r = rng_seed(1);
	board b;
	solve_result out;
	random_board(&b, &r);
	b.table.weight_max = INT64_MAX / 2;
	assert_false(solve_again(&c, &b.table, &(solve_start){0}, &out));
	assert_int_equal(c.fault.kind, FAULT_RESOURCE);
	assert_string_equal(c.fault.key, "solve.too_large");
	arena_free(c.mem);
}

static void loops_are_alike(void **state)
{
	(void)state;
	const again_loops *loops[] = {again_loops_for(true), again_loops_for(false)};
	for (uint64_t seed = 1; seed <= 2000; seed++) {
		rng r = rng_seed(seed);
		int32_t n = (int32_t)rng_below(&r, 40), weight[40], found[2][40], k[2];
		int32_t held[40];
		int64_t worth[40], dist[2][40], top[2];
		for (int i = 0; i < 40; i++) {
			weight[i] = (int32_t)rng_below(&r, 50) - 10;
			held[i] = (int32_t)rng_below(&r, 6) - 1;
			worth[i] = (int64_t)rng_below(&r, 50) << (rng_below(&r, 2) * 40);
			dist[0][i] = dist[1][i] = (int64_t)rng_below(&r, 60)
						  << (rng_below(&r, 2) * 40);
		}
		again_look look[2], from = {.from = (int64_t)rng_below(&r, 30),
					    .held = held,
					    .bound = (int64_t)rng_below(&r, 90),
					    .end = -1};
		for (int x = 0; x < 2; x++) {
			look[x] = from;
			top[x] = loops[x]->top(weight, worth, n);
			k[x] = loops[x]->relax(weight, worth, n, &look[x], dist[x],
					       found[x]);
		}
		assert_true(top[0] == top[1]);
		assert_int_equal(k[0], k[1]);
		assert_int_equal(look[0].bound, look[1].bound);
		assert_int_equal(look[0].end, look[1].end);
		assert_memory_equal(dist[0], dist[1], sizeof dist[0]);
		assert_memory_equal(found[0], found[1], (size_t)k[0] * sizeof(int32_t));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_start_leads_to_the_optimum),
		cmocka_unit_test(sums_past_62_bits_are_refused),
		cmocka_unit_test(loops_are_alike),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
