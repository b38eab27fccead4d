/* Figures: facts, counted by what one asks for. */
#include <stdlib.h>
#include <string.h>

#include "store/store_priv.h"

typedef struct bin {
	fact key; /* what was not asked for is as nothing */
	int64_t events, people, last;
} bin;

typedef struct table {
	ctx *c;
	const figures_ask *ask;
	bin *slot; /* open addressing; kind -1 is free */
	size_t cap, n;
} table;

static uint32_t hash_of(const fact *f)
{
	const int part[] = {f->kind, f->was,    f->month, f->municipality,
			    f->side, f->gender, f->age};
	uint32_t h = 2166136261u; /* FNV-1a, by ints */
	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		h = (h ^ (uint32_t)part[i]) * 16777619u;
	return h ^ h >> 15;
}

static bool is_same(const fact *a, const fact *b)
{
	return a->kind == b->kind && a->was == b->was && a->month == b->month &&
	       a->municipality == b->municipality && a->side == b->side &&
	       a->gender == b->gender && a->age == b->age;
}

static bin *find(const table *t, const fact *key)
{
	size_t i = hash_of(key) & (t->cap - 1);
	while (t->slot[i].key.kind >= 0 && !is_same(&t->slot[i].key, key))
		i = (i + 1) & (t->cap - 1);
	return &t->slot[i];
}

static void grow(table *t)
{
	table bigger = *t;
	bigger.cap = t->cap ? t->cap * 2 : 64;
	bigger.slot = NEW_ARRAY(t->c->mem, bin, bigger.cap);
	for (size_t i = 0; i < bigger.cap; i++)
		bigger.slot[i].key.kind = -1;
	for (size_t i = 0; i < t->cap; i++)
		if (t->slot[i].key.kind >= 0)
			*find(&bigger, &t->slot[i].key) = t->slot[i];
	*t = bigger;
}

static fact asked_for(const fact *f, unsigned by)
{
	return (fact){.kind = f->kind,
		      .was = by & FIGURES_BY_BEFORE ? f->was : STATE_COUNT,
		      .month = by & FIGURES_BY_MONTH ? f->month : 0,
		      .municipality = by & FIGURES_BY_MUNICIPALITY ? f->municipality : 0,
		      .side = by & FIGURES_BY_SIDE ? f->side : 0,
		      .gender = by & FIGURES_BY_GENDER ? f->gender : 0,
		      .age = by & FIGURES_BY_AGE ? f->age : 0};
}

/* One person's come together: who was counted in a cell just now is not counted again. */
static bool take(void *self, const fact *f, int64_t whose)
{
	table *t = self;
	if (f->month < t->ask->from || f->month > t->ask->to)
		return true;
	fact key = asked_for(f, t->ask->by);
	if (t->n * 2 >= t->cap)
		grow(t);
	bin *at = find(t, &key);
	if (at->key.kind < 0) {
		*at = (bin){.key = key};
		t->n++;
	}
	at->events++;
	at->people += at->last != whose;
	at->last = whose;
	return true;
}

static int in_order(const void *a, const void *b)
{
	const figure *x = a, *y = b;
	int kind = strcmp(x->kind, y->kind);
	int before = strcmp(x->before, y->before);
	return kind                                 ? kind
	       : before                             ? before
	       : x->month != y->month               ? x->month - y->month
	       : x->municipality != y->municipality ? x->municipality - y->municipality
	       : x->side != y->side                 ? x->side - y->side
	       : x->gender != y->gender             ? x->gender - y->gender
						    : x->age - y->age;
}

static bool figures_work(ctx *c, void *arg)
{
	table *t = arg;
	t->slot = NULL;
	t->cap = t->n = 0;
	return facts_each(c, take, t);
}

bool store_figures(ctx *c, const figures_ask *ask, figure **out, size_t *n)
{
	table t = {.c = c, .ask = ask};
	if ((c->actor && !may(c, RIGHT_FIGURES)) || !store_read(c, figures_work, &t))
		return false;
	*out = NEW_ARRAY(c->mem, figure, t.n + 1);
	*n = 0;
	for (size_t i = 0; i < t.cap; i++) {
		const bin *s = &t.slot[i];
		if (s->key.kind < 0)
			continue;
		(*out)[(*n)++] = (figure){.kind = fact_kind[s->key.kind],
					  .before = s->key.was == STATE_COUNT
							    ? ""
							    : model_state[s->key.was],
					  .month = s->key.month,
					  .municipality = (uint16_t)s->key.municipality,
					  .side = s->key.side,
					  .gender = s->key.gender,
					  .age = s->key.age,
					  .events = s->events,
					  .people = s->people};
	}
	qsort(*out, *n, sizeof **out, in_order);
	return true;
}
