/*
 * Names in memory, for searching: sealed rows cannot be searched by the database.
 *
 * Shared by all handles of a process. Each change of a name takes the next number of a counter
 * in the database; a search first reads what has a later number than the index has seen. So it
 * knows what is committed and nothing else, also what another process wrote. What it finds
 * is not yet for the one who asks: scope and state are asked of the database.
 *
 * Nothing that may give up (an arena with a cap) is allocated while the lock is held.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucol.h>
#include <unicode/ustring.h>

#include "store/store_priv.h"

enum { TAIL_MOST = 4096, QUERY_WORDS = 8 };

typedef struct entry {
	id who;
	char *plain; /* NUL-terminated, as utf8_plain gives it; NULL: forgotten */
	char *order; /* ICU's key, in Swedish order by strcmp */
	uint32_t plain_n, generation;
} entry;

typedef struct word {
	const char *s; /* within entry.plain, to its end */
	uint32_t entry, generation;
} word;

struct name_index {
	pthread_rwlock_t lock;
	arena *mem; /* of all below; renewed when too much of it is old */
	UCollator *swedish;
	int64_t counter;
	entry *entry;
	size_t n, cap;
	uint32_t *slot; /* entry + 1 by id, open addressing */
	size_t slots;
	word *word;
	size_t words, word_cap, sorted;
	size_t stale; /* words that no longer hold */
};

name_index *index_new(arena *mem)
{
	UErrorCode status = U_ZERO_ERROR;
	name_index *x = NEW(mem, name_index);
	pthread_rwlock_init(&x->lock, NULL);
	x->swedish = ucol_open("sv", &status);
	x->mem = arena_new(0);
	return x;
}

void index_free(name_index *x)
{
	if (x->swedish)
		ucol_close(x->swedish);
	pthread_rwlock_destroy(&x->lock);
	arena_free(x->mem);
}

bool index_counter_next(ctx *c, int64_t *counter)
{
	query q;
	if (!db_query(c,
		      SQL("INSERT INTO meta (name, n) VALUES ('names', 1) ON CONFLICT "
			  "(name) "
			  "DO UPDATE SET n = meta.n + 1 RETURNING n"),
		      &q) ||
	    !db_one(&q))
		return false;
	*counter = row_int(&q, 0);
	db_end(&q);
	return true;
}

/* ---- taking names in ------------------------------------------------------------------- */

static uint64_t id_hash(const id *who)
{
	uint64_t h;
	memcpy(&h, who->s + 8, sizeof h);
	return hash_mix(h);
}

static uint32_t *slot_find(const name_index *x, const id *who)
{
	size_t i = id_hash(who) & (x->slots - 1);
	while (x->slot[i] && !id_equal(x->entry[x->slot[i] - 1].who, *who))
		i = (i + 1) & (x->slots - 1);
	return &x->slot[i];
}

static entry *entry_of(name_index *x, const id *who)
{
	if (2 * (x->n + 1) > x->slots) {
		x->slots = x->slots ? 2 * x->slots : 1024;
		x->slot = NEW_ARRAY(x->mem, uint32_t, x->slots);
		for (size_t i = 0; i < x->n; i++)
			*slot_find(x, &x->entry[i].who) = (uint32_t)i + 1;
	}
	uint32_t *slot = slot_find(x, who);
	if (!*slot) {
		if (x->n == x->cap) {
			x->cap = x->cap ? 2 * x->cap : 1024;
			x->entry = arena_grow(x->mem, x->entry, x->n, x->cap,
					      sizeof *x->entry);
		}
		x->entry[x->n].who = *who;
		*slot = (uint32_t)++x->n;
	}
	return &x->entry[*slot - 1];
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       (unsigned char)c >= 0x80;
}

static void word_add(name_index *x, const entry *e, const char *s)
{
	if (x->words == x->word_cap) {
		x->word_cap = x->word_cap ? 2 * x->word_cap : 4096;
		x->word = arena_grow(x->mem, x->word, x->words, x->word_cap,
				     sizeof *x->word);
	}
	x->word[x->words++] = (word){
		.s = s, .entry = (uint32_t)(e - x->entry), .generation = e->generation};
}

