/*
 * act: what participants are told, and what nobody is. A booked, moved or cancelled interview is
 * told once each, in her language and within one SMS; asking to log in does the very same work
 * for someone known and someone not.
 */
#include "store_help.h"

#include "act/office.h"
#include "view/view.h"

enum { SMS_LETTERS = 70 };

/* ---- interviews ---------------------------------------------------------------------------- */

static message *messages(house *h, size_t *n)
{
	message *m;
	int64_t total;
	const actor *before = h->c.actor;
	h->c.actor = NULL;
	WORKS(store_outbox_list(&h->c, S("queued"), 0, 100, &m, n, &total));
	for (size_t i = 0; i < *n; i++)
		WORKS(store_outbox_get(&h->c, m[i].id, &m[i]));
	h->c.actor = before;
	return m;
}

static size_t count(house *h, const char *rule)
{
	size_t n, of = 0;
	message *m = messages(h, &n);
	for (size_t i = 0; i < n; i++)
		of += str_equal(m[i].rule, str_from(rule));
	return of;
}

static id registered(house *h, field_id f, const char *contact, const char *lang)
{
	person p = someone("Amina", "Ali", LULEA, STATE_SUBMITTED);
	p.value[f] = str_from(contact);
	p.written = str_from(lang);
	return put(h, p);
}

static interview new_talk(id who)
{
	return (interview){.person = who,
			   .at = START + DAY,
			   .mode = S("phone"),
			   .conduct = QUEUED_UNKNOWN,
			   .identity = QUEUED_UNKNOWN,
			   .extract = QUEUED_UNKNOWN};
}

static bool do_book(ctx *c, void *arg)
{
	return act_interview_book(c, arg, 0);
}

static bool book_and_fail(ctx *c, void *arg)
{
	return act_interview_book(c, arg, 0) &&
	       ctx_fail(c, FAULT_INPUT, "s.error.past", S(""), S(""));
}

static void each_change_is_told_once(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	id who = registered(h, FIELD_EMAIL, "amina@example.com", "ar");
	h->c.actor = &karin;
	interview i = new_talk(who), undone = i;
	FAILS(store_write(&h->c, book_and_fail, &undone), FAULT_INPUT, "s.error.past");
	assert_int_equal(count(h, "talk_booked"), 0); /* not without what it tells of */
	WORKS(store_write(&h->c, do_book, &i));
	assert_int_equal(count(h, "talk_booked"), 1);
	WORKS(store_write(&h->c, do_book,
			  &i)); /* saved again as it was: nothing to tell */
	assert_int_equal(count(h, "talk_moved"), 0);
	i.at += DAY;
	WORKS(store_write(&h->c, do_book, &i));
	i.mode = S("video");
	WORKS(store_write(&h->c, do_book, &i));
	assert_int_equal(count(h, "talk_moved"), 2);
	WORKS(act_interview_cancel(&h->c, &i));
	assert_int_equal(count(h, "talk_cancelled"), 1);

	size_t n;
	message *m = messages(h, &n);
	assert_int_equal(n, 4);
	for (size_t k = 0; k < n; k++) {
		assert_same(m[k].to, "amina@example.com");
		assert_same(m[k].lang, "ar");
		assert_true(id_equal(m[k].person, who));
		/* No words about why. */
		assert_true(str_find(m[k].body, S("Kompis")) < 0);
		assert_true(str_find(m[k].body, S("Amina")) < 0);
	}
}

static bool do_undo(ctx *c, void *arg)
{
	const id *who = arg;
	return act_person_undo(c, *who, 0);
}

/* The step taken back takes its talk with it. */
static void a_booking_taken_back_is_told(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	id who = registered(h, FIELD_EMAIL, "amina@example.com", "sv");
	interview *talk, i = new_talk(who);
	size_t n;
	h->c.actor = &karin;
	WORKS(store_write(&h->c, do_book, &i));
	WORKS(store_write(&h->c, do_undo, &who));
	WORKS(store_interviews_of(&h->c, who, &talk, &n));
	assert_int_equal(n, 1);
	assert_same(talk[0].state, "cancelled");
	assert_int_equal(count(h, "talk_cancelled"), 1);
}

