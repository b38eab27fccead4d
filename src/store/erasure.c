/* Who asked to be erased: noted, taken back, and done when the time for that is over. */
#include "store/store_priv.h"

/* ---- asking ----------------------------------------------------------------------------- */

static bool ask_work(ctx *c, void *arg)
{
	const erasure *e = arg;
	query q;
	if (!person_seen(c, &e->person) ||
	    !db_query(c,
		      SQL("INSERT INTO erasure (person, asked, due, account) VALUES ($1, "
			  "$2, $3, $4) ON CONFLICT (person) DO NOTHING"),
		      &q))
		return false;
	bind_id(&q, 1, &e->person);
	bind_int(&q, 2, c->now);
	bind_int(&q, 3, e->due);
	if (c->actor)
		bind_id(&q, 4, &c->actor->account);
	return db_run(&q, NULL);
}

bool store_erasure_ask(ctx *c, id person_id, int64_t due)
{
	erasure e = {.person = person_id, .due = due};
	return store_write(c, ask_work, &e);
}

static bool drop_work(ctx *c, void *arg)
{
	const id *who = arg;
	query q;
	if (!person_seen(c, who) ||
	    !db_query(c, SQL("DELETE FROM erasure WHERE person = $1"), &q))
		return false;
	bind_id(&q, 1, who);
	return db_run(&q, NULL);
}

bool store_erasure_drop(ctx *c, id person_id)
{
	return store_write(c, drop_work, &person_id);
}

static bool get_work(ctx *c, void *arg)
{
	erasure *e = arg;
	query q;
	bool row;
	e->asked = e->due = 0;
	if (!person_seen(c, &e->person) ||
	    !db_query(c, SQL("SELECT asked, due, account FROM erasure WHERE person = $1"),
		      &q))
		return false;
	bind_id(&q, 1, &e->person);
	if (!db_next(&q, &row))
		return false;
	if (!row)
		return true;
	e->asked = row_int(&q, 0);
	e->due = row_int(&q, 1);
	e->account = row_id(&q, 2);
	db_end(&q);
	return true;
}

bool store_erasure_get(ctx *c, id person_id, erasure *out)
{
	erasure e = {.person = person_id};
	if (!store_read(c, get_work, &e))
		return false;
	*out = e;
	return true;
}

/* ---- doing it ----------------------------------------------------------------------------- */

typedef struct due_job {
	id *who;
	int64_t most;
	size_t n;
} due_job;

static bool due_find(ctx *c, due_job *j)
{
	query q;
	bool row;
	j->n = 0;
	if (!db_query(c,
		      SQL("SELECT person FROM erasure WHERE due <= $1 ORDER BY due, "
			  "person LIMIT $2"),
		      &q))
		return false;
	bind_int(&q, 1, c->now);
	bind_int(&q, 2, j->most);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		j->who[j->n++] = row_id(&q, 0);
	}
}

static bool due_work(ctx *c, void *arg)
{
	due_job *j = arg;
	if (c->actor)
		return fail_hidden(c);
	if (!due_find(c, j))
		return false;
	for (size_t i = 0; i < j->n; i++)
		if (!person_destroy(c, &j->who[i]) || !log_append(c, "erase", &j->who[i]))
			return false;
	return true;
}

bool store_erasures_do(ctx *c, size_t most, size_t *n)
{
	due_job j = {.who = NEW_ARRAY(c->mem, id, most), .most = (int64_t)most};
	if (!store_write(c, due_work, &j))
		return false;
	*n = j.n;
	return true;
}
