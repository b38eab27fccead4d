/* The frame of a page: languages, menu, notice, and the page that tells of a fault. */
#include <stdio.h>
#include <string.h>

#include "web/web_priv.h"

str req_say(req *r, const char *key)
{
	return view_say(r->ctx->mem, r->lang, key, NULL, 0);
}

str req_say_with(req *r, const char *key, const str *arg, size_t n)
{
	return view_say(r->ctx->mem, r->lang, key, arg, n);
}

/* As long as it comes: a part of it may be what somebody typed as an address. */
html_link req_link(req *r, const char *format, ...)
{
	buf b = {.mem = r->ctx->mem};
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	assert(n >= 0);
	char *text = arena_alloc(b.mem, (size_t)n + 1, 1);
	vsnprintf(text, (size_t)n + 1, format, again);
	va_end(again);
	va_end(args);
	buf_char(&b, '/');
	buf_add(&b, view_lang_tag(r->lang));
	buf_add(&b, (str){text, (size_t)n});
	return (html_link){buf_str(&b)};
}

bool req_id(req *r, id *out)
{
	*out = r->id;
	if (!id_none(r->id))
		return true;
	return ctx_fail(r->ctx, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
}

const char *page_key(req *r, const char *format, const char *part)
{
	str before = str_from(format);
	ptrdiff_t at = str_find(before, S("%s"));
	assert(at >= 0);
	buf b = {.mem = r->ctx->mem};
	buf_add(&b, str_slice(before, 0, (size_t)at));
	buf_add(&b, str_from(part));
	buf_add(&b, str_slice(before, (size_t)at + 2, before.n));
	return str_terminated(r->ctx->mem, buf_str(&b));
}

/* ---- menus ----------------------------------------------------------------------------- */

/* The staff's menu: what one has no right to is not shown. */
static const struct {
	const char *path, *key, *icon;
	int need;
} menu[] = {
	{"/staff", "s.menu.start", "sun", NEED_STAFF},
	{"/staff/people", "s.menu.people", "people", NEED_OF(PEOPLE_READ)},
	{"/staff/rounds", "s.menu.rounds", "people", NEED_OF(MATCH)},
	{"/staff/proposals", "s.menu.proposals", "mail", NEED_OF(MATCH)},
	{"/staff/interviews", "s.menu.interviews", "chat", NEED_OF(INTERVIEW)},
	{"/staff/pairs", "s.menu.pairs", "cup", NEED_OF(MATCH)},
	{"/staff/imports", "s.menu.imports", "plus", NEED_OF(IMPORT)},
	{"/staff/accounts", "s.menu.accounts", "lock", NEED_OF(STAFF)},
	{"/staff/programme", "s.menu.programme", "cal", NEED_OF(PROGRAMME)},
	{"/staff/texts", "s.menu.texts", "book", NEED_OF(PROGRAMME)},
	{"/staff/outbox", "s.menu.outbox", "send", NEED_OF(SYSTEM)},
	{"/staff/jobs", "s.menu.jobs", "clock", NEED_OF(SYSTEM)},
	{"/staff/doctor", "s.menu.doctor", "shield", NEED_OF(SYSTEM)},
};

static bool is_within(str path, str item)
{
	if (!str_starts(path, item))
		return false;
	return path.n == item.n || path.s[item.n] == '/' || path.s[item.n] == '?';
}

static void staff_menu(req *r, page *p)
{
	p->nav = NEW_ARRAY(r->ctx->mem, view_item, ARRAY_LEN(menu));
	for (size_t i = 0; i < ARRAY_LEN(menu); i++) {
		int need = menu[i].need;
		if (need >= NEED_RIGHT_0 &&
		    !(r->actor.rights & 1u << (need - NEED_RIGHT_0)))
			continue;
		html_link to = req_link(r, "%s", menu[i].path);
		bool here = i ? is_within(r->in->path, to.path)
			      : str_equal(r->in->path, to.path);
		p->nav[p->nav_n++] = (view_item){
			.to = to, .key = menu[i].key, .icon = menu[i].icon, .here = here};
	}
}

/* ---- the frame ---------------------------------------------------------------------------- */

/* Only notices that exist: the word comes from the address. Staff have more of them. */
static const char *known_notice(req *r)
{
	str done = req_query(r, "done");
	if (!done.n || done.n > 40)
		return NULL;
	char *word = str_terminated(r->ctx->mem, done);
	const char *key = page_key(r, "s.notice.%s", word);
	if (path_is_staff(r->in->path) && view_has(r->lang, key))
		return key;
	key = page_key(r, "notice.%s", word);
	return view_has(r->lang, key) ? key : NULL;
}

static str own_name(req *r)
{
	account a;
	if (store_account_get(r->ctx, r->actor.account, &a))
		return a.name;
	r->ctx->fault = (fault){.kind = FAULT_NONE};
	return S("");
}

void page_begin_text(req *r, str title)
{
	bool staff = r->has_session && !id_none(r->actor.account) && r->session.strong;
	page *p = &r->page;
	*p = (page){.title = title,
		    .staff = staff && (r->route ? r->route->need >= NEED_STAFF
						: path_is_staff(r->in->path)),
		    .home = req_link(r, "/"),
		    .languages = {S("/")},
		    .call = req_link(r, "/call"),
		    .privacy = req_link(r, "/privacy"),
		    .accessibility = req_link(r, "/accessibility"),
		    .token = form_token(r),
		    .once = form_once(r),
		    .notice = known_notice(r),
		    .notice_grade = S("ok")};
	p->body = p->staff ? S("wide") : S("slim");
	/* Those before one is logged in: "call me" is for participants. */
	if (path_is_staff(r->in->path))
		p->call = (html_link){S("")};
	if (p->staff) {
		p->home = req_link(r, "/staff");
		p->account = req_link(r, "/staff/account");
		p->keys = req_link(r, "/staff/help").path;
		p->who = own_name(r);
		staff_menu(r, p);
	}
	p->error = r->error;
	p->error_n = r->error_n;
}

void page_begin(req *r, const char *title)
{
	page_begin_text(r, req_say(r, title));
}

void page_fault(req *r)
{
	const fault kept = r->ctx->fault, *f = &kept;
	fault_view v = {.text = view_say(r->ctx->mem, r->lang,
					 f->key ? f->key : "fault.store", f->arg, 4)};
	int status = fault_http_status(f->kind);
	r->body.n = 0;
	page_begin(r, status == 404   ? "p.fault.hidden"
		      : status == 409 ? "p.fault.conflict"
		      : status == 429 ? "p.fault.limit"
		      : status >= 500 ? "p.fault.ours"
				      : "p.fault.yours");
	/* What is hidden looks like what is not there, also to someone who sees the menu. */
	for (size_t i = 0; status == 404 && i < r->page.nav_n; i++)
		r->page.nav[i].here = false;
	v.page = &r->page;
	v.back = r->page.home;
	tmpl_fault(&r->html, r->lang, &v);
	req_page(r, status);
	r->ctx->fault = kept;
}
