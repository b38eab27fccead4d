/*
 * Why someone is still waiting: rules that bar candidates, competition for the others,
 * and which single change would open somebody.
 *
 * Whoever waits uses no seat, so the dearest optimal prices say exactly what a pair with
 * her would cost: price - weight (see case.c).
 */
#include <stdlib.h>

#include "match/explain_priv.h"

/* One unit seen from its own side, so that both sides are explained by the same lines. */
typedef struct seat {
	const match_case *k;
	uint8_t side;
	uint32_t unit;
	const unit *own, *other; /* `other`: the whole other side */
	uint32_t others;
} seat;

static seat seat_of(const match_case *k, uint8_t side, uint32_t own)
{
	const pool *p = k->pool;
	bool newcomer = side == SIDE_NEWCOMER;
	return (seat){.k = k,
		      .side = side,
		      .unit = own,
		      .own = newcomer ? &p->newcomer[own] : &p->established[own],
		      .other = newcomer ? p->established : p->newcomer,
		      .others = (uint32_t)(newcomer ? p->establisheds : p->newcomers)};
}

/* What the total loses when the other gives up what they have, the bonus included. */
static int64_t price_of(const seat *s, uint32_t other)
{
	return s->side == SIDE_NEWCOMER ? s->k->price_high[other]
					: s->k->profit_high[other];
}

/* Locked people are not to be had at any price. */
static bool can_be_had(const seat *s, uint32_t other)
{
	return s->side == SIDE_NEWCOMER ? match_case_open_established(s->k, other)
					: match_case_open_newcomer(s->k, other);
}

/* ---- counting ---------------------------------------------------------------------- */

static void count_candidate(const pair_look *l, match_waiting_why *out)
{
	for (int r = RULE_NONE + 1; r < RULE_COUNT; r++)
		out->broken[r] += l->broken >> r & 1;
	int rules = __builtin_popcount(l->broken);
	if (rules > 1)
		out->several++;
	else if (rules == 1)
		out->alone[__builtin_ctz(l->broken)]++;
	else if (l->weight <= 0)
		out->below_reserve++;
	else
		out->eligible++;
}

/* Someone above the reserve is preferred to someone below it, at any cost. */
static void weigh_candidate(const seat *s, uint32_t other, const pair_look *l,
			    match_waiting_why *out)
{
	if (l->broken || !can_be_had(s, other))
		return;
	int64_t cost = price_of(s, other) - l->weight - s->k->result->bonus;
	bool above = l->weight > 0, best_above = out->best_weight > 0;
	bool better = out->best == MATCH_NOBODY || above > best_above ||
		      (above == best_above && cost < out->cost);
	if (!better)
		return;
	out->best = other;
	out->best_weight = l->weight;
	out->cost = cost;
}

/* ---- relaxations -------------------------------------------------------------------------- */

static const int32_t km_steps[] = {10,  20,  30,  40,  50,  60,   80,  100,
				   150, 200, 300, 400, 500, 1000, 2000};

/* The must becomes a wish, so the weight stays what it was. */
static void give_up_must(profile *who, match_rule r)
{
	who->musts &= (uint8_t)~match_rule_must(r);
	if (r == RULE_AGE)
		who->age_from = who->age_to = 0;
}

static void apply(const match_relax *x, profile *own, profile *their)
{
	profile *both[2] = {own, their};
	switch (x->kind) {
	case RELAX_KM:
		for (int i = 0; i < 2; i++)
			if (both[i]->max_km && both[i]->max_km < x->km)
				both[i]->max_km = (uint16_t)x->km;
		break;
	case RELAX_VIDEO:
		own->meets = MEETS_VIDEO;
		if (their->meets != MEETS_IN_PERSON)
			their->meets = MEETS_VIDEO;
		break;
	case RELAX_IN_PERSON:
		if (own->meets == MEETS_VIDEO)
			own->meets = MEETS_EITHER;
		break;
	case RELAX_OWN:
		give_up_must(own, x->rule);
		break;
	case RELAX_THEIRS:
		give_up_must(their, x->rule);
		break;
	case RELAX_RESERVE:
		break;
	}
}

/* Rules a relaxation can lift; what else is broken stays so. */
static unsigned lifts(const match_relax *x)
{
	switch (x->kind) {
	case RELAX_KM:
		return 1u << RULE_DISTANCE;
	case RELAX_VIDEO:
		return 1u << RULE_DISTANCE | 1u << RULE_MEETS;
	case RELAX_IN_PERSON:
		return 1u << RULE_MEETS;
	case RELAX_OWN:
	case RELAX_THEIRS:
		return 1u << x->rule;
	case RELAX_RESERVE:
		break;
	}
	return 0;
}

