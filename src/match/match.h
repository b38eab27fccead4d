/*
 * match - people in, the best set of pairs out, proven and explained.
 *
 * Pure: no files, no clock. What is computed: docs/matching.md. Numbers are those of
 * one pool under one set of terms; a unit is named by its index in pool->newcomer or
 * pool->established.
 */
#ifndef MATCH_H
#define MATCH_H

#include "model/model.h"

/* ---- the scalar reference: rules and scores of one pair --------------------------- */
typedef enum match_rule {
	RULE_NONE,
	RULE_MEETS,
	RULE_DISTANCE,
	RULE_GENDER,
	RULE_AGE,
	RULE_FAMILY,
	RULE_LANGUAGE,
	RULE_OCCUPATION,
	RULE_NEVER,
	RULE_COUNT
} match_rule;
/* All hard rules that forbid two people, as a mask of 1 << match_rule; RULE_NEVER is not looked at here. */
unsigned match_rules_broken(const profile *a, const profile *b, int32_t date);
/* Score 0..1000 of one criterion for two people. */
int match_score(criterion_id c, const profile *a, const profile *b, int32_t date);
/* What waiting adds to the weight of each of the person's pairs. */
int32_t match_waiting(const profile *p, const terms *t);
/* Weight of two people, without looking at hard rules. */
int32_t match_weight_people(const profile *a, const profile *b, const terms *t);

/* ---- solving -------------------------------------------------------------------- */
typedef enum match_simd { SIMD_AUTO, SIMD_SCALAR, SIMD_AVX2, SIMD_AVX512 } match_simd;
typedef struct match_options {
	int threads;     /* >= 1 */
	match_simd simd; /* a level the processor lacks is a USAGE fault */
} match_options;

typedef struct match_pair {
	uint32_t newcomer, established; /* unit indexes */
	int64_t weight;                 /* without the bonus of most_pairs */
	bool locked;
} match_pair;

typedef struct match_result {
	match_pair *pair; /* by newcomer unit, ascending; locked ones among them */
	size_t pairs;
	int64_t *price;       /* v, per established unit, per seat; with the bonus */
	int64_t *profit;      /* u, per newcomer unit; with the bonus */
	int64_t bonus;        /* B of most_pairs, else 0 */
	int64_t total, bound; /* without locked pairs, with the bonus */
	bool proven, unique;
	uint64_t eligible_scanned; /* pairs the kernels looked at while solving */
	uint64_t weighed;          /* of these, those whose weight was computed */
} match_result;

/*
 * The best matching of the pool. Lives in c->mem. Faults: INPUT when a lock or a
 * forbidden pair names someone who is not in the pool or breaks a hard rule, or when
 * locks take more seats than there are; USAGE for a SIMD level that is not there.
 */
MUST_USE bool match_solve(ctx *c, const pool *p, const terms *t, const match_options *o,
			  match_result *out);

/* ---- scoring many pairs of units by the scalar reference --------------------------- */
typedef struct match_view {
	unsigned
		broken; /* mask of 1 << match_rule over all members, RULE_NEVER included */
	int64_t weight; /* as in docs/matching.md, also when broken; without bonus */
	int32_t part
		[CRITERIA_COUNT]; /* weight_c * score_c, rounded mean over the members */
	int32_t waiting_newcomer, waiting_established;
} match_view;
/*
 * Everything about one pair of units. The parts, the waiting terms and -reserve add up
 * to `weight` exactly (the rounding of a household's mean goes to the largest part).
 */
void match_look(const pool *p, const terms *t, uint32_t newcomer, uint32_t established,
		match_view *out);

/* ---- people made up for tests and measurements: kompis generate ---------------------- */
typedef struct generate_options {
	uint64_t seed;
	uint32_t newcomers, established;
	bool city;       /* all in one municipality (Luleå) */
	double anywhere; /* share that meets by video at any distance, 0..1 */
	int32_t date;
} generate_options;
/* People with realistic places (by population), ages, interests and families; no records. */
void match_generate(arena *mem, const generate_options *o, people *out);

/* What a change makes of a result: solved again, at once. */
#include "match/again.h"
/* Why the result looks as it does. */
#include "match/explain.h"

#endif
