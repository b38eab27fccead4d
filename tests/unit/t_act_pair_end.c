/*
 * act: how a pair ends, by the office or by itself, and what comes of its two: back to the queue with the
 * date of before, asked for another buddy, or closed. And that a mistake can be taken back.
 */
#include "figures_help.h"
#include "pair_help.h"

/* ---- the end ------------------------------------------------------------------------------------------------ */

static size_t bars(house *h, id who, const char *why)
{
	barred *b;
	size_t n;
	WORKS(store_barred(&h->c, who, &b, &n));
	for (size_t i = 0; i < n; i++)
		assert_same(b[i].why, why);
	return n;
}

static str queued(house *h, id who)
{
	return str_copy(h->mem, person_now(h, who).value[FIELD_QUEUED]);
}

static void who_never_met_waits_as_before(void **fixture)
{
	house *h = *fixture;
	int64_t start;
	two t = asked(h, &start);
	actor karin = coordinator_of(h, LULEA), far = coordinator_of(h, BODEN);
	assert_int_equal(seats_of(h, t.established).pairs, 1);
	FAILS(by_hand(h, &karin, t.pair, "never_met", ""), FAULT_INPUT, "s.error.why");
	FAILS(by_hand(h, &karin, t.pair, "complete", ""), FAULT_CONFLICT,
	      "fault.changed");
	FAILS(by_hand(h, &far, t.pair, "never_met", "silent"), FAULT_HIDDEN,
	      "fault.hidden");
	WORKS(by_hand(h, &karin, t.pair, "never_met", "silent"));
	assert_int_equal(person_now(h, t.newcomer).state, STATE_WAITING);
	assert_int_equal(person_now(h, t.established).state, STATE_WAITING);
	assert_same(queued(h, t.newcomer), "2023-02-03");
	assert_same(queued(h, t.established), "2023-02-03");
	assert_int_equal(seats_of(h, t.established).pairs, 0);
	assert_int_equal(bars(h, t.newcomer, "ended"), 1);
	/* They are told once it is sure, and not asked anything. */
	round_at(h, h->c.now + DAY / 2);
	assert_int_equal(letters(h, "pair_over"), 0);
	for (int i = 1; i < 40; i++)
		round_at(h, h->c.now + DAY);
	assert_int_equal(letters(h, "pair_over"), 2);
	assert_int_equal(letters(h, "again"), 0);
	assert_int_equal(letters(h, "checkin"), 2);
}

static void a_mistake_is_taken_back(void **fixture)
{
	static const char *const verb[] = {"never_met", "pause"};
	house *h = *fixture;
	int64_t start;
	two t = asked(h, &start);
	actor karin = coordinator_of(h, LULEA);
	for (size_t i = 0; i < ARRAY_LEN(verb); i++) {
		str before = figures_text(&h->c, BY_EVERYTHING);
		WORKS(by_hand(h, &karin, t.pair, verb[i], "other"));
		h->c.now += DAY / 2;
		WORKS(take_back(h, &karin, t.pair));
		pair p = pair_now(h, t.pair);
		assert_int_equal(p.state, PAIR_INTRODUCED);
		assert_int_equal(p.ended, 0);
		assert_int_equal(person_now(h, t.newcomer).state, STATE_PAIRED);
		assert_int_equal(person_now(h, t.established).state, STATE_PAIRED);
		assert_int_equal(seats_of(h, t.established).pairs, 1);
		assert_int_equal(bars(h, t.newcomer, "ended"), 0);
		/* As if it had not been. */
		assert_true(str_equal(before, figures_text(&h->c, BY_EVERYTHING)));
		FAILS(take_back(h, &karin, t.pair), FAULT_CONFLICT, "fault.changed");
	}
	WORKS(by_hand(h, &karin, t.pair, "never_met", "other"));
	h->c.now += DAY + 1;
	FAILS(take_back(h, &karin, t.pair), FAULT_CONFLICT, "fault.changed");
}

/* Somebody else has the seat by now: it is said, and nothing is half done. */
static void a_seat_that_is_taken_stays_so(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	int64_t start;
	two t = asked(h, &start);
	two other = {.newcomer =
			     one_of_them(h, "Cem", "newcomer", "c@prov.example", LULEA)};
	WORKS(by_hand(h, &karin, t.pair, "never_met", "other"));
	other.established = t.established;
	WORKS(store_write(&h->c, introduce, &other));
	FAILS(take_back(h, &karin, t.pair), FAULT_CONFLICT, "fault.changed");
	assert_int_equal(pair_now(h, t.pair).state, PAIR_NEVER_MET);
	assert_int_equal(bars(h, t.newcomer, "ended"), 1);
	assert_int_equal(seats_of(h, t.established).pairs, 1);
}

