/*
 * One request from header to answer: route, session, permission, form token, handler. A fault
 * becomes a page here and nowhere else.
 */
#include <sodium.h>
#include <string.h>

#include "act/rounds.h"
#include "web/web_priv.h"

struct worker {
	store *store;
};

/* ---- who asks ------------------------------------------------------------------------ */

static const char *cookie_name(const req *r)
{
	return r->in->https ? "__Host-kompis" : "kompis";
}

static str cookie_form(const req *r)
{
	return r->in->https ? S("__Host-form") : S("form");
}

void req_cookie(req *r, str secret, int64_t seconds)
{
	const char *secure = r->in->https ? "; Secure" : "";
	net_reply_header(
		r->out, S("Set-Cookie"),
		str_format(r->ctx->mem,
			   "%s=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
			   cookie_name(r), STR_ARG(secret), (long long)seconds, secure));
}

/* Forms of those without a session are bound to a cookie of their own. */
static void find_form_key(req *r)
{
	str anonymous = net_cookie(r->in, cookie_form(r));
	if (r->has_session) {
		memcpy(r->form_key, r->session.key, sizeof r->form_key);
		return;
	}
	if (anonymous.n < 26) {
		anonymous = store_secret_new(r->ctx, 26);
		r->new_form_key = true;
		net_reply_header(r->out, S("Set-Cookie"),
				 str_format(r->ctx->mem,
					    "%.*s=%.*s; Path=/; HttpOnly; SameSite=Lax%s",
					    STR_ARG(cookie_form(r)), STR_ARG(anonymous),
					    r->in->https ? "; Secure" : ""));
	}
	crypto_generichash(r->form_key, sizeof r->form_key,
			   (const unsigned char *)anonymous.s, anonymous.n, NULL, 0);
}

static bool find_session(req *r)
{
	str secret = net_cookie(r->in, str_from(cookie_name(r)));
	if (!secret.n)
		return true;
	if (store_session_get(r->ctx, secret, &r->session, &r->actor)) {
		r->has_session = true;
		r->ctx->actor = &r->actor;
		return true;
	}
	if (r->ctx->fault.kind != FAULT_HIDDEN)
		return false;
	r->ctx->fault = (fault){.kind = FAULT_NONE};
	req_cookie(r, S(""), 0);
	return true;
}

/* Nobody acts as nobody: the store takes an absent actor for the program itself. */
static const actor nobody = {.role = ROLE_NONE};

static bool is_allowed(req *r)
{
	const actor *a = &r->actor;
	bool staff = r->has_session && !id_none(a->account);
	switch (r->route->need) {
	case NEED_NOBODY:
		return true;
	case NEED_DRAFT:
	case NEED_SELF:
		if (r->has_session && !id_none(a->person))
			return true;
		return ctx_fail(r->ctx, FAULT_LOGIN, "fault.login", S(""), S(""));
	default:
		if (!staff || !r->session.strong)
			return ctx_fail(r->ctx, FAULT_LOGIN, "fault.login", S(""), S(""));
		if (r->route->need == NEED_STAFF)
			return true;
		return may(r->ctx, (right)(r->route->need - NEED_RIGHT_0));
	}
}

/* ---- where it comes from ----------------------------------------------------------------- */

/*
 * A form of ours comes from a page of ours: Fetch Metadata where the browser tells it, else
 * Origin (RFC 6454). "null" is what our own Referrer-Policy makes of Origin, and the token
 * has to prove the rest.
 */
static bool is_same_origin(const req *r)
{
	str site = net_header(r->in, S("sec-fetch-site"));
	str origin = net_header(r->in, S("origin"));
	if (site.s && !str_equal(site, S("same-origin")) && !str_equal(site, S("none")))
		return false;
	if (!origin.s || str_equal(origin, S("null")))
		return true;
	ptrdiff_t at = str_find(origin, S("://"));
	return at > 0 &&
	       str_equal(str_slice(origin, (size_t)at + 3, origin.n), r->in->host);
}

static bool is_genuine(req *r)
{
	if (r->in->method != NET_POST || r->route->body == BODY_FOREIGN)
		return true;
	if (is_same_origin(r) && form_token_right(r))
		return true;
	return ctx_fail(r->ctx, FAULT_INPUT, "fault.form_old", S(""), S(""));
}

/* ---- languages ------------------------------------------------------------------------------ */

