/* Steps of the database: forward only, each in a transaction of its own with its number. */
#include <string.h>

#include "store/store_priv.h"

static bool is_of_keys(const struct store_migration *m)
{
	return !strncmp(m->name, "keys_", 5);
}

static bool version_get(ctx *c, db *d, int64_t *version)
{
	query q;
	bool row;
	*version = 0;
	if (!db_query_on(c, d, SQL("SELECT n FROM meta WHERE name = 'version'"), &q) ||
	    !db_next(&q, &row))
		return false;
	if (row)
		*version = row_int(&q, 0);
	db_end(&q);
	return true;
}

static bool version_set(ctx *c, db *d, int64_t version)
{
	query q;
	if (!db_query_on(c, d,
			 SQL("INSERT INTO meta (name, n) VALUES ('version', $1) "
			     "ON CONFLICT (name) DO UPDATE SET n = excluded.n"),
			 &q))
		return false;
	bind_int(&q, 1, version);
	return db_run(&q, NULL);
}

static bool stopped(ctx *c, migrate_stop *stop, void *self)
{
	if (!stop || !stop(self))
		return false;
	ctx_fail(c, FAULT_RESOURCE, "store.stopped", S(""), S(""));
	return true;
}

static bool step(ctx *c, db *d, const struct store_migration *m, int64_t number,
		 migrate_stop *stop, void *self)
{
	const char *rest = (const char *)m->text;
	while (*rest)
		if (stopped(c, stop, self) || !db_do_next(c, d, rest, &rest))
			return false;
	return !stopped(c, stop, self) && version_set(c, d, number) &&
	       !stopped(c, stop, self);
}

/* Asked where nobody else writes: of several that start at once one takes the step. */
static bool step_if_due(ctx *c, db *d, const struct store_migration *m, int64_t number,
			migrate_stop *stop, void *self)
{
	int64_t version;
	return version_get(c, d, &version) &&
	       (number <= version || step(c, d, m, number, stop, self));
}

static bool make_meta(ctx *c, db *d)
{
	return db_define(c, d,
			 SQL("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY NOT "
			     "NULL, n INTEGER NOT NULL DEFAULT 0, bytes BLOB) STRICT"));
}

/* What fails leaves its transaction to whoever closes the connection. */
bool migrate_run(ctx *c, db *d, bool keys, migrate_stop *stop, void *self)
{
	int64_t version, known = 0, number = 0;
	if (!db_prepares(c, d, SQL("SELECT n FROM meta")) &&
	    !(d->kind->begin(c, d, TX_WRITE) && make_meta(c, d) && d->kind->commit(c, d)))
		return false;
	if (!version_get(c, d, &version))
		return false;
	for (size_t i = 0; i < store_migration_count; i++)
		known += is_of_keys(&store_migration[i]) == keys;
	if (version > known)
		return ctx_fail(c, FAULT_RESOURCE, "store.newer", S(""), S(""));
	for (size_t i = 0; i < store_migration_count; i++) {
		const struct store_migration *m = &store_migration[i];
		if (is_of_keys(m) != keys || ++number <= version)
			continue;
		if (!d->kind->begin(c, d, TX_WRITE) ||
		    !step_if_due(c, d, m, number, stop, self) || !d->kind->commit(c, d))
			return false;
	}
	return true;
}

/* One who may not write cannot bring it forward either. */
bool migrate_current(ctx *c, db *d, bool keys)
{
	int64_t version = 0, known = 0;
	for (size_t i = 0; i < store_migration_count; i++)
		known += is_of_keys(&store_migration[i]) == keys;
	if (!db_prepares(c, d, SQL("SELECT n FROM meta")))
		return ctx_fail(c, FAULT_RESOURCE, "store.older", S(""), S(""));
	if (!version_get(c, d, &version))
		return false;
	if (version > known)
		return ctx_fail(c, FAULT_RESOURCE, "store.newer", S(""), S(""));
	return version == known ||
	       ctx_fail(c, FAULT_RESOURCE, "store.older", S(""), S(""));
}

bool store_migrate(ctx *c, store *s)
{
	if (s->base->read_only)
		return migrate_current(c, &s->keys, true) &&
		       migrate_current(c, &s->main, false);
	/* Two connection strings can mean one place, where the steps of both would mix. */
	if (db_prepares(c, &s->keys, SQL("SELECT id FROM person")))
		return ctx_fail(c, FAULT_INPUT, "store.keys_same", S(""), S(""));
	if (!migrate_run(c, &s->keys, true, NULL, NULL))
		return false;
	if (db_prepares(c, &s->main, SQL("SELECT person FROM person_key")))
		return ctx_fail(c, FAULT_INPUT, "store.keys_same", S(""), S(""));
	return migrate_run(c, &s->main, false, NULL, NULL) && columns_add(c, &s->main);
}
