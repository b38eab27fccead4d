/* What happened to a person: append-only rows. */
#include "store/store_priv.h"

static bool number_next(ctx *c, const id *subject, int64_t *n)
{
	query q;
	if (!db_query(c,
		      SQL("SELECT COALESCE(MAX(n), 0) + 1 FROM event WHERE subject = $1"),
		      &q))
		return false;
	bind_id(&q, 1, subject);
	if (!db_one(&q))
		return false;
	*n = row_int(&q, 0);
	db_end(&q);
	return true;
}

bool event_write(ctx *c, const event *e)
{
	query q;
	int64_t n;
	str reason;
	id fresh = store_id_new(c);
	if (!number_next(c, &e->subject, &n) ||
	    !seal_person(c, &e->subject, S("event"), &fresh, e->reason, &reason) ||
	    !db_query(c,
		      SQL("INSERT INTO event (id, subject, n, at, account, kind, "
			  "from_state, "
			  "to_state, what, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, "
			  "$8, $9, "
			  "$10)"),
		      &q))
		return false;
	bind_id(&q, 1, &fresh);
	bind_id(&q, 2, &e->subject);
	bind_int(&q, 3, n);
	bind_int(&q, 4, c->now);
	if (c->actor)
		bind_id(&q, 5, &c->actor->account);
	bind_text(&q, 6, e->kind);
	bind_text(&q, 7, e->from);
	bind_text(&q, 8, e->to);
	bind_text(&q, 9, e->what);
	bind_blob(&q, 10, reason);
	return db_run(&q, NULL);
}

static bool add_work(ctx *c, void *arg)
{
	const event *e = arg;
	return person_seen(c, &e->subject) && event_write(c, e);
}

bool store_event_add(ctx *c, id subject, str kind, str what)
{
	event e = {.subject = subject, .kind = kind, .what = what};
	return store_write(c, add_work, &e);
}

/* ---- reading ------------------------------------------------------------------------------ */

typedef struct list_job {
	id subject;
	size_t most, n, cap;
	event *event;
} list_job;

static bool event_get(ctx *c, const query *q, bool open, event *e)
{
	id row = row_id(q, 0);
	*e = (event){.subject = row_id(q, 1),
		     .at = row_int(q, 2),
		     .account = row_id(q, 3),
		     .kind = row_text(q, 4),
		     .from = row_text(q, 5),
		     .to = row_text(q, 6),
		     .what = row_text(q, 7)};
	if (!account_name(c, &e->account, row_blob(q, 9), &e->by))
		return false;
	return !open || unseal_person(c, &e->subject, S("event"), &row, row_blob(q, 8),
				      &e->reason);
}

static bool list_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	bool row, open = !c->actor || c->actor->rights & RIGHT_BIT(CONTACT_READ);
	j->n = 0;
	if (!person_seen(c, &j->subject) ||
	    !db_query(
		    c,
		    SQL("SELECT e.id, e.subject, e.at, e.account, e.kind, e.from_state, "
			"e.to_state, e.what, e.reason, a.sealed FROM event e LEFT JOIN "
			"account a ON a.id = e.account WHERE e.subject = $1 "
			"ORDER BY e.at DESC, e.n DESC LIMIT $2"),
		    &q))
		return false;
	bind_id(&q, 1, &j->subject);
	bind_int(&q, 2, (int64_t)j->most);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		j->event = list_room(c, j->event, j->n, &j->cap, sizeof *j->event);
		if (!event_get(c, &q, open, &j->event[j->n++]))
			return false;
	}
}

bool store_events(ctx *c, id subject, size_t most, event **out, size_t *n)
{
	list_job j = {.subject = subject, .most = most};
	if (!store_read(c, list_work, &j))
		return false;
	*out = j.event;
	*n = j.n;
	return true;
}

/* ---- moving ---------------------------------------------------------------------------------- */

static bool move_one(ctx *c, const id *row, str reason, const id *gone, const id *keep)
{
	query q;
	int64_t n;
	str plain, sealed;
	if (!unseal_person(c, gone, S("event"), row, reason, &plain) ||
	    !seal_person(c, keep, S("event"), row, plain, &sealed) ||
	    !number_next(c, keep, &n) ||
	    !db_query(c,
		      SQL("UPDATE event SET subject = $2, n = $3, reason = $4 WHERE id = "
			  "$1"),
		      &q))
		return false;
	bind_id(&q, 1, row);
	bind_id(&q, 2, keep);
	bind_int(&q, 3, n);
	bind_blob(&q, 4, sealed);
	return db_run(&q, NULL);
}

bool events_move(ctx *c, const id *gone, const id *keep)
{
	for (;;) {
		query q;
		bool row;
		if (!db_query(c,
			      SQL("SELECT id, reason FROM event WHERE subject = $1 "
				  "ORDER BY n LIMIT 1"),
			      &q))
			return false;
		bind_id(&q, 1, gone);
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		id one = row_id(&q, 0);
		str reason = row_blob(&q, 1);
		db_end(&q);
		if (!move_one(c, &one, reason, gone, keep))
			return false;
	}
}
