/* Jobs to the workers and back: all that the threads share. */
#include <setjmp.h>
#include <unistd.h>

#include "net/net_priv.h"

enum { PATIENCE_US = 1000 };

void net_queue_open(net_queue *q, int most, int wake)
{
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->filled, NULL);
	q->most = most;
	q->wake = wake;
}

void net_queue_free(net_queue *q)
{
	pthread_mutex_destroy(&q->lock);
	pthread_cond_destroy(&q->filled);
}

/* With the lock; the signal comes when it is free again. */
static bool call_one(net_queue *q)
{
	if (!q->asleep)
		return false;
	q->asleep--;
	q->awake++;
	q->called++;
	return true;
}

bool net_queue_push(net_queue *q, net_job *j, int64_t now)
{
	bool call = false;
	pthread_mutex_lock(&q->lock);
	bool room = q->waiting < q->most;
	if (room) {
		j->next = NULL;
		j->queued = now;
		*(q->last ? &q->last->next : &q->first) = j;
		q->last = j;
		q->waiting++;
		call = !q->awake && call_one(q);
	}
	pthread_mutex_unlock(&q->lock);
	if (call)
		pthread_cond_signal(&q->filled);
	return room;
}

void net_queue_hurry(net_queue *q, int64_t now)
{
	if (!net_queue_may_hurry(q))
		return;
	pthread_mutex_lock(&q->lock);
	bool call = q->first && now - q->first->queued >= PATIENCE_US && call_one(q);
	pthread_mutex_unlock(&q->lock);
	if (call)
		pthread_cond_signal(&q->filled);
}

bool net_queue_may_hurry(const net_queue *q)
{
	return atomic_load(&q->waiting) > 0 && atomic_load(&q->asleep) > 0;
}

static void sleep_until_called(net_queue *q)
{
	q->awake--;
	q->asleep++;
	while (!q->called && !q->over)
		pthread_cond_wait(&q->filled, &q->lock);
	if (q->called)
		q->called--;
}

/* The next job; NULL when there will be no more. */
static net_job *take(net_queue *q)
{
	pthread_mutex_lock(&q->lock);
	while (!q->first && !q->over)
		sleep_until_called(q);
	net_job *j = q->first;
	if (j) {
		q->first = j->next;
		if (!q->first)
			q->last = NULL;
		q->waiting--;
	}
	pthread_mutex_unlock(&q->lock);
	return j;
}

static void give_back(net_queue *q, net_job *j)
{
	static const uint64_t one = 1;
	pthread_mutex_lock(&q->lock);
	/* The loop, once woken, collects all there are. */
	bool first = !q->done;
	j->next = q->done;
	q->done = j;
	pthread_mutex_unlock(&q->lock);
	/* It fails only where the count is full, and then the loop is awake. */
	ssize_t n = first ? write(q->wake, &one, sizeof one) : 0;
	(void)n;
}

net_job *net_queue_collect(net_queue *q)
{
	pthread_mutex_lock(&q->lock);
	net_job *j = q->done;
	q->done = NULL;
	pthread_mutex_unlock(&q->lock);
	return j;
}

void net_queue_close(net_queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->over = true;
	q->first = q->last = NULL;
	q->waiting = 0;
	pthread_cond_broadcast(&q->filled);
	pthread_mutex_unlock(&q->lock);
}

bool net_guard(arena *mem, void (*step)(void *), void *arg)
{
	jmp_buf used_up;
	if (setjmp(used_up)) {
		arena_set_escape(mem, NULL);
		return false;
	}
	arena_set_escape(mem, &used_up);
	step(arg);
	arena_set_escape(mem, NULL);
	return true;
}

typedef struct work {
	const net_worker *worker;
	net_job *job;
	void *gzip;
} work;

static void read_form(void *arg)
{
	net_job *j = ((work *)arg)->job;
	str body = {j->body, j->body_n};
	if (!body.n || net_form_read(j->r.mem, j->type, body, &j->r))
		return;
	j->refused = 400;
	j->why = "form";
}

static void serve(void *arg)
{
	work *w = arg;
	const net_config *config = w->worker->config;
	config->serve(config->self, w->worker->number, &w->job->r, &w->job->a);
	assert(w->job->a.status >= 200 && w->job->a.status <= 599);
	net_gzip(w->job, w->gzip);
}

static void serve_instead(void *arg)
{
	work *w = arg;
	const net_config *config = w->worker->config;
	config->used_up(config->self, w->worker->number, &w->job->r, &w->job->a);
	assert(w->job->a.status >= 500 && w->job->a.status <= 599);
}

static void serve_or_say(work *w)
{
	net_job *j = w->job;
	arena_mark before = arena_here(j->r.mem);
	if (net_guard(j->r.mem, serve, w))
		return;
	arena_reset(j->r.mem, before);
	j->a = (net_response){.status = 0};
	if (!w->worker->config->used_up || !net_guard(j->r.mem, serve_instead, w))
		j->a = (net_response){.status = 500};
}

static void run(work *w)
{
	net_job *j = w->job;
	if (!net_guard(j->r.mem, read_form, w)) {
		j->refused = 413;
		j->why = "memory";
	}
	if (!j->refused)
		serve_or_say(w);
	/*
	 * What `serve` deferred, like a rollback, belongs to this thread and to now; the memory
	 * holds the answer and stays.
	 */
	arena_mark all = arena_here(j->r.mem);
	all.cleanup = NULL;
	arena_reset(j->r.mem, all);
}

void *net_work(void *worker)
{
	net_worker *me = worker;
	work w = {.worker = me, .gzip = net_gzip_new()};
	pthread_mutex_lock(&me->queue->lock);
	me->queue->awake++;
	pthread_mutex_unlock(&me->queue->lock);
	while ((w.job = take(me->queue))) {
		run(&w);
		give_back(me->queue, w.job);
	}
	net_gzip_free(w.gzip);
	return NULL;
}
