/* Keeping house: what is over goes, and a copy of what is there is made. */
#include "act/jobs_priv.h"

enum { AT_ONCE = 20, ROWS_AT_ONCE = 500, LOG = STORE_RETENTIONS - 1 };

bool jobs_sweep(ctx *c, job_run *r)
{
	(void)r;
	return store_sweep(c);
}

/* ---- who asked to be erased, and has had the time to change her mind ---------------------------- */

static bool erase_some(ctx *c, void *arg)
{
	return store_erasures_do(c, AT_ONCE, arg);
}

bool jobs_erase(ctx *c, job_run *r)
{
	size_t n;
	if (!jobs_batch(c, r, erase_some, &n))
		return false;
	r->row.did += (int64_t)n;
	r->more = n > 0;
	return true;
}

/* ---- what is over its time ------------------------------------------------------------------ */

/* One kind after the other; of each what there is by now, a batch at a time. */
typedef struct going {
	int which;
	size_t most;
	int64_t n;
} going;

static bool let_go(ctx *c, void *arg)
{
	going *g = arg;
	return store_retain(c, g->which, g->most, &g->n);
}

bool jobs_retention(ctx *c, job_run *r)
{
	going g = {.which = (int)r->mark};
	g.most = g.which == LOG ? ROWS_AT_ONCE : AT_ONCE;
	if (!jobs_batch(c, r, let_go, &g))
		return false;
	r->row.did += g.n;
	r->mark += g.n < (int64_t)g.most;
	r->more = r->mark < STORE_RETENTIONS;
	return true;
}

bool jobs_backup(ctx *c, job_run *r)
{
	const act_keeping *k = r->keeping;
	if (!store_backup_daily(c, k->base, k->backup, k->backup_keep))
		return false;
	r->row.did = 1;
	return true;
}
