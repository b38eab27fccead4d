/* What is over goes. */
#include "store/store_priv.h"

enum { DRAFTS_AT_ONCE = 50, AT_ONCE = PERIOD_COUNT };

static const struct {
	sql_text text; /* $1: older than this */
	int age;       /* a period, or at once */
} over[] = {
	{SQL_INIT("DELETE FROM token WHERE expires <= $1"), AT_ONCE},
	{SQL_INIT("DELETE FROM session WHERE expires <= $1 OR "
		  "(idle_ms > 0 AND seen + idle_ms <= $1)"),
	 AT_ONCE},
	{SQL_INIT("DELETE FROM budget WHERE expires <= $1"), AT_ONCE},
	{SQL_INIT("DELETE FROM parcel WHERE at <= $1"), PERIOD_PARCEL},
	{SQL_INIT("DELETE FROM once WHERE at <= $1"), PERIOD_FORM},
	{SQL_INIT("UPDATE interview SET note = NULL WHERE note IS NOT NULL AND at <= $1"),
	 PERIOD_NOTE},
	{SQL_INIT("UPDATE event SET reason = NULL WHERE reason IS NOT NULL AND at <= $1"),
	 PERIOD_NOTE},
	{SQL_INIT("UPDATE round_change SET reason = NULL WHERE reason IS NOT NULL AND at "
		  "<= $1"),
	 PERIOD_NOTE},
	{SQL_INIT("UPDATE proposal_person SET note = NULL WHERE note IS NOT NULL AND "
		  "answered <= $1"),
	 PERIOD_NOTE},
	{SQL_INIT("UPDATE proposal_person SET letter = NULL WHERE letter IS NOT NULL "
		  "AND EXISTS (SELECT 1 FROM proposal q WHERE q.id = proposal AND "
		  "q.ended <= $1)"),
	 PERIOD_NOTE},
	{SQL_INIT("UPDATE incident SET text = NULL WHERE text IS NOT NULL AND at <= $1"),
	 PERIOD_NOTE},
	/* What is counted of it are events of its people. */
	{SQL_INIT("DELETE FROM pair WHERE ended > 0 AND ended <= $1"), PERIOD_ENDED},
	{SQL_INIT("DELETE FROM pair WHERE began <= $1 AND NOT EXISTS (SELECT 1 FROM "
		  "pair_person w WHERE w.pair = pair.id)"),
	 AT_ONCE},
	{SQL_INIT("DELETE FROM task WHERE done > 0 AND done <= $1"), PERIOD_TASK},
	/* That it was sent stays, so that it is not sent again. */
	{SQL_INIT("UPDATE message SET sealed = NULL, error = NULL WHERE sealed IS NOT "
		  "NULL "
		  "AND state NOT IN ('queued', 'claimed', 'sending') AND created <= $1"),
	 PERIOD_MESSAGE},
};

static bool over_work(ctx *c, void *arg)
{
	int64_t *all = arg;
	*all = 0;
	for (size_t i = 0; i < ARRAY_LEN(over); i++) {
		query q;
		int64_t n;
		if (!db_query(c, over[i].text, &q))
			return false;
		int64_t days =
			over[i].age == AT_ONCE ? 0 : model_period[over[i].age].days;
		bind_int(&q, 1, c->now - days * 86400000);
		if (!db_run(&q, &n))
			return false;
		*all += n;
	}
	/* Also out of the write-ahead log. */
	if (*all)
		atomic_store(&c->store->base->truncate_due, true);
	return true;
}

/* ---- drafts --------------------------------------------------------------------------------- */

typedef struct drafts_job {
	id who[DRAFTS_AT_ONCE];
	size_t n;
} drafts_job;

static bool find_drafts(ctx *c, drafts_job *j)
{
	query q;
	bool row = true;
	j->n = 0;
	if (!db_query(c,
		      SQL("SELECT id FROM person WHERE state = $1 AND changed <= $2 "
			  "LIMIT $3"),
		      &q))
		return false;
	bind_text(&q, 1, str_from(model_state[STATE_DRAFT]));
	bind_int(&q, 2, c->now - PERIOD_MS(DRAFT));
	bind_int(&q, 3, DRAFTS_AT_ONCE);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		j->who[j->n++] = row_id(&q, 0);
	}
}

static bool drafts_work(ctx *c, void *arg)
{
	drafts_job *j = arg;
	if (!find_drafts(c, j))
		return false;
	for (size_t i = 0; i < j->n; i++)
		if (!person_drop(c, &j->who[i]) || !log_append(c, "erase", &j->who[i]))
			return false;
	return true;
}

/* A few at a time: whoever wants to write waits for a few. */
static bool sweep_drafts(ctx *c)
{
	drafts_job j;
	do
		if (!store_write(c, drafts_work, &j))
			return false;
	while (j.n == DRAFTS_AT_ONCE);
	return true;
}

/* It read all there is, once; until the next time that is better left to others. */
static void forget(store *s)
{
	db *both[] = {&s->main, &s->keys};
	for (size_t i = 0; i < ARRAY_LEN(both); i++)
		if (both[i]->kind->forget)
			both[i]->kind->forget(both[i]);
}

bool store_sweep(ctx *c)
{
	const actor *who = c->actor;
	int64_t n;
	c->actor = NULL;
	bool ok = sweep_drafts(c) && store_write(c, over_work, &n) && keys_sweep(c);
	c->actor = who;
	forget(c->store);
	return ok;
}
