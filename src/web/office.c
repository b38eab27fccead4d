/* What the pages of the office share: words for people, times, states and what happened. */
#include "web/proposal_priv.h"

enum { DAY_MS = 86400000 };

bool office_may(const req *r, right which)
{
	return r->actor.rights >> which & 1u;
}

/* ---- numbers, times, lists ---------------------------------------------------------- */

str office_when(req *r, int64_t ms)
{
	int32_t day = date_local(ms).day;
	str time = view_time(r->ctx->mem, r->lang, ms);
	if (day == r->ctx->today)
		return req_say_with(r, "s.when.today", &time, 1);
	if (day == r->ctx->today - 1)
		return req_say_with(r, "s.when.yesterday", &time, 1);
	if (day == r->ctx->today + 1)
		return req_say_with(r, "s.when.tomorrow", &time, 1);
	bool near = day - r->ctx->today < 180 && r->ctx->today - day < 180;
	str arg[] = {near ? view_date_short(r->ctx->mem, r->lang, day)
			  : view_date(r->ctx->mem, r->lang, day),
		     time};
	return req_say_with(r, "s.when.day", arg, 2);
}

static str office_number(req *r, int64_t n)
{
	static const char *const word[] = {
		"s.number.0", "s.number.1", "s.number.2", "s.number.3", "s.number.4",
		"s.number.5", "s.number.6", "s.number.7", "s.number.8", "s.number.9"};
	if (n >= 0 && n < (int64_t)ARRAY_LEN(word))
		return req_say(r, word[n]);
	return view_number(r->ctx->mem, r->lang, n);
}

str office_count(req *r, const char *key, int64_t n, const str *arg, size_t args)
{
	str all[8] = {office_number(r, n)};
	assert(args < ARRAY_LEN(all));
	for (size_t i = 0; i < args; i++)
		all[i + 1] = arg[i];
	return view_say_count(r->ctx->mem, r->lang, key, n, all, args + 1);
}

str office_list(req *r, const str *item, size_t n, int64_t more)
{
	buf b = {.mem = r->ctx->mem};
	str last = more > 0 ? view_say_count(r->ctx->mem, r->lang, "s.list.more", more,
					     NULL, 0)
		   : n      ? item[n - 1]
			    : S("");
	size_t before = more > 0 ? n : n - (n > 0);
	for (size_t i = 0; i < before; i++) {
		if (i)
			buf_add(&b, S(", "));
		buf_add(&b, item[i]);
	}
	if (!before)
		return last;
	str both[] = {buf_str(&b), last};
	return req_say_with(r, "list.and", both, 2);
}

str office_number_text(req *r, int64_t n)
{
	return str_format(r->ctx->mem, "%lld", (long long)n);
}

int64_t office_form_number(const req *r, const char *name)
{
	int64_t n = 0;
	return str_to_int(req_form(r, name), 0, INT64_MAX, &n) ? n : 0;
}

/* ---- people ------------------------------------------------------------------------------ */

str office_name(req *r, const person *p)
{
	str both[] = {p->value[FIELD_GIVEN], p->value[FIELD_FAMILY]};
	str name = str_trim(
		str_format(r->ctx->mem, "%.*s %.*s", STR_ARG(both[0]), STR_ARG(both[1])));
	return name.n ? name : req_say(r, "s.person.nameless");
}

str office_initial(req *r, str name)
{
	buf b = {.mem = r->ctx->mem};
	size_t pos = 0;
	int32_t first = name.n ? utf8_next(name, &pos) : -1;
	if (first >= 0)
		utf8_put(&b, first);
	return buf_str(&b);
}

