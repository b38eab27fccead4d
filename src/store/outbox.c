/*
 * Messages on their way: written with what causes them, looked at by an administrator. How they
 * are taken from here is in outbox_send.c.
 *
 * Sealed with the key of the person they are for, and gone with the person. Sealed with the key
 * of the installation for everyone else.
 */
#include "store/outbox_priv.h"

bool outbox_may(ctx *c)
{
	return !c->actor || may(c, RIGHT_SYSTEM);
}

bool outbox_seal(ctx *c, const message *m, str plain, str *sealed)
{
	if (!id_none(m->person))
		return seal_person(c, &m->person, S("message"), &m->id, plain, sealed);
	*sealed = seal_house(c, S("message"), &m->id, plain);
	return true;
}

static bool unseal_for(ctx *c, const message *m, str sealed, str *plain)
{
	if (!id_none(m->person))
		return unseal_person(c, &m->person, S("message"), &m->id, sealed, plain);
	return unseal_house(c, S("message"), &m->id, sealed, plain);
}

/* ---- writing ---------------------------------------------------------------------------- */

static bool add_work(ctx *c, void *arg)
{
	message m = *(const message *)arg;
	query q;
	str sealed;
	bool added;
	buf pairs = {.mem = c->mem};
	pairs_add(&pairs, S("to"), m.to);
	pairs_add(&pairs, S("lang"), m.lang);
	pairs_add(&pairs, S("subject"), m.subject);
	pairs_add(&pairs, S("body"), m.body);
	pairs_add(&pairs, S("stop"), m.stop);
	m.id = store_id_new(c);
	if (!outbox_seal(c, &m, buf_str(&pairs), &sealed) ||
	    !db_query(c,
		      SQL("INSERT INTO message (id, rule, subject_key, person, account, "
			  "channel, state, created, due, sealed, expires) "
			  "VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $7, $8, $9) "
			  "ON CONFLICT (rule, subject_key) DO NOTHING RETURNING id"),
		      &q))
		return false;
	bind_id(&q, 1, &m.id);
	bind_text(&q, 2, m.rule);
	bind_text(&q, 3, m.subject_key);
	bind_id(&q, 4, &m.person);
	bind_id(&q, 5, &m.account);
	bind_text(&q, 6, m.channel);
	bind_int(&q, 7, c->now);
	bind_blob(&q, 8, sealed);
	bind_int(&q, 9, m.expires);
	if (!db_next(&q, &added))
		return false;
	db_end(&q);
	m.state = S("queued");
	m.created = c->now;
	if (!added)
		m.id = (id){""};
	*(message *)arg = m;
	return true;
}

bool store_outbox_add(ctx *c, message *m)
{
	message out = *m;
	assert(m->rule.n && m->subject_key.n && m->channel.n);
	if (!store_write(c, add_work, &out))
		return false;
	*m = out;
	return true;
}

/* ---- reading ------------------------------------------------------------------------------ */

bool outbox_row(ctx *c, const query *q, message *m)
{
	str pairs;
	*m = (message){.id = row_id(q, 0),
		       .rule = row_text(q, 1),
		       .subject_key = row_text(q, 2),
		       .person = row_id(q, 3),
		       .account = row_id(q, 4),
		       .channel = row_text(q, 5),
		       .state = row_text(q, 6),
		       .created = row_int(q, 7),
		       .sent = row_int(q, 8),
		       .tries = row_int(q, 9),
		       .delivered = row_int(q, 12),
		       .expires = row_int(q, 13),
		       .unsure = row_int(q, 14),
		       .claim = row_text(q, 15)};
	if (!unseal_for(c, m, row_blob(q, 10), &pairs) ||
	    !unseal_for(c, m, row_blob(q, 11), &m->error))
		return false;
	m->to = pairs_get(pairs, S("to"));
	m->lang = pairs_get(pairs, S("lang"));
	m->subject = pairs_get(pairs, S("subject"));
	m->body = pairs_get(pairs, S("body"));
	m->stop = pairs_get(pairs, S("stop"));
	return true;
}

typedef struct list_job {
	str state;
	int64_t offset, limit, total;
	message *item;
	size_t n, cap;
} list_job;

static bool count(ctx *c, list_job *j)
{
	query q;
	if (!db_query(c, SQL("SELECT COUNT(*) FROM message WHERE state = $1 OR $1 = ''"),
		      &q))
		return false;
	bind_text(&q, 1, j->state);
	if (!db_one(&q))
		return false;
	j->total = row_int(&q, 0);
	db_end(&q);
	return true;
}

static bool list_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	bool row;
	j->n = 0;
	if (!outbox_may(c) || !count(c, j) ||
	    !db_query(c,
		      SQL("SELECT " OUTBOX_COLUMNS " FROM message WHERE state = $1 OR "
			  "$1 = '' ORDER BY created DESC, id LIMIT $2 OFFSET $3"),
		      &q))
		return false;
	bind_text(&q, 1, j->state);
	bind_int(&q, 2, j->limit);
	bind_int(&q, 3, j->offset);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		j->item = list_room(c, j->item, j->n, &j->cap, sizeof *j->item);
		message *m = &j->item[j->n++];
		if (!outbox_row(c, &q, m))
			return false;
		m->subject = m->body = S("");
	}
}

