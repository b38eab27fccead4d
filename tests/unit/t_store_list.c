/* store: lists, counts, searches, interviews, tasks, imports and parcels, each in scope. */
#include "store_help.h"

static void assert_names(const people_list *l, const char *names)
{
	char got[400] = "";
	for (size_t i = 0; i < l->item_n; i++) {
		str given = l->item[i].value[FIELD_GIVEN];
		size_t n = strlen(got);
		snprintf(got + n, sizeof got - n, "%s%.*s", i ? " " : "", STR_ARG(given));
	}
	assert_string_equal(got, names);
}

static void assert_list(house *h, people_filter f, const char *names)
{
	people_list l;
	WORKS(store_people_list(&h->c, &f, &l));
	assert_names(&l, names);
}

static id listed(house *h, const char *given, int where, state s, const char *queued,
		 const char *year, const char *level)
{
	person p = someone(given, "X", where, s);
	p.value[FIELD_QUEUED] = str_from(queued);
	p.value[FIELD_BIRTH_YEAR] = str_from(year);
	p.value[FIELD_LEVEL] = str_from(level);
	p.value[FIELD_GENDER] = S("woman");
	h->c.now++;
	return put(h, p);
}

static void lists_are_filtered_sorted_and_in_scope(void **fixture)
{
	house *h = *fixture;
	listed(h, "Ali", LULEA, STATE_WAITING, "2022-05-02", "1990", "1A");
	listed(h, "Bo", LULEA, STATE_SUBMITTED, "2022-05-01", "1980", "2B");
	listed(h, "Cia", LULEA, STATE_WAITING, "", "", "");
	listed(h, "Dag", PITEA, STATE_WAITING, "2021-01", "1970", "1A");
	listed(h, "Ed", LULEA, STATE_DRAFT, "2020-01-01", "1960", "1A");
	assert_list(h, (people_filter){0}, "Dag Bo Ali Cia");
	assert_list(h, (people_filter){.reverse = true}, "Ali Bo Dag Cia");
	assert_list(h, (people_filter){.sort = PEOPLE_BY_CHANGED}, "Dag Cia Bo Ali");
	assert_list(h, (people_filter){.sort = PEOPLE_BY_YEAR}, "Dag Bo Ali Cia");
	assert_list(h, (people_filter){.sort = PEOPLE_BY_PLACE}, "Bo Ali Cia Dag");
	assert_list(h, (people_filter){.sort = PEOPLE_BY_STATE}, "Bo Dag Ali Cia");
	assert_list(h, (people_filter){.states = 1u << STATE_DRAFT}, "Ed");
	assert_list(h, (people_filter){.level = LEVEL_SFI_1A}, "Dag Ali");
	assert_list(h, (people_filter){.municipality = PITEA}, "Dag");
	assert_list(h, (people_filter){.side = SIDE_ESTABLISHED}, "");
	assert_list(h, (people_filter){.side = SIDE_NEWCOMER, .gender = GENDER_WOMAN},
		    "Dag Bo Ali Cia");
	assert_list(h, (people_filter){.gender = GENDER_MAN}, "");
	assert_list(h, (people_filter){.offset = 1, .limit = 2}, "Bo Ali");
	people_list l;
	WORKS(store_people_list(&h->c, &(people_filter){.offset = 1, .limit = 2}, &l));
	assert_int_equal(l.total, 4);
	assert_same(l.item[0].value[FIELD_NOTE], "");
	assert_false(l.item[0].opened);
	actor karin = coordinator_of(h, LULEA), nobody = {0};
	h->c.actor = &karin;
	assert_list(h, (people_filter){0}, "Bo Ali Cia");
	assert_list(h, (people_filter){.municipality = PITEA}, "");
	int64_t count[STATE_COUNT];
	WORKS(store_people_count(&h->c, count));
	assert_int_equal(count[STATE_WAITING], 2);
	assert_int_equal(count[STATE_SUBMITTED], 1);
	assert_int_equal(count[STATE_DRAFT], 1);
	WORKS(store_people_all(&h->c, 1u << STATE_WAITING, &l));
	assert_names(&l, "Ali Cia");
	assert_true(l.item[0].opened);
	h->c.actor = &nobody;
	assert_list(h, (people_filter){0}, "");
	WORKS(store_people_count(&h->c, count));
	assert_int_equal(count[STATE_WAITING], 0);
	/* Without the right to contact a list has no names, and a search is refused. */
	karin.rights &= ~RIGHT_BIT(CONTACT_READ);
	h->c.actor = &karin;
	bool more;
	WORKS(store_people_list(&h->c, &(people_filter){.limit = 1}, &l));
	assert_names(&l, "");
	FAILS(store_people_search(&h->c, S("a"), 9, &l, &more), FAULT_HIDDEN,
	      "fault.hidden");
	FAILS(store_people_all(&h->c, 0, &l), FAULT_HIDDEN, "fault.hidden");
}

