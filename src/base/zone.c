/* Wall time in Sweden. */
#include "base/base.h"

enum {
	MARCH = 3,
	OCTOBER = 10,
	LAST = 31,
	WEEK = 7,
	MS_HOUR = 3600000,
	MS_DAY = 86400000
};

/* The last Sunday of a month of 31 days; 1970-01-01 was a Thursday. */
static int32_t last_sunday(int32_t year, int32_t month)
{
	enum { THURSDAY = 4 };
	int32_t day = date_to_day((ymd){year, month, LAST});
	return day - ((day + THURSDAY) % WEEK + WEEK) % WEEK;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Both changes are at 01:00 UTC. */
static int64_t offset_at(int64_t ms)
{
	int32_t year = date_from_day((int32_t)floor_div(ms, MS_DAY)).year;
	int64_t begins = (int64_t)last_sunday(year, MARCH) * MS_DAY + MS_HOUR;
	int64_t ends = (int64_t)last_sunday(year, OCTOBER) * MS_DAY + MS_HOUR;
	return ms >= begins && ms < ends ? INT64_C(2) * MS_HOUR : MS_HOUR;
}

local_time date_local(int64_t ms)
{
	int64_t wall = ms + offset_at(ms);
	int64_t day = floor_div(wall, MS_DAY);
	return (local_time){(int32_t)day, (int32_t)((wall - day * MS_DAY) / 60000)};
}

int64_t date_from_local(local_time t)
{
	int64_t wall = (int64_t)t.day * MS_DAY + (int64_t)t.minute * 60000;
	int64_t summer = wall - INT64_C(2) * MS_HOUR;
	return offset_at(summer) == INT64_C(2) * MS_HOUR ? summer : wall - MS_HOUR;
}
