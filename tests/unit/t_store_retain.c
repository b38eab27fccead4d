/*
 * store: what goes when its time is over, and the log, whose oldest rows go while its chain holds.
 * That it is done by itself, for years: t_act_keep.
 */
#include "figures_help.h"
#include "store/keep_priv.h"

enum { ALL = 1000 };

static int64_t let_go(house *h, int which, size_t most)
{
	int64_t n;
	WORKS(store_retain(&h->c, which, most, &n));
	return n;
}

static int64_t all_go(house *h)
{
	int64_t n = 0;
	for (int i = 0; i < STORE_RETENTIONS; i++)
		n += let_go(h, i, ALL);
	return n;
}

static bool is_here(house *h, id who)
{
	person p;
	h->c.fault = (fault){0};
	bool here = store_person_get(&h->c, who, false, &p);
	assert_true(here || h->c.fault.kind == FAULT_HIDDEN);
	h->c.fault = (fault){0};
	return here;
}

static void step(house *h, id who, const char *verb)
{
	WORKS(store_person_step(&h->c, who, 0, str_from(verb), S("a reason")));
}

/* ---- people ------------------------------------------------------------------------------------ */

/* To the day, and each kind of thing that keeps one. */
static void who_was_not_heard_of_goes(void **fixture)
{
	house *h = *fixture;
	id silent = put(h, someone("Amina", "S", LULEA, STATE_WAITING));
	id visits = put(h, someone("Ali", "S", LULEA, STATE_WAITING));
	id talks = put(h, someone("Bo", "S", LULEA, STATE_SUBMITTED));
	id answers = put(h, someone("Cia", "S", LULEA, STATE_PAUSED));
	id paired = put(h, someone("Dan", "S", LULEA, STATE_PAIRED));
	id off = put(h, someone("Eva", "S", LULEA, STATE_WAITING));
	session s = {.person = visits, .expires = START + 400 * DAY}, again;
	actor who;
	str cookie;
	WORKS(store_session_new(&h->c, &s, &cookie));
	interview i = {.person = talks,
		       .at = START + 380 * DAY,
		       .mode = S("phone"),
		       .state = S("booked"),
		       .conduct = QUEUED_UNKNOWN,
		       .identity = QUEUED_UNKNOWN,
		       .extract = QUEUED_UNKNOWN};
	WORKS(store_interview_set(&h->c, &i));
	i = (interview){.person = off,
			.at = START + 380 * DAY,
			.mode = S("phone"),
			.state = S("cancelled"),
			.conduct = QUEUED_UNKNOWN,
			.identity = QUEUED_UNKNOWN,
			.extract = QUEUED_UNKNOWN};
	WORKS(store_interview_set(&h->c, &i));
	h->c.now = START + 100 * DAY;
	WORKS(store_session_get(&h->c, cookie, &again, &who));
	WORKS(change_one(&h->c, answers, 0, FIELD_LIFE, "single"));
	str before = figures_text(&h->c, BY_EVERYTHING);
	h->c.now = START + 365 * DAY - 1;
	assert_int_equal(all_go(h), 0);
	h->c.now++;
	assert_int_equal(let_go(h, 0, 1), 1);
	assert_int_equal(let_go(h, 0, 1), 1);
	assert_int_equal(let_go(h, 0, 1), 0);
	assert_false(is_here(h, silent) || is_here(h, off));
	h->c.now = START + 465 * DAY - 1;
	assert_int_equal(all_go(h), 0);
	h->c.now++;
	assert_int_equal(all_go(h), 2);
	assert_false(is_here(h, visits) || is_here(h, answers));
	h->c.now = START + 729 * DAY;
	assert_int_equal(all_go(h), 0);
	assert_true(is_here(h, talks));
	h->c.now = START + (380 + 365) * DAY;
	assert_true(all_go(h) >= 1);
	assert_false(is_here(h, talks));
	assert_true(is_here(h, paired));
	assert_true(str_equal(before, figures_text(&h->c, BY_EVERYTHING)));
}

/* From when it ended: not from when somebody last looked or corrected a name. */
static void whose_time_is_over_goes(void **fixture)
{
	house *h = *fixture;
	id closed = put(h, someone("Amina", "S", LULEA, STATE_PAIRED));
	id declined = put(h, someone("Ali", "S", LULEA, STATE_SUBMITTED));
	id withdrawn = put(h, someone("Bo", "S", LULEA, STATE_DRAFT));
	id back = put(h, someone("Cia", "S", LULEA, STATE_SUBMITTED));
	h->c.now = START + 20 * DAY;
	step(h, closed, "close");
	step(h, declined, "decline");
	step(h, withdrawn, "withdraw");
	step(h, back, "decline");
	h->c.now = START + 100 * DAY;
	WORKS(change_one(&h->c, closed, 0, FIELD_GIVEN, "Aminah"));
	step(h, back, "reopen");
	h->c.now = START + 203 * DAY - 1;
	assert_int_equal(all_go(h), 0);
	h->c.now++;
	assert_int_equal(let_go(h, 1, ALL), 3);
	assert_false(is_here(h, closed) || is_here(h, declined) || is_here(h, withdrawn));
	assert_true(is_here(h, back));
	/* Of who withdrew a draft there is nothing to count. */
	assert_int_equal(raw(h, SQL("SELECT COUNT(DISTINCT subject) FROM fact"), NULL),
			 2);
}

