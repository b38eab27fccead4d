/* store: all that is kept moves from one place to another, of whatever kind, and nothing less. */
#include "store_help.h"

#include "store/keep_priv.h"

/* ---- places ---------------------------------------------------------------------------- */

static house files_beside(const house *h, const char *name)
{
	house out = *h;
	out.database[0] = out.keys[0] = 0;
	snprintf(out.dir, sizeof out.dir, "%.50s/%.8s", h->dir, name);
	return out;
}

/* Another place of the kind the tests run on; on PostgreSQL the key stays where it is. */
static house same_kind(const house *h, const char *name)
{
	house out = files_beside(h, name);
	if (on_pg()) {
		out = *h;
		pg_schemas("s", out.database, out.keys);
	}
	return out;
}

static store_where moved(const house *h)
{
	store_where w = house_where(h);
	if (h->database[0])
		w.dir = S("");
	return w;
}

static void take_key(const house *h, const house *from)
{
	char path[2][96];
	arena *mem = arena_new(0);
	snprintf(path[0], sizeof path[0], "%s/master.key", from->dir);
	snprintf(path[1], sizeof path[1], "%s/master.key", h->dir);
	str key = slurp(mem, path[0]);
	int fd = open(path[1], O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(fd, key.s, key.n), SECRET_BYTES);
	close(fd);
	arena_free(mem);
}

/* An arena that outlives the houses left on the way. */
static store_move move_of(house *h, const house *from, const house *to)
{
	h->mem = arena_new(0);
	h->c = (ctx){.mem = h->mem, .now = START};
	return (store_move){.from = moved(from), .to = moved(to)};
}

static void end_move(house *h)
{
	arena_free(h->mem);
	h->mem = NULL;
}

/* ---- what is moved ------------------------------------------------------------------------ */

/* Someone who points at another (merged), a text with all that is odd, a number below zero. */
static id fill(house *h)
{
	id keep = put(h, someone("Åsa \"'; --", "Öst\\", LULEA, STATE_WAITING));
	for (int i = 0; i < 30; i++) {
		id gone = put(h, someone("Bo", "B", LULEA, STATE_WAITING));
		WORKS(store_person_merge(&h->c, keep, gone));
	}
	id erased = put(h, someone("Cia", "C", LULEA, STATE_DRAFT));
	WORKS(store_person_erase(&h->c, erased));
	WORKS(store_log(&h->c, S("look"), keep));
	programme p = {.name = S("Ümlaut ↯"),
		       .funder = S(""),
		       .office = S(""),
		       .phone = S(""),
		       .email = S(""),
		       .from = -5};
	WORKS(store_programme_set(&h->c, &p));
	return keep;
}

static void look(house *h, id keep)
{
	person p;
	programme q;
	int64_t broken;
	house_enter(h);
	WORKS(store_person_get(&h->c, keep, true, &p));
	assert_same(p.value[FIELD_GIVEN], "Åsa \"'; --");
	assert_same(p.value[FIELD_FAMILY], "Öst\\");
	WORKS(store_programme_get(&h->c, &q));
	assert_same(q.name, "Ümlaut ↯");
	assert_int_equal(q.from, -5);
	WORKS(log_verify(&h->c, &broken));
	assert_int_equal(broken, 0);
	assert_int_equal(raw(h, SQL("SELECT COUNT(*) FROM person"), NULL), 31);
	house_leave(h);
}

/* Of the steps of both databases, and meta in each. */
static int64_t tables_made(void)
{
	int64_t n = 2;
	for (size_t i = 0; i < store_migration_count; i++) {
		const char *p = (const char *)store_migration[i].text;
		while ((p = strstr(p, "CREATE TABLE")) != NULL) {
			n++;
			p++;
		}
	}
	return n;
}

static void everything_arrives_there_and_back(void **fixture)
{
	house *h = *fixture;
	id keep = fill(h);
	house_leave(h);
	house there = files_beside(h, "there"), back = same_kind(h, "back");
	store_move m = move_of(h, h, &there);
	WORKS(store_move_all(&h->c, &m));
	assert_int_equal(m.tables, tables_made());
	assert_true(m.rows > 31 + 31 + 62);
	int64_t rows = m.rows;
	take_key(&there, h);
	end_move(h);
	look(&there, keep);
	m = move_of(h, &there, &back);
	WORKS(store_move_all(&h->c, &m));
	assert_true(m.rows >= rows);
	if (!on_pg())
		take_key(&back, h);
	end_move(h);
	look(&back, keep);
	/* What it was moved from is as it was. */
	look(h, keep);
	house_enter(h);
}

