/*
 * unique - whether another matching is as good as the one found.
 *
 * Every optimal matching uses only tight pairs (u + v = w), fills the columns with a
 * price and seats the rows with a profit. Two of them differ by exchanges, so another
 * one exists exactly when the graph of possible moves has a cycle:
 *     row -> column it could take        (tight, not its own)
 *     column -> each row it could give up, when it takes another
 *     row without profit -> "nothing" when seated, "nothing" -> row's start when not
 *     column with a free seat -> "nothing"; "nothing" -> column without a price gives one up
 * A column is split into taking and giving, so that taking one and giving one without
 * anyone moving is no cycle. Rows of one bidder are one node, with a start of its own for
 * one of them that has no column, and never take what one of them has. Nodes without a way in are peeled off; if any stay, there is a cycle.
 */
#include "solve/solve_priv.h"

#define TIED_MAX ((size_t)1 << 22)

typedef struct moves {
	engine *e;
	const int64_t *profit;
	int64_t *
		lowered; /* prices less one, to be offered pairs that are worth nothing */
	int32_t *column; /* columns a row could take, those of one row together */
	size_t n, cap;
	uint32_t *
		from; /* per row, into `column`; a row's end where the next one's begin */
} moves;

/* The first row of the same bidder. */
static int32_t leader(const engine *e, int32_t row)
{
	while (row > 0 && engine_same_bidder(e, row, row - 1))
		row--;
	return row;
}

static bool has_column(const engine *e, int32_t first, int32_t column)
{
	for (int32_t i = first; i < e->s->rows && engine_same_bidder(e, first, i); i++)
		if (e->column[i] == column)
			return true;
	return false;
}

/* Adds a column if the pair is tight and not the bidder's own; false when there are too many. */
static bool add_if_tied(moves *m, int32_t row, solve_offer o)
{
	const engine *e = m->e;
	if (o.weight - e->price[o.column] != m->profit[row] ||
	    has_column(e, row, o.column))
		return true;
	if (m->n == m->cap) {
		if (m->n >= TIED_MAX)
			return false;
		size_t cap = m->cap ? 2 * m->cap : 1024;
		m->column =
			arena_grow(e->c->mem, m->column, m->cap, cap, sizeof(int32_t));
		m->cap = cap;
	}
	m->column[m->n++] = o.column;
	return true;
}

/* Columns off the list are worth less than the row's profit, so its list tells all. */
static bool list_tells(const moves *m, int32_t row)
{
	return m->profit[row] > 0 && m->e->list[row]->rest < m->profit[row];
}

static bool tied_on_list(moves *m, int32_t row)
{
	const list *l = m->e->list[row];
	bool ok = true;
	for (int32_t i = 0; i < l->n && ok; i++)
		ok = add_if_tied(m, row, list_get(l, i));
	return ok;
}

/* The same by scans, longer and longer, until what is left is worth less. */
static bool tied_by_scan(moves *m, int32_t row)
{
	engine *e = m->e;
	int64_t u = m->profit[row], rest;
	int32_t k = 8, n;
	for (;; k *= 2) {
		if (k > e->s->columns / 2)
			k = e->s->columns;
		if ((size_t)k > e->offer_cap) {
			e->offer = NEW_ARRAY(e->c->mem, solve_offer, 2 * (size_t)k);
			e->offer_cap = 2 * (size_t)k;
		}
		n = e->s->scan(e->s->self, 0, row, m->lowered, k, e->offer, &rest);
		e->counts.scans++;
		if (n < k || k == e->s->columns || rest < (u > 1 ? u : 1))
			break;
		if ((size_t)k > TIED_MAX - m->n)
			return false;
	}
	bool ok = true;
	for (int32_t i = 0; i < n && ok; i++)
		ok = add_if_tied(m, row, e->offer[i]);
	return ok;
}

