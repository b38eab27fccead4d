/*
 * What takes longer than a moment: a page that says how far it has come and asks again by itself, by a
 * header, so without a script. The browser's request waits at the server, so the answer comes at once.
 */
#include "web/web_priv.h"

void web_waiting(void *self, const net_request *in, const net_wait *wait, net_response *a)
{
	(void)self;
	const view_lang *l = path_lang(in->path);
	buf body = {.mem = in->mem};
	html h = html_to(&body);
	if (!l || !view_lang_whole(l))
		l = view_lang_get(S("sv"));
	str tag = view_lang_tag(l);
	html_link to = {str_format(in->mem, "/%.*s/staff/wait/%.*s", STR_ARG(tag),
				   STR_ARG(wait->ticket))};
	page frame = {.title = view_say(in->mem, l, "s.wait.title", NULL, 0),
		      .body = S("slim"),
		      .home = {str_format(in->mem, "/%.*s/staff", STR_ARG(tag))},
		      .languages = {S("/")}};
	const wait_view v = {.page = &frame,
			     .stage = wait->stage ? wait->stage : "s.wait.begins",
			     .permille = wait->permille,
			     .percent = view_number(in->mem, l, wait->permille / 10),
			     .again = to};
	tmpl_wait(&h, l, &v);
	web_common_headers(in, a);
	net_reply_header(a, S("Cache-Control"), S("no-store"));
	net_reply_header(a, S("Refresh"),
			 str_format(in->mem, "0; url=%.*s", STR_ARG(to.path)));
	a->status = 202;
	a->type = S("text/html; charset=utf-8");
	a->body = buf_str(&body);
}

/* A ticket that nobody has: come for already, too late, or by another browser. */
bool wait_over(req *r)
{
	const fault_view v = {.page = &r->page,
			      .text = req_say(r, "s.wait.over.text"),
			      .back = req_link(r, "/staff")};
	page_begin(r, "s.wait.over");
	tmpl_fault(&r->html, r->lang, &v);
	return req_page(r, 404);
}
