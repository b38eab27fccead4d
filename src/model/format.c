/* Coded answers as the text a clean sheet has for them. */
#include "model/model.h"

static void add_item(buf *b, str item)
{
	if (b->n)
		buf_add(b, S(", "));
	buf_add(b, item);
}

static str choice_label(field_id f, int number)
{
	const choice *c = model_choice_get(f, number);
	return c ? c->label : S("");
}

static str mask_labels(arena *mem, field_id f, unsigned mask)
{
	buf b = {.mem = mem};
	for (size_t i = 0; i < model_choice_count; i++)
		if (model_choice[i].field == f &&
		    mask & CHOICE_BIT(model_choice[i].number))
			add_item(&b, model_choice[i].label);
	return buf_str(&b);
}

/* A sheet speaks of weekdays and weekends; a time is said when any of its days is free then. */
static str times_labels(arena *mem, uint32_t times)
{
	enum { WEEKDAYS = 0x7fff, DAY = 2, EVENING = 4 };
	uint32_t day = 0, evening = 0;
	for (int d = 0; d < 7; d++) {
		day |= (uint32_t)DAY << 3 * d;
		evening |= (uint32_t)EVENING << 3 * d;
	}
	const uint32_t part[] = {day & WEEKDAYS, evening & WEEKDAYS,
				 day & ~(uint32_t)WEEKDAYS,
				 evening & ~(uint32_t)WEEKDAYS};
	unsigned mask = 0;
	for (unsigned i = 0; i < ARRAY_LEN(part); i++)
		mask |= times & part[i] ? 1u << i : 0;
	return mask_labels(mem, FIELD_TIMES, mask);
}

static str interests_labels(arena *mem, uint64_t mask)
{
	buf b = {.mem = mem};
	for (size_t i = 0; i < model_interest_count; i++)
		if (mask >> i & 1)
			add_item(&b, model_interest[i].name_sv);
	return buf_str(&b);
}

static str languages_labels(arena *mem, uint64_t mask)
{
	buf b = {.mem = mem};
	for (size_t i = 0; i < model_language_count; i++)
		if (mask >> i & 1)
			add_item(&b, model_language[i].name_sv);
	return buf_str(&b);
}

/* Ages in the year the person registered, as the sheet states them. */
static str children_ages(arena *mem, const profile *p, int32_t date)
{
	int year = date_from_day(p->queued == QUEUED_UNKNOWN ? date : p->queued).year;
	buf b = {.mem = mem};
	for (int bit = 63; bit >= 0; bit--)
		if (p->children >> bit & 1)
			add_item(&b, str_format(mem, "%d", year - CHILD_YEAR_0 - bit));
	return buf_str(&b);
}

static str wishes_labels(arena *mem, const profile *p)
{
	buf b = {.mem = mem};
	for (size_t i = 0; i < model_choice_count; i++) {
		const choice *c = &model_choice[i];
		unsigned bit = CHOICE_BIT(c->number);
		if (c->field != FIELD_WISHES || !((p->wishes | p->musts) & bit))
			continue;
		bool must = p->musts & bit;
		add_item(&b, str_format(mem, "%.*s%s", STR_ARG(c->label),
					must ? " (krav)" : ""));
	}
	if (p->age_from || p->age_to)
		add_item(&b, str_format(mem, "%d–%d år (krav)", p->age_from, p->age_to));
	return buf_str(&b);
}

static str number_or_blank(arena *mem, int64_t n)
{
	return n ? str_format(mem, "%lld", (long long)n) : S("");
}

static str day_or_month(arena *mem, int32_t day, bool month_only)
{
	if (day == QUEUED_UNKNOWN)
		return S("");
	str iso = date_format_iso(mem, day);
	return month_only ? str_slice(iso, 0, 7) : iso;
}

static str municipality_name(uint16_t code)
{
	const municipality *m = model_municipality_get(code);
	return m ? m->name : S("");
}

str model_value_format(arena *mem, const profile *p, field_id f, int32_t date)
{
	/* Names, contact and free text are not coded: the default. */
	switch ((int)f) {
	case FIELD_NUMBER:
		return number_or_blank(mem, p->id);
	case FIELD_SIDE:
		return choice_label(f, p->side);
	case FIELD_BIRTH_YEAR:
		return number_or_blank(mem, p->birth_year);
	case FIELD_GENDER:
		return choice_label(f, p->gender);
	case FIELD_MUNICIPALITY:
		return municipality_name(p->municipality);
	case FIELD_LOCALITY:
		return p->place == PLACE_NONE ? S("") : model_place[p->place].name;
	case FIELD_LANGUAGE:
		return languages_labels(mem, p->languages);
	case FIELD_LEVEL:
		return choice_label(f, p->level);
	case FIELD_ARRIVED:
		return day_or_month(mem, p->arrived, p->flags & PROFILE_ARRIVED_MONTH);
	case FIELD_LIFE:
		return choice_label(f, p->life);
	case FIELD_CHILDREN:
		return children_ages(mem, p, date);
	case FIELD_HOUSEHOLD:
		return p->household ? str_format(mem, "H%u", p->household) : S("");
	case FIELD_INTERESTS:
		return interests_labels(mem, p->interests);
	case FIELD_TIMES:
		return times_labels(mem, p->times);
	case FIELD_MEETS:
		return choice_label(f, p->meets);
	case FIELD_APPS:
		return mask_labels(mem, f, p->apps);
	case FIELD_MAX_KM:
		return number_or_blank(mem, p->max_km);
	case FIELD_CAPACITY:
		return number_or_blank(mem, p->capacity);
	case FIELD_WISHES:
		return wishes_labels(mem, p);
	case FIELD_OCCUPATION:
		return choice_label(f, p->occupation);
	case FIELD_CONSENT:
		return choice_label(f, p->consent);
	case FIELD_QUEUED:
		return day_or_month(mem, p->queued, p->flags & PROFILE_QUEUED_MONTH);
	default:
		return S("");
	}
}