/* The first language of Accept-Language that we have; Swedish else. */
static const view_lang *wanted_language(const req *r)
{
	str rest = net_header(r->in, S("accept-language")), part;
	while (str_cut(&rest, ',', &part)) {
		str tag = str_trim(part), first;
		ptrdiff_t end = str_find(tag, S(";"));
		tag = str_slice(tag, 0, end < 0 ? tag.n : (size_t)end);
		first = tag;
		str_cut(&first, '-', &tag);
		if (view_lang_get(tag))
			return view_lang_get(tag);
	}
	return view_lang_get(S("sv"));
}

/* ---- answers ---------------------------------------------------------------------------------- */

void web_common_headers(const net_request *in, net_response *a)
{
	net_reply_header(a, S("Content-Security-Policy"),
			 S("default-src 'none'; script-src 'self'; style-src 'self'; "
			   "img-src 'self'; connect-src 'self'; form-action 'self'; "
			   "frame-ancestors 'none'; base-uri 'none'"));
	net_reply_header(a, S("X-Content-Type-Options"), S("nosniff"));
	net_reply_header(a, S("Referrer-Policy"), S("no-referrer"));
	net_reply_header(a, S("Cross-Origin-Opener-Policy"), S("same-origin"));
	net_reply_header(a, S("Cross-Origin-Resource-Policy"), S("same-origin"));
	net_reply_header(a, S("Permissions-Policy"),
			 S("camera=(self), microphone=(self)"));
	if (in->https)
		net_reply_header(a, S("Strict-Transport-Security"),
				 S("max-age=31536000; includeSubDomains"));
}

bool req_page(req *r, int status)
{
	r->out->status = status;
	r->out->type = S("text/html; charset=utf-8");
	r->out->body = buf_str(&r->body);
	net_reply_header(r->out, S("Cache-Control"), S("no-store"));
	return true;
}

bool req_see_other(req *r, html_link to)
{
	r->out->status = 303;
	r->out->body = S("");
	net_reply_header(r->out, S("Location"), to.path);
	net_reply_header(r->out, S("Cache-Control"), S("no-store"));
	return true;
}

bool req_done(req *r, html_link to, const char *notice)
{
	char sign = str_find(to.path, S("?")) < 0 ? '?' : '&';
	to.path =
		str_format(r->ctx->mem, "%.*s%cdone=%s", STR_ARG(to.path), sign, notice);
	return req_see_other(r, to);
}

/* Log in first; the page that was wanted comes after. */
static void send_to_login(req *r)
{
	bool staff = r->route->need >= NEED_STAFF;
	r->ctx->fault = (fault){.kind = FAULT_NONE};
	req_see_other(r, req_link(r, staff ? "/staff/login" : "/login"));
}

static void answer_fault(req *r)
{
	if (r->ctx->fault.kind == FAULT_LOGIN && r->route)
		send_to_login(r);
	else
		page_fault(r);
}

/* ---- one request ---------------------------------------------------------------------------------- */

