/* Rounds of matching: those there are, and one with its proposals side by side. */
#include <stdlib.h>
#include <string.h>

#include "web/account_priv.h"
#include "web/round_priv.h"

enum { CARDS = 24 };

/* ---- the rounds there are ------------------------------------------------------------------ */

static str places_of(req *r, const uint16_t *code, size_t n)
{
	str *name = NEW_ARRAY(r->ctx->mem, str, n);
	for (size_t i = 0; i < n; i++) {
		const municipality *m = model_municipality_get(code[i]);
		name[i] = m ? m->name : S("");
	}
	return office_list(r, name, n, 0);
}

static rounds_row row_of(req *r, const round *one)
{
	return (rounds_row){.to = req_link(r, "/staff/rounds/%s", one->id.s),
			    .when = office_when(r, one->changed),
			    .places =
				    places_of(r, one->municipality, one->municipality_n),
			    .by = one->by,
			    .size = view_say_count(r->ctx->mem, r->lang, "report.pairs",
						   one->pairs, NULL, 0),
			    .open = str_equal(one->state, S("open")),
			    .applied = str_equal(one->state, S("applied"))};
}

static bool show_rounds(req *r, const char *error, int status)
{
	rounds_view v = {.page = &r->page, .error = error};
	const uint16_t *code;
	round *all;
	size_t n, places;
	int64_t states[STATE_COUNT];
	if (!store_rounds(r->ctx, &all, &n) ||
	    !office_municipalities(r, &code, &places) ||
	    !store_people_count(r->ctx, states))
		return false;
	page_begin(r, "s.rounds.title");
	v.action = req_link(r, "/staff/rounds");
	v.place = NEW_ARRAY(r->ctx->mem, view_choice, places);
	for (size_t i = 0; i < places; i++)
		v.place[v.place_n++] =
			(view_choice){.value = office_number_text(r, code[i]),
				      .text = places_of(r, &code[i], 1),
				      .chosen = true};
	v.waiting = view_say_count(r->ctx->mem, r->lang, "s.rounds.waiting",
				   states[STATE_WAITING], NULL, 0);
	v.row = NEW_ARRAY(r->ctx->mem, rounds_row, n);
	for (size_t i = 0; i < n; i++)
		if (!str_equal(all[i].state, S("dropped")))
			v.row[v.row_n++] = row_of(r, &all[i]);
	tmpl_rounds(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool rounds_show(req *r)
{
	return show_rounds(r, NULL, 200);
}

typedef struct beginning {
	uint16_t *code;
	size_t n;
	str result;
} beginning;

static bool do_begin(ctx *c, void *arg)
{
	beginning *b = arg;
	id fresh;
	if (!act_round_begin(c, b->code, b->n, &fresh))
		return false;
	b->result = str_format(c->mem, "%.*s/%s", STR_ARG(b->result), fresh.s);
	return true;
}

/* What was asked wrongly is said where it was asked. */
static bool is_asked_wrongly(req *r)
{
	return r->ctx->fault.kind == FAULT_INPUT;
}

bool round_begin(req *r)
{
	const uint16_t *code;
	size_t places;
	req_large(r);
	if (!office_municipalities(r, &code, &places))
		return false;
	beginning b = {.code = NEW_ARRAY(r->ctx->mem, uint16_t, places),
		       .result = req_link(r, "/staff/rounds").path};
	for (size_t i = 0; i < places; i++)
		if (control_is_sent(r, "place", office_number_text(r, code[i])))
			b.code[b.n++] = code[i];
	if (req_write(r, do_begin, &b, &b.result))
		return req_see_other(r, (html_link){b.result});
	if (!is_asked_wrongly(r))
		return false;
	const char *key = r->ctx->fault.key;
	r->ctx->fault = (fault){0};
	form_error(r, S("place"), key, S(""));
	return show_rounds(r, key, 422);
}

/* ---- the proposals, sorted and filtered -------------------------------------------------------- */

typedef struct ordered {
	const match_pair *pair;
	int32_t days;
	int64_t fit;
	bool moved, doubt;
} ordered;

static int longest_wait(const void *a, const void *b)
{
	const ordered *x = a, *y = b;
	if (x->days != y->days)
		return x->days > y->days ? -1 : 1;
	return x->pair->newcomer < y->pair->newcomer ? -1 : 1;
}

static int lowest_fit(const void *a, const void *b)
{
	const ordered *x = a, *y = b;
	if (x->fit != y->fit)
		return x->fit < y->fit ? -1 : 1;
	return longest_wait(a, b);
}

/* Is "N:" at the beginning of one of the moves? */
static bool is_moved(str moved, uint32_t number)
{
	str one, text;
	int64_t n;
	while (str_cut(&moved, ',', &one))
		if (str_cut(&one, ':', &text) && str_to_int(text, 0, UINT32_MAX, &n) &&
		    n == number)
			return true;
	return false;
}

static const struct {
	const char *value, *key;
} sorts[] = {{"wait", "s.round.sort.wait"}, {"fit", "s.round.sort.fit"}},
  shows[] = {{"all", "s.round.show.all"},
	     {"moved", "s.round.show.moved"},
	     {"locked", "s.round.show.locked"},
	     {"doubt", "s.round.show.doubt"}};

static size_t choice_at(req *r, const char *name, const char *const *value, size_t n)
{
	str chosen = req_query(r, name);
	for (size_t i = 0; i < n; i++)
		if (str_equal(chosen, str_from(value[i])))
			return i;
	return 0;
}

typedef struct asked {
	size_t sort, show;
	int64_t from;
} asked;

static asked read_asked(req *r)
{
	const char *sort[ARRAY_LEN(sorts)], *show[ARRAY_LEN(shows)];
	asked q = {.from = 0};
	for (size_t i = 0; i < ARRAY_LEN(sorts); i++)
		sort[i] = sorts[i].value;
	for (size_t i = 0; i < ARRAY_LEN(shows); i++)
		show[i] = shows[i].value;
	q.sort = choice_at(r, "sort", sort, ARRAY_LEN(sorts));
	q.show = choice_at(r, "show", show, ARRAY_LEN(shows));
	if (!str_to_int(req_query(r, "from"), 0, INT32_MAX, &q.from))
		q.from = 0;
	return q;
}

static bool is_shown(const ordered *o, size_t show)
{
	return show == 0 || (show == 1 && o->moved) || (show == 2 && o->pair->locked) ||
	       (show == 3 && o->doubt);
}

static ordered *order(desk *d, const asked *q, size_t *n)
{
	const act_round *a = &d->a;
	str moved = a->changes > 1 ? a->change[a->changes - 1].moved : S("");
	ordered *list = NEW_ARRAY(d->r->ctx->mem, ordered, a->result.pairs);
	*n = 0;
	for (size_t i = 0; i < a->result.pairs; i++) {
		const match_pair *p = &a->result.pair[i];
		const unit *u = &a->pool.newcomer[p->newcomer];
		ordered o = {.pair = p,
			     .days = model_unit_days(&a->pool, u, a->terms.date),
			     .moved = is_moved(moved, u->id)};
		match_why w;
		match_why_pair(&a->pool, &a->terms, p->newcomer, p->established, &w);
		o.fit = w.fit;
		o.doubt = w.doubts > 0;
		if (is_shown(&o, q->show))
			list[(*n)++] = o;
	}
	if (*n)
		qsort(list, *n, sizeof *list, q->sort ? lowest_fit : longest_wait);
	return list;
}

static round_unit unit_view(desk *d, const unit *u)
{
	round_unit v = {.number = office_number_text(d->r, u->id),
			.member = NEW_ARRAY(d->r->ctx->mem, round_member, u->n)};
	for (uint32_t m = 0; m < u->n; m++)
		v.member[v.member_n++] = desk_member(d, d->a.pool.member[u->first + m]);
	return v;
}

static bool fill_card(desk *d, const ordered *o, round_card *card)
{
	req *r = d->r;
	const unit *a = &d->a.pool.newcomer[o->pair->newcomer];
	const unit *b = &d->a.pool.established[o->pair->established];
	match_why w;
	report_fit f;
	if (!desk_know_unit(d, a) || !desk_know_unit(d, b))
		return false;
	match_why_pair(&d->a.pool, &d->a.terms, o->pair->newcomer, o->pair->established,
		       &w);
	report_fit_words(r->ctx->mem, r->lang, d->a.people, &w, &f);
	*card = (round_card){.page = &r->page,
			     .action = desk_link(d, ""),
			     .newcomer = unit_view(d, a),
			     .established = unit_view(d, b),
			     .fit = view_number(r->ctx->mem, r->lang, f.fit),
			     .over = f.fit > 100,
			     .waiting = f.waiting,
			     .doubt = f.doubt,
			     .doubt_n = f.doubts,
			     .locked = o->pair->locked,
			     .moved = o->moved,
			     .open = desk_is_open(d)};
	card->forbid = req_link(r, "/staff/rounds/%s/forbid?pair=%u-%u", d->a.round.id.s,
				(unsigned)a->id, (unsigned)b->id);
	desk_reasons(d, &f, &card->bar, &card->reason, &card->reason_n);
	return true;
}

static html_link page_at(const desk *d, const asked *q, int64_t from)
{
	return req_link(d->r, "/staff/rounds/%s?sort=%s&show=%s&from=%lld",
			d->a.round.id.s, sorts[q->sort].value, shows[q->show].value,
			(long long)from);
}

static bool cards(desk *d, round_view *v)
{
	asked q = read_asked(d->r);
	size_t n;
	const ordered *list = order(d, &q, &n);
	size_t from = (size_t)q.from < n ? (size_t)q.from : 0;
	v->card = NEW_ARRAY(d->r->ctx->mem, round_card, CARDS);
	while (v->card_n < CARDS && from + v->card_n < n)
		if (!fill_card(d, &list[from + v->card_n], &v->card[v->card_n]))
			return false;
		else
			v->card_n++;
	v->pages = (view_pages){.from = (int64_t)from + 1,
				.to = (int64_t)(from + v->card_n),
				.total = (int64_t)n};
	if (from)
		v->pages.before =
			page_at(d, &q, (int64_t)(from > CARDS ? from - CARDS : 0));
	if (from + v->card_n < n)
		v->pages.after = page_at(d, &q, (int64_t)(from + CARDS));
	v->count = view_say_count(d->r->ctx->mem, d->r->lang, "s.round.cards", (int64_t)n,
				  NULL, 0);
	return true;
}

static people_select pick(req *r, const char *name, const char *label, size_t n,
			  size_t chosen, bool sort)
{
	people_select s = {.name = str_from(name),
			   .label = label,
			   .choice = NEW_ARRAY(r->ctx->mem, view_choice, n),
			   .choice_n = n};
	for (size_t i = 0; i < n; i++)
		s.choice[i] = (view_choice){
			.value = str_from(sort ? sorts[i].value : shows[i].value),
			.text = req_say(r, sort ? sorts[i].key : shows[i].key),
			.chosen = i == chosen};
	return s;
}

/* ---- one round --------------------------------------------------------------------------------- */

static void links(desk *d, round_view *v)
{
	v->self = v->action = desk_link(d, "");
	v->list = req_link(d->r, "/staff/rounds");
	v->waiting = desk_link(d, "waiting");
	v->recruit = desk_link(d, "recruit");
	v->fairness = desk_link(d, "fairness");
	v->sheet = desk_link(d, "people.csv");
	v->result = desk_link(d, "result.json");
	if (!desk_is_open(d))
		return;
	v->weights = desk_link(d, "weights");
	v->drop = desk_link(d, "drop");
	if (d->a.result.pairs)
		v->apply = desk_link(d, "apply");
}

static bool summary(desk *d, round_view *v)
{
	req *r = d->r;
	report_match m;
	arena *mem = r->ctx->mem;
	match_options o = {.threads = 1};
	if (!report_match_gather(r->ctx, S(""), NULL, &d->a.pool, &d->a.terms, &o,
				 &d->a.result, REPORT_MAP, &m))
		return false;
	buf *b = NEW(mem, buf);
	*b = (buf){.mem = mem};
	v->map = html_to(b);
	report_part_html(r->ctx, r->lang, &m, REPORT_MAP, &v->map);
	v->proven = d->a.result.proven && !d->a.stale;
	v->verdict = report_verdict(mem, r->lang, &m);
	v->certificate = report_certificate(mem, r->lang, &m);
	int64_t newcomers = 0, paired = 0;
	for (size_t i = 0; i < d->a.pool.newcomers; i++)
		newcomers += d->a.pool.newcomer[i].n;
	for (size_t i = 0; i < d->a.result.pairs; i++)
		paired += d->a.pool.newcomer[d->a.result.pair[i].newcomer].n;
	v->waits = newcomers - paired;
	v->waits_words = view_say_count(mem, r->lang, "s.round.waits", v->waits, NULL, 0);
	int64_t established = 0;
	for (size_t i = 0; i < d->a.pool.establisheds; i++)
		established += d->a.pool.established[i].n;
	str size[] = {
		view_say_count(mem, r->lang, "report.newcomers", newcomers, NULL, 0),
		view_say_count(mem, r->lang, "report.established", established, NULL, 0)};
	v->size = req_say_with(r, "report.sides", size, 2);
	return true;
}

static bool show_round(req *r, int status)
{
	desk d;
	round_view v = {.page = &r->page};
	if (!desk_open(r, &d))
		return false;
	str day = view_date_short(r->ctx->mem, r->lang, d.a.round.day);
	asked q = read_asked(r);
	page_begin_text(r, req_say_with(r, "s.round.title", &day, 1));
	v.where = places_of(r, d.a.round.municipality, d.a.round.municipality_n);
	v.version = desk_version(&d);
	v.open = desk_is_open(&d);
	v.applied = str_equal(d.a.round.state, S("applied"));
	v.dropped = !v.open && !v.applied;
	v.stale = d.a.stale && v.open;
	v.undo = v.open && act_round_undoable(&d.a);
	v.pairs = d.a.round.pairs;
	v.select = NEW_ARRAY(r->ctx->mem, people_select, 2);
	v.select[v.select_n++] =
		pick(r, "sort", "s.round.sort", ARRAY_LEN(sorts), q.sort, true);
	v.select[v.select_n++] =
		pick(r, "show", "s.round.show", ARRAY_LEN(shows), q.show, false);
	links(&d, &v);
	if (!summary(&d, &v) || !cards(&d, &v) ||
	    !desk_change(&d, &v.changed, &v.move, &v.move_n) ||
	    !desk_decisions(&d, &v.decision, &v.decision_n))
		return false;
	tmpl_round(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool round_show(req *r)
{
	return show_round(r, 200);
}

bool desk_refuse(req *r)
{
	fault f = r->ctx->fault;
	r->ctx->fault = (fault){0};
	str key = str_from(f.key), match = S("match.");
	/* The words of the command line are for who names people by number. */
	const char *own =
		str_starts(key, match)
			? page_key(r, "s.match.%s",
				   str_terminated(r->ctx->mem,
						  str_slice(key, match.n, key.n)))
			: f.key;
	form_error(r, S("main"), view_has(r->lang, own) ? own : f.key, f.arg[0]);
	return show_round(r, f.kind == FAULT_CONFLICT ? 409 : 422);
}

/* ---- a change -------------------------------------------------------------------------------------- */

static bool is_verb(str verb)
{
	static const char *const all[] = {"lock",      "unlock",  "allow",
					  "leave_out", "take_in", "people"};
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (str_equal(verb, str_from(all[i])))
			return true;
	return false;
}

static bool do_change(req *r, id which)
{
	round seen;
	str verb = req_form(r, "do");
	if (str_equal(verb, S("undo")))
		return act_round_undo(r->ctx, which, office_form_number(r, "version"));
	if (!is_verb(verb))
		return store_round_get(r->ctx, which, &seen);
	act_change w = {.kind = str_terminated(r->ctx->mem, verb),
			.newcomer = (uint32_t)office_form_number(r, "newcomer"),
			.established = (uint32_t)office_form_number(r, "established"),
			.reason = S("")};
	return act_round_change(r->ctx, which, &w);
}

/* Where the form was: the round, or somebody's place in it. */
static html_link back_to(req *r, id which)
{
	int64_t number = office_form_number(r, "from");
	if (number > 0 && number <= UINT32_MAX)
		return req_link(r, "/staff/rounds/%s/person?nr=%u", which.s,
				(unsigned)number);
	return req_link(r, "/staff/rounds/%s", which.s);
}

bool round_change_do(req *r)
{
	id which;
	req_large(r);
	if (!req_id(r, &which))
		return false;
	if (do_change(r, which))
		return req_see_other(r, back_to(r, which));
	fault_kind kind = r->ctx->fault.kind;
	return (kind == FAULT_INPUT || kind == FAULT_CONFLICT) && desk_refuse(r);
}
