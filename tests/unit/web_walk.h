/*
 * web_walk - walks the pages as somebody: every route that may be seen, then wherever a link
 * leads. On request it fills in and sends the forms that stand there, so nothing has to be
 * told of a new page, form or field.
 *
 * It reads only HTML as our own templates write it: markup.h is the judge of that.
 */
#ifndef WEB_WALK_H
#define WEB_WALK_H

#include "markup.h"
#include "web_office.h"

enum { WALK_CONTROLS = 400, WALK_TIMES = 6 };

typedef struct walk {
	office *o;
	arena *mem; /* of what outlives one page */
	visitor v;
	const char *lang;
	/* Each control in turn says this while the others say something sensible; s == NULL sends no form. */
	str says;
	/* Every answer, page or not. `to` is what was asked; `name` of the control that said `says`, or "". */
	void (*answer)(void *self, str to, str name, str answer);
	void *self;
	str *path; /* seen, or to be seen */
	size_t paths, paths_cap;
	str *sent; /* "action control" of forms that were sent */
	size_t sents, sents_cap;
	bool *seen; /* of web_routes: those that answered with a page or led on; shared by walks */
	unsigned count;
} walk;

typedef struct walk_control {
	str name, value;
	bool typed, fixed; /* typed by hand; chosen already */
} walk_control;
typedef struct walk_form {
	str action;
	bool post, files;
	walk_control c[WALK_CONTROLS];
	size_t n;
} walk_form;

static inline bool walk_may(const who *w, int need)
{
	if (need == NEED_NOBODY)
		return true;
	if (need == NEED_DRAFT || need == NEED_SELF)
		return !id_none(w->person);
	return !id_none(w->account) &&
	       (need == NEED_STAFF ||
		(model_role[w->role].rights & 1u << (need - NEED_RIGHT_0)) != 0);
}

static inline bool walk_has(const str *list, size_t n, str s)
{
	for (size_t i = 0; i < n; i++)
		if (str_equal(list[i], s))
			return true;
	return false;
}

static inline void walk_add(walk *w, str **list, size_t *n, size_t *cap, str s)
{
	if (*n == *cap) {
		size_t more = *cap ? 2 * *cap : 64;
		*list = arena_grow(w->mem, *list, *n, more, sizeof **list);
		*cap = more;
	}
	(*list)[(*n)++] = str_copy(w->mem, s);
}

static inline str walk_bare(str path)
{
	str bare = path, rest = path;
	return str_cut(&rest, '?', &bare) ? bare : path;
}

/* Later, if it is new, in this language and not the hundredth of its kind. */
static inline void walk_to(walk *w, str path)
{
	str bare, rest = path;
	if (str_cut(&rest, '#', &bare))
		path = bare;
	bare = walk_bare(path);
	const route *r = route_find(NET_GET, bare);
	const view_lang *lang = path_lang(bare);
	if (!r || walk_has(w->path, w->paths, path) ||
	    (lang && lang != view_lang_get(str_from(w->lang))))
		return;
	size_t times = 0;
	for (size_t i = 0; i < w->paths; i++)
		times += route_find(NET_GET, walk_bare(w->path[i])) == r;
	if (times < WALK_TIMES || r->need == NEED_DRAFT)
		walk_add(w, &w->path, &w->paths, &w->paths_cap, path);
}

/* ---- reading HTML -------------------------------------------------------------------------- */

static inline str walk_plain(arena *mem, str s)
{
	static const struct {
		const char *entity;
		char c;
	} five[] = {{"&amp;", '&'},
		    {"&lt;", '<'},
		    {"&gt;", '>'},
		    {"&quot;", '"'},
		    {"&#39;", '\''}};
	buf b = {.mem = mem};
	for (size_t i = 0; i < s.n; i++) {
		str rest = str_slice(s, i, s.n);
		size_t k = 0;
		while (k < ARRAY_LEN(five) && !str_starts(rest, str_from(five[k].entity)))
			k++;
		buf_char(&b, k < ARRAY_LEN(five) ? five[k].c : s.s[i]);
		if (k < ARRAY_LEN(five))
			i += strlen(five[k].entity) - 1;
	}
	return buf_str(&b);
}

