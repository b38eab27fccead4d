/*
 * act: two who both said yes are introduced, once, each in a message of its own; and nothing of one
 * reaches the other before.
 */
#include "offer_help.h"

#include "act/act.h"
#include "act/act_priv.h"
#include "mail/mail.h"

/* ---- two who are proposed, without a round --------------------------------------------------- */

typedef struct two {
	actor karin;
	id newcomer, established,
		second; /* second: of the household of the established, or none */
	proposal p;
	proposal_person who[3];
	size_t n;
} two;
/* Those of the test that runs. */
static two pair;

static id somebody(house *h, const char *name, const char *side, const char *phone,
		   const char *email, state at)
{
	person p = someone(name, "Hemligsson", LULEA, at);
	p.value[FIELD_SIDE] = str_from(side);
	p.value[FIELD_CONSENT] = S("yes");
	p.value[FIELD_MEETS] = S("either");
	p.value[FIELD_PHONE] = str_from(phone);
	p.value[FIELD_EMAIL] = str_from(email);
	p.value[FIELD_INTERESTS] = S("fika");
	p.value[FIELD_BIRTH_YEAR] = S("1988");
	return put(h, p);
}

static bool do_propose(ctx *c, void *arg)
{
	two *t = arg;
	if (!store_proposal_add(c, &t->p, t->who, t->n))
		return false;
	for (size_t i = 0; i < t->n; i++)
		if (!act_offer_tell(c, &t->p, &t->who[i], S("https://k.example")))
			return false;
	return true;
}

/* An Arabic newcomer and somebody established, offered to each other. */
static void propose(house *h, state established, bool household)
{
	h->c.today = date_local(h->c.now).day;
	pair = (two){.karin = coordinator_of(h, LULEA)};
	pair.newcomer = somebody(h, "Amal", "newcomer", "+46701740601",
				 "amal@prov.example", STATE_PROPOSED);
	pair.established = somebody(h, "Sten", "established", "+46701740602",
				    "sten@prov.example", established);
	pair.p = (proposal){.expires = h->c.now + 7 * DAY};
	pair.who[0] = (proposal_person){.person = pair.newcomer, .side = S("newcomer")};
	pair.who[1] =
		(proposal_person){.person = pair.established, .side = S("established")};
	pair.n = 2;
	if (household) {
		pair.second = somebody(h, "Ylva", "established", "", "ylva@prov.example",
				       established);
		pair.who[pair.n++] = (proposal_person){.person = pair.second,
						       .side = S("established")};
	}
	WORKS(store_write(&h->c, do_propose, &pair));
	h->c.actor = &pair.karin;
}

static void accept(house *h)
{
	proposal_person *who;
	size_t n;
	WORKS(says(h, pair.newcomer, "yes"));
	WORKS(says(h, pair.established, "yes"));
	WORKS(store_proposal_get(&h->c, pair.p.id, &pair.p, &who, &n));
	assert_same(pair.p.state, "accepted");
}

static const char *state_now(house *h)
{
	proposal p;
	proposal_person *who;
	size_t n;
	WORKS(store_proposal_get(&h->c, pair.p.id, &p, &who, &n));
	return str_terminated(h->mem, p.state);
}

/* ---- introducing --------------------------------------------------------------------------------- */

typedef struct sending {
	int64_t version;
	act_introduction in;
} sending;

static bool do_introduce(ctx *c, void *arg)
{
	const sending *s = arg;
	return act_introduce(c, pair.p.id, s->version, s->in.letter, s->in.n,
			     S("https://k.example"));
}

static sending previewed(house *h)
{
	sending s;
	WORKS(act_introduce_preview(&h->c, pair.p.id, (str){NULL, 0}, S("sv"), &s.in));
	s.version = s.in.proposal.version;
	return s;
}

static void introduce(house *h)
{
	sending s = previewed(h);
	WORKS(store_write(&h->c, do_introduce, &s));
}

static bool has(str text, const char *what)
{
	return str_find(text, str_from(what)) >= 0;
}

