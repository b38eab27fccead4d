/* The conversation before someone is approved: booked, moved, called off, noted. */
#include "act/act_priv.h"
#include "act/office.h"
#include "mail/mail.h"

/* An hour's grace: one that is noted while it is held. */
enum { GRACE_MS = 3600000 };

/* ---- telling the one it is with ------------------------------------------------------------- */

typedef struct telling {
	const interview *talk;
	const char *
		rule; /* "talk_booked", "talk_moved", "talk_cancelled", "talk_reminder" */
	int64_t mark, expires;
	bool queued;
} telling;

bool act_office_call(ctx *c, const view_lang *l, str *words)
{
	programme p;
	if (!store_programme_get(c, &p))
		return false;
	*words = p.phone.n ? view_say(c->mem, l, "p.talk.call", &p.phone, 1) : S("");
	return true;
}

/* As the program: the one who books need not open anybody's phone number for it. */
static bool do_tell(ctx *c, void *arg)
{
	telling *t = arg;
	person p;
	str call;
	if (!store_person_get(c, t->talk->person, true, &p))
		return false;
	const view_lang *l = act_written(&p);
	if (!act_office_call(c, l, &call))
		return false;
	int64_t at = t->talk->at;
	char *mode = str_terminated(
		c->mem, str_format(c->mem, "p.talk.%.*s", STR_ARG(t->talk->mode)));
	mail_letter m = {.rule = t->rule,
			 .subject_key = str_format(c->mem, "%s/%lld", t->talk->id.s,
						   (long long)t->mark),
			 .person = p.id,
			 .expires = t->expires,
			 .lang = view_lang_tag(l),
			 .arg = {mail_when(c->mem, l, at, false),
				 view_say(c->mem, l, mode, NULL, 0), call,
				 /* An SMS holds less. */
				 mail_when(c->mem, l, at, true)}};
	return mail_queue_new(c, &m, &t->queued);
}

/* Of what is over there is nothing to tell. What was to be said of it until now is not true any more. */
static bool tell(ctx *c, const interview *i, const char *rule)
{
	telling t = {.talk = i, .rule = rule, .mark = i->version};
	return store_outbox_withdraw(c, S("talk_reminder"), i->id) &&
	       (i->at <= c->now || act_as_program(c, do_tell, &t));
}

bool act_talk_remind(ctx *c, const interview *i, bool *queued)
{
	telling t = {.talk = i, .rule = "talk_reminder", .mark = i->at, .expires = i->at};
	if (!act_as_program(c, do_tell, &t))
		return false;
	*queued = t.queued;
	return true;
}

/* ---- booked, moved, called off ---------------------------------------------------------------- */

/* What the change is for the one it is with: NULL when it is none. */
static bool find_rule(ctx *c, const interview *i, const char **rule)
{
	interview *old;
	size_t n;
	*rule = "talk_booked";
	if (id_none(i->id))
		return true;
	if (!store_interviews_of(c, i->person, &old, &n))
		return false;
	for (size_t k = 0; k < n; k++)
		if (id_equal(old[k].id, i->id) && str_equal(old[k].state, S("booked"))) {
			bool same = old[k].at == i->at && str_equal(old[k].mode, i->mode);
			*rule = same ? NULL : "talk_moved";
		}
	return true;
}

bool act_interview_book(ctx *c, interview *i, int64_t person_version)
{
	person p;
	const char *rule;
	if (!may(c, RIGHT_INTERVIEW))
		return false;
	if (i->at < c->now - GRACE_MS)
		return ctx_fail(c, FAULT_INPUT, "s.error.past", S(""), S(""));
	if (!store_person_get(c, i->person, false, &p) || !find_rule(c, i, &rule))
		return false;
	i->state = S("booked");
	i->account = c->actor->account;
	if (!store_interview_set(c, i) || (rule && !tell(c, i, rule)))
		return false;
	if (p.state != STATE_SUBMITTED)
		return true;
	return store_person_step(c, i->person, person_version, S("book"), S(""));
}

bool act_interviews_off(ctx *c, id person_id)
{
	interview *i;
	size_t n;
	if (!store_interviews_of(c, person_id, &i, &n))
		return false;
	for (size_t k = 0; k < n; k++) {
		if (!str_equal(i[k].state, S("booked")) || i[k].at <= c->now)
			continue;
		i[k].state = S("cancelled");
		if (!store_interview_set(c, &i[k]) || !tell(c, &i[k], "talk_cancelled"))
			return false;
	}
	return true;
}

bool act_interview_cancel(ctx *c, interview *i)
{
	person p;
	if (!may(c, RIGHT_INTERVIEW) || !store_person_get(c, i->person, false, &p))
		return false;
	i->state = S("cancelled");
	if (!store_interview_set(c, i) || !tell(c, i, "talk_cancelled"))
		return false;
	if (p.state != STATE_INTERVIEW)
		return true;
	return store_person_step(c, i->person, 0, S("unbook"), S(""));
}

/* ---- held --------------------------------------------------------------------------------------- */

bool act_interview_result(ctx *c, interview *i, act_outcome outcome,
			  int64_t person_version)
{
	if (!may(c, RIGHT_INTERVIEW))
		return false;
	if (outcome != ACT_THINK && !may(c, RIGHT_APPROVE))
		return false;
	if (outcome == ACT_DECLINE && !i->note.n)
		return ctx_fail(c, FAULT_INPUT, "s.error.reason", S(""), S(""));
	i->state = S("held");
	if (!store_interview_set(c, i))
		return false;
	if (outcome == ACT_THINK)
		return true;
	return store_person_step(c, i->person, person_version,
				 outcome == ACT_PASS ? S("pass") : S("decline"),
				 outcome == ACT_PASS ? S("") : i->note);
}
