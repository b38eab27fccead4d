/* act: what is offered is answered by link, in time or not, by each and by a household. */
#include "jobs_help.h"
#include "offer_help.h"

/* ---- an office whose round is applied ------------------------------------------------------- */

typedef struct offered {
	act_round r;
	act_applied out;
	id newcomer, established; /* of the first that stands */
	id proposal;
} offered;

static offered offer_all(house *h, unsigned newcomers, unsigned established)
{
	office o = open_office(h, newcomers, established);
	offered f = {.r = opened(h, o.round)};
	applying a = {.r = &f.r};
	WORKS(store_write(&h->c, do_apply, &a));
	f.out = a.out;
	assert_true(f.out.stand > 0);
	for (size_t i = 0; i < f.out.n; i++) {
		size_t same = 0;
		for (size_t k = 0; k < f.out.n; k++)
			same += f.out.pair[k].established == f.out.pair[i].established;
		if (f.out.pair[i].fall != ACT_STANDS || same > 1)
			continue;
		f.newcomer = f.r.who[act_round_find(&f.r, f.out.pair[i].newcomer)].person;
		f.established =
			f.r.who[act_round_find(&f.r, f.out.pair[i].established)].person;
		f.proposal = f.out.pair[i].proposal;
		break;
	}
	assert_false(id_none(f.proposal));
	return f;
}

static const char *state_now(house *h, id which)
{
	proposal p;
	proposal_person *who;
	size_t n;
	WORKS(store_proposal_get(&h->c, which, &p, &who, &n));
	return str_terminated(h->mem, p.state);
}

static void both_say_yes(void **fixture)
{
	house *h = *fixture;
	offered f = offer_all(h, 6, 4);
	WORKS(says(h, f.newcomer, "yes"));
	assert_string_equal(state_now(h, f.proposal), "offered");
	WORKS(says(h, f.established, "yes"));
	assert_string_equal(state_now(h, f.proposal), "accepted");
	assert_int_equal(state_of(h, f.newcomer), STATE_PROPOSED);
	/* A link is good once. */
	FAILS(says(h, f.newcomer, "no"), FAULT_HIDDEN, "fault.hidden");
	assert_string_equal(state_now(h, f.proposal), "accepted");
}

/* What is shown before both said yes: nothing by which one is found. */
static void a_stranger_stays_one(void **fixture)
{
	house *h = *fixture;
	static const actor nobody;
	offered f = offer_all(h, 6, 4);
	act_offer o;
	str secret = secret_to(h, f.newcomer, "offer");
	const actor *before = h->c.actor;
	h->c.actor = &nobody;
	WORKS(act_offer_show(&h->c, secret, S("127.0.0.1"), &o));
	WORKS(act_offer_show(&h->c, secret, S("127.0.0.1"),
			     &o)); /* looking uses nothing up */
	FAILS(act_offer_show(&h->c, S("0123456789abcdefghjkmnpqrs"), S("127.0.0.1"), &o),
	      FAULT_HIDDEN, "fault.hidden");
	h->c.actor = before;
	assert_true(o.open);
	assert_int_equal(o.n, 1);
	assert_int_equal(o.other[0].age_to - o.other[0].age_from, 9);
	assert_int_equal(o.other[0].age_from % 10, 0);
	assert_same(o.other[0].gender, "");
	/* Only where the viewer's own must is about it. */
	WORKS(change_one(&h->c, f.newcomer, 0, FIELD_WISHES, "gender!"));
	h->c.actor = &nobody;
	WORKS(act_offer_show(&h->c, secret, S("127.0.0.1"), &o));
	h->c.actor = before;
	assert_true(o.other[0].gender.n > 0);
}

static str queued(house *h, id who)
{
	person p;
	WORKS(store_person_get(&h->c, who, false, &p));
	return p.value[FIELD_QUEUED];
}

static void a_no_puts_back_and_stays(void **fixture)
{
	house *h = *fixture;
	offered f = offer_all(h, 6, 4);
	str before = queued(h, f.newcomer);
	WORKS(says(h, f.established, "no"));
	assert_string_equal(state_now(h, f.proposal), "declined");
	assert_int_equal(state_of(h, f.newcomer), STATE_WAITING);
	assert_true(str_equal(queued(h, f.newcomer), before));
	assert_int_equal(count_letters(h, "offer_over"), 1);
	FAILS(says(h, f.newcomer, "yes"), FAULT_CONFLICT, "p.offer.over");
	/* In the next round the two are not suggested to each other. */
	uint16_t where[] = {LULEA};
	id next;
	WORKS(act_round_begin(&h->c, where, 1, &next));
	act_round r = opened(h, next);
	size_t a = r.n, b = r.n;
	for (size_t i = 0; i < r.n; i++) {
		a = id_equal(r.who[i].person, f.newcomer) ? i : a;
		b = id_equal(r.who[i].person, f.established) ? i : b;
	}
	assert_true(a < r.n && b < r.n);
	bool never = false;
	for (size_t i = 0; i < r.people->never_n; i++)
		never |= r.people->never[i].a + r.people->never[i].b ==
			 r.who[a].number + r.who[b].number;
	assert_true(never);
	/* Unless somebody lifts it. */
	barred *bars;
	size_t n;
	WORKS(store_barred(&h->c, f.newcomer, &bars, &n));
	assert_int_equal(n, 1);
	assert_same(bars[0].why, "declined");
	WORKS(store_barred_lift(&h->c, bars[0].id));
	WORKS(store_barred(&h->c, f.newcomer, &bars, &n));
	assert_int_equal(n, 0);
}

