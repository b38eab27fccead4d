/* Headers: what passes has one host, one length, and a target that can be taken apart. */
#include <stdlib.h>
#include <string.h>

#include "net/net_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool what)
{
	if (!what)
		abort();
}

static bool cut(str *rest, str separator, str *part)
{
	ptrdiff_t at = str_find(*rest, separator);
	if (at < 0)
		return false;
	*part = str_slice(*rest, 0, (size_t)at);
	*rest = str_slice(*rest, (size_t)at + separator.n, rest->n);
	return true;
}

/* Lines by CRLF, up to an empty one; false for what no parser would hand over. */
static bool read_lines(str text, net_head *h, net_pair *line, size_t most, size_t *size)
{
	str rest = text, first, pair;
	if (!cut(&rest, S("\r\n"), &first) || !cut(&first, S(" "), &h->method) ||
	    !cut(&first, S(" "), &h->target))
		return false;
	h->version = first;
	h->header = line;
	while (cut(&rest, S("\r\n"), &pair)) {
		*size = text.n - rest.n;
		if (!pair.n)
			return true;
		str value = pair;
		if (h->headers == most || !cut(&value, S(":"), &line[h->headers].name))
			return false;
		while (value.n && (value.s[0] == ' ' || value.s[0] == '\t'))
			value = str_slice(value, 1, value.n);
		line[h->headers++].value = value;
	}
	return false;
}

static void hold_head(arena *mem, const net_head *h)
{
	str value, path, query, decoded;
	hold(net_head_find(h, S("host"), &value) == 1 && value.n);
	size_t lengths = net_head_find(h, S("content-length"), &value);
	hold(lengths <= 1 &&
	     value.n == (lengths ? strspn(str_terminated(mem, value), "0123456789") : 0));
	size_t codings = net_head_find(h, S("transfer-encoding"), &value);
	hold(lengths + codings <= 1);
	hold(!codings || net_str_equal_caseless(value, S("chunked")));
	for (size_t i = 0; i < h->headers; i++)
		hold(!memchr(h->header[i].value.s, 0, h->header[i].value.n) &&
		     h->header[i].name.n);
	net_target_split(h->target, &path, &query);
	hold(path.n && path.n + query.n <= h->target.n + 1);
	if (net_path_decode(mem, path, &decoded))
		hold(decoded.s[0] == '/' && utf8_valid(decoded) &&
		     !memchr(decoded.s, 0, decoded.n) &&
		     str_find(decoded, S("/../")) < 0 && str_find(decoded, S("//")) < 0);
	const net_pair *pair;
	size_t n;
	if (net_pairs_read(mem, query, &pair, &n))
		for (size_t i = 0; i < n; i++)
			hold(utf8_valid(pair[i].name) && utf8_valid(pair[i].value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	arena *mem = arena_new(0);
	net_pair line[NET_HEADERS_MAX + 1];
	net_head h = {0};
	size_t header = 0;
	int status = 0;
	const char *why = NULL;
	str text = {(const char *)data, size};
	if (read_lines(text, &h, line, ARRAY_LEN(line), &header)) {
		bool ok = net_head_check(&h, 1000, &status, &why);
		hold(ok == (status == 0) &&
		     (ok || (status >= 400 && status < 600 && why)));
		hold(net_head_as_sent(&h, header) && !net_head_as_sent(&h, header - 1));
		if (ok)
			hold_head(mem, &h);
	}
	arena_free(mem);
	return 0;
}
