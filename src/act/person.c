/* The way of a person through the office, one step at a time and back. */
#include "act/act_priv.h"
#include "act/office.h"

/* In the order they are offered: first what leads on, last what ends it. */
static const char *const by_hand[ACT_VERBS] = {"pass",    "approve",  "resume_waiting",
					       "resume",  "reopen",   "pause",
					       "decline", "withdraw", "close"};

size_t act_person_verbs(state from, const char *out[ACT_VERBS])
{
	size_t n = 0;
	bool undo;
	for (size_t i = 0; i < ARRAY_LEN(by_hand); i++)
		if (model_step(from, str_from(by_hand[i]), &undo) != STATE_COUNT)
			out[n++] = by_hand[i];
	return n;
}

bool act_person_may_undo(state from, state to)
{
	static const char *const others[] = {"book"};
	bool undo = false;
	for (size_t i = 0; i < ARRAY_LEN(by_hand); i++)
		if (model_step(from, str_from(by_hand[i]), &undo) == to && undo)
			return true;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (model_step(from, str_from(others[i]), &undo) == to && undo)
			return true;
	return false;
}

static bool is_by_hand(str verb)
{
	for (size_t i = 0; i < ARRAY_LEN(by_hand); i++)
		if (str_equal(verb, str_from(by_hand[i])))
			return true;
	return false;
}

/* Who is no longer to be talked with is told that the talk is off. */
static bool step_away(ctx *c, state from, id person_id)
{
	person p;
	if (from != STATE_INTERVIEW)
		return true;
	return store_person_get(c, person_id, false, &p) &&
	       (p.state == STATE_INTERVIEW || act_interviews_off(c, person_id));
}

state act_paused_from(const event *e, size_t n, int64_t *since)
{
	for (size_t i = 0; i < n; i++) {
		if (!str_equal(e[i].kind, S("step")) ||
		    model_state_named(e[i].to) != STATE_PAUSED)
			continue;
		*since = e[i].at;
		return model_state_named(e[i].from);
	}
	*since = 0;
	return STATE_COUNT;
}

bool act_is_staying(ctx *c, id person_id)
{
	erasure e;
	return store_erasure_get(c, person_id, &e) &&
	       (!e.due || ctx_fail(c, FAULT_CONFLICT, "fault.changed", S(""), S("")));
}

bool act_person_step(ctx *c, const act_step *s)
{
	person before;
	if (!may(c, RIGHT_APPROVE))
		return false;
	if (!is_by_hand(s->verb))
		return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	if (str_equal(s->verb, S("decline")) && !s->reason.n)
		return ctx_fail(c, FAULT_INPUT, "s.error.reason", S(""), S(""));
	return store_person_get(c, s->person, false, &before) &&
	       act_is_staying(c, s->person) &&
	       store_person_step(c, s->person, s->version, s->verb, s->reason) &&
	       step_away(c, before.state, s->person);
}

bool act_person_undo(ctx *c, id person_id, int64_t version)
{
	person before;
	return may(c, RIGHT_APPROVE) && store_person_get(c, person_id, false, &before) &&
	       act_is_staying(c, person_id) && store_person_undo(c, person_id, version) &&
	       step_away(c, before.state, person_id);
}

bool act_person_merge(ctx *c, id keep, id gone)
{
	if (!may(c, RIGHT_PEOPLE_WRITE))
		return false;
	if (id_equal(keep, gone))
		return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	return store_person_merge(c, keep, gone);
}

bool act_person_change(ctx *c, id person_id, int64_t version,
		       const str value[FIELD_COUNT], const bool set[FIELD_COUNT])
{
	return may(c, RIGHT_PEOPLE_WRITE) &&
	       store_person_change(c, person_id, version, value, set);
}

bool act_task_done(ctx *c, id task_id, bool done)
{
	return may(c, RIGHT_INTERVIEW) && store_task_done(c, task_id, done);
}

/* ---- somebody who phones or hands in a paper ------------------------------------------------ */

static bool is_complete(ctx *c, const act_enrolment *e, const person *p)
{
	field_id missing[FIELD_COUNT];
	if (act_register_missing(p, missing))
		return ctx_fail(c, FAULT_INPUT, "p.error.missing",
				str_from(model_field[missing[0]].name), S(""));
	for (int i = 0; i < CONSENT_PURPOSES; i++)
		if (model_consent[i].required && !e->given[i])
			return ctx_fail(c, FAULT_INPUT, "p.error.consent", S(""), S(""));
	return true;
}

/* Without a draft: one belongs to the person, and staff does not see it. */
bool act_enrol(ctx *c, act_enrolment *e)
{
	person p = {.state = STATE_SUBMITTED, .written = e->lang};
	for (int f = 0; f < FIELD_COUNT; f++)
		p.value[f] = e->set[f] ? e->value[f] : S("");
	p.value[FIELD_SIDE] = e->side;
	p.value[FIELD_CONSENT] = S("yes");
	p.value[FIELD_QUEUED] = date_format_iso(c->mem, c->today);
	if (!may(c, RIGHT_PEOPLE_WRITE) || !is_complete(c, e, &p) ||
	    !store_person_add(c, &p) ||
	    !store_event_add(c, p.id, S("registered"), e->channel))
		return false;
	e->person = p.id;
	for (int i = 0; i < CONSENT_PURPOSES; i++)
		if (!store_consent_set(c, p.id, (enum consent)i, e->given[i], e->lang,
				       e->channel))
			return false;
	return act_welcome(c, &p);
}
