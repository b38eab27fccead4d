/* The conversation before someone is approved: booked, moved, called off, noted. */
#include "act/office.h"

/* An hour's grace: one that is noted while it is held. */
enum { GRACE_MS = 3600000 };

bool act_interview_book(ctx *c, interview *i, int64_t person_version)
{
	person p;
	if (!may(c, RIGHT_INTERVIEW))
		return false;
	if (i->at < c->now - GRACE_MS)
		return ctx_fail(c, FAULT_INPUT, "s.error.past", S(""), S(""));
	if (!store_person_get(c, i->person, false, &p))
		return false;
	i->state = S("booked");
	i->account = c->actor->account;
	if (!store_interview_set(c, i))
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
	if (!store_interview_set(c, i))
		return false;
	if (p.state != STATE_INTERVIEW)
		return true;
	return store_person_step(c, i->person, 0, S("unbook"), S(""));
}

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
