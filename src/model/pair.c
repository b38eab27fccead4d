/* Two buddies over half a year, as tables and rules. */
#include "model/pair.h"

/* ---- states ------------------------------------------------------------------------------ */

const char *const model_pair_state[PAIR_STATES] = {
#define PAIR_STATE(id, name) [PAIR_##id] = name,
#define PAIR_WHY(name)
#define PAIR_CHECKIN(day)
#include "model/pairs.def"
#undef PAIR_STATE
#undef PAIR_WHY
#undef PAIR_CHECKIN
};

const char *const model_pair_why[] = {
#define PAIR_STATE(id, name)
#define PAIR_WHY(name) name,
#define PAIR_CHECKIN(day)
#include "model/pairs.def"
#undef PAIR_STATE
#undef PAIR_WHY
#undef PAIR_CHECKIN
	NULL};

static const int checkin_day[] = {
#define PAIR_STATE(id, name)
#define PAIR_WHY(name)
#define PAIR_CHECKIN(day) day,
#include "model/pairs.def"
#undef PAIR_STATE
#undef PAIR_WHY
#undef PAIR_CHECKIN
};

const char *const model_pair_health_name[PAIR_HEALTHS] = {"green", "amber", "red"};

pair_state model_pair_named(str name)
{
	for (int s = 0; s < PAIR_STATES; s++)
		if (str_equal(name, str_from(model_pair_state[s])))
			return (pair_state)s;
	return PAIR_STATES;
}

bool model_pair_is_over(pair_state s)
{
	return s == PAIR_COMPLETED || s == PAIR_ENDED_EARLY || s == PAIR_NEVER_MET;
}

pair_state model_pair_step(pair_state now, pair_state before, str verb)
{
	pair_state real = now == PAIR_PAUSED ? before : now;
	if (real > PAIR_ONGOING)
		return PAIR_STATES;
	bool met = real >= PAIR_MET;
	if (str_equal(verb, S("resume")))
		return now == PAIR_PAUSED ? before : PAIR_STATES;
	if (str_equal(verb, S("pause")))
		return now == PAIR_PAUSED ? PAIR_STATES : PAIR_PAUSED;
	if (str_equal(verb, S("complete")))
		return met ? PAIR_COMPLETED : PAIR_STATES;
	if (str_equal(verb, S("end")))
		return real > PAIR_INTRODUCED ? PAIR_ENDED_EARLY : PAIR_STATES;
	if (str_equal(verb, S("never_met")))
		return met ? PAIR_STATES : PAIR_NEVER_MET;
	return PAIR_STATES;
}

bool model_pair_is_why(str name)
{
	for (size_t i = 0; model_pair_why[i]; i++)
		if (str_equal(name, str_from(model_pair_why[i])))
			return true;
	return false;
}

/* ---- when they are asked --------------------------------------------------------------------- */

int32_t model_pair_due(int32_t base, int n)
{
	return n < 1 || n > (int)ARRAY_LEN(checkin_day) ? 0 : base + checkin_day[n - 1];
}

int model_pair_turn(int32_t base, int32_t today)
{
	int n = 0;
	while (n < (int)ARRAY_LEN(checkin_day) && base + checkin_day[n] <= today)
		n++;
	return n;
}

int32_t model_pair_planned(int32_t base)
{
	return base + checkin_day[ARRAY_LEN(checkin_day) - 1];
}

/* ---- how they are ------------------------------------------------------------------------------ */

bool model_pair_differs(const pair_round *r)
{
	return (r->side[0] == PAIR_YES && r->side[1] == PAIR_NO) ||
	       (r->side[0] == PAIR_NO && r->side[1] == PAIR_YES);
}

typedef enum grade { NOT_YET, GOOD, HALF, NONE } grade;

static grade grade_of(const pair_round *r)
{
	bool yes = r->side[0] == PAIR_YES || r->side[1] == PAIR_YES;
	bool no = r->side[0] == PAIR_NO || r->side[1] == PAIR_NO;
	bool open = r->side[0] == PAIR_OPEN || r->side[1] == PAIR_OPEN;
	if (no)
		return NONE;
	if (open)
		return NOT_YET;
	return !yes ? NONE : r->side[0] == r->side[1] ? GOOD : HALF;
}

pair_health model_pair_health(const pair_round *r, size_t n, bool problem)
{
	grade last = NOT_YET, former = NOT_YET;
	for (size_t i = 0; i < n; i++) {
		grade g = grade_of(&r[i]);
		if (g == NOT_YET)
			continue;
		former = last;
		last = g;
	}
	if (problem || (last == NONE && former == NONE))
		return PAIR_RED;
	return last == HALF || last == NONE ? PAIR_AMBER : PAIR_GREEN;
}