static char *order_key(name_index *x, arena *scratch, str name)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t n = 0, room = (int32_t)name.n + 1;
	UChar *wide = NEW_ARRAY(scratch, UChar, (size_t)room);
	u_strFromUTF8WithSub(wide, room, &n, name.s, (int32_t)name.n, 0xfffd, NULL,
			     &status);
	int32_t bytes = x->swedish ? ucol_getSortKey(x->swedish, wide, n, NULL, 0) : 0;
	char *key = arena_alloc(x->mem, (size_t)bytes + 1, 1);
	if (bytes)
		ucol_getSortKey(x->swedish, wide, n, (uint8_t *)key, bytes);
	return key;
}

static size_t words_in(const char *s)
{
	size_t n = 0;
	for (const char *p = s; *p; p++)
		n += is_letter(*p) && (p == s || !is_letter(p[-1]));
	return n;
}

/* A name is as short as a form lets it be; what is longer is not searched to its end. */
static void take(name_index *x, arena *scratch, const id *who, str given, str family)
{
	enum { NAME_MOST = 400 };
	entry *e = entry_of(x, who);
	given = str_slice(given, 0, NAME_MOST);
	family = str_slice(family, 0, NAME_MOST);
	str both = str_format(scratch, "%.*s %.*s", STR_ARG(given), STR_ARG(family));
	str by = str_format(scratch, "%.*s %.*s", STR_ARG(family), STR_ARG(given));
	str plain = utf8_plain(scratch, both);
	if (e->plain)
		x->stale += words_in(e->plain);
	e->generation++;
	e->plain = str_terminated(x->mem, plain);
	e->plain_n = (uint32_t)strlen(e->plain);
	e->order = order_key(x, scratch, str_trim(by));
	for (const char *p = e->plain; *p; p++)
		if (is_letter(*p) && (p == e->plain || !is_letter(p[-1])))
			word_add(x, e, p);
}

static int word_order(const void *a, const void *b)
{
	return strcmp(((const word *)a)->s, ((const word *)b)->s);
}

static bool holds(const name_index *x, const word *w)
{
	const entry *e = &x->entry[w->entry];
	return e->plain && e->generation == w->generation;
}

/* Leaves out words that no longer hold; what is sorted stays so. */
static void words_compact(name_index *x)
{
	size_t n = 0, sorted = 0;
	for (size_t i = 0; i < x->words; i++) {
		if (holds(x, &x->word[i])) {
			x->word[n++] = x->word[i];
			sorted += i < x->sorted;
		}
	}
	x->words = n;
	x->sorted = sorted;
	x->stale = 0;
}

static void words_sort(name_index *x)
{
	if (x->words - x->sorted < TAIL_MOST)
		return;
	words_compact(x);
	qsort(x->word, x->words, sizeof *x->word, word_order);
	x->sorted = x->words;
}

void index_forget(name_index *x, const id *who, size_t n)
{
	arena *scratch = arena_new(0);
	entry **gone = NEW_ARRAY(scratch, entry *, n);
	size_t found = 0;
	pthread_rwlock_wrlock(&x->lock);
	for (size_t i = 0; i < n && x->slots; i++) {
		uint32_t slot = *slot_find(x, &who[i]);
		if (!slot || !x->entry[slot - 1].plain)
			continue;
		gone[found++] = &x->entry[slot - 1];
		x->entry[slot - 1].generation++;
	}
	words_compact(x);
	for (size_t i = 0; i < found; i++) {
		sodium_memzero(gone[i]->plain, gone[i]->plain_n);
		sodium_memzero(gone[i]->order, strlen(gone[i]->order));
		gone[i]->plain = NULL;
	}
	pthread_rwlock_unlock(&x->lock);
	arena_free(scratch);
}

