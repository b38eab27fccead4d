/* The master key and the keys of people: made, wrapped, found, destroyed. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store_priv.h"

#define MASTER_FILE "master.key"
#define MASTER_NEW  "master.key.new"
/* crypto_kdf: eight bytes say what a subkey is for, beside its number. */
#define KDF_CONTEXT "kompis01"
enum { SUBKEY_WRAP = 1, SUBKEY_HASH, SUBKEY_SEAL };
_Static_assert(SECRET_BYTES == crypto_kdf_KEYBYTES, "master key size");

/* ---- the master key --------------------------------------------------------------------- */

void keys_derive(store_base *b, const uint8_t master[SECRET_BYTES])
{
	crypto_kdf_derive_from_key(b->wrap_key, SECRET_BYTES, SUBKEY_WRAP, KDF_CONTEXT,
				   master);
	crypto_kdf_derive_from_key(b->hash_key, SECRET_BYTES, SUBKEY_HASH, KDF_CONTEXT,
				   master);
	crypto_kdf_derive_from_key(b->seal_key, SECRET_BYTES, SUBKEY_SEAL, KDF_CONTEXT,
				   master);
}

/*
 * Written beside and renamed, so that no half of a key is ever found under its name; file and
 * directory are on disk before anything is sealed with it.
 */
