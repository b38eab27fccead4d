/*
 * bench_people KIND NEWCOMERS ESTABLISHED [--threads T] [--simd L] [--seed S] [--scan]
 *
 * Makes people up, matches them through the library and prints one line of key=value.
 * KIND: city, national, or anywhere (a fifth meet by video at any distance). --scan
 * scores every newcomer against everyone once instead, with the same kernels, skipping
 * nothing: the yardstick for how much a solution costs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "match/match.h"
#include "match/source.h"

typedef struct work {
	const char *kind;
	generate_options people;
	match_options options;
	const char *simd;
	bool scan;
} work;

static double seconds(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static long peak_kb(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

static match_simd level_of(const char *name)
{
	static const char *const names[] = {"auto", "scalar", "avx2", "avx512"};
	for (int i = 0; i < 4; i++)
		if (!strcmp(name, names[i]))
			return (match_simd)i;
	fprintf(stderr, "bench_people: no such level: %s\n", name);
	exit(2);
}

static bool read_arguments(int argc, char **argv, work *w)
{
	if (argc < 4)
		return false;
	w->kind = argv[1];
	w->people.newcomers = (uint32_t)strtoul(argv[2], NULL, 10);
	w->people.established = (uint32_t)strtoul(argv[3], NULL, 10);
	w->people.city = !strcmp(w->kind, "city") || !strcmp(w->kind, "ratio");
	w->people.anywhere = strcmp(w->kind, "anywhere") ? 0 : 0.2;
	for (int i = 4; i < argc; i++) {
		if (!strcmp(argv[i], "--scan"))
			w->scan = true;
		else if (!strcmp(argv[i], "--threads") && i + 1 < argc)
			w->options.threads = (int)strtol(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "--seed") && i + 1 < argc)
			w->people.seed = strtoull(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "--simd") && i + 1 < argc)
			w->options.simd = level_of(w->simd = argv[++i]);
		else
			return false;
	}
	return w->options.threads >= 1;
}

/* Every newcomer against everyone; returns the sum of the best weights. */
static int64_t scan_all(ctx *c, const pool *p, const terms *t, const match_options *o,
			uint64_t *looked, uint64_t *weighed)
{
	enum { BEST = 16 };
	uint32_t *row = NEW_ARRAY(c->mem, uint32_t, p->newcomers);
	uint32_t *column = NEW_ARRAY(c->mem, uint32_t, p->establisheds);
	for (uint32_t i = 0; i < p->newcomers; i++)
		row[i] = i;
	for (uint32_t i = 0; i < p->establisheds; i++)
		column[i] = i;
	source_options so = {.rows = p->newcomer,
			     .columns = p->established,
			     .row = row,
			     .column = column,
			     .row_n = (uint32_t)p->newcomers,
			     .column_n = (uint32_t)p->establisheds,
			     .threads = 1,
			     .simd = o->simd,
			     .whole = true};
	solve_source s;
	int64_t *price = NEW_ARRAY(c->mem, int64_t, p->establisheds), sum = 0, rest;
	if (!source_form(c->mem, p, t, &so, &s))
		return -1;
	for (uint32_t i = 0; i < p->newcomers; i++) {
		solve_offer best[BEST];
		if (s.scan(s.self, 0, (int32_t)i, price, BEST, best, &rest) > 0)
			sum += best[0].weight;
	}
	*looked = source_scored(s.self, weighed);
	return sum;
}

int main(int argc, char **argv)
{
	work w = {.people = {.seed = 1, .date = 20000},
		  .options = {.threads = 1},
		  .simd = "auto"};
	if (!read_arguments(argc, argv, &w)) {
		fputs("usage: bench_people city|national|ratio|anywhere NEWCOMERS "
		      "ESTABLISHED "
		      "[--threads T] [--simd auto|scalar|avx2|avx512] [--seed S] "
		      "[--scan]\n",
		      stderr);
		return 2;
	}
	ctx c = {.mem = arena_new(0), .today = w.people.date};
	people p;
	pool pl;
	terms t = model_terms_default(w.people.date);
	double start = seconds(CLOCK_PROCESS_CPUTIME_ID);
	match_generate(c.mem, &w.people, &p);
	double made = seconds(CLOCK_PROCESS_CPUTIME_ID);
	long before = peak_kb();
	double wall = seconds(CLOCK_MONOTONIC);
	model_pool_form(c.mem, &p, &t, &pl);
	match_result r = {0};
	if (w.scan)
		r.total = scan_all(&c, &pl, &t, &w.options, &r.eligible_scanned,
				   &r.weighed);
	else if (!match_solve(&c, &pl, &t, &w.options, &r)) {
		fprintf(stderr, "bench_people: %s\n", c.fault.key);
		return fault_exit_code(c.fault.kind);
	}
	double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - made;
	wall = seconds(CLOCK_MONOTONIC) - wall;
	printf("bench=people kind=%s newcomers=%u established=%u seed=%llu threads=%d "
	       "simd=%s "
	       "what=%s cpu=%.4f wall=%.4f peak_mb=%.1f people_mb=%.1f generate=%.3f "
	       "pairs=%llu weighed=%llu "
	       "total=%lld matched=%zu proven=%d unique=%d\n",
	       w.kind, w.people.newcomers, w.people.established,
	       (unsigned long long)w.people.seed, w.options.threads, w.simd,
	       w.scan ? "scan" : "solve", cpu, wall, (double)peak_kb() / 1024,
	       (double)before / 1024, made - start,
	       (unsigned long long)r.eligible_scanned, (unsigned long long)r.weighed,
	       (long long)r.total, r.pairs, r.proven, r.unique);
	arena_free(c.mem);
	return 0;
}
