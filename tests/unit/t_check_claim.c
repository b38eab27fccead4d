/*
 * The reader of result.json: what a result says, in any order; where it is not one, the
 * place and the reason.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check/check_priv.h"

static const char *const WEIGHTS =
	"{\"distance\":22,\"interests\":26,\"age\":16,\"life\":10,\"children\":8,"
	"\"times\":10,"
	"\"language\":4,\"apps\":2,\"occupation\":2,\"wish_gender\":12,\"wish_age\":8,"
	"\"wish_family\":8,\"wish_occupation\":8,\"wish_language\":7}";

static ctx c;

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

/* A result with one part replaced; NULL keeps it. */
typedef struct parts {
	const char *head, *digest, *parameters, *bonus, *total, *pairs, *prices, *tail;
} parts;

static const char *or_else(const char *s, const char *usual)
{
	return s ? s : usual;
}

static str text(parts p)
{
	str usual =
		str_format(c.mem,
			   "{\"date\":\"2023-01-01\",\"waiting\":200,\"reserve\":-15000,"
			   "\"most_pairs\":false,\n\"weights\":%s,\"locked\":[[3,4]],"
			   "\"forbidden\":[[5,6],[7,8]],\"left_out\":[9,10,11]}",
			   WEIGHTS);
	return str_format(
		c.mem,
		"%s\"digest\":%s,\n\"parameters\":%s,\"bonus\":%s,\"total\":%s,"
		"\"bound\":13,\"unique\":true,\n\"pairs\":%s,\n\"prices\":%s%s",
		or_else(p.head, "{\"format\":\"kompis-result\",\"version\":1,\"input\":{"
				"\"file\":\"people.csv\",\"people\":20},\n"),
		or_else(p.digest, "\"00112233445566778899aabbccddeeff"
				  "00112233445566778899aabbccddeeff\""),
		or_else(p.parameters, usual.s), or_else(p.bonus, "0"),
		or_else(p.total, "12"), or_else(p.pairs, "[[1,2,100],[3,4,-5]]"),
		or_else(p.prices, "[[2,7]]"), or_else(p.tail, "}\n"));
}

static void reads_all(void **state)
{
	(void)state;
	check_claim k;
	assert_true(check_claim_read(&c, S("r"), text((parts){0}), &k));
	assert_true(str_equal(k.file, S("people.csv")));
	assert_int_equal(k.digest[1], 0x11);
	assert_int_equal(k.digest[31], 0xff);
	assert_int_equal(k.terms.date, 19358);
	assert_int_equal(k.terms.waiting, 200);
	assert_int_equal(k.terms.reserve, -15000);
	assert_false(k.terms.most_pairs);
	assert_int_equal(k.terms.weight[CRITERION_DISTANCE], 22);
	assert_int_equal(k.terms.weight[CRITERION_WISH_LANGUAGE], 7);
	assert_int_equal(k.terms.locked_n, 1);
	assert_int_equal(k.terms.locked[0].b, 4);
	assert_int_equal(k.terms.forbidden_n, 2);
	assert_int_equal(k.terms.forbidden[1].a, 7);
	assert_int_equal(k.terms.left_out_n, 3);
	assert_int_equal(k.terms.left_out[2], 11);
	assert_int_equal(k.total, 12);
	assert_int_equal(k.bound, 13);
	assert_int_equal(k.pairs, 2);
	assert_int_equal(k.pair[0].weight, 100);
	assert_int_equal(k.pair[1].weight, -5);
	assert_int_equal(k.prices, 1);
	assert_int_equal(k.price[0].established, 2);
	assert_int_equal(k.price[0].price, 7);
}

static void order_and_unknown_keys_do_not_matter(void **state)
{
	(void)state;
	check_claim k;
	parts p = {.head = "{\"zz\":[1,{\"a\":null,\"b\":[true,false,-1.5e+3,"
			   "\"\\u00e5\\ud83d\\ude00\\n\"]}],",
		   .tail = ",\"version\":1, \"for\\u006dat\" : "
			   "\"kompis-result\",\"more\":{}}"};
	assert_true(check_claim_read(&c, S("r"), text(p), &k));
	p = (parts){.pairs = "[ ]", .prices = "[\n]", .total = "-9223372036854775808"};
	assert_true(check_claim_read(&c, S("r"), text(p), &k));
	assert_int_equal(k.pairs, 0);
	assert_true(k.total == INT64_MIN);
}

