/*
 * kernel_body - the kernels, written once for any vector width.
 *
 * A kernel_*.c sets LANES (words of 64 slots side by side: 2, 4 or 8), KERNEL (the name
 * of its kernel) and includes this. Only AND, OR, XOR and loads happen to the vectors, so
 * every width computes the same bits.
 */
#include "match/match_priv.h"

/* Everything that takes or gives a vec is inlined: how calls would pass it does not matter. */
#pragma GCC diagnostic ignored "-Wpsabi"
typedef uint64_t vec __attribute__((vector_size(8 * LANES), may_alias, aligned(8)));
/* A number for each word of a block. */
typedef int32_t words
	__attribute__((vector_size(4 * BLOCK_WORDS), may_alias, aligned(4)));
typedef float words_float __attribute__((vector_size(4 * BLOCK_WORDS)));
#define INLINE static inline __attribute__((always_inline))

#include "match/crowd_body.h"

/* What a kernel works on, one part of a block LANES words wide at a time. */
typedef struct view {
	const plan *p;
	const plane_map *map;
	const block *b;
	const plane *planes;
	int at; /* first word of the part */
} view;

/* The points of LANES * 64 slots: bit i of slot s is bit s of bit[i]. */
typedef struct points {
	vec bit[SUM_BITS];
} points;

INLINE vec load(const view *v, int number)
{
	return *(const vec *)&v->planes[number].word[v->at];
}

INLINE vec ones(void)
{
	return ~(vec){0};
}

/* Adds 2^at where `x` is set. Sums never pass POINT_BITS: columns.c chooses the unit so. */
INLINE void add_bit(points *sum, vec x, int at)
{
#define STEP(b)                                                                          \
	case b: {                                                                        \
		vec carry = sum->bit[b] & x;                                             \
		sum->bit[b] ^= x;                                                        \
		x = carry;                                                               \
	}                                                                                \
		__attribute__((fallthrough));
	switch (at) {
		STEP(0)
		STEP(1)
		STEP(2)
		STEP(3)
		STEP(4)
		STEP(5)
		STEP(6)
		STEP(7)
		STEP(8)
		STEP(9)
	default:
		break;
	}
#undef STEP
}

/* Adds the first `bits` of a number. */
INLINE void add_number(points *sum, const points *x, int bits)
{
	vec carry = {0};
	_Pragma("GCC unroll 10") for (int i = 0; i < SUM_BITS; i++)
	{
		vec a = sum->bit[i];
		if (i < bits) {
			vec b = x->bit[i], half = a ^ b;
			sum->bit[i] = half ^ carry;
			carry = (a & b) | (half & carry);
		} else {
			sum->bit[i] = a ^ carry;
			carry &= a;
		}
	}
}

/* Adds `value` where `x` is set. */
INLINE void add_where(points *sum, vec x, unsigned value)
{
	for (; value; value &= value - 1)
		add_bit(sum, x, __builtin_ctz(value));
}

/* A small number per slot that stays at `top` once it has got there. */
typedef struct tally {
	vec bit[3], full;
} tally;

INLINE void tally_add(tally *t, vec x, int times)
{
	if (times & 1) {
		vec c = t->bit[0] & x, d = t->bit[1] & c;
		t->bit[0] ^= x;
		t->bit[1] ^= c;
		t->full |= t->bit[2] & d;
		t->bit[2] ^= d;
	}
	if (times & 2) {
		vec c = t->bit[1] & x;
		t->bit[1] ^= x;
		t->full |= t->bit[2] & c;
		t->bit[2] ^= c;
	}
	if (times & 4) {
		t->full |= t->bit[2] & x;
		t->bit[2] ^= x;
	}
	if (times > 7)
		t->full |= x;
}

/* Nothing above `top`; then value * points into the sum. */
INLINE void tally_close(tally *t, int top, vec mask, unsigned value, points *sum)
{
	vec equal = ones(), over = {0};
	_Pragma("GCC unroll 10") for (int i = 2; i >= 0; i--)
	{
		if (top >> i & 1) {
			equal &= t->bit[i];
		} else {
			over |= equal & t->bit[i];
			equal &= ~t->bit[i];
		}
	}
	vec full = t->full | over | equal;
	_Pragma("GCC unroll 10") for (int i = 0; i < 3; i++)
	{
		t->bit[i] &= ~full;
		if (top >> i & 1)
			t->bit[i] |= full;
		t->bit[i] &= mask;
	}
	for (; value; value &= value - 1)
		_Pragma("GCC unroll 10") for (int i = 0; i < 3; i++) if (top >> i)
			add_bit(sum, t->bit[i], __builtin_ctz(value) + i);
}

