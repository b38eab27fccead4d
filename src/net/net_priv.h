/*
 * net, inside: what its files share.
 *
 * A connection has a record (net_conn) for as long as it is open; a request is a job
 * (net_job) in an arena of its own, handed from the loop to a worker and back.
 */
#ifndef NET_PRIV_H
#define NET_PRIV_H

#include <arpa/inet.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "net/net.h"

enum {
	NET_FIELDS_MAX = 500,  /* of a form or query */
	NET_HEADERS_MAX = 100, /* lines of a header */
};

typedef struct net_conn net_conn;
typedef struct net_job net_job;

/* ---- text of a header (head.c) ------------------------------------------- */

/* The only header of that name, in any case of letters; how many there are. */
size_t net_head_find(const net_head *h, str name, str *value);
/* What is said of the body by a header that net_head_check has passed. */
uint64_t net_head_length(const net_head *h, bool *chunked);
/* The parts of a target that net_head_check has passed. */
void net_target_split(str target, str *path, str *query);
bool net_str_equal_caseless(str a, str b);
/* Decodes %XX, and '+' as a space if asked; false when malformed, not UTF-8 or with a NUL. */
bool net_percent_decode(arena *mem, str raw, bool plus, str *out);

/*
 * libmicrohttpd takes a bare LF for the end of a line, joins folded lines, and ends text at
 * a NUL, none of which is seen in what it hands over. But it parses in place: where the
 * header was clean, all parts lie where they were sent, with exactly the bytes between them
 * that belong there. `size` is that of the whole header; the strings are those it gave.
 */
bool net_head_as_sent(const net_head *h, size_t size);

/* ---- forms (form.c) ------------------------------------------------------ */

typedef enum net_form_kind {
	NET_FORM_OTHER,
	NET_FORM_PLAIN,
	NET_FORM_PARTS
} net_form_kind;
/* What a Content-Type says a body is. */
net_form_kind net_form_kind_of(str type);
/* Pairs of a query or an urlencoded body; false when malformed or too many. */
bool net_pairs_read(arena *mem, str text, const net_pair **out, size_t *n);
/* A body of that type into fields and files, which are slices of it; false when malformed. */
bool net_form_read(arena *mem, str type, str body, net_request *r);

/* ---- a request on its way (request.c, answer.c) --------------------------- */

struct net_progress {
	_Atomic(const char *) stage;
	_Atomic int permille;
};

struct net_job {
	net_request r; /* r.mem holds the job too */
	net_response a;
	net_conn *conn;
	net_job *next;         /* in the queue, then in the list of those that are done */
	int64_t began, queued; /* µs of the loop's clock */
	net_rule rule;
	str type;        /* Content-Type */
	uint64_t length; /* of the body, as announced */
	bool chunked;
	bool known;      /* there is a rule for it */
	bool gzip;       /* is understood by the client */
	bool handed_on;  /* to the workers, or refused */
	int refused;     /* a status, when the form was no form */
	const char *why; /* … and the reason */
	int64_t micros;
	size_t sent; /* bytes of body in the answer */
	char *body;
	size_t body_n, body_cap;
	/* Of one that may take long (slow.c), while it is in the server's list of them. */
	bool slow, finished; /* finished: nobody was there to be answered */
	net_job *slow_next;
	int64_t slow_at; /* when to say that it takes long, or to drop what nobody came for */
	char ticket[32]; /* of one that goes on without a connection; no terminator */
	struct net_progress progress;
};

/* What MHD knows of a header that is complete. */
typedef struct net_sent {
	const char *method, *version, *target;
	size_t target_n;
	char after_mark; /* the byte after '?', see on_target */
} net_sent;

/*
 * Makes the job of a request from its header; false with status and reason when it is
 * refused. `job` is set as soon as there is one.
 */
bool net_job_open(const net_config *config, struct MHD_Connection *m,
		  const net_sent *sent, str peer, uint64_t number, net_job **job,
		  int *status, const char **why);
/* Whether a body comes that will be read. */
bool net_job_has_body(const net_job *j);
/* Takes a part of the body; false when there is too much of it. */
bool net_job_add(net_job *j, const char *bytes, size_t n);
/* Runs `step(arg)`; false when the arena was used up in it. */
bool net_guard(arena *mem, void (*step)(void *), void *arg);

/* Compresses the answer where that pays; `state` is one worker's, from net_gzip_new. */
void net_gzip(net_job *j, void *state);
void *net_gzip_new(void);
void net_gzip_free(void *state);
/* Queues the answer; false when there is no memory for it. */
bool net_answer(net_job *j, struct MHD_Connection *m, bool last);
/* Says `status` and no more on that socket, and closes it for both sides. */
void net_refuse(int socket, int status);

/* ---- the queue and the workers (queue.c) ---------------------------------- */

typedef struct net_queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	net_job *first, *last; /* waiting for a worker */
	net_job *done;         /* newest first */
	_Atomic int waiting;   /* read without the lock for the figures */
	_Atomic int asleep;    /* workers that wait to be called */
	int awake, called; /* workers that do not, and calls that nobody has heard yet */
	int most;
	bool over;
	int wake; /* an eventfd: something is done */
} net_queue;

