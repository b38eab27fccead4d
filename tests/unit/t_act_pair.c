/*
 * act: a pair is followed for half a year. When its two are asked, whatever the machine did meanwhile;
 * what they say, and what the office is told of it.
 */
#include "figures_help.h"
#include "pair_help.h"

/* ---- how they are ------------------------------------------------------------------------- */

static pair_word word_of_letter(char c)
{
	return c == 'y'   ? PAIR_YES
	       : c == 'n' ? PAIR_NO
	       : c == '-' ? PAIR_SILENT
			  : PAIR_OPEN;
}

/* Rounds as "yy y- nn": what the newcomer and the established said; "." may still answer, "-" did not. */
static void health_is_as_the_table_says(void **unused)
{
	static const struct {
		const char *rounds;
		bool problem;
		pair_health health;
	} table[] = {
		{"", false, PAIR_GREEN},
		{"..", false, PAIR_GREEN},
		{"y.", false, PAIR_GREEN},
		{"yy", false, PAIR_GREEN},
		{"y-", false, PAIR_AMBER},
		{"-y", false, PAIR_AMBER},
		{"--", false, PAIR_AMBER},
		{"nn", false, PAIR_AMBER},
		{"n.", false, PAIR_AMBER},
		{"yn", false, PAIR_AMBER},
		{"ny", false, PAIR_AMBER},
		{"n-", false, PAIR_AMBER},
		{"yy --", false, PAIR_AMBER},
		{"-- yy", false, PAIR_GREEN},
		{"-- --", false, PAIR_RED},
		{"nn nn", false, PAIR_RED},
		{"nn --", false, PAIR_RED},
		{"yn yn", false, PAIR_RED},
		{"-- n.", false, PAIR_RED},
		{"-- ..", false, PAIR_AMBER},
		{"y- y-", false, PAIR_AMBER},
		{"y- y- y-", false, PAIR_AMBER},
		{"-- yy --", false, PAIR_AMBER},
		{"-- y- --", false, PAIR_AMBER},
		{"-- -- yy", false, PAIR_GREEN},
		{"-- y. --", false, PAIR_RED},
		{"", true, PAIR_RED},
		{"yy", true, PAIR_RED},
	};
	(void)unused;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		pair_round r[8];
		size_t n = 0;
		for (const char *s = table[i].rounds; *s; s += s[2] ? 3 : 2)
			r[n++] = (pair_round){
				{word_of_letter(s[0]), word_of_letter(s[1])}};
		if (model_pair_health(r, n, table[i].problem) != table[i].health)
			fail_msg("\"%s\" %d", table[i].rounds, table[i].problem);
	}
}

static void a_verb_leads_where_it_may(void **unused)
{
	static const struct {
		pair_state now, before;
		const char *verb;
		pair_state to;
	} table[] = {
		{PAIR_INTRODUCED, PAIR_STATES, "never_met", PAIR_NEVER_MET},
		{PAIR_CONTACTED, PAIR_STATES, "never_met", PAIR_NEVER_MET},
		{PAIR_MET, PAIR_STATES, "never_met", PAIR_STATES},
		{PAIR_INTRODUCED, PAIR_STATES, "complete", PAIR_STATES},
		{PAIR_MET, PAIR_STATES, "complete", PAIR_COMPLETED},
		{PAIR_ONGOING, PAIR_STATES, "end", PAIR_ENDED_EARLY},
		{PAIR_INTRODUCED, PAIR_STATES, "end", PAIR_STATES},
		{PAIR_ONGOING, PAIR_STATES, "pause", PAIR_PAUSED},
		{PAIR_PAUSED, PAIR_MET, "resume", PAIR_MET},
		{PAIR_PAUSED, PAIR_MET, "pause", PAIR_STATES},
		{PAIR_PAUSED, PAIR_MET, "never_met", PAIR_STATES},
		{PAIR_PAUSED, PAIR_INTRODUCED, "never_met", PAIR_NEVER_MET},
		{PAIR_MET, PAIR_STATES, "resume", PAIR_STATES},
		{PAIR_COMPLETED, PAIR_STATES, "end", PAIR_STATES},
		{PAIR_NEVER_MET, PAIR_STATES, "pause", PAIR_STATES},
		{PAIR_MET, PAIR_STATES, "meet", PAIR_STATES},
	};
	(void)unused;
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (model_pair_step(table[i].now, table[i].before,
				    str_from(table[i].verb)) != table[i].to)
			fail_msg("%zu", i);
}

