/*
 * Timed work, as it is kept: when each job is due, who has it, how it went. What is done, and when,
 * is decided above (act/jobs.h).
 *
 * Claimed as messages are (outbox_send.c): by an update that changes a row for one process only,
 * held by a lease, and fenced: who slept through the lease changes nothing more.
 */
#include "store/store_priv.h"

#define JOB_COLUMNS "name, due, started, ended, did, tries, fault, fault_arg, claim"

static bool job_may(ctx *c)
{
	return !c->actor || may(c, RIGHT_SYSTEM);
}

/* ---- looking ---------------------------------------------------------------------------- */

typedef struct list_job {
	job_row *item;
	size_t n, cap;
} list_job;

static bool list_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	bool row;
	j->n = 0;
	if (!job_may(c) ||
	    !db_query(c, SQL("SELECT " JOB_COLUMNS " FROM job ORDER BY name"), &q))
		return false;
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		j->item = list_room(c, j->item, j->n, &j->cap, sizeof *j->item);
		j->item[j->n++] = (job_row){.name = row_text(&q, 0),
					    .due = row_int(&q, 1),
					    .started = row_int(&q, 2),
					    .ended = row_int(&q, 3),
					    .did = row_int(&q, 4),
					    .tries = row_int(&q, 5),
					    .fault = row_text(&q, 6),
					    .fault_arg = row_text(&q, 7),
					    .claim = row_text(&q, 8)};
	}
}

bool store_jobs(ctx *c, job_row **out, size_t *n)
{
	list_job j = {.n = 0};
	if (!store_read(c, list_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}

/* ---- changing: one update each; how many rows it changed says whether it was ours -------------- */

typedef struct change_job {
	sql_text text; /* $1 name, $2 moment, $3 claim, $4 now */
	str name, claim;
	int64_t moment, changed;
} change_job;

static bool change_work(ctx *c, void *arg)
{
	change_job *k = arg;
	query q;
	if (!job_may(c) || !db_query(c, k->text, &q))
		return false;
	bind_text(&q, 1, k->name);
	bind_int(&q, 2, k->moment);
	bind_text(&q, 3, k->claim);
	bind_int(&q, 4, c->now);
	return db_run(&q, &k->changed);
}

/* A later moment than planned comes of another plan, or of a clock that was wrong. */
bool store_job_plan(ctx *c, str name, int64_t due)
{
	change_job k = {.text = SQL("INSERT INTO job (name, due) VALUES ($1, $2) ON "
				    "CONFLICT (name) DO UPDATE SET due = excluded.due "
				    "WHERE job.claim = '' AND job.due > excluded.due"),
			.name = name,
			.moment = due};
	return store_write(c, change_work, &k);
}

bool store_job_forget(ctx *c, str name, int64_t before)
{
	change_job k = {.text = SQL("DELETE FROM job WHERE name = $1 AND due <= $2"),
			.name = name,
			.moment = before};
	return store_write(c, change_work, &k);
}

bool store_job_claim(ctx *c, job_row *j, int64_t lease)
{
	const id mine = store_id_new(c);
	change_job k = {.text = SQL("UPDATE job SET claim = $3, due = $2, started = $4 "
				    "WHERE name = $1 AND due <= $4"),
			.name = j->name,
			.moment = c->now + lease,
			.claim = str_copy(c->mem, id_str(&mine))};
	if (!store_write(c, change_work, &k))
		return false;
	j->claim = k.changed ? k.claim : S("");
	j->started = c->now;
	return true;
}

bool store_job_hold(ctx *c, const job_row *j, int64_t lease)
{
	change_job k = {
		.text = SQL("UPDATE job SET due = $2 WHERE name = $1 AND claim = $3"),
		.name = j->name,
		.moment = c->now + lease,
		.claim = j->claim};
	return store_write(c, change_work, &k) && (k.changed || fail_changed(c));
}

/* ---- how it went ------------------------------------------------------------------------------- */

static bool settle_work(ctx *c, void *arg)
{
	const job_row *j = arg;
	query q;
	int64_t n;
	if (!job_may(c) ||
	    !db_query(c,
		      SQL("UPDATE job SET due = $3, ended = $4, did = $5, tries = $6, "
			  "fault = $7, fault_arg = $8, claim = '' WHERE name = $1 AND "
			  "claim = $2"),
		      &q))
		return false;
	bind_text(&q, 1, j->name);
	bind_text(&q, 2, j->claim);
	bind_int(&q, 3, j->due);
	bind_int(&q, 4, c->now);
	bind_int(&q, 5, j->did);
	bind_int(&q, 6, j->tries);
	bind_text(&q, 7, j->fault);
	bind_text(&q, 8, j->fault_arg);
	return db_run(&q, &n) && (n || fail_changed(c));
}

bool store_job_settle(ctx *c, const job_row *j)
{
	job_row ended = *j;
	return store_write(c, settle_work, &ended);
}
