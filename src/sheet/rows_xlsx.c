/*
 * Rows of the first sheet of a workbook (ECMA-376 Office Open XML): zip by libzip, XML by expat.
 *
 * A workbook comes from strangers: a document type (and with it entities) is refused, and what
 * is unpacked is bounded by the size of the file.
 */
#include <expat.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "sheet/sheet_priv.h"
#include "sheet/xlsx_priv.h"

enum { CHUNK = 1 << 16, CELL_BYTES = 1 << 20 };
/* Unpacked at most this much more than packed; sheets of repeated words come to some 50. */
#define UNPACK_RATIO UINT64_C(200)
#define UNPACK_FREE  (UINT64_C(64) << 20)
#define UNPACK_MOST  (UINT64_C(8) << 30)

bool sheet_is_zip(str bytes)
{
	return str_starts(bytes, S("PK\x03\x04"));
}

static bool broken(const book *b, const char *key, str what)
{
	return ctx_fail_at(b->ctx, FAULT_INPUT, b->file, 0, 0, key, what, S(""));
}

/* ---- one part of the workbook through expat -------------------------------------------- */

/* Names may carry a prefix ("x:row"); it says nothing here. */
static const char *local(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon ? colon + 1 : name;
}

static const char *attribute(const char **attr, const char *name)
{
	for (; attr[0]; attr += 2)
		if (strcmp(local(attr[0]), name) == 0)
			return attr[1];
	return NULL;
}

/* What is being parsed; first in every parser's own struct. */
typedef struct part {
	book *book;
	XML_Parser xml;
	bool refused; /* the document has what no workbook has */
	buf text;     /* characters of the element being read */
	bool keep;    /* characters count now */
} part;

static void on_text(void *self, const char *s, int n)
{
	part *p = self;
	if (!p->keep)
		return;
	if (p->text.n + (size_t)n > CELL_BYTES) {
		p->refused = true;
		XML_StopParser(p->xml, XML_FALSE);
		return;
	}
	buf_add(&p->text, (str){s, (size_t)n});
}

static void on_doctype(void *self, const char *name, const char *system,
		       const char *public, int internal)
{
	(void)name, (void)system, (void)public, (void)internal;
	part *p = self;
	p->refused = true;
	XML_StopParser(p->xml, XML_FALSE);
}

static void free_xml(void *xml)
{
	XML_ParserFree(xml);
}

static void close_file(void *file)
{
	zip_fclose(file);
}

static bool feed(part *p, zip_file_t *file, str name, uint64_t size, bool shown)
{
	book *b = p->book;
	uint64_t done = 0;
	for (;;) {
		void *chunk = XML_GetBuffer(p->xml, CHUNK);
		if (!chunk)
			return ctx_fail(b->ctx, FAULT_RESOURCE, "sheet.too_large", S(""),
					S(""));
		zip_int64_t n = zip_fread(file, chunk, CHUNK);
		if (n < 0)
			return broken(b, "sheet.xlsx_broken", name);
		if ((uint64_t)n > b->budget)
			return broken(b, "sheet.xlsx_bomb", name);
		b->budget -= (uint64_t)n;
		done += (uint64_t)n;
		if (XML_ParseBuffer(p->xml, (int)n, n == 0) == XML_STATUS_ERROR) {
			if (b->ctx->fault.kind != FAULT_NONE)
				return false; /* the reader of rows has said why */
			return broken(b,
				      p->refused ? "sheet.xlsx_refused"
						 : "sheet.xlsx_broken",
				      name);
		}
		if (shown)
			ctx_progress(b->ctx, "progress.reading",
				     done < size ? done : size, size);
		if (n == 0)
			return true;
	}
}

