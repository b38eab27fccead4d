/* store: staff, how they prove who they are, sessions, links, budgets, programme, messages. */
#include <liboath/oath.h>
#include <pthread.h>

#include "store_help.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };

static account new_account(house *h, role r, const char *name, const char *email)
{
	account a = {.role = r,
		     .name = str_from(name),
		     .email = str_from(email),
		     .lang = S("sv"),
		     .state = S("active")};
	WORKS(store_account_set(&h->c, &a));
	return a;
}

static void acts_as(house *h, const account *a)
{
	h->who = (actor){.role = a->role,
			 .rights = model_role[a->role].rights,
			 .account = a->id,
			 .everywhere = a->everywhere};
	h->c.actor = &h->who;
}

/* ---- accounts ---------------------------------------------------------------------------- */

static void accounts_come_back(void **fixture)
{
	house *h = *fixture;
	account a = {.role = ROLE_COORDINATOR,
		     .name = S("Åsa Öberg"),
		     .email = S("Asa.Oberg@example.org"),
		     .lang = S("sv"),
		     .municipality = (uint16_t[]){PITEA, LULEA, LULEA},
		     .municipality_n = 3};
	account got, *list;
	size_t n;
	WORKS(store_account_set(&h->c, &a));
	assert_false(id_none(a.id));
	assert_int_equal(a.version, 1);
	WORKS(store_account_get(&h->c, a.id, &got));
	assert_same(got.name, "Åsa Öberg");
	assert_same(got.email, "Asa.Oberg@example.org");
	assert_same(got.state, "invited");
	assert_int_equal(got.role, ROLE_COORDINATOR);
	assert_int_equal(got.municipality_n, 2);
	assert_int_equal(got.municipality[0], LULEA);
	assert_false(got.has_password || got.has_totp || got.everywhere);
	WORKS(store_account_by_email(&h->c, S(" asa.oberg@EXAMPLE.org"), &got));
	assert_true(id_equal(got.id, a.id));
	FAILS(store_account_by_email(&h->c, S("other@example.org"), &got), FAULT_HIDDEN,
	      "fault.hidden");
	FAILS(store_account_by_email(&h->c, S("\xff@x"), &got), FAULT_HIDDEN,
	      "fault.hidden");
	WORKS(store_accounts(&h->c, &list, &n));
	assert_int_equal(n, 1);
	assert_int_equal(files_with(h, "berg"), 0);
	assert_int_equal(files_with(h, "example.org"), 0);
}

static void changes_are_compared(void **fixture)
{
	house *h = *fixture;
	account a = new_account(h, ROLE_COORDINATOR, "A", "a@example.org"), old = a;
	account b = new_account(h, ROLE_COORDINATOR, "B", "b@example.org");
	a.name = S("Anna");
	WORKS(store_account_set(&h->c, &a));
	assert_int_equal(a.version, 2);
	FAILS(store_account_set(&h->c, &old), FAULT_CONFLICT, "fault.changed");
	b.email = S("A@example.org");
	FAILS(store_account_set(&h->c, &b), FAULT_CONFLICT, "store.email_taken");
	b.email = S("nowhere");
	FAILS(store_account_set(&h->c, &b), FAULT_INPUT, "store.email_bad");
}

static void last_administrator_stays(void **fixture)
{
	house *h = *fixture;
	account a = new_account(h, ROLE_ADMINISTRATOR, "A", "a@example.org"), less = a;
	less.role = ROLE_COORDINATOR;
	FAILS(store_account_set(&h->c, &less), FAULT_CONFLICT, "store.last_admin");
	FAILS(store_account_state(&h->c, a.id, S("locked")), FAULT_CONFLICT,
	      "store.last_admin");
	FAILS(store_account_state(&h->c, a.id, S("invited")), FAULT_CONFLICT,
	      "store.last_admin");
	/* An invited one is none yet. */
	account b = {.role = ROLE_ADMINISTRATOR, .name = S("B"), .email = S("b@x.org")};
	WORKS(store_account_set(&h->c, &b));
	FAILS(store_account_state(&h->c, a.id, S("locked")), FAULT_CONFLICT,
	      "store.last_admin");
	WORKS(store_account_state(&h->c, b.id, S("active")));
	WORKS(store_account_state(&h->c, a.id, S("locked")));
	FAILS(store_account_state(&h->c, b.id, S("locked")), FAULT_CONFLICT,
	      "store.last_admin");
	FAILS(store_account_state(&h->c, store_id_new(&h->c), S("active")), FAULT_HIDDEN,
	      "fault.hidden");
}

