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
/* By the link in a message; looks only. Short links have a budget of wrong guesses: not inside store_read. */
MUST_USE bool act_offer_show(ctx *c, str secret, str address, act_offer *out);
/* The open offers of the participant who asks, newest first. */
MUST_USE bool act_offers_own(ctx *c, act_offer **out, size_t *n);

/* One of these, open or not; HIDDEN when it is not hers. */
MUST_USE bool act_offer_look(ctx *c, id proposal_id, act_offer *out);

typedef struct act_answer {
	str answer; /* "yes", "no", "ask" */
	str why;    /* of a no: one of act_offer_why, or "" */
	str note;   /* for the office only */
} act_answer;
#define ACT_OFFER_WHYS 4
extern const char *const act_offer_why[ACT_OFFER_WHYS]; /* words "p.offer.why.<why>" */
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
/* These two may be suggested to each other again. RIGHT_MATCH; HIDDEN unless the bar is hers and both are in scope. */
MUST_USE bool act_barred_lift(ctx *c, id person_id, id barred_id);

/* ---- the introduction ------------------------------------------------------------------------- */
/* What one of them is written: the only place where contact goes from one to the other. */
typedef struct act_letter {
	id person;
	str name; /* what she is called */
	str lang; /* the tag of what she is written to in */
	str to; /* an address, a number, which gets a link to the text, or "": somebody has to phone */
	str text; /* what is proposed; once they are introduced, what was sent */
	str help; /* the same in the reader's language; "" when it is that */
} act_letter;
typedef struct act_introduction {
	proposal proposal;
	act_letter *letter;
	size_t n;
	meeting_place *place; /* open ones where they live */
	size_t place_n;
	str chosen; /* "", "video", or the id of a place */
} act_introduction;
/*
 * For whoever may introduce them: RIGHT_MATCH and CONTACT_READ, all in scope; a line in the log for each.
 * `where` as `chosen`, or with s == NULL what suits them. Also of one that is introduced already; CONFLICT
 * "fault.changed" of others, and as act_introduce.
 */
MUST_USE bool act_introduce_preview(ctx *c, id proposal_id, str where, str help_lang,
				    act_introduction *out);
/*
 * Tells each of them who the other is, in a message of its own; inside store_write. They are a pair from
 * then on. CONFLICT "fault.changed" when the proposal is not accepted any more or not of this version,
 * "s.introduce.leaving", "s.introduce.consent", "s.introduce.state" when one of them cannot be
 * introduced; INPUT "s.introduce.text" when a text is missing.
 */
MUST_USE bool act_introduce(ctx *c, id proposal_id, int64_t version,
			    const act_letter *letter, size_t n, str origin);

/* A buddy, as the other of a pair sees her. */
typedef struct act_buddy {
	str name, phone, email; /* phone: digits to dial in Sweden */
} act_buddy;
typedef struct act_pair {
	proposal proposal;
	act_buddy *other;
	size_t n;
	str letter; /* what was written to her then; "" when it is erased */
} act_pair;
/* Of the participant who asks: those introduced to her, while both are a pair. */
MUST_USE bool act_pairs_own(ctx *c, act_pair **out, size_t *n);

#endif
