/* Controls of the staff's forms: their words, what was typed, what is wrong with it. */
#include <string.h>

#include "web/account_priv.h"

static str words(req *r, const char *format, const char *name)
{
	const char *key = page_key(r, format, name);
	return view_has(r->lang, key) ? req_say(r, key) : S("");
}

static view_field new_control(req *r, const char *name, control kind)
{
	view_field f = {.name = str_from(name),
			.label = words(r, "s.field.%s", name),
			.hint = words(r, "s.hint.%s", name),
			.type = S("text"),
			.mode = S("text"),
			.complete = S("off"),
			.control = kind};
	for (size_t i = 0; i < r->error_n; i++)
		if (str_equal(r->error[i].field, f.name)) {
			f.error = r->error[i].key;
			f.error_arg = r->error[i].arg;
		}
	return f;
}

view_field control_text(req *r, const char *name, str value, const char *type,
			const char *complete)
{
	view_field f = new_control(r, name, CONTROL_TEXT);
	bool number = !strcmp(type, "number");
	f.value = value;
	f.type = number ? S("text") : str_from(type);
	f.mode = number                   ? S("numeric")
		 : !strcmp(type, "email") ? S("email")
		 : !strcmp(type, "tel")   ? S("tel")
					  : S("text");
	f.complete = str_from(complete);
	return f;
}

view_field control_area(req *r, const char *name, str value)
{
	view_field f = new_control(r, name, CONTROL_AREA);
	f.value = value;
	return f;
}

view_field control_select(req *r, const char *name, view_choice *choices, size_t n)
{
	view_field f = new_control(r, name, CONTROL_SELECT);
	f.choice = choices;
	f.choice_n = n;
	return f;
}

view_field control_radios(req *r, const char *name, view_choice *choices, size_t n)
{
	view_field f = new_control(r, name, CONTROL_BUTTONS);
	f.choice = choices;
	f.choice_n = n;
	return f;
}

view_field control_checks(req *r, const char *name, view_choice *choices, size_t n)
{
	view_field f = new_control(r, name, CONTROL_CHECKS);
	f.choice = choices;
	f.choice_n = n;
	return f;
}

view_field control_lang(req *r, str tag)
{
	view_choice *c = NEW_ARRAY(r->ctx->mem, view_choice, view_lang_count());
	size_t n = 0;
	for (size_t i = 0; i < view_lang_count(); i++) {
		const view_lang *l = view_lang_at(i);
		if (view_lang_whole(l))
			c[n++] =
				(view_choice){.value = view_lang_tag(l),
					      .text = view_lang_name(l),
					      .chosen = str_equal(view_lang_tag(l), tag)};
	}
	return control_select(r, "lang", c, n);
}

str control_read_lang(req *r)
{
	const view_lang *l = view_lang_get(req_form(r, "lang"));
	if (l && view_lang_whole(l))
		return view_lang_tag(l);
	form_error(r, S("lang"), "s.error.choose", S(""));
	return S("");
}

str control_value(const req *r, const char *name, str kept)
{
	return r->in->method == NET_POST ? req_form(r, name) : kept;
}

bool control_is_sent(const req *r, const char *name, str value)
{
	for (size_t i = 0; i < r->in->forms; i++)
		if (str_equal(r->in->form[i].name, str_from(name)) &&
		    str_equal(str_trim(r->in->form[i].value), value))
			return true;
	return false;
}

bool control_caught(req *r, const char *name)
{
	if (r->ctx->fault.kind != FAULT_INPUT)
		return false;
	form_error(r, str_from(name), r->ctx->fault.key, r->ctx->fault.arg[0]);
	r->ctx->fault = (fault){.kind = FAULT_NONE};
	return true;
}

bool control_email(req *r, const char *name, str *out)
{
	sheet_value v;
	const sheet_value_context at = {.today = r->ctx->today};
	bool ok = sheet_value_read(r->web->speller, r->ctx->mem, FIELD_EMAIL, &at,
				   req_form(r, name), &v) &&
		  v.canonical.n;
	*out = ok ? v.canonical : S("");
	if (!ok)
		form_error(r, str_from(name), "p.error.email", S(""));
	return ok;
}

str control_line(req *r, const char *name, size_t most, bool needed)
{
	str text = view_inert(r->ctx->mem, req_form(r, name));
	size_t pos = 0;
	for (size_t n = 0; pos < text.n; n++) {
		if (n == most) {
			form_error(r, str_from(name), "s.error.long",
				   view_number(r->ctx->mem, r->lang, (int64_t)most));
			return text;
		}
		utf8_next(text, &pos);
	}
	if (needed && !text.n)
		form_error(r, str_from(name), "s.error.needed",
			   words(r, "s.field.%s", name));
	return text;
}

/* ---- municipalities ------------------------------------------------------------------------ */

static str place_name(req *r, uint16_t code)
{
	const municipality *m = model_municipality_get(code);
	return m ? m->name : str_format(r->ctx->mem, "%04u", code);
}

static bool is_among(const uint16_t *all, size_t n, uint16_t code)
{
	for (size_t i = 0; i < n; i++)
		if (all[i] == code)
			return true;
	return false;
}

view_choice *control_municipalities(req *r, const uint16_t *all, size_t n,
				    const uint16_t *chosen, size_t chosen_n)
{
	view_choice *c = arena_alloc(r->ctx->mem, n, sizeof *c);
	for (size_t i = 0; i < n; i++)
		c[i] = (view_choice){.value = str_format(r->ctx->mem, "%04u", all[i]),
				     .text = place_name(r, all[i]),
				     .chosen = is_among(chosen, chosen_n, all[i])};
	return c;
}

str control_places(req *r, const uint16_t *all, size_t n)
{
	buf b = {.mem = r->ctx->mem};
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add(&b, S(", "));
		buf_add(&b, place_name(r, all[i]));
	}
	return buf_str(&b);
}

/* ---- time -------------------------------------------------------------------------------------- */

str control_moment(req *r, int64_t ms)
{
	if (!ms)
		return S("");
	int32_t day_number = date_local(ms).day;
	bool this_year =
		date_from_day(day_number).year == date_from_day(r->ctx->today).year;
	str day = this_year ? view_date_short(r->ctx->mem, r->lang, day_number)
			    : view_date(r->ctx->mem, r->lang, day_number);
	str time = view_time(r->ctx->mem, r->lang, ms);
	return str_format(r->ctx->mem, "%.*s, %.*s", STR_ARG(day), STR_ARG(time));
}
