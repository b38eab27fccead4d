/*
 * model/pair - two buddies over half a year: how far they have come, when they are asked, how they are.
 *
 * From pairs.def. Constant or plain data; pure, thread-safe. Days are day numbers of base.h.
 */
#ifndef MODEL_PAIR_H
#define MODEL_PAIR_H

#include "base/base.h"

/* ---- states ------------------------------------------------------------------------------ */
typedef enum pair_state {
#define PAIR_STATE(id, name) PAIR_##id,
#define PAIR_WHY(name)
#define PAIR_CHECKIN(day)
#include "model/pairs.def"
#undef PAIR_STATE
#undef PAIR_WHY
#undef PAIR_CHECKIN
	PAIR_STATES
} pair_state;
extern const char *const model_pair_state[PAIR_STATES];
/* PAIR_STATES for a name that is none. */
pair_state model_pair_named(str name);
/* It is over. */
bool model_pair_is_over(pair_state s);
/*
 * Where a verb of the office leads: "pause", "resume", "complete", "end", "never_met"; PAIR_STATES where it
 * does not. `before`: the state in which a pause began. Who met once did meet: "never_met" is for those
 * who have not, "complete" for those who have.
 */
pair_state model_pair_step(pair_state now, pair_state before, str verb);
/* Reasons of the office, by name; NULL after the last. */
extern const char *const model_pair_why[];
bool model_pair_is_why(str name);

/* ---- when they are asked --------------------------------------------------------------------- */
/* The day on which the n:th check-in (from 1) of a pair is due that counts from `base`; 0: there is none. */
int32_t model_pair_due(int32_t base, int n);
/* The last check-in that is due by `today`; 0: none yet. Whoever looks late asks once, not for each missed. */
int model_pair_turn(int32_t base, int32_t today);
/* The day it is planned to end. */
int32_t model_pair_planned(int32_t base);

/* ---- how they are ------------------------------------------------------------------------------ */
/* What a side says to one check-in about contact. */
typedef enum pair_word {
	PAIR_OPEN,   /* was asked, and has time to answer */
	PAIR_SILENT, /* has not answered in time */
	PAIR_NO,     /* no contact */
	PAIR_YES     /* in contact */
} pair_word;
typedef struct pair_round {
	pair_word side[2];
} pair_round;
/* Stored as a number; words "s.pair.health.<green, amber, red>". */
typedef enum pair_health { PAIR_GREEN, PAIR_AMBER, PAIR_RED, PAIR_HEALTHS } pair_health;
/* One says that they are in contact and the other that they are not. */
bool model_pair_differs(const pair_round *r);
/*
 * From the rhythm of contact, and never from having met once: that is where the effect is.
 *   green  both said that they are in contact when they were last asked; or nobody was asked yet
 *   amber  the last time somebody did not answer, or said that there is no contact, or the two differ
 *   red    two times in a row nobody, or only one against the other's word, said that there is contact;
 *          or somebody reported a problem that is not looked after yet
 * Where one always says yes and the other never answers it stays amber: there is contact, and a letter that
 * is not read. A check-in both can still answer, or one can and the other said yes, does not count yet.
 * `r`: the oldest first.
 */
pair_health model_pair_health(const pair_round *r, size_t n, bool problem);
extern const char *const model_pair_health_name[PAIR_HEALTHS];

#endif
