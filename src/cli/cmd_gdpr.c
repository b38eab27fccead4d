/* kompis gdpr: the record of processing, and what a breach sheet needs. */
#include "cli/gdpr_priv.h"

static bool run(cli *c, str verb, const gdpr_options *o)
{
	if (str_equal(verb, S("records"))) {
		gdpr_records(c, o);
		return true;
	}
	if (str_equal(verb, S("breach")))
		return gdpr_breach(c, o);
	return ctx_fail(c->ctx, FAULT_USAGE, "cli.gdpr.no_verb", verb, S(""));
}

int cmd_gdpr(cli *c)
{
	gdpr_options o = {.data = S("")};
	str operand[1];
	int operands;
	bool done = false;
	const cli_option option[] = {
		{"--data", OPTION_TEXT, &o.data, 0, 0},
		{"--user", OPTION_TEXT, &o.user, 0, 0},
		{"--from", OPTION_TEXT, &o.from, 0, 0},
		{"--to", OPTION_TEXT, &o.to, 0, 0},
		{"--names", OPTION_FLAG, &o.names, 0, 0},
		{"--csv", OPTION_FLAG, &o.csv, 0, 0},
		{"--json", OPTION_FLAG, &o.json, 0, 0},
		{"--markdown", OPTION_FLAG, &o.markdown, 0, 0},
	};
	if (!cli_options(c, "gdpr", option, ARRAY_LEN(option), 1, 1, operand, &operands,
			 &done))
		return cli_fault(c);
	if (done)
		return 0;
	cli_clock(c);
	return run(c, operand[0], &o) ? 0 : cli_fault(c);
}
