/*
 * bench_check city|national N M [--threads T] [--seed S] - the independent check on people made up.
 *
 * The people are matched by a process of its own, so that time and peak memory here are
 * those of the check alone. Prints one line: people, pairs, whether proven, CPU and wall
 * seconds of check_run, pairs of people scored, and the peak memory of this process.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check/check.h"
#include "match/match.h"

typedef struct job {
	generate_options who;
	int threads;
	ctx c;
	people p;
	check_claim claim;
} job;

static void die(const char *what)
{
	fprintf(stderr, "bench_check: %s\n", what);
	exit(2);
}

static double cpu_seconds(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void put(FILE *to, const void *what, size_t size, size_t n)
{
	if (fwrite(what, size, n, to) != n)
		die("cannot hand over the result");
}

static void get(FILE *from, void *what, size_t size, size_t n)
{
	if (fread(what, size, n, from) != n)
		die("the people could not be matched");
}

/* Matches the people and writes sums, pairs and prices as a claim has them. */
static void solve(job *j, FILE *to)
{
	pool p;
	match_result r;
	terms t = model_terms_default(j->who.date);
	match_generate(j->c.mem, &j->who, &j->p);
	model_pool_form(j->c.mem, &j->p, &t, &p);
	match_options o = {.threads = j->threads, .simd = SIMD_AUTO};
	if (!match_solve(&j->c, &p, &t, &o, &r))
		die(j->c.fault.key);
	const uint64_t head[4] = {(uint64_t)r.total, (uint64_t)r.bound, r.pairs,
				  p.establisheds};
	put(to, head, sizeof *head, 4);
	for (size_t k = 0; k < r.pairs; k++) {
		struct check_pair x = {p.newcomer[r.pair[k].newcomer].id,
				       p.established[r.pair[k].established].id,
				       r.pair[k].weight};
		put(to, &x, sizeof x, 1);
	}
	for (size_t k = 0; k < p.establisheds; k++) {
		struct check_price x = {p.established[k].id, r.price[k]};
		put(to, &x, sizeof x, 1);
	}
	if (fflush(to))
		die("cannot hand over the result");
}

/* A grandchild solves, so that its memory is not counted as this process's. */
static FILE *start_solving(job *j)
{
	int fd[2];
	if (pipe(fd))
		die("no pipe");
	pid_t child = fork();
	if (child < 0)
		die("no process");
	if (!child) {
		if (fork())
			_exit(0);
		close(fd[0]);
		FILE *to = fdopen(fd[1], "wb");
		if (to)
			solve(j, to);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	close(fd[1]);
	return fdopen(fd[0], "rb");
}

static void read_claim(job *j, FILE *from)
{
	uint64_t head[4];
	get(from, head, sizeof *head, 4);
	j->claim = (check_claim){.terms = model_terms_default(j->who.date),
				 .total = (int64_t)head[0],
				 .bound = (int64_t)head[1],
				 .pairs = head[2],
				 .prices = head[3]};
	j->claim.pair = NEW_ARRAY(j->c.mem, struct check_pair, head[2]);
	j->claim.price = NEW_ARRAY(j->c.mem, struct check_price, head[3]);
	get(from, j->claim.pair, sizeof *j->claim.pair, head[2]);
	get(from, j->claim.price, sizeof *j->claim.price, head[3]);
	fclose(from);
}

static uint32_t natural(const char *s)
{
	int64_t n;
	if (!s || !str_to_int(str_from(s), 1, 10000000, &n))
		die("usage: bench_check city|national N M [--threads T] [--seed S]");
	return (uint32_t)n;
}

int main(int argc, char **argv)
{
	job j = {.who = {.seed = 1, .date = 19358}, .threads = 1};
	if (argc < 4)
		natural(NULL);
	j.who.city = !strcmp(argv[1], "city");
	j.who.newcomers = natural(argv[2]);
	j.who.established = natural(argv[3]);
	for (int i = 4; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--threads"))
			j.threads = (int)natural(argv[i + 1]);
		else if (!strcmp(argv[i], "--seed"))
			j.who.seed = natural(argv[i + 1]);
		else
			natural(NULL);
	}
	j.c.mem = arena_new(0);
	FILE *from = start_solving(&j);
	if (!from)
		die("no pipe");
	read_claim(&j, from);
	match_generate(j.c.mem, &j.who, &j.p);
	model_digest(&j.p, &j.claim.terms, j.claim.digest);
	check_report r;
	double cpu = cpu_seconds(), wall = now();
	if (!check_run(&j.c, &j.p, &j.claim, j.threads, &r))
		die(j.c.fault.key);
	cpu = cpu_seconds() - cpu;
	wall = now() - wall;
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	printf("check %s newcomers=%u established=%u threads=%d proven=%d pairs=%llu "
	       "total=%lld scored=%llu cpu=%.3f wall=%.3f peak_mb=%.1f mpairs_per_s=%.1f "
	       "wrong=%s\n",
	       argv[1], j.who.newcomers, j.who.established, j.threads, r.proven,
	       (unsigned long long)r.pairs_checked, (long long)r.total,
	       (unsigned long long)r.pairs_scored, cpu, wall, (double)u.ru_maxrss / 1024,
	       1e-6 * (double)r.pairs_scored / cpu, r.key ? r.key : "none");
	arena_free(j.c.mem);
	return !r.proven;
}
