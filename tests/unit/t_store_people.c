/* store: a person added, read, changed, moved on, merged; who sees whom. */
#include "store_help.h"

static void assert_value(const person *p, field_id f, const char *want)
{
	assert_same(p->value[f], want);
}

static void a_person_is_given_back_as_it_was(void **fixture)
{
	house *h = *fixture;
	person p = someone("Åsa", "Öberg", LULEA, STATE_SUBMITTED), back;
	for (int f = 0; f < FIELD_COUNT; f++)
		if (!p.value[f].n)
			p.value[f] =
				str_format(h->mem, "value of %s", model_field[f].name);
	p.value[FIELD_BIRTH_YEAR] = S("1988");
	p.value[FIELD_QUEUED] = S("2022-10");
	p.value[FIELD_CHILDREN] = S("2012,2015");
	WORKS(store_person_add(&h->c, &p));
	assert_int_equal(p.version, 1);
	WORKS(store_person_get(&h->c, p.id, true, &back));
	for (int f = 0; f < FIELD_COUNT; f++)
		assert_true(str_equal(back.value[f], p.value[f]));
	assert_true(back.opened);
	assert_same(back.written, "sv");
	assert_int_equal(back.state, STATE_SUBMITTED);
	assert_int_equal(back.created, START);
	WORKS(store_person_get(&h->c, p.id, false, &back));
	for (int f = 0; f < FIELD_COUNT; f++) {
		bool name = f == FIELD_GIVEN || f == FIELD_FAMILY;
		bool shut = model_field[f].sealed && !name;
		assert_true(str_equal(back.value[f], shut ? S("") : p.value[f]));
	}
	assert_false(back.opened);
	/* Also after the house was left. */
	house_leave(h);
	house_enter(h);
	WORKS(store_person_get(&h->c, p.id, true, &back));
	assert_value(&back, FIELD_GIVEN, "Åsa");
	assert_value(&back, FIELD_QUEUED, "2022-10");
}

/* The hidden and the not existing: the very same answer. */
static void hidden_and_missing_answer_the_same(void **fixture)
{
	house *h = *fixture;
	id own = put(h, someone("Ali", "A", LULEA, STATE_WAITING));
	id other = put(h, someone("Bo", "B", PITEA, STATE_WAITING));
	id draft = put(h, someone("Cia", "C", 0, STATE_DRAFT));
	id missing = store_id_new(&h->c);
	actor karin = coordinator_of(h, LULEA);
	actor all = staff(h, "Eva", true, NULL);
	person p;
	h->c.actor = &karin;
	WORKS(store_person_get(&h->c, own, true, &p));
	const id unseen[] = {other, draft, missing, (id){""}};
	for (size_t i = 0; i < ARRAY_LEN(unseen); i++) {
		event *e;
		interview *v;
		consent_row k[CONSENT_PURPOSES];
		size_t n;
		FAILS(store_person_get(&h->c, unseen[i], true, &p), FAULT_HIDDEN,
		      "fault.hidden");
		assert_int_equal(h->c.fault.arg[0].n + h->c.fault.arg[1].n, 0);
		FAILS(store_person_get(&h->c, unseen[i], false, &p), FAULT_HIDDEN,
		      "fault.hidden");
		FAILS(change_one(&h->c, unseen[i], 0, FIELD_NOTE, "x"), FAULT_HIDDEN,
		      "fault.hidden");
		FAILS(store_person_step(&h->c, unseen[i], 0, S("pause"), S("")),
		      FAULT_HIDDEN, "fault.hidden");
		FAILS(store_person_undo(&h->c, unseen[i], 0), FAULT_HIDDEN,
		      "fault.hidden");
		FAILS(store_person_merge(&h->c, own, unseen[i]), FAULT_HIDDEN,
		      "fault.hidden");
		FAILS(store_person_erase(&h->c, unseen[i]), FAULT_HIDDEN, "fault.hidden");
		FAILS(store_events(&h->c, unseen[i], 9, &e, &n), FAULT_HIDDEN,
		      "fault.hidden");
		FAILS(store_event_add(&h->c, unseen[i], S("x"), S("")), FAULT_HIDDEN,
		      "fault.hidden");
		FAILS(store_consents(&h->c, unseen[i], k), FAULT_HIDDEN, "fault.hidden");
		FAILS(store_consent_set(&h->c, unseen[i], CONSENT_FOR_MATCH, true,
					S("sv"), S("web")),
		      FAULT_HIDDEN, "fault.hidden");
		FAILS(store_interviews_of(&h->c, unseen[i], &v, &n), FAULT_HIDDEN,
		      "fault.hidden");
		interview set = {
			.person = unseen[i], .mode = S("phone"), .state = S("booked")};
		FAILS(store_interview_set(&h->c, &set), FAULT_HIDDEN, "fault.hidden");
	}
	h->c.actor = &all;
	WORKS(store_person_get(&h->c, other, true, &p));
	WORKS(store_person_get(&h->c, draft, true, &p));
	/* Participants see themselves, and nobody sees anybody. */
	actor self = {.person = draft}, nobody = {0};
	h->c.actor = &self;
	WORKS(store_person_get(&h->c, draft, true, &p));
	FAILS(store_person_get(&h->c, own, false, &p), FAULT_HIDDEN, "fault.hidden");
	h->c.actor = &nobody;
	FAILS(store_person_get(&h->c, draft, false, &p), FAULT_HIDDEN, "fault.hidden");
}

