/*
 * Assignment files and certificates: a proof by hand for each of the four problems, and
 * what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "check/check.h"

static ctx c;
static check_asn_report report;

static int start(void **state)
{
	(void)state;
	c = (ctx){.mem = arena_new(0)};
	return 0;
}

static int stop(void **state)
{
	(void)state;
	arena_free(c.mem);
	return 0;
}

/* Runs a certificate whose `%s` is the digest of the problem; "" when proven. */
static const char *verdict(const char *problem, const char *proof)
{
	unsigned char digest[32];
	char hex[65];
	crypto_generichash(digest, 32, (const unsigned char *)problem, strlen(problem),
			   NULL, 0);
	sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
	buf b = {.mem = c.mem};
	const char *mark = strstr(proof, "%s");
	if (mark) {
		buf_add(&b, (str){proof, (size_t)(mark - proof)});
		buf_add(&b, str_from(hex));
		buf_add(&b, str_from(mark + 2));
	} else {
		buf_add(&b, str_from(proof));
	}
	c.fault = (fault){0};
	if (!check_asn_run(&c, S("p.asn"), str_from(problem), S("f.txt"), buf_str(&b),
			   &report))
		return c.fault.key;
	assert_null(c.fault.key);
	assert_int_equal(report.proven, !report.key);
	return report.key ? report.key : "";
}

/* Two sources, three sinks. */
static const char *const P = "c a problem\n"
			     "p asn 5 5\nn 1\nn 2\n"
			     "a 1 3 4\na 1 4 2\na 2 4 1\na 2 5 6\na 1 5 9\n";

static void min_perfect(void **state)
{
	(void)state;
	/* 1-3 and 2-4: 5. Sink 5 stays: prices of sinks are at most 0. */
	const char *good = "p cert min perfect 5 5\nd %s\ns 5\nf 1 3 1\nf 2 4 1\n"
			   "v 1 4\nv 2 3\nv 4 -2\n";
	assert_string_equal(verdict(P, good), "");
	assert_int_equal(report.cost, 5);
	assert_int_equal(report.bound, 5);
	assert_int_equal(report.matched, 2);
	assert_string_equal(
		verdict(P, "p cert min perfect 5 5\nd %s\ns 5\nf 1 3 1\nf 2 4 1\n"
			   "v 1 4\nv 2 2\nv 4 -2\n"),
		"check.gap");
	assert_string_equal(
		verdict(P, "p cert min perfect 5 5\nd %s\ns 5\nf 1 3 1\nf 2 4 1\n"
			   "v 1 4\nv 2 3\nv 4 -1\n"),
		"check.asn_price");
	assert_string_equal(
		verdict(P, "p cert min perfect 5 5\nd %s\ns 5\nf 1 3 1\nf 2 4 1\n"
			   "v 1 2\nv 2 1\nv 3 2\n"),
		"check.asn_sign");
	assert_string_equal(
		verdict(P, "p cert min perfect 5 5\nd %s\ns 4\nf 1 3 1\nf 2 4 1\n"
			   "v 1 4\nv 2 3\nv 4 -2\n"),
		"check.asn_cost");
	assert_string_equal(verdict(P, "p cert min perfect 5 5\nd %s\ns 4\nf 1 3 1\n"
				       "v 1 4\nv 2 3\nv 4 -2\n"),
			    "check.asn_not_perfect");
	assert_string_equal(
		verdict(P, "p cert min perfect 5 5\nd %s\ns 5\nf 1 3 1\nf 2 3 1\n"
			   "v 1 4\nv 2 3\nv 4 -2\n"),
		"check.asn_node_twice");
	assert_string_equal(
		verdict(P, "p cert min perfect 5 5\nd %s\ns 5\nf 1 4 1\nf 2 3 1\n"
			   "v 1 4\nv 2 3\nv 4 -2\n"),
		"check.asn_no_arc");
	assert_string_equal(
		verdict(P, "p cert min perfect 5 5\nd %s\ns 5\nf 3 1 1\nf 2 4 1\n"
			   "v 1 4\nv 2 3\nv 4 -2\n"),
		"check.asn_no_arc");
	assert_string_equal(
		verdict(P, "p cert min perfect 5 5\nd %s\ns 5\nf 1 3 1\nf 2 4 1\n"
			   "v 1 4\nv 2 3\nv 4 -2\nv 4 0\n"),
		"check.asn_price_twice");
	assert_string_equal(verdict(P, "p cert min perfect 5 6\nd %s\ns 5\n"),
			    "check.asn_size");
	/* The same certificate, another problem: one cost changed. */
	char *other = str_terminated(c.mem, str_from(P));
	*strstr(other, "a 1 5 9") = 'c';
	assert_string_equal(verdict(other, good), "check.asn_arcs_missing");
	other = str_terminated(c.mem, str_from(P));
	strstr(other, "a 1 5 9")[6] = '8';
	const char *of_p = "p cert min perfect 5 5\nd "
			   "00000000000000000000000000000000"
			   "00000000000000000000000000000000\ns 5\nf 1 3 1\nf 2 4 1\n";
	assert_string_equal(verdict(other, of_p), "check.digest");
}

