/* Ids, rights, steps and consents from their tables. */
#include <string.h>

#include "model/office.h"

/* ---- ids ------------------------------------------------------------------------- */

enum { ID_LENGTH = sizeof((id){""}.s) - 1, ID_BYTES = 16 };
/* Crockford's: without the letters that look like digits or each other. */
static const char id_alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

bool id_equal(id a, id b)
{
	return !strcmp(a.s, b.s);
}

bool id_none(id a)
{
	return !a.s[0];
}

str id_str(const id *a)
{
	return str_from(a->s);
}

bool id_parse(str s, id *out)
{
	*out = (id){""};
	if (s.n != ID_LENGTH)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!s.s[i] || !strchr(id_alphabet, s.s[i]))
			return false;
	memcpy(out->s, s.s, s.n);
	return true;
}

id id_from_bytes(const uint8_t bytes[16])
{
	id out = {""};
	/* 128 bits in groups of five from the end, so that the first letter has the three left over. */
	for (int i = 0; i < ID_LENGTH; i++) {
		int low = (ID_LENGTH - 1 - i) * 5, byte = ID_BYTES - 1 - low / 8;
		unsigned two = (unsigned)bytes[byte] |
			       (byte ? (unsigned)bytes[byte - 1] << 8 : 0);
		out.s[i] = id_alphabet[two >> low % 8 & 31];
	}
	return out;
}

/* ---- rights and roles -------------------------------------------------------------- */

const role_info model_role[ROLE_COUNT] = {
	[ROLE_NONE] = {"none", 0},
#define RIGHT(id)
#define ROLE(id, name_, rights_) [ROLE_##id] = {.name = name_, .rights = rights_},
#include "model/roles.def"
#undef RIGHT
#undef ROLE
};

role model_role_named(str name)
{
	for (int r = ROLE_NONE + 1; r < ROLE_COUNT; r++)
		if (str_equal(name, str_from(model_role[r].name)))
			return (role)r;
	return ROLE_NONE;
}

bool may(ctx *c, right r)
{
	const actor *a = c->actor;
	if (!a || (id_none(a->account) && id_none(a->person)))
		return ctx_fail(c, FAULT_LOGIN, "fault.login", S(""), S(""));
	if (!(a->rights >> r & 1))
		return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	return true;
}

/* ---- states ------------------------------------------------------------------------- */

const char *const model_state[STATE_COUNT] = {
#define STATE(id, name) [STATE_##id] = name,
#define STEP(from, to, verb, undo)
#include "model/steps.def"
#undef STATE
#undef STEP
};

static const struct {
	state from, to;
	const char *verb;
	bool undo;
} steps[] = {
#define STATE(id, name)
#define STEP(from_, to_, verb_, undo_) {STATE_##from_, STATE_##to_, verb_, undo_},
#include "model/steps.def"
#undef STATE
#undef STEP
};

state model_state_named(str name)
{
	for (int s = 0; s < STATE_COUNT; s++)
		if (str_equal(name, str_from(model_state[s])))
			return (state)s;
	return STATE_COUNT;
}

state model_step(state from, str verb, bool *undo)
{
	*undo = false;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		if (steps[i].from != from || !str_equal(verb, str_from(steps[i].verb)))
			continue;
		*undo = steps[i].undo;
		return steps[i].to;
	}
	return STATE_COUNT;
}

/* ---- ages ----------------------------------------------------------------------------- */

int model_age_band(int age)
{
	static const int from[] = {0, 18, 25, 40, 55, 70};
	int band = -1;
	for (size_t i = 0; i < ARRAY_LEN(from) && age >= from[i]; i++)
		band = from[i];
	return band;
}

/* ---- consent -------------------------------------------------------------------------- */

const consent_info model_consent[CONSENT_PURPOSES] = {
#define PURPOSE(id, name_, required_, version_)                                          \
	[CONSENT_FOR_##id] = {.name = name_, .required = required_, .version = version_},
#include "model/consents.def"
#undef PURPOSE
};
