/* All pairs, those first that need somebody; and what was reported to be wrong. */
#include "web/pair_priv.h"

enum { PAGE_ROWS = 25, CHOICES_MOST = 320 };

/* ---- which ---------------------------------------------------------------------------------- */

static int named(str name, const char *const *list, int n)
{
	for (int i = 0; i < n; i++)
		if (str_equal(name, str_from(list[i])))
			return i;
	return -1;
}

static pair_filter read_filter(req *r)
{
	pair_filter f = {
		.health = named(req_query(r, "health"), model_pair_health_name,
				PAIR_HEALTHS),
		.state = named(req_query(r, "state"), model_pair_state, PAIR_STATES),
		.limit = PAGE_ROWS};
	int64_t n;
	if (str_to_int(req_query(r, "municipality"), 1, 9999, &n))
		f.municipality = (uint16_t)n;
	if (str_to_int(req_query(r, "from"), 0, INT32_MAX, &n))
		f.offset = n;
	return f;
}

static html_link list_link(req *r, const pair_filter *f, int64_t from)
{
	buf b = {.mem = r->ctx->mem};
	if (f->health >= 0)
		buf_format(&b, "&health=%s", model_pair_health_name[f->health]);
	if (f->state >= 0)
		buf_format(&b, "&state=%s", model_pair_state[f->state]);
	if (f->municipality)
		buf_format(&b, "&municipality=%04u", f->municipality);
	if (from > 0)
		buf_format(&b, "&from=%lld", (long long)from);
	if (b.n)
		b.s[0] = '?';
	return req_link(r, "/staff/pairs%.*s", STR_ARG(buf_str(&b)));
}

/* ---- its controls ---------------------------------------------------------------------------- */

static people_select *add_select(req *r, pairs_view *v, const char *name,
				 const char *label)
{
	people_select *s = &v->select[v->select_n++];
	*s = (people_select){.name = str_from(name),
			     .label = label,
			     .choice = NEW_ARRAY(r->ctx->mem, view_choice, CHOICES_MOST)};
	return s;
}

static void add_option(people_select *s, str value, str text, bool chosen)
{
	if (s->choice_n < CHOICES_MOST)
		s->choice[s->choice_n++] =
			(view_choice){.value = value, .text = text, .chosen = chosen};
}

static bool selects(req *r, pairs_view *v, const pair_filter *f)
{
	enum { SELECTS = 3 };
	const uint16_t *code;
	size_t n;
	v->select = NEW_ARRAY(r->ctx->mem, people_select, SELECTS);
	people_select *s = add_select(r, v, "health", "s.pairs.health");
	for (int i = PAIR_RED; i >= PAIR_GREEN; i--)
		add_option(s, str_from(model_pair_health_name[i]),
			   req_say(r, pair_health_badge(r, (pair_health)i).words),
			   f->health == i);
	s = add_select(r, v, "state", "s.pairs.state");
	for (int i = 0; i < PAIR_STATES; i++)
		add_option(s, str_from(model_pair_state[i]),
			   pair_state_words(r, (pair_state)i), f->state == i);
	if (!office_municipalities(r, &code, &n))
		return false;
	s = add_select(r, v, "municipality", "field.municipality");
	for (size_t i = 0; i < n; i++) {
		str text = str_format(r->ctx->mem, "%04u", code[i]);
		add_option(s, text, office_words(r, FIELD_MUNICIPALITY, text),
			   code[i] == f->municipality);
	}
	return true;
}

/* ---- its rows ----------------------------------------------------------------------------------- */

/* Where the newcomer lives, else the other. */
static bool place_of(req *r, const pair_person *who, size_t n, str *out)
{
	*out = S("");
	for (size_t i = 0; i < n && !out->n; i++) {
		person p;
		if (store_person_get(r->ctx, who[i].person, false, &p))
			*out = office_words(r, FIELD_MUNICIPALITY,
					    p.value[FIELD_MUNICIPALITY]);
		else if (r->ctx->fault.kind != FAULT_HIDDEN)
			return false;
		r->ctx->fault = (fault){.kind = FAULT_NONE};
	}
	return true;
}

static bool row_of(req *r, const pair *p, pair_row *row)
{
	pair now;
	pair_person *who;
	size_t n;
	*row = (pair_row){.to = pair_link(r, p->id, ""),
			  .state = pair_state_words(r, p->state),
			  .health = pair_badge_of(r, p),
			  .over = model_pair_is_over(p->state)};
	if (!store_pair_get(r->ctx, p->id, &now, &who, &n) ||
	    !place_of(r, who, n, &row->place))
		return false;
	int32_t until = p->ended ? date_local(p->ended).day : r->ctx->today;
	row->days = until - date_local(p->began).day;
	row->names = pair_names(r, who, n);
	return true;
}

