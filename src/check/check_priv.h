/*
 * check, inside the room: the parser of results, the rules and scores of two people,
 * and the sweep over all pairs.
 */
#ifndef CHECK_PRIV_H
#define CHECK_PRIV_H

#include "check/check.h"

/* ---- json.c: a pull parser over bytes in memory (RFC 8259), no tree --------------- */
enum { JSON_DEPTH = 32 };
typedef struct check_json {
	ctx *c;
	str file;
	const char *s;
	size_t n, at;
	int depth;
} check_json;
/* The keys of one open object, so that a repeated one is refused. */
typedef struct check_object {
	struct check_key {
		str name;
		size_t at;
	} * key;
	size_t n, cap;
} check_object;

/* Sets the fault with line and column of byte `at`. */
bool check_json_fail(const check_json *j, size_t at, const char *key, str arg);
MUST_USE bool check_json_open(check_json *j, char bracket);
/* Moves to the next member; *more is false after the closing brace. */
MUST_USE bool check_json_key(check_json *j, check_object *o, str *key, bool *more);
/* Moves to the next element; *more is false after the closing bracket. */
MUST_USE bool check_json_element(check_json *j, bool first, bool *more);
MUST_USE bool check_json_string(check_json *j, str *out);
/* An integer in [min, max], written without fraction or exponent. */
MUST_USE bool check_json_int(check_json *j, int64_t min, int64_t max, int64_t *out);
MUST_USE bool check_json_bool(check_json *j, bool *out);
/* Any value, thrown away, but well-formed. */
MUST_USE bool check_json_skip(check_json *j);
MUST_USE bool check_json_end(check_json *j);
/*
 * At most this many elements, of at least `shortest` bytes each, stand in the array that
 * was just opened: memory can be had once and not by doubling.
 */
size_t check_json_count(const check_json *j, size_t shortest);

/* ---- pair.c: the definition, word by word from docs/matching.md ------------------- */
typedef enum check_rule {
	CHECK_RULE_NONE,
	CHECK_RULE_MEETS,
	CHECK_RULE_DISTANCE,
	CHECK_RULE_GENDER,
	CHECK_RULE_AGE,
	CHECK_RULE_FAMILY,
	CHECK_RULE_LANGUAGE,
	CHECK_RULE_OCCUPATION,
	CHECK_RULE_NEVER,
} check_rule;
/* The first hard rule that forbids two people, the lists of never and forbidden aside. */
check_rule check_people_rule(const profile *a, const profile *b, int32_t year);
int32_t check_people_score(criterion_id c, const profile *a, const profile *b,
			   int32_t year);
int64_t check_people_weight(const profile *a, const profile *b, const terms *t,
			    int32_t year);
int64_t check_people_waiting(const profile *p, const terms *t);
/* The factor of SHARE for a set of n things: about 4096 / sqrt(n); 0 for none. */
int32_t check_share_factor(int n);
/* 32 birth years of children from (year - 31) on, as bits. */
uint32_t check_child_years(uint64_t children, int32_t year);

/* ---- the market: what prices are proven over -------------------------------------- */
/* Two units that never and forbidden lists keep apart, by index. */
typedef struct check_exception {
	uint32_t newcomer, established;
} check_exception;
#define CHECK_PRICE_MAX (INT64_C(1) << 61) /* so that no sum of three passes 2^63 */
typedef struct check_market {
	const pool *pool;
	const terms *terms;
	int32_t year;            /* of the reference date */
	int32_t *seats_newcomer; /* left after the locked pairs */
	int32_t *seats_established;
	int64_t *price;             /* per established unit, 0 .. CHECK_PRICE_MAX */
	int64_t bonus;              /* 0 .. CHECK_PRICE_MAX */
	check_exception *exception; /* ascending, no doubles */
	size_t exceptions;
} check_market;
/* Hard rules over all members of two units, the lists included. */
check_rule check_units_rule(const check_market *m, uint32_t newcomer,
			    uint32_t established);
/* The weight of two units, without bonus and without looking at rules. */
int64_t check_units_weight(const check_market *m, uint32_t newcomer,
			   uint32_t established);
static inline const profile *check_member(const pool *p, const unit *u, uint32_t k)
{
	return &p->people->profile[p->member[u->first + k]];
}

/* ---- sweep.c: u_i over everyone ---------------------------------------------------- */
typedef enum check_level {
	CHECK_LEVEL_BEST,
	CHECK_LEVEL_PLAIN,
	CHECK_LEVEL_AVX2
} check_level;
typedef struct check_sweep_options {
	int threads;        /* 1 .. CHECK_THREADS_MAX */
	bool no_grid;       /* look at every pair, also those too far apart */
	bool by_definition; /* score with pair.c, one pair at a time */
	check_level level;  /* code made for which processor; same numbers */
} check_sweep_options;
enum { CHECK_THREADS_MAX = 64 };
typedef struct check_sweep_result {
	int64_t weight_max; /* with most_pairs: greatest weight of an eligible pair, without bonus */
	uint64_t scored; /* pairs of people */
} check_sweep_result;
/*
 * u[i] comes in as a value that some eligible partner gives (or 0) and goes out as
 * max(0, max over all eligible j of w_ij + bonus - v_j). Newcomers without a seat left
 * keep what they came with. Reports progress ("progress.checking").
 */
void check_sweep(ctx *c, const check_market *m, const check_sweep_options *o, int64_t *u,
		 check_sweep_result *out);