void net_queue_open(net_queue *q, int most, int wake);
/*
 * False when it is full. Calls a worker only when none is awake: most jobs take a fraction of what
 * it costs to wake a thread, and the one at work takes the next when it is done.
 */
bool net_queue_push(net_queue *q, net_job *j, int64_t now);
/* Calls one more when a job has waited for a millisecond: those at work have got slow ones. */
void net_queue_hurry(net_queue *q, int64_t now);
/* Whether the loop has to look again in a millisecond. */
bool net_queue_may_hurry(const net_queue *q);
/* Those that are done, newest first. */
net_job *net_queue_collect(net_queue *q);
/* No worker takes another job; those that wait are dropped. */
void net_queue_close(net_queue *q);
void net_queue_free(net_queue *q);

typedef struct net_worker {
	pthread_t thread;
	const net_config *config;
	net_queue *queue;
	int number;
} net_worker;
/* A worker's thread: jobs until the queue is closed. */
void *net_work(void *worker);

/* ---- those that take long (slow.c): the loop's thread --------------------- */

/* One is handed to the workers: from now on its time runs, if it may take long. */
void net_slow_begin(net_server *s, net_job *j);
/* Answers for those that take too long, drops what nobody came for. */
void net_slow_look(net_server *s);
/* When to look next; INT64_MAX for never. */
int64_t net_slow_next(const net_server *s);
/* A worker is done with it: true when it is kept for the one with the ticket. */
bool net_slow_is_done(net_server *s, net_job *j);
/*
 * The job that `by` came for, now on its connection; `by` is no more. It is answered at once when
 * it is finished. NULL when it came for none, there is none, or it is not of the same browser.
 */
net_job *net_slow_take_over(net_server *s, net_job *by);
/* Frees those that have no connection. */
void net_slow_close(net_server *s);

/* ---- connections and their deadlines (conn.c) ------------------------------ */

/* What a connection waits for. Each but the first has a deadline from its start. */
typedef enum net_phase {
	PHASE_BUSY, /* for a worker, or for nothing more */
	PHASE_IDLE, /* for the next request */
	PHASE_HEAD,
	PHASE_BODY,
	PHASE_SEND, /* for the client to take the answer */
	PHASES,
} net_phase;

struct net_conn {
	net_server *server;
	struct MHD_Connection *mhd;
	net_conn *before,
		*after; /* in the list of its phase; `after` in that of free ones */
	net_job *job;
	int64_t deadline;
	int socket;
	net_phase phase;
	char peer[INET6_ADDRSTRLEN];
	net_sent sent;
};

/* All connections. A phase has one duration, so a list of it in order of starts is in order of deadlines. */
typedef struct net_conns {
	net_conn *first[PHASES], *last[PHASES];
	net_conn *record, *unused;
	int records;
	int64_t micros[PHASES];
	int open, most;
} net_conns;

void net_conns_open(net_conns *all, arena *mem, const net_config *c, int spare);
net_conn *net_conn_take(net_conns *all);
void net_conn_give_back(net_conns *all, net_conn *k);
/* Moves it to the end of a phase's list, its deadline counted from now. */
void net_conn_enter(net_conns *all, net_conn *k, net_phase phase, int64_t now);
/* One whose deadline has passed, or NULL. */
net_conn *net_conn_late(const net_conns *all, int64_t now);
/* The next deadline; INT64_MAX when there is none. */
int64_t net_conn_next(const net_conns *all);
/* The one that gives way when there are too many: idle, else with the slowest header, or body. */
net_conn *net_conn_slowest(const net_conns *all);

/* ---- the server (loop.c) ---------------------------------------------------- */

struct net_server {
	net_config config;
	struct MHD_Daemon *mhd;
	net_queue queue;
	net_worker *worker;
	pthread_t loop;
	int listener, epoll, wake;
	uint16_t port;
	atomic_int stop_seconds; /* -1: go on */
	bool joined;
	/* The loop's own. */
	net_conns conns;
	int64_t now; /* µs, monotonic */
	int64_t stop_at;
	bool stopping;
	uint64_t number;
	net_job *slow; /* those that may take long, on a connection or without */
	/* Figures. */
	_Atomic uint64_t requests, refused, bytes, by_class[6], open, micros[24];
};

/* Callbacks for MHD, all in the loop's thread (exchange.c). */
void net_on_connection(void *server, struct MHD_Connection *m, void **context,
		       enum MHD_ConnectionNotificationCode code);
void *net_on_target(void *server, const char *target, struct MHD_Connection *m);
enum MHD_Result net_on_request(void *server, struct MHD_Connection *m, const char *url,
			       const char *method, const char *version,
			       const char *upload_data, size_t *upload_data_size,
			       void **context);
void net_on_completed(void *server, struct MHD_Connection *m, void **context,
		      enum MHD_RequestTerminationCode code);
void net_on_log(void *server, const char *format, va_list args);
/* A worker is done with it: answers, and lets MHD go on with the connection. */
void net_finish(net_server *s, net_job *j);
/* Closes a connection that is too slow, with 408 if a request has begun. */
void net_give_way(net_server *s, net_conn *k);

#endif