/* ---- when they are asked ---------------------------------------------------------------------- */

/* A year, so that the clock is changed both ways: each is asked on its day after half past ten, once. */
static void asked_on_its_day_and_once(void **fixture)
{
	house *h = *fixture;
	for (int part = 0; part < 2; part++) {
		int64_t start = h->c.now, before = letters(h, "checkin");
		two t = two_in(h, LULEA);
		size_t due = 0;
		round_at(h, start);
		for (int day = 1; day < 184; day++) {
			bool now = due < ARRAY_LEN(asked_on) && day == asked_on[due];
			round_at(h, at_wall(start, day, 10, 29));
			assert_int_equal(letters(h, "checkin") - before, 2 * due);
			due += now;
			for (int i = 0; i < 3; i++)
				round_at(h, at_wall(start, day, 10, 30 + 25 * i));
			assert_int_equal(letters(h, "checkin") - before, 2 * due);
			if (!now)
				continue;
			WORKS(says(h, t.newcomer, word("met")));
			WORKS(says(h, t.established, word("met")));
		}
		assert_int_equal(due, ARRAY_LEN(asked_on));
		assert_int_equal(pair_now(h, t.pair).state, PAIR_ONGOING);
		assert_int_equal(pair_now(h, t.pair).health, PAIR_GREEN);
	}
}

/* A machine that was off for weeks asks once, for all it missed; and not twice within days. */
static void a_late_machine_asks_once(void **fixture)
{
	house *h = *fixture;
	int64_t start = h->c.now;
	two t = two_in(h, LULEA);
	checkin *k;
	size_t n;
	round_at(h, start);
	round_at(h, at_wall(start, 20, 12, 0));
	round_at(h, at_wall(start, 70, 3, 0));
	round_at(h, at_wall(start, 70, 3, 5));
	round_at(h, at_wall(start, 71, 12, 0));
	assert_int_equal(letters(h, "checkin"), 2);
	WORKS(store_checkins(&h->c, t.pair, &k, &n));
	assert_int_equal(n, 2);
	assert_int_equal(k[0].n, 3);
	/* The next comes on its own day. */
	round_at(h, at_wall(start, 94, 12, 0));
	assert_int_equal(letters(h, "checkin"), 2);
	round_at(h, at_wall(start, 95, 12, 0));
	assert_int_equal(letters(h, "checkin"), 4);
}

static void two_letters_are_days_apart(void **fixture)
{
	house *h = *fixture;
	int64_t start = h->c.now;
	two_in(h, LULEA);
	round_at(h, start);
	round_at(h, at_wall(start, 34, 12, 0));
	assert_int_equal(letters(h, "checkin"), 2);
	round_at(h, at_wall(start, 36, 12, 0));
	assert_int_equal(letters(h, "checkin"), 2);
	round_at(h, at_wall(start, 45, 12, 0));
	assert_int_equal(letters(h, "checkin"), 4);
}

/* ---- what they say ------------------------------------------------------------------------------- */

static checkin said_by(house *h, id pair_id, id who)
{
	checkin *k, found = {.n = -1};
	size_t n;
	WORKS(store_checkins(&h->c, pair_id, &k, &n));
	for (size_t i = 0; i < n; i++)
		if (id_equal(k[i].person, who))
			found = k[i];
	return found;
}

