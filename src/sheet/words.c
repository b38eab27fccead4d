/* Words of a sheet: folding, and one table from spellings to what they stand for. */
#include <string.h>
#include <unicode/uchar.h>

#include "sheet/sheet_priv.h"

/* ---- folding ------------------------------------------------------------------- */

/* U+00C0 … U+00FF without accents and small; 0: leave it to utf8_plain. */
static const char latin[65] = "aaaaaa\0ceeeeiiii\0nooooo\0\0uuuuy\0\0"
			      "aaaaaa\0ceeeeiiii\0nooooo\0\0uuuuy\0y";

str sheet_plain(arena *a, str s)
{
	char *out = arena_alloc(a, s.n + 1, 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.s[i];
		if (c >= 0x80) {
			unsigned char next = i + 1 < s.n ? (unsigned char)s.s[i + 1] : 0;
			char letter = c == 0xc3 && (next & 0xc0) == 0x80
					      ? latin[next & 0x3f]
					      : '\0';
			if (!letter)
				return utf8_plain(a, s);
			out[n++] = letter;
			i++;
			continue;
		}
		bool space = c == ' ' || (c >= '\t' && c <= '\r');
		if (space && (n == 0 || out[n - 1] == ' '))
			continue;
		out[n++] = space ? ' ' : c >= 'A' && c <= 'Z' ? (char)(c + 32) : (char)c;
	}
	if (n && out[n - 1] == ' ')
		n--;
	return (str){out, n};
}

str sheet_heading_key(arena *a, str s)
{
	str plain = sheet_plain(a, s);
	char *out = arena_alloc(a, plain.n + 1, 1);
	size_t n = 0;
	for (size_t i = 0; i < plain.n; i++) {
		unsigned char c = (unsigned char)plain.s[i];
		if (c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			out[n++] = (char)c;
	}
	return (str){out, n};
}

static bool is_direction_mark(int32_t p)
{
	return (p >= 0x202a && p <= 0x202e) || (p >= 0x2066 && p <= 0x2069) ||
	       p == 0xfeff;
}

static bool is_plain_ascii(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.s[i];
		if (c < ' ' || c >= 0x7f ||
		    (c == ' ' && i + 1 < s.n && s.s[i + 1] == ' '))
			return false;
	}
	return true;
}

static str clean(arena *a, str s, bool lines)
{
	s = sheet_trim(s);
	if (is_plain_ascii(s))
		return s;
	buf b = {.mem = a};
	str nfc = utf8_nfc(a, s);
	for (size_t pos = 0; pos < nfc.n;) {
		int32_t p = utf8_next(nfc, &pos);
		if (p < 0 || is_direction_mark(p))
			continue;
		if (lines && p == '\n')
			buf_char(&b, '\n');
		else if (u_isUWhiteSpace(p) || p < ' ') {
			bool after_space =
				!b.n || b.s[b.n - 1] == ' ' || b.s[b.n - 1] == '\n';
			if (!after_space && !(lines && p == '\r'))
				buf_char(&b, ' ');
		} else if (p != 0x7f)
			utf8_put(&b, p);
	}
	return sheet_trim(buf_str(&b));
}

str sheet_clean(arena *a, str s)
{
	return clean(a, s, false);
}

str sheet_clean_lines(arena *a, str s)
{
	return clean(a, s, true);
}

/* Bytes of a white space character at the start of s; 0 if there is none. */
static size_t space_at_start(str s)
{
	unsigned char c = s.n ? (unsigned char)s.s[0] : 'x';
	if (c < 0x80)
		return c == ' ' || (c >= '\t' && c <= '\r');
	size_t pos = 0;
	int32_t p = utf8_next(s, &pos);
	return p >= 0 && (u_isUWhiteSpace(p) || p == 0xfeff || p == 0x200b) ? pos : 0;
}

static size_t space_at_end(str s)
{
	size_t from = s.n;
	while (from && s.n - from < 4 && ((unsigned char)s.s[from - 1] & 0xc0) == 0x80)
		from--;
	if (!from)
		return 0;
	str last = str_slice(s, from - 1, s.n);
	return space_at_start(last) == last.n ? last.n : 0;
}

str sheet_trim(str s)
{
	for (size_t n; (n = space_at_start(s)) != 0;)
		s = (str){s.s + n, s.n - n};
	for (size_t n; s.n && (n = space_at_end(s)) != 0;)
		s.n -= n;
	return s;
}

size_t sheet_first_letters(str s, size_t letters)
{
	size_t pos = 0;
	while (pos < s.n && letters--)
		utf8_next(s, &pos);
	return pos;
}

/* ---- a table from text to number --------------------------------------------------- */

