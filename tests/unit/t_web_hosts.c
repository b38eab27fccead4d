/*
 * web: by which names it is called. Its own and those of this machine to itself are answered,
 * any other is not (421, RFC 9110 §15.5.20): a page of somebody else may make its own name lead
 * here. The twin: the same name when it is not that of public_url.
 */
#include "web_office.h"

static int status_by(office *o, const char *host)
{
	str head = str_format(
		o->mem, "GET /healthz HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
		host);
	int fd = client_connect(web_port(o->web));
	assert_true(fd >= 0 && client_say(fd, head));
	str answer = client_rest(o->mem, fd);
	close(fd);
	return office_status(answer);
}

static int open_public(void **fixture)
{
	return office_open_at(fixture, S("https://kompis.example.org"));
}

static void this_machine_may_always_ask(void **fixture)
{
	static const char *const host[] = {"127.0.0.1", "127.0.0.1:8080",
					   "localhost", "localhost:8080",
					   "[::1]",     "[::1]:8080"};
	for (size_t i = 0; i < ARRAY_LEN(host); i++)
		assert_int_equal(status_by(*fixture, host[i]), 200);
}

static void another_name_is_not_answered(void **fixture)
{
	static const char *const host[] = {"example.org", "kompis.example.org.evil.test",
					   "evil.test:443", "xkompis.example.org",
					   "127.0.0.1.evil.test"};
	for (size_t i = 0; i < ARRAY_LEN(host); i++)
		assert_int_equal(status_by(*fixture, host[i]), 421);
}

static void its_own_name_is_answered(void **fixture)
{
	assert_int_equal(status_by(*fixture, "kompis.example.org"), 200);
	assert_int_equal(status_by(*fixture, "Kompis.Example.ORG"), 200);
	assert_int_equal(status_by(*fixture, "kompis.example.org:443"), 200);
}

static void nor_that_name_when_it_is_not_its_own(void **fixture)
{
	assert_int_equal(status_by(*fixture, "kompis.example.org"), 421);
}

#define IN_PUBLIC(t)  cmocka_unit_test_setup_teardown(t, open_public, office_close)
#define IN_PRIVATE(t) cmocka_unit_test_setup_teardown(t, office_open, office_close)

int main(void)
{
	const struct CMUnitTest test[] = {
		IN_PUBLIC(this_machine_may_always_ask),
		IN_PUBLIC(another_name_is_not_answered),
		IN_PUBLIC(its_own_name_is_answered),
		IN_PRIVATE(this_machine_may_always_ask),
		IN_PRIVATE(another_name_is_not_answered),
		IN_PRIVATE(nor_that_name_when_it_is_not_its_own),
	};
	return cmocka_run_group_tests(test, NULL, NULL);
}
