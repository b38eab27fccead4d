/* kompis serve: the pages, until it is told to stop. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "web/web.h"

/* The one clock. */
static int64_t now_ms(void *self)
{
	struct timespec t;
	(void)self;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* One write for a line, so that lines of several threads do not mix. */
static void log_line(void *self, str line)
{
	(void)self;
	ssize_t n = write(STDERR_FILENO, line.s, line.n);
	(void)n;
}

/* KOMPIS_PORT and the like, over what the file says. */
static bool read_environment(ctx *c, web_config *w)
{
	for (size_t i = 0; i < web_key_count; i++) {
		char name[64] = "KOMPIS_";
		size_t n = strlen(name);
		for (const char *p = web_keys[i].name; *p; p++)
			name[n++] = *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p;
		name[n] = '\0';
		const char *value = getenv(name);
		if (value && !web_config_set(c, w, str_from(web_keys[i].name),
					     str_from(value), str_from(name), 0))
			return false;
	}
	return true;
}

/* What --help says after the options: every key with its words and what it is when not set. */
static void print_keys(cli *c)
{
	arena *mem = c->ctx->mem;
	cli_say(c, "cli.serve.settings", NULL, 0);
	for (size_t i = 0; i < web_key_count; i++) {
		const web_key *k = &web_keys[i];
		char *key = str_terminated(mem, str_format(mem, "config.%s", k->name));
		str words = view_say(mem, c->lang, key, NULL, 0);
		str usual = str_from(k->fallback);
		printf("  %-20s %.*s (%.*s)\n", k->name, STR_ARG(words), STR_ARG(usual));
	}
}

static bool read_config(cli *c, str file, web_config *w)
{
	str text;
	*w = web_config_default();
	if (file.n && (!cli_file_read(c->ctx, file, &text) ||
		       !web_config_read(c->ctx, w, file, text)))
		return false;
	return read_environment(c->ctx, w);
}

/* Waits for SIGTERM or SIGINT; they are blocked in every thread from here on. */
static void wait_for_end(const sigset_t *ends)
{
	int which;
	while (sigwait(ends, &which) != 0)
		continue;
}

/* One link for each role of the demonstration. */
static bool print_doors(cli *c, web *w, str where)
{
	enum { WHO_COLUMNS = 22 };
	web_door *door;
	size_t n;
	arena *mem = c->ctx->mem;
	if (!web_doors(c->ctx, w, &door, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		char *key = str_terminated(mem, str_format(mem, "demo.%s", door[i].who));
		str who = view_say(mem, c->lang, key, NULL, 0);
		fputs("  ", stdout);
		cli_left(who, WHO_COLUMNS);
		printf(" %.*s%.*s\n", STR_ARG(where), STR_ARG(door[i].path));
	}
	return true;
}

static bool print_first_door(cli *c, web *w, str where)
{
	str path;
	if (!web_first_door(c->ctx, w, &path))
		return false;
	str link = str_format(c->ctx->mem, "%.*s%.*s", STR_ARG(where), STR_ARG(path));
	if (path.n)
		cli_say(c, "cli.serve.first", &link, 1);
	return true;
}

static int serve(cli *c, const web_config *config)
{
	web *w;
	sigset_t ends;
	const web_outside outside = {.log = log_line, .clock = now_ms};
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	c->ctx->now = now_ms(NULL);
	if (!web_start(c->ctx, config, &outside, &w))
		return cli_fault(c);
	str where = str_format(c->ctx->mem, "http://%.*s:%u", STR_ARG(config->address),
			       web_port(w));
	cli_say(c, "cli.serve.ready", &where, 1);
	/* Links are for browsers, which come by the proxy. */
	if (config->public_url.n)
		where = config->public_url;
	if (!(config->demo ? print_doors : print_first_door)(c, w, where)) {
		web_stop(w);
		return cli_fault(c);
	}
	fflush(stdout);
	wait_for_end(&ends);
	web_stop(w);
	return 0;
}

int cmd_serve(cli *c)
{
	str file = S(""), data = S(""), database = S(""), keys = S(""), operand[1];
	int64_t port = -1;
	int operands;
	bool done = false, check = false, demo = false;
	web_config config;
	const cli_option option[] = {
		{"--config", OPTION_TEXT, &file, 0, 0},
		{"--data", OPTION_TEXT, &data, 0, 0},
		{"--database", OPTION_TEXT, &database, 0, 0},
		{"--keys", OPTION_TEXT, &keys, 0, 0},
		{"--port", OPTION_INT, &port, 0, 65535},
		{"--check", OPTION_FLAG, &check, 0, 0},
		{"--demo", OPTION_FLAG, &demo, 0, 0},
	};
	if (!cli_options(c, "serve", option, ARRAY_LEN(option), 0, 0, operand, &operands,
			 &done))
		return cli_fault(c);
	if (done) {
		print_keys(c);
		return 0;
	}
	if (!read_config(c, file, &config))
		return cli_fault(c);
	config.demo = demo;
	if (data.n)
		config.data = data;
	if (database.n)
		config.database = database;
	if (keys.n)
		config.keys = keys;
	if (port >= 0)
		config.port = port;
	if (!web_config_check(c->ctx, &config))
		return cli_fault(c);
	return check ? 0 : serve(c, &config);
}
