/* Options and operands of a command, from its table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

typedef struct reading {
	cli *cli;
	const char *name;
	const cli_option *option;
	size_t options;
	int next; /* of cli->argv */
} reading;

/* A key has _ where what is typed has -. */
static const char *as_key(const reading *r, str text)
{
	char *s = str_terminated(r->cli->ctx->mem, text);
	for (char *p = s; *p; p++)
		if (*p == '-')
			*p = '_';
	return s;
}

static str option_words(const reading *r, const cli_option *o)
{
	str key = str_format(r->cli->ctx->mem, "cli.%s.%s", r->name, o->name + 2);
	return view_say(r->cli->ctx->mem, r->cli->lang, as_key(r, key), NULL, 0);
}

static const char *operand_sign(option_kind kind)
{
	switch (kind) {
	case OPTION_FLAG:
		return "";
	case OPTION_INT:
		return " N";
	case OPTION_TEXT:
	case OPTION_TEXTS:
		return " X";
	case OPTION_DATE:
		return " YYYY-MM-DD";
	case OPTION_SHARE:
		return " 0..1";
	}
	return "";
}

static void print_help(const reading *r)
{
	str key = str_format(r->cli->ctx->mem, "cli.%s.usage", r->name);
	cli_say(r->cli, as_key(r, key), NULL, 0);
	for (size_t i = 0; i < r->options; i++) {
		str left = str_format(r->cli->ctx->mem, "%s%s", r->option[i].name,
				      operand_sign(r->option[i].kind));
		str words = option_words(r, &r->option[i]);
		printf("  %-26.*s %.*s\n", STR_ARG(left), STR_ARG(words));
	}
	str words = view_say(r->cli->ctx->mem, r->cli->lang, "cli.lang", NULL, 0);
	printf("  %-26s %.*s\n", "--lang sv|en", STR_ARG(words));
}

static bool bad(reading *r, const char *key, str a, str b)
{
	return ctx_fail(r->cli->ctx, FAULT_USAGE, key, a, b);
}

static bool read_share(str value, double *out)
{
	char text[32], *end;
	if (!value.n || value.n >= sizeof text)
		return false;
	memcpy(text, value.s, value.n);
	text[value.n] = 0;
	*out = strtod(text, &end);
	return !*end && *out >= 0 && *out <= 1;
}

static bool set_value(reading *r, const cli_option *o, str value)
{
	arena *mem = r->cli->ctx->mem;
	str name = str_from(o->name);
	switch (o->kind) {
	case OPTION_FLAG:
		return bad(r, "cli.no_value_wanted", name, value);
	case OPTION_TEXT:
		*(str *)o->target = value;
		return true;
	case OPTION_TEXTS: {
		cli_texts *list = o->target;
		list->text = arena_grow(mem, list->text, list->n, list->n + 1,
					sizeof *list->text);
		list->text[list->n++] = value;
		return true;
	}
	case OPTION_INT:
		return str_to_int(value, o->min, o->max, o->target) ||
		       bad(r, "cli.bad_number", name,
			   str_format(mem, "%lld–%lld", (long long)o->min,
				      (long long)o->max));
	case OPTION_DATE:
		return date_parse_iso(value, o->target) ||
		       bad(r, "cli.bad_date", name, value);
	case OPTION_SHARE:
		return read_share(value, o->target) ||
		       bad(r, "cli.bad_share", name, value);
	}
	return false;
}

static const cli_option *find_option(const reading *r, str name)
{
	for (size_t i = 0; i < r->options; i++)
		if (str_equal(name, str_from(r->option[i].name)))
			return &r->option[i];
	return NULL;
}

static bool read_option(reading *r, str arg)
{
	ptrdiff_t equals = str_find(arg, S("="));
	str name = equals < 0 ? arg : str_slice(arg, 0, (size_t)equals);
	const cli_option *o = find_option(r, name);
	if (!o)
		return bad(r, "cli.no_option", name, str_from(r->name));
	if (equals >= 0)
		return set_value(r, o, str_slice(arg, (size_t)equals + 1, arg.n));
	if (o->kind == OPTION_FLAG) {
		*(bool *)o->target = true;
		return true;
	}
	if (r->next == r->cli->argc)
		return bad(r, "cli.value_missing", name, S(""));
	return set_value(r, o, str_from(r->cli->argv[r->next++]));
}

bool cli_options(cli *c, const char *name, const cli_option *option, size_t options,
		 int min, int max, str *operand, int *operands, bool *done)
{
	reading r = {.cli = c, .name = name, .option = option, .options = options};
	bool only_operands = false;
	*operands = 0;
	*done = false;
	while (r.next < c->argc) {
		str arg = str_from(c->argv[r.next++]);
		bool dashed = !only_operands && arg.n > 1 && arg.s[0] == '-';
		if (dashed && str_equal(arg, S("--"))) {
			only_operands = true;
		} else if (dashed && str_equal(arg, S("--help"))) {
			print_help(&r);
			*done = true;
			return true;
		} else if (dashed) {
			if (!read_option(&r, arg))
				return false;
		} else if (*operands == max) {
			return bad(&r, "cli.too_many", arg, str_from(name));
		} else {
			operand[(*operands)++] = arg;
		}
	}
	return *operands >= min || bad(&r, "cli.too_few", str_from(name), S(""));
}