/* A lock or a municipality taken away counts at once, whatever the session still says. */
static void scope_is_what_the_database_says(void **fixture)
{
	house *h = *fixture;
	id who = put(h, someone("Ali", "A", LULEA, STATE_WAITING));
	actor karin = coordinator_of(h, LULEA);
	person p;
	h->c.actor = &karin;
	karin.everywhere = true;
	WORKS(store_person_get(&h->c, who, false, &p));
	raw(h, SQL("UPDATE account SET state = 'locked' WHERE id = $1"), &karin.account);
	FAILS(store_person_get(&h->c, who, false, &p), FAULT_HIDDEN, "fault.hidden");
	raw(h, SQL("UPDATE account SET state = 'active' WHERE id = $1"), &karin.account);
	raw(h, SQL("DELETE FROM account_place WHERE account = $1"), &karin.account);
	FAILS(store_person_get(&h->c, who, false, &p), FAULT_HIDDEN, "fault.hidden");
}

static void staff_put_people_where_they_can_see_them(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	h->c.actor = &karin;
	person here = someone("Ali", "A", LULEA, STATE_SUBMITTED);
	person away = someone("Bo", "B", PITEA, STATE_SUBMITTED);
	WORKS(store_person_add(&h->c, &here));
	FAILS(store_person_add(&h->c, &away), FAULT_HIDDEN, "fault.hidden");
	assert_int_equal(raw(h, SQL("SELECT COUNT(*) FROM person"), NULL), 1);
}

static void opening_needs_the_right_and_leaves_a_line(void **fixture)
{
	house *h = *fixture;
	id who = put(h, someone("Ali", "A", LULEA, STATE_WAITING));
	actor karin = coordinator_of(h, LULEA);
	person p;
	log_row *row;
	size_t n;
	h->c.actor = &karin;
	WORKS(store_person_get(&h->c, who, false, &p));
	assert_int_equal(raw(h, SQL("SELECT COUNT(*) FROM log"), NULL), 0);
	WORKS(store_person_get(&h->c, who, true, &p));
	WORKS(store_log_list(&h->c, who, 9, &row, &n));
	assert_int_equal(n, 1);
	assert_same(row[0].action, "open");
	assert_same(row[0].by, "Karin Samordnare");
	assert_true(id_equal(row[0].account, karin.account));
	/* Coming back to it is the same look; in an hour it is another one. */
	h->c.now += 60000;
	WORKS(store_person_get(&h->c, who, true, &p));
	WORKS(store_log_list(&h->c, who, 9, &row, &n));
	assert_int_equal(n, 1);
	h->c.now += 3600000;
	WORKS(store_person_get(&h->c, who, true, &p));
	WORKS(store_log_list(&h->c, who, 9, &row, &n));
	assert_int_equal(n, 2);
	/* The one who is looked at sees it too, and looking at oneself is not noted. */
	actor self = {.person = who};
	h->c.actor = &self;
	WORKS(store_person_get(&h->c, who, true, &p));
	WORKS(store_log_list(&h->c, who, 9, &row, &n));
	assert_int_equal(n, 2);
	WORKS(store_log_list(&h->c, (id){""}, 9, &row, &n));
	assert_int_equal(n, 0);
	karin.rights &= ~RIGHT_BIT(CONTACT_READ);
	h->c.actor = &karin;
	FAILS(store_person_get(&h->c, who, true, &p), FAULT_HIDDEN, "fault.hidden");
}

