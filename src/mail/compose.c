/* Words and form of a message. */
#include <sodium.h>
#include <string.h>

#include "mail/mail.h"

bool mail_queue(ctx *c, const mail_letter *l)
{
	arena *mem = c->mem;
	bool sms = l->to.n && l->to.s[0] == '+';
	const view_lang *lang = view_lang_get(l->lang);
	if (!lang)
		lang = view_lang_get(S("sv"));
	message m = {.rule = str_from(l->rule),
		     .subject_key = l->subject_key,
		     .person = l->person,
		     .account = l->account,
		     .channel = sms ? S("sms") : S("mail"),
		     .to = l->to,
		     .lang = view_lang_tag(lang),
		     .subject = S("")};
	/* Staff have words of their own: not every language of participants has those. */
	bool staff = !id_none(l->account);
	str key = str_format(mem,
			     sms     ? "sms.%s"
			     : staff ? "s.mail.%s.body"
				     : "mail.%s.body",
			     l->rule);
	m.body = view_say(mem, lang, str_terminated(mem, key), l->arg, ARRAY_LEN(l->arg));
	if (!sms) {
		key = str_format(mem, staff ? "s.mail.%s.subject" : "mail.%s.subject",
				 l->rule);
		m.subject = view_say(mem, lang, str_terminated(mem, key), l->arg,
				     ARRAY_LEN(l->arg));
	}
	return store_outbox_add(c, &m);
}

/* ---- Internet mail -------------------------------------------------------------------- */

static str base64(arena *mem, str s)
{
	size_t n = sodium_base64_ENCODED_LEN(s.n, sodium_base64_VARIANT_ORIGINAL);
	char *to = arena_alloc(mem, n, 1);
	sodium_bin2base64(to, n, (const unsigned char *)s.s, s.n,
			  sodium_base64_VARIANT_ORIGINAL);
	return (str){to, n - 1};
}

/* Where s may be cut after at most `most` bytes without cutting a letter. */
static size_t whole_letters(str s, size_t most)
{
	if (s.n <= most)
		return s.n;
	while (most && ((unsigned char)s.s[most] & 0xc0) == 0x80)
		most--;
	return most;
}

/* A header's text as encoded words, each of at most 75 characters (RFC 2047 §2). */
static void add_words(buf *b, arena *mem, str text)
{
	enum { WORD_BYTES = 42 };
	bool first = true;
	while (text.n) {
		size_t n = whole_letters(text, WORD_BYTES);
		if (!first)
			buf_add(b, S("\r\n "));
		buf_format(b, "=?UTF-8?B?%.*s?=",
			   STR_ARG(base64(mem, str_slice(text, 0, n))));
		text = str_slice(text, n, text.n);
		first = false;
	}
}

/* An address stands as it is or not at all: nothing that could end a header gets in. */
static str safe_address(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.s[i] <= ' ' || s.s[i] == 0x7f || s.s[i] == ',' ||
		    s.s[i] == '<' || s.s[i] == '>' || s.s[i] == ';')
			return S("");
	return s;
}

static void add_date(buf *b, int64_t now)
{
	static const char *const day_name[] = {"Thu", "Fri", "Sat", "Sun",
					       "Mon", "Tue", "Wed"};
	static const char *const month_name[] = {"Jan", "Feb", "Mar", "Apr",
						 "May", "Jun", "Jul", "Aug",
						 "Sep", "Oct", "Nov", "Dec"};
	int32_t day = (int32_t)(now / 86400000);
	int second = (int)(now / 1000 % 86400);
	ymd d = date_from_day(day);
	buf_format(b, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\n", day_name[day % 7],
		   d.day, month_name[d.month - 1], d.year, second / 3600,
		   second / 60 % 60, second % 60);
}

str mail_text(arena *mem, const message *m, str from, int64_t now)
{
	enum { LINE = 76 };
	buf b = {.mem = mem};
	str body = base64(mem, m->body);
	buf_format(&b, "From: <%.*s>\r\n", STR_ARG(safe_address(from)));
	buf_format(&b, "To: <%.*s>\r\n", STR_ARG(safe_address(m->to)));
	buf_add(&b, S("Subject: "));
	add_words(&b, mem, m->subject);
	buf_add(&b, S("\r\n"));
	add_date(&b, now);
	buf_format(&b, "Message-ID: <%s@kompis.invalid>\r\n", m->id.s);
	buf_format(&b, "Content-Language: %.*s\r\n", STR_ARG(m->lang));
	buf_add(&b, S("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
		      "Content-Type: text/plain; charset=utf-8\r\n"
		      "Content-Transfer-Encoding: base64\r\n\r\n"));
	for (size_t at = 0; at < body.n; at += LINE) {
		buf_add(&b, str_slice(body, at, at + LINE));
		buf_add(&b, S("\r\n"));
	}
	return buf_str(&b);
}
