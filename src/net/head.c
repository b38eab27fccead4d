/* What may stand in the header of a request. Strict, because a proxy in front may read it otherwise. */
#include <string.h>

#include "net/net_priv.h"

static char small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool net_str_equal_caseless(str a, str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (small(a.s[i]) != small(b.s[i]))
			return false;
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return small(c) >= 'a' && small(c) <= 'z';
}

/* token = 1*tchar (RFC 9110 §5.6.2). */
static bool is_token(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.s[i]) && !is_letter(s.s[i]) &&
		    (!s.s[i] || !strchr("!#$%&'*+-.^_`|~", s.s[i])))
			return false;
	return s.n > 0;
}

static bool is_value(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.s[i];
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

size_t net_head_find(const net_head *h, str name, str *value)
{
	size_t n = 0;
	*value = (str){0};
	for (size_t i = 0; i < h->headers; i++)
		if (net_str_equal_caseless(h->header[i].name, name) && n++ == 0)
			*value = h->header[i].value;
	return n;
}

static bool refuse(int *status, const char **why, int with, const char *because)
{
	*status = with;
	*why = because;
	return false;
}

/* A name or address, with or without a port (RFC 9110 §7.2); none of the odder letters of RFC 3986. */
static bool is_host(str s)
{
	size_t i = 0;
	if (s.n && s.s[0] == '[') {
		const char *end = memchr(s.s, ']', s.n);
		if (!end)
			return false;
		for (i = 1; s.s + i < end; i++)
			if (!is_digit(s.s[i]) && s.s[i] != ':' && s.s[i] != '.' &&
			    (small(s.s[i]) < 'a' || small(s.s[i]) > 'f'))
				return false;
		if (i++ == 1)
			return false;
	} else {
		while (i < s.n && (is_digit(s.s[i]) || is_letter(s.s[i]) ||
				   s.s[i] == '.' || s.s[i] == '-' || s.s[i] == '_'))
			i++;
	}
	if (i == 0)
		return false;
	int64_t port;
	return i == s.n || (s.s[i] == ':' && is_digit(s.s[s.n - 1]) &&
			    s.s[i + 1] != '+' && s.s[i + 1] != '-' &&
			    str_to_int(str_slice(s, i + 1, s.n), 0, 65535, &port));
}

/* The authority of an absolute target, and what follows it; s == NULL for any other. */
static str authority(str target, str *rest)
{
	static const str scheme[] = {S_INIT("http://"), S_INIT("https://")};
	for (size_t i = 0; i < ARRAY_LEN(scheme); i++) {
		str begin = str_slice(target, 0, scheme[i].n);
		if (!net_str_equal_caseless(begin, scheme[i]))
			continue;
		size_t from = scheme[i].n, to = from;
		while (to < target.n && target.s[to] != '/' && target.s[to] != '?')
			to++;
		*rest = str_slice(target, to, target.n);
		return str_slice(target, from, to);
	}
	return (str){0};
}

void net_target_split(str target, str *path, str *query)
{
	str rest = target;
	if (authority(target, &rest).s)
		target = rest;
	const char *mark = target.n ? memchr(target.s, '?', target.n) : NULL;
	size_t n = mark ? (size_t)(mark - target.s) : target.n;
	*path = n ? str_slice(target, 0, n) : S("/");
	*query = mark ? str_slice(target, n + 1, target.n) : S("");
}

/* The first line: RFC 9112 §2.3, §3. */
static bool check_line(const net_head *h, int *status, const char **why)
{
	if (!str_equal(h->version, S("HTTP/1.1")) &&
	    !str_equal(h->version, S("HTTP/1.0")))
		return refuse(status, why, 505, "version");
	if (!is_token(h->method))
		return refuse(status, why, 400, "method");
	if (!str_equal(h->method, S("GET")) && !str_equal(h->method, S("HEAD")) &&
	    !str_equal(h->method, S("POST")))
		return refuse(status, why, 405, "method");
	for (size_t i = 0; i < h->target.n; i++) {
		char c = h->target.s[i];
		if (c <= ' ' || c == 0x7f || c == '#')
			return refuse(status, why, 400, "target");
	}
	return true;
}

/* RFC 9112 §3.2: exactly one, and an absolute target may not say another. */
static bool check_host(const net_head *h, int *status, const char **why)
{
	str host, rest;
	if (net_head_find(h, S("Host"), &host) != 1 || !is_host(host))
		return refuse(status, why, 400, "host");
	if (h->target.n && h->target.s[0] == '/')
		return true;
	str named = authority(h->target, &rest);
	if (!named.s)
		return refuse(status, why, 400, "target");
	if (!net_str_equal_caseless(named, host))
		return refuse(status, why, 400, "host");
	return true;
}

/* RFC 9112 §6: one way to tell where the body ends. */
static bool check_length(const net_head *h, int *status, const char **why)
{
	str coding, length, expect;
	size_t codings = net_head_find(h, S("Transfer-Encoding"), &coding);
	size_t lengths = net_head_find(h, S("Content-Length"), &length);
	if (codings && lengths)
		return refuse(status, why, 400, "length twice");
	if (codings > 1 || lengths > 1)
		return refuse(status, why, 400, "length twice");
	if (codings && (str_equal(h->version, S("HTTP/1.0"))))
		return refuse(status, why, 400, "transfer-encoding");
	if (codings && !net_str_equal_caseless(coding, S("chunked")))
		return refuse(status, why, 501, "transfer-encoding");
	int64_t value;
	for (size_t i = 0; i < length.n; i++)
		if (!is_digit(length.s[i]))
			return refuse(status, why, 400, "content-length");
	if (lengths && length.n == 0)
		return refuse(status, why, 400, "content-length");
	if (lengths && !str_to_int(length, 0, INT64_MAX, &value))
		return refuse(status, why, 413, "content-length");
	size_t expects = net_head_find(h, S("Expect"), &expect);
	if (expects > 1 ||
	    (expects && !net_str_equal_caseless(expect, S("100-continue"))))
		return refuse(status, why, 417, "expect");
	return true;
}

uint64_t net_head_length(const net_head *h, bool *chunked)
{
	str value;
	int64_t length = 0;
	*chunked = net_head_find(h, S("Transfer-Encoding"), &value) > 0;
	if (net_head_find(h, S("Content-Length"), &value) &&
	    !str_to_int(value, 0, INT64_MAX, &length))
		length = INT64_MAX;
	return (uint64_t)length;
}

bool net_head_check(const net_head *h, size_t body_max, int *status, const char **why)
{
	if (!check_line(h, status, why))
		return false;
	if (h->headers > NET_HEADERS_MAX)
		return refuse(status, why, 431, "headers");
	for (size_t i = 0; i < h->headers; i++)
		if (!is_token(h->header[i].name) || !is_value(h->header[i].value))
			return refuse(status, why, 400, "header");
	if (!check_host(h, status, why) || !check_length(h, status, why))
		return false;
	bool chunked;
	uint64_t length = net_head_length(h, &chunked);
	if (length > body_max || (chunked && body_max == 0))
		return refuse(status, why, 413, "body");
	return true;
}

/* Whether `part` begins at *at; moves past it and the `gap` bytes after it. */
static bool next(uintptr_t *at, str part, size_t gap)
{
	bool here = (uintptr_t)part.s == *at;
	*at += part.n + gap;
	return here;
}

bool net_head_as_sent(const net_head *h, size_t size)
{
	uintptr_t at = (uintptr_t)h->method.s;
	bool clean = next(&at, h->method, 1) && next(&at, h->target, 1) &&
		     next(&at, h->version, 2);
	for (size_t i = 0; clean && i < h->headers; i++) {
		str name = h->header[i].name, value = h->header[i].value;
		clean = next(&at, name, 1) && (uintptr_t)value.s >= at;
		at = (uintptr_t)value.s + value.n + 2;
	}
	return clean && at + 2 == (uintptr_t)h->method.s + size;
}

static int hex(char c)
{
	if (is_digit(c))
		return c - '0';
	return small(c) >= 'a' && small(c) <= 'f' ? small(c) - 'a' + 10 : -1;
}

bool net_percent_decode(arena *mem, str raw, bool plus, str *out)
{
	char *to = arena_alloc(mem, raw.n + 1, 1);
	size_t n = 0;
	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.s[i];
		if (c == '%') {
			int high = i + 2 < raw.n ? hex(raw.s[i + 1]) : -1;
			int low = high >= 0 ? hex(raw.s[i + 2]) : -1;
			if (low < 0)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		} else if (plus && c == '+') {
			c = ' ';
		}
		if (!c)
			return false;
		to[n++] = c;
	}
	*out = (str){to, n};
	return utf8_valid(*out);
}

