/* Timed work: what the program does by itself, when it last did, how it went, when it will again. */
#include <string.h>

#include "web/account_priv.h"

static str when_words(req *r, act_when w)
{
	enum { HOUR = 60 };
	arena *mem = r->ctx->mem;
	if (w.rhythm == ACT_EVERY && w.minute == HOUR)
		return req_say(r, "s.jobs.hourly");
	str arg[] = {
		view_number(mem, r->lang, w.rhythm == ACT_MONTHLY ? w.day : w.minute),
		view_time(mem, r->lang, act_when_next(w, r->ctx->now))};
	const char *key = w.rhythm == ACT_EVERY   ? "s.jobs.every"
			  : w.rhythm == ACT_DAILY ? "s.jobs.daily"
						  : "s.jobs.monthly";
	return req_say_with(r, key, arg, ARRAY_LEN(arg));
}

static str took_words(req *r, const job_row *j)
{
	enum { SECOND_MS = 1000 };
	int64_t seconds = (j->ended - j->started) / SECOND_MS;
	if (seconds < 1)
		return req_say(r, "s.jobs.took_less");
	str number = view_number(r->ctx->mem, r->lang, seconds);
	return req_say_with(r, "s.jobs.took", &number, 1);
}

static str fault_words(req *r, const job_row *j)
{
	const char *key = str_terminated(r->ctx->mem, j->fault);
	if (!j->fault.n || !view_has(r->lang, key))
		return j->fault;
	return req_say_with(r, key, &j->fault_arg, 1);
}

/* What is known of its last run, unless one goes on. */
static void show_last(req *r, const job_row *j, struct job_line *line)
{
	bool failed = j->fault.n > 0;
	line->last = control_moment(r, j->started);
	if (j->claim.n) {
		line->state = "s.jobs.running";
		return;
	}
	line->next = j->due <= r->ctx->now ? req_say(r, "s.jobs.soon")
					   : control_moment(r, j->due);
	if (!j->ended)
		return;
	line->state = failed ? "s.jobs.failed" : "s.jobs.good";
	line->grade = failed ? S("bad") : S("ok");
	line->took = took_words(r, j);
	line->fault = fault_words(r, j);
	line->did = j->did ? view_number(r->ctx->mem, r->lang, j->did) : S("");
}

static void show_job(req *r, const act_job *job, const job_row *j, struct job_line *line)
{
	const act_keeping k = web_keeping(r->web);
	*line = (struct job_line){.name = page_key(r, "s.job.%s", job->name),
				  .what = page_key(r, "s.job.%s.what", job->name),
				  .state = "s.jobs.never",
				  .when = when_words(r, job->when),
				  .run = req_link(r, "/staff/jobs/%s", job->name),
				  .on = act_job_is_on(job, &k)};
	if (j)
		show_last(r, j, line);
	else if (!line->on)
		line->state = "s.jobs.off";
}

bool jobs_show(req *r)
{
	job_row *row;
	size_t n;
	bool failed = false;
	if (!store_jobs(r->ctx, &row, &n))
		return false;
	jobs_view v = {.page = &r->page,
		       .row = arena_alloc(r->ctx->mem, act_job_count, sizeof *v.row)};
	for (size_t i = 0; i < act_job_count; i++) {
		const job_row *its = NULL;
		for (size_t k = 0; k < n; k++)
			if (str_equal(row[k].name, str_from(act_jobs[i].name)))
				its = &row[k];
		failed |= its && its->fault.n;
		show_job(r, &act_jobs[i], its, &v.row[v.row_n++]);
	}
	page_begin(r, failed ? "s.jobs.title_failed" : "s.jobs.title");
	tmpl_jobs(&r->html, r->lang, &v);
	return req_page(r, 200);
}

static bool do_run(ctx *c, void *arg)
{
	return act_job_soon(c, *(const str *)arg);
}

/* Whoever keeps time does it at the next round. */
bool job_run_now(req *r)
{
	str name = r->part, result = req_link(r, "/staff/jobs").path;
	return req_write(r, do_run, &name, &result) &&
	       req_done(r, (html_link){result}, "job_soon");
}
