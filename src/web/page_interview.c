/* Interviews: booked, moved, called off, noted; and those that come. */
#include "web/office_priv.h"

enum { DAY_MS = 86400000, HOUR_MS = 3600000, MINUTES = 60 };

static const char *const modes[] = {"phone", "video", "place"};
static const char *const outcomes[] = {"pass", "think", "decline"};
static const char *const checks[] = {"conduct", "identity", "extract"};

/* ---- dates and times as they are typed: in Sweden ------------------------------------------- */

/* "9:40", "09.40", "0940" */
static bool read_minute(str text, int32_t *minute)
{
	int64_t hour, min;
	ptrdiff_t at = str_find(text, S(":"));
	if (at < 0)
		at = str_find(text, S("."));
	bool bare = at < 0 && text.n == 4;
	size_t cut = bare ? 2 : (size_t)(at < 0 ? 0 : at);
	if ((at < 0 && !bare) || !str_to_int(str_slice(text, 0, cut), 0, 23, &hour) ||
	    !str_to_int(str_slice(text, cut + !bare, text.n), 0, 59, &min))
		return false;
	*minute = (int32_t)(hour * MINUTES + min);
	return true;
}

static bool read_when(req *r, int64_t *at)
{
	local_time t;
	if (!date_parse_iso(req_form(r, "date"), &t.day))
		form_error(r, S("date"), "s.error.date", S(""));
	if (!read_minute(req_form(r, "time"), &t.minute))
		form_error(r, S("time"), "s.error.time", S(""));
	if (r->error_n)
		return false;
	*at = date_from_local(t);
	if (*at >= r->ctx->now - HOUR_MS)
		return true;
	form_error(r, S("date"), "s.error.past", S(""));
	return false;
}

static const char *error_of(const req *r, const char *name)
{
	for (size_t i = 0; i < r->error_n; i++)
		if (str_equal(r->error[i].field, str_from(name)))
			return r->error[i].key;
	return NULL;
}

static const char *known(str sent, const char *const *list, size_t n, const char *other)
{
	for (size_t i = 0; i < n; i++)
		if (str_equal(sent, str_from(list[i])))
			return list[i];
	return other;
}

/* The one that is booked, newest first; false when there is none. */
static bool booked_of(req *r, const person *p, interview *out, bool *there)
{
	interview *i;
	size_t n;
	*there = false;
	if (!store_interviews_of(r->ctx, p->id, &i, &n))
		return false;
	for (size_t k = 0; k < n && !*there; k++) {
		*there = str_equal(i[k].state, S("booked"));
		*out = i[k];
	}
	return true;
}

/* ---- booking and moving ------------------------------------------------------------------------ */

static void set_modes(req *r, talk_view *v, const char *chosen)
{
	v->mode = NEW_ARRAY(r->ctx->mem, view_choice, ARRAY_LEN(modes));
	for (size_t i = 0; i < ARRAY_LEN(modes); i++)
		v->mode[v->mode_n++] = (view_choice){
			.value = str_from(modes[i]),
			.text = req_say(r, page_key(r, "s.mode.%s", modes[i])),
			.icon = i == 0   ? "phone"
				: i == 1 ? "cam"
					 : "pin",
			.chosen = modes[i] == chosen};
}

static str time_text(req *r, int64_t at)
{
	local_time t = date_local(at);
	return str_format(r->ctx->mem, "%02d:%02d", (int)(t.minute / MINUTES),
			  (int)(t.minute % MINUTES));
}