static void powers_are_for_administrators(void **fixture)
{
	house *h = *fixture;
	account a = new_account(h, ROLE_ADMINISTRATOR, "A", "a@example.org");
	account k = new_account(h, ROLE_COORDINATOR, "K", "k@example.org"), got, more;
	acts_as(h, &k);
	WORKS(store_account_get(&h->c, a.id, &got));
	assert_same(got.name, "A");
	assert_same(got.email, "");
	more = k;
	more.name = S("Karin");
	WORKS(store_account_set(&h->c, &more));
	more.everywhere = true;
	FAILS(store_account_set(&h->c, &more), FAULT_HIDDEN, "fault.hidden");
	more.everywhere = false;
	more.role = ROLE_ADMINISTRATOR;
	FAILS(store_account_set(&h->c, &more), FAULT_HIDDEN, "fault.hidden");
	more.role = ROLE_COORDINATOR;
	more.municipality = (uint16_t[]){LULEA};
	more.municipality_n = 1;
	FAILS(store_account_set(&h->c, &more), FAULT_HIDDEN, "fault.hidden");
	FAILS(store_account_state(&h->c, a.id, S("locked")), FAULT_HIDDEN,
	      "fault.hidden");
	FAILS(store_password_set(&h->c, a.id, S("x")), FAULT_HIDDEN, "fault.hidden");
	FAILS(store_totp_drop(&h->c, a.id), FAULT_HIDDEN, "fault.hidden");
	account fresh = {.role = ROLE_FUNDER, .name = S("F"), .email = S("f@x.org")};
	FAILS(store_account_set(&h->c, &fresh), FAULT_HIDDEN, "fault.hidden");
	acts_as(h, &a);
	WORKS(store_account_set(&h->c, &fresh));
	/* A participant has no business here at all. */
	account *list;
	size_t n;
	h->who = (actor){.person = store_id_new(&h->c)};
	FAILS(store_account_get(&h->c, a.id, &got), FAULT_HIDDEN, "fault.hidden");
	FAILS(store_accounts(&h->c, &list, &n), FAULT_HIDDEN, "fault.hidden");
	FAILS(store_account_set(&h->c, &a), FAULT_HIDDEN, "fault.hidden");
	FAILS(store_password_set(&h->c, a.id, S("x")), FAULT_HIDDEN, "fault.hidden");
}

/* ---- passwords, codes ----------------------------------------------------------------------- */

static void passwords(void **fixture)
{
	house *h = *fixture;
	account a = new_account(h, ROLE_COORDINATOR, "A", "a@example.org");
	account got;
	str hash, again;
	bool good = true;
	WORKS(store_password_check(&h->c, a.id, S("secret"), &good));
	assert_false(good);
	WORKS(store_password_hash(&h->c, S("secret"), &hash));
	WORKS(store_password_hash(&h->c, S("secret"), &again));
	assert_false(str_equal(hash, again));
	WORKS(store_password_set(&h->c, a.id, hash));
	WORKS(store_password_check(&h->c, a.id, S("secret"), &good));
	assert_true(good);
	WORKS(store_password_check(&h->c, a.id, S("secreT"), &good));
	assert_false(good);
	WORKS(store_password_check(&h->c, (id){""}, S("secret"), &good));
	assert_false(good);
	WORKS(store_account_get(&h->c, a.id, &got));
	assert_true(got.has_password);
	assert_int_equal(files_with(h, "$argon2id$"), 0);
	WORKS(store_account_state(&h->c, a.id, S("locked")));
	WORKS(store_password_check(&h->c, a.id, S("secret"), &good));
	assert_false(good);
}

static str totp_at(house *h, const uint8_t secret[20], int64_t ms)
{
	char out[7];
	assert_int_equal(oath_totp_generate((const char *)secret, 20, (time_t)(ms / 1000),
					    30, 0, 6, out),
			 OATH_OK);
	return str_copy(h->mem, str_from(out));
}