bool store_outbox_list(ctx *c, str state_name, int64_t offset, int64_t limit,
		       message **out, size_t *n, int64_t *total)
{
	list_job j = {.state = state_name, .offset = offset, .limit = limit};
	if (!store_read(c, list_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	*total = j.total;
	return true;
}

static bool get_work(ctx *c, void *arg)
{
	message *m = arg;
	query q;
	id which = m->id;
	if (!outbox_may(c) ||
	    !db_query(c, SQL("SELECT " OUTBOX_COLUMNS " FROM message WHERE id = $1"), &q))
		return false;
	bind_id(&q, 1, &which);
	if (!db_one(&q) || !outbox_row(c, &q, m))
		return false;
	db_end(&q);
	return !is_staff(c) || store_log(c, S("message_open"), which);
}

bool store_outbox_get(ctx *c, id message_id, message *out)
{
	*out = (message){.id = message_id};
	return store_read(c, get_work, out);
}

typedef struct count_job {
	str rule;
	int64_t since, n;
} count_job;

static bool count_work(ctx *c, void *arg)
{
	count_job *j = arg;
	query q;
	if (!outbox_may(c) ||
	    !db_query(
		    c,
		    SQL("SELECT COUNT(*) FROM message WHERE rule = $1 AND created > $2"),
		    &q))
		return false;
	bind_text(&q, 1, j->rule);
	bind_int(&q, 2, j->since);
	if (!db_one(&q))
		return false;
	j->n = row_int(&q, 0);
	db_end(&q);
	return true;
}

bool store_outbox_count(ctx *c, str rule, int64_t since, int64_t *n)
{
	count_job j = {.rule = rule, .since = since};
	if (!store_read(c, count_work, &j))
		return false;
	*n = j.n;
	return true;
}

typedef struct about_job {
	str rule;
	id about;
	int64_t at;
} about_job;

/* $1 the rule; $2 the subject itself, $3 and $4 around all that begin with it: '0' follows '/'. */
#define ABOUT                                                                            \
	"rule = $1 AND (subject_key = $2 OR (subject_key > $3 AND subject_key < $4))"

static void bind_about(query *q, const about_job *j)
{
	bind_text(q, 1, j->rule);
	bind_text(q, 2, id_str(&j->about));
	bind_text(q, 3, str_format(q->c->mem, "%s/", j->about.s));
	bind_text(q, 4, str_format(q->c->mem, "%s0", j->about.s));
}

static bool last_work(ctx *c, void *arg)
{
	about_job *j = arg;
	query q;
	if (!outbox_may(c) ||
	    !db_query(c,
		      SQL("SELECT COALESCE(MAX(created), 0) FROM message WHERE " ABOUT),
		      &q))
		return false;
	bind_about(&q, j);
	if (!db_one(&q))
		return false;
	j->at = row_int(&q, 0);
	db_end(&q);
	return true;
}

bool store_outbox_last(ctx *c, str rule, id about, int64_t *at)
{
	about_job j = {.rule = rule, .about = about};
	if (!store_read(c, last_work, &j))
		return false;
	*at = j.at;
	return true;
}

static bool withdraw_work(ctx *c, void *arg)
{
	query q;
	if (!db_query(c,
		      SQL("UPDATE message SET state = 'suppressed', due = $5 WHERE "
			  "state = 'queued' AND " ABOUT),
		      &q))
		return false;
	bind_about(&q, arg);
	bind_int(&q, 5, NEVER);
	return db_run(&q, NULL);
}

bool store_outbox_withdraw(ctx *c, str rule, id about)
{
	about_job j = {.rule = rule, .about = about};
	return store_write(c, withdraw_work, &j);
}

typedef struct reach_job {
	id who;
	str to, lang;
} reach_job;

static bool reach_work(ctx *c, void *arg)
{
	reach_job *j = arg;
	person_row r;
	if (!person_load(c, &j->who, true, &r))
		return false;
	str email = r.p.value[FIELD_EMAIL], phone = r.p.value[FIELD_PHONE];
	bool sms = str_equal(r.p.value[FIELD_CHANNEL], S("sms"));
	j->to = (sms && phone.n) || !email.n ? phone : email;
	j->lang = r.p.written;
	return true;
}

/* Writing to somebody is not reading who they are: who causes a message need not see the address. */
bool store_outbox_reach(ctx *c, id person_id, str *to, str *lang)
{
	reach_job j = {.who = person_id};
	const actor *before = c->actor;
	c->actor = NULL;
	bool ok = store_read(c, reach_work, &j);
	c->actor = before;
	*to = j.to;
	*lang = j.lang;
	return ok;
}