static void each_is_written_once_by_itself(void **fixture)
{
	house *h = *fixture;
	message m;
	propose(h, STATE_PROPOSED, false);
	accept(h);
	sending s = previewed(h);
	assert_int_equal(s.in.n, 2);
	assert_true(has(s.in.letter[0].text, "Sten") &&
		    has(s.in.letter[0].text, "0701740602") &&
		    has(s.in.letter[0].text, "sten@prov.example"));
	assert_false(has(s.in.letter[0].text, "amal@prov.example"));
	assert_false(has(s.in.letter[0].text, "Hemligsson"));
	/* What the coordinator made of it goes. */
	s.in.letter[0].text =
		str_format(h->mem, "%.*s\nVälkommen!", STR_ARG(s.in.letter[0].text));
	WORKS(store_write(&h->c, do_introduce, &s));
	assert_string_equal(state_now(h), "introduced");
	assert_int_equal(state_of(h, pair.newcomer), STATE_PAIRED);
	assert_int_equal(state_of(h, pair.established), STATE_PAIRED);
	assert_int_equal(count_letters(h, "introduction"), 2);
	assert_true(message_to(h, pair.newcomer, "introduction", &m));
	assert_same(m.to, "amal@prov.example");
	assert_true(has(m.body, "sten@prov.example") && has(m.body, "Välkommen!"));
	assert_false(has(m.subject, "Sten"));
	assert_true(message_to(h, pair.established, "introduction", &m));
	assert_same(m.to, "sten@prov.example");
	assert_true(has(m.body, "amal@prov.example"));
	assert_false(has(m.body, "sten@prov.example") || has(m.body, "Välkommen!"));
}

/* Two coordinators at once, and one who presses twice. */
static void the_second_is_told(void **fixture)
{
	house *h = *fixture;
	propose(h, STATE_PROPOSED, false);
	accept(h);
	sending first = previewed(h), second = previewed(h);
	actor eva = coordinator_of(h, LULEA);
	WORKS(store_write(&h->c, do_introduce, &first));
	h->c.actor = &eva;
	FAILS(store_write(&h->c, do_introduce, &second), FAULT_CONFLICT, "fault.changed");
	second.version++;
	FAILS(store_write(&h->c, do_introduce, &second), FAULT_CONFLICT, "fault.changed");
	assert_int_equal(count_letters(h, "introduction"), 2);
	/* Who looks now sees what was sent. */
	act_introduction sent;
	WORKS(act_introduce_preview(&h->c, pair.p.id, S(""), S("sv"), &sent));
	assert_true(str_equal(sent.letter[0].text, first.in.letter[0].text));
}

static void a_text_for_each(void **fixture)
{
	house *h = *fixture;
	propose(h, STATE_PROPOSED, false);
	accept(h);
	sending s = previewed(h);
	s.in.letter[1].text = S("");
	FAILS(store_write(&h->c, do_introduce, &s), FAULT_INPUT, "s.introduce.text");
	assert_string_equal(state_now(h), "accepted");
	assert_int_equal(count_letters(h, "introduction"), 0);
	assert_int_equal(state_of(h, pair.newcomer), STATE_PROPOSED);
}

/* ---- who may -------------------------------------------------------------------------------------- */

static bool do_move(ctx *c, void *unused)
{
	(void)unused;
	return change_one(c, pair.established, 0, FIELD_MUNICIPALITY, "2582");
}

static void who_does_not_see_both_does_not(void **fixture)
{
	house *h = *fixture;
	act_introduction in;
	propose(h, STATE_PROPOSED, false);
	accept(h);
	sending s = previewed(h);
	actor far = coordinator_of(h, BODEN);
	h->c.actor = &far;
	FAILS(store_write(&h->c, do_introduce, &s), FAULT_HIDDEN, "fault.hidden");
	FAILS(act_introduce_preview(&h->c, pair.p.id, S(""), S("sv"), &in), FAULT_HIDDEN,
	      "fault.hidden");
	/* Not even who sees one of them: the contact of the other is not hers to hand on. */
	h->c.actor = NULL;
	WORKS(store_write(&h->c, do_move, NULL));
	h->c.actor = &pair.karin;
	FAILS(store_write(&h->c, do_introduce, &s), FAULT_HIDDEN, "fault.hidden");
	FAILS(act_introduce_preview(&h->c, pair.p.id, S(""), S("sv"), &in), FAULT_HIDDEN,
	      "fault.hidden");
	actor both = staff(h, "Eva", false, (uint16_t[]){LULEA, BODEN, 0});
	h->c.actor = &both;
	WORKS(store_write(&h->c, do_introduce, &s));
}

static bool do_erase_ask(ctx *c, void *arg)
{
	const id *who = arg;
	return store_erasure_ask(c, *who, c->now + 7 * DAY);
}