/* ---- what is refused ------------------------------------------------------------------------- */

static void do_at(house *h, const house *where, sql_text text)
{
	arena *mem = arena_new(0);
	db_place at;
	db d;
	str file = str_format(mem, "%s/kompis.db", where->dir);
	db_place_set(&at, where->database[0] ? str_from(where->database) : file, false);
	h->c = (ctx){.mem = mem, .now = START};
	WORKS(db_open(&h->c, mem, &at, false, true, &d));
	WORKS(db_define(&h->c, &d, text));
	arena_free(mem);
}

static void make(house *h)
{
	house_enter(h);
	house_leave(h);
}

/* A target that is made and empty but for its key check. */
static house made(house *h, const char *name)
{
	house out = files_beside(h, name);
	make(&out);
	do_at(h, &out, SQL("DELETE FROM meta WHERE name = 'key_check'"));
	return out;
}

/* A table that a later migration brings needs no line of code here. */
static void a_new_table_is_moved_with_the_rest(void **fixture)
{
	house *h = *fixture;
	const sql_text table = SQL("CREATE TABLE later (a TEXT NOT NULL, b INTEGER NOT "
				   "NULL, c BLOB, PRIMARY KEY (b, a)) STRICT");
	fill(h);
	house_leave(h);
	house there = made(h, "there");
	do_at(h, h, table);
	do_at(h, h, SQL("INSERT INTO later (a, b) VALUES ('x', 1), ('y', 1), ('a', 2)"));
	store_move m = move_of(h, h, &there);
	FAILS(store_move_all(&h->c, &m), FAULT_INPUT, "transfer.shape");
	assert_same(h->c.fault.arg[0], "later");
	end_move(h);
	do_at(h, &there, table);
	m = move_of(h, h, &there);
	WORKS(store_move_all(&h->c, &m));
	assert_int_equal(m.tables, tables_made() + 1);
	end_move(h);
	take_key(&there, h);
	house_enter(&there);
	assert_int_equal(raw(&there, SQL("SELECT COUNT(*) FROM later"), NULL), 3);
	house_leave(&there);
	house_enter(h);
}

static void nothing_is_kept(house *h, house *there)
{
	house_enter(there);
	assert_int_equal(raw(there, SQL("SELECT COUNT(*) FROM person"), NULL), 0);
	house_leave(there);
	house_enter(h);
}

static void what_is_not_empty_is_refused(void **fixture)
{
	house *h = *fixture;
	fill(h);
	house_leave(h);
	house there = made(h, "there");
	do_at(h, &there, SQL("INSERT INTO once (actor, form, at) VALUES ('', 'f', 1)"));
	store_move m = move_of(h, h, &there);
	FAILS(store_move_all(&h->c, &m), FAULT_INPUT, "transfer.not_empty");
	assert_same(h->c.fault.arg[1], "once");
	end_move(h);
	nothing_is_kept(h, &there);
}

/* Planted: the target changes what it is given. */
static void what_arrives_otherwise_is_not_kept(void **fixture)
{
	house *h = *fixture;
	fill(h);
	house_leave(h);
	house there = made(h, "there");
	do_at(h, &there,
	      SQL("CREATE TRIGGER bend AFTER INSERT ON event BEGIN UPDATE event "
		  "SET what = 'bent' WHERE id = new.id; END"));
	store_move m = move_of(h, h, &there);
	FAILS(store_move_all(&h->c, &m), FAULT_RESOURCE, "transfer.differs");
	assert_same(h->c.fault.arg[0], "event");
	end_move(h);
	nothing_is_kept(h, &there);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(everything_arrives_there_and_back),
		HOUSE_TEST(a_new_table_is_moved_with_the_rest),
		HOUSE_TEST(what_is_not_empty_is_refused),
		HOUSE_TEST(what_arrives_otherwise_is_not_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
