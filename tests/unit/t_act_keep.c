/*
 * act: two years and a little more of an office whose machine is off at random, and in which people
 * fall silent. What was to go by when, and who was to be asked before, is reckoned here from what
 * was done and when the machine looked; after each look nothing is there that is over, nobody is
 * gone who is not, and the figures are what they were. KOMPIS_SEEDS / 2,000 such runs, at least one.
 */
#include "figures_help.h"
#include "years_help.h"

#include "act/act.h"
#include "solve_seeds.h"

enum { PEOPLE = 90, DAYS = 830, A_YEAR = 400, NOTICES = 4, SLOW = 14 };

/* How it goes wrong on purpose. */
typedef enum planted {
	NOTHING_PLANTED,
	NO_CATCHING_UP,
	WITHOUT_FACTS,
	VISITS_FORGOTTEN,
	TOLD_TWICE
} planted;

typedef struct human {
	id id;
	state state;
	bool reachable, lively, gone;
	int64_t last;          /* heard of each other */
	int64_t ended;         /* or NEVER */
	int64_t noted;         /* or NEVER */
	int64_t told[NOTICES]; /* when they were to be asked whether to stay */
	int tolds;
	int64_t talk; /* booked for then, 0 none */
	str cookie;
} human;

typedef struct office {
	house *h;
	ctx *c;
	rng chance;
	planted fault;
	int64_t now, former, end;
	act_keeping keeping;
	human human[PEOPLE];
	size_t humans, removed, asked, rounds, wrong;
	bool show;
} office;

static uint32_t below(office *o, uint32_t n)
{
	return rng_below(&o->chance, n);
}

static int64_t office_clock(void *self)
{
	return ((const office *)self)->now;
}

static void office_failed(void *self, const ctx *c, const char *name)
{
	(void)self;
	fail_msg("%s: %s %.*s", name, c->fault.key, STR_ARG(c->fault.arg[0]));
}

static void is_wrong(office *o, const char *what, const human *p)
{
	o->wrong++;
	if (o->show)
		print_message("%s: %s, at day %lld, last %lld\n", what, p ? p->id.s : "",
			      (long long)((o->now - START) / DAY),
			      p ? (long long)((p->last - START) / DAY) : 0);
}

/* ---- what people and the office do ---------------------------------------------------------- */