/* RFC 6238, appendix B: at 59 s the last six of 94287082; and the window of a step to each side. */
static void totp(void **fixture)
{
	house *h = *fixture;
	const uint8_t secret[20] = "12345678901234567890";
	account a = new_account(h, ROLE_COORDINATOR, "A", "a@example.org");
	bool good = true;
	WORKS(store_totp_check(&h->c, a.id, S("287082"), &good));
	assert_false(good);
	WORKS(store_totp_set(&h->c, a.id, secret));
	h->c.now = 59 * 1000;
	WORKS(store_totp_check(&h->c, a.id, S("287082"), &good));
	assert_true(good);
	WORKS(store_totp_check(&h->c, a.id, S("287082"), &good));
	assert_false(good);
	h->c.now = START;
	WORKS(store_totp_check(&h->c, a.id, totp_at(h, secret, START - 30000), &good));
	assert_true(good);
	WORKS(store_totp_check(&h->c, a.id, totp_at(h, secret, START + 30000), &good));
	assert_true(good);
	/* Skipped is used. */
	WORKS(store_totp_check(&h->c, a.id, totp_at(h, secret, START), &good));
	assert_false(good);
	h->c.now = START + HOUR;
	WORKS(store_totp_check(&h->c, a.id, totp_at(h, secret, h->c.now - 60000), &good));
	assert_false(good);
	WORKS(store_totp_check(&h->c, a.id, totp_at(h, secret, h->c.now + 60000), &good));
	assert_false(good);
	WORKS(store_totp_check(&h->c, a.id, S(""), &good));
	assert_false(good);
	WORKS(store_totp_drop(&h->c, a.id));
	WORKS(store_totp_check(&h->c, a.id, totp_at(h, secret, h->c.now), &good));
	assert_false(good);
	assert_int_equal(files_with(h, "12345678901234567890"), 0);
}

static void totp_cannot_be_guessed(void **fixture)
{
	house *h = *fixture;
	const uint8_t secret[20] = "12345678901234567890";
	account a = new_account(h, ROLE_COORDINATOR, "A", "a@example.org");
	bool good;
	WORKS(store_totp_set(&h->c, a.id, secret));
	for (int i = 0; i < 10; i++) {
		WORKS(store_totp_check(&h->c, a.id, S("xxxxxx"), &good));
		assert_false(good);
	}
	FAILS(store_totp_check(&h->c, a.id, totp_at(h, secret, START), &good),
	      FAULT_LIMIT, "fault.limit");
	h->c.now += 15 * MINUTE;
	WORKS(store_totp_check(&h->c, a.id, totp_at(h, secret, h->c.now), &good));
	assert_true(good);
}

static void recovery_codes(void **fixture)
{
	house *h = *fixture;
	account a = new_account(h, ROLE_COORDINATOR, "A", "a@example.org");
	account b = new_account(h, ROLE_COORDINATOR, "B", "b@example.org");
	str first[10], second[10];
	bool good;
	WORKS(store_recovery_new(&h->c, a.id, first));
	WORKS(store_recovery_use(&h->c, b.id, first[0], &good));
	assert_false(good);
	WORKS(store_recovery_use(&h->c, a.id, first[0], &good));
	assert_true(good);
	WORKS(store_recovery_use(&h->c, a.id, first[0], &good));
	assert_false(good);
	/* As someone types it. */
	char *typed = str_terminated(h->mem, first[1]);
	for (char *p = typed; *p; p++)
		*p = (char)(*p == '-' ? ' ' : *p == '0' ? 'O' : *p >= 'a' ? *p - 32 : *p);
	WORKS(store_recovery_use(&h->c, a.id, str_from(typed), &good));
	assert_true(good);
	WORKS(store_recovery_new(&h->c, a.id, second));
	WORKS(store_recovery_use(&h->c, a.id, first[2], &good));
	assert_false(good);
	WORKS(store_recovery_use(&h->c, a.id, second[9], &good));
	assert_true(good);
}

/* ---- sessions ---------------------------------------------------------------------------------- */

static session enter(house *h, id of_account, id of_person, str *secret)
{
	session s = {.account = of_account,
		     .person = of_person,
		     .expires = h->c.now + 10 * HOUR,
		     .idle_ms = 30 * MINUTE,
		     .device = S("Firefox, Android"),
		     .strong = true};
	WORKS(store_session_new(&h->c, &s, secret));
	assert_int_equal(secret->n, 52);
	return s;
}