/* Open addressing by id, of those that are there. */
static bool read_ids(ctx *c, id **set, size_t *slots)
{
	query q;
	bool row;
	size_t n = 0, cap = 0;
	id *all = NULL;
	if (!db_query(c, SQL("SELECT id FROM person"), &q))
		return false;
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			break;
		all = list_room(c, all, n, &cap, sizeof *all);
		all[n++] = row_id(&q, 0);
	}
	for (*slots = 16; *slots < 2 * n; *slots *= 2)
		;
	*set = NEW_ARRAY(c->mem, id, *slots);
	for (size_t i = 0; i < n; i++) {
		size_t at = id_hash(&all[i]) & (*slots - 1);
		while (!id_none((*set)[at]))
			at = (at + 1) & (*slots - 1);
		(*set)[at] = all[i];
	}
	return true;
}

static bool has_id(const id *set, size_t slots, const id *who)
{
	size_t at = id_hash(who) & (slots - 1);
	while (!id_none(set[at]) && !id_equal(set[at], *who))
		at = (at + 1) & (slots - 1);
	return !id_none(set[at]);
}

/* Whom the index knows, in c->mem. */
static id *known(ctx *c, name_index *x, size_t *n)
{
	pthread_rwlock_rdlock(&x->lock);
	size_t most = x->n;
	pthread_rwlock_unlock(&x->lock);
	id *out = NEW_ARRAY(c->mem, id, most);
	*n = 0;
	pthread_rwlock_rdlock(&x->lock);
	for (size_t i = 0; i < x->n && *n < most; i++)
		if (x->entry[i].plain)
			out[(*n)++] = x->entry[i].who;
	pthread_rwlock_unlock(&x->lock);
	return out;
}

typedef struct prune_job {
	id *who;
	size_t n;
} prune_job;

/* Leaves in *arg those that are gone. */
static bool find_gone(ctx *c, void *arg)
{
	prune_job *j = arg;
	id *set;
	size_t slots, n = 0;
	if (!read_ids(c, &set, &slots))
		return false;
	for (size_t i = 0; i < j->n; i++)
		if (!has_id(set, slots, &j->who[i]))
			j->who[n++] = j->who[i];
	j->n = n;
	return true;
}

/* First who is known, then who is there: nobody who comes in between is taken for gone. */
bool index_prune(ctx *c)
{
	name_index *x = c->store->base->names;
	prune_job j;
	assert(c->store->tx == TX_NONE);
	j.who = known(c, x, &j.n);
	if (!j.n)
		return true;
	if (!store_read(c, find_gone, &j))
		return false;
	if (j.n)
		index_forget(x, j.who, j.n);
	return true;
}

/* ---- catching up ------------------------------------------------------------------------ */

static bool counter_now(ctx *c, int64_t *counter)
{
	query q;
	bool row;
	*counter = 0;
	if (!db_query(c, SQL("SELECT n FROM meta WHERE name = 'names'"), &q) ||
	    !db_next(&q, &row))
		return false;
	if (row)
		*counter = row_int(&q, 0);
	db_end(&q);
	return true;
}

static bool read_later(ctx *c, name_index *x)
{
	query q;
	bool row;
	uint8_t key[SECRET_BYTES];
	if (!db_query(
		    c,
		    SQL("SELECT id, sealed, named FROM person WHERE named > $1 ORDER BY "
			"named"),
		    &q))
		return false;
	bind_int(&q, 1, x->counter);
	for (;;) {
		bool there = false;
		str pairs = S("");
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		arena_mark here = arena_here(c->mem);
		id who = row_id(&q, 0);
		if (!keys_get(c, &who, key, &there))
			return false;
		/* What does not open has no name to find; the doctor tells of it. */
		if (there && unseal(c, key, S("person"), &who, row_blob(&q, 1), &pairs))
			take(x, c->mem, &who, pairs_get(pairs, S("given")),
			     pairs_get(pairs, S("family")));
		x->counter = row_int(&q, 2);
		arena_reset(c->mem, here);
	}
}

static void begin_anew(name_index *x)
{
	arena_free(x->mem);
	x->mem = arena_new(0);
	x->entry = NULL;
	x->slot = NULL;
	x->word = NULL;
	x->n = x->cap = x->slots = x->words = x->word_cap = x->sorted = x->stale = 0;
	x->counter = 0;
}

