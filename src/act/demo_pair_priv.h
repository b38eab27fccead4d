/* demo_pair_priv - pairs for the demonstration. */
#ifndef ACT_DEMO_PAIR_PRIV_H
#define ACT_DEMO_PAIR_PRIV_H

#include "store/store.h"

/*
 * Those of a municipality who are paired become real pairs, from the day they were paired until `end`
 * (ms), in all kinds of health; whoever is left over waits again. Inside store_write; `by` sees them.
 */
bool act_demo_pairs(ctx *c, const actor *by, uint16_t code, int64_t end,
		    rng *chance) MUST_USE;

#endif
