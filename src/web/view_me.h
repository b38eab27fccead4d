/* view_me - what a participant's own pages show. */
#ifndef WEB_VIEW_ME_H
#define WEB_VIEW_ME_H

#include "web/views.h"

/* Asked to be erased: when it is done, and where one takes it back. */
typedef struct erase_note {
	str day;
	html_link keep;
} erase_note;

typedef struct me_offer {
	str until;
	html_link to;
	bool main;
} me_offer;
typedef struct me_buddy {
	const char *title; /* of the first of a pair */
	str name, phone, email, letter;
	html_link phone_to, email_to;
} me_buddy;

typedef struct me_view {
	const page *page;
	str name;
	const char *state_text;
	html_link edit, data, pause, resume, logout;
	erase_note erase;
	me_offer *offer; /* may still be answered */
	size_t offer_n;
	me_buddy *buddy;
	size_t buddy_n;
	const char *ask; /* what she is asked about her buddy; NULL: nothing now */
	html_link ask_to;
	str standing, estimate; /* of who waits; "" for nothing to say */
	struct session_row {
		str device, seen;
		html_link end;
		bool here;
	} * session;
	size_t session_n;
} me_view;

typedef struct me_data_view {
	const page *page;
	html_link back, edit, everything, json, pause, resume, erase_to, privacy;
	erase_note erase;
	struct data_group {
		const char *title, *what;
		struct data_row {
			str label, words;
			const char
				*who; /* who sees it beside the office; NULL for nobody */
		} * row;
		size_t row_n;
	} * group;
	size_t group_n;
	str until; /* how long, in a sentence */
	struct data_consent {
		const char *title, *text;
		str words;        /* since when */
		bool given, asks; /* asks: a page comes first */
		html_link to;
	} * consent;
	size_t consent_n;
	struct data_look {
		str when, what, who;
	} * look;
	size_t look_n; /* the newest */
} me_data_view;

typedef struct everything_view {
	const page *page;
	html_link back, json;
	struct data_table {
		const char *title;
		struct data_item {
			struct data_pair {
				str label, words;
			} * pair;
			size_t pair_n;
		} * item;
		size_t item_n;
	} * table;
	size_t table_n;
} everything_view;

typedef struct me_confirm_view {
	const page *page;
	const char *text, *button;
	str arg;
	html_link back, action;
} me_confirm_view;

#endif
