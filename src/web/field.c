/* Profile fields as controls: what is shown, what is read, how it is said. */
#include <string.h>

#include "web/web_priv.h"

enum { CHOICES_MOST = 80 };

bool field_is_asked(field_id f, str side)
{
	const field *d = &model_field[f];
	if (!d->ask)
		return false;
	if (d->side == ASKED_BOTH)
		return true;
	return str_equal(side,
			 d->side == ASKED_NEWCOMER ? S("newcomer") : S("established"));
}

/* Is `code` one of the comma-separated codes? */
static bool is_among(str coded, str code)
{
	str part;
	while (str_cut(&coded, ',', &part))
		if (str_equal(part, code))
			return true;
	return false;
}

/* ---- words ------------------------------------------------------------------------------- */

/* "choice.level.a1": keys are in small letters. */
static const char *small(req *r, str key)
{
	char *text = str_terminated(r->ctx->mem, key);
	for (char *p = text; *p; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
	return text;
}

/* A page may say a choice at greater length than a report: "ask.level.a1" before "choice.level.a1". */
static str choice_words(req *r, const view_lang *l, field_id f, str code)
{
	arena *mem = r->ctx->mem;
	const char *name = model_field[f].name;
	const char *longer =
		small(r, str_format(r->ctx->mem, "ask.%s.%.*s", name, STR_ARG(code)));
	const char *usual =
		small(r, str_format(r->ctx->mem, "choice.%s.%.*s", name, STR_ARG(code)));
	if (view_has(l, longer))
		return view_say(mem, l, longer, NULL, 0);
	return view_has(l, usual) ? view_say(mem, l, usual, NULL, 0) : code;
}

static str interest_words(req *r, const view_lang *l, str code)
{
	const char *key =
		small(r, str_format(r->ctx->mem, "interest.%.*s", STR_ARG(code)));
	return view_has(l, key) ? view_say(r->ctx->mem, l, key, NULL, 0) : code;
}

static str group_words(req *r, const view_lang *l, str group)
{
	return view_say(
		r->ctx->mem, l,
		small(r, str_format(r->ctx->mem, "interest.group.%.*s", STR_ARG(group))),
		NULL, 0);
}

static str municipality_words(str code)
{
	int64_t number;
	const municipality *m = str_to_int(code, 1, 9999, &number)
					? model_municipality_get((uint16_t)number)
					: NULL;
	return m ? m->name : code;
}

static str language_words(str code)
{
	for (size_t i = 0; i < model_language_count; i++)
		if (str_equal(model_language[i].bcp47, code))
			return model_language[i].endonym;
	return code;
}

static str wish_words(req *r, str code)
{
	bool must = str_ends(code, S("!"));
	str bare = must ? str_slice(code, 0, code.n - 1) : code;
	if (str_starts(bare, S("age:")))
		return str_slice(bare, 4, bare.n);
	str words = choice_words(r, r->lang, FIELD_WISHES, bare);
	return must ? req_say_with(r, "p.wish.must_is", &words, 1) : words;
}

static str one_word(req *r, const view_lang *l, field_id f, str code)
{
	switch ((int)model_field[f].kind) {
	case KIND_CHOICE:
	case KIND_CONSENT:
	case KIND_DISTANCE:
		return choice_words(r, l, f, code);
	case KIND_CHOICES:
		return f == FIELD_INTERESTS ? interest_words(r, l, code)
					    : choice_words(r, l, f, code);
	case KIND_LANGUAGES:
		return language_words(code);
	case KIND_WISHES:
		return wish_words(r, code);
	case KIND_PLACE:
		return f == FIELD_MUNICIPALITY ? municipality_words(code) : code;
	default:
		return code;
	}
}

static bool is_list(field_id f)
{
	field_kind k = model_field[f].kind;
	return k == KIND_CHOICES || k == KIND_LANGUAGES || k == KIND_WISHES ||
	       k == KIND_YEARS;
}

str field_words(req *r, field_id f, str coded)
{
	str both[2] = {S("")}, rest = coded, part;
	if (!is_list(f) || !coded.n)
		return one_word(r, r->lang, f, coded);
	while (str_cut(&rest, ',', &part)) {
		both[1] = one_word(r, r->lang, f, part);
		both[0] = both[0].n ? req_say_with(r, "list.comma", both, 2) : both[1];
	}
	return both[0];
}

/* ---- icons ----------------------------------------------------------------------------- */

/* Of an interest: its own, else its group's. */
const char *field_interest_icon(str code)
{
	static const struct {
		const char *of, *icon;
	} table[] = {{"fika", "cup"},       {"film", "film"},     {"teater", "mic"},
		     {"bocker", "book"},    {"sprak", "chat"},    {"skrivande", "book"},
		     {"familj", "family"},  {"vandring", "walk"}, {"lopning", "walk"},
		     {"foto", "cam"},       {"museum", "eye"},    {"konst", "eye"},
		     {"resor", "globe"},    {"odling", "plant"},  {"natur", "plant"},
		     {"sport", "ball"},     {"mat", "pot"},       {"kultur", "music"},
		     {"skapa", "yarn"},     {"teknik", "signal"}, {"umgas", "people"},
		     {"samhalle", "people"}};
	str group = S("");
	for (size_t i = 0; i < model_interest_count; i++)
		if (str_equal(model_interest[i].code, code))
			group = model_interest[i].group;
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (str_equal(code, str_from(table[i].of)) ||
		    str_equal(group, str_from(table[i].of)))
			return table[i].icon;
	return "sun";
}

/* ---- controls ------------------------------------------------------------------------------- */

static void add_choice(req *r, view_field *v, field_id f, str code, str coded)
{
	const view_lang *sv = view_lang_get(S("sv"));
	str text = one_word(r, r->lang, f, code), swedish = S("");
	if (r->lang != sv)
		swedish = one_word(r, sv, f, code);
	if (str_equal(text, swedish))
		swedish = S("");
	if (v->choice_n == CHOICES_MOST)
		return;
	v->choice[v->choice_n++] = (view_choice){
		.value = code,
		.text = text,
		.swedish = swedish,
		.icon = f == FIELD_INTERESTS ? field_interest_icon(code) : NULL,
		.chosen = is_among(coded, code)};
}

/* Interests by their groups, which the table keeps together. */
static void interest_choices(req *r, view_field *v, str coded)
{
	const view_lang *sv = view_lang_get(S("sv"));
	for (size_t i = 0; i < model_interest_count; i++) {
		const interest *at = &model_interest[i];
		add_choice(r, v, FIELD_INTERESTS, at->code, coded);
		if (i && str_equal(at->group, model_interest[i - 1].group))
			continue;
		view_choice *first = &v->choice[v->choice_n - 1];
		first->group = group_words(r, r->lang, at->group);
		if (r->lang != sv)
			first->group_swedish = group_words(r, sv, at->group);
	}
}

/* Of the sixteen ways a sheet tells a level, a person is asked for six. */
static bool is_offered(field_id f, const choice *c)
{
	return c->field == f && (f != FIELD_LEVEL || c->number >= LEVEL_NONE);
}

static void municipality_choices(req *r, view_field *v, str coded)
{
	programme p;
	if (!store_programme_get(r->ctx, &p)) {
		r->ctx->fault = (fault){.kind = FAULT_NONE};
		return;
	}
	for (size_t i = 0; i < p.municipality_n; i++)
		add_choice(r, v, FIELD_MUNICIPALITY,
			   str_format(r->ctx->mem, "%04u", p.municipality[i]), coded);
}

static void number_choices(req *r, view_field *v, field_id f, str coded)
{
	static const str km[] = {S_INIT("5"), S_INIT("15"), S_INIT("30"), S_INIT("60"),
				 S_INIT("100")};
	static const str count[] = {S_INIT("1"), S_INIT("2"), S_INIT("3")};
	const str *list = f == FIELD_MAX_KM ? km : count;
	size_t n = f == FIELD_MAX_KM ? ARRAY_LEN(km) : ARRAY_LEN(count);
	for (size_t i = 0; i < n; i++)
		add_choice(r, v, f, list[i], coded);
}

static void fill_choices(req *r, view_field *v, field_id f, str coded)
{
	field_kind k = model_field[f].kind;
	v->choice = NEW_ARRAY(r->ctx->mem, view_choice, CHOICES_MOST);
	if (f == FIELD_INTERESTS)
		interest_choices(r, v, coded);
	else if (k == KIND_LANGUAGES)
		for (size_t i = 0; i < model_language_count; i++)
			add_choice(r, v, f, model_language[i].bcp47, coded);
	else if (f == FIELD_MUNICIPALITY)
		municipality_choices(r, v, coded);
	else if (k == KIND_DISTANCE || k == KIND_COUNT)
		number_choices(r, v, f, coded);
	else
		for (size_t i = 0; i < model_choice_count; i++)
			if (is_offered(f, &model_choice[i]))
				add_choice(r, v, f, model_choice[i].code, coded);
}

static control control_of(field_id f)
{
	switch ((int)model_field[f].kind) {
	case KIND_CHOICE:
	case KIND_DISTANCE:
	case KIND_COUNT:
		return CONTROL_BUTTONS;
	case KIND_PLACE:
		return f == FIELD_MUNICIPALITY ? CONTROL_BUTTONS : CONTROL_TEXT;
	case KIND_CHOICES:
	case KIND_LANGUAGES:
	case KIND_WISHES:
		return CONTROL_CHECKS;
	default:
		return f == FIELD_NOTE ? CONTROL_AREA : CONTROL_TEXT;
	}
}

/* What the browser may help with (HTML, autofill field names). */
static void set_typing(view_field *v, field_id f)
{
	v->type = S("text");
	v->mode = S("text");
	v->complete = S("off");
	if (f == FIELD_GIVEN)
		v->complete = S("given-name");
	else if (f == FIELD_FAMILY)
		v->complete = S("family-name");
	else if (f == FIELD_BIRTH_YEAR) {
		v->mode = S("numeric");
		v->complete = S("bday-year");
	} else if (f == FIELD_PHONE) {
		v->type = v->mode = S("tel");
		v->complete = S("tel");
	} else if (f == FIELD_EMAIL) {
		v->type = v->mode = S("email");
		v->complete = S("email");
	}
}

static str say_if_any(req *r, const view_lang *l, const char *key)
{
	return view_has(l, key) ? view_say(r->ctx->mem, l, key, NULL, 0) : S("");
}

/* What was just sent stands in the form again; else what is kept. */
static str shown_value(req *r, field_id f, str coded)
{
	bool sent = r->in->method == NET_POST &&
		    net_form(r->in, str_from(model_field[f].name)).s;
	if (sent)
		return req_form(r, model_field[f].name);
	return model_value_decode(r->ctx->mem, f, coded);
}

view_field field_view(req *r, field_id f, str coded)
{
	const view_lang *sv = view_lang_get(S("sv"));
	const char *name = model_field[f].name;
	view_field v = {.name = str_from(model_field[f].name),
			.label = say_if_any(r, r->lang,
					    page_key(r, "ask.%s", model_field[f].name)),
			.hint = say_if_any(r, r->lang,
					   page_key(r, "hint.%s", model_field[f].name)),
			.control = control_of(f),
			.two = f == FIELD_INTERESTS,
			.optional = model_field[f].ask >= ASK_MORE,
			.current = field_words(r, f, coded)};
	if (!v.label.n)
		v.label = say_if_any(r, r->lang, page_key(r, "field.%s", name));
	if (r->lang != sv)
		v.swedish = say_if_any(r, sv, page_key(r, "ask.%s", name));
	if (v.control == CONTROL_TEXT || v.control == CONTROL_AREA) {
		v.value = shown_value(r, f, coded);
		set_typing(&v, f);
	} else {
		fill_choices(r, &v, f, coded);
		if (!v.choice_n) { /* no programme yet: any municipality */
			v.control = CONTROL_TEXT;
			v.value = shown_value(r, f, coded);
			set_typing(&v, f);
		}
	}
	for (size_t i = 0; i < r->error_n; i++)
		if (str_equal(r->error[i].field, v.name)) {
			v.error = r->error[i].key;
			v.error_arg = r->error[i].arg;
		}
	return v;
}

/* ---- reading ------------------------------------------------------------------------------------ */

/* Every value of that name, as codes with commas between, each one that is offered. */
static str read_codes(req *r, field_id f)
{
	buf b = {.mem = r->ctx->mem};
	view_field v = {.name = str_from(model_field[f].name)};
	fill_choices(r, &v, f, S(""));
	for (size_t i = 0; i < r->in->forms; i++) {
		const net_pair *p = &r->in->form[i];
		if (!str_equal(p->name, v.name) || !p->value.n)
			continue;
		str bare = p->value;
		if (f == FIELD_WISHES && str_ends(bare, S("!")))
			bare = str_slice(bare, 0, bare.n - 1);
		bool known = false;
		for (size_t k = 0; k < v.choice_n; k++)
			known |= str_equal(v.choice[k].value, bare);
		if (!known || is_among(buf_str(&b), p->value))
			continue;
		if (b.n)
			buf_char(&b, ',');
		buf_add(&b, p->value);
	}
	return buf_str(&b);
}

static bool is_coded(req *r, field_id f)
{
	view_field v = field_view(r, f, S(""));
	return v.control == CONTROL_BUTTONS || v.control == CONTROL_CHECKS ||
	       v.control == CONTROL_SELECT;
}

str field_years(req *r, str ages)
{
	buf b = {.mem = r->ctx->mem};
	int32_t year = date_from_day(r->ctx->today).year;
	str part;
	int64_t age;
	while (str_cut(&ages, ',', &part))
		if (str_to_int(str_trim(part), 0, 99, &age))
			buf_format(&b, "%s%lld", b.n ? "," : "", (long long)(year - age));
	return buf_str(&b);
}

bool field_read(req *r, field_id f, uint16_t lives_in, str *coded)
{
	sheet_value v;
	str name = str_from(model_field[f].name);
	if (is_coded(r, f)) {
		*coded = read_codes(r, f);
		return true;
	}
	sheet_value_context at = {.today = r->ctx->today, .municipality = lives_in};
	if (!sheet_value_read(r->web->speller, r->ctx->mem, f, &at,
			      req_form(r, model_field[f].name), &v)) {
		form_error(r, name, page_key(r, "p.error.%s", model_field[f].name),
			   S(""));
		return false;
	}
	*coded = f == FIELD_CHILDREN ? field_years(r, v.canonical)
				     : model_value_encode(r->ctx->mem, f, v.canonical);
	return true;
}
