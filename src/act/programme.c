/* What an administrator sets up for all: the programme, its meeting places, texts, messages. */
#include "act/account.h"

bool act_programme_set(ctx *c, const programme *p)
{
	return may(c, RIGHT_PROGRAMME) && store_programme_set(c, p);
}

bool act_place_set(ctx *c, meeting_place *m)
{
	return may(c, RIGHT_PROGRAMME) && store_place_set(c, m);
}

bool act_text_set(ctx *c, str key, str lang, str text)
{
	return may(c, RIGHT_PROGRAMME) && store_text_set(c, key, lang, text);
}

bool act_message_again(ctx *c, id message_id)
{
	message m;
	if (!may(c, RIGHT_SYSTEM) || !store_outbox_get(c, message_id, &m))
		return false;
	if (!str_equal(m.state, S("failed")) && !str_equal(m.state, S("unsure")))
		return ctx_fail(c, FAULT_CONFLICT, "fault.changed", S(""), S(""));
	return store_outbox_again(c, message_id) &&
	       store_log(c, S("message_again"), message_id);
}
