/* For the tests of matching: people made up, then made odd, and the pool they form. */
#ifndef MATCH_PEOPLE_H
#define MATCH_PEOPLE_H

#include <string.h>

#include "match/source.h"

enum { TEST_DATE = 20000 };

typedef struct scene {
	ctx c;
	people people;
	terms terms;
	pool pool;
} scene;

/* Odd answers that made-up people do not give: unknown ones, many at once, spans, other sets. */
static inline void scene_roughen(rng *r, people *p)
{
	for (size_t i = 0; i < p->n; i++) {
		profile *q = &p->profile[i];
		if (rng_below(r, 3))
			continue;
		switch (rng_below(r, 15)) {
		case 0:
			q->birth_year = 0;
			break;
		case 1:
			q->flags &= (uint8_t)~PROFILE_PLACED;
			break;
		case 2:
			q->interests = rng_next(r);
			break;
		case 3:
			q->interests = 0;
			break;
		case 4:
			q->languages = rng_next(r);
			break;
		case 5:
			q->languages = 0;
			break;
		case 6:
			q->times = (uint32_t)rng_next(r) & ((1u << 21) - 1);
			break;
		case 7:
			q->children = rng_next(r);
			break;
		case 8:
			q->wishes = (uint8_t)rng_below(r, 32);
			break;
		case 9:
			q->musts = (uint8_t)CHOICE_BIT(1 + rng_below(r, 5));
			break;
		case 10:
			q->max_km = (uint16_t)(rng_below(r, 2) ? rng_below(r, 300) : 0);
			break;
		case 11:
			q->meets = (uint8_t)rng_below(r, 4);
			break;
		case 12:
			q->life = q->gender = q->occupation = 0;
			break;
		case 13:
			q->queued = rng_below(r, 2) ? QUEUED_UNKNOWN : TEST_DATE + 9;
			break;
		default:
			q->age_from = 30;
			q->age_to = (uint8_t)(40 + rng_below(r, 20));
			break;
		}
	}
}

/* People and default terms; close with arena_free(s->c.mem). */
static inline void scene_open(scene *s, uint64_t seed, uint32_t newcomers,
			      uint32_t established)
{
	*s = (scene){.c = {.mem = arena_new(0), .today = TEST_DATE},
		     .terms = model_terms_default(TEST_DATE)};
	generate_options o = {.seed = seed,
			      .newcomers = newcomers,
			      .established = established,
			      .city = seed & 1,
			      .anywhere = 0.2,
			      .date = TEST_DATE};
	match_generate(s->c.mem, &o, &s->people);
	rng r = rng_seed(seed);
	scene_roughen(&r, &s->people);
}

static inline void scene_form(scene *s)
{
	model_pool_form(s->c.mem, &s->people, &s->terms, &s->pool);
}

static inline uint32_t *scene_all(scene *s, size_t n)
{
	uint32_t *which = NEW_ARRAY(s->c.mem, uint32_t, n);
	for (uint32_t i = 0; i < n; i++)
		which[i] = i;
	return which;
}

/* Other weights than usual: some seeds one criterion only, some all of them, some huge. */
static inline void scene_weights(scene *s, uint64_t seed)
{
	rng r = rng_seed(~seed);
	uint32_t most = seed % 5 == 3 ? 700 : 30;
	if (seed % 5 < 2)
		return;
	for (int c = 0; c < CRITERIA_COUNT; c++)
		s->terms.weight[c] = seed % 5 == 2 ? 0 : (int32_t)rng_below(&r, most);
	if (seed % 5 == 2)
		s->terms.weight[rng_below(&r, CRITERIA_COUNT)] =
			1 + (int32_t)rng_below(&r, 1000);
}

#endif
