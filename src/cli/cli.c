/* The program as a whole: language, terminal, and which command is meant. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unicode/uchar.h>
#include <unistd.h>

#include "cli/cli.h"

typedef struct command {
	const char *name;
	int (*run)(cli *c);
} command;

static const command commands[] = {
#define COMMAND(name) {#name, cmd_##name},
#include "cli/commands.def"
#undef COMMAND
	{NULL, NULL},
};

int cli_fault(cli *c)
{
	str line = view_fault(c->ctx->mem, c->lang, &c->ctx->fault);
	fflush(stdout);
	fprintf(stderr, "kompis: %.*s\n", STR_ARG(line));
	return fault_exit_code(c->ctx->fault.kind);
}

void cli_say(cli *c, const char *key, const str *arg, size_t n)
{
	str text = view_say(c->ctx->mem, c->lang, key, arg, n);
	printf("%.*s\n", STR_ARG(text));
}

/* None for marks, two for wide scripts, else one. */
static size_t width_of(int32_t p)
{
	int type = u_charType(p);
	if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK ||
	    type == U_FORMAT_CHAR)
		return 0;
	int east = u_getIntPropertyValue(p, UCHAR_EAST_ASIAN_WIDTH);
	return east == U_EA_WIDE || east == U_EA_FULLWIDTH ? 2 : 1;
}

size_t cli_width(str s)
{
	size_t width = 0;
	for (size_t pos = 0; pos < s.n;)
		width += width_of(utf8_next(s, &pos));
	return width;
}

void cli_left(str s, size_t columns)
{
	size_t width = cli_width(s);
	printf("%.*s%*s", STR_ARG(s), width < columns ? (int)(columns - width) : 0, "");
}

/* ---- progress: one line on a terminal that is rewritten, at most ten times a second ---- */

typedef struct meter {
	cli *cli;
	struct timespec begun, shown;
	bool visible;
} meter;

static double seconds_between(const struct timespec *from, const struct timespec *to)
{
	return (double)(to->tv_sec - from->tv_sec) +
	       1e-9 * (double)(to->tv_nsec - from->tv_nsec);
}

static void meter_clear(meter *m)
{
	if (m->visible)
		fputs("\r\033[K", stderr);
	m->visible = false;
}

static void meter_show(void *self, const char *stage, uint64_t done, uint64_t total)
{
	meter *m = self;
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (total && done >= total) {
		meter_clear(m);
		return;
	}
	if (seconds_between(&m->begun, &now) < 1 ||
	    seconds_between(&m->shown, &now) < 0.1)
		return;
	m->shown = now;
	m->visible = true;
	arena_mark here = arena_here(m->cli->ctx->mem);
	str text = view_say(m->cli->ctx->mem, m->cli->lang, stage, NULL, 0);
	str number = view_number(m->cli->ctx->mem, m->cli->lang, (int64_t)done);
	if (total)
		fprintf(stderr, "\r\033[K%.*s %d %%", STR_ARG(text),
			(int)(100.0 * (double)done / (double)total));
	else
		fprintf(stderr, "\r\033[K%.*s %.*s", STR_ARG(text), STR_ARG(number));
	fflush(stderr);
	arena_reset(m->cli->ctx->mem, here);
}

/* ---- which language ------------------------------------------------------------------ */

static const view_lang *lang_of_environment(void)
{
	static const char *const name[] = {"KOMPIS_LANG", "LC_ALL", "LC_MESSAGES",
					   "LANG"};
	for (size_t i = 0; i < ARRAY_LEN(name); i++) {
		str value = str_from(getenv(name[i]));
		const view_lang *l = view_lang_get(str_slice(value, 0, 2));
		if (value.n >= 2 && l && view_lang_whole(l))
			return l;
		if (value.n)
			break; /* "C" and the like say nothing: Swedish */
	}
	return view_lang_get(S("sv"));
}

/* Takes --lang TAG out of the arguments, wherever it stands. */
static bool take_lang(cli *c)
{
	c->lang = lang_of_environment();
	int kept = 0;
	for (int i = 0; i < c->argc; i++) {
		str arg = str_from(c->argv[i]), tag = {0};
		if (str_starts(arg, S("--lang=")))
			tag = str_slice(arg, 7, arg.n);
		else if (str_equal(arg, S("--lang")))
			tag = i + 1 < c->argc ? str_from(c->argv[++i]) : S("");
		if (!tag.s) {
			c->argv[kept++] = c->argv[i];
			continue;
		}
		const view_lang *l = view_lang_get(tag);
		if (!l || !view_lang_whole(l))
			return ctx_fail(c->ctx, FAULT_USAGE, "cli.no_language", tag,
					S(""));
		c->lang = l;
	}
	c->argc = kept;
	return true;
}

/* ---- the command ---------------------------------------------------------------------- */

/* As it is typed. */
static str typed(arena *mem, const char *name)
{
	buf b = {.mem = mem};
	for (const char *p = name; *p; p++)
		buf_char(&b, *p == '_' ? '-' : *p);
	return buf_str(&b);
}

static void overview(cli *c)
{
	arena *mem = c->ctx->mem;
	cli_say(c, "cli.overview", NULL, 0);
	for (size_t i = 0; commands[i].name; i++) {
		str key = str_format(mem, "cli.%s.short", commands[i].name);
		str text = view_say(mem, c->lang, key.s, NULL, 0);
		str name = typed(mem, commands[i].name);
		printf("  %-16.*s %.*s\n", STR_ARG(name), STR_ARG(text));
	}
	cli_say(c, "cli.overview_end", NULL, 0);
}

static int run_command(cli *c)
{
	if (!take_lang(c))
		return cli_fault(c);
	str name = c->argc ? str_from(c->argv[0]) : S("");
	if (!name.n || str_equal(name, S("--help")) || str_equal(name, S("help"))) {
		overview(c);
		return name.n ? 0 : 2;
	}
	for (size_t i = 0; commands[i].name; i++) {
		if (!str_equal(name, typed(c->ctx->mem, commands[i].name)))
			continue;
		c->argc--;
		c->argv++;
		return commands[i].run(c);
	}
	ctx_fail(c->ctx, FAULT_USAGE, "cli.no_command", name, S(""));
	return cli_fault(c);
}

int cli_main(int argc, char **argv)
{
	ctx job = {.mem = arena_new(0), .today = (int32_t)(time(NULL) / 86400)};
	cli c = {.ctx = &job,
		 .program = str_from(argc ? argv[0] : "kompis"),
		 .argc = argc ? argc - 1 : 0,
		 .argv = argv + (argc > 0)};
	c.color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	meter m = {.cli = &c};
	clock_gettime(CLOCK_MONOTONIC, &m.begun);
	if (isatty(STDERR_FILENO)) {
		job.progress = meter_show;
		job.progress_self = &m;
	}
	int code = run_command(&c);
	meter_clear(&m);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		ctx_fail(&job, FAULT_RESOURCE, "cli.cannot_print", S(""), S(""));
		code = cli_fault(&c);
	}
	arena_free(job.mem);
	return code;
}
