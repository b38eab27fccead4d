/*
 * web: who may open what. Every route × every role × own, another municipality's and what is not
 * there, made from the route table; and the twin: a route that forgets to ask is noticed.
 */
#include "web_office.h"

typedef struct matrix {
	office *o;
	str not_there[WHO]; /* what each is told of something that is nowhere */
	int failures;
	bool quiet;
} matrix;

/* Each time with a session of its own: some of what is asked ends it. */
static str ask(office *o, const who *w, const route *r, str path)
{
	visitor v = office_enter(o, w);
	if (r->method != NET_POST)
		return office_ask(o, &v, path, NULL, S(""));
	return office_ask(
		o, &v, path, office_form,
		str_format(o->mem, "token=%.*s", STR_ARG(office_token(o->mem, &v))));
}

/* An answer without what differs each time: the date, and the values of hidden fields. */
static str lasting(arena *mem, str answer)
{
	buf b = {.mem = mem};
	str rest = answer, line;
	while (str_cut(&rest, '\n', &line)) {
		if (str_starts(line, S("Date:")))
			continue;
		ptrdiff_t at;
		while ((at = str_find(line, S("type=\"hidden\" name=\""))) >= 0) {
			size_t begin = (size_t)at;
			str tail = str_slice(line, begin, line.n);
			ptrdiff_t end = str_find(tail, S(">"));
			buf_add(&b, str_slice(line, 0, begin));
			line = str_slice(tail, end < 0 ? tail.n : (size_t)end, tail.n);
		}
		buf_add(&b, line);
		buf_char(&b, '\n');
	}
	return buf_str(&b);
}

/* ---- what must be ------------------------------------------------------------------------------- */

typedef enum relation { MINE, THEIRS, NOWHERE, RELATIONS } relation;
static const char *const relation_name[] = {"own", "another municipality's", "nowhere"};

static id thing(const office *o, const route *r, relation of)
{
	static const id nowhere = {"zzzzzzzzzzzzzzzzzzzzzzzzzz"};
	id found = of == MINE     ? o->mine[r->about]
		   : of == THEIRS ? o->theirs[r->about]
				  : nowhere;
	return id_none(found) ? nowhere : found;
}

static str path_of(arena *mem, const route *r, str part_of_it)
{
	buf b = {.mem = mem};
	str rest = str_from(r->pattern), part;
	str_cut(&rest, '/', &part);
	while (str_cut(&rest, '/', &part)) {
		buf_char(&b, '/');
		if (str_equal(part, S(":lang")))
			buf_add(&b, S("sv"));
		else if (str_equal(part, S(":field")))
			buf_add(&b, S("given"));
		else if (part.n && part.s[0] == ':')
			buf_add(&b, part_of_it);
		else
			buf_add(&b, part);
	}
	return buf_str(&b);
}

static bool has_right(const who *w, int need)
{
	return need == NEED_STAFF ||
	       (model_role[w->role].rights & 1u << (need - NEED_RIGHT_0)) != 0;
}

static void wrong(matrix *m, const route *r, const who *w, relation of, str answer,
		  const char *want)
{
	m->failures++;
	if (!m->quiet)
		print_message("%s %s, %s, %s: %d, wanted %s\n",
			      r->method == NET_POST ? "POST" : "GET", r->pattern, w->name,
			      relation_name[of], office_status(answer), want);
}

/* One cell of the matrix. */
static void check(matrix *m, const route *r, size_t at, relation of)
{
	office *o = m->o;
	const who *w = &o->who[at];
	const id which = thing(o, r, of);
	str answer = ask(o, w, r, path_of(o->mem, r, id_str(&which)));
	int status = office_status(answer);
	bool staff = !id_none(w->account);
	bool to_login = status == 303 && str_find(answer, S("/login\r\n")) >= 0;
	if (status >= 500 || status < 200)
		wrong(m, r, w, of, answer, "no fault of ours");
	if (r->need == NEED_NOBODY)
		return;
	if (r->need == NEED_DRAFT || r->need == NEED_SELF) {
		if (to_login != id_none(w->person))
			wrong(m, r, w, of, answer, "only participants");
		return;
	}
	if (!staff) {
		if (!to_login)
			wrong(m, r, w, of, answer, "to log in");
		return;
	}
	bool known =
		r->about == ABOUT_NOTHING || (of == MINE && !id_none(o->mine[r->about]));
	bool hidden = !has_right(w, r->need) || (!known && !id_none(o->mine[r->about]));
	if (hidden && !str_equal(lasting(o->mem, answer), m->not_there[at]))
		wrong(m, r, w, of, answer, "the same as for what is nowhere");
	if (!hidden && known && (status == 404 || to_login))
		wrong(m, r, w, of, answer, "to be let in");
}

static void learn_not_there(matrix *m)
{
	office *o = m->o;
	const route nowhere = {.method = NET_GET, .pattern = "/sv/staff/nowhere"};
	for (size_t i = 0; i < WHO; i++)
		m->not_there[i] = lasting(
			o->mem, ask(o, &o->who[i], &nowhere, S("/sv/staff/nowhere")));
}

static void every_cell_is_as_the_table_says(void **fixture)
{
	office *o = *fixture;
	matrix m = {.o = o};
	size_t cells = 0;
	learn_not_there(&m);
	for (size_t i = 0; i < web_route_count; i++)
		for (size_t w = 0; w < WHO; w++)
			for (relation of = MINE; of < RELATIONS; of++) {
				const route *r = &web_routes[i];
				if (r->about == ABOUT_NOTHING && of != MINE)
					continue;
				arena_mark here = arena_here(o->mem);
				check(&m, r, w, of);
				arena_reset(o->mem, here);
				cells++;
			}
	print_message("%zu cells\n", cells);
	assert_int_equal(m.failures, 0);
}

/* An address may be as long as whoever types it likes. */
static void a_long_address_is_no_fault_of_ours(void **fixture)
{
	enum { LONG = 2000 };
	office *o = *fixture;
	char *name = arena_alloc(o->mem, LONG, 1);
	memset(name, 'a', LONG);
	for (size_t i = 0; i < web_route_count; i++)
		for (size_t w = 0; w < WHO; w++) {
			const route *r = &web_routes[i];
			arena_mark here = arena_here(o->mem);
			str path = path_of(o->mem, r, (str){name, LONG});
			int status = office_status(ask(o, &o->who[w], r, path));
			if (str_find(path, S("aaa")) >= 0)
				assert_in_range(status, 200, 499);
			arena_reset(o->mem, here);
		}
}

/* The twin: a page that asks nobody, where the table says that it does. */
static void a_hole_is_noticed(void **fixture)
{
	matrix m = {.o = *fixture, .quiet = true};
	const route hole = {.method = NET_GET,
			    .pattern = "/:lang/privacy",
			    .need = NEED_OF(PEOPLE_READ),
			    .about = ABOUT_NOTHING};
	for (size_t w = 0; w < WHO; w++)
		check(&m, &hole, w, MINE);
	assert_true(m.failures > 0);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(every_cell_is_as_the_table_says),
		cmocka_unit_test(a_hole_is_noticed),
		cmocka_unit_test(a_long_address_is_no_fault_of_ours),
	};
	return cmocka_run_group_tests(test, office_open, office_close);
}
