/* The demonstration's pairs: those of its people who are paired, and how it goes for them. */
#include "act/demo_pair_priv.h"
#include "act/pair_priv.h"

#define DAY_MS INT64_C(86400000)
enum { MOST = 400, OVER_DAYS = 197, DUE_DAYS = 12 };

/* How it goes, by chance: mostly well. */
typedef enum mood { HALF, DIFFERENT, SILENT, WRONG, PAUSED, GOOD } mood;
enum { MOODS = 12 };

typedef struct demo_pairs {
	int64_t end;
	rng *chance;
	id pair; /* the one that is made now */
	bool pauses;
} demo_pairs;

static void at_time(ctx *c, int64_t at)
{
	c->now = at;
	c->today = date_local(at).day;
}

static int64_t morning(int32_t day)
{
	enum { HALF_PAST_TEN = 630 };
	return date_from_local((local_time){day, HALF_PAST_TEN});
}

/* ---- two become a pair ------------------------------------------------------------------------ */

/* When somebody got a buddy. */
static bool paired_at(ctx *c, id who, int64_t *at)
{
	enum { EVENTS = 50 };
	event *e;
	size_t n;
	*at = 0;
	if (!store_events(c, who, EVENTS, &e, &n))
		return false;
	for (size_t i = 0; i < n && !*at; i++)
		if (str_equal(e[i].to, S("paired")))
			*at = e[i].at;
	return true;
}

static bool say_yes(ctx *c, proposal_person *who)
{
	who->answer = S("yes");
	who->why = who->note = S("");
	return store_proposal_answer(c, who);
}

static bool introduce(ctx *c, demo_pairs *d, const person *a, const person *b)
{
	enum { FIT = 58000, WEEK = 7 };
	int64_t one, other;
	proposal p = {.weight = FIT, .fit = FIT};
	proposal_person who[2] = {{.person = a->id, .side = S("newcomer")},
				  {.person = b->id, .side = S("established")}};
	if (!paired_at(c, a->id, &one) || !paired_at(c, b->id, &other))
		return false;
	at_time(c, one > other ? one : other);
	p.expires = c->now + WEEK * DAY_MS;
	if (!store_proposal_add(c, &p, who, 2) || !say_yes(c, &who[0]) ||
	    !say_yes(c, &who[1]) || !store_proposal_state(c, &p, S("accepted")) ||
	    !store_proposal_state(c, &p, S("introduced")) || !act_pair_begin(c, p.id))
		return false;
	const pair_filter mine = {.health = -1, .state = -1, .person = a->id, .limit = 1};
	pair *found;
	size_t n;
	int64_t total;
	if (!store_pairs(c, &mine, &found, &n, &total))
		return false;
	d->pair = found[0].id;
	return true;
}

/* ---- how it goes ---------------------------------------------------------------------------------- */

static bool answer(ctx *c, const demo_pairs *d, const checkin *k, const char *contact,
		   const char *feeling)
{
	static const char *const where[] = {"person", "person", "video", "phone"};
	static const str wrong[] = {
		S_INIT("Min kompis ringer väldigt ofta. Hur säger jag nej?"),
		S_INIT("Vi förstår inte varandra. Kan någon vara med nästa gång?"),
		S_INIT("")};
	bool met = str_equal(str_from(contact), S("met"));
	act_word w = {.contact = str_from(contact),
		      .feeling = str_from(feeling),
		      .place = met ? str_from(where[rng_below(d->chance, 4)]) : S("")};
	if (str_equal(w.feeling, S("wrong")))
		w.text = wrong[rng_below(d->chance, ARRAY_LEN(wrong))];
	return act_checkin_say(c, k->id, &w);
}

/* What the two say to the last check-in; before that they met, after a first talk. */
static bool say(ctx *c, const demo_pairs *d, const checkin *k, bool last, mood m)
{
	bool first = k[0].n == 1, met = !first || rng_below(d->chance, 2);
	const char *well = met ? "met" : "contact";
	if (!last || m == GOOD || m == PAUSED)
		return answer(c, d, &k[0], well, "fine") &&
		       answer(c, d, &k[1], well, "fine");
	switch ((int)m) {
	case HALF:
		return answer(c, d, &k[1], well, "fine");
	case DIFFERENT:
		return answer(c, d, &k[0], "none", "") &&
		       answer(c, d, &k[1], well, "fine");
	case WRONG:
		return answer(c, d, &k[1], well, "fine") &&
		       answer(c, d, &k[0], well, "wrong");
	default:
		return true;
	}
}

