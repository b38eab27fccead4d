/*
 * match: how a scan gets through the blocks.
 *
 * The first few blocks, those that promise most, give a threshold: the least sum of points
 * that leaves enough slots is found by bisection and those slots are weighed. From then on
 * the k-th best so far rules out blocks by their bounds, and slots by their sums.
 */
#include "match/scan.h"

/* Who of a word is within reach at distance `d`: by both limits, or by video. */
static uint64_t reachable(const columns *c, const plan *p, uint32_t at, unsigned word,
			  uint32_t d)
{
	const plane *planes = columns_planes(c, at);
	uint64_t within = ~UINT64_C(0);
	int step = 0;
	/* The last one is UINT32_MAX. */
	while (c->km_step[step] < d)
		step++;
	if (d > p->limit)
		within = 0;
	else if (step > 0)
		within = planes[c->map.km + step].word[word];
	if (p->who->meets == MEETS_VIDEO)
		within |= planes[c->map.video].word[word];
	return within;
}

/* Has what a look at a block will read brought near; of planes the first n of plan.touched. */
static void fetch_ahead(const scan *q, uint32_t at, int n)
{
	const plane *planes = columns_planes(&q->s->columns, at);
	const plan *p = &q->l->plan[0];
	const char *b = (const char *)&q->s->columns.block[at];
	for (size_t i = 0; i < sizeof(block); i += 64)
		__builtin_prefetch(b + i);
	for (int i = 0; i < n; i++)
		__builtin_prefetch(&planes[p->touched[i]]);
}

/* No open slot of a look is worth more. */
static int64_t top_of(const scan *q, const look *l)
{
	const columns *c = &q->s->columns;
	int32_t top[BLOCK_WORDS];
	int64_t most = INT64_MIN;
	q->s->kernel->top(l->sum, &l->open, top);
	for (int w = 0; w < BLOCK_WORDS; w++) {
		int64_t value = l->base + (int64_t)(top[w] - LACK_MAX) * c->unit_points +
				l->near[w];
		most = top[w] >= 0 && value > most ? value : most;
	}
	return most;
}

/* Takes words out that can hold nobody worth `least` or are too far away. */
static bool open_words(const scan *q, const plan *p, uint32_t at, int64_t least,
		       const block_most *most, look *out)
{
	const columns *c = &q->s->columns;
	const block *b = &c->block[at];
	bool apart = p->who->flags & PROFILE_PLACED && b->all.low[0] <= b->all.high[0] &&
		     b->placed;
	int32_t far[BLOCK_WORDS];
	uint64_t some = 0;
	uint32_t farthest = (uint32_t)q->s->kernel->near(p, b, apart, out->near, far);
	bool limits = apart && (farthest > c->km_step[0] || farthest > p->limit);
	/* What one member of a household lacks another may make up for. */
	int64_t wanted =
		q->members > 1
			? INT64_MIN
			: least - out->base -
				  (int64_t)(most->first + most->later + most->wishes) *
					  c->unit_points;
	for (unsigned w = 0; w < BLOCK_WORDS; w++) {
		uint64_t open = out->near[w] < wanted ? 0 : ~UINT64_C(0);
		if (q->s->o.whole)
			open = ~UINT64_C(0);
		else if (limits && open)
			open = reachable(c, p, at, w, (uint32_t)far[w]);
		out->open.word[w] = open;
		some |= open;
	}
	return some;
}

/* A look at a block: the sums of those who may be worth `least`. False: there are none. */
static bool look_at(const scan *q, const plan *p, uint32_t at, int64_t least,
		    const block_most *most, look *out)
{
	const columns *c = &q->s->columns;
	const block *b = &c->block[at];
	out->base = p->constant + c->best[at];
	out->top = INT64_MIN;
	if (!open_words(q, p, at, least, most, out))
		return false;
	int32_t first[BLOCK_WORDS];
	bool early = q->members == 1 && least > 1 && !q->s->o.whole;
	int64_t other =
		(int64_t)(most->first + most->later + most->wishes - most->share) *
		c->unit_points;
	if (early &&
	    !q->s->kernel->sieve(p, &c->map, b, columns_planes(c, at), out->near,
				 least - out->base - other, c->unit_points, &out->open))
		return false;
	if (early)
		q->s->kernel->least(out->near, least - out->base, c->unit_points,
				    most->later + most->wishes, first);
	q->s->kernel->sum(p, &c->map, b, columns_planes(c, at), early ? first : NULL,
			  out->sum, &out->open);
	q->l->scored += BLOCK_SLOTS;
	out->top = INT64_MAX;
	return true;
}

/* Who of a block can be worth `least` or more to one member, of those open to all. */
static int pass_member(const scan *q, const look *l, int64_t least, const plane *open,
		       plane *out)
{
	if (l->top < least)
		return 0;
	int32_t sum[BLOCK_WORDS];
	q->s->kernel->least(l->near, least - l->base, q->s->columns.unit_points, 0, sum);
	return q->s->kernel->pass(l->sum, sum, open, out);
}

