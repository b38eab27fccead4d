/*
 * Solving a pool again from the solution before: what the terms say is laid over the table, and
 * solve_again repairs what speaks against the optimum.
 */
#include <stdlib.h>
#include <string.h>

#include "match/again_priv.h"

/* ---- the table under the terms --------------------------------------------------------- */

static bool same_criteria(const terms *a, const terms *b)
{
	return a->date == b->date && a->waiting == b->waiting &&
	       a->reserve == b->reserve &&
	       !memcmp(a->weight, b->weight, sizeof a->weight);
}

/* Units of which somebody is left out. */
static void set_apart(again_case *k)
{
	const match_table *m = k->m;
	const terms *t = k->q.t;
	bool *apart[2] = {NEW_ARRAY(k->q.c->mem, bool, m->pool->newcomers),
			  NEW_ARRAY(k->q.c->mem, bool, m->pool->establisheds)};
	for (size_t i = 0; i < t->left_out_n; i++) {
		const whereabouts *at = whereabouts_of(m->who, m->who_n, t->left_out[i]);
		if (at)
			apart[at->established][at->unit] = true;
	}
	k->q.apart[0] = apart[0];
	k->q.apart[1] = apart[1];
}

terms match_leave_out_whole(arena *mem, const match_table *m, const terms *t)
{
	terms out = *t;
	ctx c = {.mem = mem};
	again_case k = {.m = m, .q = {.c = &c, .t = t}};
	uint32_t *id = NEW_ARRAY(mem, uint32_t, m->who_n);
	set_apart(&k);
	out.left_out = id;
	out.left_out_n = 0;
	for (size_t i = 0; i < m->who_n; i++)
		if (is_apart(k.q.apart, m->who[i].established, m->who[i].unit))
			id[out.left_out_n++] = m->who[i].id;
	return out;
}

/* Lines with a forbidden pair become changed copies: the table stays as it is for others. */
static void forbid(arena *mem, const exception *e, size_t n, const int32_t **line,
		   size_t width)
{
	for (size_t i = 0, end; i < n; i = end) {
		const int32_t *whole = line[e[i].row];
		int32_t *copy = NEW_ARRAY(mem, int32_t, width);
		if (whole)
			memcpy(copy, whole, width * sizeof *copy);
		for (end = i; end < n && e[end].row == e[i].row; end++)
			copy[e[end].column] = MATCH_BARRED;
		if (whole)
			line[e[i].row] = copy;
	}
}

static void form_lines(again_case *k)
{
	const match_table *m = k->m;
	const proposing *q = &k->q;
	arena *mem = q->c->mem;
	size_t rows = m->pool->newcomers, width = m->pool->establisheds;
	k->row = NEW_ARRAY(mem, const int32_t *, rows);
	k->across = NEW_ARRAY(mem, const int32_t *, width);
	for (size_t i = 0; i < rows; i++)
		if (!q->paired[i] && !is_apart(q->apart, 0, i))
			k->row[i] = m->weight + i * width;
	for (size_t j = 0; j < width; j++)
		k->across[j] = m->across + j * rows;
	forbid(mem, q->except, q->except_n, k->row, width);
	exception *turned = NEW_ARRAY(mem, exception, q->except_n);
	for (size_t i = 0; i < q->except_n; i++)
		turned[i] = (exception){q->except[i].column, q->except[i].row};
	qsort(turned, q->except_n, sizeof *turned, exception_compare);
	forbid(mem, turned, q->except_n, k->across, rows);
}

bool again_open(ctx *c, const match_table *m, const terms *t, again_case *k,
		match_result *out)
{
	assert(same_criteria(&m->terms, t));
	*k = (again_case){
		.m = m,
		.q = {.c = c, .p = m->pool, .t = t, .who = m->who, .who_n = m->who_n}};
	if (t->left_out_n)
		set_apart(k);
	if (!proposing_read(&k->q, false, out))
		return false;
	form_lines(k);
	k->table = (solve_table){.rows = (int32_t)m->pool->newcomers,
				 .columns = (int32_t)m->pool->establisheds,
				 .row = k->row,
				 .across = k->across,
				 .seats = k->q.seats,
				 .bonus = out->bonus,
				 .weight_max = m->weight_max + out->bonus};
	return true;
}

/* ---- where to begin ---------------------------------------------------------------------- */

/*
 * What a price is likely to be with another bonus. One that somebody without a partner would pay
 * holds the bonus once, one that only keeps places apart does not hold it.
 */
static int64_t with_bonus(int64_t price, int64_t before, int64_t now)
{
	bool holds = before ? price >= before / 2 : price > 0;
	int64_t moved = holds ? price + now - before : price;
	return moved > 0 ? moved : 0;
}

solve_start again_start(const again_case *k, const match_result *before)
{
	if (!before)
		return (solve_start){0};
	const pool *p = k->m->pool;
	arena *mem = k->q.c->mem;
	int32_t *column = NEW_ARRAY(mem, int32_t, p->newcomers);
	int64_t *price = NEW_ARRAY(mem, int64_t, p->establisheds);
	int64_t *profit = NEW_ARRAY(mem, int64_t, p->newcomers);
	bool *held = NEW_ARRAY(mem, bool, p->establisheds);
	bool same = before->bonus == k->table.bonus;
	for (size_t i = 0; i < p->newcomers; i++) {
		column[i] = -1;
		profit[i] = before->profit[i];
	}
	for (size_t i = 0; i < before->pairs; i++) {
		const match_pair *x = &before->pair[i];
		column[x->newcomer] = (int32_t)x->established;
		if (x->locked) {
			profit[x->newcomer] = -1; /* was not asked */
			continue;
		}
		held[x->established] = true;
		same &= k->m->weight[x->newcomer * p->establisheds + x->established] ==
			x->weight;
	}
	for (size_t j = 0; j < p->establisheds; j++) {
		price[j] = before->price[j];
		if (price[j] >= 0 && before->bonus != k->table.bonus)
			price[j] = with_bonus(price[j], before->bonus, k->table.bonus);
		/* Perhaps it had no seat to sell. */
		if (price[j] == 0 && !held[j])
			price[j] = -1;
	}
	/* Other weights: profits follow from the prices. */
	return (solve_start){
		.column = column, .price = price, .profit = same ? profit : NULL};
}

/* ---- solving ------------------------------------------------------------------------------ */

static void tell(const again_case *k, const solve_result *r, match_result *out)
{
	const pool *p = k->m->pool;
	for (uint32_t i = 0; i < p->newcomers; i++) {
		out->profit[i] = r->row_profit[i];
		if (r->column[i] < 0)
			continue;
		uint32_t j = (uint32_t)r->column[i];
		out->pair[out->pairs++] =
			(match_pair){i, j, k->m->weight[i * p->establisheds + j], false};
	}
	for (size_t j = 0; j < p->establisheds; j++)
		out->price[j] = r->price[j];
	proposing_tell(r, out);
}

bool match_solve_again(ctx *c, const match_table *m, const terms *t,
		       const match_result *before, match_result *out)
{
	again_case k;
	solve_result r;
	proposing_result(c->mem, m->pool, out);
	arena_mark here = arena_here(c->mem);
	if (!again_open(c, m, t, &k, out))
		return false;
	solve_start start = again_start(&k, before);
	if (!solve_again(c, &k.table, &start, &r))
		return false;
	tell(&k, &r, out);
	arena_reset(c->mem, here);
	return true;
}
