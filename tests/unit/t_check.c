/*
 * The checker on small pools: numbers worked out by hand, results proven that a naive
 * solver makes, and every kind of forgery refused by name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check/check_priv.h"
#include "check_people.h"

/* ---- rules and scores by hand ------------------------------------------------------- */

static profile person(uint32_t id, uint8_t side)
{
	return (profile){.id = id,
			 .side = side,
			 .consent = CONSENT_YES,
			 .birth_year = 1990,
			 .queued = QUEUED_UNKNOWN,
			 .arrived = QUEUED_UNKNOWN,
			 .place = PLACE_NONE};
}

static void rules_by_hand(void **state)
{
	(void)state;
	profile a = person(1, SIDE_NEWCOMER), b = person(2, SIDE_ESTABLISHED);
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_NONE);
	a.meets = MEETS_IN_PERSON;
	b.meets = MEETS_VIDEO;
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_MEETS);
	assert_int_equal(check_people_rule(&b, &a, 2023), CHECK_RULE_MEETS);
	b.meets = MEETS_EITHER;
	a.flags = b.flags = PROFILE_PLACED;
	a.max_km = 30;
	b.max_km = 20;
	a.x = 120;
	b.y = 160; /* 200 units: 20 km */
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_NONE);
	b.y = 161;
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_DISTANCE);
	b.flags = 0; /* unknown never excludes */
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_NONE);
	b.flags = PROFILE_PLACED;
	a.meets = b.meets = MEETS_VIDEO;
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_NONE);
	a.max_km = b.max_km = 0;
	a.meets = b.meets = 0;
	b.musts = CHOICE_BIT(WISHES_GENDER);
	a.gender = GENDER_WOMAN;
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_NONE);
	b.gender = GENDER_MAN;
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_GENDER);
	b.musts = CHOICE_BIT(WISHES_AGE);
	b.birth_year = 1980;
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_NONE);
	b.birth_year = 1979;
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_AGE);
	b.musts = 0;
	a.age_from = 44;
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_NONE);
	a.age_from = 45;
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_AGE);
	a.age_from = 0;
	b.age_to = 32; /* a is 33 */
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_AGE);
	b.age_to = 33;
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_NONE);
	a.musts = CHOICE_BIT(WISHES_FAMILY);
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_NONE);
	b.life = LIFE_COUPLE;
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_FAMILY);
	b.children = 1;
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_NONE);
	a.musts = CHOICE_BIT(WISHES_LANGUAGE);
	a.languages = 6;
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_NONE);
	b.languages = 9;
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_LANGUAGE);
	a.musts = CHOICE_BIT(WISHES_OCCUPATION);
	a.occupation = OCCUPATION_CARE;
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_NONE);
	b.occupation = OCCUPATION_LAW;
	assert_int_equal(check_people_rule(&a, &b, 2023), CHECK_RULE_OCCUPATION);
}

