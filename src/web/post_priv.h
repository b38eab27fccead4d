/* post_priv - how messages leave, as it is set up. */
#ifndef WEB_POST_PRIV_H
#define WEB_POST_PRIV_H

#include "mail/mail.h"
#include "web/web_priv.h"

/* For web_config_check: mail and SMS. INPUT; RESOURCE "config.file" for a file that cannot be read. */
MUST_USE bool post_check(ctx *c, const web_config *w);
/* All but `clock` and `stopping`; with the passwords read. Lives in c->mem. */
MUST_USE bool post_ways(ctx *c, const web *w, mail_ways *out);

#endif
