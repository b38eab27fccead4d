/* Cookies: what is read lies in the header, in order, and could be sent again. */
#include <stdlib.h>

#include "net/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool what)
{
	if (!what)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	arena *mem = arena_new(0);
	str header = {(const char *)data, size};
	const net_pair *pair;
	size_t n;
	net_cookies_read(mem, header, &pair, &n);
	const char *at = header.s;
	buf again = {.mem = mem};
	for (size_t i = 0; i < n; i++) {
		hold(pair[i].name.n && pair[i].name.s >= at);
		at = pair[i].value.s + pair[i].value.n;
		hold(at <= header.s + header.n);
		buf_format(&again, "%.*s=%.*s; ", STR_ARG(pair[i].name),
			   STR_ARG(pair[i].value));
	}
	const net_pair *twice;
	size_t m;
	net_cookies_read(mem, buf_str(&again), &twice, &m);
	hold(m == n);
	for (size_t i = 0; i < n; i++)
		hold(str_equal(pair[i].name, twice[i].name) &&
		     str_equal(pair[i].value, twice[i].value));
	arena_free(mem);
	return 0;
}
