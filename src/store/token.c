/* Links and codes that are good for one thing, once. */
#include <sodium.h>
#include <string.h>

#include "store/store_priv.h"

enum { SECRET_LETTERS = 52, BRIEF_LETTERS = 16, CODE_DIGITS = 6, CODE_RANGE = 1000000 };
/*
 * Wrong digits: after so many a code is dead, and answers as if it were not there; after so many
 * at one contact in an hour nothing is compared any more, whether or not the contact is known.
 */
enum { WRONG_PER_CODE = 5, WRONG_PER_CONTACT = 20, HOUR_MS = 3600 * 1000 };

#define TOKEN_COLUMNS "id, kind, account, person, expires, sealed"
/* Gone with a locked account, an erased person, and one that became part of another. */
#define TOKEN_GOOD                                                                       \
	"expires > $1 AND (account IS NULL OR EXISTS (SELECT 1 FROM account a WHERE "    \
	"a.id = token.account AND a.state <> 'locked')) AND (person IS NULL OR EXISTS "  \
	"(SELECT 1 FROM person p WHERE p.id = token.person AND p.merged IS NULL))"

static str secret_hash(ctx *c, str kind, str secret)
{
	return keyed_hash(
		c, S("token"),
		str_format(c->mem, "%.*s/%.*s", STR_ARG(kind), STR_ARG(secret)));
}

/*
 * As hexadecimal digits: it goes into other hashes as text. What is not an address or a number
 * has a hash too, so that it takes the same way.
 */
static str contact_key(ctx *c, str contact)
{
	str hash = utf8_valid(contact) ? contact_hash(c, contact) : S("");
	if (!hash.n)
		hash = keyed_hash(c, S("no contact"), contact);
	char *hex = arena_alloc(c->mem, 2 * hash.n + 1, 1);
	sodium_bin2hex(hex, 2 * hash.n + 1, (const unsigned char *)hash.s, hash.n);
	return (str){hex, 2 * hash.n};
}

static str code_hash(ctx *c, str kind, str contact, str digits)
{
	str who = str_format(c->mem, "%.*s/%.*s/%.*s", STR_ARG(kind), STR_ARG(digits),
			     STR_ARG(contact));
	return keyed_hash(c, S("code"), who);
}

/* Six digits, each number as likely as the other. */
static str code_new(ctx *c)
{
	const uint32_t even = UINT32_MAX - UINT32_MAX % CODE_RANGE;
	uint32_t n;
	do
		store_random(c, &n, sizeof n);
	while (n >= even);
	return str_format(c->mem, "%06u", n % CODE_RANGE);
}

/* ---- making ------------------------------------------------------------------------------------- */

typedef struct new_job {
	const token *t;
	str hash, contact, code;
} new_job;

static bool seal_data(ctx *c, const token *t, const id *row, str *sealed)
{
	if (!id_none(t->person))
		return seal_person(c, &t->person, S("token"), row, t->data, sealed);
	*sealed = seal_house(c, S("token"), row, t->data);
	return true;
}

/* Of several codes to one contact for one thing only the newest is good: fewer to hit by chance. */
static bool retire_codes(ctx *c, const new_job *j)
{
	query q;
	if (!db_query(c,
		      SQL("UPDATE token SET code = NULL WHERE contact = $1 AND kind = $2 "
			  "AND (person = $3 OR account = $4)"),
		      &q))
		return false;
	bind_blob(&q, 1, j->contact);
	bind_text(&q, 2, j->t->kind);
	bind_id(&q, 3, &j->t->person);
	bind_id(&q, 4, &j->t->account);
	return db_run(&q, NULL);
}

static bool new_work(ctx *c, void *arg)
{
	const new_job *j = arg;
	const token *t = j->t;
	query q;
	str sealed;
	id row = store_id_new(c);
	if (j->code.n && !retire_codes(c, j))
		return false;
	if (!seal_data(c, t, &row, &sealed) ||
	    !db_query(c,
		      SQL("INSERT INTO token (id, kind, hash, contact, code, account, "
			  "person, "
			  "expires, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"),
		      &q))
		return false;
	bind_id(&q, 1, &row);
	bind_text(&q, 2, t->kind);
	bind_blob(&q, 3, j->hash);
	bind_blob(&q, 4, j->contact);
	bind_blob(&q, 5, j->code);
	bind_id(&q, 6, &t->account);
	bind_id(&q, 7, &t->person);
	bind_int(&q, 8, t->expires);
	bind_blob(&q, 9, sealed);
	return db_run(&q, NULL);
}

bool store_token_new(ctx *c, const token *t, str contact, str *secret, str *code)
{
	new_job j = {.t = t};
	*secret = store_secret_new(c, t->brief ? BRIEF_LETTERS : SECRET_LETTERS);
	j.hash = secret_hash(c, t->kind, *secret);
	if (code) {
		*code = code_new(c);
		j.contact = contact_key(c, contact);
		j.code = code_hash(c, t->kind, j.contact, *code);
	}
	return store_write(c, new_work, &j);
}

/* ---- by the link ----------------------------------------------------------------------------------- */

static bool row_get(ctx *c, const query *q, token *t)
{
	id row = row_id(q, 0);
	str sealed = row_blob(q, 5);
	*t = (token){.kind = row_text(q, 1),
		     .account = row_id(q, 2),
		     .person = row_id(q, 3),
		     .expires = row_int(q, 4)};
	if (id_none(t->person))
		return unseal_house(c, S("token"), &row, sealed, &t->data);
	return unseal_person(c, &t->person, S("token"), &row, sealed, &t->data);
}

typedef struct use_job {
	str kind, hash, contact, digits;
	token *out;
	bool wrong;
} use_job;

