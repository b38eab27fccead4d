/* The programme and the places where one meets. */
#include "store/store_priv.h"

/* The program itself, or staff with the right. */
static bool program_or(ctx *c, right r)
{
	return !c->actor || may(c, r);
}

/* ---- the programme ---------------------------------------------------------------------- */

static bool places_get(ctx *c, programme *p)
{
	query q;
	if (!db_query(c,
		      SQL("SELECT municipality FROM programme_place WHERE programme = $1 "
			  "ORDER BY municipality"),
		      &q))
		return false;
	bind_id(&q, 1, &p->id);
	return rows_municipalities(&q, &p->municipality, &p->municipality_n);
}

static bool get_work(ctx *c, void *arg)
{
	programme *p = arg;
	query q;
	bool row;
	*p = (programme){.name = S(""),
			 .funder = S(""),
			 .office = S(""),
			 .phone = S(""),
			 .email = S("")};
	if (!db_query(c,
		      SQL("SELECT id, name, funder, office, phone, email, first_day, "
			  "last_day, goal, new_years, version FROM programme ORDER BY id "
			  "LIMIT 1"),
		      &q) ||
	    !db_next(&q, &row))
		return false;
	if (!row)
		return true;
	p->id = row_id(&q, 0);
	p->name = row_text(&q, 1);
	p->funder = row_text(&q, 2);
	p->office = row_text(&q, 3);
	p->phone = row_text(&q, 4);
	p->email = row_text(&q, 5);
	p->from = (int32_t)row_int(&q, 6);
	p->to = (int32_t)row_int(&q, 7);
	p->goal = row_int(&q, 8);
	p->new_years = (int32_t)row_int(&q, 9);
	p->version = row_int(&q, 10);
	db_end(&q);
	return places_get(c, p);
}

bool store_programme_get(ctx *c, programme *out)
{
	return store_read(c, get_work, out);
}

static bool places_set(ctx *c, const programme *p, const id *row)
{
	query q;
	if (!db_query(c, SQL("DELETE FROM programme_place WHERE programme = $1"), &q))
		return false;
	bind_id(&q, 1, row);
	if (!db_run(&q, NULL))
		return false;
	for (size_t i = 0; i < p->municipality_n; i++) {
		if (!db_query(c,
			      SQL("INSERT INTO programme_place (programme, municipality) "
				  "VALUES ($1, $2) ON CONFLICT (programme, municipality) "
				  "DO NOTHING"),
			      &q))
			return false;
		bind_id(&q, 1, row);
		bind_int(&q, 2, p->municipality[i]);
		if (!db_run(&q, NULL))
			return false;
	}
	return true;
}

static bool set_work(ctx *c, void *arg)
{
	const programme *p = *(const programme **)arg;
	programme now;
	query q;
	if (!program_or(c, RIGHT_PROGRAMME) || !get_work(c, &now))
		return false;
	if (p->version && p->version != now.version)
		return fail_changed(c);
	id row = id_none(now.id) ? store_id_new(c) : now.id;
	if (!db_query(
		    c,
		    SQL("INSERT INTO programme (id, name, funder, office, phone, email, "
			"first_day, last_day, goal, new_years, version) "
			"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
			"ON CONFLICT (id) DO UPDATE SET name = excluded.name, "
			"funder = excluded.funder, office = excluded.office, "
			"phone = excluded.phone, email = excluded.email, "
			"first_day = excluded.first_day, last_day = excluded.last_day, "
			"goal = excluded.goal, new_years = excluded.new_years, "
			"version = excluded.version"),
		    &q))
		return false;
	bind_id(&q, 1, &row);
	bind_text(&q, 2, p->name);
	bind_text(&q, 3, p->funder);
	bind_text(&q, 4, p->office);
	bind_text(&q, 5, p->phone);
	bind_text(&q, 6, p->email);
	bind_int(&q, 7, p->from);
	bind_int(&q, 8, p->to);
	bind_int(&q, 9, p->goal);
	bind_int(&q, 10, p->new_years);
	bind_int(&q, 11, now.version + 1);
	return db_run(&q, NULL) && places_set(c, p, &row);
}