bool net_path_decode(arena *mem, str raw, str *out)
{
	if (!raw.n || raw.s[0] != '/' || !net_percent_decode(mem, raw, false, out) ||
	    !is_value(*out) || memchr(out->s, '\t', out->n))
		return false;
	str rest = str_slice(*out, 1, out->n), part;
	while (str_cut(&rest, '/', &part)) {
		if (str_equal(part, S(".")) || str_equal(part, S("..")))
			return false;
		/* Only after the last slash may there be nothing. */
		if (!part.n && rest.s)
			return false;
	}
	return true;
}

/* cookie-octet (RFC 6265 §4.1.1). */
static bool is_cookie_value(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.s[i] <= ' ' || s.s[i] == 0x7f || strchr("\",;\\", s.s[i]))
			return false;
	return true;
}

void net_cookies_read(arena *mem, str header, const net_pair **out, size_t *n)
{
	size_t most = 1;
	for (size_t i = 0; i < header.n; i++)
		most += header.s[i] == ';';
	net_pair *pair = NEW_ARRAY(mem, net_pair, most);
	str part;
	*n = 0;
	*out = pair;
	while (str_cut(&header, ';', &part)) {
		part = str_trim(part);
		ptrdiff_t equal = str_find(part, S("="));
		if (equal < 0)
			continue;
		str name = str_slice(part, 0, (size_t)equal);
		str value = str_slice(part, (size_t)equal + 1, part.n);
		if (value.n >= 2 && value.s[0] == '"' && value.s[value.n - 1] == '"')
			value = str_slice(value, 1, value.n - 1);
		if (is_token(name) && is_cookie_value(value))
			pair[(*n)++] = (net_pair){name, value};
	}
}
