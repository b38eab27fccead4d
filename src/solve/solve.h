/*
 * solve - maximum-weight matching of rows to columns with capacities, exactly.
 *
 * Numbers only: knows no people. The engine never holds the matrix; it asks a
 * solve_source for the best columns of a row at the present prices.
 * Method: auction without increment followed by shortest augmenting paths over lists
 * that grow on demand. Sources: Bertsekas 1981 (auction); Demange, Gale, Sotomayor
 * 1986 (multi-item auction); Crouse 2016 (shortest augmenting paths).
 */
#ifndef SOLVE_H
#define SOLVE_H

#include "base/base.h"

typedef struct solve_offer {
	int32_t column;
	int64_t weight; /* > 0 */
} solve_offer;

/* One row's scan: what is asked, where the answer goes, and the answer; as `scan` has it. */
typedef struct solve_scan {
	int32_t row, k;
	int64_t floor; /* >= 1: columns worth less need not be offered, but then `rest` bounds them */
	solve_offer *out;
	int32_t n;
	int64_t rest;
} solve_scan;
#define SOLVE_TOGETHER 16

/*
 * Where weights come from. All weights are > 0 and at most `weight_max`; a pair that
 * is not eligible is never offered. Callbacks may be called from several threads at
 * once with different `lane` (0 .. threads-1); they must not change anything but
 * their lane's scratch memory. Prices do not change during a batch of scans.
 */
typedef struct solve_source {
	void *self;
	int32_t rows, columns;
	const int32_t *seats; /* per column, >= 1; NULL = all 1 */
	int64_t weight_max;
	/*
	 * Per row, who bids: rows of one bidder with several seats stand side by side, have the same
	 * number and the same weights, and are scanned once. NULL = each row is a bidder of its own.
	 * `unique` then counts exchanges within a bidder as nothing; not together with `seats`.
	 */
	const uint32_t *bidder;
	/*
	 * The best `k` columns of `row` by weight - price, of those with weight > price,
	 * best first, ties broken by a hash of (row, column) that is stable for the
	 * instance. Returns how many were written to out[0..k). *rest becomes an upper
	 * bound of weight - price over every column not written (0 when none is positive).
	 */
	int32_t (*scan)(void *self, int lane, int32_t row, const int64_t *price,
			int32_t k, solve_offer *out, int64_t *rest);
	/*
	 * The same for 1 to SOLVE_TOGETHER rows at a time, for sources to which rows side by side
	 * come cheaper together, or a floor; NULL: one by one, and without floors.
	 */
	void (*scan_together)(void *self, int lane, const int64_t *price,
			      solve_scan *scan, int32_t n);
	/* Weight of one pair, 0 when not eligible. */
	int64_t (*weight)(void *self, int32_t row, int32_t column);
	/*
	 * The engine tells of a new price before the next scan; may be NULL. Engine's thread only.
	 * All prices are 0 when a run starts and rise until it ends. Only when solve_options.want_unique
	 * is set, each price above 0 is lowered once by 1, after the optimum is known.
	 */
	void (*price_changed)(void *self, int32_t column, int64_t price);
} solve_source;

typedef struct solve_options {
	int threads; /* >= 1; the result is the same for any */
	/*
	 * Also find out whether the optimum is unique: whether no cycle of exchanges costs nothing.
	 * `unique` is set only when that is known; it stays false when more than
	 * some millions of pairs are tied.
	 */
	bool want_unique;
} solve_options;

typedef struct solve_result {
	int32_t *column;      /* per row: its column, or -1 */
	int64_t *row_profit;  /* u >= 0, per row */
	int64_t *price;       /* v >= 0, per column (per seat) */
	int64_t total, bound; /* primal and dual value; equal when `proven` */
	bool proven;
	bool unique; /* set when asked for and known to be so */
	struct solve_counts {
		uint64_t scans, bids, paths, visited;
	} counts;
} solve_result;

/*
 * Solves to proven optimality. The result's arrays live in c->mem. Faults: RESOURCE
 * when a bound of the integers would be passed (rows * weight_max must fit 62 bits).
 */
MUST_USE bool solve_run(ctx *c, const solve_source *s, const solve_options *o,
			solve_result *out);

