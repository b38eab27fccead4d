/* Words of a message, in the language of whom it is for and as the programme says them. */
#include <string.h>

#include "mail/mail.h"

enum { STOP_DAYS = 400 };
#define DAY_MS INT64_C(86400000)

const mail_rule mail_rules[] = {
#define RULE(name_, staff_, sms_, arg0, arg1, arg2, arg3)                                \
	{.name = #name_,                                                                 \
	 .staff = staff_,                                                                \
	 .sms = sms_,                                                                    \
	 .arg = {MAIL_##arg0, MAIL_##arg1, MAIL_##arg2, MAIL_##arg3}},
#include "mail/rules.def"
#undef RULE
};
const size_t mail_rule_count = ARRAY_LEN(mail_rules);

const char *mail_rule_key(arena *mem, const mail_rule *r, mail_part part)
{
	const char *of = part == MAIL_BODY ? "body" : "subject";
	if (part == MAIL_SMS)
		return r->sms ? str_terminated(mem, str_format(mem, "sms.%s", r->name))
			      : NULL;
	return str_terminated(mem, r->staff ? str_format(mem, "s.mail.%s.%s", r->name, of)
					    : str_format(mem, "mail.%s.%s", r->name, of));
}

static str sample_link(arena *mem, mail_part part, const view_lang *l, str origin)
{
	enum { SHORT = 16 };
	str secret = S("0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjk");
	if (part == MAIL_SMS)
		return str_format(mem, "%.*s/l/%.*s", STR_ARG(origin),
				  STR_ARG(str_slice(secret, 0, SHORT)));
	return str_format(mem, "%.*s/%.*s/login/%.*s", STR_ARG(origin),
			  STR_ARG(view_lang_tag(l)), STR_ARG(secret));
}

str mail_when(arena *mem, const view_lang *l, int64_t at, bool brief)
{
	int32_t day = date_local(at).day;
	str arg[] = {brief ? view_date_short(mem, l, day)
			   : view_weekday_date(mem, l, day),
		     view_time(mem, l, at)};
	return view_say(mem, l, "p.talk.when", arg, ARRAY_LEN(arg));
}

str mail_standing(arena *mem, const view_lang *l, str where)
{
	if (!where.n)
		return where;
	str key = str_format(mem, "p.standing.%.*s", STR_ARG(where));
	return view_say(mem, l, str_terminated(mem, key), NULL, 0);
}

/* As long as they come. */
static str sample(arena *mem, mail_argument what, mail_part part, const view_lang *l,
		  str origin)
{
	static const ymd wednesday = {.year = 2022, .month = 9, .day = 28};
	str phone = S("0920-12 34 56");
	int64_t at = date_from_local((local_time){date_to_day(wednesday), 18 * 60 + 30});
	switch (what) {
	case MAIL_CODE:
		return S("123456");
	case MAIL_LINK:
		return sample_link(mem, part, l, origin);
	case MAIL_NAME:
		return S("Maximiliana");
	case MAIL_NUMBER:
		return view_number(mem, l, 200);
	case MAIL_WHEN:
		return mail_when(mem, l, at, false);
	case MAIL_WHEN_BRIEF:
		return mail_when(mem, l, at, true);
	case MAIL_HOW:
		return view_say(mem, l, "p.talk.phone", NULL, 0);
	case MAIL_CALL:
		return view_say(mem, l, "p.talk.call", &phone, 1);
	case MAIL_DAY:
		return view_date(mem, l, date_local(at).day);
	case MAIL_MONTH:
		return view_month(mem, l, date_local(at).day);
	case MAIL_REACH:
		return phone;
	case MAIL_PLACE: {
		str where = S("Stadsbiblioteket, Storgatan 1");
		return view_say(mem, l, "p.introduce.place.at", &where, 1);
	}
	case MAIL_STANDING:
		return mail_standing(mem, l, S("half"));
	case MAIL_STOP:
		return sample_link(mem, MAIL_SMS, l, origin);
	case MAIL_NOTHING:
		break;
	}
	return S("");
}

void mail_rule_sample(arena *mem, const mail_rule *r, mail_part part, const view_lang *l,
		      str origin, str arg[4])
{
	for (size_t i = 0; i < ARRAY_LEN(r->arg); i++)
		arg[i] = sample(mem, r->arg[i], part, l, origin);
}

/* ---- queueing ------------------------------------------------------------------------------ */

/* The language with what the programme says in its own words. */
static bool own_words(ctx *c, const view_lang **l)
{
	text_row *row;
	size_t n, own_n = 0;
	if (!store_texts(c, &row, &n))
		return false;
	view_own *own = NEW_ARRAY(c->mem, view_own, n + 1);
	for (size_t i = 0; i < n; i++)
		if (str_equal(row[i].lang, view_lang_tag(*l)))
			own[own_n++] =
				(view_own){.key = str_terminated(c->mem, row[i].key),
					   .text = str_terminated(c->mem, row[i].text)};
	*l = view_lang_with(c->mem, *l, own, own_n);
	return true;
}

/* A link to say no to more: good for as long as anyone keeps a letter, and for nothing else. */
static bool stop_link(ctx *c, const mail_letter *l, const view_lang *lang, bool sms,
		      str *stop)
{
	str secret;
	token t = {.kind = S("stop"),
		   .person = l->person,
		   .brief = sms,
		   .expires = c->now + STOP_DAYS * DAY_MS};
	*stop = S("");
	if (!l->news.n)
		return true;
	if (!store_token_new(c, &t, S(""), &secret, NULL))
		return false;
	*stop = sms ? str_format(c->mem, "%.*s/s/%.*s", STR_ARG(l->news), STR_ARG(secret))
		    : str_format(c->mem, "%.*s/%.*s/stop/%.*s", STR_ARG(l->news),
				 STR_ARG(view_lang_tag(lang)), STR_ARG(secret));
	return true;
}

static const mail_rule *rule_of(const char *name)
{
	for (size_t i = 0; i < mail_rule_count; i++)
		if (!strcmp(mail_rules[i].name, name))
			return &mail_rules[i];
	assert(false && "a rule that is not in rules.def");
	return NULL;
}

static str say(ctx *c, const view_lang *lang, const mail_letter *l, mail_part part,
	       str stop)
{
	const mail_rule *r = rule_of(l->rule);
	str arg[ARRAY_LEN(l->arg)];
	for (size_t i = 0; i < ARRAY_LEN(arg); i++)
		arg[i] = r->arg[i] == MAIL_STOP ? stop : l->arg[i];
	return view_say(c->mem, lang, mail_rule_key(c->mem, r, part), arg,
			ARRAY_LEN(arg));
}

/* As the program: who causes a letter need not be one who may see what its reader agreed to. */
static bool wants_news(ctx *c, id who, bool *wants)
{
	consent_row given[CONSENT_PURPOSES];
	const actor *before = c->actor;
	c->actor = NULL;
	bool ok = store_consents(c, who, given);
	c->actor = before;
	*wants = ok && given[CONSENT_FOR_MESSAGES].given;
	return ok;
}

/* To whom and in which language; `to` empty when nobody is to be written to. */
static bool find_reader(ctx *c, const mail_letter *l, str *to, str *tag)
{
	bool wants = true;
	*to = l->to;
	*tag = l->lang;
	if (l->news.n && !wants_news(c, l->person, &wants))
		return false;
	if (!wants)
		*to = S("");
	if (!wants || to->n || id_none(l->person))
		return true;
	if (!store_outbox_reach(c, l->person, to, tag))
		return false;
	*tag = l->lang.n ? l->lang : *tag;
	return true;
}

bool mail_queue_new(ctx *c, const mail_letter *l, bool *queued)
{
	str to, tag, stop;
	*queued = false;
	if (!find_reader(c, l, &to, &tag))
		return false;
	if (!to.n)
		return true;
	const view_lang *lang = view_lang_get(tag);
	bool sms = to.s[0] == '+';
	if (!lang)
		lang = view_lang_get(S("sv"));
	if (!own_words(c, &lang) || !stop_link(c, l, lang, sms, &stop))
		return false;
	message m = {.rule = str_from(l->rule),
		     .subject_key = l->subject_key,
		     .person = l->person,
		     .account = l->account,
		     .channel = sms ? S("sms") : S("mail"),
		     .to = to,
		     .lang = view_lang_tag(lang),
		     .expires = l->expires,
		     .subject = sms ? S("") : say(c, lang, l, MAIL_SUBJECT, stop),
		     .body = sms         ? say(c, lang, l, MAIL_SMS, stop)
			     : l->body.n ? l->body
					 : say(c, lang, l, MAIL_BODY, stop)};
	if (stop.n && !sms) {
		m.stop = stop;
		m.body = str_format(c->mem, "%.*s\n\n%.*s\n%.*s", STR_ARG(m.body),
				    STR_ARG(view_say(c->mem, lang, "mail.stop", NULL, 0)),
				    STR_ARG(stop));
	}
	if (!store_outbox_add(c, &m))
		return false;
	*queued = !id_none(m.id);
	return true;
}

bool mail_body(ctx *c, const mail_letter *l, str *out)
{
	const view_lang *lang = view_lang_get(l->lang);
	if (!lang)
		lang = view_lang_get(S("sv"));
	if (!own_words(c, &lang))
		return false;
	*out = say(c, lang, l, MAIL_BODY, S(""));
	return true;
}

bool mail_queue(ctx *c, const mail_letter *l)
{
	bool queued;
	return mail_queue_new(c, l, &queued);
}
