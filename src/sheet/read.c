/* Reads a sheet: one row after the other, each cell by its field's reader. */
#include <string.h>

#include "sheet/sheet_priv.h"

/* ---- memory of cells seen before -------------------------------------------------- */

enum { MEMO_ENTRIES = 1 << 16, MEMO_TEXT = 160 };

struct memo {
	lexicon seen; /* kind: what the answer depends on beside the text */
	answer *answer;
	size_t n, cap;
};

/* Columns whose cells are nearly all different are not worth remembering. */
static bool is_worth_remembering(field_id f)
{
	field_kind k = model_field[f].kind;
	return k != KIND_INTEGER && k != KIND_PHONE && k != KIND_EMAIL &&
	       k != KIND_GROUP && k != KIND_PEOPLE;
}

/* What a spreadsheet shows for a formula that failed, in English and Swedish. */
static bool is_failed_formula(str text)
{
	static const char *const error[] = {
		"#N/A",   "#REF!",        "#VALUE!",    "#NAME?",     "#DIV/0!",
		"#NUM!",  "#NULL!",       "#SAKNAS!",   "#REFERENS!", "#VÄRDEFEL!",
		"#NAMN?", "#DIVISION/0!", "#OGILTIGT!", "#SKÄRNING!"};
	for (size_t i = 0; text.s[0] == '#' && i < ARRAY_LEN(error); i++)
		if (str_equal(text, str_from(error[i])))
			return true;
	return false;
}

static void ask(reader *r, const sheet_column *col, str text, arena *mem, answer *out)
{
	*out = (answer){.value = S("")};
	if (is_failed_formula(text)) {
		answer_fail(out, "sheet.failed_formula");
		return;
	}
	cell_in in = {.field = col->field,
		      .text = text,
		      .plain = sheet_plain(mem, text),
		      .year = r->year,
		      .municipality = r->row.municipality,
		      .ages = col->ages};
	cell_reader_of(col->field)(&r->words, mem, &in, out);
	if (!out->key && str_find(text, S("\xef\xbf\xbd")) >= 0)
		out->key = "sheet.bad_letters";
}

/* What the reader of a field looks at beside the cell. */
static int context_of(const reader *r, field_id f)
{
	if (f == FIELD_BIRTH_YEAR || f == FIELD_CHILDREN)
		return r->year;
	return f == FIELD_LOCALITY ? r->row.municipality : 0;
}

static answer read_cell(reader *r, const sheet_column *col, str raw)
{
	answer a = {.value = S("")};
	str text = sheet_trim(raw);
	if (!text.n)
		return a;
	memo *m = col->memo;
	if (!m || raw.n > MEMO_TEXT) {
		ask(r, col, text, r->scratch, &a);
		return a;
	}
	int context = context_of(r, col->field);
	const lexicon_entry *e = lexicon_find(&m->seen, context, raw);
	if (e)
		return m->answer[e->value];
	if (m->n == MEMO_ENTRIES) {
		ask(r, col, text, r->scratch, &a);
		return a;
	}
	if (m->n == m->cap) {
		m->cap = m->cap ? m->cap * 2 : 64;
		m->answer =
			arena_grow(r->temp, m->answer, m->n, m->cap, sizeof *m->answer);
	}
	bool fresh;
	str kept = str_copy(r->temp, raw);
	ask(r, col, sheet_trim(kept), r->temp, &a);
	lexicon_add(&m->seen, context, kept, (int64_t)m->n, &fresh);
	m->answer[m->n++] = a;
	return a;
}

/* ---- problems ------------------------------------------------------------------------ */

/* NUL bytes would end the text where it is shown. */
static str without_nul(arena *mem, str s)
{
	buf b = {.mem = mem};
	for (size_t i = 0; i < s.n; i++)
		if (s.s[i])
			buf_char(&b, s.s[i]);
		else
			buf_add(&b, S("\xef\xbf\xbd"));
	return buf_str(&b);
}

