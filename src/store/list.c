/* Lists of people in scope: filtered, counted, searched, all of them for a round. */
#include "store/store_priv.h"

/* $5 to $15: the states asked for, in the order of steps.def; a state not asked for is ''. */
#define STATES      "$5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15"
#define FIRST_STATE 5
#define ONE_STATE   22
_Static_assert(STATE_COUNT == 11, "STATES has a parameter for each");
/* How the states are asked for decides which index a list can be walked along. */
#define IN_ALL  "p.state <> 'draft'"
#define IN_ONE  "p.state = $22"
#define IN_SOME "p.state IN (" STATES ")"
#define LIST_WHERE(in)                                                                   \
	" FROM person p WHERE p.merged IS NULL AND " in " AND ($16 = 0 OR "              \
	"p.municipality = $16) AND ($17 = '' OR p.side = $17) AND ($18 = '' OR "         \
	"p.level = $18) AND ($19 = '' OR p.gender = $19) AND " SCOPE("p")
#define STATE_ORDER                                                                      \
	"CASE p.state WHEN $5 THEN 0 WHEN $6 THEN 1 WHEN $7 THEN 2 WHEN $8 THEN 3 WHEN " \
	"$9 THEN 4 WHEN $10 THEN 5 WHEN $11 THEN 6 WHEN $12 THEN 7 WHEN $13 THEN 8 "     \
	"WHEN $14 THEN 9 ELSE 10 END"
/* Unknown stands last both ways; what is equal stands as it waits. */
#define LIST(in, by)                                                                     \
	SQL_INIT("SELECT p.id" LIST_WHERE(in) " ORDER BY " by " LIMIT $20 OFFSET $21")
#define EACH_WAY(by, way, other)                                                         \
	{                                                                                \
		{LIST(IN_ALL, by(way)), LIST(IN_ALL, by(other))},                        \
			{LIST(IN_ONE, by(way)), LIST(IN_ONE, by(other))},                \
			{LIST(IN_SOME, by(way)), LIST(IN_SOME, by(other))},              \
	}
#define BY_QUEUED(way)  " p.queued " way " NULLS LAST, p.id " way
#define AS_IT_WAITS     ", p.queued NULLS LAST, p.id"
#define BY_CHANGED(way) " p.changed " way AS_IT_WAITS
#define BY_YEAR(way)    " p.birth_year " way " NULLS LAST" AS_IT_WAITS
#define BY_PLACE(way)   " p.municipality " way " NULLS LAST" AS_IT_WAITS
#define BY_STATE(way)   STATE_ORDER " " way AS_IT_WAITS

enum asked { ASKED_ALL, ASKED_ONE, ASKED_SOME, ASKED_COUNT };
static const sql_text list_sql[][ASKED_COUNT][2] = {
	[PEOPLE_BY_QUEUED] = EACH_WAY(BY_QUEUED, "ASC", "DESC"),
	[PEOPLE_BY_CHANGED] = EACH_WAY(BY_CHANGED, "DESC", "ASC"),
	[PEOPLE_BY_YEAR] = EACH_WAY(BY_YEAR, "ASC", "DESC"),
	[PEOPLE_BY_PLACE] = EACH_WAY(BY_PLACE, "ASC", "DESC"),
	[PEOPLE_BY_STATE] = EACH_WAY(BY_STATE, "ASC", "DESC"),
};
#define COUNT(in) SQL_INIT("SELECT COUNT(*)" LIST_WHERE(in))
static const sql_text count_sql[] = {COUNT(IN_ALL), COUNT(IN_ONE), COUNT(IN_SOME)};

typedef struct list_job {
	const people_filter *f;
	people_list *out;
	bool open; /* all that is sealed */
	uint64_t
		of; /* how many there may be, to tell how far it has come; 0 = tells nobody */
	size_t cap;
} list_job;

static void bind_states(query *q, uint32_t states)
{
	uint32_t all = (1u << STATE_COUNT) - 1;
	if (!states)
		states = all & ~(1u << STATE_DRAFT);
	for (int s = 0; s < STATE_COUNT; s++)
		bind_text(q, FIRST_STATE + s,
			  states >> s & 1 ? str_from(model_state[s]) : S(""));
}

static str code_of(field_id f, int number)
{
	const choice *k = model_choice_get(f, number);
	return k ? k->code : S("");
}

