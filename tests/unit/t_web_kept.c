/*
 * web: pages kept for a moment (kept.c) are as those made: another token each time, what was
 * committed is in them at once, nobody gets somebody else's. That a page was kept shows by a
 * look at the person, which changes nothing that is counted and so is not yet in it.
 */
#include "web_office.h"

static str list_page(office *o, const visitor *v)
{
	str shown = office_ask(o, v, S("/sv/staff/people"), NULL, S(""));
	assert_int_equal(office_status(shown), 200);
	return shown;
}

static str value_of(str shown, const char *name)
{
	char sign[64];
	snprintf(sign, sizeof sign, "name=\"%s\" value=\"", name);
	ptrdiff_t at = str_find(shown, str_from(sign));
	assert_true(at > 0);
	str value, rest = str_slice(shown, (size_t)at + strlen(sign), shown.n);
	assert_true(str_cut(&rest, '"', &value));
	return value;
}

static void a_kept_page_has_a_token_of_its_own(void **fixture)
{
	office *o = *fixture;
	visitor v = office_enter(o, &o->who[FIRST_ROLE + ROLE_COORDINATOR - 1]);
	str first = list_page(o, &v), again = list_page(o, &v);
	assert_int_equal(first.n, again.n);
	assert_false(str_equal(value_of(first, "token"), value_of(again, "token")));
	assert_false(str_equal(value_of(first, "once"), value_of(again, "once")));
	str form = str_format(o->mem, "token=%.*s&once=%.*s&name=Hem",
			      STR_ARG(value_of(again, "token")),
			      STR_ARG(value_of(again, "once")));
	str answer = office_ask(o, &v, S("/sv/staff/people/search"), office_form, form);
	assert_int_equal(office_status(answer), 200);
	form.s = str_terminated(o->mem, form);
	((char *)(uintptr_t)form.s)[10] ^= 1;
	answer = office_ask(o, &v, S("/sv/staff/people/search"), office_form, form);
	assert_int_equal(office_status(answer), 422);
}

static bool add_one(ctx *c, void *arg)
{
	(void)c;
	office_person_add(arg, STATE_WAITING, "2580");
	return true;
}

static void what_is_committed_is_in_it(void **fixture)
{
	office *o = *fixture;
	visitor v = office_enter(o, &o->who[FIRST_ROLE + ROLE_COORDINATOR - 1]);
	str path = str_format(o->mem, "/sv/staff/people/%s", o->mine[ABOUT_PERSON].s);
	str contact = str_format(o->mem, "%.*s/contact", STR_ARG(path));
	str before = office_ask(o, &v, path, NULL, S(""));
	assert_int_equal(office_status(office_ask(o, &v, contact, NULL, S(""))), 200);
	assert_int_equal(office_ask(o, &v, path, NULL, S("")).n, before.n);
	size_t n = list_page(o, &v).n;
	assert_true(store_write(&o->c, add_one, o));
	assert_true(list_page(o, &v).n > n);
	assert_true(office_ask(o, &v, path, NULL, S("")).n > before.n);
}

static bool add_none(ctx *c, void *arg)
{
	(void)c;
	(void)arg;
	return true;
}

/* As a keeper does each round, when nothing is due. */
static void who_writes_nothing_changes_nothing(void **fixture)
{
	office *o = *fixture;
	visitor v = office_enter(o, &o->who[FIRST_ROLE + ROLE_COORDINATOR - 1]);
	str path = str_format(o->mem, "/sv/staff/people/%s", o->mine[ABOUT_PERSON].s);
	str contact = str_format(o->mem, "%.*s/contact", STR_ARG(path));
	str before = office_ask(o, &v, path, NULL, S(""));
	assert_int_equal(office_status(office_ask(o, &v, contact, NULL, S(""))), 200);
	assert_true(store_write(&o->c, add_none, o));
	assert_int_equal(office_ask(o, &v, path, NULL, S("")).n, before.n);
}

static bool lock(ctx *c, void *arg)
{
	const who *w = arg;
	return store_account_state(c, w->account, S("locked"));
}

static void it_is_for_nobody_else(void **fixture)
{
	office *o = *fixture;
	who *karin = &o->who[FIRST_ROLE + ROLE_COORDINATOR - 1];
	visitor v = office_enter(o, karin);
	visitor funder = office_enter(o, &o->who[FIRST_ROLE + ROLE_FUNDER - 1]);
	visitor nobody = office_enter(o, &o->who[NOBODY]);
	visitor other = office_enter(o, &o->who[FIRST_ROLE + ROLE_INTERVIEWER - 1]);
	/* Who registers people has a way to it on the page; an interviewer has not. */
	assert_true(str_find(list_page(o, &v), S("/staff/imports")) > 0);
	assert_true(str_find(list_page(o, &other), S("/staff/imports")) < 0);
	assert_int_equal(
		office_status(office_ask(o, &nobody, S("/sv/staff/people"), NULL, S(""))),
		303);
	assert_int_not_equal(
		office_status(office_ask(o, &funder, S("/sv/staff/people"), NULL, S(""))),
		200);
	assert_true(store_write(&o->c, lock, karin));
	assert_int_equal(
		office_status(office_ask(o, &v, S("/sv/staff/people"), NULL, S(""))),
		303);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test_setup_teardown(a_kept_page_has_a_token_of_its_own,
						office_open, office_close),
		cmocka_unit_test_setup_teardown(what_is_committed_is_in_it, office_open,
						office_close),
		cmocka_unit_test_setup_teardown(who_writes_nothing_changes_nothing,
						office_open, office_close),
		cmocka_unit_test_setup_teardown(it_is_for_nobody_else, office_open,
						office_close),
	};
	return cmocka_run_group_tests(test, NULL, NULL);
}
