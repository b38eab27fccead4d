/* A message as Internet mail. */
#include <sodium.h>
#include <string.h>

#include "mail/mail_priv.h"

enum { LINE = 76, WORD_BYTES = 42, ADDRESS_MOST = 254 };

static str base64(arena *mem, str s)
{
	size_t n = sodium_base64_ENCODED_LEN(s.n, sodium_base64_VARIANT_ORIGINAL);
	char *to = arena_alloc(mem, n, 1);
	sodium_bin2base64(to, n, (const unsigned char *)s.s, s.n,
			  sodium_base64_VARIANT_ORIGINAL);
	return (str){to, n - 1};
}

str mail_plain(arena *mem, str s, const char *line_end)
{
	buf b = {.mem = mem};
	str line;
	for (bool first = true; str_cut(&s, '\n', &line); first = false) {
		if (!first)
			buf_add(&b, str_from(line_end));
		buf_add(&b, view_inert(mem, str_trim(line)));
	}
	return buf_str(&b);
}

/* ---- headers ------------------------------------------------------------------------------- */

bool mail_address_ok(str s)
{
	size_t at = 0;
	if (!s.n || s.n > ADDRESS_MOST || s.s[0] == '@' || s.s[0] == '-' ||
	    s.s[s.n - 1] == '@')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.s[i];
		if (c <= ' ' || c >= 0x7f || strchr(",;:<>()[]\\\"", c))
			return false;
		at += c == '@';
	}
	return at == 1;
}

/* An address stands as it is or not at all. */
static str safe_address(str s)
{
	return mail_address_ok(s) ? s : S("");
}

/* A word of our own making; whatever else it may be is left out. */
static str safe_token(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.s[i] <= ' ' || (unsigned char)s.s[i] >= 0x7f ||
		    s.s[i] == '<' || s.s[i] == '>')
			return S("");
	return s;
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
static void add_words(buf *b, str text)
{
	bool first = true;
	while (text.n) {
		size_t n = whole_letters(text, WORD_BYTES);
		if (!first)
			buf_add(b, S("\r\n "));
		buf_format(b, "=?UTF-8?B?%.*s?=",
			   STR_ARG(base64(b->mem, str_slice(text, 0, n))));
		text = str_slice(text, n, text.n);
		first = false;
	}
}

/* When it was written, at every try: the same message is the same bytes. */
static void add_date(buf *b, int64_t at)
{
	static const char *const day_name[] = {"Thu", "Fri", "Sat", "Sun",
					       "Mon", "Tue", "Wed"};
	static const char *const month_name[] = {"Jan", "Feb", "Mar", "Apr",
						 "May", "Jun", "Jul", "Aug",
						 "Sep", "Oct", "Nov", "Dec"};
	int32_t day = (int32_t)(at / 86400000);
	int second = (int)(at / 1000 % 86400);
	ymd d = date_from_day(day);
	buf_format(b, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\n", day_name[day % 7],
		   d.day, month_name[d.month - 1], d.year, second / 3600,
		   second / 60 % 60, second % 60);
}

str mail_domain(str address)
{
	ptrdiff_t at = str_find(address, S("@"));
	return at < 0 ? S("localhost") : str_slice(address, (size_t)at + 1, address.n);
}

/* ---- bodies --------------------------------------------------------------------------------- */

static void add_base64(buf *b, str text)
{
	str body = base64(b->mem, text);
	buf_add(b, S("Content-Transfer-Encoding: base64\r\n\r\n"));
	for (size_t at = 0; at < body.n; at += LINE) {
		buf_add(b, str_slice(body, at, at + LINE));
		buf_add(b, S("\r\n"));
	}
}

/* Only https, and only to ourselves: whatever a person's own words hold stays words. */
static mail_line line_of(str text, str origin)
{
	mail_line l = {.text = text};
	if (str_starts(origin, S("https://")) && str_starts(text, origin) &&
	    text.n > origin.n && text.s[origin.n] == '/' && str_find(text, S(" ")) < 0)
		l.link = (html_link){text};
	return l;
}