static bool do_refuse(ctx *c, void *arg)
{
	const id *who = arg;
	return change_one(c, *who, 0, FIELD_CONSENT, "no");
}

static bool do_put_back(ctx *c, void *arg)
{
	const id *who = arg;
	return store_person_step(c, *who, 0, S("put_back"), S(""));
}

/* Something else has happened since the page was made. */
static void refused_after(house *h, bool (*what)(ctx *, void *), const char *key)
{
	act_introduction in;
	propose(h, STATE_PROPOSED, false);
	accept(h);
	sending s = previewed(h);
	WORKS(store_write(&h->c, what, &pair.established));
	FAILS(store_write(&h->c, do_introduce, &s), FAULT_CONFLICT, key);
	FAILS(act_introduce_preview(&h->c, pair.p.id, S(""), S("sv"), &in),
	      FAULT_CONFLICT, key);
	assert_string_equal(state_now(h), "accepted");
	assert_int_equal(count_letters(h, "introduction"), 0);
}

static void who_is_leaving_is_not(void **fixture)
{
	refused_after(*fixture, do_erase_ask, "s.introduce.leaving");
}

/* Both had said yes, and one of them is erased: nobody is introduced to nobody. */
static void who_is_gone_is_not(void **fixture)
{
	house *h = *fixture;
	act_introduction in;
	size_t n;
	propose(h, STATE_PROPOSED, false);
	accept(h);
	sending s = previewed(h);
	h->c.actor = NULL;
	WORKS(store_erasure_ask(&h->c, pair.newcomer, h->c.now));
	WORKS(store_erasures_do(&h->c, 10, &n));
	assert_int_equal(n, 1);
	h->c.actor = &pair.karin;
	FAILS(store_write(&h->c, do_introduce, &s), FAULT_CONFLICT,
	      "s.introduce.leaving");
	FAILS(act_introduce_preview(&h->c, pair.p.id, S(""), S("sv"), &in),
	      FAULT_CONFLICT, "s.introduce.leaving");
	assert_int_equal(count_letters(h, "introduction"), 0);
}

static void who_took_back_consent_is_not(void **fixture)
{
	refused_after(*fixture, do_refuse, "s.introduce.consent");
}

static void who_is_elsewhere_by_now_is_not(void **fixture)
{
	refused_after(*fixture, do_put_back, "s.introduce.state");
}

static void before_both_said_yes_nobody_is(void **fixture)
{
	house *h = *fixture;
	act_introduction in;
	sending s = {.version = 1};
	propose(h, STATE_PROPOSED, false);
	WORKS(says(h, pair.newcomer, "yes"));
	FAILS(act_introduce_preview(&h->c, pair.p.id, S(""), S("sv"), &in),
	      FAULT_CONFLICT, "fault.changed");
	FAILS(store_write(&h->c, do_introduce, &s), FAULT_CONFLICT, "fault.changed");
	assert_int_equal(count_letters(h, "introduction"), 0);
}

/* ---- how -------------------------------------------------------------------------------------------- */

static bool do_forget_contact(ctx *c, void *arg)
{
	const id *who = arg;
	return change_one(c, *who, 0, FIELD_EMAIL, "") &&
	       change_one(c, *who, 0, FIELD_PHONE, "");
}

static void who_has_no_address_is_phoned(void **fixture)
{
	house *h = *fixture;
	task *t;
	size_t n;
	propose(h, STATE_PROPOSED, false);
	accept(h);
	WORKS(store_write(&h->c, do_forget_contact, &pair.newcomer));
	sending s = previewed(h);
	assert_same(s.in.letter[0].to, "");
	/* The other is not left without a word about it. */
	assert_true(has(s.in.letter[1].text, "Vi ringer dig"));
	WORKS(store_write(&h->c, do_introduce, &s));
	assert_int_equal(count_letters(h, "introduction"), 1);
	WORKS(store_tasks(&h->c, 0, &t, &n));
	assert_int_equal(n, 1);
	assert_same(t[0].kind, "introduce_call");
	assert_true(id_equal(t[0].person, pair.newcomer));
	/* What there is to say lies ready. */
	WORKS(act_introduce_preview(&h->c, pair.p.id, S(""), S("sv"), &s.in));
	assert_true(has(s.in.letter[0].text, "Sten"));
}

