/*
 * Rows that look like the same person, proposed with a reason and never merged.
 *
 * Candidates share a key (e-mail, telephone, or name and postcode); keys are
 * sorted, so the work grows as n log n. A candidate counts only if nothing that is known speaks
 * against it: a household shares surname, telephone and address, but not given names and years.
 */
#include <stdlib.h>
#include <string.h>

#include "sheet/sheet_priv.h"

enum { COMPARED_AT_MOST = 64, SIMILAR_LEAST = 4 };

typedef struct key {
	uint64_t hash;
	uint32_t row; /* from 0 */
} key;

typedef enum reason { SAME_EMAIL, SAME_PHONE, SAME_NAME } reason;
enum { REASONS = SAME_NAME + 1 };

typedef struct finder {
	const people *people;
	arena *temp, *scratch;
	key *key[REASONS];
	size_t keys[REASONS];
	sheet_duplicate *found;
	size_t n, cap;
} finder;

/* The values of a row that tell people apart. */
typedef struct person {
	const profile *p;
	str given, family, postcode, phone, email;
} person;

static person person_at(const finder *f, size_t i)
{
	person x = {.p = &f->people->profile[i]};
	const char *s = f->people->record[i];
	for (int k = 0; k < FIELD_COUNT; k++) {
		str value = str_from(s);
		switch (k) {
		case FIELD_GIVEN:
			x.given = value;
			break;
		case FIELD_FAMILY:
			x.family = value;
			break;
		case FIELD_POSTCODE:
			x.postcode = value;
			break;
		case FIELD_PHONE:
			x.phone = value;
			break;
		case FIELD_EMAIL:
			x.email = value;
			break;
		default:
			break;
		}
		s += value.n + 1;
	}
	return x;
}

/* ---- what speaks for and against ------------------------------------------------------- */

static bool differ(int64_t a, int64_t b)
{
	return a && b && a != b;
}

static bool texts_differ(str a, str b)
{
	return a.n && b.n && !str_equal(a, b);
}

/* One letter changed, left out or added, or two swapped; or the one is the start of the other. */
static bool similar(str a, str b)
{
	if (str_equal(a, b))
		return true;
	size_t least = a.n < b.n ? a.n : b.n, most = a.n < b.n ? b.n : a.n;
	if (least < SIMILAR_LEAST - 1 || most < SIMILAR_LEAST || most - least > 1)
		return false;
	size_t head = 0, tail = 0;
	while (head < least && a.s[head] == b.s[head])
		head++;
	while (tail < least - head && a.s[a.n - 1 - tail] == b.s[b.n - 1 - tail])
		tail++;
	size_t left = most - head - tail;
	bool swap = left == 2 && a.n == b.n && a.s[head] == b.s[head + 1] &&
		    a.s[head + 1] == b.s[head];
	return left <= 1 || swap;
}

static bool alike(finder *f, reason why, size_t i, size_t j)
{
	person a = person_at(f, i), b = person_at(f, j);
	if (differ(a.p->side, b.p->side) || differ(a.p->gender, b.p->gender))
		return false;
	arena_mark here = arena_here(f->scratch);
	str given_a = sheet_plain(f->scratch, a.given),
	    given_b = sheet_plain(f->scratch, b.given);
	str family_a = sheet_plain(f->scratch, a.family),
	    family_b = sheet_plain(f->scratch, b.family);
	bool given_same = given_a.n && str_equal(given_a, given_b);
	bool given_similar = given_a.n && given_b.n && similar(given_a, given_b);
	bool family_same = family_a.n && str_equal(family_a, family_b);
	bool family_similar = !family_a.n || !family_b.n || similar(family_a, family_b);
	bool years_differ = differ(a.p->birth_year, b.p->birth_year);
	bool years_same = a.p->birth_year && a.p->birth_year == b.p->birth_year;
	arena_reset(f->scratch, here);
	switch (why) {
	case SAME_EMAIL:
		/* An address is mostly one person's; a wrong year does not outweigh it and the whole name. */
		return (given_same && family_similar && (family_same || !years_differ)) ||
		       (given_similar && family_similar && !years_differ);
	case SAME_PHONE:
		if (!given_similar || !family_similar || years_differ)
			return false;
		return given_same || years_same;
	case SAME_NAME:
		break;
	}
	bool phones_differ = texts_differ(a.phone, b.phone),
	     emails_differ = texts_differ(a.email, b.email);
	bool contact_speaks_against = years_same ? phones_differ && emails_differ
						 : phones_differ || emails_differ;
	return given_same && family_same && !years_differ && !contact_speaks_against;
}

