/* Pairs: who they are, how far they have come, what is decided about them. */
#include "store/pair.h"
#include "store/store_priv.h"

/* One of its people is seen. */
#define PAIR_SCOPE                                                                       \
	"EXISTS (SELECT 1 FROM pair_person sp JOIN person p ON p.id = sp.person "        \
	"WHERE sp.pair = k.id AND " SCOPE("p") ")"
#define PAIR_COLUMNS                                                                     \
	"k.id, k.proposal, k.state, k.before, k.health, k.base, k.planned, k.began, "    \
	"k.ended, k.version, (SELECT COUNT(*) FROM incident wrong WHERE wrong.pair = "   \
	"k.id AND wrong.closed = 0)"

typedef struct list_job {
	id which;
	void *item;
	size_t n, cap;
} list_job;

static pair row_get(const query *q)
{
	const actor *a = q->c->actor;
	bool told = !a || a->rights & RIGHT_BIT(INCIDENT);
	return (pair){.id = row_id(q, 0),
		      .proposal = row_id(q, 1),
		      .state = model_pair_named(row_cell(q, 2).s),
		      .before = model_pair_named(row_cell(q, 3).s),
		      .health = (pair_health)row_int(q, 4),
		      .base = (int32_t)row_int(q, 5),
		      .planned = (int32_t)row_int(q, 6),
		      .began = row_int(q, 7),
		      .ended = row_int(q, 8),
		      .version = row_int(q, 9),
		      .problem = told && row_int(q, 10) > 0};
}

static bool pair_take(ctx *c, const query *q, void *self)
{
	list_job *j = self;
	pair *all = j->item = list_room(c, j->item, j->n, &j->cap, sizeof *all);
	all[j->n++] = row_get(q);
	return true;
}

static str state_text(pair_state s)
{
	return s == PAIR_STATES ? S("") : str_from(model_pair_state[s]);
}

/* ---- what happened ------------------------------------------------------------------------ */

static bool change_write(ctx *c, const pair *p, const pair_change *k)
{
	query q;
	id fresh = store_id_new(c);
	if (!db_query(c,
		      SQL("INSERT INTO pair_change (id, pair, n, at, account, "
			  "from_state, to_state, why, undo) SELECT $1, $2, "
			  "COALESCE(MAX(n), 0) + 1, $3, $4, $5, $6, $7, $8 FROM "
			  "pair_change WHERE pair = $2"),
		      &q))
		return false;
	bind_id(&q, 1, &fresh);
	bind_id(&q, 2, &p->id);
	bind_int(&q, 3, c->now);
	if (c->actor)
		bind_id(&q, 4, &c->actor->account);
	bind_text(&q, 5, state_text(k->from));
	bind_text(&q, 6, state_text(k->to));
	bind_text(&q, 7, k->why);
	bind_int(&q, 8, k->undo);
	return db_run(&q, NULL);
}

static bool person_take(ctx *c, const query *q, void *self)
{
	list_job *j = self;
	pair_person *all = j->item = list_room(c, j->item, j->n, &j->cap, sizeof *all);
	all[j->n++] = (pair_person){.id = row_id(q, 0),
				    .pair = j->which,
				    .person = row_id(q, 1),
				    .side = row_text(q, 2),
				    .again = row_text(q, 3),
				    .asked = row_int(q, 4),
				    .answered = row_int(q, 5)};
	return true;
}

static bool people_of(ctx *c, list_job *j)
{
	query q;
	j->n = 0;
	if (!db_query(c,
		      SQL("SELECT id, person, side, again, asked, answered FROM "
			  "pair_person WHERE pair = $1 ORDER BY CASE side WHEN "
			  "'newcomer' THEN 0 ELSE 1 END, id"),
		      &q))
		return false;
	bind_id(&q, 1, &j->which);
	return db_each(&q, person_take, j);
}

/*
 * An event each, which reports count. What is corrected, or taken back, is as if it had not been; that a
 * pause is over is not to have come that far once more.
 */
