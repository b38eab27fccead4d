/* SQLite, and nothing else of it: connections, statements, rows, and what its codes mean to us. */
#include <sqlite3.h>
#include <string.h>

#include "store/store_priv.h"

/* How long SQLite itself waits for a lock before store_write counts one try. */
enum { LOCK_WAIT_MS = 250, CACHE_KIB = 16 << 10 };

static bool db_fail(ctx *c, db *d, int code)
{
	str said = str_copy(
		c->mem, str_from(d->at ? sqlite3_errmsg(d->at) : sqlite3_errstr(code)));
	int kind = code & 0xff;
	if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED) {
		if (c->store)
			c->store->again = true;
		return ctx_fail(c, FAULT_BUSY, "fault.busy", S(""), S(""));
	}
	if (kind == SQLITE_FULL)
		return ctx_fail(c, FAULT_RESOURCE, "store.full", S(""), S(""));
	return ctx_fail(c, FAULT_RESOURCE, "fault.store", said, S(""));
}

/* ---- connections --------------------------------------------------------------------- */

static void db_close(void *arg)
{
	db *d = arg;
	for (size_t i = 0; i < d->cap; i++)
		for (statement *s = d->slot[i]; s; s = s->twin)
			sqlite3_finalize(s->at);
	sqlite3_close_v2(d->at);
}

bool db_do_next(ctx *c, db *d, const char *text, const char **rest)
{
	sqlite3_stmt *st = NULL;
	int code = sqlite3_prepare_v2(d->at, text, -1, &st, rest);
	if (code == SQLITE_OK && st)
		do
			code = sqlite3_step(st);
		while (code == SQLITE_ROW);
	if (code == SQLITE_DONE)
		code = SQLITE_OK;
	bool ok = code == SQLITE_OK || db_fail(c, d, code);
	sqlite3_finalize(st);
	return ok;
}

bool db_do(ctx *c, db *d, sql_text text)
{
	query q;
	return db_query_on(c, d, text, &q) && db_run(&q, NULL);
}

bool db_prepares(db *d, sql_text text)
{
	sqlite3_stmt *st = NULL;
	bool ok = sqlite3_prepare_v2(d->at, text.s, -1, &st, NULL) == SQLITE_OK;
	sqlite3_finalize(st);
	return ok;
}

/*
 * FULL: an acknowledged commit is on disk (docs of SQLite, "synchronous"). secure_delete and
 * temporary tables in memory: nothing that was erased or sorted stays behind in a file.
 */
