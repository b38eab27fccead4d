/*
 * Rounds that are open are kept at hand by the process: reading thousands of sealed rows, and weighing
 * millions of pairs, would take most of a change. What is kept is made once and then only read, by as many
 * threads as want to; whoever uses it holds it, so forgetting frees it when the last one is done.
 *
 * Rows of a round go when somebody is erased, and change only with a change of kind "people": so who is
 * kept is good while there are as many rows as then, after the same such change.
 */
#include <pthread.h>
#include <string.h>

#include "act/round_priv.h"

enum { AT_HAND = 4, KEPT_MS = 600000 };

/* A thing in an arena of its own, and how many hold it. */
typedef struct piece {
	arena *mem;
	int holders;
} piece;
typedef struct crowd {
	piece piece;
	act_round r; /* who, n, sheet and people only */
} crowd;
typedef struct weighed {
	piece piece;
	crowd *crowd; /* held */
	pool pool;
	match_table table;
} weighed;
typedef struct shelf {
	id round; /* none: empty */
	int64_t change, used;
	crowd *crowd;
	weighed *weighed;
} shelf;
struct act_rounds {
	pthread_mutex_t lock;
	shelf shelf[AT_HAND];
};

/* ---- holding ------------------------------------------------------------------------------ */

act_rounds *act_rounds_new(arena *mem)
{
	act_rounds *k = NEW(mem, act_rounds);
	pthread_mutex_init(&k->lock, NULL);
	return k;
}

static void let_go(piece *p)
{
	if (p && --p->holders == 0)
		arena_free(p->mem);
}

static void let_go_weighed(weighed *w)
{
	if (w && w->piece.holders == 1)
		let_go(&w->crowd->piece);
	if (w)
		let_go(&w->piece);
}

static void clear(shelf *s)
{
	let_go_weighed(s->weighed);
	if (s->crowd)
		let_go(&s->crowd->piece);
	*s = (shelf){.used = 0};
}

void act_rounds_free(act_rounds *k)
{
	for (int i = 0; i < AT_HAND; i++)
		clear(&k->shelf[i]);
	pthread_mutex_destroy(&k->lock);
}

/* Held by a job until its memory goes. */
typedef struct hold {
	act_rounds *of;
	crowd *crowd;
	weighed *weighed;
} hold;

static void release(void *arg)
{
	hold *h = arg;
	pthread_mutex_lock(&h->of->lock);
	let_go_weighed(h->weighed);
	if (h->crowd)
		let_go(&h->crowd->piece);
	pthread_mutex_unlock(&h->of->lock);
}

/* With the lock. */
static void hold_for(ctx *c, crowd *k, weighed *w)
{
	hold *h = NEW(c->mem, hold);
	*h = (hold){c->rounds, k, w};
	if (k)
		k->piece.holders++;
	if (w)
		w->piece.holders++;
	arena_defer(c->mem, release, h);
}

/* ---- shelves --------------------------------------------------------------------------------- */

/* The number of the change after which its people are as they are. */
static int64_t read_by(const act_round *r)
{
	int64_t n = 0;
	for (size_t i = 0; i < r->changes; i++)
		if (str_equal(r->change[i].kind, S("begin")) ||
		    str_equal(r->change[i].kind, S("people")))
			n = r->change[i].n;
	return n;
}

static shelf *find(act_rounds *k, const act_round *r)
{
	for (int i = 0; i < AT_HAND; i++)
		if (id_equal(k->shelf[i].round, r->round.id) &&
		    k->shelf[i].change == read_by(r))
			return &k->shelf[i];
	return NULL;
}

/* That of the same round, an empty one, or the one that was not used for the longest time. */
static shelf *make_room(act_rounds *k, const act_round *r)
{
	shelf *s = &k->shelf[0];
	for (int i = 0; i < AT_HAND; i++) {
		if (id_equal(k->shelf[i].round, r->round.id)) {
			s = &k->shelf[i];
			break;
		}
		if (k->shelf[i].used < s->used)
			s = &k->shelf[i];
	}
	clear(s);
	s->round = r->round.id;
	s->change = read_by(r);
	return s;
}

/* ---- people -------------------------------------------------------------------------------------- */

static bool read_crowd(ctx *c, act_round *r)
{
	return store_round_people(c, r->round.id, &r->who, &r->n) &&
	       act_round_form_people(c, r);
}

/* What is kept is shared; who names somebody in it has a list of records of her own. */
static void take_crowd(ctx *c, const act_round *from, act_round *r)
{
	r->who = from->who;
	r->n = from->n;
	r->sheet = from->sheet;
	r->people = NEW(c->mem, people);
	*r->people = *from->people;
}

static bool find_crowd(ctx *c, act_round *r, int64_t rows)
{
	act_rounds *k = c->rounds;
	pthread_mutex_lock(&k->lock);
	shelf *s = find(k, r);
	bool there = s && s->crowd && (int64_t)s->crowd->r.n == rows;
	if (there) {
		s->used = c->now;
		hold_for(c, s->crowd, NULL);
		take_crowd(c, &s->crowd->r, r);
	}
	pthread_mutex_unlock(&k->lock);
	return there;
}

