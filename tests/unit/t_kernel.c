/* Kernels against the scalar reference: never below the truth, near it, alike at every width. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "match_people.h"

/* The same source once more, 64 bytes wide for this machine's flags. */
#define LANES       8
#define KERNEL      kernel_wide
#define KERNEL_NAME "wide"
#include "match/kernel_body.h"

/* The established as columns. */
static columns columns_of(scene *s)
{
	columns c;
	uint32_t n = (uint32_t)s->pool.establisheds;
	columns_form(s->c.mem, &s->pool, s->pool.established, scene_all(s, n), n,
		     &s->terms, source_weight_max(&s->pool, &s->terms, NULL), &c);
	return c;
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
		bool age = k->kind == CRITERION_KIND_DIFFERENCE &&
			   (!k->wish || own & WISH_BIT(k->wish));
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
static bool block_holds(const scene *s, const columns *c, const kernel *k,
			const profile *a, uint32_t at, slack *out)
{
	plan p;
	plane sum[SUM_BITS], open;
	plan_form(c, a, 0, &p);
	memset(&open, 0xff, sizeof open);
	k->sum(&p, &c->map, &c->block[at], columns_planes(c, at), NULL, sum, &open);
	for (uint32_t i = 0; i < BLOCK_SLOTS; i++) {
		bool is_open = open.word[i / WORD_SLOTS] >> i % WORD_SLOTS & 1;
		uint32_t slot = at * BLOCK_SLOTS + i;
		if (c->seat[slot].person == PERSON_NONE) {
			if (is_open)
				return false;
			continue;
		}
		const profile *b = &s->people.profile[c->seat[slot].person];
		unsigned broken = match_rules_broken(a, b, s->terms.date);
		if (is_open != near_rules_only(broken))
			return false;
		int64_t truth = match_weight_people(a, b, &s->terms) -
				match_waiting(a, &s->terms) + s->terms.reserve -
				elsewhere(s, a, b);
		int64_t bound = c->best[at] +
				(int64_t)(sum_of(sum, i) - LACK_MAX) * c->unit_points;
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
	for (uint64_t seed = 1; seed <= 15; seed++) {
		scene s;
		scene_open(&s, seed, 60, 700);
		scene_weights(&s, seed);
		scene_form(&s);
		columns c = columns_of(&s);
		slack x = {0};
		for (size_t i = 0; i < 60; i++)
			for (uint32_t b = 0; b < c.blocks; b++)
				if (!block_holds(&s, &c, &kernel_scalar,
						 &s.people.profile[i], b, &x))
					fail_msg("seed %d, row %zu, block %u", (int)seed,
						 i, b);
		/* A bound that rules nothing out would hold, too. */
		if (seed % 5 < 2)
			assert_true(x.sum / x.n <= 1500);
		arena_free(s.c.mem);
	}
}

/* The twin: a bound from people who are not those in the columns does not hold. */
static void another_persons_sum_is_noticed(void **state)
{
	(void)state;
	scene s;
	scene_open(&s, 1, 60, 700);
	scene_form(&s);
	columns c = columns_of(&s);
	for (uint32_t i = 0; i + 1 < BLOCK_SLOTS; i++)
		if (c.seat[i + 1].person != PERSON_NONE)
			c.seat[i].person = c.seat[i + 1].person;
	slack x = {0};
	int wrong = 0;
	for (size_t i = 0; i < 60; i++)
		wrong +=
			!block_holds(&s, &c, &kernel_scalar, &s.people.profile[i], 0, &x);
	assert_true(wrong > 30);
	arena_free(s.c.mem);
}

/*
 * Whether a sieve keeps everybody who brings `wanted` by interests and worth, `more` apart;
 * counts those it takes out.
 */
static bool sieve_keeps(const scene *s, const columns *c, const profile *a, uint32_t at,
			int64_t wanted, int64_t more, int *out)
{
	plan p;
	plane open;
	int32_t near[BLOCK_WORDS] = {0};
	plan_form(c, a, 0, &p);
	memset(&open, 0xff, sizeof open);
	bool some = kernel_scalar.sieve(&p, &c->map, &c->block[at], columns_planes(c, at),
					near, wanted + more, c->unit_points, &open);
	for (uint32_t i = 0; i < BLOCK_SLOTS; i++) {
		const seat *x = &c->seat[at * BLOCK_SLOTS + i];
		if (x->person == PERSON_NONE)
			continue;
		int64_t brings =
			x->waiting - c->best[at] +
			(int64_t)s->terms.weight[CRITERION_INTERESTS] *
				match_score(CRITERION_INTERESTS, a,
					    &s->people.profile[x->person], s->terms.date);
		bool kept = some && open.word[i / WORD_SLOTS] >> i % WORD_SLOTS & 1;
		if (brings >= wanted && !kept)
			return false;
		*out += !kept;
	}
	return true;
}

static void sieves_keep_who_is_worth_it(void **state)
{
	(void)state;
	int out = 0, lost = 0, twin = 0;
	for (uint64_t seed = 1; seed <= 15; seed++) {
		scene s;
		scene_open(&s, seed, 60, 700);
		scene_weights(&s, seed);
		scene_form(&s);
		columns c = columns_of(&s);
		rng r = rng_seed(seed);
		for (size_t i = 0; i < 60; i++)
			for (uint32_t b = 0; b < c.blocks; b++) {
				int64_t wanted = (int64_t)rng_below(&r, 50000) - 30000;
				if (!sieve_keeps(&s, &c, &s.people.profile[i], b, wanted,
						 0, &out))
					fail_msg("seed %d, row %zu, block %u", (int)seed,
						 i, b);
				lost += !sieve_keeps(&s, &c, &s.people.profile[i], b,
						     wanted, 8000, &twin);
			}
		arena_free(s.c.mem);
	}
	/* It takes many out; and its twin, which wants more than was asked, is noticed. */
	assert_true(out > 10000);
	assert_true(lost > 100);
}

/* True when two kernels say the same of a row and a block. */
static bool alike(const kernel *k, const kernel *l, const columns *c, const profile *a,
		  uint32_t at, rng *r)
{
	plan p;
	plane x[SUM_BITS], y[SUM_BITS], open_x, open_y, pass_x, pass_y;
	int32_t least[BLOCK_WORDS], top_x[BLOCK_WORDS], top_y[BLOCK_WORDS],
		most[BLOCK_WORDS];
	for (int w = 0; w < BLOCK_WORDS; w++) {
		least[w] = (int32_t)rng_below(r, 1 << SUM_BITS);
		most[w] = -1;
	}
	plan_form(c, a, 0, &p);
	memset(x, 0, sizeof x);
	memset(y, 0, sizeof y);
	for (int w = 0; w < BLOCK_WORDS; w++)
		open_x.word[w] = open_y.word[w] =
			w / 4 == (int)rng_below(r, 4) ? 0 : rng_next(r);
	plane sieved_x = open_x, sieved_y = open_y;
	int32_t near[BLOCK_WORDS];
	for (int w = 0; w < BLOCK_WORDS; w++)
		near[w] = (int32_t)rng_below(r, 20000);
	int64_t wanted = (int64_t)rng_below(r, 60000) - 20000;
	if (k->sieve(&p, &c->map, &c->block[at], columns_planes(c, at), near, wanted,
		     c->unit_points, &sieved_x) !=
		    l->sieve(&p, &c->map, &c->block[at], columns_planes(c, at), near,
			     wanted, c->unit_points, &sieved_y) ||
	    memcmp(&sieved_x, &sieved_y, sizeof sieved_x))
		return false;
	const int32_t *first = rng_below(r, 2) ? least : NULL;
	k->sum(&p, &c->map, &c->block[at], columns_planes(c, at), first, x, &open_x);
	l->sum(&p, &c->map, &c->block[at], columns_planes(c, at), first, y, &open_y);
	for (int i = 0; i < SUM_BITS; i++)
		for (int w = 0; w < BLOCK_WORDS; w++)
			if ((x[i].word[w] ^ y[i].word[w]) & open_x.word[w])
				return false;
	if (memcmp(&open_x, &open_y, sizeof open_x))
		return false;
	if (k->pass(x, least, &open_x, &pass_x) != l->pass(y, least, &open_y, &pass_y) ||
	    memcmp(&pass_x, &pass_y, sizeof pass_x))
		return false;
	k->top(x, &open_x, top_x);
	l->top(y, &open_y, top_y);
	/* And what they say of passing is what it should be. */
	for (uint32_t i = 0; i < BLOCK_SLOTS; i++) {
		bool is = pass_x.word[i / WORD_SLOTS] >> i % WORD_SLOTS & 1;
		bool open = open_x.word[i / WORD_SLOTS] >> i % WORD_SLOTS & 1;
		if (is != (open && sum_of(x, i) >= least[i / WORD_SLOTS]))
			return false;
		if (open && sum_of(x, i) > most[i / WORD_SLOTS])
			most[i / WORD_SLOTS] = sum_of(x, i);
	}
	return !memcmp(top_x, most, sizeof most) && !memcmp(top_y, most, sizeof most);
}

static void every_width_says_the_same(void **state)
{
	(void)state;
	const kernel *level[] = {&kernel_wide, kernel_choose(SIMD_AVX2),
				 kernel_choose(SIMD_AVX512)};
	for (uint64_t seed = 1; seed <= 10; seed++) {
		scene s;
		scene_open(&s, seed, 50, 1200);
		scene_weights(&s, seed);
		scene_form(&s);
		columns c = columns_of(&s);
		rng r = rng_seed(seed);
		for (size_t k = 0; k < ARRAY_LEN(level); k++)
			for (size_t i = 0; level[k] && i < 50; i++)
				for (uint32_t b = 0; b < c.blocks; b++)
					assert_true(alike(&kernel_scalar, level[k], &c,
							  &s.people.profile[i], b, &r));
		arena_free(s.c.mem);
	}
}

/* What kernels say of a pair is what the reference says. */
static void fits_are_the_references(void **state)
{
	(void)state;
	const kernel *level[] = {&kernel_scalar, &kernel_wide, kernel_choose(SIMD_AVX2),
				 kernel_choose(SIMD_AVX512)};
	scene s;
	scene_open(&s, 3, 60, 60);
	frame f = frame_of(TEST_DATE);
	for (size_t k = 0; k < ARRAY_LEN(level); k++)
		for (size_t i = 0; level[k] && i < s.people.n; i++)
			for (size_t j = 0; j < s.people.n; j++) {
				const profile *a = &s.people.profile[i],
					      *b = &s.people.profile[j];
				int64_t want =
					(int64_t)match_weight_people(a, b, &s.terms) -
					match_waiting(a, &s.terms) -
					match_waiting(b, &s.terms) + s.terms.reserve;
				if (match_rules_broken(a, b, TEST_DATE))
					want = PAIR_FORBIDDEN;
				assert_int_equal(level[k]->fit(&f, s.terms.weight, a, b),
						 want);
			}
	arena_free(s.c.mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_bound_every_weight),
		cmocka_unit_test(sieves_keep_who_is_worth_it),
		cmocka_unit_test(another_persons_sum_is_noticed),
		cmocka_unit_test(every_width_says_the_same),
		cmocka_unit_test(fits_are_the_references),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
