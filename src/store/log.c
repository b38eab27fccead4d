/* Who read or changed what: rows chained by hashes, so that none can be taken out unseen. */
#include <sodium.h>
#include <string.h>

#include "store/store_priv.h"

enum { HASH = 32 };

/*
 * Keyed by the installation: who can write in the file but has not its key cannot make a chain
 * that holds. Each text is followed by its end, so that no two rows give the same bytes.
 */
static str row_hash(ctx *c, str before, const log_row *r)
{
	crypto_generichash_state h;
	unsigned char *out = arena_alloc(c->mem, HASH, 1);
	str text = str_format(c->mem, "%lld\n%lld\n%s\n%s\n%.*s\n%s\n", (long long)r->seq,
			      (long long)r->at, r->account.s, r->person.s,
			      STR_ARG(r->action), r->subject.s);
	crypto_generichash_init(&h, c->store->base->hash_key, SECRET_BYTES, HASH);
	crypto_generichash_update(&h, (const unsigned char *)before.s, before.n);
	crypto_generichash_update(&h, (const unsigned char *)text.s, text.n);
	crypto_generichash_final(&h, out, HASH);
	return (str){(const char *)out, HASH};
}

/* ---- where it begins ------------------------------------------------------------------ */

/*
 * Old rows go from the beginning. The number and hash of the last of them stand in meta, and with
 * them a hash that only the installation can make: whoever takes out rows cannot say that they
 * were pruned.
 */
static str start_mark(ctx *c, int64_t seq, str hash)
{
	char hex[2 * HASH + 1];
	sodium_bin2hex(hex, sizeof hex, (const unsigned char *)hash.s, hash.n);
	return keyed_hash(c, S("log_start"),
			  str_format(c->mem, "%lld %s", (long long)seq, hex));
}

/* 0 and "" where nothing was pruned yet; *good false when it is not as we wrote it. */
static bool log_start(ctx *c, int64_t *seq, str *hash, bool *good)
{
	query q;
	bool row;
	*seq = 0;
	*hash = S("");
	*good = true;
	if (!db_query(c, SQL("SELECT n, bytes FROM meta WHERE name = 'log_start'"), &q) ||
	    !db_next(&q, &row))
		return false;
	if (row) {
		str bytes = row_blob(&q, 1);
		*seq = row_int(&q, 0);
		*hash = str_slice(bytes, 0, HASH);
		*good = bytes.n == 2 * HASH && str_equal(str_slice(bytes, HASH, bytes.n),
							 start_mark(c, *seq, *hash));
		db_end(&q);
	}
	return true;
}

static bool set_start(ctx *c, int64_t seq, str hash)
{
	query q;
	buf bytes = {.mem = c->mem};
	buf_add(&bytes, hash);
	buf_add(&bytes, start_mark(c, seq, hash));
	if (!db_query(c,
		      SQL("INSERT INTO meta (name, n, bytes) VALUES ('log_start', $1, "
			  "$2) ON CONFLICT (name) DO UPDATE SET n = excluded.n, bytes = "
			  "excluded.bytes"),
		      &q))
		return false;
	bind_int(&q, 1, seq);
	bind_blob(&q, 2, buf_str(&bytes));
	return db_run(&q, NULL);
}

static bool last_row(ctx *c, int64_t *seq, str *hash)
{
	query q;
	bool row, good;
	if (!db_query(c, SQL("SELECT seq, hash FROM log ORDER BY seq DESC LIMIT 1"),
		      &q) ||
	    !db_next(&q, &row))
		return false;
	if (!row)
		return log_start(c, seq, hash, &good);
	*seq = row_int(&q, 0);
	*hash = row_blob(&q, 1);
	db_end(&q);
	return true;
}

bool log_append(ctx *c, const char *action, const id *subject)
{
	static const actor program;
	const actor *a = c->actor ? c->actor : &program;
	query q;
	str before;
	log_row r = {.at = c->now,
		     .account = a->account,
		     .person = a->person,
		     .subject = *subject,
		     .action = str_from(action)};
	assert(c->store->tx == TX_WRITE);
	if (!last_row(c, &r.seq, &before))
		return false;
	r.seq++;
	if (!db_query(c,
		      SQL("INSERT INTO log (seq, at, account, person, action, subject, "
			  "hash) "
			  "VALUES ($1, $2, $3, $4, $5, $6, $7)"),
		      &q))
		return false;
	bind_int(&q, 1, r.seq);
	bind_int(&q, 2, r.at);
	bind_text(&q, 3, id_str(&r.account));
	bind_text(&q, 4, id_str(&r.person));
	bind_text(&q, 5, r.action);
	bind_text(&q, 6, id_str(&r.subject));
	bind_blob(&q, 7, row_hash(c, before, &r));
	return db_run(&q, NULL);
}

bool log_pending(ctx *c, void *arg)
{
	for (const log_entry *e = arg; e; e = e->next)
		if (!log_append(c, e->action, &e->subject))
			return false;
	return true;
}

static bool append_work(ctx *c, void *arg)
{
	const log_entry *e = arg;
	return log_append(c, e->action, &e->subject);
}

