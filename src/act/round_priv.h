/* round_priv - what the files about rounds share. */
#ifndef ACT_ROUND_PRIV_H
#define ACT_ROUND_PRIV_H

#include "act/act_priv.h"
#include "act/round.h"
#include "act/rounds.h"

#define ROUND_FILE S("people.csv")

/* Sheet and people of r->who. */
bool act_round_form_people(ctx *c, act_round *r) MUST_USE;

/* ---- solving ---------------------------------------------------------------------------- */
/* From nothing; r->result and what is kept of it are set. */
bool act_round_solve(ctx *c, act_round *r) MUST_USE;
/* From the optimum of `before`, with the table that is at hand or is made now; from nothing where there is none. */
bool act_round_solve_again(ctx *c, const act_round *before, act_round *r) MUST_USE;
/* r->result as it was kept, over the people there are. */
bool act_round_read_result(ctx *c, act_round *r) MUST_USE;
/* Whom going from one to the other gives another buddy: "12:3:7,15:0:3" by numbers. */
str act_round_moves(arena *mem, const act_round *before, const act_round *after);

/* ---- at hand: rounds.c --------------------------------------------------------------------- */
/* r->who, sheet and people of r->round, as they are after the change that read them; inside store_read. */
bool act_rounds_people(ctx *c, act_round *r) MUST_USE;
/*
 * The table of all of r's people under the criteria of r->terms, of nobody left out, for as long as c->mem
 * lives; NULL where there is none: too many people, or no place to keep it.
 */
bool act_rounds_table(ctx *c, const act_round *r, const match_table **out) MUST_USE;

#endif
