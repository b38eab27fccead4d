/*
 * web_office - an office of two municipalities behind a real server, and someone who asks it.
 *
 * Every request has an address of its own, so that no budget stands in a test's way.
 */
#ifndef WEB_OFFICE_H
#define WEB_OFFICE_H

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
#include "pg_help.h"
#include "act/round.h"
#include "store/pair.h"
#include "web/web_priv.h"

enum { OWN = 2580, OTHER = 2581, DAYS_30 = 30 };

typedef struct who {
	const char *name;
	role role; /* ROLE_NONE: a participant, or nobody */
	id account, person;
} who;
enum { NOBODY, PARTICIPANT, OFFERED, FIRST_ROLE, WHO = FIRST_ROLE + ROLE_COUNT - 1 };

typedef struct office {
	arena *mem, *store_mem;
	char dir[64], database[PG_URL], keys[PG_URL];
	ctx c;
	web *web;
	who who[WHO];
	id mine[ABOUT_NAME + 1], theirs[ABOUT_NAME + 1];
	str invite; /* the secret of a link for mine[ABOUT_ACCOUNT] */
	str offer;  /* … of one by which OFFERED answers mine[ABOUT_PROPOSAL] */
	str checkin,
		again;  /* … for one of a pair that goes on, and of one that is over */
	unsigned asked; /* requests so far */
} office;

static inline int64_t office_now(void *self)
{
	struct timespec t;
	(void)self;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000;
}

static inline void office_no_log(void *self, str line)
{
	(void)self;
	(void)line;
}

/* ---- filling it --------------------------------------------------------------------------- */

/* What must be answered, answered. */
static inline void office_answers(str value[FIELD_COUNT], const char *lives_in)
{
	for (int f = 0; f < FIELD_COUNT; f++)
		value[f] = S("");
	value[FIELD_SIDE] = S("newcomer");
	value[FIELD_GIVEN] = S("Hemlig");
	value[FIELD_PHONE] = S("+46701740605");
	value[FIELD_MUNICIPALITY] = str_from(lives_in);
	value[FIELD_BIRTH_YEAR] = S("1990");
	value[FIELD_LEVEL] = S("a1");
	value[FIELD_LIFE] = S("family");
	value[FIELD_INTERESTS] = S("fika,film");
	value[FIELD_QUEUED] = S("2022-01-01");
}

static inline id office_person_add(office *o, state at, const char *lives_in)
{
	person p = {.state = at, .written = S("sv")};
	office_answers(p.value, lives_in);
	assert_true(store_person_add(&o->c, &p));
	return p.id;
}

static inline id office_account_add(office *o, role r, const char *name)
{
	static uint16_t own[] = {OWN};
	account a = {.role = r,
		     .name = S("Prov"),
		     .email = str_format(o->mem, "%s@example.org", name),
		     .lang = S("sv"),
		     .state = S("active"),
		     .municipality = own,
		     .municipality_n = 1};
	assert_true(store_account_set(&o->c, &a));
	return a.id;
}

/* An account with a phone, and a link to set it up anew. */
static inline void office_invite(office *o)
{
	static const uint8_t key[20] = {1};
	token t = {.kind = S("invite"), .expires = o->c.now + INT64_C(86400000)};
	str code;
	t.account = o->mine[ABOUT_ACCOUNT] =
		office_account_add(o, ROLE_INTERVIEWER, "invited");
	assert_true(store_totp_set(&o->c, t.account, key));
	assert_true(store_account_state(&o->c, t.account, S("invited")));
	assert_true(store_token_new(&o->c, &t, S(""), &o->invite, &code));
}

