/*
 * match: people made up for tests and measurements.
 *
 * The shares below are round numbers after the registers of such programmes: they make
 * an instance as hard and as uneven as a real one, and claim nothing more.
 */
#include "match/match.h"

/* One of `n` by weight; the sum of the weights is `total`. */
static int pick(rng *r, const uint8_t *weight, int n, uint32_t total)
{
	uint32_t x = rng_below(r, total);
	int i = 0;
	while (i + 1 < n && x >= weight[i])
		x -= weight[i++];
	return i;
}
/* Weights are out of 100. */
#define PICK(r, ...)                                                                     \
	pick((r), (const uint8_t[]){__VA_ARGS__}, sizeof((uint8_t[]){__VA_ARGS__}), 100)

static bool chance(rng *r, uint32_t per_thousand)
{
	return rng_below(r, 1000) < per_thousand;
}

/* ---- places by population ---------------------------------------------------------------- */

typedef struct atlas {
	uint32_t *upto; /* per place: people living in it and those before */
	uint16_t *place;
	size_t n;
} atlas;

/* A sheet names a place by name and municipality: of two such places the larger is meant. */
static bool has_larger_namesake(size_t at)
{
	const place *p = &model_place[at];
	for (size_t i = 0; i < model_place_count; i++) {
		const place *q = &model_place[i];
		if (i != at && q->municipality == p->municipality &&
		    str_equal(q->name, p->name) &&
		    (q->population > p->population ||
		     (q->population == p->population && i < at)))
			return true;
	}
	return false;
}

static atlas atlas_form(arena *mem, bool city)
{
	enum { LULEA = 2580 };
	atlas a = {.upto = NEW_ARRAY(mem, uint32_t, model_place_count),
		   .place = NEW_ARRAY(mem, uint16_t, model_place_count)};
	uint32_t sum = 0;
	for (size_t i = 0; i < model_place_count; i++) {
		if ((city && model_place[i].municipality != LULEA) ||
		    has_larger_namesake(i))
			continue;
		sum += (uint32_t)(model_place[i].population > 0
					  ? model_place[i].population
					  : 1);
		a.upto[a.n] = sum;
		a.place[a.n++] = (uint16_t)i;
	}
	return a;
}

static void settle(rng *r, const atlas *a, profile *p)
{
	uint32_t x = rng_below(r, a->upto[a->n - 1]);
	size_t low = 0, high = a->n - 1;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (x < a->upto[middle])
			high = middle;
		else
			low = middle + 1;
	}
	const place *at = &model_place[a->place[low]];
	p->place = a->place[low];
	p->municipality = at->municipality;
	p->x = at->x;
	p->y = at->y;
	p->z = at->z;
	p->flags |= PROFILE_PLACED;
}

/* ---- what they answer ------------------------------------------------------------------------ */

static int age_of(rng *r, bool newcomer)
{
	static const uint8_t from[] = {18, 25, 35, 45, 55, 65, 76};
	int band = newcomer ? PICK(r, 17, 33, 27, 13, 6, 3, 1)
			    : PICK(r, 10, 20, 17, 16, 14, 17, 6);
	int width = band == 6 ? 10 : from[band + 1] - from[band];
	return from[band] + (int)rng_below(r, (uint32_t)width);
}

static int life_of(rng *r, int age)
{
	static const uint8_t by_age[][4] = {
		{72, 18, 3, 7},   {36, 22, 9, 33}, {19, 13, 15, 53},
		{24, 26, 12, 38}, {34, 56, 4, 6},  {46, 53, 0, 1},
	};
	int band = age < 25   ? 0
		   : age < 35 ? 1
		   : age < 45 ? 2
		   : age < 55 ? 3
		   : age < 66 ? 4
			      : 5;
	return LIFE_SINGLE + pick(r, by_age[band], 4, 100);
}

