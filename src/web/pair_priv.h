/* pair_priv - what the pages of pairs share. */
#ifndef WEB_PAIR_PRIV_H
#define WEB_PAIR_PRIV_H

#include "act/pair.h"
#include "web/office_priv.h"
#include "web/view_pair.h"

pair_badge pair_health_badge(req *r, pair_health h);
/* The same of a pair; of one where something is wrong it says so. */
pair_badge pair_badge_of(req *r, const pair *p);
str pair_state_words(req *r, pair_state s);
/* "Amina och Bo"; words for one who is in another municipality. */
str pair_names(req *r, const pair_person *who, size_t n);
html_link pair_link(req *r, id pair_id, const char *part);

#endif
