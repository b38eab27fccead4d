/* act: a round from who waits to what is offered. */
#include "round_help.h"

#include "act/rounds.h"

/* What the same people give under the same terms, solved from nothing. */
static void is_best(house *h, const act_round *r)
{
	match_result fresh;
	check_report report;
	int64_t total = 0;
	WORKS(match_solve(&h->c, &r->pool, &r->terms, &(match_options){.threads = 1},
			  &fresh));
	for (size_t i = 0; i < fresh.pairs; i++)
		total += fresh.pair[i].weight;
	assert_int_equal(total, r->round.total);
	assert_int_equal(fresh.pairs, r->round.pairs);
	assert_int_equal(r->result.pairs, r->round.pairs);
	WORKS(act_round_check(&h->c, r, &report));
	if (!report.proven)
		print_error("%s\n", report.key);
	assert_true(report.proven);
}

static bool is_pair(const act_round *r, id_pair p)
{
	for (size_t i = 0; i < r->result.pairs; i++)
		if (numbers(r, i).a == p.a && numbers(r, i).b == p.b)
			return true;
	return false;
}

/* ---- rounds ------------------------------------------------------------------------------- */

static void a_round_is_best_and_kept(void **fixture)
{
	house *h = *fixture;
	office o = open_office(h, 12, 6);
	act_round r = opened(h, o.round);
	assert_int_equal(r.n, 18);
	assert_int_equal(r.pool.newcomers, 12);
	assert_true(r.round.pairs > 0);
	assert_false(r.stale);
	is_best(h, &r);
	/* No name, no contact is in what is kept or exported. */
	assert_true(str_find(r.sheet, S("Prov")) < 0 &&
		    str_find(r.sheet, S("prov.example")) < 0);
	assert_true(str_find(r.result_json, S("Prov")) < 0);
}

static void each_change_is_solved_again(void **fixture)
{
	house *h = *fixture;
	office o = open_office(h, 12, 6);
	act_round r = opened(h, o.round), first = r;
	id_pair gone = numbers(&r, 0), kept;
	act_change forbid = {.kind = "forbid", .newcomer = gone.a, .established = gone.b};
	FAILS(act_round_change(&h->c, o.round, &forbid), FAULT_INPUT, "s.error.reason");
	forbid.reason = S("De är grannar");
	WORKS(act_round_change(&h->c, o.round, &forbid));
	r = opened(h, o.round);
	kept = numbers(&r, 1);
	act_change lock = {.kind = "lock", .newcomer = kept.a, .established = kept.b};
	WORKS(act_round_change(&h->c, o.round, &lock));
	r = opened(h, o.round);
	assert_false(is_pair(&r, gone));
	assert_true(is_pair(&r, kept));
	assert_true(r.round.total <= first.round.total);
	assert_int_equal(r.changes, 3);
	assert_same(r.change[1].reason, "De är grannar");
	assert_true(r.change[1].moved.n > 0);
	assert_same(r.change[2].moved, ""); /* what was so already moves nobody */
	is_best(h, &r);
	/* The same once more is no change. */
	WORKS(act_round_change(&h->c, o.round, &lock));
	assert_int_equal(opened(h, o.round).round.version, r.round.version);

	act_change out = {.kind = "leave_out", .newcomer = kept.a};
	FAILS(act_round_change(&h->c, o.round, &out), FAULT_INPUT, "match.lock_unknown");
	WORKS(act_round_undo(&h->c, o.round, r.round.version));
	WORKS(act_round_change(&h->c, o.round, &out));
	r = opened(h, o.round);
	assert_false(is_pair(&r, kept));
	is_best(h, &r);
	terms heavy = r.terms;
	heavy.weight[CRITERION_INTERESTS] = 500;
	act_change weigh = {.kind = "weights", .terms = &heavy};
	WORKS(act_round_change(&h->c, o.round, &weigh));
	r = opened(h, o.round);
	assert_int_equal(r.terms.weight[CRITERION_INTERESTS], 500);
	is_best(h, &r);
	/* All taken back, one by one, it is what it was. */
	while (act_round_undoable(&r)) {
		WORKS(act_round_undo(&h->c, o.round, r.round.version));
		r = opened(h, o.round);
		is_best(h, &r);
	}
	assert_int_equal(r.round.total, first.round.total);
	assert_int_equal(r.round.pairs, first.round.pairs);
}

