/*
 * act: two years of an office whose machine is off at random. People begin, answer, send in, are
 * booked, moved, called off, wait, say no to news, are erased. What was to be said to whom is
 * reckoned afterwards from what was done and when the machine ran, by other means; each of it must
 * have been said once, and nothing else. KOMPIS_SEEDS / 2,000 such runs, at least one.
 */
#include "years_help.h"

#include "act/office.h"
#include "solve_seeds.h"

enum { PEOPLE = 60, TWO_YEARS = 730, A_YEAR = 365, SPANS = 60, TALKS = 16, TOLD = 6000 };

/* From, and until when; NEVER where it goes on. */
typedef struct span {
	int64_t from, until;
} span;
typedef struct spans {
	span at[SPANS];
	size_t n;
} spans;

typedef struct talk {
	id id;
	struct talk_time {
		int64_t at;
		span held; /* while this was its time */
	} time[SPANS];
	size_t n;
} talk;

typedef struct human {
	id id;
	spans draft, waiting, agreed;
	int64_t answer[SPANS]; /* moments */
	size_t answers;
	int64_t reachable; /* since then */
	int64_t submitted, erased;
	talk talk[TALKS];
	size_t talks;
	state state;
} human;

/* How it goes wrong on purpose. */
typedef enum planted { NOTHING_PLANTED, NO_CATCHING_UP, KEY_WITHOUT_TIME } planted;

typedef struct office {
	house *h;
	ctx c[2]; /* two handles take turns */
	actor karin;
	rng chance;
	planted fault;
	int64_t now, first_round, end;
	act_keeping keeping;
	int64_t *round; /* when the machine looked */
	size_t rounds;
	human human[PEOPLE];
	size_t humans;
	struct told {
		char text[96];
	} told[TOLD], wanted[TOLD];
	size_t told_n, wanted_n;
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

static void begin_span(spans *s, int64_t now)
{
	assert_true(s->n < SPANS);
	s->at[s->n++] = (span){now, NEVER};
}

static void end_span(spans *s, int64_t now)
{
	if (s->n && s->at[s->n - 1].until == NEVER)
		s->at[s->n - 1].until = now;
}

static bool within(const spans *s, int64_t t)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->at[i].from <= t && t < s->at[i].until)
			return true;
	return false;
}

/* ---- what people and the office do --------------------------------------------------------------- */

typedef struct act {
	office *o;
	human *p;
	interview talk;
	const char *verb;
} act;

static void do_it(office *o, const actor *who, bool (*work)(ctx *c, void *arg), act *a)
{
	ctx *c = &o->c[below(o, 2)];
	c->now = o->now;
	c->today = date_local(o->now).day;
	c->actor = who;
	c->fault = (fault){.kind = FAULT_NONE};
	if (!store_write(c, work, a))
		fail_msg("%s %.*s", c->fault.key, STR_ARG(c->fault.arg[0]));
	c->actor = NULL;
}

static bool do_start(ctx *c, void *arg)
{
	act *a = arg;
	session s;
	str secret;
	act_draft d = {.side = S("newcomer"), .lang = S("sv"), .channel = S("web")};
	if (!act_register_start(c, &d, &s, &secret))
		return false;
	a->p->id = d.person;
	return true;
}

static bool do_answer(ctx *c, void *arg)
{
	const act *a = arg;
	str value[FIELD_COUNT] = {{0}};
	bool set[FIELD_COUNT] = {0};
	/* Another each time: what stays as it was is no change. */
	value[FIELD_GIVEN] = str_format(c->mem, "Amina %zu", a->p->answers);
	set[FIELD_GIVEN] = true;
	if (a->p->reachable == a->o->now) {
		size_t n = (size_t)(a->p - a->o->human);
		field_id f = n % 3 ? FIELD_EMAIL : FIELD_PHONE;
		value[f] = n % 3 ? str_format(c->mem, "p%zu@example.org", n)
				 : str_format(c->mem, "+4670174%04zu", n);
		set[f] = true;
	}
	return store_person_change(c, a->p->id, 0, value, set);
}

