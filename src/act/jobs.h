/*
 * jobs - timed work: what the program does by itself, each thing once (docs/adr/0014).
 *
 * A job is a row of jobs.def. It is due at its wall time; what was missed while the machine
 * stood still is made up for by one run. So a job asks what there is to do by now, and never
 * whether this is the day for it. Several processes on one database run each due job once.
 */
#ifndef ACT_JOBS_H
#define ACT_JOBS_H

#include "store/store.h"

/* ---- when ---------------------------------------------------------------------------------- */
typedef enum act_rhythm { ACT_EVERY, ACT_DAILY, ACT_MONTHLY } act_rhythm;
typedef struct act_when {
	act_rhythm rhythm;
	int32_t day;    /* of the month, from 1; ACT_MONTHLY */
	int32_t minute; /* of the day, wall time; for ACT_EVERY how many in between */
} act_when;
/*
 * The first moment after `after` (both ms UTC). Once each day or month also where the clock is
 * changed: an hour that comes twice counts the first time, for one that is left out it is an
 * hour later.
 */
int64_t act_when_next(act_when w, int64_t after);

/* ---- what ---------------------------------------------------------------------------------- */
/* What jobs need to know of where they run. */
typedef struct act_keeping {
	store_base *base;
	str origin; /* of our pages, for links */
	str backup; /* a directory for copies; "": there is no such job here */
	int64_t backup_keep;
	int64_t (*clock)(void *self); /* ms UTC */
	bool (*stopping)(void *self); /* true: begin nothing more */
	/* A job failed, or what is around them: `c` has the fault; may be NULL. */
	void (*failed)(void *self, const ctx *c, const char *name);
	void *self;
} act_keeping;

typedef struct act_job {
	const char *name;
	act_when when;
} act_job;
extern const act_job act_jobs[];
extern const size_t act_job_count;
/* Whether it is set up to run here. */
bool act_job_is_on(const act_job *job, const act_keeping *k);

/*
 * One round: runs all that is due, as the program, in transactions of its own. Where nothing is it
 * reads one table and writes nothing. A job that fails is tried again, after 1, 2, 4 … 256 minutes
 * and at its next time at the latest, and the others go on. Needs a ctx with a store; sets c->now.
 */
void act_jobs_round(ctx *c, const act_keeping *k);

/* "Run it now": SYSTEM; inside store_write. HIDDEN for a name that is none. */
MUST_USE bool act_job_soon(ctx *c, str name);

#endif
