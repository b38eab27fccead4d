/* kompis check: proves a result, or says what is wrong with it. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "check/check.h"
#include "cli/cli.h"
#include "sheet/sheet.h"

static int64_t processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > 64 ? 64 : n;
}

static str counted(cli *c, int64_t n)
{
	return view_number(c->ctx->mem, c->lang, n);
}

static void say_wrong(cli *c, const char *key, const str *arg)
{
	str reason = view_say(c->ctx->mem, c->lang, key, arg, 3);
	cli_say(c, "check.unproven", &reason, 1);
}

/* The key and numbers of what is wrong, and the end of the object. */
static void json_wrong(const char *key, const str *arg)
{
	if (!key) {
		printf("\"wrong\":null}\n");
		return;
	}
	printf("\"wrong\":{\"key\":\"%s\",\"numbers\":[%.*s,%.*s,%.*s]}}\n", key,
	       STR_ARG(arg[0]), STR_ARG(arg[1]), STR_ARG(arg[2]));
}

/* ---- people and a result ------------------------------------------------------------- */

static void print_people(cli *c, const check_report *r, bool json)
{
	if (json) {
		printf("{\"proven\":%s,\"people\":%zu,\"all_pairs\":%" PRIu64
		       ",\"pairs\":%" PRIu64 ",\"scored\":%" PRIu64 ",\"total\":%" PRId64
		       ",\"bound\":%" PRId64 ",",
		       r->proven ? "true" : "false", r->people, r->pairs_possible,
		       r->pairs_checked, r->pairs_scored, r->total, r->bound);
		json_wrong(r->key, r->arg);
		return;
	}
	if (!r->proven) {
		say_wrong(c, r->key, r->arg);
		return;
	}
	const str proven[] = {counted(c, (int64_t)r->people),
			      counted(c, (int64_t)r->pairs_possible)};
	const str numbers[] = {counted(c, (int64_t)r->pairs_checked),
			       counted(c, r->total), counted(c, r->bound),
			       counted(c, (int64_t)r->pairs_scored)};
	cli_say(c, "check.proven", proven, ARRAY_LEN(proven));
	cli_say(c, "check.numbers", numbers, ARRAY_LEN(numbers));
}

/* Dates that a sheet leaves open are read as they were when it was matched. */
static bool check_people(cli *c, const str *file, const str *bytes, int threads,
			 bool json, bool *proven)
{
	check_claim claim;
	check_report report;
	sheet s;
	if (!check_claim_read(c->ctx, file[1], bytes[1], &claim))
		return false;
	c->ctx->today = claim.terms.date;
	if (!sheet_read(c->ctx, file[0], bytes[0], &s) ||
	    !check_run(c->ctx, &s.people, &claim, threads, &report))
		return false;
	*proven = report.proven;
	print_people(c, &report, json);
	return true;
}

/* ---- assignment problems ----------------------------------------------------------------- */

static void print_asn(cli *c, const check_asn_report *r, bool json)
{
	if (json) {
		printf("{\"proven\":%s,\"nodes\":%" PRId64 ",\"arcs\":%" PRId64
		       ",\"matched\":%" PRId64 ",\"cost\":%" PRId64 ",\"bound\":%" PRId64
		       ",",
		       r->proven ? "true" : "false", r->nodes, r->arcs, r->matched,
		       r->cost, r->bound);
		json_wrong(r->key, r->arg);
		return;
	}
	if (!r->proven) {
		say_wrong(c, r->key, r->arg);
		return;
	}
	const str arcs = counted(c, r->arcs);
	const str numbers[] = {counted(c, r->matched), counted(c, r->cost),
			       counted(c, r->bound)};
	cli_say(c, r->max ? "check.asn_proven_max" : "check.asn_proven_min", &arcs, 1);
	cli_say(c, "check.asn_numbers", numbers, ARRAY_LEN(numbers));
}

static bool check_asn(cli *c, const str *file, const str *bytes, bool json, bool *proven)
{
	check_asn_report report;
	if (!check_asn_run(c->ctx, file[0], bytes[0], file[1], bytes[1], &report))
		return false;
	*proven = report.proven;
	print_asn(c, &report, json);
	return true;
}

int cmd_check(cli *c)
{
	int64_t threads = processors();
	bool json = false, done = false, proven = false;
	str file[2], bytes[2];
	int files;
	const cli_option option[] = {
		{.name = "--threads",
		 .kind = OPTION_INT,
		 .target = &threads,
		 .min = 1,
		 .max = 64},
		{.name = "--json", .kind = OPTION_FLAG, .target = &json},
	};
	if (!cli_options(c, "check", option, ARRAY_LEN(option), 2, 2, file, &files,
			 &done))
		return cli_fault(c);
	if (done)
		return 0;
	if (!cli_file_read(c->ctx, file[0], &bytes[0]) ||
	    !cli_file_read(c->ctx, file[1], &bytes[1]))
		return cli_fault(c);
	bool ran = check_asn_is(bytes[0])
			   ? check_asn(c, file, bytes, json, &proven)
			   : check_people(c, file, bytes, (int)threads, json, &proven);
	if (!ran)
		return cli_fault(c);
	return proven ? 0 : fault_exit_code(FAULT_UNPROVEN);
}
