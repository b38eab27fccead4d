/*
 * act: timed work. When it is due, through both changes of the clock; that it is done once, whoever
 * asks; that what was missed is made up for, and what fails does not stop the rest.
 */
#include "store_help.h"

#include <pthread.h>
#include <sys/wait.h>
#include <time.h>

#include "act/jobs.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)

/* ---- when: beside the C library's own rules of the zone ---------------------------------------- */

static int64_t wall(int year, int month, int day, int minute)
{
	struct tm t = {.tm_year = year - 1900,
		       .tm_mon = month - 1,
		       .tm_mday = day,
		       .tm_min = minute,
		       .tm_isdst = -1};
	return (int64_t)mktime(&t) * 1000;
}

static struct tm clock_at(int64_t ms)
{
	struct tm t;
	time_t s = (time_t)(ms / 1000);
	localtime_r(&s, &t);
	return t;
}

typedef int64_t next_fn(act_when w, int64_t after);

/* Days of some years on which it does not come exactly once, at its wall time or where that is not. */
static int wrong_days(next_fn *next, int minute)
{
	act_when w = {ACT_DAILY, 0, minute};
	int wrong = 0;
	int64_t at = wall(2023, 1, 1, minute) - 1;
	for (struct tm day = {.tm_year = 123, .tm_mday = 1}; day.tm_year < 133;
	     day.tm_mday++) {
		day.tm_hour = 12; /* no change of the clock is at noon */
		day.tm_isdst = -1;
		mktime(&day);
		at = next(w, at);
		struct tm t = clock_at(at);
		bool same = t.tm_year == day.tm_year && t.tm_yday == day.tm_yday;
		int got = t.tm_hour * 60 + t.tm_min, later = got - minute;
		/* Left out: from two to three, on the last Sunday of March. */
		bool gap = t.tm_mon == 2 && t.tm_wday == 0 && t.tm_mday > 24 &&
			   minute >= 120 && minute < 180;
		wrong += !same || t.tm_sec || later != (gap ? 60 : 0);
	}
	return wrong;
}

/* The twin: the same time tomorrow is in 24 hours. */
static int64_t next_of_a_day(act_when w, int64_t after)
{
	int64_t at = date_from_local((local_time){date_local(after).day, w.minute});
	return at > after ? at : after + DAY;
}

static void once_each_day(void **fixture)
{
	static const int minute[] = {0, 1, 119, 120, 150, 179, 180, 600, 1439};
	(void)fixture;
	for (size_t i = 0; i < ARRAY_LEN(minute); i++)
		assert_int_equal(wrong_days(act_when_next, minute[i]), 0);
	assert_true(wrong_days(next_of_a_day, 150) > 1000);
}

/* Asked at any moment: in the hour that comes twice it has been once. */
static void once_whenever_it_is_asked(void **fixture)
{
	act_when w = {ACT_DAILY, 0, 150};
	(void)fixture;
	for (int month = 3; month <= 10; month += 7) {
		int64_t from = wall(2026, month, 20, 0), to = from + 15 * DAY, runs = 0;
		int64_t due = act_when_next(w, from);
		for (int64_t now = from; now < to; now += 10 * MINUTE)
			if (now >= due) {
				runs++;
				due = act_when_next(w, now);
			}
		assert_int_equal(runs, 15);
	}
	/* The first of the two. */
	assert_int_equal(act_when_next(w, wall(2026, 10, 25, 0)),
			 INT64_C(1792888200000)); /* 2026-10-25T00:30Z */
}

static void a_short_month_has_a_last_day(void **fixture)
{
	act_when w = {ACT_MONTHLY, 31, 150};
	int64_t at = wall(2023, 1, 1, 0);
	(void)fixture;
	for (int n = 0; n < 12 * 8; n++) {
		static const int days[] = {31, 28, 31, 30, 31, 30,
					   31, 31, 30, 31, 30, 31};
		int year = 2023 + n / 12, month = n % 12, last = days[month];
		last += month == 1 && year % 4 == 0;
		at = act_when_next(w, at);
		struct tm t = clock_at(at);
		assert_int_equal(t.tm_year + 1900, year);
		assert_int_equal(t.tm_mon, month);
		assert_int_equal(t.tm_mday, last);
	}
	w.day = 29;
	assert_int_equal(act_when_next(w, wall(2024, 2, 1, 0)), wall(2024, 2, 29, 150));
	assert_int_equal(act_when_next(w, wall(2024, 2, 29, 150)),
			 wall(2024, 3, 29, 150));
	w = (act_when){ACT_EVERY, 0, 60};
	assert_int_equal(act_when_next(w, wall(2024, 2, 1, 30)), wall(2024, 2, 1, 60));
	assert_int_equal(act_when_next(w, wall(2024, 2, 1, 60)), wall(2024, 2, 1, 120));
}

