/* From the bytes of a text file to UTF-8: UTF-8, UTF-16 either way, Windows-1252. */
#include <string.h>

#include "sheet/sheet_priv.h"

/* Windows-1252, 0x80 … 0x9f (WHATWG Encoding Standard); the five holes become U+FFFD. */
static const uint16_t windows_high[32] = {
	0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
	0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
};

/* Writes a code point where there is room for four bytes. */
static size_t put(char *to, uint32_t p)
{
	if (p < 0x80) {
		to[0] = (char)p;
		return 1;
	}
	size_t tail = p < 0x800 ? 1 : p < 0x10000 ? 2 : 3;
	static const unsigned lead[4] = {0, 0xc0, 0xe0, 0xf0};
	to[0] = (char)(lead[tail] | p >> (6 * tail));
	for (size_t i = 1; i <= tail; i++)
		to[i] = (char)(0x80 | (p >> (6 * (tail - i)) & 0x3f));
	return tail + 1;
}

static str from_windows(arena *a, str s)
{
	size_t high = 0;
	for (size_t i = 0; i < s.n; i++)
		high += (unsigned char)s.s[i] >= 0x80;
	char *out = arena_alloc(a, s.n + 2 * high + 1, 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.s[i];
		n += put(out + n, c >= 0x80 && c < 0xa0 ? windows_high[c - 0x80] : c);
	}
	return (str){out, n};
}

static uint32_t unit_at(str s, size_t i, bool big)
{
	unsigned char a = (unsigned char)s.s[i], b = (unsigned char)s.s[i + 1];
	return big ? (uint32_t)a << 8 | b : (uint32_t)b << 8 | a;
}

static str from_utf16(arena *a, str s, bool big)
{
	char *out = arena_alloc(a, s.n / 2 * 3 + 4, 1);
	size_t n = 0;
	for (size_t i = 0; i + 1 < s.n; i += 2) {
		uint32_t p = unit_at(s, i, big);
		if (p >= 0xd800 && p < 0xdc00 && i + 3 < s.n) {
			uint32_t low = unit_at(s, i + 2, big);
			if (low >= 0xdc00 && low < 0xe000) {
				p = 0x10000 + ((p - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			}
		}
		n += put(out + n, p >= 0xd800 && p < 0xe000 ? 0xfffd : p);
	}
	if (s.n % 2)
		n += put(out + n, 0xfffd);
	return (str){out, n};
}

/* How many letters of more than one byte are well formed, and how many bytes are not. */
static void count_utf8(str s, size_t *good, size_t *bad)
{
	*good = *bad = 0;
	for (size_t pos = 0; pos < s.n;) {
		if ((unsigned char)s.s[pos] < 0x80) {
			pos++;
			continue;
		}
		if (utf8_next(s, &pos) < 0)
			++*bad;
		else
			++*good;
	}
}

static str mend_utf8(arena *a, str s, size_t bad)
{
	char *out = arena_alloc(a, s.n + 2 * bad + 1, 1);
	size_t n = 0;
	for (size_t pos = 0; pos < s.n;) {
		int32_t p = utf8_next(s, &pos);
		n += put(out + n, p < 0 ? 0xfffd : (uint32_t)p);
	}
	return (str){out, n};
}

/* UTF-16 without a mark: European text has a zero byte in nearly every pair, always on one side. */
static bool looks_utf16(str s, bool *big)
{
	size_t n = s.n < 4096 ? s.n / 2 : 2048, even = 0, odd = 0;
	for (size_t i = 0; i < n; i++) {
		even += s.s[2 * i] == '\0';
		odd += s.s[2 * i + 1] == '\0';
	}
	*big = even > odd;
	size_t most = *big ? even : odd, least = *big ? odd : even;
	return n >= 4 && most * 10 > n * 6 && least * 20 < n;
}

bool sheet_decode(ctx *c, str file, str bytes, str *text, const char **encoding)
{
	size_t good, bad;
	bool big;
	if (str_starts(bytes, S("\xd0\xcf\x11\xe0")))
		return ctx_fail_at(c, FAULT_INPUT, file, 0, 0, "sheet.old_excel", S(""),
				   S(""));
	if (str_starts(bytes, S("\xff\xfe")) || str_starts(bytes, S("\xfe\xff"))) {
		big = (unsigned char)bytes.s[0] == 0xfe;
		*text = from_utf16(c->mem, str_slice(bytes, 2, bytes.n), big);
		*encoding = big ? "UTF-16BE" : "UTF-16LE";
		return true;
	}
	if (looks_utf16(bytes, &big)) {
		*text = from_utf16(c->mem, bytes, big);
		*encoding = big ? "UTF-16BE" : "UTF-16LE";
		return true;
	}
	bool marked = str_starts(bytes, S("\xef\xbb\xbf"));
	bytes = marked ? str_slice(bytes, 3, bytes.n) : bytes;
	count_utf8(bytes, &good, &bad);
	/* A few torn letters among many good ones: damaged UTF-8, not Windows-1252. */
	bool utf8 = marked || !bad || good > 20 * bad;
	*encoding = utf8 ? "UTF-8" : "Windows-1252";
	*text = !utf8 ? from_windows(c->mem, bytes)
		: bad ? mend_utf8(c->mem, bytes, bad)
		      : bytes;
	return true;
}