sheet_problem *sheet_problem_add(reader *r, uint32_t row, size_t column, str read,
				 const char *key)
{
	sheet *out = r->out;
	if (out->problems == r->problem_cap) {
		size_t cap = r->problem_cap ? r->problem_cap * 2 : 64;
		out->problem = arena_grow(r->ctx->mem, out->problem, out->problems, cap,
					  sizeof *out->problem);
		r->problem_cap = cap;
	}
	str cut = str_slice(read, 0, sheet_first_letters(read, 80));
	bool nul = cut.n && memchr(cut.s, '\0', cut.n);
	sheet_problem *p = &out->problem[out->problems++];
	*p = (sheet_problem){.row = row,
			     .line = r->line,
			     .column = (int32_t)column,
			     .field = FIELD_COUNT,
			     .key = key};
	p->read = str_copy(r->ctx->mem, nul ? without_nul(r->scratch, cut) : cut);
	if (column)
		p->field = r->column[column - 1].field;
	return p;
}

static void report(reader *r, size_t column, str raw, const answer *a)
{
	sheet_problem *p =
		sheet_problem_add(r, (uint32_t)r->out->people.n, column, raw, a->key);
	p->could_be = NEW_ARRAY(r->ctx->mem, str, a->could_be_n);
	p->could_be_n = a->could_be_n;
	for (size_t k = 0; k < a->could_be_n; k++)
		p->could_be[k] = str_copy(r->ctx->mem, a->could_be[k]);
}

/* ---- one row --------------------------------------------------------------------------- */

static str joined(arena *mem, const str *cell, size_t cells)
{
	buf b = {.mem = mem};
	for (size_t i = 0; i < cells; i++) {
		if (i)
			buf_char(&b, '\t');
		buf_add(&b, cell[i]);
	}
	return buf_str(&b);
}

static void could_be_any_choice(arena *mem, sheet_problem *p)
{
	int n = model_choice_size(p->field);
	p->could_be = NEW_ARRAY(mem, str, (size_t)n);
	for (int i = 1; i <= n; i++)
		p->could_be[p->could_be_n++] = model_choice_get(p->field, i)->label;
}

/* The row cannot be used; the first reason is the one that counts. */
static void refuse(reader *r, size_t column, str read, const char *key, const str *cell,
		   size_t cells)
{
	uint32_t row = (uint32_t)r->out->people.n;
	sheet_problem *p = sheet_problem_add(r, row, column, read, key);
	p->unusable = true;
	if (p->field == FIELD_SIDE)
		could_be_any_choice(r->ctx->mem, p);
	if (r->row.flags & PROFILE_UNUSABLE)
		return;
	r->row.flags |= PROFILE_UNUSABLE;
	r->out->unusable++;
	if (r->raws == r->raw_cap) {
		size_t cap = r->raw_cap ? r->raw_cap * 2 : 16;
		r->raw = arena_grow(r->temp, r->raw, r->raws, cap, sizeof *r->raw);
		r->raw_cap = cap;
	}
	str text = without_nul(r->scratch, joined(r->scratch, cell, cells));
	r->raw[r->raws++] = (raw_row){row, str_copy(r->ctx->mem, text)};
}

static void remember_later(reader *r, later_cells *l, str text)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		l->cell = arena_grow(r->temp, l->cell, l->n, cap, sizeof *l->cell);
		l->cap = cap;
	}
	l->cell[l->n++] = (later_cell){(uint32_t)r->out->people.n, r->line,
				       str_copy(r->temp, text)};
}

/* Ages count from the date of registration; today stands for one that was never given. */
static int32_t year_of(const reader *r, const answer *queued)
{
	if (queued->key)
		return 0;
	bool known = r->row.queued != QUEUED_UNKNOWN;
	return date_from_day(known ? r->row.queued : r->ctx->today).year;
}

