/* base: memory, text, Unicode, dates, chance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/base.h"

static int arena_setup(void **state)
{
	*state = arena_new(0);
	return 0;
}

static int arena_teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static void bump(void *arg)
{
	++*(int *)arg;
}

static void arena_runs_cleanups_newest_first_and_once(void **state)
{
	(void)state;
	arena *a = arena_new(0);
	int early = 0, late = 0;
	arena_defer(a, bump, &early);
	arena_mark m = arena_here(a);
	arena_defer(a, bump, &late);
	NEW_ARRAY(a, char, 10 << 20);
	arena_reset(a, m);
	assert_int_equal(late, 1);
	assert_int_equal(early, 0);
	assert_int_equal(arena_used(a), m.total);
	arena_free(a);
	assert_int_equal(late, 1);
	assert_int_equal(early, 1);
}

static void arena_memory_is_zero_also_after_reset(void **state)
{
	arena *a = *state;
	arena_mark m = arena_here(a);
	memset(NEW_ARRAY(a, char, 4096), 7, 4096);
	arena_reset(a, m);
	const char *again = NEW_ARRAY(a, char, 4096);
	for (int i = 0; i < 4096; i++)
		assert_int_equal(again[i], 0);
	assert_int_equal((uintptr_t)NEW_ARRAY(a, char, 64) % 64, 0);
}

static void a_large_block_is_a_block(void **state)
{
	arena *a = *state;
	enum { SMALL = 1000, LARGE = 5 << 20 };
	static const size_t sizes[] = {SMALL, LARGE};
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		arena_mark m = arena_here(a);
		unsigned char *p = arena_take_large(a, sizes[i], 3);
		assert_int_equal((uintptr_t)p % 64, 0);
		memset(p, 1, 3 * sizes[i]);
		assert_true(arena_used(a) >= m.total + 3 * sizes[i]);
		arena_reset(a, m);
		assert_int_equal(arena_used(a), m.total);
	}
}

static void arena_cap_escapes(void **state)
{
	(void)state;
	arena *a = arena_new(1 << 20);
	jmp_buf out;
	volatile int escaped = 0;
	if (setjmp(out) == 0) {
		arena_set_escape(a, &out);
		for (int i = 0; i < 100; i++)
			NEW_ARRAY(a, char, 64 << 10);
	} else {
		escaped = 1;
	}
	assert_true(escaped);
	assert_true(arena_used(a) <= 1 << 20);
	arena_free(a);
}

static void arena_refuses_sizes_that_overflow(void **state)
{
	(void)state;
	arena *a = arena_new(0);
	jmp_buf out;
	volatile int escaped = 0;
	if (setjmp(out) == 0) {
		arena_set_escape(a, &out);
		arena_alloc(a, SIZE_MAX / 2, 3);
	} else {
		escaped = 1;
	}
	assert_true(escaped);
	arena_free(a);
}

static void numbers_are_whole_and_bounded(void **state)
{
	(void)state;
	int64_t n = 99;
	assert_true(str_to_int(S("-9223372036854775808"), INT64_MIN, INT64_MAX, &n));
	assert_true(n == INT64_MIN);
	assert_true(str_to_int(S("+7"), 0, 7, &n));
	assert_int_equal(n, 7);
	const str bad[] = {S(""), S("-"), S("1x"), S(" 1"), S("9223372036854775808"),
			   S("8")};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(str_to_int(bad[i], 0, i == 5 ? 7 : INT64_MAX, &n));
	assert_int_equal(n, 7);
}

static void text_is_cut_and_found(void **state)
{
	(void)state;
	str rest = S("a;;b"), part;
	const str want[] = {S("a"), S(""), S("b")};
	for (size_t i = 0; i < 3; i++) {
		assert_true(str_cut(&rest, ';', &part));
		assert_true(str_equal(part, want[i]));
	}
	assert_false(str_cut(&rest, ';', &part));
	assert_int_equal(str_find(S("matlagning"), S("lag")), 3);
	assert_int_equal(str_find(S("mat"), S("matta")), -1);
	assert_true(str_compare(S("ab"), S("abc")) < 0);
}

static void utf8_malformed_is_refused(void **state)
{
	(void)state;
	const str bad[] = {S("\xc0\x80"), S("\xed\xa0\x80"), S("\xf4\x90\x80\x80"),
			   S("\xe2\x82"), S("\x80"),         S("\xff")};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(utf8_valid(bad[i]));
	assert_true(utf8_valid(S("Luleå ሰላም \xf0\x9f\x98\x80")));
}

static void utf8_goes_round(void **state)
{
	buf b = {.mem = *state};
	const int32_t point[] = {0x41, 0xe5, 0x12a8, 0x1f600, 0x10ffff};
	for (size_t i = 0; i < ARRAY_LEN(point); i++)
		utf8_put(&b, point[i]);
	size_t pos = 0;
	for (size_t i = 0; i < ARRAY_LEN(point); i++)
		assert_int_equal(utf8_next(buf_str(&b), &pos), point[i]);
	assert_int_equal(pos, b.n);
}

static void folding_sees_what_people_mean(void **state)
{
	arena *a = *state;
	assert_true(
		str_equal(utf8_fold(a, S("  LULEÅ\xc2\xa0 kommun ")), S("luleå kommun")));
	assert_true(str_equal(utf8_fold(a, S("Lulea\xcc\x8a")), S("luleå")));
	assert_true(str_equal(utf8_plain(a, S("Luleå")), S("lulea")));
	assert_true(str_equal(utf8_plain(a, S("GÄLLIVARE")), S("gallivare")));
	assert_true(str_equal(utf8_nfc(a, S("a\xcc\x8a")), S("å")));
	assert_false(str_equal(utf8_fold(a, S("Lulea")), S("luleå")));
	assert_int_equal(utf8_fold(a, S(" \t ")).n, 0);
}

static void dates_go_round(void **state)
{
	(void)state;
	assert_int_equal(date_to_day((ymd){1970, 1, 1}), 0);
	assert_int_equal(date_to_day((ymd){2000, 3, 1}), 11017);
	for (int32_t day = -200000; day < 200000; day += 17) {
		ymd d = date_from_day(day);
		assert_true(date_valid(d));
		assert_int_equal(date_to_day(d), day);
	}
	assert_false(date_valid((ymd){2021, 2, 29}));
	assert_true(date_valid((ymd){2024, 2, 29}));
	assert_false(date_valid((ymd){1900, 2, 29}));
	int32_t day;
	assert_true(date_parse_iso(S("2021-11-15"), &day));
	assert_true(str_equal(date_format_iso(*state, day), S("2021-11-15")));
	assert_false(date_parse_iso(S("2021-02-30"), &day));
	assert_false(date_parse_iso(S("2021-2-03x"), &day));
}

static void chance_repeats_and_spreads(void **state)
{
	(void)state;
	rng a = rng_seed(7), b = rng_seed(7), c = rng_seed(8);
	int same = 0, count[6] = {0};
	for (int i = 0; i < 6000; i++) {
		uint64_t x = rng_next(&a);
		assert_true(x == rng_next(&b));
		same += x == rng_next(&c);
		count[rng_below(&a, 6)]++;
		rng_below(&b, 6);
	}
	assert_int_equal(same, 0);
	for (int i = 0; i < 6; i++)
		assert_in_range(count[i], 850, 1150);
}

static void roots_are_whole(void **state)
{
	(void)state;
	for (uint64_t r = 0; r < 70000; r += 7) {
		assert_int_equal(isqrt_u64(r * r), r);
		assert_int_equal(isqrt_u64(r * r + 2 * r), r);
	}
	assert_int_equal(isqrt_u64(UINT64_MAX), UINT32_MAX);
}

static void faults_map_to_exit_codes(void **state)
{
	ctx c = {.mem = *state};
	assert_false(ctx_fail_at(&c, FAULT_INPUT, S("a.csv"), 3, 4, "k", S("x"), S("y")));
	assert_int_equal(fault_exit_code(c.fault.kind), 3);
	assert_int_equal(c.fault.line, 3);
	assert_int_equal(fault_exit_code(FAULT_USAGE), 2);
	assert_int_equal(fault_exit_code(FAULT_UNPROVEN), 1);
	assert_int_equal(fault_exit_code(FAULT_RESOURCE), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_runs_cleanups_newest_first_and_once),
		cmocka_unit_test(arena_memory_is_zero_also_after_reset),
		cmocka_unit_test(a_large_block_is_a_block),
		cmocka_unit_test(arena_cap_escapes),
		cmocka_unit_test(arena_refuses_sizes_that_overflow),
		cmocka_unit_test(numbers_are_whole_and_bounded),
		cmocka_unit_test(text_is_cut_and_found),
		cmocka_unit_test(utf8_malformed_is_refused),
		cmocka_unit_test(utf8_goes_round),
		cmocka_unit_test(folding_sees_what_people_mean),
		cmocka_unit_test(dates_go_round),
		cmocka_unit_test(chance_repeats_and_spreads),
		cmocka_unit_test(roots_are_whole),
		cmocka_unit_test(faults_map_to_exit_codes),
	};
	return cmocka_run_group_tests(tests, arena_setup, arena_teardown);
}
