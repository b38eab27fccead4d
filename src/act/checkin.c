/* What two buddies say when they are asked, by link or by phone, and what the office makes of it. */
#include "act/pair_priv.h"

#define DAY_MS INT64_C(86400000)
enum { ANSWER_DAYS = 7, TEXT_MOST = 2000 };

/* ---- how they are --------------------------------------------------------------------------- */

static pair_word word_of(const ctx *c, const checkin *k)
{
	if (str_equal(k->contact, S("yes")))
		return PAIR_YES;
	if (str_equal(k->contact, S("no")))
		return PAIR_NO;
	bool in_time = !k->asked || c->now < k->asked + ANSWER_DAYS * DAY_MS;
	return in_time ? PAIR_OPEN : PAIR_SILENT;
}

/* Of a household whoever says most: yes, then no, then who may still say something. */
static pair_word more_of(pair_word a, pair_word b)
{
	static const int rank[] = {
		[PAIR_SILENT] = 0, [PAIR_OPEN] = 1, [PAIR_NO] = 2, [PAIR_YES] = 3};
	return rank[a] > rank[b] ? a : b;
}

static int side_of(const pair_person *who, size_t n, const id *person_id)
{
	for (size_t i = 0; i < n; i++)
		if (id_equal(who[i].person, *person_id))
			return str_equal(who[i].side, S("established"));
	return 0;
}

/* By check-in, the oldest first. Who was not asked like the other is waited for. */
static pair_round *rounds_of(ctx *c, const pair_person *who, size_t both,
			     const checkin *k, size_t n, size_t *out)
{
	pair_round *r = NEW_ARRAY(c->mem, pair_round, n);
	bool said[2] = {false, false};
	*out = 0;
	for (size_t i = 0; i < n; i++) {
		if (!i || k[i].n != k[i - 1].n) {
			r[(*out)++] = (pair_round){{PAIR_OPEN, PAIR_OPEN}};
			said[0] = said[1] = false;
		}
		int side = side_of(who, both, &k[i].person);
		pair_word *at = &r[*out - 1].side[side];
		*at = said[side] ? more_of(*at, word_of(c, &k[i])) : word_of(c, &k[i]);
		said[side] = true;
	}
	return r;
}

/* By what was said so far: once they met they have met, and who goes on after that goes on. */
static pair_state come_to(const checkin *k, size_t n)
{
	pair_state s = PAIR_INTRODUCED;
	int met = -1;
	for (size_t i = 0; i < n; i++) {
		bool contact = str_equal(k[i].contact, S("yes"));
		if (met >= 0 && contact && k[i].n > met)
			return PAIR_ONGOING;
		if (str_equal(k[i].met, S("yes"))) {
			met = met < 0 ? k[i].n : met;
			s = PAIR_MET;
		} else if (contact && s == PAIR_INTRODUCED) {
			s = PAIR_CONTACTED;
		}
	}
	return s;
}

/* One step that counts at a time. */
static bool come_along(ctx *c, pair *p, pair_state to)
{
	while (p->state <= PAIR_ONGOING && p->state != to) {
		bool over_met = (p->state < PAIR_MET && to == PAIR_ONGOING) ||
				(p->state == PAIR_ONGOING && to < PAIR_MET);
		const pair_move m = {.to = over_met ? PAIR_MET : to, .why = S("answer")};
		if (!store_pair_move(c, p, &m))
			return false;
	}
	return true;
}

static bool set_health(ctx *c, pair *p, pair_health now, bool differs, bool problem)
{
	static const char *const kind[] = {NULL, "pair_amber", "pair_red"};
	bool worse = now > p->health, told = differs || problem;
	if (now != p->health && !store_pair_health(c, p->id, now))
		return false;
	for (int h = PAIR_AMBER; h <= PAIR_RED; h++)
		if (h != (int)now && !store_tasks_settle(c, p->id, str_from(kind[h])))
			return false;
	p->health = now;
	/* What has a task of its own needs no other. */
	return !worse || told || act_pair_task(c, p, (id){""}, kind[now]);
}

