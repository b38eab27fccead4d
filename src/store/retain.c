/*
 * Retention: whose time is over goes, by itself (model/retention.def). Who that is is found by how
 * things are now, so that a run makes up for all that were missed.
 *
 * We last heard of each other when the person was here, answered or sent something, was talked
 * with or is to be, or when the office did something about it. Whoever is in a pair stays. Who
 * waits and can be written to is written to first; see store_leaving.
 */
#include "store/store_priv.h"

/* Waiting in some way: neither begun only, nor in a pair, nor over. */
#define OPEN                                                                             \
	"p.merged IS NULL AND p.state IN ('submitted', 'interview_booked', 'approved', " \
	"'waiting', 'proposed', 'paused')"
/* Nothing heard since $1; what the row itself says comes first, since that alone is most people. */
#define QUIET                                                                            \
	"p.changed <= $1 AND p.active <= $1 AND NOT EXISTS (SELECT 1 FROM event e "      \
	"WHERE e.subject = p.id AND e.at > $1) AND NOT EXISTS (SELECT 1 FROM interview " \
	"i WHERE i.person = p.id AND i.at > $1 AND i.state <> 'cancelled')"
#define REACHABLE "(p.phone_hash IS NOT NULL OR p.email_hash IS NOT NULL)"
#define WRITTEN(until)                                                                   \
	"EXISTS (SELECT 1 FROM message m WHERE m.person = p.id AND m.rule = 'leaving' "  \
	"AND m.created > $1" until ")"

/* ---- who goes ------------------------------------------------------------------------- */

/* $1 when it was to end, $2 until when one must have been written to, $3 how many. */
static const sql_text unmatched = SQL_INIT(
	"SELECT p.id FROM person p WHERE " OPEN " AND " QUIET " AND (NOT " REACHABLE
	" OR " WRITTEN(" AND m.created <= $2") ") LIMIT $3");
/* The last step, or how they came, was into this state. $2 is now: nobody goes who is still to be talked with. */
static const sql_text ended = SQL_INIT(
	"SELECT p.id FROM person p WHERE p.merged IS NULL AND p.state IN ('closed', "
	"'declined', 'withdrawn') AND p.created <= $1 AND NOT EXISTS (SELECT 1 FROM "
	"event e WHERE e.subject = p.id AND e.kind IN ('add', 'import', 'step', 'undo') "
	"AND e.at > $1) AND NOT EXISTS (SELECT 1 FROM interview i WHERE i.person = p.id "
	"AND i.state = 'booked' AND i.at > $2) LIMIT $3");
/* $1 when the note was to go. */
static const sql_text noted = SQL_INIT(
	"SELECT p.id FROM person p WHERE p.noted > 0 AND p.noted <= $1 LIMIT $3");

typedef struct found {
	id *item;
	size_t n, cap;
} found;

static bool find(ctx *c, sql_text text, int64_t over, int64_t other, size_t most,
		 found *f)
{
	query q;
	bool row;
	*f = (found){.n = 0};
	if (!db_query(c, text, &q))
		return false;
	bind_int(&q, 1, over);
	bind_int(&q, 2, other);
	bind_int(&q, 3, (int64_t)most);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		f->item = list_room(c, f->item, f->n, &f->cap, sizeof *f->item);
		f->item[f->n++] = row_id(&q, 0);
	}
}

static bool leave(ctx *c, const found *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (!person_destroy(c, &f->item[i]) ||
		    !log_append(c, "erase", &f->item[i]))
			return false;
	return true;
}

/* ---- what goes: a batch each ------------------------------------------------------------------ */

typedef struct retain_job {
	size_t most;
	int64_t n;
} retain_job;

static bool unmatched_go(ctx *c, retain_job *j)
{
	found f;
	int64_t written = c->now - STORE_LEAVING_LEAST_DAYS * INT64_C(86400000);
	if (!find(c, unmatched, c->now - PERIOD_MS(PERSON), written, j->most, &f) ||
	    !leave(c, &f))
		return false;
	j->n = (int64_t)f.n;
	return true;
}

