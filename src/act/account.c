/* Staff log in with a password and a code; what each may do with one's own account. */
#include <string.h>

#include "act/account.h"
#include "act/act_priv.h"

enum { MINUTE_MS = 60000, HALF_MINUTES = 10, HOUR_MS = 60 * MINUTE_MS };

bool act_as_program(ctx *c, bool (*work)(ctx *c, void *arg), void *arg)
{
	const actor *who = c->actor;
	c->actor = NULL;
	bool ok = store_write(c, work, arg);
	c->actor = who;
	return ok;
}

bool act_look_as_program(ctx *c, bool (*work)(ctx *c, void *arg), void *arg)
{
	const actor *who = c->actor;
	c->actor = NULL;
	bool ok = store_read(c, work, arg);
	c->actor = who;
	return ok;
}

/* ---- the first half --------------------------------------------------------------------- */

/* The account of an e-mail, or none: that there is none is no fault here. */
static bool find_account(ctx *c, str email, account *a)
{
	const actor *who = c->actor;
	*a = (account){.state = S("")};
	c->actor = NULL;
	bool ok = store_account_by_email(c, email, a);
	c->actor = who;
	if (ok || c->fault.kind != FAULT_HIDDEN)
		return ok;
	c->fault = (fault){.kind = FAULT_NONE};
	*a = (account){.state = S("")};
	return true;
}

static bool check_password(ctx *c, id account_or_none, str password, bool *fits)
{
	const actor *who = c->actor;
	c->actor = NULL;
	bool ok = store_password_check(c, account_or_none, password, fits);
	c->actor = who;
	return ok;
}

typedef struct half_job {
	id account;
	str half;
} half_job;

static bool make_half(ctx *c, void *arg)
{
	half_job *j = arg;
	token t = {.kind = S("second"),
		   .account = j->account,
		   .expires = c->now + HALF_MINUTES * MINUTE_MS};
	return store_token_new(c, &t, S(""), &j->half, NULL);
}

bool act_staff_password(ctx *c, str email, str password, str address, str *half)
{
	enum { PER_ADDRESS = 30, PER_EMAIL = 10, SECONDS = 900 };
	account a;
	bool fits = false;
	*half = S("");
	if (!store_budget_take(c, S("staff.address"), address, PER_ADDRESS, SECONDS) ||
	    !store_budget_take(c, S("staff.email"), email, PER_EMAIL, SECONDS) ||
	    !find_account(c, email, &a) || !check_password(c, a.id, password, &fits))
		return false;
	if (!fits || !str_equal(a.state, S("active")))
		return true;
	half_job j = {.account = a.id};
	if (!act_as_program(c, make_half, &j))
		return false;
	*half = j.half;
	return true;
}

/* ---- the second --------------------------------------------------------------------------- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Without the spaces and dashes that make a code easier to read. */
static str bare_code(arena *mem, str typed, bool *six)
{
	buf b = {.mem = mem};
	size_t digits = 0;
	for (size_t i = 0; i < typed.n; i++) {
		char c = typed.s[i];
		if (c == ' ' || c == '-')
			continue;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		digits += is_digit(c);
		buf_char(&b, c);
	}
	*six = digits == 6 && b.n == 6;
	return buf_str(&b);
}

/* Six digits of the phone, or a recovery code. */
static bool check_code(ctx *c, id account_id, str typed, bool *fits)
{
	bool six;
	str code = bare_code(c->mem, typed, &six);
	return six ? store_totp_check(c, account_id, code, fits)
		   : store_recovery_use(c, account_id, code, fits);
}

bool act_session_new(ctx *c, id account_id, act_entry *e)
{
	e->session = (session){.account = account_id,
			       .expires = c->now + e->hours * HOUR_MS,
			       .idle_ms = e->idle_minutes * MINUTE_MS,
			       .device = e->device,
			       .strong = true};
	return store_session_new(c, &e->session, &e->cookie);
}

static bool enter(ctx *c, void *arg)
{
	act_entry *e = arg;
	token t;
	account a;
	bool fits = false;
	e->cookie = S("");
	if (!store_token_get(c, S("second"), e->half, &t) ||
	    !store_account_get(c, t.account, &a) ||
	    !check_code(c, t.account, e->code, &fits))
		return false;
	/* Locked since the first half. */
	if (!fits || !str_equal(a.state, S("active")))
		return true;
	return store_token_use(c, S("second"), e->half, &t) &&
	       store_log(c, S("staff_login"), t.account) &&
	       act_session_new(c, t.account, e);
}

bool act_staff_second(ctx *c, act_entry *e)
{
	enum { PER_ACCOUNT = 8, SECONDS = 900 };
	token t;
	return store_token_get(c, S("second"), e->half, &t) &&
	       store_budget_take(c, S("staff.second"), id_str(&t.account), PER_ACCOUNT,
				 SECONDS) &&
	       act_as_program(c, enter, e);
}

/* ---- one's own account ----------------------------------------------------------------------- */

static bool is_staff(ctx *c)
{
	if (c->actor && !id_none(c->actor->account))
		return true;
	return ctx_fail(c, FAULT_LOGIN, "fault.login", S(""), S(""));
}

bool act_own_change(ctx *c, str name, str lang)
{
	account a;
	if (!is_staff(c) || !store_account_get(c, c->actor->account, &a))
		return false;
	a.name = name;
	a.lang = lang;
	return store_account_set(c, &a);
}

bool act_account_confirm(ctx *c, id account_id, str password)
{
	enum { PER_ACCOUNT = 10, SECONDS = 900 };
	bool fits = false;
	if (!store_budget_take(c, S("staff.confirm"), id_str(&account_id), PER_ACCOUNT,
			       SECONDS) ||
	    !check_password(c, account_id, password, &fits))
		return false;
	return fits || ctx_fail(c, FAULT_INPUT, "s.error.password_wrong", S(""), S(""));
}

bool act_own_confirm(ctx *c, str password)
{
	return is_staff(c) && act_account_confirm(c, c->actor->account, password);
}

bool act_own_password(ctx *c, str hash)
{
	return is_staff(c) && store_password_set(c, c->actor->account, hash) &&
	       store_sessions_end_all(c, c->actor->account, c->actor->session);
}

bool act_own_recovery(ctx *c, str out[10])
{
	return is_staff(c) && store_recovery_new(c, c->actor->account, out);
}
