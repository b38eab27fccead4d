/* From what libmicrohttpd has parsed to a checked request in an arena of its own. */
#include <string.h>

#include "net/net_priv.h"

static str first_of(const net_pair *pair, size_t n, str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_equal(pair[i].name, name))
			return pair[i].value;
	return (str){0};
}

str net_query(const net_request *r, str name)
{
	return first_of(r->query, r->queries, name);
}

str net_header(const net_request *r, str name)
{
	return first_of(r->header, r->headers, name);
}

str net_cookie(const net_request *r, str name)
{
	return first_of(r->cookie, r->cookies, name);
}

str net_form(const net_request *r, str name)
{
	return first_of(r->form, r->forms, name);
}

/* What is handed through net_guard while a job is made. */
typedef struct opening {
	const net_config *config;
	struct MHD_Connection *m;
	const net_sent *sent;
	str peer;
	net_job *job;
	net_pair *line; /* of the header, as sent */
	size_t lines;
	int status;
	const char *why;
} opening;

static void refuse(opening *o, int status, const char *why)
{
	o->status = status;
	o->why = why;
}

static enum MHD_Result add_line(void *arg, enum MHD_ValueKind kind, const char *name,
				size_t name_n, const char *value, size_t value_n)
{
	(void)kind;
	opening *o = arg;
	o->line[o->lines++] = (net_pair){{name, name_n}, {value, value_n}};
	return MHD_YES;
}

/* Copies of the lines: names in small letters, values without white space around them. */
static void copy_header(net_request *r, const net_head *h)
{
	net_pair *copy = NEW_ARRAY(r->mem, net_pair, h->headers);
	for (size_t i = 0; i < h->headers; i++) {
		str name = h->header[i].name;
		char *small = str_terminated(r->mem, name);
		for (size_t k = 0; k < name.n; k++)
			if (small[k] >= 'A' && small[k] <= 'Z')
				small[k] = (char)(small[k] + ('a' - 'A'));
		copy[i].name = (str){small, name.n};
		copy[i].value = str_copy(r->mem, str_trim(h->header[i].value));
	}
	r->header = copy;
	r->headers = h->headers;
}

/* The values of all headers of that name, with `gap` between them. */
static str joined(net_request *r, str name, str gap)
{
	buf all = {.mem = r->mem};
	for (size_t i = 0; i < r->headers; i++) {
		if (!str_equal(r->header[i].name, name))
			continue;
		if (all.n)
			buf_add(&all, gap);
		buf_add(&all, r->header[i].value);
	}
	return buf_str(&all);
}

static bool is_address(arena *mem, str s)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	const char *text = str_terminated(mem, s);
	return inet_pton(AF_INET, text, bytes) == 1 ||
	       inet_pton(AF_INET6, text, bytes) == 1;
}

static str last_of_list(str list)
{
	str part = {0}, last = {0};
	while (str_cut(&list, ',', &part))
		last = part;
	return str_trim(last);
}

/* Who asks: a proxy on this machine is believed, and it adds what it saw at the end. */
static void read_address(net_request *r, str peer)
{
	r->address = str_copy(r->mem, peer);
	if (!str_starts(peer, S("127.")) && !str_equal(peer, S("::1")) &&
	    !str_starts(peer, S("::ffff:127.")))
		return;
	str seen = last_of_list(joined(r, S("x-forwarded-for"), S(",")));
	if (seen.n && is_address(r->mem, seen))
		r->address = seen;
	r->https = net_str_equal_caseless(
		last_of_list(joined(r, S("x-forwarded-proto"), S(","))), S("https"));
}

static bool is_ours(const net_config *c, str host)
{
	size_t n = host.n;
	while (n && host.s[n - 1] >= '0' && host.s[n - 1] <= '9')
		n--;
	/* An address in brackets has colons of its own. */
	bool port = n > 1 && host.s[n - 1] == ':' &&
		    (host.s[0] != '[' || host.s[n - 2] == ']');
	str name = port ? str_slice(host, 0, n - 1) : host;
	for (size_t i = 0; i < c->hosts; i++)
		if (net_str_equal_caseless(c->host[i], host) ||
		    net_str_equal_caseless(c->host[i], name))
			return true;
	return c->hosts == 0;
}

/* Accept-Encoding (RFC 9110 §12.5.3); a weight of 0 means "not this". */
static bool takes_gzip(str accepted)
{
	str part, coding;
	while (str_cut(&accepted, ',', &part)) {
		if (!str_cut(&part, ';', &coding) ||
		    !net_str_equal_caseless(str_trim(coding), S("gzip")))
			continue;
		part = str_trim(part);
		size_t i = 3;
		while (i < part.n && (part.s[i] == '0' || part.s[i] == '.'))
			i++;
		return !str_starts(part, S("q=0")) || i < part.n;
	}
	return false;
}

