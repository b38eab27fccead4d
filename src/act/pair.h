/*
 * act/pair - two who were introduced, until half a year is over: asked how it goes, helped when it thins
 * out, and asked afterwards whether they want another buddy. As act.h says of all.
 *
 * When they are asked and how they are is reckoned in model/pair.h.
 */
#ifndef ACT_PAIR_H
#define ACT_PAIR_H

#include "store/pair.h"

/* ---- a pair's way ------------------------------------------------------------------------ */
/*
 * The people of a proposal that is "introduced" become a pair, from today; inside store_write of what
 * introduces them. RIGHT_MATCH. CONFLICT when it is not introduced, or has a pair.
 */
MUST_USE bool act_pair_begin(ctx *c, id proposal_id);

typedef struct act_pair_step {
	id pair;
	int64_t version; /* as it was when the page was made */
	str verb;        /* "pause", "resume", "complete", "end", "never_met" */
	str why;         /* of model_pair_why; "pause", "end" and "never_met" need one */
} act_pair_step;
/* What the office may do by hand, in the order it is offered; at most ACT_PAIR_VERBS. */
#define ACT_PAIR_VERBS 5
size_t act_pair_verbs(const pair *p, const char *out[ACT_PAIR_VERBS]);
/*
 * By hand, and the last of these taken back within a day; inside store_write. RIGHT_MATCH. An end frees
 * the seats, and the two are not suggested to each other again; who never met waits again with the
 * queue date of before, the others are asked after a day or more whether they want another buddy.
 * INPUT "s.error.why" without a reason; CONFLICT "fault.changed" when somebody was first, or when what was
 * freed is taken by now.
 */
MUST_USE bool act_pair_step_do(ctx *c, const act_pair_step *s);
MUST_USE bool act_pair_undo(ctx *c, id pair_id, int64_t version);
bool act_pair_may_undo(const ctx *c, const pair_change *change, size_t n);

/* ---- how it goes -------------------------------------------------------------------------------- */
/* What is said at once; what is "" stays as it was said before. */
typedef struct act_word {
	str contact; /* "met", "contact" (but not met), "none" */
	str place;   /* after "met": "person", "video", "phone" */
	str feeling; /* "fine", "wrong": that is an incident, for those with RIGHT_INCIDENT */
	str text; /* what is wrong */
} act_word;
/*
 * By the link of a message; inside store_write. The link is good until the next one is sent, so that
 * more can be said, or said again. HIDDEN for a link that is none, CONFLICT "p.checkin.over" for an old one.
 * Short links have a budget per address. INPUT "p.error.choose".
 */
MUST_USE bool act_checkin_answer(ctx *c, str secret, str address, const act_word *w);
/* Noted by staff for somebody who phones: the check-in she was asked last, or today's. RIGHT_MATCH; feeling and text want RIGHT_INCIDENT. */
MUST_USE bool act_checkin_note(ctx *c, id pair_id, id person_id, const act_word *w);
/* An incident is looked after, or after all not. RIGHT_INCIDENT, in scope; CONFLICT when somebody was first. */
MUST_USE bool act_incident_close(ctx *c, id incident_id, int64_t version, bool closed);

/* ---- afterwards ------------------------------------------------------------------------------------ */
/* "Another buddy?", by the link of a message, which is used up. Yes: waits again; no: it is over for her. */
MUST_USE bool act_again_answer(ctx *c, str secret, str address, bool yes);

/* ---- one's own ----------------------------------------------------------------------------------------- */
typedef struct act_own_pair {
	bool checkin, again; /* she was asked, and may answer now */
	id at;               /* the check-in, or her row of the pair */
} act_own_pair;
/* Of the participant who asks. */
MUST_USE bool act_pair_own(ctx *c, act_own_pair *out);
/* A link as in the message, to answer what she was asked; inside store_write. HIDDEN when there is nothing. */
MUST_USE bool act_pair_own_link(ctx *c, bool *again, str *secret);

/* How long those had waited who got a buddy in the last half year on her side. Empty (n 0) of too few. */
MUST_USE bool act_wait_estimate(ctx *c, str side, waited_marks *out);

#endif
