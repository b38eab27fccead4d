/*
 * u_i of every newcomer: the best that any eligible established person could give at
 * the claimed prices, with every pair of people looked at that the hard limit on
 * distance does not rule out.
 *
 * Order of work: blocks of newcomers from one cell, against each cell of established,
 * in chunks that stay in the cache. Weights are computed for whole chunks; the hard
 * rules are asked (in full, by pair.c) for those pairs that would raise u_i, because
 * for all others the answer makes no difference. Each newcomer belongs to one thread,
 * so the result does not depend on how many there are.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "check/check_priv.h"

enum { BLOCK_ROWS = 32 }; /* also the members a household may have for the kernels */

/* Newcomers of one span of one cell: entries [first, first + n) of the row grid; one household. */
typedef struct block {
	uint32_t cell, span, first, n;
} block;

typedef struct sweep {
	ctx *c;
	const check_market *m;
	const check_sweep_options *o;
	check_plan plan;
	check_kernels kernels;
	check_grid row, col;
	check_columns column;
	uint32_t *column_of; /* per entry of col: its first column; one more at the end */
	block *block;
	size_t blocks;
	atomic_size_t next;
	int64_t *u; /* per newcomer unit */
} sweep;

typedef struct worker {
	sweep *s;
	pthread_t thread;
	bool first;
	int64_t weight_max;
	uint64_t scored;
	check_row row[BLOCK_ROWS]; /* people of the block: each alone, or one household */
	int64_t part[BLOCK_ROWS];  /* row_part of each */
	uint32_t reaching[BLOCK_ROWS];
	int32_t sum[CHECK_CHUNK];
} worker;

static const unit *row_unit(const sweep *s, uint32_t entry)
{
	return &s->m->pool->newcomer[s->row.unit[entry]];
}

static const unit *col_unit(const sweep *s, uint32_t entry)
{
	return &s->m->pool->established[s->col.unit[entry]];
}

/* What the row itself adds to each of its pairs' weights. */
static int64_t row_part(const sweep *s, const profile *p)
{
	return check_people_waiting(p, s->m->terms) - s->m->terms->reserve;
}

/* ---- one pair that may matter ------------------------------------------------------ */

static void offer(worker *w, uint32_t i, uint32_t j, int64_t weight)
{
	const check_market *m = w->s->m;
	int64_t value = weight + m->bonus - m->price[j];
	bool raises = value > w->s->u[i];
	bool greatest = m->terms->most_pairs && weight > w->weight_max;
	if (weight <= 0 || (!raises && !greatest) ||
	    check_units_rule(m, i, j) != CHECK_RULE_NONE)
		return;
	if (raises)
		w->s->u[i] = value;
	if (weight > w->weight_max)
		w->weight_max = weight;
}

/* Room for n sums, all 0. */
static void clear_sums(worker *w, size_t n)
{
	memset(w->sum, 0,
	       (n + CHECK_LANES - 1) / CHECK_LANES * CHECK_LANES * sizeof *w->sum);
}

/* ---- people alone against people alone: the fast way -------------------------------- */

/* Blocks of the chunk in which some weight is greater than any eligible one so far. */
static uint32_t heavier(const worker *w, size_t at, size_t n, int64_t part)
{
	const int32_t *restrict waiting = w->s->column.waiting + at, *restrict sum =
									     w->sum;
	uint32_t hit = 0;
	for (size_t k = 0; k < n; k += CHECK_BLOCK) {
		size_t end = k + CHECK_BLOCK < n ? k + CHECK_BLOCK : n;
		int32_t most = INT32_MIN;
		for (size_t j = k; j < end; j++) {
			int32_t x = sum[j] + waiting[j];
			most = x > most ? x : most;
		}
		hit |= (uint32_t)(most + part > w->weight_max) << (k / CHECK_BLOCK);
	}
	return hit;
}

