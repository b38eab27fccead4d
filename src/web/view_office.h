/* view_office - what the pages of the office show. */
#ifndef WEB_VIEW_OFFICE_H
#define WEB_VIEW_OFFICE_H

#include "web/views.h"

/* ---- the start page ------------------------------------------------------------------- */
typedef struct office_task {
	const page *page;
	str grade;                     /* class: "", "bad", "warn" */
	const char *icon, *verb, *key; /* key: words about `name`; else `what` */
	str what, since, minutes, name, phone;
	html_link person_to;    /* whose page the words lead to, or none */
	html_link to, phone_to; /* `to` is a page, or with `post` where the form goes */
	bool main, post, done;
} office_task;
typedef struct office_figure {
	str words;
	int64_t n;
	bool few;     /* too few to tell somebody outside the office how many */
	html_link to; /* of those who may see who they are */
} office_figure;
typedef struct office_view {
	const page *page;
	str day, places, title, next, rest;
	office_task *task;
	size_t task_n;
	office_figure *figure;
	size_t figure_n;
	view_item *way; /* for those whose work is elsewhere: an administrator's links */
	size_t way_n;
	html_link done, call_all;
	str done_words;
	bool works,
		aside; /* works: has tasks of one's own; aside: figures or a goal beside them */
	int64_t goal;
	int32_t from, to;
	str programme;
	html_link enrol;
} office_view;

/* ---- the list ---------------------------------------------------------------------------- */
typedef struct people_row {
	html_link to;
	str name, side, place, level, queued;
	const char *state; /* words */
	str grade;
	const char *icon;
	int64_t year, days;
	bool established;
} people_row;
typedef struct people_column {
	const char *key;
	str sort;     /* aria-sort, or "" */
	html_link to; /* empty: not to be sorted by */
	bool number, down;
} people_column;
typedef struct people_select {
	str name;
	const char *label;
	view_choice *choice;
	size_t choice_n;
} people_select;
typedef struct people_view {
	const page *page;
	html_link action, search, csv, enrol, all, import;
	people_select *select;
	size_t select_n;
	hidden_value *keep; /* the filter, for the forms beside it */
	size_t keep_n;
	people_column *column;
	size_t column_n;
	people_row *row;
	size_t row_n;
	view_pages pages;
	str caption, typed, sort;
	bool filtered, searched, more;
} people_view;

/* ---- one person ----------------------------------------------------------------------------- */
typedef struct answer_row {
	str label, words;
	html_link to; /* to call or write */
} answer_row;
typedef struct answer_group {
	const char *title;
	answer_row *row;
	size_t row_n;
} answer_group;
typedef struct person_way {
	html_link to;
	const char *key, *icon;
} person_way;
typedef struct history_row {
	str when, what, by, reason;
	const char *icon;
} history_row;
typedef struct talk_row {
	str when, mode, state, note, checks;
	html_link result, change, cancel;
	bool booked;
} talk_row;
typedef struct consent_line {
	const char *title;
	str words;
	bool given;
} consent_line;
typedef struct proposal_row {
	html_link to;
	str names, since, answers;
	const char *state, *icon;
	str grade;
} proposal_row;
typedef struct barred_row {
	html_link lift; /* empty: not for the one who asks */
	str name, since;
	const char *why;
} barred_row;
typedef struct person_view {
	const page *page;
	str name, initial, facts, grade, version, seen, undo_words;
	const char *state, *icon;
	bool established, opened;
	html_link contact, back, next_to, undo, edit, merge, list, data, erase, keep;
	str erased_on;    /* somebody asked for it: the day it is done */
	const char *next; /* words of the one main step */
	const char *next_why;
	str next_verb; /* with it the step is a form, not a page */
	answer_group *group;
	size_t group_n;
	person_way *way;
	size_t way_n;
	talk_row *talk;
	size_t talk_n;
	consent_line *consent;
	size_t consent_n;
	history_row *event, *older, *look, *looked; /* the newest, and those before */
	size_t event_n, older_n, look_n, looked_n;
	person_way *twin; /* others with the same contact */
	size_t twin_n;
	proposal_row *offer; /* what is proposed to her, or became a pair */
	size_t offer_n;
	barred_row *barred; /* whom she is not suggested again */
	size_t barred_n;
} person_view;

