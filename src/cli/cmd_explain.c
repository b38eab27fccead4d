/* kompis explain DIR A [B]: why these two are a pair or not, or why one still waits. */
#include <stdio.h>
#include <string.h>

#include "check/check.h"
#include "cli/cli.h"
#include "match/match.h"
#include "report/report.h"
#include "sheet/sheet.h"

typedef struct asked {
	str dir, people;
	int64_t threads;
	uint32_t id[2];
	int ids;
} asked;

/* A round read back and solved again. */
typedef struct round_again {
	cli *cli;
	check_claim claim;
	sheet sheet;
	pool pool;
	match_options options;
	match_result result;
	match_case k;
} round_again;

/* ---- reading the round back -------------------------------------------------------------- */

static bool read_number(ctx *c, str text, uint32_t *out)
{
	int64_t n;
	if (!str_to_int(text, 1, UINT32_MAX, &n))
		return ctx_fail(c, FAULT_USAGE, "explain.bad_number", text, S(""));
	*out = (uint32_t)n;
	return true;
}

static bool read_asked(cli *c, asked *a, bool *done)
{
	const cli_option option[] = {
		{"--people", OPTION_TEXT, &a->people, 0, 0},
		{"--threads", OPTION_INT, &a->threads, 1, 256},
	};
	str operand[3];
	int n = 0;
	*a = (asked){.threads = 1};
	if (!cli_options(c, "explain", option, ARRAY_LEN(option), 2, 3, operand, &n,
			 done))
		return false;
	if (*done)
		return true;
	a->dir = operand[0];
	a->ids = n - 1;
	for (int i = 0; i < a->ids; i++)
		if (!read_number(c->ctx, operand[i + 1], &a->id[i]))
			return false;
	return true;
}

static bool read_claim(round_again *r, const asked *a)
{
	ctx *c = r->cli->ctx;
	str path = str_format(c->mem, "%.*s/result.json", STR_ARG(a->dir)), bytes;
	return cli_file_read(c, path, &bytes) &&
	       check_claim_read(c, path, bytes, &r->claim);
}

/* The sheet the result names, or the one given; it must not have changed since. */
static bool read_people(round_again *r, const asked *a)
{
	ctx *c = r->cli->ctx;
	str file = a->people.n ? a->people : r->claim.file, bytes;
	uint8_t digest[32];
	c->today = r->claim.terms.date;
	if (!cli_file_read(c, file, &bytes) || !sheet_read(c, file, bytes, &r->sheet))
		return false;
	model_digest(&r->sheet.people, &r->claim.terms, digest);
	if (memcmp(digest, r->claim.digest, sizeof digest) != 0)
		return ctx_fail_at(c, FAULT_INPUT, file, 0, 0, "explain.changed", a->dir,
				   S(""));
	return true;
}

/* Whether solving again gave what the result says. */
static bool same_result(const round_again *r)
{
	const match_result *m = &r->result;
	size_t pairs = 0;
	for (size_t i = 0; i < m->pairs; i++) {
		if (m->pair[i].locked)
			continue;
		if (pairs == r->claim.pairs)
			return false;
		const struct check_pair *p = &r->claim.pair[pairs++];
		if (p->newcomer != r->pool.newcomer[m->pair[i].newcomer].id ||
		    p->established != r->pool.established[m->pair[i].established].id)
			return false;
	}
	return pairs == r->claim.pairs && m->total == r->claim.total;
}

static bool open_round(round_again *r, const asked *a)
{
	ctx *c = r->cli->ctx;
	r->options = (match_options){.threads = (int)a->threads, .simd = SIMD_AUTO};
	if (!read_claim(r, a) || !read_people(r, a))
		return false;
	model_pool_form(c->mem, &r->sheet.people, &r->claim.terms, &r->pool);
	if (!match_solve(c, &r->pool, &r->claim.terms, &r->options, &r->result))
		return false;
	if (!same_result(r))
		return ctx_fail(c, FAULT_UNPROVEN, "explain.not_same", a->dir, S(""));
	return match_case_open(c, &r->pool, &r->claim.terms, &r->options, &r->result,
			       &r->k);
}

/* ---- saying it -------------------------------------------------------------------------------- */

static str words(const round_again *r, const match_phrase *p)
{
	return report_words(r->cli->ctx->mem, r->cli->lang, &r->sheet.people, p);
}

static str points(const round_again *r, int64_t n)
{
	return report_points(r->cli->ctx->mem, r->cli->lang, n);
}

static str person(const round_again *r, size_t index)
{
	return report_person(r->cli->ctx->mem, r->cli->lang, &r->sheet.people, index);
}

/* Everyone of a unit: "Sara (4) och Ali (5)". */
static str unit_words(const round_again *r, const unit *u)
{
	str all = person(r, r->pool.member[u->first]);
	for (uint32_t m = 1; m < u->n; m++) {
		str pair[2] = {all, person(r, r->pool.member[u->first + m])};
		all = view_say(r->cli->ctx->mem, r->cli->lang, "list.and", pair, 2);
	}
	return all;
}

static void item(str text)
{
	printf("  - %.*s\n", STR_ARG(text));
}

/* Points stand right-aligned in six columns, whatever bytes a minus sign takes. */
static void point_line(str figure, str text)
{
	size_t pos = 0;
	int wide = 0;
	for (; pos < figure.n; wide++)
		utf8_next(figure, &pos);
	printf("  %*s%.*s  %.*s\n", wide < 6 ? 6 - wide : 0, "", STR_ARG(figure),
	       STR_ARG(text));
}

