/* Small random pools for the tests of explanation: every rule, households, seats, locks. */
#ifndef EXPLAIN_PEOPLE_H
#define EXPLAIN_PEOPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "match/explain.h"

#define THE_DATE 19358 /* 2023-01-01 */

typedef struct town {
	ctx c;
	people people;
	terms terms;
	pool pool;
	match_options options;
	match_result result;
	match_case k;
} town;

static inline uint8_t any_of(rng *r, uint8_t n)
{
	return (uint8_t)rng_below(r, n);
}

static inline bool now_and_then(rng *r, uint32_t one_in)
{
	return rng_below(r, one_in) == 0;
}

static inline profile random_person(rng *r, uint32_t id, uint8_t side)
{
	static const uint16_t home[] = {2580, 2581, 2582, 2523};
	const municipality *m = model_municipality_get(home[rng_below(r, 4)]);
	profile p = {
		.id = id,
		.side = side,
		.consent = now_and_then(r, 15) ? CONSENT_NO : CONSENT_YES,
		.interests = rng_next(r) & rng_next(r) & 0x3ff,
		.languages = 1u << any_of(r, 3),
		.gender = any_of(r, 4),
		.life = any_of(r, 5),
		.meets = any_of(r, 4),
		.occupation = any_of(r, 4),
		.apps = any_of(r, 8),
		.times = rng_below(r, 1 << 21),
		.birth_year = (int16_t)(now_and_then(r, 8) ? 0 : 1950 + rng_below(r, 56)),
		.queued = now_and_then(r, 8) ? QUEUED_UNKNOWN
					     : THE_DATE - (int32_t)rng_below(r, 700),
		.arrived = QUEUED_UNKNOWN,
		.municipality = m->code,
		.place = m->seat_place,
		.x = m->x,
		.y = m->y,
		.z = m->z,
		.flags = PROFILE_PLACED,
		.max_km = (uint16_t)(now_and_then(r, 2) ? 0 : 10 + 30 * rng_below(r, 6)),
		.capacity = (uint8_t)(side == SIDE_ESTABLISHED ? rng_below(r, 4) : 1),
		.wishes = any_of(r, 32) & any_of(r, 32),
		.musts = any_of(r, 32) & any_of(r, 32) & any_of(r, 32),
		.household = now_and_then(r, 4) ? 1 + rng_below(r, 3) : 0,
	};
	if (p.life >= LIFE_SINGLE_PARENT)
		p.children = UINT64_C(1) << (25 + rng_below(r, 17));
	if (now_and_then(r, 10)) {
		p.age_from = 25;
		p.age_to = (uint8_t)(40 + rng_below(r, 30));
	}
	if (now_and_then(r, 10))
		p.flags |= PROFILE_APPROXIMATE;
	return p;
}

static inline void solve_town(town *w)
{
	model_pool_form(w->c.mem, &w->people, &w->terms, &w->pool);
	assert_true(match_solve(&w->c, &w->pool, &w->terms, &w->options, &w->result));
	assert_true(match_case_open(&w->c, &w->pool, &w->terms, &w->options, &w->result,
				    &w->k));
}

/* Up to 12 newcomers and 6 established, all chosen by the seed; solved. */
static inline town *random_town(arena *mem, uint64_t seed)
{
	rng r = rng_seed(seed);
	town *w = NEW(mem, town);
	uint32_t newcomers = 1 + rng_below(&r, 12), established = 1 + rng_below(&r, 6);
	w->c = (ctx){.mem = mem, .today = THE_DATE};
	w->options = (match_options){.threads = 1};
	w->terms = model_terms_default(THE_DATE);
	w->terms.most_pairs = now_and_then(&r, 4);
	w->terms.reserve = now_and_then(&r, 3) ? 0 : (int32_t)rng_below(&r, 40000);
	w->people.n = newcomers + established;
	w->people.profile = NEW_ARRAY(mem, profile, w->people.n);
	for (uint32_t i = 0; i < w->people.n; i++)
		w->people.profile[i] =
			random_person(&r, 100 + i * 3,
				      i < newcomers ? SIDE_NEWCOMER : SIDE_ESTABLISHED);
	if (now_and_then(&r, 3)) {
		w->people.never = NEW(mem, id_pair);
		w->people.never_n = 1;
		w->people.never[0] = (id_pair){100, 100 + newcomers * 3};
	}
	solve_town(w);
	/* Now and then an eligible pair is locked. */
	if (now_and_then(&r, 3) && w->pool.newcomers && w->pool.establisheds) {
		uint32_t i = rng_below(&r, (uint32_t)w->pool.newcomers);
		uint32_t j = rng_below(&r, (uint32_t)w->pool.establisheds);
		match_view v;
		match_look(&w->pool, &w->terms, i, j, &v);
		if (!v.broken) {
			id_pair *lock = NEW(mem, id_pair);
			*lock = (id_pair){w->pool.newcomer[i].id,
					  w->pool.established[j].id};
			w->terms.locked = lock;
			w->terms.locked_n = 1;
			solve_town(w);
		}
	}
	return w;
}

/* Each test walks so many towns; an arena per town keeps memory small. */
enum { TOWNS = 150 };

static inline void in_towns(uint64_t first, void (*test)(town *w))
{
	for (uint64_t seed = first; seed < first + TOWNS; seed++) {
		arena *mem = arena_new(0);
		test(random_town(mem, seed));
		arena_free(mem);
	}
}

/* A solved town of these people, under the usual terms. */
static inline town *town_of(arena *mem, const profile *p, size_t n)
{
	town *w = NEW(mem, town);
	w->c = (ctx){.mem = mem, .today = THE_DATE};
	w->options = (match_options){.threads = 1};
	w->terms = model_terms_default(THE_DATE);
	w->people.n = n;
	w->people.profile = NEW_ARRAY(mem, profile, n);
	memcpy(w->people.profile, p, n * sizeof *p);
	solve_town(w);
	return w;
}

/* The total of these people under these terms, counting `bonus` for every pair. */
static inline int64_t solved_total(town *w, const people *who, const terms *t,
				   int64_t bonus)
{
	pool p;
	match_result r;
	model_pool_form(w->c.mem, who, t, &p);
	assert_true(match_solve(&w->c, &p, t, &w->options, &r));
	int64_t total = 0;
	for (size_t i = 0; i < r.pairs; i++)
		total += r.pair[i].weight + bonus;
	return total;
}

static inline people copy_people(arena *mem, const people *from, size_t more)
{
	people p = *from;
	p.n += more;
	p.record = NULL;
	p.profile = NEW_ARRAY(mem, profile, p.n);
	memcpy(p.profile, from->profile, from->n * sizeof(profile));
	return p;
}

static inline int64_t total_now(town *w)
{
	return solved_total(w, &w->people, &w->terms, w->result.bonus);
}

/* Explains everyone who waits, on both sides. */
static inline void all_waiting(town *w, void (*test)(town *w, match_waiting_why *y))
{
	for (uint8_t side = SIDE_NEWCOMER; side <= SIDE_ESTABLISHED; side++) {
		uint32_t *list;
		size_t n = match_waiting_list(&w->k, side, &list);
		for (size_t i = 0; i < n; i++) {
			match_waiting_why y;
			match_waiting_explain(&w->k, side, list[i], &y);
			test(w, &y);
		}
	}
}

#endif
