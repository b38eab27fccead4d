/*
 * act - the verbs of the office: permission, transaction, event, log and message together,
 * and only here.
 *
 * Each is for the actor of the ctx, takes a ctx with a store, and lives in c->mem. Those that
 * change something run inside the caller's store_write (which makes a form do its thing once)
 * unless they say otherwise. Faults: HIDDEN, CONFLICT, LIMIT as store.h; INPUT with the key
 * of what to mend.
 */
#ifndef ACT_H
#define ACT_H

#include "sheet/sheet.h"
#include "store/store.h"

/* ---- registering ------------------------------------------------------------------------- */
/*
 * A draft for someone of `side` ("newcomer", "established") writing in `lang`, and a session to
 * go on with; *secret for the cookie. `channel`: "web", "phone", "paper". For staff (an actor
 * with PEOPLE_WRITE) there is no session: pass NULL for both.
 */
typedef struct act_draft {
	str side, lang, channel, device;
	id person; /* out */
} act_draft;
MUST_USE bool act_register_start(ctx *c, act_draft *d, session *s, str *secret);
/*
 * Sends the draft in: the answers that must be there are (INPUT "p.error.missing", the field's
 * name as argument), consent is given per purpose and the required one is. Its queue date is today.
 * A letter says that it came.
 */
MUST_USE bool act_register_submit(ctx *c, id person, const bool given[CONSENT_PURPOSES],
				  str lang, str channel);
/* The fields that must be answered and are not, in the order they are asked. */
size_t act_register_missing(const person *p, field_id out[FIELD_COUNT]);
/* A link and six digits to go on with later, for 30 days; the digits go with the phone or mail given. */
MUST_USE bool act_register_later(ctx *c, id person, str contact, str *secret, str *code);
/* From that link to a new session. Links of SMS are short: a budget of them per address. */
MUST_USE bool act_register_continue(ctx *c, str secret, str address, str device,
				    session *s, str *cookie);

/* ---- help by a human -------------------------------------------------------------------------- */
/* "Ring mig": a task for the coordinators. Budget: 5 an hour for one address. */
MUST_USE bool act_call_me(ctx *c, task *t, str address);

/* ---- logging in --------------------------------------------------------------------------------- */
/*
 * A participant asks for a link and a code. Whether the e-mail or phone is someone's is not looked
 * up here, so neither words nor time tell. Budgets per contact and address.
 */
MUST_USE bool act_login_ask(ctx *c, str contact, str lang, str address);
/*
 * For the program, when nobody waits: the oldest who asked gets the message, with links that
 * begin with `origin`, if the contact is someone's. *more false: nobody was left.
 */
MUST_USE bool act_login_answer(ctx *c, str origin, bool *more);
/* By the link, or by the digits; consumes it. Links of SMS are short: a budget of them per address. */
MUST_USE bool act_login_link(ctx *c, str secret, str address, str device, session *s,
			     str *cookie);
MUST_USE bool act_login_code(ctx *c, str contact, str digits, str device, session *s,
			     str *cookie);

/* ---- one's own data ------------------------------------------------------------------------------- */
/*
 * For the participant who asks. A pause keeps the place in the queue; who was waiting, or was to,
 * waits again after it. CONFLICT where there is nothing to pause or to go on with.
 */
MUST_USE bool act_own_pause(ctx *c);
MUST_USE bool act_own_resume(ctx *c);
/* Whether she can, from this state. */
bool act_own_may_pause(state now);
/*
 * Given or taken back, as easily. Without the one that is required nothing may be kept: taking it
 * back asks for erasure too.
 */
MUST_USE bool act_own_consent(ctx *c, consent purpose, bool given, str lang);
/*
 * Erases in ACT_REGRET_DAYS, until when act_own_keep takes it back: nobody looks for anyone for
 * her meanwhile, talks are called off, and a message tells her. A draft is erased at once.
 */
#define ACT_REGRET_DAYS 7
MUST_USE bool act_own_erase(ctx *c);
/* With a consent that was taken back given again. */
MUST_USE bool act_own_keep(ctx *c, str lang);

/*
 * Where somebody stands who waits: "first" (longest), "half", "last", never a rank; "" of a few, or
 * when the day (a day number) is not known. mail_standing says it in words.
 */
str act_standing(int32_t queued, const waiting_marks *m);

/* ---- messages ------------------------------------------------------------------------------------- */
/*
 * By the link in a letter or SMS: no more of what nobody asked for. Its own transaction; may be
 * repeated. Short links have a budget per address.
 * HIDDEN for a link that is none.
 */
MUST_USE bool act_messages_stop(ctx *c, str secret, str address, str lang);

#endif
