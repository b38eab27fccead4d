/* explanation: why someone is still waiting, held against counting and solving anew. */
#include "explain_people.h"

/* One unit and all it may be paired with, in a plain way. */
static match_view view_of(const pool *p, const terms *t, uint8_t side, uint32_t own,
			  uint32_t other)
{
	match_view v;
	bool newcomer = side == SIDE_NEWCOMER;
	match_look(p, t, newcomer ? own : other, newcomer ? other : own, &v);
	return v;
}

static bool counts_hold(const town *w, const match_waiting_why *y)
{
	match_waiting_why n = {0};
	uint32_t sum = y->several + y->below_reserve + y->eligible;
	for (uint32_t o = 0; o < y->others; o++) {
		match_view v = view_of(&w->pool, &w->terms, y->side, y->unit, o);
		int rules = 0, last = 0;
		for (int r = 1; r < RULE_COUNT; r++)
			if (v.broken & 1u << r) {
				n.broken[r]++;
				rules++;
				last = r;
			}
		n.several += rules > 1;
		n.alone[last] += rules == 1;
		n.below_reserve += !rules && v.weight <= 0;
		n.eligible += !rules && v.weight > 0;
	}
	for (int r = 1; r < RULE_COUNT; r++) {
		sum += y->alone[r];
		if (n.alone[r] != y->alone[r] || n.broken[r] != y->broken[r])
			return false;
	}
	return sum == y->others && n.several == y->several &&
	       n.below_reserve == y->below_reserve && n.eligible == y->eligible;
}

static void check_counts(town *w, match_waiting_why *y)
{
	assert_true(counts_hold(w, y));
	if (!y->others)
		return;
	y->eligible++; /* twin: one too many is seen */
	assert_false(counts_hold(w, y));
}

static void count_town(town *w)
{
	all_waiting(w, check_counts);
}

static void counts_equal_a_naive_recount(void **state)
{
	(void)state;
	in_towns(5000, count_town);
}

/* ---- the cheapest pair ------------------------------------------------------------------ */

static void check_cost(town *w, match_waiting_why *y)
{
	bool newcomer = y->side == SIDE_NEWCOMER, any = false;
	int64_t least = INT64_MAX;
	for (uint32_t o = 0; o < y->others; o++) {
		match_view v = view_of(&w->pool, &w->terms, y->side, y->unit, o);
		uint32_t i = newcomer ? y->unit : o, j = newcomer ? o : y->unit;
		match_why_not no;
		assert_true(match_why_not_pair(&w->k, w->pool.newcomer[i].id,
					       w->pool.established[j].id, &no));
		any |= no.solved;
		if (no.solved && v.weight > 0 && no.loss < least)
			least = no.loss;
	}
	assert_int_equal(y->best != MATCH_NOBODY, any);
	if (least < INT64_MAX) {
		assert_true(y->best_weight > 0);
		assert_int_equal(y->cost, least);
		assert_true(y->cost >= 0);
	}
}

static void cost_town(town *w)
{
	all_waiting(w, check_cost);
}

static void cost_is_the_least_loss_of_locking_anyone(void **state)
{
	(void)state;
	in_towns(6000, cost_town);
}

/* ---- relaxations --------------------------------------------------------------------------- */

static bool eligible(const match_view *v)
{
	return !v->broken && v->weight > 0;
}

/* The same people, and the waiting unit's members without their must. */
static void without_own_must(people *p, const pool *q, const unit *u,
			     const match_relax *x)
{
	static const uint8_t wish[RULE_COUNT] = {
		[RULE_GENDER] = WISHES_GENDER,         [RULE_AGE] = WISHES_AGE,
		[RULE_FAMILY] = WISHES_FAMILY,         [RULE_LANGUAGE] = WISHES_LANGUAGE,
		[RULE_OCCUPATION] = WISHES_OCCUPATION,
	};
	for (uint32_t m = 0; m < u->n; m++) {
		profile *who = &p->profile[q->member[u->first + m]];
		uint8_t bit = (uint8_t)CHOICE_BIT(wish[x->rule]);
		who->wishes |= who->musts & bit;
		who->musts &= (uint8_t)~bit;
		if (x->rule == RULE_AGE)
			who->age_from = who->age_to = 0;
	}
}

static void check_own(town *w, const match_waiting_why *y, const match_relax *x)
{
	people p = copy_people(w->c.mem, &w->people, 0);
	const unit *u = y->side == SIDE_NEWCOMER ? &w->pool.newcomer[y->unit]
						 : &w->pool.established[y->unit];
	pool q = w->pool;
	uint32_t opened = 0;
	q.people = &p;
	without_own_must(&p, &w->pool, u, x);
	for (uint32_t o = 0; o < y->others; o++) {
		match_view before = view_of(&w->pool, &w->terms, y->side, y->unit, o);
		match_view after = view_of(&q, &w->terms, y->side, y->unit, o);
		opened += eligible(&after) && !eligible(&before);
	}
	assert_int_equal(x->opens, opened);
	if (u->seats > 1)
		return;
	int64_t gain = solved_total(w, &p, &w->terms, w->result.bonus) - total_now(w);
	assert_int_equal(x->gain, gain);
	assert_int_equal(x->pairs, gain > 0);
}

