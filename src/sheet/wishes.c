/* Wishes: "Samma kön (krav), gärna nära i ålder, bara 25-40 år". A mark makes one a must. */
#include "sheet/sheet_priv.h"

typedef struct wish {
	int64_t number;    /* WISHES_x; 0 for a span of ages or none */
	unsigned from, to; /* span of ages, 0 = none */
	bool must, known;
} wish;

typedef struct wish_list {
	const words *w;
	arena *mem;
	answer *out;
	wish wish[16];
	size_t n;
	bool missed;
} wish_list;

/* Brackets, colons and exclamation marks become spaces; whether there was an exclamation mark. */
static bool without_signs(arena *mem, str plain, str *out)
{
	bool loud = false;
	buf b = {.mem = mem};
	for (size_t i = 0; i < plain.n; i++) {
		char c = plain.s[i];
		loud |= c == '!';
		bool sign = c == '!' || c == '(' || c == ')' || c == ':' || c == '*' ||
			    c == '.';
		buf_char(&b, sign ? ' ' : c);
	}
	*out = sheet_plain(mem, buf_str(&b));
	return loud;
}

/* Cuts a mark of one or two words off the start or the end. */
static bool cut_mark(const words *w, str *text, int64_t *mark)
{
	size_t spaces = 0;
	for (size_t i = 0; i <= text->n && spaces < 2; i++) {
		if (i < text->n && text->s[i] != ' ')
			continue;
		spaces++;
		if (word_find(w, WORDS_MARK, str_slice(*text, 0, i), mark)) {
			*text = str_trim(str_slice(*text, i, text->n));
			return true;
		}
	}
	spaces = 0;
	for (size_t i = text->n; i > 0 && spaces < 2; i--) {
		if (text->s[i - 1] != ' ')
			continue;
		spaces++;
		if (word_find(w, WORDS_MARK, str_slice(*text, i, text->n), mark)) {
			*text = str_trim(str_slice(*text, 0, i));
			return true;
		}
	}
	return false;
}

static unsigned two_digits(str *s)
{
	bool ok = s->n >= 2 && s->s[0] >= '1' && s->s[0] <= '9' && s->s[1] >= '0' &&
		  s->s[1] <= '9';
	if (!ok)
		return 0;
	unsigned n = (unsigned)(s->s[0] - '0') * 10 + (unsigned)(s->s[1] - '0');
	*s = str_trim(str_slice(*s, 2, s->n));
	return n;
}

static bool cut_word(str *s, str word)
{
	if (!str_starts(*s, word))
		return false;
	*s = str_trim(str_slice(*s, word.n, s->n));
	return true;
}

/* "25-40 år", "ålder 25–40", "mellan 25 och 40". */
static bool read_span(str s, wish *out)
{
	(void)(cut_word(&s, S("alder ")) || cut_word(&s, S("age ")));
	cut_word(&s, S("mellan "));
	out->from = two_digits(&s);
	bool dash = cut_word(&s, S("-")) || cut_word(&s, S("\xe2\x80\x93")) ||
		    cut_word(&s, S("till ")) || cut_word(&s, S("och ")) ||
		    cut_word(&s, S("to "));
	out->to = dash ? two_digits(&s) : 0;
	(void)(cut_word(&s, S("ar")) || cut_word(&s, S("years")));
	return out->from >= 18 && out->to >= out->from && !s.n;
}

/* One piece of text as a wish; false if it says something else. */
static bool read_wish(const words *w, arena *mem, str plain, wish *out)
{
	str text;
	int64_t mark;
	*out = (wish){.must = without_signs(mem, plain, &text)};
	if (word_find(w, FIELD_WISHES, text, &out->number)) {
		out->known = true;
		return true;
	}
	while (text.n && cut_mark(w, &text, &mark))
		out->must |= mark == MARK_MUST;
	if (!text.n)
		return true; /* nothing but a mark: belongs to the wish before */
	out->known =
		read_span(text, out) || word_find(w, FIELD_WISHES, text, &out->number);
	return out->known;
}

static void take_wish(wish_list *l, const wish *x)
{
	if (!x->known) {
		if (l->n)
			l->wish[l->n - 1].must |= x->must;
		else
			l->missed = true;
	} else if (l->n == ARRAY_LEN(l->wish)) {
		l->missed = true;
	} else if (x->number || x->from) {
		l->wish[l->n++] = *x;
	}
}

/* A part as one wish, or its pieces between "och". */
static void wishes_part(wish_list *l, str part)
{
	wish x;
	str plain = sheet_plain(l->mem, part);
	if (read_wish(l->w, l->mem, plain, &x)) {
		take_wish(l, &x);
		return;
	}
	ptrdiff_t och = str_find(plain, S(" och "));
	str piece[2] = {och < 0 ? plain : str_slice(plain, 0, (size_t)och),
			och < 0 ? S("") : str_slice(plain, (size_t)och + 5, plain.n)};
	for (size_t i = 0; i < 2 && piece[i].n; i++) {
		if (och >= 0 && read_wish(l->w, l->mem, piece[i], &x))
			take_wish(l, &x);
		else if (answer_maybe(l->w, l->mem, FIELD_WISHES, piece[i], l->out))
			l->missed = true;
		else
			l->missed = true;
	}
}

static str wish_label(arena *mem, const wish *x)
{
	if (x->from)
		return str_format(mem, "%u\xe2\x80\x93%u år (krav)", x->from, x->to);
	str label = model_choice_get(FIELD_WISHES, (int)x->number)->label;
	return x->must ? str_format(mem, "%.*s (krav)", STR_ARG(label)) : label;
}

void cell_wishes(const words *w, arena *mem, const cell_in *in, answer *out)
{
	wish_list l = {.w = w, .mem = mem, .out = out};
	str rest = in->text, part;
	while (part_next(&rest,
			 CUT_COMMA | CUT_SEMICOLON | CUT_PLUS | CUT_AND | CUT_LINE |
				 CUT_SLASH,
			 &part))
		wishes_part(&l, part);
	buf labels = {.mem = mem};
	uint64_t bits = 0;
	for (size_t i = 0; i < l.n; i++) {
		const wish *x = &l.wish[i];
		str label = wish_label(mem, x);
		if (x->from && (!x->must || bits >> WISHES_FROM_SHIFT)) {
			/* A span that is only wished for cannot be kept: there are musts on age, and "near". */
			answer_could_be(mem, out, label);
			l.missed = true;
			continue;
		}
		list_add(&labels, label);
		if (x->from)
			bits |= (uint64_t)x->from << WISHES_FROM_SHIFT |
				(uint64_t)x->to << WISHES_TO_SHIFT;
		else
			bits |= (uint64_t)CHOICE_BIT(x->number)
				<< (x->must ? WISHES_MUST_SHIFT : 0);
	}
	out->value = buf_str(&labels);
	out->bits = bits;
	out->key = !l.missed         ? NULL
		   : out->could_be_n ? "sheet.ambiguous"
				     : "sheet.not_understood";
}
