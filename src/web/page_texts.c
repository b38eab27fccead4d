/* Texts for participants that a programme may say in its own words. */
#include "web/account_priv.h"

enum { TEXT_MOST = 600 };

/* Where words of a programme belong: what it promises, and how one gets hold of it. */
static const struct {
	const char *key, *where;
} may_own[] = {
	{"p.start.title", "s.texts.at.start"},
	{"p.start.what", "s.texts.at.start_what"},
	{"p.call.what", "s.texts.at.call"},
	{"p.call.done_what", "s.texts.at.call_done"},
	{"p.done.call_when", "s.texts.at.done_call"},
	{"p.done.look_when", "s.texts.at.done_look"},
	{"legal.privacy.office.text", "s.texts.at.office"},
	{"legal.accessibility.tell.text", "s.texts.at.accessibility"},
};

static str own_text(const text_row *t, size_t n, str key, str lang)
{
	for (size_t i = 0; i < n; i++)
		if (str_equal(t[i].key, key) && str_equal(t[i].lang, lang))
			return t[i].text;
	return S("");
}

static str file_text(req *r, const char *key, const view_lang *l)
{
	return view_say(r->ctx->mem, l, key, NULL, 0);
}

bool texts_show(req *r)
{
	text_row *t;
	size_t n, langs = view_lang_count();
	if (!store_texts(r->ctx, &t, &n))
		return false;
	page_begin(r, "s.texts.title");
	texts_view v = {.page = &r->page};
	v.line = arena_alloc(r->ctx->mem, ARRAY_LEN(may_own), sizeof *v.line);
	for (size_t i = 0; i < ARRAY_LEN(may_own); i++) {
		struct text_line *line = &v.line[v.line_n++];
		line->where = may_own[i].where;
		line->cell = arena_alloc(r->ctx->mem, langs, sizeof *line->cell);
		for (size_t k = 0; k < langs; k++) {
			const view_lang *l = view_lang_at(k);
			str tag = view_lang_tag(l);
			str own = own_text(t, n, str_from(may_own[i].key), tag);
			line->cell[line->cell_n++] = (struct text_cell){
				.tag = tag,
				.label = view_lang_name(l),
				.text = own.n ? own : file_text(r, may_own[i].key, l),
				.to = req_link(r, "/staff/texts/%s?in=%.*s",
					       may_own[i].key, STR_ARG(tag)),
				.own = own.n > 0};
		}
	}
	tmpl_texts(&r->html, r->lang, &v);
	return req_page(r, 200);
}

/* ---- one of them ------------------------------------------------------------------------------ */

/* The text and language of the address; HIDDEN when it is not one of these. */
static bool which(req *r, size_t *at, const view_lang **l)
{
	*l = view_lang_get(req_query(r, "in"));
	for (*at = 0; *at < ARRAY_LEN(may_own); (*at)++)
		if (*l && str_equal(r->part, str_from(may_own[*at].key)))
			return true;
	return ctx_fail(r->ctx, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
}

static bool show_text(req *r, size_t at, const view_lang *l, int status)
{
	text_row *t;
	size_t n;
	str tag = view_lang_tag(l);
	if (!store_texts(r->ctx, &t, &n))
		return false;
	str file = file_text(r, may_own[at].key, l);
	str own = own_text(t, n, str_from(may_own[at].key), tag);
	str name = view_lang_name(l);
	page_begin_text(r, req_say_with(r, "s.text.title", &name, 1));
	text_edit_view v = {
		.page = &r->page,
		.action = req_link(r, "/staff/texts/%s?in=%.*s", may_own[at].key,
				   STR_ARG(tag)),
		.back = req_link(r, "/staff/texts"),
		.tag = tag,
		.file = file,
		.where = may_own[at].where,
		.field = control_area(r, "text",
				      control_value(r, "text", own.n ? own : file)),
		.own = own.n > 0};
	tmpl_text_page(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool text_show(req *r)
{
	size_t at;
	const view_lang *l;
	return which(r, &at, &l) && show_text(r, at, l, 200);
}

typedef struct rewording {
	str key, lang, text, result;
} rewording;

static bool do_reword(ctx *c, void *arg)
{
	const rewording *w = arg;
	return act_text_set(c, w->key, w->lang, w->text);
}

bool text_save(req *r)
{
	size_t at;
	const view_lang *l;
	if (!which(r, &at, &l))
		return false;
	bool back = control_is_sent(r, "back", S("yes"));
	rewording w = {.key = str_from(may_own[at].key),
		       .lang = view_lang_tag(l),
		       .text = back ? S("") : control_line(r, "text", TEXT_MOST, true),
		       .result = req_link(r, "/staff/texts").path};
	if (r->error_n)
		return show_text(r, at, l, 422);
	/* The file's own words are no words of one's own: a later wording shall show. */
	if (str_equal(w.text, file_text(r, may_own[at].key, l)))
		w.text = S("");
	return req_write(r, do_reword, &w, &w.result) && texts_load(r->ctx, r->web) &&
	       req_done(r, (html_link){w.result}, w.text.n ? "text_saved" : "text_back");
}