/* ---- claiming ------------------------------------------------------------------------------------ */

static void plan(house *h, int64_t due)
{
	WORKS(store_job_plan(&h->c, S("sweep"), due));
}

static job_row *only(house *h)
{
	job_row *row;
	size_t n;
	WORKS(store_jobs(&h->c, &row, &n));
	assert_int_equal(n, 1);
	return row;
}

/* As the administrator's button does it. */
static void ask(house *h, const char *name)
{
	actor root = coordinator_of(h, LULEA);
	root.rights = model_role[ROLE_ADMINISTRATOR].rights;
	h->c.actor = &root;
	WORKS(act_job_soon(&h->c, str_from(name)));
	h->c.actor = NULL;
}

static void a_claim_holds_and_ends(void **fixture)
{
	house *h = *fixture;
	job_row first, second;
	plan(h, START + HOUR);
	first = *only(h);
	WORKS(store_job_claim(&h->c, &first, HOUR));
	assert_same(first.claim, ""); /* not due */
	h->c.now = START + HOUR;
	WORKS(store_job_claim(&h->c, &first, HOUR));
	assert_true(first.claim.n > 0);
	second = *only(h);
	WORKS(store_job_claim(&h->c, &second, HOUR));
	assert_same(second.claim, ""); /* another has it */
	h->c.now += HOUR / 2;
	WORKS(store_job_hold(&h->c, &first, HOUR));
	h->c.now += HOUR / 2 + 1;
	WORKS(store_job_claim(&h->c, &second, HOUR));
	assert_same(second.claim, "");
	/* Its process died, or slept: the next one has it, and it nothing more to say. */
	h->c.now += HOUR;
	WORKS(store_job_claim(&h->c, &second, HOUR));
	assert_true(second.claim.n > 0);
	FAILS(store_job_hold(&h->c, &first, HOUR), FAULT_CONFLICT, "fault.changed");
	FAILS(store_job_settle(&h->c, &first), FAULT_CONFLICT, "fault.changed");
	second.due = h->c.now + DAY;
	second.did = 3;
	WORKS(store_job_settle(&h->c, &second));
	first = *only(h);
	assert_int_equal(first.due, h->c.now + DAY);
	assert_int_equal(first.did, 3);
	assert_same(first.claim, "");
	/* Planned again it comes no later, and not while somebody has it. */
	plan(h, h->c.now + 2 * DAY);
	assert_int_equal(only(h)->due, h->c.now + DAY);
	plan(h, h->c.now + HOUR);
	assert_int_equal(only(h)->due, h->c.now + HOUR);
	ask(h, "sweep");
	assert_int_equal(only(h)->due, h->c.now);
	WORKS(store_job_forget(&h->c, S("sweep"), h->c.now - 1));
	assert_int_equal(only(h)->due, h->c.now);
}

/* Staff without the right see nothing of it. */
static void it_is_for_administrators(void **fixture)
{
	house *h = *fixture;
	job_row *row;
	size_t n;
	plan(h, START);
	actor karin = coordinator_of(h, LULEA);
	h->c.actor = &karin;
	FAILS(store_jobs(&h->c, &row, &n), FAULT_HIDDEN, "fault.hidden");
	FAILS(store_job_plan(&h->c, S("sweep"), START), FAULT_HIDDEN, "fault.hidden");
	FAILS(act_job_soon(&h->c, S("sweep")), FAULT_HIDDEN, "fault.hidden");
	h->c.actor = NULL;
}

/* ---- never twice: two handles on files, two processes on PostgreSQL -------------------------------- */

enum { RUNNERS = 3, RUNS = 60 };

typedef struct runner {
	house *h;
	int out;
} runner;

/* Each at the clock of the job itself, so that all want the same run at the same moment. */
static bool run_one(ctx *c, const runner *r, bool *over)
{
	job_row *row;
	size_t n;
	if (!store_jobs(c, &row, &n))
		return false;
	*over = row->due >= START + RUNS * HOUR && !row->claim.n;
	if (*over || row->claim.n)
		return true;
	int32_t which = (int32_t)((row->due - START) / HOUR);
	c->now = row->due;
	if (!store_job_claim(c, row, HOUR / 2))
		return false;
	if (!row->claim.n)
		return true;
	if (write(r->out, &which, sizeof which) != sizeof which)
		return false;
	row->due = START + (which + 1) * HOUR;
	return store_job_settle(c, row) || c->fault.kind == FAULT_CONFLICT;
}

static void *run_all(void *arg)
{
	const runner *r = arg;
	arena *mem = arena_new(0);
	ctx c;
	bool over = false;
	house_handle(r->h, &c, mem);
	while (!over) {
		c.fault = (fault){.kind = FAULT_NONE};
		if (!run_one(&c, r, &over) && c.fault.kind != FAULT_BUSY)
			break;
	}
	arena_free(mem);
	return NULL;
}

