/* The text of a clean sheet and the codes that are stored: one table each way for every kind of field. */
#include <string.h>

#include "model/office.h"

/* A span of ages is the only wish without a code of its own: "25–40 år (krav)" is "age:25-40!". */
#define SPAN_CODE "age:"
static const str must_mark = S_INIT(" (krav)");
static const str dash = S_INIT("\xe2\x80\x93");

/* What one item of a field becomes; the empty text where it is not known. */
typedef str code_fn(arena *mem, field_id f, str item);

static bool same(arena *mem, str a, str b)
{
	return str_equal(utf8_fold(mem, a), utf8_fold(mem, b));
}

static str choice_encode(arena *mem, field_id f, str item)
{
	for (size_t i = 0; i < model_choice_count; i++) {
		const choice *c = &model_choice[i];
		if (c->field == f &&
		    (same(mem, c->label, item) || str_equal(c->code, item)))
			return c->code;
	}
	return S("");
}

static str choice_decode(arena *mem, field_id f, str item)
{
	(void)mem;
	for (size_t i = 0; i < model_choice_count; i++)
		if (model_choice[i].field == f && str_equal(model_choice[i].code, item))
			return model_choice[i].label;
	return S("");
}

static str interest_encode(arena *mem, field_id f, str item)
{
	(void)f;
	for (size_t i = 0; i < model_interest_count; i++)
		if (same(mem, model_interest[i].name_sv, item) ||
		    str_equal(model_interest[i].code, item))
			return model_interest[i].code;
	return S("");
}

static str interest_decode(arena *mem, field_id f, str item)
{
	(void)mem;
	(void)f;
	for (size_t i = 0; i < model_interest_count; i++)
		if (str_equal(model_interest[i].code, item))
			return model_interest[i].name_sv;
	return S("");
}

/* Sheets call some languages by a shorter name ("Kurmanji"). */
static bool is_called(arena *mem, const language *l, str name)
{
	if (same(mem, l->name_sv, name) || str_equal(l->bcp47, name))
		return true;
	str rest = l->aliases, alias;
	while (str_cut(&rest, ';', &alias))
		if (same(mem, alias, name))
			return true;
	return false;
}

static str language_encode(arena *mem, field_id f, str item)
{
	(void)f;
	for (size_t i = 0; i < model_language_count; i++)
		if (is_called(mem, &model_language[i], item))
			return model_language[i].bcp47;
	return S("");
}

static str language_decode(arena *mem, field_id f, str item)
{
	(void)mem;
	(void)f;
	for (size_t i = 0; i < model_language_count; i++)
		if (str_equal(model_language[i].bcp47, item))
			return model_language[i].name_sv;
	return S("");
}

static str municipality_encode(arena *mem, field_id f, str item)
{
	(void)f;
	int64_t code;
	bool coded = item.n == 4 && str_to_int(item, 1, 9999, &code) &&
		     model_municipality_get((uint16_t)code);
	if (coded)
		return item;
	for (size_t i = 0; i < model_municipality_count; i++)
		if (same(mem, model_municipality[i].name, item))
			return str_format(mem, "%04d", model_municipality[i].code);
	return S("");
}

static str municipality_decode(arena *mem, field_id f, str item)
{
	(void)mem;
	(void)f;
	int64_t code;
	if (!str_to_int(item, 1, 9999, &code))
		return S("");
	const municipality *m = model_municipality_get((uint16_t)code);
	return m ? m->name : S("");
}

/* "25–40" with this between the two numbers; false when it is no span of ages. */
static bool span_read(str s, str between, int64_t *from, int64_t *to)
{
	ptrdiff_t at = str_find(s, between);
	return at > 0 && str_to_int(str_slice(s, 0, (size_t)at), 1, 120, from) &&
	       str_to_int(str_slice(s, (size_t)at + between.n, s.n), 1, 120, to) &&
	       *from <= *to;
}

static str wish_encode(arena *mem, field_id f, str item)
{
	static const str years = S_INIT(" år");
	int64_t from, to;
	bool must = str_ends(item, must_mark);
	if (must)
		item = str_slice(item, 0, item.n - must_mark.n);
	if (str_ends(item, years) &&
	    span_read(str_slice(item, 0, item.n - years.n), dash, &from, &to))
		return str_format(mem, SPAN_CODE "%d-%d!", (int)from, (int)to);
	str code = choice_encode(mem, f, item);
	return code.n && must ? str_format(mem, "%.*s!", STR_ARG(code)) : code;
}

static str wish_decode(arena *mem, field_id f, str item)
{
	int64_t from, to;
	bool must = str_ends(item, S("!"));
	if (must)
		item = str_slice(item, 0, item.n - 1);
	if (str_starts(item, S(SPAN_CODE)) &&
	    span_read(str_slice(item, strlen(SPAN_CODE), item.n), S("-"), &from, &to))
		return str_format(mem, "%d%.*s%d år%.*s", (int)from, STR_ARG(dash),
				  (int)to, STR_ARG(must_mark));
	str label = choice_decode(mem, f, item);
	return label.n && must
		       ? str_format(mem, "%.*s%.*s", STR_ARG(label), STR_ARG(must_mark))
		       : label;
}

/* How a field is coded; `encode` NULL: its text is what is stored. */
typedef struct coding {
	code_fn *encode, *decode;
	bool list;
} coding;

static coding coding_of(field_id f)
{
	switch ((int)model_field[f].kind) {
	case KIND_CHOICE:
	case KIND_CONSENT:
		return (coding){choice_encode, choice_decode, false};
	case KIND_CHOICES:
		return f == FIELD_INTERESTS
			       ? (coding){interest_encode, interest_decode, true}
			       : (coding){choice_encode, choice_decode, true};
	case KIND_LANGUAGES:
		return (coding){language_encode, language_decode, true};
	case KIND_WISHES:
		return (coding){wish_encode, wish_decode, true};
	case KIND_PLACE:
		return f == FIELD_MUNICIPALITY
			       ? (coding){municipality_encode, municipality_decode, false}
			       : (coding){0};
	default:
		return (coding){0};
	}
}

static str each_item(arena *mem, field_id f, str list, str between, code_fn *fn)
{
	buf b = {.mem = mem};
	str item;
	while (str_cut(&list, ',', &item)) {
		str out = fn(mem, f, str_trim(item));
		if (!out.n)
			continue;
		if (b.n)
			buf_add(&b, between);
		buf_add(&b, out);
	}
	return buf_str(&b);
}

str model_value_encode(arena *mem, field_id f, str canonical)
{
	coding k = coding_of(f);
	if (!k.encode)
		return canonical;
	return k.list ? each_item(mem, f, canonical, S(","), k.encode)
		      : k.encode(mem, f, canonical);
}

str model_value_decode(arena *mem, field_id f, str coded)
{
	coding k = coding_of(f);
	if (!k.decode)
		return coded;
	return k.list ? each_item(mem, f, coded, S(", "), k.decode)
		      : k.decode(mem, f, coded);
}
