/* explanation: why a pair, why not another, and the prices both rest on. */
#include "explain_people.h"

/* ---- why ------------------------------------------------------------------------------ */

static bool adds_up(const match_why *w)
{
	int64_t sum = 0, fit = 0;
	for (size_t i = 0; i < w->reasons; i++) {
		sum += w->reason[i].points;
		fit += i < w->fit_reasons ? w->reason[i].points : 0;
	}
	return sum == w->view.weight && fit == w->fit;
}

static void reasons_add_up(town *w)
{
	for (uint32_t i = 0; i < w->pool.newcomers; i++)
		for (uint32_t j = 0; j < w->pool.establisheds; j++) {
			match_why why;
			match_why_pair(&w->pool, &w->terms, i, j, &why);
			assert_true(adds_up(&why));
			for (size_t x = 0; x < why.reasons; x++)
				assert_non_null(why.reason[x].phrase.key);
			for (size_t x = 1; x < why.fit_reasons; x++)
				assert_true(why.reason[x - 1].points >=
					    why.reason[x].points);
			if (!why.reasons)
				continue;
			why.reason[0]
				.points++; /* twin: one thousandth too much is seen */
			assert_false(adds_up(&why));
		}
}

static void reasons_add_up_to_the_weight(void **state)
{
	(void)state;
	in_towns(1, reasons_add_up);
}

static void two_people(profile out[2])
{
	rng r = rng_seed(7);
	for (int i = 0; i < 2; i++) {
		out[i] = random_person(&r, (uint32_t)i + 1,
				       i ? SIDE_ESTABLISHED : SIDE_NEWCOMER);
		const municipality *m = model_municipality_get(2580);
		out[i] = (profile){.id = (uint32_t)i + 1,
				   .side = out[i].side,
				   .consent = CONSENT_YES,
				   .queued = THE_DATE - 100,
				   .arrived = QUEUED_UNKNOWN,
				   .x = m->x,
				   .y = m->y,
				   .z = m->z,
				   .place = m->seat_place,
				   .municipality = 2580,
				   .flags = PROFILE_PLACED,
				   .birth_year = 1990,
				   .gender = GENDER_WOMAN,
				   .life = LIFE_SINGLE,
				   .interests = 7,
				   .languages = 1,
				   .times = 4,
				   .meets = MEETS_EITHER,
				   .capacity = 1};
	}
}

static const match_reason *find_reason(const match_why *w, const char *key)
{
	for (size_t i = 0; i < w->reasons; i++)
		if (!strcmp(w->reason[i].phrase.key, key))
			return &w->reason[i];
	return NULL;
}

static bool has_doubt(const match_why *w, const char *key, const char *who)
{
	for (size_t i = 0; i < w->doubts; i++)
		if (!strcmp(w->doubt[i].key, key))
			return !strcmp(w->doubt[i].arg[0].key, who);
	return false;
}

static void look_at_two(arena *mem, profile *p, match_why *why)
{
	people two = {.profile = p, .n = 2};
	terms t = model_terms_default(THE_DATE);
	pool q;
	model_pool_form(mem, &two, &t, &q);
	match_why_pair(&q, &t, 0, 0, why);
}

static void words_say_what_was_compared(void **state)
{
	arena *mem = arena_new(0);
	profile p[2];
	match_why why;
	(void)state;
	two_people(p);
	p[1].interests = 6 | 1u << 9;
	p[1].birth_year = 1987;
	look_at_two(mem, p, &why);
	assert_int_equal(find_reason(&why, "why.interests")->phrase.arg[0].set, 6);
	assert_int_equal(find_reason(&why, "why.age")->phrase.arg[0].number, 3);
	assert_non_null(find_reason(&why, "why.distance_same"));
	assert_non_null(find_reason(&why, "why.life_same"));
	assert_int_equal(find_reason(&why, "why.reserve")->points, -RESERVE_DEFAULT);
	assert_int_equal(find_reason(&why, "why.waiting_newcomer")->phrase.arg[0].number,
			 100);
	assert_null(find_reason(&why, "why.apps"));
	assert_int_equal(why.doubts, 0);
	/* 123 units of 100 m away: 12 km in words. */
	p[1].x = (int16_t)(p[0].x + 123);
	p[1].place = PLACE_NONE;
	look_at_two(mem, p, &why);
	assert_int_equal(find_reason(&why, "why.distance")->phrase.arg[0].number, 12);
	arena_free(mem);
}

