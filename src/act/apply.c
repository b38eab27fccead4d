/* A round is applied: each pair is looked at as things are now, and offered to both. */
#include <string.h>

#include "act/act_priv.h"
#include "act/round.h"
#include "mail/mail.h"

#define DAY_MS INT64_C(86400000)

/* The people of the pairs, as they are now. */
typedef struct present {
	const act_round *r;
	person *who;        /* by index in r->who; id none: not there any more */
	seats_taken *taken; /* the same; what is offered here is counted */
	size_t *at;         /* index in people, r->n when not there */
	people people;
	pool pool;
	terms terms;
} present;

/* ---- as it is now --------------------------------------------------------------------------- */

static void ask_for(const act_round *r, const unit *u, bool *asked)
{
	for (uint32_t m = 0; m < u->n; m++)
		asked[r->pool.member[u->first + m]] = true;
}

/* In scope, as who applies it; then opened, as the program: nobody reads it. */
static bool look(ctx *c, const id *who, person *out)
{
	*out = (person){.state = STATE_COUNT};
	if (store_person_get(c, *who, false, out))
		return true;
	if (c->fault.kind != FAULT_HIDDEN)
		return false;
	c->fault = (fault){0};
	*out = (person){.state = STATE_COUNT};
	return true;
}

typedef struct opening {
	present *now;
	people_list list;
	uint32_t *number;
} opening;

static bool open_all(ctx *c, void *arg)
{
	opening *o = arg;
	const act_round *r = o->now->r;
	o->list.item_n = 0;
	for (size_t i = 0; i < r->n; i++) {
		if (id_none(o->now->who[i].id))
			continue;
		size_t at = o->list.item_n++;
		if (!store_person_get(c, o->now->who[i].id, true, &o->list.item[at]))
			return false;
		o->number[at] = r->who[i].number;
		o->now->at[i] = at;
	}
	return true;
}

static bool read_present(ctx *c, present *now)
{
	const act_round *r = now->r;
	opening o = {.now = now,
		     .list = {.item = NEW_ARRAY(c->mem, person, r->n)},
		     .number = NEW_ARRAY(c->mem, uint32_t, r->n)};
	barred *b;
	size_t bars;
	sheet s = {.people = {.n = 0}};
	if (!store_barred(c, (id){""}, &b, &bars) || !act_as_program(c, open_all, &o))
		return false;
	const round_person *row = act_people_rows(c->mem, &o.list, o.number, b, bars);
	/* Nobody, when all of them are gone: then all pairs fall. */
	if (o.list.item_n && !sheet_read(c, S("people.csv"),
					 act_rows_sheet(c->mem, row, o.list.item_n), &s))
		return false;
	now->people = s.people;
	now->terms = r->terms;
	now->terms.date = c->today;
	now->terms.locked_n = now->terms.forbidden_n = now->terms.left_out_n = 0;
	model_pool_form(c->mem, &now->people, &now->terms, &now->pool);
	return true;
}

static bool find_present(ctx *c, const act_round *r, present *now)
{
	bool *asked = NEW_ARRAY(c->mem, bool, r->n);
	seats_taken *taken;
	size_t n;
	*now = (present){.r = r,
			 .who = NEW_ARRAY(c->mem, person, r->n),
			 .taken = NEW_ARRAY(c->mem, seats_taken, r->n),
			 .at = NEW_ARRAY(c->mem, size_t, r->n)};
	for (size_t i = 0; i < r->result.pairs; i++) {
		const match_pair *p = &r->result.pair[i];
		ask_for(r, &r->pool.newcomer[p->newcomer], asked);
		ask_for(r, &r->pool.established[p->established], asked);
	}
	if (!store_seats_taken(c, &taken, &n))
		return false;
	for (size_t i = 0; i < r->n; i++) {
		now->at[i] = r->n;
		if (asked[i] && !look(c, &r->who[i].person, &now->who[i]))
			return false;
		if (!id_none(now->who[i].merged))
			now->who[i].id = (id){""};
		for (size_t k = 0; k < n; k++)
			if (id_equal(taken[k].person, r->who[i].person))
				now->taken[i] = taken[k];
	}
	return read_present(c, now);
}

/* ---- one pair ---------------------------------------------------------------------------------- */

/* The unit of now with exactly these members; MATCH_NOBODY when the household is another. */
static uint32_t unit_now(const present *now, const unit *was, const unit *side, size_t n)
{
	const act_round *r = now->r;
	for (size_t i = 0; i < n; i++) {
		uint32_t same = 0;
		for (uint32_t m = 0; m < was->n; m++)
			for (uint32_t k = 0; k < side[i].n; k++)
				same += now->at[r->pool.member[was->first + m]] ==
					now->pool.member[side[i].first + k];
		if (same)
			return same == was->n && same == side[i].n ? (uint32_t)i
								   : MATCH_NOBODY;
	}
	return MATCH_NOBODY;
}