/* Whether the candidate is eligible under the relaxation and was not before. */
static bool opens(const seat *s, const match_relax *x, uint32_t other, const pair_look *l)
{
	if (x->kind == RELAX_RESERVE)
		return !l->broken && l->weight <= 0 &&
		       l->weight + s->k->terms->reserve > 0;
	if (!l->broken || l->weight <= 0 || l->broken & ~lifts(x))
		return false;
	const unit *their = &s->other[other];
	for (uint32_t a = 0; a < s->own->n; a++)
		for (uint32_t b = 0; b < their->n; b++) {
			profile p = *member_of(s->k->pool, s->own, a);
			profile q = *member_of(s->k->pool, their, b);
			apply(x, &p, &q);
			if (match_rules_broken(&p, &q, s->k->terms->date))
				return false;
		}
	return true;
}

/* Counts whom it opens, and what the best of them would add to the total. */
static void try_relax(const seat *s, const pair_look *look, match_relax *x)
{
	for (uint32_t o = 0; o < s->others; o++) {
		if (!opens(s, x, o, &look[o]))
			continue;
		x->opens++;
		if (!s->k->exact || !can_be_had(s, o))
			continue;
		int64_t gain = look[o].weight + s->k->result->bonus - price_of(s, o);
		if (x->kind == RELAX_RESERVE)
			x->pairs |= price_of(s, o) == 0;
		else if (gain > x->gain)
			x->gain = gain;
	}
	x->pairs |= x->gain > 0;
}

static const char *own_key(match_rule r, bool own)
{
	static const char *const key[RULE_COUNT][2] = {
		[RULE_GENDER] = {"relax.their_gender", "relax.own_gender"},
		[RULE_AGE] = {"relax.their_age", "relax.own_age"},
		[RULE_FAMILY] = {"relax.their_family", "relax.own_family"},
		[RULE_LANGUAGE] = {"relax.their_language", "relax.own_language"},
		[RULE_OCCUPATION] = {"relax.their_occupation", "relax.own_occupation"},
	};
	return key[r][own];
}

static void say_relax(match_relax *x)
{
	const char *key = NULL;
	switch (x->kind) {
	case RELAX_KM:
		key = "relax.km";
		break;
	case RELAX_VIDEO:
		key = "relax.video";
		break;
	case RELAX_IN_PERSON:
		key = "relax.in_person";
		break;
	case RELAX_OWN:
		key = own_key(x->rule, true);
		break;
	case RELAX_THEIRS:
		key = own_key(x->rule, false);
		break;
	case RELAX_RESERVE:
		key = "relax.reserve";
		break;
	}
	x->phrase = match_say_counted(key, x->opens);
	if (x->kind == RELAX_KM)
		match_say_number(&x->phrase, x->km);
}

static bool keep_relax(const seat *s, const pair_look *look, match_relax x,
		       match_waiting_why *out)
{
	try_relax(s, look, &x);
	if (!x.opens)
		return false;
	say_relax(&x);
	assert(out->relaxes < MATCH_RELAXES);
	out->relax[out->relaxes++] = x;
	return true;
}

/* The shortest distance that opens somebody, and the shortest that gives a pair. */
static void relax_km(const seat *s, const pair_look *look, match_waiting_why *out)
{
	bool opened = false;
	for (size_t i = 0; i < ARRAY_LEN(km_steps); i++) {
		match_relax x = {.kind = RELAX_KM, .km = km_steps[i]};
		try_relax(s, look, &x);
		if (!x.opens || (opened && !x.pairs))
			continue;
		say_relax(&x);
		out->relax[out->relaxes++] = x;
		opened = true;
		if (x.pairs)
			return;
	}
}

static int compare_relax(const void *a, const void *b)
{
	const match_relax *x = a, *y = b;
	if (x->pairs != y->pairs)
		return x->pairs ? -1 : 1;
	if (x->opens != y->opens)
		return x->opens > y->opens ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return (x->km > y->km) - (x->km < y->km);
}

static void find_relaxes(const seat *s, const pair_look *look, match_waiting_why *out)
{
	relax_km(s, look, out);
	keep_relax(s, look, (match_relax){.kind = RELAX_VIDEO}, out);
	keep_relax(s, look, (match_relax){.kind = RELAX_IN_PERSON}, out);
	keep_relax(s, look, (match_relax){.kind = RELAX_RESERVE}, out);
	for (int r = RULE_NONE + 1; r < RULE_COUNT; r++) {
		if (!match_rule_must((match_rule)r))
			continue;
		keep_relax(s, look,
			   (match_relax){.kind = RELAX_OWN, .rule = (match_rule)r}, out);
		keep_relax(s, look,
			   (match_relax){.kind = RELAX_THEIRS, .rule = (match_rule)r},
			   out);
	}
	qsort(out->relax, out->relaxes, sizeof *out->relax, compare_relax);
}

