/* What is offered, as the one it is offered to sees it: by link without log-in, or on her own page. */
#include "act/offer.h"
#include "web/view_offer.h"
#include "web/web_priv.h"

enum { NOTE_MOST = 1000, LIKINGS_MOST = 20 };

/* Which way one came: with a secret, or logged in. */
typedef struct way {
	str secret; /* "" for who is logged in */
	id proposal;
	html_link here;
} way;

static way by_link(req *r)
{
	return (way){.secret = r->part,
		     .here = req_link(r, "/offer/%.*s", STR_ARG(r->part))};
}

static way logged_in(req *r)
{
	return (way){.proposal = r->id, .here = req_link(r, "/me/offers/%s", r->id.s)};
}

static html_link step_of(req *r, const way *w, const char *step)
{
	return (html_link){
		str_format(r->ctx->mem, "%.*s?step=%s", STR_ARG(w->here.path), step)};
}

/* ---- the other, in words --------------------------------------------------------------------- */

static str who(req *r, const act_stranger *s)
{
	str words = req_say(r, "p.offer.someone");
	char *gender =
		str_terminated(r->ctx->mem, str_format(r->ctx->mem, "p.offer.gender.%.*s",
						       STR_ARG(s->gender)));
	if (s->gender.n && view_has(r->lang, gender))
		words = req_say(r, gender);
	if (!s->age_from)
		return words;
	str arg[] = {words, str_format(r->ctx->mem, "%d", s->age_from),
		     str_format(r->ctx->mem, "%d", s->age_to)};
	return req_say_with(r, "p.offer.age", arg, ARRAY_LEN(arg));
}

static str life(req *r, str code)
{
	char *key = str_terminated(
		r->ctx->mem, str_format(r->ctx->mem, "p.offer.life.%.*s", STR_ARG(code)));
	return code.n && view_has(r->lang, key) ? req_say(r, key) : S("");
}

static offer_stranger stranger(req *r, const act_offer *o, const act_stranger *s)
{
	offer_stranger v = {.who = who(r, s),
			    .where = field_words(r, FIELD_MUNICIPALITY, s->municipality),
			    .life = life(r, s->life),
			    .languages = field_words(r, FIELD_LANGUAGE, s->languages),
			    .established = str_equal(o->who.side, S("newcomer")),
			    .video = s->video,
			    .liking = NEW_ARRAY(r->ctx->mem, offer_liking, LIKINGS_MOST)};
	str rest = s->interests, code;
	while (v.liking_n < LIKINGS_MOST && str_cut(&rest, ',', &code))
		v.liking[v.liking_n++] = (offer_liking){
			field_interest_icon(code), field_words(r, FIELD_INTERESTS, code)};
	return v;
}

/* ---- pages ------------------------------------------------------------------------------------- */

static void begin(req *r, const char *title)
{
	page_begin(r, title);
	r->page.private_title = true;
}

static str last_day(req *r, const act_offer *o)
{
	return view_weekday_date(r->ctx->mem, r->lang,
				 date_local(o->proposal.expires).day);
}

/* Nothing to answer: what is so, what happens, and where one goes from here. */
static bool show_end(req *r, const way *w, int status, const char *what, str arg)
{
	bool self = r->has_session && !id_none(r->actor.person);
	bool good = !str_equal(str_from(what), S("gone")) &&
		    !str_equal(str_from(what), S("over"));
	begin(r, page_key(r, "p.offer.end.%s", what));
	offer_end_view v = {.page = &r->page,
			    .icon = good ? "okc" : "clock",
			    .text = page_key(r, "p.offer.end.%s.what", what),
			    .arg = arg};
	if (str_equal(str_from(what), S("ask")))
		v.again = w->here;
	if (self)
		v.me = req_link(r, "/me");
	else
		v.login = req_link(r, "/login");
	tmpl_offer_end(&r->html, r->lang, &v);
	return req_page(r, status);
}

/* What became of one that cannot be answered, as far as it concerns who looks. */
static bool show_over(req *r, const way *w, const act_offer *o)
{
	bool goes_on = str_equal(o->proposal.state, S("offered")) ||
		       str_equal(o->proposal.state, S("accepted")) ||
		       str_equal(o->proposal.state, S("introduced"));
	bool yes = str_equal(o->who.answer, S("yes")) && goes_on;
	bool no = str_equal(o->who.answer, S("no"));
	return show_end(r, w, 200, yes ? "yes" : no ? "no" : "over", S(""));
}