typedef struct tally {
	size_t n;
	str names;
	arena *mem;
} tally;

static bool tell(ctx *c, void *self, const person *p)
{
	tally *t = self;
	(void)c;
	t->n++;
	t->names = str_format(t->mem, "%.*s%s%.*s", STR_ARG(t->names),
			      t->names.n ? " " : "", STR_ARG(p->value[FIELD_GIVEN]));
	return true;
}

/* A sheet of everybody is written in the memory of a few. */
static void each_is_forgotten_when_it_is_read(void **fixture)
{
	enum { PEOPLE = 200, SOME = 16 * 1024 };
	house *h = *fixture;
	tally t = {.mem = arena_new(0), .names = S("")};
	listed(h, "Ali", LULEA, STATE_WAITING, "2022-05-02", "1990", "1A");
	listed(h, "Bo", LULEA, STATE_SUBMITTED, "2022-05-01", "1980", "2B");
	listed(h, "Dag", PITEA, STATE_WAITING, "2021-01", "1970", "1A");
	listed(h, "Ed", LULEA, STATE_DRAFT, "2020-01-01", "1960", "1A");
	WORKS(store_people_each(&h->c, &(people_filter){.reverse = true}, tell, &t));
	assert_same(t.names, "Ali Bo Dag");
	actor karin = coordinator_of(h, LULEA);
	h->c.actor = &karin;
	t.names = S("");
	WORKS(store_people_each(&h->c, &(people_filter){.states = 1u << STATE_WAITING},
				tell, &t));
	assert_same(t.names, "Ali");
	for (int i = 0; i < PEOPLE; i++)
		listed(h, "Vi", LULEA, STATE_WAITING, "2022-05-02", "1990", "1A");
	size_t before = arena_used(h->c.mem);
	t.n = 0;
	WORKS(store_people_each(&h->c, &(people_filter){.limit = 0}, tell, &t));
	assert_int_equal(t.n, PEOPLE + 2);
	assert_in_range(arena_used(h->c.mem) - before, 0, SOME);
	arena_free(t.mem);
}

/* ---- searching ---------------------------------------------------------------------------- */

static void assert_found(house *h, const char *text, const char *names)
{
	people_list l;
	bool more;
	WORKS(store_people_search(&h->c, str_from(text), 20, &l, &more));
	assert_names(&l, names);
	assert_false(more);
}

static void names_are_found_by_the_start_of_their_words(void **fixture)
{
	house *h = *fixture;
	put(h, someone("Åsa", "Öberg", LULEA, STATE_WAITING));
	put(h, someone("Anna-Karin", "Ärlig", LULEA, STATE_WAITING));
	put(h, someone("Zlatan", "Aaltonen", LULEA, STATE_WAITING));
	put(h, someone("Şahin", "O'Brien", PITEA, STATE_WAITING));
	put(h, someone("Asmara", "", LULEA, STATE_DRAFT));
	put(h, someone("محمد", "Öst", LULEA, STATE_WAITING));
	assert_found(h, "asa", "Åsa");
	assert_found(h, "ÅSA ö", "Åsa");
	assert_found(h, "ob asa", "Åsa");
	assert_found(h, "berg", "");
	assert_found(h, "karin", "Anna-Karin");
	assert_found(h, "anna-kar", "Anna-Karin");
	assert_found(h, "sahin", "Şahin");
	assert_found(h, "brien", "Şahin");
	assert_found(h, "محم", "محمد");
	assert_found(h, "", "");
	assert_found(h, "  -- ", "");
	assert_found(h, "asmara", "");
	/* Swedish: A … Z, Å, Ä, Ö; by family name. */
	assert_found(h, "a", "Zlatan Anna-Karin Åsa");
	assert_found(h, "o", "Şahin Åsa محمد");
	actor karin = coordinator_of(h, LULEA);
	h->c.actor = &karin;
	assert_found(h, "o", "Åsa محمد");
	people_list l;
	bool more;
	WORKS(store_people_search(&h->c, S("a"), 2, &l, &more));
	assert_names(&l, "Zlatan Anna-Karin");
	assert_true(more);
	WORKS(store_people_search(&h->c, S("a"), 3, &l, &more));
	assert_false(more);
}

