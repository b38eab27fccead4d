/* The sample sheets against what each of their cells stands for. */
#include "sheet_help.h"

#define SAMPLES "data/samples/norrbotten_"

static field_id field_of(str heading)
{
	for (int f = 0; f < FIELD_COUNT; f++)
		if (str_equal(model_field[f].heading, heading))
			return (field_id)f;
	fail_msg("no field %.*s", STR_ARG(heading));
	return FIELD_COUNT;
}

static bool has_question_mark(str s)
{
	return s.n && memchr(s.s, '?', s.n) != NULL;
}

typedef struct counts {
	size_t same, ambiguous, wrong;
} counts;

/* Every cell whose meaning is known; `lossy`: letters the encoding lacks are "?" and left out. */
static counts compare_cells(ctx *c, const char *messy, const char *cells, bool lossy)
{
	counts n = {0};
	sheet s = test_sheet(c, test_file(c->mem, messy));
	test_grid raw = test_grid_read(c, messy, ';'),
		  want = test_grid_read(c, cells, ',');
	assert_int_equal(s.people.n, raw.rows - 1);
	for (size_t i = 1; i < want.rows; i++) {
		int64_t row;
		str heading = want.row[i][1], status = want.row[i][2],
		    expected = want.row[i][3];
		assert_true(str_to_int(want.row[i][0], 1, (int64_t)s.people.n, &row));
		field_id f = field_of(heading);
		str cell = raw.row[row][test_column(&raw, heading)];
		if (lossy && has_question_mark(cell))
			continue;
		str got = model_people_value(&s.people, (size_t)row - 1, f);
		const sheet_problem *p = test_problem(&s, (uint32_t)row, f);
		bool ok = true;
		if (str_equal(status, S("same"))) {
			n.same++;
			ok = str_equal(utf8_fold(c->mem, got),
				       utf8_fold(c->mem, expected));
			ok = ok && (!p || strcmp(p->key, "sheet.not_placed") == 0);
		} else if (str_equal(status, S("ambiguous"))) {
			n.ambiguous++;
			ok = p && !got.n && p->line > row &&
			     p->column == (int32_t)test_column(&raw, heading) + 1;
		} else {
			ok = !got.n && !p;
		}
		if (ok)
			continue;
		n.wrong++;
		print_error("%s row %d %.*s: \"%.*s\" gave \"%.*s\" (%s), not %.*s "
			    "\"%.*s\"\n",
			    messy, (int)row, STR_ARG(heading), STR_ARG(cell),
			    STR_ARG(got), p ? p->key : "-", STR_ARG(status),
			    STR_ARG(expected));
	}
	return n;
}

static void check_variant(const char *size, const char *variant, bool lossy, size_t same,
			  size_t ambiguous)
{
	ctx c = test_job();
	str messy = str_format(c.mem, SAMPLES "%s%s.csv", size, variant);
	str cells = str_format(c.mem, SAMPLES "%s_cells.csv", size);
	counts n = compare_cells(&c, messy.s, cells.s, lossy);
	assert_int_equal(n.wrong, 0);
	assert_in_range(n.same, same, 20000);
	assert_in_range(n.ambiguous, ambiguous, 20000);
	arena_free(c.mem);
}

static void every_cell_of_50(void **state)
{
	(void)state;
	check_variant("50", "", false, 800, 20);
}

static void every_cell_of_50_cp1252(void **state)
{
	(void)state;
	check_variant("50", "_cp1252", true, 800, 20);
}

static void every_cell_of_400(void **state)
{
	(void)state;
	check_variant("400", "", false, 7000, 150);
}

static void every_cell_of_400_cp1252(void **state)
{
	(void)state;
	check_variant("400", "_cp1252", true, 7000, 150);
}

/* The twin: a sheet with one cell changed no longer agrees. */
static void a_changed_cell_is_seen(void **state)
{
	(void)state;
	ctx c = test_job();
	str bytes = test_file(c.mem, SAMPLES "50.csv");
	char *changed = str_terminated(c.mem, bytes);
	ptrdiff_t at = str_find(bytes, S("040 628 04 33"));
	assert_true(at > 0);
	changed[at + 12] = '4';
	sheet s = test_sheet(&c, (str){changed, bytes.n});
	str phone = model_people_value(&s.people, 0, FIELD_PHONE);
	assert_string_equal(phone.s, "+46406280434");
	arena_free(c.mem);
}

/* ---- duplicates ------------------------------------------------------------------- */

typedef struct duplicate_counts {
	size_t wanted, found, false_ones;
} duplicate_counts;

static duplicate_counts compare_duplicates(ctx *c, const char *messy, const char *truth)
{
	duplicate_counts n = {0};
	sheet s = test_sheet(c, test_file(c->mem, messy));
	test_grid t = test_grid_read(c, truth, ',');
	for (size_t i = 1; i < t.rows; i++) {
		if (!str_equal(t.row[i][2], S("1")))
			continue;
		n.wanted++;
		size_t first = 1;
		while (!str_equal(t.row[first][1], t.row[i][1]))
			first++;
		for (size_t k = 0; k < s.duplicates; k++)
			n.found += s.duplicate[k].earlier == first &&
				   s.duplicate[k].later == i;
	}
	for (size_t k = 0; k < s.duplicates; k++) {
		const sheet_duplicate *d = &s.duplicate[k];
		bool same = str_equal(t.row[d->earlier][1], t.row[d->later][1]);
		n.false_ones += !same;
		if (!same)
			print_error("%s: rows %u and %u are no duplicate (%s)\n", messy,
				    d->earlier, d->later, d->key);
	}
	return n;
}

static void check_duplicates(const char *size, const char *variant)
{
	ctx c = test_job();
	str messy = str_format(c.mem, SAMPLES "%s%s.csv", size, variant);
	str truth = str_format(c.mem, SAMPLES "%s_truth.csv", size);
	duplicate_counts n = compare_duplicates(&c, messy.s, truth.s);
	assert_true(n.wanted > 0);
	assert_int_equal(n.found, n.wanted);
	assert_int_equal(n.false_ones, 0);
	arena_free(c.mem);
}

static void duplicates_are_proposed(void **state)
{
	(void)state;
	check_duplicates("50", "");
	check_duplicates("50", "_cp1252");
	check_duplicates("400", "");
	check_duplicates("400", "_cp1252");
}

/* The clean sheets have households that share surname and telephone, and nobody twice. */
static void households_are_not_duplicates(void **state)
{
	(void)state;
	static const char *const clean[] = {SAMPLES "50_clean.csv",
					    SAMPLES "400_clean.csv"};
	for (size_t i = 0; i < ARRAY_LEN(clean); i++) {
		ctx c = test_job();
		sheet s = test_sheet(&c, test_file(c.mem, clean[i]));
		assert_int_equal(s.duplicates, 0);
		assert_int_equal(s.problems, 0);
		assert_int_equal(s.unusable, 0);
		arena_free(c.mem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_of_50),
		cmocka_unit_test(every_cell_of_50_cp1252),
		cmocka_unit_test(every_cell_of_400),
		cmocka_unit_test(every_cell_of_400_cp1252),
		cmocka_unit_test(a_changed_cell_is_seen),
		cmocka_unit_test(duplicates_are_proposed),
		cmocka_unit_test(households_are_not_duplicates),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
