/* Passwords (argon2id) and recovery codes of staff. */
#include <sodium.h>
#include <string.h>

#include "store/store_priv.h"

/*
 * Of a password nobody has, with the costs of all others: what is compared where there is no
 * account, so that an unknown address takes as long as a known one.
 */
static const char nobody_hash[] = "$argon2id$v=19$m=65536,t=2,p=1$a29tcGlzIG5vYm9keSAhIQ$"
				  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

bool store_password_hash(ctx *c, str password, str *hash)
{
	char *out = arena_alloc(c->mem, crypto_pwhash_STRBYTES, 1);
	if (crypto_pwhash_str_alg(out, password.s ? password.s : "", password.n,
				  crypto_pwhash_OPSLIMIT_INTERACTIVE,
				  crypto_pwhash_MEMLIMIT_INTERACTIVE,
				  crypto_pwhash_ALG_ARGON2ID13))
		return ctx_fail(c, FAULT_RESOURCE, "store.memory", S(""), S(""));
	*hash = str_from(out);
	return true;
}

typedef struct set_job {
	id who;
	str text;
} set_job;

/* A link to a new password that was not used would outlive the old one. */
static bool links_end(ctx *c, const id *who)
{
	query q;
	if (!db_query(c, SQL("DELETE FROM token WHERE account = $1"), &q))
		return false;
	bind_id(&q, 1, who);
	return db_run(&q, NULL);
}

static bool set_work(ctx *c, void *arg)
{
	const set_job *j = arg;
	query q;
	/* Sealed: who has the database alone has nothing to guess at. */
	str sealed = seal_house(c, S("password"), &j->who, j->text);
	if (!account_may(c, &j->who) || !links_end(c, &j->who) ||
	    !db_query(c,
		      SQL("INSERT INTO password (account, sealed) VALUES ($1, $2) "
			  "ON CONFLICT (account) DO UPDATE SET sealed = excluded.sealed"),
		      &q))
		return false;
	bind_id(&q, 1, &j->who);
	bind_blob(&q, 2, sealed);
	return db_run(&q, NULL);
}

bool store_password_set(ctx *c, id account_id, str hash)
{
	set_job j = {.who = account_id, .text = hash};
	assert(hash.n && hash.n < crypto_pwhash_STRBYTES);
	return store_write(c, set_work, &j);
}

static bool get_work(ctx *c, void *arg)
{
	set_job *j = arg;
	query q;
	bool row;
	j->text = S("");
	if (!db_query(c,
		      SQL("SELECT w.sealed FROM password w JOIN account a ON a.id = "
			  "w.account "
			  "WHERE a.id = $1 AND a.state <> 'locked'"),
		      &q))
		return false;
	bind_id(&q, 1, &j->who);
	if (!db_next(&q, &row))
		return false;
	str sealed = row ? row_blob(&q, 0) : S("");
	db_end(&q);
	return unseal_house(c, S("password"), &j->who, sealed, &j->text);
}

bool store_password_check(ctx *c, id account_or_none, str password, bool *good)
{
	set_job j = {.who = account_or_none};
	char text[crypto_pwhash_STRBYTES] = "";
	*good = false;
	if (!store_read(c, get_work, &j))
		return false;
	str against = j.text.n ? j.text : str_from(nobody_hash);
	assert(against.n < sizeof text);
	memcpy(text, against.s, against.n);
	bool same =
		!crypto_pwhash_str_verify(text, password.s ? password.s : "", password.n);
	*good = same && j.text.n > 0;
	return true;
}

/* ---- recovery codes ---------------------------------------------------------------------- */

enum { CODES = 10, CODE_LETTERS = 12, CODE_GROUP = 4 };

/* As it is read aloud or typed: capitals, hyphens, and letters that look like digits. */
static str code_plain(ctx *c, str typed)
{
	buf b = {.mem = c->mem};
	for (size_t i = 0; i < typed.n; i++) {
		char x = typed.s[i];
		if (x >= 'A' && x <= 'Z')
			x = (char)(x + 32);
		if (x == 'o')
			x = '0';
		if (x == 'i' || x == 'l')
			x = '1';
		if ((x >= '0' && x <= '9') || (x >= 'a' && x <= 'z'))
			buf_char(&b, x);
	}
	return buf_str(&b);
}

static str code_hash(ctx *c, const id *who, str plain)
{
	return keyed_hash(c, S("recovery"),
			  str_format(c->mem, "%s/%.*s", who->s, STR_ARG(plain)));
}

typedef struct codes_job {
	id who;
	str code[CODES];
	str typed;
	bool good;
} codes_job;

static bool new_work(ctx *c, void *arg)
{
	codes_job *j = arg;
	query q;
	if (!account_may(c, &j->who) ||
	    !db_query(c, SQL("DELETE FROM recovery WHERE account = $1"), &q))
		return false;
	bind_id(&q, 1, &j->who);
	if (!db_run(&q, NULL))
		return false;
	for (int i = 0; i < CODES; i++) {
		str plain = store_secret_new(c, CODE_LETTERS);
		if (!db_query(c,
			      SQL("INSERT INTO recovery (account, hash) VALUES ($1, $2)"),
			      &q))
			return false;
		bind_id(&q, 1, &j->who);
		bind_blob(&q, 2, code_hash(c, &j->who, plain));
		if (!db_run(&q, NULL))
			return false;
		j->code[i] = str_format(c->mem, "%.*s-%.*s-%.*s", CODE_GROUP, plain.s,
					CODE_GROUP, plain.s + CODE_GROUP, CODE_GROUP,
					plain.s + 2 * CODE_GROUP);
	}
	return true;
}

bool store_recovery_new(ctx *c, id account_id, str out[10])
{
	codes_job j = {.who = account_id};
	if (!store_write(c, new_work, &j))
		return false;
	memcpy(out, j.code, sizeof j.code);
	return true;
}

static bool use_work(ctx *c, void *arg)
{
	codes_job *j = arg;
	query q;
	int64_t gone;
	if (!account_may(c, &j->who) ||
	    !db_query(c,
		      SQL("DELETE FROM recovery WHERE account = $1 AND hash = $2 AND "
			  "EXISTS (SELECT 1 FROM account a WHERE a.id = $1 AND "
			  "a.state <> 'locked')"),
		      &q))
		return false;
	bind_id(&q, 1, &j->who);
	bind_blob(&q, 2, code_hash(c, &j->who, code_plain(c, j->typed)));
	if (!db_run(&q, &gone))
		return false;
	j->good = gone == 1;
	return !j->good || log_append(c, "recovery_use", &j->who);
}

bool store_recovery_use(ctx *c, id account_id, str code, bool *good)
{
	codes_job j = {.who = account_id, .typed = code};
	if (!store_write(c, use_work, &j))
		return false;
	*good = j.good;
	return true;
}
