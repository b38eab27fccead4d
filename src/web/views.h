/* views - what every page shows around its own matter: the frame, notices, fields. */
#ifndef WEB_VIEWS_H
#define WEB_VIEWS_H

#include "view/view.h"

/* A link with words: of a menu, a list of pages, a language. */
typedef struct view_item {
	html_link to;
	const char *key;           /* its words, or NULL and `text` */
	str text, tag, dir, below; /* below: the same in Swedish */
	const char *icon;
	bool here;
} view_item;

/* What a form carries along unseen. */
typedef struct hidden_value {
	str name, value;
} hidden_value;

/* Something wrong with one field, for the summary and beside the field. */
typedef struct view_error {
	str field;       /* id of the control */
	const char *key; /* what to do */
	str arg, label;
} view_error;

typedef struct page {
	str title;
	str body; /* the class, "slim" for participants */
	bool staff, private_title;
	str keys; /* address of the page about keyboard shortcuts */
	html_link home, languages, call, privacy, accessibility, logout, account;
	view_item *nav;
	size_t nav_n;
	str who;         /* the name of the one logged in */
	str token, once; /* hidden fields of every form */
	view_error *error;
	size_t error_n;
	const char *notice; /* "notice.saved" …, or NULL */
	str notice_grade;   /* "ok", "warn", "warm" */
} page;

/* A choice of a field: radio, check box, button or option. */
typedef struct view_choice {
	str value, text, swedish;
	str group,
		group_swedish; /* of this one and those after it; "" when it is as before */
	const char *icon;
	bool chosen;
} view_choice;

/* How a control looks: the templates pick by it. */
typedef enum control {
	CONTROL_BUTTONS, /* one tap answers and goes on */
	CONTROL_CHECKS,
	CONTROL_SELECT,
	CONTROL_TEXT,
	CONTROL_AREA
} control;
typedef struct view_field {
	str name, label, swedish, hint, value, type, mode, complete;
	const char *error;
	str error_arg;
	control control;
	bool optional, two; /* two: choices in two columns */
	view_choice *choice;
	size_t choice_n;
	str current; /* in words, for lists of answers */
	html_link change;
} view_field;

typedef struct fault_view {
	const page *page;
	str text;
	html_link back;
} fault_view;

/* What takes long, meanwhile. */
typedef struct wait_view {
	const page *page;
	const char *stage;
	int64_t permille;
	str percent;
	html_link again;
} wait_view;

/* Paging of a list, its state in the address. */
typedef struct view_pages {
	html_link before, after;
	int64_t from, to, total;
} view_pages;

#endif
