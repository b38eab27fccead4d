/*
 * match/again - a matching round: somebody changes a little, and the best pairs are there again.
 *
 * A coordinator locks a pair, forbids one, leaves somebody out, takes it back. Each time the
 * pool is solved again from the solution before: exactly, with its proof, and in milliseconds,
 * since nothing but a few shortest paths has to be looked for (solve_again). For this the
 * weights of all pairs are kept in a table, so it is for pools of at most
 * MATCH_CASE_PAIRS_MAX; larger ones are solved anew by match_solve.
 *
 * Pure and single-threaded; a table may be read by several threads at once. What is returned
 * lives in the ctx's mem. Points are thousandths of a point of fit, as in match/explain.h.
 */
#ifndef MATCH_AGAIN_H
#define MATCH_AGAIN_H

#include "match/match.h"

#define MATCH_NOBODY UINT32_MAX

/* ---- the table ------------------------------------------------------------------------ */
/* Above so many pairs of units no table is kept, which takes 40 MB: exact figures become bounds. */
#define MATCH_CASE_PAIRS_MAX 5000000u
/* The weight of a pair that a hard rule forbids; match_look says which, and what it would be. */
#define MATCH_BARRED INT32_MIN

/*
 * What each pair of units weighs, under the criteria of some terms. Whom the terms lock, forbid
 * or leave out does not matter to it: a round forms one for the pool of all, with nobody left
 * out, and keeps it until people or criteria change.
 */
typedef struct match_table {
	const pool *pool;
	terms terms;     /* weights, waiting, reserve and date; names nobody */
	int32_t *weight; /* newcomers x established: without bonus, or MATCH_BARRED */
	int32_t *across; /* established x newcomers: the same */
	const struct whereabouts *who; /* where an id is */
	size_t who_n;
	int64_t weight_max; /* no pair can weigh more */
} match_table;

/* Few enough pairs, and no weight past 32 bits (it takes a wait of thousands of years). */
bool match_table_fits(const pool *p, const terms *t);
/*
 * The table of a pool that fits; keeps `p` by reference. Faults: USAGE for a SIMD level that is
 * not there; INPUT for terms outside their bounds.
 */
MUST_USE bool match_table_form(ctx *c, const pool *p, const terms *t, match_simd simd,
			       match_table *out);

/* ---- solving again ----------------------------------------------------------------------- */

/*
 * The best matching under `t`: other locks, other forbidden pairs, others left out, most_pairs
 * or not. Criteria, waiting, reserve and date must be those of the table. `before` is where to
 * begin: a result of this pool under any terms or criteria, one that match_result_carry has
 * brought here, or NULL. It matters to the time, and to which of several best matchings is found.
 *
 * The result is as match_solve's, but `unique` stays false and nothing was scanned. The faults
 * are the same. Units are those of the table's pool.
 *
 * A unit of which somebody is left out takes no part as a whole: a household does not get
 * somebody while one of them is kept back. model_pool_form, so match_solve and the checker, leave
 * out that person only and take the others as a unit: match_leave_out_whole makes terms that
 * mean the same to all of them.
 */
MUST_USE bool match_solve_again(ctx *c, const match_table *m, const terms *t,
				const match_result *before, match_result *out);
/* The same terms with everybody left out of whose unit somebody is. Lives in `mem`. */
terms match_leave_out_whole(arena *mem, const match_table *m, const terms *t);

/*
 * A result in terms of another pool, when somebody came, went or was left out: units are known
 * again by their ids. Good as a `before` only: nothing is proven, who is new has price or profit
 * -1, and pairs of which one is gone are not there. Lives in `mem`.
 */
void match_result_carry(arena *mem, const match_result *r, const pool *from,
			const pool *to, match_result *out);

/* ---- what a change did ------------------------------------------------------------------- */
typedef enum match_change_kind {
	CHANGE_PAIRED, /* has somebody, and gave nobody up */
	CHANGE_LOST,   /* lost somebody, and got nobody */
	CHANGE_OTHER,  /* somebody else */
} match_change_kind;
typedef struct match_change {
	match_change_kind kind;
	uint8_t side; /* SIDE_x */
	uint32_t unit;
	uint32_t had, has; /* units of the other side; MATCH_NOBODY */
} match_change;
typedef struct match_difference {
	/*
	 * Newcomers, then established, by unit. An established unit with several seats stands here
	 * once for each partner lost or got.
	 */
	match_change *change;
	size_t changes;
	/* What all pairs, locked ones too, weigh more than before, and how many more there are. */
	int64_t points, pairs;
} match_difference;
/* Both are results of this pool. Lives in `mem`. */
void match_result_compare(arena *mem, const pool *p, const match_result *before,
			  const match_result *now, match_difference *out);

/* ---- the next best partners ---------------------------------------------------------------- */
typedef struct match_next {
	uint32_t partner; /* unit of the other side */
	int64_t weight;   /* of that pair, without the bonus */
	/*
	 * What is lost over all if the two are locked together, exactly: `cost` with the bonus, which
	 * is points_lost and pairs_lost times the bonus. Never below 0.
	 */
	int64_t cost, points_lost, pairs_lost;
} match_next;
/*
 * The `most` cheapest partners of one unit beside those it has, cheapest first: eligible pairs
 * only, and nobody whose seats are all locked. Nothing for a unit that is left out or locked.
 * `now` is the result under `t`; of `m` and `t` the same is asked as by match_solve_again, and
 * the faults are the same. Method: u + v - w is proven to be lost at least (docs/matching.md);
 * candidates are solved again in that order until the next cannot be among the cheapest.
 */
MUST_USE bool match_next_best(ctx *c, const match_table *m, const terms *t,
			      const match_result *now, uint8_t side, uint32_t unit,
			      size_t most, match_next **out, size_t *n);

#endif