static bool rename_and_fail(ctx *c, void *arg)
{
	return change_one(c, *(const id *)arg, 0, FIELD_GIVEN, "Quirin") && false;
}

static void the_index_follows_what_is_committed(void **fixture)
{
	house *h = *fixture;
	id who = put(h, someone("Ali", "Alm", LULEA, STATE_DRAFT));
	WORKS(store_person_step(&h->c, who, 0, S("submit"), S("")));
	assert_found(h, "ali", "Ali");
	assert_false(store_write(&h->c, rename_and_fail, &who));
	assert_found(h, "quirin", "");
	WORKS(change_one(&h->c, who, 0, FIELD_GIVEN, "Quirin"));
	assert_found(h, "quirin", "Quirin");
	assert_found(h, "ali", "");
	/* Another handle has the same index; a fresh start builds it anew. */
	house_leave(h);
	house_enter(h);
	assert_found(h, "alm qui", "Quirin");
	/* Many changes: words that no longer hold are cleared away. */
	for (int i = 0; i < 30; i++)
		WORKS(change_one(&h->c, who, 0, FIELD_FAMILY, i % 2 ? "Alm" : "Berg"));
	assert_found(h, "berg", "");
	assert_found(h, "alm", "Quirin");
}

static void erased_names_are_not_found(void **fixture)
{
	house *h = *fixture;
import i = {.file = S("a.csv"), .rows = 2, .added = 2 };
	WORKS(store_import_add(&h->c, &i));
	for (int k = 0; k < 2; k++) {
		person p = someone(k ? "Ali" : "Bo", "Quist", LULEA, STATE_WAITING);
		p.import = i.id;
		put(h, p);
	}
	put(h, someone("Cia", "Quist", LULEA, STATE_WAITING));
	assert_found(h, "quist", "Ali Bo Cia");
	WORKS(store_import_undo(&h->c, i.id));
	assert_found(h, "quist", "Cia");
	put(h, someone("Dag", "Quist", LULEA, STATE_WAITING));
	assert_found(h, "quist", "Cia Dag");
}

/* ---- interviews and tasks --------------------------------------------------------------------- */

static void interviews_are_booked_changed_and_listed(void **fixture)
{
	house *h = *fixture;
	id here = put(h, someone("Ali", "A", LULEA, STATE_SUBMITTED));
	id away = put(h, someone("Bo", "B", PITEA, STATE_SUBMITTED));
	actor karin = coordinator_of(h, LULEA), other = coordinator_of(h, PITEA);
	interview a = {.person = here,
		       .account = karin.account,
		       .at = START + DAY,
		       .mode = S("phone"),
		       .state = S("booked"),
		       .conduct = QUEUED_UNKNOWN,
		       .identity = QUEUED_UNKNOWN,
		       .extract = 19000,
		       .note = S("Bring a map")};
	interview b = a, *list;
	size_t n;
	h->c.actor = &other;
	b.person = away;
	WORKS(store_interview_set(&h->c, &b));
	FAILS(store_interview_set(&h->c, &a), FAULT_HIDDEN, "fault.hidden");
	h->c.actor = &karin;
	WORKS(store_interview_set(&h->c, &a));
	assert_int_equal(a.version, 1);
	WORKS(store_interviews_between(&h->c, START, START + 2 * DAY, false, &list, &n));
	assert_int_equal(n, 1);
	assert_same(list[0].given, "Ali");
	assert_same(list[0].note, "");
	assert_int_equal(list[0].extract, 19000);
	assert_int_equal(list[0].conduct, QUEUED_UNKNOWN);
	a.state = S("held");
	interview stale = a;
	WORKS(store_interview_set(&h->c, &a));
	assert_int_equal(a.version, 2);
	FAILS(store_interview_set(&h->c, &stale), FAULT_CONFLICT, "fault.changed");
	/* An interview may not be moved to another person by its id. */
	stale = b;
	stale.person = here;
	FAILS(store_interview_set(&h->c, &stale), FAULT_HIDDEN, "fault.hidden");
	WORKS(store_interviews_of(&h->c, here, &list, &n));
	assert_int_equal(n, 1);
	assert_same(list[0].note, "Bring a map");
	WORKS(store_interviews_between(&h->c, START, START + 2 * DAY, false, &list, &n));
	assert_int_equal(n, 0);
	h->c.actor = NULL;
	WORKS(store_interviews_between(&h->c, START, START + 2 * DAY, false, &list, &n));
	assert_int_equal(n, 1);
	h->c.actor = &karin;
	WORKS(store_interviews_between(&h->c, START, START + 2 * DAY, true, &list, &n));
	assert_int_equal(n, 0);
}

