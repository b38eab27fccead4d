/* Text as slices, and a text that grows. */
#include <stdio.h>
#include <string.h>

#include "base/base.h"

str str_from(const char *terminated)
{
	return (str){terminated, terminated ? strlen(terminated) : 0};
}

bool str_equal(str a, str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
}

int str_compare(str a, str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.s, b.s, n) : 0;
	return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(str s, str prefix)
{
	return s.n >= prefix.n && str_equal(str_slice(s, 0, prefix.n), prefix);
}

bool str_ends(str s, str suffix)
{
	return s.n >= suffix.n && str_equal(str_slice(s, s.n - suffix.n, s.n), suffix);
}

ptrdiff_t str_find(str s, str needle)
{
	if (!needle.n)
		return 0;
	const char *hit = s.n ? memmem(s.s, s.n, needle.s, needle.n) : NULL;
	return hit ? hit - s.s : -1;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

str str_trim(str s)
{
	while (s.n && is_space(s.s[0]))
		s = (str){s.s + 1, s.n - 1};
	while (s.n && is_space(s.s[s.n - 1]))
		s.n--;
	return s;
}

str str_slice(str s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	return (str){s.s ? s.s + from : NULL, to - from};
}

char *str_terminated(arena *a, str s)
{
	char *copy = arena_alloc(a, s.n + 1, 1);
	if (s.n)
		memcpy(copy, s.s, s.n);
	return copy;
}

str str_copy(arena *a, str s)
{
	return (str){str_terminated(a, s), s.n};
}

PRINTF_LIKE(2, 0)
static str format_va(arena *a, const char *fmt, va_list args)
{
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	assert(n >= 0);
	char *s = arena_alloc(a, (size_t)n + 1, 1);
	vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return (str){s, (size_t)n};
}

str str_format(arena *a, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	str s = format_va(a, fmt, args);
	va_end(args);
	return s;
}

bool str_to_int(str s, int64_t min, int64_t max, int64_t *out)
{
	bool negative = s.n && s.s[0] == '-';
	size_t i = negative || (s.n && s.s[0] == '+');
	if (i == s.n)
		return false;
	int64_t value = 0;
	for (; i < s.n; i++) {
		if (s.s[i] < '0' || s.s[i] > '9')
			return false;
		int digit = s.s[i] - '0';
		if (__builtin_mul_overflow(value, (int64_t)10, &value) ||
		    __builtin_add_overflow(value, negative ? -digit : digit, &value))
			return false;
	}
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

bool str_cut(str *rest, char sep, str *part)
{
	if (!rest->s)
		return false;
	const char *hit = rest->n ? memchr(rest->s, sep, rest->n) : NULL;
	size_t n = hit ? (size_t)(hit - rest->s) : rest->n;
	*part = (str){rest->s, n};
	*rest = hit ? (str){hit + 1, rest->n - n - 1} : (str){NULL, 0};
	return true;
}

static void make_room(buf *b, size_t more)
{
	if (more <= b->cap - b->n)
		return;
	size_t cap = b->cap ? b->cap * 2 : 256;
	while (cap - b->n < more)
		cap *= 2;
	b->s = arena_grow(b->mem, b->s, b->n, cap, 1);
	b->cap = cap;
}

void buf_add(buf *b, str s)
{
	if (!s.n)
		return;
	make_room(b, s.n);
	memcpy(b->s + b->n, s.s, s.n);
	b->n += s.n;
}

void buf_char(buf *b, char c)
{
	make_room(b, 1);
	b->s[b->n++] = c;
}

void buf_format(buf *b, const char *fmt, ...)
{
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	assert(n >= 0);
	make_room(b, (size_t)n + 1);
	vsnprintf(b->s + b->n, (size_t)n + 1, fmt, again);
	va_end(again);
	b->n += (size_t)n;
}

str buf_str(const buf *b)
{
	return (str){b->s, b->n};
}
