/* What staff do in the years of an office, mistakes included: rounds, introductions, pairs. */
#ifndef YEAR_STAFF_H
#define YEAR_STAFF_H

#include "year_people.h"

/* ---- what is always true of a round -------------------------------------------------------------- */

static inline bool has_name(str text)
{
	return str_find(text, S("Namn0")) >= 0 || str_find(text, S("post0")) >= 0 ||
	       str_find(text, S("+467017")) >= 0;
}

/* What is kept and exported of it names nobody, and who waits longer weighs more, for ever. */
static inline void compare_waits(office *o, const act_round *r, size_t i)
{
	int64_t last = INT64_MIN;
	const match_pair *p = &r->result.pair[i];
	for (int days = 0; days <= 600; days += 60) {
		terms t = r->terms;
		match_view v;
		t.date += o->planted == LAW_WAIT_GROWS && days > 14 ? 14 : days;
		match_look(&r->pool, &t, p->newcomer, p->established, &v);
		int64_t waiting = v.waiting_newcomer + v.waiting_established;
		if (waiting <= last)
			broke(o, LAW_WAIT_GROWS, "after %d days", days);
		last = waiting;
	}
}

/* Who ticks all there is fits nobody better than who ticked what the other did. */
static inline void compare_interests(office *o, const act_round *r, size_t i)
{
	const match_pair *two = &r->result.pair[i];
	people all = *r->people;
	pool p = r->pool;
	match_view v[2];
	uint32_t a = p.member[p.newcomer[two->newcomer].first];
	uint32_t b = p.member[p.established[two->established].first];
	uint64_t both = all.profile[b].interests;
	all.profile = NEW_ARRAY(o->c[0].mem, profile, all.n);
	memcpy(all.profile, r->people->profile, all.n * sizeof *all.profile);
	p.people = &all;
	for (int k = 0; k < 2; k++) {
		all.profile[a].interests = k ? UINT64_C(0xffffffff) | both : both;
		match_look(&p, &r->terms, two->newcomer, two->established, &v[k]);
		if (o->planted == LAW_SHARED_PART)
			v[k].part[CRITERION_INTERESTS] = __builtin_popcountll(
				all.profile[a].interests & ((both << 1) | both));
	}
	if (both && v[1].part[CRITERION_INTERESTS] >= v[0].part[CRITERION_INTERESTS])
		broke(o, LAW_SHARED_PART, "%d for all, %d for the same",
		      v[1].part[CRITERION_INTERESTS], v[0].part[CRITERION_INTERESTS]);
}

static inline void compare_round(office *o, ctx *c, act_round *r)
{
	check_report report;
	if (o->planted == LAW_NAMELESS && r->n) {
		person p = stored(o, human_with(o, r->who[0].person));
		p.value[FIELD_GIVEN] = S("Namn0000");
		act_round_name(c->mem, r, 0, &p);
		r->sheet = model_people_value(r->people, 0, FIELD_GIVEN);
	}
	if (has_name(r->sheet) || has_name(r->result_json))
		broke(o, LAW_NAMELESS, "in a round");
	for (size_t i = 0; i < r->result.pairs; i += 3) {
		compare_waits(o, r, i);
		compare_interests(o, r, i);
	}
	if (r->stale)
		return;
	if (o->planted == LAW_PROVEN && r->n) /* somebody became older in between */
		r->people->profile[0].birth_year -= 30;
	if (!act_round_check(c, r, &report) || !report.proven)
		broke(o, LAW_PROVEN, "%s", report.key ? report.key : c->fault.key);
}

/* ---- working in a round ------------------------------------------------------------------------------- */

static inline bool opens(office *o, ctx *c, const actor *who, id round_id, act_round *r)
{
	c->actor = who;
	if (!act_round_open(c, round_id, r)) {
		c->fault = (fault){.kind = FAULT_NONE};
		return false;
	}
	(void)o;
	return true;
}

static inline void changes_round(office *o, ctx *c, const act_round *r)
{
	static const char *const kind[] = {"lock", "forbid", "leave_out", "weights"};
	act_change w = {.kind = kind[below(o, 4)], .reason = S("det vet vi")};
	terms t = r->terms;
	if (!r->result.pairs)
		return;
	const match_pair *p = &r->result.pair[below(o, (uint32_t)r->result.pairs)];
	w.newcomer = r->pool.newcomer[p->newcomer].id;
	w.established = r->pool.established[p->established].id;
	if (w.kind == kind[2])
		w.established = 0;
	t.weight[CRITERION_AGE] = 5 + (int)below(o, 40);
	w.terms = w.kind == kind[3] ? &t : NULL;
	c->fault = (fault){.kind = FAULT_NONE};
	if (!act_round_change(c, r->round.id, &w) && c->fault.kind != FAULT_INPUT)
		fail_msg("%s: %s", w.kind, c->fault.key);
	c->fault = (fault){.kind = FAULT_NONE};
	if (one_in(o, 4)) {
		act_round now;
		assert_true(act_round_open(c, r->round.id, &now));
		if (act_round_undoable(&now))
			assert_true(act_round_undo(c, now.round.id, now.round.version));
	}
}

