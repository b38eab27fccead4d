/* Which passwords are refused, and that good ones are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "act/account.h"

/* A key is constant text: it outlives the arena. */
static const char *fault_of(const char *password)
{
	arena *mem = arena_new(0);
	const char *why =
		act_password_fault(mem, str_from(password), S("karin.berg@example.org"));
	arena_free(mem);
	return why ? why : "";
}

static void good_ones_pass(void **unused)
{
	static const char *const good[] = {"korv stol moln tre", "8403021938475",
					   "Ååååå är en ö i Luleå", "قهوة وحليب وسكر",
					   "password for a blue horse"};
	(void)unused;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_string_equal(fault_of(good[i]), "");
}

static void length_counts_letters_not_bytes(void **unused)
{
	(void)unused;
	assert_string_equal(fault_of(""), "s.error.password_short");
	assert_string_equal(fault_of("hemligt hem"), "s.error.password_short");
	assert_string_equal(fault_of("åäöåäöåäöåä"), "s.error.password_short");
	assert_string_equal(fault_of("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
			    "s.error.password_long");
	char long_one[ACT_PASSWORD_MOST + 2];
	memset(long_one, 'k', sizeof long_one);
	long_one[sizeof long_one - 1] = 0;
	assert_string_equal(fault_of(long_one), "s.error.password_long");
}

static void what_is_tried_first_is_refused(void **unused)
{
	static const char *const common[] = {
		"Password1234", "lösenord12345",  "123456789012", "aaaaaaaaaaaa",
		"abcabcabcabc", "12 12 12 12 12", "qwertyuiop12", "2021Sommar2021!",
		"098765432109", "Kompis!!2022??"};
	(void)unused;
	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		assert_string_equal(fault_of(common[i]), "s.error.password_common");
	assert_string_equal(fault_of("KARIN.BERG och hunden"), "s.error.password_mine");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones_pass),
		cmocka_unit_test(length_counts_letters_not_bytes),
		cmocka_unit_test(what_is_tried_first_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
