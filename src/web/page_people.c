/* The list of people: filtered, sorted, searched by name, and as a sheet. */
#include "report/cells.h"
#include "web/office_priv.h"

enum { PAGE_ROWS = 25, SEARCH_ROWS = 50, CHOICES_MOST = 80 };

/* ---- the filter: in the address of the page and in its forms ------------------------------- */

typedef str read_fn(const req *r, const char *name);

static const struct {
	const char *name, *key;
	people_sort sort;
} sorts[] = {{"queued", "s.sort.queued", PEOPLE_BY_QUEUED},
	     {"changed", "s.sort.changed", PEOPLE_BY_CHANGED},
	     {"year", "s.sort.year", PEOPLE_BY_YEAR},
	     {"place", "s.sort.place", PEOPLE_BY_PLACE},
	     {"state", "s.sort.state", PEOPLE_BY_STATE}};

static int choice_of(field_id f, str code)
{
	for (size_t i = 0; i < model_choice_count; i++)
		if (model_choice[i].field == f && str_equal(model_choice[i].code, code))
			return model_choice[i].number;
	return 0;
}

static size_t sort_of(str name)
{
	for (size_t i = 0; i < ARRAY_LEN(sorts); i++)
		if (str_equal(name, str_from(sorts[i].name)))
			return i;
	return 0;
}

static people_filter read_filter(const req *r, read_fn *get)
{
	int64_t at = 0, code = 0;
	state s = model_state_named(get(r, "state"));
	people_filter f = {.limit = PAGE_ROWS,
			   .side = choice_of(FIELD_SIDE, get(r, "side")),
			   .level = choice_of(FIELD_LEVEL, get(r, "level")),
			   .gender = choice_of(FIELD_GENDER, get(r, "gender")),
			   .sort = sorts[sort_of(get(r, "sort"))].sort,
			   .reverse = str_equal(get(r, "order"), S("back"))};
	if (s != STATE_COUNT)
		f.states = 1u << s;
	if (str_to_int(get(r, "municipality"), 1, 9999, &code))
		f.municipality = (uint16_t)code;
	if (str_to_int(get(r, "from"), 0, 1000000, &at))
		f.offset = at;
	return f;
}

static bool is_filtered(const people_filter *f)
{
	return f->states || f->side || f->level || f->gender || f->municipality;
}

/* What the address says of the filter: known values only. */
static size_t filter_values(req *r, const people_filter *f, hidden_value *out)
{
	size_t n = 0;
	for (int s = 0; s < STATE_COUNT; s++)
		if (f->states == 1u << s)
			out[n++] = (hidden_value){S("state"), str_from(model_state[s])};
	if (f->side)
		out[n++] = (hidden_value){S("side"),
					  model_choice_get(FIELD_SIDE, f->side)->code};
	if (f->level)
		out[n++] = (hidden_value){S("level"),
					  model_choice_get(FIELD_LEVEL, f->level)->code};
	if (f->gender)
		out[n++] = (hidden_value){
			S("gender"), model_choice_get(FIELD_GENDER, f->gender)->code};
	if (f->municipality)
		out[n++] =
			(hidden_value){S("municipality"),
				       str_format(r->ctx->mem, "%04u", f->municipality)};
	return n;
}

static size_t sort_at(const people_filter *f)
{
	for (size_t i = 0; i < ARRAY_LEN(sorts); i++)
		if (sorts[i].sort == f->sort)
			return i;
	return 0;
}

static html_link list_link(req *r, const people_filter *f)
{
	enum { MOST = 8 };
	hidden_value value[MOST];
	buf b = {.mem = r->ctx->mem};
	size_t n = filter_values(r, f, value);
	for (size_t i = 0; i < n; i++)
		buf_format(&b, "&%.*s=%.*s", STR_ARG(value[i].name),
			   STR_ARG(value[i].value));
	if (f->sort != PEOPLE_BY_QUEUED)
		buf_format(&b, "&sort=%s", sorts[sort_at(f)].name);
	if (f->reverse)
		buf_add(&b, S("&order=back"));
	if (f->offset)
		buf_format(&b, "&from=%lld", (long long)f->offset);
	str query = buf_str(&b);
	if (query.n)
		b.s[0] = '?';
	return req_link(r, "/staff/people%.*s", STR_ARG(query));
}

/* ---- its controls ---------------------------------------------------------------------------- */

static void add_option(people_select *s, str value, str text, bool chosen)
{
	if (s->choice_n < CHOICES_MOST)
		s->choice[s->choice_n++] =
			(view_choice){.value = value, .text = text, .chosen = chosen};
}

static people_select *add_select(req *r, people_view *v, const char *name,
				 const char *label)
{
	people_select *s = &v->select[v->select_n++];
	*s = (people_select){.name = str_from(name),
			     .label = label,
			     .choice = NEW_ARRAY(r->ctx->mem, view_choice, CHOICES_MOST)};
	return s;
}

