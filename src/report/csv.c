/*
 * csv - pairs, waiting, recruiting and skipped rows as sheets a Swedish Excel opens.
 */
#include "report/cells.h"
#include "report/report_priv.h"

/* Points with one decimal in the language's way, without grouping. */
static void cell_points(report_cells *t, int64_t points)
{
	int64_t tenths = (points < 0 ? 0 : points + 50) / 100;
	str mark = view_say(t->out->mem, t->l, "number.decimal", NULL, 0);

	report_cell_open(t);
	buf_format(t->out, "%lld%.*s%lld", (long long)(tenths / 10), STR_ARG(mark),
		   (long long)(tenths % 10));
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

static void pair_row(ctx *c, report_cells *t, const report_match *r, const match_pair *m)
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
	report_cell_number(t, n->id);
	report_cell(t, report_unit_name(c->mem, t->l, p, n));
	report_cell(t, report_place(&p->people->profile[p->member[n->first]]));
	report_cell_number(t, model_unit_days(p, n, r->terms->date));
	report_cell_number(t, e->id);
	report_cell(t, report_unit_name(c->mem, t->l, p, e));
	report_cell(t, report_place(&p->people->profile[p->member[e->first]]));
	cell_points(t, w.fit);
	cell_points(t, (int64_t)w.view.waiting_newcomer + w.view.waiting_established);
	report_cell(t, buf_str(&why));
	report_cell(t, buf_str(&doubt));
	report_cell(t, m->locked ? view_say(c->mem, t->l, "report.csv.yes", NULL, 0)
				 : S(""));
	report_cells_end_row(t);
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
	report_cells t = report_cells_begin(l, out, heading, ARRAY_LEN(heading));

	report_cells_end_row(&t);
	for (size_t i = 0; i < r->result->pairs; i++)
		pair_row(c, &t, r, &r->result->pair[i]);
}

static void waiting_row(ctx *c, report_cells *t, const report_match *r, uint8_t side,
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
	report_cell_number(t, u->id);
	report_cell(t, report_unit_name(c->mem, t->l, p, u));
	report_cell(t, view_say(c->mem, t->l, key, NULL, 0));
	report_cell(t, report_place(&p->people->profile[p->member[u->first]]));
	report_cell_number(t, model_unit_days(p, u, r->terms->date));
	report_cell_number(t, explained ? (int64_t)w.eligible : -1);
	report_cell(t, buf_str(&why));
	report_cell(t, buf_str(&opens));
	report_cells_end_row(t);
}

void report_waiting_csv(ctx *c, const view_lang *l, const report_match *r, buf *out)
{
	static const char *const heading[] = {"report.csv.number", "report.csv.name",
					      "report.csv.side",   "report.csv.place",
					      "report.csv.days",   "report.csv.possible",
					      "report.csv.why",    "report.csv.opens"};
	report_cells t = report_cells_begin(l, out, heading, ARRAY_LEN(heading));

	report_cells_end_row(&t);
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
	report_cells t = report_cells_begin(l, out, heading, ARRAY_LEN(heading));

	for (int n = 1; n <= MATCH_RECRUIT_MOST; n++)
		report_cell(&t, view_say_count(c->mem, l, "report.csv.more", n, NULL, 0));
	report_cells_end_row(&t);
	for (size_t i = 0; i < r->recruits; i++) {
		const match_recruit *x = &r->recruit[i];

		report_cell_number(&t, (int64_t)i + 1);
		report_cell(&t, report_sentence(c->mem, l, r->pool->people, &x->phrase));
		report_cell_number(&t, x->could_help);
		for (int n = 0; n < MATCH_RECRUIT_MOST; n++)
			report_cell_number(&t, x->pairs[n]);
		report_cells_end_row(&t);
	}
}

/*
 * Every problem that makes the row unusable, then the cells as they stood. Problems come
 * in the order of the rows; *at is where those of this row may begin.
 */
static void skipped_row(ctx *c, report_cells *t, const sheet *s, uint32_t row, size_t *at)
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
	report_cell_number(t, row);
	report_cell_number(t, line);
	report_cell(t, buf_str(&what));
	while (str_cut(&rest, '\t', &part))
		report_cell(t, part);
	report_cells_end_row(t);
}

void report_skipped_csv(ctx *c, const view_lang *l, const sheet *s, buf *out)
{
	static const char *const heading[] = {"report.csv.row", "report.csv.line",
					      "report.csv.problem", "report.csv.raw"};
	report_cells t = report_cells_begin(l, out, heading, ARRAY_LEN(heading));
	size_t at = 0;

	report_cells_end_row(&t);
	for (size_t i = 0; i < s->people.n; i++)
		if (s->people.profile[i].flags & PROFILE_UNUSABLE)
			skipped_row(c, &t, s, (uint32_t)i + 1, &at);
}