/* What is sealed of it is nothing, which is not NULL. */
static void a_task_may_know_nothing(void **fixture)
{
	house *h = *fixture;
	task bare = {.kind = S("look"), .lang = S("sv"), .when = S("any")}, *list;
	size_t n;
	WORKS(store_task_add(&h->c, &bare));
	WORKS(store_tasks(&h->c, 0, &list, &n));
	assert_int_equal(n, 1);
	assert_same(list[0].name, "");
}

static void tasks_are_for_those_of_the_place(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA), nobody = {0};
	task t[3] = {
		{.municipality = LULEA}, {.municipality = PITEA}, {.municipality = 0}};
	task *list;
	size_t n;
	h->c.actor = &nobody;
	for (size_t i = 0; i < 3; i++) {
		t[i].kind = S("call_me");
		t[i].lang = S("ar");
		t[i].when = S("evening");
		t[i].name = S("Ali");
		t[i].phone = S("+46701740636");
		h->c.now++;
		WORKS(store_task_add(&h->c, &t[i]));
	}
	WORKS(store_tasks(&h->c, 0, &list, &n));
	assert_int_equal(n, 0);
	h->c.actor = &karin;
	WORKS(store_tasks(&h->c, 0, &list, &n));
	assert_int_equal(n, 2);
	assert_same(list[0].name, "Ali");
	assert_same(list[0].phone, "+46701740636");
	assert_same(list[0].when, "evening");
	FAILS(store_task_done(&h->c, t[1].id, true), FAULT_HIDDEN, "fault.hidden");
	WORKS(store_task_done(&h->c, t[0].id, true));
	WORKS(store_tasks(&h->c, 0, &list, &n));
	assert_int_equal(n, 1);
	WORKS(store_tasks(&h->c, START, &list, &n));
	assert_int_equal(n, 2);
	assert_true(id_equal(list[0].account, karin.account));
	WORKS(store_task_done(&h->c, t[0].id, false));
	WORKS(store_tasks(&h->c, 0, &list, &n));
	assert_int_equal(n, 2);
}

/* ---- imports and parcels --------------------------------------------------------------------------- */

static void an_import_is_undone_while_nobody_touched_it(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA), other = coordinator_of(h, LULEA);
import i = {.file = S("lista.csv"), .rows = 3, .added = 2, .skipped = 1 }, back, * list;
	size_t n;
	id who[2];
	h->c.actor = &karin;
	WORKS(store_import_add(&h->c, &i));
	for (int k = 0; k < 2; k++) {
		person p = someone("Ali", "A", LULEA, STATE_SUBMITTED);
		p.import = i.id;
		WORKS(store_person_add(&h->c, &p));
		who[k] = p.id;
		WORKS(store_consent_set(&h->c, p.id, CONSENT_FOR_MATCH, true, S("sv"),
					S("sheet")));
	}
	WORKS(store_imports(&h->c, &list, &n));
	assert_int_equal(n, 1);
	assert_same(list[0].by, "Karin Samordnare");
	assert_same(list[0].file, "lista.csv");
	h->c.actor = &other;
	FAILS(store_import_get(&h->c, i.id, &back), FAULT_HIDDEN, "fault.hidden");
	FAILS(store_import_undo(&h->c, i.id), FAULT_HIDDEN, "fault.hidden");
	/* Touched at the very same moment is touched too. */
	WORKS(store_person_step(&h->c, who[0], 0, S("pass"), S("")));
	h->c.actor = &karin;
	FAILS(store_import_undo(&h->c, i.id), FAULT_CONFLICT, "store.import_touched");
	assert_same(h->c.fault.arg[0], "1");
	assert_int_equal(raw(h, SQL("SELECT COUNT(*) FROM person"), NULL), 2);
