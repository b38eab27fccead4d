/* One proposal: the two, what each has said, and what the office does about it. */
#include "act/offer.h"
#include "web/proposal_priv.h"

enum { NOTE_MOST = 1000 };

typedef struct shown {
	proposal p;
	proposal_person *who;
	person *person; /* id none: not for the one who asks */
	size_t n;
	bool all_seen;
} shown;

/* The proposal in the address. */
static bool load(req *r, shown *s)
{
	if (!store_proposal_get(r->ctx, r->id, &s->p, &s->who, &s->n))
		return false;
	s->person = NEW_ARRAY(r->ctx->mem, person, s->n);
	s->all_seen = true;
	for (size_t i = 0; i < s->n; i++) {
		bool seen;
		if (!office_seen(r, s->who[i].person, &s->person[i], &seen))
			return false;
		if (!seen)
			s->person[i] = (person){.state = STATE_COUNT};
		s->all_seen &= seen;
	}
	return true;
}

static bool is_in(const proposal *p, const char *name)
{
	return str_equal(p->state, str_from(name));
}

static str name_of(req *r, const shown *s, size_t i)
{
	return id_none(s->person[i].id) ? req_say(r, "s.proposal.elsewhere")
					: office_name(r, &s->person[i]);
}

static str names_of(req *r, const shown *s)
{
	str *name = NEW_ARRAY(r->ctx->mem, str, s->n);
	for (size_t i = 0; i < s->n; i++)
		name[i] = name_of(r, s, i);
	return office_list(r, name, s->n, 0);
}

/* ---- the two --------------------------------------------------------------------------------- */

static str why_words(req *r, str why)
{
	char *key = str_terminated(
		r->ctx->mem, str_format(r->ctx->mem, "p.offer.why.%.*s", STR_ARG(why)));
	return why.n && view_has(r->lang, key) ? req_say(r, key) : S("");
}

static view_choice *reasons(req *r)
{
	view_choice *c = NEW_ARRAY(r->ctx->mem, view_choice, ACT_OFFER_WHYS);
	for (size_t i = 0; i < ACT_OFFER_WHYS; i++)
		c[i] = (view_choice){.value = str_from(act_offer_why[i]),
				     .text = why_words(r, str_from(act_offer_why[i]))};
	return c;
}

static bool fill_side(req *r, const shown *s, size_t i, proposal_side *v)
{
	const proposal_person *who = &s->who[i];
	bool hidden = id_none(s->person[i].id), yes = str_equal(who->answer, S("yes"));
	bool no = str_equal(who->answer, S("no")), ask = str_equal(who->answer, S("ask"));
	*v = (proposal_side){.page = &r->page,
			     .name = name_of(r, s, i),
			     .established = str_equal(who->side, S("established")),
			     .person = str_copy(r->ctx->mem, id_str(&who->person)),
			     .answer = req_say(r, proposal_answer_key(who->answer)),
			     .answer_icon = yes   ? "okc"
					    : no  ? "ban"
					    : ask ? "q"
						  : "clock",
			     .answer_grade = yes         ? S("ok")
					     : no || ask ? S("warn")
							 : S(""),
			     .why = why_words(r, who->why),
			     .note = hidden ? S("") : who->note,
			     .action = office_proposal(r, s->p.id, "answer"),
			     .reason = reasons(r),
			     .reason_n = ACT_OFFER_WHYS,
			     .open = !hidden && !yes && !no && is_in(&s->p, "offered") &&
				     s->p.expires > r->ctx->now};
	v->initial = office_initial(r, v->name);
	for (size_t k = 0; k < r->error_n; k++)
		v->wrong |= str_ends(r->error[k].field, v->person);
	if (!hidden) {
		v->facts = office_facts(r, &s->person[i]);
		v->to = office_person(r, who->person, "");
	} else {
		v->facts = req_say(r, "s.proposal.elsewhere_what");
	}
	return office_colleague(r, who->account, &v->by);
}

/* ---- what has happened ------------------------------------------------------------------------ */

static bool add_event(req *r, proposal_view *v, int64_t at, id by, str what)
{
	history_row *e = &v->event[v->event_n++];
	*e = (history_row){.when = office_when(r, at), .what = what, .reason = S("")};
	return office_colleague(r, by, &e->by);
}

/* Answered and not shown yet, the latest; n when there is none. */
static size_t latest(const shown *s, const bool *done)
{
	size_t found = s->n;
	for (size_t i = 0; i < s->n; i++)
		if (!done[i] && s->who[i].answered &&
		    (found == s->n || s->who[i].answered > s->who[found].answered))
			found = i;
	return found;
}