static void each_answer_is_kept_by_itself(void **fixture)
{
	house *h = *fixture;
	int64_t start;
	two t = asked(h, &start);
	WORKS(says(h, t.newcomer, word("contact")));
	assert_int_equal(pair_now(h, t.pair).state, PAIR_CONTACTED);
	assert_same(said_by(h, t.pair, t.newcomer).met, "no");
	WORKS(says(h, t.newcomer, word("met")));
	assert_int_equal(pair_now(h, t.pair).state, PAIR_MET);
	WORKS(says(h, t.newcomer, (act_word){.place = S("video")}));
	WORKS(says(h, t.newcomer, (act_word){.feeling = S("fine")}));
	checkin k = said_by(h, t.pair, t.newcomer);
	assert_same(k.contact, "yes");
	assert_same(k.place, "video");
	assert_same(k.feeling, "fine");
	assert_same(k.channel, "link");
	/* A slip of the finger: it counts as if it had not been. */
	str met = figures_text(&h->c, 0);
	assert_true(str_find(met, S("pair_met")) >= 0);
	WORKS(says(h, t.newcomer, word("none")));
	assert_int_equal(pair_now(h, t.pair).state, PAIR_INTRODUCED);
	assert_same(said_by(h, t.pair, t.newcomer).place, "");
	str none = figures_text(&h->c, 0);
	assert_true(str_find(none, S("pair_met")) < 0);
	assert_true(str_find(none, S("checkin_contact")) < 0);
	assert_true(str_find(none, S("checkin_silent  0 0 0 0 0 1 1")) >= 0);
	FAILS(says(h, t.newcomer, word("maybe")), FAULT_INPUT, "p.error.choose");
	FAILS(says(h, t.newcomer, (act_word){.text = S("")}), FAULT_INPUT,
	      "p.error.choose");
}

static void answers_that_differ_are_a_task(void **fixture)
{
	house *h = *fixture;
	int64_t start;
	two t = asked(h, &start);
	actor karin = coordinator_of(h, LULEA), far = coordinator_of(h, BODEN);
	WORKS(says(h, t.newcomer, word("met")));
	assert_int_equal(open_tasks(h, &karin, "pair_differ"), 0);
	WORKS(says(h, t.established, word("none")));
	assert_int_equal(pair_now(h, t.pair).health, PAIR_AMBER);
	assert_int_equal(open_tasks(h, &karin, "pair_differ"), 1);
	assert_int_equal(open_tasks(h, &karin, "pair_amber"), 0);
	assert_int_equal(open_tasks(h, &far, "pair_differ"), 0);
	/* They agree after all: nothing is left to do. */
	WORKS(says(h, t.established, word("met")));
	assert_int_equal(pair_now(h, t.pair).health, PAIR_GREEN);
	assert_int_equal(open_tasks(h, &karin, "pair_differ"), 0);
}

static void silence_is_seen(void **fixture)
{
	house *h = *fixture;
	int64_t start;
	two t = asked(h, &start);
	actor karin = coordinator_of(h, LULEA);
	round_at(h, at_wall(start, 27, 11, 0));
	assert_int_equal(pair_now(h, t.pair).health, PAIR_GREEN);
	round_at(h, at_wall(start, 29, 11, 0));
	assert_int_equal(pair_now(h, t.pair).health, PAIR_AMBER);
	assert_int_equal(open_tasks(h, &karin, "pair_amber"), 1);
	/* What somebody has done is not asked for each day anew. */
	task *all;
	size_t n;
	WORKS(store_tasks(&h->c, 0, &all, &n));
	assert_int_equal(n, 1);
	assert_true(id_equal(all[0].pair, t.pair));
	WORKS(store_task_done(&h->c, all[0].id, true));
	round_at(h, at_wall(start, 30, 11, 0));
	assert_int_equal(open_tasks(h, &karin, "pair_amber"), 0);
	round_at(h, at_wall(start, 35, 11, 0));
	round_at(h, at_wall(start, 43, 11, 0));
	assert_int_equal(pair_now(h, t.pair).health, PAIR_RED);
	assert_int_equal(open_tasks(h, &karin, "pair_red"), 1);
	/* Somebody speaks. */
	round_at(h, at_wall(start, 65, 11, 0));
	WORKS(says(h, t.newcomer, word("met")));
	WORKS(says(h, t.established, word("met")));
	assert_int_equal(pair_now(h, t.pair).health, PAIR_GREEN);
	assert_int_equal(open_tasks(h, &karin, "pair_red"), 0);
}

