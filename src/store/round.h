/*
 * store/round - rounds of matching, what they propose, who is not suggested again.
 *
 * As store.h says of all. A round is seen by staff who see all of its municipalities; a proposal
 * by those who see one of its people, and by these. Within a round people have numbers.
 */
#ifndef STORE_ROUND_H
#define STORE_ROUND_H

#include "store/store.h"

/* ---- rounds ----------------------------------------------------------------------------- */
typedef struct round {
	id id;
	str state; /* "open", "applied", "dropped" */
	id account;
	str by;      /* name of the account that began it */
	int32_t day; /* the reference date of waiting and ages */
	int64_t created, changed, version;
	uint16_t *municipality;
	size_t municipality_n;
	int64_t pairs, total; /* total: sum of the weights of all pairs */
	str result;           /* result.json, what `kompis check` proves; "" in lists */
} round;
typedef struct round_person {
	uint32_t number; /* from 1, by queue date */
	id person;
	int64_t person_version; /* of the person when this was read */
	/* As a clean sheet has them; sealed for the person. */
	str value[FIELD_COUNT];
} round_person;
/* What was decided, and what came of it: append-only. */
typedef struct round_change {
	int64_t n, at;
	id account;
	str by;
	str kind; /* "begin", "lock", "unlock", "forbid", "allow", "leave_out", "take_in", "weights", "people" */
	uint32_t newcomer, established; /* numbers; 0 none */
	int64_t undoes;                 /* the change that this takes back; 0 none */
	str what;                       /* weights as they are from now on */
	str moved; /* "12:3:7,15:0:3": newcomer 12 went from 3 to 7, 15 got 3 */
	int64_t pairs, total; /* afterwards */
	str reason;           /* sealed; erased after 90 days */
} round_change;
/* A round of these people with its first result; r->id and times are set. */
MUST_USE bool store_round_add(ctx *c, round *r, const round_person *p, size_t n,
			      const round_change *first);
MUST_USE bool store_round_get(ctx *c, id round_id, round *out);
/* Those in scope, without result: open ones first, then newest. */
MUST_USE bool store_rounds(ctx *c, round **out, size_t *n);
/* By number; who was erased since is missing. One line in the log. */
MUST_USE bool store_round_people(ctx *c, id round_id, round_person **out, size_t *n);
/* How many of them are still there, without a line in the log; whatever the scope. */
MUST_USE bool store_round_rows(ctx *c, id round_id, int64_t *n);
/* In the order they were made. */
MUST_USE bool store_round_changes(ctx *c, id round_id, round_change **out, size_t *n);
/*
 * One more change, and r->pairs, total, result as they are by it. CONFLICT ("fault.changed") when
 * the round is not open or not of r->version any more; that is one more afterwards. With `p`, its
 * people are these from now on, at r->day.
 */
MUST_USE bool store_round_change(ctx *c, round *r, const round_change *what,
				 const round_person *p, size_t n);
/* To "applied" or "dropped"; CONFLICT as above. Of one that is dropped the people go. */
MUST_USE bool store_round_end(ctx *c, id round_id, int64_t version, str to);

/* ---- who is not suggested again ------------------------------------------------------------- */
typedef struct barred {
	id id, one, other; /* one < other */
	str why;           /* "forbidden", "declined", "ended"; words "s.barred.<why>" */
	int64_t at;
	id account;
} barred;
/* In force; all of these people, or with `who` none all in scope. */
MUST_USE bool store_barred(ctx *c, id who, barred **out, size_t *n);
/* Once for the same two; inside store_write. */
MUST_USE bool store_barred_add(ctx *c, id a, id b, str why);
/* Lifted by who asks; HIDDEN unless both are in scope. */
MUST_USE bool store_barred_lift(ctx *c, id barred_id);

/* ---- proposals --------------------------------------------------------------------------------- */
typedef struct proposal {
	id id, round, account;
	/* "offered", "accepted", "introduced", "declined", "expired", "withdrawn"; "ended": was a pair */
	str state;
	int64_t created, expires, ended, version;
	int64_t weight, fit; /* thousandths of a point */
} proposal;
typedef struct proposal_person {
	id id, proposal, person;
	str side;
	str answer; /* "", "yes", "no"; "ask": has a question first */
	int64_t answered;
	id account; /* who noted it for someone who phones */
	str why;    /* of a no: a code; words "p.offer.why.<why>" */
	str note;   /* sealed, for the office; erased after 90 days */
} proposal_person;
/* Offered to these people; ids and times but `expires` are set. Inside store_write. */
MUST_USE bool store_proposal_add(ctx *c, proposal *p, proposal_person *who, size_t n);
MUST_USE bool store_proposal_get(ctx *c, id proposal_id, proposal *out,
				 proposal_person **who, size_t *n);
/* Of a state ("" all), or of a person, newest first. */
MUST_USE bool store_proposals(ctx *c, str in_state, id person_or_none, proposal **out,
			      size_t *n);
/* Notes an answer: of `who`, who must be one of them and the actor or in scope; inside store_write. */
MUST_USE bool store_proposal_answer(ctx *c, const proposal_person *who);
/*
 * What one of them was written when they were introduced, sealed for her: names and contact of the
 * others stand in it, so it is erased with any of them, and after 90 days. Set inside store_write.
 * Read by herself, or by staff with CONTACT_READ in scope, with a line in the log; "" for none.
 */
MUST_USE bool store_proposal_letter_set(ctx *c, const proposal_person *who, str letter);
MUST_USE bool store_proposal_letter(ctx *c, const proposal_person *who, str *out);
/* Takes it to another state; CONFLICT when it is not of this version. */
MUST_USE bool store_proposal_state(ctx *c, proposal *p, str to);
/* How many seats of each person are taken by proposals that are offered or accepted, and by pairs. */
typedef struct seats_taken {
	id person;
	int64_t offers, pairs;
} seats_taken;
MUST_USE bool store_seats_taken(ctx *c, seats_taken **out, size_t *n);

#endif
