/* Single cells, field by field: what they become, and what is only reported. */
#include "sheet_help.h"

typedef struct expect {
	const char *heading, *cell, *value;
	const char *problem;  /* NULL: none */
	const char *could_be; /* joined by '|'; NULL: not looked at */
} expect;

static str joined(arena *mem, const sheet_problem *p)
{
	buf b = {.mem = mem};
	for (size_t i = 0; i < p->could_be_n; i++) {
		if (i)
			buf_char(&b, '|');
		buf_add(&b, p->could_be[i]);
	}
	return buf_str(&b);
}

static const sheet_problem *only_problem(const sheet *s)
{
	for (size_t i = 0; i < s->problems; i++)
		if (s->problem[i].field != FIELD_SIDE)
			return &s->problem[i];
	return NULL;
}

static void check_all(const expect *e, size_t n)
{
	size_t wrong = 0;
	for (size_t i = 0; i < n; i++) {
		ctx c = test_job();
		sheet s;
		str got = test_one(&c, e[i].heading, e[i].cell, &s);
		const sheet_problem *p = only_problem(&s);
		const char *key = p ? p->key : "";
		str could_be = p ? joined(c.mem, p) : S("");
		bool ok = str_equal(got, str_from(e[i].value)) &&
			  strcmp(key, e[i].problem ? e[i].problem : "") == 0;
		ok = ok &&
		     (!e[i].could_be || str_equal(could_be, str_from(e[i].could_be)));
		if (!ok) {
			wrong++;
			print_error("%s \"%s\": \"%.*s\" %s [%.*s], not \"%s\" %s [%s]\n",
				    e[i].heading, e[i].cell, STR_ARG(got), key,
				    STR_ARG(could_be), e[i].value,
				    e[i].problem ? e[i].problem : "",
				    e[i].could_be ? e[i].could_be : "");
		}
		arena_free(c.mem);
	}
	assert_int_equal(wrong, 0);
}

#define AMBIGUOUS      "sheet.ambiguous"
#define NOT_UNDERSTOOD "sheet.not_understood"

static void dates(void **state)
{
	(void)state;
	static const expect e[] = {
		{"Anmäld", "2022-11-27", "2022-11-27", NULL, NULL},
		{"Anmäld", "27.11.22", "2022-11-27", NULL, NULL},
		{"Anmäld", "220927", "2022-09-27", NULL, NULL},
		{"Anmäld", "20220927", "2022-09-27", NULL, NULL},
		{"Anmäld", "1/10/2021", "2021-10-01", NULL, NULL},
		{"Anmäld", "1/7 2022", "2022-07-01", NULL, NULL},
		{"Anmäld", "12 dec 2021", "2021-12-12", NULL, NULL},
		{"Anmäld", "den 3:e mars 2022", "2022-03-03", NULL, NULL},
		{"Anmäld", "September 9, 2021", "2021-09-09", NULL, NULL},
		{"Anmäld", "44448", "2021-09-09", NULL, NULL},
		{"Anmäld", "sep 2021", "2021-09", NULL, NULL},
		{"Anmäld", "2021-09", "2021-09", NULL, NULL},
		{"Anmäld", "2022-11-27 13:05:00", "2022-11-27", NULL, NULL},
		{"Anmäld", "2022-11-27T13:05:00Z", "2022-11-27", NULL, NULL},
		{"Anmäld", "9/7/2022 8:05", "2022-07-09", NULL, NULL},
		{"Anmäld", "29/2/2024", "2024-02-29", NULL, NULL},
		{"Anmäld", "29/2/2023", "", "sheet.no_such_date", ""},
		{"Anmäld", "31/02/2021", "", "sheet.no_such_date", ""},
		{"Anmäld", "11/27/2022", "", "sheet.no_such_date", "2022-11-27"},
		{"Anmäld", "27/11", "", AMBIGUOUS, "2023-11-27|2022-11-27"},
		{"Anmäld", "31/02", "", "sheet.no_such_date", ""},
		{"Anmäld", "21-10-18", "", AMBIGUOUS, "2018-10-21|2021-10-18"},
		{"Anmäld", "2021-13-45", "", "sheet.no_such_date", ""},
		{"Anmäld", "2022", "", AMBIGUOUS, ""},
		{"Anmäld", "1850-01-01", "", "sheet.no_such_date", ""},
		{"Anmäld", "i våras", "", "sheet.not_a_date", ""},
		{"Till Sverige", "98-05-07", "1998-05-07", NULL, NULL},
		{"Till Sverige", "070598", "", "sheet.no_such_date", NULL},
	};
	check_all(e, ARRAY_LEN(e));
}