static void reasons(req *r, offer_view *v)
{
	v->why = NEW_ARRAY(r->ctx->mem, view_choice, ACT_OFFER_WHYS + 1);
	for (size_t i = 0; i < ACT_OFFER_WHYS; i++)
		v->why[v->why_n++] =
			(view_choice){.value = str_from(act_offer_why[i]),
				      .text = req_say(r, page_key(r, "p.offer.why.%s",
								  act_offer_why[i]))};
	v->why[v->why_n++] =
		(view_choice){.value = S(""), .text = req_say(r, "p.offer.why.none")};
}

static bool show_open(req *r, const way *w, const act_offer *o, int status)
{
	str step = req_query(r, "step");
	bool no = str_equal(step, S("no")), ask = str_equal(step, S("ask"));
	begin(r, no ? "p.offer.no_title" : ask ? "p.offer.ask_title" : "p.offer.title");
	offer_view v = {.page = &r->page,
			.until = last_day(r, o),
			.action = w->here,
			.no = step_of(r, w, "no"),
			.ask = step_of(r, w, "ask"),
			.several = o->n > 1,
			.stranger = NEW_ARRAY(r->ctx->mem, offer_stranger, o->n)};
	if (no || ask)
		v.back = w->here;
	else if (!w->secret.n)
		v.back = req_link(r, "/me");
	for (size_t i = 0; i < o->n; i++)
		v.stranger[v.stranger_n++] = stranger(r, o, &o->other[i]);
	reasons(r, &v);
	(no ? tmpl_offer_no : ask ? tmpl_offer_ask : tmpl_offer)(&r->html, r->lang, &v);
	return req_page(r, status);
}

static bool look(req *r, const way *w, act_offer *out)
{
	return w->secret.n ? act_offer_show(r->ctx, w->secret, r->in->address, out)
			   : act_offer_look(r->ctx, w->proposal, out);
}

/* A link that was used, is old or never was one: the same words for all. */
static bool gone(req *r, const way *w)
{
	if (!w->secret.n || r->ctx->fault.kind != FAULT_HIDDEN)
		return false;
	r->ctx->fault = (fault){.kind = FAULT_NONE};
	return show_end(r, w, 404, "gone", S(""));
}

static bool show(req *r, const way *w, int status)
{
	act_offer o;
	if (!look(r, w, &o))
		return gone(r, w);
	return o.open ? show_open(r, w, &o, status) : show_over(r, w, &o);
}

/* From the short address in an SMS to the same page in the reader's language. */
bool offer_short(req *r)
{
	return req_see_other(r, req_link(r, "/offer/%.*s", STR_ARG(r->part)));
}

bool offer_show(req *r)
{
	way w = by_link(r);
	return show(r, &w, 200);
}

bool me_offer_show(req *r)
{
	way w = logged_in(r);
	return show(r, &w, 200);
}

/* ---- answering ------------------------------------------------------------------------------------ */

typedef struct answering {
	const way *way;
	str address;
	act_answer answer;
	str result; /* the answer, for a form that comes twice */
} answering;

static bool do_answer(ctx *c, void *arg)
{
	const answering *a = arg;
	return a->way->secret.n
		       ? act_offer_answer(c, a->way->secret, a->address, &a->answer)
		       : act_offer_own(c, a->way->proposal, &a->answer);
}

static bool is_word(str answer, const char *word)
{
	return str_equal(answer, str_from(word));
}

static bool answer(req *r, const way *w)
{
	static const char *const words[] = {"yes", "no", "ask"};
	answering a = {
		.way = w,
		.address = r->in->address,
		.answer = {.answer = req_form(r, "answer"),
			   .why = req_form(r, "why"),
			   .note = view_inert(r->ctx->mem, str_slice(req_form(r, "note"),
								     0, NOTE_MOST))}};
	a.result = a.answer.answer;
	if (!req_write(r, do_answer, &a, &a.result)) {
		fault_kind kind = r->ctx->fault.kind;
		if (kind != FAULT_CONFLICT && kind != FAULT_INPUT)
			return gone(r, w);
		r->ctx->fault = (fault){.kind = FAULT_NONE};
		if (kind == FAULT_INPUT)
			form_error(r, S("answer"), "p.error.choose", S(""));
		return show(r, w, kind == FAULT_INPUT ? 422 : 409);
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (is_word(a.result, words[i]))
			return show_end(r, w, 200, words[i], S(""));
	return show(r, w, 200);
}

bool offer_answer(req *r)
{
	way w = by_link(r);
	return answer(r, &w);
}

bool me_offer_answer(req *r)
{
	way w = logged_in(r);
	return answer(r, &w);
}
