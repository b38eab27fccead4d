/*
 * Messages on their way: written with what causes them, sent by a worker.
 *
 * Sealed with the key of the person they are for, and gone with the person. Sealed with the key
 * of the installation for everyone else.
 */
#include "store/store_priv.h"

/* After each failing try the next waits twice as long: 1 minute … about 4 hours. */
enum { MINUTE_MS = 60 * 1000, DOUBLINGS = 8 };

#define MESSAGE_COLUMNS                                                                  \
	"id, rule, subject_key, person, account, channel, state, created, sent, tries, " \
	"sealed, error"

static bool program_or_system(ctx *c)
{
	return !c->actor || may(c, RIGHT_SYSTEM);
}

static bool seal_for(ctx *c, const message *m, str plain, str *sealed)
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
	m.id = store_id_new(c);
	if (!seal_for(c, &m, buf_str(&pairs), &sealed) ||
	    !db_query(c,
		      SQL("INSERT INTO message (id, rule, subject_key, person, account, "
			  "channel, state, created, due, sealed) "
			  "VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $7, $8) "
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

static bool row_get(ctx *c, const query *q, message *m)
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
		       .tries = row_int(q, 9)};
	if (!unseal_for(c, m, row_blob(q, 10), &pairs) ||
	    !unseal_for(c, m, row_blob(q, 11), &m->error))
		return false;
	m->to = pairs_get(pairs, S("to"));
	m->lang = pairs_get(pairs, S("lang"));
	m->subject = pairs_get(pairs, S("subject"));
	m->body = pairs_get(pairs, S("body"));
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
	if (!program_or_system(c) || !count(c, j) ||
	    !db_query(c,
		      SQL("SELECT " MESSAGE_COLUMNS " FROM message WHERE state = $1 OR "
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
		if (!row_get(c, &q, m))
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
	if (!program_or_system(c) ||
	    !db_query(c, SQL("SELECT " MESSAGE_COLUMNS " FROM message WHERE id = $1"),
		      &q))
		return false;
	bind_id(&q, 1, &which);
	if (!db_one(&q) || !row_get(c, &q, m))
		return false;
	db_end(&q);
	return !is_staff(c) || store_log(c, S("message_open"), which);
}

bool store_outbox_get(ctx *c, id message_id, message *out)
{
	*out = (message){.id = message_id};
	return store_read(c, get_work, out);
}

/* One that does not open (its key went a moment ago, or the file is damaged) shall not stop the others. */
static bool due_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	bool row = true;
	j->n = 0;
	if (!program_or_system(c) || !db_query(c,
					       SQL("SELECT " MESSAGE_COLUMNS
						   " FROM message WHERE state = 'queued' "
						   "AND due <= $1 ORDER BY created, id"),
					       &q))
		return false;
	bind_int(&q, 1, c->now);
	while ((int64_t)j->n < j->limit) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		j->item = list_room(c, j->item, j->n, &j->cap, sizeof *j->item);
		if (row_get(c, &q, &j->item[j->n]))
			j->n++;
		else if (c->fault.key &&
			 str_equal(str_from(c->fault.key), S("store.sealed")))
			c->fault = (fault){0};
		else
			return false;
	}
	db_end(&q);
	return true;
}

bool store_outbox_due(ctx *c, size_t most, message **out, size_t *n)
{
	list_job j = {.limit = (int64_t)most};
	if (!store_read(c, due_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}

/* ---- what became of it ------------------------------------------------------------------------ */

typedef struct mark_job {
	id which;
	str state, error;
} mark_job;

static bool find(ctx *c, const id *which, message *m)
{
	query q;
	if (!db_query(c, SQL("SELECT id, person, tries, sent FROM message WHERE id = $1"),
		      &q))
		return false;
	bind_id(&q, 1, which);
	if (!db_one(&q))
		return false;
	*m = (message){.id = row_id(&q, 0),
		       .person = row_id(&q, 1),
		       .tries = row_int(&q, 2),
		       .sent = row_int(&q, 3)};
	db_end(&q);
	return true;
}

static bool mark_work(ctx *c, void *arg)
{
	const mark_job *j = arg;
	message m;
	query q;
	str error;
	bool sent = str_equal(j->state, S("sent"));
	bool queued = str_equal(j->state, S("queued"));
	if (!program_or_system(c) || !find(c, &j->which, &m) ||
	    !seal_for(c, &m, j->error, &error))
		return false;
	/* Without an error, "queued" is someone who asks for it once more, now. */
	int64_t tries = queued && !j->error.n ? 0 : m.tries + 1, wait = 0;
	if (queued && tries)
		wait = (int64_t)MINUTE_MS << (tries > DOUBLINGS ? DOUBLINGS : tries - 1);
	if (!db_query(
		    c,
		    SQL("UPDATE message SET state = $2, sent = $3, due = $4, tries = $5, "
			"error = $6 WHERE id = $1"),
		    &q))
		return false;
	bind_id(&q, 1, &j->which);
	bind_text(&q, 2, j->state);
	bind_int(&q, 3, sent ? c->now : m.sent);
	bind_int(&q, 4, c->now + wait);
	bind_int(&q, 5, tries);
	bind_blob(&q, 6, error);
	return db_run(&q, NULL);
}

bool store_outbox_mark(ctx *c, id message_id, str state_name, str error)
{
	mark_job j = {.which = message_id, .state = state_name, .error = error};
	return store_write(c, mark_work, &j);
}