/* The value of an attribute; s == NULL when it is not there. */
static inline str walk_attr(arena *mem, str tag, const char *name)
{
	str sign = str_format(mem, " %s=\"", name);
	ptrdiff_t at = str_find(tag, sign);
	if (at < 0)
		return (str){0};
	str rest = str_slice(tag, (size_t)at + sign.n, tag.n), value = S("");
	str_cut(&rest, '"', &value);
	return walk_plain(mem, value);
}

/* Cuts what stands before the next tag, and the tag without < and >. */
static inline bool walk_tag(str *rest, str *text, str *tag)
{
	return str_cut(rest, '<', text) && str_cut(rest, '>', tag);
}

static inline bool walk_flag(str tag, const char *flag)
{
	return str_find(tag, str_from(flag)) >= 0;
}

/* A name once: what is chosen, else what comes first. */
static inline void walk_take(walk_form *f, walk_control c)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_equal(f->c[i].name, c.name)) {
			if (!f->c[i].fixed && c.value.n && (c.fixed || !f->c[i].value.n))
				f->c[i] = c;
			return;
		}
	if (c.name.n && f->n < WALK_CONTROLS)
		f->c[f->n++] = c;
}

static inline void walk_read_control(arena *mem, walk_form *f, str tag, str *select,
				     str after)
{
	str type = walk_attr(mem, tag, "type");
	walk_control c = {.name = walk_attr(mem, tag, "name"),
			  .value = walk_attr(mem, tag, "value")};
	if (str_starts(tag, S("select")))
		*select = c.name;
	else if (str_starts(tag, S("option"))) {
		c.name = *select;
		c.fixed = walk_flag(tag, " selected");
	} else if (str_starts(tag, S("textarea"))) {
		c.typed = true;
		str_cut(&after, '<', &c.value);
		c.value = walk_plain(mem, c.value);
	} else if (str_starts(tag, S("input"))) {
		c.fixed = str_equal(type, S("hidden")) || walk_flag(tag, " checked");
		c.typed = !c.fixed && !str_equal(type, S("radio")) &&
			  !str_equal(type, S("checkbox"));
		f->files |= str_equal(type, S("file"));
	} else if (!str_starts(tag, S("button")))
		return;
	if (!c.value.s)
		c.value = S("");
	if (!str_starts(tag, S("select")))
		walk_take(f, c);
}

/* Cuts the next form off *rest. */
static inline bool walk_next_form(arena *mem, str *rest, walk_form *f)
{
	str text, tag, select = S("");
	do
		if (!walk_tag(rest, &text, &tag))
			return false;
	while (!str_starts(tag, S("form ")));
	*f = (walk_form){.action = walk_attr(mem, tag, "action"),
			 .post = str_equal(walk_attr(mem, tag, "method"), S("post"))};
	while (walk_tag(rest, &text, &tag) && !str_starts(tag, S("/form")))
		walk_read_control(mem, f, tag, &select, *rest);
	return true;
}

/* ---- sending ----------------------------------------------------------------------------------- */

static inline void walk_encode(buf *b, str s)
{
	html h = html_to(b);
	html_url(&h, s);
}

/* Something that fits, each time another where that matters. */
static inline str walk_sensible(walk *w, str name)
{
	static const struct {
		const char *name, *value;
	} known[] = {
		{"birth_year", "1990"}, {"postcode", "972 31"},    {"locality", "Luleå"},
		{"children", "5"},      {"arrived", "2022-05-01"}, {"time", "10:00"},
		{"from", "2026-01-01"}, {"to", "2035-01-01"},      {"date", "2034-05-05"},
		{"goal", "10"},         {"new_years", "3"},        {"age_from", "20"},
		{"age_to", "40"},       {"digits", "123456"},      {"code", "123456"},
		{"more", ""},           {"household", "4"}};
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_equal(name, str_from(known[i].name)))
			return str_from(known[i].value);
	w->count++;
	if (str_find(name, S("email")) >= 0)
		return str_format(w->o->mem, "prov%u@example.org", w->count);
	if (str_find(name, S("phone")) >= 0)
		return str_format(w->o->mem, "+4670%07u", 1000000 + w->count);
	return S("Prov");
}

