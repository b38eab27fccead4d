/* Who is logged in, where. */
#include <sodium.h>
#include <string.h>

#include "store/store_priv.h"

enum { SECRET_LETTERS = 52, SEEN_EVERY_MS = 60 * 1000 };

#define SESSION_COLUMNS                                                                  \
	"s.id, s.account, s.person, s.created, s.seen, s.expires, s.idle_ms, s.strong,"  \
	" s.device"

static str secret_hash(ctx *c, str secret)
{
	return keyed_hash(c, S("session"), secret);
}

/* Not kept: whoever has the secret has the key of the forms, and the database alone has neither. */
static void form_key(ctx *c, str secret, uint8_t out[32])
{
	memcpy(out, keyed_hash(c, S("forms"), secret).s, 32);
}

/* ---- beginning ----------------------------------------------------------------------------- */

/* Whoever comes here has not left us: what is kept of her is kept on (retain.c). */
static bool note_here(ctx *c, const session *s)
{
	query q;
	if (!db_query(c,
		      SQL("UPDATE person SET active = $2 WHERE id = $1 AND active < $2"),
		      &q))
		return false;
	bind_id(&q, 1, &s->person);
	bind_int(&q, 2, c->now);
	return db_run(&q, NULL);
}

typedef struct new_job {
	session s;
	str hash;
} new_job;

static bool new_work(ctx *c, void *arg)
{
	const new_job *j = arg;
	const session *s = &j->s;
	query q;
	if (!db_query(
		    c,
		    SQL("INSERT INTO session (id, hash, account, person, created, seen, "
			"expires, idle_ms, strong, device) "
			"VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9)"),
		    &q))
		return false;
	bind_id(&q, 1, &s->id);
	bind_blob(&q, 2, j->hash);
	bind_id(&q, 3, &s->account);
	bind_id(&q, 4, &s->person);
	bind_int(&q, 5, s->created);
	bind_int(&q, 6, s->expires);
	bind_int(&q, 7, s->idle_ms);
	bind_int(&q, 8, s->strong);
	bind_blob(&q, 9, seal_house(c, S("session"), &s->id, s->device));
	return db_run(&q, NULL) && note_here(c, s);
}

bool store_session_new(ctx *c, session *s, str *secret)
{
	new_job j = {.s = *s};
	assert(id_none(s->account) != id_none(s->person));
	*secret = store_secret_new(c, SECRET_LETTERS);
	j.hash = secret_hash(c, *secret);
	j.s.id = store_id_new(c);
	j.s.created = j.s.seen = c->now;
	form_key(c, *secret, j.s.key);
	if (!store_write(c, new_work, &j))
		return false;
	*s = j.s;
	return true;
}

/* ---- being known ---------------------------------------------------------------------------- */

static void row_get(const query *q, session *s)
{
	*s = (session){.id = row_id(q, 0),
		       .account = row_id(q, 1),
		       .person = row_id(q, 2),
		       .created = row_int(q, 3),
		       .seen = row_int(q, 4),
		       .expires = row_int(q, 5),
		       .idle_ms = row_int(q, 6),
		       .strong = row_int(q, 7) != 0,
		       .device = S("")};
}

typedef struct get_job {
	str hash;
	session *s;
	actor *who;
} get_job;

/*
 * A person that became part of another one is nobody: whoever registered under someone else's
 * name shall not get that one's answers when the office takes the two for one.
 */
static bool get_work(ctx *c, void *arg)
{
	const get_job *j = arg;
	query q;
	if (!db_query(c,
		      SQL("SELECT " SESSION_COLUMNS ", a.role, a.everywhere, a.state "
			  "FROM session s LEFT JOIN account a ON a.id = s.account "
			  "LEFT JOIN person p ON p.id = s.person "
			  "WHERE s.hash = $1 AND s.expires > $2 AND "
			  "(s.idle_ms = 0 OR s.seen + s.idle_ms > $2) AND "
			  "((a.id IS NOT NULL AND a.state <> 'locked') OR "
			  "(p.id IS NOT NULL AND p.merged IS NULL))"),
		      &q))
		return false;
	bind_blob(&q, 1, j->hash);
	bind_int(&q, 2, c->now);
	if (!db_one(&q))
		return false;
	row_get(&q, j->s);
	*j->who = (actor){
		.account = j->s->account, .person = j->s->person, .session = j->s->id};
	if (!id_none(j->s->account)) {
		/* Before the second proof an account has a name and no rights. */
		bool full = j->s->strong && str_equal(row_text(&q, 11), S("active"));
		j->who->role = model_role_named(row_text(&q, 9));
		j->who->rights = full ? model_role[j->who->role].rights : 0;
		j->who->everywhere = full && row_int(&q, 10) != 0;
	}
	db_end(&q);
	return true;
}

