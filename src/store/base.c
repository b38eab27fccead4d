/* The directory, the handles on it, and the small things all of the room needs. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store_priv.h"

#define MAIN_FILE "kompis.db"
#define KEYS_FILE "keys.db"

/* ---- small things ---------------------------------------------------------------------- */

void store_random(ctx *c, void *out, size_t n)
{
	if (c->random)
		c->random(c->random_self, out, n);
	else
		randombytes_buf(out, n);
}

id store_id_new(ctx *c)
{
	uint8_t bytes[16];
	store_random(c, bytes, sizeof bytes);
	return id_from_bytes(bytes);
}

str store_secret_new(ctx *c, size_t n)
{
	static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
	char *out = arena_alloc(c->mem, n + 1, 1);
	store_random(c, out, n);
	for (size_t i = 0; i < n; i++)
		out[i] = alphabet[(unsigned char)out[i] & 31];
	return (str){out, n};
}

bool store_fail_file(ctx *c, const char *key, str name)
{
	return ctx_fail(c, FAULT_RESOURCE, key, name, str_from(strerrordesc_np(errno)));
}

bool fail_hidden(ctx *c)
{
	return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
}

bool fail_changed(ctx *c)
{
	return ctx_fail(c, FAULT_CONFLICT, "fault.changed", S(""), S(""));
}

bool is_staff(const ctx *c)
{
	return c->actor && !id_none(c->actor->account);
}

bool staff_may(ctx *c, right r)
{
	return !is_staff(c) || may(c, r);
}

void *list_room(ctx *c, void *items, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return items;
	*cap = n ? 2 * n : 16;
	return arena_grow(c->mem, items, n, *cap, size);
}

bool rows_municipalities(query *q, uint16_t **out, size_t *n)
{
	size_t cap = 0;
	bool row;
	for (;;) {
		if (!db_next(q, &row))
			return false;
		if (!row)
			return true;
		*out = list_room(q->c, *out, *n, &cap, sizeof **out);
		(*out)[(*n)++] = (uint16_t)row_int(q, 0);
	}
}

/* ---- handles ------------------------------------------------------------------------------ */

static void handle_free(void *arg)
{
	arena_free(arg);
}

/*
 * NULL when it cannot be opened. Its memory is its own: statements are prepared at any time, and
 * the caller may reset `mem` to a mark in between.
 */
static store *handle_new(ctx *c, arena *outer, store_base *b, bool patient)
{
	arena *mem = arena_new(0);
	arena_defer(outer, handle_free, mem);
	store *s = NEW(mem, store);
	s->base = b;
	bool ok = db_open(c, mem, &b->keys, b->read_only, patient, &s->keys) &&
		  db_open(c, mem, &b->main, b->read_only, patient, &s->main);
	return ok ? s : NULL;
}

bool store_open(ctx *c, arena *mem, store_base *b, store **out)
{
	*out = handle_new(c, mem, b, false);
	return *out != NULL;
}

bool base_open_patient(ctx *c, arena *mem, store_base *b, store **out)
{
	*out = handle_new(c, mem, b, true);
	return *out != NULL;
}

/* ---- the base ------------------------------------------------------------------------------- */

/* Several processes on one PostgreSQL may even share a directory: only its key is in it. */
static bool is_shared(const store_base *b)
{
	return !b->main.kind->is_file && !b->keys.kind->is_file;
}

bool base_lock(ctx *c, int dir_fd, str dir, bool refuse)
{
	if (!flock(dir_fd, LOCK_EX | (refuse ? LOCK_NB : 0)))
		return true;
	return errno == EWOULDBLOCK
		       ? ctx_fail(c, FAULT_RESOURCE, "store.locked", dir, S(""))
		       : store_fail_file(c, "store.cannot_write", dir);
}

static bool open_directory(ctx *c, store_base *b)
{
	const char *dir = str_terminated(b->mem, b->dir);
	if (!b->read_only && mkdirat(AT_FDCWD, dir, 0700) && errno != EEXIST)
		return store_fail_file(c, "store.cannot_write", b->dir);
	b->dir_fd = openat(AT_FDCWD, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b->dir_fd < 0)
		return store_fail_file(c, "store.cannot_read", b->dir);
	if (b->read_only)
		return true;
	if (!base_lock(c, b->dir_fd, b->dir, !is_shared(b)))
		return false;
	if (mkdirat(b->dir_fd, OUTBOX_DIR, 0700) && errno != EEXIST)
		return store_fail_file(c, "store.cannot_write", S(OUTBOX_DIR));
	return true;
}

