/* Other ways to pair the same people, and the figures of any set of pairs. */
#include <stdlib.h>

#include "match/explain_priv.h"

/* ---- figures ----------------------------------------------------------------------- */

const int32_t match_wait_bin[MATCH_WAIT_BINS] = {29,  59,        89,       179,
						 364, INT32_MAX, INT32_MAX};

static size_t wait_bin(int32_t days)
{
	if (days < 0)
		return MATCH_WAIT_BINS - 1;
	size_t b = 0;
	while (days > match_wait_bin[b])
		b++;
	return b;
}

static int compare_days(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return (x > y) - (x < y);
}

static int32_t days_of(const profile *who, int32_t date)
{
	if (who->queued == QUEUED_UNKNOWN)
		return -1;
	return who->queued < date ? date - who->queued : 0;
}

static void count_people(arena *mem, const pool *p, const terms *t, const bool *paired,
			 match_outcome *out)
{
	arena_mark here = arena_here(mem);
	int32_t *days = NEW_ARRAY(mem, int32_t, p->people->n);
	size_t n = 0;
	for (size_t i = 0; i < p->newcomers; i++)
		for (uint32_t m = 0; m < p->newcomer[i].n; m++) {
			int32_t d = days_of(member_of(p, &p->newcomer[i], m), t->date);
			uint32_t *bin = paired[i] ? out->matched_bin : out->wait_bin;
			bin[wait_bin(d)]++;
			*(paired[i] ? &out->people : &out->waiting) += 1;
			if (!paired[i] && d >= 0)
				days[n++] = d;
		}
	qsort(days, n, sizeof *days, compare_days);
	out->wait_longest = n ? days[n - 1] : -1;
	out->wait_median = n ? days[(n - 1) / 2] : -1;
	out->wait_p90 = n ? days[(9 * n + 9) / 10 - 1] : -1; /* nearest rank */
	arena_reset(mem, here);
}

void match_outcome_count(arena *mem, const pool *p, const terms *t,
			 const match_pair *pair, size_t pairs, match_outcome *out)
{
	*out = (match_outcome){.pairs = (uint32_t)pairs};
	bool *paired = NEW_ARRAY(mem, bool, p->newcomers);
	for (size_t i = 0; i < pairs; i++) {
		match_view v;
		match_look(p, t, pair[i].newcomer, pair[i].established, &v);
		int64_t fit = 0;
		for (int c = 0; c < CRITERIA_COUNT; c++)
			fit += v.part[c];
		int64_t bin = fit / (100000 / MATCH_FIT_BINS);
		out->fit_bin[bin >= MATCH_FIT_BINS ? MATCH_FIT_BINS - 1
			     : bin < 0             ? 0
						   : bin]++;
		out->fit += fit;
		out->weight += v.weight;
		out->below_reserve += v.weight <= 0;
		paired[pair[i].newcomer] = true;
	}
	count_people(mem, p, t, paired, out);
}

/* ---- baselines ----------------------------------------------------------------------- */

/* Pairs being made by hand, as it were: who is taken, and the pairs so far. */
typedef struct hand {
	const match_case *k;
	bool *newcomer_taken;
	int32_t *seats_left;
	match_baseline *out;
} hand;

static hand start(const match_case *k, match_baseline *out)
{
	const pool *p = k->pool;
	arena *mem = k->ctx->mem;
	*out = (match_baseline){.pair = NEW_ARRAY(mem, match_pair, p->newcomers)};
	hand h = {k, NEW_ARRAY(mem, bool, p->newcomers),
		  NEW_ARRAY(mem, int32_t, p->establisheds), out};
	for (size_t j = 0; j < p->establisheds; j++)
		h.seats_left[j] = p->established[j].seats;
	return h;
}

static void take(hand *h, uint32_t i, uint32_t j, bool locked)
{
	h->newcomer_taken[i] = true;
	h->seats_left[j]--;
	h->out->pair[h->out->pairs++] =
		(match_pair){i, j, match_case_weight(h->k, i, j), locked};
}

static void take_locked(hand *h)
{
	for (uint32_t i = 0; i < h->k->pool->newcomers; i++)
		if (h->k->newcomer_locked[i])
			take(h, i, h->k->mate[i], true);
}

static int compare_pair(const void *a, const void *b)
{
	const match_pair *x = a, *y = b;
	return (x->newcomer > y->newcomer) - (x->newcomer < y->newcomer);
}