static bool do_submit(ctx *c, void *arg)
{
	const act *a = arg;
	static const struct {
		field_id f;
		str value;
	} rest[] = {{FIELD_BIRTH_YEAR, S_INIT("1990")},
		    {FIELD_MUNICIPALITY, S_INIT("2580")},
		    {FIELD_LEVEL, S_INIT("a1")},
		    {FIELD_LIFE, S_INIT("single")},
		    {FIELD_INTERESTS, S_INIT("fika,film")}};
	str value[FIELD_COUNT] = {{0}};
	bool set[FIELD_COUNT] = {0};
	bool given[CONSENT_PURPOSES] = {[CONSENT_FOR_MATCH] = true};
	given[CONSENT_FOR_MESSAGES] = within(&a->p->agreed, a->o->now);
	for (size_t i = 0; i < ARRAY_LEN(rest); i++) {
		value[rest[i].f] = rest[i].value;
		set[rest[i].f] = true;
	}
	return store_person_change(c, a->p->id, 0, value, set) &&
	       act_register_submit(c, a->p->id, given, S("sv"), S("web"));
}

static bool do_book(ctx *c, void *arg)
{
	return act_interview_book(c, &((act *)arg)->talk, 0);
}

static bool do_cancel(ctx *c, void *arg)
{
	return act_interview_cancel(c, &((act *)arg)->talk);
}

static bool do_step(ctx *c, void *arg)
{
	const act *a = arg;
	act_step s = {.person = a->p->id, .verb = str_from(a->verb)};
	return act_person_step(c, &s);
}

static bool do_consent(ctx *c, void *arg)
{
	const act *a = arg;
	return store_consent_set(c, a->p->id, CONSENT_FOR_MESSAGES,
				 within(&a->p->agreed, a->o->now), S("sv"), S("web"));
}

static bool do_erase(ctx *c, void *arg)
{
	return person_destroy(c, &((const act *)arg)->p->id);
}

/* The twin of a subject without the time: what was said of the former time counts for the new one. */
static bool rename_told(ctx *c, void *arg)
{
	const act *a = arg;
	query q;
	if (!db_query(c,
		      SQL("UPDATE message SET subject_key = $2 WHERE rule = "
			  "'talk_reminder' AND subject_key > $1 AND subject_key < $3"),
		      &q))
		return false;
	bind_text(&q, 1, str_format(c->mem, "%s/", a->talk.id.s));
	bind_text(&q, 2,
		  str_format(c->mem, "%s/%lld", a->talk.id.s, (long long)a->talk.at));
	bind_text(&q, 3, str_format(c->mem, "%s0", a->talk.id.s));
	return db_run(&q, NULL);
}

static actor self_of(const human *p)
{
	return (actor){.person = p->id};
}

static void answer(office *o, human *p, act *a)
{
	const actor self = self_of(p);
	if (p->answers == SPANS)
		return;
	if (p->reachable == NEVER && below(o, 3))
		p->reachable = o->now;
	p->answer[p->answers++] = o->now;
	do_it(o, &self, do_answer, a);
}

static void start(office *o)
{
	static const actor nobody = {.role = ROLE_NONE};
	if (o->humans == PEOPLE)
		return;
	human *p = &o->human[o->humans++];
	*p = (human){.reachable = NEVER, .submitted = NEVER, .erased = NEVER};
	p->state = STATE_DRAFT;
	act a = {.o = o, .p = p};
	do_it(o, &nobody, do_start, &a);
	begin_span(&p->draft, o->now);
	answer(o, p, &a);
}

static void submit(office *o, human *p, act *a)
{
	const actor self = self_of(p);
	if (p->reachable == NEVER)
		return;
	if (below(o, 4))
		begin_span(&p->agreed, o->now);
	do_it(o, &self, do_submit, a);
	end_span(&p->draft, o->now);
	p->submitted = o->now;
	p->state = STATE_SUBMITTED;
}