static void sessions_of_staff(void **fixture)
{
	house *h = *fixture;
	account a = new_account(h, ROLE_COORDINATOR, "A", "a@example.org");
	str secret, weak;
	session got, s = enter(h, a.id, (id){""}, &secret);
	actor who;
	WORKS(store_session_get(&h->c, secret, &got, &who));
	assert_true(id_equal(got.id, s.id));
	assert_memory_equal(got.key, s.key, 32);
	assert_int_equal(who.role, ROLE_COORDINATOR);
	assert_int_equal(who.rights, model_role[ROLE_COORDINATOR].rights);
	assert_true(id_equal(who.account, a.id) && id_equal(who.session, s.id));
	/* One proof of two: known, and without rights. */
	session half = {.account = a.id, .expires = START + HOUR};
	WORKS(store_session_new(&h->c, &half, &weak));
	WORKS(store_session_get(&h->c, weak, &got, &who));
	assert_int_equal(who.rights, 0);
	FAILS(store_session_get(&h->c, S("x"), &got, &who), FAULT_HIDDEN, "fault.hidden");
	FAILS(store_session_get(&h->c, store_secret_new(&h->c, 52), &got, &who),
	      FAULT_HIDDEN, "fault.hidden");
	/* Used within each half hour it lasts, to the tenth hour. */
	for (int i = 1; i < 24; i++) {
		h->c.now = START + (int64_t)i * 25 * MINUTE;
		WORKS(store_session_get(&h->c, secret, &got, &who));
		assert_int_equal(got.seen, h->c.now);
	}
	WORKS(store_account_get(&h->c, a.id, &a));
	assert_int_equal(a.seen, h->c.now);
	h->c.now = START + 10 * HOUR;
	FAILS(store_session_get(&h->c, secret, &got, &who), FAULT_HIDDEN, "fault.hidden");
	assert_int_equal(files_with(h, secret.s), 0);
	assert_int_equal(files_with(h, "Firefox"), 0);
}

static void sessions_end(void **fixture)
{
	house *h = *fixture;
	account a = new_account(h, ROLE_COORDINATOR, "A", "a@example.org");
	account b = new_account(h, ROLE_COORDINATOR, "B", "b@example.org");
	str idle, two, three, other;
	session got, *list;
	actor who;
	size_t n;
	enter(h, a.id, (id){""}, &idle);
	h->c.now += 30 * MINUTE;
	FAILS(store_session_get(&h->c, idle, &got, &who), FAULT_HIDDEN, "fault.hidden");
	session s2 = enter(h, a.id, (id){""}, &two);
	h->c.now += 1000;
	session s3 = enter(h, a.id, (id){""}, &three);
	session theirs = enter(h, b.id, (id){""}, &other);
	acts_as(h, &a);
	WORKS(store_sessions(&h->c, &list, &n));
	assert_int_equal(n, 2);
	assert_true(id_equal(list[0].id, s3.id) && id_equal(list[1].id, s2.id));
	assert_same(list[0].device, "Firefox, Android");
	FAILS(store_session_end(&h->c, theirs.id), FAULT_HIDDEN, "fault.hidden");
	FAILS(store_sessions_end_all(&h->c, b.id, (id){""}), FAULT_HIDDEN,
	      "fault.hidden");
	WORKS(store_sessions_end_all(&h->c, a.id, s3.id));
	FAILS(store_session_get(&h->c, two, &got, &who), FAULT_HIDDEN, "fault.hidden");
	WORKS(store_session_get(&h->c, three, &got, &who));
	WORKS(store_session_end(&h->c, s3.id));
	FAILS(store_session_get(&h->c, three, &got, &who), FAULT_HIDDEN, "fault.hidden");
	WORKS(store_session_get(&h->c, other, &got, &who));
	h->c.actor = NULL;
	WORKS(store_account_state(&h->c, b.id, S("locked")));
	FAILS(store_session_get(&h->c, other, &got, &who), FAULT_HIDDEN, "fault.hidden");
	/* Nor is one that was locked in another way let in. */
	WORKS(store_account_state(&h->c, b.id, S("active")));
	enter(h, b.id, (id){""}, &other);
	raw(h, SQL("UPDATE account SET state = 'locked' WHERE id = $1"), &b.id);
	FAILS(store_session_get(&h->c, other, &got, &who), FAULT_HIDDEN, "fault.hidden");
}

static void sessions_of_participants(void **fixture)
{
	house *h = *fixture;
	id p = put(h, someone("Amina", "Saleh", LULEA, STATE_DRAFT));
	id keep = put(h, someone("Amina", "Saleh", LULEA, STATE_SUBMITTED));
	str secret, of_keep;
	session got;
	actor who;
	enter(h, (id){""}, p, &secret);
	enter(h, (id){""}, keep, &of_keep);
	WORKS(store_session_get(&h->c, secret, &got, &who));
	assert_true(id_equal(who.person, p));
	assert_int_equal(who.rights, 0);
	/* Merged: never a way into the other's answers. */
	id twin = put(h, someone("Amina", "Saleh", LULEA, STATE_SUBMITTED));
	str of_twin;
	enter(h, (id){""}, twin, &of_twin);
	WORKS(store_person_merge(&h->c, keep, twin));
	FAILS(store_session_get(&h->c, of_twin, &got, &who), FAULT_HIDDEN,
	      "fault.hidden");
	WORKS(store_session_get(&h->c, of_keep, &got, &who));
	WORKS(store_person_erase(&h->c, p));
	FAILS(store_session_get(&h->c, secret, &got, &who), FAULT_HIDDEN, "fault.hidden");
	assert_int_equal(
		raw(h, SQL("SELECT COUNT(*) FROM session WHERE person = $1"), &p), 0);
}

