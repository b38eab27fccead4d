/* Two rows that are one person become one, and a person that is to be forgotten goes. */
#include "store/round.h"
#include "store/store_priv.h"

/* ---- merging ------------------------------------------------------------------------------ */

typedef struct merge_job {
	id keep, gone;
} merge_job;

/* A day sorts like its text, and a month before its days. */
static bool is_earlier(str a, str b)
{
	return a.n && (!b.n || str_compare(a, b) < 0);
}

static bool follow(ctx *c, sql_text text, const merge_job *j)
{
	query q;
	if (!db_query(c, text, &q))
		return false;
	bind_id(&q, 1, &j->gone);
	bind_id(&q, 2, &j->keep);
	return db_run(&q, NULL);
}

/* Notes of interviews are sealed with the key of the person, and sealed anew with the other's. */
static bool interviews_move(ctx *c, const merge_job *j)
{
	for (;;) {
		query q;
		bool row;
		str note, sealed;
		if (!db_query(c,
			      SQL("SELECT id, note FROM interview WHERE person = $1 "
				  "LIMIT 1"),
			      &q))
			return false;
		bind_id(&q, 1, &j->gone);
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		id one = row_id(&q, 0);
		str before = row_blob(&q, 1);
		db_end(&q);
		if (!unseal_person(c, &j->gone, S("interview"), &one, before, &note) ||
		    !seal_person(c, &j->keep, S("interview"), &one, note, &sealed) ||
		    !db_query(c,
			      SQL("UPDATE interview SET person = $2, note = $3 WHERE id "
				  "= $1"),
			      &q))
			return false;
		bind_id(&q, 1, &one);
		bind_id(&q, 2, &j->keep);
		bind_blob(&q, 3, sealed);
		if (!db_run(&q, NULL))
			return false;
	}
}

/* They count on from those of `keep`; which is the newest, their time says. */
static bool consents_move(ctx *c, const merge_job *j)
{
	query q;
	if (!db_query(c, SQL("SELECT COALESCE(MAX(n), 0) FROM consent WHERE person = $1"),
		      &q))
		return false;
	bind_id(&q, 1, &j->keep);
	if (!db_one(&q))
		return false;
	int64_t most = row_int(&q, 0);
	db_end(&q);
	if (!db_query(c,
		      SQL("UPDATE consent SET person = $2, n = n + $3 WHERE person = $1"),
		      &q))
		return false;
	bind_id(&q, 1, &j->gone);
	bind_id(&q, 2, &j->keep);
	bind_int(&q, 3, most);
	return db_run(&q, NULL);
}

/* Whom `gone` is not to be suggested, `keep` is not either. */
static bool barred_follow(ctx *c, const merge_job *j)
{
	barred *b;
	size_t n;
	if (!store_barred(c, j->gone, &b, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		id other = id_equal(b[i].one, j->gone) ? b[i].other : b[i].one;
		if (!id_equal(other, j->keep) &&
		    !store_barred_add(c, j->keep, other, b[i].why))
			return false;
	}
	return true;
}

static bool rows_follow(ctx *c, const merge_job *j)
{
	return events_move(c, &j->gone, &j->keep) && interviews_move(c, j) &&
	       barred_follow(c, j) && consents_move(c, j) &&
	       follow(c, SQL("UPDATE task SET person = $2 WHERE person = $1"), j) &&
	       follow(c,
		      SQL("UPDATE erasure SET person = $2 WHERE person = $1 AND NOT "
			  "EXISTS "
			  "(SELECT 1 FROM erasure e WHERE e.person = $2)"),
		      j) &&
	       follow(c, SQL("UPDATE person SET merged = $2 WHERE merged = $1"), j);
}

/* Whoever is proposed to somebody, or somebody's buddy, is not to vanish from there. */
static bool is_free(ctx *c, const id *who)
{
	proposal *p;
	size_t n;
	if (!store_proposals(c, S(""), *who, &p, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!p[i].ended || str_equal(p[i].state, S("introduced")))
			return ctx_fail(c, FAULT_CONFLICT, "store.merge_proposed", S(""),
					S(""));
	return true;
}

static bool merge_work(ctx *c, void *arg)
{
	const merge_job *j = arg;
	person_row keep, gone;
	if (!person_load(c, &j->keep, true, &keep) ||
	    !person_load(c, &j->gone, true, &gone))
		return false;
	if (id_equal(j->keep, j->gone) || !id_none(keep.p.merged) ||
	    !id_none(gone.p.merged))
		return fail_changed(c);
	if (!is_free(c, &j->gone))
		return false;
	bool renamed = false;
	for (int f = 0; f < FIELD_COUNT; f++) {
		bool fill = !keep.p.value[f].n && gone.p.value[f].n;
		if (f == FIELD_QUEUED)
			fill = is_earlier(gone.p.value[f], keep.p.value[f]);
		if (!fill)
			continue;
		keep.p.value[f] = gone.p.value[f];
		renamed |= f == FIELD_GIVEN || f == FIELD_FAMILY;
		keep.noted = f == FIELD_NOTE ? gone.noted : keep.noted;
	}
	/* Its own values stay under its own seal: what one later has to prove is not thrown away. */
	gone.p.state = STATE_CLOSED;
	gone.p.merged = j->keep;
	event e = {.subject = j->keep, .kind = S("merge")};
	return rows_follow(c, j) && person_save(c, &keep, renamed) &&
	       person_save(c, &gone, false) && event_write(c, &e);
}

bool store_person_merge(ctx *c, id keep, id gone)
{
	merge_job j = {.keep = keep, .gone = gone};
	return store_write(c, merge_work, &j);
}

/* ---- erasing --------------------------------------------------------------------------------- */

static bool run_on(ctx *c, sql_text text, const id *who)
{
	query q;
	if (!db_query(c, text, &q))
		return false;
	bind_id(&q, 1, who);
	return db_run(&q, NULL);
}

bool person_drop(ctx *c, const id *who)
{
	query q;
	bool row;
	if (!db_query(c, SQL("SELECT id FROM person WHERE id = $1 OR merged = $1"), &q))
		return false;
	bind_id(&q, 1, who);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			break;
		id one = row_id(&q, 0);
		keys_doom(c, &one);
	}
	/* What hangs on the row goes with it: ON DELETE CASCADE. */
	return proposals_forget(c, who) &&
	       run_on(c, SQL("DELETE FROM once WHERE actor = $1"), who) &&
	       run_on(c, SQL("DELETE FROM person WHERE id = $1"), who);
}

bool person_destroy(ctx *c, const id *who)
{
	return facts_keep(c, who) && person_drop(c, who);
}

static bool erase_work(ctx *c, void *arg)
{
	const id *who = arg;
	query q;
	if (!person_seen(c, who) || !db_query(c,
					      SQL("SELECT p.state, COALESCE(i.undone, 0) "
						  "FROM person p LEFT JOIN import "
						  "i ON i.id = p.import WHERE p.id = $1"),
					      &q))
		return false;
	bind_id(&q, 1, who);
	if (!db_one(&q))
		return false;
	bool may_be = model_state_named(row_text(&q, 0)) == STATE_DRAFT || row_int(&q, 1);
	db_end(&q);
	if (!may_be)
		return fail_changed(c);
	return person_drop(c, who) && log_append(c, "erase", who);
}

bool store_person_erase(ctx *c, id person_id)
{
	return store_write(c, erase_work, &person_id);
}
