/*
 * kompis match - a sheet of people in, or those who wait in an installation; the best pairs
 * out, proven and explained.
 *
 * The result is written first and then checked from those very bytes, by the room that
 * shares nothing with the engine: what lies in the directory is what was proven.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "cli/cli.h"
#include "cli/people.h"
#include "cli/sheet.h"
#include "match/match.h"
#include "report/report.h"

typedef struct job {
	cli *cli;
	str file, data, out;
	int32_t date;
	int64_t threads, reserve, waiting;
	str simd;
	bool most_pairs, skip_bad, keep_duplicates;
	cli_texts lock, forbid, leave_out, weight;
	sheet sheet;
	terms terms;
	pool pool;
	match_options options;
	match_result result;
	report_match report;
} job;

static bool read_options(job *j, bool *done)
{
	const cli_option option[] = {
		{"--data", OPTION_TEXT, &j->data, 0, 0},
		{"--out", OPTION_TEXT, &j->out, 0, 0},
		{"--date", OPTION_DATE, &j->date, 0, 0},
		{"--skip-bad", OPTION_FLAG, &j->skip_bad, 0, 0},
		{"--keep-duplicates", OPTION_FLAG, &j->keep_duplicates, 0, 0},
		{"--leave-out", OPTION_TEXTS, &j->leave_out, 0, 0},
		{"--lock", OPTION_TEXTS, &j->lock, 0, 0},
		{"--forbid", OPTION_TEXTS, &j->forbid, 0, 0},
		{"--weight", OPTION_TEXTS, &j->weight, 0, 0},
		{"--waiting", OPTION_INT, &j->waiting, 0, 10000},
		{"--reserve", OPTION_INT, &j->reserve, 0, 1000},
		{"--most-pairs", OPTION_FLAG, &j->most_pairs, 0, 0},
		{"--threads", OPTION_INT, &j->threads, 1, 64},
		{"--simd", OPTION_TEXT, &j->simd, 0, 0},
	};
	int n;
	if (!cli_options(j->cli, "match", option, ARRAY_LEN(option), 0, 1, &j->file, &n,
			 done))
		return false;
	if (*done || (n == 1) != (j->data.n > 0))
		return true;
	return ctx_fail(j->cli->ctx, FAULT_USAGE, "cli.match.sheet_or_data", S(""),
			S(""));
}

/* ---- terms ------------------------------------------------------------------------------ */

static bool read_id(job *j, const char *option, str text, uint32_t *id)
{
	int64_t n;
	if (!str_to_int(text, 1, UINT32_MAX, &n))
		return ctx_fail(j->cli->ctx, FAULT_USAGE, "cli.bad_person",
				str_from(option), text);
	*id = (uint32_t)n;
	return true;
}

/* "12:340" */
static bool read_pairs(job *j, const char *option, const cli_texts *from,
		       const id_pair **out, size_t *n)
{
	id_pair *pair = NEW_ARRAY(j->cli->ctx->mem, id_pair, from->n);
	for (size_t i = 0; i < from->n; i++) {
		str rest = from->text[i], a, b;
		if (!str_cut(&rest, ':', &a) || !str_cut(&rest, ':', &b) || rest.s)
			return ctx_fail(j->cli->ctx, FAULT_USAGE, "cli.bad_pair",
					str_from(option), from->text[i]);
		if (!read_id(j, option, a, &pair[i].a) ||
		    !read_id(j, option, b, &pair[i].b))
			return false;
	}
	*out = pair;
	*n = from->n;
	return true;
}

static int find_criterion(str name)
{
	for (int c = 0; c < CRITERIA_COUNT; c++)
		if (str_equal(name, str_from(model_criterion[c].name)))
			return c;
	return -1;
}

/* "distance=30" */
static bool read_weights(job *j)
{
	ctx *c = j->cli->ctx;
	int64_t sum = 0, n;
	for (size_t i = 0; i < j->weight.n; i++) {
		str rest = j->weight.text[i], name;
		if (!str_cut(&rest, '=', &name) || !str_to_int(rest, 0, WEIGHT_MAX, &n) ||
		    find_criterion(name) < 0)
			return ctx_fail(c, FAULT_USAGE, "cli.match.bad_weight",
					j->weight.text[i],
					str_format(c->mem, "0–%d", WEIGHT_MAX));
		j->terms.weight[find_criterion(name)] = (int32_t)n;
	}
	for (int i = 0; i < CRITERIA_COUNT; i++)
		sum += j->terms.weight[i];
	if (sum > WEIGHT_SUM_MAX)
		return ctx_fail(c, FAULT_USAGE, "cli.match.weights_too_large",
				str_format(c->mem, "%lld", (long long)sum),
				str_format(c->mem, "%d", WEIGHT_SUM_MAX));
	return true;
}

/* Of two rows that look like one person, the later waits until somebody has looked. */
static bool leave_out(job *j)
{
	size_t most = j->leave_out.n + j->sheet.duplicates, n = 0;
	uint32_t *id = NEW_ARRAY(j->cli->ctx->mem, uint32_t, most);
	for (size_t i = 0; i < j->leave_out.n; i++)
		if (!read_id(j, "--leave-out", j->leave_out.text[i], &id[n++]))
			return false;
	for (size_t i = 0; i < j->sheet.duplicates && !j->keep_duplicates; i++)
		id[n++] = j->sheet.people.profile[j->sheet.duplicate[i].later - 1].id;
	j->terms.left_out = id;
	j->terms.left_out_n = n;
	return true;
}

