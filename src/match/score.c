/*
 * match: the scalar reference. Rules, scores and weights of two people, and of two
 * units with all their members, exactly as docs/matching.md has them.
 */
#include "match/pair.h"

unsigned match_rules_broken(const profile *a, const profile *b, int32_t date)
{
	frame f = frame_of(date);
	return pair_rules(&f, a, b);
}

static int score(const frame *f, criterion_id c, const profile *a, const profile *b)
{
	unsigned wishes = pair_wish_mask(a, b);
	switch (c) {
#define CRITERION(id, name, kind, param, wish, points, reads)                            \
	case CRITERION_##id:                                                             \
		return pair_wishes(wishes, wish) ? SCORE_##kind(MEMBER_##reads, param)   \
						 : 0;
#include "model/criteria.def"
#undef CRITERION
	case CRITERIA_COUNT:
		break;
	}
	return 0;
}

int match_score(criterion_id c, const profile *a, const profile *b, int32_t date)
{
	frame f = frame_of(date);
	return score(&f, c, a, b);
}

int32_t match_waiting(const profile *p, const terms *t)
{
	if (p->queued == QUEUED_UNKNOWN || p->queued >= t->date)
		return 0;
	uint64_t days = (uint64_t)((int64_t)t->date - p->queued);
	return (int32_t)((int64_t)t->waiting * isqrt_u64(10000 * days) / 100);
}

int32_t match_weight_people(const profile *a, const profile *b, const terms *t)
{
	frame f = frame_of(t->date);
	return pair_fit(&f, t->weight, a, b) + match_waiting(a, t) + match_waiting(b, t) -
	       t->reserve;
}

/* ---- two units -------------------------------------------------------------------------- */

static bool listed(const id_pair *pair, size_t n, uint32_t a, uint32_t b)
{
	for (size_t i = 0; i < n; i++)
		if ((pair[i].a == a && pair[i].b == b) ||
		    (pair[i].a == b && pair[i].b == a))
			return true;
	return false;
}

/* Adds what two members say; all numbers in `out` are sums so far. */
static void look_people(const pool *p, const terms *t, const frame *f, const profile *a,
			const profile *b, int64_t part[CRITERIA_COUNT], match_view *out)
{
	for (int c = 0; c < CRITERIA_COUNT; c++)
		part[c] += (int64_t)t->weight[c] * score(f, (criterion_id)c, a, b);
	out->broken |= pair_rules(f, a, b);
	if (listed(p->people->never, p->people->never_n, a->id, b->id) ||
	    listed(t->forbidden, t->forbidden_n, a->id, b->id))
		out->broken |= 1u << RULE_NEVER;
}

static int64_t waiting_sum(const pool *p, const terms *t, const unit *u)
{
	int64_t sum = 0;
	for (uint32_t i = 0; i < u->n; i++)
		sum += match_waiting(&p->people->profile[p->member[u->first + i]], t);
	return sum;
}

void match_look(const pool *p, const terms *t, uint32_t newcomer, uint32_t established,
		match_view *out)
{
	const unit *a = &p->newcomer[newcomer], *b = &p->established[established];
	frame f = frame_of(t->date);
	int64_t n = (int64_t)a->n * b->n, part[CRITERIA_COUNT] = {0};
	*out = (match_view){0};
	for (uint32_t i = 0; i < a->n; i++)
		for (uint32_t j = 0; j < b->n; j++)
			look_people(
				p, t, &f, &p->people->profile[p->member[a->first + i]],
				&p->people->profile[p->member[b->first + j]], part, out);
	int64_t waits_a = waiting_sum(p, t, a) * b->n,
		waits_b = waiting_sum(p, t, b) * a->n;
	int64_t sum = waits_a + waits_b - n * t->reserve;
	out->waiting_newcomer = (int32_t)mean_round(waits_a, n);
	out->waiting_established = (int32_t)mean_round(waits_b, n);
	int64_t shown =
		(int64_t)out->waiting_newcomer + out->waiting_established - t->reserve;
	int largest = 0;
	for (int c = 0; c < CRITERIA_COUNT; c++) {
		sum += part[c];
		out->part[c] = (int32_t)mean_round(part[c], n);
		shown += out->part[c];
		if (out->part[c] > out->part[largest])
			largest = c;
	}
	out->weight = mean_round(sum, n);
	out->part[largest] += (int32_t)(out->weight - shown);
}
