/*
 * The next best partners of a unit: candidates in the order of what is proven to be lost at
 * least, each solved again with the pair locked.
 */
#include <stdlib.h>

#include "match/again_priv.h"

typedef struct candidate {
	int64_t least; /* what the whole loses at least */
	uint32_t newcomer, established;
} candidate;

static int compare_candidate(const void *a, const void *b)
{
	const candidate *x = a, *y = b;
	if (x->least != y->least)
		return x->least < y->least ? -1 : 1;
	if (x->newcomer != y->newcomer)
		return x->newcomer < y->newcomer ? -1 : 1;
	return (x->established > y->established) - (x->established < y->established);
}

typedef struct choosing {
	again_case k;
	solve_result now;
	int64_t pairs; /* of now */
} choosing;

/* Pairs that could be locked, with what they cost at least; those that are together left out. */
static size_t list_candidates(const choosing *x, uint8_t side, uint32_t who,
			      candidate *out)
{
	const again_case *k = &x->k;
	bool newcomer = side == SIDE_NEWCOMER;
	uint32_t others = (uint32_t)(newcomer ? k->table.columns : k->table.rows);
	size_t n = 0;
	for (uint32_t o = 0; o < others; o++) {
		uint32_t i = newcomer ? who : o, j = newcomer ? o : who;
		if (!k->row[i] || k->q.seats[j] <= 0 || k->row[i][j] <= 0 ||
		    x->now.column[i] == (int32_t)j)
			continue;
		out[n++] = (candidate){x->now.row_profit[i] + x->now.price[j] -
					       k->row[i][j] - k->table.bonus,
				       i, j};
	}
	qsort(out, n, sizeof *out, compare_candidate);
	return n;
}

static int64_t count_pairs(const again_case *k, const solve_result *r)
{
	int64_t n = 0;
	for (int32_t i = 0; i < k->table.rows; i++)
		n += r->column[i] >= 0;
	return n;
}

/* What is lost when these two are together for certain. */
static bool force(choosing *x, const candidate *with, match_next *out)
{
	again_case *k = &x->k;
	ctx *c = k->q.c;
	const int32_t *row = k->row[with->newcomer];
	solve_start start = {x->now.column, x->now.price, x->now.row_profit};
	solve_result r;
	arena_mark here = arena_here(c->mem);
	k->row[with->newcomer] = NULL;
	k->q.seats[with->established]--;
	bool ok = solve_again(c, &k->table, &start, &r);
	k->row[with->newcomer] = row;
	k->q.seats[with->established]++;
	if (!ok)
		return false;
	out->weight = row[with->established];
	out->cost = x->now.total - r.total - out->weight - k->table.bonus;
	out->pairs_lost = x->pairs - count_pairs(k, &r) - 1;
	out->points_lost = out->cost - out->pairs_lost * k->table.bonus;
	arena_reset(c->mem, here);
	return true;
}

/* Keeps the cheapest, in order; who came first stays before who costs as much. */
static void keep(match_next *list, size_t *n, size_t most, match_next one)
{
	size_t at = *n < most ? (*n)++ : most - 1;
	for (; at > 0 && list[at - 1].cost > one.cost; at--)
		list[at] = list[at - 1];
	list[at] = one;
}

bool match_next_best(ctx *c, const match_table *m, const terms *t,
		     const match_result *now, uint8_t side, uint32_t who, size_t most,
		     match_next **out, size_t *n)
{
	choosing x;
	match_result locked;
	*out = NEW_ARRAY(c->mem, match_next, most);
	*n = 0;
	arena_mark here = arena_here(c->mem);
	proposing_result(c->mem, m->pool, &locked);
	if (!again_open(c, m, t, &x.k, &locked))
		return false;
	solve_start start = again_start(&x.k, now);
	if (!solve_again(c, &x.k.table, &start, &x.now))
		return false;
	x.pairs = count_pairs(&x.k, &x.now);
	size_t units = m->pool->newcomers + m->pool->establisheds;
	candidate *list = NEW_ARRAY(c->mem, candidate, units);
	size_t candidates = list_candidates(&x, side, who, list);
	for (size_t i = 0; i < candidates && most; i++) {
		if (*n == most && list[i].least >= (*out)[most - 1].cost)
			break;
		match_next one = {.partner = side == SIDE_NEWCOMER ? list[i].established
								   : list[i].newcomer};
		if (!force(&x, &list[i], &one))
			return false;
		if (*n < most || one.cost < (*out)[most - 1].cost)
			keep(*out, n, most, one);
	}
	arena_reset(c->mem, here);
	return true;
}
