/* Municipality and locality: 290 names with every spelling that can only be one of them. */
#include "sheet/sheet_priv.h"

enum { SLIP_LENGTH = 6, SWAP_LENGTH = 5 };

static void set_municipality(uint16_t code, answer *out)
{
	const municipality *m = model_municipality_get(code);
	out->value = m->name;
	out->bits = code;
}

/* By its own name with or without accents, or by an alias. */
static uint16_t by_name(const words *w, arena *mem, str text)
{
	int64_t code;
	if (!word_find(w, FIELD_MUNICIPALITY, sheet_plain(mem, text), &code))
		return 0;
	if (code == WORD_SEVERAL &&
	    !word_find(w, WORDS_COMMUNE, utf8_fold(mem, text), &code))
		return 0;
	return (uint16_t)code;
}

static uint16_t by_code(str plain)
{
	int64_t code;
	bool four = plain.n == 4 && str_to_int(plain, 1, 9999, &code);
	return four && model_municipality_get((uint16_t)code) ? (uint16_t)code : 0;
}

/* "Bodens kommun", "Bodens", "Luleå stad". */
static uint16_t by_phrase(const words *w, arena *mem, str text)
{
	static const char *const suffix[] = {" kommun", " kommuns", " kn", " stad",
					     " municipality"};
	uint16_t code = by_name(w, mem, text);
	str fold = utf8_fold(mem, text);
	for (size_t i = 0; !code && i < ARRAY_LEN(suffix); i++)
		if (str_ends(fold, str_from(suffix[i]))) {
			fold = str_trim(
				str_slice(fold, 0, fold.n - str_from(suffix[i]).n));
			code = by_name(w, mem, fold);
			break;
		}
	if (!code && str_ends(fold, S("s")))
		code = by_name(w, mem, str_slice(fold, 0, fold.n - 1));
	return code;
}

static bool is_place_in(const words *w, str plain, uint16_t code)
{
	int64_t i;
	return word_find(w, WORDS_PLACE_IN + code, plain, &i);
}

/* "Gällivare/Malmberget", "Luleå (Råneå)": one municipality, and places in it. */
static uint16_t by_parts(const words *w, arena *mem, str text)
{
	char *copy = str_terminated(mem, text);
	for (size_t i = 0; i < text.n; i++)
		if (copy[i] == '(' || copy[i] == ')')
			copy[i] = ',';
	uint16_t found = 0;
	str rest = {copy, text.n}, part;
	while (part_next(&rest, CUT_ALL, &part)) {
		uint16_t code = by_phrase(w, mem, part);
		if (code && found && code != found)
			return 0;
		found = code ? code : found;
	}
	rest = (str){copy, text.n};
	while (found && part_next(&rest, CUT_ALL, &part)) {
		str plain = sheet_plain(mem, part);
		if (!by_phrase(w, mem, part) && !is_place_in(w, plain, found))
			return 0;
	}
	return found;
}

/* ---- slips of the hand ----------------------------------------------------------------- */

typedef enum slip { SLIP_NONE, SLIP_SWAP, SLIP_ONE } slip;

/* Whether b is a with two neighbours swapped, or one letter changed, added or left out. */
static slip slip_between(str a, str b)
{
	if (a.n > b.n + 1 || b.n > a.n + 1)
		return SLIP_NONE;
	size_t head = 0, tail = 0, least = a.n < b.n ? a.n : b.n;
	while (head < least && a.s[head] == b.s[head])
		head++;
	while (tail < least - head && a.s[a.n - 1 - tail] == b.s[b.n - 1 - tail])
		tail++;
	size_t left_a = a.n - head - tail, left_b = b.n - head - tail;
	if (left_a <= 1 && left_b <= 1 && left_a + left_b)
		return SLIP_ONE;
	bool swap = left_a == 2 && left_b == 2 && a.s[head] == b.s[head + 1] &&
		    a.s[head + 1] == b.s[head];
	return swap ? SLIP_SWAP : SLIP_NONE;
}

/*
 * The one municipality a slip away. Certain when letters are swapped in a name of five or more,
 * or one is wrong inside a name of six or more; otherwise it is only named as a possibility.
 */
static uint16_t by_slip(const words *w, arena *mem, str plain, answer *out)
{
	uint16_t found = 0;
	size_t n = 0;
	bool certain = false;
	for (size_t i = 0; i < model_municipality_count; i++) {
		str name = w->municipality[i];
		slip s = slip_between(plain, name);
		if (s == SLIP_NONE)
			continue;
		n++;
		found = model_municipality[i].code;
		answer_could_be(mem, out, model_municipality[i].name);
		certain = s == SLIP_SWAP
				  ? name.n >= SWAP_LENGTH
				  : name.n >= SLIP_LENGTH && plain.n >= SLIP_LENGTH &&
					    plain.s[0] == name.s[0];
	}
	return n == 1 && certain ? found : 0;
}

void cell_municipality(const words *w, arena *mem, const cell_in *in, answer *out)
{
	uint16_t code = by_phrase(w, mem, in->text);
	if (!code)
		code = by_code(in->plain);
	if (!code)
		code = by_parts(w, mem, in->text);
	int64_t at;
	if (!code && word_find(w, WORDS_PLACE, in->plain, &at)) {
		/* A place, not a municipality: very likely which, but not what was asked. */
		answer_fail(out, "sheet.ambiguous");
		for (size_t i = 0; i < model_municipality_count; i++)
			if (is_place_in(w, in->plain, model_municipality[i].code))
				answer_could_be(mem, out, model_municipality[i].name);
		return;
	}
	if (!code)
		code = by_slip(w, mem, in->plain, out);
	if (!code) {
		answer_fail(out, "sheet.no_such_municipality");
		return;
	}
	out->could_be_n = 0;
	set_municipality(code, out);
}

/* ---- locality ---------------------------------------------------------------------------- */

static void could_be_places(const words *w, arena *mem, const cell_in *in, answer *out)
{
	for (size_t i = 0; i < model_municipality_count; i++) {
		const municipality *m = &model_municipality[i];
		int64_t at;
		if (word_find(w, WORDS_PLACE_IN + m->code, in->plain, &at))
			answer_could_be(mem, out,
					str_format(mem, "%.*s (%.*s)",
						   STR_ARG(model_place[at].name),
						   STR_ARG(m->name)));
	}
}

/* bits: the index in model_place, or PLACE_NONE. A name we do not have stays as it is. */
void cell_locality(const words *w, arena *mem, const cell_in *in, answer *out)
{
	int64_t i;
	cell_name(w, mem, in, out);
	out->bits = PLACE_NONE;
	bool found;
	if (in->municipality) {
		const municipality *m = model_municipality_get(in->municipality);
		found = word_find(w, WORDS_PLACE_IN + in->municipality, in->plain, &i);
		if (!found && m->seat_place != PLACE_NONE &&
		    str_equal(sheet_plain(mem, m->name), in->plain)) {
			out->bits = m->seat_place;
			return;
		}
		if (!found)
			return;
	} else {
		found = word_find(w, WORDS_PLACE, in->plain, &i);
		if (!found || i == WORD_SEVERAL) {
			out->key = found ? "sheet.ambiguous" : "sheet.not_placed";
			if (found)
				could_be_places(w, mem, in, out);
			return;
		}
	}
	out->value = model_place[i].name;
	out->bits = (uint64_t)i;
}