/* ---- kernel.c: one person against a run of people in columns ------------------------- */
enum {
	CHECK_LANES = 16, /* runs are scored in whole groups of this many */
	CHECK_CHUNK =
		512,      /* people scored at a time; what they need stays in the cache */
	CHECK_BLOCK = 64, /* one bit of check_filter's answer */
	CHECK_REACH = 1023, /* greatest reach of a falling score */
	CHECK_NEAREST = 8,  /* greatest reach of NEAREST */
};
enum check_set { SET_LANGUAGES, SET_INTERESTS, SET_TIMES, SET_APPS, CHECK_SETS };
enum check_pick { PICK_GENDER, PICK_OCCUPATION, CHECK_PICKS };

/* People of one side in columns, CHECK_CHUNK more than `n` allocated. Unknown sets are 0. */
typedef struct check_columns {
	size_t n;
	int16_t *x, *y, *z;
	int16_t *birth;  /* CHECK_NO_YEAR when unknown */
	uint32_t *child; /* check_child_years */
	uint32_t *low[CHECK_SETS],
		*high[CHECK_SETS];  /* high: NULL for sets of up to 32 */
	int16_t *share[CHECK_SETS]; /* check_share_factor */
	uint8_t *life, *wish, *pick[CHECK_PICKS];
	int32_t *waiting;
	int64_t *price; /* of the unit */
	uint32_t *unit;
} check_columns;
#define CHECK_NO_YEAR (-20000)
/* Squares of distances fit 32 bits within this; an unknown position lies at x = CHECK_NOWHERE. */
#define CHECK_COORDINATE_MAX 10000
#define CHECK_NOWHERE        30000

/* The same of one person. */
typedef struct check_row {
	int32_t x, y, z, birth;
	bool placed;
	uint32_t within[CHECK_NEAREST]; /* years at most d from a child's year */
	uint32_t low[CHECK_SETS], high[CHECK_SETS];
	int32_t share[CHECK_SETS];
	uint8_t life, wish, pick[CHECK_PICKS];
} check_row;

/* Criteria that compare alike are one pass: base always, `add` for pairs with the wish. */
typedef struct check_pass {
	criterion_kind kind;
	int slot; /* which set or pick */
	int32_t reach,
		magic; /* t * magic >> 20 == 1000 * t / reach for 0 <= t <= reach */
	int32_t base, add;
	uint8_t wish; /* bit, 0 = none */
	int32_t step[CHECK_NEAREST];
} check_pass;
typedef struct check_plan {
	check_pass pass[CRITERIA_COUNT];
	int n;
	int32_t year;
} check_plan;
/* False when the criteria or weights are beyond what the kernels are proven for. */
bool check_plan_make(const terms *t, int32_t year, check_plan *out);
void check_row_fill(const profile *p, const check_plan *plan, check_row *out);
void check_columns_alloc(arena *mem, size_t n, check_columns *out);
void check_columns_set(check_columns *c, size_t at, const profile *p, const terms *t,
		       int32_t year);

/* What is known of all people of a run: where they live (one point, many, or unknown). */
typedef struct check_spot {
	bool placed, point;
	uint8_t wish; /* wishes that may occur */
	int32_t x, y, z;
} check_spot;
/* sum[k] += what the criteria give `r` with person at + k, k < n rounded up to CHECK_LANES. */
typedef void check_score_fn(const check_plan *plan, const check_columns *c, size_t at,
			    size_t n, const check_row *r, const check_spot *spot,
			    int32_t *restrict sum);
/* Bit k / CHECK_BLOCK is set when sum + waiting - price > limit for some person k < n. */
typedef uint32_t check_filter_fn(const check_columns *c, size_t at, size_t n,
				 const int32_t *sum, int64_t limit);
check_score_fn check_score_plain, check_score_avx2;
check_filter_fn check_filter_plain, check_filter_avx2;

/* The same as two kernels of one processor. */
typedef struct check_kernels {
	check_score_fn *score;
	check_filter_fn *filter;
} check_kernels;

/* ---- grid.c: units of one side by where they live ------------------------------------ */
/*
 * A span holds units that are looked up alike: alone or households, by video only or
 * not, and in cells of many people also without any wish or not. What counts is a unit's first member: a rule broken by one member is broken by
 * the unit. Within a span the most far-reaching come first.
 */
enum { CHECK_HOUSEHOLD = 1, CHECK_VIDEO = 2, CHECK_WISHLESS = 4, CHECK_SPANS = 8 };
typedef struct check_span {
	uint32_t first, n; /* entries of the grid */
} check_span;
typedef struct check_cell {
	check_spot spot;
	int16_t low[3], high[3]; /* all first members lie within */
	check_span span[CHECK_SPANS];
} check_cell;
typedef struct check_grid {
	check_cell *cell;
	size_t cells;
	uint32_t *unit; /* per entry */
	int64_t *reach; /* per entry: its limit squared, in grid units; CHECK_NO_LIMIT */
	size_t entries;
} check_grid;
#define CHECK_NO_LIMIT INT64_MAX
/* Units with a seat left. */
void check_grid_make(arena *mem, const pool *p, const unit *u, size_t n,
		     const int32_t *seats, check_grid *out);
/* Least squared distance between two boxes (a point is a box too). */
int64_t check_box_gap(const int16_t *low, const int16_t *high, const int16_t *low2,
		      const int16_t *high2);
/* How many of a span's entries reach at least this far. */
uint32_t check_span_reaching(const check_grid *g, const check_span *s, int64_t squared);

/* a / b towards minus infinity, b > 0. */
static inline int64_t check_floor_div(int64_t a, int64_t b)
{
	int64_t q = a / b;
	return q - (a % b < 0);
}

#endif
