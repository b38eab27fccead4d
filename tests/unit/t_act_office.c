/* act: the verbs of a coordinator, over a store: imports, steps, interviews, registering for somebody. */
#include "store_help.h"

#include "act/office.h"

/* Two are one person, three are kept apart or together, and four may not be added. */
static const char rows[] =
	"Nr;Typ;Förnamn;Efternamn;Födelseår;Kommun;Telefon;E-post;Samtycke;Anmäld;"
	"Hushåll;"
	"Aldrig med;Barnens ålder\r\n"
	"11;Ny svensk;Amina;Ali;1990;Luleå;0701740601;;Ja;2023-05-01;7;;8, 4\r\n"
	"12;Ny "
	"svensk;Amina;Ali;1990;Luleå;0701740601;amina@example.com;Ja;2023-03-01;;;\r\n"
	"13;Etablerad;Bo;Berg;1970;Luleå;0701740603;;Ja;;;11;\r\n"
	"14;Ny svensk;Cem;Can;1980;Luleå;0701740604;;Nej;;;;\r\n"
	"15;Ny svensk;Dina;Dag;2010;Luleå;0701740605;;Ja;;;;\r\n"
	"16;Ny svensk;Eva;Ek;1980;Piteå;0701740606;;Ja;;;;\r\n"
	"17;;Fadi;Fors;1980;Luleå;0701740607;;Ja;;;;\r\n";
enum { AMINA, AGAIN, BO, CEM, DINA, EVA, FADI, ROWS };

typedef struct desk {
	sheet sheet;
	act_sheet a;
	act_row *row;
} desk;

static desk *open_desk(house *h)
{
	desk *d = NEW(h->mem, desk);
	h->c.today = date_local(START).day;
	WORKS(sheet_read(&h->c, S("<rows>.csv"), str_from(rows), &d->sheet));
	assert_int_equal(d->sheet.people.n, ROWS);
	WORKS(act_import_plan(&h->c, &d->sheet, &d->row));
	d->a = (act_sheet){.sheet = &d->sheet, .row = d->row, .file = S("<rows>.csv")};
	return d;
}

static bool do_import(ctx *c, void *arg)
{
	return act_import_do(c, arg);
}

static person opened(house *h, id who)
{
	person p;
	WORKS(store_person_get(&h->c, who, true, &p));
	return p;
}

static void a_plan_bars_what_may_not_be(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	h->c.actor = &karin;
	desk *d = open_desk(h);
	assert_int_equal(d->row[AMINA].way, ACT_ROW_ADD);
	assert_int_equal(d->row[AGAIN].way, ACT_ROW_SKIP);
	assert_int_equal(d->row[AGAIN].same_row, AMINA + 1);
	assert_int_equal(d->row[BO].bar, ACT_ROW_FREE);
	assert_int_equal(d->row[CEM].bar, ACT_ROW_NO_CONSENT);
	assert_int_equal(d->row[DINA].bar, ACT_ROW_MINOR);
	assert_int_equal(d->row[EVA].bar, ACT_ROW_OUTSIDE);
	assert_int_equal(d->row[FADI].bar, ACT_ROW_NO_SIDE);

	/* The twin: a form that says otherwise is not believed. */
	for (int i = 0; i < ROWS; i++)
		d->row[i].way = ACT_ROW_ADD;
	d->row[BO].way = ACT_ROW_INTO_PERSON; /* nobody there to fill: left out */
	WORKS(store_write(&h->c, do_import, &d->a));
	assert_int_equal(d->a.done.added, 2);
	assert_int_equal(d->a.done.skipped, 5);
	assert_true(id_none(d->row[CEM].person) && id_none(d->row[DINA].person) &&
		    id_none(d->row[EVA].person) && id_none(d->row[FADI].person));
}

