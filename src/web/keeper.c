/* What happens without a request: messages go out, what is over is swept. */
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "web/post_priv.h"

enum { ROUND_SECONDS = 5, SWEEP_ROUNDS = 720 };

struct keeper {
	web *web;
	store *store;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop;
	mail_ways ways;
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
	kept_purge(arg, store_generation(c), c->now);
	return true;
}

static void one_round(struct keeper *k, bool sweep)
{
	const web *w = k->web;
	arena *mem = arena_new(0);
	size_t sent = 0;
	ctx c = {.mem = mem, .now = w->outside.clock(w->outside.self), .store = k->store};
	c.today = date_local(c.now).day;
	answer_all(k, &c);
	if (!mail_drain(&c, &k->ways, &sent))
		log_fault(w, &c, "outbox");
	c.fault = (fault){.kind = FAULT_NONE};
	if (!store_read(&c, purge, w->kept))
		log_fault(w, &c, "kept");
	c.fault = (fault){.kind = FAULT_NONE};
	if (sweep && !store_sweep(&c))
		log_fault(w, &c, "sweep");
	arena_free(mem);
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
	struct keeper *k = self;
	for (unsigned n = 0; wait_round(k); n++)
		one_round(k, n % SWEEP_ROUNDS == 0);
	return NULL;
}

bool keeper_start(ctx *c, web *w)
{
	struct keeper *k = w->keeper = NEW(c->mem, struct keeper);
	sigset_t all, before;
	k->web = w;
	if (!web_store_open(c, w, &k->store) || !post_ways(c, w, &k->ways))
		return false;
	k->ways.clock = clock_of;
	k->ways.stopping = is_stopping;
	k->ways.self = k;
	pthread_mutex_init(&k->lock, NULL);
	pthread_cond_init(&k->wake, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&k->thread, NULL, run, k);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed)
		return ctx_fail(c, FAULT_RESOURCE, "fault.thread", S(""), S(""));
	return true;
}

void keeper_stop(struct keeper *k)
{
	pthread_mutex_lock(&k->lock);
	k->stop = true;
	pthread_cond_signal(&k->wake);
	pthread_mutex_unlock(&k->lock);
	pthread_join(k->thread, NULL);
}
