/* Cells that stay text: numbers of persons, names, notes, households, who never to meet. */
#include <unicode/uchar.h>

#include "sheet/sheet_priv.h"

enum { NUMBER_MAX = INT32_MAX };

/* "12", "#12", "nr 12", "12." and Excel's "12.0". */
static bool person_number(str plain, int64_t *out)
{
	if (str_starts(plain, S("nr")))
		plain = str_trim(str_slice(plain, 2, plain.n));
	if (str_starts(plain, S(".")) || str_starts(plain, S("#")))
		plain = str_trim(str_slice(plain, 1, plain.n));
	if (str_ends(plain, S(".0")))
		plain.n -= 2;
	else if (str_ends(plain, S(".")))
		plain.n -= 1;
	return plain.n && plain.s[0] >= '0' && plain.s[0] <= '9' &&
	       str_to_int(plain, 1, NUMBER_MAX, out);
}

void cell_number(const words *w, arena *mem, const cell_in *in, answer *out)
{
	(void)w;
	int64_t n;
	if (!person_number(in->plain, &n)) {
		answer_fail(out, "sheet.not_understood");
		return;
	}
	out->value = str_format(mem, "%lld", (long long)n);
	out->bits = (uint64_t)n;
}

void cell_people(const words *w, arena *mem, const cell_in *in, answer *out)
{
	(void)w;
	buf list = {.mem = mem};
	str rest = in->text, part, piece;
	while (part_next(&rest, CUT_ALL, &part)) {
		str more = sheet_plain(mem, part);
		while (och_next(&more, &piece)) {
			int64_t n;
			if (!person_number(piece, &n)) {
				answer_fail(out, "sheet.not_a_number");
				return;
			}
			list_add(&list, str_format(mem, "%lld", (long long)n));
		}
	}
	out->value = buf_str(&list);
}

/* ---- names ---------------------------------------------------------------------- */

/* Whether all letters are capitals, or none is: then it says nothing about the name. */
static bool one_case(str s)
{
	bool upper = false, lower = false;
	for (size_t pos = 0; pos < s.n;) {
		int32_t p = utf8_next(s, &pos);
		upper |= p >= 0 && u_isupper(p);
		lower |= p >= 0 && u_islower(p);
	}
	return upper != lower;
}

/* "al-hassan" is Al-Hassan, "O'BRIEN" is O'Brien but "solov'iov" Solov'iov. */
static str with_capitals(arena *mem, str s)
{
	buf b = {.mem = mem};
	size_t letters = 0; /* of this part of the name so far */
	for (size_t pos = 0; pos < s.n;) {
		int32_t p = utf8_next(s, &pos);
		if (p < 0)
			continue;
		bool apostrophe = p == '\'' || p == 0x2019;
		if (u_isalpha(p) || u_charType(p) == U_NON_SPACING_MARK)
			utf8_put(&b, letters++ ? u_tolower(p) : u_totitle(p));
		else {
			utf8_put(&b, p);
			letters = apostrophe && letters > 1 ? letters : 0;
		}
	}
	return buf_str(&b);
}

void cell_name(const words *w, arena *mem, const cell_in *in, answer *out)
{
	(void)w;
	str name = sheet_clean(mem, in->text);
	out->value = one_case(name) ? with_capitals(mem, name) : name;
}

void cell_note(const words *w, arena *mem, const cell_in *in, answer *out)
{
	(void)w;
	out->value = sheet_clean_lines(mem, in->text);
}

void cell_group(const words *w, arena *mem, const cell_in *in, answer *out)
{
	(void)w;
	out->value = sheet_clean(mem, in->text);
}
