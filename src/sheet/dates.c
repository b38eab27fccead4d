/* Dates as people write them. The day comes before the month; what is not certain is not decided. */
#include "sheet/sheet_priv.h"

enum { YEAR_FIRST = 1900, YEAR_LAST = 2100, TOKENS_MAX = 6 };

/* "den 3:e mars 2022 14:05" becomes 3 mars 2022. */
typedef struct token {
	int32_t value;  /* of digits, or the month's number */
	uint8_t digits; /* how many; 0 for a month's name */
	char before;    /* what separates it from the last token: ' ' '.' '/' '-' */
} token;

typedef struct tokens {
	token t[TOKENS_MAX];
	size_t n;
} tokens;

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

/* "2022-11-27 00:00:00" and "2022-11-27T08:15Z": the time of day says nothing here. */
static str without_clock(str s)
{
	for (size_t i = 10; i < s.n; i++) {
		bool clock = i + 3 < s.n && s.s[i + 1] >= '0' && s.s[i + 1] <= '2' &&
			     is_digit(s.s[i + 2]) && s.s[i + 3] == ':';
		if (clock && (s.s[i] == ' ' || s.s[i] == 't'))
			return str_slice(s, 0, i);
	}
	/* "9/7/2022 8:05" */
	ptrdiff_t colon = str_find(s, S(":"));
	if (colon >= 8 && is_digit(s.s[colon - 1])) {
		size_t i = (size_t)colon;
		while (i && is_digit(s.s[i - 1]))
			i--;
		if (i && s.s[i - 1] == ' ' && (size_t)colon - i <= 2)
			return str_trim(str_slice(s, 0, i));
	}
	return s;
}

static bool take_word(const words *w, str s, size_t *i, tokens *out, char before)
{
	size_t from = *i;
	while (*i < s.n && is_letter(s.s[*i]))
		++*i;
	str word = str_slice(s, from, *i);
	int64_t month;
	if (str_equal(word, S("den")) || str_equal(word, S("e")) ||
	    str_equal(word, S("of")))
		return true;
	if (!word_find(w, WORDS_MONTH, word, &month) || out->n == TOKENS_MAX)
		return false;
	out->t[out->n++] = (token){.value = (int32_t)month, .before = before};
	return true;
}

static bool take_number(str s, size_t *i, tokens *out, char before)
{
	token t = {.before = before};
	for (; *i < s.n && is_digit(s.s[*i]); ++*i) {
		if (++t.digits > 8)
			return false;
		t.value = t.value * 10 + (s.s[*i] - '0');
	}
	if (out->n == TOKENS_MAX)
		return false;
	out->t[out->n++] = t;
	return true;
}

/* False when the text has anything that belongs to no date. */
static bool tokenise(const words *w, str s, tokens *out)
{
	char before = ' ';
	*out = (tokens){0};
	for (size_t i = 0; i < s.n;) {
		char c = s.s[i];
		if (is_digit(c)) {
			if (!take_number(s, &i, out, before))
				return false;
			before = ' ';
		} else if (is_letter(c)) {
			if (!take_word(w, s, &i, out, before))
				return false;
			before = ' ';
		} else if (c == ' ' || c == '.' || c == '/' || c == '-' || c == ',' ||
			   c == ':') {
			before = c == ' ' || c == ',' || c == ':' ? before : c;
			i++;
		} else {
			return false;
		}
	}
	return out->n > 0;
}

static bool year_ok(int32_t y)
{
	return y >= YEAR_FIRST && y <= YEAR_LAST;
}

/* A two-digit year is the one nearest before the end of next year. */
static int32_t full_year(const words *w, const token *t)
{
	if (t->digits != 2)
		return t->value;
	int32_t this_year = date_from_day(w->today).year;
	int32_t year = this_year / 100 * 100 + t->value;
	return year > this_year + 1 ? year - 100 : year;
}

static void add_guess(date_reading *r, ymd d, bool month_only)
{
	bool ok = year_ok(d.year) &&
		  date_valid((ymd){d.year, d.month, month_only ? 1 : d.day});
	if (ok && r->guesses < ARRAY_LEN(r->guess))
		r->guess[r->guesses++] = (date_guess){
			{d.year, d.month, month_only ? 1 : d.day}, month_only};
}

static date_reading decided(ymd d, bool month_only)
{
	date_reading r = {0};
	add_guess(&r, d, month_only);
	r.verdict = r.guesses ? DATE_CERTAIN : DATE_IMPOSSIBLE;
	return r;
}

/* Day and month as they stand; when that is no date but the other way round is, say so without deciding. */
static date_reading day_first(int32_t day, int32_t month, int32_t year)
{
	date_reading r = decided((ymd){year, month, day}, false);
	if (r.verdict == DATE_IMPOSSIBLE)
		add_guess(&r, (ymd){year, day, month}, false);
	return r;
}

