/*
 * model - what things are: the fields of a person, choices, criteria, places, a pool.
 *
 * Tables come from fields.def, choices.def, criteria.def and data/. Everything here
 * is constant or plain data; all functions are pure and thread-safe.
 * The exact meaning of rules and scores: docs/matching.md.
 */
#ifndef MODEL_H
#define MODEL_H

#include "base/base.h"

/* ---- how long: model/retention.def ------------------------------------------- */
typedef enum period_id {
#define PERIOD(id, name, days) PERIOD_##id,
#include "model/retention.def"
#undef PERIOD
	PERIOD_COUNT
} period_id;
typedef struct retention {
	const char *name; /* locale key "retention.<name>" */
	int days;
} retention;
extern const retention model_period[PERIOD_COUNT];
#define PERIOD_MS(id) (model_period[PERIOD_##id].days * INT64_C(86400000))

/* ---- fields: model/fields.def ----------------------------------------------- */
typedef enum field_kind {
	KIND_INTEGER,
	KIND_CHOICE,
	KIND_NAME,
	KIND_YEAR,
	KIND_PLACE,
	KIND_POSTCODE,
	KIND_PHONE,
	KIND_EMAIL,
	KIND_LANGUAGES,
	KIND_TEXT,
	KIND_DATE,
	KIND_YEARS,
	KIND_GROUP,
	KIND_CHOICES,
	KIND_DISTANCE,
	KIND_COUNT,
	KIND_WISHES,
	KIND_PEOPLE,
	KIND_CONSENT,
} field_kind;
typedef enum field_side { ASKED_BOTH, ASKED_NEWCOMER, ASKED_ESTABLISHED } field_side;
typedef enum field_need { NEED_REQUIRED, NEED_WANTED, NEED_OPTIONAL } field_need;
typedef enum field_purpose {
	PURPOSE_MATCH,
	PURPOSE_CONTACT,
	PURPOSE_OFFICE,
	PURPOSE_REPORT
} field_purpose;
typedef enum field_audience {
	AUDIENCE_STAFF,
	AUDIENCE_PARTNER,
	AUDIENCE_OFFER
} field_audience;

typedef enum field_id {
#define FIELD(id, name, kind, side, need, purpose, keep, audience, kept, ask, heading)   \
	FIELD_##id,
#include "model/fields.def"
#undef FIELD
	FIELD_COUNT
} field_id;

typedef struct field {
	const char *name; /* "birth_year": locale keys are "field.birth_year" */
	field_kind kind;
	field_side side;
	field_need need;
	field_purpose purpose;
	period_id keep;
	field_audience audience;
	bool sealed; /* kept under the person's own key */
	int ask; /* order among the questions of registering; 0 not asked, below ASK_MORE required */
	str heading; /* of the column in a sheet Kompis writes */
} field;
#define ASK_MORE 50
extern const field model_field[FIELD_COUNT];

/* ---- choices: model/choices.def ----------------------------------------------
 * Within its set a choice is a small number from 1; 0 is unknown. Sets of choices
 * in memory are masks with bit (number - 1). What is stored and exported is the code.
 */
enum {
#define SET(set)                     set##_UNKNOWN = 0,
#define CHOICE(set, id, code, label) set##_##id,
#include "model/choices.def"
#undef SET
#undef CHOICE
};
#define CHOICE_BIT(choice) (1u << ((choice)-1))

typedef struct choice {
	field_id field;
	uint8_t number; /* within the field, from 1 */
	str code, label;
} choice;
extern const choice model_choice[];
extern const size_t model_choice_count;
/* The choice of a field by its number; NULL if there is none. */
const choice *model_choice_get(field_id f, int number);
/* How many choices a field has. */
int model_choice_size(field_id f);

/* ---- coded lists from the TSV files of data/, compiled in by tools/mkdata.c ---------------- */
typedef struct interest {
	str code, group, name_sv, name_en;
} interest;
extern const interest model_interest[];   /* bit i of profile.interests */
extern const size_t model_interest_count; /* at most 64 */

