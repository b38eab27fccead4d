/* A secret as a picture that a phone reads, and as letters to type. */
#include <limits.h>
#include <qrencode.h>

#include "web/account_priv.h"

enum { QUIET = 4, BITS = 5 };

/* One run of dark squares is one rectangle. */
static void add_row(buf *b, const unsigned char *row, int width, int y)
{
	for (int x = 0; x < width;) {
		int from = x;
		while (x < width && row[x] & 1)
			x++;
		if (x > from)
			buf_format(b, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET,
				   x - from, x - from);
		else
			x++;
	}
}

str qr_path(arena *mem, str text, int64_t *size)
{
	buf b = {.mem = mem};
	QRcode *q = QRcode_encodeString8bit(str_terminated(mem, text), 0, QR_ECLEVEL_M);
	*size = 0;
	if (!q)
		return S("");
	for (int y = 0; y < q->width; y++)
		add_row(&b, q->data + (ptrdiff_t)y * q->width, q->width, y);
	*size = q->width + 2 * QUIET;
	QRcode_free(q);
	return buf_str(&b);
}

str qr_base32(arena *mem, const uint8_t *bytes, size_t n, size_t group)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	buf b = {.mem = mem};
	size_t letters = (n * CHAR_BIT + BITS - 1) / BITS;
	for (size_t i = 0; i < letters; i++) {
		size_t byte = i * BITS / CHAR_BIT, skip = i * BITS % CHAR_BIT;
		unsigned two = (unsigned)bytes[byte] << CHAR_BIT |
			       (byte + 1 < n ? bytes[byte + 1] : 0u);
		if (group && i && i % group == 0)
			buf_char(&b, ' ');
		buf_char(&b, alphabet[two >> (2 * CHAR_BIT - BITS - skip) & 31]);
	}
	return buf_str(&b);
}
