/*
 * What happens without a request, on two threads: messages go out; timed work is done. So a long
 * copy of the database keeps nobody waiting for a code to log in.
 */
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "act/rounds.h"
#include "web/post_priv.h"

enum { ROUND_SECONDS = 5 };

/* One thread, and what it does each round; false: there is more, so no pause. */
typedef struct hand {
	struct keeper *of;
	bool (*round)(struct keeper *k, ctx *c);
	store *store;
	pthread_t thread;
} hand;

struct keeper {
	web *web;
	hand hand[2];
	size_t hands; /* that have begun */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop;
	mail_ways ways;
	act_keeping keeping;
	uint64_t
		generation; /* of what was last looked at; the hand that sends keeps it */
};

static bool is_stopping(void *self)
{
	struct keeper *k = self;
	pthread_mutex_lock(&k->lock);
	bool stop = k->stop;
	pthread_mutex_unlock(&k->lock);
	return stop;
}

static int64_t clock_of(void *self)
{
	const struct keeper *k = self;
	return k->web->outside.clock(k->web->outside.self);
}

static void log_fault(const web *w, const ctx *c, const char *what)
{
	str line =
		str_format(c->mem, "{\"at\":%lld,\"keeper\":\"%s\",\"fault\":\"%s\"}\n",
			   (long long)c->now, what, c->fault.key);
	w->outside.log(w->outside.self, line);
}

typedef struct answering {
	str origin;
	bool more;
} answering;

static bool answer(ctx *c, void *arg)
{
	answering *a = arg;
	return act_login_answer(c, a->origin, &a->more);
}

/* Those who asked to log in, each in a transaction of its own. */
static void answer_all(struct keeper *k, ctx *c)
{
	answering a = {.origin = k->web->origin, .more = true};
	while (a.more)
		if (!store_write(c, answer, &a)) {
			log_fault(k->web, c, "login");
			c->fault = (fault){.kind = FAULT_NONE};
			return;
		}
}

/* In a read, where the number says also what other processes committed. */
static bool purge(ctx *c, void *arg)
{
	struct keeper *k = arg;
	uint64_t generation = store_generation(c);
	bool same = generation == k->generation;
	kept_purge(k->web->kept, generation, c->now);
	k->generation = generation;
	return act_rounds_purge(c, k->web->rounds) && (same || texts_load(c, k->web));
}

static bool send_round(struct keeper *k, ctx *c)
{
	size_t sent = 0;
	answer_all(k, c);
	if (!mail_drain(c, &k->ways, &sent))
		log_fault(k->web, c, "outbox");
	c->fault = (fault){.kind = FAULT_NONE};
	if (!store_read(c, purge, k))
		log_fault(k->web, c, "kept");
	c->fault = (fault){.kind = FAULT_NONE};
	if (!store_tidy(c))
		log_fault(k->web, c, "tidy");
	return sent == 0;
}

static void job_failed(void *self, const ctx *c, const char *name)
{
	const struct keeper *k = self;
	log_fault(k->web, c, name);
}

static bool job_round(struct keeper *k, ctx *c)
{
	act_jobs_round(c, &k->keeping);
	return true;
}

static bool one_round(hand *h)
{
	arena *mem = arena_new(0);
	ctx c = {.mem = mem, .now = clock_of(h->of), .store = h->store};
	c.today = date_local(c.now).day;
	bool done = h->round(h->of, &c);
	arena_free(mem);
	return done;
}

/* Waits for the next round; false when it is time to stop. */
static bool wait_round(struct keeper *k)
{
	struct timespec until;
	int64_t now = k->web->outside.clock(k->web->outside.self);
	until.tv_sec = (time_t)(now / 1000 + ROUND_SECONDS);
	until.tv_nsec = 0;
	pthread_mutex_lock(&k->lock);
	if (!k->stop)
		pthread_cond_timedwait(&k->wake, &k->lock, &until);
	bool go_on = !k->stop;
	pthread_mutex_unlock(&k->lock);
	return go_on;
}

static void *run(void *self)
{
	hand *h = self;
	while (wait_round(h->of))
		while (!one_round(h) && !is_stopping(h->of))
			;
	return NULL;
}

static bool start_hand(ctx *c, struct keeper *k, bool (*round)(struct keeper *k, ctx *c))
{
	sigset_t all, before;
	hand *h = &k->hand[k->hands];
	*h = (hand){.of = k, .round = round};
	if (!web_store_open(c, k->web, &h->store))
		return false;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&h->thread, NULL, run, h);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	k->hands += !failed;
	return !failed || ctx_fail(c, FAULT_RESOURCE, "fault.thread", S(""), S(""));
}

act_keeping web_keeping(const web *w)
{
	return (act_keeping){.base = w->base,
			     .origin = w->origin,
			     .backup = w->config.backup,
			     .backup_keep = w->config.backup_keep};
}

bool keeper_start(ctx *c, web *w)
{
	struct keeper *k = w->keeper = NEW(c->mem, struct keeper);
	k->web = w;
	if (!post_ways(c, w, &k->ways))
		return false;
	k->ways.clock = clock_of;
	k->ways.stopping = is_stopping;
	k->ways.self = k;
	k->keeping = web_keeping(w);
	k->keeping.clock = clock_of;
	k->keeping.stopping = is_stopping;
	k->keeping.failed = job_failed;
	k->keeping.self = k;
	pthread_mutex_init(&k->lock, NULL);
	pthread_cond_init(&k->wake, NULL);
	if (start_hand(c, k, send_round) && start_hand(c, k, job_round))
		return true;
	keeper_stop(k);
	return false;
}

void keeper_stop(struct keeper *k)
{
	pthread_mutex_lock(&k->lock);
	k->stop = true;
	pthread_cond_broadcast(&k->wake);
	pthread_mutex_unlock(&k->lock);
	for (size_t i = 0; i < k->hands; i++)
		pthread_join(k->hand[i].thread, NULL);
}