static bool one_token(ctx *c, const use_job *j, sql_text text)
{
	query q;
	if (!db_query(c, text, &q))
		return false;
	bind_int(&q, 1, c->now);
	bind_blob(&q, 2, j->hash);
	bind_text(&q, 3, j->kind);
	if (!db_one(&q) || !row_get(c, &q, j->out))
		return false;
	db_end(&q);
	return true;
}

static bool get_work(ctx *c, void *arg)
{
	return one_token(c, arg,
			 SQL("SELECT " TOKEN_COLUMNS " FROM token WHERE hash = $2 AND "
			     "kind = $3 AND " TOKEN_GOOD));
}

static bool use_work(ctx *c, void *arg)
{
	return one_token(
		c, arg,
		SQL("DELETE FROM token WHERE hash = $2 AND kind = $3 AND " TOKEN_GOOD
		    " RETURNING " TOKEN_COLUMNS));
}

bool store_token_get(ctx *c, str kind, str secret, token *out)
{
	use_job j = {.kind = kind, .hash = secret_hash(c, kind, secret), .out = out};
	return store_read(c, get_work, &j);
}

bool store_token_use(ctx *c, str kind, str secret, token *out)
{
	use_job j = {.kind = kind, .hash = secret_hash(c, kind, secret), .out = out};
	return store_write(c, use_work, &j);
}

typedef struct take_job {
	str kind;
	token *out;
	bool there;
} take_job;

static bool take_work(ctx *c, void *arg)
{
	take_job *j = arg;
	query q;
	if (!db_query(c,
		      SQL("DELETE FROM token WHERE id = (SELECT id FROM token WHERE "
			  "kind = $2 AND " TOKEN_GOOD " ORDER BY expires LIMIT 1) "
			  "RETURNING " TOKEN_COLUMNS),
		      &q))
		return false;
	bind_int(&q, 1, c->now);
	bind_text(&q, 2, j->kind);
	if (!db_next(&q, &j->there) || (j->there && !row_get(c, &q, j->out)))
		return false;
	if (j->there)
		db_end(&q);
	return true;
}

bool store_token_take(ctx *c, str kind, token *out, bool *there)
{
	take_job j = {.kind = kind, .out = out};
	if (!store_write(c, take_work, &j))
		return false;
	*there = j.there;
	return true;
}

/* ---- by the digits ----------------------------------------------------------------------------------- */

/* The codes of this contact that are not over. */
typedef struct code_row {
	id row;
	str code, budget;
	int64_t expires;
	bool dead; /* guessed at too often */
} code_row;

static bool add_code(ctx *c, code_row r, code_row **out, size_t *n, size_t *cap)
{
	int64_t until;
	if (!budget_full(c, r.budget, WRONG_PER_CODE, c->now, &until))
		return false;
	r.dead = until != 0;
	*out = list_room(c, *out, *n, cap, sizeof **out);
	(*out)[(*n)++] = r;
	return true;
}

/* Where there is none stands one that no digits fit, so that a guess is the same work. */
static code_row no_code(ctx *c, str contact)
{
	return (code_row){.budget = budget_hash(c, S("code"), contact),
			  .expires = c->now + HOUR_MS};
}

static bool codes_of(ctx *c, const use_job *j, code_row **out, size_t *n)
{
	query q;
	bool row;
	size_t cap = 0;
	*out = NULL;
	*n = 0;
	if (!db_query(c,
		      SQL("SELECT id, code, expires FROM token WHERE contact = $2 AND "
			  "kind = $3 AND code IS NOT NULL AND " TOKEN_GOOD),
		      &q))
		return false;
	bind_int(&q, 1, c->now);
	bind_blob(&q, 2, j->contact);
	bind_text(&q, 3, j->kind);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return *n || add_code(c, no_code(c, j->contact), out, n, &cap);
		code_row r = {.row = row_id(&q, 0),
			      .code = row_blob(&q, 1),
			      .expires = row_int(&q, 2)};
		r.budget = budget_hash(c, S("code"), id_str(&r.row));
		if (!add_code(c, r, out, n, &cap))
			return false;
	}
}

static bool wrong_digits(ctx *c, str contact, const code_row *of, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!budget_debit(c, of[i].budget, of[i].expires - c->now))
			return false;
	return budget_debit(c, contact, HOUR_MS) && fail_hidden(c);
}

static bool consume(ctx *c, const use_job *j, const id *which)
{
	query q;
	if (!db_query(c, SQL("DELETE FROM token WHERE id = $1 RETURNING " TOKEN_COLUMNS),
		      &q))
		return false;
	bind_id(&q, 1, which);
	if (!db_one(&q) || !row_get(c, &q, j->out))
		return false;
	db_end(&q);
	return true;
}

static bool code_work(ctx *c, void *arg)
{
	const use_job *j = arg;
	code_row *of;
	size_t n;
	int64_t until;
	const id *found = NULL;
	str contact = budget_hash(c, S("code.contact"), j->contact);
	str want = code_hash(c, j->kind, j->contact, j->digits);
	if (!budget_full(c, contact, WRONG_PER_CONTACT, HOUR_MS, &until))
		return false;
	if (until)
		return budget_refuse(c, until);
	if (!codes_of(c, j, &of, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!of[i].dead && of[i].code.n == want.n &&
		    !sodium_memcmp(of[i].code.s, want.s, want.n))
			found = &of[i].row;
	return found ? consume(c, j, found) : wrong_digits(c, contact, of, n);
}

bool store_code_use(ctx *c, str kind, str contact, str digits, token *out)
{
	use_job j = {.kind = kind,
		     .contact = contact_key(c, contact),
		     .digits = digits,
		     .out = out};
	return store_write(c, code_work, &j);
}
