/* gather - everything a report of a round needs beside the result itself. */
#include "report/report_priv.h"

enum { RECRUITS = 12 };

static bool explain(ctx *c, unsigned parts, report_match *out)
{
	match_baseline greedy = {0}, kompisbyran = {0};

	match_outcome_count(c->mem, out->pool, out->terms, out->result->pair,
			    out->result->pairs, &out->ours);
	if (!out->why.exact)
		return true;
	ctx_progress(c, "progress.explaining", 1, 4);
	if (parts & REPORT_COMPARE) {
		match_baseline_greedy(&out->why, &greedy);
		match_baseline_kompisbyran(&out->why, &kompisbyran);
		out->greedy = greedy.outcome;
		out->kompisbyran = kompisbyran.outcome;
		out->compared = true;
	}
	ctx_progress(c, "progress.explaining", 2, 4);
	if (parts & REPORT_RECRUIT)
		match_recruit_rank(&out->why, RECRUITS, &out->recruit, &out->recruits);
	ctx_progress(c, "progress.explaining", 3, 4);
	return !(parts & REPORT_FAIRNESS) ||
	       match_fairness_curve(&out->why, &out->fairness, &out->fairnesses);
}

bool report_match_gather(ctx *c, str file, const sheet *s, const pool *p, const terms *t,
			 const match_options *o, const match_result *r, unsigned parts,
			 report_match *out)
{
	*out = (report_match){
		.file = file, .sheet = s, .pool = p, .terms = t, .result = r};
	if (!(parts & ~(unsigned)REPORT_MAP))
		return true;
	ctx_progress(c, "progress.explaining", 0, 4);
	if (!match_case_open(c, p, t, o, r, &out->why) || !explain(c, parts, out))
		return false;
	ctx_progress(c, "progress.explaining", 4, 4);
	return true;
}
