/* store: the breach sheet. Whom an account opened, whom it could have read, and what is not known. */
#include "store_help.h"

static breach sheet(house *h, const char *email, int64_t from, int64_t to, bool names)
{
	const breach_ask ask = {
		.email = str_from(email), .from = from, .to = to, .names = names};
	breach b;
	const actor *before = h->c.actor;
	h->c.actor = NULL;
	WORKS(store_breach(&h->c, h->base, &ask, &b));
	h->c.actor = before;
	return b;
}

static const breach_person *row_of(const breach *b, id who)
{
	for (size_t i = 0; i < b->n; i++)
		if (id_equal(b->person[i].id, who))
			return &b->person[i];
	return NULL;
}

static actor account_of(house *h, role r, const char *email, uint16_t where)
{
	account a = {.role = r,
		     .name = S("Eva"),
		     .email = str_from(email),
		     .state = S("active"),
		     .municipality = &where,
		     .municipality_n = 1};
	WORKS(store_account_set(&h->c, &a));
	return (actor){.role = r, .rights = model_role[r].rights, .account = a.id};
}

static void opens(house *h, actor *who, id person_id, int64_t at)
{
	person p;
	h->c.actor = who;
	h->c.now = at;
	WORKS(store_person_get(&h->c, person_id, true, &p));
	h->c.actor = NULL;
}

static bool destroy(ctx *c, void *arg)
{
	return person_destroy(c, arg) && log_append(c, "erase", arg);
}

static void who_was_opened_and_who_could_be_read(void **fixture)
{
	house *h = *fixture;
	id often = put(h, someone("Amina", "S", LULEA, STATE_WAITING));
	id once = put(h, someone("Ali", "S", LULEA, STATE_PAIRED));
	id never = put(h, someone("Bo", "S", LULEA, STATE_CLOSED));
	id other = put(h, someone("Cia", "S", PITEA, STATE_WAITING));
	id gone = put(h, someone("Dan", "S", LULEA, STATE_WAITING));
	actor eva = account_of(h, ROLE_COORDINATOR, "eva@example.org", LULEA);
	actor ali = account_of(h, ROLE_COORDINATOR, "ali@example.org", LULEA);
	people_list l;
	const people_filter all = {.limit = 10};
	opens(h, &eva, never, START + DAY); /* before */
	opens(h, &eva, often, START + 2 * DAY);
	opens(h, &eva, gone, START + 3 * DAY);
	opens(h, &eva, once, START + 4 * DAY);
	opens(h, &eva, often, START + 5 * DAY);
	opens(h, &ali, never, START + 3 * DAY);
	h->c.actor = &eva;
	WORKS(store_people_list(&h->c, &all, &l));
	h->c.actor = NULL;
	opens(h, &eva, never, START + 6 * DAY); /* the end is not within */
	id later = put(h, someone("Eli", "S", LULEA, STATE_WAITING));
	WORKS(store_write(&h->c, destroy, &gone));
	breach b = sheet(h, "Eva@Example.org", START + 2 * DAY, START + 6 * DAY, false);
	assert_int_equal(b.opened_n, 3);
	assert_int_equal(b.n, 4);
	assert_int_equal(b.lists, 1);
	assert_int_equal(b.erased, 1);
	assert_int_equal(b.changed, 0);
	assert_true(b.log_from == START + DAY);
	const breach_person *p = row_of(&b, often);
	assert_int_equal(p->opened, 2);
	assert_true(p->first == START + 2 * DAY && p->last == START + 5 * DAY);
	assert_int_equal(p->municipality, LULEA);
	assert_int_equal(row_of(&b, once)->opened, 1);
	assert_int_equal(row_of(&b, gone)->state, STATE_COUNT);
	assert_int_equal(row_of(&b, never)->opened, 0);
	assert_null(row_of(&b, other));
	assert_null(row_of(&b, later));
	assert_int_equal(p->given.n, 0);
	/* Names on asking, and it stands in the log. */
	int64_t lines = raw(h, SQL("SELECT COUNT(*) FROM log"), NULL);
	b = sheet(h, "eva@example.org", START + 2 * DAY, START + 6 * DAY, true);
	assert_same(row_of(&b, often)->given, "Amina");
	assert_int_equal(row_of(&b, gone)->given.n, 0);
	assert_int_equal(
		raw(h, SQL("SELECT COUNT(*) FROM log WHERE action = 'breach'"), NULL), 1);
	assert_int_equal(raw(h, SQL("SELECT COUNT(*) FROM log"), NULL), lines + 1);
	int64_t broken;
	WORKS(log_verify(&h->c, &broken));
	assert_int_equal(broken, 0);
}

/* A message that was opened is a person that was; who reads no people could have read none. */
static void messages_and_roles(void **fixture)
{
	house *h = *fixture;
	id who = put(h, someone("Amina", "S", LULEA, STATE_WAITING));
	message m = {.rule = S("r"),
		     .subject_key = S("1"),
		     .person = who,
		     .channel = S("mail"),
		     .body = S("x")};
	actor ada = account_of(h, ROLE_ADMINISTRATOR, "ada@example.org", LULEA);
	WORKS(store_outbox_add(&h->c, &m));
	h->c.actor = &ada;
	WORKS(store_outbox_get(&h->c, m.id, &m));
	h->c.actor = NULL;
	breach b = sheet(h, "ada@example.org", START, START + DAY, false);
	assert_int_equal(b.opened_n, 1);
	assert_int_equal(b.n, 1);
	assert_true(id_equal(b.person[0].id, who));
	WORKS(store_log(&h->c, S("account_change"), ada.account));
	b = sheet(h, "ada@example.org", START, START + DAY, false);
	assert_int_equal(b.changed, 1);
	const breach_ask ask = {.email = S("nobody@example.org"), .to = START};
	FAILS(store_breach(&h->c, h->base, &ask, &b), FAULT_HIDDEN, "fault.hidden");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(who_was_opened_and_who_could_be_read),
		HOUSE_TEST(messages_and_roles),
	};
	return cmocka_run_group_tests_name("store breach", tests, NULL, NULL);
}
