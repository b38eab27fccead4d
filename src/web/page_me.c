/* A participant's own page: where she is on the way, what is kept, and what she may do about it. */
#include "act/offer.h"
#include "act/pair.h"
#include "mail/mail.h"
#include "web/me_priv.h"

/* ---- my page ----------------------------------------------------------------------------- */

static bool list_sessions(req *r, me_view *v)
{
	session *s;
	size_t n;
	if (!store_sessions(r->ctx, &s, &n))
		return false;
	v->session = arena_alloc(r->ctx->mem, n, sizeof *v->session);
	for (size_t i = 0; i < n; i++)
		v->session[v->session_n++] = (struct session_row){
			.device = s[i].device,
			.seen = view_date(r->ctx->mem, r->lang,
					  date_local(s[i].seen).day),
			.end = req_link(r, "/me/sessions/%s", s[i].id.s),
			.here = id_equal(s[i].id, r->session.id)};
	return true;
}

bool me_load(req *r, person *p, erase_note *note)
{
	erasure e;
	if (!store_person_get(r->ctx, r->actor.person, true, p) ||
	    !store_erasure_get(r->ctx, p->id, &e))
		return false;
	*note = (erase_note){.day = S("")};
	if (e.due)
		*note = (erase_note){.day = view_weekday_date(r->ctx->mem, r->lang,
							      date_local(e.due).day),
				     .keep = req_link(r, "/me/keep")};
	return true;
}

/* What waits for an answer stands first. Whoever has answered all is told that, not that there is an offer. */
static bool list_offers(req *r, const person *p, me_view *v)
{
	act_offer *o;
	size_t n;
	if (!act_offers_own(r->ctx, &o, &n))
		return false;
	v->offer = NEW_ARRAY(r->ctx->mem, me_offer, n);
	for (size_t i = 0; i < n; i++)
		v->offer[v->offer_n++] = (me_offer){
			.until = view_weekday_date(r->ctx->mem, r->lang,
						   date_local(o[i].proposal.expires).day),
			.to = req_link(r, "/me/offers/%s", o[i].proposal.id.s),
			.main = i == 0};
	if (!n && p->state == STATE_PROPOSED)
		v->state_text = "p.me.answered";
	return true;
}

static void add_buddy(req *r, const act_pair *with, const act_buddy *b, me_view *v)
{
	bool first = b == with->other;
	v->buddy[v->buddy_n++] = (me_buddy){
		.title = first ? "p.me.buddy" : NULL,
		.name = b->name,
		.phone = b->phone,
		.email = b->email,
		.letter = b == &with->other[with->n - 1] ? with->letter : S(""),
		.phone_to = html_link_phone(r->ctx->mem, b->phone),
		.email_to = html_link_mail(r->ctx->mem, b->email)};
}

