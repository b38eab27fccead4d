/* view_pair - what the pages of pairs show: to the two, and to the office. */
#ifndef WEB_VIEW_PAIR_H
#define WEB_VIEW_PAIR_H

#include "web/view_office.h"

/* ---- to the two -------------------------------------------------------------------------- */
/* One question, answered by one tap; or words; or thanks. */
typedef struct checkin_view {
	const page *page;
	html_link action, skip, again;
	const char *hint;
	str name; /* of the control */
	view_choice *choice;
	size_t choice_n;
	bool words, told,
		done; /* a text is asked for; it was told that something is wrong; all is said */
} checkin_view;
typedef struct again_view {
	const page *page;
	html_link action;
	const char *done; /* what comes of the answer; NULL: not answered yet */
} again_view;

/* ---- the list ------------------------------------------------------------------------------ */
typedef struct pair_badge {
	str grade;
	const char *icon, *words;
} pair_badge;
typedef struct pair_row {
	html_link to;
	str names, place, state;
	pair_badge health;
	bool over;
	int64_t days;
} pair_row;
typedef struct pairs_view {
	const page *page;
	html_link action, all, incidents;
	people_select *select;
	size_t select_n;
	pair_row *row;
	size_t row_n;
	str caption, open_incidents;
	view_pages pages;
	bool filtered;
} pairs_view;

/* ---- one pair ------------------------------------------------------------------------------- */
typedef struct pair_one {
	html_link to; /* none: in another municipality */
	str name, initial, facts, said, id;
	bool established, chosen;
} pair_one;
typedef struct pair_way {
	html_link to;
	const char *key, *icon;
	bool bad;
} pair_way;
typedef struct pair_view {
	const page *page;
	html_link list, action, undo, incidents;
	str names, state, since, version, undo_words;
	pair_badge health;
	pair_one *one;
	size_t one_n;
	pair_way *way;
	size_t way_n;
	history_row *event;
	size_t event_n;
	view_field contact, place, feeling;
	bool over, may_note, sees_incidents, who_missing;
	str text;
} pair_view;
/* A question before something is decided, with a reason to choose. */
typedef struct pair_step_view {
	const page *page;
	html_link action, back;
	const char *consequence, *act;
	str verb, version;
	view_field why;
	bool asks, bad;
} pair_step_view;
typedef struct pair_conflict_view {
	const page *page;
	str state;
	history_row *event;
	size_t event_n;
	html_link back;
} pair_conflict_view;

/* ---- something is wrong ---------------------------------------------------------------------- */
typedef struct incident_row {
	html_link to, pair;
	str name, place, when, by, text, version;
	bool closed;
} incident_row;
typedef struct incidents_view {
	const page *page;
	html_link back;
	incident_row *row;
	size_t row_n;
} incidents_view;

#endif