static void rows_become_people(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	h->c.actor = &karin;
	desk *d = open_desk(h);
	d->row[AGAIN].way = ACT_ROW_INTO_ROW;
	WORKS(store_write(&h->c, do_import, &d->a));
	assert_int_equal(d->a.done.added, 2);
	assert_int_equal(d->a.done.merged, 1);
	assert_true(id_equal(d->row[AGAIN].person, d->row[AMINA].person));
	person amina = opened(h, d->row[AMINA].person), bo = opened(h, d->row[BO].person);
	assert_int_equal(amina.state, STATE_SUBMITTED);
	assert_same(amina.value[FIELD_EMAIL], "amina@example.com");
	assert_same(amina.value[FIELD_QUEUED], "2023-03-01"); /* the earlier of the two */
	assert_same(amina.value[FIELD_CHILDREN], "2015,2019");
	assert_true(str_starts(amina.value[FIELD_HOUSEHOLD], S("7-")));
	assert_same(amina.value[FIELD_MUNICIPALITY], "2580");
	assert_same(bo.value[FIELD_NEVER], amina.id.s);
	assert_same(bo.value[FIELD_QUEUED], "2023-11-14");
	consent_row given[CONSENT_PURPOSES];
	WORKS(store_consents(&h->c, bo.id, given));
	assert_true(given[CONSENT_FOR_MATCH].given);
	assert_same(given[CONSENT_FOR_MATCH].channel, "import");
}

/* A row may tell the town and not the municipality: it is that of the town. */
static void a_town_is_enough(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	h->c.actor = &karin;
	h->c.today = date_local(START).day;
	desk *d = NEW(h->mem, desk);
	WORKS(sheet_read(&h->c, S("<rows>.csv"),
			 S("Nr;Typ;Förnamn;Födelseår;Ort;Telefon;Samtycke\r\n"
			   "1;Ny svensk;Gul;1990;Gammelstad;0701740601;Ja\r\n"),
			 &d->sheet));
	WORKS(act_import_plan(&h->c, &d->sheet, &d->row));
	d->a = (act_sheet){.sheet = &d->sheet, .row = d->row, .file = S("<rows>.csv")};
	WORKS(store_write(&h->c, do_import, &d->a));
	assert_int_equal(d->a.done.added, 1);
	assert_same(opened(h, d->row[0].person).value[FIELD_MUNICIPALITY], "2580");
}

/* A request has a limit to its memory, a sheet may have thousands of rows: a row leaves nothing behind. */
static void a_long_sheet_takes_no_more_memory_than_a_short_one(void **fixture)
{
	enum { PEOPLE = 1000, A_ROW = 512 };
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	buf b = {.mem = h->mem};
	desk *d = NEW(h->mem, desk);
	h->c.actor = &karin;
	h->c.today = date_local(START).day;
	buf_add(&b, S("Nr;Typ;Förnamn;Födelseår;Kommun;Telefon;E-post;Samtycke\r\n"));
	for (int i = 0; i < PEOPLE; i++)
		buf_format(&b,
			   "%d;Ny svensk;Gul;1990;Luleå;07%08d;gul%d@example.org;Ja\r\n",
			   i + 1, 1740601 + i, i);
	WORKS(sheet_read(&h->c, S("<rows>.csv"), buf_str(&b), &d->sheet));
	size_t before = arena_used(h->c.mem);
	WORKS(act_import_plan(&h->c, &d->sheet, &d->row));
	size_t planned = arena_used(h->c.mem);
	d->a = (act_sheet){.sheet = &d->sheet, .row = d->row, .file = S("<rows>.csv")};
	WORKS(store_write(&h->c, do_import, &d->a));
	size_t done = arena_used(h->c.mem);
	print_message("%zu bytes a row to plan, %zu to do\n", (planned - before) / PEOPLE,
		      (done - planned) / PEOPLE);
	assert_int_equal(d->a.done.added, PEOPLE);
	assert_in_range(done - before, 0, PEOPLE * A_ROW);
	before = done;
	WORKS(act_import_undo(&h->c, d->a.done.id));
	assert_in_range(arena_used(h->c.mem) - before, 0, PEOPLE * A_ROW);
}

