/* The answers of a person on one form, as the office writes them. */
#include "web/office_priv.h"

enum { CHOICES_MOST = 330, WISH_WAYS = 2 };

/* ---- what is shown -------------------------------------------------------------------------- */

static void add(view_field *v, str value, str text, bool chosen)
{
	if (v->choice_n < CHOICES_MOST)
		v->choice[v->choice_n++] =
			(view_choice){.value = value, .text = text, .chosen = chosen};
}

static bool has(const view_field *v, str value)
{
	for (size_t i = 0; i < v->choice_n; i++)
		if (str_equal(v->choice[i].value, value))
			return true;
	return false;
}

static void add_municipalities(req *r, view_field *v, str coded)
{
	programme p;
	if (!store_programme_get(r->ctx, &p)) {
		r->ctx->fault = (fault){.kind = FAULT_NONE};
		return;
	}
	for (size_t i = 0; i < p.municipality_n; i++) {
		str code = str_format(r->ctx->mem, "%04u", p.municipality[i]);
		add(v, code, office_words(r, FIELD_MUNICIPALITY, code),
		    str_equal(code, coded));
	}
	for (size_t i = 0; !p.municipality_n && i < model_municipality_count; i++) {
		str code = str_format(r->ctx->mem, "%04u", model_municipality[i].code);
		add(v, code, model_municipality[i].name, str_equal(code, coded));
	}
}

static bool is_select(field_id f)
{
	return model_field[f].kind == KIND_CHOICE || f == FIELD_MUNICIPALITY;
}

static bool is_typed(field_id f)
{
	field_kind k = model_field[f].kind;
	return !is_select(f) && k != KIND_CHOICES && k != KIND_LANGUAGES &&
	       k != KIND_WISHES;
}

static void fill_select(req *r, view_field *v, field_id f, str coded)
{
	v->control = CONTROL_SELECT;
	v->choice = NEW_ARRAY(r->ctx->mem, view_choice, CHOICES_MOST);
	v->choice_n = 0;
	if (f == FIELD_MUNICIPALITY)
		add_municipalities(r, v, coded);
	for (size_t i = 0; i < model_choice_count; i++)
		if (model_choice[i].field == f)
			add(v, model_choice[i].code,
			    office_words(r, f, model_choice[i].code),
			    str_equal(model_choice[i].code, coded));
	if (coded.n && !has(v, coded))
		add(v, coded, office_words(r, f, coded), true);
}

static void fill_typed(req *r, view_field *v, field_id f, str coded)
{
	bool sent = r->in->method == NET_POST && net_form(r->in, v->name).s;
	v->control = f == FIELD_NOTE ? CONTROL_AREA : CONTROL_TEXT;
	v->value = sent ? req_form(r, model_field[f].name)
			: model_value_decode(r->ctx->mem, f, coded);
	if (!v->type.n)
		v->type = v->mode = S("text");
	v->complete = S("off");
}

view_field office_field(req *r, field_id f, str coded)
{
	view_field v = field_view(r, f, coded);
	v.label = office_label(r, (field_id)f);
	v.swedish = S("");
	if (f == FIELD_INTERESTS || f == FIELD_WISHES || f == FIELD_GIVEN ||
	    f == FIELD_PHONE)
		v.hint = S("");
	v.current = office_words(r, f, coded);
	if (is_select(f))
		fill_select(r, &v, f, coded);
	else if (is_typed(f))
		fill_typed(r, &v, f, coded);
	return v;
}

view_field office_pick(req *r, const char *name, const char *label,
		       const char *const *value, const char *key_format, size_t n,
		       str chosen)
{
	view_field v = {.name = str_from(name),
			.label = req_say(r, label),
			.control = CONTROL_BUTTONS,
			.choice = NEW_ARRAY(r->ctx->mem, view_choice, n)};
	for (size_t i = 0; i < n; i++)
		add(&v, str_from(value[i]), req_say(r, page_key(r, key_format, value[i])),
		    str_equal(chosen, str_from(value[i])));
	for (size_t i = 0; i < r->error_n; i++)
		if (str_equal(r->error[i].field, v.name))
			v.error = r->error[i].key;
	return v;
}

/* ---- what is read ------------------------------------------------------------------------------- */

static bool is_among(str coded, str code)
{
	str part;
	while (str_cut(&coded, ',', &part))
		if (str_equal(part, code))
			return true;
	return false;
}

static bool wrong(req *r, field_id f)
{
	form_error(r, str_from(model_field[f].name),
		   f == FIELD_BIRTH_YEAR ? "s.error.birth_year"
					 : page_key(r, "p.error.%s", model_field[f].name),
		   S(""));
	return false;
}

static bool read_select(req *r, field_id f, str before, str *coded)
{
	int64_t code;
	*coded = req_form(r, model_field[f].name);
	if (!coded->n || str_equal(*coded, before))
		return true;
	if (f == FIELD_MUNICIPALITY)
		return (coded->n == 4 && str_to_int(*coded, 1, 9999, &code) &&
			model_municipality_get((uint16_t)code)) ||
		       wrong(r, f);
	for (size_t i = 0; i < model_choice_count; i++)
		if (model_choice[i].field == f && str_equal(model_choice[i].code, *coded))
			return true;
	return wrong(r, f);
}