static bool do_by_sms(ctx *c, void *arg)
{
	const id *who = arg;
	return change_one(c, *who, 0, FIELD_CHANNEL, "sms");
}

typedef struct entering {
	str secret, cookie;
	session session;
} entering;

static bool do_enter(ctx *c, void *arg)
{
	entering *e = arg;
	return act_login_link(c, e->secret, S("127.0.0.1"), S("?"), &e->session,
			      &e->cookie);
}

/* An SMS lies open on a telephone: it has a way in, and nobody's name. */
static void an_sms_names_nobody(void **fixture)
{
	house *h = *fixture;
	message m;
	entering e;
	propose(h, STATE_PROPOSED, false);
	accept(h);
	WORKS(store_write(&h->c, do_by_sms, &pair.newcomer));
	introduce(h);
	assert_true(message_to(h, pair.newcomer, "introduction", &m));
	assert_same(m.channel, "sms");
	assert_true(mail_sms_length(m.body) <= MAIL_SMS_MOST);
	assert_false(has(m.body, "Sten") || has(m.body, "070174") || has(m.body, "@"));
	ptrdiff_t at = str_find(m.body, S("/l/"));
	assert_true(at > 0);
	e.secret = str_slice(m.body, (size_t)at + 3, (size_t)at + 3 + 16);
	h->c.actor = NULL;
	WORKS(store_write(&h->c, do_enter, &e));
	assert_true(id_equal(e.session.person, pair.newcomer));
}

static void in_each_ones_language(void **fixture)
{
	house *h = *fixture;
	propose(h, STATE_PROPOSED, false);
	accept(h);
	person p;
	WORKS(store_person_get(&h->c, pair.newcomer, false, &p));
	sending s = previewed(h);
	assert_same(s.in.letter[0].lang, "sv");
	assert_same(s.in.letter[0].help, "");
	WORKS(act_introduce_preview(&h->c, pair.p.id, S("video"), S("en"), &s.in));
	assert_true(has(s.in.letter[0].text, "på video") &&
		    has(s.in.letter[0].help, "by video"));
}

static void a_household_gets_it_all(void **fixture)
{
	house *h = *fixture;
	message m;
	propose(h, STATE_PROPOSED, true);
	accept(h); /* one of them answered for both */
	introduce(h);
	assert_int_equal(count_letters(h, "introduction"), 3);
	assert_true(message_to(h, pair.newcomer, "introduction", &m));
	assert_true(has(m.body, "Sten och Ylva") || has(m.body, "Ylva och Sten"));
	assert_true(has(m.body, "ylva@prov.example") && has(m.body, "0701740602"));
	assert_true(message_to(h, pair.second, "introduction", &m));
	assert_same(m.to, "ylva@prov.example");
	assert_true(has(m.body, "Amal"));
	assert_false(has(m.body, "sten@prov.example"));
	assert_int_equal(state_of(h, pair.second), STATE_PAIRED);
}

/* One with room for two has a buddy already. */
static void who_has_a_buddy_stays_a_pair(void **fixture)
{
	house *h = *fixture;
	propose(h, STATE_PAIRED, false);
	accept(h);
	introduce(h);
	assert_int_equal(state_of(h, pair.established), STATE_PAIRED);
	assert_int_equal(state_of(h, pair.newcomer), STATE_PAIRED);
}

/* ---- from then on --------------------------------------------------------------------------------------- */

static size_t pairs_of(house *h, id who, act_pair **out)
{
	const actor self = {.person = who};
	size_t n;
	h->c.actor = &self;
	WORKS(act_pairs_own(&h->c, out, &n));
	h->c.actor = &pair.karin;
	return n;
}

static bool do_close(ctx *c, void *arg)
{
	const id *who = arg;
	return store_person_step(c, *who, 0, S("close"), S(""));
}

