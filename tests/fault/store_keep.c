/*
 * A store for tests/cli/store.sh, which cannot make people with the program itself.
 *
 *   store_keep fill DIR N       N people who wait and one draft, whose id it prints
 *   store_keep erase DIR ID     erases the draft
 *   store_keep write DIR        adds people two by two, a line each time, until it is killed
 *   store_keep people DIR       how many there are whose names open
 *   store_keep alter DIR        changes a row of the log behind Kompis' back
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/store_priv.h"

static ctx job;

static int fail(const char *what)
{
	fprintf(stderr, "store_keep %s: %s %.*s\n", what, job.fault.key,
		STR_ARG(job.fault.arg[0]));
	return 1;
}

static person someone(state s)
{
	person p = {.state = s, .written = S("sv")};
	for (int f = 0; f < FIELD_COUNT; f++)
		p.value[f] = S("");
	p.value[FIELD_GIVEN] = S("Bo");
	return p;
}

static bool fill(int64_t n)
{
	person p = someone(STATE_DRAFT);
	if (!store_person_add(&job, &p))
		return false;
	printf("%s\n", p.id.s);
	for (int64_t i = 0; i < n; i++) {
		person other = someone(STATE_WAITING);
		if (!store_person_add(&job, &other) ||
		    !store_log(&job, S("look"), other.id))
			return false;
	}
	return true;
}

static bool two(ctx *c, void *unused)
{
	person a = someone(STATE_WAITING), b = someone(STATE_WAITING);
	(void)unused;
	return store_person_add(c, &a) && store_person_add(c, &b);
}

static bool write_on(void)
{
	for (;;) {
		arena_mark here = arena_here(job.mem);
		if (!store_write(&job, two, NULL))
			return false;
		arena_reset(job.mem, here);
		puts("two");
		fflush(stdout);
	}
}

static bool count_names(void)
{
	people_list all;
	int64_t n = 0;
	if (!store_people_all(&job, 1u << STATE_WAITING | 1u << STATE_DRAFT, &all))
		return false;
	for (size_t i = 0; i < all.item_n; i++)
		n += str_equal(all.item[i].value[FIELD_GIVEN], S("Bo"));
	printf("%lld\n", (long long)n);
	return true;
}

static bool alter(ctx *c, void *unused)
{
	query q;
	(void)unused;
	return db_query(c, SQL("UPDATE log SET action = 'other' WHERE seq = 2"), &q) &&
	       db_run(&q, NULL);
}

static bool erase(str text)
{
	id who;
	return id_parse(text, &who) && store_person_erase(&job, who);
}

int main(int argc, char **argv)
{
	store_base *b;
	struct timespec t;
	bool ok = false;
	if (argc < 3)
		return 2;
	clock_gettime(CLOCK_REALTIME, &t);
	job = (ctx){.mem = arena_new(0), .now = (int64_t)t.tv_sec * 1000};
	if (!store_base_open(&job, str_from(argv[2]), false, &b) ||
	    !store_open(&job, job.mem, b, &job.store))
		return fail(argv[1]);
	if (!strcmp(argv[1], "fill") && argc == 4)
		ok = fill(strtol(argv[3], NULL, 10));
	else if (!strcmp(argv[1], "erase") && argc == 4)
		ok = erase(str_from(argv[3]));
	else if (!strcmp(argv[1], "write"))
		ok = write_on();
	else if (!strcmp(argv[1], "people"))
		ok = count_names();
	else if (!strcmp(argv[1], "alter"))
		ok = store_write(&job, alter, NULL);
	if (!ok)
		return fail(argv[1]);
	arena_free(job.mem);
	store_base_close(b);
	return 0;
}
