/* A report of a letter that came back: what is taken from it is short and lies in what was read. */
#include <stdlib.h>

#include "mail/mail_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool what)
{
	if (!what)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	arena *mem = arena_new(0);
	str text = {(const char *)data, size};
	mail_bounce b;
	mail_bounce_read(mem, text, S("kompis.example.org"), &b);
	hold(b.said.n <= size);
	if (!id_none(b.message))
		hold(str_find(text, id_str(&b.message)) >= 0);
	arena_free(mem);
	return 0;
}
