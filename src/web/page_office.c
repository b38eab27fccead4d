/* The first page of the office: what waits to be done, most urgent first. */
#include "store/round.h"
#include "web/office_priv.h"

enum {
	DAY_MS = 86400000,
	HOUR_MS = 3600000,
	TASKS_MOST = 60,
	CALLS_MOST = 5,
	PAIRS_MOST = 5,
	NAMES = 3
};
enum {
	CALL_MINUTES = 10,
	TALK_MINUTES = 30,
	NOTE_MINUTES = 10,
	BOOK_MINUTES = 2,
	MEET_MINUTES = 5
};

typedef struct desk {
	req *r;
	office_view v;
	int64_t count[STATE_COUNT];
	interview *talk; /* booked ones, from long ago to long from now */
	size_t talks;
} desk;

static office_task *add(desk *d, const char *icon, const char *grade, int minutes)
{
	req *r = d->r;
	if (d->v.task_n == TASKS_MOST)
		return NULL;
	office_task *t = &d->v.task[d->v.task_n++];
	str n = office_number_text(r, minutes);
	*t = (office_task){.page = &r->page,
			   .icon = icon,
			   .grade = str_from(grade),
			   .minutes = req_say_with(r, "s.minutes", &n, 1),
			   .main = d->v.task_n == 1};
	return t;
}

static bool visible(const desk *d, state s)
{
	return d->count[s] > 0 && office_may(d->r, RIGHT_PEOPLE_READ);
}

/* ---- calls ------------------------------------------------------------------------------- */

static str call_words(req *r, const task *t)
{
	str key = str_format(r->ctx->mem, "s.call.%.*s", STR_ARG(t->when));
	const view_lang *l = view_lang_get(t->lang);
	bool swedish = str_equal(view_lang_tag(r->lang), S("sv"));
	str arg[] = {!l        ? t->lang
		     : swedish ? view_lang_name_sv(l)
			       : view_lang_name(l),
		     req_say(r, str_terminated(r->ctx->mem, key)),
		     office_when(r, t->created)};
	return req_say_with(r, "s.task.call.since", arg, 3);
}

static void call_task(desk *d, const task *t)
{
	req *r = d->r;
	bool old = r->ctx->now - t->created > DAY_MS;
	office_task *o = add(d, "phone", old ? "warn" : "", CALL_MINUTES);
	if (!o)
		return;
	o->what = t->name.n ? t->name : req_say(r, "s.task.call.nameless");
	o->name = t->name;
	o->phone = t->phone;
	o->phone_to = html_link_phone(r->ctx->mem, t->phone);
	o->since = call_words(r, t);
	o->verb = "s.task.call.do";
	o->to = req_link(r, "/staff/tasks/%s", t->id.s);
	o->post = true;
}

/* Those about somebody who is here: what was sent came back, a question about what is offered … */
static const struct {
	str kind;
	const char *key, *since, *icon;
	const char *state,
		*part; /* of the proposal it is about; NULL: about the person */
} about_people[] = {
	{S_INIT("unreachable"), NULL, "s.task.unreachable.since", "mail", NULL, ""},
	{S_INIT("offer_question"), "s.task.offer_question", "s.task.offer_question.since",
	 "q", "offered", ""},
	{S_INIT("introduce_call"), "s.task.introduce_call", "s.task.introduce_call.since",
	 "phone", "introduced", "introduce"},
	{S_INIT("pair_amber"), "s.task.pair_amber", "s.task.pair.since", "people", NULL,
	 ""},
	{S_INIT("pair_red"), "s.task.pair_red", "s.task.pair.since", "people", NULL, ""},
	{S_INIT("pair_differ"), "s.task.pair_differ", "s.task.pair.since", "people", NULL,
	 ""},
	{S_INIT("pair_end"), "s.task.pair_end", "s.task.pair.since", "people", NULL, ""},
	{S_INIT("pair_call"), "s.task.pair_call", "s.task.pair.since", "phone", NULL, ""},
	{S_INIT("pair_incident"), "s.task.pair_incident", "s.task.pair.since", "people",
	 NULL, ""},
};

