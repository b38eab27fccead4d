/* Rounds of matching: who is in one, what was decided, what came of it. */
#include "store/round.h"
#include "store/store_priv.h"

/* Whoever does not see all of its municipalities does not see the round. */
#define ROUND_SCOPE                                                                      \
	"($1 = 1 OR (" SCOPE_STAFF                                                       \
	" AND NOT EXISTS (SELECT 1 FROM round_place rp WHERE rp.round = r.id AND NOT "   \
	"" SCOPE_PLACE("rp.municipality") ")))"
#define ROUND_COLUMNS                                                                    \
	"SELECT r.id, r.state, r.account, r.day, r.created, r.changed, r.version, "      \
	"r.pairs, r.total, a.sealed, "
#define ROUND_FROM                                                                       \
	" FROM round r LEFT JOIN account a ON a.id = r.account WHERE " ROUND_SCOPE

/* ---- writing ---------------------------------------------------------------------------- */

typedef struct round_job {
	round *r;
	const round_person *p;
	size_t n;
	const round_change *what;
} round_job;

static bool place_add(ctx *c, const round *r, uint16_t code)
{
	query q;
	if (!db_query(
		    c,
		    SQL("INSERT INTO round_place (round, municipality) VALUES ($1, $2)"),
		    &q))
		return false;
	bind_id(&q, 1, &r->id);
	bind_int(&q, 2, code);
	return db_run(&q, NULL);
}

static bool person_add(ctx *c, const id *round_id, const round_person *p)
{
	query q;
	str sealed;
	buf pairs = {.mem = c->mem};
	id row = store_id_new(c);
	for (int f = 0; f < FIELD_COUNT; f++)
		if (p->value[f].n)
			pairs_add(&pairs, str_from(model_field[f].name), p->value[f]);
	if (!seal_person(c, &p->person, S("round_person"), &row, buf_str(&pairs),
			 &sealed) ||
	    !db_query(c,
		      SQL("INSERT INTO round_person (id, round, number, person, "
			  "person_version, sealed) VALUES ($1, $2, $3, $4, $5, $6)"),
		      &q))
		return false;
	bind_id(&q, 1, &row);
	bind_id(&q, 2, round_id);
	bind_int(&q, 3, p->number);
	bind_id(&q, 4, &p->person);
	bind_int(&q, 5, p->person_version);
	bind_blob(&q, 6, sealed);
	return db_run(&q, NULL);
}

/* Each is forgotten once it is written. */
static bool people_add(ctx *c, const id *round_id, const round_person *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		arena_mark here = arena_here(c->mem);
		if (!person_add(c, round_id, &p[i]))
			return false;
		arena_reset(c->mem, here);
		if (i % PROGRESS_EACH == 0)
			ctx_progress(c, "progress.keeping", i, n);
	}
	return true;
}

static bool people_drop(ctx *c, const id *round_id)
{
	query q;
	if (!db_query(c, SQL("DELETE FROM round_person WHERE round = $1"), &q))
		return false;
	bind_id(&q, 1, round_id);
	return db_run(&q, NULL);
}

static bool change_add(ctx *c, const round *r, const round_change *what)
{
	query q;
	id row = store_id_new(c);
	if (!db_query(c,
		      SQL("INSERT INTO round_change (id, round, n, at, account, kind, "
			  "newcomer, established, undoes, what, moved, pairs, total, "
			  "reason) SELECT $1, $2, COALESCE(MAX(n), 0) + 1, $3, $4, $5, "
			  "$6, $7, $13, $8, $9, $10, $11, $12 FROM round_change WHERE "
			  "round = $2"),
		      &q))
		return false;
	bind_id(&q, 1, &row);
	bind_id(&q, 2, &r->id);
	bind_int(&q, 3, c->now);
	if (c->actor)
		bind_id(&q, 4, &c->actor->account);
	bind_text(&q, 5, what->kind);
	bind_int(&q, 6, what->newcomer);
	bind_int(&q, 7, what->established);
	bind_text(&q, 8, what->what);
	bind_text(&q, 9, what->moved);
	bind_int(&q, 10, r->pairs);
	bind_int(&q, 11, r->total);
	bind_blob(&q, 12, seal_house(c, S("round_change"), &row, what->reason));
	bind_int(&q, 13, what->undoes);
	return db_run(&q, NULL);
}