/* Years of birth of children at home when the person registered in `year`. */
static uint64_t children_of(rng *r, const profile *p, bool newcomer, int year)
{
	if (p->life != LIFE_SINGLE_PARENT && p->life != LIFE_FAMILY)
		return 0;
	int n = 1 + (newcomer ? PICK(r, 28, 36, 22, 14) : PICK(r, 38, 44, 18));
	int oldest = year - p->birth_year - 19, youngest = year - p->birth_year - 46;
	oldest = oldest > 17 ? 17 : oldest < 0 ? 0 : oldest;
	youngest = youngest < 0 ? 0 : youngest > oldest ? oldest : youngest;
	uint64_t years = 0;
	for (int i = 0; i < n; i++) {
		int age = youngest + (int)rng_below(r, (uint32_t)(oldest - youngest + 1));
		years |= UINT64_C(1) << (year - age - CHILD_YEAR_0);
	}
	return years;
}

/* Two to seven, the first of the list being the most popular. */
static uint64_t interests_of(rng *r)
{
	int n = 2 + PICK(r, 12, 24, 28, 20, 11, 5);
	uint32_t all = (uint32_t)model_interest_count;
	uint64_t mask = 0;
	while (__builtin_popcountll(mask) < n && __builtin_popcountll(mask) < (int)all) {
		/* The lesser of two draws, for half of them: popular ones about three times as often. */
		uint32_t a = rng_below(r, all),
			 b = chance(r, 500) ? rng_below(r, all) : a;
		mask |= UINT64_C(1) << (a < b ? a : b) * 7 % all;
	}
	return mask;
}

static uint64_t language_bit(const char *code)
{
	for (size_t i = 0; i < model_language_count; i++)
		if (str_equal(model_language[i].bcp47, str_from(code)))
			return UINT64_C(1) << i;
	return 0;
}

static uint64_t languages_of(rng *r, bool newcomer)
{
	static const char *const mother[] = {"ar", "prs", "ti", "so",
					     "uk", "fa",  "th", "es"};
	if (!newcomer)
		return language_bit("sv") | (chance(r, 300) ? language_bit("en") : 0);
	int which = PICK(r, 28, 12, 10, 9, 16, 8, 5, 4, 8);
	uint64_t first =
		which < 8 ? language_bit(mother[which])
			  : UINT64_C(1) << rng_below(r, (uint32_t)model_language_count);
	return first | (chance(r, 250) ? language_bit("en") : 0);
}

/* A sheet's four times, with all their days: what is said of one is said of all. */
static uint32_t times_of(rng *r)
{
	static const uint32_t part[] = {
		02 | 02 << 3 | 02 << 6 | 02 << 9 | 02 << 12,
		04 | 04 << 3 | 04 << 6 | 04 << 9 | 04 << 12,
		02 << 15 | 02 << 18,
		04 << 15 | 04 << 18,
	};
	uint32_t times = 0;
	if (chance(r, 300))
		times |= part[0];
	if (chance(r, 700))
		times |= part[1];
	if (chance(r, 450))
		times |= part[2];
	if (chance(r, 300))
		times |= part[3];
	return times ? times : part[1];
}

static uint8_t apps_of(rng *r)
{
	static const uint8_t use[] = {65, 45, 15, 12, 8, 12, 10, 12};
	unsigned mask = 0;
	for (unsigned i = 0; i < ARRAY_LEN(use); i++)
		mask |= chance(r, use[i] * 10u) ? 1u << i : 0;
	return (uint8_t)mask;
}

static void wishes_of(rng *r, profile *p)
{
	if (!chance(r, 140))
		return;
	int wish = WISHES_GENDER + PICK(r, 38, 22, 18, 8, 14);
	if (wish == WISHES_FAMILY && !p->children)
		wish = WISHES_AGE;
	if (wish == WISHES_OCCUPATION && !p->occupation)
		wish = WISHES_LANGUAGE;
	if (chance(r, 130))
		p->musts = (uint8_t)CHOICE_BIT(wish);
	else
		p->wishes = (uint8_t)CHOICE_BIT(wish);
}

