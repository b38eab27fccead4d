/* view_offer - what a proposal looks like to the two it is about, and to the office. */
#ifndef WEB_VIEW_OFFER_H
#define WEB_VIEW_OFFER_H

#include "web/view_office.h"

/* ---- to a participant ------------------------------------------------------------------ */
typedef struct offer_liking {
	const char *icon;
	str words;
} offer_liking;
/* Somebody one may meet: nothing by which she is found. */
typedef struct offer_stranger {
	str who, where, life, languages; /* in words; "" for nothing to say */
	bool established, video;
	offer_liking *liking;
	size_t liking_n;
} offer_stranger;
typedef struct offer_view {
	const page *page;
	str until;
	offer_stranger *stranger;
	size_t stranger_n;
	html_link back, action, no, ask;
	bool several;
	view_choice *why; /* the reasons of a no */
	size_t why_n;
} offer_view;
/* After an answer, and where there is nothing to answer (any more). */
typedef struct offer_end_view {
	const page *page;
	const char *icon, *text;
	str arg;
	html_link again; /* to the offer, which can still be answered */
	html_link me, login;
} offer_end_view;

/* ---- to the office ------------------------------------------------------------------------- */
typedef struct proposal_group {
	const char *title, *none; /* none: what to do where there is nothing */
	proposal_row *row;
	size_t row_n;
	html_link all; /* to those that are not shown */
	str all_words;
} proposal_group;
typedef struct proposals_view {
	const page *page;
	view_item *filter;
	size_t filter_n;
	proposal_group *group;
	size_t group_n;
	view_pages pages;
	html_link empty_to;
} proposals_view;

typedef struct proposal_side {
	const page *page;
	html_link to, action; /* action: where an answer is noted */
	str name, initial, facts, person, answer, why, note, by;
	bool established, open,
		wrong; /* open: an answer can be noted; wrong: what was noted is not one */
	const char *answer_icon;
	str answer_grade;
	view_choice *reason;
	size_t reason_n;
} proposal_side;
typedef struct proposal_view {
	const page *page;
	html_link list, withdraw, introduce, letters;
	const char *state, *icon, *next, *problem;
	str grade, until, fit;
	proposal_side *side;
	size_t side_n;
	history_row *event;
	size_t event_n;
} proposal_view;

typedef struct letter_view {
	str name, field, lang, dir, text, help;
	str tongue;      /* the name of the language, in the reader's */
	const char *how; /* words about {0}: by mail, by SMS, by nobody */
} letter_view;
typedef struct introduce_view {
	const page *page;
	html_link back, action, where_to;
	bool sent;
	view_choice *where;
	size_t where_n;
	letter_view *letter;
	size_t letter_n;
	str version, where_chosen;
	bool unreachable;
} introduce_view;

#endif
