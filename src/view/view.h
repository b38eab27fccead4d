/*
 * view - words, HTML and pictures: what a reader sees, without knowing people.
 */
#ifndef VIEW_H
#define VIEW_H

#include "base/base.h"

/*
 * Functions are pure and thread-safe; what they return lives in the arena they are given.
 *
 * ---- words: locale/<tag>.po, compiled in by tools/poc.c ----------------------------
 */
typedef struct view_lang view_lang;
/* The language of a tag ("sv", "ar"); NULL if there is none. "qps" is there in tests only. */
const view_lang *view_lang_get(str tag);
str view_lang_tag(const view_lang *l);
/* Those to choose from, Swedish first: view_lang_at(0) to view_lang_at(view_lang_count() - 1). */
size_t view_lang_count(void);
const view_lang *view_lang_at(size_t i);
/* What its speakers call it, in their own script; and its name in Swedish. */
str view_lang_name(const view_lang *l);
str view_lang_name_sv(const view_lang *l);
/* True when it is written from right to left. */
bool view_lang_rtl(const view_lang *l);
/* False when only the pages of participants speak it: staff gets another. */
bool view_lang_whole(const view_lang *l);
/* True when the key has a text, in this language or in Swedish. */
bool view_has(const view_lang *l, const char *key);
/*
 * The same language with some texts said in other words: those of a programme. It refers to
 * `own`, which lives as long. A plural form is not replaced.
 */
typedef struct view_own {
	const char *key, *text;
} view_own;
const view_lang *view_lang_with(arena *a, const view_lang *l, const view_own *own,
				size_t n);
/*
 * The text of a key with {0} … {9} replaced by the arguments. A key missing in this
 * language falls back to Swedish; one missing there too shows as the key in brackets.
 * A brace pair without an argument stands as it is.
 */
str view_say(arena *a, const view_lang *l, const char *key, const str *arg, size_t n);
/* The plural form for n (CLDR category by ICU); {0} is n formatted, {1} … the arguments. */
str view_say_count(arena *a, const view_lang *l, const char *key, int64_t n,
		   const str *arg, size_t args);
/* A whole number with the language's grouping. */
str view_number(arena *a, const view_lang *l, int64_t n);
/* scaled / 10^digits with exactly that many decimals (0 to 9): view_decimal(a, sv, 785, 1) is "78,5". */
str view_decimal(arena *a, const view_lang *l, int64_t scaled, int digits);
/* A day number as the language writes dates in running text: "1 januari 2023". Always Gregorian. */
str view_date(arena *a, const view_lang *l, int32_t day);
/* The same without the year: "15 mars"; and with the day of the week: "tisdag 15 mars 2022". */
str view_date_short(arena *a, const view_lang *l, int32_t day);
str view_weekday_date(arena *a, const view_lang *l, int32_t day);
/* Its month alone: "mars 2022". */
str view_month(arena *a, const view_lang *l, int32_t day);
/* The time of day in Sweden at a moment in ms since 1970-01-01T00:00Z, 24 hours: "18.00", "18:00". */
str view_time(arena *a, const view_lang *l, int64_t ms);
/* True for a code point that acts on what surrounds it: controls, direction overrides, tags. */
bool view_acts(int32_t code_point);
/*
 * The text without such code points, for a terminal or a file: white space becomes a
 * space, malformed UTF-8 U+FFFD.
 */
str view_inert(arena *a, str s);
/* A fault as one line: "file:line:column: what, and what was expected"; inert. */
str view_fault(arena *a, const view_lang *l, const fault *f);

/* ---- html: its own type, so that nothing unescaped gets into a page ------------------
 * Writes to a buf. The fields are not for others to touch.
 */
typedef struct html {
	buf *to;
} html;
html html_to(buf *out);
/* Markup, from a literal only: html_put(h, name.s) does not compile. */
#define html_put(h, literal) html_markup_((h), "" literal, sizeof(literal) - 1)
void html_markup_(html *h, const char *markup, size_t n);
/* Text between tags. */
void html_text(html *h, str s);
/* Text inside an attribute value; the quotes are the caller's, always double. */
void html_attr(html *h, str s);
/* One part of an address: a path segment or a value after `?name=`. */
void html_url(html *h, str s);
/*
 * An address made by our own code, never by a person: it begins with "/" and a name, "?",
 * "#", "https://", "mailto:" or "tel:". Only such a one can be a whole address in a template.
 */
