/*
 * The prices that prove a matching, and what one more seat would change.
 *
 * The optimal prices of an assignment game form a lattice (Shapley, Shubik 1971). At
 * its two ends a price or profit is exactly what the total loses without that seat or
 * newcomer (Leonard 1983), which answers "what would it cost" without solving again.
 * Each end is one run of Dijkstra over the established from the prices at hand: the
 * distance is how far a price may fall or rise before a pair or a free seat objects.
 * Who objects first to a lower price is who would take one more seat there.
 */
#include <string.h>

#include "match/explain_priv.h"

market *match_market_open(const match_case *k, arena *mem, uint32_t more)
{
	const pool *p = k->pool;
	market *m = NEW(mem, market);
	m->rows = (uint32_t)p->newcomers;
	m->columns = (uint32_t)p->establisheds + more;
	m->weight = NEW_ARRAY(mem, int64_t, (size_t)m->rows * m->columns);
	m->mate = NEW_ARRAY(mem, uint32_t, m->rows);
	m->free = NEW_ARRAY(mem, int32_t, m->columns);
	m->price = NEW_ARRAY(mem, int64_t, m->columns);
	m->first = NEW_ARRAY(mem, uint32_t, m->columns);
	m->next = NEW_ARRAY(mem, uint32_t, m->rows);
	m->slack = NEW_ARRAY(mem, int64_t, m->columns);
	m->mover = NEW_ARRAY(mem, uint32_t, m->columns);
	m->settled = NEW_ARRAY(mem, bool, m->columns);
	for (uint32_t j = 0; j < p->establisheds; j++) {
		m->free[j] = p->established[j].seats - k->taken[j];
		m->price[j] = match_case_open_established(k, j) ? k->result->price[j] : 0;
	}
	for (uint32_t i = 0; i < m->rows; i++) {
		bool open = match_case_open_newcomer(k, i);
		m->mate[i] = open ? k->mate[i] : MATCH_NOBODY;
		for (uint32_t j = 0; open && j < p->establisheds; j++) {
			int64_t weight = match_case_weight(k, i, j);
			if (weight > 0 && match_case_open_established(k, j))
				m->weight[(size_t)i * m->columns + j] =
					weight + k->result->bonus;
		}
	}
	return m;
}

static const int64_t *row_of(const market *m, uint32_t i)
{
	return m->weight + (size_t)i * m->columns;
}

int64_t match_market_profit(const market *m, uint32_t i)
{
	uint32_t j = m->mate[i];
	return j == MATCH_NOBODY ? 0 : row_of(m, i)[j] - m->price[j];
}

static void list_occupants(market *m)
{
	for (uint32_t j = 0; j < m->columns; j++)
		m->first[j] = MATCH_NOBODY;
	for (uint32_t i = m->rows; i-- > 0;) {
		uint32_t j = m->mate[i];
		if (j == MATCH_NOBODY)
			continue;
		m->next[i] = m->first[j];
		m->first[j] = i;
	}
}

/* The unsettled column with the least slack: the graph is dense, so there is no heap. */
static uint32_t settle_next(market *m)
{
	uint32_t best = MATCH_NOBODY;
	for (uint32_t j = 0; j < m->columns; j++)
		if (!m->settled[j] &&
		    (best == MATCH_NOBODY || m->slack[j] < m->slack[best]))
			best = j;
	if (best != MATCH_NOBODY)
		m->settled[best] = true;
	return best;
}

/* ---- the least prices ------------------------------------------------------------------ */

static void lower_slack(market *m, uint32_t j, int64_t slack, uint32_t mover)
{
	if (slack >= m->slack[j])
		return;
	m->slack[j] = slack;
	m->mover[j] = mover;
}

/* A price falls to 0, or to what an unmatched newcomer would pay. */
static void start_fall(market *m)
{
	for (uint32_t j = 0; j < m->columns; j++) {
		m->slack[j] = m->free[j] > 0 ? 0 : m->price[j];
		m->mover[j] = MATCH_NOBODY;
	}
	for (uint32_t i = 0; i < m->rows; i++) {
		const int64_t *w = row_of(m, i);
		if (m->mate[i] != MATCH_NOBODY)
			continue;
		for (uint32_t j = 0; j < m->columns; j++)
			if (w[j])
				lower_slack(m, j, m->price[j] - w[j], i);
	}
}

/* An occupant i of `from` goes on preferring it: v_to >= v_from + w_i,to - w_i,from. */
static void relax_fall(market *m, uint32_t from)
{
	const int64_t *v = m->price;
	for (uint32_t i = m->first[from]; i != MATCH_NOBODY; i = m->next[i]) {
		const int64_t *w = row_of(m, i);
		int64_t here = m->slack[from] + w[from] - v[from];
		for (uint32_t to = 0; to < m->columns; to++)
			if (w[to])
				lower_slack(m, to, here - (w[to] - v[to]), i);
	}
}

void match_market_fall(market *m)
{
	list_occupants(m);
	memset(m->settled, 0, m->columns * sizeof *m->settled);
	start_fall(m);
	for (uint32_t j; (j = settle_next(m)) != MATCH_NOBODY;)
		relax_fall(m, j);
	for (uint32_t j = 0; j < m->columns; j++)
		m->price[j] -= m->slack[j];
}

/* ---- the greatest prices ---------------------------------------------------------------- */

/* A price rises until an occupant would rather have nobody; where a seat is free it stays 0. */
static void start_rise(market *m)
{
	for (uint32_t j = 0; j < m->columns; j++) {
		bool held = m->free[j] <= 0 && m->first[j] != MATCH_NOBODY;
		m->slack[j] = held ? INT64_MAX : 0;
		for (uint32_t i = m->first[j]; held && i != MATCH_NOBODY; i = m->next[i])
			lower_slack(m, j, row_of(m, i)[j] - m->price[j], i);
	}
}

/* An occupant i of `to` must not come to prefer `from`. */
static void relax_rise(market *m, uint32_t from)
{
	const int64_t *v = m->price;
	for (uint32_t i = 0; i < m->rows; i++) {
		const int64_t *w = row_of(m, i);
		uint32_t to = m->mate[i];
		if (to != MATCH_NOBODY && w[from])
			lower_slack(m, to,
				    m->slack[from] + w[to] - v[to] - (w[from] - v[from]),
				    i);
	}
}

void match_market_rise(market *m)
{
	list_occupants(m);
	memset(m->settled, 0, m->columns * sizeof *m->settled);
	start_rise(m);
	for (uint32_t j; (j = settle_next(m)) != MATCH_NOBODY;)
		relax_rise(m, j);
	for (uint32_t j = 0; j < m->columns; j++)
		m->price[j] += m->slack[j];
}

/* ---- one more seat ------------------------------------------------------------------------ */

/* The chain of those who move: into j, then into the seat each of them leaves. */
int64_t match_market_seat(market *m, uint32_t j, int32_t *pairs)
{
	match_market_fall(m);
	int64_t gain = m->price[j];
	*pairs = 0;
	for (;;) {
		uint32_t i = m->mover[j];
		if (i == MATCH_NOBODY) {
			m->free[j] += 1;
			return gain;
		}
		uint32_t left = m->mate[i];
		m->mate[i] = j;
		if (left == MATCH_NOBODY) {
			*pairs = 1;
			return gain;
		}
		j = left;
	}
}