static date_reading one_number(const words *w, const token *t)
{
	enum {
		EXCEL_EPOCH = 25569,
		EXCEL_FIRST = 10959
	}; /* 1970-01-01, 1930-01-01 as Excel counts */
	int32_t v = t->value;
	if (t->digits == 8)
		return decided((ymd){v / 10000, v / 100 % 100, v % 100}, false);
	if (t->digits == 6) {
		token yy = {.value = v / 10000, .digits = 2};
		date_reading r =
			decided((ymd){full_year(w, &yy), v / 100 % 100, v % 100}, false);
		r.two_digit_year = true;
		return r;
	}
	if (t->digits == 5 && v >= EXCEL_FIRST)
		return decided(date_from_day(v - EXCEL_EPOCH), false);
	return (date_reading){.verdict = t->digits == 4 && year_ok(v) ? DATE_SEVERAL
								      : DATE_NOT};
}

static date_reading two_tokens(const words *w, const token *a, const token *b)
{
	if (!a->digits && (b->digits == 4 || (b->digits == 2 && b->value > 31)))
		return decided((ymd){full_year(w, b), a->value, 1}, true);
	if (!b->digits && a->digits == 4)
		return decided((ymd){a->value, b->value, 1}, true);
	if (a->digits == 4 && b->digits == 2)
		return decided((ymd){a->value, b->value, 1}, true);
	if (a->digits && a->digits <= 2 && b->digits == 4)
		return decided((ymd){b->value, a->value, 1}, true);
	/* A day without a year: this or the last one it may be. */
	date_reading r = {.verdict = DATE_SEVERAL};
	const token *month = a->digits ? b : a, *day = a->digits ? a : b;
	bool plain_pair = month->digits <= 2 && day->digits && day->digits <= 2;
	if (!plain_pair)
		return (date_reading){.verdict = DATE_NOT};
	int32_t year = date_from_day(w->today).year;
	add_guess(&r, (ymd){year, month->value, day->value}, false);
	add_guess(&r, (ymd){year - 1, month->value, day->value}, false);
	if (!a->digits && b->digits == 2)
		add_guess(&r, (ymd){full_year(w, b), a->value, 1}, true);
	if (!r.guesses)
		r.verdict = DATE_IMPOSSIBLE;
	return r;
}

/* "21-10-18": two ways of writing meet here, day first or year first. */
static date_reading either_order(const words *w, const token *t)
{
	date_reading r = {.two_digit_year = true};
	add_guess(&r, (ymd){full_year(w, &t[2]), t[1].value, t[0].value}, false);
	if (t[0].value != t[2].value)
		add_guess(&r, (ymd){full_year(w, &t[0]), t[1].value, t[2].value}, false);
	r.verdict = r.guesses == 0   ? DATE_IMPOSSIBLE
		    : r.guesses == 1 ? DATE_CERTAIN
				     : DATE_SEVERAL;
	return r;
}

static date_reading three_tokens(const words *w, const token *t)
{
	bool named = !t[1].digits;
	if (t[0].digits == 4 && (named || t[1].digits <= 2) && t[2].digits &&
	    t[2].digits <= 2)
		return decided((ymd){t[0].value, t[1].value, t[2].value}, false);
	bool year_last = t[2].digits == 4 || t[2].digits == 2;
	if (year_last && t[0].digits && t[0].digits <= 2 && (named || t[1].digits <= 2)) {
		date_reading r = day_first(t[0].value, t[1].value, full_year(w, &t[2]));
		r.two_digit_year = t[2].digits == 2;
		bool dashes = !named && t[0].digits == 2 && t[2].digits == 2 &&
			      t[1].before == '-';
		if (dashes)
			r = either_order(w, t);
		return r;
	}
	if (!t[0].digits && t[1].digits && t[1].digits <= 2 &&
	    t[2].digits == 4) /* September 9, 2021 */
		return decided((ymd){t[2].value, t[0].value, t[1].value}, false);
	return (date_reading){.verdict = DATE_NOT};
}

date_reading sheet_date(const words *w, str plain)
{
	tokens k;
	if (!tokenise(w, without_clock(plain), &k))
		return (date_reading){.verdict = DATE_NOT};
	switch (k.n) {
	case 1:
		return one_number(w, &k.t[0]);
	case 2:
		return two_tokens(w, &k.t[0], &k.t[1]);
	case 3:
		return three_tokens(w, k.t);
	default:
		return (date_reading){.verdict = DATE_NOT};
	}
}

static str sheet_date_format(arena *mem, date_guess g)
{
	if (g.month_only)
		return str_format(mem, "%04d-%02d", (int)g.date.year, (int)g.date.month);
	return date_format_iso(mem, date_to_day(g.date));
}

void cell_date(const words *w, arena *mem, const cell_in *in, answer *out)
{
	date_reading r = sheet_date(w, in->plain);
	if (r.verdict == DATE_CERTAIN) {
		out->value = sheet_date_format(mem, r.guess[0]);
		out->bits = (uint32_t)date_to_day(r.guess[0].date);
		out->bits |= r.guess[0].month_only ? DATE_MONTH_ONLY : 0;
		return;
	}
	answer_fail(out, r.verdict == DATE_SEVERAL      ? "sheet.ambiguous"
			 : r.verdict == DATE_IMPOSSIBLE ? "sheet.no_such_date"
							: "sheet.not_a_date");
	for (size_t i = 0; i < r.guesses; i++)
		answer_could_be(mem, out, sheet_date_format(mem, r.guess[i]));
}
