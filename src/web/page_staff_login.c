/* Staff log in, and set an account up by a link: password, phone, recovery codes. */
#include <string.h>

#include "web/account_priv.h"

enum { MS = 1000, NAME_MOST = 80, TITLE_MOST = 120 };

/* ---- logging in ---------------------------------------------------------------------------- */

static bool is_in(const req *r)
{
	return r->has_session && !id_none(r->actor.account) && r->session.strong;
}

static bool show_login(req *r, int status)
{
	page_begin(r, "s.login.title");
	r->page.private_title = true;
	view_field *f = NEW_ARRAY(r->ctx->mem, view_field, 2);
	f[0] = control_text(r, "email", req_form(r, "email"), "email", "username");
	f[1] = control_text(r, "password", S(""), "password", "current-password");
	staff_form_view v = {.page = &r->page,
			     .action = req_link(r, "/staff/login"),
			     .field = f,
			     .field_n = 2,
			     .button = "s.login.next",
			     .after = "s.login.forgotten"};
	tmpl_staff_form(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool staff_login_show(req *r)
{
	if (is_in(r))
		return req_see_other(r, req_link(r, "/staff"));
	return show_login(r, 200);
}

/* What the first half gave stands in the form: good for minutes, worth nothing without the code. */
static bool show_second(req *r, int status, str half)
{
	page_begin(r, "s.second.title");
	r->page.private_title = true;
	view_field *f = NEW(r->ctx->mem, view_field);
	hidden_value *h = arena_alloc(r->ctx->mem, 1, sizeof *h);
	*f = control_text(r, "code", S(""), "text", "one-time-code");
	*h = (hidden_value){.name = S("half"), .value = half};
	staff_form_view v = {.page = &r->page,
			     .action = req_link(r, "/staff/second"),
			     .back = req_link(r, "/staff/login"),
			     .what = "s.second.what",
			     .hidden = h,
			     .hidden_n = 1,
			     .field = f,
			     .field_n = 1,
			     .button = "s.second.enter",
			     .after = "s.second.lost"};
	tmpl_staff_form(&r->html, r->lang, &v);
	return req_page(r, status);
}

/* An e-mail as it is stored; one that is none goes the same way as one that is unknown. */
static str typed_email(req *r)
{
	sheet_value v;
	const sheet_value_context at = {.today = r->ctx->today};
	str typed = str_slice(req_form(r, "email"), 0, 200);
	bool ok = sheet_value_read(r->web->speller, r->ctx->mem, FIELD_EMAIL, &at, typed,
				   &v) &&
		  v.canonical.n;
	return ok ? v.canonical : str_copy(r->ctx->mem, typed);
}

bool staff_login_use(req *r)
{
	str half;
	str password = str_slice(req_form(r, "password"), 0, ACT_PASSWORD_MOST);
	if (!act_staff_password(r->ctx, typed_email(r), password, r->in->address, &half))
		return false;
	if (half.n)
		return show_second(r, 200, half);
	form_error(r, S("email"), "s.error.login", S(""));
	return show_login(r, 422);
}

/* Reached by reloading: the half is in a form only. */
bool staff_second_show(req *r)
{
	return req_see_other(r, req_link(r, "/staff/login"));
}

static void come_in(req *r, const act_entry *e)
{
	req_cookie(r, e->cookie, (e->session.expires - r->ctx->now) / MS);
}

bool staff_second_use(req *r)
{
	act_entry e = {.half = req_form(r, "half"),
		       .code = req_form(r, "code"),
		       .device = req_device(r),
		       .hours = r->web->config.staff_hours,
		       .idle_minutes = r->web->config.staff_idle_minutes};
	if (!act_staff_second(r->ctx, &e)) {
		if (r->ctx->fault.kind != FAULT_HIDDEN)
			return false;
		r->ctx->fault = (fault){.kind = FAULT_NONE};
		form_error(r, S("email"), "s.error.login_over", S(""));
		return show_login(r, 422);
	}
	if (e.cookie.n) {
		come_in(r, &e);
		return req_see_other(r, req_link(r, "/staff"));
	}
	form_error(r, S("code"), "s.error.code", S(""));
	return show_second(r, 422, e.half);
}

static bool do_end(ctx *c, void *arg)
{
	return store_session_end(c, *(const id *)arg);
}

bool staff_logout(req *r)
{
	id which = r->session.id;
	if (r->has_session && !store_write(r->ctx, do_end, &which))
		return false;
	req_cookie(r, S(""), 0);
	return req_done(r, req_link(r, "/staff/login"), "logged_out");
}

/* ---- a link: who, and a password ---------------------------------------------------------------- */

static bool is_kind(const act_link *l, const char *kind)
{
	return str_equal(l->kind, str_from(kind));
}

static size_t link_fields(req *r, const act_link *l, view_field f[4])
{
	size_t n = 0;
	if (is_kind(l, "first")) {
		f[n++] = control_text(r, "programme", req_form(r, "programme"), "text",
				      "off");
		f[n++] = control_text(r, "name", req_form(r, "name"), "text", "name");
		f[n++] = control_text(r, "email", req_form(r, "email"), "email",
				      "username");
	}
	f[n++] = is_kind(l, "totp") ? control_text(r, "password", S(""), "password",
						   "current-password")
				    : control_text(r, "new_password", S(""), "password",
						   "new-password");
	return n;
}

static bool show_link(req *r, const act_link *l, int status)
{
	char *kind = str_terminated(r->ctx->mem, l->kind);
	view_field *f = NEW_ARRAY(r->ctx->mem, view_field, 4);
	str title = req_say_with(r, page_key(r, "s.link.%s", kind), &l->name, 1);
	page_begin_text(r, title);
	r->page.private_title = true;
	staff_form_view v = {.page = &r->page,
			     .action =
				     req_link(r, "/staff/invite/%.*s", STR_ARG(r->part)),
			     .what = page_key(r, "s.link.%s.what", kind),
			     .what_arg = l->email,
			     .field = f,
			     .field_n = link_fields(r, l, f),
			     .button = page_key(r, "s.link.%s.next", kind)};
	tmpl_staff_form(&r->html, r->lang, &v);
	return req_page(r, status);
}

/* What there is to know of a link; one that is over says that, and nothing of why. */
static bool find_link(req *r, act_link *l)
{
	if (act_link_get(r->ctx, r->part, l))
		return true;
	if (r->ctx->fault.kind == FAULT_HIDDEN)
		r->ctx->fault.key = "s.link.over";
	return false;
}

/* The GET changes nothing: scanners of mail follow links. */
bool staff_link_show(req *r)
{
	act_link l;
	return find_link(r, &l) && show_link(r, &l, 200);
}

/* ---- the phone -------------------------------------------------------------------------------- */

/* Key URI Format: what apps for codes read (issuer and account, percent-encoded). */
static str key_uri(req *r, const act_setup *s)
{
	buf b = {.mem = r->ctx->mem};
	html h = html_to(&b);
	html_put(&h, "otpauth://totp/Kompis:");
	html_url(&h, s->link.email);
	html_put(&h, "?secret=");
	html_url(&h, qr_base32(r->ctx->mem, s->totp, sizeof s->totp, 0));
	html_put(&h, "&issuer=Kompis");
	return buf_str(&b);
}

static bool show_setup(req *r, const act_setup *s, int status)
{
	enum { GROUP = 4 };
	page_begin(r, "s.setup.title");
	r->page.private_title = true;
	staff_setup_view v = {
		.page = &r->page,
		.action = req_link(r, "/staff/invite/%.*s/finish", STR_ARG(r->part)),
		.key = s->key,
		.secret = qr_base32(r->ctx->mem, s->totp, sizeof s->totp, GROUP),
		.code = control_text(r, "code", S(""), "number", "one-time-code")};
	v.path = qr_path(r->ctx->mem, key_uri(r, s), &v.size);
	tmpl_staff_setup(&r->html, r->lang, &v);
	return req_page(r, status);
}

static void check_password(req *r, const act_setup *s)
{
	const char *why = act_password_fault(r->ctx->mem, s->password, s->link.email);
	if (why)
		form_error(r, S("new_password"), why, S(""));
}

static bool new_password(req *r, const act_setup *s)
{
	return act_link_password(r->ctx, s->secret, s->password) &&
	       req_done(r, req_link(r, "/staff/login"), "password_new");
}

bool staff_link_use(req *r)
{
	act_setup s = {.secret = r->part, .programme = S("")};
	if (!find_link(r, &s.link))
		return false;
	const act_link kept = s.link;
	bool totp = is_kind(&s.link, "totp");
	s.password = req_form(r, totp ? "password" : "new_password");
	if (is_kind(&s.link, "first")) {
		s.programme = control_line(r, "programme", TITLE_MOST, false);
		s.link.name = control_line(r, "name", NAME_MOST, true);
		s.link.lang = view_lang_tag(r->lang);
		(void)control_email(r, "email", &s.link.email);
	}
	if (!totp)
		check_password(r, &s);
	if (r->error_n)
		return show_link(r, &kept, 422);
	if (is_kind(&s.link, "reset"))
		return new_password(r, &s);
	if (act_setup_begin(r->ctx, &s))
		return show_setup(r, &s, 200);
	return control_caught(r, "password") && show_link(r, &kept, 422);
}

/* ---- done ---------------------------------------------------------------------------------------- */

typedef struct finishing {
	str key, code, recovery[10], result;
	act_entry entry;
} finishing;

static bool do_finish(ctx *c, void *arg)
{
	finishing *f = arg;
	return act_setup_finish(c, f->key, f->code, &f->entry, f->recovery);
}

/* A wrong code is tried again; after half an hour all of it is. */
static bool again(req *r, str key)
{
	act_setup s;
	if (control_caught(r, "code"))
		return act_setup_get(r->ctx, key, &s) && show_setup(r, &s, 422);
	if (r->ctx->fault.kind != FAULT_HIDDEN)
		return false;
	r->ctx->fault = (fault){.kind = FAULT_NONE};
	return req_see_other(r, req_link(r, "/staff/invite/%.*s", STR_ARG(r->part)));
}

bool staff_link_finish(req *r)
{
	finishing f = {.key = req_form(r, "key"),
		       .code = req_form(r, "code"),
		       .entry = {.device = req_device(r),
				 .hours = r->web->config.staff_hours,
				 .idle_minutes = r->web->config.staff_idle_minutes,
				 .cookie = S("")}};
	f.result = req_link(r, "/staff/login").path;
	if (!req_write(r, do_finish, &f, &f.result))
		return again(r, f.key);
	/* Sent twice: the account is there, the codes and the cookie went with the first answer. */
	if (!f.entry.cookie.n)
		return req_see_other(r, (html_link){f.result});
	come_in(r, &f.entry);
	page_begin(r, "s.codes.title");
	staff_codes_view v = {.page = &r->page, .on = req_link(r, "/staff")};
	for (size_t i = 0; i < ARRAY_LEN(v.code); i++)
		v.code[v.code_n++].text = f.recovery[i];
	tmpl_staff_codes(&r->html, r->lang, &v);
	return req_page(r, 200);
}
