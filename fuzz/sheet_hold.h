/* sheet_hold - what must hold of every sheet that is read, whatever the bytes were. */
#ifndef SHEET_HOLD_H
#define SHEET_HOLD_H

#include <stdlib.h>
#include <string.h>

#include "sheet/sheet.h"

static inline void require(bool ok)
{
	if (!ok)
		abort();
}

static inline void hold_profile(const profile *p)
{
	require(p->side <= SIDE_ESTABLISHED && p->gender <= GENDER_OTHER &&
		p->life <= LIFE_FAMILY);
	require(p->meets <= MEETS_EITHER && p->level <= LEVEL_C1 &&
		p->occupation <= OCCUPATION_STUDENT);
	require(p->consent <= CONSENT_NO && p->capacity <= 20 && p->max_km <= 2000 &&
		p->times < 1u << 21);
	require(p->place == PLACE_NONE || p->place < model_place_count);
	require(!p->municipality || model_municipality_get(p->municipality));
	require(p->id > 0 && (p->side || p->flags & PROFILE_UNUSABLE));
	require(model_interest_count == 64 || p->interests >> model_interest_count == 0);
	require(model_language_count == 64 || p->languages >> model_language_count == 0);
	require(!p->birth_year || (p->birth_year >= 1900 && p->birth_year <= 2100));
	require(p->age_from <= p->age_to);
}

static inline void hold_record(const char *record)
{
	for (int f = 0; f < FIELD_COUNT; f++) {
		str value = str_from(record);
		require(utf8_valid(value));
		record += value.n + 1;
	}
}

static inline void hold_sheet(const sheet *s)
{
	uint32_t unusable = 0;
	for (size_t i = 0; i < s->people.n; i++) {
		hold_profile(&s->people.profile[i]);
		hold_record(s->people.record[i]);
		bool bad = s->people.profile[i].flags & PROFILE_UNUSABLE;
		unusable += bad;
		require(!bad || (s->raw && s->raw[i].s));
	}
	require(s->people.n > 0 && unusable == s->unusable);
	for (size_t i = 0; i < s->problems; i++) {
		const sheet_problem *p = &s->problem[i];
		require(p->row <= s->people.n && p->line >= 0 && p->key &&
			utf8_valid(p->read));
		require(!i || p[-1].row <= p->row);
	}
	for (size_t i = 0; i < s->duplicates; i++)
		require(s->duplicate[i].earlier < s->duplicate[i].later &&
			s->duplicate[i].later <= s->people.n);
	for (size_t i = 0; i < s->people.never_n; i++)
		require(s->people.never[i].a < s->people.never[i].b);
}

/* Reads the bytes; a refusal must be a fault with a key and a reason. */
static inline void hold_bytes(str bytes)
{
	enum { FIRST_OF_2023 = 19358 };
	ctx c = {.mem = arena_new(0), .today = FIRST_OF_2023};
	sheet s;
	if (sheet_read(&c, S("fuzz"), bytes, &s))
		hold_sheet(&s);
	else
		require(c.fault.kind == FAULT_INPUT && c.fault.key);
	arena_free(c.mem);
}

#endif
