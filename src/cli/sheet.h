/* Reading a sheet for a command: what cannot be used is said before anything is done. */
#ifndef CLI_SHEET_H
#define CLI_SHEET_H

#include "cli/cli.h"
#include "sheet/sheet.h"

/*
 * Reads the sheet `file` ("-": standard input). Unusable rows: with `skip_bad` they stay
 * out and the number of them is a matter of the report; without it every problem of the
 * sheet goes to standard error, a line each ("file:line:column: …"), and the fault is
 * INPUT. Other faults: those of cli_file_read and sheet_read. c->ctx->today must be set.
 */
MUST_USE bool cli_sheet_read(cli *c, str file, bool skip_bad, sheet *out);

#endif