static void answer(rng *r, const generate_options *o, bool newcomer, profile *p)
{
	static const uint16_t km[] = {10, 20, 30, 50, 100};
	p->side = newcomer ? SIDE_NEWCOMER : SIDE_ESTABLISHED;
	p->queued = o->date - 1 - (int32_t)rng_below(r, 730);
	int year = date_from_day(p->queued).year;
	p->birth_year = (int16_t)(date_from_day(o->date).year - age_of(r, newcomer));
	p->gender = (uint8_t)(GENDER_WOMAN +
			      (newcomer ? PICK(r, 50, 49, 1) : PICK(r, 64, 35, 1)));
	p->life = (uint8_t)life_of(r, year - p->birth_year);
	p->children = children_of(r, p, newcomer, year);
	p->interests = interests_of(r);
	p->languages = languages_of(r, newcomer);
	p->times = times_of(r);
	p->apps = apps_of(r);
	p->max_km = km[PICK(r, 20, 27, 23, 20, 10)];
	p->meets = (uint8_t)(chance(r, 450) ? MEETS_IN_PERSON : MEETS_EITHER);
	if (rng_next(r) >> 11 < (uint64_t)(o->anywhere * 9007199254740992.0))
		p->meets = MEETS_VIDEO;
	if (chance(r, 850))
		p->occupation = (uint8_t)(OCCUPATION_CARE +
					  rng_below(r, (uint32_t)model_choice_size(
							       FIELD_OCCUPATION)));
	p->capacity = (uint8_t)(newcomer ? 1 : 1 + PICK(r, 78, 16, 6));
	p->consent = CONSENT_YES;
	p->arrived = QUEUED_UNKNOWN;
	if (newcomer) {
		p->level = (uint8_t)(LEVEL_SFI_1A + rng_below(r, LEVEL_SFI_DONE));
		p->arrived = p->queued - 60 - (int32_t)rng_below(r, 1800);
	}
	wishes_of(r, p);
}

/* The other adult of a household: the same home, family and registration. */
static void join(rng *r, const profile *first, int32_t date, profile *p)
{
	int adult = date_from_day(date).year - 18;
	p->birth_year = (int16_t)(first->birth_year - 4 + (int)rng_below(r, 9));
	if (p->birth_year > adult)
		p->birth_year = (int16_t)adult;
	p->household = first->household;
	p->place = first->place;
	p->municipality = first->municipality;
	p->x = first->x;
	p->y = first->y;
	p->z = first->z;
	p->life = first->life;
	p->children = first->children;
	p->languages = first->languages;
	p->queued = first->queued;
	p->meets = first->meets;
	p->max_km = first->max_km;
	p->capacity = first->capacity;
	p->wishes = p->musts = 0;
}

void match_generate(arena *mem, const generate_options *o, people *out)
{
	size_t n = (size_t)o->newcomers + o->established;
	*out = (people){.profile = NEW_ARRAY(mem, profile, n), .n = n};
	arena_mark here = arena_here(mem);
	atlas a = atlas_form(mem, o->city);
	rng r = rng_seed(o->seed);
	uint32_t households = 0;
	for (size_t i = 0; i < n; i++) {
		profile *p = &out->profile[i], *former = i ? p - 1 : NULL;
		bool newcomer = i < o->newcomers;
		p->id = (uint32_t)(i + 1);
		settle(&r, &a, p);
		answer(&r, o, newcomer, p);
		bool family = p->life == LIFE_FAMILY || p->life == LIFE_COUPLE;
		bool last = i + 1 == n || i + 1 == o->newcomers;
		if (former && former->household &&
		    (i < 2 || p[-2].household != former->household))
			join(&r, former, o->date, p);
		else if (family && !last && chance(&r, newcomer ? 30 : 15))
			p->household = ++households;
	}
	arena_reset(mem, here);
}
