/*
 * A strict pull parser for JSON (RFC 8259), written for results of a million pairs:
 * it walks the bytes once and builds nothing the caller did not ask for.
 */
#include <stdlib.h>
#include <string.h>

#include "check/check_priv.h"

bool check_json_fail(const check_json *j, size_t at, const char *key, str arg)
{
	int64_t line = 1, column = 1;
	for (size_t i = 0; i < at && i < j->n; i++) {
		if (j->s[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)j->s[i] & 0xC0) != 0x80) {
			column++;
		}
	}
	return ctx_fail_at(j->c, FAULT_INPUT, j->file, line, column, key, arg, S(""));
}

static bool fail_here(const check_json *j, const char *key)
{
	return check_json_fail(j, j->at, j->at < j->n ? key : "check.json_ends", S(""));
}

static void skip_space(check_json *j)
{
	while (j->at < j->n && (j->s[j->at] == ' ' || j->s[j->at] == '\n' ||
				j->s[j->at] == '\t' || j->s[j->at] == '\r'))
		j->at++;
}

static int peek(const check_json *j)
{
	return j->at < j->n ? (unsigned char)j->s[j->at] : -1;
}

bool check_json_open(check_json *j, char bracket)
{
	skip_space(j);
	if (peek(j) != bracket)
		return fail_here(j, bracket == '{' ? "check.json_object"
						   : "check.json_array");
	if (j->depth >= JSON_DEPTH)
		return fail_here(j, "check.json_depth");
	j->at++;
	j->depth++;
	return true;
}

static bool close_bracket(check_json *j, bool *more)
{
	j->at++;
	j->depth--;
	*more = false;
	return true;
}

bool check_json_element(check_json *j, bool first, bool *more)
{
	*more = true;
	skip_space(j);
	if (peek(j) == ']')
		return close_bracket(j, more);
	if (first)
		return j->at < j->n || fail_here(j, "");
	if (peek(j) != ',')
		return fail_here(j, "check.json_comma");
	j->at++;
	skip_space(j);
	return peek(j) != ']' || fail_here(j, "check.json_value");
}

/* ---- objects ------------------------------------------------------------------ */

static int compare_key(const void *a, const void *b)
{
	const struct check_key *x = a, *y = b;
	int order = str_compare(x->name, y->name);
	return order ? order : (x->at > y->at) - (x->at < y->at);
}

static bool keys_differ(const check_json *j, check_object *o)
{
	if (o->n > 1)
		qsort(o->key, o->n, sizeof *o->key, compare_key);
	for (size_t i = 1; i < o->n; i++)
		if (str_equal(o->key[i].name, o->key[i - 1].name))
			return check_json_fail(j, o->key[i].at, "check.json_twice",
					       o->key[i].name);
	return true;
}

bool check_json_key(check_json *j, check_object *o, str *key, bool *more)
{
	*more = true;
	skip_space(j);
	if (peek(j) == '}')
		return keys_differ(j, o) && close_bracket(j, more);
	if (o->n) {
		if (peek(j) != ',')
			return fail_here(j, "check.json_comma");
		j->at++;
		skip_space(j);
	}
	size_t at = j->at;
	if (peek(j) != '"')
		return fail_here(j, "check.json_key");
	if (!check_json_string(j, key))
		return false;
	if (o->n == o->cap) {
		size_t cap = o->cap ? 2 * o->cap : 16;
		o->key = arena_grow(j->c->mem, o->key, o->cap, cap, sizeof *o->key);
		o->cap = cap;
	}
	o->key[o->n++] = (struct check_key){*key, at};
	skip_space(j);
	if (peek(j) != ':')
		return fail_here(j, "check.json_colon");
	j->at++;
	return true;
}

/* ---- strings ------------------------------------------------------------------ */

static bool hex4(check_json *j, uint32_t *out)
{
	*out = 0;
	for (int i = 0; i < 4; i++, j->at++) {
		int ch = peek(j);
		int digit = ch >= '0' && ch <= '9'   ? ch - '0'
			    : ch >= 'a' && ch <= 'f' ? ch - 'a' + 10
			    : ch >= 'A' && ch <= 'F' ? ch - 'A' + 10
						     : -1;
		if (digit < 0)
			return fail_here(j, "check.json_escape");
		*out = *out * 16 + (uint32_t)digit;
	}
	return true;
}

/* What follows a \u: one unit, or two that make a code point beyond the first plane. */
static bool unicode_escape(check_json *j, buf *b)
{
	size_t at = j->at;
	uint32_t high, low;
	if (!hex4(j, &high))
		return false;
	if (high >= 0xD800 && high < 0xDC00) {
		if (peek(j) != '\\' || j->at + 1 >= j->n || j->s[j->at + 1] != 'u')
			return fail_here(j, "check.json_escape");
		j->at += 2;
		if (!hex4(j, &low))
			return false;
		if (low < 0xDC00 || low > 0xDFFF)
			return check_json_fail(j, at, "check.json_escape", S(""));
		high = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
	} else if (high >= 0xDC00 && high < 0xE000) {
		return check_json_fail(j, at, "check.json_escape", S(""));
	}
	utf8_put(b, (int32_t)high);
	return true;
}

