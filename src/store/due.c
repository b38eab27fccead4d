/* Whom a rule of messages may concern: found by how things are, never by what day it is. */
#include "store/store_priv.h"

/* ---- waiting ---------------------------------------------------------------------------- */

typedef struct waiting_job {
	str rule, mark;
	id after;
	int64_t most;
	waiting_person *item;
	size_t n;
} waiting_job;

static bool waiting_work(ctx *c, void *arg)
{
	waiting_job *j = arg;
	query q;
	bool row;
	j->n = 0;
	if (!db_query(c,
		      SQL("SELECT p.id, p.side, p.queued, p.created FROM person p WHERE "
			  "p.state = "
			  "$1 AND p.merged IS NULL AND p.id > $2 AND NOT EXISTS (SELECT "
			  "1 FROM message m WHERE m.rule = $3 AND m.subject_key = p.id "
			  "|| '/' || $4) ORDER BY p.id LIMIT $5"),
		      &q))
		return false;
	bind_text(&q, 1, str_from(model_state[STATE_WAITING]));
	bind_text(&q, 2, id_str(&j->after));
	bind_text(&q, 3, j->rule);
	bind_text(&q, 4, j->mark);
	bind_int(&q, 5, j->most);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		j->item[j->n++] = (waiting_person){
			.id = row_id(&q, 0),
			.side = row_text(&q, 1),
			.queued = (int32_t)row_int_or(&q, 2, QUEUED_UNKNOWN),
			.created = date_local(row_int(&q, 3)).day};
	}
}

bool store_waiting(ctx *c, str rule, str mark, id after, size_t most,
		   waiting_person **out, size_t *n)
{
	waiting_job j = {.rule = rule,
			 .mark = mark,
			 .after = after,
			 .most = (int64_t)most,
			 .item = NEW_ARRAY(c->mem, waiting_person, most)};
	if (!store_read(c, waiting_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}

/* ---- where one stands -------------------------------------------------------------------------- */

typedef struct marks_job {
	str side;
	waiting_marks m;
} marks_job;

#define WAITING_SIDE                                                                     \
	" FROM person WHERE state = $1 AND side = $2 AND merged IS NULL AND queued IS "  \
	"NOT NULL"

static bool count_side(ctx *c, marks_job *j)
{
	query q;
	if (!db_query(c, SQL("SELECT COUNT(*)" WAITING_SIDE), &q))
		return false;
	bind_text(&q, 1, str_from(model_state[STATE_WAITING]));
	bind_text(&q, 2, j->side);
	if (!db_one(&q))
		return false;
	j->m.n = row_int(&q, 0);
	db_end(&q);
	return true;
}

/* The queue day of the one before whom `before` wait. */
static bool day_at(ctx *c, const marks_job *j, int64_t before, int32_t *day)
{
	query q;
	if (!db_query(c,
		      SQL("SELECT queued" WAITING_SIDE
			  " ORDER BY queued LIMIT 1 OFFSET $3"),
		      &q))
		return false;
	bind_text(&q, 1, str_from(model_state[STATE_WAITING]));
	bind_text(&q, 2, j->side);
	bind_int(&q, 3, before);
	if (!db_one(&q))
		return false;
	*day = (int32_t)row_int(&q, 0);
	db_end(&q);
	return true;
}

static bool marks_work(ctx *c, void *arg)
{
	marks_job *j = arg;
	j->m = (waiting_marks){.n = 0};
	return count_side(c, j) &&
	       (!j->m.n || (day_at(c, j, j->m.n / 4, &j->m.quarter) &&
			    day_at(c, j, j->m.n * 3 / 4, &j->m.most)));
}

bool store_waiting_marks(ctx *c, str side, waiting_marks *out)
{
	marks_job j = {.side = side};
	if (!store_read(c, marks_work, &j))
		return false;
	*out = j.m;
	return true;
}

/* ---- drafts that stand still ---------------------------------------------------------------------- */

typedef struct stale_job {
	str rule;
	int64_t from, to, most;
	id after;
	stale_draft *item;
	size_t n;
} stale_job;

static bool stale_work(ctx *c, void *arg)
{
	stale_job *j = arg;
	query q;
	bool row;
	j->n = 0;
	if (!db_query(
		    c,
		    SQL("SELECT p.id, p.changed FROM person p WHERE p.state = $1 AND "
			"p.changed > $2 AND p.changed <= $3 AND p.id > $4 AND "
			"(p.phone_hash IS NOT NULL OR p.email_hash IS NOT NULL) AND NOT "
			"EXISTS (SELECT 1 FROM message m WHERE m.rule = $5 AND "
			"m.subject_key = p.id) ORDER BY p.id LIMIT $6"),
		    &q))
		return false;
	bind_text(&q, 1, str_from(model_state[STATE_DRAFT]));
	bind_int(&q, 2, j->from);
	bind_int(&q, 3, j->to);
	bind_text(&q, 4, id_str(&j->after));
	bind_text(&q, 5, j->rule);
	bind_int(&q, 6, j->most);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		j->item[j->n++] = (stale_draft){row_id(&q, 0), row_int(&q, 1)};
	}
}

bool store_stale_drafts(ctx *c, str rule, int64_t from, int64_t to, id after, size_t most,
			stale_draft **out, size_t *n)
{
	stale_job j = {.rule = rule,
		       .from = from,
		       .to = to,
		       .after = after,
		       .most = (int64_t)most,
		       .item = NEW_ARRAY(c->mem, stale_draft, most)};
	if (!store_read(c, stale_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}
