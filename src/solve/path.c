/*
 * path - seats the rows the auction left, each by a shortest augmenting path.
 *
 * Dijkstra over columns with reduced costs u + price - weight >= 0, from one row. A path
 * ends at a free seat, or by dropping a row it has reached (which then stays without a
 * column). Rows know only their lists; so each reached row also puts the event "longer
 * list" into the heap, at the least distance a column beyond its list could have. Only
 * when that comes first is the source asked again, and the search is exactly the one
 * over all pairs. Method: Crouse 2016, with lists that grow on demand.
 */
#include "solve/solve_priv.h"

/* Rows that get longer lists at a time, and how far into the heap they are looked for. */
#define TOGETHER   16
#define LOOK_AHEAD (16 * TOGETHER)

/* A list is sorted again when fewer than one in so many of its entries were of use. */
#define SELDOM 8

typedef struct node { /* a column that was reached */
	int64_t dist;
	int64_t weight; /* of the pair (from, column) */
	int32_t column, from;
	bool done;
} node;

typedef struct event {
	int64_t key;
	int32_t id; /* node, or ~row: its list may be too short from here on */
} event;

typedef struct search {
	engine *e;
	node *node;
	int32_t nodes, node_cap;
	int32_t *mark; /* per column: its node + 1, or 0 */
	event *heap;
	int32_t heap_n, heap_cap;
	int32_t *ready; /* nodes at the present distance */
	int32_t ready_n, ready_cap;
	int32_t root;
	int64_t root_profit;
	/* The best end known, at distance `bound`: a free column, or -1 to drop end_row. */
	int64_t bound;
	int32_t end_column, end_row;
	int64_t end_weight;
} search;

static void *more(search *s, const void *p, int32_t *cap, size_t size)
{
	int32_t n = *cap;
	*cap = n ? 2 * n : 256;
	return arena_grow(s->e->c->mem, p, (size_t)n, (size_t)*cap, size);
}

static void heap_push(search *s, event x)
{
	if (s->heap_n == s->heap_cap)
		s->heap = more(s, s->heap, &s->heap_cap, sizeof(event));
	int32_t at = s->heap_n++;
	while (at > 0) {
		int32_t up = (at - 1) / 2;
		if (s->heap[up].key <= x.key)
			break;
		s->heap[at] = s->heap[up];
		at = up;
	}
	s->heap[at] = x;
}

static event heap_pop(search *s)
{
	event top = s->heap[0], last = s->heap[--s->heap_n];
	int32_t at = 0;
	for (;;) {
		int32_t down = 2 * at + 1;
		if (down >= s->heap_n)
			break;
		if (down + 1 < s->heap_n && s->heap[down + 1].key < s->heap[down].key)
			down++;
		if (s->heap[down].key >= last.key)
			break;
		s->heap[at] = s->heap[down];
		at = down;
	}
	s->heap[at] = last;
	return top;
}

/* Brings near what settling a column will read: when it is reached, and a few columns later. */
#define LATER 4
static void fetch_row(const engine *e, int32_t column)
{
	int32_t row = e->first[column];
	__builtin_prefetch(&e->list[row]);
	__builtin_prefetch(&e->held[row]);
	__builtin_prefetch(&e->walk[row]);
	__builtin_prefetch(&e->next[row]);
}

static void fetch_list(const engine *e, int32_t column)
{
	const list *l = e->list[e->first[column]];
	__builtin_prefetch(l);
	__builtin_prefetch((const char *)l + 64);
	__builtin_prefetch((const char *)l + 128);
}

