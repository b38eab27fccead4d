/* One person: what is known, where they are on the way, and the one step that is next. */
#include "web/proposal_priv.h"

enum { EVENTS_MOST = 50, LOOKS_MOST = 50, SHOWN = 6, DAY_MS = 86400000 };

/* ---- answers ------------------------------------------------------------------------------ */

static const field_id about_them[] = {
	FIELD_SIDE,     FIELD_GENDER,    FIELD_BIRTH_YEAR, FIELD_MUNICIPALITY,
	FIELD_LOCALITY, FIELD_POSTCODE,  FIELD_LANGUAGE,   FIELD_LEVEL,
	FIELD_LIFE,     FIELD_HOUSEHOLD, FIELD_OCCUPATION};
static const field_id they_want[] = {FIELD_INTERESTS, FIELD_TIMES,  FIELD_MEETS,
				     FIELD_APPS,      FIELD_MAX_KM, FIELD_CAPACITY,
				     FIELD_WISHES,    FIELD_QUEUED, FIELD_CHANNEL};
static const field_id sealed[] = {FIELD_PHONE,   FIELD_EMAIL,    FIELD_COUNTRY,
				  FIELD_ARRIVED, FIELD_CHILDREN, FIELD_NOTE};

static html_link reach(req *r, field_id f, str value)
{
	if (f == FIELD_PHONE)
		return html_link_phone(r->ctx->mem, value);
	if (f == FIELD_EMAIL)
		return html_link_mail(r->ctx->mem, value);
	return (html_link){S("")};
}

static void add_group(req *r, person_view *v, const person *p, const char *title,
		      const field_id *f, size_t n)
{
	answer_group *g = &v->group[v->group_n++];
	*g = (answer_group){.title = title, .row = NEW_ARRAY(r->ctx->mem, answer_row, n)};
	for (size_t i = 0; i < n; i++) {
		str value = p->value[f[i]];
		if (!value.n)
			continue;
		g->row[g->row_n++] = (answer_row){.label = office_label(r, f[i]),
						  .words = office_words(r, f[i], value),
						  .to = reach(r, f[i], value)};
	}
	if (!g->row_n)
		v->group_n--;
}

static void answers(req *r, person_view *v, const person *p)
{
	enum { GROUPS = 3 };
	v->group = NEW_ARRAY(r->ctx->mem, answer_group, GROUPS);
	if (v->opened)
		add_group(r, v, p, "s.person.contact", sealed, ARRAY_LEN(sealed));
	add_group(r, v, p, "s.person.about", about_them, ARRAY_LEN(about_them));
	add_group(r, v, p, "s.person.wants", they_want, ARRAY_LEN(they_want));
}

/* ---- interviews ----------------------------------------------------------------------------- */

static void add_check(req *r, buf *b, const char *key, int32_t day)
{
	if (day == QUEUED_UNKNOWN)
		return;
	str date = view_date(r->ctx->mem, r->lang, day);
	buf_add(b, b->n ? S(" · ") : S(""));
	buf_add(b, req_say_with(r, key, &date, 1));
}

static str checks(req *r, const interview *i)
{
	buf b = {.mem = r->ctx->mem};
	add_check(r, &b, "s.talk.conduct_on", i->conduct);
	add_check(r, &b, "s.talk.identity_on", i->identity);
	add_check(r, &b, "s.talk.extract_on", i->extract);
	return buf_str(&b);
}

static bool talks(req *r, person_view *v, const person *p)
{
	interview *i;
	size_t n;
	if (!store_interviews_of(r->ctx, p->id, &i, &n))
		return false;
	v->talk = NEW_ARRAY(r->ctx->mem, talk_row, n);
	for (size_t k = 0; k < n; k++) {
		talk_row *t = &v->talk[v->talk_n++];
		*t = (talk_row){.when = office_when(r, i[k].at),
				.mode = req_say(r, page_key(r, "s.mode.%s",
							    str_terminated(r->ctx->mem,
									   i[k].mode))),
				.state = req_say(r, page_key(r, "s.talk.state.%s",
							     str_terminated(r->ctx->mem,
									    i[k].state))),
				.note = v->opened ? i[k].note : S(""),
				.checks = checks(r, &i[k]),
				.booked = str_equal(i[k].state, S("booked"))};
		if (!t->booked || !office_may(r, RIGHT_INTERVIEW))
			continue;
		t->result = office_person(r, p->id, "result");
		t->change = office_person(r, p->id, "interview");
		t->cancel = office_person(r, p->id, "cancel");
	}
	return true;
}

