/*
 * Who opens the same again within a quarter of an hour looks once: reloading a page, going back
 * to it after a form. What is remembered here is only that the log has it already, so a restart
 * or another process makes one row more, never one less.
 */
#include <string.h>

#include "store/store_priv.h"

enum { LOOKS = 4096, KEY = 16, SAME_LOOK_MS = 15 * 60 * 1000 };

typedef struct look {
	uint8_t key[KEY];
	int64_t at;
} look;
struct look_memory {
	pthread_mutex_t lock;
	look slot[LOOKS];
};

look_memory *looks_new(arena *mem)
{
	look_memory *k = NEW(mem, look_memory);
	pthread_mutex_init(&k->lock, NULL);
	return k;
}

void looks_free(look_memory *k)
{
	pthread_mutex_destroy(&k->lock);
}

static look *slot_of(ctx *c, const log_entry *e, uint8_t key[KEY])
{
	size_t at;
	str text = str_format(c->mem, "%s %s %s", c->actor->account.s, e->action,
			      e->subject.s);
	str hash = keyed_hash(c, S("look"), text);
	memcpy(key, hash.s, KEY);
	memcpy(&at, hash.s + KEY, sizeof at);
	return &c->store->base->looks->slot[at % LOOKS];
}

bool looks_known(ctx *c, const log_entry *e)
{
	uint8_t key[KEY];
	if (!is_staff(c))
		return false;
	look_memory *k = c->store->base->looks;
	const look *at = slot_of(c, e, key);
	pthread_mutex_lock(&k->lock);
	bool known = !memcmp(at->key, key, KEY) && c->now >= at->at &&
		     c->now - at->at < SAME_LOOK_MS;
	pthread_mutex_unlock(&k->lock);
	return known;
}

void looks_remember(ctx *c, const log_entry *e)
{
	uint8_t key[KEY];
	if (!is_staff(c))
		return;
	look_memory *k = c->store->base->looks;
	for (; e; e = e->next) {
		look *at = slot_of(c, e, key);
		pthread_mutex_lock(&k->lock);
		memcpy(at->key, key, KEY);
		at->at = c->now;
		pthread_mutex_unlock(&k->lock);
	}
}
