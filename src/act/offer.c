/* A proposal on its way: told, answered, reminded of, over. */
#include <string.h>

#include "act/act_priv.h"
#include "act/jobs_priv.h"
#include "act/offer.h"
#include "mail/mail.h"

#define DAY_MS INT64_C(86400000)
enum { REMIND_DAYS = 3 };

/* ---- telling ------------------------------------------------------------------------------- */

str act_link_to(ctx *c, str origin, str lang, const token *t, const char *page,
		str secret)
{
	char letter = str_equal(t->kind, S("checkin")) ? 'k' : page[0];
	if (t->brief)
		return str_format(c->mem, "%.*s/%c/%.*s", STR_ARG(origin), letter,
				  STR_ARG(secret));
	return str_format(c->mem, "%.*s/%.*s/%s/%.*s", STR_ARG(origin), STR_ARG(lang),
			  page, STR_ARG(secret));
}

static bool tell(ctx *c, const proposal *p, const proposal_person *who, const char *rule,
		 str origin, bool *queued)
{
	str to, tag, secret, call;
	*queued = false;
	if (!store_outbox_reach(c, who->person, &to, &tag))
		return false;
	if (!to.n)
		return true;
	const view_lang *l = act_written(&(person){.written = tag});
	token t = {.kind = S("offer"),
		   .person = who->person,
		   .brief = to.s[0] == '+',
		   .expires = p->expires,
		   .data = id_str(&who->proposal)};
	if (!store_token_new(c, &t, S(""), &secret, NULL) ||
	    !act_office_call(c, l, &call))
		return false;
	mail_letter m = {
		.rule = rule,
		.subject_key = id_str(&who->id),
		.person = who->person,
		.to = to,
		.lang = view_lang_tag(l),
		.expires = p->expires,
		.arg = {act_link_to(c, origin, view_lang_tag(l), &t, "offer", secret),
			view_date(c->mem, l, date_local(p->expires).day), call}};
	return mail_queue_new(c, &m, queued);
}

bool act_offer_tell(ctx *c, const proposal *p, const proposal_person *who, str origin)
{
	bool queued;
	return tell(c, p, who, "offer", origin, &queued);
}

/* ---- what may be said of the other ------------------------------------------------------------ */

static bool has_code(str coded, str code)
{
	str one;
	while (str_cut(&coded, ',', &one))
		if (str_equal(one, code))
			return true;
	return false;
}

static str in_common(arena *mem, const person *a, const person *b, field_id f)
{
	buf out = {.mem = mem};
	str rest = a->value[f], code;
	while (str_cut(&rest, ',', &code)) {
		if (!has_code(b->value[f], code))
			continue;
		buf_add(&out, out.n ? S(",") : S(""));
		buf_add(&out, code);
	}
	return buf_str(&out);
}

static act_stranger stranger_of(ctx *c, const person *self, const person *other)
{
	enum { BAND = 10 };
	act_stranger s = {.municipality = other->value[FIELD_MUNICIPALITY],
			  .life = other->value[FIELD_LIFE],
			  .interests = in_common(c->mem, self, other, FIELD_INTERESTS),
			  .languages = in_common(c->mem, self, other, FIELD_LANGUAGE),
			  .video = str_equal(self->value[FIELD_MEETS], S("video")) ||
				   str_equal(other->value[FIELD_MEETS], S("video"))};
	int64_t year;
	if (str_to_int(other->value[FIELD_BIRTH_YEAR], 1, 9999, &year)) {
		int age = (int)(date_from_day(c->today).year - year);
		s.age_from = age - age % BAND;
		s.age_to = s.age_from + BAND - 1;
	}
	if (has_code(self->value[FIELD_WISHES], S("gender!")))
		s.gender = other->value[FIELD_GENDER];
	return s;
}

/* ---- looking ------------------------------------------------------------------------------------ */

static bool is_open(ctx *c, const proposal *p, const proposal_person *who)
{
	bool answered =
		str_equal(who->answer, S("yes")) || str_equal(who->answer, S("no"));
	return str_equal(p->state, S("offered")) && p->expires > c->now && !answered;
}

typedef struct showing {
	id proposal, person;
	act_offer *out;
} showing;