/* ---- the way ------------------------------------------------------------------------------------ */

static const char *verb_icon(str verb)
{
	static const struct {
		const char *verb, *icon;
	} table[] = {
		{"pass", "okc"},      {"approve", "okc"}, {"resume", "next"},
		{"reopen", "undo"},   {"pause", "clock"}, {"decline", "ban"},
		{"withdraw", "exit"}, {"close", "close"}, {"resume_waiting", "next"}};
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (str_equal(verb, str_from(table[i].verb)))
			return table[i].icon;
	return "arrow";
}

static const char *main_verb(const person *p, bool was_waiting)
{
	switch ((int)p->state) {
	case STATE_APPROVED:
		return "approve";
	case STATE_PAUSED:
		return was_waiting ? "resume_waiting" : "resume";
	case STATE_DECLINED:
	case STATE_WITHDRAWN:
		return "reopen";
	default:
		return NULL;
	}
}

/* The main step: a page for an interview, a form for what may be taken back. */
static void next_step(req *r, person_view *v, const person *p, const char *verb)
{
	bool talks_too = office_may(r, RIGHT_INTERVIEW);
	if (p->state == STATE_SUBMITTED && talks_too) {
		v->next = "s.next.book";
		v->next_to = office_person(r, p->id, "interview");
	} else if (p->state == STATE_INTERVIEW && talks_too) {
		v->next = "s.next.result";
		v->next_to = office_person(r, p->id, "result");
	} else if (verb && office_may(r, RIGHT_APPROVE)) {
		v->next = page_key(r, "s.verb.%s", verb);
		v->next_verb = str_from(verb);
		v->next_to = office_person(r, p->id, "step");
	}
	v->next_why = page_key(r, "s.why.%s", model_state[p->state]);
}

static void ways(req *r, person_view *v, const person *p, const event *e, size_t n)
{
	const char *verb[ACT_VERBS];
	int64_t since;
	/* Somebody paused while waiting goes back to waiting: no new interview. */
	bool was_waiting = act_paused_from(e, n, &since) == STATE_WAITING;
	const char *first = main_verb(p, was_waiting);
	size_t verbs = act_person_verbs(p->state, verb);
	next_step(r, v, p, first);
	if (!office_may(r, RIGHT_APPROVE))
		return;
	v->way = NEW_ARRAY(r->ctx->mem, person_way, ACT_VERBS);
	for (size_t i = 0; i < verbs; i++) {
		str name = str_from(verb[i]);
		bool is_first = first && str_equal(name, str_from(first));
		bool other =
			str_equal(name, was_waiting ? S("resume") : S("resume_waiting"));
		if (is_first || other)
			continue;
		v->way[v->way_n++] =
			(person_way){.to = req_link(r, "/staff/people/%s/step?verb=%s",
						    p->id.s, verb[i]),
				     .key = page_key(r, "s.verb.%s", verb[i]),
				     .icon = verb_icon(name)};
	}
}

/* The last step may be taken back by the office for a day. */
static void undo(req *r, person_view *v, const person *p, const event *e, size_t n)
{
	size_t i = 0;
	while (i < n && !str_equal(e[i].kind, S("step")) &&
	       !str_equal(e[i].kind, S("undo")))
		i++;
	if (i == n || !str_equal(e[i].kind, S("step")) || id_none(e[i].account) ||
	    r->ctx->now - e[i].at > DAY_MS || !office_may(r, RIGHT_APPROVE))
		return;
	state from = model_state_named(e[i].from), to = model_state_named(e[i].to);
	if (from == STATE_COUNT || to != p->state || !act_person_may_undo(from, to))
		return;
	str arg[] = {req_say(r, office_state_key(r, to)), office_when(r, e[i].at),
		     req_say(r, office_state_key(r, from))};
	v->undo_words = req_say_with(r, "s.person.undo", arg, 3);
	v->undo = office_person(r, p->id, "undo");
}

/* The newest are shown at once. */
static void split(history_row *all, size_t *n, history_row **older, size_t *older_n)
{
	if (*n <= SHOWN)
		return;
	*older = all + SHOWN;
	*older_n = *n - SHOWN;
	*n = SHOWN;
}

/* ---- who looked, what was agreed -------------------------------------------------------------------- */