typedef struct applying {
	office *o;
	const act_round *r;
	act_applied out;
} applying;

static inline bool do_apply(ctx *c, void *arg)
{
	applying *a = arg;
	return act_round_apply(c, a->r, S(OUR_PAGES), &a->out);
}

/* The twin: what the round says is offered, whatever has become of it since. */
static inline bool do_apply_blindly(ctx *c, void *arg)
{
	applying *a = arg;
	const act_round *r = a->r;
	a->out = (act_applied){.n = r->result.pairs};
	a->out.pair = NEW_ARRAY(c->mem, struct act_applied_pair, a->out.n);
	for (size_t i = 0; i < a->out.n; i++) {
		const match_pair *m = &r->result.pair[i];
		const unit *u[2] = {&r->pool.newcomer[m->newcomer],
				    &r->pool.established[m->established]};
		proposal p = {.round = r->round.id, .expires = c->now + DAY};
		proposal_person who[2] = {{.side = S("newcomer")},
					  {.side = S("established")}};
		for (int k = 0; k < 2; k++) {
			who[k].person = r->who[r->pool.member[u[k]->first]].person;
			person now;
			if (!store_person_get(c, who[k].person, false, &now))
				return true; /* the others another time */
		}
		if (!store_proposal_add(c, &p, who, 2))
			return false;
		a->out.pair[i].newcomer = u[0]->id;
		a->out.pair[i].established = u[1]->id;
		a->out.pair[i].proposal = p.id;
		a->out.stand++;
	}
	return true;
}

/* ---- what was offered ------------------------------------------------------------------------------------- */

static inline int open_deals(const office *o, const human *p, bool offers_only)
{
	int n = 0;
	for (size_t i = 0; i < o->deals; i++) {
		const deal *d = &o->deal[i];
		bool hers = d->who[0] == p || d->who[1] == p;
		n += hers && d->state != OVER && !(offers_only && d->state == INTRODUCED);
	}
	return n;
}

static inline bool wants(const office *o, const human *p, const human *other)
{
	int age = date_from_day(date_local(o->now).day).year - other->year;
	return !(p->must_gender && p->woman != other->woman) &&
	       !(p->age_from && (age < p->age_from || age > p->age_to));
}

/* Each looked at by hand, as things are now. */
static inline void compare_offer(office *o, const deal *d, const actor *who)
{
	for (int k = 0; k < 2; k++) {
		const human *p = d->who[k];
		person now = stored(o, p);
		bool fits =
			now.state == STATE_PROPOSED || (k && now.state == STATE_PAIRED);
		if (p->leaves > o->now || !fits)
			broke(o, LAW_LOOKED_AGAIN, "%d is %s", number_of(o, p),
			      p->leaves ? "leaving" : model_state[now.state]);
		if (!who->everywhere && p->where != LULEA)
			broke(o, LAW_LOOKED_AGAIN, "%d is of elsewhere", number_of(o, p));
		if (!wants(o, p, d->who[!k]))
			broke(o, LAW_WISH_READ, "%d to %d", number_of(o, p),
			      number_of(o, d->who[!k]));
		if (open_deals(o, p, false) > p->capacity && (k || p->capacity == 1))
			broke(o, LAW_SEATS, "%d has %d", number_of(o, p),
			      open_deals(o, p, false));
		if (open_deals(o, p, true) > 2)
			broke(o, LAW_SEATS, "%d has three offers", number_of(o, p));
	}
	if (is_barred(o, d->who[0], d->who[1]))
		broke(o, LAW_NOT_AGAIN, "%d and %d", number_of(o, d->who[0]),
		      number_of(o, d->who[1]));
}

static inline human *human_numbered(office *o, const act_round *r, uint32_t number)
{
	return human_with(o, r->who[act_round_find(r, number)].person);
}

