/* Cells that hold a quantity: birth year, children's ages, distance, how many. */
#include "sheet/sheet_priv.h"

enum { ADULT = 18, OLDEST = 110, CHILD_OLDEST = 40, KM_MAX = 2000, COUNT_MAX = 20 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits at the start; how many there were, 0 for none or more than nine. */
static size_t cut_number(str *s, int32_t *out)
{
	size_t n = 0;
	*out = 0;
	while (n < s->n && is_digit(s->s[n])) {
		if (n == 9)
			return 0;
		*out = *out * 10 + (s->s[n++] - '0');
	}
	*s = str_trim(str_slice(*s, n, s->n));
	return n;
}

static bool is_one_of(str s, const char *const *word, size_t words_n)
{
	for (size_t i = 0; i < words_n; i++)
		if (str_equal(s, str_from(word[i])))
			return true;
	return false;
}

static str cut_prefix(str s, const char *const *prefix, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		str word = str_from(prefix[i]);
		if (str_starts(s, word))
			return str_trim(str_slice(s, word.n, s.n));
	}
	return s;
}

static bool is_years(str s)
{
	static const char *const word[] = {"ar",        "ar gammal", "ar.", "years",
					   "years old", "year",      "y"};
	return is_one_of(s, word, ARRAY_LEN(word));
}

static str cut_born(str s)
{
	static const char *const prefix[] = {"fodd ", "f.", "f ", "born "};
	return cut_prefix(s, prefix, ARRAY_LEN(prefix));
}

static str year_text(arena *mem, int32_t year)
{
	return str_format(mem, "%d", (int)year);
}

/* ---- birth year --------------------------------------------------------------------- */

static bool plausible(int32_t born, int32_t year)
{
	return born >= 1900 && year - born >= 0 && year - born <= OLDEST;
}

static void set_year(const words *w, arena *mem, int32_t year, answer *out)
{
	if (!plausible(year, date_from_day(w->today).year)) {
		answer_fail(out, "sheet.no_such_year");
		return;
	}
	out->value = year_text(mem, year);
	out->bits = (uint64_t)year;
}

static void could_be_year(const words *w, arena *mem, int32_t year, answer *out)
{
	int32_t now = date_from_day(w->today).year;
	if (plausible(year, now) && now - year >= ADULT)
		answer_could_be(mem, out, year_text(mem, year));
}

/* Personal identity numbers say the year; no more of them is kept. YYYYMMDD-NNNN, YYMMDD-NNNN, + from 100 years. */
static bool by_identity_number(const words *w, str s, int32_t *year)
{
	char d[12];
	size_t n = 0, dashes = 0;
	bool plus = false;
	for (size_t i = 0; i < s.n; i++) {
		bool sign = (s.s[i] == '-' || s.s[i] == '+') && i + 5 == s.n;
		if (is_digit(s.s[i]) && n < sizeof d)
			d[n++] = s.s[i];
		else if (sign)
			dashes++;
		else
			return false;
		plus |= s.s[i] == '+';
	}
	if (n != 10 && n != 12)
		return false;
	const char *p = d + (n - 10);
	int32_t two = (p[0] - '0') * 10 + (p[1] - '0'),
		month = (p[2] - '0') * 10 + (p[3] - '0');
	int32_t day = (p[4] - '0') * 10 + (p[5] - '0');
	int32_t now = date_from_day(w->today).year;
	if (n == 12)
		*year = (d[0] - '0') * 1000 + (d[1] - '0') * 100 + two;
	else
		for (*year = now / 100 * 100 + two; *year > now - (plus ? 100 : 0);)
			*year -= 100;
	/* A coordination number has 60 added to the day. */
	return dashes <= 1 && date_valid((ymd){*year, month, day > 60 ? day - 60 : day});
}

/* An age, counted from the year the person registered. */
static void by_age(const words *w, arena *mem, int32_t age, const cell_in *in,
		   answer *out)
{
	if (in->year)
		set_year(w, mem, in->year - age, out);
	else
		answer_fail(out, "sheet.age_when");
}

static void bare_number(const words *w, arena *mem, int32_t n, const cell_in *in,
			answer *out)
{
	if (in->ages) {
		by_age(w, mem, n, in, out);
		return;
	}
	answer_fail(out, "sheet.ambiguous");
	could_be_year(w, mem, 1900 + n, out);
	could_be_year(w, mem, 2000 + n, out);
	if (in->year)
		could_be_year(w, mem, in->year - n, out);
}

