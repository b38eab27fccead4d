/* sheet_help - what the tests of the sheet room share: a job, files, a grid of raw cells. */
#ifndef SHEET_HELP_H
#define SHEET_HELP_H

#include "sheet/sheet_priv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define FIRST_OF_2023 19358

static inline ctx test_job(void)
{
	return (ctx){.mem = arena_new(0), .today = FIRST_OF_2023};
}

static inline str test_file(arena *mem, const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		fail_msg("cannot read %s", path);
	buf b = {.mem = mem};
	char chunk[65536];
	for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
		buf_add(&b, (str){chunk, n});
	fclose(f);
	return buf_str(&b);
}

/* All rows as they stand, heading first. */
typedef struct test_grid {
	arena *mem;
	str **row;
	size_t *cells;
	size_t rows;
} test_grid;

static inline bool test_grid_row(void *self, const str *cell, size_t cells, int64_t line)
{
	(void)line;
	test_grid *g = self;
	g->row = arena_grow(g->mem, g->row, g->rows, g->rows + 1, sizeof *g->row);
	g->cells = arena_grow(g->mem, g->cells, g->rows, g->rows + 1, sizeof *g->cells);
	g->row[g->rows] = NEW_ARRAY(g->mem, str, cells);
	for (size_t i = 0; i < cells; i++)
		g->row[g->rows][i] = str_copy(g->mem, cell[i]);
	g->cells[g->rows++] = cells;
	return true;
}

static inline test_grid test_grid_read(ctx *c, const char *path, char delimiter)
{
	test_grid g = {.mem = c->mem};
	str text;
	const char *encoding;
	assert_true(
		sheet_decode(c, S("grid"), test_file(c->mem, path), &text, &encoding));
	assert_true(sheet_rows_csv(c, c->mem, S("grid"), text, delimiter, 1,
				   (row_sink){test_grid_row, &g}));
	return g;
}

static inline size_t test_column(const test_grid *g, str heading)
{
	for (size_t i = 0; i < g->cells[0]; i++)
		if (str_equal(g->row[0][i], heading))
			return i;
	fail_msg("no column %.*s", STR_ARG(heading));
	return 0;
}

static inline sheet test_sheet(ctx *c, str bytes)
{
	sheet s;
	if (!sheet_read(c, S("people.csv"), bytes, &s))
		fail_msg("fault %s", c->fault.key);
	return s;
}

static inline const sheet_problem *test_problem(const sheet *s, uint32_t row, field_id f)
{
	for (size_t i = 0; i < s->problems; i++)
		if (s->problem[i].row == row && s->problem[i].field == f)
			return &s->problem[i];
	return NULL;
}

/* A sheet of one column beside the side, and what became of its cell. */
static inline str test_one(ctx *c, const char *heading, const char *cell, sheet *out)
{
	buf b = {.mem = c->mem};
	buf_format(&b, "Typ\t%s\nNy svensk\t\"%s\"\n", heading, cell);
	*out = test_sheet(c, buf_str(&b));
	for (int f = 0; f < FIELD_COUNT; f++)
		if (f != FIELD_SIDE && out->has[f])
			return model_people_value(&out->people, 0, (field_id)f);
	fail_msg("heading %s not known", heading);
	return S("");
}

#endif
