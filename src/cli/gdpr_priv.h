/* gdpr_priv - what the two halves of `kompis gdpr` share. */
#ifndef CLI_GDPR_PRIV_H
#define CLI_GDPR_PRIV_H

#include "cli/cli.h"

typedef struct gdpr_options {
	str data, user, from, to;
	bool names, csv, json, markdown;
} gdpr_options;

/* The record of processing activities. */
void gdpr_records(cli *c, const gdpr_options *o);
/* Whom an account opened, and whom it could have read. */
MUST_USE bool gdpr_breach(cli *c, const gdpr_options *o);

#endif
