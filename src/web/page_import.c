/* A sheet from its file to people: what was read, what is proposed, and one transaction. */
#include "web/office_priv.h"

enum { ROWS = 25, PROBLEMS_MOST = 100 };

/* ---- the list ---------------------------------------------------------------------------- */

static import_row row_of(req *r, const import *i)
{
	return (import_row){.to = req_link(r, "/staff/imports/%s", i->id.s),
			    .undo = req_link(r, "/staff/imports/%s/undo", i->id.s),
			    .when = office_when(r, i->at),
			    .by = i->by,
			    .file = i->file,
			    .undone = i->undone ? office_when(r, i->undone) : S(""),
			    .rows = i->rows,
			    .added = i->added,
			    .merged = i->merged,
			    .skipped = i->skipped};
}

static bool show_list(req *r, str why, int status)
{
	import *i;
	size_t n;
	if (!store_imports(r->ctx, &i, &n))
		return false;
	page_begin(r, "s.imports.title");
	imports_view v = {.page = &r->page,
			  .action = req_link(r, "/staff/imports"),
			  .row = NEW_ARRAY(r->ctx->mem, import_row, n),
			  .megabytes = r->web->config.upload_megabytes,
			  .refused = why.n > 0,
			  .why = why};
	for (size_t k = 0; k < n; k++)
		v.row[v.row_n++] = row_of(r, &i[k]);
	tmpl_imports(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool imports_show(req *r)
{
	return show_list(r, S(""), 200);
}

/* ---- the file ------------------------------------------------------------------------------- */

typedef struct keeping {
	req *r;
	str name, bytes, result;
} keeping;

static bool do_keep(ctx *c, void *arg)
{
	keeping *k = arg;
	id parcel;
	if (!store_parcel_put(c, k->name, k->bytes, &parcel))
		return false;
	k->result = req_link(k->r, "/staff/imports/preview/%s", parcel.s).path;
	return true;
}

bool import_upload(req *r)
{
	enum { NAME_MOST = 120 };
	const net_file *file = NULL;
	sheet s;
	for (size_t i = 0; i < r->in->files; i++)
		if (str_equal(r->in->file[i].field, S("file")) && r->in->file[i].bytes.n)
			file = &r->in->file[i];
	if (!file)
		return show_list(r, req_say(r, "s.imports.no_file"), 422);
	str name = str_slice(view_inert(r->ctx->mem, file->name), 0, NAME_MOST);
	if (!sheet_read(r->ctx, name, file->bytes, &s)) {
		if (r->ctx->fault.kind != FAULT_INPUT)
			return false;
		str why = view_fault(r->ctx->mem, r->lang, &r->ctx->fault);
		r->ctx->fault = (fault){.kind = FAULT_NONE};
		return show_list(r, why, 422);
	}
	keeping k = {.r = r, .name = name, .bytes = file->bytes};
	if (!req_write(r, do_keep, &k, &k.result))
		return false;
	return req_see_other(r, (html_link){k.result});
}

/* ---- decisions, kept in the form from page to page ---------------------------------------------- */

static const struct {
	char letter;
	act_row_way way;
	const char *name;
} ways[] = {{'a', ACT_ROW_ADD, "add"},
	    {'s', ACT_ROW_SKIP, "skip"},
	    {'r', ACT_ROW_INTO_ROW, "into_row"},
	    {'p', ACT_ROW_INTO_PERSON, "into_person"}};

static bool is_open_to(const act_row *row, act_row_way way)
{
	if (row->bar != ACT_ROW_FREE)
		return false;
	if (way == ACT_ROW_INTO_ROW)
		return row->same_row != 0;
	return way != ACT_ROW_INTO_PERSON || !id_none(row->same_person);
}

static void decide(act_row *row, size_t n, str number, str letter)
{
	int64_t at;
	if (!str_to_int(number, 1, (int64_t)n, &at) || letter.n != 1)
		return;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		if (ways[i].letter == letter.s[0] &&
		    is_open_to(&row[at - 1], ways[i].way))
			row[at - 1].way = ways[i].way;
}

/* "12a,40p": what was decided on other pages; then the buttons of this one. */
static void read_decisions(const req *r, act_row *row, size_t n)
{
	str rest = req_form(r, "decided"), part;
	while (str_cut(&rest, ',', &part))
		if (part.n > 1)
			decide(row, n, str_slice(part, 0, part.n - 1),
			       str_slice(part, part.n - 1, part.n));
	for (size_t i = 0; i < r->in->forms; i++) {
		const net_pair *p = &r->in->form[i];
		if (str_starts(p->name, S("row-")))
			decide(row, n, str_slice(p->name, 4, p->name.n), p->value);
	}
}

static char letter_of(act_row_way way)
{
	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		if (ways[i].way == way)
			return ways[i].letter;
	return 's';
}

static bool is_double(const act_row *row)
{
	return row->bar == ACT_ROW_FREE && (row->same_row || !id_none(row->same_person));
}

static str decided_text(req *r, const act_row *row, size_t n)
{
	buf b = {.mem = r->ctx->mem};
	for (size_t i = 0; i < n; i++) {
		bool plain = row[i].bar != ACT_ROW_FREE ||
			     (!is_double(&row[i]) && row[i].way == ACT_ROW_ADD) ||
			     (is_double(&row[i]) && row[i].way == ACT_ROW_SKIP);
		if (!plain)
			buf_format(&b, "%s%zu%c", b.n ? "," : "", i + 1,
				   letter_of(row[i].way));
	}
	return buf_str(&b);
}

/* ---- the preview ------------------------------------------------------------------------------------ */

typedef struct looking {
	id parcel;
	str name, bytes;
	sheet sheet;
	act_row *row;
} looking;

static bool do_plan(ctx *c, void *arg)
{
	looking *l = arg;
	return act_import_plan(c, &l->sheet, &l->row);
}

static bool load(req *r, looking *l)
{
	*l = (looking){0};
	if (!req_id(r, &l->parcel) ||
	    !store_parcel_get(r->ctx, l->parcel, &l->name, &l->bytes) ||
	    !sheet_read(r->ctx, l->name, l->bytes, &l->sheet) ||
	    !store_read(r->ctx, do_plan, l))
		return false;
	read_decisions(r, l->row, l->sheet.people.n);
	return true;
}

static str row_name(req *r, const looking *l, size_t i)
{
	person p = {0};
	p.value[FIELD_GIVEN] = model_people_value(&l->sheet.people, i, FIELD_GIVEN);
	p.value[FIELD_FAMILY] = model_people_value(&l->sheet.people, i, FIELD_FAMILY);
	return office_name(r, &p);
}

static str row_facts(req *r, const looking *l, size_t i)
{
	static const field_id shown[] = {FIELD_SIDE, FIELD_BIRTH_YEAR, FIELD_MUNICIPALITY,
					 FIELD_LEVEL, FIELD_QUEUED};
	buf b = {.mem = r->ctx->mem};
	for (size_t k = 0; k < ARRAY_LEN(shown); k++) {
		str v = model_people_value(&l->sheet.people, i, shown[k]);
		if (!v.n)
			continue;
		buf_add(&b, b.n ? S(", ") : S(""));
		buf_add(&b, office_words(r, shown[k],
					 model_value_encode(r->ctx->mem, shown[k], v)));
	}
	return buf_str(&b);
}

static const char *bar_key(act_row_bar bar)
{
	static const char *const key[] = {[ACT_ROW_FREE] = NULL,
					  [ACT_ROW_UNUSABLE] = "s.import.why.unusable",
					  [ACT_ROW_NO_CONSENT] = "s.import.why.consent",
					  [ACT_ROW_MINOR] = "s.import.why.minor",
					  [ACT_ROW_NO_SIDE] = "s.import.why.side",
					  [ACT_ROW_OUTSIDE] = "s.import.why.outside"};
	return key[bar];
}

static void same_words(req *r, const looking *l, const act_row *row, preview_row *v)
{
	if (!id_none(row->same_person)) {
		v->same = req_say(r, "s.import.same_person");
		v->same_to = office_person(r, row->same_person, "");
	} else if (row->same_row) {
		str arg[] = {office_number_text(r, row->same_row),
			     row_name(r, l, row->same_row - 1)};
		v->same = req_say_with(r, "s.import.same_row", arg, 2);
		v->same_key = row->same_key;
	}
}

static preview_row show_row(req *r, const looking *l, size_t i)
{
	const act_row *row = &l->row[i];
	preview_row v = {.row = (int64_t)i + 1,
			 .name = row_name(r, l, i),
			 .facts = row_facts(r, l, i),
			 .field = str_format(r->ctx->mem, "row-%zu", i + 1),
			 .bar = bar_key(row->bar),
			 .grade = row->bar != ACT_ROW_FREE ? S("bad")
				  : is_double(row)         ? S("warn")
							   : S(""),
			 .way = NEW_ARRAY(r->ctx->mem, view_choice, ARRAY_LEN(ways))};
	same_words(r, l, row, &v);
	for (size_t k = 0; k < ARRAY_LEN(ways); k++)
		if (is_open_to(row, ways[k].way))
			v.way[v.way_n++] = (view_choice){
				.value = str_format(r->ctx->mem, "%c", ways[k].letter),
				.text = req_say(r, page_key(r, "s.way.%s", ways[k].name)),
				.chosen = row->way == ways[k].way};
	return v;
}

static void show_problems(req *r, const sheet *s, preview_view *v)
{
	v->problems = (int64_t)s->problems;
	v->problem = NEW_ARRAY(r->ctx->mem, preview_problem, PROBLEMS_MOST);
	for (size_t i = 0; i < s->problems && v->problem_n < PROBLEMS_MOST; i++) {
		const sheet_problem *p = &s->problem[i];
		buf could = {.mem = r->ctx->mem};
		for (size_t k = 0; k < p->could_be_n; k++) {
			buf_add(&could, k ? S(", ") : S(""));
			buf_add(&could, p->could_be[k]);
		}
		v->problem[v->problem_n++] = (preview_problem){
			.row = p->row,
			.line = p->line,
			.column =
				p->field < FIELD_COUNT
					? req_say(r, page_key(r, "field.%s",
							      model_field[p->field].name))
				: p->column ? office_number_text(r, p->column)
					    : S(""),
			.read = view_inert(r->ctx->mem, p->read),
			.could_be = buf_str(&could),
			.key = p->key,
			.unusable = p->unusable};
	}
}

static void count_ways(const looking *l, preview_view *v)
{
	for (size_t i = 0; i < l->sheet.people.n; i++) {
		const act_row *row = &l->row[i];
		v->barred += row->bar != ACT_ROW_FREE;
		v->doubles += is_double(row);
		v->add += row->way == ACT_ROW_ADD;
		v->merge +=
			row->way == ACT_ROW_INTO_ROW || row->way == ACT_ROW_INTO_PERSON;
		v->skip += row->bar == ACT_ROW_FREE && row->way == ACT_ROW_SKIP;
	}
	v->rows = (int64_t)l->sheet.people.n;
}

/* Rows to decide about, or all of them. */
static void page_of_rows(req *r, const looking *l, preview_view *v, int64_t from)
{
	size_t n = 0;
	v->row = NEW_ARRAY(r->ctx->mem, preview_row, ROWS);
	for (size_t i = 0; i < l->sheet.people.n; i++) {
		bool shown = v->all_rows || is_double(&l->row[i]) ||
			     l->row[i].bar != ACT_ROW_FREE;
		if (!shown)
			continue;
		if ((int64_t)n >= from && v->row_n < ROWS)
			v->row[v->row_n++] = show_row(r, l, i);
		n++;
	}
	v->before = from > 0;
	v->after = from + (int64_t)v->row_n < (int64_t)n;
	v->before_at = office_number_text(r, from > ROWS ? from - ROWS : 0);
	v->after_at = office_number_text(r, from + ROWS);
	v->at = from;
	str arg[] = {office_number_text(r, from + (v->row_n > 0)),
		     office_number_text(r, from + (int64_t)v->row_n),
		     view_number(r->ctx->mem, r->lang, (int64_t)n)};
	v->caption = req_say_with(r, "s.import.rows_of", arg, 3);
}

static bool show_preview(req *r, const looking *l, int64_t from, bool all)
{
	buf heading = {.mem = r->ctx->mem};
	page_begin(r, "s.import.title");
	preview_view v = {.page = &r->page,
			  .action = req_link(r, "/staff/imports/preview/%s", l->parcel.s),
			  .back = req_link(r, "/staff/imports"),
			  .file = l->name,
			  .encoding = str_from(l->sheet.encoding),
			  .all_rows = all,
			  .decided = decided_text(r, l->row, l->sheet.people.n)};
	for (size_t i = 0; i < l->sheet.unknown_headings; i++) {
		buf_add(&heading, i ? S(", ") : S(""));
		buf_add(&heading, view_inert(r->ctx->mem, l->sheet.unknown_heading[i]));
	}
	v.headings = buf_str(&heading);
	count_ways(l, &v);
	show_problems(r, &l->sheet, &v);
	page_of_rows(r, l, &v, from);
	tmpl_preview(&r->html, r->lang, &v);
	return req_page(r, 200);
}

bool preview_show(req *r)
{
	looking l;
	return load(r, &l) && show_preview(r, &l, 0, false);
}

/* ---- adding ------------------------------------------------------------------------------------------- */

typedef struct adding {
	req *r;
	act_sheet sheet;
	id parcel;
	str result;
} adding;

static bool do_add(ctx *c, void *arg)
{
	adding *a = arg;
	if (!act_import_do(c, &a->sheet) || !store_parcel_drop(c, a->parcel))
		return false;
	a->result = req_link(a->r, "/staff/imports/%s", a->sheet.done.id.s).path;
	return true;
}

static bool do_drop(ctx *c, void *arg)
{
	const adding *a = arg;
	return store_parcel_drop(c, a->parcel);
}

bool preview_do(req *r)
{
	looking l;
	int64_t from = 0;
	adding a = {.r = r};
	if (!req_id(r, &a.parcel))
		return false;
	if (str_equal(req_form(r, "do"), S("drop"))) {
		a.result = req_link(r, "/staff/imports").path;
		if (!req_write(r, do_drop, &a, &a.result))
			return false;
		return req_done(r, (html_link){a.result}, "import_dropped");
	}
	bool adds = str_equal(req_form(r, "do"), S("add"));
	if (!load(r, &l)) {
		/* Sent again, the form finds its file gone and what it gave the first time. */
		if (!adds || r->ctx->fault.kind != FAULT_HIDDEN)
			return false;
		fault gone = r->ctx->fault;
		r->ctx->fault = (fault){.kind = FAULT_NONE};
		if (!req_write(r, do_drop, &a, &a.result)) {
			r->ctx->fault = gone;
			return false;
		}
		return req_see_other(r, (html_link){a.result});
	}
	bool all = str_equal(req_form(r, "rows"), S("all"));
	if (str_to_int(req_form(r, "show"), 0, 1000000, &from))
		return show_preview(r, &l, from, all);
	if (str_equal(req_form(r, "do"), S("all")) ||
	    str_equal(req_form(r, "do"), S("some")))
		return show_preview(r, &l, 0, str_equal(req_form(r, "do"), S("all")));
	if (!adds)
		return show_preview(r, &l, 0, all);
	a.sheet = (act_sheet){.sheet = &l.sheet, .row = l.row, .file = l.name};
	if (!req_write(r, do_add, &a, &a.result))
		return false;
	return req_done(r, (html_link){a.result}, "imported");
}

/* ---- afterwards ------------------------------------------------------------------------------------------ */

bool import_show(req *r)
{
import i;
	id which;
	if (!req_id(r, &which) || !store_import_get(r->ctx, which, &i))
		return false;
	page_begin(r, "s.imported.title");
	imported_view v = {.page = &r->page,
			   .import = row_of(r, &i),
			   .people = req_link(r, "/staff/people?state=submitted"),
			   .back = req_link(r, "/staff/imports"),
			   .is_undone = i.undone != 0};
	tmpl_imported(&r->html, r->lang, &v);
	return req_page(r, 200);
}

bool import_undo_show(req *r)
{
import i;
	id which;
	if (!req_id(r, &which) || !store_import_get(r->ctx, which, &i))
		return false;
	if (i.undone)
		return req_see_other(r, req_link(r, "/staff/imports/%s", which.s));
	page_begin(r, "s.confirm.title");
	confirm_view v = {.page = &r->page,
			  .question = "s.ask.import",
			  .name = office_number_text(r, i.added),
			  .consequence = req_say(r, "s.then.import"),
			  .act = "s.yes.import",
			  .bad = true,
			  .action = req_link(r, "/staff/imports/%s/undo", which.s),
			  .back = req_link(r, "/staff/imports/%s", which.s)};
	tmpl_confirm(&r->html, r->lang, &v);
	return req_page(r, 200);
}

typedef struct undoing {
	id import;
	str result;
} undoing;

static bool do_undo(ctx *c, void *arg)
{
	const undoing *u = arg;
	return act_import_undo(c, u->import);
}

bool import_undo(req *r)
{
	undoing u;
	if (!req_id(r, &u.import))
		return false;
	u.result = req_link(r, "/staff/imports/%s", u.import.s).path;
	if (!req_write(r, do_undo, &u, &u.result))
		return false;
	return req_done(r, (html_link){u.result}, "import_undone");
}
