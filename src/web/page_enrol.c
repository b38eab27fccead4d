/* Registering for somebody who phones or hands in a paper: one page, everything that must be there. */
#include "web/office_priv.h"

static const char *const sides[] = {"newcomer", "established"};
static const char *const channels[] = {"phone", "paper"};
static const field_id asked[] = {FIELD_GIVEN,        FIELD_FAMILY,     FIELD_PHONE,
				 FIELD_EMAIL,        FIELD_BIRTH_YEAR, FIELD_GENDER,
				 FIELD_MUNICIPALITY, FIELD_LEVEL,      FIELD_LIFE,
				 FIELD_LANGUAGE,     FIELD_INTERESTS,  FIELD_NOTE};

static bool is_one_of(str sent, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_equal(sent, str_from(list[i])))
			return true;
	return false;
}

/* ---- the form ------------------------------------------------------------------------------- */

static view_field written(req *r, str chosen)
{
	size_t n = view_lang_count();
	view_field v = {.name = S("written"),
			.label = req_say(r, "s.enrol.written"),
			.control = CONTROL_SELECT,
			.choice = NEW_ARRAY(r->ctx->mem, view_choice, n)};
	for (size_t i = 0; i < n; i++) {
		const view_lang *l = view_lang_at(i);
		v.choice[v.choice_n++] =
			(view_choice){.value = view_lang_tag(l),
				      .text = view_lang_name(l),
				      .chosen = str_equal(view_lang_tag(l), chosen)};
	}
	return v;
}

/* One registers only where one can also look. */
static bool is_mine(req *r, str coded)
{
	const uint16_t *code;
	size_t n;
	int64_t asked_for = 0;
	if (!str_to_int(coded, 1, 9999, &asked_for) ||
	    !office_municipalities(r, &code, &n)) {
		r->ctx->fault = (fault){.kind = FAULT_NONE};
		return false;
	}
	for (size_t i = 0; i < n; i++)
		if (code[i] == asked_for)
			return true;
	return n == 0;
}

static void keep_mine(req *r, view_field *v)
{
	size_t n = 0;
	for (size_t i = 0; i < v->choice_n; i++)
		if (is_mine(r, v->choice[i].value))
			v->choice[n++] = v->choice[i];
	v->choice_n = n;
}

static const char *error_of(const req *r, const char *name)
{
	for (size_t i = 0; i < r->error_n; i++)
		if (str_equal(r->error[i].field, str_from(name)))
			return r->error[i].key;
	return NULL;
}

static void consents(req *r, enrol_view *v)
{
	v->consent = arena_alloc(r->ctx->mem, CONSENT_PURPOSES, sizeof *v->consent);
	for (int i = 0; i < CONSENT_PURPOSES; i++) {
		const consent_info *k = &model_consent[i];
		v->consent[v->consent_n++] = (struct enrol_consent){
			.name = str_from(k->name),
			.title = page_key(r, "legal.consent.%s", k->name),
			.text = page_key(r, "legal.consent.%s.text", k->name),
			.error = error_of(r, k->name),
			.required = k->required,
			.given = req_form(r, k->name).n > 0};
	}
}