static bool is_of_pair(const task *t)
{
	return str_starts(t->kind, S("pair_"));
}

/* ARRAY_LEN(about_people): somebody wants to be called. */
static size_t kind_of(const task *t)
{
	size_t i = 0;
	while (i < ARRAY_LEN(about_people) && !str_equal(t->kind, about_people[i].kind))
		i++;
	return i;
}

/* Words about a person. The name stays empty for one who is elsewhere by now. */
static bool person_words(req *r, const task *t, const char **key, str *name)
{
	person who;
	bool seen;
	*key = about_people[kind_of(t)].key;
	if (!*key)
		*key = page_key(r, "s.task.unreachable.%s",
				str_terminated(r->ctx->mem, t->when));
	if (!office_seen(r, t->person, &who, &seen))
		return false;
	*name = seen ? office_name(r, &who) : S("");
	return true;
}

/* To the pair or the proposal it is about, else to the person. */
static bool where_to(req *r, const task *t, html_link *to)
{
	size_t kind = kind_of(t), n;
	proposal *p;
	*to = is_of_pair(t) ? req_link(r, "/staff/pairs/%s", t->pair.s)
			    : office_person(r, t->person, "");
	if (!about_people[kind].state || !office_may(r, RIGHT_MATCH))
		return true;
	if (!store_proposals(r->ctx, str_from(about_people[kind].state), t->person, &p,
			     &n))
		return false;
	if (n)
		*to = office_proposal(r, p[0].id, about_people[kind].part);
	return true;
}

static bool person_task(desk *d, const task *t)
{
	req *r = d->r;
	str when = office_when(r, t->created), name;
	size_t kind = kind_of(t);
	const char *key;
	if (!person_words(r, t, &key, &name))
		return false;
	bool bad = str_equal(t->kind, S("pair_incident"));
	office_task *o = name.n ? add(d, about_people[kind].icon, bad ? "bad" : "warn",
				      CALL_MINUTES)
				: NULL;
	if (!o)
		return true;
	o->key = key;
	o->name = name;
	o->since = req_say_with(r, about_people[kind].since, &when, 1);
	if (!where_to(r, t, &o->person_to))
		return false;
	o->verb = "s.task.call.do";
	o->to = req_link(r, "/staff/tasks/%s", t->id.s);
	o->post = true;
	return true;
}

/* What somebody reported to be wrong comes first; the list of pairs has them all. */
static bool pairs(desk *d, const task *t, size_t n)
{
	size_t shown = 0;
	if (!office_may(d->r, RIGHT_MATCH))
		return true;
	for (int bad = 1; bad >= 0; bad--)
		for (size_t i = 0; i < n; i++) {
			if (!is_of_pair(&t[i]) ||
			    str_equal(t[i].kind, S("pair_incident")) != bad ||
			    shown++ >= PAIRS_MOST)
				continue;
			if (!person_task(d, &t[i]))
				return false;
		}
	return true;
}

static bool calls(desk *d)
{
	task *t;
	size_t n;
	if (!office_may(d->r, RIGHT_INTERVIEW))
		return true;
	if (!store_tasks(d->r->ctx, 0, &t, &n))
		return false;
	size_t others = 0;
	for (size_t i = 0; i < n; i++) {
		size_t kind = kind_of(&t[i]);
		bool call = kind == ARRAY_LEN(about_people);
		/* What somebody asks about an offer does not wait behind calls: the offer is over in a week. */
		bool of_offer = !call && about_people[kind].state;
		if (is_of_pair(&t[i]) || (!of_offer && others++ >= CALLS_MOST))
			continue;
		if (call)
			call_task(d, &t[i]);
		else if (!person_task(d, &t[i]))
			return false;
	}
	if (others > CALLS_MOST) {
		str more = office_number_text(d->r, (int64_t)(others - CALLS_MOST));
		d->v.rest = req_say_with(d->r, "s.task.call.rest", &more, 1);
	}
	return pairs(d, t, n);
}

/* ---- two who both said yes ------------------------------------------------------------------ */