static net_method method_of(str name)
{
	if (str_equal(name, S("POST")))
		return NET_POST;
	return str_equal(name, S("HEAD")) ? NET_HEAD : NET_GET;
}

/* The rule for it, and what the rule says of the body. */
static void find_rule(opening *o, const net_head *h)
{
	net_job *j = o->job;
	net_request *r = &j->r;
	j->length = net_head_length(h, &j->chunked);
	j->known = o->config->rule(o->config->self, r->method, r->path, &j->rule);
	if (!j->known) {
		j->rule = (net_rule){0};
		return;
	}
	r->route = j->rule.route;
	size_t most = r->method == NET_POST ? j->rule.body_max : 0;
	if (j->length > most || (j->chunked && !most)) {
		refuse(o, 413, "body");
		return;
	}
	net_form_kind kind = net_form_kind_of(j->type);
	if (net_job_has_body(j) && kind != NET_FORM_PLAIN &&
	    !(kind == NET_FORM_PARTS && j->rule.files))
		refuse(o, 415, "content-type");
}

static void read_request(opening *o, const net_head *h)
{
	net_job *j = o->job;
	net_request *r = &j->r;
	str raw, query;
	copy_header(r, h);
	read_address(r, o->peer);
	r->method = method_of(h->method);
	r->host = net_header(r, S("host"));
	j->type = net_header(r, S("content-type"));
	j->gzip = takes_gzip(joined(r, S("accept-encoding"), S(",")));
	if (!is_ours(o->config, r->host)) {
		refuse(o, 421, "host");
		return;
	}
	r->target = str_copy(r->mem, h->target);
	net_target_split(h->target, &raw, &query);
	if (!net_path_decode(r->mem, raw, &r->path)) {
		refuse(o, 400, "path");
		return;
	}
	if (!net_pairs_read(r->mem, query, &r->query, &r->queries)) {
		refuse(o, 400, "query");
		return;
	}
	net_cookies_read(r->mem, joined(r, S("cookie"), S("; ")), &r->cookie,
			 &r->cookies);
	find_rule(o, h);
}

static void open_job(void *arg)
{
	opening *o = arg;
	arena *mem = o->job->r.mem;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(o->m, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	int n = MHD_get_connection_values_n(o->m, MHD_HEADER_KIND, NULL, NULL);
	if (!info || info->header_size > o->config->header_max || n > NET_HEADERS_MAX) {
		refuse(o, 431, "header");
		return;
	}
	o->line = NEW_ARRAY(mem, net_pair, (size_t)n);
	MHD_get_connection_values_n(o->m, MHD_HEADER_KIND, add_line, o);
	net_head h = {.method = str_from(o->sent->method),
		      .target = {o->sent->target, o->sent->target_n},
		      .version = str_from(o->sent->version),
		      .header = o->line,
		      .headers = o->lines};
	if (!net_head_as_sent(&h, info->header_size)) {
		refuse(o, 400, "line ends");
		return;
	}
	/* MHD has cut the target at its '?'. */
	char *target = str_terminated(mem, h.target);
	char *mark = memchr(target, 0, h.target.n);
	if (mark) {
		mark[0] = '?';
		mark[1] = o->sent->after_mark;
	}
	h.target.s = target;
	if (net_head_check(&h, SIZE_MAX, &o->status, &o->why))
		read_request(o, &h);
}

bool net_job_open(const net_config *config, struct MHD_Connection *m,
		  const net_sent *sent, str peer, uint64_t number, net_job **job,
		  int *status, const char **why)
{
	arena *mem = arena_new(config->memory_max);
	net_job *j = NEW(mem, net_job);
	*job = j;
	j->r.mem = mem;
	j->r.number = number;
	opening o = {.config = config, .m = m, .sent = sent, .peer = peer, .job = j};
	if (!net_guard(mem, open_job, &o))
		refuse(&o, 413, "memory");
	*status = o.status;
	*why = o.why;
	return o.status == 0;
}

bool net_job_has_body(const net_job *j)
{
	return j->length > 0 || j->chunked;
}

static void make_room(void *arg)
{
	net_job *j = arg;
	size_t most = j->rule.body_max, cap = j->body_cap * 2;
	if (!j->chunked)
		cap = (size_t)j->length;
	else if (cap < 4096)
		cap = 4096;
	if (cap > most)
		cap = most;
	char *larger = arena_take(j->r.mem, cap, 1);
	if (j->body_n)
		memcpy(larger, j->body, j->body_n);
	j->body = larger;
	j->body_cap = cap;
}

bool net_job_add(net_job *j, const char *bytes, size_t n)
{
	if (n > j->rule.body_max - j->body_n)
		return false;
	while (n > j->body_cap - j->body_n)
		if (!net_guard(j->r.mem, make_room, j))
			return false;
	memcpy(j->body + j->body_n, bytes, n);
	j->body_n += n;
	return true;
}
