/* Two who both said yes learn who the other is. */
#include "act/act_priv.h"
#include "act/offer.h"
#include "act/pair.h"
#include "mail/mail.h"

#define DAY_MS INT64_C(86400000)
enum { LINK_DAYS = 7 };

/* ---- whom it is about ------------------------------------------------------------------------- */

typedef struct circle {
	proposal p;
	proposal_person *who;
	person *person;
	size_t n;
} circle;

/* All of them, or none: who does not see one of them does not introduce her. */
static bool read_circle(ctx *c, id proposal_id, bool open, circle *out)
{
	if (!may(c, RIGHT_MATCH) ||
	    !store_proposal_get(c, proposal_id, &out->p, &out->who, &out->n))
		return false;
	out->person = NEW_ARRAY(c->mem, person, out->n);
	for (size_t i = 0; i < out->n; i++)
		if (!store_person_get(c, out->who[i].person, open, &out->person[i]))
			return false;
	return true;
}

static bool refuse(ctx *c, const char *key)
{
	return ctx_fail(c, FAULT_CONFLICT, key, S(""), S(""));
}

static bool one_may_meet(ctx *c, const person *p, const proposal_person *who)
{
	erasure e;
	bool established = str_equal(who->side, S("established"));
	if (!store_erasure_get(c, p->id, &e))
		return false;
	if (e.due)
		return refuse(c, "s.introduce.leaving");
	if (!str_equal(p->value[FIELD_CONSENT], S("yes")))
		return refuse(c, "s.introduce.consent");
	if (p->state == STATE_PROPOSED || (established && p->state == STATE_PAIRED))
		return true;
	return refuse(c, "s.introduce.state");
}

static bool may_meet(ctx *c, const circle *k)
{
	if (!str_equal(k->p.state, S("accepted")))
		return refuse(c, "fault.changed");
	if (!act_has_both_sides(k->who, k->n))
		return refuse(c, "s.introduce.leaving");
	for (size_t i = 0; i < k->n; i++)
		if (!one_may_meet(c, &k->person[i], &k->who[i]))
			return false;
	return true;
}

/* ---- words -------------------------------------------------------------------------------------- */

/* Digits to dial in Sweden: nothing in them is turned round where one writes from right to left. */
static str dialled(arena *mem, str phone)
{
	if (str_starts(phone, S("+46")))
		return str_format(mem, "0%.*s", STR_ARG(str_slice(phone, 3, phone.n)));
	if (str_starts(phone, S("+")))
		return str_format(mem, "00%.*s", STR_ARG(str_slice(phone, 1, phone.n)));
	return phone;
}

static bool is_other(const circle *k, size_t self, size_t i)
{
	return !str_equal(k->who[i].side, k->who[self].side);
}

static str names_of_others(arena *mem, const view_lang *l, const circle *k, size_t self)
{
	str both[2] = {S("")};
	for (size_t i = 0; i < k->n; i++) {
		if (!is_other(k, self, i))
			continue;
		both[1] = k->person[i].value[FIELD_GIVEN];
		both[0] = both[0].n ? view_say(mem, l, "list.and", both, 2) : both[1];
	}
	return both[0];
}

static void add_line(buf *b, const view_lang *l, const char *label, str value)
{
	str name = view_say(b->mem, l, label, NULL, 0);
	if (value.n)
		buf_format(b, "%s%.*s: %.*s", b->n ? "\n" : "", STR_ARG(name),
			   STR_ARG(value));
}

static str reach_of_others(arena *mem, const view_lang *l, const circle *k, size_t self)
{
	buf b = {.mem = mem};
	size_t others = 0;
	for (size_t i = 0; i < k->n; i++)
		others += is_other(k, self, i);
	for (size_t i = 0; i < k->n; i++) {
		const str *v = k->person[i].value;
		if (!is_other(k, self, i))
			continue;
		if (others > 1 && (v[FIELD_PHONE].n || v[FIELD_EMAIL].n))
			buf_format(&b, "%s%.*s", b.n ? "\n" : "",
				   STR_ARG(v[FIELD_GIVEN]));
		add_line(&b, l, "field.phone", dialled(mem, v[FIELD_PHONE]));
		add_line(&b, l, "field.email", v[FIELD_EMAIL]);
	}
	return b.n ? buf_str(&b) : view_say(mem, l, "p.introduce.no_reach", NULL, 0);
}

static str place_words(arena *mem, const view_lang *l, const act_introduction *in)
{
	if (str_equal(in->chosen, S("video")))
		return view_say(mem, l, "p.introduce.place.video", NULL, 0);
	for (size_t i = 0; i < in->place_n; i++) {
		const meeting_place *m = &in->place[i];
		if (!str_equal(in->chosen, id_str(&m->id)))
			continue;
		str at = m->address.n ? str_format(mem, "%.*s, %.*s", STR_ARG(m->name),
						   STR_ARG(m->address))
				      : m->name;
		return view_say(mem, l, "p.introduce.place.at", &at, 1);
	}
	return view_say(mem, l, "p.introduce.place.none", NULL, 0);
}

