/*
 * By SMS, through a gateway with the form interface of 46elks (46elks.se/docs/send-sms): POST of
 * from, to, message and whendelivered under basic authentication.
 *
 * A gateway takes no name for a message that would make a second one harmless, so the point of
 * no return is the request itself, and a request without an answer is not made again: the
 * report of delivery, or a human, says what became of it.
 */
#include <jansson.h>
#include <string.h>

#include "mail/mail_priv.h"

enum { REPORT_SECRET = 26 };

typedef struct request {
	mail_call *o;
	str report;
} request;

static size_t take_answer(char *s, size_t size, size_t count, void *self)
{
	request *q = self;
	mail_said(q->o, (str){s, size * count}, false);
	return size * count;
}

/* Connected, and TLS agreed upon, but nothing said yet. */
static int before_request(void *self, char *to, char *from, int to_port, int from_port)
{
	request *q = self;
	(void)to, (void)from, (void)to_port, (void)from_port;
	return mail_hand_over(q->o, q->report) ? CURL_PREREQFUNC_OK
					       : CURL_PREREQFUNC_ABORT;
}

/* application/x-www-form-urlencoded */
static void add_field(buf *b, const char *name, str value)
{
	html h = html_to(b);
	buf_format(b, "%s%s=", b->n ? "&" : "", name);
	html_url(&h, value);
}

static char *form(const request *q)
{
	const mail_call *o = q->o;
	buf b = {.mem = o->c->mem};
	add_field(&b, "from", o->w->sms.from);
	add_field(&b, "to", o->m->to);
	add_field(&b, "message", mail_plain(o->c->mem, o->m->body, "\n"));
	add_field(&b, "whendelivered",
		  str_format(o->c->mem, "%.*s/report/%.*s", STR_ARG(o->w->origin),
			     STR_ARG(q->report)));
	return str_terminated(o->c->mem, buf_str(&b));
}

/* What a gateway says of a message it has taken: JSON with its id. */
static bool is_taken(const mail_call *o)
{
	json_t *j = json_loadb(o->said, o->said_n, JSON_DISABLE_EOF_CHECK, NULL);
	bool taken = json_is_string(json_object_get(j, "id"));
	json_decref(j);
	return taken;
}

static mail_result end(const mail_call *o, message_end how, const char *key, bool trouble)
{
	return (mail_result){.end = how, .error = mail_error(o, key), .trouble = trouble};
}

/*
 * The gateway refuses with 400 and a word about the field that is wrong, 401 and 403 when the
 * account is (also when it is empty), 429 and 503 when it is busy. Any other answer to a request that went out
 * leaves it open whether the message did.
 */
static mail_result judge(const mail_call *o, CURLcode code)
{
	long answer = 0;
	mail_result r;
	curl_easy_getinfo(o->curl, CURLINFO_RESPONSE_CODE, &answer);
	if (answer >= 200 && answer < 300 && is_taken(o))
		return (mail_result){.end = MESSAGE_SENT, .error = S("")};
	if (answer == 400) {
		str said = {o->said, o->said_n};
		r = end(o, MESSAGE_FAILED, "s.mail_error.refused", false);
		r.refused = str_find(said, S("\"to\"")) >= 0 ||
			    str_find(said, S("to number")) >= 0;
		return r;
	}
	if (answer >= 400 && answer != 408 && answer < 500)
		return end(o, MESSAGE_LATER,
			   answer == 429 ? "s.mail_error.later" : "s.mail_error.server",
			   true);
	if (answer == 503)
		return end(o, MESSAGE_LATER, "s.mail_error.later", true);
	if (o->handed)
		return end(o, MESSAGE_UNSURE, "s.mail_error.unsure", true);
	if (code == CURLE_ABORTED_BY_CALLBACK)
		return (mail_result){
			.end = MESSAGE_FREE, .error = S(""), .trouble = true};
	return end(o, MESSAGE_LATER, "s.mail_error.server", true);
}

bool mail_by_sms(mail_call *o, mail_result *r)
{
	const struct mail_gateway *g = &o->w->sms;
	arena *mem = o->c->mem;
	request q = {.o = o, .report = store_secret_new(o->c, REPORT_SECRET)};
	curl_easy_reset(o->curl);
	mail_curl_common(o);
	curl_easy_setopt(o->curl, CURLOPT_URL, str_terminated(mem, g->url));
	curl_easy_setopt(o->curl, CURLOPT_PROTOCOLS_STR,
			 str_starts(g->url, S("https:")) ? "https" : "http");
	curl_easy_setopt(o->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	curl_easy_setopt(o->curl, CURLOPT_USERNAME, str_terminated(mem, g->user));
	curl_easy_setopt(o->curl, CURLOPT_PASSWORD, str_terminated(mem, g->password));
	curl_easy_setopt(o->curl, CURLOPT_POSTFIELDS, form(&q));
	curl_easy_setopt(o->curl, CURLOPT_WRITEFUNCTION, take_answer);
	curl_easy_setopt(o->curl, CURLOPT_WRITEDATA, &q);
	curl_easy_setopt(o->curl, CURLOPT_PREREQFUNCTION, before_request);
	curl_easy_setopt(o->curl, CURLOPT_PREREQDATA, &q);
	/* A kept connection that was closed meanwhile would be asked again by libcurl itself. */
	curl_easy_setopt(o->curl, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(o->curl, CURLOPT_FORBID_REUSE, 1L);
	CURLcode code = curl_easy_perform(o->curl);
	if (o->c->fault.kind != FAULT_NONE && !o->lost)
		return false;
	if (!o->said_n && code != CURLE_OK)
		mail_said(o, str_from(curl_easy_strerror(code)), true);
	*r = judge(o, code);
	r->lost = o->lost;
	return true;
}
