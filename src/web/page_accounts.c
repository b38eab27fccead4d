/* An administrator sees to the accounts of others. */
#include "web/account_priv.h"

enum { NAME_MOST = 80 };

/* ---- words ---------------------------------------------------------------------------------- */

static str role_words(req *r, role which)
{
	return req_say(r, page_key(r, "role.%s", model_role[which].name));
}

static const char *state_key(req *r, const account *a)
{
	return page_key(r, "s.account.%s", str_terminated(r->ctx->mem, a->state));
}

static const char *state_grade(const account *a)
{
	if (str_equal(a->state, S("active")))
		return "ok";
	return str_equal(a->state, S("locked")) ? "bad" : "warn";
}

static str where_words(req *r, const account *a)
{
	return a->everywhere ? req_say(r, "s.account.everywhere")
			     : control_places(r, a->municipality, a->municipality_n);
}

/* ---- the list ---------------------------------------------------------------------------------- */

bool accounts_show(req *r)
{
	account *a;
	size_t n;
	if (!store_accounts(r->ctx, &a, &n))
		return false;
	page_begin(r, "s.accounts.title");
	accounts_view v = {.page = &r->page,
			   .add = req_link(r, "/staff/accounts/new"),
			   .row = arena_alloc(r->ctx->mem, n, sizeof *v.row)};
	for (size_t i = 0; i < n; i++)
		v.row[v.row_n++] = (struct account_row){
			.name = a[i].name,
			.role = role_words(r, a[i].role),
			.where = where_words(r, &a[i]),
			.seen = control_moment(r, a[i].seen),
			.to = req_link(r, "/staff/accounts/%s", a[i].id.s),
			.state = state_key(r, &a[i]),
			.grade = str_from(state_grade(&a[i]))};
	tmpl_accounts(&r->html, r->lang, &v);
	return req_page(r, 200);
}

/* ---- role and municipalities, in both forms ------------------------------------------------------- */

static view_field role_field(req *r, role chosen)
{
	view_choice *c = NEW_ARRAY(r->ctx->mem, view_choice, ROLE_COUNT);
	size_t n = 0;
	str sent = req_form(r, "role");
	bool posted = r->in->method == NET_POST;
	for (int i = ROLE_NONE + 1; i < ROLE_COUNT; i++) {
		str name = str_from(model_role[i].name);
		c[n++] = (view_choice){
			.value = name,
			.text = req_say(r, page_key(r, "s.role.%s", model_role[i].name)),
			.chosen = posted ? str_equal(sent, name) : i == (int)chosen};
	}
	return control_radios(r, "role", c, n);
}

/* The programme's municipalities, those the account has beside them, and "everywhere". */
static bool place_field(req *r, const account *a, view_field *out)
{
	programme p;
	if (!store_programme_get(r->ctx, &p))
		return false;
	size_t most = p.municipality_n + a->municipality_n, n = 0;
	uint16_t *all = NEW_ARRAY(r->ctx->mem, uint16_t, most + 1);
	for (size_t i = 0; i < most; i++) {
		uint16_t code = i < p.municipality_n
					? p.municipality[i]
					: a->municipality[i - p.municipality_n];
		bool twice = false;
		for (size_t k = 0; k < n; k++)
			twice |= all[k] == code;
		if (!twice)
			all[n++] = code;
	}
	view_choice *c = NEW_ARRAY(r->ctx->mem, view_choice, n + 1);
	view_choice *places =
		control_municipalities(r, all, n, a->municipality, a->municipality_n);
	c[0] = (view_choice){.value = S("all"),
			     .text = req_say(r, "s.account.everywhere"),
			     .chosen = a->everywhere};
	for (size_t i = 0; i < n; i++)
		c[i + 1] = places[i];
	*out = control_checks(r, "where", c, n + 1);
	return true;
}

/* What was chosen; what may not be is for act to say. */
static void read_rights(req *r, account *a)
{
	a->role = model_role_named(req_form(r, "role"));
	a->everywhere = control_is_sent(r, "where", S("all"));
	a->municipality = NEW_ARRAY(r->ctx->mem, uint16_t, r->in->forms + 1);
	a->municipality_n = 0;
	for (size_t i = 0; i < r->in->forms; i++) {
		const net_pair *f = &r->in->form[i];
		int64_t code;
		if (str_equal(f->name, S("where")) &&
		    str_to_int(f->value, 1, 9999, &code) &&
		    model_municipality_get((uint16_t)code))
			a->municipality[a->municipality_n++] = (uint16_t)code;
	}
}

