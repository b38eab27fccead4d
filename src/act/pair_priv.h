/* pair_priv - what the files about pairs share. */
#ifndef ACT_PAIR_PRIV_H
#define ACT_PAIR_PRIV_H

#include "act/act_priv.h"
#include "act/pair.h"

/*
 * How two buddies are by what they said, and how far they have come; tasks for the office when that got
 * worse. `spoken`: somebody has just answered. As the program, inside store_write.
 */
bool act_pair_look(ctx *c, pair *p, bool spoken) MUST_USE;
/* By itself: to an end, and what follows of it. As the program, inside store_write. */
bool act_pair_end(ctx *c, pair *p, pair_state to, str why) MUST_USE;
/* Something for the office to do about a pair; about `who`, or with none the first of its people. */
bool act_pair_task(ctx *c, const pair *p, id who, const char *kind) MUST_USE;
/* Whether somebody has a buddy beside this pair. As the program. */
bool act_pair_has_other(ctx *c, id who, id but, bool *other) MUST_USE;
/* From having a buddy to waiting for one, or to another offer that is open. As the program. */
bool act_pair_put_back(ctx *c, id who) MUST_USE;
/* Said by the one it asks, by a link. As the program, inside store_write. */
bool act_checkin_say(ctx *c, id checkin_id, const act_word *w) MUST_USE;
/* Whether somebody wants another buddy is settled, and she goes where that leads. The same. */
bool act_again_decide(ctx *c, pair_person *who, bool yes) MUST_USE;

#endif
