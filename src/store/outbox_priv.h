/* outbox_priv - a row of the outbox, for those who look at it and those who send it. */
#ifndef STORE_OUTBOX_PRIV_H
#define STORE_OUTBOX_PRIV_H

#include "store/store_priv.h"

#define OUTBOX_COLUMNS                                                                   \
	"id, rule, subject_key, person, account, channel, state, created, sent, tries, " \
	"sealed, error, delivered, expires, unsure, claim"

/* `due` of what nobody has to look at again. */
#define NEVER INT64_MAX

/* The program itself, or somebody with SYSTEM; sets FAULT_HIDDEN when not. */
MUST_USE bool outbox_may(ctx *c);
/* With the key of the person it is for, else that of the installation. */
MUST_USE bool outbox_seal(ctx *c, const message *m, str plain, str *sealed);
/* A row of OUTBOX_COLUMNS, opened. */
MUST_USE bool outbox_row(ctx *c, const query *q, message *m);

#endif
