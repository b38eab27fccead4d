/* me_priv - what the pages about one's own data share. */
#ifndef WEB_ME_PRIV_H
#define WEB_ME_PRIV_H

#include "web/view_me.h"
#include "web/web_priv.h"

/* Whoever asks, all opened, and whether she is to be erased. */
MUST_USE bool me_load(req *r, person *p, erase_note *note);
/* Everything that is kept of a person, as a page to read and to print. */
MUST_USE bool me_show_everything(req *r, id who, html_link back, html_link json);

#endif