/* Parses a part of the workbook; *found tells whether it is there at all. */
static bool parse_part(book *b, str name, part *p, XML_StartElementHandler start,
		       XML_EndElementHandler end, bool *found)
{
	char *path = str_terminated(b->temp, name);
	zip_stat_t stat;
	*found = zip_stat(b->zip, path, 0, &stat) == 0;
	if (!*found)
		return true;
	zip_file_t *file = zip_fopen(b->zip, path, 0);
	if (!file)
		return broken(b, "sheet.xlsx_broken", name);
	arena_defer(b->temp, close_file, file);
	p->book = b;
	p->text.mem = b->temp;
	p->xml = XML_ParserCreate(NULL);
	if (!p->xml)
		return ctx_fail(b->ctx, FAULT_RESOURCE, "sheet.too_large", S(""), S(""));
	arena_defer(b->temp, free_xml, p->xml);
	XML_SetUserData(p->xml, p);
	XML_SetElementHandler(p->xml, start, end);
	XML_SetCharacterDataHandler(p->xml, on_text);
	XML_SetStartDoctypeDeclHandler(p->xml, on_doctype);
	uint64_t size = stat.valid & ZIP_STAT_SIZE ? stat.size : 0;
	return feed(p, file, name, size, b->sheet.s && str_equal(name, b->sheet));
}

/* ---- workbook.xml and its relations: where the first sheet is ----------------------------- */

typedef struct workbook_part {
	part part;
	str sheet_id; /* of the relation */
} workbook_part;

static void workbook_start(void *self, const char *name, const char **attr)
{
	workbook_part *w = self;
	name = local(name);
	const char *id = attribute(attr, "id"), *d1904 = attribute(attr, "date1904");
	if (strcmp(name, "sheet") == 0 && !w->sheet_id.s && id)
		w->sheet_id = str_copy(w->part.book->temp, str_from(id));
	if (strcmp(name, "workbookPr") == 0 && d1904)
		w->part.book->from_1904 =
			strcmp(d1904, "1") == 0 || strcmp(d1904, "true") == 0;
}

static void nothing(void *self, const char *name)
{
	(void)self, (void)name;
}

typedef struct relations_part {
	part part;
	str sheet_id;
} relations_part;

static void relations_start(void *self, const char *name, const char **attr)
{
	relations_part *r = self;
	book *b = r->part.book;
	const char *id = attribute(attr, "Id"), *type = attribute(attr, "Type"),
		   *target = attribute(attr, "Target");
	if (strcmp(local(name), "Relationship") != 0 || !id || !type || !target)
		return;
	str path = target[0] == '/' ? str_copy(b->temp, str_from(target + 1))
				    : str_format(b->temp, "xl/%s", target);
	if (str_equal(str_from(id), r->sheet_id))
		b->sheet = path;
	else if (str_ends(str_from(type), S("/sharedStrings")))
		b->strings = path;
	else if (str_ends(str_from(type), S("/styles")))
		b->style_path = path;
}

static bool find_parts(book *b)
{
	workbook_part w = {0};
	bool found;
	b->strings = S("xl/sharedStrings.xml");
	b->style_path = S("xl/styles.xml");
	if (!parse_part(b, S("xl/workbook.xml"), &w.part, workbook_start, nothing,
			&found))
		return false;
	if (!found || !w.sheet_id.s)
		return broken(b, "sheet.xlsx_no_sheet", S(""));
	relations_part r = {.sheet_id = w.sheet_id};
	if (!parse_part(b, S("xl/_rels/workbook.xml.rels"), &r.part, relations_start,
			nothing, &found))
		return false;
	if (!b->sheet.s)
		b->sheet = S("xl/worksheets/sheet1.xml");
	return true;
}

/* ---- shared strings ---------------------------------------------------------------------------- */

typedef struct strings_part {
	part part;
	size_t cap;
	int phonetic; /* inside <rPh>: how a word is said, not part of it */
} strings_part;

static void strings_start(void *self, const char *name, const char **attr)
{
	(void)attr;
	strings_part *s = self;
	name = local(name);
	if (strcmp(name, "si") == 0)
		s->part.text.n = 0;
	else if (strcmp(name, "rPh") == 0)
		s->phonetic++;
	else if (strcmp(name, "t") == 0)
		s->part.keep = !s->phonetic;
}

