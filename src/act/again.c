/* Two buddies by themselves: asked when it is time, ended when it is over, asked for another one. */
#include "act/jobs_priv.h"
#include "act/pair_priv.h"
#include "mail/mail.h"

#define DAY_MS INT64_C(86400000)
enum {
	AT_ONCE = 50,
	APART_DAYS = 10, /* between two check-ins, also when the first came late */
	LAST_OPEN_DAYS =
		14, /* how long the last one may be answered, and then it is over */
	ASK_ESTABLISHED_DAYS = 1, /* they are few, so they are asked first */
	ASK_NEWCOMER_DAYS = 3,
	AGAIN_DAYS = 30, /* how long one may answer whether one wants another */
	SMS_DAYS = 7,
	OLD_DAYS = 60, /* how long an old link is known as one */
	FEW = 8,
	LATELY_DAYS = 183
};

typedef struct walk {
	const act_keeping *keeping;
	int64_t did;
	id from, last; /* from: where this batch begins, also when it is tried again */
	bool more;
} walk;

/* ---- letters --------------------------------------------------------------------------------- */

static bool link_token(ctx *c, const char *kind, id who, id about, bool brief,
		       int64_t expires, str *secret, token *t)
{
	*t = (token){.kind = str_from(kind),
		     .person = who,
		     .brief = brief,
		     .expires = expires,
		     .data = id_str(&about)};
	t->data = str_copy(c->mem, t->data);
	return store_token_new(c, t, S(""), secret, NULL);
}

/* With a link, unless page is NULL. *queued false: she cannot be written to. */
static bool tell(ctx *c, const walk *w, id who, const char *page, id about,
		 int64_t expires, bool *queued)
{
	str to, tag, call, secret, link = S("");
	token t;
	*queued = false;
	if (!store_outbox_reach(c, who, &to, &tag))
		return false;
	const view_lang *l = act_written(&(person){.written = tag});
	if (!to.n)
		return true;
	if (!act_office_call(c, l, &call))
		return false;
	if (page) {
		/* A short link is one for a week (TRUST.md §1.15); of a long one that came too late it is said why. */
		bool sms = to.s[0] == '+';
		int64_t week = c->now + SMS_DAYS * DAY_MS;
		int64_t known = !sms             ? expires + OLD_DAYS * DAY_MS
				: expires < week ? expires
						 : week;
		if (!link_token(c, page, who, about, sms, known, &secret, &t))
			return false;
		link = act_link_to(c, w->keeping->origin, view_lang_tag(l), &t, page,
				   secret);
	}
	str day = view_date(c->mem, l, date_local(expires).day);
	mail_letter m = {
		.rule = page ? page : "pair_over",
		.subject_key = str_copy(c->mem, id_str(&about)),
		.person = who,
		.to = to,
		.lang = view_lang_tag(l),
		.expires = expires,
		.arg = {page ? link : call, page ? day : S(""), page ? call : S("")}};
	return mail_queue_new(c, &m, queued);
}

/* ---- asking how it goes -------------------------------------------------------------------------- */

/* Ten in the morning of the day the next one is due; the last stays open for a while. */
static int64_t closes_at(const pair *p, int turn)
{
	enum { TEN = 10 * 60 };
	int32_t next = model_pair_due(p->base, turn + 1);
	if (!next)
		next = model_pair_due(p->base, turn) + LAST_OPEN_DAYS;
	return date_from_local((local_time){next, TEN});
}

/* She has a buddy, and stays. */
static bool is_with_us(ctx *c, id who, bool *here)
{
	person p;
	erasure e;
	if (!store_person_get(c, who, false, &p) || !store_erasure_get(c, who, &e))
		return false;
	*here = p.state == STATE_PAIRED && !e.due;
	return true;
}

static bool ask_one(ctx *c, walk *w, const pair *p, id who, int turn)
{
	bool here, queued;
	if (!is_with_us(c, who, &here))
		return false;
	if (!here)
		return true;
	checkin k = {.pair = p->id,
		     .person = who,
		     .n = turn,
		     .due = model_pair_due(p->base, turn),
		     .asked = c->now,
		     .closes = closes_at(p, turn)};
	/* One that is late is good for a while all the same. */
	if (k.closes < c->now + APART_DAYS * DAY_MS)
		k.closes = c->now + APART_DAYS * DAY_MS;
	if (!store_checkin_add(c, &k) ||
	    !tell(c, w, who, "checkin", k.id, k.closes, &queued))
		return false;
	w->did += queued;
	return queued || act_pair_task(c, p, who, "pair_call");
}

