/*
 * Everything that is kept about one person, found by person_data.def: so that what is handed out
 * is what there is, also of a table that comes later.
 */
#include <sodium.h>
#include <string.h>

#include "store/store_priv.h"

typedef enum column_kind {
	COLUMN_END,
	COLUMN_ROW,
	COLUMN_HIDDEN,
	COLUMN_OWNER,
	COLUMN_TEXT,
	COLUMN_CODE,
	COLUMN_TIME,
	COLUMN_DAY,
	COLUMN_NUMBER,
	COLUMN_YES,
	COLUMN_STAFF,
	COLUMN_SEAL,
	COLUMN_HOUSE,
	COLUMN_SEAL_PAIRS,
	COLUMN_HOUSE_PAIRS,
	COLUMN_FIELDS
} column_kind;

#define HERS(column) column " IN (SELECT id FROM person WHERE id = $1 OR merged = $1)"
static const struct source {
	const char *name;
	sql_text select;
} sources[] = {
#define TABLE(name)                                                                      \
	{                                                                                \
#name,                                                                   \
		{                                                                        \
			"SELECT "
#define COLUMN(name, kind) #name ", "
#define END(name, rows)                                                                  \
	"1 FROM " #name " WHERE " rows                                                   \
	}                                                                                \
	}                                                                                \
	,
#define NONE(name)
#include "store/person_data.def"
#undef TABLE
#undef COLUMN
#undef END
#undef NONE
};

/* Of all tables, one after the other, each up to a COLUMN_END. */
static const struct column {
	const char *name;
	column_kind kind;
} columns[] = {
#define TABLE(name)
#define COLUMN(name, kind) {#name, COLUMN_##kind},
#define END(name, rows)    {NULL, COLUMN_END},
#define NONE(name)
#include "store/person_data.def"
#undef TABLE
#undef COLUMN
#undef END
#undef NONE
};

static const char *const none[] = {
#define TABLE(name)
#define COLUMN(name, kind)
#define END(name, rows)
#define NONE(name) #name,
#include "store/person_data.def"
#undef TABLE
#undef COLUMN
#undef END
#undef NONE
};

static const struct column *columns_of(size_t table)
{
	const struct column *col = columns;
	for (; table; table--) {
		while (col->kind != COLUMN_END)
			col++;
		col++;
	}
	return col;
}

static bool is_field(str name)
{
	for (int f = 0; f < FIELD_COUNT; f++)
		if (str_equal(name, str_from(model_field[f].name)))
			return true;
	return false;
}

bool person_data_covers(str table, str column)
{
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		if (str_equal(table, str_from(none[i])))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		if (!str_equal(table, str_from(sources[i].name)))
			continue;
		for (const struct column *k = columns_of(i); k->kind != COLUMN_END; k++)
			if (str_equal(column, str_from(k->name)) ||
			    (k->kind == COLUMN_FIELDS && is_field(column)))
				return true;
	}
	return false;
}

/* ---- one value ---------------------------------------------------------------------------- */

typedef struct data_job {
	id who, row, owner; /* row, owner: of the row that is read */
	held_table *table;
	size_t value_cap;
} data_job;

static held_row *row_of(const data_job *j)
{
	return &j->table->row[j->table->n - 1];
}

/* What is empty is not there. */
static void add(ctx *c, data_job *j, str name, held_kind kind, str text, int64_t n)
{
	held_row *r = row_of(j);
	bool is_text = kind == HELD_TEXT || kind == HELD_CODE || kind == HELD_FIELD;
	if (is_text && !text.n)
		return;
	r->value = list_room(c, r->value, r->n, &j->value_cap, sizeof *r->value);
	r->value[r->n++] = (held_value){.name = name, .kind = kind, .text = text, .n = n};
}

static void add_pairs(ctx *c, data_job *j, str pairs)
{
	str name, value;
	while (pairs_next(&pairs, &name, &value))
		add(c, j, name, HELD_TEXT, value, 0);
}

static bool add_staff(ctx *c, data_job *j, str column, const id *who)
{
	query q;
	bool row;
	str name = S("");
	if (id_none(*who))
		return true;
	if (!db_query(c, SQL("SELECT sealed FROM account WHERE id = $1"), &q))
		return false;
	bind_id(&q, 1, who);
	if (!db_next(&q, &row))
		return false;
	if (!row)
		return true;
	str sealed = row_blob(&q, 0);
	db_end(&q);
	if (!account_name(c, who, sealed, &name))
		return false;
	add(c, j, column, HELD_TEXT, name, 0);
	return true;
}

