/*
 * map - localities on a plain projection, with counts and lines between them.
 *
 * Equirectangular with the width shrunk by the cosine of the middle latitude: true
 * enough for a county, and for Sweden as a whole one sees where one is. There are no
 * coast lines in the gazetteer; small dots for the other localities stand in for them.
 * Coordinates of the drawing are tenths of a unit.
 */
#include "view/view_priv.h"

#include <math.h>
#include <stdlib.h>

enum {
	MAP_WIDTH = 3400,
	MAP_LEAST = 2200,
	MAP_MOST = 4200,
	MARGIN = 420,
	DISC_LEAST = 115, /* with room for a figure */
	DOT_LEAST = 25,   /* where there are too many for that */
	CROWD = 60,       /* discs from which on only the large have figures */
	DISC_MOST = 260,
	GAP = 15, /* between discs */
	SPREAD_ROUNDS = 100,
	SPAN_LEAST =
		30000, /* 0.3 degrees: one locality alone still lies in a landscape */
	TEXT_HIGH = 200,
};

typedef struct box {
	int64_t x0, y0, x1, y1;
} box;

typedef struct frame {
	const view_map *map;
	double scale,
		shrink; /* tenths per 1e-5 degree, and of longitude beside latitude */
	int64_t height;
	double west, north; /* of the drawing's upper left corner */
	uint32_t most;      /* the greatest count, */
	int64_t least;      /* and the least radius */
	double *x, *y;      /* where each place is drawn */
	box *taken;         /* discs and labels drawn so far */
	size_t taken_n;
} frame;

static int64_t map_x(const frame *f, const view_map_place *p)
{
	return (int64_t)lround(f->x[p - f->map->place]);
}

static int64_t map_y(const frame *f, const view_map_place *p)
{
	return (int64_t)lround(f->y[p - f->map->place]);
}

/* Discs by area, so that four pairs look twice as wide as one. */
static int64_t disc(const frame *f, uint32_t count)
{
	if (!count)
		return 0;
	return f->least + (int64_t)lround((double)(DISC_MOST - f->least) *
					  sqrt((double)count) / sqrt((double)f->most));
}

/* The smallest frame around the counted places, or around all when none counts. */
static frame frame_of(arena *mem, const view_map *m)
{
	frame f = {.map = m, .most = 1};
	size_t discs = 0;
	double south = 0, north = 0, west = 0, east = 0, high, wide;
	bool first = true;

	for (size_t i = 0; i < m->places; i++)
		discs += m->place[i].count > 0;
	for (size_t i = 0; i < m->places; i++) {
		const view_map_place *p = &m->place[i];

		if (discs && !p->count)
			continue;
		south = first || p->lat < south ? p->lat : south;
		north = first || p->lat > north ? p->lat : north;
		west = first || p->lon < west ? p->lon : west;
		east = first || p->lon > east ? p->lon : east;
		f.most = p->count > f.most ? p->count : f.most;
		first = false;
	}
	f.least = discs > CROWD ? DOT_LEAST : DISC_LEAST;
	f.shrink = cos((south + north) / 2 * 1e-5 * acos(-1.0) / 180);
	high = fmax(north - south, SPAN_LEAST);
	wide = fmax((east - west) * f.shrink, SPAN_LEAST);
	f.scale = fmin((MAP_WIDTH - 2 * MARGIN) / wide, (MAP_MOST - 2 * MARGIN) / high);
	f.height = (int64_t)lround(fmax(high * f.scale + 2 * MARGIN, MAP_LEAST));
	f.west = (west + east) / 2 - MAP_WIDTH / 2.0 / f.scale / f.shrink;
	f.north = (north + south) / 2 + (double)f.height / 2 / f.scale;
	f.taken = NEW_ARRAY(mem, box, 2 * m->places + m->lines + 1);
	f.x = NEW_ARRAY(mem, double, m->places + 1);
	f.y = NEW_ARRAY(mem, double, m->places + 1);
	for (size_t i = 0; i < m->places; i++) {
		f.x[i] = (m->place[i].lon - f.west) * f.shrink * f.scale;
		f.y[i] = (f.north - m->place[i].lat) * f.scale;
	}
	return f;
}

