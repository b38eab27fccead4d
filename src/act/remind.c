/*
 * Messages that are due by the time that has passed. Each rule asks who is due and was not told yet,
 * whatever day it is; that nobody is told twice is the subject of the message (docs/adr/0011).
 */
#include "act/act.h"
#include "act/act_priv.h"
#include "act/jobs_priv.h"
#include "mail/mail.h"

enum { AT_ONCE = 50, STILL_DAYS = 2, NEWS_APART_DAYS = 14, FEW = 8 };
#define DAY_MS INT64_C(86400000)

/* A batch of a rule, and where it comes to. The run is not touched before it is kept. */
typedef struct walk {
	const job_run *run;
	int64_t mark, did;
	id last;
	bool more;
} walk;

static bool take_batch(ctx *c, job_run *r, bool (*work)(ctx *c, void *arg))
{
	walk w = {.run = r};
	if (!jobs_batch(c, r, work, &w))
		return false;
	r->mark = w.mark;
	r->last = w.last;
	r->more = w.more;
	r->row.did += w.did;
	return true;
}

static void begin(walk *w)
{
	*w = (walk){.run = w->run, .mark = w->run->mark, .last = w->run->last};
}

/* ---- the day before a talk ------------------------------------------------------------------- */

/* Ten in the morning of the day before. */
static int64_t remind_from(const interview *i)
{
	enum { TEN = 10 * 60 };
	return date_from_local((local_time){date_local(i->at).day - 1, TEN});
}

/* Who was told of it since then needs no reminder. */
static bool is_told(ctx *c, const interview *i, bool *told)
{
	int64_t booked, moved;
	if (!store_outbox_last(c, S("talk_booked"), i->id, &booked) ||
	    !store_outbox_last(c, S("talk_moved"), i->id, &moved))
		return false;
	*told = booked >= remind_from(i) || moved >= remind_from(i);
	return true;
}

static bool is_behind(const walk *w, const interview *i)
{
	return i->at < w->mark ||
	       (i->at == w->mark && str_compare(id_str(&i->id), id_str(&w->last)) <= 0);
}

static bool remind_of_talks(ctx *c, void *arg)
{
	walk *w = arg;
	interview *i;
	size_t n, seen = 0;
	bool told, queued;
	begin(w);
	if (!store_interviews_between(c, c->now + 1, c->now + 2 * DAY_MS, false, &i, &n))
		return false;
	for (size_t k = 0; k < n && !w->more; k++) {
		if (is_behind(w, &i[k]) || remind_from(&i[k]) > c->now)
			continue;
		if (!is_told(c, &i[k], &told) ||
		    (!told && !act_talk_remind(c, &i[k], &queued)))
			return false;
		w->did += !told && queued;
		w->mark = i[k].at;
		w->last = i[k].id;
		w->more = ++seen == AT_ONCE;
	}
	return true;
}

bool jobs_talk_reminder(ctx *c, job_run *r)
{
	return take_batch(c, r, remind_of_talks);
}

/* ---- a registration that stands still ----------------------------------------------------------- */

/* With a link that is good until the draft is erased. */
static bool ask_to_finish(ctx *c, const walk *w, const stale_draft *d, bool *queued)
{
	str secret, to, tag, call;
	*queued = false;
	if (!store_outbox_reach(c, d->id, &to, &tag))
		return false;
	if (!to.n)
		return true;
	const view_lang *l = act_written(&(person){.written = tag});
	token t = {.kind = S("continue"),
		   .person = d->id,
		   .brief = to.s[0] == '+',
		   .expires = d->changed + PERIOD_MS(DRAFT)};
	if (!store_token_new(c, &t, S(""), &secret, NULL) ||
	    !act_office_call(c, l, &call))
		return false;
	mail_letter m = {.rule = "unfinished",
			 .subject_key = id_str(&d->id),
			 .person = d->id,
			 .to = to,
			 .lang = view_lang_tag(l),
			 .expires = t.expires,
			 .arg = {act_link_to(c, w->run->keeping->origin, view_lang_tag(l),
					     &t, "continue", secret),
				 view_date(c->mem, l, date_local(t.expires).day), call}};
	return mail_queue_new(c, &m, queued);
}

static bool remind_of_drafts(ctx *c, void *arg)
{
	walk *w = arg;
	stale_draft *d;
	size_t n;
	bool queued;
	begin(w);
	if (!store_stale_drafts(c, S("unfinished"), c->now - PERIOD_MS(DRAFT),
				c->now - STILL_DAYS * DAY_MS, w->last, AT_ONCE, &d, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!ask_to_finish(c, w, &d[i], &queued))
			return false;
		w->did += queued;
		w->last = d[i].id;
	}
	w->more = n == AT_ONCE;
	return true;
}

