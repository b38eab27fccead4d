/*
 * web: who may open what. Every route × every role × own, another municipality's and what is not
 * there, made from the route table; and the twin: a route that forgets to ask is noticed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "net_client.h"
#include "web/web_priv.h"

enum { OWN = 2580, OTHER = 2581, DAYS_30 = 30 };

typedef struct who {
	const char *name;
	role role; /* ROLE_NONE: a participant, or nobody */
	id account, person;
} who;
enum { NOBODY, PARTICIPANT, FIRST_ROLE, WHO = FIRST_ROLE + ROLE_COUNT - 1 };

typedef struct office {
	arena *mem, *store_mem;
	char dir[64];
	ctx c;
	web *web;
	who who[WHO];
	id mine[ABOUT_NAME + 1], theirs[ABOUT_NAME + 1];
	str not_there[WHO]; /* what each is told of something that is nowhere */
	int failures;
	bool quiet;
} office;

static int64_t now_ms(void *self)
{
	struct timespec t;
	(void)self;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000;
}

static void no_log(void *self, str line)
{
	(void)self;
	(void)line;
}

/* ---- an office of two municipalities ------------------------------------------------------ */

static id add_person(office *o, const char *lives_in)
{
	person p = {.state = STATE_SUBMITTED, .written = S("sv")};
	for (int f = 0; f < FIELD_COUNT; f++)
		p.value[f] = S("");
	p.value[FIELD_SIDE] = S("newcomer");
	p.value[FIELD_GIVEN] = S("Hemlig");
	p.value[FIELD_MUNICIPALITY] = str_from(lives_in);
	p.value[FIELD_BIRTH_YEAR] = S("1990");
	p.value[FIELD_QUEUED] = S("2022-01-01");
	assert_true(store_person_add(&o->c, &p));
	return p.id;
}

static bool fill(ctx *c, void *arg)
{
	office *o = arg;
	uint16_t own[] = {OWN}, both[] = {OWN, OTHER};
	programme p;
	assert_true(store_programme_get(c, &p));
	p.name = S("Prov");
	p.municipality = both;
	p.municipality_n = 2;
	assert_true(store_programme_set(c, &p));
	o->mine[ABOUT_PERSON] = add_person(o, "2580");
	o->theirs[ABOUT_PERSON] = add_person(o, "2581");
	o->who[NOBODY] = (who){.name = "nobody"};
	o->who[PARTICIPANT] =
		(who){.name = "participant", .person = add_person(o, "2580")};
	for (int r = 1; r < ROLE_COUNT; r++) {
		account a = {
			.role = (role)r,
			.name = S("Prov"),
			.email = str_format(o->mem, "%s@example.org", model_role[r].name),
			.lang = S("sv"),
			.state = S("active"),
			.municipality = own,
			.municipality_n = 1};
		assert_true(store_account_set(c, &a));
		o->who[FIRST_ROLE + r - 1] = (who){
			.name = model_role[r].name, .role = (role)r, .account = a.id};
	}
	task t = {.kind = S("call_me"),
		  .lang = S("sv"),
		  .when = S("any"),
		  .name = S("Hemlig"),
		  .phone = S("+46701740605"),
		  .municipality = OWN};
	assert_true(store_task_add(c, &t));
	o->mine[ABOUT_TASK] = t.id;
	t.id = (id){""};
	t.municipality = OTHER;
	assert_true(store_task_add(c, &t));
	o->theirs[ABOUT_TASK] = t.id;
	return true;
}

static int remove_one(const char *path, const struct stat *s, int flag, struct FTW *at)
{
	(void)s;
	(void)flag;
	(void)at;
	return remove(path);
}

static int open_office(void **fixture)
{
	arena *mem = arena_new(0);
	office *o = NEW(mem, office);
	web_config config = web_config_default();
	const web_outside outside = {.log = no_log, .clock = now_ms};
	o->mem = mem;
	snprintf(o->dir, sizeof o->dir, "%s", P_tmpdir "/kompis_m_XXXXXX");
	if (!mkdtemp(o->dir))
		return 1;
	o->c = (ctx){.mem = mem, .now = now_ms(NULL)};
	config.data = str_format(mem, "%s/data", o->dir);
	config.port = 0;
	config.workers = 2;
	if (!web_start(&o->c, &config, &outside, &o->web) ||
	    !store_open(&o->c, o->store_mem = arena_new(0), o->web->base, &o->c.store) ||
	    !store_write(&o->c, fill, o))
		return 1;
	*fixture = o;
	return 0;
}

static int close_office(void **fixture)
{
	enum { OPEN_AT_A_TIME = 16 };
	office *o = *fixture;
	char dir[64];
	web_stop(o->web);
	arena_free(o->store_mem);
	memcpy(dir, o->dir, sizeof dir);
	arena_free(o->mem);
	return nftw(dir, remove_one, OPEN_AT_A_TIME, FTW_DEPTH | FTW_PHYS);
}

/* ---- asking ----------------------------------------------------------------------------------- */

typedef struct opening {
	const who *who;
	session session;
	str secret;
} opening;

static bool open_session(ctx *c, void *arg)
{
	opening *s = arg;
	s->session = (session){.account = s->who->account,
			       .person = s->who->person,
			       .expires = c->now + INT64_C(86400000) * DAYS_30,
			       .device = S("?"),
			       .strong = true};
	return store_session_new(c, &s->session, &s->secret);
}

