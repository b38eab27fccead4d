/* pairs - the cards of the pairs, and the map of where they are. */
#include "report/report_priv.h"

#include <stdlib.h>
#include <string.h>

enum {
	CARDS_MOST = 2000, /* more than anyone pages through; all are in pairs.csv */
};

/* ---- one card ------------------------------------------------------------------------ */

static void unit_people(page *p, const unit *u)
{
	PUT(p, "<div class=\"grow tight\">");
	for (uint32_t i = 0; i < u->n; i++)
		page_person(p, p->r->pool->member[u->first + i]);
	PUT(p, "</div>");
}

static void pair_fit(page *p, const report_fit *f, bool locked)
{
	page_say1(p, f->fit > 100 ? "report.pair.fit_over" : "report.pair.fit",
		  view_number(p->c->mem, p->l, f->fit));
	PUT(p, "</b>");
	if (locked) {
		PUT(p, "<span class=\"badge\">");
		html_icon(p->h, "lock");
		page_say(p, "report.pair.locked");
		PUT(p, "</span>");
	}
	PUT(p, "</p>");
	view_chart_parts(p->h, f->part, f->n);
	PUT(p, "<ul class=\"dots\">");
	for (size_t i = 0; i < f->n; i++) {
		PUT(p, "<li>");
		view_chart_swatch(p->h, i);
		html_element(p->h, "span", "class=\"grow\"", f->words[i]);
		html_element(p->h, "span", "class=\"num\"",
			     view_number(p->c->mem, p->l, f->points[i]));
		PUT(p, "</li>");
	}
	PUT(p, "</ul>");
	if (f->waiting.n)
		html_element(p->h, "p", "class=\"hint\"", f->waiting);
}

static void pair_card(page *p, const match_pair *m)
{
	const pool *who = p->r->pool;
	match_why w;
	report_fit f;

	match_why_pair(who, p->r->terms, m->newcomer, m->established, &w);
	report_fit_words(p->c->mem, p->l, who->people, &w, &f);
	if (m->locked)
		PUT(p, "<li class=\"card pair stack locked\"><div class=\"row both\">");
	else
		PUT(p, "<li class=\"card pair stack\"><div class=\"row both\">");
	unit_people(p, &who->newcomer[m->newcomer]);
	unit_people(p, &who->established[m->established]);
	PUT(p, "</div><div class=\"tight\"><p class=\"row\"><b>");
	pair_fit(p, &f, m->locked);
	if (f.doubts) {
		PUT(p, "<p class=\"row\">");
		for (size_t i = 0; i < f.doubts; i++)
			page_badge_warn(p, f.doubt[i]);
		PUT(p, "</p>");
	}
	PUT(p, "</div></li>");
}

typedef struct queued {
	const match_pair *pair;
	int32_t days;
} queued;

/* Those who waited longest first; then by the order of the sheet. */
static int longest_first(const void *a, const void *b)
{
	const queued *x = a, *y = b;

	if (x->days != y->days)
		return x->days > y->days ? -1 : 1;
	return x->pair->newcomer < y->pair->newcomer
		       ? -1
		       : x->pair->newcomer > y->pair->newcomer;
}

void page_pairs(page *p)
{
	const match_result *r = p->r->result;
	queued *order = NEW_ARRAY(p->c->mem, queued, r->pairs + 1);
	size_t shown = r->pairs < CARDS_MOST ? r->pairs : CARDS_MOST;

	for (size_t i = 0; i < r->pairs; i++)
		order[i] = (queued){
			&r->pair[i],
			model_unit_days(p->r->pool,
					&p->r->pool->newcomer[r->pair[i].newcomer],
					p->r->terms->date)};
	if (r->pairs)
		qsort(order, r->pairs, sizeof *order, longest_first);
	page_section(p, "pairs",
		     view_say_count(p->c->mem, p->l, "report.pairs", (int64_t)r->pairs,
				    NULL, 0));
	if (!r->pairs) {
		PUT(p, "<p>");
		page_say(p, "report.pairs.none");
		PUT(p, "</p></section>");
		return;
	}
	PUT(p, "<p class=\"hint\">");
	page_say(p, "report.pairs.order");
	PUT(p, "</p><ul class=\"grid pairs\">");
	for (size_t i = 0; i < shown; i++)
		pair_card(p, order[i].pair);
	PUT(p, "</ul>");
	if (shown < r->pairs) {
		PUT(p, "<p>");
		page_count(p, "report.pairs.more", (int64_t)(r->pairs - shown));
		PUT(p, "</p>");
	}
	PUT(p, "</section>");
}

/* ---- the map --------------------------------------------------------------------------- */

enum { TABLE_PLACES = 6, TITLE_PLACES = 12 };

typedef struct atlas {
	view_map_place *place; /* as model_place */
	view_map_line *line;
	size_t lines;
	uint32_t *order; /* places with pairs, most first */
	size_t ordered;
	uint32_t unplaced;
} atlas;

