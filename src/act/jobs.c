/* Running what is due: claimed, done in batches, settled. */
#include <string.h>

#include "act/jobs_priv.h"

/* Longer than any batch takes; a job whose process died is taken up again after it. */
#define LEASE_MS  (INT64_C(30) * 60000)
#define MINUTE_MS INT64_C(60000)
/* Nobody has run it for so long: it is set up nowhere any more. */
#define GONE_MS (INT64_C(24) * 60 * MINUTE_MS)
enum { DOUBLINGS = 8, HOUR_MINUTES = 60 };

#define EVERY(minutes)                                                                   \
	{                                                                                \
		ACT_EVERY, 0, minutes                                                    \
	}
#define DAILY(hour, minute)                                                              \
	{                                                                                \
		ACT_DAILY, 0, (hour)*HOUR_MINUTES + (minute)                             \
	}
#define MONTHLY(day, hour, minute)                                                       \
	{                                                                                \
		ACT_MONTHLY, day, (hour)*HOUR_MINUTES + (minute)                         \
	}
const act_job act_jobs[] = {
#define JOB(name, when, function) {#name, when},
#include "act/jobs.def"
#undef JOB
};
const size_t act_job_count = ARRAY_LEN(act_jobs);

/* In the same order. */
static bool (*const work_of[])(ctx *c, job_run *r) = {
#define JOB(name, when, function) function,
#include "act/jobs.def"
#undef JOB
};

bool act_job_is_on(const act_job *job, const act_keeping *k)
{
	return strcmp(job->name, "backup") != 0 || k->backup.n > 0;
}

typedef struct batch {
	const job_run *run;
	bool (*work)(ctx *c, void *arg);
	void *arg;
} batch;

static bool do_batch(ctx *c, void *arg)
{
	const batch *b = arg;
	return store_job_hold(c, &b->run->row, LEASE_MS) && b->work(c, b->arg);
}

bool jobs_batch(ctx *c, const job_run *r, bool (*work)(ctx *c, void *arg), void *arg)
{
	batch b = {r, work, arg};
	return store_write(c, do_batch, &b);
}

/* ---- one job ------------------------------------------------------------------------------- */

static void look_at_clock(ctx *c, const act_keeping *k)
{
	c->now = k->clock(k->self);
	c->today = date_local(c->now).day;
}

static bool is_stopping(const act_keeping *k)
{
	return k->stopping && k->stopping(k->self);
}

static void tell_fault(ctx *c, const act_keeping *k, const char *name)
{
	if (k->failed)
		k->failed(k->self, c, name);
	c->fault = (fault){.kind = FAULT_NONE};
}

/* Until it is done, or has to stop: then `more` stays. */
static bool work(ctx *c, size_t at, job_run *r)
{
	do {
		arena_mark here = arena_here(c->mem);
		look_at_clock(c, r->keeping);
		r->more = false;
		if (!work_of[at](c, r))
			return false;
		arena_reset(c->mem, here);
	} while (r->more && !is_stopping(r->keeping));
	return true;
}

/* After each failing run the next waits twice as long, but not beyond the time it has anyway. */
static int64_t try_again(act_when w, int64_t tries, int64_t now)
{
	int64_t doublings = tries > DOUBLINGS ? DOUBLINGS : tries - 1;
	int64_t later = now + (MINUTE_MS << doublings), next = act_when_next(w, now);
	return later < next ? later : next;
}

static void settle(ctx *c, size_t at, job_run *r, bool good)
{
	job_row *row = &r->row;
	act_when when = act_jobs[at].when;
	look_at_clock(c, r->keeping);
	row->tries = good ? 0 : row->tries + 1;
	row->fault = good ? S("") : str_from(c->fault.key);
	row->fault_arg = good ? S("") : c->fault.arg[0];
	row->due = !good     ? try_again(when, row->tries, c->now)
		   : r->more ? c->now
			     : act_when_next(when, row->started);
	if (!good)
		tell_fault(c, r->keeping, act_jobs[at].name);
	/* CONFLICT: the lease was over, and it is another's to say how it goes. */
	if (!store_job_settle(c, row) && c->fault.kind != FAULT_CONFLICT)
		tell_fault(c, r->keeping, act_jobs[at].name);
	c->fault = (fault){.kind = FAULT_NONE};
}

static void run(ctx *c, const act_keeping *k, size_t at, const job_row *due)
{
	job_run r = {.keeping = k, .row = *due};
	if (!store_job_claim(c, &r.row, LEASE_MS)) {
		tell_fault(c, k, act_jobs[at].name);
		return;
	}
	if (!r.row.claim.n)
		return;
	r.row.did = 0;
	settle(c, at, &r, work(c, at, &r));
}

/* ---- all of them ----------------------------------------------------------------------------- */

static const job_row *row_of(const char *name, const job_row *row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_equal(row[i].name, str_from(name)))
			return &row[i];
	return NULL;
}

/*
 * Unknown yet; or further away than its second next time, which comes of another plan or of a clock
 * that was wrong. (The very next would not do: clocks of two processes differ by a little.)
 */
static bool wants_plan(const act_job *job, const job_row *row, int64_t now)
{
	int64_t next = act_when_next(job->when, now);
	return !row || (!row->claim.n && row->due > act_when_next(job->when, next));
}

static bool keep_plan(ctx *c, const act_keeping *k, const act_job *job,
		      const job_row *row)
{
	str name = str_from(job->name);
	bool on = act_job_is_on(job, k);
	if (on && wants_plan(job, row, c->now))
		return store_job_plan(c, name, act_when_next(job->when, c->now));
	if (!on && row && row->due <= c->now - GONE_MS)
		return store_job_forget(c, name, c->now - GONE_MS);
	return true;
}

void act_jobs_round(ctx *c, const act_keeping *k)
{
	job_row *row;
	size_t n;
	look_at_clock(c, k);
	if (!store_jobs(c, &row, &n)) {
		tell_fault(c, k, "jobs");
		return;
	}
	for (size_t i = 0; i < act_job_count && !is_stopping(k); i++) {
		const act_job *job = &act_jobs[i];
		const job_row *at = row_of(job->name, row, n);
		if (!keep_plan(c, k, job, at))
			tell_fault(c, k, job->name);
		if (at && at->due <= c->now && act_job_is_on(job, k))
			run(c, k, i, at);
	}
}

bool act_job_soon(ctx *c, str name)
{
	if (!may(c, RIGHT_SYSTEM))
		return false;
	for (size_t i = 0; i < act_job_count; i++)
		if (str_equal(name, str_from(act_jobs[i].name)))
			/* It may be that no keeper has been by yet to plan it. */
			return store_job_plan(c, name, c->now);
	return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
}
