/*
 * report - a round as people read it: a page, sheets, a summary, and the result file.
 *
 * The page and the sheets have names in them: they are the coordinator's working
 * papers. All text comes from the locale files and passes the html type or the cell
 * writer, so that nothing a sheet contains acts in what is written. Results go to a
 * buf; nothing here opens a file. What is allocated lives in c->mem.
 */
#ifndef REPORT_H
#define REPORT_H

#include "match/match.h"
#include "report/words.h"
#include "sheet/sheet.h"
#include "view/view.h"

typedef struct report_match {
	str file;           /* the sheet, as the user named it */
	const sheet *sheet; /* NULL for people who were not read from one */
	const pool *pool;
	const terms *terms;
	const match_result *result;
	/* A page about one of them, to which "?nr=" and the number are added; path "" where there is none. */
	html_link person;
	bool checked; /* the independent checker agreed; set by the caller */
	/* Filled by report_match_gather: */
	match_case why;
	match_outcome ours, greedy, kompisbyran;
	bool compared;          /* the two baselines are there */
	match_recruit *recruit; /* best first */
	size_t recruits;
	match_fairness *fairness; /* by weight of waiting, ascending */
	size_t fairnesses;
} report_match;

/* Parts of a report, as a mask. */
typedef enum report_part {
	REPORT_MAP = 1,
	REPORT_WAITING = 2,
	REPORT_RECRUIT = 4,
	REPORT_COMPARE = 8, /* beside two simpler ways */
	REPORT_FAIRNESS = 16,
	REPORT_ALL = 31
} report_part;
/*
 * Explains a solved round, as far as these parts need it: baselines, whom to recruit, the price of
 * fairness. `s` may be NULL. Everything is kept by reference. Reports progress
 * ("progress.explaining"). Faults: those of match_case_open and match_fairness_curve.
 */
MUST_USE bool report_match_gather(ctx *c, str file, const sheet *s, const pool *p,
				  const terms *t, const match_options *o,
				  const match_result *r, unsigned parts,
				  report_match *out);
/* One part as it stands in the page, for a page of somebody else's; with the icons it shows. */
void report_part_html(ctx *c, const view_lang *l, const report_match *r, report_part part,
		      html *out);

/* How well a pair fits, as its card says it: three reasons and the rest. */
enum { REPORT_REASONS = 4 };
typedef struct report_fit {
	str words[REPORT_REASONS];
	int64_t part[REPORT_REASONS];   /* thousandths, for the bar */
	int64_t points[REPORT_REASONS]; /* whole points, which add up to fit */
	size_t n;
	int64_t fit;
	str *doubt; /* what is not known, in a word or two, each once */
	size_t doubts;
	str waiting; /* what waiting adds, in a sentence; "" for nothing */
} report_fit;
void report_fit_words(arena *mem, const view_lang *l, const people *p, const match_why *w,
		      report_fit *out);
/* The certificate in words: the verdict, then why one may trust it. */
str report_verdict(arena *mem, const view_lang *l, const report_match *r);
str report_certificate(arena *mem, const view_lang *l, const report_match *r);

/* The whole round as one HTML file: no script, nothing from outside, prints on A4. */
void report_match_html(ctx *c, const view_lang *l, const report_match *r, buf *out);

/*
 * The summary for a terminal: aligned by code points, at most 80 wide but for paths;
 * `written` are the files to name last. Colours are ANSI and never the only sign.
 */
void report_match_text(ctx *c, const view_lang *l, const report_match *r,
		       const str *written, size_t n, bool color, buf *out);

/*
 * Sheets for Excel: UTF-8 with a byte order mark, ';', headings in the language. No
 * cell starts a formula (OWASP, "CSV Injection": an apostrophe goes before), names are
 * in NFC, direction controls are gone and '<' before a letter is '‹'.
 */
void report_pairs_csv(ctx *c, const view_lang *l, const report_match *r, buf *out);
void report_waiting_csv(ctx *c, const view_lang *l, const report_match *r, buf *out);
void report_recruit_csv(ctx *c, const view_lang *l, const report_match *r, buf *out);
/* Rows of the sheet that cannot be used, as they stood, with the reason. */
void report_skipped_csv(ctx *c, const view_lang *l, const sheet *s, buf *out);

/* result.json as docs/matching.md has it: what `kompis check` proves. ASCII. */
void report_result_json(ctx *c, const people *all, const pool *p, const terms *t,
			const match_result *r, str file, buf *out);

#endif