/* The token of a form: an empty mask and the key under it. */
static str token_of(arena *mem, const uint8_t key[32])
{
	char *hex = arena_alloc(mem, 65, 1);
	memset(hex, '0', 32);
	sodium_bin2hex(hex + 32, 33, key, 16);
	return (str){hex, 64};
}

static str ask(office *o, const who *w, const route *r, str path)
{
	arena *mem = o->mem;
	opening s = {.who = w, .secret = S("")};
	if (!id_none(w->account) || !id_none(w->person))
		assert_true(store_write(&o->c, open_session, &s));
	str cookie =
		s.secret.n ? str_format(mem, "Cookie: kompis=%.*s\r\n", STR_ARG(s.secret))
			   : S("Cookie: form=aaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
	uint8_t key[32];
	crypto_generichash(key, sizeof key,
			   (const unsigned char *)"aaaaaaaaaaaaaaaaaaaaaaaaaa", 26, NULL,
			   0);
	str body = r->method == NET_POST
			   ? str_format(mem, "token=%.*s",
					STR_ARG(token_of(mem, s.secret.n ? s.session.key
									 : key)))
			   : S("");
	str head = str_format(
		mem,
		"%s %.*s HTTP/1.1\r\nHost: 127.0.0.1\r\n%.*sConnection: close\r\n"
		"Content-Type: application/x-www-form-urlencoded\r\n"
		"Content-Length: %zu\r\n\r\n%.*s",
		r->method == NET_POST ? "POST" : "GET", STR_ARG(path), STR_ARG(cookie),
		body.n, STR_ARG(body));
	int fd = client_connect(web_port(o->web));
	assert_true(fd >= 0 && client_say(fd, head));
	str answer = client_rest(mem, fd);
	close(fd);
	return answer;
}

static int status_of(str answer)
{
	int64_t status = 0;
	if (answer.n > 12)
		str_to_int(str_slice(answer, 9, 12), 100, 599, &status);
	return (int)status;
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

static str path_of(arena *mem, const route *r, id of)
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
			buf_add(&b, id_str(&of));
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

static void wrong(office *o, const route *r, const who *w, relation of, str answer,
		  const char *want)
{
	o->failures++;
	if (!o->quiet)
		print_message("%s %s, %s, %s: %d, wanted %s\n",
			      r->method == NET_POST ? "POST" : "GET", r->pattern, w->name,
			      relation_name[of], status_of(answer), want);
}

/* One cell of the matrix. */
static void check(office *o, const route *r, size_t at, relation of)
{
	const who *w = &o->who[at];
	str answer = ask(o, w, r, path_of(o->mem, r, thing(o, r, of)));
	int status = status_of(answer);
	bool staff = !id_none(w->account);
	bool to_login = status == 303 && str_find(answer, S("/login\r\n")) >= 0;
	if (status >= 500 || status < 200)
		wrong(o, r, w, of, answer, "no fault of ours");
	if (r->need == NEED_NOBODY)
		return;
	if (r->need == NEED_DRAFT || r->need == NEED_SELF) {
		if (to_login != id_none(w->person))
			wrong(o, r, w, of, answer, "only participants");
		return;
	}
	if (!staff) {
		if (!to_login)
			wrong(o, r, w, of, answer, "to log in");
		return;
	}
	bool known =
		r->about == ABOUT_NOTHING || (of == MINE && !id_none(o->mine[r->about]));
	bool hidden = !has_right(w, r->need) || (!known && !id_none(o->mine[r->about]));
	if (hidden && !str_equal(lasting(o->mem, answer), o->not_there[at]))
		wrong(o, r, w, of, answer, "the same as for what is nowhere");
	if (!hidden && known && (status == 404 || to_login))
		wrong(o, r, w, of, answer, "to be let in");
}

static void learn_not_there(office *o)
{
	const route nowhere = {.method = NET_GET, .pattern = "/sv/staff/nowhere"};
	for (size_t i = 0; i < WHO; i++)
		o->not_there[i] = lasting(
			o->mem, ask(o, &o->who[i], &nowhere, S("/sv/staff/nowhere")));
}

static void every_cell_is_as_the_table_says(void **fixture)
{
	office *o = *fixture;
	size_t cells = 0;
	learn_not_there(o);
	for (size_t i = 0; i < web_route_count; i++)
		for (size_t w = 0; w < WHO; w++)
			for (relation of = MINE; of < RELATIONS; of++) {
				const route *r = &web_routes[i];
				if (r->about == ABOUT_NOTHING && of != MINE)
					continue;
				arena_mark here = arena_here(o->mem);
				check(o, r, w, of);
				arena_reset(o->mem, here);
				cells++;
			}
	print_message("%zu cells\n", cells);
	assert_int_equal(o->failures, 0);
}

/* The twin: a page that asks nobody, where the table says that it does. */
static void a_hole_is_noticed(void **fixture)
{
	office *o = *fixture;
	const route hole = {.method = NET_GET,
			    .pattern = "/:lang/privacy",
			    .need = NEED_OF(PEOPLE_READ),
			    .about = ABOUT_NOTHING};
	o->failures = 0;
	o->quiet = true;
	for (size_t w = 0; w < WHO; w++)
		check(o, &hole, w, MINE);
	assert_true(o->failures > 0);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(every_cell_is_as_the_table_says),
		cmocka_unit_test(a_hole_is_noticed),
	};
	return cmocka_run_group_tests(test, open_office, close_office);
}
