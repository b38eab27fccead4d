/* Numbers of a workbook as text: dates by their number format (ECMA-376 part 1, 18.8.30). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sheet/sheet_priv.h"
#include "sheet/xlsx_priv.h"

date_style xlsx_builtin_style(long id)
{
	if (id == 16)
		return DATE_STYLE_NO_YEAR;
	if (id == 17)
		return DATE_STYLE_MONTH;
	bool day = id == 14 || id == 15 || id == 22 || (id >= 27 && id <= 36) ||
		   (id >= 50 && id <= 58);
	return day ? DATE_STYLE_DAY : DATE_STYLE_NONE;
}

/* Letters that show something: not those in "…", after \ or _ or *, or in [Red] and [$-41D]. */
date_style xlsx_format_style(str code)
{
	bool year = false, month = false, day = false;
	for (size_t i = 0; i < code.n; i++) {
		char c = code.s[i];
		if (c == '\\' || c == '_' || c == '*') {
			i++;
		} else if (c == '"' || c == '[') {
			char close = c == '"' ? '"' : ']';
			for (i++; i < code.n && code.s[i] != close;)
				i++;
		} else if (c == ';') {
			break; /* the parts for negative numbers and text */
		} else {
			year |= c == 'y' || c == 'Y' || c == 'e';
			month |= c == 'm' || c == 'M';
			day |= c == 'd' || c == 'D';
		}
	}
	if (str_starts(code, S("General")))
		return DATE_STYLE_NONE;
	if (year)
		return day || !month ? DATE_STYLE_DAY : DATE_STYLE_MONTH;
	return day && month ? DATE_STYLE_NO_YEAR : DATE_STYLE_NONE;
}

/* Day 60 of the 1900 system is 29 February 1900, which never was. */
static bool serial_to_day(double serial, bool from_1904, int32_t *day)
{
	enum { BEFORE_1970 = 25569, BETWEEN = 1462, MOST = 2958465 };
	if (!(serial >= 1 && serial <= MOST))
		return false;
	int32_t n = (int32_t)floor(serial) + (from_1904 ? BETWEEN : 0);
	*day = n - BEFORE_1970 + (n < 60 && !from_1904 ? 1 : 0);
	return true;
}

static str date_text(arena *mem, int32_t day, date_style style)
{
	static const char *const month[] = {"jan",  "feb", "mars", "april", "maj", "juni",
					    "juli", "aug", "sep",  "okt",   "nov", "dec"};
	ymd d = date_from_day(day);
	if (style == DATE_STYLE_MONTH)
		return str_format(mem, "%04d-%02d", (int)d.year, (int)d.month);
	if (style == DATE_STYLE_NO_YEAR)
		return str_format(mem, "%d %s", (int)d.day, month[d.month - 1]);
	return date_format_iso(mem, day);
}

str xlsx_number(arena *mem, str text, date_style style, bool from_1904)
{
	char *s = str_terminated(mem, text), *end;
	double v = strtod(s, &end);
	int32_t day;
	if (end == s || *end)
		return (str){s, text.n};
	if (style != DATE_STYLE_NONE && serial_to_day(v, from_1904, &day))
		return date_text(mem, day, style);
	if (v == floor(v) && fabs(v) < 1e15)
		return str_format(mem, "%.0f", v);
	return str_format(mem, "%.15g", v);
}
