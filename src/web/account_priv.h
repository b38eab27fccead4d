/* account_priv - what the pages of staff accounts and administration share. */
#ifndef WEB_ACCOUNT_PRIV_H
#define WEB_ACCOUNT_PRIV_H

#include "act/account.h"
#include "web/view_account.h"
#include "web/web_priv.h"

/* ---- controls: control.c. Words: "s.field.<name>" and, if there is one, "s.hint.<name>" ---- */
view_field control_text(req *r, const char *name, str value, const char *type,
			const char *complete);
view_field control_area(req *r, const char *name, str value);
/* A choice of one or of several; the choices live as long as the request. */
view_field control_select(req *r, const char *name, view_choice *choices, size_t n);
view_field control_radios(req *r, const char *name, view_choice *choices, size_t n);
view_field control_checks(req *r, const char *name, view_choice *choices, size_t n);
/* The languages that staff may have, `tag` chosen; and the one that was, or form_error. */
view_field control_lang(req *r, str tag);
str control_read_lang(req *r);
/* What was posted, or `kept` when nothing was. */
str control_value(const req *r, const char *name, str kept);
/* Is it among the values posted under that name? */
bool control_is_sent(const req *r, const char *name, str value);

/* True when the fault is one to mend in the form: it is now the error of `name`, no fault. */
bool control_caught(req *r, const char *name);
/* An e-mail address as it is stored; form_error and false when it is none. */
bool control_email(req *r, const char *name, str *out);
/* A text of at most `most` letters on one line; form_error when it is missing and may not be. */
str control_line(req *r, const char *name, size_t most, bool needed);

/* Municipalities as choices, `chosen` ones ticked. */
view_choice *control_municipalities(req *r, const uint16_t *all, size_t n,
				    const uint16_t *chosen, size_t chosen_n);
/* Their names in one line. */
str control_places(req *r, const uint16_t *all, size_t n);

/* Day and time of day, the year when it is another; "" for never. */
str control_moment(req *r, int64_t ms);

/* ---- qr.c ----------------------------------------------------------------------------------- */
/* The dark squares of a QR code (ISO 18004) as an SVG path, quiet zone included in *size. */
str qr_path(arena *mem, str text, int64_t *size);
/* RFC 4648 base32 in capitals without padding; `group` > 0: a space after so many. */
str qr_base32(arena *mem, const uint8_t *bytes, size_t n, size_t group);

#endif
