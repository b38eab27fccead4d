/*
 * csv - pairs, waiting, recruiting and skipped rows as sheets a Swedish Excel opens.
 *
 * A cell that a spreadsheet could take for a formula gets an apostrophe in front, also
 * after leading white space and for the full-width signs (OWASP, "CSV Injection").
 */
#include "report/report_priv.h"

/* ---- cells ---------------------------------------------------------------------------- */

typedef struct csv {
	buf *out;
	const view_lang *l;
	bool first; /* of its row */
} csv;

static bool is_space(int32_t c)
{
	return c == ' ' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200b) ||
	       c == 0x202f || c == 0x205f || c == 0x3000;
}

/* = + - @ | % and their small and full-width forms, and the minus sign. */
static bool starts_formula(str s)
{
	static const int32_t sign[] = {'=',    '+',    '-',    '@',    '|',    '%',
				       0x2212, 0xfe62, 0xfe63, 0xfe66, 0xfe6b, 0xff0b,
				       0xff0d, 0xff05, 0xff1d, 0xff20, 0xff5c};
	size_t pos = 0;
	int32_t c;

	do {
		if (pos >= s.n)
			return false;
		c = utf8_next(s, &pos);
	} while (is_space(c) || c == '\'' || c == '"');
	for (size_t i = 0; i < ARRAY_LEN(sign); i++)
		if (c == sign[i])
			return true;
	return false;
}

/* '<' as a browser would read it: before a letter, '/', '!' or '?'. */
static bool opens_tag(str s, size_t i)
{
	char c = i + 1 < s.n ? s.s[i + 1] : ' ';

	return s.s[i] == '<' && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
				 c == '/' || c == '!' || c == '?');
}

static void cell_open(csv *t)
{
	if (!t->first)
		buf_char(t->out, ';');
	t->first = false;
}

static void cell(csv *t, str text)
{
	bool ruled =
		text.n && (text.s[0] == '\t' || text.s[0] == '\r' || text.s[0] == '\n');
	str s = utf8_nfc(t->out->mem, view_inert(t->out->mem, text));
	bool quoted = str_find(s, S(";")) >= 0 || str_find(s, S("\"")) >= 0 ||
		      str_find(s, S(",")) >= 0;

	cell_open(t);
	if (quoted)
		buf_char(t->out, '"');
	if (ruled || starts_formula(s))
		buf_char(t->out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] == '"')
			buf_add(t->out, S("\"\""));
		else if (opens_tag(s, i))
			buf_add(t->out, S("‹"));
		else
			buf_char(t->out, s.s[i]);
	}
	if (quoted)
		buf_char(t->out, '"');
}

/* A figure of ours, plain, so that Excel counts with it; negative is unknown and left empty. */
static void cell_number(csv *t, int64_t n)
{
	cell_open(t);
	if (n >= 0)
		buf_format(t->out, "%lld", (long long)n);
}

/* Points with one decimal in the language's way, without grouping. */
static void cell_points(csv *t, int64_t points)
{
	int64_t tenths = (points < 0 ? 0 : points + 50) / 100;
	str mark = view_say(t->out->mem, t->l, "number.decimal", NULL, 0);

	cell_open(t);
	buf_format(t->out, "%lld%.*s%lld", (long long)(tenths / 10), STR_ARG(mark),
		   (long long)(tenths % 10));
}

static void row_end(csv *t)
{
	buf_add(t->out, S("\r\n"));
	t->first = true;
}

static csv csv_begin(const view_lang *l, buf *out, const char *const *heading, size_t n)
{
	csv t = {.out = out, .l = l, .first = true};

	buf_add(out, S("\xef\xbb\xbf"));
	for (size_t i = 0; i < n; i++)
		cell(&t, view_say(out->mem, l, heading[i], NULL, 0));
	return t;
}

/* ---- the sheets -------------------------------------------------------------------------- */

/* Phrases joined by "; ". */
static void add_phrase(ctx *c, buf *b, const view_lang *l, const people *p,
		       const match_phrase *phrase)
{
	if (b->n)
		buf_add(b, S("; "));
	buf_add(b, report_words(c->mem, l, p, phrase));
}

static void pair_row(ctx *c, csv *t, const report_match *r, const match_pair *m)
{
	const pool *p = r->pool;
	const unit *n = &p->newcomer[m->newcomer], *e = &p->established[m->established];
	buf why = {.mem = c->mem}, doubt = {.mem = c->mem};
	match_why w;

	match_why_pair(p, r->terms, m->newcomer, m->established, &w);
	for (size_t i = 0; i < w.fit_reasons; i++) {
		add_phrase(c, &why, t->l, p->people, &w.reason[i].phrase);
		buf_add(&why, S(" "));
		buf_add(&why, report_points(c->mem, t->l, w.reason[i].points));
	}
	for (size_t i = 0; i < w.doubts; i++)
		add_phrase(c, &doubt, t->l, p->people, &w.doubt[i]);
	cell_number(t, n->id);
	cell(t, report_unit_name(c->mem, t->l, p, n));
	cell(t, report_place(&p->people->profile[p->member[n->first]]));
	cell_number(t, model_unit_days(p, n, r->terms->date));
	cell_number(t, e->id);
	cell(t, report_unit_name(c->mem, t->l, p, e));
	cell(t, report_place(&p->people->profile[p->member[e->first]]));
	cell_points(t, w.fit);
	cell_points(t, (int64_t)w.view.waiting_newcomer + w.view.waiting_established);
	cell(t, buf_str(&why));
	cell(t, buf_str(&doubt));
	cell(t, m->locked ? view_say(c->mem, t->l, "report.csv.yes", NULL, 0) : S(""));
	row_end(t);
}

