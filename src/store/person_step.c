/* The application goes its way, one step at a time, and one step back. */
#include "store/pair.h"
#include "store/store_priv.h"

typedef struct step_job {
	id who;
	int64_t version;
	str verb, reason;
} step_job;

static bool move(ctx *c, person_row *r, state to, str kind, str verb, str reason)
{
	event e = {.subject = r->p.id,
		   .kind = kind,
		   .from = str_from(model_state[r->p.state]),
		   .to = str_from(model_state[to]),
		   .what = verb,
		   .reason = reason};
	r->p.state = to;
	return person_save(c, r, false) && event_write(c, &e);
}

static bool step_work(ctx *c, void *arg)
{
	const step_job *j = arg;
	person_row r;
	bool undo;
	if (!person_load(c, &j->who, true, &r))
		return false;
	state to = model_step(r.p.state, j->verb, &undo);
	bool legal = to != STATE_COUNT && id_none(r.p.merged);
	if (!legal || (j->version && j->version != r.p.version))
		return fail_changed(c);
	return move(c, &r, to, S("step"), j->verb, j->reason);
}

bool store_person_step(ctx *c, id person_id, int64_t version, str verb, str reason)
{
	step_job j = {
		.who = person_id, .version = version, .verb = verb, .reason = reason};
	return store_write(c, step_work, &j);
}

/* The newest of steps and of steps taken back; *there false when there is none. */
static bool last_step(ctx *c, const id *who, event *e, bool *there)
{
	query q;
	if (!db_query(
		    c,
		    SQL("SELECT kind, from_state, to_state, what, at, account FROM event "
			"WHERE subject = $1 AND kind IN ('step', 'undo') "
			"ORDER BY at DESC, n DESC LIMIT 1"),
		    &q))
		return false;
	bind_id(&q, 1, who);
	if (!db_next(&q, there))
		return false;
	if (!*there)
		return true;
	*e = (event){.kind = row_text(&q, 0),
		     .from = row_text(&q, 1),
		     .to = row_text(&q, 2),
		     .what = row_text(&q, 3),
		     .at = row_int(&q, 4),
		     .account = row_id(&q, 5)};
	db_end(&q);
	return true;
}

static bool undo_work(ctx *c, void *arg)
{
	static const int64_t day = INT64_C(24) * 3600 * 1000;
	const step_job *j = arg;
	person_row r;
	event e = {0};
	bool there, undo = false;
	if (!person_load(c, &j->who, true, &r) || !last_step(c, &j->who, &e, &there))
		return false;
	if (!there || (j->version && j->version != r.p.version))
		return fail_changed(c);
	state from = model_state_named(e.from), to = model_state_named(e.to);
	bool may_be = str_equal(e.kind, S("step")) && from != STATE_COUNT &&
		      model_step(from, e.what, &undo) == to && undo && r.p.state == to &&
		      id_none(r.p.merged) && !id_none(e.account) && c->now - e.at <= day;
	return may_be ? move(c, &r, from, S("undo"), e.what, S("")) : fail_changed(c);
}

bool store_person_undo(ctx *c, id person_id, int64_t version)
{
	step_job j = {.who = person_id, .version = version};
	return store_write(c, undo_work, &j);
}

/* That it was put back stays in its history, and counts no more. */
static bool rejoin_work(ctx *c, void *arg)
{
	const id *who = arg;
	person_row r;
	event e = {0};
	bool there;
	if (!person_load(c, who, true, &r) || !last_step(c, who, &e, &there))
		return false;
	bool may_be = there && str_equal(e.kind, S("step")) &&
		      str_equal(e.what, S("put_back")) && r.p.state == STATE_WAITING &&
		      model_state_named(e.from) == STATE_PAIRED && id_none(r.p.merged);
	return may_be ? move(c, &r, STATE_PAIRED, S("undo"), e.what, S(""))
		      : fail_changed(c);
}

bool store_person_rejoin(ctx *c, id person_id)
{
	return store_write(c, rejoin_work, &person_id);
}