static void whoever_comes_second_is_told(void **fixture)
{
	house *h = *fixture;
	office o = open_office(h, 8, 5);
	act_round r = opened(h, o.round);
	id_pair p = numbers(&r, 0);
	act_change lock = {.kind = "lock",
			   .newcomer = p.a,
			   .established = p.b,
			   .version = r.round.version};
	WORKS(act_round_change(&h->c, o.round, &lock));
	FAILS(act_round_undo(&h->c, o.round, r.round.version), FAULT_CONFLICT,
	      "fault.changed");
	FAILS(act_round_drop(&h->c, o.round, r.round.version), FAULT_CONFLICT,
	      "fault.changed");
	lock.kind = "unlock";
	FAILS(act_round_change(&h->c, o.round, &lock), FAULT_CONFLICT, "fault.changed");
	lock.version =
		0; /* what does not depend on what was shown is done on what there is */
	WORKS(act_round_change(&h->c, o.round, &lock));
}

static void a_round_is_its_municipalities(void **fixture)
{
	house *h = *fixture;
	office o = open_office(h, 5, 4);
	actor far = coordinator_of(h, BODEN), reader = o.karin;
	act_round r;
	uint16_t both[] = {LULEA, BODEN};
	id out;
	reader.rights = RIGHT_BIT(PEOPLE_READ) | RIGHT_BIT(CONTACT_READ);
	h->c.actor = &far;
	FAILS(act_round_open(&h->c, o.round, &r), FAULT_HIDDEN, "fault.hidden");
	FAILS(act_round_drop(&h->c, o.round, 1), FAULT_HIDDEN, "fault.hidden");
	FAILS(act_round_begin(&h->c, both, 2, &out), FAULT_HIDDEN, "fault.hidden");
	h->c.actor = &reader;
	FAILS(act_round_open(&h->c, o.round, &r), FAULT_HIDDEN, "fault.hidden");
}

static void the_erased_are_not_in_it(void **fixture)
{
	house *h = *fixture;
	office o = open_office(h, 8, 5);
	act_round r = opened(h, o.round);
	id who = r.who[0].person;
	h->c.actor = NULL;
	WORKS(store_erasure_ask(&h->c, who, h->c.now));
	size_t n;
	WORKS(store_erasures_do(&h->c, 10, &n));
	assert_int_equal(n, 1);
	h->c.actor = &o.karin;
	r = opened(h, o.round);
	assert_true(r.stale);
	assert_int_equal(r.n, 12);
	act_change again = {.kind = "people"};
	WORKS(act_round_change(&h->c, o.round, &again));
	r = opened(h, o.round);
	assert_false(r.stale);
	is_best(h, &r);
}

/* ---- applying ------------------------------------------------------------------------------- */

static void applied_it_is_offered(void **fixture)
{
	house *h = *fixture;
	office o = open_office(h, 10, 6);
	act_round r = opened(h, o.round);
	applying a = {.r = &r};
	assert_int_equal(count_letters(h, "offer"), 0);
	WORKS(store_write(&h->c, do_apply, &a));
	assert_int_equal(a.out.stand, r.result.pairs);
	for (size_t i = 0; i < a.out.n; i++) {
		id_pair p = numbers(&r, i);
		assert_int_equal(state_of(h, r.who[act_round_find(&r, p.a)].person),
				 STATE_PROPOSED);
	}
	assert_int_equal(count_letters(h, "offer"), 2 * (int64_t)a.out.stand);
	assert_same(opened(h, o.round).round.state, "applied");
	FAILS(store_write(&h->c, do_apply, &a), FAULT_CONFLICT, "fault.changed");
}

/* What changed since the round was made decides, in the transaction. */
static void what_does_not_hold_any_more_falls(void **fixture)
{
	house *h = *fixture;
	office o = open_office(h, 14, 8);
	act_round r = opened(h, o.round);
	applying a = {.r = &r};
	assert_true(r.result.pairs >= 4);
	id_pair p[3];
	id who[3], other;
	for (size_t i = 0; i < 3; i++) {
		p[i] = numbers(&r, i);
		who[i] = r.who[act_round_find(&r, p[i].a)].person;
	}
	other = r.who[act_round_find(&r, p[2].b)].person;
	WORKS(store_person_step(&h->c, who[0], 0, S("pause"), S("")));
	WORKS(change_one(&h->c, who[1], 0, FIELD_CONSENT, "no"));
	h->c.actor = NULL;
	WORKS(change_one(&h->c, who[2], 0, FIELD_NEVER, other.s));
	h->c.actor = &o.karin;
	WORKS(store_write(&h->c, do_apply, &a));
	assert_int_equal(a.out.pair[0].fall, ACT_FELL_STATE);
	assert_int_equal(a.out.pair[1].fall, ACT_FELL_RULE);
	assert_int_equal(a.out.pair[2].fall, ACT_FELL_BARRED);
	assert_int_equal(state_of(h, who[1]), STATE_WAITING);
	assert_true(a.out.stand < a.out.n && a.out.stand > 0);
}