static bool names_of_pair(req *r, id proposal_id, str *out)
{
	proposal p;
	proposal_person *who;
	str name[NAMES];
	size_t n, named = 0;
	if (!store_proposal_get(r->ctx, proposal_id, &p, &who, &n))
		return false;
	for (size_t i = 0; i < n && named < NAMES; i++) {
		person one;
		bool seen;
		if (!office_seen(r, who[i].person, &one, &seen))
			return false;
		if (seen)
			name[named++] = office_name(r, &one);
	}
	*out = office_list(r, name, named, (int64_t)(n - named));
	return true;
}

static bool introductions(desk *d)
{
	req *r = d->r;
	proposal *p;
	size_t n;
	str names;
	if (!office_may(r, RIGHT_MATCH))
		return true;
	if (!store_proposals(r->ctx, S("accepted"), (id){""}, &p, &n))
		return false;
	office_task *o =
		n ? add(d, "people", "ok", (int)(n < 30 ? n : 30) * MEET_MINUTES) : NULL;
	if (!o)
		return true;
	if (!names_of_pair(r, p[n - 1].id, &names))
		return false;
	o->what = office_count(r, "s.task.introduce.what", (int64_t)n, NULL, 0);
	o->since = req_say_with(
		r, n == 1 ? "s.task.introduce.since" : "s.task.introduce.first", &names,
		1);
	o->verb = "s.task.introduce.do";
	o->to = n == 1 ? office_proposal(r, p[0].id, "")
		       : req_link(r, "/staff/proposals?state=accepted");
	return true;
}

/* ---- interviews ----------------------------------------------------------------------------- */

static str talk_since(req *r, const interview *i)
{
	str key = str_format(r->ctx->mem, "s.mode.%.*s", STR_ARG(i->mode));
	str arg[] = {office_when(r, i->at), req_say(r, str_terminated(r->ctx->mem, key))};
	return req_say_with(r, "s.task.talk.since", arg, 2);
}

static str talk_name(req *r, const interview *i)
{
	return i->given.n ? i->given : req_say(r, "s.person.nameless");
}

static bool is_today(const req *r, int64_t at)
{
	return date_local(at).day == r->ctx->today;
}

/* Those of today, also one that should have begun. */
static void talks_today(desk *d)
{
	req *r = d->r;
	for (size_t i = 0; i < d->talks; i++) {
		const interview *t = &d->talk[i];
		if (!is_today(r, t->at) || t->at + HOUR_MS < r->ctx->now)
			continue;
		office_task *o = add(d, "cal", "", TALK_MINUTES);
		if (!o)
			return;
		o->key = "s.task.talk.what";
		o->name = talk_name(r, t);
		o->since = talk_since(r, t);
		o->verb = "s.task.talk.do";
		o->to = office_person(r, t->person, "");
		if (!d->v.next.n && t->at > r->ctx->now) {
			str at = view_time(r->ctx->mem, r->lang, t->at);
			d->v.next = req_say_with(r, "s.office.next", &at, 1);
		}
	}
}

/* Held, or should have been, and nothing noted: each, or when they are many all of them. */
static void note_task(desk *d, const interview *t)
{
	req *r = d->r;
	office_task *o = add(d, "edit", "warn", NOTE_MINUTES);
	if (!o)
		return;
	o->key = "s.task.note.what";
	o->name = talk_name(r, t);
	o->since = talk_since(r, t);
	o->verb = "s.task.note.do";
	o->to = office_person(r, t->person, "result");
}

static void talks_past(desk *d)
{
	req *r = d->r;
	str name[NAMES];
	size_t n = 0;
	while (n < d->talks && d->talk[n].at + HOUR_MS < r->ctx->now)
		n++;
	for (size_t i = 0; i < n && n <= NAMES; i++)
		note_task(d, &d->talk[i]);
	office_task *o = n > NAMES ? add(d, "edit", "warn", NOTE_MINUTES) : NULL;
	if (!o)
		return;
	for (size_t i = 0; i < NAMES; i++)
		name[i] = talk_name(r, &d->talk[i]);
	str names = office_list(r, name, NAMES, (int64_t)(n - NAMES));
	o->what = office_count(r, "s.task.notes.what", (int64_t)n, NULL, 0);
	o->since = req_say_with(r, "s.task.notes.since", &names, 1);
	o->verb = "s.task.note.do";
	o->to = req_link(r, "/staff/interviews");
}

