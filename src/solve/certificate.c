/*
 * certificate - an answer as text, and the prices that prove it: docs/matching.md,
 * "Assignment files and their certificate".
 */
#include "solve/solve.h"

#include <sodium.h>

void solve_answer_write(const solve_problem *p, const solve_answer *a, buf *out)
{
	buf_format(out, "s %lld\n", (long long)a->cost);
	for (int32_t i = 0; i < p->arcs.sources; i++)
		if (a->sink[i] >= 0)
			buf_format(out, "f %d %d 1\n", p->source_node[i],
				   p->sink_node[a->sink[i]]);
}

static void price_write(buf *out, int32_t node, int64_t price)
{
	if (price != 0)
		buf_format(out, "v %d %lld\n", node, (long long)price);
}

void solve_certificate_write(const solve_problem *p, const solve_aim *aim,
			     const solve_answer *a, buf *out)
{
	char hex[2 * sizeof p->digest + 1];
	sodium_bin2hex(hex, sizeof hex, p->digest, sizeof p->digest);
	buf_format(out, "p cert %s %s %lld %lld\nd %s\n", aim->max ? "max" : "min",
		   aim->unmatched ? "unmatched" : "perfect", (long long)p->nodes,
		   (long long)p->arc_count, hex);
	solve_answer_write(p, a, out);
	for (int32_t i = 0; i < p->arcs.sources; i++)
		price_write(out, p->source_node[i], a->source_price[i]);
	for (int32_t j = 0; j < p->arcs.sinks; j++)
		price_write(out, p->sink_node[j], a->sink_price[j]);
}
