/*
 * store: what is handed out of a person is all there is: every column of every table is accounted
 * for, and no row that speaks of somebody is left out. And who gets it.
 */
#include "store_help.h"

#include "store/pair.h"

/* ---- the list against the database ---------------------------------------------------------- */

typedef struct scan {
	db *d;
	id who[2];    /* rows that have one of these ids in some column */
	str name[64]; /* tables; what the list lacks is "table.column" */
	size_t n;
} scan;

static bool each_table(ctx *c, scan *s, bool (*see)(ctx *c, scan *s, str table))
{
	query q;
	bool row;
	if (!db_query_on(c, s->d, s->d->kind->tables, &q))
		return false;
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		if (!see(c, s, row_text(&q, 0)))
			return false;
	}
}

static void found(ctx *c, scan *s, str table, str column)
{
	assert_true(s->n < ARRAY_LEN(s->name));
	s->name[s->n++] = str_format(c->mem, "%.*s%s%.*s", STR_ARG(table),
				     column.n ? "." : "", STR_ARG(column));
}

static bool see_columns(ctx *c, scan *s, str table)
{
	query q;
	bool row;
	if (!db_query_on(c, s->d, s->d->kind->columns_of, &q))
		return false;
	bind_text(&q, 1, table);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		str column = row_text(&q, 0);
		if (!person_data_covers(table, column))
			found(c, s, table, column);
	}
}

static bool lacking(ctx *c, void *arg)
{
	return each_table(c, arg, see_columns);
}

static size_t lacks(house *h, scan *s)
{
	*s = (scan){.d = &h->c.store->main};
	WORKS(store_read(&h->c, lacking, s));
	return s->n;
}

static bool define(ctx *c, void *arg)
{
	const sql_text *text = arg;
	return db_define(c, &c->store->main, *text);
}

static void every_column_is_accounted_for(void **fixture)
{
	house *h = *fixture;
	scan s;
	if (lacks(h, &s))
		print_error("person_data.def lacks %.*s\n", STR_ARG(s.name[0]));
	assert_int_equal(s.n, 0);
	/* The twins: a table that came later, a column that did. */
	sql_text table = SQL("CREATE TABLE planted (id TEXT PRIMARY KEY NOT NULL)");
	sql_text column = SQL("ALTER TABLE event ADD COLUMN planted TEXT");
	WORKS(store_write(&h->c, define, &table));
	WORKS(store_write(&h->c, define, &column));
	assert_int_equal(lacks(h, &s), 2);
	assert_same(s.name[0], "event.planted");
	assert_same(s.name[1], "planted.id");
}

/* ---- somebody of whom there is a row everywhere ------------------------------------------------ */

typedef struct life {
	id who, buddy;
	actor karin;
} life;

/* With a buddy, asked how it goes; something was wrong. */
static bool have_a_buddy(ctx *c, const life *l)
{
	pair p = {.id = {""}};
	pair_person both[2] = {{.person = l->who, .side = S("newcomer")},
			       {.person = l->buddy, .side = S("established")}};
	if (!store_pair_add(c, &p, both, 2))
		return false;
	checkin k = {.pair = p.id,
		     .person = l->who,
		     .n = 1,
		     .due = p.base + 21,
		     .asked = c->now,
		     .met = S("yes"),
		     .contact = S("yes"),
		     .place = S("video"),
		     .feeling = S("wrong"),
		     .channel = S("link")};
	incident i = {.pair = p.id, .person = l->who, .text = S("planted incident")};
	return store_checkin_add(c, &k) && store_incident_add(c, &i);
}

static bool live(ctx *c, void *arg)
{
	const life *l = arg;
	str secret;
	session s = {.person = l->who,
		     .expires = c->now + DAY,
		     .device = S("Firefox, planted device")};
	token t = {.kind = S("continue"), .person = l->who, .expires = c->now + DAY};
	interview i = {.person = l->who,
		       .at = c->now + DAY,
		       .mode = S("phone"),
		       .state = S("booked"),
		       .conduct = 19000,
		       .identity = QUEUED_UNKNOWN,
		       .extract = QUEUED_UNKNOWN,
		       .note = S("planted note")};
	task k = {.kind = S("call_me"),
		  .person = l->who,
		  .lang = S("sv"),
		  .when = S("day"),
		  .name = S("planted caller"),
		  .phone = S("+46701740699"),
		  .municipality = LULEA};
	message m = {.rule = S("welcome"),
		     .subject_key = id_str(&l->who),
		     .person = l->who,
		     .channel = S("mail"),
		     .to = S("planted@example.org"),
		     .lang = S("sv"),
		     .subject = S("planted subject"),
		     .body = S("planted body")};
	return have_a_buddy(c, l) && store_session_new(c, &s, &secret) &&
	       store_token_new(c, &t, S(""), &secret, NULL) &&
	       store_interview_set(c, &i) && store_task_add(c, &k) &&
	       store_outbox_add(c, &m) &&
	       store_erasure_ask(c, l->who, c->now + 7 * DAY) &&
	       store_consent_set(c, l->who, CONSENT_FOR_MESSAGES, true, S("sv"),
				 S("web"));
}

