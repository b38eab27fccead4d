/* The steps of a person: a question first, then the step, and back. */
#include "web/office_priv.h"

static bool has_verb(const person *p, str verb)
{
	const char *list[ACT_VERBS];
	size_t n = act_person_verbs(p->state, list);
	for (size_t i = 0; i < n; i++)
		if (str_equal(verb, str_from(list[i])))
			return true;
	return false;
}

static bool is_bad(str verb)
{
	return str_equal(verb, S("decline")) || str_equal(verb, S("withdraw")) ||
	       str_equal(verb, S("close"));
}

static bool show_question(req *r, const person *p, str verb, int status)
{
	const char *name = str_terminated(r->ctx->mem, verb);
	page_begin(r, "s.confirm.title");
	confirm_view v = {.page = &r->page,
			  .question = page_key(r, "s.ask.%s", name),
			  .name = office_name(r, p),
			  .consequence = req_say(r, page_key(r, "s.then.%s", name)),
			  .act = page_key(r, "s.yes.%s", name),
			  .verb = verb,
			  .version = office_number_text(r, p->version),
			  .seen = office_number_text(r, p->changed),
			  .reason_label = "s.confirm.reason",
			  .reason_needed = str_equal(verb, S("decline")),
			  .reason = req_form(r, "reason"),
			  .bad = is_bad(verb),
			  .action = office_person(r, p->id, "step"),
			  .back = office_person(r, p->id, "")};
	tmpl_confirm(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool step_show(req *r)
{
	person p;
	str verb = req_query(r, "verb");
	if (!office_load(r, false, &p))
		return false;
	if (!has_verb(&p, verb))
		return req_see_other(r, office_person(r, p.id, ""));
	return show_question(r, &p, verb, 200);
}

typedef struct stepping {
	act_step step;
	str result;
} stepping;

static bool do_step(ctx *c, void *arg)
{
	const stepping *s = arg;
	return act_person_step(c, &s->step);
}

static bool do_undo(ctx *c, void *arg)
{
	const stepping *s = arg;
	return act_person_undo(c, s->step.person, s->step.version);
}

/* What has happened to this form: done, refused with a page, or a fault. */
static bool finish(req *r, bool (*work)(ctx *, void *), stepping *s, const person *p,
		   const char *notice)
{
	enum { MINUTES_20 = 1200000 };
	s->result = office_person(r, p->id, "").path;
	if (req_write(r, work, s, &s->result))
		return req_done(r, (html_link){s->result}, notice);
	if (r->ctx->fault.kind != FAULT_CONFLICT)
		return false;
	int64_t seen = office_form_number(r, "seen");
	person now;
	r->ctx->fault = (fault){.kind = FAULT_NONE};
	if (!store_person_get(r->ctx, p->id, false, &now))
		return false;
	return office_conflict(r, &now, seen ? seen : r->ctx->now - MINUTES_20);
}

bool step_do(req *r)
{
	enum { REASON_MOST = 1000 };
	person p;
	stepping s = {
		.step = {.verb = req_form(r, "verb"),
			 .version = office_form_number(r, "version"),
			 .reason = str_slice(req_form(r, "reason"), 0, REASON_MOST)}};
	if (!office_load(r, false, &p))
		return false;
	s.step.person = p.id;
	if (!s.step.verb.n)
		return req_see_other(r, office_person(r, p.id, ""));
	if (has_verb(&p, s.step.verb) && str_equal(s.step.verb, S("decline")) &&
	    !s.step.reason.n) {
		form_error(r, S("reason"), "s.error.reason", S(""));
		return show_question(r, &p, s.step.verb, 422);
	}
	return finish(r, do_step, &s, &p, "step");
}

bool person_undo(req *r)
{
	person p;
	stepping s = {.step = {.version = office_form_number(r, "version")}};
	if (!office_load(r, false, &p))
		return false;
	s.step.person = p.id;
	return finish(r, do_undo, &s, &p, "undone");
}
