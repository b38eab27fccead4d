/* What the files of explanation share; nobody outside room match includes it. */
#ifndef MATCH_EXPLAIN_PRIV_H
#define MATCH_EXPLAIN_PRIV_H

#include "match/explain.h"
#include "match/kind_distance.h"

static inline const profile *member_of(const pool *p, const unit *u, uint32_t i)
{
	return &p->people->profile[p->member[u->first + i]];
}

/* Distance of two placed people in units of 100 m. */
static inline uint32_t distance_of(const profile *a, const profile *b)
{
	return isqrt_u64((uint64_t)kind_distance_square(a, b));
}

/* Units of one side in queue order: longest wait first, unknown last, then by number. */
size_t match_queue(const match_case *k, uint8_t side, bool only_waiting, uint32_t **list);

/* Weight of a pair, MATCH_BARRED when a rule or the terms forbid it. */
int64_t match_case_weight(const match_case *k, uint32_t newcomer, uint32_t established);
/* Weight and broken rules of a unit with each of the other side, whether forbidden or not. */
typedef struct pair_look {
	unsigned broken;
	int64_t weight;
} pair_look;
void match_case_looks(const match_case *k, uint8_t side, uint32_t own, pair_look *out);
/* Whether the unit has a seat that no locked pair takes. */
bool match_case_open_newcomer(const match_case *k, uint32_t i);
bool match_case_open_established(const match_case *k, uint32_t j);

/*
 * A matching with prices that prove it, as the searches of prices.c see it. Locked
 * pairs are not in it: their newcomers and seats have no weights.
 */
typedef struct market {
	uint32_t rows, columns;
	int64_t *weight; /* rows x columns, the bonus included; 0 = not eligible */
	uint32_t *mate;  /* per row, or MATCH_NOBODY */
	int32_t *free;   /* per column: seats nobody has */
	int64_t *price;
	uint32_t
		*mover; /* per column, after a fall: who would take one more seat there */
	/* Used while searching. */
	uint32_t *first, *next;
	int64_t *slack;
	bool *settled;
} market;
/* The market of a case, with `more` columns behind, which have no weights yet and are full. */
market *match_market_open(const match_case *k, arena *mem, uint32_t more);
/* Moves the prices to the least or the greatest that still prove the matching. */
void match_market_fall(market *m);
void match_market_rise(market *m);
int64_t match_market_profit(const market *m, uint32_t i);
/*
 * Gives full column j one more seat and lets everybody rearrange at their best. Returns
 * what the total gains; *pairs tells whether somebody who had nobody got a pair.
 */
int64_t match_market_seat(market *m, uint32_t j, int32_t *pairs);

/* Solving the case again with something changed: only these figures are kept. */
typedef struct resolve_figures {
	int64_t weight; /* of all pairs, locked ones too, without bonus */
	int64_t pairs;
} resolve_figures;
MUST_USE bool match_case_resolve(const match_case *k, const terms *t,
				 resolve_figures *out);
/* The same figures of a result that is there. */
resolve_figures match_figures(const match_result *r);

/* Phrases. */
match_phrase match_say(const char *key);
void match_say_number(match_phrase *p, int64_t n);
void match_say_points(match_phrase *p, int64_t points);
void match_say_key(match_phrase *p, const char *key);
void match_say_person(match_phrase *p, size_t person);
void match_say_arg(match_phrase *p, match_arg a);
/* A counted phrase that starts with its number. */
match_phrase match_say_counted(const char *key, int64_t n);
/* "rule.…" for every rule in the mask `broken`, and for whom; returns how many were written. */
size_t match_rule_phrases(const pool *p, const terms *t, uint32_t newcomer,
			  uint32_t established, unsigned broken,
			  match_phrase out[2 * RULE_COUNT]);
/* The bit of `musts` that a rule comes from, 0 when it comes from no must. */
unsigned match_rule_must(match_rule r);

#endif