static void birth_years(void **state)
{
	(void)state;
	static const expect e[] = {
		{"Födelseår", "1983", "1983", NULL, NULL},
		{"Födelseår", "f. 1983", "1983", NULL, NULL},
		{"Födelseår", "1983-07-03", "1983", NULL, NULL},
		{"Födelseår", "39 år", "1984", NULL, NULL},
		{"Född", "7 mars 1983", "1983", NULL, NULL},
		{"Age", "39", "1984", NULL, NULL},
		{"Ålder", "39", "1984", NULL, NULL},
		{"Födelseår", "58", "", AMBIGUOUS, "1958|1965"},
		{"Födelseår", "0", "", "sheet.not_a_year", ""},
		{"Födelseår", "2031", "", "sheet.no_such_year", ""},
		{"Födelseår", "1850", "", "sheet.no_such_year", ""},
		{"Födelseår", "okänt", "", "sheet.not_a_year", ""},
		{"Födelseår", "850607", "1985", NULL, NULL},
		{"Födelseår", "220607", "", AMBIGUOUS, "1922|2022"},
		{"Födelseår", "850607-1234", "1985", NULL, NULL},
		{"Födelseår", "19850607-1234", "1985", NULL, NULL},
		{"Födelseår", "850667-1234", "1985", NULL, NULL},
		{"Födelseår", "851367-1234", "", "sheet.not_a_year", NULL},
	};
	check_all(e, ARRAY_LEN(e));
}

static void contact(void **state)
{
	(void)state;
	static const expect e[] = {
		{"Telefon", "070-174 06 36", "+46701740636", NULL, NULL},
		{"Telefon", "+46 (0)70 174 06 36", "+46701740636", NULL, NULL},
		{"Telefon", "0046701740636", "+46701740636", NULL, NULL},
		{"Telefon", "+46070-1740636", "+46701740636", NULL, NULL},
		{"Telefon", "701740636", "+46701740636", NULL, NULL},
		{"Telefon", "46701740636", "+46701740636", NULL, NULL},
		{"Telefon", "0701740636 (sms)", "+46701740636", NULL, NULL},
		{"Telefon", "0920/123 45", "+4692012345", NULL, NULL},
		{"Telefon", "+47 22 12 34 56", "+4722123456", NULL, NULL},
		{"Telefon", "070-1740636 / 070-1740637", "", AMBIGUOUS,
		 "+46701740636|+46701740637"},
		{"Telefon", "070-17406", "", "sheet.not_a_phone", ""},
		{"Telefon", "92012345", "", "sheet.not_a_phone", "+4692012345"},
		{"Telefon", "-2+3", "", "sheet.not_a_phone", ""},
		{"Telefon", "++46", "", "sheet.not_a_phone", ""},
		{"Telefon", "ring Anna", "", "sheet.not_a_phone", ""},
		{"E-post", " Anna.Ek@Example.COM;", "anna.ek@example.com", NULL, NULL},
		{"E-post", "anna(at)example.com", "anna@example.com", NULL, NULL},
		{"E-post", "anna @ example.com", "anna@example.com", NULL, NULL},
		{"E-post", "Anna Ek <anna@example.com>", "anna@example.com", NULL, NULL},
		{"E-post", "mailto:anna@example.com", "anna@example.com", NULL, NULL},
		{"E-post", "anna@example,com", "", "sheet.not_an_email",
		 "anna@example.com"},
		{"E-post", "anna ek@example.com", "", "sheet.not_an_email", ""},
		{"E-post", "anna@example", "", "sheet.not_an_email", ""},
		{"E-post", "@@", "", "sheet.not_an_email", ""},
		{"E-post", "anna@example.com, bo@example.com", "", AMBIGUOUS,
		 "anna@example.com|bo@example.com"},
		{"Postnummer", "97183", "971 83", NULL, NULL},
		{"Postnummer", "SE-971 83", "971 83", NULL, NULL},
		{"Postnummer", "S-97183", "971 83", NULL, NULL},
		{"Postnummer", "971", "", "sheet.not_a_postcode", ""},
		{"Postnummer", "000 00", "", "sheet.not_a_postcode", ""},
		{"Postnummer", "961220", "", AMBIGUOUS, NULL},
	};
	check_all(e, ARRAY_LEN(e));
}