static void other_problems(void **state)
{
	(void)state;
	/* 1-5 (9) and 2-4 (1): 10; or 1-3 (4) and 2-5 (6): 10. */
	assert_string_equal(
		verdict(P, "p cert max perfect 5 5\nd %s\ns 10\nf 1 5 1\nf 2 4 1\n"
			   "v 1 4\nv 2 1\nv 5 5\n"),
		"");
	assert_string_equal(
		verdict(P, "p cert max unmatched 5 5\nd %s\ns 10\nf 1 3 1\nf 2 5 1\n"
			   "v 1 4\nv 2 1\nv 5 5\n"),
		"");
	assert_string_equal(
		verdict(P, "p cert max unmatched 5 5\nd %s\ns 10\nf 1 3 1\nf 2 5 1\n"
			   "v 1 5\nv 2 2\nv 3 -1\nv 5 4\n"),
		"check.asn_sign");
	assert_string_equal(verdict(P, "p cert min unmatched 5 5\nd %s\ns 0\n"), "");
	assert_string_equal(verdict(P, "p cert max unmatched 5 5\nd %s\ns 0\n"),
			    "check.asn_price");
	/* No n lines; negative costs; more sources than sinks; CR LF; tabs. */
	const char *q = "p asn 3 2\r\na\t1 3\t-5\r\n\r\na 2 3 -7\r\n";
	assert_string_equal(
		verdict(q, "c hello\np cert min perfect 3 2\nd %s\ns -7\nf 2 3 1\n"
			   "v 3 -7\nc end\n"),
		"");
	assert_string_equal(verdict(q, "p cert min perfect 3 2\nd %s\ns -7\nf 2 3 1\n"
				       "v 1 2\nv 3 -9\n"),
			    "check.asn_sign");
	assert_string_equal(verdict("p asn 0 0\n", "p cert min perfect 0 0\nd %s\ns 0\n"),
			    "");
}

static void refused(const char *problem, const char *key, int64_t line, int64_t column)
{
	assert_string_equal(verdict(problem, "p cert min perfect 1 1\nd %s\ns 0\n"), key);
	assert_int_equal(c.fault.kind, FAULT_INPUT);
	assert_int_equal(c.fault.line, line);
	assert_int_equal(c.fault.column, column);
	assert_true(str_equal(c.fault.file, S("p.asn")));
}