/* As the program: what is told of the other is told here, and nothing else. */
static bool show(ctx *c, void *arg)
{
	const showing *j = arg;
	act_offer *o = j->out;
	proposal_person *who;
	size_t n;
	*o = (act_offer){.n = 0};
	if (!store_proposal_get(c, j->proposal, &o->proposal, &who, &n) ||
	    !store_person_get(c, j->person, false, &o->self))
		return false;
	o->other = NEW_ARRAY(c->mem, act_stranger, n);
	for (size_t i = 0; i < n; i++)
		if (id_equal(who[i].person, j->person))
			o->who = who[i];
	if (id_none(o->who.id))
		return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	for (size_t i = 0; i < n; i++) {
		person p;
		if (str_equal(who[i].side, o->who.side))
			continue;
		if (!store_person_get(c, who[i].person, false, &p))
			return false;
		o->other[o->n++] = stranger_of(c, &o->self, &p);
	}
	o->open = is_open(c, &o->proposal, &o->who);
	return true;
}

static bool find_token(ctx *c, str secret, str address, token *t, id *proposal_id)
{
	return act_link_try(c, "offer", secret, address, t) &&
	       (id_parse(t->data, proposal_id) ||
		ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S("")));
}

bool act_offer_show(ctx *c, str secret, str address, act_offer *out)
{
	token t;
	showing j = {.out = out};
	if (!find_token(c, secret, address, &t, &j.proposal))
		return false;
	j.person = t.person;
	return act_look_as_program(c, show, &j);
}

bool act_offer_look(ctx *c, id proposal_id, act_offer *out)
{
	if (!c->actor || id_none(c->actor->person))
		return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	showing j = {.proposal = proposal_id, .person = c->actor->person, .out = out};
	return act_look_as_program(c, show, &j);
}

typedef struct own_job {
	id person;
	act_offer *out;
	size_t n;
} own_job;

static bool own(ctx *c, void *arg)
{
	own_job *j = arg;
	proposal *p;
	size_t n;
	j->n = 0;
	if (!store_proposals(c, S("offered"), j->person, &p, &n))
		return false;
	j->out = NEW_ARRAY(c->mem, act_offer, n);
	for (size_t i = 0; i < n; i++) {
		showing s = {
			.proposal = p[i].id, .person = j->person, .out = &j->out[j->n]};
		if (!show(c, &s))
			return false;
		j->n += j->out[j->n].open;
	}
	return true;
}

bool act_offers_own(ctx *c, act_offer **out, size_t *n)
{
	own_job j = {.n = 0};
	if (!c->actor || id_none(c->actor->person))
		return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	j.person = c->actor->person;
	if (!act_look_as_program(c, own, &j))
		return false;
	*out = j.out;
	*n = j.n;
	return true;
}

/* ---- answering ------------------------------------------------------------------------------------- */

