/*
 * Assignment files (First DIMACS Implementation Challenge, 1991) and the certificates
 * of their matchings: a reader for both, and the proof by weak duality. What counts as
 * proof stands in docs/matching.md, "Assignment files and their certificate".
 */
#include <sodium.h>
#include <string.h>

#include "check/check_priv.h"

#define PRICE_MIN (-(INT64_C(1) << 62)) /* 63 bits: two of them add up without overflow */
#define PRICE_MAX ((INT64_C(1) << 62) - 1)

/* ---- lines and fields ----------------------------------------------------------- */

typedef struct lines {
	ctx *c;
	str file, bytes;
	size_t start, end, at; /* of the line at hand; `at` moves over its fields */
	size_t next;           /* where the line after it starts */
	int64_t number;
} lines;

static bool fail_at(const lines *l, const char *at, const char *key, str arg)
{
	int64_t column = at ? at - (l->bytes.s + l->start) + 1 : 1;
	return ctx_fail_at(l->c, FAULT_INPUT, l->file, l->number ? l->number : 1, column,
			   key, str_slice(arg, 0, 40), S(""));
}

static bool blank(char ch)
{
	return ch == ' ' || ch == '\t';
}

/* The next field of the line; empty at its end. */
static str token(lines *l)
{
	while (l->at < l->end && blank(l->bytes.s[l->at]))
		l->at++;
	size_t from = l->at;
	while (l->at < l->end && !blank(l->bytes.s[l->at]))
		l->at++;
	return (str){l->bytes.s + from, l->at - from};
}

/* The next line that is neither empty nor a comment, its letter read; false at the end. */
static bool next_line(lines *l, str *letter)
{
	while (l->next < l->bytes.n) {
		const char *s = l->bytes.s + l->next;
		const char *lf = memchr(s, '\n', l->bytes.n - l->next);
		l->at = l->start = l->next;
		l->end = lf ? (size_t)(lf - l->bytes.s) : l->bytes.n;
		l->next = l->end + 1;
		l->number++;
		if (l->end > l->start && l->bytes.s[l->end - 1] == '\r')
			l->end--;
		*letter = token(l);
		if (letter->n && letter->s[0] != 'c')
			return true;
	}
	return false;
}

static bool line_done(lines *l)
{
	str more = token(l);
	return !more.n || fail_at(l, more.s, "check.asn_more", more);
}

static bool read_int(lines *l, int64_t min, int64_t max, int64_t *out)
{
	str s = token(l);
	if (!s.n)
		return fail_at(l, s.s, "check.asn_number_missing", S(""));
	return str_to_int(s, min, max, out) || fail_at(l, s.s, "check.asn_number", s);
}

static bool is_letter(str s, char letter)
{
	return s.n == 1 && s.s[0] == letter;
}

static bool wrong_line(const lines *l, str letter)
{
	return fail_at(l, letter.s, "check.asn_line", letter);
}

/* ---- the problem ------------------------------------------------------------------ */

typedef struct problem {
	int64_t n, m;
	uint32_t *from, *to; /* per arc; nodes from 1 */
	int64_t *cost;
	bool *source; /* per node */
	int64_t sources;
} problem;

static bool read_size(lines *l, problem *p)
{
	str letter;
	if (!next_line(l, &letter))
		return fail_at(l, NULL, "check.asn_no_problem", S(""));
	if (!is_letter(letter, 'p') || !str_equal(token(l), S("asn")))
		return fail_at(l, NULL, "check.asn_no_problem", S(""));
	if (!read_int(l, 0, INT32_MAX, &p->n) || !read_int(l, 0, INT64_MAX, &p->m))
		return false;
	/* An arc takes at least seven bytes, so a false size cannot ask for much memory. */
	if (p->m > (int64_t)(l->bytes.n / 7))
		return fail_at(l, NULL, "check.asn_arcs_missing", S(""));
	return line_done(l);
}

static bool read_source(lines *l, problem *p, int64_t arcs)
{
	int64_t i;
	if (arcs)
		return fail_at(l, NULL, "check.asn_order", S(""));
	if (!read_int(l, 1, p->n, &i))
		return false;
	if (p->source[i])
		return fail_at(l, NULL, "check.asn_source_twice", S(""));
	p->source[i] = true;
	p->sources++;
	return line_done(l);
}

