/*
 * bench_round NEWCOMERS ESTABLISHED [--city] [--most-pairs] [--changes N] [--seed S] [--simd L]
 *
 * A matching round through the library, as a coordinator works in it: the table of all pairs,
 * the optimum, then N changes of each kind, each solved again from the optimum before it. Now and
 * then match_solve solves the same from nothing: totals must agree, and `ratio` says how many
 * times longer that took. Prints one line of key=value. Times are processor time in milliseconds;
 * those of weight and comes are all there is, with pool and table, those of the others the
 * engine's part.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "match/match.h"

typedef struct work {
	generate_options people;
	match_options options;
	int changes;
	bool most_pairs;
} work;

typedef struct office {
	ctx c;
	people people;
	pool pool;
	terms terms;
	match_table table;
	match_result now;
	work w;
	rng r;
} office;

/* Processor time. */
static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "bench_round: %s\n", what);
	exit(1);
}

static match_simd level_of(const char *name)
{
	static const char *const names[] = {"auto", "scalar", "avx2", "avx512"};
	for (int i = 0; i < 4; i++)
		if (!strcmp(name, names[i]))
			return (match_simd)i;
	give_up("no such level");
}

static bool read_arguments(int argc, char **argv, work *w)
{
	if (argc < 3)
		return false;
	w->people.newcomers = (uint32_t)strtoul(argv[1], NULL, 10);
	w->people.established = (uint32_t)strtoul(argv[2], NULL, 10);
	for (int i = 3; i < argc; i++) {
		if (!strcmp(argv[i], "--city"))
			w->people.city = true;
		else if (!strcmp(argv[i], "--most-pairs"))
			w->most_pairs = true;
		else if (!strcmp(argv[i], "--changes") && i + 1 < argc)
			w->changes = (int)strtol(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "--simd") && i + 1 < argc)
			w->options.simd = level_of(argv[++i]);
		else if (!strcmp(argv[i], "--seed") && i + 1 < argc)
			w->people.seed = strtoull(argv[++i], NULL, 10);
		else
			return false;
	}
	return w->changes > 0;
}

/* ---- solving ------------------------------------------------------------------------ */

static void again(office *o, const terms *t, const match_result *before,
		  match_result *out)
{
	if (!match_solve_again(&o->c, &o->table, t, before, out))
		give_up(o->c.fault.key);
	if (!out->proven)
		give_up("not proven");
}

/* From nothing, by the engine for large pools; in milliseconds. */
static double anew(office *o, const people *who, const terms *t, int64_t total)
{
	pool p;
	match_result r;
	double start = now_ms();
	model_pool_form(o->c.mem, who, t, &p);
	if (!match_solve(&o->c, &p, t, &o->w.options, &r))
		give_up(o->c.fault.key);
	double ms = now_ms() - start;
	if (r.total != total)
		give_up("the totals differ");
	return ms;
}

/* The pool and table of these people, in place of those before. */
static void form(office *o, const people *who, const terms *t)
{
	model_pool_form(o->c.mem, who, t, &o->pool);
	if (!match_table_form(&o->c, &o->pool, t, o->w.options.simd, &o->table))
		give_up(o->c.fault.key);
}

/* ---- changes -------------------------------------------------------------------------- */

typedef enum change {
	LOCK,
	FORBID,
	LEFT_OUT,
	ARRIVAL, /* of somebody who was left out */
	BACK,    /* a lock is taken back */
	NEXT,    /* five next best partners of somebody */
	WEIGHT,  /* waiting counts otherwise: another table */
	COMES,   /* somebody new: another pool and table */
	CHANGES
} change;
static const char *const change_name[CHANGES] = {"lock", "forbid", "left_out", "arrival",
						 "back", "next",   "weight",   "comes"};

/* One change: terms before and after it, and what they name. */
typedef struct step {
	terms before, after;
	id_pair pair;
	uint32_t id;
	people fewer; /* COMES: who is there before */
} step;

/* Two people between whom no rule stands. */
static id_pair some_pair(office *o)
{
	for (;;) {
		uint32_t i = rng_below(&o->r, (uint32_t)o->pool.newcomers);
		uint32_t j = rng_below(&o->r, (uint32_t)o->pool.establisheds);
		if (o->table.weight[i * o->pool.establisheds + j] != MATCH_BARRED)
			return (id_pair){o->pool.newcomer[i].id,
					 o->pool.established[j].id};
	}
}

static uint32_t somebody(office *o)
{
	size_t newcomers = o->pool.newcomers;
	size_t i = rng_below(&o->r, (uint32_t)(newcomers + o->pool.establisheds));
	return i < newcomers ? o->pool.newcomer[i].id
			     : o->pool.established[i - newcomers].id;
}

static void say_pair(const id_pair *pair, const id_pair **list, size_t *n)
{
	*list = pair;
	*n = 1;
}

