/*
 * A programme's own texts, kept for every request of the process; read again when something was
 * committed, also by another process (keeper.c).
 *
 * A request copies those of its language, a few short texts, so that it holds the lock for
 * no longer than that.
 */
#include <pthread.h>

#include "web/web_priv.h"

struct texts {
	pthread_rwlock_t lock;
	arena *mem; /* of the rows */
	text_row *row;
	size_t n;
};

static void free_texts(void *self)
{
	struct texts *t = self;
	pthread_rwlock_destroy(&t->lock);
	arena_free(t->mem);
}

static struct texts *new_texts(arena *mem)
{
	struct texts *t = NEW(mem, struct texts);
	pthread_rwlock_init(&t->lock, NULL);
	arena_defer(mem, free_texts, t);
	return t;
}

bool texts_load(ctx *c, web *w)
{
	ctx inner = *c;
	text_row *row;
	size_t n;
	if (!w->texts)
		w->texts = new_texts(w->mem);
	inner.mem = arena_new(0);
	if (!store_texts(&inner, &row, &n)) {
		c->fault = (fault){.kind = inner.fault.kind, .key = inner.fault.key};
		arena_free(inner.mem);
		return false;
	}
	pthread_rwlock_wrlock(&w->texts->lock);
	arena *old = w->texts->mem;
	w->texts->mem = inner.mem;
	w->texts->row = row;
	w->texts->n = n;
	pthread_rwlock_unlock(&w->texts->lock);
	arena_free(old);
	return true;
}

const view_lang *texts_in(web *w, arena *mem, const view_lang *l)
{
	view_own *own = NULL;
	size_t n = 0;
	if (!w->texts)
		return l;
	pthread_rwlock_rdlock(&w->texts->lock);
	if (w->texts->n)
		own = NEW_ARRAY(mem, view_own, w->texts->n);
	for (size_t i = 0; i < w->texts->n; i++) {
		const text_row *t = &w->texts->row[i];
		if (str_equal(t->lang, view_lang_tag(l)))
			own[n++] = (view_own){.key = str_terminated(mem, t->key),
					      .text = str_terminated(mem, t->text)};
	}
	pthread_rwlock_unlock(&w->texts->lock);
	return n ? view_lang_with(mem, l, own, n) : l;
}