static bool ask(ctx *c, const demo_pairs *d, const pair *p, int turn, bool last, mood m)
{
	pair now = *p;
	pair_person *who;
	checkin k[2];
	size_t n;
	int64_t asked = morning(model_pair_due(p->base, turn));
	int32_t next = model_pair_due(p->base, turn + 1);
	at_time(c, asked);
	if (!store_pair_get(c, d->pair, &now, &who, &n))
		return false;
	for (size_t i = 0; i < 2; i++) {
		k[i] = (checkin){.pair = d->pair,
				 .person = who[i].person,
				 .n = turn,
				 .due = model_pair_due(p->base, turn),
				 .asked = asked,
				 .closes = next ? morning(next) : asked + 14 * DAY_MS};
		if (!store_checkin_add(c, &k[i]))
			return false;
	}
	at_time(c, asked + DAY_MS < d->end ? asked + DAY_MS : d->end);
	if (!say(c, d, k, last, m))
		return false;
	at_time(c, asked + 8 * DAY_MS < d->end ? asked + 8 * DAY_MS : d->end);
	return act_pair_look(c, &now, false);
}

/* Half a year well spent; some want another buddy. */
static bool finish(ctx *c, const demo_pairs *d, pair *p)
{
	pair_person *who;
	size_t n;
	at_time(c, morning(p->base + OVER_DAYS));
	if (!act_pair_end(c, p, PAIR_COMPLETED, S("planned")) ||
	    !store_pair_get(c, d->pair, p, &who, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		at_time(c,
			p->ended + 5 * DAY_MS < d->end ? p->ended + 5 * DAY_MS : d->end);
		if (!who[i].again.n &&
		    !act_again_decide(c, &who[i], rng_below(d->chance, 2)))
			return false;
	}
	return true;
}

static bool live(ctx *c, void *arg)
{
	demo_pairs *d = arg;
	pair p;
	pair_person *who;
	size_t n;
	uint32_t drawn = rng_below(d->chance, MOODS);
	mood m = drawn < GOOD ? (mood)drawn : GOOD;
	d->pauses = m == PAUSED;
	if (!store_pair_get(c, d->pair, &p, &who, &n))
		return false;
	/* What was due these days the job has still to ask. */
	int turn = model_pair_turn(p.base, date_local(d->end - DUE_DAYS * DAY_MS).day);
	bool over = p.base + OVER_DAYS <= date_local(d->end).day;
	for (int t = 1; t <= turn; t++) {
		bool last = !over && (t == turn || (t == turn - 1 && m == SILENT));
		if (!ask(c, d, &p, t, last, m))
			return false;
	}
	if (!store_pair_get(c, d->pair, &p, &who, &n))
		return false;
	return !over || p.state < PAIR_MET || finish(c, d, &p);
}

/* ---- all of them ------------------------------------------------------------------------------------ */

static bool paired_of(ctx *c, uint16_t code, int side, people_list *out)
{
	const people_filter f = {.states = 1u << STATE_PAIRED,
				 .side = side,
				 .municipality = code,
				 .limit = MOST};
	return store_people_list(c, &f, out);
}

static int64_t seats_of(const person *p)
{
	int64_t seats;
	return str_to_int(p->value[FIELD_CAPACITY], 1, 99, &seats) ? seats : 1;
}

static bool pause(ctx *c, const demo_pairs *d)
{
	pair p;
	pair_person *who;
	size_t n;
	at_time(c, d->end - DAY_MS);
	if (!store_pair_get(c, d->pair, &p, &who, &n))
		return false;
	const act_pair_step s = {
		.pair = p.id, .version = p.version, .verb = S("pause"), .why = S("away")};
	return model_pair_is_over(p.state) || act_pair_step_do(c, &s);
}

/* For whom there is nobody: waits again from the day after. */
static bool put_back(ctx *c, const demo_pairs *d, const person *p)
{
	int64_t at;
	if (!paired_at(c, p->id, &at))
		return false;
	at_time(c, at + DAY_MS < d->end ? at + DAY_MS : d->end);
	return store_person_step(c, p->id, 0, S("put_back"), S(""));
}

/* Each newcomer with the next who has a seat. */
bool act_demo_pairs(ctx *c, const actor *by, uint16_t code, int64_t end, rng *chance)
{
	demo_pairs d = {.end = end, .chance = chance};
	people_list newcomers, others;
	size_t at = 0;
	int64_t taken = 0;
	c->actor = by;
	if (!paired_of(c, code, SIDE_NEWCOMER, &newcomers) ||
	    !paired_of(c, code, SIDE_ESTABLISHED, &others))
		return false;
	for (size_t i = 0; i < newcomers.item_n; i++) {
		const person *a = &newcomers.item[i], *b = &others.item[at];
		if (at == others.item_n) {
			if (!put_back(c, &d, a))
				return false;
			continue;
		}
		if (!introduce(c, &d, a, b) || !act_as_program(c, live, &d) ||
		    (d.pauses && !pause(c, &d)))
			return false;
		if (++taken == seats_of(b)) {
			at++;
			taken = 0;
		}
	}
	for (at += taken > 0; at < others.item_n; at++)
		if (!put_back(c, &d, &others.item[at]))
			return false;
	return true;
}