static void a_change_names_fields_and_not_values(void **fixture)
{
	house *h = *fixture;
	id who = put(h, someone("Ali", "A", LULEA, STATE_WAITING));
	person p;
	event *e;
	size_t n;
	h->c.now++;
	WORKS(change_one(&h->c, who, 1, FIELD_PHONE, "+46701740636"));
	WORKS(store_person_get(&h->c, who, true, &p));
	assert_int_equal(p.version, 2);
	assert_int_equal(p.changed, START + 1);
	assert_value(&p, FIELD_PHONE, "+46701740636");
	assert_value(&p, FIELD_GIVEN, "Ali");
	WORKS(store_events(&h->c, who, 9, &e, &n));
	assert_int_equal(n, 2);
	assert_same(e[0].kind, "change");
	assert_same(e[0].what, "phone");
	/* The same again changes nothing. */
	WORKS(change_one(&h->c, who, 2, FIELD_PHONE, "+46701740636"));
	WORKS(store_person_get(&h->c, who, true, &p));
	assert_int_equal(p.version, 2);
}

static void two_who_change_at_once_do_not_overwrite(void **fixture)
{
	house *h = *fixture;
	id who = put(h, someone("Ali", "A", LULEA, STATE_SUBMITTED));
	person p;
	WORKS(change_one(&h->c, who, 1, FIELD_NOTE, "first"));
	FAILS(change_one(&h->c, who, 1, FIELD_NOTE, "second"), FAULT_CONFLICT,
	      "fault.changed");
	FAILS(store_person_step(&h->c, who, 1, S("pass"), S("")), FAULT_CONFLICT,
	      "fault.changed");
	WORKS(store_person_get(&h->c, who, true, &p));
	assert_value(&p, FIELD_NOTE, "first");
	WORKS(change_one(&h->c, who, 0, FIELD_NOTE, "third"));
	assert_int_equal(p.state, STATE_SUBMITTED);
}

static void steps_are_legal_or_refused(void **fixture)
{
	house *h = *fixture;
	person p = someone("Ali", "A", LULEA, STATE_SUBMITTED);
	p.value[FIELD_QUEUED] = S("2022-10-22");
	id who = put(h, p);
	event *e;
	size_t n;
	FAILS(store_person_step(&h->c, who, 0, S("approve"), S("")), FAULT_CONFLICT,
	      "fault.changed");
	FAILS(store_person_step(&h->c, who, 0, S("nonsense"), S("")), FAULT_CONFLICT,
	      "fault.changed");
	static const char *const way[] = {"book",     "pass",  "approve",       "propose",
					  "put_back", "pause", "resume_waiting"};
	for (size_t i = 0; i < ARRAY_LEN(way); i++)
		WORKS(store_person_step(&h->c, who, 0, str_from(way[i]),
					S("Rings after six")));
	WORKS(store_person_get(&h->c, who, true, &p));
	assert_int_equal(p.state, STATE_WAITING);
	/* Who is put back keeps the original date. */
	assert_value(&p, FIELD_QUEUED, "2022-10-22");
	WORKS(store_events(&h->c, who, 99, &e, &n));
	assert_int_equal(n, ARRAY_LEN(way) + 1);
	assert_same(e[0].from, "paused");
	assert_same(e[0].to, "waiting");
	assert_same(e[0].what, "resume_waiting");
	assert_same(e[0].reason, "Rings after six");
	actor karin = coordinator_of(h, LULEA);
	karin.rights &= ~RIGHT_BIT(CONTACT_READ);
	h->c.actor = &karin;
	WORKS(store_events(&h->c, who, 99, &e, &n));
	assert_same(e[0].reason, "");
}

