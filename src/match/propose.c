/*
 * match: from a pool and terms to the best set of pairs, with prices that prove it.
 *
 * Locked pairs are taken out first. Of the two sides the one with fewer seats bids; when
 * that is the established side, one with three seats becomes three rows of the engine.
 * Either way the answer is told in prices of established units and profits of newcomers.
 */
#include <stdlib.h>
#include <string.h>

#include "match/propose.h"

/* ---- people who are named in the terms --------------------------------------------------- */

static int compare_who(const void *a, const void *b)
{
	const whereabouts *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static void list_side(const pool *p, const unit *u, size_t n, bool established,
		      whereabouts *who, size_t *count)
{
	for (size_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < u[i].n; k++) {
			uint32_t person = p->member[u[i].first + k];
			who[(*count)++] = (whereabouts){p->people->profile[person].id,
							(uint32_t)i, established};
		}
}

const whereabouts *whereabouts_list(arena *mem, const pool *p, size_t *n)
{
	whereabouts *who = NEW_ARRAY(mem, whereabouts, p->people->n);
	*n = 0;
	list_side(p, p->newcomer, p->newcomers, false, who, n);
	list_side(p, p->established, p->establisheds, true, who, n);
	qsort(who, *n, sizeof *who, compare_who);
	return who;
}

const whereabouts *whereabouts_of(const whereabouts *who, size_t n, uint32_t id)
{
	whereabouts key = {.id = id};
	return n ? bsearch(&key, who, n, sizeof key, compare_who) : NULL;
}

/* Who takes no part is not there. */
static const whereabouts *find(const proposing *q, uint32_t id)
{
	const whereabouts *at = whereabouts_of(q->who, q->who_n, id);
	return at && is_apart(q->apart, at->established, at->unit) ? NULL : at;
}

static bool refuse(const proposing *q, const char *key, id_pair pair)
{
	return ctx_fail(q->c, FAULT_INPUT, key, str_format(q->c->mem, "%u", pair.a),
			str_format(q->c->mem, "%u", pair.b));
}

/* ---- forbidden pairs ------------------------------------------------------------------------ */

static void except(proposing *q, const whereabouts *a, const whereabouts *b)
{
	if (a && b && a->established != b->established)
		q->except[q->except_n++] = a->established ? (exception){b->unit, a->unit}
							  : (exception){a->unit, b->unit};
}

static bool read_forbidden(proposing *q, bool never)
{
	const people *p = q->p->people;
	size_t n = never ? p->never_n : 0;
	q->except = NEW_ARRAY(q->c->mem, exception, n + q->t->forbidden_n);
	for (size_t i = 0; i < n; i++)
		except(q, find(q, p->never[i].a), find(q, p->never[i].b));
	for (size_t i = 0; i < q->t->forbidden_n; i++) {
		const whereabouts *a = find(q, q->t->forbidden[i].a);
		const whereabouts *b = find(q, q->t->forbidden[i].b);
		if (!a || !b)
			return refuse(q, "match.forbidden_unknown", q->t->forbidden[i]);
		except(q, a, b);
	}
	qsort(q->except, q->except_n, sizeof *q->except, exception_compare);
	return true;
}

/* ---- locked pairs --------------------------------------------------------------------------- */

static bool is_locked(const match_result *r, uint32_t newcomer, uint32_t established)
{
	for (size_t i = 0; i < r->pairs; i++)
		if (r->pair[i].newcomer == newcomer &&
		    r->pair[i].established == established)
			return true;
	return false;
}

static bool lock(proposing *q, id_pair pair, match_result *out)
{
	const whereabouts *a = find(q, pair.a), *b = find(q, pair.b);
	if (!a || !b)
		return refuse(q, "match.lock_unknown", pair);
	if (a->established == b->established)
		return refuse(q, "match.lock_side", pair);
	if (a->established) {
		const whereabouts *other = a;
		a = b;
		b = other;
	}
	if (is_locked(out, a->unit, b->unit))
		return true; /* the same lock said twice */
	match_view v;
	match_look(q->p, q->t, a->unit, b->unit, &v);
	if (v.broken)
		return refuse(q, "match.lock_broken", pair);
	if (q->paired[a->unit] || q->seats[b->unit] == 0)
		return refuse(q, "match.lock_seats", pair);
	q->paired[a->unit] = true;
	q->seats[b->unit]--;
	out->pair[out->pairs++] = (match_pair){a->unit, b->unit, v.weight, true};
	return true;
}

static bool read_locks(proposing *q, match_result *out)
{
	for (size_t i = 0; i < q->t->locked_n; i++)
		if (!lock(q, q->t->locked[i], out))
			return false;
	return true;
}

/* ---- the problem for the engine ---------------------------------------------------------------- */

#define RESERVE_MAX 1000000000

bool terms_hold(const terms *t)
{
	int64_t sum = 0;
	for (int i = 0; i < CRITERIA_COUNT; i++) {
		if (t->weight[i] < 0 || t->weight[i] > WEIGHT_MAX)
			return false;
		sum += t->weight[i];
	}
	return sum <= WEIGHT_SUM_MAX && t->waiting >= 0 && t->waiting <= 10000 &&
	       t->reserve >= -RESERVE_MAX && t->reserve <= RESERVE_MAX;
}

static int64_t bonus_of(const proposing *q)
{
	const pool *p = q->p;
	int64_t seats = 0, newcomers = 0;
	for (size_t i = 0; i < p->establisheds; i++)
		if (!is_apart(q->apart, 1, i))
			seats += p->established[i].seats;
	for (size_t i = 0; i < p->newcomers; i++)
		newcomers += !is_apart(q->apart, 0, i);
	int64_t least = seats < newcomers ? seats : newcomers;
	return 1 + least * source_weight_max(p, q->t, q->apart);
}

void proposing_result(arena *mem, const pool *p, match_result *out)
{
	*out = (match_result){
		.pair = arena_take(mem, p->newcomers, sizeof *out->pair),
		.price = arena_take(mem, p->establisheds, sizeof *out->price),
		.profit = arena_take(mem, p->newcomers, sizeof *out->profit)};
}

bool proposing_read(proposing *q, bool never, match_result *out)
{
	const pool *p = q->p;
	if (!terms_hold(q->t))
		return ctx_fail(q->c, FAULT_INPUT, "match.terms", S(""), S(""));
	out->bonus = q->t->most_pairs ? bonus_of(q) : 0;
	q->paired = NEW_ARRAY(q->c->mem, bool, p->newcomers);
	q->seats = NEW_ARRAY(q->c->mem, int32_t, p->establisheds);
	for (size_t i = 0; i < p->establisheds; i++)
		if (!is_apart(q->apart, 1, i))
			q->seats[i] = p->established[i].seats;
	return read_forbidden(q, never) && read_locks(q, out);
}

/* The two sides as the engine sees them. */
typedef struct sides {
	bool newcomers_bid;
	uint32_t *row, *column; /* unit indexes */
	uint32_t row_n, column_n;
} sides;

static void form_sides(const proposing *q, sides *out)
{
	const pool *p = q->p;
	arena *mem = q->c->mem;
	uint32_t newcomers = 0, established = 0;
	uint64_t seats = 0;
	for (size_t i = 0; i < p->newcomers; i++)
		newcomers += !q->paired[i];
	for (size_t i = 0; i < p->establisheds; i++) {
		established += q->seats[i] > 0;
		seats += (uint64_t)q->seats[i];
	}
	*out = (sides){.newcomers_bid = newcomers <= seats};
	uint32_t *one = NEW_ARRAY(mem, uint32_t, newcomers), *other;
	for (uint32_t i = 0, n = 0; i < p->newcomers; i++)
		if (!q->paired[i])
			one[n++] = i;
	if (out->newcomers_bid) {
		other = NEW_ARRAY(mem, uint32_t, established);
		for (uint32_t i = 0, n = 0; i < p->establisheds; i++)
			if (q->seats[i] > 0)
				other[n++] = i;
		out->row = one;
		out->row_n = newcomers;
		out->column = other;
		out->column_n = established;
		return;
	}
	other = NEW_ARRAY(mem, uint32_t, seats);
	for (uint32_t i = 0, n = 0; i < p->establisheds; i++)
		for (int32_t k = 0; k < q->seats[i]; k++)
			other[n++] = i;
	out->row = other;
	out->row_n = (uint32_t)seats;
	out->column = one;
	out->column_n = newcomers;
}

static source *form_source(const proposing *q, const sides *s, const match_options *o,
			   int64_t bonus, solve_source *out)
{
	exception *e = q->except;
	if (!s->newcomers_bid) {
		for (size_t i = 0; i < q->except_n; i++)
			e[i] = (exception){e[i].column, e[i].row};
		qsort(e, q->except_n, sizeof *e, exception_compare);
	}
	source_options so = {
		.rows = s->newcomers_bid ? q->p->newcomer : q->p->established,
		.columns = s->newcomers_bid ? q->p->established : q->p->newcomer,
		.row = s->row,
		.column = s->column,
		.row_n = s->row_n,
		.column_n = s->column_n,
		.seats = s->newcomers_bid ? q->seats : NULL,
		.clones = !s->newcomers_bid,
		.except = e,
		.except_n = q->except_n,
		.bonus = bonus,
		.threads = o->threads,
		.simd = o->simd,
	};
	return source_form(q->c->mem, q->p, q->t, &so, out);
}

static int compare_pair(const void *a, const void *b)
{
	const match_pair *x = a, *y = b;
	return (x->newcomer > y->newcomer) - (x->newcomer < y->newcomer);
}

void proposing_tell(const solve_result *r, match_result *out)
{
	qsort(out->pair, out->pairs, sizeof *out->pair, compare_pair);
	out->total = r->total;
	out->bound = r->bound;
	out->proven = r->proven;
	out->unique = r->unique;
}

/* Pairs, prices and profits in terms of the pool. */
static void tell(const pool *p, const sides *s, const source *src, const solve_result *r,
		 match_result *out)
{
	memset(out->price, 0, p->establisheds * sizeof *out->price);
	memset(out->profit, 0, p->newcomers * sizeof *out->profit);
	for (uint32_t i = 0; i < s->row_n; i++) {
		int64_t *profit = s->newcomers_bid ? out->profit : out->price;
		/* Rows of one established unit all make the same profit: they are the same bidder. */
		if (r->row_profit[i] > profit[s->row[i]])
			profit[s->row[i]] = r->row_profit[i];
		if (r->column[i] < 0)
			continue;
		uint32_t other = s->column[r->column[i]];
		out->pair[out->pairs++] = (match_pair){
			s->newcomers_bid ? s->row[i] : other,
			s->newcomers_bid ? other : s->row[i],
			source_weight(src, i, (uint32_t)r->column[i]) - out->bonus,
			false};
	}
	for (uint32_t j = 0; j < s->column_n; j++) {
		int64_t *price = s->newcomers_bid ? out->price : out->profit;
		price[s->column[j]] = r->price[j];
	}
	proposing_tell(r, out);
	out->eligible_scanned = source_scored(src, &out->weighed);
}

bool match_solve(ctx *c, const pool *p, const terms *t, const match_options *o,
		 match_result *out)
{
	*out = (match_result){0};
	if (!kernel_choose(o->simd))
		return ctx_fail(c, FAULT_USAGE, "match.no_simd", S(""), S(""));
	proposing_result(c->mem, p, out);
	arena_mark here = arena_here(c->mem);
	proposing q = {.c = c, .p = p, .t = t};
	if (t->locked_n || t->forbidden_n || p->people->never_n)
		q.who = whereabouts_list(c->mem, p, &q.who_n);
	if (!proposing_read(&q, true, out))
		return false;
	sides s;
	form_sides(&q, &s);
	solve_source engine;
	source *src = form_source(&q, &s, o, out->bonus, &engine);
	solve_result r;
	if (!solve_run(c, &engine,
		       &(solve_options){.threads = o->threads, .want_unique = true}, &r))
		return false;
	tell(p, &s, src, &r, out);
	arena_reset(c->mem, here);
	return true;
}