#define DONE(call)                                                                       \
	do {                                                                             \
		o->c->now = o->now;                                                      \
		o->c->today = date_local(o->now).day;                                    \
		if (!(call))                                                             \
			fail_msg("%s: %s", #call, o->c->fault.key);                      \
	} while (0)

static void comes(office *o)
{
	if (o->humans == PEOPLE)
		return;
	human *p = &o->human[o->humans];
	*p = (human){.state = below(o, 3) ? STATE_WAITING : STATE_SUBMITTED,
		     .reachable = below(o, 4) != 0,
		     .lively = !below(o, 3),
		     .last = o->now,
		     .ended = NEVER,
		     .noted = below(o, 2) ? o->now : NEVER};
	person s = someone("Amina", "Saleh", below(o, 2) ? LULEA : PITEA, p->state);
	s.value[FIELD_GENDER] = below(o, 2) ? S("woman") : S("man");
	s.value[FIELD_BIRTH_YEAR] = str_format(o->c->mem, "%d", 1950 + (int)below(o, 55));
	if (p->reachable)
		s.value[FIELD_EMAIL] =
			str_format(o->c->mem, "p%zu@example.org", o->humans);
	if (p->noted != NEVER)
		s.value[FIELD_NOTE] = S("words of staff");
	DONE(store_person_add(o->c, &s));
	p->id = s.id;
	o->humans++;
}

static void visits(office *o, human *p)
{
	session s = {.person = p->id, .expires = o->now + 30 * DAY};
	actor who;
	if (p->cookie.n && store_session_get(o->c, p->cookie, &s, &who)) {
		/* Seen at most once a minute, and then it was so. */
		p->last = o->now;
		return;
	}
	o->c->fault = (fault){.kind = FAULT_NONE};
	DONE(store_session_new(o->c, &s, &p->cookie));
	p->cookie = str_copy(o->h->mem, p->cookie);
	p->last = o->now;
}

static void answers(office *o, human *p)
{
	char text[32];
	snprintf(text, sizeof text, "Amina %u", below(o, 1000000));
	DONE(change_one(o->c, p->id, 0, FIELD_GIVEN, text));
	p->last = o->now;
}

static void is_noted(office *o, human *p)
{
	char text[32];
	snprintf(text, sizeof text, "words %u", below(o, 1000000));
	DONE(change_one(o->c, p->id, 0, FIELD_NOTE, text));
	p->last = p->noted = o->now;
}

static void talks(office *o, human *p)
{
	interview i = {.person = p->id,
		       .at = o->now + (int64_t)below(o, 400) * HOUR,
		       .mode = S("phone"),
		       .state = S("booked"),
		       .note = S("what was said"),
		       .conduct = QUEUED_UNKNOWN,
		       .identity = QUEUED_UNKNOWN,
		       .extract = QUEUED_UNKNOWN};
	DONE(store_interview_set(o->c, &i));
	p->last = i.at > p->last ? i.at : p->last;
	p->talk = i.at;
}

static void moves(office *o, human *p)
{
	static const char *const verb[] = {"close",    "decline", "propose", "pair",
					   "withdraw", "approve", "pass",    "reopen",
					   "pause",    "resume",  "put_back"};
	for (int tries = 0; tries < 6; tries++) {
		str v = str_from(verb[below(o, ARRAY_LEN(verb))]);
		bool undo;
		state to = model_step(p->state, v, &undo);
		if (to == STATE_COUNT)
			continue;
		DONE(store_person_step(o->c, p->id, 0, v, S("why")));
		p->state = to;
		p->last = p->last > o->now ? p->last : o->now;
		bool over = to == STATE_CLOSED || to == STATE_DECLINED ||
			    to == STATE_WITHDRAWN;
		p->ended = over ? o->now : NEVER;
		return;
	}
}

static void something_happens(office *o)
{
	if (!o->humans || !below(o, 6)) {
		comes(o);
		return;
	}
	human *p = &o->human[below(o, (uint32_t)o->humans)];
	if (p->gone || (!p->lively && below(o, SLOW)))
		return;
	switch (below(o, 7)) {
	case 0:
		talks(o, p);
		break;
	case 1:
		moves(o, p);
		break;
	case 2:
		is_noted(o, p);
		break;
	case 3:
		answers(o, p);
		break;
	default:
		visits(o, p);
		break;
	}
}

/* ---- the reckoning ------------------------------------------------------------------------------- */

static bool is_open(const human *p)
{
	return p->ended == NEVER && p->state != STATE_PAIRED;
}

/* Asked since we last heard of each other, and how long ago. */
static bool was_asked(const office *o, const human *p, int64_t ago)
{
	for (int i = 0; i < p->tolds; i++)
		if (p->told[i] > p->last && p->told[i] <= o->now - ago)
			return true;
	return false;
}

static bool is_over(const office *o, const human *p)
{
	if (p->ended != NEVER)
		return o->now - p->ended >= 183 * DAY && p->talk <= o->now;
	return is_open(p) && o->now - p->last >= 365 * DAY &&
	       (!p->reachable || was_asked(o, p, 14 * DAY));
}

static void reckon_asking(office *o)
{
	for (size_t i = 0; i < o->humans; i++) {
		human *p = &o->human[i];
		if (p->gone || !is_open(p) || !p->reachable ||
		    o->now - p->last < 335 * DAY || was_asked(o, p, 0))
			continue;
		assert_true(p->tolds < NOTICES);
		p->told[p->tolds++] = o->now;
		o->asked++;
	}
}

static int64_t count_of(office *o, sql_text text, const id *who)
{
	return raw(o->h, text, who);
}

static void look_at(office *o, human *p, bool ran)
{
	bool over = ran && is_over(o, p);
	int64_t here =
		count_of(o, SQL("SELECT COUNT(*) FROM person WHERE id = $1"), &p->id);
	if (over && here)
		is_wrong(o, "still here", p);
	if (!over && !here)
		is_wrong(o, "gone too early", p);
	if (!here || over) {
		p->gone = true;
		o->removed++;
		return;
	}
	int64_t n = count_of(o,
			     SQL("SELECT COUNT(*) FROM message WHERE rule = 'leaving' "
				 "AND person = $1"),
			     &p->id);
	if (n != p->tolds)
		is_wrong(o, n < p->tolds ? "not asked" : "asked too often", p);
	person s;
	DONE(store_person_get(o->c, p->id, true, &s));
	if (ran && p->noted != NEVER && o->now - p->noted >= 90 * DAY) {
		if (s.value[FIELD_NOTE].n)
			is_wrong(o, "a note is left", p);
		p->noted = NEVER;
	} else if (p->noted != NEVER && !s.value[FIELD_NOTE].n)
		is_wrong(o, "a note went early", p);
}

/* What is swept each hour, and the log: nothing of it is older than its time by more than an hour. */
static void look_at_rest(office *o)
{
	static const struct {
		sql_text oldest;
		int days;
	} kept[] = {
		{SQL_INIT("SELECT COALESCE(MIN(at), 0) FROM event WHERE reason IS NOT "
			  "NULL"),
		 90},
		{SQL_INIT("SELECT COALESCE(MIN(at), 0) FROM interview WHERE note IS NOT "
			  "NULL"),
		 90},
		{SQL_INIT("SELECT COALESCE(MIN(created), 0) FROM message WHERE sealed IS "
			  "NOT NULL AND state = 'sent'"),
		 30},
		{SQL_INIT("SELECT COALESCE(MIN(at), 0) FROM log"), 730},
	};
	int64_t broken;
	for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
		int64_t at = count_of(o, kept[i].oldest, NULL);
		if (at && o->now - at > kept[i].days * DAY + HOUR)
			is_wrong(o, "kept too long", NULL);
	}
	DONE(log_verify(o->c, &broken));
	if (broken)
		is_wrong(o, "the chain is broken", NULL);
}

