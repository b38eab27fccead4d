/* What people do with their own data: pause, say yes and no, be erased, change their mind. */
#include "act/act_priv.h"
#include "act/office.h"
#include "mail/mail.h"

#define DAY_MS INT64_C(86400000)

/* ---- a pause --------------------------------------------------------------------------- */

bool act_own_may_pause(state now)
{
	bool undo;
	return model_step(now, S("pause"), &undo) != STATE_COUNT;
}

static bool step_from(ctx *c, const person *p, str verb)
{
	if (!store_person_step(c, p->id, 0, verb, S("")))
		return false;
	return p->state != STATE_INTERVIEW || act_interviews_off(c, p->id);
}

static bool find_own(ctx *c, person *p)
{
	if (!c->actor || id_none(c->actor->person))
		return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	return store_person_get(c, c->actor->person, false, p);
}

bool act_own_pause(ctx *c)
{
	person p;
	return find_own(c, &p) && step_from(c, &p, S("pause"));
}

/* From which state the present pause began, and when. */
static bool find_pause(ctx *c, id who, state *from, int64_t *since)
{
	enum { FAR = 200 };
	event *e;
	size_t n;
	if (!store_events(c, who, FAR, &e, &n))
		return false;
	*from = act_paused_from(e, n, since);
	return true;
}

/* Who was waiting waits again: nobody talks with her anew. */
static bool resume(ctx *c, const person *p, state from)
{
	return store_person_step(
		c, p->id, 0, from == STATE_WAITING ? S("resume_waiting") : S("resume"),
		S(""));
}

bool act_own_resume(ctx *c)
{
	person p;
	state from;
	int64_t since;
	/* First she takes an erasure back: act_own_keep. */
	return find_own(c, &p) && act_is_staying(c, p.id) &&
	       find_pause(c, p.id, &from, &since) && resume(c, &p, from);
}

/* ---- erasing ----------------------------------------------------------------------------- */

static bool tell(ctx *c, void *arg)
{
	const erasure *e = arg;
	person p;
	str call;
	if (!store_person_get(c, e->person, false, &p))
		return false;
	const view_lang *l = act_written(&p);
	if (!act_office_call(c, l, &call))
		return false;
	mail_letter m = {.rule = "erase",
			 .subject_key = str_format(c->mem, "%s/%lld", e->person.s,
						   (long long)e->asked),
			 .person = e->person,
			 .lang = view_lang_tag(l),
			 .expires = e->due,
			 .arg = {view_date(c->mem, l, date_local(e->due).day), call}};
	return mail_queue(c, &m);
}

static bool erase(ctx *c, const person *p)
{
	erasure e;
	if (p->state == STATE_DRAFT)
		return store_person_erase(c, p->id);
	if (!store_erasure_get(c, p->id, &e))
		return false;
	if (e.due)
		return true;
	return (!act_own_may_pause(p->state) || step_from(c, p, S("pause"))) &&
	       store_erasure_ask(c, p->id, c->now + ACT_REGRET_DAYS * DAY_MS) &&
	       store_event_add(c, p->id, S("erase"), S("")) &&
	       store_outbox_withdraw(c, S("news"), p->id) &&
	       store_erasure_get(c, p->id, &e) && act_as_program(c, tell, &e);
}

/* A pause of before stays a pause. */
static bool keep(ctx *c, const person *p)
{
	erasure e;
	state from;
	int64_t since;
	if (!store_erasure_get(c, p->id, &e))
		return false;
	if (!e.due)
		return true;
	if (!store_erasure_drop(c, p->id) ||
	    !store_event_add(c, p->id, S("kept"), S("")) ||
	    !store_outbox_withdraw(c, S("erase"), p->id) ||
	    !find_pause(c, p->id, &from, &since))
		return false;
	return p->state != STATE_PAUSED || since != e.asked || resume(c, p, from);
}

bool act_own_erase(ctx *c)
{
	person p;
	return find_own(c, &p) && erase(c, &p);
}

bool act_own_keep(ctx *c, str lang)
{
	person p;
	consent_row row[CONSENT_PURPOSES];
	if (!find_own(c, &p) || !keep(c, &p) || !store_consents(c, p.id, row))
		return false;
	for (int i = 0; i < CONSENT_PURPOSES; i++)
		if (model_consent[i].required && row[i].at && !row[i].given &&
		    !store_consent_set(c, p.id, (enum consent)i, true, lang, S("web")))
			return false;
	return true;
}

bool act_person_erase(ctx *c, id person_id)
{
	person p;
	return may(c, RIGHT_PEOPLE_WRITE) && store_person_get(c, person_id, false, &p) &&
	       erase(c, &p);
}

bool act_person_keep(ctx *c, id person_id)
{
	person p;
	return may(c, RIGHT_PEOPLE_WRITE) && store_person_get(c, person_id, false, &p) &&
	       keep(c, &p);
}

/* ---- consent ------------------------------------------------------------------------------- */

bool act_own_consent(ctx *c, consent purpose, bool given, str lang)
{
	person p;
	if (!find_own(c, &p) ||
	    !store_consent_set(c, p.id, purpose, given, lang, S("web")))
		return false;
	if (!given && purpose == CONSENT_FOR_MESSAGES &&
	    !store_outbox_withdraw(c, S("news"), p.id))
		return false;
	if (!model_consent[purpose].required)
		return true;
	return given ? keep(c, &p) : erase(c, &p);
}
