/* Answers: compressed by the worker, handed to libmicrohttpd by the loop; and refusals. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#define ZLIB_CONST
#include <zlib.h>

#include "net/net_priv.h"

enum { GZIP_LEAST = 1024 }; /* below it the reader gains nothing */

static bool is_text_of_header(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.s[i] == '\r' || s.s[i] == '\n' || !s.s[i])
			return false;
	return true;
}

void net_reply_header(net_response *a, str name, str value)
{
	assert(is_text_of_header(name) && is_text_of_header(value));
	assert(name.n && a->headers < ARRAY_LEN(a->header));
	a->header[a->headers++] = (net_pair){name, value};
}

static bool is_compressible(const net_response *a)
{
	for (size_t i = 0; i < a->headers; i++)
		if (net_str_equal_caseless(a->header[i].name, S("Content-Encoding")))
			return false;
	return !a->fixed && a->body.n >= GZIP_LEAST &&
	       (str_starts(a->type, S("text/")) || str_find(a->type, S("json")) >= 0 ||
		str_find(a->type, S("svg")) >= 0);
}

static voidpf take(voidpf arena_of_worker, uInt count, uInt size)
{
	return arena_take(arena_of_worker, count, size);
}

static void leave(voidpf arena_of_worker, voidpf memory)
{
	(void)arena_of_worker;
	(void)memory;
}

typedef struct gzip {
	arena *mem;
	z_stream z;
} gzip;

void *net_gzip_new(void)
{
	enum { GZIP_WINDOW = 15 + 16, MEMORY = 8, FAST = 1 };
	arena *mem = arena_new(0);
	gzip *g = NEW(mem, gzip);
	g->mem = mem;
	g->z = (z_stream){.zalloc = take, .zfree = leave, .opaque = mem};
	int ok = deflateInit2(&g->z, FAST, Z_DEFLATED, GZIP_WINDOW, MEMORY,
			      Z_DEFAULT_STRATEGY);
	assert(ok == Z_OK);
	(void)ok;
	return g;
}

void net_gzip_free(void *state)
{
	gzip *g = state;
	deflateEnd(&g->z);
	arena_free(g->mem);
}

void net_gzip(net_job *j, void *state)
{
	net_response *a = &j->a;
	if (!is_compressible(a) || a->body.n > UINT32_MAX)
		return;
	net_reply_header(a, S("Vary"), S("Accept-Encoding"));
	if (!j->gzip)
		return;
	z_stream *z = &((gzip *)state)->z;
	deflateReset(z);
	size_t most = deflateBound(z, a->body.n);
	char *out = arena_take(j->r.mem, most, 1);
	z->next_in = (const Bytef *)a->body.s;
	z->avail_in = (uInt)a->body.n;
	z->next_out = (Bytef *)out;
	z->avail_out = (uInt)most;
	if (deflate(z, Z_FINISH) != Z_STREAM_END)
		return;
	a->body = (str){out, z->total_out};
	net_reply_header(a, S("Content-Encoding"), S("gzip"));
}

/* What MHD keeps of a response until it is sent. */
typedef struct making {
	net_job *job;
	struct MHD_Response *response;
	bool last;
} making;

static void add_header(making *k, str name, str value)
{
	arena *mem = k->job->r.mem;
	MHD_add_response_header(k->response, str_terminated(mem, name),
				str_terminated(mem, value));
}

static void add_headers(void *arg)
{
	making *k = arg;
	const net_response *a = &k->job->a;
	if (a->type.n)
		add_header(k, S("Content-Type"), a->type);
	for (size_t i = 0; i < a->headers; i++)
		add_header(k, a->header[i].name, a->header[i].value);
	/* A chunked body may end where a proxy did not think so: nothing is read after it. */
	if (k->last || k->job->chunked)
		add_header(k, S("Connection"), S("close"));
}

bool net_answer(net_job *j, struct MHD_Connection *m, bool last)
{
	str body = j->a.body;
	/* MHD copies nothing and writes nothing there; its declaration is older than const. */
	union {
		const char *from;
		void *to;
	} bytes = {body.s};
	making k = {j, NULL, last};
	k.response =
		MHD_create_response_from_buffer(body.n, bytes.to, MHD_RESPMEM_PERSISTENT);
	if (!k.response)
		return false;
	bool ok = net_guard(j->r.mem, add_headers, &k) &&
		  MHD_queue_response(m, (unsigned)j->a.status, k.response) == MHD_YES;
	MHD_destroy_response(k.response);
	j->sent = j->r.method == NET_HEAD ? 0 : body.n;
	return ok;
}

void net_refuse(int socket, int status)
{
	const char *more = "";
	if (status == 405)
		more = "Allow: GET, HEAD, POST\r\n";
	else if (status == 503)
		more = "Retry-After: 1\r\n";
	char text[256];
	int n = snprintf(
		text, sizeof text,
		"HTTP/1.1 %d %s\r\n%sContent-Length: 0\r\nConnection: close\r\n\r\n",
		status, MHD_get_reason_phrase_for((unsigned)status), more);
	/* What does not fit into the socket's buffer nobody waits for. */
	ssize_t sent = send(socket, text, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)sent;
	shutdown(socket, SHUT_RDWR);
}