/* A whole date; one with two digits for the year is certain only if one century fits. */
static void by_date(const words *w, arena *mem, str plain, answer *out)
{
	date_reading r = sheet_date(w, plain);
	if (r.verdict != DATE_CERTAIN) {
		answer_fail(out, r.verdict == DATE_IMPOSSIBLE ? "sheet.no_such_date"
							      : "sheet.not_a_year");
		return;
	}
	int32_t year = r.guess[0].date.year, now = date_from_day(w->today).year;
	if (!r.two_digit_year) {
		set_year(w, mem, year, out);
		return;
	}
	int32_t early = 1900 + year % 100, late = early + 100;
	bool both = plausible(early, now) && plausible(late, now);
	if (!both) {
		set_year(w, mem, plausible(early, now) ? early : late, out);
		return;
	}
	answer_fail(out, "sheet.ambiguous");
	answer_could_be(mem, out, year_text(mem, early));
	answer_could_be(mem, out, year_text(mem, late));
}

void cell_birth_year(const words *w, arena *mem, const cell_in *in, answer *out)
{
	int32_t n, year;
	str s = cut_born(in->plain), rest = s;
	if (in->ages)
		s = rest = str_ends(s, S(".0")) ? str_slice(s, 0, s.n - 2) : s;
	size_t digits = cut_number(&rest, &n);
	if (digits == 4 && !rest.n)
		set_year(w, mem, n, out);
	else if (digits && digits <= 3 && is_years(rest))
		by_age(w, mem, n, in, out);
	else if (!rest.n && (digits == 2 || (digits && in->ages)))
		bare_number(w, mem, n, in, out);
	else if (by_identity_number(w, s, &year))
		set_year(w, mem, year, out);
	else
		by_date(w, mem, s, out);
}

/* ---- children --------------------------------------------------------------------------- */

/* One child: "8", "8 år", "8 mån", "2014", "f. 2014". False if not certain. */
static bool child_age(str s, int32_t year, int32_t *age)
{
	static const char *const months[] = {"man",   "manader", "man.",
					     "manad", "months",  "month"};
	int32_t n;
	s = cut_born(s);
	if (str_equal(s, S("nyfodd"))) {
		*age = 0;
		return true;
	}
	size_t digits = cut_number(&s, &n);
	if (digits == 4 && !s.n)
		*age = year - n;
	else if (digits && digits <= 2 && is_one_of(s, months, ARRAY_LEN(months)))
		*age = n / 12;
	else if (digits && digits <= 2 && (!s.n || is_years(s)))
		*age = n;
	else
		return false;
	return *age >= 0 && *age <= CHILD_OLDEST && year - *age >= CHILD_YEAR_0 &&
	       year - *age < CHILD_YEAR_0 + 64;
}

/* "2 barn" says how many, not how old. */
static bool is_child_count(str s)
{
	int32_t n;
	bool number = cut_number(&s, &n) || str_starts(s, S("ett ")) ||
		      str_starts(s, S("tva "));
	return number && (str_equal(s, S("barn")) || str_ends(s, S(" barn")) ||
			  str_equal(s, S("st")) || str_equal(s, S("child")) ||
			  str_equal(s, S("children")));
}

typedef struct children {
	arena *mem;
	int32_t year;
	buf ages;
	uint64_t mask;
} children;

static bool add_child(children *c, str s)
{
	int32_t age;
	if (!child_age(s, c->year, &age))
		return false;
	list_add(&c->ages, str_format(c->mem, "%d", (int)age));
	c->mask |= UINT64_C(1) << (c->year - age - CHILD_YEAR_0);
	return true;
}

/* A part: one child, or several with spaces or "och" between bare numbers. */
static bool add_children(children *c, str s)
{
	children before = *c;
	size_t kept = c->ages.n;
	if (add_child(c, s))
		return true;
	str part, word;
	while (och_next(&s, &part)) {
		if (add_child(c, part))
			continue;
		while (str_cut(&part, ' ', &word))
			if (!add_child(c, word)) {
				c->mask = before.mask;
				c->ages.n = kept;
				return false;
			}
	}
	return true;
}

void cell_children(const words *w, arena *mem, const cell_in *in, answer *out)
{
	static const char *const none[] = {"inga", "inga barn", "0 barn",
					   "nej",  "none",      "no children"};
	(void)w;
	if (is_one_of(in->plain, none, ARRAY_LEN(none)))
		return;
	if (!in->year) {
		answer_fail(out, "sheet.age_when");
		return;
	}
	children c = {.mem = mem, .year = in->year, .ages = {.mem = mem}};
	str rest = in->text, part;
	/* All or nothing: half a list of children would be a wrong answer. */
	while (part_next(&rest, CUT_ALL & ~(unsigned)CUT_DASH, &part)) {
		str plain = sheet_plain(mem, part);
		if (add_children(&c, plain))
			continue;
		answer_fail(out, is_child_count(plain) ? "sheet.how_old"
						       : "sheet.not_understood");
		return;
	}
	out->value = buf_str(&c.ages);
	out->bits = c.mask;
	if (!out->value.n)
		answer_fail(out, "sheet.not_understood");
}

