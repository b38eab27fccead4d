/*
 * bench_matrix - the finished matrix of the people bench_people matches, for the peers.
 *
 *     bench_matrix city|national|ratio|anywhere NEWCOMERS ESTABLISHED FILE [--seed S]
 *
 * Writes int32 rows, int32 columns and the weights row by row as int32, 0 for a pair that is
 * not eligible. A row is a newcomer unit, a column one seat of an established unit, so that
 * an optimum over the columns is one over the seats. Scored by the scalar reference.
 */
#include "match/match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t seats_count(const pool *q)
{
	size_t n = 0;
	for (size_t j = 0; j < q->establisheds; j++)
		n += (size_t)q->established[j].seats;
	return n;
}

static bool matrix_write(arena *mem, const pool *q, const terms *t, FILE *f)
{
	size_t columns = seats_count(q);
	int32_t size[2] = {(int32_t)q->newcomers, (int32_t)columns};
	bool ok = fwrite(size, sizeof *size, 2, f) == 2;
	int32_t *line = NEW_ARRAY(mem, int32_t, columns);
	for (uint32_t i = 0; ok && i < q->newcomers; i++) {
		size_t at = 0;
		for (uint32_t j = 0; j < q->establisheds; j++) {
			match_view v;
			match_look(q, t, i, j, &v);
			int32_t w = v.broken || v.weight <= 0 ? 0 : (int32_t)v.weight;
			for (int32_t s = 0; s < q->established[j].seats; s++)
				line[at++] = w;
		}
		ok = fwrite(line, sizeof *line, columns, f) == columns;
	}
	return ok;
}

int main(int argc, char **argv)
{
	int64_t newcomers, established, seed = 1;
	if ((argc != 5 && argc != 7) ||
	    !str_to_int(str_from(argv[2]), 1, 100000, &newcomers) ||
	    !str_to_int(str_from(argv[3]), 1, 100000, &established) ||
	    (argc == 7 && (strcmp(argv[5], "--seed") != 0 ||
			   !str_to_int(str_from(argv[6]), 0, INT64_MAX, &seed)))) {
		fputs("bench_matrix city|national|ratio|anywhere NEWCOMERS ESTABLISHED "
		      "FILE "
		      "[--seed S]\n",
		      stderr);
		return 2;
	}
	/* The same people as bench_people makes. */
	generate_options o = {.seed = (uint64_t)seed,
			      .newcomers = (uint32_t)newcomers,
			      .established = (uint32_t)established,
			      .city = !strcmp(argv[1], "city") ||
				      !strcmp(argv[1], "ratio"),
			      .anywhere = strcmp(argv[1], "anywhere") ? 0 : 0.2,
			      .date = 20000};
	arena *mem = arena_new(0);
	terms t = model_terms_default(o.date);
	people p;
	pool q;
	match_generate(mem, &o, &p);
	model_pool_form(mem, &p, &t, &q);
	FILE *f = fopen(argv[4], "wb");
	bool ok = f && matrix_write(mem, &q, &t, f);
	if (f && fclose(f) != 0)
		ok = false;
	if (!ok)
		perror(argv[4]);
	arena_free(mem);
	return ok ? 0 : 4;
}
