/* What the years of an office are held against: each message on its way, and all that is kept. */
#ifndef YEAR_RULES_H
#define YEAR_RULES_H

#include "year_staff.h"

/* ---- messages, as they leave the house ----------------------------------------------------------- */

/* Whether somebody of this number is named or can be reached by what stands in a text. */
static inline bool tells_of(str text, int number)
{
	char mark[4][24];
	snprintf(mark[0], sizeof mark[0], "Namn%04d", number);
	snprintf(mark[1], sizeof mark[1], "post%04d@", number);
	snprintf(mark[2], sizeof mark[2], "67017%05d", number);
	snprintf(mark[3], sizeof mark[3], "07017%05d", number);
	for (size_t i = 0; i < ARRAY_LEN(mark); i++)
		if (str_find(text, str_from(mark[i])) >= 0)
			return true;
	return false;
}

static inline bool may_know(const office *o, const human *self, const human *other)
{
	for (size_t i = 0; i < o->deals; i++) {
		const deal *d = &o->deal[i];
		if (d->state >= INTRODUCED && d->yes[0] && d->yes[1] &&
		    !id_none(d->pair) &&
		    ((d->who[0] == self && d->who[1] == other) ||
		     (d->who[1] == self && d->who[0] == other)))
			return true;
	}
	return false;
}

static inline void compare_names(office *o, const human *self, const message *m)
{
	if (!has_name(m->body) && str_find(m->body, S("07017")) < 0)
		return;
	for (size_t i = 0; i < o->humans; i++) {
		const human *p = &o->human[i];
		if (p == self || !tells_of(m->body, (int)i))
			continue;
		if (!str_equal(m->rule, S("introduction")) || !may_know(o, self, p))
			broke(o, LAW_AFTER_BOTH, "%.*s to %d tells of %zu",
			      STR_ARG(m->rule), number_of(o, self), i);
	}
	if (str_equal(m->channel, S("sms")))
		broke(o, LAW_NAMELESS, "in an SMS to %d", number_of(o, self));
}

static inline void compare_address(office *o, const human *p, const message *m)
{
	str own = p->reach == BY_MAIL ? mail_of(o->job[0], o, p)
				      : phone_of(o->job[0], o, p);
	if (!str_equal(m->to, own))
		broke(o, LAW_ONE_ADDRESS, "%.*s to %.*s, not %.*s", STR_ARG(m->rule),
		      STR_ARG(m->to), STR_ARG(own));
}

/* By its letters, and by words that no other of these languages has. */
static inline void compare_language(office *o, const human *p, const message *m)
{
	static const char *const swedish[] = {"Hej",   "Du ",     "Vill",  "Ni ",
					      "Hur ",  "Svara",   "Det ",  "Tack",
					      "Dina ", "Förslag", "Svaren"};
	bool arabic = str_find(m->body, S("\xd8\xa7")) >= 0, sv = false;
	for (size_t i = 0; i < ARRAY_LEN(swedish); i++)
		sv |= str_find(m->body, str_from(swedish[i])) >= 0;
	const char *is = arabic ? "ar" : sv ? "sv" : "en";
	if (strcmp(is, p->lang) != 0)
		broke(o, LAW_OWN_LANGUAGE, "%.*s to %d in %s, not %s: %.*s",
		      STR_ARG(m->rule), number_of(o, p), is, p->lang,
		      STR_ARG(str_slice(m->body, 0, 40)));
}

static inline void compare_links(office *o, const message *m)
{
	str rest = m->body;
	for (;;) {
		ptrdiff_t at = str_find(rest, S("://"));
		if (at < 0)
			return;
		str from = str_slice(rest, at > 5 ? (size_t)at - 5 : 0, rest.n);
		if (str_find(from, S(OUR_PAGES "/")) != 0)
			broke(o, LAW_OWN_PAGES, "%.*s: %.*s", STR_ARG(m->rule),
			      STR_ARG(str_slice(from, 0, 60)));
		rest = str_slice(rest, (size_t)at + 3, rest.n);
	}
}

static inline void compare_said(office *o, const message *m)
{
	char text[sizeof o->said[0]];
	snprintf(text, sizeof text, "%.*s %.*s", STR_ARG(m->rule),
		 STR_ARG(m->subject_key));
	/* What is written about again is so soon after, if at all. */
	size_t first = o->saids > 400 ? o->saids - 400 : 0;
	for (size_t i = first; i < o->saids; i++)
		if (!strcmp(o->said[i % SAID], text))
			broke(o, LAW_ONCE, "%s", text);
	memcpy(o->said[o->saids++ % SAID], text, sizeof text);
}

