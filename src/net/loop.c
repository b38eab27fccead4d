/* The loop: the one thread that owns the sockets. And the start and the end of a server. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "net/net_priv.h"

enum {
	SPARE = 64,       /* records for connections that are being closed */
	OTHER_FILES = 64, /* open files that are no connections */
	MOST_WAIT_MS = 60000,
};

net_config net_config_default(void)
{
	return (net_config){
		.address = S("127.0.0.1"),
		.workers = 4,
		.memory_max = 32 << 20,
		.header_max = 12 << 10,
		.waiting_max = 256,
		.connections_max = 4000,
		.header_seconds = 10,
		.body_seconds = 60,
		.idle_seconds = 60,
		.send_seconds = 60,
		.patience_ms = 1000,
	};
}

static int64_t clock_micros(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- the loop ------------------------------------------------------------- */

static int wait_ms(const net_server *s)
{
	unsigned long long by_mhd;
	int64_t next = net_conn_next(&s->conns), slow = net_slow_next(s);
	next = slow < next ? slow : next;
	if (MHD_get_timeout(s->mhd, &by_mhd) == MHD_YES && by_mhd == 0)
		return 0;
	if (net_queue_may_hurry(&s->queue))
		return 1;
	if (s->stopping && s->stop_at < next)
		next = s->stop_at;
	int64_t ms =
		next == INT64_MAX ? MOST_WAIT_MS : (next - clock_micros()) / 1000 + 1;
	return ms < 0 ? 0 : ms > MOST_WAIT_MS ? MOST_WAIT_MS : (int)ms;
}

static void take_done(net_server *s)
{
	uint64_t count;
	ssize_t n = read(s->wake, &count, sizeof count);
	(void)n;
	for (net_job *j = net_queue_collect(&s->queue), *next; j; j = next) {
		next = j->next;
		net_finish(s, j);
	}
}

static void close_phase(net_server *s, net_phase phase)
{
	while (s->conns.first[phase])
		net_give_way(s, s->conns.first[phase]);
}

/* What has arrived is still read and answered; nobody else is let in. */
static void begin_stop(net_server *s)
{
	MHD_run(s->mhd);
	s->stopping = true;
	s->stop_at = clock_micros() + (int64_t)atomic_load(&s->stop_seconds) * 1000000;
	MHD_quiesce_daemon(s->mhd);
	close(s->listener);
	close_phase(s, PHASE_IDLE);
	close_phase(s, PHASE_HEAD);
}

static void tear_down(net_server *s)
{
	net_queue_close(&s->queue);
	for (int i = 0; i < s->config.workers; i++)
		pthread_join(s->worker[i].thread, NULL);
	take_done(s);
	net_slow_close(s);
	for (int p = PHASE_IDLE; p < PHASES; p++)
		close_phase(s, (net_phase)p);
	/* Those whose jobs were dropped: MHD asks again and is told to close. */
	for (int i = 0; i < s->conns.records; i++)
		if (s->conns.record[i].job)
			MHD_resume_connection(s->conns.record[i].mhd);
	MHD_run(s->mhd);
	MHD_stop_daemon(s->mhd);
}

static void *loop(void *server)
{
	net_server *s = server;
	while (!s->stopping || (s->conns.open > 0 && s->now < s->stop_at)) {
		struct epoll_event events[2];
		epoll_wait(s->epoll, events, 2, wait_ms(s));
		s->now = clock_micros();
		take_done(s);
		net_queue_hurry(&s->queue, s->now);
		net_slow_look(s);
		if (!s->stopping && atomic_load(&s->stop_seconds) >= 0)
			begin_stop(s);
		MHD_run(s->mhd);
		for (net_conn *k; (k = net_conn_late(&s->conns, s->now));)
			net_give_way(s, k);
		if (s->stopping)
			close_phase(s, PHASE_IDLE);
	}
	tear_down(s);
	return NULL;
}

/* ---- start and end ---------------------------------------------------------- */

static bool fail(ctx *c, const char *key, const net_config *config)
{
	str port = str_format(c->mem, "%u", config->port);
	return ctx_fail(c, FAULT_RESOURCE, key, config->address, port);
}

static bool read_address(const net_config *config, arena *mem,
			 struct sockaddr_storage *out, socklen_t *n)
{
	const char *text = str_terminated(mem, config->address);
	struct sockaddr_in *four = (void *)out;
	struct sockaddr_in6 *six = (void *)out;
	*out = (struct sockaddr_storage){0};
	if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons(config->port);
		*n = sizeof *four;
		return true;
	}
	six->sin6_family = AF_INET6;
	six->sin6_port = htons(config->port);
	*n = sizeof *six;
	return inet_pton(AF_INET6, text, &six->sin6_addr) == 1;
}

static bool listen_there(ctx *c, net_server *s)
{
	struct sockaddr_storage where;
	socklen_t n;
	static const int yes = 1;
	if (!read_address(&s->config, c->mem, &where, &n))
		return fail(c, "net.address_wrong", &s->config);
	s->listener =
		socket(where.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->listener < 0)
		return fail(c, "net.start_failed", &s->config);
	setsockopt(s->listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(s->listener, (struct sockaddr *)&where, n) ||
	    listen(s->listener, SOMAXCONN)) {
		const char *key = errno == EADDRINUSE ? "net.port_taken"
				  : errno == EACCES   ? "net.port_denied"
						      : "net.start_failed";
		close(s->listener);
		return fail(c, key, &s->config);
	}
	n = sizeof where;
	getsockname(s->listener, (struct sockaddr *)&where, &n);
	s->port = ntohs(where.ss_family == AF_INET6
				? ((struct sockaddr_in6 *)(void *)&where)->sin6_port
				: ((struct sockaddr_in *)(void *)&where)->sin_port);
	return true;
}

