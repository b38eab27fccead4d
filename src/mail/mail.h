/*
 * mail - what is written to people: composed in their language, queued with what caused it,
 * and taken to where it goes.
 *
 * Messages are discreet: neither subject nor text names the association, matching or why
 * someone came (TRUST.md §1.14). Everything lives in c->mem.
 */
#ifndef MAIL_H
#define MAIL_H

#include "store/store.h"
#include "view/view.h"

typedef struct mail_letter {
	/* Words: "mail.<rule>.subject" and "mail.<rule>.body", to an account "s.mail.…"; or "sms.<rule>". */
	const char *rule;
	str subject_key; /* exactly one message per (rule, subject_key) */
	id person, account;
	str to;   /* an e-mail address, or a phone number in E.164 */
	str lang; /* tag; Swedish when it is not there */
	str arg[4];
} mail_letter;
/* Composes and queues it in the transaction of what caused it. By the form of `to`: mail or SMS. */
MUST_USE bool mail_queue(ctx *c, const mail_letter *l);
/*
 * A message as Internet mail (RFC 5322, RFC 2047, RFC 2045 base64): no header can be split by what
 * is in it. `from` is the sender's address. `now` in ms UTC.
 */
str mail_text(arena *mem, const message *m, str from, int64_t now);
/*
 * Takes what is queued to `dir` as one file each (id.eml, id.sms), written whole or not at all,
 * and marks it sent. *n is how many. Fault RESOURCE when a file cannot be written.
 */
MUST_USE bool mail_drain_to_files(ctx *c, str dir, size_t *n);

#endif
