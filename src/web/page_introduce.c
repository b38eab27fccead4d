/* The introduction: what each of two who said yes is written, looked at and changed before it goes. */
#include <string.h>

#include "act/offer.h"
#include "mail/mail.h"
#include "web/proposal_priv.h"

enum { TEXT_MOST = 3000 };

/* ---- where they may meet -------------------------------------------------------------------- */

static void add_where(introduce_view *v, str value, str text, str chosen)
{
	v->where[v->where_n++] = (view_choice){
		.value = value, .text = text, .chosen = str_equal(value, chosen)};
}

static void places(req *r, const act_introduction *in, introduce_view *v)
{
	v->where = NEW_ARRAY(r->ctx->mem, view_choice, in->place_n + 2);
	for (size_t i = 0; i < in->place_n; i++) {
		const meeting_place *m = &in->place[i];
		add_where(v, str_copy(r->ctx->mem, id_str(&m->id)), m->name, in->chosen);
	}
	add_where(v, S("video"), req_say(r, "s.introduce.video"), in->chosen);
	add_where(v, S("none"), req_say(r, "s.introduce.nowhere"), S(""));
	v->where[v->where_n - 1].chosen = !in->chosen.n;
}

/* "none" in an address: it may not be empty there, where that is "as suits them". */
static str wanted_place(str value)
{
	if (str_equal(value, S("none")))
		return S("");
	return value.n ? value : (str){NULL, 0};
}

/* ---- letters ------------------------------------------------------------------------------------ */

static str field_name(req *r, id who)
{
	return str_format(r->ctx->mem, "text-%s", who.s);
}

/* Lines stay, what acts is gone. */
static str read_text(req *r, id who)
{
	buf b = {.mem = r->ctx->mem};
	str rest = str_slice(req_form(r, str_terminated(r->ctx->mem, field_name(r, who))),
			     0, TEXT_MOST * 4);
	str line;
	for (bool first = true; str_cut(&rest, '\n', &line); first = false) {
		buf_add(&b, first ? S("") : S("\n"));
		buf_add(&b, view_inert(b.mem, str_trim(line)));
	}
	return buf_str(&b);
}

static letter_view letter(req *r, const act_letter *l)
{
	const view_lang *lang = view_lang_get(l->lang);
	bool swedish = str_equal(view_lang_tag(r->lang), S("sv"));
	str tongue = swedish ? view_lang_name_sv(lang) : view_lang_name(lang);
	return (letter_view){.name = l->name,
			     .field = field_name(r, l->person),
			     .lang = l->lang,
			     .dir = view_lang_rtl(lang) ? S("rtl") : S("ltr"),
			     .tongue = tongue,
			     .how = !l->to.n            ? "s.introduce.by.nobody"
				    : l->to.s[0] == '+' ? "s.introduce.by.sms"
							: "s.introduce.by.mail",
			     .text = l->text,
			     .help = l->help};
}

static bool show(req *r, const act_introduction *in, int status)
{
	bool sent = str_equal(in->proposal.state, S("introduced"));
	page_begin(r, sent ? "s.introduce.sent" : "s.introduce.title");
	introduce_view v = {.page = &r->page,
			    .sent = sent,
			    .back = office_proposal(r, in->proposal.id, ""),
			    .action = office_proposal(r, in->proposal.id, "introduce"),
			    .where_to = office_proposal(r, in->proposal.id, "introduce"),
			    .version = office_number_text(r, in->proposal.version),
			    .where_chosen = in->chosen.n ? in->chosen : S("none"),
			    .letter = NEW_ARRAY(r->ctx->mem, letter_view, in->n)};
	places(r, in, &v);
	for (size_t i = 0; i < in->n; i++) {
		v.letter[v.letter_n++] = letter(r, &in->letter[i]);
		v.unreachable |= !in->letter[i].to.n;
	}
	tmpl_introduce(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool introduce_show(req *r)
{
	act_introduction in;
	proposal p;
	proposal_person *who;
	size_t n;
	if (!store_proposal_get(r->ctx, r->id, &p, &who, &n))
		return false;
	if (!str_equal(p.state, S("accepted")) && !str_equal(p.state, S("introduced")))
		return req_see_other(r, office_proposal(r, r->id, ""));
	if (act_introduce_preview(r->ctx, r->id, wanted_place(req_query(r, "where")),
				  view_lang_tag(r->lang), &in))
		return show(r, &in, 200);
	return proposal_conflict(r);
}

/* ---- sending ---------------------------------------------------------------------------------------- */

typedef struct introducing {
	id proposal;
	int64_t version;
	act_letter *letter;
	size_t n;
	str origin, result;
} introducing;

static bool do_introduce(ctx *c, void *arg)
{
	const introducing *i = arg;
	return act_introduce(c, i->proposal, i->version, i->letter, i->n, i->origin);
}

/* A text is missing: all as it was typed, once more. */
static bool show_again(req *r, const introducing *i)
{
	act_introduction in;
	r->ctx->fault = (fault){.kind = FAULT_NONE};
	if (!act_introduce_preview(r->ctx, r->id, wanted_place(req_form(r, "where")),
				   view_lang_tag(r->lang), &in))
		return proposal_conflict(r);
	for (size_t k = 0; k < in.n; k++)
		for (size_t m = 0; m < i->n; m++)
			if (id_equal(in.letter[k].person, i->letter[m].person)) {
				in.letter[k].text = i->letter[m].text;
				if (!in.letter[k].text.n)
					form_error(r, field_name(r, in.letter[k].person),
						   "s.introduce.text", S(""));
			}
	return show(r, &in, 422);
}

bool introduce_send(req *r)
{
	proposal p;
	proposal_person *who;
	introducing i = {.proposal = r->id,
			 .version = office_form_number(r, "version"),
			 .origin = r->web->origin,
			 .result = office_proposal(r, r->id, "").path};
	size_t n;
	if (!store_proposal_get(r->ctx, r->id, &p, &who, &n))
		return false;
	i.letter = NEW_ARRAY(r->ctx->mem, act_letter, n);
	for (; i.n < n; i.n++)
		i.letter[i.n] =
			(act_letter){.person = who[i.n].person,
				     .text = str_trim(read_text(r, who[i.n].person))};
	if (req_write(r, do_introduce, &i, &i.result))
		return req_done(r, (html_link){i.result}, "introduced");
	return r->ctx->fault.kind == FAULT_INPUT ? show_again(r, &i)
						 : proposal_conflict(r);
}