static bool read_talks(desk *d)
{
	enum { DAYS = 90 };
	req *r = d->r;
	int64_t now = r->ctx->now;
	if (!office_may(r, RIGHT_INTERVIEW))
		return true;
	return store_interviews_between(r->ctx, now - (int64_t)DAYS * DAY_MS,
					now + (int64_t)DAYS * DAY_MS, false, &d->talk,
					&d->talks);
}

/* ---- those in a state -------------------------------------------------------------------------- */

static bool first_of(desk *d, state s, people_list *out)
{
	people_filter f = {.states = 1u << s, .sort = PEOPLE_BY_QUEUED, .limit = NAMES};
	return store_people_list(d->r->ctx, &f, out);
}

static str names_of(desk *d, const people_list *p)
{
	str name[NAMES];
	size_t n = 0;
	for (size_t i = 0; i < p->item_n && n < NAMES; i++) {
		str given = p->item[i].value[FIELD_GIVEN];
		name[n++] = given.n ? given : office_name(d->r, &p->item[i]);
	}
	return office_list(d->r, name, n, p->total - (int64_t)n);
}

/* Some people and what to do about them; alone, the button leads to the one. */
static bool group(desk *d, state s, const char *icon, int minutes, const char *what,
		  const char *since, const char *verb, const char *part)
{
	req *r = d->r;
	people_list p;
	if (!visible(d, s))
		return true;
	if (!first_of(d, s, &p))
		return false;
	office_task *o =
		add(d, icon, "", (int)(d->count[s] < 30 ? d->count[s] : 30) * minutes);
	if (!o || !p.item_n)
		return true;
	str names = names_of(d, &p);
	o->what = office_count(r, what, d->count[s], NULL, 0);
	o->since = req_say_with(r, since, &names, 1);
	o->verb = verb;
	o->to = p.total == 1 ? office_person(r, p.item[0].id, part)
			     : req_link(r, "/staff/people?state=%s", model_state[s]);
	return true;
}

static bool has_talk(const desk *d, const id *who)
{
	for (size_t i = 0; i < d->talks; i++)
		if (id_equal(d->talk[i].person, *who))
			return true;
	return false;
}

/* Held and noted, but somebody wanted to think. */
static bool undecided(desk *d)
{
	enum { MOST = 200 };
	req *r = d->r;
	people_list p, open = {0};
	people_filter f = {.states = 1u << STATE_INTERVIEW, .limit = MOST};
	if (!visible(d, STATE_INTERVIEW) || !office_may(r, RIGHT_INTERVIEW))
		return true;
	if (!store_people_list(r->ctx, &f, &p))
		return false;
	open.item = NEW_ARRAY(r->ctx->mem, person, p.item_n);
	for (size_t i = 0; i < p.item_n; i++)
		if (!has_talk(d, &p.item[i].id))
			open.item[open.item_n++] = p.item[i];
	open.total = (int64_t)open.item_n;
	office_task *o = open.item_n ? add(d, "edit", "warn", 1) : NULL;
	if (!o)
		return true;
	str names = names_of(d, &open);
	o->what = office_count(r, "s.task.decide.what", open.total, NULL, 0);
	o->since = req_say_with(r, "s.task.notes.since", &names, 1);
	o->verb = "s.task.decide.do";
	o->to = open.item_n == 1 ? office_person(r, open.item[0].id, "result")
				 : req_link(r, "/staff/people?state=interview_booked");
	return true;
}

static bool waiting(desk *d)
{
	req *r = d->r;
	people_list p;
	if (!visible(d, STATE_WAITING))
		return true;
	if (!first_of(d, STATE_WAITING, &p))
		return false;
	office_task *o = add(d, "people", "", CALL_MINUTES);
	int64_t days = p.item_n ? office_waited(r, &p.item[0]) : -1;
	if (!o)
		return true;
	o->what =
		office_count(r, "s.task.waiting.what", d->count[STATE_WAITING], NULL, 0);
	if (days >= 0)
		o->since = view_say_count(r->ctx->mem, r->lang, "s.task.waiting.since",
					  days, NULL, 0);
	o->verb = "s.task.waiting.do";
	o->to = req_link(r, "/staff/people?state=waiting");
	return true;
}

