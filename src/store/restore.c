/* From a backup to a directory: built beside it, examined, and only then put in its place. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/keep_priv.h"

#define MASTER "master.key"

/* What can lie in a directory that was being built when something ended it. */
static const char *const built[] = {"kompis.db",      "kompis.db-wal", "kompis.db-shm",
				    "keys.db",        "keys.db-wal",   "keys.db-shm",
				    "master.key.new", MASTER};

typedef struct job {
	store_copy *r;
	str dir, building;
	uint8_t master[SECRET_BYTES];
	store_base key; /* only the keys made of it */
	pack file, keys;
} job;

static str within(ctx *c, str dir, const char *name)
{
	return str_format(c->mem, "%.*s/%s", STR_ARG(dir), name);
}

static bool fail_input(ctx *c, const char *key, str arg0, str arg1)
{
	return ctx_fail(c, FAULT_INPUT, key, arg0, arg1);
}

/* ---- where to ------------------------------------------------------------------------------ */

/* Missing, empty, or with nothing but the key. */
static bool is_free(ctx *c, str dir)
{
	DIR *d = opendir(str_terminated(c->mem, dir));
	bool ok = true;
	if (!d)
		return errno == ENOENT || store_fail_file(c, "store.cannot_read", dir);
	for (struct dirent *e = readdir(d); e && ok; e = readdir(d))
		ok = !strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
		     !strcmp(e->d_name, MASTER);
	closedir(d);
	return ok || fail_input(c, "restore.not_empty", dir, S(""));
}

static void drop_building(ctx *c, str dir)
{
	for (size_t i = 0; i < ARRAY_LEN(built); i++)
		unlinkat(AT_FDCWD, str_terminated(c->mem, within(c, dir, built[i])), 0);
	unlinkat(AT_FDCWD, str_terminated(c->mem, within(c, dir, "outbox")),
		 AT_REMOVEDIR);
	unlinkat(AT_FDCWD, str_terminated(c->mem, dir), AT_REMOVEDIR);
}

/* ---- the key ---------------------------------------------------------------------------------- */

static bool find_key(ctx *c, job *j)
{
	bool there = false, ok = true;
	if (j->r->key.n) {
		if (!master_parse(j->r->key, j->master))
			return fail_input(c, "restore.key_unreadable", S(""), S(""));
	} else {
		int fd = openat(AT_FDCWD, str_terminated(c->mem, j->dir),
				O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0) {
			ok = keys_read(c, fd, j->dir, j->master, &there);
			close(fd);
		}
		if (!ok)
			return false;
		if (!there)
			return fail_input(c, "restore.key_wanted", S(""), S(""));
	}
	keys_derive(&j->key, j->master);
	return true;
}

static bool open_packs(ctx *c, job *j)
{
	str keys = j->r->keys.n ? j->r->keys : pack_keys_beside(c, j->r->file);
	str mark = pack_key_mark(c, j->key.hash_key);
	j->r->keys = keys;
	if (!pack_open(c, j->r->file, "backup", &j->file) ||
	    !pack_open(c, keys, "keys", &j->keys))
		return false;
	if (!str_equal(j->file.key, mark) || !str_equal(j->keys.key, mark))
		return fail_input(c, "restore.key_wrong", S(""), S(""));
	/* Keys older than the database: whoever came in between could not be opened. */
	if (j->keys.at < j->file.at)
		return fail_input(c, "restore.keys_older", keys, S(""));
	return true;
}

static bool build(ctx *c, job *j)
{
	drop_building(c, j->building);
	if (mkdirat(AT_FDCWD, str_terminated(c->mem, j->building), 0700))
		return store_fail_file(c, "store.cannot_write", j->building);
	int fd = openat(AT_FDCWD, str_terminated(c->mem, j->building),
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return store_fail_file(c, "store.cannot_write", j->building);
	bool ok = keys_write(c, fd, j->master);
	close(fd);
	return ok &&
	       pack_take(c, &j->file, j->r->file, within(c, j->building, "kompis.db"),
			 j->key.hash_key) &&
	       pack_take(c, &j->keys, j->r->keys, within(c, j->building, "keys.db"),
			 j->key.hash_key);
}

/* ---- the examination -------------------------------------------------------------------------- */

static bool is_whole(ctx *c, db *d, str file)
{
	str said;
	if (!d->kind->examine(c, d, &said))
		return false;
	return !said.n || fail_input(c, "restore.broken", file, said);
}

static bool counts_hold(ctx *c, const pack *p)
{
	int64_t n[KEEP_TABLES];
	if (!keep_count(c, &c->store->main, n))
		return false;
	for (size_t i = 0; i < KEEP_TABLES; i++)
		if (p->counted[i] && p->count[i] != n[i])
			return fail_input(c, "restore.count",
					  str_from(keep_tables[i].name),
					  str_format(c->mem, "%lld", (long long)n[i]));
	return true;
}

static bool examine(ctx *c, const job *j)
{
	int64_t broken, dangling;
	if (!is_whole(c, &c->store->main, j->r->file) ||
	    !is_whole(c, &c->store->keys, j->r->keys) || !counts_hold(c, &j->file) ||
	    !log_verify(c, &broken) || !keep_dangling(c, &dangling))
		return false;
	if (broken)
		return fail_input(c, "restore.chain",
				  str_format(c->mem, "%lld", (long long)broken), S(""));
	return !dangling ||
	       fail_input(c, "restore.broken", j->r->file, S("foreign_key_check"));
}

/* ---- who was erased since ------------------------------------------------------------------------ */

static bool was_erased(ctx *c, const id *who, bool *erased)
{
	query q;
	if (!db_query_on(c, &c->store->keys, SQL("SELECT 1 FROM erased WHERE hash = $1"),
			 &q))
		return false;
	bind_blob(&q, 1, keyed_hash(c, S("erased"), id_str(who)));
	if (!db_next(&q, erased))
		return false;
	db_end(&q);
	return true;
}

typedef struct erase_job {
	int64_t erased;
} erase_job;

static bool find_erased(ctx *c, id **out, size_t *n)
{
	query q;
	bool row, erased;
	size_t cap = 0;
	*out = NULL;
	*n = 0;
	if (!db_query(c, SQL("SELECT id FROM person"), &q))
		return false;
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		id who = row_id(&q, 0);
		if (!was_erased(c, &who, &erased))
			return false;
		if (!erased)
			continue;
		*out = list_room(c, *out, *n, &cap, sizeof **out);
		(*out)[(*n)++] = who;
	}
}

