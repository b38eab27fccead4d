/* Transactions, and the one place where they are tried again. */
#include <sodium.h>
#include <time.h>

#include "store/store_priv.h"

/*
 * Each try waits a moment for the lock (sqlite.c), and then a little by chance so that two who
 * collided do not collide again: in all an answer within five seconds. In PostgreSQL writers
 * stand in line (pg.c), and what is tried again there is a connection that was lost.
 */
enum { TRIES = 16, PAUSE_MOST_MS = 40 };

typedef bool work_fn(ctx *c, void *arg);
typedef struct tx {
	store *s;
	bool over;
} tx;

/* The connections are as between transactions again. */
static void tx_over(store *s)
{
	s->tx = TX_NONE;
	s->keys_open = false;
	s->last_key_of = (id){""};
	sodium_memzero(s->last_key, sizeof s->last_key);
}

static bool is_open(const store *s)
{
	return s->tx != TX_NONE;
}

/* Without ctx: also run when memory is given up in the middle. A failing ROLLBACK has rolled back. */
static void tx_rollback(store *s)
{
	db_end_all(&s->main);
	db_end_all(&s->keys);
	s->main.kind->rollback(&s->main);
	if (s->keys_open)
		s->keys.kind->rollback(&s->keys);
	tx_over(s);
	s->doomed_n = 0;
	s->pending = NULL;
}

static void tx_abandon(void *arg)
{
	tx *t = arg;
	if (!t->over)
		tx_rollback(t->s);
	t->over = true;
}

/* Whoever looked for work and found none has changed nothing that is shown. */
static int64_t rows_written(const store *s)
{
	return s->main.kind->written ? s->main.kind->written(&s->main) : 0;
}

/* Keys first: see store_priv.h. */
static bool tx_commit(ctx *c, store *s)
{
	db_end_all(&s->main);
	db_end_all(&s->keys);
	if (s->keys_open && !s->keys.kind->commit(c, &s->keys))
		return false;
	s->keys_open = false;
	if (!s->main.kind->commit(c, &s->main))
		return false;
	if (s->tx == TX_WRITE && !s->quiet && rows_written(s) != s->written_before)
		atomic_fetch_add(&s->base->generation, 1);
	tx_over(s);
	return true;
}

static bool tx_once(ctx *c, tx_kind kind, work_fn *work, void *arg)
{
	store *s = c->store;
	s->again = false;
	s->doomed = NULL;
	s->doomed_n = s->doomed_cap = 0;
	s->pending = NULL;
	s->debts = NULL;
	/* Before, so that a commit in between makes it older than it is. */
	s->generation = atomic_load(&s->base->generation);
	if (!s->main.kind->begin(c, &s->main, kind))
		return false;
	s->generation += s->main.moment;
	s->tx = kind;
	s->written_before = rows_written(s);
	tx *t = NEW(c->mem, tx);
	t->s = s;
	arena_defer(c->mem, tx_abandon, t);
	if (!work(c, arg) || !tx_commit(c, s)) {
		tx_abandon(t);
		return false;
	}
	t->over = true;
	return true;
}

static void pause_by_chance(const store *s, unsigned try)
{
	rng r = rng_seed((uintptr_t)s + try);
	long ms = 1 + rng_below(&r, PAUSE_MOST_MS);
	nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static bool tx_run(ctx *c, tx_kind kind, work_fn *work, void *arg)
{
	for (unsigned try = 1;; try++) {
		if (tx_once(c, kind, work, arg))
			return true;
		if (!c->store->again || c->fault.kind != FAULT_BUSY || try == TRIES)
			return false;
		c->fault = (fault){0};
		pause_by_chance(c->store, try);
	}
}

/* Inside another one: what fails undoes itself only, as it would have alone. */
static bool tx_join(ctx *c, work_fn *work, void *arg)
{
	store *s = c->store;
	size_t doomed = s->doomed_n;
	if (!db_do(c, &s->main, SQL("SAVEPOINT inner_work")))
		return false;
	if (work(c, arg))
		return db_do(c, &s->main, SQL("RELEASE inner_work"));
	fault first = c->fault;
	s->doomed_n = doomed;
	/* Where the database itself has ended the transaction, db_query and COMMIT refuse to go on. */
	bool undone = db_do(c, &s->main, SQL("ROLLBACK TO inner_work")) &&
		      db_do(c, &s->main, SQL("RELEASE inner_work")) &&
		      budget_pay(c, s->debts);
	(void)undone;
	c->fault = first;
	return false;
}

/* When a reader is in the way or the disk fails it stays due; what was written is written. */
static void truncate_if_due(ctx *c)
{
	store *s = c->store;
	bool main = false, keys = false;
	if (!atomic_load(&s->base->truncate_due))
		return;
	if (s->main.kind->wipe(c, &s->main, &main) &&
	    s->keys.kind->wipe(c, &s->keys, &keys) && main && keys)
		atomic_store(&s->base->truncate_due, false);
	c->fault = (fault){0};
}

/* What was erased is gone; now its keys, its names in memory, and what the logs of the files say. */
static bool after_write(ctx *c)
{
	store *s = c->store;
	if (s->doomed_n) {
		id *doomed = s->doomed;
		size_t n = s->doomed_n;
		index_forget(s->base->names, doomed, n);
		str list = {(const char *)doomed, n * sizeof *doomed};
		atomic_store(&s->base->truncate_due, true);
		s->doomed_n = 0;
		if (!tx_run(c, TX_WRITE, keys_destroy, &list))
			return false;
		/* What cannot go now, store_tidy tries again and tells of. */
		if (!tidy_files(c))
			atomic_store(&s->base->tidy_at, 0);
		c->fault = (fault){0};
	}
	truncate_if_due(c);
	return true;
}

/* Undone, but a guess that was made is a guess. Returns false, with the fault there was. */
static bool pay_debts(ctx *c)
{
	fault first = c->fault;
	if (c->store->debts) {
		bool paid = tx_run(c, TX_WRITE, budget_pay, c->store->debts);
		(void)paid;
	}
	c->fault = first;
	return false;
}

bool store_write(ctx *c, bool (*work)(ctx *c, void *arg), void *arg)
{
	store *s = c->store;
	assert(s->tx != TX_READ && "a write inside a read");
	if (s->base->read_only)
		return ctx_fail(c, FAULT_RESOURCE, "store.read_only", S(""), S(""));
	if (is_open(s))
		return tx_join(c, work, arg);
	return tx_run(c, TX_WRITE, work, arg) ? after_write(c) : pay_debts(c);
}

uint64_t store_generation(const ctx *c)
{
	const store *s = c->store;
	return is_open(s) ? s->generation : atomic_load(&s->base->generation);
}

bool write_quietly(ctx *c, bool (*work)(ctx *c, void *arg), void *arg)
{
	store *s = c->store;
	s->quiet = true;
	bool ok = store_write(c, work, arg);
	s->quiet = false;
	return ok;
}

bool store_read(ctx *c, bool (*work)(ctx *c, void *arg), void *arg)
{
	store *s = c->store;
	if (is_open(s))
		return work(c, arg);
	if (!tx_run(c, TX_READ, work, arg))
		return false;
	log_entry *noted = s->pending;
	if (!noted || s->base->read_only)
		return true;
	if (!write_quietly(c, log_pending, noted))
		return false;
	looks_remember(c, noted);
	return true;
}