/* ---- beside ------------------------------------------------------------------------------------------ */

/* Outside the office no figure is small enough to be somebody. */
static void figures(desk *d)
{
	enum { LEAST = 5 };
	static const state shown[] = {STATE_SUBMITTED, STATE_INTERVIEW, STATE_APPROVED,
				      STATE_WAITING,   STATE_PROPOSED,  STATE_PAIRED,
				      STATE_PAUSED};
	req *r = d->r;
	d->v.figure = NEW_ARRAY(r->ctx->mem, office_figure, ARRAY_LEN(shown));
	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		office_figure *f = &d->v.figure[d->v.figure_n++];
		f->words = req_say(r, office_state_key(r, shown[i]));
		f->n = d->count[shown[i]];
		f->few = !d->v.works && f->n > 0 && f->n < LEAST;
		if (f->n && office_may(r, RIGHT_PEOPLE_READ))
			f->to = req_link(r, "/staff/people?state=%s",
					 model_state[shown[i]]);
	}
	d->v.aside = true;
}

/* Where those work who have nothing to do with people. */
static void ways(desk *d)
{
	static const struct {
		const char *path, *key, *icon;
		right need;
	} to[] = {{"/staff/accounts", "s.menu.accounts", "lock", RIGHT_STAFF},
		  {"/staff/programme", "s.menu.programme", "cal", RIGHT_PROGRAMME},
		  {"/staff/texts", "s.menu.texts", "book", RIGHT_PROGRAMME},
		  {"/staff/outbox", "s.menu.outbox", "send", RIGHT_SYSTEM},
		  {"/staff/doctor", "s.menu.doctor", "shield", RIGHT_SYSTEM},
		  {"/staff/incidents", "s.incidents.title", "oct", RIGHT_INCIDENT}};
	req *r = d->r;
	d->v.way = NEW_ARRAY(r->ctx->mem, view_item, ARRAY_LEN(to));
	for (size_t i = 0; i < ARRAY_LEN(to); i++)
		/* Who follows pairs finds incidents there. */
		if (office_may(r, to[i].need) &&
		    (to[i].need != RIGHT_INCIDENT || !office_may(r, RIGHT_MATCH)))
			d->v.way[d->v.way_n++] =
				(view_item){.to = req_link(r, "%s", to[i].path),
					    .key = to[i].key,
					    .icon = to[i].icon};
}

static bool about(desk *d, str *first_name)
{
	enum { PLACES = 8 };
	req *r = d->r;
	programme p;
	account a;
	str name[PLACES];
	size_t n = 0;
	if (!store_programme_get(r->ctx, &p) ||
	    !store_account_get(r->ctx, r->actor.account, &a))
		return false;
	d->v.programme = p.name;
	d->v.goal = p.name.n ? p.goal : 0;
	d->v.from = p.from;
	d->v.to = p.to;
	const uint16_t *code;
	size_t codes;
	if (!office_municipalities(r, &code, &codes))
		return false;
	for (size_t i = 0; i < codes && n < PLACES; i++) {
		const municipality *m = model_municipality_get(code[i]);
		if (m)
			name[n++] = m->name;
	}
	d->v.places = office_list(r, name, n, (int64_t)(codes - n));
	str rest = a.name;
	if (!str_cut(&rest, ' ', first_name))
		*first_name = a.name;
	return true;
}

static void titles(desk *d, str first_name)
{
	req *r = d->r;
	str arg[] = {first_name};
	str day = view_weekday_date(r->ctx->mem, r->lang, r->ctx->today);
	char *line = str_terminated(r->ctx->mem, day);
	if (line[0] >= 'a' && line[0] <= 'z')
		line[0] = (char)(line[0] - 'a' + 'A');
	d->v.day = str_from(line);
	if (d->v.works && d->v.task_n)
		d->v.title =
			office_count(r, "s.office.hello", (int64_t)d->v.task_n, arg, 1);
	else
		d->v.title = req_say_with(r, "s.office.hello_free", arg, 1);
}

