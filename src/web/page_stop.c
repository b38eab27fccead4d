/* What comes from machines elsewhere: reports about SMS; and the end of news, by link or by a mail program. */
#include "mail/mail.h"
#include "web/view_register.h"
#include "web/web_priv.h"

/* 46elks.se/docs/sms-delivery-reports: "delivered" or "failed"; "sent" on the way there tells nothing new. */
bool report_take(req *r)
{
	str status = req_form(r, "status");
	bool arrived = str_equal(status, S("delivered"));
	if ((arrived || str_equal(status, S("failed"))) &&
	    !mail_report(r->ctx, r->part, arrived))
		return false;
	r->out->status = 204;
	r->out->body = S("");
	return true;
}

static bool show(req *r, bool done)
{
	page_begin(r, done ? "p.stop.done" : "p.stop.title");
	r->page.private_title = true;
	stop_view v = {.page = &r->page,
		       .action = req_link(r, "/stop/%.*s", STR_ARG(r->part)),
		       .done = done};
	tmpl_stop(&r->html, r->lang, &v);
	return req_page(r, 200);
}

/* From the short address in an SMS to the same page in the reader's language. */
bool stop_short(req *r)
{
	return req_see_other(r, req_link(r, "/stop/%.*s", STR_ARG(r->part)));
}

bool stop_show(req *r)
{
	return show(r, false);
}

/* Answered at once, as RFC 8058 wants; the secret in the address is what lets one do it. */
bool stop_do(req *r)
{
	return act_messages_stop(r->ctx, r->part, r->in->address,
				 view_lang_tag(r->lang)) &&
	       show(r, true);
}