/* Eight bytes at a time through splitmix64's finaliser: quick, stable, good enough for tables. */
uint64_t sheet_hash(str s, uint64_t seed)
{
	uint64_t h = hash_mix(seed ^ (s.n * UINT64_C(0x9e3779b97f4a7c15)));
	size_t i = 0;
	for (; i + 8 <= s.n; i += 8) {
		uint64_t word;
		memcpy(&word, s.s + i, 8);
		h = hash_mix(h ^ word);
	}
	uint64_t tail = 0;
	for (size_t shift = 0; i < s.n; i++, shift += 8)
		tail |= (uint64_t)(unsigned char)s.s[i] << shift;
	return hash_mix(h ^ tail);
}

static lexicon_entry *slot(const lexicon *l, uint64_t hash, str text)
{
	for (size_t i = hash & (l->cap - 1);; i = (i + 1) & (l->cap - 1)) {
		lexicon_entry *e = &l->entry[i];
		if (!e->text.s || (e->hash == hash && str_equal(e->text, text)))
			return e;
	}
}

lexicon_entry *lexicon_find(const lexicon *l, int kind, str text)
{
	if (!l->cap || !text.s)
		return NULL;
	lexicon_entry *e = slot(l, sheet_hash(text, (uint64_t)kind), text);
	return e->text.s ? e : NULL;
}

static void lexicon_enlarge(lexicon *l)
{
	lexicon old = *l;
	l->cap = old.cap ? old.cap * 2 : 64;
	l->entry = NEW_ARRAY(l->mem, lexicon_entry, l->cap);
	for (size_t i = 0; i < old.cap; i++)
		if (old.entry[i].text.s)
			*slot(l, old.entry[i].hash, old.entry[i].text) = old.entry[i];
}

lexicon_entry *lexicon_add(lexicon *l, int kind, str text, int64_t value, bool *fresh)
{
	assert(text.s);
	if (l->used * 4 >= l->cap * 3)
		lexicon_enlarge(l);
	uint64_t hash = sheet_hash(text, (uint64_t)kind);
	lexicon_entry *e = slot(l, hash, text);
	*fresh = !e->text.s;
	if (*fresh) {
		*e = (lexicon_entry){hash, text, value};
		l->used++;
	}
	return e;
}

/* ---- what alias.def and the model's tables say ----------------------------------------- */

typedef struct alias {
	int kind;
	int64_t value;
	str text;
} alias;

enum { MARK_KIND_MUST = MARK_MUST, MARK_KIND_WISH = MARK_WISH };