/* ---- by itself -------------------------------------------------------------------------------- */

/* Timed work at that moment; whoever asked goes on asking. */
static void passes(house *h, int64_t now)
{
	const actor *before = h->c.actor;
	round_at(h, now);
	h->c.actor = before;
	h->c.today = date_local(now).day;
}

static void whoever_is_silent_is_reminded_and_waits(void **fixture)
{
	house *h = *fixture;
	offered f = offer_all(h, 6, 4);
	str before = queued(h, f.newcomer);
	WORKS(says(h, f.established, "yes"));
	int64_t start = h->c.now;
	passes(h, start);
	passes(h, start + 3 * DAY);
	assert_int_equal(count_letters(h, "offer_reminder"), 0);
	/* Late, and twice: once to each who is silent. */
	for (int i = 0; i < 3; i++)
		passes(h, start + 5 * DAY + i * DAY / 12);
	assert_int_equal(count_letters(h, "offer_reminder"),
			 2 * (int64_t)f.out.stand - 1);
	passes(h, start + 6 * DAY + DAY / 2);
	assert_string_equal(state_now(h, f.proposal), "offered");
	passes(h, start + 7 * DAY + DAY / 2);
	assert_string_equal(state_now(h, f.proposal), "expired");
	assert_int_equal(state_of(h, f.newcomer), STATE_WAITING);
	assert_int_equal(state_of(h, f.established), STATE_WAITING);
	assert_true(str_equal(queued(h, f.newcomer), before));
	/* Only who had said yes is told. */
	assert_int_equal(count_letters(h, "offer_over"), 1);
	FAILS(says(h, f.newcomer, "yes"), FAULT_HIDDEN, "fault.hidden");
	/* Silence is no rejection. */
	barred *bars;
	size_t n;
	WORKS(store_barred(&h->c, f.newcomer, &bars, &n));
	assert_int_equal(n, 0);
}

static void who_is_erased_frees_the_other(void **fixture)
{
	house *h = *fixture;
	offered f = offer_all(h, 6, 4);
	size_t n;
	const actor *before = h->c.actor;
	h->c.actor = NULL;
	WORKS(store_erasure_ask(&h->c, f.newcomer, h->c.now));
	WORKS(store_erasures_do(&h->c, 10, &n));
	h->c.actor = before;
	passes(h, h->c.now);
	passes(h, h->c.now + DAY / 12);
	assert_string_equal(state_now(h, f.proposal), "withdrawn");
	assert_int_equal(state_of(h, f.established), STATE_WAITING);
}

/* What the office may take back is not acted upon; after that the other is free. */
static void who_is_closed_frees_the_other(void **fixture)
{
	house *h = *fixture;
	offered f = offer_all(h, 6, 4);
	int64_t start = h->c.now;
	const actor *before = h->c.actor;
	h->c.actor = NULL;
	WORKS(store_person_step(&h->c, f.newcomer, 0, S("put_back"), S("")));
	WORKS(store_person_step(&h->c, f.newcomer, 0, S("withdraw"), S("")));
	h->c.actor = before;
	passes(h, start + DAY / 2);
	assert_string_equal(state_now(h, f.proposal), "offered");
	passes(h, start + 2 * DAY);
	assert_string_equal(state_now(h, f.proposal), "withdrawn");
	assert_int_equal(state_of(h, f.established), STATE_WAITING);
	assert_int_equal(state_of(h, f.newcomer), STATE_WITHDRAWN);
}

/* ---- staff ---------------------------------------------------------------------------------------- */

typedef struct noting {
	id proposal, person;
	act_answer a;
} noting;

static bool do_note(ctx *c, void *arg)
{
	const noting *j = arg;
	return act_offer_note(c, j->proposal, j->person, &j->a);
}

