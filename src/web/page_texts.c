/* Texts of pages, mail and SMS that a programme may say in its own words. */
#include "web/wording_priv.h"

static str own_text(const text_row *t, size_t n, str key, str lang)
{
	for (size_t i = 0; i < n; i++)
		if (str_equal(t[i].key, key) && str_equal(t[i].lang, lang))
			return t[i].text;
	return S("");
}

static html_link edit_link(req *r, const wording *w, str tag, const char *more)
{
	return req_link(r, "/staff/texts/%s?in=%.*s%s", w->key, STR_ARG(tag), more);
}

static void list_languages(req *r, const wording *w, const text_row *t, size_t n,
			   struct text_line *line)
{
	size_t langs = view_lang_count();
	line->cell = arena_alloc(r->ctx->mem, langs, sizeof *line->cell);
	for (size_t k = 0; k < langs; k++) {
		const view_lang *l = view_lang_at(k);
		str tag = view_lang_tag(l);
		str own = own_text(t, n, str_from(w->key), tag);
		if (wording_in(w, l))
			line->cell[line->cell_n++] = (struct text_cell){
				.tag = tag,
				.label = view_lang_name(l),
				.text = own.n ? own : wording_file(r, w, l),
				.to = edit_link(r, w, tag, ""),
				.own = own.n > 0};
	}
}

bool texts_show(req *r)
{
	text_row *t;
	size_t n, all;
	if (!store_texts(r->ctx, &t, &n))
		return false;
	page_begin(r, "s.texts.title");
	texts_view v = {.page = &r->page};
	const wording *w = wordings(r, &all);
	v.line = arena_alloc(r->ctx->mem, all, sizeof *v.line);
	for (size_t i = 0; i < all; i++) {
		struct text_line *line = &v.line[v.line_n++];
		line->where = w[i].where;
		list_languages(r, &w[i], t, n, line);
	}
	tmpl_texts(&r->html, r->lang, &v);
	return req_page(r, 200);
}

/* ---- one of them ------------------------------------------------------------------------------ */

/* The text and language of the address; HIDDEN when it is not one of these. */
static bool which(req *r, const wording **w, const view_lang **l)
{
	size_t n;
	const wording *all = wordings(r, &n);
	*l = view_lang_get(req_query(r, "in"));
	for (*w = all; *w < all + n; (*w)++)
		if (*l && str_equal(r->part, str_from((*w)->key)) && wording_in(*w, *l))
			return true;
	return ctx_fail(r->ctx, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
}

/* A message as it will be read; a letter also as the HTML that goes out. */
static void look_at(req *r, const wording *w, const view_lang *l, str text,
		    text_edit_view *v)
{
	v->look = wording_filled(r, w, l, text);
	v->rtl = view_lang_rtl(l);
	if (w->part == MAIL_BODY) {
		mail_page *letter = NEW(r->ctx->mem, mail_page);
		mail_page_of(r->ctx->mem, S(""), v->look, r->web->origin, letter);
		v->letter = letter;
	}
	if (w->part == MAIL_SMS) {
		str count[] = {view_number(r->ctx->mem, r->lang,
					   (int64_t)mail_sms_length(v->look)),
			       view_number(r->ctx->mem, r->lang, MAIL_SMS_MOST)};
		v->length = req_say_with(r, "s.text.length", count, 2);
	}
}

static bool show_text(req *r, const wording *w, const view_lang *l, int status)
{
	text_row *t;
	size_t n;
	str tag = view_lang_tag(l), name = view_lang_name(l);
	if (!store_texts(r->ctx, &t, &n))
		return false;
	str file = wording_file(r, w, l);
	str own = own_text(t, n, str_from(w->key), tag);
	str text = control_value(r, "text", own.n ? own : file);
	page_begin_text(r, req_say_with(r, "s.text.title", &name, 1));
	text_edit_view v = {.page = &r->page,
			    .action = edit_link(r, w, tag, ""),
			    .back = req_link(r, "/staff/texts"),
			    .restore = edit_link(r, w, tag, "&back=ask"),
			    .tag = tag,
			    .file = file,
			    .where = w->where,
			    .field = control_area(r, "text", text),
			    .own = own.n > 0,
			    .message = w->rule != NULL};
	if (w->rule)
		v.field.hint = wording_slots(r, w, l);
	if (w->rule && !r->error_n)
		look_at(r, w, l, text, &v);
	tmpl_text_page(&r->html, r->lang, &v);
	return req_page(r, status);
}

static bool ask_back(req *r, const wording *w, const view_lang *l)
{
	str tag = view_lang_tag(l);
	page_begin(r, "s.text.restore");
	staff_confirm_view v = {.page = &r->page,
				.action = edit_link(r, w, tag, "&back=yes"),
				.back = edit_link(r, w, tag, ""),
				.what = "s.text.restore_what",
				.button = "s.text.restore",
				.name = wording_file(r, w, l)};
	tmpl_staff_confirm(&r->html, r->lang, &v);
	return req_page(r, 200);
}

bool text_show(req *r)
{
	const wording *w;
	const view_lang *l;
	if (!which(r, &w, &l))
		return false;
	return str_equal(req_query(r, "back"), S("ask")) ? ask_back(r, w, l)
							 : show_text(r, w, l, 200);
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
	const wording *w;
	const view_lang *l;
	if (!which(r, &w, &l))
		return false;
	bool back = str_equal(req_query(r, "back"), S("yes"));
	rewording j = {.key = str_from(w->key),
		       .lang = view_lang_tag(l),
		       .text = back ? S("") : wording_read(r, w, l),
		       .result = req_link(r, "/staff/texts").path};
	if (r->error_n)
		return show_text(r, w, l, 422);
	if (!back && control_is_sent(r, "look", S("yes")))
		return show_text(r, w, l, 200);
	/* The file's own words are no words of one's own: a later wording shall show. */
	if (str_equal(j.text, wording_file(r, w, l)))
		j.text = S("");
	return req_write(r, do_reword, &j, &j.result) && texts_load(r->ctx, r->web) &&
	       req_done(r, (html_link){j.result}, j.text.n ? "text_saved" : "text_back");
}