static bool write_work(ctx *c, void *arg)
{
	const leaving_person *p = arg;
	message m = {.rule = S("leaving"),
		     .subject_key =
			     str_format(c->mem, "%s/%lld", p->id.s, (long long)p->last),
		     .person = p->id,
		     .channel = S("mail"),
		     .body = S("x")};
	return store_outbox_add(c, &m);
}

/* Whoever can be written to has a fortnight from then; who comes back has a year. */
static void nobody_goes_unwarned(void **fixture)
{
	house *h = *fixture;
	person p = someone("Amina", "S", LULEA, STATE_WAITING);
	p.value[FIELD_EMAIL] = S("amina@example.org");
	id on_time = put(h, p);
	p.value[FIELD_EMAIL] = S("ali@example.org");
	h->c.now += 1;
	id late = put(h, p);
	id mute = put(h, someone("Bo", "S", LULEA, STATE_WAITING));
	leaving_person *l;
	size_t n;
	h->c.now = START + 335 * DAY - 1;
	WORKS(store_leaving(&h->c, (id){""}, 10, &l, &n));
	assert_int_equal(n, 0);
	h->c.now = START + 335 * DAY;
	WORKS(store_leaving(&h->c, (id){""}, 10, &l, &n));
	assert_int_equal(n, 1);
	assert_true(id_equal(l->id, on_time) && l->last == START);
	assert_true(l->until == START + 365 * DAY);
	WORKS(store_write(&h->c, write_work, l));
	WORKS(store_leaving(&h->c, (id){""}, 10, &l, &n));
	assert_int_equal(n, 0);
	/* The machine was off. */
	h->c.now = START + 390 * DAY;
	assert_int_equal(let_go(h, 0, ALL), 2);
	assert_false(is_here(h, on_time) || is_here(h, mute));
	WORKS(store_leaving(&h->c, (id){""}, 10, &l, &n));
	assert_int_equal(n, 1);
	assert_true(l->until == START + 404 * DAY);
	WORKS(store_write(&h->c, write_work, l));
	h->c.now = START + 404 * DAY - 1;
	assert_int_equal(let_go(h, 0, ALL), 0);
	session s = {.person = late, .expires = START + 900 * DAY};
	str cookie;
	WORKS(store_session_new(&h->c, &s, &cookie));
	h->c.now = START + 700 * DAY;
	assert_int_equal(let_go(h, 0, ALL), 0);
	h->c.now = START + 739 * DAY;
	WORKS(store_leaving(&h->c, (id){""}, 10, &l, &n));
	assert_int_equal(n, 1); /* asked anew, a year later */
	assert_true(l->last == START + 404 * DAY - 1);
}

/* ---- what staff wrote ------------------------------------------------------------------------------ */

static void what_staff_wrote_goes(void **fixture)
{
	house *h = *fixture;
	person p = someone("Amina", "S", LULEA, STATE_SUBMITTED);
	p.value[FIELD_NOTE] = S("planted words");
	id who = put(h, p);
	event *e;
	size_t n;
	h->c.now = START + 50 * DAY;
	step(h, who, "pause");
	WORKS(change_one(&h->c, who, 0, FIELD_LIFE, "single"));
	h->c.now = START + 89 * DAY;
	assert_int_equal(all_go(h), 0);
	h->c.now = START + 90 * DAY;
	assert_int_equal(let_go(h, 2, ALL), 1);
	assert_int_equal(let_go(h, 2, ALL), 0);
	WORKS(store_person_get(&h->c, who, true, &p));
	assert_same(p.value[FIELD_NOTE], "");
	assert_same(p.value[FIELD_GIVEN], "Amina");
	assert_true(p.changed == START + 50 * DAY);
	/* A new one has its own time; who had the form open meanwhile has to look again. */
	FAILS(change_one(&h->c, who, p.version - 1, FIELD_NOTE, "y"), FAULT_CONFLICT,
	      "fault.changed");
	WORKS(change_one(&h->c, who, p.version, FIELD_NOTE, "new words"));
	h->c.now = START + 140 * DAY;
	WORKS(store_sweep(&h->c));
	WORKS(store_events(&h->c, who, 20, &e, &n));
	for (size_t i = 0; i < n; i++)
		assert_int_equal(e[i].reason.n, 0);
	assert_int_equal(let_go(h, 2, ALL), 0);
	h->c.now = START + 180 * DAY;
	assert_int_equal(let_go(h, 2, ALL), 1);
}

