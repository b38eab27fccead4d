/*
 * store: figures and anonymous facts. Offices by chance, of which the figures are reckoned here by
 * other means; then people go in every way there is, and the figures stay to the last one.
 */
#include "figures_help.h"

#include <time.h>

#include "solve_seeds.h"

enum { HUMANS = 40, STEPS = 260, LINES = 4000 };
static const uint16_t places[] = {LULEA, PITEA, BODEN};

typedef struct human {
	id id;
	int root; /* itself, or whom it became part of */
	int place, side, gender, year;
	state state;
	bool undo; /* its last step may be taken back */
	state before;
	bool draft, gone;
} human;

/* What should count: whoever it happened to is found by `human`. */
typedef struct happening {
	int human;
	const char *kind, *before;
	int month;
	bool over, entry;
	bool reopened; /* an entry that is one only if it is the first */
} happening;

typedef struct office {
	house *h;
	rng chance;
	human human[HUMANS];
	int humans;
	happening line[LINES];
	size_t lines;
} office;

static uint32_t below(office *o, uint32_t n)
{
	return rng_below(&o->chance, n);
}

/* By the C library, where the program has its own. */
static int month_now(const house *h)
{
	struct tm t;
	time_t s = (time_t)(h->c.now / 1000);
	localtime_r(&s, &t);
	return (t.tm_year + 1900) * 12 + t.tm_mon;
}

static void happens(office *o, int who, const char *kind, const char *before)
{
	assert_true(o->lines < LINES);
	o->line[o->lines++] = (happening){.human = who, .kind = kind, .before = before};
	o->line[o->lines - 1].month = month_now(o->h);
}

/* ---- what is done ---------------------------------------------------------------------------- */

static const char *code(field_id f, int number)
{
	const choice *k = model_choice_get(f, number);
	return k ? k->code.s : "";
}

static void comes(office *o, const id *with)
{
	if (o->humans == HUMANS)
		return;
	int who = o->humans++;
	human *p = &o->human[who];
	*p = (human){.root = who,
		     .place = below(o, 8) ? places[below(o, 3)] : 0,
		     .side = 1 + (int)below(o, 2),
		     .gender = (int)below(o, 4),
		     .year = below(o, 6) ? 1945 + (int)below(o, 65) : 0,
		     .draft = !with && !below(o, 3)};
	person s = someone("Amina", "Saleh", p->place,
			   p->draft ? STATE_DRAFT : STATE_SUBMITTED);
	s.value[FIELD_SIDE] = str_from(code(FIELD_SIDE, p->side));
	s.value[FIELD_GENDER] = str_from(code(FIELD_GENDER, p->gender));
	s.value[FIELD_BIRTH_YEAR] =
		p->year ? str_format(o->h->mem, "%d", p->year) : S("");
	if (with)
		s.import = *with;
	p->state = s.state;
	p->id = put(o->h, s);
	if (p->draft)
		return;
	happens(o, who, "registered", "");
	o->line[o->lines - 1].entry = true;
}

static const char *const verbs[] = {"submit",  "book",     "unbook",   "pass",
				    "approve", "propose",  "pair",     "close",
				    "pause",   "resume",   "decline",  "reopen",
				    "pair",    "put_back", "withdraw", "resume_waiting"};

static void steps_on(office *o, int who, const char *verb)
{
	house *h = o->h;
	human *p = &o->human[who];
	bool undo, was_draft = p->draft;
	state to = model_step(p->state, str_from(verb), &undo);
	if (to == STATE_COUNT)
		return;
	WORKS(store_person_step(&h->c, p->id, 0, str_from(verb), S("")));
	p->before = p->state;
	p->undo = undo;
	p->state = to;
	if (was_draft && to == STATE_WITHDRAWN)
		return; /* began, and thought better of it */
	p->draft = false;
	happens(o, who, was_draft ? "registered" : model_state[to],
		was_draft ? "" : model_state[p->before]);
	o->line[o->lines - 1].entry = was_draft;
	o->line[o->lines - 1].reopened = p->before == STATE_WITHDRAWN;
}