static void doubts_name_what_is_unknown_and_matters(void **state)
{
	arena *mem = arena_new(0);
	profile p[2];
	match_why why;
	(void)state;
	two_people(p);
	p[1].gender = 0;
	look_at_two(mem, p, &why);
	assert_false(has_doubt(&why, "doubt.gender",
			       "who.established")); /* nobody wished it */
	p[0].wishes = CHOICE_BIT(WISHES_GENDER);
	p[0].birth_year = p[1].birth_year = 0;
	p[0].times = 0;
	p[1].flags |= PROFILE_APPROXIMATE;
	look_at_two(mem, p, &why);
	assert_true(has_doubt(&why, "doubt.gender", "who.established"));
	assert_true(has_doubt(&why, "doubt.age", "who.both"));
	assert_true(has_doubt(&why, "doubt.times", "who.newcomer"));
	assert_true(has_doubt(&why, "doubt.place_rough", "who.established"));
	arena_free(mem);
}

/* ---- prices ----------------------------------------------------------------------------- */

/* The total without this newcomer unit. */
static int64_t total_without(town *w, const unit *u)
{
	terms t = w->terms;
	uint32_t *out = NEW_ARRAY(w->c.mem, uint32_t, u->n);
	for (uint32_t m = 0; m < u->n; m++)
		out[m] = w->people.profile[w->pool.member[u->first + m]].id;
	t.left_out = out;
	t.left_out_n = u->n;
	return solved_total(w, &w->people, &t, w->result.bonus);
}

/* The total with one seat less at this established unit. */
static int64_t total_with_a_seat_less(town *w, const unit *u)
{
	if (u->seats == 1)
		return total_without(w, u);
	people p = copy_people(w->c.mem, &w->people, 0);
	p.profile[w->pool.member[u->first]].capacity = (uint8_t)(u->seats - 1);
	return solved_total(w, &p, &w->terms, w->result.bonus);
}

static void ends_are_marginal(town *w)
{
	int64_t total = total_now(w);
	for (uint32_t i = 0; i < w->pool.newcomers; i++) {
		if (w->k.newcomer_locked[i])
			continue;
		assert_int_equal(w->k.profit_high[i],
				 total - total_without(w, &w->pool.newcomer[i]));
		assert_true(w->k.profit_low[i] <= w->result.profit[i]);
		assert_true(w->result.profit[i] <= w->k.profit_high[i]);
	}
	for (uint32_t j = 0; j < w->pool.establisheds; j++) {
		if (w->k.established_locked[j])
			continue;
		assert_int_equal(
			w->k.price_high[j],
			total - total_with_a_seat_less(w, &w->pool.established[j]));
		assert_true(w->k.price_low[j] <= w->result.price[j]);
		assert_true(w->result.price[j] <= w->k.price_high[j]);
	}
}

static void price_ends_are_what_a_seat_or_newcomer_is_worth(void **state)
{
	(void)state;
	in_towns(1000, ends_are_marginal);
}

/* ---- why not ------------------------------------------------------------------------------ */

static uint32_t some_ids(const town *w, uint32_t i, uint32_t j, uint32_t id[2])
{
	const unit *a = &w->pool.newcomer[i], *b = &w->pool.established[j];
	id[0] = w->people.profile[w->pool.member[a->first + a->n - 1]].id;
	id[1] = w->people.profile[w->pool.member[b->first]].id;
	return a->n;
}

static void check_answer(town *w, const match_why_not *a, uint32_t i, uint32_t j)
{
	match_view v;
	match_look(&w->pool, &w->terms, i, j, &v);
	assert_non_null(a->answer.key);
	assert_int_equal(a->kind == WHY_NOT_PAIRED, w->k.mate[i] == j);
	if (a->kind == WHY_NOT_RULE) {
		assert_int_equal(a->broken, v.broken);
		assert_true(a->rules >= (size_t)__builtin_popcount(v.broken));
	}
	if (a->kind == WHY_NOT_RESERVE)
		assert_true(v.weight <= 0 && !v.broken);
	assert_int_equal(a->solved, a->kind >= WHY_NOT_RESERVE);
	if (!a->solved)
		return;
	assert_true(a->slack <= a->loss);
	assert_true(a->loss >= 0);
	assert_int_equal(a->kind == WHY_NOT_EQUAL, v.weight > 0 && a->loss == 0);
	/* Whoever has nobody: the prices alone give the loss. */
	if (w->k.mate[i] == MATCH_NOBODY)
		assert_int_equal(a->loss,
				 w->k.price_high[j] - v.weight - w->result.bonus);
	if (!w->k.taken[j])
		assert_int_equal(a->loss,
				 w->k.profit_high[i] - v.weight - w->result.bonus);
}

