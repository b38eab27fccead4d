/*
 * Budgets: how often something may be tried.
 *
 * A row for each that was taken, so that the window slides. What was taken stays taken also when
 * the work around it is undone: a wrong guess that ends in a fault must count. So each is
 * remembered as a debt, which is written again where a rollback took it away.
 */
#include "store/store_priv.h"

struct budget_debt {
	budget_debt *next;
	id row;
	str hash;
	int64_t at, expires;
};

str budget_hash(ctx *c, str name, str who)
{
	return keyed_hash(c, S("budget"),
			  str_format(c->mem, "%.*s/%.*s", STR_ARG(name), STR_ARG(who)));
}

bool budget_full(ctx *c, str hash, int most, int64_t window, int64_t *until)
{
	query q;
	bool row;
	*until = 0;
	if (!db_query(c,
		      SQL("SELECT at FROM budget WHERE hash = $1 AND at > $2 "
			  "ORDER BY at DESC LIMIT 1 OFFSET $3"),
		      &q))
		return false;
	bind_blob(&q, 1, hash);
	bind_int(&q, 2, c->now - window);
	bind_int(&q, 3, most > 0 ? most - 1 : 0);
	if (!db_next(&q, &row))
		return false;
	if (row)
		*until = row_int(&q, 0) + window;
	db_end(&q);
	return true;
}

static bool debt_write(ctx *c, const budget_debt *d)
{
	query q;
	if (!db_query(c,
		      SQL("INSERT INTO budget (id, hash, at, expires) VALUES ($1, $2, "
			  "$3, $4) "
			  "ON CONFLICT (id) DO NOTHING"),
		      &q))
		return false;
	bind_id(&q, 1, &d->row);
	bind_blob(&q, 2, d->hash);
	bind_int(&q, 3, d->at);
	bind_int(&q, 4, d->expires);
	return db_run(&q, NULL);
}

bool budget_pay(ctx *c, void *arg)
{
	for (const budget_debt *d = arg; d; d = d->next)
		if (!debt_write(c, d))
			return false;
	return true;
}

bool budget_debit(ctx *c, str hash, int64_t window)
{
	budget_debt *d = NEW(c->mem, budget_debt);
	assert(c->store->tx == TX_WRITE);
	*d = (budget_debt){.next = c->store->debts,
			   .row = store_id_new(c),
			   .hash = hash,
			   .at = c->now,
			   .expires = c->now + window};
	c->store->debts = d;
	return debt_write(c, d);
}

bool budget_refuse(ctx *c, int64_t until)
{
	int64_t seconds = (until - c->now + 999) / 1000;
	return ctx_fail(c, FAULT_LIMIT, "fault.limit",
			str_format(c->mem, "%lld", (long long)seconds), S(""));
}

bool store_budget_return(ctx *c, str name, str who)
{
	str hash = budget_hash(c, name, who);
	query q;
	assert(c->store->tx == TX_WRITE);
	for (budget_debt **at = &c->store->debts; *at; at = &(*at)->next)
		if (str_equal((*at)->hash, hash)) {
			*at = (*at)->next;
			break;
		}
	if (!db_query(c,
		      SQL("DELETE FROM budget WHERE id = (SELECT id FROM budget WHERE "
			  "hash = $1 ORDER BY at DESC, id LIMIT 1)"),
		      &q))
		return false;
	bind_blob(&q, 1, hash);
	return db_run(&q, NULL);
}

typedef struct take_job {
	str name, who;
	int most;
	int64_t window;
} take_job;

static bool take_work(ctx *c, void *arg)
{
	const take_job *j = arg;
	int64_t until;
	str hash = budget_hash(c, j->name, j->who);
	if (!budget_full(c, hash, j->most, j->window, &until))
		return false;
	return until ? budget_refuse(c, until) : budget_debit(c, hash, j->window);
}

bool store_budget_take(ctx *c, str name, str who, int most, int seconds)
{
	take_job j = {.name = name,
		      .who = who,
		      .most = most,
		      .window = (int64_t)seconds * 1000};
	return store_write(c, take_work, &j);
}
