/*
 * A store of its own, people to put into it, and looking at its bytes: files in a directory, or
 * schemas of a PostgreSQL (pg_help.h).
 */
#ifndef STORE_HELP_H
#define STORE_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "pg_help.h"
#include "store/store_priv.h"

enum { LULEA = 2580, PITEA = 2581, BODEN = 2582 };
#define START INT64_C(1700000000000)
#define DAY   (INT64_C(24) * 3600 * 1000)

typedef struct house {
	arena *mem;
	char dir[64];
	char database[PG_URL], keys[PG_URL]; /* "" for files in dir */
	store_base *base;
	ctx c;
	actor who;
} house;

/* For what is of files alone. (A test that cmocka skips counts as one that failed.) */
#define FILES_ONLY()                                                                     \
	do {                                                                             \
		if (on_pg())                                                             \
			return;                                                          \
	} while (0)

static inline store_where house_where(const house *h)
{
	return (store_where){.dir = str_from(h->dir),
			     .database = str_from(h->database),
			     .keys = str_from(h->keys)};
}

static inline void house_handle(house *h, ctx *c, arena *mem)
{
	*c = (ctx){.mem = mem, .now = START};
	assert_true(store_open(c, mem, h->base, &c->store));
}

static inline void house_enter(house *h)
{
	h->mem = arena_new(0);
	h->c = (ctx){.mem = h->mem, .now = START};
	store_where w = house_where(h);
	if (!store_base_open_at(&h->c, &w, false, &h->base)) {
		print_error("%s %.*s\n", h->c.fault.key, STR_ARG(h->c.fault.arg[0]));
		fail();
	}
	house_handle(h, &h->c, h->mem);
}

static inline void house_leave(house *h)
{
	arena_free(h->mem);
	store_base_close(h->base);
	h->mem = NULL;
	h->base = NULL;
}

static inline int house_setup_in(void **fixture, const char *root)
{
	static house h;
	h = (house){.dir = ""};
	snprintf(h.dir, sizeof h.dir, "%s/kompis_t_XXXXXX", root);
	assert_non_null(mkdtemp(h.dir));
	if (on_pg())
		pg_schemas("t", h.database, h.keys);
	house_enter(&h);
	*fixture = &h;
	return 0;
}

static inline int house_setup(void **fixture)
{
	return house_setup_in(fixture, P_tmpdir);
}

static inline int drop_one(const char *path, const struct stat *st, int flag,
			   struct FTW *f)
{
	(void)st;
	(void)flag;
	(void)f;
	return remove(path);
}

static inline int house_teardown(void **fixture)
{
	house *h = *fixture;
	house_leave(h);
	nftw(h->dir, drop_one, 8, FTW_DEPTH | FTW_PHYS);
	return 0;
}

#define HOUSE_TEST(t) cmocka_unit_test_setup_teardown(t, house_setup, house_teardown)

/* ---- verdicts ------------------------------------------------------------------------- */

#define WORKS(call)                                                                      \
	do {                                                                             \
		h->c.fault = (fault){0};                                                 \
		if (!(call)) {                                                           \
			print_error("%s: %s %.*s\n", #call,                              \
				    h->c.fault.key ? h->c.fault.key : "(no fault)",      \
				    STR_ARG(h->c.fault.arg[0]));                         \
			fail();                                                          \
		}                                                                        \
		assert_int_equal(h->c.fault.kind, FAULT_NONE);                           \
	} while (0)
#define FAILS(call, kind_, key_)                                                         \
	do {                                                                             \
		h->c.fault = (fault){0};                                                 \
		assert_false(call);                                                      \
		assert_int_equal(h->c.fault.kind, kind_);                                \
		assert_string_equal(h->c.fault.key, key_);                               \
	} while (0)

static inline void assert_same(str got, const char *want)
{
	if (!str_equal(got, str_from(want)))
		print_error("got \"%.*s\", want \"%s\"\n", STR_ARG(got), want);
	assert_true(str_equal(got, str_from(want)));
}

/* ---- statements as they stand ----------------------------------------------------------- */

typedef struct raw_job {
	db *d;
	sql_text text;
	int64_t *out;
	const id *who;
} raw_job;

static inline bool raw_work(ctx *c, void *arg)
{
	raw_job *j = arg;
	query q;
	bool row;
	if (!db_query_on(c, j->d, j->text, &q))
		return false;
	if (j->who)
		bind_id(&q, 1, j->who);
	if (!db_next(&q, &row))
		return false;
	if (row && j->out)
		*j->out = row_int(&q, 0);
	if (row)
		db_end(&q);
	return true;
}

static inline int64_t raw(house *h, sql_text text, const id *who)
{
	int64_t out = -1;
	raw_job j = {.d = &h->c.store->main, .text = text, .out = &out, .who = who};
	const actor *before = h->c.actor;
	h->c.actor = NULL;
	WORKS(store_write(&h->c, raw_work, &j));
	h->c.actor = before;
	return out;
}

/* ---- staff and people --------------------------------------------------------------------- */

typedef struct account_job {
	id who;
	bool everywhere;
	const char *name;
	const uint16_t *place;
} account_job;

