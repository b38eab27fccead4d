/*
 * store_writer - what tests/fault/store_kill.sh kills.
 *
 *   store_writer add DIR FROM     adds people "w<FROM>", "w<FROM+1>" … and prints each number
 *                                 when its COMMIT has returned, until it is killed
 *   store_writer early DIR FROM   the twin: prints before the COMMIT
 *   store_writer list DIR         prints the number of everyone who is there and opens, and
 *                                 ends with an error when the chain of the log is broken
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/store_priv.h"

typedef struct job {
	long long number;
	bool early;
} job;

static void acknowledge(long long number)
{
	char line[32];
	int n = snprintf(line, sizeof line, "%lld\n", number);
	if (write(STDOUT_FILENO, line, (size_t)n) != n)
		exit(4);
}

static bool add_one(ctx *c, void *arg)
{
	const job *j = arg;
	person p = {.state = STATE_SUBMITTED, .written = S("sv")};
	p.value[FIELD_GIVEN] = str_format(c->mem, "w%lld", j->number);
	p.value[FIELD_MUNICIPALITY] = S("2580");
	if (!store_person_add(c, &p) ||
	    !store_consent_set(c, p.id, CONSENT_FOR_MATCH, true, S("sv"), S("web")) ||
	    !store_log(c, S("added"), p.id))
		return false;
	if (j->early)
		acknowledge(j->number);
	return true;
}

static bool add(ctx *c, long long from, bool early)
{
	for (job j = {.number = from, .early = early};; j.number++) {
		arena_mark here = arena_here(c->mem);
		if (!store_write(c, add_one, &j))
			return false;
		arena_reset(c->mem, here);
		if (!early)
			acknowledge(j.number);
	}
}

static bool list(ctx *c)
{
	people_list l;
	int64_t broken;
	if (!store_people_all(c, 1u << STATE_SUBMITTED, &l) || !log_verify(c, &broken))
		return false;
	for (size_t i = 0; i < l.item_n; i++) {
		str name = l.item[i].value[FIELD_GIVEN];
		consent_row k[CONSENT_PURPOSES];
		if (!store_consents(c, l.item[i].id, k))
			return false;
		/* Half a person is none. */
		if (k[CONSENT_FOR_MATCH].given)
			printf("%.*s\n", STR_ARG(str_slice(name, 1, name.n)));
	}
	return !broken || ctx_fail(c, FAULT_RESOURCE, "fault.store", S("the log"), S(""));
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	arena *mem = arena_new(0);
	ctx c = {.mem = mem, .now = INT64_C(1700000000000)};
	store_base *b = NULL;
	bool early = !strcmp(argv[1], "early");
	bool ok = store_base_open(&c, str_from(argv[2]), false, &b) &&
		  store_open(&c, mem, b, &c.store);
	if (ok && argc > 3)
		ok = add(&c, strtoll(argv[3], NULL, 10), early);
	else if (ok)
		ok = list(&c);
	if (!ok)
		fprintf(stderr, "%s %.*s\n", c.fault.key, STR_ARG(c.fault.arg[0]));
	arena_free(mem);
	store_base_close(b);
	return ok ? 0 : 4;
}
