/*
 * A solved pool made ready for explaining: a table of all pairs, who has whom, and the
 * least and greatest prices that prove the result.
 *
 * The optimal prices of an assignment game form a lattice (Shapley, Shubik 1971). At
 * its two ends a price or profit is exactly what the total loses without that seat or
 * newcomer (Leonard 1983), which answers "what would it cost" without solving again.
 * Each end is one run of Dijkstra over the established from the prices at hand: the
 * distance is how far a price may fall or rise before a pair or a free seat objects.
 */
#include <string.h>

#include "match/explain_priv.h"

pair_look match_case_look(const match_case *k, uint32_t newcomer, uint32_t established)
{
	if (k->weight) {
		size_t at = newcomer * k->pool->establisheds + established;
		return (pair_look){k->broken[at], k->weight[at]};
	}
	match_view v;
	match_look(k->pool, k->terms, newcomer, established, &v);
	return (pair_look){v.broken, v.weight};
}

bool match_case_open_newcomer(const match_case *k, uint32_t i)
{
	return !k->newcomer_locked[i];
}

bool match_case_open_established(const match_case *k, uint32_t j)
{
	return k->established_locked[j] < k->pool->established[j].seats;
}

static bool eligible(pair_look l)
{
	return !l.broken && l.weight > 0;
}

/* Weight with the bonus, 0 when not eligible or when locked pairs have every seat of j. */
static int64_t arc(const match_case *k, uint32_t i, uint32_t j)
{
	if (!match_case_open_established(k, j))
		return 0;
	pair_look l = match_case_look(k, i, j);
	return eligible(l) ? l.weight + k->result->bonus : 0;
}

/* ---- the ends of the lattice ----------------------------------------------------- */

/* Occupants of each established unit that are not locked there, as linked lists. */
typedef struct occupants {
	uint32_t *first; /* per established */
	uint32_t *next;  /* per newcomer */
} occupants;

static occupants list_occupants(const match_case *k, arena *mem)
{
	const pool *p = k->pool;
	occupants o = {NEW_ARRAY(mem, uint32_t, p->establisheds),
		       NEW_ARRAY(mem, uint32_t, p->newcomers)};
	for (size_t j = 0; j < p->establisheds; j++)
		o.first[j] = MATCH_NOBODY;
	for (uint32_t i = (uint32_t)p->newcomers; i-- > 0;) {
		uint32_t j = k->mate[i];
		if (j == MATCH_NOBODY || !match_case_open_newcomer(k, i))
			continue;
		o.next[i] = o.first[j];
		o.first[j] = i;
	}
	return o;
}

/* All seats that may be solved for are taken. */
static bool full(const match_case *k, uint32_t j)
{
	return k->taken[j] >= k->pool->established[j].seats;
}

/* How far each price may fall by the unmatched newcomers alone: v_j >= w_ij and v_j >= 0. */
static void slack_below(const match_case *k, int64_t *slack)
{
	const pool *p = k->pool;
	const int64_t *v = k->result->price;
	for (uint32_t j = 0; j < p->establisheds; j++)
		slack[j] = full(k, j) ? v[j] : 0;
	for (uint32_t i = 0; i < p->newcomers; i++) {
		if (k->mate[i] != MATCH_NOBODY)
			continue;
		for (uint32_t j = 0; j < p->establisheds; j++) {
			int64_t w = arc(k, i, j);
			if (w && v[j] - w < slack[j])
				slack[j] = v[j] - w > 0 ? v[j] - w : 0;
		}
	}
}

/* How far each price may rise before an occupant would rather have nobody. */
static void slack_above(const match_case *k, const occupants *o, int64_t *slack)
{
	for (uint32_t j = 0; j < k->pool->establisheds; j++) {
		slack[j] = 0;
		if (!full(k, j) || o->first[j] == MATCH_NOBODY)
			continue;
		slack[j] = INT64_MAX;
		for (uint32_t i = o->first[j]; i != MATCH_NOBODY; i = o->next[i])
			if (arc(k, i, j) - k->result->price[j] < slack[j])
				slack[j] = arc(k, i, j) - k->result->price[j];
	}
}

/* Prices fall: an occupant i of `from` keeps preferring it, so v_to >= v_from + w_i,to - w_i,from. */
static void relax_fall(const match_case *k, const occupants *o, uint32_t from,
		       int64_t *slack)
{
	const int64_t *v = k->result->price;
	for (uint32_t i = o->first[from]; i != MATCH_NOBODY; i = o->next[i]) {
		int64_t here = arc(k, i, from) - v[from];
		for (uint32_t to = 0; to < k->pool->establisheds; to++) {
			int64_t w = arc(k, i, to);
			if (w && slack[from] + here - (w - v[to]) < slack[to])
				slack[to] = slack[from] + here - (w - v[to]);
		}
	}
}

