/* The conversation before someone is approved: booked, moved, called off, noted. */
#include "act/act_priv.h"
#include "act/office.h"
#include "mail/mail.h"

/* An hour's grace: one that is noted while it is held. */
enum { GRACE_MS = 3600000 };

/* ---- telling the one it is with ------------------------------------------------------------- */

typedef struct telling {
	const interview *talk;
	const char *rule; /* "talk_booked", "talk_moved", "talk_cancelled" */
} telling;

static str office_words(ctx *c, const view_lang *l, const programme *p)
{
	return p->phone.n ? view_say(c->mem, l, "p.talk.call", &p->phone, 1) : S("");
}

/* As the program: the one who books need not open anybody's phone number for it. */
static bool do_tell(ctx *c, void *arg)
{
	const telling *t = arg;
	person p;
	programme office;
	if (!store_person_get(c, t->talk->person, true, &p) ||
	    !store_programme_get(c, &office))
		return false;
	const view_lang *l = view_lang_get(p.written);
	if (!l)
		l = view_lang_get(S("sv"));
	int64_t at = t->talk->at;
	char *mode = str_terminated(
		c->mem, str_format(c->mem, "p.talk.%.*s", STR_ARG(t->talk->mode)));
	mail_letter m = {.rule = t->rule,
			 .subject_key = str_format(c->mem, "%s/%lld", t->talk->id.s,
						   (long long)t->talk->version),
			 .person = p.id,
			 .lang = view_lang_tag(l),
			 .arg = {mail_when(c->mem, l, at, false),
				 view_say(c->mem, l, mode, NULL, 0),
				 office_words(c, l, &office),
				 /* An SMS holds less. */
				 mail_when(c->mem, l, at, true)}};
	return mail_queue(c, &m);
}

/* Of what is over there is nothing to tell. */
static bool tell(ctx *c, const interview *i, const char *rule)
{
	telling t = {i, rule};
	return i->at <= c->now || act_as_program(c, do_tell, &t);
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
