/*
 * Numbers that take long to count and are shown often: kept until a commit may have changed
 * them, of this process or of another on the same PostgreSQL (db_priv.h, moment).
 */
#include <string.h>

#include "store/store_priv.h"

enum { COUNTS = 256, NUMBERS = STATE_COUNT };

typedef struct kept {
	uint64_t key, generation;
	int64_t n[NUMBERS];
} kept;
struct count_cache {
	pthread_mutex_t lock;
	kept slot[COUNTS];
};

count_cache *counts_new(arena *mem)
{
	count_cache *k = NEW(mem, count_cache);
	pthread_mutex_init(&k->lock, NULL);
	return k;
}

void counts_free(count_cache *k)
{
	pthread_mutex_destroy(&k->lock);
}

/* By who asks and of what. Keyed by the installation, so that nobody can choose two that are one. */
static uint64_t key_of(ctx *c, str what)
{
	uint64_t key;
	const actor *a = c->actor;
	str text = str_format(c->mem, "%d %s %s %.*s", a != NULL, a ? a->account.s : "",
			      a ? a->person.s : "", STR_ARG(what));
	memcpy(&key, keyed_hash(c, S("count"), text).s, sizeof key);
	return key;
}

bool counts_find(ctx *c, str what, int64_t *out, size_t n)
{
	store *s = c->store;
	count_cache *k = s->base->counts;
	uint64_t key = key_of(c, what);
	const kept *at = &k->slot[key % COUNTS];
	assert(n <= NUMBERS);
	if (s->tx != TX_READ)
		return false;
	pthread_mutex_lock(&k->lock);
	bool found = at->key == key && at->generation == s->generation;
	if (found)
		memcpy(out, at->n, n * sizeof *out);
	pthread_mutex_unlock(&k->lock);
	return found;
}

void counts_keep(ctx *c, str what, const int64_t *numbers, size_t n)
{
	store *s = c->store;
	count_cache *k = s->base->counts;
	uint64_t key = key_of(c, what);
	kept *at = &k->slot[key % COUNTS];
	if (s->tx != TX_READ)
		return;
	pthread_mutex_lock(&k->lock);
	at->key = key;
	at->generation = s->generation;
	memcpy(at->n, numbers, n * sizeof *numbers);
	pthread_mutex_unlock(&k->lock);
}
