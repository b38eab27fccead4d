/* All answers of a person on one form; what somebody else changed meanwhile is never overwritten unseen. */
#include "web/office_priv.h"

/* What the office may write, in the order of the form. Side and queue date have verbs of their own. */
static const field_id editable[] = {
	FIELD_GIVEN,      FIELD_FAMILY,     FIELD_PHONE,   FIELD_EMAIL,
	FIELD_SIDE,       FIELD_BIRTH_YEAR, FIELD_GENDER,  FIELD_MUNICIPALITY,
	FIELD_LOCALITY,   FIELD_POSTCODE,   FIELD_LEVEL,   FIELD_LIFE,
	FIELD_CHILDREN,   FIELD_HOUSEHOLD,  FIELD_ARRIVED, FIELD_COUNTRY,
	FIELD_OCCUPATION, FIELD_MEETS,      FIELD_MAX_KM,  FIELD_CAPACITY,
	FIELD_INTERESTS,  FIELD_TIMES,      FIELD_APPS,    FIELD_LANGUAGE,
	FIELD_CHANNEL,    FIELD_NOTE};

static bool concerns(field_id f, str side)
{
	const field *d = &model_field[f];
	return d->side == ASKED_BOTH ||
	       str_equal(side,
			 d->side == ASKED_NEWCOMER ? S("newcomer") : S("established"));
}

static uint16_t municipality_of(str coded)
{
	int64_t code = 0;
	return str_to_int(coded, 1, 9999, &code) ? (uint16_t)code : 0;
}

/* The field as it was when the form was made, which the form carries; else as it is now. */
static str was(req *r, const person *p, field_id f)
{
	str name = str_format(r->ctx->mem, "was-%s", model_field[f].name);
	str sent = net_form(r->in, name);
	return sent.s ? sent : p->value[f];
}

static bool is_wrong(const req *r, field_id f)
{
	for (size_t i = 0; i < r->error_n; i++)
		if (str_equal(r->error[i].field, str_from(model_field[f].name)))
			return true;
	return false;
}

/*
 * `value` is what stands in the form, made from `version`; in a conflict what is kept now is
 * told beside it, and the form goes on from there.
 */
static bool show(req *r, const person *p, const str value[FIELD_COUNT], int64_t version,
		 int64_t seen, int status)
{
	enum { MOST = 20 };
	event *e;
	size_t n;
	edit_view v = {
		.conflict = status == 409,
		.version = office_number_text(r, status == 422 ? version : p->version),
		.seen = office_number_text(r, status == 422 ? seen : p->changed),
		.action = office_person(r, p->id, "edit"),
		.back = office_person(r, p->id, "")};
	page_begin(r, "s.edit.title");
	v.page = &r->page;
	v.name = office_name(r, p);
	v.row = NEW_ARRAY(r->ctx->mem, edit_row, ARRAY_LEN(editable));
	for (size_t i = 0; i < ARRAY_LEN(editable); i++) {
		field_id f = editable[i];
		if (!concerns(f, value[FIELD_SIDE]) && !p->value[f].n)
			continue;
		edit_row *row = &v.row[v.row_n++];
		row->field = office_field(r, f, value[f]);
		row->was = status == 422 ? was(r, p, f) : p->value[f];
		if (str_equal(value[f], p->value[f]) && !is_wrong(r, f))
			row->field.value = model_value_decode(r->ctx->mem, f, value[f]);
		if (v.conflict && !str_equal(value[f], p->value[f]))
			row->now = p->value[f].n ? office_words(r, f, p->value[f])
						 : req_say(r, "s.edit.nothing");
	}
	office_wishes(r, value[FIELD_WISHES], &v);
	v.wishes_was = status == 422 ? was(r, p, FIELD_WISHES) : p->value[FIELD_WISHES];
	if (v.conflict) {
		if (!store_events(r->ctx, p->id, MOST, &e, &n))
			return false;
		v.event = office_history(r, e, n, seen, &v.event_n);
	}
	tmpl_edit(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool edit_show(req *r)
{
	person p;
	return office_load(r, true, &p) && show(r, &p, p.value, 0, 0, 200);
}

typedef struct editing {
	id person;
	int64_t version;
	str value[FIELD_COUNT];
	bool set[FIELD_COUNT];
	str result;
} editing;

static bool do_edit(ctx *c, void *arg)
{
	const editing *e = arg;
	return act_person_change(c, e->person, e->version, e->value, e->set);
}

/* What one did not touch stays as it is now, also when somebody else changed it meanwhile. */
static void settle(req *r, const person *p, editing *e, field_id f)
{
	if (str_equal(e->value[f], was(r, p, f)))
		e->value[f] = p->value[f];
	e->set[f] = !str_equal(e->value[f], p->value[f]);
}

static void read_form(req *r, const person *p, editing *e)
{
	uint16_t lives_in = municipality_of(req_form(r, "municipality"));
	for (int f = 0; f < FIELD_COUNT; f++)
		e->value[f] = p->value[f];
	for (size_t i = 0; i < ARRAY_LEN(editable); i++) {
		field_id f = editable[i];
		str name = str_from(model_field[f].name);
		bool is_list = model_field[f].kind == KIND_CHOICES ||
			       model_field[f].kind == KIND_LANGUAGES;
		/* A field that was not on the form stays; a list without a tick is an empty one. */
		if (!is_list && !net_form(r->in, name).s)
			continue;
		if (office_field_read(r, f, lives_in, was(r, p, f), &e->value[f]))
			settle(r, p, e, f);
	}
	if (office_wishes_read(r, was(r, p, FIELD_WISHES), &e->value[FIELD_WISHES]))
		settle(r, p, e, FIELD_WISHES);
	if (!e->value[FIELD_GIVEN].n)
		form_error(r, S("given"), "p.error.given", S(""));
	if (!e->value[FIELD_PHONE].n && !e->value[FIELD_EMAIL].n)
		form_error(r, S("phone"), "p.error.contact", S(""));
}

bool edit_save(req *r)
{
	person p;
	editing *e = NEW(r->ctx->mem, editing);
	int64_t seen = office_form_number(r, "seen");
	if (!office_load(r, true, &p))
		return false;
	e->person = p.id;
	e->version = office_form_number(r, "version");
	e->result = office_person(r, p.id, "").path;
	read_form(r, &p, e);
	if (r->error_n)
		return show(r, &p, e->value, e->version, seen, 422);
	if (req_write(r, do_edit, e, &e->result))
		return req_done(r, (html_link){e->result}, "saved");
	if (r->ctx->fault.kind != FAULT_CONFLICT)
		return false;
	r->ctx->fault = (fault){.kind = FAULT_NONE};
	return show(r, &p, e->value, e->version, seen, 409);
}