static void losses_hold(town *w)
{
	for (uint32_t i = 0; i < w->pool.newcomers; i++)
		for (uint32_t j = 0; j < w->pool.establisheds; j++) {
			uint32_t id[2];
			match_why_not a, b;
			some_ids(w, i, j, id);
			assert_true(match_why_not_pair(&w->k, id[0], id[1], &a));
			check_answer(w, &a, i, j);
			assert_true(match_why_not_pair(&w->k, id[1], id[0], &b));
			assert_int_equal(a.kind, b.kind);
			assert_int_equal(a.loss, b.loss);
			if (a.kind == WHY_NOT_PAIRED && !w->k.newcomer_locked[i])
				assert_int_equal(w->result.profit[i] + w->result.price[j],
						 a.why.view.weight + w->result.bonus);
		}
}

static void slack_is_at_most_the_loss_of_solving_again(void **state)
{
	(void)state;
	in_towns(2000, losses_hold);
}

static match_why_not ask(const town *w, uint32_t a, uint32_t b)
{
	match_why_not out;
	assert_true(match_why_not_pair(&w->k, a, b, &out));
	return out;
}

static void every_question_has_a_clear_answer(void **state)
{
	arena *mem = arena_new(0);
	profile p[7], two[2];
	(void)state;
	two_people(two);
	for (uint32_t i = 0; i < 7; i++) {
		p[i] = two[i >= 4];
		p[i].id = i + 1;
	}
	p[1].interests = 0;       /* 2: fits less */
	p[2].consent = 0;         /* 3: has not consented */
	p[3].gender = GENDER_MAN; /* 4: refused by 5 */
	p[4].musts = CHOICE_BIT(WISHES_GENDER);
	p[5].household = p[6].household = 9;
	p[5].meets = p[6].meets = MEETS_VIDEO;
	p[0].meets = p[1].meets = MEETS_IN_PERSON;
	p[3].meets = MEETS_IN_PERSON;
	town *w = town_of(mem, p, 7);
	assert_int_equal(ask(w, 1, 5).kind, WHY_NOT_PAIRED);
	assert_int_equal(ask(w, 1, 99).kind, WHY_NOT_UNKNOWN);
	assert_int_equal(ask(w, 1, 1).kind, WHY_NOT_SAME);
	assert_int_equal(ask(w, 1, 2).kind, WHY_NOT_SIDE);
	assert_string_equal(ask(w, 6, 7).answer.key, "why_not.household");
	assert_string_equal(ask(w, 5, 7).answer.key, "why_not.both_established");
	match_why_not no = ask(w, 3, 5);
	assert_int_equal(no.kind, WHY_NOT_ABSENT);
	assert_string_equal(no.answer.arg[1].key, "pool.no_consent");
	no = ask(w, 5, 4);
	assert_int_equal(no.kind, WHY_NOT_RULE);
	assert_int_equal(no.rules, 1);
	assert_string_equal(no.rule[0].key, "rule.gender");
	assert_int_equal(no.rule[0].arg[0].number, 4); /* it is 5 who demands it */
	assert_string_equal(ask(w, 7, 1).rule[0].key, "rule.meets");
	/* 2 gets 5 only if 1 loses her: 26 points of interests. */
	no = ask(w, 2, 5);
	assert_int_equal(no.kind, WHY_NOT_COST);
	assert_int_equal(no.points_lost, 26000);
	assert_int_equal(no.slack, 26000);
	assert_int_equal(no.established_has, 0);
	arena_free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reasons_add_up_to_the_weight),
		cmocka_unit_test(words_say_what_was_compared),
		cmocka_unit_test(doubts_name_what_is_unknown_and_matters),
		cmocka_unit_test(price_ends_are_what_a_seat_or_newcomer_is_worth),
		cmocka_unit_test(slack_is_at_most_the_loss_of_solving_again),
		cmocka_unit_test(every_question_has_a_clear_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