/* The last part of the link, and which page it leads to. */
static inline void put_in_box(office *o, human *p, const message *m)
{
	ptrdiff_t at = str_find(m->body, S(OUR_PAGES "/"));
	if (at < 0 || str_equal(m->rule, S("introduction")) ||
	    str_equal(m->rule, S("leaving")) || str_equal(m->rule, S("news")))
		return;
	size_t from = (size_t)at + sizeof OUR_PAGES, to = from;
	letter l = {.to = p,
		    .page = str_starts(m->rule, S("offer"))  ? 'o'
			    : str_equal(m->rule, S("again")) ? 'a'
							     : 'k',
		    .expires = m->expires};
	while (to < m->body.n && m->body.s[to] > ' ')
		to++;
	str link = str_slice(m->body, from, to);
	for (ptrdiff_t to_cut; (to_cut = str_find(link, S("/"))) >= 0;)
		link = str_slice(link, (size_t)to_cut + 1, link.n);
	snprintf(l.secret, sizeof l.secret, "%.*s", STR_ARG(link));
	o->letter[o->letters++ % LETTERS] = l;
}

static inline void post(office *o)
{
	message m;
	for (;;) {
		ctx *c = enter(o, NULL);
		assert_true(store_outbox_claim(c, HOUR, &m));
		if (id_none(m.id))
			return;
		assert_true(store_outbox_settle(c, &m, MESSAGE_SENT, S("")));
		if (id_none(m.person))
			continue;
		human *p = human_with(o, m.person);
		compare_address(o, p, &m);
		compare_names(o, p, &m);
		compare_language(o, p, &m);
		compare_links(o, &m);
		compare_said(o, &m);
		put_in_box(o, p, &m);
		if (o->planted == LAW_ONCE && one_in(o, 20))
			PLANT(o,
			      "UPDATE message SET state = 'queued', due = 0 WHERE id = "
			      "$1",
			      &m.id);
	}
}

/* The twin of one mail to both. */
static inline bool do_write_to_both(ctx *c, void *arg)
{
	const deal *d = arg;
	message m = {.rule = S("offer_over"),
		     .subject_key = id_str(&d->proposal),
		     .person = d->who[0]->id,
		     .channel = S("mail"),
		     .to = S("post0000@prov.example, post0001@prov.example"),
		     .lang = S("sv"),
		     .subject = S("Hej"),
		     .body = S("Hej")};
	return store_outbox_add(c, &m);
}

/* ---- offers and pairs, after each step -------------------------------------------------------------- */

static inline bool has_left(office *o, const human *p)
{
	person now;
	return !is_stored(o, p, &now) || now.state == STATE_CLOSED ||
	       now.state == STATE_WITHDRAWN || now.state == STATE_DECLINED;
}

static inline void follow_offer(office *o, deal *d)
{
	proposal p;
	proposal_person *who;
	size_t n;
	ctx *c = enter(o, NULL);
	if (!store_proposal_get(c, d->proposal, &p, &who, &n)) {
		/* Both were erased. */
		c->fault = (fault){.kind = FAULT_NONE};
		d->state = OVER;
		return;
	}
	if (!p.ended)
		return;
	if (str_equal(p.state, S("expired")) && d->expires > o->now)
		broke(o, LAW_LINK_LASTS, "an offer was over too early");
	if (str_equal(p.state, S("withdrawn")) && !has_left(o, d->who[0]) &&
	    !has_left(o, d->who[1]))
		broke(o, LAW_NO_LIMBO, "an offer was taken back by nobody");
	d->state = OVER;
}

static inline void follow_pair(office *o, deal *d)
{
	pair p;
	/* What is over may be taken back within a day. */
	if (d->state == OVER && d->ended < o->now - 2 * DAY)
		return;
	if (!stored_pair(o, d, &p)) {
		d->state = OVER;
		return;
	}
	d->ended = p.ended;
	bool is_over = p.ended != 0;
	if (is_over && d->state == INTRODUCED)
		over(o, d, true);
	else if (!is_over && d->state == OVER) {
		d->state = INTRODUCED;
		unbar(o, d->who[0], d->who[1]);
	}
}

