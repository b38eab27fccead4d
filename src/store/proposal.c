/* What a round proposes, what people answer, and who is not suggested again. */
#include "store/round.h"
#include "store/store_priv.h"

/* One of its people is seen. */
#define PROPOSAL_SCOPE                                                                   \
	"EXISTS (SELECT 1 FROM proposal_person sp JOIN person p ON p.id = sp.person "    \
	"WHERE sp.proposal = q.id AND " SCOPE("p") ")"
#define PROPOSAL_SELECT                                                                  \
	"SELECT q.id, q.round, q.account, q.state, q.created, q.expires, q.ended, "      \
	"q.version, q.weight, q.fit FROM proposal q WHERE " PROPOSAL_SCOPE

typedef struct list_job {
	id which;
	str state;
	void *item;
	size_t n, cap;
} list_job;

/* ---- who is not suggested again ------------------------------------------------------------- */

static bool barred_take(ctx *c, const query *q, void *self)
{
	list_job *j = self;
	barred *all = j->item = list_room(c, j->item, j->n, &j->cap, sizeof *all);
	all[j->n++] = (barred){.id = row_id(q, 0),
			       .one = row_id(q, 1),
			       .other = row_id(q, 2),
			       .why = row_text(q, 3),
			       .at = row_int(q, 4),
			       .account = row_id(q, 5)};
	return true;
}

static bool barred_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	j->n = 0;
	if (!db_query_scoped(
		    c,
		    SQL("SELECT b.id, b.one, b.other, b.why, b.at, b.account "
			"FROM barred b JOIN person o ON o.id = b.one JOIN person "
			"p ON p.id = b.other WHERE b.lifted = 0 AND ($4 = '' OR "
			"b.one = $4 OR b.other = $4) AND (" SCOPE("o") " OR " SCOPE(
				"p") ") ORDER BY b.at, b.id"),
		    &q))
		return false;
	bind_text(&q, 4, id_str(&j->which));
	return db_each(&q, barred_take, j);
}

