/*
 * match: from a pool and terms to the best set of pairs, with prices that prove it.
 *
 * Locked pairs are taken out first. Of the two sides the one with fewer seats bids; when
 * that is the established side, one with three seats becomes three rows of the engine.
 * Either way the answer is told in prices of established units and profits of newcomers.
 */
#include <stdlib.h>
#include <string.h>

#include "match/source.h"

/* Where an id is: which unit, on which side. */
typedef struct whereabouts {
	uint32_t id, unit;
	bool established;
} whereabouts;

typedef struct proposing {
	ctx *c;
	const pool *p;
	const terms *t;
	whereabouts *who; /* by id; only formed when someone is named */
	size_t who_n;
	exception *except; /* newcomer unit, established unit; sorted */
	size_t except_n;
	bool *paired;   /* per newcomer unit: locked */
	int32_t *seats; /* per established unit: those not locked */
} proposing;

/* ---- people who are named in the terms --------------------------------------------------- */

static int compare_who(const void *a, const void *b)
{
	const whereabouts *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static void list_side(proposing *q, const unit *u, size_t n, bool established)
{
	for (size_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < u[i].n; k++) {
			uint32_t person = q->p->member[u[i].first + k];
			q->who[q->who_n++] =
				(whereabouts){q->p->people->profile[person].id,
					      (uint32_t)i, established};
		}
}

static void list_people(proposing *q)
{
	q->who = NEW_ARRAY(q->c->mem, whereabouts, q->p->people->n);
	list_side(q, q->p->newcomer, q->p->newcomers, false);
	list_side(q, q->p->established, q->p->establisheds, true);
	qsort(q->who, q->who_n, sizeof *q->who, compare_who);
}

static const whereabouts *find(const proposing *q, uint32_t id)
{
	whereabouts key = {.id = id};
	return bsearch(&key, q->who, q->who_n, sizeof key, compare_who);
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

static bool read_forbidden(proposing *q)
{
	const people *p = q->p->people;
	q->except = NEW_ARRAY(q->c->mem, exception, p->never_n + q->t->forbidden_n);
	for (size_t i = 0; i < p->never_n; i++)
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

static bool terms_hold(const terms *t)
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

static int64_t bonus_of(const pool *p, const terms *t)
{
	int64_t seats = 0;
	for (size_t i = 0; i < p->establisheds; i++)
		seats += p->established[i].seats;
	int64_t least = seats < (int64_t)p->newcomers ? seats : (int64_t)p->newcomers;
	return 1 + least * source_weight_max(p, t);
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
	qsort(out->pair, out->pairs, sizeof *out->pair, compare_pair);
	out->total = r->total;
	out->bound = r->bound;
	out->proven = r->proven;
	out->unique = r->unique;
	out->eligible_scanned = source_scored(src, &out->weighed);
}

bool match_solve(ctx *c, const pool *p, const terms *t, const match_options *o,
		 match_result *out)
{
	*out = (match_result){0};
	if (!kernel_choose(o->simd))
		return ctx_fail(c, FAULT_USAGE, "match.no_simd", S(""), S(""));
	if (!terms_hold(t))
		return ctx_fail(c, FAULT_INPUT, "match.terms", S(""), S(""));
	out->pair = arena_take(c->mem, p->newcomers, sizeof *out->pair);
	out->price = arena_take(c->mem, p->establisheds, sizeof *out->price);
	out->profit = arena_take(c->mem, p->newcomers, sizeof *out->profit);
	out->bonus = t->most_pairs ? bonus_of(p, t) : 0;
	arena_mark here = arena_here(c->mem);
	proposing q = {.c = c,
		       .p = p,
		       .t = t,
		       .paired = NEW_ARRAY(c->mem, bool, p->newcomers),
		       .seats = NEW_ARRAY(c->mem, int32_t, p->establisheds)};
	for (size_t i = 0; i < p->establisheds; i++)
		q.seats[i] = p->established[i].seats;
	if (t->locked_n || t->forbidden_n || p->people->never_n)
		list_people(&q);
	if (!read_forbidden(&q) || !read_locks(&q, out))
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
