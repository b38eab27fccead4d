/* kompis import: what a sheet says, what in it is unclear, and who may be in it twice. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "sheet/sheet.h"

enum { CELL_WIDTH = 34, COLUMNS = 6 };

/* ---- a table on the terminal ------------------------------------------------------- */

/* Text that cannot steer the terminal, cut to a width. */
static str shown(arena *mem, str s, size_t most, size_t *width)
{
	buf b = {.mem = mem};
	*width = 0;
	s = view_inert(mem, s);
	for (size_t pos = 0; pos < s.n;) {
		size_t from = pos;
		utf8_next(s, &pos);
		str letter = str_slice(s, from, pos);
		if (*width + cli_width(letter) > most - 1 && pos < s.n) {
			buf_add(&b, S("…"));
			++*width;
			break;
		}
		*width += cli_width(letter);
		buf_add(&b, letter);
	}
	return buf_str(&b);
}

typedef struct grid {
	cli *c;
	size_t width[COLUMNS], columns;
	bool bold;
} grid;

static void grid_measure(grid *g, const str *cell)
{
	arena_mark here = arena_here(g->c->ctx->mem);
	for (size_t i = 0; i < g->columns; i++) {
		size_t width;
		shown(g->c->ctx->mem, cell[i], CELL_WIDTH, &width);
		if (width > g->width[i])
			g->width[i] = width;
	}
	arena_reset(g->c->ctx->mem, here);
}

/* The last column is not cut: nothing stands after it. */
static void grid_print(grid *g, const str *cell)
{
	arena_mark here = arena_here(g->c->ctx->mem);
	if (g->bold)
		fputs("\033[1m", stdout);
	for (size_t i = 0; i < g->columns; i++) {
		size_t width;
		bool last = i + 1 == g->columns;
		str text = shown(g->c->ctx->mem, cell[i], last ? SIZE_MAX : CELL_WIDTH,
				 &width);
		printf("%s%.*s", i ? "  " : "", STR_ARG(text));
		if (!last)
			printf("%*s", (int)(g->width[i] - width), "");
	}
	fputs(g->bold ? "\033[0m\n" : "\n", stdout);
	arena_reset(g->c->ctx->mem, here);
}

/* A table: `cells` fills the cells of row i. The first pass measures, the second prints. */
static void grid_show(cli *c, const char *const *heading, size_t columns, size_t rows,
		      void (*cells)(cli *c, const sheet *s, size_t i, str *cell),
		      const sheet *s)
{
	grid g = {.c = c, .columns = columns};
	str head[COLUMNS], cell[COLUMNS];
	for (size_t i = 0; i < columns; i++)
		head[i] = view_say(c->ctx->mem, c->lang, heading[i], NULL, 0);
	grid_measure(&g, head);
	for (int pass = 0; pass < 2; pass++) {
		if (pass) {
			g.bold = c->color;
			grid_print(&g, head);
			g.bold = false;
		}
		for (size_t i = 0; i < rows; i++) {
			arena_mark here = arena_here(c->ctx->mem);
			cells(c, s, i, cell);
			if (pass)
				grid_print(&g, cell);
			else
				grid_measure(&g, cell);
			arena_reset(c->ctx->mem, here);
		}
	}
}

static str number(cli *c, int64_t n)
{
	return n ? str_format(c->ctx->mem, "%lld", (long long)n) : S("");
}

static str joined(arena *mem, const str *item, size_t n)
{
	buf b = {.mem = mem};
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add(&b, S(", "));
		buf_add(&b, item[i]);
	}
	return buf_str(&b);
}

/* ---- what was read --------------------------------------------------------------------- */

/* How often a column was read and was not, by field. */
typedef struct tally {
	field_id field[FIELD_COUNT];
	size_t read[FIELD_COUNT], unclear[FIELD_COUNT], fields;
} tally;

static void count_cells(const sheet *s, tally *t)
{
	size_t read[FIELD_COUNT] = {0}, unclear[FIELD_COUNT] = {0};
	for (size_t i = 0; i < s->people.n; i++) {
		const char *value = s->people.record[i];
		for (int f = 0; f < FIELD_COUNT; f++) {
			size_t n = strlen(value);
			read[f] += n > 0;
			value += n + 1;
		}
	}
	for (size_t i = 0; i < s->problems; i++)
		if (s->problem[i].row && s->problem[i].field < FIELD_COUNT)
			unclear[s->problem[i].field]++;
	*t = (tally){0};
	for (int f = 0; f < FIELD_COUNT; f++) {
		if (!s->has[f])
			continue;
		t->field[t->fields] = (field_id)f;
		t->read[t->fields] = read[f];
		t->unclear[t->fields++] = unclear[f];
	}
}