bool store_barred(ctx *c, id who, barred **out, size_t *n)
{
	list_job j = {.which = who};
	if (!staff_may(c, RIGHT_PEOPLE_READ) || !store_read(c, barred_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}

bool store_barred_add(ctx *c, id a, id b, str why)
{
	query q;
	id fresh = store_id_new(c);
	bool in_order = str_compare(id_str(&a), id_str(&b)) < 0;
	assert(c->store->tx == TX_WRITE);
	if (!db_query(c,
		      SQL("INSERT INTO barred (id, one, other, why, at, account) SELECT "
			  "$1, $2, $3, $4, $5, $6 WHERE NOT EXISTS (SELECT 1 FROM barred "
			  "WHERE one = $2 AND other = $3 AND lifted = 0)"),
		      &q))
		return false;
	bind_id(&q, 1, &fresh);
	bind_id(&q, 2, in_order ? &a : &b);
	bind_id(&q, 3, in_order ? &b : &a);
	bind_text(&q, 4, why);
	bind_int(&q, 5, c->now);
	if (c->actor)
		bind_id(&q, 6, &c->actor->account);
	return db_run(&q, NULL);
}

static bool lift_work(ctx *c, void *arg)
{
	const id *which = arg;
	query q;
	if (!db_query_scoped(c,
			     SQL("SELECT 1 FROM barred b JOIN person o ON o.id = b.one "
				 "JOIN person p ON p.id = b.other WHERE b.id = $4 AND "
				 "" SCOPE("o") " AND " SCOPE("p")),
			     &q))
		return false;
	bind_id(&q, 4, which);
	if (!db_one(&q))
		return false;
	db_end(&q);
	if (!db_query(
		    c,
		    SQL("UPDATE barred SET lifted = $2, lifted_by = $3 WHERE id = $1 AND "
			"lifted = 0"),
		    &q))
		return false;
	bind_id(&q, 1, which);
	bind_int(&q, 2, c->now);
	if (c->actor)
		bind_id(&q, 3, &c->actor->account);
	return db_run(&q, NULL);
}

bool store_barred_lift(ctx *c, id barred_id)
{
	return staff_may(c, RIGHT_MATCH) && store_write(c, lift_work, &barred_id);
}

/* ---- proposals --------------------------------------------------------------------------------- */

static bool person_add(ctx *c, const proposal *p, proposal_person *who)
{
	query q;
	who->id = store_id_new(c);
	who->proposal = p->id;
	who->answer = S("");
	if (!db_query(
		    c,
		    SQL("INSERT INTO proposal_person (id, proposal, person, side) VALUES "
			"($1, $2, $3, $4)"),
		    &q))
		return false;
	bind_id(&q, 1, &who->id);
	bind_id(&q, 2, &who->proposal);
	bind_id(&q, 3, &who->person);
	bind_text(&q, 4, who->side);
	return db_run(&q, NULL);
}

bool store_proposal_add(ctx *c, proposal *p, proposal_person *who, size_t n)
{
	query q;
	assert(c->store->tx == TX_WRITE);
	if (!staff_may(c, RIGHT_MATCH))
		return false;
	p->id = store_id_new(c);
	p->state = S("offered");
	p->created = c->now;
	p->ended = 0;
	p->version = 1;
	p->account = c->actor ? c->actor->account : (id){""};
	if (!db_query(c,
		      SQL("INSERT INTO proposal (id, round, state, created, expires, "
			  "weight, fit, account) VALUES ($1, $2, $3, $4, $5, $6, $7, "
			  "$8)"),
		      &q))
		return false;
	bind_id(&q, 1, &p->id);
	bind_id(&q, 2, &p->round);
	bind_text(&q, 3, p->state);
	bind_int(&q, 4, p->created);
	bind_int(&q, 5, p->expires);
	bind_int(&q, 6, p->weight);
	bind_int(&q, 7, p->fit);
	bind_id(&q, 8, &p->account);
	if (!db_run(&q, NULL))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!person_seen(c, &who[i].person) || !person_add(c, p, &who[i]))
			return false;
	return true;
}

static proposal row_get(const query *q)
{
	return (proposal){.id = row_id(q, 0),
			  .round = row_id(q, 1),
			  .account = row_id(q, 2),
			  .state = row_text(q, 3),
			  .created = row_int(q, 4),
			  .expires = row_int(q, 5),
			  .ended = row_int(q, 6),
			  .version = row_int(q, 7),
			  .weight = row_int(q, 8),
			  .fit = row_int(q, 9)};
}

static bool person_take(ctx *c, const query *q, void *self)
{
	list_job *j = self;
	proposal_person *all = j->item =
		list_room(c, j->item, j->n, &j->cap, sizeof *all);
	proposal_person *p = &all[j->n++];
	*p = (proposal_person){.id = row_id(q, 0),
			       .proposal = j->which,
			       .person = row_id(q, 1),
			       .side = row_text(q, 2),
			       .answer = row_text(q, 3),
			       .answered = row_int(q, 4),
			       .account = row_id(q, 5),
			       .why = row_text(q, 6)};
	return unseal_person(c, &p->person, S("proposal_person"), &p->id, row_blob(q, 7),
			     &p->note);
}

static bool people_of(ctx *c, list_job *j)
{
	query q;
	j->n = 0;
	if (!db_query(c,
		      SQL("SELECT id, person, side, answer, answered, account, why, note "
			  "FROM proposal_person WHERE proposal = $1 ORDER BY CASE side "
			  "WHEN 'newcomer' THEN 0 ELSE 1 END, id"),
		      &q))
		return false;
	bind_id(&q, 1, &j->which);
	return db_each(&q, person_take, j);
}

typedef struct get_job {
	proposal *out;
	list_job people;
} get_job;

static bool get_work(ctx *c, void *arg)
{
	get_job *j = arg;
	query q;
	if (!db_query_scoped(c, SQL(PROPOSAL_SELECT " AND q.id = $4"), &q))
		return false;
	bind_id(&q, 4, &j->people.which);
	if (!db_one(&q))
		return false;
	*j->out = row_get(&q);
	db_end(&q);
	return people_of(c, &j->people);
}

bool store_proposal_get(ctx *c, id proposal_id, proposal *out, proposal_person **who,
			size_t *n)
{
	get_job j = {.out = out, .people = {.which = proposal_id}};
	if (!staff_may(c, RIGHT_MATCH) || !store_read(c, get_work, &j))
		return false;
	*who = j.people.item;
	*n = j.people.n;
	return true;
}

static bool proposal_take(ctx *c, const query *q, void *self)
{
	list_job *j = self;
	proposal *all = j->item = list_room(c, j->item, j->n, &j->cap, sizeof *all);
	all[j->n++] = row_get(q);
	return true;
}

static bool list_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	j->n = 0;
	if (!db_query_scoped(c,
			     SQL(PROPOSAL_SELECT
				 " AND ($4 = '' OR q.state = $4) AND ($5 = '' OR EXISTS "
				 "(SELECT 1 FROM proposal_person op WHERE op.proposal = "
				 "q.id AND op.person = $5)) ORDER BY q.created DESC, "
				 "q.id"),
			     &q))
		return false;
	bind_text(&q, 4, j->state);
	bind_text(&q, 5, id_str(&j->which));
	return db_each(&q, proposal_take, j);
}

