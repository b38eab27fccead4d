/*
 * Assignment files: any bytes are read or refused with a place; what is read is solved, and
 * the answer must satisfy the rules of its certificate (docs/matching.md). The first byte
 * chooses among the four kinds of problems.
 */
#include <stdlib.h>

#include "solve/solve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
	if (!ok)
		abort();
}

static void hold(const solve_arcs *a, const solve_aim *aim, const solve_answer *x)
{
	int64_t sign = aim->max ? -1 : 1, cost = 0, sum = 0, pairs = 0;
	bool free_source = !aim->unmatched && a->sources <= a->sinks;
	bool free_sink = !aim->unmatched && a->sinks <= a->sources;
	for (int32_t i = 0; i < a->sources; i++) {
		int64_t from = a->first ? a->first[i] : (int64_t)i * a->sinks;
		int64_t to = a->first ? a->first[i + 1] : from + a->sinks;
		bool used = false;
		require(free_source || sign * x->source_price[i] <= 0);
		sum += x->source_price[i];
		for (int64_t k = from; k < to; k++) {
			int32_t j = a->sink ? a->sink[k] : (int32_t)(k - from);
			int64_t c = a->cost32 ? a->cost32[k] : a->cost64[k];
			require(sign * (x->source_price[i] + x->sink_price[j]) <=
				sign * c);
			if (j == x->sink[i]) {
				used = true;
				cost += c;
				pairs++;
			}
		}
		require(used == (x->sink[i] >= 0));
	}
	for (int32_t j = 0; j < a->sinks; j++) {
		require(free_sink || sign * x->sink_price[j] <= 0);
		sum += x->sink_price[j];
	}
	require(cost == x->cost && sum == cost);
	require(aim->unmatched ||
		pairs == (a->sources < a->sinks ? a->sources : a->sinks));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	ctx c = {.mem = arena_new(0)};
	str bytes = {(const char *)data + 1, size - 1};
	solve_aim aim = {.max = data[0] & 1, .unmatched = data[0] & 2, .threads = 1};
	solve_problem p;
	solve_answer a;
	if (!solve_dimacs_read(&c, S("x.asn"), bytes, &p)) {
		require(c.fault.kind == FAULT_INPUT && c.fault.line > 0 &&
			c.fault.column > 0);
	} else if (!solve_arcs_run(&c, &p.arcs, &aim, &a)) {
		require(c.fault.kind == FAULT_RESOURCE ||
			(c.fault.kind == FAULT_UNPROVEN && !aim.unmatched &&
			 str_equal(str_from(c.fault.key), S("solve.infeasible"))));
	} else {
		hold(&p.arcs, &aim, &a);
		buf text = {.mem = c.mem};
		solve_certificate_write(&p, &aim, &a, &text);
		require(str_starts(buf_str(&text), S("p cert ")));
	}
	arena_free(c.mem);
	return 0;
}
