/*
 * A column for each open field of model/fields.def, and the statements that walk them all.
 *
 * The only place that composes SQL, and from nothing but names compiled in: a line in
 * fields.def is a column, without a second place to forget.
 */
#include "store/store_priv.h"

/* These are numbers, or parts of one, and stand in 0001_core.sql. */
static bool is_number(field_id f)
{
	return f == FIELD_MUNICIPALITY || f == FIELD_BIRTH_YEAR || f == FIELD_QUEUED;
}

static bool has_column(field_id f)
{
	return !model_field[f].sealed && !is_number(f);
}

int columns_at(field_id f)
{
	int at = PERSON_FIELDS;
	if (!has_column(f))
		return -1;
	for (int i = 0; i < (int)f; i++)
		at += has_column((field_id)i);
	return at;
}

int columns_old_version(void)
{
	int n = PERSON_FIELDS + 1;
	for (int f = 0; f < FIELD_COUNT; f++)
		n += has_column((field_id)f);
	return n;
}

/* One literal a field, to look for its column and to add it. */
static const struct {
	sql_text look, add;
} column[FIELD_COUNT] = {
#define FIELD(id, name, kind, side, need, purpose, keep, audience, kept, ask, heading)   \
	[FIELD_##id] = {SQL_INIT("SELECT p." name " FROM person p"),                     \
			SQL_INIT("ALTER TABLE person ADD COLUMN " name " TEXT")},
#include "model/fields.def"
#undef FIELD
};

static bool lacks(ctx *c, db *d, int f)
{
	return has_column((field_id)f) && !db_prepares(c, d, column[f].look);
}

/* Looks again where nobody else writes: several that start at once add each of them once. */
bool columns_add(ctx *c, db *d)
{
	int f = 0;
	while (f < FIELD_COUNT && !lacks(c, d, f))
		f++;
	if (f == FIELD_COUNT)
		return true;
	if (!d->kind->begin(c, d, TX_WRITE))
		return false;
	for (f = 0; f < FIELD_COUNT; f++)
		if (lacks(c, d, f) && !db_define(c, d, column[f].add))
			return false;
	return d->kind->commit(c, d);
}

static const char *const fixed[PERSON_FIELDS] = {
	[PERSON_ID] = "id",
	[PERSON_STATE] = "state",
	[PERSON_MUNICIPALITY] = "municipality",
	[PERSON_BIRTH_YEAR] = "birth_year",
	[PERSON_QUEUED] = "queued",
	[PERSON_QUEUED_MONTH] = "queued_month",
	[PERSON_WRITTEN] = "written",
	[PERSON_CREATED] = "created",
	[PERSON_CHANGED] = "changed",
	[PERSON_VERSION] = "version",
	[PERSON_NAMED] = "named",
	[PERSON_NOTED] = "noted",
	[PERSON_IMPORT] = "import",
	[PERSON_MERGED] = "merged",
	[PERSON_PHONE_HASH] = "phone_hash",
	[PERSON_EMAIL_HASH] = "email_hash",
	[PERSON_SEALED] = "sealed",
};

/* For every column: `before`, its name, and with `numbered` " = $n", separated by commas. */
static void each_column(buf *b, const char *before, bool numbered)
{
	int n = 0;
	for (int i = 0; i < PERSON_FIELDS + FIELD_COUNT; i++) {
		bool own = i < PERSON_FIELDS;
		if (!own && !has_column((field_id)(i - PERSON_FIELDS)))
			continue;
		buf_format(b, "%s%s%s", n++ ? ", " : "", before,
			   own ? fixed[i] : model_field[i - PERSON_FIELDS].name);
		if (numbered)
			buf_format(b, " = $%d", n);
	}
}

void columns_sql(store_base *sb)
{
	buf load = {.mem = sb->mem}, insert = {.mem = sb->mem}, update = {.mem = sb->mem};
	buf_add(&load, S("SELECT "));
	each_column(&load, "p.", false);
	buf_add(&load, S(" FROM person p WHERE p.id = $4 AND " SCOPE("p")));
	buf_add(&insert, S("INSERT INTO person ("));
	each_column(&insert, "", false);
	buf_add(&insert, S(") VALUES ("));
	for (int n = 1; n < columns_old_version(); n++)
		buf_format(&insert, "%s$%d", n > 1 ? ", " : "", n);
	buf_add(&insert, S(")"));
	buf_add(&update, S("UPDATE person SET "));
	each_column(&update, "", true);
	buf_format(&update, " WHERE id = $1 AND version = $%d", columns_old_version());
	sb->person_load.s = str_terminated(sb->mem, buf_str(&load));
	sb->person_insert.s = str_terminated(sb->mem, buf_str(&insert));
	sb->person_update.s = str_terminated(sb->mem, buf_str(&update));
}
