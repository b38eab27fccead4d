/* What people do in the years of an office: register, answer by the links they got, go. */
#ifndef YEAR_PEOPLE_H
#define YEAR_PEOPLE_H

#include "year_office.h"

/* ---- registering ---------------------------------------------------------------------------- */

/* Nobody else has this name, address or number: so they are found wherever they should not be. */
static inline str name_of(arena *mem, const office *o, const human *p)
{
	return str_format(mem, "Namn%04d", number_of(o, p));
}
static inline str mail_of(arena *mem, const office *o, const human *p)
{
	return str_format(mem, "post%04d@prov.example", number_of(o, p));
}
static inline str phone_of(arena *mem, const office *o, const human *p)
{
	return str_format(mem, "+467017%05d", number_of(o, p));
}

typedef struct entering {
	office *o;
	human *p;
	const char *verb;
} entering;

static inline void fill(ctx *c, const office *o, const human *p, str v[FIELD_COUNT])
{
	static const char *const interests[] = {"fotboll,matlagning", "matlagning,musik",
						"musik,vandring", "vandring,fotboll",
						"matlagning,fotboll,musik"};
	int n = number_of(o, p);
	bool unread = o->planted == LAW_WISH_READ;
	bool generous = o->planted == LAW_SEATS;
	str wishes = p->age_from ? str_format(c->mem, "%d–%d år (krav)", p->age_from,
					      p->age_to)
				 : S("");
	if (p->must_gender)
		wishes = str_format(c->mem, "%.*s%sSamma kön (krav)", STR_ARG(wishes),
				    wishes.n ? ", " : "");
	v[FIELD_GIVEN] = name_of(c->mem, o, p);
	v[FIELD_BIRTH_YEAR] = str_format(c->mem, "%d", p->year);
	v[FIELD_MUNICIPALITY] = str_format(c->mem, "%d", p->where);
	v[FIELD_GENDER] = p->woman ? S("woman") : S("man");
	v[FIELD_LEVEL] = p->newcomer ? S("a2") : S("");
	v[FIELD_LIFE] = n % 3 ? S("single") : S("family");
	v[FIELD_INTERESTS] = str_from(interests[n % 5]);
	v[FIELD_MEETS] = S("either");
	v[FIELD_WISHES] =
		unread ? S("") : model_value_encode(c->mem, FIELD_WISHES, wishes);
	v[FIELD_EMAIL] = p->reach == BY_MAIL ? mail_of(c->mem, o, p) : S("");
	v[FIELD_PHONE] = p->reach != BY_MAIL ? phone_of(c->mem, o, p) : S("");
	if (!p->newcomer)
		v[FIELD_CAPACITY] =
			generous ? S("5") : str_format(c->mem, "%d", p->capacity);
}

static inline bool do_start(ctx *c, void *arg)
{
	entering *e = arg;
	session s;
	str secret;
	act_draft d = {.side = e->p->newcomer ? S("newcomer") : S("established"),
		       .lang = str_from(e->p->lang),
		       .channel = S("web")};
	if (!act_register_start(c, &d, &s, &secret))
		return false;
	e->p->id = d.person;
	return true;
}

static inline bool do_send_in(ctx *c, void *arg)
{
	entering *e = arg;
	str value[FIELD_COUNT] = {{0}};
	bool set[FIELD_COUNT] = {0};
	const bool agreed[CONSENT_PURPOSES] = {
		[CONSENT_FOR_MATCH] = true, [CONSENT_FOR_MESSAGES] = true};
	fill(c, e->o, e->p, value);
	for (int f = 0; f < FIELD_COUNT; f++)
		set[f] = value[f].n > 0;
	return store_person_change(c, e->p->id, 0, value, set) &&
	       act_register_submit(c, e->p->id, agreed, str_from(e->p->lang), S("web"));
}

/* On the telephone: staff write it down. */
static inline bool do_enrol(ctx *c, void *arg)
{
	entering *e = arg;
	act_enrolment n = {.side = e->p->newcomer ? S("newcomer") : S("established"),
			   .lang = str_from(e->p->lang),
			   .channel = S("phone"),
			   .given = {[CONSENT_FOR_MATCH] = true}};
	fill(c, e->o, e->p, n.value);
	for (int f = 0; f < FIELD_COUNT; f++)
		n.set[f] = n.value[f].n > 0;
	if (!act_enrol(c, &n))
		return false;
	e->p->id = n.person;
	return true;
}

