/* Keeping house: what is over goes, and a copy of what is there is made. */
#include "act/jobs_priv.h"

bool jobs_sweep(ctx *c, job_run *r)
{
	(void)r;
	return store_sweep(c);
}

/* ---- who asked to be erased, and has had the time to change her mind ---------------------------- */

typedef struct erasing {
	size_t n;
} erasing;

static bool erase_some(ctx *c, void *arg)
{
	enum { AT_ONCE = 20 };
	erasing *e = arg;
	return store_erasures_do(c, AT_ONCE, &e->n);
}

bool jobs_erase(ctx *c, job_run *r)
{
	erasing e;
	if (!jobs_batch(c, r, erase_some, &e))
		return false;
	r->row.did += (int64_t)e.n;
	r->more = e.n > 0;
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
