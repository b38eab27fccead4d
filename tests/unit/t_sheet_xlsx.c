/* Workbooks: as openpyxl saves them, with every kind of cell, and as an attacker makes them. */
#include "sheet_help.h"

#include "sheet/xlsx_priv.h"

/* ---- a workbook made here ------------------------------------------------------------ */

typedef struct file_part {
	const char *name;
	str text;
} file_part;

static str zip_of(arena *mem, const file_part *file, size_t n)
{
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, &error);
	zip_t *zip = zip_open_from_source(target, ZIP_TRUNCATE, &error);
	assert_non_null(zip);
	zip_source_keep(target);
	for (size_t i = 0; i < n; i++) {
		zip_source_t *text =
			zip_source_buffer(zip, file[i].text.s, file[i].text.n, 0);
		assert_true(zip_file_add(zip, file[i].name, text, ZIP_FL_ENC_UTF_8) >= 0);
	}
	assert_int_equal(zip_close(zip), 0);
	assert_int_equal(zip_source_open(target), 0);
	buf b = {.mem = mem};
	char chunk[4096];
	for (zip_int64_t got; (got = zip_source_read(target, chunk, sizeof chunk)) > 0;)
		buf_add(&b, (str){chunk, (size_t)got});
	zip_source_close(target);
	zip_source_free(target);
	return buf_str(&b);
}

#define RELATIONS                                                                        \
	"<Relationships><Relationship Id=\"rId9\" Type=\"x/worksheet\" "                 \
	"Target=\"worksheets/s.xml\"/>"                                                  \
	"<Relationship Id=\"rId2\" Type=\"x/sharedStrings\" "                            \
	"Target=\"/xl/strings.xml\"/>"                                                   \
	"<Relationship Id=\"rId3\" Type=\"x/styles\" "                                   \
	"Target=\"styles.xml\"/></Relationships>"
#define WORKBOOK                                                                         \
	"<workbook><workbookPr/><sheets><sheet name=\"A\" sheetId=\"4\" r:id=\"rId9\"/>" \
	"<sheet name=\"B\" sheetId=\"1\" r:id=\"rId2\"/></sheets></workbook>"

static str book_of(arena *mem, const char *workbook, const char *strings,
		   const char *styles, str sheet_xml)
{
	const file_part file[] = {
		{"xl/workbook.xml", str_from(workbook)},
		{"xl/_rels/workbook.xml.rels", S(RELATIONS)},
		{"xl/strings.xml", str_from(strings)},
		{"xl/styles.xml", str_from(styles)},
		{"xl/worksheets/s.xml", sheet_xml},
	};
	return zip_of(mem, file, ARRAY_LEN(file));
}

static const char no_strings[] = "<sst/>", no_styles[] = "<styleSheet/>";

