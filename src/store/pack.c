/* One file of a backup: written whole, read with every byte checked. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/keep_priv.h"

enum { HASH = 32, HEAD_MOST = 4096, BLOCK = 1 << 16, FORMAT = 1 };
#define KEYS_NAME "kompis.keys"

str pack_key_mark(ctx *c, const uint8_t hash_key[SECRET_BYTES])
{
	static const char text[] = "pack/kompis";
	unsigned char hash[HASH];
	char *hex = arena_alloc(c->mem, 2 * HASH + 1, 1);
	crypto_generichash(hash, HASH, (const unsigned char *)text, sizeof text - 1,
			   hash_key, SECRET_BYTES);
	sodium_bin2hex(hex, 2 * HASH + 1, hash, HASH);
	return (str){hex, 2 * HASH};
}

static str directory_of(str path)
{
	size_t n = path.n;
	while (n && path.s[n - 1] != '/')
		n--;
	return str_slice(path, 0, n);
}

str pack_keys_beside(ctx *c, str file)
{
	return str_format(c->mem, "%.*s" KEYS_NAME, STR_ARG(directory_of(file)));
}

/* ---- files --------------------------------------------------------------------------------- */

static void close_fd(void *arg)
{
	close((int)(intptr_t)arg);
}

int pack_create(ctx *c, str path)
{
	int fd = openat(AT_FDCWD, str_terminated(c->mem, path),
			O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		store_fail_file(c, "store.cannot_write", path);
	return fd;
}

bool pack_sync_directory(ctx *c, str path)
{
	str dir = directory_of(path);
	int fd = openat(AT_FDCWD, dir.n ? str_terminated(c->mem, dir) : ".",
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && !fsync(fd);
	if (!ok)
		ok = store_fail_file(c, "store.cannot_write", path);
	if (fd >= 0)
		close(fd);
	return ok;
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

/* Bytes from one file to another, each of them hashed; *whole false when the first ends too early. */
static bool copy(int from, int to, int64_t n, crypto_generichash_state *hash, bool *whole)
{
	unsigned char block[BLOCK];
	*whole = false;
	while (n > 0) {
		size_t want = n < BLOCK ? (size_t)n : BLOCK;
		ssize_t got = read(from, block, want);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (got == 0)
			return true;
		crypto_generichash_update(hash, block, (size_t)got);
		if (!write_all(to, (str){(const char *)block, (size_t)got}))
			return false;
		n -= got;
	}
	*whole = true;
	return true;
}

/* ---- writing ---------------------------------------------------------------------------------- */

static str head_text(ctx *c, const pack *p)
{
	buf b = {.mem = c->mem};
	buf_format(&b, "kompis %s %d\nat %lld\nkey %.*s\n", p->kind, FORMAT,
		   (long long)p->at, STR_ARG(p->key));
	for (size_t i = 0; i < KEEP_TABLES; i++)
		if (p->counted[i])
			buf_format(&b, "count %s %lld\n", keep_tables[i].name,
				   (long long)p->count[i]);
	buf_format(&b, "bytes %lld\n", (long long)p->bytes);
	/* Its own length has a fixed width, so that it can be said before it is known. */
	size_t n = b.n + strlen("head 0000\n\n");
	buf_format(&b, "head %04zu\n\n", n);
	return buf_str(&b);
}

static bool write_pack(pack *p, int from, int to, const uint8_t hash_key[SECRET_BYTES])
{
	crypto_generichash_state hashing;
	unsigned char hash[HASH];
	bool whole;
	crypto_generichash_init(&hashing, hash_key, SECRET_BYTES, HASH);
	crypto_generichash_update(&hashing, (const unsigned char *)p->head.s, p->head.n);
	if (!write_all(to, p->head) || !copy(from, to, p->bytes, &hashing, &whole) ||
	    !whole)
		return false;
	crypto_generichash_final(&hashing, hash, HASH);
	return write_all(to, (str){(const char *)hash, HASH}) && !fsync(to);
}

bool pack_write(ctx *c, pack *p, str copy_of, str to,
		const uint8_t hash_key[SECRET_BYTES])
{
	struct stat st;
	int in = openat(AT_FDCWD, str_terminated(c->mem, copy_of), O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return store_fail_file(c, "store.cannot_read", copy_of);
	arena_defer(c->mem, close_fd, (void *)(intptr_t)in);
	if (fstat(in, &st))
		return store_fail_file(c, "store.cannot_read", copy_of);
	int out = pack_create(c, to);
	if (out < 0)
		return false;
	p->bytes = st.st_size;
	p->key = pack_key_mark(c, hash_key);
	p->head = head_text(c, p);
	bool ok = write_pack(p, in, out, hash_key);
	int error = errno;
	ok = !close(out) && ok;
	errno = error;
	return ok || store_fail_file(c, "store.cannot_write", to);
}

/* ---- reading ------------------------------------------------------------------------------------ */

static bool not_a_backup(ctx *c, str file)
{
	return ctx_fail_at(c, FAULT_INPUT, file, 0, 0, "restore.not_a_backup", S(""),
			   S(""));
}

static bool damaged(ctx *c, str file)
{
	return ctx_fail_at(c, FAULT_INPUT, file, 0, 0, "restore.damaged", S(""), S(""));
}

static bool take_count(pack *p, str line)
{
	str table;
	if (!str_cut(&line, ' ', &table))
		return false;
	for (size_t i = 0; i < KEEP_TABLES; i++)
		if (str_equal(table, str_from(keep_tables[i].name))) {
			p->counted[i] = true;
			return str_to_int(line, 0, INT64_MAX, &p->count[i]);
		}
	/* Of a table that a later Kompis has: its migration says so. */
	return true;
}

static bool take_line(pack *p, str line)
{
	str word;
	int64_t length;
	if (!str_cut(&line, ' ', &word))
		return false;
	if (str_equal(word, S("count")))
		return take_count(p, line);
	if (str_equal(word, S("at")))
		return str_to_int(line, 0, INT64_MAX, &p->at);
	if (str_equal(word, S("bytes")))
		return str_to_int(line, 1, INT64_MAX, &p->bytes);
	if (str_equal(word, S("head")))
		return str_to_int(line, 1, HEAD_MOST, &length) &&
		       length == (int64_t)p->head.n;
	if (str_equal(word, S("key")))
		p->key = line;
	return true;
}

bool pack_open(ctx *c, str file, const char *kind, pack *p)
{
	char *text = arena_alloc(c->mem, HEAD_MOST + 1, 1);
	*p = (pack){.kind = kind};
	p->fd = openat(AT_FDCWD, str_terminated(c->mem, file), O_RDONLY | O_CLOEXEC);
	if (p->fd < 0)
		return ctx_fail_at(c, FAULT_INPUT, file, 0, 0, "restore.cannot_read",
				   str_from(strerrordesc_np(errno)), S(""));
	arena_defer(c->mem, close_fd, (void *)(intptr_t)p->fd);
	ssize_t n = pread(p->fd, text, HEAD_MOST, 0);
	str all = {text, n < 0 ? 0 : (size_t)n}, line;
	ptrdiff_t end = str_find(all, S("\n\n"));
	str first = str_format(c->mem, "kompis %s %d", kind, FORMAT);
	if (end < 0)
		return not_a_backup(c, file);
	p->head = str_slice(all, 0, (size_t)end + 2);
	str rest = str_slice(all, 0, (size_t)end);
	if (!str_cut(&rest, '\n', &line) || !str_equal(line, first))
		return not_a_backup(c, file);
	while (str_cut(&rest, '\n', &line))
		if (!take_line(p, line))
			return damaged(c, file);
	return (p->bytes && p->key.n == 2 * (size_t)HASH) || damaged(c, file);
}

bool pack_take(ctx *c, pack *p, str file, str to, const uint8_t hash_key[SECRET_BYTES])
{
	crypto_generichash_state hashing;
	unsigned char want[HASH], got[HASH + 1];
	bool whole = false;
	int out = pack_create(c, to);
	if (out < 0)
		return false;
	crypto_generichash_init(&hashing, hash_key, SECRET_BYTES, HASH);
	crypto_generichash_update(&hashing, (const unsigned char *)p->head.s, p->head.n);
	bool ok = lseek(p->fd, (off_t)p->head.n, SEEK_SET) >= 0 &&
		  copy(p->fd, out, p->bytes, &hashing, &whole) && !fsync(out);
	int error = errno;
	ok = !close(out) && ok;
	errno = error;
	if (!ok)
		return store_fail_file(c, "store.cannot_write", to);
	crypto_generichash_final(&hashing, want, HASH);
	/* Exactly these bytes and nothing after them. */
	if (!whole || read(p->fd, got, sizeof got) != HASH ||
	    sodium_memcmp(want, got, HASH))
		return damaged(c, file);
	return true;
}
