/* One pair, as the office follows it: who they are, what they said, what was decided. */
#include <stdlib.h>

#include "web/pair_priv.h"

enum { DAY_MS = 86400000 };

/* ---- words shared by the pages of pairs ----------------------------------------------------- */

pair_badge pair_badge_of(req *r, const pair *p)
{
	pair_badge b = pair_health_badge(r, p->health);
	if (p->problem)
		b.words = "s.pair.health.problem";
	return b;
}

pair_badge pair_health_badge(req *r, pair_health h)
{
	static const struct {
		const char *icon, *grade;
	} look[PAIR_HEALTHS] = {{"okc", "ok"}, {"tri", "warn"}, {"oct", "bad"}};
	return (pair_badge){
		.icon = look[h].icon,
		.grade = str_from(look[h].grade),
		.words = page_key(r, "s.pair.health.%s", model_pair_health_name[h])};
}

str pair_state_words(req *r, pair_state s)
{
	return req_say(r, page_key(r, "s.pair.state.%s", model_pair_state[s]));
}

static str pair_name(req *r, const pair_person *who)
{
	return who->name.n ? who->name : req_say(r, "s.pair.elsewhere");
}

str pair_names(req *r, const pair_person *who, size_t n)
{
	str *name = NEW_ARRAY(r->ctx->mem, str, n);
	for (size_t i = 0; i < n; i++)
		name[i] = pair_name(r, &who[i]);
	return office_list(r, name, n, 0);
}

html_link pair_link(req *r, id pair_id, const char *part)
{
	return req_link(r, "/staff/pairs/%s%s%s", pair_id.s, *part ? "/" : "", part);
}

/* ---- loading --------------------------------------------------------------------------------- */

typedef struct loaded {
	pair p;
	pair_person *who;
	size_t n;
	pair_change *change;
	size_t changes;
	checkin *said;
	size_t saids;
} loaded;

static bool load(req *r, loaded *l)
{
	id which;
	return req_id(r, &which) &&
	       store_pair_get(r->ctx, which, &l->p, &l->who, &l->n) &&
	       store_pair_changes(r->ctx, which, &l->change, &l->changes) &&
	       store_checkins(r->ctx, which, &l->said, &l->saids);
}

/* ---- what happened ---------------------------------------------------------------------------- */

/* "Vi har träffats, på plats. Det känns bra." */
static str answer_words(req *r, const checkin *k)
{
	buf b = {.mem = r->ctx->mem};
	bool met = str_equal(k->met, S("yes"));
	if (!k->contact.n && !k->feeling.n)
		return req_say(r, k->asked ? "s.pair.no_answer" : "s.pair.nothing");
	if (k->contact.n)
		buf_add(&b, req_say(r, met ? "s.pair.said.met"
					   : page_key(r, "s.pair.said.%s",
						      str_equal(k->contact, S("yes"))
							      ? "contact"
							      : "none")));
	if (k->place.n) {
		buf_add(&b, S(" "));
		buf_add(&b, req_say(r, page_key(r, "s.pair.place.%s",
						str_terminated(r->ctx->mem, k->place))));
	}
	if (k->feeling.n) {
		buf_add(&b, b.n ? S(" ") : S(""));
		buf_add(&b,
			req_say(r, page_key(r, "s.pair.feeling.%s",
					    str_terminated(r->ctx->mem, k->feeling))));
	}
	return buf_str(&b);
}

static str change_words(req *r, const pair_change *k)
{
	str arg[] = {pair_state_words(r, k->to), S("")};
	if (k->undo)
		return req_say_with(r, "s.pair.undone", arg, 1);
	const char *key =
		page_key(r, "s.pair.why.%s", str_terminated(r->ctx->mem, k->why));
	if (!k->why.n || !view_has(r->lang, key))
		return arg[0];
	arg[1] = req_say(r, key);
	return req_say_with(r, "s.pair.change", arg, 2);
}

typedef struct moment {
	int64_t at;
	history_row row;
} moment;

