/* office: ids, roles, steps, consents, and values to codes and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "model/office.h"

static int arena_setup(void **fixture)
{
	*fixture = arena_new(0);
	return 0;
}

static int arena_teardown(void **fixture)
{
	arena_free(*fixture);
	return 0;
}

static void assert_str(str got, const char *want)
{
	str w = str_from(want);
	if (!str_equal(got, w))
		print_error("got \"%.*s\"\n", STR_ARG(got));
	assert_true(str_equal(got, w));
}

/* There and back, for a canonical text whose code we know (or NULL). */
static void goes_round(arena *mem, field_id f, str text, const char *code)
{
	str coded = model_value_encode(mem, f, text);
	if (code)
		assert_str(coded, code);
	assert_true(coded.n > 0);
	str back = model_value_decode(mem, f, coded);
	if (!str_equal(back, text))
		print_error("%s: %.*s -> %.*s -> %.*s\n", model_field[f].name,
			    STR_ARG(text), STR_ARG(coded), STR_ARG(back));
	assert_true(str_equal(back, text));
	/* A code is its own code: encoding twice changes nothing where labels are not codes. */
	if (f != FIELD_WISHES)
		assert_true(str_equal(model_value_encode(mem, f, coded), coded));
}

static void ids_are_26_letters_of_128_bits(void **fixture)
{
	(void)fixture;
	uint8_t low[16] = {0}, high[16], one[16] = {0};
	memset(high, 0xff, sizeof high);
	one[15] = 33;
	assert_string_equal(id_from_bytes(low).s, "00000000000000000000000000");
	assert_string_equal(id_from_bytes(high).s, "7zzzzzzzzzzzzzzzzzzzzzzzzz");
	assert_string_equal(id_from_bytes(one).s, "00000000000000000000000011");
	for (size_t bit = 0; bit < 128; bit++) {
		uint8_t b[16] = {0};
		b[bit / 8] = (uint8_t)(1u << bit % 8);
		assert_false(id_equal(id_from_bytes(b), id_from_bytes(low)));
	}
	id a;
	assert_true(id_parse(S("7zzzzzzzzzzzzzzzzzzzzzzzzz"), &a));
	assert_true(id_equal(a, id_from_bytes(high)));
	assert_false(id_none(a));
	const str bad[] = {
		S(""), S("7zzzzzzzzzzzzzzzzzzzzzzzz"), S("7zzzzzzzzzzzzzzzzzzzzzzzzzz"),
		S("7zzzzzzzzzzzzzzzzzzzzzzzzu"), S("7zzzzzzzzzzzzzzzzzzzzzzzz\0")};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(id_parse(bad[i], &a));
		assert_true(id_none(a));
	}
}

static void roles_have_the_rights_of_the_table(void **fixture)
{
	(void)fixture;
	for (int r = ROLE_NONE + 1; r < ROLE_COUNT; r++) {
		assert_int_equal(model_role_named(str_from(model_role[r].name)), r);
		assert_true(model_role[r].rights);
		assert_false(model_role[r].rights >> RIGHT_COUNT);
	}
	assert_int_equal(model_role_named(S("none")), ROLE_NONE);
	assert_int_equal(model_role_named(S("")), ROLE_NONE);
	/* Who runs the machine does not by that see people; who funds sees figures only. */
	assert_false(model_role[ROLE_ADMINISTRATOR].rights & RIGHT_BIT(PEOPLE_READ));
	assert_int_equal(model_role[ROLE_FUNDER].rights, RIGHT_BIT(FIGURES));
	assert_int_equal(model_role[ROLE_NONE].rights, 0);
}

static void nobody_may_anything(void **fixture)
{
	ctx c = {.mem = *fixture};
	assert_false(may(&c, RIGHT_FIGURES));
	assert_int_equal(c.fault.kind, FAULT_LOGIN);
	actor a = {.rights = RIGHT_BIT(FIGURES)};
	c.actor = &a;
	assert_false(may(&c, RIGHT_FIGURES));
	assert_int_equal(c.fault.kind, FAULT_LOGIN);
	a.account = id_from_bytes((const uint8_t[16]){1});
	c.fault = (fault){0};
	assert_true(may(&c, RIGHT_FIGURES));
	assert_int_equal(c.fault.kind, FAULT_NONE);
	assert_false(may(&c, RIGHT_PEOPLE_READ));
	assert_int_equal(c.fault.kind, FAULT_HIDDEN);
	assert_string_equal(c.fault.key, "fault.hidden");
}

static void steps_lead_where_the_table_says(void **fixture)
{
	(void)fixture;
	bool undo;
	for (int s = 0; s < STATE_COUNT; s++)
		assert_int_equal(model_state_named(str_from(model_state[s])), s);
	assert_int_equal(model_state_named(S("lost")), STATE_COUNT);
	assert_int_equal(model_step(STATE_DRAFT, S("submit"), &undo), STATE_SUBMITTED);
	assert_false(undo);
	assert_int_equal(model_step(STATE_WAITING, S("pause"), &undo), STATE_PAUSED);
	assert_true(undo);
	assert_int_equal(model_step(STATE_DRAFT, S("approve"), &undo), STATE_COUNT);
	assert_false(undo);
	assert_int_equal(model_step(STATE_CLOSED, S("reopen"), &undo), STATE_COUNT);
	/* Every state but a draft is reached by some step. */
	static const char *const verbs[] = {
#define STATE(id, name)
#define STEP(from, to, verb, undo_) verb,
#include "model/steps.def"
#undef STATE
#undef STEP
	};
	uint32_t reached = 0;
	for (int from = 0; from < STATE_COUNT; from++)
		for (size_t v = 0; v < ARRAY_LEN(verbs); v++)
			reached |= 1u
				   << model_step((state)from, str_from(verbs[v]), &undo);
	assert_int_equal(reached | 1u << STATE_DRAFT, (1u << (STATE_COUNT + 1)) - 1);
}

