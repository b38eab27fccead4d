/*
 * when - days and times of day as a language writes them.
 *
 * The form of a date is a text of the language, so that a translator sees it; which hour it
 * is in a time zone is ICU's knowledge (IANA tz data). The calendar is always Gregorian,
 * also where ICU would choose another for the language (fa, prs).
 */
#include "view/view_priv.h"

#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

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

bool view_wall(int64_t ms, const char *zone, int32_t *day, int *minute)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar name[64], known[64];
	UCalendar *calendar;
	ymd d = {.year = 1970, .month = 1, .day = 1};

	if (strlen(zone) >= ARRAY_LEN(name))
		return false;
	u_charsToUChars(zone, name, (int32_t)strlen(zone) + 1);
	/* ucal_open would take GMT for a zone it does not know. */
	ucal_getCanonicalTimeZoneID(name, -1, known, (int32_t)ARRAY_LEN(known), NULL,
				    &status);
	if (U_FAILURE(status))
		return false;
	calendar = ucal_open(name, -1, "en_US", UCAL_GREGORIAN, &status);
	if (U_FAILURE(status))
		return false;
	ucal_setMillis(calendar, (UDate)ms, &status);
	d.year = ucal_get(calendar, UCAL_EXTENDED_YEAR, &status);
	d.month = ucal_get(calendar, UCAL_MONTH, &status) + 1;
	d.day = ucal_get(calendar, UCAL_DATE, &status);
	*minute = 60 * ucal_get(calendar, UCAL_HOUR_OF_DAY, &status) +
		  ucal_get(calendar, UCAL_MINUTE, &status);
	*day = date_to_day(d);
	ucal_close(calendar);
	return U_SUCCESS(status);
}

str view_time(arena *a, const view_lang *l, int64_t ms, const char *zone)
{
	int32_t day = 0;
	int minute = 0;
	bool known = view_wall(ms, zone, &day, &minute);
	str arg[2];

	assert(known && "a time zone ICU does not know");
	if (!known)
		return S("?");
	arg[0] = str_format(a, "%02d", minute / 60);
	arg[1] = str_format(a, "%02d", minute % 60);
	return view_say(a, l, "time.short", arg, 2);
}
