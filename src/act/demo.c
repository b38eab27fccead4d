/* The demonstration's programme, staff and people; act_demo_doors lets one in. */
#include <string.h>

#include "act/act.h"
#include "act/demo.h"
#include "act/demo_priv.h"
#include "act/demo_pair_priv.h"

enum { DAY_MS = 86400000, MONTHS = 17, MONTH_NOW = 14, DOOR_DAYS = 30 };

/* ---- the programme and its staff ----------------------------------------------------------- */

static const uint16_t municipalities[] = {2580, 2581, 2582, 2523};

static const struct demo_staff {
	role role;
	str name, email;
	uint16_t place[2];
	bool everywhere;
} staff[] = {
	{ROLE_ADMINISTRATOR,
	 S_INIT("Astrid Lund"),
	 S_INIT("astrid@example.org"),
	 {0},
	 true},
	{ROLE_COORDINATOR,
	 S_INIT("Maja Nyström"),
	 S_INIT("maja@example.org"),
	 {2580, 2582},
	 false},
	{ROLE_COORDINATOR,
	 S_INIT("Eva Öberg"),
	 S_INIT("eva@example.org"),
	 {2581, 2523},
	 false},
	{ROLE_INTERVIEWER,
	 S_INIT("Ismail Ahmadi"),
	 S_INIT("ismail@example.org"),
	 {2580},
	 false},
	{ROLE_CAFE_LEADER, S_INIT("Lena Holm"), S_INIT("lena@example.org"), {0}, true},
	{ROLE_MUNICIPALITY,
	 S_INIT("Per Sandström"),
	 S_INIT("per@example.org"),
	 {2582},
	 false},
	{ROLE_FUNDER, S_INIT("Karin Ek"), S_INIT("karin@example.org"), {0}, true},
};
enum { STAFF = ARRAY_LEN(staff) };

typedef struct demo {
	const sheet *sheet;
	rng rng;
	int32_t from; /* first day of the programme */
	int64_t end;  /* now */
	int64_t last; /* nothing happens to the one who is added later than that */
	actor coordinator[2];
} demo;

/* The first day of the month that lies `months` before. */
static int32_t month_before(int32_t day, int months)
{
	ymd d = date_from_day(day);
	int n = d.year * 12 + d.month - 1 - months;
	return date_to_day((ymd){n / 12, n % 12 + 1, 1});
}

static bool add_programme(ctx *c, const demo *d)
{
	static const struct {
		uint16_t municipality;
		str name, address;
	} venue[] = {
		{2580, S_INIT("Luleå stadsbibliotek"), S_INIT("Kyrkogatan 15")},
		{2581, S_INIT("Piteå stadsbibliotek"), S_INIT("Kyrkbrogatan 4")},
		{2582, S_INIT("Boden, Folkets hus"), S_INIT("Garnisonsgatan 1")},
		{2523, S_INIT("Gällivare bibliotek"), S_INIT("Hantverkargatan 17")},
	};
	programme p;
	if (!store_programme_get(c, &p))
		return false;
	p.name = S("Kompis i Norrbotten");
	p.funder = S("Länsstyrelsen i Norrbottens län");
	p.office = S("Kompis Sverige, Norrbotten");
	p.phone = S("+46 920 650 01 00");
	p.email = S("norrbotten@example.org");
	p.from = d->from;
	p.to = month_before(d->from, -MONTHS) - 1;
	p.goal = 120;
	p.new_years = 4;
	p.municipality = NEW_ARRAY(c->mem, uint16_t, ARRAY_LEN(municipalities));
	memcpy(p.municipality, municipalities, sizeof municipalities);
	p.municipality_n = ARRAY_LEN(municipalities);
	if (!store_programme_set(c, &p))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(venue); i++) {
		meeting_place m = {.municipality = venue[i].municipality,
				   .name = venue[i].name,
				   .address = venue[i].address,
				   .note = S("")};
		if (!store_place_set(c, &m))
			return false;
	}
	return true;
}

static bool add_staff(ctx *c, demo *d)
{
	size_t coordinators = 0;
	for (size_t i = 0; i < STAFF; i++) {
		uint16_t within[2];
		memcpy(within, staff[i].place, sizeof within);
		account a = {.role = staff[i].role,
			     .name = staff[i].name,
			     .email = staff[i].email,
			     .lang = S("sv"),
			     .state = S("active"),
			     .municipality = within,
			     .municipality_n =
				     (size_t)(within[0] != 0) + (within[1] != 0),
			     .everywhere = staff[i].everywhere};
		if (!store_account_set(c, &a))
			return false;
		c->now++; /* they are listed in this order */
		if (a.role == ROLE_COORDINATOR)
			d->coordinator[coordinators++] =
				(actor){.role = a.role,
					.rights = model_role[a.role].rights,
					.account = a.id};
	}
	return true;
}