bool act_pair_look(ctx *c, pair *p, bool spoken)
{
	pair_person *who;
	checkin *k;
	size_t both, n, rounds;
	int64_t problems;
	if (!store_pair_get(c, p->id, p, &who, &both) ||
	    !store_checkins(c, p->id, &k, &n) ||
	    !store_incidents_open(c, p->id, &problems))
		return false;
	if (model_pair_is_over(p->state))
		return true;
	const pair_round *r = rounds_of(c, who, both, k, n, &rounds);
	bool differs = rounds && model_pair_differs(&r[rounds - 1]);
	if (!differs && !store_tasks_settle(c, p->id, S("pair_differ")))
		return false;
	if (differs && spoken && !act_pair_task(c, p, (id){""}, "pair_differ"))
		return false;
	return come_along(c, p, come_to(k, n)) &&
	       set_health(c, p, model_pair_health(r, rounds, problems > 0), differs,
			  problems > 0);
}

/* ---- answering -------------------------------------------------------------------------------- */

static bool is_one_of(str s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_equal(s, str_from(list[i])))
			return true;
	return !s.n;
}

static bool is_sound(ctx *c, const act_word *w)
{
	static const char *const contact[] = {"met", "contact", "none"};
	static const char *const where[] = {"person", "video", "phone"};
	static const char *const feeling[] = {"fine", "wrong"};
	bool all = is_one_of(w->contact, contact, 3) && is_one_of(w->place, where, 3) &&
		   is_one_of(w->feeling, feeling, 2);
	bool some = w->contact.n || w->place.n || w->feeling.n || w->text.n;
	return (all && some) || ctx_fail(c, FAULT_INPUT, "p.error.choose", S(""), S(""));
}

static void take_word(checkin *k, const act_word *w)
{
	if (w->contact.n) {
		bool met = str_equal(w->contact, S("met"));
		k->met = met ? S("yes") : S("no");
		k->contact = str_equal(w->contact, S("none")) ? S("no") : S("yes");
		k->place = met ? k->place : S("");
	}
	if (w->place.n && str_equal(k->met, S("yes")))
		k->place = w->place;
	if (w->feeling.n)
		k->feeling = w->feeling;
}

/* Once for each time it is reported; what is written later belongs to it. */
static bool report(ctx *c, const checkin *k, const act_word *w, bool already)
{
	str text = str_slice(w->text, 0, TEXT_MOST);
	pair p = {.id = k->pair};
	id last;
	if (!store_incident_last(c, k->pair, k->person, &last))
		return false;
	if (!id_none(last) && (already || text.n))
		return !text.n || store_incident_text(c, last, text);
	incident i = {.pair = k->pair,
		      .person = k->person,
		      .account = k->account,
		      .text = text};
	return store_incident_add(c, &i) &&
	       act_pair_task(c, &p, k->person, "pair_incident");
}

typedef struct speaking {
	const act_word *w;
	checkin k;
} speaking;

static bool speak(ctx *c, void *arg)
{
	speaking *s = arg;
	pair p = {.id = s->k.pair};
	bool was_wrong = str_equal(s->k.feeling, S("wrong"));
	take_word(&s->k, s->w);
	s->k.answered = c->now;
	bool wrong = str_equal(s->k.feeling, S("wrong"));
	bool says_it = str_equal(s->w->feeling, S("wrong")) || s->w->text.n;
	return store_checkin_set(c, &s->k) &&
	       (!wrong || !says_it || report(c, &s->k, s->w, was_wrong)) &&
	       act_pair_look(c, &p, s->w->contact.n > 0);
}

bool act_checkin_say(ctx *c, id checkin_id, const act_word *w)
{
	speaking s = {.w = w};
	if (!store_checkin_get(c, checkin_id, &s.k))
		return false;
	s.k.channel = S("link");
	s.k.account = (id){""};
	return speak(c, &s);
}

/* Until the next one is sent, and while there is a pair to speak of. */
static bool is_open(ctx *c, const checkin *k, bool *open)
{
	pair p;
	pair_person *who;
	checkin *all;
	size_t n, both;
	if (!store_pair_get(c, k->pair, &p, &who, &both) ||
	    !store_checkins(c, k->pair, &all, &n))
		return false;
	*open = !model_pair_is_over(p.state) && k->closes > c->now;
	for (size_t i = 0; i < n; i++)
		*open &= !id_equal(all[i].person, k->person) || all[i].n <= k->n ||
			 !all[i].asked;
	return true;
}