static void consents_have_names_and_versions(void **fixture)
{
	(void)fixture;
	int required = 0;
	for (int p = 0; p < CONSENT_PURPOSES; p++) {
		assert_true(model_consent[p].name && model_consent[p].version > 0);
		required += model_consent[p].required;
	}
	assert_int_equal(required, 1);
	assert_true(model_consent[CONSENT_FOR_MATCH].required);
}

static void every_choice_goes_round(void **fixture)
{
	arena *mem = *fixture;
	for (size_t i = 0; i < model_choice_count; i++) {
		const choice *c = &model_choice[i];
		goes_round(mem, c->field, c->label, c->code.s);
	}
	for (size_t i = 0; i < model_interest_count; i++)
		goes_round(mem, FIELD_INTERESTS, model_interest[i].name_sv,
			   model_interest[i].code.s);
	for (size_t i = 0; i < model_language_count; i++)
		goes_round(mem, FIELD_LANGUAGE, model_language[i].name_sv,
			   model_language[i].bcp47.s);
	for (size_t i = 0; i < model_municipality_count; i++)
		goes_round(mem, FIELD_MUNICIPALITY, model_municipality[i].name, NULL);
	/* What a language is called in a sheet is known too. */
	assert_str(model_value_encode(mem, FIELD_LANGUAGE, S("Kurmanji, Dari")),
		   "kmr,prs");
}

static void lists_go_round(void **fixture)
{
	arena *mem = *fixture;
	buf interests = {.mem = mem};
	for (size_t i = 0; i < model_interest_count; i++) {
		buf_add(&interests, i ? S(", ") : S(""));
		buf_add(&interests, model_interest[i].name_sv);
	}
	goes_round(mem, FIELD_INTERESTS, buf_str(&interests), NULL);
	goes_round(mem, FIELD_TIMES, S("vardag kväll, helg dag"),
		   "weekday_evening,weekend_day");
	goes_round(mem, FIELD_APPS, S("WhatsApp, Zoom"), "whatsapp,zoom");
	goes_round(mem, FIELD_WISHES, S("Samma kön (krav), 25–40 år (krav)"),
		   "gender!,age:25-40!");
	goes_round(mem, FIELD_WISHES, S("Samma kön, Nära i ålder (krav), Samma yrke"),
		   "gender,age!,occupation");
	for (size_t i = 0; i < model_choice_count; i++) {
		const choice *c = &model_choice[i];
		if (c->field != FIELD_WISHES)
			continue;
		str must = str_format(mem, "%.*s (krav)", STR_ARG(c->label));
		goes_round(mem, c->field, must,
			   str_format(mem, "%.*s!", STR_ARG(c->code)).s);
	}
}

static void what_is_not_coded_stays(void **fixture)
{
	arena *mem = *fixture;
	for (int f = 0; f < FIELD_COUNT; f++) {
		assert_str(model_value_encode(mem, (field_id)f, S("")), "");
		assert_str(model_value_decode(mem, (field_id)f, S("")), "");
	}
	const struct {
		field_id f;
		str text;
	} as_it_is[] = {
		{FIELD_GIVEN, S_INIT("Åsa, \"Ö\"")},
		{FIELD_CHILDREN, S_INIT("2012,2015")},
		{FIELD_PHONE, S_INIT("+46701740636")},
		{FIELD_LOCALITY, S_INIT("Gammelstaden")},
		{FIELD_QUEUED, S_INIT("2022-10")},
	};
	for (size_t i = 0; i < ARRAY_LEN(as_it_is); i++)
		goes_round(mem, as_it_is[i].f, as_it_is[i].text, as_it_is[i].text.s);
}

static void unknown_items_are_left_out(void **fixture)
{
	arena *mem = *fixture;
	assert_str(model_value_encode(mem, FIELD_GENDER, S("Delfin")), "");
	assert_str(model_value_encode(mem, FIELD_APPS, S("WhatsApp, Brevduva")),
		   "whatsapp");
	assert_str(model_value_encode(mem, FIELD_WISHES, S("40–25 år (krav)")), "");
	assert_str(model_value_decode(mem, FIELD_WISHES, S("age:x-3!,family")),
		   "Familj med barn i samma ålder");
	assert_str(model_value_encode(mem, FIELD_MUNICIPALITY, S("0000")), "");
	assert_str(model_value_decode(mem, FIELD_MUNICIPALITY, S("0114")),
		   "Upplands Väsby");
	/* Habo and Håbo are two places. */
	assert_false(str_equal(model_value_encode(mem, FIELD_MUNICIPALITY, S("Habo")),
			       model_value_encode(mem, FIELD_MUNICIPALITY, S("Håbo"))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_26_letters_of_128_bits),
		cmocka_unit_test(roles_have_the_rights_of_the_table),
		cmocka_unit_test(nobody_may_anything),
		cmocka_unit_test(steps_lead_where_the_table_says),
		cmocka_unit_test(consents_have_names_and_versions),
		cmocka_unit_test(every_choice_goes_round),
		cmocka_unit_test(lists_go_round),
		cmocka_unit_test(what_is_not_coded_stays),
		cmocka_unit_test(unknown_items_are_left_out),
	};
	return cmocka_run_group_tests(tests, arena_setup, arena_teardown);
}
