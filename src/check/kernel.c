/*
 * Scores of one person with a run of others: plain loops over columns, one criterion
 * at a time, written so that a compiler can turn each into vector code.
 *
 * Every trick is exact: the tests hold each kernel against pair.c. The same text is
 * compiled twice, for any processor and for one with AVX2; sweep.c chooses at run time.
 */
#include <string.h>

#include "check/check_priv.h"

#define INLINE static inline __attribute__((always_inline))
/* `n` is a multiple of CHECK_LANES; an inner loop of known length needs no remainder. */
#define EACH(j, n)                                                                       \
	for (size_t at_##j = 0; at_##j < (n); at_##j += CHECK_LANES)                     \
		for (size_t j = at_##j; j < at_##j + CHECK_LANES; j++)

/* ---- plan --------------------------------------------------------------------- */

static int slot_of(const criterion *k)
{
	switch ((int)k->reads) {
	case FIELD_LANGUAGE:
		return SET_LANGUAGES;
	case FIELD_INTERESTS:
		return SET_INTERESTS;
	case FIELD_TIMES:
		return SET_TIMES;
	case FIELD_APPS:
		return SET_APPS;
	case FIELD_GENDER:
		return PICK_GENDER;
	case FIELD_OCCUPATION:
		return PICK_OCCUPATION;
	default:
		return 0;
	}
}

static int32_t reach_of(const criterion *k)
{
	switch (k->kind) {
	case CRITERION_KIND_DISTANCE:
		return 10 * k->param;
	case CRITERION_KIND_DIFFERENCE:
	case CRITERION_KIND_NEAREST:
	case CRITERION_KIND_COUNT:
		return k->param;
	case CRITERION_KIND_SHARE:
	case CRITERION_KIND_TABLE:
	case CRITERION_KIND_ANY:
	case CRITERION_KIND_EQUAL:
		return 1;
	}
	return 1;
}

/* Finds the factor that stands for the division and tries it for every numerator. */
static bool set_magic(check_pass *p)
{
	if (p->reach < 1 || p->reach > CHECK_REACH)
		return false;
	p->magic = ((1000 << 20) + p->reach - 1) / p->reach;
	for (int64_t t = 0; t <= p->reach; t++)
		if ((t * p->magic) >> 20 != 1000 * t / p->reach ||
		    t * p->magic > INT32_MAX)
			return false;
	if (p->kind != CRITERION_KIND_NEAREST)
		return true;
	if (p->reach > CHECK_NEAREST)
		return false;
	for (int32_t d = 0; d < p->reach; d++)
		p->step[d] =
			1000 * (p->reach - d) / p->reach -
			(d + 1 < p->reach ? 1000 * (p->reach - d - 1) / p->reach : 0);
	return true;
}

static check_pass *pass_for(check_plan *plan, const criterion *k, uint8_t wish)
{
	for (int i = 0; i < plan->n; i++) {
		check_pass *p = &plan->pass[i];
		if (p->kind == k->kind && p->slot == slot_of(k) &&
		    p->reach == reach_of(k) && (!wish || !p->wish || p->wish == wish))
			return p;
	}
	check_pass *p = &plan->pass[plan->n++];
	*p = (check_pass){.kind = k->kind, .slot = slot_of(k), .reach = reach_of(k)};
	return p;
}

bool check_plan_make(const terms *t, int32_t year, check_plan *out)
{
	int64_t sum = 0;
	*out = (check_plan){.year = year};
	for (int c = 0; c < CRITERIA_COUNT; c++) {
		const criterion *k = &model_criterion[c];
		uint8_t wish = (uint8_t)(k->wish ? CHOICE_BIT(k->wish) : 0);
		if (t->weight[c] < 0 || t->weight[c] > WEIGHT_MAX)
			return false;
		if (!t->weight[c])
			continue;
		check_pass *p = pass_for(out, k, wish);
		if (wish) {
			p->wish = wish;
			p->add += t->weight[c];
		} else {
			p->base += t->weight[c];
		}
		sum += t->weight[c];
	}
	for (int i = 0; i < out->n; i++)
		if (!set_magic(&out->pass[i]))
			return false;
	return sum <= WEIGHT_SUM_MAX;
}

/* ---- people ---------------------------------------------------------------------- */

static uint64_t set_at(const profile *p, int set)
{
	const uint64_t all[CHECK_SETS] = {
		[SET_LANGUAGES] = p->languages,
		[SET_INTERESTS] = p->interests,
		[SET_TIMES] = p->times,
		[SET_APPS] = p->apps,
	};
	return all[set];
}

void check_row_fill(const profile *p, const check_plan *plan, check_row *out)
{
	*out = (check_row){
		.x = p->x,
		.y = p->y,
		.z = p->z,
		.placed = p->flags & PROFILE_PLACED,
		.birth = p->birth_year ? p->birth_year : CHECK_NO_YEAR,
		.life = p->life,
		.wish = p->wishes | p->musts,
		.pick = {[PICK_GENDER] = p->gender, [PICK_OCCUPATION] = p->occupation},
	};
	uint32_t years = check_child_years(p->children, plan->year);
	for (int d = 0; d < CHECK_NEAREST; d++) {
		out->within[d] = years;
		years |= years << 1 | years >> 1;
	}
	for (int i = 0; i < CHECK_SETS; i++) {
		uint64_t set = set_at(p, i);
		out->low[i] = (uint32_t)set;
		out->high[i] = (uint32_t)(set >> 32);
		out->share[i] = check_share_factor(__builtin_popcountll(set));
	}
}

void check_columns_alloc(arena *mem, size_t n, check_columns *out)
{
	size_t room = n + CHECK_CHUNK;
	*out = (check_columns){
		.n = n,
		.x = NEW_ARRAY(mem, int16_t, room),
		.y = NEW_ARRAY(mem, int16_t, room),
		.z = NEW_ARRAY(mem, int16_t, room),
		.birth = NEW_ARRAY(mem, int16_t, room),
		.child = NEW_ARRAY(mem, uint32_t, room),
		.life = NEW_ARRAY(mem, uint8_t, room),
		.wish = NEW_ARRAY(mem, uint8_t, room),
		.waiting = NEW_ARRAY(mem, int32_t, room),
		.price = NEW_ARRAY(mem, int64_t, room),
		.unit = NEW_ARRAY(mem, uint32_t, room),
	};
	for (int i = 0; i < CHECK_SETS; i++) {
		out->low[i] = NEW_ARRAY(mem, uint32_t, room);
		if (i == SET_LANGUAGES || i == SET_INTERESTS)
			out->high[i] = NEW_ARRAY(mem, uint32_t, room);
	}
	for (int c = 0; c < CRITERIA_COUNT; c++) {
		int slot = slot_of(&model_criterion[c]);
		if (model_criterion[c].kind == CRITERION_KIND_SHARE && !out->share[slot])
			out->share[slot] = NEW_ARRAY(mem, int16_t, room);
	}
	for (int i = 0; i < CHECK_PICKS; i++)
		out->pick[i] = NEW_ARRAY(mem, uint8_t, room);
}

void check_columns_set(check_columns *c, size_t at, const profile *p, const terms *t,
		       int32_t year)
{
	bool placed = p->flags & PROFILE_PLACED;
	c->x[at] = placed ? p->x : CHECK_NOWHERE;
	c->y[at] = placed ? p->y : 0;
	c->z[at] = placed ? p->z : 0;
	c->birth[at] = p->birth_year ? p->birth_year : CHECK_NO_YEAR;
	c->child[at] = check_child_years(p->children, year);
	c->life[at] = p->life;
	c->wish[at] = p->wishes | p->musts;
	c->pick[PICK_GENDER][at] = p->gender;
	c->pick[PICK_OCCUPATION][at] = p->occupation;
	c->waiting[at] = (int32_t)check_people_waiting(p, t);
	for (int i = 0; i < CHECK_SETS; i++) {
		uint64_t set = set_at(p, i);
		c->low[i][at] = (uint32_t)set;
		if (c->high[i])
			c->high[i][at] = (uint32_t)(set >> 32);
		if (c->share[i])
			c->share[i][at] =
				(int16_t)check_share_factor(__builtin_popcountll(set));
	}
}

/* ---- kernels: each adds one criterion's part to `sum` ----------------------------- */

/* What one pass needs of the row, its wish already looked at. */
typedef struct work {
	size_t at, n;
	int32_t base, add;
	uint8_t wish;
	const uint8_t *wishes; /* of the run */
} work;

/* x where the condition holds, else 0, without a branch that could stop vectorising. */
INLINE int32_t only_if(bool condition, int32_t x)
{
	return -(int32_t)condition & x;
}

/* The weight of a score for person j of the run; `ask` is known when compiled. */
INLINE int32_t weight_at(const work *w, size_t j, bool ask)
{
	return ask ? w->base + only_if((w->wishes[j] & w->wish) != 0, w->add) : w->base;
}

INLINE uint32_t nibbles(uint32_t x)
{
	x -= (x >> 1) & 0x55555555;
	return (x & 0x33333333) + ((x >> 2) & 0x33333333);
}

INLINE int32_t sum_nibbles(uint32_t x)
{
	x = (x & 0x0F0F0F0F) + ((x >> 4) & 0x0F0F0F0F);
	return (int32_t)((x * 0x01010101) >> 24);
}

/*
 * The square root is exact: numbers up to 1023^2 are floats without loss, IEEE 754
 * rounds the root correctly, and below a whole root it stays more than one rounding away.
 */
INLINE void pass_distance(const work w, const check_pass *p, const check_columns *c,
			  const check_row *r, int32_t *restrict sum, bool ask)
{
	const int16_t *restrict x = c->x + w.at, *restrict y = c->y + w.at,
				*restrict z = c->z + w.at;
	const int32_t rx = r->x, ry = r->y, rz = r->z, reach = p->reach, magic = p->magic;
	const int32_t far = reach * reach;
	EACH(j, w.n)
	{
		int32_t dx = x[j] - rx, dy = y[j] - ry, dz = z[j] - rz;
		int32_t d2 = dx * dx + dy * dy + dz * dz;
		d2 = d2 < far ? d2 : far;
		int32_t t = reach - (int32_t)__builtin_sqrtf((float)d2);
		sum[j] += ((t * magic) >> 20) * weight_at(&w, j, ask);
	}
}

/* Everyone in the run lives at one place: one score for all. */
INLINE void pass_point(const work w, int32_t score, int32_t *restrict sum, bool ask)
{
	EACH(j, w.n)
	sum[j] += score * weight_at(&w, j, ask);
}

INLINE void pass_difference(const work w, const check_pass *p, const check_columns *c,
			    const check_row *r, int32_t *restrict sum, bool ask)
{
	const int16_t *restrict birth = c->birth + w.at;
	const int32_t rb = r->birth, reach = p->reach, magic = p->magic;
	EACH(j, w.n)
	{
		int32_t d = birth[j] - rb;
		int32_t t = reach - (d < 0 ? -d : d);
		t = t > 0 ? t : 0;
		sum[j] += ((t * magic) >> 20) * weight_at(&w, j, ask);
	}
}

INLINE void pass_nearest(const work w, const check_pass *p, const check_columns *c,
			 const check_row *r, int32_t *restrict sum, bool ask)
{
	const uint32_t *restrict child = c->child + w.at;
	for (int32_t d = 0; d < p->reach; d++) {
		const uint32_t within = r->within[d];
		const int32_t step = p->step[d];
		EACH(j, w.n)
		sum[j] += only_if((child[j] & within) != 0, step) * weight_at(&w, j, ask);
	}
}

/* NEAREST of the usual reach in one walk. */
INLINE void pass_nearest4(const work w, const check_pass *p, const check_columns *c,
			  const check_row *r, int32_t *restrict sum, bool ask)
{
	const uint32_t *restrict child = c->child + w.at;
	const uint32_t w0 = r->within[0], w1 = r->within[1], w2 = r->within[2],
		       w3 = r->within[3];
	const int32_t s0 = p->step[0], s1 = p->step[1], s2 = p->step[2], s3 = p->step[3];
	EACH(j, w.n)
	{
		uint32_t b = child[j];
		int32_t score = only_if((b & w0) != 0, s0) + only_if((b & w1) != 0, s1) +
				only_if((b & w2) != 0, s2) + only_if((b & w3) != 0, s3);
		sum[j] += score * weight_at(&w, j, ask);
	}
}

INLINE void pass_share(const work w, const check_pass *p, const check_columns *c,
		       const check_row *r, int32_t *restrict sum, bool ask)
{
	const uint32_t *restrict low = c->low[p->slot] + w.at;
	const uint32_t *restrict high = c->high[p->slot] ? c->high[p->slot] + w.at : low;
	const int16_t *restrict share = c->share[p->slot] + w.at;
	const uint32_t rl = r->low[p->slot], rh = c->high[p->slot] ? r->high[p->slot] : 0;
	const int32_t rs = r->share[p->slot];
	EACH(j, w.n)
	{
		int32_t n = sum_nibbles(nibbles(low[j] & rl) + nibbles(high[j] & rh));
		int32_t m = (rs * share[j]) >> 12;
		int32_t score = (1000 * n * m + 2048) >> 12;
		score = score < 1000 ? score : 1000;
		sum[j] += score * weight_at(&w, j, ask);
	}
}

INLINE void pass_table(const work w, const check_columns *c, const check_row *r,
		       int32_t *restrict sum, bool ask)
{
	const uint8_t *restrict life = c->life + w.at;
	const int16_t *line = model_life_table[r->life];
	const int32_t l1 = line[1], l2 = line[2], l3 = line[3], l4 = line[4];
	EACH(j, w.n)
	{
		int32_t l = life[j];
		int32_t score = only_if(l == 1, l1) + only_if(l == 2, l2) +
				only_if(l == 3, l3) + only_if(l == 4, l4);
		sum[j] += score * weight_at(&w, j, ask);
	}
}

INLINE void pass_any(const work w, const check_pass *p, const check_columns *c,
		     const check_row *r, int32_t *restrict sum, bool ask)
{
	const uint32_t *restrict low = c->low[p->slot] + w.at;
	const uint32_t *restrict high = c->high[p->slot] ? c->high[p->slot] + w.at : low;
	const uint32_t rl = r->low[p->slot], rh = c->high[p->slot] ? r->high[p->slot] : 0;
	EACH(j, w.n)
	sum[j] += only_if(((low[j] & rl) | (high[j] & rh)) != 0,
			  1000 * weight_at(&w, j, ask));
}

INLINE void pass_count(const work w, const check_pass *p, const check_columns *c,
		       const check_row *r, int32_t *restrict sum, bool ask)
{
	const uint32_t *restrict low = c->low[p->slot] + w.at;
	const uint32_t *restrict high = c->high[p->slot] ? c->high[p->slot] + w.at : low;
	const uint32_t rl = r->low[p->slot], rh = c->high[p->slot] ? r->high[p->slot] : 0;
	const int32_t reach = p->reach, magic = p->magic;
	EACH(j, w.n)
	{
		int32_t n = sum_nibbles(nibbles(low[j] & rl) + nibbles(high[j] & rh));
		n = n < reach ? n : reach;
		sum[j] += ((n * magic) >> 20) * weight_at(&w, j, ask);
	}
}

INLINE void pass_equal(const work w, const check_pass *p, const check_columns *c,
		       const check_row *r, int32_t *restrict sum, bool ask)
{
	const uint8_t *restrict pick = c->pick[p->slot] + w.at;
	const int32_t rp = r->pick[p->slot];
	EACH(j, w.n)
	sum[j] += only_if(pick[j] == rp, 1000 * weight_at(&w, j, ask));
}

/* Whether the row's answer is unknown, so that the whole pass gives 0. */
INLINE bool says_nothing(const check_pass *p, const check_row *r, const check_spot *spot)
{
	switch (p->kind) {
	case CRITERION_KIND_DISTANCE:
		return !r->placed || !spot->placed;
	case CRITERION_KIND_DIFFERENCE:
		return r->birth == CHECK_NO_YEAR;
	case CRITERION_KIND_NEAREST:
		return !r->within[0];
	case CRITERION_KIND_TABLE:
		return !r->life;
	case CRITERION_KIND_SHARE:
	case CRITERION_KIND_ANY:
	case CRITERION_KIND_COUNT:
		return !(r->low[p->slot] | r->high[p->slot]);
	case CRITERION_KIND_EQUAL:
		return !r->pick[p->slot];
	}
	return false;
}

/* The score of the one place all people of the run live at. */
INLINE int32_t point_score(const check_pass *p, const check_row *r,
			   const check_spot *spot)
{
	int32_t dx = spot->x - r->x, dy = spot->y - r->y, dz = spot->z - r->z;
	int32_t d2 = dx * dx + dy * dy + dz * dz, far = p->reach * p->reach;
	int32_t t = p->reach - (int32_t)__builtin_sqrtf((float)(d2 < far ? d2 : far));
	return (t * p->magic) >> 20;
}

INLINE void one_pass(const work w, const check_pass *p, const check_columns *c,
		     const check_row *r, const check_spot *spot, int32_t *restrict sum,
		     bool ask)
{
	switch (p->kind) {
	case CRITERION_KIND_DISTANCE:
		if (!spot->point) {
			pass_distance(w, p, c, r, sum, ask);
		} else {
			int32_t score = point_score(p, r, spot);
			if (score)
				pass_point(w, score, sum, ask);
		}
		break;
	case CRITERION_KIND_DIFFERENCE:
		pass_difference(w, p, c, r, sum, ask);
		break;
	case CRITERION_KIND_NEAREST:
		if (p->reach == 4)
			pass_nearest4(w, p, c, r, sum, ask);
		else
			pass_nearest(w, p, c, r, sum, ask);
		break;
	case CRITERION_KIND_SHARE:
		pass_share(w, p, c, r, sum, ask);
		break;
	case CRITERION_KIND_TABLE:
		pass_table(w, c, r, sum, ask);
		break;
	case CRITERION_KIND_ANY:
		pass_any(w, p, c, r, sum, ask);
		break;
	case CRITERION_KIND_COUNT:
		pass_count(w, p, c, r, sum, ask);
		break;
	case CRITERION_KIND_EQUAL:
		pass_equal(w, p, c, r, sum, ask);
		break;
	}
}

INLINE void score(const check_plan *plan, const check_columns *c, size_t at, size_t n,
		  const check_row *r, const check_spot *spot, int32_t *restrict sum)
{
	work w = {.at = at,
		  .n = (n + CHECK_LANES - 1) / CHECK_LANES * CHECK_LANES,
		  .wishes = c->wish + at};
	for (int i = 0; i < plan->n; i++) {
		const check_pass *p = &plan->pass[i];
		bool row_wishes = p->wish & r->wish;
		w.base = p->base + (row_wishes ? p->add : 0);
		w.add = !row_wishes && (p->wish & spot->wish) ? p->add : 0;
		w.wish = p->wish;
		if ((!w.base && !w.add) || says_nothing(p, r, spot))
			continue;
		if (w.add)
			one_pass(w, p, c, r, spot, sum, true);
		else
			one_pass(w, p, c, r, spot, sum, false);
	}
}

/* The sign bit of (limit - value) tells; no number here comes near 2^63 (sweep.c). */
INLINE uint32_t filter(const check_columns *c, size_t at, size_t n, const int32_t *sum,
		       int64_t limit)
{
	const int32_t *restrict waiting = c->waiting + at;
	const int64_t *restrict price = c->price + at;
	uint32_t hit = 0;
	for (size_t k = 0; k < n; k += CHECK_BLOCK) {
		int64_t sign = 0;
		for (size_t j = k; j < k + CHECK_BLOCK; j++)
			sign |= limit + price[j] - ((int64_t)sum[j] + waiting[j]);
		hit |= (uint32_t)(sign < 0) << (k / CHECK_BLOCK);
	}
	return hit;
}

void check_score_plain(const check_plan *plan, const check_columns *c, size_t at,
		       size_t n, const check_row *r, const check_spot *spot,
		       int32_t *restrict sum)
{
	score(plan, c, at, n, r, spot, sum);
}

uint32_t check_filter_plain(const check_columns *c, size_t at, size_t n,
			    const int32_t *sum, int64_t limit)
{
	return filter(c, at, n, sum, limit);
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))
#else
#define AVX2
#endif

AVX2 void check_score_avx2(const check_plan *plan, const check_columns *c, size_t at,
			   size_t n, const check_row *r, const check_spot *spot,
			   int32_t *restrict sum)
{
	score(plan, c, at, n, r, spot, sum);
}

AVX2 uint32_t check_filter_avx2(const check_columns *c, size_t at, size_t n,
				const int32_t *sum, int64_t limit)
{
	return filter(c, at, n, sum, limit);
}
