/*
 * An office for the tests of its years: its people, its machine, and what each of them did, kept here
 * apart from the program, so that the program can be held against it. What nobody should do is noted by
 * `broke`, and ends the years.
 */
#ifndef YEAR_OFFICE_H
#define YEAR_OFFICE_H

#include "years_help.h"

#include "act/office.h"
#include "act/offer.h"
#include "act/pair.h"
#include "act/round.h"
#include "act/rounds.h"
#include "mail/mail.h"

#define OUR_PAGES "https://kompis.test"
enum { HUMANS = 260, DEALS = 3000, LETTERS = 500, SAID = 9000, BARS = 3000 };

typedef enum law {
#define LAW(id, what) LAW_##id,
#include "year_laws.def"
#undef LAW
	LAWS
} law;
static const char *const law_words[LAWS] = {
#define LAW(id, what) what,
#include "year_laws.def"
#undef LAW
};

typedef enum reach { BY_MAIL, BY_SMS, BY_NOTHING } reach;
typedef struct human {
	id id;
	bool newcomer, woman, gone;
	const char *lang;
	reach reach;
	int capacity, year;
	bool must_gender;
	int age_from, age_to; /* a must on the other; 0: none */
	uint16_t where;
	int32_t queued; /* day */
	int64_t leaves; /* when she is to be erased; 0: not */
	bool counted_pair;
} human;

/* An offer, and the pair that may come of it. */
typedef enum deal_state { OFFERED, ACCEPTED, INTRODUCED, OVER } deal_state;
typedef struct deal {
	id proposal, row[2];
	human *who[2]; /* newcomer, established */
	deal_state state;
	int64_t expires, ended; /* ended: of the pair, last seen so */
	bool yes[2], asked[2];
	id pair;
} deal;
typedef struct letter {
	human *to;
	char page; /* 'o'ffer, 'k' (check-in), 'a'gain */
	char secret[64];
	int64_t expires; /* of an offer's link */
	bool used;
} letter;

typedef struct office {
	house *h;
	arena *mem, *handle[2], *job[2];
	ctx c[2]; /* two handles take turns, as two threads do; one keeps rounds at hand */
	act_rounds *at_hand;
	actor karin, disa, bertil; /* of Luleå, of all, of Boden */
	rng chance;
	law planted; /* LAWS: nothing is wrong on purpose */
	int64_t now, end;
	act_keeping keeping;
	human human[HUMANS];
	size_t humans;
	deal deal[DEALS];
	size_t deals;
	letter letter[LETTERS]; /* a ring */
	size_t letters;
	char said[SAID][88]; /* rule and subject of what was sent */
	size_t saids;
	struct bar {
		const human *a, *b;
	} bar[BARS];
	size_t bars;
	int64_t registered, pairs; /* figures, by hand */
	int64_t steps, rounds, introductions;
	fault fault; /* of the last attempt */
	bool broken;
	law first;
	char how[200];
} office;

static inline uint32_t below(office *o, uint32_t n)
{
	return rng_below(&o->chance, n);
}

static inline bool one_in(office *o, uint32_t n)
{
	return !below(o, n);
}

/* The first counts. */
PRINTF_LIKE(3, 4)
static inline void broke(office *o, law which, const char *format, ...)
{
	va_list args;
	if (o->broken)
		return;
	o->broken = true;
	o->first = which;
	va_start(args, format);
	vsnprintf(o->how, sizeof o->how, format, args);
	va_end(args);
}

static inline int number_of(const office *o, const human *p)
{
	return (int)(p - o->human);
}

static inline human *human_with(office *o, id who)
{
	for (size_t i = 0; i < o->humans; i++)
		if (id_equal(o->human[i].id, who))
			return &o->human[i];
	fail_msg("nobody is %s", who.s);
	return NULL;
}

static inline deal *deal_with(office *o, id proposal_id)
{
	for (size_t i = o->deals; i-- > 0;)
		if (id_equal(o->deal[i].proposal, proposal_id))
			return &o->deal[i];
	return NULL;
}

/* ---- doing ------------------------------------------------------------------------------------ */

static inline ctx *enter(office *o, const actor *who)
{
	ctx *c = &o->c[below(o, 2)];
	c->now = o->now;
	c->today = date_local(o->now).day;
	c->actor = who;
	c->fault = (fault){.kind = FAULT_NONE};
	return c;
}

static inline void open_handles(office *o)
{
	o->at_hand = act_rounds_new(o->mem);
	for (int i = 0; i < 2; i++) {
		o->handle[i] = arena_new(0);
		o->job[i] = arena_new(0);
		o->c[i] = (ctx){
			.mem = o->job[i], .now = o->now, .rounds = i ? o->at_hand : NULL};
		assert_true(
			store_open(&o->c[i], o->handle[i], o->h->base, &o->c[i].store));
	}
}

static inline void close_handles(office *o)
{
	for (int i = 0; i < 2; i++) {
		arena_free(o->job[i]);
		arena_free(o->handle[i]);
	}
	act_rounds_free(o->at_hand);
}