/* A question before something happens; the safe way out first. */
typedef struct confirm_view {
	const page *page;
	str consequence, verb, version, seen, name, about;
	const char *question, *act, *reason_label;
	str reason;
	bool reason_needed, bad;
	html_link action, back;
} confirm_view;
/* Somebody else was first. */
typedef struct conflict_view {
	const page *page;
	str name;
	const char *state;
	history_row *event;
	size_t event_n;
	html_link back;
} conflict_view;

typedef struct edit_row {
	view_field field;
	str was; /* coded, as it was when the form was made */
	str now; /* what it became meanwhile, when that is not what was typed */
} edit_row;
typedef struct edit_view {
	const page *page;
	str name, version, seen;
	edit_row *row;
	size_t row_n;
	view_field *wish; /* one select a wish */
	size_t wish_n;
	str age_from, age_to, wishes_was;
	history_row *event; /* what changed meanwhile */
	size_t event_n;
	bool conflict;
	html_link action, back;
} edit_view;

typedef struct merge_side {
	html_link to;
	str name, id;
	const char *state;
} merge_side;
typedef struct merge_line {
	str label, keep, gone;
	bool differ;
} merge_line;
typedef struct merge_view {
	const page *page;
	str name, typed;
	html_link action, back;
	people_row *found;
	size_t found_n;
	bool searched, more;
	merge_side keep, gone;
	merge_line *line;
	size_t line_n;
} merge_view;

/* ---- interviews --------------------------------------------------------------------------------- */
typedef struct talk_view {
	const page *page;
	str name, id, version, person_version, date, time, note;
	view_choice *mode;
	size_t mode_n;
	str day_seen[3];
	struct check_line {
		str name, value;
		const char *label;
		bool on;
	} * check;
	size_t check_n;
	view_choice *outcome;
	size_t outcome_n;
	html_link action, back;
	bool moved, may_decide;
	const char *date_error, *time_error, *note_error, *outcome_error;
} talk_view;
typedef struct coming_row {
	str day, time, mode, name;
	html_link to, result;
	bool past, mine;
} coming_row;
typedef struct coming_view {
	const page *page;
	coming_row *row;
	size_t row_n;
	html_link people, mine, all;
	bool only_mine;
} coming_view;

/* ---- registering for somebody -------------------------------------------------------------------- */
typedef struct enrol_view {
	const page *page;
	html_link action, back;
	view_field side, channel, written;
	view_field *field;
	size_t field_n;
	struct enrol_consent {
		str name;
		const char *title, *text, *error;
		bool required, given;
	} * consent;
	size_t consent_n;
	person_way *twin;
	size_t twin_n;
} enrol_view;

/* ---- imports ------------------------------------------------------------------------------------------ */
typedef struct import_row {
	html_link to, undo;
	str when, by, file, undone;
	int64_t rows, added, merged, skipped;
} import_row;
typedef struct imports_view {
	const page *page;
	html_link action;
	import_row *row;
	size_t row_n;
	int64_t megabytes;
	bool refused;
	str why; /* the file could not be read */
} imports_view;
typedef struct preview_problem {
	int64_t row, line;
	str column, read, could_be;
	const char *key;
	bool unusable;
} preview_problem;
typedef struct preview_row {
	int64_t row;
	str name, facts, field; /* field: name of its radio buttons */
	const char *bar;        /* why it cannot be added */
	const char *same_key;
	str same;
	html_link same_to;
	view_choice *way;
	size_t way_n;
	str grade;
} preview_row;
typedef struct preview_view {
	const page *page;
	html_link action, back;
	str file, encoding, decided, caption, headings;
	int64_t rows, add, merge, skip, barred, doubles, at;
	preview_row *row;
	size_t row_n;
	preview_problem *problem;
	size_t problem_n;
	int64_t problems;
	bool before, after, all_rows;
	str before_at, after_at;
} preview_view;
typedef struct imported_view {
	const page *page;
	import_row import;
	html_link people, back;
	bool is_undone;
} imported_view;

#endif
