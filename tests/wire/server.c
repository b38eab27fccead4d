/*
 * A server with nothing behind it, for tests/wire/probes.py: prints its port and serves
 * until its standard input ends. With -DTWIN the checks of a header are taken out by the
 * linker, and the probes must see it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/net.h"

#ifdef TWIN
bool __wrap_net_head_check(const net_head *h, size_t body_max, int *status,
			   const char **why);
bool __wrap_net_head_as_sent(const net_head *h, size_t size);

bool __wrap_net_head_check(const net_head *h, size_t body_max, int *status,
			   const char **why)
{
	(void)h;
	(void)body_max;
	*status = 0;
	*why = NULL;
	return true;
}

bool __wrap_net_head_as_sent(const net_head *h, size_t size)
{
	(void)h;
	(void)size;
	return true;
}
#endif

static net_server *server;

static bool rule(void *self, net_method m, str path, net_rule *out)
{
	(void)self;
	(void)m;
	if (str_equal(path, S("/form")))
		*out = (net_rule){.route = "form", .body_max = 65536};
	else if (str_equal(path, S("/file")))
		*out = (net_rule){.route = "file", .body_max = 1 << 20, .files = true};
	else if (str_equal(path, S("/figures")))
		*out = (net_rule){.route = "figures"};
	else if (str_equal(path, S("/")) || str_equal(path, S("/page")))
		*out = (net_rule){.route = "page"};
	else
		return false;
	return true;
}

static void say_pairs(buf *b, const char *what, const net_pair *pair, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_format(b, "%s %.*s=%.*s\n", what, STR_ARG(pair[i].name),
			   STR_ARG(pair[i].value));
}

static void serve(void *self, int worker, const net_request *r, net_response *a)
{
	(void)self;
	(void)worker;
	buf b = {.mem = r->mem};
	a->type = S("text/plain; charset=utf-8");
	a->status = r->route ? 200 : 404;
	if (r->route && strcmp(r->route, "figures") == 0) {
		net_figures f;
		net_figures_get(server, &f);
		buf_format(&b, "%llu %llu %llu\n", (unsigned long long)f.requests,
			   (unsigned long long)f.refused, (unsigned long long)f.open);
	} else {
		buf_format(&b, "path %.*s\naddress %.*s\n", STR_ARG(r->path),
			   STR_ARG(r->address));
		say_pairs(&b, "query", r->query, r->queries);
		say_pairs(&b, "form", r->form, r->forms);
		say_pairs(&b, "cookie", r->cookie, r->cookies);
		for (size_t i = 0; i < r->files; i++)
			buf_format(&b, "file %.*s %.*s %zu\n", STR_ARG(r->file[i].field),
				   STR_ARG(r->file[i].name), r->file[i].bytes.n);
	}
	if (str_equal(r->path, S("/page")))
		while (b.n < 20000)
			buf_add(&b, S("En rad i en lång sida.\n"));
	a->body = buf_str(&b);
}

int main(void)
{
	arena *mem = arena_new(0);
	ctx c = {.mem = mem};
	static const str hosts[] = {S_INIT("localhost"), S_INIT("kompis.test")};
	net_config config = net_config_default();
	config.rule = rule;
	config.serve = serve;
	config.host = hosts;
	config.hosts = ARRAY_LEN(hosts);
	config.header_seconds = 2;
	config.body_seconds = 2;
	config.idle_seconds = 20;
	config.send_seconds = 5;
	if (getenv("CONNECTIONS"))
		config.connections_max = (int)strtol(getenv("CONNECTIONS"), NULL, 10);
	if (!net_start(&c, &config, &server)) {
		fprintf(stderr, "%s\n", c.fault.key);
		return 4;
	}
	printf("%d\n", net_port(server));
	fflush(stdout);
	char byte;
	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
	net_stop(server, 5);
	arena_free(mem);
	return 0;
}
