/* The first pages: language, start, help by a human, what we promise. */
#include <string.h>

#include "web/view_register.h"
#include "web/web_priv.h"

bool languages_show(req *r)
{
	size_t n = view_lang_count();
	languages_view v = {.page = &r->page,
			    .language = NEW_ARRAY(r->ctx->mem, view_item, n)};
	page_begin(r, "p.languages.title");
	for (size_t i = 0; i < n; i++) {
		const view_lang *l = view_lang_at(i);
		str tag = view_lang_tag(l);
		v.language[v.language_n++] = (view_item){
			.to = {str_format(r->ctx->mem, "/%.*s/", STR_ARG(tag))},
			.text = view_lang_name(l),
			.below = l == view_lang_at(0) ? S("") : view_lang_name_sv(l),
			.tag = tag,
			.dir = view_lang_rtl(l) ? S("rtl") : S("ltr"),
			.here = l == r->lang};
	}
	tmpl_languages(&r->html, r->lang, &v);
	return req_page(r, 200);
}

bool start_show(req *r)
{
	page_begin(r, "p.start.title");
	start_view v = {.page = &r->page,
			.register_ = req_link(r, "/register"),
			.login = req_link(r, "/login")};
	person p;
	if (r->has_session && !id_none(r->actor.person)) {
		if (!store_person_get(r->ctx, r->actor.person, true, &p))
			return false;
		v.resume = p.state == STATE_DRAFT ? req_link(r, "/register/check")
						  : req_link(r, "/me");
		v.resume_name = p.value[FIELD_GIVEN];
	}
	tmpl_start(&r->html, r->lang, &v);
	return req_page(r, 200);
}

/* ---- "Ring mig" -------------------------------------------------------------------------- */

static const char *const times[] = {"morning", "day", "evening", "any"};

static void call_choices(req *r, call_view *v, str lang, str when)
{
	size_t n = view_lang_count();
	v->language = NEW_ARRAY(r->ctx->mem, view_choice, n);
	for (size_t i = 0; i < n; i++) {
		str tag = view_lang_tag(view_lang_at(i));
		v->language[v->language_n++] =
			(view_choice){.value = tag,
				      .text = view_lang_name(view_lang_at(i)),
				      .chosen = str_equal(tag, lang)};
	}
	v->time = NEW_ARRAY(r->ctx->mem, view_choice, ARRAY_LEN(times));
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		v->time[v->time_n++] = (view_choice){
			.value = str_from(times[i]),
			.text = req_say(r, page_key(r, "p.call.%s", times[i])),
			.chosen = str_equal(when, str_from(times[i]))};
}

static bool show_call(req *r, int status, bool done)
{
	str lang = req_form(r, "lang"), when = req_form(r, "when");
	page_begin(r, done ? "p.call.done" : "p.call.title");
	call_view v = {.page = &r->page,
		       .action = req_link(r, "/call"),
		       .name = req_form(r, "name"),
		       .phone = req_form(r, "phone"),
		       .done = done};
	call_choices(r, &v, lang.n ? lang : view_lang_tag(r->lang),
		     when.n ? when : S("any"));
	tmpl_call(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool call_show(req *r)
{
	return show_call(r, 200, str_equal(req_query(r, "sent"), S("1")));
}

typedef struct calling {
	task task;
	str address, result;
} calling;

static bool do_call(ctx *c, void *arg)
{
	calling *k = arg;
	return act_call_me(c, &k->task, k->address);
}

static bool is_time(str s)
{
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		if (str_equal(s, str_from(times[i])))
			return true;
	return false;
}

bool call_send(req *r)
{
	enum { NAME_MOST = 100 };
	sheet_value phone;
	sheet_value_context at = {.today = r->ctx->today};
	str lang = req_form(r, "lang"), when = req_form(r, "when");
	if (!sheet_value_read(r->web->speller, r->ctx->mem, FIELD_PHONE, &at,
			      req_form(r, "phone"), &phone) ||
	    !phone.canonical.n)
		form_error(r, S("phone"), "p.error.phone", S(""));
	if (r->error_n)
		return show_call(r, 422, false);
	calling k = {.task = {.lang = view_lang_get(lang) ? lang : view_lang_tag(r->lang),
			      .when = is_time(when) ? when : S("any"),
			      .name = str_slice(req_form(r, "name"), 0, NAME_MOST),
			      .phone = phone.canonical,
			      .person = r->actor.person},
		     .address = r->in->address,
		     .result = req_link(r, "/call?sent=1").path};
	if (!req_write(r, do_call, &k, &k.result))
		return false;
	return req_see_other(r, (html_link){k.result});
}

/* ---- what we promise -------------------------------------------------------------------------- */

static bool show_text(req *r, const char *title,
		      void (*tmpl)(html *, const view_lang *, const text_view *))
{
	programme p;
	if (!store_programme_get(r->ctx, &p))
		return false;
	page_begin(r, title);
	text_view v = {.page = &r->page,
		       .office = p.office,
		       .phone = p.phone,
		       .email = p.email,
		       .person_months = model_period[PERIOD_PERSON].days / 30,
		       .ended_months = model_period[PERIOD_ENDED].days / 30,
		       .back = r->page.home,
		       .data = req_link(r, "/me/data")};
	tmpl(&r->html, r->lang, &v);
	return req_page(r, 200);
}

bool privacy_show(req *r)
{
	return show_text(r, "legal.privacy.title", tmpl_privacy);
}

bool accessibility_show(req *r)
{
	return show_text(r, "legal.accessibility.title", tmpl_accessibility);
}
