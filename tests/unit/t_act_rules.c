/*
 * act: what is written because time has passed: thanks, a registration that stands still, the day
 * before a talk, news while one waits. What stands in it, what it leads to, and to whom it does not go.
 */
#include "jobs_help.h"

#include "act/office.h"
#include "mail/mail.h"

/* A round after each hour, so that all that is due is done. */
static void live(house *h, int64_t until)
{
	while (h->c.now < until)
		round_at(h, h->c.now + HOUR);
}

/* Messages of a rule, whatever became of them; the newest is in *m. */
static int64_t count(house *h, const char *rule, message *m)
{
	message *all;
	size_t n;
	int64_t found = 0, total;
	const actor *before = h->c.actor;
	h->c.actor = NULL;
	WORKS(store_outbox_list(&h->c, S(""), 0, 1000, &all, &n, &total));
	for (size_t i = n; i-- > 0;)
		if (str_equal(all[i].rule, str_from(rule))) {
			found++;
			WORKS(store_outbox_get(&h->c, all[i].id, m));
		}
	h->c.actor = before;
	return found;
}

static str after(str text, const char *before)
{
	ptrdiff_t at = str_find(text, str_from(before));
	assert_true(at >= 0);
	str rest = str_slice(text, (size_t)at + strlen(before), text.n), line;
	str_cut(&rest, '\n', &line);
	return line;
}

static void fits_one_sms(const message *m)
{
	assert_same(m->channel, "sms");
	assert_in_range(mail_sms_length(m->body), 1, MAIL_SMS_MOST);
}

/* ---- registering -------------------------------------------------------------------------------- */

static id draft(house *h, field_id f, const char *contact, const char *lang)
{
	person p = someone("Amina", "Ali", LULEA, STATE_DRAFT);
	static const struct {
		field_id f;
		str value;
	} rest[] = {{FIELD_BIRTH_YEAR, S_INIT("1990")},
		    {FIELD_LEVEL, S_INIT("a1")},
		    {FIELD_LIFE, S_INIT("single")},
		    {FIELD_INTERESTS, S_INIT("fika,film")}};
	for (size_t i = 0; i < ARRAY_LEN(rest); i++)
		p.value[rest[i].f] = rest[i].value;
	p.value[f] = str_from(contact);
	p.written = str_from(lang);
	return put(h, p);
}

typedef struct sending {
	id who;
	bool undone;
} sending;

static bool do_submit(ctx *c, void *arg)
{
	const sending *s = arg;
	const bool given[CONSENT_PURPOSES] = {[CONSENT_FOR_MATCH] = true};
	return act_register_submit(c, s->who, given, S("sv"), S("web")) &&
	       (!s->undone || ctx_fail(c, FAULT_INPUT, "p.error.missing", S(""), S("")));
}

static void submit(house *h, id who)
{
	const actor self = {.person = who};
	sending s = {.who = who};
	h->c.actor = &self;
	h->c.today = date_local(h->c.now).day;
	WORKS(store_write(&h->c, do_submit, &s));
	h->c.actor = NULL;
}

static void thanks_come_with_what_they_are_for(void **fixture)
{
	house *h = *fixture;
	message m;
	id who = draft(h, FIELD_PHONE, "+46701740605", "ar");
	sending undone = {who, true};
	FAILS(store_write(&h->c, do_submit, &undone), FAULT_INPUT, "p.error.missing");
	assert_int_equal(count(h, "welcome", &m), 0);
	submit(h, who);
	assert_int_equal(count(h, "welcome", &m), 1);
	fits_one_sms(&m);
	assert_same(m.lang, "ar");
	assert_true(id_equal(m.person, who));
	/* Nobody's name, and nothing of what we are. */
	assert_true(str_find(m.body, S("Amina")) < 0);
}