static void choice_select(req *r, people_view *v, field_id f, int chosen)
{
	people_select *s = add_select(r, v, model_field[f].name,
				      page_key(r, "field.%s", model_field[f].name));
	for (size_t i = 0; i < model_choice_count; i++) {
		const choice *c = &model_choice[i];
		if (c->field == f)
			add_option(s, c->code, office_words(r, f, c->code),
				   c->number == chosen);
	}
}

/* Those the actor answers for. */
static bool municipality_select(req *r, people_view *v, uint16_t chosen)
{
	const uint16_t *code;
	size_t n;
	if (!office_municipalities(r, &code, &n))
		return false;
	people_select *s = add_select(r, v, "municipality", "field.municipality");
	for (size_t i = 0; i < n; i++) {
		str text = str_format(r->ctx->mem, "%04u", code[i]);
		add_option(s, text, office_words(r, FIELD_MUNICIPALITY, text),
			   code[i] == chosen);
	}
	return true;
}

static bool selects(req *r, people_view *v, const people_filter *f)
{
	enum { SELECTS = 5 };
	v->select = NEW_ARRAY(r->ctx->mem, people_select, SELECTS);
	people_select *s = add_select(r, v, "state", "s.people.state");
	for (int i = STATE_SUBMITTED; i < STATE_COUNT; i++)
		add_option(s, str_from(model_state[i]),
			   req_say(r, office_state_key(r, (enum state)i)),
			   f->states == 1u << i);
	choice_select(r, v, FIELD_SIDE, f->side);
	if (!municipality_select(r, v, f->municipality))
		return false;
	choice_select(r, v, FIELD_LEVEL, f->level);
	choice_select(r, v, FIELD_GENDER, f->gender);
	return true;
}

/* ---- its columns -------------------------------------------------------------------------------- */

/* Longest wait first is a queue date that ascends, and days that descend. */
static str aria_sort(const people_filter *f, people_sort sort)
{
	bool descends = sort == PEOPLE_BY_QUEUED || sort == PEOPLE_BY_CHANGED;
	return f->reverse != descends ? S("descending") : S("ascending");
}

static void columns(req *r, people_view *v, const people_filter *f)
{
	static const struct {
		const char *key;
		int sort;
		bool number;
	} head[] = {{"s.people.name", -1, false},
		    {"s.people.state", PEOPLE_BY_STATE, false},
		    {"field.side", -1, false},
		    {"field.municipality", PEOPLE_BY_PLACE, false},
		    {"field.level", -1, false},
		    {"s.people.born", PEOPLE_BY_YEAR, true},
		    {"s.people.days", PEOPLE_BY_QUEUED, true}};
	v->column = NEW_ARRAY(r->ctx->mem, people_column, ARRAY_LEN(head));
	for (size_t i = 0; i < ARRAY_LEN(head); i++) {
		people_column *c = &v->column[v->column_n++];
		*c = (people_column){.key = head[i].key, .number = head[i].number};
		if (head[i].sort < 0 || v->searched)
			continue;
		people_filter other = *f;
		bool here = (int)f->sort == head[i].sort;
		other.sort = (people_sort)head[i].sort;
		other.reverse = here && !f->reverse;
		other.offset = 0;
		c->to = list_link(r, &other);
		if (!here)
			continue;
		c->sort = aria_sort(f, f->sort);
		c->down = str_starts(c->sort, S("d"));
	}
}

static void rows(req *r, people_view *v, const people_list *p)
{
	v->row = NEW_ARRAY(r->ctx->mem, people_row, p->item_n);
	for (size_t i = 0; i < p->item_n; i++)
		v->row[v->row_n++] = office_row(r, &p->item[i]);
}

static void paging(req *r, people_view *v, const people_filter *f, const people_list *p)
{
	people_filter other = *f;
	v->pages = (view_pages){.from = f->offset + 1,
				.to = f->offset + (int64_t)p->item_n,
				.total = p->total};
	if (f->offset) {
		other.offset = f->offset > PAGE_ROWS ? f->offset - PAGE_ROWS : 0;
		v->pages.before = list_link(r, &other);
	}
	if (v->pages.to < p->total) {
		other.offset = f->offset + PAGE_ROWS;
		v->pages.after = list_link(r, &other);
	}
	str arg[] = {view_number(r->ctx->mem, r->lang, v->pages.from),
		     view_number(r->ctx->mem, r->lang, v->pages.to),
		     req_say(r, sorts[sort_at(f)].key)};
	v->caption =
		view_say_count(r->ctx->mem, r->lang,
			       f->reverse ? "s.people.caption_back" : "s.people.caption",
			       p->total, arg, 3);
}

/* ---- the page -------------------------------------------------------------------------------------- */