/* ---- solving again, where a table of all weights is kept -------------------------------- */

/*
 * All weights, twice, so that searches from either side read memory in order. A weight of 0 or
 * less is that of a pair that is not eligible. Rows by pointer: who takes no part is left out,
 * and a row with a forbidden pair changed, without touching a table that others read.
 */
typedef struct solve_table {
	int32_t rows, columns;
	const int32_t *const *row;    /* per row: its weights; NULL: it takes no part */
	const int32_t *const *across; /* per column: its weights, by row */
	const int32_t *seats;         /* per column, >= 0 */
	int64_t bonus;                /* >= 0, added to each eligible weight */
	int64_t weight_max; /* no eligible weight is greater, the bonus included */
} solve_table;

/*
 * Where to begin. Anything is good enough for the optimum; the nearer it lies, the sooner the
 * optimum is found. After a small change: the optimum before it. Each of the three may be NULL.
 */
typedef struct solve_start {
	const int32_t *column; /* per row: its column, or -1 */
	const int64_t *price;  /* per column, >= 0; -1: not known */
	const int64_t *
		profit; /* per row, >= 0; -1: not known. NULL: those that go with the prices */
} solve_start;

/*
 * As solve_run, on the calling thread; `unique` stays false. Pairs of the start that its prices
 * do not speak against are kept. Each row that could get something and has nothing, and each
 * free seat with a price, then takes one search for a shortest path (Crouse 2016; the prices
 * that such paths change are those of the Hungarian method, in both directions as buyers or
 * sellers come to a market: Demange, Gale, Sotomayor 1986). At the end the bound is worked out
 * anew from the whole table, so `proven` does not rest on what the start said.
 */
MUST_USE bool solve_again(ctx *c, const solve_table *t, const solve_start *from,
			  solve_result *out);

/* ---- assignment problems given as arcs ------------------------------------------------ */

/* Sources 0..sources-1, sinks 0..sinks-1; at most one arc between two. */
typedef struct solve_arcs {
	int32_t sources, sinks;
	/*
	 * Arcs of source i are sink[first[i]] .. sink[first[i+1] - 1] with costs at the same places.
	 * When `first` is NULL every source has an arc to every sink: cost[i * sinks + j].
	 */
	const int64_t *first;
	const int32_t *sink;
	/* One of the two, the other is NULL. */
	const int32_t *cost32;
	const int64_t *cost64;
} solve_arcs;

typedef struct solve_aim {
	bool max;       /* greatest cost instead of least */
	bool unmatched; /* any set of arcs; else every node of the smaller side */
	int threads;    /* >= 1; the result is the same for any */
} solve_aim;

typedef struct solve_answer {
	int32_t *sink; /* per source: its sink, or -1 */
	int64_t *source_price,
		*sink_price; /* the proof: docs/matching.md, "Assignment files" */
	int64_t cost;
	struct solve_counts counts;
} solve_answer;

/*
 * The optimum over arcs, proven by its prices. Lives in c->mem. Faults: UNPROVEN when no
 * matching covers the smaller side; RESOURCE when sums would pass the bound of the integers.
 */
MUST_USE bool solve_arcs_run(ctx *c, const solve_arcs *a, const solve_aim *aim,
			     solve_answer *out);

/* ---- DIMACS assignment files ------------------------------------------------------------ */

typedef struct solve_problem {
	solve_arcs arcs;
	int64_t nodes, arc_count;         /* as the file says */
	int32_t *source_node, *sink_node; /* node numbers of the file, ascending */
	uint8_t digest[32];               /* BLAKE2b of the file */
} solve_problem;

/*
 * Reads a whole file (docs/matching.md, "Assignment files"). Lives in c->mem. Faults: INPUT
 * with file, line and column.
 */
MUST_USE bool solve_dimacs_read(ctx *c, str file, str bytes, solve_problem *out);
/* `s` and `f` lines. */
void solve_answer_write(const solve_problem *p, const solve_answer *a, buf *out);
/* The whole certificate. */
void solve_certificate_write(const solve_problem *p, const solve_aim *aim,
			     const solve_answer *a, buf *out);

#endif
