/* kompis doctor: is everything kept as it should be? */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "store/store.h"

static const char *const grade_name[] = {"fine", "warning", "bad"};

/* A store that does not even open is a finding too: its own words for why. */
static void find(cli *c, str data, finding **out, size_t *n)
{
	ctx *job = c->ctx;
	store_base *b = NULL;
	bool ok = cli_store(job, data, true, &b) && store_doctor(job, b, out, n);
	store_base_close(b);
	if (ok)
		return;
	*out = NEW(job->mem, finding);
	**out = (finding){.key = "doctor.unreadable",
			  .arg = {view_fault(job->mem, c->lang, &job->fault), S("")},
			  .grade = 2};
	*n = 1;
	job->fault = (fault){.kind = FAULT_NONE};
}

static str words_of(cli *c, const finding *f)
{
	return view_say(c->ctx->mem, c->lang, f->key, f->arg, ARRAY_LEN(f->arg));
}

static void print_json(cli *c, const finding *f, size_t n, int worst)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++) {
		str text = words_of(c, &f[i]);
		json_array_append_new(list, json_pack("{s:s, s:s, s:s%}", "grade",
						      grade_name[f[i].grade], "key",
						      f[i].key, "text", text.s, text.n));
	}
	json_t *all =
		json_pack("{s:s, s:o}", "grade", grade_name[worst], "findings", list);
	char *s = json_dumps(all, JSON_COMPACT);
	printf("%s\n", s ? s : "{}");
	free(s);
	json_decref(all);
}

/* The worst first; what to do about it below. */
static void print_text(cli *c, const finding *f, size_t n)
{
	arena *mem = c->ctx->mem;
	for (int grade = 2; grade >= 0; grade--)
		for (size_t i = 0; i < n; i++) {
			if (f[i].grade != grade)
				continue;
			char *mark =
				str_terminated(mem, str_format(mem, "doctor.grade.%s",
							       grade_name[grade]));
			str line[] = {view_say(mem, c->lang, mark, NULL, 0),
				      words_of(c, &f[i])};
			cli_say(c, "doctor.line", line, ARRAY_LEN(line));
			str name = str_from(f[i].key + strlen("doctor."));
			str key = str_format(mem, "doctor.%.*s.do", STR_ARG(name));
			str advice = grade ? view_say(mem, c->lang, key.s, f[i].arg,
						      ARRAY_LEN(f[i].arg))
					   : S("");
			if (grade)
				cli_say(c, "doctor.advice", &advice, 1);
		}
}

int cmd_doctor(cli *c)
{
	str data = S(""), operand[1];
	int operands, worst = 0;
	bool done = false, json = false;
	finding *f = NULL;
	size_t n = 0;
	const cli_option option[] = {
		{.name = "--data", .kind = OPTION_TEXT, .target = &data},
		{.name = "--json", .kind = OPTION_FLAG, .target = &json},
	};
	if (!cli_options(c, "doctor", option, ARRAY_LEN(option), 0, 0, operand, &operands,
			 &done))
		return cli_fault(c);
	if (done)
		return 0;
	cli_clock(c);
	find(c, cli_data(data), &f, &n);
	for (size_t i = 0; i < n; i++)
		worst = f[i].grade > worst ? f[i].grade : worst;
	if (json)
		print_json(c, f, n, worst);
	else
		print_text(c, f, n);
	return worst == 2 ? fault_exit_code(FAULT_UNPROVEN) : 0;
}