/* By staff, within a day; for a coordinator, since only such a step can be taken back. */
static void thinks_again(office *o, int who)
{
	house *h = o->h;
	human *p = &o->human[who];
	actor eva = staff(h, "Eva", true, NULL);
	bool undo;
	static const char *const by_staff[] = {"pass", "pause", "close", "decline"};
	const char *verb = by_staff[below(o, ARRAY_LEN(by_staff))];
	if (p->draft || model_step(p->state, str_from(verb), &undo) == STATE_COUNT)
		return;
	h->c.actor = &eva;
	steps_on(o, who, verb);
	if (p->undo && below(o, 2)) {
		h->c.now += (int64_t)below(o, 23) * 3600 * 1000;
		WORKS(store_person_undo(&h->c, p->id, 0));
		o->line[o->lines - 1].over = true;
		p->state = p->before;
	}
	h->c.actor = NULL;
}

static void talks(office *o, int who)
{
	house *h = o->h;
	interview i = {.person = o->human[who].id,
		       .at = h->c.now,
		       .mode = S("phone"),
		       .state = S("booked"),
		       .conduct = QUEUED_UNKNOWN,
		       .identity = QUEUED_UNKNOWN,
		       .extract = QUEUED_UNKNOWN};
	if (o->human[who].draft)
		return;
	WORKS(store_interview_set(&h->c, &i));
	if (below(o, 3) == 0)
		return;
	/* Noted twice is held once. */
	i.state = S("held");
	WORKS(store_interview_set(&h->c, &i));
	WORKS(store_interview_set(&h->c, &i));
	happens(o, who, "held", "");
}

/* A pair and what is answered about it, as events; the newest of each may be taken back. */
static void has_a_buddy(office *o, int who)
{
	static const struct {
		const char *kind, *what, *counts;
	} event_of[] = {{"pair", "introduced", "pair_introduced"},
			{"pair", "contacted", NULL},
			{"pair", "met", "pair_met"},
			{"pair", "paused", NULL},
			{"pair_resume", "met", NULL},
			{"pair", "completed", "pair_completed"},
			{"pair", "ended_early", "pair_ended_early"},
			{"pair", "never_met", "pair_never_met"},
			{"checkin", "contact", "checkin_contact"},
			{"checkin", "silent", "checkin_silent"}};
	house *h = o->h;
	size_t which = below(o, ARRAY_LEN(event_of));
	const char *kind = event_of[which].kind, *counts = event_of[which].counts;
	if (o->human[who].draft)
		return;
	WORKS(store_event_add(&h->c, o->human[who].id, str_from(kind),
			      str_from(event_of[which].what)));
	if (!counts)
		return;
	happens(o, who, counts, "");
	if (below(o, 4))
		return;
	WORKS(store_event_add(&h->c, o->human[who].id,
			      str_format(h->mem, "%s_undo", kind),
			      str_from(event_of[which].what)));
	o->line[o->lines - 1].over = true;
}

static void becomes_one(office *o, int keep, int gone)
{
	house *h = o->h;
	human *k = &o->human[keep], *g = &o->human[gone];
	if (keep == gone || k->draft || g->draft)
		return;
	WORKS(store_person_merge(&h->c, k->id, g->id));
	for (int i = 0; i < o->humans; i++)
		if (o->human[i].root == gone)
			o->human[i].root = keep;
	/* What was not known of the one is filled from the other. */
	k->place = k->place ? k->place : g->place;
	k->gender = k->gender ? k->gender : g->gender;
	k->year = k->year ? k->year : g->year;
	g->gone = true;
}

