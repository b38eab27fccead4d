/* kompis restore: from a backup to a new directory. */
#include "cli/cli.h"
#include "store/store.h"

static void say_done(cli *c, const store_copy *r)
{
	arena *mem = c->ctx->mem;
	const str said[] = {r->dir, view_date(mem, c->lang, (int32_t)(r->at / 86400000)),
			    view_number(mem, c->lang, r->people),
			    view_number(mem, c->lang, r->erased)};
	cli_say(c, "restore.done", said, ARRAY_LEN(said));
	if (r->erased)
		cli_say(c, "restore.erased", said + 3, 1);
	cli_say(c, "restore.next", said, 1);
}

int cmd_restore(cli *c)
{
	str key = S(""), operand[2];
	store_copy r = {.keys = S("")};
	int operands;
	bool done = false;
	const cli_option option[] = {
		{.name = "--key", .kind = OPTION_TEXT, .target = &key},
		{.name = "--keys", .kind = OPTION_TEXT, .target = &r.keys},
	};
	if (!cli_options(c, "restore", option, ARRAY_LEN(option), 2, 2, operand,
			 &operands, &done))
		return cli_fault(c);
	if (done)
		return 0;
	cli_clock(c);
	r.file = operand[0];
	r.dir = operand[1];
	r.key = S("");
	if (key.n && !cli_file_read(c->ctx, key, &r.key))
		return cli_fault(c);
	if (!store_restore(c->ctx, &r))
		return cli_fault(c);
	say_done(c, &r);
	return 0;
}
