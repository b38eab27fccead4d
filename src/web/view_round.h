/* view_round - what the pages of rounds of matching show. */
#ifndef WEB_VIEW_ROUND_H
#define WEB_VIEW_ROUND_H

#include "web/view_office.h"

/* ---- the rounds there are ------------------------------------------------------------------ */
typedef struct rounds_row {
	html_link to;
	str when, places, by, size;
	bool open, applied;
} rounds_row;
typedef struct rounds_view {
	const page *page;
	html_link action;
	view_choice *place;
	size_t place_n;
	str waiting; /* how many wait, in a sentence */
	rounds_row *row;
	size_t row_n;
	const char *error;
} rounds_view;

/* ---- one round ------------------------------------------------------------------------------- */
typedef struct round_member {
	html_link to; /* her place in the round */
	str name, initial, facts, days;
	bool established;
} round_member;
typedef struct round_unit {
	str number;
	round_member *member; /* one, or a household */
	size_t member_n;
} round_unit;
typedef struct round_reason {
	html swatch;
	str words;
	int64_t points;
} round_reason;
typedef struct round_card {
	const page *page;
	html_link action, forbid;
	round_unit newcomer, established;
	html bar;
	round_reason *reason;
	size_t reason_n;
	str fit, waiting;
	str *doubt;
	size_t doubt_n;
	bool locked, over, moved, open; /* over: a fit above 100 */
} round_card;
/* Something decided, with the way back. */
typedef struct round_decision {
	const page *page;
	html_link action;
	str words, reason, verb, newcomer, established;
	const char *undo;
} round_decision;
typedef struct round_view {
	const page *page;
	html_link action, weights, apply, list, waiting, recruit, fairness, drop, people,
		sheet, result, self, proposals;
	str where, size, version, verdict, certificate;
	str changed; /* what the last change did, in a sentence; "" for nothing yet */
	round_decision *move;
	size_t move_n; /* whom it moved */
	bool undo, open, stale, proven, applied, dropped;
	round_card *card;
	size_t card_n;
	str count;
	people_select *select;
	size_t select_n;
	view_pages pages;
	round_decision *decision;
	size_t decision_n;
	html map;
	int64_t pairs, waits;
	str waits_words;
} round_view;

/* ---- one of them in it ------------------------------------------------------------------------ */
typedef struct round_option {
	const page *page;
	html_link action;
	str name, facts, cost, newcomer, established;
} round_option;
typedef struct round_person_view {
	const page *page;
	html_link back, action, person;
	str name, initial, facts, number, now; /* now: with whom she is paired */
	bool established, open, left_out;
	str *sentence; /* why she is still waiting */
	size_t sentence_n;
	str *relax; /* what would open somebody */
	size_t relax_n;
	round_option *option; /* the next best */
	size_t option_n;
	view_choice *other; /* whom to ask about */
	size_t other_n;
	str answer; /* why not that one; "" not asked */
	str asked;
	str *rule;
	size_t rule_n;
	html bar;
	round_reason *reason;
	size_t reason_n;
	str fit, lock_newcomer, lock_established;
	html_link ask;
	str newcomer, established_number; /* her number, on her side; "0" on the other */
} round_person_view;

/* ---- weights ------------------------------------------------------------------------------------- */
typedef struct round_weight {
	str name, value;
	const char *label, *what;
	const char *error;
} round_weight;
typedef struct round_effect {
	const char *key;
	str now, then;
} round_effect;
typedef struct round_weights_view {
	const page *page;
	html_link action, back;
	str version;
	round_weight *weight;
	size_t weight_n;
	bool most_pairs;
	round_effect *effect;
	size_t effect_n;
	str changed; /* how many pairs become others */
} round_weights_view;

/* ---- a part of the report as a page ------------------------------------------------------------------ */
typedef struct round_part_view {
	const page *page;
	html_link back, action;
	str version, title;
	html body;
	view_choice *choice; /* points of the frontier */
	size_t choice_n;
	bool open, empty; /* empty: nobody is left to say anything about */
} round_part_view;

/* ---- applying ------------------------------------------------------------------------------------------ */
typedef struct round_fell {
	str names;
	const char *why;
} round_fell;
typedef struct round_apply_view {
	const page *page;
	html_link action, back;
	str version, count, verdict, until;
	round_fell *fell;
	size_t fell_n;
	html_link proposals;
	const char *hindrance; /* why it cannot be */
	bool done;
} round_apply_view;

#endif
