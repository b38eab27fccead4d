/*
 * For the seventy-two hours: whom an account opened in a time, and whom it could have read then.
 *
 * The log says what was opened. What could have been read is reckoned from what the account may now
 * and who was registered by then; of those erased since only the number is known.
 */
#include "store/keep_priv.h"

typedef struct breach_job {
	const breach_ask *ask;
	breach *out;
	account account;
	size_t cap;
} breach_job;

/* $1 the account, $2 and $3 from and to. A message that was opened is the person it was for. */
#define OPENED                                                                           \
	"FROM log l LEFT JOIN message m ON l.action = 'message_open' AND m.id = "        \
	"l.subject WHERE l.account = $1 AND l.at >= $2 AND l.at < $3 AND l.action IN "   \
	"('open', 'message_open') "
#define WHOM "CASE l.action WHEN 'open' THEN l.subject ELSE COALESCE(m.person, '') END"

static breach_person *room(ctx *c, breach_job *j)
{
	breach *b = j->out;
	b->person = list_room(c, b->person, b->n, &j->cap, sizeof *b->person);
	b->person[b->n] = (breach_person){.state = STATE_COUNT};
	return &b->person[b->n++];
}

static bool find_opened(ctx *c, breach_job *j)
{
	query q;
	bool row;
	if (!db_query(
		    c,
		    SQL("SELECT x.whom, COUNT(*), MIN(x.at), MAX(x.at), p.municipality, "
			"p.state FROM (SELECT " WHOM " AS whom, l.at AS at " OPENED
			") x LEFT JOIN person p ON p.id = x.whom WHERE x.whom <> '' "
			"GROUP BY x.whom, p.municipality, p.state ORDER BY 3, 1"),
		    &q))
		return false;
	bind_id(&q, 1, &j->account.id);
	bind_int(&q, 2, j->ask->from);
	bind_int(&q, 3, j->ask->to);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			break;
		breach_person *p = room(c, j);
		p->id = row_id(&q, 0);
		p->opened = row_int(&q, 1);
		p->first = row_int(&q, 2);
		p->last = row_int(&q, 3);
		p->municipality = (uint16_t)row_int(&q, 4);
		p->state = model_state_named(row_text(&q, 5));
	}
	j->out->opened_n = j->out->n;
	return true;
}

/* Those there were by then, of the municipalities it has now, and not opened. */
static bool find_readable(ctx *c, breach_job *j)
{
	query q;
	bool row;
	if (!(model_role[j->account.role].rights & RIGHT_BIT(PEOPLE_READ)))
		return true;
	if (!db_query(c,
		      SQL("SELECT p.id, p.municipality, p.state FROM person p WHERE "
			  "p.created < $3 AND ($4 = 1 OR p.municipality IN (SELECT "
			  "a.municipality FROM account_place a WHERE a.account = $1)) "
			  "AND p.id NOT IN (SELECT " WHOM " " OPENED ") ORDER BY "
			  "p.municipality, p.id"),
		      &q))
		return false;
	bind_id(&q, 1, &j->account.id);
	bind_int(&q, 2, j->ask->from);
	bind_int(&q, 3, j->ask->to);
	bind_int(&q, 4, j->account.everywhere);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		breach_person *p = room(c, j);
		p->id = row_id(&q, 0);
		p->municipality = (uint16_t)row_int(&q, 1);
		p->state = model_state_named(row_text(&q, 2));
	}
}

static bool count(ctx *c, const breach_job *j, sql_text text, int64_t *n)
{
	query q;
	if (!db_query(c, text, &q))
		return false;
	bind_id(&q, 1, &j->account.id);
	bind_int(&q, 2, j->ask->from);
	bind_int(&q, 3, j->ask->to);
	if (!db_one(&q))
		return false;
	*n = row_int(&q, 0);
	db_end(&q);
	return true;
}

static bool count_rest(ctx *c, breach_job *j)
{
	breach *b = j->out;
	return count(c, j,
		     SQL("SELECT COUNT(*) FROM log l WHERE l.account = $1 AND l.at >= $2 "
			 "AND l.at < $3 AND l.action IN ('list', 'search', 'round')"),
		     &b->lists) &&
	       count(c, j,
		     SQL("SELECT COUNT(*) FROM log l WHERE l.at >= $2 AND l.action = "
			 "'erase'"),
		     &b->erased) &&
	       count(c, j,
		     SQL("SELECT COUNT(*) FROM log l WHERE l.subject = $1 AND l.at >= $2 "
			 "AND l.action = 'account_change'"),
		     &b->changed) &&
	       count(c, j, SQL("SELECT COALESCE(MIN(l.at), 0) FROM log l"), &b->log_from);
}

static bool open_names(ctx *c, breach_job *j)
{
	breach *b = j->out;
	person p;
	for (size_t i = 0; j->ask->names && i < b->n; i++) {
		if (b->person[i].state == STATE_COUNT)
			continue;
		if (!person_load_named(c, &b->person[i].id, &p))
			return false;
		b->person[i].given = p.value[FIELD_GIVEN];
		b->person[i].family = p.value[FIELD_FAMILY];
	}
	return true;
}

static bool breach_work(ctx *c, void *arg)
{
	breach_job *j = arg;
	*j->out = (breach){.person = NULL};
	j->cap = 0;
	return store_account_by_email(c, j->ask->email, &j->account) &&
	       find_opened(c, j) && find_readable(c, j) && count_rest(c, j) &&
	       open_names(c, j);
}

/* Names are read: that stands in the log before they are given. */
bool store_breach(ctx *c, store_base *b, const breach_ask *ask, breach *out)
{
	breach_job j = {.ask = ask, .out = out};
	assert(!c->actor);
	return store_read(c, breach_work, &j) &&
	       (!ask->names || keep_note_set(c, b, "breach_names", c->now, "breach"));
}