static enum asked asked_for(const people_filter *f)
{
	if (!f->states)
		return ASKED_ALL;
	return f->states & (f->states - 1) ? ASKED_SOME : ASKED_ONE;
}

static bool list_query(ctx *c, sql_text text, const people_filter *f, query *q)
{
	if (!db_query_scoped(c, text, q))
		return false;
	bind_states(q, f->states);
	if (asked_for(f) == ASKED_ONE)
		bind_text(q, ONE_STATE, str_from(model_state[__builtin_ctz(f->states)]));
	bind_int(q, 16, f->municipality);
	bind_text(q, 17, code_of(FIELD_SIDE, f->side));
	bind_text(q, 18, code_of(FIELD_LEVEL, f->level));
	bind_text(q, 19, code_of(FIELD_GENDER, f->gender));
	bind_int(q, 20, f->limit > 0 ? f->limit : INT64_MAX);
	bind_int(q, 21, f->offset > 0 ? f->offset : 0);
	return true;
}

static bool take(ctx *c, list_job *j, const id *who)
{
	people_list *l = j->out;
	person_row r;
	l->item = list_room(c, l->item, l->item_n, &j->cap, sizeof *l->item);
	if (!j->open)
		return person_load_named(c, who, &l->item[l->item_n++]);
	if (!person_load(c, who, true, &r))
		return false;
	l->item[l->item_n++] = r.p;
	return true;
}

static bool take_all(ctx *c, list_job *j, query *q)
{
	bool row;
	for (;;) {
		if (!db_next(q, &row))
			return false;
		if (!row)
			return true;
		id who = row_id(q, 0);
		if (!take(c, j, &who))
			return false;
		if (j->of && j->out->item_n % PROGRESS_EACH == 0)
			ctx_progress(c, "progress.people", j->out->item_n, j->of);
	}
}

/* One line in the log for each that staff looked through. */
static bool noted(ctx *c, const char *action)
{
	return !is_staff(c) || store_log(c, str_from(action), (id){""});
}

static bool total(ctx *c, const people_filter *f, int64_t *out)
{
	query q;
	str what = str_format(c->mem, "list %u %d %d %d %u", f->states, f->side, f->level,
			      f->gender, f->municipality);
	if (counts_find(c, what, out, 1))
		return true;
	if (!list_query(c, count_sql[asked_for(f)], f, &q) || !db_one(&q))
		return false;
	*out = row_int(&q, 0);
	db_end(&q);
	counts_keep(c, what, out, 1);
	return true;
}

static bool list_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	*j->out = (people_list){0};
	j->cap = 0;
	if (!total(c, j->f, &j->out->total))
		return false;
	return list_query(c, list_sql[j->f->sort][asked_for(j->f)][j->f->reverse], j->f,
			  &q) &&
	       take_all(c, j, &q) && noted(c, "list");
}

bool store_people_list(ctx *c, const people_filter *f, people_list *out)
{
	list_job j = {.f = f, .out = out};
	return store_read(c, list_work, &j);
}

typedef struct each_job {
	const people_filter *f;
	bool (*row)(ctx *c, void *self, const person *p);
	void *self;
} each_job;

static bool each_work(ctx *c, void *arg)
{
	const each_job *j = arg;
	query q;
	bool row;
	if (!list_query(c, list_sql[j->f->sort][asked_for(j->f)][j->f->reverse], j->f,
			&q))
		return false;
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return noted(c, "list");
		arena_mark here = arena_here(c->mem);
		id who = row_id(&q, 0);
		person p;
		if (!person_load_named(c, &who, &p) || !j->row(c, j->self, &p))
			return false;
		arena_reset(c->mem, here);
	}
}

bool store_people_each(ctx *c, const people_filter *f,
		       bool (*row)(ctx *c, void *self, const person *p), void *self)
{
	each_job j = {.f = f, .row = row, .self = self};
	return store_read(c, each_work, &j);
}

static bool count_work(ctx *c, void *arg)
{
	int64_t *out = arg;
	query q;
	bool row;
	if (counts_find(c, S("states"), out, STATE_COUNT))
		return true;
	for (int s = 0; s < STATE_COUNT; s++)
		out[s] = 0;
	if (!db_query_scoped(
		    c,
		    SQL("SELECT p.state, COUNT(*) FROM person p WHERE p.merged IS "
			"NULL AND " SCOPE("p") " GROUP BY p.state"),
		    &q))
		return false;
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			break;
		state s = model_state_named(row_text(&q, 0));
		if (s != STATE_COUNT)
			out[s] = row_int(&q, 1);
	}
	counts_keep(c, S("states"), out, STATE_COUNT);
	return true;
}

