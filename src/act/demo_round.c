/* The demonstration's rounds: applied, answered, introduced, by the verbs of the office. */
#include <stdlib.h>

#include "act/demo_priv.h"
#include "act/offer.h"
#include "act/round.h"

#define DAY_MS  INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)
/* Where ./run serves the demonstration. */
#define ORIGIN S("http://127.0.0.1:8080")

/* ---- times --------------------------------------------------------------------------------- */

static void at(ctx *c, int64_t now)
{
	c->now = now;
	c->today = date_local(now).day;
}

/* What was written by now lies in the past: it is sent. */
static bool send_all(ctx *c)
{
	const actor *before = c->actor;
	message m;
	bool ok;
	c->actor = NULL;
	do
		ok = store_outbox_claim(c, HOUR_MS, &m) &&
		     (id_none(m.id) || store_outbox_settle(c, &m, MESSAGE_SENT, S("")));
	while (ok && !id_none(m.id));
	c->actor = before;
	return ok;
}

/* ---- answers ---------------------------------------------------------------------------------- */

/* What each side says: "" nothing yet. After a no the other is not asked. */
static const struct answers {
	const char *newcomer, *established, *note;
	bool introduced;
} course[] = {
	{"yes", "yes", "", true},
	{"yes", "no", "", false},
	{"yes", "yes", "", false},
	{"ask", "", "Kan vi ses på kvällen? Jag arbetar på dagen.", false},
	{"yes", "", "", false},
	{"", "", "", false},
	{"", "", "", false},
	{"yes", "yes", "", true},
	{"", "yes", "", false},
	{"", "", "", false},
};

static bool say(ctx *c, id proposal_id, id person_id, const char *word, const char *note)
{
	const actor self = {.person = person_id}, *before = c->actor;
	act_answer a = {.answer = str_from(word),
			.why = str_equal(str_from(word), S("no")) ? S("time") : S(""),
			.note = str_from(note)};
	if (!a.answer.n)
		return true;
	c->actor = &self;
	bool ok = act_offer_own(c, proposal_id, &a);
	c->actor = before;
	return ok;
}

static bool introduce(ctx *c, id proposal_id, const actor *coordinator)
{
	act_introduction in;
	const actor *before = c->actor;
	c->actor = coordinator;
	bool ok = act_introduce_preview(c, proposal_id, (str){NULL, 0}, S("sv"), &in) &&
		  act_introduce(c, proposal_id, in.proposal.version, in.letter, in.n,
				ORIGIN);
	c->actor = before;
	return ok;
}

static bool answer(ctx *c, id proposal_id, const actor *coordinator,
		   const struct answers *a)
{
	proposal p;
	proposal_person *who;
	size_t n;
	c->actor = NULL;
	if (!store_proposal_get(c, proposal_id, &p, &who, &n) || n < 2)
		return c->fault.kind == FAULT_NONE;
	return say(c, proposal_id, who[0].person, a->newcomer, a->note) &&
	       say(c, proposal_id, who[n - 1].person, a->established, "") &&
	       (!a->introduced || introduce(c, proposal_id, coordinator));
}

/* ---- a round --------------------------------------------------------------------------------------- */

static bool apply(ctx *c, uint16_t where, act_applied *out)
{
	id round_id;
	act_round r;
	return act_round_begin(c, &where, 1, &round_id) &&
	       act_round_open(c, round_id, &r) && act_round_apply(c, &r, ORIGIN, out);
}

/* What stands, by the newcomers' places in the queue: the same every time, as ids are not. */
typedef struct offered {
	str place;
	id proposal, established;
	bool arabic; /* the newcomer reads it */
} offered;

static int by_place(const void *a, const void *b)
{
	return str_compare(((const offered *)a)->place, ((const offered *)b)->place);
}