/* Somebody who phones is thanked too. */
static void thanks_come_to_who_phoned(void **fixture)
{
	house *h = *fixture;
	message m;
	actor karin = coordinator_of(h, LULEA);
	act_enrolment e = {.side = S("newcomer"), .lang = S("sv"), .channel = S("phone")};
	e.given[CONSENT_FOR_MATCH] = true;
	static const struct {
		field_id f;
		str value;
	} answers[] = {{FIELD_GIVEN, S_INIT("Amina")},
		       {FIELD_EMAIL, S_INIT("amina@example.org")},
		       {FIELD_MUNICIPALITY, S_INIT("2580")},
		       {FIELD_BIRTH_YEAR, S_INIT("1990")},
		       {FIELD_LEVEL, S_INIT("a1")},
		       {FIELD_LIFE, S_INIT("single")},
		       {FIELD_INTERESTS, S_INIT("fika,film")}};
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		e.value[answers[i].f] = answers[i].value;
		e.set[answers[i].f] = true;
	}
	h->c.actor = &karin;
	WORKS(act_enrol(&h->c, &e));
	assert_int_equal(count(h, "welcome", &m), 1);
	assert_same(m.to, "amina@example.org");
}

static bool can_go_on(house *h, str secret, const char *address)
{
	session s;
	str cookie;
	h->c.fault = (fault){.kind = FAULT_NONE};
	return act_register_continue(&h->c, secret, str_from(address), S("?"), &s,
				     &cookie);
}

static void who_stopped_is_asked_once(void **fixture)
{
	house *h = *fixture;
	message m;
	round_at(h, START);
	id mail = draft(h, FIELD_EMAIL, "amina@example.org", "sv");
	(void)draft(h, FIELD_FAMILY, "Berg", "sv"); /* no way to reach */
	live(h, START + 2 * DAY);
	assert_int_equal(count(h, "unfinished", &m), 0);
	live(h, START + 3 * DAY + HOUR);
	assert_int_equal(count(h, "unfinished", &m), 1);
	assert_true(id_equal(m.person, mail));
	assert_int_equal(m.expires, START + 30 * DAY);
	assert_true(str_find(m.body, S("14 december 2023")) > 0);
	live(h, START + 9 * DAY);
	WORKS(change_one(&h->c, mail, 0, FIELD_GIVEN, "Hodan"));
	live(h, START + 20 * DAY);
	assert_int_equal(count(h, "unfinished", &m), 1);
	str secret = str_copy(h->mem, after(m.body, ORIGIN "/sv/continue/"));
	h->c.now = START + 30 * DAY - 1;
	assert_true(can_go_on(h, secret, "10.0.0.1"));
	assert_false(can_go_on(h, secret, "10.0.0.1")); /* once */
}

static void a_short_link_leads_back_too(void **fixture)
{
	static const char *const lang[] = {"sv", "en", "ar"};
	house *h = *fixture;
	message m = {.id = {""}};
	round_at(h, START);
	for (size_t i = 0; i < ARRAY_LEN(lang); i++) {
		id who = draft(h, FIELD_PHONE, "+46701740605", lang[i]);
		live(h, h->c.now + 3 * DAY + HOUR);
		assert_int_equal(count(h, "unfinished", &m), 1);
		assert_true(id_equal(m.person, who));
		fits_one_sms(&m);
		assert_same(m.lang, lang[i]);
		str secret = str_copy(h->mem, after(m.body, ORIGIN "/c/"));
		assert_int_equal(secret.n, 16);
		assert_true(can_go_on(h, secret, "10.0.0.1"));
		WORKS(store_person_erase(&h->c, who));
		assert_int_equal(count(h, "unfinished", &m), 0);
	}
	/* Short ones are not to be guessed. */
	for (int i = 0; i < 20; i++)
		(void)can_go_on(h, S("0123456789abcdef"), "10.0.0.2");
	assert_false(can_go_on(h, S("0123456789abcdef"), "10.0.0.2"));
	assert_int_equal(h->c.fault.kind, FAULT_LIMIT);
}

