/* mail_priv - what the ways of sending share. */
#ifndef MAIL_PRIV_H
#define MAIL_PRIV_H

#include <curl/curl.h>

#include "mail/mail.h"

/* How long a message is held: a whole transfer and what the disk takes, with room. */
#define MAIL_LEASE_MS(w) (((w)->seconds * 2 + 30) * 1000)

typedef struct mail_result {
	message_end end;
	bool refused; /* the address itself, for good */
	bool trouble; /* with the server: the next message would fare no better */
	bool lost;    /* somebody else holds it, or it is gone: say nothing */
	str error;    /* as message.error */
} mail_result;

/* One conversation with each other side, kept from message to message. */
typedef struct mail_call {
	ctx *c;
	const mail_ways *w;
	const message *m;
	CURL *curl;
	bool handed, lost;
	char said[400]; /* what the other side said last */
	size_t said_n;
	double stop_seen; /* seconds into the transfer when the program was told to stop; 0 */
} mail_call;

/* What is common: deadlines, no proxy, nobody but the host of the address; ends when stopped. */
void mail_curl_common(mail_call *o);
/* TLS as it is set for mail, sent or fetched. */
void mail_curl_tls(const mail_call *o);
/* The commit before the point of no return; false: do not go on. */
bool mail_hand_over(mail_call *o, str report);
void mail_said(mail_call *o, str s, bool anew);
str mail_error(const mail_call *o, const char *key);
MUST_USE bool mail_by_smtp(mail_call *o, mail_result *r);
MUST_USE bool mail_by_sms(mail_call *o, mail_result *r);
/* A text that does nothing but be read: lines stay, what acts is gone. */
str mail_plain(arena *mem, str s, const char *line_end);

/* What comes after the @; "localhost" if nothing does. */
str mail_domain(str address);
/* Inside store_write: somebody in the office finds another way to a person whom nothing reaches. */
MUST_USE bool mail_unreachable(ctx *c, id who, str channel);

typedef struct mail_bounce {
	id message;  /* of ours; none */
	bool failed; /* for good: not "delayed", not "delivered" */
	str said;    /* by the server that refused it, "" for nothing */
} mail_bounce;
/* Of a mail whose header says multipart/report; `domain` is that of our Message-IDs. */
void mail_bounce_read(arena *mem, str text, str domain, mail_bounce *out);

#endif