static void strings_end(void *self, const char *name)
{
	strings_part *s = self;
	book *b = s->part.book;
	name = local(name);
	if (strcmp(name, "t") == 0)
		s->part.keep = false;
	else if (strcmp(name, "rPh") == 0)
		s->phonetic--;
	if (strcmp(name, "si") != 0)
		return;
	if (b->shared_n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 256;
		b->shared = arena_grow(b->temp, b->shared, b->shared_n, s->cap,
				       sizeof *b->shared);
	}
	b->shared[b->shared_n++] = str_copy(b->temp, buf_str(&s->part.text));
}

/* ---- styles: which numbers are dates ---------------------------------------------------------------- */

typedef struct styles_part {
	part part;
	bool cells; /* inside <cellXfs> */
	size_t cap, formats, format_cap;
	struct custom {
		long id;
		date_style style;
	} * format;
} styles_part;

static void add_format(styles_part *s, const char **attr)
{
	const char *id = attribute(attr, "numFmtId"),
		   *code = attribute(attr, "formatCode");
	book *b = s->part.book;
	if (!id || !code)
		return;
	if (s->formats == s->format_cap) {
		s->format_cap = s->format_cap ? s->format_cap * 2 : 16;
		s->format = arena_grow(b->temp, s->format, s->formats, s->format_cap,
				       sizeof *s->format);
	}
	s->format[s->formats++] =
		(struct custom){strtol(id, NULL, 10), xlsx_format_style(str_from(code))};
}

static void add_style(styles_part *s, const char **attr)
{
	const char *text = attribute(attr, "numFmtId");
	book *b = s->part.book;
	long id = text ? strtol(text, NULL, 10) : 0;
	date_style style = xlsx_builtin_style(id);
	for (size_t i = 0; i < s->formats; i++)
		if (s->format[i].id == id)
			style = s->format[i].style;
	if (b->styles == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 64;
		b->style = arena_grow(b->temp, b->style, b->styles, s->cap,
				      sizeof *b->style);
	}
	b->style[b->styles++] = style;
}

static void styles_start(void *self, const char *name, const char **attr)
{
	styles_part *s = self;
	name = local(name);
	if (strcmp(name, "numFmt") == 0)
		add_format(s, attr);
	else if (strcmp(name, "cellXfs") == 0)
		s->cells = true;
	else if (strcmp(name, "xf") == 0 && s->cells)
		add_style(s, attr);
}

static void styles_end(void *self, const char *name)
{
	styles_part *s = self;
	if (strcmp(local(name), "cellXfs") == 0)
		s->cells = false;
}

/* ---- the sheet itself ----------------------------------------------------------------------------------- */

typedef struct sheet_part {
	part part;
	row_sink sink;
	str *cell; /* of the row so far */
	size_t cells, cap;
	int64_t row; /* its number in the workbook */
	size_t at;   /* column of the cell being read, from 0 */
	char type; /* first letter of t="…": s, i, b, e, d, or str as 't'; n for a number */
	size_t style;
	bool in_row, phonetic;
} sheet_part;

/* "BC12" is column 54, counted from 0; what lies too far out is in the last; SIZE_MAX for none. */
static size_t column_of(const char *ref)
{
	size_t n = 0;
	for (; ref && *ref >= 'A' && *ref <= 'Z' && n <= SHEET_COLUMNS_MAX; ref++)
		n = n * 26 + (size_t)(*ref - 'A') + 1;
	return n > SHEET_COLUMNS_MAX ? SHEET_COLUMNS_MAX - 1 : n ? n - 1 : SIZE_MAX;
}

static void row_start(sheet_part *s, const char **attr)
{
	const char *r = attribute(attr, "r");
	long long number = r ? strtoll(r, NULL, 10) : 0;
	s->row = number > 0 ? number : s->row + 1;
	s->cells = 0;
	s->at = 0;
	s->in_row = true;
}

static void cell_start(sheet_part *s, const char **attr)
{
	const char *type = attribute(attr, "t"), *style = attribute(attr, "s");
	size_t at = column_of(attribute(attr, "r"));
	s->at = at != SIZE_MAX ? at : s->cells;
	s->type = !type ? 'n' : strcmp(type, "str") == 0 ? 't' : type[0];
	s->style = style ? (size_t)strtoul(style, NULL, 10) : 0;
	s->part.text.n = 0;
}

