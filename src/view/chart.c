/*
 * chart - bars, distributions and lines as SVG.
 *
 * Coordinates are in tenths of a unit of the viewBox. direction=ltr keeps axes and
 * anchors the same on a page that runs from right to left; the words inside still
 * follow their own direction.
 */
#include "view/view_priv.h"

enum { WIDTH = 3400 }; /* a phone shows it one to one, a card on a desk a little larger */

void view_chart_open(html *h, int id, str title, int64_t height)
{
	html_put(h, "<svg class=\"chart\" direction=\"ltr\" viewBox=\"0 0 ");
	html_tenths(h, WIDTH);
	html_put(h, " ");
	html_tenths(h, height);
	html_put(h, "\" role=\"img\" aria-labelledby=\"chart");
	html_int(h, id);
	html_put(h, "\"><title id=\"chart");
	html_int(h, id);
	html_put(h, "\">");
	html_text(h, title);
	html_put(h, "</title>");
}

void view_chart_text(html *h, int64_t x, int64_t y, view_anchor anchor, const char *look,
		     str text)
{
	html_put(h, "<text x=\"");
	html_tenths(h, x);
	html_put(h, "\" y=\"");
	html_tenths(h, y);
	if (anchor == ANCHOR_MIDDLE)
		html_put(h, "\" text-anchor=\"middle");
	else if (anchor == ANCHOR_END)
		html_put(h, "\" text-anchor=\"end");
	if (look) {
		html_put(h, "\" class=\"");
		html_attr(h, str_from(look));
	}
	html_put(h, "\">");
	html_text(h, text);
	html_put(h, "</text>");
}

int64_t view_chart_width(str text)
{
	int64_t n = 0;

	for (size_t pos = 0; pos < text.n; n++)
		(void)utf8_next(text, &pos);
	return n * 100;
}

static void rect(html *h, int64_t x, int64_t y, int64_t width, int64_t height)
{
	html_put(h, " x=\"");
	html_tenths(h, x);
	html_put(h, "\" y=\"");
	html_tenths(h, y);
	html_put(h, "\" width=\"");
	html_tenths(h, width);
	html_put(h, "\" height=\"");
	html_tenths(h, height);
	html_put(h, "\"/>");
}

/* A line from here to there; classes are the caller's. */
static void path(html *h, int64_t x0, int64_t y0, int64_t x1, int64_t y1)
{
	html_put(h, " d=\"M");
	html_tenths(h, x0);
	html_put(h, " ");
	html_tenths(h, y0);
	html_put(h, "L");
	html_tenths(h, x1);
	html_put(h, " ");
	html_tenths(h, y1);
	html_put(h, "\"/>");
}

/* ---- small ones, beside words ------------------------------------------------------ */

/* Four fills that differ in lightness and outline: solid, berry, grey, hollow. */
static void segment_open(html *h, size_t segment)
{
	if (segment == 0)
		html_put(h, "<rect class=\"fj\"");
	else if (segment == 1)
		html_put(h, "<rect class=\"fb se\"");
	else if (segment == 2)
		html_put(h, "<rect class=\"fe\"");
	else
		html_put(h, "<rect class=\"fc se\"");
	html_put(h, " stroke-width=\"2\" vector-effect=\"non-scaling-stroke\"");
}

void view_chart_parts(html *h, const int64_t *part, size_t n)
{
	const int64_t room = 4000 - 40 * (int64_t)n;
	int64_t sum = 0, x = 10;

	for (size_t i = 0; i < n; i++)
		sum += part[i];
	html_put(h,
		 "<svg class=\"why\" viewBox=\"0 0 400 12\" preserveAspectRatio=\"none\" "
		 "aria-hidden=\"true\">");
	for (size_t i = 0; i < n && sum > 0; i++) {
		int64_t width = room * part[i] / sum;

		segment_open(h, i);
		rect(h, x, 10, width, 100);
		x += width + 40;
	}
	html_put(h, "</svg>");
}