static bool read_arc(lines *l, problem *p, int64_t k)
{
	int64_t i, j;
	if (k == p->m)
		return fail_at(l, NULL, "check.asn_arcs_more", S(""));
	if (!read_int(l, 1, p->n, &i) || !read_int(l, 1, p->n, &j) ||
	    !read_int(l, INT64_MIN, INT64_MAX, &p->cost[k]))
		return false;
	if (i == j || (p->sources && (!p->source[i] || p->source[j])))
		return fail_at(l, NULL, "check.asn_direction", S(""));
	p->from[k] = (uint32_t)i;
	p->to[k] = (uint32_t)j;
	return line_done(l);
}

/* The same at the line of arc k, which is looked for again. */
static bool fail_at_arc(const lines *l, int64_t k, const char *key)
{
	lines again = {.c = l->c, .file = l->file, .bytes = l->bytes};
	str letter;
	for (int64_t seen = -1; seen < k && next_line(&again, &letter);)
		seen += is_letter(letter, 'a');
	return fail_at(&again, NULL, key, S(""));
}

/* Without `n` lines the sources are where arcs start. */
static bool derive_sources(const lines *l, problem *p)
{
	if (p->sources)
		return true;
	for (int64_t k = 0; k < p->m; k++) {
		p->sources += !p->source[p->from[k]];
		p->source[p->from[k]] = true;
	}
	for (int64_t k = 0; k < p->m; k++)
		if (p->source[p->to[k]])
			return fail_at_arc(l, k, "check.asn_direction");
	return true;
}

/* Arcs by source (a counting sort), then a mark per sink finds a second one. */
static bool arcs_differ(const lines *l, const problem *p)
{
	arena_mark here = arena_here(l->c->mem);
	size_t nodes = (size_t)p->n + 2;
	int64_t *first = NEW_ARRAY(l->c->mem, int64_t, nodes);
	int64_t *order = NEW_ARRAY(l->c->mem, int64_t, (size_t)p->m);
	uint32_t *mark = NEW_ARRAY(l->c->mem, uint32_t, nodes);
	int64_t twice = -1;
	for (int64_t k = 0; k < p->m; k++)
		first[p->from[k] + 1]++;
	for (size_t i = 1; i < nodes; i++)
		first[i] += first[i - 1];
	for (int64_t k = 0; k < p->m; k++)
		order[first[p->from[k]]++] = k;
	for (int64_t x = 0; x < p->m && twice < 0; x++) {
		int64_t k = order[x];
		if (mark[p->to[k]] == p->from[k])
			twice = k;
		mark[p->to[k]] = p->from[k];
	}
	arena_reset(l->c->mem, here);
	return twice < 0 || fail_at_arc(l, twice, "check.asn_arc_twice");
}

static bool read_problem(lines *l, problem *p)
{
	arena *mem = l->c->mem;
	str letter;
	int64_t arcs = 0;
	if (!read_size(l, p))
		return false;
	p->source = NEW_ARRAY(mem, bool, (size_t)p->n + 1);
	p->from = NEW_ARRAY(mem, uint32_t, (size_t)p->m);
	p->to = NEW_ARRAY(mem, uint32_t, (size_t)p->m);
	p->cost = NEW_ARRAY(mem, int64_t, (size_t)p->m);
	while (next_line(l, &letter))
		if (is_letter(letter, 'n')   ? !read_source(l, p, arcs)
		    : is_letter(letter, 'a') ? !read_arc(l, p, arcs++)
					     : !wrong_line(l, letter))
			return false;
	if (arcs != p->m)
		return fail_at(l, NULL, "check.asn_arcs_missing", S(""));
	return derive_sources(l, p) && arcs_differ(l, p);
}

/* ---- the certificate ---------------------------------------------------------------- */

typedef struct proof {
	bool max, unmatched;
	int64_t n, m, cost;
	uint8_t digest[32];
	uint32_t *partner; /* per node, 0 = none */
	int64_t *price;    /* per node */
	bool *priced;
	int64_t pairs;
} proof;