/* Leaves the lock held for reading when it is true. */
static bool catch_up(ctx *c, name_index *x)
{
	int64_t now;
	if (!counter_now(c, &now))
		return false;
	pthread_rwlock_rdlock(&x->lock);
	if (x->counter >= now)
		return true;
	pthread_rwlock_unlock(&x->lock);
	pthread_rwlock_wrlock(&x->lock);
	if (x->stale > x->words / 2 + TAIL_MOST)
		begin_anew(x);
	bool ok = x->counter >= now || read_later(c, x);
	words_sort(x);
	pthread_rwlock_unlock(&x->lock);
	if (ok)
		pthread_rwlock_rdlock(&x->lock);
	return ok;
}

/* ---- searching ---------------------------------------------------------------------------- */

typedef struct wanted {
	str word[QUERY_WORDS];
	size_t n, longest;
} wanted;

static void cut_words(str plain, wanted *out)
{
	*out = (wanted){0};
	for (size_t i = 0; i < plain.n && out->n < QUERY_WORDS;) {
		size_t from = i;
		while (i < plain.n && is_letter(plain.s[i]))
			i++;
		if (i > from) {
			out->word[out->n] = str_slice(plain, from, i);
			if (out->word[out->n].n > out->word[out->longest].n)
				out->longest = out->n;
			out->n++;
		} else {
			i++;
		}
	}
}

static bool begins(const char *s, str with)
{
	return !strncmp(s, with.s, with.n);
}

static bool has_word(const entry *e, str with)
{
	for (const char *p = e->plain; *p; p++)
		if (is_letter(*p) && (p == e->plain || !is_letter(p[-1])) &&
		    begins(p, with))
			return true;
	return false;
}

static size_t first_not_before(const name_index *x, str with)
{
	size_t low = 0, high = x->sorted;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (strncmp(x->word[middle].s, with.s, with.n) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

typedef struct hits {
	const entry **at;
	uint8_t *seen;
	size_t n;
} hits;

static void hit(const name_index *x, const wanted *w, const word *candidate, hits *h)
{
	const entry *e = &x->entry[candidate->entry];
	if (!holds(x, candidate) || h->seen[candidate->entry])
		return;
	h->seen[candidate->entry] = 1;
	for (size_t i = 0; i < w->n; i++)
		if (i != w->longest && !has_word(e, w->word[i]))
			return;
	h->at[h->n++] = e;
}

static int swedish_order(const void *a, const void *b)
{
	const entry *const *x = a, *const *y = b;
	int order = strcmp((*x)->order, (*y)->order);
	return order ? order : strcmp((*x)->who.s, (*y)->who.s);
}

static void find(const name_index *x, arena *mem, const wanted *w, hits *h)
{
	str with = w->word[w->longest];
	*h = (hits){.at = NEW_ARRAY(mem, const entry *, x->n + 1),
		    .seen = NEW_ARRAY(mem, uint8_t, x->n + 1)};
	for (size_t i = first_not_before(x, with);
	     i < x->sorted && begins(x->word[i].s, with); i++)
		hit(x, w, &x->word[i], h);
	for (size_t i = x->sorted; i < x->words; i++)
		if (begins(x->word[i].s, with))
			hit(x, w, &x->word[i], h);
	qsort(h->at, h->n, sizeof *h->at, swedish_order);
}

static void scratch_free(void *arg)
{
	arena_free(arg);
}

bool index_search(ctx *c, str text, id **found, size_t *n)
{
	name_index *x = c->store->base->names;
	arena *scratch = arena_new(0), *mem = c->mem;
	wanted w;
	hits h;
	id *out = NULL;
	c->mem = scratch;
	cut_words(utf8_plain(scratch, text), &w);
	*n = 0;
	bool ok = !w.n || catch_up(c, x);
	if (ok && w.n) {
		find(x, scratch, &w, &h);
		out = NEW_ARRAY(scratch, id, h.n + 1);
		for (size_t i = 0; i < h.n; i++)
			out[i] = h.at[i]->who;
		*n = h.n;
		pthread_rwlock_unlock(&x->lock);
	}
	c->mem = mem;
	/* The caller frees it with its own memory. */
	arena_defer(mem, scratch_free, scratch);
	*found = out;
	return ok;
}
