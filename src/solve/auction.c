/*
 * auction - the cheap phase: rows bid for the column they like best.
 *
 * The increment is zero: a row offers up to its indifference, so its seat keeps a
 * walk-away price, weight - (the next best it could get), and a full column costs the
 * least walk-away price of its seats. Whoever sits there with that price is outbid next.
 * Ties may make rows push each other around without any price rising; rows that have
 * spent their effort wait for the shortest paths. Sources: Bertsekas 1981; Demange,
 * Gale, Sotomayor 1986.
 */
#include "solve/solve_priv.h"

#define EFFORT        50 /* per row; a bid that raises no price costs more */
#define COST_OF_A_TIE 4

typedef struct auction {
	engine *e;
	int32_t queue[BATCH]; /* rows to bid, first in first out */
	uint32_t head, tail;
	int32_t again[BATCH]; /* rows whose list is used up */
	int32_t again_n;
} auction;

typedef struct choice {
	int32_t column;
	int64_t weight, value, second;
} choice;

/* Best column on the list (a free one among equals) and the value of the next best. */
static choice choose(const engine *e, const list *l)
{
	choice c = {.column = -1};
	bool free_seat = false;
	int mark = 0;
	for (int32_t i = 0; i < l->n; i++) {
		/* Values only fall after the scan, which gave the best first. */
		if (i == list_mark_at(l, mark)) {
			int64_t most = list_most(l, mark++);
			if (c.second >= most && c.value > most)
				break;
		}
		solve_offer o = list_get(l, i);
		int64_t value = o.weight - e->price[o.column];
		if (value < c.second || value <= 0)
			continue;
		bool take = value > c.value;
		bool is_free = false;
		if (value >= c.value) {
			is_free = engine_free(e, o.column);
			take |= c.column < 0 || (is_free && !free_seat);
		}
		if (take) {
			c.second = c.value;
			c.column = o.column;
			c.weight = o.weight;
			c.value = value;
			free_seat = is_free;
		} else {
			c.second = value;
		}
	}
	return c;
}

static int32_t least_walk(const engine *e, int32_t column)
{
	int32_t least = e->first[column];
	for (int32_t i = e->next[least]; i != ROW_NONE; i = e->next[i]) {
		if (e->walk[i] < e->walk[least])
			least = i;
	}
	return least;
}

static void put_off(engine *e, int32_t row)
{
	if (e->late_n == e->late_cap) {
		int32_t cap = e->late_cap ? 2 * e->late_cap : 1024;
		e->late = arena_grow(e->c->mem, e->late, (size_t)e->late_cap, (size_t)cap,
				     sizeof(int32_t));
		e->late_cap = cap;
	}
	e->late[e->late_n++] = row;
}

static void enqueue(auction *a, int32_t row)
{
	if (a->e->bids[row] >= EFFORT)
		put_off(a->e, row);
	else
		a->queue[a->tail++ % BATCH] = row;
}

static void bid(auction *a, int32_t row)
{
	engine *e = a->e;
	const list *l = e->list[row];
	choice c = choose(e, l);
	if (l->rest > 0 && c.value < l->rest) {
		a->again[a->again_n++] = row;
		return;
	}
	if (c.column < 0)
		return; /* nothing is worth its price, and prices only rise */
	if (l->rest > c.second)
		c.second = l->rest;
	e->counts.bids++;
	e->served[row] = 1;
	e->walk[row] = c.weight - c.second;
	e->bids[row]++;
	if (!engine_free(e, c.column)) {
		int32_t out = least_walk(e, c.column);
		if (e->walk[row] == e->walk[out])
			e->bids[row] = (uint8_t)(e->bids[row] + COST_OF_A_TIE - 1);
		engine_unseat(e, out);
		enqueue(a, out);
	}
	engine_seat(e, row, c.column, c.weight);
	if (!engine_free(e, c.column))
		engine_price_set(e, c.column, e->walk[least_walk(e, c.column)]);
}

void auction_run(engine *e)
{
	auction a = {.e = e};
	int32_t fresh = 0, rows = e->s->rows;
	while (a.again_n > 0 || fresh < rows) {
		int32_t n = 0;
		for (; n < a.again_n; n++)
			e->scan_row[n] = a.again[n];
		while (n < BATCH && fresh < rows)
			e->scan_row[n++] = fresh++;
		a.again_n = 0;
		for (int32_t i = 0; i < n; i++)
			e->scan_floor[i] = 1;
		engine_scan(e, n);
		for (int32_t i = 0; i < n; i++)
			a.queue[a.tail++ % BATCH] = e->scan_row[i];
		while (a.head != a.tail)
			bid(&a, a.queue[a.head++ % BATCH]);
		ctx_progress(e->c, "solve.auction", (uint64_t)fresh, (uint64_t)rows);
	}
}
