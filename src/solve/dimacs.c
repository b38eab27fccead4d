/*
 * dimacs - reads assignment problems in the DIMACS format.
 *
 * The text is gone through twice, first to check it and to count, then to place the arcs,
 * so that nothing is kept beside the problem itself. Format: First DIMACS Implementation
 * Challenge 1991, "The assignment problem"; here docs/matching.md.
 */
#include "solve/solve.h"

#include <string.h>

#include <sodium.h>

/* Nodes without any arc a file may have beside those its arcs could name. */
#define LONELY_NODES_MAX 100000

enum { SIDE_UNKNOWN, SIDE_SOURCE, SIDE_SINK };

typedef struct reader {
	ctx *c;
	str file, bytes;
	size_t at, line_start; /* next byte; begin of the line under way */
	int64_t line;
	bool placing; /* the second time through */
	bool has_p, names_sources;
	int64_t nodes, arcs, arcs_seen;
	uint8_t *side;       /* per node, from 1 */
	int32_t *index;      /* per node: its number among the sources or sinks */
	int64_t *degree;     /* per node */
	int64_t *fill;       /* per source: where its next arc goes */
	bool all_arcs, wide; /* as many arcs as pairs; costs beyond 32 bits */
	uint8_t *placed;     /* with all_arcs: a bit per pair that has its arc */
	int32_t *sink, *cost32;
	int64_t *cost64;
	/* When both are set: find the second arc between these. */
	int64_t find_from, find_to;
	int found;
} reader;

static bool fault_at(reader *r, size_t at, const char *key, str arg0, str arg1)
{
	return ctx_fail_at(r->c, FAULT_INPUT, r->file, r->line,
			   (int64_t)(at - r->line_start) + 1, key, arg0, arg1);
}

static str number(const reader *r, int64_t n)
{
	return str_format(r->c->mem, "%lld", (long long)n);
}

/* ---- words of a line -------------------------------------------------------------------- */

static bool is_blank(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\r';
}

static void skip_blanks(reader *r)
{
	while (r->at < r->bytes.n && is_blank(r->bytes.s[r->at]))
		r->at++;
}

static bool at_line_end(const reader *r)
{
	return r->at >= r->bytes.n || r->bytes.s[r->at] == '\n';
}

static str word_at(const reader *r)
{
	size_t end = r->at;
	while (end < r->bytes.n && !is_blank(r->bytes.s[end]) && r->bytes.s[end] != '\n')
		end++;
	return str_slice(r->bytes, r->at, end);
}

/* What of a word is shown in a message: not more than a little, and nothing that is not text. */
static str shown(const reader *r, str word)
{
	str cut = str_slice(word, 0, 24);
	char *s = str_terminated(r->c->mem, cut);
	size_t n = strlen(s);
	for (size_t i = 0; i < n; i++)
		if (s[i] < 32 || s[i] > 126)
			s[i] = '?';
	return str_from(s);
}

/* An integer in [min, max]; `key` is the fault when it is one but not in there. */
static bool take_number(reader *r, int64_t min, int64_t max, const char *key,
			int64_t *out)
{
	skip_blanks(r);
	if (at_line_end(r))
		return fault_at(r, r->at, "solve.number_missing", (str){0}, (str){0});
	size_t start = r->at, at = start;
	const char *s = r->bytes.s;
	bool minus = s[at] == '-';
	if (minus || s[at] == '+')
		at++;
	size_t digits = at;
	int64_t n = 0;
	bool over = false;
	for (; at < r->bytes.n && s[at] >= '0' && s[at] <= '9'; at++) {
		int64_t digit = s[at] - '0';
		over |= __builtin_mul_overflow(n, 10, &n) ||
			__builtin_sub_overflow(n, digit, &n);
	}
	str word = word_at(r);
	if (at == digits || at != start + word.n)
		return fault_at(r, start, "solve.not_a_number", shown(r, word), (str){0});
	/* Digits were gathered below zero, where one more number fits. */
	if (!minus)
		over |= __builtin_sub_overflow(0, n, &n);
	if (over)
		return fault_at(r, start, "solve.number_too_large", shown(r, word),
				(str){0});
	if (n < min || n > max)
		return fault_at(r, start, key, shown(r, word), number(r, max));
	r->at = at;
	*out = n;
	return true;
}

static bool take_end(reader *r)
{
	skip_blanks(r);
	if (at_line_end(r))
		return true;
	return fault_at(r, r->at, "solve.line_too_long", shown(r, word_at(r)), (str){0});
}

/* ---- lines ------------------------------------------------------------------------------- */

