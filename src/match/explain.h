/*
 * match/explain - why a matching looks as it does, in figures and in words to be said.
 *
 * Everything follows from one solved pool: its weights, its pairs and the prices that
 * prove them. Words are keys of the locale files with arguments, so that this room
 * stays free of languages; report/words.h turns a match_phrase into text.
 *
 * Units of measure: points are thousandths of a point of fit (1000 = one of 100), the
 * unit of a pair's weight. Money terms are those of the assignment game (Shapley,
 * Shubik 1971): price of an established unit, profit of a newcomer unit.
 * Pure and single-threaded but for match_solve; what is returned lives in the case's ctx->mem.
 */
#ifndef MATCH_EXPLAIN_H
#define MATCH_EXPLAIN_H

#include "match/again.h"

/* ---- words -------------------------------------------------------------------- */
typedef enum match_arg_kind {
	ARG_NUMBER,       /* number, a whole one */
	ARG_POINTS,       /* number, in thousandths: shown with at most one decimal */
	ARG_KEY,          /* key, of the locale files, without arguments */
	ARG_PLACE,        /* number, an index of model_place */
	ARG_MUNICIPALITY, /* number, an SCB code */
	ARG_PERSON,       /* number, an index of people->profile: name or number */
	ARG_INTERESTS,    /* set, as profile.interests: a list of names */
	ARG_LANGUAGES,    /* set, as profile.languages */
	ARG_APPS,         /* set, as profile.apps */
	ARG_CHOICE,       /* field and number of a choice: "life.family" */
} match_arg_kind;
typedef struct match_arg {
	match_arg_kind kind;
	int64_t number;
	uint64_t set;
	const char *key;
	field_id field;
} match_arg;
#define MATCH_ARGS 7
/* One thing to say. A counted one has a plural form, chosen by arg[0].number. */
typedef struct match_phrase {
	const char *key; /* NULL: nothing to say */
	match_arg arg[MATCH_ARGS];
	uint8_t args;
	bool counted;
} match_phrase;

/* ---- the case: a pool, its result, and what is needed to explain it -------------- */
typedef struct match_case {
	ctx *ctx;
	const pool *pool;
	const terms *terms;
	const match_options *options;
	const match_result *result;
	uint32_t *mate; /* per newcomer unit: its established unit, or MATCH_NOBODY */
	int32_t *taken; /* per established unit: seats taken, locked ones too */
	bool *newcomer_locked; /* per newcomer unit */
	bool *newcomer_forbidden; /* per newcomer unit: the terms forbid them somebody; with a table */
	/* Per established unit: seats taken by locked pairs. */
	int32_t *established_locked;
	/*
	 * Whether there is a table (match/again.h; NULL above MATCH_CASE_PAIRS_MAX). If so the four arrays
	 * below are the least and the greatest optimal prices and profits (with the bonus):
	 * price_high[j] is what the total would lose without one seat of j, profit_high[i] what
	 * it would lose without i (Leonard 1983). Otherwise all four are those of the result.
	 * Locked units that have no free seat: 0.
	 */
	bool exact;
	const struct match_table *table;
	struct crowd *
		crowd[2]; /* newcomers and established, ready to be asked; with a table */
	int64_t *price_low, *price_high;
	int64_t *profit_low, *profit_high;
} match_case;
/*
 * Everything is kept by reference and must outlive the case. Fault: INPUT when the
 * result is not one of this pool (a unit that is not there, more pairs than seats).
 */
MUST_USE bool match_case_open(ctx *c, const pool *p, const terms *t,
			      const match_options *o, const match_result *r,
			      match_case *out);

/* Where a person of the sheet stands. */
typedef struct match_standing {
	bool known;         /* the sheet has that number */
	pool_reason reason; /* POOL_MATCHABLE, or why not in the pool */
	uint8_t side;       /* SIDE_x */
	size_t person;      /* index of people->profile */
	uint32_t unit;      /* index on that side, when matchable */
} match_standing;
match_standing match_find(const pool *p, uint32_t id);
/* "pool.no_consent" … for POOL_x other than matchable. */
const char *match_pool_key(pool_reason r);

/* ---- why this pair ---------------------------------------------------------------- */
typedef struct match_reason {
	match_phrase phrase; /* "why.<criterion>" or a variant of it */
	int32_t points;      /* reserve: negative */
	int32_t most; /* what the criterion could give; 0 for waiting and reserve */
	criterion_id criterion; /* CRITERIA_COUNT for waiting and reserve */
} match_reason;
#define MATCH_REASONS (CRITERIA_COUNT + 3)
#define MATCH_DOUBTS  12
typedef struct match_why {
	match_view view; /* weight, every part, also those of 0 points */
	int64_t fit;     /* sum of the parts: "78 of 100" */
	/* What gave points, most first; then waiting and the reserve. Together: view.weight. */
	match_reason reason[MATCH_REASONS];
	size_t reasons, fit_reasons;      /* the first fit_reasons belong to the fit */
	match_phrase doubt[MATCH_DOUBTS]; /* "doubt.x": unknown answers that matter */
	size_t doubts;
} match_why;
/* In a household the words are those of the two members who fit best in that criterion. */
void match_why_pair(const pool *p, const terms *t, uint32_t newcomer,
		    uint32_t established, match_why *out);