/* That this row is hers is shown by now; one that became part of her she could not open herself. */
static bool add_fields(ctx *c, data_job *j)
{
	person_row r;
	const actor *who = c->actor;
	c->actor = NULL;
	bool ok = person_load(c, &j->row, true, &r);
	c->actor = who;
	if (!ok)
		return false;
	for (int f = 0; f < FIELD_COUNT; f++)
		add(c, j, str_from(model_field[f].name), HELD_FIELD, r.p.value[f], 0);
	return true;
}

static bool add_sealed(ctx *c, data_job *j, const struct column *k, str sealed)
{
	bool house = k->kind == COLUMN_HOUSE || k->kind == COLUMN_HOUSE_PAIRS;
	str plain, table = str_from(j->table->name);
	if (!sealed.n)
		return true;
	if (house ? !unseal_house(c, table, &j->row, sealed, &plain)
		  : !unseal_person(c, &j->owner, table, &j->row, sealed, &plain))
		return false;
	if (k->kind == COLUMN_SEAL_PAIRS || k->kind == COLUMN_HOUSE_PAIRS)
		add_pairs(c, j, plain);
	else
		add(c, j, str_from(k->name), HELD_TEXT, plain, 0);
	return true;
}

static bool add_column(ctx *c, data_job *j, const struct column *k, const query *q,
		       int at)
{
	str name = str_from(k->name);
	int64_t n;
	id who;
	switch (k->kind) {
	case COLUMN_END:
	case COLUMN_HIDDEN:
		return true;
	case COLUMN_ROW:
		j->row = row_id(q, at);
		return true;
	case COLUMN_OWNER:
		j->owner = row_id(q, at);
		return true;
	case COLUMN_TEXT:
	case COLUMN_CODE:
		add(c, j, name, k->kind == COLUMN_CODE ? HELD_CODE : HELD_TEXT,
		    row_text(q, at), 0);
		return true;
	case COLUMN_TIME:
		n = row_int(q, at);
		if (n)
			add(c, j, name, HELD_TIME, S(""), n);
		return true;
	case COLUMN_DAY:
		n = row_int_or(q, at, QUEUED_UNKNOWN);
		if (n != QUEUED_UNKNOWN)
			add(c, j, name, HELD_DAY, S(""), n);
		return true;
	case COLUMN_NUMBER:
	case COLUMN_YES:
		add(c, j, name, k->kind == COLUMN_YES ? HELD_YES : HELD_NUMBER, S(""),
		    row_int(q, at));
		return true;
	case COLUMN_STAFF:
		who = row_id(q, at);
		return add_staff(c, j, name, &who);
	case COLUMN_FIELDS:
		return add_fields(c, j);
	case COLUMN_SEAL:
	case COLUMN_HOUSE:
	case COLUMN_SEAL_PAIRS:
	case COLUMN_HOUSE_PAIRS:
		break;
	}
	return add_sealed(c, j, k, row_blob(q, at));
}

/* ---- all of it ------------------------------------------------------------------------------ */

static bool read_table(ctx *c, data_job *j, size_t table)
{
	query q;
	bool row;
	size_t cap = 0;
	*j->table = (held_table){.name = sources[table].name};
	if (!db_query(c, sources[table].select, &q))
		return false;
	bind_id(&q, 1, &j->who);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		held_table *t = j->table;
		t->row = list_room(c, t->row, t->n, &cap, sizeof *t->row);
		t->row[t->n++] = (held_row){.n = 0};
		j->value_cap = 0;
		const struct column *k = columns_of(table);
		for (int at = 0; k->kind != COLUMN_END; k++, at++)
			if (!add_column(c, j, k, &q, at))
				return false;
	}
}

typedef struct all_job {
	id who;
	held_table *table;
} all_job;

static bool all_work(ctx *c, void *arg)
{
	const all_job *a = arg;
	if (!person_seen(c, &a->who) || (is_staff(c) && !store_log(c, S("data"), a->who)))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		data_job j = {.who = a->who, .table = &a->table[i]};
		if (!read_table(c, &j, i))
			return false;
	}
	return true;
}

bool store_person_data(ctx *c, id person_id, held_table **out, size_t *n)
{
	all_job a = {.who = person_id,
		     .table = NEW_ARRAY(c->mem, held_table, ARRAY_LEN(sources))};
	if (!staff_may(c, RIGHT_CONTACT_READ) || !store_read(c, all_work, &a))
		return false;
	*out = a.table;
	*n = ARRAY_LEN(sources);
	return true;
}