static void something_happens(office *o)
{
	if (!o->humans || !below(o, 5)) {
		comes(o, NULL);
		return;
	}
	int who = (int)below(o, (uint32_t)o->humans);
	if (o->human[who].gone)
		return;
	uint32_t draw = below(o, 14);
	if (draw == 0)
		thinks_again(o, who);
	else if (draw == 1)
		talks(o, who);
	else if (draw == 3)
		has_a_buddy(o, who);
	else if (draw == 2) {
		int other = (int)below(o, (uint32_t)o->humans);
		if (!o->human[other].gone)
			becomes_one(o, who, other);
	} else
		for (size_t i = 0; i < 4; i++)
			steps_on(o, who, verbs[below(o, ARRAY_LEN(verbs))]);
}

/* ---- the reckoning ------------------------------------------------------------------------------ */

static int band(int age)
{
	return age < 0    ? -1
	       : age < 18 ? 0
	       : age < 25 ? 18
	       : age < 40 ? 25
	       : age < 55 ? 40
	       : age < 70 ? 55
			  : 70;
}

typedef struct row {
	char key[96];
	int whose;
} row;

static int by_key(const void *a, const void *b)
{
	const row *x = a, *y = b;
	int k = strcmp(x->key, y->key);
	return k ? k : x->whose - y->whose;
}

/* Somebody who was two rows came in once, by the earlier of the two. */
static bool came_before(const office *o, size_t at)
{
	const happening *l = &o->line[at];
	for (size_t i = 0; l->entry && i < o->lines; i++) {
		const happening *k = &o->line[i];
		bool earlier = i < at;
		if (k->entry && i != at && earlier &&
		    o->human[k->human].root == o->human[l->human].root)
			return true;
	}
	return false;
}

static size_t rows_of(const office *o, unsigned by, int where, row *out)
{
	size_t n = 0;
	for (size_t i = 0; i < o->lines; i++) {
		happening copy = o->line[i], *l = &copy;
		const human *p = &o->human[o->human[l->human].root];
		bool second = came_before(o, i);
		if (second && l->reopened) {
			l->kind = model_state[STATE_SUBMITTED];
			l->before = model_state[STATE_WITHDRAWN];
			second = false;
		}
		if (l->over || second || (where && p->place != where))
			continue;
		row *r = &out[n++];
		r->whose = o->human[l->human].root;
		snprintf(r->key, sizeof r->key, "%s %s %d %d %d %d %d", l->kind,
			 by & FIGURES_BY_BEFORE ? l->before : "",
			 by & FIGURES_BY_MONTH ? l->month : 0,
			 by & FIGURES_BY_MUNICIPALITY ? p->place : 0,
			 by & FIGURES_BY_SIDE ? p->side : 0,
			 by & FIGURES_BY_GENDER ? p->gender : 0,
			 by & FIGURES_BY_AGE
				 ? band(p->year ? l->month / 12 - p->year : -1)
				 : 0);
	}
	qsort(out, n, sizeof *out, by_key);
	return n;
}

/* The same lines in the order of their text. */
static int line_order(const void *a, const void *b)
{
	return str_compare(*(const str *)a, *(const str *)b);
}

static str sorted(arena *mem, str text)
{
	str line[LINES];
	size_t n = 0;
	buf b = {.mem = mem};
	while (text.n && str_cut(&text, '\n', &line[n]))
		n++;
	qsort(line, n, sizeof *line, line_order);
	for (size_t i = 0; i < n; i++)
		buf_format(&b, "%.*s\n", STR_ARG(line[i]));
	return buf_str(&b);
}

static str reckoned(office *o, unsigned by, int where)
{
	row *r = NEW_ARRAY(o->h->mem, row, LINES);
	size_t n = rows_of(o, by, where, r);
	buf b = {.mem = o->h->mem};
	for (size_t i = 0, end; i < n; i = end) {
		int whom = 0;
		for (end = i; end < n && !strcmp(r[end].key, r[i].key); end++)
			whom += end == i || r[end].whose != r[end - 1].whose;
		buf_format(&b, "%s %zu %d\n", r[i].key, end - i, whom);
	}
	return sorted(o->h->mem, buf_str(&b));
}

