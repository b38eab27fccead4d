/*
 * What is due goes out: claimed, handed over, settled (docs/adr/0011).
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "mail/mail_priv.h"

enum { AT_ONCE = 50, DAY_SECONDS = 86400 };

/* ---- to files ------------------------------------------------------------------------------ */

static bool write_all(int fd, str s)
{
	while (s.n) {
		ssize_t n = write(fd, s.s, s.n);
		if (n <= 0)
			return false;
		s = str_slice(s, (size_t)n, s.n);
	}
	return fsync(fd) == 0;
}

static bool write_file(ctx *c, str dir, str name, str text)
{
	char *to = str_terminated(
		c->mem, str_format(c->mem, "%.*s/%.*s", STR_ARG(dir), STR_ARG(name)));
	char *part = str_terminated(c->mem, str_format(c->mem, "%s.part", to));
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write_all(fd, text);
	if (fd >= 0)
		ok = close(fd) == 0 && ok;
	if (ok && rename(part, to) == 0)
		return true;
	unlink(part);
	return ctx_fail(c, FAULT_RESOURCE, "store.mail_file", dir, S(""));
}

/* Written twice it is the same file: there is no point of no return. */
static bool to_file(mail_call *o, mail_result *r)
{
	ctx *c = o->c;
	const message *m = o->m;
	bool sms = str_equal(m->channel, S("sms"));
	str name = str_format(c->mem, "%s.%s", m->id.s, sms ? "sms" : "eml");
	str text = sms ? str_format(c->mem, "To: %.*s\n\n%.*s\n", STR_ARG(m->to),
				    STR_ARG(mail_plain(c->mem, m->body, "\n")))
		       : mail_text(c->mem, m, o->w);
	*r = (mail_result){.end = MESSAGE_SENT, .error = S("")};
	return write_file(c, o->w->dir, name, text);
}

/* ---- how many SMS ------------------------------------------------------------------------------ */

static bool is_within(ctx *c, const char *name, str who, int64_t most, bool *within)
{
	*within = store_budget_take(c, str_from(name), who, (int)most, DAY_SECONDS);
	if (*within || c->fault.kind != FAULT_LIMIT)
		return *within;
	c->fault = (fault){.kind = FAULT_NONE};
	return true;
}

typedef struct alarm_job {
	const mail_ways *w;
} alarm_job;

