/*
 * act/round - a round of matching, from who waits to what is offered.
 *
 * Nothing of it is true for anyone but the office until act_round_apply. Each change is solved
 * again at once, to proven optimality, and kept with what it moved and what it cost.
 * Takes a ctx with a store and c->today; RIGHT_MATCH. What is returned lives in c->mem.
 */
#ifndef ACT_ROUND_H
#define ACT_ROUND_H

#include "check/check.h"
#include "match/match.h"
#include "sheet/sheet.h"
#include "store/round.h"

/* ---- people as a sheet ---------------------------------------------------------------------- */
/*
 * Stored people (all values opened) as rows of a sheet, with these numbers, or NULL: from 1 in their
 * order. Canonical text, those never to meet named by number; `b`: more of these.
 */
round_person *act_people_rows(arena *mem, const people_list *all, const uint32_t *number,
			      const barred *b, size_t n);
/* Rows as a clean sheet: quoted (RFC 4180), with headings. */
str act_rows_sheet(arena *mem, const round_person *row, size_t n);

/*
 * Whether state lets somebody be suggested: a newcomer who waits; an established person who waits, or has
 * a buddy or an offer and room for more. After the end of a pair she is asked first whether she wants another.
 */
bool act_is_available(const person *p, const seats_taken *t);
/* For how many more this one can be suggested, as far as state, capacity and offers go; 0 or less: none. */
int64_t act_seats_left(const person *p, const seats_taken *t);

/* ---- a round ----------------------------------------------------------------------------------- */
typedef struct act_round {
	round round;
	round_person *who; /* by number; those erased since are missing */
	size_t n;
	round_change *change; /* the oldest first */
	size_t changes;
	str sheet;      /* what the people were read from: people.csv of an export */
	people *people; /* people->profile[i] is who[i] */
	terms terms;
	pool pool; /* under these terms */
	match_result result;
	str result_json; /* of exactly these people */
	bool stale; /* somebody was erased: it is to be solved again before it is applied */
} act_round;

/* Everyone who can be matched in these municipalities, solved with the weights of the last round. */
MUST_USE bool act_round_begin(ctx *c, const uint16_t *code, size_t n, id *out);
MUST_USE bool act_round_open(ctx *c, id round_id, act_round *out);
/* Index in who[] of a number; n when she is not there. */
size_t act_round_find(const act_round *r, uint32_t number);
/*
 * For pages: from here on reasons call who[i] by name. It is in none of what is kept, and changes the
 * digest of r->people.
 */
void act_round_name(arena *mem, act_round *r, size_t i, const person *p);
/* The present change: the newest that is not taken back, nor takes back; NULL for none. */
const round_change *act_round_undoable(const act_round *r);

typedef struct act_change {
	const char *kind; /* as round_change.kind, but "begin" */
	uint32_t newcomer,
		established; /* numbers; to leave out and take in, one of them */
	const terms *terms;  /* "weights": weight, waiting, reserve, most_pairs */
	str reason;          /* "forbid" needs one */
	int64_t version;     /* 0, or CONFLICT when the round has changed since */
} act_change;
/*
 * One change, solved again. Its own transaction: when somebody else was first it is tried on what
 * they made. "people" reads again who waits, today. INPUT with what is wrong: a rule that forbids
 * the pair, a seat that is taken, a reason that is missing. What is so already changes nothing.
 */
MUST_USE bool act_round_change(ctx *c, id round_id, const act_change *what);
/* Takes back the newest change not taken back. CONFLICT when the round has changed since `version`. */
MUST_USE bool act_round_undo(ctx *c, id round_id, int64_t version);
MUST_USE bool act_round_drop(ctx *c, id round_id, int64_t version);

/* Proves the result anew, by the room that shares nothing with the engine. */
MUST_USE bool act_round_check(ctx *c, const act_round *r, check_report *out);

/* ---- applying -------------------------------------------------------------------------------------- */
typedef enum act_fall {
	ACT_STANDS,
	ACT_FELL_GONE,  /* one of them is not there, or not in scope, any more */
	ACT_FELL_STATE, /* … does not wait any more */
	ACT_FELL_RULE,  /* a must, or consent, as it is now */
	ACT_FELL_SEATS, /* has no seat left, or two offers already */
	ACT_FELL_BARRED /* is not to be suggested to the other */
} act_fall;
typedef struct act_applied {
	struct act_applied_pair {
		uint32_t newcomer, established; /* numbers of the units */
		act_fall fall;
		id proposal; /* when it stands */
	} * pair;
	size_t n, stand;
} act_applied;
#define ACT_OFFER_DAYS 7
/*
 * Offers every pair of the round, as it was opened and checked, after each is looked at again as
 * things are now; inside store_write. CONFLICT when the round has changed since it was opened.
 * `origin`: where our pages are, for links.
 */
MUST_USE bool act_round_apply(ctx *c, const act_round *r, str origin, act_applied *out);

#endif
