/* Phrases of room match as text: each argument by its kind, lists joined by "and". */
#include "report/words.h"

#include <ctype.h>

/* With a small first letter, for use inside a sentence; "IT" and the like stay. */
static str small(arena *mem, str s)
{
	unsigned char first = s.n ? (unsigned char)s.s[0] : 0;
	unsigned char second = s.n > 1 ? (unsigned char)s.s[1] : 0;
	bool latin1 = first == 0xc3 && second >= 0x80 && second < 0x9f; /* À–Þ */
	if (!latin1 && (!isupper(first) || isupper(second)))
		return s;
	char *copy = str_terminated(mem, s);
	copy[latin1] = (char)(copy[latin1] + 0x20);
	return (str){copy, s.n};
}

/* Codes are the lower-case part of the locale key; a label serves where a language has none. */
static str choice_words(arena *mem, const view_lang *lang, field_id f, int number)
{
	const choice *c = model_choice_get(f, number);
	if (!c)
		return S("");
	str key =
		str_format(mem, "choice.%s.%.*s", model_field[f].name, STR_ARG(c->code));
	return view_has(lang, key.s) ? view_say(mem, lang, key.s, NULL, 0) : c->label;
}

/* One item of a set, in this language. */
static str item_words(arena *mem, const view_lang *lang, match_arg_kind kind, size_t bit)
{
	bool swedish = str_equal(view_lang_tag(lang), S("sv"));
	if (kind == ARG_INTERESTS && bit < model_interest_count) {
		str key = str_format(mem, "interest.%.*s",
				     STR_ARG(model_interest[bit].code));
		return small(mem, view_say(mem, lang, key.s, NULL, 0));
	}
	if (kind == ARG_LANGUAGES && bit < model_language_count) {
		const language *l = &model_language[bit];
		return swedish ? small(mem, l->name_sv) : l->name_en;
	}
	return kind == ARG_APPS ? choice_words(mem, lang, FIELD_APPS, (int)bit + 1)
				: S("");
}

/* "a", "a and b", "a, b and c"; where an item has an "and" of its own, "a as well as b and c". */
static str set_words(arena *mem, const view_lang *lang, match_arg_kind kind, uint64_t set)
{
	buf head = {.mem = mem};
	str last = {0};
	for (size_t bit = 0; bit < 64; bit++) {
		if (!(set >> bit & 1))
			continue;
		if (last.n) {
			if (head.n)
				buf_add(&head, S(", "));
			buf_add(&head, last);
		}
		last = item_words(mem, lang, kind, bit);
	}
	if (!head.n)
		return last;
	str inner = view_say(mem, lang, "list.and", (str[]){S(""), S("")}, 2);
	bool twice = str_find(buf_str(&head), inner) >= 0 || str_find(last, inner) >= 0;
	return view_say(mem, lang, twice ? "list.as_well" : "list.and",
			(str[]){buf_str(&head), last}, 2);
}

str report_points(arena *mem, const view_lang *lang, int64_t points)
{
	int64_t tenths = points < 0 ? -((-points + 50) / 100) : (points + 50) / 100;
	return tenths % 10 ? view_decimal(mem, lang, tenths, 1)
			   : view_number(mem, lang, tenths / 10);
}

str report_person(arena *mem, const view_lang *lang, const people *p, size_t person)
{
	str number = str_format(mem, "%u", p->profile[person].id);
	str name = view_inert(mem, model_people_value(p, person, FIELD_GIVEN));
	if (!name.n)
		return view_say(mem, lang, "person.number", &number, 1);
	return view_say(mem, lang, "person.name", (str[]){name, number}, 2);
}

static str municipality_words(arena *mem, const view_lang *lang, int64_t code)
{
	const municipality *m = model_municipality_get((uint16_t)code);
	return m ? m->name : view_say(mem, lang, "place.unknown", NULL, 0);
}

static str arg_words(arena *mem, const view_lang *lang, const people *p,
		     const match_arg *a)
{
	switch (a->kind) {
	case ARG_NUMBER:
		return view_number(mem, lang, a->number);
	case ARG_POINTS:
		return report_points(mem, lang, a->number);
	case ARG_KEY:
		return view_say(mem, lang, a->key, NULL, 0);
	case ARG_PLACE:
		return model_place[a->number].name;
	case ARG_MUNICIPALITY:
		return municipality_words(mem, lang, a->number);
	case ARG_PERSON:
		return report_person(mem, lang, p, (size_t)a->number);
	case ARG_CHOICE:
		return small(mem, choice_words(mem, lang, a->field, (int)a->number));
	case ARG_INTERESTS:
	case ARG_LANGUAGES:
	case ARG_APPS:
		return set_words(mem, lang, a->kind, a->set);
	}
	return S("");
}

str report_words(arena *mem, const view_lang *lang, const people *p,
		 const match_phrase *phrase)
{
	if (!phrase->key)
		return S("");
	str arg[MATCH_ARGS];
	for (uint8_t i = 0; i < phrase->args; i++)
		arg[i] = arg_words(mem, lang, p, &phrase->arg[i]);
	if (phrase->counted)
		return view_say_count(mem, lang, phrase->key, phrase->arg[0].number,
				      arg + 1, (size_t)phrase->args - 1);
	return view_say(mem, lang, phrase->key, arg, phrase->args);
}
