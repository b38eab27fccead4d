/*
 * A solved pool made ready for explaining: a table of all pairs, who has whom, and the
 * two ends of the prices that prove the result (prices.c).
 */
#include <string.h>

#include "match/explain_priv.h"
#include "match/propose.h"

int64_t match_case_weight(const match_case *k, uint32_t newcomer, uint32_t established)
{
	/* The table does not know whom the terms forbid. */
	if (k->table && !k->newcomer_forbidden[newcomer])
		return k->table->weight[newcomer * k->pool->establisheds + established];
	match_view v;
	match_look(k->pool, k->terms, newcomer, established, &v);
	return v.broken ? MATCH_BARRED : v.weight;
}

/* Marks those whom the list rules out for a unit. */
static void look_never(const match_case *k, bool newcomer, uint32_t own,
		       const id_pair *list, size_t n, pair_look *out)
{
	const match_table *m = k->table;
	for (size_t i = 0; i < n; i++) {
		const whereabouts *a = whereabouts_of(m->who, m->who_n, list[i].a);
		const whereabouts *b = whereabouts_of(m->who, m->who_n, list[i].b);
		if (!a || !b || a->established == b->established)
			continue;
		const whereabouts *self = a->established == newcomer ? b : a;
		const whereabouts *other = self == a ? b : a;
		if (self->unit == own)
			out[other->unit].broken |= 1u << RULE_NEVER;
	}
}

void match_case_looks(const match_case *k, uint8_t side, uint32_t own, pair_look *out)
{
	const pool *p = k->pool;
	bool newcomer = side == SIDE_NEWCOMER;
	uint32_t n = (uint32_t)(newcomer ? p->establisheds : p->newcomers);
	if (!k->table) {
		for (uint32_t o = 0; o < n; o++) {
			match_view v;
			match_look(p, k->terms, newcomer ? own : o, newcomer ? o : own,
				   &v);
			out[o] = (pair_look){v.broken, v.weight};
		}
		return;
	}
	arena_mark here = arena_here(k->ctx->mem);
	int32_t *weight = NEW_ARRAY(k->ctx->mem, int32_t, n);
	uint16_t *broken = NEW_ARRAY(k->ctx->mem, uint16_t, n);
	crowd_ask(k->crowd[newcomer], newcomer ? &p->newcomer[own] : &p->established[own],
		  weight, broken);
	for (uint32_t o = 0; o < n; o++)
		out[o] = (pair_look){broken[o], weight[o]};
	arena_reset(k->ctx->mem, here);
	look_never(k, newcomer, own, p->people->never, p->people->never_n, out);
	look_never(k, newcomer, own, k->terms->forbidden, k->terms->forbidden_n, out);
}

bool match_case_open_newcomer(const match_case *k, uint32_t i)
{
	return !k->newcomer_locked[i];
}

bool match_case_open_established(const match_case *k, uint32_t j)
{
	return k->established_locked[j] < k->pool->established[j].seats;
}

static void find_ends(match_case *k)
{
	const pool *p = k->pool;
	arena *mem = k->ctx->mem;
	size_t n = p->establisheds;
	k->price_low = NEW_ARRAY(mem, int64_t, n);
	k->price_high = NEW_ARRAY(mem, int64_t, n);
	k->profit_low = NEW_ARRAY(mem, int64_t, p->newcomers);
	k->profit_high = NEW_ARRAY(mem, int64_t, p->newcomers);
	arena_mark here = arena_here(mem);
	market *m = match_market_open(k, mem, 0);
	match_market_fall(m);
	memcpy(k->price_low, m->price, n * sizeof *m->price);
	for (uint32_t i = 0; i < p->newcomers; i++)
		k->profit_high[i] = match_market_profit(m, i);
	match_market_rise(m);
	memcpy(k->price_high, m->price, n * sizeof *m->price);
	for (uint32_t i = 0; i < p->newcomers; i++)
		k->profit_low[i] = match_market_profit(m, i);
	arena_reset(mem, here);
}

/* ---- opening ------------------------------------------------------------------------ */

/* Who has whom; false when the pairs do not fit the pool. */
static bool note_pairs(match_case *k)
{
	const pool *p = k->pool;
	for (size_t i = 0; i < p->newcomers; i++)
		k->mate[i] = MATCH_NOBODY;
	for (size_t i = 0; i < k->result->pairs; i++) {
		const match_pair *pair = &k->result->pair[i];
		uint32_t n = pair->newcomer, e = pair->established;
		if (n >= p->newcomers || e >= p->establisheds ||
		    k->mate[n] != MATCH_NOBODY || k->taken[e] >= p->established[e].seats)
			return false;
		k->mate[n] = e;
		k->taken[e]++;
		k->newcomer_locked[n] = pair->locked;
		k->established_locked[e] += pair->locked;
	}
	return true;
}

