/* "Mina uppgifter": what is kept, why, until when, who has looked; all of it, to read and to take along. */
#include <jansson.h>

#include "web/me_priv.h"

/* ---- what is kept --------------------------------------------------------------------------- */

static const struct {
	field_purpose purpose;
	const char *title, *what;
} groups[] = {
	{PURPOSE_MATCH, "p.data.match", "p.data.match_what"},
	{PURPOSE_CONTACT, "p.data.contact", "p.data.contact_what"},
	{PURPOSE_OFFICE, "p.data.office", "p.data.office_what"},
	{PURPOSE_REPORT, "p.data.report", "p.data.report_what"},
};

static const char *who_sees(field_audience a)
{
	return a == AUDIENCE_OFFER     ? "p.data.sees_offer"
	       : a == AUDIENCE_PARTNER ? "p.data.sees_partner"
				       : NULL;
}

/* Dates as one says them. */
static str answer_words(req *r, field_id f, str coded)
{
	int32_t day;
	if (model_field[f].kind == KIND_DATE && date_parse_iso(coded, &day))
		return view_date(r->ctx->mem, r->lang, day);
	return field_words(r, f, coded);
}

static void answers(req *r, me_data_view *v, const person *p)
{
	v->group = NEW_ARRAY(r->ctx->mem, struct data_group, ARRAY_LEN(groups));
	for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
		struct data_group *g = &v->group[v->group_n];
		*g = (struct data_group){
			.title = groups[i].title,
			.what = groups[i].what,
			.row = NEW_ARRAY(r->ctx->mem, struct data_row, FIELD_COUNT)};
		for (int f = 0; f < FIELD_COUNT; f++) {
			if (model_field[f].purpose != groups[i].purpose || !p->value[f].n)
				continue;
			g->row[g->row_n++] = (struct data_row){
				.label = req_say(
					r, page_key(r, "field.%s", model_field[f].name)),
				.words = answer_words(r, (field_id)f, p->value[f]),
				.who = who_sees(model_field[f].audience)};
		}
		v->group_n += g->row_n > 0;
	}
}

static bool consents(req *r, me_data_view *v, const person *p)
{
	consent_row row[CONSENT_PURPOSES];
	if (!store_consents(r->ctx, p->id, row))
		return false;
	v->consent = NEW_ARRAY(r->ctx->mem, struct data_consent, CONSENT_PURPOSES);
	for (int i = 0; i < CONSENT_PURPOSES; i++) {
		const char *name = model_consent[i].name;
		str day = view_date(r->ctx->mem, r->lang, date_local(row[i].at).day);
		bool asks = model_consent[i].required && row[i].given;
		v->consent[v->consent_n++] = (struct data_consent){
			.title = page_key(r, "legal.consent.%s", name),
			.text = str_terminated(
				r->ctx->mem,
				str_format(r->ctx->mem, "legal.consent.%s.text", name)),
			.words = !row[i].at ? req_say(r, "p.data.consent_never")
					    : req_say_with(r,
							   row[i].given
								   ? "p.data.consent_yes"
								   : "p.data.consent_no",
							   &day, 1),
			.given = row[i].given,
			.asks = asks,
			.to = req_link(r, "/me/consent/%s", name)};
	}
	return true;
}

static bool looks(req *r, me_data_view *v, const person *p)
{
	enum { MOST = 20 };
	log_row *l;
	size_t n;
	if (!store_log_list(r->ctx, p->id, MOST, &l, &n))
		return false;
	v->look = NEW_ARRAY(r->ctx->mem, struct data_look, n);
	for (size_t i = 0; i < n; i++) {
		const char *key = page_key(r, "held.action.%s",
					   str_terminated(r->ctx->mem, l[i].action));
		v->look[v->look_n++] = (struct data_look){
			.when = view_date(r->ctx->mem, r->lang, date_local(l[i].at).day),
			.what = req_say(r, view_has(r->lang, key) ? key : "held.other"),
			.who = l[i].by};
	}
	return true;
}

/* By when it goes, if nothing happens. */
static str until(req *r, const person *p)
{
	bool draft = p->state == STATE_DRAFT;
	bool ends = p->state == STATE_PAIRED || p->state == STATE_WITHDRAWN ||
		    p->state == STATE_DECLINED || p->state == STATE_CLOSED;
	if (ends) {
		str months[] = {view_number(r->ctx->mem, r->lang,
					    model_period[PERIOD_PERSON].days / 30),
				view_number(r->ctx->mem, r->lang,
					    model_period[PERIOD_ENDED].days / 30)};
		return req_say_with(r, "legal.privacy.long.text", months, 2);
	}
	int32_t last = draft ? date_local(p->changed).day : r->ctx->today;
	str day =
		view_date(r->ctx->mem, r->lang,
			  last + model_period[draft ? PERIOD_DRAFT : PERIOD_PERSON].days);
	return req_say_with(r, draft ? "p.data.until_draft" : "p.data.until_day", &day,
			    1);
}

