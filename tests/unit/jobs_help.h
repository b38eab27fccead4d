/* A round of timed work at a moment of one's choice; a job that fails ends the test. */
#ifndef JOBS_HELP_H
#define JOBS_HELP_H

#include "store_help.h"

#include "act/jobs.h"

#define HOUR   (INT64_C(3600) * 1000)
#define ORIGIN "https://kompis.example.org"

static inline int64_t house_clock(void *self)
{
	return ((const house *)self)->c.now;
}

static inline void job_failed(void *self, const ctx *c, const char *name)
{
	(void)self;
	fail_msg("%s: %s %.*s", name, c->fault.key, STR_ARG(c->fault.arg[0]));
}

static inline void round_at(house *h, int64_t now)
{
	act_keeping k = {.base = h->base,
			 .origin = S(ORIGIN),
			 .clock = house_clock,
			 .failed = job_failed,
			 .self = h};
	h->c.now = now;
	h->c.actor = NULL;
	act_jobs_round(&h->c, &k);
}

#endif