static void keep_crowd(ctx *c, act_round *r, crowd *made)
{
	act_rounds *k = c->rounds;
	pthread_mutex_lock(&k->lock);
	shelf *s = make_room(k, r);
	s->crowd = made;
	s->used = c->now;
	hold_for(c, made, NULL);
	take_crowd(c, &made->r, r);
	pthread_mutex_unlock(&k->lock);
}

bool act_rounds_people(ctx *c, act_round *r)
{
	int64_t rows;
	if (!c->rounds || !str_equal(r->round.state, S("open")))
		return read_crowd(c, r);
	if (!store_round_rows(c, r->round.id, &rows))
		return false;
	if (find_crowd(c, r, rows))
		return store_log(c, S("round"), (id){""});
	ctx own = *c;
	own.mem = arena_new(0);
	crowd *made = NEW(own.mem, crowd);
	made->piece = (piece){own.mem, 1};
	made->r.round = r->round;
	if (!read_crowd(&own, &made->r)) {
		c->fault = own.fault;
		arena_defer(c->mem, (void (*)(void *))arena_free, own.mem);
		return false;
	}
	keep_crowd(c, r, made);
	return true;
}

/* ---- tables ------------------------------------------------------------------------------------------ */

static bool is_same_case(const terms *a, const terms *b)
{
	return !memcmp(a->weight, b->weight, sizeof a->weight) &&
	       a->waiting == b->waiting && a->reserve == b->reserve && a->date == b->date;
}

/* The crowd of r, held; NULL when another has taken its place. */
static crowd *hold_crowd(ctx *c, const act_round *r, const match_table **out)
{
	act_rounds *k = c->rounds;
	pthread_mutex_lock(&k->lock);
	shelf *s = find(k, r);
	crowd *there = s && s->crowd && s->crowd->r.who == r->who ? s->crowd : NULL;
	if (there && s->weighed && s->weighed->crowd == there &&
	    is_same_case(&s->weighed->table.terms, &r->terms)) {
		hold_for(c, NULL, s->weighed);
		*out = &s->weighed->table;
	} else if (there)
		there->piece.holders++;
	pthread_mutex_unlock(&k->lock);
	return there;
}

static bool weigh(ctx *c, crowd *people_held, const terms *t, weighed **out)
{
	ctx own = *c;
	own.mem = arena_new(0);
	weighed *w = NEW(own.mem, weighed);
	terms all = *t;
	all.locked_n = all.forbidden_n = all.left_out_n = 0;
	w->piece = (piece){own.mem, 1};
	w->crowd = people_held;
	model_pool_form(own.mem, people_held->r.people, &all, &w->pool);
	*out = NULL;
	bool fits = match_table_fits(&w->pool, &all);
	if (fits && match_table_form(&own, &w->pool, &all, SIMD_AUTO, &w->table)) {
		*out = w;
		return true;
	}
	c->fault = own.fault;
	if (fits) /* the fault may name what lies there */
		arena_defer(c->mem, (void (*)(void *))arena_free, own.mem);
	else
		arena_free(own.mem);
	return !fits;
}

static void keep_weighed(ctx *c, const act_round *r, weighed *made)
{
	act_rounds *k = c->rounds;
	pthread_mutex_lock(&k->lock);
	shelf *s = find(k, r);
	hold_for(c, NULL, made);
	if (s && s->crowd == made->crowd) {
		let_go_weighed(s->weighed);
		s->weighed = made;
	} else
		let_go_weighed(made);
	pthread_mutex_unlock(&k->lock);
}

bool act_rounds_table(ctx *c, const act_round *r, const match_table **out)
{
	weighed *made;
	*out = NULL;
	if (!c->rounds || !r->n)
		return true;
	crowd *held = hold_crowd(c, r, out);
	if (!held || *out)
		return true;
	bool ok = weigh(c, held, &r->terms, &made);
	if (!made) {
		pthread_mutex_lock(&c->rounds->lock);
		let_go(&held->piece);
		pthread_mutex_unlock(&c->rounds->lock);
		return ok;
	}
	keep_weighed(c, r, made);
	*out = &made->table;
	return true;
}

/* ---- forgetting ---------------------------------------------------------------------------------------- */

bool act_rounds_purge(ctx *c, act_rounds *k)
{
	for (int i = 0; i < AT_HAND; i++) {
		int64_t rows;
		pthread_mutex_lock(&k->lock);
		shelf now = k->shelf[i];
		int64_t kept = now.crowd ? (int64_t)now.crowd->r.n : 0;
		pthread_mutex_unlock(&k->lock);
		if (id_none(now.round))
			continue;
		if (!store_round_rows(c, now.round, &rows))
			return false;
		if (rows == kept && c->now - now.used <= KEPT_MS)
			continue;
		pthread_mutex_lock(&k->lock);
		if (id_equal(k->shelf[i].round, now.round) &&
		    k->shelf[i].used == now.used)
			clear(&k->shelf[i]);
		pthread_mutex_unlock(&k->lock);
	}
	return true;
}