static void print_columns(cli *c, const sheet *s)
{
	tally t;
	count_cells(s, &t);
	grid g = {.c = c, .columns = 3};
	static const char *const heading[] = {"import.column", "import.read",
					      "import.unclear"};
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i <= t.fields; i++) {
			str cell[3];
			for (size_t k = 0; k < 3; k++)
				cell[k] = i ? S("")
					    : view_say(c->ctx->mem, c->lang, heading[k],
						       NULL, 0);
			if (i) {
				cell[0] = model_field[t.field[i - 1]].heading;
				cell[1] = view_number(c->ctx->mem, c->lang,
						      (int64_t)t.read[i - 1]);
				cell[2] = t.unclear[i - 1]
						  ? view_number(c->ctx->mem, c->lang,
								(int64_t)t.unclear[i - 1])
						  : S("");
			}
			g.bold = pass && !i && c->color;
			(pass ? grid_print : grid_measure)(&g, cell);
		}
	}
}

static str column_name(cli *c, const sheet_problem *p)
{
	if (p->field < FIELD_COUNT)
		return model_field[p->field].heading;
	return number(c, p->column);
}

static void problem_cells(cli *c, const sheet *s, size_t i, str *cell)
{
	const sheet_problem *p = &s->problem[i];
	str what = view_say(c->ctx->mem, c->lang, p->key, NULL, 0);
	if (p->unusable) {
		str left_out = view_say(c->ctx->mem, c->lang, "import.left_out", NULL, 0);
		what = str_format(c->ctx->mem, "%.*s %.*s", STR_ARG(what),
				  STR_ARG(left_out));
	}
	cell[0] = number(c, p->row);
	cell[1] = number(c, p->line);
	cell[2] = column_name(c, p);
	cell[3] = p->read;
	cell[4] = joined(c->ctx->mem, p->could_be, p->could_be_n);
	cell[5] = what;
}

static str name_of(cli *c, const sheet *s, uint32_t row)
{
	str given = model_people_value(&s->people, row - 1, FIELD_GIVEN);
	str family = model_people_value(&s->people, row - 1, FIELD_FAMILY);
	return str_trim(
		str_format(c->ctx->mem, "%.*s %.*s", STR_ARG(given), STR_ARG(family)));
}

static void duplicate_cells(cli *c, const sheet *s, size_t i, str *cell)
{
	const sheet_duplicate *d = &s->duplicate[i];
	cell[0] = number(c, d->earlier);
	cell[1] = name_of(c, s, d->earlier);
	cell[2] = number(c, d->later);
	cell[3] = name_of(c, s, d->later);
	cell[4] = view_say(c->ctx->mem, c->lang, d->key, NULL, 0);
}

static void say_section(cli *c, const char *key, size_t n)
{
	str text = view_say_count(c->ctx->mem, c->lang, key, (int64_t)n, NULL, 0);
	printf("\n%s%.*s%s\n", c->color ? "\033[1m" : "", STR_ARG(text),
	       c->color ? "\033[0m" : "");
}

static void print_source(cli *c, str file, const sheet *s)
{
	arena *mem = c->ctx->mem;
	const char *key = s->delimiter == '\t' ? "import.source_tab"
			  : s->delimiter       ? "import.source"
					       : "import.source_xlsx";
	str arg[] = {view_inert(mem, file), str_from(s->encoding),
		     str_format(mem, "%c", s->delimiter ? s->delimiter : ' ')};
	cli_say(c, key, arg, s->delimiter ? ARRAY_LEN(arg) : 2);
}

static void print_headings(cli *c, const sheet *s)
{
	if (!s->unknown_headings)
		return;
	say_section(c, "import.unknown_headings", s->unknown_headings);
	for (size_t i = 0; i < s->unknown_headings; i++) {
		str text = view_inert(c->ctx->mem, s->unknown_heading[i]);
		printf("%.*s\n", STR_ARG(text));
	}
}

static void print_tables(cli *c, str file, const sheet *s)
{
	static const char *const problem_heading[] = {"import.row",      "import.line",
						      "import.column",   "import.stands",
						      "import.could_be", "import.what"};
	static const char *const duplicate_heading[] = {"import.row", "import.person",
							"import.row", "import.person",
							"import.reason"};
	print_source(c, file, s);
	say_section(c, "import.rows", s->people.n);
	print_columns(c, s);
	print_headings(c, s);
	if (s->problems) {
		say_section(c, "import.problems", s->problems);
		grid_show(c, problem_heading, ARRAY_LEN(problem_heading), s->problems,
			  problem_cells, s);
	}
	if (s->duplicates) {
		say_section(c, "import.duplicates", s->duplicates);
		grid_show(c, duplicate_heading, ARRAY_LEN(duplicate_heading),
			  s->duplicates, duplicate_cells, s);
	}
	say_section(c, s->unusable ? "import.unusable" : "import.all_usable",
		    s->unusable ? s->unusable : s->people.n);
}