static bool add_work(ctx *c, void *arg)
{
	const round_job *j = arg;
	round r = *j->r;
	query q;
	r.id = store_id_new(c);
	r.state = S("open");
	r.created = r.changed = c->now;
	r.version = 1;
	r.account = c->actor ? c->actor->account : (id){""};
	if (!db_query(c,
		      SQL("INSERT INTO round (id, state, account, day, created, changed, "
			  "pairs, total, result) VALUES ($1, $2, $3, $4, $5, $5, $6, $7, "
			  "$8)"),
		      &q))
		return false;
	bind_id(&q, 1, &r.id);
	bind_text(&q, 2, r.state);
	bind_id(&q, 3, &r.account);
	bind_int(&q, 4, r.day);
	bind_int(&q, 5, r.created);
	bind_int(&q, 6, r.pairs);
	bind_int(&q, 7, r.total);
	bind_text(&q, 8, r.result);
	if (!db_run(&q, NULL))
		return false;
	for (size_t i = 0; i < r.municipality_n; i++)
		if (!place_add(c, &r, r.municipality[i]))
			return false;
	/* One may begin only what one sees. */
	round seen;
	if (!people_add(c, &r.id, j->p, j->n) || !change_add(c, &r, j->what) ||
	    !store_round_get(c, r.id, &seen))
		return false;
	*j->r = r;
	return true;
}

bool store_round_add(ctx *c, round *r, const round_person *p, size_t n,
		     const round_change *first)
{
	round_job j = {.r = r, .p = p, .n = n, .what = first};
	return staff_may(c, RIGHT_MATCH) && store_write(c, add_work, &j);
}

/* ---- reading ------------------------------------------------------------------------------ */

enum { AT_NAME = 9, AT_RESULT = 10 };

static bool places_get(ctx *c, round *r)
{
	query q;
	if (!db_query(
		    c,
		    SQL("SELECT municipality FROM round_place WHERE round = $1 ORDER BY "
			"municipality"),
		    &q))
		return false;
	bind_id(&q, 1, &r->id);
	return rows_municipalities(&q, &r->municipality, &r->municipality_n);
}

static bool row_get(ctx *c, const query *q, round *r)
{
	*r = (round){.id = row_id(q, 0),
		     .state = row_text(q, 1),
		     .account = row_id(q, 2),
		     .day = (int32_t)row_int(q, 3),
		     .created = row_int(q, 4),
		     .changed = row_int(q, 5),
		     .version = row_int(q, 6),
		     .pairs = row_int(q, 7),
		     .total = row_int(q, 8),
		     .result = row_text(q, AT_RESULT)};
	return account_name(c, &r->account, row_blob(q, AT_NAME), &r->by) &&
	       places_get(c, r);
}

typedef struct get_job {
	id which;
	round *out;
} get_job;

static bool get_work(ctx *c, void *arg)
{
	const get_job *j = arg;
	query q;
	if (!db_query_scoped(c, SQL(ROUND_COLUMNS "r.result" ROUND_FROM " AND r.id = $4"),
			     &q))
		return false;
	bind_id(&q, 4, &j->which);
	if (!db_one(&q) || !row_get(c, &q, j->out))
		return false;
	db_end(&q);
	return true;
}

bool store_round_get(ctx *c, id round_id, round *out)
{
	get_job j = {.which = round_id, .out = out};
	return staff_may(c, RIGHT_MATCH) && store_read(c, get_work, &j);
}

/* A list that grows by rows. */
typedef struct list_job {
	id which;
	void *item;
	size_t n, cap;
	uint64_t of; /* people of the round */
} list_job;

static bool round_take(ctx *c, const query *q, void *self)
{
	list_job *j = self;
	round *all = j->item = list_room(c, j->item, j->n, &j->cap, sizeof *all);
	return row_get(c, q, &all[j->n++]);
}

static bool rounds_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	j->n = 0;
	return db_query_scoped(c,
			       SQL(ROUND_COLUMNS
				   "''" ROUND_FROM
				   " ORDER BY CASE r.state WHEN 'open' THEN 0 ELSE 1 "
				   "END, r.changed DESC, r.id"),
			       &q) &&
	       db_each(&q, round_take, j);
}

