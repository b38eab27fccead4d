/*
 * match: scans of a row over the columns. See source.h.
 *
 * The first few blocks of a scan, those that promise most, give a threshold: the least
 * sum of points that leaves enough slots is found by bisection and those slots are
 * scored. From then on the k-th best so far rules out blocks by their bounds, and slots
 * by their sums. Pairs of equal value are ordered by a hash of the two ids, so that rows
 * with equal tastes do not all ask for the same few columns.
 */
#include <stdlib.h>
#include <string.h>

#include "match/source.h"

#define FIRST_BLOCKS 16

/* A block that some row of a cell can reach. */
typedef struct reach {
	uint32_t block;
	int32_t distance; /* from the cell, at least, in 100 m */
} reach;

/* Rows who live near each other share a list of blocks, nearest first. */
typedef struct cell {
	box at;
	uint32_t limit;       /* greatest of the rows' limits */
	bool video, anywhere; /* someone meets only by video; someone is not placed */
	uint32_t first, n;    /* in source.reach */
} cell;

/* One of the best so far; the worst of them is heap[0]. */
typedef struct found {
	int64_t value, weight;
	uint32_t column, tie;
} found;

/* A block under consideration, for one member of the row. */
typedef struct look {
	plane sum[SUM_BITS], open;
	/* Weight by distance and age, at most: whole points, and what is left over. */
	int32_t points[BLOCK_WORDS], rest[BLOCK_WORDS];
	int64_t base; /* what else the row and the block's best column bring */
	int64_t top;  /* no open slot is worth more */
} look;

typedef struct lane {
	plan *plan;       /* per member of the row */
	look *look;       /* FIRST_BLOCKS times members */
	plane *done;      /* per first block */
	int64_t *promise; /* per block of the cell */
	uint32_t *slot;   /* those to be scored in a block */
	found *heap;
	size_t heap_cap;
	arena *mem;
	int64_t gap; /* from the best promise of the last scan to its threshold */
	uint64_t scored, weighed;
} lane;

struct source {
	columns columns;
	const kernel *kernel;
	const pool *pool;
	const terms *terms;
	source_options o;
	uint16_t *row_cell;
	uint8_t *excepted; /* per unit of the rows' side: has exceptions */
	cell *cell;
	uint32_t cells;
	reach *reach;
	int64_t weight_max;
	lane *lane;
};

/* One scan under way. */
typedef struct scan {
	const source *s;
	lane *l;
	const unit *row;
	uint32_t row_unit;
	const cell *cell;
	const int64_t *price;
	uint32_t members;
	int64_t waiting;   /* sum over the members */
	size_t want, have; /* in the heap */
} scan;

/* ---- exact weights ----------------------------------------------------------------------- */

static int compare_exception(const void *a, const void *b)
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
	       bsearch(&key, s->o.except, s->o.except_n, sizeof key, compare_exception);
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
		const profile *b = &s->pool->people->profile[c->person[slot]];
		sum += (int64_t)c->waiting[slot] * row->n;
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

