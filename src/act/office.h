/*
 * office - the verbs of a coordinator: the way of a person, interviews, registering for
 * somebody, imports.
 *
 * As act.h: each is for the actor of the ctx, checks the right, and runs inside the caller's
 * store_write. Faults: HIDDEN without the right or outside one's municipalities, CONFLICT
 * when somebody else was first, INPUT with the key of what to mend.
 */
#ifndef ACT_OFFICE_H
#define ACT_OFFICE_H

#include "act/act.h"

/* ---- the way of a person -------------------------------------------------------------- */
/* What the office may do by hand from a state, in the order it is offered; at most ACT_VERBS. */
#define ACT_VERBS 9
size_t act_person_verbs(state from, const char *out[ACT_VERBS]);
/* True when such a step may be taken back. */
bool act_person_may_undo(state from, state to);
/* From which state the pause of these events (newest first) began, and when; STATE_COUNT, 0: none. */
state act_paused_from(const event *e, size_t n, int64_t *since);
typedef struct act_step {
	id person;
	int64_t version; /* of the person, as it was when the page was made */
	str verb, reason;
} act_step;
/*
 * One step by hand, and the last one taken back; inside store_write. Who thereby is no longer to be
 * talked with has the coming talk called off, and is told. To decline needs a reason: INPUT
 * "s.error.reason". CONFLICT while she is to be erased.
 */
MUST_USE bool act_person_step(ctx *c, const act_step *s);
MUST_USE bool act_person_undo(ctx *c, id person_id, int64_t version);
/* Two rows that are one person: `gone` becomes part of `keep`. */
MUST_USE bool act_person_merge(ctx *c, id keep, id gone);
/* New answers; those with set[f]. CONFLICT when the person changed since `version`. */
MUST_USE bool act_person_change(ctx *c, id person_id, int64_t version,
				const str value[FIELD_COUNT],
				const bool set[FIELD_COUNT]);
/* Erasure as in act_own_erase, for someone who phones or writes; and taken back. PEOPLE_WRITE. */
MUST_USE bool act_person_erase(ctx *c, id person_id);
MUST_USE bool act_person_keep(ctx *c, id person_id);
/* A call is made, or after all not. */
MUST_USE bool act_task_done(ctx *c, id task_id, bool done);

/* ---- interviews ---------------------------------------------------------------------------- */
/*
 * Books, or with an id moves, an interview. Someone who was submitted becomes booked. INPUT
 * "s.error.past" when the time has been.
 */
MUST_USE bool act_interview_book(ctx *c, interview *i, int64_t person_version);
/* Calls it off: the person is submitted again. */
MUST_USE bool act_interview_cancel(ctx *c, interview *i);
typedef enum act_outcome { ACT_THINK, ACT_PASS, ACT_DECLINE } act_outcome;
/* Keeps what was said and, unless one wants to think, takes the step that follows. */
MUST_USE bool act_interview_result(ctx *c, interview *i, act_outcome outcome,
				   int64_t person_version);

/* ---- somebody who phones or hands in a paper ------------------------------------------------ */
typedef struct act_enrolment {
	str side, lang, channel; /* channel "phone" or "paper" */
	str value[FIELD_COUNT];  /* coded */
	bool set[FIELD_COUNT];
	bool given[CONSENT_PURPOSES];
	id person; /* out */
} act_enrolment;
/* Answers, consent and sending in, at once. Faults as act_register_submit. */
MUST_USE bool act_enrol(ctx *c, act_enrolment *e);

/* ---- imports -------------------------------------------------------------------------------------- */
typedef enum act_row_way {
	ACT_ROW_ADD,
	ACT_ROW_SKIP,
	ACT_ROW_INTO_ROW, /* the same person as an earlier row: fills what that one lacks */
	ACT_ROW_INTO_PERSON, /* … as somebody already here */
} act_row_way;
/* Why a row cannot be added, whatever is decided; words "s.import.why.<name>". */
typedef enum act_row_bar {
	ACT_ROW_FREE,
	ACT_ROW_UNUSABLE,
	ACT_ROW_NO_CONSENT,
	ACT_ROW_MINOR,
	ACT_ROW_NO_SIDE,
	ACT_ROW_OUTSIDE, /* no municipality, or not one of the actor's */
} act_row_bar;
typedef struct act_row {
	act_row_way way;
	act_row_bar bar;
	uint32_t same_row;    /* the earlier row that looks the same, from 1; 0 none */
	const char *same_key; /* why: "duplicate.phone" … */
	id same_person;       /* somebody here with the same phone or e-mail; none */
	id person;            /* out: whom it became, or became part of */
	size_t first_same,
		next_same; /* within act_import_do: rows that fill this one, from 1 */
} act_row;
typedef struct act_sheet {
	const sheet *sheet;
	act_row *row; /* one for each of sheet->people */
	str file;
import done; /* out */
} act_sheet;
/* What can be added, who may be there already, and what is proposed for each row. Reads only. */
MUST_USE bool act_import_plan(ctx *c, const sheet *s, act_row **row);
/*
 * Adds, fills or skips each row as its `way` says. Those added are submitted, with the queue
 * date of their row, else today.
 */
MUST_USE bool act_import_do(ctx *c, act_sheet *a);
/* Takes a whole import back; CONFLICT when some of its people have been touched since. */
MUST_USE bool act_import_undo(ctx *c, id import_id);

#endif
