/* For the tests of pairs: two who are introduced, and what they answer by the link in their letter. */
#ifndef PAIR_HELP_H
#define PAIR_HELP_H

#include "jobs_help.h"

#include <time.h>

#include "act/pair.h"
#include "store/round.h"

/* In memory where there is room: a year of days commits often. */
static inline int pair_setup(void **fixture)
{
	return house_setup_in(fixture, access("/dev/shm", W_OK) ? P_tmpdir : "/dev/shm");
}
#define PAIR_TEST(t) cmocka_unit_test_setup_teardown(t, pair_setup, house_teardown)

typedef struct two {
	id newcomer, established, proposal, pair;
} two;

static inline id one_of_them(house *h, const char *given, const char *side,
			     const char *mail, uint16_t where)
{
	person p = someone(given, "Prov", where, STATE_WAITING);
	p.value[FIELD_SIDE] = str_from(side);
	p.value[FIELD_EMAIL] = str_from(mail);
	p.value[FIELD_QUEUED] = S("2023-02-03");
	p.value[FIELD_CAPACITY] =
		str_equal(str_from(side), S("established")) ? S("2") : S("");
	return put(h, p);
}

/* As whoever introduces them would. */
static inline bool introduce(ctx *c, void *arg)
{
	two *t = arg;
	proposal p = {.expires = c->now + DAY};
	proposal_person who[2] = {{.person = t->newcomer, .side = S("newcomer")},
				  {.person = t->established, .side = S("established")}};
	if (!store_proposal_add(c, &p, who, 2))
		return false;
	for (int i = 0; i < 2; i++) {
		person now;
		if (!store_person_get(c, who[i].person, false, &now))
			return false;
		if (now.state == STATE_WAITING &&
		    (!store_person_step(c, now.id, 0, S("propose"), S("")) ||
		     !store_person_step(c, now.id, 0, S("pair"), S(""))))
			return false;
	}
	t->proposal = p.id;
	return store_proposal_state(c, &p, S("accepted")) &&
	       store_proposal_state(c, &p, S("introduced")) && act_pair_begin(c, p.id);
}

static inline pair pair_now(house *h, id which)
{
	pair p;
	pair_person *who;
	size_t n;
	const actor *before = h->c.actor;
	h->c.actor = NULL;
	WORKS(store_pair_get(&h->c, which, &p, &who, &n));
	h->c.actor = before;
	return p;
}

static inline id pair_of(house *h, id who)
{
	const pair_filter f = {.health = -1, .state = -1, .person = who, .limit = 10};
	pair *p;
	size_t n;
	int64_t total;
	const actor *before = h->c.actor;
	h->c.actor = NULL;
	WORKS(store_pairs(&h->c, &f, &p, &n, &total));
	h->c.actor = before;
	assert_true(n > 0);
	return p[n - 1].id;
}

static inline two two_in(house *h, uint16_t where)
{
	static unsigned turn;
	two t = {.newcomer = {""}};
	turn++;
	str a = str_format(h->mem, "n%u@prov.example", turn);
	str b = str_format(h->mem, "e%u@prov.example", turn);
	t.newcomer =
		one_of_them(h, "Amina", "newcomer", str_terminated(h->mem, a), where);
	t.established =
		one_of_them(h, "Bo", "established", str_terminated(h->mem, b), where);
	WORKS(store_write(&h->c, introduce, &t));
	t.pair = pair_of(h, t.newcomer);
	return t;
}

/* The newest letter of a rule to somebody; its id is none when there is none. */
static inline message letter_to(house *h, id who, const char *rule)
{
	message *m, one = {.body = S("")};
	size_t n;
	int64_t total;
	const actor *before = h->c.actor;
	h->c.actor = NULL;
	WORKS(store_outbox_list(&h->c, S(""), 0, 2000, &m, &n, &total));
	for (size_t i = 0; i < n && id_none(one.id); i++)
		if (id_equal(m[i].person, who) && str_equal(m[i].rule, str_from(rule)))
			WORKS(store_outbox_get(&h->c, m[i].id, &one));
	h->c.actor = before;
	return one;
}

static inline str link_in(house *h, id who, const char *rule)
{
	enum { SECRET = 52 };
	message m = letter_to(h, who, rule);
	str sign = str_format(h->mem, "/%s/", rule);
	ptrdiff_t at = str_find(m.body, sign);
	assert_true(at > 0);
	size_t from = (size_t)at + sign.n;
	return str_copy(h->mem, str_slice(m.body, from, from + SECRET));
}

