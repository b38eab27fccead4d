/* How long an SMS is. */
#include <string.h>

#include "mail/mail.h"

/*
 * GSM 7 bit default alphabet, 3GPP TS 23.038 §6.2.1, beside the ASCII letters and digits. The second
 * text is its extension table (§6.2.1.1), each of which takes two.
 */
static const char gsm_one[] =
	"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
static const char gsm_two[] = "^{}\\[~]|€";

static bool is_in(const char *alphabet, int32_t letter)
{
	str all = str_from(alphabet);
	for (size_t pos = 0; pos < all.n;)
		if (utf8_next(all, &pos) == letter)
			return true;
	return false;
}

/* Septets of a letter; 0 when the alphabet has none for it. */
static size_t septets(int32_t letter)
{
	if ((letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') ||
	    (letter >= '0' && letter <= '9') || is_in(gsm_one, letter))
		return 1;
	return is_in(gsm_two, letter) ? 2 : 0;
}

size_t mail_sms_length(str text)
{
	size_t n = 0;
	for (size_t pos = 0; pos < text.n;)
		n += utf8_next(text, &pos) > 0xffff ? 2 : 1;
	return n;
}

size_t mail_sms_segments(str text, size_t *units)
{
	enum { GSM_ONE = 160, GSM_MORE = 153, WIDE_ONE = 70, WIDE_MORE = 67 };
	size_t n = 0;
	bool wide = false;
	for (size_t pos = 0; pos < text.n && !wide;) {
		size_t one = septets(utf8_next(text, &pos));
		wide = one == 0;
		n += one;
	}
	*units = wide ? mail_sms_length(text) : n;
	size_t most = wide ? WIDE_ONE : GSM_ONE, each = wide ? WIDE_MORE : GSM_MORE;
	return *units <= most ? 1 : (*units + each - 1) / each;
}