static size_t count_lines(str s)
{
	size_t n = 1;
	for (size_t i = 0; i < s.n; i++)
		n += s.s[i] == '\n';
	return n;
}

void mail_page_of(arena *mem, str title, str body, str origin, mail_page *out)
{
	str rest = mail_plain(mem, body, "\n"), text;
	size_t most = count_lines(rest);
	mail_paragraph *p = NULL;
	*out = (mail_page){.title = view_inert(mem, title),
			   .style = html_to(NEW(mem, buf)),
			   .paragraph = NEW_ARRAY(mem, mail_paragraph, most)};
	out->style.to->mem = mem;
	html_put(&out->style,
		 "<style>body{font:18px/1.5 sans-serif;max-width:34em;margin:auto;"
		 "padding:16px;overflow-wrap:anywhere}</style>");
	mail_line *line = NEW_ARRAY(mem, mail_line, most);
	while (str_cut(&rest, '\n', &text)) {
		if (!text.n) {
			p = NULL;
			continue;
		}
		if (!p) {
			p = &out->paragraph[out->paragraph_n++];
			p->line = line;
		}
		if (p->line_n)
			line[-1].last = false;
		*line = line_of(text, origin);
		line++->last = true;
		p->line_n++;
	}
}

static str page_html(arena *mem, const message *m, const mail_ways *w)
{
	mail_page page;
	buf b = {.mem = mem};
	html h = html_to(&b);
	const view_lang *l = view_lang_get(m->lang);
	mail_page_of(mem, m->subject, m->body, w->origin, &page);
	w->letter(&h, l ? l : view_lang_get(S("sv")), &page);
	return buf_str(&b);
}

static void add_headers(buf *b, const message *m, const mail_ways *w)
{
	str from = safe_address(w->from);
	buf_format(b, "From: <%.*s>\r\n", STR_ARG(from));
	buf_format(b, "To: <%.*s>\r\n", STR_ARG(safe_address(m->to)));
	buf_add(b, S("Subject: "));
	add_words(b, view_inert(b->mem, m->subject));
	buf_add(b, S("\r\n"));
	add_date(b, m->created);
	buf_format(b, "Message-ID: <%s@%.*s>\r\n", m->id.s, STR_ARG(mail_domain(from)));
	buf_format(b, "Content-Language: %.*s\r\n", STR_ARG(safe_token(m->lang)));
	/* RFC 2369, and RFC 8058 for a button in the reader's program. */
	if (safe_token(m->stop).n)
		buf_format(b,
			   "List-Unsubscribe: <%.*s>\r\n"
			   "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
			   STR_ARG(safe_token(m->stop)));
	/* RFC 3834 §5: so that no robot answers. */
	buf_add(b, S("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"));
}

str mail_text(arena *mem, const message *m, const mail_ways *w)
{
	static const char text_type[] = "Content-Type: text/plain; charset=utf-8\r\n";
	buf b = {.mem = mem};
	str plain = mail_plain(mem, m->body, "\r\n");
	add_headers(&b, m, w);
	if (!w->letter) {
		buf_add(&b, str_from(text_type));
		add_base64(&b, plain);
		return buf_str(&b);
	}
	/* No line of base64 begins with "-": the boundary is in no part. */
	buf_format(&b,
		   "Content-Type: multipart/alternative; boundary=\"kompis-%s\"\r\n\r\n"
		   "--kompis-%s\r\n%s",
		   m->id.s, m->id.s, text_type);
	add_base64(&b, plain);
	buf_format(&b, "--kompis-%s\r\nContent-Type: text/html; charset=utf-8\r\n",
		   m->id.s);
	add_base64(&b, page_html(mem, m, w));
	buf_format(&b, "--kompis-%s--\r\n", m->id.s);
	return buf_str(&b);
}