/* ---- distance ----------------------------------------------------------------------------- */

/* "2,5 mil" in tenths of a kilometre; false on anything else. */
static bool tenths_of_km(str *s, int64_t *out)
{
	int32_t whole, part = 0;
	size_t digits = cut_number(s, &whole);
	if (!digits || digits > 5)
		return false;
	if (s->n > 1 && (s->s[0] == ',' || s->s[0] == '.') && is_digit(s->s[1])) {
		part = s->s[1] - '0';
		*s = str_slice(*s, 2, s->n);
		while (s->n && is_digit(s->s[0]))
			*s = str_slice(*s, 1, s->n);
		*s = str_trim(*s);
	}
	*out = (int64_t)whole * 10 + part;
	return true;
}

static bool km_of(str s, int64_t *km)
{
	static const char *const prefix[] = {"max ",      "max. ", "hogst ",
					     "upp till ", "inom ", "up to "};
	static const char *const kilometres[] = {"", "km", "km.", "kilometer",
						 "kilometers"};
	int64_t tenths;
	s = cut_prefix(s, prefix, ARRAY_LEN(prefix));
	if (!tenths_of_km(&s, &tenths))
		return false;
	if (str_equal(s, S("mil")))
		tenths *= 10;
	else if (!is_one_of(s, kilometres, ARRAY_LEN(kilometres)))
		return false;
	*km = tenths / 10;
	return *km >= 1 && *km <= KM_MAX;
}

/* "20-30 km": both ends, with the unit of the last. */
static void could_be_ends(arena *mem, str plain, bool km, answer *out)
{
	ptrdiff_t dash = str_find(plain, S("-"));
	if (dash < 1)
		return;
	str first = str_trim(str_slice(plain, 0, (size_t)dash));
	str last = str_trim(str_slice(plain, (size_t)dash + 1, plain.n));
	bool mil = str_ends(last, S("mil")) && !str_ends(first, S("mil"));
	int64_t a, b;
	if (mil)
		first = str_format(mem, "%.*s mil", STR_ARG(first));
	bool ok = km ? km_of(first, &a) && km_of(last, &b)
		     : str_to_int(first, 1, COUNT_MAX, &a) &&
				  str_to_int(last, 1, COUNT_MAX, &b);
	if (!ok)
		return;
	answer_could_be(mem, out, str_format(mem, "%lld", (long long)a));
	answer_could_be(mem, out, str_format(mem, "%lld", (long long)b));
	out->key = "sheet.ambiguous";
}

void cell_distance(const words *w, arena *mem, const cell_in *in, answer *out)
{
	int64_t km;
	if (word_find(w, FIELD_MAX_KM, in->plain, &km))
		return; /* no limit: the same as not said */
	if (!km_of(in->plain, &km)) {
		answer_fail(out, "sheet.not_a_distance");
		could_be_ends(mem, in->plain, true, out);
		return;
	}
	out->value = str_format(mem, "%lld", (long long)km);
	out->bits = (uint64_t)km;
}

/* ---- how many -------------------------------------------------------------------------------- */

void cell_count(const words *w, arena *mem, const cell_in *in, answer *out)
{
	static const char *const noun[] = {"",         "st",     "st.",      "person",
					   "personer", "kompis", "kompisar", "buddy",
					   "buddies",  ".0"};
	int64_t n;
	int32_t number;
	str rest = in->plain;
	size_t digits = cut_number(&rest, &number);
	bool counted = digits && is_one_of(rest, noun, ARRAY_LEN(noun));
	if (counted)
		n = number;
	else {
		rest = in->plain;
		ptrdiff_t space = str_find(rest, S(" "));
		str word = space < 0 ? rest : str_slice(rest, 0, (size_t)space);
		str after =
			space < 0 ? S("") : str_slice(rest, (size_t)space + 1, rest.n);
		counted = word_find(w, FIELD_CAPACITY, word, &n) &&
			  is_one_of(after, noun, ARRAY_LEN(noun));
	}
	if (!counted || n < 1 || n > COUNT_MAX) {
		answer_fail(out, "sheet.not_a_count");
		could_be_ends(mem, in->plain, false, out);
		return;
	}
	out->value = str_format(mem, "%lld", (long long)n);
	out->bits = (uint64_t)n;
}
