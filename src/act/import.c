/* A sheet becomes people: what is proposed for each row, and doing it. */
#include <string.h>

#include "act/office.h"

/* ---- what is proposed ---------------------------------------------------------------- */

enum { ADULT = 18 };

typedef struct scope {
	bool everywhere;
	const uint16_t *municipality;
	size_t n;
} scope;

static bool scope_of(ctx *c, scope *out)
{
	account a;
	*out = (scope){.everywhere = !c->actor || c->actor->everywhere};
	if (out->everywhere)
		return true;
	if (!store_account_get(c, c->actor->account, &a))
		return false;
	out->everywhere = a.everywhere;
	out->municipality = a.municipality;
	out->n = a.municipality_n;
	return true;
}

static bool is_within(const scope *s, uint16_t code)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->municipality[i] == code)
			return true;
	return s->everywhere;
}

static act_row_bar bar_of(const ctx *c, const scope *s, const profile *p)
{
	int age = model_age(p, c->today);
	if (age >= 0 && age < ADULT)
		return ACT_ROW_MINOR;
	if (!p->side)
		return ACT_ROW_NO_SIDE;
	if (p->flags & PROFILE_UNUSABLE)
		return ACT_ROW_UNUSABLE;
	if (p->consent != CONSENT_YES)
		return ACT_ROW_NO_CONSENT;
	return is_within(s, p->municipality) ? ACT_ROW_FREE : ACT_ROW_OUTSIDE;
}

/* Somebody with this contact whom the actor may see; drafts and what is over do not count. */
static bool find_known(ctx *c, str contact, id *out)
{
	person *found, p;
	size_t n;
	if (!contact.n || !id_none(*out))
		return true;
	if (!store_people_by_contact(c, contact, &found, &n))
		return false;
	for (size_t i = 0; i < n && id_none(*out); i++) {
		if (found[i].state == STATE_DRAFT || found[i].state == STATE_CLOSED)
			continue;
		if (store_person_get(c, found[i].id, false, &p))
			*out = found[i].id;
		else if (c->fault.kind != FAULT_HIDDEN)
			return false;
		c->fault = (fault){.kind = FAULT_NONE};
	}
	return true;
}

static void note_duplicates(const sheet *s, act_row *row)
{
	for (size_t i = 0; i < s->duplicates; i++) {
		const sheet_duplicate *d = &s->duplicate[i];
		act_row *later = &row[d->later - 1];
		if (later->same_row || row[d->earlier - 1].bar != ACT_ROW_FREE)
			continue;
		later->same_row = d->earlier;
		later->same_key = d->key;
	}
}

bool act_import_plan(ctx *c, const sheet *s, act_row **out)
{
	scope within;
	act_row *row = *out = NEW_ARRAY(c->mem, act_row, s->people.n);
	if (!may(c, RIGHT_IMPORT) || !scope_of(c, &within))
		return false;
	for (size_t i = 0; i < s->people.n; i++)
		row[i].bar = bar_of(c, &within, &s->people.profile[i]);
	note_duplicates(s, row);
	for (size_t i = 0; i < s->people.n; i++) {
		arena_mark here = arena_here(c->mem);
		if (row[i].bar != ACT_ROW_FREE) {
			row[i].way = ACT_ROW_SKIP;
			continue;
		}
		if (!find_known(c, model_people_value(&s->people, i, FIELD_EMAIL),
				&row[i].same_person) ||
		    !find_known(c, model_people_value(&s->people, i, FIELD_PHONE),
				&row[i].same_person))
			return false;
		if (row[i].same_row || !id_none(row[i].same_person))
			row[i].way = ACT_ROW_SKIP;
		arena_reset(c->mem, here);
	}
	return true;
}

/* ---- values -------------------------------------------------------------------------------- */

/* Birth years: an age rots. */
static str children_years(arena *mem, uint64_t children)
{
	buf b = {.mem = mem};
	for (int i = 0; i < 64; i++)
		if (children >> i & 1)
			buf_format(&b, "%s%d", b.n ? "," : "", CHILD_YEAR_0 + i);
	return buf_str(&b);
}

/* A household is that of its own sheet: "3" of another one is another family. */
static str household(arena *mem, str name, const id *import_id)
{
	enum { ENOUGH = 6 };
	return str_format(mem, "%.*s-%.*s", STR_ARG(name), ENOUGH, import_id->s);
}

static void row_values(ctx *c, const act_sheet *a, size_t i, str value[FIELD_COUNT])
{
	const people *p = &a->sheet->people;
	for (int f = 0; f < FIELD_COUNT; f++)
		value[f] = model_value_encode(c->mem, (field_id)f,
					      model_people_value(p, i, (field_id)f));
	/* Whoever tells only the town lives in its municipality: without one nobody would see them. */
	if (!value[FIELD_MUNICIPALITY].n && p->profile[i].municipality)
		value[FIELD_MUNICIPALITY] =
			str_format(c->mem, "%04u", p->profile[i].municipality);
	value[FIELD_CHILDREN] = children_years(c->mem, p->profile[i].children);
	value[FIELD_NUMBER] = value[FIELD_NEVER] = S("");
	if (value[FIELD_HOUSEHOLD].n)
		value[FIELD_HOUSEHOLD] =
			household(c->mem, value[FIELD_HOUSEHOLD], &a->done.id);
	if (!value[FIELD_QUEUED].n)
		value[FIELD_QUEUED] = date_format_iso(c->mem, c->today);
}

static size_t index_of(const people *p, uint32_t number)
{
	size_t i = 0;
	while (i < p->n && p->profile[i].id != number)
		i++;
	return i;
}