static uint16_t unit_place(const pool *p, const unit *u)
{
	const profile *x = &p->people->profile[p->member[u->first]];
	const municipality *m;

	if (x->place != PLACE_NONE && x->place < model_place_count)
		return x->place;
	m = model_municipality_get(x->municipality);
	return m && m->seat_place < model_place_count ? m->seat_place : PLACE_NONE;
}

static int line_order(const void *a, const void *b)
{
	const view_map_line *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

/* Equal lines become one with their number. */
static size_t lines_merge(view_map_line *line, size_t n)
{
	size_t kept = 0;

	if (n)
		qsort(line, n, sizeof *line, line_order);
	for (size_t i = 0; i < n; i++) {
		if (kept && !line_order(&line[kept - 1], &line[i]))
			line[kept - 1].count++;
		else
			line[kept++] = line[i];
	}
	return kept;
}

static void order_insert(atlas *a, uint32_t at)
{
	size_t i = a->ordered++;

	for (; i > 0; i--) {
		const view_map_place *before = &a->place[a->order[i - 1]];

		if (before->count > a->place[at].count ||
		    (before->count == a->place[at].count &&
		     str_compare(before->name, a->place[at].name) <= 0))
			break;
		a->order[i] = a->order[i - 1];
	}
	a->order[i] = at;
}

static void atlas_draw(page *p, atlas *a)
{
	const match_result *r = p->r->result;
	const pool *who = p->r->pool;

	a->place = NEW_ARRAY(p->c->mem, view_map_place, model_place_count);
	a->order = NEW_ARRAY(p->c->mem, uint32_t, model_place_count);
	a->line = NEW_ARRAY(p->c->mem, view_map_line, r->pairs + 1);
	for (size_t i = 0; i < model_place_count; i++)
		a->place[i] = (view_map_place){.name = model_place[i].name,
					       .lat = model_place[i].lat,
					       .lon = model_place[i].lon};
	for (size_t i = 0; i < r->pairs; i++) {
		uint16_t x = unit_place(who, &who->newcomer[r->pair[i].newcomer]);
		uint16_t y = unit_place(who, &who->established[r->pair[i].established]);

		if (x == PLACE_NONE || y == PLACE_NONE) {
			a->unplaced++;
			continue;
		}
		a->place[x].count++;
		if (x == y)
			continue;
		a->place[y].count++;
		a->line[a->lines++] = (view_map_line){x < y ? x : y, x < y ? y : x, 1};
	}
	a->lines = lines_merge(a->line, a->lines);
	for (uint32_t i = 0; i < model_place_count; i++)
		if (a->place[i].count)
			order_insert(a, i);
}

static str map_title(page *p, const atlas *a)
{
	arena *mem = p->c->mem;
	str text = view_say(mem, p->l, "report.map.title", NULL, 0);

	for (size_t i = 0; i < a->ordered && i < TITLE_PLACES; i++) {
		const view_map_place *at = &a->place[a->order[i]];
		str count = view_say_count(mem, p->l, "report.pairs", at->count, NULL, 0);

		text = str_format(mem, "%.*s%s %.*s %.*s", STR_ARG(text), i ? "," : "",
				  STR_ARG(at->name), STR_ARG(count));
	}
	return str_format(mem, "%.*s.", STR_ARG(text));
}

static void map_table(page *p, const atlas *a)
{
	uint32_t rest = 0;

	PUT(p, "<table><thead><tr>");
	page_column(p, "report.map.place", false);
	page_column(p, "report.map.pairs", true);
	PUT(p, "</tr></thead><tbody>");
	for (size_t i = 0; i < a->ordered; i++) {
		const view_map_place *at = &a->place[a->order[i]];

		if (i >= TABLE_PLACES && a->ordered > TABLE_PLACES + 1) {
			rest++;
			continue;
		}
		PUT(p, "<tr>");
		html_element(p->h, "th", "scope=\"row\"", at->name);
		page_cell_number(p, at->count);
		PUT(p, "</tr>");
	}
	PUT(p, "</tbody></table>");
	if (rest) {
		PUT(p, "<p class=\"hint\">");
		page_count(p, "report.map.rest", rest);
		PUT(p, "</p>");
	}
}

void page_map(page *p)
{
	atlas a = {0};
	view_map map;

	atlas_draw(p, &a);
	PUT(p, "<figure class=\"card tight\"><figcaption><b>");
	page_say(p, "report.map");
	PUT(p, "</b></figcaption>");
	map = (view_map){.id = p->charts++,
			 .title = map_title(p, &a),
			 .place = a.place,
			 .places = model_place_count,
			 .line = a.line,
			 .lines = a.lines};
	if (a.ordered) {
		view_chart_map(p->h, p->l, &map);
		PUT(p, "<p class=\"hint\">");
		page_say(p, "report.map.read");
		PUT(p, "</p>");
		map_table(p, &a);
	}
	if (a.unplaced) {
		PUT(p, "<p>");
		page_count(p, "report.map.unplaced", a.unplaced);
		PUT(p, "</p>");
	}
	html_element(p->h, "p", "class=\"hint\" lang=\"en\"", model_place_credit);
	PUT(p, "</figure>");
}