static void read_values(reader *r, const str *cell, size_t cells)
{
	for (size_t k = 0; k < r->columns; k++) {
		size_t i = r->order[k];
		sheet_column *col = &r->column[i];
		if (i >= cells || !cell[i].n)
			continue;
		if (col->blank && !col->reported && sheet_trim(cell[i]).n) {
			sheet_problem_add(r, 0, i + 1, cell[i],
					  "sheet.column_without_heading");
			col->reported = true;
		}
		if (col->field == FIELD_COUNT)
			continue;
		answer a = read_cell(r, col, cell[i]);
		if (a.key && col->field != FIELD_SIDE) /* no side: check_person says so */
			report(r, i + 1, cell[i], &a);
		r->value[col->field] = a.value;
		sheet_apply(&r->row, col->field, &a);
		if (col->field == FIELD_QUEUED)
			r->year = year_of(r, &a);
	}
	sheet_apply_position(&r->row);
	if (r->row.side == SIDE_NEWCOMER)
		r->row.capacity = 1;
}

/* What makes a row that could be read unusable all the same. */
static void check_person(reader *r, const str *cell, size_t cells)
{
	size_t side = r->at[FIELD_SIDE], born = r->at[FIELD_BIRTH_YEAR];
	if (!r->row.side)
		refuse(r, side, side <= cells ? cell[side - 1] : S(""), "sheet.no_side",
		       cell, cells);
	int age = model_age(&r->row, r->ctx->today);
	if (r->row.birth_year && age < 18)
		refuse(r, born, cell[born - 1], "sheet.under_18", cell, cells);
}

static const char *keep_record(reader *r)
{
	size_t n = 0;
	for (int f = 0; f < FIELD_COUNT; f++)
		n += r->value[f].n + 1;
	char *record = arena_alloc(r->ctx->mem, n, 1), *to = record;
	for (int f = 0; f < FIELD_COUNT; f++) {
		if (r->value[f].n)
			memcpy(to, r->value[f].s, r->value[f].n);
		to += r->value[f].n + 1;
	}
	return record;
}

static void begin_row(reader *r)
{
	people *p = &r->out->people;
	if (p->n == r->people_cap) {
		size_t cap = r->people_cap ? r->people_cap * 2 : 256;
		p->profile = arena_grow(r->ctx->mem, p->profile, p->n, cap,
					sizeof *p->profile);
		p->record =
			arena_grow(r->ctx->mem, p->record, p->n, cap, sizeof *p->record);
		r->people_cap = cap;
	}
	p->n++;
	r->row = (profile){
		.queued = QUEUED_UNKNOWN, .arrived = QUEUED_UNKNOWN, .place = PLACE_NONE};
	r->year = date_from_day(r->ctx->today).year;
	for (int f = 0; f < FIELD_COUNT; f++)
		r->value[f] = S("");
}

static bool has_nul(const str *cell, size_t cells)
{
	for (size_t i = 0; i < cells; i++)
		if (cell[i].n && memchr(cell[i].s, '\0', cell[i].n))
			return true;
	return false;
}

static void read_row(reader *r, const str *cell, size_t cells)
{
	begin_row(r);
	const char *wrong = has_nul(cell, cells)               ? "sheet.nul"
			    : cells > r->columns               ? "sheet.too_many_cells"
			    : cells < r->columns && !r->sparse ? "sheet.too_few_cells"
							       : NULL;
	if (wrong) {
		refuse(r, 0, joined(r->scratch, cell, cells), wrong, cell, cells);
	} else {
		read_values(r, cell, cells);
		check_person(r, cell, cells);
	}
	size_t i = r->out->people.n - 1;
	r->out->people.record[i] = keep_record(r);
	r->out->people.profile[i] = r->row;
	bool usable = !(r->row.flags & PROFILE_UNUSABLE);
	if (usable && r->value[FIELD_HOUSEHOLD].n)
		remember_later(r, &r->household, r->value[FIELD_HOUSEHOLD]);
	if (usable && r->value[FIELD_NEVER].n)
		remember_later(r, &r->never, r->value[FIELD_NEVER]);
	arena_reset(r->scratch, r->clean);
}

/* ---- all rows ------------------------------------------------------------------------------ */