static void take_step(office *o, change what, step *s)
{
	const match_pair *x = &o->now.pair[rng_below(&o->r, (uint32_t)o->now.pairs)];
	s->before = s->after = o->terms;
	s->id = somebody(o);
	s->pair = some_pair(o);
	terms *t = what == ARRIVAL || what == BACK ? &s->before : &s->after;
	switch (what) {
	case LOCK:
	case BACK:
		say_pair(&s->pair, &t->locked, &t->locked_n);
		break;
	case FORBID: /* where it makes a difference */
		s->pair = (id_pair){o->pool.newcomer[x->newcomer].id,
				    o->pool.established[x->established].id};
		say_pair(&s->pair, &t->forbidden, &t->forbidden_n);
		break;
	case LEFT_OUT:
	case ARRIVAL:
		t->left_out = &s->id;
		t->left_out_n = 1;
		break;
	case WEIGHT:
		t->waiting = 500 + (int32_t)rng_below(&o->r, 600);
		break;
	case COMES:
		s->fewer = o->people;
		s->fewer.n -= 1 + rng_below(&o->r, 20);
		break;
	case NEXT:
	case CHANGES:
		break;
	}
}

static void find_next(office *o)
{
	enum { MOST = 5 };
	size_t n;
	match_next *next;
	uint32_t i = rng_below(&o->r, (uint32_t)o->pool.newcomers);
	if (!match_next_best(&o->c, &o->table, &o->terms, &o->now, SIDE_NEWCOMER, i, MOST,
			     &next, &n))
		give_up(o->c.fault.key);
}

/* Milliseconds of one change; *total becomes that of the optimum after it. */
static double change_once(office *o, change what, step *s, int64_t *total)
{
	match_result before = o->now, after = o->now, carried;
	pool former = o->pool;
	if (what == ARRIVAL || what == BACK)
		again(o, &s->before, &o->now, &before);
	if (what == COMES) {
		form(o, &s->fewer, &s->before);
		former = o->pool;
		again(o, &s->before, NULL, &before);
	}
	double start = now_ms();
	if (what == NEXT) {
		find_next(o);
	} else {
		if (what == WEIGHT || what == COMES)
			form(o, &o->people, &s->after);
		match_result_carry(o->c.mem, &before, &former, &o->pool, &carried);
		again(o, &s->after, what == COMES ? &carried : &before, &after);
	}
	*total = after.total;
	return now_ms() - start;
}

static int compare_ms(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void run(office *o, change what)
{
	int n = what >= NEXT ? (o->w.changes + 19) / 20 : o->w.changes;
	int every = what > NEXT ? 5 : 50;
	double *ms = calloc((size_t)n, sizeof *ms), anew_ms = 0, again_ms = 0;
	if (!ms)
		give_up("no memory");
	pool kept_pool = o->pool;
	match_table kept_table = o->table;
	for (int i = 0; i < n; i++) {
		arena_mark here = arena_here(o->c.mem);
		step s;
		int64_t total;
		take_step(o, what, &s);
		ms[i] = change_once(o, what, &s, &total);
		if (what != NEXT && i % every == 0) {
			anew_ms += anew(o, &o->people, &s.after, total);
			again_ms += ms[i];
		}
		o->pool = kept_pool;
		o->table = kept_table;
		arena_reset(o->c.mem, here);
	}
	qsort(ms, (size_t)n, sizeof *ms, compare_ms);
	const char *name = change_name[what];
	printf(" %s_median=%.3f %s_p99=%.3f %s_max=%.3f", name, ms[n / 2], name,
	       ms[(n * 99 + 99) / 100 - 1], name, ms[n - 1]);
	if (again_ms > 0)
		printf(" %s_ratio=%.1f", name, anew_ms / again_ms);
	free(ms);
}

int main(int argc, char **argv)
{
	office o = {.w = {.people = {.seed = 1, .date = 20000},
			  .options = {.threads = 1},
			  .changes = 1000},
		    .r = rng_seed(1)};
	if (!read_arguments(argc, argv, &o.w)) {
		fputs("usage: bench_round NEWCOMERS ESTABLISHED [--city] [--most-pairs] "
		      "[--changes N] [--seed S] [--simd auto|scalar|avx2|avx512]\n",
		      stderr);
		return 2;
	}
	o.c = (ctx){.mem = arena_new(0), .today = o.w.people.date};
	o.terms = model_terms_default(o.w.people.date);
	o.terms.most_pairs = o.w.most_pairs;
	match_generate(o.c.mem, &o.w.people, &o.people);
	double table_ms = 1e9;
	/* The best of three: the first has to wait for the system's memory. */
	for (int i = 0; i < 3; i++) {
		double start = now_ms();
		form(&o, &o.people, &o.terms);
		double ms = now_ms() - start;
		table_ms = ms < table_ms ? ms : table_ms;
	}
	double formed = now_ms();
	again(&o, &o.terms, NULL, &o.now);
	double first_ms = now_ms() - formed;
	double solve_ms = anew(&o, &o.people, &o.terms, o.now.total);
	printf("bench=round newcomers=%zu established=%zu matched=%zu table_ms=%.2f "
	       "first_ms=%.2f solve_ms=%.2f",
	       o.pool.newcomers, o.pool.establisheds, o.now.pairs, table_ms, first_ms,
	       solve_ms);
	for (change what = LOCK; what < CHANGES; what++)
		run(&o, what);
	putchar('\n');
	arena_free(o.c.mem);
	return 0;
}