int64_t source_weight_max(const pool *p, const terms *t)
{
	int64_t most[2] = {0, 0}, sum = -(int64_t)t->reserve;
	for (size_t i = 0; i < p->people->n; i++) {
		const profile *who = &p->people->profile[i];
		if (p->reason[i] != POOL_MATCHABLE)
			continue;
		int64_t waiting = match_waiting(who, t);
		int side = who->side == SIDE_ESTABLISHED;
		most[side] = waiting > most[side] ? waiting : most[side];
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

/* The least value that is of use now. */
static int64_t threshold(const scan *q)
{
	return q->have == q->want ? q->l->heap[0].value : 1;
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
	uint32_t column = s->columns.column[slot];
	const profile *b = &s->pool->people->profile[s->columns.person[slot]];
	int32_t fit =
		s->kernel->fit(&s->columns.frame, s->terms->weight, q->l->plan[0].who, b);
	int64_t weight = fit + q->waiting + s->columns.waiting[slot] - s->terms->reserve;
	int64_t value = weight + s->o.bonus - q->price[column];
	if (fit == PAIR_FORBIDDEN || weight <= 0 || value < threshold(q) ||
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
	if (weight <= 0 || value < threshold(q))
		return;
	keep(q, (found){value, weight, column,
			tie_of(q->row->id, columns_unit(&s->columns, column)->id)});
}

static void score_slots(scan *q, uint32_t at, const plane *pass)
{
	const columns *c = &q->s->columns;
	uint32_t *slot = q->l->slot, n = 0;
	for (uint32_t w = 0; w < BLOCK_WORDS; w++)
		for (uint64_t left = pass->word[w]; left; left &= left - 1) {
			uint32_t k = at * BLOCK_SLOTS + w * WORD_SLOTS +
				     (uint32_t)__builtin_ctzll(left);
			const profile *p = &q->s->pool->people->profile[c->person[k]];
			__builtin_prefetch(p);
			__builtin_prefetch(&p->consent);
			slot[n++] = k;
		}
	q->l->weighed += n;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t column = c->column[slot[i]];
		if (q->members == 1 && !(column & SLOT_SHARED))
			score_person(q, slot[i]);
		else
			score_household(q, column & ~SLOT_SHARED);
	}
}

/* ---- looking at a block ----------------------------------------------------------------------- */

/* Who of a word is within reach at distance `d`: by both limits, or by video. */
static uint64_t reachable(const columns *c, const plan *p, uint32_t at, unsigned word,
			  uint32_t d)
{
	const plane *planes = columns_planes(c, at);
	uint64_t within = ~UINT64_C(0);
	int step = -1;
	while (step + 1 < KM_STEPS && km_step[step + 1] <= d)
		step++;
	if (d > p->limit)
		within = 0;
	else if (step >= 0)
		within = planes[c->map.km + step].word[word];
	if (p->who->meets == MEETS_VIDEO)
		within |= planes[c->map.video].word[word];
	return within;
}

/* The most points anyone of a block can get. */
static int64_t most_points(const plan *p, const block *b)
{
	int wishes = p->wish_points < b->wish_points ? p->wish_points : b->wish_points;
	return p->own_points + wishes;
}

/* A look at a block; words that can hold nobody worth `least` are passed over. */
static void look_at(scan *q, const plan *p, uint32_t at, int64_t least, look *out)
{
	const columns *c = &q->s->columns;
	const block *b = &c->block[at];
	bool somewhere =
		p->who->flags & PROFILE_PLACED && b->all.low[0] <= b->all.high[0];
	bool apart = somewhere && b->placed;
	int32_t d = apart ? box_distance(&p->at, &b->all) : 0;
	int32_t by_distance = somewhere ? plan_by_distance(c, d) : 0;
	bool point = !memcmp(b->all.low, b->all.high, sizeof b->all.low);
	uint64_t some = 0;
	out->base = p->constant + c->best[at];
	/* What one member of a household lacks another may make up for. */
	int64_t wanted = q->members > 1
				 ? INT64_MIN
				 : least - out->base - most_points(p, b) * c->unit_points;
	for (unsigned w = 0; w < BLOCK_WORDS; w++) {
		if (apart && !point && b->word[w].low[0] <= b->word[w].high[0]) {
			d = box_distance(&p->at, &b->word[w]);
			by_distance = plan_by_distance(c, d);
		}
		int32_t near =
			plan_by_age(p, b->year_low[w], b->year_high[w]) + by_distance;
		uint64_t open = near < wanted && !q->s->o.whole ? 0 : ~UINT64_C(0);
		if (apart && open)
			open = reachable(c, p, at, w, (uint32_t)d);
		out->points[w] = near / c->unit_points;
		out->rest[w] = near % c->unit_points;
		out->open.word[w] = open;
		some |= open;
	}
	out->top = INT64_MIN;
	if (!some)
		return;
	q->s->kernel->sum(p, &c->map, b, columns_planes(c, at), out->sum, &out->open);
	q->l->scored += BLOCK_SLOTS;
	int32_t top[BLOCK_WORDS], most = -1;
	q->s->kernel->top(out->sum, &out->open, top);
	for (int w = 0; w < BLOCK_WORDS; w++) {
		int32_t sum = top[w] < 0 ? -1 : top[w] + out->points[w] + 1;
		most = sum > most ? sum : most;
	}
	if (most >= 0)
		out->top = out->base + (int64_t)(most - LACK_MAX) * c->unit_points;
}

/* Beyond this, all or nothing passes. */
#define RANGE INT64_C(1000000000)

/* Who of a block can be worth `least` or more to one member, of those open to all. */
static int pass_member(const scan *q, const look *l, int64_t least, const plane *open,
		       plane *out)
{
	if (l->top < least)
		return 0;
	int32_t sum[BLOCK_WORDS], step = q->s->columns.unit_points;
	int64_t wanted = least - l->base;
	wanted = wanted < -RANGE ? -RANGE : wanted > RANGE ? RANGE : wanted;
	int32_t whole = (int32_t)wanted / step - ((int32_t)wanted % step < 0);
	int32_t rest = (int32_t)wanted - whole * step;
	for (int w = 0; w < BLOCK_WORDS; w++) {
		int32_t points = whole + (rest > l->rest[w]) - l->points[w];
		points = points < -LACK_MAX ? -LACK_MAX : points;
		sum[w] = (points > LACK_MAX + 1 ? LACK_MAX + 1 : points) + LACK_MAX;
	}
	return q->s->kernel->pass(l->sum, sum, open, out);
}

/* The same for some member or other. Returns how many. */
static int pass_look(const scan *q, const look *l, int64_t least, plane *out)
{
	if (q->members == 1)
		return pass_member(q, l, least, &l->open, out);
	plane open = l[0].open, one;
	for (uint32_t m = 1; m < q->members; m++)
		for (int w = 0; w < BLOCK_WORDS; w++)
			open.word[w] &= l[m].open.word[w];
	*out = (plane){0};
	int n = 0;
	for (uint32_t m = 0; m < q->members; m++, l++) {
		if (!pass_member(q, l, least, &open, &one))
			continue;
		for (int w = 0; w < BLOCK_WORDS; w++)
			out->word[w] |= one.word[w];
	}
	for (int w = 0; w < BLOCK_WORDS; w++)
		n += __builtin_popcountll(out->word[w]);
	return n;
}

/* No slot of the block is worth more to the row. */
static int64_t promise_of(const scan *q, const reach *r)
{
	const columns *c = &q->s->columns;
	const block *b = &c->block[r->block];
	bool somewhere = b->all.low[0] <= b->all.high[0];
	int32_t by_distance = somewhere ? plan_by_distance(c, r->distance) : 0;
	int64_t most = INT64_MIN;
	for (uint32_t m = 0; m < q->members; m++) {
		const plan *p = &q->l->plan[m];
		uint32_t limit = p->limit < b->limit ? p->limit : b->limit;
		bool by_video = b->video && p->who->meets == MEETS_VIDEO;
		if ((uint32_t)r->distance > limit && !by_video && !q->s->o.whole)
			return INT64_MIN;
		int64_t value = p->constant + c->best[r->block] + by_distance +
				plan_by_age(p, b->year0, b->year1) +
				most_points(p, b) * c->unit_points;
		most = value > most ? value : most;
	}
	return most;
}

/* Scores whoever of the first blocks may be worth `least` and was not scored yet. */
static void score_first(scan *q, const reach *const *first, uint32_t n, int64_t least)
{
	for (uint32_t i = 0; i < n; i++) {
		plane pass;
		int64_t now = threshold(q);
		if (!pass_look(q, &q->l->look[i * q->members], now > least ? now : least,
			       &pass))
			continue;
		for (int w = 0; w < BLOCK_WORDS; w++) {
			pass.word[w] &= ~q->l->done[i].word[w];
			q->l->done[i].word[w] |= pass.word[w];
		}
		score_slots(q, first[i]->block, &pass);
	}
}

static size_t count_first(const scan *q, uint32_t n, int64_t least)
{
	size_t slots = 0;
	for (uint32_t i = 0; i < n; i++) {
		plane pass;
		slots += (size_t)pass_look(q, &q->l->look[i * q->members], least, &pass);
	}
	return slots;
}

/*
 * A value that at least as many slots of the first blocks as are wanted may reach, and not
 * many more; 1 if there are not so many. Begins as far below the top as the last scan of
 * this lane ended: that only saves steps.
 */
static int64_t likely_threshold(const scan *q, uint32_t n, int64_t high)
{
	enum { STEP = 1024, FEW = 4 };
	int64_t least = high - q->l->gap, step = STEP;
	size_t slots = count_first(q, n, least > 1 ? least : 1);
	while (slots < q->want && least > 1) {
		least -= step;
		step *= 2;
		slots = count_first(q, n, least > 1 ? least : 1);
	}
	/* With a bonus the last scan may have ended very far down: steps grow until one fails. */
	bool grow = true;
	while (slots > q->want + q->want / 4 + FEW && step > STEP / 8 && least < high) {
		int64_t higher = least + step;
		size_t fewer = count_first(q, n, higher > 1 ? higher : 1);
		if (fewer < q->want) {
			step /= 2;
			grow = false;
		} else {
			least = higher;
			slots = fewer;
			step = grow ? 2 * step : step;
		}
	}
	return least > 1 ? least : 1;
}

/*
 * Scores the best of the first blocks: those whose sums are highest, then all who could be
 * worth as much as the worst that was kept.
 */
static void look_first(scan *q, const reach *const *first, uint32_t n, int64_t high)
{
	for (uint32_t i = 0; i < n; i++) {
		q->l->done[i] = (plane){0};
		for (uint32_t m = 0; m < q->members; m++)
			look_at(q, &q->l->plan[m], first[i]->block, threshold(q),
				&q->l->look[i * q->members + m]);
	}
	int64_t least = likely_threshold(q, n, high), step = 500;
	for (;; step += step / 2) {
		score_first(q, first, n, least);
		if (least <= threshold(q))
			break;
		least = least > step ? least - step : 1;
		if (q->have == q->want && least < threshold(q))
			least = threshold(q);
	}
	q->l->gap = high - least;
}

/* ---- a scan -------------------------------------------------------------------------------------- */

/* Takes the blocks that promise most out of the list. Returns how many. */
static uint32_t take_first(const scan *q, const reach *list, const reach **first,
			   int64_t *high)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < q->cell->n; i++) {
		int64_t promise = q->l->promise[i];
		if (promise <= 0)
			continue;
		uint32_t at = n;
		if (n < FIRST_BLOCKS)
			n++;
		else if (promise <= q->l->promise[first[n - 1] - list])
			continue;
		else
			at = n - 1;
		for (; at > 0 && q->l->promise[first[at - 1] - list] < promise; at--)
			first[at] = first[at - 1];
		first[at] = &list[i];
	}
	*high = n ? q->l->promise[first[0] - list] : 0;
	for (uint32_t i = 0; i < n; i++)
		q->l->promise[first[i] - list] = INT64_MIN;
	return n;
}

