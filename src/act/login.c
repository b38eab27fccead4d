/* Participants log in by a link or six digits; nothing tells whether someone is known. */
#include "act/act.h"
#include "act/act_priv.h"
#include "mail/mail.h"

enum { LINK_MINUTES = 30, MINUTE_MS = 60000, SESSION_DAYS = 30, DAY_MS = 86400000 };

/* One of the persons behind this contact, the furthest on its way: a pair of a draft and a waiting one is the latter. */
static const person *best_of(const person *p, size_t n)
{
	const person *best = NULL;
	for (size_t i = 0; i < n; i++) {
		bool over = p[i].state == STATE_CLOSED || p[i].state == STATE_DRAFT;
		if (!best || (!over && best->state == STATE_DRAFT))
			best = &p[i];
	}
	return best;
}

/*
 * The same row for everyone, and nobody is looked up: what is done takes the same statements
 * and the same commit whether or not someone is known.
 */
bool act_login_ask(ctx *c, str contact, str lang, str address)
{
	enum { PER_ADDRESS = 20, PER_CONTACT = 5, HOUR = 3600 };
	str secret;
	token t = {
		.kind = S("ask"),
		.expires = c->now + (int64_t)LINK_MINUTES * MINUTE_MS,
		.data = str_format(c->mem, "%.*s %.*s", STR_ARG(lang), STR_ARG(contact))};
	return store_budget_take(c, S("login.address"), address, PER_ADDRESS, HOUR) &&
	       store_budget_take(c, S("login.contact"), contact, PER_CONTACT, HOUR) &&
	       store_token_new(c, &t, S(""), &secret, NULL);
}

static bool send_link(ctx *c, const person *p, str contact, str lang, str origin)
{
	str secret, code;
	bool sms = contact.s[0] == '+';
	token t = {.kind = S("login"),
		   .person = p->id,
		   .brief = sms,
		   .expires = c->now + (int64_t)LINK_MINUTES * MINUTE_MS};
	if (!store_token_new(c, &t, contact, &secret, &code))
		return false;
	mail_letter l = {
		.rule = "login",
		.subject_key = store_secret_new(c, 26),
		.person = p->id,
		.to = contact,
		.lang = lang,
		.expires = t.expires,
		.arg = {code, act_link_to(c, origin, lang, &t, "login", secret)}};
	return mail_queue(c, &l);
}

bool act_login_answer(ctx *c, str origin, bool *more)
{
	token asked;
	person *found;
	size_t n;
	str lang = S("");
	if (!store_token_take(c, S("ask"), &asked, more))
		return false;
	if (!*more)
		return true;
	str contact = asked.data;
	str_cut(&contact, ' ', &lang);
	if (!store_people_by_contact(c, contact, &found, &n))
		return false;
	const person *p = best_of(found, n);
	return !p || send_link(c, p, contact, lang, origin);
}

static bool new_session(ctx *c, const token *t, str device, session *s, str *cookie)
{
	*s = (session){.person = t->person,
		       .expires = c->now + (int64_t)SESSION_DAYS * DAY_MS,
		       .device = device};
	/* Who comes back need not be asked whether to stay. */
	return store_session_new(c, s, cookie) &&
	       store_outbox_withdraw(c, S("leaving"), t->person);
}

enum { LONG_LINK = 52 };

bool act_link_guess(ctx *c, str secret, str address)
{
	enum { GUESSES = 20, HOUR = 3600 };
	return secret.n >= LONG_LINK ||
	       store_budget_take(c, S("login.link"), address, GUESSES, HOUR);
}

typedef struct trying {
	str kind, secret, address;
	token *t;
} trying;

static bool try_link(ctx *c, void *arg)
{
	const trying *j = arg;
	return act_link_guess(c, j->secret, j->address) &&
	       store_token_get(c, j->kind, j->secret, j->t) &&
	       store_budget_return(c, S("login.link"), j->address);
}

bool act_link_try(ctx *c, const char *kind, str secret, str address, token *t)
{
	trying j = {str_from(kind), secret, address, t};
	return secret.n >= LONG_LINK ? store_token_get(c, j.kind, secret, t)
				     : store_write(c, try_link, &j);
}

bool act_login_link(ctx *c, str secret, str address, str device, session *s, str *cookie)
{
	token t;
	return act_link_guess(c, secret, address) &&
	       store_token_use(c, S("login"), secret, &t) &&
	       new_session(c, &t, device, s, cookie);
}

bool act_login_code(ctx *c, str contact, str digits, str device, session *s, str *cookie)
{
	token t;
	return store_code_use(c, S("login"), contact, digits, &t) &&
	       new_session(c, &t, device, s, cookie);
}
