/*
 * account - the verbs of staff: logging in, links to set an account up, inviting and locking;
 * and what an administrator sets up for all.
 *
 * As in act.h: those that change something run inside the caller's store_write unless they say
 * that they make their own. Hashing a password takes some 50 ms, so none of it is inside one.
 * A person who is not logged in yet is nobody; what is done for them on the way in, the
 * program does itself.
 */
#ifndef ACT_ACCOUNT_H
#define ACT_ACCOUNT_H

#include "store/store.h"

/* ---- passwords ---------------------------------------------------------------------------- */
enum { ACT_PASSWORD_LEAST = 12, ACT_PASSWORD_MOST = 200 };
/*
 * What is wrong with a password one wants to have: a locale key, or NULL. Length, no list of
 * kinds of letters, and not one that is tried first (NIST SP 800-63B §5.1.1.2).
 */
const char *act_password_fault(arena *mem, str password, str email);

/* ---- logging in ----------------------------------------------------------------------------- */
/*
 * The first half. *half is what the second half needs, good for some minutes and for nothing
 * else; "" when it was not right. Unknown, locked and wrong are the same, also in time. Budgets
 * per address and per e-mail; its own transactions.
 */
MUST_USE bool act_staff_password(ctx *c, str email, str password, str address, str *half);
typedef struct act_entry {
	str half, code, device;
	int64_t hours, idle_minutes; /* how long the session lasts at most, and unused */
	session session;
	str cookie; /* "" when the code was not right */
} act_entry;
/*
 * The second: six digits, or a recovery code. HIDDEN when the half is over. A budget per account;
 * its own transactions.
 */
MUST_USE bool act_staff_second(ctx *c, act_entry *e);

/* ---- links to set an account up --------------------------------------------------------------- */
typedef struct act_link {
	str kind; /* "first", "invite", "reset" (a new password), "totp" (a new phone) */
	id account;
	str name, email, lang; /* of the account; "" for "first" */
} act_link;
/* Looks, does not consume. HIDDEN when it is none, used, over, or its account locked. */
MUST_USE bool act_link_get(ctx *c, str secret, act_link *out);
/* A new password by a link "reset"; ends the account's sessions. Its own transaction. */
MUST_USE bool act_link_password(ctx *c, str secret, str password);

/*
 * Setting up is two forms: the password, then a first code. Nothing changes before the second, so
 * that who stops half-way can begin again with the same link; until then all of it is sealed in
 * a token of half an hour.
 */
typedef struct act_setup {
	act_link
		link; /* for "first" with the name, e-mail and language that were typed */
	str secret;   /* of the link */
	str programme; /* for "first": what the programme is called */
	str password;  /* the one chosen; for "totp" the one the account has */
	uint8_t totp[20];
	str key; /* what the second form carries */
} act_setup;
/* Fills totp and key. INPUT "s.error.password_wrong" for "totp". Its own transactions. */
MUST_USE bool act_setup_begin(ctx *c, act_setup *s);
/* What the second form shows again. HIDDEN when it is over. */
MUST_USE bool act_setup_get(ctx *c, str key, act_setup *s);
/*
 * Does all of it, consumes the link and logs in through *e (device and times in; session, cookie
 * out). INPUT "s.error.code" when the code is not one of the new phone.
 */
MUST_USE bool act_setup_finish(ctx *c, str key, str code, act_entry *e, str recovery[10]);

/* ---- one's own account -------------------------------------------------------------------------- */
/* Name and language. */
MUST_USE bool act_own_change(ctx *c, str name, str lang);
/* That it is really me: INPUT "s.error.password_wrong" when not. A budget; its own transaction. */
MUST_USE bool act_own_confirm(ctx *c, str password);
/* A password already hashed; ends the other sessions. */
MUST_USE bool act_own_password(ctx *c, str hash);
MUST_USE bool act_own_recovery(ctx *c, str out[10]);

/* ---- other accounts: RIGHT_STAFF, or the program ------------------------------------------------- */
/*
 * Adds an account in state "invited" (name, email, lang, role, municipalities) and makes a link.
 * With `origin` it goes by mail; without, *link is the secret for whoever hands it over.
 * INPUT "s.error.email_known", "s.error.no_place", "s.error.role".
 */
MUST_USE bool act_staff_invite(ctx *c, account *a, str origin, str *link);
/* A link for an account that is there; `kind` as in act_link. INPUT "s.error.locked". */
MUST_USE bool act_staff_link(ctx *c, id account_id, const char *kind, str origin,
			     str *link);
/*
 * Role and municipalities of a->id, made from a->version. INPUT "s.error.last_administrator",
 * "s.error.no_place".
 */
MUST_USE bool act_staff_change(ctx *c, const account *a);
/* Locks (and ends its sessions) or unlocks. INPUT "s.error.lock_self", "s.error.last_administrator". */
MUST_USE bool act_staff_lock(ctx *c, id account_id, bool lock);
/* The phone is lost: its codes and the recovery codes are worth nothing, and a link "totp" goes out. */
MUST_USE bool act_staff_totp_reset(ctx *c, id account_id, str origin, str *link);

/* ---- what is set up for all: RIGHT_PROGRAMME; RIGHT_SYSTEM for the outbox ------------------------- */
MUST_USE bool act_programme_set(ctx *c, const programme *p);
MUST_USE bool act_place_set(ctx *c, meeting_place *m);
MUST_USE bool act_text_set(ctx *c, str key, str lang, str text);
/* A message that failed goes back into the queue; CONFLICT when it is neither failed nor unsure. */
MUST_USE bool act_message_again(ctx *c, id message_id);

#endif
