/* The directory, the handles on it, and the small things all of the room needs. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store_priv.h"

#define MAIN_FILE  "kompis.db"
#define KEYS_FILE  "keys.db"
#define OUTBOX_DIR "outbox"

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
static store *handle_new(ctx *c, arena *outer, store_base *b)
{
	arena *mem = arena_new(0);
	arena_defer(outer, handle_free, mem);
	store *s = NEW(mem, store);
	s->base = b;
	str main = str_format(c->mem, "%.*s/" MAIN_FILE, STR_ARG(b->dir));
	str keys = str_format(c->mem, "%.*s/" KEYS_FILE, STR_ARG(b->dir));
	bool ok = db_open(c, mem, keys, b->read_only, &s->keys) &&
		  db_open(c, mem, main, b->read_only, &s->main);
	return ok ? s : NULL;
}

bool store_open(ctx *c, arena *mem, store_base *b, store **out)
{
	*out = handle_new(c, mem, b);
	return *out != NULL;
}

/* ---- the base ------------------------------------------------------------------------------- */

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
	if (flock(b->dir_fd, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK
			       ? ctx_fail(c, FAULT_RESOURCE, "store.locked", b->dir,
					  S(""))
			       : store_fail_file(c, "store.cannot_write", b->dir);
	if (mkdirat(b->dir_fd, OUTBOX_DIR, 0700) && errno != EEXIST)
		return store_fail_file(c, "store.cannot_write", S(OUTBOX_DIR));
	return true;
}

/* Made here and not by SQLite, so that it is ours alone from its first byte; *fresh when it is empty. */
static bool touch(ctx *c, store_base *b, const char *name, bool *fresh)
{
	struct stat st;
	int flags = b->read_only ? O_RDONLY : O_RDWR | O_CREAT;
	int fd = openat(b->dir_fd, name, flags | O_CLOEXEC, 0600);
	if (fd < 0)
		return store_fail_file(c, "store.cannot_read", str_from(name));
	bool ok = !fstat(fd, &st);
	close(fd);
	*fresh = ok && st.st_size == 0;
	return ok || store_fail_file(c, "store.cannot_read", str_from(name));
}

static bool first_look(ctx *c, store_base *b)
{
	bool wrote = false;
	if (!store_migrate(c, c->store) || !keys_check(c))
		return false;
	if (b->read_only)
		return true;
	return db_truncate(c, &c->store->keys, &wrote) &&
	       db_truncate(c, &c->store->main, &wrote);
}

static bool prepare(ctx *c, store_base *b)
{
	bool fresh, fresh_keys;
	if (sodium_init() < 0)
		return ctx_fail(c, FAULT_RESOURCE, "store.key_bad", b->dir, S(""));
	if (!open_directory(c, b) || !touch(c, b, MAIN_FILE, &fresh) ||
	    !touch(c, b, KEYS_FILE, &fresh_keys) ||
	    !keys_master(c, b, fresh && fresh_keys && !b->read_only))
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
	c->store = handle_new(c, mem, b);
	bool ok = c->store && first_look(c, b);
	c->store = former;
	c->actor = who;
	arena_free(mem);
	return ok;
}

bool store_base_open(ctx *c, str dir, bool read_only, store_base **out)
{
	arena *mem = arena_new(0);
	store_base *b = NEW(mem, store_base);
	b->mem = mem;
	b->dir = str_copy(mem, dir);
	b->dir_fd = -1;
	b->read_only = read_only;
	if (!prepare(c, b)) {
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