static inline str walk_body(walk *w, const walk_form *f, size_t odd)
{
	buf b = {.mem = w->o->mem};
	for (size_t i = 0; i < f->n; i++) {
		const walk_control *c = &f->c[i];
		if (b.n)
			buf_char(&b, '&');
		walk_encode(&b, c->name);
		buf_char(&b, '=');
		walk_encode(&b, i == odd                  ? w->says
				: c->typed && !c->value.n ? walk_sensible(w, c->name)
							  : c->value);
	}
	return buf_str(&b);
}

static inline void walk_answered(walk *w, str to, str name, str answer)
{
	str sign = S("\r\nLocation: "), rest, next;
	ptrdiff_t at = str_find(answer, sign);
	if (at >= 0) {
		rest = str_slice(answer, (size_t)at + sign.n, answer.n);
		if (str_cut(&rest, '\r', &next))
			walk_to(w, next);
	}
	w->answer(w->self, to, name, answer);
}

static inline void walk_send(walk *w, const walk_form *f, size_t odd)
{
	str body = walk_body(w, f, odd), answer;
	if (f->post)
		answer = office_ask(w->o, &w->v, f->action, office_form, body);
	else
		answer = office_ask(w->o, &w->v,
				    str_format(w->o->mem, "%.*s?%.*s", STR_ARG(f->action),
					       STR_ARG(body)),
				    NULL, S(""));
	walk_answered(w, f->action, odd < f->n ? f->c[odd].name : S(""), answer);
}

/* A sheet with every field of fields.def: in each row another one says it. */
static inline str walk_sheet(walk *w)
{
	buf b = {.mem = w->o->mem};
	str value[FIELD_COUNT];
	office_answers(value, "2580");
	for (int row = -1; row <= FIELD_COUNT; row++) {
		for (int f = 0; f < FIELD_COUNT; f++) {
			str cell = row < 0              ? model_field[f].heading
				   : row == f           ? w->says
				   : f == FIELD_CONSENT ? S("Ja")
				   : f == FIELD_GIVEN
					   ? str_format(w->o->mem, "Prov%c", 'a' + row)
				   : f == FIELD_PHONE
					   ? walk_sensible(w, S("phone"))
					   : model_value_decode(w->o->mem, (field_id)f,
								value[f]);
			buf_add(&b, f ? S(";\"") : S("\""));
			for (size_t i = 0; i < cell.n; i++) {
				buf_char(&b, cell.s[i]);
				if (cell.s[i] == '"')
					buf_char(&b, '"');
			}
			buf_char(&b, '"');
		}
		buf_add(&b, S("\r\n"));
	}
	return buf_str(&b);
}

static inline void walk_upload(walk *w, const walk_form *f)
{
	buf b = {.mem = w->o->mem};
	for (size_t i = 0; i < f->n; i++)
		if (!f->c[i].typed)
			buf_format(&b,
				   "--cut\r\nContent-Disposition: form-data; "
				   "name=\"%.*s\"\r\n\r\n%.*s\r\n",
				   STR_ARG(f->c[i].name), STR_ARG(f->c[i].value));
	buf_add(&b, S("--cut\r\nContent-Disposition: form-data; name=\"file\"; "
		      "filename=\""));
	for (size_t i = 0; i < w->says.n; i++)
		if (w->says.s[i] == '"')
			buf_add(&b, S("%22"));
		else if ((unsigned char)w->says.s[i] >= ' ')
			buf_char(&b, w->says.s[i]);
	buf_add(&b, S(".csv\"\r\nContent-Type: text/csv\r\n\r\n"));
	buf_add(&b, walk_sheet(w));
	buf_add(&b, S("\r\n--cut--\r\n"));
	walk_answered(w, f->action, S("file"),
		      office_ask(w->o, &w->v, f->action,
				 "multipart/form-data; boundary=cut", buf_str(&b)));
}

/* Every control of a form once: of a question, a person, a programme … whichever shows it first. */
static inline void walk_form_out(walk *w, const walk_form *f)
{
	str key;
	const route *r = route_find(f->post ? NET_POST : NET_GET, walk_bare(f->action));
	/* What was said is to stay. */
	if (!r || str_ends(f->action, S("/undo")))
		return;
	for (size_t i = 0; i < f->n; i++) {
		str name = f->c[i].name;
		if (str_equal(name, S("token")) || str_equal(name, S("once")))
			continue;
		key = str_format(w->o->mem, "%s %.*s", r->pattern, STR_ARG(name));
		if (walk_has(w->sent, w->sents, key))
			continue;
		walk_add(w, &w->sent, &w->sents, &w->sents_cap, key);
		if (f->files)
			walk_upload(w, f);
		else
			walk_send(w, f, i);
		/* Which question comes next hangs on good answers too. */
		if (f->c[i].typed && str_find(f->action, S("/register/")) >= 0)
			walk_send(w, f, f->n);
	}
}