/* ---- going ------------------------------------------------------------------------------------------ */

static bool erases(ctx *c, void *arg)
{
	return person_destroy(c, arg);
}

/* The twin: rows go, and nothing stays. */
static bool forgets(ctx *c, void *arg)
{
	return person_drop(c, arg);
}

static void some_go(office *o, bool (*how)(ctx *c, void *arg))
{
	house *h = o->h;
	for (int i = 0; i < o->humans; i++)
		if (!o->human[i].gone && below(o, 2)) {
			WORKS(store_write(&h->c, how, &o->human[i].id));
			o->human[i].gone = true;
		}
}

static void live(office *o, house *h, uint64_t seed)
{
	*o = (office){.h = h, .chance = rng_seed(seed)};
	h->c.now = START + (int64_t)below(o, 400) * DAY;
	for (int i = 0; i < STEPS; i++) {
		h->c.now += (int64_t)below(o, 5 * 24) * 3600 * 1000;
		something_happens(o);
	}
}

static void show_difference(unsigned by, str want, str got)
{
	str w = S(""), g = S("");
	while (str_equal(w, g) && want.n && got.n)
		if (!str_cut(&want, '\n', &w) || !str_cut(&got, '\n', &g))
			return;
	print_error("by %u: wanted %.*s, got %.*s\n", by, STR_ARG(w), STR_ARG(g));
}

static bool is_as_reckoned(office *o, bool show)
{
	house *h = o->h;
	actor few = staff(h, "Kommun", false, (uint16_t[]){PITEA, 0});
	bool same = true;
	few.rights = RIGHT_BIT(FIGURES);
	for (unsigned by = 0; by <= BY_EVERYTHING; by += 1 + below(o, 6)) {
		str want = reckoned(o, by, 0);
		str got = sorted(h->mem, figures_text(&h->c, by));
		same &= str_equal(want, got);
		if (show && !str_equal(want, got))
			show_difference(by, want, got);
		h->c.actor = &few;
		got = sorted(h->mem, figures_text(&h->c, by));
		h->c.actor = NULL;
		same &= str_equal(reckoned(o, by, PITEA), got);
	}
	return same;
}

/* Any set of people, erased at any time, and then another one. */
static void figures_stay(void **fixture)
{
	(void)fixture;
	int64_t seeds = solve_seeds() / (on_pg() ? 1000 : 400);
	for (uint64_t seed = 1; seed <= (uint64_t)(seeds ? seeds : 1); seed++) {
		void *one;
		house_setup_in(&one, access("/dev/shm", W_OK) ? P_tmpdir : "/dev/shm");
		house *h = one;
		office *o = NEW(h->mem, office);
		live(o, h, seed);
		bool before = is_as_reckoned(o, true);
		some_go(o, erases);
		bool after = is_as_reckoned(o, true);
		for (int i = 0; i < STEPS / 2; i++) {
			h->c.now += (int64_t)below(o, 5 * 24) * 3600 * 1000;
			something_happens(o);
		}
		some_go(o, erases);
		bool later = is_as_reckoned(o, true);
		assert_true(raw(h, SQL("SELECT COUNT(*) FROM fact"), NULL) > 0);
		house_teardown(&one);
		if (!before || !after || !later)
			fail_msg("seed %llu: %d %d %d", (unsigned long long)seed, before,
				 after, later);
	}
}

static void rows_without_facts_are_caught(void **fixture)
{
	house *h = *fixture;
	office *o = NEW(h->mem, office);
	live(o, h, 1);
	assert_true(is_as_reckoned(o, false));
	some_go(o, forgets);
	assert_false(is_as_reckoned(o, false));
}

