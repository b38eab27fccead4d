/* What two buddies answer when they are asked, and what is wrong. */
#include "store/pair.h"
#include "store/store_priv.h"

#define CHECKIN_SELECT                                                                   \
	"SELECT h.id, h.pair, h.person, h.n, h.due, h.asked, h.closes, h.answered, "     \
	"h.met, h.in_contact, h.place, h.feeling, h.channel, h.account FROM checkin h "  \
	"WHERE "
/* Staff who see one of a pair see what both said. */
#define PAIR_OF(row)                                                                     \
	"EXISTS (SELECT 1 FROM pair_person sp JOIN person p ON p.id = sp.person "        \
	"WHERE sp.pair = " row ".pair AND " SCOPE("p") ")"

typedef struct list_job {
	id which;
	void *item;
	size_t n, cap;
} list_job;

static bool sees_incidents(const ctx *c)
{
	return !c->actor || !id_none(c->actor->person) ||
	       c->actor->rights & RIGHT_BIT(INCIDENT);
}

/* ---- check-ins ---------------------------------------------------------------------------- */

static void bind_answers(query *q, const checkin *k)
{
	bind_int(q, 6, k->asked);
	bind_int(q, 7, k->closes);
	bind_int(q, 8, k->answered);
	bind_text(q, 9, k->met);
	bind_text(q, 10, k->contact);
	bind_text(q, 11, k->place);
	bind_text(q, 12, k->feeling);
	bind_text(q, 13, k->channel);
	bind_id(q, 14, &k->account);
}

bool store_checkin_add(ctx *c, checkin *k)
{
	query q;
	int64_t added;
	assert(c->store->tx == TX_WRITE);
	k->id = store_id_new(c);
	if (!staff_may(c, RIGHT_MATCH) || !person_seen(c, &k->person) ||
	    !db_query(c,
		      SQL("INSERT INTO checkin (id, pair, person, n, due, asked, closes, "
			  "answered, met, in_contact, place, feeling, channel, account) "
			  "SELECT "
			  "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 "
			  "WHERE "
			  "EXISTS (SELECT 1 FROM pair_person w WHERE w.pair = $2 AND "
			  "w.person = $3) AND NOT EXISTS (SELECT 1 FROM checkin o WHERE "
			  "o.pair = $2 AND o.person = $3 AND o.n = $4)"),
		      &q))
		return false;
	bind_id(&q, 1, &k->id);
	bind_id(&q, 2, &k->pair);
	bind_id(&q, 3, &k->person);
	bind_int(&q, 4, k->n);
	bind_int(&q, 5, k->due);
	bind_answers(&q, k);
	return db_run(&q, &added) && (added == 1 || fail_changed(c));
}

static bool checkin_take(ctx *c, const query *q, void *self)
{
	list_job *j = self;
	checkin *all = j->item = list_room(c, j->item, j->n, &j->cap, sizeof *all);
	all[j->n++] = (checkin){.id = row_id(q, 0),
				.pair = row_id(q, 1),
				.person = row_id(q, 2),
				.n = (int)row_int(q, 3),
				.due = (int32_t)row_int(q, 4),
				.asked = row_int(q, 5),
				.closes = row_int(q, 6),
				.answered = row_int(q, 7),
				.met = row_text(q, 8),
				.contact = row_text(q, 9),
				.place = row_text(q, 10),
				.feeling = sees_incidents(c) ? row_text(q, 11) : S(""),
				.channel = row_text(q, 12),
				.account = row_id(q, 13)};
	return true;
}

static bool list_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	j->n = 0;
	if (!db_query_scoped(c,
			     SQL(CHECKIN_SELECT "h.pair = $4 AND " PAIR_OF(
				     "h") " ORDER BY h.n, h.person"),
			     &q))
		return false;
	bind_id(&q, 4, &j->which);
	return db_each(&q, checkin_take, j);
}