/* To every administrator, once a day. */
static bool ring(ctx *c, void *arg)
{
	const alarm_job *j = arg;
	account *a;
	size_t n;
	if (!store_accounts(c, &a, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (a[i].role != ROLE_ADMINISTRATOR ||
		    !str_equal(a[i].state, S("active")))
			continue;
		mail_letter l = {
			.rule = "ceiling",
			.account = a[i].id,
			.to = a[i].email,
			.lang = a[i].lang,
			.subject_key = str_format(c->mem, "%d.%s",
						  (int)date_local(c->now).day, a[i].id.s),
			.arg = {a[i].name, str_format(c->mem, "%lld",
						      (long long)j->w->sms.per_day)}};
		if (!mail_queue(c, &l))
			return false;
	}
	return true;
}

/*
 * One number gets so many a day, whoever asks for them, and no more; beyond the ceiling for
 * all of them messages wait, so that nothing is lost when it is raised. *r is set when it may not go.
 */
static bool may_send_sms(mail_call *o, mail_result *r, bool *may_go)
{
	ctx *c = o->c;
	const message *m = o->m;
	bool first = m->tries == 0 && !m->error.n, held = m->tries == 0 && m->error.n;
	size_t units, parts = mail_sms_segments(m->body, &units);
	*may_go = true;
	if (first && !is_within(c, "out.number", m->to, o->w->sms.per_number, may_go))
		return false;
	if (!*may_go) {
		*r = (mail_result){.end = MESSAGE_SUPPRESSED,
				   .error = S("s.mail_error.number")};
		return true;
	}
	/* As they are paid for: a long name may make two of one. */
	for (; *may_go && parts && (first || held); parts--)
		if (!is_within(c, "out.day", S(""), o->w->sms.per_day, may_go))
			return false;
	if (*may_go)
		return true;
	*r = (mail_result){.end = MESSAGE_FREE, .error = S("s.mail_error.ceiling")};
	return store_write(c, ring, &(alarm_job){o->w});
}

/* ---- one message ---------------------------------------------------------------------------------- */

static bool send_sms(mail_call *o, mail_result *r)
{
	bool may_go;
	return may_send_sms(o, r, &may_go) && (!may_go || mail_by_sms(o, r));
}

static bool send_one(mail_call *o, mail_result *r)
{
	const message *m = o->m;
	bool sms = str_equal(m->channel, S("sms"));
	if (m->expires && m->expires <= o->c->now) {
		*r = (mail_result){.end = MESSAGE_SUPPRESSED,
				   .error = S("s.mail_error.late")};
		return true;
	}
	if (sms)
		return (o->w->sms.url.n ? send_sms : to_file)(o, r);
	return (o->w->smtp.url.n ? mail_by_smtp : to_file)(o, r);
}

bool mail_unreachable(ctx *c, id who, str channel)
{
	person p;
	if (id_none(who))
		return true;
	if (!store_person_get(c, who, false, &p))
		return false;
	int64_t code = 0;
	if (!str_to_int(p.value[FIELD_MUNICIPALITY], 1, 9999, &code))
		code = 0;
	task t = {.kind = S("unreachable"),
		  .person = who,
		  .lang = p.written,
		  .when = channel,
		  .municipality = (uint16_t)code};
	return store_task_add(c, &t) &&
	       store_event_add(c, who, S("unreachable"), channel);
}

typedef struct settling {
	const message *m;
	const mail_result *r;
} settling;

static bool settle(ctx *c, void *arg)
{
	const settling *s = arg;
	return store_outbox_settle(c, s->m, s->r->end, s->r->error) &&
	       (!s->r->refused || mail_unreachable(c, s->m->person, s->m->channel));
}

static bool send_and_settle(mail_call *o, mail_result *r)
{
	ctx *c = o->c;
	settling s = {o->m, r};
	if (!send_one(o, r))
		return false;
	c->now = o->w->clock(o->w->self);
	c->fault = (fault){.kind = FAULT_NONE};
	if (r->lost || store_write(c, settle, &s))
		return true;
	/* Its report came first, or its person is gone meanwhile. */
	if (c->fault.kind != FAULT_CONFLICT)
		return false;
	c->fault = (fault){.kind = FAULT_NONE};
	return true;
}

static void hang_up(void *curl)
{
	curl_easy_cleanup(curl);
}

static bool pick_up(ctx *c, CURL **curl)
{
	*curl = curl_easy_init();
	if (!*curl)
		return ctx_fail(c, FAULT_RESOURCE, "store.memory", S(""), S(""));
	arena_defer(c->mem, hang_up, *curl);
	return true;
}

bool mail_drain(ctx *c, const mail_ways *w, size_t *n)
{
	CURL *curl = NULL;
	*n = 0;
	for (int i = 0; i < AT_ONCE && !(w->stopping && w->stopping(w->self)); i++) {
		message m;
		mail_result r = {.end = MESSAGE_FREE};
		c->now = w->clock(w->self);
		if (!store_outbox_claim(c, MAIL_LEASE_MS(w), &m))
			return false;
		if (id_none(m.id))
			return true;
		if (!curl && !pick_up(c, &curl))
			return false;
		mail_call o = {.c = c, .w = w, .m = &m, .curl = curl};
		if (!send_and_settle(&o, &r))
			return false;
		*n += r.end == MESSAGE_SENT;
		if (r.trouble)
			return true;
	}
	return true;
}

/* ---- what a gateway tells later --------------------------------------------------------------------- */

typedef struct report_job {
	str secret;
	bool arrived;
} report_job;

static bool report(ctx *c, void *arg)
{
	const report_job *j = arg;
	message m;
	return store_outbox_report(c, j->secret, j->arrived, &m) &&
	       (j->arrived || mail_unreachable(c, m.person, m.channel));
}

bool mail_report(ctx *c, str secret, bool arrived)
{
	report_job j = {.secret = secret, .arrived = arrived};
	const actor *before = c->actor;
	c->actor = NULL;
	bool ok = store_write(c, report, &j);
	c->actor = before;
	return ok;
}
