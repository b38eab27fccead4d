/* kompis demo: an invented programme with a history, to look around in. */
#include <time.h>

#include "act/demo.h"
#include "cli/cli.h"
#include "sheet/sheet.h"

static bool fill(cli *c, str file, str dir, int64_t seed, sheet *s)
{
	str bytes;
	store_base *base;
	ctx *x = c->ctx;
	if (!cli_file_read(x, file, &bytes) || !sheet_read(x, file, bytes, s) ||
	    !cli_store(x, dir, false, &base))
		return false;
	arena *mem = arena_new(0);
	bool ok = store_open(x, mem, base, &x->store) &&
		  act_demo_fill(x, s, (uint64_t)seed);
	arena_free(mem);
	store_base_close(base);
	return ok;
}

int cmd_demo(cli *c)
{
	str dir = S("kompis-data"), operand[1];
	int64_t seed = 1;
	int operands;
	bool done = false;
	sheet s;
	const cli_option option[] = {
		{"--data", OPTION_TEXT, &dir, 0, 0},
		{"--seed", OPTION_INT, &seed, 0, INT64_MAX},
	};
	if (!cli_options(c, "demo", option, ARRAY_LEN(option), 1, 1, operand, &operands,
			 &done))
		return cli_fault(c);
	if (done)
		return 0;
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	c->ctx->now = (int64_t)t.tv_sec * 1000;
	c->ctx->today = date_local(c->ctx->now).day;
	if (!fill(c, operand[0], dir, seed, &s))
		return cli_fault(c);
	str arg[] = {view_number(c->ctx->mem, c->lang, (int64_t)s.people.n), dir};
	cli_say(c, "cli.demo.done", arg, ARRAY_LEN(arg));
	return 0;
}