static bool list_buddies(req *r, me_view *v)
{
	act_pair *with;
	size_t n, buddies = 0;
	if (!act_pairs_own(r->ctx, &with, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		buddies += with[i].n;
	v->buddy = NEW_ARRAY(r->ctx->mem, me_buddy, buddies);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < with[i].n; k++)
			add_buddy(r, &with[i], &with[i].other[k], v);
	return true;
}

/* In weeks, or of long waits in months; half of those who got a buddy lately waited between the two. */
static str estimate_words(req *r, const waited_marks *w)
{
	enum { WEEK = 7, MONTH = 30, LONG = 10 * WEEK };
	int64_t days = w->most < LONG ? WEEK : MONTH;
	int64_t low = w->quarter / days, high = (w->most + days - 1) / days;
	low = low ? low : 1;
	high = high > low ? high : low + 1;
	str arg[] = {view_number(r->ctx->mem, r->lang, low)};
	return view_say_count(r->ctx->mem, r->lang,
			      days == WEEK ? "p.wait.weeks" : "p.wait.months", high, arg,
			      1);
}

/* Never a rank; nothing at all where there are too few to say anything honest. */
static bool show_waiting(req *r, const person *p, me_view *v)
{
	waiting_marks m;
	waited_marks w;
	int32_t day;
	str side = p->value[FIELD_SIDE];
	v->standing = v->estimate = S("");
	if (p->state != STATE_WAITING)
		return true;
	if (!store_waiting_marks(r->ctx, side, &m) ||
	    !act_wait_estimate(r->ctx, side, &w))
		return false;
	if (date_parse_iso(p->value[FIELD_QUEUED], &day))
		v->standing = mail_standing(r->ctx->mem, r->lang, act_standing(day, &m));
	if (w.n)
		v->estimate = estimate_words(r, &w);
	return true;
}

static bool show_buddy(req *r, me_view *v)
{
	act_own_pair own;
	if (!act_pair_own(r->ctx, &own))
		return false;
	v->ask = own.checkin ? "p.me.buddy_checkin" : own.again ? "p.again.title" : NULL;
	v->ask_to = req_link(r, "/me/checkin");
	return true;
}

bool me_show(req *r)
{
	person p;
	me_view v = {.page = &r->page,
		     .edit = req_link(r, "/register/check"),
		     .data = req_link(r, "/me/data"),
		     .logout = req_link(r, "/logout")};
	if (!me_load(r, &p, &v.erase))
		return false;
	if (p.state == STATE_DRAFT)
		return req_see_other(r, req_link(r, "/register/check"));
	page_begin(r, "p.me.title");
	v.name = p.value[FIELD_GIVEN];
	v.state_text = page_key(r, "p.state.%s", model_state[p.state]);
	if (p.state == STATE_PAUSED)
		v.resume = req_link(r, "/me/resume");
	else if (act_own_may_pause(p.state) && !v.erase.day.n)
		v.pause = req_link(r, "/me/pause");
	if (!list_offers(r, &p, &v) || !list_buddies(r, &v) || !list_sessions(r, &v) ||
	    !show_waiting(r, &p, &v) || !show_buddy(r, &v))
		return false;
	tmpl_me(&r->html, r->lang, &v);
	return req_page(r, 200);
}

static bool do_end(ctx *c, void *arg)
{
	return store_session_end(c, *(const id *)arg);
}

bool me_session_end(req *r)
{
	id which = r->id;
	return store_write(r->ctx, do_end, &which) &&
	       req_done(r, req_link(r, "/me"), "session_ended");
}

bool logout(req *r)
{
	id which = r->session.id;
	if (r->has_session && !store_write(r->ctx, do_end, &which))
		return false;
	req_cookie(r, S(""), 0);
	return req_see_other(r, req_link(r, "/"));
}

/* ---- doing something ----------------------------------------------------------------------- */

/* Each once for its form; then back to where one came from, which says what is done. */
static bool done(req *r, bool (*work)(ctx *c, void *arg), void *arg, const char *to,
		 const char *notice)
{
	str result = req_link(r, "%s", to).path;
	return req_write(r, work, arg, &result) &&
	       req_done(r, (html_link){result}, notice);
}

static bool do_pause(ctx *c, void *unused)
{
	(void)unused;
	return act_own_pause(c);
}

bool me_pause(req *r)
{
	return done(r, do_pause, NULL, "/me", "paused");
}

static bool do_resume(ctx *c, void *unused)
{
	(void)unused;
	return act_own_resume(c);
}

bool me_resume(req *r)
{
	return done(r, do_resume, NULL, "/me", "resumed");
}

static bool do_keep(ctx *c, void *arg)
{
	return act_own_keep(c, *(const str *)arg);
}

bool me_keep(req *r)
{
	str lang = view_lang_tag(r->lang);
	return done(r, do_keep, &lang, "/me", "kept");
}

/* ---- a question first ------------------------------------------------------------------------ */

static bool ask(req *r, const char *title, const char *text, const char *button,
		html_link action)
{
	str day =
		view_weekday_date(r->ctx->mem, r->lang, r->ctx->today + ACT_REGRET_DAYS);
	page_begin(r, title);
	me_confirm_view v = {.page = &r->page,
			     .text = text,
			     .button = button,
			     .arg = day,
			     .back = req_link(r, "/me/data"),
			     .action = action};
	tmpl_me_confirm(&r->html, r->lang, &v);
	return req_page(r, 200);
}

bool me_erase_ask(req *r)
{
	person p;
	if (!store_person_get(r->ctx, r->actor.person, false, &p))
		return false;
	return ask(r, "p.erase.title",
		   p.state == STATE_DRAFT ? "p.erase.what_draft" : "p.erase.what",
		   "p.erase.do", req_link(r, "/me/erase"));
}

static bool do_erase(ctx *c, void *unused)
{
	(void)unused;
	return act_own_erase(c);
}

/* Who only had begun is gone at once, with her session: the key of the form had nobody to be kept for. */
bool me_erase(req *r)
{
	person p;
	if (!store_person_get(r->ctx, r->actor.person, false, &p))
		return false;
	if (p.state != STATE_DRAFT)
		return done(r, do_erase, NULL, "/me", "erase");
	if (!store_write(r->ctx, do_erase, NULL))
		return false;
	req_cookie(r, S(""), 0);
	return req_done(r, req_link(r, "/"), "erased");
}

/* ---- consent ----------------------------------------------------------------------------------- */

/* That of the address; HIDDEN for one that is none. */
static bool find_purpose(req *r, enum consent *out)
{
	for (int i = 0; i < CONSENT_PURPOSES; i++)
		if (str_equal(r->part, str_from(model_consent[i].name))) {
			*out = (enum consent)i;
			return true;
		}
	return ctx_fail(r->ctx, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
}

bool me_consent_ask(req *r)
{
	enum consent which;
	if (!find_purpose(r, &which))
		return false;
	if (!model_consent[which].required)
		return req_see_other(r, req_link(r, "/me/data"));
	return ask(r, "p.consent.title", "p.consent.what", "p.consent.do",
		   req_link(r, "/me/consent/%.*s", STR_ARG(r->part)));
}

typedef struct consenting {
	enum consent which;
	bool given;
	str lang;
} consenting;

static bool do_consent(ctx *c, void *arg)
{
	const consenting *k = arg;
	return act_own_consent(c, k->which, k->given, k->lang);
}

bool me_consent(req *r)
{
	consenting k = {.given = str_equal(req_form(r, "given"), S("yes")),
			.lang = view_lang_tag(r->lang)};
	if (!find_purpose(r, &k.which))
		return false;
	bool erases = model_consent[k.which].required && !k.given;
	return done(r, do_consent, &k, erases ? "/me" : "/me/data",
		    erases    ? "erase"
		    : k.given ? "agreed"
			      : "taken_back");
}
