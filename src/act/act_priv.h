/* act_priv - what the verbs of staff share. */
#ifndef ACT_PRIV_H
#define ACT_PRIV_H

#include "act/account.h"
#include "store/round.h"
#include "view/view.h"

/* Calls off the coming talks with a person, and tells her. Inside store_write. */
bool act_interviews_off(ctx *c, id person_id) MUST_USE;
/* Somebody's registration came in: says so, and asks no more to finish it. Inside store_write. */
bool act_welcome(ctx *c, const person *p) MUST_USE;
/* Links of SMS are short: a budget of tries of them per address, LIMIT. */
bool act_link_guess(ctx *c, str secret, str address) MUST_USE;
/*
 * Looks at what a link of this kind is for. Of short ones only wrong guesses count, so that a school or
 * a network with one address does not shut itself out. Not inside store_read, since a guess is counted.
 */
bool act_link_try(ctx *c, const char *kind, str secret, str address, token *t) MUST_USE;
/* CONFLICT while she is to be erased: that is taken back first. */
bool act_is_staying(ctx *c, id person_id) MUST_USE;
/* Reminds of a talk, once for each time it is at. Inside store_write. */
bool act_talk_remind(ctx *c, const interview *i, bool *queued) MUST_USE;
/* How one gets hold of the office, in a sentence; "" where nobody has said. */
bool act_office_call(ctx *c, const view_lang *l, str *words) MUST_USE;
/*
 * The address of a page that a token opens, in a message: origin/sv/PAGE/SECRET; short in an SMS,
 * where the page's first letter stands for it (k for "checkin").
 */
str act_link_to(ctx *c, str origin, str lang, const token *t, const char *page,
		str secret);
/* Writes to one of the people of a proposal, with a link to answer by. As the program. */
bool act_offer_tell(ctx *c, const proposal *p, const proposal_person *who,
		    str origin) MUST_USE;
/* Whether somebody has an offer that is open, or a buddy. As the program. */
bool act_is_taken(ctx *c, id person_id, bool *taken) MUST_USE;
/* Whether somebody is there on each side of a proposal: whoever was erased is not among its people. */
bool act_has_both_sides(const proposal_person *who, size_t n);
/* Whether she was closed, withdrawn or declined, longer ago than the office may take back. */
bool act_has_left(const ctx *c, const person *p);
/* The language a person is written to in; Swedish when it is not there. */
const view_lang *act_written(const person *p);
/* store_write as the program itself: for someone on the way in. */
bool act_as_program(ctx *c, bool (*work)(ctx *c, void *arg), void *arg) MUST_USE;
/* The same for what only looks: also within store_read. */
bool act_look_as_program(ctx *c, bool (*work)(ctx *c, void *arg), void *arg) MUST_USE;
/* A session with both halves given; device and times of *e in, session and cookie out. */
bool act_session_new(ctx *c, id account_id, act_entry *e) MUST_USE;
/* The account's password, within a budget: INPUT "s.error.password_wrong". */
bool act_account_confirm(ctx *c, id account_id, str password) MUST_USE;
/* How many active administrators there are beside one account. */
bool act_administrators(ctx *c, id but, size_t *n) MUST_USE;

#endif
