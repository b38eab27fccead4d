/*
 * match: the pool as a solve_source: rows that ask for their best columns at present prices.
 *
 * A scan walks the blocks near its row, skips those that cannot hold anything better
 * than the k-th best so far, lets a kernel rule out most slots of the others, and scores
 * the rest exactly. Private to the room.
 */
#ifndef MATCH_SOURCE_H
#define MATCH_SOURCE_H

#include "match/match_priv.h"
#include "solve/solve.h"

/* Two units that must not be paired, by index. */
typedef struct exception {
	uint32_t row, column; /* indexes in the sides' unit arrays */
} exception;
/* By row, then column: the order of source_options.except; for qsort. */
int exception_compare(const void *a, const void *b);

typedef struct source source;
typedef struct source_options {
	const unit *rows, *columns; /* the units of either side */
	/* Which of them take part: row r is rows[row[r]]. Put in order of place; clones stay side by side. */
	uint32_t *row, *column;
	uint32_t row_n, column_n;
	bool clones;             /* a unit may be several rows: one per seat */
	const int32_t *seats;    /* per unit of the columns' side; NULL = all 1 */
	const exception *except; /* sorted by row, then column */
	size_t except_n;
	int64_t bonus;
	int threads;
	match_simd simd;
	bool whole; /* skip no block: for measuring only */
} source_options;

/* NULL when there is no such SIMD level. */
source *source_form(arena *mem, const pool *p, const terms *t, const source_options *o,
		    solve_source *out);
/* Weight of the row's and the column's units with the bonus, 0 when not eligible. */
int64_t source_weight(const source *s, uint32_t row, uint32_t column);
/* Slots the kernels have looked at so far, and those that were then weighed exactly. */
uint64_t source_scored(const source *s, uint64_t *weighed);
/* Per newcomer and established unit: it takes no part, as if it were not there. NULL: all do. */
static inline bool is_apart(const bool *const apart[2], int side, size_t at)
{
	return apart && apart[side] && apart[side][at];
}
/* No pair of those who take part can weigh more. */
int64_t source_weight_max(const pool *p, const terms *t, const bool *const apart[2]);

#endif
