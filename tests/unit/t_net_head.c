/* net: what may stand in a header, and how its parts are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "net/net_priv.h"

static int setup(void **state)
{
	*state = arena_new(0);
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

enum { BODY_MAX = 100 };

/* A header from text: lines end with '\n', the first has spaces between its three parts. */
static int verdict(str text)
{
	static net_pair line[200];
	net_head h = {.header = line};
	str first, rest = text, pair;
	assert_true(str_cut(&rest, '\n', &first));
	assert_true(str_cut(&first, ' ', &h.method));
	assert_true(str_cut(&first, ' ', &h.target));
	h.version = first;
	while (str_cut(&rest, '\n', &pair)) {
		if (!pair.n)
			continue;
		ptrdiff_t colon = str_find(pair, S(":"));
		assert_true(colon >= 0 && h.headers < ARRAY_LEN(line));
		line[h.headers++] =
			(net_pair){str_slice(pair, 0, (size_t)colon),
				   str_slice(pair, (size_t)colon + 1, pair.n)};
	}
	int status = 200;
	const char *why = NULL;
	bool ok = net_head_check(&h, BODY_MAX, &status, &why);
	assert_true(ok == (status == 200) && ok == (why == NULL));

	return status;
}

static const struct {
	str text;
	int status;
} judged[] = {
#define GET  "GET / HTTP/1.1\nHost:kompis.test\n"
#define POST "POST / HTTP/1.1\nHost:kompis.test\n"
	{S_INIT(GET), 200},
	{S_INIT("GET / HTTP/1.0\nHost:k\n"), 200},
	{S_INIT("HEAD /a?b=c HTTP/1.1\nhOsT:k:8080\n"), 200},
	{S_INIT("GET / HTTP/1.1\nHost:[::1]:80\n"), 200},
	{S_INIT("GET http://k/ HTTP/1.1\nHost:K\n"), 200},
	{S_INIT("GET HTTPS://k HTTP/1.1\nHost:k\n"), 200},
	{S_INIT(GET "X:a\tb\xc3\xa5\n"), 200},
	{S_INIT(GET "Content-Length:0\n"), 200},
	{S_INIT(POST "Content-Length:100\n"), 200},
	{S_INIT(POST "Content-Length:0100\n"), 200},
	{S_INIT(POST "Transfer-Encoding:chunked\n"), 200},
	{S_INIT(POST "transfer-encoding:Chunked\n"), 200},
	{S_INIT(POST "Expect:100-Continue\nContent-Length:1\n"), 200},
	/* The first line. */
	{S_INIT("GET / HTTP/1.2\nHost:k\n"), 505},
	{S_INIT("GET / HTTP/2.0\nHost:k\n"), 505},
	{S_INIT("GET / http/1.1\nHost:k\n"), 505},
	{S_INIT("GET / HTTP/1.1 \nHost:k\n"), 505},
	{S_INIT("PUT / HTTP/1.1\nHost:k\n"), 405},
	{S_INIT("get / HTTP/1.1\nHost:k\n"), 405},
	{S_INIT("OPTIONS * HTTP/1.1\nHost:k\n"), 405},
	{S_INIT("CONNECT k:80 HTTP/1.1\nHost:k\n"), 405},
	{S_INIT("G(T / HTTP/1.1\nHost:k\n"), 400},
	{S_INIT("GET * HTTP/1.1\nHost:k\n"), 400},
	{S_INIT("GET k HTTP/1.1\nHost:k\n"), 400},
	{S_INIT("GET  HTTP/1.1\nHost:k\n"), 400},
	{S_INIT("GET /a#b HTTP/1.1\nHost:k\n"), 400},
	{S_INIT("GET /\x01 HTTP/1.1\nHost:k\n"), 400},
	{S_INIT("GET /a\0b HTTP/1.1\nHost:k\n"), 400},
	{S_INIT("GET /\r HTTP/1.1\nHost:k\n"), 400},
	{S_INIT("GET /\x7f HTTP/1.1\nHost:k\n"), 400},
	{S_INIT("GET /\xc3\xa5 HTTP/1.1\nHost:k\n"), 400},
	/* Host. */
	{S_INIT("GET / HTTP/1.1\n"), 400},
	{S_INIT("GET / HTTP/1.0\n"), 400},
	{S_INIT("GET / HTTP/1.1\nHost:\n"), 400},
	{S_INIT("GET / HTTP/1.1\nHost:k\nHost:k\n"), 400},
	{S_INIT("GET / HTTP/1.1\nHost:k, j\n"), 400},
	{S_INIT("GET / HTTP/1.1\nHost:k/x\n"), 400},
	{S_INIT("GET / HTTP/1.1\nHost:u@k\n"), 400},
	{S_INIT("GET / HTTP/1.1\nHost:k:\n"), 400},
	{S_INIT("GET / HTTP/1.1\nHost:k:+80\n"), 400},
	{S_INIT("GET / HTTP/1.1\nHost:k:65536\n"), 400},
	{S_INIT("GET / HTTP/1.1\nHost::80\n"), 400},
	{S_INIT("GET / HTTP/1.1\nHost:[]\n"), 400},
	{S_INIT("GET / HTTP/1.1\nHost:[::1\n"), 400},
	{S_INIT("GET / HTTP/1.1\nHost:[::1]x\n"), 400},
	{S_INIT("GET http://j/ HTTP/1.1\nHost:k\n"), 400},
	{S_INIT("GET http:///x HTTP/1.1\nHost:k\n"), 400},
	/* Lines. */
	{S_INIT(GET "X :a\n"), 400},
	{S_INIT(GET " X:a\n"), 400},
	{S_INIT(GET ":a\n"), 400},
	{S_INIT(GET "X\x01:a\n"), 400},
	{S_INIT(GET "X:a\rb\n"), 400},
	{S_INIT(GET "X:a\0b\n"), 400},
	{S_INIT(GET "X:a\x7f\n"), 400},
	/* The length of the body. */
	{S_INIT(POST "Content-Length:101\n"), 413},
	{S_INIT(POST "Content-Length:9223372036854775808\n"), 413},
	{S_INIT(POST "Content-Length:99999999999999999999999\n"), 413},
	{S_INIT(POST "Content-Length:\n"), 400},
	{S_INIT(POST "Content-Length:+5\n"), 400},
	{S_INIT(POST "Content-Length:-5\n"), 400},
	{S_INIT(POST "Content-Length:5,5\n"), 400},
	{S_INIT(POST "Content-Length:0x5\n"), 400},
	{S_INIT(POST "Content-Length:5 \n"), 400},
	{S_INIT(POST "Content-Length:5\nContent-Length:5\n"), 400},
	{S_INIT(POST "Content-Length:5\nTransfer-Encoding:chunked\n"), 400},
	{S_INIT(POST "Transfer-Encoding:chunked\nTransfer-Encoding:chunked\n"), 400},
	{S_INIT(POST "Transfer-Encoding:chunked, identity\n"), 501},
	{S_INIT(POST "Transfer-Encoding:xchunked\n"), 501},
	{S_INIT(POST "Transfer-Encoding:\n"), 501},
	{S_INIT(POST "Transfer-Encoding:chunked \n"), 501},
	{S_INIT("POST / HTTP/1.0\nHost:k\nTransfer-Encoding:chunked\n"), 400},
	{S_INIT(POST "Expect:200-ok\n"), 417},
};

