/* From settings to ways of sending: what fits together, and the passwords that lie in files. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "web/post_priv.h"

static bool wrong(ctx *c, const char *key, str value)
{
	return ctx_fail(c, FAULT_INPUT, key, value, S(""));
}

/* ---- addresses of servers --------------------------------------------------------------------- */

/* The host of scheme://host[:port]; "" unless it is just that, with `path` perhaps a path behind. */
static str host_of(str url, str scheme, bool path)
{
	str rest = str_slice(url, scheme.n, url.n), host = rest;
	if (!str_starts(url, scheme))
		return S("");
	for (size_t i = 0; i < rest.n; i++) {
		char ch = rest.s[i];
		bool name = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
			    (ch >= '0' && ch <= '9') || ch == '.' || ch == '-' ||
			    ch == ':' || ch == '[' || ch == ']' || ch == '_';
		if (ch == '/' && path && host.n == rest.n)
			host = str_slice(rest, 0, i);
		else if (!name && !(ch == '/' && path))
			return S("");
	}
	if (host.n && host.s[0] == '[') {
		ptrdiff_t end = str_find(host, S("]"));
		return end < 0 ? S("") : str_slice(host, 1, (size_t)end);
	}
	ptrdiff_t port = str_find(host, S(":"));
	return port < 0 ? host : str_slice(host, 0, (size_t)port);
}

static bool is_this_machine(str host)
{
	return str_starts(host, S("127.")) || str_equal(host, S("::1")) ||
	       str_equal(host, S("localhost"));
}

/* Of a server that speaks in the clear at first, or in TLS from its first byte. */
static str host_either(str url, str clear, str tls)
{
	str host = host_of(url, clear, false);
	return host.n ? host : host_of(url, tls, false);
}

static str smtp_host(const web_config *w)
{
	return host_either(w->smtp, S("smtp://"), S("smtps://"));
}

/* ---- passwords ---------------------------------------------------------------------------------- */

/* The first line of a file. */
static bool read_secret(ctx *c, str file, str *out)
{
	enum { MOST = 1024 };
	char *s = arena_alloc(c->mem, MOST, 1);
	int fd = open(str_terminated(c->mem, file), O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, s, MOST) : -1;
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return ctx_fail(c, FAULT_RESOURCE, "config.file", file, S(""));
	str rest = {s, (size_t)n};
	str_cut(&rest, '\n', out);
	*out = str_trim(*out);
	return true;
}

static bool password_of(ctx *c, str user, str password, str file, const char *key,
			str *out)
{
	*out = password;
	if (password.n && file.n)
		return wrong(c, "config.password_twice", str_from(key));
	if (file.n && !read_secret(c, file, out))
		return false;
	return user.n == 0 || out->n > 0 ||
	       wrong(c, "config.password_missing", str_from(key));
}

/* ---- what fits together ----------------------------------------------------------------------------- */

static bool check_smtp(ctx *c, const web_config *w)
{
	str host = smtp_host(w);
	bool plain = str_equal(w->smtp_tls, S("none"));
	if (!host.n)
		return wrong(c, "config.smtp_url", w->smtp);
	if (!plain && !str_equal(w->smtp_tls, S("required")))
		return wrong(c, "config.smtp_tls_words", w->smtp_tls);
	if (plain && (!is_this_machine(host) || str_starts(w->smtp, S("smtps:"))))
		return wrong(c, "config.smtp_plain", host);
	if (w->smtp_ca.n && access(str_terminated(c->mem, w->smtp_ca), R_OK) != 0)
		return ctx_fail(c, FAULT_RESOURCE, "config.file", w->smtp_ca, S(""));
	if (!mail_address_ok(w->mail_from) || str_ends(w->mail_from, S("@localhost")))
		return wrong(c, "config.mail_from_bad", w->mail_from);
	return true;
}

/* TLS is as for sending. */
static bool check_box(ctx *c, const web_config *w)
{
	str host = host_either(w->bounce_box, S("imap://"), S("imaps://"));
	if (!host.n || !w->smtp.n)
		return wrong(c, "config.bounce_box_url", w->bounce_box);
	if (str_equal(w->smtp_tls, S("none")) && !is_this_machine(host))
		return wrong(c, "config.smtp_plain", host);
	return w->bounce_user.n || wrong(c, "config.password_missing", S("bounce_box"));
}

