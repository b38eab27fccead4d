/* From answers to the coded profile. */
#include "sheet/sheet_priv.h"

/* Which bits of profile.times each choice of TIMES stands for: the part of the day on each of its days. */
static uint32_t times_of(uint64_t choices)
{
	enum { DAY_PART = 1, EVENING_PART = 2, WEEKDAYS = 5, DAYS = 7 };
	uint32_t times = 0;
	for (int d = 0; d < DAYS; d++) {
		int day_choice = d < WEEKDAYS ? TIMES_WEEKDAY_DAY : TIMES_WEEKEND_DAY;
		int evening_choice =
			d < WEEKDAYS ? TIMES_WEEKDAY_EVENING : TIMES_WEEKEND_EVENING;
		if (choices & CHOICE_BIT(day_choice))
			times |= UINT32_C(1) << (d * 3 + DAY_PART);
		if (choices & CHOICE_BIT(evening_choice))
			times |= UINT32_C(1) << (d * 3 + EVENING_PART);
	}
	return times;
}

static int32_t date_of(const answer *a, uint8_t *flags, uint8_t month_flag)
{
	if (!a->value.n)
		return QUEUED_UNKNOWN;
	if (a->bits & DATE_MONTH_ONLY)
		*flags |= month_flag;
	return (int32_t)(uint32_t)a->bits;
}

/* Where answers of one byte are kept, counted from 1; 0 for the other fields. */
static const uint8_t byte_at[FIELD_COUNT] = {
#define AT(member) (offsetof(profile, member) + 1)
	[FIELD_SIDE] = AT(side),
	[FIELD_GENDER] = AT(gender),
	[FIELD_LEVEL] = AT(level),
	[FIELD_LIFE] = AT(life),
	[FIELD_MEETS] = AT(meets),
	[FIELD_APPS] = AT(apps),
	[FIELD_OCCUPATION] = AT(occupation),
	[FIELD_CAPACITY] = AT(capacity),
	[FIELD_CONSENT] = AT(consent),
#undef AT
};

static void apply_wishes(profile *p, uint64_t bits)
{
	p->wishes = (uint8_t)bits;
	p->musts = (uint8_t)(bits >> WISHES_MUST_SHIFT);
	p->age_from = (uint8_t)(bits >> WISHES_FROM_SHIFT);
	p->age_to = (uint8_t)(bits >> WISHES_TO_SHIFT);
}

void sheet_apply(profile *p, field_id f, const answer *a)
{
	if (byte_at[f])
		((uint8_t *)p)[byte_at[f] - 1] = (uint8_t)a->bits;
	else if (f == FIELD_NUMBER)
		p->id = (uint32_t)a->bits;
	else if (f == FIELD_BIRTH_YEAR)
		p->birth_year = (int16_t)a->bits;
	else if (f == FIELD_MUNICIPALITY)
		p->municipality = (uint16_t)a->bits;
	else if (f == FIELD_LOCALITY)
		p->place = (uint16_t)a->bits;
	else if (f == FIELD_LANGUAGE)
		p->languages = a->bits;
	else if (f == FIELD_CHILDREN)
		p->children = a->bits;
	else if (f == FIELD_INTERESTS)
		p->interests = a->bits;
	else if (f == FIELD_TIMES)
		p->times = times_of(a->bits);
	else if (f == FIELD_MAX_KM)
		p->max_km = (uint16_t)a->bits;
	else if (f == FIELD_WISHES)
		apply_wishes(p, a->bits);
	else if (f == FIELD_ARRIVED)
		p->arrived = date_of(a, &p->flags, PROFILE_ARRIVED_MONTH);
	else if (f == FIELD_QUEUED)
		p->queued = date_of(a, &p->flags, PROFILE_QUEUED_MONTH);
	/* the others are text only */
}

void sheet_apply_position(profile *p)
{
	if (p->place != PLACE_NONE) {
		const place *at = &model_place[p->place];
		if (!p->municipality)
			p->municipality = at->municipality;
		p->x = at->x;
		p->y = at->y;
		p->z = at->z;
		p->flags |= PROFILE_PLACED;
		return;
	}
	const municipality *m = model_municipality_get(p->municipality);
	if (!m)
		return;
	p->x = m->x;
	p->y = m->y;
	p->z = m->z;
	p->flags |= PROFILE_PLACED | PROFILE_APPROXIMATE;
}