bool store_people_count(ctx *c, int64_t out[STATE_COUNT])
{
	return store_read(c, count_work, out);
}

/* ---- all, for a round ----------------------------------------------------------------------- */

static bool all_work(ctx *c, void *arg)
{
	list_job *j = arg;
	query q;
	int64_t by_state[STATE_COUNT];
	*j->out = (people_list){0};
	j->cap = 0;
	j->of = 0;
	if (!store_people_count(c, by_state))
		return false;
	for (int s = 0; s < STATE_COUNT; s++)
		j->of += j->f->states & 1u << s ? (uint64_t)by_state[s] : 0;
	if (!list_query(c, list_sql[PEOPLE_BY_QUEUED][asked_for(j->f)][0], j->f, &q) ||
	    !take_all(c, j, &q))
		return false;
	j->out->total = (int64_t)j->out->item_n;
	return store_log(c, S("round"), (id){""});
}

bool store_people_all(ctx *c, uint32_t states, people_list *out)
{
	people_filter f = {.states = states};
	list_job j = {.f = &f, .out = out, .open = true};
	return staff_may(c, RIGHT_CONTACT_READ) && store_read(c, all_work, &j);
}

/* ---- searching -------------------------------------------------------------------------------- */

typedef struct search_job {
	str text;
	size_t most;
	bool *more;
	list_job list;
} search_job;

static bool in_sight(ctx *c, const id *who, bool *seen)
{
	query q;
	if (!db_query_scoped(
		    c,
		    SQL("SELECT 1 FROM person p WHERE p.id = $4 AND p.merged IS NULL "
			"AND p.state <> 'draft' AND " SCOPE("p")),
		    &q))
		return false;
	bind_id(&q, 4, who);
	if (!db_next(&q, seen))
		return false;
	db_end(&q);
	return true;
}

static bool search_work(ctx *c, void *arg)
{
	search_job *j = arg;
	id *found;
	size_t n;
	bool seen;
	*j->list.out = (people_list){0};
	j->list.cap = 0;
	*j->more = false;
	if (!index_search(c, j->text, &found, &n))
		return false;
	for (size_t i = 0; i < n && !*j->more; i++) {
		if (!in_sight(c, &found[i], &seen))
			return false;
		if (!seen)
			continue;
		*j->more = j->list.out->item_n == j->most;
		if (!*j->more && !take(c, &j->list, &found[i]))
			return false;
	}
	j->list.out->total = (int64_t)j->list.out->item_n;
	return noted(c, "search");
}

bool store_people_search(ctx *c, str text, size_t most, people_list *out, bool *more)
{
	search_job j = {.text = text, .most = most, .more = more, .list = {.out = out}};
	return staff_may(c, RIGHT_CONTACT_READ) && store_read(c, search_work, &j);
}

/* ---- by contact ---------------------------------------------------------------------------------- */

typedef struct contact_job {
	str hash;
	person *item;
	size_t n, cap;
} contact_job;

static bool contact_work(ctx *c, void *arg)
{
	contact_job *j = arg;
	query q;
	bool row;
	j->n = 0;
	if (!db_query(c,
		      SQL("SELECT DISTINCT o.id, o.state, o.version FROM person p JOIN "
			  "person o "
			  "ON o.id = COALESCE(p.merged, p.id) WHERE p.phone_hash = $1 OR "
			  "p.email_hash = $1 ORDER BY o.id"),
		      &q))
		return false;
	bind_blob(&q, 1, j->hash);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		j->item = list_room(c, j->item, j->n, &j->cap, sizeof *j->item);
		j->item[j->n++] = (person){.id = row_id(&q, 0),
					   .state = model_state_named(row_text(&q, 1)),
					   .version = row_int(&q, 2)};
	}
}

bool store_people_by_contact(ctx *c, str email_or_phone, person **out, size_t *n)
{
	contact_job j = {.hash = contact_hash(c, email_or_phone)};
	*out = NULL;
	*n = 0;
	if (!j.hash.n)
		return true;
	if (!store_read(c, contact_work, &j))
		return false;
	*out = j.item;
	*n = j.n;
	return true;
}