static void an_import_can_be_taken_back_until_touched(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	h->c.actor = &karin;
	desk *d = open_desk(h);
	d->row[AGAIN].way = ACT_ROW_INTO_ROW;
	WORKS(store_write(&h->c, do_import, &d->a));
	person gone;
	WORKS(act_import_undo(&h->c, d->a.done.id));
	FAILS(store_person_get(&h->c, d->row[AMINA].person, false, &gone), FAULT_HIDDEN,
	      "fault.hidden");

	desk *again = open_desk(h);
	WORKS(store_write(&h->c, do_import, &again->a));
	h->c.now += 1000;
	WORKS(change_one(&h->c, again->row[BO].person, 0, FIELD_POSTCODE, "972 41"));
	FAILS(act_import_undo(&h->c, again->a.done.id), FAULT_CONFLICT,
	      "store.import_touched");
}

static void somebody_here_is_filled_not_doubled(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA), maja = coordinator_of(h, PITEA);
	person p = someone("Amina", "Ali", LULEA, STATE_WAITING);
	p.value[FIELD_PHONE] = S("+46701740601");
	p.value[FIELD_QUEUED] = S("2022-01-01");
	id here = put(h, p);
	h->c.actor = &karin;
	desk *d = open_desk(h);
	assert_true(id_equal(d->row[AMINA].same_person, here));
	assert_int_equal(d->row[AMINA].way, ACT_ROW_SKIP);
	d->row[AMINA].way = ACT_ROW_INTO_PERSON;
	WORKS(store_write(&h->c, do_import, &d->a));
	p = opened(h, here);
	assert_int_equal(p.state, STATE_WAITING);
	assert_same(p.value[FIELD_QUEUED], "2022-01-01");
	assert_same(p.value[FIELD_CHILDREN], "2015,2019");

	/* Another municipality's coordinator is not told that she exists. */
	h->c.actor = &maja;
	desk *other = open_desk(h);
	assert_true(id_none(other->row[AMINA].same_person));
}

/* ---- steps, interviews -------------------------------------------------------------------- */

static void two_approve_and_one_is_told(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	id who = put(h, someone("Amina", "Ali", LULEA, STATE_APPROVED));
	h->c.actor = &karin;
	person p = opened(h, who);
	act_step s = {.person = who, .version = p.version, .verb = S("approve")};
	WORKS(act_person_step(&h->c, &s));
	FAILS(act_person_step(&h->c, &s), FAULT_CONFLICT, "fault.changed");
	WORKS(act_person_undo(&h->c, who, 0));
	assert_int_equal(opened(h, who).state, STATE_APPROVED);
}

static void what_is_not_by_hand_is_hidden(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	id who = put(h, someone("Amina", "Ali", LULEA, STATE_WAITING));
	h->c.actor = &karin;
	act_step s = {.person = who, .verb = S("propose")};
	FAILS(act_person_step(&h->c, &s), FAULT_HIDDEN, "fault.hidden");
	s.verb = S("decline");
	FAILS(act_person_step(&h->c, &s), FAULT_INPUT, "s.error.reason");
	karin.rights &= ~RIGHT_BIT(APPROVE);
	s.reason = S("flyttar");
	FAILS(act_person_step(&h->c, &s), FAULT_HIDDEN, "fault.hidden");
	FAILS(act_person_undo(&h->c, who, 0), FAULT_HIDDEN, "fault.hidden");
}

static void verbs_lead_somewhere(void **fixture)
{
	(void)fixture;
	const char *verb[ACT_VERBS];
	bool undo;
	for (int s = 0; s < STATE_COUNT; s++) {
		size_t n = act_person_verbs((enum state)s, verb);
		for (size_t i = 0; i < n; i++) {
			enum state to =
				model_step((enum state)s, str_from(verb[i]), &undo);
			assert_int_not_equal(to, STATE_COUNT);
			assert_int_equal(act_person_may_undo((enum state)s, to), undo);
		}
	}
	assert_int_equal(act_person_verbs(STATE_PROPOSED, verb), 0);
}