static bool words(ctx *c, const circle *k, size_t self, const act_introduction *in,
		  const view_lang *l, str *out)
{
	mail_letter m = {.rule = "introduction",
			 .lang = view_lang_tag(l),
			 .arg = {names_of_others(c->mem, l, k, self),
				 reach_of_others(c->mem, l, k, self),
				 place_words(c->mem, l, in)}};
	return mail_body(c, &m, out);
}

/* ---- where they may meet ---------------------------------------------------------------------------- */

static bool lives_there(const circle *k, uint16_t code)
{
	int64_t lives_in;
	for (size_t i = 0; i < k->n; i++)
		if (str_to_int(k->person[i].value[FIELD_MUNICIPALITY], 1, 9999,
			       &lives_in) &&
		    lives_in == code)
			return true;
	return false;
}

static bool find_places(ctx *c, const circle *k, act_introduction *out)
{
	meeting_place *all;
	size_t n;
	if (!store_places(c, &all, &n))
		return false;
	out->place = NEW_ARRAY(c->mem, meeting_place, n);
	for (size_t i = 0; i < n; i++)
		if (!all[i].closed && lives_there(k, all[i].municipality))
			out->place[out->place_n++] = all[i];
	return true;
}

/* Who asks for video meets by video; else where the newcomer lives, whose way is the longest. */
static str suits(arena *mem, const circle *k, const act_introduction *in)
{
	int64_t home = 0;
	for (size_t i = k->n; i-- > 0;) {
		const str *v = k->person[i].value;
		if (str_equal(v[FIELD_MEETS], S("video")))
			return S("video");
		if (str_equal(k->who[i].side, S("newcomer")) &&
		    !str_to_int(v[FIELD_MUNICIPALITY], 1, 9999, &home))
			home = 0;
	}
	for (size_t i = 0; i < in->place_n; i++)
		if (in->place[i].municipality == home)
			return str_copy(mem, id_str(&in->place[i].id));
	return in->place_n ? str_copy(mem, id_str(&in->place[0].id)) : S("");
}

/* ---- before ------------------------------------------------------------------------------------------- */

static bool letter_for(ctx *c, const circle *k, size_t i, const act_introduction *in,
		       str help_lang, act_letter *out)
{
	const person *p = &k->person[i];
	const view_lang *l = act_written(p), *help = view_lang_get(help_lang);
	str tag;
	*out = (act_letter){.person = p->id,
			    .name = p->value[FIELD_GIVEN],
			    .lang = view_lang_tag(l),
			    .text = S(""),
			    .help = S("")};
	if (!store_outbox_reach(c, p->id, &out->to, &tag))
		return false;
	if (str_equal(k->p.state, S("introduced")))
		return store_proposal_letter(c, &k->who[i], &out->text);
	if (help && !str_equal(help_lang, out->lang) &&
	    !words(c, k, i, in, help, &out->help))
		return false;
	return words(c, k, i, in, l, &out->text);
}

bool act_introduce_preview(ctx *c, id proposal_id, str where, str help_lang,
			   act_introduction *out)
{
	circle k;
	*out = (act_introduction){.chosen = where};
	if (!may(c, RIGHT_CONTACT_READ) || !read_circle(c, proposal_id, false, &k))
		return false;
	/* Nobody's contact is opened for what will not be. */
	if (!str_equal(k.p.state, S("introduced")) && !may_meet(c, &k))
		return false;
	if (!read_circle(c, proposal_id, true, &k) || !find_places(c, &k, out))
		return false;
	if (!where.s)
		out->chosen = suits(c->mem, &k, out);
	out->proposal = k.p;
	out->n = k.n;
	out->letter = NEW_ARRAY(c->mem, act_letter, k.n);
	for (size_t i = 0; i < k.n; i++)
		if (!letter_for(c, &k, i, out, help_lang, &out->letter[i]))
			return false;
	return true;
}

/* ---- now -------------------------------------------------------------------------------------------------- */

typedef struct telling {
	const person *p;
	const proposal_person *who;
	str text, origin;
} telling;

static bool phone_her(ctx *c, const telling *t)
{
	int64_t code = 0;
	if (!str_to_int(t->p->value[FIELD_MUNICIPALITY], 1, 9999, &code))
		code = 0;
	task call = {.person = t->p->id,
		     .kind = S("introduce_call"),
		     .when = S("any"),
		     .lang = t->p->written,
		     .municipality = (uint16_t)code};
	return store_task_add(c, &call);
}

