/* Keeping house: what is over goes, and a copy of what is there is made. */
#include "act/jobs_priv.h"

bool jobs_sweep(ctx *c, job_run *r)
{
	(void)r;
	return store_sweep(c);
}

bool jobs_backup(ctx *c, job_run *r)
{
	const act_keeping *k = r->keeping;
	if (!store_backup_daily(c, k->base, k->backup, k->backup_keep))
		return false;
	r->row.did = 1;
	return true;
}