static void who_finished_is_not_asked(void **fixture)
{
	house *h = *fixture;
	message m;
	round_at(h, START);
	id early = draft(h, FIELD_EMAIL, "amina@example.org", "sv");
	id late = draft(h, FIELD_EMAIL, "bo@example.org", "sv");
	id gone = draft(h, FIELD_EMAIL, "eva@example.org", "sv");
	live(h, START + DAY);
	submit(h, early);
	WORKS(store_person_erase(&h->c, gone));
	live(h, START + 3 * DAY + HOUR);
	assert_int_equal(count(h, "unfinished", &m), 1);
	assert_true(id_equal(m.person, late));
	/* It lies in the outbox still: what is not true any more does not go. */
	assert_same(m.state, "queued");
	submit(h, late);
	assert_int_equal(count(h, "unfinished", &m), 1);
	assert_same(m.state, "suppressed");
	assert_int_equal(count(h, "welcome", &m), 2);
}

/* ---- talks ------------------------------------------------------------------------------------------ */

static id registered(house *h, field_id f, const char *contact, const char *lang, state s)
{
	person p = someone("Amina", "Ali", LULEA, s);
	p.value[f] = str_from(contact);
	p.value[FIELD_QUEUED] = S("2023-03-05");
	p.written = str_from(lang);
	return put(h, p);
}

static bool do_book(ctx *c, void *arg)
{
	return act_interview_book(c, arg, 0);
}

static void book(house *h, const actor *who, interview *i)
{
	h->c.actor = who;
	WORKS(store_write(&h->c, do_book, i));
	h->c.actor = NULL;
}

static int64_t at_hour(int32_t days, int hour)
{
	return date_from_local((local_time){date_local(START).day + days, hour * 60});
}

static interview new_talk(house *h, int32_t days, int hour)
{
	return (interview){.person = registered(h, FIELD_PHONE, "+46701740605", "ar",
						STATE_SUBMITTED),
			   .at = at_hour(days, hour),
			   .mode = S("phone"),
			   .conduct = QUEUED_UNKNOWN,
			   .identity = QUEUED_UNKNOWN,
			   .extract = QUEUED_UNKNOWN};
}

static void a_talk_is_reminded_of_the_day_before(void **fixture)
{
	house *h = *fixture;
	message m;
	round_at(h, START);
	actor karin = coordinator_of(h, LULEA);
	interview i = new_talk(h, 4, 9);
	book(h, &karin, &i);
	live(h, at_hour(3, 10) - HOUR);
	assert_int_equal(count(h, "talk_reminder", &m), 0);
	live(h, at_hour(3, 10) + HOUR);
	assert_int_equal(count(h, "talk_reminder", &m), 1);
	fits_one_sms(&m);
	assert_int_equal(m.expires, i.at);
	/* Moved: another one for the new time, and the waiting one of the former is not sent. */
	i.at = at_hour(8, 15);
	book(h, &karin, &i);
	assert_int_equal(count(h, "talk_reminder", &m), 1);
	assert_same(m.state, "suppressed");
	live(h, at_hour(7, 12));
	assert_int_equal(count(h, "talk_reminder", &m), 2);
	assert_same(m.state, "queued");
	/* Called off while it waits. */
	h->c.actor = &karin;
	WORKS(act_interview_cancel(&h->c, &i));
	h->c.actor = NULL;
	assert_int_equal(count(h, "talk_reminder", &m), 2);
	assert_same(m.state, "suppressed");
	live(h, at_hour(9, 0));
	assert_int_equal(count(h, "talk_reminder", &m), 2);
}

/* A machine that was off says it when it is back, if there is still a point in it. */
static void late_is_better_than_never(void **fixture)
{
	house *h = *fixture;
	message m;
	round_at(h, START);
	actor karin = coordinator_of(h, LULEA);
	interview past = new_talk(h, 3, 9), coming = new_talk(h, 4, 15);
	book(h, &karin, &past);
	book(h, &karin, &coming);
	round_at(h, at_hour(4, 11));
	assert_int_equal(count(h, "talk_reminder", &m), 1);
	assert_true(id_equal(m.person, coming.person));
	/* Booked the same afternoon: she was just told. */
	interview soon = new_talk(h, 5, 9);
	book(h, &karin, &soon);
	live(h, at_hour(5, 12));
	assert_int_equal(count(h, "talk_reminder", &m), 1);
}

/* ---- while one waits ----------------------------------------------------------------------------------- */

static void agree(house *h, id who, bool yes)
{
	WORKS(store_consent_set(&h->c, who, CONSENT_FOR_MESSAGES, yes, S("sv"),
				S("web")));
}

