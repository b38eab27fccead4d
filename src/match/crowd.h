/*
 * match: one side of a pool as columns of numbers, to weigh a unit of the other side with all.
 *
 * Where every pair is wanted nothing can be skipped, and a plain loop over each answer is the
 * fastest: the compiler makes vector code of it (crowd_body.h, part of the kernels), and the
 * same integers come out at every width. Private to the room.
 */
#ifndef MATCH_CROWD_H
#define MATCH_CROWD_H

#include "match/pair.h"

/* Slots are looked at so many at a time: loops of a known length have no remainder. */
#define CROWD_RUN 128

/* Answers by slot, named as in a profile. What is at the end of the last run is nobody. */
typedef struct crowd_answers {
	size_t slots; /* a multiple of CROWD_RUN */
	uint64_t *interests, *languages;
	uint64_t *children; /* years that count */
	uint32_t *times, *apps;
	int32_t *x, *y, *z, *placed; /* placed: 0 or 1 */
	int32_t *birth_year, *life, *occupation, *gender, *meets;
	/* kind_share_inv of how many there are. */
	int32_t *share_interests, *share_languages;
	int32_t *wishes, *musts;    /* wishes: musts, too */
	int32_t *age_from, *age_to; /* INT32_MIN and INT32_MAX where nothing is asked */
	int32_t *childless;         /* 0 or 1 */
	double *limit;              /* as crowd_limit */
	int32_t *waiting;
} crowd_answers;

/* One person, and what is asked. */
typedef struct crowd_asked {
	frame frame;
	const int32_t *weight; /* of the criteria */
	const profile *who;
	int32_t constant; /* added to each weight: her waiting less the reserve */
} crowd_asked;

/* Square of the limit of distance in units of 100 m; above all squares when there is none. */
static inline double crowd_limit(const profile *p)
{
	double r = (double)UNITS_PER_KM * p->max_km;
	return p->max_km ? r * r : 1e300;
}

/* The units of one side; has room to work in, so for one thread at a time. */
typedef struct crowd {
	const struct kernel *kernel;
	const pool *pool;
	const terms *terms;
	const unit *unit;
	uint32_t units;
	crowd_answers
		answers; /* the first member of a unit is in the slot of its number */
	crowd_asked asked;
	uint32_t *more;      /* per unit: slot of its second member */
	uint32_t *household; /* units of several people */
	size_t households;
	/* What the kernel says of each slot, and its sums over the members of who asks. */
	int32_t *weight;
	uint16_t *broken, *rules;
	int64_t *sum;
} crowd;

/*
 * Weights must fit 32 bits (match_table_fits). Lives in `mem`, and keeps pool, terms and kernel
 * by reference.
 */
void crowd_form(arena *mem, const pool *p, bool established, const terms *t,
		const struct kernel *k, crowd *out);
/*
 * What match_look says of a unit of the other side with each unit of the crowd: weight, also when
 * a rule is broken, and the rules that are. RULE_NEVER is not looked at.
 */
void crowd_ask(crowd *w, const unit *who, int32_t *weight, uint16_t *broken);

#endif