static struct talk_time *time_of(human *p)
{
	talk *t = p->talks ? &p->talk[p->talks - 1] : NULL;
	return t && t->time[t->n - 1].held.until == NEVER ? &t->time[t->n - 1] : NULL;
}

static void end_talk(office *o, human *p)
{
	struct talk_time *t = time_of(p);
	if (t)
		t->held.until = o->now;
}

/* In some days, by day; sometimes within hours. */
static int64_t some_time(office *o)
{
	int32_t day = date_local(o->now).day + (int32_t)below(o, 9);
	int64_t at =
		date_from_local((local_time){day, 8 * 60 + (int32_t)below(o, 20) * 30});
	return at > o->now ? at : o->now + 2 * HOUR;
}

static void keep_time(office *o, talk *t, int64_t at)
{
	assert_true(t->n < SPANS);
	t->time[t->n++] = (struct talk_time){at, {o->now, NEVER}};
}

static void book(office *o, human *p, act *a)
{
	if (p->talks == TALKS)
		return;
	a->talk = (interview){.person = p->id,
			      .at = some_time(o),
			      .mode = S("phone"),
			      .conduct = QUEUED_UNKNOWN,
			      .identity = QUEUED_UNKNOWN,
			      .extract = QUEUED_UNKNOWN};
	do_it(o, &o->karin, do_book, a);
	p->talk[p->talks].id = a->talk.id;
	keep_time(o, &p->talk[p->talks++], a->talk.at);
	p->state = STATE_INTERVIEW;
}

static bool load_talk(office *o, human *p, act *a)
{
	interview *i;
	size_t n;
	ctx *c = &o->c[0];
	assert_true(store_interviews_of(c, p->id, &i, &n));
	for (size_t k = 0; k < n; k++)
		if (id_equal(i[k].id, p->talk[p->talks - 1].id))
			a->talk = i[k];
	return time_of(p) && a->talk.at > o->now;
}

static void move(office *o, human *p, act *a)
{
	talk *t = &p->talk[p->talks - 1];
	if (!load_talk(o, p, a) || t->n == SPANS)
		return;
	int64_t at = some_time(o);
	if (at == a->talk.at)
		return;
	a->talk.at = at;
	do_it(o, &o->karin, do_book, a);
	end_talk(o, p);
	keep_time(o, t, at);
	if (o->fault == KEY_WITHOUT_TIME)
		do_it(o, NULL, rename_told, a);
}

static void cancel(office *o, human *p, act *a)
{
	if (!load_talk(o, p, a))
		return;
	do_it(o, &o->karin, do_cancel, a);
	end_talk(o, p);
	p->state = STATE_SUBMITTED;
}

static void step(office *o, human *p, act *a, const char *verb, state to)
{
	a->verb = verb;
	do_it(o, &o->karin, do_step, a);
	if (p->state == STATE_INTERVIEW && time_of(p) && time_of(p)->at > o->now)
		end_talk(o, p);
	end_span(&p->waiting, o->now);
	if (to == STATE_WAITING)
		begin_span(&p->waiting, o->now);
	p->state = to;
}

static void change_mind(office *o, human *p, act *a)
{
	const actor self = self_of(p);
	if (p->agreed.n + 1 >= SPANS)
		return;
	if (within(&p->agreed, o->now))
		end_span(&p->agreed, o->now);
	else
		begin_span(&p->agreed, o->now);
	do_it(o, &self, do_consent, a);
}

static void erase(office *o, human *p, act *a)
{
	do_it(o, NULL, do_erase, a);
	p->erased = o->now;
}

static void act_of_draft(office *o, human *p, act *a)
{
	/* Soon to be swept; when, is for the reckoning. */
	if (p->answer[p->answers - 1] < o->now - 29 * DAY)
		return;
	switch (below(o, 8)) {
	case 0:
	case 1:
		answer(o, p, a);
		break;
	case 2:
		submit(o, p, a);
		break;
	case 3:
		if (!below(o, 4))
			erase(o, p, a);
		break;
	default:
		break;
	}
}