static void finish(hand *h)
{
	qsort(h->out->pair, h->out->pairs, sizeof *h->out->pair, compare_pair);
	match_outcome_count(h->k->ctx->mem, h->k->pool, h->k->terms, h->out->pair,
			    h->out->pairs, &h->out->outcome);
}

static int compare_weight(const void *a, const void *b)
{
	const match_pair *x = a, *y = b;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	if (x->newcomer != y->newcomer)
		return x->newcomer < y->newcomer ? -1 : 1;
	return (x->established > y->established) - (x->established < y->established);
}

void match_baseline_greedy(const match_case *k, match_baseline *out)
{
	const pool *p = k->pool;
	hand h = start(k, out);
	if (!k->table)
		return;
	take_locked(&h);
	arena_mark here = arena_here(k->ctx->mem);
	match_pair *all =
		NEW_ARRAY(k->ctx->mem, match_pair, p->newcomers * p->establisheds);
	size_t n = 0;
	for (uint32_t i = 0; i < p->newcomers; i++)
		for (uint32_t j = 0; j < p->establisheds; j++) {
			int64_t weight = match_case_weight(k, i, j);
			if (weight > 0)
				all[n++] = (match_pair){i, j, weight, false};
		}
	qsort(all, n, sizeof *all, compare_weight);
	for (size_t x = 0; x < n; x++)
		if (!h.newcomer_taken[all[x].newcomer] &&
		    h.seats_left[all[x].established] > 0)
			take(&h, all[x].newcomer, all[x].established, false);
	arena_reset(k->ctx->mem, here);
	finish(&h);
}

/* ---- Kompisbyrån's scoring --------------------------------------------------------------- */

static bool has_children(const profile *p)
{
	return p->children || p->life == LIFE_SINGLE_PARENT || p->life == LIFE_FAMILY;
}

/* `who` looks for somebody; `candidate` is scored. */
static int bureau_people(const profile *who, const profile *candidate, int32_t date)
{
	int shared = __builtin_popcountll(who->interests & candidate->interests);
	int years = abs(who->birth_year - candidate->birth_year);
	int score = 3 * (shared > 5 ? 5 : shared);
	if (who->municipality && who->municipality == candidate->municipality)
		score += 2;
	if (has_children(who) && has_children(candidate))
		score += 2;
	if (candidate->arrived != QUEUED_UNKNOWN && candidate->arrived <= date) {
		ymd then = date_from_day(candidate->arrived), now = date_from_day(date);
		int32_t months = (now.year - then.year) * 12 + now.month - then.month;
		score += months < 24 || (months == 24 && now.day <= then.day) ? 2 : 0;
	}
	if (who->birth_year && candidate->birth_year && years <= 5)
		score += 2;
	if (who->gender && who->gender == candidate->gender)
		score += 1;
	return score;
}

/* A household's score is the mean over its members, in thousandths. */
static int64_t bureau_score(const match_case *k, uint32_t i, uint32_t j)
{
	const unit *a = &k->pool->newcomer[i], *b = &k->pool->established[j];
	int64_t sum = 0;
	for (uint32_t x = 0; x < a->n; x++)
		for (uint32_t y = 0; y < b->n; y++)
			sum += bureau_people(member_of(k->pool, a, x),
					     member_of(k->pool, b, y), k->terms->date);
	return 1000 * sum / ((int64_t)a->n * b->n);
}

/* The best established left for one newcomer; ties to the lower number. */
static uint32_t bureau_pick(const hand *h, uint32_t i)
{
	uint32_t best = MATCH_NOBODY;
	int64_t top = -1;
	for (uint32_t j = 0; j < h->k->pool->establisheds; j++) {
		if (h->seats_left[j] <= 0 ||
		    match_case_weight(h->k, i, j) == MATCH_BARRED)
			continue;
		int64_t score = bureau_score(h->k, i, j);
		if (score > top) {
			top = score;
			best = j;
		}
	}
	return best;
}

void match_baseline_kompisbyran(const match_case *k, match_baseline *out)
{
	hand h = start(k, out);
	if (!k->table)
		return;
	take_locked(&h);
	uint32_t *queue;
	size_t n = match_queue(k, SIDE_NEWCOMER, false, &queue);
	for (size_t x = 0; x < n; x++) {
		if (h.newcomer_taken[queue[x]])
			continue;
		uint32_t j = bureau_pick(&h, queue[x]);
		if (j != MATCH_NOBODY)
			take(&h, queue[x], j, false);
	}
	finish(&h);
}