/* ---- links and codes ----------------------------------------------------------------------------- */

static token for_person(id p, int64_t expires)
{
	return (token){.kind = S("login"),
		       .person = p,
		       .expires = expires,
		       .data = S("where to go on")};
}

static void links_work_once(void **fixture)
{
	house *h = *fixture;
	id p = put(h, someone("Amina", "Saleh", LULEA, STATE_SUBMITTED));
	token t = for_person(p, START + HOUR), got;
	str secret, late;
	WORKS(store_token_new(&h->c, &t, S(""), &secret, NULL));
	assert_int_equal(secret.n, 52);
	for (int i = 0; i < 2; i++) {
		WORKS(store_token_get(&h->c, S("login"), secret, &got));
		assert_true(id_equal(got.person, p));
		assert_same(got.data, "where to go on");
	}
	FAILS(store_token_use(&h->c, S("reset"), secret, &got), FAULT_HIDDEN,
	      "fault.hidden");
	WORKS(store_token_use(&h->c, S("login"), secret, &got));
	assert_same(got.data, "where to go on");
	FAILS(store_token_use(&h->c, S("login"), secret, &got), FAULT_HIDDEN,
	      "fault.hidden");
	FAILS(store_token_get(&h->c, S("login"), secret, &got), FAULT_HIDDEN,
	      "fault.hidden");
	WORKS(store_token_new(&h->c, &t, S(""), &late, NULL));
	h->c.now = START + HOUR;
	FAILS(store_token_get(&h->c, S("login"), late, &got), FAULT_HIDDEN,
	      "fault.hidden");
	FAILS(store_token_use(&h->c, S("login"), late, &got), FAULT_HIDDEN,
	      "fault.hidden");
	assert_int_equal(files_with(h, late.s), 0);
	assert_int_equal(files_with(h, "where to go on"), 0);
}

static void links_of_the_gone(void **fixture)
{
	house *h = *fixture;
	account a = new_account(h, ROLE_COORDINATOR, "A", "a@example.org");
	id p = put(h, someone("Amina", "Saleh", LULEA, STATE_DRAFT));
	token t = for_person(p, START + HOUR), got;
	token r = {.kind = S("reset"), .account = a.id, .expires = START + HOUR};
	str link, reset;
	WORKS(store_token_new(&h->c, &t, S(""), &link, NULL));
	WORKS(store_person_erase(&h->c, p));
	FAILS(store_token_use(&h->c, S("login"), link, &got), FAULT_HIDDEN,
	      "fault.hidden");
	WORKS(store_token_new(&h->c, &r, S(""), &reset, NULL));
	WORKS(store_password_set(&h->c, a.id, S("another")));
	FAILS(store_token_use(&h->c, S("reset"), reset, &got), FAULT_HIDDEN,
	      "fault.hidden");
	WORKS(store_token_new(&h->c, &r, S(""), &reset, NULL));
	raw(h, SQL("UPDATE account SET state = 'locked' WHERE id = $1"), &a.id);
	FAILS(store_token_use(&h->c, S("reset"), reset, &got), FAULT_HIDDEN,
	      "fault.hidden");
}

static str wrong(house *h, str code)
{
	char *s = str_terminated(h->mem, code);
	s[5] = s[5] == '9' ? '0' : (char)(s[5] + 1);
	return str_from(s);
}