/* Two rounds over the same people: whoever is applied second finds seats taken. */
static void the_second_round_finds_them_taken(void **fixture)
{
	house *h = *fixture;
	office o = open_office(h, 10, 6);
	uint16_t where[] = {LULEA};
	id second;
	WORKS(act_round_begin(&h->c, where, 1, &second));
	act_round r = opened(h, o.round), s = opened(h, second);
	applying a = {.r = &r}, b = {.r = &s};
	WORKS(store_write(&h->c, do_apply, &a));
	WORKS(store_write(&h->c, do_apply, &b));
	for (size_t i = 0; i < b.out.n; i++)
		if (is_pair(&r, numbers(&s, i)))
			assert_int_not_equal(b.out.pair[i].fall, ACT_STANDS);
	/* Nobody has more offers than seats, or than two. */
	seats_taken *t;
	size_t n;
	WORKS(store_seats_taken(&h->c, &t, &n));
	for (size_t i = 0; i < n; i++)
		assert_in_range(t[i].offers, 1, 2);
}

/* All of them are gone by now: every pair falls, and that is said. */
static void when_nobody_is_left_all_falls(void **fixture)
{
	house *h = *fixture;
	office o = open_office(h, 6, 4);
	act_round r = opened(h, o.round);
	applying a = {.r = &r};
	size_t n;
	h->c.actor = NULL;
	for (size_t i = 0; i < r.n; i++)
		WORKS(store_erasure_ask(&h->c, r.who[i].person, h->c.now));
	WORKS(store_erasures_do(&h->c, 100, &n));
	assert_int_equal(n, r.n);
	h->c.actor = &o.karin;
	WORKS(store_write(&h->c, do_apply, &a));
	assert_int_equal(a.out.stand, 0);
	for (size_t i = 0; i < a.out.n; i++)
		assert_int_equal(a.out.pair[i].fall, ACT_FELL_GONE);
}

/* After the end of a pair one is asked whether one wants another before one is suggested to anybody. */
static void who_has_not_said_yes_to_another_is_not_in_it(void **fixture)
{
	house *h = *fixture;
	office o = open_office(h, 3, 0);
	id before = o.round, who;
	person p = someone("Bo", "Prov", LULEA, STATE_PAIRED);
	uint16_t where[] = {LULEA};
	p.value[FIELD_SIDE] = S("established");
	p.value[FIELD_CONSENT] = S("yes");
	p.value[FIELD_CAPACITY] = S("2");
	who = put(h, p);
	WORKS(act_round_begin(&h->c, where, 1, &o.round));
	assert_int_equal(opened(h, o.round).n, opened(h, before).n);
	WORKS(store_person_step(&h->c, who, 0, S("put_back"), S("")));
	WORKS(act_round_begin(&h->c, where, 1, &o.round));
	assert_int_equal(opened(h, o.round).n, opened(h, before).n + 1);
}

/* ---- at hand ------------------------------------------------------------------------------------ */

static void free_rounds(void *arg)
{
	act_rounds_free(arg);
}

/* All of it once more by a process that keeps open rounds at hand. */
static int kept_setup(void **fixture)
{
	house_setup(fixture);
	house *h = *fixture;
	h->c.rounds = act_rounds_new(h->mem);
	arena_defer(h->mem, free_rounds, h->c.rounds);
	return 0;
}
#define KEPT_TEST(t) cmocka_unit_test_setup_teardown(t, kept_setup, house_teardown)

static void change(house *h, id round_id, const char *kind, id_pair p)
{
	act_change w = {.kind = kind,
			.newcomer = p.a,
			.established = p.b,
			.reason = S("så är det")};
	WORKS(act_round_change(&h->c, round_id, &w));
}

static void what_is_kept_is_what_is_there(void **fixture)
{
	house *h = *fixture;
	office o = open_office(h, 14, 8);
	act_round r = opened(h, o.round), s = opened(h, o.round);
	assert_ptr_equal(r.who, s.who);
	/* Whoever looks is noted, also when nothing is read. */
	int64_t noted =
		raw(h, SQL("SELECT COUNT(*) FROM log WHERE action = 'round'"), NULL);
	h->c.now += DAY;
	(void)opened(h, o.round);
	assert_int_equal(
		raw(h, SQL("SELECT COUNT(*) FROM log WHERE action = 'round'"), NULL),
		noted + 1);
	/* A name given on one page is on no other. */
	person p = someone("Hemlig", "Hemligsson", LULEA, STATE_WAITING);
	act_round_name(h->mem, &r, 0, &p);
	assert_same(model_people_value(opened(h, o.round).people, 0, FIELD_GIVEN), "");
	/* Solved again and again, it is what it is from nothing. */
	change(h, o.round, "forbid", numbers(&s, 0));
	change(h, o.round, "lock", numbers(&s, 1));
	change(h, o.round, "leave_out", (id_pair){numbers(&s, 2).a, 0});
	change(h, o.round, "forbid", numbers(&s, 3));
	r = opened(h, o.round);
	is_best(h, &r);
	terms other = r.terms;
	other.weight[CRITERION_AGE] = 60;
	other.waiting = 1500;
	act_change weigh = {.kind = "weights", .terms = &other};
	WORKS(act_round_change(&h->c, o.round, &weigh));
	change(h, o.round, "unlock", numbers(&s, 1));
	change(h, o.round, "take_in", (id_pair){numbers(&s, 2).a, 0});
	r = opened(h, o.round);
	is_best(h, &r);
	assert_ptr_equal(r.who, s.who);
	other.most_pairs = true;
	WORKS(act_round_change(&h->c, o.round, &weigh));
	change(h, o.round, "allow", numbers(&s, 0));
	r = opened(h, o.round);
	is_best(h, &r);
}