/* What was good for one time or one visit is over, and what may have been sent is not sent again. */
static bool clear_passing(ctx *c)
{
	static const sql_text text[] = {
		SQL_INIT("DELETE FROM session"),
		SQL_INIT("DELETE FROM token"),
		SQL_INIT("UPDATE message SET state = 'failed', claim = NULL, due = "
			 "9223372036854775807 WHERE state IN ('queued', 'claimed', "
			 "'sending')"),
	};
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		query q;
		if (!db_query(c, text[i], &q) || !db_run(&q, NULL))
			return false;
	}
	return true;
}

static bool erase_work(ctx *c, void *arg)
{
	erase_job *j = arg;
	const id none = {""};
	id *found;
	size_t n;
	if (!find_erased(c, &found, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!person_destroy(c, &found[i]) || !log_append(c, "erase", &found[i]))
			return false;
	j->erased = (int64_t)n;
	return clear_passing(c) && log_append(c, "restore", &none);
}

static bool settle(ctx *c, const job *j)
{
	erase_job e = {0};
	int64_t closed, n[KEEP_TABLES];
	if (!store_write(c, erase_work, &e) ||
	    !keep_seals(c, INT64_MAX, &j->r->people, &closed) ||
	    !keep_count(c, &c->store->main, n))
		return false;
	if (closed)
		return fail_input(c, "restore.closed",
				  str_format(c->mem, "%lld", (long long)closed), S(""));
	j->r->erased = e.erased;
	j->r->at = j->file.at;
	return true;
}

/* ---- all of it ------------------------------------------------------------------------------------ */

static bool prove(ctx *c, job *j)
{
	store_base *b;
	arena *mem = arena_new(0);
	if (!store_base_open(c, j->building, false, &b)) {
		arena_free(mem);
		return false;
	}
	bool done = false;
	bool ok = store_open(c, mem, b, &c->store) && examine(c, j) && settle(c, j) &&
		  c->store->main.kind->wipe(c, &c->store->main, &done) &&
		  c->store->keys.kind->wipe(c, &c->store->keys, &done);
	c->store = NULL;
	arena_free(mem);
	ok = ok && keep_note_set(c, b, "backup", j->file.at, "");
	store_base_close(b);
	return ok;
}

/*
 * Onto nothing, or an empty directory; with one that has the key, in exchange. At no moment is the
 * key nowhere, or one half of the files in place.
 */
static bool put_in_place(ctx *c, const job *j)
{
	const char *from = str_terminated(c->mem, j->building);
	const char *to = str_terminated(c->mem, j->dir);
	if (!pack_sync_directory(c, within(c, j->building, "kompis.db")))
		return false;
	bool ok = !renameat(AT_FDCWD, from, AT_FDCWD, to);
	if (!ok && (errno == ENOTEMPTY || errno == EEXIST)) {
		ok = !renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE);
		if (ok)
			drop_building(c, j->building);
	}
	if (!ok)
		return store_fail_file(c, "store.cannot_write", j->dir);
	return pack_sync_directory(c, j->dir);
}

bool store_restore(ctx *c, store_copy *r)
{
	store *former = c->store;
	const actor *who = c->actor;
	job *j = NEW(c->mem, job);
	j->r = r;
	j->dir = r->dir;
	while (j->dir.n > 1 && str_ends(j->dir, S("/")))
		j->dir.n--;
	j->building = str_format(c->mem, "%.*s.restoring", STR_ARG(j->dir));
	c->store = NULL;
	c->actor = NULL;
	bool ok = sodium_init() >= 0 && is_free(c, j->dir) && find_key(c, j) &&
		  open_packs(c, j);
	if (ok) {
		ok = build(c, j) && prove(c, j) && put_in_place(c, j);
		if (!ok)
			drop_building(c, j->building);
	}
	c->store = former;
	c->actor = who;
	sodium_memzero(j, sizeof *j);
	return ok;
}
