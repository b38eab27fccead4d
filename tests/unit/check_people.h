/*
 * For the tests of the checker: people of every kind, and a solver that tries all
 * matchings. Prices come from the definition of a seat's worth: what the best total
 * loses without it, the dearest prices that clear the market (Shapley, Shubik 1971).
 */
#ifndef CHECK_PEOPLE_H
#define CHECK_PEOPLE_H

#include <string.h>

#include "check/check_priv.h"

enum { TEST_MOST = 8 }; /* newcomers test_solve can take */
#define TEST_YEAR 2023
#define TEST_DATE 19358 /* 2023-01-01 */

static inline uint64_t test_bits(rng *r, int n, int width)
{
	uint64_t bits = 0;
	for (int i = 0; i < n; i++)
		bits |= UINT64_C(1) << rng_below(r, (uint32_t)width);
	return bits;
}

/* Chance in percent. */
static inline bool test_maybe(rng *r, uint32_t percent)
{
	return rng_below(r, 100) < percent;
}

static inline void test_person(rng *r, uint32_t id, uint8_t side, profile *p)
{
	static const int16_t town[4][3] = {
		{0, 0, 0}, {150, 20, -3}, {-90, 400, 8}, {4000, -3000, 90}};
	*p = (profile){.id = id,
		       .side = side,
		       .consent = CONSENT_YES,
		       .place = PLACE_NONE,
		       .queued = QUEUED_UNKNOWN,
		       .arrived = QUEUED_UNKNOWN};
	if (test_maybe(r, 90))
		p->birth_year = (int16_t)(1940 + rng_below(r, 65));
	if (test_maybe(r, 90)) {
		const int16_t *t = town[rng_below(r, 4)];
		int16_t near = test_maybe(r, 50) ? (int16_t)rng_below(r, 200) : 0;
		p->flags |= PROFILE_PLACED;
		p->x = (int16_t)(t[0] + near);
		p->y = (int16_t)(t[1] - near / 2);
		p->z = t[2];
	}
	if (test_maybe(r, 80))
		p->max_km = (uint16_t)(1 + rng_below(r, 60));
	p->interests = test_maybe(r, 90) ? test_bits(r, (int)rng_below(r, 8), 44)
					 : UINT64_C(0xFFFF) << rng_below(r, 16);
	p->languages = test_bits(r, (int)rng_below(r, 3), 36);
	p->children = test_maybe(r, 40) ? test_bits(r, 2, 50) : 0;
	p->times = (uint32_t)test_bits(r, (int)rng_below(r, 12), 21);
	p->queued = test_maybe(r, 85) ? TEST_DATE - (int32_t)rng_below(r, 900)
				      : QUEUED_UNKNOWN;
	p->gender = (uint8_t)rng_below(r, 4);
	p->life = (uint8_t)rng_below(r, 5);
	p->meets = (uint8_t)rng_below(r, 4);
	p->occupation = (uint8_t)rng_below(r, 14);
	p->apps = (uint8_t)test_bits(r, (int)rng_below(r, 3), 8);
	p->wishes = (uint8_t)(test_maybe(r, 40) ? rng_below(r, 32) : 0);
	p->musts = (uint8_t)(test_maybe(r, 15) ? rng_below(r, 32) : 0);
	if (test_maybe(r, 10))
		p->age_from = (uint8_t)(18 + rng_below(r, 20));
	if (test_maybe(r, 10))
		p->age_to = (uint8_t)(40 + rng_below(r, 40));
	if (side == SIDE_ESTABLISHED)
		p->capacity = (uint8_t)rng_below(r, 3);
}

/* People with ids in no order; some households, some pairs never to be. */
static inline void test_people(arena *mem, rng *r, size_t newcomers, size_t established,
			       people *out)
{
	size_t n = newcomers + established;
	*out = (people){.profile = NEW_ARRAY(mem, profile, n),
			.n = n,
			.never = NEW_ARRAY(mem, id_pair, n)};
	for (size_t i = 0; i < n; i++) {
		profile *p = &out->profile[i];
		test_person(r, (uint32_t)(2 * n - i),
			    i < newcomers ? SIDE_NEWCOMER : SIDE_ESTABLISHED, p);
		if (test_maybe(r, 25))
			p->household = 1 + rng_below(r, (uint32_t)n);
		if (test_maybe(r, 3))
			p->consent = (uint8_t)rng_below(r, 3);
		if (test_maybe(r, 2))
			p->birth_year = TEST_YEAR - 15;
	}
	for (size_t i = 0; i + 1 < n; i += 3)
		out->never[out->never_n++] =
			(id_pair){(uint32_t)(2 * n - i),
				  (uint32_t)(2 * n - rng_below(r, (uint32_t)n))};
}

static inline uint32_t test_unit(const unit *u, size_t n, const pool *p, uint32_t id)
{
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < u[i].n; k++)
			if (check_member(p, &u[i], k)->id == id)
				return i;
	return UINT32_MAX;
}

static inline void test_except(check_market *m, const id_pair *list, size_t n)
{
	const pool *p = m->pool;
	for (size_t i = 0; i < n; i++)
		for (int way = 0; way < 2; way++) {
			uint32_t a = test_unit(p->newcomer, p->newcomers, p,
					       way ? list[i].b : list[i].a);
			uint32_t b = test_unit(p->established, p->establisheds, p,
					       way ? list[i].a : list[i].b);
			if (a == UINT32_MAX || b == UINT32_MAX)
				continue;
			size_t k = m->exceptions++;
			for (; k && (m->exception[k - 1].newcomer > a ||
				     (m->exception[k - 1].newcomer == a &&
				      m->exception[k - 1].established > b));
			     k--)
				m->exception[k] = m->exception[k - 1];
			m->exception[k] = (check_exception){a, b};
		}
}