import j = {.file = S("two.csv"), .rows = 1, .added = 1 };
	WORKS(store_import_add(&h->c, &j));
	person p = someone("Bo", "B", LULEA, STATE_SUBMITTED);
	p.import = j.id;
	WORKS(store_person_add(&h->c, &p));
	WORKS(store_import_undo(&h->c, j.id));
	WORKS(store_import_get(&h->c, j.id, &back));
	assert_int_equal(back.undone, START);
	FAILS(store_person_get(&h->c, p.id, false, &p), FAULT_HIDDEN, "fault.hidden");
	FAILS(store_import_undo(&h->c, j.id), FAULT_CONFLICT, "fault.changed");
	assert_int_equal(raw(h, SQL("SELECT COUNT(*) FROM person"), NULL), 2);
}

/* One who moved out of reach is not erased by an undo. */
static void an_import_is_not_undone_beyond_ones_scope(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
import i = {.file = S("lista.csv"), .rows = 1, .added = 1 };
	person p = someone("Ali", "A", LULEA, STATE_SUBMITTED);
	h->c.actor = &karin;
	WORKS(store_import_add(&h->c, &i));
	p.import = i.id;
	WORKS(store_person_add(&h->c, &p));
	raw(h, SQL("UPDATE person SET municipality = 2581 WHERE id = $1"), &p.id);
	FAILS(store_import_undo(&h->c, i.id), FAULT_CONFLICT, "store.import_touched");
	raw(h, SQL("UPDATE person SET municipality = NULL WHERE id = $1"), &p.id);
	FAILS(store_import_undo(&h->c, i.id), FAULT_CONFLICT, "store.import_touched");
	raw(h, SQL("UPDATE person SET municipality = 2580 WHERE id = $1"), &p.id);
	WORKS(store_import_undo(&h->c, i.id));
}

static void a_parcel_is_its_accounts_for_a_day(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA), all = staff(h, "Eva", true, NULL);
	id parcel;
	str name, bytes;
	h->c.actor = &karin;
	WORKS(store_parcel_put(&h->c, S("a.xlsx"), S("PK\0\1"), &parcel));
	WORKS(store_parcel_get(&h->c, parcel, &name, &bytes));
	assert_same(name, "a.xlsx");
	assert_int_equal(bytes.n, 4);
	h->c.actor = &all;
	FAILS(store_parcel_get(&h->c, parcel, &name, &bytes), FAULT_HIDDEN,
	      "fault.hidden");
	FAILS(store_parcel_drop(&h->c, parcel), FAULT_HIDDEN, "fault.hidden");
	h->c.actor = &karin;
	h->c.now += DAY;
	FAILS(store_parcel_get(&h->c, parcel, &name, &bytes), FAULT_HIDDEN,
	      "fault.hidden");
	h->c.now -= 1;
	WORKS(store_parcel_drop(&h->c, parcel));
	FAILS(store_parcel_get(&h->c, parcel, &name, &bytes), FAULT_HIDDEN,
	      "fault.hidden");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(lists_are_filtered_sorted_and_in_scope),
		HOUSE_TEST(each_is_forgotten_when_it_is_read),
		HOUSE_TEST(names_are_found_by_the_start_of_their_words),
		HOUSE_TEST(the_index_follows_what_is_committed),
		HOUSE_TEST(erased_names_are_not_found),
		HOUSE_TEST(interviews_are_booked_changed_and_listed),
		HOUSE_TEST(a_task_may_know_nothing),
		HOUSE_TEST(tasks_are_for_those_of_the_place),
		HOUSE_TEST(an_import_is_undone_while_nobody_touched_it),
		HOUSE_TEST(an_import_is_not_undone_beyond_ones_scope),
		HOUSE_TEST(a_parcel_is_its_accounts_for_a_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