static bool ended_go(ctx *c, retain_job *j)
{
	found f;
	if (!find(c, ended, c->now - PERIOD_MS(ENDED), c->now, j->most, &f) ||
	    !leave(c, &f))
		return false;
	j->n = (int64_t)f.n;
	return true;
}

/* Nothing happened to the person by it: that is not heard of each other. */
static bool notes_go(ctx *c, retain_job *j)
{
	found f;
	person_row r;
	if (!find(c, noted, c->now - PERIOD_MS(NOTE), 0, j->most, &f))
		return false;
	for (size_t i = 0; i < f.n; i++) {
		if (!person_load(c, &f.item[i], true, &r))
			return false;
		r.p.value[FIELD_NOTE] = S("");
		if (!person_save_still(c, &r))
			return false;
	}
	j->n = (int64_t)f.n;
	return true;
}

static bool log_goes(ctx *c, retain_job *j)
{
	return log_prune(c, c->now - PERIOD_MS(LOG), j->most, &j->n);
}

static bool (*const goes[STORE_RETENTIONS])(ctx *c, retain_job *j) = {
	unmatched_go, ended_go, notes_go, log_goes};

typedef struct one_job {
	int which;
	retain_job job;
} one_job;

/* Also out of the write-ahead log. */
static bool retain_work(ctx *c, void *arg)
{
	one_job *o = arg;
	if (!goes[o->which](c, &o->job))
		return false;
	if (o->job.n)
		atomic_store(&c->store->base->truncate_due, true);
	return true;
}

bool store_retain(ctx *c, int which, size_t most, int64_t *n)
{
	one_job o = {.which = which, .job = {.most = most}};
	assert(!c->actor && which >= 0 && which < STORE_RETENTIONS);
	if (!store_write(c, retain_work, &o))
		return false;
	*n = o.job.n;
	return true;
}

/* ---- who is written to before ------------------------------------------------------------------- */

typedef struct leaving_job {
	id after;
	size_t most, n;
	leaving_person *item;
} leaving_job;

static int64_t later_of(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static bool leaving_work(ctx *c, void *arg)
{
	leaving_job *j = arg;
	query q;
	bool row;
	j->n = 0;
	if (!db_query(c,
		      SQL("SELECT p.id, p.changed, p.active, (SELECT COALESCE(MAX(e.at), "
			  "0) FROM event e WHERE e.subject = p.id), (SELECT "
			  "COALESCE(MAX(i.at), 0) FROM interview i WHERE i.person = p.id "
			  "AND i.state <> 'cancelled') FROM person p WHERE " OPEN
			  " AND " QUIET " AND " REACHABLE " AND NOT " WRITTEN(
				  "") " AND p.id > $2 ORDER BY p.id LIMIT $3"),
		      &q))
		return false;
	bind_int(&q, 1,
		 c->now - PERIOD_MS(PERSON) + STORE_LEAVING_DAYS * INT64_C(86400000));
	bind_text(&q, 2, id_str(&j->after));
	bind_int(&q, 3, (int64_t)j->most);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		int64_t last = 0;
		for (int i = 1; i <= 4; i++)
			last = later_of(last, row_int(&q, i));
		j->item[j->n++] = (leaving_person){
			.id = row_id(&q, 0),
			.last = last,
			.until = later_of(last + PERIOD_MS(PERSON),
					  c->now + STORE_LEAVING_LEAST_DAYS *
							   INT64_C(86400000))};
	}
}

bool store_leaving(ctx *c, id after, size_t most, leaving_person **out, size_t *n)
{
	leaving_job j = {.after = after,
			 .most = most,
			 .item = NEW_ARRAY(c->mem, leaving_person, most)};
	assert(!c->actor);
	if (!store_read(c, leaving_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}
