/*
 * By SMTP (RFC 5321), spoken by libcurl.
 *
 * The point of no return is the dot that ends the text: before it the server has promised
 * nothing, after it the message may be on its way although we never hear so. Just before the
 * dot the handing over is committed; an answer is what settles it.
 */
#include <string.h>

#include "mail/mail_priv.h"

typedef enum smtp_step {
	STEP_HELLO,
	STEP_SENDER,
	STEP_RECIPIENT,
	STEP_TEXT,
} smtp_step;

typedef struct letter {
	mail_call *o;
	str text;
	size_t at;
	smtp_step step;
	bool over; /* QUIT was said: what comes now is about nothing */
} letter;

static size_t give_text(char *to, size_t size, size_t count, void *self)
{
	letter *l = self;
	str part = str_slice(l->text, l->at, l->at + size * count);
	if (!part.n && !mail_hand_over(l->o, S("")))
		return CURL_READFUNC_ABORT;
	memcpy(to, part.s, part.n);
	l->at += part.n;
	return part.n;
}

static size_t take_answer(char *s, size_t size, size_t count, void *self)
{
	letter *l = self;
	if (!l->over)
		mail_said(l->o, (str){s, size * count}, true);
	return size * count;
}

/* Which command was said last: nothing else tells at what a server took offence. */
static int watch(CURL *h, curl_infotype type, char *s, size_t n, void *self)
{
	letter *l = self;
	str said = {s, n};
	(void)h;
	if (type != CURLINFO_HEADER_OUT)
		return 0;
	if (str_starts(said, S("MAIL FROM")))
		l->step = STEP_SENDER;
	else if (str_starts(said, S("RCPT TO")))
		l->step = STEP_RECIPIENT;
	else if (str_starts(said, S("DATA")))
		l->step = STEP_TEXT;
	l->over |= str_starts(said, S("QUIT"));
	return 0;
}

/* EHLO with the sender's domain; the name of this machine is nobody's business. */
static char *address(const mail_call *o)
{
	arena *mem = o->c->mem;
	ptrdiff_t at = str_find(o->w->from, S("@"));
	str domain = str_slice(o->w->from, (size_t)at + 1, o->w->from.n);
	return str_terminated(mem, str_format(mem, "%.*s/%.*s", STR_ARG(o->w->smtp.url),
					      STR_ARG(domain)));
}

static char *pointed(arena *mem, str s)
{
	return str_terminated(mem, str_format(mem, "<%.*s>", STR_ARG(s)));
}

static void set_server(const mail_call *o)
{
	const struct mail_smtp *s = &o->w->smtp;
	arena *mem = o->c->mem;
	curl_easy_setopt(o->curl, CURLOPT_URL, address(o));
	curl_easy_setopt(o->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	mail_curl_tls(o);
	if (s->user.n) {
		curl_easy_setopt(o->curl, CURLOPT_USERNAME, str_terminated(mem, s->user));
		curl_easy_setopt(o->curl, CURLOPT_PASSWORD,
				 str_terminated(mem, s->password));
	}
}

static mail_result end(const letter *l, message_end how, const char *key)
{
	return (mail_result){.end = how, .error = mail_error(l->o, key)};
}

/*
 * RFC 5321 §4.2.1: 4xx may work later, 5xx will not. A 5xx is about the person's address only in
 * answer to RCPT, and not when it is about policy (RFC 3463: X.7.X); one before that is about
 * us, and the office can mend it.
 */
static mail_result judge(const letter *l, CURLcode code)
{
	const mail_call *o = l->o;
	long answer = 0;
	mail_result r;
	curl_easy_getinfo(o->curl, CURLINFO_RESPONSE_CODE, &answer);
	bool never = answer >= 500 && answer < 600;
	if (o->handed && answer < 400)
		return end(l, MESSAGE_UNSURE, "s.mail_error.unsure");
	if (code == CURLE_ABORTED_BY_CALLBACK)
		return (mail_result){
			.end = MESSAGE_FREE, .error = S(""), .trouble = true};
	if (never && l->step == STEP_RECIPIENT) {
		r = end(l, MESSAGE_FAILED, "s.mail_error.refused");
		r.refused = str_find(r.error, S(" 5.7.")) < 0;
		return r;
	}
	if (never && (o->handed || l->step == STEP_TEXT))
		return end(l, MESSAGE_FAILED, "s.mail_error.refused");
	if (answer >= 400 && (o->handed || l->step >= STEP_RECIPIENT))
		return end(l, MESSAGE_LATER, "s.mail_error.later");
	if (answer < 400)
		mail_said(l->o, str_from(curl_easy_strerror(code)), true);
	r = end(l, MESSAGE_LATER, "s.mail_error.server");
	r.trouble = true;
	return r;
}

bool mail_by_smtp(mail_call *o, mail_result *r)
{
	letter l = {.o = o, .text = mail_text(o->c->mem, o->m, o->w)};
	struct curl_slist *to = NULL;
	if (!mail_address_ok(o->m->to)) {
		*r = (mail_result){.end = MESSAGE_FAILED,
				   .refused = true,
				   .error = S("s.mail_error.address")};
		return true;
	}
	to = curl_slist_append(NULL, pointed(o->c->mem, o->m->to));
	if (!to)
		return ctx_fail(o->c, FAULT_RESOURCE, "store.memory", S(""), S(""));
	curl_easy_reset(o->curl);
	mail_curl_common(o);
	set_server(o);
	curl_easy_setopt(o->curl, CURLOPT_MAIL_FROM, pointed(o->c->mem, o->w->from));
	curl_easy_setopt(o->curl, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(o->curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(o->curl, CURLOPT_READFUNCTION, give_text);
	curl_easy_setopt(o->curl, CURLOPT_READDATA, &l);
	curl_easy_setopt(o->curl, CURLOPT_HEADERFUNCTION, take_answer);
	curl_easy_setopt(o->curl, CURLOPT_HEADERDATA, &l);
	curl_easy_setopt(o->curl, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(o->curl, CURLOPT_DEBUGFUNCTION, watch);
	curl_easy_setopt(o->curl, CURLOPT_DEBUGDATA, &l);
	CURLcode code = curl_easy_perform(o->curl);
	curl_slist_free_all(to);
	if (o->c->fault.kind != FAULT_NONE && !o->lost)
		return false;
	*r = code == CURLE_OK ? (mail_result){.end = MESSAGE_SENT, .error = S("")}
			      : judge(&l, code);
	r->lost = o->lost;
	return true;
}
