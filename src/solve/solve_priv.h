/*
 * solve_priv - the state the parts of the assignment engine share.
 *
 * Invariants between two steps: every price is 0 while its column has a free seat;
 * every seated row has no column worth more to it than its own at present prices;
 * `rest` of a list bounds what a row could get from any column that is not on it.
 */
#ifndef SOLVE_PRIV_H
#define SOLVE_PRIV_H

#include "solve/solve.h"

/* ---- lanes: the same work on several threads ------------------------------------- */
typedef struct lanes lanes;
/* Threads are joined by a clean-up of `mem`. Fewer run if the system refuses some. */
lanes *lanes_start(arena *mem, int threads);
/* work(self, lane, i) for each i in [0, n), each once; returns when all are done. */
void lanes_run(lanes *l, int32_t n, void (*work)(void *self, int lane, int32_t i),
	       void *self);

/* ---- lists: the best columns of a row ----------------------------------------------
 * What most of the engine's memory is, so an entry takes six bytes where it can: its column,
 * and how much more its weight is than `rest`.
 */
typedef enum entry_kind { ENTRY_SHORT, ENTRY_WORD, ENTRY_LONG } entry_kind;
#define LIST_MARKS 3
typedef struct list {
	int64_t rest; /* bound of weight - price of every column not listed; >= 0 */
	/* The same of the entries from list_mark_at() on, less `rest`, in steps of 2^shift. */
	uint16_t mark[LIST_MARKS];
	uint16_t shift : 6, stamp : 10; /* stamp: of the search that asked for it */
	int32_t n;
	uint32_t kind : 2;   /* entry_kind */
	uint32_t asked : 30; /* the k of the scan that filled it */
	uint32_t word[];     /* all columns, then all weights */
} list;

#define LIST_ASKED_MAX ((1u << 30) - 1)
#define LIST_STAMP_MAX ((1u << 10) - 1)
#define LIST_CLASSES   32
typedef struct pool_free {
	struct pool_free *next;
} pool_free;
typedef struct list_pool {
	arena *mem; /* of its own: lists go before the rest does */
	unsigned char *chunk;
	size_t left, chunk_size;
	pool_free *spare[3][LIST_CLASSES];
} list_pool;

/* A pool that ends with `mem` at the latest. */
list_pool *list_pool_start(arena *mem);
/* Frees all lists. */
void list_pool_end(list_pool *p);
/* `like` gives n, asked, stamp and rest of the new list; the offers come best first, at these prices. */
void list_store(list_pool *p, list **slot, const solve_offer *offer, const int64_t *price,
		const list *like);
/* Puts the best first, at prices that have risen. */
void list_sort(list *l, const int64_t *price);
/* Marks stand at an eighth, a quarter and half of the list. */
static inline int32_t list_mark_at(const list *l, int mark)
{
	return mark < LIST_MARKS ? l->n >> (LIST_MARKS - mark) : INT32_MAX;
}
/* What the entries from a mark on are worth at most. */
static inline int64_t list_most(const list *l, int mark)
{
	return l->rest + ((int64_t)l->mark[mark] << l->shift);
}
static inline solve_offer list_get(const list *l, int32_t at)
{
	const uint32_t *weight = &l->word[l->n];
	int64_t x;
	if (l->kind == ENTRY_SHORT)
		x = l->rest + ((const uint16_t *)(const void *)weight)[at];
	else if (l->kind == ENTRY_WORD)
		x = weight[at];
	else
		x = (int64_t)((uint64_t)weight[2 * at + 1] << 32 | weight[2 * at]);
	return (solve_offer){(int32_t)l->word[at], x};
}

/* ---- a source that knows all weights may replace the last phase ---------------------- */
typedef struct engine engine;
typedef struct engine_full {
	void *self;
	/* Seats the rows in e->late; may start all over. */
	void (*paths)(void *self, engine *e);
	/* The most a row can get at the final prices. */
	int64_t (*most)(void *self, const engine *e, int32_t row);
} engine_full;
/* Whether rows * weight_max fits 62 bits; sets the fault if not. */
MUST_USE bool engine_fits(ctx *c, int64_t weight_max, size_t rows);
/* As solve_run; `full` may be NULL. */
MUST_USE bool engine_run(ctx *c, const solve_source *s, const solve_options *o,
			 const engine_full *full, solve_result *out);

/* ---- the engine -------------------------------------------------------------------- */
#define BATCH 128 /* rows scanned against one snapshot of prices */
/* Entries of a row's first list: longer ones save scans, shorter ones memory where there are many rows. */
#define LIST_SHORT 16
#define LIST_LONG  32
#define MANY_ROWS  65536
#define ROW_NONE   (-1)

struct engine {
	ctx *c;
	const solve_source *s;
	const engine_full *full;
	lanes *lanes;
	list_pool *pool;
	list **list;     /* per row; NULL before its first scan */
	int32_t *column; /* per row, or -1 */
	int64_t *held;   /* per seated row: weight of its pair */
	int64_t *walk;   /* auction: price at which a seated row would leave */
	int32_t *next;   /* per seated row: the next one in the same column */
	int32_t *first;  /* per column: a row seated there, or ROW_NONE */
	int32_t *used;   /* per column: seats taken */
	int64_t *price;  /* per column */
	uint16_t stamp;  /* of the search for a path under way; 0: none */
	uint8_t *bids;   /* auction: effort spent on a row */
	uint8_t *served; /* auction: a row has bid from the list it has */
	int32_t *late;   /* rows left for shortest paths */
	int32_t late_n, late_cap;
	int32_t *dirty; /* columns whose price the source does not know yet */
	uint8_t *is_dirty;
	int32_t dirty_n, dirty_cap;
	/* The batch under way. */
	int32_t scan_row[BATCH];
	int64_t scan_floor[BATCH]; /* as in solve_scan */
	solve_scan scan[BATCH];    /* one for all rows of a bidder side by side */
	int32_t scans;
	int32_t scan_as[BATCH]; /* which of scan[] is that of scan_row[i] */
	solve_offer *offer;
	size_t offer_cap;
	struct solve_counts counts;
};

static inline int32_t engine_seats(const engine *e, int32_t column)
{
	return e->s->seats ? e->s->seats[column] : 1;
}
static inline bool engine_free(const engine *e, int32_t column)
{
	return e->used[column] < engine_seats(e, column);
}
/* What a seated row gets: nothing better is to be had at present prices. */
static inline int64_t engine_profit(const engine *e, int32_t row)
{
	return e->held[row] - e->price[e->column[row]];
}
static inline bool engine_same_bidder(const engine *e, int32_t a, int32_t b)
{
	return a == b || (e->s->bidder && e->s->bidder[a] == e->s->bidder[b]);
}
void engine_price_set(engine *e, int32_t column, int64_t price);
/* Tells the source of changed prices. */
void engine_prices_flush(engine *e);
void engine_seat(engine *e, int32_t row, int32_t column, int64_t weight);
void engine_unseat(engine *e, int32_t row);
/*
 * Scans e->scan_row[0..n) down to e->scan_floor[]: first lists, or fresh ones for rows that
 * have one, twice as long where one of this search has proved too short.
 */
void engine_scan(engine *e, int32_t n);

void auction_run(engine *e);
void paths_run(engine *e);
bool unique_find(engine *e, const int64_t *row_profit);

#endif