/* The date first (ages count from it), then the municipality (places are looked up in it). */
static void order_columns(reader *r)
{
	size_t n = 0;
	r->order = NEW_ARRAY(r->temp, size_t, r->columns);
	static const field_id before[] = {FIELD_QUEUED, FIELD_MUNICIPALITY};
	for (size_t k = 0; k < ARRAY_LEN(before); k++)
		for (size_t i = 0; i < r->columns; i++)
			if (r->column[i].field == before[k])
				r->order[n++] = i;
	for (size_t i = 0; i < r->columns; i++) {
		sheet_column *col = &r->column[i];
		if (col->field != FIELD_COUNT)
			r->at[col->field] = i + 1;
		if (col->field != FIELD_QUEUED && col->field != FIELD_MUNICIPALITY)
			r->order[n++] = i;
		if (col->field == FIELD_COUNT || !is_worth_remembering(col->field))
			continue;
		col->memo = NEW(r->temp, memo);
		col->memo->seen.mem = r->temp;
	}
}

static bool on_row(void *self, const str *cell, size_t cells, int64_t line)
{
	reader *r = self;
	size_t used = cells;
	while (used && !sheet_trim(cell[used - 1]).n)
		used--;
	if (!used)
		return true; /* nothing but empty cells: no row */
	r->line = line;
	if (r->sparse)
		cells = used;
	if (r->column) {
		if (r->out->people.n >= UINT32_MAX / 2)
			return ctx_fail_at(r->ctx, FAULT_RESOURCE, r->file, line, 0,
					   "sheet.too_large", S(""), S(""));
		read_row(r, cell, cells);
		return true;
	}
	r->columns = cells;
	bool ok = sheet_heading(r->ctx, r->scratch, &r->words, r->file, line, cell, cells,
				r->out, &r->column);
	if (ok)
		order_columns(r);
	return ok;
}

static bool read_rows(reader *r, str bytes)
{
	row_sink sink = {on_row, r};
	if (sheet_is_zip(bytes)) {
		r->sparse = true;
		r->out->encoding = "xlsx";
		return sheet_rows_xlsx(r->ctx, r->temp, r->file, bytes, sink);
	}
	str text;
	int64_t line = 1;
	if (!sheet_decode(r->ctx, r->file, bytes, &text, &r->out->encoding))
		return false;
	r->out->delimiter = sheet_delimiter(&r->words, r->scratch, &text, &line);
	return sheet_rows_csv(r->ctx, r->temp, r->file, text, r->out->delimiter, line,
			      sink);
}

typedef struct arenas {
	arena *temp, *scratch;
} arenas;

static void free_arenas(void *self)
{
	arenas *a = self;
	arena_free(a->scratch);
	arena_free(a->temp);
	*a = (arenas){NULL, NULL};
}

bool sheet_read(ctx *c, str file, str bytes, sheet *out)
{
	*out = (sheet){.encoding = "UTF-8"};
	arenas *own = NEW(c->mem, arenas);
	arena_defer(c->mem, free_arenas, own);
	*own = (arenas){arena_new(0), arena_new(0)};
	reader *r = NEW(own->temp, reader);
	*r = (reader){.ctx = c,
		      .file = file,
		      .out = out,
		      .temp = own->temp,
		      .scratch = own->scratch};
	arena_alloc(r->scratch, 1, 1); /* so that emptying it keeps its first chunk */
	r->clean = arena_here(r->scratch);
	sheet_words(r->temp, c->today, &r->words);
	bool ok = read_rows(r, bytes);
	if (ok && !r->column)
		ok = ctx_fail_at(c, FAULT_INPUT, file, 0, 0, "sheet.empty", S(""), S(""));
	else if (ok && !out->people.n)
		ok = ctx_fail_at(c, FAULT_INPUT, file, 0, 0, "sheet.no_rows", S(""),
				 S(""));
	if (ok) {
		sheet_finish(r);
		sheet_find_duplicates(c, r->temp, out);
	}
	free_arenas(own);
	return ok;
}
