/*
 * net - an HTTP/1.1 server for loopback, behind a proxy that speaks TLS. Knows no people.
 *
 * One loop thread owns the sockets: it takes connections, checks each header before the
 * body is read, reads bodies and forms, and sends answers. A fixed pool of workers runs
 * `serve`, one request each. Two queues between them are all they share.
 */
#ifndef NET_H
#define NET_H

#include "base/base.h"

typedef enum net_method { NET_GET, NET_HEAD, NET_POST } net_method;

typedef struct net_pair {
	str name, value;
} net_pair;
/* A part of a multipart form that came with a file name. */
typedef struct net_file {
	str field, name, type, bytes;
} net_file;

/* What a route allows: chosen when the header is complete, before any of the body is read. */
typedef struct net_rule {
	const void *route; /* handed through to `serve` in the request */
	size_t body_max;   /* bytes of body; 0 = a POST with one is refused (413) */
	bool files; /* multipart/form-data is taken, else only urlencoded forms (415) */
	bool slow;  /* may take long: a browser gets the page of `waiting` meanwhile */
} net_rule;

/* How far a slow one has come. */
typedef struct net_wait {
	str ticket;
	const char *stage; /* as given to net_progress; NULL = not begun */
	int permille;      /* of the stage */
} net_wait;

/*
 * A request whose checks have passed. Everything lives in `mem` until the answer is sent; its
 * clean-ups run when `serve` has returned, still in the worker's thread.
 */
typedef struct net_request {
	arena *mem; /* capped by net_config.memory_max; the handler may allocate from it */
	net_method method;
	str path; /* percent-decoded, valid UTF-8, begins with '/', no NUL or control bytes */
	str target; /* as sent: path and query, still encoded */
	str host; /* of the Host header, checked against net_config.hosts if there are any */
	str address; /* the client's IP; of X-Forwarded-For's last entry if the peer is loopback */
	bool https; /* X-Forwarded-Proto says so and the peer is loopback */
	/* In order; names of headers in small letters. */
	const net_pair *query, *header, *cookie, *form;
	size_t queries, headers, cookies, forms;
	const net_file *file;
	size_t files;
	const void *route;
	uint64_t number; /* counts requests since the start: the id in the log */
	struct net_progress *progress; /* for net_progress; NULL when nobody asks */
} net_request;
/* Tells how far a slow request has come; `stage` outlives the server. A worker's thread. */
void net_progress(const net_request *r, const char *stage, uint64_t done, uint64_t total);

/* The first value of that name; s == NULL when there is none. */
str net_query(const net_request *r, str name);
str net_header(const net_request *r, str name);
str net_cookie(const net_request *r, str name);
str net_form(const net_request *r, str name);

/* The answer. Headers live in the request's arena, and so does the body unless `fixed`. */
typedef struct net_response {
	int status; /* 0 when `serve` is called; it must set one */
	str type;   /* of content; empty = no Content-Type */
	str body;   /* for HEAD only its length is sent */
	bool fixed; /* the body outlives the server: it is not copied and never compressed */
	net_pair header[24];
	size_t headers;
} net_response;
/* Adds a header; CR, LF or NUL in it is a bug of the caller (assert). */
void net_reply_header(net_response *a, str name, str value);

typedef struct net_config {
	str address;   /* "127.0.0.1", "::1" */
	uint16_t port; /* 0 = any; net_port tells */
	int workers;
	/* Host values (with or without port) that are answered, others get 421; 0 of them = any. */
	const str *host;
	size_t hosts;
	size_t memory_max; /* of one request's arena, at least 64 kB; beyond it 413 or 500 */
	size_t header_max;   /* bytes; 431 */
	int waiting_max;     /* requests in the queue for a worker; beyond it 503 */
	int connections_max; /* beyond it the one that has been slow longest is closed */
	int per_address_max; /* those of one peer beyond it are closed at once; 0 = no limit */
	/* Deadlines, from the start of each. */
	int header_seconds, body_seconds, idle_seconds, send_seconds;
	/*
	 * Which rule is for this request; loop thread, so quick and without I/O. False: `serve`
	 * gets it with route == NULL and answers 404 itself; its body is not read.
	 */
	bool (*rule)(void *self, net_method m, str path, net_rule *out);
	/* Answers; a worker's thread. `worker` counts from 0. */
	void (*serve)(void *self, int worker, const net_request *r, net_response *a);
	/*
	 * Answers where `serve` used up its memory, which is empty again and what was begun undone;
	 * the same thread. NULL, or where this does so too: 500 without a body.
	 */
	void (*used_up)(void *self, int worker, const net_request *r, net_response *a);
	/*
	 * Where a rule says slow: answers a browser after `patience_ms` in place of `serve`, with a page
	 * that leads to an address, of a rule that says slow too, whose query has the ticket as "wait".
	 * Whoever comes there with the same cookies gets what `serve` answers, or this again after twice
	 * the time; anyone else what that address is by itself. An answer that nobody comes for is dropped
	 * after two minutes. Loop thread, so quick and without I/O; of `r` only mem, method, path, target,
	 * host, address and https are set. NULL or 0: one waits.
	 */
	void (*waiting)(void *self, const net_request *r, const net_wait *wait,
			net_response *a);
	int patience_ms;
	/* One request is over, answered after `micros`: for the log; loop thread, must not block. */
	void (*done)(void *self, const net_request *r, int status, size_t bytes,
		     int64_t micros);
	/* A request was refused before `serve`, with this status: why, for the log; loop thread. */
	void (*refused)(void *self, str address, int status, const char *why);
	void *self;
} net_config;
/* Sensible limits for everything but rule, serve, self; the rest may be changed after. */
net_config net_config_default(void);

typedef struct net_server net_server;
/*
 * Listens and starts the threads; the server lives in `mem`. Signals are blocked in its threads.
 * `*out` is set before the first request is served; freeing `mem` stops it if net_stop has not.
 * Faults: RESOURCE (port taken, no permission).
 */
MUST_USE bool net_start(ctx *c, const net_config *config, net_server **out);
/* The port it listens on. */
uint16_t net_port(const net_server *s);
/*
 * Graceful: takes no new connection, answers what was begun, at most `seconds`, then
 * closes the rest and joins the threads. Any thread but the server's own.
 */
void net_stop(net_server *s, int seconds);

/* Figures since the start; any thread. */
typedef struct net_figures {
	uint64_t requests, refused, bytes;
	uint64_t by_class[6]; /* answers 1xx … 5xx at [1] … [5] */
	uint64_t waiting;     /* requests in the queue for a worker */
	uint64_t open;        /* connections */
	/* Requests answered in less than 2^i µs and not less than 2^(i-1), from their header on. */
	uint64_t micros[24];
} net_figures;
void net_figures_get(const net_server *s, net_figures *out);

/*
 * The checks of a header, apart so that they can be fuzzed: false with status and reason.
 * Sources: RFC 9110 §5.5, §7.2, §8.6; RFC 9112 §3.2, §6.1, §6.3.
 */
typedef struct net_head {
	str method, target, version; /* as sent: "POST", "/sv/x?y=1", "HTTP/1.1" */
	const net_pair *header;      /* names as sent */
	size_t headers;
} net_head;
bool net_head_check(const net_head *h, size_t body_max, int *status, const char **why);
/* Percent-decodes a path; false when malformed, not UTF-8, or with control bytes, "//", "." or ".." parts. */
bool net_path_decode(arena *mem, str raw, str *out);
/* The cookies of a Cookie header, in order; malformed ones are left out. */
void net_cookies_read(arena *mem, str header, const net_pair **out, size_t *n);

#endif