static void a_household_is_left_out_as_one(void **fixture)
{
	house *h = *fixture;
	office o = open_office(h, 8, 6);
	uint16_t where[] = {LULEA};
	act_round r = opened(h, o.round);
	for (size_t i = 0; i < 2; i++) {
		id who = r.who[act_round_find(&r, numbers(&r, i).a)].person;
		WORKS(change_one(&h->c, who, 0, FIELD_HOUSEHOLD, "7"));
	}
	WORKS(act_round_begin(&h->c, where, 1, &o.round));
	r = opened(h, o.round);
	uint32_t one = 0, n = 0;
	for (size_t i = 0; i < r.n; i++)
		if (r.people->profile[i].household)
			one = r.who[i].number;
	assert_int_not_equal(one, 0);
	change(h, o.round, "leave_out", (id_pair){one, 0});
	r = opened(h, o.round);
	assert_int_equal(r.terms.left_out_n, 2);
	is_best(h, &r);
	/* By whichever of them. */
	for (size_t i = 0; i < r.n && !n; i++)
		if (r.people->profile[i].household)
			n = r.who[i].number;
	change(h, o.round, "take_in", (id_pair){n, 0});
	r = opened(h, o.round);
	assert_int_equal(r.terms.left_out_n, 0);
	is_best(h, &r);
}

static bool do_purge(ctx *c, void *arg)
{
	(void)arg;
	return act_rounds_purge(c, c->rounds);
}

static void purge(house *h)
{
	const actor *before = h->c.actor;
	h->c.actor = NULL;
	WORKS(store_read(&h->c, do_purge, NULL));
	h->c.actor = before;
}

static void what_is_over_is_forgotten(void **fixture)
{
	house *h = *fixture;
	office o = open_office(h, 6, 4);
	act_round r = opened(h, o.round), s;
	purge(h);
	s = opened(h, o.round);
	assert_ptr_equal(s.who, r.who);
	h->c.now += 11 * 60 * 1000;
	purge(h);
	s = opened(h, o.round);
	assert_ptr_not_equal(s.who, r.who);
	/* Somebody is erased: nobody is served what was kept, nor is it kept. */
	size_t n;
	h->c.actor = NULL;
	WORKS(store_erasure_ask(&h->c, r.who[0].person, h->c.now));
	WORKS(store_erasures_do(&h->c, 1, &n));
	h->c.actor = &o.karin;
	assert_int_equal(opened(h, o.round).n, r.n - 1);
	purge(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(a_round_is_best_and_kept),
		HOUSE_TEST(each_change_is_solved_again),
		HOUSE_TEST(whoever_comes_second_is_told),
		HOUSE_TEST(a_round_is_its_municipalities),
		HOUSE_TEST(the_erased_are_not_in_it),
		HOUSE_TEST(applied_it_is_offered),
		HOUSE_TEST(what_does_not_hold_any_more_falls),
		HOUSE_TEST(the_second_round_finds_them_taken),
		HOUSE_TEST(when_nobody_is_left_all_falls),
		HOUSE_TEST(who_has_not_said_yes_to_another_is_not_in_it),
		KEPT_TEST(a_round_is_best_and_kept),
		KEPT_TEST(each_change_is_solved_again),
		KEPT_TEST(whoever_comes_second_is_told),
		KEPT_TEST(a_round_is_its_municipalities),
		KEPT_TEST(the_erased_are_not_in_it),
		KEPT_TEST(applied_it_is_offered),
		KEPT_TEST(what_does_not_hold_any_more_falls),
		KEPT_TEST(the_second_round_finds_them_taken),
		KEPT_TEST(when_nobody_is_left_all_falls),
		KEPT_TEST(who_has_not_said_yes_to_another_is_not_in_it),
		KEPT_TEST(what_is_kept_is_what_is_there),
		HOUSE_TEST(a_household_is_left_out_as_one),
		KEPT_TEST(a_household_is_left_out_as_one),
		KEPT_TEST(what_is_over_is_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
