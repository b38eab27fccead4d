/* net: a server in this process, and clients on loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <zlib.h>

#include "net/net.h"
#include "net_client.h"

typedef struct world {
	ctx c;
	net_config config;
	net_server *server;
	gate gate;
	_Atomic int done, refused, last_refused, cleaned;
	_Atomic pthread_t cleaner, server_thread;
} world;

static bool rule(void *self, net_method m, str path, net_rule *out)
{
	(void)self;
	(void)m;
	*out = (net_rule){.route = "known"};
	if (str_starts(path, S("/form")))
		out->body_max = 1 << 20;
	if (str_starts(path, S("/small")))
		out->body_max = 10;
	out->files = str_ends(path, S("/file"));
	out->slow = str_equal(path, S("/wait")) || str_equal(path, S("/other"));
	return !str_starts(path, S("/nowhere"));
}

static void clean(void *arg)
{
	world *w = arg;
	w->cleaned++;
	w->cleaner = pthread_self();
}

static void say_all(buf *b, const net_request *r)
{
	buf_format(b, "%d %.*s %.*s%s\n", (int)r->method, STR_ARG(r->path),
		   STR_ARG(r->address), r->https ? " https" : "");
	for (size_t i = 0; i < r->queries; i++)
		buf_format(b, "?%.*s=%.*s\n", STR_ARG(r->query[i].name),
			   STR_ARG(r->query[i].value));
	for (size_t i = 0; i < r->forms; i++)
		buf_format(b, "&%.*s=%.*s\n", STR_ARG(r->form[i].name),
			   STR_ARG(r->form[i].value));
	for (size_t i = 0; i < r->files; i++)
		buf_format(b, "@%.*s=%.*s:%.*s\n", STR_ARG(r->file[i].field),
			   STR_ARG(r->file[i].name), STR_ARG(r->file[i].bytes));
	buf_format(b, "cookie %.*s\n", STR_ARG(net_cookie(r, S("c"))));
	buf_format(b, "x %.*s\n", STR_ARG(net_header(r, S("x-y"))));
}

static void serve(void *self, int worker, const net_request *r, net_response *a)
{
	world *w = self;
	buf b = {.mem = r->mem};
	assert(worker >= 0 && worker < w->config.workers);
	arena_defer(r->mem, clean, w);
	w->server_thread = pthread_self();
	a->status = r->route ? 200 : 404;
	a->type = S("text/plain; charset=utf-8");
	if (str_equal(r->path, S("/wait"))) {
		net_progress(r, "half", 1, 2);
		gate_pass(&w->gate);
	}
	while (str_equal(r->path, S("/greedy")))
		arena_take(r->mem, 1, 4096);
	say_all(&b, r);
	while (str_equal(r->path, S("/long")) && b.n < 5000)
		buf_add(&b, S("again and again\n"));
	net_reply_header(a, S("X-Test"), S("yes"));
	a->body = buf_str(&b);
	if (str_equal(r->path, S("/fixed"))) {
		static const char text[5000] = "fixed";
		a->body = (str){text, sizeof text};
		a->fixed = true;
	}
}

static void used_up(void *self, int worker, const net_request *r, net_response *a)
{
	(void)self;
	(void)worker;
	a->status = 503;
	a->type = S("text/plain; charset=utf-8");
	a->body = str_format(r->mem, "too much for %.*s\n", STR_ARG(r->path));
	while (str_equal(r->path, S("/greedy")) && net_header(r, S("x-y")).n)
		arena_take(r->mem, 1, 4096);
}

static void waiting(void *self, const net_request *r, const net_wait *wait,
		    net_response *a)
{
	(void)self;
	a->status = 202;
	a->body = str_format(r->mem, "%.*s at %s %d\n%.*s", STR_ARG(r->target),
			     wait->stage ? wait->stage : "nothing", wait->permille,
			     STR_ARG(wait->ticket));
}

static void done(void *self, const net_request *r, int status, size_t bytes,
		 int64_t micros)
{
	world *w = self;
	assert(r->path.n && status >= 200 && bytes < 1 << 20 && micros >= 0);
	w->done++;
}

static void refused(void *self, str address, int status, const char *why)
{
	world *w = self;
	assert(address.n && why);
	w->refused++;
	w->last_refused = status;
}

static int setup(void **state)
{
	arena *mem = arena_new(0);
	world *w = NEW(mem, world);
	w->c.mem = mem;
	pthread_mutex_init(&w->gate.lock, NULL);
	pthread_cond_init(&w->gate.moved, NULL);
	w->config = net_config_default();
	w->config.workers = 2;
	w->config.rule = rule;
	w->config.serve = serve;
	w->config.done = done;
	w->config.refused = refused;
	w->config.self = w;
	*state = w;
	return 0;
}

/* Also stops the server: it lives in the arena. */
static int teardown(void **state)
{
	world *w = *state;
	gate_open(&w->gate);
	arena_free(w->c.mem);
	return 0;
}