static void note_forbidden(match_case *k)
{
	const match_table *m = k->table;
	for (size_t i = 0; i < k->terms->forbidden_n; i++) {
		const id_pair pair = k->terms->forbidden[i];
		const whereabouts *a = whereabouts_of(m->who, m->who_n, pair.a);
		const whereabouts *b = whereabouts_of(m->who, m->who_n, pair.b);
		if (a && !a->established)
			k->newcomer_forbidden[a->unit] = true;
		if (b && !b->established)
			k->newcomer_forbidden[b->unit] = true;
	}
}

bool match_case_open(ctx *c, const pool *p, const terms *t, const match_options *o,
		     const match_result *r, match_case *out)
{
	*out = (match_case){
		.ctx = c,
		.pool = p,
		.terms = t,
		.options = o,
		.result = r,
		.mate = NEW_ARRAY(c->mem, uint32_t, p->newcomers),
		.taken = NEW_ARRAY(c->mem, int32_t, p->establisheds),
		.newcomer_locked = NEW_ARRAY(c->mem, bool, p->newcomers),
		.newcomer_forbidden = NEW_ARRAY(c->mem, bool, p->newcomers),
		.established_locked = NEW_ARRAY(c->mem, int32_t, p->establisheds),
	};
	if (!note_pairs(out))
		return ctx_fail(c, FAULT_INPUT, "explain.other_pool", S(""), S(""));
	if (match_table_fits(p, t) && r->proven) {
		match_table *table = NEW(c->mem, match_table);
		if (!match_table_form(c, p, t, o->simd, table))
			return false;
		out->table = table;
		for (int side = 0; side < 2; side++) {
			out->crowd[side] = NEW(c->mem, crowd);
			crowd_form(c->mem, p, side, &table->terms, kernel_choose(o->simd),
				   out->crowd[side]);
		}
		note_forbidden(out);
		find_ends(out);
		out->exact = true;
	} else {
		out->price_low = out->price_high = r->price;
		out->profit_low = out->profit_high = r->profit;
	}
	return true;
}

resolve_figures match_figures(const match_result *r)
{
	resolve_figures f = {.pairs = (int64_t)r->pairs};
	for (size_t i = 0; i < r->pairs; i++)
		f.weight += r->pair[i].weight;
	return f;
}

bool match_case_resolve(const match_case *k, const terms *t, resolve_figures *out)
{
	ctx quiet = *k->ctx;
	quiet.progress = NULL;
	arena_mark here = arena_here(quiet.mem);
	match_result r;
	bool ok = k->table ? match_solve_again(&quiet, k->table, t, k->result, &r)
			   : match_solve(&quiet, k->pool, t, k->options, &r);
	*out = (resolve_figures){0};
	if (ok) {
		*out = match_figures(&r);
		arena_reset(quiet.mem, here);
	}
	k->ctx->fault = quiet.fault;
	return ok;
}

/* ---- finding people -------------------------------------------------------------------- */

static uint32_t unit_of(const pool *p, const unit *u, size_t n, size_t person)
{
	for (size_t i = 0; i < n; i++)
		for (uint32_t m = 0; m < u[i].n; m++)
			if (p->member[u[i].first + m] == person)
				return (uint32_t)i;
	return MATCH_NOBODY;
}

match_standing match_find(const pool *p, uint32_t id)
{
	match_standing s = {.unit = MATCH_NOBODY};
	for (size_t i = 0; i < p->people->n && !s.known; i++) {
		if (p->people->profile[i].id != id)
			continue;
		s = (match_standing){.known = true,
				     .reason = (pool_reason)p->reason[i],
				     .side = p->people->profile[i].side,
				     .person = i,
				     .unit = MATCH_NOBODY};
	}
	if (!s.known || s.reason != POOL_MATCHABLE)
		return s;
	s.unit = s.side == SIDE_NEWCOMER
			 ? unit_of(p, p->newcomer, p->newcomers, s.person)
			 : unit_of(p, p->established, p->establisheds, s.person);
	return s;
}

const char *match_pool_key(pool_reason r)
{
	static const char *const key[] = {
		[POOL_MATCHABLE] = NULL,
		[POOL_NO_SIDE] = "pool.no_side",
		[POOL_NO_CONSENT] = "pool.no_consent",
		[POOL_MINOR] = "pool.minor",
		[POOL_LEFT_OUT] = "pool.left_out",
		[POOL_UNUSABLE] = "pool.unusable",
	};
	return key[r];
}
