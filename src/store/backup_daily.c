/* A copy each day under its date, and no more of them than one wants to keep. */
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/keep_priv.h"

#define BEFORE S("kompis-")
#define AFTER  S(".backup")

/* Only names that we give: YYYY-MM-DD between the two. */
static bool is_ours(str name)
{
	int32_t day;
	return str_starts(name, BEFORE) && str_ends(name, AFTER) &&
	       name.n > BEFORE.n + AFTER.n &&
	       date_parse_iso(str_slice(name, BEFORE.n, name.n - AFTER.n), &day);
}

static int newest_first(const void *a, const void *b)
{
	return str_compare(*(const str *)b, *(const str *)a);
}

static void close_directory(void *d)
{
	closedir(d);
}

static bool drop_older(ctx *c, str dir, int64_t keep)
{
	str *name = NULL;
	size_t n = 0, cap = 0;
	DIR *d = opendir(str_terminated(c->mem, dir));
	if (!d)
		return store_fail_file(c, "store.cannot_read", dir);
	arena_defer(c->mem, close_directory, d);
	for (const struct dirent *e; (e = readdir(d));) {
		if (!is_ours(str_from(e->d_name)))
			continue;
		name = list_room(c, name, n, &cap, sizeof *name);
		name[n++] = str_copy(c->mem, str_from(e->d_name));
	}
	if (n)
		qsort(name, n, sizeof *name, newest_first);
	for (size_t i = (size_t)keep; i < n; i++)
		if (unlinkat(dirfd(d), str_terminated(c->mem, name[i]), 0))
			return store_fail_file(c, "store.cannot_write", name[i]);
	return true;
}

bool store_backup_daily(ctx *c, store_base *b, str dir, int64_t keep)
{
	str day = date_format_iso(c->mem, date_local(c->now).day);
	str file = str_format(c->mem, "%.*s/%.*s%.*s%.*s", STR_ARG(dir), STR_ARG(BEFORE),
			      STR_ARG(day), STR_ARG(AFTER));
	return store_backup(c, b, file) && drop_older(c, dir, keep);
}