static void a_link_is_good_until_the_next(void **fixture)
{
	house *h = *fixture;
	int64_t start;
	two t = asked(h, &start);
	actor karin = coordinator_of(h, LULEA);
	saying old = {.secret = link_in(h, t.newcomer, "checkin"), .w = word("met")};
	saying wrong = {.secret =
				S("0123456789abcdefghjkmnpqrs0123456789abcdefghjkmnpqrs"),
			.w = word("met")};
	for (int i = 0; i < 3; i++)
		WORKS(as_nobody(h, do_say, &old));
	FAILS(as_nobody(h, do_say, &wrong), FAULT_HIDDEN, "fault.hidden");
	round_at(h, at_wall(start, 35, 11, 0));
	FAILS(as_nobody(h, do_say, &old), FAULT_CONFLICT, "p.checkin.over");
	WORKS(says(h, t.newcomer, word("met")));
	/* Nor when there is no pair any more. */
	WORKS(by_hand(h, &karin, t.pair, "end", "time"));
	FAILS(says(h, t.newcomer, word("met")), FAULT_CONFLICT, "p.checkin.over");
}

/* ---- something is wrong ------------------------------------------------------------------------------ */

static void a_problem_is_seen_by_few(void **fixture)
{
	house *h = *fixture;
	int64_t start;
	two t = asked(h, &start);
	actor karin = coordinator_of(h, LULEA), far = coordinator_of(h, BODEN);
	actor ismail = coordinator_of(h, LULEA), astrid = staff(h, "Astrid", true, NULL);
	incident *i;
	checkin *k;
	size_t n;
	ismail.rights &= ~RIGHT_BIT(INCIDENT);
	astrid.rights = model_role[ROLE_ADMINISTRATOR].rights;
	WORKS(says(h, t.newcomer, word("met")));
	WORKS(says(h, t.newcomer, (act_word){.feeling = S("wrong")}));
	/* Twice is once; and what is written belongs to it. */
	WORKS(says(h, t.newcomer, (act_word){.feeling = S("wrong")}));
	WORKS(says(h, t.newcomer, (act_word){.text = S("planted words")}));
	assert_int_equal(pair_now(h, t.pair).health, PAIR_RED);
	assert_int_equal(open_tasks(h, &karin, "pair_incident"), 1);
	assert_int_equal(open_tasks(h, &karin, "pair_red"), 0);
	assert_int_equal(open_tasks(h, &ismail, "pair_incident"), 0);
	assert_int_equal(open_tasks(h, &far, "pair_incident"), 0);
	assert_true(pair_now(h, t.pair).problem);
	h->c.actor = &ismail;
	pair seen;
	pair_person *who;
	WORKS(store_pair_get(&h->c, t.pair, &seen, &who, &n));
	assert_false(seen.problem);
	FAILS(store_incidents(&h->c, t.pair, &i, &n), FAULT_HIDDEN, "fault.hidden");
	WORKS(store_checkins(&h->c, t.pair, &k, &n));
	for (size_t m = 0; m < n; m++)
		assert_same(k[m].feeling, "");
	h->c.actor = &far;
	WORKS(store_incidents(&h->c, t.pair, &i, &n));
	assert_int_equal(n, 0);
	h->c.actor = &astrid;
	WORKS(store_incidents(&h->c, (id){""}, &i, &n));
	assert_int_equal(n, 1);
	assert_same(i[0].name, "");
	h->c.actor = &karin;
	WORKS(store_incidents(&h->c, t.pair, &i, &n));
	assert_int_equal(n, 1);
	assert_same(i[0].text, "planted words");
	assert_same(i[0].name, "Amina");
	h->c.actor = NULL;
	assert_int_equal(files_with(h, "planted words"), 0);
}

typedef struct closing {
	id incident;
	int64_t version;
} closing;

static bool do_close(ctx *c, void *arg)
{
	const closing *k = arg;
	return act_incident_close(c, k->incident, k->version, true);
}

