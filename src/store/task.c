/* What waits for a coordinator: people who want to be called, and who cannot be reached. */
#include "store/store_priv.h"

/* One without a municipality is for everyone in the office. */
#define TASK_SCOPE                                                                       \
	"($1 = 1 OR t.person = $2 OR (t.municipality = 0 AND " SCOPE_STAFF               \
	") OR " SCOPE_PLACE("t.municipality") ")"
/* $5: who asks may know of incidents. */
#define TASK_OPEN " AND ($5 = 1 OR t.kind <> 'pair_incident')"

static bool sees_incidents(const ctx *c)
{
	return !c->actor || c->actor->rights & RIGHT_BIT(INCIDENT);
}

static bool add_work(ctx *c, void *arg)
{
	task t = *(const task *)arg;
	query q;
	buf pairs = {.mem = c->mem};
	t.id = store_id_new(c);
	t.created = c->now;
	t.done = 0;
	t.version = 1;
	pairs_add(&pairs, S("name"), t.name);
	pairs_add(&pairs, S("phone"), t.phone);
	if (!id_none(t.person) && !person_seen(c, &t.person))
		return false;
	if (!db_query(
		    c,
		    SQL("INSERT INTO task (id, person, kind, lang, best_time, "
			"municipality, sealed, created, pair) SELECT $1, $2, $3, $4, $5, "
			"$6, $7, $8, $9 WHERE NOT EXISTS (SELECT 1 FROM task o WHERE "
			"o.person = $2 AND o.kind = $3 AND o.best_time = $5 AND o.done = "
			"0)"),
		    &q))
		return false;
	bind_id(&q, 1, &t.id);
	bind_id(&q, 2, &t.person);
	bind_text(&q, 3, t.kind);
	bind_text(&q, 4, t.lang);
	bind_text(&q, 5, t.when);
	bind_int(&q, 6, t.municipality);
	bind_blob_empty(&q, 7);
	bind_blob(&q, 7, seal_house(c, S("task"), &t.id, buf_str(&pairs)));
	bind_int(&q, 8, t.created);
	bind_id(&q, 9, &t.pair);
	if (!db_run(&q, NULL))
		return false;
	*(task *)arg = t;
	return true;
}

bool store_task_add(ctx *c, task *t)
{
	return store_write(c, add_work, t);
}

typedef struct done_job {
	id who;
	bool done;
} done_job;

static bool done_work(ctx *c, void *arg)
{
	const done_job *j = arg;
	query q;
	if (!db_query_scoped(
		    c,
		    SQL("SELECT 1 FROM task t WHERE t.id = $4 AND " TASK_SCOPE TASK_OPEN),
		    &q))
		return false;
	bind_id(&q, 4, &j->who);
	bind_int(&q, 5, sees_incidents(c));
	if (!db_one(&q))
		return false;
	db_end(&q);
	if (!db_query(
		    c,
		    SQL("UPDATE task SET done = $2, account = $3, version = version + 1 "
			"WHERE id = $1"),
		    &q))
		return false;
	bind_id(&q, 1, &j->who);
	bind_int(&q, 2, j->done ? c->now : 0);
	if (j->done && c->actor)
		bind_id(&q, 3, &c->actor->account);
	return db_run(&q, NULL);
}

bool store_task_done(ctx *c, id task_id, bool done)
{
	done_job j = {.who = task_id, .done = done};
	return store_write(c, done_work, &j);
}

bool store_tasks_close(ctx *c, id person_id, str kind)
{
	query q;
	assert(c->store->tx == TX_WRITE);
	if (!person_seen(c, &person_id) ||
	    !db_query(c,
		      SQL("UPDATE task SET done = $3, account = $4, version = version + "
			  "1 WHERE person = $1 AND kind = $2 AND done = 0"),
		      &q))
		return false;
	bind_id(&q, 1, &person_id);
	bind_text(&q, 2, kind);
	bind_int(&q, 3, c->now);
	if (c->actor)
		bind_id(&q, 4, &c->actor->account);
	return db_run(&q, NULL);
}

bool store_tasks_settle(ctx *c, id pair_id, str kind)
{
	query q;
	assert(c->store->tx == TX_WRITE);
	if (!db_query(c,
		      SQL("UPDATE task SET done = $3, version = version + 1 WHERE pair = "
			  "$1 AND kind = $2 AND done = 0"),
		      &q))
		return false;
	bind_id(&q, 1, &pair_id);
	bind_text(&q, 2, kind);
	bind_int(&q, 3, c->now);
	return db_run(&q, NULL);
}

typedef struct was_job {
	id pair;
	str kind;
	bool there;
} was_job;

static bool was_work(ctx *c, void *arg)
{
	was_job *j = arg;
	query q;
	if (!db_query(c, SQL("SELECT COUNT(*) FROM task WHERE pair = $1 AND kind = $2"),
		      &q))
		return false;
	bind_id(&q, 1, &j->pair);
	bind_text(&q, 2, j->kind);
	if (!db_one(&q))
		return false;
	j->there = row_int(&q, 0) > 0;
	db_end(&q);
	return true;
}

bool store_task_was(ctx *c, id pair_id, str kind, bool *there)
{
	was_job j = {.pair = pair_id, .kind = kind};
	if (!store_read(c, was_work, &j))
		return false;
	*there = j.there;
	return true;
}

typedef struct list_job {
	int64_t since;
	task *item;
	size_t n, cap;
} list_job;

static bool row_get(ctx *c, const query *q, task *t)
{
	str pairs;
	*t = (task){.id = row_id(q, 0),
		    .person = row_id(q, 1),
		    .kind = row_text(q, 2),
		    .lang = row_text(q, 3),
		    .when = row_text(q, 4),
		    .municipality = (uint16_t)row_int(q, 5),
		    .created = row_int(q, 7),
		    .done = row_int(q, 8),
		    .account = row_id(q, 9),
		    .version = row_int(q, 10),
		    .pair = row_id(q, 11)};
	if (!unseal_house(c, S("task"), &t->id, row_blob(q, 6), &pairs))
		return false;
	t->name = pairs_get(pairs, S("name"));
	t->phone = pairs_get(pairs, S("phone"));
	return true;
}

static bool list_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	bool row;
	j->n = 0;
	if (!db_query_scoped(
		    c,
		    SQL("SELECT t.id, t.person, t.kind, t.lang, t.best_time, "
			"t.municipality, "
			"t.sealed, t.created, t.done, t.account, t.version, t.pair FROM "
			"task t WHERE "
			"(t.done = 0 OR ($4 > 0 AND t.done >= $4)) AND " TASK_SCOPE
				TASK_OPEN " ORDER BY t.created, t.id"),
		    &q))
		return false;
	bind_int(&q, 4, j->since);
	bind_int(&q, 5, sees_incidents(c));
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

bool store_tasks(ctx *c, int64_t since, task **out, size_t *n)
{
	list_job j = {.since = since};
	if (!staff_may(c, RIGHT_CONTACT_READ) || !store_read(c, list_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}
