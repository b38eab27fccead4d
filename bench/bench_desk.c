/*
 * bench_desk SHEET DIR [--changes N] [--apart] - a coordinator at work in a round, through act and store.
 *
 * Keeps everyone of a sheet as waiting in a new store in DIR, begins a round of all, and makes N changes of
 * each kind, each as the page does it: the change, solved again and kept, and then the round opened anew
 * for the page that shows it; then it is taken back. --apart keeps nothing at hand in between. Prints name=value fields in
 * milliseconds of wall time: begin, open (the first, from the database), and of each kind of change median, 99th
 * percentile and slowest.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "act/round.h"
#include "act/rounds.h"

enum { MOST = 1000, AT_ONCE = 500 };
typedef struct desk {
	ctx c;
	arena *mem;
	sheet sheet;
	size_t added;
	actor who;
	id round;
	uint16_t code[400];
	size_t codes;
	int changes;
	rng r;
} desk;

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static void must(const desk *d, bool ok)
{
	if (ok)
		return;
	fprintf(stderr, "bench_desk: %s %.*s\n", d->c.fault.key,
		STR_ARG(d->c.fault.arg[0]));
	exit(1);
}

static str file_read(arena *mem, const char *path)
{
	FILE *f = fopen(path, "rb");
	buf b = {.mem = mem};
	char piece[1 << 16];
	if (!f) {
		perror(path);
		exit(2);
	}
	for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
		buf_add(&b, (str){piece, n});
	fclose(f);
	return buf_str(&b);
}

/* ---- an office --------------------------------------------------------------------------- */

static bool add_some(ctx *c, void *arg)
{
	const desk *d = arg;
	const people *all = &d->sheet.people;
	for (size_t i = d->added; i < all->n && i < d->added + AT_ONCE; i++) {
		person p = {.state = STATE_WAITING, .written = S("sv")};
		for (int f = 0; f < FIELD_COUNT; f++)
			p.value[f] = model_value_encode(
				c->mem, (field_id)f,
				model_people_value(all, i, (field_id)f));
		p.value[FIELD_NUMBER] = p.value[FIELD_NEVER] = S("");
		p.value[FIELD_MUNICIPALITY] =
			str_format(c->mem, "%04u", all->profile[i].municipality);
		if (!store_person_add(c, &p))
			return false;
	}
	return true;
}

static bool add_account(ctx *c, void *arg)
{
	desk *d = arg;
	account a = {.role = ROLE_COORDINATOR,
		     .name = S("Maja"),
		     .email = S("maja@example.org"),
		     .lang = S("sv"),
		     .state = S("active"),
		     .everywhere = true};
	if (!store_account_set(c, &a))
		return false;
	d->who = (actor){.role = a.role,
			 .rights = model_role[a.role].rights,
			 .account = a.id,
			 .everywhere = true};
	return true;
}

static void note_place(desk *d, uint16_t code)
{
	for (size_t i = 0; i < d->codes; i++)
		if (d->code[i] == code)
			return;
	if (code && d->codes < ARRAY_LEN(d->code))
		d->code[d->codes++] = code;
}

static void open_office(desk *d, const char *path, const char *dir)
{
	store_base *base;
	d->c.now = (int64_t)time(NULL) * 1000;
	d->c.today = date_local(d->c.now).day;
	must(d, store_base_open(&d->c, str_from(dir), false, &base));
	must(d, store_open(&d->c, d->mem, base, &d->c.store));
	must(d, sheet_read(&d->c, str_from(path), file_read(d->mem, path), &d->sheet));
	must(d, store_write(&d->c, add_account, d));
	for (; d->added < d->sheet.people.n; d->added += AT_ONCE) {
		arena_mark here = arena_here(d->mem);
		must(d, store_write(&d->c, add_some, d));
		arena_reset(d->mem, here);
	}
	for (size_t i = 0; i < d->sheet.people.n; i++)
		note_place(d, d->sheet.people.profile[i].municipality);
	d->c.actor = &d->who;
}

/* ---- changes ------------------------------------------------------------------------------- */

static act_change draw(desk *d, const act_round *r, const char *kind, terms *t)
{
	act_change w = {.kind = kind, .reason = S("det vet vi")};
	const match_pair *p =
		&r->result.pair[rng_below(&d->r, (uint32_t)r->result.pairs)];
	*t = r->terms;
	if (!strcmp(kind, "weights")) {
		t->weight[CRITERION_AGE] = 10 + (int32_t)rng_below(&d->r, 20);
		w.terms = t;
		return w;
	}
	w.newcomer = r->pool.newcomer[p->newcomer].id;
	if (strcmp(kind, "leave_out") != 0)
		w.established = r->pool.established[p->established].id;
	return w;
}

/* Beside what is measured: nothing of it is kept for the next. */
static void change_once(desk *d, const char *kind, double *change, double *show)
{
	arena *mem = arena_new(0);
	act_round r;
	terms t;
	d->c.mem = mem;
	must(d, act_round_open(&d->c, d->round, &r));
	int64_t before = r.round.version;
	act_change w = draw(d, &r, kind, &t);
	double start = now_ms();
	must(d, act_round_change(&d->c, d->round, &w));
	*change = now_ms() - start;
	start = now_ms();
	must(d, act_round_open(&d->c, d->round, &r));
	*show = now_ms() - start;
	if (r.round.version != before)
		must(d, act_round_undo(&d->c, d->round, r.round.version));
	d->c.mem = d->mem;
	arena_free(mem);
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static void say(const char *name, double *ms, int n)
{
	qsort(ms, (size_t)n, sizeof *ms, by_size);
	printf(" %s_median=%.2f %s_p99=%.2f %s_max=%.2f", name, ms[n / 2], name,
	       ms[n - 1 - n / 100], name, ms[n - 1]);
}

static void change_all(desk *d)
{
	static const char *const kind[] = {"lock", "forbid", "leave_out", "weights"};
	static double change[MOST], show[MOST * 4];
	int shown = 0;
	for (size_t k = 0; k < ARRAY_LEN(kind); k++) {
		for (int i = 0; i < d->changes; i++)
			change_once(d, kind[k], &change[i], &show[shown++]);
		say(kind[k], change, d->changes);
	}
	say("show", show, shown);
}

int main(int argc, char **argv)
{
	desk d = {.changes = 100, .mem = arena_new(0), .r = rng_seed(1)};
	bool apart = false;
	for (int i = 3; i < argc; i++) {
		if (!strcmp(argv[i], "--apart"))
			apart = true;
		else if (!strcmp(argv[i], "--changes") && i + 1 < argc)
			d.changes = (int)strtol(argv[++i], NULL, 10);
	}
	if (argc < 3 || d.changes < 1 || d.changes > MOST) {
		fputs("usage: bench_desk SHEET DIR [--changes N] [--apart]\n", stderr);
		return 2;
	}
	d.c.mem = d.mem;
	open_office(&d, argv[1], argv[2]);
	d.c.rounds = apart ? NULL : act_rounds_new(d.mem);
	act_round r;
	double start = now_ms();
	must(&d, act_round_begin(&d.c, d.code, d.codes, &d.round));
	double begun = now_ms();
	must(&d, act_round_open(&d.c, d.round, &r));
	printf("bench=desk people=%zu pairs=%zu begin=%.1f open=%.1f", r.n,
	       r.result.pairs, begun - start, now_ms() - begun);
	change_all(&d);
	printf("\n");
	return 0;
}