static bool set_terms(job *j)
{
	static const struct {
		const char *name;
		match_simd level;
	} level[] = {{"auto", SIMD_AUTO},
		     {"scalar", SIMD_SCALAR},
		     {"avx2", SIMD_AVX2},
		     {"avx512", SIMD_AVX512}};
	j->terms = model_terms_default(j->date);
	j->terms.waiting = (int32_t)j->waiting;
	j->terms.reserve = (int32_t)j->reserve * 1000;
	j->terms.most_pairs = j->most_pairs;
	j->options.threads = (int)j->threads;
	size_t i = 0;
	while (i < ARRAY_LEN(level) && !str_equal(j->simd, str_from(level[i].name)))
		i++;
	if (i == ARRAY_LEN(level))
		return ctx_fail(j->cli->ctx, FAULT_USAGE, "cli.match.bad_simd", j->simd,
				S(""));
	j->options.simd = level[i].level;
	return read_weights(j) &&
	       read_pairs(j, "--lock", &j->lock, &j->terms.locked, &j->terms.locked_n) &&
	       read_pairs(j, "--forbid", &j->forbid, &j->terms.forbidden,
			  &j->terms.forbidden_n);
}

/* ---- solving and proving ------------------------------------------------------------------ */

static bool solve(job *j)
{
	ctx *c = j->cli->ctx;
	model_pool_form(c->mem, &j->sheet.people, &j->terms, &j->pool);
	const char *missing = !j->pool.newcomers      ? "match.no_newcomers"
			      : !j->pool.establisheds ? "match.no_established"
						      : NULL;
	if (missing)
		return ctx_fail_at(c, FAULT_INPUT, j->file, 0, 0, missing, S(""), S(""));
	return match_solve(c, &j->pool, &j->terms, &j->options, &j->result);
}

static str path_in(job *j, const char *name)
{
	return str_format(j->cli->ctx->mem, "%.*s/%s", STR_ARG(j->out), name);
}

static bool write_result(job *j, str *bytes)
{
	buf b = {.mem = j->cli->ctx->mem};
	report_result_json(j->cli->ctx, &j->sheet.people, &j->pool, &j->terms, &j->result,
			   j->file, &b);
	*bytes = buf_str(&b);
	return cli_file_write(j->cli->ctx, path_in(j, "result.json"), *bytes);
}

static bool prove(job *j, str bytes)
{
	ctx *c = j->cli->ctx;
	check_claim claim;
	check_report proof;
	if (!check_claim_read(c, path_in(j, "result.json"), bytes, &claim) ||
	    !check_run(c, &j->sheet.people, &claim, (int)j->threads, &proof))
		return false;
	if (!proof.proven)
		return ctx_fail_at(c, FAULT_UNPROVEN, path_in(j, "result.json"), 0, 0,
				   proof.key, proof.arg[0], proof.arg[1]);
	return true;
}

/* ---- writing ----------------------------------------------------------------------------- */

typedef void writer(ctx *c, const view_lang *l, const report_match *r, buf *out);

static void write_skipped(ctx *c, const view_lang *l, const report_match *r, buf *out)
{
	report_skipped_csv(c, l, r->sheet, out);
}

static bool write_reports(job *j, str *written, size_t *n)
{
	const struct {
		const char *name;
		writer *write;
		bool wanted;
	} file[] = {
		{"report.html", report_match_html, true},
		{"pairs.csv", report_pairs_csv, true},
		{"waiting.csv", report_waiting_csv, true},
		{"recruit.csv", report_recruit_csv, true},
		{"skipped.csv", write_skipped, j->sheet.unusable > 0},
	};
	ctx *c = j->cli->ctx;
	for (size_t i = 0; i < ARRAY_LEN(file); i++) {
		if (!file[i].wanted)
			continue;
		arena_mark here = arena_here(c->mem);
		buf b = {.mem = c->mem};
		file[i].write(c, j->cli->lang, &j->report, &b);
		if (!cli_file_write(c, path_in(j, file[i].name), buf_str(&b)))
			return false;
		arena_reset(c->mem, here);
		written[(*n)++] = path_in(j, file[i].name);
	}
	written[(*n)++] = path_in(j, "result.json");
	return true;
}

static bool read_people(job *j)
{
	if (!j->data.n)
		return cli_sheet_read(j->cli, j->file, j->skip_bad, &j->sheet);
	j->file = j->data;
	return cli_people_read(j->cli, j->data, &j->sheet);
}

static bool run(job *j)
{
	ctx *c = j->cli->ctx;
	str bytes, written[6];
	size_t n = 0;
	c->today = j->date;
	if (!set_terms(j) || !read_people(j) || !leave_out(j) || !solve(j))
		return false;
	if (!cli_directory_make(c, j->out) || !write_result(j, &bytes) ||
	    !prove(j, bytes))
		return false;
	if (!report_match_gather(c, j->file, &j->sheet, &j->pool, &j->terms, &j->options,
				 &j->result, REPORT_ALL, &j->report))
		return false;
	j->report.checked = true;
	if (!write_reports(j, written, &n))
		return false;
	buf b = {.mem = c->mem};
	report_match_text(c, j->cli->lang, &j->report, written, n, j->cli->color, &b);
	fwrite(b.s, 1, b.n, stdout);
	if (!j->result.pairs)
		return ctx_fail_at(c, FAULT_UNPROVEN, j->file, 0, 0,
				   "match.nobody_eligible", S(""), S(""));
	return true;
}

int cmd_match(cli *c)
{
	job *j = NEW(c->ctx->mem, job);
	*j = (job){.cli = c,
		   .out = S("matchning"),
		   .date = c->ctx->today,
		   .threads = 1,
		   .reserve = RESERVE_DEFAULT / 1000,
		   .waiting = WAITING_DEFAULT,
		   .simd = S("auto")};
	bool done;
	if (!read_options(j, &done))
		return cli_fault(c);
	if (done)
		return 0;
	return run(j) ? 0 : cli_fault(c);
}