/* Prices rise: an occupant i of `to` must not come to prefer `from`. */
static void relax_rise(const match_case *k, const occupants *o, uint32_t from,
		       int64_t *slack)
{
	const int64_t *v = k->result->price;
	for (uint32_t to = 0; to < k->pool->establisheds; to++)
		for (uint32_t i = o->first[to]; i != MATCH_NOBODY; i = o->next[i]) {
			int64_t w = arc(k, i, from);
			int64_t here = arc(k, i, to) - v[to];
			if (w && slack[from] + here - (w - v[from]) < slack[to])
				slack[to] = slack[from] + here - (w - v[from]);
		}
}

/* Dijkstra on a dense graph: the least unsettled first, no heap. */
static void settle(const match_case *k, const occupants *o, bool rise, int64_t *slack,
		   bool *done)
{
	uint32_t n = (uint32_t)k->pool->establisheds;
	memset(done, 0, n);
	for (;;) {
		uint32_t best = MATCH_NOBODY;
		for (uint32_t j = 0; j < n; j++)
			if (!done[j] && (best == MATCH_NOBODY || slack[j] < slack[best]))
				best = j;
		if (best == MATCH_NOBODY)
			return;
		done[best] = true;
		if (rise)
			relax_rise(k, o, best, slack);
		else
			relax_fall(k, o, best, slack);
	}
}

static int64_t profit_at(const match_case *k, const int64_t *price, uint32_t i)
{
	uint32_t j = k->mate[i];
	if (j == MATCH_NOBODY || !match_case_open_newcomer(k, i))
		return 0;
	return arc(k, i, j) - price[j];
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
	occupants o = list_occupants(k, mem);
	int64_t *slack = NEW_ARRAY(mem, int64_t, n);
	bool *done = NEW_ARRAY(mem, bool, n);
	slack_below(k, slack);
	settle(k, &o, false, slack, done);
	for (uint32_t j = 0; j < n; j++)
		k->price_low[j] = match_case_open_established(k, j)
					  ? k->result->price[j] - slack[j]
					  : 0;
	slack_above(k, &o, slack);
	settle(k, &o, true, slack, done);
	for (uint32_t j = 0; j < n; j++)
		k->price_high[j] = match_case_open_established(k, j)
					   ? k->result->price[j] + slack[j]
					   : 0;
	for (uint32_t i = 0; i < p->newcomers; i++) {
		k->profit_high[i] = profit_at(k, k->price_low, i);
		k->profit_low[i] = profit_at(k, k->price_high, i);
	}
	arena_reset(mem, here);
}

/* ---- opening ------------------------------------------------------------------------ */

static void fill_table(match_case *k)
{
	const pool *p = k->pool;
	size_t n = p->newcomers * p->establisheds;
	k->weight = NEW_ARRAY(k->ctx->mem, int32_t, n);
	k->broken = NEW_ARRAY(k->ctx->mem, uint16_t, n);
	size_t at = 0;
	for (uint32_t i = 0; i < p->newcomers; i++)
		for (uint32_t j = 0; j < p->establisheds; j++, at++) {
			match_view v;
			match_look(p, k->terms, i, j, &v);
			k->weight[at] = (int32_t)v.weight;
			k->broken[at] = (uint16_t)v.broken;
		}
}

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
		.established_locked = NEW_ARRAY(c->mem, int32_t, p->establisheds),
	};
	if (!note_pairs(out))
		return ctx_fail(c, FAULT_INPUT, "explain.other_pool", S(""), S(""));
	uint64_t cells = (uint64_t)p->newcomers * p->establisheds;
	if (cells <= MATCH_CASE_PAIRS_MAX && r->proven) {
		fill_table(out);
		out->exact = true;
		find_ends(out);
	} else {
		out->price_low = out->price_high = r->price;
		out->profit_low = out->profit_high = r->profit;
	}
	return true;
}

bool match_case_resolve(const match_case *k, const pool *p, const terms *t,
			resolve_figures *out)
{
	ctx quiet = *k->ctx;
	quiet.progress = NULL;
	arena_mark here = arena_here(quiet.mem);
	match_result r;
	bool ok = match_solve(&quiet, p, t, k->options, &r);
	*out = (resolve_figures){0};
	if (ok) {
		out->pairs = (int64_t)r.pairs;
		for (size_t i = 0; i < r.pairs; i++)
			out->weight += r.pair[i].weight;
		arena_reset(quiet.mem, here);
	}
	k->ctx->fault = quiet.fault;
	return ok;
}

resolve_figures match_case_figures(const match_case *k)
{
	resolve_figures f = {.pairs = (int64_t)k->result->pairs};
	for (size_t i = 0; i < k->result->pairs; i++)
		f.weight += k->result->pair[i].weight;
	return f;
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