static void say_why(const round_again *r, const match_why *w)
{
	cli_say(r->cli, "explain.fit", (str[]){points(r, w->fit)}, 1);
	for (size_t i = 0; i < w->reasons; i++)
		point_line(points(r, w->reason[i].points),
			   words(r, &w->reason[i].phrase));
	point_line(points(r, w->view.weight),
		   view_say(r->cli->ctx->mem, r->cli->lang, "explain.sum", NULL, 0));
	if (w->doubts)
		cli_say(r->cli, "explain.doubts", NULL, 0);
	for (size_t i = 0; i < w->doubts; i++)
		item(words(r, &w->doubt[i]));
}

static void say_partner(const round_again *r, uint8_t side, uint32_t own)
{
	const unit *u = side == SIDE_NEWCOMER ? &r->pool.newcomer[own]
					      : &r->pool.established[own];
	bool any = false;
	for (uint32_t i = 0; i < r->pool.newcomers; i++) {
		uint32_t j = r->k.mate[i];
		if (j == MATCH_NOBODY || (side == SIDE_NEWCOMER ? i : j) != own)
			continue;
		const unit *v = side == SIDE_NEWCOMER ? &r->pool.established[j]
						      : &r->pool.newcomer[i];
		cli_say(r->cli, "explain.has",
			(str[]){unit_words(r, u), unit_words(r, v)}, 2);
		any = true;
	}
	if (!any)
		cli_say(r->cli, "explain.has_nobody", (str[]){unit_words(r, u)}, 1);
}

/* ---- two people ---------------------------------------------------------------------------------- */

static int explain_two(round_again *r, const asked *a)
{
	match_why_not w;
	if (!match_why_not_pair(&r->k, a->id[0], a->id[1], &w))
		return cli_fault(r->cli);
	if (w.a.known && w.b.known)
		cli_say(r->cli, "explain.two",
			(str[]){person(r, w.a.person), person(r, w.b.person)}, 2);
	str answer = words(r, &w.answer);
	printf("%.*s\n", STR_ARG(answer));
	if (w.kind == WHY_NOT_UNKNOWN)
		return fault_exit_code(FAULT_USAGE);
	for (size_t i = 0; i < w.rules; i++)
		item(words(r, &w.rule[i]));
	if (w.newcomer == MATCH_NOBODY)
		return 0;
	if (w.solved && w.slack > 0 && !r->result.bonus)
		cli_say(r->cli, "explain.slack", (str[]){points(r, w.slack)}, 1);
	if (w.kind != WHY_NOT_PAIRED) {
		say_partner(r, SIDE_NEWCOMER, w.newcomer);
		say_partner(r, SIDE_ESTABLISHED, w.established);
	}
	say_why(r, &w.why);
	return 0;
}

/* ---- one person ------------------------------------------------------------------------------------ */

static void say_relaxes(const round_again *r, const match_waiting_why *w)
{
	if (w->relaxes)
		cli_say(r->cli, "explain.relaxes", NULL, 0);
	for (size_t i = 0; i < w->relaxes; i++) {
		str text = words(r, &w->relax[i].phrase);
		if (w->relax[i].pairs)
			text = view_say(r->cli->ctx->mem, r->cli->lang,
					"explain.relax_pairs", &text, 1);
		item(text);
	}
}

static void explain_waiting(const round_again *r, const match_standing *s)
{
	match_waiting_why w;
	match_waiting_explain(&r->k, s->side, s->unit, &w);
	str who = person(r, s->person);
	if (w.days >= 0) {
		str text = view_say_count(r->cli->ctx->mem, r->cli->lang, "explain.waits",
					  w.days, &who, 1);
		printf("%.*s\n", STR_ARG(text));
	} else {
		cli_say(r->cli, "explain.waits_unknown", &who, 1);
	}
	for (size_t i = 0; i < w.sentences; i++)
		item(words(r, &w.sentence[i]));
	say_relaxes(r, &w);
}

static void explain_partners(const round_again *r, const match_standing *s)
{
	for (uint32_t i = 0; i < r->pool.newcomers; i++) {
		uint32_t j = r->k.mate[i];
		if (j == MATCH_NOBODY || (s->side == SIDE_NEWCOMER ? i : j) != s->unit)
			continue;
		match_why w;
		match_why_pair(&r->pool, &r->claim.terms, i, j, &w);
		str pair[2] = {unit_words(r, &r->pool.newcomer[i]),
			       unit_words(r, &r->pool.established[j])};
		cli_say(r->cli, "explain.has", pair, 2);
		say_why(r, &w);
	}
}

static int explain_one(round_again *r, const asked *a)
{
	match_standing s = match_find(&r->pool, a->id[0]);
	if (!s.known) {
		str number = str_format(r->cli->ctx->mem, "%u", a->id[0]);
		cli_say(r->cli, "why_not.unknown", &number, 1);
		return fault_exit_code(FAULT_USAGE);
	}
	if (s.reason != POOL_MATCHABLE) {
		arena *mem = r->cli->ctx->mem;
		str why = view_say(mem, r->cli->lang, match_pool_key(s.reason), NULL, 0);
		cli_say(r->cli, "why_not.absent", (str[]){person(r, s.person), why}, 2);
	} else if (s.side == SIDE_NEWCOMER ? r->k.mate[s.unit] == MATCH_NOBODY
					   : !r->k.taken[s.unit]) {
		explain_waiting(r, &s);
	} else {
		explain_partners(r, &s);
	}
	return 0;
}

int cmd_explain(cli *c)
{
	asked a;
	bool done = false;
	round_again r = {.cli = c};
	if (!read_asked(c, &a, &done))
		return cli_fault(c);
	if (done)
		return 0;
	if (!open_round(&r, &a))
		return cli_fault(c);
	return a.ids == 2 ? explain_two(&r, &a) : explain_one(&r, &a);
}