typedef struct asn_run {
	ctx *c;
	problem p;
	proof f;
	check_asn_report *out;
} asn_run;

static bool wrong(asn_run *r, const char *key, int64_t a, int64_t b, int64_t c)
{
	r->out->key = key;
	r->out->arg[0] = str_format(r->c->mem, "%lld", (long long)a);
	r->out->arg[1] = str_format(r->c->mem, "%lld", (long long)b);
	r->out->arg[2] = str_format(r->c->mem, "%lld", (long long)c);
	return false;
}

/* The line with this letter must come next. */
static bool expect(lines *l, char letter)
{
	str s;
	if (next_line(l, &s) && is_letter(s, letter))
		return true;
	return fail_at(l, NULL, "check.asn_expected",
		       str_format(l->c->mem, "%c", letter));
}

static bool one_of(lines *l, str no, str yes, bool *out)
{
	str s = token(l);
	*out = str_equal(s, yes);
	return *out || str_equal(s, no) || fail_at(l, s.s, "check.asn_line", s);
}

static bool read_digest(lines *l, uint8_t *out)
{
	str s = token(l);
	size_t n = 0;
	if (s.n == 64 && !sodium_hex2bin(out, 32, s.s, s.n, NULL, &n, NULL) && n == 32)
		return line_done(l);
	return fail_at(l, s.s, "check.digest_form", S(""));
}

static bool read_head(lines *l, proof *f)
{
	if (!expect(l, 'p'))
		return false;
	if (!str_equal(token(l), S("cert")))
		return fail_at(l, NULL, "check.format", S("p cert"));
	return one_of(l, S("min"), S("max"), &f->max) &&
	       one_of(l, S("perfect"), S("unmatched"), &f->unmatched) &&
	       read_int(l, 0, INT32_MAX, &f->n) && read_int(l, 0, INT64_MAX, &f->m) &&
	       line_done(l) && expect(l, 'd') && read_digest(l, f->digest) &&
	       expect(l, 's') && read_int(l, INT64_MIN, INT64_MAX, &f->cost) &&
	       line_done(l);
}

static bool read_pair(lines *l, asn_run *r)
{
	proof *f = &r->f;
	int64_t i, j, one;
	if (!read_int(l, 1, f->n, &i) || !read_int(l, 1, f->n, &j) ||
	    !read_int(l, 1, 1, &one) || !line_done(l))
		return false;
	if (!r->p.source[i] || r->p.source[j])
		return wrong(r, "check.asn_no_arc", i, j, 0);
	if (f->partner[i] || f->partner[j])
		return wrong(r, "check.asn_node_twice", f->partner[i] ? i : j, 0, 0);
	f->partner[i] = (uint32_t)j;
	f->partner[j] = (uint32_t)i;
	f->pairs++;
	return true;
}

static bool read_price(lines *l, asn_run *r)
{
	proof *f = &r->f;
	int64_t i, x;
	if (!read_int(l, 1, f->n, &i) || !read_int(l, PRICE_MIN, PRICE_MAX, &x) ||
	    !line_done(l))
		return false;
	if (f->priced[i])
		return wrong(r, "check.asn_price_twice", i, 0, 0);
	f->priced[i] = true;
	f->price[i] = x;
	return true;
}

static bool same_problem(asn_run *r, str problem_bytes)
{
	uint8_t digest[32];
	const proof *f = &r->f;
	crypto_generichash(digest, sizeof digest, (const unsigned char *)problem_bytes.s,
			   problem_bytes.n, NULL, 0);
	if (memcmp(digest, f->digest, sizeof digest))
		return wrong(r, "check.digest", 0, 0, 0);
	return (f->n == r->p.n && f->m == r->p.m) ||
	       wrong(r, "check.asn_size", f->n, f->m, 0);
}

