/*
 * when - days and times of day as a language writes them.
 *
 * The form of a date is a text of the language, so that a translator sees it. The calendar is
 * always Gregorian, also where a language is used with another (fa, prs).
 */
#include "view/view_priv.h"

/* arg[0..2] are day, month and year, as every key of a date takes them. */
static void date_parts(arena *a, const view_lang *l, int32_t day, str arg[3])
{
	ymd d = date_from_day(day);
	str month = str_format(a, "month.%d", (int)d.month);

	arg[0] = str_format(a, "%d", (int)d.day);
	arg[1] = view_say(a, l, str_terminated(a, month), NULL, 0);
	arg[2] = str_format(a, "%d", (int)d.year);
}

str view_date(arena *a, const view_lang *l, int32_t day)
{
	str arg[3];

	date_parts(a, l, day, arg);
	return view_say(a, l, "date.long", arg, 3);
}

str view_date_short(arena *a, const view_lang *l, int32_t day)
{
	str arg[3];

	date_parts(a, l, day, arg);
	return view_say(a, l, "date.short", arg, 2);
}

str view_month(arena *a, const view_lang *l, int32_t day)
{
	str arg[3];

	date_parts(a, l, day, arg);
	return view_say(a, l, "date.month", arg + 1, 2);
}

/* Day 0 was a Thursday; weekday.1 is Monday, as in ISO 8601. */
str view_weekday_date(arena *a, const view_lang *l, int32_t day)
{
	str arg[4];
	int weekday = (int)(((int64_t)day + 3) % 7);
	str key = str_format(a, "weekday.%d", (weekday + 7) % 7 + 1);

	date_parts(a, l, day, arg + 1);
	arg[0] = view_say(a, l, str_terminated(a, key), NULL, 0);
	return view_say(a, l, "date.weekday", arg, 4);
}

str view_time(arena *a, const view_lang *l, int64_t ms)
{
	int32_t minute = date_local(ms).minute;
	str arg[2];

	arg[0] = str_format(a, "%02d", minute / 60);
	arg[1] = str_format(a, "%02d", minute % 60);
	return view_say(a, l, "time.short", arg, 2);
}
