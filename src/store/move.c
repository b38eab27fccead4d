/* All that is kept, people and keys, from one place to another. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/keep_priv.h"

typedef struct side {
	db_place main_place, keys_place;
	db main, keys;
	int dir_fd; /* locked; -1 without a directory */
} side;

static bool take_directory(ctx *c, side *s, str dir, bool make)
{
	const char *path = str_terminated(c->mem, dir);
	if (make && mkdirat(AT_FDCWD, path, 0700) && errno != EEXIST)
		return store_fail_file(c, "store.cannot_write", dir);
	s->dir_fd = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir_fd < 0)
		return store_fail_file(c, "store.cannot_read", dir);
	return base_lock(c, s->dir_fd, dir, true) &&
	       base_touch(c, s->dir_fd, "kompis.db", !make) &&
	       base_touch(c, s->dir_fd, "keys.db", !make);
}

static bool open_side(ctx *c, arena *mem, const store_where *w, bool target, side *s)
{
	if (!base_places(c, mem, w, &s->main_place, &s->keys_place))
		return false;
	if (w->dir.n && !take_directory(c, s, w->dir, target))
		return false;
	return db_open(c, mem, &s->keys_place, false, true, &s->keys) &&
	       db_open(c, mem, &s->main_place, false, true, &s->main);
}

/*
 * Both are of one moment: nobody writes at the source meanwhile, since keys change only where
 * people are being written. At the target keys come first, as in every transaction.
 */
static bool move(ctx *c, side *from, side *to, transfer_count *n)
{
	return from->main.kind->begin(c, &from->main, TX_WRITE) &&
	       from->keys.kind->begin(c, &from->keys, TX_READ) &&
	       transfer_database(c, &from->keys, &to->keys, n) &&
	       transfer_database(c, &from->main, &to->main, n) &&
	       to->keys.kind->commit(c, &to->keys) && to->main.kind->commit(c, &to->main);
}

static void leave(side *s)
{
	if (s->dir_fd >= 0)
		close(s->dir_fd);
}

bool store_move_all(ctx *c, store_move *m)
{
	arena *mem = arena_new(0);
	side *from = NEW(c->mem, side), *to = NEW(c->mem, side);
	transfer_count n = {0};
	from->dir_fd = to->dir_fd = -1;
	bool ok = sodium_init() >= 0 && open_side(c, mem, &m->from, false, from) &&
		  open_side(c, mem, &m->to, true, to) && move(c, from, to, &n);
	/* What the fault names may lie in the memory that goes now. */
	for (size_t i = 0; i < ARRAY_LEN(c->fault.arg); i++)
		c->fault.arg[i] = str_copy(c->mem, c->fault.arg[i]);
	arena_free(mem);
	leave(from);
	leave(to);
	m->tables = n.tables;
	m->rows = n.rows;
	return ok;
}
