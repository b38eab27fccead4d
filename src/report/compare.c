/* compare - this matching beside two simpler ways, and what shorter waiting would cost. */
#include "report/report_priv.h"

typedef struct way {
	const char *name; /* locale key */
	const match_outcome *outcome;
	view_fill fill;
} way;

enum { WAYS = 3 };

static size_t ways(const page *p, way w[WAYS])
{
	const report_match *r = p->r;

	w[0] = (way){"report.way.ours", &r->ours, FILL_SOLID};
	w[1] = (way){"report.way.greedy", &r->greedy, FILL_BERRY};
	w[2] = (way){"report.way.kompisbyran", &r->kompisbyran, FILL_HATCH};
	return r->compared ? WAYS : 1;
}

/* ---- the table ------------------------------------------------------------------------- */

static void cell_days(page *p, int32_t days)
{
	if (days >= 0)
		page_cell_number(p, days);
	else
		html_element(p->h, "td", "class=\"n\"", S("–"));
}

typedef void measure(page *p, const match_outcome *o);

static void put_pairs(page *p, const match_outcome *o)
{
	page_cell_number(p, o->pairs);
}

static void put_fit(page *p, const match_outcome *o)
{
	html_element(p->h, "td", "class=\"n\"", report_mean_fit(p->c->mem, p->l, o));
}

static void put_points(page *p, const match_outcome *o)
{
	page_cell_number(p, (o->weight + 500) / 1000);
}

static void put_waiting(page *p, const match_outcome *o)
{
	page_cell_number(p, o->waiting);
}

static void put_longest(page *p, const match_outcome *o)
{
	cell_days(p, o->wait_longest);
}

static void put_median(page *p, const match_outcome *o)
{
	cell_days(p, o->wait_median);
}

static void put_below(page *p, const match_outcome *o)
{
	page_cell_number(p, o->below_reserve);
}

static const struct {
	const char *key;
	measure *put;
} row[] = {
	{"report.row.pairs", put_pairs},     {"report.row.fit", put_fit},
	{"report.row.points", put_points},   {"report.row.waiting", put_waiting},
	{"report.row.longest", put_longest}, {"report.row.median", put_median},
	{"report.row.below", put_below},
};

static void table(page *p, const way *w, size_t n)
{
	page_scroll(p, "report.row");
	PUT(p, "<table><thead><tr>");
	page_column(p, "report.row", false);
	for (size_t i = 0; i < n; i++)
		page_column(p, w[i].name, true);
	PUT(p, "</tr></thead><tbody>");
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		PUT(p, "<tr><th scope=\"row\">");
		page_say(p, row[i].key);
		PUT(p, "</th>");
		for (size_t k = 0; k < n; k++)
			row[i].put(p, w[k].outcome);
		PUT(p, "</tr>");
	}
	PUT(p, "</tbody></table></div>");
}

/* ---- distributions ------------------------------------------------------------------------ */

/* "0–9: 3, 10–19: 12": what the picture shows, for who cannot see it. */
static str bins_in_words(page *p, str heading, const str *bin, const uint32_t *count,
			 size_t n)
{
	buf out = {.mem = p->c->mem};

	buf_add(&out, heading);
	buf_add(&out, S(". "));
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add(&out, S(", "));
		buf_add(&out, bin[i]);
		buf_add(&out, S(": "));
		buf_add(&out, view_number(p->c->mem, p->l, count[i]));
	}
	buf_char(&out, '.');
	return buf_str(&out);
}

static void figure(page *p, str heading, view_histogram *v, const str *bin)
{
	v->id = p->charts++;
	v->title = bins_in_words(p, heading, bin, v->count, v->n);
	PUT(p, "<figure class=\"card tight\"><figcaption><b>");
	html_text(p->h, heading);
	PUT(p, "</b></figcaption>");
	view_chart_histogram(p->h, p->l, v);
	PUT(p, "</figure>");
}

static uint32_t most_of(uint32_t most, const uint32_t *count, size_t n)
{
	for (size_t i = 0; i < n; i++)
		most = count[i] > most ? count[i] : most;
	return most;
}

