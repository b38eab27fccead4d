/*
 * text - the summary of a round on a terminal.
 *
 * Columns are aligned by code points; marks that stand on another letter take no room.
 * Colour only underlines what the words say.
 */
#include "report/report_priv.h"

enum { LABEL_WIDTH = 26, FIGURE_WIDTH = 22 };

typedef struct terminal {
	ctx *c;
	const view_lang *l;
	bool color;
	buf *out;
} terminal;

static size_t width(str s)
{
	size_t n = 0;

	for (size_t pos = 0; pos < s.n;) {
		int32_t c = utf8_next(s, &pos);

		n += !(c >= 0x300 && c <= 0x36f);
	}
	return n;
}

static void pad(terminal *t, size_t used, size_t wanted)
{
	for (; used < wanted; used++)
		buf_char(t->out, ' ');
}

static void left(terminal *t, str s, size_t wide)
{
	buf_add(t->out, s);
	pad(t, width(s), wide);
}

static void right(terminal *t, str s, size_t wide)
{
	pad(t, width(s), wide);
	buf_add(t->out, s);
}

typedef enum tint { TINT_BOLD, TINT_GREEN, TINT_YELLOW } tint;

/* ECMA-48, SGR: bold, and bold with a colour. */
static void tinted(terminal *t, tint how, str s)
{
	static const char *const code[] = {"\x1b[1m", "\x1b[1;32m", "\x1b[1;33m"};

	if (t->color)
		buf_add(t->out, str_from(code[how]));
	buf_add(t->out, s);
	if (t->color)
		buf_add(t->out, S("\x1b[0m"));
}

static str say(terminal *t, const char *key)
{
	return view_say(t->c->mem, t->l, key, NULL, 0);
}

static void line(terminal *t, const char *key, str figure, str rest)
{
	left(t, say(t, key), LABEL_WIDTH);
	right(t, figure, 8);
	if (rest.n) {
		buf_add(t->out, S("   "));
		buf_add(t->out, rest);
	}
	buf_char(t->out, '\n');
}

/* ---- the table of ways ------------------------------------------------------------------- */

static str figure_of(terminal *t, size_t row, const match_outcome *o)
{
	arena *mem = t->c->mem;

	switch (row) {
	case 0:
		return view_number(mem, t->l, o->pairs);
	case 1:
		return report_mean_fit(mem, t->l, o);
	case 2:
		return view_number(mem, t->l, (o->weight + 500) / 1000);
	case 3:
		return view_number(mem, t->l, o->waiting);
	case 4:
		return o->wait_longest < 0 ? S("–")
					   : view_number(mem, t->l, o->wait_longest);
	default:
		return o->wait_median < 0 ? S("–")
					  : view_number(mem, t->l, o->wait_median);
	}
}

static void ways(terminal *t, const report_match *r)
{
	static const char *const row[] = {"report.row.pairs",   "report.row.fit",
					  "report.row.points",  "report.row.waiting",
					  "report.row.longest", "report.row.median"};
	static const char *const name[] = {"report.way.ours", "report.way.greedy",
					   "report.way.kompisbyran"};
	const match_outcome *const outcome[] = {&r->ours, &r->greedy, &r->kompisbyran};
	size_t n = r->compared ? ARRAY_LEN(outcome) : 1;

	pad(t, 0, LABEL_WIDTH);
	for (size_t k = 0; k < n; k++)
		right(t, say(t, name[k]), k ? FIGURE_WIDTH : 8);
	buf_char(t->out, '\n');
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		left(t, say(t, row[i]), LABEL_WIDTH);
		for (size_t k = 0; k < n; k++)
			right(t, figure_of(t, i, outcome[k]), k ? FIGURE_WIDTH : 8);
		buf_char(t->out, '\n');
	}
}

/* ---- the summary -------------------------------------------------------------------------- */

static void people_lines(terminal *t, const report_match *r)
{
	pool_size size = report_pool_size(r->pool);
	uint32_t in = size.newcomers + size.established;
	arena *mem = t->c->mem;
	const str side[] = {
		view_say_count(mem, t->l, "report.newcomers", size.newcomers, NULL, 0),
		view_say_count(mem, t->l, "report.established", size.established, NULL,
			       0)};

	line(t, "report.text.people", view_number(mem, t->l, in),
	     view_say(mem, t->l, "list.and", side, 2));
	if (r->pool->people->n > in)
		line(t, "report.text.absent",
		     view_number(mem, t->l, (int64_t)r->pool->people->n - in), S(""));
	if (r->sheet && r->sheet->problems)
		line(t, "report.text.problems",
		     view_number(mem, t->l, (int64_t)r->sheet->problems), S(""));
	if (r->sheet && r->sheet->duplicates)
		line(t, "report.text.duplicates",
		     view_number(mem, t->l, (int64_t)r->sheet->duplicates), S(""));
}

/* Words in lines of at most 80, as the page has the certificate. */
static void wrapped(terminal *t, str text, size_t used)
{
	str word;

	while (str_cut(&text, ' ', &word)) {
		if (used && used + 1 + width(word) > 80) {
			buf_char(t->out, '\n');
			used = 0;
		} else if (used) {
			buf_char(t->out, ' ');
			used++;
		}
		buf_add(t->out, word);
		used += width(word);
	}
	buf_char(t->out, '\n');
}

void report_match_text(ctx *c, const view_lang *l, const report_match *r,
		       const str *written, size_t n, bool color, buf *out)
{
	terminal t = {.c = c, .l = l, .color = color, .out = out};
	const str arg[] = {view_date(c->mem, l, r->terms->date),
			   view_inert(c->mem, r->file)};
	str verdict = report_verdict(c->mem, l, r);

	tinted(&t, TINT_BOLD, view_say(c->mem, l, "report.text.head", arg, 2));
	buf_add(out, S("\n\n"));
	people_lines(&t, r);
	buf_char(out, '\n');
	ways(&t, r);
	buf_char(out, '\n');
	tinted(&t, r->result->proven ? TINT_GREEN : TINT_YELLOW, verdict);
	wrapped(&t, report_certificate(c->mem, l, r), width(verdict));
	for (size_t i = 0; i < n; i++) {
		buf_add(out, i ? S("") : S("\n"));
		left(&t, i ? S("") : say(&t, "report.text.written"), 9);
		buf_add(out, view_inert(c->mem, written[i]));
		buf_char(out, '\n');
	}
}
