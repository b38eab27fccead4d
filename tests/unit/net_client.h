/* A client that says exactly what it is told, and a gate at which a handler waits. */
#ifndef NET_CLIENT_H
#define NET_CLIENT_H

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/base.h"

enum { PATIENCE_MS = 20000 };

/* A socket, or -1. */
static inline int client_connect(uint16_t port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	close(fd);
	return -1;
}

/* False when the other side has closed. */
static inline bool client_say(int fd, str bytes)
{
	while (bytes.n) {
		ssize_t n = send(fd, bytes.s, bytes.n, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		bytes = str_slice(bytes, (size_t)n, bytes.n);
	}
	return true;
}

/* What comes until the other side closes. */
static inline str client_rest(arena *mem, int fd)
{
	buf b = {.mem = mem};
	char part[4096];
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	while (poll(&wait, 1, PATIENCE_MS) == 1) {
		ssize_t n = recv(fd, part, sizeof part, 0);
		if (n <= 0)
			return buf_str(&b);
		buf_add(&b, (str){part, (size_t)n});
	}
	return S("(nothing more, but open)");
}

/* One answer, header and body, byte by byte where its end is not known. */
static inline str client_answer(arena *mem, int fd, bool head)
{
	buf b = {.mem = mem};
	size_t want = SIZE_MAX;
	char byte;
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	while (b.n < want && poll(&wait, 1, PATIENCE_MS) == 1 &&
	       recv(fd, &byte, 1, 0) == 1) {
		buf_char(&b, byte);
		str got = buf_str(&b);
		if (want != SIZE_MAX || !str_ends(got, S("\r\n\r\n")))
			continue;
		ptrdiff_t at = str_find(got, S("Content-Length: "));
		str rest = at < 0 ? S("") : str_slice(got, (size_t)at + 16, got.n), line;
		int64_t length = 0;
		if (at >= 0 && str_cut(&rest, '\r', &line) &&
		    !str_to_int(line, 0, 1 << 30, &length))
			length = 0;
		want = b.n + (head ? 0 : (size_t)length);
	}
	return buf_str(&b);
}

/* Handlers that come in wait until it is opened. */
typedef struct gate {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	int inside;
	bool open;
} gate;

static inline void gate_pass(gate *g)
{
	pthread_mutex_lock(&g->lock);
	g->inside++;
	pthread_cond_broadcast(&g->moved);
	while (!g->open)
		pthread_cond_wait(&g->moved, &g->lock);
	pthread_mutex_unlock(&g->lock);
}

static inline void gate_await(gate *g, int inside)
{
	pthread_mutex_lock(&g->lock);
	while (g->inside < inside)
		pthread_cond_wait(&g->moved, &g->lock);
	pthread_mutex_unlock(&g->lock);
}

static inline void gate_open(gate *g)
{
	pthread_mutex_lock(&g->lock);
	g->open = true;
	pthread_cond_broadcast(&g->moved);
	pthread_mutex_unlock(&g->lock);
}

#endif