static bool look_at_people(desk *d)
{
	if (!store_people_count(d->r->ctx, d->count))
		return false;
	figures(d);
	return true;
}

static bool fill_tasks(desk *d)
{
	if (!read_talks(d) || !calls(d) || !introductions(d))
		return false;
	talks_today(d);
	talks_past(d);
	return undecided(d) &&
	       group(d, STATE_SUBMITTED, "phone", BOOK_MINUTES, "s.task.book.what",
		     "s.task.book.since", "s.task.book.do", "interview") &&
	       group(d, STATE_APPROVED, "okc", 1, "s.task.approve.what",
		     "s.task.approve.since", "s.task.approve.do", "") &&
	       waiting(d);
}

/* ---- the page ------------------------------------------------------------------------------------------- */

bool staff_show(req *r)
{
	desk *d = NEW(r->ctx->mem, desk);
	str first_name = S("");
	page_begin(r, "s.office.title");
	d->r = r;
	d->v = (office_view){.page = &r->page,
			     .task = NEW_ARRAY(r->ctx->mem, office_task, TASKS_MOST),
			     .done = req_link(r, "/staff/today"),
			     .works = office_may(r, RIGHT_PEOPLE_READ)};
	bool counts = d->v.works || office_may(r, RIGHT_FIGURES);
	if (!about(d, &first_name) || (counts && !look_at_people(d)) ||
	    (d->v.works && !fill_tasks(d)))
		return false;
	if (office_may(r, RIGHT_PEOPLE_WRITE))
		d->v.enrol = req_link(r, "/staff/people/new");
	ways(d);
	titles(d, first_name);
	d->v.aside |= d->v.goal > 0;
	tmpl_office(&r->html, r->lang, &d->v);
	return req_page(r, 200);
}

/* ---- what is done today ------------------------------------------------------------------------------------ */

static int64_t midnight(const req *r)
{
	return date_from_local((local_time){r->ctx->today, 0});
}

bool staff_today(req *r)
{
	task *t;
	size_t n;
	page_begin(r, "s.today.title");
	office_view v = {.page = &r->page,
			 .task = NEW_ARRAY(r->ctx->mem, office_task, TASKS_MOST),
			 .done = req_link(r, "/staff"),
			 .title = req_say(r, "s.today.title")};
	if (!store_tasks(r->ctx, midnight(r), &t, &n))
		return false;
	for (size_t i = 0; i < n && v.task_n < TASKS_MOST; i++) {
		if (!t[i].done)
			continue;
		str when = office_when(r, t[i].done);
		office_task *o = &v.task[v.task_n++];
		*o = (office_task){.page = &r->page,
				   .icon = "okc",
				   .grade = S("ok"),
				   .what = t[i].name.n
						   ? t[i].name
						   : req_say(r, "s.task.call.nameless"),
				   .since = req_say_with(r, "s.task.call.done", &when, 1),
				   .verb = "s.task.call.undo",
				   .to = req_link(r, "/staff/tasks/%s", t[i].id.s),
				   .post = true,
				   .done = true};
		if (kind_of(&t[i]) == ARRAY_LEN(about_people))
			continue;
		if (!person_words(r, &t[i], &o->key, &o->name))
			return false;
		v.task_n -= o->name.n == 0;
	}
	tmpl_today(&r->html, r->lang, &v);
	return req_page(r, 200);
}

typedef struct finishing {
	id task;
	bool done;
	str result;
} finishing;

static bool do_finish(ctx *c, void *arg)
{
	const finishing *f = arg;
	return act_task_done(c, f->task, f->done);
}

bool task_done(req *r)
{
	finishing f = {.done = !str_equal(req_form(r, "done"), S("no"))};
	f.result = req_link(r, "/staff%s", f.done ? "" : "/today").path;
	if (!req_id(r, &f.task) || !req_write(r, do_finish, &f, &f.result))
		return false;
	return req_done(r, (html_link){f.result}, f.done ? "call_done" : "call_undone");
}