/* In an SMS there is no name: it lies open on a telephone. It leads to her own page, where the text is. */
static bool tell(ctx *c, void *arg)
{
	const telling *t = arg;
	const view_lang *l = act_written(t->p);
	str to, tag, secret = S(""), link = S("");
	if (!store_outbox_reach(c, t->p->id, &to, &tag))
		return false;
	if (!to.n)
		return phone_her(c, t);
	token login = {.kind = S("login"),
		       .person = t->p->id,
		       .brief = true,
		       .expires = c->now + LINK_DAYS * DAY_MS};
	if (to.s[0] == '+') {
		if (!store_token_new(c, &login, S(""), &secret, NULL))
			return false;
		link = act_link_to(c, t->origin, view_lang_tag(l), &login, "login",
				   secret);
	}
	mail_letter m = {.rule = "introduction",
			 .subject_key = str_format(c->mem, "%s/%s", t->who->proposal.s,
						   t->p->id.s),
			 .person = t->p->id,
			 .to = to,
			 .lang = view_lang_tag(l),
			 .body = t->text,
			 .arg = {S(""), S(""), S(""), link}};
	return mail_queue(c, &m);
}

static bool introduce_one(ctx *c, const circle *k, size_t i, str text, str origin)
{
	telling t = {
		.p = &k->person[i], .who = &k->who[i], .text = text, .origin = origin};
	return store_proposal_letter_set(c, t.who, text) &&
	       (t.p->state == STATE_PAIRED ||
		store_person_step(c, t.p->id, 0, S("pair"), S(""))) &&
	       store_event_add(c, t.p->id, S("introduction"), S("")) &&
	       act_as_program(c, tell, &t);
}

static str text_for(const act_letter *letter, size_t n, id who)
{
	for (size_t i = 0; i < n; i++)
		if (id_equal(letter[i].person, who))
			return letter[i].text;
	return S("");
}

bool act_introduce(ctx *c, id proposal_id, int64_t version, const act_letter *letter,
		   size_t n, str origin)
{
	circle k;
	if (!may(c, RIGHT_CONTACT_READ) || !read_circle(c, proposal_id, false, &k))
		return false;
	if (k.p.version != version)
		return refuse(c, "fault.changed");
	if (!may_meet(c, &k))
		return false;
	for (size_t i = 0; i < k.n; i++)
		if (!text_for(letter, n, k.person[i].id).n)
			return ctx_fail(c, FAULT_INPUT, "s.introduce.text", S(""), S(""));
	if (!store_proposal_state(c, &k.p, S("introduced")))
		return false;
	for (size_t i = 0; i < k.n; i++)
		if (!introduce_one(c, &k, i, text_for(letter, n, k.person[i].id), origin))
			return false;
	return act_pair_begin(c, k.p.id);
}

/* ---- from then on ------------------------------------------------------------------------------------------- */

typedef struct own_job {
	id person;
	act_pair *out;
	size_t n;
} own_job;

static bool buddy_of(ctx *c, id who, act_buddy *out, bool *there)
{
	person p;
	erasure e;
	if (!store_person_get(c, who, true, &p) || !store_erasure_get(c, who, &e))
		return false;
	*there = p.state == STATE_PAIRED && !e.due;
	*out = (act_buddy){.name = p.value[FIELD_GIVEN],
			   .phone = dialled(c->mem, p.value[FIELD_PHONE]),
			   .email = p.value[FIELD_EMAIL]};
	return true;
}

static bool pair_of(ctx *c, const own_job *j, act_pair *out)
{
	proposal_person *who;
	size_t n, self = 0;
	if (!store_proposal_get(c, out->proposal.id, &out->proposal, &who, &n))
		return false;
	while (self < n && !id_equal(who[self].person, j->person))
		self++;
	out->other = NEW_ARRAY(c->mem, act_buddy, n);
	for (size_t i = 0; self < n && i < n; i++) {
		bool there;
		if (str_equal(who[i].side, who[self].side))
			continue;
		if (!buddy_of(c, who[i].person, &out->other[out->n], &there))
			return false;
		out->n += there;
	}
	return self == n || store_proposal_letter(c, &who[self], &out->letter);
}

static bool own_pairs(ctx *c, void *arg)
{
	own_job *j = arg;
	person self;
	proposal *p;
	size_t n;
	j->n = 0;
	if (!store_person_get(c, j->person, false, &self))
		return false;
	if (self.state != STATE_PAIRED)
		return true;
	if (!store_proposals(c, S("introduced"), j->person, &p, &n))
		return false;
	j->out = NEW_ARRAY(c->mem, act_pair, n);
	for (size_t i = 0; i < n; i++) {
		act_pair *one = &j->out[j->n];
		*one = (act_pair){.proposal = p[i], .letter = S("")};
		if (!pair_of(c, j, one))
			return false;
		j->n += one->n > 0;
	}
	return true;
}

bool act_pairs_own(ctx *c, act_pair **out, size_t *n)
{
	own_job j = {.n = 0};
	if (!c->actor || id_none(c->actor->person))
		return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	j.person = c->actor->person;
	if (!act_look_as_program(c, own_pairs, &j))
		return false;
	*out = j.out;
	*n = j.n;
	return true;
}
