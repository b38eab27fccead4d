/* The same form sent twice does the thing once. */
#include "store/store_priv.h"

/* Whose key it is: another's form of the same key is another form. */
static id owner(const ctx *c)
{
	const actor *a = c->actor;
	if (!a)
		return (id){""};
	return !id_none(a->account)  ? a->account
	       : !id_none(a->person) ? a->person
				     : a->session;
}

bool store_once(ctx *c, str key, bool *again, str *result)
{
	static const int64_t kept = INT64_C(48) * 3600 * 1000;
	query q;
	bool fresh;
	id who = owner(c);
	assert(c->store->tx == TX_WRITE);
	*result = S("");
	if (!db_query(c,
		      SQL("INSERT INTO once (actor, form, at) VALUES ($1, $2, $3) "
			  "ON CONFLICT (actor, form) DO UPDATE SET at = excluded.at, "
			  "result = '' WHERE once.at < $4 RETURNING form"),
		      &q))
		return false;
	bind_text(&q, 1, id_str(&who));
	bind_text(&q, 2, key);
	bind_int(&q, 3, c->now);
	bind_int(&q, 4, c->now - kept);
	if (!db_next(&q, &fresh))
		return false;
	db_end(&q);
	*again = !fresh;
	if (fresh)
		return true;
	if (!db_query(c, SQL("SELECT result FROM once WHERE actor = $1 AND form = $2"),
		      &q))
		return false;
	bind_text(&q, 1, id_str(&who));
	bind_text(&q, 2, key);
	if (!db_one(&q))
		return false;
	*result = row_text(&q, 0);
	db_end(&q);
	return true;
}

bool store_once_result(ctx *c, str key, str result)
{
	query q;
	id who = owner(c);
	assert(c->store->tx == TX_WRITE);
	if (!db_query(c,
		      SQL("UPDATE once SET result = $3 WHERE actor = $1 AND form = $2"),
		      &q))
		return false;
	bind_text(&q, 1, id_str(&who));
	bind_text(&q, 2, key);
	bind_text(&q, 3, result);
	return db_run(&q, NULL);
}
