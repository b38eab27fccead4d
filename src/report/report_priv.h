/* report_priv - shared by the parts of the page and by the sheets. */
#ifndef REPORT_PRIV_H
#define REPORT_PRIV_H

#include "report/report.h"
#include "report/words.h"

typedef struct page {
	ctx *c;
	const view_lang *l;
	const report_match *r;
	html html, *h;
	int charts; /* ids given out */
} page;
#define PUT(p, literal) html_put((p)->h, literal)
void page_say(page *p, const char *key);
void page_say1(page *p, const char *key, str arg);
void page_count(page *p, const char *key, int64_t n);
/* A phrase of room match as a line of its own: with a capital. */
str page_phrase(page *p, const match_phrase *phrase);
/* Opens <section id=… class="stack"> with its h2; closed by the caller. */
#define page_section(p, id, heading)                                                     \
	(PUT(p, "<section id=\"" id "\" class=\"stack\" aria-labelledby=\"" id           \
		"-h\"><h2 id=\"" id "-h\">"),                                            \
	 html_text((p)->h, (heading)), PUT(p, "</h2>"))
/* <th scope="col">, for a figure when `number`. */
void page_column(page *p, const char *key, bool number);
void page_cell_number(page *p, int64_t n);
/* Opens the box in which a wide table is moved sideways, also by keyboard; `key` says what it is. */
void page_scroll(page *p, const char *key);
/* A badge with the warning triangle. */
void page_badge_warn(page *p, str text);
/* One person's disc, name and facts; `person` is an index of people->profile. */
void page_person(page *p, size_t person);

/* How many of a list of n waiting are explained: all, or the first when the case has no table. */
size_t report_waiting_explained(const report_match *r, size_t n);

/* Parts of the page, in their order. */
void page_pairs(page *p);
void page_map(page *p);
void page_waiting(page *p);
void page_recruit(page *p);
void page_compare(page *p);
void page_fairness(page *p);
void page_sheet(page *p);
void page_absent(page *p);
void page_method(page *p);

/* ---- words for people and units ---------------------------------------------------- */
/* Given and family name, NFC and inert; "nr 17" without a name. */
str report_full_name(arena *mem, const view_lang *l, const people *p, size_t person);
/* The members' names, joined by "and". */
str report_unit_name(arena *mem, const view_lang *l, const pool *p, const unit *u);
/* The list with one more item: "a, b" and, with the last, "a, b and c". */
str report_join(arena *mem, const view_lang *l, str list, str item, bool last);
/* Locality or municipality; "" unknown. */
str report_place(const profile *p);
/* A text with its first letter large. */
str report_capital(arena *mem, str s);

/* Newcomers and established people in the pool. */
typedef struct pool_size {
	uint32_t newcomers, established;
} pool_size;
pool_size report_pool_size(const pool *p);
/* Mean fit over pairs with one decimal; a dash when there are none. */
str report_mean_fit(arena *mem, const view_lang *l, const match_outcome *o);
/* Whole points that add up to the rounded sum (largest remainders); n at most 32. */
void report_round_points(const int64_t *thousandths, size_t n, int64_t *points);

#endif
