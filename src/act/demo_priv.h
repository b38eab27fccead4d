/* demo_priv - what the files of the demonstration share. */
#ifndef ACT_DEMO_PRIV_H
#define ACT_DEMO_PRIV_H

#include "store/store.h"

/* How long ago the rounds of the demonstration were applied: nobody is reminded of them at once. */
enum { DEMO_ROUND_DAYS = 3 };
/*
 * A round of one municipality, applied by this coordinator DEMO_ROUND_DAYS before `end`, and what people
 * have said since: of each kind some. As the verbs of the office do it, inside store_write.
 */
MUST_USE bool demo_round(ctx *c, const actor *coordinator, uint16_t where, int64_t end);
/* An established person with an offer to answer, and one with a buddy; ids none when there is nobody. */
MUST_USE bool demo_offered(ctx *c, id *open, id *paired);

#endif