bool store_checkins(ctx *c, id pair_id, checkin **out, size_t *n)
{
	list_job j = {.which = pair_id};
	if (!staff_may(c, RIGHT_MATCH) || !store_read(c, list_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}

static bool get_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	j->n = 0;
	if (!db_query_scoped(c, SQL(CHECKIN_SELECT "h.id = $4 AND " PAIR_OF("h")), &q))
		return false;
	bind_id(&q, 4, &j->which);
	return db_each(&q, checkin_take, j) && (j->n == 1 || fail_hidden(c));
}

bool store_checkin_get(ctx *c, id checkin_id, checkin *out)
{
	list_job j = {.which = checkin_id};
	if (!staff_may(c, RIGHT_MATCH) || !store_read(c, get_work, &j))
		return false;
	*out = *(const checkin *)j.item;
	return true;
}

static str fact_word(str contact)
{
	return str_equal(contact, S("yes")) ? S("contact") : S("silent");
}

/* Counted once for each check-in, by its present word. */
static bool count_word(ctx *c, const id *who, str was, str now)
{
	event before = {
		.subject = *who, .kind = S("checkin_undo"), .what = fact_word(was)};
	event after = {.subject = *who, .kind = S("checkin"), .what = fact_word(now)};
	if (str_equal(was, now))
		return true;
	return (!was.n || event_write(c, &before)) && (!now.n || event_write(c, &after));
}

static bool set_work(ctx *c, void *arg)
{
	const checkin *k = arg;
	list_job j = {.which = k->id};
	query q;
	int64_t changed;
	if (!person_seen(c, &k->person) || !get_work(c, &j))
		return false;
	const checkin *was = j.item;
	if (!db_query(c,
		      SQL("UPDATE checkin SET asked = $6, closes = $7, answered = $8, "
			  "met = $9, in_contact = $10, place = $11, feeling = $12, "
			  "channel = "
			  "$13, account = $14 WHERE id = $1 AND person = $3"),
		      &q))
		return false;
	bind_id(&q, 1, &k->id);
	bind_id(&q, 3, &k->person);
	bind_answers(&q, k);
	return db_run(&q, &changed) && (changed == 1 || fail_hidden(c)) &&
	       count_word(c, &k->person, was->contact, k->contact);
}

bool store_checkin_set(ctx *c, const checkin *k)
{
	checkin copy = *k;
	return staff_may(c, RIGHT_MATCH) && store_write(c, set_work, &copy);
}

/* ---- something is wrong ----------------------------------------------------------------------- */

static bool incident_write(ctx *c, const incident *i, sql_text text)
{
	query q;
	str sealed;
	int64_t changed;
	if (!seal_person(c, &i->person, S("incident"), &i->id, i->text, &sealed) ||
	    !db_query(c, text, &q))
		return false;
	bind_id(&q, 1, &i->id);
	bind_id(&q, 2, &i->pair);
	bind_id(&q, 3, &i->person);
	bind_int(&q, 4, c->now);
	bind_id(&q, 5, &i->account);
	bind_blob(&q, 6, sealed);
	return db_run(&q, &changed) && (changed == 1 || fail_hidden(c));
}

bool store_incident_add(ctx *c, incident *i)
{
	assert(c->store->tx == TX_WRITE);
	i->id = store_id_new(c);
	i->at = c->now;
	i->version = 1;
	return staff_may(c, RIGHT_INCIDENT) && person_seen(c, &i->person) &&
	       incident_write(
		       c, i,
		       SQL("INSERT INTO incident (id, pair, person, at, account, text) "
			   "SELECT $1, $2, $3, $4, $5, $6 WHERE EXISTS (SELECT 1 FROM "
			   "pair_person w WHERE w.pair = $2 AND w.person = $3)"));
}

/* $4 the pair, or '' for all. */
#define INCIDENT_SELECT                                                                  \
	"SELECT i.id, i.pair, i.person, i.at, i.closed, i.version, i.account, i.text, "  \
	"p.municipality, a.sealed, i.closed_by, b.sealed FROM incident i JOIN person p " \
	"ON p.id = i.person LEFT JOIN account a ON a.id = i.account LEFT JOIN account "  \
	"b ON b.id = i.closed_by WHERE "

static bool incident_take(ctx *c, const query *q, void *self)
{
	list_job *j = self;
	incident *all = j->item = list_room(c, j->item, j->n, &j->cap, sizeof *all);
	incident *i = &all[j->n++];
	id closer = row_id(q, 10);
	person named;
	*i = (incident){.id = row_id(q, 0),
			.pair = row_id(q, 1),
			.person = row_id(q, 2),
			.at = row_int(q, 3),
			.closed = row_int(q, 4),
			.version = row_int(q, 5),
			.account = row_id(q, 6),
			.municipality = (uint16_t)row_int(q, 8)};
	if (!account_name(c, &i->account, row_blob(q, 9), &i->by) ||
	    !account_name(c, &closer, row_blob(q, 11), &i->closed_by) ||
	    !person_load_named(c, &i->person, &named))
		return false;
	i->name = named.value[FIELD_GIVEN];
	return unseal_person(c, &i->person, S("incident"), &i->id, row_blob(q, 7),
			     &i->text);
}

static bool incidents_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	j->n = 0;
	if (!db_query_scoped(c,
			     SQL(INCIDENT_SELECT "($4 = '' OR i.pair = $4) AND " SCOPE(
				     "p") " ORDER BY CASE i.closed WHEN 0 THEN 0 ELSE 1 "
					  "END, i.at DESC, i.id"),
			     &q))
		return false;
	bind_text(&q, 4, id_str(&j->which));
	if (!db_each(&q, incident_take, j))
		return false;
	const incident *i = j->item;
	for (size_t k = 0; k < j->n; k++)
		if (!store_log(c, S("incident"), i[k].person))
			return false;
	return true;
}

