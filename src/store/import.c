/* Sheets that were taken in, and files between preview and decision. */
#include "store/store_priv.h"

/* ---- imports ------------------------------------------------------------------------- */

/* One's own, or all for those who see all. */
#define IMPORT_SELECT                                                                    \
	"SELECT i.id, i.account, i.at, i.undone, i.file, i.row_count, i.added, "         \
	"i.merged, i.skipped, a.sealed FROM import i LEFT JOIN account a ON a.id = "     \
	"i.account WHERE ($1 = 1 OR i.account = $3 OR " SCOPE_ALL ") "

static bool add_work(ctx *c, void *arg)
{
import i = *(const import *) arg;
	query q;
	i.id = store_id_new(c);
	i.at = c->now;
	i.undone = 0;
	i.account = c->actor ? c->actor->account : (id){""};
	if (!db_query(c,
		      SQL("INSERT INTO import (id, account, at, file, row_count, added, "
			  "merged, "
			  "skipped) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"),
		      &q))
		return false;
	bind_id(&q, 1, &i.id);
	bind_id(&q, 2, &i.account);
	bind_int(&q, 3, i.at);
	bind_text(&q, 4, i.file);
	bind_int(&q, 5, i.rows);
	bind_int(&q, 6, i.added);
	bind_int(&q, 7, i.merged);
	bind_int(&q, 8, i.skipped);
	if (!db_run(&q, NULL) || !log_append(c, "import", &i.id))
		return false;
	*(import *)arg = i;
	return true;
}

bool store_import_add(ctx *c, import *i)
{
	return store_write(c, add_work, i);
}

static bool row_get(ctx *c, const query *q, import *i)
{
	*i = (import){.id = row_id(q, 0),
		      .account = row_id(q, 1),
		      .at = row_int(q, 2),
		      .undone = row_int(q, 3),
		      .file = row_text(q, 4),
		      .rows = row_int(q, 5),
		      .added = row_int(q, 6),
		      .merged = row_int(q, 7),
		      .skipped = row_int(q, 8)};
	return account_name(c, &i->account, row_blob(q, 9), &i->by);
}

typedef struct get_job {
	id who;
	import *out;
	size_t n, cap;
} get_job;

static bool get_work(ctx *c, void *arg)
{
	const get_job *j = arg;
	query q;
	if (!db_query_scoped(c, SQL(IMPORT_SELECT "AND i.id = $4"), &q))
		return false;
	bind_id(&q, 4, &j->who);
	if (!db_one(&q) || !row_get(c, &q, j->out))
		return false;
	db_end(&q);
	return true;
}

bool store_import_get(ctx *c, id import_id, import *out)
{
	get_job j = {.who = import_id, .out = out};
	return store_read(c, get_work, &j);
}

static bool list_work(ctx *c, void *arg)
{
	get_job *j = arg;
	query q;
	bool row;
	j->n = 0;
	if (!db_query_scoped(c, SQL(IMPORT_SELECT "ORDER BY i.at DESC, i.id"), &q))
		return false;
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		j->out = list_room(c, j->out, j->n, &j->cap, sizeof *j->out);
		if (!row_get(c, &q, &j->out[j->n++]))
			return false;
	}
}

bool store_imports(ctx *c, import **out, size_t *n)
{
	get_job j = {0};
	if (!store_read(c, list_work, &j))
		return false;
	*out = j.out;
	*n = j.n;
	return true;
}

/* ---- undoing ---------------------------------------------------------------------------- */

/* Changed since, or something happened that the import itself does not do. */
#define TOUCHED                                                                          \
	"(p.changed > $5 OR p.merged IS NOT NULL OR EXISTS (SELECT 1 FROM person m "     \
	"WHERE m.merged = p.id) OR EXISTS (SELECT 1 FROM event e WHERE e.subject = "     \
	"p.id AND e.kind NOT IN ('import', 'consent')))"

/* Those it added that are touched, or no longer where this actor may act. */
static bool count_touched(ctx *c, const import *i, int64_t *n)
{
	query q;
	if (!db_query_scoped(c,
			     SQL("SELECT COUNT(*) FROM person p WHERE p.import = $4 AND "
				 "(" TOUCHED
				 " OR CASE WHEN " SCOPE("p") " THEN 0 ELSE 1 END = 1)"),
			     &q))
		return false;
	bind_id(&q, 4, &i->id);
	bind_int(&q, 5, i->at);
	if (!db_one(&q))
		return false;
	*n = row_int(&q, 0);
	db_end(&q);
	return true;
}