/* A round over one who waits on each side, by a coordinator of theirs. */
static inline id office_round(office *o, uint16_t lives_in)
{
	uint16_t own[] = {lives_in};
	id out;
	account a = {.role = ROLE_COORDINATOR,
		     .name = S("Prov"),
		     .email = str_format(o->mem, "round%u@example.org", lives_in),
		     .lang = S("sv"),
		     .state = S("active"),
		     .municipality = own,
		     .municipality_n = 1};
	assert_true(store_account_set(&o->c, &a));
	for (int side = 0; side < 2; side++) {
		person p = {.state = STATE_WAITING, .written = S("sv")};
		office_answers(p.value, lives_in == OWN ? "2580" : "2581");
		p.value[FIELD_SIDE] = side ? S("established") : S("newcomer");
		p.value[FIELD_PHONE] = S("");
		p.value[FIELD_CONSENT] = S("yes");
		p.value[FIELD_MEETS] = S("either");
		assert_true(store_person_add(&o->c, &p));
	}
	const actor as = {.role = ROLE_COORDINATOR,
			  .rights = model_role[ROLE_COORDINATOR].rights,
			  .account = a.id};
	o->c.actor = &as;
	o->c.today = date_local(o->c.now).day;
	assert_true(act_round_begin(&o->c, own, 1, &out));
	o->c.actor = NULL;
	return out;
}

/* Offered to two; with "yes" both have said it; then perhaps introduced. Inside store_write. */
static inline id office_offer(office *o, id newcomer, id established, const char *answer,
			      const char *state_name)
{
	ctx *c = &o->c;
	proposal p = {.expires = c->now + INT64_C(86400000) * 7, .fit = 58000};
	proposal_person two[] = {{.person = newcomer, .side = S("newcomer")},
				 {.person = established, .side = S("established")}};
	assert_true(store_proposal_add(c, &p, two, ARRAY_LEN(two)));
	for (size_t i = 0; *answer && i < ARRAY_LEN(two); i++) {
		two[i].answer = str_from(answer);
		assert_true(store_proposal_answer(c, &two[i]));
	}
	if (!str_equal(p.state, str_from(state_name)))
		assert_true(store_proposal_state(c, &p, str_from(state_name)));
	return p.id;
}

/* What is offered, asked about, accepted and introduced; two who are not suggested again; a link. */
static inline void office_offers(office *o)
{
	ctx *c = &o->c;
	id other = office_person_add(o, STATE_PAIRED, "2580");
	id self = office_person_add(o, STATE_PAIRED, "2580");
	id free = office_person_add(o, STATE_PROPOSED, "2580");
	proposal_person *members;
	proposal p;
	size_t n;
	token t = {.kind = S("offer"),
		   .person = self,
		   .expires = c->now + INT64_C(86400000)};
	o->who[OFFERED] = (struct who){.name = "offered", .person = self};
	o->mine[ABOUT_PROPOSAL] = office_offer(o, self, other, "", "offered");
	o->theirs[ABOUT_PROPOSAL] =
		office_offer(o, office_person_add(o, STATE_PROPOSED, "2581"),
			     office_person_add(o, STATE_PROPOSED, "2581"), "", "offered");
	(void)office_offer(o, self, other, "", "offered");
	(void)office_offer(o, free, other, "yes", "accepted");
	(void)office_offer(o, free, other, "no", "declined");
	id met = office_offer(o, self, other, "yes", "introduced");
	assert_true(store_proposal_get(c, met, &p, &members, &n) &&
		    store_proposal_letter_set(c, &members[0], S("Hemlig")));
	assert_true(store_barred_add(c, o->mine[ABOUT_PERSON], other, S("declined")));
	t.data = id_str(&o->mine[ABOUT_PROPOSAL]);
	assert_true(store_token_new(c, &t, S(""), &o->offer, NULL));
}

static inline str office_link(office *o, const char *kind, id of, id about)
{
	str secret;
	token t = {.kind = str_from(kind),
		   .person = of,
		   .expires = o->c.now + INT64_C(86400000),
		   .data = id_str(&about)};
	assert_true(store_token_new(&o->c, &t, S(""), &secret, NULL));
	return str_copy(o->mem, secret);
}

