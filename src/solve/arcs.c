/*
 * arcs - assignment problems whose arcs are all given, as a source for the engine.
 *
 * The smaller side becomes the rows. Costs become positive weights: K - cost (or
 * cost - K), with K so large that one more arc always outweighs all costs when every
 * row must be matched. Prices are turned back into those of docs/matching.md.
 */
#include "solve/arcs_priv.h"
#include "solve/dense.h"
#include "solve/picker.h"

static int32_t arcs_scan(void *self, int lane, int32_t row, const int64_t *price,
			 int32_t k, solve_offer *out, int64_t *rest)
{
	(void)lane;
	const turned *t = self;
	int64_t from = turned_from(t, row), to = turned_from(t, row + 1);
	picker p = {.price = price, .heap = out, .k = k, .row = (uint64_t)row};
	for (int64_t arc = from; arc < to; arc++) {
		int32_t column = t->column ? t->column[arc] : (int32_t)(arc - from);
		int64_t weight = arc_weight(t, arc), value = weight - price[column];
		if (value <= 0)
			continue;
		if (value < p.least) {
			p.rest = p.rest > value ? p.rest : value;
			continue;
		}
		picker_take(&p, (solve_offer){column, weight});
	}
	return picker_end(&p, rest);
}

/* ---- the smaller side first --------------------------------------------------------- */

static void copy_cost(const solve_arcs *a, int32_t *cost32, int64_t *cost64, size_t to,
		      size_t from)
{
	if (cost32)
		cost32[to] = a->cost32[from];
	else
		cost64[to] = a->cost64[from];
}

/* A copy with sources and sinks exchanged; arcs of a row ascend. */
static void turn(arena *mem, const solve_arcs *a, turned *t)
{
	size_t sources = (size_t)a->sources, sinks = (size_t)a->sinks;
	size_t arcs = a->first ? (size_t)a->first[sources] : sources * sinks;
	int32_t *cost32 = a->cost32 ? NEW_ARRAY(mem, int32_t, arcs) : NULL;
	int64_t *cost64 = a->cost32 ? NULL : NEW_ARRAY(mem, int64_t, arcs);
	t->cost32 = cost32;
	t->cost64 = cost64;
	if (!a->first) {
		for (size_t i = 0; i < sources; i++)
			for (size_t j = 0; j < sinks; j++)
				copy_cost(a, cost32, cost64, j * sources + i,
					  i * sinks + j);
		return;
	}
	int64_t *first = NEW_ARRAY(mem, int64_t, sinks + 2);
	int32_t *column = NEW_ARRAY(mem, int32_t, arcs);
	for (size_t k = 0; k < arcs; k++)
		first[a->sink[k] + 2]++;
	for (size_t j = 0; j < sinks; j++)
		first[j + 2] += first[j + 1];
	/* first[j + 1] is now where the arcs of j begin, and ends where they end. */
	for (size_t i = 0; i < sources; i++) {
		for (int64_t k = a->first[i]; k < a->first[i + 1]; k++) {
			size_t to = (size_t)first[a->sink[k] + 1]++;
			column[to] = (int32_t)i;
			copy_cost(a, cost32, cost64, to, (size_t)k);
		}
	}
	t->first = first;
	t->column = column;
}

