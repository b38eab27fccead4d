/*
 * list - the short lists of best columns, packed, in blocks of powers of two.
 *
 * A million lists of sixteen are most of what the engine holds, so blocks are used again
 * and entries are no wider than the weights of their list need.
 */
#include "solve/solve_priv.h"

#include <string.h>

#define CHUNK_FIRST ((size_t)1 << 14)
#define CHUNK_MOST  ((size_t)1 << 20)
#define SMALLEST    4

static const size_t entry_bytes[] = {6, 8, 12};

static void end_pool(void *pool)
{
	list_pool_end(pool);
}

list_pool *list_pool_start(arena *mem)
{
	list_pool *p = NEW(mem, list_pool);
	p->mem = arena_new(0);
	arena_defer(mem, end_pool, p);
	return p;
}

void list_pool_end(list_pool *p)
{
	arena_free(p->mem);
	p->mem = NULL;
}

/* Blocks of a class hold SMALLEST << class entries. */
static size_t class_entries(int class)
{
	return (size_t)SMALLEST << class;
}

static int class_of(int32_t n)
{
	int class = 0;
	while (class_entries(class) < (size_t)n)
		class ++;
	return class;
}

static list *block_take(list_pool *p, entry_kind kind, int class)
{
	pool_free *f = p->spare[kind][class];
	if (f) {
		p->spare[kind][class] = f->next;
		return (list *)(void *)f;
	}
	size_t bytes = sizeof(list) + class_entries(class) * entry_bytes[kind];
	bytes = (bytes + 7) / 8 * 8;
	if (bytes > CHUNK_FIRST / 2)
		return arena_alloc(p->mem, bytes, 1);
	if (p->left < bytes) {
		p->chunk_size = p->chunk_size ? 2 * p->chunk_size : CHUNK_FIRST;
		if (p->chunk_size > CHUNK_MOST)
			p->chunk_size = CHUNK_MOST;
		p->chunk = arena_alloc(p->mem, p->chunk_size, 1);
		p->left = p->chunk_size;
	}
	void *block = p->chunk;
	p->chunk += bytes;
	p->left -= bytes;
	return block;
}

static void block_give(list_pool *p, list *l)
{
	pool_free **spare = &p->spare[l->kind][class_of(l->n)];
	pool_free *f = (pool_free *)(void *)l;
	f->next = *spare;
	*spare = f;
}

static entry_kind kind_for(const solve_offer *offer, const list *like)
{
	int64_t most = 0;
	for (int32_t i = 0; i < like->n; i++)
		most = offer[i].weight > most ? offer[i].weight : most;
	/* Nobody listed is worth less than `rest`, and no price is below 0. */
	if (most - like->rest <= UINT16_MAX)
		return ENTRY_SHORT;
	return most <= UINT32_MAX ? ENTRY_WORD : ENTRY_LONG;
}

static void set_weight(list *l, int32_t at, int64_t weight)
{
	uint32_t *all = &l->word[l->n];
	if (l->kind == ENTRY_SHORT) {
		assert(weight >= l->rest);
		((uint16_t *)(void *)all)[at] = (uint16_t)(weight - l->rest);
	} else if (l->kind == ENTRY_WORD) {
		all[at] = (uint32_t)weight;
	} else {
		all[2 * at] = (uint32_t)weight;
		all[2 * at + 1] = (uint32_t)((uint64_t)weight >> 32);
	}
}

static void set_marks(list *l, const int64_t *price)
{
	int64_t above[LIST_MARKS];
	l->shift = 0;
	for (int m = 0; m < LIST_MARKS; m++) {
		solve_offer o = list_get(l, list_mark_at(l, m));
		above[m] = o.weight - price[o.column] - l->rest;
		above[m] = above[m] > 0 ? above[m] : 0;
		/* The step upwards needs room, too. */
		while (above[m] >> l->shift >= UINT16_MAX)
			l->shift++;
	}
	for (int m = 0; m < LIST_MARKS; m++)
		l->mark[m] =
			(uint16_t)((above[m] + ((int64_t)1 << l->shift) - 1) >> l->shift);
}

void list_sort(list *l, const int64_t *price)
{
	enum { MOST = 128 };
	int64_t value[MOST];
	solve_offer offer[MOST];
	if (l->n > MOST || l->n == 0)
		return;
	for (int32_t i = 0; i < l->n; i++) {
		solve_offer o = list_get(l, i);
		int64_t x = o.weight - price[o.column];
		int32_t at = i;
		for (; at > 0 && value[at - 1] < x; at--) {
			value[at] = value[at - 1];
			offer[at] = offer[at - 1];
		}
		value[at] = x;
		offer[at] = o;
	}
	for (int32_t i = 0; i < l->n; i++) {
		l->word[i] = (uint32_t)offer[i].column;
		set_weight(l, i, offer[i].weight);
	}
	set_marks(l, price);
}

void list_store(list_pool *p, list **slot, const solve_offer *offer, const int64_t *price,
		const list *like)
{
	list *l = *slot;
	entry_kind kind = kind_for(offer, like);
	if (!l || l->kind != kind || class_of(l->n) != class_of(like->n)) {
		if (l)
			block_give(p, l);
		*slot = l = block_take(p, kind, class_of(like->n));
	}
	*l = *like;
	l->kind = kind;
	for (int32_t i = 0; i < like->n; i++) {
		l->word[i] = (uint32_t)offer[i].column;
		set_weight(l, i, offer[i].weight);
	}
	if (l->n > 0)
		set_marks(l, price);
}
