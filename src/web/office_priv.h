/* office_priv - what the pages of the office share. */
#ifndef WEB_OFFICE_PRIV_H
#define WEB_OFFICE_PRIV_H

#include "act/office.h"
#include "web/view_office.h"
#include "web/web_priv.h"

/* Has the one who asks this right? For what a page shows; the verbs ask again. */
bool office_may(const req *r, right which);
/* "i dag 09.40", "i går 19.40", "3 mars 08.00". */
str office_when(req *r, int64_t ms);
/* A plural of the locale files in which {1} is the number as a word, {2} … the arguments. */
str office_count(req *r, const char *key, int64_t n, const str *arg, size_t args);
/* "A, B och C", of `more` beyond them "A, B och 3 till". */
str office_list(req *r, const str *item, size_t n, int64_t more);
/* Given and family name; words for someone whose name is not known. */
str office_name(req *r, const person *p);
/* The first letter of a name. */
str office_initial(req *r, str name);
/* "Ny svensk, 34 år, Luleå". */
str office_facts(req *r, const person *p);
/* What a coded value is called on a page of the office: shorter than to a participant. */
str office_words(req *r, field_id f, str coded);
/* Those the one who asks answers for: of the account, or of the programme. */
MUST_USE bool office_municipalities(req *r, const uint16_t **code, size_t *n);
/* What a field is called on a page of the office. */
str office_label(req *r, field_id f);
/* Days since the queue date; -1 unknown. */
int64_t office_waited(const req *r, const person *p);
/* How a state looks: class of its badge, icon, and its words' key. */
str office_state_grade(state s);
const char *office_state_icon(state s);
const char *office_state_key(req *r, state s);
/* The page of a person. */
html_link office_person(req *r, id person_id, const char *part);
/* A person whom `part` of the path names, with name and, when `open`, contact. */
MUST_USE bool office_load(req *r, bool open, person *out);
/* The same by id; *seen false, and no fault, when she is not for the one who asks. */
MUST_USE bool office_seen(req *r, id person_id, person *out, bool *seen);
/* The name of a colleague; "" when there is none. */
MUST_USE bool office_colleague(req *r, id account_id, str *name);
/* The page of a proposal. */
html_link office_proposal(req *r, id proposal_id, const char *part);
/* What the events of a person tell, newest first; with `since`, only those after it. */
history_row *office_history(req *r, const event *e, size_t n, int64_t since, size_t *out);
/* A version or a moment in a form and back. */
str office_number_text(req *r, int64_t n);
int64_t office_form_number(const req *r, const char *name);
/* One row of a list. */
people_row office_row(req *r, const person *p);
/* ---- fields on one form: office_field.c ------------------------------------------------- */
/* The control of a field as the office writes it: any code, short words. */
view_field office_field(req *r, field_id f, str coded);
/*
 * Reads it: form_error and false when it cannot be. What was there before may stay as it is,
 * also when it is not among what is offered.
 */
MUST_USE bool office_field_read(req *r, field_id f, uint16_t lives_in, str before,
				str *coded);
/* The wishes: a select each, and a span of ages; read together. */
void office_wishes(req *r, str coded, edit_view *v);
MUST_USE bool office_wishes_read(req *r, str before, str *coded);
/* A field with one choice that is no field of a person. */
view_field office_pick(req *r, const char *name, const char *label,
		       const char *const *value, const char *key_format, size_t n,
		       str chosen);

/* Somebody else was first: what happened since the form was made. Answers 409. */
bool office_conflict(req *r, const person *p, int64_t seen);

#endif