static void who_has_no_address_is_not_told(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	id who = put(h, someone("Bo", "Berg", LULEA, STATE_SUBMITTED));
	h->c.actor = &karin;
	interview i = new_talk(who);
	WORKS(store_write(&h->c, do_book, &i));
	/* Noted while it is held: nobody has to be told that it began. */
	interview now = new_talk(registered(h, FIELD_PHONE, "+46701740605", "sv"));
	now.at = START - 60000;
	WORKS(store_write(&h->c, do_book, &now));
	size_t n;
	(void)messages(h, &n);
	assert_int_equal(n, 0);
}

static size_t letters(str s)
{
	size_t n = 0;
	for (size_t pos = 0; pos < s.n; n++)
		n += utf8_next(s, &pos) > 0xffff; /* two units of UCS-2 */
	return n;
}

/* Every day of a year, every way to meet, every language participants have. */
static void an_sms_holds_it(void **fixture)
{
	static const char *const mode[] = {"phone", "video", "place"};
	static const char *const lang[] = {"sv", "en", "ar"};
	enum { DAYS = 366 };
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	size_t n, longest = 0;
	for (size_t l = 0; l < ARRAY_LEN(lang); l++) {
		id who = registered(h, FIELD_PHONE, "+46701740605", lang[l]);
		h->c.actor = &karin;
		interview i = new_talk(who);
		for (int day = 0; day < DAYS; day += 7 + day % 2) {
			i.at = START + DAY + day * DAY;
			i.mode = str_from(mode[day % 3]);
			WORKS(store_write(&h->c, do_book, &i));
		}
		WORKS(act_interview_cancel(&h->c, &i));
		h->c.actor = NULL;
	}
	message *m = messages(h, &n);
	assert_true(n >= 100);
	for (size_t k = 0; k < n; k++) {
		assert_same(m[k].channel, "sms");
		if (letters(m[k].body) > longest)
			longest = letters(m[k].body);
	}
	print_message("the longest has %zu letters\n", longest);
	assert_true(longest <= SMS_LETTERS);
}

/* ---- asking to log in -------------------------------------------------------------------------- */

/* A kind of database that notes what the real one is asked (db_priv.h). */
static const db_kind *real;
static buf *noted;
static const statement *begun[16];

static void note(const char *text)
{
	buf_add(noted, str_from(text));
	buf_char(noted, '\n');
}

static bool note_commit(ctx *c, db *d)
{
	note("COMMIT");
	return real->commit(c, d);
}

/* When it begins; its further rows are no more work. */
static bool note_step(ctx *c, db *d, statement *s, bool *row)
{
	size_t i = 0;
	while (i < ARRAY_LEN(begun) && begun[i] != s)
		i++;
	if (i == ARRAY_LEN(begun)) {
		for (i = 0; begun[i]; i++)
			assert_true(i + 1 < ARRAY_LEN(begun));
		begun[i] = s;
		note(s->text);
	}
	return real->step(c, d, s, row);
}

static void note_end(statement *s)
{
	for (size_t i = 0; i < ARRAY_LEN(begun); i++)
		if (begun[i] == s)
			begun[i] = NULL;
	real->reset(s);
}

static bool note_run(ctx *c, db *d, const char *text, const char **rest)
{
	note(text);
	return real->run(c, d, text, rest);
}

typedef struct asking {
	const char *contact;
	bool (*way)(ctx *c, str contact, str lang, str address);
} asking;

static bool do_ask(ctx *c, void *arg)
{
	const asking *a = arg;
	return a->way(c, str_from(a->contact), S("sv"), S("10.0.0.1"));
}

/* Digits that are wrong, whoever it is. */
static bool guess(ctx *c, str contact, str lang, str address)
{
	session s;
	str cookie;
	(void)lang;
	(void)address;
	bool in = act_login_code(c, contact, S("000000"), S("?"), &s, &cookie);
	c->fault = (fault){0};
	return !in;
}

/* Every statement and commit of both databases. */
static str work_of(house *h, const asking *a)
{
	const actor nobody = {.role = ROLE_NONE};
	store *s = h->c.store;
	real = s->main.kind;
	db_kind watching = *real;
	watching.commit = note_commit;
	watching.step = note_step;
	watching.reset = note_end;
	watching.run = note_run;
	noted = NEW(h->mem, buf);
	noted->mem = h->mem;
	s->main.kind = s->keys.kind = &watching;
	h->c.actor = &nobody;
	asking copy = *a;
	WORKS(store_write(&h->c, do_ask, &copy));
	s->main.kind = s->keys.kind = real;
	h->c.actor = NULL;
	return buf_str(noted);
}

