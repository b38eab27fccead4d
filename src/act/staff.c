/* Accounts of others: invited, given a role and municipalities, locked. */
#include <string.h>

#include "act/account.h"
#include "act/act_priv.h"
#include "mail/mail.h"

enum { LINK_DAYS = 7, DAY_MS = 86400000, FREE = 26 };

/* The program may too: the command line is for who has the machine. */
static bool may_staff(ctx *c)
{
	return !c->actor || may(c, RIGHT_STAFF);
}

static bool wrong(ctx *c, const char *key)
{
	return ctx_fail(c, FAULT_INPUT, key, S(""), S(""));
}

bool act_administrators(ctx *c, id but, size_t *n)
{
	account *all;
	size_t total;
	*n = 0;
	if (!store_accounts(c, &all, &total))
		return false;
	for (size_t i = 0; i < total; i++)
		*n += all[i].role == ROLE_ADMINISTRATOR &&
		      str_equal(all[i].state, S("active")) && !id_equal(all[i].id, but);
	return true;
}

/* Someone must be left who can let others in. */
static bool not_the_last(ctx *c, const account *a)
{
	size_t others;
	if (a->role != ROLE_ADMINISTRATOR || !str_equal(a->state, S("active")))
		return true;
	return act_administrators(c, a->id, &others) &&
	       (others || wrong(c, "s.error.last_administrator"));
}

/* An administrator is one everywhere; anyone else has to be told where. */
static bool check_place(ctx *c, account *a)
{
	if (a->role == ROLE_NONE)
		return wrong(c, "s.error.role");
	if (a->role == ROLE_ADMINISTRATOR)
		a->everywhere = true;
	if (a->everywhere)
		a->municipality_n = 0;
	return a->everywhere || a->municipality_n || wrong(c, "s.error.no_place");
}

/* ---- links by mail ------------------------------------------------------------------------ */

static bool send_link(ctx *c, const account *a, const char *kind, str origin, str *link)
{
	token t = {.kind = str_from(kind),
		   .account = a->id,
		   .expires = c->now + (int64_t)LINK_DAYS * DAY_MS};
	if (!store_token_new(c, &t, S(""), link, NULL))
		return false;
	if (!origin.n)
		return true;
	const view_lang *lang = view_lang_get(a->lang);
	str tag = lang ? view_lang_tag(lang) : S("sv");
	mail_letter l = {
		.rule = kind,
		.subject_key = store_secret_new(c, FREE),
		.account = a->id,
		.to = a->email,
		.lang = tag,
		.expires = t.expires,
		.arg = {a->name,
			str_format(c->mem, "%.*s/%.*s/staff/invite/%.*s", STR_ARG(origin),
				   STR_ARG(tag), STR_ARG(*link))}};
	return mail_queue(c, &l);
}

static bool is_known(ctx *c, str email, bool *known)
{
	account a;
	*known = store_account_by_email(c, email, &a);
	if (*known || c->fault.kind != FAULT_HIDDEN)
		return *known;
	c->fault = (fault){.kind = FAULT_NONE};
	return true;
}

bool act_staff_invite(ctx *c, account *a, str origin, str *link)
{
	bool known;
	a->id = (id){""};
	a->state = S("invited");
	if (!may_staff(c) || !check_place(c, a) || !is_known(c, a->email, &known))
		return false;
	if (known)
		return wrong(c, "s.error.email_known");
	return store_account_set(c, a) && send_link(c, a, "invite", origin, link);
}

bool act_staff_link(ctx *c, id account_id, const char *kind, str origin, str *link)
{
	account a;
	if (!may_staff(c) || !store_account_get(c, account_id, &a))
		return false;
	if (str_equal(a.state, S("locked")))
		return wrong(c, "s.error.locked");
	return store_log(c, str_format(c->mem, "link_%s", kind), a.id) &&
	       send_link(c, &a, kind, origin, link);
}

/* ---- role, lock, phone ----------------------------------------------------------------------- */

bool act_staff_change(ctx *c, const account *wanted)
{
	account now;
	if (!may_staff(c) || !store_account_get(c, wanted->id, &now))
		return false;
	if (wanted->role != ROLE_ADMINISTRATOR && !not_the_last(c, &now))
		return false;
	if (now.version != wanted->version)
		return ctx_fail(c, FAULT_CONFLICT, "fault.changed", S(""), S(""));
	now.role = wanted->role;
	now.everywhere = wanted->everywhere;
	now.municipality = wanted->municipality;
	now.municipality_n = wanted->municipality_n;
	return check_place(c, &now) && store_account_set(c, &now) &&
	       store_log(c, S("account_change"), now.id);
}

static bool lock_it(ctx *c, const account *a)
{
	if (c->actor && id_equal(c->actor->account, a->id))
		return wrong(c, "s.error.lock_self");
	return not_the_last(c, a) && store_account_state(c, a->id, S("locked")) &&
	       store_sessions_end_all(c, a->id, (id){""});
}

bool act_staff_lock(ctx *c, id account_id, bool lock)
{
	account a;
	if (!may_staff(c) || !store_account_get(c, account_id, &a))
		return false;
	if (lock == str_equal(a.state, S("locked")))
		return true;
	if (lock)
		return lock_it(c, &a);
	/* Who never came as far as a phone is invited still. */
	bool whole = a.has_password && a.has_totp;
	return store_account_state(c, a.id, whole ? S("active") : S("invited"));
}

bool act_staff_totp_reset(ctx *c, id account_id, str origin, str *link)
{
	account a;
	if (!may_staff(c) || !store_account_get(c, account_id, &a))
		return false;
	if (str_equal(a.state, S("locked")))
		return wrong(c, "s.error.locked");
	/* Who never chose a password has none to give beside the new phone. */
	const char *kind = a.has_password ? "totp" : "invite";
	return store_totp_drop(c, a.id) && store_sessions_end_all(c, a.id, (id){""}) &&
	       send_link(c, &a, kind, origin, link);
}