/* As after a power cut: what was committed is there, nothing else. */
static inline void start_again(office *o)
{
	close_handles(o);
	house_leave(o->h);
	house_enter(o->h);
	o->keeping.base = o->h->base;
	open_handles(o);
}

typedef bool verb(ctx *c, void *arg);
typedef struct cut {
	verb *work;
	void *arg;
} cut;

/* All was done, and then nothing of it was kept. */
static inline bool cut_short(ctx *c, void *arg)
{
	const cut *k = arg;
	return k->work(c, k->arg) && ctx_fail(c, FAULT_BUSY, "fault.busy", S(""), S(""));
}

/*
 * A verb in its transaction. Now and then the power goes just before it is kept; it is done again, as the
 * person would.
 */
static inline bool attempt(office *o, const actor *who, verb *work, void *arg)
{
	ctx *c = enter(o, who);
	o->steps++;
	if (one_in(o, 40)) {
		cut k = {work, arg};
		assert_false(store_write(c, cut_short, &k));
		c->fault = (fault){.kind = FAULT_NONE};
	}
	bool ok = store_write(c, work, arg);
	o->fault = c->fault;
	c->actor = NULL;
	return ok;
}

static inline void must(office *o, const actor *who, verb *work, void *arg)
{
	if (!attempt(o, who, work, arg))
		fail_msg("%s %.*s", o->fault.key, STR_ARG(o->fault.arg[0]));
}

static inline bool was_late(const office *o)
{
	return o->fault.kind == FAULT_CONFLICT || o->fault.kind == FAULT_HIDDEN;
}

/* ---- past the program: what it should not be able to hide ------------------------------------------ */

typedef struct sql_job {
	sql_text text;
	const id *who;
	int64_t out;
} sql_job;

/* $1 an id; the first value of the answer. */
static inline bool run_sql(ctx *c, void *arg)
{
	sql_job *j = arg;
	query q;
	bool row;
	j->out = 0;
	if (!db_query(c, j->text, &q))
		return false;
	if (j->who)
		bind_id(&q, 1, j->who);
	if (!db_next(&q, &row))
		return false;
	if (row)
		j->out = row_int(&q, 0);
	if (row)
		db_end(&q);
	return true;
}

static inline int64_t past_program(office *o, bool reads, sql_job j)
{
	ctx *c = enter(o, NULL);
	if (!(reads ? store_read : store_write)(c, run_sql, &j))
		fail_msg("%s %.*s", c->fault.key, STR_ARG(c->fault.arg[0]));
	return j.out;
}
#define ASK(o, words, whom)                                                              \
	past_program(o, true, (sql_job){.text = SQL(words), .who = (whom)})
/* What is wrong on purpose; `whom` may be NULL. */
#define PLANT(o, words, whom)                                                            \
	past_program(o, false, (sql_job){.text = SQL(words), .who = (whom)})

typedef struct look {
	office *o;
	void (*at)(office *o);
} look;

static inline bool look_inside(ctx *c, void *arg)
{
	const look *l = arg;
	(void)c;
	l->at(l->o);
	return true;
}

static inline bool look_by_second(ctx *c, void *arg)
{
	(void)c;
	return store_read(&((const look *)arg)->o->c[1], look_inside, arg);
}

/*
 * Many small questions in one transaction of each handle: on PostgreSQL each alone takes three trips. What
 * is wrong on purpose may write in between.
 */
static inline void look_at(office *o, void (*at)(office *o))
{
	look l = {o, at};
	if (o->planted != LAWS)
		at(o);
	else
		assert_true(store_read(&o->c[0], look_by_second, &l));
}

static inline bool is_stored(office *o, const human *p, person *out)
{
	ctx *c = enter(o, NULL);
	if (store_person_get(c, p->id, false, out))
		return true;
	assert_int_equal(c->fault.kind, FAULT_HIDDEN);
	c->fault = (fault){.kind = FAULT_NONE};
	return false;
}

static inline person stored(office *o, const human *p)
{
	person out;
	if (!is_stored(o, p, &out))
		fail_msg("%d is gone", number_of(o, p));
	return out;
}

/* ---- who cannot be suggested to whom ------------------------------------------------------------------ */

static inline bool is_barred(const office *o, const human *a, const human *b)
{
	for (size_t i = 0; i < o->bars; i++)
		if (o->bar[i].a == a && o->bar[i].b == b)
			return true;
	return false;
}

static inline void bar(office *o, const human *a, const human *b)
{
	assert_true(o->bars < BARS);
	if (!is_barred(o, a, b))
		o->bar[o->bars++] = (struct bar){a, b};
}

static inline void unbar(office *o, const human *a, const human *b)
{
	for (size_t i = 0; i < o->bars; i++)
		if (o->bar[i].a == a && o->bar[i].b == b)
			o->bar[i--] = o->bar[--o->bars];
}

#endif