void view_chart_swatch(html *h, size_t segment)
{
	html_put(h, "<svg class=\"i\" viewBox=\"0 0 24 24\" aria-hidden=\"true\">");
	segment_open(h, segment);
	html_put(h, " rx=\"4\"");
	rect(h, 50, 50, 140, 140);
	html_put(h, "</svg>");
}

void view_chart_bar(html *h, int64_t value, int64_t most)
{
	html_put(h,
		 "<svg class=\"why\" viewBox=\"0 0 100 12\" preserveAspectRatio=\"none\" "
		 "aria-hidden=\"true\"><rect class=\"fm\"");
	rect(h, 0, 0, 1000, 120);
	html_put(h, "<rect class=\"fj\"");
	rect(h, 0, 0, most > 0 ? 1000 * value / most : 0, 120);
	html_put(h, "</svg>");
}

/* ---- distribution ------------------------------------------------------------------ */

enum { TOP = 260, BASE = 1900, HISTOGRAM_HEIGHT = 2200, SIDE = 180 };

static void histogram_bar(html *h, const view_histogram *v, size_t i, int64_t x,
			  int64_t width)
{
	int64_t most = v->most ? v->most : 1;
	int64_t height = (BASE - TOP) * (int64_t)v->count[i] / most;

	if (v->fill == FILL_SOLID)
		html_put(h, "<rect class=\"fj\"");
	else if (v->fill == FILL_BERRY)
		html_put(h, "<rect class=\"fb se\" stroke-width=\"1.5\"");
	else if (v->fill == FILL_HOLLOW)
		html_put(h, "<rect class=\"fc se\" stroke-width=\"1.5\"");
	if (v->fill == FILL_HATCH) {
		html_put(h, "<rect class=\"se\" stroke-width=\"1.5\" fill=\"url(#hatch");
		html_int(h, v->id);
		html_put(h, ")\"");
	}
	rect(h, x, BASE - height, width, height);
}

static void histogram_labels(html *h, const view_histogram *v, int64_t step)
{
	for (size_t i = 0; i < v->labels; i++) {
		int64_t x = SIDE + step * (int64_t)i;

		if (!v->label[i].n)
			continue;
		if (v->labels == v->n)
			x += step / 2;
		view_chart_text(h, x, 2120, ANCHOR_MIDDLE, NULL, v->label[i]);
	}
}

void view_chart_histogram(html *h, const view_lang *l, const view_histogram *v)
{
	int64_t step = v->n ? (WIDTH - 2 * SIDE) / (int64_t)v->n : WIDTH;

	view_chart_open(h, v->id, v->title, HISTOGRAM_HEIGHT);
	if (v->fill == FILL_HATCH) {
		html_put(h, "<pattern id=\"hatch");
		html_int(h, v->id);
		html_put(h,
			 "\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" "
			 "patternTransform=\"rotate(45)\"><rect class=\"fc\" width=\"7\" "
			 "height=\"7\"/><path class=\"se\" stroke-width=\"3\" d=\"M2 "
			 "0V7\"/>"
			 "</pattern>");
	}
	html_put(h, "<path class=\"se\" stroke-width=\"2\"");
	path(h, SIDE, BASE, WIDTH - SIDE, BASE);
	for (size_t i = 0; i < v->n; i++) {
		int64_t x = SIDE + step * (int64_t)i;
		str count = view_number(h->to->mem, l, v->count[i]);

		if (!v->count[i])
			continue;
		histogram_bar(h, v, i, x + 20, step - 40);
		if (view_chart_width(count) <= step + 60)
			view_chart_text(h, x + step / 2,
					BASE - 60 -
						(BASE - TOP) * (int64_t)v->count[i] /
							(v->most ? v->most : 1),
					ANCHOR_MIDDLE, NULL, count);
	}
	histogram_labels(h, v, step);
	html_put(h, "</svg>");
}

/* ---- dots on a line ------------------------------------------------------------------ */

enum {
	PLOT_LEFT = 560,
	PLOT_RIGHT = 3200,
	PLOT_TOP = 480,
	PLOT_BASE = 1900,
	LINE_HEIGHT = 2560
};

typedef struct extent {
	int64_t min, max;
} extent;