bool jobs_unfinished(ctx *c, job_run *r)
{
	return take_batch(c, r, remind_of_drafts);
}

/* ---- while one waits ------------------------------------------------------------------------------- */

str act_standing(int32_t queued, const waiting_marks *m)
{
	if (m->n < FEW || queued == QUEUED_UNKNOWN)
		return S("");
	return queued <= m->quarter ? S("first")
	       : queued < m->most   ? S("half")
				    : S("last");
}

static bool tell_news(ctx *c, const walk *w, const waiting_person *p,
		      const waiting_marks *m, str month, bool *queued)
{
	int64_t before;
	str to, tag, call;
	*queued = false;
	if (!store_outbox_last(c, S("news"), p->id, &before))
		return false;
	/* The last round was late, and this one is on time. */
	if (before > c->now - NEWS_APART_DAYS * DAY_MS)
		return true;
	if (!store_outbox_reach(c, p->id, &to, &tag))
		return false;
	const view_lang *l = act_written(&(person){.written = tag});
	if (!act_office_call(c, l, &call))
		return false;
	int32_t since = p->queued == QUEUED_UNKNOWN ? p->created : p->queued;
	mail_letter n = {
		.rule = "news",
		.subject_key = str_format(c->mem, "%s/%.*s", p->id.s, STR_ARG(month)),
		.person = p->id,
		.lang = view_lang_tag(l),
		.news = w->run->keeping->origin,
		.arg = {view_month(c->mem, l, since),
			mail_standing(c->mem, l, act_standing(p->queued, m)), call}};
	return mail_queue_new(c, &n, queued);
}

static bool tell_waiting(ctx *c, void *arg)
{
	walk *w = arg;
	waiting_person *p;
	waiting_marks newcomers, others;
	size_t n;
	bool queued;
	str newcomer = S("newcomer"),
	    month = str_slice(date_format_iso(c->mem, c->today), 0, 7);
	begin(w);
	if (!store_waiting(c, S("news"), month, w->last, AT_ONCE, &p, &n) ||
	    !store_waiting_marks(c, newcomer, &newcomers) ||
	    !store_waiting_marks(c, S("established"), &others))
		return false;
	for (size_t i = 0; i < n; i++) {
		bool is_new = str_equal(p[i].side, newcomer);
		if (!tell_news(c, w, &p[i], is_new ? &newcomers : &others, month,
			       &queued))
			return false;
		w->did += queued;
		w->last = p[i].id;
	}
	w->more = n == AT_ONCE;
	return true;
}

bool jobs_news(ctx *c, job_run *r)
{
	return take_batch(c, r, tell_waiting);
}

/* ---- before somebody goes who was not matched ------------------------------------------------------- */

/* With a link to log in, which is to stay. What comes of it by SMS is shorter, and good for less long. */
static bool ask_to_stay(ctx *c, const walk *w, const leaving_person *p, bool *queued)
{
	enum { SMS_DAYS = 7 };
	str secret, to, tag, call;
	*queued = false;
	if (!store_outbox_reach(c, p->id, &to, &tag))
		return false;
	if (!to.n)
		return true;
	bool sms = to.s[0] == '+';
	const view_lang *l = act_written(&(person){.written = tag});
	token t = {.kind = S("login"),
		   .person = p->id,
		   .brief = sms,
		   .expires = sms ? c->now + SMS_DAYS * DAY_MS : p->until};
	if (!store_token_new(c, &t, S(""), &secret, NULL) ||
	    !act_office_call(c, l, &call))
		return false;
	mail_letter m = {
		.rule = "leaving",
		.subject_key = str_format(c->mem, "%s/%lld", p->id.s, (long long)p->last),
		.person = p->id,
		.to = to,
		.lang = view_lang_tag(l),
		.expires = p->until,
		.arg = {act_link_to(c, w->run->keeping->origin, view_lang_tag(l), &t,
				    "login", secret),
			view_date(c->mem, l, date_local(p->until).day), call}};
	return mail_queue_new(c, &m, queued);
}

static bool tell_leaving(ctx *c, void *arg)
{
	walk *w = arg;
	leaving_person *p;
	size_t n;
	bool queued;
	begin(w);
	if (!store_leaving(c, w->last, AT_ONCE, &p, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!ask_to_stay(c, w, &p[i], &queued))
			return false;
		w->did += queued;
		w->last = p[i].id;
	}
	w->more = n == AT_ONCE;
	return true;
}

bool jobs_leaving(ctx *c, job_run *r)
{
	return take_batch(c, r, tell_leaving);
}
