/*
 * web: what people type stays text. Every control of every form says HTML, SQL, formulas,
 * placeholders and control characters in turn, an imported sheet says them in every field of
 * fields.def, and a person has them in every field as if no form had ever looked; then every
 * page and every file is read as a browser and a spreadsheet would. The twin: each of these
 * strings, where nobody escaped it, is caught by the same reader.
 */
#include "web_walk.h"

static const char *const attack[] = {
	"<script>alert(1)</script>",
	"\"><img src=x onerror=alert(1)>",
	"' onmouseover='alert(1)",
	"javascript:alert(1)",
	"'; DROP TABLE person; --",
	"=1+1",
	"+cmd|' /C calc'!A0",
	"-2+3+cmd",
	"@SUM(1,2)",
	"\t=1+1",
	"\r=1+1",
	"{{v.x}}{0}%s%n",
	"a\001\033[31m\xe2\x80\xae\xe2\x81\xa6\xef\xbb\xbf<b>\xe2\x80\x8fz",
};

/* ---- the judge -------------------------------------------------------------------------------- */

static str body_of(str answer)
{
	ptrdiff_t at = str_find(answer, S("\r\n\r\n"));
	return at < 0 ? S("") : str_slice(answer, (size_t)at + 4, answer.n);
}

/* Direction controls reorder what stands around them. */
static bool turns(str text)
{
	for (size_t pos = 0; pos < text.n;) {
		int32_t c = utf8_next(text, &pos);
		if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
			return true;
	}
	return false;
}

/* What a template or printf made of what someone typed. */
static bool is_filled_in(str rest)
{
	str sign = S("{{v.x}}");
	ptrdiff_t at;
	while ((at = str_find(rest, sign)) >= 0) {
		rest = str_slice(rest, (size_t)at + sign.n, rest.n);
		if (!str_starts(rest, S("{0}%s%n")))
			return true;
	}
	return false;
}

static const char *wrong_page(arena *mem, str all)
{
	str text, tag, rest = all;
	const char *wrong = markup_page_wrong(mem, all);
	while (!wrong && walk_tag(&rest, &text, &tag))
		if (str_starts(tag, S("script")) && !walk_attr(mem, tag, "src").n)
			wrong = "a script in the page";
	return wrong               ? wrong
	       : turns(all)        ? "a direction control"
	       : is_filled_in(all) ? "braces that were filled in"
				   : NULL;
}

/* A cell a spreadsheet would count with, or a byte it would act on. */
static const char *wrong_sheet(str all)
{
	bool quoted = false, first = true;
	for (size_t i = 3; i < all.n; i++) { /* after the byte order mark */
		char c = all.s[i];
		if (first && c != '"' && c && strchr("=+-@\t", c))
			return "a formula";
		if (c == '"')
			quoted = !quoted;
		else
			first = !quoted && (c == ';' || c == '\n');
		if ((c == '\r') != (i + 1 < all.n && all.s[i + 1] == '\n'))
			return "a line's end within a line";
	}
	return turns(all) ? "a direction control" : NULL;
}

static const char *wrong_answer(arena *mem, str answer)
{
	if (office_status(answer) >= 500 || office_status(answer) < 200)
		return "a fault of ours";
	if (str_find(answer, S("Content-Type: text/html")) >= 0)
		return wrong_page(mem, body_of(answer));
	if (str_find(answer, S("Content-Type: text/csv")) >= 0)
		return wrong_sheet(body_of(answer));
	return NULL;
}

/* ---- the walk ------------------------------------------------------------------------------------- */

typedef struct look {
	walk walk;
	bool asked[FIELD_COUNT], edited[FIELD_COUNT]; /* said in registering, by staff */
	size_t pages, sheets;
	int failures;
} look;

static void judge(void *self, str to, str name, str answer)
{
	look *l = self;
	const char *wrong = wrong_answer(l->walk.o->mem, answer);
	l->pages += str_find(answer, S("Content-Type: text/html")) >= 0;
	l->sheets += str_find(answer, S("Content-Type: text/csv")) >= 0;
	for (int f = 0; f < FIELD_COUNT; f++) {
		if (!str_equal(name, str_from(model_field[f].name)))
			continue;
		l->asked[f] |= str_find(to, S("/register/")) >= 0;
		l->edited[f] |= str_ends(to, S("/edit"));
	}
	if (!wrong)
		return;
	l->failures++;
	print_message("%s, %.*s of %.*s: %s (%d)\n", l->walk.v.who->name, STR_ARG(name),
		      STR_ARG(to), wrong, office_status(answer));
}

/* As a form that looked at nothing would have left it. What is a number in the database is one. */
static bool add_raw(ctx *c, void *arg)
{
	look *l = arg;
	person p;
	if (!store_person_get(c, l->walk.o->mine[ABOUT_PERSON], true, &p))
		return false;
	for (int f = 0; f < FIELD_COUNT; f++)
		if (f != FIELD_MUNICIPALITY && f != FIELD_BIRTH_YEAR && f != FIELD_QUEUED)
			p.value[f] = l->walk.says;
	p.id = (id){""};
	if (!store_person_add(c, &p))
		return false;
	/* Whose name also stands in what is offered and accepted. */
	(void)office_offer(l->walk.o, p.id, l->walk.o->who[OFFERED].person, "yes",
			   "accepted");
	(void)office_offer(l->walk.o, p.id, l->walk.o->who[OFFERED].person, "ask",
			   "offered");
	l->walk.o->mine[ABOUT_PERSON] = p.id;
	return true;
}