/* The same for some member or other. Returns how many. */
static int pass_look(const scan *q, const look *l, int64_t least, plane *out)
{
	if (q->members == 1)
		return pass_member(q, l, least, &l->open, out);
	plane open = l[0].open, one;
	for (uint32_t m = 1; m < q->members; m++)
		for (int w = 0; w < BLOCK_WORDS; w++)
			open.word[w] &= l[m].open.word[w];
	*out = (plane){0};
	int n = 0;
	for (uint32_t m = 0; m < q->members; m++, l++) {
		if (!pass_member(q, l, least, &open, &one))
			continue;
		for (int w = 0; w < BLOCK_WORDS; w++)
			out->word[w] |= one.word[w];
	}
	for (int w = 0; w < BLOCK_WORDS; w++)
		n += __builtin_popcountll(out->word[w]);
	return n;
}

/* What a block may hold for the row: no slot is worth more than `promise`. */
static void weigh_block(const scan *q, uint32_t i, const reach *r)
{
	const columns *c = &q->s->columns;
	const block *b = &c->block[r->block];
	lane *l = q->l;
	bool somewhere = b->all.low[0] <= b->all.high[0];
	int32_t by_distance =
		somewhere ? plan_by_distance(c->terms->weight, r->distance) : 0;
	l->promise[i] = INT64_MIN;
	for (uint32_t m = 0; m < q->members; m++) {
		const plan *p = &l->plan[m];
		uint32_t limit = p->limit < b->limit ? p->limit : b->limit;
		bool by_video = b->video && p->who->meets == MEETS_VIDEO;
		if ((uint32_t)r->distance > limit && !by_video && !q->s->o.whole) {
			l->promise[i] = INT64_MIN;
			return;
		}
		block_most x = l->most[i] = plan_most(p, b);
		int64_t value = p->constant + c->best[r->block] + by_distance +
				plan_by_age(p, b->year0, b->year1) +
				(int64_t)(x.first + x.later + x.wishes) * c->unit_points;
		l->promise[i] = value > l->promise[i] ? value : l->promise[i];
	}
}

/* Weighs whoever of the first blocks may be worth `least` and was not scored yet. */
static void score_first(scan *q, const reach *const *first, uint32_t n, int64_t least)
{
	for (uint32_t i = 0; i < n; i++) {
		plane pass;
		int64_t now = scan_threshold(q);
		now = now > least ? now : least;
		if (!pass_look(q, &q->l->look[i * q->members], now, &pass))
			continue;
		for (int w = 0; w < BLOCK_WORDS; w++)
			pass.word[w] &= ~q->l->done[i].word[w];
		for (int w = 0; w < BLOCK_WORDS; w++)
			q->l->done[i].word[w] |= pass.word[w];
		scan_put(q, first[i]->block, &pass);
	}
	scan_weigh(q);
}

static size_t count_first(const scan *q, uint32_t n, int64_t least)
{
	size_t slots = 0;
	for (uint32_t i = 0; i < n; i++) {
		plane pass;
		slots += (size_t)pass_look(q, &q->l->look[i * q->members], least, &pass);
	}
	return slots;
}

/*
 * A value that at least as many slots of the first blocks as are wanted may reach, and not
 * many more; 1 if there are not so many. Begins as far below the top as the last scan of
 * this lane ended: that only saves steps.
 */
static int64_t likely_threshold(const scan *q, uint32_t n, int64_t high)
{
	enum { STEP = 1024, FEW = 4 };
	int64_t least = high - q->l->gap, step = STEP;
	size_t slots = count_first(q, n, least > 1 ? least : 1);
	while (slots < q->want && least > 1) {
		least -= step;
		step *= 2;
		slots = count_first(q, n, least > 1 ? least : 1);
	}
	/* With a bonus the last scan may have ended very far down: steps grow until one fails. */
	bool grow = true;
	while (slots > q->want + q->want / 4 + FEW && step > STEP / 8 && least < high) {
		int64_t higher = least + step;
		size_t fewer = count_first(q, n, higher > 1 ? higher : 1);
		if (fewer < q->want) {
			step /= 2;
			grow = false;
		} else {
			least = higher;
			slots = fewer;
			step = grow ? 2 * step : step;
		}
	}
	return least > 1 ? least : 1;
}

/*
 * Scores the best of the first blocks: those whose sums are highest, then all who could be
 * worth as much as the worst that was kept.
 */
static void look_first(scan *q, const reach *list, const reach *const *first, uint32_t n,
		       int64_t high)
{
	for (uint32_t i = 0; i < n; i++) {
		q->l->done[i] = (plane){0};
		if (i + 1 < n)
			fetch_ahead(q, first[i + 1]->block, q->l->plan->touched_n);
		for (uint32_t m = 0; m < q->members; m++) {
			look *one = &q->l->look[i * q->members + m];
			if (look_at(q, &q->l->plan[m], first[i]->block, scan_threshold(q),
				    &q->l->most[first[i] - list], one))
				one->top = top_of(q, one);
		}
	}
	int64_t least = likely_threshold(q, n, high), step = 500;
	for (;; step += step / 2) {
		score_first(q, first, n, least);
		if (least <= scan_threshold(q))
			break;
		least = least > step ? least - step : 1;
		if (q->have == q->want && least < scan_threshold(q))
			least = scan_threshold(q);
	}
	q->l->gap = high - least;
}

