/*
 * act/offer - what a round proposes, as the two it is about meet it: yes, no, or a question first.
 *
 * Neither learns who the other is until both have said yes and the office has introduced them
 * (TRUST.md §1.3). As act.h says of all.
 */
#ifndef ACT_OFFER_H
#define ACT_OFFER_H

#include "store/round.h"

/* What may be said of the other before both said yes; coded values, "" where there is nothing to say. */
typedef struct act_stranger {
	int age_from, age_to; /* a band of ten years; 0: not known */
	str municipality, life;
	str interests, languages; /* what the two have in common */
	str gender;               /* where the viewer's own must is about it */
	bool video;               /* they would meet by video */
} act_stranger;
typedef struct act_offer {
	proposal proposal;
	proposal_person who; /* the one who looks */
	person self;
	act_stranger *other; /* one, or a household */
	size_t n;
	bool open; /* may still be answered */
} act_offer;
/* By the link in a message; looks only. Short links have a budget per address. */
MUST_USE bool act_offer_show(ctx *c, str secret, str address, act_offer *out);
/* The open offers of the participant who asks, newest first. */
MUST_USE bool act_offers_own(ctx *c, act_offer **out, size_t *n);

typedef struct act_answer {
	str answer; /* "yes", "no", "ask" */
	str why;    /* of a no: "time", "distance", "wish", "other", "" */
	str note;   /* for the office only */
} act_answer;
/*
 * By the link, which is used up by yes or no; inside store_write. A household answers as one. After
 * the last yes the office introduces them; a no puts everyone back with the queue date they had, and
 * these two are not suggested to each other again. CONFLICT "p.offer.over" when it is not open.
 */
MUST_USE bool act_offer_answer(ctx *c, str secret, str address, const act_answer *a);
/* The same, by who is logged in. */
MUST_USE bool act_offer_own(ctx *c, id proposal_id, const act_answer *a);
/* Noted by staff for somebody who phones. RIGHT_MATCH. */
MUST_USE bool act_offer_note(ctx *c, id proposal_id, id person_id, const act_answer *a);
/* Taken back by the office before both said yes: everyone is put back. RIGHT_MATCH. */
MUST_USE bool act_offer_withdraw(ctx *c, id proposal_id, int64_t version);

#endif