static void a_problem_is_closed_and_its_words_go(void **fixture)
{
	house *h = *fixture;
	int64_t start;
	two t = asked(h, &start);
	actor karin = coordinator_of(h, LULEA);
	incident *i;
	size_t n;
	WORKS(says(h, t.established, (act_word){.feeling = S("wrong"), .text = S("x")}));
	h->c.actor = &karin;
	WORKS(store_incidents(&h->c, t.pair, &i, &n));
	closing k = {i[0].id, i[0].version};
	WORKS(store_write(&h->c, do_close, &k));
	FAILS(store_write(&h->c, do_close, &k), FAULT_CONFLICT, "fault.changed");
	h->c.actor = NULL;
	assert_int_equal(pair_now(h, t.pair).health, PAIR_GREEN);
	assert_int_equal(open_tasks(h, &karin, "pair_incident"), 0);
	h->c.now += 91 * DAY;
	WORKS(store_sweep(&h->c));
	WORKS(store_incidents(&h->c, t.pair, &i, &n));
	assert_int_equal(n, 1);
	assert_same(i[0].text, "");
}

/* ---- who phones ----------------------------------------------------------------------------------------- */

typedef struct noting {
	id pair, person;
	act_word w;
} noting;

static bool do_note(ctx *c, void *arg)
{
	const noting *j = arg;
	return act_checkin_note(c, j->pair, j->person, &j->w);
}

static void who_cannot_be_written_to_is_phoned(void **fixture)
{
	house *h = *fixture;
	int64_t start = h->c.now;
	two t = two_in(h, LULEA);
	actor karin = coordinator_of(h, LULEA), far = coordinator_of(h, BODEN);
	actor other = coordinator_of(h, LULEA);
	WORKS(change_one(&h->c, t.newcomer, 0, FIELD_EMAIL, ""));
	round_at(h, start);
	round_at(h, at_wall(start, 21, 11, 0));
	assert_int_equal(letters(h, "checkin"), 1);
	assert_int_equal(open_tasks(h, &karin, "pair_call"), 1);
	noting j = {t.pair, t.newcomer, word("met")};
	h->c.actor = &far;
	FAILS(store_write(&h->c, do_note, &j), FAULT_HIDDEN, "fault.hidden");
	h->c.actor = &karin;
	WORKS(store_write(&h->c, do_note, &j));
	h->c.actor = &other;
	other.rights &= ~RIGHT_BIT(INCIDENT);
	j.w = (act_word){.feeling = S("wrong")};
	FAILS(store_write(&h->c, do_note, &j), FAULT_HIDDEN, "fault.hidden");
	h->c.actor = NULL;
	checkin k = said_by(h, t.pair, t.newcomer);
	assert_same(k.channel, "staff");
	assert_true(id_equal(k.account, karin.account));
	assert_int_equal(open_tasks(h, &karin, "pair_call"), 0);
	assert_int_equal(pair_now(h, t.pair).state, PAIR_MET);
}

/* Before the first letter, too; and that one is not sent to who has answered. */
static void who_phones_early_is_not_asked(void **fixture)
{
	house *h = *fixture;
	int64_t start = h->c.now;
	two t = two_in(h, LULEA);
	actor karin = coordinator_of(h, LULEA);
	noting j = {t.pair, t.newcomer, word("contact")};
	round_at(h, start);
	h->c.now = at_wall(start, 3, 9, 0);
	h->c.actor = &karin;
	WORKS(store_write(&h->c, do_note, &j));
	h->c.now = at_wall(start, 21, 9, 0);
	WORKS(store_write(&h->c, do_note, &j));
	h->c.actor = NULL;
	assert_int_equal(pair_now(h, t.pair).state, PAIR_CONTACTED);
	round_at(h, at_wall(start, 21, 11, 0));
	assert_int_equal(letters(h, "checkin"), 1);
	assert_true(id_none(letter_to(h, t.newcomer, "checkin").id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(health_is_as_the_table_says),
		cmocka_unit_test(a_verb_leads_where_it_may),
		PAIR_TEST(asked_on_its_day_and_once),
		PAIR_TEST(a_late_machine_asks_once),
		PAIR_TEST(two_letters_are_days_apart),
		PAIR_TEST(each_answer_is_kept_by_itself),
		PAIR_TEST(answers_that_differ_are_a_task),
		PAIR_TEST(silence_is_seen),
		PAIR_TEST(a_link_is_good_until_the_next),
		PAIR_TEST(a_problem_is_seen_by_few),
		PAIR_TEST(a_problem_is_closed_and_its_words_go),
		PAIR_TEST(who_cannot_be_written_to_is_phoned),
		PAIR_TEST(who_phones_early_is_not_asked),
	};
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
