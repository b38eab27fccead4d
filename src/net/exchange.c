/*
 * One request after the other on a connection, as libmicrohttpd calls.
 *
 * Its own answers to bad requests would do, but 0.9.75 sends the header of some of them
 * twice and waits for ever after others; so whatever is refused is refused here, with one
 * line on the socket itself, and MHD then finds the connection closed.
 */
#include <string.h>
#include <sys/socket.h>

#include "net/net_priv.h"

static void count_refusal(net_server *s, const net_conn *k, int status, const char *why)
{
	s->refused++;
	s->by_class[status / 100]++;
	str address = k->job ? k->job->r.address : (str){0};
	if (s->config.refused)
		s->config.refused(s->config.self, address.n ? address : str_from(k->peer),
				  status, why);
}

/* Closes a connection with a last word. */
static void turn_away(net_server *s, net_conn *k, int status, const char *why)
{
	net_conn_enter(&s->conns, k, PHASE_BUSY, s->now);
	count_refusal(s, k, status, why);
	net_refuse(k->socket, status);
}

void net_give_way(net_server *s, net_conn *k)
{
	/* A browser connects ahead of its first request; it would show a 408 to that. */
	bool begun = (k->phase == PHASE_HEAD && k->sent.target) || k->phase == PHASE_BODY;
	if (begun) {
		turn_away(s, k, 408, "slow");
		return;
	}
	net_conn_enter(&s->conns, k, PHASE_BUSY, s->now);
	shutdown(k->socket, SHUT_RDWR);
}

static void begin_connection(net_server *s, struct MHD_Connection *m, void **context)
{
	const union MHD_ConnectionInfo *fd =
		MHD_get_connection_info(m, MHD_CONNECTION_INFO_CONNECTION_FD);
	const union MHD_ConnectionInfo *peer =
		MHD_get_connection_info(m, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	net_conn *k = net_conn_take(&s->conns);
	/* MHD stops taking new ones before the records run out. */
	assert(k);
	k->server = s;
	k->mhd = m;
	k->socket = fd->connect_fd;
	const struct sockaddr *a = peer->client_addr;
	if (a->sa_family == AF_INET6)
		inet_ntop(AF_INET6,
			  &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr,
			  k->peer, sizeof k->peer);
	else
		inet_ntop(AF_INET,
			  &((const struct sockaddr_in *)(const void *)a)->sin_addr,
			  k->peer, sizeof k->peer);
	*context = k;
	net_conn_enter(&s->conns, k, PHASE_HEAD, s->now);
	s->open++;
	if (s->conns.open > s->conns.most)
		net_give_way(s, net_conn_slowest(&s->conns));
}

void net_on_connection(void *server, struct MHD_Connection *m, void **context,
		       enum MHD_ConnectionNotificationCode code)
{
	net_server *s = server;
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		begin_connection(s, m, context);
		return;
	}
	net_conn_give_back(&s->conns, *context);
	s->open--;
}

