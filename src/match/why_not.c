/* Why two people are no pair: what forbids it, or what it would cost over all. */
#include "match/explain_priv.h"

static uint32_t partner_of_established(const match_case *k, uint32_t j)
{
	for (uint32_t i = 0; i < k->pool->newcomers; i++)
		if (k->mate[i] == j)
			return i;
	return MATCH_NOBODY;
}

/* Answers what needs no weights: who is not there, or not on the other side. */
static bool answer_absent(const match_case *k, uint32_t a, uint32_t b, match_why_not *out)
{
	const match_standing *who[2] = {&out->a, &out->b};
	uint32_t id[2] = {a, b};
	for (int x = 0; x < 2; x++)
		if (!who[x]->known) {
			out->kind = WHY_NOT_UNKNOWN;
			out->answer = match_say("why_not.unknown");
			match_say_number(&out->answer, id[x]);
			return true;
		}
	if (a == b) {
		out->kind = WHY_NOT_SAME;
		out->answer = match_say("why_not.same");
		return true;
	}
	for (int x = 0; x < 2; x++)
		if (who[x]->reason != POOL_MATCHABLE) {
			out->kind = WHY_NOT_ABSENT;
			out->answer = match_say("why_not.absent");
			match_say_person(&out->answer, who[x]->person);
			match_say_key(&out->answer, match_pool_key(who[x]->reason));
			return true;
		}
	if (out->a.side != out->b.side)
		return false;
	out->kind = WHY_NOT_SIDE;
	if (out->a.unit == out->b.unit)
		out->answer = match_say("why_not.household");
	else
		out->answer = match_say(out->a.side == SIDE_NEWCOMER
						? "why_not.both_newcomers"
						: "why_not.both_established");
	(void)k;
	return true;
}

/* Answers that follow from the two units alone. */
static bool answer_at_once(const match_case *k, match_why_not *out)
{
	if (k->mate[out->newcomer] == out->established) {
		out->kind = WHY_NOT_PAIRED;
		out->answer = match_say("why_not.paired");
		return true;
	}
	if (out->broken) {
		out->kind = WHY_NOT_RULE;
		out->answer = match_say("why_not.rule");
		out->rules = match_rule_phrases(k->pool, k->terms, out->newcomer,
						out->established, out->broken, out->rule);
		return true;
	}
	if (!match_case_open_newcomer(k, out->newcomer) ||
	    !match_case_open_established(k, out->established)) {
		out->kind = WHY_NOT_LOCKED;
		out->answer = match_say("why_not.locked");
		return true;
	}
	return false;
}

/* The greatest u + v - w of the optimal prices at hand: those of the result and both ends. */
static int64_t proven_loss(const match_case *k, const match_why_not *w)
{
	uint32_t i = w->newcomer, j = w->established;
	const int64_t sum[] = {
		k->result->profit[i] + k->result->price[j],
		k->profit_high[i] + k->price_low[j],
		k->profit_low[i] + k->price_high[j],
	};
	int64_t most = sum[0];
	for (size_t x = 1; x < ARRAY_LEN(sum); x++)
		if (sum[x] > most)
			most = sum[x];
	return most - w->why.view.weight - k->result->bonus;
}

/* Solves again with the two locked together. */
static bool find_loss(const match_case *k, match_why_not *out)
{
	const pool *p = k->pool;
	terms t = *k->terms;
	arena_mark here = arena_here(k->ctx->mem);
	id_pair *locked = NEW_ARRAY(k->ctx->mem, id_pair, t.locked_n + 1);
	for (size_t i = 0; i < t.locked_n; i++)
		locked[i] = t.locked[i];
	locked[t.locked_n] = (id_pair){p->newcomer[out->newcomer].id,
				       p->established[out->established].id};
	t.locked = locked;
	t.locked_n++;
	resolve_figures now = match_figures(k->result), then;
	if (!match_case_resolve(k, &t, &then))
		return false;
	arena_reset(k->ctx->mem, here);
	out->solved = true;
	out->total = now.weight;
	out->points_lost = now.weight - then.weight;
	out->pairs_lost = now.pairs - then.pairs;
	out->loss = out->points_lost + out->pairs_lost * k->result->bonus;
	return true;
}

static void answer_cost(const match_case *k, match_why_not *out)
{
	if (out->why.view.weight <= 0) {
		out->kind = WHY_NOT_RESERVE;
		out->answer = match_say("why_not.reserve");
		match_say_points(&out->answer, out->why.fit);
		match_say_points(&out->answer, k->terms->reserve);
	} else if (!out->loss) {
		out->kind = WHY_NOT_EQUAL;
		out->answer = match_say("why_not.equal");
		return;
	} else if (k->result->bonus && out->pairs_lost > 0) {
		out->kind = WHY_NOT_COST;
		out->answer = match_say_counted("why_not.cost_pairs", out->pairs_lost);
		return;
	} else {
		out->kind = WHY_NOT_COST;
		out->answer = match_say("why_not.cost");
	}
	match_say_points(&out->answer, out->points_lost);
	match_say_points(&out->answer, out->total);
}

bool match_why_not_pair(const match_case *k, uint32_t a, uint32_t b, match_why_not *out)
{
	*out = (match_why_not){.newcomer = MATCH_NOBODY,
			       .established = MATCH_NOBODY,
			       .newcomer_has = MATCH_NOBODY,
			       .established_has = MATCH_NOBODY};
	out->a = match_find(k->pool, a);
	out->b = match_find(k->pool, b);
	if (answer_absent(k, a, b, out))
		return true;
	bool turned = out->a.side == SIDE_ESTABLISHED;
	out->newcomer = turned ? out->b.unit : out->a.unit;
	out->established = turned ? out->a.unit : out->b.unit;
	out->newcomer_has = k->mate[out->newcomer];
	out->established_has = partner_of_established(k, out->established);
	match_why_pair(k->pool, k->terms, out->newcomer, out->established, &out->why);
	out->broken = out->why.view.broken;
	if (answer_at_once(k, out))
		return true;
	out->slack = proven_loss(k, out);
	if (!find_loss(k, out))
		return false;
	answer_cost(k, out);
	return true;
}
