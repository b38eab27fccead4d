/* A round: one of its people, why not these two, weights, the parts of its report, files of it. */
#include "web/round_priv.h"

enum { NEXT_MOST = 5, OTHERS_MOST = 300, REASON_MOST = 1000 };
static const match_options options = {.threads = 1};

/* ---- forbidding, dropping: a question first ------------------------------------------------ */

/* "12-7" */
static bool read_pair(str text, uint32_t *newcomer, uint32_t *established)
{
	str a;
	int64_t x, y;
	if (!str_cut(&text, '-', &a) || !str_to_int(a, 1, UINT32_MAX, &x) ||
	    !str_to_int(text, 1, UINT32_MAX, &y))
		return false;
	*newcomer = (uint32_t)x;
	*established = (uint32_t)y;
	return true;
}

static bool ask_forbid(req *r, int status)
{
	desk d;
	uint32_t newcomer, established;
	str arg[2], pair = r->in->method == NET_POST ? req_form(r, "verb")
						     : req_query(r, "pair");
	if (!desk_open(r, &d))
		return false;
	if (!desk_is_open(&d) || !read_pair(pair, &newcomer, &established))
		return req_see_other(r, desk_link(&d, ""));
	if (!desk_name_of(&d, newcomer, &arg[0]) ||
	    !desk_name_of(&d, established, &arg[1]))
		return false;
	page_begin(r, "s.round.forbid.title");
	confirm_view v = {.page = &r->page,
			  .question = "s.round.forbid.ask",
			  .name = req_say_with(r, "s.round.two", arg, 2),
			  .consequence = req_say(r, "s.round.forbid.then"),
			  .act = "s.round.forbid.yes",
			  .verb = pair,
			  .version = desk_version(&d),
			  .reason_label = "s.confirm.reason",
			  .reason_needed = true,
			  .reason = req_form(r, "reason"),
			  .action = desk_link(&d, "forbid"),
			  .back = desk_link(&d, "")};
	tmpl_confirm(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool round_forbid_ask(req *r)
{
	return ask_forbid(r, 200);
}

bool round_forbid(req *r)
{
	id which;
	round seen;
	act_change w = {.kind = "forbid",
			.reason = str_slice(req_form(r, "reason"), 0, REASON_MOST)};
	req_large(r);
	if (!req_id(r, &which))
		return false;
	if (!read_pair(req_form(r, "verb"), &w.newcomer, &w.established))
		return store_round_get(r->ctx, which, &seen) &&
		       req_see_other(r, req_link(r, "/staff/rounds/%s", which.s));
	if (act_round_change(r->ctx, which, &w))
		return req_see_other(r, req_link(r, "/staff/rounds/%s", which.s));
	if (r->ctx->fault.kind != FAULT_INPUT)
		return false;
	if (w.reason.n)
		return desk_refuse(r);
	r->ctx->fault = (fault){0};
	form_error(r, S("reason"), "s.error.reason", S(""));
	return ask_forbid(r, 422);
}

bool round_drop_ask(req *r)
{
	desk d;
	if (!desk_open(r, &d))
		return false;
	if (!desk_is_open(&d))
		return req_see_other(r, desk_link(&d, ""));
	page_begin(r, "s.round.drop.title");
	confirm_view v = {.page = &r->page,
			  .question = "s.round.drop.ask",
			  .consequence = req_say(r, "s.round.drop.then"),
			  .act = "s.round.drop.yes",
			  .verb = S("drop"),
			  .version = desk_version(&d),
			  .bad = true,
			  .action = desk_link(&d, "drop"),
			  .back = desk_link(&d, "")};
	tmpl_confirm(&r->html, r->lang, &v);
	return req_page(r, 200);
}

bool round_drop(req *r)
{
	id which;
	if (!req_id(r, &which))
		return false;
	if (act_round_drop(r->ctx, which, office_form_number(r, "version")))
		return req_done(r, req_link(r, "/staff/rounds"), "round_dropped");
	return r->ctx->fault.kind == FAULT_CONFLICT && desk_refuse(r);
}

/* ---- one of its people ------------------------------------------------------------------------ */

static const unit *unit_at(const desk *d, uint8_t side, uint32_t at)
{
	return side == SIDE_NEWCOMER ? &d->a.pool.newcomer[at]
				     : &d->a.pool.established[at];
}

/* With whom she is paired, by name. */
static bool partners(desk *d, const match_standing *s, str *out)
{
	str *name = NEW_ARRAY(d->r->ctx->mem, str, d->a.result.pairs);
	size_t n = 0;
	for (size_t i = 0; i < d->a.result.pairs; i++) {
		const match_pair *p = &d->a.result.pair[i];
		bool new_one = s->side == SIDE_NEWCOMER;
		if ((new_one ? p->newcomer : p->established) != s->unit)
			continue;
		const unit *u = unit_at(d, new_one ? SIDE_ESTABLISHED : SIDE_NEWCOMER,
					new_one ? p->established : p->newcomer);
		if (!desk_know_unit(d, u))
			return false;
		name[n++] = desk_names(d, u);
	}
	*out = n ? office_list(d->r, name, n, 0) : S("");
	return true;
}

/* As a sentence, which calls people by name. */
static bool sentence(desk *d, const match_phrase *p, str *out)
{
	for (uint8_t i = 0; i < p->args; i++)
		if (p->arg[i].kind == ARG_PERSON &&
		    !desk_know(d, (size_t)p->arg[i].number))
			return false;
	*out = report_sentence(d->r->ctx->mem, d->r->lang, d->a.people, p);
	return true;
}

static bool sentences(desk *d, const match_phrase *p, size_t n, str **out, size_t *out_n)
{
	*out = NEW_ARRAY(d->r->ctx->mem, str, n);
	*out_n = n;
	for (size_t i = 0; i < n; i++)
		if (!sentence(d, &p[i], &(*out)[i]))
			return false;
	return true;
}

static bool explain_waiting(desk *d, const match_case *k, const match_standing *s,
			    round_person_view *v)
{
	match_waiting_why w;
	match_phrase relax[MATCH_RELAXES];
	match_waiting_explain(k, s->side, s->unit, &w);
	for (size_t i = 0; i < w.relaxes; i++)
		relax[i] = w.relax[i].phrase;
	return sentences(d, w.sentence, w.sentences, &v->sentence, &v->sentence_n) &&
	       sentences(d, relax, w.relaxes, &v->relax, &v->relax_n);
}

/* What it would cost: points, and pairs where some are lost. */
static str cost_words(desk *d, int64_t points, int64_t pairs)
{
	str arg[] = {desk_points(d, points),
		     view_say_count(d->r->ctx->mem, d->r->lang, "report.pairs", pairs,
				    NULL, 0)};
	if (!points && !pairs)
		return req_say(d->r, "s.round.next.free");
	return req_say_with(d->r, pairs ? "s.round.next.pairs" : "s.round.next.points",
			    arg, 2);
}

static bool next_best(desk *d, const match_case *k, const match_standing *s,
		      round_person_view *v)
{
	req *r = d->r;
	match_next *next;
	size_t n;
	if (!k->table)
		return true;
	if (!match_next_best(r->ctx, k->table, &d->a.terms, &d->a.result, s->side,
			     s->unit, NEXT_MOST, &next, &n))
		return false;
	v->option = NEW_ARRAY(r->ctx->mem, round_option, n);
	for (size_t i = 0; i < n; i++) {
		bool new_one = s->side == SIDE_NEWCOMER;
		const unit *u = unit_at(d, new_one ? SIDE_ESTABLISHED : SIDE_NEWCOMER,
					next[i].partner);
		uint32_t own = unit_at(d, s->side, s->unit)->id;
		if (!desk_know_unit(d, u))
			return false;
		round_member m = desk_member(d, d->a.pool.member[u->first]);
		v->option[v->option_n++] = (round_option){
			.page = &r->page,
			.action = desk_link(d, ""),
			.name = desk_names(d, u),
			.facts = m.facts,
			.cost = cost_words(d, next[i].points_lost, next[i].pairs_lost),
			.newcomer = office_number_text(r, new_one ? own : u->id),
			.established = office_number_text(r, new_one ? u->id : own)};
	}
	return true;
}

/* Everyone of the other side to ask about, where they are not too many to choose from. */
static bool others(desk *d, const match_standing *s, uint32_t chosen,
		   round_person_view *v)
{
	bool new_one = s->side == SIDE_NEWCOMER;
	size_t n = new_one ? d->a.pool.establisheds : d->a.pool.newcomers;
	if (n > OTHERS_MOST)
		return true;
	v->other = NEW_ARRAY(d->r->ctx->mem, view_choice, n);
	for (size_t i = 0; i < n; i++) {
		const unit *u = unit_at(d, new_one ? SIDE_ESTABLISHED : SIDE_NEWCOMER,
					(uint32_t)i);
		if (!desk_know_unit(d, u))
			return false;
		str arg[] = {desk_names(d, u), desk_number(d, u->id)};
		v->other[v->other_n++] =
			(view_choice){.value = office_number_text(d->r, u->id),
				      .text = req_say_with(d->r, "s.round.named", arg, 2),
				      .chosen = u->id == chosen};
	}
	return true;
}

/* Why not this one? In words, with every rule that forbids it and the exact price. */
static bool why_not(desk *d, const match_case *k, uint32_t number, uint32_t other,
		    round_person_view *v)
{
	req *r = d->r;
	match_why_not w;
	report_fit f;
	str arg[2];
	if (!desk_name_of(d, number, &arg[0]) || !desk_name_of(d, other, &arg[1]))
		return false;
	if (!match_why_not_pair(k, number, other, &w))
		return false;
	v->asked = req_say_with(r, "s.round.two", arg, 2);
	if (!sentence(d, &w.answer, &v->answer) ||
	    !sentences(d, w.rule, w.rules, &v->rule, &v->rule_n))
		return false;
	if (w.kind == WHY_NOT_UNKNOWN || w.kind == WHY_NOT_SAME ||
	    w.kind == WHY_NOT_SIDE || w.kind == WHY_NOT_ABSENT)
		return true;
	report_fit_words(r->ctx->mem, r->lang, d->a.people, &w.why, &f);
	desk_reasons(d, &f, &v->bar, &v->reason, &v->reason_n);
	v->fit = view_number(r->ctx->mem, r->lang, f.fit);
	if (w.kind != WHY_NOT_COST && w.kind != WHY_NOT_EQUAL)
		return true;
	v->lock_newcomer = office_number_text(r, d->a.pool.newcomer[w.newcomer].id);
	v->lock_established =
		office_number_text(r, d->a.pool.established[w.established].id);
	return true;
}

static bool is_left_out(const desk *d, uint32_t number)
{
	for (size_t i = 0; i < d->a.terms.left_out_n; i++)
		if (d->a.terms.left_out[i] == number)
			return true;
	return false;
}

static bool in_pool(desk *d, const match_standing *s, uint32_t number, uint32_t other,
		    round_person_view *v)
{
	match_case k;
	if (!match_case_open(d->r->ctx, &d->a.pool, &d->a.terms, &options, &d->a.result,
			     &k))
		return false;
	if (!v->now.n && !explain_waiting(d, &k, s, v))
		return false;
	return next_best(d, &k, s, v) && others(d, s, other, v) &&
	       (!other || why_not(d, &k, number, other, v));
}

bool round_person_show(req *r)
{
	desk d;
	int64_t number = 0, other = 0;
	round_person_view v = {.page = &r->page, .answer = S("")};
	if (!desk_open(r, &d))
		return false;
	if (!str_to_int(req_query(r, "nr"), 1, UINT32_MAX, &number) ||
	    act_round_find(&d.a, (uint32_t)number) == d.a.n)
		return req_see_other(r, desk_link(&d, ""));
	if (!str_to_int(req_query(r, "with"), 1, UINT32_MAX, &other))
		other = 0;
	size_t at = act_round_find(&d.a, (uint32_t)number);
	match_standing s = match_find(&d.a.pool, (uint32_t)number);
	if (!desk_know(&d, at))
		return false;
	round_member m = desk_member(&d, at);
	page_begin_text(r, m.name);
	v.name = m.name;
	v.initial = m.initial;
	v.facts = m.facts;
	v.established = m.established;
	v.back = v.action = desk_link(&d, "");
	v.ask = desk_link(&d, "person");
	v.person = office_person(r, d.a.who[at].person, "");
	v.number = office_number_text(r, number);
	v.newcomer = m.established ? S("0") : v.number;
	v.established_number = m.established ? v.number : S("0");
	v.open = desk_is_open(&d);
	v.left_out = is_left_out(&d, (uint32_t)number);
	if (s.unit != MATCH_NOBODY &&
	    (!partners(&d, &s, &v.now) ||
	     !in_pool(&d, &s, (uint32_t)number, (uint32_t)other, &v)))
		return false;
	tmpl_round_person(&r->html, r->lang, &v);
	return req_page(r, 200);
}

/* ---- parts of the report ------------------------------------------------------------------------- */

static bool know_all(desk *d)
{
	for (size_t i = 0; i < d->a.n; i++)
		if (!desk_know(d, i))
			return false;
	return true;
}

/* Where there is nobody on a side there is nothing to explain. */
static bool is_empty(const desk *d)
{
	return !d->a.pool.newcomers || !d->a.pool.establisheds;
}

static bool gather(desk *d, unsigned parts, report_match *m)
{
	*m = (report_match){.recruit = NULL};
	return is_empty(d) ||
	       report_match_gather(d->r->ctx, S(""), NULL, &d->a.pool, &d->a.terms,
				   &options, &d->a.result, parts, m);
}

static bool show_part(desk *d, report_part part, const char *title, round_part_view *v,
		      report_match *m)
{
	req *r = d->r;
	buf *b = NEW(r->ctx->mem, buf);
	*b = (buf){.mem = r->ctx->mem};
	str day = view_date_short(r->ctx->mem, r->lang, d->a.round.day);
	page_begin_text(r, req_say_with(r, title, &day, 1));
	*v = (round_part_view){.page = &r->page,
			       .back = desk_link(d, ""),
			       .version = desk_version(d),
			       .title = r->page.title,
			       .body = html_to(b),
			       .open = desk_is_open(d)};
	v->empty = is_empty(d);
	if (!v->empty)
		report_part_html(r->ctx, r->lang, m, part, &v->body);
	return true;
}

bool round_waiting_show(req *r)
{
	desk d;
	report_match m;
	round_part_view v;
	if (!desk_open(r, &d) || !know_all(&d) || !gather(&d, REPORT_WAITING, &m))
		return false;
	m.person = desk_link(&d, "person");
	if (!show_part(&d, REPORT_WAITING, "s.round.waiting.title", &v, &m))
		return false;
	tmpl_round_part(&r->html, r->lang, &v);
	return req_page(r, 200);
}

/* Without a name: it is printed and hung up. */
bool round_recruit_show(req *r)
{
	desk d;
	report_match m;
	round_part_view v;
	if (!desk_open(r, &d) || !gather(&d, REPORT_RECRUIT, &m) ||
	    !show_part(&d, REPORT_RECRUIT, "s.round.recruit.title", &v, &m))
		return false;
	tmpl_round_part(&r->html, r->lang, &v);
	return req_page(r, 200);
}

static void frontier(desk *d, const report_match *m, round_part_view *v)
{
	req *r = d->r;
	v->choice = NEW_ARRAY(r->ctx->mem, view_choice, m->fairnesses);
	for (size_t i = 0; i < m->fairnesses; i++) {
		const match_outcome *o = &m->fairness[i].outcome;
		str arg[] = {view_number(r->ctx->mem, r->lang, m->fairness[i].waiting),
			     report_days(r->ctx->mem, r->lang, o->wait_longest),
			     desk_points(d, o->pairs ? o->fit / o->pairs : 0),
			     view_say_count(r->ctx->mem, r->lang, "report.pairs",
					    o->pairs, NULL, 0)};
		v->choice[v->choice_n++] = (view_choice){
			.value = office_number_text(r, m->fairness[i].waiting),
			.text = req_say_with(r, "s.round.frontier.point", arg, 4),
			.chosen = m->fairness[i].present};
	}
}

bool round_fairness_show(req *r)
{
	desk d;
	report_match m;
	round_part_view v;
	if (!desk_open(r, &d) || !gather(&d, REPORT_FAIRNESS, &m) ||
	    !show_part(&d, REPORT_FAIRNESS, "s.round.fairness.title", &v, &m))
		return false;
	frontier(&d, &m, &v);
	v.action = desk_link(&d, "fairness");
	tmpl_round_part(&r->html, r->lang, &v);
	return req_page(r, 200);
}

bool round_fairness_pick(req *r)
{
	enum { WAITING_MOST = 10000 };
	desk d;
	int64_t waiting;
	if (!desk_open(r, &d))
		return false;
	if (!str_to_int(req_form(r, "waiting"), 0, WAITING_MOST, &waiting))
		return req_see_other(r, desk_link(&d, "fairness"));
	terms t = d.a.terms;
	t.waiting = (int32_t)waiting;
	act_change w = {.kind = "weights",
			.terms = &t,
			.reason = S(""),
			.version = office_form_number(r, "version")};
	if (act_round_change(r->ctx, d.a.round.id, &w))
		return req_see_other(r, desk_link(&d, ""));
	return r->ctx->fault.kind == FAULT_CONFLICT && desk_refuse(r);
}

/* ---- as files: what `kompis check` accepts; nobody's name is in them ---------------------------------- */

static bool send_file(req *r, str body, const char *type, const char *name)
{
	r->out->status = 200;
	r->out->type = str_from(type);
	r->out->body = body;
	net_reply_header(r->out, S("Content-Disposition"),
			 str_format(r->ctx->mem, "attachment; filename=\"%s\"", name));
	net_reply_header(r->out, S("Cache-Control"), S("no-store"));
	return true;
}

bool round_sheet(req *r)
{
	desk d;
	return desk_open(r, &d) &&
	       send_file(r, d.a.sheet, "text/csv; charset=utf-8", "people.csv");
}

bool round_result(req *r)
{
	desk d;
	return desk_open(r, &d) &&
	       send_file(r, d.a.result_json, "application/json", "result.json");
}