static bool fall_of_unit(ctx *c, const present *now, const unit *u, act_fall *out)
{
	const act_round *r = now->r;
	*out = ACT_STANDS;
	for (uint32_t m = 0; m < u->n && *out == ACT_STANDS; m++) {
		size_t i = r->pool.member[u->first + m];
		const person *p = &now->who[i];
		erasure e = {.due = 0};
		if (id_none(p->id))
			*out = ACT_FELL_GONE;
		else if (!store_erasure_get(c, p->id, &e))
			return false;
		else if (e.due || !act_is_available(p, &now->taken[i]))
			*out = ACT_FELL_STATE;
		else if (act_seats_left(p, &now->taken[i]) <= 0)
			*out = ACT_FELL_SEATS;
	}
	return true;
}

static bool look_at_pair(ctx *c, const present *now, const match_pair *p, act_fall *out)
{
	const unit *a = &now->r->pool.newcomer[p->newcomer];
	const unit *b = &now->r->pool.established[p->established];
	match_view v;
	if (!fall_of_unit(c, now, a, out) || *out != ACT_STANDS)
		return c->fault.kind == FAULT_NONE;
	if (!fall_of_unit(c, now, b, out) || *out != ACT_STANDS)
		return c->fault.kind == FAULT_NONE;
	uint32_t i = unit_now(now, a, now->pool.newcomer, now->pool.newcomers);
	uint32_t j = unit_now(now, b, now->pool.established, now->pool.establisheds);
	if (i == MATCH_NOBODY || j == MATCH_NOBODY) {
		*out = ACT_FELL_RULE;
		return true;
	}
	match_look(&now->pool, &now->terms, i, j, &v);
	if (v.broken & 1u << RULE_NEVER)
		*out = ACT_FELL_BARRED;
	else if (v.broken)
		*out = ACT_FELL_RULE;
	return true;
}

/* ---- offering ------------------------------------------------------------------------------------ */

typedef struct offering {
	present *now;
	proposal p;
	proposal_person *who;
	size_t n;
	str origin;
} offering;

static void add_unit(offering *o, const unit *u, str side)
{
	const act_round *r = o->now->r;
	for (uint32_t m = 0; m < u->n; m++) {
		size_t i = r->pool.member[u->first + m];
		o->who[o->n++] =
			(proposal_person){.person = r->who[i].person, .side = side};
		o->now->taken[i].offers++;
	}
}

static bool tell_all(ctx *c, void *arg)
{
	const offering *o = arg;
	for (size_t i = 0; i < o->n; i++)
		if (!act_offer_tell(c, &o->p, &o->who[i], o->origin))
			return false;
	return true;
}

static bool step_all(ctx *c, const offering *o)
{
	for (size_t i = 0; i < o->n; i++) {
		person p;
		if (!store_person_get(c, o->who[i].person, false, &p))
			return false;
		if (p.state == STATE_WAITING &&
		    !store_person_step(c, p.id, 0, S("propose"), S("")))
			return false;
	}
	return true;
}

static bool offer(ctx *c, present *now, const match_pair *p, str origin, id *out)
{
	const act_round *r = now->r;
	const unit *a = &r->pool.newcomer[p->newcomer];
	const unit *b = &r->pool.established[p->established];
	match_view v;
	offering o = {.now = now,
		      .origin = origin,
		      .who = NEW_ARRAY(c->mem, proposal_person, a->n + b->n)};
	match_look(&r->pool, &r->terms, p->newcomer, p->established, &v);
	o.p = (proposal){.round = r->round.id,
			 .expires = c->now + ACT_OFFER_DAYS * DAY_MS,
			 .weight = p->weight};
	for (int i = 0; i < CRITERIA_COUNT; i++)
		o.p.fit += v.part[i];
	add_unit(&o, a, S("newcomer"));
	add_unit(&o, b, S("established"));
	if (!store_proposal_add(c, &o.p, o.who, o.n) || !step_all(c, &o) ||
	    !act_as_program(c, tell_all, &o))
		return false;
	*out = o.p.id;
	return true;
}

/* What was forbidden here is not suggested in another round either. */
static bool keep_forbidden(ctx *c, const act_round *r)
{
	for (size_t i = 0; i < r->terms.forbidden_n; i++) {
		size_t a = act_round_find(r, r->terms.forbidden[i].a);
		size_t b = act_round_find(r, r->terms.forbidden[i].b);
		if (!store_barred_add(c, r->who[a].person, r->who[b].person,
				      S("forbidden")))
			return false;
	}
	return true;
}

bool act_round_apply(ctx *c, const act_round *r, str origin, act_applied *out)
{
	present now;
	*out = (act_applied){
		.pair = NEW_ARRAY(c->mem, struct act_applied_pair, r->result.pairs),
		.n = r->result.pairs};
	if (!may(c, RIGHT_MATCH))
		return false;
	if (r->stale)
		return ctx_fail(c, FAULT_CONFLICT, "fault.changed", S(""), S(""));
	if (!store_round_end(c, r->round.id, r->round.version, S("applied")) ||
	    !find_present(c, r, &now))
		return false;
	for (size_t i = 0; i < out->n; i++) {
		const match_pair *p = &r->result.pair[i];
		out->pair[i].newcomer = r->pool.newcomer[p->newcomer].id;
		out->pair[i].established = r->pool.established[p->established].id;
		if (!look_at_pair(c, &now, p, &out->pair[i].fall))
			return false;
		if (out->pair[i].fall != ACT_STANDS)
			continue;
		if (!offer(c, &now, p, origin, &out->pair[i].proposal))
			return false;
		out->stand++;
	}
	return keep_forbidden(c, r);
}