static void scan_cell(scan *q)
{
	const reach *list = &q->s->reach[q->cell->first], *first[FIRST_BLOCKS];
	for (uint32_t i = 0; i < q->cell->n; i++)
		q->l->promise[i] = promise_of(q, &list[i]);
	uint32_t n;
	int64_t high;
	while (q->have < q->want && (n = take_first(q, list, first, &high)) > 0)
		look_first(q, first, n, high);
	for (uint32_t i = 0; i < q->cell->n; i++) {
		bool hopeless = q->l->promise[i] < threshold(q) && !q->s->o.whole;
		if (q->l->promise[i] == INT64_MIN || hopeless)
			continue;
		plane pass;
		for (uint32_t m = 0; m < q->members; m++)
			look_at(q, &q->l->plan[m], list[i].block, threshold(q),
				&q->l->look[m]);
		if (pass_look(q, q->l->look, threshold(q), &pass))
			score_slots(q, list[i].block, &pass);
	}
}

static void lane_room(lane *l, size_t want)
{
	if (want <= l->heap_cap)
		return;
	l->heap_cap = 2 * want;
	l->heap = NEW_ARRAY(l->mem, found, l->heap_cap);
}

static int32_t scan_row(void *self, int lane_number, int32_t row, const int64_t *price,
			int32_t k, solve_offer *out, int64_t *rest)
{
	source *s = self;
	lane *l = &s->lane[lane_number];
	const unit *u = &s->o.rows[s->o.row[row]];
	size_t want =
		(size_t)(k < (int32_t)s->columns.count ? k : (int32_t)s->columns.count) +
		1;
	lane_room(l, want);
	scan q = {.s = s,
		  .l = l,
		  .row = u,
		  .row_unit = s->o.row[row],
		  .price = price,
		  .cell = &s->cell[s->row_cell[row]],
		  .members = u->n,
		  .want = want};
	for (uint32_t m = 0; m < u->n; m++) {
		const profile *who =
			&s->pool->people->profile[s->pool->member[u->first + m]];
		int64_t waiting = match_waiting(who, s->terms);
		q.waiting += waiting;
		plan_form(&s->columns, who, waiting - s->terms->reserve + s->o.bonus,
			  &l->plan[m]);
	}
	scan_cell(&q);
	*rest = 0;
	size_t n = q.have;
	if (n == want) {
		*rest = l->heap[0].value;
		l->heap[0] = l->heap[--n];
		sift_down(l->heap, n, 0);
	}
	for (size_t i = n; i > 0; i--) {
		out[i - 1] = (solve_offer){(int32_t)l->heap[0].column, l->heap[0].weight};
		l->heap[0] = l->heap[i - 1];
		sift_down(l->heap, i - 1, 0);
	}
	return (int32_t)n;
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

static int compare_reach(const void *a, const void *b)
{
	const reach *x = a, *y = b;
	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	return (x->block > y->block) - (x->block < y->block);
}

static void note_in_cell(const source *s, cell *c, const unit *u)
{
	for (uint32_t i = 0; i < u->n; i++) {
		const profile *p =
			&s->pool->people->profile[s->pool->member[u->first + i]];
		uint32_t limit =
			p->max_km ? (uint32_t)p->max_km * UNITS_PER_KM : UINT32_MAX;
		c->limit = limit > c->limit ? limit : c->limit;
		c->video |= p->meets == MEETS_VIDEO;
		if (p->flags & PROFILE_PLACED)
			box_add(&c->at, p);
		else
			c->anywhere = true;
	}
}

/* Puts rows in order of place, and rows of one place (or some that are near) in one cell. */
static void form_cells(source *s, arena *mem)
{
	enum { CELLS_MAX = 1024, FIRST_SHIFT = 8, AXES = 3 };
	uint32_t n = s->o.row_n;
	s->row_cell = NEW_ARRAY(mem, uint16_t, n);
	s->cell = NEW_ARRAY(mem, cell, CELLS_MAX);
	arena_mark here = arena_here(mem);
	const placed_unit *e = place_sort(mem, s->pool, s->o.rows, s->o.row, n);
	for (int shift = FIRST_SHIFT;; shift += AXES) {
		s->cells = 0;
		for (uint32_t i = 0; i < n && s->cells <= CELLS_MAX; i++) {
			s->cells += !i || e[i].key >> shift != e[i - 1].key >> shift;
			s->row_cell[i] = (uint16_t)(s->cells - 1);
		}
		if (s->cells <= CELLS_MAX)
			break;
	}
	arena_reset(mem, here);
	for (uint32_t i = 0; i < s->cells; i++)
		s->cell[i] = (cell){.at = BOX_EMPTY};
	for (uint32_t i = 0; i < n; i++)
		note_in_cell(s, &s->cell[s->row_cell[i]], &s->o.rows[s->o.row[i]]);
}

/* The blocks a cell's rows can reach; counts them when `out` is NULL. */
static uint32_t list_blocks(const source *s, const cell *c, reach *out)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->columns.blocks; i++) {
		const block *b = &s->columns.block[i];
		bool apart = b->placed && !c->anywhere;
		int32_t d = apart ? box_distance(&c->at, &b->all) : 0;
		uint32_t limit = c->limit < b->limit ? c->limit : b->limit;
		if ((uint32_t)d > limit && !(c->video && b->video) && !s->o.whole)
			continue;
		if (out)
			out[n] = (reach){i, d};
		n++;
	}
	if (out)
		qsort(out, n, sizeof *out, compare_reach);
	return n;
}