static extent extent_of(const view_line *v, bool x)
{
	extent e = {0, 0};

	for (size_t i = 0; i < v->n; i++) {
		int64_t value = x ? v->point[i].x : v->point[i].y;

		e.min = i && e.min < value ? e.min : value;
		e.max = i && e.max > value ? e.max : value;
	}
	return e;
}

/* Where a value lies between two ends of the plot; in the middle when all are equal. */
static int64_t between(extent e, int64_t value, int64_t from, int64_t to)
{
	return e.max == e.min ? (from + to) / 2
			      : from + (to - from) * (value - e.min) / (e.max - e.min);
}

static void axes(html *h, const view_lang *l, const view_line *v, extent x, extent y)
{
	arena *mem = h->to->mem;

	html_put(h, "<path class=\"sl\" stroke-width=\"2\"");
	path(h, PLOT_LEFT, PLOT_TOP, PLOT_RIGHT, PLOT_TOP);
	html_put(h, "<path class=\"sl\" stroke-width=\"2\"");
	path(h, PLOT_LEFT, PLOT_BASE, PLOT_RIGHT, PLOT_BASE);
	view_chart_text(h, 0, 200, ANCHOR_START, NULL, v->y_name);
	view_chart_text(h, PLOT_RIGHT, 2500, ANCHOR_END, NULL, v->x_name);
	view_chart_text(h, PLOT_LEFT - 120, PLOT_TOP + 60, ANCHOR_END, NULL,
			view_decimal(mem, l, y.max, v->y_digits));
	if (y.max != y.min)
		view_chart_text(h, PLOT_LEFT - 120, PLOT_BASE + 60, ANCHOR_END, NULL,
				view_decimal(mem, l, y.min, v->y_digits));
	view_chart_text(h, x.max == x.min ? (PLOT_LEFT + PLOT_RIGHT) / 2 : PLOT_LEFT,
			2220, ANCHOR_MIDDLE, NULL, view_number(mem, l, x.min));
	if (x.max != x.min)
		view_chart_text(h, PLOT_RIGHT, 2220, ANCHOR_END, NULL,
				view_number(mem, l, x.max));
}

static void dot(html *h, const view_point *p, int64_t x, int64_t y)
{
	bool right = x > (PLOT_LEFT + PLOT_RIGHT) / 2;

	if (p->marked)
		html_put(h, "<circle class=\"fb se\" stroke-width=\"2\" r=\"11\" cx=\"");
	else
		html_put(h, "<circle class=\"fj\" r=\"6\" cx=\"");
	html_tenths(h, x);
	html_put(h, "\" cy=\"");
	html_tenths(h, y);
	html_put(h, "\"/>");
	if (p->label.n)
		view_chart_text(h, right ? x - 160 : x + 160,
				y < PLOT_TOP + 500 ? y + 300 : y - 160,
				right ? ANCHOR_END : ANCHOR_START,
				p->marked ? "tb" : NULL, p->label);
}

void view_chart_line(html *h, const view_lang *l, const view_line *v)
{
	extent x = extent_of(v, true), y = extent_of(v, false);

	view_chart_open(h, v->id, v->title, LINE_HEIGHT);
	axes(h, l, v, x, y);
	html_put(h,
		 "<polyline class=\"nf sj\" stroke-width=\"3\" stroke-linejoin=\"round\" "
		 "points=\"");
	for (size_t i = 0; i < v->n; i++) {
		html_tenths(h, between(x, v->point[i].x, PLOT_LEFT, PLOT_RIGHT));
		html_put(h, ",");
		html_tenths(h, between(y, v->point[i].y, PLOT_BASE, PLOT_TOP));
		html_put(h, " ");
	}
	html_put(h, "\"/>");
	for (int marked = 0; marked < 2; marked++)
		for (size_t i = 0; i < v->n; i++)
			if (v->point[i].marked == (marked == 1))
				dot(h, &v->point[i],
				    between(x, v->point[i].x, PLOT_LEFT, PLOT_RIGHT),
				    between(y, v->point[i].y, PLOT_BASE, PLOT_TOP));
	html_put(h, "</svg>");
}