static inline bool do_person_step(ctx *c, void *arg)
{
	const entering *e = arg;
	act_step s = {.person = e->p->id,
		      .verb = str_from(e->verb),
		      .reason = S("så blev det")};
	return act_person_step(c, &s);
}

/* Those of these years, who are here all of them, and of this office but for one in eight. */
static inline human *draw_human(office *o)
{
	static const char *const langs[] = {"sv", "en", "ar"};
	human *p = &o->human[o->humans++];
	*p = (human){.newcomer = below(o, 5) < 3,
		     .woman = one_in(o, 2),
		     .lang = langs[below(o, 3)],
		     .reach = one_in(o, 12)  ? BY_NOTHING
			      : one_in(o, 3) ? BY_SMS
					     : BY_MAIL,
		     .capacity = 1 + (int)below(o, 2),
		     .year = 1955 + (int)below(o, 48),
		     .must_gender = one_in(o, 4),
		     .where = one_in(o, 8) ? BODEN : LULEA,
		     .queued = date_local(o->now).day};
	if (one_in(o, 6)) {
		p->age_from = 20 + (int)below(o, 15);
		p->age_to = p->age_from + 20;
	}
	return p;
}

static inline void registers(office *o)
{
	static const actor nobody = {.role = ROLE_NONE};
	if (o->humans == HUMANS || (o->humans > 20 && below(o, 3)))
		return;
	human *p = draw_human(o);
	entering e = {.o = o, .p = p};
	if (one_in(o, 3) || p->reach == BY_NOTHING) {
		p->reach = p->reach == BY_MAIL ? BY_SMS : p->reach;
		must(o, &o->disa, do_enrol, &e);
	} else {
		must(o, &nobody, do_start, &e);
		const actor self = {.person = p->id};
		must(o, &self, do_send_in, &e);
	}
	o->registered++;
	if (o->planted == LAW_OWN_LANGUAGE)
		PLANT(o, "UPDATE person SET written = 'sv' WHERE id = $1", &p->id);
	static const char *const way[] = {"pass", "approve"};
	for (size_t i = 0; i < ARRAY_LEN(way); i++) {
		e.verb = way[i];
		must(o, &o->disa, do_person_step, &e);
	}
}

/* ---- offers ------------------------------------------------------------------------------------- */

/* Which of a deal's two. */
static inline int side_in(const deal *d, const human *p)
{
	return d->who[1] == p;
}

static inline bool may_answer(const office *o, const deal *d, const human *p)
{
	return d->state == OFFERED && o->now < d->expires && !d->yes[side_in(d, p)];
}

static inline void over(office *o, deal *d, bool never_again)
{
	d->state = OVER;
	if (never_again)
		bar(o, d->who[0], d->who[1]);
}

typedef struct by_link {
	office *o;
	const letter *l;
	act_answer a;
	act_word w;
	bool yes;
} by_link;
static const actor by_link_only = {.role = ROLE_NONE};
#define FROM_HOME S("127.0.0.1")

static inline bool do_answer(ctx *c, void *arg)
{
	const by_link *j = arg;
	return act_offer_answer(c, str_from(j->l->secret), FROM_HOME, &j->a);
}

/* The twins of a page that changes something, and of a link that looking at uses up. */
static inline bool do_note_look(ctx *c, void *arg)
{
	const by_link *j = arg;
	return store_event_add(c, j->l->to->id, S("offer"), S("looked"));
}
static inline bool do_use_up(ctx *c, void *arg)
{
	const by_link *j = arg;
	token t;
	return store_token_use(c, S("offer"), str_from(j->l->secret), &t);
}

static inline int64_t things(office *o, const human *p)
{
	return ASK(o, "SELECT count(*) FROM event WHERE subject = $1", &p->id);
}

