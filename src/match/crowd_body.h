/*
 * crowd_body - the loops of crowd.h, a part of kernel_body.h and compiled with it for each
 * width. Every line says what pair.h says for two people; t_again holds them to match_look.
 */
#include "match/crowd.h"

#define EACH(j) for (int j = 0; j < CROWD_RUN; j++)

/* What a run has come to. `at`: its first slot. */
typedef struct run {
	const crowd_answers *w;
	const crowd_asked *q;
	size_t at;
	int32_t part[CROWD_RUN];                /* score of the criterion at hand */
	int32_t sum[CROWD_RUN], bad[CROWD_RUN]; /* bad: rules broken, a mask */
	double square[CROWD_RUN]; /* of the distance; exact, since it is below 2^53 */
} run;

/* ---- scores ------------------------------------------------------------------------- */

INLINE void crowd_distance(run *r, int param)
{
	const int32_t *placed = r->w->placed + r->at;
	int32_t reach = UNITS_PER_KM * param;
	int32_t own_placed = r->q->who->flags & PROFILE_PLACED ? 1 : 0;
	double most = (double)reach * reach;
	/*
	 * Up to 4096 the root of a number just below a square is more than half a step of a
	 * float below the root of the square, so that it is never rounded up to it.
	 */
	assert(reach <= 4096);
	double square[CROWD_RUN];
	EACH(j)
	square[j] = r->square[j] < most ? r->square[j] : most;
	EACH(j)
	{
		int32_t d = (int32_t)__builtin_sqrtf((float)square[j]);
		r->part[j] = 1000 * (reach - d) / reach * placed[j] * own_placed;
	}
}

INLINE void crowd_difference(run *r, int own, const int32_t *theirs, int param)
{
	EACH(j)
	r->part[j] = kind_difference(own, theirs[j], param);
}

INLINE void crowd_nearest(run *r, uint64_t own, const uint64_t *theirs, int param)
{
	own &= r->q->frame.child_years;
	EACH(j)
	{
		uint64_t score = 0;
		for (int d = param - 1; d >= 0; d--)
			score = theirs[j] & (own << d | own >> d)
					? (uint64_t)(1000 * (param - d) / param)
					: score;
		r->part[j] = (int32_t)score;
	}
}

INLINE void crowd_share(run *r, uint64_t own, const uint64_t *theirs,
			const int32_t *share)
{
	int32_t mine = kind_share_inv[__builtin_popcountll(own)];
	EACH(j)
	{
		uint32_t common = (uint32_t)__builtin_popcountll(own & theirs[j]);
		uint32_t m = (uint32_t)(mine * share[j]) / 4096;
		uint32_t score = (1000 * common * m + 2048) / 4096;
		r->part[j] = (int32_t)(score < 1000 ? score : 1000);
	}
}

INLINE void crowd_table(run *r, int own, const int32_t *theirs)
{
	int32_t by[LIFE_FAMILY + 1];
	for (int k = 0; k <= LIFE_FAMILY; k++)
		by[k] = kind_table(own, k);
	EACH(j)
	{
		int32_t score = 0;
		for (int k = 1; k <= LIFE_FAMILY; k++)
			score |= by[k] & -(int32_t)(theirs[j] == k);
		r->part[j] = score;
	}
}

/* Sets of 64 or 32 bits; a macro for what may be either. */
#define CROWD_ANY_OF(own, theirs)                                                        \
	EACH(j)                                                                          \
	r->part[j] = own & theirs[j] ? 1000 : 0

INLINE void crowd_count(run *r, uint32_t own, const uint32_t *theirs, int param)
{
	EACH(j)
	{
		int n = __builtin_popcount(own & theirs[j]);
		r->part[j] = (n < param ? n : param) * 1000 / param;
	}
}

INLINE void crowd_equal(run *r, int own, const int32_t *theirs)
{
	EACH(j)
	r->part[j] = kind_equal(own, theirs[j]);
}

#define CROWD_DISTANCE(member, param) crowd_distance(r, param)
#define CROWD_DIFFERENCE(member, param)                                                  \
	crowd_difference(r, who->member, w->member + r->at, param)
#define CROWD_NEAREST(member, param)                                                     \
	crowd_nearest(r, who->member, w->member + r->at, param)
