/* Telephone (ITU-T E.164, Swedish numbering plan), e-mail, postcode. Repaired only where that is certain. */
#include <string.h>
#include <unicode/uchar.h>

#include "sheet/sheet_priv.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* ---- telephone ------------------------------------------------------------------- */

enum { PHONE_DIGITS = 16 };

typedef struct phone {
	char digit[PHONE_DIGITS];
	size_t n;
	bool plus;
} phone;

/* Words beside a number that change nothing. */
static bool is_phone_word(str word)
{
	static const char *const known[] = {"sms", "mobil",   "mob",
					    "hem", "jobb",    "arbete",
					    "tel", "telefon", "whatsapp"};
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_equal(word, str_from(known[i])))
			return true;
	return false;
}

/* Digits of "+46(0)70-174 06 36 (sms)"; false when something else stands there. */
static bool phone_scan(str s, phone *out)
{
	*out = (phone){0};
	for (size_t i = 0; i < s.n;) {
		char c = s.s[i];
		if (str_starts(str_slice(s, i, s.n), S("(0)")) && out->n) {
			i += 3;
			continue;
		}
		if (c >= 'a' && c <= 'z') {
			size_t from = i;
			while (i < s.n && s.s[i] >= 'a' && s.s[i] <= 'z')
				i++;
			if (!is_phone_word(str_slice(s, from, i)))
				return false;
			continue;
		}
		if (is_digit(c)) {
			if (out->n == PHONE_DIGITS)
				return false;
			out->digit[out->n++] = c;
		} else if (c == '+') {
			if (out->n || out->plus)
				return false;
			out->plus = true;
		} else if (!strchr(" -./():", c)) {
			return false;
		}
		i++;
	}
	return out->n > 0;
}

/* A Swedish number without its leading 0: seven to nine digits, mobiles nine. */
static bool is_national(str n)
{
	return n.n >= 7 && n.n <= 9 && n.s[0] != '0' && (n.s[0] != '7' || n.n == 9);
}

static bool swedish(arena *mem, str national, str *out)
{
	*out = str_format(mem, "+46%.*s", STR_ARG(national));
	return is_national(national);
}

static bool international(arena *mem, str digits, str *out)
{
	if (str_starts(digits, S("46"))) {
		str national = str_slice(digits, 2, digits.n);
		return swedish(mem,
			       str_starts(national, S("0"))
				       ? str_slice(national, 1, national.n)
				       : national,
			       out);
	}
	*out = str_format(mem, "+%.*s", STR_ARG(digits));
	return digits.n >= 8 && digits.n <= 15 && digits.s[0] != '0';
}

/* True when certain. Else *out is what it may be, or empty. */
static bool phone_one(arena *mem, str s, str *out)
{
	phone p;
	*out = S("");
	if (!phone_scan(s, &p))
		return false;
	str d = str_copy(mem, (str){p.digit, p.n});
	bool ok;
	if (p.plus)
		ok = international(mem, d, out);
	else if (str_starts(d, S("00")))
		ok = international(mem, str_slice(d, 2, d.n), out);
	else if (str_starts(d, S("0")))
		ok = swedish(mem, str_slice(d, 1, d.n), out);
	else if (d.n == 9) /* a spreadsheet has dropped the first 0 */
		ok = swedish(mem, d, out);
	else if (d.n == 11 && str_starts(d, S("46")))
		ok = international(mem, d, out);
	else {
		if (!(d.n == 8 && swedish(mem, d, out)))
			*out = S("");
		return false;
	}
	if (!ok)
		*out = S("");
	return ok;
}

void cell_phone(const words *w, arena *mem, const cell_in *in, answer *out)
{
	(void)w;
	str maybe, rest = in->plain, part;
	if (phone_one(mem, in->plain, &maybe)) {
		out->value = maybe;
		return;
	}
	answer_fail(out, "sheet.not_a_phone");
	if (maybe.n)
		answer_could_be(mem, out, maybe);
	size_t whole = 0;
	while (part_next(
		&rest, CUT_COMMA | CUT_SEMICOLON | CUT_SLASH | CUT_LINE | CUT_AND, &part))
		if (phone_one(mem, part, &maybe)) {
			answer_could_be(mem, out, maybe);
			whole++;
		}
	if (whole > 1)
		out->key = "sheet.ambiguous";
	if (whole > 1 && out->could_be_n == 1) {
		out->value = out->could_be[0]; /* the same number twice */
		out->key = NULL;
	}
}

/* ---- e-mail: RFC 5321 addresses as people have them, no quoted local parts ------------ */

