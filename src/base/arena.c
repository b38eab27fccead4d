/*
 * Memory by lifetime: chunks that grow, given back all at once.
 *
 * Callers never see NULL. A server gives each request a cap and an escape (longjmp to
 * the request's start, after which arena_free runs the clean-ups); a command has
 * neither and ends.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/base.h"

enum { FIRST_CHUNK = 16 << 10, ALIGNMENT = 64, LARGEST_CHUNK = 4 << 20 };

typedef struct chunk {
	struct chunk *below;
	size_t size; /* of data[] */
	_Alignas(ALIGNMENT) unsigned char data[];
} chunk;

typedef struct cleanup {
	struct cleanup *below;
	void (*fn)(void *);
	void *arg;
} cleanup;

struct arena {
	chunk *top;
	size_t used; /* in the top chunk */
	size_t total, cap;
	cleanup *cleanups;
	jmp_buf *escape;
};

arena *arena_new(size_t cap)
{
	arena *a = calloc(1, sizeof *a);
	if (!a) {
		fputs("kompis: out of memory\n", stderr);
		exit(4);
	}
	a->cap = cap;
	return a;
}

static void run_cleanups(arena *a, const cleanup *until)
{
	while (a->cleanups != until) {
		cleanup *c = a->cleanups;
		a->cleanups = c->below;
		c->fn(c->arg);
	}
}

void arena_free(arena *a)
{
	if (!a)
		return;
	run_cleanups(a, NULL);
	while (a->top) {
		chunk *below = a->top->below;
		free(a->top);
		a->top = below;
	}
	free(a);
}

static _Noreturn void give_up(arena *a)
{
	if (a->escape)
		longjmp(*a->escape, 1);
	fputs("kompis: out of memory\n", stderr);
	exit(4);
}

static void add_chunk(arena *a, size_t need)
{
	size_t size = a->top ? a->top->size * 2 : FIRST_CHUNK;
	if (size > LARGEST_CHUNK)
		size = LARGEST_CHUNK;
	if (size < need)
		size = need;
	if (a->cap && need > a->cap - a->total)
		give_up(a);
	/* aligned_alloc wants a multiple of the alignment. */
	size_t bytes = (sizeof(chunk) + size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	chunk *c = bytes < size ? NULL : aligned_alloc(ALIGNMENT, bytes);
	if (!c)
		give_up(a);
	c->below = a->top;
	c->size = size;
	a->top = c;
	a->used = 0;
}

/* Small things pack at 16 bytes; anything a vector register may load gets a full line. */
static size_t align_of(size_t bytes)
{
	return bytes >= ALIGNMENT ? ALIGNMENT : 16;
}

void *arena_take(arena *a, size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 4)
		give_up(a);
	size_t align = align_of(bytes);
	size_t from = (a->used + align - 1) / align * align;
	if (!a->top || from > a->top->size || bytes > a->top->size - from) {
		add_chunk(a, bytes);
		from = 0;
	}
	if (a->cap && bytes > a->cap - a->total)
		give_up(a);
	void *p = a->top->data + from;
	a->used = from + bytes;
	a->total += bytes;
	return p;
}

void *arena_alloc(arena *a, size_t count, size_t size)
{
	return memset(arena_take(a, count, size), 0, count * size);
}

void *arena_take_large(arena *a, size_t count, size_t size)
{
	enum { PAGE = 2 << 20 };
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 4)
		give_up(a);
	if (bytes < 2 * (size_t)PAGE)
		return arena_take(a, count, size);
	unsigned char *p = arena_take(a, bytes + 2 * (size_t)PAGE, 1);
	p += -(uintptr_t)p % PAGE;
#ifdef MADV_HUGEPAGE
	/* Advice only: without it, or refused, the memory is the same. */
	(void)madvise(p, (bytes + PAGE - 1) / PAGE * PAGE, MADV_HUGEPAGE);
#endif
	return p;
}

void *arena_grow(arena *a, const void *p, size_t old_count, size_t new_count, size_t size)
{
	assert(new_count >= old_count);
	void *q = arena_alloc(a, new_count, size);
	if (old_count)
		memcpy(q, p, old_count * size);
	return q;
}

void arena_defer(arena *a, void (*fn)(void *), void *arg)
{
	cleanup *c = NEW(a, cleanup);
	*c = (cleanup){.below = a->cleanups, .fn = fn, .arg = arg};
	a->cleanups = c;
}

void *arena_set_escape(arena *a, void *jmp_buf_or_null)
{
	void *former = a->escape;
	a->escape = jmp_buf_or_null;
	return former;
}

size_t arena_used(const arena *a)
{
	return a->total;
}

arena_mark arena_here(const arena *a)
{
	return (arena_mark){.chunk = a->top,
			    .used = a->used,
			    .cleanup = a->cleanups,
			    .total = a->total};
}

void arena_reset(arena *a, arena_mark m)
{
	run_cleanups(a, m.cleanup);
	/* One spare chunk stays, so that a loop that resets does not ask the system each time. */
	while (a->top != m.chunk) {
		chunk *c = a->top;
		if (c->below == m.chunk && !m.chunk) {
			m.used = 0;
			break;
		}
		a->top = c->below;
		free(c);
	}
	a->used = m.used;
	a->total = m.total;
}
