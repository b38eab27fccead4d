/* view_register - what the pages of registering and the first pages show. */
#ifndef WEB_VIEW_REGISTER_H
#define WEB_VIEW_REGISTER_H

#include "web/views.h"

typedef struct languages_view {
	const page *page;
	view_item *language;
	size_t language_n;
} languages_view;

typedef struct start_view {
	const page *page;
	html_link register_, login, resume;
	str resume_name;
} start_view;

typedef struct question_view {
	const page *page;
	html_link action, back, skip, later;
	str then; /* "check": where to after the answer */
	int64_t step, steps;
	bool has_button, may_be_silent, several;
	str swedish; /* the question in Swedish, when there are several fields */
	view_field *field;
	size_t field_n;
	const char *why_key; /* what it is for, who sees it, how long */
	int64_t keep_months;
} question_view;

typedef struct check_view {
	const page *page;
	html_link action, back, more, later, data;
	view_field *field;
	size_t field_n;
	bool submitted;
	struct consent_choice {
		str name;
		const char *title, *text;
		bool required, given;
	} * consent;
	size_t consent_n;
} check_view;

typedef struct receipt_view {
	const page *page;
	str name;
	html_link more, me;
	bool more_to_tell;
} receipt_view;

typedef struct later_view {
	const page *page;
	str link, code, contact;
	html_link action, back;
} later_view;

typedef struct call_view {
	const page *page;
	html_link action;
	str name, phone, lang, when;
	view_choice *language, *time;
	size_t language_n, time_n;
	bool done;
} call_view;

typedef struct text_view {
	const page *page;
	str office, phone, email;
	int64_t person_months, ended_months; /* of model/retention.def */
	html_link back, data;
} text_view;

typedef struct stop_view {
	const page *page;
	html_link action;
	bool done;
} stop_view;

typedef struct login_view {
	const page *page;
	html_link action, again;
	str contact;
	str shown; /* demonstration only: the link itself */
} login_view;

#endif
