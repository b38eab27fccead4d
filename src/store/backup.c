/* A copy while others write: consistent, on disk, and in place only when it is whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "store/keep_priv.h"

static str with(ctx *c, str path, const char *end)
{
	return str_format(c->mem, "%.*s%s", STR_ARG(path), end);
}

static void drop(ctx *c, str path)
{
	unlinkat(AT_FDCWD, str_terminated(c->mem, path), 0);
}

/* An SQLite file, whichever database it is of: what restore takes. */
static bool copy_database(ctx *c, db *d, str to)
{
	drop(c, to);
	int fd = pack_create(c, to);
	if (fd < 0)
		return false;
	close(fd);
	return d->kind->copy ? d->kind->copy(c, d, to) : transfer_to_file(c, d, to);
}

static bool count_copy(ctx *c, str copy, pack *p)
{
	arena *mem = arena_new(0);
	db d;
	db_place at;
	db_place_set(&at, copy, false);
	bool ok = db_open(c, mem, &at, true, true, &d) && keep_count(c, &d, p->count);
	for (size_t i = 0; i < KEEP_TABLES; i++)
		p->counted[i] = ok;
	arena_free(mem);
	return ok;
}

/* Beside its place, as NAME.part. */
static bool make_part(ctx *c, store_base *b, db *d, const char *kind, str file)
{
	pack p = {.kind = kind, .at = c->now};
	str copy = with(c, file, ".copy"), part = with(c, file, ".part");
	drop(c, part);
	bool ok = copy_database(c, d, copy) &&
		  (d == &c->store->keys || count_copy(c, copy, &p)) &&
		  pack_write(c, &p, copy, part, b->hash_key);
	drop(c, copy);
	return ok;
}

static bool put(ctx *c, str file)
{
	str part = with(c, file, ".part");
	return !renameat(AT_FDCWD, str_terminated(c->mem, part), AT_FDCWD,
			 str_terminated(c->mem, file)) ||
	       store_fail_file(c, "store.cannot_write", file);
}

/*
 * First the database, then the keys: no person in the copy is without a key, unless erased in
 * between. And the keys come into their place first: keys newer than a database open all of it.
 */
static bool both(ctx *c, store_base *b, str file, str keys)
{
	return make_part(c, b, &c->store->main, "backup", file) &&
	       make_part(c, b, &c->store->keys, "keys", keys) && put(c, keys) &&
	       put(c, file) && pack_sync_directory(c, file);
}

bool store_backup(ctx *c, store_base *b, str file)
{
	if (c->actor && !may(c, RIGHT_SYSTEM))
		return false;
	str keys = pack_keys_beside(c, file);
	if (!file.n || str_ends(file, S("/")) || str_equal(file, keys))
		return ctx_fail(c, FAULT_USAGE, "backup.name", file, S(""));
	arena *mem = arena_new(0);
	store *former = c->store;
	bool ok = base_open_patient(c, mem, b, &c->store) && both(c, b, file, keys);
	c->store = former;
	arena_free(mem);
	if (!ok) {
		drop(c, with(c, file, ".part"));
		drop(c, with(c, keys, ".part"));
		return false;
	}
	return keep_note_set(c, b, "backup", c->now, "backup");
}