static void sheet_start(void *self, const char *name, const char **attr)
{
	sheet_part *s = self;
	name = local(name);
	if (strcmp(name, "row") == 0)
		row_start(s, attr);
	else if (strcmp(name, "c") == 0 && s->in_row)
		cell_start(s, attr);
	else if (strcmp(name, "rPh") == 0)
		s->phonetic = true;
	else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
		s->part.keep = s->in_row && !s->phonetic;
}

static str cell_value(sheet_part *s)
{
	book *b = s->part.book;
	str text = buf_str(&s->part.text);
	int64_t index;
	if (s->type == 's') {
		bool ok = str_to_int(str_trim(text), 0, INT32_MAX, &index) &&
			  (size_t)index < b->shared_n;
		return ok ? b->shared[index] : S("");
	}
	if (s->type == 'n' && text.n) {
		date_style style =
			s->style < b->styles ? b->style[s->style] : DATE_STYLE_NONE;
		return xlsx_number(b->rows, text, style, b->from_1904);
	}
	return str_copy(b->rows, text);
}

static void cell_end(sheet_part *s)
{
	book *b = s->part.book;
	if (s->at >= SHEET_COLUMNS_MAX)
		s->at = SHEET_COLUMNS_MAX - 1;
	if (s->at >= s->cap) {
		size_t cap = s->at * 2 + 64;
		s->cell = arena_grow(b->temp, s->cell, s->cells, cap, sizeof *s->cell);
		s->cap = cap;
	}
	while (s->cells <= s->at)
		s->cell[s->cells++] = S("");
	s->cell[s->at] = cell_value(s);
}

static void sheet_end(void *self, const char *name)
{
	sheet_part *s = self;
	book *b = s->part.book;
	name = local(name);
	if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
		s->part.keep = false;
	else if (strcmp(name, "rPh") == 0)
		s->phonetic = false;
	else if (strcmp(name, "c") == 0 && s->in_row)
		cell_end(s);
	if (strcmp(name, "row") != 0 || !s->in_row)
		return;
	s->in_row = false;
	if (s->cells && !s->sink.row(s->sink.self, s->cell, s->cells, s->row))
		XML_StopParser(s->part.xml, XML_FALSE);
	arena_reset(b->rows, b->empty);
}

/* ---- all of it -------------------------------------------------------------------------------------------- */

static void free_rows(void *rows)
{
	arena_free(rows);
}

static void discard(void *zip)
{
	zip_discard(zip);
}

static bool open_zip(book *b, str bytes)
{
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(bytes.s, bytes.n, 0, &error);
	b->zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
	zip_error_fini(&error);
	if (!b->zip) {
		if (source)
			zip_source_free(source);
		return broken(b, "sheet.xlsx_broken", S(""));
	}
	arena_defer(b->temp, discard, b->zip);
	return true;
}

bool sheet_rows_xlsx(ctx *c, arena *temp, str file, str bytes, row_sink sink)
{
	book *b = NEW(temp, book);
	*b = (book){.ctx = c,
		    .temp = temp,
		    .file = file,
		    .budget = bytes.n * UNPACK_RATIO + UNPACK_FREE};
	if (b->budget > UNPACK_MOST)
		b->budget = UNPACK_MOST;
	b->rows = arena_new(0);
	arena_defer(temp, free_rows, b->rows);
	arena_alloc(b->rows, 1, 1); /* so that emptying it keeps its first chunk */
	b->empty = arena_here(b->rows);
	bool found;
	strings_part strings = {0};
	styles_part styles = {0};
	if (!open_zip(b, bytes) || !find_parts(b) ||
	    !parse_part(b, b->strings, &strings.part, strings_start, strings_end,
			&found) ||
	    !parse_part(b, b->style_path, &styles.part, styles_start, styles_end, &found))
		return false;
	sheet_part s = {.sink = sink};
	if (!parse_part(b, b->sheet, &s.part, sheet_start, sheet_end, &found))
		return false;
	return found ? true : broken(b, "sheet.xlsx_no_sheet", b->sheet);
}
