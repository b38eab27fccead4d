/* store: messages are claimed, handed over and settled, each in a commit of its own. */
#include <pthread.h>

#include "store_help.h"

#define MINUTE INT64_C(60000)
#define LEASE  (2 * MINUTE)
#define WEEK   (7 * DAY)

static id queue(house *h, const char *subject_key, const char *channel, id who)
{
	message m = {.rule = S("login"),
		     .subject_key = str_from(subject_key),
		     .person = who,
		     .channel = str_from(channel),
		     .to = S("amina@example.org"),
		     .lang = S("sv"),
		     .subject = S("Din kod"),
		     .body = S("Koden")};
	WORKS(store_outbox_add(&h->c, &m));
	return m.id;
}

static message claim(house *h)
{
	message m;
	WORKS(store_outbox_claim(&h->c, LEASE, &m));
	return m;
}

static message look(house *h, id which)
{
	message m;
	WORKS(store_outbox_get(&h->c, which, &m));
	return m;
}

static void one_holds_it(void **fixture)
{
	house *h = *fixture;
	id which = queue(h, "1", "mail", (id){""});
	message first = claim(h), second = claim(h);
	assert_true(id_equal(first.id, which));
	assert_same(first.body, "Koden");
	assert_true(id_none(second.id));
	assert_same(look(h, which).state, "claimed");
	WORKS(store_outbox_hand_over(&h->c, &first, LEASE, S("")));
	assert_same(look(h, which).state, "sending");
	assert_true(id_none(claim(h).id));
	WORKS(store_outbox_settle(&h->c, &first, MESSAGE_SENT, S("")));
	assert_same(look(h, which).state, "sent");
	assert_int_equal(look(h, which).sent, START);
	h->c.now += WEEK;
	assert_true(id_none(claim(h).id));
}

/* Died before the handing over: nothing went, and the next one does it. */
static void a_claim_ends(void **fixture)
{
	house *h = *fixture;
	id which = queue(h, "1", "mail", (id){""});
	message dead = claim(h);
	h->c.now += LEASE - 1;
	assert_true(id_none(claim(h).id));
	h->c.now += 1;
	message next = claim(h);
	assert_true(id_equal(next.id, which));
	assert_int_equal(next.unsure, 0);
	/* It was not dead but slow: the fence keeps it from sending. */
	FAILS(store_outbox_hand_over(&h->c, &dead, LEASE, S("")), FAULT_CONFLICT,
	      "fault.changed");
	FAILS(store_outbox_settle(&h->c, &dead, MESSAGE_SENT, S("")), FAULT_CONFLICT,
	      "fault.changed");
	WORKS(store_outbox_hand_over(&h->c, &next, LEASE, S("")));
	WORKS(store_outbox_settle(&h->c, &next, MESSAGE_SENT, S("")));
}

/* Died after it: a mail goes again and says so; an SMS waits for its report or a human. */
static void unsure_after_handing_over(void **fixture)
{
	house *h = *fixture;
	id mail = queue(h, "1", "mail", (id){""});
	message m = claim(h), told;
	WORKS(store_outbox_hand_over(&h->c, &m, LEASE, S("")));
	id sms = queue(h, "2", "sms", (id){""});
	m = claim(h);
	assert_true(id_equal(m.id, sms));
	WORKS(store_outbox_hand_over(&h->c, &m, LEASE, S("secret")));
	h->c.now += LEASE;
	m = claim(h);
	assert_true(id_equal(m.id, mail));
	assert_int_equal(m.unsure, 1);
	assert_true(id_none(claim(h).id));
	assert_same(look(h, sms).state, "unsure");
	WORKS(store_outbox_settle(&h->c, &m, MESSAGE_UNSURE, S("s.mail_error.unsure")));
	assert_same(look(h, mail).state, "queued");
	assert_int_equal(look(h, mail).unsure, 2);
	FAILS(store_outbox_report(&h->c, S("guess"), true, &told), FAULT_HIDDEN,
	      "fault.hidden");
	WORKS(store_outbox_report(&h->c, S("secret"), true, &told));
	assert_true(id_equal(told.id, sms));
	assert_same(look(h, sms).state, "sent");
	assert_int_equal(look(h, sms).delivered, h->c.now);
	assert_int_equal(files_with(h, "secret"), 0);
}

