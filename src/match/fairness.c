/* The price of fairness: the same people solved with other weights of waiting. */
#include "match/explain_priv.h"

static const int32_t steps[] = {0, 50, 100, 200, 400, 800, 1600};

/* The steps with the present weight in its place; returns how many. */
static size_t weights_to_try(int32_t present, int32_t out[ARRAY_LEN(steps) + 1])
{
	size_t n = 0;
	bool placed = false;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		if (!placed && steps[i] >= present) {
			placed = true;
			if (steps[i] != present)
				out[n++] = present;
		}
		out[n++] = steps[i];
	}
	if (!placed)
		out[n++] = present;
	return n;
}

bool match_fairness_curve(const match_case *k, match_fairness **out, size_t *n)
{
	int32_t weight[ARRAY_LEN(steps) + 1];
	*n = weights_to_try(k->terms->waiting, weight);
	*out = NEW_ARRAY(k->ctx->mem, match_fairness, *n);
	ctx quiet = *k->ctx;
	quiet.progress = NULL;
	for (size_t i = 0; i < *n; i++) {
		match_fairness *f = &(*out)[i];
		terms t = *k->terms;
		t.waiting = f->waiting = weight[i];
		f->present = weight[i] == k->terms->waiting;
		arena_mark here = arena_here(quiet.mem);
		match_result r = *k->result;
		if (!f->present && !match_solve(&quiet, k->pool, &t, k->options, &r)) {
			k->ctx->fault = quiet.fault;
			return false;
		}
		match_outcome_count(quiet.mem, k->pool, &t, r.pair, r.pairs, &f->outcome);
		arena_reset(quiet.mem, here);
	}
	return true;
}