static void codes_belong_to_a_contact(void **fixture)
{
	house *h = *fixture;
	id p = put(h, someone("Amina", "Saleh", LULEA, STATE_SUBMITTED));
	token t = for_person(p, START + HOUR), got;
	str secret, code, newer;
	WORKS(store_token_new(&h->c, &t, S("070-174 06 36"), &secret, &code));
	assert_int_equal(code.n, 6);
	FAILS(store_code_use(&h->c, S("login"), S("+46701740637"), code, &got),
	      FAULT_HIDDEN, "fault.hidden");
	FAILS(store_code_use(&h->c, S("reset"), S("+46701740636"), code, &got),
	      FAULT_HIDDEN, "fault.hidden");
	WORKS(store_code_use(&h->c, S("login"), S("+46701740636"), code, &got));
	assert_true(id_equal(got.person, p));
	FAILS(store_code_use(&h->c, S("login"), S("+46701740636"), code, &got),
	      FAULT_HIDDEN, "fault.hidden");
	FAILS(store_token_use(&h->c, S("login"), secret, &got), FAULT_HIDDEN,
	      "fault.hidden");
	/* The newest of two; the older one's link still works. */
	WORKS(store_token_new(&h->c, &t, S("a@example.org"), &secret, &code));
	do
		WORKS(store_token_new(&h->c, &t, S("a@example.org"), &secret, &newer));
	while (str_equal(code, newer));
	FAILS(store_code_use(&h->c, S("login"), S("A@example.org"), code, &got),
	      FAULT_HIDDEN, "fault.hidden");
	WORKS(store_code_use(&h->c, S("login"), S("A@example.org"), newer, &got));
}

typedef struct guess {
	str contact, digits;
	token got;
} guess;

static bool guess_work(ctx *c, void *arg)
{
	guess *g = arg;
	return store_code_use(c, S("login"), g->contact, g->digits, &g->got);
}

/* As the pages do it: within a transaction that is undone when the digits are wrong. */
static void codes_cannot_be_guessed(void **fixture)
{
	house *h = *fixture;
	id p = put(h, someone("Amina", "Saleh", LULEA, STATE_SUBMITTED));
	token t = for_person(p, START + DAY);
	str secret, code;
	WORKS(store_token_new(&h->c, &t, S("a@example.org"), &secret, &code));
	guess bad = {.contact = S("a@example.org"), .digits = wrong(h, code)};
	guess good = {.contact = bad.contact, .digits = code};
	for (int i = 0; i < 5; i++)
		FAILS(store_write(&h->c, guess_work, &bad), FAULT_HIDDEN, "fault.hidden");
	FAILS(store_write(&h->c, guess_work, &good), FAULT_HIDDEN, "fault.hidden");
	/* A fresh one, and after twenty the contact rests, whether it is known or not. */
	for (int i = 6; i < 20; i++)
		FAILS(store_write(&h->c, guess_work, &bad), FAULT_HIDDEN, "fault.hidden");
	WORKS(store_token_new(&h->c, &t, S("a@example.org"), &secret, &code));
	good.digits = code;
	FAILS(store_write(&h->c, guess_work, &good), FAULT_LIMIT, "fault.limit");
	assert_same(h->c.fault.arg[0], "3600");
	guess unknown = {.contact = S("nobody@example.org"), .digits = S("000000")};
	for (int i = 0; i < 20; i++)
		FAILS(store_write(&h->c, guess_work, &unknown), FAULT_HIDDEN,
		      "fault.hidden");
	FAILS(store_write(&h->c, guess_work, &unknown), FAULT_LIMIT, "fault.limit");
	h->c.now += HOUR;
	WORKS(store_write(&h->c, guess_work, &good));
}

/* ---- once, whoever is first ------------------------------------------------------------------------ */

typedef struct racer {
	house *h;
	str secret;
	pthread_barrier_t *start;
	bool won;
	fault_kind lost;
} racer;

static void *race(void *arg)
{
	racer *r = arg;
	arena *mem = arena_new(0);
	ctx c;
	token got;
	house_handle(r->h, &c, mem);
	pthread_barrier_wait(r->start);
	r->won = store_token_use(&c, S("login"), r->secret, &got);
	r->lost = c.fault.kind;
	arena_free(mem);
	return NULL;
}

static void one_of_many_uses_it(void **fixture)
{
	enum { RACERS = 6 };
	house *h = *fixture;
	id p = put(h, someone("Amina", "Saleh", LULEA, STATE_SUBMITTED));
	token t = for_person(p, START + HOUR);
	pthread_t thread[RACERS];
	racer r[RACERS];
	pthread_barrier_t start;
	str secret;
	int winners = 0;
	WORKS(store_token_new(&h->c, &t, S(""), &secret, NULL));
	pthread_barrier_init(&start, NULL, RACERS);
	for (int i = 0; i < RACERS; i++) {
		r[i] = (racer){.h = h, .secret = secret, .start = &start};
		assert_int_equal(pthread_create(&thread[i], NULL, race, &r[i]), 0);
	}
	for (int i = 0; i < RACERS; i++) {
		pthread_join(thread[i], NULL);
		winners += r[i].won;
		assert_int_equal(r[i].lost, r[i].won ? FAULT_NONE : FAULT_HIDDEN);
	}
	pthread_barrier_destroy(&start);
	assert_int_equal(winners, 1);
}

