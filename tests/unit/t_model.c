/* model: tables that hold together, the pool, the digest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>
#include <cmocka.h>

#include "model/model.h"

static int arena_setup(void **state)
{
	*state = arena_new(0);
	return 0;
}

static int arena_teardown(void **state)
{
	arena_free(*state);
	return 0;
}

/* DESIGN: a field without purpose and retention is refused. */
static void every_field_says_why_and_until_when(void **state)
{
	(void)state;
	for (int f = 0; f < FIELD_COUNT; f++) {
		const field *d = &model_field[f];
		assert_true(d->name && *d->name && d->heading.n);
		assert_in_range(model_period[d->keep].days, 1, 3650);
		assert_in_range(d->purpose, PURPOSE_MATCH, PURPOSE_REPORT);
		/* Who one is stays with staff until both said yes. */
		if (d->purpose == PURPOSE_CONTACT)
			assert_int_not_equal(d->audience, AUDIENCE_OFFER);
		for (int other = 0; other < f; other++)
			assert_string_not_equal(d->name, model_field[other].name);
	}
}

static void choices_count_from_one_without_holes(void **state)
{
	(void)state;
	for (size_t i = 0; i < model_choice_count; i++) {
		const choice *c = &model_choice[i];
		assert_int_equal(c->number, i && model_choice[i - 1].field == c->field
						    ? model_choice[i - 1].number + 1
						    : 1);
		assert_ptr_equal(model_choice_get(c->field, c->number), c);
		assert_true(c->number <= model_choice_size(c->field));
	}
	assert_null(model_choice_get(FIELD_SIDE, 3));
	assert_int_equal(model_choice_size(FIELD_GENDER), 3);
}

static void default_weights_make_a_hundred(void **state)
{
	(void)state;
	int plain = 0, all = 0;
	for (int c = 0; c < CRITERIA_COUNT; c++) {
		assert_in_range(model_criterion[c].weight, 0, WEIGHT_MAX);
		plain += model_criterion[c].wish ? 0 : model_criterion[c].weight;
		all += model_criterion[c].weight;
	}
	assert_int_equal(plain, 100);
	assert_true(all <= WEIGHT_SUM_MAX);
	/* A weight that a sum of ten thousand points and two centuries of waiting still fits. */
	assert_true((int64_t)WEIGHT_SUM_MAX * 1000 + 2 * (int64_t)10000 * 2703 <
		    INT32_MAX);
}

static void a_wish_that_can_be_chosen_is_read(void **state)
{
	(void)state;
	for (int wish = 1; wish <= model_choice_size(FIELD_WISHES); wish++) {
		int readers = 0;
		for (int c = 0; c < CRITERIA_COUNT; c++)
			readers += model_criterion[c].wish == wish;
		assert_int_equal(readers, 1);
	}
}

static double km(uint16_t a, uint16_t b)
{
	const municipality *p = model_municipality_get(a), *q = model_municipality_get(b);
	double dx = p->x - q->x, dy = p->y - q->y, dz = p->z - q->z;
	return sqrt(dx * dx + dy * dy + dz * dz) / 10;
}

/* Great-circle distances of data/README.md; the chord may be 0.1 % short. */
static void places_lie_where_they_lie(void **state)
{
	(void)state;
	const struct {
		uint16_t a, b;
		double km;
	} want[] = {{2580, 2582, 34.2},
		    {2580, 2581, 43.1},
		    {2582, 2523, 152.6},
		    {2580, 2523, 184.9},
		    {2580, 180, 726.2}};
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_true(fabs(km(want[i].a, want[i].b) - want[i].km) <
			    0.1 + want[i].km / 1000);
	assert_int_equal(model_municipality_count, 290);
	assert_null(model_municipality_get(9999));
	for (size_t i = 0; i < model_place_count; i++)
		assert_non_null(model_municipality_get(model_place[i].municipality));
}

static people four(arena *a)
{
	people p = {.n = 4, .profile = NEW_ARRAY(a, profile, 4)};
	for (uint32_t i = 0; i < 4; i++)
		p.profile[i] = (profile){.id = 10 - i,
					 .birth_year = 1990,
					 .consent = CONSENT_YES,
					 .side = i < 3 ? SIDE_NEWCOMER : SIDE_ESTABLISHED,
					 .capacity = 2,
					 .place = PLACE_NONE};
	return p;
}