typedef struct saying {
	str secret;
	act_word w;
	bool yes;
} saying;

static inline bool do_say(ctx *c, void *arg)
{
	const saying *s = arg;
	return act_checkin_answer(c, s->secret, S("127.0.0.1"), &s->w);
}

static inline bool do_again(ctx *c, void *arg)
{
	const saying *s = arg;
	return act_again_answer(c, s->secret, S("127.0.0.1"), s->yes);
}

/* As nobody, which is who comes by a link. */
static inline bool as_nobody(house *h, bool (*work)(ctx *, void *), saying *s)
{
	static const actor nobody;
	const actor *before = h->c.actor;
	h->c.actor = &nobody;
	bool ok = store_write(&h->c, work, s);
	h->c.actor = before;
	return ok;
}

static inline bool says(house *h, id who, act_word w)
{
	saying s = {.secret = link_in(h, who, "checkin"), .w = w};
	return as_nobody(h, do_say, &s);
}

static inline act_word word(const char *contact)
{
	return (act_word){.contact = str_from(contact)};
}

static inline int64_t letters(house *h, const char *rule)
{
	int64_t n;
	const actor *before = h->c.actor;
	h->c.actor = NULL;
	WORKS(store_outbox_count(&h->c, str_from(rule), 0, &n));
	h->c.actor = before;
	return n;
}

static inline int64_t open_tasks(house *h, const actor *who, const char *kind)
{
	task *t;
	size_t n;
	int64_t of = 0;
	const actor *before = h->c.actor;
	h->c.actor = who;
	WORKS(store_tasks(&h->c, 0, &t, &n));
	h->c.actor = before;
	for (size_t i = 0; i < n; i++)
		of += str_equal(t[i].kind, str_from(kind));
	return of;
}

static inline person person_now(house *h, id who)
{
	person p;
	const actor *before = h->c.actor;
	h->c.actor = NULL;
	WORKS(store_person_get(&h->c, who, false, &p));
	h->c.actor = before;
	return p;
}

static inline seats_taken seats_of(house *h, id who)
{
	seats_taken *s;
	size_t n;
	const actor *before = h->c.actor;
	h->c.actor = NULL;
	WORKS(store_seats_taken(&h->c, &s, &n));
	h->c.actor = before;
	for (size_t i = 0; i < n; i++)
		if (id_equal(s[i].person, who))
			return s[i];
	return (seats_taken){.person = who};
}

typedef struct stepping {
	act_pair_step s;
	id pair;
	int64_t version;
} stepping;

static inline bool do_step(ctx *c, void *arg)
{
	const stepping *s = arg;
	return act_pair_step_do(c, &s->s);
}

static inline bool do_undo(ctx *c, void *arg)
{
	const stepping *s = arg;
	return act_pair_undo(c, s->pair, s->version);
}

/* By hand, on the page as it is now. */
static inline bool by_hand(house *h, const actor *who, id which, const char *verb,
			   const char *why)
{
	stepping s = {.s = {.pair = which,
			    .version = pair_now(h, which).version,
			    .verb = str_from(verb),
			    .why = str_from(why)}};
	h->c.actor = who;
	bool ok = store_write(&h->c, do_step, &s);
	h->c.actor = NULL;
	return ok;
}

static inline bool take_back(house *h, const actor *who, id which)
{
	stepping s = {.pair = which, .version = pair_now(h, which).version};
	h->c.actor = who;
	bool ok = store_write(&h->c, do_undo, &s);
	h->c.actor = NULL;
	return ok;
}

/* By the C library, where the program has its own. */
static inline int64_t at_wall(int64_t from, int days, int hour, int minute)
{
	struct tm t;
	time_t s = (time_t)(from / 1000);
	localtime_r(&s, &t);
	t.tm_mday += days;
	t.tm_hour = hour;
	t.tm_min = minute;
	t.tm_sec = 0;
	t.tm_isdst = -1;
	return (int64_t)mktime(&t) * 1000;
}

static const int asked_on[] = {21, 35, 65, 95, 125, 155, 183};

/* An introduced pair that was asked for the first time; the clock stands there. */
static inline two asked(house *h, int64_t *start)
{
	two t = two_in(h, LULEA);
	*start = h->c.now;
	round_at(h, *start);
	round_at(h, at_wall(*start, 21, 11, 0));
	return t;
}

#endif
