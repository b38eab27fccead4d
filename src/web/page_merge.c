/* Two rows that are one person: found by name or contact, compared, and made one. */
#include "web/office_priv.h"

enum { FOUND_MOST = 10 };

/* ---- finding the other -------------------------------------------------------------------- */

static void add_found(req *r, merge_view *v, const person *p, const person *self)
{
	for (size_t i = 0; i < v->found_n; i++)
		if (str_equal(v->found[i].to.path,
			      req_link(r, "/staff/people/%s/merge?with=%s", self->id.s,
				       p->id.s)
				      .path))
			return;
	if (id_equal(p->id, self->id) || v->found_n == 2 * FOUND_MOST)
		return;
	v->found[v->found_n] = office_row(r, p);
	v->found[v->found_n++].to =
		req_link(r, "/staff/people/%s/merge?with=%s", self->id.s, p->id.s);
}

/* Those with the same name: the likeliest, without a word typed. */
static bool find(req *r, merge_view *v, const person *self, str text)
{
	people_list l = {0};
	v->found = NEW_ARRAY(r->ctx->mem, people_row, 2 * FOUND_MOST);
	if (text.n && !store_people_search(r->ctx, text, FOUND_MOST, &l, &v->more))
		return false;
	for (size_t i = 0; i < l.item_n; i++)
		add_found(r, v, &l.item[i], self);
	return true;
}

static bool show_search(req *r, const person *self, str text)
{
	merge_view v = {.typed = req_form(r, "name"),
			.searched = true,
			.action = office_person(r, self->id, "merge"),
			.back = office_person(r, self->id, "")};
	if (!find(r, &v, self, text))
		return false;
	page_begin(r, "s.merge.title");
	v.page = &r->page;
	v.name = office_name(r, self);
	tmpl_merge(&r->html, r->lang, &v);
	return req_page(r, 200);
}

/* ---- side by side --------------------------------------------------------------------------- */

static void compare(req *r, merge_view *v, const person *keep, const person *gone)
{
	v->line = NEW_ARRAY(r->ctx->mem, merge_line, FIELD_COUNT);
	for (int f = 0; f < FIELD_COUNT; f++) {
		str a = keep->value[f], b = gone->value[f];
		if ((!a.n && !b.n) || f == FIELD_NUMBER || f == FIELD_NEVER ||
		    f == FIELD_CONSENT)
			continue;
		v->line[v->line_n++] =
			(merge_line){.label = office_label(r, (field_id)f),
				     .keep = office_words(r, (field_id)f, a),
				     .gone = office_words(r, (field_id)f, b),
				     .differ = a.n && b.n && !str_equal(a, b)};
	}
}

static merge_side side_of(req *r, const person *p)
{
	return (merge_side){.to = office_person(r, p->id, ""),
			    .name = office_name(r, p),
			    .id = str_copy(r->ctx->mem, id_str(&p->id)),
			    .state = office_state_key(r, p->state)};
}

static bool show_compare(req *r, id self, id other)
{
	person keep, gone;
	if (id_equal(self, other))
		return ctx_fail(r->ctx, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	if (!store_person_get(r->ctx, self, true, &keep) ||
	    !store_person_get(r->ctx, other, true, &gone))
		return false;
	page_begin(r, "s.merge.compare");
	merge_view v = {.page = &r->page,
			.action = office_person(r, self, "merge"),
			.back = office_person(r, self, "merge"),
			.keep = side_of(r, &keep),
			.gone = side_of(r, &gone)};
	compare(r, &v, &keep, &gone);
	tmpl_compare(&r->html, r->lang, &v);
	return req_page(r, 200);
}

bool merge_show(req *r)
{
	person p;
	id other;
	str with = req_query(r, "with");
	if (!office_load(r, false, &p))
		return false;
	if (id_parse(with, &other))
		return show_compare(r, p.id, other);
	return show_search(r, &p, p.value[FIELD_GIVEN]);
}

/* ---- making them one ---------------------------------------------------------------------------- */

typedef struct merging {
	id keep, gone;
	str result;
} merging;

static bool do_merge(ctx *c, void *arg)
{
	const merging *m = arg;
	return act_person_merge(c, m->keep, m->gone);
}

bool merge_do(req *r)
{
	person p;
	merging m;
	if (!office_load(r, false, &p))
		return false;
	m.keep = p.id;
	if (!id_parse(req_form(r, "with"), &m.gone))
		return show_search(r, &p, req_form(r, "name"));
	m.result = office_person(r, p.id, "").path;
	if (req_write(r, do_merge, &m, &m.result))
		return req_done(r, (html_link){m.result}, "merged");
	return r->ctx->fault.kind == FAULT_CONFLICT &&
	       office_conflict(r, &p, p.changed - 1);
}