static void news_come_once_a_month(void **fixture)
{
	house *h = *fixture;
	message m;
	round_at(h, START); /* 14 November 2023 */
	id who = registered(h, FIELD_EMAIL, "amina@example.org", "sv", STATE_WAITING);
	(void)registered(h, FIELD_EMAIL, "bo@example.org", "sv", STATE_WAITING);
	agree(h, who, true);
	agree(h, registered(h, FIELD_EMAIL, "eva@example.org", "sv", STATE_SUBMITTED),
	      true);
	live(h, START + 50 * DAY);
	assert_int_equal(count(h, "news", &m), 2); /* December, January */
	assert_true(id_equal(m.person, who));
	assert_true(str_find(m.body, S("sedan mars 2023")) > 0);
	/* Of two there is no saying where one stands, and never a number. */
	assert_true(str_find(m.body, S("längst")) < 0);
	str secret = after(m.body, ORIGIN "/sv/stop/");
	WORKS(act_messages_stop(&h->c, secret, S("10.0.0.1"), S("sv")));
	live(h, START + 90 * DAY);
	assert_int_equal(count(h, "news", &m), 2);
}

/* Off from before the first until the end of the month: then not two within days. */
static void late_news_are_not_doubled(void **fixture)
{
	house *h = *fixture;
	message m;
	round_at(h, START);
	id who = registered(h, FIELD_EMAIL, "amina@example.org", "sv", STATE_WAITING);
	agree(h, who, true);
	round_at(h, START + 45 * DAY); /* 29 December */
	assert_int_equal(count(h, "news", &m), 1);
	live(h, START + 55 * DAY);
	assert_int_equal(count(h, "news", &m), 1);
	live(h, START + 80 * DAY);
	assert_int_equal(count(h, "news", &m), 2);
}

/* Twelve in line: three of them have waited longest, and so on. */
static void one_hears_where_one_stands(void **fixture)
{
	static const char *const words[] = {"längst", "Många har väntat längre än du",
					    "De flesta har väntat längre än du"};
	enum { LINE = 12 };
	house *h = *fixture;
	message m, *all;
	size_t n, said[ARRAY_LEN(words)] = {0};
	int64_t total;
	round_at(h, START);
	for (int i = 0; i < LINE; i++) {
		person p = someone("Amina", "Ali", LULEA, STATE_WAITING);
		p.value[FIELD_EMAIL] = S("amina@example.org");
		p.value[FIELD_QUEUED] = str_format(h->mem, "2023-01-%02d", i + 1);
		agree(h, put(h, p), true);
	}
	live(h, START + 20 * DAY);
	assert_int_equal(count(h, "news", &m), LINE);
	WORKS(store_outbox_list(&h->c, S(""), 0, 100, &all, &n, &total));
	for (size_t i = 0; i < n; i++) {
		WORKS(store_outbox_get(&h->c, all[i].id, &m));
		for (size_t k = 0; k < ARRAY_LEN(words); k++)
			said[k] += str_find(m.body, str_from(words[k])) > 0;
		str text = str_slice(m.body, 0, (size_t)str_find(m.body, S(ORIGIN)));
		assert_true(str_find(text, S("12")) < 0);
	}
	assert_int_equal(said[0],
			 4); /* the fourth came on the day that ends the first quarter */
	assert_int_equal(said[1], 5);
	assert_int_equal(said[2], 3);
}

static void an_sms_can_be_stopped_too(void **fixture)
{
	static const char *const lang[] = {"sv", "en", "ar"};
	house *h = *fixture;
	message m;
	round_at(h, START);
	for (size_t i = 0; i < ARRAY_LEN(lang); i++) {
		id who = registered(h, FIELD_PHONE, "+46701740605", lang[i],
				    STATE_WAITING);
		agree(h, who, true);
		live(h, h->c.now + 35 * DAY);
		assert_int_equal(count(h, "news", &m), i + 1);
		assert_true(id_equal(m.person, who));
		fits_one_sms(&m);
		str secret = after(m.body, ORIGIN "/s/");
		assert_int_equal(secret.n, 16);
		WORKS(act_messages_stop(&h->c, secret, S("10.0.0.1"), S("sv")));
		WORKS(act_messages_stop(&h->c, secret, S("10.0.0.1"), S("sv")));
	}
}

