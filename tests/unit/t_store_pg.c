/* store: what can happen between us and a PostgreSQL, and to nobody with a file. */
#include "store_help.h"

#include <pthread.h>

static int64_t people_in(house *h)
{
	return raw(h, SQL("SELECT COUNT(*) FROM person"), NULL);
}

static bool number(ctx *c, sql_text text, int64_t *n)
{
	query q;
	if (!db_query(c, text, &q) || !db_one(&q))
		return false;
	*n = row_int(&q, 0);
	db_end(&q);
	return true;
}

/* ---- a connection that goes ------------------------------------------------------------- */

typedef struct job {
	person p;
	int runs, lose; /* how often it ran, and how often its connection goes */
} job;

static bool add_and_lose(ctx *c, void *arg)
{
	job *j = arg;
	int64_t pid;
	char text[64];
	if (!store_person_add(c, &j->p) ||
	    !number(c, SQL("SELECT pg_backend_pid()"), &pid))
		return false;
	if (j->runs++ >= j->lose)
		return true;
	snprintf(text, sizeof text, "SELECT pg_terminate_backend(%d, 5000)", (int)pid);
	pg_do(text);
	/* The next word to it fails. */
	return number(c, SQL("SELECT COUNT(*) FROM person"), &pid);
}

static void what_was_lost_before_commit_is_done_again(void **fixture)
{
	house *h = *fixture;
	job j = {.p = someone("Ali", "A", LULEA, STATE_WAITING), .lose = 2};
	if (!on_pg())
		return;
	WORKS(store_write(&h->c, add_and_lose, &j));
	assert_int_equal(j.runs, 3);
	assert_int_equal(people_in(h), 1);
	/* One that is always lost is given up, and says so. */
	j = (job){.p = j.p, .lose = 1000};
	FAILS(store_write(&h->c, add_and_lose, &j), FAULT_BUSY, "fault.away");
	assert_in_range(j.runs, 2, 100);
	assert_int_equal(people_in(h), 1);
}

/* Its COMMIT answers "ROLLBACK", and no error. */
static bool pass_over_a_fault(ctx *c, void *arg)
{
	query q;
	if (!store_person_add(c, arg))
		return false;
	bool ok = db_query(c,
			   SQL("INSERT INTO once (actor, form, at) VALUES ('', NULL, 1)"),
			   &q) &&
		  db_run(&q, NULL);
	assert_false(ok);
	c->fault = (fault){.kind = FAULT_NONE};
	return true;
}

static void a_failed_statement_is_no_commit(void **fixture)
{
	house *h = *fixture;
	person p = someone("Ali", "A", LULEA, STATE_WAITING);
	if (!on_pg())
		return;
	FAILS(store_write(&h->c, pass_over_a_fault, &p), FAULT_RESOURCE, "fault.store");
	assert_int_equal(people_in(h), 0);
	put(h, p);
	assert_int_equal(people_in(h), 1);
}

/* ---- two processes --------------------------------------------------------------------------- */

/* What one process remembers of numbers holds no longer than nothing was written by another. */
static void another_process_is_seen_at_once(void **fixture)
{
	house *h = *fixture;
	house other = *h;
	int64_t n[STATE_COUNT];
	people_list l;
	bool more;
	if (!on_pg())
		return;
	house_enter(&other);
	for (int i = 0; i < 3; i++) {
		put(&other, someone("Bo", "B", LULEA, STATE_WAITING));
		for (int twice = 0; twice < 2; twice++) {
			WORKS(store_people_count(&h->c, n));
			assert_int_equal(n[STATE_WAITING], i + 1);
		}
		WORKS(store_people_list(&h->c, &(people_filter){0}, &l));
		assert_int_equal(l.total, i + 1);
		WORKS(store_people_search(&h->c, S("bo"), 9, &l, &more));
		assert_int_equal(l.item_n, i + 1);
	}
	house_leave(&other);
}

enum { WRITERS = 3, LINES = 40 };
typedef struct writer {
	house *h;
	int done;
} writer;

