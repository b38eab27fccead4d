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
	if (!db_do(c, d, SQL("BEGIN IMMEDIATE")))
		return false;
	while (*rest)
		if (stopped(c, stop, self) || !db_do_next(c, d, rest, &rest))
			return false;
	return !stopped(c, stop, self) && version_set(c, d, number) &&
	       !stopped(c, stop, self) && db_do(c, d, SQL("COMMIT"));
}

bool migrate_run(ctx *c, db *d, bool keys, migrate_stop *stop, void *self)
{
	int64_t version, known = 0;
	if (!db_do(c, d,
		   SQL("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY NOT NULL, "
		       "n INTEGER NOT NULL DEFAULT 0, bytes BLOB) STRICT")) ||
	    !version_get(c, d, &version))
		return false;
	for (size_t i = 0; i < store_migration_count; i++)
		known += is_of_keys(&store_migration[i]) == keys;
	if (version > known)
		return ctx_fail(c, FAULT_RESOURCE, "store.newer", S(""), S(""));
	int64_t number = 0;
	for (size_t i = 0; i < store_migration_count; i++) {
		const struct store_migration *m = &store_migration[i];
		if (is_of_keys(m) != keys || ++number <= version)
			continue;
		if (!step(c, d, m, number, stop, self))
			return false;
	}
	return true;
}

/* One who may not write cannot bring it forward either. */
static bool is_current(ctx *c, db *d, bool keys)
{
	int64_t version = 0, known = 0;
	for (size_t i = 0; i < store_migration_count; i++)
		known += is_of_keys(&store_migration[i]) == keys;
	if (!db_prepares(d, SQL("SELECT n FROM meta")))
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
		return is_current(c, &s->keys, true) && is_current(c, &s->main, false);
	return migrate_run(c, &s->keys, true, NULL, NULL) &&
	       migrate_run(c, &s->main, false, NULL, NULL) && columns_add(c, &s->main);
}