static void start(world *w)
{
	assert_true(net_start(&w->c, &w->config, &w->server));
	assert_int_not_equal(net_port(w->server), 0);
}

#define HOST "Host: k\r\n"
#define LAST "Connection: close\r\n"

/* What is answered on a connection of its own, which the server closes. */
static str ask(world *w, str request)
{
	int fd = client_connect(net_port(w->server));
	assert_true(fd >= 0);
	client_say(fd, request);
	str answer = client_rest(w->c.mem, fd);
	close(fd);
	return answer;
}

#define assert_starts(text, with)                                                        \
	do {                                                                             \
		str text_ = (text);                                                      \
		if (!str_starts(text_, S(with)))                                         \
			fail_msg("not %s: %.*s", with, STR_ARG(text_));                  \
	} while (0)
#define assert_has(text, part)                                                           \
	do {                                                                             \
		if (str_find(text, S(part)) < 0)                                         \
			fail_msg("no %s in: %.*s", part, STR_ARG(text));                 \
	} while (0)

static void get_and_head(void **state)
{
	world *w = *state;
	start(w);
	str got = ask(w, S("GET /%C3%A5?a=1&b=%26 HTTP/1.1\r\n" HOST LAST
			   "Cookie: c=7\r\nX-Y:  z \r\n\r\n"));
	assert_starts(got, "HTTP/1.1 200 OK\r\n");
	assert_has(got, "\r\nDate: ");
	assert_has(got, "\r\nX-Test: yes\r\n");
	assert_has(got, "\r\nContent-Type: text/plain; charset=utf-8\r\n");
	assert_has(got, "\r\n\r\n0 /å 127.0.0.1\n?a=1\n?b=&\ncookie 7\nx z\n");
	got = ask(w, S("HEAD / HTTP/1.1\r\n" HOST LAST "\r\n"));
	assert_has(got, "\r\nContent-Length: 25\r\n");
	assert_true(str_ends(got, S("\r\n\r\n")));
	got = ask(w, S("GET / HTTP/1.0\r\n" HOST "\r\n"));
	assert_starts(got, "HTTP/1.1 200 OK\r\n");
}

static void the_proxy_is_believed(void **state)
{
	world *w = *state;
	start(w);
	str got = ask(w, S("GET / HTTP/1.1\r\n" HOST LAST
			   "X-Forwarded-For: 9.9.9.9, 2001:db8::1\r\n"
			   "X-Forwarded-Proto: https\r\n\r\n"));
	assert_has(got, "0 / 2001:db8::1 https\n");
	got = ask(w,
		  S("GET / HTTP/1.1\r\n" HOST LAST
		    "X-Forwarded-For: 9.9.9.9, <b>\r\nX-Forwarded-Proto: http\r\n\r\n"));
	assert_has(got, "0 / 127.0.0.1\n");
}