static void refused(str bytes, const char *key, int64_t line, int64_t column)
{
	check_claim k;
	c.fault = (fault){0};
	if (check_claim_read(&c, S("r.json"), bytes, &k))
		fail_msg("accepted: %s", bytes.s);
	assert_string_equal(c.fault.key, key);
	assert_int_equal(c.fault.kind, FAULT_INPUT);
	assert_true(str_equal(c.fault.file, S("r.json")));
	if (line)
		assert_int_equal(c.fault.line, line);
	if (column)
		assert_int_equal(c.fault.column, column);
}

static void form_is_strict(void **state)
{
	(void)state;
	refused(S(""), "check.json_ends", 1, 1);
	refused(S(" \n x"), "check.json_object", 2, 2);
	refused(S("[]"), "check.json_object", 1, 1);
	refused(S("{\"åä\":1,}"), "check.json_key", 1, 9);
	refused(S("{\"a\" 1}"), "check.json_colon", 1, 6);
	refused(S("{\"a\":1 \"b\":2}"), "check.json_comma", 1, 8);
	refused(S("{\"a\":01}"), "check.json_number", 0, 0);
	refused(S("{\"a\":-}"), "check.json_number", 1, 7);
	refused(S("{\"a\":1.}"), "check.json_number", 0, 0);
	refused(S("{\"a\":1e}"), "check.json_number", 0, 0);
	refused(S("{\"a\":nul}"), "check.json_value", 1, 6);
	refused(S("{\"a\":[1,]}"), "check.json_value", 1, 9);
	refused(S("{\"a\":[1 2]}"), "check.json_comma", 1, 9);
	refused(S("{\"a\":\"\t\"}"), "check.json_control", 1, 7);
	refused(S("{\"a\":\"\\x\"}"), "check.json_escape", 0, 0);
	refused(S("{\"a\":\"\\ud800\"}"), "check.json_escape", 0, 0);
	refused(S("{\"a\":\"\\udc00\"}"), "check.json_escape", 0, 0);
	refused(S("{\"a\":\"\\ud800\\u0041\"}"), "check.json_escape", 0, 0);
	refused(S("{\"a\":\"\xff\"}"), "check.json_utf8", 0, 0);
	refused(S("{\"a\":\"b"), "check.json_ends", 0, 0);
	refused(S("{\"a\":1,\"a\":2}"), "check.json_twice", 1, 8);
	refused(S("{\"b\":{\"a\":1,\"\\u0061\":2}}"), "check.json_twice", 0, 0);
	refused(S("{}"), "check.json_missing", 1, 1);
	refused(text((parts){.tail = "} x"}), "check.json_after", 0, 0);
	refused(text((parts){.tail = ""}), "check.json_ends", 0, 0);
	refused(text((parts){.tail = ",\"bonus\":0}"}), "check.json_twice", 6, 0);
	refused(text((parts){.head = "{\"format\":\"other\","}), "check.format", 0, 0);
	refused(text((parts){.head = "{\"version\":2,\"format\":\"kompis-result\","}),
		"check.json_range", 1, 12);
}

static void depth_is_limited(void **state)
{
	(void)state;
	buf b = {.mem = c.mem};
	buf_add(&b, S("{\"a\":"));
	for (int i = 0; i < 100000; i++)
		buf_char(&b, '[');
	refused(buf_str(&b), "check.json_depth", 1, 5 + JSON_DEPTH);
}

