/* Whom an account opened in a time, and whom it could have read: for the notice within 72 hours. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/gdpr_priv.h"
#include "store/store.h"

/* "2026-01-31", or "2026-01-31T14:30": wall time. A day as an end is the whole of it. */
static bool read_moment(ctx *x, const char *option, str typed, bool end, int64_t *at)
{
	int32_t day;
	int64_t hour = 0, minute = 0;
	bool clock = typed.n == 16 && (typed.s[10] == 'T' || typed.s[10] == ' ') &&
		     typed.s[13] == ':' &&
		     str_to_int(str_slice(typed, 11, 13), 0, 23, &hour) &&
		     str_to_int(str_slice(typed, 14, 16), 0, 59, &minute);
	if ((typed.n != 10 && !clock) || !date_parse_iso(str_slice(typed, 0, 10), &day))
		return ctx_fail(x, FAULT_USAGE, "cli.gdpr.bad_moment", str_from(option),
				typed);
	*at = date_from_local(
		(local_time){day + (end && !clock), (int32_t)(hour * 60 + minute)});
	return true;
}

static str moment(cli *c, int64_t at)
{
	local_time t = date_local(at);
	return at ? str_format(c->ctx->mem, "%.*s %02d:%02d",
			       STR_ARG(date_format_iso(c->ctx->mem, t.day)),
			       t.minute / 60, t.minute % 60)
		  : S("");
}

enum { CELLS = 8 };

static void cells_of(cli *c, const breach_person *p, str out[CELLS])
{
	arena *mem = c->ctx->mem;
	bool gone = p->state == STATE_COUNT;
	out[0] = str_from(p->id.s);
	out[1] = p->municipality ? str_format(mem, "%04u", p->municipality) : S("");
	out[2] = gone ? S("erased") : str_from(model_state[p->state]);
	out[3] = str_format(mem, "%lld", (long long)p->opened);
	out[4] = moment(c, p->first);
	out[5] = moment(c, p->last);
	out[6] = view_inert(mem, p->given);
	out[7] = view_inert(mem, p->family);
}

/* As a sheet takes it, and nothing in it as a formula. */
static void print_csv_cell(str s, bool last)
{
	bool formula =
		s.n && (s.s[0] == '=' || s.s[0] == '+' || s.s[0] == '-' || s.s[0] == '@');
	printf("\"%s", formula ? "'" : "");
	for (size_t i = 0; i < s.n; i++)
		printf(s.s[i] == '"' ? "\"\"" : "%c", s.s[i]);
	printf("\"%s", last ? "\r\n" : ",");
}

static void print_csv(cli *c, const breach *b, bool names)
{
	size_t n = names ? CELLS : CELLS - 2;
	static const char *const key[CELLS] = {"id",     "municipality", "state",
					       "opened", "first",        "last",
					       "given",  "family"};
	str cell[CELLS];
	for (size_t k = 0; k < n; k++)
		print_csv_cell(str_from(key[k]), k + 1 == n);
	for (size_t i = 0; i < b->n; i++) {
		cells_of(c, &b->person[i], cell);
		for (size_t k = 0; k < n; k++)
			print_csv_cell(cell[k], k + 1 == n);
	}
}

static json_t *json_text(str s)
{
	return json_stringn(s.s, s.n);
}

static void print_json(cli *c, const breach *b, bool names)
{
	json_t *list = json_array();
	str cell[CELLS];
	for (size_t i = 0; i < b->n; i++) {
		const breach_person *p = &b->person[i];
		cells_of(c, p, cell);
		json_t *one = json_pack(
			"{s:s, s:i, s:o, s:I, s:I, s:I}", "id", p->id.s, "municipality",
			(int)p->municipality, "state", json_text(cell[2]), "opened",
			(json_int_t)p->opened, "first", (json_int_t)p->first, "last",
			(json_int_t)p->last);
		if (names) {
			json_object_set_new(one, "given", json_text(cell[6]));
			json_object_set_new(one, "family", json_text(cell[7]));
		}
		json_array_append_new(list, one);
	}
	json_t *all = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "opened",
				(json_int_t)b->opened_n, "readable",
				(json_int_t)(b->n - b->opened_n), "lists",
				(json_int_t)b->lists, "erased", (json_int_t)b->erased,
				"changed", (json_int_t)b->changed, "log_from",
				(json_int_t)b->log_from, "people", list);
	char *s = json_dumps(all, JSON_COMPACT);
	printf("%s\n", s ? s : "{}");
	free(s);
	json_decref(all);
}

static void print_table(cli *c, const breach *b, const breach_ask *ask)
{
	static const size_t wide[CELLS] = {28, 6, 18, 5, 18, 18, 14};
	arena *mem = c->ctx->mem;
	str cell[CELLS];
	str arg[] = {ask->email,
		     moment(c, ask->from),
		     moment(c, ask->to),
		     str_format(mem, "%zu", b->opened_n),
		     str_format(mem, "%zu", b->n - b->opened_n),
		     str_format(mem, "%lld", (long long)b->lists),
		     str_format(mem, "%lld", (long long)b->erased)};
	cli_say(c, "cli.gdpr.breach", arg, ARRAY_LEN(arg));
	if (b->changed)
		cli_say(c, "cli.gdpr.changed", NULL, 0);
	if (b->log_from > ask->from) {
		str from = moment(c, b->log_from);
		cli_say(c, "cli.gdpr.log_from", &from, 1);
	}
	for (size_t i = 0; i < b->n; i++) {
		cells_of(c, &b->person[i], cell);
		for (size_t k = 0; k < CELLS - 1; k++)
			cli_left(cell[k], wide[k]);
		printf("%.*s\n", STR_ARG(cell[CELLS - 1]));
	}
}

static bool look(cli *c, str dir, const breach_ask *ask, breach *b)
{
	ctx *x = c->ctx;
	store_base *base;
	if (!cli_store(x, dir, true, &base))
		return false;
	arena *mem = arena_new(0);
	bool ok = store_open(x, mem, base, &x->store) && store_breach(x, base, ask, b);
	if (!ok && x->fault.kind == FAULT_HIDDEN)
		x->fault = (fault){.kind = FAULT_INPUT,
				   .key = "cli.user.unknown",
				   .arg = {ask->email}};
	x->store = NULL;
	arena_free(mem);
	store_base_close(base);
	return ok;
}

bool gdpr_breach(cli *c, const gdpr_options *o)
{
	breach_ask ask = {.email = o->user, .names = o->names};
	breach b;
	if (!o->user.n)
		return ctx_fail(c->ctx, FAULT_USAGE, "cli.gdpr.no_user", S(""), S(""));
	if (!read_moment(c->ctx, "--from", o->from, false, &ask.from) ||
	    !read_moment(c->ctx, "--to", o->to, true, &ask.to) ||
	    !look(c, cli_data(o->data), &ask, &b))
		return false;
	if (o->json)
		print_json(c, &b, o->names);
	else if (o->csv)
		print_csv(c, &b, o->names);
	else
		print_table(c, &b, &ask);
	return true;
}