bool me_data(req *r)
{
	person p;
	me_data_view v = {.page = &r->page,
			  .back = req_link(r, "/me"),
			  .edit = req_link(r, "/register/check"),
			  .everything = req_link(r, "/me/everything"),
			  .json = req_link(r, "/me/everything.json"),
			  .privacy = req_link(r, "/privacy")};
	if (!me_load(r, &p, &v.erase))
		return false;
	page_begin(r, "p.data.title");
	answers(r, &v, &p);
	v.until = until(r, &p);
	if (p.state == STATE_DRAFT)
		v.back = req_link(r, "/register/check");
	if (!v.erase.day.n)
		v.erase_to = req_link(r, "/me/erase");
	if (p.state == STATE_PAUSED && !v.erase.day.n)
		v.resume = req_link(r, "/me/resume");
	if (act_own_may_pause(p.state))
		v.pause = req_link(r, "/me/pause");
	if (!looks(r, &v, &p) || (p.state != STATE_DRAFT && !consents(r, &v, &p)))
		return false;
	tmpl_me_data(&r->html, r->lang, &v);
	return req_page(r, 200);
}

/* ---- everything: as a page ------------------------------------------------------------------- */

/* Codes that have words of their own already. */
static const struct {
	const char *name, *before, *after;
} words_of[] = {
	{"purpose", "legal.consent.", ""}, {"mode", "p.talk.", ""},
	{"best_time", "p.call.", ""},      {"rule", "mail.", ".subject"},
	{"from_state", "held.state.", ""}, {"to_state", "held.state.", ""},
};

static str code_words(req *r, const held_value *h)
{
	arena *mem = r->ctx->mem;
	str before = str_format(mem, "held.%.*s.", STR_ARG(h->name)), after = S("");
	for (size_t i = 0; i < ARRAY_LEN(words_of); i++)
		if (str_equal(h->name, str_from(words_of[i].name))) {
			before = str_from(words_of[i].before);
			after = str_from(words_of[i].after);
		}
	const char *key =
		str_terminated(mem, str_format(mem, "%.*s%.*s%.*s", STR_ARG(before),
					       STR_ARG(h->text), STR_ARG(after)));
	return req_say(r, view_has(r->lang, key) ? key : "held.other");
}

static field_id field_named(str name)
{
	for (int f = 0; f < FIELD_COUNT; f++)
		if (str_equal(name, str_from(model_field[f].name)))
			return (field_id)f;
	return FIELD_COUNT;
}

/* Of an event: which answers it was about; other words of it are the machine's. */
static str fields_words(req *r, str list)
{
	buf b = {.mem = r->ctx->mem};
	str name;
	while (str_cut(&list, ',', &name)) {
		field_id f = field_named(name);
		if (f == FIELD_COUNT)
			return S("");
		buf_add(&b, b.n ? S(", ") : S(""));
		buf_add(&b, req_say(r, page_key(r, "field.%s", model_field[f].name)));
	}
	return buf_str(&b);
}

static str text_words(req *r, const held_value *h)
{
	if (str_equal(h->name, S("what")))
		return fields_words(r, h->text);
	bool tag = str_equal(h->name, S("lang")) || str_equal(h->name, S("written"));
	const view_lang *l = tag ? view_lang_get(h->text) : NULL;
	return l ? view_lang_name(l) : h->text;
}

static str value_words(req *r, const held_value *h)
{
	arena *mem = r->ctx->mem;
	switch (h->kind) {
	case HELD_TEXT:
		return text_words(r, h);
	case HELD_CODE:
		return code_words(r, h);
	case HELD_FIELD:
		return answer_words(r, field_named(h->name), h->text);
	case HELD_TIME: {
		str arg[] = {view_date(mem, r->lang, date_local(h->n).day),
			     view_time(mem, r->lang, h->n)};
		return req_say_with(r, "p.talk.when", arg, 2);
	}
	case HELD_DAY:
		return view_date(mem, r->lang, (int32_t)h->n);
	case HELD_NUMBER:
		return view_number(mem, r->lang, h->n);
	case HELD_YES:
		break;
	}
	return req_say(r, h->n ? "held.yes" : "held.no");
}

