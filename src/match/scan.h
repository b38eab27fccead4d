/*
 * scan - what the parts of a scan share: source.c starts it and keeps the best, scan.c looks
 * at blocks, reach.c says which blocks are near enough. Private to these three.
 */
#ifndef MATCH_SCAN_H
#define MATCH_SCAN_H

#include "match/source.h"

#define FIRST_BLOCKS 32
#define WAITING_MAX  16 /* slots that wait to be weighed */

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
	int32_t near[BLOCK_WORDS]; /* weight by distance and age, at most */
	int64_t base; /* what else the row and the block's best column bring */
	int64_t top;  /* no open slot is worth more */
} look;

/* Scratch memory of one scan; as many as run at a time. */
typedef struct lane {
	plan *plan;       /* per member of the row */
	look *look;       /* FIRST_BLOCKS times members */
	plane *done;      /* per first block */
	int64_t *promise; /* per block of the cell */
	block_most *most; /* the points in it, of the last member */
	uint32_t *slot;   /* those to be weighed soon */
	uint32_t slots;
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
	int64_t floor;     /* what is worth less is of no use from the start; >= 1 */
	size_t want, have; /* in the heap */
} scan;

/* The least value that is of use now. */
static inline int64_t scan_threshold(const scan *q)
{
	int64_t worst = q->have == q->want ? q->l->heap[0].value : 1;
	return worst > q->floor ? worst : q->floor;
}

/* Looks through the blocks for n rows of one cell. They take turns at each block while it is near. */
void scan_blocks(scan *q, int32_t n);
/* Slots of a block to be weighed exactly: they wait until there are a few. */
void scan_put(scan *q, uint32_t at, const plane *slots);
/* Weighs those that wait and keeps the best. */
void scan_weigh(scan *q);
/* Puts rows in order of place, and rows of one place, or of some that are near, in one cell. */
void reach_form(source *s, arena *mem);

#endif