void report_pairs_csv(ctx *c, const view_lang *l, const report_match *r, buf *out)
{
	static const char *const heading[] = {"report.csv.newcomer_number",
					      "report.csv.newcomer",
					      "report.csv.newcomer_place",
					      "report.csv.newcomer_days",
					      "report.csv.established_number",
					      "report.csv.established",
					      "report.csv.established_place",
					      "report.csv.fit",
					      "report.csv.waiting",
					      "report.csv.why",
					      "report.csv.doubt",
					      "report.csv.locked"};
	csv t = csv_begin(l, out, heading, ARRAY_LEN(heading));

	row_end(&t);
	for (size_t i = 0; i < r->result->pairs; i++)
		pair_row(c, &t, r, &r->result->pair[i]);
}

static void waiting_row(ctx *c, csv *t, const report_match *r, uint8_t side,
			uint32_t index, bool explained)
{
	const pool *p = r->pool;
	const unit *u =
		side == SIDE_NEWCOMER ? &p->newcomer[index] : &p->established[index];
	const char *key = side == SIDE_NEWCOMER ? "choice.side.newcomer"
						: "choice.side.established";
	buf why = {.mem = c->mem}, opens = {.mem = c->mem};
	match_waiting_why w = {0};

	if (explained)
		match_waiting_explain(&r->why, side, index, &w);
	for (size_t i = 0; i < w.sentences; i++)
		add_phrase(c, &why, t->l, p->people, &w.sentence[i]);
	for (size_t i = 0; i < w.relaxes; i++)
		add_phrase(c, &opens, t->l, p->people, &w.relax[i].phrase);
	cell_number(t, u->id);
	cell(t, report_unit_name(c->mem, t->l, p, u));
	cell(t, view_say(c->mem, t->l, key, NULL, 0));
	cell(t, report_place(&p->people->profile[p->member[u->first]]));
	cell_number(t, model_unit_days(p, u, r->terms->date));
	cell_number(t, explained ? (int64_t)w.eligible : -1);
	cell(t, buf_str(&why));
	cell(t, buf_str(&opens));
	row_end(t);
}

void report_waiting_csv(ctx *c, const view_lang *l, const report_match *r, buf *out)
{
	static const char *const heading[] = {"report.csv.number", "report.csv.name",
					      "report.csv.side",   "report.csv.place",
					      "report.csv.days",   "report.csv.possible",
					      "report.csv.why",    "report.csv.opens"};
	csv t = csv_begin(l, out, heading, ARRAY_LEN(heading));

	row_end(&t);
	for (uint8_t side = SIDE_NEWCOMER; side <= SIDE_ESTABLISHED; side++) {
		uint32_t *list;
		size_t n = match_waiting_list(&r->why, side, &list);
		size_t explained = report_waiting_explained(r, n);

		for (size_t i = 0; i < n; i++)
			waiting_row(c, &t, r, side, list[i], i < explained);
	}
}

void report_recruit_csv(ctx *c, const view_lang *l, const report_match *r, buf *out)
{
	static const char *const heading[] = {"report.csv.rank", "report.csv.who",
					      "report.csv.help"};
	csv t = csv_begin(l, out, heading, ARRAY_LEN(heading));

	for (int n = 1; n <= MATCH_RECRUIT_MOST; n++)
		cell(&t, view_say_count(c->mem, l, "report.csv.more", n, NULL, 0));
	row_end(&t);
	for (size_t i = 0; i < r->recruits; i++) {
		const match_recruit *x = &r->recruit[i];

		cell_number(&t, (int64_t)i + 1);
		cell(&t, report_capital(c->mem, report_words(c->mem, l, r->pool->people,
							     &x->phrase)));
		cell_number(&t, x->could_help);
		for (int n = 0; n < MATCH_RECRUIT_MOST; n++)
			cell_number(&t, x->pairs[n]);
		row_end(&t);
	}
}

/*
 * Every problem that makes the row unusable, then the cells as they stood. Problems come
 * in the order of the rows; *at is where those of this row may begin.
 */
static void skipped_row(ctx *c, csv *t, const sheet *s, uint32_t row, size_t *at)
{
	buf what = {.mem = c->mem};
	str rest = s->raw ? s->raw[row - 1] : S(""), part;
	int64_t line = 0;

	for (; *at < s->problems && s->problem[*at].row <= row; ++*at) {
		const sheet_problem *x = &s->problem[*at];

		if (x->row != row || !x->unusable)
			continue;
		line = x->line;
		if (what.n)
			buf_add(&what, S("; "));
		buf_add(&what, view_say(c->mem, t->l, x->key, NULL, 0));
	}
	cell_number(t, row);
	cell_number(t, line);
	cell(t, buf_str(&what));
	while (str_cut(&rest, '\t', &part))
		cell(t, part);
	row_end(t);
}

void report_skipped_csv(ctx *c, const view_lang *l, const sheet *s, buf *out)
{
	static const char *const heading[] = {"report.csv.row", "report.csv.line",
					      "report.csv.problem", "report.csv.raw"};
	csv t = csv_begin(l, out, heading, ARRAY_LEN(heading));
	size_t at = 0;

	row_end(&t);
	for (size_t i = 0; i < s->people.n; i++)
		if (s->people.profile[i].flags & PROFILE_UNUSABLE)
			skipped_row(c, &t, s, (uint32_t)i + 1, &at);
}