typedef struct by_link {
	token t;
	const act_word *w;
} by_link;

static bool answer(ctx *c, void *arg)
{
	const by_link *j = arg;
	checkin k;
	id which;
	bool open;
	if (!id_parse(j->t.data, &which) || !store_checkin_get(c, which, &k) ||
	    !id_equal(k.person, j->t.person) || !is_open(c, &k, &open))
		return c->fault.kind == FAULT_NONE
			       ? ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""))
			       : false;
	if (!open)
		return ctx_fail(c, FAULT_CONFLICT, "p.checkin.over", S(""), S(""));
	return act_checkin_say(c, which, j->w);
}

bool act_checkin_answer(ctx *c, str secret, str address, const act_word *w)
{
	by_link j = {.w = w};
	return is_sound(c, w) && act_link_guess(c, secret, address) &&
	       store_token_get(c, S("checkin"), secret, &j.t) &&
	       act_as_program(c, answer, &j);
}

/* ---- noted by staff ------------------------------------------------------------------------------ */

typedef struct noting {
	speaking s;
	id account;
} noting;

/* The check-in she was asked last; before the first one, or when nobody was asked in time, one of today. */
static bool find_for(ctx *c, checkin *k)
{
	pair p;
	pair_person *who;
	checkin *all;
	size_t n, both;
	id person_id = k->person;
	bool there = false;
	if (!store_pair_get(c, k->pair, &p, &who, &both) ||
	    !store_checkins(c, k->pair, &all, &n))
		return false;
	for (size_t i = 0; i < both; i++)
		there |= id_equal(who[i].person, person_id);
	if (!there)
		return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	if (model_pair_is_over(p.state))
		return ctx_fail(c, FAULT_CONFLICT, "fault.changed", S(""), S(""));
	int turn = model_pair_turn(p.base, date_local(c->now).day);
	for (size_t i = 0; i < n; i++)
		if (id_equal(all[i].person, person_id) &&
		    (all[i].n >= turn || all[i].asked))
			*k = all[i];
	if (!id_none(k->id))
		return true;
	k->n = turn;
	k->due = turn ? model_pair_due(p.base, turn) : p.base;
	return store_checkin_add(c, k);
}

static bool note(ctx *c, void *arg)
{
	const noting *j = arg;
	speaking s = j->s;
	if (!find_for(c, &s.k))
		return false;
	s.k.channel = S("staff");
	s.k.account = j->account;
	return store_tasks_settle(c, s.k.pair, S("pair_call")) && speak(c, &s);
}

static bool sees(ctx *c, id pair_id, id person_id)
{
	pair p;
	pair_person *who;
	size_t n;
	person of;
	return store_pair_get(c, pair_id, &p, &who, &n) &&
	       store_person_get(c, person_id, false, &of);
}

bool act_checkin_note(ctx *c, id pair_id, id person_id, const act_word *w)
{
	noting j = {.s = {.w = w, .k = {.pair = pair_id, .person = person_id}}};
	if (!may(c, RIGHT_MATCH) || !is_sound(c, w) || !sees(c, pair_id, person_id))
		return false;
	/* Whoever may not know of incidents cannot have heard of one. */
	if ((w->feeling.n || w->text.n) && !may(c, RIGHT_INCIDENT))
		return false;
	j.account = c->actor->account;
	return act_as_program(c, note, &j);
}

/* ---- something is wrong ------------------------------------------------------------------------------ */

static bool look_again(ctx *c, void *arg)
{
	const id *which = arg;
	pair p = {.id = *which};
	int64_t left;
	return store_incidents_open(c, *which, &left) &&
	       (left || store_tasks_settle(c, *which, S("pair_incident"))) &&
	       act_pair_look(c, &p, false);
}

bool act_incident_close(ctx *c, id incident_id, int64_t version, bool closed)
{
	incident *i;
	size_t n;
	id of = {""};
	if (!may(c, RIGHT_INCIDENT) || !store_incidents(c, (id){""}, &i, &n))
		return false;
	for (size_t k = 0; k < n; k++)
		if (id_equal(i[k].id, incident_id))
			of = i[k].pair;
	if (id_none(of))
		return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	return store_incident_close(c, incident_id, version, closed) &&
	       act_as_program(c, look_again, &of);
}
