/* kompis backup: a copy of what is kept, also while the server runs. */
#include "cli/cli.h"
#include "store/store.h"

int cmd_backup(cli *c)
{
	str data = S(""), file[1];
	int files;
	bool done = false;
	store_base *b;
	const cli_option option[] = {
		{.name = "--data", .kind = OPTION_TEXT, .target = &data},
	};
	if (!cli_options(c, "backup", option, ARRAY_LEN(option), 1, 1, file, &files,
			 &done))
		return cli_fault(c);
	if (done)
		return 0;
	cli_clock(c);
	if (!cli_store(c->ctx, cli_data(data), true, &b))
		return cli_fault(c);
	bool ok = store_backup(c->ctx, b, file[0]);
	store_base_close(b);
	if (!ok)
		return cli_fault(c);
	cli_say(c, "backup.done", file, 1);
	return 0;
}