static int newest_first(const void *a, const void *b)
{
	const moment *x = a, *y = b;
	return (x->at < y->at) - (x->at > y->at);
}

static str name_of(req *r, const loaded *l, const id *who)
{
	for (size_t i = 0; i < l->n; i++)
		if (id_equal(l->who[i].person, *who))
			return pair_name(r, &l->who[i]);
	return req_say(r, "s.pair.elsewhere");
}

static moment said_moment(req *r, const loaded *l, const checkin *k)
{
	str arg[] = {name_of(r, l, &k->person), answer_words(r, k)};
	int64_t at = k->answered ? k->answered : k->asked;
	bool by_staff = str_equal(k->channel, S("staff"));
	return (moment){.at = at,
			.row = {.when = office_when(r, at),
				.what = req_say_with(r, "s.pair.said", arg, 2),
				.by = by_staff ? req_say(r, "s.pair.noted") : S(""),
				.icon = k->answered ? "chat" : "send"}};
}

/* Changes and what was said, the newest first. */
static history_row *timeline(req *r, const loaded *l, size_t most, size_t *n)
{
	moment *m = NEW_ARRAY(r->ctx->mem, moment, l->changes + l->saids);
	size_t all = 0;
	for (size_t i = 0; i < l->changes; i++)
		m[all++] = (moment){.at = l->change[i].at,
				    .row = {.when = office_when(r, l->change[i].at),
					    .what = change_words(r, &l->change[i]),
					    .by = l->change[i].by,
					    .icon = "arrow"}};
	for (size_t i = 0; i < l->saids; i++)
		if (l->said[i].asked || l->said[i].answered)
			m[all++] = said_moment(r, l, &l->said[i]);
	qsort(m, all, sizeof *m, newest_first);
	*n = all < most ? all : most;
	history_row *row = NEW_ARRAY(r->ctx->mem, history_row, *n);
	for (size_t i = 0; i < *n; i++)
		row[i] = m[i].row;
	return row;
}

/* ---- the page ---------------------------------------------------------------------------------- */

static bool show_people(req *r, const loaded *l, pair_view *v)
{
	v->one = NEW_ARRAY(r->ctx->mem, pair_one, l->n);
	for (size_t i = 0; i < l->n; i++) {
		pair_one *o = &v->one[v->one_n++];
		const checkin *last = NULL;
		person p;
		for (size_t k = 0; k < l->saids; k++)
			if (id_equal(l->said[k].person, l->who[i].person))
				last = &l->said[k];
		*o = (pair_one){.name = pair_name(r, &l->who[i]),
				.established =
					str_equal(l->who[i].side, S("established")),
				.said = last ? answer_words(r, last)
					     : req_say(r, "s.pair.not_asked")};
		o->initial = office_initial(r, o->name);
		if (store_person_get(r->ctx, l->who[i].person, false, &p)) {
			o->to = office_person(r, p.id, "");
			o->facts = office_facts(r, &p);
			o->id = str_copy(r->ctx->mem, id_str(&p.id));
			o->chosen = str_equal(req_form(r, "person"), o->id);
		} else if (r->ctx->fault.kind != FAULT_HIDDEN) {
			return false;
		}
		r->ctx->fault = (fault){.kind = FAULT_NONE};
	}
	return true;
}

static void show_ways(req *r, const pair *p, pair_view *v)
{
	static const struct {
		const char *verb, *icon;
	} look[] = {{"resume", "next"},
		    {"complete", "okc"},
		    {"pause", "clock"},
		    {"never_met", "undo"},
		    {"end", "close"}};
	const char *verb[ACT_PAIR_VERBS];
	size_t n = act_pair_verbs(p, verb);
	v->way = NEW_ARRAY(r->ctx->mem, pair_way, n);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < ARRAY_LEN(look); k++)
			if (str_equal(str_from(verb[i]), str_from(look[k].verb)))
				v->way[v->way_n++] = (pair_way){
					.to = req_link(r, "/staff/pairs/%s/step?verb=%s",
						       p->id.s, verb[i]),
					.key = page_key(r, "s.pair.verb.%s", verb[i]),
					.icon = look[k].icon};
}