/* The market of a claim's terms, with seats left after its locks and prices 0. */
static inline void test_market(ctx *c, const people *people_, const check_claim *claim,
			       pool *p, check_market *m)
{
	const terms *t = &claim->terms;
	model_pool_form(c->mem, people_, t, p);
	*m = (check_market){
		.pool = p,
		.terms = t,
		.year = TEST_YEAR,
		.bonus = claim->bonus,
		.seats_newcomer = NEW_ARRAY(c->mem, int32_t, p->newcomers),
		.seats_established = NEW_ARRAY(c->mem, int32_t, p->establisheds),
		.price = NEW_ARRAY(c->mem, int64_t, p->establisheds),
		.exception = NEW_ARRAY(c->mem, check_exception,
				       2 * (people_->never_n + t->forbidden_n))};
	for (size_t i = 0; i < p->newcomers; i++)
		m->seats_newcomer[i] = 1;
	for (size_t j = 0; j < p->establisheds; j++)
		m->seats_established[j] = p->established[j].seats;
	test_except(m, people_->never, people_->never_n);
	test_except(m, t->forbidden, t->forbidden_n);
	for (size_t k = 0; k < t->locked_n; k++) {
		id_pair l = t->locked[k];
		uint32_t a = test_unit(p->newcomer, p->newcomers, p, l.a);
		bool swap = a == UINT32_MAX;
		if (swap)
			a = test_unit(p->newcomer, p->newcomers, p, l.b);
		m->seats_newcomer[a] = 0;
		m->seats_established[test_unit(p->established, p->establisheds, p,
					       swap ? l.a : l.b)]--;
	}
}

/* Weight with bonus of an eligible pair, 0 otherwise. */
static inline int64_t test_value(const check_market *m, uint32_t i, uint32_t j)
{
	int64_t w = check_units_weight(m, i, j);
	return w > 0 && check_units_rule(m, i, j) == CHECK_RULE_NONE ? w + m->bonus : 0;
}

/* Of a pair named by ids; 0 when it is not eligible. */
static inline int64_t test_weight(const check_market *m, const struct check_pair *x)
{
	return test_value(
		m, test_unit(m->pool->newcomer, m->pool->newcomers, m->pool, x->newcomer),
		test_unit(m->pool->established, m->pool->establisheds, m->pool,
			  x->established));
}

/* Best total of newcomers i.., all matchings tried; partner[i..] gets who (-1: nobody). */
static inline int64_t test_try(const check_market *m, uint32_t i, int32_t *partner)
{
	int32_t tried[TEST_MOST];
	size_t n = m->pool->newcomers;
	if (i == n)
		return 0;
	partner[i] = -1;
	int64_t best = test_try(m, i + 1, partner);
	for (uint32_t j = 0; j < m->pool->establisheds && m->seats_newcomer[i]; j++) {
		int64_t w = m->seats_established[j] ? test_value(m, i, j) : 0;
		if (!w)
			continue;
		m->seats_established[j]--;
		w += test_try(m, i + 1, tried);
		m->seats_established[j]++;
		if (w <= best)
			continue;
		best = w;
		memcpy(partner + i + 1, tried + i + 1, (n - i - 1) * sizeof *tried);
		partner[i] = (int32_t)j;
	}
	return best;
}

/* Fills in bonus, digest, pairs, prices, total and bound of a claim. */
static inline void test_solve(ctx *c, const people *people_, check_claim *claim)
{
	pool p;
	check_market m;
	int32_t partner[TEST_MOST], other[TEST_MOST];
	claim->bonus = 0;
	test_market(c, people_, claim, &p, &m);
	if (claim->terms.most_pairs) {
		int64_t most = 1, a = 0, b = 0;
		for (uint32_t i = 0; i < p.newcomers; i++) {
			a += p.newcomer[i].seats;
			for (uint32_t j = 0; j < p.establisheds; j++)
				if (check_units_weight(&m, i, j) > most)
					most = check_units_weight(&m, i, j);
		}
		for (uint32_t j = 0; j < p.establisheds; j++)
			b += p.established[j].seats;
		m.bonus = claim->bonus = 1 + (a < b ? a : b) * most;
	}
	claim->total = claim->bound = test_try(&m, 0, partner);
	claim->pairs = claim->prices = 0;
	claim->pair = NEW_ARRAY(c->mem, struct check_pair, p.newcomers);
	claim->price = NEW_ARRAY(c->mem, struct check_price, p.establisheds);
	for (uint32_t i = 0; i < p.newcomers; i++)
		if (partner[i] >= 0)
			claim->pair[claim->pairs++] = (struct check_pair){
				p.newcomer[i].id, p.established[partner[i]].id,
				test_value(&m, i, (uint32_t)partner[i])};
	for (uint32_t j = 0; j < p.establisheds; j++) {
		if (!m.seats_established[j])
			continue;
		m.seats_established[j]--;
		int64_t v = claim->total - test_try(&m, 0, other);
		m.seats_established[j]++;
		if (v)
			claim->price[claim->prices++] =
				(struct check_price){p.established[j].id, v};
	}
	model_digest(people_, &claim->terms, claim->digest);
}

#endif
