/* What the pages of rounds share: names for numbers, what a change did, what is decided. */
#include "web/round_priv.h"

bool desk_open(req *r, desk *d)
{
	id which;
	req_large(r);
	*d = (desk){.r = r};
	if (!req_id(r, &which) || !act_round_open(r->ctx, which, &d->a))
		return false;
	d->who = NEW_ARRAY(r->ctx->mem, person, d->a.n);
	d->known = NEW_ARRAY(r->ctx->mem, bool, d->a.n);
	return true;
}

bool desk_know(desk *d, size_t i)
{
	ctx *c = d->r->ctx;
	if (d->known[i])
		return true;
	if (!store_person_get(c, d->a.who[i].person, false, &d->who[i])) {
		if (c->fault.kind != FAULT_HIDDEN)
			return false;
		c->fault = (fault){0};
		d->who[i] = (person){.id = {""}};
	}
	act_round_name(c->mem, &d->a, i, &d->who[i]);
	d->known[i] = true;
	return true;
}

bool desk_know_unit(desk *d, const unit *u)
{
	for (uint32_t m = 0; m < u->n; m++)
		if (!desk_know(d, d->a.pool.member[u->first + m]))
			return false;
	return true;
}

static str name_of(desk *d, size_t i)
{
	const person *p = &d->who[i];
	if (p->value[FIELD_GIVEN].n)
		return p->value[FIELD_GIVEN];
	return desk_number(d, d->a.who[i].number);
}

str desk_number(desk *d, uint32_t number)
{
	str text = office_number_text(d->r, number);
	return req_say_with(d->r, "person.number", &text, 1);
}

str desk_names(desk *d, const unit *u)
{
	str *name = NEW_ARRAY(d->r->ctx->mem, str, u->n);
	for (uint32_t m = 0; m < u->n; m++)
		name[m] = name_of(d, d->a.pool.member[u->first + m]);
	return office_list(d->r, name, u->n, 0);
}

bool desk_name_of(desk *d, uint32_t number, str *out)
{
	size_t i = act_round_find(&d->a, number);
	*out = desk_number(d, number);
	if (i == d->a.n)
		return true;
	match_standing s = match_find(&d->a.pool, number);
	if (s.unit == MATCH_NOBODY) {
		if (!desk_know(d, i))
			return false;
		*out = name_of(d, i);
		return true;
	}
	const unit *u = s.side == SIDE_NEWCOMER ? &d->a.pool.newcomer[s.unit]
						: &d->a.pool.established[s.unit];
	if (!desk_know_unit(d, u))
		return false;
	*out = desk_names(d, u);
	return true;
}

html_link desk_link(const desk *d, const char *part)
{
	return req_link(d->r, "/staff/rounds/%s%s%s", d->a.round.id.s, *part ? "/" : "",
			part);
}

static html_link person_link(const desk *d, uint32_t number)
{
	return req_link(d->r, "/staff/rounds/%s/person?nr=%u", d->a.round.id.s,
			(unsigned)number);
}

str desk_version(desk *d)
{
	return office_number_text(d->r, d->a.round.version);
}

bool desk_is_open(const desk *d)
{
	return str_equal(d->a.round.state, S("open"));
}

str desk_points(desk *d, int64_t points)
{
	return report_points(d->r->ctx->mem, d->r->lang, points);
}