static void a_step_is_taken_back_within_a_day(void **fixture)
{
	house *h = *fixture;
	id who = put(h, someone("Ali", "A", LULEA, STATE_SUBMITTED));
	actor karin = coordinator_of(h, LULEA);
	person p;
	h->c.actor = &karin;
	FAILS(store_person_undo(&h->c, who, 0), FAULT_CONFLICT, "fault.changed");
	WORKS(store_person_step(&h->c, who, 0, S("decline"), S("")));
	h->c.now += DAY;
	WORKS(store_person_undo(&h->c, who, 2));
	WORKS(store_person_get(&h->c, who, false, &p));
	assert_int_equal(p.state, STATE_SUBMITTED);
	/* Once is once. */
	FAILS(store_person_undo(&h->c, who, 0), FAULT_CONFLICT, "fault.changed");
	WORKS(store_person_step(&h->c, who, 0, S("decline"), S("")));
	h->c.now += DAY + 1;
	FAILS(store_person_undo(&h->c, who, 0), FAULT_CONFLICT, "fault.changed");
	/* What the table does not let be undone, and what the person did. */
	id two = put(h, someone("Bo", "B", LULEA, STATE_INTERVIEW));
	WORKS(store_person_step(&h->c, two, 0, S("unbook"), S("")));
	FAILS(store_person_undo(&h->c, two, 0), FAULT_CONFLICT, "fault.changed");
	actor self = {.person = two};
	h->c.actor = &self;
	WORKS(store_person_step(&h->c, two, 0, S("withdraw"), S("")));
	h->c.actor = &karin;
	FAILS(store_person_undo(&h->c, two, 0), FAULT_CONFLICT, "fault.changed");
}

static void a_merge_keeps_the_earlier_date_and_all_events(void **fixture)
{
	house *h = *fixture;
	person a = someone("Ali", "A", LULEA, STATE_WAITING);
	person b = someone("Aly", "", LULEA, STATE_SUBMITTED);
	a.value[FIELD_QUEUED] = S("2022-10-22");
	a.value[FIELD_EMAIL] = S("ali@example.com");
	b.value[FIELD_QUEUED] = S("2022-03-01");
	b.value[FIELD_PHONE] = S("+46701740636");
	id keep = put(h, a), gone = put(h, b);
	actor karin = coordinator_of(h, LULEA);
	h->c.actor = &karin;
	WORKS(store_person_step(&h->c, gone, 0, S("decline"), S("Wrote twice")));
	interview v = {.person = gone,
		       .account = karin.account,
		       .mode = S("phone"),
		       .state = S("held"),
		       .note = S("Kind")};
	WORKS(store_interview_set(&h->c, &v));
	WORKS(store_consent_set(&h->c, gone, CONSENT_FOR_MATCH, true, S("sv"), S("web")));
	h->c.now++;
	WORKS(store_person_merge(&h->c, keep, gone));
	person p;
	WORKS(store_person_get(&h->c, keep, true, &p));
	assert_value(&p, FIELD_QUEUED, "2022-03-01");
	assert_value(&p, FIELD_GIVEN, "Ali");
	assert_value(&p, FIELD_PHONE, "+46701740636");
	assert_int_equal(p.state, STATE_WAITING);
	WORKS(store_person_get(&h->c, gone, false, &p));
	assert_int_equal(p.state, STATE_CLOSED);
	assert_true(id_equal(p.merged, keep));
	event *e;
	interview *i;
	consent_row k[CONSENT_PURPOSES];
	size_t n;
	WORKS(store_events(&h->c, keep, 99, &e, &n));
	assert_same(e[0].kind, "merge");
	bool reason = false;
	for (size_t x = 0; x < n; x++)
		reason |= str_equal(e[x].reason, S("Wrote twice"));
	assert_true(reason);
	WORKS(store_interviews_of(&h->c, keep, &i, &n));
	assert_int_equal(n, 1);
	assert_same(i[0].note, "Kind");
	assert_same(i[0].given, "Ali");
	WORKS(store_consents(&h->c, keep, k));
	assert_true(k[CONSENT_FOR_MATCH].given);
	assert_int_equal(k[CONSENT_FOR_MATCH].at, START);
	/* Who writes with either address is the one that is kept. */
	person *found;
	WORKS(store_people_by_contact(&h->c, S("070-174 06 36"), &found, &n));
	assert_int_equal(n, 1);
	assert_true(id_equal(found[0].id, keep));
	FAILS(store_person_merge(&h->c, keep, gone), FAULT_CONFLICT, "fault.changed");
	FAILS(store_person_merge(&h->c, keep, keep), FAULT_CONFLICT, "fault.changed");
	FAILS(store_person_step(&h->c, gone, 0, S("reopen"), S("")), FAULT_CONFLICT,
	      "fault.changed");
	people_list l;
	WORKS(store_people_list(&h->c, &(people_filter){0}, &l));
	assert_int_equal(l.total, 1);
}