static bool seen_work(ctx *c, void *arg)
{
	const session *s = arg;
	static const sql_text text[] = {
		SQL_INIT("UPDATE session SET seen = $2 WHERE id = $1 AND seen < $2"),
		SQL_INIT("UPDATE account SET seen = $2 WHERE id = $1 AND seen < $2"),
	};
	const id *row[] = {&s->id, &s->account};
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		query q;
		if (!db_query(c, text[i], &q))
			return false;
		bind_id(&q, 1, row[i]);
		bind_int(&q, 2, c->now);
		if (!db_run(&q, NULL))
			return false;
	}
	return note_here(c, s);
}

/* On a full disk one can still read: that it could not be noted is no reason to send someone away. */
static void note_seen(ctx *c, session *s)
{
	if (c->now - s->seen < SEEN_EVERY_MS || c->store->base->read_only ||
	    c->store->tx == TX_READ)
		return;
	if (write_quietly(c, seen_work, s))
		s->seen = c->now;
	c->fault = (fault){0};
}

bool store_session_get(ctx *c, str secret, session *s, actor *who)
{
	if (secret.n != SECRET_LETTERS)
		return fail_hidden(c);
	get_job j = {.hash = secret_hash(c, secret), .s = s, .who = who};
	if (!store_read(c, get_work, &j))
		return false;
	form_key(c, secret, s->key);
	note_seen(c, s);
	return true;
}

/* ---- the list and its end -------------------------------------------------------------------- */

typedef struct list_job {
	session *item;
	size_t n, cap;
} list_job;

static bool list_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	bool row;
	j->n = 0;
	if (!db_query_scoped(c,
			     SQL("SELECT " SESSION_COLUMNS " FROM session s "
				 "WHERE (s.person = $2 OR s.account = $3) AND "
				 "s.expires > $4 AND "
				 "(s.idle_ms = 0 OR s.seen + s.idle_ms > $4) "
				 "ORDER BY s.created DESC, s.id"),
			     &q))
		return false;
	bind_int(&q, 4, c->now);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		j->item = list_room(c, j->item, j->n, &j->cap, sizeof *j->item);
		session *s = &j->item[j->n++];
		row_get(&q, s);
		if (!unseal_house(c, S("session"), &s->id, row_blob(&q, 8), &s->device))
			return false;
	}
}

bool store_sessions(ctx *c, session **out, size_t *n)
{
	list_job j = {0};
	if (!store_read(c, list_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}

typedef struct end_job {
	id whose, but;
} end_job;

static bool end_work(ctx *c, void *arg)
{
	const end_job *j = arg;
	query q;
	int64_t gone;
	if (!db_query_scoped(c,
			     SQL("DELETE FROM session WHERE id = $4 AND "
				 "($1 = 1 OR person = $2 OR account = $3)"),
			     &q))
		return false;
	bind_id(&q, 4, &j->whose);
	if (!db_run(&q, &gone))
		return false;
	return gone == 1 || fail_hidden(c);
}

bool store_session_end(ctx *c, id session_id)
{
	end_job j = {.whose = session_id};
	return store_write(c, end_work, &j);
}

/* One's own; of an account with STAFF; of a person in scope. Nobody comes with a link. */
static bool may_end_all(ctx *c, const id *whose)
{
	const actor *a = c->actor;
	query q;
	bool of_person;
	if (!a || (id_none(a->account) && id_none(a->person)) ||
	    id_equal(a->account, *whose) || id_equal(a->person, *whose))
		return true;
	if (id_none(a->account))
		return fail_hidden(c);
	if (!db_query(c, SQL("SELECT 1 FROM person WHERE id = $1"), &q))
		return false;
	bind_id(&q, 1, whose);
	if (!db_next(&q, &of_person))
		return false;
	db_end(&q);
	if (of_person)
		return may(c, RIGHT_PEOPLE_WRITE) && person_seen(c, whose);
	return may(c, RIGHT_STAFF);
}

static bool end_all_work(ctx *c, void *arg)
{
	const end_job *j = arg;
	query q;
	if (!may_end_all(c, &j->whose) ||
	    !db_query(c,
		      SQL("DELETE FROM session WHERE (account = $1 OR person = $1) AND "
			  "id <> $2"),
		      &q))
		return false;
	bind_id(&q, 1, &j->whose);
	bind_text(&q, 2, id_str(&j->but));
	return db_run(&q, NULL);
}

bool store_sessions_end_all(ctx *c, id account_or_person, id but)
{
	end_job j = {.whose = account_or_person, .but = but};
	return store_write(c, end_all_work, &j);
}