static bool list_offered(ctx *c, const act_applied *a, offered *out, size_t *n)
{
	*n = 0;
	c->actor = NULL;
	for (size_t i = 0; i < a->n; i++) {
		proposal p;
		proposal_person *who;
		person first;
		size_t both;
		if (a->pair[i].fall != ACT_STANDS)
			continue;
		if (!store_proposal_get(c, a->pair[i].proposal, &p, &who, &both) ||
		    !store_person_get(c, who[0].person, false, &first))
			return false;
		const str *v = first.value;
		out[(*n)++] = (offered){.place = str_format(c->mem, "%.*s %.*s",
							    STR_ARG(v[FIELD_QUEUED]),
							    STR_ARG(v[FIELD_GIVEN])),
					.proposal = p.id,
					.established = who[both - 1].person,
					.arabic = str_equal(first.written, S("ar"))};
	}
	qsort(out, *n, sizeof *out, by_place);
	return true;
}

/* The first who reads Arabic, offered somebody who has no other offer; n when there is none. */
static size_t to_keep(const offered *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t offers = 0;
		for (size_t k = 0; k < n; k++)
			offers += id_equal(all[i].established, all[k].established);
		if (all[i].arabic && offers == 1)
			return i;
	}
	return n;
}

bool demo_round(ctx *c, const actor *coordinator, uint16_t where, int64_t end)
{
	int64_t begun = end - DEMO_ROUND_DAYS * DAY_MS;
	act_applied out;
	size_t turn = 0, n;
	at(c, begun);
	c->actor = coordinator;
	if (!apply(c, where, &out) || !send_all(c))
		return false;
	offered *all = NEW_ARRAY(c->mem, offered, out.n);
	if (!list_offered(c, &out, all, &n))
		return false;
	/* Has an offer to answer, so that there is one from right to left. */
	size_t kept = to_keep(all, n);
	for (size_t i = 0; i < n; i++) {
		if (i == kept)
			continue;
		/* An hour or so after each other, all before now. */
		at(c, begun + DAY_MS + (int64_t)turn % 40 * HOUR_MS);
		if (!answer(c, all[i].proposal, coordinator,
			    &course[turn++ % ARRAY_LEN(course)]))
			return false;
	}
	c->actor = NULL;
	return send_all(c);
}

/* ---- whom one may be ----------------------------------------------------------------------------------- */

/*
 * Of the established among them: who has said nothing and has no buddy yet, or who is there at all.
 * Not whose newcomer reads Arabic, since that offer is kept as it is.
 */
static bool pick(ctx *c, id proposal_id, bool silent, id *out)
{
	proposal p;
	proposal_person *who;
	size_t n;
	if (!store_proposal_get(c, proposal_id, &p, &who, &n))
		return false;
	for (size_t i = 0; i < n && id_none(*out); i++) {
		person one;
		if (!store_person_get(c, who[i].person, false, &one))
			return false;
		if (silent && str_equal(one.written, S("ar")))
			return true;
		if (str_equal(who[i].side, S("established")) &&
		    (!silent || (!who[i].answer.n && one.state == STATE_PROPOSED)))
			*out = one.id;
	}
	return true;
}

static int by_weight(const void *a, const void *b)
{
	const proposal *p = a, *q = b;
	return (p->weight < q->weight) - (p->weight > q->weight);
}

bool demo_offered(ctx *c, id *open, id *paired)
{
	static const char *const state_of[] = {"offered", "introduced"};
	id *found[] = {open, paired};
	for (size_t k = 0; k < ARRAY_LEN(found); k++) {
		proposal *p;
		size_t n;
		*found[k] = (id){""};
		if (!store_proposals(c, str_from(state_of[k]), (id){""}, &p, &n))
			return false;
		/* The best of them, and the same every time. */
		qsort(p, n, sizeof *p, by_weight);
		for (size_t i = 0; i < n && id_none(*found[k]); i++)
			if (!pick(c, p[i].id, k == 0, found[k]))
				return false;
	}
	return true;
}
