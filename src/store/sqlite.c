/* SQLite, and nothing else of it: connections, statements, rows, and what its codes mean to us. */
#include <malloc.h>
#include <sqlite3.h>
#include <string.h>

#include "store/store_priv.h"

/* How long SQLite itself waits for a lock before store_write counts one try. */
enum { LOCK_WAIT_MS = 250, CACHE_KIB = 16 << 10 };

/* What a statement is here: where $1… stand in SQLite's own counting. */
typedef struct prepared {
	sqlite3_stmt *at;
	uint8_t place[SQL_PARAMETERS];
} prepared;

static bool fails(ctx *c, const db *d, int code)
{
	int kind = code & 0xff;
	if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED)
		return db_fail_busy(c, true);
	if (kind == SQLITE_FULL)
		return ctx_fail(c, FAULT_RESOURCE, "store.full", S(""), S(""));
	const char *said = d->at ? sqlite3_errmsg(d->at) : sqlite3_errstr(code);
	return ctx_fail(c, FAULT_RESOURCE, "fault.store",
			str_copy(c->mem, str_from(said)), S(""));
}

/* ---- connections --------------------------------------------------------------------- */

static bool run(ctx *c, db *d, const char *text, const char **rest)
{
	sqlite3_stmt *st = NULL;
	int code = sqlite3_prepare_v2(d->at, text, -1, &st, rest);
	if (code == SQLITE_OK && st)
		do
			code = sqlite3_step(st);
		while (code == SQLITE_ROW);
	if (code == SQLITE_DONE)
		code = SQLITE_OK;
	bool ok = code == SQLITE_OK || fails(c, d, code);
	sqlite3_finalize(st);
	return ok;
}

static bool prepares(ctx *c, db *d, const char *text)
{
	sqlite3_stmt *st = NULL;
	bool ok = sqlite3_prepare_v2(d->at, text, -1, &st, NULL) == SQLITE_OK;
	(void)c;
	sqlite3_finalize(st);
	return ok;
}

/*
 * FULL: an acknowledged commit is on disk (docs of SQLite, "synchronous"). secure_delete and
 * temporary tables in memory: nothing that was erased or sorted stays behind in a file.
 */
static bool configure(ctx *c, db *d)
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
	if (!d->read_only && !db_define(c, d, SQL("PRAGMA journal_mode = WAL")))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(always); i++)
		if (!db_define(c, d, always[i]))
			return false;
	const char *rest;
	str cache = str_format(c->mem, "PRAGMA cache_size = -%d", CACHE_KIB);
	return run(c, d, str_terminated(c->mem, cache), &rest);
}

static bool open_file(ctx *c, db *d)
{
	sqlite3 *at = NULL;
	int flags = d->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	int code = sqlite3_open_v2(str_terminated(c->mem, d->place->where), &at,
				   flags | SQLITE_OPEN_NOMUTEX, NULL);
	d->at = at;
	return code == SQLITE_OK ? configure(c, d) : fails(c, d, code);
}

static void close_file(db *d)
{
	sqlite3_close_v2(d->at);
}

/* ---- transactions ---------------------------------------------------------------------- */

static bool begin(ctx *c, db *d, tx_kind kind)
{
	return db_do(c, d, kind == TX_WRITE ? SQL("BEGIN IMMEDIATE") : SQL("BEGIN"));
}

static bool commit(ctx *c, db *d)
{
	return db_do(c, d, SQL("COMMIT"));
}

static void rollback(db *d)
{
	sqlite3_exec(d->at, "ROLLBACK", NULL, NULL, NULL);
}

/* A full disk makes SQLite roll back by itself: what follows must not stand alone. */
static bool inside(const db *d)
{
	return !sqlite3_get_autocommit(d->at);
}

static bool defer(ctx *c, db *d, bool on)
{
	return db_define(c, d,
			 on ? SQL("PRAGMA defer_foreign_keys = ON")
			    : SQL("PRAGMA defer_foreign_keys = OFF"));
}

/* ---- statements ------------------------------------------------------------------------ */

static void find_places(prepared *p)
{
	int n = sqlite3_bind_parameter_count(p->at);
	assert(n < SQL_PARAMETERS);
	for (int i = 1; i <= n; i++) {
		int64_t number = 0;
		str name = str_from(sqlite3_bind_parameter_name(p->at, i));
		bool ok = str_to_int(str_slice(name, 1, name.n), 1, SQL_PARAMETERS - 1,
				     &number);
		assert(ok);
		(void)ok;
		p->place[number] = (uint8_t)i;
	}
}

static bool prepare(ctx *c, db *d, statement *s)
{
	sqlite3_stmt *st = NULL;
	int code = sqlite3_prepare_v3(d->at, s->text, -1, SQLITE_PREPARE_PERSISTENT, &st,
				      NULL);
	if (code != SQLITE_OK)
		return fails(c, d, code);
	prepared *p = NEW(d->mem, prepared);
	p->at = st;
	find_places(p);
	s->at = p;
	return true;
}

