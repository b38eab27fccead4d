/*
 * What each process keeps beside the database, and must forget with it: names in its memory, and
 * files that stand for messages. Who was erased may have been so by another process.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "store/store_priv.h"

#define HOUR_MS INT64_C(3600000)

/* ---- files of messages: OUTBOX/<id>.eml, .sms, and what a death left as .part --------------- */

/* Only names that are given to messages. */
static bool is_message(str file, id *which)
{
	str rest = file, name;
	return str_cut(&rest, '.', &name) && id_parse(name, which) &&
	       (str_starts(rest, S("eml")) || str_starts(rest, S("sms")));
}

/* Its text is kept, or is still to be sent. */
static bool has_text(ctx *c, const id *which, bool *has)
{
	query q;
	if (!db_query(c,
		      SQL("SELECT 1 FROM message WHERE id = $1 AND sealed IS NOT NULL"),
		      &q))
		return false;
	bind_id(&q, 1, which);
	if (!db_next(&q, has))
		return false;
	if (*has)
		db_end(&q);
	return true;
}

static void close_directory(void *d)
{
	closedir(d);
}

static bool open_outbox(ctx *c, DIR **d)
{
	int fd = openat(c->store->base->dir_fd, OUTBOX_DIR,
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*d = fd < 0 ? NULL : fdopendir(fd);
	if (*d)
		arena_defer(c->mem, close_directory, *d);
	else if (fd >= 0)
		close(fd);
	return *d || store_fail_file(c, "store.cannot_read", S(OUTBOX_DIR));
}

static bool drop_files(ctx *c, void *unused)
{
	DIR *d;
	id which;
	bool has;
	(void)unused;
	if (!open_outbox(c, &d))
		return false;
	for (const struct dirent *e; (e = readdir(d));) {
		if (!is_message(str_from(e->d_name), &which))
			continue;
		if (!has_text(c, &which, &has))
			return false;
		if (!has && unlinkat(dirfd(d), e->d_name, 0) && errno != ENOENT)
			return store_fail_file(c, "store.cannot_write", S(OUTBOX_DIR));
	}
	return true;
}

bool tidy_files(ctx *c)
{
	return store_read(c, drop_files, NULL);
}

/* ---- all of it ---------------------------------------------------------------------------- */

static bool count_erased(ctx *c, void *arg)
{
	int64_t *n = arg;
	query q;
	if (!keys_erased(c, &q))
		return false;
	*n = row_int(&q, 0);
	db_end(&q);
	return true;
}

bool store_tidy(ctx *c)
{
	store_base *b = c->store->base;
	int64_t erased;
	if (!store_read(c, count_erased, &erased))
		return false;
	if (erased == atomic_load(&b->tidy_erased) &&
	    c->now - atomic_load(&b->tidy_at) < HOUR_MS)
		return true;
	if (!index_prune(c) || !tidy_files(c))
		return false;
	atomic_store(&b->tidy_erased, erased);
	atomic_store(&b->tidy_at, c->now);
	return true;
}