/* As many connections as asked for, if the system lets this process have the files. */
static void allow_files(net_config *config)
{
	struct rlimit files;
	rlim_t most = (rlim_t)config->connections_max + SPARE + OTHER_FILES;
	if (getrlimit(RLIMIT_NOFILE, &files))
		return;
	if (files.rlim_cur < most) {
		files.rlim_cur = most < files.rlim_max ? most : files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	if (files.rlim_cur < most && files.rlim_cur > SPARE + OTHER_FILES)
		config->connections_max = (int)(files.rlim_cur - SPARE - OTHER_FILES);
}

static size_t as_sent(void *server, struct MHD_Connection *m, char *text)
{
	(void)server;
	(void)m;
	return strlen(text);
}

static struct MHD_Daemon *start_mhd(net_server *s)
{
	const net_config *c = &s->config;
	/* The header, MHD's copy of its cookies and records, and room for that of the answer. */
	size_t memory = 2 * c->header_max + 4096;
	return MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL,
		NULL, net_on_request, s, MHD_OPTION_EXTERNAL_LOGGER, net_on_log, s,
		MHD_OPTION_LISTEN_SOCKET, s->listener, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		memory, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)(c->connections_max + SPARE),
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)c->per_address_max,
		MHD_OPTION_NOTIFY_CONNECTION, net_on_connection, s,
		MHD_OPTION_NOTIFY_COMPLETED, net_on_completed, s,
		MHD_OPTION_URI_LOG_CALLBACK, net_on_target, s,
		MHD_OPTION_UNESCAPE_CALLBACK, as_sent, s,
		MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
}

static bool watch(net_server *s, int fd)
{
	struct epoll_event event = {.events = EPOLLIN};
	return epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* MHD and what the loop waits on; false leaves nothing open: MHD closes the listener too. */
static bool open_loop(net_server *s)
{
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->mhd = start_mhd(s);
	if (s->mhd && s->wake >= 0 && s->epoll >= 0) {
		const union MHD_DaemonInfo *info =
			MHD_get_daemon_info(s->mhd, MHD_DAEMON_INFO_EPOLL_FD);
		if (info && watch(s, s->wake) && watch(s, info->epoll_fd))
			return true;
	}
	if (s->mhd)
		MHD_stop_daemon(s->mhd);
	close(s->wake);
	close(s->epoll);
	return false;
}

/* All threads, or none. Signals are for the thread that started the program. */
static bool start_threads(net_server *s)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int started = 0;
	while (started < s->config.workers) {
		net_worker *w = &s->worker[started];
		*w = (net_worker){
			.config = &s->config, .queue = &s->queue, .number = started};
		if (pthread_create(&w->thread, NULL, net_work, w))
			break;
		started++;
	}
	bool ok =
		started == s->config.workers && !pthread_create(&s->loop, NULL, loop, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (ok)
		return true;
	net_queue_close(&s->queue);
	while (started--)
		pthread_join(s->worker[started].thread, NULL);
	return false;
}

static void stop_now(void *server)
{
	net_stop(server, 0);
}

bool net_start(ctx *c, const net_config *config, net_server **out)
{
	assert(config->rule && config->serve && config->workers > 0);
	/* A job is made before its arena can escape. */
	assert(config->memory_max == 0 || config->memory_max >= 65536);
	net_server *s = NEW(c->mem, net_server);
	s->config = *config;
	s->config.address = str_copy(c->mem, config->address);
	atomic_store(&s->stop_seconds, -1);
	allow_files(&s->config);
	net_conns_open(&s->conns, c->mem, &s->config, SPARE);
	s->worker = NEW_ARRAY(c->mem, net_worker, (size_t)config->workers);
	if (!listen_there(c, s))
		return false;
	if (!open_loop(s))
		return fail(c, "net.start_failed", config);
	net_queue_open(&s->queue, config->waiting_max, s->wake);
	s->now = clock_micros();
	*out = s;
	if (!start_threads(s)) {
		MHD_stop_daemon(s->mhd);
		close(s->wake);
		close(s->epoll);
		net_queue_free(&s->queue);
		return fail(c, "net.start_failed", config);
	}
	arena_defer(c->mem, stop_now, s);
	return true;
}

uint16_t net_port(const net_server *s)
{
	return s->port;
}

void net_stop(net_server *s, int seconds)
{
	static const uint64_t one = 1;
	if (s->joined)
		return;
	s->joined = true;
	atomic_store(&s->stop_seconds, seconds);
	ssize_t n = write(s->wake, &one, sizeof one);
	(void)n;
	pthread_join(s->loop, NULL);
	close(s->wake);
	close(s->epoll);
	net_queue_free(&s->queue);
}

void net_figures_get(const net_server *s, net_figures *out)
{
	*out = (net_figures){.requests = s->requests,
			     .refused = s->refused,
			     .bytes = s->bytes,
			     .waiting = (uint64_t)s->queue.waiting,
			     .open = s->open};
	for (size_t i = 0; i < ARRAY_LEN(s->by_class); i++)
		out->by_class[i] = s->by_class[i];
	for (size_t i = 0; i < ARRAY_LEN(s->micros); i++)
		out->micros[i] = s->micros[i];
}