static void the_pool_takes_who_may_be_matched(void **state)
{
	people p = four(*state);
	terms t = model_terms_default(date_to_day((ymd){2022, 12, 31}));
	const uint32_t out[] = {99, 8};
	t.left_out = out;
	t.left_out_n = 2;
	p.profile[0].consent = CONSENT_NO;
	pool q;
	model_pool_form(*state, &p, &t, &q);
	assert_int_equal(q.newcomers, 1);
	assert_int_equal(q.newcomer[0].id, 9);
	assert_int_equal(q.newcomer[0].seats, 1);
	assert_int_equal(q.established[0].seats, 2);
	assert_int_equal(q.reason[0], POOL_NO_CONSENT);
	assert_int_equal(q.reason[2], POOL_LEFT_OUT);
	p.profile[1].birth_year = 2005; /* 17 in 2022 */
	p.profile[3].side = SIDE_UNKNOWN;
	model_pool_form(*state, &p, &t, &q);
	assert_int_equal(q.reason[1], POOL_MINOR);
	assert_int_equal(q.reason[3], POOL_NO_SIDE);
	p.profile[1].birth_year = 2004;
	p.profile[1].flags = PROFILE_UNUSABLE;
	model_pool_form(*state, &p, &t, &q);
	assert_int_equal(q.reason[1], POOL_UNUSABLE);
	assert_int_equal(q.newcomers + q.establisheds, 0);
}

static void a_household_is_one_unit(void **state)
{
	people p = four(*state);
	terms t = model_terms_default(date_to_day((ymd){2022, 12, 31}));
	p.profile[0].household = p.profile[2].household = p.profile[3].household = 5;
	pool q;
	model_pool_form(*state, &p, &t, &q);
	assert_int_equal(q.newcomers, 2);
	assert_int_equal(q.newcomer[0].id, 8); /* the least of 10 and 8 */
	assert_int_equal(q.newcomer[0].n, 2);
	assert_int_equal(q.newcomer[1].id, 9);
	assert_int_equal(q.establisheds,
			 1); /* the same number on the other side is another unit */
}

static void the_digest_sees_every_field(void **state)
{
	people p = four(*state);
	terms t = model_terms_default(100);
	uint8_t first[32], again[32];
	model_digest(&p, &t, first);
	model_digest(&p, &t, again);
	assert_memory_equal(first, again, 32);
	/* Flip one byte of a profile after the other: each must show, but for padding. */
	unsigned seen = 0;
	for (size_t i = 0; i < sizeof(profile); i++) {
		((uint8_t *)&p.profile[1])[i] ^= 1;
		model_digest(&p, &t, again);
		seen += memcmp(first, again, 32) != 0;
		((uint8_t *)&p.profile[1])[i] ^= 1;
	}
	assert_true(seen >= sizeof(profile) - 4);
	t.weight[3]++;
	model_digest(&p, &t, again);
	assert_memory_not_equal(first, again, 32);
	t.weight[3]--;
	t.most_pairs = true;
	model_digest(&p, &t, again);
	assert_memory_not_equal(first, again, 32);
}

static void coded_answers_have_words(void **state)
{
	profile p = {.side = SIDE_ESTABLISHED,
		     .life = LIFE_FAMILY,
		     .place = PLACE_NONE,
		     .municipality = 2580,
		     .queued = date_to_day((ymd){2022, 5, 1}),
		     .flags = PROFILE_QUEUED_MONTH,
		     .apps = 5,
		     .times = 2 | 4 << 18,
		     .children = UINT64_C(1) << (2014 - CHILD_YEAR_0) |
				 UINT64_C(1) << (2020 - CHILD_YEAR_0)};
	const struct {
		field_id f;
		str want;
	} want[] = {{FIELD_SIDE, S("Etablerad")},
		    {FIELD_LIFE, S("Par med barn")},
		    {FIELD_MUNICIPALITY, S("Luleå")},
		    {FIELD_QUEUED, S("2022-05")},
		    {FIELD_APPS, S("WhatsApp, Zoom")},
		    {FIELD_TIMES, S("vardag dag, helg kväll")},
		    {FIELD_CHILDREN, S("2, 8")},
		    {FIELD_LOCALITY, S("")},
		    {FIELD_MAX_KM, S("")}};
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_true(str_equal(model_value_format(*state, &p, want[i].f, 0),
				      want[i].want));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_says_why_and_until_when),
		cmocka_unit_test(choices_count_from_one_without_holes),
		cmocka_unit_test(default_weights_make_a_hundred),
		cmocka_unit_test(a_wish_that_can_be_chosen_is_read),
		cmocka_unit_test(places_lie_where_they_lie),
		cmocka_unit_test(the_pool_takes_who_may_be_matched),
		cmocka_unit_test(a_household_is_one_unit),
		cmocka_unit_test(the_digest_sees_every_field),
		cmocka_unit_test(coded_answers_have_words),
	};
	return cmocka_run_group_tests(tests, arena_setup, arena_teardown);
}
