/* For someone who phones or writes: all that is kept of her, and her erasure, asked for and taken back. */
#include "web/me_priv.h"
#include "web/office_priv.h"

bool person_data_show(req *r)
{
	person p;
	return office_load(r, false, &p) &&
	       me_show_everything(r, p.id, office_person(r, p.id, ""),
				  (html_link){S("")});
}

bool person_erase_ask(req *r)
{
	person p;
	if (!office_load(r, false, &p))
		return false;
	str day =
		view_weekday_date(r->ctx->mem, r->lang, r->ctx->today + ACT_REGRET_DAYS);
	page_begin(r, "s.confirm.title");
	confirm_view v = {.page = &r->page,
			  .question = "s.ask.erase",
			  .name = office_name(r, &p),
			  .consequence = req_say_with(r, "s.then.erase", &day, 1),
			  .act = "s.yes.erase",
			  .bad = true,
			  .action = office_person(r, p.id, "erase"),
			  .back = office_person(r, p.id, "")};
	tmpl_confirm(&r->html, r->lang, &v);
	return req_page(r, 200);
}

static bool do_erase(ctx *c, void *arg)
{
	return act_person_erase(c, *(const id *)arg);
}

static bool do_keep(ctx *c, void *arg)
{
	return act_person_keep(c, *(const id *)arg);
}

static bool finish(req *r, bool (*work)(ctx *c, void *arg), const char *notice)
{
	person p;
	if (!office_load(r, false, &p))
		return false;
	str result = office_person(r, p.id, "").path;
	return req_write(r, work, &p.id, &result) &&
	       req_done(r, (html_link){result}, notice);
}

bool person_erase(req *r)
{
	return finish(r, do_erase, "erase");
}

bool person_keep(req *r)
{
	return finish(r, do_keep, "kept");
}