static void who_phones_is_noted(void **fixture)
{
	house *h = *fixture;
	offered f = offer_all(h, 6, 4);
	const actor *karin = h->c.actor;
	actor far = coordinator_of(h, BODEN);
	noting j = {f.proposal,
		    f.newcomer,
		    {.answer = S("ask"), .note = S("Kan hon ryska?")}};
	h->c.actor = &far;
	FAILS(store_write(&h->c, do_note, &j), FAULT_HIDDEN, "fault.hidden");
	h->c.actor = karin;
	WORKS(store_write(&h->c, do_note, &j));
	task *t;
	size_t n;
	WORKS(store_tasks(&h->c, 0, &t, &n));
	assert_int_equal(n, 1);
	assert_same(t[0].kind, "offer_question");
	j.a.answer = S("maybe");
	FAILS(store_write(&h->c, do_note, &j), FAULT_INPUT, "p.error.choose");
	j.a.answer = S("yes");
	WORKS(store_write(&h->c, do_note, &j));
	proposal p;
	proposal_person *who;
	WORKS(store_proposal_get(&h->c, f.proposal, &p, &who, &n));
	assert_same(who[0].answer, "yes");
	assert_true(id_equal(who[0].account, karin->account));
}

/* Whatever a form says: only the reasons there are. */
static void a_reason_is_one_of_ours(void **fixture)
{
	house *h = *fixture;
	offered f = offer_all(h, 6, 4);
	noting j = {f.proposal, f.newcomer, {.answer = S("no"), .why = S("<b>rude</b>")}};
	FAILS(store_write(&h->c, do_note, &j), FAULT_INPUT, "p.error.choose");
	j.a.why = S("distance");
	WORKS(store_write(&h->c, do_note, &j));
	/* It stands in what happened to her, with whoever noted it. */
	event *e;
	size_t n;
	WORKS(store_events(&h->c, f.newcomer, 1, &e, &n));
	assert_same(e[0].kind, "offer");
	assert_same(e[0].what, "no");
	assert_true(id_equal(e[0].account, h->c.actor->account));
}

typedef struct lifting {
	id person, bar;
} lifting;

static bool do_lift(ctx *c, void *arg)
{
	const lifting *l = arg;
	return act_barred_lift(c, l->person, l->bar);
}

static void two_may_be_suggested_again(void **fixture)
{
	house *h = *fixture;
	offered f = offer_all(h, 6, 4);
	barred *b;
	size_t n;
	WORKS(says(h, f.newcomer, "no"));
	WORKS(store_barred(&h->c, f.newcomer, &b, &n));
	assert_int_equal(n, 1);
	lifting l = {f.newcomer, b[0].id};
	const actor *karin = h->c.actor;
	actor far = coordinator_of(h, BODEN);
	h->c.actor = &far;
	FAILS(store_write(&h->c, do_lift, &l), FAULT_HIDDEN, "fault.hidden");
	h->c.actor = karin;
	WORKS(store_write(&h->c, do_lift, &l));
	FAILS(store_write(&h->c, do_lift, &l), FAULT_HIDDEN, "fault.hidden");
	WORKS(store_barred(&h->c, f.newcomer, &b, &n));
	assert_int_equal(n, 0);
}

/* Twenty guesses an hour from one address; who has a link may look at it as often as she likes. */
static void short_links_are_not_guessed(void **fixture)
{
	enum { LOOKS = 50, GUESSES = 20 };
	house *h = *fixture;
	static const actor nobody;
	offered f = offer_all(h, 6, 4);
	token t = {.kind = S("offer"),
		   .person = f.newcomer,
		   .brief = true,
		   .expires = h->c.now + DAY,
		   .data = id_str(&f.proposal)};
	act_offer o;
	str secret;
	h->c.actor = NULL;
	WORKS(store_token_new(&h->c, &t, S(""), &secret, NULL));
	h->c.actor = &nobody;
	for (int i = 0; i < LOOKS; i++)
		WORKS(act_offer_show(&h->c, secret, S("10.0.0.9"), &o));
	for (int i = 0; i < GUESSES; i++)
		FAILS(act_offer_show(&h->c, S("0123456789abcdef"), S("10.0.0.9"), &o),
		      FAULT_HIDDEN, "fault.hidden");
	FAILS(act_offer_show(&h->c, S("0123456789abcdef"), S("10.0.0.9"), &o),
	      FAULT_LIMIT, "fault.limit");
	WORKS(act_offer_show(&h->c, secret, S("10.0.0.10"), &o));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(both_say_yes),
		HOUSE_TEST(a_stranger_stays_one),
		HOUSE_TEST(a_no_puts_back_and_stays),
		HOUSE_TEST(whoever_is_silent_is_reminded_and_waits),
		HOUSE_TEST(who_is_erased_frees_the_other),
		HOUSE_TEST(who_is_closed_frees_the_other),
		HOUSE_TEST(who_phones_is_noted),
		HOUSE_TEST(a_reason_is_one_of_ours),
		HOUSE_TEST(two_may_be_suggested_again),
		HOUSE_TEST(short_links_are_not_guessed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