static void scores_by_hand(void **state)
{
	(void)state;
	profile a = person(1, SIDE_NEWCOMER), b = person(2, SIDE_ESTABLISHED);
	for (int c = 0; c < CRITERIA_COUNT; c++)
		if (c != CRITERION_AGE)
			assert_int_equal(
				check_people_score((criterion_id)c, &a, &b, 2023), 0);
	a.flags = b.flags = PROFILE_PLACED;
	a.x = 30;
	b.y = 40; /* 50 of 500 units */
	assert_int_equal(check_people_score(CRITERION_DISTANCE, &a, &b, 2023), 900);
	b.y = 41; /* 50.8 */
	assert_int_equal(check_people_score(CRITERION_DISTANCE, &a, &b, 2023), 900);
	b.birth_year = 1993; /* 3 of 20: 850; as a wish 3 of 10: 700 */
	assert_int_equal(check_people_score(CRITERION_AGE, &a, &b, 2023), 850);
	assert_int_equal(check_people_score(CRITERION_WISH_AGE, &a, &b, 2023), 0);
	b.musts = CHOICE_BIT(WISHES_AGE);
	assert_int_equal(check_people_score(CRITERION_WISH_AGE, &a, &b, 2023), 700);
	a.interests = 0xF; /* 2 in common of 4 and 4: a half */
	b.interests = 0x3C;
	assert_int_equal(check_people_score(CRITERION_INTERESTS, &a, &b, 2023), 500);
	b.interests = 0x1; /* 1 / sqrt(4) */
	assert_int_equal(check_people_score(CRITERION_INTERESTS, &a, &b, 2023), 500);
	a.interests = 0xFFFF; /* 1 in common of 16 and 16: 62.5, rounded up */
	b.interests = UINT64_C(0xFFFF) << 15;
	assert_int_equal(check_people_score(CRITERION_INTERESTS, &a, &b, 2023), 63);
	a.children = UINT64_C(1) << (2015 - CHILD_YEAR_0);
	b.children = UINT64_C(1) << (2018 - CHILD_YEAR_0);
	assert_int_equal(check_people_score(CRITERION_CHILDREN, &a, &b, 2023), 250);
	b.children |= UINT64_C(1) << (2014 - CHILD_YEAR_0);
	assert_int_equal(check_people_score(CRITERION_CHILDREN, &a, &b, 2023), 750);
	a.children = b.children = UINT64_C(1) << (1991 - CHILD_YEAR_0);
	assert_int_equal(check_people_score(CRITERION_CHILDREN, &a, &b, 2023), 0);
	assert_int_equal(check_people_score(CRITERION_CHILDREN, &a, &b, 2022), 1000);
	a.life = b.life = LIFE_FAMILY;
	assert_int_equal(check_people_score(CRITERION_LIFE, &a, &b, 2023),
			 model_life_table[LIFE_FAMILY][LIFE_FAMILY]);
	a.times = 0x7;
	b.times = 0xE;
	assert_int_equal(check_people_score(CRITERION_TIMES, &a, &b, 2023), 400);
	a.apps = 3;
	b.apps = 6;
	assert_int_equal(check_people_score(CRITERION_APPS, &a, &b, 2023), 1000);
	a.gender = b.gender = GENDER_MAN;
	assert_int_equal(check_people_score(CRITERION_WISH_GENDER, &a, &b, 2023), 0);
	a.wishes = CHOICE_BIT(WISHES_GENDER);
	assert_int_equal(check_people_score(CRITERION_WISH_GENDER, &a, &b, 2023), 1000);
}

static void weight_by_hand(void **state)
{
	(void)state;
	terms t = model_terms_default(date_to_day((ymd){2023, 1, 1}));
	profile a = person(1, SIDE_NEWCOMER), b = person(2, SIDE_ESTABLISHED);
	t.waiting = 200;
	t.reserve = 15000;
	a.queued = t.date - 100; /* 200 * 1000 / 100 */
	b.queued = t.date + 5;
	assert_int_equal(check_people_waiting(&a, &t), 2000);
	assert_int_equal(check_people_waiting(&b, &t), 0);
	assert_int_equal(check_people_weight(&a, &b, &t, 2023), 2000 + 16 * 1000 - 15000);
	assert_int_equal(check_floor_div(-1, 2), -1);
	assert_int_equal(check_floor_div(-4, 2), -2);
	assert_int_equal(check_floor_div(3, 2), 1);
}

/* ---- results: proven, and not when anything is changed -------------------------------- */

typedef struct bench {
	ctx c;
	people p;
	check_claim claim;
	check_report report;
} bench;

static void set_up(bench *b, uint64_t seed, size_t newcomers, size_t established)
{
	*b = (bench){.c = {.mem = arena_new(0)}};
	rng r = rng_seed(seed);
	test_people(b->c.mem, &r, newcomers, established, &b->p);
	b->claim.terms = model_terms_default(TEST_DATE);
	b->claim.terms.reserve = 5000;
}

