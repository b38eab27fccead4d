/* A pair's way: begun, paused, ended by the office or by itself, and what follows for its people. */
#include "act/pair_priv.h"
#include "act/round.h"

#define DAY_MS INT64_C(86400000)

static bool fail_changed(ctx *c)
{
	return ctx_fail(c, FAULT_CONFLICT, "fault.changed", S(""), S(""));
}

/* ---- beginning ------------------------------------------------------------------------------ */

static bool begin(ctx *c, void *arg)
{
	const id *which = arg;
	proposal from;
	proposal_person *asked;
	size_t n;
	if (!store_proposal_get(c, *which, &from, &asked, &n))
		return false;
	if (!str_equal(from.state, S("introduced")))
		return fail_changed(c);
	pair p = {.proposal = from.id};
	pair_person *who = NEW_ARRAY(c->mem, pair_person, n);
	for (size_t i = 0; i < n; i++)
		who[i] = (pair_person){.person = asked[i].person, .side = asked[i].side};
	return store_pair_add(c, &p, who, n);
}

bool act_pair_begin(ctx *c, id proposal_id)
{
	proposal seen;
	proposal_person *who;
	size_t n;
	if (!c->actor)
		return store_write(c, begin, &proposal_id);
	return may(c, RIGHT_MATCH) &&
	       store_proposal_get(c, proposal_id, &seen, &who, &n) &&
	       act_as_program(c, begin, &proposal_id);
}

/* ---- what the office has to do ---------------------------------------------------------------- */

bool act_pair_task(ctx *c, const pair *p, id who, const char *kind)
{
	pair seen;
	pair_person *all;
	size_t n;
	person of;
	int64_t code;
	if (!store_pair_get(c, p->id, &seen, &all, &n))
		return false;
	if (id_none(who) && n)
		who = all[0].person;
	if (id_none(who))
		return true;
	if (!store_person_get(c, who, false, &of))
		return false;
	task t = {.person = who,
		  .pair = p->id,
		  .kind = str_from(kind),
		  .lang = of.written,
		  .when = S("any")};
	if (str_to_int(of.value[FIELD_MUNICIPALITY], 1, 9999, &code))
		t.municipality = (uint16_t)code;
	return store_task_add(c, &t);
}

/* ---- after the end ------------------------------------------------------------------------------ */

bool act_pair_has_other(ctx *c, id who, id but, bool *other)
{
	enum { MOST = 20 };
	const pair_filter f = {.health = -1, .state = -1, .person = who, .limit = MOST};
	pair *p;
	size_t n;
	int64_t total;
	*other = false;
	if (!store_pairs(c, &f, &p, &n, &total))
		return false;
	for (size_t i = 0; i < n; i++)
		*other |= !id_equal(p[i].id, but);
	return true;
}

bool act_pair_put_back(ctx *c, id who)
{
	person p;
	bool offered;
	if (!store_person_get(c, who, false, &p) || !act_is_taken(c, who, &offered))
		return false;
	if (p.state != STATE_PAIRED)
		return true;
	return store_person_step(c, who, 0, S("put_back"), S("")) &&
	       (!offered || store_person_step(c, who, 0, S("propose"), S("")));
}

static bool settle_tasks(ctx *c, const pair *p)
{
	static const char *const kind[] = {"pair_amber", "pair_red", "pair_differ",
					   "pair_end", "pair_call"};
	for (size_t i = 0; i < ARRAY_LEN(kind); i++)
		if (!store_tasks_settle(c, p->id, str_from(kind[i])))
			return false;
	return true;
}

