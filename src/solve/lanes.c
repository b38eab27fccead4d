/*
 * lanes - one piece of work on several threads, each piece exactly once.
 *
 * Pieces are handed out one by one, so the lane that gets a piece may differ between two
 * runs; the work must not depend on it. The caller's thread is lane 0.
 */
#include "solve/solve_priv.h"

#include <pthread.h>
#include <stdatomic.h>

#define LANES_MAX 256

typedef struct worker {
	lanes *owner;
	pthread_t thread;
	int lane;
} worker;

struct lanes {
	pthread_mutex_t lock;
	pthread_cond_t wake, done;
	worker *worker;
	int workers; /* beside the caller */
	int busy;
	uint64_t job; /* counts calls of lanes_run */
	bool stop;
	void (*work)(void *self, int lane, int32_t i);
	void *self;
	int32_t n;
	atomic_int next;
};

static void work_through(lanes *l, int lane)
{
	for (;;) {
		int i = atomic_fetch_add_explicit(&l->next, 1, memory_order_relaxed);
		if (i >= l->n)
			return;
		l->work(l->self, lane, i);
	}
}

static void *worker_main(void *arg)
{
	worker *w = arg;
	lanes *l = w->owner;
	uint64_t seen = 0;
	pthread_mutex_lock(&l->lock);
	for (;;) {
		while (!l->stop && l->job == seen)
			pthread_cond_wait(&l->wake, &l->lock);
		if (l->stop)
			break;
		seen = l->job;
		pthread_mutex_unlock(&l->lock);
		work_through(l, w->lane);
		pthread_mutex_lock(&l->lock);
		if (--l->busy == 0)
			pthread_cond_signal(&l->done);
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

static void lanes_stop(void *arg)
{
	lanes *l = arg;
	pthread_mutex_lock(&l->lock);
	l->stop = true;
	pthread_cond_broadcast(&l->wake);
	pthread_mutex_unlock(&l->lock);
	for (int i = 0; i < l->workers; i++)
		pthread_join(l->worker[i].thread, NULL);
	pthread_cond_destroy(&l->wake);
	pthread_cond_destroy(&l->done);
	pthread_mutex_destroy(&l->lock);
}

lanes *lanes_start(arena *mem, int threads)
{
	lanes *l = NEW(mem, lanes);
	if (threads > LANES_MAX)
		threads = LANES_MAX;
	if (threads < 1)
		threads = 1;
	l->worker = NEW_ARRAY(mem, worker, (size_t)threads);
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->wake, NULL);
	pthread_cond_init(&l->done, NULL);
	arena_defer(mem, lanes_stop, l);
	for (int i = 0; i + 1 < threads; i++) {
		worker *w = &l->worker[i];
		*w = (worker){.owner = l, .lane = i + 1};
		if (pthread_create(&w->thread, NULL, worker_main, w) != 0)
			break; /* fewer lanes: slower, the same result */
		l->workers++;
	}
	return l;
}

void lanes_run(lanes *l, int32_t n, void (*work)(void *self, int lane, int32_t i),
	       void *self)
{
	if (l->workers == 0 || n < 2) {
		for (int32_t i = 0; i < n; i++)
			work(self, 0, i);
		return;
	}
	pthread_mutex_lock(&l->lock);
	l->work = work;
	l->self = self;
	l->n = n;
	atomic_store_explicit(&l->next, 0, memory_order_relaxed);
	l->busy = l->workers;
	l->job++;
	pthread_cond_broadcast(&l->wake);
	pthread_mutex_unlock(&l->lock);
	work_through(l, 0);
	pthread_mutex_lock(&l->lock);
	while (l->busy > 0)
		pthread_cond_wait(&l->done, &l->lock);
	pthread_mutex_unlock(&l->lock);
}
