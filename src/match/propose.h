/*
 * match: what the terms say of people by name, in units of a pool: who is locked, who forbidden.
 * Private to the room.
 */
#ifndef MATCH_PROPOSE_H
#define MATCH_PROPOSE_H

#include "match/source.h"

/* Where an id is: which unit, on which side. */
typedef struct whereabouts {
	uint32_t id, unit;
	bool established;
} whereabouts;
/* All people of the pool's units, by id; for whereabouts_of. */
const whereabouts *whereabouts_list(arena *mem, const pool *p, size_t *n);
const whereabouts *whereabouts_of(const whereabouts *who, size_t n, uint32_t id);

typedef struct proposing {
	ctx *c;
	const pool *p;
	const terms *t;
	const whereabouts *who; /* by id; NULL when nobody is named */
	size_t who_n;
	const bool *apart[2]; /* as is_apart reads it */
	exception *except;    /* newcomer unit, established unit; sorted */
	size_t except_n;
	bool *paired;   /* per newcomer unit: locked */
	int32_t *seats; /* per established unit: those not locked */
} proposing;

/* Whether weights, waiting and reserve are within their bounds. */
bool terms_hold(const terms *t);
/* A result with its arrays, whatever is in them, in `mem`. */
void proposing_result(arena *mem, const pool *p, match_result *out);
/*
 * Checks the terms and reads whom they name. What is given: all but except, paired and seats.
 * `never`: the pairs that the sheet rules out are exceptions, too. Writes the bonus and the
 * locked pairs of `out`. Faults: INPUT, as match_solve has them.
 */
MUST_USE bool proposing_read(proposing *q, bool never, match_result *out);
/* The sums, when all pairs are there; puts these in order. */
void proposing_tell(const solve_result *r, match_result *out);

#endif