static void form_reach(source *s, arena *mem)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->cells; i++) {
		s->cell[i].first = n;
		n += s->cell[i].n = list_blocks(s, &s->cell[i], NULL);
	}
	s->reach = NEW_ARRAY(mem, reach, n);
	for (uint32_t i = 0; i < s->cells; i++)
		list_blocks(s, &s->cell[i], &s->reach[s->cell[i].first]);
}

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
	s->lane = NEW_ARRAY(mem, lane, (size_t)s->o.threads);
	for (int i = 0; i < s->o.threads; i++) {
		lane *l = &s->lane[i];
		l->plan = NEW_ARRAY(mem, plan, members);
		l->look = NEW_ARRAY(mem, look, (size_t)members * FIRST_BLOCKS);
		l->done = NEW_ARRAY(mem, plane, FIRST_BLOCKS);
		l->promise = NEW_ARRAY(mem, int64_t, s->columns.blocks);
		l->slot = NEW_ARRAY(mem, uint32_t, BLOCK_SLOTS);
		l->mem = arena_new(0);
		arena_defer(mem, free_lane, l->mem);
	}
}

uint64_t source_scored(const source *s, uint64_t *weighed)
{
	uint64_t sum = 0;
	*weighed = 0;
	for (int i = 0; i < s->o.threads; i++) {
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
	s->weight_max = source_weight_max(p, t) + o->bonus;
	columns_form(mem, p, o->columns, o->column, o->column_n, t, s->weight_max,
		     &s->columns);
	form_cells(s, mem);
	form_reach(s, mem);
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
			      .weight = pair_weight,
			      .price_changed = price_changed};
	return s;
}