bool act_is_taken(ctx *c, id person_id, bool *taken)
{
	proposal *p;
	size_t n;
	*taken = false;
	if (!store_proposals(c, S(""), person_id, &p, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		*taken |= !p[i].ended;
	return true;
}

/* One's way back: to the queue, unless another offer is open or there is a buddy already. */
static bool put_back(ctx *c, id who)
{
	person p;
	bool taken;
	if (!store_person_get(c, who, false, &p) || !act_is_taken(c, who, &taken))
		return false;
	return taken || p.state != STATE_PROPOSED ||
	       store_person_step(c, who, 0, S("put_back"), S(""));
}

static bool tell_over(ctx *c, const proposal *p, const proposal_person *who)
{
	str to, tag, call;
	if (!store_outbox_reach(c, who->person, &to, &tag))
		return false;
	const view_lang *l = act_written(&(person){.written = tag});
	if (!act_office_call(c, l, &call))
		return false;
	mail_letter m = {.rule = "offer_over",
			 .subject_key = str_format(c->mem, "%s/%s", who->id.s, p->id.s),
			 .person = who->person,
			 .to = to,
			 .lang = view_lang_tag(l),
			 .arg = {call}};
	return mail_queue(c, &m);
}

/* Everyone is where they were. Who said no, or nothing, is not written to; `but` neither. */
static bool end_offer(ctx *c, proposal *p, const proposal_person *who, size_t n,
		      const char *to)
{
	if (!store_proposal_state(c, p, str_from(to)))
		return false;
	for (size_t i = 0; i < n; i++) {
		bool told = str_equal(who[i].answer, S("yes")) ||
			    str_equal(who[i].answer, S("ask")) ||
			    (!who[i].answer.n && str_equal(p->state, S("declined")));
		if (!store_tasks_close(c, who[i].person, S("offer_question")) ||
		    !store_outbox_withdraw(c, S("offer"), who[i].id) ||
		    !store_outbox_withdraw(c, S("offer_reminder"), who[i].id) ||
		    !put_back(c, who[i].person) || (told && !tell_over(c, p, &who[i])))
			return false;
	}
	return true;
}

static bool bar_all(ctx *c, const proposal_person *who, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			if (!str_equal(who[i].side, who[k].side) &&
			    !store_barred_add(c, who[i].person, who[k].person,
					      S("declined")))
				return false;
	return true;
}

typedef struct answering {
	id proposal, person;
	const act_answer *a;
	id account; /* of staff who notes it */
} answering;

/* A household answers as one: what one of it says, all of it say. */
static bool note_answer(ctx *c, const answering *j, proposal_person *who, size_t n,
			str side)
{
	for (size_t i = 0; i < n; i++) {
		if (!str_equal(who[i].side, side))
			continue;
		bool self = id_equal(who[i].person, j->person);
		who[i].answer = j->a->answer;
		who[i].why = str_equal(j->a->answer, S("no")) ? j->a->why : S("");
		who[i].note = self ? j->a->note : S("");
		who[i].account = j->account;
		if (!store_proposal_answer(c, &who[i]))
			return false;
	}
	return true;
}

static bool all_said_yes(const proposal_person *who, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!str_equal(who[i].answer, S("yes")))
			return false;
	return true;
}

static bool follow(ctx *c, const answering *j, proposal *p, proposal_person *who,
		   size_t n)
{
	if (str_equal(j->a->answer, S("no")))
		return bar_all(c, who, n) && end_offer(c, p, who, n, "declined");
	if (str_equal(j->a->answer, S("ask"))) {
		task t = {.person = j->person,
			  .kind = S("offer_question"),
			  .when = S("any")};
		person self;
		if (!store_person_get(c, j->person, false, &self))
			return false;
		int64_t code = 0;
		if (str_to_int(self.value[FIELD_MUNICIPALITY], 1, 9999, &code))
			t.municipality = (uint16_t)code;
		t.lang = self.written;
		return store_task_add(c, &t);
	}
	return !all_said_yes(who, n) || store_proposal_state(c, p, S("accepted"));
}

static bool answer(ctx *c, void *arg)
{
	const answering *j = arg;
	proposal p;
	proposal_person *who, mine = {.answer = S("")};
	size_t n;
	if (!store_proposal_get(c, j->proposal, &p, &who, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (id_equal(who[i].person, j->person))
			mine = who[i];
	if (id_none(mine.id))
		return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	if (!is_open(c, &p, &mine))
		return ctx_fail(c, FAULT_CONFLICT, "p.offer.over", S(""), S(""));
	bool asks = str_equal(j->a->answer, S("ask"));
	return note_answer(c, j, who, n, mine.side) &&
	       (asks || store_tasks_close(c, j->person, S("offer_question"))) &&
	       follow(c, j, &p, who, n);
}

static bool answer_self(ctx *c, void *arg)
{
	const answering *j = arg;
	return answer(c, arg) && store_event_add(c, j->person, S("offer"), j->a->answer);
}

const char *const act_offer_why[ACT_OFFER_WHYS] = {"time", "distance", "wish", "other"};

static bool is_answer(ctx *c, const act_answer *a)
{
	bool known = !a->why.n;
	for (size_t i = 0; i < ACT_OFFER_WHYS; i++)
		known |= str_equal(a->why, str_from(act_offer_why[i]));
	return (known &&
		(str_equal(a->answer, S("yes")) || str_equal(a->answer, S("no")) ||
		 str_equal(a->answer, S("ask")))) ||
	       ctx_fail(c, FAULT_INPUT, "p.error.choose", S(""), S(""));
}

bool act_offer_answer(ctx *c, str secret, str address, const act_answer *a)
{
	token t;
	answering j = {.a = a};
	if (!is_answer(c, a) || !find_token(c, secret, address, &t, &j.proposal))
		return false;
	j.person = t.person;
	return (str_equal(a->answer, S("ask")) ||
		store_token_use(c, S("offer"), secret, &t)) &&
	       act_as_program(c, answer_self, &j);
}

bool act_offer_own(ctx *c, id proposal_id, const act_answer *a)
{
	if (!c->actor || id_none(c->actor->person))
		return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	answering j = {.a = a, .proposal = proposal_id, .person = c->actor->person};
	return is_answer(c, a) && act_as_program(c, answer_self, &j);
}

bool act_offer_note(ctx *c, id proposal_id, id person_id, const act_answer *a)
{
	person p;
	answering j = {.a = a, .proposal = proposal_id, .person = person_id};
	if (!may(c, RIGHT_MATCH) || !is_answer(c, a) ||
	    !store_person_get(c, person_id, false, &p))
		return false;
	j.account = c->actor->account;
	return act_as_program(c, answer, &j) &&
	       store_event_add(c, person_id, S("offer"), a->answer);
}

bool act_offer_withdraw(ctx *c, id proposal_id, int64_t version)
{
	proposal p;
	proposal_person *who;
	size_t n;
	if (!may(c, RIGHT_MATCH) || !store_proposal_get(c, proposal_id, &p, &who, &n))
		return false;
	if (p.version != version || p.ended)
		return ctx_fail(c, FAULT_CONFLICT, "fault.changed", S(""), S(""));
	return end_offer(c, &p, who, n, "withdrawn");
}

bool act_barred_lift(ctx *c, id person_id, id barred_id)
{
	barred *all;
	size_t n;
	if (!may(c, RIGHT_MATCH) || !store_barred(c, person_id, &all, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (id_equal(all[i].id, barred_id))
			return store_barred_lift(c, barred_id) &&
			       store_event_add(c, all[i].one, S("barred_lift"), S("")) &&
			       store_event_add(c, all[i].other, S("barred_lift"), S(""));
	return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
}

/* ---- by itself ---------------------------------------------------------------------------------------- */

typedef struct walk {
	const act_keeping *keeping;
	int64_t did;
} walk;

static bool remind(ctx *c, const walk *w, const proposal *p, const proposal_person *who,
		   size_t n, int64_t *did)
{
	bool queued;
	int64_t told;
	for (size_t i = 0; i < n; i++) {
		if (who[i].answer.n)
			continue;
		if (!store_outbox_last(c, S("offer_reminder"), who[i].id, &told))
			return false;
		if (told)
			continue;
		if (!tell(c, p, &who[i], "offer_reminder", w->keeping->origin, &queued))
			return false;
		*did += queued;
	}
	return true;
}

bool act_has_left(const ctx *c, const person *p)
{
	enum { LEFT_DAYS = 1 };
	return (p->state == STATE_CLOSED || p->state == STATE_WITHDRAWN ||
		p->state == STATE_DECLINED) &&
	       c->now - p->changed > LEFT_DAYS * DAY_MS;
}

bool act_has_both_sides(const proposal_person *who, size_t n)
{
	bool side[2] = {false, false};
	for (size_t i = 0; i < n; i++)
		side[str_equal(who[i].side, S("established"))] = true;
	return side[0] && side[1];
}

/* Whether all it wants are there to say yes: nobody was erased, or has left. */
static bool has_both(ctx *c, const proposal_person *who, size_t n, bool *both)
{
	*both = act_has_both_sides(who, n);
	for (size_t i = 0; i < n; i++) {
		person p;
		if (!store_person_get(c, who[i].person, false, &p))
			return false;
		*both &= !act_has_left(c, &p);
	}
	return true;
}

static bool look_after(ctx *c, void *arg)
{
	walk *w = arg;
	w->did = 0;
	for (int k = 0; k < 2; k++) {
		proposal *p;
		proposal_person *who;
		size_t n, members;
		if (!store_proposals(c, k ? S("accepted") : S("offered"), (id){""}, &p,
				     &n))
			return false;
		for (size_t i = 0; i < n; i++) {
			bool both;
			if (!store_proposal_get(c, p[i].id, &p[i], &who, &members) ||
			    !has_both(c, who, members, &both))
				return false;
			if (!both || (!k && p[i].expires <= c->now)) {
				if (!end_offer(c, &p[i], who, members,
					       both ? "expired" : "withdrawn"))
					return false;
				w->did++;
			} else if (!k && p[i].expires - REMIND_DAYS * DAY_MS <= c->now &&
				   !remind(c, w, &p[i], who, members, &w->did)) {
				return false;
			}
		}
	}
	return true;
}

bool jobs_offers(ctx *c, job_run *r)
{
	walk w = {.keeping = r->keeping};
	if (!jobs_batch(c, r, look_after, &w))
		return false;
	r->more = false;
	r->row.did += w.did;
	return true;
}
