/* Staff: accounts with their places. How they prove who they are: password.c, totp.c. */
#include "store/store_priv.h"

/*
 * An account acts on itself; on others only with STAFF. The program may, and nobody: one who is
 * not logged in comes with a link, which whoever took the link has checked.
 */
bool account_may(ctx *c, const id *who)
{
	const actor *a = c->actor;
	if (!a || (id_none(a->account) && id_none(a->person)))
		return true;
	if (id_none(a->account))
		return fail_hidden(c);
	return id_equal(a->account, *who) || may(c, RIGHT_STAFF);
}

/* ---- reading ---------------------------------------------------------------------------- */

#define ACCOUNT_SELECT                                                                   \
	"SELECT a.id, a.role, a.state, a.everywhere, a.lang, a.sealed, a.created, "      \
	"a.seen, a.version, EXISTS (SELECT 1 FROM password w WHERE w.account = a.id), "  \
	"EXISTS (SELECT 1 FROM totp t WHERE t.account = a.id) FROM account a "

static bool places_get(ctx *c, account *a)
{
	query q;
	if (!db_query(c,
		      SQL("SELECT municipality FROM account_place WHERE account = $1 "
			  "ORDER BY municipality"),
		      &q))
		return false;
	bind_id(&q, 1, &a->id);
	return rows_municipalities(&q, &a->municipality, &a->municipality_n);
}

/* Colleagues see each other's names; the address only those who may write to it. */
static bool sees_email(const ctx *c, const id *who)
{
	return !is_staff(c) || id_equal(c->actor->account, *who) ||
	       c->actor->rights & RIGHT_BIT(STAFF);
}

static bool row_get(ctx *c, const query *q, account *a)
{
	str pairs;
	*a = (account){.id = row_id(q, 0),
		       .role = model_role_named(row_text(q, 1)),
		       .state = row_text(q, 2),
		       .everywhere = row_int(q, 3) != 0,
		       .lang = row_text(q, 4),
		       .created = row_int(q, 6),
		       .seen = row_int(q, 7),
		       .version = row_int(q, 8),
		       .has_password = row_int(q, 9) != 0,
		       .has_totp = row_int(q, 10) != 0};
	if (!unseal_house(c, S("account"), &a->id, row_blob(q, 5), &pairs))
		return false;
	a->name = pairs_get(pairs, S("name"));
	a->email = sees_email(c, &a->id) ? pairs_get(pairs, S("email")) : S("");
	return places_get(c, a);
}

static bool is_participant(const ctx *c)
{
	return c->actor && id_none(c->actor->account) && !id_none(c->actor->person);
}

typedef struct get_job {
	id who;
	str email;
	account *out;
} get_job;

static bool get_work(ctx *c, void *arg)
{
	const get_job *j = arg;
	query q;
	if (is_participant(c))
		return fail_hidden(c);
	if (!db_query(c, SQL(ACCOUNT_SELECT "WHERE a.id = $1 OR a.email_hash = $2"), &q))
		return false;
	bind_id(&q, 1, &j->who);
	bind_blob(&q, 2, j->email);
	if (!db_one(&q) || !row_get(c, &q, j->out))
		return false;
	db_end(&q);
	return true;
}

bool store_account_get(ctx *c, id account_id, account *out)
{
	get_job j = {.who = account_id, .out = out};
	return store_read(c, get_work, &j);
}

static str email_hash(ctx *c, str email)
{
	bool is_one = str_find(email, S("@")) > 0 && utf8_valid(email);
	return is_one ? contact_hash(c, email) : S("");
}

bool store_account_by_email(ctx *c, str email, account *out)
{
	get_job j = {.email = email_hash(c, email), .out = out};
	return store_read(c, get_work, &j);
}

typedef struct list_job {
	account *item;
	size_t n, cap;
} list_job;

static bool list_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	bool row;
	j->n = 0;
	if (is_participant(c))
		return fail_hidden(c);
	if (!db_query(c, SQL(ACCOUNT_SELECT "ORDER BY a.created, a.id"), &q))
		return false;
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		j->item = list_room(c, j->item, j->n, &j->cap, sizeof *j->item);
		if (!row_get(c, &q, &j->item[j->n++]))
			return false;
	}
}