static const alias aliases[] = {
#define HEADING(field, text) {WORDS_HEADING, FIELD_##field, S_INIT(text)},
#define HEADING_AGE(field, text)                                                         \
	{WORDS_HEADING, FIELD_##field | HEADING_OF_AGES, S_INIT(text)},
#define WORD(field, value, text) {FIELD_##field, value, S_INIT(text)},
#define MAYBE(field, could_be, text)
#define INTEREST(code, text)
#define LANGUAGE(code, label, text)
#define MUNICIPALITY(code, text) {FIELD_MUNICIPALITY, code, S_INIT(text)},
#define MARK(kind, text)         {WORDS_MARK, MARK_KIND_##kind, S_INIT(text)},
#define MONTH(number, text)      {WORDS_MONTH, number, S_INIT(text)},
#include "sheet/alias.def"
#undef HEADING
#undef HEADING_AGE
#undef WORD
#undef MAYBE
#undef INTEREST
#undef LANGUAGE
#undef MUNICIPALITY
#undef MARK
#undef MONTH
};

#define HEADING(field, text)
#define HEADING_AGE(field, text)
#define WORD(field, value, text)
#define MUNICIPALITY(code, text)
#define MARK(kind, text)
#define MONTH(number, text)

typedef struct maybe_alias {
	field_id field;
	str text;
} maybe_alias;
#define INTEREST(code, text)
#define LANGUAGE(code, label, text)
#define MAYBE(field, could_be, text) {FIELD_##field, S_INIT(text)},
static const maybe_alias maybes[] = {
#include "sheet/alias.def"
};
#undef MAYBE
#define MAYBE(field, could_be, text) could_be,
static const char *const maybe_lists[] = {
#include "sheet/alias.def"
};
#undef MAYBE
#define MAYBE(field, could_be, text)

typedef struct code_alias {
	str code;
	const char *label;
	str text;
} code_alias;
#undef INTEREST
#define INTEREST(code, text) {S_INIT(code), NULL, S_INIT(text)},
static const code_alias interest_aliases[] = {
#include "sheet/alias.def"
};
#undef INTEREST
#define INTEREST(code, text)
#undef LANGUAGE
#define LANGUAGE(code, label, text) {S_INIT(code), label, S_INIT(text)},
static const code_alias language_aliases[] = {
#include "sheet/alias.def"
};

static void add(words *w, int kind, str plain, int64_t value)
{
	bool fresh;
	if (plain.n)
		lexicon_add(&w->lexicon, kind, plain, value, &fresh);
}

static void add_aliases(words *w)
{
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		add(w, aliases[i].kind, aliases[i].text, aliases[i].value);
	for (size_t i = 0; i < ARRAY_LEN(maybes); i++)
		add(w, WORDS_MAYBE + (int)maybes[i].field, maybes[i].text, (int64_t)i);
	w->maybe = maybe_lists;
}

/* What a sheet of ours says above its columns. */
static void add_headings(words *w)
{
	for (int f = 0; f < FIELD_COUNT; f++)
		add(w, WORDS_HEADING,
		    sheet_heading_key(w->lexicon.mem, model_field[f].heading), f);
}

static void add_choices(words *w)
{
	for (size_t i = 0; i < model_choice_count; i++) {
		const choice *c = &model_choice[i];
		if (c->field == FIELD_TIMES)
			continue; /* masks, all in alias.def */
		add(w, (int)c->field, sheet_plain(w->lexicon.mem, c->label), c->number);
		add(w, (int)c->field, sheet_plain(w->lexicon.mem, c->code), c->number);
	}
}

/* The label, its first part ("bilar" of "bilar och motor"), and the English name. */
static void add_interests(words *w)
{
	for (size_t i = 0; i < model_interest_count; i++) {
		str label = sheet_plain(w->lexicon.mem, model_interest[i].name_sv);
		ptrdiff_t och = str_find(label, S(" och "));
		add(w, FIELD_INTERESTS, label, (int64_t)i);
		if (och > 0)
			add(w, FIELD_INTERESTS, str_slice(label, 0, (size_t)och),
			    (int64_t)i);
		add(w, FIELD_INTERESTS,
		    sheet_plain(w->lexicon.mem, model_interest[i].name_en), (int64_t)i);
		for (size_t a = 0; a < ARRAY_LEN(interest_aliases); a++)
			if (str_equal(interest_aliases[a].code, model_interest[i].code))
				add(w, FIELD_INTERESTS, interest_aliases[a].text,
				    (int64_t)i);
	}
}

static void add_languages(words *w)
{
	w->language = NEW_ARRAY(w->lexicon.mem, const char *, model_language_count);
	for (size_t i = 0; i < model_language_count; i++) {
		const language *l = &model_language[i];
		str names[] = {l->name_sv, l->name_en, l->endonym};
		for (size_t n = 0; n < ARRAY_LEN(names); n++)
			add(w, FIELD_LANGUAGE, sheet_plain(w->lexicon.mem, names[n]),
			    (int64_t)i);
		str rest = l->aliases, part;
		while (str_cut(&rest, ';', &part))
			add(w, FIELD_LANGUAGE, sheet_plain(w->lexicon.mem, part),
			    (int64_t)i);
		for (size_t a = 0; a < ARRAY_LEN(language_aliases); a++) {
			if (!str_equal(language_aliases[a].code, l->bcp47))
				continue;
			add(w, FIELD_LANGUAGE, language_aliases[a].text, (int64_t)i);
			w->language[i] = language_aliases[a].label;
		}
	}
}

/* Habo and Håbo are both municipalities: such names are told apart by their exact letters. */
static void add_municipalities(words *w)
{
	arena *mem = w->lexicon.mem;
	w->municipality = NEW_ARRAY(mem, str, model_municipality_count);
	for (size_t i = 0; i < model_municipality_count; i++) {
		const municipality *m = &model_municipality[i], *other;
		bool fresh;
		w->municipality[i] = sheet_plain(mem, m->name);
		lexicon_entry *e = lexicon_add(&w->lexicon, FIELD_MUNICIPALITY,
					       w->municipality[i], m->code, &fresh);
		if (fresh || e->value == m->code)
			continue;
		other = e->value == WORD_SEVERAL
				? NULL
				: model_municipality_get((uint16_t)e->value);
		e->value = WORD_SEVERAL;
		add(w, WORDS_COMMUNE, utf8_fold(mem, m->name), m->code);
		if (other)
			add(w, WORDS_COMMUNE, utf8_fold(mem, other->name), other->code);
	}
}

static void add_places(words *w)
{
	for (size_t i = 0; i < model_place_count; i++) {
		const place *p = &model_place[i];
		str plain = sheet_plain(w->lexicon.mem, p->name);
		bool fresh;
		lexicon_entry *e =
			lexicon_add(&w->lexicon, WORDS_PLACE, plain, (int64_t)i, &fresh);
		if (!fresh)
			e->value = WORD_SEVERAL;
		e = lexicon_add(&w->lexicon, WORDS_PLACE_IN + p->municipality, plain,
				(int64_t)i, &fresh);
		if (!fresh && model_place[e->value].population < p->population)
			e->value = (int64_t)i;
	}
}

void sheet_words(arena *mem, int32_t today, words *out)
{
	*out = (words){.lexicon = {.mem = mem}, .today = today};
	add_aliases(out);
	add_headings(out);
	add_choices(out);
	add_interests(out);
	add_languages(out);
	add_municipalities(out);
	add_places(out);
}

bool word_find(const words *w, int kind, str plain, int64_t *value)
{
	const lexicon_entry *e = lexicon_find(&w->lexicon, kind, plain);
	if (e)
		*value = e->value;
	return e != NULL;
}
