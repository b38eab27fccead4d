/* Years of an office in a test: wall time by the C library, and a machine that forgets what it missed. */
#ifndef YEARS_HELP_H
#define YEARS_HELP_H

#include "store_help.h"

#include <time.h>

#include "act/jobs.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define NEVER  INT64_MAX

static inline int64_t wall(int32_t day, int minute)
{
	ymd d = date_from_day(day);
	struct tm t = {.tm_year = d.year - 1900,
		       .tm_mon = d.month - 1,
		       .tm_mday = d.day,
		       .tm_min = minute,
		       .tm_isdst = -1};
	return (int64_t)mktime(&t) * 1000;
}

static inline int32_t wall_day(int64_t at)
{
	struct tm t;
	time_t s = (time_t)(at / 1000);
	localtime_r(&s, &t);
	return date_to_day((ymd){t.tm_year + 1900, t.tm_mon + 1, t.tm_mday});
}

/* Whether between two rounds the clock showed this minute of a day (of that day of a month). */
static inline bool struck(int64_t from, int64_t to, int minute, int day_of_month)
{
	for (int32_t day = wall_day(from); day <= wall_day(to); day++) {
		int64_t at = wall(day, minute);
		if ((!day_of_month || date_from_day(day).day == day_of_month) &&
		    at > from && at <= to)
			return true;
	}
	return false;
}

/* The twin: a machine that was off when its time came waits for the next one. `arg` is now. */
static inline bool forget_missed(ctx *c, void *arg)
{
	const int64_t now = *(const int64_t *)arg;
	for (size_t i = 0; i < act_job_count; i++) {
		query q;
		if (!db_query(
			    c,
			    SQL("UPDATE job SET due = $2 WHERE name = $1 AND due <= $3"),
			    &q))
			return false;
		bind_text(&q, 1, str_from(act_jobs[i].name));
		bind_int(&q, 2, act_when_next(act_jobs[i].when, now));
		bind_int(&q, 3, now - HOUR);
		if (!db_run(&q, NULL))
			return false;
	}
	return true;
}

/* In memory where there is room: years commit some ten thousand times. */
static inline house *years_house(void **fixture)
{
	bool room = access("/dev/shm", W_OK) == 0;
	assert_int_equal(house_setup_in(fixture, room ? "/dev/shm" : P_tmpdir), 0);
	return *fixture;
}

#endif