static void fit_figures(page *p, const way *w, size_t n)
{
	arena *mem = p->c->mem;
	str edge[MATCH_FIT_BINS + 1], bin[MATCH_FIT_BINS];
	uint32_t most = 1;

	for (int i = 0; i <= MATCH_FIT_BINS; i++)
		edge[i] = i % 2 ? S("") : str_format(mem, "%d", 10 * i);
	for (int i = 0; i < MATCH_FIT_BINS; i++)
		bin[i] = i + 1 < MATCH_FIT_BINS
				 ? str_format(mem, "%d–%d", 10 * i, 10 * i + 9)
				 : str_format(mem, "%d–", 10 * i);
	for (size_t i = 0; i < n; i++)
		most = most_of(most, w[i].outcome->fit_bin, MATCH_FIT_BINS);
	PUT(p, "<h3>");
	page_say(p, "report.compare.fit");
	PUT(p, "</h3><div class=\"grid charts\">");
	for (size_t i = 0; i < n; i++) {
		const str arg[] = {view_say(mem, p->l, w[i].name, NULL, 0),
				   report_mean_fit(mem, p->l, w[i].outcome)};
		view_histogram v = {.count = w[i].outcome->fit_bin,
				    .n = MATCH_FIT_BINS,
				    .most = most,
				    .label = edge,
				    .labels = MATCH_FIT_BINS + 1,
				    .fill = w[i].fill};

		figure(p, view_say(mem, p->l, "report.compare.fit_mean", arg, 2), &v,
		       bin);
	}
	PUT(p, "</div>");
}

/* The bins in words, and at their edges; the last bin is for those of whom nothing is known. */
static void wait_bins(page *p, str bin[MATCH_WAIT_BINS], str edge[MATCH_WAIT_BINS + 1])
{
	arena *mem = p->c->mem;

	for (size_t i = 0; i + 1 < MATCH_WAIT_BINS; i++) {
		int32_t from = i ? match_wait_bin[i - 1] + 1 : 0;

		bin[i] = match_wait_bin[i] == INT32_MAX
				 ? str_format(mem, "%d–", (int)from)
				 : str_format(mem, "%d–%d", (int)from,
					      (int)match_wait_bin[i]);
		edge[i] = str_format(mem, "%d", (int)from);
	}
	bin[MATCH_WAIT_BINS - 1] = view_say(mem, p->l, "report.unknown", NULL, 0);
	edge[MATCH_WAIT_BINS - 1] = S("");
	edge[MATCH_WAIT_BINS] = S("?");
}

static void wait_figures(page *p, const way *w, size_t n)
{
	arena *mem = p->c->mem;
	str edge[MATCH_WAIT_BINS + 1], bin[MATCH_WAIT_BINS];
	size_t bins = MATCH_WAIT_BINS - 1;
	uint32_t most = 1;

	wait_bins(p, bin, edge);
	for (size_t i = 0; i < n; i++) {
		most = most_of(most, w[i].outcome->wait_bin, MATCH_WAIT_BINS);
		if (w[i].outcome->wait_bin[MATCH_WAIT_BINS - 1])
			bins = MATCH_WAIT_BINS;
	}
	PUT(p, "<h3>");
	page_say(p, "report.compare.wait");
	PUT(p, "</h3><div class=\"grid charts\">");
	for (size_t i = 0; i < n; i++) {
		const str arg[] = {view_say(mem, p->l, w[i].name, NULL, 0),
				   report_days(mem, p->l, w[i].outcome->wait_longest)};
		view_histogram v = {.count = w[i].outcome->wait_bin,
				    .n = bins,
				    .most = most,
				    .label = edge,
				    .labels = bins + 1,
				    .fill = w[i].fill};

		figure(p, view_say(mem, p->l, "report.compare.wait_longest", arg, 2), &v,
		       bin);
	}
	PUT(p, "</div>");
}

void page_compare(page *p)
{
	arena *mem = p->c->mem;
	int64_t more = (p->r->ours.weight - p->r->greedy.weight + 500) / 1000;
	way w[WAYS];
	size_t n = ways(p, w);
	str number = view_number(mem, p->l, more);

	page_section(p, "compare",
		     n == WAYS && more > 0
			     ? view_say(mem, p->l, "report.compare.better", &number, 1)
			     : view_say(mem, p->l, "report.compare", NULL, 0));
	PUT(p, "<p class=\"hint\">");
	page_say(p, n == WAYS ? "report.compare.read" : "report.compare.large");
	PUT(p, "</p>");
	table(p, w, n);
	fit_figures(p, w, n);
	wait_figures(p, w, n);
	PUT(p, "</section>");
}

/* ---- the price of fairness -------------------------------------------------------------------- */

/* The mean fit in tenths of a point: what both the chart and the sentence speak of. */
static int64_t mean_tenths(const match_outcome *o)
{
	return o->pairs ? (o->fit + 50 * (int64_t)o->pairs) / (100 * (int64_t)o->pairs)
			: 0;
}