static const char *verdict(bench *b)
{
	assert_true(check_run(&b->c, &b->p, &b->claim, 1, &b->report));
	assert_true(b->report.proven == !b->report.key);
	return b->report.key ? b->report.key : "";
}

/* What one more seat of an established unit would add: its lowest fair price. */
static int64_t lowest_price(bench *b, uint32_t id)
{
	pool p;
	check_market m;
	int32_t partner[TEST_MOST];
	test_market(&b->c, &b->p, &b->claim, &p, &m);
	m.seats_established[test_unit(p.established, p.establisheds, &p, id)]++;
	return test_try(&m, 0, partner) - b->claim.total;
}

/* A pool whose solution has a few pairs and a price that must be, from some seed on. */
static void solved(bench *b, uint64_t seed, bool most_pairs)
{
	for (;; seed += 1000) {
		set_up(b, seed, 5, 4);
		b->claim.terms.most_pairs = most_pairs;
		test_solve(&b->c, &b->p, &b->claim);
		bool rich = b->claim.pairs >= 3 && b->claim.prices >= 2 &&
			    lowest_price(b, b->claim.price[0].established) > 0;
		if (rich)
			return;
		arena_free(b->c.mem);
	}
}

static void many_are_proven(void **state)
{
	(void)state;
	int with_pairs = 0;
	for (uint64_t seed = 1; seed <= 300; seed++) {
		bench b;
		set_up(&b, seed, 1 + seed % 6, 1 + seed / 7 % 6);
		b.claim.terms.most_pairs = seed % 3 == 0;
		test_solve(&b.c, &b.p, &b.claim);
		assert_string_equal(verdict(&b), "");
		assert_int_equal(b.report.bound, b.report.total);
		with_pairs += b.claim.pairs > 1;
		arena_free(b.c.mem);
	}
	assert_true(with_pairs > 100);
}

static void empty_is_proven(void **state)
{
	(void)state;
	bench b;
	set_up(&b, 1, 0, 0);
	test_solve(&b.c, &b.p, &b.claim);
	assert_string_equal(verdict(&b), "");
	assert_int_equal(b.report.pairs_scored, 0);
	arena_free(b.c.mem);
}

/* The digest made anew, so that a forgery is not found by it alone. */
static void sign(bench *b)
{
	model_digest(&b->p, &b->claim.terms, b->claim.digest);
}

static profile *by_id(bench *b, uint32_t id)
{
	for (size_t i = 0; i < b->p.n; i++)
		if (b->p.profile[i].id == id)
			return &b->p.profile[i];
	fail();
	return NULL;
}

typedef void forge(bench *b);

