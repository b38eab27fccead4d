/* kompis migrate-database: from files to PostgreSQL or back, all of it, compared at both ends. */
#include <stdlib.h>

#include "cli/cli.h"
#include "store/store.h"

/* A directory, or a connection string, whose keys have one of their own. */
static store_where where_of(str operand, str keys)
{
	bool server = str_find(operand, S("://")) > 0;
	str usual = str_from(getenv("KOMPIS_KEYS"));
	if (!server)
		return (store_where){.dir = operand};
	return (store_where){.database = operand, .keys = keys.n ? keys : usual};
}

int cmd_migrate_database(cli *c)
{
	str operand[2];
	str from_keys = S(""), to_keys = S("");
	int operands;
	bool done = false;
	const cli_option option[] = {
		{.name = "--from-keys", .kind = OPTION_TEXT, .target = &from_keys},
		{.name = "--to-keys", .kind = OPTION_TEXT, .target = &to_keys},
	};
	if (!cli_options(c, "migrate-database", option, ARRAY_LEN(option), 2, 2, operand,
			 &operands, &done))
		return cli_fault(c);
	if (done)
		return 0;
	cli_clock(c);
	store_move m = {.from = where_of(operand[0], from_keys),
			.to = where_of(operand[1], to_keys)};
	if (!store_move_all(c->ctx, &m))
		return cli_fault(c);
	const str said[] = {view_number(c->ctx->mem, c->lang, m.rows),
			    view_number(c->ctx->mem, c->lang, m.tables)};
	cli_say(c, "move.done", said, ARRAY_LEN(said));
	cli_say(c, m.to.dir.n ? "move.next_files" : "move.next_server", NULL, 0);
	return 0;
}