/* Row x of the block, newcomer unit i, against n columns. */
static void score_alone(worker *w, uint32_t x, uint32_t i, const check_spot *spot,
			size_t at, size_t n)
{
	const sweep *s = w->s;
	int64_t part = w->part[x];
	clear_sums(w, n);
	s->kernels.score(&s->plan, &s->column, at, n, &w->row[x], spot, w->sum);
	uint32_t hit = s->kernels.filter(&s->column, at, n, w->sum,
					 s->u[i] - part - s->m->bonus);
	if (s->m->terms->most_pairs)
		hit |= heavier(w, at, n, part);
	for (; hit; hit &= hit - 1) {
		size_t from = (size_t)__builtin_ctz(hit) * CHECK_BLOCK;
		size_t end = from + CHECK_BLOCK < n ? from + CHECK_BLOCK : n;
		for (size_t k = from; k < end; k++)
			offer(w, i, s->column.unit[at + k],
			      (int64_t)w->sum[k] + s->column.waiting[at + k] + part);
	}
}

static void span_alone(worker *w, const block *b, const check_cell *cell, int kind,
		       uint32_t most)
{
	const sweep *s = w->s;
	const check_span *span = &cell->span[kind];
	check_spot spot = cell->spot;
	spot.wish = kind & CHECK_WISHLESS ? 0 : UINT8_MAX;
	size_t first = s->column_of[span->first];
	for (size_t k = 0; k < most; k += CHECK_CHUNK)
		for (uint32_t x = 0; x < b->n; x++) {
			if (w->reaching[x] <= k)
				continue;
			size_t n = w->reaching[x] - k;
			score_alone(w, x, s->row.unit[b->first + x], &spot, first + k,
				    n < CHECK_CHUNK ? n : CHECK_CHUNK);
		}
	for (uint32_t x = 0; x < b->n; x++)
		w->scored += w->reaching[x];
}

/* ---- households: every member with every member -------------------------------------- */

/*
 * Entries [e, end) of established, which fit one chunk, and one unit of newcomers, whose
 * members are people x.. of the block: adds up over members on both sides.
 */
static void score_units(worker *w, uint32_t x, uint32_t row_entry, uint32_t e,
			uint32_t end)
{
	static const check_spot anywhere = {.placed = true, .wish = UINT8_MAX};
	const sweep *s = w->s;
	const unit *a = row_unit(s, row_entry);
	size_t at = s->column_of[e], n = s->column_of[end] - at;
	int64_t part = 0;
	clear_sums(w, n);
	for (uint32_t k = 0; k < a->n; k++) {
		part += w->part[x + k];
		s->kernels.score(&s->plan, &s->column, at, n, &w->row[x + k], &anywhere,
				 w->sum);
	}
	for (; e < end; e++) {
		int64_t members = s->column_of[e + 1] - s->column_of[e],
			pairs = members * a->n;
		int64_t sum = part * members;
		for (size_t k = s->column_of[e]; k < s->column_of[e + 1]; k++)
			sum += w->sum[k - at] + (int64_t)s->column.waiting[k] * a->n;
		offer(w, s->row.unit[row_entry], s->col.unit[e],
		      check_floor_div(2 * sum + pairs, 2 * pairs));
	}
}

static void row_by_definition(worker *w, uint32_t row_entry, uint32_t e, uint32_t end)
{
	const sweep *s = w->s;
	for (; e < end; e++)
		offer(w, s->row.unit[row_entry], s->col.unit[e],
		      check_units_weight(s->m, s->row.unit[row_entry], s->col.unit[e]));
}

/* The first `n` entries of a span for one unit of newcomers, people x.. of the block. */
static void row_units(worker *w, uint32_t x, uint32_t row_entry, const check_span *span,
		      uint32_t n)
{
	const sweep *s = w->s;
	uint32_t e = span->first, last = span->first + n;
	w->scored += (uint64_t)(s->column_of[last] - s->column_of[e]) *
		     row_unit(s, row_entry)->n;
	if (s->o->by_definition || row_unit(s, row_entry)->n > BLOCK_ROWS) {
		row_by_definition(w, row_entry, e, last);
		return;
	}
	while (e < last) {
		uint32_t end = e;
		while (end < last &&
		       s->column_of[end + 1] - s->column_of[e] <= CHECK_CHUNK)
			end++;
		if (end > e) {
			score_units(w, x, row_entry, e, end);
		} else {
			row_by_definition(w, row_entry, e, e + 1);
			end++;
		}
		e = end;
	}
}