static bool line_p(reader *r)
{
	size_t start = r->at;
	r->at++;
	if (r->placing) {
		while (!at_line_end(r))
			r->at++;
		return true;
	}
	if (r->has_p)
		return fault_at(r, start, "solve.second_p", (str){0}, (str){0});
	skip_blanks(r);
	if (!str_equal(word_at(r), S("asn")))
		return fault_at(r, r->at, "solve.not_asn", shown(r, word_at(r)),
				(str){0});
	r->at += 3;
	skip_blanks(r);
	size_t nodes_at = r->at;
	if (!take_number(r, 0, INT32_MAX - 1, "solve.number_too_large", &r->nodes))
		return false;
	skip_blanks(r);
	size_t arcs_at = r->at;
	/* An arc's line takes eight bytes at least. */
	int64_t could = (int64_t)(r->bytes.n / 8) + 1;
	if (!take_number(r, 0, INT64_MAX, "solve.number_too_large", &r->arcs) ||
	    !take_end(r))
		return false;
	if (r->arcs > could)
		return fault_at(r, arcs_at, "solve.arcs_cannot_be", number(r, r->arcs),
				(str){0});
	if (r->nodes > 2 * r->arcs + LONELY_NODES_MAX)
		return fault_at(r, nodes_at, "solve.nodes_cannot_be", number(r, r->nodes),
				number(r, r->arcs));
	r->has_p = true;
	r->side = NEW_ARRAY(r->c->mem, uint8_t, (size_t)r->nodes + 1);
	r->index = NEW_ARRAY(r->c->mem, int32_t, (size_t)r->nodes + 1);
	r->degree = NEW_ARRAY(r->c->mem, int64_t, (size_t)r->nodes + 1);
	return true;
}

static bool line_n(reader *r)
{
	size_t start = r->at++;
	int64_t node;
	if (!r->has_p)
		return fault_at(r, start, "solve.p_missing", (str){0}, (str){0});
	if (r->arcs_seen > 0)
		return fault_at(r, start, "solve.n_late", (str){0}, (str){0});
	skip_blanks(r);
	size_t at = r->at;
	if (!take_number(r, 1, r->nodes, "solve.node_out_of_range", &node) ||
	    !take_end(r))
		return false;
	if (r->placing)
		return true;
	if (r->side[node] == SIDE_SOURCE)
		return fault_at(r, at, "solve.source_twice", number(r, node), (str){0});
	r->side[node] = SIDE_SOURCE;
	r->names_sources = true;
	return true;
}

/* The first arc of a node shows its side, unless `n` lines have. */
static bool take_side(reader *r, int64_t node, uint8_t side, size_t at, const char *key)
{
	if (r->side[node] == SIDE_UNKNOWN)
		r->side[node] = r->names_sources ? SIDE_SINK : side;
	if (r->side[node] == side)
		return true;
	return fault_at(r, at, key, number(r, node), (str){0});
}

static bool place(reader *r, size_t start, int64_t from, int64_t to, int64_t cost)
{
	int64_t at = r->fill[r->index[from]];
	if (r->all_arcs) {
		at += r->index[to];
		uint8_t bit = (uint8_t)(1 << at % 8);
		if (r->placed[at / 8] & bit)
			return fault_at(r, start, "solve.arc_twice", number(r, from),
					number(r, to));
		r->placed[at / 8] |= bit;
	} else {
		r->sink[r->fill[r->index[from]]++] = r->index[to];
	}
	if (r->wide)
		r->cost64[at] = cost;
	else
		r->cost32[at] = (int32_t)cost;
	return true;
}

static bool line_a(reader *r)
{
	size_t start = r->at++;
	if (!r->has_p)
		return fault_at(r, start, "solve.p_missing", (str){0}, (str){0});
	int64_t from, to, cost;
	skip_blanks(r);
	size_t from_at = r->at;
	if (!take_number(r, 1, r->nodes, "solve.node_out_of_range", &from))
		return false;
	skip_blanks(r);
	size_t to_at = r->at;
	if (!take_number(r, 1, r->nodes, "solve.node_out_of_range", &to) ||
	    !take_number(r, INT64_MIN, INT64_MAX, "solve.number_too_large", &cost) ||
	    !take_end(r))
		return false;
	if (from == r->find_from && to == r->find_to && ++r->found == 2)
		return fault_at(r, start, "solve.arc_twice", number(r, from),
				number(r, to));
	if (r->find_from)
		return true;
	if (r->placing)
		return place(r, start, from, to, cost);
	if (r->arcs_seen++ == r->arcs)
		return fault_at(r, start, "solve.arcs_too_many", number(r, r->arcs),
				(str){0});
	if (!take_side(r, from, SIDE_SOURCE, from_at, "solve.arc_from_sink") ||
	    !take_side(r, to, SIDE_SINK, to_at, "solve.arc_to_source"))
		return false;
	r->degree[from]++;
	r->wide |= cost != (int32_t)cost;
	return true;
}