typedef struct language {
	str bcp47, iso639_3, name_sv, name_en, endonym, script;
	bool rtl;
	str aliases; /* spellings met in Swedish sheets, separated by ';' */
} language;
extern const language model_language[];   /* bit i of profile.languages */
extern const size_t model_language_count; /* at most 64 */

/*
 * Positions are integers on a grid of 100 m: the point on a sphere of radius
 * 6,371.0 km, moved so that Sweden lies around the origin. Straight chords stand
 * for distances (0.05 % short at 700 km). Source of coordinates: GeoNames.
 */
typedef struct municipality {
	uint16_t code; /* SCB code as a number, 2580 */
	str name, seat, county;
	int32_t lat, lon;    /* 1e-5 degrees, of the seat */
	int16_t x, y, z;     /* of the seat */
	uint16_t seat_place; /* index in model_place, or PLACE_NONE */
	int32_t population;
} municipality;
extern const municipality model_municipality[];
extern const size_t model_municipality_count;
const municipality *model_municipality_get(uint16_t code); /* NULL if there is none */

typedef struct place {
	str name;
	uint16_t municipality;
	int32_t lat, lon, population;
	int16_t x, y, z;
} place;
extern const place model_place[];
extern const size_t model_place_count;
#define PLACE_NONE UINT16_MAX
/* "Place data © GeoNames, CC BY 4.0", to print with every map or list of places. */
extern const str model_place_credit;

/* ---- a person, as far as matching goes ---------------------------------------- */
enum {
	PROFILE_PLACED = 1,       /* x, y, z are known */
	PROFILE_APPROXIMATE = 2,  /* … and are those of the municipality's seat */
	PROFILE_QUEUED_MONTH = 4, /* only the month of `queued` is known */
	PROFILE_ARRIVED_MONTH = 8,
	PROFILE_UNUSABLE = 16, /* the row cannot be used (docs/matching.md, "Pool") */
};
typedef struct profile {
	uint64_t interests; /* 0 = unknown */
	uint64_t languages; /* mother tongue and others; 0 = unknown */
	uint64_t children;  /* bit b: a child born in CHILD_YEAR_0 + b; 0 = none known */
	uint32_t id;        /* from 1, unique among those of one sheet */
	uint32_t times;  /* bit day * 3 + part: Monday 0, morning 0, day 1, evening 2 */
	int32_t queued;  /* day number; QUEUED_UNKNOWN */
	int32_t arrived; /* day number; QUEUED_UNKNOWN */
	uint32_t household;    /* 0 none; the same number = the same household */
	int16_t x, y, z;       /* grid of 100 m */
	uint16_t place;        /* index in model_place, or PLACE_NONE */
	uint16_t municipality; /* SCB code, 0 unknown */
	int16_t birth_year;    /* 0 unknown */
	uint16_t max_km;       /* 0 unknown */
	uint8_t side, gender, life, meets, level, occupation, consent;
	uint8_t apps;             /* mask */
	uint8_t wishes, musts;    /* masks of WISHES_x */
	uint8_t age_from, age_to; /* a must on the other's age, in years; 0 = none */
	uint8_t capacity;         /* newcomers 1; 0 unknown = 1 */
	uint8_t flags;
} profile;
#define CHILD_YEAR_0   1980
#define QUEUED_UNKNOWN INT32_MIN

/* Two people by id; never `a == b`. */
typedef struct id_pair {
	uint32_t a, b;
} id_pair;

/*
 * Everyone in a sheet, in its order. `record[i]` is what was read of row i in
 * canonical form: the FIELD_COUNT values as a clean sheet has them, each ended by a
 * NUL byte; "" is unknown. `record` is NULL for people that were only generated.
 */
