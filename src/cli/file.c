/* Files whole: read into memory, written completely or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

/* The usual reasons in the user's own words; others as the system words them. */
static bool cannot(ctx *c, fault_kind kind, const char *key, str path)
{
	char text[256];
	switch (errno) {
	case ENOENT:
		key = "cli.no_such_file";
		break;
	case EACCES:
	case EPERM:
	case EROFS:
		key = "cli.not_allowed";
		break;
	case EISDIR:
		key = "cli.is_directory";
		break;
	case ENOTDIR:
		key = "cli.is_no_directory";
		break;
	case ENOSPC:
	case EDQUOT:
		key = "cli.disk_full";
		break;
	default:
		break;
	}
	str reason = str_copy(c->mem, str_from(strerror_r(errno, text, sizeof text)));
	return ctx_fail_at(c, kind, path, 0, 0, key, reason, S(""));
}

static void close_fd(void *arg)
{
	close((int)(intptr_t)arg);
}

bool cli_file_read(ctx *c, str path, str *bytes)
{
	int fd = str_equal(path, S("-"))
			 ? dup(STDIN_FILENO)
			 : open(str_terminated(c->mem, path), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return cannot(c, FAULT_INPUT, "cli.cannot_read", path);
	arena_defer(c->mem, close_fd, (void *)(intptr_t)fd);
	struct stat info;
	size_t cap = fstat(fd, &info) == 0 && info.st_size > 0 ? (size_t)info.st_size + 1
							       : 1 << 16;
	char *s = arena_alloc(c->mem, cap, 1);
	size_t n = 0;
	for (;;) {
		ssize_t got = read(fd, s + n, cap - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return cannot(c, FAULT_INPUT, "cli.cannot_read", path);
		if (got == 0)
			break;
		n += (size_t)got;
		if (n == cap) {
			s = arena_grow(c->mem, s, cap, cap * 2, 1);
			cap *= 2;
		}
	}
	*bytes = (str){s, n};
	return true;
}

static bool write_all(int fd, str bytes)
{
	while (bytes.n) {
		ssize_t put = write(fd, bytes.s, bytes.n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		bytes = str_slice(bytes, (size_t)put, bytes.n);
	}
	return true;
}

/* These files hold names: readable by the one who made them only. */
bool cli_file_write(ctx *c, str path, str bytes)
{
	char *name =
		str_terminated(c->mem, str_format(c->mem, "%.*s.XXXXXX", STR_ARG(path)));
	int fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0)
		return cannot(c, FAULT_RESOURCE, "cli.cannot_write", path);
	bool good = write_all(fd, bytes) && fsync(fd) == 0;
	int error = errno;
	good = close(fd) == 0 && good;
	if (good && rename(name, str_terminated(c->mem, path)) == 0)
		return true;
	if (good)
		error = errno;
	unlink(name);
	errno = error;
	return cannot(c, FAULT_RESOURCE, "cli.cannot_write", path);
}

bool cli_directory_make(ctx *c, str path)
{
	char *s = str_terminated(c->mem, path);
	for (char *p = s + (*s != 0);; p++) {
		if (*p != '/' && *p)
			continue;
		char kept = *p;
		*p = 0;
		struct stat info;
		bool there =
			mkdir(s, 0700) == 0 ||
			(errno == EEXIST && stat(s, &info) == 0 && S_ISDIR(info.st_mode));
		*p = kept;
		if (!there)
			return cannot(c, FAULT_RESOURCE, "cli.cannot_make_directory",
				      path);
		if (!kept)
			return true;
	}
}
