/* Registering: one question a page, each answer kept at once. */
#include <string.h>

#include "web/view_register.h"
#include "web/web_priv.h"

/* ---- which question comes when ------------------------------------------------------------ */

static bool has_children(const person *p)
{
	str life = p->value[FIELD_LIFE];
	return str_equal(life, S("family")) || str_equal(life, S("single_parent"));
}

/* Is the field asked of this person? */
static bool is_asked(const person *p, field_id f)
{
	if (f == FIELD_CHILDREN && !has_children(p))
		return false;
	/* There is a choice only for who has given both. */
	if (f == FIELD_CHANNEL && !(p->value[FIELD_PHONE].n && p->value[FIELD_EMAIL].n))
		return false;
	return field_is_asked(f, p->value[FIELD_SIDE]);
}

/* The next question after `ask`, or before it; 0 when there is none. */
static int neighbour(const person *p, int ask, int step)
{
	enum { LAST = 100 };
	for (ask += step; ask > 0 && ask < LAST; ask += step)
		for (int f = 0; f < FIELD_COUNT; f++)
			if (model_field[f].ask == ask && is_asked(p, (field_id)f))
				return ask;
	return 0;
}

static field_id first_field(int ask)
{
	for (int f = 0; f < FIELD_COUNT; f++)
		if (model_field[f].ask == ask)
			return (field_id)f;
	return FIELD_COUNT;
}

static html_link question_link(req *r, int ask)
{
	return req_link(r, "/register/%s", model_field[first_field(ask)].name);
}

/* From the questions that must be answered, and within those one may: this one's place and their number. */
static void place_of(const person *p, int ask, question_view *v)
{
	bool more = ask >= ASK_MORE;
	for (int at = neighbour(p, more ? ASK_MORE - 1 : 0, 1);
	     at && (more || at < ASK_MORE); at = neighbour(p, at, 1)) {
		v->steps++;
		if (at <= ask)
			v->step++;
	}
}

static bool load(req *r, person *p)
{
	return store_person_get(r->ctx, r->actor.person, true, p);
}

static uint16_t municipality_of(const person *p)
{
	int64_t code = 0;
	return str_to_int(p->value[FIELD_MUNICIPALITY], 1, 9999, &code) ? (uint16_t)code
									: 0;
}

/* ---- begin ------------------------------------------------------------------------------------ */

typedef struct starting {
	act_draft draft;
	session session;
	str secret;
} starting;

static bool do_start(ctx *c, void *arg)
{
	starting *s = arg;
	return act_register_start(c, &s->draft, &s->session, &s->secret);
}

bool register_start(req *r)
{
	enum { MOST = 20, HOUR = 3600, MONTH = 30 * 86400 };
	str side = req_form(r, "side");
	if (!str_equal(side, S("newcomer")) && !str_equal(side, S("established")))
		return req_see_other(r, req_link(r, "/"));
	if (!store_budget_take(r->ctx, S("register"), r->in->address, MOST, HOUR))
		return false;
	starting s = {.draft = {.side = side,
				.lang = view_lang_tag(r->lang),
				.channel = S("web"),
				.device = req_device(r)}};
	if (!store_write(r->ctx, do_start, &s))
		return false;
	req_cookie(r, s.secret, MONTH);
	return req_see_other(
		r, question_link(r, neighbour(&(person){.value = {[FIELD_SIDE] = side}},
					      0, 1)));
}

/* ---- a question ---------------------------------------------------------------------------------- */

static int asked_at(const req *r)
{
	for (int f = 0; f < FIELD_COUNT; f++)
		if (model_field[f].ask &&
		    str_equal(r->part, str_from(model_field[f].name)))
			return model_field[f].ask;
	return 0;
}

static html_link after(req *r, const person *p, int ask)
{
	int next = neighbour(p, ask, 1);
	bool more_begins = ask < ASK_MORE && next >= ASK_MORE;
	if (!next || more_begins)
		return req_link(r, "/register/check");
	return question_link(r, next);
}

