/* Made-up people: plausible, the same for a seed, and the same when read from their own sheet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "match/match.h"
#include "sheet/sheet.h"

enum { DATE = 19358 };

static people made(arena *mem, generate_options o)
{
	people p;
	o.date = DATE;
	match_generate(mem, &o, &p);
	return p;
}

static void one_seed_one_people(void **state)
{
	(void)state;
	arena *mem = arena_new(0);
	generate_options o = {.seed = 5, .newcomers = 400, .established = 300};
	people a = made(mem, o), b = made(mem, o);
	assert_memory_equal(a.profile, b.profile, a.n * sizeof(profile));
	o.seed = 6;
	people c = made(mem, o);
	assert_true(memcmp(a.profile, c.profile, a.n * sizeof(profile)));
	arena_free(mem);
}

static void people_are_plausible(void **state)
{
	(void)state;
	arena *mem = arena_new(0);
	people p = made(mem, (generate_options){.seed = 1,
						.newcomers = 5000,
						.established = 5000,
						.anywhere = 0.2});
	size_t video = 0, household = 0, musts = 0;
	for (size_t i = 0; i < p.n; i++) {
		const profile *q = &p.profile[i];
		int age = model_age(q, DATE), n = __builtin_popcountll(q->interests);
		assert_int_equal(q->id, i + 1);
		assert_int_equal(q->side, i < 5000 ? SIDE_NEWCOMER : SIDE_ESTABLISHED);
		assert_in_range(age, 18, 90);
		assert_in_range(n, 2, 7);
		assert_in_range(q->max_km, 10, 100);
		assert_in_range(q->capacity, 1, i < 5000 ? 1 : 3);
		assert_true(q->queued < DATE && q->queued >= DATE - 731);
		assert_true(q->times && q->languages && q->life && q->gender);
		assert_true(q->flags & PROFILE_PLACED && q->place < model_place_count);
		assert_int_equal(model_place[q->place].municipality, q->municipality);
		assert_int_equal(q->consent, CONSENT_YES);
		video += q->meets == MEETS_VIDEO;
		musts += q->musts != 0;
		household += i < 5000 && q->household;
		if (q->household && i && q[-1].household == q->household)
			assert_int_equal(q->place, q[-1].place);
	}
	assert_in_range(video, 1800, 2200);
	assert_in_range(musts, 50, 400);
	assert_in_range(household, 75, 200);
	p = made(mem,
		 (generate_options){
			 .seed = 1, .newcomers = 300, .established = 300, .city = true});
	for (size_t i = 0; i < p.n; i++) {
		assert_int_equal(p.profile[i].municipality, 2580);
		assert_int_not_equal(p.profile[i].meets, MEETS_VIDEO);
	}
	arena_free(mem);
}

/* A sheet of what the model can write. */
static str sheet_of(arena *mem, const people *p)
{
	buf b = {.mem = mem};
	for (int f = 0; f < FIELD_COUNT; f++)
		buf_format(&b, "%s\"%.*s\"", f ? ";" : "",
			   STR_ARG(model_field[f].heading));
	buf_char(&b, '\n');
	for (size_t i = 0; i < p->n; i++) {
		for (int f = 0; f < FIELD_COUNT; f++) {
			str s = model_value_format(mem, &p->profile[i], (field_id)f,
						   DATE);
			buf_format(&b, "%s\"%.*s\"", f ? ";" : "", STR_ARG(s));
		}
		buf_char(&b, '\n');
	}
	return buf_str(&b);
}

static void a_sheet_gives_the_same_people(void **state)
{
	(void)state;
	ctx c = {.mem = arena_new(0), .today = DATE};
	people p = made(c.mem, (generate_options){.seed = 9,
						  .newcomers = 600,
						  .established = 500,
						  .anywhere = 0.1});
	sheet s;
	assert_true(sheet_read(&c, S("made.csv"), sheet_of(c.mem, &p), &s));
	assert_int_equal(s.people.n, p.n);
	assert_int_equal(s.problems, 0);
	uint8_t before[32], after[32];
	terms t = model_terms_default(DATE);
	const char **record = s.people.record;
	s.people.record = NULL;
	model_digest(&p, &t, before);
	model_digest(&s.people, &t, after);
	for (size_t i = 0; i < p.n; i++) {
		people one = {.profile = &p.profile[i], .n = 1},
		       other = {.profile = &s.people.profile[i], .n = 1};
		uint8_t x[32], y[32];
		model_digest(&one, &t, x);
		model_digest(&other, &t, y);
		if (memcmp(x, y, sizeof x))
			fail_msg("person %zu is another", i + 1);
	}
	assert_memory_equal(before, after, sizeof before);
	/* The twin: one answer changed is another people. */
	s.people.profile[7].max_km++;
	model_digest(&s.people, &t, after);
	assert_memory_not_equal(before, after, sizeof before);
	s.people.record = record;
	arena_free(c.mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_seed_one_people),
		cmocka_unit_test(people_are_plausible),
		cmocka_unit_test(a_sheet_gives_the_same_people),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
