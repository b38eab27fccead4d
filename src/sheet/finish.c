/* What needs all rows: ids, households, who never to meet, and the order of problems. */
#include <stdlib.h>
#include <string.h>

#include "sheet/sheet_priv.h"

static int compare_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* ---- ids -------------------------------------------------------------------------- */

/* Sorted numbers of the rows; how many of them are usable rows' is *usable. */
static uint32_t *sorted_numbers(const reader *r, bool only_usable, size_t *n)
{
	const people *p = &r->out->people;
	uint32_t *number = NEW_ARRAY(r->temp, uint32_t, p->n);
	*n = 0;
	for (size_t i = 0; i < p->n; i++)
		if (!only_usable || !(p->profile[i].flags & PROFILE_UNUSABLE))
			number[(*n)++] = p->profile[i].id;
	qsort(number, *n, sizeof *number, compare_number);
	return number;
}

static bool all_different(const uint32_t *number, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!number[i] || (i && number[i] == number[i - 1]))
			return false;
	return true;
}

/* Unusable rows keep a number nobody else has, or get one beyond the last. */
static void number_unusable(reader *r)
{
	people *p = &r->out->people;
	size_t n;
	const uint32_t *all = sorted_numbers(r, false, &n);
	uint32_t next = n ? all[n - 1] + 1 : 1;
	for (size_t i = 0; i < p->n; i++) {
		uint32_t *id = &p->profile[i].id;
		if (!(p->profile[i].flags & PROFILE_UNUSABLE))
			continue;
		const uint32_t *at =
			*id ? bsearch(id, all, n, sizeof *all, compare_number) : NULL;
		bool alone = at && (at == all || at[-1] != *id) &&
			     (at + 1 == all + n || at[1] != *id);
		if (!alone)
			*id = next++;
	}
}

static void give_ids(reader *r)
{
	people *p = &r->out->people;
	size_t n, column = r->at[FIELD_NUMBER];
	const uint32_t *usable = sorted_numbers(r, true, &n);
	if (column && n && all_different(usable, n)) {
		number_unusable(r);
		return;
	}
	for (size_t i = 0; i < p->n; i++)
		p->profile[i].id = (uint32_t)i + 1;
	if (column && n && usable[n - 1])
		sheet_problem_add(r, 0, column, model_field[FIELD_NUMBER].heading,
				  "sheet.numbers_unsure");
}

/* ---- households ---------------------------------------------------------------------- */

static void give_households(reader *r)
{
	enum { ANY_SIDE = 0 };
	lexicon known = {.mem = r->temp};
	uint32_t next = 0;
	size_t column = r->at[FIELD_HOUSEHOLD];
	for (size_t i = 0; i < r->household.n; i++) {
		const later_cell *c = &r->household.cell[i];
		profile *p = &r->out->people.profile[c->row - 1];
		str plain = sheet_plain(r->temp, c->text);
		bool first, first_on_side;
		lexicon_entry *any =
			lexicon_add(&known, ANY_SIDE, plain, p->side, &first);
		bool two_sides = any->value != p->side;
		lexicon_entry *own =
			lexicon_add(&known, p->side, plain, next + 1, &first_on_side);
		next += first_on_side;
		p->household = (uint32_t)own->value;
		if (two_sides) {
			r->line = c->line;
			sheet_problem_add(r, c->row, column, c->text,
					  "sheet.household_two_sides");
		}
	}
}

/* ---- never with ------------------------------------------------------------------------ */

static int compare_pair(const void *a, const void *b)
{
	const id_pair *x = a, *y = b;
	int first = compare_number(&x->a, &y->a);
	return first ? first : compare_number(&x->b, &y->b);
}

static void add_never(reader *r, size_t *cap, uint32_t a, uint32_t b)
{
	people *p = &r->out->people;
	if (p->never_n == *cap) {
		size_t more = *cap ? *cap * 2 : 64;
		p->never = arena_grow(r->ctx->mem, p->never, p->never_n, more,
				      sizeof *p->never);
		*cap = more;
	}
	p->never[p->never_n++] = a < b ? (id_pair){a, b} : (id_pair){b, a};
}

static void sort_never(people *p)
{
	size_t n = 0;
	if (p->never_n)
		qsort(p->never, p->never_n, sizeof *p->never, compare_pair);
	for (size_t i = 0; i < p->never_n; i++)
		if (!n || compare_pair(&p->never[n - 1], &p->never[i]) != 0)
			p->never[n++] = p->never[i];
	p->never_n = n;
}

static void give_never(reader *r)
{
	size_t n, cap = 0, column = r->at[FIELD_NEVER];
	const uint32_t *ids = r->never.n ? sorted_numbers(r, false, &n) : NULL;
	bool unsure = false;
	for (size_t i = 0; i < r->out->problems; i++)
		unsure |= strcmp(r->out->problem[i].key, "sheet.numbers_unsure") == 0;
	for (size_t i = 0; i < r->never.n; i++) {
		const later_cell *c = &r->never.cell[i];
		uint32_t self = r->out->people.profile[c->row - 1].id;
		str rest = c->text, part;
		while (str_cut(&rest, ',', &part)) {
			int64_t number = 0;
			bool ok = str_to_int(str_trim(part), 1, UINT32_MAX, &number);
			uint32_t other = (uint32_t)number;
			ok = ok && !unsure && other != self &&
			     bsearch(&other, ids, n, sizeof *ids, compare_number);
			r->line = c->line;
			if (ok)
				add_never(r, &cap, self, other);
			else
				sheet_problem_add(r, c->row, column, part,
						  "sheet.no_such_person");
		}
	}
	sort_never(&r->out->people);
}

/* ---- problems and raw rows ---------------------------------------------------------------- */

static int compare_problem(const void *a, const void *b)
{
	const sheet_problem *x = a, *y = b;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	int key = strcmp(x->key, y->key);
	return key ? key : str_compare(x->read, y->read);
}

void sheet_finish(reader *r)
{
	sheet *out = r->out;
	give_ids(r);
	give_households(r);
	give_never(r);
	if (out->problems)
		qsort(out->problem, out->problems, sizeof *out->problem, compare_problem);
	if (!r->raws)
		return;
	out->raw = NEW_ARRAY(r->ctx->mem, str, out->people.n);
	for (size_t i = 0; i < r->raws; i++)
		out->raw[r->raw[i].row - 1] = r->raw[i].text;
}
