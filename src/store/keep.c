/* Looking at a whole store: what backup, restore and doctor ask of it. */
#include <sodium.h>

#include "store/keep_priv.h"

const keep_table keep_tables[KEEP_TABLES] = {
	{"person", SQL_INIT("SELECT COUNT(*) FROM person")},
	{"event", SQL_INIT("SELECT COUNT(*) FROM event")},
	{"consent", SQL_INIT("SELECT COUNT(*) FROM consent")},
	{"interview", SQL_INIT("SELECT COUNT(*) FROM interview")},
	{"task", SQL_INIT("SELECT COUNT(*) FROM task")},
	{"account", SQL_INIT("SELECT COUNT(*) FROM account")},
	{"import", SQL_INIT("SELECT COUNT(*) FROM import")},
	{"message", SQL_INIT("SELECT COUNT(*) FROM message")},
	{"log", SQL_INIT("SELECT COUNT(*) FROM log")},
	{"fact", SQL_INIT("SELECT COUNT(*) FROM fact")},
};

bool keep_count(ctx *c, db *d, int64_t n[KEEP_TABLES])
{
	for (size_t i = 0; i < KEEP_TABLES; i++) {
		query q;
		if (!db_query_on(c, d, keep_tables[i].count, &q) || !db_one(&q))
			return false;
		n[i] = row_int(&q, 0);
		db_end(&q);
	}
	return true;
}

static bool dangling_work(ctx *c, void *arg)
{
	db *d = &c->store->main;
	return d->kind->dangling(c, d, arg);
}

bool keep_dangling(ctx *c, int64_t *n)
{
	return store_read(c, dangling_work, n);
}

/* ---- seals ------------------------------------------------------------------------------ */

typedef struct seals_job {
	int64_t most, seen, closed;
} seals_job;

static bool opens(ctx *c, const id *who, str sealed, bool *good)
{
	uint8_t key[SECRET_BYTES];
	str plain;
	if (!keys_get(c, who, key, good))
		return false;
	*good = *good && unseal(c, key, S("person"), who, sealed, &plain);
	sodium_memzero(key, sizeof key);
	return true;
}

static bool seals_work(ctx *c, void *arg)
{
	seals_job *j = arg;
	query q;
	bool row, good;
	j->seen = j->closed = 0;
	if (!db_query(c, SQL("SELECT id, sealed FROM person ORDER BY id LIMIT $1"), &q))
		return false;
	bind_int(&q, 1, j->most);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		arena_mark here = arena_here(c->mem);
		id who = row_id(&q, 0);
		if (!opens(c, &who, row_blob(&q, 1), &good))
			return false;
		arena_reset(c->mem, here);
		j->seen++;
		j->closed += !good;
	}
}

bool keep_seals(ctx *c, int64_t most, int64_t *seen, int64_t *closed)
{
	seals_job j = {.most = most};
	if (!store_read(c, seals_work, &j))
		return false;
	*seen = j.seen;
	*closed = j.closed;
	return true;
}

/* ---- what is remembered of the keeping itself ---------------------------------------------- */

typedef struct note_job {
	const char *name, *action;
	int64_t at;
} note_job;

static bool get_work(ctx *c, void *arg)
{
	note_job *j = arg;
	query q;
	bool row;
	if (!db_query(c, SQL("SELECT n FROM meta WHERE name = $1"), &q))
		return false;
	bind_text(&q, 1, str_from(j->name));
	if (!db_next(&q, &row))
		return false;
	j->at = row ? row_int(&q, 0) : 0;
	db_end(&q);
	return true;
}

bool keep_note_get(ctx *c, const char *name, int64_t *at)
{
	note_job j = {.name = name};
	if (!store_read(c, get_work, &j))
		return false;
	*at = j.at;
	return true;
}

static bool set_work(ctx *c, void *arg)
{
	const note_job *j = arg;
	const id none = {""};
	query q;
	if (!db_query(c,
		      SQL("INSERT INTO meta (name, n) VALUES ($1, $2) "
			  "ON CONFLICT (name) DO UPDATE SET n = excluded.n"),
		      &q))
		return false;
	bind_text(&q, 1, str_from(j->name));
	bind_int(&q, 2, j->at);
	return db_run(&q, NULL) && (!*j->action || log_append(c, j->action, &none));
}

/*
 * Through a handle of its own: a command beside a running server has the base for reading, so as
 * not to want the lock of the directory, and SQLite's own locks are enough for one line.
 */
bool keep_note_set(ctx *c, store_base *b, const char *name, int64_t at,
		   const char *action)
{
	note_job j = {.name = name, .at = at, .action = action};
	store *former = c->store;
	arena *mem = arena_new(0);
	store_base writing = {
		.mem = mem, .dir = b->dir, .dir_fd = b->dir_fd, .names = b->names};
	db_place_set(&writing.main, b->main.where, false);
	db_place_set(&writing.keys, b->keys.where, true);
	for (size_t i = 0; i < SECRET_BYTES; i++)
		writing.hash_key[i] = b->hash_key[i];
	bool ok = store_open(c, mem, &writing, &c->store) && store_write(c, set_work, &j);
	c->store = former;
	arena_free(mem);
	sodium_memzero(writing.hash_key, SECRET_BYTES);
	return ok;
}
