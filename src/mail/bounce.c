/*
 * A delivery status notification (RFC 3464): what another mail server tells later, as mail.
 *
 * It is believed about a message whose Message-ID it brings back (RFC 6522: the message, or its
 * header, is a part of it): 128 random bits, which nobody can name who has not seen the letter.
 */
#include <strings.h>

#include "mail/mail_priv.h"

enum { SAID_MOST = 400 };

static bool begins(str line, const char *name, str *value)
{
	size_t n = str_from(name).n;
	if (line.n < n || strncasecmp(line.s, name, n) != 0)
		return false;
	*value = str_trim(str_slice(line, n, line.n));
	return true;
}

/* "<id@domain>" */
static bool is_ours(str value, str domain, id *which)
{
	enum { ID = sizeof which->s - 1 };
	str rest = str_slice(value, 1, value.n);
	return value.n == ID + domain.n + 3 && value.s[0] == '<' && rest.s[ID] == '@' &&
	       rest.s[rest.n - 1] == '>' &&
	       !strncasecmp(rest.s + ID + 1, domain.s, domain.n) &&
	       id_parse(str_slice(rest, 0, ID), which);
}

void mail_bounce_read(arena *mem, str text, str domain, mail_bounce *out)
{
	str line, value;
	str *long_value = NULL; /* goes on in lines that begin with a blank */
	*out = (mail_bounce){.said = S("")};
	while (str_cut(&text, '\n', &line)) {
		bool more = line.n && (line.s[0] == ' ' || line.s[0] == '\t');
		line = str_trim(line);
		if (more && long_value && long_value->n < SAID_MOST) {
			*long_value = str_format(mem, "%.*s %.*s", STR_ARG(*long_value),
						 STR_ARG(line));
			continue;
		}
		long_value = NULL;
		if (begins(line, "Action:", &value)) {
			out->failed |= begins(value, "failed", &value);
		} else if (begins(line, "Diagnostic-Code:", &value)) {
			out->said = value;
			long_value = &out->said;
		} else if (begins(line, "Message-ID:", &value)) {
			is_ours(value, domain, &out->message);
		}
	}
}
