/*
 * match: scans of a row over the columns. See source.h.
 *
 * Here a scan starts and ends, and keeps the best so far. Pairs of equal value are ordered by
 * a hash of the two ids, so that rows with equal tastes do not all ask for the same few columns.
 */
#include <stdlib.h>
#include <string.h>

#include "match/scan.h"

/* ---- exact weights ----------------------------------------------------------------------- */

int exception_compare(const void *a, const void *b)
{
	const exception *x = a, *y = b;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return (x->column > y->column) - (x->column < y->column);
}

static bool is_excepted(const source *s, uint32_t row_unit, uint32_t column_unit)
{
	exception key = {row_unit, column_unit};
	return s->excepted && s->excepted[row_unit] &&
	       bsearch(&key, s->o.except, s->o.except_n, sizeof key, exception_compare);
}

/* Weight of the row's unit with a column, with the bonus; `waiting` is the sum over its members. */
static int64_t weigh(const source *s, const unit *row, uint32_t row_unit, int64_t waiting,
		     uint32_t column)
{
	const columns *c = &s->columns;
	const unit *other = columns_unit(c, column);
	int64_t n = (int64_t)row->n * other->n,
		sum = waiting * other->n - n * s->terms->reserve;
	for (uint32_t j = 0; j < other->n; j++) {
		uint32_t slot = c->slot[column] + j;
		const profile *b = &s->pool->people->profile[c->seat[slot].person];
		sum += (int64_t)c->seat[slot].waiting * row->n;
		for (uint32_t i = 0; i < row->n; i++) {
			const profile *a =
				&s->pool->people
					 ->profile[s->pool->member[row->first + i]];
			int32_t fit = s->kernel->fit(&c->frame, s->terms->weight, a, b);
			if (fit == PAIR_FORBIDDEN)
				return 0;
			sum += fit;
		}
	}
	if (n > 1)
		sum = mean_round(sum, n);
	if (sum <= 0 || is_excepted(s, row_unit, c->which[column]))
		return 0;
	return sum + s->o.bonus;
}

static int64_t waiting_of(const source *s, const unit *u)
{
	int64_t sum = 0;
	for (uint32_t i = 0; i < u->n; i++)
		sum += match_waiting(
			&s->pool->people->profile[s->pool->member[u->first + i]],
			s->terms);
	return sum;
}

int64_t source_weight(const source *s, uint32_t row, uint32_t column)
{
	const unit *u = &s->o.rows[s->o.row[row]];
	return weigh(s, u, s->o.row[row], waiting_of(s, u), column);
}

int64_t source_weight_max(const pool *p, const terms *t, const bool *const apart[2])
{
	const unit *of[2] = {p->newcomer, p->established};
	size_t n[2] = {p->newcomers, p->establisheds};
	int64_t most[2] = {0, 0}, sum = -(int64_t)t->reserve;
	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < n[side]; i++)
			for (uint32_t m = 0; m < of[side][i].n; m++) {
				uint32_t at = p->member[of[side][i].first + m];
				int64_t waiting =
					match_waiting(&p->people->profile[at], t);
				if (!is_apart(apart, side, i) && waiting > most[side])
					most[side] = waiting;
			}
	for (int c = 0; c < CRITERIA_COUNT; c++)
		sum += (int64_t)t->weight[c] * 1000;
	sum += most[0] + most[1];
	return sum > 1 ? sum : 1;
}

/* ---- the best so far ------------------------------------------------------------------------ */

static bool worse(const found *a, const found *b)
{
	if (a->value != b->value)
		return a->value < b->value;
	return a->tie != b->tie ? a->tie > b->tie : a->column > b->column;
}

static void sift_down(found *heap, size_t n, size_t at)
{
	found x = heap[at];
	for (;;) {
		size_t down = 2 * at + 1;
		if (down >= n)
			break;
		if (down + 1 < n && worse(&heap[down + 1], &heap[down]))
			down++;
		if (!worse(&heap[down], &x))
			break;
		heap[at] = heap[down];
		at = down;
	}
	heap[at] = x;
}