static void show_row(req *r, const held_row *row, struct data_item *item)
{
	*item = (struct data_item){
		.pair = NEW_ARRAY(r->ctx->mem, struct data_pair, row->n)};
	for (size_t i = 0; i < row->n; i++) {
		const held_value *h = &row->value[i];
		const char *name = str_terminated(r->ctx->mem, h->name);
		str words = value_words(r, h);
		if (!words.n)
			continue;
		item->pair[item->pair_n++] = (struct data_pair){
			.label = req_say(r, page_key(r,
						     h->kind == HELD_FIELD
							     ? "field.%s"
							     : "held.column.%s",
						     name)),
			.words = words};
	}
}

bool me_show_everything(req *r, id who, html_link back, html_link json)
{
	held_table *t;
	size_t n;
	if (!store_person_data(r->ctx, who, &t, &n))
		return false;
	page_begin(r, "p.everything.title");
	everything_view v = {.page = &r->page,
			     .back = back,
			     .json = json,
			     .table = NEW_ARRAY(r->ctx->mem, struct data_table, n)};
	for (size_t i = 0; i < n; i++) {
		if (!t[i].n)
			continue;
		struct data_table *to = &v.table[v.table_n++];
		*to = (struct data_table){
			.title = page_key(r, "held.table.%s", t[i].name),
			.item = NEW_ARRAY(r->ctx->mem, struct data_item, t[i].n)};
		for (size_t k = 0; k < t[i].n; k++) {
			show_row(r, &t[i].row[k], &to->item[to->item_n]);
			to->item_n += to->item[to->item_n].pair_n > 0;
		}
	}
	tmpl_everything(&r->html, r->lang, &v);
	return req_page(r, 200);
}

bool me_everything(req *r)
{
	return me_show_everything(r, r->actor.person, req_link(r, "/me/data"),
				  req_link(r, "/me/everything.json"));
}

/* ---- everything: for a program --------------------------------------------------------------- */

/* A moment as RFC 3339 says it, in UTC. */
static str moment(arena *mem, int64_t ms)
{
	enum {
		DAY_MS = 86400000,
		HOUR_MS = 3600000,
		MINUTE_MS = 60000,
		SECOND_MS = 1000
	};
	int64_t day = ms / DAY_MS, rest = ms % DAY_MS;
	str date = date_format_iso(mem, (int32_t)day);
	return str_format(mem, "%.*sT%02d:%02d:%02dZ", STR_ARG(date),
			  (int)(rest / HOUR_MS), (int)(rest % HOUR_MS / MINUTE_MS),
			  (int)(rest % MINUTE_MS / SECOND_MS));
}

static json_t *json_text(str s)
{
	return json_stringn(s.n ? s.s : "", s.n);
}

static json_t *json_value(arena *mem, const held_value *h)
{
	switch (h->kind) {
	case HELD_TEXT:
	case HELD_CODE:
		return json_text(h->text);
	case HELD_FIELD:
		return json_text(model_value_decode(mem, field_named(h->name), h->text));
	case HELD_TIME:
		return json_text(moment(mem, h->n));
	case HELD_DAY:
		return json_text(date_format_iso(mem, (int32_t)h->n));
	case HELD_NUMBER:
		return json_integer(h->n);
	case HELD_YES:
		break;
	}
	return json_boolean(h->n != 0);
}

static json_t *json_table(arena *mem, const held_table *t)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < t->n; i++) {
		json_t *row = json_object();
		for (size_t k = 0; k < t->row[i].n; k++) {
			const held_value *h = &t->row[i].value[k];
			json_object_setn_new(row, h->name.s, h->name.n,
					     json_value(mem, h));
		}
		json_array_append_new(rows, row);
	}
	return rows;
}

static int write_json(const char *text, size_t n, void *to)
{
	buf_add(to, (str){text, n});
	return 0;
}

static str json_all(req *r, const held_table *t, size_t n)
{
	arena *mem = r->ctx->mem;
	buf out = {.mem = mem};
	str made = moment(mem, r->ctx->now);
	json_t *all = json_pack("{s:s, s:i, s:s%}", "format", "kompis-person", "version",
				1, "made", made.s, made.n);
	for (size_t i = 0; i < n; i++)
		json_object_set_new(all, t[i].name, json_table(mem, &t[i]));
	json_dump_callback(all, write_json, &out, JSON_INDENT(2));
	json_decref(all);
	return buf_str(&out);
}

bool me_download(req *r)
{
	held_table *t;
	size_t n;
	if (!store_person_data(r->ctx, r->actor.person, &t, &n))
		return false;
	r->out->status = 200;
	r->out->type = S("application/json; charset=utf-8");
	r->out->body = json_all(r, t, n);
	net_reply_header(r->out, S("Content-Disposition"),
			 S("attachment; filename=\"kompis.json\""));
	net_reply_header(r->out, S("Cache-Control"), S("no-store"));
	return true;
}