/* ---- why not that pair --------------------------------------------------------------- */
typedef enum match_why_not_kind {
	WHY_NOT_PAIRED,  /* they are a pair */
	WHY_NOT_UNKNOWN, /* one of the numbers is not in the sheet */
	WHY_NOT_SAME,    /* one and the same person */
	WHY_NOT_SIDE,    /* both of one side */
	WHY_NOT_ABSENT,  /* one is not in the pool */
	WHY_NOT_RULE,    /* a hard rule forbids it */
	WHY_NOT_LOCKED,  /* one of them is locked with somebody else */
	WHY_NOT_RESERVE, /* fits less well than the reserve asks */
	WHY_NOT_COST,    /* possible, at a loss over all */
	WHY_NOT_EQUAL,   /* possible at no loss: another matching just as good */
} match_why_not_kind;
typedef struct match_why_not {
	match_why_not_kind kind;
	match_phrase answer; /* the kind in words: "why_not.cost" … */
	match_standing a, b; /* as asked */
	uint32_t newcomer,
		established; /* units, when both are in the pool on two sides */
	unsigned broken;     /* mask of match_rule */
	match_phrase rule[2 * RULE_COUNT]; /* every rule that forbids it, and for whom */
	size_t rules;
	match_why why;            /* their fit, when both are units */
	uint32_t newcomer_has;    /* partner now, MATCH_NOBODY */
	uint32_t established_has; /* one partner now, MATCH_NOBODY */
	/*
	 * Forcing the pair: `slack` is proven to be lost at least (u + v - w at the best
	 * optimal prices at hand, with the bonus); `loss` is what is lost exactly, by solving
	 * again with the pair locked; it falls into `pairs_lost` fewer pairs and
	 * `points_lost` of weight.
	 */
	bool solved;
	int64_t slack, loss, points_lost, pairs_lost;
	int64_t total; /* weight of all pairs now, to compare with: "3 of 1,412 points" */
} match_why_not;
/* a and b are numbers of people as in the sheet. Faults: those of match_solve. */
MUST_USE bool match_why_not_pair(const match_case *k, uint32_t a, uint32_t b,
				 match_why_not *out);

/* ---- why still waiting ----------------------------------------------------------------- */
typedef enum match_relax_kind {
	RELAX_KM,    /* both limits at least `km` */
	RELAX_VIDEO, /* the two meet by video at any distance, if neither refuses video */
	RELAX_IN_PERSON, /* she also meets in person */
	RELAX_OWN,       /* her own must of `rule` becomes a wish */
	RELAX_THEIRS,    /* the must of the others */
	RELAX_RESERVE, /* no reserve; `pairs` when one of them still has a free seat, no gain */
} match_relax_kind;
typedef struct match_relax {
	match_relax_kind kind;
	match_rule rule; /* for OWN and THEIRS */
	int32_t km;
	uint32_t opens;      /* candidates it makes eligible, alone */
	bool pairs;          /* … and the best matching would then take one of them */
	int64_t gain;        /* by so much the total would grow (with the bonus) */
	match_phrase phrase; /* "relax.km": counted by `opens` in arg[0] */
} match_relax;
#define MATCH_RELAXES 16
typedef struct match_waiting_why {
	uint8_t side;
	uint32_t unit;
	int32_t days;    /* waited, of the member who waited longest; -1 unknown */
	uint32_t others; /* units on the other side */
	uint32_t alone[RULE_COUNT]; /* candidates for whom this is the only rule broken */
	uint32_t broken[RULE_COUNT]; /* candidates for whom it is broken at all */
	uint32_t several;            /* candidates with two or more rules broken */
	uint32_t below_reserve; /* nothing forbids it, but the fit is under the reserve */
	uint32_t eligible;      /* all these go to others */
	/* others = sum of alone + several + below_reserve + eligible */
	/*
	 * The cheapest pair she could have: with whom, and what it would cost over all
	 * (with the bonus). Exact when the case is, else a proven lower bound.
	 */
	uint32_t best; /* unit of the other side, MATCH_NOBODY when nothing is allowed */
	int64_t cost;
	int64_t best_weight;
	match_relax relax
		[MATCH_RELAXES]; /* those that open somebody: first those that give a pair, then most opened */
	size_t relaxes;
	/* The whole in sentences: "why.waiting.…". */
	match_phrase sentence[RULE_COUNT + 4];
	size_t sentences;
} match_waiting_why;
/* Side and unit of anyone; meant for those without a partner. */
void match_waiting_explain(const match_case *k, uint8_t side, uint32_t unit,
			   match_waiting_why *out);
