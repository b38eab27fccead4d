/* What all talk with another machine has in common: deadlines, one host, an end when told to stop. */
#include <string.h>

#include "mail/mail_priv.h"

/* After the point of no return the answer is waited for, but not longer than a stop may take. */
static const double STOP_SECONDS = 6;

static int go_on(void *self, curl_off_t a, curl_off_t b, curl_off_t d, curl_off_t e)
{
	mail_call *o = self;
	curl_off_t us = 0;
	(void)a, (void)b, (void)d, (void)e;
	if (!o->w->stopping || !o->w->stopping(o->w->self))
		return 0;
	if (!o->handed)
		return 1;
	curl_easy_getinfo(o->curl, CURLINFO_TOTAL_TIME_T, &us);
	double at = (double)us / 1e6;
	if (o->stop_seen <= 0)
		o->stop_seen = at > 0 ? at : 1e-6;
	return at - o->stop_seen > STOP_SECONDS;
}

void mail_curl_common(mail_call *o)
{
	enum { CONNECT_SECONDS = 15 };
	long most = (long)o->w->seconds;
	CURL *h = o->curl;
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h, CURLOPT_PROXY, "");
	curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(h, CURLOPT_TIMEOUT, most);
	curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT,
			 most < CONNECT_SECONDS ? most : (long)CONNECT_SECONDS);
	curl_easy_setopt(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(h, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, go_on);
	curl_easy_setopt(h, CURLOPT_XFERINFODATA, o);
}

void mail_curl_tls(const mail_call *o)
{
	const struct mail_smtp *s = &o->w->smtp;
	curl_easy_setopt(o->curl, CURLOPT_USE_SSL,
			 s->plain ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
	if (s->ca.n) {
		curl_easy_setopt(o->curl, CURLOPT_CAPATH, NULL);
		curl_easy_setopt(o->curl, CURLOPT_CAINFO,
				 str_terminated(o->c->mem, s->ca));
	}
}

bool mail_hand_over(mail_call *o, str report)
{
	ctx *c = o->c;
	if (o->handed)
		return true;
	c->now = o->w->clock(o->w->self);
	o->handed = store_outbox_hand_over(c, o->m, MAIL_LEASE_MS(o->w), report);
	o->lost = !o->handed && c->fault.kind == FAULT_CONFLICT;
	return o->handed;
}

void mail_said(mail_call *o, str s, bool anew)
{
	size_t room;
	if (anew)
		o->said_n = 0;
	room = sizeof o->said - o->said_n;
	if (s.n > room)
		s.n = room;
	memcpy(o->said + o->said_n, s.s, s.n);
	o->said_n += s.n;
}

str mail_error(const mail_call *o, const char *key)
{
	str said = view_inert(o->c->mem, str_trim((str){o->said, o->said_n}));
	return said.n ? str_format(o->c->mem, "%s\n%.*s", key, STR_ARG(said))
		      : str_from(key);
}
