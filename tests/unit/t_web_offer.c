/*
 * web: before both said yes and were introduced nothing by which one is found reaches the other: every
 * page a participant may see, and those of her link, are read for name, phone and mail. The twin: the
 * same reading after the introduction.
 */
#include "web_walk.h"

#include "act/offer.h"

typedef struct two {
	office *o;
	id newcomer, established;
	proposal p;
	proposal_person person[2];
	str secret;
	size_t pages, told;
	bool quiet;
} two;

static const char *const of_established[] = {"Botvid", "Sekretsson", "1740655",
					     "botvid@prov.example"};

static id somebody(two *t, const char *side, const char *name, const char *family,
		   const char *phone, const char *email)
{
	person p = {.state = STATE_PROPOSED, .written = S("sv")};
	office_answers(p.value, "2580");
	p.value[FIELD_SIDE] = str_from(side);
	p.value[FIELD_GIVEN] = str_from(name);
	p.value[FIELD_FAMILY] = str_from(family);
	p.value[FIELD_PHONE] = str_from(phone);
	p.value[FIELD_EMAIL] = str_from(email);
	p.value[FIELD_CONSENT] = S("yes");
	assert_true(store_person_add(&t->o->c, &p));
	return p.id;
}

static bool add_two(ctx *c, void *arg)
{
	two *t = arg;
	t->newcomer = somebody(t, "newcomer", "Ania", "Nilsson", "+46701740644",
			       "ania@p.example");
	t->established = somebody(t, "established", "Botvid", "Sekretsson",
				  "+46701740655", "botvid@prov.example");
	t->p = (proposal){.expires = c->now + INT64_C(86400000) * 7};
	t->person[0] = (proposal_person){.person = t->newcomer, .side = S("newcomer")};
	t->person[1] =
		(proposal_person){.person = t->established, .side = S("established")};
	if (!store_proposal_add(c, &t->p, t->person, 2))
		return false;
	token link = {.kind = S("offer"),
		      .person = t->newcomer,
		      .expires = t->p.expires,
		      .data = id_str(&t->p.id)};
	return store_token_new(c, &link, S(""), &t->secret, NULL);
}

static void judge(void *self, str to, str name, str answer)
{
	two *t = self;
	(void)name;
	t->pages++;
	for (size_t i = 0; i < ARRAY_LEN(of_established); i++) {
		if (str_find(answer, str_from(of_established[i])) < 0)
			continue;
		t->told++;
		if (!t->quiet)
			print_message("%.*s tells %s\n", STR_ARG(to), of_established[i]);
		return;
	}
}

static void ask(two *t, const visitor *v, str path)
{
	judge(t, path, S(""), office_ask(t->o, v, path, NULL, S("")));
}

/* All that she may see: by her link, and logged in. */
static void read_all(two *t)
{
	static const who nobody = {.name = "nobody"};
	const who self = {.name = "self", .person = t->newcomer};
	arena *mem = t->o->mem;
	visitor out = office_enter(t->o, &nobody);
	t->pages = t->told = 0;
	for (size_t i = 0; i < view_lang_count(); i++) {
		char *lang = str_terminated(mem, view_lang_tag(view_lang_at(i)));
		str path = str_format(mem, "/%s/offer/%.*s", lang, STR_ARG(t->secret));
		ask(t, &out, path);
		ask(t, &out, str_format(mem, "%.*s?step=no", STR_ARG(path)));
		ask(t, &out, str_format(mem, "%.*s?step=ask", STR_ARG(path)));
		walk w = {.o = t->o,
			  .mem = arena_new(0),
			  .lang = lang,
			  .answer = judge,
			  .self = t,
			  .seen = NEW_ARRAY(mem, bool, web_route_count)};
		w.v = office_enter(t->o, &self);
		id others = t->o->mine[ABOUT_PROPOSAL];
		t->o->mine[ABOUT_PROPOSAL] = t->p.id;
		walk_all(&w);
		t->o->mine[ABOUT_PROPOSAL] = others;
		arena_free(w.mem);
	}
}

/* ---- answering -------------------------------------------------------------------------------- */

typedef struct saying {
	id proposal;
	act_answer a;
} saying;

static bool do_say(ctx *c, void *arg)
{
	const saying *s = arg;
	return act_offer_own(c, s->proposal, &s->a);
}

static void say_yes(two *t, id person_id)
{
	const actor self = {.person = person_id};
	saying s = {t->p.id, {.answer = S("yes")}};
	t->o->c.actor = &self;
	assert_true(store_write(&t->o->c, do_say, &s));
	t->o->c.actor = NULL;
}

/* By her link, as the page has it. */
static void answer_by_link(two *t)
{
	static const who nobody = {.name = "nobody"};
	visitor v = office_enter(t->o, &nobody);
	str path = str_format(t->o->mem, "/sv/offer/%.*s", STR_ARG(t->secret));
	str form = str_format(t->o->mem, "token=%.*s&once=%.26s&answer=yes",
			      STR_ARG(office_token(t->o->mem, &v)),
			      "0123456789abcdefghjkmnpqrs");
	for (int i = 0; i < 2; i++) { /* a form that comes twice is answered alike */
		str answer = office_ask(t->o, &v, path, office_form, form);
		assert_int_equal(office_status(answer), 200);
		assert_true(str_find(answer, S("Du har sagt ja")) >= 0);
		judge(t, path, S(""), answer);
	}
	/* And then the link is used up: a page that says so. */
	str gone = office_ask(t->o, &v, path, NULL, S(""));
	assert_int_equal(office_status(gone), 404);
	assert_true(str_find(gone, S("/sv/login")) >= 0 &&
		    str_find(gone, S("/sv/call")) >= 0);
}

static bool do_introduce(ctx *c, void *arg)
{
	const two *t = arg;
	act_introduction in;
	return act_introduce_preview(c, t->p.id, S(""), S("sv"), &in) &&
	       act_introduce(c, t->p.id, in.proposal.version, in.letter, in.n,
			     S("https://k.example"));
}

static void nobody_is_told_before(void **fixture)
{
	two t = {.o = *fixture};
	const who *w = &t.o->who[FIRST_ROLE + ROLE_COORDINATOR - 1];
	actor karin = {.role = ROLE_COORDINATOR,
		       .rights = model_role[ROLE_COORDINATOR].rights,
		       .account = w->account};
	assert_true(store_write(&t.o->c, add_two, &t));
	read_all(&t);
	assert_true(t.pages > 30);
	assert_int_equal(t.told, 0);
	answer_by_link(&t);
	assert_int_equal(t.told, 0);
	say_yes(&t, t.established);
	read_all(&t);
	assert_int_equal(t.told, 0);
	t.o->c.actor = &karin;
	assert_true(store_write(&t.o->c, do_introduce, &t));
	t.o->c.actor = NULL;
	t.quiet = true;
	read_all(&t);
	assert_true(t.told > 0);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(nobody_is_told_before),
	};
	return cmocka_run_group_tests(test, office_open, office_close);
}