static void start_runners(house *h, runner *r, pthread_t *t, pid_t *child)
{
	for (int i = 0; i < RUNNERS; i++) {
		if (!on_pg()) {
			assert_int_equal(pthread_create(&t[i], NULL, run_all, r), 0);
			continue;
		}
		child[i] = fork();
		assert_true(child[i] >= 0);
		if (child[i] == 0) {
			house own = *h; /* connections of its own */
			house_enter(&own);
			run_all(&(runner){&own, r->out});
			_exit(0);
		}
	}
}

/* How often each run was run. */
static void compete(house *h, int count[RUNS])
{
	int pipes[2];
	pthread_t t[RUNNERS];
	pid_t child[RUNNERS];
	assert_int_equal(pipe(pipes), 0);
	runner r = {h, pipes[1]};
	start_runners(h, &r, t, child);
	for (int i = 0; i < RUNNERS; i++)
		if (on_pg())
			assert_int_equal(waitpid(child[i], NULL, 0), child[i]);
		else
			assert_int_equal(pthread_join(t[i], NULL), 0);
	close(pipes[1]);
	memset(count, 0, RUNS * sizeof *count);
	for (int32_t which; read(pipes[0], &which, sizeof which) == sizeof which;) {
		assert_in_range(which, 0, RUNS - 1);
		count[which]++;
	}
	close(pipes[0]);
}

static void each_run_is_ones(void **fixture)
{
	house *h = *fixture;
	int count[RUNS];
	plan(h, START);
	compete(h, count);
	for (int i = 0; i < RUNS; i++)
		assert_int_equal(count[i], 1);
}

/* ---- rounds ---------------------------------------------------------------------------------------- */

typedef struct world {
	house *h;
	act_keeping keeping;
	int64_t now;
	int failures;
	char backup[96];
} world;

static int64_t world_clock(void *self)
{
	return ((const world *)self)->now;
}

static void world_failed(void *self, const ctx *c, const char *name)
{
	world *w = self;
	(void)name;
	assert_non_null(c->fault.key);
	w->failures++;
}

static world new_world(house *h)
{
	return (world){.h = h,
		       .now = START,
		       .keeping = {.base = h->base,
				   .origin = S("https://kompis.test"),
				   .backup_keep = 2,
				   .clock = world_clock,
				   .failed = world_failed}};
}

static job_row round_at(world *w, int64_t now, const char *name)
{
	job_row *row, found = {.name = S("")};
	size_t n;
	house *h = w->h;
	w->now = now;
	w->keeping.self = w;
	act_jobs_round(&h->c, &w->keeping);
	WORKS(store_jobs(&h->c, &row, &n));
	for (size_t i = 0; i < n; i++)
		if (str_equal(row[i].name, str_from(name)))
			found = row[i];
	return found;
}

static void what_was_missed_is_done_once(void **fixture)
{
	world w = new_world(*fixture);
	job_row j = round_at(&w, START, "sweep");
	assert_int_equal(j.started, 0);
	assert_int_equal(j.due, act_when_next((act_when){ACT_EVERY, 0, 60}, START));
	j = round_at(&w, j.due, "sweep");
	assert_int_equal(j.started, w.now);
	assert_int_equal(j.due, w.now + HOUR);
	/* The machine stands still for some days. */
	j = round_at(&w, w.now + 5 * DAY + MINUTE, "sweep");
	assert_int_equal(j.started, w.now);
	assert_int_equal(j.due, w.now - MINUTE + HOUR);
	int64_t once = w.now;
	j = round_at(&w, w.now + MINUTE, "sweep");
	assert_int_equal(j.started, once);
	assert_same(j.fault, "");
	/* Another plan: from far away it comes nearer; a clock a second behind runs nothing again. */
	house *h = w.h;
	WORKS(store_write(&h->c, raw_work,
			  &(raw_job){.d = &h->c.store->main,
				     .text = SQL("UPDATE job SET due = due + "
						 "100000000000 WHERE name = 'sweep'")}));
	j = round_at(&w, w.now + 1000, "sweep");
	assert_true(j.due <= w.now + HOUR);
	int64_t due = j.due;
	j = round_at(&w, due + 500, "sweep");
	assert_int_equal(j.started, due + 500);
	int64_t next = j.due;
	j = round_at(&w, due - 500, "sweep");
	assert_int_equal(j.due, next);
}

/* Asked for before anybody planned it, as in the first second of a new installation: it is done. */
static void what_is_asked_for_is_done(void **fixture)
{
	house *h = *fixture;
	world w = new_world(h);
	h->c.now = START;
	ask(h, "checkins");
	job_row j = round_at(&w, START + 1, "checkins");
	assert_int_equal(j.started, w.now);
	assert_same(j.fault, "");
}

