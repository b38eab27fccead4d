/* Which passwords are not good enough. */
#include "act/account.h"

/*
 * What is tried first of at least twelve letters: rows of keys, and common words made longer.
 * Digits and marks around the word do not help, so only its letters are compared.
 */
static const char *const common[] = {"password",
				     "passwordpassword",
				     "passw0rd",
				     "lösenord",
				     "losenord",
				     "lösenordlösenord",
				     "hemligt",
				     "hemligtord",
				     "qwertyuiop",
				     "qwertyuiopå",
				     "qwertyqwerty",
				     "asdfghjkl",
				     "asdfghjklö",
				     "zxcvbnm",
				     "qazwsxedcrfv",
				     "qwerty",
				     "abc",
				     "abcdef",
				     "abcdefghijkl",
				     "abcabcabcabc",
				     "iloveyou",
				     "iloveyouiloveyou",
				     "letmein",
				     "letmeinletmein",
				     "welcome",
				     "welcomewelcome",
				     "välkommen",
				     "valkommen",
				     "sommar",
				     "sommarsommar",
				     "vinter",
				     "vintervinter",
				     "admin",
				     "administrator",
				     "administratör",
				     "adminadmin",
				     "adminadminadmin",
				     "kompis",
				     "kompiskompis",
				     "samordnare",
				     "svenska",
				     "sverige",
				     "sverigesverige",
				     "fotboll",
				     "football",
				     "superman",
				     "changeme",
				     "changemechangeme",
				     "trustno",
				     "dragon",
				     "sunshine",
				     "princess",
				     "monkey",
				     "norrbotten",
				     "stockholm",
				     "språkcafé"};

static bool is_letter(int32_t code_point)
{
	return (code_point >= 'a' && code_point <= 'z') || code_point > 0x7f;
}

/* Only the letters, folded. */
static str letters(arena *mem, str s)
{
	buf b = {.mem = mem};
	str folded = utf8_fold(mem, s);
	for (size_t pos = 0; pos < folded.n;) {
		int32_t code_point = utf8_next(folded, &pos);
		if (is_letter(code_point))
			utf8_put(&b, code_point);
	}
	return buf_str(&b);
}

/* The same few over and over, or one after the other: "aaaaaaaaaaaa", "123123123123", "123456789012". */
static bool is_pattern(str s)
{
	enum { LONGEST = 4 };
	size_t rising = 1;
	for (size_t period = 1; period <= LONGEST; period++) {
		size_t same = period;
		while (same < s.n && s.s[same] == s.s[same - period])
			same++;
		if (same == s.n)
			return true;
	}
	for (size_t i = 1; i < s.n; i++) {
		int step = s.s[i] - s.s[i - 1];
		rising += step == 1 || step == -1 || step == -9 || step == 9;
	}
	return rising == s.n;
}

const char *act_password_fault(arena *mem, str password, str email)
{
	size_t count = 0;
	if (!utf8_valid(password) || password.n > ACT_PASSWORD_MOST)
		return "s.error.password_long";
	for (size_t pos = 0; pos < password.n; count++)
		utf8_next(password, &pos);
	if (count < ACT_PASSWORD_LEAST)
		return "s.error.password_short";
	str folded = utf8_fold(mem, password), bare = letters(mem, password),
	    mine = email;
	str_cut(&email, '@', &mine);
	if (is_pattern(folded))
		return "s.error.password_common";
	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		if (str_equal(bare, str_from(common[i])))
			return "s.error.password_common";
	if (mine.n > 2 && str_find(folded, utf8_fold(mem, mine)) >= 0)
		return "s.error.password_mine";
	return NULL;
}