static bool show_question(req *r, const person *p, int ask, int status)
{
	question_view v = {.action = question_link(r, ask),
			   .later = req_link(r, "/register/later")};
	if (str_equal(req_query(r, "then"), S("check")) ||
	    str_equal(req_form(r, "then"), S("check")))
		v.then = S("check");
	int before = neighbour(p, ask, -1);
	field_id first = first_field(ask);
	place_of(p, ask, &v);
	v.back = before && (ask >= ASK_MORE) == (before >= ASK_MORE)
			 ? question_link(r, before)
			 : req_link(r, ask < ASK_MORE ? "/" : "/register/check");
	if (v.then.n)
		v.back = req_link(r, "/register/check");
	if (ask >= ASK_MORE || first == FIELD_GENDER)
		v.skip = after(r, p, ask);
	v.may_be_silent = first == FIELD_GENDER;
	page_begin(r, page_key(r, "ask.%s", model_field[first].name));
	v.field = NEW_ARRAY(r->ctx->mem, view_field, FIELD_COUNT);
	for (int f = 0; f < FIELD_COUNT; f++)
		if (model_field[f].ask == ask && is_asked(p, (field_id)f))
			v.field[v.field_n++] = field_view(r, (field_id)f, p->value[f]);
	for (size_t i = 0; i < v.field_n; i++)
		v.has_button |= v.field[i].control != CONTROL_BUTTONS;
	v.several = v.field_n > 1;
	if (v.several) {
		v.swedish = v.field[0].swedish;
		for (size_t i = 0; i < v.field_n; i++) {
			str name = v.field[i].name;
			v.field[i].label = req_say(r, page_key(r, "field.%s", name.s));
			v.field[i].swedish = S("");
		}
	}
	v.why_key = page_key(r, "why.ask.%s", model_field[first].name);
	v.keep_months = model_period[model_field[first].keep].days / 30;
	v.page = &r->page;
	tmpl_question(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool register_question(req *r)
{
	person p;
	int ask = asked_at(r);
	if (!load(r, &p))
		return false;
	if (!ask || !is_asked(&p, first_field(ask)))
		return ctx_fail(r->ctx, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	return show_question(r, &p, ask, 200);
}

typedef struct answering {
	id person;
	str value[FIELD_COUNT];
	bool set[FIELD_COUNT];
} answering;

static bool do_answer(ctx *c, void *arg)
{
	answering *a = arg;
	return store_person_change(c, a->person, 0, a->value, a->set);
}

static const char *missing_key(req *r, field_id f)
{
	return page_key(r, "p.error.%s", model_field[f].name);
}

/* What the page asks of its answers as a whole. */
static void check_answers(req *r, int ask, const answering *a)
{
	field_id first = first_field(ask);
	str name = str_from(model_field[first].name);
	if (ask < ASK_MORE && first == FIELD_PHONE) {
		if (!a->value[FIELD_PHONE].n && !a->value[FIELD_EMAIL].n)
			form_error(r, name, "p.error.contact", S(""));
		return;
	}
	if (ask < ASK_MORE && !a->value[first].n && !r->error_n)
		form_error(r, name, missing_key(r, first), S(""));
	if (first == FIELD_BIRTH_YEAR && a->value[first].n) {
		int64_t year = 0;
		int32_t now = date_from_day(r->ctx->today).year;
		if (!str_to_int(a->value[first], 1, 9999, &year) || now - year < 18)
			form_error(r, name, "p.error.under_18", S(""));
	}
}

bool register_answer(req *r)
{
	person p;
	int ask = asked_at(r);
	answering *a = NEW(r->ctx->mem, answering);
	if (!load(r, &p))
		return false;
	if (!ask || !is_asked(&p, first_field(ask)))
		return ctx_fail(r->ctx, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	a->person = p.id;
	for (int f = 0; f < FIELD_COUNT; f++) {
		a->value[f] = S("");
		if (model_field[f].ask != ask || !is_asked(&p, (field_id)f))
			continue;
		a->set[f] = field_read(r, (field_id)f, municipality_of(&p), &a->value[f]);
	}
	if (!r->error_n)
		check_answers(r, ask, a);
	if (r->error_n)
		return show_question(r, &p, ask, 422);
	if (!store_write(r->ctx, do_answer, a))
		return false;
	for (int f = 0; f < FIELD_COUNT; f++)
		if (a->set[f])
			p.value[f] = a->value[f];
	return req_see_other(r, str_equal(req_form(r, "then"), S("check"))
					? req_link(r, "/register/check")
					: after(r, &p, ask));
}

/* ---- check and send -------------------------------------------------------------------------------- */

static void list_answers(req *r, const person *p, check_view *v)
{
	enum { LAST = 100 };
	v->field = NEW_ARRAY(r->ctx->mem, view_field, FIELD_COUNT);
	for (int ask = 1; ask < LAST; ask++)
		for (int f = 0; f < FIELD_COUNT; f++) {
			if (model_field[f].ask != ask || !is_asked(p, (field_id)f))
				continue;
			bool other_way = f == FIELD_EMAIL || f == FIELD_PHONE;
			if (!p->value[f].n && (ask >= ASK_MORE || other_way))
				continue;
			view_field *to = &v->field[v->field_n++];
			*to = field_view(r, (field_id)f, p->value[f]);
			to->label =
				req_say(r, page_key(r, "field.%s", model_field[f].name));
			to->change = req_link(r, "/register/%s?then=check",
					      model_field[first_field(ask)].name);
		}
}

static void list_consents(req *r, check_view *v)
{
	v->consent = arena_alloc(r->ctx->mem, CONSENT_PURPOSES, sizeof *v->consent);
	for (int i = 0; i < CONSENT_PURPOSES; i++)
		v->consent[v->consent_n++] = (struct consent_choice){
			.name = str_from(model_consent[i].name),
			.title = page_key(r, "legal.consent.%s", model_consent[i].name),
			.text = page_key(r, "legal.consent.%s.text",
					 model_consent[i].name),
			.required = model_consent[i].required,
			.given = req_form(r, model_consent[i].name).n > 0};
}

static bool show_check(req *r, const person *p, int status)
{
	check_view v = {.action = req_link(r, "/register/check"),
			.back = req_link(r, "/register/interests"),
			.later = req_link(r, "/register/later"),
			.data = req_link(r, "/me/data"),
			.submitted = p->state != STATE_DRAFT};
	int more = neighbour(p, ASK_MORE - 1, 1);
	if (more)
		v.more = question_link(r, more);
	page_begin(r, v.submitted ? "p.check.title_sent" : "p.check.title");
	list_answers(r, p, &v);
	list_consents(r, &v);
	v.page = &r->page;
	tmpl_check(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool register_check(req *r)
{
	person p;
	field_id missing[FIELD_COUNT];
	if (!load(r, &p))
		return false;
	if (act_register_missing(&p, missing))
		return req_see_other(r, question_link(r, model_field[missing[0]].ask));
	return show_check(r, &p, 200);
}

typedef struct submitting {
	id person;
	bool consent[CONSENT_PURPOSES];
	str lang, result;
} submitting;

static bool do_submit(ctx *c, void *arg)
{
	submitting *s = arg;
	return act_register_submit(c, s->person, s->consent, s->lang, S("web"));
}

bool register_submit(req *r)
{
	person p;
	if (!load(r, &p))
		return false;
	submitting s = {.person = p.id, .lang = view_lang_tag(r->lang)};
	for (int i = 0; i < CONSENT_PURPOSES; i++) {
		s.consent[i] = req_form(r, model_consent[i].name).n > 0;
		if (model_consent[i].required && !s.consent[i])
			form_error(r, str_from(model_consent[i].name), "p.error.consent",
				   S(""));
	}
	if (r->error_n)
		return show_check(r, &p, 422);
	s.result = req_link(r, "/register/done").path;
	if (!req_write(r, do_submit, &s, &s.result))
		return false;
	return req_see_other(r, (html_link){s.result});
}

bool register_done(req *r)
{
	person p;
	if (!load(r, &p))
		return false;
	if (p.state == STATE_DRAFT)
		return req_see_other(r, req_link(r, "/register/check"));
	int more = neighbour(&p, ASK_MORE - 1, 1);
	page_begin(r, "p.done.title");
	receipt_view v = {.page = &r->page,
			  .name = p.value[FIELD_GIVEN],
			  .me = req_link(r, "/me"),
			  .more_to_tell = more != 0};
	if (more)
		v.more = question_link(r, more);
	tmpl_receipt(&r->html, r->lang, &v);
	return req_page(r, 200);
}

/* ---- later ---------------------------------------------------------------------------------------------- */

bool register_later(req *r)
{
	person p;
	if (!load(r, &p))
		return false;
	page_begin(r, "p.later.title");
	later_view v = {.page = &r->page,
			.action = req_link(r, "/register/later"),
			.back = req_link(r, "/register/check")};
	tmpl_later(&r->html, r->lang, &v);
	return req_page(r, 200);
}

typedef struct saving {
	id person;
	str contact, secret, code;
} saving;

static bool do_save(ctx *c, void *arg)
{
	saving *s = arg;
	return act_register_later(c, s->person, s->contact, &s->secret, &s->code);
}

bool register_save(req *r)
{
	person p;
	if (!load(r, &p))
		return false;
	saving s = {.person = p.id, .contact = p.value[FIELD_PHONE]};
	if (!s.contact.n)
		s.contact = p.value[FIELD_EMAIL];
	if (!store_write(r->ctx, do_save, &s))
		return false;
	page_begin(r, "p.later.title");
	later_view v = {.page = &r->page,
			.back = req_link(r, "/register/check"),
			.contact = s.contact,
			.code = s.code,
			.link = str_format(r->ctx->mem, "%.*s%.*s/%.*s",
					   STR_ARG(r->web->origin),
					   STR_ARG(req_link(r, "/continue").path),
					   STR_ARG(s.secret))};
	tmpl_later(&r->html, r->lang, &v);
	return req_page(r, 200);
}

/* From the short address in an SMS to the same page in the reader's language. */
bool continue_short(req *r)
{
	return req_see_other(r, req_link(r, "/continue/%.*s", STR_ARG(r->part)));
}

/* The GET only shows a button: scanners of mail follow links. */
bool continue_show(req *r)
{
	page_begin(r, "p.continue.title");
	r->page.private_title = true;
	login_view v = {.page = &r->page,
			.action = req_link(r, "/continue/%.*s", STR_ARG(r->part))};
	tmpl_continue(&r->html, r->lang, &v);
	return req_page(r, 200);
}

typedef struct going_on {
	str secret, address, device, cookie;
	session session;
} going_on;

static bool do_go_on(ctx *c, void *arg)
{
	going_on *g = arg;
	return act_register_continue(c, g->secret, g->address, g->device, &g->session,
				     &g->cookie);
}

bool continue_use(req *r)
{
	going_on g = {
		.secret = r->part, .address = r->in->address, .device = req_device(r)};
	if (!store_write(r->ctx, do_go_on, &g))
		return false;
	req_cookie(r, g.cookie, (g.session.expires - r->ctx->now) / 1000);
	return req_see_other(r, req_link(r, "/register/check"));
}
