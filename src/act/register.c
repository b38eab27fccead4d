/* Registering: a draft, its answers one by one, and sending it in. */
#include "act/act.h"
#include "act/act_priv.h"
#include "mail/mail.h"

/* As long as the draft is there, if nothing more is answered. */
static int64_t draft_end(const ctx *c)
{
	return c->now + PERIOD_MS(DRAFT);
}

/* Nobody is logged in yet: the draft is the program's own doing. */
static bool add_draft(ctx *c, person *p, str channel)
{
	const actor *who = c->actor;
	if (!who || id_none(who->account))
		c->actor = NULL;
	bool ok = store_person_add(c, p) &&
		  store_event_add(c, p->id, S("registered"), channel);
	c->actor = who;
	return ok;
}

bool act_register_start(ctx *c, act_draft *d, session *s, str *secret)
{
	person p = {.state = STATE_DRAFT, .written = d->lang};
	for (int f = 0; f < FIELD_COUNT; f++)
		p.value[f] = S("");
	p.value[FIELD_SIDE] = d->side;
	if (!s && !may(c, RIGHT_PEOPLE_WRITE))
		return false;
	if (!add_draft(c, &p, d->channel))
		return false;
	d->person = p.id;
	if (!s)
		return true;
	*s = (session){.person = p.id, .expires = draft_end(c), .device = d->device};
	return store_session_new(c, s, secret);
}

size_t act_register_missing(const person *p, field_id out[FIELD_COUNT])
{
	size_t n = 0;
	bool reached = p->value[FIELD_PHONE].n || p->value[FIELD_EMAIL].n;
	for (int ask = 1; ask < ASK_MORE; ask++)
		for (int f = 0; f < FIELD_COUNT; f++) {
			const field *d = &model_field[f];
			bool contact = f == FIELD_PHONE || f == FIELD_EMAIL;
			bool newcomer = str_equal(p->value[FIELD_SIDE], S("newcomer"));
			if (d->ask != ask || p->value[f].n || (contact && reached) ||
			    f == FIELD_EMAIL || f == FIELD_GENDER ||
			    (d->side == ASKED_NEWCOMER && !newcomer))
				continue;
			out[n++] = (field_id)f;
		}
	return n;
}

static bool give_consents(ctx *c, id person_id, const bool given[CONSENT_PURPOSES],
			  str lang, str channel)
{
	for (int i = 0; i < CONSENT_PURPOSES; i++)
		if (!store_consent_set(c, person_id, (enum consent)i, given[i], lang,
				       channel))
			return false;
	return true;
}

const view_lang *act_written(const person *p)
{
	const view_lang *l = view_lang_get(p->written);
	return l ? l : view_lang_get(S("sv"));
}

static bool do_welcome(ctx *c, void *arg)
{
	const person *p = arg;
	mail_letter l = {
		.rule = "welcome", .subject_key = id_str(&p->id), .person = p->id};
	return act_office_call(c, act_written(p), &l.arg[0]) &&
	       store_outbox_withdraw(c, S("unfinished"), p->id) && mail_queue(c, &l);
}

bool act_welcome(ctx *c, const person *p)
{
	person in = *p;
	return act_as_program(c, do_welcome, &in);
}

bool act_register_submit(ctx *c, id person_id, const bool given[CONSENT_PURPOSES],
			 str lang, str channel)
{
	person p;
	field_id missing[FIELD_COUNT];
	if (!store_person_get(c, person_id, true, &p))
		return false;
	if (p.state != STATE_DRAFT)
		return ctx_fail(c, FAULT_CONFLICT, "fault.changed", S(""), S(""));
	if (act_register_missing(&p, missing))
		return ctx_fail(c, FAULT_INPUT, "p.error.missing",
				str_from(model_field[missing[0]].name), S(""));
	for (int i = 0; i < CONSENT_PURPOSES; i++)
		if (model_consent[i].required && !given[i])
			return ctx_fail(c, FAULT_INPUT, "p.error.consent", S(""), S(""));
	str value[FIELD_COUNT] = {[FIELD_CONSENT] = S_INIT("yes")};
	bool set[FIELD_COUNT] = {[FIELD_CONSENT] = true, [FIELD_QUEUED] = true};
	value[FIELD_QUEUED] = date_format_iso(c->mem, c->today);
	return give_consents(c, person_id, given, lang, channel) &&
	       store_person_change(c, person_id, 0, value, set) &&
	       store_person_step(c, person_id, 0, S("submit"), S("")) &&
	       act_welcome(c, &p);
}

bool act_register_later(ctx *c, id person_id, str contact, str *secret, str *code)
{
	token t = {.kind = S("continue"), .person = person_id, .expires = draft_end(c)};
	return store_token_new(c, &t, contact, secret, contact.n ? code : NULL);
}

bool act_register_continue(ctx *c, str secret, str address, str device, session *s,
			   str *cookie)
{
	token t;
	if (!act_link_guess(c, secret, address) ||
	    !store_token_use(c, S("continue"), secret, &t))
		return false;
	*s = (session){.person = t.person, .expires = draft_end(c), .device = device};
	return store_session_new(c, s, cookie);
}
