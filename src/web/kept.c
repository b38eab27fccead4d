/*
 * Pages that would come out the same are not made again: the same page for the same session, while
 * nothing was committed, for a minute. Only pages that say nothing but what is in the database;
 * the token and the key of the form in them are those of the new answer.
 */
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "web/web_priv.h"

enum { SLOTS = 64, KEY = 32, BODY_MOST = 48 * 1024, PLACES_MOST = 32, KEPT_MS = 60000 };

/* Where in a page a text stands that is another in each answer. */
typedef struct places {
	uint32_t at[PLACES_MOST];
	size_t n;
} places;
typedef struct kept {
	uint8_t key[KEY];
	uint64_t generation;
	int64_t at;
	size_t n; /* 0 = empty */
	places token, once;
	char body[BODY_MOST];
} kept;
struct kept_pages {
	pthread_mutex_t lock;
	arena *mem;
	kept *slot[SLOTS]; /* made when first used */
};

struct kept_pages *kept_new(arena *mem)
{
	struct kept_pages *k = NEW(mem, struct kept_pages);
	pthread_mutex_init(&k->lock, NULL);
	k->mem = arena_new(0);
	return k;
}

static void wipe(kept *p)
{
	sodium_memzero(p->body, p->n);
	p->n = 0;
}

void kept_free(struct kept_pages *k)
{
	for (int i = 0; i < SLOTS; i++)
		if (k->slot[i])
			wipe(k->slot[i]);
	pthread_mutex_destroy(&k->lock);
	arena_free(k->mem);
}

static bool holds(const kept *p, uint64_t generation, int64_t now)
{
	return p->n && p->generation == generation && now >= p->at &&
	       now - p->at <= KEPT_MS;
}

void kept_purge(struct kept_pages *k, uint64_t generation, int64_t now)
{
	pthread_mutex_lock(&k->lock);
	for (int i = 0; i < SLOTS; i++)
		if (k->slot[i] && !holds(k->slot[i], generation, now))
			wipe(k->slot[i]);
	pthread_mutex_unlock(&k->lock);
}

static bool may_keep(const req *r)
{
	return r->in->method == NET_GET &&
	       (r->route->handle == person_show || r->route->handle == people_show ||
		r->route->handle == staff_show);
}

/* What a page depends on beside the database; its hash, in 32 bytes, tells it from all others. */
static size_t slot_of(const req *r, uint8_t key[KEY])
{
	size_t at;
	buf b = {.mem = r->ctx->mem};
	buf_format(&b, "%s %d %.*s", r->session.id.s, (int)r->ctx->today,
		   STR_ARG(r->in->path));
	for (size_t i = 0; i < r->in->queries; i++)
		buf_format(&b, "\n%.*s=%.*s", STR_ARG(r->in->query[i].name),
			   STR_ARG(r->in->query[i].value));
	str text = buf_str(&b);
	crypto_generichash(key, KEY, (const unsigned char *)text.s, text.n, NULL, 0);
	memcpy(&at, key, sizeof at);
	return at % SLOTS;
}

/* The text is by chance what it is, so nothing else in the page is the same. */
static bool find_places(str body, str text, places *out)
{
	const char *end = body.s + body.n;
	out->n = 0;
	for (const char *at = body.s;; at += text.n) {
		at = memmem(at, (size_t)(end - at), text.s, text.n);
		if (!at)
			return true;
		if (out->n == PLACES_MOST)
			return false;
		out->at[out->n++] = (uint32_t)(at - body.s);
	}
}

static void put(char *body, const places *p, str text)
{
	for (size_t i = 0; i < p->n; i++)
		memcpy(body + p->at[i], text.s, text.n);
}

bool kept_show(req *r)
{
	struct kept_pages *k = r->web->kept;
	uint8_t key[KEY];
	char *body = NULL;
	if (!may_keep(r))
		return false;
	str fresh = form_token(r), once = form_once(r);
	size_t at = slot_of(r, key);
	pthread_mutex_lock(&k->lock);
	kept *p = k->slot[at];
	if (p && holds(p, store_generation(r->ctx), r->ctx->now) &&
	    !memcmp(p->key, key, KEY)) {
		body = arena_alloc(r->ctx->mem, p->n, 1);
		memcpy(body, p->body, p->n);
		put(body, &p->token, fresh);
		put(body, &p->once, once);
		r->body = (buf){.mem = r->ctx->mem, .s = body, .n = p->n, .cap = p->n};
	}
	pthread_mutex_unlock(&k->lock);
	return body && req_page(r, 200);
}

void kept_keep(req *r)
{
	struct kept_pages *k = r->web->kept;
	str body = buf_str(&r->body);
	places tokens, onces;
	uint8_t key[KEY];
	if (!may_keep(r) || r->out->status != 200 || !body.n || body.n > BODY_MOST ||
	    !find_places(body, r->page.token, &tokens) ||
	    !find_places(body, r->page.once, &onces))
		return;
	size_t at = slot_of(r, key);
	pthread_mutex_lock(&k->lock);
	if (!k->slot[at])
		k->slot[at] = NEW(k->mem, kept);
	kept *p = k->slot[at];
	wipe(p);
	memcpy(p->key, key, KEY);
	memcpy(p->body, body.s, body.n);
	p->n = body.n;
	p->generation = store_generation(r->ctx);
	p->at = r->ctx->now;
	p->token = tokens;
	p->once = onces;
	pthread_mutex_unlock(&k->lock);
}