/* Weights, and whether the sums stay within 62 bits. */
static bool weigh(ctx *c, const solve_arcs *a, const solve_aim *aim, turned *t)
{
	size_t arcs = (size_t)turned_from(t, t->rows);
	int64_t least = arcs ? cost_at(t, 0) : 0, most = least;
	for (size_t k = 1; k < arcs; k++) {
		int64_t cost = cost_at(t, (int64_t)k);
		least = cost < least ? cost : least;
		most = cost > most ? cost : most;
	}
	t->sign = aim->max ? 1 : -1;
	int64_t limit = ((int64_t)1 << 62) / (t->rows > 0 ? t->rows : 1);
	bool fits = least > -limit && most < limit;
	if (fits && aim->unmatched) {
		t->weight_max = aim->max ? most : -least;
		if (t->weight_max < 0)
			t->weight_max = 0;
		return true;
	}
	int64_t range = 0, more = 1;
	fits = fits && !__builtin_sub_overflow(most, least, &range);
	/* With every arc there, more arcs always weigh more; else a constant has to see to it. */
	if (fits && a->first)
		fits = !__builtin_mul_overflow(range, t->rows, &more) &&
		       !__builtin_add_overflow(more, 1, &more);
	fits = fits && !__builtin_add_overflow(range, more, &t->weight_max) &&
	       t->weight_max <= limit;
	t->shift = aim->max ? more - least : more + most;
	if (fits)
		return true;
	return ctx_fail(c, FAULT_RESOURCE, "solve.costs_too_large",
			str_format(c->mem, "%lld", (long long)least),
			str_format(c->mem, "%lld", (long long)most));
}

/* Prices of rows and columns in the unit of costs: docs/matching.md. */
static void answer(ctx *c, const turned *t, const solve_result *r, solve_answer *out)
{
	int32_t sources = t->swapped ? t->columns : t->rows;
	int32_t sinks = t->swapped ? t->rows : t->columns;
	out->sink = NEW_ARRAY(c->mem, int32_t, (size_t)sources);
	out->source_price = NEW_ARRAY(c->mem, int64_t, (size_t)sources);
	out->sink_price = NEW_ARRAY(c->mem, int64_t, (size_t)sinks);
	int64_t *row_price = t->swapped ? out->sink_price : out->source_price;
	int64_t *column_price = t->swapped ? out->source_price : out->sink_price;
	int64_t matched = 0;
	for (int32_t i = 0; i < sources; i++)
		out->sink[i] = -1;
	for (int32_t i = 0; i < t->rows; i++) {
		int32_t j = r->column[i];
		row_price[i] = t->sign * (r->row_profit[i] - t->shift);
		if (j < 0)
			continue;
		matched++;
		if (t->swapped)
			out->sink[j] = i;
		else
			out->sink[i] = j;
	}
	for (int32_t j = 0; j < t->columns; j++)
		column_price[j] = t->sign * r->price[j];
	out->cost = t->sign * (r->total - matched * t->shift);
	out->counts = r->counts;
}

bool solve_arcs_run(ctx *c, const solve_arcs *a, const solve_aim *aim, solve_answer *out)
{
	turned t = {.rows = a->sources,
		    .columns = a->sinks,
		    .first = a->first,
		    .column = a->sink,
		    .cost32 = a->cost32,
		    .cost64 = a->cost64};
	*out = (solve_answer){0};
	if (a->sources > a->sinks) {
		t.rows = a->sinks;
		t.columns = a->sources;
		t.swapped = true;
		turn(c->mem, a, &t);
	}
	if (!weigh(c, a, aim, &t))
		return false;
	solve_source source = {.self = &t,
			       .rows = t.rows,
			       .columns = t.columns,
			       .weight_max = t.weight_max,
			       .scan = arcs_scan};
	solve_options o = {.threads = aim->threads};
	solve_result r;
	if (!(!aim->unmatched && dense_fits(&t) ? dense_run(c, &t, aim->threads, &r)
						: solve_run(c, &source, &o, &r)))
		return false;
	int32_t matched = 0;
	for (int32_t i = 0; i < t.rows; i++)
		matched += r.column[i] >= 0;
	if (!aim->unmatched && matched < t.rows)
		return ctx_fail(c, FAULT_UNPROVEN, "solve.infeasible",
				str_format(c->mem, "%d", t.rows),
				str_format(c->mem, "%d", matched));
	if (!r.proven)
		return ctx_fail(c, FAULT_UNPROVEN, "solve.unproven", (str){0}, (str){0});
	answer(c, &t, &r, out);
	return true;
}
