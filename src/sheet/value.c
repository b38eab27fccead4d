/* One answer at a time: what a form sends is read as a cell of a sheet would be. */
#include "sheet/sheet_priv.h"

struct sheet_speller {
	words words;
};

sheet_speller *sheet_speller_new(arena *mem)
{
	sheet_speller *s = NEW(mem, sheet_speller);
	sheet_words(mem, 0, &s->words);
	return s;
}

/* Digits as Arabic, Persian and wide keyboards write them, as those we count with. */
static str with_our_digits(arena *mem, str s)
{
	static const int32_t zero[] = {0x660, 0x6f0, 0xff10};
	buf b = {.mem = mem};
	for (size_t at = 0; at < s.n;) {
		size_t begin = at;
		int32_t c = utf8_next(s, &at), digit = -1;
		for (size_t i = 0; i < ARRAY_LEN(zero); i++)
			if (c >= zero[i] && c < zero[i] + 10)
				digit = c - zero[i];
		if (digit >= 0)
			buf_char(&b, (char)('0' + digit));
		else
			buf_add(&b, str_slice(s, begin, at));
	}
	return buf_str(&b);
}

bool sheet_value_read(const sheet_speller *s, arena *mem, field_id f,
		      const sheet_value_context *at, str raw, sheet_value *out)
{
	*out = (sheet_value){.canonical = S("")};
	str text = sheet_trim(with_our_digits(mem, raw));
	if (!text.n)
		return true;
	words w = s->words;
	w.today = at->today;
	cell_in in = {.field = f,
		      .text = text,
		      .plain = sheet_plain(mem, text),
		      .year = date_from_day(at->today).year,
		      .municipality = at->municipality};
	answer a = {.value = S("")};
	cell_reader_of(f)(&w, mem, &in, &a);
	out->canonical = a.value;
	out->key = a.key;
	out->could_be = a.could_be;
	out->could_be_n = a.could_be_n;
	if (f == FIELD_MUNICIPALITY || f == FIELD_BIRTH_YEAR)
		out->number = (int64_t)a.bits;
	return !a.key;
}