/* ---- one person's way ------------------------------------------------------------------------ */

/* How far somebody has come, out of 100: what comes first is likeliest for those who came late. */
static const struct way {
	state end;
	int share;
} ways[] = {
	{STATE_PAIRED, 34},   {STATE_WAITING, 31}, {STATE_SUBMITTED, 9},
	{STATE_INTERVIEW, 6}, {STATE_APPROVED, 5}, {STATE_CLOSED, 6},
	{STATE_WITHDRAWN, 4}, {STATE_PAUSED, 3},   {STATE_DECLINED, 2},
};

static state draw_end(demo *d, int32_t waited)
{
	int at = (int)rng_below(&d->rng, 100);
	/* The office has had no time yet for those of the last weeks. */
	if (waited < 10)
		return at < 70 ? STATE_SUBMITTED : STATE_INTERVIEW;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		if (at < ways[i].share)
			return waited < 40 && ways[i].end == STATE_PAIRED ? STATE_WAITING
									  : ways[i].end;
		at -= ways[i].share;
	}
	return STATE_WAITING;
}

/* The verbs from `submitted` on, comma-separated. */
static const char *verbs_to(state end)
{
	switch ((int)end) {
	case STATE_INTERVIEW:
		return "book";
	case STATE_APPROVED:
		return "book,pass";
	case STATE_WAITING:
		return "book,pass,approve";
	case STATE_PAIRED:
		return "book,pass,approve,propose,pair";
	case STATE_CLOSED:
		return "book,pass,approve,propose,pair,close";
	case STATE_PAUSED:
		return "book,pass,approve,pause";
	case STATE_WITHDRAWN:
		return "book,withdraw";
	case STATE_DECLINED:
		return "book,decline";
	default:
		return "";
	}
}

/* Office hours of a later day, not after now. */
static void pass_days(ctx *c, demo *d, int most)
{
	enum { OPENS = 9 * 60, OPEN_MINUTES = 7 * 60 };
	int32_t day =
		date_local(c->now).day + 1 + (int32_t)rng_below(&d->rng, (uint32_t)most);
	int32_t minute = OPENS + (int32_t)rng_below(&d->rng, OPEN_MINUTES);
	int64_t at = date_from_local((local_time){day, minute});
	c->now = at < d->last ? at : d->last;
	c->today = date_local(c->now).day;
}

static bool add_interview(ctx *c, demo *d, id who, str verb)
{
	static const str mode[] = {S_INIT("phone"), S_INIT("video"), S_INIT("place")};
	interview i = {.person = who,
		       .account = c->actor->account,
		       .at = c->now + (int64_t)(1 + rng_below(&d->rng, 9)) * DAY_MS,
		       .mode = mode[rng_below(&d->rng, 3)],
		       .state = S("booked"),
		       .conduct = QUEUED_UNKNOWN,
		       .identity = QUEUED_UNKNOWN,
		       .extract = QUEUED_UNKNOWN,
		       .note = S("")};
	return !str_equal(verb, S("book")) || store_interview_set(c, &i);
}

static bool close_interviews(ctx *c, id who)
{
	interview *i;
	size_t n;
	if (!store_interviews_of(c, who, &i, &n))
		return false;
	for (size_t k = 0; k < n; k++) {
		i[k].state = S("held");
		i[k].at = c->now;
		i[k].conduct = i[k].identity = c->today;
		if (!store_interview_set(c, &i[k]))
			return false;
	}
	return true;
}

static bool walk(ctx *c, demo *d, id who, state end)
{
	str rest = str_from(verbs_to(end)), verb;
	while (rest.n && str_cut(&rest, ',', &verb)) {
		pass_days(c, d, str_equal(verb, S("pair")) ? 12 : 25);
		if (str_equal(verb, S("pass")) && !close_interviews(c, who))
			return false;
		if (!store_person_step(c, who, 0, verb, S("")) ||
		    !add_interview(c, d, who, verb))
			return false;
	}
	return true;
}

/*
 * A day of the sheet, moved to within the programme so far: as many days ago whenever that is, so that
 * everybody comes as far and gets the same buddy, be it the first of a month or the last.
 */
static int32_t moved(const demo *d, int32_t day, int32_t first, int32_t last)
{
	/* Thirteen months are 393 days or more. */
	enum { SPAN_DAYS = 390, SINCE_DAYS = 2 };
	return date_local(d->end).day - SINCE_DAYS -
	       (int32_t)((int64_t)(last - day) * SPAN_DAYS / (last - first));
}