/* A number, or up to eleven letters and digits (3GPP TS 23.040 §9.1.2.5). */
static bool is_sender(str s)
{
	enum { LETTERS = 11, DIGITS = 16 };
	bool number = s.n && s.s[0] == '+';
	if (s.n < 2 || s.n > (number ? DIGITS : LETTERS))
		return false;
	for (size_t i = number; i < s.n; i++) {
		bool digit = s.s[i] >= '0' && s.s[i] <= '9';
		bool letter = (s.s[i] >= 'a' && s.s[i] <= 'z') ||
			      (s.s[i] >= 'A' && s.s[i] <= 'Z');
		if (!digit && (number || !letter))
			return false;
	}
	return true;
}

/* Text and link fit one SMS in every language, TRUST.md §1.15. */
static bool links_fit(ctx *c, str origin)
{
	for (size_t i = 0; i < mail_rule_count; i++)
		for (size_t k = 0; k < view_lang_count(); k++) {
			const mail_rule *r = &mail_rules[i];
			const view_lang *l = view_lang_at(k);
			const char *key = mail_rule_key(c->mem, r, MAIL_SMS);
			str arg[4];
			mail_rule_sample(c->mem, r, MAIL_SMS, l, origin, arg);
			if (key &&
			    mail_sms_length(view_say(c->mem, l, key, arg,
						     ARRAY_LEN(arg))) > MAIL_SMS_MOST)
				return false;
		}
	return true;
}

static bool check_sms(ctx *c, const web_config *w)
{
	str open_host = host_of(w->sms_url, S("http://"), true);
	if (!host_of(w->sms_url, S("https://"), true).n && !is_this_machine(open_host))
		return wrong(c, "config.sms_url_bad", w->sms_url);
	if (!w->sms_user.n)
		return wrong(c, "config.sms_user_missing", S(""));
	if (!is_sender(w->sms_from))
		return wrong(c, "config.sms_from_bad", w->sms_from);
	return links_fit(c, w->public_url) ||
	       wrong(c, "config.public_url_long", w->public_url);
}

bool post_check(ctx *c, const web_config *w)
{
	str password;
	if ((w->smtp.n || w->sms_url.n) && !w->public_url.n)
		return wrong(c, "config.public_url_needed", S(""));
	return (!w->smtp.n || check_smtp(c, w)) && (!w->sms_url.n || check_sms(c, w)) &&
	       (!w->bounce_box.n || check_box(c, w)) &&
	       password_of(c, w->bounce_user, w->bounce_password, w->bounce_password_file,
			   "bounce_password", &password) &&
	       password_of(c, w->smtp_user, w->smtp_password, w->smtp_password_file,
			   "smtp_password", &password) &&
	       password_of(c, w->sms_user, w->sms_password, w->sms_password_file,
			   "sms_password", &password);
}

bool post_ways(ctx *c, const web *w, mail_ways *out)
{
	const web_config *s = &w->config;
	str sms = s->sms_url;
	if (str_ends(sms, S("/")))
		sms.n--;
	*out = (mail_ways){
		.dir = str_format(c->mem, "%.*s/outbox", STR_ARG(s->data)),
		.origin = s->public_url,
		.from = s->mail_from,
		.letter = tmpl_letter,
		.smtp = {.url = s->smtp,
			 .user = s->smtp_user,
			 .ca = s->smtp_ca,
			 .plain = str_equal(s->smtp_tls, S("none"))},
		.sms = {.url = sms.n ? str_format(c->mem, "%.*s/sms", STR_ARG(sms)) : sms,
			.user = s->sms_user,
			.from = s->sms_from,
			.per_number = s->sms_per_number,
			.per_day = s->sms_per_day},
		.box = {.url = s->bounce_box, .user = s->bounce_user},
		.seconds = s->mail_seconds};
	return password_of(c, s->bounce_user, s->bounce_password, s->bounce_password_file,
			   "bounce_password", &out->box.password) &&
	       password_of(c, s->smtp_user, s->smtp_password, s->smtp_password_file,
			   "smtp_password", &out->smtp.password) &&
	       password_of(c, s->sms_user, s->sms_password, s->sms_password_file,
			   "sms_password", &out->sms.password);
}