static bool destroy_all(ctx *c, const id *which)
{
	for (;;) {
		query q;
		bool row;
		if (!db_query(c, SQL("SELECT id FROM person WHERE import = $1 LIMIT 1"),
			      &q))
			return false;
		bind_id(&q, 1, which);
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		id who = row_id(&q, 0);
		db_end(&q);
		if (!person_drop(c, &who))
			return false;
	}
}

static bool undo_work(ctx *c, void *arg)
{
import i;
	get_job j = {.who = *(const id *)arg, .out = &i};
	int64_t touched;
	query q;
	if (!get_work(c, &j) || !count_touched(c, &i, &touched))
		return false;
	if (i.undone)
		return fail_changed(c);
	if (touched)
		return ctx_fail(c, FAULT_CONFLICT, "store.import_touched",
				str_format(c->mem, "%lld", (long long)touched), S(""));
	if (!destroy_all(c, &i.id) ||
	    !db_query(c, SQL("UPDATE import SET undone = $2 WHERE id = $1"), &q))
		return false;
	bind_id(&q, 1, &i.id);
	bind_int(&q, 2, c->now);
	return db_run(&q, NULL) && log_append(c, "import_undo", &i.id);
}

bool store_import_undo(ctx *c, id import_id)
{
	return store_write(c, undo_work, &import_id);
}

/* ---- parcels -------------------------------------------------------------------------------- */

typedef struct parcel_job {
	id who;
	str name, bytes;
} parcel_job;

static bool put_work(ctx *c, void *arg)
{
	parcel_job *j = arg;
	query q;
	buf pairs = {.mem = c->mem};
	id fresh = store_id_new(c);
	pairs_add(&pairs, S("name"), j->name);
	pairs_add(&pairs, S("bytes"), j->bytes);
	if (!db_query(c,
		      SQL("INSERT INTO parcel (id, account, at, sealed) VALUES ($1, $2, "
			  "$3, "
			  "$4)"),
		      &q))
		return false;
	bind_id(&q, 1, &fresh);
	if (c->actor)
		bind_id(&q, 2, &c->actor->account);
	bind_int(&q, 3, c->now);
	bind_blob_empty(&q, 4);
	bind_blob(&q, 4, seal_house(c, S("parcel"), &fresh, buf_str(&pairs)));
	if (!db_run(&q, NULL))
		return false;
	j->who = fresh;
	return true;
}

bool store_parcel_put(ctx *c, str name, str bytes, id *out)
{
	parcel_job j = {.name = name, .bytes = bytes};
	if (!store_write(c, put_work, &j))
		return false;
	*out = j.who;
	return true;
}

/* Its account's only, whatever else one sees; a day old it is gone, swept or not. */
static bool parcel_work(ctx *c, void *arg)
{
	static const int64_t day = INT64_C(24) * 3600 * 1000;
	parcel_job *j = arg;
	query q;
	str pairs;
	if (!db_query_scoped(
		    c,
		    SQL("SELECT sealed FROM parcel WHERE id = $4 AND at > $5 AND "
			"(($1 = 1 AND account IS NULL) OR account = $3)"),
		    &q))
		return false;
	bind_id(&q, 4, &j->who);
	bind_int(&q, 5, c->now - day);
	if (!db_one(&q))
		return false;
	str sealed = row_blob(&q, 0);
	db_end(&q);
	if (!unseal_house(c, S("parcel"), &j->who, sealed, &pairs))
		return false;
	j->name = pairs_get(pairs, S("name"));
	j->bytes = pairs_get(pairs, S("bytes"));
	return true;
}

bool store_parcel_get(ctx *c, id parcel, str *name, str *bytes)
{
	parcel_job j = {.who = parcel};
	if (!store_read(c, parcel_work, &j))
		return false;
	*name = j.name;
	*bytes = j.bytes;
	return true;
}

static bool drop_work(ctx *c, void *arg)
{
	parcel_job *j = arg;
	query q;
	if (!parcel_work(c, j) ||
	    !db_query(c, SQL("DELETE FROM parcel WHERE id = $1"), &q))
		return false;
	bind_id(&q, 1, &j->who);
	return db_run(&q, NULL);
}

bool store_parcel_drop(ctx *c, id parcel)
{
	parcel_job j = {.who = parcel};
	return store_write(c, drop_work, &j);
}
