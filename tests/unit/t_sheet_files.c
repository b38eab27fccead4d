/* Files as they come: encodings, delimiters, quotes, headings, rows that cannot be used, households, numbers. */
#include "sheet_help.h"

static str value(const sheet *s, size_t row, field_id f)
{
	return model_people_value(&s->people, row - 1, f);
}

#define IS(sheet_, row_, field_, want_)                                                  \
	assert_string_equal(value(sheet_, row_, FIELD_##field_).s, want_)

static fault fault_of(ctx *c, str bytes)
{
	sheet s;
	assert_false(sheet_read(c, S("people.csv"), bytes, &s));
	assert_int_equal(c->fault.kind, FAULT_INPUT);
	return c->fault;
}

/* ---- encodings: the same sheet written in each ------------------------------------- */

static str utf16(arena *mem, str s, bool big, bool mark)
{
	buf b = {.mem = mem};
	uint32_t half[2];
	if (mark)
		buf_add(&b, big ? S("\xfe\xff") : S("\xff\xfe"));
	for (size_t pos = 0; pos < s.n;) {
		uint32_t p = (uint32_t)utf8_next(s, &pos);
		size_t n = p >= 0x10000 ? 2 : 1;
		half[0] = n == 1 ? p : 0xd800 + ((p - 0x10000) >> 10);
		half[1] = 0xdc00 + ((p - 0x10000) & 0x3ff);
		for (size_t i = 0; i < n; i++) {
			buf_char(&b, (char)(big ? half[i] >> 8 : half[i] & 0xff));
			buf_char(&b, (char)(big ? half[i] & 0xff : half[i] >> 8));
		}
	}
	return buf_str(&b);
}

static void encodings_give_the_same_people(void **state)
{
	(void)state;
	ctx c = test_job();
	str bytes = test_file(c.mem, "data/samples/norrbotten_50.csv");
	str bare = str_slice(bytes, 3, bytes.n);
	const struct {
		str bytes;
		const char *encoding;
	} file[] = {
		{bytes, "UTF-8"},
		{bare, "UTF-8"},
		{utf16(c.mem, bare, false, true), "UTF-16LE"},
		{utf16(c.mem, bare, true, true), "UTF-16BE"},
		{utf16(c.mem, bare, false, false), "UTF-16LE"},
		{utf16(c.mem, bare, true, false), "UTF-16BE"},
	};
	sheet first = test_sheet(&c, bytes);
	for (size_t k = 0; k < ARRAY_LEN(file); k++) {
		sheet s = test_sheet(&c, file[k].bytes);
		assert_string_equal(s.encoding, file[k].encoding);
		assert_int_equal(s.delimiter, ';');
		assert_int_equal(s.people.n, first.people.n);
		assert_int_equal(s.problems, first.problems);
		for (size_t i = 1; i <= s.people.n; i++)
			for (int f = 0; f < FIELD_COUNT; f++)
				assert_true(str_equal(value(&s, i, (field_id)f),
						      value(&first, i, (field_id)f)));
	}
	arena_free(c.mem);
}

static void windows_1252_is_detected(void **state)
{
	(void)state;
	ctx c = test_job();
	sheet s = test_sheet(&c,
			     S("Typ;F\xf6rnamn;Ort\r\nNy svensk;\x8a\x80;Lule\xe5\r\n"));
	assert_string_equal(s.encoding, "Windows-1252");
	IS(&s, 1, GIVEN, "Š€");
	IS(&s, 1, LOCALITY, "Luleå");
	arena_free(c.mem);
}

static void damaged_utf8_is_reported(void **state)
{
	(void)state;
	ctx c = test_job();
	sheet s = test_sheet(&c, S("\xef\xbb\xbfTyp;Förnamn\nNy svensk;Bj\xf6rn\n"));
	assert_string_equal(s.encoding, "UTF-8");
	const sheet_problem *p = test_problem(&s, 1, FIELD_GIVEN);
	assert_non_null(p);
	assert_string_equal(p->key, "sheet.bad_letters");
	arena_free(c.mem);
}

/* ---- delimiters and quotes ------------------------------------------------------------ */

static void delimiters_are_found(void **state)
{
	(void)state;
	static const char delimiter[] = {';', ',', '\t'};
	for (size_t i = 0; i < ARRAY_LEN(delimiter); i++) {
		ctx c = test_job();
		char d = delimiter[i];
		str bytes = str_format(
			c.mem, "Förnamn%cTyp%cIntressen\nEva%cny%c\"Fika, yoga; dans\"\n",
			d, d, d, d);
		sheet s = test_sheet(&c, bytes);
		assert_int_equal(s.delimiter, d);
		IS(&s, 1, GIVEN, "Eva");
		IS(&s, 1, INTERESTS, "Fika, Yoga, Dans");
		arena_free(c.mem);
	}
}

static void a_sep_line_decides(void **state)
{
	(void)state;
	ctx c = test_job();
	sheet s = test_sheet(&c, S("sep=,\r\nTyp,Förnamn\r\nny,Eva\r\nkanske,Bo\r\n"));
	assert_int_equal(s.delimiter, ',');
	IS(&s, 1, GIVEN, "Eva");
	assert_int_equal(test_problem(&s, 2, FIELD_SIDE)->line, 4);
	arena_free(c.mem);
}

static void lines_are_counted_through_quotes(void **state)
{
	(void)state;
	static const char *const newline[] = {"\n", "\r\n", "\r"};
	for (size_t i = 0; i < ARRAY_LEN(newline); i++) {
		ctx c = test_job();
		const char *n = newline[i];
		str bytes = str_format(
			c.mem,
			"%sTyp;Anteckning%s\"ny\";\"a%sb \"\"c\"\"%s\"%s%s;;%s?;x%s", n,
			n, n, n, n, n, n, n);
		sheet s = test_sheet(&c, bytes);
		assert_int_equal(s.people.n, 2);
		const sheet_problem *p = test_problem(&s, 2, FIELD_SIDE);
		assert_non_null(p);
		assert_int_equal(p->line, 8);
		assert_int_equal(p->column, 1);
		arena_free(c.mem);
	}
}

static void an_open_quote_is_a_fault(void **state)
{
	(void)state;
	ctx c = test_job();
	fault f = fault_of(&c, S("Typ;Förnamn\nny;Eva\nny;\"Bo\nny;Åsa\n"));
	assert_string_equal(f.key, "sheet.unclosed_quote");
	assert_int_equal(f.line, 3);
	arena_free(c.mem);
}

/* ---- headings ---------------------------------------------------------------------------- */

static void headings_in_english_and_any_order(void **state)
{
	(void)state;
	ctx c = test_job();
	sheet s = test_sheet(&c, S("E-mail,First name,LAST NAME,Year of birth,Type,Max "
				   "distance (km),Shoe size,Swedish level:\n"
				   "a@example.com,Eva,Ek,1980,established,20,38,B1\n"));
	IS(&s, 1, EMAIL, "a@example.com");
	IS(&s, 1, GIVEN, "Eva");
	IS(&s, 1, FAMILY, "Ek");
	IS(&s, 1, BIRTH_YEAR, "1980");
	IS(&s, 1, SIDE, "Etablerad");
	IS(&s, 1, MAX_KM, "20");
	IS(&s, 1, LEVEL, "B1");
	assert_int_equal(s.unknown_headings, 1);
	assert_string_equal(s.unknown_heading[0].s, "Shoe size");
	assert_true(s.has[FIELD_EMAIL]);
	assert_false(s.has[FIELD_PHONE]);
	arena_free(c.mem);
}

static void bad_headings_are_faults(void **state)
{
	(void)state;
	const struct {
		str bytes;
		const char *key;
		int64_t line, column;
	} bad[] = {
		{S_INIT(""), "sheet.empty", 0, 0},
		{S_INIT("\n\n  \n;;;\n"), "sheet.empty", 0, 0},
		{S_INIT("\xef\xbb\xbf"), "sheet.empty", 0, 0},
		{S_INIT("Typ;Förnamn\n"), "sheet.no_rows", 0, 0},
		{S_INIT("\nFörnamn;Efternamn\nEva;Ek\n"), "sheet.no_side_column", 2, 0},
		{S_INIT("Typ;Mobil;Förnamn;Telefon\nny;1;2;3\n"), "sheet.heading_twice",
		 1, 4},
		{S_INIT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "sheet.old_excel", 0, 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		ctx c = test_job();
		fault f = fault_of(&c, bad[i].bytes);
		assert_string_equal(f.key, bad[i].key);
		assert_int_equal(f.line, bad[i].line);
		assert_int_equal(f.column, bad[i].column);
		arena_free(c.mem);
	}
}

static void a_column_without_heading_is_reported_once(void **state)
{
	(void)state;
	ctx c = test_job();
	sheet s = test_sheet(&c, S("Typ;;Förnamn;\nny;;Eva;\nny;x;Bo;\nny;y;Åsa;\n"));
	assert_int_equal(s.problems, 1);
	assert_int_equal(s.problem[0].row, 0);
	assert_int_equal(s.problem[0].column, 2);
	arena_free(c.mem);
}

/* ---- rows that cannot be used ---------------------------------------------------------------- */

static void the_hostile_sheet(void **state)
{
	(void)state;
	ctx c = test_job();
	sheet s = test_sheet(&c, test_file(c.mem, "data/samples/norrbotten_hostile.csv"));
	static const struct {
		uint32_t row;
		int64_t line;
		const char *key;
	} want[] = {
		{5, 6, "sheet.no_side"},       {6, 7, "sheet.nul"},
		{7, 9, "sheet.too_few_cells"}, {8, 10, "sheet.too_many_cells"},
		{11, 13, "sheet.no_side"},     {12, 14, "sheet.under_18"},
	};
	size_t n = 0;
	assert_int_equal(s.people.n, 12);
	assert_int_equal(s.unusable, ARRAY_LEN(want));
	for (size_t i = 0; i < s.problems; i++) {
		const sheet_problem *p = &s.problem[i];
		assert_true(p->row > 0 && p->line > 1);
		assert_in_range(sheet_first_letters(p->read, 1000), 0, 80 * 4);
		if (!p->unusable)
			continue;
		assert_int_equal(p->row, want[n].row);
		assert_int_equal(p->line, want[n].line);
		assert_string_equal(p->key, want[n++].key);
		assert_true(s.people.profile[p->row - 1].flags & PROFILE_UNUSABLE);
		assert_true(s.raw[p->row - 1].n > 0);
		assert_null(memchr(s.raw[p->row - 1].s, 0, s.raw[p->row - 1].n));
	}
	assert_int_equal(n, ARRAY_LEN(want));
	static const struct {
		uint32_t row;
		field_id field;
	} reported[] = {
		{1, FIELD_PHONE},   {2, FIELD_MUNICIPALITY}, {3, FIELD_BIRTH_YEAR},
		{3, FIELD_ARRIVED}, {3, FIELD_CHILDREN},     {3, FIELD_QUEUED},
		{4, FIELD_GENDER},  {4, FIELD_POSTCODE},     {4, FIELD_PHONE},
		{4, FIELD_EMAIL},   {4, FIELD_LANGUAGE},     {4, FIELD_LEVEL},
		{4, FIELD_CONSENT},
	};
	for (size_t i = 0; i < ARRAY_LEN(reported); i++) {
		assert_non_null(test_problem(&s, reported[i].row, reported[i].field));
		assert_int_equal(value(&s, reported[i].row, reported[i].field).n, 0);
	}
	IS(&s, 9, GIVEN, "Amira");
	IS(&s, 1, GIVEN, "=HYPERLINK(\"http://example.com\";\"klick\")");
	arena_free(c.mem);
}

static void age_counts_from_the_reference_date(void **state)
{
	(void)state;
	str bytes = S("Typ;Födelseår\nny;2005\n");
	ctx c = test_job();
	assert_int_equal(test_sheet(&c, bytes).unusable, 0);
	c.today = date_to_day((ymd){2022, 12, 31});
	assert_int_equal(test_sheet(&c, bytes).unusable, 1);
	arena_free(c.mem);
}

static void an_age_without_its_year_is_not_counted(void **state)
{
	(void)state;
	ctx c = test_job();
	sheet s = test_sheet(
		&c, S("Typ;Anmäld;Födelseår;Barnens ålder\n"
		      "ny;31/02/2021;39 år;8\nny;;39 år;8\nny;2021-01-01;39 år;8\n"));
	assert_string_equal(test_problem(&s, 1, FIELD_BIRTH_YEAR)->key, "sheet.age_when");
	assert_string_equal(test_problem(&s, 1, FIELD_CHILDREN)->key, "sheet.age_when");
	assert_int_equal(s.people.profile[0].birth_year, 0);
	assert_int_equal(s.people.profile[0].children, 0);
	assert_int_equal(s.people.profile[1].birth_year, 2023 - 39);
	assert_int_equal(s.people.profile[2].birth_year, 2021 - 39);
	arena_free(c.mem);
}

static void tables_beyond_reason_are_refused(void **state)
{
	(void)state;
	ctx c = test_job();
	buf wide = {.mem = c.mem}, deep = {.mem = c.mem};
	buf_add(&wide, S("Typ"));
	for (int i = 0; i < 2000; i++)
		buf_add(&wide, S(";x"));
	assert_string_equal(fault_of(&c, buf_str(&wide)).key, "sheet.too_many_columns");
	buf_add(&deep, S("Typ;Anteckning\nny;"));
	for (int i = 0; i < 300000; i++)
		buf_add(&deep, S("utan slut och utan rad "));
	c.fault = (fault){0};
	fault f = fault_of(&c, buf_str(&deep));
	assert_string_equal(f.key, "sheet.row_too_long");
	assert_int_equal(f.line, 2);
	arena_free(c.mem);
}

/* ---- numbers, households, never with ----------------------------------------------------------- */

static void ids_come_from_the_sheet_or_the_row(void **state)
{
	(void)state;
	ctx c = test_job();
	sheet s = test_sheet(&c, S("Nr;Typ\n7;ny\n3;ny\n3;\n;\n9;ny\n"));
	assert_int_equal(s.people.profile[0].id, 7);
	assert_int_equal(s.people.profile[1].id, 3);
	assert_int_equal(s.people.profile[2].id, 10);
	assert_int_equal(s.people.profile[3].id, 9);
	s = test_sheet(&c, S("Nr;Typ\n7;ny\n7;ny\n"));
	assert_int_equal(s.people.profile[0].id, 1);
	assert_int_equal(s.people.profile[1].id, 2);
	assert_string_equal(s.problem[0].key, "sheet.numbers_unsure");
	assert_int_equal(s.problem[0].row, 0);
	arena_free(c.mem);
}

static void households_are_by_side(void **state)
{
	(void)state;
	ctx c = test_job();
	sheet s = test_sheet(&c,
			     S("Typ;Hushåll\nny;H2\nny; h2\netablerad;H2\nny;\nny;H3\n"));
	const profile *p = s.people.profile;
	assert_true(p[0].household && p[0].household == p[1].household);
	assert_true(p[2].household && p[2].household != p[0].household);
	assert_int_equal(p[3].household, 0);
	assert_true(p[4].household && p[4].household != p[0].household);
	assert_int_equal(s.problems, 1);
	assert_string_equal(s.problem[0].key, "sheet.household_two_sides");
	assert_int_equal(s.problem[0].row, 3);
	assert_int_equal(s.problem[0].line, 4);
	arena_free(c.mem);
}

static void never_with_names_people_by_number(void **state)
{
	(void)state;
	ctx c = test_job();
	sheet s = test_sheet(
		&c, S("Nr;Typ;Aldrig med\n5;ny;\"9 och nr 6\"\n6;ny;5\n9;etablerad;\n"));
	assert_int_equal(s.problems, 0);
	assert_int_equal(s.people.never_n, 2);
	assert_int_equal(s.people.never[0].a, 5);
	assert_int_equal(s.people.never[0].b, 6);
	assert_int_equal(s.people.never[1].b, 9);
	s = test_sheet(&c, S("Nr;Typ;Aldrig med\n5;ny;5\n6;ny;77\n9;ny;Eva\n"));
	assert_int_equal(s.people.never_n, 0);
	assert_int_equal(s.problems, 3);
	assert_string_equal(s.problem[1].key, "sheet.no_such_person");
	assert_string_equal(s.problem[2].key, "sheet.not_a_number");
	s = test_sheet(&c, S("Nr;Typ;Aldrig med\n5;ny;6\n5;ny;\n6;ny;\n"));
	assert_int_equal(s.people.never_n, 0);
	arena_free(c.mem);
}

/* ---- duplicates: what must be one, and what must not -------------------------------------------- */

static size_t duplicates_of(const char *rows)
{
	ctx c = test_job();
	str bytes = str_format(
		c.mem,
		"Typ;Förnamn;Efternamn;Födelseår;Kön;Telefon;E-post;Postnummer\n%s",
		rows);
	size_t n = test_sheet(&c, bytes).duplicates;
	arena_free(c.mem);
	return n;
}

static void duplicates_one_by_one(void **state)
{
	(void)state;
	assert_int_equal(duplicates_of("ny;Laila;Ali;1980;K;070-1740601;;\nny;Lail;Ali;"
				       "1980;K;070-1740601;;\n"),
			 1);
	assert_int_equal(duplicates_of("ny;Laila;Ali;1980;K;070-1740601;;\nny;Lail;Ali;"
				       "1981;K;070-1740601;;\n"),
			 0);
	assert_int_equal(duplicates_of("ny;Laila;Ali;1980;K;070-1740601;;\nny;Amir;Ali;"
				       "1980;M;070-1740601;;\n"),
			 0);
	assert_int_equal(duplicates_of("ny;Laila;Ali;1980;K;;a@example.com;\nny;Laila;"
				       "Ali;1981;K;;A@example.com;\n"),
			 1);
	assert_int_equal(duplicates_of("ny;Laila;Ali;1980;K;;a@example.com;\nny;Omar;Ali;"
				       "1980;;;a@example.com;\n"),
			 0);
	assert_int_equal(
		duplicates_of("ny;Åsa;Ek;1980;K;;;97183\nny;ASA;EK;;;;;971 83\n"), 1);
	assert_int_equal(
		duplicates_of("ny;Åsa;Ek;1980;K;;;97183\nny;Åsa;Ek;1981;K;;;97183\n"), 0);
	assert_int_equal(duplicates_of("ny;Åsa;Ek;1980;K;070-1740601;;97183\nny;Åsa;Ek;;"
				       "K;070-1740602;;97183\n"),
			 0);
	assert_int_equal(
		duplicates_of(
			"ny;Åsa;Ek;1980;K;;;97183\netablerad;Åsa;Ek;1980;K;;;97183\n"),
		0);
	assert_int_equal(duplicates_of("ny;;;;;;;\nny;;;;;;;\n"), 0);
}

/* A sheet in which everybody has the office's number stays quick, and proposes nobody. */
static void one_number_for_all_is_no_duplicate(void **state)
{
	(void)state;
	ctx c = test_job();
	buf b = {.mem = c.mem};
	buf_add(&b, S("Typ;Förnamn;Efternamn;Telefon\n"));
	for (int i = 0; i < 3000; i++)
		buf_format(&b, "ny;Person%d%d%d;Efter;0701740601\n", i % 7, i * 31, i);
	assert_int_equal(test_sheet(&c, buf_str(&b)).duplicates, 0);
	arena_free(c.mem);
}

static uint64_t reported;
static void count_progress(void *self, const char *stage, uint64_t done, uint64_t total)
{
	(void)self;
	assert_string_equal(stage, "progress.reading");
	assert_true(done <= total);
	reported++;
}

static void progress_is_reported(void **state)
{
	(void)state;
	ctx c = test_job();
	c.progress = count_progress;
	buf b = {.mem = c.mem};
	buf_add(&b, S("Typ;Anteckning\n"));
	for (int i = 0; i < 100000; i++)
		buf_add(&b, S("ny;Har bil och vill gärna träffas på biblioteket\n"));
	sheet s = test_sheet(&c, buf_str(&b));
	assert_int_equal(s.people.n, 100000);
	assert_in_range(reported, 4, 100);
	arena_free(c.mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encodings_give_the_same_people),
		cmocka_unit_test(windows_1252_is_detected),
		cmocka_unit_test(damaged_utf8_is_reported),
		cmocka_unit_test(delimiters_are_found),
		cmocka_unit_test(a_sep_line_decides),
		cmocka_unit_test(lines_are_counted_through_quotes),
		cmocka_unit_test(an_open_quote_is_a_fault),
		cmocka_unit_test(headings_in_english_and_any_order),
		cmocka_unit_test(bad_headings_are_faults),
		cmocka_unit_test(a_column_without_heading_is_reported_once),
		cmocka_unit_test(the_hostile_sheet),
		cmocka_unit_test(age_counts_from_the_reference_date),
		cmocka_unit_test(an_age_without_its_year_is_not_counted),
		cmocka_unit_test(tables_beyond_reason_are_refused),
		cmocka_unit_test(ids_come_from_the_sheet_or_the_row),
		cmocka_unit_test(households_are_by_side),
		cmocka_unit_test(never_with_names_people_by_number),
		cmocka_unit_test(duplicates_one_by_one),
		cmocka_unit_test(one_number_for_all_is_no_duplicate),
		cmocka_unit_test(progress_is_reported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