static str choice_words(req *r, field_id f, str code)
{
	str key = str_format(r->ctx->mem, "choice.%s.%.*s", model_field[f].name,
			     STR_ARG(code));
	char *text = str_terminated(r->ctx->mem, key);
	for (char *p = text; *p; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
	return view_has(r->lang, text) ? req_say(r, text) : code;
}

str office_words(req *r, field_id f, str coded)
{
	if (!coded.n)
		return S("");
	if (model_field[f].kind == KIND_CHOICE || model_field[f].kind == KIND_CONSENT)
		return choice_words(r, f, coded);
	if (f == FIELD_MAX_KM)
		return req_say_with(r, "s.km", &coded, 1);
	int32_t day;
	if (model_field[f].kind == KIND_DATE && date_parse_iso(coded, &day))
		return view_date(r->ctx->mem, r->lang, day);
	return field_words(r, f, coded);
}

bool office_municipalities(req *r, const uint16_t **code, size_t *n)
{
	programme p;
	account a;
	if (!store_programme_get(r->ctx, &p) ||
	    !store_account_get(r->ctx, r->actor.account, &a))
		return false;
	*code = a.everywhere ? p.municipality : a.municipality;
	*n = a.everywhere ? p.municipality_n : a.municipality_n;
	return true;
}

str office_label(req *r, field_id f)
{
	if (f == FIELD_CHILDREN)
		return req_say(r, "s.field.children");
	return req_say(r, page_key(r, "field.%s", model_field[f].name));
}

str office_facts(req *r, const person *p)
{
	str item[3];
	size_t n = 0;
	int64_t year;
	if (p->value[FIELD_SIDE].n)
		item[n++] = office_words(r, FIELD_SIDE, p->value[FIELD_SIDE]);
	if (str_to_int(p->value[FIELD_BIRTH_YEAR], 1, 9999, &year)) {
		str age = office_number_text(r, date_from_day(r->ctx->today).year - year);
		item[n++] = req_say_with(r, "s.years_old", &age, 1);
	}
	if (p->value[FIELD_MUNICIPALITY].n)
		item[n++] =
			office_words(r, FIELD_MUNICIPALITY, p->value[FIELD_MUNICIPALITY]);
	buf b = {.mem = r->ctx->mem};
	for (size_t i = 0; i < n; i++) {
		buf_add(&b, i ? S(", ") : S(""));
		buf_add(&b, item[i]);
	}
	return buf_str(&b);
}

/* Of a month only its first day is known. */
static bool queue_day(str text, int32_t *day)
{
	enum { MONTH = 7 };
	char first[] = "0000-00-01";
	if (text.n != MONTH)
		return date_parse_iso(text, day);
	for (size_t i = 0; i < MONTH; i++)
		first[i] = text.s[i];
	return date_parse_iso(str_from(first), day);
}

int64_t office_waited(const req *r, const person *p)
{
	int32_t day;
	if (!queue_day(p->value[FIELD_QUEUED], &day) || day > r->ctx->today)
		return -1;
	return r->ctx->today - day;
}

html_link office_person(req *r, id person_id, const char *part)
{
	return req_link(r, "/staff/people/%s%s%s", person_id.s, *part ? "/" : "", part);
}

bool office_load(req *r, bool open, person *out)
{
	id which;
	return req_id(r, &which) && store_person_get(r->ctx, which, open, out);
}

bool office_seen(req *r, id person_id, person *out, bool *seen)
{
	*seen = store_person_get(r->ctx, person_id, false, out);
	if (!*seen && r->ctx->fault.kind != FAULT_HIDDEN)
		return false;
	r->ctx->fault = (fault){.kind = FAULT_NONE};
	return true;
}

bool office_colleague(req *r, id account_id, str *name)
{
	account a;
	*name = S("");
	if (id_none(account_id))
		return true;
	if (store_account_get(r->ctx, account_id, &a))
		*name = a.name;
	else if (r->ctx->fault.kind != FAULT_HIDDEN)
		return false;
	r->ctx->fault = (fault){.kind = FAULT_NONE};
	return true;
}

html_link office_proposal(req *r, id proposal_id, const char *part)
{
	return req_link(r, "/staff/proposals/%s%s%s", proposal_id.s, *part ? "/" : "",
			part);
}

people_row office_row(req *r, const person *p)
{
	int64_t year = 0;
	if (!str_to_int(p->value[FIELD_BIRTH_YEAR], 1, 9999, &year))
		year = 0;
	return (people_row){
		.to = office_person(r, p->id, ""),
		.name = office_name(r, p),
		.side = office_words(r, FIELD_SIDE, p->value[FIELD_SIDE]),
		.place =
			office_words(r, FIELD_MUNICIPALITY, p->value[FIELD_MUNICIPALITY]),
		.level = office_words(r, FIELD_LEVEL, p->value[FIELD_LEVEL]),
		.state = office_state_key(r, p->state),
		.grade = office_state_grade(p->state),
		.icon = office_state_icon(p->state),
		.year = year,
		.days = office_waited(r, p),
		.established = str_equal(p->value[FIELD_SIDE], S("established"))};
}

/* ---- states ------------------------------------------------------------------------------------ */

static const struct {
	const char *icon, *grade;
} look[STATE_COUNT] = {
	[STATE_DRAFT] = {"edit", ""},     [STATE_SUBMITTED] = {"mail", "warn"},
	[STATE_INTERVIEW] = {"cal", ""},  [STATE_APPROVED] = {"check", "warn"},
	[STATE_WAITING] = {"clock", ""},  [STATE_PROPOSED] = {"chat", ""},
	[STATE_PAIRED] = {"okc", "ok"},   [STATE_PAUSED] = {"clock", ""},
	[STATE_WITHDRAWN] = {"exit", ""}, [STATE_DECLINED] = {"ban", ""},
	[STATE_CLOSED] = {"close", ""},
};

str office_state_grade(state s)
{
	return str_from(look[s].grade);
}

const char *office_state_icon(state s)
{
	return look[s].icon;
}

const char *office_state_key(req *r, state s)
{
	return page_key(r, "state.%s", model_state[s]);
}

/* ---- what happened ------------------------------------------------------------------------------- */

/* "telefon, ort" of the names of fields. */
static str field_names(req *r, str what)
{
	buf b = {.mem = r->ctx->mem};
	str part;
	while (str_cut(&what, ',', &part)) {
		const char *key = page_key(r, "field.%s",
					   str_terminated(r->ctx->mem, str_trim(part)));
		buf_add(&b, b.n ? S(", ") : S(""));
		buf_add(&b, view_has(r->lang, key) ? req_say(r, key) : str_trim(part));
	}
	return buf_str(&b);
}

static str consent_name(req *r, str what)
{
	for (int i = 0; i < CONSENT_PURPOSES; i++)
		if (str_starts(what, str_from(model_consent[i].name)))
			return req_say(r, page_key(r, "legal.consent.%s",
						   model_consent[i].name));
	return S("");
}

static str words_if(req *r, const char *format, str what)
{
	const char *key = page_key(r, format, str_terminated(r->ctx->mem, what));
	return view_has(r->lang, key) ? req_say(r, key) : S("");
}

static str event_words(req *r, const event *e)
{
	str kind = e->kind;
	if (str_equal(kind, S("step")) || str_equal(kind, S("undo"))) {
		state from = model_state_named(e->from), to = model_state_named(e->to);
		if (from == STATE_COUNT || to == STATE_COUNT)
			return req_say(r, "s.event.step");
		str arg[] = {req_say(r, office_state_key(r, from)),
			     req_say(r, office_state_key(r, to))};
		return req_say_with(r,
				    str_equal(kind, S("undo")) ? "s.event.undo_of"
							       : "s.event.step_of",
				    arg, 2);
	}
	const char *key = page_key(r, "s.event.%s", str_terminated(r->ctx->mem, kind));
	if (!view_has(r->lang, key))
		key = "s.event.other";
	str what = S("");
	if (str_equal(kind, S("change")))
		what = field_names(r, e->what);
	else if (str_equal(kind, S("consent")))
		what = consent_name(r, e->what);
	else if (str_equal(kind, S("interview")))
		what = words_if(r, "s.talk.state.%s", e->what);
	else if (str_equal(kind, S("offer")))
		what = req_say(r, proposal_answer_key(e->what));
	else if (str_starts(kind, S("pair")))
		what = words_if(r, "s.pair.state.%s", e->what);
	else if (str_starts(kind, S("checkin")))
		what = words_if(r, "s.pair.answer.%s", e->what);
	if (!what.n)
		return req_say(r, key);
	return str_format(r->ctx->mem, "%.*s: %.*s", STR_ARG(req_say(r, key)),
			  STR_ARG(what));
}

history_row *office_history(req *r, const event *e, size_t n, int64_t since, size_t *out)
{
	history_row *row = NEW_ARRAY(r->ctx->mem, history_row, n);
	*out = 0;
	for (size_t i = 0; i < n; i++) {
		if (e[i].at <= since)
			continue;
		row[(*out)++] =
			(history_row){.when = office_when(r, e[i].at),
				      .what = event_words(r, &e[i]),
				      .by = id_none(e[i].account) ? S("") : e[i].by,
				      .reason = e[i].reason};
	}
	return row;
}

bool office_conflict(req *r, const person *p, int64_t seen)
{
	enum { MOST = 5 };
	event *e;
	size_t n;
	r->ctx->fault = (fault){.kind = FAULT_NONE};
	if (!store_events(r->ctx, p->id, MOST, &e, &n))
		return false;
	page_begin(r, "s.conflict.title");
	conflict_view v = {.page = &r->page,
			   .name = office_name(r, p),
			   .state = office_state_key(r, p->state),
			   .back = office_person(r, p->id, "")};
	v.event = office_history(r, e, n, seen, &v.event_n);
	tmpl_conflict(&r->html, r->lang, &v);
	return req_page(r, 409);
}
