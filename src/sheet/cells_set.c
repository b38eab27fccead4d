/* Cells that list several things: interests, languages, times, apps. What is understood counts, the rest is reported. */
#include "sheet/sheet_priv.h"

/* A list being read: the parts understood so far, in the order given. */
typedef struct list {
	const words *w;
	arena *mem;
	answer *out;
	buf labels;
	uint64_t mask;
	bool missed; /* a part was not understood */
} list;

static list list_start(const words *w, arena *mem, answer *out)
{
	return (list){.w = w, .mem = mem, .out = out, .labels = {.mem = mem}};
}

static void list_take(list *l, unsigned bit, str label)
{
	if (l->mask >> bit & 1)
		return;
	l->mask |= UINT64_C(1) << bit;
	list_add(&l->labels, label);
}

static void list_end(list *l, const char *key)
{
	l->out->value = buf_str(&l->labels);
	l->out->bits = l->mask;
	l->out->key = l->missed ? key : NULL;
}

/* ---- interests: "och" separates, and stands inside labels --------------------------------- */

enum { PIECES_MAX = 32 };

/*
 * Splits plain at " och " into pieces and finds a way to read all of them as labels, each made
 * of one or more pieces; the way with the longest labels first. Depth-first with a memory of
 * dead ends (`dead` bit i: nothing fits from piece i), so at most PIECES_MAX² look-ups.
 */
typedef struct pieces {
	size_t from[PIECES_MAX], to[PIECES_MAX];
	size_t n;
	uint32_t dead;
} pieces;

static bool split_at_och(str plain, pieces *p)
{
	size_t from = 0;
	p->n = 0;
	p->dead = 0;
	while (p->n < PIECES_MAX) {
		str rest = str_slice(plain, from, plain.n);
		ptrdiff_t hit = str_find(rest, S(" och ")), and = str_find(rest,
									   S(" and "));
		if (hit < 0 || (and >= 0 && and < hit))
			hit = and;
		p->from[p->n] = from;
		p->to[p->n++] = hit < 0 ? plain.n : from + (size_t)hit;
		if (hit < 0)
			return true;
		from += (size_t)hit + 5;
	}
	return false;
}

static bool read_pieces(list *l, str plain, pieces *p, size_t first, int64_t *found,
			size_t *n)
{
	if (first == p->n)
		return true;
	if (p->dead >> first & 1)
		return false;
	for (size_t last = p->n; last-- > first;) {
		int64_t index;
		str label = str_slice(plain, p->from[first], p->to[last]);
		if (!word_find(l->w, FIELD_INTERESTS, label, &index))
			continue;
		size_t before = *n;
		found[(*n)++] = index;
		if (read_pieces(l, plain, p, last + 1, found, n))
			return true;
		*n = before;
	}
	p->dead |= UINT32_C(1) << first;
	return false;
}

static void interests_part(list *l, str part)
{
	int64_t found[PIECES_MAX];
	size_t n = 0;
	pieces p;
	str plain = sheet_plain(l->mem, part);
	if (!split_at_och(plain, &p) || !read_pieces(l, plain, &p, 0, found, &n)) {
		l->missed = true;
		return;
	}
	for (size_t i = 0; i < n; i++)
		list_take(l, (unsigned)found[i], model_interest[found[i]].name_sv);
}

void cell_interests(const words *w, arena *mem, const cell_in *in, answer *out)
{
	list l = list_start(w, mem, out);
	str rest = in->text, part;
	while (part_next(&rest, CUT_ALL, &part))
		interests_part(&l, part);
	list_end(&l, "sheet.not_understood");
}

/* ---- languages: the first is the mother tongue, the others count too --------------------------- */

static str language_label(const words *w, int64_t i)
{
	return w->language[i] ? str_from(w->language[i]) : model_language[i].name_sv;
}

/* "dari / persiska" and "dari/persiska" alike. */
static str without_space_at_slash(arena *mem, str plain)
{
	buf b = {.mem = mem};
	for (size_t i = 0; i < plain.n; i++) {
		bool before =
			plain.s[i] == ' ' && i + 1 < plain.n && plain.s[i + 1] == '/';
		bool after = plain.s[i] == ' ' && i && plain.s[i - 1] == '/';
		if (!before && !after)
			buf_char(&b, plain.s[i]);
	}
	return buf_str(&b);
}

static void languages_piece(list *l, str piece)
{
	int64_t i;
	answer several = {0};
	if (answer_maybe(l->w, l->mem, FIELD_LANGUAGE, piece, &several)) {
		for (size_t k = 0; k < several.could_be_n; k++)
			answer_could_be(l->mem, l->out, several.could_be[k]);
		l->missed = true;
	} else if (word_find(l->w, FIELD_LANGUAGE, piece, &i)) {
		list_take(l, (unsigned)i, language_label(l->w, i));
	} else {
		l->missed = true;
	}
}

void cell_languages(const words *w, arena *mem, const cell_in *in, answer *out)
{
	if (answer_maybe(w, mem, FIELD_LANGUAGE, without_space_at_slash(mem, in->plain),
			 out))
		return;
	list l = list_start(w, mem, out);
	str rest = in->text, part, piece, first = S("");
	while (part_next(&rest, CUT_ALL, &part)) {
		str more = sheet_plain(mem, part);
		while (och_next(&more, &piece)) {
			languages_piece(&l, piece);
			if (!first.n && !l.missed)
				first = str_copy(mem, buf_str(&l.labels));
		}
	}
	list_end(&l, out->could_be_n ? "sheet.ambiguous" : "sheet.not_understood");
	out->value = first;
}

/* ---- times ------------------------------------------------------------------------------------ */

static uint64_t times_parts(list *l, str text)
{
	int64_t mask;
	uint64_t all = 0;
	str part, piece;
	while (part_next(&text, CUT_ALL, &part)) {
		str more = sheet_plain(l->mem, part);
		while (och_next(&more, &piece)) {
			if (!answer_maybe(l->w, l->mem, FIELD_TIMES, piece, l->out) &&
			    word_find(l->w, FIELD_TIMES, piece, &mask))
				all |= (uint64_t)mask;
			else
				l->missed = true;
		}
	}
	return all;
}

void cell_times(const words *w, arena *mem, const cell_in *in, answer *out)
{
	int64_t mask;
	if (answer_maybe(w, mem, FIELD_TIMES, in->plain, out))
		return;
	list l = list_start(w, mem, out);
	bool whole = word_find(w, FIELD_TIMES, in->plain, &mask);
	uint64_t all = whole ? (uint64_t)mask : times_parts(&l, in->text);
	for (int i = 1; i <= model_choice_size(FIELD_TIMES); i++)
		if (all & CHOICE_BIT(i))
			list_take(&l, (unsigned)i - 1,
				  model_choice_get(FIELD_TIMES, i)->label);
	list_end(&l, out->could_be_n ? "sheet.ambiguous" : "sheet.not_understood");
}

/* ---- any other set ---------------------------------------------------------------------------------------- */

void cell_choices(const words *w, arena *mem, const cell_in *in, answer *out)
{
	list l = list_start(w, mem, out);
	str rest = in->text, part, piece;
	while (part_next(&rest, CUT_ALL, &part)) {
		str more = sheet_plain(mem, part);
		while (och_next(&more, &piece)) {
			int64_t number;
			if (!word_find(w, (int)in->field, piece, &number))
				l.missed = true;
			else if (number)
				list_take(
					&l, (unsigned)number - 1,
					model_choice_get(in->field, (int)number)->label);
		}
	}
	list_end(&l, "sheet.not_understood");
}