/* The twin: it looks who it is before it answers. */
static bool ask_at_once(ctx *c, str contact, str lang, str address)
{
	person *found;
	size_t n;
	str secret, code;
	if (!act_login_ask(c, contact, lang, address) ||
	    !store_people_by_contact(c, contact, &found, &n))
		return false;
	token t = {.kind = S("login"), .expires = c->now + DAY};
	if (!n)
		return true;
	t.person = found->id;
	return store_token_new(c, &t, contact, &secret, &code);
}

static void known_and_unknown_are_the_same_work(void **fixture)
{
	house *h = *fixture;
	(void)registered(h, FIELD_EMAIL, "amina@example.com", "sv");
	const asking known = {"amina@example.com", act_login_ask},
		     unknown = {"nobody@example.com", act_login_ask},
		     hasty = {"amina@example.com", ask_at_once},
		     in_vain = {"nobody@example.com", ask_at_once};
	str first = work_of(h, &known);
	assert_true(str_find(first, S("COMMIT")) >= 0);
	assert_true(str_equal(first, work_of(h, &unknown)));
	assert_false(str_equal(work_of(h, &hasty), work_of(h, &in_vain)));
}

static bool do_answer(ctx *c, void *arg)
{
	return act_login_answer(c, S("https://kompis.test"), arg);
}

static void a_wrong_code_is_the_same_work(void **fixture)
{
	house *h = *fixture;
	bool more;
	(void)registered(h, FIELD_EMAIL, "amina@example.com", "sv");
	const asking ask = {"amina@example.com", act_login_ask},
		     known = {"amina@example.com", guess},
		     unknown = {"nobody@example.com", guess};
	(void)work_of(h, &ask);
	WORKS(store_write(&h->c, do_answer, &more));
	assert_int_equal(count(h, "login"), 1);
	for (int i = 0; i < 12; i++) {
		if (i == 6) { /* the code is dead; a new one is not */
			(void)work_of(h, &ask);
			WORKS(store_write(&h->c, do_answer, &more));
			assert_int_equal(count(h, "login"), 2);
		}
		assert_true(str_equal(work_of(h, &known), work_of(h, &unknown)));
	}
}

static void only_someone_known_gets_the_letter(void **fixture)
{
	house *h = *fixture;
	bool more;
	size_t n;
	id who = registered(h, FIELD_EMAIL, "amina@example.com", "sv");
	const asking known = {"amina@example.com", act_login_ask},
		     unknown = {"nobody@example.com", act_login_ask};
	(void)work_of(h, &unknown);
	(void)work_of(h, &known);
	(void)messages(h, &n);
	assert_int_equal(n, 0);
	for (int left = 2; left >= 0; left--) {
		WORKS(store_write(&h->c, do_answer, &more));
		assert_int_equal(more, left > 0);
	}
	message *m = messages(h, &n);
	assert_int_equal(n, 1);
	assert_same(m->to, "amina@example.com");
	ptrdiff_t at = str_find(m->body, S("https://kompis.test/sv/login/"));
	assert_true(at > 0);
	session s;
	str cookie, secret = str_slice(m->body, (size_t)at + 29, (size_t)at + 29 + 52);
	WORKS(act_login_link(&h->c, secret, S("127.0.0.1"), S("?"), &s, &cookie));
	assert_true(id_equal(s.person, who));
}

int main(void)
{
	const struct CMUnitTest test[] = {
		HOUSE_TEST(each_change_is_told_once),
		HOUSE_TEST(a_booking_taken_back_is_told),
		HOUSE_TEST(who_has_no_address_is_not_told),
		HOUSE_TEST(an_sms_holds_it),
		HOUSE_TEST(known_and_unknown_are_the_same_work),
		HOUSE_TEST(only_someone_known_gets_the_letter),
		HOUSE_TEST(a_wrong_code_is_the_same_work),
	};
	return cmocka_run_group_tests(test, NULL, NULL);
}