/* Distance: both at least so many km, and nobody else's limit counts. */
static void check_km(town *w, const match_waiting_why *y, const match_relax *x)
{
	uint32_t opened = 0;
	people p = copy_people(w->c.mem, &w->people, 0);
	pool q = w->pool;
	q.people = &p;
	for (size_t i = 0; i < p.n; i++)
		if (p.profile[i].max_km && p.profile[i].max_km < x->km)
			p.profile[i].max_km = (uint16_t)x->km;
	for (uint32_t o = 0; o < y->others; o++) {
		match_view before = view_of(&w->pool, &w->terms, y->side, y->unit, o);
		match_view after = view_of(&q, &w->terms, y->side, y->unit, o);
		opened += eligible(&after) && !eligible(&before);
	}
	assert_int_equal(x->opens, opened);
}

static int relaxes_seen[RELAX_RESERVE + 1];

static void check_relaxes(town *w, match_waiting_why *y)
{
	for (size_t i = 0; i < y->relaxes; i++) {
		const match_relax *x = &y->relax[i];
		relaxes_seen[x->kind]++;
		assert_true(x->opens > 0);
		assert_int_equal(x->phrase.arg[0].number, x->opens);
		if (x->kind == RELAX_OWN)
			check_own(w, y, x);
		if (x->kind == RELAX_KM)
			check_km(w, y, x);
		if (x->kind == RELAX_RESERVE)
			assert_true(x->opens <= y->below_reserve);
		if (i)
			assert_true(y->relax[i - 1].pairs >= x->pairs);
	}
}

static void relax_town(town *w)
{
	all_waiting(w, check_relaxes);
}

static void relaxations_open_whom_they_say(void **state)
{
	(void)state;
	memset(relaxes_seen, 0, sizeof relaxes_seen);
	in_towns(7000, relax_town);
	for (size_t kind = 0; kind < ARRAY_LEN(relaxes_seen); kind++)
		assert_true(relaxes_seen[kind] > 0); /* none of them went untried */
}

static void video_opens_only_those_who_do_not_refuse_it(void **state)
{
	arena *mem = arena_new(0);
	const municipality *here = model_municipality_get(2580),
			   *far = model_municipality_get(2523);
	profile p[4];
	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		const municipality *m = i ? far : here;
		p[i] = (profile){.id = i + 1,
				 .side = i ? SIDE_ESTABLISHED : SIDE_NEWCOMER,
				 .consent = CONSENT_YES,
				 .capacity = 1,
				 .max_km = 30,
				 .x = m->x,
				 .y = m->y,
				 .z = m->z,
				 .flags = PROFILE_PLACED,
				 .interests = 3,
				 .birth_year = 1990,
				 .queued = THE_DATE - 40,
				 .place = PLACE_NONE,
				 .arrived = QUEUED_UNKNOWN};
	}
	p[1].meets = MEETS_IN_PERSON;
	p[2].meets = MEETS_EITHER;
	p[3].meets = MEETS_VIDEO;
	town *w = town_of(mem, p, 4);
	match_waiting_why y;
	match_waiting_explain(&w->k, SIDE_NEWCOMER, 0, &y);
	assert_int_equal(y.days, 40);
	assert_int_equal(y.alone[RULE_DISTANCE], 3);
	assert_int_equal(y.relaxes, 2);
	assert_int_equal(y.relax[0].kind, RELAX_KM); /* Luleå to Gällivare */
	assert_int_equal(y.relax[0].km, 200);
	assert_int_equal(y.relax[0].opens, 3);
	assert_int_equal(y.relax[1].kind, RELAX_VIDEO);
	assert_int_equal(y.relax[1].opens, 2);
	assert_true(y.relax[1].pairs);
	arena_free(mem);
}

static void the_list_begins_with_the_longest_wait(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 40; seed++) {
		arena *mem = arena_new(0);
		town *w = random_town(mem, seed);
		uint32_t *list;
		size_t n = match_waiting_list(&w->k, SIDE_NEWCOMER, &list);
		assert_int_equal(n, w->pool.newcomers - w->result.pairs);
		int32_t last = INT32_MAX;
		for (size_t i = 0; i < n; i++) {
			match_waiting_why y;
			match_waiting_explain(&w->k, SIDE_NEWCOMER, list[i], &y);
			assert_true(y.days <= last);
			last = y.days;
		}
		arena_free(mem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_equal_a_naive_recount),
		cmocka_unit_test(cost_is_the_least_loss_of_locking_anyone),
		cmocka_unit_test(relaxations_open_whom_they_say),
		cmocka_unit_test(video_opens_only_those_who_do_not_refuse_it),
		cmocka_unit_test(the_list_begins_with_the_longest_wait),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