static net_conn *conn_of(struct MHD_Connection *m)
{
	return MHD_get_connection_info(m, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
		->socket_context;
}

void *net_on_target(void *server, const char *target, struct MHD_Connection *m)
{
	net_server *s = server;
	net_conn *k = conn_of(m);
	k->sent = (net_sent){.target = target, .target_n = strlen(target)};
	/*
	 * MHD reads the query next, a record for each pair from the memory of the connection,
	 * and hangs when there are too many. It is read elsewhere, so it is ended here.
	 */
	char *mark = strchr(target, '?');
	if (mark) {
		k->sent.after_mark = mark[1];
		mark[1] = 0;
	}
	if (k->phase == PHASE_IDLE)
		net_conn_enter(&s->conns, k, PHASE_HEAD, s->now);
	return k;
}

static enum MHD_Result give_up(net_server *s, net_conn *k, int status, const char *why)
{
	k->job->handed_on = true;
	turn_away(s, k, status, why);
	return MHD_NO;
}

static void count(net_server *s, const net_job *j)
{
	size_t i = 0;
	while (i + 1 < ARRAY_LEN(s->micros) && j->micros >= (int64_t)1 << i)
		i++;
	s->micros[i]++;
	s->by_class[j->a.status / 100]++;
	s->bytes += j->sent;
}

/* Its answer is handed over, or it is refused; false when neither could be. */
static bool settle(net_server *s, net_job *j)
{
	net_conn *k = j->conn;
	j->micros = s->now - j->began;
	if (j->refused) {
		turn_away(s, k, j->refused, j->why);
		return false;
	}
	if (!net_answer(j, k->mhd, s->stopping))
		return false;
	count(s, j);
	net_conn_enter(&s->conns, k, PHASE_SEND, s->now);
	return true;
}

static enum MHD_Result take_over(net_server *s, net_job *j)
{
	if (j->finished)
		return settle(s, j) ? MHD_YES : MHD_NO;
	net_conn_enter(&s->conns, j->conn, PHASE_BUSY, s->now);
	MHD_suspend_connection(j->conn->mhd);
	return MHD_YES;
}

static enum MHD_Result hand_on(net_server *s, net_conn *k)
{
	net_job *j = k->job;
	net_job *kept = net_slow_take_over(s, j);
	if (kept)
		return take_over(s, kept);
	/* Before a worker has it. */
	net_slow_begin(s, j);
	/* First: a worker may look at the figures at once. */
	s->requests++;
	if (!net_queue_push(&s->queue, j, s->now)) {
		s->requests--;
		net_slow_is_done(s, j);
		return give_up(s, k, 503, "queue");
	}
	j->handed_on = true;
	net_conn_enter(&s->conns, k, PHASE_BUSY, s->now);
	MHD_suspend_connection(k->mhd);
	return MHD_YES;
}

static enum MHD_Result begin_request(net_server *s, net_conn *k)
{
	int status;
	const char *why;
	if (!net_job_open(&s->config, k->mhd, &k->sent, str_from(k->peer), ++s->number,
			  &k->job, &status, &why)) {
		k->job->conn = k;
		return give_up(s, k, status, why);
	}
	net_job *j = k->job;
	j->conn = k;
	j->began = s->now;
	if (!net_job_has_body(j))
		return MHD_YES;
	/* Nobody wants the body: answered before it is read, and MHD closes. */
	if (!j->known)
		return hand_on(s, k);
	net_conn_enter(&s->conns, k, PHASE_BODY, s->now);
	return MHD_YES;
}

enum MHD_Result net_on_request(void *server, struct MHD_Connection *m, const char *url,
			       const char *method, const char *version,
			       const char *upload_data, size_t *upload_data_size,
			       void **context)
{
	(void)m;
	(void)url;
	net_server *s = server;
	net_conn *k = *context;
	if (!k->job) {
		k->sent.method = method;
		k->sent.version = version;
		return begin_request(s, k);
	}
	/* Resumed without an answer. */
	if (k->job->handed_on)
		return MHD_NO;
	size_t n = *upload_data_size;
	if (!n)
		return hand_on(s, k);
	*upload_data_size = 0;
	if (!net_job_add(k->job, upload_data, n))
		return give_up(s, k, 413, "body");
	return MHD_YES;
}

void net_finish(net_server *s, net_job *j)
{
	if (net_slow_is_done(s, j))
		return;
	settle(s, j);
	MHD_resume_connection(j->conn->mhd);
}

void net_on_completed(void *server, struct MHD_Connection *m, void **context,
		      enum MHD_RequestTerminationCode code)
{
	(void)code;
	net_server *s = server;
	net_conn *k = *context;
	net_job *j = k->job;
	const union MHD_ConnectionInfo *own =
		MHD_get_connection_info(m, MHD_CONNECTION_INFO_HTTP_STATUS);
	/* MHD has refused it by itself: malformed lines or chunks, too much of them. */
	if (own && (k->phase == PHASE_HEAD || k->phase == PHASE_BODY))
		count_refusal(s, k, (int)own->http_status, "malformed");
	k->sent = (net_sent){0};
	if (!j)
		return;
	if (j->a.status && s->config.done)
		s->config.done(s->config.self, &j->r, j->a.status, j->sent, j->micros);
	k->job = NULL;
	arena_free(j->r.mem);
	net_conn_enter(&s->conns, k, PHASE_IDLE, s->now);
}

/*
 * MHD says something is wrong. Where it looks for the body's length before the header is
 * handed over, this is the one place to learn of it; the connection is the one whose header
 * is complete but has no job yet.
 */
void net_on_log(void *server, const char *format, va_list args)
{
	(void)format;
	(void)args;
	net_server *s = server;
	for (net_conn *k = s->conns.first[PHASE_HEAD], *next; k; k = next) {
		next = k->after;
		if (!k->job && MHD_get_connection_info(
				       k->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE))
			turn_away(s, k, 400, "header");
	}
}