static void act_of_applicant(office *o, human *p, act *a)
{
	uint32_t draw = below(o, 12);
	if (draw == 0 && !below(o, 10))
		erase(o, p, a);
	else if (draw == 1 && p->state != STATE_PAUSED)
		step(o, p, a, "pause", STATE_PAUSED);
	else if (draw == 2)
		change_mind(o, p, a);
	else if (p->state == STATE_PAUSED)
		step(o, p, a, "resume", STATE_SUBMITTED);
	else if (p->state == STATE_SUBMITTED)
		book(o, p, a);
	else if (p->state == STATE_APPROVED)
		step(o, p, a, "approve", STATE_WAITING);
	else if (p->state == STATE_INTERVIEW && draw < 6)
		move(o, p, a);
	else if (p->state == STATE_INTERVIEW && draw < 8)
		cancel(o, p, a);
	else if (p->state == STATE_INTERVIEW && draw < 10)
		step(o, p, a, "pass", STATE_APPROVED);
}

static void something_happens(office *o)
{
	if (!o->humans || !below(o, 40)) {
		start(o);
		return;
	}
	human *p = &o->human[below(o, (uint32_t)o->humans)];
	act a = {.o = o, .p = p};
	if (p->erased != NEVER)
		return;
	if (p->state == STATE_DRAFT)
		act_of_draft(o, p, &a);
	else
		act_of_applicant(o, p, &a);
}

/* ---- the machine ------------------------------------------------------------------------------------ */

static void note(struct told *list, size_t *n, const char *rule, str key)
{
	assert_true(*n < TOLD);
	snprintf(list[(*n)++].text, sizeof list->text, "%s %.*s", rule, STR_ARG(key));
}

static const char *const rules[] = {"welcome", "unfinished", "talk_reminder", "news"};

static void send_all(office *o)
{
	ctx *c = &o->c[0];
	message m;
	for (;;) {
		c->now = o->now;
		assert_true(store_outbox_claim(c, HOUR, &m));
		if (id_none(m.id))
			return;
		assert_true(store_outbox_settle(c, &m, MESSAGE_SENT, S("")));
		for (size_t i = 0; i < ARRAY_LEN(rules); i++)
			if (str_equal(m.rule, str_from(rules[i])))
				note(o->told, &o->told_n, rules[i], m.subject_key);
	}
}

static void look(office *o)
{
	if (o->fault == NO_CATCHING_UP)
		assert_true(store_write(&o->c[0], forget_missed, &o->now));
	o->round[o->rounds++] = o->now;
	o->keeping.self = o;
	act_jobs_round(&o->c[below(o, 2)], &o->keeping);
}

/* Off for minutes, days, or weeks. */
static int64_t off_for(office *o)
{
	uint32_t kind = below(o, 10);
	if (kind < 5)
		return (int64_t)below(o, 300) * MINUTE;
	if (kind < 9)
		return (int64_t)below(o, 80) * HOUR;
	return (int64_t)below(o, 40) * DAY;
}

static void live(office *o)
{
	int64_t on_until = o->now + 3 * DAY;
	while (o->now < o->end) {
		arena_mark here[] = {arena_here(o->c[0].mem), arena_here(o->c[1].mem)};
		look(o);
		if (!below(o, 3))
			look(o); /* another process, at the very same moment */
		send_all(
			o); /* what waits when its reason goes is not sent: t_act_rules */
		for (uint32_t n = below(o, 12); n; n--) {
			o->now += (int64_t)(1 + below(o, 5)) * MINUTE;
			something_happens(o);
		}
		send_all(o);
		o->now = (o->now / HOUR + 1 + below(o, 12)) * HOUR;
		if (o->now > on_until) {
			o->now += off_for(o);
			on_until = o->now + (int64_t)(1 + below(o, 500)) * HOUR;
		}
		for (int i = 0; i < 2; i++)
			arena_reset(o->c[i].mem, here[i]);
	}
}

