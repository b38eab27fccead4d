/* Reading a sheet for a command: what cannot be used is said before anything is done. */
#include <stdio.h>

#include "cli/sheet.h"

/* "people.csv:8:0: row 7: The row has fewer cells than the headings." */
static void print_problem(cli *c, str file, const sheet_problem *p)
{
	arena *mem = c->ctx->mem;
	arena_mark here = arena_here(mem);
	buf could_be = {.mem = mem};
	for (size_t i = 0; i < p->could_be_n; i++) {
		buf_add(&could_be, i ? S(", ") : S(""));
		buf_add(&could_be, p->could_be[i]);
	}
	str heading = p->field < FIELD_COUNT ? model_field[p->field].heading : S("");
	str arg[] = {str_format(mem, "%u", p->row), heading, view_inert(mem, p->read),
		     view_say(mem, c->lang, p->key, NULL, 0),
		     view_inert(mem, buf_str(&could_be))};
	const char *key = !heading.n      ? "cli.sheet.row"
			  : p->could_be_n ? "cli.sheet.cell_could_be"
					  : "cli.sheet.cell";
	str text = view_say(mem, c->lang, key, arg, ARRAY_LEN(arg));
	fprintf(stderr, "%.*s:%lld:%d: %.*s\n", STR_ARG(view_inert(mem, file)),
		(long long)p->line, p->column, STR_ARG(text));
	arena_reset(mem, here);
}

bool cli_sheet_read(cli *c, str file, bool skip_bad, sheet *out)
{
	str bytes;
	if (!cli_file_read(c->ctx, file, &bytes) || !sheet_read(c->ctx, file, bytes, out))
		return false;
	if (!out->unusable || skip_bad)
		return true;
	for (size_t i = 0; i < out->problems; i++)
		print_problem(c, file, &out->problem[i]);
	str n = view_number(c->ctx->mem, c->lang, out->unusable);
	return ctx_fail_at(c->ctx, FAULT_INPUT, file, 0, 0, "cli.sheet.unusable", n,
			   S(""));
}
