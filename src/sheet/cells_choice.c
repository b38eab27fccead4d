/* Cells that name one choice: side, gender, life situation, way to meet, level, occupation, consent. */
#include "sheet/sheet_priv.h"

static void set_choice(field_id f, int64_t number, answer *out)
{
	const choice *c = model_choice_get(f, (int)number);
	out->value = c ? c->label : S("");
	out->bits = (uint64_t)number;
}

/* The words of the field; true if that settles it, one way or the other. */
static bool by_word(const words *w, arena *mem, field_id f, str plain, answer *out)
{
	int64_t number;
	if (answer_maybe(w, mem, f, plain, out))
		return true;
	if (!word_find(w, (int)f, plain, &number))
		return false;
	set_choice(f, number, out);
	return true;
}

static void read_choice(const words *w, arena *mem, field_id f, const cell_in *in,
			answer *out)
{
	if (!by_word(w, mem, f, in->plain, out))
		answer_fail(out, "sheet.not_understood");
}

void cell_side(const words *w, arena *mem, const cell_in *in, answer *out)
{
	read_choice(w, mem, FIELD_SIDE, in, out);
}

void cell_gender(const words *w, arena *mem, const cell_in *in, answer *out)
{
	read_choice(w, mem, FIELD_GENDER, in, out);
}

void cell_meets(const words *w, arena *mem, const cell_in *in, answer *out)
{
	read_choice(w, mem, FIELD_MEETS, in, out);
}

void cell_channel(const words *w, arena *mem, const cell_in *in, answer *out)
{
	read_choice(w, mem, FIELD_CHANNEL, in, out);
}

void cell_occupation(const words *w, arena *mem, const cell_in *in, answer *out)
{
	read_choice(w, mem, FIELD_OCCUPATION, in, out);
}

void cell_consent(const words *w, arena *mem, const cell_in *in, answer *out)
{
	read_choice(w, mem, FIELD_CONSENT, in, out);
}

/* ---- life situation ------------------------------------------------------------------- */

/* "gift 3 barn", "ensamstående, 2 barn": the number is cut out, the rest is a word. 0 barn is "inga barn". */
static str without_count(arena *mem, str plain)
{
	buf b = {.mem = mem};
	for (size_t i = 0; i < plain.n; i++) {
		bool digit = plain.s[i] >= '0' && plain.s[i] <= '9';
		bool next_digit =
			i + 1 < plain.n && plain.s[i + 1] >= '0' && plain.s[i + 1] <= '9';
		bool after = b.n && b.s[b.n - 1] >= '0' && b.s[b.n - 1] <= '9';
		if (digit && plain.s[i] == '0' && !next_digit && !after)
			buf_add(&b, S("inga"));
		else if (digit && !next_digit)
			buf_add(&b, S("med"));
		else if (!digit && plain.s[i] != ',')
			buf_char(&b, plain.s[i]);
	}
	return sheet_plain(mem, buf_str(&b));
}

void cell_life(const words *w, arena *mem, const cell_in *in, answer *out)
{
	if (by_word(w, mem, FIELD_LIFE, in->plain, out))
		return;
	str text = without_count(mem, in->plain);
	if (!str_equal(text, in->plain) && by_word(w, mem, FIELD_LIFE, text, out))
		return;
	answer_fail(out, "sheet.not_understood");
}

/* ---- level: SFI study path and course, or CEFR ------------------------------------------ */

/* What is left of "studieväg 3 kurs d" or "sfi 3 D": letters and digits that matter. */
typedef struct level_marks {
	char mark[4];
	size_t n;
	bool sfi;   /* it was said to be SFI */
	bool other; /* something else stands there */
} level_marks;

static level_marks level_scan(str plain)
{
	static const char *const fillers[] = {"sfi",  "studievag", "studievag:", "spar",
					      "kurs", "niva",      "level",      "cefr"};
	level_marks m = {0};
	str rest = plain, part;
	while (str_cut(&rest, ' ', &part)) {
		bool filler = false;
		for (size_t i = 0; i < ARRAY_LEN(fillers); i++)
			if (str_equal(part, str_from(fillers[i]))) {
				filler = true;
				m.sfi |= i < 5;
			}
		for (size_t i = 0; !filler && i < part.n; i++) {
			if (m.n == ARRAY_LEN(m.mark)) {
				m.other = true;
				return m;
			}
			m.mark[m.n++] = part.s[i];
		}
	}
	return m;
}

static bool is_course(char c)
{
	return c >= 'a' && c <= 'd';
}

static bool try_code(const words *w, const char code[2], answer *out)
{
	int64_t number;
	if (!word_find(w, FIELD_LEVEL, (str){code, 2}, &number))
		return false;
	set_choice(FIELD_LEVEL, number, out);
	return true;
}

/* A course without a study path: certain only when one path has it. */
static void course_only(const words *w, arena *mem, char course, answer *out)
{
	answer found = {0};
	for (char path = '1'; path <= '3'; path++) {
		const char code[2] = {path, course};
		if (try_code(w, code, &found))
			answer_could_be(mem, out, found.value);
	}
	if (out->could_be_n == 1) {
		*out = found;
		return;
	}
	answer_fail(out, "sheet.ambiguous");
}

void cell_level(const words *w, arena *mem, const cell_in *in, answer *out)
{
	if (by_word(w, mem, FIELD_LEVEL, in->plain, out))
		return;
	level_marks m = level_scan(in->plain);
	bool pair = m.n == 2 && !m.other;
	bool path_first =
		pair && m.mark[0] >= '1' && m.mark[0] <= '3' && is_course(m.mark[1]);
	if (path_first || (pair && !m.sfi)) {
		if (try_code(w, m.mark, out))
			return;
	}
	if (pair && m.sfi && is_course(m.mark[0]) && m.mark[1] >= '1' &&
	    m.mark[1] <= '3') {
		/* "sfi c1": study path 1, or CEFR C1? */
		const char turned[2] = {m.mark[1], m.mark[0]};
		answer found = {0};
		answer_fail(out, "sheet.ambiguous");
		if (try_code(w, turned, &found))
			answer_could_be(mem, out, found.value);
		if (try_code(w, m.mark, &found))
			answer_could_be(mem, out, found.value);
		return;
	}
	if (m.n == 1 && is_course(m.mark[0])) {
		course_only(w, mem, m.mark[0], out);
		return;
	}
	if (m.n == 3 && is_course(m.mark[0]) && m.mark[1] == '/' &&
	    is_course(m.mark[2])) {
		answer second = {0};
		course_only(w, mem, m.mark[0], out);
		course_only(w, mem, m.mark[2], &second);
		answer_fail(out, "sheet.ambiguous");
		for (size_t i = 0; i < second.could_be_n; i++)
			answer_could_be(mem, out, second.could_be[i]);
		return;
	}
	answer_fail(out, "sheet.not_understood");
}