/* ---- what does not count, and what a fact tells ------------------------------------------------------ */

static int64_t facts(house *h)
{
	return raw(h, SQL("SELECT COUNT(*) FROM fact"), NULL);
}

static void an_import_taken_back_never_counted(void **fixture)
{
	house *h = *fixture;
import i = {.file = S("x.csv"), .rows = 2, .added = 2 };
	WORKS(store_import_add(&h->c, &i));
	str none = figures_text(&h->c, BY_EVERYTHING);
	office *o = NEW(h->mem, office);
	*o = (office){.h = h, .chance = rng_seed(7)};
	comes(o, &i.id);
	comes(o, &i.id);
	assert_false(str_equal(none, figures_text(&h->c, BY_EVERYTHING)));
	WORKS(store_import_undo(&h->c, i.id));
	assert_true(str_equal(none, figures_text(&h->c, BY_EVERYTHING)));
	assert_int_equal(facts(h), 0);
	/* Nor did a draft, by whatever way it goes. */
	id draft = put(h, someone("Amina", "Saleh", LULEA, STATE_DRAFT));
	WORKS(store_write(&h->c, erases, &draft));
	assert_int_equal(facts(h), 0);
}

static void a_fact_leads_to_nobody(void **fixture)
{
	house *h = *fixture;
	office *o = NEW(h->mem, office);
	live(o, h, 3);
	some_go(o, erases);
	int64_t n = facts(h);
	assert_true(n > 20);
	static const sql_text never[] = {
		SQL_INIT("SELECT COUNT(*) FROM fact f JOIN log l ON l.subject = "
			 "f.subject"),
		SQL_INIT("SELECT COUNT(*) FROM fact f JOIN person p ON p.id = f.subject"),
		SQL_INIT("SELECT COUNT(*) FROM fact WHERE month > 12 * 2200"),
		SQL_INIT("SELECT COUNT(*) FROM fact WHERE age NOT IN (-1, 0, 18, 25, 40, "
			 "55, 70)"),
	};
	for (size_t i = 0; i < ARRAY_LEN(never); i++)
		assert_int_equal(raw(h, never[i], NULL), 0);
	for (int i = 0; i < o->humans; i++)
		assert_int_equal(raw(h,
				     SQL("SELECT COUNT(*) FROM fact WHERE subject = $1"),
				     &o->human[i].id),
				 0);
	/* Rows lie in no order of time: of neighbours about half stand the other way round. */
	int64_t turned =
		raw(h,
		    SQL("SELECT COUNT(*) FROM (SELECT f.month - LAG(f.month) OVER (ORDER "
			"BY f.id) AS later FROM fact f) x WHERE later < 0"),
		    NULL);
	assert_in_range(turned, n / 5, n);
}

static void figures_want_the_right(void **fixture)
{
	house *h = *fixture;
	const figures_ask ask = {.to = INT32_MAX};
	figure *f;
	size_t n;
	actor who = coordinator_of(h, LULEA);
	who.rights &= ~RIGHT_BIT(FIGURES);
	h->c.actor = &who;
	FAILS(store_figures(&h->c, &ask, &f, &n), FAULT_HIDDEN, "fault.hidden");
	who = (actor){.person = put(h, someone("Ali", "A", LULEA, STATE_WAITING))};
	FAILS(store_figures(&h->c, &ask, &f, &n), FAULT_HIDDEN, "fault.hidden");
	who = (actor){.role = ROLE_NONE};
	FAILS(store_figures(&h->c, &ask, &f, &n), FAULT_LOGIN, "fault.login");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_stay),
		HOUSE_TEST(rows_without_facts_are_caught),
		HOUSE_TEST(an_import_taken_back_never_counted),
		HOUSE_TEST(a_fact_leads_to_nobody),
		HOUSE_TEST(figures_want_the_right),
	};
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return cmocka_run_group_tests_name("store facts", tests, NULL, NULL);
}