static void show_note_form(req *r, pair_view *v)
{
	static const char *const contact[] = {"met", "contact", "none"};
	static const char *const where[] = {"person", "video", "phone"};
	static const char *const feeling[] = {"fine", "wrong"};
	v->contact = office_pick(r, "contact", "s.pair.contact", contact,
				 "s.pair.pick.%s", 3, req_form(r, "contact"));
	v->place = office_pick(r, "place", "s.pair.where", where, "held.place.%s", 3,
			       req_form(r, "place"));
	v->feeling = office_pick(r, "feeling", "s.pair.feels", feeling, "held.feeling.%s",
				 2, req_form(r, "feeling"));
	v->text = req_form(r, "text");
	for (size_t i = 0; i < r->error_n; i++)
		v->who_missing |= str_equal(r->error[i].field, S("person"));
}

static str since_words(req *r, const pair *p)
{
	arena *mem = r->ctx->mem;
	str arg[] = {view_date(mem, r->lang, date_local(p->began).day),
		     view_date(mem, r->lang,
			       p->ended ? date_local(p->ended).day : p->planned)};
	return req_say_with(r, p->ended ? "s.pair.was" : "s.pair.since", arg, 2);
}

static bool show(req *r, int status)
{
	enum { ROWS = 60 };
	loaded l;
	if (!load(r, &l))
		return false;
	str names = pair_names(r, l.who, l.n);
	page_begin_text(r, names);
	pair_view v = {.page = &r->page,
		       .list = req_link(r, "/staff/pairs"),
		       .action = pair_link(r, l.p.id, ""),
		       .names = names,
		       .state = pair_state_words(r, l.p.state),
		       .since = since_words(r, &l.p),
		       .version = office_number_text(r, l.p.version),
		       .health = pair_badge_of(r, &l.p),
		       .over = model_pair_is_over(l.p.state),
		       .sees_incidents = office_may(r, RIGHT_INCIDENT)};
	v.may_note = !v.over;
	if (v.sees_incidents)
		v.incidents = req_link(r, "/staff/incidents?pair=%s", l.p.id.s);
	if (act_pair_may_undo(r->ctx, l.change, l.changes)) {
		str what = pair_state_words(r, l.p.state);
		v.undo = pair_link(r, l.p.id, "undo");
		v.undo_words = req_say_with(r, "s.pair.undo_what", &what, 1);
	}
	v.event = timeline(r, &l, ROWS, &v.event_n);
	show_ways(r, &l.p, &v);
	show_note_form(r, &v);
	if (!show_people(r, &l, &v))
		return false;
	tmpl_pair(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool pair_show(req *r)
{
	return show(r, 200);
}

/* ---- noting -------------------------------------------------------------------------------------- */

typedef struct noting {
	id pair, person;
	act_word word;
	str result;
} noting;

static bool do_note(ctx *c, void *arg)
{
	const noting *n = arg;
	return act_checkin_note(c, n->pair, n->person, &n->word);
}

bool pair_note(req *r)
{
	noting n = {.word = {.contact = req_form(r, "contact"),
			     .place = req_form(r, "place"),
			     .feeling = req_form(r, "feeling"),
			     .text = req_form(r, "text")}};
	loaded l;
	if (!load(r, &l))
		return false;
	n.pair = l.p.id;
	if (n.word.text.n)
		n.word.feeling = S("wrong");
	if (!id_parse(req_form(r, "person"), &n.person))
		form_error(r, S("person"), "s.pair.error.who", S(""));
	if (!n.word.contact.n && !n.word.feeling.n)
		form_error(r, S("contact"), "p.error.choose", S(""));
	if (r->error_n)
		return show(r, 422);
	n.result = pair_link(r, l.p.id, "").path;
	return req_write(r, do_note, &n, &n.result) &&
	       req_done(r, (html_link){n.result}, "pair_noted");
}

/* ---- deciding -------------------------------------------------------------------------------------- */

static bool has_verb(const pair *p, str verb)
{
	return model_pair_step(p->state, p->before, verb) != PAIR_STATES;
}

static bool ask(req *r, const loaded *l, str verb, int status)
{
	enum { WHYS = 7 };
	const char *name = str_terminated(r->ctx->mem, verb);
	str names = pair_names(r, l->who, l->n);
	bool asks = !str_equal(verb, S("resume")) && !str_equal(verb, S("complete"));
	size_t whys = 0;
	while (model_pair_why[whys])
		whys++;
	assert(whys == WHYS);
	page_begin_text(r,
			req_say_with(r, page_key(r, "s.pair.ask.%s", name), &names, 1));
	pair_step_view v = {.page = &r->page,
			    .action = pair_link(r, l->p.id, "step"),
			    .back = pair_link(r, l->p.id, ""),
			    .consequence = page_key(r, "s.pair.then.%s", name),
			    .act = page_key(r, "s.pair.yes.%s", name),
			    .verb = verb,
			    .version = office_number_text(r, l->p.version),
			    .why = office_pick(r, "why", "s.pair.why", model_pair_why,
					       "s.pair.why.%s", whys, req_form(r, "why")),
			    .asks = asks,
			    .bad = str_equal(verb, S("end")) ||
				   str_equal(verb, S("never_met"))};
	tmpl_pair_step(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool pair_step_ask(req *r)
{
	loaded l;
	str verb = req_query(r, "verb");
	if (!load(r, &l))
		return false;
	if (!has_verb(&l.p, verb))
		return req_see_other(r, pair_link(r, l.p.id, ""));
	return ask(r, &l, verb, 200);
}

typedef struct stepping {
	act_pair_step step;
	str result;
} stepping;

static bool do_step(ctx *c, void *arg)
{
	const stepping *s = arg;
	return act_pair_step_do(c, &s->step);
}

static bool do_undo(ctx *c, void *arg)
{
	const stepping *s = arg;
	return act_pair_undo(c, s->step.pair, s->step.version);
}

/* Somebody was first: what happened, and how it is now. */
static bool conflict(req *r)
{
	enum { ROWS = 3 };
	loaded l;
	r->ctx->fault = (fault){.kind = FAULT_NONE};
	if (!load(r, &l))
		return false;
	page_begin(r, "s.conflict.title");
	pair_conflict_view v = {.page = &r->page,
				.state = pair_state_words(r, l.p.state),
				.back = pair_link(r, l.p.id, "")};
	v.event = timeline(r, &l, ROWS, &v.event_n);
	tmpl_pair_conflict(&r->html, r->lang, &v);
	return req_page(r, 409);
}

static bool finish(req *r, bool (*work)(ctx *, void *), stepping *s, const char *notice)
{
	s->result = pair_link(r, s->step.pair, "").path;
	if (req_write(r, work, s, &s->result))
		return req_done(r, (html_link){s->result}, notice);
	return r->ctx->fault.kind == FAULT_CONFLICT && conflict(r);
}

bool pair_step(req *r)
{
	loaded l;
	stepping s = {.step = {.verb = req_form(r, "verb"),
			       .why = req_form(r, "why"),
			       .version = office_form_number(r, "version")}};
	if (!load(r, &l))
		return false;
	s.step.pair = l.p.id;
	if (!s.step.verb.n)
		return req_see_other(r, pair_link(r, l.p.id, ""));
	bool asks = !str_equal(s.step.verb, S("resume")) &&
		    !str_equal(s.step.verb, S("complete"));
	if (has_verb(&l.p, s.step.verb) && asks && !model_pair_is_why(s.step.why)) {
		form_error(r, S("why"), "s.error.why", S(""));
		return ask(r, &l, s.step.verb, 422);
	}
	return finish(r, do_step, &s, "pair_step");
}

bool pair_undo(req *r)
{
	stepping s = {.step = {.version = office_form_number(r, "version")}};
	return req_id(r, &s.step.pair) && finish(r, do_undo, &s, "undone");
}
