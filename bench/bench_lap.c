/*
 * bench_lap - times the library on the classical classes of assignment problems.
 *
 *     bench_lap CLASS N SEED [--dump FILE] [--threads T]
 *
 * Prints one line of name=value fields: processor seconds of the library call alone, the
 * program's peak memory, and the peak less what the matrix took. --dump writes int32
 * rows, int32 columns and the costs row by row as int32, for the peers, and solves nothing.
 */
#include "solve/solve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

typedef struct problem {
	const char *class;
	int32_t n;
	int32_t *cost;
} problem;

static double cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static long peak_kb(void)
{
	struct rusage r;
	getrusage(RUSAGE_SELF, &r);
	return r.ru_maxrss;
}

static int32_t distance(const int32_t *a, const int32_t *b)
{
	uint64_t x = (uint64_t)((int64_t)(a[0] - b[0]) * (a[0] - b[0]));
	uint64_t y = (uint64_t)((int64_t)(a[1] - b[1]) * (a[1] - b[1]));
	return (int32_t)isqrt_u64(x + y);
}

/* Points in a square of 10,000 units. */
static void fill_geometric(problem *p, rng *r)
{
	size_t n = (size_t)p->n;
	int32_t *at = malloc(4 * n * sizeof(int32_t));
	if (!at)
		exit(4);
	for (size_t i = 0; i < 4 * n; i++)
		at[i] = (int32_t)rng_below(r, 10001);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			p->cost[i * n + j] = distance(&at[2 * i], &at[2 * (n + j)]);
	free(at);
}

static bool fill(problem *p, uint64_t seed)
{
	rng r = rng_seed(seed);
	size_t n = (size_t)p->n;
	if (strcmp(p->class, "geometric") == 0) {
		fill_geometric(p, &r);
		return true;
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			int32_t *c = &p->cost[i * n + j];
			if (strcmp(p->class, "uniform100") == 0)
				*c = 1 + (int32_t)rng_below(&r, 100);
			else if (strcmp(p->class, "uniformn") == 0)
				*c = 1 + (int32_t)rng_below(&r, (uint32_t)n);
			else if (strcmp(p->class, "equal") == 0)
				*c = 7;
			else if (strcmp(p->class, "twocost") == 0)
				*c = rng_below(&r, 2) ? 1 : 100;
			else if (strcmp(p->class, "machol_wien") == 0)
				*c = (int32_t)((i + 1) * (j + 1));
			else
				return false;
		}
	}
	return true;
}

static int dump(const problem *p, const char *path)
{
	FILE *f = fopen(path, "wb");
	if (!f)
		return 4;
	size_t n = (size_t)p->n * (size_t)p->n;
	bool ok = fwrite((int32_t[]){p->n, p->n}, sizeof(int32_t), 2, f) == 2 &&
		  fwrite(p->cost, sizeof(int32_t), n, f) == n;
	return fclose(f) == 0 && ok ? 0 : 4;
}

static int solve(const problem *p, int threads)
{
	ctx c = {.mem = arena_new(0)};
	solve_arcs a = {.sources = p->n, .sinks = p->n, .cost32 = p->cost};
	solve_aim aim = {.threads = threads};
	solve_answer answer;
	long before = peak_kb();
	double start = cpu_seconds();
	bool ok = solve_arcs_run(&c, &a, &aim, &answer);
	double seconds = cpu_seconds() - start;
	if (!ok) {
		fprintf(stderr, "bench_lap: %s\n", c.fault.key);
		arena_free(c.mem);
		return 1;
	}
	printf("class=%s n=%d cost=%lld cpu=%.4f peak_kb=%ld solver_kb=%ld scans=%llu "
	       "bids=%llu "
	       "paths=%llu visited=%llu\n",
	       p->class, p->n, (long long)answer.cost, seconds, peak_kb(),
	       peak_kb() - before, (unsigned long long)answer.counts.scans,
	       (unsigned long long)answer.counts.bids,
	       (unsigned long long)answer.counts.paths,
	       (unsigned long long)answer.counts.visited);
	arena_free(c.mem);
	return 0;
}

static int usage(void)
{
	fputs("bench_lap CLASS N SEED [--dump FILE] [--threads T]\n"
	      "CLASS: uniform100 uniformn geometric equal twocost machol_wien\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	int64_t n, seed, threads = 1;
	const char *to = NULL;
	if (argc < 4 || argc % 2 || !str_to_int(str_from(argv[2]), 1, 40000, &n) ||
	    !str_to_int(str_from(argv[3]), 0, INT64_MAX, &seed))
		return usage();
	for (int i = 4; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--dump") == 0)
			to = argv[i + 1];
		else if (strcmp(argv[i], "--threads") != 0 ||
			 !str_to_int(str_from(argv[i + 1]), 1, 256, &threads))
			return usage();
	}
	problem p = {.class = argv[1], .n = (int32_t)n};
	p.cost = malloc((size_t)(n * n) * sizeof(int32_t));
	if (!p.cost)
		return 4;
	int code = 2;
	if (!fill(&p, (uint64_t)seed))
		code = usage();
	else
		code = to ? dump(&p, to) : solve(&p, (int)threads);
	free(p.cost);
	return code;
}