bool store_accounts(ctx *c, account **out, size_t *n)
{
	list_job j = {0};
	if (!store_read(c, list_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}

/* ---- writing ------------------------------------------------------------------------------ */

/* An office that has had an administrator keeps one. */
static bool administrators(ctx *c, int64_t *n)
{
	query q;
	if (!db_query(c,
		      SQL("SELECT COUNT(*) FROM account WHERE role = $1 AND "
			  "state = 'active'"),
		      &q))
		return false;
	bind_text(&q, 1, str_from(model_role[ROLE_ADMINISTRATOR].name));
	if (!db_one(&q))
		return false;
	*n = row_int(&q, 0);
	db_end(&q);
	return true;
}

static bool keeps_administrator(ctx *c, int64_t before)
{
	int64_t after;
	if (!administrators(c, &after))
		return false;
	return after > 0 || before == 0 ||
	       ctx_fail(c, FAULT_CONFLICT, "store.last_admin", S(""), S(""));
}

static bool places_set(ctx *c, const account *a)
{
	query q;
	if (!db_query(c, SQL("DELETE FROM account_place WHERE account = $1"), &q))
		return false;
	bind_id(&q, 1, &a->id);
	if (!db_run(&q, NULL))
		return false;
	for (size_t i = 0; i < a->municipality_n; i++) {
		if (!db_query(c,
			      SQL("INSERT INTO account_place (account, municipality) "
				  "VALUES ($1, $2) ON CONFLICT (account, municipality) "
				  "DO NOTHING"),
			      &q))
			return false;
		bind_id(&q, 1, &a->id);
		bind_int(&q, 2, a->municipality[i]);
		if (!db_run(&q, NULL))
			return false;
	}
	return true;
}

/* That no other account has this address. */
static bool email_is_free(ctx *c, const id *but, str hash)
{
	query q;
	bool taken;
	if (!hash.n)
		return ctx_fail(c, FAULT_INPUT, "store.email_bad", S(""), S(""));
	if (!db_query(c, SQL("SELECT 1 FROM account WHERE email_hash = $1 AND id <> $2"),
		      &q))
		return false;
	bind_blob(&q, 1, hash);
	bind_text(&q, 2, id_str(but));
	if (!db_next(&q, &taken))
		return false;
	db_end(&q);
	return !taken || ctx_fail(c, FAULT_CONFLICT, "store.email_taken", S(""), S(""));
}

static void bind_account(query *q, const account *a, str hash)
{
	ctx *c = q->c;
	buf pairs = {.mem = c->mem};
	pairs_add(&pairs, S("name"), a->name);
	pairs_add(&pairs, S("email"), a->email);
	bind_id(q, 1, &a->id);
	bind_text(q, 2, str_from(model_role[a->role].name));
	bind_int(q, 3, a->everywhere);
	bind_text(q, 4, a->lang);
	bind_blob(q, 5, hash);
	bind_blob(q, 6, seal_house(c, S("account"), &a->id, buf_str(&pairs)));
	bind_int(q, 7, a->version);
}

static bool insert(ctx *c, account *a, str hash)
{
	query q;
	if (is_staff(c) && !may(c, RIGHT_STAFF))
		return false;
	a->id = store_id_new(c);
	a->version = 1;
	a->created = c->now;
	if (!a->state.n)
		a->state = S("invited");
	if (!db_query(c,
		      SQL("INSERT INTO account (id, role, everywhere, lang, email_hash, "
			  "sealed, version, state, created) "
			  "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"),
		      &q))
		return false;
	bind_account(&q, a, hash);
	bind_text(&q, 8, a->state);
	bind_int(&q, 9, a->created);
	return db_run(&q, NULL) && places_set(c, a);
}

/* Of oneself one may change the name and how one is reached, not what one may. */
static bool same_powers(const account *a, const account *b)
{
	if (a->role != b->role || a->everywhere != b->everywhere ||
	    a->municipality_n != b->municipality_n)
		return false;
	for (size_t i = 0; i < a->municipality_n; i++) {
		bool found = false;
		for (size_t k = 0; k < b->municipality_n; k++)
			found |= a->municipality[i] == b->municipality[k];
		if (!found)
			return false;
	}
	return true;
}

static bool update(ctx *c, account *a, str hash)
{
	query q;
	account now = {.id = a->id};
	int64_t before;
	get_job j = {.who = a->id, .out = &now};
	if (!account_may(c, &a->id) || !get_work(c, &j))
		return false;
	if (a->version && a->version != now.version)
		return fail_changed(c);
	if (is_staff(c) && !same_powers(a, &now) && !may(c, RIGHT_STAFF))
		return false;
	a->version = now.version + 1;
	a->state = now.state;
	if (!administrators(c, &before) ||
	    !db_query(c,
		      SQL("UPDATE account SET role = $2, everywhere = $3, lang = $4, "
			  "email_hash = $5, sealed = $6, version = $7 WHERE id = $1"),
		      &q))
		return false;
	bind_account(&q, a, hash);
	return db_run(&q, NULL) && places_set(c, a) && keeps_administrator(c, before);
}

static bool set_work(ctx *c, void *arg)
{
	account a = *(const account *)arg;
	str hash = email_hash(c, a.email);
	assert(a.role != ROLE_NONE);
	if (is_participant(c))
		return fail_hidden(c);
	if (!email_is_free(c, &a.id, hash))
		return false;
	if (!(id_none(a.id) ? insert(c, &a, hash) : update(c, &a, hash)))
		return false;
	*(account *)arg = a;
	return true;
}

bool store_account_set(ctx *c, account *a)
{
	account out = *a;
	if (!store_write(c, set_work, &out))
		return false;
	*a = out;
	return true;
}

/* ---- invited, active, locked ----------------------------------------------------------------- */

/* A locked account has no session left and no link that makes one. */
static bool shut_out(ctx *c, const id *who)
{
	static const sql_text text[] = {
		SQL_INIT("DELETE FROM session WHERE account = $1"),
		SQL_INIT("DELETE FROM token WHERE account = $1"),
	};
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		query q;
		if (!db_query(c, text[i], &q))
			return false;
		bind_id(&q, 1, who);
		if (!db_run(&q, NULL))
			return false;
	}
	return true;
}

typedef struct state_job {
	id who;
	str to;
} state_job;

static bool state_work(ctx *c, void *arg)
{
	const state_job *j = arg;
	query q;
	int64_t changed, before;
	bool locked = str_equal(j->to, S("locked"));
	if (!account_may(c, &j->who) || !administrators(c, &before) ||
	    !db_query(c,
		      SQL("UPDATE account SET state = $2, version = version + 1 "
			  "WHERE id = $1"),
		      &q))
		return false;
	bind_id(&q, 1, &j->who);
	bind_text(&q, 2, j->to);
	if (!db_run(&q, &changed))
		return false;
	if (!changed)
		return fail_hidden(c);
	return keeps_administrator(c, before) && (!locked || shut_out(c, &j->who));
}

bool store_account_state(ctx *c, id account_id, str state_name)
{
	state_job j = {.who = account_id, .to = state_name};
	assert(str_equal(state_name, S("invited")) ||
	       str_equal(state_name, S("active")) || str_equal(state_name, S("locked")));
	return store_write(c, state_work, &j);
}