round_member desk_member(desk *d, size_t i)
{
	const profile *p = &d->a.people->profile[i];
	req *r = d->r;
	str item[2], where = S("");
	size_t n = 0;
	int age = model_age(p, d->a.terms.date);
	const municipality *m = model_municipality_get(p->municipality);
	if (p->place != PLACE_NONE)
		where = model_place[p->place].name;
	else if (m)
		where = m->name;
	if (age >= 0) {
		str years = office_number_text(r, age);
		item[n++] = req_say_with(r, "s.years_old", &years, 1);
	}
	if (where.n)
		item[n++] = where;
	bool waited = p->queued != QUEUED_UNKNOWN && p->queued <= d->a.terms.date;
	return (round_member){
		.to = person_link(d, p->id),
		.name = name_of(d, i),
		.initial = office_initial(r, name_of(d, i)),
		.facts = n == 2 ? str_format(r->ctx->mem, "%.*s, %.*s", STR_ARG(item[0]),
					     STR_ARG(item[1]))
			 : n    ? item[0]
				: S(""),
		.days = waited ? view_say_count(r->ctx->mem, r->lang, "report.days",
						d->a.terms.date - p->queued, NULL, 0)
			       : S(""),
		.established = p->side == SIDE_ESTABLISHED};
}

void desk_reasons(desk *d, const report_fit *f, html *bar, round_reason **out, size_t *n)
{
	arena *mem = d->r->ctx->mem;
	buf *to = NEW(mem, buf);
	*to = (buf){.mem = mem};
	*bar = html_to(to);
	view_chart_parts(bar, f->part, f->n);
	*out = NEW_ARRAY(mem, round_reason, f->n);
	*n = f->n;
	for (size_t i = 0; i < f->n; i++) {
		buf *one = NEW(mem, buf);
		*one = (buf){.mem = mem};
		(*out)[i] = (round_reason){.swatch = html_to(one),
					   .words = f->words[i],
					   .points = f->points[i]};
		view_chart_swatch(&(*out)[i].swatch, i);
	}
}

/* ---- what a change did ------------------------------------------------------------------- */

typedef struct move {
	uint32_t newcomer, was, is;
} move;

/* "12:3:7" */
static bool next_move(str *rest, move *out)
{
	str part, text[3];
	int64_t n[3];
	if (!str_cut(rest, ',', &part))
		return false;
	for (int i = 0; i < 3; i++)
		if (!str_cut(&part, ':', &text[i]) ||
		    !str_to_int(text[i], 0, UINT32_MAX, &n[i]))
			return false;
	*out = (move){(uint32_t)n[0], (uint32_t)n[1], (uint32_t)n[2]};
	return true;
}

static bool say_move(desk *d, move m, str *out)
{
	str arg[3];
	if (!desk_name_of(d, m.newcomer, &arg[0]) ||
	    (m.was && !desk_name_of(d, m.was, &arg[1])) ||
	    (m.is && !desk_name_of(d, m.is, &arg[2])))
		return false;
	if (m.was && m.is)
		*out = req_say_with(d->r, "s.round.move.other", arg, 3);
	else if (m.is)
		*out = req_say_with(d->r, "s.round.move.got", (str[]){arg[0], arg[2]}, 2);
	else
		*out = req_say_with(d->r, "s.round.move.lost", arg, 2);
	return true;
}

static bool list_moves(desk *d, const round_change *w, round_decision **out, size_t *n)
{
	enum { MOST = 40 };
	str rest = w->moved;
	move m;
	*out = NEW_ARRAY(d->r->ctx->mem, round_decision, MOST);
	*n = 0;
	while (*n < MOST && next_move(&rest, &m))
		if (!say_move(d, m, &(*out)[(*n)++].words))
			return false;
	return true;
}

static size_t count_moves(str moved)
{
	size_t n = 0;
	move m;
	while (next_move(&moved, &m))
		n++;
	return n;
}

/* "Du låste Selam och Gunilla." */
static bool say_deed(desk *d, const round_change *w, str *out)
{
	bool own = id_equal(w->account, d->r->actor.account);
	str arg[3] = {own ? req_say(d->r, "s.round.you") : w->by, S(""), S("")};
	if ((w->newcomer && !desk_name_of(d, w->newcomer, &arg[1])) ||
	    (w->established && !desk_name_of(d, w->established, &arg[2])))
		return false;
	if (!w->newcomer)
		arg[1] = arg[2];
	*out = req_say_with(
		d->r,
		page_key(d->r, "s.round.did.%s", str_terminated(d->r->ctx->mem, w->kind)),
		arg, 3);
	return true;
}