static void each_sees_the_other_while_they_are_a_pair(void **fixture)
{
	house *h = *fixture;
	act_pair *p;
	propose(h, STATE_PROPOSED, false);
	assert_int_equal(pairs_of(h, pair.newcomer, &p), 0);
	accept(h);
	assert_int_equal(pairs_of(h, pair.newcomer, &p), 0);
	introduce(h);
	assert_int_equal(pairs_of(h, pair.newcomer, &p), 1);
	assert_int_equal(p[0].n, 1);
	assert_same(p[0].other[0].name, "Sten");
	assert_same(p[0].other[0].phone, "0701740602");
	assert_same(p[0].other[0].email, "sten@prov.example");
	assert_true(has(p[0].letter, "Sten"));
	assert_int_equal(pairs_of(h, pair.established, &p), 1);
	assert_same(p[0].other[0].name, "Amal");
	WORKS(store_write(&h->c, do_erase_ask, &pair.established));
	assert_int_equal(pairs_of(h, pair.newcomer, &p), 0);
	WORKS(store_erasure_drop(&h->c, pair.established));
	WORKS(store_write(&h->c, do_close, &pair.established));
	assert_int_equal(pairs_of(h, pair.newcomer, &p), 0);
	assert_int_equal(pairs_of(h, pair.established, &p), 0);
}

/* Erased is erased: also from what the other was written. */
static void who_goes_goes_from_the_others_letter(void **fixture)
{
	house *h = *fixture;
	message m;
	size_t n;
	str letter;
	proposal_person *who;
	propose(h, STATE_PROPOSED, false);
	accept(h);
	introduce(h);
	assert_true(message_to(h, pair.newcomer, "introduction", &m));
	assert_true(has(m.body, "Sten"));
	h->c.actor = NULL;
	WORKS(store_erasure_ask(&h->c, pair.established, h->c.now));
	WORKS(store_erasures_do(&h->c, 10, &n));
	h->c.actor = &pair.karin;
	assert_true(message_to(h, pair.newcomer, "introduction", &m));
	assert_same(m.body, "");
	assert_same(m.state, "suppressed");
	WORKS(store_proposal_get(&h->c, pair.p.id, &pair.p, &who, &n));
	assert_int_equal(n, 1);
	WORKS(store_proposal_letter(&h->c, &who[0], &letter));
	assert_same(letter, "");
}

/* ---- before ------------------------------------------------------------------------------------------------ */

static const char *const of_sten[] = {"Sten", "Hemligsson", "701740602",
				      "sten@prov.example"};
static const char *const of_amal[] = {"Amal", "Hemligsson", "701740601",
				      "amal@prov.example"};

static bool tells(str text, const char *const what[4])
{
	for (size_t i = 0; i < 4; i++)
		if (has(text, what[i]))
			return true;
	return false;
}

/* How many messages tell somebody of the other. */
static size_t telling(house *h)
{
	message *m;
	size_t n, found = 0;
	int64_t total;
	h->c.actor = NULL;
	WORKS(store_outbox_list(&h->c, S(""), 0, 200, &m, &n, &total));
	for (size_t i = 0; i < n; i++) {
		WORKS(store_outbox_get(&h->c, m[i].id, &m[i]));
		const char *const *other =
			id_equal(m[i].person, pair.newcomer) ? of_sten : of_amal;
		found += tells(m[i].body, other) || tells(m[i].subject, other) ||
			 tells(m[i].to, other);
	}
	h->c.actor = &pair.karin;
	return found;
}

static void no_message_tells_before(void **fixture)
{
	house *h = *fixture;
	propose(h, STATE_PROPOSED, false);
	WORKS(says(h, pair.newcomer, "ask"));
	assert_int_equal(telling(h), 0);
	accept(h);
	assert_int_equal(telling(h), 0);
	introduce(h);
	/* The twin: the same look finds the introduction. */
	assert_int_equal(telling(h), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(each_is_written_once_by_itself),
		HOUSE_TEST(the_second_is_told),
		HOUSE_TEST(a_text_for_each),
		HOUSE_TEST(who_does_not_see_both_does_not),
		HOUSE_TEST(who_is_leaving_is_not),
		HOUSE_TEST(who_is_gone_is_not),
		HOUSE_TEST(who_took_back_consent_is_not),
		HOUSE_TEST(who_is_elsewhere_by_now_is_not),
		HOUSE_TEST(before_both_said_yes_nobody_is),
		HOUSE_TEST(who_has_no_address_is_phoned),
		HOUSE_TEST(an_sms_names_nobody),
		HOUSE_TEST(in_each_ones_language),
		HOUSE_TEST(a_household_gets_it_all),
		HOUSE_TEST(who_has_a_buddy_stays_a_pair),
		HOUSE_TEST(each_sees_the_other_while_they_are_a_pair),
		HOUSE_TEST(who_goes_goes_from_the_others_letter),
		HOUSE_TEST(no_message_tells_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