static void *write_lines(void *arg)
{
	writer *w = arg;
	arena *mem = arena_new(0);
	ctx c;
	house_handle(w->h, &c, mem);
	for (int i = 0; i < LINES; i++)
		w->done += store_log(&c, S("look"), (id){""});
	arena_free(mem);
	return NULL;
}

/* Each reads the last line and writes the next: without a line of writers two would be the same. */
static void writers_stand_in_line(void **fixture)
{
	house *h = *fixture;
	pthread_t t[WRITERS];
	writer w[WRITERS];
	int64_t broken;
	for (int i = 0; i < WRITERS; i++) {
		w[i] = (writer){.h = h};
		assert_int_equal(pthread_create(&t[i], NULL, write_lines, &w[i]), 0);
	}
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(t[i], NULL);
		assert_int_equal(w[i].done, LINES);
	}
	WORKS(log_verify(&h->c, &broken));
	assert_int_equal(broken, 0);
	assert_int_equal(raw(h, SQL("SELECT COUNT(*) FROM log"), NULL), WRITERS * LINES);
}

/* ---- where it is ------------------------------------------------------------------------------- */

static void a_password_is_not_told(void **fixture)
{
	house *h = *fixture;
	static const char *const url[][2] = {
		{"postgresql://office:hush@db.example.org:5432/kompis?sslpassword=hush",
		 "postgresql://db.example.org:5432/kompis"},
		{"postgres://office:hu@sh@/kompis", "postgresql:///kompis"},
		{"postgresql:///kompis?host=/run&password=hush", "postgresql:///kompis"},
	};
	for (size_t i = 0; i < ARRAY_LEN(url); i++) {
		db_place p;
		db_place_set(&p, str_from(url[i][0]), false);
		assert_ptr_equal(p.kind, &pg_kind);
		assert_same(db_place_name(h->mem, &p), url[i][1]);
	}
}

static void refused(house *h, const char *database, const char *keys, const char *why)
{
	store_base *b;
	store_where w = {.dir = str_from(h->dir),
			 .database = str_from(database),
			 .keys = str_from(keys)};
	FAILS(store_base_open_at(&h->c, &w, false, &b), FAULT_INPUT, why);
}

static void keys_have_a_place_of_their_own(void **fixture)
{
	house *h = *fixture;
	char again[PG_URL + 32];
	refused(h, "postgresql://a/b", "", "store.keys_wanted");
	refused(h, "postgresql://a/b", "postgresql://a/b", "store.keys_same");
	refused(h, "postgresql://a/b%zz", "postgresql://a/c", "store.url_bad");
	refused(h, "mysql://a/b", "postgresql://a/c", "store.url_bad");
	refused(h, "postgresql://a/b", "keys.db", "store.url_bad");
	if (!on_pg())
		return;
	/* The same place by other words; of a place in use, and of an empty one. */
	for (int empty = 0; empty < 2; empty++) {
		house other = *h;
		if (empty)
			pg_schemas("s", other.database, other.keys);
		snprintf(again, sizeof again, "%s&connect_timeout=3", other.database);
		refused(h, other.database, again, "store.keys_same");
	}
}

static void what_was_left_behind_is_told(void **fixture)
{
	house *h = *fixture;
	finding *f;
	size_t n;
	char path[80];
	if (!on_pg())
		return;
	for (int left = 0; left < 2; left++) {
		int told = 0;
		WORKS(store_doctor(&h->c, h->base, &f, &n));
		for (size_t i = 0; i < n; i++)
			told += !strcmp(f[i].key, "doctor.left_behind");
		assert_int_equal(told, left);
		snprintf(path, sizeof path, "%s/keys.db", h->dir);
		close(open(path, O_WRONLY | O_CREAT, 0600));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(what_was_lost_before_commit_is_done_again),
		HOUSE_TEST(a_failed_statement_is_no_commit),
		HOUSE_TEST(another_process_is_seen_at_once),
		HOUSE_TEST(writers_stand_in_line),
		HOUSE_TEST(a_password_is_not_told),
		HOUSE_TEST(what_was_left_behind_is_told),
		HOUSE_TEST(keys_have_a_place_of_their_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
