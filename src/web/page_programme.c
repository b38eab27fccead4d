/* The programme: who is behind it, when, where, and its meeting places. */
#include <string.h>

#include "web/account_priv.h"

enum {
	LINE_MOST = 120,
	OFFICE_MOST = 300,
	GOAL_MOST = 1000000,
	YEARS_MOST = 20,
	MUNICIPALITIES_MOST = 290
};

/* ---- municipalities ------------------------------------------------------------------------- */

typedef struct places_read {
	uint16_t *code;
	size_t n;
} places_read;

static void add_place(places_read *p, uint16_t code)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->code[i] == code)
			return;
	if (p->n < MUNICIPALITIES_MOST)
		p->code[p->n++] = code;
}

/* A name as people write it, or a code; 0 when it is neither. */
static uint16_t municipality_of(req *r, str text)
{
	sheet_value v;
	const sheet_value_context at = {.today = r->ctx->today};
	int64_t code;
	if (str_to_int(text, 1, 9999, &code))
		return model_municipality_get((uint16_t)code) ? (uint16_t)code : 0;
	if (!sheet_value_read(r->web->speller, r->ctx->mem, FIELD_MUNICIPALITY, &at, text,
			      &v))
		return 0;
	return v.number > 0 && v.number <= 9999 &&
			       model_municipality_get((uint16_t)v.number)
		       ? (uint16_t)v.number
		       : 0;
}

/* Those still ticked, and those written. */
static places_read read_places(req *r)
{
	places_read p = {.code = NEW_ARRAY(r->ctx->mem, uint16_t, MUNICIPALITIES_MOST)};
	str rest = req_form(r, "more"), part;
	int64_t code;
	for (size_t i = 0; i < r->in->forms; i++)
		if (str_equal(r->in->form[i].name, S("municipalities")) &&
		    str_to_int(r->in->form[i].value, 1, 9999, &code) &&
		    model_municipality_get((uint16_t)code))
			add_place(&p, (uint16_t)code);
	while (str_cut(&rest, ',', &part)) {
		str name = str_trim(part);
		uint16_t found = name.n ? municipality_of(r, name) : 0;
		if (found)
			add_place(&p, found);
		else if (name.n)
			form_error(r, S("more"), "s.error.municipality", name);
	}
	return p;
}

/* ---- the form ---------------------------------------------------------------------------------- */

static str day_text(req *r, int32_t day)
{
	return day > 0 ? date_format_iso(r->ctx->mem, day) : S("");
}

static str number_text(req *r, int64_t n)
{
	return n > 0 ? str_format(r->ctx->mem, "%lld", (long long)n) : S("");
}

static view_field line(req *r, const char *name, str kept, const char *type)
{
	return control_text(r, name, control_value(r, name, kept), type, "off");
}

static size_t programme_fields(req *r, const programme *p, view_field f[11])
{
	size_t n = 0;
	f[n++] = line(r, "programme", p->name, "text");
	f[n++] = line(r, "funder", p->funder, "text");
	f[n++] = line(r, "office", p->office, "text");
	f[n++] = line(r, "office_phone", p->phone, "tel");
	f[n++] = line(r, "office_email", p->email, "email");
	f[n++] = line(r, "from", day_text(r, p->from), "date");
	f[n++] = line(r, "to", day_text(r, p->to), "date");
	f[n++] = line(r, "goal", number_text(r, p->goal), "number");
	f[n++] = line(r, "new_years", number_text(r, p->new_years), "number");
	if (p->municipality_n)
		f[n++] = control_checks(
			r, "municipalities",
			control_municipalities(r, p->municipality, p->municipality_n,
					       p->municipality, p->municipality_n),
			p->municipality_n);
	f[n++] = line(r, "more", S(""), "text");
	return n;
}

static bool list_places(req *r, programme_view *v)
{
	meeting_place *m;
	size_t n;
	if (!store_places(r->ctx, &m, &n))
		return false;
	v->place = arena_alloc(r->ctx->mem, n, sizeof *v->place);
	for (size_t i = 0; i < n; i++)
		v->place[v->place_n++] = (struct place_row){
			.name = m[i].name,
			.where = control_places(r, &m[i].municipality, 1),
			.address = m[i].address,
			.to = req_link(r, "/staff/places/%s", m[i].id.s),
			.closed = m[i].closed};
	return true;
}