bool store_incidents(ctx *c, id pair_id, incident **out, size_t *n)
{
	list_job j = {.which = pair_id};
	if (!staff_may(c, RIGHT_INCIDENT) || !store_read(c, incidents_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}

static bool one_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	j->n = 0;
	if (!db_query_scoped(c, SQL(INCIDENT_SELECT "i.id = $4 AND " SCOPE("p")), &q))
		return false;
	bind_id(&q, 4, &j->which);
	return db_each(&q, incident_take, j) && (j->n == 1 || fail_hidden(c));
}

typedef struct text_job {
	id which;
	str text;
} text_job;

static bool text_work(ctx *c, void *arg)
{
	const text_job *j = arg;
	list_job one = {.which = j->which};
	if (!one_work(c, &one))
		return false;
	incident i = *(const incident *)one.item;
	i.text = j->text;
	return incident_write(c, &i,
			      SQL("UPDATE incident SET text = $6, version = version + 1 "
				  "WHERE id = $1 AND person = $3"));
}

bool store_incident_text(ctx *c, id incident_id, str text)
{
	text_job j = {incident_id, text};
	return staff_may(c, RIGHT_INCIDENT) && store_write(c, text_work, &j);
}

typedef struct close_job {
	id which;
	int64_t version;
	bool closed;
} close_job;

static bool close_work(ctx *c, void *arg)
{
	const close_job *j = arg;
	list_job one = {.which = j->which};
	query q;
	int64_t changed;
	if (!one_work(c, &one) ||
	    !db_query(c,
		      SQL("UPDATE incident SET closed = $3, closed_by = $4, version = "
			  "version + 1 WHERE id = $1 AND version = $2"),
		      &q))
		return false;
	bind_id(&q, 1, &j->which);
	bind_int(&q, 2, j->version);
	bind_int(&q, 3, j->closed ? c->now : 0);
	if (j->closed && c->actor)
		bind_id(&q, 4, &c->actor->account);
	return db_run(&q, &changed) && (changed == 1 || fail_changed(c));
}

bool store_incident_close(ctx *c, id incident_id, int64_t version, bool closed)
{
	close_job j = {incident_id, version, closed};
	return staff_may(c, RIGHT_INCIDENT) && store_write(c, close_work, &j);
}

typedef struct count_job {
	id which;
	int64_t n;
} count_job;

static bool count_work(ctx *c, void *arg)
{
	count_job *j = arg;
	query q;
	if (!db_query(c,
		      SQL("SELECT COUNT(*) FROM incident WHERE pair = $1 AND closed = 0"),
		      &q))
		return false;
	bind_id(&q, 1, &j->which);
	if (!db_one(&q))
		return false;
	j->n = row_int(&q, 0);
	db_end(&q);
	return true;
}

bool store_incidents_open(ctx *c, id pair_id, int64_t *n)
{
	count_job j = {.which = pair_id};
	assert(!c->actor);
	if (!store_read(c, count_work, &j))
		return false;
	*n = j.n;
	return true;
}

typedef struct last_job {
	id which, who, out;
} last_job;

static bool last_work(ctx *c, void *arg)
{
	last_job *j = arg;
	query q;
	bool row;
	j->out = (id){""};
	if (!db_query(c,
		      SQL("SELECT id FROM incident WHERE pair = $1 AND person = $2 AND "
			  "closed = 0 ORDER BY at DESC, id LIMIT 1"),
		      &q))
		return false;
	bind_id(&q, 1, &j->which);
	bind_id(&q, 2, &j->who);
	if (!db_next(&q, &row))
		return false;
	if (row) {
		j->out = row_id(&q, 0);
		db_end(&q);
	}
	return true;
}

bool store_incident_last(ctx *c, id pair_id, id person_id, id *out)
{
	last_job j = {.which = pair_id, .who = person_id};
	assert(!c->actor);
	if (!store_read(c, last_work, &j))
		return false;
	*out = j.out;
	return true;
}