static sqlite3_stmt *of(const statement *s)
{
	const prepared *p = s->at;
	return p->at;
}

static void drop(statement *s)
{
	sqlite3_finalize(of(s));
}

/* A blob without bytes would be NULL by its pointer. */
static void bind(statement *s, int n, cell v)
{
	const prepared *p = s->at;
	int at = p->place[n];
	if (!at)
		return;
	if (v.null)
		sqlite3_bind_null(p->at, at);
	else if (v.type == CELL_INT)
		sqlite3_bind_int64(p->at, at, v.n);
	else if (v.type == CELL_TEXT)
		sqlite3_bind_text64(p->at, at, v.s.s ? v.s.s : "", v.s.n,
				    v.brief ? SQLITE_TRANSIENT : SQLITE_STATIC,
				    SQLITE_UTF8);
	else if (v.s.n)
		sqlite3_bind_blob64(p->at, at, v.s.s, v.s.n,
				    v.brief ? SQLITE_TRANSIENT : SQLITE_STATIC);
	else
		sqlite3_bind_zeroblob(p->at, at, 0);
}

static bool step(ctx *c, db *d, statement *s, bool *row)
{
	int code = sqlite3_step(of(s));
	*row = code == SQLITE_ROW;
	return *row || code == SQLITE_DONE || fails(c, d, code);
}

static int64_t changed(const db *d, const statement *s)
{
	(void)s;
	return sqlite3_changes64(d->at);
}

static int64_t written(const db *d)
{
	return sqlite3_total_changes64(d->at);
}

static void reset(statement *s)
{
	sqlite3_reset(of(s));
	sqlite3_clear_bindings(of(s));
}

static cell column(const statement *s, int i)
{
	sqlite3_stmt *st = of(s);
	cell v = {.s = S("")};
	switch (sqlite3_column_type(st, i)) {
	case SQLITE_NULL:
		v.null = true;
		break;
	case SQLITE_TEXT:
	case SQLITE_BLOB:
		v.type = sqlite3_column_type(st, i) == SQLITE_TEXT ? CELL_TEXT
								   : CELL_BYTES;
		v.s.s = sqlite3_column_blob(st, i);
		v.s.n = (size_t)sqlite3_column_bytes(st, i);
		break;
	default:
		v.n = sqlite3_column_int64(st, i);
	}
	return v;
}

/* ---- looking after the file --------------------------------------------------------------- */

/* Moves all of the write-ahead log into the file and empties it. */
static bool wipe(ctx *c, db *d, bool *done)
{
	int code = sqlite3_wal_checkpoint_v2(d->at, NULL, SQLITE_CHECKPOINT_TRUNCATE,
					     NULL, NULL);
	*done = code == SQLITE_OK;
	return *done || (code & 0xff) == SQLITE_BUSY || fails(c, d, code);
}

static void forget(db *d)
{
	sqlite3_db_release_memory(d->at);
	/* Page by page it came from malloc, which would keep it for a next time. */
	malloc_trim(0);
}

static bool examine(ctx *c, db *d, str *said)
{
	query q;
	bool row;
	if (!db_query_on(c, d, SQL("PRAGMA integrity_check(1)"), &q) ||
	    !db_next(&q, &row))
		return false;
	*said = row ? row_text(&q, 0) : S("?");
	if (str_equal(*said, S("ok")))
		*said = S("");
	db_end(&q);
	return true;
}

static bool dangling(ctx *c, db *d, int64_t *n)
{
	query q;
	bool row = true;
	*n = 0;
	if (!db_query_on(c, d, SQL("PRAGMA foreign_key_check"), &q))
		return false;
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		++*n;
	}
}

/*
 * VACUUM INTO reads within one transaction, beside which others write, and leaves out what was
 * erased; the backup interface of SQLite would begin anew with each of their writes.
 */
static bool copy(ctx *c, db *d, str file)
{
	query q;
	if (!db_query_on(c, d, SQL("VACUUM INTO $1"), &q))
		return false;
	bind_text(&q, 1, file);
	return db_run(&q, NULL);
}

const db_kind sqlite_kind = {
	.open = open_file,
	.close = close_file,
	.run = run,
	.prepares = prepares,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.inside = inside,
	.prepare = prepare,
	.drop = drop,
	.bind = bind,
	.step = step,
	.changed = changed,
	.written = written,
	.reset = reset,
	.column = column,
	.wipe = wipe,
	.forget = forget,
	.examine = examine,
	.dangling = dangling,
	.copy = copy,
	.defer = defer,
	.tables = SQL_INIT("SELECT name FROM sqlite_schema WHERE type = 'table' AND "
			   "substr(name, 1, 7) <> 'sqlite_' ORDER BY name"),
	.columns_of =
		SQL_INIT("SELECT name, pk FROM pragma_table_info($1) ORDER BY name"),
	.is_file = true,
};