/* ---- the log ------------------------------------------------------------------------------------------ */

static int64_t broken(house *h)
{
	int64_t at;
	WORKS(log_verify(&h->c, &at));
	return at;
}

static id logged(house *h)
{
	id who = put(h, someone("Amina", "S", LULEA, STATE_PAIRED));
	for (int i = 0; i < 10; i++) {
		h->c.now = START + i * DAY;
		WORKS(store_log(&h->c, S("look"), who));
	}
	h->c.now = START + (730 + 4) * DAY;
	return who;
}

static void the_log_goes_from_its_beginning(void **fixture)
{
	house *h = *fixture;
	id who = logged(h);
	char dir[96], file[128], to[96];
	str key;
	assert_int_equal(let_go(h, 3, 3), 3);
	assert_int_equal(broken(h), 0);
	assert_int_equal(let_go(h, 3, 3), 2);
	assert_int_equal(let_go(h, 3, 3), 0);
	assert_int_equal(broken(h), 0);
	assert_int_equal(raw(h, SQL("SELECT COUNT(*) FROM log"), NULL), 5);
	WORKS(store_log(&h->c, S("look"), who));
	assert_int_equal(broken(h), 0);
	/* A backup of it is taken in again. */
	snprintf(dir, sizeof dir, "%s/copies", h->dir);
	snprintf(file, sizeof file, "%s/one.backup", dir);
	snprintf(to, sizeof to, "%s/restored", h->dir);
	mkdir(dir, 0700);
	WORKS(store_key_export(&h->c, h->base, &key));
	WORKS(store_backup(&h->c, h->base, str_from(file)));
	store_copy r = {.file = str_from(file), .key = key, .dir = str_from(to)};
	WORKS(store_restore(&h->c, &r));
	/* All of it may go: the next row follows the last that went. */
	h->c.now += 800 * DAY;
	int64_t last = raw(h, SQL("SELECT MAX(seq) FROM log"), NULL);
	assert_true(let_go(h, 3, ALL) >= 6);
	assert_int_equal(raw(h, SQL("SELECT COUNT(*) FROM log"), NULL), 0);
	WORKS(store_log(&h->c, S("look"), who));
	assert_int_equal(raw(h, SQL("SELECT MIN(seq) FROM log"), NULL), last + 1);
	assert_int_equal(broken(h), 0);
}

/* The twins: rows taken out by hand, whatever is said about where the log begins. */
static void what_was_taken_out_is_found(void **fixture)
{
	house *h = *fixture;
	static const sql_text tampered[][2] = {
		{SQL_INIT("DELETE FROM log WHERE seq <= 6")},
		{SQL_INIT("UPDATE meta SET n = n + 1 WHERE name = 'log_start'")},
		/* Pruned, one would say, but for the key. */
		{SQL_INIT("UPDATE meta SET n = 6, bytes = (SELECT hash FROM log WHERE "
			  "seq = 6) WHERE name = 'log_start'"),
		 SQL_INIT("DELETE FROM log WHERE seq <= 6")},
		{SQL_INIT("DELETE FROM meta WHERE name = 'log_start'")},
		{SQL_INIT("UPDATE log SET action = 'other' WHERE seq = 7")},
		{SQL_INIT("DELETE FROM log WHERE seq = 8")},
	};
	logged(h);
	assert_int_equal(let_go(h, 3, ALL), 5);
	raw(h, SQL("CREATE TABLE log_before AS SELECT * FROM log"), NULL);
	raw(h, SQL("CREATE TABLE meta_before AS SELECT * FROM meta"), NULL);
	for (size_t i = 0; i < ARRAY_LEN(tampered); i++) {
		assert_int_equal(broken(h), 0);
		raw(h, tampered[i][0], NULL);
		if (tampered[i][1].s)
			raw(h, tampered[i][1], NULL);
		assert_int_not_equal(broken(h), 0);
		raw(h, SQL("DELETE FROM log"), NULL);
		raw(h, SQL("DELETE FROM meta"), NULL);
		raw(h, SQL("INSERT INTO log SELECT * FROM log_before"), NULL);
		raw(h, SQL("INSERT INTO meta SELECT * FROM meta_before"), NULL);
	}
	assert_int_equal(broken(h), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(who_was_not_heard_of_goes),
		HOUSE_TEST(whose_time_is_over_goes),
		HOUSE_TEST(nobody_goes_unwarned),
		HOUSE_TEST(what_staff_wrote_goes),
		HOUSE_TEST(the_log_goes_from_its_beginning),
		HOUSE_TEST(what_was_taken_out_is_found),
	};
	return cmocka_run_group_tests_name("store retain", tests, NULL, NULL);
}