static void reports_settle(void **fixture)
{
	house *h = *fixture;
	id sms = queue(h, "1", "sms", (id){""});
	message m = claim(h), told;
	WORKS(store_outbox_hand_over(&h->c, &m, LEASE, S("secret")));
	WORKS(store_outbox_report(&h->c, S("secret"), false, &told));
	assert_same(look(h, sms).state, "failed");
	assert_same(look(h, sms).error, "s.mail_error.network");
	/* The answer to the request comes after the report, and does not undo it. */
	FAILS(store_outbox_settle(&h->c, &m, MESSAGE_SENT, S("")), FAULT_CONFLICT,
	      "fault.changed");
	assert_same(look(h, sms).state, "failed");
	WORKS(store_outbox_again(&h->c, sms));
	/* A report about the former try is one about nothing. */
	FAILS(store_outbox_report(&h->c, S("secret"), true, &told), FAULT_HIDDEN,
	      "fault.hidden");
	m = claim(h);
	WORKS(store_outbox_settle(&h->c, &m, MESSAGE_UNSURE, S("")));
	assert_same(look(h, sms).state, "unsure");
}

static void tried_again_later(void **fixture)
{
	house *h = *fixture;
	id which = queue(h, "1", "mail", (id){""});
	message m;
	for (int64_t tries = 1; tries <= 12; tries++) {
		int64_t wait = MINUTE << (tries > 8 ? 8 : tries - 1);
		assert_true(send_as(h, MESSAGE_LATER, "451 amina@example.org", &m));
		assert_int_equal(look(h, which).tries, tries);
		h->c.now += wait - 1;
		assert_true(id_none(claim(h).id));
		h->c.now += 1;
	}
	assert_int_equal(files_with(h, "451 amina"), 0);
	assert_same(look(h, which).error, "451 amina@example.org");
	/* Not for ever. */
	h->c.now = START + 5 * DAY;
	assert_true(send_as(h, MESSAGE_LATER, "451", &m));
	assert_same(look(h, which).state, "failed");
	WORKS(store_outbox_again(&h->c, which));
	m = claim(h);
	assert_int_equal(m.tries, 0);
	assert_same(m.error, "");
}

static void set_free(void **fixture)
{
	house *h = *fixture;
	id which = queue(h, "1", "sms", (id){""});
	message m;
	assert_true(send_as(h, MESSAGE_FREE, "", &m));
	assert_true(send_as(h, MESSAGE_FREE, "s.mail_error.ceiling", &m));
	assert_int_equal(look(h, which).tries, 0);
	h->c.now += 60 * MINUTE - 1;
	assert_true(id_none(claim(h).id));
	h->c.now += 1;
	assert_true(send_as(h, MESSAGE_SUPPRESSED, "s.mail_error.late", &m));
	assert_same(look(h, which).state, "suppressed");
}

/* One whose person is gone meanwhile is nobody's; one that does not open is in nobody's way. */
static void the_gone_and_the_damaged(void **fixture)
{
	house *h = *fixture;
	id p = put(h, someone("Amina", "Saleh", LULEA, STATE_DRAFT));
	id damaged = queue(h, "1", "mail", (id){""});
	raw(h,
	    SQL("UPDATE message SET sealed = (SELECT bytes FROM meta WHERE name = "
		"'key_check') WHERE id = $1"),
	    &damaged);
	h->c.now++;
	id of_person = queue(h, "2", "mail", p);
	message m = claim(h);
	assert_true(id_equal(m.id, of_person));
	WORKS(store_person_erase(&h->c, p));
	FAILS(store_outbox_hand_over(&h->c, &m, LEASE, S("")), FAULT_CONFLICT,
	      "fault.changed");
}

