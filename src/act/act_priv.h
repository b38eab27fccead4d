/* act_priv - what the verbs of staff share. */
#ifndef ACT_PRIV_H
#define ACT_PRIV_H

#include "act/account.h"

/* Calls off the coming talks with a person, and tells her. Inside store_write. */
bool act_interviews_off(ctx *c, id person_id) MUST_USE;
/* store_write as the program itself: for someone on the way in. */
bool act_as_program(ctx *c, bool (*work)(ctx *c, void *arg), void *arg) MUST_USE;
/* A session with both halves given; device and times of *e in, session and cookie out. */
bool act_session_new(ctx *c, id account_id, act_entry *e) MUST_USE;
/* The account's password, within a budget: INPUT "s.error.password_wrong". */
bool act_account_confirm(ctx *c, id account_id, str password) MUST_USE;
/* How many active administrators there are beside one account. */
bool act_administrators(ctx *c, id but, size_t *n) MUST_USE;

#endif