static void lower_price(bench *b)
{
	b->claim.price[0].price = lowest_price(b, b->claim.price[0].established) - 1;
}
static void raise_price(bench *b)
{
	b->claim.price[0].price++;
}
static void negative_price(bench *b)
{
	b->claim.price[0].price = -1;
}
static void huge_price(bench *b)
{
	b->claim.price[0].price = INT64_MAX;
}
static void price_twice(bench *b)
{
	b->claim.price[1] = b->claim.price[0];
}
static void price_of_nobody(bench *b)
{
	b->claim.price[0].established = 999999;
}
static void price_of_newcomer(bench *b)
{
	b->claim.price[0].established = b->claim.pair[0].newcomer;
}
static void pair_left_out_of_total(bench *b)
{
	b->claim.pairs--;
}
static void pair_dropped(bench *b)
{
	b->claim.total -= b->claim.pair[--b->claim.pairs].weight;
}
static void newcomer_twice(bench *b)
{
	b->claim.pair[1] = b->claim.pair[0];
}
static void weight_wrong(bench *b)
{
	b->claim.pair[0].weight++;
}
static void total_wrong(bench *b)
{
	b->claim.total++;
}
static void bound_wrong(bench *b)
{
	b->claim.bound--;
}
static void sides_swapped(bench *b)
{
	struct check_pair *p = &b->claim.pair[0];
	uint32_t id = p->newcomer;
	p->newcomer = p->established;
	p->established = id;
}
static void nobody_matched(bench *b)
{
	b->claim.pair[0].established = 999999;
}
static void cell_changed(bench *b)
{
	by_id(b, b->claim.pair[0].newcomer)->birth_year++;
}
static void terms_changed(bench *b)
{
	b->claim.terms.weight[CRITERION_AGE]++;
}
static void consent_taken_back(bench *b)
{
	by_id(b, b->claim.pair[0].newcomer)->consent = CONSENT_NO;
	sign(b);
}
static void consent_blank(bench *b)
{
	by_id(b, b->claim.pair[0].established)->consent = CONSENT_UNKNOWN;
	sign(b);
}
static void minor(bench *b)
{
	by_id(b, b->claim.pair[0].newcomer)->birth_year = TEST_YEAR - 17;
	sign(b);
}
static void unusable(bench *b)
{
	by_id(b, b->claim.pair[0].newcomer)->flags |= PROFILE_UNUSABLE;
	sign(b);
}
static void no_side(bench *b)
{
	by_id(b, b->claim.pair[0].newcomer)->side = SIDE_UNKNOWN;
	sign(b);
}
static void left_out(bench *b)
{
	uint32_t *id = NEW(b->c.mem, uint32_t);
	*id = b->claim.pair[0].newcomer;
	b->claim.terms.left_out = id;
	b->claim.terms.left_out_n = 1;
	sign(b);
}
static void forbidden(bench *b)
{
	id_pair *p = NEW(b->c.mem, id_pair);
	*p = (id_pair){b->claim.pair[0].established, b->claim.pair[0].newcomer};
	b->claim.terms.forbidden = p;
	b->claim.terms.forbidden_n = 1;
	sign(b);
}
static void never(bench *b)
{
	id_pair *p = NEW(b->c.mem, id_pair);
	*p = (id_pair){b->claim.pair[0].newcomer, b->claim.pair[0].established};
	b->p.never = p;
	b->p.never_n = 1;
	sign(b);
}
static void gender_rule(bench *b)
{
	by_id(b, b->claim.pair[0].newcomer)->gender = GENDER_MAN;
	by_id(b, b->claim.pair[0].established)->gender = GENDER_WOMAN;
	by_id(b, b->claim.pair[0].established)->musts |= CHOICE_BIT(WISHES_GENDER);
	by_id(b, b->claim.pair[0].newcomer)->meets = MEETS_EITHER;
	by_id(b, b->claim.pair[0].newcomer)->flags = 0;
	sign(b);
}
static void weights_too_great(bench *b)
{
	for (int c = 0; c < CRITERIA_COUNT; c++)
		b->claim.terms.weight[c] = WEIGHT_MAX;
	sign(b);
}
static void bonus_without_need(bench *b)
{
	b->claim.bonus = 5;
}
static void bonus_missing(bench *b)
{
	b->claim.terms.most_pairs = true;
	sign(b);
}
static void reserve_raised(bench *b)
{
	b->claim.terms.reserve = 1000000;
	sign(b);
}
static void locked_and_paired(bench *b)
{
	id_pair *p = NEW(b->c.mem, id_pair);
	*p = (id_pair){b->claim.pair[0].newcomer, b->claim.pair[0].established};
	b->claim.terms.locked = p;
	b->claim.terms.locked_n = 1;
	sign(b);
}
static void locked_unknown(bench *b)
{
	locked_and_paired(b);
	id_pair *p = NEW(b->c.mem, id_pair);
	*p = (id_pair){b->claim.pair[0].newcomer, 999999};
	b->claim.terms.locked = p;
	sign(b);
}
static void locked_one_side(bench *b)
{
	locked_and_paired(b);
	id_pair *p = NEW(b->c.mem, id_pair);
	*p = (id_pair){b->claim.pair[0].newcomer, b->claim.pair[1].newcomer};
	b->claim.terms.locked = p;
	sign(b);
}