/* ---- one function per kind; `mask` says for whom the criterion counts --------------------- */

/* `each` for every bit of `number`: a product, added up. Seven in common count exactly. */
INLINE void add_share(const view *v, const plan_part *part, vec mask, points *sum)
{
	vec number[3] = {{0}}, more = {0};
	for (int i = 0; i < part->n; i++) {
		vec x = load(v, part->plane[i]), c = number[0] & x, d = number[1] & c;
		number[0] ^= x;
		number[1] ^= c;
		more |= number[2] & d;
		number[2] ^= d;
	}
	points x = {0};
	_Pragma("GCC unroll 3") for (int shift = 0; shift < 3; shift++)
	{
		if (!(part->n >> shift))
			break;
		points y = {0};
		_Pragma("GCC unroll 10") for (int i = 0; i + shift < POINT_BITS; i++)
			y.bit[i + shift] = load(v, part->value[i]) & number[shift] & mask;
		if (shift)
			add_number(&x, &y, POINT_BITS);
		else
			x = y;
	}
	if (part->n > 7)
		_Pragma("GCC unroll 10") for (int i = 0; i < POINT_BITS; i++)
		{
			vec top = (vec){0} - (uint64_t)(part->points >> i & 1);
			x.bit[i] = (x.bit[i] & ~more) | (more & mask & top);
		}
	add_number(sum, &x, POINT_BITS);
}

INLINE void add_table(const view *v, const plan_part *part, vec mask, points *sum)
{
	points x;
	_Pragma("GCC unroll 10") for (int i = 0; i < POINT_BITS; i++)
	{
		x.bit[i] = load(v, part->value[i]) & mask;
	}
	add_number(sum, &x, POINT_BITS);
}

INLINE vec any_of(const view *v, const plan_part *part)
{
	vec x = {0};
	for (int i = 0; i < part->n; i++)
		x |= load(v, part->plane[i]);
	return x;
}

/* The number of steps within which a child's year lies, d = param - 1 … 0, is the score. */
INLINE void add_nearest(const view *v, const plan_part *part, int param, vec mask,
			points *sum)
{
	tally t = {0};
	vec within = {0};
	int i = 0;
	for (int d = 0; d < param; d++) {
		for (; i < part->end[d]; i++)
			within |= load(v, part->plane[i]);
		tally_add(&t, within, 1);
	}
	tally_close(&t, param, mask, part->points, sum);
}

INLINE void add_count(const view *v, const plan_part *part, int param, vec mask,
		      points *sum)
{
	tally t = {0};
	for (int i = 0; i < part->n; i++)
		tally_add(&t, load(v, part->plane[i]), part->times[i]);
	tally_close(&t, param, mask, part->points, sum);
}

/* Nearness in age is bounded per word by the caller, except where the other wished for it. */
INLINE void add_difference(const view *v, const plan_part *part, int param, vec mask,
			   points *sum)
{
	int year = v->p->who->birth_year, d = 0;
	if (year < v->b->year0)
		d = v->b->year0 - year;
	if (year > v->b->year1)
		d = year - v->b->year1;
	if (!part->wished && d < param)
		add_where(sum, mask, part->times[d]);
}

#define ADD_DISTANCE(part, param)   (void)0
#define ADD_DIFFERENCE(part, param) add_difference(v, part, param, mask, sum)
#define ADD_NEAREST(part, param)    add_nearest(v, part, param, mask, sum)
#define ADD_SHARE(part, param)      add_share(v, part, mask, sum)
#define ADD_TABLE(part, param)      add_table(v, part, mask, sum)
#define ADD_ANY(part, param)        add_where(sum, any_of(v, part) & mask, (part)->points)
#define ADD_COUNT(part, param)      add_count(v, part, param, mask, sum)
#define ADD_EQUAL(part, param)                                                           \
	add_where(sum, load(v, (part)->plane[0]) & mask, (part)->points)

