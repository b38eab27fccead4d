/* Is everything kept as it should be? Each look gives one finding. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "store/keep_priv.h"

enum {
	SAMPLE = 500,
	BACKUP_DAYS = 7,
	MESSAGE_DAYS = 1,
	DISK_LOW_MB = 1024,
	DISK_BAD_MB = 128,
	FINE = 0,
	WARNING = 1,
	BAD = 2
};
#define DAY_MS INT64_C(86400000)
/* 2024-01-01: a clock before it is one that was never set. */
#define EARLIEST INT64_C(1704067200000)

typedef struct findings {
	ctx *c;
	store_base *b;
	finding *item;
	size_t n, cap;
} findings;

static str number(const findings *f, int64_t n)
{
	return str_format(f->c->mem, "%lld", (long long)n);
}

static bool found(findings *f, int grade, const char *key, str arg0, str arg1)
{
	f->item = list_room(f->c, f->item, f->n, &f->cap, sizeof *f->item);
	f->item[f->n++] = (finding){.key = key, .arg = {arg0, arg1}, .grade = grade};
	return true;
}

static bool count(ctx *c, sql_text text, int64_t moment, int64_t *n)
{
	query q;
	if (!db_query(c, text, &q))
		return false;
	bind_int(&q, 1, moment);
	if (!db_one(&q))
		return false;
	*n = row_int(&q, 0);
	db_end(&q);
	return true;
}

/* ---- the files ------------------------------------------------------------------------------ */

/* What it cannot even look through is as broken as what it finds broken. */
static bool look_integrity(findings *f)
{
	ctx *c = f->c;
	db *d[] = {&c->store->main, &c->store->keys};
	for (size_t i = 0; i < ARRAY_LEN(d); i++) {
		str said, name = db_place_name(c->mem, d[i]->place);
		if (!d[i]->kind->examine(c, d[i], &said)) {
			said = c->fault.arg[0];
			if (c->fault.kind == FAULT_BUSY)
				return false;
			c->fault = (fault){0};
		}
		if (said.n)
			return found(f, BAD,
				     d[i]->kind->is_file ? "doctor.integrity_bad"
							 : "doctor.server_bad",
				     name, said);
	}
	return found(f, FINE, "doctor.integrity", S(""), S(""));
}

static bool look_dangling(findings *f)
{
	int64_t n;
	if (!keep_dangling(f->c, &n))
		return false;
	return n ? found(f, BAD, "doctor.dangling_bad", number(f, n), S(""))
		 : found(f, FINE, "doctor.dangling", S(""), S(""));
}

static bool look_chain(findings *f)
{
	int64_t broken;
	if (!log_verify(f->c, &broken))
		return false;
	return broken ? found(f, BAD, "doctor.chain_bad", number(f, broken), S(""))
		      : found(f, FINE, "doctor.chain", S(""), S(""));
}

static bool look_seals(findings *f)
{
	int64_t seen, closed;
	if (!keep_seals(f->c, SAMPLE, &seen, &closed))
		return false;
	return found(f, closed ? BAD : FINE, closed ? "doctor.seals_bad" : "doctor.seals",
		     number(f, closed ? closed : seen), number(f, seen));
}

/* Only the account that runs Kompis may read or write any of it. */
static bool look_modes(findings *f)
{
	static const char *const name[] = {
		".",           "kompis.db",   "kompis.db-wal", "kompis.db-shm", "keys.db",
		"keys.db-wal", "keys.db-shm", "master.key",    "outbox"};
	for (size_t i = 0; i < ARRAY_LEN(name); i++) {
		struct stat st;
		if (fstatat(f->b->dir_fd, name[i], &st, AT_SYMLINK_NOFOLLOW))
			continue;
		if (st.st_mode & (S_IRWXG | S_IRWXO))
			return found(f, BAD, "doctor.modes_bad",
				     str_format(f->c->mem, "%.*s/%s", STR_ARG(f->b->dir),
						name[i]),
				     str_format(f->c->mem, "%03o", st.st_mode & 0777u));
	}
	return found(f, FINE, "doctor.modes", S(""), S(""));
}

/* What was moved to a server and left behind: nobody erases in it any more. */
static bool look_left_behind(findings *f)
{
	static const char *const name[] = {"kompis.db", "keys.db"};
	const db_place *place_of[] = {&f->b->main, &f->b->keys};
	for (size_t i = 0; i < ARRAY_LEN(name); i++)
		if (!place_of[i]->kind->is_file &&
		    !faccessat(f->b->dir_fd, name[i], F_OK, 0))
			return found(f, WARNING, "doctor.left_behind",
				     str_format(f->c->mem, "%.*s/%s", STR_ARG(f->b->dir),
						name[i]),
				     S(""));
	return true;
}

static bool look_disk(findings *f)
{
	struct statvfs v;
	if (fstatvfs(f->b->dir_fd, &v))
		return store_fail_file(f->c, "store.cannot_read", f->b->dir);
	int64_t mb = (int64_t)(v.f_bavail / 1024 * v.f_frsize / 1024);
	int grade = mb < DISK_BAD_MB ? BAD : mb < DISK_LOW_MB ? WARNING : FINE;
	return found(f, grade, grade ? "doctor.disk_low" : "doctor.disk", number(f, mb),
		     S(""));
}

/* ---- the keeping ------------------------------------------------------------------------------ */

