/*
 * Rows of a delimited text file, cut by libcsv (RFC 4180 and what spreadsheets make of it).
 *
 * libcsv does not count lines; it is fed one line at a time, so that a row knows where it began.
 */
#include <csv.h>
#include <string.h>

#include "sheet/sheet_priv.h"

enum {
	HEADING_BYTES = 1 << 16,
	ROW_BYTES = 4 << 20, /* more is no person: mostly a quotation mark never closed */
	CELL_BLOCK = 1 << 12,
	PROGRESS_EVERY = 1 << 20,
};

/* ---- which delimiter ------------------------------------------------------------- */

typedef struct score {
	size_t known, cells;
} score;

static bool is_known(const words *w, arena *scratch, str cell)
{
	int64_t value;
	cell = sheet_trim(cell);
	if (cell.n > 1 && cell.s[0] == '"' && cell.s[cell.n - 1] == '"')
		cell = str_slice(cell, 1, cell.n - 1);
	return word_find(w, WORDS_HEADING, sheet_heading_key(scratch, cell), &value);
}

static score score_first_row(const words *w, arena *scratch, str text, char delimiter)
{
	score x = {0};
	bool quoted = false;
	size_t from = 0, i = 0;
	for (; i < text.n && i < HEADING_BYTES; i++) {
		char c = text.s[i];
		quoted ^= c == '"';
		if (quoted || (c != delimiter && c != '\n' && c != '\r'))
			continue;
		x.cells++;
		x.known += is_known(w, scratch, str_slice(text, from, i));
		from = i + 1;
		if (c != delimiter)
			return x;
	}
	x.cells++;
	x.known += is_known(w, scratch, str_slice(text, from, i));
	return x;
}

/* Excel's own line before the heading. */
static bool cut_sep_line(str *text, int64_t *line, char *delimiter)
{
	bool sep = text->n >= 5 &&
		   (str_starts(*text, S("sep=")) || str_starts(*text, S("SEP=")));
	if (!sep || !memchr(";,\t", text->s[4], 3))
		return false;
	size_t n = 5;
	while (n < text->n && text->s[n] != '\n' && text->s[n] != '\r')
		n++;
	if (str_trim(str_slice(*text, 5, n)).n)
		return false;
	if (n + 1 < text->n && text->s[n] == '\r' && text->s[n + 1] == '\n')
		n++;
	*delimiter = text->s[4];
	*text = str_slice(*text, n + 1, text->n);
	++*line;
	return true;
}

char sheet_delimiter(const words *w, arena *scratch, str *text, int64_t *line)
{
	static const char candidate[] = {';', ',', '\t'};
	char best = ';';
	score most = {0};
	if (cut_sep_line(text, line, &best))
		return best;
	str first = *text;
	while (first.n && memchr(" \r\n", first.s[0], 3))
		first = str_slice(first, 1, first.n);
	for (size_t i = 0; i < ARRAY_LEN(candidate); i++) {
		score x = score_first_row(w, scratch, first, candidate[i]);
		if (x.known > most.known ||
		    (x.known == most.known && x.cells > most.cells)) {
			most = x;
			best = candidate[i];
		}
	}
	return best;
}

/* ---- rows -------------------------------------------------------------------------- */

typedef struct span {
	size_t from, n;
} span;

typedef struct csv {
	row_sink sink;
	buf text;  /* cells of the row so far, one after the other */
	buf spans; /* of span: where each is */
	str *cell;
	size_t cells, cap;
	int64_t line; /* where the row began */
	bool ok;
	arena *mem;
} csv;

static void on_cell(void *bytes, size_t n, void *self)
{
	csv *r = self;
	span s = {r->text.n, n};
	if (n)
		buf_add(&r->text, (str){bytes, n});
	buf_add(&r->spans, (str){(const char *)&s, sizeof s});
	r->cells++;
}

static void on_row(int end, void *self)
{
	(void)end;
	csv *r = self;
	if (r->cells > r->cap) {
		size_t cap = r->cells * 2;
		r->cell = NEW_ARRAY(r->mem, str, cap);
		r->cap = cap;
	}
	for (size_t i = 0; i < r->cells; i++) {
		span s;
		memcpy(&s, r->spans.s + i * sizeof s, sizeof s);
		r->cell[i] = s.n ? (str){r->text.s + s.from, s.n} : S("");
	}
	if (r->ok && r->cells)
		r->ok = r->sink.row(r->sink.self, r->cell, r->cells, r->line);
	r->text.n = r->spans.n = r->cells = 0;
}

static void free_parser(void *p)
{
	csv_free(p);
}

/* The end of the line that begins at `from`, its line break included; CR alone is one too. */
static size_t line_end(str s, size_t from)
{
	const char *lf = memchr(s.s + from, '\n', s.n - from);
	size_t end = lf ? (size_t)(lf - s.s) + 1 : s.n;
	const char *cr = memchr(s.s + from, '\r', end - from);
	if (!cr)
		return end;
	size_t after = (size_t)(cr - s.s) + 1;
	return after < s.n && s.s[after] == '\n' ? after + 1 : after;
}

static bool unclosed(ctx *c, str file, int64_t line)
{
	return ctx_fail_at(c, FAULT_INPUT, file, line, 0, "sheet.unclosed_quote", S(""),
			   S(""));
}

static bool parse_lines(ctx *c, struct csv_parser *p, csv *r, str file, str text)
{
	int64_t line = r->line;
	size_t row_from = 0, shown = 0;
	for (size_t pos = 0; pos < text.n; line++) {
		size_t end = line_end(text, pos);
		if (p->pstate == 0) { /* between rows */
			r->line = line;
			row_from = pos;
		}
		if (end - row_from > ROW_BYTES)
			return ctx_fail_at(c, FAULT_INPUT, file, r->line, 0,
					   "sheet.row_too_long", S(""), S(""));
		if (csv_parse(p, text.s + pos, end - pos, on_cell, on_row, r) !=
		    end - pos)
			return ctx_fail_at(c, FAULT_RESOURCE, file, line, 0,
					   "sheet.too_large", S(""), S(""));
		if (!r->ok)
			return false;
		pos = end;
		if (pos - shown > PROGRESS_EVERY) {
			shown = pos;
			ctx_progress(c, "progress.reading", pos, text.n);
		}
	}
	ctx_progress(c, "progress.reading", text.n, text.n);
	return true;
}

bool sheet_rows_csv(ctx *c, arena *scratch, str file, str text, char delimiter,
		    int64_t line, row_sink sink)
{
	struct csv_parser *p = NEW(scratch, struct csv_parser);
	csv r = {.sink = sink,
		 .text = {.mem = scratch},
		 .spans = {.mem = scratch},
		 .mem = scratch,
		 .line = line,
		 .ok = true};
	if (csv_init(p, 0) != 0)
		return ctx_fail(c, FAULT_RESOURCE, "sheet.too_large", S(""), S(""));
	csv_set_delim(p, (unsigned char)delimiter);
	csv_set_blk_size(p, CELL_BLOCK);
	arena_defer(scratch, free_parser, p);
	if (!parse_lines(c, p, &r, file, text))
		return false;
	csv_set_opts(p, CSV_STRICT | CSV_STRICT_FINI);
	if (csv_fini(p, on_cell, on_row, &r) != 0)
		return unclosed(c, file, r.line);
	return r.ok;
}