static bool not_there(req *r)
{
	return ctx_fail(r->ctx, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
}

static bool has_id(const route *t)
{
	return t->about != ABOUT_NOTHING && t->about != ABOUT_SECRET &&
	       t->about != ABOUT_NAME;
}

/* A page shows one moment, and costs one transaction. It is begun anew when that is tried again. */
static bool show(ctx *c, void *arg)
{
	req *r = arg;
	(void)c;
	r->body.n = 0;
	r->error_n = 0;
	if (kept_show(r))
		return true;
	if (!r->route->handle(r))
		return false;
	kept_keep(r);
	return true;
}

static bool answer(req *r)
{
	r->route = r->in->route;
	if (r->route && !route_fits(r->route, r->in->path, &r->part))
		r->route = NULL;
	r->lang = path_lang(r->in->path);
	if (!r->lang)
		r->lang = wanted_language(r);
	/* The words of staff are not in every language. */
	if (path_is_staff(r->in->path) && !view_lang_whole(r->lang))
		r->lang = view_lang_get(S("sv"));
	r->lang = texts_in(r->web, r->ctx->mem, r->lang);
	if (!find_session(r))
		return false;
	find_form_key(r);
	if (!r->route)
		return not_there(r);
	if (!is_allowed(r) || !is_genuine(r))
		return false;
	if (has_id(r->route) && !id_parse(r->part, &r->id))
		return not_there(r);
	/* What is tried with a link is counted, so a page of one is not only read. */
	if (r->in->method == NET_POST || r->route->about == ABOUT_SECRET)
		return r->route->handle(r);
	return store_read(r->ctx, show, r);
}

static const char *method_name(net_method m)
{
	return m == NET_POST ? "POST" : m == NET_HEAD ? "HEAD" : "GET";
}

/* Ids and patterns only: no address, no path, no name. */
static void log_request(const web *w, const req *r, int64_t began)
{
	str line = str_format(
		r->ctx->mem,
		"{\"at\":%lld,\"n\":%llu,\"method\":\"%s\",\"route\":\"%s\",\"status\":%"
		"d,"
		"\"bytes\":%zu,\"ms\":%lld,\"account\":\"%s\",\"fault\":\"%s\"}\n",
		(long long)r->ctx->now, (unsigned long long)r->in->number,
		method_name(r->in->method), r->route ? r->route->pattern : "",
		r->out->status, r->out->body.n,
		(long long)(w->outside.clock(w->outside.self) - began),
		r->actor.account.s, r->ctx->fault.key ? r->ctx->fault.key : "");
	w->outside.log(w->outside.self, line);
}

static void tell(void *self, const char *stage, uint64_t done, uint64_t total)
{
	net_progress(((const req *)self)->in, stage, done, total);
}

static void begin(req *r, ctx *c, web *w, int number, const net_request *in,
		  net_response *out)
{
	int64_t now = w->outside.clock(w->outside.self);
	*c = (ctx){.mem = in->mem,
		   .now = now,
		   .today = date_local(now).day,
		   .store = w->worker[number].store,
		   .rounds = w->rounds,
		   .actor = &nobody};
	if (in->progress) {
		c->progress = tell;
		c->progress_self = r;
	}
	*r = (req){.ctx = c, .web = w, .in = in, .out = out, .body = {.mem = in->mem}};
	r->html = html_to(&r->body);
}

static void free_arena(void *mem)
{
	arena_free(mem);
}

void req_large(req *r)
{
	enum { GIGABYTE = 1 << 30 };
	arena *own = arena_new(GIGABYTE);
	void *escape = arena_set_escape(r->ctx->mem, NULL);
	arena_set_escape(r->ctx->mem, escape);
	arena_set_escape(own, escape);
	arena_defer(r->in->mem, free_arena, own);
	r->ctx->mem = own;
}

/* The answer outlives what req_large made. */
static void settle(const req *r, net_response *out)
{
	arena *mem = r->in->mem;
	if (r->ctx->mem == mem)
		return;
	if (out->body.n && out->body.s != r->body.s)
		out->body = str_copy(mem, out->body);
	for (size_t i = 0; i < out->headers; i++)
		out->header[i].value = str_copy(mem, out->header[i].value);
}

static void serve(void *self, int number, const net_request *in, net_response *out)
{
	web *w = self;
	ctx c;
	req r;
	begin(&r, &c, w, number, in, out);
	if (in->path.n > 8 && str_starts(in->path, S("/static/"))) {
		web_static(&r);
		return;
	}
	web_common_headers(in, out);
	if (!answer(&r))
		answer_fault(&r);
	settle(&r, out);
	log_request(w, &r, c.now);
}

/* What was begun is undone, and there is memory for a page that says so. */
static void used_up(void *self, int number, const net_request *in, net_response *out)
{
	ctx c;
	req r;
	begin(&r, &c, self, number, in, out);
	r.route = in->route;
	r.lang = path_lang(in->path);
	if (!r.lang || (path_is_staff(in->path) && !view_lang_whole(r.lang)))
		r.lang = view_lang_get(S("sv"));
	web_common_headers(in, out);
	if (!ctx_fail(&c, FAULT_RESOURCE, "fault.memory", S(""), S("")))
		page_fault(&r);
	log_request(self, &r, c.now);
}

static bool rule(void *self, net_method m, str path, net_rule *out)
{
	web *w = self;
	const route *found = route_find(m, path);
	if (!found)
		return false;
	*out = (net_rule){.route = found};
	if (found->body == BODY_FORM)
		out->body_max = 64 * 1024;
	if (found->body == BODY_FOREIGN)
		out->body_max = 4 * 1024;
	if (found->body == BODY_FILES)
		out->body_max = (size_t)w->config.upload_megabytes << 20;
	out->files = found->body == BODY_FILES;
	out->slow = found->slow;
	return true;
}

/* Without the address: it is a person's. */
static void refused(void *self, str address, int status, const char *why)
{
	const web *w = self;
	arena *mem = arena_new(0);
	(void)address;
	w->outside.log(w->outside.self,
		       str_format(mem, "{\"at\":%lld,\"refused\":\"%s\",\"status\":%d}\n",
				  (long long)w->outside.clock(w->outside.self), why,
				  status));
	arena_free(mem);
}

/* ---- start and stop ------------------------------------------------------------------------------- */

bool web_store_open(ctx *c, web *w, store **out)
{
	arena *own = arena_new(0);
	arena_defer(c->mem, free_arena, own);
	return store_open(c, own, w->base, out);
}

static bool open_workers(ctx *c, web *w)
{
	size_t n = (size_t)w->config.workers;
	w->worker = NEW_ARRAY(c->mem, struct worker, n);
	for (size_t i = 0; i < n; i++)
		if (!web_store_open(c, w, &w->worker[i].store))
			return false;
	return true;
}

/* In the hands of a worker that does not work yet. */
static bool load_texts(ctx *c, web *w)
{
	store *before = c->store;
	c->store = w->worker[0].store;
	bool ok = texts_load(c, w);
	c->store = before;
	return ok;
}

/* "kompis.example.org" of "https://kompis.example.org"; with its port, if it has one. */
static str host_of(str url)
{
	ptrdiff_t at = str_find(url, S("://"));
	str rest = str_slice(url, at < 0 ? 0 : (size_t)at + 3, url.n), host = S("");
	str_cut(&rest, '/', &host);
	return host;
}

/*
 * A page of somebody else whose name leads to this machine (DNS rebinding) gets nothing: the
 * names that are answered are our own and those of the machine to itself.
 */
static void name_hosts(ctx *c, const web *w, net_config *n)
{
	enum { HOSTS = 4 };
	str *host = NEW_ARRAY(c->mem, str, HOSTS);
	host[n->hosts++] = S("127.0.0.1");
	host[n->hosts++] = S("[::1]");
	host[n->hosts++] = S("localhost");
	if (w->config.public_url.n)
		host[n->hosts++] = host_of(w->config.public_url);
	n->host = host;
}

static bool listen_at(ctx *c, web *w)
{
	net_config n = net_config_default();
	name_hosts(c, w, &n);
	n.address = w->config.address;
	n.port = (uint16_t)w->config.port;
	n.workers = (int)w->config.workers;
	n.connections_max = (int)w->config.connections;
	n.memory_max = ((size_t)w->config.upload_megabytes << 20) * 4;
	n.rule = rule;
	n.serve = serve;
	n.used_up = used_up;
	n.waiting = web_waiting;
	n.patience_ms = (int)w->config.patience_ms;
	n.refused = refused;
	n.self = w;
	return net_start(c, &n, &w->net);
}

static void close_kept(void *self)
{
	kept_free(self);
}

static void close_rounds(void *self)
{
	act_rounds_free(self);
}

static void close_base(void *self)
{
	store_base_close(self);
}

bool web_start(ctx *c, const web_config *config, const web_outside *o, web **out)
{
	web *w = *out = NEW(c->mem, web);
	*w = (web){.config = *config, .outside = *o, .mem = c->mem};
	w->started = o->clock(o->self);
	const store_where where = {config->data, config->database, config->keys};
	if (!web_config_check(c, config) ||
	    !store_base_open_at(c, &where, false, &w->base))
		return false;
	arena_defer(c->mem, close_base, w->base);
	w->kept = kept_new(c->mem);
	arena_defer(c->mem, close_kept, w->kept);
	w->rounds = act_rounds_new(c->mem);
	arena_defer(c->mem, close_rounds, w->rounds);
	w->speller = sheet_speller_new(c->mem);
	if (!open_workers(c, w) || !load_texts(c, w) || !listen_at(c, w))
		return false;
	w->origin = config->public_url.n
			    ? config->public_url
			    : str_format(c->mem, "http://127.0.0.1:%u", net_port(w->net));
	return keeper_start(c, w);
}

uint16_t web_port(const web *w)
{
	return net_port(w->net);
}

void web_stop(web *w)
{
	enum { SECONDS = 10 };
	net_stop(w->net, SECONDS);
	keeper_stop(w->keeper);
}