static bool tell_people(ctx *c, const pair *p, const pair_change *k)
{
	list_job all = {.which = p->id};
	bool lower = k->from <= PAIR_ONGOING && k->to < k->from;
	bool resumed = k->from == PAIR_PAUSED && k->to <= PAIR_ONGOING && !k->undo;
	bool paused = k->to == PAIR_PAUSED && k->from <= PAIR_ONGOING;
	bool back = lower || (k->undo && !paused);
	event e = {.kind = back      ? S("pair_undo")
			   : resumed ? S("pair_resume")
				     : S("pair"),
		   .what = state_text(back ? k->from : k->to)};
	if (!people_of(c, &all))
		return false;
	const pair_person *who = all.item;
	for (size_t i = 0; i < all.n; i++) {
		e.subject = who[i].person;
		if (!event_write(c, &e))
			return false;
	}
	return true;
}

/* ---- adding --------------------------------------------------------------------------------- */

static bool person_add(ctx *c, const pair *p, pair_person *who)
{
	query q;
	who->id = store_id_new(c);
	who->pair = p->id;
	who->again = S("");
	if (!db_query(c,
		      SQL("INSERT INTO pair_person (id, pair, person, side) VALUES ($1, "
			  "$2, $3, $4)"),
		      &q))
		return false;
	bind_id(&q, 1, &who->id);
	bind_id(&q, 2, &p->id);
	bind_id(&q, 3, &who->person);
	bind_text(&q, 4, who->side);
	return db_run(&q, NULL);
}

bool store_pair_add(ctx *c, pair *p, pair_person *who, size_t n)
{
	query q;
	int64_t added;
	assert(c->store->tx == TX_WRITE);
	if (!staff_may(c, RIGHT_MATCH))
		return false;
	*p = (pair){.id = store_id_new(c),
		    .proposal = p->proposal,
		    .state = PAIR_INTRODUCED,
		    .before = PAIR_STATES,
		    .base = date_local(c->now).day,
		    .began = c->now,
		    .version = 1};
	p->planned = model_pair_planned(p->base);
	if (!db_query(c,
		      SQL("INSERT INTO pair (id, proposal, state, base, planned, began) "
			  "SELECT $1, $2, $3, $4, $5, $6 WHERE NOT EXISTS (SELECT 1 FROM "
			  "pair WHERE proposal = $2)"),
		      &q))
		return false;
	bind_id(&q, 1, &p->id);
	bind_id(&q, 2, &p->proposal);
	bind_text(&q, 3, state_text(p->state));
	bind_int(&q, 4, p->base);
	bind_int(&q, 5, p->planned);
	bind_int(&q, 6, p->began);
	if (!db_run(&q, &added) || (!added && !fail_changed(c)))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!person_seen(c, &who[i].person) || !person_add(c, p, &who[i]))
			return false;
	pair_change k = {.from = PAIR_STATES, .to = p->state, .why = S("")};
	return change_write(c, p, &k) && tell_people(c, p, &k);
}

/* ---- getting --------------------------------------------------------------------------------- */

/* Of one who is in another municipality there is no name to see. */
static bool name_people(ctx *c, list_job *j)
{
	pair_person *who = j->item;
	for (size_t i = 0; i < j->n; i++) {
		person named;
		who[i].name = S("");
		if (person_load_named(c, &who[i].person, &named))
			who[i].name = named.value[FIELD_GIVEN];
		else if (c->fault.kind != FAULT_HIDDEN)
			return false;
		c->fault = (fault){.kind = FAULT_NONE};
	}
	return true;
}

typedef struct get_job {
	pair *out;
	list_job people;
} get_job;

static bool get_work(ctx *c, void *arg)
{
	get_job *j = arg;
	query q;
	if (!db_query_scoped(c,
			     SQL("SELECT " PAIR_COLUMNS
				 " FROM pair k WHERE k.id = $4 AND ($1 = 1 OR " PAIR_SCOPE
				 ")"),
			     &q))
		return false;
	bind_id(&q, 4, &j->people.which);
	if (!db_one(&q))
		return false;
	*j->out = row_get(&q);
	db_end(&q);
	return people_of(c, &j->people) && name_people(c, &j->people);
}

