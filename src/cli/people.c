/* The people of an installation, as the sheet they would be. */
#include "cli/people.h"

#include "act/round.h"

enum { DAY_MS = 86400000 };

static bool waiting(ctx *c, str dir, people_list *out)
{
	store_base *base;
	if (!cli_store(c, dir, true, &base))
		return false;
	arena *mem = arena_new(0);
	bool ok = store_open(c, mem, base, &c->store) &&
		  store_people_all(c, 1u << STATE_WAITING, out);
	c->store = NULL;
	arena_free(mem);
	store_base_close(base);
	return ok;
}

bool cli_people_read(cli *c, str dir, sheet *out)
{
	ctx *x = c->ctx;
	people_list all = {0};
	if (!x->now)
		x->now = (int64_t)x->today * DAY_MS;
	if (!waiting(x, dir, &all))
		return false;
	if (!all.item_n)
		return ctx_fail_at(x, FAULT_INPUT, dir, 0, 0, "cli.match.nobody_waits",
				   S(""), S(""));
	round_person *row = act_people_rows(x->mem, &all, NULL, NULL, 0);
	return sheet_read(x, dir, act_rows_sheet(x->mem, row, all.item_n), out);
}
