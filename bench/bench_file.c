/*
 * bench_file - times an office's sheet from the bytes of the file to a checked result.
 *
 *     bench_file SHEET [--threads T]
 *
 * Prints name=value fields, milliseconds of processor time of each library call, the best
 * of ten rounds: read (text to people), match (people to proven pairs), check, and their
 * sum. The check gets what a result file says, ids and prices, not the solver's memory.
 */
#include "check/check.h"
#include "match/match.h"
#include "sheet/sheet.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 10 };

static double cpu_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static bool file_read(arena *mem, const char *path, str *bytes)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	buf b = {.mem = mem};
	char piece[1 << 16];
	for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
		buf_add(&b, (str){piece, n});
	bool ok = !ferror(f);
	fclose(f);
	*bytes = buf_str(&b);
	return ok;
}

static check_claim claim_of(arena *mem, const people *p, const pool *q, const terms *t,
			    const match_result *r)
{
	check_claim claim = {
		.terms = *t, .bonus = r->bonus, .total = r->total, .bound = r->bound};
	model_digest(p, t, claim.digest);
	claim.pair = arena_alloc(mem, r->pairs, sizeof *claim.pair);
	claim.pairs = r->pairs;
	for (size_t i = 0; i < r->pairs; i++) {
		const match_pair *m = &r->pair[i];
		claim.pair[i].newcomer = q->newcomer[m->newcomer].id;
		claim.pair[i].established = q->established[m->established].id;
		claim.pair[i].weight = m->weight;
	}
	claim.price = arena_alloc(mem, q->establisheds, sizeof *claim.price);
	claim.prices = q->establisheds;
	for (size_t j = 0; j < q->establisheds; j++) {
		claim.price[j].established = q->established[j].id;
		claim.price[j].price = r->price[j];
	}
	return claim;
}

/* One round; ms[0..2] are the three steps. */
static bool round_run(str file, str bytes, int threads, double ms[3], size_t *pairs)
{
	ctx c = {.mem = arena_new(0), .today = date_to_day((ymd){2023, 1, 1})};
	terms t = model_terms_default(c.today);
	match_options o = {.threads = threads, .simd = SIMD_AUTO};
	sheet s;
	pool q;
	match_result r;
	check_report report = {0};
	double at[4] = {cpu_ms()};
	bool ok = sheet_read(&c, file, bytes, &s);
	at[1] = cpu_ms();
	if (ok) {
		model_pool_form(c.mem, &s.people, &t, &q);
		ok = match_solve(&c, &q, &t, &o, &r);
	}
	at[2] = cpu_ms();
	if (ok) {
		check_claim claim = claim_of(c.mem, &s.people, &q, &t, &r);
		ok = check_run(&c, &s.people, &claim, threads, &report) && report.proven;
		*pairs = r.pairs;
	}
	at[3] = cpu_ms();
	for (int i = 0; i < 3; i++)
		ms[i] = at[i + 1] - at[i];
	if (!ok)
		fprintf(stderr, "bench_file: %s\n",
			c.fault.key ? c.fault.key : report.key);
	arena_free(c.mem);
	return ok;
}

int main(int argc, char **argv)
{
	int64_t threads = 1;
	if ((argc != 2 && argc != 4) ||
	    (argc == 4 && (strcmp(argv[2], "--threads") != 0 ||
			   !str_to_int(str_from(argv[3]), 1, 256, &threads)))) {
		fputs("bench_file SHEET [--threads T]\n", stderr);
		return 2;
	}
	arena *mem = arena_new(0);
	str bytes;
	if (!file_read(mem, argv[1], &bytes)) {
		perror(argv[1]);
		arena_free(mem);
		return 3;
	}
	double best[3] = {1e9, 1e9, 1e9}, total = 1e9;
	size_t pairs = 0;
	bool ok = true;
	for (int i = 0; ok && i < ROUNDS; i++) {
		double ms[3];
		ok = round_run(str_from(argv[1]), bytes, (int)threads, ms, &pairs);
		if (ok && ms[0] + ms[1] + ms[2] < total) {
			memcpy(best, ms, sizeof best);
			total = ms[0] + ms[1] + ms[2];
		}
	}
	if (ok)
		printf("read_ms=%.3f match_ms=%.3f check_ms=%.3f total_ms=%.3f pairs=%zu "
		       "cpu=%.6f\n",
		       best[0], best[1], best[2], total, pairs, total / 1e3);
	arena_free(mem);
	return ok ? 0 : 1;
}