bool store_proposals(ctx *c, str in_state, id person_or_none, proposal **out, size_t *n)
{
	list_job j = {.which = person_or_none, .state = in_state};
	if (!staff_may(c, RIGHT_MATCH) || !store_read(c, list_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}

/* ---- answers ----------------------------------------------------------------------------------- */

bool store_proposal_answer(ctx *c, const proposal_person *who)
{
	query q;
	int64_t changed;
	str note;
	assert(c->store->tx == TX_WRITE);
	if (!staff_may(c, RIGHT_MATCH) || !person_seen(c, &who->person) ||
	    !seal_person(c, &who->person, S("proposal_person"), &who->id, who->note,
			 &note) ||
	    !db_query(c,
		      SQL("UPDATE proposal_person SET answer = $3, answered = $4, "
			  "account = "
			  "$5, why = $6, note = $7 WHERE id = $1 AND person = $2"),
		      &q))
		return false;
	bind_id(&q, 1, &who->id);
	bind_id(&q, 2, &who->person);
	bind_text(&q, 3, who->answer);
	bind_int(&q, 4, c->now);
	bind_id(&q, 5, &who->account);
	bind_text(&q, 6, who->why);
	bind_blob(&q, 7, note);
	return db_run(&q, &changed) && (changed == 1 || fail_hidden(c));
}

bool store_proposal_letter_set(ctx *c, const proposal_person *who, str letter)
{
	query q;
	int64_t changed;
	str sealed;
	assert(c->store->tx == TX_WRITE);
	if (!staff_may(c, RIGHT_MATCH) || !person_seen(c, &who->person) ||
	    !seal_person(c, &who->person, S("proposal_person"), &who->id, letter,
			 &sealed) ||
	    !db_query(c,
		      SQL("UPDATE proposal_person SET letter = $3 WHERE id = $1 AND "
			  "person = $2"),
		      &q))
		return false;
	bind_id(&q, 1, &who->id);
	bind_id(&q, 2, &who->person);
	bind_blob(&q, 3, sealed);
	return db_run(&q, &changed) && (changed == 1 || fail_hidden(c));
}

typedef struct letter_job {
	const proposal_person *who;
	str out;
} letter_job;

static bool letter_work(ctx *c, void *arg)
{
	letter_job *j = arg;
	query q;
	if (!person_seen(c, &j->who->person) ||
	    !db_query(c,
		      SQL("SELECT letter FROM proposal_person WHERE id = $1 AND person = "
			  "$2"),
		      &q))
		return false;
	bind_id(&q, 1, &j->who->id);
	bind_id(&q, 2, &j->who->person);
	if (!db_one(&q))
		return false;
	str sealed = row_blob(&q, 0);
	db_end(&q);
	return unseal_person(c, &j->who->person, S("proposal_person"), &j->who->id,
			     sealed, &j->out) &&
	       (!is_staff(c) || store_log(c, S("open"), j->who->person));
}

bool store_proposal_letter(ctx *c, const proposal_person *who, str *out)
{
	letter_job j = {.who = who};
	if (!staff_may(c, RIGHT_CONTACT_READ) || !store_read(c, letter_work, &j))
		return false;
	*out = j.out;
	return true;
}

/*
 * Whoever is erased is erased from what the others were written, too: their letters, and messages
 * of which the text is still there.
 */
bool proposals_forget(ctx *c, const id *who)
{
	static const sql_text text[] = {
		SQL_INIT("UPDATE proposal_person SET letter = NULL WHERE letter IS NOT "
			 "NULL AND proposal IN (SELECT proposal FROM proposal_person "
			 "WHERE person = $1)"),
		SQL_INIT("UPDATE message SET sealed = NULL, state = CASE state WHEN "
			 "'queued' THEN 'suppressed' ELSE state END WHERE rule = "
			 "'introduction' AND sealed IS NOT NULL AND EXISTS (SELECT 1 "
			 "FROM proposal_person pp WHERE pp.person = $1 AND "
			 "message.subject_key > pp.proposal || '/' AND "
			 "message.subject_key < pp.proposal || '0')")};
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		query q;
		if (!db_query(c, text[i], &q))
			return false;
		bind_id(&q, 1, who);
		if (!db_run(&q, NULL))
			return false;
	}
	return true;
}

static bool state_work(ctx *c, void *arg)
{
	const proposal *p = arg;
	query q;
	int64_t changed;
	bool goes_on = str_equal(p->state, S("accepted"));
	if (!db_query(
		    c,
		    SQL("UPDATE proposal SET state = $3, ended = $4, version = version + "
			"1 WHERE id = $1 AND version = $2"),
		    &q))
		return false;
	bind_id(&q, 1, &p->id);
	bind_int(&q, 2, p->version);
	bind_text(&q, 3, p->state);
	bind_int(&q, 4, goes_on ? 0 : c->now);
	return db_run(&q, &changed) && (changed == 1 || fail_changed(c));
}

bool store_proposal_state(ctx *c, proposal *p, str to)
{
	proposal next = *p, seen;
	proposal_person *who;
	size_t n;
	next.state = to;
	if (!store_proposal_get(c, p->id, &seen, &who, &n) ||
	    !store_write(c, state_work, &next))
		return false;
	p->state = to;
	p->version++;
	return true;
}

static bool taken_take(ctx *c, const query *q, void *self)
{
	list_job *j = self;
	seats_taken *all = j->item = list_room(c, j->item, j->n, &j->cap, sizeof *all);
	all[j->n++] = (seats_taken){
		.person = row_id(q, 0), .offers = row_int(q, 1), .pairs = row_int(q, 2)};
	return true;
}

static bool taken_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	j->n = 0;
	return db_query(c,
			SQL("SELECT pp.person, COUNT(CASE q.state WHEN 'introduced' THEN "
			    "NULL ELSE 1 END), COUNT(CASE q.state WHEN 'introduced' THEN "
			    "1 "
			    "END) FROM proposal_person pp JOIN proposal q ON q.id = "
			    "pp.proposal WHERE q.state IN ('offered', 'accepted', "
			    "'introduced') GROUP BY pp.person ORDER BY pp.person"),
			&q) &&
	       db_each(&q, taken_take, j);
}

bool store_seats_taken(ctx *c, seats_taken **out, size_t *n)
{
	list_job j = {.n = 0};
	if (!staff_may(c, RIGHT_MATCH) || !store_read(c, taken_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}