/* A page sees the age the rules see. */
static inline void compare_ages(office *o, const act_offer *seen, const deal *d, int self)
{
	const human *other = d->who[!self];
	int age = date_from_day(date_local(o->now).day).year - other->year;
	for (size_t i = 0; i < seen->n; i++)
		if (age < seen->other[i].age_from || age > seen->other[i].age_to)
			broke(o, LAW_ONE_AGE, "%d is %d, the page says %d to %d",
			      number_of(o, other), age, seen->other[i].age_from,
			      seen->other[i].age_to);
}

/* Looks, as people do, and what reads mail before them. */
static inline bool looks(office *o, by_link *j, act_offer *seen)
{
	int64_t before = things(o, j->l->to);
	bool there = false;
	for (uint32_t i = 1 + below(o, 3); i; i--) {
		ctx *c = enter(o, &by_link_only);
		if (o->planted == LAW_ONE_AGE)
			c->today += 12 * 366;
		there = act_offer_show(c, str_from(j->l->secret), FROM_HOME, seen);
		if (there && o->planted == LAW_LOOKING)
			must(o, NULL, do_note_look, j);
		if (there && o->planted == LAW_LINK_LASTS)
			attempt(o, NULL, do_use_up, j);
	}
	if (things(o, j->l->to) != before)
		broke(o, LAW_LOOKING, "an offer");
	return there;
}

static inline void said_no(office *o, deal *d)
{
	over(o, d, true);
	if (o->planted == LAW_NOT_AGAIN)
		PLANT(o, "DELETE FROM barred", NULL);
	if (o->planted == LAW_QUEUE_DATE)
		PLANT(o, "UPDATE person SET queued = queued + 30 WHERE id = $1",
		      &d->who[0]->id);
}

static inline void said_yes(office *o, deal *d, int side)
{
	d->yes[side] = true;
	if (d->yes[!side])
		d->state = ACCEPTED;
	if (o->planted == LAW_AFTER_BOTH && d->state == OFFERED) {
		PLANT(o, "UPDATE proposal SET state = 'accepted' WHERE id = $1",
		      &d->proposal);
		d->state = ACCEPTED;
	}
}

static inline void takes(office *o, deal *d, human *p, const act_answer *a)
{
	if (str_equal(a->answer, S("no")))
		said_no(o, d);
	else if (str_equal(a->answer, S("yes")))
		said_yes(o, d, side_in(d, p));
	else
		d->asked[side_in(d, p)] = true;
}

static inline act_answer draw_answer(office *o)
{
	uint32_t n = below(o, 10);
	return (act_answer){.answer = n < 7   ? S("yes")
				      : n < 9 ? S("no")
					      : S("ask"),
			    .why = n == 7   ? S("time")
				   : n == 8 ? S("distance")
					    : S(""),
			    .note = S("")};
}

static inline void opens_offer(office *o, letter *l)
{
	by_link j = {.o = o, .l = l, .a = draw_answer(o)};
	act_offer seen;
	bool over_time = o->now >= l->expires;
	if (!looks(o, &j, &seen)) {
		if (!l->used && !over_time && !l->to->gone)
			broke(o, LAW_LINK_LASTS, "of %d", number_of(o, l->to));
		return;
	}
	if (l->used || over_time) {
		broke(o, LAW_LINK_ENDS, "of %d%s", number_of(o, l->to),
		      l->used ? ", used" : "");
		return;
	}
	deal *d = deal_with(o, seen.proposal.id);
	bool open = d && may_answer(o, d, l->to);
	if (!d)
		fail_msg("an offer nobody made");
	compare_ages(o, &seen, d, side_in(d, l->to));
	bool did = attempt(o, &by_link_only, do_answer, &j);
	if (did && !open)
		broke(o, LAW_LINK_ENDS, "%d answered what was over", number_of(o, l->to));
	if (!did && open)
		broke(o, LAW_LINK_LASTS, "%s", o->fault.key);
	if (!did || !open)
		return;
	l->used = !str_equal(j.a.answer, S("ask"));
	takes(o, d, l->to, &j.a);
	/* The answer was lost on its way back, so it is sent once more. */
	if (l->used && one_in(o, 5) && attempt(o, &by_link_only, do_answer, &j))
		broke(o, LAW_LINK_ENDS, "%d answered twice", number_of(o, l->to));
}