#define CROWD_SHARE_OF(member)                                                           \
	crowd_share(r, who->member, w->member + r->at, w->share_##member + r->at)
/* One step more, so that the name of the member is there to be put together. */
#define CROWD_SHARE(member, param) CROWD_SHARE_OF(member)
#define CROWD_TABLE(member, param) crowd_table(r, who->member, w->member + r->at)
#define CROWD_ANY(member, param)   CROWD_ANY_OF(who->member, (w->member + r->at))
#define CROWD_COUNT(member, param) crowd_count(r, who->member, w->member + r->at, param)
#define CROWD_EQUAL(member, param) crowd_equal(r, who->member, w->member + r->at)

/* Adds the part at hand for those to whom the criterion counts. */
INLINE void crowd_add(run *r, int32_t weight, int wish)
{
	const int32_t *wishes = r->w->wishes + r->at;
	unsigned own = (unsigned)(r->q->who->wishes | r->q->who->musts);
	if (pair_wishes(own, wish)) {
		EACH(j)
		r->sum[j] += weight * r->part[j];
	} else {
		EACH(j)
		r->sum[j] += weight * r->part[j] * (wishes[j] >> (wish - 1) & 1);
	}
}

INLINE void crowd_scores(run *r)
{
	const crowd_answers *w = r->w;
	const profile *who = r->q->who;
	EACH(j)
	r->sum[j] = r->q->constant + w->waiting[r->at + (size_t)j];
#define CRITERION(id, name, kind, param, wish, points, reads)                            \
	if (r->q->weight[CRITERION_##id]) {                                              \
		CROWD_##kind(MEMBER_##reads, param);                                     \
		crowd_add(r, r->q->weight[CRITERION_##id], wish);                        \
	}
#include "model/criteria.def"
#undef CRITERION
}

/* ---- rules --------------------------------------------------------------------------- */

/* Her must or theirs, 0 or 1. */
INLINE int32_t crowd_must(int32_t own, int32_t theirs, int wish)
{
	return (own | theirs) >> (wish - 1) & 1;
}

INLINE void crowd_far(run *r)
{
	const crowd_answers *w = r->w;
	const profile *who = r->q->who;
	const int32_t *meets = w->meets + r->at, *placed = w->placed + r->at;
	const double *limit = w->limit + r->at;
	double own = crowd_limit(who);
	int video = who->meets == MEETS_VIDEO ? MEETS_VIDEO : -1;
	if (who->meets == MEETS_IN_PERSON || who->meets == MEETS_VIDEO) {
		int other = who->meets == MEETS_VIDEO ? MEETS_IN_PERSON : MEETS_VIDEO;
		EACH(j)
		r->bad[j] |= (meets[j] == other) << RULE_MEETS;
	}
	if (!(who->flags & PROFILE_PLACED))
		return;
	EACH(j)
	{
		double most = own < limit[j] ? own : limit[j];
		int32_t far = r->square[j] > most;
		r->bad[j] |= (far & placed[j] & (meets[j] != video)) << RULE_DISTANCE;
	}
}

INLINE void crowd_ages(run *r)
{
	const crowd_answers *w = r->w;
	const profile *who = r->q->who;
	const int32_t *musts = w->musts + r->at, *year = w->birth_year + r->at,
		      *from = w->age_from + r->at, *to = w->age_to + r->at;
	int32_t own = who->birth_year, now = r->q->frame.year;
	int32_t own_from = who->age_from ? who->age_from : INT32_MIN,
		own_to = who->age_to ? who->age_to : INT32_MAX, age = now - own;
	EACH(j)
	{
		int32_t d = own > year[j] ? own - year[j] : year[j] - own;
		int32_t asked = own ? crowd_must(who->musts, musts[j], WISHES_AGE) : 0;
		int32_t theirs = now - year[j];
		int32_t bad = d > AGE_MUST_YEARS ? asked : 0;
		bad = theirs < own_from ? 1 : bad;
		bad = theirs > own_to ? 1 : bad;
		r->bad[j] |= (year[j] ? bad : 0) << RULE_AGE;
	}
	if (!own)
		return;
	EACH(j)
	{
		int32_t bad = age < from[j] ? 1 : 0;
		r->bad[j] |= (age > to[j] ? 1 : bad) << RULE_AGE;
	}
}

/* A must that two known answers are the same. */
INLINE void crowd_same(run *r, int own, const int32_t *theirs, int wish, match_rule rule)
{
	const int32_t *musts = r->w->musts + r->at;
	int32_t own_musts = r->q->who->musts;
	EACH(j)
	{
		int32_t must = own ? crowd_must(own_musts, musts[j], wish) : 0;
		int32_t apart = (theirs[j] != 0) & (theirs[j] != own);
		r->bad[j] |= (must & apart) << rule;
	}
}

INLINE void crowd_others(run *r)
{
	const crowd_answers *w = r->w;
	const profile *who = r->q->who;
	const int32_t *musts = w->musts + r->at, *none = w->childless + r->at;
	const uint64_t *languages = w->languages + r->at;
	int32_t own_musts = who->musts, own_none = childless(who);
	uint64_t own = who->languages;
	EACH(j)
	{
		int32_t must = crowd_must(own_musts, musts[j], WISHES_FAMILY);
		r->bad[j] |= (must & (own_none | none[j])) << RULE_FAMILY;
	}
	EACH(j)
	{
		int32_t must = crowd_must(own_musts, musts[j], WISHES_LANGUAGE);
		int32_t apart =
			(own != 0) & (languages[j] != 0) & ((own & languages[j]) == 0);
		r->bad[j] |= (must & apart) << RULE_LANGUAGE;
	}
	crowd_same(r, who->gender, w->gender + r->at, WISHES_GENDER, RULE_GENDER);
	crowd_same(r, who->occupation, w->occupation + r->at, WISHES_OCCUPATION,
		   RULE_OCCUPATION);
}

/* ---- a run ------------------------------------------------------------------------------ */

INLINE void crowd_squares(run *r)
{
	const int32_t *x = r->w->x + r->at, *y = r->w->y + r->at, *z = r->w->z + r->at;
	int32_t own[3] = {r->q->who->x, r->q->who->y, r->q->who->z};
	EACH(j)
	{
		double dx = own[0] - x[j], dy = own[1] - y[j], dz = own[2] - z[j];
		r->square[j] = dx * dx + dy * dy + dz * dz;
	}
}

static void weigh_crowd(const crowd_answers *w, const crowd_asked *q, int32_t *weight,
			uint16_t *broken)
{
	for (size_t at = 0; at < w->slots; at += CROWD_RUN) {
		run r;
		r.w = w;
		r.q = q;
		r.at = at;
		EACH(j)
		r.bad[j] = 0;
		crowd_squares(&r);
		crowd_far(&r);
		crowd_ages(&r);
		crowd_others(&r);
		crowd_scores(&r);
		EACH(j)
		broken[at + (size_t)j] = (uint16_t)r.bad[j];
		EACH(j)
		weight[at + (size_t)j] = r.sum[j];
	}
}