static void lower_prices(moves *m)
{
	engine *e = m->e;
	m->lowered = NEW_ARRAY(e->c->mem, int64_t, (size_t)e->s->columns);
	engine_prices_flush(e);
	for (int32_t j = 0; j < e->s->columns; j++) {
		m->lowered[j] = e->price[j] > 0 ? e->price[j] - 1 : 0;
		if (e->price[j] > 0 && e->s->price_changed)
			e->s->price_changed(e->s->self, j, m->lowered[j]);
	}
}

static bool gather(moves *m)
{
	engine *e = m->e;
	int32_t rows = e->s->rows;
	m->from = NEW_ARRAY(e->c->mem, uint32_t, (size_t)rows + 1);
	for (int32_t i = 0; i < rows; i++) {
		m->from[i] = (uint32_t)m->n;
		if (leader(e, i) != i)
			continue;
		if (list_tells(m, i)) {
			if (!tied_on_list(m, i))
				return false;
			continue;
		}
		if (!m->lowered)
			lower_prices(m);
		if (!tied_by_scan(m, i))
			return false;
	}
	m->from[rows] = (uint32_t)m->n;
	return true;
}

/*
 * Nodes: rows, then their starts, then columns taking, then columns giving, then "nothing".
 * Each node's moves are enumerated from the state. Rows that do not lead have none.
 */
typedef struct graph {
	const moves *m;
	int32_t rows, columns, take, give, nothing;
	int32_t *into; /* moves into a node */
	int32_t *gone; /* stack of nodes nobody can move into any more */
	int32_t gone_n, peeled;
} graph;

static void edge_count(graph *g, int32_t to)
{
	g->into[to]++;
}

static void edge_drop(graph *g, int32_t to)
{
	if (--g->into[to] == 0)
		g->gone[g->gone_n++] = to;
}

typedef void edge_fn(graph *g, int32_t to);

static void row_moves(graph *g, int32_t row, bool start, edge_fn *edge)
{
	const moves *m = g->m;
	for (uint32_t k = m->from[row]; k < m->from[row + 1]; k++)
		edge(g, g->take + m->column[k]);
	if (!start && m->profit[row] == 0)
		edge(g, g->nothing);
}

static void each_move(graph *g, int32_t node, edge_fn *edge)
{
	const engine *e = g->m->e;
	if (node < g->rows) {
		row_moves(g, node, false, edge);
	} else if (node < g->take) {
		row_moves(g, node - g->rows, true, edge);
	} else if (node < g->give) {
		edge(g, g->give + node - g->take);
		if (engine_free(e, node - g->take))
			edge(g, g->nothing);
	} else if (node < g->nothing) {
		for (int32_t i = e->first[node - g->give]; i != ROW_NONE; i = e->next[i])
			edge(g, leader(e, i));
	} else {
		for (int32_t i = 0; i < g->rows; i++)
			if (e->column[i] < 0)
				edge(g, g->rows + leader(e, i));
		for (int32_t j = 0; j < g->columns; j++)
			if (e->price[j] == 0)
				edge(g, g->give + j);
	}
}

bool unique_find(engine *e, const int64_t *row_profit)
{
	moves m = {.e = e, .profit = row_profit};
	int64_t nodes = 2 * (int64_t)e->s->rows + 2 * (int64_t)e->s->columns + 1;
	if (nodes > INT32_MAX || (e->s->bidder && e->s->seats) || !gather(&m))
		return false;
	graph g = {.m = &m,
		   .rows = e->s->rows,
		   .columns = e->s->columns,
		   .take = 2 * e->s->rows,
		   .nothing = (int32_t)nodes - 1};
	g.give = g.take + g.columns;
	list_pool_end(e->pool);
	g.into = NEW_ARRAY(e->c->mem, int32_t, (size_t)nodes);
	g.gone = NEW_ARRAY(e->c->mem, int32_t, (size_t)nodes);
	for (int32_t i = 0; i < nodes; i++)
		each_move(&g, i, edge_count);
	for (int32_t i = 0; i < nodes; i++)
		if (g.into[i] == 0)
			g.gone[g.gone_n++] = i;
	while (g.gone_n > 0) {
		g.peeled++;
		each_move(&g, g.gone[--g.gone_n], edge_drop);
	}
	return g.peeled == nodes;
}