static bool show_programme(req *r, const programme *p, int status)
{
	page_begin(r, p->name.n ? "s.programme.title" : "s.programme.title_empty");
	view_field *f = NEW_ARRAY(r->ctx->mem, view_field, 11);
	programme_view v = {.page = &r->page,
			    .action = req_link(r, "/staff/programme"),
			    .add_place = req_link(r, "/staff/places/new"),
			    .version = p->version,
			    .field = f,
			    .field_n = programme_fields(r, p, f)};
	if (!list_places(r, &v))
		return false;
	tmpl_programme_page(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool programme_show(req *r)
{
	programme p;
	return store_programme_get(r->ctx, &p) && show_programme(r, &p, 200);
}

static int32_t read_day(req *r, const char *name)
{
	str text = req_form(r, name);
	int32_t day = 0;
	if (text.n && !date_parse_iso(text, &day))
		form_error(r, str_from(name), "s.error.date", S(""));
	return day;
}

static int64_t read_number(req *r, const char *name, int64_t most)
{
	str text = req_form(r, name);
	int64_t n = 0;
	if (text.n && !str_to_int(text, 0, most, &n))
		form_error(r, str_from(name), "s.error.number",
			   view_number(r->ctx->mem, r->lang, most));
	return n;
}

static void read_programme(req *r, programme *p)
{
	places_read places = read_places(r);
	p->name = control_line(r, "programme", LINE_MOST, true);
	p->funder = control_line(r, "funder", LINE_MOST, false);
	p->office = control_line(r, "office", OFFICE_MOST, false);
	p->phone = control_line(r, "office_phone", LINE_MOST, false);
	p->email = S("");
	if (req_form(r, "office_email").n)
		(void)control_email(r, "office_email", &p->email);
	p->from = read_day(r, "from");
	p->to = read_day(r, "to");
	if (p->from && p->to && p->to < p->from)
		form_error(r, S("to"), "s.error.period", S(""));
	p->goal = read_number(r, "goal", GOAL_MOST);
	p->new_years = (int32_t)read_number(r, "new_years", YEARS_MOST);
	p->municipality = places.code;
	p->municipality_n = places.n;
}

typedef struct setting {
	programme programme;
	str result;
} setting;

static bool do_set(ctx *c, void *arg)
{
	const setting *s = arg;
	return act_programme_set(c, &s->programme);
}

/* Someone else was first: what was typed is shown again, to be saved over theirs when one wants. */
static bool was_changed(req *r, setting *s)
{
	programme now;
	if (r->ctx->fault.kind != FAULT_CONFLICT)
		return false;
	r->ctx->fault = (fault){.kind = FAULT_NONE};
	if (!store_programme_get(r->ctx, &now))
		return false;
	s->programme.version = now.version;
	form_error(r, S("programme"), "s.error.changed", S(""));
	return show_programme(r, &s->programme, 422);
}

bool programme_save(req *r)
{
	setting s = {.result = req_link(r, "/staff/programme").path};
	if (!store_programme_get(r->ctx, &s.programme))
		return false;
	int64_t now = s.programme.version;
	read_programme(r, &s.programme);
	if (r->error_n)
		return show_programme(r, &s.programme, 422);
	if (!str_to_int(req_form(r, "version"), 0, INT64_MAX, &s.programme.version))
		s.programme.version = now;
	if (req_write(r, do_set, &s, &s.result))
		return req_done(r, (html_link){s.result}, "saved");
	return was_changed(r, &s);
}

/* ---- a meeting place ------------------------------------------------------------------------------ */

static view_field where_field(req *r, const programme *p, uint16_t chosen)
{
	view_choice *c =
		control_municipalities(r, p->municipality, p->municipality_n, &chosen, 1);
	return control_select(r, "municipality", c, p->municipality_n);
}

static bool show_place(req *r, const meeting_place *m, int status)
{
	programme p;
	bool known = !id_none(m->id);
	if (!store_programme_get(r->ctx, &p))
		return false;
	page_begin(r, known ? "s.place.change" : "s.place.new");
	view_field *f = NEW_ARRAY(r->ctx->mem, view_field, 5);
	view_choice *closed = NEW(r->ctx->mem, view_choice);
	*closed = (view_choice){.value = S("yes"),
				.text = req_say(r, "s.place.closed"),
				.chosen = m->closed};
	f[0] = line(r, "place", m->name, "text");
	f[1] = where_field(r, &p, m->municipality);
	f[2] = line(r, "address", m->address, "text");
	f[3] = line(r, "note", m->note, "text");
	f[4] = control_checks(r, "closed", closed, 1);
	staff_form_view v = {.page = &r->page,
			     .action = known ? req_link(r, "/staff/places/%s", m->id.s)
					     : req_link(r, "/staff/places/new"),
			     .back = req_link(r, "/staff/programme"),
			     .field = f,
			     .field_n = known ? 5 : 4,
			     .button = "s.place.save"};
	if (!p.municipality_n)
		v.what = "s.place.no_municipality";
	tmpl_staff_form(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool place_new(req *r)
{
	const meeting_place none = {.name = S("")};
	return show_place(r, &none, 200);
}

static bool find_place(req *r, meeting_place *out)
{
	meeting_place *m;
	size_t n;
	if (!store_places(r->ctx, &m, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (id_equal(m[i].id, r->id)) {
			*out = m[i];
			return true;
		}
	return ctx_fail(r->ctx, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
}

bool place_show(req *r)
{
	meeting_place m;
	return find_place(r, &m) && show_place(r, &m, 200);
}

typedef struct placing {
	meeting_place place;
	str result;
} placing;

static bool do_place(ctx *c, void *arg)
{
	placing *p = arg;
	return act_place_set(c, &p->place);
}

static bool save_place(req *r, meeting_place *m)
{
	int64_t code = 0;
	m->name = control_line(r, "place", LINE_MOST, true);
	m->address = control_line(r, "address", LINE_MOST, false);
	m->note = control_line(r, "note", OFFICE_MOST, false);
	m->closed = control_is_sent(r, "closed", S("yes"));
	if (str_to_int(req_form(r, "municipality"), 1, 9999, &code) &&
	    model_municipality_get((uint16_t)code))
		m->municipality = (uint16_t)code;
	else
		form_error(r, S("municipality"), "p.error.municipality", S(""));
	if (r->error_n)
		return show_place(r, m, 422);
	placing p = {.place = *m, .result = req_link(r, "/staff/programme").path};
	return req_write(r, do_place, &p, &p.result) &&
	       req_done(r, (html_link){p.result}, "saved");
}

bool place_add(req *r)
{
	meeting_place m = {.name = S("")};
	return save_place(r, &m);
}

bool place_save(req *r)
{
	meeting_place m;
	return find_place(r, &m) && save_place(r, &m);
}