static bool show_book(req *r, const person *p, const interview *i, int status)
{
	bool sent = status != 200;
	page_begin(r, i ? "s.talk.move_title" : "s.talk.book_title");
	talk_view v = {.page = &r->page,
		       .name = office_name(r, p),
		       .moved = i != NULL,
		       .person_version = office_number_text(r, p->version),
		       .date = req_form(r, "date"),
		       .time = req_form(r, "time"),
		       .date_error = error_of(r, "date"),
		       .time_error = error_of(r, "time"),
		       .action = office_person(r, p->id, "interview"),
		       .back = office_person(r, p->id, "")};
	if (i) {
		v.id = str_copy(r->ctx->mem, id_str(&i->id));
		v.version = office_number_text(r, i->version);
		if (!sent) {
			v.date = date_format_iso(r->ctx->mem, date_local(i->at).day);
			v.time = time_text(r, i->at);
		}
	}
	set_modes(r, &v,
		  known(sent || !i ? req_form(r, "mode") : i->mode, modes,
			ARRAY_LEN(modes), modes[0]));
	tmpl_book(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool interview_show(req *r)
{
	person p;
	interview i;
	bool there;
	if (!office_load(r, false, &p) || !booked_of(r, &p, &i, &there))
		return false;
	return show_book(r, &p, there ? &i : NULL, 200);
}

typedef struct talking {
	interview talk;
	act_outcome outcome;
	int64_t person_version;
	str result;
} talking;

static bool do_book(ctx *c, void *arg)
{
	talking *t = arg;
	interview i = t->talk;
	return act_interview_book(c, &i, t->person_version);
}

/* Done, or told that somebody was first. */
static bool finish(req *r, bool (*work)(ctx *, void *), talking *t, const person *p,
		   const char *notice)
{
	enum { HOUR = 3600000 };
	t->result = office_person(r, p->id, "").path;
	if (req_write(r, work, t, &t->result))
		return req_done(r, (html_link){t->result}, notice);
	return r->ctx->fault.kind == FAULT_CONFLICT &&
	       office_conflict(r, p, r->ctx->now - HOUR);
}

/* The one the form speaks of is still the one that is booked; else somebody was first. */
static bool take_booked(req *r, const person *p, talking *t, bool *same)
{
	bool there;
	str sent = req_form(r, "id");
	if (!booked_of(r, p, &t->talk, &there))
		return false;
	*same = there ? str_equal(sent, id_str(&t->talk.id)) : !sent.n;
	if (!there)
		t->talk = (interview){.person = p->id,
				      .conduct = QUEUED_UNKNOWN,
				      .identity = QUEUED_UNKNOWN,
				      .extract = QUEUED_UNKNOWN};
	else
		t->talk.version = office_form_number(r, "version");
	t->person_version = office_form_number(r, "person_version");
	return true;
}

bool interview_save(req *r)
{
	person p;
	talking t = {0};
	bool same;
	if (!office_load(r, false, &p) || !take_booked(r, &p, &t, &same))
		return false;
	if (!same)
		return office_conflict(r, &p, r->ctx->now - HOUR_MS);
	t.talk.mode =
		str_from(known(req_form(r, "mode"), modes, ARRAY_LEN(modes), modes[0]));
	if (!read_when(r, &t.talk.at))
		return show_book(r, &p, id_none(t.talk.id) ? NULL : &t.talk, 422);
	return finish(r, do_book, &t, &p, "booked");
}

/* ---- calling off ----------------------------------------------------------------------------------- */

bool cancel_show(req *r)
{
	person p;
	interview i;
	bool there;
	if (!office_load(r, false, &p) || !booked_of(r, &p, &i, &there))
		return false;
	if (!there)
		return req_see_other(r, office_person(r, p.id, ""));
	page_begin(r, "s.confirm.title");
	confirm_view v = {.page = &r->page,
			  .question = "s.ask.cancel",
			  .name = office_name(r, &p),
			  .about = office_when(r, i.at),
			  .consequence = req_say(r, "s.then.cancel"),
			  .act = "s.yes.cancel",
			  .version = office_number_text(r, i.version),
			  .bad = true,
			  .action = office_person(r, p.id, "cancel"),
			  .back = office_person(r, p.id, "")};
	tmpl_confirm(&r->html, r->lang, &v);
	return req_page(r, 200);
}

static bool do_cancel(ctx *c, void *arg)
{
	const talking *t = arg;
	interview i = t->talk;
	return act_interview_cancel(c, &i);
}

bool cancel_do(req *r)
{
	person p;
	talking t = {0};
	bool there;
	if (!office_load(r, false, &p) || !booked_of(r, &p, &t.talk, &there))
		return false;
	if (!there)
		return office_conflict(r, &p, r->ctx->now - HOUR_MS);
	t.talk.version = office_form_number(r, "version");
	return finish(r, do_cancel, &t, &p, "cancelled");
}

/* ---- what came out of it ------------------------------------------------------------------------------ */

static void set_checks(req *r, talk_view *v, const interview *i)
{
	const int32_t day[] = {i->conduct, i->identity, i->extract};
	bool sent = r->in->method == NET_POST;
	v->check = arena_alloc(r->ctx->mem, ARRAY_LEN(checks), sizeof *v->check);
	for (size_t k = 0; k < ARRAY_LEN(checks); k++) {
		str on = req_form(r, checks[k]);
		char *day_name = str_terminated(
			r->ctx->mem, str_format(r->ctx->mem, "%s-day", checks[k]));
		bool known_day = day[k] != QUEUED_UNKNOWN;
		v->check[v->check_n++] = (struct check_line){
			.name = str_from(checks[k]),
			.label = page_key(r, "s.talk.%s", checks[k]),
			.on = sent ? on.n > 0 : known_day,
			.value = sent ? req_form(r, day_name)
				 : known_day
					 ? date_format_iso(r->ctx->mem, day[k])
					 : date_format_iso(r->ctx->mem, r->ctx->today)};
	}
}

static void set_outcomes(req *r, talk_view *v, str chosen)
{
	static const char *const icon[] = {"okc", "clock", "ban"};
	v->outcome = NEW_ARRAY(r->ctx->mem, view_choice, ARRAY_LEN(outcomes));
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
		if (i != 1 && !office_may(r, RIGHT_APPROVE))
			continue;
		v->outcome[v->outcome_n++] = (view_choice){
			.value = str_from(outcomes[i]),
			.text = req_say(r, page_key(r, "s.outcome.%s", outcomes[i])),
			.icon = icon[i],
			.chosen = str_equal(chosen, str_from(outcomes[i]))};
	}
}

static bool show_result(req *r, const person *p, const interview *i, int status)
{
	page_begin(r, "s.talk.result_title");
	talk_view v = {.page = &r->page,
		       .name = office_name(r, p),
		       .id = str_copy(r->ctx->mem, id_str(&i->id)),
		       .version = office_number_text(r, i->version),
		       .person_version = office_number_text(r, p->version),
		       .note = status == 200 ? i->note : req_form(r, "note"),
		       .note_error = error_of(r, "note"),
		       .outcome_error = error_of(r, "outcome"),
		       .date_error = error_of(r, "checks"),
		       .action = office_person(r, p->id, "result"),
		       .back = office_person(r, p->id, "")};
	set_checks(r, &v, i);
	set_outcomes(r, &v, req_form(r, "outcome"));
	tmpl_result(&r->html, r->lang, &v);
	return req_page(r, status);
}

/* The newest that is booked or, while one is thinking, held. */
static bool open_talk(req *r, const person *p, interview *out, bool *there)
{
	interview *i;
	size_t n;
	*there = false;
	if (!store_interviews_of(r->ctx, p->id, &i, &n))
		return false;
	for (size_t k = 0; k < n && !*there; k++) {
		*there = !str_equal(i[k].state, S("cancelled"));
		*out = i[k];
	}
	return true;
}

bool result_show(req *r)
{
	person p;
	interview i;
	bool there;
	if (!office_load(r, false, &p) || !open_talk(r, &p, &i, &there))
		return false;
	if (!there || p.state != STATE_INTERVIEW)
		return req_see_other(r, office_person(r, p.id, ""));
	return show_result(r, &p, &i, 200);
}

/* A tick without a date is today's. */
static int32_t read_check(req *r, const char *name)
{
	int32_t day;
	char *day_name =
		str_terminated(r->ctx->mem, str_format(r->ctx->mem, "%s-day", name));
	str text = req_form(r, day_name);
	if (!req_form(r, name).n)
		return QUEUED_UNKNOWN;
	if (!text.n)
		return r->ctx->today;
	if (date_parse_iso(text, &day) && day <= r->ctx->today)
		return day;
	form_error(r, S("checks"), "s.error.check_date", S(""));
	return QUEUED_UNKNOWN;
}

static bool do_result(ctx *c, void *arg)
{
	const talking *t = arg;
	interview i = t->talk;
	return act_interview_result(c, &i, t->outcome, t->person_version);
}

static void read_result(req *r, talking *t)
{
	enum { NOTE_MOST = 4000 };
	const char *outcome =
		known(req_form(r, "outcome"), outcomes, ARRAY_LEN(outcomes), NULL);
	t->talk.version = office_form_number(r, "version");
	t->person_version = office_form_number(r, "person_version");
	t->talk.note = str_slice(req_form(r, "note"), 0, NOTE_MOST);
	t->talk.conduct = read_check(r, checks[0]);
	t->talk.identity = read_check(r, checks[1]);
	t->talk.extract = read_check(r, checks[2]);
	if (!outcome)
		form_error(r, S("outcome"), "s.error.outcome", S(""));
	else
		t->outcome = outcome == outcomes[0]   ? ACT_PASS
			     : outcome == outcomes[1] ? ACT_THINK
						      : ACT_DECLINE;
	if (outcome == outcomes[2] && !t->talk.note.n)
		form_error(r, S("note"), "s.error.reason", S(""));
}

bool result_save(req *r)
{
	person p;
	talking t = {0};
	bool there;
	if (!office_load(r, false, &p) || !open_talk(r, &p, &t.talk, &there))
		return false;
	if (!there || !str_equal(req_form(r, "id"), id_str(&t.talk.id)))
		return office_conflict(r, &p, r->ctx->now - HOUR_MS);
	interview shown = t.talk;
	read_result(r, &t);
	if (r->error_n)
		return show_result(r, &p, &shown, 422);
	return finish(r, do_result, &t, &p, "noted");
}

/* ---- those that come --------------------------------------------------------------------------------------- */

bool interviews_show(req *r)
{
	enum { BACK = 30, AHEAD = 120 };
	interview *i;
	size_t n;
	int64_t now = r->ctx->now;
	bool mine = str_equal(req_query(r, "who"), S("me"));
	if (!store_interviews_between(r->ctx, now - (int64_t)BACK * DAY_MS,
				      now + (int64_t)AHEAD * DAY_MS, mine, &i, &n))
		return false;
	page_begin(r, "s.talks.title");
	coming_view v = {.page = &r->page,
			 .row = NEW_ARRAY(r->ctx->mem, coming_row, n),
			 .people = req_link(r, "/staff/people?state=submitted"),
			 .mine = req_link(r, "/staff/interviews?who=me"),
			 .all = req_link(r, "/staff/interviews"),
			 .only_mine = mine};
	for (size_t k = 0; k < n; k++)
		v.row[v.row_n++] = (coming_row){
			.day = office_when(r, i[k].at),
			.mode = req_say(r,
					page_key(r, "s.mode.%s",
						 str_terminated(r->ctx->mem, i[k].mode))),
			.name = i[k].given.n ? i[k].given
					     : req_say(r, "s.person.nameless"),
			.to = office_person(r, i[k].person, ""),
			.result = office_person(r, i[k].person, "result"),
			.past = i[k].at + HOUR_MS < now,
			.mine = id_equal(i[k].account, r->actor.account)};
	tmpl_talks(&r->html, r->lang, &v);
	return req_page(r, 200);
}
