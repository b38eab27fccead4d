/* round_priv - what the pages of rounds share. */
#ifndef WEB_ROUND_PRIV_H
#define WEB_ROUND_PRIV_H

#include "act/round.h"
#include "report/report.h"
#include "web/office_priv.h"
#include "web/view_round.h"

/* A round as a page works with it. */
typedef struct desk {
	req *r;
	act_round a;
	person *who; /* by index in a.who; those that were asked for */
	bool *known;
} desk;
/* The round of the path. */
MUST_USE bool desk_open(req *r, desk *d);
/* Reads somebody's name, and reasons say it from here on. Whoever is out of sight keeps a number. */
MUST_USE bool desk_know(desk *d, size_t i);
MUST_USE bool desk_know_unit(desk *d, const unit *u);
/* "Amina", "Amina och Omar"; all of them known. */
str desk_names(desk *d, const unit *u);
str desk_number(desk *d, uint32_t number);
/* Names of the unit that somebody of this number is in. */
MUST_USE bool desk_name_of(desk *d, uint32_t number, str *out);
/* The round's own pages. */
html_link desk_link(const desk *d, const char *part);
str desk_version(desk *d);
bool desk_is_open(const desk *d);
/* One member as a card has it; known. */
round_member desk_member(desk *d, size_t i);
/* The reasons of a pair, as rows with their colours. */
void desk_reasons(desk *d, const report_fit *f, html *bar, round_reason **out, size_t *n);
/* What the last change did, and whom it moved. */
MUST_USE bool desk_change(desk *d, str *words, round_decision **whom, size_t *n);
/* What is decided, each with its way back. */
MUST_USE bool desk_decisions(desk *d, round_decision **out, size_t *n);
/* Points in words: "3,4". */
str desk_points(desk *d, int64_t points);
/* The page of a round again, with what could not be done on top. */
bool desk_refuse(req *r);

#endif