typedef struct html_link {
	str path;
} html_link;
/* The same link; the program ends when it is no address of ours. */
html_link html_link_checked(html_link link);
/* "mailto:" and "tel:" of what a person gave, so encoded that it stays one address. */
html_link html_link_mail(arena *a, str address);
html_link html_link_phone(arena *a, str number);
/* What a person is called, kept apart from the direction of the text around it. */
void html_name(html *h, str s);
/* A number for the machine: plain digits; the second in tenths (125 is "12.5"). */
void html_int(html *h, int64_t n);
void html_tenths(html *h, int64_t tenths);
/* A number for the reader. */
void html_number(html *h, const view_lang *l, int64_t n);
/* The text of a key, as text between tags. */
void html_say(html *h, const view_lang *l, const char *key);
void html_say_with(html *h, const view_lang *l, const char *key, const str *arg,
		   size_t n);
void html_say_count(html *h, const view_lang *l, const char *key, int64_t n);
/* html_element(h, "td", "class=\"n\"", text): a whole element; tag and attributes are literals. */
#define html_element(h, tag, attributes, text)                                           \
	html_element_((h), S(tag), S(attributes), (text))
void html_element_(html *h, str tag, str attributes, str text);
/* What was written to another writer of the same page, whole elements, put here. */
void html_join(html *h, const html *other);
/* The icons a page uses, hidden, once per page; then each where it stands, decorative. */
void html_icons(html *h, const char *const *id, size_t n);
#define html_icon(h, id)                                                                 \
	html_put((h),                                                                    \
		 "<svg class=\"i\" aria-hidden=\"true\"><use href=\"#" id "\"/></svg>")
/* assets/kompis.css: as a <style> element, and as it is. */
void html_stylesheet(html *h);
str view_stylesheet(void);

/* ---- assets: the files of assets/, inside the program -----------------------------------
 * A page of the site points at them. The address changes with the content, so a browser may
 * keep them for ever; all of it is constant data.
 */
typedef struct view_asset {
	str name; /* "kompis.css" */
	str path; /* "/static/kompis-0a1b2c3d.css" */
	str type; /* for Content-Type */
	str bytes;
	str packed; /* the same by gzip */
} view_asset;
/* The asset at an address; NULL if there is none, also for one of an earlier content. */
const view_asset *view_asset_find(str path);
/* The address of a file that is there. Templates write {{asset kompis.css}}. */
html_link view_asset_path(const char *name);

/* ---- charts: SVG drawn here, without script or anything from outside -----------------
 * Each is role=img with a title that reads out what it shows. `id` is unique on the page.
 * Fills differ in more than colour. Text is at least 18 units when the viewBox is shown
 * one to one, as on a phone.
 */
typedef enum view_fill { FILL_SOLID, FILL_BERRY, FILL_HATCH, FILL_HOLLOW } view_fill;
/* A bar of up to four segments in the order given, each with its own fill; decorative beside a list. */
void view_chart_parts(html *h, const int64_t *part, size_t n);
/* The mark that names such a segment in the list (0..3). */
void view_chart_swatch(html *h, size_t segment);
/* One bar from zero, for a table that has the figure beside it. */
void view_chart_bar(html *h, int64_t value, int64_t most);

typedef struct view_histogram {
	int id;
	str title; /* the finding and the figures in words */
	const uint32_t *count;
	size_t n; /* bins */
	uint32_t
		most; /* the count that fills the height; the same for charts to compare */
	const str *
		label; /* n centred under the bins, or n + 1 at their edges; "" is left out */
	size_t labels;
	view_fill fill;
} view_histogram;
void view_chart_histogram(html *h, const view_lang *l, const view_histogram *v);

typedef struct view_point {
	int64_t x, y;
	bool marked; /* the one the page speaks of */
	str label;   /* beside the point; "" none */
} view_point;
typedef struct view_line {
	int id;
	str title, x_name, y_name;
	int y_digits;            /* y is scaled by 10 to this */
	const view_point *point; /* in the order of the line */
	size_t n;
} view_line;
/* Dots joined by a line. Axes need not begin at zero: their ends are labelled. */
void view_chart_line(html *h, const view_lang *l, const view_line *v);

typedef struct view_map_place {
	str name;
	int32_t lat, lon; /* 1e-5 degrees */
	uint32_t count;   /* shown in the disc; 0 = only ground to see where one is */
} view_map_place;
typedef struct view_map_line {
	size_t from, to; /* indexes of places */
	uint32_t count;
} view_map_line;
typedef struct view_map {
	int id;
	str title;
	const view_map_place *place;
	size_t places;
	const view_map_line *line;
	size_t lines;
} view_map;
/* Localities and lines between them: never a home. North is up, also in RTL. */
void view_chart_map(html *h, const view_lang *l, const view_map *v);

#endif
