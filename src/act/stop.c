/* Somebody wants no more news, by the link that stood in them. */
#include "act/act.h"
#include "act/act_priv.h"

typedef struct stopping {
	str secret, lang;
} stopping;

/* The link is not used up: a mail program may ask, and ask again (RFC 8058 §3.1). */
static bool stop(ctx *c, void *arg)
{
	const stopping *s = arg;
	token t;
	consent_row now[CONSENT_PURPOSES];
	if (!store_token_get(c, S("stop"), s->secret, &t) ||
	    !store_consents(c, t.person, now))
		return false;
	return store_outbox_withdraw(c, S("news"), t.person) &&
	       (!now[CONSENT_FOR_MESSAGES].given ||
		store_consent_set(c, t.person, CONSENT_FOR_MESSAGES, false, s->lang,
				  S("mail")));
}

bool act_messages_stop(ctx *c, str secret, str address, str lang)
{
	stopping s = {secret, lang};
	return act_link_guess(c, secret, address) && act_as_program(c, stop, &s);
}