/* Nor is a seat given twice that was freed by two who had met. */
static void a_seat_is_not_given_twice(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	int64_t start;
	two t = asked(h, &start);
	two other = {.newcomer =
			     one_of_them(h, "Cem", "newcomer", "c@prov.example", LULEA),
		     .established = t.established};
	WORKS(change_one(&h->c, t.established, 0, FIELD_CAPACITY, "1"));
	WORKS(says(h, t.newcomer, word("met")));
	WORKS(by_hand(h, &karin, t.pair, "end", "other"));
	WORKS(store_write(&h->c, introduce, &other));
	FAILS(take_back(h, &karin, t.pair), FAULT_CONFLICT, "fault.changed");
	assert_int_equal(pair_now(h, t.pair).state, PAIR_ENDED_EARLY);
	assert_int_equal(seats_of(h, t.established).pairs, 1);
}

static void of_two_coordinators_one_wins(void **fixture)
{
	house *h = *fixture;
	int64_t start;
	two t = asked(h, &start);
	actor karin = coordinator_of(h, LULEA), eva = coordinator_of(h, LULEA);
	stepping s = {.s = {.pair = t.pair,
			    .version = pair_now(h, t.pair).version,
			    .verb = S("never_met"),
			    .why = S("silent")}};
	h->c.actor = &karin;
	WORKS(store_write(&h->c, do_step, &s));
	h->c.actor = &eva;
	FAILS(store_write(&h->c, do_step, &s), FAULT_CONFLICT, "fault.changed");
	s.s.verb = S("pause");
	FAILS(store_write(&h->c, do_step, &s), FAULT_CONFLICT, "fault.changed");
	h->c.actor = NULL;
	pair_change *k;
	size_t n;
	WORKS(store_pair_changes(&h->c, t.pair, &k, &n));
	assert_int_equal(n, 2);
	assert_true(id_equal(k[1].account, karin.account));
	/* An answer that came in between counts, too. */
	two u = two_in(h, LULEA);
	s.s = (act_pair_step){.pair = u.pair,
			      .version = pair_now(h, u.pair).version,
			      .verb = S("never_met"),
			      .why = S("silent")};
	round_at(h, at_wall(h->c.now, 21, 11, 0));
	WORKS(says(h, u.newcomer, word("contact")));
	h->c.actor = &eva;
	FAILS(store_write(&h->c, do_step, &s), FAULT_CONFLICT, "fault.changed");
	h->c.actor = NULL;
	assert_int_equal(pair_now(h, u.pair).state, PAIR_CONTACTED);
}

static void a_pause_moves_what_comes(void **fixture)
{
	house *h = *fixture;
	int64_t start;
	two t = asked(h, &start);
	actor karin = coordinator_of(h, LULEA);
	pair before = pair_now(h, t.pair);
	h->c.now = at_wall(start, 30, 9, 0);
	WORKS(by_hand(h, &karin, t.pair, "pause", "away"));
	for (int day = 31; day <= 60; day++)
		round_at(h, at_wall(start, day, 11, 0));
	assert_int_equal(letters(h, "checkin"), 2);
	WORKS(by_hand(h, &karin, t.pair, "resume", ""));
	pair after = pair_now(h, t.pair);
	assert_int_equal(after.planned, before.planned + 30);
	assert_int_equal(after.state, PAIR_INTRODUCED);
	round_at(h, at_wall(start, 64, 11, 0));
	assert_int_equal(letters(h, "checkin"), 2);
	round_at(h, at_wall(start, 65, 11, 0));
	assert_int_equal(letters(h, "checkin"), 4);
	/* And back by as much. */
	h->c.now = at_wall(start, 60, 23, 0);
	WORKS(take_back(h, &karin, t.pair));
	assert_int_equal(pair_now(h, t.pair).planned, before.planned);
	assert_int_equal(pair_now(h, t.pair).state, PAIR_PAUSED);
	assert_int_equal(pair_now(h, t.pair).before, PAIR_INTRODUCED);
}

/* ---- half a year, and after ------------------------------------------------------------------------------------ */