static str birth_years(arena *mem, uint64_t children)
{
	buf b = {.mem = mem};
	for (int bit = 0; bit < 64; bit++)
		if (children >> bit & 1)
			buf_format(&b, b.n ? ",%d" : "%d", CHILD_YEAR_0 + bit);
	return buf_str(&b);
}

/* Newcomers who speak Arabic are written to in it. */
static str tongue(const person *p)
{
	str rest = p->value[FIELD_LANGUAGE], code;
	bool newcomer = str_equal(p->value[FIELD_SIDE], S("newcomer"));
	while (newcomer && str_cut(&rest, ',', &code))
		if (str_equal(code, S("ar")))
			return code;
	return S("sv");
}

static bool add_person(ctx *c, demo *d, size_t row, int32_t first, int32_t last)
{
	const people *all = &d->sheet->people;
	const profile *of = &all->profile[row];
	person p = {.state = STATE_DRAFT};
	int32_t queued = moved(d, of->queued, first, last);
	for (int f = 0; f < FIELD_COUNT; f++)
		p.value[f] = model_value_encode(
			c->mem, (field_id)f, model_people_value(all, row, (field_id)f));
	p.value[FIELD_NUMBER] = p.value[FIELD_NEVER] = S("");
	if (!p.value[FIELD_MUNICIPALITY].n && of->municipality)
		p.value[FIELD_MUNICIPALITY] =
			str_format(c->mem, "%04u", of->municipality);
	p.value[FIELD_CHILDREN] = birth_years(c->mem, of->children);
	p.value[FIELD_QUEUED] = date_format_iso(c->mem, queued);
	p.written = tongue(&p);
	bool south = of->municipality == 2581 || of->municipality == 2523;
	c->actor = NULL;
	c->now =
		date_from_local((local_time){queued, 480 + (int)rng_below(&d->rng, 840)});
	c->today = queued;
	if (!store_person_add(c, &p) ||
	    !store_event_add(c, p.id, S("registered"), S("web")))
		return false;
	for (int i = 0; i < CONSENT_PURPOSES; i++)
		if (!store_consent_set(c, p.id, (consent)i,
				       i == CONSENT_FOR_MATCH ||
					       rng_below(&d->rng, 3) > 0,
				       S("sv"), S("web")))
			return false;
	if (!store_person_step(c, p.id, 0, S("submit"), S("")))
		return false;
	c->actor = &d->coordinator[south];
	/* Those who live outside the programme are the administrator's to sort out. */
	bool inside = south || of->municipality == 2580 || of->municipality == 2582;
	if (!inside)
		c->actor = NULL;
	int32_t waited = date_local(d->end).day - queued;
	state end = inside ? draw_end(d, waited) : STATE_SUBMITTED;
	/* Whoever has come far had come there before the round. */
	d->last = waited < 10 ? d->end : d->end - (DEMO_ROUND_DAYS + 1) * (int64_t)DAY_MS;
	return walk(c, d, p.id, end);
}

static bool add_people(ctx *c, demo *d)
{
	const people *all = &d->sheet->people;
	int32_t first = INT32_MAX, last = INT32_MIN;
	for (size_t i = 0; i < all->n; i++) {
		int32_t q = all->profile[i].queued;
		first = q != QUEUED_UNKNOWN && q < first ? q : first;
		last = q > last ? q : last;
	}
	for (size_t i = 0; i < all->n; i++) {
		ctx_progress(c, "progress.demo", i, all->n);
		if (!(all->profile[i].flags & PROFILE_UNUSABLE) &&
		    all->profile[i].queued != QUEUED_UNKNOWN &&
		    !add_person(c, d, i, first, last + 1))
			return false;
	}
	return true;
}

static bool add_pairs(ctx *c, demo *d)
{
	for (size_t i = 0; i < ARRAY_LEN(municipalities); i++) {
		uint16_t code = municipalities[i];
		bool south = code == 2581 || code == 2523;
		if (!act_demo_pairs(c, &d->coordinator[south], code, d->end, &d->rng))
			return false;
	}
	return true;
}

static bool add_calls(ctx *c, const demo *d)
{
	static const struct {
		str name, lang, when;
		uint16_t municipality;
		int hours;
	} call[] = {{S_INIT("Hodan"), S_INIT("sv"), S_INIT("evening"), 2580, 15},
		    {S_INIT("Yusuf"), S_INIT("ar"), S_INIT("day"), 2582, 40},
		    {S_INIT(""), S_INIT("en"), S_INIT("any"), 0, 60}};
	c->actor = NULL;
	for (size_t i = 0; i < ARRAY_LEN(call); i++) {
		c->now = d->end - (int64_t)call[i].hours * 3600000;
		task t = {.kind = S("call_me"),
			  .lang = call[i].lang,
			  .when = call[i].when,
			  .name = call[i].name,
			  .phone = str_format(c->mem, "+4670174060%zu", i + 1),
			  .municipality = call[i].municipality};
		if (!store_task_add(c, &t))
			return false;
	}
	return true;
}