/* Reaches a full column at distance `dist` through `row`, if that is nearer than before. */
static void reach(search *s, solve_offer o, int32_t row, int64_t dist, int64_t now)
{
	int32_t id = s->mark[o.column] - 1;
	if (id < 0) {
		if (s->nodes == s->node_cap)
			s->node = more(s, s->node, &s->node_cap, sizeof(node));
		id = s->nodes++;
		s->mark[o.column] = id + 1;
		s->node[id] = (node){.column = o.column, .dist = INT64_MAX};
		fetch_row(s->e, o.column);
		if (id >= LATER)
			fetch_list(s->e, s->node[id - LATER].column);
	}
	node *t = &s->node[id];
	if (t->done || t->dist <= dist)
		return;
	t->dist = dist;
	t->from = row;
	t->weight = o.weight;
	if (dist > now) {
		heap_push(s, (event){dist, id});
		return;
	}
	if (s->ready_n == s->ready_cap)
		s->ready = more(s, s->ready, &s->ready_cap, sizeof(int32_t));
	s->ready[s->ready_n++] = id;
}

/* Follows the list of a row at distance `dist` whose profit is `u`. */
static void relax(search *s, int32_t row, int64_t dist, int64_t u)
{
	engine *e = s->e;
	list *l = e->list[row];
	int32_t i = 0, used = 0, own = e->column[row];
	int64_t second = l->rest;
	int mark = 0;
	for (; i < l->n; i++) {
		if (i == list_mark_at(l, mark)) {
			int64_t most = list_most(l, mark++);
			if (dist + u - most >= s->bound) {
				second = most > second ? most : second;
				break;
			}
		}
		solve_offer o = list_get(l, i);
		int64_t value = o.weight - e->price[o.column], to = dist + u - value;
		if (o.column != own && value > second)
			second = value;
		if (to >= s->bound)
			continue;
		used++;
		if (engine_free(e, o.column)) {
			s->bound = to;
			s->end_column = o.column;
			s->end_row = row;
			s->end_weight = o.weight;
		} else {
			reach(s, o, row, to, dist);
		}
	}
	if (own >= 0)
		e->walk[row] = e->held[row] - second;
	/* Prices have risen since it was in order. */
	if (i == l->n && used < l->n / SELDOM)
		list_sort(l, e->price);
	if (l->rest > 0 && dist + u - l->rest < s->bound)
		heap_push(s, (event){dist + u - l->rest, ~row});
}

static void visit(search *s, int32_t row, int64_t dist, int64_t u)
{
	s->e->counts.visited++;
	if (dist + u < s->bound) {
		s->bound = dist + u;
		s->end_column = -1;
		s->end_row = row;
	}
	/* What it would get elsewhere at most, when it was last looked at: prices only rise. */
	int32_t own = s->e->column[row];
	if (own < 0 || dist + u - (s->e->held[row] - s->e->walk[row]) < s->bound)
		relax(s, row, dist, u);
}

static void settle(search *s, int32_t id)
{
	node *t = &s->node[id];
	if (t->done)
		return;
	t->done = true;
	const engine *e = s->e;
	int64_t dist = t->dist;
	/* The list may move s->node, so `t` is not used from here on. */
	for (int32_t i = e->first[t->column]; i != ROW_NONE; i = e->next[i])
		visit(s, i, dist, engine_profit(e, i));
}

static int64_t row_dist(const search *s, int32_t row)
{
	return row == s->root ? 0 : s->node[s->mark[s->e->column[row]] - 1].dist;
}

static int64_t row_profit(const search *s, int32_t row)
{
	return row == s->root ? s->root_profit : engine_profit(s->e, row);
}

/* Whether this event still stands: its row has not got a longer list since. */
static bool is_current(const search *s, event x)
{
	int32_t row = ~x.id;
	const list *l = s->e->list[row];
	return l->rest > 0 && x.key == row_dist(s, row) + row_profit(s, row) - l->rest;
}

/*
 * What a column must be worth to be on a path, less a little: the next search should not
 * have to ask again because a price has risen.
 */
static int64_t floor_for(const search *s, int32_t row)
{
	enum { LITTLE = 64 };
	int64_t least = row_dist(s, row) + row_profit(s, row) - s->bound -
			s->e->s->weight_max / LITTLE;
	return least > 1 ? least : 1;
}