static void problems_are_read_strictly(void **state)
{
	(void)state;
	refused("", "check.asn_no_problem", 1, 1);
	refused("c only\n", "check.asn_no_problem", 1, 1);
	refused("p max 3 2\n", "check.asn_no_problem", 1, 1);
	refused("p asn 3\n", "check.asn_number_missing", 1, 8);
	refused("p asn 3 x\n", "check.asn_number", 1, 9);
	refused("p asn 3 0 9\n", "check.asn_more", 1, 11);
	refused("p asn 3 9\na 1 2 3\n", "check.asn_arcs_missing", 1, 1);
	refused("p asn 3 2\na 1 2 3\n", "check.asn_arcs_missing", 2, 1);
	refused("p asn 3 1\na 1 2 3\na 1 3 3\n", "check.asn_arcs_more", 3, 1);
	refused("p asn 3 1\na 1 4 3\n", "check.asn_number", 2, 5);
	refused("p asn 3 1\na 0 2 3\n", "check.asn_number", 2, 3);
	refused("p asn 3 1\na 1 2 9223372036854775808\n", "check.asn_number", 2, 7);
	refused("p asn 3 1\na 1 1 3\n", "check.asn_direction", 2, 1);
	refused("p asn 3 1\nn 2\na 1 2 3\n", "check.asn_direction", 3, 1);
	refused("p asn 3 1\nn 1\nn 1\na 1 2 3\n", "check.asn_source_twice", 3, 1);
	refused("p asn 3 2\na 1 2 3\nn 1\na 1 3 3\n", "check.asn_order", 3, 1);
	refused("p asn 4 3\na 1 3 3\na 2 4 3\nc x\na 4 3 1\n", "check.asn_direction", 3,
		1);
	refused("p asn 3 3\na 1 2 3\nc\na 1 3 3\na 1 2 4\n", "check.asn_arc_twice", 5, 1);
	refused("p asn 3 1\nx 1 2 3\n", "check.asn_line", 2, 1);
}

static void certificates_are_read_strictly(void **state)
{
	static const struct {
		const char *proof, *key;
		int64_t line;
	} bad[] = {
		{"", "check.asn_expected", 1},
		{"p asn 5 5\n", "check.format", 1},
		{"p cert best perfect 5 5\n", "check.asn_line", 1},
		{"p cert min perfect 5 5\ns 5\n", "check.asn_expected", 2},
		{"p cert min perfect 5 5\nd 00\ns 5\n", "check.digest_form", 2},
		{"p cert min perfect 5 5\nd %s\nf 1 3 1\n", "check.asn_expected", 3},
		{"p cert min perfect 5 5\nd %s\ns 5\nf 1 3 2\n", "check.asn_number", 4},
		{"p cert min perfect 5 5\nd %s\ns 5\nf 1 6 1\n", "check.asn_number", 4},
		{"p cert min perfect 5 5\nd %s\ns 5\nv 1 4611686018427387904\n",
		 "check.asn_number", 4},
		{"p cert min perfect 5 5\nd %s\ns 5\ns 5\n", "check.asn_line", 4},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_string_equal(verdict(P, bad[i].proof), bad[i].key);
		assert_true(str_equal(c.fault.file, S("f.txt")));
		assert_int_equal(c.fault.line, bad[i].line);
	}
}

static void greatest_numbers(void **state)
{
	(void)state;
	const char *p =
		"p asn 4 2\na 1 3 9223372036854775807\na 2 4 9223372036854775807\n";
	assert_string_equal(
		verdict(p, "p cert max perfect 4 2\nd %s\ns 1\nf 1 3 1\nf 2 4 1\n"
			   "v 1 4611686018427387903\nv 3 4611686018427387903\n"),
		"check.asn_price");
	assert_string_equal(
		verdict(p, "p cert min perfect 4 2\nd %s\ns 1\nf 1 3 1\nf 2 4 1\n"),
		"check.too_large");
}

static void content_decides(void **state)
{
	(void)state;
	assert_true(check_asn_is(str_from(P)));
	assert_true(check_asn_is(S("\n\nc x\np asn 1 1")));
	assert_false(check_asn_is(S("Typ;Namn\np asn 1 1\n")));
	assert_false(check_asn_is(S("p;asn\n")));
	assert_false(check_asn_is(S("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(min_perfect, start, stop),
		cmocka_unit_test_setup_teardown(other_problems, start, stop),
		cmocka_unit_test_setup_teardown(problems_are_read_strictly, start, stop),
		cmocka_unit_test_setup_teardown(certificates_are_read_strictly, start,
						stop),
		cmocka_unit_test_setup_teardown(greatest_numbers, start, stop),
		cmocka_unit_test(content_decides),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