static bool read_typed(req *r, field_id f, uint16_t lives_in, str before, str *coded)
{
	enum { ADULT = 18, NOTE_MOST = 4000 };
	sheet_value v;
	sheet_value_context at = {.today = r->ctx->today, .municipality = lives_in};
	str text = req_form(r, model_field[f].name);
	*coded = before;
	if (str_equal(text, model_value_decode(r->ctx->mem, f, before)))
		return true;
	if (model_field[f].kind == KIND_TEXT) {
		*coded = text;
		return text.n <= NOTE_MOST || wrong(r, f);
	}
	if (!sheet_value_read(r->web->speller, r->ctx->mem, f, &at, text, &v))
		return wrong(r, f);
	*coded = f == FIELD_CHILDREN ? field_years(r, v.canonical)
				     : model_value_encode(r->ctx->mem, f, v.canonical);
	if (f == FIELD_BIRTH_YEAR && coded->n &&
	    date_from_day(r->ctx->today).year - v.number < ADULT) {
		form_error(r, S("birth_year"), "s.error.under_18", S(""));
		return false;
	}
	return true;
}

/* The same items in whatever order: a form sends them in its own. */
static bool is_same_set(str a, str b)
{
	str part, rest = a;
	size_t n = 0;
	while (str_cut(&rest, ',', &part)) {
		n++;
		if (!is_among(b, part))
			return false;
	}
	while (str_cut(&b, ',', &part))
		n--;
	return n == 0;
}

bool office_field_read(req *r, field_id f, uint16_t lives_in, str before, str *coded)
{
	if (is_select(f))
		return read_select(r, f, before, coded);
	if (is_typed(f))
		return read_typed(r, f, lives_in, before, coded);
	if (!field_read(r, f, lives_in, coded))
		return false;
	if (is_same_set(*coded, before))
		*coded = before;
	return true;
}

/* ---- wishes: one may wish, or demand, or neither ---------------------------------------------------- */

static void add_wish(req *r, view_field *v, const choice *c, str coded)
{
	str must = str_format(r->ctx->mem, "%.*s!", STR_ARG(c->code));
	*v = (view_field){.name = str_format(r->ctx->mem, "wish-%.*s", STR_ARG(c->code)),
			  .label = office_words(r, FIELD_WISHES, c->code),
			  .control = CONTROL_SELECT,
			  .choice = NEW_ARRAY(r->ctx->mem, view_choice, WISH_WAYS)};
	add(v, c->code, req_say(r, "s.wish.wish"), is_among(coded, c->code));
	add(v, must, req_say(r, "s.wish.must"), is_among(coded, must));
}

void office_wishes(req *r, str coded, edit_view *v)
{
	str rest = coded, part, from;
	v->wish = NEW_ARRAY(r->ctx->mem, view_field, model_choice_count);
	for (size_t i = 0; i < model_choice_count; i++)
		if (model_choice[i].field == FIELD_WISHES)
			add_wish(r, &v->wish[v->wish_n++], &model_choice[i], coded);
	while (str_cut(&rest, ',', &part)) {
		if (!str_starts(part, S("age:")))
			continue;
		str span = str_slice(part, 4, part.n - str_ends(part, S("!")));
		if (str_cut(&span, '-', &from)) {
			v->age_from = from;
			v->age_to = span;
		}
	}
	if (r->in->method == NET_POST) {
		v->age_from = req_form(r, "age_from");
		v->age_to = req_form(r, "age_to");
	}
}

bool office_wishes_read(req *r, str before, str *coded)
{
	enum { OLDEST = 120 };
	buf b = {.mem = r->ctx->mem};
	int64_t from, to;
	str low = req_form(r, "age_from"), high = req_form(r, "age_to");
	for (size_t i = 0; i < model_choice_count; i++) {
		const choice *c = &model_choice[i];
		if (c->field != FIELD_WISHES)
			continue;
		char *name =
			str_terminated(r->ctx->mem, str_format(r->ctx->mem, "wish-%.*s",
							       STR_ARG(c->code)));
		str sent = req_form(r, name);
		str must = str_format(r->ctx->mem, "%.*s!", STR_ARG(c->code));
		if (str_equal(sent, c->code) || str_equal(sent, must))
			buf_format(&b, "%s%.*s", b.n ? "," : "", STR_ARG(sent));
	}
	*coded = buf_str(&b);
	if (!low.n && !high.n) {
		if (is_same_set(*coded, before))
			*coded = before;
		return true;
	}
	if (!str_to_int(low, 1, OLDEST, &from) || !str_to_int(high, 1, OLDEST, &to) ||
	    from > to) {
		form_error(r, S("age_from"), "s.error.age_span", S(""));
		return false;
	}
	buf_format(&b, "%sage:%d-%d!", b.n ? "," : "", (int)from, (int)to);
	*coded = is_same_set(buf_str(&b), before) ? before : buf_str(&b);
	return true;
}