/* Of those missed while nothing ran only the last is asked. */
static bool ask(ctx *c, walk *w, const pair *p, const pair_person *who, size_t both)
{
	checkin *k;
	size_t n;
	int turn = model_pair_turn(p->base, date_local(c->now).day);
	int64_t last = 0;
	if (!turn)
		return true;
	if (!store_checkins(c, p->id, &k, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		last = k[i].asked > last ? k[i].asked : last;
		if (k[i].asked && k[i].n >= turn)
			return true;
	}
	if (last && c->now - last < APART_DAYS * DAY_MS)
		return true;
	for (size_t i = 0; i < both; i++) {
		bool noted = false;
		for (size_t m = 0; m < n; m++)
			noted |= k[m].n == turn && id_equal(k[m].person, who[i].person);
		if (!noted && !ask_one(c, w, p, who[i].person, turn))
			return false;
	}
	return true;
}

/* ---- over by itself ------------------------------------------------------------------------------- */

/* Somebody was erased, or closed longer ago than the office may take back. */
static bool why_over(ctx *c, const pair_person *who, size_t n, str *why)
{
	bool side[2] = {false, false};
	*why = S("");
	for (size_t i = 0; i < n; i++) {
		person p;
		if (!store_person_get(c, who[i].person, false, &p))
			return false;
		side[str_equal(who[i].side, S("established"))] = true;
		if (act_has_left(c, &p))
			*why = S("left");
	}
	if (!side[0] || !side[1])
		*why = S("gone");
	return true;
}

/* What goes well is completed; for the rest somebody has to look. */
static bool complete(ctx *c, walk *w, pair *p)
{
	bool was;
	if (p->health == PAIR_GREEN && p->state >= PAIR_MET && p->state <= PAIR_ONGOING) {
		w->did++;
		return act_pair_end(c, p, PAIR_COMPLETED, S("planned"));
	}
	return store_task_was(c, p->id, S("pair_end"), &was) &&
	       (was || act_pair_task(c, p, (id){""}, "pair_end"));
}

static bool follow_open(ctx *c, walk *w, pair *p, const pair_person *who, size_t n)
{
	str why;
	if (!why_over(c, who, n, &why))
		return false;
	if (why.n) {
		w->did++;
		return act_pair_end(c, p, PAIR_ENDED_EARLY, why);
	}
	if (p->state == PAIR_PAUSED)
		return true;
	if (!ask(c, w, p, who, n) || !act_pair_look(c, p, false))
		return false;
	return date_local(c->now).day < p->planned + LAST_OPEN_DAYS || complete(c, w, p);
}

/* ---- afterwards -------------------------------------------------------------------------------------- */

static bool settle(ctx *c, pair_person *who, const char *again)
{
	who->again = str_from(again);
	who->asked = who->asked ? who->asked : c->now;
	who->answered = c->now;
	return store_pair_again(c, who);
}

/* Yes: she waits again, from the date she did before. No: it is over, and the usual time runs. */
bool act_again_decide(ctx *c, pair_person *who, bool yes)
{
	person p;
	if (!store_person_get(c, who->person, false, &p) ||
	    !settle(c, who, yes ? "yes" : "no"))
		return false;
	if (p.state != STATE_PAIRED)
		return true;
	return yes ? act_pair_put_back(c, who->person)
		   : store_person_step(c, who->person, 0, S("close"), S(""));
}

static bool ask_again(ctx *c, walk *w, pair_person *who)
{
	bool queued;
	if (!tell(c, w, who->person, "again", who->id, c->now + AGAIN_DAYS * DAY_MS,
		  &queued))
		return false;
	w->did += queued;
	who->asked = c->now;
	return store_pair_again(c, who);
}

/* Once she waits again she is told, and not before the office could have thought better of it. */
static bool tell_back(ctx *c, walk *w, pair_person *who, bool waits)
{
	bool queued = false;
	if (waits && !tell(c, w, who->person, NULL, who->id, c->now + AGAIN_DAYS * DAY_MS,
			   &queued))
		return false;
	w->did += queued;
	who->asked = c->now;
	return store_pair_again(c, who);
}

static bool follow_one(ctx *c, walk *w, const pair *p, pair_person *who)
{
	person of;
	erasure e;
	bool other, taken, established = str_equal(who->side, S("established"));
	int days = established ? ASK_ESTABLISHED_DAYS : ASK_NEWCOMER_DAYS;
	if (!store_person_get(c, who->person, false, &of) ||
	    !store_erasure_get(c, who->person, &e) ||
	    !act_pair_has_other(c, who->person, p->id, &other) ||
	    !act_is_taken(c, who->person, &taken))
		return false;
	if (str_equal(who->again, S("back")) && !who->asked) {
		bool waits = of.state == STATE_WAITING || of.state == STATE_PROPOSED;
		return c->now < p->ended + ASK_ESTABLISHED_DAYS * DAY_MS ||
		       tell_back(c, w, who, waits && !e.due);
	}
	if (who->again.n || e.due)
		return true;
	if (of.state != STATE_PAIRED)
		return settle(c, who, "no");
	if (other)
		return settle(c, who, "other");
	/* Two questions at once are one too many: what she answers to the offer comes first. */
	if (taken)
		return true;
	if (!who->asked)
		return c->now < p->ended + days * DAY_MS || ask_again(c, w, who);
	return c->now < who->asked + AGAIN_DAYS * DAY_MS ||
	       act_again_decide(c, who, false);
}

static bool follow_over(ctx *c, walk *w, const pair *p, pair_person *who, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!follow_one(c, w, p, &who[i]))
			return false;
	return true;
}