static bool step(ctx *c, void *arg)
{
	const life *l = arg;
	return store_person_step(c, l->who, 0, S("pause"), S("planted reason"));
}

static bool fill(ctx *c, void *arg)
{
	bool again;
	str result;
	(void)arg;
	return store_once(c, S("planted-form"), &again, &result);
}

static life somebody(house *h)
{
	person p = someone("Planted given", "Planted family", LULEA, STATE_WAITING);
	person got;
	p.value[FIELD_EMAIL] = S("planted@example.org");
	p.value[FIELD_CHILDREN] = S("2015");
	life l = {.who = put(h, p), .karin = coordinator_of(h, LULEA)};
	l.buddy = put(h, someone("Another", "Buddy", LULEA, STATE_WAITING));
	WORKS(store_write(&h->c, live, &l));
	h->c.actor = &l.karin;
	WORKS(store_write(&h->c, step, &l));
	WORKS(store_person_get(&h->c, l.who, true, &got));
	const actor self = {.person = l.who};
	h->c.actor = &self;
	WORKS(store_write(&h->c, fill, NULL));
	h->c.actor = NULL;
	return l;
}

/* ---- what is handed out ------------------------------------------------------------------------- */

static const held_table *table_of(const held_table *t, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(t[i].name, name))
			return &t[i];
	fail_msg("no table %s", name);
	return NULL;
}

static bool says(const held_table *t, const char *name, const char *text)
{
	for (size_t i = 0; i < t->n; i++)
		for (size_t k = 0; k < t->row[i].n; k++) {
			const held_value *v = &t->row[i].value[k];
			if (str_equal(v->name, str_from(name)) &&
			    str_equal(v->text, str_from(text)))
				return true;
		}
	return false;
}

static void all_of_it_is_told(void **fixture)
{
	static const struct {
		const char *table, *name, *text;
	} want[] = {{"person", "given", "Planted given"},
		    {"person", "email", "planted@example.org"},
		    {"person", "children", "2015"},
		    {"person", "state", "paused"},
		    {"event", "reason", "planted reason"},
		    {"event", "account", "Karin Samordnare"},
		    {"interview", "note", "planted note"},
		    {"task", "name", "planted caller"},
		    {"task", "phone", "+46701740699"},
		    {"message", "subject", "planted subject"},
		    {"message", "body", "planted body"},
		    {"message", "to", "planted@example.org"},
		    {"session", "device", "Firefox, planted device"},
		    {"token", "kind", "continue"},
		    {"consent", "purpose", "messages"},
		    {"pair_person", "side", "newcomer"},
		    {"checkin", "place", "video"},
		    {"checkin", "feeling", "wrong"},
		    {"incident", "text", "planted incident"},
		    {"log", "account", "Karin Samordnare"},
		    {"log", "action", "open"}};
	house *h = *fixture;
	held_table *t;
	size_t n;
	life l = somebody(h);
	const actor self = {.person = l.who};
	h->c.actor = &self;
	WORKS(store_person_data(&h->c, l.who, &t, &n));
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		if (!says(table_of(t, n, want[i].table), want[i].name, want[i].text))
			fail_msg("%s: no %s", want[i].table, want[i].text);
	assert_int_equal(table_of(t, n, "once")->n, 1);
	assert_int_equal(table_of(t, n, "erasure")->row[0].value[1].n,
			 h->c.now + 7 * DAY);
}

/* Columns of text or bytes that say this id. */
static bool see_rows(ctx *c, scan *s, str table)
{
	query q;
	bool row;
	buf text = {.mem = c->mem};
	buf_format(&text, "SELECT * FROM %.*s", STR_ARG(table));
	sql_text all = {str_terminated(c->mem, buf_str(&text))};
	query columns;
	int n = 0;
	if (!db_query_on(c, s->d, s->d->kind->columns_of, &columns))
		return false;
	bind_text(&columns, 1, table);
	for (;; n++) {
		if (!db_next(&columns, &row))
			return false;
		if (!row)
			break;
	}
	if (!db_query_on(c, s->d, all, &q))
		return false;
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		bool hit = false;
		for (int i = 0; i < n; i++) {
			cell v = row_cell(&q, i);
			for (int w = 0; w < 2; w++)
				hit |= !v.null && v.type == CELL_TEXT &&
				       str_find(v.s, id_str(&s->who[w])) >= 0;
		}
		if (hit)
			found(c, s, table, S(""));
	}
}