static bool escape(check_json *j, buf *b)
{
	static const char letter[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	j->at++;
	int ch = peek(j);
	if (ch == 'u') {
		j->at++;
		return unicode_escape(j, b);
	}
	const char *found = ch > 0 ? strchr(letter, ch) : NULL;
	if (!found)
		return fail_here(j, "check.json_escape");
	buf_char(b, means[found - letter]);
	j->at++;
	return true;
}

bool check_json_string(check_json *j, str *out)
{
	skip_space(j);
	if (peek(j) != '"')
		return fail_here(j, "check.json_string");
	size_t from = ++j->at;
	buf b = {.mem = j->c->mem};
	bool escaped = false;
	for (int ch; (ch = peek(j)) != '"';) {
		if (ch < 0x20)
			return fail_here(j, "check.json_control");
		if (ch == '\\') {
			buf_add(&b, (str){j->s + from, j->at - from});
			if (!escape(j, &b))
				return false;
			from = j->at;
			escaped = true;
		} else {
			j->at++;
		}
	}
	*out = (str){j->s + from, j->at - from};
	if (escaped) {
		buf_add(&b, *out);
		*out = buf_str(&b);
	}
	if (!utf8_valid(*out))
		return check_json_fail(j, from, "check.json_utf8", S(""));
	j->at++;
	return true;
}

/* ---- numbers and words ----------------------------------------------------------- */

static size_t digits(check_json *j)
{
	size_t from = j->at;
	while (peek(j) >= '0' && peek(j) <= '9')
		j->at++;
	return j->at - from;
}

/* The whole part of a number; its digits are left in j->s[from .. j->at). */
static bool whole(check_json *j, bool *negative, size_t *from)
{
	skip_space(j);
	*negative = peek(j) == '-';
	j->at += *negative;
	*from = j->at;
	size_t n = digits(j);
	if (!n || (n > 1 && j->s[*from] == '0'))
		return fail_here(j, "check.json_number");
	return true;
}

bool check_json_int(check_json *j, int64_t min, int64_t max, int64_t *out)
{
	bool negative, fits = true;
	size_t from, end;
	skip_space(j);
	size_t start = j->at;
	if (!whole(j, &negative, &from))
		return false;
	end = j->at;
	if (peek(j) == '.' || peek(j) == 'e' || peek(j) == 'E')
		return check_json_fail(j, start, "check.json_integer", S(""));
	int64_t value = 0;
	for (size_t i = from; i < end; i++) {
		int64_t digit = j->s[i] - '0';
		fits = fits && !__builtin_mul_overflow(value, 10, &value) &&
		       !__builtin_add_overflow(value, negative ? -digit : digit, &value);
	}
	if (!fits || value < min || value > max)
		return check_json_fail(j, start, "check.json_range",
				       (str){j->s + start, end - start});
	*out = value;
	return true;
}

static bool skip_number(check_json *j)
{
	bool negative;
	size_t from;
	if (!whole(j, &negative, &from))
		return false;
	if (peek(j) == '.') {
		j->at++;
		if (!digits(j))
			return fail_here(j, "check.json_number");
	}
	if (peek(j) == 'e' || peek(j) == 'E') {
		j->at++;
		if (peek(j) == '+' || peek(j) == '-')
			j->at++;
		if (!digits(j))
			return fail_here(j, "check.json_number");
	}
	return true;
}

static bool word(check_json *j, str text)
{
	if (!str_starts((str){j->s + j->at, j->n - j->at}, text))
		return false;
	j->at += text.n;
	return true;
}

bool check_json_bool(check_json *j, bool *out)
{
	skip_space(j);
	*out = peek(j) == 't';
	return word(j, *out ? S("true") : S("false")) || fail_here(j, "check.json_bool");
}

bool check_json_skip(check_json *j)
{
	bool more;
	str text;
	skip_space(j);
	switch (peek(j)) {
	case '{': {
		check_object o = {0};
		if (!check_json_open(j, '{'))
			return false;
		for (;;) {
			if (!check_json_key(j, &o, &text, &more))
				return false;
			if (!more)
				return true;
			if (!check_json_skip(j))
				return false;
		}
	}
	case '[':
		if (!check_json_open(j, '['))
			return false;
		for (bool first = true;; first = false) {
			if (!check_json_element(j, first, &more))
				return false;
			if (!more)
				return true;
			if (!check_json_skip(j))
				return false;
		}
	case '"':
		return check_json_string(j, &text);
	case 't':
		return word(j, S("true")) || fail_here(j, "check.json_value");
	case 'f':
		return word(j, S("false")) || fail_here(j, "check.json_value");
	case 'n':
		return word(j, S("null")) || fail_here(j, "check.json_value");
	default:
		if (peek(j) != '-' && (peek(j) < '0' || peek(j) > '9'))
			return fail_here(j, "check.json_value");
		return skip_number(j);
	}
}

bool check_json_end(check_json *j)
{
	skip_space(j);
	return j->at == j->n || fail_here(j, "check.json_after");
}

size_t check_json_count(const check_json *j, size_t shortest)
{
	size_t n = 0, most = (j->n - j->at) / (shortest + 1);
	int depth = 0;
	for (size_t i = j->at; i < j->n && depth >= 0; i++) {
		n += j->s[i] == ',' && depth == 0;
		depth += j->s[i] == '[';
		depth -= j->s[i] == ']';
	}
	return (n < most ? n : most) + 1;
}
