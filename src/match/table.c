/*
 * The table of all pairs: each newcomer unit asks the crowd of the established, row by row.
 */
#include "match/propose.h"

/* Pairs that the sheet itself rules out. */
static void bar_never(match_table *m)
{
	const pool *p = m->pool;
	for (size_t k = 0; k < p->people->never_n; k++) {
		const whereabouts *a =
			whereabouts_of(m->who, m->who_n, p->people->never[k].a);
		const whereabouts *b =
			whereabouts_of(m->who, m->who_n, p->people->never[k].b);
		if (!a || !b || a->established == b->established)
			continue;
		size_t at = a->established ? b->unit * p->establisheds + a->unit
					   : a->unit * p->establisheds + b->unit;
		m->weight[at] = MATCH_BARRED;
	}
}

/* In squares, so that both what is read and what is written stays near. */
static void turn_round(match_table *m)
{
	enum { SIDE = 32 };
	size_t rows = m->pool->newcomers, width = m->pool->establisheds;
	for (size_t i = 0; i < rows; i += SIDE)
		for (size_t j = 0; j < width; j += SIDE)
			for (size_t b = j; b < j + SIDE && b < width; b++)
				for (size_t a = i; a < i + SIDE && a < rows; a++)
					m->across[b * rows + a] =
						m->weight[a * width + b];
}

bool match_table_fits(const pool *p, const terms *t)
{
	return (uint64_t)p->newcomers * p->establisheds <= MATCH_CASE_PAIRS_MAX &&
	       source_weight_max(p, t, NULL) <= INT32_MAX;
}

static void fill(match_table *m, arena *mem, const kernel *k)
{
	const pool *p = m->pool;
	crowd others;
	crowd_form(mem, p, true, &m->terms, k, &others);
	uint16_t *broken = NEW_ARRAY(mem, uint16_t, p->establisheds);
	for (size_t i = 0; i < p->newcomers; i++) {
		int32_t *row = m->weight + i * p->establisheds;
		crowd_ask(&others, &p->newcomer[i], row, broken);
		for (size_t j = 0; j < p->establisheds; j++)
			row[j] = broken[j] ? MATCH_BARRED : row[j];
	}
}

bool match_table_form(ctx *c, const pool *p, const terms *t, match_simd simd,
		      match_table *out)
{
	const kernel *k = kernel_choose(simd);
	if (!k)
		return ctx_fail(c, FAULT_USAGE, "match.no_simd", S(""), S(""));
	if (!terms_hold(t))
		return ctx_fail(c, FAULT_INPUT, "match.terms", S(""), S(""));
	assert(match_table_fits(p, t));
	size_t cells = p->newcomers * p->establisheds;
	*out = (match_table){
		.pool = p,
		.terms = *t,
		.weight = arena_take_large(c->mem, cells, sizeof *out->weight),
		.across = arena_take_large(c->mem, cells, sizeof *out->across),
		.weight_max = source_weight_max(p, t, NULL)};
	out->terms.most_pairs = false;
	out->terms.locked = out->terms.forbidden = NULL;
	out->terms.left_out = NULL;
	out->terms.locked_n = out->terms.forbidden_n = out->terms.left_out_n = 0;
	out->who = whereabouts_list(c->mem, p, &out->who_n);
	arena_mark here = arena_here(c->mem);
	fill(out, c->mem, k);
	arena_reset(c->mem, here);
	bar_never(out);
	turn_round(out);
	return true;
}