/* All is well until it is over; the clock stands on the day after. */
static two half_a_year(house *h, int64_t *end)
{
	int64_t start = h->c.now;
	two t = two_in(h, LULEA);
	round_at(h, start);
	for (size_t i = 0; i < ARRAY_LEN(asked_on); i++) {
		round_at(h, at_wall(start, asked_on[i], 11, 0));
		WORKS(says(h, t.newcomer, word("met")));
		WORKS(says(h, t.established, word("met")));
	}
	round_at(h, at_wall(start, 196, 11, 0));
	assert_int_equal(pair_now(h, t.pair).state, PAIR_ONGOING);
	*end = at_wall(start, 197, 11, 0);
	round_at(h, *end);
	assert_int_equal(pair_now(h, t.pair).state, PAIR_COMPLETED);
	assert_int_equal(seats_of(h, t.established).pairs, 0);
	assert_int_equal(person_now(h, t.newcomer).state, STATE_PAIRED);
	return t;
}

static void afterwards_they_are_asked(void **fixture)
{
	house *h = *fixture;
	int64_t end;
	two t = half_a_year(h, &end);
	round_at(h, at_wall(end, 1, 11, 30));
	assert_int_equal(letters(h, "again"), 1);
	assert_false(id_none(letter_to(h, t.established, "again").id));
	round_at(h, at_wall(end, 3, 11, 30));
	round_at(h, at_wall(end, 4, 11, 30));
	assert_int_equal(letters(h, "again"), 2);
	saying yes = {.secret = link_in(h, t.established, "again"), .yes = true};
	WORKS(as_nobody(h, do_again, &yes));
	assert_int_equal(person_now(h, t.established).state, STATE_WAITING);
	assert_same(queued(h, t.established), "2023-02-03");
	/* A link is good once. */
	yes.yes = false;
	FAILS(as_nobody(h, do_again, &yes), FAULT_HIDDEN, "fault.hidden");
	saying no = {.secret = link_in(h, t.newcomer, "again")};
	WORKS(as_nobody(h, do_again, &no));
	assert_int_equal(person_now(h, t.newcomer).state, STATE_CLOSED);
	/* Closed is closed: the usual time runs from there, and the pair goes with its own. */
	h->c.now += 184 * DAY;
	int64_t gone;
	WORKS(store_retain(&h->c, 1, 10, &gone));
	assert_int_equal(gone, 1);
	str before = figures_text(&h->c, BY_EVERYTHING);
	WORKS(store_sweep(&h->c));
	assert_int_equal(raw(h, SQL("SELECT COUNT(*) FROM pair"), NULL), 0);
	assert_true(str_equal(before, figures_text(&h->c, BY_EVERYTHING)));
	assert_true(str_find(before, S("pair_completed")) >= 0);
}

static void who_does_not_answer_is_done(void **fixture)
{
	house *h = *fixture;
	int64_t end;
	two t = half_a_year(h, &end);
	for (int day = 1; day <= 30; day++)
		round_at(h, at_wall(end, day, 11, 30));
	assert_int_equal(person_now(h, t.established).state, STATE_PAIRED);
	saying late = {.secret = link_in(h, t.newcomer, "again"), .yes = true};
	for (int day = 31; day <= 40; day++)
		round_at(h, at_wall(end, day, 11, 30));
	assert_int_equal(person_now(h, t.established).state, STATE_CLOSED);
	assert_int_equal(person_now(h, t.newcomer).state, STATE_CLOSED);
	FAILS(as_nobody(h, do_again, &late), FAULT_CONFLICT, "p.again.over");
	assert_int_equal(letters(h, "again"), 2);
}

static void what_does_not_go_well_is_not_completed(void **fixture)
{
	house *h = *fixture;
	int64_t start;
	two t = asked(h, &start);
	actor karin = coordinator_of(h, LULEA);
	for (int day = 22; day < 220; day++)
		round_at(h, at_wall(start, day, 11, 0));
	assert_int_equal(pair_now(h, t.pair).state, PAIR_INTRODUCED);
	assert_int_equal(open_tasks(h, &karin, "pair_end"), 1);
	WORKS(by_hand(h, &karin, t.pair, "never_met", "silent"));
	assert_int_equal(open_tasks(h, &karin, "pair_end"), 0);
	assert_int_equal(open_tasks(h, &karin, "pair_red"), 0);
}