static bool mentioned(ctx *c, void *arg)
{
	return each_table(c, arg, see_rows);
}

/* By the database itself, whatever the list says: each row in which her id stands is told. */
static void no_row_of_hers_is_left_out(void **fixture)
{
	house *h = *fixture;
	held_table *t;
	size_t n, told = 0;
	life l = somebody(h);
	life twin = somebody(h);
	put(h, someone("Another", "One", LULEA, STATE_WAITING));
	WORKS(store_person_merge(&h->c, l.who, twin.who));
	scan s = {.d = &h->c.store->main, .who = {l.who, twin.who}};
	WORKS(store_read(&h->c, mentioned, &s));
	WORKS(store_person_data(&h->c, l.who, &t, &n));
	for (size_t i = 0; i < n; i++)
		told += t[i].n;
	assert_int_equal(told, s.n);
	assert_true(s.n >= 24);
	for (size_t i = 0; i < s.n; i++)
		assert_true(table_of(t, n, str_terminated(h->c.mem, s.name[i]))->n > 0);
}

/* Nobody gets from it what lets one in, or what tells of others. */
static void secrets_stay(void **fixture)
{
	static const char *const never[] = {"hash",  "code", "contact", "report",
					    "claim", "form", "sealed",  "phone_hash"};
	house *h = *fixture;
	held_table *t;
	size_t n;
	life l = somebody(h);
	WORKS(store_person_data(&h->c, l.who, &t, &n));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < t[i].n; k++)
			for (size_t v = 0; v < t[i].row[k].n; v++)
				for (size_t w = 0; w < ARRAY_LEN(never); w++)
					assert_false(str_equal(t[i].row[k].value[v].name,
							       str_from(never[w])));
}

/* ---- who gets it ---------------------------------------------------------------------------------- */

static void it_is_hers(void **fixture)
{
	house *h = *fixture;
	held_table *t;
	size_t n;
	log_row *r;
	life l = somebody(h);
	const actor other = {
		.person = put(h, someone("An", "Other", LULEA, STATE_WAITING))};
	actor far = coordinator_of(h, BODEN), blind = l.karin;
	blind.rights &= ~RIGHT_BIT(CONTACT_READ);
	h->c.actor = &other;
	FAILS(store_person_data(&h->c, l.who, &t, &n), FAULT_HIDDEN, "fault.hidden");
	h->c.actor = &far;
	FAILS(store_person_data(&h->c, l.who, &t, &n), FAULT_HIDDEN, "fault.hidden");
	h->c.actor = &blind;
	FAILS(store_person_data(&h->c, l.who, &t, &n), FAULT_HIDDEN, "fault.hidden");
	h->c.actor = &l.karin;
	WORKS(store_person_data(&h->c, l.who, &t, &n));
	h->c.actor = NULL;
	WORKS(store_log_list(&h->c, l.who, 1, &r, &n));
	assert_same(r[0].action, "data");
	assert_true(id_equal(r[0].account, l.karin.account));
}

/* Of one who was two: what was said under either. */
static void both_halves_are_told(void **fixture)
{
	house *h = *fixture;
	held_table *t;
	size_t n;
	person other = someone("Planted again", "Planted family", LULEA, STATE_SUBMITTED);
	other.value[FIELD_PHONE] = S("+46701740688");
	life l = somebody(h);
	id gone = put(h, other);
	WORKS(store_person_merge(&h->c, l.who, gone));
	const actor self = {.person = l.who};
	h->c.actor = &self;
	WORKS(store_person_data(&h->c, l.who, &t, &n));
	assert_int_equal(table_of(t, n, "person")->n, 2);
	assert_true(says(table_of(t, n, "person"), "given", "Planted again"));
	assert_true(says(table_of(t, n, "person"), "given", "Planted given"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(every_column_is_accounted_for),
		HOUSE_TEST(all_of_it_is_told),
		HOUSE_TEST(no_row_of_hers_is_left_out),
		HOUSE_TEST(secrets_stay),
		HOUSE_TEST(it_is_hers),
		HOUSE_TEST(both_halves_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
