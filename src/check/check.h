/*
 * check - proves or refutes a result without trusting who made it.
 *
 * Shares no code with solve and match (tools/layers.txt does not let it): its own
 * parser of results, its own scoring from model/criteria.def, every pair looked at
 * except those the hard distance limit rules out. Method: weak duality, docs/matching.md.
 */
#ifndef CHECK_H
#define CHECK_H

#include "model/model.h"

typedef struct check_report {
	bool proven;
	int64_t total, bound;   /* recomputed; bound - total is the proven largest loss */
	uint64_t pairs_checked; /* pairs in the result */
	size_t people;          /* who can be matched */
	uint64_t pairs_possible; /* units of newcomers times units of established */
	uint64_t
		pairs_scored; /* pairs of people looked at; distance rules out the others */
	const char *key;      /* locale key of the first thing wrong, NULL if proven */
	str arg[3];
} check_report;

/* A result as it stands in result.json: ids, not indexes. */
typedef struct check_claim {
	terms terms;
	uint8_t digest[32];
	int64_t bonus, total, bound;
	struct check_pair {
		uint32_t newcomer, established;
		int64_t weight;
	} * pair;
	size_t pairs;
	struct check_price {
		uint32_t established;
		int64_t price;
	} * price;
	size_t prices;
	str file; /* of the sheet, as the result names it */
} check_claim;

/*
 * Reads a result.json in memory: keys in any order, unknown ones skipped, none twice,
 * integers exact. Faults: INPUT with line and column.
 */
MUST_USE bool check_claim_read(ctx *c, str file, str bytes, check_claim *out);
/*
 * Whether the claim holds for these people. A wrong claim is a report and no fault. The
 * report is the same for any number of threads. Reports progress ("progress.checking").
 */
MUST_USE bool check_run(ctx *c, const people *p, const check_claim *claim, int threads,
			check_report *out);

/* ---- assignment problems: DIMACS file and certificate (docs/matching.md) ------------- */
typedef struct check_asn_report {
	bool proven, max, unmatched;
	int64_t nodes, arcs; /* of the problem */
	int64_t matched;     /* arcs in the matching */
	int64_t cost, bound; /* recomputed */
	const char *key;     /* as in check_report */
	str arg[3];
} check_asn_report;

/* Whether bytes are an assignment file: the first line that is no comment starts "p asn". */
bool check_asn_is(str bytes);
/* Whether the certificate proves its matching optimal. Faults: INPUT with line and column. */
MUST_USE bool check_asn_run(ctx *c, str file, str bytes, str proof_file, str proof_bytes,
			    check_asn_report *out);

#endif