/* Units of one side that have no pair, those who waited longest first. Returns how many. */
size_t match_waiting_list(const match_case *k, uint8_t side, uint32_t **unit);

/* ---- whom to recruit ----------------------------------------------------------------- */
#define MATCH_RECRUIT_MOST 4
/* At most so many municipalities are tried, those where most newcomers wait. */
#define MATCH_RECRUIT_PLACES 24
typedef struct match_recruit {
	/* The profile: one established person like this, … */
	uint16_t municipality; /* 0: by video at any distance, wherever */
	uint8_t gender;        /* 0: it makes no difference */
	uint8_t age_from, age_to;
	bool family; /* with children, of the ages usual among those waiting there */
	/* … with the interests most common among those waiting there, … */
	uint64_t interests;
	/* … and what 1, 2, 3, 4 of them add, exactly: to the total (with the bonus) and in pairs. */
	int64_t gain[MATCH_RECRUIT_MOST];
	int32_t pairs[MATCH_RECRUIT_MOST];
	uint32_t
		could_help; /* newcomers waiting now for whom such a person is eligible */
	match_phrase phrase; /* "4 men of 25–39 in Gällivare would give 4 more pairs" */
	profile person;      /* the person made up, as scored */
} match_recruit;
/*
 * The `most` best profiles, best first: by what four would give, then by what one would.
 * Only municipalities of the pool. An empty list when the case has no table.
 */
void match_recruit_rank(const match_case *k, size_t most, match_recruit **out, size_t *n);
/* The exact gain of one more established unit made of this one person; 0 if none. */
int64_t match_recruit_gain(const match_case *k, const profile *person);

/* ---- figures of any set of pairs ------------------------------------------------------- */
#define MATCH_FIT_BINS  10 /* 0–9, 10–19, … 90 and more points */
#define MATCH_WAIT_BINS 7  /* days: to match_wait_bin[i]; the last is unknown */
extern const int32_t match_wait_bin
	[MATCH_WAIT_BINS]; /* greatest days of the bin, the last two INT32_MAX */
typedef struct match_outcome {
	uint32_t pairs;   /* of units, locked ones too */
	uint32_t people;  /* newcomers (people) who got somebody */
	uint32_t waiting; /* newcomers (people) who did not */
	int64_t weight;   /* sum of the weights as our terms have them */
	int64_t fit;      /* sum of fit (no waiting, no reserve); over pairs: the mean */
	uint32_t below_reserve; /* pairs the reserve would have refused */
	int32_t wait_longest, wait_median,
		wait_p90; /* days, of newcomers still waiting; -1 nobody known */
	uint32_t fit_bin[MATCH_FIT_BINS];   /* pairs by fit */
	uint32_t wait_bin[MATCH_WAIT_BINS]; /* newcomers still waiting, by days */
	uint32_t matched_bin
		[MATCH_WAIT_BINS]; /* newcomers who got somebody, by days they had waited */
} match_outcome;
void match_outcome_count(arena *mem, const pool *p, const terms *t,
			 const match_pair *pair, size_t pairs, match_outcome *out);

/* ---- baselines --------------------------------------------------------------------------
 * Locked pairs first, then their own way, under the same hard rules. Empty without a table.
 */
typedef struct match_baseline {
	match_pair *pair;
	size_t pairs;
	match_outcome outcome;
} match_baseline;
/* Best weight first, each as long as both have a seat. */
void match_baseline_greedy(const match_case *k, match_baseline *out);
/*
 * The scoring Kompisbyrån published, as its own program ran it: newcomers in queue order
 * pick the best established left by 3 per shared interest (at most 5), 2 same
 * municipality, 2 both have children, 2 candidate newly arrived (within 24 months, if
 * known), 2 age within 5 years, 1 same gender. It has no reserve.
 */
void match_baseline_kompisbyran(const match_case *k, match_baseline *out);

/* ---- the price of fairness --------------------------------------------------------------- */
typedef struct match_fairness {
	int32_t waiting;       /* the weight of waiting solved with */
	bool present;          /* it is the one of the terms */
	match_outcome outcome; /* weight by that waiting; fit does not depend on it */
} match_fairness;
/* Solved again with 0, 50, 100, … 1600 and the present one; ascending. Faults: those of match_solve. */
MUST_USE bool match_fairness_curve(const match_case *k, match_fairness **out, size_t *n);

#endif