static bool replace_at(buf *b, str s, size_t *i)
{
	static const char *const spelt[] = {"(at)", "[at]", " at ", "(a)"};
	for (size_t k = 0; k < ARRAY_LEN(spelt); k++) {
		str word = str_from(spelt[k]);
		if (!str_starts(str_slice(s, *i, s.n), word))
			continue;
		buf_char(b, '@');
		*i += word.n;
		return true;
	}
	return false;
}

/* Small letters, "@" for its spellings, no space around it, nothing of a mail program around the address. */
static str email_tidy(arena *mem, str s)
{
	ptrdiff_t open = str_find(s, S("<"));
	if (open >= 0 && str_ends(s, S(">")))
		s = str_trim(str_slice(s, (size_t)open + 1, s.n - 1));
	if (str_starts(s, S("mailto:")))
		s = str_slice(s, 7, s.n);
	while (s.n && strchr(";,.", s.s[s.n - 1]))
		s = str_trim(str_slice(s, 0, s.n - 1));
	buf b = {.mem = mem};
	for (size_t i = 0; i < s.n;) {
		if (replace_at(&b, s, &i))
			continue;
		bool before = s.s[i] == ' ' && i + 1 < s.n &&
			      (s.s[i + 1] == '@' || s.s[i + 1] == '(');
		bool after = s.s[i] == ' ' && b.n && b.s[b.n - 1] == '@';
		if (!before && !after)
			buf_char(&b, s.s[i]);
		i++;
	}
	return buf_str(&b);
}

static bool is_atom(str s, const char *also)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.s[i];
		bool alnum = c >= 0x80 || (c >= 'a' && c <= 'z') || is_digit((char)c);
		bool dot = c == '.' && i && i + 1 < s.n && s.s[i - 1] != '.';
		if (!alnum && !dot && (c == '.' || !strchr(also, c)))
			return false;
	}
	return s.n > 0;
}

static bool is_email(str s)
{
	ptrdiff_t at = str_find(s, S("@"));
	if (at < 1 || s.n > 254)
		return false;
	str local = str_slice(s, 0, (size_t)at),
	    domain = str_slice(s, (size_t)at + 1, s.n);
	size_t dot = domain.n;
	while (dot && domain.s[dot - 1] != '.')
		dot--;
	bool top = dot && domain.n - dot >= 2;
	for (size_t i = dot; i < domain.n; i++)
		top &= !is_digit(domain.s[i]);
	return local.n <= 64 && top && is_atom(local, "!#$%&'*+/=?^_`{|}~-") &&
	       is_atom(domain, "-");
}

void cell_email(const words *w, arena *mem, const cell_in *in, answer *out)
{
	(void)w;
	str s = email_tidy(mem, utf8_fold(mem, in->text));
	if (is_email(s)) {
		out->value = s;
		return;
	}
	answer_fail(out, "sheet.not_an_email");
	char *dots = str_terminated(mem, s);
	for (char *c = dots; *c; c++)
		if (*c == ',')
			*c = '.';
	str repaired = {dots, s.n};
	if (is_email(repaired)) {
		answer_could_be(mem, out, repaired);
		return;
	}
	str rest = s, part;
	while (part_next(&rest, CUT_COMMA | CUT_SEMICOLON | CUT_SLASH | CUT_LINE, &part))
		if (is_email(part))
			answer_could_be(mem, out, part);
	if (out->could_be_n > 1)
		out->key = "sheet.ambiguous";
}

/* ---- postcode: five digits, the first not 0 --------------------------------------------- */

void cell_postcode(const words *w, arena *mem, const cell_in *in, answer *out)
{
	(void)w;
	str s = in->plain;
	if (str_starts(s, S("se-")) || str_starts(s, S("s-")))
		s = str_slice(s, s.s[1] == 'e' ? 3 : 2, s.n);
	char d[7];
	size_t n = 0;
	bool other = false;
	for (size_t i = 0; i < s.n; i++) {
		if (is_digit(s.s[i]) && n < sizeof d)
			d[n++] = s.s[i];
		else
			other |= s.s[i] != ' ' || is_digit(s.s[i]);
	}
	if (!other && n == 5 && d[0] != '0') {
		out->value = str_format(mem, "%.3s %.2s", d, d + 3);
		return;
	}
	answer_fail(out, "sheet.not_a_postcode");
	/* One digit too many: which of them? */
	for (size_t drop = 0; !other && n == 6 && drop < n; drop++) {
		char five[5];
		for (size_t i = 0, k = 0; i < n; i++)
			if (i != drop)
				five[k++] = d[i];
		if (five[0] != '0')
			answer_could_be(mem, out,
					str_format(mem, "%.3s %.2s", five, five + 3));
	}
	if (out->could_be_n)
		out->key = "sheet.ambiguous";
}