static void municipalities(void **state)
{
	(void)state;
	static const expect e[] = {
		{"Kommun", "Lulea", "Luleå", NULL, NULL},
		{"Kommun", "Lulea\xcc\x8a", "Luleå", NULL, NULL},
		{"Kommun", "LULEÅ\xc2\xa0KOMMUN", "Luleå", NULL, NULL},
		{"Kommun", "Luelå", "Luleå", NULL, NULL},
		{"Kommun", "Bodens kommun", "Boden", NULL, NULL},
		{"Kommun", "Gällivare/Malmberget", "Gällivare", NULL, NULL},
		{"Kommun", "Luleå (Råneå)", "Luleå", NULL, NULL},
		{"Kommun", "Borås stad", "Borås", NULL, NULL},
		{"Kommun", "2580", "Luleå", NULL, NULL},
		{"Kommun", "Gothenburg", "Göteborg", NULL, NULL},
		{"Kommun", "Upplands-Väsby", "Upplands Väsby", NULL, NULL},
		{"Kommun", "Habo", "Habo", NULL, NULL},
		{"Kommun", "Håbo", "Håbo", NULL, NULL},
		{"Kommun", "Skelleftåå", "Skellefteå", NULL, NULL},
		{"Kommun", "Malmberget", "", AMBIGUOUS, "Gällivare"},
		{"Kommun", "Luleå/Boden", "", "sheet.no_such_municipality", NULL},
		{"Kommun", "Mordor", "", "sheet.no_such_municipality", ""},
		{"Kommun", "Narnia", "", "sheet.no_such_municipality", ""},
		{"Ort", "Gammelstad", "Gammelstad", NULL, NULL},
		{"Ort", "GAMMELSTAD", "Gammelstad", NULL, NULL},
		{"Ort", "Vitå", "Vitå", "sheet.not_placed", NULL},
	};
	check_all(e, ARRAY_LEN(e));
}

static void choices(void **state)
{
	(void)state;
	static const expect e[] = {
		{"Kön", "tjej", "Kvinna", NULL, NULL},
		{"Kön", "prefer not to say", "", NULL, NULL},
		{"Kön", "?", "", NOT_UNDERSTOOD, NULL},
		{"SFI-nivå", "Studieväg 3 kurs D", "3D", NULL, NULL},
		{"SFI-nivå", "sfi 2b", "2B", NULL, NULL},
		{"SFI-nivå", "b1", "B1", NULL, NULL},
		{"SFI-nivå", "SFI A", "1A", NULL, NULL},
		{"SFI-nivå", "SFI D", "", AMBIGUOUS, "1D|2D|3D"},
		{"SFI-nivå", "C/D", "", AMBIGUOUS, "1C|2C|3C|1D|2D|3D"},
		{"SFI-nivå", "sfi C1", "", AMBIGUOUS, "1C|C1"},
		{"SFI-nivå", "9Z", "", NOT_UNDERSTOOD, NULL},
		{"Familjesituation", "Gift 3 barn", "Par med barn", NULL, NULL},
		{"Familjesituation", "gift 0 barn", "Par utan barn", NULL, NULL},
		{"Familjesituation", "ensamstående, 2 barn", "Ensamstående med barn",
		 NULL, NULL},
		{"Familjesituation", "Gift", "", AMBIGUOUS, "Par utan barn|Par med barn"},
		{"Mötesform", "spelar ingen roll", "Båda", NULL, NULL},
		{"Samtycke", "x", "Ja", NULL, NULL},
		{"Samtycke", "kanske", "", NOT_UNDERSTOOD, NULL},
		{"Yrkesområde", "vård och omsorg", "Vård och omsorg", NULL, NULL},
		{"Yrkesområde", "Vård", "Vård och omsorg", NULL, NULL},
		{"Max avstånd", "3 mil", "30", NULL, NULL},
		{"Max avstånd", "2,5 mil", "25", NULL, NULL},
		{"Max avstånd", "max 20km", "20", NULL, NULL},
		{"Max avstånd", "2-3 mil", "", AMBIGUOUS, "20|30"},
		{"Max avstånd", "0", "", "sheet.not_a_distance", ""},
		{"Max avstånd", "ingen gräns", "", NULL, NULL},
		{"Antal kompisar", "två", "2", NULL, NULL},
		{"Antal kompisar", "2 st", "2", NULL, NULL},
		{"Antal kompisar", "1-2", "", AMBIGUOUS, "1|2"},
		{"Antal kompisar", "många", "", "sheet.not_a_count", ""},
	};
	check_all(e, ARRAY_LEN(e));
}