static inline void follow_deals(office *o)
{
	for (size_t i = 0; i < o->deals; i++) {
		deal *d = &o->deal[i];
		if (!id_none(d->pair))
			follow_pair(o, d);
		else if (d->state != OVER)
			follow_offer(o, d);
	}
}

/* ---- people, each evening --------------------------------------------------------------------------------- */

static inline void compare_person(office *o, const human *p)
{
	person now = stored(o, p);
	str queued = model_value_decode(o->job[0], FIELD_QUEUED, now.value[FIELD_QUEUED]);
	ymd day = date_from_day(p->queued);
	str want = str_format(o->job[0], "%04d-%02d-%02d", day.year, day.month, day.day);
	int all = open_deals(o, p, false), offers = open_deals(o, p, true);
	bool paired = now.state == STATE_PAIRED, proposed = now.state == STATE_PROPOSED;
	if (!str_equal(queued, want))
		broke(o, LAW_QUEUE_DATE, "of %d: %.*s, was %.*s", number_of(o, p),
		      STR_ARG(queued), STR_ARG(want));
	if (all > (p->newcomer ? 1 : p->capacity))
		broke(o, LAW_SEATS, "%d has %d", number_of(o, p), all);
	bool left = now.state == STATE_CLOSED || now.state == STATE_WITHDRAWN;
	/* The office may think better of it for a day; then her offers and pairs end. */
	if (left && o->now - now.changed < 2 * DAY + 3 * HOUR)
		return;
	if (proposed != (offers > 0 && !paired && !left) || (all > offers && !paired) ||
	    (left && all))
		broke(o, LAW_NO_LIMBO, "%d is %s with %d offers and %d buddies",
		      number_of(o, p), model_state[now.state], offers, all - offers);
}

static inline int64_t rows_of(office *o, const human *p)
{
	return ASK(o, "SELECT count(*) FROM person WHERE id = $1", &p->id) +
	       ASK(o, "SELECT count(*) FROM event WHERE subject = $1", &p->id) +
	       ASK(o, "SELECT count(*) FROM message WHERE person = $1", &p->id) +
	       ASK(o, "SELECT count(*) FROM token WHERE person = $1", &p->id) +
	       ASK(o, "SELECT count(*) FROM round_person WHERE person = $1", &p->id) +
	       ASK(o, "SELECT count(*) FROM proposal_person WHERE person = $1", &p->id) +
	       ASK(o, "SELECT count(*) FROM pair_person WHERE person = $1", &p->id) +
	       ASK(o, "SELECT count(*) FROM checkin WHERE person = $1", &p->id) +
	       ASK(o, "SELECT count(*) FROM incident WHERE person = $1", &p->id) +
	       ASK(o, "SELECT count(*) FROM barred WHERE one = $1", &p->id) +
	       ASK(o, "SELECT count(*) FROM barred WHERE other = $1", &p->id);
}

static inline bool has_key(office *o, const human *p)
{
	str wrapped;
	ctx *c = enter(o, NULL);
	query q;
	bool row;
	assert_true(db_query_on(c, &c->store->keys,
				SQL("SELECT wrapped FROM person_key WHERE person = $1"),
				&q));
	bind_id(&q, 1, &p->id);
	assert_true(db_next(&q, &row));
	wrapped = row ? S("there") : S("");
	if (row)
		db_end(&q);
	return wrapped.n > 0;
}

/* Erased on the day that was said, or because nobody was heard of: and then nothing of her is left. */
static inline void compare_leaving(office *o, human *p)
{
	person now;
	bool there = is_stored(o, p, &now);
	bool late = p->leaves && p->leaves <= o->now - 2 * HOUR;
	if (there && late) {
		erasure e;
		assert_true(store_erasure_get(enter(o, NULL), p->id, &e));
		broke(o, e.due ? LAW_CATCHES_UP : LAW_GONE, "%d stays", number_of(o, p));
	}
	if (there)
		return;
	p->gone = true;
	if (rows_of(o, p) || has_key(o, p))
		broke(o, LAW_GONE, "something of %d is left", number_of(o, p));
}

/* ---- what was due, each time the machine has looked ------------------------------------------------------ */

