/*
 * How it goes, said by one tap without logging in. A page asks one question; each answer is kept by
 * itself, so that whoever closes the page has lost nothing. GET looks nothing up: it shows the same
 * to a scanner of mail, to who guesses, and to who comes a second time.
 */
#include "act/pair.h"
#include "web/view_pair.h"
#include "web/web_priv.h"

/* ---- how it goes -------------------------------------------------------------------------- */

typedef struct step {
	const char *name, *title, *hint;
	struct {
		const char *value, *key, *icon;
	} choice[3];
} step;
static const step steps[] = {
	{"contact",
	 "p.checkin.contact",
	 "p.checkin.contact.hint",
	 {{"met", "p.checkin.met", "people"},
	  {"contact", "p.checkin.only_contact", "chat"},
	  {"none", "p.checkin.none", "close"}}},
	{"place",
	 "p.checkin.place",
	 NULL,
	 {{"person", "p.checkin.person", "pin"},
	  {"video", "p.checkin.video", "cam"},
	  {"phone", "p.checkin.phone", "phone"}}},
	{"feeling",
	 "p.checkin.feeling",
	 "p.checkin.feeling.hint",
	 {{"fine", "p.checkin.fine", "okc"},
	  {"wrong", "p.checkin.wrong", "oct"},
	  {NULL, NULL, NULL}}},
	{"text", "p.checkin.text", "p.checkin.text.hint", {{NULL, NULL, NULL}}},
	{"told", "p.checkin.thanks", "p.checkin.told", {{NULL, NULL, NULL}}},
	{"done", "p.checkin.thanks", "p.checkin.done", {{NULL, NULL, NULL}}},
};
enum { CONTACT, PLACE, FEELING, TEXT, TOLD, DONE };

static html_link to_step(req *r, int at)
{
	return at == CONTACT ? req_link(r, "/checkin/%.*s", STR_ARG(r->part))
			     : req_link(r, "/checkin/%.*s?ask=%s", STR_ARG(r->part),
					steps[at].name);
}

static bool show_step(req *r, int at, int status)
{
	enum { MOST = 3 };
	const step *s = &steps[at];
	page_begin(r, s->title);
	r->page.private_title = true;
	checkin_view v = {.page = &r->page,
			  .action = to_step(r, CONTACT),
			  .hint = s->hint,
			  .name = str_from(s->name),
			  .choice = NEW_ARRAY(r->ctx->mem, view_choice, MOST),
			  .words = at == TEXT,
			  .told = at == TOLD,
			  .done = at >= TOLD};
	for (int i = 0; i < MOST && s->choice[i].value; i++)
		v.choice[v.choice_n++] =
			(view_choice){.value = str_from(s->choice[i].value),
				      .text = req_say(r, s->choice[i].key),
				      .icon = s->choice[i].icon};
	if (at == PLACE || at == FEELING)
		v.skip = to_step(r, at == PLACE ? FEELING : DONE);
	if (at == TEXT)
		v.skip = to_step(r, TOLD);
	if (v.done)
		v.again = to_step(r, CONTACT);
	tmpl_checkin(&r->html, r->lang, &v);
	return req_page(r, status);
}

/* From the short address in an SMS to the same page in the reader's language. */
bool checkin_short(req *r)
{
	return req_see_other(r, to_step(r, CONTACT));
}

bool checkin_show(req *r)
{
	str ask = req_query(r, "ask");
	int at = DONE;
	while (at > CONTACT && !str_equal(ask, str_from(steps[at].name)))
		at--;
	return show_step(r, at, 200);
}

typedef struct speaking {
	str secret, address;
	act_word word;
} speaking;

static bool do_say(ctx *c, void *arg)
{
	const speaking *s = arg;
	return act_checkin_answer(c, s->secret, s->address, &s->word);
}

static int next_step(const act_word *w)
{
	if (str_equal(w->contact, S("met")))
		return PLACE;
	if (w->contact.n || w->place.n)
		return FEELING;
	if (w->text.n)
		return TOLD;
	return str_equal(w->feeling, S("wrong")) ? TEXT : DONE;
}

/* What is said twice is said once, and another answer takes its place: the form needs no key. */
bool checkin_do(req *r)
{
	enum { TEXT_MOST = 2000 };
	speaking s = {.secret = r->part,
		      .address = r->in->address,
		      .word = {.contact = req_form(r, "contact"),
			       .place = req_form(r, "place"),
			       .feeling = req_form(r, "feeling"),
			       .text = str_slice(req_form(r, "text"), 0, TEXT_MOST)}};
	const act_word *w = &s.word;
	if (!w->contact.n && !w->place.n && !w->feeling.n && !w->text.n)
		return req_see_other(r, to_step(r, TOLD));
	if (!store_write(r->ctx, do_say, &s))
		return false;
	int next = next_step(w);
	return next >= TOLD ? req_see_other(r, to_step(r, next))
			    : req_done(r, to_step(r, next), "answer_kept");
}

/* ---- another buddy? -------------------------------------------------------------------------- */

static bool show_again(req *r, const char *title, const char *done)
{
	page_begin(r, title);
	r->page.private_title = true;
	again_view v = {.page = &r->page,
			.action = req_link(r, "/again/%.*s", STR_ARG(r->part)),
			.done = done};
	tmpl_again(&r->html, r->lang, &v);
	return req_page(r, 200);
}

bool again_short(req *r)
{
	return req_see_other(r, req_link(r, "/again/%.*s", STR_ARG(r->part)));
}

bool again_show(req *r)
{
	str said = req_query(r, "said");
	if (str_equal(said, S("yes")))
		return show_again(r, "p.checkin.thanks", "p.again.yes_done");
	if (str_equal(said, S("no")))
		return show_again(r, "p.checkin.thanks", "p.again.no_done");
	return show_again(r, "p.again.title", NULL);
}

typedef struct deciding {
	str secret, address;
	bool yes;
} deciding;

static bool do_again(ctx *c, void *arg)
{
	const deciding *d = arg;
	return act_again_answer(c, d->secret, d->address, d->yes);
}

bool again_do(req *r)
{
	str said = req_form(r, "again");
	deciding d = {.secret = r->part,
		      .address = r->in->address,
		      .yes = str_equal(said, S("yes"))};
	html_link here = req_link(r, "/again/%.*s", STR_ARG(r->part));
	if (!d.yes && !str_equal(said, S("no")))
		return req_see_other(r, here);
	here = req_link(r, "/again/%.*s?said=%s", STR_ARG(r->part), d.yes ? "yes" : "no");
	return req_write(r, do_again, &d, &here.path) && req_see_other(r, here);
}

/* ---- from one's own page ------------------------------------------------------------------------ */

typedef struct own_link {
	bool again;
	str secret;
} own_link;

static bool do_own(ctx *c, void *arg)
{
	own_link *l = arg;
	return act_pair_own_link(c, &l->again, &l->secret);
}

bool me_checkin(req *r)
{
	own_link l = {.secret = S("")};
	if (!store_write(r->ctx, do_own, &l))
		return false;
	return req_see_other(r, req_link(r, l.again ? "/again/%.*s" : "/checkin/%.*s",
					 STR_ARG(l.secret)));
}