static bool read_line(reader *r)
{
	skip_blanks(r);
	if (at_line_end(r))
		return true;
	str word = word_at(r);
	char kind = word.s[0];
	if (kind == 'c') {
		while (!at_line_end(r))
			r->at++;
		return true;
	}
	if (word.n == 1 && kind == 'p')
		return line_p(r);
	if (word.n == 1 && kind == 'n')
		return line_n(r);
	if (word.n == 1 && kind == 'a')
		return line_a(r);
	return fault_at(r, r->at, "solve.line_unknown", shown(r, word), (str){0});
}

static bool read_all(reader *r)
{
	r->at = 0;
	r->line = 0;
	while (r->at < r->bytes.n) {
		r->line++;
		r->line_start = r->at;
		if (!read_line(r))
			return false;
		r->at++; /* the line feed */
		if (r->line % 65536 == 0)
			ctx_progress(r->c, "solve.reading", r->at, r->bytes.n);
	}
	return true;
}

/* ---- from lines to a problem --------------------------------------------------------------- */

/* Numbers sources and sinks and makes room for the arcs. */
static void make_room(reader *r, solve_problem *out)
{
	arena *mem = r->c->mem;
	solve_arcs *a = &out->arcs;
	for (int64_t i = 1; i <= r->nodes; i++)
		r->index[i] = r->side[i] == SIDE_SOURCE ? a->sources++ : a->sinks++;
	out->source_node = NEW_ARRAY(mem, int32_t, (size_t)a->sources);
	out->sink_node = NEW_ARRAY(mem, int32_t, (size_t)a->sinks);
	r->all_arcs = r->arcs > 0 && r->arcs == (int64_t)a->sources * a->sinks;
	int64_t *first = NEW_ARRAY(mem, int64_t, (size_t)a->sources + 1);
	r->fill = NEW_ARRAY(mem, int64_t, (size_t)a->sources + 1);
	int64_t sum = 0;
	for (int64_t i = 1; i <= r->nodes; i++) {
		if (r->side[i] != SIDE_SOURCE) {
			out->sink_node[r->index[i]] = (int32_t)i;
			continue;
		}
		out->source_node[r->index[i]] = (int32_t)i;
		first[r->index[i]] = r->fill[r->index[i]] = sum;
		sum += r->degree[i];
		/* All pairs have an arc only if each source has one to each sink. */
		r->all_arcs &= r->degree[i] == a->sinks;
	}
	first[a->sources] = sum;
	size_t arcs = (size_t)r->arcs;
	if (r->wide)
		a->cost64 = r->cost64 = NEW_ARRAY(mem, int64_t, arcs);
	else
		a->cost32 = r->cost32 = NEW_ARRAY(mem, int32_t, arcs);
	if (r->all_arcs) {
		r->placed = NEW_ARRAY(mem, uint8_t, arcs / 8 + 1);
		return;
	}
	a->sink = r->sink = NEW_ARRAY(mem, int32_t, arcs);
	a->first = first;
}

/* Faults at the second of two arcs between the same nodes. */
static bool fault_twice(reader *r, int64_t from, int64_t to)
{
	r->find_from = from;
	r->find_to = to;
	r->arcs_seen = 0;
	return read_all(r);
}

static bool find_twice(reader *r, const solve_problem *p)
{
	const solve_arcs *a = &p->arcs;
	int32_t *seen = NEW_ARRAY(r->c->mem, int32_t, (size_t)a->sinks);
	for (int32_t i = 0; i < a->sources; i++) {
		for (int64_t k = a->first[i]; k < a->first[i + 1]; k++) {
			if (seen[a->sink[k]] == i + 1)
				return fault_twice(r, p->source_node[i],
						   p->sink_node[a->sink[k]]);
			seen[a->sink[k]] = i + 1;
		}
	}
	return true;
}

bool solve_dimacs_read(ctx *c, str file, str bytes, solve_problem *out)
{
	*out = (solve_problem){0};
	reader r = {.c = c, .file = file, .bytes = bytes};
	if (!read_all(&r))
		return false;
	/* What is missing is missing at the end: after the last byte. */
	r.at = bytes.n;
	if (bytes.n == 0 || bytes.s[bytes.n - 1] == '\n') {
		r.line++;
		r.line_start = r.at;
	}
	if (!r.has_p)
		return fault_at(&r, r.at, "solve.p_missing", (str){0}, (str){0});
	if (r.arcs_seen < r.arcs)
		return fault_at(&r, r.at, "solve.arcs_too_few", number(&r, r.arcs),
				number(&r, r.arcs_seen));
	out->nodes = r.nodes;
	out->arc_count = r.arcs;
	make_room(&r, out);
	r.placing = true;
	r.arcs_seen = 0;
	if (!read_all(&r))
		return false;
	if (!r.all_arcs && !find_twice(&r, out))
		return false;
	crypto_generichash(out->digest, sizeof out->digest,
			   (const unsigned char *)bytes.s, bytes.n, NULL, 0);
	return true;
}