/* With room for two buddies: one pair ends, the other goes on. */
static void another_pair_goes_on(void **fixture)
{
	house *h = *fixture;
	int64_t start;
	two t = asked(h, &start);
	actor karin = coordinator_of(h, LULEA);
	two u = {.newcomer = one_of_them(h, "Dina", "newcomer", "d@prov.example", LULEA),
		 .established = t.established};
	WORKS(store_write(&h->c, introduce, &u));
	assert_int_equal(seats_of(h, t.established).pairs, 2);
	WORKS(by_hand(h, &karin, t.pair, "never_met", "time"));
	assert_int_equal(seats_of(h, t.established).pairs, 1);
	assert_int_equal(person_now(h, t.established).state, STATE_PAIRED);
	assert_int_equal(person_now(h, t.newcomer).state, STATE_WAITING);
	for (int i = 0; i < 10; i++)
		round_at(h, h->c.now + DAY);
	assert_int_equal(letters(h, "again"), 0);
	assert_int_equal(letters(h, "pair_over"), 1);
}

static bool do_offer(ctx *c, void *arg)
{
	proposal p = {.expires = c->now + 7 * DAY};
	return store_proposal_add(c, &p, arg, 2);
}

/* Who has an offer to answer is not asked at the same time whether she wants another. */
static void one_question_at_a_time(void **fixture)
{
	house *h = *fixture;
	int64_t start;
	two t = asked(h, &start);
	actor karin = coordinator_of(h, LULEA);
	proposal_person who[2] = {
		{.person = one_of_them(h, "Dina", "newcomer", "d@prov.example", LULEA),
		 .side = S("newcomer")},
		{.person = t.established, .side = S("established")}};
	WORKS(says(h, t.newcomer, word("met")));
	WORKS(store_write(&h->c, do_offer, who));
	WORKS(by_hand(h, &karin, t.pair, "end", "time"));
	for (int i = 0; i < 5; i++)
		round_at(h, h->c.now + DAY);
	assert_true(id_none(letter_to(h, t.established, "again").id));
	assert_false(id_none(letter_to(h, t.newcomer, "again").id));
	assert_int_equal(person_now(h, t.established).state, STATE_PAIRED);
	for (int i = 0; i < 5; i++)
		round_at(h, h->c.now + DAY);
	assert_false(id_none(letter_to(h, t.established, "again").id));
}

/* ---- the other is erased ------------------------------------------------------------------------------------------ */

static void erase(house *h, id who)
{
	size_t n;
	WORKS(store_erasure_ask(&h->c, who, h->c.now));
	WORKS(store_erasures_do(&h->c, 10, &n));
	assert_int_equal(n, 1);
}

static void who_is_left_waits_again(void **fixture)
{
	house *h = *fixture;
	int64_t start;
	two t = asked(h, &start);
	str before = figures_text(&h->c, 0);
	erase(h, t.newcomer);
	assert_true(str_equal(before, figures_text(&h->c, 0)));
	for (int i = 0; i < 3; i++)
		round_at(h, h->c.now + DAY);
	assert_int_equal(pair_now(h, t.pair).state, PAIR_ENDED_EARLY);
	assert_int_equal(person_now(h, t.established).state, STATE_WAITING);
	assert_same(queued(h, t.established), "2023-02-03");
	assert_int_equal(seats_of(h, t.established).pairs, 0);
	message m = letter_to(h, t.established, "pair_over");
	assert_false(id_none(m.id));
	assert_true(str_find(m.body, S("Amina")) < 0);
	/* The last one goes: then the pair is nobody's. */
	erase(h, t.established);
	WORKS(store_sweep(&h->c));
	assert_int_equal(raw(h, SQL("SELECT COUNT(*) FROM pair"), NULL), 0);
}

static void who_is_left_and_had_met_is_asked(void **fixture)
{
	house *h = *fixture;
	int64_t start;
	two t = asked(h, &start);
	WORKS(says(h, t.newcomer, word("met")));
	erase(h, t.newcomer);
	for (int i = 0; i < 3; i++)
		round_at(h, h->c.now + DAY);
	assert_int_equal(person_now(h, t.established).state, STATE_PAIRED);
	assert_int_equal(letters(h, "again"), 1);
	assert_int_equal(letters(h, "pair_over"), 0);
}