static void headers_are_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(judged); i++) {
		int got = verdict(judged[i].text);
		if (got != judged[i].status)
			fail_msg("row %zu: %d, not %d: %.*s", i, got, judged[i].status,
				 STR_ARG(judged[i].text));
	}
}

static void a_hundred_lines_are_enough(void **state)
{
	buf b = {.mem = *state};
	buf_add(&b, S(GET));
	for (int i = 0; i < 99; i++)
		buf_add(&b, S("X:a\n"));
	assert_int_equal(verdict(buf_str(&b)), 200);
	buf_add(&b, S("X:a\n"));
	assert_int_equal(verdict(buf_str(&b)), 431);
}

static void no_body_where_none_is_taken(void **state)
{
	(void)state;
	net_pair host = {S_INIT("Host"), S_INIT("k")};
	net_pair line[] = {host, {S_INIT("Transfer-Encoding"), S_INIT("chunked")}};
	net_head h = {S_INIT("POST"), S_INIT("/"), S_INIT("HTTP/1.1"), line, 2};
	int status;
	const char *why;
	assert_true(net_head_check(&h, 1, &status, &why));
	assert_false(net_head_check(&h, 0, &status, &why));
	assert_int_equal(status, 413);
}

/* As libmicrohttpd leaves it: cut in place where a separator was. */
static void parts_lie_where_they_were_sent(void **state)
{
	(void)state;
	static const char clean[] = "GET /x HTTP/1.1\r\nHost: k\r\nA:\r\n\r\n";
	net_pair line[] = {{{clean + 17, 4}, {clean + 23, 1}},
			   {{clean + 26, 1}, {clean + 28, 0}}};
	net_head h = {{clean, 3}, {clean + 4, 2}, {clean + 7, 8}, line, 2};
	assert_true(net_head_as_sent(&h, 32));
	/* An end by LF alone, and a byte too many. */
	assert_false(net_head_as_sent(&h, 31));
	assert_false(net_head_as_sent(&h, 33));
	/* A value cut short by a NUL, a name from elsewhere, a target after two spaces. */
	line[0].value.n = 0;
	assert_false(net_head_as_sent(&h, 32));
	line[0].value.n = 1;
	line[1].name.s = clean;
	assert_false(net_head_as_sent(&h, 32));
	line[1].name.s = clean + 26;
	h.target.s++;
	assert_false(net_head_as_sent(&h, 32));
}