static bool add_draft(ctx *c, void *arg)
{
	(void)c;
	office *o = arg;
	o->who[PARTICIPANT].person = office_person_add(o, STATE_DRAFT, "2580");
	return true;
}

static void walk_as(look *l, size_t at, str says)
{
	office *o = l->walk.o;
	l->walk = (walk){.o = o,
			 .mem = arena_new(0),
			 .lang = "sv",
			 .says = says,
			 .answer = judge,
			 .self = l,
			 .seen = l->walk.seen,
			 .count = l->walk.count};
	l->walk.v = office_enter(o, &o->who[at]);
	walk_all(&l->walk);
	arena_free(l->walk.mem);
}

static const size_t walkers[] = {NOBODY, PARTICIPANT, OFFERED,
				 FIRST_ROLE + ROLE_ADMINISTRATOR - 1,
				 FIRST_ROLE + ROLE_COORDINATOR - 1};

/* Every page of every person there is. */
static size_t look_at_all(look *l)
{
	static const char *const of[] = {"", "/edit"};
	people_filter all = {.limit = 100000};
	people_list p;
	office *o = l->walk.o;
	assert_true(store_people_list(&o->c, &all, &p));
	l->walk.v = office_enter(o, &o->who[FIRST_ROLE + ROLE_COORDINATOR - 1]);
	for (size_t i = 0; i < p.item_n; i++)
		for (size_t k = 0; k < ARRAY_LEN(of); k++) {
			arena_mark here = arena_here(o->mem);
			str path = str_format(o->mem, "/sv/staff/people/%s%s",
					      p.item[i].id.s, of[k]);
			judge(l, path, S(""),
			      office_ask(o, &l->walk.v, path, NULL, S("")));
			arena_reset(o->mem, here);
		}
	return p.item_n;
}

/* A question without a page, or an answer the office cannot correct, is a field half made. */
static void expect_fields(const look *l)
{
	/* Given by the program, or by verbs and controls of their own. */
	static const field_id otherwise[] = {FIELD_NUMBER, FIELD_NEVER, FIELD_CONSENT,
					     FIELD_QUEUED, FIELD_WISHES};
	for (int f = 0; f < FIELD_COUNT; f++) {
		bool edited = l->edited[f];
		bool newcomer = model_field[f].side != ASKED_ESTABLISHED;
		for (size_t i = 0; i < ARRAY_LEN(otherwise); i++)
			edited |= (int)otherwise[i] == f;
		if (model_field[f].ask && newcomer && !l->asked[f])
			fail_msg("registering does not ask %s", model_field[f].name);
		if (!edited)
			fail_msg("staff cannot change %s", model_field[f].name);
	}
}

static void what_is_typed_stays_text(void **fixture)
{
	office *o = *fixture;
	look l = {.walk = {.o = o, .seen = NEW_ARRAY(o->mem, bool, web_route_count)}};
	id first = o->mine[ABOUT_PERSON];
	for (size_t i = 0; i < ARRAY_LEN(attack); i++) {
		l.walk.says = str_from(attack[i]);
		o->mine[ABOUT_PERSON] = first;
		assert_true(store_write(&o->c, add_raw, &l));
		assert_true(store_write(&o->c, add_draft, o));
		for (size_t k = 0; k < ARRAY_LEN(walkers); k++)
			walk_as(&l, walkers[k], str_from(attack[i]));
	}
	for (size_t k = 0; k < ARRAY_LEN(walkers); k++)
		walk_as(&l, walkers[k], (str){0});
	size_t seen = look_at_all(&l);
	print_message("%zu people, %zu pages, %zu sheets\n", seen, l.pages, l.sheets);
	/* Of each sheet those rows at least whose string stood where any text may. */
	assert_true(seen > ARRAY_LEN(attack) * FIELD_COUNT / 2 && l.sheets > 0);
	expect_fields(&l);
	walk_expect_all(l.walk.seen);
	assert_int_equal(l.failures, 0);
}

/* The twin: each string, written into a page, a link or a cell as it came. */
static void what_nobody_escaped_is_caught(void **fixture)
{
	static const char *const careless[] = {
		"<!doctype html><html><body><p>%s</p></body></html>",
		"<!doctype html><html><body><input value=\"%s\"></body></html>",
		"<!doctype html><html><body><a href=\"%s\"></a></body></html>",
		"\xef\xbb\xbfNamn;Ort\r\n%s;\r\n",
	};
	office *o = *fixture;
	for (size_t i = 0; i < ARRAY_LEN(attack); i++) {
		bool caught = str_starts(str_from(attack[i]), S("'; DROP")) ||
			      str_find(str_from(attack[i]), S("{{")) >= 0;
		for (size_t k = 0; k < ARRAY_LEN(careless); k++) {
			buf b = {.mem = o->mem};
			str rest = str_from(careless[k]), before;
			str_cut(&rest, '%', &before);
			buf_add(&b, before);
			buf_add(&b, str_from(attack[i]));
			buf_add(&b, str_slice(rest, 1, rest.n));
			caught |= (k < 3 ? wrong_page(o->mem, buf_str(&b))
					 : wrong_sheet(buf_str(&b))) != NULL;
		}
		if (!caught)
			fail_msg("nobody noticed %s", attack[i]);
	}
	assert_non_null(wrong_page(o->mem, S("<html><p>{{v.x}}Prov%s%n</p></html>")));
	assert_null(wrong_page(o->mem, S("<html><p>{{v.x}}{0}%s%n</p></html>")));
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(what_is_typed_stays_text),
		cmocka_unit_test(what_nobody_escaped_is_caught),
	};
	return cmocka_run_group_tests(test, office_open, office_close);
}