/* Moves two discs that overlap a little apart along the line between them; true if it did. */
static bool part(frame *f, size_t a, size_t b)
{
	double dx = f->x[b] - f->x[a], dy = f->y[b] - f->y[a], d = hypot(dx, dy);
	double wanted = (double)(disc(f, f->map->place[a].count) +
				 disc(f, f->map->place[b].count) + GAP);

	if (d >= wanted)
		return false;
	if (d < 1) {
		dx = 0;
		dy = d = 1;
	}
	f->x[a] -= dx / d * (wanted - d) / 2;
	f->y[a] -= dy / d * (wanted - d) / 2;
	f->x[b] += dx / d * (wanted - d) / 2;
	f->y[b] += dy / d * (wanted - d) / 2;
	return true;
}

/* Neighbours in one town would hide each other: discs move until none does, then stay inside. */
static void spread(frame *f, const view_map_place *const *order, size_t n)
{
	bool moved = n <= CROWD;

	for (int round = 0; round < SPREAD_ROUNDS && moved; round++) {
		moved = false;
		for (size_t i = 0; i < n; i++)
			for (size_t j = i + 1; j < n; j++)
				moved |= part(f, (size_t)(order[i] - f->map->place),
					      (size_t)(order[j] - f->map->place));
	}
	for (size_t i = 0; i < n; i++) {
		size_t k = (size_t)(order[i] - f->map->place);
		double r = (double)disc(f, order[i]->count) + 20;

		f->x[k] = fmin(fmax(f->x[k], r), MAP_WIDTH - r);
		f->y[k] = fmin(fmax(f->y[k], r), (double)f->height - r);
	}
}

static bool free_at(const frame *f, box b)
{
	if (b.x0 < 30 || b.y0 < 30 || b.x1 > MAP_WIDTH - 30 || b.y1 > f->height - 30)
		return false;
	for (size_t i = 0; i < f->taken_n; i++) {
		box t = f->taken[i];
		if (b.x0 < t.x1 && t.x0 < b.x1 && b.y0 < t.y1 && t.y0 < b.y1)
			return false;
	}
	return true;
}

static void take(frame *f, box b)
{
	f->taken[f->taken_n++] = b;
}

static void circle(html *h, int64_t x, int64_t y, int64_t r)
{
	html_put(h, " cx=\"");
	html_tenths(h, x);
	html_put(h, "\" cy=\"");
	html_tenths(h, y);
	html_put(h, "\" r=\"");
	html_tenths(h, r);
	html_put(h, "\"/>");
}

/* Land, and a dot for each locality in view, to see where one is. */
static void ground(html *h, const frame *f)
{
	html_put(h, "<rect class=\"fg\" width=\"");
	html_tenths(h, MAP_WIDTH);
	html_put(h, "\" height=\"");
	html_tenths(h, f->height);
	html_put(h, "\" rx=\"12\"/><g class=\"fe\">");
	for (size_t i = 0; i < f->map->places; i++) {
		const view_map_place *p = &f->map->place[i];
		int64_t x = (int64_t)f->x[i], y = (int64_t)f->y[i];

		if (p->count || x < 0 || y < 0 || x > MAP_WIDTH || y > f->height)
			continue;
		html_put(h, "<circle");
		circle(h, x, y, 20);
	}
	html_put(h, "</g>");
}

static void lines(html *h, const frame *f)
{
	uint32_t most = 1;

	for (size_t i = 0; i < f->map->lines; i++)
		most = f->map->line[i].count > most ? f->map->line[i].count : most;
	for (size_t i = 0; i < f->map->lines; i++) {
		const view_map_line *n = &f->map->line[i];
		const view_map_place *a = &f->map->place[n->from],
				     *b = &f->map->place[n->to];

		html_put(h,
			 "<path class=\"sj\" stroke-linecap=\"round\" stroke-width=\"");
		html_tenths(h, 15 + 45 * (int64_t)n->count / most);
		html_put(h, "\" d=\"M");
		html_tenths(h, map_x(f, a));
		html_put(h, " ");
		html_tenths(h, map_y(f, a));
		html_put(h, "L");
		html_tenths(h, map_x(f, b));
		html_put(h, " ");
		html_tenths(h, map_y(f, b));
		html_put(h, "\"/>");
	}
}