/* Two who were asked how it goes; something is wrong. */
static inline void office_pair(office *o, const char *lives_in, bool over, id *at,
			       id *wrong)
{
	ctx *c = &o->c;
	pair p = {.id = {""}};
	pair_person two[2] = {{.person = office_person_add(o, STATE_PAIRED, lives_in),
			       .side = S("newcomer")},
			      {.person = office_person_add(o, STATE_PAIRED, lives_in),
			       .side = S("established")}};
	const pair_move end = {.to = PAIR_ENDED_EARLY, .why = S("time")};
	assert_true(store_pair_add(c, &p, two, 2));
	checkin k = {.pair = p.id,
		     .person = two[0].person,
		     .n = 1,
		     .due = p.base + 21,
		     .asked = c->now,
		     .closes = c->now + INT64_C(86400000),
		     .answered = c->now,
		     .met = S("yes"),
		     .contact = S("yes"),
		     .place = S("video"),
		     .channel = S("staff")};
	incident i = {.pair = p.id, .person = two[0].person, .text = S("Hemlig")};
	task t = {.person = two[0].person,
		  .pair = p.id,
		  .kind = S("pair_differ"),
		  .lang = S("sv"),
		  .when = S("any"),
		  .municipality = (uint16_t)strtol(lives_in, NULL, 10)};
	assert_true(store_checkin_add(c, &k) && store_incident_add(c, &i) &&
		    store_task_add(c, &t));
	if (over)
		assert_true(store_pair_move(c, &p, &end));
	o->checkin = over ? o->checkin : office_link(o, "checkin", k.person, k.id);
	o->again = over ? office_link(o, "again", k.person, two[0].id) : o->again;
	*at = p.id;
	*wrong = i.id;
}

static inline bool office_fill(ctx *c, void *arg)
{
	office *o = arg;
	uint16_t both[] = {OWN, OTHER};
	programme p;
	assert_true(store_programme_get(c, &p));
	p.name = S("Prov");
	p.municipality = both;
	p.municipality_n = 2;
	assert_true(store_programme_set(c, &p));
	o->mine[ABOUT_PERSON] = office_person_add(o, STATE_SUBMITTED, "2580");
	o->theirs[ABOUT_PERSON] = office_person_add(o, STATE_SUBMITTED, "2581");
	o->who[NOBODY] = (who){.name = "nobody"};
	o->who[PARTICIPANT] =
		(who){.name = "participant",
		      .person = office_person_add(o, STATE_SUBMITTED, "2580")};
	for (int r = 1; r < ROLE_COUNT; r++)
		o->who[FIRST_ROLE + r - 1] = (who){
			.name = model_role[r].name,
			.role = (role)r,
			.account = office_account_add(o, (role)r, model_role[r].name)};
	office_invite(o);
	office_offers(o);
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
	o->mine[ABOUT_ROUND] = office_round(o, OWN);
	o->theirs[ABOUT_ROUND] = office_round(o, OTHER);
	office_pair(o, "2581", false, &o->theirs[ABOUT_PAIR], &o->theirs[ABOUT_INCIDENT]);
	office_pair(o, "2580", true, &t.id, &t.person);
	office_pair(o, "2580", false, &o->mine[ABOUT_PAIR], &o->mine[ABOUT_INCIDENT]);
	return true;
}

static inline int office_remove_one(const char *path, const struct stat *s, int flag,
				    struct FTW *at)
{
	(void)s;
	(void)flag;
	(void)at;
	return remove(path);
}