bool store_rounds(ctx *c, round **out, size_t *n)
{
	list_job j = {.n = 0};
	if (!staff_may(c, RIGHT_MATCH) || !store_read(c, rounds_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}

static bool person_take(ctx *c, const query *q, void *self)
{
	list_job *j = self;
	round_person *all = j->item = list_room(c, j->item, j->n, &j->cap, sizeof *all);
	round_person *p = &all[j->n++];
	str pairs, name, value;
	id row = row_id(q, 0);
	*p = (round_person){.number = (uint32_t)row_int(q, 1),
			    .person = row_id(q, 2),
			    .person_version = row_int(q, 3)};
	if (!unseal_person(c, &p->person, S("round_person"), &row, row_blob(q, 4),
			   &pairs))
		return false;
	while (pairs_next(&pairs, &name, &value))
		for (int f = 0; f < FIELD_COUNT; f++)
			if (str_equal(name, str_from(model_field[f].name)))
				p->value[f] = value;
	if (j->n % PROGRESS_EACH == 0)
		ctx_progress(c, "progress.people", j->n, j->of);
	return true;
}

static bool people_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	round r;
	int64_t rows;
	j->n = 0;
	if (!store_round_get(c, j->which, &r) || !store_round_rows(c, j->which, &rows))
		return false;
	j->of = (uint64_t)rows;
	if (!db_query(c,
		      SQL("SELECT id, number, person, person_version, sealed FROM "
			  "round_person WHERE round = $1 ORDER BY number"),
		      &q))
		return false;
	bind_id(&q, 1, &j->which);
	return db_each(&q, person_take, j) && store_log(c, S("round"), (id){""});
}

bool store_round_people(ctx *c, id round_id, round_person **out, size_t *n)
{
	list_job j = {.which = round_id};
	if (!store_read(c, people_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}

bool store_round_rows(ctx *c, id round_id, int64_t *n)
{
	query q;
	if (!db_query(c, SQL("SELECT COUNT(*) FROM round_person WHERE round = $1"), &q))
		return false;
	bind_id(&q, 1, &round_id);
	if (!db_one(&q))
		return false;
	*n = row_int(&q, 0);
	db_end(&q);
	return true;
}

static bool change_take(ctx *c, const query *q, void *self)
{
	list_job *j = self;
	round_change *all = j->item = list_room(c, j->item, j->n, &j->cap, sizeof *all);
	round_change *w = &all[j->n++];
	id row = row_id(q, 0);
	*w = (round_change){.n = row_int(q, 1),
			    .at = row_int(q, 2),
			    .account = row_id(q, 3),
			    .kind = row_text(q, 4),
			    .newcomer = (uint32_t)row_int(q, 5),
			    .established = (uint32_t)row_int(q, 6),
			    .what = row_text(q, 7),
			    .moved = row_text(q, 8),
			    .pairs = row_int(q, 9),
			    .total = row_int(q, 10),
			    .undoes = row_int(q, 13)};
	return unseal_house(c, S("round_change"), &row, row_blob(q, 11), &w->reason) &&
	       account_name(c, &w->account, row_blob(q, 12), &w->by);
}

static bool changes_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	round r;
	j->n = 0;
	if (!store_round_get(c, j->which, &r) ||
	    !db_query(c,
		      SQL("SELECT w.id, w.n, w.at, w.account, w.kind, w.newcomer, "
			  "w.established, w.what, w.moved, w.pairs, w.total, w.reason, "
			  "a.sealed, w.undoes FROM round_change w LEFT JOIN account a ON "
			  "a.id = "
			  "w.account WHERE w.round = $1 ORDER BY w.n"),
		      &q))
		return false;
	bind_id(&q, 1, &j->which);
	return db_each(&q, change_take, j);
}

bool store_round_changes(ctx *c, id round_id, round_change **out, size_t *n)
{
	list_job j = {.which = round_id};
	if (!store_read(c, changes_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}

/* ---- changing ------------------------------------------------------------------------------- */

/* Whoever comes second with the same version changes nothing. */
static bool is_ours(ctx *c, const round *r, str to)
{
	query q;
	int64_t changed;
	round seen;
	if (!store_round_get(c, r->id, &seen) ||
	    !db_query(
		    c,
		    SQL("UPDATE round SET state = $3, changed = $4, version = version + "
			"1 WHERE id = $1 AND version = $2 AND state = 'open'"),
		    &q))
		return false;
	bind_id(&q, 1, &r->id);
	bind_int(&q, 2, r->version);
	bind_text(&q, 3, to);
	bind_int(&q, 4, c->now);
	return db_run(&q, &changed) && (changed == 1 || fail_changed(c));
}

static bool change_work(ctx *c, void *arg)
{
	const round_job *j = arg;
	const round *r = j->r;
	query q;
	if (!is_ours(c, r, S("open")) ||
	    !db_query(
		    c,
		    SQL("UPDATE round SET day = $2, pairs = $3, total = $4, result = $5 "
			"WHERE id = $1"),
		    &q))
		return false;
	bind_id(&q, 1, &r->id);
	bind_int(&q, 2, r->day);
	bind_int(&q, 3, r->pairs);
	bind_int(&q, 4, r->total);
	bind_text(&q, 5, r->result);
	if (!db_run(&q, NULL) || !change_add(c, r, j->what))
		return false;
	return !j->p || (people_drop(c, &r->id) && people_add(c, &r->id, j->p, j->n));
}

bool store_round_change(ctx *c, round *r, const round_change *what, const round_person *p,
			size_t n)
{
	round_job j = {.r = r, .p = p, .n = n, .what = what};
	if (!staff_may(c, RIGHT_MATCH) || !store_write(c, change_work, &j))
		return false;
	r->version++;
	r->changed = c->now;
	return true;
}

static bool end_work(ctx *c, void *arg)
{
	const round *r = arg;
	return is_ours(c, r, r->state) &&
	       (!str_equal(r->state, S("dropped")) || people_drop(c, &r->id));
}

bool store_round_end(ctx *c, id round_id, int64_t version, str to)
{
	round r = {.id = round_id, .version = version, .state = to};
	return staff_may(c, RIGHT_MATCH) && store_write(c, end_work, &r);
}
