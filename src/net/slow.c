/*
 * Requests that take long. After a moment of patience the client gets a page that waits; the job goes
 * on without a connection, and the one that comes with the ticket takes it over.
 */
#include <string.h>
#include <sys/random.h>

#include "net/net_priv.h"

enum {
	PARKED_MAX = 64,    /* beyond it one waits without being told */
	KEEP_SECONDS = 120, /* how long an answer lies until somebody comes for it */
};

/* The raw lines: whoever comes for an answer comes from the browser that asked for it. */
static str cookies_of(const net_request *r)
{
	return net_header(r, S("cookie"));
}

void net_slow_begin(net_server *s, net_job *j)
{
	j->slow = j->rule.slow && s->config.waiting && s->config.patience_ms > 0 &&
		  str_find(net_header(&j->r, S("accept")), S("text/html")) >= 0;
	if (!j->slow)
		return;
	j->slow_at = s->now + (int64_t)s->config.patience_ms * 1000;
	j->slow_next = s->slow;
	s->slow = j;
	j->r.progress = &j->progress;
}

static void forget(net_server *s, net_job *j)
{
	net_job **at = &s->slow;
	while (*at != j)
		at = &(*at)->slow_next;
	*at = j->slow_next;
	j->slow = false;
}

static bool make_ticket(net_job *j)
{
	uint8_t bytes[sizeof j->ticket / 2];
	if (j->ticket[0])
		return true;
	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		return false;
	for (size_t i = 0; i < sizeof bytes; i++) {
		j->ticket[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		j->ticket[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
	}
	return true;
}

/* Answers in its place, from memory of its own: the worker is at work in that of the job. */
static void stand_in(net_server *s, net_job *j)
{
	arena *mem = arena_new(0);
	net_job *w = NEW(mem, net_job);
	const net_request *r = &j->r;
	w->r = (net_request){.mem = mem,
			     .method = r->method,
			     .path = str_copy(mem, r->path),
			     .target = str_copy(mem, r->target),
			     .host = str_copy(mem, r->host),
			     .address = str_copy(mem, r->address),
			     .https = r->https,
			     .number = r->number};
	w->conn = j->conn;
	w->began = j->began;
	w->handed_on = true;
	j->conn->job = w;
	j->conn = NULL;
	const net_wait wait = {.ticket = {j->ticket, sizeof j->ticket},
			       .stage = atomic_load(&j->progress.stage),
			       .permille = atomic_load(&j->progress.permille)};
	s->config.waiting(s->config.self, &w->r, &wait, &w->a);
	net_finish(s, w);
}

static int parked(const net_server *s)
{
	int n = 0;
	for (const net_job *j = s->slow; j; j = j->slow_next)
		n += !j->conn;
	return n;
}

void net_slow_look(net_server *s)
{
	for (net_job *j = s->slow, *next; j; j = next) {
		next = j->slow_next;
		if (j->slow_at > s->now)
			continue;
		if (j->finished) {
			forget(s, j);
			arena_free(j->r.mem);
		} else if (!j->conn || s->stopping || parked(s) >= PARKED_MAX ||
			   !make_ticket(j)) {
			j->slow_at = INT64_MAX;
		} else {
			j->slow_at = INT64_MAX;
			stand_in(s, j);
		}
	}
}

int64_t net_slow_next(const net_server *s)
{
	int64_t next = INT64_MAX;
	for (const net_job *j = s->slow; j; j = j->slow_next)
		next = j->slow_at < next ? j->slow_at : next;
	return next;
}

bool net_slow_is_done(net_server *s, net_job *j)
{
	if (!j->slow)
		return false;
	if (j->conn) {
		forget(s, j);
		return false;
	}
	j->finished = true;
	j->slow_at = s->now + KEEP_SECONDS * INT64_C(1000000);
	return true;
}

/* Compares all of it whatever differs: a ticket is a secret. */
static bool is_ticket(const net_job *j, str ticket)
{
	unsigned differs = 0;
	if (ticket.n != sizeof j->ticket)
		return false;
	for (size_t i = 0; i < ticket.n; i++)
		differs |= (unsigned char)(ticket.s[i] ^ j->ticket[i]);
	return !differs;
}

net_job *net_slow_take_over(net_server *s, net_job *by)
{
	net_job *j = by->rule.slow && by->r.method != NET_POST ? s->slow : NULL;
	str ticket = net_query(&by->r, S("wait"));
	while (j && (j->conn || !is_ticket(j, ticket) ||
		     !str_equal(cookies_of(&j->r), cookies_of(&by->r))))
		j = j->slow_next;
	if (!j)
		return NULL;
	j->conn = by->conn;
	j->conn->job = j;
	arena_free(by->r.mem);
	if (j->finished)
		forget(s, j);
	else
		j->slow_at = s->now + 2 * (int64_t)s->config.patience_ms * 1000;
	return j;
}

void net_slow_close(net_server *s)
{
	while (s->slow) {
		net_job *j = s->slow;
		bool alone = !j->conn;
		forget(s, j);
		if (alone)
			arena_free(j->r.mem);
	}
}

void net_progress(const net_request *r, const char *stage, uint64_t done, uint64_t total)
{
	if (!r->progress)
		return;
	atomic_store(&r->progress->stage, stage);
	atomic_store(&r->progress->permille,
		     total ? (int)((done < total ? done : total) * 1000 / total) : 0);
}
