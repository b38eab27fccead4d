/*
 * All of one database into another, of whatever kind, row by row.
 *
 * Which tables and columns there are the databases say themselves; both must say the same, so
 * none can be forgotten. Rows are read in the order of their primary keys, which is that of their
 * bytes in every kind, and hashed as they go in; then the target is read and hashed likewise.
 */
#include <sodium.h>
#include <string.h>

#include "store/keep_priv.h"

enum { PAGE = 5000, KEY_COLUMNS = 8, HASH = 32 };

typedef struct table {
	str name;
	str *column; /* by name */
	size_t n;
	size_t key[KEY_COLUMNS]; /* columns of the primary key, in its order */
	size_t key_n;
	sql_text select, insert;
} table;

typedef struct digest {
	crypto_generichash_state state;
	int64_t rows;
} digest;

/* ---- what there is ----------------------------------------------------------------------- */

static bool tables_of(ctx *c, db *d, table **out, size_t *n)
{
	query q;
	bool row;
	size_t cap = 0;
	*out = NULL;
	*n = 0;
	if (!db_query_on(c, d, d->kind->tables, &q))
		return false;
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		*out = list_room(c, *out, *n, &cap, sizeof **out);
		(*out)[(*n)++] = (table){.name = row_text(&q, 0)};
	}
}

static bool columns_of(ctx *c, db *d, table *t)
{
	query q;
	bool row;
	size_t cap = 0;
	if (!db_query_on(c, d, d->kind->columns_of, &q))
		return false;
	bind_text(&q, 1, t->name);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			break;
		int64_t at = row_int(&q, 1);
		assert(at <= KEY_COLUMNS);
		if (at > 0) {
			t->key[at - 1] = t->n;
			t->key_n++;
		}
		t->column = list_room(c, t->column, t->n, &cap, sizeof *t->column);
		t->column[t->n++] = row_text(&q, 0);
	}
	assert(t->key_n && t->n < SQL_PARAMETERS);
	return true;
}

static void add_list(buf *b, const table *t, const char *before)
{
	for (size_t i = 0; i < t->n; i++)
		buf_format(b, "%s%s%.*s", i ? ", " : "", before, STR_ARG(t->column[i]));
}

/* Names of tables and columns are ours: the migrations and fields.def, as the database gives them. */
static void write_sql(ctx *c, table *t)
{
	buf select = {.mem = c->mem}, insert = {.mem = c->mem};
	buf_add(&select, S("SELECT "));
	add_list(&select, t, "");
	buf_format(&select, " FROM %.*s ORDER BY ", STR_ARG(t->name));
	for (size_t i = 0; i < t->key_n; i++)
		buf_format(&select, "%s%.*s", i ? ", " : "",
			   STR_ARG(t->column[t->key[i]]));
	buf_add(&select, S(" LIMIT $1 OFFSET $2"));
	buf_format(&insert, "INSERT INTO %.*s (", STR_ARG(t->name));
	add_list(&insert, t, "");
	buf_add(&insert, S(") VALUES ("));
	for (size_t i = 1; i <= t->n; i++)
		buf_format(&insert, "%s$%zu", i > 1 ? ", " : "", i);
	buf_add(&insert, S(")"));
	t->select.s = str_terminated(c->mem, buf_str(&select));
	t->insert.s = str_terminated(c->mem, buf_str(&insert));
}

static bool same_shape(const table *a, const table *b)
{
	bool same = str_equal(a->name, b->name) && a->n == b->n && a->key_n == b->key_n &&
		    !memcmp(a->key, b->key, a->key_n * sizeof a->key[0]);
	for (size_t i = 0; same && i < a->n; i++)
		same = str_equal(a->column[i], b->column[i]);
	return same;
}

/* The tables of `from`, when `to` has the very same. */
static bool shared_tables(ctx *c, db *from, db *to, table **out, size_t *n)
{
	table *other;
	size_t others;
	if (!tables_of(c, from, out, n) || !tables_of(c, to, &other, &others))
		return false;
	for (size_t i = 0; i < *n || i < others; i++) {
		table *t = i < *n ? &(*out)[i] : &other[i];
		bool both = i < *n && i < others;
		if (both && (!columns_of(c, from, t) || !columns_of(c, to, &other[i])))
			return false;
		if (!both || !same_shape(t, &other[i]))
			return ctx_fail(c, FAULT_INPUT, "transfer.shape", t->name, S(""));
		write_sql(c, t);
	}
	return true;
}

/* ---- rows --------------------------------------------------------------------------------- */

