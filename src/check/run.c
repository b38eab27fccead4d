/*
 * Holds a claim against the people, in an order in which each step may rely on those
 * before it: same input, same pool, terms, prices, locked pairs, pairs, sums, and at
 * last the bound over everyone.
 */
#include <stdlib.h>
#include <string.h>

#include "check/check_priv.h"

typedef struct run {
	ctx *c;
	const people *people;
	const check_claim *claim;
	check_report *out;
	pool pool;
	check_market m;
	uint32_t *left_out; /* sorted */
	struct whose {
		uint32_t id, unit;
		uint8_t side;
	} * whose; /* every matchable person, by id */
	size_t whose_n;
	int64_t *u;
	bool *taken; /* newcomer units in a pair */
} run;

static str number(const run *r, int64_t n)
{
	return str_format(r->c->mem, "%lld", (long long)n);
}

/* What is wrong; always false, so that checks can end with it. */
static bool wrong(run *r, const char *key, int64_t a, int64_t b, int64_t c)
{
	r->out->key = key;
	r->out->arg[0] = number(r, a);
	r->out->arg[1] = number(r, b);
	r->out->arg[2] = number(r, c);
	return false;
}

static int compare_id(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* ---- the same input ------------------------------------------------------------- */

static bool check_input(run *r)
{
	const terms *t = &r->claim->terms;
	uint8_t digest[32];
	int64_t sum = 0;
	model_digest(r->people, t, digest);
	if (memcmp(digest, r->claim->digest, sizeof digest))
		return wrong(r, "check.digest", 0, 0, 0);
	for (int c = 0; c < CRITERIA_COUNT; c++)
		sum += t->weight[c];
	return sum <= WEIGHT_SUM_MAX || wrong(r, "check.weights", sum, WEIGHT_SUM_MAX, 0);
}

/* ---- the pool ------------------------------------------------------------------- */

static bool is_left_out(const run *r, uint32_t id)
{
	size_t n = r->claim->terms.left_out_n;
	return n && bsearch(&id, r->left_out, n, sizeof id, compare_id);
}

/* Why a person may not be matched, as a locale key; NULL when they may. */
static const char *barred(const run *r, const profile *p)
{
	if (p->flags & PROFILE_UNUSABLE)
		return "check.person_unusable";
	if (p->side != SIDE_NEWCOMER && p->side != SIDE_ESTABLISHED)
		return "check.person_side";
	if (p->consent != CONSENT_YES)
		return "check.person_consent";
	if (p->birth_year && r->m.year - p->birth_year < 18)
		return "check.person_minor";
	return is_left_out(r, p->id) ? "check.person_left_out" : NULL;
}

/* One unit: members allowed, of one side and household, seats and id as defined. */
static bool check_unit(run *r, const unit *u, uint8_t side)
{
	int32_t seats = INT32_MAX;
	uint32_t id = UINT32_MAX;
	for (uint32_t k = 0; k < u->n; k++) {
		const profile *p = check_member(&r->pool, u, k);
		const char *bar = barred(r, p);
		int32_t has = side == SIDE_ESTABLISHED && p->capacity ? p->capacity : 1;
		if (bar)
			return wrong(r, bar, p->id, 0, 0);
		if (p->side != side ||
		    (u->n > 1 &&
		     (!p->household ||
		      p->household != check_member(&r->pool, u, 0)->household)))
			return wrong(r, "check.pool", p->id, 0, 0);
		seats = has < seats ? has : seats;
		id = p->id < id ? p->id : id;
	}
	return (seats == u->seats && id == u->id) || wrong(r, "check.pool", u->id, 0, 0);
}

static int compare_whose(const void *a, const void *b)
{
	const struct whose *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static void add_side(run *r, const unit *u, size_t n, uint8_t side)
{
	for (size_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < u[i].n; k++)
			r->whose[r->whose_n++] = (struct whose){
				check_member(&r->pool, &u[i], k)->id, (uint32_t)i, side};
}

/* Households must not be split either: no two units of a side share one. */
static bool check_households(run *r, const unit *u, size_t n)
{
	arena_mark here = arena_here(r->c->mem);
	uint32_t *home = NEW_ARRAY(r->c->mem, uint32_t, n);
	size_t m = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t h = check_member(&r->pool, &u[i], 0)->household;
		if (h)
			home[m++] = h;
	}
	qsort(home, m, sizeof *home, compare_id);
	uint32_t twice = 0;
	for (size_t i = 1; i < m && !twice; i++)
		twice = home[i] == home[i - 1] ? home[i] : 0;
	arena_reset(r->c->mem, here);
	return !twice || wrong(r, "check.pool", twice, 0, 0);
}

/* The sum over all pairs of two households' members stays within 62 bits. */
static bool households_fit(run *r)
{
	uint64_t a = 0, b = 0;
	for (size_t i = 0; i < r->pool.newcomers; i++)
		a = r->pool.newcomer[i].n > a ? r->pool.newcomer[i].n : a;
	for (size_t j = 0; j < r->pool.establisheds; j++)
		b = r->pool.established[j].n > b ? r->pool.established[j].n : b;
	return a * b <= INT32_MAX / 2 ||
	       wrong(r, "check.too_large", (int64_t)(a * b), 0, 0);
}

/* The pool is an input definition shared with the solver; what it says is checked here. */
static bool check_pool(run *r)
{
	arena *mem = r->c->mem;
	const terms *t = &r->claim->terms;
	r->left_out = NEW_ARRAY(mem, uint32_t, t->left_out_n);
	if (t->left_out_n)
		memcpy(r->left_out, t->left_out, t->left_out_n * sizeof *r->left_out);
	qsort(r->left_out, t->left_out_n, sizeof *r->left_out, compare_id);
	model_pool_form(mem, r->people, t, &r->pool);
	const pool *p = &r->pool;
	size_t matchable = 0;
	for (size_t i = 0; i < r->people->n; i++)
		matchable += !barred(r, &r->people->profile[i]);
	for (size_t i = 0; i < p->newcomers; i++)
		if (!check_unit(r, &p->newcomer[i], SIDE_NEWCOMER))
			return false;
	for (size_t i = 0; i < p->establisheds; i++)
		if (!check_unit(r, &p->established[i], SIDE_ESTABLISHED))
			return false;
	if (!check_households(r, p->newcomer, p->newcomers) ||
	    !check_households(r, p->established, p->establisheds) || !households_fit(r))
		return false;
	r->whose = NEW_ARRAY(mem, struct whose, r->people->n);
	add_side(r, p->newcomer, p->newcomers, SIDE_NEWCOMER);
	add_side(r, p->established, p->establisheds, SIDE_ESTABLISHED);
	qsort(r->whose, r->whose_n, sizeof *r->whose, compare_whose);
	r->out->people = matchable;
	r->out->pairs_possible = (uint64_t)p->newcomers * p->establisheds;
	for (size_t i = 1; i < r->whose_n; i++)
		if (r->whose[i].id == r->whose[i - 1].id)
			return wrong(r, "check.pool", r->whose[i].id, 0, 0);
	return r->whose_n == matchable ||
	       wrong(r, "check.pool_count", (int64_t)r->whose_n, (int64_t)matchable, 0);
}

static const struct whose *find(const run *r, uint32_t id)
{
	struct whose key = {.id = id};
	return r->whose_n ? bsearch(&key, r->whose, r->whose_n, sizeof key, compare_whose)
			  : NULL;
}

/* Says why an id cannot stand in a pair. */
static bool not_matchable(run *r, uint32_t id)
{
	for (size_t i = 0; i < r->people->n; i++)
		if (r->people->profile[i].id == id) {
			const char *bar = barred(r, &r->people->profile[i]);
			return wrong(r, bar ? bar : "check.pool", id, 0, 0);
		}
	return wrong(r, "check.person_unknown", id, 0, 0);
}

/* The unit that must be named by exactly this id. */
static bool unit_of(run *r, uint32_t id, uint8_t side, uint32_t *out)
{
	const struct whose *w = find(r, id);
	if (!w)
		return not_matchable(r, id);
	if (w->side != side)
		return wrong(r, "check.wrong_side", id, 0, 0);
	const unit *u = side == SIDE_NEWCOMER ? &r->pool.newcomer[w->unit]
					      : &r->pool.established[w->unit];
	*out = w->unit;
	return u->id == id || wrong(r, "check.not_first", id, u->id, 0);
}

/* ---- exceptions, prices, locked pairs ------------------------------------------------ */

static int compare_exception(const void *a, const void *b)
{
	const check_exception *x = a, *y = b;
	if (x->newcomer != y->newcomer)
		return x->newcomer < y->newcomer ? -1 : 1;
	return (x->established > y->established) - (x->established < y->established);
}

/* Two people as units of the two sides; false when they are not that. */
static bool as_units(const run *r, id_pair p, check_exception *out)
{
	const struct whose *a = find(r, p.a), *b = find(r, p.b);
	if (!a || !b || a->side == b->side)
		return false;
	bool swap = a->side == SIDE_ESTABLISHED;
	*out = (check_exception){swap ? b->unit : a->unit, swap ? a->unit : b->unit};
	return true;
}

static void add_exceptions(run *r, const id_pair *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (as_units(r, p[i], &r->m.exception[r->m.exceptions]))
			r->m.exceptions++;
}

static void find_exceptions(run *r)
{
	const people *p = r->people;
	const terms *t = &r->claim->terms;
	r->m.exception =
		NEW_ARRAY(r->c->mem, check_exception, p->never_n + t->forbidden_n);
	add_exceptions(r, p->never, p->never_n);
	add_exceptions(r, t->forbidden, t->forbidden_n);
	if (r->m.exceptions)
		qsort(r->m.exception, r->m.exceptions, sizeof *r->m.exception,
		      compare_exception);
}

static bool check_prices(run *r)
{
	size_t n = r->pool.establisheds;
	bool *seen = NEW_ARRAY(r->c->mem, bool, n);
	r->m.price = NEW_ARRAY(r->c->mem, int64_t, n);
	for (size_t i = 0; i < r->claim->prices; i++) {
		const struct check_price *p = &r->claim->price[i];
		uint32_t j;
		if (!unit_of(r, p->established, SIDE_ESTABLISHED, &j))
			return false;
		if (seen[j])
			return wrong(r, "check.price_twice", p->established, 0, 0);
		if (p->price < 0)
			return wrong(r, "check.price_negative", p->established, p->price,
				     0);
		if (p->price > CHECK_PRICE_MAX)
			return wrong(r, "check.too_large", p->price, 0, 0);
		seen[j] = true;
		r->m.price[j] = p->price;
	}
	return true;
}

static const char *rule_key(check_rule rule)
{
	static const char *const key[] = {
		[CHECK_RULE_NONE] = NULL,
		[CHECK_RULE_MEETS] = "check.rule_meets",
		[CHECK_RULE_DISTANCE] = "check.rule_distance",
		[CHECK_RULE_GENDER] = "check.rule_gender",
		[CHECK_RULE_AGE] = "check.rule_age",
		[CHECK_RULE_FAMILY] = "check.rule_family",
		[CHECK_RULE_LANGUAGE] = "check.rule_language",
		[CHECK_RULE_OCCUPATION] = "check.rule_occupation",
		[CHECK_RULE_NEVER] = "check.rule_never",
	};
	return key[rule];
}

/* A seat for newcomer unit i and established unit j, or what is wrong. */
static bool take_seats(run *r, uint32_t i, uint32_t j, uint32_t a, uint32_t b)
{
	if (r->taken[i])
		return wrong(r, "check.newcomer_twice", a, 0, 0);
	if (!r->m.seats_established[j])
		return wrong(r, "check.established_full", b, r->pool.established[j].seats,
			     0);
	r->taken[i] = true;
	check_rule rule = check_units_rule(&r->m, i, j);
	return rule == CHECK_RULE_NONE || wrong(r, rule_key(rule), a, b, 0);
}

static bool check_locks(run *r)
{
	const terms *t = &r->claim->terms;
	size_t n = 0;
	check_exception *lock = NEW_ARRAY(r->c->mem, check_exception, t->locked_n);
	for (size_t k = 0; k < t->locked_n; k++) {
		id_pair p = t->locked[k];
		if (!find(r, p.a) || !find(r, p.b))
			return not_matchable(r, find(r, p.a) ? p.b : p.a);
		if (!as_units(r, p, &lock[n++]))
			return wrong(r, "check.wrong_side", p.a, p.b, 0);
	}
	if (n)
		qsort(lock, n, sizeof *lock, compare_exception);
	for (size_t k = 0; k < n; k++) {
		uint32_t i = lock[k].newcomer, j = lock[k].established;
		if (k && !compare_exception(&lock[k], &lock[k - 1]))
			continue; /* the same lock said twice */
		if (!take_seats(r, i, j, r->pool.newcomer[i].id,
				r->pool.established[j].id))
			return false;
		r->m.seats_newcomer[i] = 0;
		r->m.seats_established[j]--;
	}
	return true;
}

/* ---- pairs and sums ------------------------------------------------------------------- */

static bool check_pair(run *r, const struct check_pair *p, int32_t *free_seats)
{
	uint32_t i, j;
	if (!unit_of(r, p->newcomer, SIDE_NEWCOMER, &i) ||
	    !unit_of(r, p->established, SIDE_ESTABLISHED, &j))
		return false;
	if (!r->taken[i] && !free_seats[j])
		return wrong(r, "check.established_full", p->established,
			     r->pool.established[j].seats, 0);
	if (!take_seats(r, i, j, p->newcomer, p->established))
		return false;
	free_seats[j]--;
	int64_t w = check_units_weight(&r->m, i, j);
	if (w <= 0)
		return wrong(r, "check.pair_reserve", p->newcomer, p->established, w);
	if (w + r->m.bonus != p->weight)
		return wrong(r, "check.pair_weight", p->newcomer, p->established,
			     w + r->m.bonus);
	int64_t value = p->weight - r->m.price[j];
	r->u[i] = value > 0 ? value : 0;
	return !__builtin_add_overflow(r->out->total, p->weight, &r->out->total) ||
	       wrong(r, "check.too_large", p->weight, 0, 0);
}

static bool check_pairs(run *r)
{
	size_t n = r->pool.establisheds;
	int32_t *free_seats = NEW_ARRAY(r->c->mem, int32_t, n);
	for (size_t j = 0; j < n; j++)
		free_seats[j] = r->m.seats_established[j];
	for (size_t k = 0; k < r->claim->pairs; k++) {
		if (!check_pair(r, &r->claim->pair[k], free_seats))
			return false;
		r->out->pairs_checked++;
	}
	return r->out->total == r->claim->total ||
	       wrong(r, "check.total", r->claim->total, r->out->total, 0);
}

static bool check_bonus_form(run *r)
{
	const check_claim *claim = r->claim;
	r->m.bonus = claim->bonus;
	if (claim->bonus > CHECK_PRICE_MAX)
		return wrong(r, "check.too_large", claim->bonus, 0, 0);
	return claim->terms.most_pairs == (claim->bonus > 0) ||
	       wrong(r, "check.bonus_form", claim->bonus, 0, 0);
}

/* One pair more must outweigh all that weights can differ by. */
static bool check_bonus(run *r, int64_t weight_max)
{
	int64_t a = 0, b = 0, least;
	for (size_t i = 0; i < r->pool.newcomers; i++)
		a += r->m.seats_newcomer[i];
	for (size_t j = 0; j < r->pool.establisheds; j++)
		b += r->m.seats_established[j];
	if (!r->claim->terms.most_pairs)
		return true;
	if (__builtin_mul_overflow(a < b ? a : b, weight_max, &least))
		return wrong(r, "check.too_large", weight_max, 0, 0);
	return r->m.bonus > least || wrong(r, "check.bonus", r->m.bonus, least, 0);
}

static bool sum_bound(run *r)
{
	int64_t sum = 0, part;
	for (size_t i = 0; i < r->pool.newcomers; i++)
		if (r->m.seats_newcomer[i] && __builtin_add_overflow(sum, r->u[i], &sum))
			return wrong(r, "check.too_large", r->u[i], 0, 0);
	for (size_t j = 0; j < r->pool.establisheds; j++)
		if (__builtin_mul_overflow(r->m.price[j], r->m.seats_established[j],
					   &part) ||
		    __builtin_add_overflow(sum, part, &sum))
			return wrong(r, "check.too_large", r->m.price[j], 0, 0);
	r->out->bound = sum;
	if (r->out->bound != r->out->total)
		return wrong(r, "check.gap", r->out->bound - r->out->total, r->out->total,
			     r->out->bound);
	return r->out->bound == r->claim->bound ||
	       wrong(r, "check.bound", r->claim->bound, r->out->bound, 0);
}

static void make_market(run *r)
{
	arena *mem = r->c->mem;
	const pool *p = &r->pool;
	r->m.pool = p;
	r->m.terms = &r->claim->terms;
	r->m.seats_newcomer = NEW_ARRAY(mem, int32_t, p->newcomers);
	r->m.seats_established = NEW_ARRAY(mem, int32_t, p->establisheds);
	r->taken = NEW_ARRAY(mem, bool, p->newcomers);
	r->u = NEW_ARRAY(mem, int64_t, p->newcomers);
	for (size_t i = 0; i < p->newcomers; i++)
		r->m.seats_newcomer[i] = 1;
	for (size_t j = 0; j < p->establisheds; j++)
		r->m.seats_established[j] = p->established[j].seats;
	find_exceptions(r);
}

bool check_run(ctx *c, const people *p, const check_claim *claim, int threads,
	       check_report *out)
{
	*out = (check_report){0};
	run r = {.c = c, .people = p, .claim = claim, .out = out};
	r.m.year = date_from_day(claim->terms.date).year;
	if (!check_input(&r) || !check_pool(&r))
		return true;
	make_market(&r);
	if (!check_bonus_form(&r) || !check_prices(&r) || !check_locks(&r) ||
	    !check_pairs(&r))
		return true;
	check_sweep_result swept;
	check_sweep_options o = {.threads = threads < 1 ? 1
					    : threads > CHECK_THREADS_MAX
						    ? CHECK_THREADS_MAX
						    : threads};
	check_sweep(c, &r.m, &o, r.u, &swept);
	out->pairs_scored = swept.scored;
	out->proven = check_bonus(&r, swept.weight_max) && sum_bound(&r);
	return true;
}