static bool looks(req *r, person_view *v, const person *p)
{
	log_row *l;
	size_t n;
	if (!store_log_list(r->ctx, p->id, LOOKS_MOST, &l, &n))
		return false;
	v->look = NEW_ARRAY(r->ctx->mem, history_row, n);
	for (size_t i = 0; i < n; i++) {
		const char *key = page_key(r, "s.look.%s",
					   str_terminated(r->ctx->mem, l[i].action));
		v->look[v->look_n++] = (history_row){
			.when = office_when(r, l[i].at),
			.what = req_say(r, view_has(r->lang, key) ? key : "s.look.other"),
			.by = l[i].by};
	}
	split(v->look, &v->look_n, &v->looked, &v->looked_n);
	return true;
}

static bool consents(req *r, person_view *v, const person *p)
{
	consent_row row[CONSENT_PURPOSES];
	if (!store_consents(r->ctx, p->id, row))
		return false;
	v->consent = NEW_ARRAY(r->ctx->mem, consent_line, CONSENT_PURPOSES);
	for (int i = 0; i < CONSENT_PURPOSES; i++) {
		str when = office_when(r, row[i].at);
		const char *key = !row[i].at     ? "s.consent.never"
				  : row[i].given ? "s.consent.yes"
						 : "s.consent.no";
		v->consent[v->consent_n++] = (consent_line){
			.title = page_key(r, "legal.consent.%s", model_consent[i].name),
			.words = req_say_with(r, key, &when, 1),
			.given = row[i].given};
	}
	return true;
}

/* ---- the page -------------------------------------------------------------------------------------------- */

static void head(req *r, person_view *v, const person *p)
{
	v->page = &r->page;
	v->name = office_name(r, p);
	v->initial = office_initial(r, v->name);
	v->facts = office_facts(r, p);
	v->state = office_state_key(r, p->state);
	v->grade = office_state_grade(p->state);
	v->icon = office_state_icon(p->state);
	v->established = str_equal(p->value[FIELD_SIDE], S("established"));
	v->version = office_number_text(r, p->version);
	v->seen = office_number_text(r, p->changed);
	v->list = req_link(r, "/staff/people");
	v->back = office_person(r, p->id, "");
	if (office_may(r, RIGHT_CONTACT_READ)) {
		v->contact = office_person(r, p->id, "contact");
		v->data = office_person(r, p->id, "data");
	}
	if (office_may(r, RIGHT_PEOPLE_WRITE)) {
		v->edit = office_person(r, p->id, "edit");
		v->merge = office_person(r, p->id, "merge");
	}
}

static bool erasing(req *r, person_view *v, const person *p)
{
	erasure e;
	if (!store_erasure_get(r->ctx, p->id, &e))
		return false;
	bool may_write = office_may(r, RIGHT_PEOPLE_WRITE);
	if (e.due)
		v->erased_on =
			view_weekday_date(r->ctx->mem, r->lang, date_local(e.due).day);
	if (e.due && may_write)
		v->keep = office_person(r, p->id, "keep");
	if (!e.due && may_write)
		v->erase = office_person(r, p->id, "erase");
	return true;
}

/* Who is to be erased is not put back among those who wait: first that is taken back. */
static void only_keep(person_view *v)
{
	v->next = NULL;
	v->undo = (html_link){S("")};
	v->way_n = 0;
}

static bool show(req *r, bool open)
{
	person p;
	event *e;
	size_t n;
	person_view v = {.opened = open};
	if (!office_load(r, open, &p))
		return false;
	if (!id_none(p.merged))
		return req_see_other(r, office_person(r, p.merged, ""));
	page_begin(r, "s.person.title");
	head(r, &v, &p);
	answers(r, &v, &p);
	if (!store_events(r->ctx, p.id, EVENTS_MOST, &e, &n) || !talks(r, &v, &p) ||
	    !looks(r, &v, &p) || !consents(r, &v, &p) || !erasing(r, &v, &p) ||
	    !proposal_of_person(r, p.id, &v))
		return false;
	v.event = office_history(r, e, n, 0, &v.event_n);
	split(v.event, &v.event_n, &v.older, &v.older_n);
	ways(r, &v, &p, e, n);
	undo(r, &v, &p, e, n);
	if (v.erased_on.n)
		only_keep(&v);
	tmpl_person(&r->html, r->lang, &v);
	return req_page(r, 200);
}

bool person_show(req *r)
{
	return show(r, false);
}

/* Reading it is noted by the store, and shown to the person. */
bool person_contact(req *r)
{
	return show(r, true);
}