bool store_log(ctx *c, str action, id subject)
{
	store *s = c->store;
	log_entry *e = NEW(c->mem, log_entry);
	*e = (log_entry){.action = str_terminated(c->mem, action), .subject = subject};
	if (s->tx != TX_READ)
		return store_write(c, append_work, e);
	if (looks_known(c, e))
		return true;
	/* Written when the read is over, and before its answer is given: reading takes no lock. */
	log_entry **at = &s->pending;
	while (*at)
		at = &(*at)->next;
	*at = e;
	return true;
}

/* ---- reading it ----------------------------------------------------------------------- */

#define LOG_SELECT                                                                       \
	"SELECT l.seq, l.at, l.account, l.person, l.subject, l.action, a.sealed, "       \
	"l.hash "                                                                        \
	"FROM log l LEFT JOIN account a ON a.id = l.account "

static log_row row_get(const query *q)
{
	return (log_row){.seq = row_int(q, 0),
			 .at = row_int(q, 1),
			 .account = row_id(q, 2),
			 .person = row_id(q, 3),
			 .subject = row_id(q, 4),
			 .action = row_text(q, 5)};
}

bool account_name(ctx *c, const id *who, str sealed, str *name)
{
	str pairs;
	if (!unseal_house(c, S("account"), who, sealed, &pairs))
		return false;
	*name = pairs_get(pairs, S("name"));
	return true;
}

typedef struct list_job {
	id subject;
	size_t most, n, cap;
	log_row *row;
} list_job;

/* About a person in scope, by oneself, or anything for those who see all. */
static bool list_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	bool row;
	sql_text about = SQL(
		LOG_SELECT
		"WHERE l.subject = $4 AND ($1 = 1 OR l.account = $3 OR " SCOPE_ALL
		" OR EXISTS (SELECT 1 FROM person p WHERE p.id = l.subject AND " SCOPE(
			"p") ")) ORDER BY l.seq DESC LIMIT $5");
	sql_text all = SQL(LOG_SELECT "WHERE ($1 = 1 OR l.account = $3 OR " SCOPE_ALL
				      ") ORDER BY l.seq DESC LIMIT $5");
	j->n = 0;
	if (!db_query_scoped(c, id_none(j->subject) ? all : about, &q))
		return false;
	bind_id(&q, 4, &j->subject);
	bind_int(&q, 5, (int64_t)j->most);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		j->row = list_room(c, j->row, j->n, &j->cap, sizeof *j->row);
		log_row *r = &j->row[j->n++];
		*r = row_get(&q);
		if (!account_name(c, &r->account, row_blob(&q, 6), &r->by))
			return false;
	}
}

bool store_log_list(ctx *c, id subject, size_t most, log_row **out, size_t *n)
{
	list_job j = {.subject = subject, .most = most};
	if (!store_read(c, list_work, &j))
		return false;
	*out = j.row;
	*n = j.n;
	return true;
}

static bool verify_work(ctx *c, void *arg)
{
	int64_t *broken = arg, seq;
	query q;
	bool row, good;
	unsigned char last[HASH];
	str before;
	*broken = 0;
	if (!log_start(c, &seq, &before, &good))
		return false;
	if (!good) {
		*broken = seq + 1;
		return true;
	}
	if (!db_query(c, SQL(LOG_SELECT "ORDER BY l.seq"), &q))
		return false;
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		arena_mark here = arena_here(c->mem);
		log_row r = row_get(&q);
		str hash = row_blob(&q, 7);
		good = r.seq == ++seq && str_equal(hash, row_hash(c, before, &r));
		if (good)
			memcpy(last, hash.s, HASH);
		before = (str){(const char *)last, HASH};
		arena_reset(c->mem, here);
		if (good)
			continue;
		*broken = r.seq;
		db_end(&q);
		return true;
	}
}

bool log_verify(ctx *c, int64_t *broken)
{
	return store_read(c, verify_work, broken);
}

/* ---- pruning -------------------------------------------------------------------------- */

/* The row before the first that is younger, or `most` rows on; 0 when the first already is. */
static bool prune_to(ctx *c, int64_t before, size_t most, int64_t *seq, str *hash)
{
	query q;
	bool row;
	*seq = 0;
	if (!db_query(c,
		      SQL("SELECT l.seq, l.hash FROM log l WHERE l.seq < (SELECT "
			  "COALESCE(MIN(y.seq), 9223372036854775807) FROM log y WHERE "
			  "y.at > $1) AND l.seq < (SELECT MIN(f.seq) FROM log f) + $2 "
			  "ORDER BY l.seq DESC LIMIT 1"),
		      &q))
		return false;
	bind_int(&q, 1, before);
	bind_int(&q, 2, (int64_t)most);
	if (!db_next(&q, &row))
		return false;
	if (!row)
		return true;
	*seq = row_int(&q, 0);
	*hash = row_blob(&q, 1);
	db_end(&q);
	return true;
}

bool log_prune(ctx *c, int64_t before, size_t most, int64_t *n)
{
	query q;
	int64_t seq;
	str hash;
	*n = 0;
	if (!prune_to(c, before, most, &seq, &hash))
		return false;
	if (!seq)
		return true;
	if (!set_start(c, seq, hash) ||
	    !db_query(c, SQL("DELETE FROM log WHERE seq <= $1"), &q))
		return false;
	bind_int(&q, 1, seq);
	return db_run(&q, n);
}