/* The newest first. */
static bool history(req *r, const shown *s, proposal_view *v)
{
	bool *done = NEW_ARRAY(r->ctx->mem, bool, s->n);
	v->event = NEW_ARRAY(r->ctx->mem, history_row, s->n + 2);
	if (s->p.ended && !add_event(r, v, s->p.ended, (id){""}, req_say(r, v->state)))
		return false;
	for (size_t i = latest(s, done); i < s->n; i = latest(s, done)) {
		str arg[] = {name_of(r, s, i),
			     req_say(r, proposal_answer_key(s->who[i].answer))};
		done[i] = true;
		if (!add_event(r, v, s->who[i].answered, s->who[i].account,
			       req_say_with(r, "s.proposal.says", arg, 2)))
			return false;
	}
	return add_event(r, v, s->p.created, s->p.account,
			 req_say(r, "s.proposal.offered"));
}

/* ---- the page ----------------------------------------------------------------------------------- */

static const char *next_key(req *r, const shown *s, const char *name)
{
	if (!s->all_seen && !s->p.ended)
		return "s.proposal.next.elsewhere";
	return page_key(r, "s.proposal.next.%s", name);
}

static void ways(req *r, const shown *s, proposal_view *v)
{
	bool may_read = office_may(r, RIGHT_CONTACT_READ);
	if (!s->all_seen)
		return;
	if (is_in(&s->p, "accepted") && may_read)
		v->introduce = office_proposal(r, s->p.id, "introduce");
	if (is_in(&s->p, "introduced") && may_read)
		v->letters = office_proposal(r, s->p.id, "introduce");
	if (!s->p.ended)
		v->withdraw = office_proposal(r, s->p.id, "withdraw");
}

static str fit_words(req *r, int64_t thousandths)
{
	return view_number(r->ctx->mem, r->lang, (thousandths + 500) / 1000);
}