/* The shortest longest wait one can choose; among equals the best fit. */
static const match_fairness *shortest(const report_match *r)
{
	const match_fairness *best = NULL;

	for (size_t i = 0; i < r->fairnesses; i++) {
		const match_fairness *f = &r->fairness[i];

		if (f->outcome.wait_longest < 0)
			continue;
		if (!best || f->outcome.wait_longest < best->outcome.wait_longest ||
		    (f->outcome.wait_longest == best->outcome.wait_longest &&
		     mean_tenths(&f->outcome) > mean_tenths(&best->outcome)))
			best = f;
	}
	return best;
}

static str fairness_heading(page *p, const match_fairness *now,
			    const match_fairness *best)
{
	arena *mem = p->c->mem;
	str arg[2];

	if (!now || !best || best->outcome.wait_longest >= now->outcome.wait_longest)
		return view_say(mem, p->l, "report.fairness.best", NULL, 0);
	arg[0] = view_say_count(mem, p->l, "report.days",
				now->outcome.wait_longest - best->outcome.wait_longest,
				NULL, 0);
	arg[1] = view_decimal(
		mem, p->l, mean_tenths(&now->outcome) - mean_tenths(&best->outcome), 1);
	return view_say(mem, p->l, "report.fairness.cost", arg, 2);
}

static void fairness_chart(page *p, str heading)
{
	const report_match *r = p->r;
	view_point *point = NEW_ARRAY(p->c->mem, view_point, r->fairnesses + 1);
	view_line line = {.id = p->charts++, .y_digits = 1, .point = point};

	for (size_t i = 0; i < r->fairnesses; i++) {
		const match_fairness *f = &r->fairness[i];
		bool same = line.n && point[line.n - 1].x == f->outcome.wait_longest &&
			    point[line.n - 1].y == mean_tenths(&f->outcome);

		if (f->outcome.wait_longest < 0 || !f->outcome.pairs)
			continue;
		if (!same)
			point[line.n++] = (view_point){.x = f->outcome.wait_longest,
						       .y = mean_tenths(&f->outcome)};
		if (f->present) {
			point[line.n - 1].marked = true;
			point[line.n - 1].label =
				view_say(p->c->mem, p->l, "report.fairness.now", NULL, 0);
		}
	}
	line.title = heading;
	line.x_name = view_say(p->c->mem, p->l, "report.fairness.x", NULL, 0);
	line.y_name = view_say(p->c->mem, p->l, "report.fairness.y", NULL, 0);
	PUT(p, "<figure class=\"card tight\"><figcaption><b>");
	page_say(p, "report.fairness.chart");
	PUT(p, "</b></figcaption>");
	view_chart_line(p->h, p->l, &line);
	PUT(p, "</figure>");
}

static void fairness_row(page *p, const match_fairness *f)
{
	PUT(p, "<tr><th scope=\"row\">");
	html_number(p->h, p->l, f->waiting);
	if (f->present) {
		PUT(p, " <span class=\"badge\">");
		page_say(p, "report.fairness.now");
		PUT(p, "</span>");
	}
	PUT(p, "</th>");
	cell_days(p, f->outcome.wait_longest);
	cell_days(p, f->outcome.wait_median);
	put_fit(p, &f->outcome);
	page_cell_number(p, f->outcome.pairs);
	PUT(p, "</tr>");
}

void page_fairness(page *p)
{
	const report_match *r = p->r;
	const match_fairness *now = NULL;
	str heading;

	for (size_t i = 0; i < r->fairnesses; i++)
		if (r->fairness[i].present)
			now = &r->fairness[i];
	if (!r->fairnesses)
		return;
	heading = fairness_heading(p, now, shortest(r));
	page_section(p, "fairness", heading);
	PUT(p, "<p class=\"hint\">");
	page_say(p, "report.fairness.read");
	PUT(p, "</p><div class=\"wide2\">");
	page_scroll(p, "report.fairness.weight");
	PUT(p, "<table><thead><tr>");
	page_column(p, "report.fairness.weight", true);
	page_column(p, "report.row.longest", true);
	page_column(p, "report.row.median", true);
	page_column(p, "report.row.fit", true);
	page_column(p, "report.row.pairs", true);
	PUT(p, "</tr></thead><tbody>");
	for (size_t i = 0; i < r->fairnesses; i++)
		fairness_row(p, &r->fairness[i]);
	PUT(p, "</tbody></table></div>");
	fairness_chart(p, heading);
	PUT(p, "</div></section>");
}
