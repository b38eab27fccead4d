/* match: a table under some terms, as what is solved again. Private to the room. */
#ifndef MATCH_AGAIN_PRIV_H
#define MATCH_AGAIN_PRIV_H

#include "match/propose.h"

typedef struct again_case {
	const match_table *m;
	proposing q;
	/* Lines of the table; copies where a pair is forbidden. Rows locked or left out: NULL. */
	const int32_t **row, **across;
	solve_table table; /* rows: newcomer units; seats are q.seats */
} again_case;

/*
 * Lays the terms over a table. `out`, of proposing_result, gets its bonus and its locked pairs.
 * Lives in c->mem. Faults: those of match_solve.
 */
MUST_USE bool again_open(ctx *c, const match_table *m, const terms *t, again_case *k,
			 match_result *out);
/* Where a result before lets it begin; NULL: there is none. */
solve_start again_start(const again_case *k, const match_result *before);

#endif