/* ---- the same as JSON, a row at a time ----------------------------------------------------- */

static json_t *text(str s)
{
	return json_stringn(s.s ? s.s : "", s.n);
}

static json_t *problem_json(cli *c, const sheet_problem *p)
{
	json_t *could_be = json_array();
	for (size_t i = 0; i < p->could_be_n; i++)
		json_array_append_new(could_be, text(p->could_be[i]));
	json_t *o = json_object();
	json_object_set_new(o, "column", text(column_name(c, p)));
	json_object_set_new(o, "read", text(p->read));
	json_object_set_new(o, "could_be", could_be);
	return o;
}

static json_t *values_json(const sheet *s, size_t i)
{
	json_t *o = json_object();
	const char *value = s->people.record[i];
	for (int f = 0; f < FIELD_COUNT; f++) {
		if (s->has[f])
			json_object_set_new(o, model_field[f].heading.s,
					    json_string(value));
		value += strlen(value) + 1;
	}
	return o;
}

static bool dump(cli *c, json_t *o)
{
	bool ok = o && json_dumpf(o, stdout, JSON_COMPACT) == 0;
	json_decref(o);
	return ok ? true
		  : ctx_fail(c->ctx, FAULT_RESOURCE, "cli.cannot_print", S(""), S(""));
}

static bool print_json(cli *c, const sheet *s)
{
	size_t p = 0;
	while (p < s->problems && !s->problem[p].row)
		p++; /* those of the heading belong to no row */
	fputs("{\"rows\":[", stdout);
	for (size_t i = 0; i < s->people.n; i++) {
		json_t *problems = json_array(), *o = json_object();
		for (; p < s->problems && s->problem[p].row == i + 1; p++)
			json_array_append_new(problems, problem_json(c, &s->problem[p]));
		json_object_set_new(o, "row", json_integer((json_int_t)i + 1));
		json_object_set_new(o, "values", values_json(s, i));
		json_object_set_new(o, "problems", problems);
		fputs(i ? ",\n" : "\n", stdout);
		if (!dump(c, o))
			return false;
	}
	fputs("\n],\"duplicates\":[", stdout);
	for (size_t i = 0; i < s->duplicates; i++)
		printf("%s[%u,%u]", i ? "," : "", s->duplicate[i].earlier,
		       s->duplicate[i].later);
	fputs("]}\n", stdout);
	return true;
}

/* What has no place in the JSON is said beside it: nothing is left out silently. */
static void warn_of_heading(cli *c, const sheet *s)
{
	for (size_t i = 0; i < s->unknown_headings; i++) {
		str arg = view_inert(c->ctx->mem, s->unknown_heading[i]);
		str line =
			view_say(c->ctx->mem, c->lang, "import.heading_unknown", &arg, 1);
		fprintf(stderr, "kompis: %.*s\n", STR_ARG(line));
	}
	for (size_t i = 0; i < s->problems && !s->problem[i].row; i++) {
		str line = view_say(c->ctx->mem, c->lang, s->problem[i].key, NULL, 0);
		fprintf(stderr, "kompis: %.*s\n", STR_ARG(line));
	}
}

static bool run(cli *c, str file, bool as_json, bool *unusable)
{
	str bytes;
	sheet s;
	if (!cli_file_read(c->ctx, file, &bytes) || !sheet_read(c->ctx, file, bytes, &s))
		return false;
	*unusable = s.unusable > 0;
	if (!as_json) {
		print_tables(c, file, &s);
		return true;
	}
	warn_of_heading(c, &s);
	return print_json(c, &s);
}

int cmd_import(cli *c)
{
	bool check = false, as_json = false, done = false, unusable = false;
	str operand[1];
	int operands;
	const cli_option option[] = {
		{.name = "--check", .kind = OPTION_FLAG, .target = &check},
		{.name = "--json", .kind = OPTION_FLAG, .target = &as_json},
		{.name = "--date", .kind = OPTION_DATE, .target = &c->ctx->today},
	};
	if (!cli_options(c, "import", option, ARRAY_LEN(option), 1, 1, operand, &operands,
			 &done))
		return cli_fault(c);
	if (done)
		return 0;
	if (!check) {
		ctx_fail(c->ctx, FAULT_USAGE, "import.only_check", S(""), S(""));
		return cli_fault(c);
	}
	if (!run(c, operand[0], as_json, &unusable))
		return cli_fault(c);
	return unusable ? fault_exit_code(FAULT_INPUT) : 0;
}