/* ---- keys ---------------------------------------------------------------------------------- */

static void add_key(finder *f, reason why, uint64_t hash, size_t row)
{
	f->key[why][f->keys[why]++] = (key){hash, (uint32_t)row};
}

static void make_keys(finder *f)
{
	size_t n = f->people->n;
	for (int why = 0; why < REASONS; why++)
		f->key[why] = NEW_ARRAY(f->temp, key, n);
	arena_mark clean = arena_here(f->scratch);
	for (size_t i = 0; i < n; i++) {
		person x = person_at(f, i);
		if (x.p->flags & PROFILE_UNUSABLE)
			continue;
		if (x.email.n)
			add_key(f, SAME_EMAIL, sheet_hash(x.email, SAME_EMAIL), i);
		if (x.phone.n)
			add_key(f, SAME_PHONE, sheet_hash(x.phone, SAME_PHONE), i);
		if (!x.given.n || !x.family.n || !x.postcode.n)
			continue;
		uint64_t h = sheet_hash(sheet_plain(f->scratch, x.given), SAME_NAME);
		h = sheet_hash(sheet_plain(f->scratch, x.family), h);
		add_key(f, SAME_NAME, sheet_hash(x.postcode, h), i);
		arena_reset(f->scratch, clean);
	}
}

static int compare_key(const void *a, const void *b)
{
	const key *x = a, *y = b;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

/* ---- pairs ----------------------------------------------------------------------------------- */

static void add_pair(finder *f, size_t earlier, size_t later, reason why)
{
	static const char *const word[REASONS] = {"duplicate.email", "duplicate.phone",
						  "duplicate.name"};
	if (f->n == f->cap) {
		size_t cap = f->cap ? f->cap * 2 : 64;
		f->found = arena_grow(f->temp, f->found, f->n, cap, sizeof *f->found);
		f->cap = cap;
	}
	f->found[f->n++] =
		(sheet_duplicate){(uint32_t)earlier + 1, (uint32_t)later + 1, word[why]};
}

/* Each row with the first before it, among those of the same key, that is alike. */
static void compare_run(finder *f, reason why, const key *run, size_t n)
{
	for (size_t j = 1; j < n; j++) {
		size_t from = j > COMPARED_AT_MOST ? j - COMPARED_AT_MOST : 0;
		for (size_t i = from; i < j; i++)
			if (alike(f, why, run[i].row, run[j].row)) {
				add_pair(f, run[i].row, run[j].row, why);
				break;
			}
	}
}

static int compare_pair(const void *a, const void *b)
{
	const sheet_duplicate *x = a, *y = b;
	if (x->later != y->later)
		return x->later < y->later ? -1 : 1;
	if (x->earlier != y->earlier)
		return x->earlier < y->earlier ? -1 : 1;
	return strcmp(x->key, y->key);
}

void sheet_find_duplicates(ctx *c, arena *temp, sheet *out)
{
	finder f = {.people = &out->people, .temp = temp, .scratch = arena_new(0)};
	arena_alloc(f.scratch, 1, 1);
	make_keys(&f);
	for (int why = 0; why < REASONS; why++) {
		const key *k = f.key[why];
		qsort(f.key[why], f.keys[why], sizeof *k, compare_key);
		for (size_t from = 0, to; from < f.keys[why]; from = to) {
			for (to = from + 1;
			     to < f.keys[why] && k[to].hash == k[from].hash;)
				to++;
			compare_run(&f, (reason)why, k + from, to - from);
		}
	}
	arena_free(f.scratch);
	if (f.n)
		qsort(f.found, f.n, sizeof *f.found, compare_pair);
	out->duplicate = NEW_ARRAY(c->mem, sheet_duplicate, f.n);
	for (size_t i = 0; i < f.n; i++) {
		const sheet_duplicate *last =
			out->duplicates ? &out->duplicate[out->duplicates - 1] : NULL;
		if (!last || last->later != f.found[i].later ||
		    last->earlier != f.found[i].earlier)
			out->duplicate[out->duplicates++] = f.found[i];
	}
}