static void lists(void **state)
{
	(void)state;
	static const expect e[] = {
		{"Intressen", "Promenader och vandring och skriva",
		 "Promenader och vandring, Skriva", NULL, NULL},
		{"Intressen", "promenader,svamp-,it",
		 "Promenader och vandring, Svamp- och bärplockning, IT och teknik", NULL,
		 NULL},
		{"Intressen", "DATORSPEL - SVAMP- OCH BÄRPLOCKNING - FIKA",
		 "Datorspel, Svamp- och bärplockning, Fika", NULL, NULL},
		{"Intressen", "• Fika\n• Yoga", "Fika, Yoga", NULL, NULL},
		{"Intressen", "Cooking and yoga", "Matlagning, Yoga", NULL, NULL},
		{"Intressen", "Fika, drakflygning", "Fika", NOT_UNDERSTOOD, NULL},
		{"Modersmål", "Turkiska + engelska", "Turkiska", NULL, NULL},
		{"Modersmål", "Farsi", "Persiska", NULL, NULL},
		{"Modersmål", "العربية", "Arabiska", NULL, NULL},
		{"Modersmål", "Kurdiska", "", AMBIGUOUS, "Kurmanji|Sorani"},
		{"Modersmål", "Dari / persiska", "", AMBIGUOUS, "Dari|Persiska"},
		{"Modersmål", "Kurdiska och engelska", "", AMBIGUOUS, "Kurmanji|Sorani"},
		{"Modersmål", "Klingon", "", NOT_UNDERSTOOD, ""},
		{"Tider", "lör/sön", "helg dag, helg kväll", NULL, NULL},
		{"Tider", "helger och vardagkvällar",
		 "vardag kväll, helg dag, helg kväll", NULL, NULL},
		{"Tider", "ons kväll", "", AMBIGUOUS, "vardag kväll"},
		{"Tider", "efter 17", "", AMBIGUOUS, "vardag kväll|helg kväll"},
		{"Appar", "Whats app/zoom", "WhatsApp, Zoom", NULL, NULL},
		{"Appar", "Zoom, Discord", "Zoom", NOT_UNDERSTOOD, NULL},
		{"Barnens ålder", "1/11", "1, 11", NULL, NULL},
		{"Barnens ålder", "0 år & 5 år & 13 år", "0, 5, 13", NULL, NULL},
		{"Barnens ålder", "f. 2015, 2017", "8, 6", NULL, NULL},
		{"Barnens ålder", "8 mån", "0", NULL, NULL},
		{"Barnens ålder", "4 7 9", "4, 7, 9", NULL, NULL},
		{"Barnens ålder", "inga", "", NULL, NULL},
		{"Barnens ålder", "2 barn", "", "sheet.how_old", NULL},
		{"Barnens ålder", "4, -1", "", NOT_UNDERSTOOD, NULL},
		{"Barnens ålder", "300", "", NOT_UNDERSTOOD, NULL},
		{"Barnens ålder", "2022-11-01", "", NOT_UNDERSTOOD, NULL},
		{"Önskemål", "Samma kön", "Samma kön", NULL, NULL},
		{"Önskemål", "samma kön (krav), gärna nära i ålder",
		 "Samma kön (krav), Nära i ålder", NULL, NULL},
		{"Önskemål", "måste vara samma kön", "Samma kön (krav)", NULL, NULL},
		{"Önskemål", "samma kön!", "Samma kön (krav)", NULL, NULL},
		{"Önskemål", "samma kön, krav", "Samma kön (krav)", NULL, NULL},
		{"Önskemål", "samma kön och nära i ålder", "Samma kön, Nära i ålder",
		 NULL, NULL},
		{"Önskemål", "bara 25-40 år", "25–40 år (krav)", NULL, NULL},
		{"Önskemål", "25–40 år (krav)", "25–40 år (krav)", NULL, NULL},
		{"Önskemål", "25-40 år", "", AMBIGUOUS, "25–40 år (krav)"},
		{"Önskemål", "någon snäll", "", NOT_UNDERSTOOD, NULL},
	};
	check_all(e, ARRAY_LEN(e));
}