static bool db_configure(ctx *c, db *d, bool read_only)
{
	static const sql_text always[] = {
		SQL_INIT("PRAGMA synchronous = FULL"),
		SQL_INIT("PRAGMA foreign_keys = ON"),
		SQL_INIT("PRAGMA secure_delete = ON"),
		SQL_INIT("PRAGMA temp_store = MEMORY"),
		SQL_INIT("PRAGMA trusted_schema = OFF"),
	};
	sqlite3_busy_timeout(d->at, LOCK_WAIT_MS);
	sqlite3_extended_result_codes(d->at, 1);
	/* A misspelt column shall be an error, not a text in quotes. */
	sqlite3_db_config(d->at, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(d->at, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(d->at, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (!read_only && !db_do(c, d, SQL("PRAGMA journal_mode = WAL")))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(always); i++)
		if (!db_do(c, d, always[i]))
			return false;
	const char *rest;
	str cache = str_format(c->mem, "PRAGMA cache_size = -%d", CACHE_KIB);
	return db_do_next(c, d, str_terminated(c->mem, cache), &rest);
}

bool db_open(ctx *c, arena *mem, str file, bool read_only, db *d)
{
	*d = (db){.mem = mem};
	int flags = read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	int code = sqlite3_open_v2(str_terminated(c->mem, file), &d->at,
				   flags | SQLITE_OPEN_NOMUTEX, NULL);
	arena_defer(mem, db_close, d);
	if (code != SQLITE_OK)
		return db_fail(c, d, code);
	return db_configure(c, d, read_only);
}

bool db_truncate(ctx *c, db *d, bool *done)
{
	int code = sqlite3_wal_checkpoint_v2(d->at, NULL, SQLITE_CHECKPOINT_TRUNCATE,
					     NULL, NULL);
	*done = code == SQLITE_OK;
	return *done || (code & 0xff) == SQLITE_BUSY || db_fail(c, d, code);
}

/* ---- statements ------------------------------------------------------------------------ */

static size_t slot_of(const db *d, const char *text)
{
	size_t i = hash_mix((uintptr_t)text) & (d->cap - 1);
	while (d->slot[i] && d->slot[i]->text != text)
		i = (i + 1) & (d->cap - 1);
	return i;
}

static void slots_grow(db *d)
{
	statement **old = d->slot;
	size_t n = d->cap;
	d->cap = n ? 2 * n : 128;
	d->slot = NEW_ARRAY(d->mem, statement *, d->cap);
	for (size_t i = 0; i < n; i++)
		if (old[i])
			d->slot[slot_of(d, old[i]->text)] = old[i];
}

static void find_places(statement *s)
{
	int n = sqlite3_bind_parameter_count(s->at);
	assert(n < SQL_PARAMETERS);
	for (int i = 1; i <= n; i++) {
		int64_t number = 0;
		str name = str_from(sqlite3_bind_parameter_name(s->at, i));
		bool ok = str_to_int(str_slice(name, 1, name.n), 1, SQL_PARAMETERS - 1,
				     &number);
		assert(ok);
		(void)ok;
		s->place[number] = (uint8_t)i;
	}
}

/* A statement of this text that is not in use. */
static bool statement_get(ctx *c, db *d, const char *text, statement **out)
{
	if (2 * d->n >= d->cap)
		slots_grow(d);
	statement **at = &d->slot[slot_of(d, text)];
	d->n += *at == NULL;
	while (*at && (*at)->used)
		at = &(*at)->twin;
	if (!*at) {
		sqlite3_stmt *st = NULL;
		int code = sqlite3_prepare_v3(d->at, text, -1, SQLITE_PREPARE_PERSISTENT,
					      &st, NULL);
		if (code != SQLITE_OK)
			return db_fail(c, d, code);
		statement *s = NEW(d->mem, statement);
		s->at = st;
		s->text = text;
		find_places(s);
		*at = s;
	}
	*out = *at;
	return true;
}

bool db_query_on(ctx *c, db *d, sql_text text, query *q)
{
	*q = (query){.c = c, .d = d};
	if (!statement_get(c, d, text.s, &q->st))
		return false;
	q->st->used = true;
	q->st->next_used = d->used;
	d->used = q->st;
	return true;
}

bool db_query(ctx *c, sql_text text, query *q)
{
	db *d = &c->store->main;
	assert(c->store->tx != TX_NONE);
	/* A full disk makes SQLite roll back by itself: what follows must not stand alone. */
	if (sqlite3_get_autocommit(d->at))
		return db_fail(c, d, SQLITE_ABORT);
	return db_query_on(c, d, text, q);
}

bool db_query_scoped(ctx *c, sql_text text, query *q)
{
	static const actor program;
	const actor *a = c->actor ? c->actor : &program;
	if (!db_query(c, text, q))
		return false;
	bind_int(q, 1, c->actor == NULL);
	bind_id(q, 2, &a->person);
	bind_id(q, 3, &a->account);
	return true;
}

static void statement_release(statement *s)
{
	sqlite3_reset(s->at);
	sqlite3_clear_bindings(s->at);
	s->used = false;
}

void db_end(query *q)
{
	statement **at = &q->d->used;
	while (*at && *at != q->st)
		at = &(*at)->next_used;
	if (!*at)
		return;
	*at = q->st->next_used;
	statement_release(q->st);
}

void db_end_all(db *d)
{
	for (statement *s = d->used; s; s = s->next_used)
		statement_release(s);
	d->used = NULL;
}

/* ---- parameters -------------------------------------------------------------------------- */

/* What the text does not mention need not be bound: a fragment may use a part of $1 to $3. */
static int place_of(const query *q, int n)
{
	assert(n > 0 && n < SQL_PARAMETERS);
	return q->st->place[n];
}

void bind_int(query *q, int n, int64_t value)
{
	if (place_of(q, n))
		sqlite3_bind_int64(q->st->at, place_of(q, n), value);
}

void bind_text(query *q, int n, str value)
{
	if (place_of(q, n))
		sqlite3_bind_text64(q->st->at, place_of(q, n), value.s ? value.s : "",
				    value.n, SQLITE_STATIC, SQLITE_UTF8);
}

void bind_blob(query *q, int n, str value)
{
	if (place_of(q, n) && value.n)
		sqlite3_bind_blob64(q->st->at, place_of(q, n), value.s, value.n,
				    SQLITE_STATIC);
}

void bind_blob_empty(query *q, int n)
{
	if (place_of(q, n))
		sqlite3_bind_zeroblob(q->st->at, place_of(q, n), 0);
}

void bind_id(query *q, int n, const id *value)
{
	if (place_of(q, n) && !id_none(*value))
		sqlite3_bind_text(q->st->at, place_of(q, n), value->s, -1,
				  SQLITE_TRANSIENT);
}

void bind_text_or_null(query *q, int n, str value)
{
	if (value.n)
		bind_text(q, n, value);
}

void bind_int_or_null(query *q, int n, int64_t value, int64_t none)
{
	if (value != none)
		bind_int(q, n, value);
}

/* ---- rows ----------------------------------------------------------------------------------- */

bool db_next(query *q, bool *row)
{
	int code = sqlite3_step(q->st->at);
	*row = code == SQLITE_ROW;
	if (*row)
		return true;
	bool ok = code == SQLITE_DONE || db_fail(q->c, q->d, code);
	db_end(q);
	return ok;
}

bool db_run(query *q, int64_t *changed)
{
	bool row = true;
	while (row)
		if (!db_next(q, &row))
			return false;
	if (changed)
		*changed = sqlite3_changes64(q->d->at);
	return true;
}

bool db_one(query *q)
{
	bool row;
	return db_next(q, &row) && (row || fail_hidden(q->c));
}

int64_t row_int(const query *q, int column)
{
	return sqlite3_column_int64(q->st->at, column);
}

int64_t row_int_or(const query *q, int column, int64_t when_null)
{
	bool null = sqlite3_column_type(q->st->at, column) == SQLITE_NULL;
	return null ? when_null : row_int(q, column);
}

str row_text(const query *q, int column)
{
	const unsigned char *s = sqlite3_column_text(q->st->at, column);
	int n = sqlite3_column_bytes(q->st->at, column);
	return n ? str_copy(q->c->mem, (str){(const char *)s, (size_t)n}) : S("");
}

str row_blob(const query *q, int column)
{
	const void *s = sqlite3_column_blob(q->st->at, column);
	int n = sqlite3_column_bytes(q->st->at, column);
	return n ? str_copy(q->c->mem, (str){s, (size_t)n}) : S("");
}

id row_id(const query *q, int column)
{
	id out = {""};
	const unsigned char *s = sqlite3_column_text(q->st->at, column);
	int n = sqlite3_column_bytes(q->st->at, column);
	if (s && n < (int)sizeof out.s)
		memcpy(out.s, s, (size_t)n);
	return out;
}
