/* The doors of the demonstration: shut unless the server was started with --demo. */
#include "act/demo.h"
#include "web/view_register.h"
#include "web/web_priv.h"

static bool is_open(req *r)
{
	if (r->web->config.demo)
		return true;
	return ctx_fail(r->ctx, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
}

bool demo_show(req *r)
{
	if (!is_open(r))
		return false;
	page_begin(r, "p.demo.title");
	login_view v = {.page = &r->page,
			.action = req_link(r, "/demo/%.*s", STR_ARG(r->part))};
	tmpl_continue(&r->html, r->lang, &v);
	return req_page(r, 200);
}

typedef struct entering {
	str secret, device, cookie;
	session session;
} entering;

static bool do_enter(ctx *c, void *arg)
{
	entering *e = arg;
	return act_demo_enter(c, e->secret, e->device, &e->session, &e->cookie);
}

bool demo_enter(req *r)
{
	entering e = {.secret = r->part, .device = req_device(r)};
	if (!is_open(r) || !store_write(r->ctx, do_enter, &e))
		return false;
	req_cookie(r, e.cookie, (e.session.expires - r->ctx->now) / 1000);
	return req_see_other(r,
			     req_link(r, id_none(e.session.account) ? "/me" : "/staff"));
}

bool web_doors(ctx *c, web *w, web_door **out, size_t *n)
{
	ctx own = *c;
	arena *mem = arena_new(0);
	act_demo_door *door;
	own.now = w->outside.clock(w->outside.self);
	bool ok = store_open(&own, mem, w->base, &own.store) &&
		  act_demo_doors(&own, &door, n);
	c->fault = own.fault;
	if (ok)
		*out = NEW_ARRAY(c->mem, web_door, *n);
	for (size_t i = 0; ok && i < *n; i++)
		(*out)[i] = (web_door){door[i].who, str_format(c->mem, "/sv/demo/%.*s",
							       STR_ARG(door[i].secret))};
	arena_free(mem);
	return ok;
}

typedef struct first {
	str path;
} first;

static bool do_first(ctx *c, void *arg)
{
	enum { DAYS = 7, DAY_MS = 86400000 };
	first *f = arg;
	account *a;
	size_t n;
	str secret;
	f->path = S("");
	if (!store_accounts(c, &a, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (a[i].role == ROLE_ADMINISTRATOR && str_equal(a[i].state, S("active")))
			return true;
	token t = {.kind = S("first"), .expires = c->now + (int64_t)DAYS * DAY_MS};
	if (!store_token_new(c, &t, S(""), &secret, NULL))
		return false;
	f->path = str_format(c->mem, "/sv/staff/invite/%.*s", STR_ARG(secret));
	return true;
}

bool web_first_door(ctx *c, web *w, str *path)
{
	ctx own = *c;
	first f = {S("")};
	arena *mem = arena_new(0);
	own.now = w->outside.clock(w->outside.self);
	bool ok = store_open(&own, mem, w->base, &own.store) &&
		  store_write(&own, do_first, &f);
	c->fault = own.fault;
	*path = f.path;
	arena_free(mem);
	return ok;
}