#define IS(sheet_, row_, field_, want_)                                                  \
	assert_string_equal(                                                             \
		model_people_value(&(sheet_)->people, (row_)-1, FIELD_##field_).s,       \
		want_)

/* ---- what offices send ------------------------------------------------------------------ */

static void a_workbook_of_openpyxl(void **state)
{
	(void)state;
	ctx c = test_job();
	sheet s = test_sheet(&c, test_file(c.mem, "tests/data/sheet/openpyxl.xlsx"));
	test_grid clean = test_grid_read(&c, "data/samples/norrbotten_50_clean.csv", ',');
	assert_string_equal(s.encoding, "xlsx");
	assert_int_equal(s.delimiter, 0);
	assert_int_equal(s.people.n, 12);
	for (size_t row = 1; row <= 12; row++)
		for (int f = 0; f < FIELD_COUNT; f++) {
			if (!s.has[f])
				continue;
			str got = model_people_value(&s.people, row - 1, (field_id)f);
			str want = clean.row[row]
					    [test_column(&clean, model_field[f].heading)];
			/* Two cells of the workbook were spoilt on purpose. */
			if (row == 5 && f == FIELD_QUEUED)
				want = S("2021-09");
			if (row == 6 && f == FIELD_CHILDREN)
				want = S("");
			if (!str_equal(got, want))
				fail_msg("row %zu %s: %.*s, not %.*s", row,
					 model_field[f].name, STR_ARG(got),
					 STR_ARG(want));
		}
	assert_int_equal(s.problems, 1);
	assert_string_equal(s.problem[0].read.s, "1 nov");
	assert_int_equal(s.problem[0].line, 8);
	arena_free(c.mem);
}

static void every_kind_of_cell(void **state)
{
	(void)state;
	ctx c = test_job();
	static const char strings[] =
		"<x:sst xmlns:x=\"urn:x\"><x:si><x:t>Typ</x:t></x:si>"
		"<x:si><x:r><x:t>För</x:t></x:r><x:r><x:t>namn</x:t></"
		"x:r><x:rPh><x:t>nej</x:t></x:rPh></x:si></x:sst>";
	static const char styles[] =
		"<styleSheet><numFmts><numFmt numFmtId=\"164\" "
		"formatCode=\"[$-41D]&quot;den&quot; d mmmm yyyy\"/></numFmts>"
		"<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
		"<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf "
		"numFmtId=\"17\"/></cellXfs></styleSheet>";
	static const char rows[] =
		"<x:worksheet xmlns:x=\"urn:x\"><x:sheetData>"
		"<x:row r=\"3\"><x:c r=\"A3\" t=\"s\"><x:v>0</x:v></x:c><x:c r=\"B3\" "
		"t=\"s\"><x:v>1</x:v></x:c>"
		"<x:c r=\"C3\" t=\"inlineStr\"><x:is><x:t>Anm&#xe4;ld</x:t></x:is></x:c>"
		"<x:c t=\"str\"><x:f>1+1</x:f><x:v>Till Sverige</x:v></x:c><x:c "
		"t=\"inlineStr\"><x:is><x:t>Samtycke</x:t></x:is></x:c>"
		"<x:c r=\"F3\" "
		"t=\"inlineStr\"><x:is><x:r><x:t>Tele</x:t></x:r><x:r><x:t>fon</x:t></"
		"x:r></x:is></x:c></x:row>"
		"<x:row r=\"7\"><x:c r=\"A7\" t=\"str\"><x:v>ny</x:v></x:c><x:c r=\"C7\" "
		"s=\"1\"><x:v>44448.75</x:v></x:c>"
		"<x:c r=\"D7\" s=\"2\"><x:v>44440</x:v></x:c><x:c r=\"E7\" "
		"t=\"b\"><x:v>1</x:v></x:c>"
		"<x:c r=\"F7\"><x:v>7.01740636E8</x:v></x:c></x:row>"
		"<x:row><x:c t=\"str\"><x:v>ny</x:v></x:c><x:c "
		"t=\"e\"><x:v>#N/A</x:v></x:c><x:c "
		"s=\"99\"><x:v>44448</x:v></x:c></x:row>"
		"</x:sheetData></x:worksheet>";
	sheet s =
		test_sheet(&c, book_of(c.mem, WORKBOOK, strings, styles, str_from(rows)));
	assert_int_equal(s.people.n, 2);
	IS(&s, 1, SIDE, "Ny svensk");
	IS(&s, 1, GIVEN, "");
	IS(&s, 1, QUEUED, "2021-09-09");
	IS(&s, 1, ARRIVED, "2021-09");
	IS(&s, 1, CONSENT, "Ja");
	IS(&s, 1, PHONE, "+46701740636");
	IS(&s, 2, QUEUED, "2021-09-09");
	IS(&s, 2, GIVEN, "");
	assert_int_equal(s.problems, 1);
	assert_string_equal(s.problem[0].key, "sheet.failed_formula");
	arena_free(c.mem);
}

static void dates_from_1904(void **state)
{
	(void)state;
	ctx c = test_job();
	static const char workbook[] =
		"<workbook><workbookPr date1904=\"1\"/><sheets><sheet "
		"r:id=\"rId9\"/></sheets></workbook>";
	static const char styles[] =
		"<styleSheet><cellXfs><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
	static const char rows[] = "<worksheet><row><c t=\"str\"><v>Typ</v></c><c "
				   "t=\"str\"><v>Datum</v></c></row>"
				   "<row><c t=\"str\"><v>ny</v></c><c "
				   "s=\"0\"><v>42986</v></c></row></worksheet>";
	sheet s = test_sheet(
		&c, book_of(c.mem, workbook, no_strings, styles, str_from(rows)));
	IS(&s, 1, QUEUED, "2021-09-09");
	arena_free(c.mem);
}

static void cells_beyond_the_heading(void **state)
{
	(void)state;
	ctx c = test_job();
	static const char rows[] =
		"<worksheet><row><c t=\"str\"><v>Typ</v></c></row>"
		"<row><c t=\"str\"><v>ny</v></c><c t=\"str\"><v> </v></c></row>"
		"<row><c t=\"str\"><v>ny</v></c><c "
		"t=\"str\"><v>x</v></c></row></worksheet>";
	sheet s = test_sheet(
		&c, book_of(c.mem, WORKBOOK, no_strings, no_styles, str_from(rows)));
	assert_int_equal(s.unusable, 1);
	assert_string_equal(s.problem[0].key, "sheet.too_many_cells");
	assert_int_equal(s.problem[0].row, 2);
	assert_int_equal(s.problem[0].line, 3);
	arena_free(c.mem);
}

static void formats_of_numbers(void **state)
{
	(void)state;
	static const struct {
		const char *code;
		date_style style;
	} f[] = {
		{"General", DATE_STYLE_NONE},
		{"0.00", DATE_STYLE_NONE},
		{"yyyy-mm-dd", DATE_STYLE_DAY},
		{"mmm-yy", DATE_STYLE_MONTH},
		{"d-mmm", DATE_STYLE_NO_YEAR},
		{"hh:mm:ss", DATE_STYLE_NONE},
		{"\"dygd\" 0", DATE_STYLE_NONE},
		{"[Red]0", DATE_STYLE_NONE},
		{"0\\d", DATE_STYLE_NONE},
		{"[$-41D]d mmmm yyyy;@", DATE_STYLE_DAY},
		{"yyyy", DATE_STYLE_DAY},
		{"0;yyyy-mm-dd", DATE_STYLE_NONE},
		{"\"oavslutad", DATE_STYLE_NONE},
		{"\\", DATE_STYLE_NONE},
	};
	for (size_t i = 0; i < ARRAY_LEN(f); i++)
		assert_int_equal(xlsx_format_style(str_from(f[i].code)), f[i].style);
	arena *mem = arena_new(0);
	assert_string_equal(xlsx_number(mem, S("60"), DATE_STYLE_DAY, false).s,
			    "1900-02-28");
	assert_string_equal(xlsx_number(mem, S("59"), DATE_STYLE_DAY, false).s,
			    "1900-02-28");
	assert_string_equal(xlsx_number(mem, S("1"), DATE_STYLE_DAY, false).s,
			    "1900-01-01");
	assert_string_equal(xlsx_number(mem, S("61"), DATE_STYLE_DAY, false).s,
			    "1900-03-01");
	assert_string_equal(xlsx_number(mem, S("1983.0"), DATE_STYLE_NONE, false).s,
			    "1983");
	assert_string_equal(xlsx_number(mem, S("2.5"), DATE_STYLE_NONE, false).s, "2.5");
	assert_string_equal(xlsx_number(mem, S("1e300"), DATE_STYLE_DAY, false).s,
			    "1e+300");
	assert_string_equal(xlsx_number(mem, S("nan"), DATE_STYLE_DAY, false).s, "nan");
	assert_string_equal(xlsx_number(mem, S("x"), DATE_STYLE_DAY, false).s, "x");
	arena_free(mem);
}

/* ---- what an attacker sends --------------------------------------------------------------- */

static void refused(str bytes, const char *key)
{
	ctx c = test_job();
	sheet s;
	assert_false(sheet_read(&c, S("people.xlsx"), bytes, &s));
	assert_int_equal(c.fault.kind, FAULT_INPUT);
	assert_string_equal(c.fault.key, key);
	arena_free(c.mem);
}

static void broken_workbooks(void **state)
{
	(void)state;
	arena *mem = arena_new(0);
	const file_part only_sheet[] = {
		{"xl/worksheets/sheet1.xml", S_INIT("<worksheet/>")}};
	const file_part no_sheet[] = {{"xl/workbook.xml", S_INIT(WORKBOOK)}};
	refused(S("PK\x03\x04"), "sheet.xlsx_broken");
	refused(zip_of(mem, only_sheet, 1), "sheet.xlsx_no_sheet");
	refused(zip_of(mem, no_sheet, 1), "sheet.xlsx_no_sheet");
	refused(book_of(mem, WORKBOOK, no_strings, no_styles,
			S("<worksheet><row></worksheet>")),
		"sheet.xlsx_broken");
	refused(book_of(mem, WORKBOOK, no_strings, no_styles, S("<worksheet/>")),
		"sheet.empty");
	refused(book_of(mem, "<workbook/>", no_strings, no_styles, S("<worksheet/>")),
		"sheet.xlsx_no_sheet");
	str whole = test_file(mem, "tests/data/sheet/openpyxl.xlsx");
	refused(str_slice(whole, 0, whole.n / 2), "sheet.xlsx_broken");
	arena_free(mem);
}

#define TYP "<row><c t=\"str\"><v>Typ</v></c></row><row><c t=\"str\"><v>ny</v></c></row>"

static void entities_are_refused(void **state)
{
	(void)state;
	arena *mem = arena_new(0);
	refused(book_of(mem, WORKBOOK, no_strings, no_styles,
			S("<!DOCTYPE x [<!ENTITY a SYSTEM "
			  "\"file:///etc/passwd\">]><worksheet>" TYP "</worksheet>")),
		"sheet.xlsx_refused");
	refused(book_of(mem, WORKBOOK,
			"<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
			"\"&a;&a;&a;\">]><sst><si><t>&b;</t></si></sst>",
			no_styles, S("<worksheet>" TYP "</worksheet>")),
		"sheet.xlsx_refused");
	/* The twin: without the document type the same sheet is read. */
	ctx c = test_job();
	sheet s = test_sheet(&c, book_of(mem, WORKBOOK, no_strings, no_styles,
					 S("<worksheet>" TYP "</worksheet>")));
	assert_int_equal(s.people.n, 1);
	arena_free(c.mem);
	arena_free(mem);
}

static void a_bomb_is_refused(void **state)
{
	(void)state;
	arena *mem = arena_new(0);
	enum { BOMB = 160 << 20 };
	char *spaces = arena_alloc(mem, BOMB, 1);
	memset(spaces, ' ', BOMB);
	memcpy(spaces, "<worksheet>", 11);
	refused(book_of(mem, WORKBOOK, no_strings, no_styles, (str){spaces, BOMB}),
		"sheet.xlsx_bomb");
	/* One cell that never ends. */
	memcpy(spaces, "<worksheet><row><c t=\"str\"><v>x", 31);
	refused(book_of(mem, WORKBOOK, no_strings, no_styles, (str){spaces, 8 << 20}),
		"sheet.xlsx_refused");
	arena_free(mem);
}

static void a_fault_of_the_rows_stops_the_reading(void **state)
{
	(void)state;
	arena *mem = arena_new(0);
	refused(book_of(mem, WORKBOOK, no_strings, no_styles,
			S("<worksheet><row><c "
			  "t=\"str\"><v>Namn</v></c></row></worksheet>")),
		"sheet.no_side_column");
	arena_free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_workbook_of_openpyxl),
		cmocka_unit_test(every_kind_of_cell),
		cmocka_unit_test(dates_from_1904),
		cmocka_unit_test(cells_beyond_the_heading),
		cmocka_unit_test(formats_of_numbers),
		cmocka_unit_test(broken_workbooks),
		cmocka_unit_test(entities_are_refused),
		cmocka_unit_test(a_bomb_is_refused),
		cmocka_unit_test(a_fault_of_the_rows_stops_the_reading),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