/* Of how many points; weights that changed make the sums of before another measure. */
static str say_cost(desk *d, const round_change *before, const round_change *now)
{
	int64_t points = before->total - now->total;
	req *r = d->r;
	if (str_equal(now->kind, S("weights")) || str_equal(now->kind, S("people"))) {
		str pairs = view_number(r->ctx->mem, r->lang, before->pairs);
		return view_say_count(r->ctx->mem, r->lang, "s.round.pairs_now",
				      now->pairs, &pairs, 1);
	}
	str arg[] = {desk_points(d, points < 0 ? -points : points),
		     desk_points(d, before->total)};
	return req_say_with(r,
			    !points      ? "s.round.costs_nothing"
			    : points > 0 ? "s.round.costs"
					 : "s.round.gains",
			    arg, 2);
}

bool desk_change(desk *d, str *words, round_decision **whom, size_t *n)
{
	const act_round *a = &d->a;
	*words = S("");
	*n = 0;
	if (a->changes < 2)
		return true;
	const round_change *now = &a->change[a->changes - 1];
	str deed, moved, cost = say_cost(d, now - 1, now);
	if (!say_deed(d, now, &deed) || !list_moves(d, now, whom, n))
		return false;
	moved = view_say_count(d->r->ctx->mem, d->r->lang, "s.round.moved",
			       (int64_t)count_moves(now->moved), NULL, 0);
	*words = str_format(d->r->ctx->mem, "%.*s %.*s %.*s", STR_ARG(deed),
			    STR_ARG(moved), STR_ARG(cost));
	return true;
}

/* ---- what is decided ------------------------------------------------------------------------- */

static str reason_of(const act_round *a, id_pair p)
{
	str reason = S("");
	for (size_t i = 0; i < a->changes; i++)
		if (a->change[i].newcomer == p.a && a->change[i].established == p.b &&
		    a->change[i].reason.n)
			reason = a->change[i].reason;
	return reason;
}

static bool add_decision(desk *d, round_decision *out, const char *key, const char *verb,
			 id_pair p)
{
	str arg[2] = {S(""), S("")};
	if ((p.a && !desk_name_of(d, p.a, &arg[0])) ||
	    (p.b && !desk_name_of(d, p.b, &arg[p.a ? 1 : 0])))
		return false;
	*out = (round_decision){.page = &d->r->page,
				.action = desk_link(d, ""),
				.words = req_say_with(d->r, key, arg, 2),
				.reason = p.a && p.b ? reason_of(&d->a, p) : S(""),
				.verb = str_from(verb),
				.newcomer = office_number_text(d->r, p.a),
				.established = office_number_text(d->r, p.b),
				.undo = page_key(d->r, "s.round.do.%s", verb)};
	return true;
}

bool desk_decisions(desk *d, round_decision **out, size_t *n)
{
	const terms *t = &d->a.terms;
	*out = NEW_ARRAY(d->r->ctx->mem, round_decision,
			 t->locked_n + t->forbidden_n + t->left_out_n);
	*n = 0;
	for (size_t i = 0; i < t->locked_n; i++)
		if (!add_decision(d, &(*out)[(*n)++], "s.round.is.locked", "unlock",
				  t->locked[i]))
			return false;
	for (size_t i = 0; i < t->forbidden_n; i++)
		if (!add_decision(d, &(*out)[(*n)++], "s.round.is.forbidden", "allow",
				  t->forbidden[i]))
			return false;
	for (size_t i = 0; i < t->left_out_n; i++) {
		size_t who = act_round_find(&d->a, t->left_out[i]);
		bool newcomer = d->a.people->profile[who].side == SIDE_NEWCOMER;
		id_pair p = {newcomer ? t->left_out[i] : 0,
			     newcomer ? 0 : t->left_out[i]};
		if (!add_decision(d, &(*out)[(*n)++], "s.round.is.left_out", "take_in",
				  p))
			return false;
	}
	return true;
}
