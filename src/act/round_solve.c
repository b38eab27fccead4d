/* A round is solved, anew or again, and its result kept as the bytes of result.json. */
#include <stdlib.h>
#include <string.h>

#include "act/round_priv.h"
#include "report/report.h"

/* ---- solving ------------------------------------------------------------------------------------ */

static void take_result(ctx *c, act_round *r)
{
	buf json = {.mem = c->mem};
	r->round.pairs = (int64_t)r->result.pairs;
	r->round.total = 0;
	for (size_t i = 0; i < r->result.pairs; i++)
		r->round.total += r->result.pair[i].weight;
	report_result_json(c, r->people, &r->pool, &r->terms, &r->result, ROUND_FILE,
			   &json);
	r->round.result = r->result_json = buf_str(&json);
}

bool act_round_solve(ctx *c, act_round *r)
{
	static const match_options options = {.threads = 1};
	if (!match_solve(c, &r->pool, &r->terms, &options, &r->result))
		return false;
	take_result(c, r);
	return true;
}

bool act_round_solve_again(ctx *c, const act_round *before, act_round *r)
{
	const match_table *m;
	match_result from, all, mine;
	if (!act_rounds_table(c, r, &m))
		return false;
	if (!m)
		return act_round_solve(c, r);
	/* In the table there are those too who are left out. */
	match_result_carry(c->mem, &before->result, &before->pool, m->pool, &from);
	if (!match_solve_again(c, m, &r->terms, &from, &all))
		return false;
	match_result_carry(c->mem, &all, m->pool, &r->pool, &mine);
	r->result = all;
	r->result.pair = mine.pair;
	r->result.pairs = mine.pairs;
	r->result.price = mine.price;
	r->result.profit = mine.profit;
	take_result(c, r);
	return true;
}

/* Unit of everyone who is in one, by index in people; MATCH_NOBODY else. */
static uint32_t *units_of(arena *mem, const pool *p, const unit *u, size_t n)
{
	uint32_t *of = NEW_ARRAY(mem, uint32_t, p->people->n);
	memset(of, 0xff, p->people->n * sizeof *of);
	for (size_t i = 0; i < n; i++)
		for (uint32_t m = 0; m < u[i].n; m++)
			of[p->member[u[i].first + m]] = (uint32_t)i;
	return of;
}

typedef struct places {
	uint32_t *newcomer, *established;
} places;

/* One pair by numbers; left out when it is none any more. */
static void add_pair(const act_round *r, const places *at, uint32_t newcomer,
		     uint32_t established, bool locked, match_result *out)
{
	size_t a = act_round_find(r, newcomer), b = act_round_find(r, established);
	match_view v;
	if (a == r->n || b == r->n || at->newcomer[a] == MATCH_NOBODY ||
	    at->established[b] == MATCH_NOBODY)
		return;
	match_pair *p = &out->pair[out->pairs++];
	*p = (match_pair){.newcomer = at->newcomer[a],
			  .established = at->established[b],
			  .locked = locked};
	match_look(&r->pool, &r->terms, p->newcomer, p->established, &v);
	p->weight = v.weight;
	out->profit[p->newcomer] = v.weight + out->bonus - out->price[p->established];
}

static int compare_pair(const void *a, const void *b)
{
	const match_pair *x = a, *y = b;
	return (x->newcomer > y->newcomer) - (x->newcomer < y->newcomer);
}

/* The result as it was kept, over the people there are. */
static void read_result(ctx *c, const check_claim *claim, act_round *r)
{
	match_result *out = &r->result;
	places at = {
		units_of(c->mem, &r->pool, r->pool.newcomer, r->pool.newcomers),
		units_of(c->mem, &r->pool, r->pool.established, r->pool.establisheds)};
	*out = (match_result){
		.bonus = claim->bonus,
		.total = claim->total,
		.bound = claim->bound,
		.proven = claim->total == claim->bound,
		.pair = NEW_ARRAY(c->mem, match_pair, claim->pairs + r->terms.locked_n),
		.price = NEW_ARRAY(c->mem, int64_t, r->pool.establisheds),
		.profit = NEW_ARRAY(c->mem, int64_t, r->pool.newcomers)};
	for (size_t i = 0; i < claim->prices; i++) {
		size_t who = act_round_find(r, claim->price[i].established);
		if (who < r->n && at.established[who] != MATCH_NOBODY)
			out->price[at.established[who]] = claim->price[i].price;
	}
	for (size_t i = 0; i < claim->pairs; i++)
		add_pair(r, &at, claim->pair[i].newcomer, claim->pair[i].established,
			 false, out);
	for (size_t i = 0; i < r->terms.locked_n; i++)
		add_pair(r, &at, r->terms.locked[i].a, r->terms.locked[i].b, true, out);
	qsort(out->pair, out->pairs, sizeof *out->pair, compare_pair);
}

bool act_round_read_result(ctx *c, act_round *r)
{
	check_claim claim;
	uint8_t digest[32];
	if (!check_claim_read(c, ROUND_FILE, r->round.result, &claim))
		return false;
	model_digest(r->people, &r->terms, digest);
	r->stale = memcmp(digest, claim.digest, sizeof digest) != 0;
	r->result_json = r->round.result;
	read_result(c, &claim, r);
	return true;
}

/* ---- what a change moved -------------------------------------------------------------------------- */

/* By number of a newcomer's unit: that of her partner's, 0 for none. */
static uint32_t *partners(arena *mem, const act_round *r, uint32_t most)
{
	uint32_t *with = NEW_ARRAY(mem, uint32_t, (size_t)most + 1);
	for (size_t i = 0; i < r->result.pairs; i++) {
		const match_pair *p = &r->result.pair[i];
		with[r->pool.newcomer[p->newcomer].id] =
			r->pool.established[p->established].id;
	}
	return with;
}

static uint32_t greatest(const act_round *r)
{
	return r->n ? r->who[r->n - 1].number : 0;
}

str act_round_moves(arena *mem, const act_round *before, const act_round *after)
{
	buf b = {.mem = mem};
	uint32_t x = greatest(before), y = greatest(after), most = x > y ? x : y;
	const uint32_t *was = partners(mem, before, most),
		       *is = partners(mem, after, most);
	for (uint32_t i = 1; i <= most; i++)
		if (was[i] != is[i])
			buf_format(&b, "%s%u:%u:%u", b.n ? "," : "", (unsigned)i,
				   (unsigned)was[i], (unsigned)is[i]);
	return buf_str(&b);
}
