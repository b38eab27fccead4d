/* Sealed texts and keyed hashes, all of them libsodium's. */
#include <sodium.h>
#include <string.h>

#include "store/store_priv.h"

enum {
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	PADDED_TO = 128,
	PAIR_HEAD = 5, /* bytes before a pair: length of its name, length of its value */
};
_Static_assert(SECRET_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key size");

/* Table and row: a sealed text moved to another row does not open there. */
static str bound_to(ctx *c, str table, const id *row)
{
	return str_format(c->mem, "%.*s/%s", STR_ARG(table), row->s);
}

str seal(ctx *c, const uint8_t key[SECRET_BYTES], str table, const id *row, str plain)
{
	if (!plain.n)
		return S("");
	size_t padded = 0, room = (plain.n / PADDED_TO + 1) * PADDED_TO;
	unsigned char *text = arena_alloc(c->mem, room, 1);
	memcpy(text, plain.s, plain.n);
	if (sodium_pad(&padded, text, plain.n, PADDED_TO, room))
		padded = 0;
	assert(padded == room);
	unsigned char *out = arena_alloc(c->mem, NONCE + room + TAG, 1);
	str bound = bound_to(c, table, row);
	store_random(c, out, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, NULL, text, room,
						   (const unsigned char *)bound.s,
						   bound.n, NULL, out, key);
	sodium_memzero(text, room);
	return (str){(const char *)out, NONCE + room + TAG};
}

bool unseal(ctx *c, const uint8_t key[SECRET_BYTES], str table, const id *row, str sealed,
	    str *plain)
{
	*plain = S("");
	if (!sealed.n)
		return true;
	if (sealed.n < NONCE + TAG)
		return false;
	const unsigned char *in = (const unsigned char *)sealed.s;
	size_t n = sealed.n - NONCE - TAG, unpadded;
	unsigned char *text = arena_alloc(c->mem, n + 1, 1);
	str bound = bound_to(c, table, row);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(
		    text, NULL, NULL, in + NONCE, sealed.n - NONCE,
		    (const unsigned char *)bound.s, bound.n, in, key) ||
	    sodium_unpad(&unpadded, text, n, PADDED_TO))
		return false;
	*plain = (str){(const char *)text, unpadded};
	return true;
}

/* ---- pairs --------------------------------------------------------------------------- */

void pairs_add(buf *b, str name, str value)
{
	assert(name.n < 256 && value.n <= UINT32_MAX);
	if (!value.n)
		return;
	buf_char(b, (char)name.n);
	for (int shift = 0; shift < 32; shift += 8)
		buf_char(b, (char)(value.n >> shift & 255));
	buf_add(b, name);
	buf_add(b, value);
}

bool pairs_next(str *rest, str *name, str *value)
{
	if (rest->n < PAIR_HEAD)
		return false;
	const unsigned char *head = (const unsigned char *)rest->s;
	size_t n = 0, names = head[0];
	for (int i = 4; i > 0; i--)
		n = n << 8 | head[i];
	if (rest->n - PAIR_HEAD < names || rest->n - PAIR_HEAD - names < n)
		return false;
	*name = str_slice(*rest, PAIR_HEAD, PAIR_HEAD + names);
	*value = str_slice(*rest, PAIR_HEAD + names, PAIR_HEAD + names + n);
	*rest = str_slice(*rest, PAIR_HEAD + names + n, rest->n);
	return true;
}

str pairs_get(str pairs, str name)
{
	str other, value;
	while (pairs_next(&pairs, &other, &value))
		if (str_equal(other, name))
			return value;
	return S("");
}

/* ---- whose key ----------------------------------------------------------------------- */

static bool fail_sealed(ctx *c)
{
	return ctx_fail(c, FAULT_RESOURCE, "store.sealed", S(""), S(""));
}

str seal_house(ctx *c, str table, const id *row, str plain)
{
	return seal(c, c->store->base->seal_key, table, row, plain);
}

bool unseal_house(ctx *c, str table, const id *row, str sealed, str *plain)
{
	return unseal(c, c->store->base->seal_key, table, row, sealed, plain) ||
	       fail_sealed(c);
}

bool seal_person(ctx *c, const id *who, str table, const id *row, str plain, str *sealed)
{
	uint8_t key[SECRET_BYTES];
	bool there;
	*sealed = S("");
	if (!plain.n)
		return true;
	if (!keys_get(c, who, key, &there))
		return false;
	if (!there)
		return fail_sealed(c);
	*sealed = seal(c, key, table, row, plain);
	sodium_memzero(key, sizeof key);
	return true;
}

bool unseal_person(ctx *c, const id *who, str table, const id *row, str sealed,
		   str *plain)
{
	uint8_t key[SECRET_BYTES];
	bool there;
	*plain = S("");
	if (!sealed.n)
		return true;
	if (!keys_get(c, who, key, &there))
		return false;
	bool ok = there && unseal(c, key, table, row, sealed, plain);
	sodium_memzero(key, sizeof key);
	return ok || fail_sealed(c);
}

/* ---- hashes ---------------------------------------------------------------------------- */

str keyed_hash(ctx *c, str kind, str text)
{
	enum { BYTES = 32 };
	unsigned char *out = arena_alloc(c->mem, BYTES, 1);
	str both = str_format(c->mem, "%.*s/%.*s", STR_ARG(kind), STR_ARG(text));
	crypto_generichash(out, BYTES, (const unsigned char *)both.s, both.n,
			   c->store->base->hash_key, SECRET_BYTES);
	return (str){(const char *)out, BYTES};
}

/* "070-174 06 36", "0046701740636" and "+46701740636" are one number. */
static str phone_plain(arena *mem, str s)
{
	buf digits = {.mem = mem};
	bool plus = str_starts(str_trim(s), S("+"));
	for (size_t i = 0; i < s.n; i++)
		if (s.s[i] >= '0' && s.s[i] <= '9')
			buf_char(&digits, s.s[i]);
	str d = buf_str(&digits);
	if (!plus && str_starts(d, S("00")))
		d = str_slice(d, 2, d.n);
	else if (!plus && str_starts(d, S("0")))
		d = str_format(mem, "46%.*s", STR_ARG(str_slice(d, 1, d.n)));
	return d;
}

str contact_hash(ctx *c, str contact)
{
	if (str_find(contact, S("@")) >= 0)
		return keyed_hash(c, S("mail"), utf8_fold(c->mem, contact));
	str phone = phone_plain(c->mem, contact);
	return phone.n ? keyed_hash(c, S("phone"), phone) : S("");
}