/* ---- the machine ------------------------------------------------------------------------------------- */

static void send_all(office *o)
{
	message m;
	for (;;) {
		DONE(store_outbox_claim(o->c, HOUR, &m));
		if (id_none(m.id))
			return;
		DONE(store_outbox_settle(o->c, &m, MESSAGE_SENT, S("")));
	}
}

static void plant(office *o)
{
	if (o->fault == NO_CATCHING_UP)
		assert_true(store_write(o->c, forget_missed, &o->now));
	if (o->fault == VISITS_FORGOTTEN)
		(void)count_of(o, SQL("UPDATE person SET active = 0"), NULL);
	if (o->fault == TOLD_TWICE)
		(void)count_of(o,
			       SQL("UPDATE message SET created = 0, subject_key = id "
				   "WHERE rule = 'leaving'"),
			       NULL);
}

static void look(office *o)
{
	str before = figures_text(o->c, BY_EVERYTHING);
	bool ran = o->rounds && struck(o->former, o->now, 4 * 60 + 15, 0);
	plant(o);
	o->keeping.self = o;
	act_jobs_round(o->c, &o->keeping);
	if (o->rounds && struck(o->former, o->now, 16 * 60 + 30, 0))
		reckon_asking(o);
	o->rounds++;
	o->former = o->now;
	for (size_t i = 0; i < o->humans; i++)
		if (!o->human[i].gone)
			look_at(o, &o->human[i], ran);
	if (ran)
		look_at_rest(o);
	if (o->fault == WITHOUT_FACTS)
		(void)count_of(o, SQL("DELETE FROM fact"), NULL);
	if (!str_equal(before, figures_text(o->c, BY_EVERYTHING)))
		is_wrong(o, "other figures", NULL);
	send_all(o);
}

/* Off for hours, days, or weeks. */
static int64_t off_for(office *o)
{
	uint32_t kind = below(o, 8);
	return kind < 5   ? (int64_t)below(o, 40) * HOUR
	       : kind < 7 ? (int64_t)below(o, 10) * DAY
			  : (int64_t)below(o, 70) * DAY;
}

static void live(office *o)
{
	while (o->now < o->end) {
		arena_mark here = arena_here(o->c->mem);
		look(o);
		for (uint32_t n = below(o, 5); n; n--) {
			o->now += (int64_t)(1 + below(o, 90)) * MINUTE;
			something_happens(o);
		}
		o->now += (int64_t)(6 + below(o, 30)) * HOUR;
		if (!below(o, 30))
			o->now += off_for(o);
		arena_reset(o->c->mem, here);
	}
	look(o);
}

static size_t live_through(uint64_t seed, int days, planted how, bool show)
{
	void *fixture;
	house *h = years_house(&fixture);
	arena *mem = arena_new(0), *handle = arena_new(0), *job = arena_new(0);
	office *o = NEW(mem, office);
	ctx c = {.mem = job, .now = START};
	*o = (office){.h = h, .c = &c, .fault = how, .chance = rng_seed(seed)};
	o->show = show;
	o->now = START;
	o->end = START + days * DAY;
	o->keeping = (act_keeping){.base = h->base,
				   .origin = S("https://kompis.test"),
				   .clock = office_clock,
				   .failed = office_failed};
	assert_true(store_open(&c, handle, h->base, &c.store));
	live(o);
	size_t wrong = o->wrong;
	if (show)
		print_message("%zu people, %zu looks, %zu went, %zu were asked before\n",
			      o->humans, o->rounds, o->removed, o->asked);
	assert_true(how != NOTHING_PLANTED || (o->removed > 20 && o->asked > 10));
	arena_free(job);
	arena_free(handle);
	arena_free(mem);
	house_teardown(&fixture);
	return wrong;
}

static void nothing_is_kept_too_long(void **fixture)
{
	(void)fixture;
	int64_t seeds = solve_seeds() / 2000;
	for (uint64_t seed = 1; seed <= (uint64_t)(seeds ? seeds : 1); seed++) {
		size_t wrong = live_through(seed, DAYS, NOTHING_PLANTED, true);
		if (wrong)
			fail_msg("seed %llu: %zu wrong", (unsigned long long)seed, wrong);
	}
}

static void a_machine_that_goes_wrong_is_caught(void **fixture)
{
	static const planted how[] = {NO_CATCHING_UP, WITHOUT_FACTS, VISITS_FORGOTTEN,
				      TOLD_TWICE};
	(void)fixture;
	FILES_ONLY();
	for (size_t i = 0; i < ARRAY_LEN(how); i++)
		if (!live_through(1, how[i] == VISITS_FORGOTTEN ? DAYS : A_YEAR, how[i],
				  false))
			fail_msg("twin %zu is not caught", i);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(nothing_is_kept_too_long),
		cmocka_unit_test(a_machine_that_goes_wrong_is_caught),
	};
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return cmocka_run_group_tests(test, NULL, NULL);
}