/* ---- walking --------------------------------------------------------------------------------------- */

static inline void walk_links(walk *w, str rest)
{
	str text, tag;
	while (walk_tag(&rest, &text, &tag)) {
		str to = str_starts(tag, S("a ")) ? walk_attr(w->o->mem, tag, "href")
						  : (str){0};
		if (to.s && str_starts(to, S("/")))
			walk_to(w, to);
	}
}

static inline void walk_page(walk *w, str path)
{
	arena_mark here = arena_here(w->o->mem);
	str answer = office_ask(w->o, &w->v, path, NULL, S(""));
	int status = office_status(answer);
	if (status == 200 || (status == 303 && str_find(answer, S("/login\r\n")) < 0))
		w->seen[route_find(NET_GET, walk_bare(path)) - web_routes] = true;
	walk_links(w, answer);
	walk_answered(w, path, S(""), answer);
	if (w->says.s) {
		walk_form *f = NEW(w->o->mem, walk_form);
		str rest = answer;
		while (walk_next_form(w->o->mem, &rest, f))
			walk_form_out(w, f);
	}
	arena_reset(w->o->mem, here);
}

/* Links are good for what they are about. */
static inline str walk_secret(const office *o, const route *r)
{
	str pattern = str_from(r->pattern);
	return str_find(pattern, S("/offer/")) >= 0     ? o->offer
	       : str_find(pattern, S("/checkin/")) >= 0 ? o->checkin
	       : str_find(pattern, S("/again/")) >= 0   ? o->again
							: o->invite;
}

/* "/sv/register/given", one for each field that is asked where the pattern has a field. */
static inline void walk_seed(walk *w, const route *r)
{
	for (int f = 0; f < FIELD_COUNT; f++) {
		buf b = {.mem = w->o->mem};
		str rest = str_from(r->pattern), part;
		bool many = false, open = false;
		str_cut(&rest, '/', &part);
		while (str_cut(&rest, '/', &part)) {
			buf_char(&b, '/');
			bool of_field = str_equal(part, S(":field"));
			bool of_id = part.n && part.s[0] == ':' && !of_field &&
				     !str_equal(part, S(":lang"));
			many |= of_field;
			bool of_link = of_id && r->about == ABOUT_SECRET;
			open |= of_id && !of_link && id_none(w->o->mine[r->about]);
			buf_add(&b, of_field  ? str_from(model_field[f].name)
				    : of_link ? walk_secret(w->o, r)
				    : of_id   ? id_str(&w->o->mine[r->about])
				    : str_equal(part, S(":lang")) ? str_from(w->lang)
								  : part);
		}
		if (!open && (!many || model_field[f].ask))
			walk_to(w, buf_str(&b));
		if (!many)
			return;
	}
}

/* From every route that this one may see. */
static inline void walk_all(walk *w)
{
	for (size_t i = 0; i < web_route_count; i++)
		if (web_routes[i].method == NET_GET &&
		    walk_may(w->v.who, web_routes[i].need))
			walk_seed(w, &web_routes[i]);
	for (size_t i = 0; i < w->paths; i++)
		walk_page(w, w->path[i]);
}

/* A page nobody reached is a page nobody looked at. */
static inline void walk_expect_all(const bool *seen)
{
	/* One only sends back to the log-in, the other only speaks with this machine. */
	static const char *const none[] = {"/:lang/staff/second", "/metrics"};
	for (size_t i = 0; i < web_route_count; i++) {
		bool meant = web_routes[i].method != NET_GET || seen[i];
		for (size_t k = 0; k < ARRAY_LEN(none); k++)
			meant |= !strcmp(web_routes[i].pattern, none[k]);
		if (!meant)
			fail_msg("nobody came to %s", web_routes[i].pattern);
	}
}

#endif