/* `problem`: a key that says what could not be done, or NULL. */
static bool show(req *r, const char *problem, int status)
{
	shown s;
	proposal_row row = {.state = NULL};
	if (!load(r, &s))
		return false;
	page_begin(r, "s.proposal.title");
	proposal_look(r, &s.p, s.who, s.n, &row);
	proposal_view v = {.page = &r->page,
			   .problem = problem,
			   .list = req_link(r, "/staff/proposals"),
			   .state = row.state,
			   .icon = row.icon,
			   .grade = row.grade,
			   .fit = fit_words(r, s.p.fit),
			   .side = NEW_ARRAY(r->ctx->mem, proposal_side, s.n)};
	v.next = next_key(r, &s, row.state + sizeof "s.proposal.state." - 1);
	if (is_in(&s.p, "offered"))
		v.until = view_weekday_date(r->ctx->mem, r->lang,
					    date_local(s.p.expires).day);
	for (size_t i = 0; i < s.n; i++)
		if (!fill_side(r, &s, i, &v.side[v.side_n++]))
			return false;
	ways(r, &s, &v);
	if (!history(r, &s, &v))
		return false;
	tmpl_proposal(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool proposal_page(req *r)
{
	return show(r, NULL, 200);
}

bool proposal_conflict(req *r)
{
	const char *key = r->ctx->fault.key;
	if (r->ctx->fault.kind != FAULT_CONFLICT)
		return false;
	if (str_equal(str_from(key), S("fault.changed")))
		key = "s.proposal.changed";
	r->ctx->fault = (fault){.kind = FAULT_NONE};
	return show(r, key, 409);
}

/* ---- an answer by telephone --------------------------------------------------------------------------- */

typedef struct noting {
	id proposal, person;
	act_answer answer;
	str result;
} noting;

static bool do_note(ctx *c, void *arg)
{
	const noting *n = arg;
	return act_offer_note(c, n->proposal, n->person, &n->answer);
}

bool proposal_note(req *r)
{
	noting n = {
		.proposal = r->id,
		.answer = {.answer = req_form(r, "answer"),
			   .why = req_form(r, "why"),
			   .note = view_inert(r->ctx->mem, str_slice(req_form(r, "note"),
								     0, NOTE_MOST))},
		.result = office_proposal(r, r->id, "").path};
	str whose = req_form(r, "person");
	if (!id_parse(whose, &n.person))
		return show(r, "s.proposal.changed", 409);
	if (req_write(r, do_note, &n, &n.result))
		return req_done(r, (html_link){n.result}, "answer_noted");
	if (r->ctx->fault.kind != FAULT_INPUT)
		return proposal_conflict(r);
	r->ctx->fault = (fault){.kind = FAULT_NONE};
	form_error(r, str_format(r->ctx->mem, "answer-%s", n.person.s), "p.error.choose",
		   S(""));
	return show(r, NULL, 422);
}

/* ---- taken back ------------------------------------------------------------------------------------------ */

bool withdraw_show(req *r)
{
	shown s;
	if (!load(r, &s))
		return false;
	if (s.p.ended || !s.all_seen)
		return req_see_other(r, office_proposal(r, s.p.id, ""));
	page_begin(r, "s.confirm.title");
	confirm_view v = {.page = &r->page,
			  .question = "s.ask.offer_withdraw",
			  .name = names_of(r, &s),
			  .consequence = req_say(r, "s.then.offer_withdraw"),
			  .act = "s.yes.offer_withdraw",
			  .version = office_number_text(r, s.p.version),
			  .bad = true,
			  .action = office_proposal(r, s.p.id, "withdraw"),
			  .back = office_proposal(r, s.p.id, "")};
	tmpl_confirm(&r->html, r->lang, &v);
	return req_page(r, 200);
}

typedef struct withdrawing {
	id proposal;
	int64_t version;
	str result;
} withdrawing;

static bool do_withdraw(ctx *c, void *arg)
{
	const withdrawing *w = arg;
	return act_offer_withdraw(c, w->proposal, w->version);
}

bool withdraw_do(req *r)
{
	withdrawing w = {.proposal = r->id,
			 .version = office_form_number(r, "version"),
			 .result = office_proposal(r, r->id, "").path};
	if (req_write(r, do_withdraw, &w, &w.result))
		return req_done(r, (html_link){w.result}, "offer_withdrawn");
	return proposal_conflict(r);
}

/* ---- suggested again ----------------------------------------------------------------------------------------- */

typedef struct lifting {
	id person, bar;
	str result;
} lifting;

/* Whom the bar in the address is about; *there false when there is none that this one may lift. */
static bool find_bar(req *r, str wanted, lifting *l, person *other, bool *there)
{
	barred *all;
	size_t n;
	*there = false;
	if (!id_parse(wanted, &l->bar))
		return true;
	if (!store_barred(r->ctx, l->person, &all, &n))
		return false;
	for (size_t i = 0; i < n && !*there; i++) {
		if (!id_equal(all[i].id, l->bar))
			continue;
		id who = id_equal(all[i].one, l->person) ? all[i].other : all[i].one;
		if (!office_seen(r, who, other, there))
			return false;
	}
	return true;
}

bool barred_show(req *r)
{
	person p, other;
	lifting l;
	bool there;
	if (!office_load(r, false, &p))
		return false;
	l.person = p.id;
	if (!find_bar(r, req_query(r, "with"), &l, &other, &there))
		return false;
	if (!there)
		return req_see_other(r, office_person(r, p.id, ""));
	page_begin(r, "s.confirm.title");
	confirm_view v = {.page = &r->page,
			  .question = "s.ask.lift",
			  .name = office_name(r, &p),
			  .about = office_name(r, &other),
			  .consequence = req_say(r, "s.then.lift"),
			  .act = "s.yes.lift",
			  .verb = str_copy(r->ctx->mem, id_str(&l.bar)),
			  .action = office_person(r, p.id, "barred"),
			  .back = office_person(r, p.id, "")};
	tmpl_confirm(&r->html, r->lang, &v);
	return req_page(r, 200);
}

static bool do_lift(ctx *c, void *arg)
{
	const lifting *l = arg;
	return act_barred_lift(c, l->person, l->bar);
}

/* One that somebody else has lifted is lifted. */
bool barred_lift(req *r)
{
	person p, other;
	lifting l;
	bool there;
	if (!office_load(r, false, &p))
		return false;
	l.person = p.id;
	l.result = office_person(r, p.id, "").path;
	if (!find_bar(r, req_form(r, "verb"), &l, &other, &there))
		return false;
	if (there && !req_write(r, do_lift, &l, &l.result))
		return false;
	return req_done(r, (html_link){l.result}, "lifted");
}

/* ---- on the page of a person ------------------------------------------------------------------------------------- */

static bool list_offers(req *r, id who, person_view *v)
{
	proposal *p;
	size_t n;
	if (!store_proposals(r->ctx, S(""), who, &p, &n))
		return false;
	v->offer = NEW_ARRAY(r->ctx->mem, proposal_row, n);
	for (size_t i = 0; i < n; i++)
		if ((!p[i].ended || is_in(&p[i], "introduced")) &&
		    !proposal_row_of(r, p[i].id, who, &v->offer[v->offer_n++]))
			return false;
	return true;
}

static bool list_barred(req *r, id who, person_view *v)
{
	barred *all;
	size_t n;
	if (!store_barred(r->ctx, who, &all, &n))
		return false;
	v->barred = NEW_ARRAY(r->ctx->mem, barred_row, n);
	for (size_t i = 0; i < n; i++) {
		barred_row *b = &v->barred[v->barred_n++];
		id other = id_equal(all[i].one, who) ? all[i].other : all[i].one;
		person p;
		bool seen;
		if (!office_seen(r, other, &p, &seen))
			return false;
		*b = (barred_row){
			.name = seen ? office_name(r, &p)
				     : req_say(r, "s.proposal.elsewhere"),
			.since = view_date(r->ctx->mem, r->lang,
					   date_local(all[i].at).day),
			.why = page_key(r, "s.barred.%s",
					str_terminated(r->ctx->mem, all[i].why))};
		if (seen)
			b->lift = req_link(r, "/staff/people/%s/barred?with=%s", who.s,
					   all[i].id.s);
	}
	return true;
}

bool proposal_of_person(req *r, id who, person_view *v)
{
	return !office_may(r, RIGHT_MATCH) ||
	       (list_offers(r, who, v) && list_barred(r, who, v));
}