/* Nothing to do: nothing is written, and nobody has to wait for it. */
static void a_round_of_nothing_writes_nothing(void **fixture)
{
	house *h = *fixture;
	world w = new_world(h);
	(void)round_at(&w, START, "sweep");
	uint64_t before = store_generation(&h->c);
	for (int i = 1; i < 5; i++)
		(void)round_at(&w, START + i * 1000, "sweep");
	assert_int_equal(store_generation(&h->c), before);
}

static int64_t copies(const char *dir)
{
	arena *mem = arena_new(0);
	int64_t n = 0;
	for (int day = 0; day < 20; day++) {
		str date = date_format_iso(mem, date_local(START).day + day);
		str path = str_format(mem, "%s/kompis-%.*s.backup", dir, STR_ARG(date));
		n += access(str_terminated(mem, path), F_OK) == 0;
	}
	arena_free(mem);
	return n;
}

static void what_fails_stops_nothing_else(void **fixture)
{
	house *h = *fixture;
	world w = new_world(h);
	snprintf(w.backup, sizeof w.backup, "%s/copies", h->dir);
	w.keeping.backup = str_from(w.backup);
	job_row j = round_at(&w, START, "backup");
	w.now = j.due;
	int64_t wait = 1;
	for (int i = 0; i < 4; i++, wait *= 2) {
		j = round_at(&w, w.now, "backup");
		assert_int_equal(j.tries, i + 1);
		assert_int_equal(w.failures, i + 1);
		assert_same(j.fault, "store.cannot_write");
		assert_int_equal(j.due, w.now + wait * MINUTE);
		w.now = j.due;
	}
	j = round_at(&w, w.now + HOUR, "sweep");
	assert_int_equal(j.started, w.now);
	assert_int_equal(j.tries, 0);
	/* The doctor says so. */
	finding *f;
	size_t n, told = 0;
	h->c.now = w.now;
	WORKS(store_doctor(&h->c, h->base, &f, &n));
	for (size_t i = 0; i < n; i++)
		told += !strcmp(f[i].key, "doctor.jobs_failed");
	assert_int_equal(told, 1);
	/* There is a place for it now: done, and no more of them than wanted. */
	assert_int_equal(mkdir(w.backup, 0700), 0);
	for (int day = 0; day < 4; day++) {
		j = round_at(&w, w.now + DAY, "backup");
		assert_same(j.fault, "");
		assert_int_equal(j.tries, 0);
		assert_int_equal(j.did, 1);
		assert_int_equal(copies(w.backup), day < 2 ? day + 1 : 2);
	}
	/* Not set up any more: no run, and after a day nobody misses it. */
	w.keeping.backup = S("");
	int64_t last = j.started;
	j = round_at(&w, j.due, "backup");
	assert_int_equal(j.started, last);
	j = round_at(&w, j.due + 2 * DAY, "backup");
	assert_same(j.name, "");
}

/* Names like ours, and others. */
static void only_copies_of_ours_go(void **fixture)
{
	house *h = *fixture;
	char dir[96], other[128];
	snprintf(dir, sizeof dir, "%s/copies", h->dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	static const char *const name[] = {"kompis-2020-01-01.backup.old",
					   "kompis-then.backup", "letter-2020-01-01",
					   "kompis-2020-13-01.backup"};
	for (size_t i = 0; i < ARRAY_LEN(name); i++) {
		snprintf(other, sizeof other, "%s/%s", dir, name[i]);
		close(open(other, O_WRONLY | O_CREAT, 0600));
	}
	for (int day = 0; day < 3; day++, h->c.now += DAY)
		WORKS(store_backup_daily(&h->c, h->base, str_from(dir), 1));
	assert_int_equal(copies(dir), 1);
	for (size_t i = 0; i < ARRAY_LEN(name); i++) {
		snprintf(other, sizeof other, "%s/%s", dir, name[i]);
		assert_int_equal(access(other, F_OK), 0);
	}
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(once_each_day),
		cmocka_unit_test(once_whenever_it_is_asked),
		cmocka_unit_test(a_short_month_has_a_last_day),
		HOUSE_TEST(a_claim_holds_and_ends),
		HOUSE_TEST(it_is_for_administrators),
		HOUSE_TEST(each_run_is_ones),
		HOUSE_TEST(what_was_missed_is_done_once),
		HOUSE_TEST(what_is_asked_for_is_done),
		HOUSE_TEST(a_round_of_nothing_writes_nothing),
		HOUSE_TEST(what_fails_stops_nothing_else),
		HOUSE_TEST(only_copies_of_ours_go),
	};
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return cmocka_run_group_tests(test, NULL, NULL);
}