static void keep(scan *q, found x)
{
	found *heap = q->l->heap;
	if (q->have == q->want) {
		if (worse(&heap[0], &x)) {
			heap[0] = x;
			sift_down(heap, q->have, 0);
		}
		return;
	}
	size_t at = q->have++;
	while (at > 0 && worse(&x, &heap[(at - 1) / 2])) {
		heap[at] = heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	heap[at] = x;
}

static uint32_t tie_of(uint32_t row_id, uint32_t column_id)
{
	return (uint32_t)(hash_mix((uint64_t)row_id << 32 | column_id) >> 32);
}

static bool is_kept(const scan *q, uint32_t column)
{
	for (size_t i = 0; i < q->have; i++)
		if (q->l->heap[i].column == column)
			return true;
	return false;
}

/* A slot of one person, for a row of one person: what nearly all are. */
static void score_person(scan *q, uint32_t slot)
{
	const source *s = q->s;
	const seat *at = &s->columns.seat[slot];
	uint32_t column = at->column;
	const profile *b = &s->pool->people->profile[at->person];
	int32_t fit =
		s->kernel->fit(&s->columns.frame, s->terms->weight, q->l->plan[0].who, b);
	int64_t weight = fit + q->waiting + at->waiting - s->terms->reserve;
	/* Where no bits are lost the seat knows its price, and saves going far. */
	int64_t price = s->columns.price_shift ? q->price[column] : at->price;
	int64_t value = weight + s->o.bonus - price;
	if (fit == PAIR_FORBIDDEN || weight <= 0 || value < scan_threshold(q) ||
	    is_excepted(s, q->row_unit, s->columns.which[column]))
		return;
	keep(q, (found){value, weight + s->o.bonus, column, tie_of(q->row->id, b->id)});
}

static void score_household(scan *q, uint32_t column)
{
	const source *s = q->s;
	/* A household has several slots; it must not be found twice. */
	if (columns_unit(&s->columns, column)->n > 1 && is_kept(q, column))
		return;
	int64_t weight = weigh(s, q->row, q->row_unit, q->waiting, column);
	int64_t value = weight - q->price[column];
	if (weight <= 0 || value < scan_threshold(q))
		return;
	keep(q, (found){value, weight, column,
			tie_of(q->row->id, columns_unit(&s->columns, column)->id)});
}

void scan_weigh(scan *q)
{
	const columns *c = &q->s->columns;
	const uint32_t *slot = q->l->slot;
	for (uint32_t i = 0; i < q->l->slots; i++) {
		const profile *p = &q->s->pool->people->profile[c->seat[slot[i]].person];
		__builtin_prefetch(p);
		__builtin_prefetch(&p->consent);
	}
	for (uint32_t i = 0; i < q->l->slots; i++) {
		uint32_t column = c->seat[slot[i]].column;
		if (q->members == 1 && !(column & SLOT_SHARED))
			score_person(q, slot[i]);
		else
			score_household(q, column & ~SLOT_SHARED);
	}
	q->l->weighed += q->l->slots;
	q->l->slots = 0;
}

/* They lie far apart in memory, and their people, too: they are brought near while they wait. */
void scan_put(scan *q, uint32_t at, const plane *slots)
{
	const columns *c = &q->s->columns;
	for (uint32_t w = 0; w < BLOCK_WORDS; w++)
		for (uint64_t left = slots->word[w]; left; left &= left - 1) {
			uint32_t k = at * BLOCK_SLOTS + w * WORD_SLOTS +
				     (uint32_t)__builtin_ctzll(left);
			__builtin_prefetch(&c->seat[k]);
			q->l->slot[q->l->slots++] = k;
		}
	if (q->l->slots >= WAITING_MAX)
		scan_weigh(q);
}

static void lane_room(lane *l, size_t want)
{
	if (want <= l->heap_cap)
		return;
	l->heap_cap = 2 * want;
	l->heap = NEW_ARRAY(l->mem, found, l->heap_cap);
}

static void scan_start(scan *q, source *s, lane *l, const int64_t *price,
		       const solve_scan *x)
{
	uint32_t at = s->o.row[x->row];
	const unit *u = &s->o.rows[at];
	int32_t most = (int32_t)s->columns.count;
	*q = (scan){.s = s,
		    .l = l,
		    .row = u,
		    .row_unit = at,
		    .price = price,
		    .cell = &s->cell[s->row_cell[x->row]],
		    .members = u->n,
		    .floor = x->floor,
		    .want = (size_t)(x->k < most ? x->k : most) + 1};
	lane_room(l, q->want);
	for (uint32_t m = 0; m < u->n; m++) {
		const profile *who =
			&s->pool->people->profile[s->pool->member[u->first + m]];
		int64_t waiting = match_waiting(who, s->terms);
		q->waiting += waiting;
		plan_form(&s->columns, who, waiting - s->terms->reserve + s->o.bonus,
			  &l->plan[m]);
	}
}

/* Empties the heap into the answer, best first. */
static void scan_end(const scan *q, solve_scan *x)
{
	found *heap = q->l->heap;
	size_t n = q->have;
	x->rest = q->floor - 1;
	if (n == q->want) {
		x->rest = heap[0].value;
		heap[0] = heap[--n];
		sift_down(heap, n, 0);
	}
	x->n = (int32_t)n;
	for (size_t i = n; i > 0; i--) {
		x->out[i - 1] = (solve_offer){(int32_t)heap[0].column, heap[0].weight};
		heap[0] = heap[i - 1];
		sift_down(heap, i - 1, 0);
	}
}

static void scan_together(void *self, int lane_number, const int64_t *price,
			  solve_scan *x, int32_t n)
{
	source *s = self;
	scan q[SOLVE_TOGETHER];
	for (int32_t i = 0, end; i < n; i = end) {
		uint16_t at = s->row_cell[x[i].row];
		for (end = i; end < n && s->row_cell[x[end].row] == at; end++)
			scan_start(&q[end - i], s,
				   &s->lane[lane_number * SOLVE_TOGETHER + end - i],
				   price, &x[end]);
		scan_blocks(q, end - i);
		for (int32_t g = 0; g < end - i; g++)
			scan_end(&q[g], &x[i + g]);
	}
}

static int32_t scan_row(void *self, int lane_number, int32_t row, const int64_t *price,
			int32_t k, solve_offer *out, int64_t *rest)
{
	solve_scan x = {.row = row, .k = k, .floor = 1, .out = out};
	scan_together(self, lane_number, price, &x, 1);
	*rest = x.rest;
	return x.n;
}

static int64_t pair_weight(void *self, int32_t row, int32_t column)
{
	return source_weight(self, (uint32_t)row, (uint32_t)column);
}

static void price_changed(void *self, int32_t column, int64_t price)
{
	source *s = self;
	columns_price(&s->columns, (uint32_t)column, price);
}

/* ---- forming --------------------------------------------------------------------------------------- */

static void free_lane(void *mem)
{
	arena_free(mem);
}

static void form_lanes(source *s, arena *mem)
{
	uint32_t members = 1;
	for (uint32_t i = 0; i < s->o.row_n; i++) {
		uint32_t n = s->o.rows[s->o.row[i]].n;
		members = n > members ? n : members;
	}
	s->lane = NEW_ARRAY(mem, lane, (size_t)s->o.threads * SOLVE_TOGETHER);
	for (int i = 0; i < s->o.threads * SOLVE_TOGETHER; i++) {
		lane *l = &s->lane[i];
		l->plan = NEW_ARRAY(mem, plan, members);
		l->look = NEW_ARRAY(mem, look, (size_t)members * FIRST_BLOCKS);
		l->done = NEW_ARRAY(mem, plane, FIRST_BLOCKS);
		l->promise = NEW_ARRAY(mem, int64_t, s->columns.blocks);
		l->most = NEW_ARRAY(mem, block_most, s->columns.blocks);
		l->slot = NEW_ARRAY(mem, uint32_t, WAITING_MAX + BLOCK_SLOTS);
		l->mem = arena_new(0);
		arena_defer(mem, free_lane, l->mem);
	}
}

uint64_t source_scored(const source *s, uint64_t *weighed)
{
	uint64_t sum = 0;
	*weighed = 0;
	for (int i = 0; i < s->o.threads * SOLVE_TOGETHER; i++) {
		sum += s->lane[i].scored;
		*weighed += s->lane[i].weighed;
	}
	return sum;
}

source *source_form(arena *mem, const pool *p, const terms *t, const source_options *o,
		    solve_source *out)
{
	const kernel *k = kernel_choose(o->simd);
	if (!k)
		return NULL;
	source *s = NEW(mem, source);
	*s = (source){.kernel = k, .pool = p, .terms = t, .o = *o};
	s->weight_max = source_weight_max(p, t, NULL) + o->bonus;
	columns_form(mem, p, o->columns, o->column, o->column_n, t, s->weight_max,
		     &s->columns);
	reach_form(s, mem);
	form_lanes(s, mem);
	if (o->except_n) {
		size_t units = 0;
		for (size_t i = 0; i < o->except_n; i++)
			units = o->except[i].row >= units ? o->except[i].row + (size_t)1
							  : units;
		for (uint32_t i = 0; i < o->row_n; i++)
			units = o->row[i] >= units ? o->row[i] + (size_t)1 : units;
		s->excepted = NEW_ARRAY(mem, uint8_t, units);
		for (size_t i = 0; i < o->except_n; i++)
			s->excepted[o->except[i].row] = 1;
	}
	int32_t *seats = o->seats ? NEW_ARRAY(mem, int32_t, o->column_n) : NULL;
	for (uint32_t j = 0; seats && j < o->column_n; j++)
		seats[j] = o->seats[o->column[j]];
	*out = (solve_source){.self = s,
			      .rows = (int32_t)o->row_n,
			      .columns = (int32_t)o->column_n,
			      .seats = seats,
			      .bidder = o->clones ? o->row : NULL,
			      .weight_max = s->weight_max,
			      .scan = scan_row,
			      .scan_together = scan_together,
			      .weight = pair_weight,
			      .price_changed = price_changed};
	return s;
}