/* ---- the reckoning: from what was done, and when the machine looked -------------------------------------- */

typedef bool judge(const office *o, const human *p, int64_t t);

/* All rounds at which something was to be done, since its hour had struck. */
static size_t runs(const office *o, int hour, int day_of_month, int64_t *out)
{
	size_t n = 0;
	for (size_t i = 1; i < o->rounds; i++)
		if (struck(o->round[i - 1], o->round[i], hour * 60, day_of_month))
			out[n++] = o->round[i];
	return n;
}

static void want(office *o, const char *rule, str key)
{
	struct told one;
	size_t none = 0;
	note(&one, &none, rule, key);
	for (size_t i = 0; i < o->wanted_n; i++)
		if (!strcmp(o->wanted[i].text, one.text))
			return;
	assert_true(o->wanted_n < TOLD);
	o->wanted[o->wanted_n++] = one;
}

static void want_talks(office *o, const human *p, const int64_t *run, size_t n)
{
	for (size_t k = 0; k < p->talks; k++)
		for (size_t i = 0; i < p->talk[k].n; i++) {
			const struct talk_time *t = &p->talk[k].time[i];
			int64_t until =
				t->held.until < p->erased ? t->held.until : p->erased;
			int64_t from = wall(wall_day(t->at) - 1, 10 * 60);
			for (size_t r = 0; r < n; r++)
				if (run[r] > t->held.from && run[r] < until &&
				    run[r] >= from && run[r] < t->at &&
				    t->held.from < from)
					want(o, "talk_reminder",
					     str_format(o->h->mem, "%s/%lld",
							p->talk[k].id.s,
							(long long)t->at));
		}
}

/* The last answer before a moment. */
static int64_t last_answer(const human *p, int64_t t)
{
	int64_t last = 0;
	for (size_t i = 0; i < p->answers && p->answer[i] <= t; i++)
		last = p->answer[i];
	return last;
}

/* Swept: the first round that found it thirty days old, since the sweep is due each hour. */
static bool is_gone(const office *o, const human *p, int64_t t)
{
	for (size_t i = 1; i < o->rounds && o->round[i] < t; i++)
		if (within(&p->draft, o->round[i]) &&
		    o->round[i] - last_answer(p, o->round[i]) >= 30 * DAY)
			return true;
	return p->erased <= t;
}

static void want_drafts(office *o, const human *p, const int64_t *run, size_t n)
{
	for (size_t r = 0; r < n; r++) {
		int64_t still = run[r] - last_answer(p, run[r]);
		if (within(&p->draft, run[r]) && p->reachable < run[r] &&
		    still >= 2 * DAY && still < 30 * DAY && !is_gone(o, p, run[r])) {
			want(o, "unfinished", id_str(&p->id));
			return;
		}
	}
}

static void want_news(office *o, const human *p, const int64_t *run, size_t n)
{
	int64_t last = 0;
	for (size_t r = 0; r < n; r++) {
		if (!within(&p->waiting, run[r]) || !within(&p->agreed, run[r]) ||
		    p->erased <= run[r] || run[r] - last < 14 * DAY)
			continue;
		ymd d = date_from_day(wall_day(run[r]));
		last = run[r];
		want(o, "news",
		     str_format(o->h->mem, "%s/%04d-%02d", p->id.s, d.year, d.month));
	}
}

static void reckon(office *o)
{
	int64_t *run = NEW_ARRAY(o->h->mem, int64_t, o->rounds);
	size_t n = runs(o, 10, 0, run);
	for (size_t i = 0; i < o->humans; i++)
		want_talks(o, &o->human[i], run, n);
	n = runs(o, 17, 0, run);
	for (size_t i = 0; i < o->humans; i++)
		want_drafts(o, &o->human[i], run, n);
	n = runs(o, 11, 1, run);
	for (size_t i = 0; i < o->humans; i++)
		want_news(o, &o->human[i], run, n);
	for (size_t i = 0; i < o->humans; i++)
		if (o->human[i].submitted != NEVER)
			want(o, "welcome", id_str(&o->human[i].id));
}

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct told *)a)->text, ((const struct told *)b)->text);
}

