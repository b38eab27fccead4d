/* kompis assign: an assignment problem in DIMACS format, solved and proven. */
#include <stdio.h>

#include "cli/cli.h"
#include "solve/solve.h"

static bool run(cli *c, str path, const solve_aim *aim, str certificate)
{
	ctx *x = c->ctx;
	str bytes;
	solve_problem problem;
	solve_answer answer;
	if (!cli_file_read(x, path, &bytes) ||
	    !solve_dimacs_read(x, path, bytes, &problem) ||
	    !solve_arcs_run(x, &problem.arcs, aim, &answer))
		return false;
	if (certificate.n > 0) {
		buf text = {.mem = x->mem};
		solve_certificate_write(&problem, aim, &answer, &text);
		if (!cli_file_write(x, certificate, buf_str(&text)))
			return false;
	}
	buf text = {.mem = x->mem};
	solve_answer_write(&problem, &answer, &text);
	str out = buf_str(&text);
	if (fwrite(out.s, 1, out.n, stdout) != out.n || fflush(stdout) != 0)
		return ctx_fail(x, FAULT_RESOURCE, "cli.cannot_print", (str){0},
				(str){0});
	return true;
}

int cmd_assign(cli *c)
{
	solve_aim aim = {0};
	int64_t threads = 1;
	str certificate = {0}, operand[1];
	int operands;
	bool done = false;
	const cli_option option[] = {
		{.name = "--max", .kind = OPTION_FLAG, .target = &aim.max},
		{.name = "--unmatched", .kind = OPTION_FLAG, .target = &aim.unmatched},
		{.name = "--certificate", .kind = OPTION_TEXT, .target = &certificate},
		{.name = "--threads",
		 .kind = OPTION_INT,
		 .target = &threads,
		 .min = 1,
		 .max = 256},
	};
	if (!cli_options(c, "assign", option, ARRAY_LEN(option), 1, 1, operand, &operands,
			 &done))
		return cli_fault(c);
	if (done)
		return 0;
	aim.threads = (int)threads;
	return run(c, operand[0], &aim, certificate) ? 0 : cli_fault(c);
}