static void digest_cell(digest *g, cell v)
{
	uint64_t head[2] = {v.null ? 0u : (uint64_t)v.type + 1,
			    v.type == CELL_INT ? (uint64_t)v.n : v.s.n};
	if (v.null)
		head[1] = 0;
	crypto_generichash_update(&g->state, (const unsigned char *)head, sizeof head);
	if (!v.null && v.type != CELL_INT)
		crypto_generichash_update(&g->state, (const unsigned char *)v.s.s, v.s.n);
}

static bool put_row(ctx *c, db *to, const table *t, const query *row)
{
	query q;
	if (!db_query_on(c, to, t->insert, &q))
		return false;
	for (int i = 0; i < (int)t->n; i++) {
		cell v = row_cell(row, i);
		/* What a NULL would be, its column knows. */
		if (!v.null)
			bind_cell(&q, i + 1, v);
	}
	return db_run(&q, NULL);
}

/* A page of rows: hashed, and put into `to` unless that is NULL. */
static bool page(ctx *c, db *from, db *to, const table *t, digest *g, bool *more)
{
	query q;
	bool row;
	int64_t before = g->rows;
	if (!db_query_on(c, from, t->select, &q))
		return false;
	bind_int(&q, 1, PAGE);
	bind_int(&q, 2, before);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			break;
		for (int i = 0; i < (int)t->n; i++)
			digest_cell(g, row_cell(&q, i));
		if (to && !put_row(c, to, t, &q))
			return false;
		g->rows++;
	}
	*more = g->rows == before + PAGE;
	return true;
}

static bool walk(ctx *c, db *from, db *to, const table *t, unsigned char hash[HASH],
		 int64_t *rows)
{
	digest g = {.rows = 0};
	bool more = true;
	crypto_generichash_init(&g.state, NULL, 0, HASH);
	while (more) {
		arena_mark here = arena_here(c->mem);
		if (!page(c, from, to, t, &g, &more))
			return false;
		arena_reset(c->mem, here);
	}
	crypto_generichash_final(&g.state, hash, HASH);
	*rows = g.rows;
	return true;
}

/* ---- all of it -------------------------------------------------------------------------------- */

/* What a database has from its making: the number of its migration. */
static bool clear_meta(ctx *c, db *to)
{
	return db_define(c, to, SQL("DELETE FROM meta"));
}

static bool is_empty(ctx *c, db *to, const table *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char hash[HASH];
		int64_t rows;
		if (!walk(c, to, NULL, &t[i], hash, &rows))
			return false;
		bool meta = str_equal(t[i].name, S("meta"));
		if (rows > meta)
			return ctx_fail(c, FAULT_INPUT, "transfer.not_empty",
					db_place_name(c->mem, to->place), t[i].name);
	}
	return true;
}

static bool move_tables(ctx *c, db *from, db *to, transfer_count *done)
{
	table *t;
	size_t n;
	if (!shared_tables(c, from, to, &t, &n) || !is_empty(c, to, t, n) ||
	    !clear_meta(c, to) || !to->kind->defer(c, to, true))
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char want[HASH], got[HASH];
		int64_t rows, arrived;
		ctx_progress(c, "transfer.progress", i, n);
		if (!walk(c, from, to, &t[i], want, &rows) ||
		    !walk(c, to, NULL, &t[i], got, &arrived))
			return false;
		if (rows != arrived || memcmp(want, got, HASH))
			return ctx_fail(c, FAULT_RESOURCE, "transfer.differs", t[i].name,
					S(""));
		done->rows += rows;
		done->tables++;
	}
	ctx_progress(c, "transfer.progress", n, n);
	return to->kind->defer(c, to, false);
}

bool transfer_database(ctx *c, db *from, db *to, transfer_count *done)
{
	bool keys = from->place->keys;
	if (!keys && db_prepares(c, to, SQL("SELECT person FROM person_key")))
		return ctx_fail(c, FAULT_INPUT, "store.keys_same", S(""), S(""));
	return migrate_current(c, from, keys) && migrate_run(c, to, keys, NULL, NULL) &&
	       (keys || columns_add(c, to)) && to->kind->begin(c, to, TX_WRITE) &&
	       move_tables(c, from, to, done);
}

/* For a backup: read at one moment, while others write. */
bool transfer_to_file(ctx *c, db *from, str file)
{
	arena *mem = arena_new(0);
	db_place at;
	db to;
	transfer_count done = {0};
	db_place_set(&at, file, from->place->keys);
	bool ok = db_open(c, mem, &at, false, true, &to) &&
		  from->kind->begin(c, from, TX_READ);
	if (ok) {
		ok = transfer_database(c, from, &to, &done) && to.kind->commit(c, &to);
		db_end_all(from);
		from->kind->rollback(from);
	}
	arena_free(mem);
	return ok;
}