/* ---- the job -------------------------------------------------------------------------------------------- */

static bool follow_pairs(ctx *c, void *arg)
{
	walk *w = arg;
	pair *p, now;
	pair_person *who;
	size_t n, both;
	w->did = 0;
	w->last = w->from;
	if (!store_pairs_open(c, w->from, AT_ONCE, &p, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!store_pair_get(c, p[i].id, &now, &who, &both))
			return false;
		if (now.ended ? !follow_over(c, w, &now, who, both)
			      : !follow_open(c, w, &now, who, both))
			return false;
		w->last = now.id;
	}
	w->more = n == AT_ONCE;
	return true;
}

bool jobs_checkins(ctx *c, job_run *r)
{
	walk w = {.keeping = r->keeping, .from = r->last};
	if (!jobs_batch(c, r, follow_pairs, &w))
		return false;
	r->last = w.last;
	r->more = w.more;
	r->row.did += w.did;
	return true;
}

/* ---- answering -------------------------------------------------------------------------------------------- */

typedef struct deciding {
	token t;
	bool yes;
} deciding;

static bool decide_by_link(ctx *c, void *arg)
{
	const deciding *d = arg;
	pair_person who;
	id row;
	if (!id_parse(d->t.data, &row))
		return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	if (!store_pair_person_get(c, row, &who))
		return false;
	if (who.again.n)
		return ctx_fail(c, FAULT_CONFLICT, "p.again.over", S(""), S(""));
	return act_again_decide(c, &who, d->yes);
}

bool act_again_answer(ctx *c, str secret, str address, bool yes)
{
	deciding d = {.yes = yes};
	return act_link_guess(c, secret, address) &&
	       store_token_use(c, S("again"), secret, &d.t) &&
	       act_as_program(c, decide_by_link, &d);
}

/* ---- one's own ----------------------------------------------------------------------------------------------- */

/* The newest check-in of hers that waits for an answer. */
static bool find_checkin(ctx *c, id who, act_own_pair *out)
{
	enum { MOST = 20 };
	const pair_filter mine = {
		.health = -1, .state = -1, .person = who, .limit = MOST};
	pair *p;
	size_t n, checks;
	int64_t total;
	checkin *k;
	if (!store_pairs(c, &mine, &p, &n, &total))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!store_checkins(c, p[i].id, &k, &checks))
			return false;
		for (size_t m = 0; m < checks; m++)
			if (id_equal(k[m].person, who) && k[m].asked &&
			    k[m].closes > c->now && !k[m].contact.n) {
				out->checkin = true;
				out->at = k[m].id;
			}
	}
	return true;
}

bool act_pair_own(ctx *c, act_own_pair *out)
{
	pair_person asked;
	*out = (act_own_pair){.checkin = false};
	if (!c->actor || id_none(c->actor->person))
		return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	if (!find_checkin(c, c->actor->person, out))
		return false;
	if (out->checkin)
		return true;
	if (!store_pair_person_asked(c, c->actor->person, &asked))
		return false;
	out->again = !id_none(asked.id);
	out->at = asked.id;
	return true;
}

typedef struct own_link {
	act_own_pair own;
	id who;
	str secret;
} own_link;

static bool make_link(ctx *c, void *arg)
{
	own_link *l = arg;
	token t;
	return link_token(c, l->own.again ? "again" : "checkin", l->who, l->own.at, false,
			  c->now + APART_DAYS * DAY_MS, &l->secret, &t);
}

bool act_pair_own_link(ctx *c, bool *again, str *secret)
{
	own_link l = {.secret = S("")};
	if (!act_pair_own(c, &l.own))
		return false;
	if (id_none(l.own.at))
		return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	l.who = c->actor->person;
	if (!act_as_program(c, make_link, &l))
		return false;
	*again = l.own.again;
	*secret = l.secret;
	return true;
}

bool act_wait_estimate(ctx *c, str side, waited_marks *out)
{
	if (!store_waited_marks(c, side, c->now - LATELY_DAYS * DAY_MS, out))
		return false;
	if (out->n < FEW)
		*out = (waited_marks){.n = 0};
	return true;
}