static void paging(req *r, pairs_view *v, const pair_filter *f, size_t shown,
		   int64_t total)
{
	v->pages = (view_pages){
		.from = f->offset + 1, .to = f->offset + (int64_t)shown, .total = total};
	if (f->offset)
		v->pages.before = list_link(
			r, f, f->offset > PAGE_ROWS ? f->offset - PAGE_ROWS : 0);
	if (v->pages.to < total)
		v->pages.after = list_link(r, f, f->offset + PAGE_ROWS);
	str arg[] = {view_number(r->ctx->mem, r->lang, v->pages.from),
		     view_number(r->ctx->mem, r->lang, v->pages.to)};
	v->caption =
		view_say_count(r->ctx->mem, r->lang, "s.pairs.caption", total, arg, 2);
}

static bool count_incidents(req *r, pairs_view *v)
{
	incident *i;
	size_t n;
	int64_t open = 0;
	if (!office_may(r, RIGHT_INCIDENT))
		return true;
	if (!store_incidents(r->ctx, (id){""}, &i, &n))
		return false;
	for (size_t k = 0; k < n; k++)
		open += !i[k].closed;
	v->incidents = req_link(r, "/staff/incidents");
	v->open_incidents = office_count(r, "s.pairs.incidents", open, NULL, 0);
	return true;
}

bool pairs_show(req *r)
{
	pair *p;
	size_t n;
	int64_t total;
	pair_filter f = read_filter(r);
	if (!store_pairs(r->ctx, &f, &p, &n, &total))
		return false;
	page_begin(r, "s.pairs.title");
	pairs_view v = {.page = &r->page,
			.action = req_link(r, "/staff/pairs"),
			.all = req_link(r, "/staff/pairs"),
			.row = NEW_ARRAY(r->ctx->mem, pair_row, n),
			.filtered = f.health >= 0 || f.state >= 0 || f.municipality};
	for (size_t i = 0; i < n; i++)
		if (!row_of(r, &p[i], &v.row[v.row_n++]))
			return false;
	paging(r, &v, &f, n, total);
	if (!selects(r, &v, &f) || !count_incidents(r, &v))
		return false;
	tmpl_pairs(&r->html, r->lang, &v);
	return req_page(r, 200);
}

/* ---- something is wrong ----------------------------------------------------------------------------- */

static incident_row incident_words(req *r, const incident *i)
{
	bool pairs = office_may(r, RIGHT_MATCH);
	str code = str_format(r->ctx->mem, "%04u", i->municipality);
	str closed = office_when(r, i->closed);
	return (incident_row){
		.to = req_link(r, "/staff/incidents/%s", i->id.s),
		.pair = pairs ? pair_link(r, i->pair, "") : (html_link){S("")},
		.name = i->name.n ? i->name : req_say(r, "s.person.nameless"),
		.place = office_words(r, FIELD_MUNICIPALITY, code),
		.when = i->closed ? req_say_with(r, "s.incident.closed", &closed, 1)
				  : office_when(r, i->at),
		.by = i->closed ? i->closed_by : i->by,
		.text = i->text,
		.version = office_number_text(r, i->version),
		.closed = i->closed != 0};
}

bool incidents_show(req *r)
{
	incident *i;
	size_t n;
	id of = {""};
	if (!id_parse(req_query(r, "pair"), &of))
		of = (id){""};
	if (!store_incidents(r->ctx, of, &i, &n))
		return false;
	page_begin(r, "s.incidents.title");
	incidents_view v = {.page = &r->page,
			    .row = NEW_ARRAY(r->ctx->mem, incident_row, n)};
	v.back = !office_may(r, RIGHT_MATCH) ? req_link(r, "/staff")
		 : id_none(of)               ? req_link(r, "/staff/pairs")
					     : pair_link(r, of, "");
	for (size_t k = 0; k < n; k++)
		v.row[v.row_n++] = incident_words(r, &i[k]);
	tmpl_incidents(&r->html, r->lang, &v);
	return req_page(r, 200);
}

typedef struct closing {
	id incident;
	int64_t version;
	bool closed;
} closing;

static bool do_close(ctx *c, void *arg)
{
	const closing *k = arg;
	return act_incident_close(c, k->incident, k->version, k->closed);
}

bool incident_close(req *r)
{
	closing k = {.version = office_form_number(r, "version"),
		     .closed = !str_equal(req_form(r, "closed"), S("no"))};
	str result = req_link(r, "/staff/incidents").path;
	return req_id(r, &k.incident) && req_write(r, do_close, &k, &result) &&
	       req_done(r, (html_link){result},
			k.closed ? "incident_closed" : "incident_open");
}
