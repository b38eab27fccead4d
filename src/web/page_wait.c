/*
 * What takes longer than a moment: a page that says how far it has come and asks again by itself, by a
 * header, so without a script. The browser's request waits at the server, so the answer comes at once.
 */
#include "web/web_priv.h"

/* The address without a ticket of before; it is as the browser sent it, so encoded. */
static str without_ticket(arena *mem, str target)
{
	buf b = {.mem = mem};
	str rest = target, path, pair;
	char sign = '?';
	str_cut(&rest, '?', &path);
	buf_add(&b, path);
	while (str_cut(&rest, '&', &pair)) {
		if (!pair.n || str_starts(pair, S("wait=")))
			continue;
		buf_char(&b, sign);
		buf_add(&b, pair);
		sign = '&';
	}
	return buf_str(&b);
}

/*
 * A page is come for at its own address, so that it is an ordinary one when it is read again; what a form
 * did at one that has nothing else to say.
 */
static html_link where_to_come(const net_request *in, str lang, str ticket)
{
	str at = in->method == NET_POST
			 ? str_format(in->mem, "/%.*s/staff/wait", STR_ARG(lang))
			 : without_ticket(in->mem, in->target);
	return (html_link){str_format(in->mem, "%.*s%cwait=%.*s", STR_ARG(at),
				      str_find(at, S("?")) < 0 ? '?' : '&',
				      STR_ARG(ticket))};
}

void web_waiting(void *self, const net_request *in, const net_wait *wait, net_response *a)
{
	(void)self;
	const view_lang *l = path_lang(in->path);
	buf body = {.mem = in->mem};
	html h = html_to(&body);
	if (!l || !view_lang_whole(l))
		l = view_lang_get(S("sv"));
	str tag = view_lang_tag(l);
	html_link to = where_to_come(in, tag, wait->ticket);
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
	return req_page(r, 200);
}