static void paths_are_decoded(void **state)
{
	static const struct {
		str raw;
		const char *path; /* NULL: refused */
	} row[] = {
		{S_INIT("/"), "/"},
		{S_INIT("/sv/"), "/sv/"},
		{S_INIT("/a%20b"), "/a b"},
		{S_INIT("/a+b"), "/a+b"},
		{S_INIT("/%C3%a5"), "/å"},
		{S_INIT("/.a/..b/c..."), "/.a/..b/c..."},
		{S_INIT(""), NULL},
		{S_INIT("a"), NULL},
		{S_INIT("/%"), NULL},
		{S_INIT("/%4"), NULL},
		{S_INIT("/%4g"), NULL},
		{S_INIT("/%-1"), NULL},
		{S_INIT("/%00"), NULL},
		{S_INIT("/%0a"), NULL},
		{S_INIT("/%09"), NULL},
		{S_INIT("/%7f"), NULL},
		{S_INIT("/%c3"), NULL},
		{S_INIT("/%ff"), NULL},
		{S_INIT("/%c0%af"), NULL},
		{S_INIT("//"), NULL},
		{S_INIT("/a//b"), NULL},
		{S_INIT("/a%2f/b"), NULL},
		{S_INIT("/."), NULL},
		{S_INIT("/../a"), NULL},
		{S_INIT("/a/%2e%2e/b"), NULL},
		{S_INIT("/a/.%2E"), NULL},
		{S_INIT("/a%2f..%2fb"), NULL},
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		str path = {0};
		bool ok = net_path_decode(*state, row[i].raw, &path);
		if (ok != (row[i].path != NULL) ||
		    (ok && !str_equal(path, str_from(row[i].path))))
			fail_msg("%.*s", STR_ARG(row[i].raw));
	}
}

/* Cookies as "name=value;" each. */
static str cookies(arena *mem, str header)
{
	const net_pair *pair;
	size_t n;
	buf b = {.mem = mem};
	net_cookies_read(mem, header, &pair, &n);
	for (size_t i = 0; i < n; i++)
		buf_format(&b, "%.*s=%.*s;", STR_ARG(pair[i].name),
			   STR_ARG(pair[i].value));
	return buf_str(&b);
}

static void cookies_are_read(void **state)
{
	static const struct {
		str header, want;
	} row[] = {
		{S_INIT(""), S_INIT("")},
		{S_INIT("a=1"), S_INIT("a=1;")},
		{S_INIT("a=1; b=2;a=3"), S_INIT("a=1;b=2;a=3;")},
		{S_INIT("__Host-s=x=y=="), S_INIT("__Host-s=x=y==;")},
		{S_INIT("a=\"1\"; b="), S_INIT("a=1;b=;")},
		{S_INIT("a; =1; a b=2; c=d e; f=\"; g=\xc3\xa5; h=1,2; ok=1"),
		 S_INIT("ok=1;")},
		{S_INIT(";;;"), S_INIT("")},
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		str got = cookies(*state, row[i].header);
		if (!str_equal(got, row[i].want))
			fail_msg("%.*s: %.*s", STR_ARG(row[i].header), STR_ARG(got));
	}
}

static void plain_forms_are_read(void **state)
{
	net_request r = {0};
	str type = S("Application/x-www-form-urlencoded; charset=UTF-8");
	assert_true(net_form_read(*state, type, S("a=1+2&b&&c=%C3%A5%3D=&=x"), &r));
	assert_int_equal(r.forms, 4);
	assert_true(str_equal(net_form(&r, S("a")), S("1 2")));
	assert_true(str_equal(net_form(&r, S("b")), S("")));
	assert_true(str_equal(net_form(&r, S("c")), S("å==")));
	assert_true(str_equal(net_form(&r, S("")), S("x")));
	assert_null(net_form(&r, S("d")).s);
	assert_true(net_pairs_read(*state, S("a=1&a=2"), &r.query, &r.queries));
	assert_true(str_equal(net_query(&r, S("a")), S("1")));
	assert_false(net_form_read(*state, type, S("a=%"), &r));
	assert_false(net_form_read(*state, type, S("a=%00"), &r));
	assert_false(net_form_read(*state, type, S("a=%ff"), &r));
	assert_false(net_form_read(*state, S("text/plain"), S("a=1"), &r));
	buf b = {.mem = *state};
	for (int i = 0; i < NET_FIELDS_MAX - 1; i++)
		buf_char(&b, '&');
	assert_true(net_form_read(*state, type, buf_str(&b), &r));
	buf_char(&b, '&');
	assert_false(net_form_read(*state, type, buf_str(&b), &r));
}

