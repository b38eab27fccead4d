/* When timed work is due: wall time, once a day whatever the clock does. */
#include "act/jobs.h"

enum { MINUTE_MS = 60000, DECEMBER = 12, LONGEST_MONTH = 31 };

/* As a day number. */
static int32_t day_of_month(int32_t year, int32_t month, int32_t day)
{
	while (!date_valid((ymd){year, month, day}))
		day--;
	return date_to_day((ymd){year, month, day});
}

static int64_t monthly(act_when w, int64_t after)
{
	ymd d = date_from_day(date_local(after).day);
	assert(w.day >= 1 && w.day <= LONGEST_MONTH);
	for (;;) {
		int64_t at = date_from_local(
			(local_time){day_of_month(d.year, d.month, w.day), w.minute});
		if (at > after)
			return at;
		d.year += d.month == DECEMBER;
		d.month = d.month == DECEMBER ? 1 : d.month + 1;
	}
}

static int64_t daily(act_when w, int64_t after)
{
	local_time t = {date_local(after).day, w.minute};
	int64_t at = date_from_local(t);
	while (at <= after) {
		t.day++;
		at = date_from_local(t);
	}
	return at;
}

int64_t act_when_next(act_when w, int64_t after)
{
	int64_t step = (int64_t)w.minute * MINUTE_MS;
	switch (w.rhythm) {
	case ACT_DAILY:
		return daily(w, after);
	case ACT_MONTHLY:
		return monthly(w, after);
	case ACT_EVERY:
		break;
	}
	/* Ours is whole hours from UTC: a full hour here is one there. */
	return (after / step + 1) * step;
}