static void contact_is_found_however_it_is_written(void **fixture)
{
	house *h = *fixture;
	person a = someone("Ali", "A", LULEA, STATE_WAITING);
	a.value[FIELD_PHONE] = S("+46701740636");
	a.value[FIELD_EMAIL] = S("Ali@Example.com");
	id who = put(h, a);
	static actor nobody;
	h->c.actor = &nobody;
	const char *const same[] = {"+46701740636",      "0701740636",
				    "0046 70 174 06 36", "070-1740636",
				    "ali@example.com ",  "ALI@EXAMPLE.COM"};
	person *p;
	size_t n;
	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		WORKS(store_people_by_contact(&h->c, str_from(same[i]), &p, &n));
		assert_int_equal(n, 1);
		assert_true(id_equal(p[0].id, who));
		assert_value(&p[0], FIELD_GIVEN, "");
	}
	const char *const other[] = {"0701740637", "ali@example.se", "", "hello"};
	for (size_t i = 0; i < ARRAY_LEN(other); i++) {
		WORKS(store_people_by_contact(&h->c, str_from(other[i]), &p, &n));
		assert_int_equal(n, 0);
	}
}

static void consent_is_newest_first_and_matching_hears_of_it(void **fixture)
{
	house *h = *fixture;
	id who = put(h, someone("Ali", "A", LULEA, STATE_WAITING));
	consent_row k[CONSENT_PURPOSES];
	person p;
	WORKS(store_consents(&h->c, who, k));
	for (int i = 0; i < CONSENT_PURPOSES; i++)
		assert_int_equal(k[i].at, 0);
	WORKS(store_consent_set(&h->c, who, CONSENT_FOR_MATCH, true, S("ar"), S("web")));
	WORKS(store_consent_set(&h->c, who, CONSENT_FOR_MATCH, false, S("sv"),
				S("phone")));
	WORKS(store_consents(&h->c, who, k));
	assert_false(k[CONSENT_FOR_MATCH].given);
	assert_same(k[CONSENT_FOR_MATCH].channel, "phone");
	assert_int_equal(k[CONSENT_FOR_MATCH].version, 1);
	assert_int_equal(k[CONSENT_FOR_MESSAGES].at, 0);
	WORKS(store_person_get(&h->c, who, false, &p));
	assert_value(&p, FIELD_CONSENT, "no");
	WORKS(store_consent_set(&h->c, who, CONSENT_FOR_MATCH, true, S("sv"), S("web")));
	WORKS(store_person_get(&h->c, who, false, &p));
	assert_value(&p, FIELD_CONSENT, "yes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(a_person_is_given_back_as_it_was),
		HOUSE_TEST(hidden_and_missing_answer_the_same),
		HOUSE_TEST(scope_is_what_the_database_says),
		HOUSE_TEST(staff_put_people_where_they_can_see_them),
		HOUSE_TEST(opening_needs_the_right_and_leaves_a_line),
		HOUSE_TEST(a_change_names_fields_and_not_values),
		HOUSE_TEST(two_who_change_at_once_do_not_overwrite),
		HOUSE_TEST(steps_are_legal_or_refused),
		HOUSE_TEST(a_step_is_taken_back_within_a_day),
		HOUSE_TEST(a_merge_keeps_the_earlier_date_and_all_events),
		HOUSE_TEST(contact_is_found_however_it_is_written),
		HOUSE_TEST(consent_is_newest_first_and_matching_hears_of_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