static void forgeries_are_refused(void **state)
{
	static const struct {
		forge *how;
		const char *key;
	} all[] = {
		{lower_price, "check.gap"},
		{raise_price, "check.gap"},
		{negative_price, "check.price_negative"},
		{huge_price, "check.too_large"},
		{price_twice, "check.price_twice"},
		{price_of_nobody, "check.person_unknown"},
		{price_of_newcomer, "check.wrong_side"},
		{pair_left_out_of_total, "check.total"},
		{pair_dropped, "check.gap"},
		{newcomer_twice, "check.newcomer_twice"},
		{weight_wrong, "check.pair_weight"},
		{total_wrong, "check.total"},
		{bound_wrong, "check.bound"},
		{sides_swapped, "check.wrong_side"},
		{nobody_matched, "check.person_unknown"},
		{cell_changed, "check.digest"},
		{terms_changed, "check.digest"},
		{consent_taken_back, "check.person_consent"},
		{consent_blank, "check.person_consent"},
		{minor, "check.person_minor"},
		{unusable, "check.person_unusable"},
		{no_side, "check.person_side"},
		{left_out, "check.person_left_out"},
		{forbidden, "check.rule_never"},
		{never, "check.rule_never"},
		{gender_rule, "check.rule_gender"},
		{weights_too_great, "check.weights"},
		{bonus_without_need, "check.bonus_form"},
		{bonus_missing, "check.bonus_form"},
		{reserve_raised, "check.pair_reserve"},
		{locked_and_paired, "check.newcomer_twice"},
		{locked_unknown, "check.person_unknown"},
		{locked_one_side, "check.wrong_side"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		bench b;
		solved(&b, 77, false);
		assert_string_equal(verdict(&b), "");
		all[i].how(&b);
		assert_string_equal(verdict(&b), all[i].key);
		arena_free(b.c.mem);
	}
}

/* Two pairs exchange their partners: allowed by the rules, but worth less. */
static void swap_is_refused(void **state)
{
	(void)state;
	int gaps = 0;
	for (uint64_t seed = 1; seed < 60; seed++) {
		bench b;
		solved(&b, seed, false);
		pool p;
		check_market m;
		test_market(&b.c, &b.p, &b.claim, &p, &m);
		struct check_pair *x = &b.claim.pair[0], *y = &b.claim.pair[1];
		uint32_t id = x->established;
		x->established = y->established;
		y->established = id;
		int64_t before = b.claim.total;
		b.claim.total -= x->weight + y->weight;
		x->weight = test_weight(&m, x);
		y->weight = test_weight(&m, y);
		b.claim.total += x->weight + y->weight;
		if (x->weight > 0 && y->weight > 0 && b.claim.total < before) {
			assert_string_equal(verdict(&b), "check.gap");
			assert_int_equal(b.report.bound - b.report.total,
					 before - b.claim.total);
			gaps++;
		}
		arena_free(b.c.mem);
	}
	assert_true(gaps > 3);
}

static void seats_are_counted(void **state)
{
	(void)state;
	bench b;
	set_up(&b, 5, 0, 0);
	profile p[3] = {person(1, SIDE_NEWCOMER), person(2, SIDE_NEWCOMER),
			person(3, SIDE_ESTABLISHED)};
	b.p.profile = p;
	b.p.n = 3;
	p[2].capacity = 2;
	test_solve(&b.c, &b.p, &b.claim);
	assert_int_equal(b.claim.pairs, 2);
	assert_string_equal(verdict(&b), "");
	p[2].capacity = 1;
	sign(&b);
	assert_string_equal(verdict(&b), "check.established_full");
	/* A locked pair takes one of the two seats. */
	p[2].capacity = 2;
	b.claim.terms.locked = &(id_pair){3, 1};
	b.claim.terms.locked_n = 1;
	test_solve(&b.c, &b.p, &b.claim);
	assert_int_equal(b.claim.pairs, 1);
	assert_string_equal(verdict(&b), "");
	/* It need not reach the reserve, but it must keep the rules. */
	b.claim.terms.reserve = 1000000;
	test_solve(&b.c, &b.p, &b.claim);
	assert_int_equal(b.claim.pairs, 0);
	assert_string_equal(verdict(&b), "");
	p[0].musts = CHOICE_BIT(WISHES_GENDER);
	p[0].gender = GENDER_MAN;
	p[2].gender = GENDER_OTHER;
	sign(&b);
	assert_string_equal(verdict(&b), "check.rule_gender");
	arena_free(b.c.mem);
}

static void bonus_must_be_enough(void **state)
{
	(void)state;
	bench b;
	solved(&b, 12, true);
	assert_string_equal(verdict(&b), "");
	int64_t less = b.claim.bonus - 1;
	/* Everything lowered alike: sums agree, but two weights could outweigh a pair. */
	b.claim.bonus = 1;
	for (size_t i = 0; i < b.claim.pairs; i++) {
		b.claim.pair[i].weight -= less;
		b.claim.total -= less;
	}
	for (size_t j = 0; j < b.claim.prices; j++)
		b.claim.price[j].price =
			b.claim.price[j].price > less ? b.claim.price[j].price - less : 0;
	assert_string_equal(verdict(&b), "check.bonus");
	arena_free(b.c.mem);
}

/* The least capacity of a household's members counts, whoever has it. */
static void household_has_least_seats(void **state)
{
	(void)state;
	for (int least = 2; least <= 3; least++) {
		bench b;
		set_up(&b, 5, 0, 0);
		profile p[4] = {person(1, SIDE_NEWCOMER), person(2, SIDE_NEWCOMER),
				person(3, SIDE_ESTABLISHED), person(4, SIDE_ESTABLISHED)};
		p[2].household = p[3].household = 9;
		p[2].capacity = p[3].capacity = 2;
		p[least].capacity = 1;
		b.p.profile = p;
		b.p.n = 4;
		test_solve(&b.c, &b.p, &b.claim);
		assert_int_equal(b.claim.pairs, 1);
		assert_string_equal(verdict(&b), "");
		arena_free(b.c.mem);
	}
}

static void household_names_its_first(void **state)
{
	(void)state;
	bench b;
	set_up(&b, 5, 0, 0);
	profile p[3] = {person(1, SIDE_NEWCOMER), person(4, SIDE_NEWCOMER),
			person(3, SIDE_ESTABLISHED)};
	p[0].household = p[1].household = 9;
	p[1].birth_year = 1987; /* 17 and 20 of 20: mean of 13600 and 16000, less 5000 */
	b.p.profile = p;
	b.p.n = 3;
	test_solve(&b.c, &b.p, &b.claim);
	assert_int_equal(b.claim.pairs, 1);
	assert_int_equal(b.claim.total, 9800);
	assert_string_equal(verdict(&b), "");
	b.claim.pair[0].newcomer = 4;
	assert_string_equal(verdict(&b), "check.not_first");
	b.claim.pair[0].newcomer = 1;
	/* A rule that the second member breaks holds for both. */
	p[2].musts = CHOICE_BIT(WISHES_GENDER);
	p[2].gender = GENDER_MAN;
	p[1].gender = GENDER_WOMAN;
	sign(&b);
	assert_string_equal(verdict(&b), "check.rule_gender");
	arena_free(b.c.mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_by_hand),
		cmocka_unit_test(scores_by_hand),
		cmocka_unit_test(weight_by_hand),
		cmocka_unit_test(many_are_proven),
		cmocka_unit_test(empty_is_proven),
		cmocka_unit_test(forgeries_are_refused),
		cmocka_unit_test(swap_is_refused),
		cmocka_unit_test(seats_are_counted),
		cmocka_unit_test(bonus_must_be_enough),
		cmocka_unit_test(household_has_least_seats),
		cmocka_unit_test(household_names_its_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