/* ---- which cells meet ------------------------------------------------------------------ */

/* How many entries of `span` each row of the block must look at; returns the greatest. */
static uint32_t find_reaching(worker *w, const block *b, const check_cell *cell,
			      int span_kind)
{
	const sweep *s = w->s;
	const check_cell *home = &s->row.cell[b->cell];
	const check_span *span = &cell->span[span_kind];
	uint32_t most = 0;
	bool all = s->o->no_grid || !home->spot.placed || !cell->spot.placed ||
		   ((span_kind & CHECK_VIDEO) && (b->span & CHECK_VIDEO));
	if (!all && check_box_gap(home->low, home->high, cell->low, cell->high) >
			    (s->row.reach[b->first] < s->col.reach[span->first]
				     ? s->row.reach[b->first]
				     : s->col.reach[span->first]))
		return 0;
	for (uint32_t x = 0; x < b->n; x++) {
		const profile *p = check_member(s->m->pool, row_unit(s, b->first + x), 0);
		const int16_t point[3] = {p->x, p->y, p->z};
		int64_t gap =
			all ? 0 : check_box_gap(point, point, cell->low, cell->high);
		w->reaching[x] = all ? span->n
				 : gap > s->row.reach[b->first + x]
					 ? 0
					 : check_span_reaching(&s->col, span, gap);
		most = w->reaching[x] > most ? w->reaching[x] : most;
	}
	return most;
}

static void block_with_cell(worker *w, const block *b, const check_cell *cell)
{
	const sweep *s = w->s;
	for (int kind = 0; kind < CHECK_SPANS; kind++) {
		const check_span *span = &cell->span[kind];
		if (!span->n)
			continue;
		uint32_t most = find_reaching(w, b, cell, kind);
		if (!most)
			continue;
		if (!((b->span | (unsigned)kind) & CHECK_HOUSEHOLD) &&
		    !s->o->by_definition) {
			span_alone(w, b, cell, kind, most);
			continue;
		}
		for (uint32_t x = 0; x < b->n; x++)
			row_units(w, x, b->first + x, span, w->reaching[x]);
	}
}

static void fill_rows(worker *w, const block *b)
{
	const sweep *s = w->s;
	uint32_t x = 0;
	for (uint32_t r = 0; r < b->n; r++)
		for (uint32_t k = 0; k < row_unit(s, b->first + r)->n && x < BLOCK_ROWS;
		     k++) {
			const profile *p =
				check_member(s->m->pool, row_unit(s, b->first + r), k);
			check_row_fill(p, &s->plan, &w->row[x]);
			w->part[x++] = row_part(s, p);
		}
}

static void *work(void *arg)
{
	worker *w = arg;
	sweep *s = w->s;
	size_t k;
	while ((k = atomic_fetch_add(&s->next, 1)) < s->blocks) {
		const block *b = &s->block[k];
		if (w->first)
			ctx_progress(s->c, "progress.checking", b->first, s->row.entries);
		fill_rows(w, b);
		for (size_t cell = 0; cell < s->col.cells; cell++)
			block_with_cell(w, b, &s->col.cell[cell]);
	}
	return NULL;
}

/* ---- setting up ------------------------------------------------------------------------ */