/* What they were asked about it is not true any more. */
static bool withdraw_letters(ctx *c, const pair *p)
{
	checkin *k;
	size_t n;
	if (!store_checkins(c, p->id, &k, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!store_outbox_withdraw(c, S("checkin"), k[i].id))
			return false;
	return true;
}

static bool free_seat(ctx *c, const pair *p)
{
	proposal from;
	proposal_person *who;
	size_t n;
	return id_none(p->proposal) ||
	       (store_proposal_get(c, p->proposal, &from, &who, &n) &&
		(!str_equal(from.state, S("introduced")) ||
		 store_proposal_state(c, &from, S("ended"))));
}

static bool have_met(const pair *p, const pair_change *k, size_t n)
{
	bool met = p->state == PAIR_COMPLETED;
	for (size_t i = 0; i < n; i++) {
		/* What was corrected is as it became. */
		if (k[i].to <= PAIR_ONGOING)
			met = k[i].to >= PAIR_MET;
	}
	return met;
}

/* Who never met waits again; the others are asked, once a mistake could have been taken back. */
static bool settle_people(ctx *c, const pair *p, pair_person *who, size_t n)
{
	pair_change *k;
	size_t changes;
	bool other, gone = false;
	if (!store_pair_changes(c, p->id, &k, &changes))
		return false;
	for (size_t i = 0; i < changes; i++)
		gone = str_equal(k[i].why, S("gone")) || str_equal(k[i].why, S("left"));
	bool back = p->state == PAIR_NEVER_MET || (gone && !have_met(p, k, changes));
	for (size_t i = 0; i < n; i++) {
		if (!act_pair_has_other(c, who[i].person, p->id, &other))
			return false;
		who[i].again = other ? S("other") : back ? S("back") : S("");
		who[i].asked = other ? c->now : 0;
		who[i].answered = 0;
		if (!store_pair_again(c, &who[i]) ||
		    (back && !other && !act_pair_put_back(c, who[i].person)))
			return false;
	}
	return true;
}

static bool pair_over(ctx *c, const pair *p)
{
	pair now;
	pair_person *who;
	size_t n;
	if (!store_pair_get(c, p->id, &now, &who, &n) || !free_seat(c, &now))
		return false;
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			if (!str_equal(who[i].side, who[k].side) &&
			    !store_barred_add(c, who[i].person, who[k].person,
					      S("ended")))
				return false;
	return settle_tasks(c, &now) && withdraw_letters(c, &now) &&
	       settle_people(c, &now, who, n);
}

bool act_pair_end(ctx *c, pair *p, pair_state to, str why)
{
	const pair_move m = {.to = to, .why = why};
	return store_pair_move(c, p, &m) && pair_over(c, p);
}

static bool over(ctx *c, void *arg)
{
	return pair_over(c, arg);
}

/* ---- by hand --------------------------------------------------------------------------------------- */

size_t act_pair_verbs(const pair *p, const char *out[ACT_PAIR_VERBS])
{
	static const char *const verb[ACT_PAIR_VERBS] = {"resume", "complete", "pause",
							 "never_met", "end"};
	size_t n = 0;
	for (size_t i = 0; i < ACT_PAIR_VERBS; i++)
		if (model_pair_step(p->state, p->before, str_from(verb[i])) !=
		    PAIR_STATES)
			out[n++] = verb[i];
	return n;
}

static bool wants_why(str verb)
{
	return !str_equal(verb, S("resume")) && !str_equal(verb, S("complete"));
}

/* Days since the pause began: so much later they are asked, and it ends. */
static bool paused_days(ctx *c, const pair *p, int32_t *days)
{
	pair_change *k;
	size_t n;
	*days = 0;
	if (!store_pair_changes(c, p->id, &k, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (k[i].to == PAIR_PAUSED && !k[i].undo)
			*days = date_local(c->now).day - date_local(k[i].at).day;
	return true;
}

static bool look(ctx *c, void *arg)
{
	return act_pair_look(c, arg, false);
}

bool act_pair_step_do(ctx *c, const act_pair_step *s)
{
	pair p;
	pair_person *who;
	size_t n;
	pair_move m = {.why = s->why};
	if (!may(c, RIGHT_MATCH) || !store_pair_get(c, s->pair, &p, &who, &n))
		return false;
	m.to = model_pair_step(p.state, p.before, s->verb);
	if (p.version != s->version || m.to == PAIR_STATES)
		return fail_changed(c);
	if (wants_why(s->verb) && !model_pair_is_why(s->why))
		return ctx_fail(c, FAULT_INPUT, "s.error.why", S(""), S(""));
	if (!wants_why(s->verb))
		m.why = S("");
	if (p.state == PAIR_PAUSED && !model_pair_is_over(m.to) &&
	    !paused_days(c, &p, &m.later))
		return false;
	return store_pair_move(c, &p, &m) &&
	       act_as_program(c, model_pair_is_over(m.to) ? over : look, &p);
}

/* ---- taken back -------------------------------------------------------------------------------------- */

bool act_pair_may_undo(const ctx *c, const pair_change *change, size_t n)
{
	const pair_change *last = n ? &change[n - 1] : NULL;
	return last && !last->undo && !id_none(last->account) &&
	       last->from != PAIR_STATES && c->now - last->at <= DAY_MS;
}

static bool unbar(ctx *c, const pair_person *who, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		barred *b;
		size_t bars;
		if (!store_barred(c, who[i].person, &b, &bars))
			return false;
		for (size_t k = 0; k < bars; k++)
			for (size_t o = i + 1; o < n; o++)
				if (str_equal(b[k].why, S("ended")) &&
				    (id_equal(b[k].one, who[o].person) ||
				     id_equal(b[k].other, who[o].person)) &&
				    !store_barred_lift(c, b[k].id))
					return false;
	}
	return true;
}

/* A seat that was freed may be somebody else's by now. */
static bool fits_again(ctx *c, const pair_person *who, size_t n)
{
	seats_taken *taken;
	size_t takens;
	if (!store_seats_taken(c, &taken, &takens))
		return false;
	for (size_t i = 0; i < n; i++) {
		person p;
		if (!store_person_get(c, who[i].person, false, &p))
			return false;
		bool established = str_equal(who[i].side, S("established"));
		for (size_t k = 0; k < takens && established; k++)
			if (id_equal(taken[k].person, p.id) &&
			    act_seats_left(&p, &taken[k]) < 0)
				return fail_changed(c);
	}
	return true;
}

static bool begin_again(ctx *c, void *arg)
{
	const pair *p = arg;
	pair now;
	pair_person *who;
	proposal from;
	proposal_person *asked;
	size_t n, askeds;
	if (!store_pair_get(c, p->id, &now, &who, &n) || !unbar(c, who, n))
		return false;
	if (!id_none(now.proposal) &&
	    (!store_proposal_get(c, now.proposal, &from, &asked, &askeds) ||
	     !store_proposal_state(c, &from, S("introduced"))))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (str_equal(who[i].again, S("back")) &&
		    !store_person_rejoin(c, who[i].person))
			return false;
		/* Closed by hand, or off with somebody new. */
		person of;
		if (!store_person_get(c, who[i].person, false, &of))
			return false;
		if (of.state != STATE_PAIRED)
			return fail_changed(c);
		who[i].again = S("");
		who[i].asked = who[i].answered = 0;
		if (!store_pair_again(c, &who[i]))
			return false;
	}
	return fits_again(c, who, n) && act_pair_look(c, &now, false);
}

bool act_pair_undo(ctx *c, id pair_id, int64_t version)
{
	pair p;
	pair_person *who;
	pair_change *k;
	size_t n, changes;
	if (!may(c, RIGHT_MATCH) || !store_pair_get(c, pair_id, &p, &who, &n) ||
	    !store_pair_changes(c, pair_id, &k, &changes))
		return false;
	if (p.version != version || !act_pair_may_undo(c, k, changes))
		return fail_changed(c);
	const pair_change *last = &k[changes - 1];
	bool was_over = model_pair_is_over(p.state);
	pair_move m = {.to = last->from, .why = S(""), .undo = true};
	/* What a resume had moved goes back by the same days. */
	for (size_t i = 0; i < changes && last->from == PAIR_PAUSED && !was_over; i++)
		if (k[i].to == PAIR_PAUSED && !k[i].undo)
			m.later = date_local(k[i].at).day - date_local(last->at).day;
	return store_pair_move(c, &p, &m) &&
	       act_as_program(c, was_over ? begin_again : look, &p);
}
