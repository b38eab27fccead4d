/* picker - see picker.h. */
#include "solve/picker.h"

static int64_t value_of(const picker *p, solve_offer o)
{
	return o.weight - p->price[o.column];
}

static uint64_t tie_of(const picker *p, int32_t column)
{
	if (p->rotated)
		return (uint64_t)(column >= p->start ? column - p->start
						     : column - p->start + p->columns);
	return hash_mix(p->row << 32 | (uint32_t)column);
}

static bool worse(const picker *p, solve_offer a, solve_offer b)
{
	int64_t va = value_of(p, a), vb = value_of(p, b);
	if (va != vb)
		return va < vb;
	return tie_of(p, a.column) > tie_of(p, b.column);
}

static void sift_down(picker *p, int32_t n, int32_t at)
{
	solve_offer x = p->heap[at];
	for (;;) {
		int32_t down = 2 * at + 1;
		if (down >= n)
			break;
		if (down + 1 < n && worse(p, p->heap[down + 1], p->heap[down]))
			down++;
		if (!worse(p, p->heap[down], x))
			break;
		p->heap[at] = p->heap[down];
		at = down;
	}
	p->heap[at] = x;
}

void picker_take(picker *p, solve_offer o)
{
	if (p->n < p->k) {
		p->heap[p->n++] = o;
		if (p->n < p->k)
			return;
		for (int32_t i = p->n / 2; i-- > 0;)
			sift_down(p, p->n, i);
		p->least = value_of(p, p->heap[0]);
		return;
	}
	if (worse(p, o, p->heap[0])) {
		p->rest = p->rest > value_of(p, o) ? p->rest : value_of(p, o);
		return;
	}
	p->rest = p->rest > p->least ? p->rest : p->least;
	p->heap[0] = o;
	sift_down(p, p->n, 0);
	p->least = value_of(p, p->heap[0]);
}

int32_t picker_end(picker *p, int64_t *rest)
{
	if (p->n < p->k) {
		for (int32_t i = p->n / 2; i-- > 0;)
			sift_down(p, p->n, i);
	}
	for (int32_t n = p->n; n > 1; n--) {
		solve_offer last = p->heap[n - 1];
		p->heap[n - 1] = p->heap[0];
		p->heap[0] = last;
		sift_down(p, n - 1, 0);
	}
	*rest = p->rest;
	return p->n;
}