INLINE void add_criteria(const view *v, bool first, points *sum)
{
#define CRITERION(id, name, kind, param, wish, weight, reads)                            \
	if (first == FIRST_##kind) {                                                     \
		const plan_part *part = &v->p->part[CRITERION_##id];                     \
		bool own = !(wish) || part->wished;                                      \
		if (part->points && (own || v->b->wishes & WISH_BIT(wish))) {            \
			vec mask = own ? ones() : load(v, v->map->wishes + (wish)-1);    \
			(void)mask;                                                      \
			ADD_##kind(part, param);                                         \
		}                                                                        \
	}
#include "model/criteria.def"
#undef CRITERION
}

/* ---- hard rules that are a matter of bits; the others are left to pair.h ------------------ */

/* Whose must or ours: `wish` counts between us and them. */
INLINE vec must(const view *v, int wish)
{
	if (v->p->musts & CHOICE_BIT(wish))
		return ones();
	return load(v, v->map->musts + wish - 1);
}

INLINE vec open_slots(const view *v)
{
	const plan *p = v->p;
	const plane_map *m = v->map;
	vec open = load(v, m->valid);
	if (p->who->meets == MEETS_IN_PERSON)
		open &= ~load(v, m->video);
	if (p->who->meets == MEETS_VIDEO)
		open &= ~load(v, m->in_person);
	unsigned musts = (unsigned)(p->musts | v->b->musts);
	if (!musts)
		return open;
	if (musts & CHOICE_BIT(WISHES_GENDER) && p->gender_plane != UNKNOWN_PLANE)
		open &= ~(must(v, WISHES_GENDER) & load(v, m->gender_known) &
			  ~load(v, p->gender_plane));
	if (musts & CHOICE_BIT(WISHES_OCCUPATION) && p->occupation_plane != UNKNOWN_PLANE)
		open &= ~(must(v, WISHES_OCCUPATION) & load(v, m->occupation_known) &
			  ~load(v, p->occupation_plane));
	if (musts & CHOICE_BIT(WISHES_FAMILY))
		open &= ~(must(v, WISHES_FAMILY) &
			  (p->childless ? ones() : load(v, m->childless)));
	if (musts & CHOICE_BIT(WISHES_LANGUAGE) && p->who->languages) {
		vec shared = {0};
		for (uint64_t left = p->who->languages & m->languages_in; left;
		     left &= left - 1)
			shared |= load(v, m->languages +
						  (int)rank_of(m->languages_in,
							       __builtin_ctzll(left)));
		open &= ~(must(v, WISHES_LANGUAGE) & load(v, m->languages_known) &
			  ~shared);
	}
	return open;
}

/* ---- nearness, and what is wanted of the rest ------------------------------------------------ */

INLINE int32_t gap(int32_t at, int32_t low, int32_t high)
{
	int32_t below = low - at, above = at - high;
	return above_0(below > above ? below : above);
}

static int32_t near_block(const plan *p, const block *b, bool apart,
			  int32_t near[BLOCK_WORDS], int32_t far[BLOCK_WORDS])
{
	const box *at = &p->at;
	bool somewhere =
		p->who->flags & PROFILE_PLACED && b->all.low[0] <= b->all.high[0];
	int32_t d = apart ? box_distance(at, &b->all) : 0;
	int32_t here = somewhere ? plan_by_distance(p->weight, d) : 0;
	for (int w = 0; w < BLOCK_WORDS; w++) {
		near[w] = here;
		far[w] = d;
	}
	if (apart && !b->point) {
		float square[BLOCK_WORDS] = {0};
		for (int i = 0; i < 3; i++)
			for (int w = 0; w < BLOCK_WORDS; w++) {
				float g = (float)gap(at->low[i], b->low[i][w],
						     b->high[i][w]);
				square[w] += g * g;
			}
		for (int w = 0; w < BLOCK_WORDS; w++) {
			/* A little less than the root: rounding must not make it more. */
			far[w] = (int32_t)(__builtin_sqrtf(square[w]) * 0.999999f);
			near[w] = plan_by_distance(p->weight, far[w]);
		}
	}
	int32_t years[BLOCK_WORDS], greatest = 0, year = p->who->birth_year;
	for (int w = 0; w < BLOCK_WORDS; w++) {
		int32_t low = b->year_low[w], d1 = gap(year, low, b->year_high[w]);
		/* Nobody's year is known: YEARS_MAX - 1 years away is worth nothing. */
		bool none = low > b->year_high[w] || !year || d1 >= YEARS_MAX;
		years[w] = none ? YEARS_MAX - 1 : d1;
		greatest = far[w] > greatest ? far[w] : greatest;
	}
	for (int w = 0; w < BLOCK_WORDS; w++)
		near[w] += p->by_age[years[w]];
	return greatest;
}

static void least_block(const int32_t near[BLOCK_WORDS], int64_t wanted,
			int32_t unit_points, int32_t later, int32_t least[BLOCK_WORDS])
{
	int64_t most = (int64_t)4 * SUM_NEVER * unit_points;
	int32_t all = (int32_t)(wanted < -most ? -most : wanted > most ? most : wanted);
	int32_t top = LACK_MAX * unit_points + unit_points;
	double step = unit_points;
	for (int w = 0; w < BLOCK_WORDS; w++) {
		int32_t x = all - near[w];
		x = x < -top ? -top : x > top ? top : x;
		int32_t whole = (int32_t)(x / step);
		whole += whole * unit_points < x;
		whole += LACK_MAX - later;
		least[w] = whole < 0 ? 0 : whole;
	}
}

/* ---- the sieve ------------------------------------------------------------------------------- */

/*
 * For each word how many steps those lack at most who bring `wanted` if `by_common` is added,
 * and one; 0 when nobody can. Returns whether some can.
 */
INLINE bool count_steps(const block *b, const int32_t near[BLOCK_WORDS],
			const int32_t by_common[FEW_MOST + 1], int32_t wanted,
			int32_t step, uint64_t steps[BLOCK_WORDS])
{
	/* A little more than the quotient: rounding must not make it less. */
	float scale = 1.000001F / (float)step;
	int32_t top = step << SIEVE_BITS, some = 0;
	words x;
	for (int w = 0; w < BLOCK_WORDS; w++)
		x[w] = by_common[b->few[w]];
	x += *(const words *)near - wanted;
	words high = x > top;
	x = (x & ~high) | (top & high);
	words_float y = (__builtin_convertvector(x, words_float) + 0.5F) * scale;
	words n = (1 + __builtin_convertvector(y, words)) & (x >= 0);
	for (int w = 0; w < BLOCK_WORDS; w++) {
		steps[w] = (uint64_t)n[w];
		some |= n[w];
	}
	return some;
}

/* Who lacks fewer steps than that; everybody where they are more than are told apart. */
INLINE vec lack_less(const vec lack[SIEVE_BITS], vec within, const uint64_t *steps)
{
	vec limit = *(const vec *)steps, less = {0}, equal = within;
	_Pragma("GCC unroll 10") for (int i = SIEVE_BITS - 1; i >= 0; i--)
	{
		/* All ones where the limit has this bit. */
		vec c = (vec)((limit & UINT64_C(1) << i) != 0);
		less |= equal & c & ~lack[i];
		equal &= ~(lack[i] ^ c);
	}
	return less | (vec)(limit >= UINT64_C(1) << SIEVE_BITS);
}

static bool sieve_block(const plan *p, const plane_map *map, const block *b,
			const plane *planes, const int32_t near[BLOCK_WORDS],
			int64_t wanted, int32_t unit_points, plane *open)
{
	const plan_part *part = &p->part[CRITERION_INTERESTS];
	int64_t most = (int64_t)4 * SUM_NEVER * unit_points;
	int32_t all = (int32_t)(wanted < -most ? -most : wanted > most ? most : wanted);
	int n = part->n < SHARE_COUNTED ? part->n : SHARE_COUNTED, from = n + 1;
	uint64_t steps[SHARE_COUNTED + 1][BLOCK_WORDS]; /* with so many in common */
	/* Fewer in common are worth less. */
	while (from > 0 && count_steps(b, near, p->by_common[from - 1], all,
				       unit_points << SIEVE_SHIFT, steps[from - 1]))
		from--;
	uint64_t left = 0;
	for (int at = 0; from <= n && at < BLOCK_WORDS; at += LANES) {
		view v = {p, map, b, planes, at};
		vec shared[SHARE_COUNTED + 1]; /* those who share so many, or more */
		vec lack[SIEVE_BITS], within = ones(), some = {0};
		_Pragma("GCC unroll 10") for (int k = 1; k <= SHARE_COUNTED; k++)
			shared[k] = (vec){0};
		shared[0] = ones();
		for (int i = 0; i < part->n; i++) {
			vec x = load(&v, part->plane[i]);
			_Pragma("GCC unroll 10") for (int k = SHARE_COUNTED; k > 0; k--)
				shared[k] |= shared[k - 1] & x;
		}
		_Pragma("GCC unroll 10") for (int i = 0; i < SIEVE_BITS; i++) lack[i] =
			load(&v, map->lack + SIEVE_SHIFT + i);
		_Pragma("GCC unroll 10") for (int i = SIEVE_SHIFT + SIEVE_BITS;
					      i < LACK_BITS; i++) within &=
			~load(&v, map->lack + i);
		/* Written out, so that none of it has to be kept in memory. */
		_Pragma("GCC unroll 10") for (int k = 0; k <= SHARE_COUNTED;
					      k++) if (k >= from && k <= n) some |=
			shared[k] & lack_less(lack, within, &steps[k][at]);
		some &= *(vec *)&open->word[at];
		*(vec *)&open->word[at] = some;
		for (int w = 0; w < LANES; w++)
			left |= some[w];
	}
	return left;
}

/* ---- sums ------------------------------------------------------------------------------------ */

/* Where a number is at least that of its word. */
INLINE vec at_least(const points *x, const int32_t least[LANES])
{
	vec limit = {0}, over = {0}, equal = ones();
	for (int w = 0; w < LANES; w++)
		limit[w] = (uint64_t)least[w];
	_Pragma("GCC unroll 10") for (int i = SUM_BITS - 1; i >= 0; i--)
	{
		/* All ones where the limit has this bit. */
		vec c = (vec)((limit & UINT64_C(1) << i) != 0), a = x->bit[i];
		over |= equal & a & ~c;
		equal &= ~(a ^ c);
	}
	return over | equal;
}

INLINE bool is_empty(vec x)
{
	uint64_t some = 0;
	for (int w = 0; w < LANES; w++)
		some |= x[w];
	return !some;
}

static void sum_block(const plan *p, const plane_map *map, const block *b,
		      const plane *planes, const int32_t *first, plane sum[SUM_BITS],
		      plane *open)
{
	for (int at = 0; at < BLOCK_WORDS; at += LANES) {
		view v = {p, map, b, planes, at};
		points x = {0};
		vec left = *(vec *)&open->word[at];
		if (is_empty(left))
			continue;
		_Pragma("GCC unroll 10") for (int i = 0; i < LACK_BITS; i++)
		{
			x.bit[i] = ~load(&v, map->lack + i);
		} /* LACK_MAX - lack */
		add_criteria(&v, true, &x);
		if (first)
			left &= at_least(&x, first + at);
		if (!is_empty(left)) {
			left &= open_slots(&v);
			add_criteria(&v, false, &x);
			_Pragma("GCC unroll 10") for (int i = 0; i < SUM_BITS; i++)
			{
				*(vec *)&sum[i].word[at] = x.bit[i];
			}
		}
		*(vec *)&open->word[at] = left;
	}
}

static void top_block(const plane sum[SUM_BITS], const plane *open,
		      int32_t top[BLOCK_WORDS])
{
	for (int at = 0; at < BLOCK_WORDS; at += LANES) {
		vec left = *(const vec *)&open->word[at], value = {0};
		_Pragma("GCC unroll 10") for (int i = SUM_BITS - 1; i >= 0; i--)
		{
			/* Where some of those left have this bit, the others are out. */
			vec with = left & *(const vec *)&sum[i].word[at],
			    some = (vec)(with != 0);
			left = with | (left & ~some);
			value |= some & (UINT64_C(1) << i);
		}
		value |= (vec)(left == 0);
		for (int w = 0; w < LANES; w++)
			top[at + w] = (int32_t)value[w];
	}
}

static int pass_block(const plane sum[SUM_BITS], const int32_t least[BLOCK_WORDS],
		      const plane *open, plane *out)
{
	int n = 0;
	for (int at = 0; at < BLOCK_WORDS; at += LANES) {
		points x;
		_Pragma("GCC unroll 10") for (int i = 0; i < SUM_BITS; i++)
		{
			x.bit[i] = *(const vec *)&sum[i].word[at];
		}
		*(vec *)&out->word[at] =
			at_least(&x, least + at) & *(const vec *)&open->word[at];
		for (int w = at; w < at + LANES; w++)
			n += __builtin_popcountll(out->word[w]);
	}
	return n;
}

static int32_t fit_pair(const frame *f, const int32_t *weight, const profile *a,
			const profile *b)
{
	return pair_rules(f, a, b) ? PAIR_FORBIDDEN : pair_fit(f, weight, a, b);
}

const kernel KERNEL = {KERNEL_NAME, near_block, least_block, sieve_block, sum_block,
		       top_block,   pass_block, fit_pair,    weigh_crowd};