static void reached_as_they_chose(void **fixture)
{
	house *h = *fixture;
	person p = someone("Amina", "Saleh", LULEA, STATE_WAITING);
	str to, lang;
	p.written = S("ar");
	p.value[FIELD_EMAIL] = S("amina@example.org");
	id who = put(h, p);
	WORKS(store_outbox_reach(&h->c, who, &to, &lang));
	assert_same(to, "amina@example.org");
	assert_same(lang, "ar");
	WORKS(change_one(&h->c, who, 0, FIELD_PHONE, "+46701234567"));
	WORKS(store_outbox_reach(&h->c, who, &to, &lang));
	assert_same(to, "amina@example.org");
	WORKS(change_one(&h->c, who, 0, FIELD_CHANNEL, "sms"));
	/* Whoever causes a message need not be one who may read the number. */
	h->who = coordinator_of(h, PITEA);
	h->c.actor = &h->who;
	WORKS(store_outbox_reach(&h->c, who, &to, &lang));
	assert_same(to, "+46701234567");
	h->c.actor = NULL;
	WORKS(change_one(&h->c, who, 0, FIELD_PHONE, ""));
	WORKS(store_outbox_reach(&h->c, who, &to, &lang));
	assert_same(to, "amina@example.org");
}

/* ---- several at once -------------------------------------------------------------------------- */

enum { SENDERS = 4, LETTERS = 120 };

typedef struct sender {
	house *h;
	pthread_t thread;
	id got[LETTERS];
	size_t n;
	bool failed;
} sender;

static void *drain(void *arg)
{
	sender *s = arg;
	arena *mem = arena_new(0);
	ctx c = {.mem = mem, .now = START};
	message m;
	s->failed = !store_open(&c, mem, s->h->base, &c.store);
	while (!s->failed && s->n < LETTERS) {
		s->failed = !store_outbox_claim(&c, LEASE, &m);
		if (s->failed || id_none(m.id))
			break;
		s->got[s->n++] = m.id;
		s->failed = !store_outbox_hand_over(&c, &m, LEASE, S("")) ||
			    !store_outbox_settle(&c, &m, MESSAGE_SENT, S(""));
	}
	arena_free(mem);
	return NULL;
}

static void each_goes_to_one_of_many(void **fixture)
{
	house *h = *fixture;
	static sender s[SENDERS];
	char key[8];
	size_t total = 0;
	for (int i = 0; i < LETTERS; i++) {
		snprintf(key, sizeof key, "%d", i);
		queue(h, key, "mail", (id){""});
	}
	for (int i = 0; i < SENDERS; i++) {
		s[i] = (sender){.h = h};
		assert_int_equal(pthread_create(&s[i].thread, NULL, drain, &s[i]), 0);
	}
	for (int i = 0; i < SENDERS; i++) {
		pthread_join(s[i].thread, NULL);
		assert_false(s[i].failed);
		total += s[i].n;
	}
	assert_int_equal(total, LETTERS);
	for (int i = 0; i < SENDERS; i++)
		for (size_t k = 0; k < s[i].n; k++)
			for (int j = 0; j < i; j++)
				for (size_t m = 0; m < s[j].n; m++)
					assert_false(id_equal(s[i].got[k], s[j].got[m]));
	assert_int_equal(
		raw(h, SQL("SELECT COUNT(*) FROM message WHERE state = 'sent'"), NULL),
		LETTERS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(one_holds_it),
		HOUSE_TEST(a_claim_ends),
		HOUSE_TEST(unsure_after_handing_over),
		HOUSE_TEST(reports_settle),
		HOUSE_TEST(tried_again_later),
		HOUSE_TEST(set_free),
		HOUSE_TEST(the_gone_and_the_damaged),
		HOUSE_TEST(reached_as_they_chose),
		HOUSE_TEST(each_goes_to_one_of_many),
	};
	return cmocka_run_group_tests_name("store outbox", tests, NULL, NULL);
}
