/* wording_priv - texts that a programme may say in its own words: of pages, and of messages. */
#ifndef WEB_WORDING_PRIV_H
#define WEB_WORDING_PRIV_H

#include "mail/mail.h"
#include "web/account_priv.h"

typedef struct wording {
	const char *key;
	str where;             /* where it stands, in the reader's words */
	const mail_rule *rule; /* of a message, and which part of it; NULL: of a page */
	mail_part part;
} wording;

/* All of them, in the order they are shown. */
wording *wordings(req *r, size_t *n);
/* Staff is not written to in every language. */
bool wording_in(const wording *w, const view_lang *l);
/* As the program says it. */
str wording_file(req *r, const wording *w, const view_lang *l);
/* What {0}, {1} … of it become, in words; "" when it has none. */
str wording_slots(req *r, const wording *w, const view_lang *l);
/*
 * What was typed; form_error when it is missing, too long, has not exactly the {0} … of the
 * file's text, or makes an SMS of more than MAIL_SMS_MOST.
 */
str wording_read(req *r, const wording *w, const view_lang *l);
/* A text as somebody would get it, with what could stand in it. */
str wording_filled(req *r, const wording *w, const view_lang *l, str text);

#endif
