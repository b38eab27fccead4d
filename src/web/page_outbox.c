/* What was written to people: what waits, what went, what did not and why. */
#include <string.h>

#include "web/account_priv.h"

enum { PAGE = 25 };

static const char *const states[] = {"failed", "unsure", "queued", "sent", "suppressed"};

static str rule_words(req *r, str rule)
{
	const char *key = page_key(r, "s.rule.%s", str_terminated(r->ctx->mem, rule));
	return view_has(r->lang, key) ? req_say(r, key) : rule;
}

static str channel_words(req *r, str channel)
{
	return req_say(r,
		       page_key(r, "s.channel.%s", str_terminated(r->ctx->mem, channel)));
}

/* In our words, and after them in those of the other side. */
static str error_words(req *r, str error)
{
	str said = error, first;
	if (!str_cut(&said, '\n', &first))
		return S("");
	const char *key = str_terminated(r->ctx->mem, first);
	if (!view_has(r->lang, key))
		return error;
	str words = req_say(r, key);
	return said.n ? str_format(r->ctx->mem, "%.*s: %.*s", STR_ARG(words),
				   STR_ARG(said))
		      : words;
}

/* ---- the list ------------------------------------------------------------------------------------ */

/* The state of the address; else what failed, and if nothing did, what waits. */
static bool which_state(req *r, const int64_t total[ARRAY_LEN(states)], size_t *at)
{
	str wanted = req_query(r, "state");
	*at = total[0] ? 0 : total[1] ? 1 : 2;
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (str_equal(wanted, str_from(states[i])))
			*at = i;
	return true;
}

static bool list_states(req *r, int64_t total[ARRAY_LEN(states)], outbox_view *v)
{
	message *none;
	size_t n;
	v->state = NEW_ARRAY(r->ctx->mem, view_item, ARRAY_LEN(states));
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		if (!store_outbox_list(r->ctx, str_from(states[i]), 0, 1, &none, &n,
				       &total[i]))
			return false;
		str count = view_number(r->ctx->mem, r->lang, total[i]);
		v->state[v->state_n++] = (view_item){
			.to = req_link(r, "/staff/outbox?state=%s", states[i]),
			.text = req_say_with(r,
					     page_key(r, "s.outbox.%s.count", states[i]),
					     &count, 1)};
	}
	return true;
}

static void list_pages(req *r, const char *shown_state, int64_t from, int64_t total,
		       size_t shown, view_pages *p)
{
	*p = (view_pages){.from = total ? from + 1 : 0,
			  .to = from + (int64_t)shown,
			  .total = total};
	if (from > 0)
		p->before = req_link(r, "/staff/outbox?state=%s&from=%lld", shown_state,
				     (long long)(from > PAGE ? from - PAGE : 0));
	if (p->to < total)
		p->after = req_link(r, "/staff/outbox?state=%s&from=%lld", shown_state,
				    (long long)(from + PAGE));
}

bool outbox_show(req *r)
{
	outbox_view v = {.page = &r->page};
	enum { DAY_MS = 86400000 };
	int64_t count[ARRAY_LEN(states)], from = 0, total, alarms;
	message *m;
	size_t n, at;
	if (!str_to_int(req_query(r, "from"), 0, INT32_MAX, &from))
		from = 0;
	if (!store_outbox_count(r->ctx, S("ceiling"), r->ctx->now - DAY_MS, &alarms) ||
	    !list_states(r, count, &v) || !which_state(r, count, &at) ||
	    !store_outbox_list(r->ctx, str_from(states[at]), from, PAGE, &m, &n, &total))
		return false;
	page_begin(r, count[0] ? "s.outbox.title_failed" : "s.outbox.title");
	v.state[at].here = true;
	v.title = page_key(r, "s.outbox.%s", states[at]);
	v.failed = at == 0;
	v.alarm = alarms > 0;
	v.row = arena_alloc(r->ctx->mem, n, sizeof *v.row);
	/* Without addresses: here one looks for what went wrong, not for whom. */
	for (size_t i = 0; i < n; i++)
		v.row[v.row_n++] = (struct outbox_row){
			.at = control_moment(r, m[i].sent ? m[i].sent : m[i].created),
			.rule = rule_words(r, m[i].rule),
			.channel = channel_words(r, m[i].channel),
			.error = error_words(r, m[i].error),
			.to = req_link(r, "/staff/outbox/%s", m[i].id.s)};
	list_pages(r, states[at], from, total, n, &v.pages);
	tmpl_outbox(&r->html, r->lang, &v);
	return req_page(r, 200);
}

/* ---- a message -------------------------------------------------------------------------------------- */

static bool is_secret_letter(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

/*
 * The text without what lets one in: links and codes are for the one they were sent to, and an
 * administrator who reads them could come in as that person.
 */
static str without_secrets(arena *mem, str s)
{
	enum { CODE = 6, SECRET = 16 };
	buf b = {.mem = mem};
	for (size_t i = 0; i < s.n;) {
		size_t from = i;
		bool digits = true;
		while (i < s.n && is_secret_letter(s.s[i])) {
			digits &= s.s[i] <= '9';
			i++;
		}
		size_t run = i - from;
		if (run >= SECRET || (digits && run == CODE))
			buf_add(&b, S("••••••"));
		else
			buf_add(&b, str_slice(s, from, i));
		if (!run)
			buf_char(&b, s.s[i++]);
	}
	return buf_str(&b);
}

static str state_grade(str name)
{
	if (str_equal(name, S("sent")))
		return S("ok");
	return str_equal(name, S("failed")) ? S("bad") : S("warn");
}

static bool show_message(req *r, int status)
{
	message m;
	if (!store_outbox_get(r->ctx, r->id, &m))
		return false;
	page_begin_text(r, rule_words(r, m.rule));
	outbox_message_view v = {
		.page = &r->page,
		.action = req_link(r, "/staff/outbox/%s", m.id.s),
		.back = req_link(r, "/staff/outbox?state=%.*s", STR_ARG(m.state)),
		.state = page_key(r, "s.outbox.state.%s",
				  str_terminated(r->ctx->mem, m.state)),
		.grade = state_grade(m.state),
		.to = m.to,
		.tag = m.lang,
		.subject = m.subject,
		.body = r->web->config.demo ? m.body
					    : without_secrets(r->ctx->mem, m.body),
		.created = control_moment(r, m.created),
		.sent = control_moment(r, m.sent),
		.error = error_words(r, m.error),
		.tries = m.tries,
		.delivered = control_moment(r, m.delivered),
		.unsure = m.unsure,
		.may_again = str_equal(m.state, S("failed")) ||
			     str_equal(m.state, S("unsure"))};
	tmpl_outbox_message(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool message_show(req *r)
{
	return show_message(r, 200);
}

typedef struct again_job {
	id message;
	str result;
} again_job;

static bool do_again(ctx *c, void *arg)
{
	const again_job *j = arg;
	return act_message_again(c, j->message);
}

bool message_again(req *r)
{
	again_job j = {.message = r->id,
		       .result = req_link(r, "/staff/outbox/%s", r->id.s).path};
	return req_write(r, do_again, &j, &j.result) &&
	       req_done(r, (html_link){j.result}, "again");
}