static void names(void **state)
{
	(void)state;
	static const expect e[] = {
		{"Förnamn", "  ANDRÉ\xc2\xa0", "André", NULL, NULL},
		{"Efternamn", "al-hassan", "Al-Hassan", NULL, NULL},
		{"Efternamn", "SOLOV'IOV", "Solov'iov", NULL, NULL},
		{"Efternamn", "o'brien", "O'Brien", NULL, NULL},
		{"Efternamn", "von Essen", "von Essen", NULL, NULL},
		{"Efternamn", "A\xcc\x8astro\xcc\x88m", "Åström", NULL, NULL},
		{"Förnamn",
		 "\xe2\x80\xae"
		 "elim\xe2\x80\xac",
		 "Elim", NULL, NULL},
		{"Förnamn", "Bj\xef\xbf\xbdrn", "Bj\xef\xbf\xbdrn", "sheet.bad_letters",
		 NULL},
		{"Förnamn", "Tab\nhere", "Tab here", NULL, NULL},
		{"Anteckning", "rad1\r\nrad2", "rad1\nrad2", NULL, NULL},
	};
	check_all(e, ARRAY_LEN(e));
}

/* ---- coded profiles --------------------------------------------------------------- */

static const profile *first(const sheet *s)
{
	return &s->people.profile[0];
}

static void profiles_are_coded(void **state)
{
	(void)state;
	ctx c = test_job();
	sheet s = test_sheet(&c, S("Typ;Anmäld;Födelseår;Barnens "
				   "ålder;Tider;Önskemål;Antal;Kommun;Ort;Modersmål\n"
				   "Etablerad;sep 2021;39 år;8/9;vardag kväll;Samma kön "
				   "(krav)+nära i ålder;3;"
				   "Piteå;Storsund;Svenska + engelska\n"));
	const profile *p = first(&s);
	assert_int_equal(p->birth_year, 1982);
	assert_true(p->flags & PROFILE_QUEUED_MONTH);
	assert_int_equal(p->queued, date_to_day((ymd){2021, 9, 1}));
	assert_int_equal(p->children, UINT64_C(3) << (2012 - CHILD_YEAR_0));
	assert_int_equal(p->times, 4 | 4 << 3 | 4 << 6 | 4 << 9 | 4 << 12);
	assert_int_equal(p->musts, CHOICE_BIT(WISHES_GENDER));
	assert_int_equal(p->wishes, CHOICE_BIT(WISHES_AGE));
	assert_int_equal(p->capacity, 3);
	assert_int_equal(p->flags & (PROFILE_PLACED | PROFILE_APPROXIMATE),
			 PROFILE_PLACED | PROFILE_APPROXIMATE);
	assert_int_equal(__builtin_popcountll(p->languages), 2);
	str times = model_value_format(c.mem, p, FIELD_TIMES, c.today);
	assert_string_equal(str_terminated(c.mem, times), "vardag kväll");
	arena_free(c.mem);
}

