/*
 * list - the short lists of best columns, packed, in blocks of powers of two.
 *
 * A million lists of sixteen are most of what the engine holds, so an entry takes eight
 * bytes when weights fit 32 bits and twelve otherwise, and blocks are used again.
 */
#include "solve/solve_priv.h"

#include <string.h>

#define CHUNK_FIRST ((size_t)1 << 14)
#define CHUNK_MOST  ((size_t)1 << 20)
#define SMALLEST    4

/* Blocks of a class hold SMALLEST << class entries. */
static int class_of(int32_t n)
{
	int class = 0;
	while (((int64_t)SMALLEST << class) < n)
		class ++;
	return class;
}

static list *block_take(list_pool *p, int class)
{
	pool_free *f = p->spare[class];
	if (f) {
		p->spare[class] = f->next;
		return (list *)(void *)f;
	}
	size_t entries = (size_t)SMALLEST << class;
	size_t bytes = sizeof(list) + entries * (size_t)p->width * sizeof(uint32_t);
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
	int class = class_of(l->n);
	pool_free *f = (pool_free *)(void *)l;
	f->next = p->spare[class];
	p->spare[class] = f;
}

void list_store(list_pool *p, list **slot, const solve_offer *offer, const list *like)
{
	list *l = *slot;
	int32_t n = like->n;
	if (!l || class_of(l->n) != class_of(n)) {
		if (l)
			block_give(p, l);
		*slot = l = block_take(p, class_of(n));
	}
	*l = *like;
	uint32_t *w = l->word;
	for (int32_t i = 0; i < n; i++, w += p->width) {
		w[0] = (uint32_t)offer[i].column;
		w[1] = (uint32_t)offer[i].weight;
		if (p->width == 3)
			w[2] = (uint32_t)((uint64_t)offer[i].weight >> 32);
	}
}