static inline bool account_work(ctx *c, void *arg)
{
	account_job *j = arg;
	query q;
	buf pairs = {.mem = c->mem};
	pairs_add(&pairs, S("name"), str_from(j->name));
	j->who = store_id_new(c);
	if (!db_query(c,
		      SQL("INSERT INTO account (id, role, state, everywhere, sealed, "
			  "created) "
			  "VALUES ($1, 'coordinator', 'active', $2, $3, 0)"),
		      &q))
		return false;
	bind_id(&q, 1, &j->who);
	bind_int(&q, 2, j->everywhere);
	bind_blob(&q, 3, seal_house(c, S("account"), &j->who, buf_str(&pairs)));
	if (!db_run(&q, NULL))
		return false;
	for (const uint16_t *p = j->place; p && *p; p++) {
		if (!db_query(c,
			      SQL("INSERT INTO account_place (account, municipality) "
				  "VALUES "
				  "($1, $2)"),
			      &q))
			return false;
		bind_id(&q, 1, &j->who);
		bind_int(&q, 2, *p);
		if (!db_run(&q, NULL))
			return false;
	}
	return true;
}

static inline actor staff(house *h, const char *name, bool everywhere,
			  const uint16_t *places)
{
	account_job j = {.everywhere = everywhere, .name = name, .place = places};
	const actor *before = h->c.actor;
	h->c.actor = NULL;
	WORKS(store_write(&h->c, account_work, &j));
	h->c.actor = before;
	return (actor){.role = ROLE_COORDINATOR,
		       .rights = model_role[ROLE_COORDINATOR].rights,
		       .account = j.who,
		       .everywhere = everywhere};
}

static inline actor coordinator_of(house *h, uint16_t where)
{
	return staff(h, "Karin Samordnare", false, (uint16_t[]){where, 0});
}

static inline person someone(const char *given, const char *family, int where, state s)
{
	static char code[4][8];
	static int turn;
	char *at = code[turn++ % 4];
	snprintf(at, sizeof code[0], "%04d", where);
	person p = {.state = s, .written = S("sv")};
	p.value[FIELD_GIVEN] = str_from(given);
	p.value[FIELD_FAMILY] = str_from(family);
	p.value[FIELD_SIDE] = S("newcomer");
	p.value[FIELD_MUNICIPALITY] = where ? str_from(at) : S("");
	return p;
}

static inline id put(house *h, person p)
{
	const actor *before = h->c.actor;
	h->c.actor = NULL;
	WORKS(store_person_add(&h->c, &p));
	h->c.actor = before;
	return p.id;
}

static inline bool change_one(ctx *c, id who, int64_t version, field_id f,
			      const char *value)
{
	str v[FIELD_COUNT] = {{0}};
	bool set[FIELD_COUNT] = {0};
	v[f] = str_from(value);
	set[f] = true;
	return store_person_change(c, who, version, v, set);
}

/* ---- messages ----------------------------------------------------------------------------- */

/* What a sender does with one message, whichever it was given; false when none is due. */
static inline bool send_as(house *h, message_end end, const char *error, message *m)
{
	WORKS(store_outbox_claim(&h->c, 60000, m));
	if (id_none(m->id))
		return false;
	WORKS(store_outbox_settle(&h->c, m, end, str_from(error)));
	return true;
}

/* ---- bytes -------------------------------------------------------------------------------- */

static inline str slurp(arena *mem, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return S("");
	assert_int_equal(fstat(fd, &st), 0);
	char *s = arena_alloc(mem, (size_t)st.st_size + 1, 1);
	assert_int_equal(read(fd, s, (size_t)st.st_size), st.st_size);
	close(fd);
	return (str){s, (size_t)st.st_size};
}

/* How many of the tables: what of them lies in the server's files is not ours to see. */
static inline int tables_with(const house *h, const char *needle)
{
	static const char each[] =
		"SET client_min_messages = warning; CREATE TEMP TABLE hit (n bigint); "
		"DO $$ DECLARE t record; BEGIN FOR t IN SELECT table_schema s, "
		"table_name n "
		"FROM information_schema.tables WHERE table_schema IN ('t0_%ld', "
		"'t1_%ld') "
		"LOOP EXECUTE format('INSERT INTO hit SELECT 1 WHERE EXISTS (SELECT 1 "
		"FROM "
		"%%I.%%I x WHERE position(%%L in x::text) > 0 OR position(encode(%%L, "
		"''hex'') "
		"in x::text) > 0)', t.s, t.n, '%s', '%s'); END LOOP; END $$; "
		"SELECT count(*) FROM hit";
	char text[1024];
	(void)h;
	snprintf(text, sizeof text, each, (long)getpid(), (long)getpid(), needle, needle);
	return (int)pg_do(text);
}

/* How many of the files of the store have these bytes. */
static inline int files_with(house *h, const char *needle)
{
	if (on_pg())
		return tables_with(h, needle);
	static const char *const file[] = {"kompis.db", "kompis.db-wal", "kompis.db-shm",
					   "keys.db",   "keys.db-wal",   "keys.db-shm"};
	char path[128];
	int n = 0;
	arena *mem = arena_new(0);
	for (size_t i = 0; i < ARRAY_LEN(file); i++) {
		snprintf(path, sizeof path, "%s/%s", h->dir, file[i]);
		str s = slurp(mem, path);
		n += memmem(s.s, s.n, needle, strlen(needle)) != NULL;
	}
	arena_free(mem);
	return n;
}

#endif
