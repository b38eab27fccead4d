/* The people of an installation for a command: as the sheet they would be. */
#ifndef CLI_PEOPLE_H
#define CLI_PEOPLE_H

#include "cli/cli.h"
#include "sheet/sheet.h"

/*
 * Those who wait for a buddy in the data directory `dir`, read by the reader of sheets, so that
 * everything after it is the same. Numbered from 1 by queue date. The directory is only read,
 * also while a server runs. c->ctx->today must be set. Faults: those of store_base_open and
 * sheet_read, INPUT ("cli.match.nobody_waits") when there is nobody.
 */
MUST_USE bool cli_people_read(cli *c, str dir, sheet *out);

#endif