/* ---- before somebody goes ------------------------------------------------------------------------ */

static bool logs_in(house *h, str secret)
{
	session s;
	str cookie;
	h->c.fault = (fault){.kind = FAULT_NONE};
	return act_login_link(&h->c, secret, S("10.0.0.1"), S("?"), &s, &cookie);
}

/* The link is a log-in, and logging in is to stay. */
static void who_is_silent_is_asked_before(void **fixture)
{
	house *h = *fixture;
	message m;
	person got, p = someone("Amina", "Ali", LULEA, STATE_WAITING);
	p.value[FIELD_EMAIL] = S("amina@example.org");
	id stays = put(h, p);
	p.value[FIELD_EMAIL] = S("bo@example.org");
	id goes = put(h, p);
	round_at(h, START);
	round_at(h, START + 330 * DAY);
	assert_int_equal(count(h, "leaving", &m), 0);
	live(h, START + 336 * DAY);
	assert_int_equal(count(h, "leaving", &m), 2);
	assert_true(str_find(m.body, S("13 november 2024")) > 0);
	str secret = str_copy(h->mem, after(m.body, ORIGIN "/sv/login/"));
	if (!id_equal(m.person, stays)) {
		id other = stays;
		stays = goes;
		goes = other;
	}
	h->c.now = START + 364 * DAY;
	assert_true(logs_in(h, secret));
	assert_false(logs_in(h, secret));
	/* Had it still waited to be sent: there is nothing more to ask. */
	WORKS(store_outbox_get(&h->c, m.id, &m));
	assert_same(m.state, "suppressed");
	live(h, START + 367 * DAY);
	assert_int_equal(count(h, "leaving", &m), 1);
	WORKS(store_person_get(&h->c, stays, false, &got));
	FAILS(store_person_get(&h->c, goes, false, &got), FAULT_HIDDEN, "fault.hidden");
}

static void who_is_silent_is_asked_by_sms(void **fixture)
{
	static const char *const lang[] = {"sv", "en", "ar"};
	house *h = *fixture;
	message m = {.id = {""}};
	for (size_t i = 0; i < ARRAY_LEN(lang); i++) {
		person p = someone("Amina", "Ali", LULEA, STATE_WAITING);
		p.value[FIELD_PHONE] = S("+46701740605");
		p.written = str_from(lang[i]);
		round_at(h, h->c.now);
		put(h, p);
		round_at(h, h->c.now + 336 * DAY);
		live(h, h->c.now + DAY);
		assert_int_equal(count(h, "leaving", &m), 1);
		assert_same(m.lang, lang[i]);
		fits_one_sms(&m);
		assert_true(logs_in(h, after(m.body, ORIGIN "/l/")));
		live(h, h->c.now + DAY);
		round_at(h, h->c.now + 400 * DAY);
		round_at(h, h->c.now + 20 * DAY);
		assert_int_equal(count(h, "leaving", &m), 0); /* gone, with her */
	}
}

int main(void)
{
	const struct CMUnitTest test[] = {
		HOUSE_TEST(thanks_come_with_what_they_are_for),
		HOUSE_TEST(thanks_come_to_who_phoned),
		HOUSE_TEST(who_stopped_is_asked_once),
		HOUSE_TEST(a_short_link_leads_back_too),
		HOUSE_TEST(who_finished_is_not_asked),
		HOUSE_TEST(a_talk_is_reminded_of_the_day_before),
		HOUSE_TEST(late_is_better_than_never),
		HOUSE_TEST(news_come_once_a_month),
		HOUSE_TEST(late_news_are_not_doubled),
		HOUSE_TEST(one_hears_where_one_stands),
		HOUSE_TEST(an_sms_can_be_stopped_too),
		HOUSE_TEST(who_is_silent_is_asked_before),
		HOUSE_TEST(who_is_silent_is_asked_by_sms),
	};
	return cmocka_run_group_tests(test, NULL, NULL);
}
