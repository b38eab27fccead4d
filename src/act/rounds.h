/*
 * rounds - what a process keeps of rounds that are open, so that a change is answered at once: their people
 * without names, and what each pair weighs. Stands in ctx.rounds; without it each round is read anew.
 */
#ifndef ACT_ROUNDS_H
#define ACT_ROUNDS_H

#include "base/base.h"

typedef struct act_rounds act_rounds;
/* For all threads. Lives in `mem`; freed when no job of theirs goes on. */
act_rounds *act_rounds_new(arena *mem);
void act_rounds_free(act_rounds *k);
/*
 * Now and then: forgets those nobody has opened for ten minutes, and those of whom somebody was erased.
 * As the program, with a store; FAULT_RESOURCE when that fails.
 */
MUST_USE bool act_rounds_purge(ctx *c, act_rounds *k);

#endif