/* Those the sheet keeps apart, as ids: known once the earlier of the two has been added. */
static str never_with(ctx *c, const act_sheet *a, size_t i)
{
	const people *p = &a->sheet->people;
	buf b = {.mem = c->mem};
	uint32_t self = p->profile[i].id;
	for (size_t k = 0; k < p->never_n; k++) {
		id_pair pair = p->never[k];
		if (pair.a != self && pair.b != self)
			continue;
		size_t other = index_of(p, pair.a == self ? pair.b : pair.a);
		if (other >= i)
			continue;
		id known = a->row[other].person;
		if (!id_none(known))
			buf_format(&b, "%s%s", b.n ? "," : "", known.s);
	}
	return buf_str(&b);
}

/* ---- doing it -------------------------------------------------------------------------------- */

/* What is unknown is filled; the earlier queue date stays. True when anything was. */
static bool fill(str into[FIELD_COUNT], const str from[FIELD_COUNT],
		 bool set[FIELD_COUNT])
{
	bool any = false;
	for (int f = 0; f < FIELD_COUNT; f++) {
		bool earlier = f == FIELD_QUEUED && into[f].n && from[f].n &&
			       str_compare(from[f], into[f]) < 0;
		if (!from[f].n || (into[f].n && !earlier))
			continue;
		into[f] = from[f];
		any = set[f] = true;
	}
	return any;
}

/* The row that this one is about in the end: itself, or that which it fills. */
static size_t root_of(const act_sheet *a, size_t i)
{
	while (a->row[i].way == ACT_ROW_INTO_ROW)
		i = a->row[i].same_row - 1;
	return i;
}

/* Later rows that are the same person, before it is added: so an import can be taken back whole. */
static void gather(ctx *c, const act_sheet *a, size_t i, str value[FIELD_COUNT])
{
	bool set[FIELD_COUNT];
	str more[FIELD_COUNT];
	for (size_t k = a->row[i].first_same; k; k = a->row[k - 1].next_same) {
		row_values(c, a, k - 1, more);
		fill(value, more, set);
	}
}

static bool add_row(ctx *c, act_sheet *a, size_t i)
{
	person p = {.state = STATE_SUBMITTED, .written = S("sv"), .import = a->done.id};
	row_values(c, a, i, p.value);
	gather(c, a, i, p.value);
	p.value[FIELD_NEVER] = never_with(c, a, i);
	if (!store_person_add(c, &p))
		return false;
	a->row[i].person = p.id;
	return store_consent_set(c, p.id, CONSENT_FOR_MATCH, true, S("sv"), S("import"));
}

static bool fill_person(ctx *c, act_sheet *a, size_t i)
{
	person p;
	bool set[FIELD_COUNT] = {false};
	str value[FIELD_COUNT];
	a->row[i].person = a->row[i].same_person;
	if (!store_person_get(c, a->row[i].same_person, true, &p))
		return false;
	row_values(c, a, i, value);
	gather(c, a, i, value);
	if (!fill(p.value, value, set))
		return true;
	return store_person_change(c, p.id, 0, p.value, set);
}

static bool do_row(ctx *c, act_sheet *a, size_t i)
{
	switch (a->row[i].way) {
	case ACT_ROW_ADD:
		return add_row(c, a, i);
	case ACT_ROW_INTO_PERSON:
		return fill_person(c, a, i);
	case ACT_ROW_INTO_ROW: /* gathered with its root */
		a->row[i].person = a->row[root_of(a, i)].person;
		return true;
	case ACT_ROW_SKIP:
		return true;
	}
	return true;
}

/* What cannot be is skipped, whatever a form says. */
static void settle(act_sheet *a)
{
	for (size_t i = 0; i < a->sheet->people.n; i++) {
		act_row *r = &a->row[i];
		bool no_row =
			r->way == ACT_ROW_INTO_ROW &&
			(!r->same_row || a->row[r->same_row - 1].way == ACT_ROW_SKIP);
		bool nobody = r->way == ACT_ROW_INTO_PERSON && id_none(r->same_person);
		r->person = (id){""};
		r->first_same = r->next_same = 0;
		if (r->bar != ACT_ROW_FREE || nobody)
			r->way = ACT_ROW_SKIP;
		else if (no_row)
			r->way = ACT_ROW_ADD;
	}
	for (size_t i = a->sheet->people.n; i; i--) {
		size_t root = root_of(a, i - 1);
		if (root == i - 1)
			continue;
		a->row[i - 1].next_same = a->row[root].first_same;
		a->row[root].first_same = i;
	}
}

static void count_ahead(act_sheet *a)
{
	import *d = &a->done;
	size_t n = a->sheet->people.n;
	d->rows = (int64_t)n;
	d->added = d->merged = d->skipped = 0;
	for (size_t i = 0; i < n; i++) {
		act_row_way way = a->row[i].way;
		d->added += way == ACT_ROW_ADD;
		d->skipped += way == ACT_ROW_SKIP;
		d->merged += way == ACT_ROW_INTO_ROW || way == ACT_ROW_INTO_PERSON;
	}
}

bool act_import_do(ctx *c, act_sheet *a)
{
	if (!may(c, RIGHT_IMPORT))
		return false;
	settle(a);
	a->done = (import){.file = a->file, .account = c->actor->account, .at = c->now};
	count_ahead(a);
	if (!store_import_add(c, &a->done))
		return false;
	for (size_t i = 0; i < a->sheet->people.n; i++) {
		/* A sheet has many rows, a request little memory: of a row its person's id stays. */
		arena_mark here = arena_here(c->mem);
		if (!do_row(c, a, i))
			return false;
		arena_reset(c->mem, here);
	}
	return true;
}

bool act_import_undo(ctx *c, id import_id)
{
	return may(c, RIGHT_IMPORT) && store_import_undo(c, import_id);
}