static void values_are_checked(void **state)
{
	(void)state;
	refused(text((parts){.total = "1.0"}), "check.json_integer", 0, 0);
	refused(text((parts){.total = "1e3"}), "check.json_integer", 0, 0);
	refused(text((parts){.total = "9223372036854775808"}), "check.json_range", 0, 0);
	refused(text((parts){.total = "-9223372036854775809"}), "check.json_range", 0, 0);
	refused(text((parts){.total = "18446744073709551617"}), "check.json_range", 0, 0);
	refused(text((parts){.total = "\"12\""}), "check.json_number", 0, 0);
	refused(text((parts){.bonus = "-1"}), "check.json_range", 0, 0);
	refused(text((parts){.digest = "\"00\""}), "check.digest_form", 0, 0);
	refused(text((parts){.digest = "\"00112233445566778899AABBccddeeff"
				       "00112233445566778899aabbccddeeff\""}),
		"check.digest_form", 0, 0);
	refused(text((parts){.pairs = "[[0,2,3]]"}), "check.json_range", 0, 0);
	refused(text((parts){.pairs = "[[1,4294967296,3]]"}), "check.json_range", 0, 0);
	refused(text((parts){.pairs = "[[1,2]]"}), "check.json_value", 0, 0);
	refused(text((parts){.pairs = "[[1,2,3,4]]"}), "check.json_bracket", 0, 0);
	refused(text((parts){.pairs = "[1,2,3]"}), "check.json_array", 0, 0);
	refused(text((parts){.pairs = "[,,,]"}), "check.json_array", 0, 0);
	refused(text((parts){.prices = "[[1]]"}), "check.json_value", 0, 0);
	refused(text((parts){.prices = "{}"}), "check.json_array", 0, 0);
	refused(text((parts){.parameters = "{}"}), "check.json_missing", 0, 0);
	refused(text((parts){.parameters = "{\"date\":\"2023-02-30\"}"}),
		"check.date_form", 0, 0);
	refused(text((parts){.parameters = "{\"waiting\":10001}"}), "check.json_range", 0,
		0);
	refused(text((parts){.parameters = "{\"reserve\":2147483648}"}),
		"check.json_range", 0, 0);
	refused(text((parts){.parameters = "{\"most_pairs\":1}"}), "check.json_bool", 0,
		0);
	refused(text((parts){.parameters = "{\"weights\":{\"age\":1001}}"}),
		"check.json_range", 0, 0);
	refused(text((parts){.parameters = "{\"weights\":{\"age\":1}}"}),
		"check.json_missing", 0, 0);
	refused(text((parts){.parameters = "{\"left_out\":[1,-1]}"}), "check.json_range",
		0, 0);
}

/* Every beginning of a result is refused at a place within it, and none crashes. */
static void every_cut_is_refused(void **state)
{
	(void)state;
	str whole = text((parts){0});
	for (size_t n = 0; n + 2 < whole.n; n++) {
		/* A block of its own: reading past its end would be seen. */
		char *cut = malloc(n ? n : 1);
		memcpy(cut, whole.s, n);
		check_claim k;
		c.fault = (fault){0};
		assert_false(check_claim_read(&c, S("r.json"), (str){cut, n}, &k));
		assert_int_equal(c.fault.kind, FAULT_INPUT);
		assert_true(c.fault.line >= 1 && c.fault.line <= 6);
		free(cut);
	}
}

static void a_million_pairs(void **state)
{
	(void)state;
	buf b = {.mem = c.mem};
	buf_char(&b, '[');
	enum { N = 100000 };
	for (int i = 1; i <= N; i++)
		buf_format(&b, "%s[%d,%d,%d]", i > 1 ? "," : "", i, i + 5, 1000 + i);
	buf_add(&b, S("]"));
	buf_char(&b, 0);
	str bytes = text((parts){.pairs = b.s});
	check_claim k;
	size_t before = arena_used(c.mem);
	assert_true(check_claim_read(&c, S("r"), bytes, &k));
	assert_int_equal(k.pairs, N);
	assert_int_equal(k.pair[N - 1].weight, 1000 + N);
	assert_true(arena_used(c.mem) - before < N * sizeof k.pair[0] + (64 << 10));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_all, start, stop),
		cmocka_unit_test_setup_teardown(order_and_unknown_keys_do_not_matter,
						start, stop),
		cmocka_unit_test_setup_teardown(form_is_strict, start, stop),
		cmocka_unit_test_setup_teardown(depth_is_limited, start, stop),
		cmocka_unit_test_setup_teardown(values_are_checked, start, stop),
		cmocka_unit_test_setup_teardown(every_cut_is_refused, start, stop),
		cmocka_unit_test_setup_teardown(a_million_pairs, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