/* Somebody whose mail comes back. */
static bool add_unreachable(ctx *c, const demo *d)
{
	const people_filter f = {
		.states = 1u << STATE_WAITING, .municipality = 2580, .limit = 1};
	people_list l;
	c->now = d->end - 5 * 3600000;
	if (!store_people_list(c, &f, &l))
		return false;
	for (size_t i = 0; i < l.item_n; i++) {
		task t = {.kind = S("unreachable"),
			  .person = l.item[i].id,
			  .lang = S("sv"),
			  .when = S("mail"),
			  .municipality = f.municipality};
		if (!store_task_add(c, &t) ||
		    !store_event_add(c, t.person, S("unreachable"), S("mail")))
			return false;
	}
	return true;
}

static bool fill(ctx *c, void *arg)
{
	demo *d = arg;
	account *a;
	size_t n;
	if (!store_accounts(c, &a, &n))
		return false;
	if (n)
		return ctx_fail(c, FAULT_CONFLICT, "demo.not_empty", S(""), S(""));
	return add_programme(c, d) && add_staff(c, d) && add_people(c, d) &&
	       add_pairs(c, d) && demo_round(c, &d->coordinator[0], 2582, d->end) &&
	       demo_round(c, &d->coordinator[1], 2581, d->end) && add_calls(c, d) &&
	       add_unreachable(c, d);
}

bool act_demo_fill(ctx *c, const sheet *s, uint64_t seed)
{
	ctx own = *c;
	demo d = {.sheet = s,
		  .rng = rng_seed(seed),
		  .from = month_before(c->today, MONTH_NOW - 1),
		  .end = c->now};
	own.actor = NULL;
	bool ok = store_write(&own, fill, &d);
	c->fault = own.fault;
	return ok;
}

/* ---- doors -------------------------------------------------------------------------------------- */

static bool add_door(ctx *c, const char *who, token *t, act_demo_door *out)
{
	t->kind = S("demo");
	t->expires = c->now + (int64_t)DOOR_DAYS * DAY_MS;
	out->who = who;
	return store_token_new(c, t, S(""), &out->secret, NULL);
}

struct doors {
	act_demo_door *door;
	size_t n;
};

/* Of the established one is shown who has something to answer. */
static bool door_of_side(ctx *c, int side, id offered, struct doors *to)
{
	people_filter f = {.states = 1u << STATE_WAITING, .side = side, .limit = 1};
	people_list list;
	token t = {.person = side == SIDE_ESTABLISHED ? offered : (id){""}};
	if (id_none(t.person)) {
		if (!store_people_list(c, &f, &list))
			return false;
		if (!list.item_n)
			return true;
		t.person = list.item[0].id;
	}
	return add_door(c, model_choice_get(FIELD_SIDE, side)->code.s, &t,
			&to->door[to->n++]);
}

static bool add_doors(ctx *c, void *arg)
{
	struct doors *to = arg;
	account *a;
	size_t n;
	id offered;
	token pair = {0};
	to->n = 0;
	if (!store_accounts(c, &a, &n) || !demo_offered(c, &offered, &pair.person))
		return false;
	to->door = NEW_ARRAY(c->mem, act_demo_door, n + 3);
	for (role r = ROLE_NONE + 1; r < ROLE_COUNT; r++)
		for (size_t i = 0; i < n; i++) {
			token t = {.account = a[i].id};
			if (a[i].role != r)
				continue;
			if (!add_door(c, model_role[r].name, &t, &to->door[to->n++]))
				return false;
			break;
		}
	if (!id_none(pair.person) && !add_door(c, "buddy", &pair, &to->door[to->n++]))
		return false;
	for (int side = SIDE_NEWCOMER; side <= SIDE_ESTABLISHED; side++)
		if (!door_of_side(c, side, offered, to))
			return false;
	return true;
}

bool act_demo_doors(ctx *c, act_demo_door **out, size_t *n)
{
	struct doors to = {NULL, 0};
	if (!store_write(c, add_doors, &to))
		return false;
	*out = to.door;
	*n = to.n;
	return true;
}

bool act_demo_enter(ctx *c, str secret, str device, session *s, str *cookie)
{
	token t;
	if (!store_token_get(c, S("demo"), secret, &t))
		return false;
	*s = (session){.account = t.account,
		       .person = t.person,
		       .expires = c->now + (int64_t)DOOR_DAYS * DAY_MS,
		       .device = device,
		       .strong = true};
	return store_session_new(c, s, cookie);
}