bool keys_write(ctx *c, int dir_fd, const uint8_t master[SECRET_BYTES])
{
	if (unlinkat(dir_fd, MASTER_NEW, 0) && errno != ENOENT)
		return store_fail_file(c, "store.cannot_write", S(MASTER_NEW));
	int fd =
		openat(dir_fd, MASTER_NEW, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return store_fail_file(c, "store.cannot_write", S(MASTER_NEW));
	bool ok = write(fd, master, SECRET_BYTES) == SECRET_BYTES && !fsync(fd);
	ok = !close(fd) && ok;
	ok = ok && !renameat(dir_fd, MASTER_NEW, dir_fd, MASTER_FILE) && !fsync(dir_fd);
	return ok || store_fail_file(c, "store.cannot_write", S(MASTER_FILE));
}

bool keys_read(ctx *c, int dir_fd, str dir, uint8_t master[SECRET_BYTES], bool *there)
{
	uint8_t bytes[SECRET_BYTES + 1];
	int fd = openat(dir_fd, MASTER_FILE, O_RDONLY | O_CLOEXEC);
	*there = fd >= 0;
	if (fd < 0)
		return errno == ENOENT ||
		       store_fail_file(c, "store.cannot_read", S(MASTER_FILE));
	ssize_t n = read(fd, bytes, sizeof bytes);
	close(fd);
	memcpy(master, bytes, SECRET_BYTES);
	sodium_memzero(bytes, sizeof bytes);
	return n == SECRET_BYTES ||
	       ctx_fail(c, FAULT_RESOURCE, "store.key_bad", dir, S(""));
}

bool keys_master(ctx *c, store_base *b, bool fresh)
{
	uint8_t master[SECRET_BYTES] = {0};
	bool there, ok = keys_read(c, b->dir_fd, b->dir, master, &there);
	if (ok && !there && !fresh)
		return ctx_fail(c, FAULT_RESOURCE, "store.key_missing", b->dir, S(""));
	if (ok && !there) {
		store_random(c, master, SECRET_BYTES);
		ok = keys_write(c, b->dir_fd, master);
	}
	if (ok)
		keys_derive(b, master);
	sodium_memzero(master, sizeof master);
	return ok;
}

static bool check_work(ctx *c, void *unused)
{
	(void)unused;
	query q;
	bool row;
	str want = keyed_hash(c, S("key"), S("kompis"));
	if (!db_query(c, SQL("SELECT bytes FROM meta WHERE name = 'key_check'"), &q) ||
	    !db_next(&q, &row))
		return false;
	if (row) {
		bool good = str_equal(row_blob(&q, 0), want);
		db_end(&q);
		return good ||
		       ctx_fail(c, FAULT_RESOURCE, "store.key_wrong", S(""), S(""));
	}
	if (c->store->base->read_only)
		return ctx_fail(c, FAULT_RESOURCE, "store.older", S(""), S(""));
	if (!db_query(
		    c,
		    SQL("INSERT INTO meta (name, n, bytes) VALUES ('key_check', 0, $1)"),
		    &q))
		return false;
	bind_blob(&q, 1, want);
	return db_run(&q, NULL);
}

bool keys_check(ctx *c)
{
	return c->store->base->read_only ? store_read(c, check_work, NULL)
					 : store_write(c, check_work, NULL);
}

/* ---- keys of people ----------------------------------------------------------------------- */

static bool keys_begin(ctx *c)
{
	store *s = c->store;
	assert(s->tx != TX_NONE);
	if (s->keys_open)
		return true;
	s->keys_open = s->keys.kind->begin(c, &s->keys, s->tx);
	return s->keys_open;
}

bool keys_new(ctx *c, const id *who)
{
	query q;
	uint8_t key[SECRET_BYTES];
	if (!keys_begin(c))
		return false;
	store_random(c, key, sizeof key);
	str wrapped = seal(c, c->store->base->wrap_key, S("key"), who,
			   (str){(const char *)key, sizeof key});
	sodium_memzero(key, sizeof key);
	if (!db_query_on(c, &c->store->keys,
			 SQL("INSERT INTO person_key (person, wrapped) VALUES ($1, $2)"),
			 &q))
		return false;
	bind_id(&q, 1, who);
	bind_blob(&q, 2, wrapped);
	return db_run(&q, NULL);
}

bool keys_get(ctx *c, const id *who, uint8_t key[SECRET_BYTES], bool *there)
{
	query q;
	str plain;
	store *s = c->store;
	*there = !id_none(s->last_key_of) && id_equal(s->last_key_of, *who);
	if (*there) {
		memcpy(key, s->last_key, SECRET_BYTES);
		return true;
	}
	if (s->tx == TX_READ && !keys_begin(c))
		return false;
	if (!db_query_on(c, &c->store->keys,
			 SQL("SELECT wrapped FROM person_key WHERE person = $1"), &q))
		return false;
	bind_id(&q, 1, who);
	if (!db_next(&q, there))
		return false;
	if (!*there)
		return true;
	str wrapped = row_blob(&q, 0);
	db_end(&q);
	*there = unseal(c, c->store->base->wrap_key, S("key"), who, wrapped, &plain) &&
		 plain.n == SECRET_BYTES;
	if (!*there)
		return true;
	memcpy(key, plain.s, SECRET_BYTES);
	if (s->tx == TX_READ) {
		memcpy(s->last_key, plain.s, SECRET_BYTES);
		s->last_key_of = *who;
	}
	return true;
}

void keys_doom(ctx *c, const id *who)
{
	store *s = c->store;
	s->doomed =
		list_room(c, s->doomed, s->doomed_n, &s->doomed_cap, sizeof *s->doomed);
	s->doomed[s->doomed_n++] = *who;
}

/* Its hash stays: what a restored backup brings back is erased again. */
static bool key_destroy(ctx *c, const id *who)
{
	query q;
	if (!keys_begin(c) ||
	    !db_query_on(c, &c->store->keys,
			 SQL("DELETE FROM person_key WHERE person = $1"), &q))
		return false;
	bind_id(&q, 1, who);
	if (!db_run(&q, NULL) ||
	    !db_query_on(c, &c->store->keys,
			 SQL("INSERT INTO erased (hash, at) VALUES ($1, $2) "
			     "ON CONFLICT (hash) DO NOTHING"),
			 &q))
		return false;
	bind_blob(&q, 1, keyed_hash(c, S("erased"), id_str(who)));
	bind_int(&q, 2, c->now);
	return db_run(&q, NULL);
}

bool keys_erased(ctx *c, query *q)
{
	return keys_begin(c) &&
	       db_query_on(c, &c->store->keys, SQL("SELECT COUNT(*) FROM erased"), q) &&
	       db_one(q);
}

bool keys_destroy(ctx *c, void *arg)
{
	const str *list = arg;
	id doomed;
	for (size_t at = 0; at < list->n; at += sizeof doomed) {
		memcpy(&doomed, list->s + at, sizeof doomed);
		if (!key_destroy(c, &doomed))
			return false;
	}
	return true;
}

/* A key is orphaned by a death between the two commits, of an erasure or of an addition. */
static bool is_orphan(ctx *c, const id *who, bool *orphan)
{
	query q;
	bool row;
	if (!db_query(c, SQL("SELECT 1 FROM person WHERE id = $1"), &q))
		return false;
	bind_id(&q, 1, who);
	if (!db_next(&q, &row))
		return false;
	db_end(&q);
	*orphan = !row;
	return true;
}

typedef struct orphans {
	id *who;
	size_t n, cap;
} orphans;

static bool find_orphans(ctx *c, void *arg)
{
	orphans *o = arg;
	query q;
	bool row, orphan;
	*o = (orphans){0};
	if (!keys_begin(c) ||
	    !db_query_on(c, &c->store->keys, SQL("SELECT person FROM person_key"), &q))
		return false;
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		id one = row_id(&q, 0);
		if (!is_orphan(c, &one, &orphan))
			return false;
		if (!orphan)
			continue;
		o->who = list_room(c, o->who, o->n, &o->cap, sizeof *o->who);
		o->who[o->n++] = one;
	}
}

/* Whoever was being added when it was read is there now that we hold the lock. */
static bool destroy_orphans(ctx *c, void *arg)
{
	const orphans *o = arg;
	bool orphan;
	for (size_t i = 0; i < o->n; i++)
		if (!is_orphan(c, &o->who[i], &orphan) ||
		    (orphan && !key_destroy(c, &o->who[i])))
			return false;
	return true;
}

bool keys_sweep(ctx *c)
{
	orphans o;
	return store_read(c, find_orphans, &o) &&
	       (!o.n || store_write(c, destroy_orphans, &o));
}
