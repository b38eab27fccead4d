/* view_account - what the pages of staff accounts and administration show. */
#ifndef WEB_VIEW_ACCOUNT_H
#define WEB_VIEW_ACCOUNT_H

#include "mail/mail.h"
#include "web/views.h"

/* A page that is one form. */
typedef struct staff_form_view {
	const page *page;
	html_link action, back;
	const char *what; /* words above, with one argument; NULL for none */
	str what_arg;
	hidden_value *hidden;
	size_t hidden_n;
	view_field *field;
	size_t field_n;
	const char *button, *after; /* the label; words below, or NULL */
	view_item *link;            /* other ways, under the form */
	size_t link_n;
} staff_form_view;

/* Before what is not easily undone. */
typedef struct staff_confirm_view {
	const page *page;
	html_link action, back;
	const char *what, *button;
	str name;
} staff_confirm_view;

/* Setting up a phone: a picture of the secret, the secret in letters, a first code. */
typedef struct staff_setup_view {
	const page *page;
	html_link action;
	str key, secret, path;
	int64_t size;
	view_field code;
} staff_setup_view;

/* Recovery codes, once. */
typedef struct staff_codes_view {
	const page *page;
	html_link on;
	struct recovery_code {
		str text;
	} code[10];
	size_t code_n;
} staff_codes_view;

typedef struct own_account_view {
	const page *page;
	html_link action, password, recovery, logout, help;
	str email, role;
	view_field *field;
	size_t field_n;
	struct own_session {
		str device, seen;
		html_link end;
		bool here;
	} * session;
	size_t session_n;
} own_account_view;

typedef struct accounts_view {
	const page *page;
	html_link add;
	struct account_row {
		str name, role, where, seen;
		html_link to;
		const char *state;
		str grade;
	} * row;
	size_t row_n;
} accounts_view;

typedef struct account_view {
	const page *page;
	html_link action, back, lock, unlock, phone, link;
	str email, seen;
	const char *state;
	str grade;
	const char *mail; /* how the last letter went, or NULL */
	str mail_error;
	html_link mail_to;
	int64_t version;
	view_field *field;
	size_t field_n;
	bool invited, locked, self, has_phone;
} account_view;

typedef struct programme_view {
	const page *page;
	html_link action, add_place;
	int64_t version;
	view_field *field;
	size_t field_n;
	struct place_row {
		str name, where, address;
		html_link to;
		bool closed;
	} * place;
	size_t place_n;
} programme_view;

typedef struct texts_view {
	const page *page;
	struct text_line {
		str where; /* on which page it stands, or of which message it is */
		struct text_cell {
			str tag, text, label;
			html_link to;
			bool own;
		} * cell;
		size_t cell_n;
	} * line;
	size_t line_n;
} texts_view;

typedef struct text_edit_view {
	const page *page;
	html_link action, back, restore;
	str tag, file, where;
	view_field field;
	bool own;
	bool message; /* of mail or SMS: then how it will be read, and an SMS's length */
	str look, length;
	const mail_page *letter; /* the body of a mail, as it will be seen; NULL */
	bool rtl;
} text_edit_view;

typedef struct outbox_view {
	const page *page;
	const char *title; /* of the table */
	view_item *state;
	size_t state_n;
	struct outbox_row {
		str at, rule, channel, error;
		html_link to;
	} * row;
	size_t row_n;
	bool failed;
	bool alarm; /* the ceiling for SMS was reached in the last 24 hours */
	view_pages pages;
} outbox_view;

typedef struct jobs_view {
	const page *page;
	struct job_line {
		const char *name, *what, *state;
		str grade, when, last, took, next, did, fault;
		html_link run;
		bool on;
	} * row;
	size_t row_n;
} jobs_view;

typedef struct outbox_message_view {
	const page *page;
	html_link action, back;
	const char *state;
	str grade;
	str to, tag, subject, body, created, sent, delivered,
		error; /* tag: of its language */
	int64_t tries, unsure;
	bool may_again;
} outbox_message_view;

typedef struct doctor_view {
	const page *page;
	html_link again;
	struct doctor_row {
		str text;
		const char *advice; /* what to do, or NULL */
		const char *icon;
		str grade;
	} * row;
	size_t row_n;
	int64_t bad, warnings;
} doctor_view;

typedef struct keys_view {
	const page *page;
	html_link back;
} keys_view;

#endif
