/* UTF-8 (RFC 3629) and comparing what people typed (Unicode by ICU). */
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/base.h"

int32_t utf8_next(str s, size_t *pos)
{
	static const int32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char c = (unsigned char)s.s[*pos];
	++*pos;
	if (c < 0x80)
		return c;
	size_t len = c >= 0xf0 && c < 0xf5   ? 4
		     : c >= 0xe0 && c < 0xf0 ? 3
		     : c >= 0xc2 && c < 0xe0 ? 2
					     : 0;
	if (!len || s.n - *pos < len - 1)
		return -1;
	int32_t point = c & (0xff >> (len + 1));
	for (size_t i = 0; i < len - 1; i++) {
		unsigned char next = (unsigned char)s.s[*pos + i];
		if ((next & 0xc0) != 0x80)
			return -1;
		point = point << 6 | (next & 0x3f);
	}
	if (point < least[len] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
		return -1;
	*pos += len - 1;
	return point;
}

void utf8_put(buf *b, int32_t p)
{
	assert(p >= 0 && p <= 0x10ffff);
	if (p < 0x80) {
		buf_char(b, (char)p);
		return;
	}
	int tail = p < 0x800 ? 1 : p < 0x10000 ? 2 : 3;
	static const int lead[4] = {0, 0xc0, 0xe0, 0xf0};
	buf_char(b, (char)(lead[tail] | p >> (6 * tail)));
	while (tail--)
		buf_char(b, (char)(0x80 | (p >> (6 * tail) & 0x3f)));
}

bool utf8_valid(str s)
{
	for (size_t pos = 0; pos < s.n;)
		if (utf8_next(s, &pos) < 0)
			return false;
	return true;
}

static bool is_ascii(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.s[i] >= 0x80)
			return false;
	return true;
}

typedef struct wide {
	UChar *s;
	int32_t n;
} wide;

/* Text whose UTF-16 length would not fit ICU's 32 bits does not come here: callers bound cells and files. */
static wide to_wide(arena *a, str s)
{
	assert(s.n < INT32_MAX / 4);
	UErrorCode status = U_ZERO_ERROR;
	wide w = {.s = NEW_ARRAY(a, UChar, s.n + 1)};
	u_strFromUTF8WithSub(w.s, (int32_t)s.n + 1, &w.n, s.s, (int32_t)s.n, 0xfffd, NULL,
			     &status);
	assert(U_SUCCESS(status));
	return w;
}

static str from_wide(arena *a, wide w)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t n = 0;
	char *s = arena_alloc(a, (size_t)w.n * 3 + 1, 1);
	u_strToUTF8(s, w.n * 3 + 1, &n, w.s, w.n, &status);
	assert(U_SUCCESS(status));
	return (str){s, (size_t)n};
}

static wide normalise(arena *a, const UNormalizer2 *form, wide w)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t room = w.n * 4 + 16; /* UAX #15: at most three times longer in UTF-16 */
	wide out = {.s = NEW_ARRAY(a, UChar, (size_t)room)};
	out.n = unorm2_normalize(form, w.s, w.n, out.s, room, &status);
	assert(U_SUCCESS(status));
	return out;
}

str utf8_nfc(arena *a, str s)
{
	if (is_ascii(s))
		return str_copy(a, s);
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
	assert(U_SUCCESS(status));
	return from_wide(a, normalise(a, nfc, to_wide(a, s)));
}

/* One space for every run of white space, none at the ends. */
static wide squeeze(wide w)
{
	int32_t n = 0;
	for (int32_t i = 0; i < w.n; i++) {
		bool space = u_isUWhiteSpace(w.s[i]);
		if (space && (n == 0 || w.s[n - 1] == ' '))
			continue;
		w.s[n++] = space ? ' ' : w.s[i];
	}
	if (n && w.s[n - 1] == ' ')
		n--;
	w.n = n;
	return w;
}

static str fold_ascii(arena *a, str s)
{
	char *out = arena_alloc(a, s.n + 1, 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.s[i];
		bool space = c == ' ' || (c >= '\t' && c <= '\r');
		if (space && (n == 0 || out[n - 1] == ' '))
			continue;
		out[n++] = space ? ' ' : c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	if (n && out[n - 1] == ' ')
		n--;
	return (str){out, n};
}

static wide fold_wide(arena *a, str s, const UNormalizer2 *form)
{
	UErrorCode status = U_ZERO_ERROR;
	wide w = normalise(a, form, to_wide(a, s));
	int32_t room = w.n * 3 + 16;
	wide folded = {.s = NEW_ARRAY(a, UChar, (size_t)room)};
	folded.n = u_strFoldCase(folded.s, room, w.s, w.n, U_FOLD_CASE_DEFAULT, &status);
	assert(U_SUCCESS(status));
	return squeeze(normalise(a, form, folded));
}

str utf8_fold(arena *a, str s)
{
	if (is_ascii(s))
		return fold_ascii(a, s);
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
	assert(U_SUCCESS(status));
	return from_wide(a, fold_wide(a, s, nfc));
}

str utf8_plain(arena *a, str s)
{
	if (is_ascii(s))
		return fold_ascii(a, s);
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *nfd = unorm2_getNFDInstance(&status);
	assert(U_SUCCESS(status));
	wide w = fold_wide(a, s, nfd);
	int32_t n = 0;
	for (int32_t i = 0; i < w.n; i++)
		if (u_charType(w.s[i]) != U_NON_SPACING_MARK)
			w.s[n++] = w.s[i];
	w.n = n;
	return from_wide(a, w);
}
