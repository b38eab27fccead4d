/*
 * office - who acts, what they may, and the states an application goes through.
 *
 * From roles.def, steps.def and consents.def. Constant or plain data; pure, thread-safe.
 */
#ifndef MODEL_OFFICE_H
#define MODEL_OFFICE_H

#include "base/base.h"
#include "model/model.h"

/* A public name of a row: 26 characters of Crockford's base32, 128 random bits. Empty: none. */
typedef struct id {
	char s[27];
} id;
bool id_equal(id a, id b);
bool id_none(id a);
str id_str(const id *a);
/* Exactly 26 characters of the alphabet; false otherwise, and *out is none. */
bool id_parse(str s, id *out);
/* Sixteen bytes as an id. */
id id_from_bytes(const uint8_t bytes[16]);

/* ---- rights and roles: roles.def ------------------------------------------------ */
typedef enum right {
#define RIGHT(id) RIGHT_##id,
#define ROLE(id, name, rights)
#include "model/roles.def"
#undef RIGHT
#undef ROLE
	RIGHT_COUNT
} right;
#define RIGHT_BIT(id) (1u << RIGHT_##id)
typedef enum role {
	ROLE_NONE,
#define RIGHT(id)
#define ROLE(id, name, rights) ROLE_##id,
#include "model/roles.def"
#undef RIGHT
#undef ROLE
	ROLE_COUNT
} role;
typedef struct role_info {
	const char *name; /* stored; locale key "role.<name>" */
	uint32_t rights;  /* mask of RIGHT_BIT */
} role_info;
extern const role_info model_role[ROLE_COUNT];
/* ROLE_NONE for a name that is no role. */
role model_role_named(str name);

/* Who asks: staff have an account, participants a person; nobody has neither. */
typedef struct actor {
	role role;
	uint32_t rights;
	id account, person, session;
	/* The programme has no municipality outside it; an account sees those given to it. */
	bool everywhere;
} actor;
/* True when the actor of the job has the right; sets FAULT_LOGIN or FAULT_HIDDEN when not. */
MUST_USE bool may(ctx *c, right r);

/* ---- states of an application: steps.def ------------------------------------------ */
typedef enum state {
#define STATE(id, name) STATE_##id,
#define STEP(from, to, verb, undo)
#include "model/steps.def"
#undef STATE
#undef STEP
	STATE_COUNT
} state;
extern const char *const model_state[STATE_COUNT]; /* stored; locale key "state.<name>" */
/* STATE_COUNT for a name that is no state. */
state model_state_named(str name);
/* Where `verb` leads from here; STATE_COUNT when it is not legal. `undo`: it may be taken back. */
state model_step(state from, str verb, bool *undo);

/* ---- ages, as figures have them ---------------------------------------------------- */
/* The youngest of the band somebody of this age is in; -1 for an age that is not known. */
int model_age_band(int age);

/* ---- consent per purpose: consents.def -------------------------------------------- */
typedef enum consent {
#define PURPOSE(id, name, required, version) CONSENT_FOR_##id,
#include "model/consents.def"
#undef PURPOSE
	CONSENT_PURPOSES
} consent;
typedef struct consent_info {
	const char *name; /* locale key "legal.consent.<name>" */
	bool required;    /* without it nothing is kept */
	int version;      /* of the text; a new wording is a new version */
} consent_info;
extern const consent_info model_consent[CONSENT_PURPOSES];

/* ---- a stored person --------------------------------------------------------------- */
/*
 * Canonical text (what a clean sheet has) to the codes that are stored and back. For
 * fields that are not coded the text itself. Unknown items are left out.
 */
str model_value_encode(arena *mem, field_id f, str canonical);
str model_value_decode(arena *mem, field_id f, str coded);

typedef struct person {
	id id;
	str value[FIELD_COUNT]; /* coded; sealed fields are "" unless `opened` */
	bool opened;
	state state;
	int64_t created, changed; /* ms UTC */
	int64_t version; /* counts changes; a form carries the one it was made from */
	str written;     /* language to be written to in: a tag of the locale files */
	id import;       /* the import it came with */
	id merged;       /* closed because it became part of this one */
} person;

#endif