/* ---- budgets ---------------------------------------------------------------------------------------- */

static void budgets_slide(void **fixture)
{
	house *h = *fixture;
	for (int i = 0; i < 3; i++) {
		h->c.now = START + (int64_t)i * MINUTE;
		WORKS(store_budget_take(&h->c, S("login"), S("192.0.2.1"), 3, 600));
	}
	FAILS(store_budget_take(&h->c, S("login"), S("192.0.2.1"), 3, 600), FAULT_LIMIT,
	      "fault.limit");
	assert_same(h->c.fault.arg[0], "480");
	WORKS(store_budget_take(&h->c, S("login"), S("192.0.2.2"), 3, 600));
	WORKS(store_budget_take(&h->c, S("other"), S("192.0.2.1"), 3, 600));
	h->c.now = START + 10 * MINUTE;
	WORKS(store_budget_take(&h->c, S("login"), S("192.0.2.1"), 3, 600));
	FAILS(store_budget_take(&h->c, S("login"), S("192.0.2.1"), 3, 600), FAULT_LIMIT,
	      "fault.limit");
	assert_int_equal(files_with(h, "192.0.2.1"), 0);
}

static bool take_and_fail(ctx *c, void *arg)
{
	bool *inner = arg;
	if (!store_budget_take(c, S("b"), S("x"), 5, 600))
		return false;
	if (!*inner)
		return fail_hidden(c);
	*inner = false;
	return !store_write(c, take_and_fail, inner);
}

/* What was taken within work that is undone is taken, and once. */
static void budgets_outlive_rollbacks(void **fixture)
{
	house *h = *fixture;
	bool inner = false;
	sql_text count = SQL("SELECT COUNT(*) FROM budget");
	FAILS(store_write(&h->c, take_and_fail, &inner), FAULT_HIDDEN, "fault.hidden");
	assert_int_equal(raw(h, count, NULL), 1);
	inner = true;
	assert_true(store_write(&h->c, take_and_fail, &inner));
	assert_int_equal(raw(h, count, NULL), 3);
	FAILS(store_write(&h->c, take_and_fail, &inner), FAULT_HIDDEN, "fault.hidden");
	FAILS(store_write(&h->c, take_and_fail, &inner), FAULT_HIDDEN, "fault.hidden");
	FAILS(store_write(&h->c, take_and_fail, &inner), FAULT_LIMIT, "fault.limit");
	assert_int_equal(raw(h, count, NULL), 5);
}

/* ---- programme, places, texts ------------------------------------------------------------------------ */

static void programme_comes_back(void **fixture)
{
	house *h = *fixture;
	programme p, got;
	WORKS(store_programme_get(&h->c, &p));
	assert_same(p.name, "");
	assert_int_equal(p.version, 0);
	p.name = S("Kompis Norrbotten");
	p.funder = S("Fonden");
	p.from = 19000;
	p.to = 20000;
	p.goal = 400;
	p.new_years = 3;
	p.municipality = (uint16_t[]){PITEA, LULEA};
	p.municipality_n = 2;
	WORKS(store_programme_set(&h->c, &p));
	WORKS(store_programme_get(&h->c, &got));
	assert_same(got.name, "Kompis Norrbotten");
	assert_int_equal(got.version, 1);
	assert_int_equal(got.goal, 400);
	assert_int_equal(got.municipality_n, 2);
	assert_int_equal(got.municipality[0], LULEA);
	got.municipality_n = 1;
	WORKS(store_programme_set(&h->c, &got));
	FAILS(store_programme_set(&h->c, &got), FAULT_CONFLICT, "fault.changed");
	WORKS(store_programme_get(&h->c, &got));
	assert_int_equal(got.municipality_n, 1);
	account k = new_account(h, ROLE_COORDINATOR, "K", "k@example.org");
	acts_as(h, &k);
	WORKS(store_programme_get(&h->c, &got));
	FAILS(store_programme_set(&h->c, &got), FAULT_HIDDEN, "fault.hidden");
	h->who = (actor){.role = ROLE_NONE};
	FAILS(store_programme_set(&h->c, &got), FAULT_LOGIN, "fault.login");
}