/* The control that a fault of act belongs to. */
static const char *field_of(const fault *f)
{
	str key = str_from(f->key);
	if (str_equal(key, S("s.error.email_known")))
		return "email";
	return str_equal(key, S("s.error.no_place")) ? "where" : "role";
}

/* ---- invite ------------------------------------------------------------------------------------------ */

static bool show_invite(req *r, const account *a, int status)
{
	page_begin(r, "s.invite.title");
	view_field *f = NEW_ARRAY(r->ctx->mem, view_field, 5);
	f[0] = control_text(r, "name", req_form(r, "name"), "text", "off");
	f[1] = control_text(r, "email", req_form(r, "email"), "email", "off");
	f[2] = control_lang(r, control_value(r, "lang", view_lang_tag(r->lang)));
	f[3] = role_field(r, ROLE_NONE);
	if (!place_field(r, a, &f[4]))
		return false;
	staff_form_view v = {.page = &r->page,
			     .action = req_link(r, "/staff/accounts/new"),
			     .back = req_link(r, "/staff/accounts"),
			     .what = "s.invite.what",
			     .field = f,
			     .field_n = 5,
			     .button = "s.invite.send"};
	tmpl_staff_form(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool account_invite_show(req *r)
{
	const account none = {.role = ROLE_NONE};
	return show_invite(r, &none, 200);
}

typedef struct inviting {
	account account;
	str origin, link, result;
	req *req;
} inviting;

static bool do_invite(ctx *c, void *arg)
{
	inviting *i = arg;
	if (!act_staff_invite(c, &i->account, i->origin, &i->link))
		return false;
	i->result = req_link(i->req, "/staff/accounts/%s", i->account.id.s).path;
	return true;
}

bool account_invite(req *r)
{
	inviting i = {.origin = r->web->origin, .req = r};
	i.account.name = control_line(r, "name", NAME_MOST, true);
	(void)control_email(r, "email", &i.account.email);
	i.account.lang = control_read_lang(r);
	read_rights(r, &i.account);
	if (i.account.role == ROLE_NONE)
		form_error(r, S("role"), "s.error.role", S(""));
	if (r->error_n)
		return show_invite(r, &i.account, 422);
	if (req_write(r, do_invite, &i, &i.result))
		return req_done(r, (html_link){i.result}, "invited");
	return control_caught(r, field_of(&r->ctx->fault)) &&
	       show_invite(r, &i.account, 422);
}

/* ---- one account --------------------------------------------------------------------------------------- */

typedef struct last_letter {
	message m;
	bool found;
} last_letter;

/* The newest message to this account among the newest hundred of a state. */
static bool find_letter(req *r, id whom, str of_state, last_letter *best)
{
	enum { MOST = 100 };
	message *m;
	size_t n;
	int64_t total;
	if (!store_outbox_list(r->ctx, of_state, 0, MOST, &m, &n, &total))
		return false;
	for (size_t i = 0; i < n; i++)
		if (id_equal(m[i].account, whom) &&
		    (!best->found || m[i].created > best->m.created))
			*best = (last_letter){.m = m[i], .found = true};
	return true;
}

/* How the letter with the link went: what one wants to know when nobody comes. */
static bool tell_letter(req *r, const account *a, account_view *v)
{
	last_letter l = {.found = false};
	if (!(r->actor.rights & RIGHT_BIT(SYSTEM)))
		return true;
	if (!find_letter(r, a->id, S("queued"), &l) ||
	    !find_letter(r, a->id, S("failed"), &l) ||
	    !find_letter(r, a->id, S("sent"), &l))
		return false;
	if (!l.found)
		return true;
	v->mail =
		page_key(r, "s.account.mail.%s", str_terminated(r->ctx->mem, l.m.state));
	v->mail_error = l.m.error;
	v->mail_to = req_link(r, "/staff/outbox/%s", l.m.id.s);
	return true;
}

static bool show_account(req *r, const account *a, const account *shown, int status)
{
	page_begin_text(r, a->name);
	view_field *f = NEW_ARRAY(r->ctx->mem, view_field, 2);
	f[0] = role_field(r, shown->role);
	if (!place_field(r, shown, &f[1]))
		return false;
	account_view v = {.page = &r->page,
			  .action = req_link(r, "/staff/accounts/%s", a->id.s),
			  .back = req_link(r, "/staff/accounts"),
			  .lock = req_link(r, "/staff/accounts/%s/lock", a->id.s),
			  .unlock = req_link(r, "/staff/accounts/%s/unlock", a->id.s),
			  .phone = req_link(r, "/staff/accounts/%s/phone", a->id.s),
			  .link = req_link(r, "/staff/accounts/%s/link", a->id.s),
			  .email = a->email,
			  .seen = control_moment(r, a->seen),
			  .state = state_key(r, a),
			  .grade = str_from(state_grade(a)),
			  .version = a->version,
			  .field = f,
			  .field_n = 2,
			  .invited = str_equal(a->state, S("invited")),
			  .locked = str_equal(a->state, S("locked")),
			  .self = id_equal(a->id, r->actor.account),
			  .has_phone = a->has_totp};
	if (!tell_letter(r, a, &v))
		return false;
	tmpl_account_page(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool account_show(req *r)
{
	account a;
	return store_account_get(r->ctx, r->id, &a) && show_account(r, &a, &a, 200);
}

typedef struct changing {
	account account;
	str result;
} changing;

static bool do_change(ctx *c, void *arg)
{
	const changing *k = arg;
	return act_staff_change(c, &k->account);
}

bool account_save(req *r)
{
	account a;
	changing k = {.result = req_link(r, "/staff/accounts/%s", r->id.s).path};
	if (!store_account_get(r->ctx, r->id, &a))
		return false;
	k.account = a;
	read_rights(r, &k.account);
	if (!str_to_int(req_form(r, "version"), 0, INT64_MAX, &k.account.version))
		k.account.version = 0;
	if (req_write(r, do_change, &k, &k.result))
		return req_done(r, (html_link){k.result}, "saved");
	if (r->ctx->fault.kind == FAULT_CONFLICT) {
		r->ctx->fault = (fault){.kind = FAULT_NONE};
		form_error(r, S("role"), "s.error.changed", S(""));
	} else if (!control_caught(r, field_of(&r->ctx->fault))) {
		return false;
	}
	return show_account(r, &a, &k.account, 422);
}

/* ---- lock, phone, links ------------------------------------------------------------------------------------ */

static bool show_confirm(req *r, const char *what, int status)
{
	account a;
	if (!store_account_get(r->ctx, r->id, &a))
		return false;
	page_begin_text(r, req_say_with(r, page_key(r, "s.%s.title", what), &a.name, 1));
	staff_confirm_view v = {
		.page = &r->page,
		.action = req_link(r, "/staff/accounts/%s/%s", a.id.s, what),
		.back = req_link(r, "/staff/accounts/%s", a.id.s),
		.what = page_key(r, "s.%s.what", what),
		.button = page_key(r, "s.%s.do", what),
		.name = a.name};
	tmpl_staff_confirm(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool account_lock_show(req *r)
{
	return show_confirm(r, "lock", 200);
}

bool account_phone_show(req *r)
{
	return show_confirm(r, "phone", 200);
}

typedef struct doing {
	id account;
	bool lock;
	const char *kind;
	str origin, link, result;
} doing;

static bool do_lock(ctx *c, void *arg)
{
	const doing *d = arg;
	return act_staff_lock(c, d->account, d->lock);
}

static bool do_phone(ctx *c, void *arg)
{
	doing *d = arg;
	return act_staff_totp_reset(c, d->account, d->origin, &d->link);
}

static bool do_link(ctx *c, void *arg)
{
	doing *d = arg;
	return act_staff_link(c, d->account, d->kind, d->origin, &d->link);
}

static doing doing_to(req *r)
{
	return (doing){.account = r->id,
		       .origin = r->web->origin,
		       .result = req_link(r, "/staff/accounts/%s", r->id.s).path};
}

bool account_lock(req *r)
{
	doing d = doing_to(r);
	d.lock = true;
	if (req_write(r, do_lock, &d, &d.result))
		return req_done(r, (html_link){d.result}, "locked");
	return control_caught(r, "main") && show_confirm(r, "lock", 422);
}

bool account_unlock(req *r)
{
	doing d = doing_to(r);
	return req_write(r, do_lock, &d, &d.result) &&
	       req_done(r, (html_link){d.result}, "unlocked");
}

bool account_phone(req *r)
{
	doing d = doing_to(r);
	if (req_write(r, do_phone, &d, &d.result))
		return req_done(r, (html_link){d.result}, "phone_reset");
	return control_caught(r, "main") && show_confirm(r, "phone", 422);
}

/* The invitation once more, or a link for a new password. */
bool account_link(req *r)
{
	account a;
	doing d = doing_to(r);
	if (!store_account_get(r->ctx, r->id, &a))
		return false;
	d.kind = str_equal(a.state, S("invited")) ? "invite" : "reset";
	if (req_write(r, do_link, &d, &d.result))
		return req_done(r, (html_link){d.result}, "link_sent");
	return control_caught(r, "main") && show_account(r, &a, &a, 422);
}
