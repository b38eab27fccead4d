/* kompis key export: the master key, for a safe. */
#include <stdio.h>

#include "cli/cli.h"
#include "store/store.h"

int cmd_key(cli *c)
{
	str data = S(""), verb[1], text, words;
	int verbs;
	bool done = false;
	store_base *b;
	const cli_option option[] = {
		{.name = "--data", .kind = OPTION_TEXT, .target = &data},
	};
	if (!cli_options(c, "key", option, ARRAY_LEN(option), 1, 1, verb, &verbs, &done))
		return cli_fault(c);
	if (done)
		return 0;
	if (!str_equal(verb[0], S("export"))) {
		ctx_fail(c->ctx, FAULT_USAGE, "key.verb", verb[0], S(""));
		return cli_fault(c);
	}
	cli_clock(c);
	if (!cli_store(c->ctx, cli_data(data), true, &b))
		return cli_fault(c);
	bool ok = store_key_export(c->ctx, b, &text);
	store_base_close(b);
	if (!ok)
		return cli_fault(c);
	/* The key alone on standard output: so it can go into a file that restore reads. */
	printf("%.*s\n", STR_ARG(text));
	fflush(stdout);
	words = view_say(c->ctx->mem, c->lang, "key.advice", NULL, 0);
	fprintf(stderr, "%.*s\n", STR_ARG(words));
	return 0;
}
