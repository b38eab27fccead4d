/* Conversations before approval: booked, held, cancelled; the note is sealed with the person's key. */
#include "store/store_priv.h"

/* ---- setting -------------------------------------------------------------------------- */

static bool seen_as(ctx *c, const interview *i)
{
	query q;
	if (!db_query(c,
		      SQL("SELECT version FROM interview WHERE id = $1 AND person = $2"),
		      &q))
		return false;
	bind_id(&q, 1, &i->id);
	bind_id(&q, 2, &i->person);
	if (!db_one(&q))
		return false;
	int64_t version = row_int(&q, 0);
	db_end(&q);
	return !i->version || version == i->version || fail_changed(c);
}

static void bind_interview(query *q, const interview *i, str note)
{
	bind_id(q, 1, &i->id);
	bind_id(q, 2, &i->person);
	bind_id(q, 3, &i->account);
	bind_int(q, 4, i->at);
	bind_text(q, 5, i->mode);
	bind_text(q, 6, i->state);
	bind_int_or_null(q, 7, i->conduct, QUEUED_UNKNOWN);
	bind_int_or_null(q, 8, i->identity, QUEUED_UNKNOWN);
	bind_int_or_null(q, 9, i->extract, QUEUED_UNKNOWN);
	bind_blob(q, 10, note);
	bind_int(q, 11, q->c->now);
}

static bool set_work(ctx *c, void *arg)
{
	interview i = *(const interview *)arg;
	query q;
	str note;
	bool fresh = id_none(i.id);
	sql_text add =
		SQL("INSERT INTO interview (id, person, account, at, mode, state, "
		    "conduct, identity, extract, note, changed, version) VALUES ($1, $2, "
		    "$3, $4, $5, $6, $7, $8, $9, $10, $11, 1) RETURNING version");
	sql_text change =
		SQL("UPDATE interview SET account = $3, at = $4, mode = $5, "
		    "state = $6, conduct = $7, identity = $8, extract = $9, note = "
		    "$10, changed = $11, version = version + 1 WHERE id = $1 AND "
		    "person = $2 RETURNING version");
	if (!person_seen(c, &i.person) || (!fresh && !seen_as(c, &i)))
		return false;
	if (fresh)
		i.id = store_id_new(c);
	if (!seal_person(c, &i.person, S("interview"), &i.id, i.note, &note) ||
	    !db_query(c, fresh ? add : change, &q))
		return false;
	bind_interview(&q, &i, note);
	if (!db_one(&q))
		return false;
	i.version = row_int(&q, 0);
	db_end(&q);
	event e = {.subject = i.person, .kind = S("interview"), .what = i.state};
	if (!event_write(c, &e))
		return false;
	*(interview *)arg = i;
	return true;
}

bool store_interview_set(ctx *c, interview *i)
{
	return store_write(c, set_work, i);
}

/* ---- getting ----------------------------------------------------------------------------- */

#define INTERVIEW_SELECT                                                                 \
	"SELECT i.id, i.person, i.account, i.at, i.mode, i.state, i.conduct, "           \
	"i.identity, i.extract, i.note, i.version FROM interview i JOIN person p ON "    \
	"p.id = i.person WHERE "

typedef struct list_job {
	id who;
	int64_t from, to;
	bool mine;
	interview *item;
	size_t n, cap;
} list_job;

static int32_t day_or_none(const query *q, int column)
{
	return (int32_t)row_int_or(q, column, QUEUED_UNKNOWN);
}

static bool row_get(ctx *c, const query *q, bool open, interview *i)
{
	person named;
	*i = (interview){.id = row_id(q, 0),
			 .person = row_id(q, 1),
			 .account = row_id(q, 2),
			 .at = row_int(q, 3),
			 .mode = row_text(q, 4),
			 .state = row_text(q, 5),
			 .conduct = day_or_none(q, 6),
			 .identity = day_or_none(q, 7),
			 .extract = day_or_none(q, 8),
			 .version = row_int(q, 10)};
	if (!person_load_named(c, &i->person, &named))
		return false;
	i->given = named.value[FIELD_GIVEN];
	return !open || unseal_person(c, &i->person, S("interview"), &i->id,
				      row_blob(q, 9), &i->note);
}

static bool rows_get(ctx *c, query *q, bool open, list_job *j)
{
	bool row;
	for (;;) {
		if (!db_next(q, &row))
			return false;
		if (!row)
			return true;
		j->item = list_room(c, j->item, j->n, &j->cap, sizeof *j->item);
		if (!row_get(c, q, open, &j->item[j->n++]))
			return false;
	}
}

/* Notes are for those who hold the conversations; to the person they are given on asking, by the office. */
static bool of_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	bool open = !c->actor || c->actor->rights & RIGHT_BIT(CONTACT_READ);
	j->n = 0;
	if (!person_seen(c, &j->who) ||
	    !db_query_scoped(c,
			     SQL(INTERVIEW_SELECT "i.person = $4 AND " SCOPE(
				     "p") " ORDER BY i.at DESC, i.id"),
			     &q))
		return false;
	bind_id(&q, 4, &j->who);
	return rows_get(c, &q, open, j);
}

bool store_interviews_of(ctx *c, id person_id, interview **out, size_t *n)
{
	list_job j = {.who = person_id};
	if (!store_read(c, of_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}

static bool between_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	j->n = 0;
	if (!db_query_scoped(
		    c,
		    SQL(INTERVIEW_SELECT
			"i.state = 'booked' AND i.at >= $4 AND i.at < $5 AND ($6 = 0 "
			"OR i.account = $3) AND " SCOPE("p") " ORDER BY i.at, i.id"),
		    &q))
		return false;
	bind_int(&q, 4, j->from);
	bind_int(&q, 5, j->to);
	bind_int(&q, 6, j->mine);
	return rows_get(c, &q, false, j);
}

bool store_interviews_between(ctx *c, int64_t from, int64_t to, bool mine,
			      interview **out, size_t *n)
{
	list_job j = {.from = from, .to = to, .mine = mine};
	if (!store_read(c, between_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}