static inline int office_open_at(void **fixture, str public_url)
{
	arena *mem = arena_new(0);
	office *o = NEW(mem, office);
	web_config config = web_config_default();
	const web_outside outside = {.log = office_no_log, .clock = office_now};
	o->mem = mem;
	snprintf(o->dir, sizeof o->dir, "%s", P_tmpdir "/kompis_m_XXXXXX");
	if (!mkdtemp(o->dir))
		return 1;
	o->c = (ctx){.mem = mem, .now = office_now(NULL)};
	config.data = str_format(mem, "%s/data", o->dir);
	config.port = 0;
	config.public_url = public_url;
	config.workers = 2;
	config.demo = true;
	if (on_pg()) {
		pg_schemas("m", o->database, o->keys);
		config.database = str_from(o->database);
		config.keys = str_from(o->keys);
	}
	if (!web_start(&o->c, &config, &outside, &o->web) ||
	    !store_open(&o->c, o->store_mem = arena_new(0), o->web->base, &o->c.store) ||
	    !store_write(&o->c, office_fill, o))
		return 1;
	*fixture = o;
	return 0;
}

static inline int office_open(void **fixture)
{
	return office_open_at(fixture, S(""));
}

static inline int office_close(void **fixture)
{
	enum { OPEN_AT_A_TIME = 16 };
	office *o = *fixture;
	char dir[64];
	web_stop(o->web);
	arena_free(o->store_mem);
	memcpy(dir, o->dir, sizeof dir);
	arena_free(o->mem);
	return nftw(dir, office_remove_one, OPEN_AT_A_TIME, FTW_DEPTH | FTW_PHYS);
}

/* ---- asking ------------------------------------------------------------------------------- */

typedef struct visitor {
	const who *who;
	session session;
	str secret;
} visitor;

static inline bool office_open_session(ctx *c, void *arg)
{
	visitor *v = arg;
	v->session = (session){.account = v->who->account,
			       .person = v->who->person,
			       .expires = c->now + INT64_C(86400000) * DAYS_30,
			       .device = S("?"),
			       .strong = true};
	return store_session_new(c, &v->session, &v->secret);
}

static inline visitor office_enter(office *o, const who *w)
{
	visitor v = {.who = w, .secret = S("")};
	if (!id_none(w->account) || !id_none(w->person))
		assert_true(store_write(&o->c, office_open_session, &v));
	return v;
}

/* The token of a form that was never asked for: an empty mask and the key under it. */
static inline str office_token(arena *mem, const visitor *v)
{
	char *hex = arena_alloc(mem, 65, 1);
	uint8_t key[32];
	crypto_generichash(key, sizeof key,
			   (const unsigned char *)"aaaaaaaaaaaaaaaaaaaaaaaaaa", 26, NULL,
			   0);
	memset(hex, '0', 32);
	sodium_bin2hex(hex + 32, 33, v->secret.n ? v->session.key : key, 16);
	return (str){hex, 64};
}

static const char office_form[] = "application/x-www-form-urlencoded";

/* The whole answer, header and body. `type` is that of the body; NULL asks by GET. */
static inline str office_ask(office *o, const visitor *v, str path, const char *type,
			     str body)
{
	arena *mem = o->mem;
	unsigned n = o->asked++;
	str cookie = v->secret.n ? str_format(mem, "kompis=%.*s", STR_ARG(v->secret))
				 : S("form=aaaaaaaaaaaaaaaaaaaaaaaaaa");
	buf b = {.mem = mem};
	buf_format(&b,
		   "%s %.*s HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: %.*s\r\n"
		   "X-Forwarded-For: 10.%u.%u.%u\r\nConnection: close\r\n",
		   type ? "POST" : "GET", STR_ARG(path), STR_ARG(cookie), n >> 16 & 255,
		   n >> 8 & 255, n & 255);
	if (type)
		buf_format(&b, "Content-Type: %s\r\nContent-Length: %zu\r\n", type,
			   body.n);
	buf_add(&b, S("\r\n"));
	buf_add(&b, body);
	int fd = client_connect(web_port(o->web));
	assert_true(fd >= 0 && client_say(fd, buf_str(&b)));
	str answer = client_rest(mem, fd);
	close(fd);
	return answer;
}

static inline int office_status(str answer)
{
	int64_t status = 0;
	if (answer.n > 12)
		str_to_int(str_slice(answer, 9, 12), 100, 599, &status);
	return (int)status;
}

#endif
