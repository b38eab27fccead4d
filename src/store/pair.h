/*
 * store/pair - two who were introduced: how far they have come, what they answer when asked, what is wrong.
 *
 * As store.h says of all. A pair is seen by staff (MATCH) who see one of its people, and by these. What
 * reports count of it are events of its people (kinds "pair" and "checkin"), which stay as facts when a
 * person goes, and when the pair itself is swept, half a year after it ended.
 */
#ifndef STORE_PAIR_H
#define STORE_PAIR_H

#include "model/pair.h"
#include "store/store.h"

/* ---- pairs ---------------------------------------------------------------------------- */
typedef struct pair {
	id id, proposal;
	pair_state state, before; /* before: where a pause began, else PAIR_STATES */
	pair_health health;
	int32_t base; /* the day from which check-ins count: introduced, and what was paused later */
	int32_t planned;      /* the day it is planned to end */
	int64_t began, ended; /* ms; ended 0: goes on */
	int64_t version;
	bool problem; /* something reported is not looked after yet; told to those with INCIDENT only */
} pair;
typedef struct pair_person {
	id id, pair, person;
	str side;
	/*
	 * Whether she wants another buddy afterwards: "" not settled, "yes", "no"; "back": waits again
	 * without being asked; "other": has another buddy.
	 */
	str again;
	int64_t asked, answered; /* told or asked after the end; 0 not yet */
	str name;                /* given name, opened for those who see her; "" else */
} pair_person;
typedef struct pair_change {
	int64_t n, at;
	id account; /* none: follows from answers, or by itself */
	str by;
	pair_state from, to; /* from PAIR_STATES: it began */
	str why; /* "" or a reason of the office, or "answer", "planned", "gone", "left" */
	bool undo; /* takes back the change before it */
} pair_change;

/* Introduced now; id, times, version are set. Inside store_write. CONFLICT for a proposal that has one. */
MUST_USE bool store_pair_add(ctx *c, pair *p, pair_person *who, size_t n);
MUST_USE bool store_pair_get(ctx *c, id pair_id, pair *out, pair_person **who, size_t *n);
/* The oldest first. */
MUST_USE bool store_pair_changes(ctx *c, id pair_id, pair_change **out, size_t *n);

typedef struct pair_filter {
	int health; /* PAIR_x, or -1 all */
	int state;  /* PAIR_x, or -1: all that go on */
	uint16_t municipality;
	id person; /* none: all */
	int64_t offset, limit;
} pair_filter;
/* Red first, then amber; within them the oldest. *total is how many there are. */
MUST_USE bool store_pairs(ctx *c, const pair_filter *f, pair **out, size_t *n,
			  int64_t *total);
/* For the program: those that go on, or after which somebody is still to be told or asked; by id. */
MUST_USE bool store_pairs_open(ctx *c, id after, size_t most, pair **out, size_t *n);

/*
 * To another state, by who asks; an event for each of its people. CONFLICT when it is not of p->version.
 * An end sets `ended`; a resume moves `base` and `planned` by `later` days. `undo`: the change before is
 * taken back, and counts no more. *p becomes as it is stored.
 */
typedef struct pair_move {
	pair_state to;
	str why;
	int32_t later;
	bool undo;
} pair_move;
MUST_USE bool store_pair_move(ctx *c, pair *p, const pair_move *m);
/* As reckoned anew; the version stays. */
MUST_USE bool store_pair_health(ctx *c, id pair_id, pair_health now);
/* Sets again, asked, answered. */
MUST_USE bool store_pair_again(ctx *c, const pair_person *who);
/* One such row; and that of a person who was asked after an end and has not answered: id none, there is none. */
MUST_USE bool store_pair_person_get(ctx *c, id row, pair_person *out);
MUST_USE bool store_pair_person_asked(ctx *c, id person_id, pair_person *out);
/* Takes back a "put_back" of hers, if it was the last step: she has this buddy after all; else CONFLICT. */
MUST_USE bool store_person_rejoin(ctx *c, id person_id);

/* ---- check-ins ---------------------------------------------------------------------------- */
typedef struct checkin {
	id id, pair, person;
	int n;                           /* which of model/pairs.def, from 1 */
	int32_t due;                     /* day */
	int64_t asked, closes, answered; /* asked 0: nobody was, staff noted it */
	str met, contact;                /* "yes", "no", "" not answered */
	str place;                       /* "person", "video", "phone" */
	str feeling; /* "fine", "wrong"; "" also for staff without INCIDENT */
	str channel; /* "link", "own", "staff" */
	id account;  /* who noted it */
} checkin;
/* Inside store_write; id is set. CONFLICT when there is one of that pair, person and n. */
MUST_USE bool store_checkin_add(ctx *c, checkin *k);
/* Of a pair, by n and person. */
MUST_USE bool store_checkins(ctx *c, id pair_id, checkin **out, size_t *n);
MUST_USE bool store_checkin_get(ctx *c, id checkin_id, checkin *out);
/*
 * Keeps what was answered, all of it as in `k`. The first word about contact is an event ("checkin"); another
 * word takes its place.
 */
MUST_USE bool store_checkin_set(ctx *c, const checkin *k);

/* ---- something is wrong ----------------------------------------------------------------------- */
typedef struct incident {
	id id, pair, person; /* person: who reported it */
	int64_t at, closed, version;
	id account;        /* staff who noted it */
	str by, closed_by; /* names of staff */
	str name;          /* of who reported, where one may see names */
	str text;          /* sealed for the person; erased after 90 days */
	uint16_t municipality;
} incident;
/* Reported now; by a person in scope. Inside store_write. */
MUST_USE bool store_incident_add(ctx *c, incident *i);
MUST_USE bool store_incident_text(ctx *c, id incident_id, str text);
/* Closed, or open again. INCIDENT. CONFLICT when it is not of this version. */
MUST_USE bool store_incident_close(ctx *c, id incident_id, int64_t version, bool closed);
/* INCIDENT, those in scope, opened: of a pair, or with none all; open ones first. A line in the log for each. */
MUST_USE bool store_incidents(ctx *c, id pair_id, incident **out, size_t *n);
/* For the program: how many of a pair are open; and the newest open one of who reported it, none: there is none. */
MUST_USE bool store_incidents_open(ctx *c, id pair_id, int64_t *n);
MUST_USE bool store_incident_last(ctx *c, id pair_id, id person_id, id *out);

/* ---- how long others waited -------------------------------------------------------------------- */
/* Of those on a side who got a buddy since `since`: how many, and how many days a quarter and three quarters had waited at most. */
typedef struct waited_marks {
	int64_t n, quarter, most;
} waited_marks;
MUST_USE bool store_waited_marks(ctx *c, str side, int64_t since, waited_marks *out);

#endif