/* ---- a scan -------------------------------------------------------------------------------------- */

/* Promise without what few people of a block wish: such a block has no more to offer to many. */
static int64_t hope(const scan *q, size_t i)
{
	return q->l->promise[i] -
	       (int64_t)q->l->most[i].wishes * q->s->columns.unit_points;
}

/* Takes the blocks that promise most out of the list. Returns how many. */
static uint32_t take_first(const scan *q, const reach *list, const reach **first,
			   int64_t *high)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < q->cell->n; i++) {
		int64_t promise = hope(q, i);
		if (q->l->promise[i] <= 0)
			continue;
		uint32_t at = n;
		if (n < FIRST_BLOCKS)
			n++;
		else if (promise <= hope(q, (size_t)(first[n - 1] - list)))
			continue;
		else
			at = n - 1;
		for (; at > 0 && hope(q, (size_t)(first[at - 1] - list)) < promise; at--)
			first[at] = first[at - 1];
		first[at] = &list[i];
	}
	*high = n ? hope(q, (size_t)(first[0] - list)) : 0;
	for (uint32_t i = 0; i < n; i++)
		q->l->promise[first[i] - list] = INT64_MIN;
	return n;
}

/* What a block must promise to be looked at. */
static int64_t least_promise(const scan *q)
{
	return q->s->o.whole ? INT64_MIN + 1 : scan_threshold(q);
}

/* The first of the rows from `g` on to whom a block may be of use; n: none. */
static int32_t next_hopeful(const scan *q, int32_t n, int32_t g, uint32_t i)
{
	while (g < n && q[g].l->promise[i] < least_promise(&q[g]))
		g++;
	return g;
}

/* Blocks that are brought near before the one that is looked at. */
#define AHEAD 3

/* Has a block brought near for those of the rows to whom it may be of use; false: to none. */
static bool fetch_for_all(const scan *q, int32_t n, uint32_t i, uint32_t at)
{
	bool some = false;
	for (int32_t g = next_hopeful(q, n, 0, i); g < n;
	     g = next_hopeful(q, n, g + 1, i)) {
		fetch_ahead(&q[g], at, q[g].l->plan->sieved_n);
		some = true;
	}
	return some;
}

static void look_again(scan *q, const reach *list, uint32_t i)
{
	plane pass;
	for (uint32_t m = 0; m < q->members; m++)
		look_at(q, &q->l->plan[m], list[i].block, scan_threshold(q),
			&q->l->most[i], &q->l->look[m]);
	if (pass_look(q, q->l->look, scan_threshold(q), &pass))
		scan_put(q, list[i].block, &pass);
}

/*
 * Whether the floor is as near the best promise as thresholds usually are. What this lane saw last
 * does not decide: which blocks are looked at is to be the same for any number of threads.
 */
static bool starts_high(const scan *q)
{
	enum { USUAL = 8 };
	int64_t high = 0, usual = (q->s->weight_max - q->s->o.bonus) / USUAL;
	for (uint32_t i = 0; q->floor > 1 && i < q->cell->n; i++)
		high = hope(q, i) > high ? hope(q, i) : high;
	return q->floor > 1 && q->floor >= high - usual;
}

void scan_blocks(scan *q, int32_t n)
{
	const cell *c = q->cell;
	const reach *list = &q->s->reach[c->first], *first[FIRST_BLOCKS];
	for (uint32_t i = 0; i < c->n; i++)
		for (int32_t g = 0; g < n; g++)
			weigh_block(&q[g], i, &list[i]);
	for (int32_t g = 0; g < n; g++) {
		uint32_t firsts;
		int64_t high;
		/* A floor that is high enough is a threshold. */
		while (q[g].have < q[g].want && !starts_high(&q[g]) &&
		       (firsts = take_first(&q[g], list, first, &high)) > 0)
			look_first(&q[g], list, first, firsts, high);
	}
	uint32_t coming[AHEAD], head = 0, tail = 0, next = 0;
	for (;;) {
		/* Thresholds only rise: what is of no use now will not be later. */
		for (; tail - head < AHEAD && next < c->n; next++)
			if (fetch_for_all(q, n, next, list[next].block))
				coming[tail++ % AHEAD] = next;
		if (head == tail)
			break;
		uint32_t i = coming[head++ % AHEAD];
		for (int32_t g = next_hopeful(q, n, 0, i); g < n;
		     g = next_hopeful(q, n, g + 1, i))
			look_again(&q[g], list, i);
	}
	for (int32_t g = 0; g < n; g++)
		scan_weigh(&q[g]);
}
