/* Kernels against the scalar reference: never below the truth, near it, alike at every width. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "match/match_priv.h"

/* The same source once more, 64 bytes wide for this machine's flags. */
#define LANES       8
#define KERNEL      kernel_wide
#define KERNEL_NAME "wide"
#include "match/kernel_body.h"

typedef struct scene {
	arena *mem;
	people people;
	pool pool;
	terms terms;
	uint32_t *which;
	columns columns;
} scene;

enum { DATE = 20000 };

/* Odd answers that made-up people do not give: unknown ones, many at once, spans, other sets. */
static void roughen(rng *r, people *p)
{
	for (size_t i = 0; i < p->n; i++) {
		profile *q = &p->profile[i];
		if (rng_below(r, 3))
			continue;
		switch (rng_below(r, 14)) {
		case 0: q->birth_year = 0; break;
		case 1: q->flags &= (uint8_t)~PROFILE_PLACED; break;
		case 2: q->interests = rng_next(r) >> (64 - model_interest_count); break;
		case 3: q->interests = 0; break;
		case 4: q->languages = rng_next(r) >> (64 - model_language_count); break;
		case 5: q->languages = 0; break;
		case 6: q->times = (uint32_t)rng_next(r) & ((1u << 21) - 1); break;
		case 7: q->children = rng_next(r); break;
		case 8: q->wishes = (uint8_t)rng_below(r, 32); break;
		case 9: q->musts = (uint8_t)CHOICE_BIT(1 + rng_below(r, 5)); break;
		case 10: q->max_km = (uint16_t)(rng_below(r, 2) ? rng_below(r, 300) : 0); break;
		case 11: q->meets = (uint8_t)rng_below(r, 4); break;
		case 12: q->life = q->gender = q->occupation = 0; break;
		default: q->age_from = 30; q->age_to = (uint8_t)(40 + rng_below(r, 20)); break;
		}
	}
}

static void scene_open(scene *s, uint64_t seed, uint32_t newcomers, uint32_t established)
{
	*s = (scene){.mem = arena_new(0), .terms = model_terms_default(DATE)};
	generate_options o = {.seed = seed, .newcomers = newcomers, .established = established,
			      .city = seed & 1, .anywhere = 0.2, .date = DATE};
	match_generate(s->mem, &o, &s->people);
	rng r = rng_seed(seed);
	roughen(&r, &s->people);
}

static void scene_form(scene *s)
{
	model_pool_form(s->mem, &s->people, &s->terms, &s->pool);
	uint32_t n = (uint32_t)s->pool.establisheds;
	s->which = NEW_ARRAY(s->mem, uint32_t, n);
	for (uint32_t i = 0; i < n; i++)
		s->which[i] = i;
	columns_form(s->mem, &s->pool, s->pool.established, s->which, n, &s->terms, 200000,
		     &s->columns);
}

static int sum_of(const plane sum[SUM_BITS], uint32_t slot)
{
	int n = 0;
	for (int i = 0; i < SUM_BITS; i++)
		n |= (int)(sum[i].word[slot / WORD_SLOTS] >> slot % WORD_SLOTS & 1) << i;
	return n;
}

/* What a kernel may leave out of its sum: nearness in place and, where the row has the wish, age. */
static int64_t elsewhere(const scene *s, const profile *a, const profile *b)
{
	int64_t sum = 0;
	unsigned own = (unsigned)(a->wishes | a->musts);
	for (int c = 0; c < CRITERIA_COUNT; c++) {
		const criterion *k = &model_criterion[c];
		bool age = k->kind == CRITERION_KIND_DIFFERENCE && (!k->wish || own & WISH_BIT(k->wish));
		if (age || k->kind == CRITERION_KIND_DISTANCE)
			sum += (int64_t)s->terms.weight[c] *
			       match_score((criterion_id)c, a, b, s->terms.date);
	}
	return sum;
}

typedef struct slack {
	int64_t sum, most, n;
} slack;

static bool near_rules_only(unsigned broken)
{
	return !(broken & ~(1u << RULE_DISTANCE | 1u << RULE_AGE));
}

/* One row against one block: returns false when a sum is below the truth or a mask wrong. */
static bool block_holds(const scene *s, const kernel *k, const profile *a, uint32_t at, slack *out)
{
	const columns *c = &s->columns;
	plan p;
	plane sum[SUM_BITS], open;
	plan_form(c, a, 0, &p);
	k->sum(&p, &c->map, &c->block[at], columns_planes(c, at), sum, &open);
	for (uint32_t i = 0; i < BLOCK_SLOTS; i++) {
		bool is_open = open.word[i / WORD_SLOTS] >> i % WORD_SLOTS & 1;
		uint32_t slot = at * BLOCK_SLOTS + i;
		if (c->person[slot] == PERSON_NONE) {
			if (is_open)
				return false;
			continue;
		}
		const profile *b = &s->people.profile[c->person[slot]];
		unsigned broken = match_rules_broken(a, b, s->terms.date);
		if (is_open != near_rules_only(broken))
			return false;
		int64_t truth = match_weight_people(a, b, &s->terms) - match_waiting(a, &s->terms) +
				s->terms.reserve - elsewhere(s, a, b);
		int64_t bound = c->best[at] + (int64_t)(sum_of(sum, i) - LACK_MAX) * c->unit_points;
		if (bound < truth)
			return false;
		out->sum += bound - truth;
		out->most = bound - truth > out->most ? bound - truth : out->most;
		out->n++;
	}
	return true;
}

static void sums_bound_every_weight(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 12; seed++) {
		scene s;
		scene_open(&s, seed, 60, 700);
		rng r = rng_seed(seed);
		int only = (int)seed - 1;
		for (int c = 0; c < CRITERIA_COUNT && seed > 4; c++)
			s.terms.weight[c] = seed > 8 ? (int32_t)rng_below(&r, seed > 10 ? 700 : 30) : 0;
		if (seed > 4 && seed <= 8)
			s.terms.weight[rng_below(&r, CRITERIA_COUNT)] = 1 + only;
		scene_form(&s);
		slack x = {0};
		for (size_t i = 0; i < 60; i++)
			for (uint32_t b = 0; b < s.columns.blocks; b++)
				assert_true(block_holds(&s, &kernel_scalar, &s.people.profile[i], b, &x));
		arena_free(s.mem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_bound_every_weight),
	};
	if (getenv("SLACK")) {
		for (int only = -1; only < CRITERIA_COUNT; only++) {
			scene s;
			scene_open(&s, 1, 60, 2000);
			for (int c = 0; c < CRITERIA_COUNT; c++)
				if (only >= 0 && c != only) s.terms.weight[c] = 0;
			s.terms.waiting = only < 0 ? 200 : 0;
			scene_form(&s);
			slack x = {0};
			bool ok = true;
			for (size_t i = 0; i < 60; i++)
				for (uint32_t b = 0; b < s.columns.blocks; b++)
					ok &= block_holds(&s, &kernel_scalar, &s.people.profile[i], b, &x);
			printf("%s ok=%d avg %.1f most %ld unit %d\n", only < 0 ? "all" : model_criterion[only].name, ok, (double)x.sum / (double)x.n, x.most, s.columns.unit_points);
		}
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
