/* What every form has: token, key, errors; and reading from it. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "web/web_priv.h"

enum { TOKEN_BYTES = 16, TOKEN_TEXT = 64 };

str req_form(const req *r, const char *name)
{
	str v = net_form(r->in, str_from(name));
	return v.s ? str_trim(v) : S("");
}

str req_query(const req *r, const char *name)
{
	str v = net_query(r->in, str_from(name));
	return v.s ? str_trim(v) : S("");
}

/* A mask, and the key's first half under it: never the same bytes twice in two answers. */
str form_token(req *r)
{
	uint8_t bytes[2 * TOKEN_BYTES];
	char *text = arena_alloc(r->ctx->mem, TOKEN_TEXT + 1, 1);
	randombytes_buf(bytes, TOKEN_BYTES);
	for (size_t i = 0; i < TOKEN_BYTES; i++)
		bytes[TOKEN_BYTES + i] = bytes[i] ^ r->form_key[i];
	sodium_bin2hex(text, TOKEN_TEXT + 1, bytes, sizeof bytes);
	return (str){text, TOKEN_TEXT};
}

bool form_token_right(req *r)
{
	str sent = req_form(r, "token");
	uint8_t bytes[2 * TOKEN_BYTES], key[TOKEN_BYTES];
	size_t n = 0;
	if (r->new_form_key || sent.n != TOKEN_TEXT ||
	    sodium_hex2bin(bytes, sizeof bytes, sent.s, sent.n, NULL, &n, NULL) != 0 ||
	    n != sizeof bytes)
		return false;
	for (size_t i = 0; i < TOKEN_BYTES; i++)
		key[i] = bytes[i] ^ bytes[TOKEN_BYTES + i];
	return sodium_memcmp(key, r->form_key, TOKEN_BYTES) == 0;
}

str form_once(req *r)
{
	str sent = req_form(r, "once");
	id known;
	return id_parse(sent, &known) ? sent : store_secret_new(r->ctx, 26);
}

void form_error(req *r, str id_text, const char *key, str arg)
{
	if (r->error_n == r->error_cap) {
		size_t cap = r->error_cap ? 2 * r->error_cap : 8;
		r->error = arena_grow(r->ctx->mem, r->error, r->error_n, cap,
				      sizeof *r->error);
		r->error_cap = cap;
	}
	char *label = str_terminated(
		r->ctx->mem, str_format(r->ctx->mem, "field.%.*s", STR_ARG(id_text)));
	r->error[r->error_n++] = (view_error){
		.field = id_text,
		.key = key,
		.arg = arg,
		.label = view_has(r->lang, label) ? req_say(r, label) : S("")};
}

typedef struct once_work {
	bool (*work)(ctx *c, void *arg);
	void *arg;
	str key, *result;
} once_work;

static bool once(ctx *c, void *self)
{
	once_work *o = self;
	bool again = false;
	str before = S("");
	if (!store_once(c, o->key, &again, &before))
		return false;
	if (again) {
		*o->result = before;
		return true;
	}
	return o->work(c, o->arg) && store_once_result(c, o->key, *o->result);
}

bool req_write(req *r, bool (*work)(ctx *c, void *arg), void *arg, str *result)
{
	/* A page with several forms has one key for them all; the address tells them apart. */
	str key = str_format(r->ctx->mem, "%.*s %.*s", STR_ARG(form_once(r)),
			     STR_ARG(r->in->path));
	once_work o = {.work = work, .arg = arg, .key = key, .result = result};
	return store_write(r->ctx, once, &o);
}