static void places_by_municipality(void **state)
{
	(void)state;
	ctx c = test_job();
	sheet s = test_sheet(&c, S("Typ;Kommun;Ort\nNy;Luleå;råneå\nNy;;Råneå\nNy;Boden;"
				   "Ingenstans\nNy;;\n"));
	const profile *p = s.people.profile;
	assert_int_not_equal(p[0].place, PLACE_NONE);
	assert_int_equal(p[0].flags & PROFILE_APPROXIMATE, 0);
	assert_int_equal(p[1].place, p[0].place);
	assert_int_equal(p[1].municipality, 2580);
	assert_int_equal(p[2].place, PLACE_NONE);
	assert_true(p[2].flags & PROFILE_APPROXIMATE);
	assert_int_equal(p[2].x, model_municipality_get(2582)->x);
	assert_int_equal(p[3].flags & PROFILE_PLACED, 0);
	arena_free(c.mem);
}

/* ---- the tables -------------------------------------------------------------------- */

/* Every text of alias.def must stand in the form it is compared in, or it would never be found. */
static void aliases_are_in_compared_form(void **state)
{
	(void)state;
	arena *mem = arena_new(0);
	static const char *const text[] = {
#define HEADING(field, text)
#define HEADING_AGE(field, text)
#define WORD(field, value, text)     text,
#define MAYBE(field, could_be, text) text,
#define INTEREST(code, text)         text,
#define LANGUAGE(code, label, text)  text,
#define MUNICIPALITY(code, text)     text,
#define MARK(kind, text)             text,
#define MONTH(number, text)          text,
#include "sheet/alias.def"
#undef HEADING
#undef HEADING_AGE
#undef WORD
#undef MAYBE
#undef INTEREST
#undef LANGUAGE
#undef MUNICIPALITY
#undef MARK
#undef MONTH
	};
	for (size_t i = 0; i < ARRAY_LEN(text); i++)
		assert_string_equal(
			str_terminated(mem, utf8_plain(mem, str_from(text[i]))), text[i]);
	static const char *const heading[] = {
#define HEADING(field, text)     text,
#define HEADING_AGE(field, text) text,
#define WORD(field, value, text)
#define MAYBE(field, could_be, text)
#define INTEREST(code, text)
#define LANGUAGE(code, label, text)
#define MUNICIPALITY(code, text)
#define MARK(kind, text)
#define MONTH(number, text)
#include "sheet/alias.def"
	};
	for (size_t i = 0; i < ARRAY_LEN(heading); i++)
		assert_string_equal(
			str_terminated(mem, sheet_heading_key(mem, str_from(heading[i]))),
			heading[i]);
	arena_free(mem);
}

/* The short way of folding agrees with the long one for every Latin letter, alone and in a word. */
static void plain_agrees_with_unicode(void **state)
{
	(void)state;
	arena *mem = arena_new(0);
	for (int32_t p = 1; p < 0x250; p++) {
		buf b = {.mem = mem};
		buf_add(&b, S(" Ab"));
		utf8_put(&b, p);
		buf_add(&b, S("  c\t"));
		str fast = sheet_plain(mem, buf_str(&b)),
		    slow = utf8_plain(mem, buf_str(&b));
		assert_true(str_equal(fast, slow));
	}
	arena_free(mem);
}

static void every_heading_of_a_clean_sheet_is_known(void **state)
{
	(void)state;
	arena *mem = arena_new(0);
	words w;
	sheet_words(mem, FIRST_OF_2023, &w);
	for (int f = 0; f < FIELD_COUNT; f++) {
		int64_t value;
		assert_true(word_find(&w, WORDS_HEADING,
				      sheet_heading_key(mem, model_field[f].heading),
				      &value));
		assert_int_equal(value, f);
	}
	arena_free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates),
		cmocka_unit_test(birth_years),
		cmocka_unit_test(contact),
		cmocka_unit_test(municipalities),
		cmocka_unit_test(choices),
		cmocka_unit_test(lists),
		cmocka_unit_test(names),
		cmocka_unit_test(profiles_are_coded),
		cmocka_unit_test(places_by_municipality),
		cmocka_unit_test(aliases_are_in_compared_form),
		cmocka_unit_test(plain_agrees_with_unicode),
		cmocka_unit_test(every_heading_of_a_clean_sheet_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
