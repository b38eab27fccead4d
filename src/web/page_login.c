/* Participants log in: by a link, or by six digits. */
#include "web/view_register.h"
#include "web/web_priv.h"

enum { MS = 1000 };

/* ---- asking for a link ------------------------------------------------------------------- */

static bool show_ask(req *r, int status)
{
	page_begin(r, "p.login.title");
	login_view v = {.page = &r->page,
			.action = req_link(r, "/login"),
			.again = req_link(r, "/login/code"),
			.contact = req_form(r, "contact")};
	tmpl_login(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool login_show(req *r)
{
	return show_ask(r, 200);
}

/* An e-mail address or a phone number, as it is stored. */
static bool read_contact(req *r, str *out)
{
	sheet_value v;
	sheet_value_context at = {.today = r->ctx->today};
	str text = req_form(r, "contact");
	field_id f = str_find(text, S("@")) >= 0 ? FIELD_EMAIL : FIELD_PHONE;
	bool ok = sheet_value_read(r->web->speller, r->ctx->mem, f, &at, text, &v) &&
		  v.canonical.n;
	if (!ok)
		form_error(r, S("contact"), "p.error.contact", S(""));
	*out = ok ? v.canonical : S("");
	return ok;
}

typedef struct asking {
	str contact, lang, address;
} asking;

static bool do_ask(ctx *c, void *arg)
{
	const asking *a = arg;
	return act_login_ask(c, a->contact, a->lang, a->address);
}

static bool show_code(req *r, int status, str contact)
{
	page_begin(r, "p.login.code.title");
	login_view v = {.page = &r->page,
			.action = req_link(r, "/login/code"),
			.again = req_link(r, "/login"),
			.contact = contact};
	tmpl_login_code(&r->html, r->lang, &v);
	return req_page(r, status);
}

/* The same page for someone known and someone not. */
bool login_ask(req *r)
{
	asking a = {.lang = view_lang_tag(r->lang), .address = r->in->address};
	if (!read_contact(r, &a.contact))
		return show_ask(r, 422);
	if (!store_write(r->ctx, do_ask, &a))
		return false;
	return show_code(r, 200, a.contact);
}

bool login_code_show(req *r)
{
	return show_code(r, 200, S(""));
}

/* ---- coming in ----------------------------------------------------------------------------- */

typedef struct entering {
	str contact, digits, secret, address, device, cookie;
	session session;
} entering;

static bool do_code(ctx *c, void *arg)
{
	entering *e = arg;
	return act_login_code(c, e->contact, e->digits, e->device, &e->session,
			      &e->cookie);
}

static bool do_link(ctx *c, void *arg)
{
	entering *e = arg;
	return act_login_link(c, e->secret, e->address, e->device, &e->session,
			      &e->cookie);
}

static bool come_in(req *r, const entering *e)
{
	req_cookie(r, e->cookie, (e->session.expires - r->ctx->now) / MS);
	return req_see_other(r, req_link(r, "/me"));
}

bool login_code_use(req *r)
{
	entering e = {.digits = req_form(r, "code"), .device = req_device(r)};
	if (!read_contact(r, &e.contact))
		return show_code(r, 422, req_form(r, "contact"));
	if (store_write(r->ctx, do_code, &e))
		return come_in(r, &e);
	if (r->ctx->fault.kind != FAULT_HIDDEN)
		return false;
	r->ctx->fault = (fault){.kind = FAULT_NONE};
	form_error(r, S("code"), "p.error.code", S(""));
	return show_code(r, 422, e.contact);
}

/* The GET only shows a button: scanners of mail follow links. */
/* From the short address in an SMS to the same page in the reader's language. */
bool login_short(req *r)
{
	return req_see_other(r, req_link(r, "/login/%.*s", STR_ARG(r->part)));
}

bool login_link_show(req *r)
{
	page_begin(r, "p.login.link.title");
	r->page.private_title = true;
	login_view v = {.page = &r->page,
			.action = req_link(r, "/login/%.*s", STR_ARG(r->part))};
	tmpl_continue(&r->html, r->lang, &v);
	return req_page(r, 200);
}

bool login_link_use(req *r)
{
	entering e = {
		.secret = r->part, .address = r->in->address, .device = req_device(r)};
	return store_write(r->ctx, do_link, &e) && come_in(r, &e);
}