bool store_pair_get(ctx *c, id pair_id, pair *out, pair_person **who, size_t *n)
{
	get_job j = {.out = out, .people = {.which = pair_id}};
	if (!staff_may(c, RIGHT_MATCH) || !store_read(c, get_work, &j))
		return false;
	*who = j.people.item;
	*n = j.people.n;
	return true;
}

static bool change_take(ctx *c, const query *q, void *self)
{
	list_job *j = self;
	pair_change *all = j->item = list_room(c, j->item, j->n, &j->cap, sizeof *all);
	pair_change *k = &all[j->n++];
	*k = (pair_change){.n = row_int(q, 0),
			   .at = row_int(q, 1),
			   .account = row_id(q, 2),
			   .from = model_pair_named(row_cell(q, 3).s),
			   .to = model_pair_named(row_cell(q, 4).s),
			   .why = row_text(q, 5),
			   .undo = row_int(q, 6) != 0};
	return account_name(c, &k->account, row_blob(q, 7), &k->by);
}

static bool changes_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	j->n = 0;
	if (!db_query_scoped(
		    c,
		    SQL("SELECT g.n, g.at, g.account, g.from_state, g.to_state, g.why, "
			"g.undo, a.sealed FROM pair_change g JOIN pair k ON k.id = "
			"g.pair LEFT JOIN account a ON a.id = g.account WHERE k.id = $4 "
			"AND ($1 = 1 OR " PAIR_SCOPE ") ORDER BY g.n"),
		    &q))
		return false;
	bind_id(&q, 4, &j->which);
	return db_each(&q, change_take, j);
}