static inline void compare_reminders(office *o, const deal *d)
{
	if (d->state != OFFERED)
		return;
	if (d->expires <= o->now - 2 * HOUR)
		broke(o, LAW_CATCHES_UP, "an offer is open after its time");
	if (d->expires - 3 * DAY > o->now - 2 * HOUR || d->expires <= o->now)
		return;
	for (int k = 0; k < 2; k++) {
		int64_t at;
		ctx *c = enter(o, NULL);
		if (d->yes[k] || d->asked[k] || d->who[k]->reach == BY_NOTHING)
			continue;
		assert_true(store_outbox_last(c, S("offer_reminder"), d->row[k], &at));
		if (!at)
			broke(o, LAW_CATCHES_UP, "%d was not reminded",
			      number_of(o, d->who[k]));
	}
}

/* The check-in that is due: of those missed only the last, and not ten days after another; a day and a half is time enough. */
static inline void compare_checkins(office *o, const deal *d)
{
	static const int on[] = {21, 35, 65, 95, 125, 155, 183};
	pair p;
	checkin *k;
	size_t n;
	int turn = 0;
	int64_t last = 0;
	bool asked = false;
	if (d->state != INTRODUCED || !stored_pair(o, d, &p) || p.state == PAIR_PAUSED)
		return;
	for (int i = 0; i < (int)ARRAY_LEN(on); i++)
		if (p.base + on[i] <= wall_day(o->now - 36 * HOUR))
			turn = i + 1;
	ctx *c = enter(o, NULL);
	assert_true(store_checkins(c, p.id, &k, &n));
	for (size_t i = 0; i < n; i++) {
		asked |= k[i].n >= turn;
		last = k[i].asked > last ? k[i].asked : last;
	}
	if (!turn || asked || (last && o->now - last < 12 * DAY))
		return;
	for (int i = 0; i < 2; i++)
		if (d->who[i]->leaves || stored(o, d->who[i]).state != STATE_PAIRED)
			return;
	broke(o, LAW_CATCHES_UP, "%d and %d were not asked for the %d. time",
	      number_of(o, d->who[0]), number_of(o, d->who[1]), turn);
}

/* What has an hour of the day is planned for it, summer and winter. */
static inline void compare_hours(office *o)
{
	job_row *all;
	size_t n;
	ctx *c = enter(o, NULL);
	assert_true(store_jobs(c, &all, &n));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < act_job_count; k++) {
			const act_job *j = &act_jobs[k];
			if (!str_equal(all[i].name, str_from(j->name)) ||
			    j->when.rhythm == ACT_EVERY || all[i].tries || all[i].claim.n)
				continue;
			int64_t at = wall(wall_day(all[i].due), j->when.minute);
			if (at != all[i].due)
				broke(o, LAW_WALL_TIME, "%s", j->name);
		}
}

/* ---- figures, each week ---------------------------------------------------------------------------------------- */

static inline void compare_figure(office *o, const figure *f, const char *kind,
				  int64_t events, int64_t humans, bool *seen)
{
	if (!str_equal(str_from(f->kind), str_from(kind)))
		return;
	*seen = true;
	int64_t counted = o->planted == LAW_COUNTED_ONCE ? f->events : f->people;
	if (f->events != events)
		broke(o, LAW_FIGURES_STAY, "%s: %lld, were %lld", kind,
		      (long long)f->events, (long long)events);
	if (counted != humans)
		broke(o, LAW_COUNTED_ONCE, "%s: %lld people, were %lld", kind,
		      (long long)counted, (long long)humans);
}

static inline void compare_figures(office *o)
{
	const figures_ask ask = {.from = 0, .to = INT32_MAX};
	figure *f;
	size_t n;
	int64_t paired = 0;
	bool seen[2] = {false, false};
	for (size_t i = 0; i < o->humans; i++)
		paired += o->human[i].counted_pair;
	ctx *c = enter(o, NULL);
	assert_true(store_figures(c, &ask, &f, &n));
	for (size_t i = 0; i < n; i++) {
		compare_figure(o, &f[i], "registered", o->registered, o->registered,
			       &seen[0]);
		compare_figure(o, &f[i], "pair_introduced", o->pairs, paired, &seen[1]);
	}
	if ((o->registered && !seen[0]) || (o->pairs && !seen[1]))
		broke(o, LAW_FIGURES_STAY, "some are not there any more");
}

#endif