#define PARTS  "multipart/form-data; boundary=XyZ"
#define FIELD  "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"
#define UPLOAD "--XyZ\r\nContent-Disposition: form-data; name=\"f\"; filename="

static void forms_in_parts_are_read(void **state)
{
	net_request r = {0};
	str body = S(FIELD "1\r\n2\r\n" UPLOAD
			   "\"p; \\q.csv\"\r\nContent-Type: text/csv\r\n\r\n"
			   "\0\r\n--Xy\r\n" UPLOAD "\"\"\r\n\r\n\r\n"
			   "--XyZ \r\ncontent-disposition:form-data;name=b\r\n\r\n\r\n"
			   "--XyZ--\r\nafter");
	assert_true(net_form_read(*state, S(PARTS), body, &r));
	assert_int_equal(r.forms, 2);
	assert_true(str_equal(net_form(&r, S("a")), S("1\r\n2")));
	assert_true(str_equal(net_form(&r, S("b")), S("")));
	/* A file input that was left empty is no file. */
	assert_int_equal(r.files, 1);
	assert_true(str_equal(r.file[0].field, S("f")));
	assert_true(str_equal(r.file[0].name, S("p; \\q.csv")));
	assert_true(str_equal(r.file[0].type, S("text/csv")));
	assert_true(str_equal(r.file[0].bytes, S("\0\r\n--Xy")));
	assert_ptr_equal(r.file[0].bytes.s, body.s + (str_find(body, S("\0\r\n--Xy"))));
}

static void broken_parts_are_refused(void **state)
{
	static const struct {
		str type, body;
	} row[] = {
		{S_INIT(PARTS), S_INIT("x" FIELD "1\r\n--XyZ--")},
		{S_INIT(PARTS), S_INIT(FIELD "1")},
		{S_INIT(PARTS), S_INIT(FIELD "1\r\n--XyZ")},
		{S_INIT(PARTS), S_INIT(FIELD "1\r\n--XyZQ--")},
		{S_INIT(PARTS), S_INIT(FIELD "1\n--XyZ--")},
		{S_INIT(PARTS), S_INIT(FIELD "\xff\r\n--XyZ--")},
		{S_INIT(PARTS), S_INIT(FIELD "\0\r\n--XyZ--")},
		{S_INIT(PARTS), S_INIT("--XyZ\r\n\r\n1\r\n--XyZ--")},
		{S_INIT(PARTS), S_INIT("--XyZ\r\nContent-Disposition: inline\r\n\r\n\r\n"
				       "--XyZ--")},
		{S_INIT(PARTS), S_INIT(UPLOAD "\"x\r\n\r\n1\r\n--XyZ--")},
		{S_INIT(PARTS), S_INIT(UPLOAD "\"\x01\"\r\n\r\n1\r\n--XyZ--")},
		{S_INIT("multipart/form-data"), S_INIT(FIELD "1\r\n--XyZ--")},
		{S_INIT("multipart/form-data; boundary="), S_INIT("--\r\n")},
		{S_INIT("multipart/form-data; boundary=\"XyZ"), S_INIT(FIELD)},
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		net_request r = {0};
		if (net_form_read(*state, row[i].type, row[i].body, &r))
			fail_msg("row %zu was read", i);
	}
	buf b = {.mem = *state};
	for (int i = 0; i < NET_FIELDS_MAX + 1; i++)
		buf_add(&b, S(FIELD "1\r\n"));
	buf_add(&b, S("--XyZ--"));
	net_request r = {0};
	assert_false(net_form_read(*state, S(PARTS), buf_str(&b), &r));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(headers_are_judged),          T(a_hundred_lines_are_enough),
		T(no_body_where_none_is_taken), T(parts_lie_where_they_were_sent),
		T(paths_are_decoded),           T(cookies_are_read),
		T(plain_forms_are_read),        T(forms_in_parts_are_read),
		T(broken_parts_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
