/* demo - the demonstration: an invented Norrbotten programme with a history. */
#ifndef ACT_DEMO_H
#define ACT_DEMO_H

#include "sheet/sheet.h"
#include "store/store.h"

/*
 * Fills an empty installation: the programme in its month 14 of 17, staff of every role, and the
 * people of the sheet in all states, their dates between its first day and now. The same
 * seed gives the same, as many days ago. One transaction. Fault CONFLICT ("demo.not_empty") when
 * there is anybody already.
 */
MUST_USE bool act_demo_fill(ctx *c, const sheet *s, uint64_t seed);

/* One way in, for the page that lists them. */
typedef struct act_demo_door {
	const char *who; /* locale key "demo.<role>" */
	str secret; /* of a link "/sv/demo/<secret>", good for 30 days, as often as one likes */
} act_demo_door;
/*
 * A door for each role of staff, one for somebody who has a buddy, one for a newcomer who waits and one
 * for an established person with an offer to answer.
 */
MUST_USE bool act_demo_doors(ctx *c, act_demo_door **out, size_t *n);
/* Through that door: a session with everything given. */
MUST_USE bool act_demo_enter(ctx *c, str secret, str device, session *s, str *cookie);

#endif
