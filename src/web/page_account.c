/* My own account: name, where I am logged in, password, recovery codes; and the keys. */
#include "web/account_priv.h"

enum { NAME_MOST = 80 };

static str role_words(req *r, role which)
{
	return req_say(r, page_key(r, "role.%s", model_role[which].name));
}

/* ---- the page ------------------------------------------------------------------------------- */

static bool list_sessions(req *r, own_account_view *v)
{
	session *s;
	size_t n;
	if (!store_sessions(r->ctx, &s, &n))
		return false;
	v->session = arena_alloc(r->ctx->mem, n, sizeof *v->session);
	for (size_t i = 0; i < n; i++)
		v->session[v->session_n++] = (struct own_session){
			.device = s[i].device,
			.seen = control_moment(r, s[i].seen),
			.end = req_link(r, "/staff/account/sessions/%s", s[i].id.s),
			.here = id_equal(s[i].id, r->session.id)};
	return true;
}

static bool show_own(req *r, int status)
{
	account a;
	if (!store_account_get(r->ctx, r->actor.account, &a))
		return false;
	page_begin(r, "s.own.title");
	view_field *f = NEW_ARRAY(r->ctx->mem, view_field, 2);
	f[0] = control_text(r, "name", control_value(r, "name", a.name), "text", "name");
	f[1] = control_lang(r, control_value(r, "lang", a.lang));
	own_account_view v = {.page = &r->page,
			      .action = req_link(r, "/staff/account"),
			      .password = req_link(r, "/staff/account/password"),
			      .recovery = req_link(r, "/staff/account/recovery"),
			      .logout = req_link(r, "/staff/logout"),
			      .help = req_link(r, "/staff/help"),
			      .email = a.email,
			      .role = role_words(r, a.role),
			      .field = f,
			      .field_n = 2};
	if (!list_sessions(r, &v))
		return false;
	tmpl_own_account(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool own_show(req *r)
{
	return show_own(r, 200);
}

typedef struct own_change {
	str name, lang, result;
} own_change;

static bool do_change(ctx *c, void *arg)
{
	const own_change *o = arg;
	return act_own_change(c, o->name, o->lang);
}

bool own_save(req *r)
{
	own_change o = {.name = control_line(r, "name", NAME_MOST, true),
			.lang = control_read_lang(r),
			.result = req_link(r, "/staff/account").path};
	if (r->error_n)
		return show_own(r, 422);
	return req_write(r, do_change, &o, &o.result) &&
	       req_done(r, (html_link){o.result}, "saved");
}

static bool do_end(ctx *c, void *arg)
{
	return store_session_end(c, *(const id *)arg);
}

bool own_session_end(req *r)
{
	id which = r->id;
	str result = req_link(r, "/staff/account").path;
	return req_write(r, do_end, &which, &result) &&
	       req_done(r, (html_link){result}, "session_ended");
}

/* ---- password ---------------------------------------------------------------------------------- */

static bool show_password(req *r, int status)
{
	page_begin(r, "s.password.title");
	view_field *f = NEW_ARRAY(r->ctx->mem, view_field, 2);
	f[0] = control_text(r, "password", S(""), "password", "current-password");
	f[1] = control_text(r, "new_password", S(""), "password", "new-password");
	staff_form_view v = {.page = &r->page,
			     .action = req_link(r, "/staff/account/password"),
			     .back = req_link(r, "/staff/account"),
			     .what = "s.password.what",
			     .field = f,
			     .field_n = 2,
			     .button = "s.password.save"};
	tmpl_staff_form(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool own_password_show(req *r)
{
	return show_password(r, 200);
}

typedef struct own_secret {
	str hash, code[10], result;
} own_secret;

static bool do_password(ctx *c, void *arg)
{
	const own_secret *o = arg;
	return act_own_password(c, o->hash);
}

bool own_password_save(req *r)
{
	account a;
	str wanted = req_form(r, "new_password");
	own_secret o = {.result = req_link(r, "/staff/account").path};
	if (!store_account_get(r->ctx, r->actor.account, &a))
		return false;
	const char *why = act_password_fault(r->ctx->mem, wanted, a.email);
	if (why)
		form_error(r, S("new_password"), why, S(""));
	else if (!act_own_confirm(r->ctx, req_form(r, "password")) &&
		 !control_caught(r, "password"))
		return false;
	if (r->error_n)
		return show_password(r, 422);
	return store_password_hash(r->ctx, wanted, &o.hash) &&
	       req_write(r, do_password, &o, &o.result) &&
	       req_done(r, (html_link){o.result}, "password_changed");
}

/* ---- recovery codes ------------------------------------------------------------------------------- */

static bool show_recovery(req *r, int status)
{
	page_begin(r, "s.recovery.title");
	view_field *f = NEW(r->ctx->mem, view_field);
	*f = control_text(r, "password", S(""), "password", "current-password");
	staff_form_view v = {.page = &r->page,
			     .action = req_link(r, "/staff/account/recovery"),
			     .back = req_link(r, "/staff/account"),
			     .what = "s.recovery.what",
			     .field = f,
			     .field_n = 1,
			     .button = "s.recovery.make"};
	tmpl_staff_form(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool own_recovery_show(req *r)
{
	return show_recovery(r, 200);
}

static bool do_recovery(ctx *c, void *arg)
{
	own_secret *o = arg;
	return act_own_recovery(c, o->code);
}

bool own_recovery_make(req *r)
{
	own_secret o = {.result = req_link(r, "/staff/account").path};
	if (!act_own_confirm(r->ctx, req_form(r, "password"))) {
		if (!control_caught(r, "password"))
			return false;
		return show_recovery(r, 422);
	}
	if (!req_write(r, do_recovery, &o, &o.result))
		return false;
	/* Sent twice: the codes were in the first answer and are nowhere else. */
	if (!o.code[0].n)
		return req_done(r, (html_link){o.result}, "codes_once");
	page_begin(r, "s.codes.title");
	staff_codes_view v = {.page = &r->page, .on = req_link(r, "/staff/account")};
	for (size_t i = 0; i < ARRAY_LEN(v.code); i++)
		v.code[v.code_n++].text = o.code[i];
	tmpl_staff_codes(&r->html, r->lang, &v);
	return req_page(r, 200);
}

/* ---- keys --------------------------------------------------------------------------------------------- */

bool keys_show(req *r)
{
	page_begin(r, "s.keys.title");
	keys_view v = {.page = &r->page, .back = req_link(r, "/staff")};
	tmpl_keys_help(&r->html, r->lang, &v);
	return req_page(r, 200);
}