static void forms_arrive(void **state)
{
	world *w = *state;
	start(w);
	str got = ask(w, S("POST /form HTTP/1.1\r\n" HOST LAST
			   "Content-Type: application/x-www-form-urlencoded\r\n"
			   "Content-Length: 9\r\n\r\na=1&b=%3D"));
	assert_has(got, "2 /form 127.0.0.1\n&a=1\n&b==\n");
	got = ask(w, S("POST /form HTTP/1.1\r\n" HOST
		       "Content-Type: application/x-www-form-urlencoded\r\n"
		       "Transfer-Encoding: chunked\r\n\r\n"
		       "2\r\na=\r\n3;x=y\r\n123\r\n0\r\nT: x\r\n\r\n"));
	assert_has(got, "\r\nConnection: close\r\n");
	assert_has(got, "&a=123\n");
	got = ask(w, S("POST /form/file HTTP/1.1\r\n" HOST LAST
		       "Content-Type: multipart/form-data; boundary=b\r\n"
		       "Content-Length: 127\r\n\r\n"
		       "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
		       "--b\r\nContent-Disposition: form-data; name=\"f\"; "
		       "filename=\"n\"\r\n\r\nbytes\r\n--b--"));
	assert_has(got, "&a=1\n@f=n:bytes\n");
	got = ask(w, S("POST /form HTTP/1.1\r\n" HOST LAST "Expect: 100-continue\r\n"
		       "Content-Type: application/x-www-form-urlencoded\r\n"
		       "Content-Length: 3\r\n\r\na=1"));
	assert_starts(got, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n");
}

static void bad_requests_are_refused(void **state)
{
	world *w = *state;
	static const str host[] = {S_INIT("k"), S_INIT("[::1]")};
	w->config.host = host;
	w->config.hosts = ARRAY_LEN(host);
	start(w);
	static const struct {
		int status;
		str request;
	} row[] = {
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"
		{400, S_INIT("GET / HTTP/1.1\r\n\r\n")},
		{421, S_INIT("GET / HTTP/1.1\r\nHost: j\r\n\r\n")},
		{421, S_INIT("GET / HTTP/1.1\r\nHost: [::2]:1\r\n\r\n")},
		{400, S_INIT("GET / HTTP/1.1\r\n" HOST "X\r\n\r\n")},
		{405, S_INIT("PUT / HTTP/1.1\r\n" HOST "\r\n")},
		{400, S_INIT("GET /.. HTTP/1.1\r\n" HOST "\r\n")},
		{400, S_INIT("GET /?a=%zz HTTP/1.1\r\n" HOST "\r\n")},
		{505, S_INIT("GET / HTTP/1.3\r\n" HOST "\r\n")},
		{413,
		 S_INIT("POST / HTTP/1.1\r\n" HOST FORM "Content-Length: 3\r\n\r\na=1")},
		{413, S_INIT("POST /small HTTP/1.1\r\n" HOST FORM
			     "Content-Length: 11\r\n\r\n")},
		{413, S_INIT("POST /small HTTP/1.1\r\n" HOST FORM
			     "Transfer-Encoding: chunked\r\n\r\nb\r\na=123456789\r\n")},
		{413, S_INIT("GET /form HTTP/1.1\r\n" HOST FORM
			     "Content-Length: 3\r\n\r\na=1")},
		{415,
		 S_INIT("POST /form HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\na=1")},
		{415, S_INIT("POST /form HTTP/1.1\r\n" HOST
			     "Content-Type: multipart/form-data; boundary=b\r\n"
			     "Content-Length: 3\r\n\r\na=1")},
		{400, S_INIT("POST /form HTTP/1.1\r\n" HOST FORM
			     "Content-Length: 3\r\n\r\na=%")},
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		str got = ask(w, row[i].request);
		str want = str_format(w->c.mem, "HTTP/1.1 %d ", row[i].status);
		if (!str_starts(got, want))
			fail_msg("%.*s\n-> %.*s", STR_ARG(row[i].request), STR_ARG(got));
		while (w->refused != (int)i + 1)
			poll(NULL, 0, 1);
		assert_int_equal(w->last_refused, row[i].status);
	}
	assert_has(ask(w, row[4].request), "\r\nAllow: GET, HEAD, POST\r\n");
	assert_starts(ask(w, S("GET / HTTP/1.1\r\nHost: K:80\r\n" LAST "\r\n")),
		      "HTTP/1.1 200");
	assert_starts(ask(w, S("GET / HTTP/1.1\r\nHost: [::1]:80\r\n" LAST "\r\n")),
		      "HTTP/1.1 200");
	assert_int_equal(w->cleaned, 2);
}

static void what_has_no_rule_is_still_served(void **state)
{
	world *w = *state;
	start(w);
	assert_starts(ask(w, S("GET /nowhere HTTP/1.1\r\n" HOST LAST "\r\n")),
		      "HTTP/1.1 404 ");
	/* Its body is not waited for. */
	str got = ask(w, S("POST /nowhere HTTP/1.1\r\n" HOST FORM
			   "Content-Length: 1000\r\n\r\n"));
	assert_starts(got, "HTTP/1.1 404 ");
	assert_has(got, "2 /nowhere 127.0.0.1\n");
}

static void a_connection_is_kept(void **state)
{
	world *w = *state;
	start(w);
	int fd = client_connect(net_port(w->server));
	for (int i = 0; i < 3; i++) {
		client_say(fd, S("GET /a HTTP/1.1\r\n" HOST "\r\n"));
		str got = client_answer(w->c.mem, fd, false);
		assert_has(got, "0 /a 127.0.0.1\n");
		client_say(fd, S("HEAD /b HTTP/1.1\r\n" HOST "\r\n"));
		assert_starts(client_answer(w->c.mem, fd, true), "HTTP/1.1 200");
		client_say(fd, S("POST /form HTTP/1.1\r\n" HOST FORM
				 "Content-Length: 3\r\n\r\na=1"));
		got = client_answer(w->c.mem, fd, false);
		assert_has(got, "&a=1\n");
	}
	/* Two at once are answered in order. */
	client_say(fd, S("GET /1 HTTP/1.1\r\n" HOST "\r\nGET /2 HTTP/1.1\r\n" HOST LAST
			 "\r\n"));
	str both = client_rest(w->c.mem, fd);
	ptrdiff_t one = str_find(both, S("0 /1 ")), two = str_find(both, S("0 /2 "));
	assert_true(one > 0 && two > one);
	close(fd);
}

static void long_answers_are_compressed(void **state)
{
	world *w = *state;
	start(w);
	str got = ask(w, S("GET /long HTTP/1.1\r\n" HOST LAST
			   "Accept-Encoding: br, gzip;q=0.5\r\n\r\n"));
	assert_has(got, "\r\nVary: Accept-Encoding\r\n");
	assert_has(got, "\r\nContent-Encoding: gzip\r\n");
	size_t at = (size_t)str_find(got, S("\r\n\r\n")) + 4;
	char plain[6000];
	z_stream z = {.next_in = (Bytef *)(uintptr_t)(got.s + at),
		      .avail_in = (uInt)(got.n - at),
		      .next_out = (Bytef *)plain,
		      .avail_out = sizeof plain};
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	inflateEnd(&z);
	assert_true(z.total_out >= 5000 && !memcmp(plain, "0 /long 127.0.0.1\n", 18));
	got = ask(w, S("GET /long HTTP/1.1\r\n" HOST LAST
		       "Accept-Encoding: gzip;q=0.0\r\n\r\n"));
	assert_has(got, "\r\nVary: Accept-Encoding\r\n");
	assert_has(got, "again and again\n");
	got = ask(w,
		  S("GET /fixed HTTP/1.1\r\n" HOST LAST "Accept-Encoding: gzip\r\n\r\n"));
	assert_true(str_find(got, S("Vary")) < 0);
	assert_has(got, "\r\nContent-Length: 5000\r\n");
	got = ask(w, S("GET / HTTP/1.1\r\n" HOST LAST "Accept-Encoding: gzip\r\n\r\n"));
	assert_has(got, "\r\n\r\n0 / ");
}

static void memory_is_bounded(void **state)
{
	world *w = *state;
	w->config.memory_max = 65536;
	start(w);
	assert_starts(ask(w, S("GET /greedy HTTP/1.1\r\n" HOST LAST "\r\n")),
		      "HTTP/1.1 500 ");
	/* What the handler had deferred was done, by the worker's thread. */
	assert_int_equal(w->cleaned, 1);
	assert_true(pthread_equal(w->cleaner, w->server_thread));
	assert_starts(ask(w, S("POST /form HTTP/1.1\r\n" HOST FORM
			       "Content-Length: 100000\r\n\r\nx")),
		      "HTTP/1.1 413 ");
	/* A body that fits, with a form that does not. */
	buf b = {.mem = w->c.mem};
	buf_format(&b,
		   "POST /form HTTP/1.1\r\n" HOST FORM "Content-Length: 40000\r\n\r\na=");
	for (int i = 2; i < 40000; i++)
		buf_char(&b, 'x');
	assert_starts(ask(w, buf_str(&b)), "HTTP/1.1 413 ");
	assert_starts(ask(w, S("GET / HTTP/1.1\r\n" HOST LAST "\r\n")), "HTTP/1.1 200 ");
}

/* Whoever asked too much is told so, in a page as others are. */
static void what_was_too_much_is_said(void **state)
{
	world *w = *state;
	w->config.memory_max = 65536;
	w->config.used_up = used_up;
	start(w);
	str got = ask(w, S("GET /greedy HTTP/1.1\r\n" HOST LAST "\r\n"));
	assert_starts(got, "HTTP/1.1 503 ");
	assert_has(got, "\r\n\r\ntoo much for /greedy\n");
	assert_true(str_find(got, S("X-Test")) < 0);
	assert_int_equal(w->cleaned, 1);
	/* Even to say so was too much. */
	got = ask(w, S("GET /greedy HTTP/1.1\r\n" HOST LAST "X-Y: z\r\n\r\n"));
	assert_starts(got, "HTTP/1.1 500 ");
	assert_starts(ask(w, S("GET / HTTP/1.1\r\n" HOST LAST "\r\n")), "HTTP/1.1 200 ");
}

static net_figures figures(const world *w)
{
	net_figures f;
	net_figures_get(w->server, &f);
	return f;
}

/* One worker is awake for both, until the first job turns out to be a slow one. */
static void a_slow_job_is_in_nobodys_way(void **state)
{
	world *w = *state;
	start(w);
	int slow = client_connect(net_port(w->server));
	client_say(slow, (str)S_INIT("GET /wait HTTP/1.1\r\n" HOST LAST "\r\n"));
	gate_await(&w->gate, 1);
	for (int i = 0; i < 3; i++)
		assert_starts(ask(w, S("GET / HTTP/1.1\r\n" HOST LAST "\r\n")),
			      "HTTP/1.1 200 ");
	gate_open(&w->gate);
	assert_starts(client_rest(w->c.mem, slow), "HTTP/1.1 200 ");
	close(slow);
}

/* ---- what takes long ---------------------------------------------------------------------- */

#define HTML "Accept: text/html\r\nCookie: c=her\r\n"

/* Asks for what waits at the gate: the ticket of the page meanwhile. */
static str ask_slow(world *w)
{
	w->config.waiting = waiting;
	w->config.patience_ms = 1;
	start(w);
	str got = ask(w, S("GET /wait?a=b%20c HTTP/1.1\r\n" HOST HTML LAST "\r\n"));
	assert_starts(got, "HTTP/1.1 202 ");
	assert_has(got, "/wait?a=b%20c at ");
	return str_slice(got, got.n - 32, got.n);
}

/* What comes for nothing is not told to wait: it asks for no page. */
static str come_for(world *w, str ticket, const char *cookie)
{
	return ask(w,
		   str_format(w->c.mem,
			      "GET /other?wait=%.*s HTTP/1.1\r\n" HOST "%s" LAST "\r\n",
			      STR_ARG(ticket), cookie));
}

static void a_slow_answer_is_come_for(void **state)
{
	world *w = *state;
	str ticket = ask_slow(w), got = S("");
	gate_await(&w->gate, 1);
	got = come_for(w, ticket, "Cookie: c=her\r\n");
	assert_starts(got, "HTTP/1.1 202 ");
	assert_has(got, "/wait?a=b%20c at half 500\n");
	assert_true(str_ends(got, ticket));
	gate_open(&w->gate);
	/* Until it is ready whoever comes is told again. */
	do
		got = come_for(w, ticket, "Cookie: c=her\r\n");
	while (str_find(got, S(" 202 ")) >= 0);
	assert_starts(got, "HTTP/1.1 200 ");
	assert_has(got, "X-Test: yes\r\n");
	assert_has(got, "\n0 /wait 127.0.0.1\n?a=b c\ncookie her\n");
	assert_int_equal(w->cleaned, 1);
	/* Once only: now it is a page like others. */
	got = come_for(w, ticket, "Cookie: c=her\r\n");
	assert_has(got, "\n0 /other");
}

static void a_slow_answer_is_for_who_asked(void **state)
{
	world *w = *state;
	str ticket = ask_slow(w), near = str_copy(w->c.mem, ticket);
	str wrong = str_format(w->c.mem, "%.*s%c", 31, ticket.s,
			       ticket.s[31] == '0' ? '1' : '0');
	assert_has(come_for(w, ticket, "Cookie: c=his\r\n"), "\n0 /other");
	assert_has(come_for(w, ticket, ""), "\n0 /other");
	assert_has(come_for(w, wrong, "Cookie: c=her\r\n"), "\n0 /other");
	assert_has(come_for(w, str_slice(near, 0, 31), "Cookie: c=her\r\n"),
		   "\n0 /other");
	gate_open(&w->gate);
	str got;
	do
		got = come_for(w, ticket, "Cookie: c=her\r\n");
	while (str_find(got, S(" 202 ")) >= 0);
	assert_has(got, "\n0 /wait 127.0.0.1\n");
}

/* A program that asks for no page waits for its answer. */
static void only_a_browser_is_told_to_wait(void **state)
{
	world *w = *state;
	w->config.waiting = waiting;
	w->config.patience_ms = 1;
	start(w);
	int slow = client_connect(net_port(w->server));
	client_say(slow, (str)S_INIT("GET /wait HTTP/1.1\r\n" HOST LAST "\r\n"));
	gate_await(&w->gate, 1);
	for (int i = 0; i < 3; i++)
		ask(w, S("GET / HTTP/1.1\r\n" HOST LAST "\r\n"));
	gate_open(&w->gate);
	assert_starts(client_rest(w->c.mem, slow), "HTTP/1.1 200 ");
	close(slow);
}

/* The server stops with an answer nobody came for, and one still in the making: nothing leaks. */
static void a_stop_forgets_what_nobody_came_for(void **state)
{
	world *w = *state;
	ask_slow(w);
	gate_await(&w->gate, 1);
	gate_open(&w->gate);
	net_stop(w->server, 1);
	assert_int_equal(w->cleaned, 1);
}

static void a_full_queue_says_so(void **state)
{
	world *w = *state;
	w->config.workers = 1;
	w->config.waiting_max = 1;
	start(w);
	uint16_t port = net_port(w->server);
	static const str wait = S_INIT("GET /wait HTTP/1.1\r\n" HOST LAST "\r\n");
	int first = client_connect(port), second = client_connect(port);
	client_say(first, wait);
	gate_await(&w->gate, 1);
	client_say(second, wait);
	while (figures(w).waiting == 0)
		poll(NULL, 0, 1);
	str got = ask(w, wait);
	assert_starts(got, "HTTP/1.1 503 ");
	assert_has(got, "\r\nRetry-After: 1\r\n");
	gate_open(&w->gate);
	assert_starts(client_rest(w->c.mem, first), "HTTP/1.1 200 ");
	assert_starts(client_rest(w->c.mem, second), "HTTP/1.1 200 ");
	close(first);
	close(second);
}

static void figures_count(void **state)
{
	world *w = *state;
	start(w);
	ask(w, S("GET / HTTP/1.1\r\n" HOST LAST "\r\n"));
	ask(w, S("GET /nowhere HTTP/1.1\r\n" HOST LAST "\r\n"));
	ask(w, S("HEAD / HTTP/1.1\r\n" HOST LAST "\r\n"));
	ask(w, S("GET / HTTP/1.1\r\n\r\n"));
	int fd = client_connect(net_port(w->server));
	while (figures(w).open != 1)
		poll(NULL, 0, 1);
	net_figures f = figures(w);
	assert_int_equal(f.requests, 3);
	assert_int_equal(f.refused, 1);
	assert_int_equal(f.by_class[2], 2);
	assert_int_equal(f.by_class[4], 2);
	assert_int_equal(f.waiting, 0);
	assert_int_equal(f.bytes, 25 + 32);
	uint64_t timed = 0;
	for (size_t i = 0; i < ARRAY_LEN(f.micros); i++)
		timed += f.micros[i];
	assert_int_equal(timed, 3);
	while (w->done != 3)
		poll(NULL, 0, 1);
	close(fd);
}

static void too_many_connections_make_the_slowest_go(void **state)
{
	world *w = *state;
	w->config.connections_max = 3;
	start(w);
	uint16_t port = net_port(w->server);
	int fd[4];
	for (int i = 0; i < 4; i++) {
		fd[i] = client_connect(port);
		/* The first is idle, and so goes before those that have not asked yet. */
		client_say(fd[i], i ? S("GET / HTTP/1.1\r\n")
				    : S("GET / HTTP/1.1\r\n" HOST "\r\n"));
		if (i == 0)
			client_answer(w->c.mem, fd[i], false);
		while (i == 0 && w->done == 0)
			poll(NULL, 0, 1);
	}
	assert_int_equal(client_rest(w->c.mem, fd[0]).n, 0);
	int fifth = client_connect(port);
	/* Told why, if its first line had been read by then. */
	str last = client_rest(w->c.mem, fd[1]);
	assert_true(last.n == 0 || str_starts(last, S("HTTP/1.1 408 ")));
	client_say(fd[3], S(HOST LAST "\r\n"));
	assert_starts(client_rest(w->c.mem, fd[3]), "HTTP/1.1 200 ");
	for (int i = 0; i < 4; i++)
		close(fd[i]);
	close(fifth);
}

static void one_address_has_its_share(void **state)
{
	world *w = *state;
	w->config.per_address_max = 2;
	start(w);
	int one = client_connect(net_port(w->server));
	int two = client_connect(net_port(w->server));
	int three = client_connect(net_port(w->server));
	assert_int_equal(client_rest(w->c.mem, three).n, 0);
	client_say(two, S("GET / HTTP/1.1\r\n" HOST LAST "\r\n"));
	assert_starts(client_rest(w->c.mem, two), "HTTP/1.1 200 ");
	close(one);
	close(two);
	close(three);
}

typedef struct stopping {
	world *w;
	int seconds;
} stopping;

static void *stop(void *arg)
{
	stopping *s = arg;
	net_stop(s->w->server, s->seconds);
	return NULL;
}

/* Stops while one request runs and one waits; opens the gate when nobody new is let in. */
static void stop_amid(world *w, int seconds, str *first, str *second)
{
	w->config.workers = 1;
	start(w);
	uint16_t port = net_port(w->server);
	static const str wait = S_INIT("GET /wait HTTP/1.1\r\n" HOST "\r\n");
	int a = client_connect(port), b = client_connect(port);
	int idle = client_connect(port);
	client_say(a, wait);
	gate_await(&w->gate, 1);
	client_say(b, wait);
	while (figures(w).waiting == 0)
		poll(NULL, 0, 1);
	pthread_t thread;
	stopping s = {w, seconds};
	assert_int_equal(pthread_create(&thread, NULL, stop, &s), 0);
	assert_int_equal(client_rest(w->c.mem, idle).n, 0);
	for (int again; (again = client_connect(port)) >= 0;)
		close(again);
	gate_open(&w->gate);
	*first = client_rest(w->c.mem, a);
	*second = client_rest(w->c.mem, b);
	pthread_join(thread, NULL);
	close(a);
	close(b);
	close(idle);
}

static void a_stop_answers_what_was_begun(void **state)
{
	str first, second;
	stop_amid(*state, 20, &first, &second);
	assert_starts(first, "HTTP/1.1 200 ");
	assert_has(first, "\r\nConnection: close\r\n");
	assert_starts(second, "HTTP/1.1 200 ");
	net_stop(((world *)*state)->server, 0);
}

static void a_stop_without_time_closes_all(void **state)
{
	str first, second;
	stop_amid(*state, 0, &first, &second);
	assert_true(second.n == 0 || str_starts(second, S("HTTP/1.1 200 ")));
}

static void starting_can_fail(void **state)
{
	world *w = *state;
	start(w);
	net_config config = w->config;
	net_server *other;
	config.port = net_port(w->server);
	assert_false(net_start(&w->c, &config, &other));
	assert_int_equal(w->c.fault.kind, FAULT_RESOURCE);
	assert_string_equal(w->c.fault.key, "net.port_taken");
	config.address = S("localhost");
	assert_false(net_start(&w->c, &config, &other));
	assert_string_equal(w->c.fault.key, "net.address_wrong");
	config.address = S("::1");
	config.port = 0;
	if (net_start(&w->c, &config, &other))
		assert_int_not_equal(net_port(other), net_port(w->server));
	else
		assert_string_equal(w->c.fault.key, "net.start_failed");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(get_and_head),
		T(the_proxy_is_believed),
		T(forms_arrive),
		T(bad_requests_are_refused),
		T(what_has_no_rule_is_still_served),
		T(a_connection_is_kept),
		T(long_answers_are_compressed),
		T(memory_is_bounded),
		T(what_was_too_much_is_said),
		T(a_slow_job_is_in_nobodys_way),
		T(a_slow_answer_is_come_for),
		T(a_slow_answer_is_for_who_asked),
		T(only_a_browser_is_told_to_wait),
		T(a_stop_forgets_what_nobody_came_for),
		T(a_full_queue_says_so),
		T(figures_count),
		T(too_many_connections_make_the_slowest_go),
		T(one_address_has_its_share),
		T(a_stop_answers_what_was_begun),
		T(a_stop_without_time_closes_all),
		T(starting_can_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
