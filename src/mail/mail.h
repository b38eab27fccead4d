/*
 * mail - what is written to people: composed in their language, queued with what caused it,
 * and taken to where it goes: a mail server (SMTP), a gateway for SMS (HTTP), or files.
 *
 * Messages are discreet: neither subject nor text names the association, matching or why
 * someone came (TRUST.md §1.14). Everything lives in c->mem.
 */
#ifndef MAIL_H
#define MAIL_H

#include "store/store.h"
#include "view/view.h"

/* ---- writing ----------------------------------------------------------------------------- */
/* What is written about, and to whom: mail/rules.def. */
typedef enum mail_argument {
	MAIL_NOTHING,
	MAIL_CODE,
	MAIL_LINK,
	MAIL_NAME,
	MAIL_NUMBER,
	MAIL_WHEN,
	MAIL_WHEN_BRIEF, /* for an SMS */
	MAIL_HOW,        /* one meets: by telephone, by video */
	MAIL_CALL,       /* the number of the office, or nothing */
	MAIL_DAY,
	MAIL_MONTH,
	MAIL_REACH,    /* how one gets hold of somebody: a line each */
	MAIL_PLACE,    /* where one may meet, in a sentence */
	MAIL_STANDING, /* where one stands among those who wait, in a sentence, or nothing */
	MAIL_STOP      /* of an SMS: filled in here when it is news */
} mail_argument;
typedef struct mail_rule {
	const char *name;
	bool staff, sms; /* to accounts; also as SMS */
	mail_argument arg[4];
} mail_rule;
extern const mail_rule mail_rules[];
extern const size_t mail_rule_count;
typedef enum mail_part { MAIL_SUBJECT, MAIL_BODY, MAIL_SMS } mail_part;
/* The key of a rule's words; NULL when it has none. "mail.<rule>.body", "s.mail.…" to staff, "sms.<rule>". */
const char *mail_rule_key(arena *mem, const mail_rule *r, mail_part part);
/* A moment as a letter says it, `brief` without the day of the week. */
str mail_when(arena *mem, const view_lang *l, int64_t at, bool brief);
/* Where somebody stands who waits: from "first" (longest), "half", "last"; "" for nothing to say. */
str mail_standing(arena *mem, const view_lang *l, str where);
/* For {0} to {3} what could stand there. */
void mail_rule_sample(arena *mem, const mail_rule *r, mail_part part, const view_lang *l,
		      str origin, str arg[4]);

typedef struct mail_letter {
	const char *rule;
	str subject_key; /* exactly one message per (rule, subject_key) */
	id person, account;
	/* An e-mail address, or a phone number in E.164; empty: as the person chose (store_outbox_reach). */
	str to;
	str lang; /* tag; empty: the person's; Swedish when it is not there */
	str arg[4];
	str body; /* of a mail: what somebody made of the rule's words; empty: those */
	int64_t expires; /* worth nothing later, ms; 0 never */
	/*
	 * For what nobody asked for: where our pages are, and with it a link to say no to more; only
	 * to persons who agreed to messages. Empty else.
	 */
	str news;
} mail_letter;
/*
 * Composes and queues it in the transaction of what caused it. By the form of `to`: mail or SMS.
 * Nothing is queued to somebody without an address, and no news to who does not want any.
 */
MUST_USE bool mail_queue(ctx *c, const mail_letter *l);
/* The same; *queued says whether a message came of it. */
MUST_USE bool mail_queue_new(ctx *c, const mail_letter *l, bool *queued);

/* What would stand in a mail: the words of the rule in l->lang, as the programme says them. */
MUST_USE bool mail_body(ctx *c, const mail_letter *l, str *out);

/* ---- an SMS ---------------------------------------------------------------------------------- */
/* What an SMS of ours may be: one letter outside GSM 03.38 makes all of it UCS-2, where 70 fit. */
#define MAIL_SMS_MOST 70
/*
 * How many SMS a text takes: 160 septets fit one, 153 each of several (3GPP TS 23.038: the
 * default alphabet, two septets for its extension); 70 and 67 UTF-16 units with any other letter.
 * *units is how many of them it has.
 */
size_t mail_sms_segments(str text, size_t *units);
/* Its length in the units of the worse case, UTF-16, to hold against MAIL_SMS_MOST. */
size_t mail_sms_length(str text);

/* ---- a letter ----------------------------------------------------------------------------------- */
typedef struct mail_line {
	str text;
	html_link link; /* to our own pages only; empty for words */
	bool last;
} mail_line;
typedef struct mail_paragraph {
	mail_line *line;
	size_t line_n;
} mail_paragraph;
typedef struct mail_page {
	str title;
	html style;
	mail_paragraph *paragraph;
	size_t paragraph_n;
} mail_page;
/* The HTML of a letter, made by a compiled template (typed escaping), which lies above this room. */
typedef void mail_template(html *h, const view_lang *l, const mail_page *v);
/* Paragraphs and lines of a text; a line that is an address below `origin` (https) is a link. */
void mail_page_of(arena *mem, str title, str body, str origin, mail_page *out);

/* ---- on its way ------------------------------------------------------------------------------------ */
typedef struct mail_ways {
	str dir;    /* without a server, or gateway: one file a message goes here */
	str origin; /* of our own pages */
	str from;   /* the sender's address */
	mail_template *letter; /* NULL: plain text only */
	struct mail_smtp {
		str url; /* smtp://host:port (STARTTLS) or smtps://host:port; empty for none */
		str user, password;
		str ca; /* a file of certificates to trust instead of the system's; empty */
		bool plain; /* without TLS: loopback only */
	} smtp;
	struct mail_gateway {
		str url; /* of a gateway with the form interface of 46elks, up to "/sms" */
		str user, password, from;
		int64_t per_number, per_day; /* most, in 24 hours */
	} sms;
	struct mail_box {
		str url; /* imap://host:port (STARTTLS) or imaps://…; empty for none. TLS as of smtp */
		str user, password;
	} box;
	int64_t seconds;              /* most for one message */
	int64_t (*clock)(void *self); /* ms UTC */
	bool (*stopping)(void *self); /* true: begin nothing more */
	void *self;
} mail_ways;
/*
 * A message as Internet mail (RFC 5322): text and HTML side by side (RFC 2046 §5.1.4), base64
 * (RFC 2045), encoded words (RFC 2047); no header can be split by what is in it. The same message
 * gives the same bytes, Message-ID included, however often it is sent.
 */
str mail_text(arena *mem, const message *m, const mail_ways *w);
/* Whether mail can be sent there: ASCII, one @, nothing that could end a header or an SMTP command. */
bool mail_address_ok(str address);
/*
 * Sends what is due, at most some fifty, each exactly once as far as that can be (docs/adr/0011).
 * *n is how many went. An address refused for good becomes a task for the coordinators. Fault
 * RESOURCE when a file cannot be written; what a server says is no fault but stands with its message.
 */
MUST_USE bool mail_drain(ctx *c, const mail_ways *w, size_t *n);
/*
 * Reads in the mailbox w->box what other servers tell of letters they could not deliver (RFC 3464),
 * at most a hundred: the message is "failed", its person a task for the coordinators. *n is how
 * many there were of ours. Other mail is left as it is. RESOURCE "store.mail_box" when the server does not
 * let us. Its own transactions; may be repeated.
 */
MUST_USE bool mail_bounces(ctx *c, const mail_ways *w, size_t *n);
/* What the gateway tells later about an SMS: `secret` was in the address it tells it to. */
MUST_USE bool mail_report(ctx *c, str secret, bool arrived);

#endif