typedef struct people {
	profile *profile;
	const char **record;
	size_t n;
	id_pair *never; /* pairs the sheet itself rules out */
	size_t never_n;
} people;
/* One canonical value; "" when unknown or when there are no records. */
str model_people_value(const people *p, size_t i, field_id f);

/* ---- criteria: model/criteria.def ---------------------------------------------- */
typedef enum criterion_kind {
	CRITERION_KIND_DISTANCE,
	CRITERION_KIND_DIFFERENCE,
	CRITERION_KIND_NEAREST,
	CRITERION_KIND_SHARE,
	CRITERION_KIND_TABLE,
	CRITERION_KIND_ANY,
	CRITERION_KIND_COUNT,
	CRITERION_KIND_EQUAL,
} criterion_kind;
typedef enum criterion_id {
#define CRITERION(id, name, kind, param, wish, weight, reads) CRITERION_##id,
#include "model/criteria.def"
#undef CRITERION
	CRITERIA_COUNT
} criterion_id;
typedef struct criterion {
	const char
		*name; /* "distance": locale keys "criterion.distance", "why.distance" */
	criterion_kind kind;
	int param;
	int wish; /* 0 or WISHES_x */
	int weight;
	field_id reads; /* what is compared */
} criterion;
extern const criterion model_criterion[CRITERIA_COUNT];
/* Score 0..1000 of two life situations (index LIFE_x; row and column 0 are 0). */
extern const int16_t model_life_table[5][5];

/* Bounds of a weight a programme may choose, and of their sum, so that a pair's weight fits 32 bits. */
#define WEIGHT_MAX     1000
#define WEIGHT_SUM_MAX 10000

/* ---- the terms of a round: what a result depends on beside the people ----------- */
typedef struct terms {
	int32_t date; /* reference day number */
	int32_t weight[CRITERIA_COUNT];
	int32_t waiting; /* weight of waiting, 0..10000 */
	int32_t reserve; /* in the unit of a pair's weight (1000 = one point of fit) */
	bool most_pairs;
	const id_pair *locked, *forbidden;
	size_t locked_n, forbidden_n;
	const uint32_t *left_out; /* ids */
	size_t left_out_n;
} terms;
#define WAITING_DEFAULT 800
#define RESERVE_DEFAULT 15000
/* Default weights, no locks, and this date. */
terms model_terms_default(int32_t date);

/* ---- the pool: who can be matched, in units -------------------------------------- */
typedef enum pool_reason {
	POOL_MATCHABLE,
	POOL_NO_SIDE,
	POOL_NO_CONSENT,
	POOL_MINOR,
	POOL_LEFT_OUT,
	POOL_UNUSABLE,
} pool_reason;
/* A person, or a household matched as one. */
typedef struct unit {
	uint32_t first; /* members are pool.member[first .. first + n) */
	uint32_t n;
	uint32_t id;   /* the least id of its members */
	int32_t seats; /* newcomers 1; established the least capacity of the members */
} unit;
typedef struct pool {
	const people *people;
	unit *newcomer, *established; /* by id, ascending */
	size_t newcomers, establisheds;
	uint32_t *member; /* indexes into people->profile */
	uint8_t *reason;  /* per person: pool_reason */
} pool;
/* Who takes part under these terms. The pool lives in `mem` and refers to `p`. */
void model_pool_form(arena *mem, const people *p, const terms *t, pool *out);

/*
 * The 32-byte BLAKE2b digest (RFC 7693) of every canonical value and coded answer of
 * the people and of the terms: a result belongs to exactly this input.
 */
void model_digest(const people *p, const terms *t, uint8_t out[32]);

/* Days waited until `date` by the member who waited longest; -1 when nobody's date is known. */
int32_t model_unit_days(const pool *p, const unit *u, int32_t date);
/* Years a person turns in the year of the reference date; -1 unknown. */
int model_age(const profile *p, int32_t date);
/* The label a clean sheet has for a choice, an interest list and so on: profile -> canonical text. */
str model_value_format(arena *mem, const profile *p, field_id f, int32_t date);

#endif
