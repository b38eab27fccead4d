/*
 * Facts: what happened to people, without the people.
 *
 * They are read from events and interviews while a person is here, and are written down, in the
 * very same words, in the transaction that takes the person away. So they are the same before and
 * after. What a fact does not have: a day, a text, an id of anything. The subject is drawn when it
 * is written, is the same for all facts of one person, and stands nowhere else.
 */
#include "store/store_priv.h"

const char *const fact_kind[FACT_KINDS] = {
#define STATE(id, name) [STATE_##id] = name,
#define STEP(from, to, verb, undo)
#include "model/steps.def"
#undef STATE
#undef STEP
	[FACT_REGISTERED] = "registered",
	[FACT_HELD] = "held",
	[FACT_PAIR_INTRODUCED] = "pair_introduced",
	[FACT_PAIR_MET] = "pair_met",
	[FACT_PAIR_COMPLETED] = "pair_completed",
	[FACT_PAIR_ENDED_EARLY] = "pair_ended_early",
	[FACT_PAIR_NEVER_MET] = "pair_never_met",
	[FACT_CHECKIN_CONTACT] = "checkin_contact",
	[FACT_CHECKIN_SILENT] = "checkin_silent",
};

/* ---- of one person, from its events -------------------------------------------------------- */

typedef struct line {
	int kind;
	state from, to;
	int32_t month;
} line;

typedef struct history {
	id subject;
	int municipality, side, gender;
	int32_t birth_year;
	line *line;
	size_t n, cap;
} history;

static int32_t month_of(int64_t at)
{
	ymd d = date_from_day(date_local(at).day);
	return d.year * 12 + d.month - 1;
}

static bool is_registered(const history *h)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->line[i].kind == FACT_REGISTERED)
			return true;
	return false;
}

static void add_line(ctx *c, history *h, line l)
{
	h->line = list_room(c, h->line, h->n, &h->cap, sizeof *h->line);
	h->line[h->n++] = l;
}

/* Taken back: as if it had not been. */
static void drop_at(history *h, size_t i)
{
	for (h->n--; i < h->n; i++)
		h->line[i] = h->line[i + 1];
}

static void drop_line(history *h, state from, state to)
{
	for (size_t i = h->n; i; i--)
		if (h->line[i - 1].from == from && h->line[i - 1].to == to) {
			drop_at(h, i - 1);
			return;
		}
}

/* Of a pair, or of what was answered about one; what no report counts is none. */
static int kind_of(ctx *c, str kind_text, str what)
{
	str name = str_format(c->mem, "%.*s_%.*s", STR_ARG(kind_text), STR_ARG(what));
	int kind = FACT_PAIR_INTRODUCED;
	while (kind < FACT_KINDS && !str_equal(name, str_from(fact_kind[kind])))
		kind++;
	return kind;
}

static void drop_kind(history *h, int kind)
{
	for (size_t i = h->n; i; i--)
		if (h->line[i - 1].kind == kind) {
			drop_at(h, i - 1);
			return;
		}
}

/* Whoever only began has not counted; who came in by two rows came in once. */
static void step(ctx *c, history *h, state from, state to, int32_t month)
{
	bool was_out = from == STATE_DRAFT || from == STATE_COUNT;
	line l = {.kind = (int)to, .from = from, .to = to, .month = month};
	if (to == STATE_COUNT || to == STATE_DRAFT ||
	    (from == STATE_DRAFT && to == STATE_WITHDRAWN))
		return;
	if (!is_registered(h))
		l.kind = FACT_REGISTERED;
	else if (was_out)
		return;
	add_line(c, h, l);
}

static fact fact_of(const history *h, const line *l)
{
	int year = l->month / 12;
	return (fact){.kind = l->kind,
		      .was = l->kind < STATE_COUNT ? (int)l->from : STATE_COUNT,
		      .month = l->month,
		      .municipality = h->municipality,
		      .side = h->side,
		      .gender = h->gender,
		      .age = model_age_band(h->birth_year ? year - h->birth_year : -1)};
}

/* ---- reading: of one, of all in scope -------------------------------------------------------- */

enum {
	AT_SUBJECT,
	AT_TIME,
	AT_NUMBER,
	AT_KIND,
	AT_FROM,
	AT_TO,
	AT_MUNICIPALITY,
	AT_SIDE,
	AT_GENDER,
	AT_BIRTH_YEAR,
	AT_WHAT
};
/* What became part of another has given its events away. */
#define HAPPENED(who)                                                                    \
	"SELECT e.subject, e.at, e.n, e.kind, e.from_state, e.to_state, "                \
	"p.municipality, p.side, p.gender, p.birth_year, e.what FROM event e JOIN "      \
	"person p ON p.id = e.subject WHERE e.kind IN ('add', 'import', 'step', "        \
	"'undo', 'pair', 'pair_undo', 'checkin', 'checkin_undo') AND "                   \
	"p.merged IS NULL AND " who                                                      \
	" UNION ALL SELECT i.person, i.at, 0, 'held', '', '', p.municipality, p.side, "  \
	"p.gender, p.birth_year, '' FROM interview i JOIN person p ON p.id = i.person "  \
	"WHERE i.state = 'held' AND p.merged IS NULL AND " who " ORDER BY 1, 2, 3"
#define OF_PLACE(row) "($1 = 1 OR " SCOPE_PLACE(row ".municipality") ")"

static int choice_of(field_id f, str code)
{
	for (int n = model_choice_size(f); n > 0; n--)
		if (str_equal(model_choice_get(f, n)->code, code))
			return n;
	return 0;
}