/* False on a fault, or when the report says what is wrong. */
static bool read_proof(lines *l, asn_run *r, str problem_bytes)
{
	arena *mem = r->c->mem;
	str letter;
	if (!read_head(l, &r->f))
		return false;
	if (!same_problem(r, problem_bytes))
		return false;
	r->f.partner = NEW_ARRAY(mem, uint32_t, (size_t)r->f.n + 1);
	r->f.price = NEW_ARRAY(mem, int64_t, (size_t)r->f.n + 1);
	r->f.priced = NEW_ARRAY(mem, bool, (size_t)r->f.n + 1);
	while (next_line(l, &letter))
		if (is_letter(letter, 'f')   ? !read_pair(l, r)
		    : is_letter(letter, 'v') ? !read_price(l, r)
					     : !wrong_line(l, letter))
			return false;
	return true;
}

/* ---- the proof ------------------------------------------------------------------------ */

/* Every arc keeps its bound; the arcs of the matching are found and summed. */
static bool check_arcs(asn_run *r)
{
	const problem *p = &r->p;
	const proof *f = &r->f;
	int64_t cost = 0;
	bool *found = NEW_ARRAY(r->c->mem, bool, (size_t)p->n + 1);
	for (int64_t k = 0; k < p->m; k++) {
		uint32_t i = p->from[k], j = p->to[k];
		if (f->partner[i] == j) {
			found[i] = true;
			if (__builtin_add_overflow(cost, p->cost[k], &cost))
				return wrong(r, "check.too_large", p->cost[k], 0, 0);
		}
		int64_t x = f->price[i] + f->price[j];
		if (f->max ? x < p->cost[k] : x > p->cost[k])
			return wrong(r, "check.asn_price", i, j, p->cost[k]);
	}
	for (int64_t i = 1; i <= p->n; i++)
		if (p->source[i] && f->partner[i] && !found[i])
			return wrong(r, "check.asn_no_arc", i, f->partner[i], 0);
	r->out->matched = f->pairs;
	r->out->cost = cost;
	return cost == f->cost || wrong(r, "check.asn_cost", f->cost, cost, 0);
}

static bool check_complete(asn_run *r)
{
	int64_t s = r->p.sources, t = r->p.n - s, smaller = s < t ? s : t;
	return r->f.unmatched || r->f.pairs == smaller ||
	       wrong(r, "check.asn_not_perfect", r->f.pairs, smaller, 0);
}

/* The larger side of a perfect problem, and everyone in the other, may be left over. */
static bool check_signs(asn_run *r)
{
	int64_t s = r->p.sources, t = r->p.n - s, sum = 0;
	for (int64_t i = 1; i <= r->p.n; i++) {
		int64_t x = r->f.price[i];
		bool may_stay = r->f.unmatched || (r->p.source[i] ? s > t : s < t);
		if (may_stay && (r->f.max ? x < 0 : x > 0))
			return wrong(r, "check.asn_sign", i, x, 0);
		if (__builtin_add_overflow(sum, x, &sum))
			return wrong(r, "check.too_large", x, 0, 0);
	}
	r->out->bound = sum;
	int64_t gap;
	if (__builtin_sub_overflow(sum, r->out->cost, &gap) || gap == INT64_MIN)
		return wrong(r, "check.too_large", sum, 0, 0);
	return !gap || wrong(r, "check.gap", gap < 0 ? -gap : gap, r->out->cost, sum);
}

bool check_asn_run(ctx *c, str file, str bytes, str proof_file, str proof_bytes,
		   check_asn_report *out)
{
	*out = (check_asn_report){0};
	asn_run r = {.c = c, .out = out};
	lines problem_lines = {.c = c, .file = file, .bytes = bytes};
	lines proof_lines = {.c = c, .file = proof_file, .bytes = proof_bytes};
	if (!read_problem(&problem_lines, &r.p))
		return false;
	out->nodes = r.p.n;
	out->arcs = r.p.m;
	if (!read_proof(&proof_lines, &r, bytes))
		return out->key != NULL;
	out->max = r.f.max;
	out->unmatched = r.f.unmatched;
	out->proven = check_complete(&r) && check_arcs(&r) && check_signs(&r);
	return true;
}

bool check_asn_is(str bytes)
{
	lines l = {.bytes = bytes};
	str letter;
	return next_line(&l, &letter) && is_letter(letter, 'p') &&
	       str_equal(token(&l), S("asn"));
}
