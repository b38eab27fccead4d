/* Stored people as the rows of a clean sheet, read like any other: so all after it is the same. */
#include <stdlib.h>
#include <string.h>

#include "act/round_priv.h"

/* ---- who is named by which number ---------------------------------------------------------- */

typedef struct named {
	id who;
	uint32_t number;
} named;
typedef struct naming {
	named *all; /* by id */
	size_t n;
	barred *two; /* both ways round, by `one` */
	size_t twos;
} naming;

static int compare_named(const void *a, const void *b)
{
	const named *x = a, *y = b;
	return str_compare(id_str(&x->who), id_str(&y->who));
}

static int compare_barred(const void *a, const void *b)
{
	const barred *x = a, *y = b;
	int by = str_compare(id_str(&x->one), id_str(&y->one));
	return by ? by : str_compare(id_str(&x->other), id_str(&y->other));
}

static naming name_all(arena *mem, const people_list *all, const uint32_t *number,
		       const barred *b, size_t n)
{
	naming m = {.all = NEW_ARRAY(mem, named, all->item_n),
		    .n = all->item_n,
		    .two = NEW_ARRAY(mem, barred, 2 * n),
		    .twos = 2 * n};
	for (size_t i = 0; i < m.n; i++)
		m.all[i] = (named){all->item[i].id, number ? number[i] : (uint32_t)i + 1};
	for (size_t i = 0; i < n; i++) {
		m.two[2 * i] = b[i];
		m.two[2 * i + 1] = (barred){.one = b[i].other, .other = b[i].one};
	}
	qsort(m.all, m.n, sizeof *m.all, compare_named);
	qsort(m.two, m.twos, sizeof *m.two, compare_barred);
	return m;
}

/* Who is not among them is left out. */
static void add_number(const naming *m, id who, buf *out)
{
	const named key = {.who = who};
	const named *found = bsearch(&key, m->all, m->n, sizeof key, compare_named);
	if (found)
		buf_format(out, "%s%u", out->n ? ", " : "", (unsigned)found->number);
}

static size_t first_barred(const naming *m, const id *who)
{
	size_t low = 0, high = m->twos;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (str_compare(id_str(&m->two[mid].one), id_str(who)) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Those never to meet are kept as ids; a sheet names them by number. */
static str never_of(arena *mem, const naming *m, const person *p)
{
	buf out = {.mem = mem};
	str part, ids = p->value[FIELD_NEVER];
	id who;
	while (str_cut(&ids, ',', &part))
		if (id_parse(part, &who))
			add_number(m, who, &out);
	for (size_t i = first_barred(m, &p->id);
	     i < m->twos && id_equal(m->two[i].one, p->id); i++)
		add_number(m, m->two[i].other, &out);
	return buf_str(&out);
}

/* ---- rows -------------------------------------------------------------------------------------- */

round_person *act_people_rows(arena *mem, const people_list *all, const uint32_t *number,
			      const barred *b, size_t n)
{
	round_person *row = NEW_ARRAY(mem, round_person, all->item_n);
	naming m = name_all(mem, all, number, b, n);
	for (size_t i = 0; i < all->item_n; i++) {
		const person *p = &all->item[i];
		row[i] = (round_person){.number = number ? number[i] : (uint32_t)i + 1,
					.person = p->id,
					.person_version = p->version};
		for (int f = 0; f < FIELD_COUNT; f++)
			row[i].value[f] =
				model_value_decode(mem, (field_id)f, p->value[f]);
		row[i].value[FIELD_NUMBER] =
			str_format(mem, "%u", (unsigned)row[i].number);
		row[i].value[FIELD_NEVER] = never_of(mem, &m, p);
	}
	return row;
}

static void cell(buf *b, str text)
{
	buf_char(b, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.s[i] == '"')
			buf_char(b, '"');
		buf_char(b, text.s[i]);
	}
	buf_add(b, S("\";"));
}

str act_rows_sheet(arena *mem, const round_person *row, size_t n)
{
	buf b = {.mem = mem};
	for (int f = 0; f < FIELD_COUNT; f++)
		cell(&b, model_field[f].heading);
	buf_add(&b, S("\r\n"));
	for (size_t i = 0; i < n; i++) {
		for (int f = 0; f < FIELD_COUNT; f++)
			cell(&b, row[i].value[f]);
		buf_add(&b, S("\r\n"));
	}
	return buf_str(&b);
}

bool act_round_form_people(ctx *c, act_round *r)
{
	sheet s;
	r->sheet = act_rows_sheet(c->mem, r->who, r->n);
	r->people = NEW(c->mem, people);
	/* One that was thrown away, or all of whom are gone. */
	if (!r->n)
		return true;
	if (!sheet_read(c, ROUND_FILE, r->sheet, &s))
		return false;
	*r->people = s.people;
	return true;
}

void act_round_name(arena *mem, act_round *r, size_t i, const person *p)
{
	buf b = {.mem = mem};
	const char **record = NEW_ARRAY(mem, const char *, r->n);
	for (int f = 0; f < FIELD_COUNT; f++) {
		bool name = f == FIELD_GIVEN || f == FIELD_FAMILY;
		buf_add(&b, name ? p->value[f]
				 : model_people_value(r->people, i, (field_id)f));
		buf_char(&b, '\0');
	}
	memcpy(record, r->people->record, r->n * sizeof *record);
	record[i] = buf_str(&b).s;
	r->people->record = record;
}
