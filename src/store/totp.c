/* Six digits that change every half minute (RFC 6238), as the second proof of staff. */
#include <liboath/oath.h>
#include <sodium.h>
#include <string.h>

#include "store/store_priv.h"

enum {
	SECRET = 20,
	DIGITS = 6,
	STEP_SECONDS = 30,
	WRONG_MOST = 10,
	WRONG_WINDOW_MS = 15 * 60 * 1000,
};

typedef struct totp_job {
	id who;
	str secret, digits;
	int64_t step; /* the last that was used */
	bool there, good;
} totp_job;

static void start_liboath(void)
{
	oath_init();
}

static bool set_work(ctx *c, void *arg)
{
	const totp_job *j = arg;
	query q;
	if (!account_may(c, &j->who) ||
	    !db_query(c,
		      SQL("INSERT INTO totp (account, sealed, step) VALUES ($1, $2, 0) "
			  "ON CONFLICT (account) DO UPDATE SET sealed = excluded.sealed, "
			  "step = 0"),
		      &q))
		return false;
	bind_id(&q, 1, &j->who);
	bind_blob(&q, 2, seal_house(c, S("totp"), &j->who, j->secret));
	return db_run(&q, NULL);
}

bool store_totp_set(ctx *c, id account_id, const uint8_t secret[20])
{
	totp_job j = {.who = account_id, .secret = {(const char *)secret, SECRET}};
	return store_write(c, set_work, &j);
}

static bool drop_work(ctx *c, void *arg)
{
	const totp_job *j = arg;
	query q;
	if (!account_may(c, &j->who) ||
	    !db_query(c, SQL("DELETE FROM totp WHERE account = $1"), &q))
		return false;
	bind_id(&q, 1, &j->who);
	return db_run(&q, NULL);
}

bool store_totp_drop(ctx *c, id account_id)
{
	totp_job j = {.who = account_id};
	return store_write(c, drop_work, &j);
}

/* ---- checking ----------------------------------------------------------------------------- */

static bool load(ctx *c, totp_job *j)
{
	query q;
	if (!db_query(c,
		      SQL("SELECT t.sealed, t.step FROM totp t JOIN account a ON "
			  "a.id = t.account WHERE a.id = $1 AND a.state <> 'locked'"),
		      &q))
		return false;
	bind_id(&q, 1, &j->who);
	if (!db_next(&q, &j->there) || !j->there)
		return !j->there;
	str sealed = row_blob(&q, 0);
	j->step = row_int(&q, 1);
	db_end(&q);
	return unseal_house(c, S("totp"), &j->who, sealed, &j->secret);
}

/*
 * The step whose digits these are: of now, the one before (slow hands) or the next (a clock that
 * is ahead); 0 for none. All three are compared, whichever it is, and one at or before the
 * last used is none: digits that were looked over a shoulder are worth nothing.
 */
static int64_t step_of(const ctx *c, const totp_job *j)
{
	int64_t found = 0, now = c->now / 1000 / STEP_SECONDS;
	if (j->digits.n != DIGITS || j->secret.n != SECRET)
		return 0;
	for (int64_t step = now - 1; step <= now + 1; step++) {
		char want[DIGITS + 1];
		int code = oath_totp_generate(j->secret.s, j->secret.n,
					      (time_t)(step * STEP_SECONDS), STEP_SECONDS,
					      OATH_TOTP_DEFAULT_START_TIME, DIGITS, want);
		bool same = code == OATH_OK && !sodium_memcmp(want, j->digits.s, DIGITS);
		if (same && step > j->step)
			found = step;
	}
	return found;
}

static bool mark_used(ctx *c, const totp_job *j, int64_t step)
{
	query q;
	if (!db_query(c, SQL("UPDATE totp SET step = $2 WHERE account = $1"), &q))
		return false;
	bind_id(&q, 1, &j->who);
	bind_int(&q, 2, step);
	return db_run(&q, NULL);
}

static bool check_work(ctx *c, void *arg)
{
	totp_job *j = arg;
	int64_t until;
	str hash = budget_hash(c, S("totp"), id_str(&j->who));
	j->good = false;
	j->secret = S("");
	if (!budget_full(c, hash, WRONG_MOST, WRONG_WINDOW_MS, &until))
		return false;
	if (until)
		return budget_refuse(c, until);
	if (!account_may(c, &j->who) || !load(c, j))
		return false;
	int64_t step = step_of(c, j);
	j->good = step > 0;
	return j->good ? mark_used(c, j, step) : budget_debit(c, hash, WRONG_WINDOW_MS);
}

bool store_totp_check(ctx *c, id account_id, str digits, bool *good)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	totp_job j = {.who = account_id, .digits = digits};
	pthread_once(&once, start_liboath);
	if (!store_write(c, check_work, &j))
		return false;
	*good = j.good;
	return true;
}
