/* Forms: the first line is the Content-Type, the rest the body. Fields are text, files are slices. */
#include <stdlib.h>
#include <string.h>

#include "net/net_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool what)
{
	if (!what)
		abort();
}

static void hold_text(str s)
{
	hold(utf8_valid(s) && (s.n == 0 || !memchr(s.s, 0, s.n)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	arena *mem = arena_new(0);
	str body = {(const char *)data, size}, type;
	net_request r = {.mem = mem};
	if (str_cut(&body, '\n', &type) && body.s && net_form_read(mem, type, body, &r)) {
		hold(r.forms + r.files <= NET_FIELDS_MAX);
		for (size_t i = 0; i < r.forms; i++) {
			hold_text(r.form[i].name);
			hold_text(r.form[i].value);
		}
		for (size_t i = 0; i < r.files; i++) {
			const net_file *f = &r.file[i];
			hold_text(f->field);
			hold_text(f->name);
			hold_text(f->type);
			hold(f->bytes.s >= body.s &&
			     f->bytes.s + f->bytes.n <= body.s + body.n);
		}
	}
	arena_free(mem);
	return 0;
}