/* Made here and not by SQLite, so that it is ours alone from its first byte. */
bool base_touch(ctx *c, int dir_fd, const char *name, bool read_only)
{
	int flags = read_only ? O_RDONLY : O_RDWR | O_CREAT;
	int fd = openat(dir_fd, name, flags | O_CLOEXEC, 0600);
	if (fd < 0)
		return store_fail_file(c, "store.cannot_read", str_from(name));
	close(fd);
	return true;
}

static bool touch_files(ctx *c, store_base *b)
{
	return (!b->main.kind->is_file ||
		base_touch(c, b->dir_fd, MAIN_FILE, b->read_only)) &&
	       (!b->keys.kind->is_file ||
		base_touch(c, b->dir_fd, KEYS_FILE, b->read_only));
}

static bool first_look(ctx *c, store_base *b)
{
	bool wiped = false;
	store *s = c->store;
	bool fresh = !db_prepares(c, &s->main, SQL("SELECT n FROM meta")) &&
		     !db_prepares(c, &s->keys, SQL("SELECT n FROM meta"));
	if (!keys_master(c, b, fresh && !b->read_only) || !store_migrate(c, s) ||
	    !keys_check(c))
		return false;
	if (b->read_only)
		return true;
	return s->keys.kind->wipe(c, &s->keys, &wiped) &&
	       s->main.kind->wipe(c, &s->main, &wiped);
}

static bool prepare(ctx *c, store_base *b)
{
	if (sodium_init() < 0)
		return ctx_fail(c, FAULT_RESOURCE, "store.key_bad", b->dir, S(""));
	if (!open_directory(c, b) || !touch_files(c, b))
		return false;
	columns_sql(b);
	b->names = index_new(b->mem);
	b->counts = counts_new(b->mem);
	b->looks = looks_new(b->mem);
	/* A handle for this only; the actor is the program. */
	arena *mem = arena_new(0);
	store *former = c->store;
	const actor *who = c->actor;
	c->actor = NULL;
	c->store = handle_new(c, mem, b, true);
	bool ok = c->store && first_look(c, b);
	c->store = former;
	c->actor = who;
	arena_free(mem);
	if (is_shared(b))
		flock(b->dir_fd, LOCK_UN);
	return ok;
}

static str place_or(arena *mem, str given, str dir, const char *file)
{
	return given.n ? str_copy(mem, given)
		       : str_format(mem, "%.*s/%s", STR_ARG(dir), file);
}

bool base_places(ctx *c, arena *mem, const store_where *w, db_place *main, db_place *keys)
{
	db_place_set(main, place_or(mem, w->database, w->dir, MAIN_FILE), false);
	db_place_set(keys, place_or(mem, w->keys, w->dir, KEYS_FILE), true);
	/* In a file beside one machine they would be missing on the next. */
	if (!main->kind->is_file && !w->keys.n)
		return ctx_fail(c, FAULT_INPUT, "store.keys_wanted", S(""), S(""));
	bool odd = (w->database.n && main->kind->is_file) ||
		   (w->keys.n && keys->kind->is_file);
	if (odd)
		return ctx_fail(c, FAULT_INPUT, "store.url_bad", S(""), S(""));
	if (str_equal(main->where, keys->where))
		return ctx_fail(c, FAULT_INPUT, "store.keys_same", S(""), S(""));
	const db_place *both[] = {main, keys};
	for (size_t i = 0; i < ARRAY_LEN(both); i++)
		if (both[i]->kind->readable &&
		    !both[i]->kind->readable(c, both[i]->where))
			return false;
	return true;
}

bool store_base_open(ctx *c, str dir, bool read_only, store_base **out)
{
	return store_base_open_at(c, &(store_where){.dir = dir}, read_only, out);
}

bool store_base_open_at(ctx *c, const store_where *w, bool read_only, store_base **out)
{
	arena *mem = arena_new(0);
	store_base *b = NEW(mem, store_base);
	b->mem = mem;
	b->dir = str_copy(mem, w->dir);
	b->dir_fd = -1;
	b->read_only = read_only;
	if (!base_places(c, mem, w, &b->main, &b->keys) || !prepare(c, b)) {
		/* What the fault names may lie in the memory that goes now. */
		for (size_t i = 0; i < ARRAY_LEN(c->fault.arg); i++)
			c->fault.arg[i] = str_copy(c->mem, c->fault.arg[i]);
		store_base_close(b);
		return false;
	}
	*out = b;
	return true;
}

void store_base_close(store_base *b)
{
	if (!b)
		return;
	if (b->names)
		index_free(b->names);
	if (b->counts)
		counts_free(b->counts);
	if (b->looks)
		looks_free(b->looks);
	if (b->dir_fd >= 0)
		close(b->dir_fd);
	sodium_memzero(b->wrap_key, sizeof b->wrap_key);
	sodium_memzero(b->hash_key, sizeof b->hash_key);
	sodium_memzero(b->seal_key, sizeof b->seal_key);
	arena_free(b->mem);
}