/* Where the line has room in its middle, its count stands there. */
static void line_count(html *h, const view_lang *l, frame *f, const view_map_line *n)
{
	const view_map_place *a = &f->map->place[n->from], *b = &f->map->place[n->to];
	int64_t x = (map_x(f, a) + map_x(f, b)) / 2, y = (map_y(f, a) + map_y(f, b)) / 2;
	box at = {x - 150, y - 150, x + 150, y + 150};

	if (n->count < 2 || !free_at(f, at))
		return;
	take(f, at);
	html_put(h, "<circle class=\"fc sj\" stroke-width=\"2\"");
	circle(h, x, y, 130);
	view_chart_text(h, x, y + 62, ANCHOR_MIDDLE, "tb",
			view_number(h->to->mem, l, n->count));
}

static void disc_draw(html *h, const view_lang *l, frame *f, const view_map_place *p)
{
	int64_t x = map_x(f, p), y = map_y(f, p), r = disc(f, p->count);
	str count = view_number(h->to->mem, l, p->count);

	html_put(h, "<circle class=\"fj sc\" stroke-width=\"1.5\"");
	circle(h, x, y, r);
	if (view_chart_width(count) > 2 * r)
		return;
	view_chart_text(h, x, y + 62, ANCHOR_MIDDLE, "tb tc", count);
}

/* To the right, left, above or below; left out when all are taken: the title has it. */
static void name_draw(html *h, frame *f, const view_map_place *p)
{
	int64_t x = map_x(f, p), y = map_y(f, p), r = disc(f, p->count) + 50;
	int64_t wide = view_chart_width(p->name), half = wide / 2;
	const struct {
		box at;
		int64_t x, y;
		view_anchor anchor;
	} side[] = {
		{{x + r, y - 110, x + r + wide, y + 110}, x + r, y + 62, ANCHOR_START},
		{{x - r - wide, y - 110, x - r, y + 110}, x - r, y + 62, ANCHOR_END},
		{{x - half, y - r - TEXT_HIGH, x + half, y - r},
		 x,
		 y - r - 20,
		 ANCHOR_MIDDLE},
		{{x - half, y + r, x + half, y + r + TEXT_HIGH},
		 x,
		 y + r + 150,
		 ANCHOR_MIDDLE},
	};

	for (size_t i = 0; i < ARRAY_LEN(side); i++) {
		if (!free_at(f, side[i].at))
			continue;
		take(f, side[i].at);
		view_chart_text(h, side[i].x, side[i].y, side[i].anchor, "halo", p->name);
		return;
	}
}

static int most_first(const void *a, const void *b)
{
	const view_map_place *p = *(const view_map_place *const *)a;
	const view_map_place *q = *(const view_map_place *const *)b;

	if (p->count != q->count)
		return p->count > q->count ? -1 : 1;
	return str_compare(p->name, q->name);
}

void view_chart_map(html *h, const view_lang *l, const view_map *m)
{
	arena *mem = h->to->mem;
	frame f = frame_of(mem, m);
	const view_map_place **order =
		NEW_ARRAY(mem, const view_map_place *, m->places + 1);
	size_t n = 0;

	for (size_t i = 0; i < m->places; i++)
		if (m->place[i].count)
			order[n++] = &m->place[i];
	if (n)
		qsort(order, n, sizeof(const view_map_place *), most_first);
	spread(&f, order, n);
	view_chart_open(h, m->id, m->title, f.height);
	ground(h, &f);
	lines(h, &f);
	for (size_t i = 0; i < n; i++) {
		int64_t x = map_x(&f, order[i]), y = map_y(&f, order[i]);
		int64_t r = disc(&f, order[i]->count);

		take(&f, (box){x - r, y - r, x + r, y + r});
	}
	for (size_t i = n; i-- > 0;)
		disc_draw(h, l, &f, order[i]);
	for (size_t i = 0; i < n; i++)
		name_draw(h, &f, order[i]);
	for (size_t i = 0; i < m->lines; i++)
		line_count(h, l, &f, &m->line[i]);
	html_put(h, "</svg>");
}