static bool look_exported(findings *f)
{
	int64_t at;
	if (!keep_note_get(f->c, "key_exported", &at))
		return false;
	return at ? found(f, FINE, "doctor.exported",
			  date_format_iso(f->c->mem, (int32_t)(at / DAY_MS)), S(""))
		  : found(f, WARNING, "doctor.exported_never", S(""), S(""));
}

static bool look_backup(findings *f)
{
	int64_t at;
	if (!keep_note_get(f->c, "backup", &at))
		return false;
	if (!at)
		return found(f, WARNING, "doctor.backup_never", S(""), S(""));
	int64_t days = (f->c->now - at) / DAY_MS;
	bool old = days > BACKUP_DAYS;
	return found(f, old ? WARNING : FINE, old ? "doctor.backup_old" : "doctor.backup",
		     number(f, days), date_format_iso(f->c->mem, (int32_t)(at / DAY_MS)));
}

static bool look_messages(findings *f)
{
	int64_t failed, waiting, ceiling;
	if (!count(f->c,
		   SQL("SELECT COUNT(*) FROM message WHERE state IN ('failed', "
		       "'unsure')"),
		   0, &failed) ||
	    !count(f->c,
		   SQL("SELECT COUNT(*) FROM message WHERE created <= $1 AND state "
		       "IN ('queued', 'claimed', 'sending')"),
		   f->c->now - MESSAGE_DAYS * DAY_MS, &waiting) ||
	    !count(f->c,
		   SQL("SELECT COUNT(*) FROM message WHERE rule = 'ceiling' AND created "
		       "> $1"),
		   f->c->now - MESSAGE_DAYS * DAY_MS, &ceiling))
		return false;
	if (ceiling)
		return found(f, BAD, "doctor.sms_ceiling", S(""), S(""));
	if (failed)
		return found(f, WARNING, "doctor.messages_failed", number(f, failed),
			     S(""));
	if (waiting)
		return found(f, WARNING, "doctor.messages_waiting", number(f, waiting),
			     S(""));
	return found(f, FINE, "doctor.messages", S(""), S(""));
}

/* Whether they are run at all, and how it went. */
static bool look_jobs(findings *f)
{
	int64_t failed, late;
	if (!count(f->c, SQL("SELECT COUNT(*) FROM job WHERE tries > $1"), 0, &failed) ||
	    !count(f->c, SQL("SELECT COUNT(*) FROM job WHERE due <= $1"),
		   f->c->now - DAY_MS, &late))
		return false;
	if (failed)
		return found(f, WARNING, "doctor.jobs_failed", number(f, failed), S(""));
	if (late)
		return found(f, WARNING, "doctor.jobs_late", number(f, late), S(""));
	return found(f, FINE, "doctor.jobs", S(""), S(""));
}

static bool look_administrator(findings *f)
{
	int64_t n;
	if (!count(f->c,
		   SQL("SELECT COUNT(*) FROM account WHERE role = 'administrator' AND "
		       "state = 'active'"),
		   0, &n))
		return false;
	return n ? found(f, FINE, "doctor.administrator", number(f, n), S(""))
		 : found(f, WARNING, "doctor.administrator_none", S(""), S(""));
}

/* A clock that was put back: links would live longer, and the log tells a story out of order. */
static bool look_clock(findings *f)
{
	int64_t last;
	if (!count(f->c, SQL("SELECT COALESCE(MAX(at), 0) FROM log WHERE at > $1"), 0,
		   &last))
		return false;
	bool wrong = f->c->now < EARLIEST || f->c->now < last - DAY_MS;
	return found(f, wrong ? BAD : FINE, wrong ? "doctor.clock_bad" : "doctor.clock",
		     date_format_iso(f->c->mem, (int32_t)(f->c->now / DAY_MS)), S(""));
}

/* ---- all of it ----------------------------------------------------------------------------------- */

typedef bool look(findings *f);

static bool look_rows(ctx *c, void *arg)
{
	static look *const each[] = {look_dangling, look_chain,  look_seals,
				     look_exported, look_backup, look_messages,
				     look_jobs,     look_clock,  look_administrator};
	findings *f = arg;
	size_t before = f->n;
	(void)c;
	for (size_t i = 0; i < ARRAY_LEN(each); i++)
		if (!each[i](f)) {
			f->n = before;
			return false;
		}
	return true;
}

/* Where a file is broken, what leads through it cannot be looked at: that is a finding, no fault. */
static bool look_all(findings *f)
{
	if (!look_modes(f) || !look_left_behind(f) || !look_disk(f) || !look_integrity(f))
		return false;
	if (store_read(f->c, look_rows, f))
		return true;
	if (f->c->fault.kind != FAULT_RESOURCE)
		return false;
	str said = f->c->fault.arg[0];
	f->c->fault = (fault){0};
	return found(f, BAD, "doctor.unreadable", said, S(""));
}

bool store_doctor(ctx *c, store_base *b, finding **out, size_t *n)
{
	findings f = {.c = c, .b = b};
	store *former = c->store;
	const actor *who = c->actor;
	if (who && !may(c, RIGHT_SYSTEM))
		return false;
	arena *mem = arena_new(0);
	c->actor = NULL;
	bool ok = base_open_patient(c, mem, b, &c->store) && look_all(&f);
	c->store = former;
	c->actor = who;
	arena_free(mem);
	*out = f.item;
	*n = f.n;
	return ok;
}