/* ---- check-ins, and afterwards -------------------------------------------------------------------------- */

static inline bool do_word(ctx *c, void *arg)
{
	const by_link *j = arg;
	return act_checkin_answer(c, str_from(j->l->secret), FROM_HOME, &j->w);
}
static inline bool do_again(ctx *c, void *arg)
{
	const by_link *j = arg;
	return act_again_answer(c, str_from(j->l->secret), FROM_HOME, j->yes);
}

static inline void opens_checkin(office *o, letter *l)
{
	static const char *const contact[] = {"met", "met", "met", "contact", "none"};
	by_link j = {.o = o,
		     .l = l,
		     .w = {.contact = str_from(contact[below(o, 5)]),
			   .place = S(""),
			   .feeling = one_in(o, 30) ? S("wrong") : S(""),
			   .text = S("")}};
	if (!attempt(o, &by_link_only, do_word, &j) && !was_late(o))
		fail_msg("check-in: %s", o->fault.key);
}

static inline void opens_again(office *o, letter *l)
{
	by_link j = {.o = o, .l = l, .yes = below(o, 3) > 0};
	bool did = attempt(o, &by_link_only, do_again, &j);
	if (did && l->used)
		broke(o, LAW_LINK_ENDS, "%d wants another buddy twice",
		      number_of(o, l->to));
	l->used |= did;
	if (!did && !was_late(o))
		fail_msg("again: %s", o->fault.key);
}

static inline void reads_mail(office *o)
{
	size_t first = o->letters > LETTERS ? o->letters - LETTERS : 0;
	if (!o->letters)
		return;
	/* Mostly what came lately. */
	size_t n = o->letters - first, back = one_in(o, 4) ? n : n < 30 ? n : 30;
	letter *l = NULL;
	for (int i = 0; i < 4 && (!l || l->used); i++)
		l = &o->letter[(o->letters - 1 - below(o, (uint32_t)back)) % LETTERS];
	if (l->page == 'o')
		opens_offer(o, l);
	else if (l->page == 'k')
		opens_checkin(o, l);
	else
		opens_again(o, l);
}

/* ---- going ------------------------------------------------------------------------------------------------ */

static inline bool do_ask_erase(ctx *c, void *arg)
{
	(void)arg;
	return act_own_erase(c);
}
static inline bool do_keep(ctx *c, void *arg)
{
	const entering *e = arg;
	return act_own_keep(c, str_from(e->p->lang));
}
static inline bool do_pause(ctx *c, void *arg)
{
	(void)arg;
	return act_own_pause(c);
}
static inline bool do_resume(ctx *c, void *arg)
{
	(void)arg;
	return act_own_resume(c);
}

static inline void changes_own(office *o)
{
	human *p = &o->human[below(o, (uint32_t)o->humans)];
	const actor self = {.person = p->id};
	entering e = {.o = o, .p = p};
	uint32_t draw = below(o, 10);
	if (p->gone)
		return;
	if (p->leaves) {
		if (one_in(o, 3) && attempt(o, &self, do_keep, &e))
			p->leaves = 0;
	} else if (draw < 1) {
		if (attempt(o, &self, do_ask_erase, NULL))
			p->leaves = o->now + ACT_REGRET_DAYS * DAY;
	} else if (!attempt(o, &self, draw < 4 ? do_pause : do_resume, NULL) &&
		   !was_late(o)) {
		fail_msg("%s", o->fault.key);
	}
}

/* Nobody but her own buddies is on her page. */
static inline void looks_at_own(office *o)
{
	human *p = &o->human[below(o, (uint32_t)o->humans)];
	const actor self = {.person = p->id};
	act_pair *seen;
	size_t n;
	if (p->gone)
		return;
	ctx *c = enter(o, &self);
	if (!act_pairs_own(c, &seen, &n))
		fail_msg("%s", c->fault.key);
	for (size_t i = 0; i < n; i++) {
		const deal *d = deal_with(o, seen[i].proposal.id);
		if (!d || d->state < INTRODUCED || !d->yes[0] || !d->yes[1])
			broke(o, LAW_AFTER_BOTH, "on the page of %d", number_of(o, p));
	}
}

#endif