bool store_pair_changes(ctx *c, id pair_id, pair_change **out, size_t *n)
{
	list_job j = {.which = pair_id};
	if (!staff_may(c, RIGHT_MATCH) || !store_read(c, changes_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}

/* ---- lists ----------------------------------------------------------------------------------- */

typedef struct pairs_job {
	list_job list;
	const pair_filter *f;
	int64_t total;
} pairs_job;

/* $4 health or -1, $5 a state or '' for what goes on, $6 municipality or 0, $7 a person or ''. */
#define PAIRS_WHERE                                                                      \
	" FROM pair k WHERE " PAIR_SCOPE                                                 \
	" AND ($4 = -1 OR k.health = $4) AND ((k.state = $5) OR ($5 = '' AND k.ended = " \
	"0)) AND ($6 = 0 OR EXISTS (SELECT 1 FROM pair_person mp JOIN person m ON m.id " \
	"= mp.person WHERE mp.pair = k.id AND m.municipality = $6)) AND ($7 = '' OR "    \
	"EXISTS (SELECT 1 FROM pair_person op WHERE op.pair = k.id AND op.person = $7))"

static void bind_filter(query *q, const pair_filter *f)
{
	bind_int(q, 4, f->health);
	bind_text(q, 5, f->state < 0 ? S("") : str_from(model_pair_state[f->state]));
	bind_int(q, 6, f->municipality);
	bind_text(q, 7, id_str(&f->person));
}

static bool pairs_work(ctx *c, void *arg)
{
	pairs_job *j = arg;
	query q;
	j->list.n = 0;
	if (!db_query_scoped(c, SQL("SELECT COUNT(*)" PAIRS_WHERE), &q))
		return false;
	bind_filter(&q, j->f);
	if (!db_one(&q))
		return false;
	j->total = row_int(&q, 0);
	db_end(&q);
	if (!db_query_scoped(c,
			     SQL("SELECT " PAIR_COLUMNS PAIRS_WHERE
				 " ORDER BY k.health DESC, k.began, k.id LIMIT $8 "
				 "OFFSET $9"),
			     &q))
		return false;
	bind_filter(&q, j->f);
	bind_int(&q, 8, j->f->limit);
	bind_int(&q, 9, j->f->offset);
	return db_each(&q, pair_take, &j->list);
}

bool store_pairs(ctx *c, const pair_filter *f, pair **out, size_t *n, int64_t *total)
{
	pairs_job j = {.f = f};
	if (!staff_may(c, RIGHT_MATCH) || !store_read(c, pairs_work, &j))
		return false;
	*out = j.list.item;
	*n = j.list.n;
	*total = j.total;
	return true;
}

typedef struct open_job {
	list_job list;
	int64_t most;
} open_job;

static bool open_work(ctx *c, void *arg)
{
	open_job *j = arg;
	query q;
	j->list.n = 0;
	if (!db_query(c,
		      SQL("SELECT " PAIR_COLUMNS
			  " FROM pair k WHERE k.id > $1 AND (k.ended = 0 OR EXISTS "
			  "(SELECT 1 FROM pair_person w WHERE w.pair = k.id AND (w.asked "
			  "= 0 OR w.again = ''))) ORDER BY k.id LIMIT $2"),
		      &q))
		return false;
	bind_text(&q, 1, id_str(&j->list.which));
	bind_int(&q, 2, j->most);
	return db_each(&q, pair_take, &j->list);
}

bool store_pairs_open(ctx *c, id after, size_t most, pair **out, size_t *n)
{
	open_job j = {.list = {.which = after}, .most = (int64_t)most};
	assert(!c->actor);
	if (!store_read(c, open_work, &j))
		return false;
	*out = j.list.item;
	*n = j.list.n;
	return true;
}

/* ---- changing ---------------------------------------------------------------------------------- */

typedef struct move_job {
	pair *p;
	const pair_move *m;
} move_job;

static bool move_work(ctx *c, void *arg)
{
	const move_job *j = arg;
	pair_change k = {.from = j->p->state,
			 .to = j->m->to,
			 .why = j->m->why,
			 .undo = j->m->undo};
	pair_state before = k.to == PAIR_PAUSED ? k.from : PAIR_STATES;
	query q;
	int64_t changed;
	/* Where a pause began is not forgotten when it ends for good, and the end is taken back. */
	if (j->p->before != PAIR_STATES &&
	    (model_pair_is_over(k.to) || k.to == PAIR_PAUSED))
		before = j->p->before;
	if (!db_query(c,
		      SQL("UPDATE pair SET state = $3, before = $4, base = base + $5, "
			  "planned = planned + $5, ended = $6, version = version + 1 "
			  "WHERE id = $1 AND version = $2"),
		      &q))
		return false;
	bind_id(&q, 1, &j->p->id);
	bind_int(&q, 2, j->p->version);
	bind_text(&q, 3, state_text(k.to));
	bind_text(&q, 4, state_text(before));
	bind_int(&q, 5, j->m->later);
	bind_int(&q, 6, model_pair_is_over(k.to) ? c->now : 0);
	return db_run(&q, &changed) && (changed == 1 || fail_changed(c)) &&
	       change_write(c, j->p, &k) && tell_people(c, j->p, &k);
}

bool store_pair_move(ctx *c, pair *p, const pair_move *m)
{
	move_job j = {p, m};
	pair seen;
	pair_person *who;
	size_t n;
	return store_pair_get(c, p->id, &seen, &who, &n) &&
	       store_write(c, move_work, &j) && store_pair_get(c, p->id, p, &who, &n);
}

typedef struct health_job {
	id which;
	pair_health now;
} health_job;

static bool health_work(ctx *c, void *arg)
{
	const health_job *j = arg;
	query q;
	if (!db_query(c, SQL("UPDATE pair SET health = $2 WHERE id = $1"), &q))
		return false;
	bind_id(&q, 1, &j->which);
	bind_int(&q, 2, j->now);
	return db_run(&q, NULL);
}

bool store_pair_health(ctx *c, id pair_id, pair_health now)
{
	health_job j = {pair_id, now};
	pair seen;
	pair_person *who;
	size_t n;
	return store_pair_get(c, pair_id, &seen, &who, &n) &&
	       store_write(c, health_work, &j);
}

/* $4 a row or '', $5 a person or ''. */
typedef struct row_job {
	id row, who;
	list_job list;
} row_job;

static bool row_take(ctx *c, const query *q, void *self)
{
	list_job *j = self;
	j->which = row_id(q, 6);
	return person_take(c, q, j);
}

static bool row_work(ctx *c, void *arg)
{
	row_job *j = arg;
	query q;
	j->list.n = 0;
	if (!db_query_scoped(
		    c,
		    SQL("SELECT w.id, w.person, w.side, w.again, w.asked, w.answered, "
			"w.pair FROM pair_person w JOIN person p ON p.id = w.person JOIN "
			"pair k ON k.id = w.pair WHERE (w.id = $4 OR (w.person = $5 AND "
			"w.again = '' AND w.asked > 0 AND k.ended > 0)) AND " SCOPE(
				"p") " ORDER BY w.asked DESC, w.id LIMIT 1"),
		    &q))
		return false;
	bind_text(&q, 4, id_str(&j->row));
	bind_text(&q, 5, id_str(&j->who));
	return db_each(&q, row_take, &j->list);
}

bool store_pair_person_get(ctx *c, id row, pair_person *out)
{
	row_job j = {.row = row};
	if (!staff_may(c, RIGHT_MATCH) || !store_read(c, row_work, &j))
		return false;
	if (!j.list.n)
		return fail_hidden(c);
	*out = *(const pair_person *)j.list.item;
	return true;
}

bool store_pair_person_asked(ctx *c, id person_id, pair_person *out)
{
	row_job j = {.who = person_id};
	*out = (pair_person){.side = S("")};
	if (!staff_may(c, RIGHT_MATCH) || !store_read(c, row_work, &j))
		return false;
	if (j.list.n)
		*out = *(const pair_person *)j.list.item;
	return true;
}

static bool again_work(ctx *c, void *arg)
{
	const pair_person *who = arg;
	query q;
	int64_t changed;
	if (!person_seen(c, &who->person) ||
	    !db_query(c,
		      SQL("UPDATE pair_person SET again = $3, asked = $4, answered = $5 "
			  "WHERE id = $1 AND person = $2"),
		      &q))
		return false;
	bind_id(&q, 1, &who->id);
	bind_id(&q, 2, &who->person);
	bind_text(&q, 3, who->again);
	bind_int(&q, 4, who->asked);
	bind_int(&q, 5, who->answered);
	return db_run(&q, &changed) && (changed == 1 || fail_hidden(c));
}

bool store_pair_again(ctx *c, const pair_person *who)
{
	pair_person w = *who;
	return store_write(c, again_work, &w);
}

/* ---- how long others waited -------------------------------------------------------------------- */

typedef struct waited_job {
	str side;
	int64_t since;
	waited_marks m;
} waited_job;

/* The day somebody got a buddy, and the one she queued from; those who waited shortest first. */
#define WAITED                                                                           \
	" FROM pair_person w JOIN pair k ON k.id = w.pair JOIN person p ON p.id = "      \
	"w.person WHERE w.side = $1 AND k.began >= $2 AND p.queued IS NOT NULL"

static bool waited_at(ctx *c, const waited_job *j, int64_t before, int64_t *days)
{
	query q;
	if (!db_query(c,
		      SQL("SELECT k.began, p.queued" WAITED
			  " ORDER BY k.began - p.queued * 86400000 LIMIT 1 OFFSET $3"),
		      &q))
		return false;
	bind_text(&q, 1, j->side);
	bind_int(&q, 2, j->since);
	bind_int(&q, 3, before);
	if (!db_one(&q))
		return false;
	*days = date_local(row_int(&q, 0)).day - row_int(&q, 1);
	*days = *days < 0 ? 0 : *days;
	db_end(&q);
	return true;
}

static bool waited_work(ctx *c, void *arg)
{
	waited_job *j = arg;
	query q;
	j->m = (waited_marks){.n = 0};
	if (!db_query(c, SQL("SELECT COUNT(*)" WAITED), &q))
		return false;
	bind_text(&q, 1, j->side);
	bind_int(&q, 2, j->since);
	if (!db_one(&q))
		return false;
	j->m.n = row_int(&q, 0);
	db_end(&q);
	return !j->m.n || (waited_at(c, j, j->m.n / 4, &j->m.quarter) &&
			   waited_at(c, j, j->m.n * 3 / 4, &j->m.most));
}

bool store_waited_marks(ctx *c, str side, int64_t since, waited_marks *out)
{
	waited_job j = {.side = side, .since = since};
	if (!store_read(c, waited_work, &j))
		return false;
	*out = j.m;
	return true;
}