static void begin(history *h, const query *q)
{
	h->n = 0;
	h->subject = row_id(q, AT_SUBJECT);
	h->municipality = (int)row_int(q, AT_MUNICIPALITY);
	h->side = choice_of(FIELD_SIDE, row_cell(q, AT_SIDE).s);
	h->gender = choice_of(FIELD_GENDER, row_cell(q, AT_GENDER).s);
	h->birth_year = (int32_t)row_int(q, AT_BIRTH_YEAR);
}

static void happened(history *h, const query *q)
{
	str kind = row_cell(q, AT_KIND).s;
	state from = model_state_named(row_cell(q, AT_FROM).s);
	state to = model_state_named(row_cell(q, AT_TO).s);
	int32_t month = month_of(row_int(q, AT_TIME));
	bool undo = str_ends(kind, S("_undo"));
	str what = undo ? str_slice(kind, 0, kind.n - S("_undo").n) : kind;
	if (str_equal(what, S("pair")) || str_equal(what, S("checkin"))) {
		line l = {kind_of(q->c, what, row_cell(q, AT_WHAT).s), STATE_COUNT,
			  STATE_COUNT, month};
		if (undo)
			drop_kind(h, l.kind);
		else if (l.kind < FACT_KINDS)
			add_line(q->c, h, l);
	} else if (str_equal(kind, S("held")))
		add_line(q->c, h, (line){FACT_HELD, STATE_COUNT, STATE_COUNT, month});
	else if (str_equal(kind, S("undo")))
		drop_line(h, to, from);
	else
		step(q->c, h, from, to, month);
}

typedef struct each {
	fact_take *take;
	void *self;
	int64_t person;
} each;

static bool tell(each *e, const history *h)
{
	e->person++;
	for (size_t i = 0; i < h->n; i++) {
		fact f = fact_of(h, &h->line[i]);
		if (!e->take(e->self, &f, e->person))
			return false;
	}
	return true;
}

static bool each_here(ctx *c, each *e)
{
	history h = {.n = 0};
	query q;
	bool row;
	if (!db_query_scoped(c, SQL(HAPPENED(OF_PLACE("p"))), &q))
		return false;
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return tell(e, &h);
		if (!id_equal(row_id(&q, AT_SUBJECT), h.subject)) {
			if (!tell(e, &h))
				return false;
			begin(&h, &q);
		}
		happened(&h, &q);
	}
}

static bool fact_row(const query *q, fact *f)
{
	*f = (fact){.month = (int32_t)row_int(q, 3),
		    .municipality = (int)row_int(q, 4),
		    .side = choice_of(FIELD_SIDE, row_cell(q, 5).s),
		    .gender = choice_of(FIELD_GENDER, row_cell(q, 6).s),
		    .age = (int)row_int(q, 7)};
	f->was = (int)model_state_named(row_cell(q, 2).s);
	str kind = row_cell(q, 1).s;
	while (f->kind < FACT_KINDS && !str_equal(kind, str_from(fact_kind[f->kind])))
		f->kind++;
	return f->kind < FACT_KINDS ||
	       ctx_fail(q->c, FAULT_RESOURCE, "fault.store", S("fact"), S(""));
}

static bool each_gone(ctx *c, each *e)
{
	query q;
	bool row;
	fact f;
	id last = {""};
	if (!db_query_scoped(c,
			     SQL("SELECT f.subject, f.kind, f.was, f.month, "
				 "f.municipality, f.side, f.gender, f.age FROM fact f "
				 "WHERE " OF_PLACE("f") " ORDER BY f.subject"),
			     &q))
		return false;
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		e->person += !id_equal(row_id(&q, 0), last);
		last = row_id(&q, 0);
		if (!fact_row(&q, &f) || !e->take(e->self, &f, e->person))
			return false;
	}
}

bool facts_each(ctx *c, fact_take *take, void *self)
{
	each e = {.take = take, .self = self};
	return each_here(c, &e) && each_gone(c, &e);
}

/* ---- writing -------------------------------------------------------------------------------------- */

static int64_t random_row(ctx *c)
{
	uint64_t n;
	store_random(c, &n, sizeof n);
	return (int64_t)(n >> 1);
}

static str code_of(field_id f, int number)
{
	const choice *k = model_choice_get(f, number);
	return k ? k->code : S("");
}

static bool keep_one(ctx *c, const fact *f, const id *subject)
{
	query q;
	if (!db_query(c,
		      SQL("INSERT INTO fact (id, programme, kind, was, month, "
			  "municipality, side, gender, age, subject) SELECT $1, "
			  "COALESCE(MIN(id), ''), $2, $3, $4, $5, $6, $7, $8, $9 FROM "
			  "programme"),
		      &q))
		return false;
	bind_int(&q, 1, random_row(c));
	bind_text(&q, 2, str_from(fact_kind[f->kind]));
	bind_text(&q, 3, f->was == STATE_COUNT ? S("") : str_from(model_state[f->was]));
	bind_int(&q, 4, f->month);
	bind_int(&q, 5, f->municipality);
	bind_text(&q, 6, code_of(FIELD_SIDE, f->side));
	bind_text(&q, 7, code_of(FIELD_GENDER, f->gender));
	bind_int(&q, 8, f->age);
	bind_id(&q, 9, subject);
	return db_run(&q, NULL);
}

bool facts_keep(ctx *c, const id *who)
{
	history h = {.n = 0};
	query q;
	bool row;
	id subject = store_id_new(c);
	if (!db_query(c, SQL(HAPPENED("p.id = $1")), &q))
		return false;
	bind_id(&q, 1, who);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			break;
		if (id_none(h.subject))
			begin(&h, &q);
		happened(&h, &q);
	}
	for (size_t i = 0; i < h.n; i++) {
		fact f = fact_of(&h, &h.line[i]);
		if (!keep_one(c, &f, &subject))
			return false;
	}
	return true;
}