/* ---- in sentences -------------------------------------------------------------------------- */

static match_phrase *say(match_waiting_why *out, const char *key, uint32_t n)
{
	match_phrase *p = &out->sentence[out->sentences++];
	*p = match_say_counted(key, n);
	bool newcomer = out->side == SIDE_NEWCOMER;
	if (n == 1)
		match_say_key(p, newcomer ? "waiting.one_established"
					  : "waiting.one_newcomer");
	else
		match_say_key(p, newcomer ? "waiting.many_established"
					  : "waiting.many_newcomer");
	return p;
}

static void say_cost(const seat *s, match_waiting_why *out)
{
	const unit *best = &s->other[out->best];
	int64_t bonus = s->k->result->bonus;
	match_phrase *p = &out->sentence[out->sentences++];
	*p = match_say(bonus && out->cost > bonus / 2 ? "waiting.cost_pair"
		       : out->cost > 0                ? "waiting.cost"
						      : "waiting.no_cost");
	match_say_person(p, s->k->pool->member[best->first]);
	match_say_points(p, out->cost);
}

static void say_waiting(const seat *s, match_waiting_why *out)
{
	static const char *const alone[RULE_COUNT] = {
		[RULE_MEETS] = "waiting.alone_meets",
		[RULE_DISTANCE] = "waiting.alone_distance",
		[RULE_GENDER] = "waiting.alone_gender",
		[RULE_AGE] = "waiting.alone_age",
		[RULE_FAMILY] = "waiting.alone_family",
		[RULE_LANGUAGE] = "waiting.alone_language",
		[RULE_OCCUPATION] = "waiting.alone_occupation",
		[RULE_NEVER] = "waiting.alone_never",
	};
	if (!out->others) {
		out->sentence[out->sentences++] = match_say("waiting.nobody");
		return;
	}
	if (out->eligible)
		say(out, "waiting.eligible", out->eligible);
	else
		out->sentence[out->sentences++] = match_say("waiting.none_eligible");
	if (out->best != MATCH_NOBODY && out->best_weight > 0)
		say_cost(s, out);
	for (int r = RULE_NONE + 1; r < RULE_COUNT; r++)
		if (out->alone[r])
			say(out, alone[r], out->alone[r]);
	if (out->below_reserve)
		say(out, "waiting.below", out->below_reserve);
	if (out->several)
		say(out, "waiting.several", out->several);
}

void match_waiting_explain(const match_case *k, uint8_t side, uint32_t who,
			   match_waiting_why *out)
{
	seat s = seat_of(k, side, who);
	*out = (match_waiting_why){
		.side = side,
		.unit = who,
		.others = s.others,
		.best = MATCH_NOBODY,
		.days = model_unit_days(k->pool, s.own, k->terms->date)};
	arena_mark here = arena_here(k->ctx->mem);
	pair_look *look = NEW_ARRAY(k->ctx->mem, pair_look, s.others);
	match_case_looks(k, side, who, look);
	for (uint32_t o = 0; o < s.others; o++) {
		count_candidate(&look[o], out);
		weigh_candidate(&s, o, &look[o], out);
	}
	find_relaxes(&s, look, out);
	say_waiting(&s, out);
	arena_reset(k->ctx->mem, here);
}

/* ---- who waits ---------------------------------------------------------------------------- */

typedef struct waiter {
	int32_t days;
	uint32_t id, unit;
} waiter;

static int compare_waiter(const void *a, const void *b)
{
	const waiter *x = a, *y = b;
	if (x->days != y->days)
		return x->days > y->days ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

size_t match_queue(const match_case *k, uint8_t side, bool only_waiting, uint32_t **list)
{
	const pool *p = k->pool;
	bool newcomer = side == SIDE_NEWCOMER;
	size_t all = newcomer ? p->newcomers : p->establisheds, n = 0;
	*list = NEW_ARRAY(k->ctx->mem, uint32_t, all);
	arena_mark here = arena_here(k->ctx->mem);
	waiter *w = NEW_ARRAY(k->ctx->mem, waiter, all);
	for (uint32_t u = 0; u < all; u++) {
		const unit *who = newcomer ? &p->newcomer[u] : &p->established[u];
		bool waits = newcomer ? k->mate[u] == MATCH_NOBODY : !k->taken[u];
		if (waits || !only_waiting)
			w[n++] = (waiter){model_unit_days(p, who, k->terms->date),
					  who->id, u};
	}
	qsort(w, n, sizeof *w, compare_waiter);
	for (size_t i = 0; i < n; i++)
		(*list)[i] = w[i].unit;
	arena_reset(k->ctx->mem, here);
	return n;
}

size_t match_waiting_list(const match_case *k, uint8_t side, uint32_t **list)
{
	return match_queue(k, side, true, list);
}