static inline void read_rows(office *o, deal *d)
{
	proposal p;
	proposal_person *who;
	size_t n;
	ctx *c = enter(o, NULL);
	if (!store_proposal_get(c, d->proposal, &p, &who, &n))
		fail_msg("%s", c->fault.key);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++)
		d->row[human_with(o, who[i].person) == d->who[1]] = who[i].id;
	d->expires = p.expires;
}

static inline void was_applied(office *o, const applying *a, const actor *who)
{
	const act_round *r = a->r;
	for (size_t i = 0; i < r->terms.forbidden_n; i++)
		bar(o, human_numbered(o, r, r->terms.forbidden[i].a),
		    human_numbered(o, r, r->terms.forbidden[i].b));
	for (size_t i = 0; i < a->out.n; i++) {
		const struct act_applied_pair *p = &a->out.pair[i];
		if (p->fall != ACT_STANDS || id_none(p->proposal))
			continue;
		assert_true(o->deals < DEALS);
		deal *d = &o->deal[o->deals++];
		*d = (deal){.proposal = p->proposal};
		d->who[0] = human_numbered(o, r, p->newcomer);
		d->who[1] = human_numbered(o, r, p->established);
		read_rows(o, d);
		compare_offer(o, d, who);
	}
}

/* Two have the same round before them, and both say "send". */
static inline void both_apply(office *o, applying *a, const actor *first,
			      const act_round *other)
{
	applying b = {.o = o, .r = other};
	bool blind = o->planted == LAW_LOOKED_AGAIN;
	verb *work = blind ? do_apply_blindly : do_apply;
	if (!attempt(o, first, work, a)) {
		if (!was_late(o))
			fail_msg("apply: %s %.*s", o->fault.key,
				 STR_ARG(o->fault.arg[0]));
		return;
	}
	was_applied(o, a, first);
	if (o->planted == LAW_ONE_WINS) {
		PLANT(o,
		      "UPDATE round SET state = 'open', version = version - 1 WHERE id = "
		      "$1",
		      &other->round.id);
	}
	if (!blind && attempt(o, &o->disa, do_apply, &b))
		broke(o, LAW_ONE_WINS, "a round");
}

static inline void something_happens(office *o);

/* A round from beginning to end, with what others do meanwhile. */
static inline void works_on_round(office *o)
{
	static uint16_t where[] = {LULEA, BODEN};
	const actor *who = one_in(o, 2) ? &o->karin : &o->disa;
	act_round r, same;
	id which;
	ctx *c = &o->c[below(o, 2)];
	c->now = o->now;
	c->today = date_local(o->now).day;
	c->actor = who;
	c->fault = (fault){.kind = FAULT_NONE};
	if (!act_round_begin(c, where, who->everywhere ? 2 : 1, &which)) {
		assert_int_equal(c->fault.kind, FAULT_INPUT);
		return;
	}
	o->rounds++;
	for (uint32_t n = below(o, 4); n; n--)
		if (opens(o, c, who, which, &r))
			changes_round(o, c, &r);
	if (!opens(o, c, who, which, &r))
		return;
	compare_round(o, c, &r);
	if (one_in(o, 6)) {
		assert_true(act_round_drop(c, which, r.round.version));
		return;
	}
	if (o->planted != LAW_NAMELESS && !opens(o, c, &o->disa, which, &same))
		fail_msg("%s", c->fault.key);
	for (uint32_t n = below(o, 4); n; n--)
		something_happens(o);
	applying a = {.o = o, .r = &r};
	if (!o->broken)
		both_apply(o, &a, who, &same);
}

/* ---- introductions ------------------------------------------------------------------------------------------- */

typedef struct introducing {
	office *o;
	const deal *d;
	act_introduction in;
} introducing;

static inline bool do_introduce(ctx *c, void *arg)
{
	const introducing *j = arg;
	return act_introduce(c, j->d->proposal, j->in.proposal.version, j->in.letter,
			     j->in.n, S(OUR_PAGES));
}

static inline id pair_made(office *o, const human *p, id proposal_id)
{
	const pair_filter f = {.health = -1, .state = -1, .person = p->id, .limit = 20};
	pair *all;
	size_t n;
	int64_t total;
	ctx *c = enter(o, NULL);
	assert_true(store_pairs(c, &f, &all, &n, &total));
	for (size_t i = 0; i < n; i++)
		if (id_equal(all[i].proposal, proposal_id))
			return all[i].id;
	fail_msg("no pair of %d: %zu, %lld", number_of(o, p), n, (long long)total);
	return (id){""};
}