static size_t times(const struct told *list, size_t n, const char *text)
{
	size_t found = 0;
	for (size_t i = 0; i < n; i++)
		found += !strcmp(list[i].text, text);
	return found;
}

/* What was not said, said twice, or should not have been said. */
static size_t differences(office *o, bool show)
{
	size_t wrong = 0;
	for (size_t i = 0; i < o->wanted_n; i++) {
		size_t n = times(o->told, o->told_n, o->wanted[i].text);
		wrong += n != 1;
		if (n != 1 && show)
			print_message("%zu times: %s\n", n, o->wanted[i].text);
	}
	qsort(o->told, o->told_n, sizeof *o->told, by_text);
	for (size_t i = 0; i < o->told_n; i++) {
		bool extra = !times(o->wanted, o->wanted_n, o->told[i].text);
		wrong += extra;
		if (extra && show)
			print_message("not wanted: %s\n", o->told[i].text);
	}
	return wrong;
}

static size_t live_through(uint64_t seed, int days, planted how, bool show)
{
	void *fixture;
	house *h = years_house(&fixture);
	arena *mem = arena_new(0), *handle[2], *job[2];
	office *o = NEW(mem, office);
	*o = (office){.h = h, .fault = how, .now = START, .chance = rng_seed(seed)};
	o->end = START + days * DAY;
	o->round = NEW_ARRAY(mem, int64_t, TWO_YEARS * 24 * 2);
	o->keeping = (act_keeping){.base = h->base,
				   .origin = S("https://kompis.test"),
				   .clock = office_clock,
				   .failed = office_failed};
	o->karin = coordinator_of(h, LULEA);
	for (int i = 0; i < 2; i++) {
		handle[i] = arena_new(0);
		job[i] = arena_new(0);
		o->c[i] = (ctx){.mem = job[i], .now = START};
		assert_true(store_open(&o->c[i], handle[i], h->base, &o->c[i].store));
	}
	live(o);
	reckon(o);
	size_t wrong = differences(o, show);
	if (show) {
		print_message("%zu people, %zu rounds, %zu messages:", o->humans,
			      o->rounds, o->told_n);
		for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
			size_t n = 0;
			for (size_t k = 0; k < o->told_n; k++)
				n += !strncmp(o->told[k].text, rules[i],
					      strlen(rules[i]));
			print_message(" %s %zu", rules[i], n);
		}
		print_message("\n");
	}
	for (int i = 0; i < 2; i++) {
		arena_free(job[i]);
		arena_free(handle[i]);
	}
	arena_free(mem);
	house_teardown(&fixture);
	return wrong;
}

static void each_is_told_once(void **fixture)
{
	(void)fixture;
	int days = on_pg() ? A_YEAR : TWO_YEARS; /* there each commit takes longer */
	int64_t seeds = solve_seeds() / 2000;
	for (uint64_t seed = 1; seed <= (uint64_t)(seeds ? seeds : 1); seed++) {
		size_t wrong = live_through(seed, days, NOTHING_PLANTED, true);
		if (wrong)
			fail_msg("seed %llu: %zu wrong", (unsigned long long)seed, wrong);
	}
}

static void a_machine_that_forgets_is_caught(void **fixture)
{
	(void)fixture;
	FILES_ONLY();
	assert_true(live_through(1, A_YEAR, NO_CATCHING_UP, false) > 0);
}

static void a_subject_without_its_time_is_caught(void **fixture)
{
	(void)fixture;
	FILES_ONLY();
	assert_true(live_through(1, A_YEAR, KEY_WITHOUT_TIME, false) > 0);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(each_is_told_once),
		cmocka_unit_test(a_machine_that_forgets_is_caught),
		cmocka_unit_test(a_subject_without_its_time_is_caught),
	};
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return cmocka_run_group_tests(test, NULL, NULL);
}