static bool show(req *r, const str value[FIELD_COUNT], person_way *twin, size_t twins,
		 int status)
{
	str lang = req_form(r, "written");
	page_begin(r, "s.enrol.title");
	enrol_view v = {.page = &r->page,
			.twin = twin,
			.twin_n = twins,
			.action = req_link(r, "/staff/people/new"),
			.back = req_link(r, "/staff/people"),
			.side = office_pick(r, "side", "s.enrol.side", sides,
					    "choice.side.%s", ARRAY_LEN(sides),
					    req_form(r, "side")),
			.channel = office_pick(r, "channel", "s.enrol.channel", channels,
					       "s.channel.%s", ARRAY_LEN(channels),
					       req_form(r, "channel")),
			.written = written(r, lang.n ? lang : S("sv"))};
	v.field = NEW_ARRAY(r->ctx->mem, view_field, ARRAY_LEN(asked));
	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		view_field *f = &v.field[v.field_n++];
		*f = office_field(r, asked[i], value[asked[i]]);
		if (asked[i] == FIELD_MUNICIPALITY)
			keep_mine(r, f);
		if (asked[i] == FIELD_LEVEL)
			f->hint = req_say(r, "s.enrol.level_hint");
	}
	consents(r, &v);
	tmpl_enrol(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool enrol_show(req *r)
{
	str none[FIELD_COUNT];
	for (int f = 0; f < FIELD_COUNT; f++)
		none[f] = S("");
	return show(r, none, NULL, 0, 200);
}

/* ---- reading it ------------------------------------------------------------------------------- */

static void need(req *r, const act_enrolment *e, field_id f)
{
	for (size_t i = 0; i < r->error_n; i++)
		if (str_equal(r->error[i].field, str_from(model_field[f].name)))
			return;
	if (!e->value[f].n)
		form_error(r, str_from(model_field[f].name), "s.error.fill",
			   office_label(r, f));
}

/* What registering asks of everybody, said of all fields at once. */
static void check(req *r, const act_enrolment *e)
{
	bool newcomer = str_equal(e->side, S("newcomer"));
	need(r, e, FIELD_GIVEN);
	need(r, e, FIELD_BIRTH_YEAR);
	need(r, e, FIELD_MUNICIPALITY);
	if (e->value[FIELD_MUNICIPALITY].n && !is_mine(r, e->value[FIELD_MUNICIPALITY]))
		form_error(r, S("municipality"), "p.error.municipality", S(""));
	if (newcomer)
		need(r, e, FIELD_LEVEL);
	need(r, e, FIELD_LIFE);
	need(r, e, FIELD_INTERESTS);
	if (!e->value[FIELD_PHONE].n && !e->value[FIELD_EMAIL].n && !r->error_n)
		form_error(r, S("phone"), "p.error.contact", S(""));
	for (int i = 0; i < CONSENT_PURPOSES; i++)
		if (model_consent[i].required && !e->given[i])
			form_error(r, str_from(model_consent[i].name), "s.error.consent",
				   S(""));
}

static void read_form(req *r, act_enrolment *e)
{
	int64_t code = 0;
	str lang = req_form(r, "written");
	e->side = req_form(r, "side");
	e->channel = req_form(r, "channel");
	e->lang = view_lang_get(lang) ? lang : S("sv");
	if (!is_one_of(e->channel, channels, ARRAY_LEN(channels)))
		form_error(r, S("channel"), "s.error.channel", S(""));
	if (!is_one_of(e->side, sides, ARRAY_LEN(sides)))
		form_error(r, S("side"), "s.error.side", S(""));
	if (!str_to_int(req_form(r, "municipality"), 1, 9999, &code))
		code = 0;
	for (int f = 0; f < FIELD_COUNT; f++)
		e->value[f] = S("");
	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		field_id f = asked[i];
		e->set[f] =
			office_field_read(r, f, (uint16_t)code, S(""), &e->value[f]) &&
			e->value[f].n;
	}
	for (int i = 0; i < CONSENT_PURPOSES; i++)
		e->given[i] = req_form(r, model_consent[i].name).n > 0;
	check(r, e);
}

/* ---- is it somebody who is here already? ----------------------------------------------------------- */

static bool add_twins(req *r, str contact, person_way *out, size_t *n, size_t most)
{
	person *found, p;
	size_t found_n;
	if (!contact.n)
		return true;
	if (!store_people_by_contact(r->ctx, contact, &found, &found_n))
		return false;
	for (size_t i = 0; i < found_n && *n < most; i++) {
		if (found[i].state == STATE_DRAFT)
			continue;
		if (store_person_get(r->ctx, found[i].id, false, &p)) {
			out[*n].to = office_person(r, p.id, "");
			out[*n].key = office_state_key(r, p.state);
			out[(*n)++].icon = "people";
		} else if (r->ctx->fault.kind != FAULT_HIDDEN) {
			return false;
		}
		r->ctx->fault = (fault){.kind = FAULT_NONE};
	}
	return true;
}

typedef struct enrolling {
	act_enrolment e;
	req *r;
	str result;
} enrolling;

static bool do_enrol(ctx *c, void *arg)
{
	enrolling *w = arg;
	if (!act_enrol(c, &w->e))
		return false;
	w->result = office_person(w->r, w->e.person, "").path;
	return true;
}

bool enrol_save(req *r)
{
	enum { TWINS = 4 };
	person_way twin[TWINS] = {0};
	size_t twins = 0;
	enrolling *w = NEW(r->ctx->mem, enrolling);
	w->r = r;
	read_form(r, &w->e);
	if (r->error_n)
		return show(r, w->e.value, NULL, 0, 422);
	bool anyway = str_equal(req_form(r, "anyway"), S("yes"));
	if (!anyway && (!add_twins(r, w->e.value[FIELD_PHONE], twin, &twins, TWINS) ||
			!add_twins(r, w->e.value[FIELD_EMAIL], twin, &twins, TWINS)))
		return false;
	if (twins)
		return show(r, w->e.value, twin, twins, 409);
	if (!req_write(r, do_enrol, w, &w->result))
		return false;
	return req_done(r, (html_link){w->result}, "enrolled");
}