/* Closed by hand, and not taken back within a day. */
static void who_is_closed_ends_it(void **fixture)
{
	house *h = *fixture;
	int64_t start;
	two t = asked(h, &start);
	WORKS(store_person_step(&h->c, t.newcomer, 0, S("close"), S("")));
	round_at(h, h->c.now + DAY / 2);
	assert_int_equal(pair_now(h, t.pair).state, PAIR_INTRODUCED);
	for (int i = 0; i < 3; i++)
		round_at(h, h->c.now + DAY);
	assert_int_equal(pair_now(h, t.pair).state, PAIR_ENDED_EARLY);
	assert_int_equal(person_now(h, t.newcomer).state, STATE_CLOSED);
	assert_int_equal(person_now(h, t.established).state, STATE_WAITING);
	assert_int_equal(letters(h, "pair_over"), 1);
}

/* ---- one's own ------------------------------------------------------------------------------------------------------- */

typedef struct own_link {
	bool again;
	str secret;
} own_link;

static bool do_own(ctx *c, void *arg)
{
	own_link *l = arg;
	return act_pair_own_link(c, &l->again, &l->secret);
}

static void one_answers_from_ones_own_page(void **fixture)
{
	house *h = *fixture;
	int64_t start;
	two t = asked(h, &start);
	actor self = {.person = t.newcomer};
	act_own_pair own;
	own_link l = {.secret = S("")};
	h->c.actor = &self;
	WORKS(act_pair_own(&h->c, &own));
	assert_true(own.checkin && !own.again);
	WORKS(store_write(&h->c, do_own, &l));
	saying s = {.secret = l.secret, .w = word("met")};
	WORKS(as_nobody(h, do_say, &s));
	WORKS(act_pair_own(&h->c, &own));
	assert_false(own.checkin || own.again);
	FAILS(store_write(&h->c, do_own, &l), FAULT_HIDDEN, "fault.hidden");
}

static void an_estimate_needs_some(void **fixture)
{
	house *h = *fixture;
	waited_marks w;
	for (int i = 0; i < 7; i++) {
		h->c.now += 10 * DAY;
		two_in(h, LULEA);
	}
	WORKS(act_wait_estimate(&h->c, S("newcomer"), &w));
	assert_int_equal(w.n, 0);
	h->c.now += 10 * DAY;
	two_in(h, LULEA);
	WORKS(act_wait_estimate(&h->c, S("newcomer"), &w));
	assert_int_equal(w.n, 8);
	/* From 2023-02-03: the first on 24 November, the last on 2 February. */
	assert_int_equal(w.quarter, 294 + 20);
	assert_int_equal(w.most, 294 + 60);
	h->c.now += 300 * DAY;
	WORKS(act_wait_estimate(&h->c, S("newcomer"), &w));
	assert_int_equal(w.n, 0);
}

static void a_pair_begins_once(void **fixture)
{
	house *h = *fixture;
	two t = two_in(h, LULEA);
	actor far = coordinator_of(h, BODEN), funder = coordinator_of(h, LULEA);
	FAILS(act_pair_begin(&h->c, t.proposal), FAULT_CONFLICT, "fault.changed");
	h->c.actor = &far;
	FAILS(act_pair_begin(&h->c, t.proposal), FAULT_HIDDEN, "fault.hidden");
	h->c.actor = &funder;
	funder.rights = model_role[ROLE_FUNDER].rights;
	FAILS(act_pair_begin(&h->c, t.proposal), FAULT_HIDDEN, "fault.hidden");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAIR_TEST(who_never_met_waits_as_before),
		PAIR_TEST(a_mistake_is_taken_back),
		PAIR_TEST(a_seat_that_is_taken_stays_so),
		PAIR_TEST(a_seat_is_not_given_twice),
		PAIR_TEST(of_two_coordinators_one_wins),
		PAIR_TEST(a_pause_moves_what_comes),
		PAIR_TEST(afterwards_they_are_asked),
		PAIR_TEST(who_does_not_answer_is_done),
		PAIR_TEST(what_does_not_go_well_is_not_completed),
		PAIR_TEST(another_pair_goes_on),
		PAIR_TEST(one_question_at_a_time),
		PAIR_TEST(who_is_left_waits_again),
		PAIR_TEST(who_is_left_and_had_met_is_asked),
		PAIR_TEST(who_is_closed_ends_it),
		PAIR_TEST(one_answers_from_ones_own_page),
		PAIR_TEST(an_estimate_needs_some),
		PAIR_TEST(a_pair_begins_once),
	};
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