static void places_and_texts(void **fixture)
{
	house *h = *fixture;
	meeting_place m = {.municipality = LULEA, .name = S("Biblioteket")}, *list;
	text_row *text;
	size_t n;
	WORKS(store_place_set(&h->c, &m));
	m.closed = true;
	WORKS(store_place_set(&h->c, &m));
	WORKS(store_places(&h->c, &list, &n));
	assert_int_equal(n, 1);
	assert_true(list[0].closed);
	assert_same(list[0].name, "Biblioteket");
	WORKS(store_text_set(&h->c, S("p.home.title"), S("sv"), S("Välkommen")));
	WORKS(store_text_set(&h->c, S("p.home.title"), S("sv"), S("Hej")));
	WORKS(store_texts(&h->c, &text, &n));
	assert_int_equal(n, 1);
	assert_same(text[0].text, "Hej");
	WORKS(store_text_set(&h->c, S("p.home.title"), S("sv"), S("")));
	WORKS(store_texts(&h->c, &text, &n));
	assert_int_equal(n, 0);
}

/* ---- messages ---------------------------------------------------------------------------------------- */

static message letter(id p, const char *subject_key)
{
	return (message){.rule = S("login"),
			 .subject_key = str_from(subject_key),
			 .person = p,
			 .channel = S("mail"),
			 .to = S("amina@example.org"),
			 .lang = S("sv"),
			 .subject = S("Din kod"),
			 .body = S("Koden står i brevet")};
}

static void messages_once(void **fixture)
{
	house *h = *fixture;
	id p = put(h, someone("Amina", "Saleh", LULEA, STATE_DRAFT));
	message m = letter(p, "one"), twice = letter(p, "one"),
		office = letter((id){""}, "two");
	message got, *list;
	size_t n;
	int64_t total;
	WORKS(store_outbox_add(&h->c, &m));
	WORKS(store_outbox_add(&h->c, &twice));
	assert_true(id_none(twice.id));
	WORKS(store_outbox_add(&h->c, &office));
	WORKS(store_outbox_list(&h->c, S("queued"), 0, 10, &list, &n, &total));
	assert_int_equal(total, 2);
	assert_same(list[0].body, "");
	assert_same(list[0].to, "amina@example.org");
	WORKS(store_outbox_list(&h->c, S("sent"), 0, 10, &list, &n, &total));
	assert_int_equal(n + (size_t)total, 0);
	WORKS(store_outbox_get(&h->c, m.id, &got));
	assert_same(got.body, "Koden står i brevet");
	assert_int_equal(files_with(h, "Koden"), 0);
	assert_int_equal(files_with(h, "amina@"), 0);
	/* Closed with the person. */
	WORKS(store_person_erase(&h->c, p));
	FAILS(store_outbox_get(&h->c, m.id, &got), FAULT_HIDDEN, "fault.hidden");
	WORKS(store_outbox_list(&h->c, S(""), 0, 10, &list, &n, &total));
	assert_int_equal(n, 1);
	account k = new_account(h, ROLE_COORDINATOR, "K", "k@example.org");
	acts_as(h, &k);
	FAILS(store_outbox_get(&h->c, office.id, &got), FAULT_HIDDEN, "fault.hidden");
	FAILS(store_outbox_list(&h->c, S(""), 0, 10, &list, &n, &total), FAULT_HIDDEN,
	      "fault.hidden");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(accounts_come_back),
		HOUSE_TEST(changes_are_compared),
		HOUSE_TEST(last_administrator_stays),
		HOUSE_TEST(powers_are_for_administrators),
		HOUSE_TEST(passwords),
		HOUSE_TEST(totp),
		HOUSE_TEST(totp_cannot_be_guessed),
		HOUSE_TEST(recovery_codes),
		HOUSE_TEST(sessions_of_staff),
		HOUSE_TEST(sessions_end),
		HOUSE_TEST(sessions_of_participants),
		HOUSE_TEST(links_work_once),
		HOUSE_TEST(links_of_the_gone),
		HOUSE_TEST(codes_belong_to_a_contact),
		HOUSE_TEST(codes_cannot_be_guessed),
		HOUSE_TEST(one_of_many_uses_it),
		HOUSE_TEST(budgets_slide),
		HOUSE_TEST(budgets_outlive_rollbacks),
		HOUSE_TEST(programme_comes_back),
		HOUSE_TEST(places_and_texts),
		HOUSE_TEST(messages_once),
	};
	return cmocka_run_group_tests_name("store staff", tests, NULL, NULL);
}