static void make_columns(arena *mem, sweep *s)
{
	size_t n = 0;
	s->column_of = NEW_ARRAY(mem, uint32_t, s->col.entries + 1);
	for (uint32_t e = 0; e < s->col.entries; e++) {
		s->column_of[e] = (uint32_t)n;
		n += col_unit(s, e)->n;
	}
	s->column_of[s->col.entries] = (uint32_t)n;
	check_columns_alloc(mem, n, &s->column);
	for (uint32_t e = 0; e < s->col.entries; e++)
		for (uint32_t x = 0; x < col_unit(s, e)->n; x++) {
			size_t at = s->column_of[e] + x;
			check_columns_set(&s->column, at,
					  check_member(s->m->pool, col_unit(s, e), x),
					  s->m->terms, s->m->year);
			s->column.price[at] = s->m->price[s->col.unit[e]];
			s->column.unit[at] = s->col.unit[e];
		}
}

static void make_blocks(arena *mem, sweep *s)
{
	s->block = NEW_ARRAY(mem, block, s->row.entries);
	for (uint32_t c = 0; c < s->row.cells; c++)
		for (uint32_t kind = 0; kind < CHECK_SPANS; kind++) {
			const check_span *span = &s->row.cell[c].span[kind];
			uint32_t most = kind & CHECK_HOUSEHOLD ? 1 : BLOCK_ROWS;
			for (uint32_t k = 0; k < span->n; k += most)
				s->block[s->blocks++] =
					(block){c, kind, span->first + k,
						span->n - k < most ? span->n - k : most};
		}
}

/* Whether positions and waiting are within what the kernels' 32 bits hold. */
static bool side_fits(const pool *p, const unit *u, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < u[i].n; k++) {
			const profile *who = check_member(p, &u[i], k);
			if ((who->flags & PROFILE_PLACED) &&
			    (who->x < -CHECK_COORDINATE_MAX ||
			     who->x > CHECK_COORDINATE_MAX ||
			     who->y < -CHECK_COORDINATE_MAX ||
			     who->y > CHECK_COORDINATE_MAX ||
			     who->z < -CHECK_COORDINATE_MAX ||
			     who->z > CHECK_COORDINATE_MAX))
				return false;
		}
	return true;
}

static bool has_avx2(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("avx2");
#else
	return false;
#endif
}

static void run_workers(sweep *s, int threads, check_sweep_result *out)
{
	worker *w = NEW_ARRAY(s->c->mem, worker, (size_t)threads);
	int started = 1;
	for (int i = 0; i < threads; i++)
		w[i].s = s;
	w[0].first = true;
	/* A thread that cannot be had is not needed: the others take its blocks. */
	while (started < threads &&
	       !pthread_create(&w[started].thread, NULL, work, &w[started]))
		started++;
	work(&w[0]);
	for (int i = 0; i < started; i++) {
		if (i)
			pthread_join(w[i].thread, NULL);
		out->scored += w[i].scored;
		if (w[i].weight_max > out->weight_max)
			out->weight_max = w[i].weight_max;
	}
}

void check_sweep(ctx *c, const check_market *m, const check_sweep_options *o, int64_t *u,
		 check_sweep_result *out)
{
	const pool *p = m->pool;
	check_sweep_options options = *o;
	sweep s = {.c = c, .m = m, .o = &options, .u = u};
	if (!check_plan_make(m->terms, m->year, &s.plan) ||
	    !side_fits(p, p->newcomer, p->newcomers) ||
	    !side_fits(p, p->established, p->establisheds))
		options.by_definition = true;
	s.kernels = (check_kernels){check_score_plain, check_filter_plain};
	if (o->level != CHECK_LEVEL_PLAIN && has_avx2())
		s.kernels = (check_kernels){check_score_avx2, check_filter_avx2};
	atomic_init(&s.next, 0);
	*out = (check_sweep_result){0};
	arena_mark here = arena_here(c->mem);
	check_grid_make(c->mem, p, p->newcomer, p->newcomers, m->seats_newcomer, &s.row);
	check_grid_make(c->mem, p, p->established, p->establisheds, m->seats_established,
			&s.col);
	make_columns(c->mem, &s);
	make_blocks(c->mem, &s);
	run_workers(&s, o->threads, out);
	arena_reset(c->mem, here);
	ctx_progress(c, "progress.checking", s.row.entries, s.row.entries);
}