/*
 * Longer lists for a row and for the next few whose turn may come, so that lanes share
 * the work. To know more pairs early does no harm: they are reached at their own distance.
 */
static void lengthen(search *s, event first)
{
	engine *e = s->e;
	int32_t n = 0, look = s->heap_n < LOOK_AHEAD ? s->heap_n : LOOK_AHEAD;
	e->scan_row[n++] = ~first.id;
	for (int32_t i = 0; i < look && n < TOGETHER; i++) {
		event x = s->heap[i];
		if (x.id >= 0 || x.key >= s->bound || !is_current(s, x))
			continue;
		bool twice = false;
		for (int32_t k = 0; k < n; k++)
			twice |= e->scan_row[k] == ~x.id;
		if (!twice)
			e->scan_row[n++] = ~x.id;
	}
	for (int32_t i = 0; i < n; i++)
		e->scan_floor[i] = floor_for(s, e->scan_row[i]);
	engine_scan(e, n);
	int32_t row[TOGETHER];
	for (int32_t i = 0; i < n; i++)
		row[i] = e->scan_row[i];
	for (int32_t i = 0; i < n; i++)
		relax(s, row[i], row_dist(s, row[i]), row_profit(s, row[i]));
}

static void search_from(search *s, int32_t root)
{
	engine *e = s->e;
	const list *l = e->list[root];
	int64_t u = l->rest;
	for (int32_t i = 0; i < l->n; i++) {
		solve_offer o = list_get(l, i);
		if (o.weight - e->price[o.column] > u)
			u = o.weight - e->price[o.column];
	}
	if (u < 0)
		u = 0;
	s->root = s->end_row = root;
	s->root_profit = s->bound = u;
	s->end_column = -1;
	s->nodes = s->heap_n = s->ready_n = 0;
	visit(s, root, 0, u);
	for (;;) {
		while (s->ready_n > 0)
			settle(s, s->ready[--s->ready_n]);
		if (s->heap_n == 0 || s->heap[0].key >= s->bound)
			return;
		event x = heap_pop(s);
		if (x.id >= 0)
			settle(s, x.id);
		else if (is_current(s, x))
			lengthen(s, x);
	}
}

/* Raises the prices of the columns passed, so that every pair on the path is tight. */
static void raise_prices(search *s)
{
	for (int32_t i = 0; i < s->nodes; i++) {
		const node *t = &s->node[i];
		if (t->done && t->dist < s->bound)
			engine_price_set(s->e, t->column,
					 s->e->price[t->column] + s->bound - t->dist);
	}
}

static void shift_along(search *s)
{
	engine *e = s->e;
	int32_t row = s->end_row, target = s->end_column;
	int64_t weight = s->end_weight;
	for (;;) {
		int32_t left = e->column[row];
		if (left >= 0)
			engine_unseat(e, row);
		if (target >= 0) {
			engine_seat(e, row, target, weight);
			/* It has not been looked at from here. */
			e->walk[row] = 0;
		}
		if (row == s->root)
			return;
		const node *t = &s->node[s->mark[left] - 1];
		target = left;
		weight = t->weight;
		row = t->from;
	}
}

void paths_run(engine *e)
{
	search s = {.e = e, .mark = NEW_ARRAY(e->c->mem, int32_t, (size_t)e->s->columns)};
	for (int32_t i = 0; i < e->late_n; i++) {
		e->stamp = (uint16_t)(1 + (uint32_t)i % LIST_STAMP_MAX);
		search_from(&s, e->late[i]);
		raise_prices(&s);
		shift_along(&s);
		for (int32_t k = 0; k < s.nodes; k++)
			s.mark[s.node[k].column] = 0;
		e->counts.paths++;
		ctx_progress(e->c, "solve.paths", (uint64_t)i + 1, (uint64_t)e->late_n);
	}
}