bool store_programme_set(ctx *c, const programme *p)
{
	return store_write(c, set_work, &p);
}

/* ---- meeting places ------------------------------------------------------------------------ */

typedef struct list_job {
	meeting_place *item;
	size_t n, cap;
} list_job;

static bool list_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	bool row;
	j->n = 0;
	if (!db_query(c,
		      SQL("SELECT id, municipality, name, address, note, closed "
			  "FROM meeting_place ORDER BY closed, municipality, name, id"),
		      &q))
		return false;
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		j->item = list_room(c, j->item, j->n, &j->cap, sizeof *j->item);
		j->item[j->n++] =
			(meeting_place){.id = row_id(&q, 0),
					.municipality = (uint16_t)row_int(&q, 1),
					.name = row_text(&q, 2),
					.address = row_text(&q, 3),
					.note = row_text(&q, 4),
					.closed = row_int(&q, 5) != 0};
	}
}

bool store_places(ctx *c, meeting_place **out, size_t *n)
{
	list_job j = {0};
	if (!store_read(c, list_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}

static bool place_work(ctx *c, void *arg)
{
	const meeting_place *m = arg;
	query q;
	if (!program_or(c, RIGHT_PROGRAMME) ||
	    !db_query(c,
		      SQL("INSERT INTO meeting_place (id, municipality, name, address, "
			  "note, "
			  "closed) VALUES ($1, $2, $3, $4, $5, $6) "
			  "ON CONFLICT (id) DO UPDATE SET "
			  "municipality = excluded.municipality, name = excluded.name, "
			  "address = excluded.address, note = excluded.note, "
			  "closed = excluded.closed"),
		      &q))
		return false;
	bind_id(&q, 1, &m->id);
	bind_int(&q, 2, m->municipality);
	bind_text(&q, 3, m->name);
	bind_text(&q, 4, m->address);
	bind_text(&q, 5, m->note);
	bind_int(&q, 6, m->closed);
	return db_run(&q, NULL);
}

bool store_place_set(ctx *c, meeting_place *m)
{
	meeting_place out = *m;
	if (id_none(out.id))
		out.id = store_id_new(c);
	if (!store_write(c, place_work, &out))
		return false;
	*m = out;
	return true;
}

/* ---- texts in place of the locale files' ------------------------------------------------------ */

typedef struct texts_job {
	text_row *item;
	size_t n, cap;
} texts_job;

static bool texts_work(ctx *c, void *arg)
{
	texts_job *j = arg;
	query q;
	bool row;
	j->n = 0;
	if (!db_query(c, SQL("SELECT name, lang, words FROM wording ORDER BY name, lang"),
		      &q))
		return false;
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		j->item = list_room(c, j->item, j->n, &j->cap, sizeof *j->item);
		j->item[j->n++] = (text_row){.key = row_text(&q, 0),
					     .lang = row_text(&q, 1),
					     .text = row_text(&q, 2)};
	}
}

bool store_texts(ctx *c, text_row **out, size_t *n)
{
	texts_job j = {0};
	if (!store_read(c, texts_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}

static bool text_work(ctx *c, void *arg)
{
	const text_row *t = arg;
	query q;
	sql_text set =
		SQL("INSERT INTO wording (name, lang, words) VALUES ($1, $2, $3) "
		    "ON CONFLICT (name, lang) DO UPDATE SET words = excluded.words");
	sql_text drop = SQL("DELETE FROM wording WHERE name = $1 AND lang = $2");
	if (!program_or(c, RIGHT_PROGRAMME) || !db_query(c, t->text.n ? set : drop, &q))
		return false;
	bind_text(&q, 1, t->key);
	bind_text(&q, 2, t->lang);
	bind_text(&q, 3, t->text);
	return db_run(&q, NULL);
}

bool store_text_set(ctx *c, str key, str lang, str text)
{
	text_row t = {.key = key, .lang = lang, .text = text};
	return store_write(c, text_work, &t);
}
