/* The master key as text for a safe, and back. */
#include <sodium.h>
#include <string.h>

#include "store/keep_priv.h"

/* Three bytes of hash find a letter that was misread; 35 bytes are 56 letters of five bits. */
enum { SUM = 3, BYTES = SECRET_BYTES + SUM, LETTERS = BYTES * 8 / 5, GROUP = 4 };
static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

static void add_sum(uint8_t bytes[BYTES])
{
	uint8_t hash[crypto_generichash_BYTES];
	crypto_generichash(hash, sizeof hash, bytes, SECRET_BYTES, NULL, 0);
	memcpy(bytes + SECRET_BYTES, hash, SUM);
}

static str to_text(arena *mem, const uint8_t bytes[BYTES])
{
	buf b = {.mem = mem};
	for (int i = 0; i < LETTERS; i++) {
		int bit = i * 5, at = bit / 8;
		unsigned two =
			(unsigned)bytes[at] << 8 | (at + 1 < BYTES ? bytes[at + 1] : 0u);
		if (i && i % GROUP == 0)
			buf_char(&b, '-');
		buf_char(&b, alphabet[two >> (11 - bit % 8) & 31]);
	}
	return buf_str(&b);
}

/* -1 for what is between letters, -2 for what is none. */
static int letter_value(char x)
{
	if (x == ' ' || x == '-' || x == '\n' || x == '\r' || x == '\t')
		return -1;
	if (x >= 'A' && x <= 'Z')
		x = (char)(x + 32);
	if (x == 'o')
		x = '0';
	if (x == 'i' || x == 'l')
		x = '1';
	const char *at = x ? strchr(alphabet, x) : NULL;
	return at ? (int)(at - alphabet) : -2;
}

static bool from_text(str text, uint8_t bytes[BYTES])
{
	int letters = 0;
	memset(bytes, 0, BYTES);
	for (size_t i = 0; i < text.n; i++) {
		int value = letter_value(text.s[i]);
		if (value == -1)
			continue;
		if (value < 0 || letters == LETTERS)
			return false;
		for (int k = 0; k < 5; k++) {
			int bit = letters * 5 + k;
			if (value >> (4 - k) & 1)
				bytes[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
		}
		letters++;
	}
	return letters == LETTERS;
}

bool master_parse(str text, uint8_t master[SECRET_BYTES])
{
	uint8_t bytes[BYTES], again[BYTES];
	if (text.n == SECRET_BYTES) {
		memcpy(master, text.s, SECRET_BYTES);
		return true;
	}
	bool ok = from_text(text, bytes);
	memcpy(again, bytes, BYTES);
	add_sum(again);
	ok = ok && !sodium_memcmp(again, bytes, BYTES);
	if (ok)
		memcpy(master, bytes, SECRET_BYTES);
	sodium_memzero(bytes, BYTES);
	sodium_memzero(again, BYTES);
	return ok;
}

bool store_key_export(ctx *c, store_base *b, str *text)
{
	uint8_t bytes[BYTES];
	bool there;
	/* No page shows it: who reads the key reads everything, without a line in the log. */
	if (c->actor)
		return fail_hidden(c);
	if (!keys_read(c, b->dir_fd, b->dir, bytes, &there))
		return false;
	if (!there)
		return ctx_fail(c, FAULT_RESOURCE, "store.key_missing", b->dir, S(""));
	add_sum(bytes);
	*text = to_text(c->mem, bytes);
	sodium_memzero(bytes, BYTES);
	return keep_note_set(c, b, "key_exported", c->now, "key_export");
}