static bool frame(req *r, people_view *v, const people_filter *f)
{
	enum { MOST = 8 };
	page_begin(r, "s.people.title");
	v->page = &r->page;
	v->action = req_link(r, "/staff/people");
	v->all = v->action;
	v->search = req_link(r, "/staff/people/search");
	if (office_may(r, RIGHT_EXPORT))
		v->csv = req_link(r, "/staff/people/csv");
	if (office_may(r, RIGHT_PEOPLE_WRITE))
		v->enrol = req_link(r, "/staff/people/new");
	if (office_may(r, RIGHT_IMPORT))
		v->import = req_link(r, "/staff/imports");
	v->keep = NEW_ARRAY(r->ctx->mem, hidden_value, MOST);
	v->keep_n = filter_values(r, f, v->keep);
	v->filtered = is_filtered(f);
	if (f->sort != PEOPLE_BY_QUEUED)
		v->sort = str_from(sorts[sort_at(f)].name);
	columns(r, v, f);
	return selects(r, v, f);
}

bool people_show(req *r)
{
	people_list p;
	people_view v = {.page = &r->page};
	people_filter f = read_filter(r, req_query);
	if (!store_people_list(r->ctx, &f, &p) || !frame(r, &v, &f))
		return false;
	rows(r, &v, &p);
	paging(r, &v, &f, &p);
	tmpl_people(&r->html, r->lang, &v);
	return req_page(r, 200);
}

/* The name is in the body of the request: addresses are kept by browsers and logs. */
bool people_search(req *r)
{
	enum { NAME_MOST = 100 };
	people_list p = {0};
	people_filter none = {.limit = PAGE_ROWS};
	people_view v = {.searched = true,
			 .typed = str_slice(req_form(r, "name"), 0, NAME_MOST)};
	if (!v.typed.n)
		return req_see_other(r, req_link(r, "/staff/people"));
	if (!store_people_search(r->ctx, v.typed, SEARCH_ROWS, &p, &v.more) ||
	    !frame(r, &v, &none))
		return false;
	rows(r, &v, &p);
	str arg[] = {v.typed};
	v.caption = view_say_count(r->ctx->mem, r->lang, "s.people.found",
				   (int64_t)p.item_n, arg, 1);
	tmpl_people(&r->html, r->lang, &v);
	return req_page(r, 200);
}

/* ---- as a sheet -------------------------------------------------------------------------------------- */

static void csv_row(req *r, report_cells *t, const person *p)
{
	static const field_id shown[] = {
		FIELD_SIDE,  FIELD_MUNICIPALITY, FIELD_LOCALITY,
		FIELD_LEVEL, FIELD_GENDER,       FIELD_BIRTH_YEAR,
		FIELD_LIFE,  FIELD_INTERESTS,    FIELD_QUEUED};
	report_cell(t, p->value[FIELD_GIVEN]);
	report_cell(t, p->value[FIELD_FAMILY]);
	report_cell(t, req_say(r, office_state_key(r, p->state)));
	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		report_cell(t, shown[i] == FIELD_QUEUED
				       ? p->value[FIELD_QUEUED]
				       : office_words(r, shown[i], p->value[shown[i]]));
	report_cell_number(t, office_waited(r, p));
	report_cells_end_row(t);
}

typedef struct csv {
	req *r;
	people_filter f;
	arena *mem; /* a sheet of everybody would not fit the request's beside what is read */
	buf out;
	report_cells cells;
} csv;

static bool csv_one(ctx *c, void *self, const person *p)
{
	csv *s = self;
	(void)c;
	csv_row(s->r, &s->cells, p);
	return true;
}

static bool csv_all(ctx *c, void *self)
{
	static const char *const heading[] = {
		"field.given",        "field.family",   "s.people.state",  "field.side",
		"field.municipality", "field.locality", "field.level",     "field.gender",
		"field.birth_year",   "field.life",     "field.interests", "field.queued",
		"s.people.days"};
	csv *s = self;
	s->out = (buf){.mem = s->mem};
	s->cells = report_cells_begin(s->r->lang, &s->out, heading, ARRAY_LEN(heading));
	report_cells_end_row(&s->cells);
	return store_people_each(c, &s->f, csv_one, s);
}

static void free_arena(void *mem)
{
	arena_free(mem);
}

bool people_csv(req *r)
{
	csv s = {.r = r, .f = read_filter(r, req_form), .mem = arena_new(0)};
	arena_defer(r->ctx->mem, free_arena, s.mem);
	s.f.offset = s.f.limit = 0;
	if (!store_read(r->ctx, csv_all, &s))
		return false;
	r->out->status = 200;
	r->out->type = S("text/csv; charset=utf-8");
	r->out->body = str_copy(r->ctx->mem, buf_str(&s.out));
	net_reply_header(
		r->out, S("Content-Disposition"),
		str_format(r->ctx->mem, "attachment; filename=\"kompis-%.*s.csv\"",
			   STR_ARG(date_format_iso(r->ctx->mem, r->ctx->today))));
	net_reply_header(r->out, S("Cache-Control"), S("no-store"));
	return true;
}