static void an_interview_from_booking_to_result(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	id who = put(h, someone("Amina", "Ali", LULEA, STATE_SUBMITTED));
	h->c.actor = &karin;
	interview i = {.person = who,
		       .at = START - DAY,
		       .mode = S("phone"),
		       .conduct = QUEUED_UNKNOWN,
		       .identity = QUEUED_UNKNOWN,
		       .extract = QUEUED_UNKNOWN};
	FAILS(act_interview_book(&h->c, &i, 0), FAULT_INPUT, "s.error.past");
	i.at = START + DAY;
	WORKS(act_interview_book(&h->c, &i, 0));
	assert_int_equal(opened(h, who).state, STATE_INTERVIEW);
	WORKS(act_interview_cancel(&h->c, &i));
	assert_int_equal(opened(h, who).state, STATE_SUBMITTED);
	i.id = (id){""};
	i.version = 0;
	WORKS(act_interview_book(&h->c, &i, 0));
	FAILS(act_interview_result(&h->c, &i, ACT_DECLINE, 0), FAULT_INPUT,
	      "s.error.reason");
	i.note = S("Talar om odling");
	WORKS(act_interview_result(&h->c, &i, ACT_THINK, 0));
	assert_int_equal(opened(h, who).state, STATE_INTERVIEW);
	karin.rights &= ~RIGHT_BIT(APPROVE);
	FAILS(act_interview_result(&h->c, &i, ACT_PASS, 0), FAULT_HIDDEN, "fault.hidden");
	karin.rights |= RIGHT_BIT(APPROVE);
	WORKS(act_interview_result(&h->c, &i, ACT_PASS, 0));
	assert_int_equal(opened(h, who).state, STATE_APPROVED);
}

/* ---- registering for somebody -------------------------------------------------------------- */

static bool do_enrol(ctx *c, void *arg)
{
	return act_enrol(c, arg);
}

static void somebody_who_phones(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	act_enrolment e = {
		.side = S("established"), .lang = S("sv"), .channel = S("phone")};
	const struct {
		field_id f;
		const char *value;
	} answer[] = {{FIELD_GIVEN, "Bo"},          {FIELD_BIRTH_YEAR, "1970"},
		      {FIELD_MUNICIPALITY, "2580"}, {FIELD_LIFE, "single"},
		      {FIELD_INTERESTS, "fika"},    {FIELD_PHONE, "+46701740603"}};
	h->c.actor = &karin;
	h->c.today = date_local(START).day;
	for (size_t i = 0; i + 1 < ARRAY_LEN(answer); i++) {
		e.value[answer[i].f] = str_from(answer[i].value);
		e.set[answer[i].f] = true;
	}
	FAILS(store_write(&h->c, do_enrol, &e), FAULT_INPUT, "p.error.missing");
	e.value[FIELD_PHONE] = S("+46701740603");
	e.set[FIELD_PHONE] = true;
	FAILS(store_write(&h->c, do_enrol, &e), FAULT_INPUT, "p.error.consent");
	e.given[CONSENT_FOR_MATCH] = true;
	WORKS(store_write(&h->c, do_enrol, &e));
	person p = opened(h, e.person);
	assert_int_equal(p.state, STATE_SUBMITTED);
	assert_same(p.value[FIELD_QUEUED], "2023-11-14");
	assert_same(p.value[FIELD_CONSENT], "yes");
	e.value[FIELD_MUNICIPALITY] = S("2581");
	FAILS(store_write(&h->c, do_enrol, &e), FAULT_HIDDEN, "fault.hidden");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(a_plan_bars_what_may_not_be),
		HOUSE_TEST(rows_become_people),
		HOUSE_TEST(a_town_is_enough),
		HOUSE_TEST(a_long_sheet_takes_no_more_memory_than_a_short_one),
		HOUSE_TEST(an_import_can_be_taken_back_until_touched),
		HOUSE_TEST(somebody_here_is_filled_not_doubled),
		HOUSE_TEST(two_approve_and_one_is_told),
		HOUSE_TEST(what_is_not_by_hand_is_hidden),
		cmocka_unit_test(verbs_lead_somewhere),
		HOUSE_TEST(an_interview_from_booking_to_result),
		HOUSE_TEST(somebody_who_phones),
	};
	return cmocka_run_group_tests_name("act: the office", tests, NULL, NULL);
}