static inline void was_introduced(office *o, deal *d)
{
	d->state = INTRODUCED;
	o->introductions++;
	d->pair = pair_made(o, d->who[0], d->proposal);
	for (int k = 0; k < 2; k++)
		d->who[k]->counted_pair = true;
	o->pairs += 2;
	if (!d->yes[0] || !d->yes[1])
		broke(o, LAW_AFTER_BOTH, "%d and %d", number_of(o, d->who[0]),
		      number_of(o, d->who[1]));
}

/* Sometimes at the same moment as a colleague, who has the same page before her. */
static inline void introduces(office *o)
{
	for (size_t i = 0; i < o->deals; i++) {
		deal *d = &o->deal[i];
		introducing j = {.o = o, .d = d};
		if (d->state != ACCEPTED || one_in(o, 2))
			continue;
		ctx *c = enter(o, &o->disa);
		if (!act_introduce_preview(c, d->proposal, (str){0}, S("sv"), &j.in))
			continue;
		if (!attempt(o, &o->disa, do_introduce, &j)) {
			if (!was_late(o))
				fail_msg("introduction: %s", o->fault.key);
			continue;
		}
		was_introduced(o, d);
		if (attempt(o, &o->karin, do_introduce, &j))
			broke(o, LAW_ONE_WINS, "an introduction");
	}
}

/* ---- pairs ------------------------------------------------------------------------------------------------------ */

typedef struct stepping {
	act_pair_step s;
	bool undo;
} stepping;

static inline bool do_pair_step(ctx *c, void *arg)
{
	const stepping *j = arg;
	return j->undo ? act_pair_undo(c, j->s.pair, j->s.version)
		       : act_pair_step_do(c, &j->s);
}

static inline bool stored_pair(office *o, const deal *d, pair *out)
{
	pair_person *who;
	size_t n;
	ctx *c = enter(o, NULL);
	return store_pair_get(c, d->pair, out, &who, &n);
}

static inline void looks_after_pair(office *o)
{
	static const char *const by_hand[] = {"pause", "resume", "end", "never_met",
					      "complete"};
	deal *d = o->deals ? &o->deal[below(o, (uint32_t)o->deals)] : NULL;
	pair p;
	if (!d || id_none(d->pair) || !stored_pair(o, d, &p))
		return;
	stepping j = {.s = {.pair = p.id,
			    .version = p.version,
			    .verb = str_from(by_hand[below(o, 5)]),
			    .why = S("time")},
		      .undo = one_in(o, 5)};
	/* Of both only one is first. */
	if (!attempt(o, &o->disa, do_pair_step, &j)) {
		if (!was_late(o))
			fail_msg("pair: %s", o->fault.key);
		return;
	}
	if (attempt(o, &o->disa, do_pair_step, &j))
		broke(o, LAW_ONE_WINS, "a pair");
}

/* ---- mistakes ----------------------------------------------------------------------------------------------------- */

/* A page of yesterday, a person of elsewhere, somebody who has a buddy already. */
static inline void makes_mistake(office *o)
{
	human *p = &o->human[below(o, (uint32_t)o->humans)];
	static const char *const way[] = {"propose",  "pair",   "put_back", "pause",
					  "withdraw", "reopen", "close"};
	entering e = {.o = o, .p = p, .verb = way[below(o, one_in(o, 8) ? 7 : 3)]};
	const actor *who = one_in(o, 3) ? &o->bertil : &o->disa;
	if (p->gone)
		return;
	bool did = attempt(o, who, do_person_step, &e);
	if (did && who == &o->bertil && p->where != BODEN)
		broke(o, LAW_LOOKED_AGAIN, "%d was moved from elsewhere",
		      number_of(o, p));
	if (!did && !was_late(o) && o->fault.kind != FAULT_INPUT)
		fail_msg("%s: %s", e.verb, o->fault.key);
}

typedef struct withdrawing {
	id proposal;
	int64_t version;
} withdrawing;

static inline bool do_withdraw(ctx *c, void *arg)
{
	const withdrawing *w = arg;
	return act_offer_withdraw(c, w->proposal, w->version);
}

static inline void thinks_better(office *o)
{
	deal *d = o->deals ? &o->deal[below(o, (uint32_t)o->deals)] : NULL;
	proposal p;
	proposal_person *who;
	size_t n;
	if (!d || (d->state != OFFERED && d->state != ACCEPTED))
		return;
	ctx *c = enter(o, &o->disa);
	if (!store_proposal_get(c, d->proposal, &p, &who, &n))
		return;
	withdrawing w = {p.id, p.version};
	if (attempt(o, &o->disa, do_withdraw, &w))
		over(o, d, false);
}

#endif
