/* jobs_priv - what a job gets, and what jobs are. */
#ifndef ACT_JOBS_PRIV_H
#define ACT_JOBS_PRIV_H

#include "act/jobs.h"

/* A run of a job: its function is called, as the program, until it leaves `more` false. */
typedef struct job_run {
	const act_keeping *keeping;
	job_row row;  /* the claim; `did` counts what was done */
	int64_t mark; /* where the last call stopped, as the job likes */
	id last;
	bool more;
} job_run;

/*
 * One batch: `work` in a transaction that is kept only while the claim holds; the lease begins
 * anew. CONFLICT when another process has the job by now.
 */
MUST_USE bool jobs_batch(ctx *c, const job_run *r, bool (*work)(ctx *c, void *arg),
			 void *arg);

#define JOB(name, when, function) MUST_USE bool function(ctx *c, job_run *r);
#include "act/jobs.def"
#undef JOB

#endif
