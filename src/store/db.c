/* Connections, statements and rows, alike over every kind of database (db_priv.h). */
#include <string.h>

#include "store/store_priv.h"

bool db_fail_busy(ctx *c, bool again)
{
	if (c->store && again)
		c->store->again = true;
	return ctx_fail(c, FAULT_BUSY, "fault.busy", S(""), S(""));
}

/* ---- connections --------------------------------------------------------------------- */

void db_place_set(db_place *p, str where, bool keys)
{
	bool url = str_starts(where, S("postgresql://")) ||
		   str_starts(where, S("postgres://"));
	p->kind = url ? &pg_kind : &sqlite_kind;
	p->where = where;
	p->keys = keys;
	atomic_store(&p->away_until, 0);
}

str db_place_name(arena *mem, const db_place *p)
{
	str rest = p->where, part, host = rest;
	if (p->kind->is_file)
		return rest;
	/* What stands before the last @ and after ? may be secret. */
	rest = str_slice(rest, (size_t)str_find(rest, S("://")) + 3, rest.n);
	if (str_cut(&rest, '?', &part))
		rest = part;
	host = rest;
	for (size_t i = 0; i < rest.n; i++)
		if (rest.s[i] == '@')
			host = str_slice(rest, i + 1, rest.n);
	return str_format(mem, "postgresql://%.*s", STR_ARG(host));
}

static void db_close(void *arg)
{
	db *d = arg;
	for (size_t i = 0; i < d->cap; i++)
		for (statement *s = d->slot[i]; s; s = s->twin)
			d->kind->drop(s);
	d->kind->close(d);
}

bool db_open(ctx *c, arena *mem, db_place *p, bool read_only, bool patient, db *d)
{
	*d = (db){.kind = p->kind,
		  .place = p,
		  .mem = mem,
		  .read_only = read_only,
		  .patient = patient};
	arena_defer(mem, db_close, d);
	return d->kind->open(c, d);
}

bool db_do_next(ctx *c, db *d, const char *text, const char **rest)
{
	return d->kind->run(c, d, text, rest);
}

bool db_define(ctx *c, db *d, sql_text text)
{
	const char *rest;
	return db_do_next(c, d, text.s, &rest);
}

bool db_do(ctx *c, db *d, sql_text text)
{
	query q;
	return db_query_on(c, d, text, &q) && db_run(&q, NULL);
}

bool db_prepares(ctx *c, db *d, sql_text text)
{
	return d->kind->prepares(c, d, text.s);
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

/* A statement of this text that is not in use. */
static bool statement_get(ctx *c, db *d, const char *text, statement **out)
{
	if (2 * d->n >= d->cap)
		slots_grow(d);
	statement **at = &d->slot[slot_of(d, text)];
	bool first = *at == NULL;
	while (*at && (*at)->used)
		at = &(*at)->twin;
	if (!*at) {
		statement *s = NEW(d->mem, statement);
		s->text = text;
		if (!d->kind->prepare(c, d, s))
			return false;
		*at = s;
		d->n += first;
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
	if (!d->kind->inside(d))
		return ctx_fail(c, FAULT_RESOURCE, "fault.store",
				S("the transaction has ended"), S(""));
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

static void statement_release(const db *d, statement *s)
{
	d->kind->reset(s);
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
	statement_release(q->d, q->st);
}

void db_end_all(db *d)
{
	for (statement *s = d->used; s; s = s->next_used)
		statement_release(d, s);
	d->used = NULL;
}

/* ---- parameters -------------------------------------------------------------------------- */

void bind_cell(query *q, int n, cell value)
{
	assert(n > 0 && n < SQL_PARAMETERS);
	q->d->kind->bind(q->st, n, value);
}

void bind_int(query *q, int n, int64_t value)
{
	bind_cell(q, n, (cell){.type = CELL_INT, .n = value});
}

void bind_text(query *q, int n, str value)
{
	bind_cell(q, n, (cell){.type = CELL_TEXT, .s = value});
}

/* One without bytes stays what it is: NULL, or what bind_blob_empty made of it. */
void bind_blob(query *q, int n, str value)
{
	if (value.n)
		bind_cell(q, n, (cell){.type = CELL_BYTES, .s = value});
}

void bind_blob_empty(query *q, int n)
{
	bind_cell(q, n, (cell){.type = CELL_BYTES, .s = S("")});
}

void bind_id(query *q, int n, const id *value)
{
	bind_cell(q, n,
		  (cell){.type = CELL_TEXT,
			 .s = id_str(value),
			 .null = id_none(*value),
			 .brief = true});
}

void bind_text_or_null(query *q, int n, str value)
{
	bind_cell(q, n, (cell){.type = CELL_TEXT, .s = value, .null = !value.n});
}

void bind_int_or_null(query *q, int n, int64_t value, int64_t none)
{
	bind_cell(q, n, (cell){.type = CELL_INT, .n = value, .null = value == none});
}

/* ---- rows ----------------------------------------------------------------------------------- */

bool db_next(query *q, bool *row)
{
	bool ok = q->d->kind->step(q->c, q->d, q->st, row);
	if (!ok || !*row)
		db_end(q);
	return ok;
}

bool db_each(query *q, bool (*row)(ctx *c, const query *q, void *self), void *self)
{
	bool there;
	for (;;) {
		if (!db_next(q, &there))
			return false;
		if (!there)
			return true;
		if (!row(q->c, q, self)) {
			db_end(q);
			return false;
		}
	}
}

bool db_run(query *q, int64_t *changed)
{
	const db *d = q->d;
	bool row = true;
	while (row) {
		if (!d->kind->step(q->c, q->d, q->st, &row)) {
			db_end(q);
			return false;
		}
	}
	if (changed)
		*changed = d->kind->changed(d, q->st);
	db_end(q);
	return true;
}

bool db_one(query *q)
{
	bool row;
	return db_next(q, &row) && (row || fail_hidden(q->c));
}

cell row_cell(const query *q, int column)
{
	return q->d->kind->column(q->st, column);
}

int64_t row_int(const query *q, int column)
{
	return row_cell(q, column).n;
}

int64_t row_int_or(const query *q, int column, int64_t when_null)
{
	cell v = row_cell(q, column);
	return v.null ? when_null : v.n;
}

str row_text(const query *q, int column)
{
	str s = row_cell(q, column).s;
	return s.n ? str_copy(q->c->mem, s) : S("");
}

str row_blob(const query *q, int column)
{
	return row_text(q, column);
}

id row_id(const query *q, int column)
{
	id out = {""};
	str s = row_cell(q, column).s;
	if (s.n && s.n < sizeof out.s)
		memcpy(out.s, s.s, s.n);
	return out;
}
