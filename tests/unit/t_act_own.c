/*
 * act: what people do with their own data: pause and go on, take a consent back, be erased and
 * change their mind. And that erased is erased: no byte of it in what is kept, beside it or in copies.
 */
#include "jobs_help.h"

#include "act/office.h"
#include "mail/mail.h"
#include "store/keep_priv.h"

/* ---- doing it ------------------------------------------------------------------------------- */

typedef enum deed {
	PAUSE,
	RESUME,
	ERASE,
	KEEP,
	TAKE_BACK,
	AGREE,
	STAFF_ERASE,
	STAFF_KEEP,
	STAFF_RESUME,
	STAFF_UNDO
} deed;
typedef struct doing {
	deed deed;
	id who;
} doing;

static bool do_it(ctx *c, void *arg)
{
	const doing *d = arg;
	switch (d->deed) {
	case PAUSE:
		return act_own_pause(c);
	case RESUME:
		return act_own_resume(c);
	case ERASE:
		return act_own_erase(c);
	case KEEP:
		return act_own_keep(c, S("sv"));
	case TAKE_BACK:
		return act_own_consent(c, CONSENT_FOR_MATCH, false, S("sv"));
	case AGREE:
		return act_own_consent(c, CONSENT_FOR_MATCH, true, S("sv"));
	case STAFF_ERASE:
		return act_person_erase(c, d->who);
	case STAFF_KEEP:
		return act_person_keep(c, d->who);
	case STAFF_RESUME:
		break;
	case STAFF_UNDO:
		return act_person_undo(c, d->who, 0);
	}
	return act_person_step(
		c, &(act_step){.person = d->who, .verb = S("resume_waiting")});
}

static bool does(house *h, id who, deed what)
{
	const actor self = {.person = who};
	doing d = {.deed = what};
	h->c.actor = &self;
	h->c.today = date_local(h->c.now).day;
	bool ok = store_write(&h->c, do_it, &d);
	h->c.actor = NULL;
	return ok;
}

static state state_of(house *h, id who)
{
	person p;
	WORKS(store_person_get(&h->c, who, false, &p));
	return p.state;
}

static id reachable(house *h, state s)
{
	person p = someone("Zenobia", "Planted", LULEA, s);
	p.value[FIELD_EMAIL] = S("zenobia@planted.example");
	p.value[FIELD_QUEUED] = S("2023-03-05");
	p.value[FIELD_CONSENT] = S("yes");
	id who = put(h, p);
	WORKS(store_consent_set(&h->c, who, CONSENT_FOR_MATCH, true, S("sv"), S("web")));
	return who;
}

static int64_t letters(house *h, const char *how)
{
	message *m;
	size_t n;
	int64_t found = 0, total;
	WORKS(store_outbox_list(&h->c, S(""), 0, 100, &m, &n, &total));
	for (size_t i = 0; i < n; i++)
		found += str_equal(m[i].rule, S("erase")) &&
			 str_equal(m[i].state, str_from(how));
	return found;
}

/* The time is over: the first round plans, another one an hour later does. */
static void time_passes(house *h)
{
	int64_t now = h->c.now + ACT_REGRET_DAYS * DAY;
	round_at(h, now);
	round_at(h, now + HOUR);
}

/* ---- a pause ----------------------------------------------------------------------------------- */

static void after_a_pause_one_is_where_one_was(void **fixture)
{
	static const struct {
		state from, after;
	} way[] = {{STATE_WAITING, STATE_WAITING},
		   {STATE_SUBMITTED, STATE_SUBMITTED},
		   {STATE_APPROVED, STATE_SUBMITTED}};
	house *h = *fixture;
	for (size_t i = 0; i < ARRAY_LEN(way); i++) {
		person p;
		id who = reachable(h, way[i].from);
		WORKS(does(h, who, PAUSE));
		assert_int_equal(state_of(h, who), STATE_PAUSED);
		FAILS(does(h, who, PAUSE), FAULT_CONFLICT, "fault.changed");
		WORKS(does(h, who, RESUME));
		assert_int_equal(state_of(h, who), way[i].after);
		FAILS(does(h, who, RESUME), FAULT_CONFLICT, "fault.changed");
		WORKS(store_person_get(&h->c, who, false, &p));
		assert_same(p.value[FIELD_QUEUED], "2023-03-05");
	}
}

static void staff_are_not_participants(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	for (deed d = PAUSE; d <= AGREE; d++) {
		doing one = {.deed = d};
		h->c.actor = &karin;
		FAILS(store_write(&h->c, do_it, &one), FAULT_HIDDEN, "fault.hidden");
	}
	h->c.actor = NULL;
}

/* ---- asking to be erased ----------------------------------------------------------------------- */

static void nothing_happens_for_seven_days(void **fixture)
{
	house *h = *fixture;
	person p;
	erasure e;
	id who = reachable(h, STATE_WAITING);
	WORKS(does(h, who, ERASE));
	assert_int_equal(state_of(h, who), STATE_PAUSED);
	assert_int_equal(letters(h, "queued"), 1);
	WORKS(does(h, who, ERASE));
	assert_int_equal(letters(h, "queued"), 1);
	FAILS(does(h, who, RESUME), FAULT_CONFLICT, "fault.changed");
	WORKS(store_erasure_get(&h->c, who, &e));
	assert_int_equal(e.due, START + ACT_REGRET_DAYS * DAY);
	for (int64_t at = START; at < e.due; at += 5 * HOUR)
		round_at(h, at);
	WORKS(store_person_get(&h->c, who, true, &p));
	/* Off for a month: made up for. */
	round_at(h, START + 30 * DAY);
	FAILS(store_person_get(&h->c, who, true, &p), FAULT_HIDDEN, "fault.hidden");
}

static void one_may_change_ones_mind(void **fixture)
{
	house *h = *fixture;
	consent_row row[CONSENT_PURPOSES];
	erasure e;
	id who = reachable(h, STATE_WAITING);
	WORKS(does(h, who, TAKE_BACK));
	WORKS(store_consents(&h->c, who, row));
	assert_false(row[CONSENT_FOR_MATCH].given);
	WORKS(store_erasure_get(&h->c, who, &e));
	assert_true(e.due > 0);
	h->c.now += DAY;
	WORKS(does(h, who, KEEP));
	WORKS(store_consents(&h->c, who, row));
	assert_true(row[CONSENT_FOR_MATCH].given);
	assert_int_equal(state_of(h, who), STATE_WAITING);
	assert_int_equal(letters(h, "queued"), 0);
	assert_int_equal(letters(h, "suppressed"), 1);
	round_at(h, START + 30 * DAY);
	assert_int_equal(state_of(h, who), STATE_WAITING);
	/* And ask again, and then be told again. */
	WORKS(does(h, who, ERASE));
	assert_int_equal(letters(h, "queued"), 1);
	WORKS(does(h, who, AGREE));
	WORKS(store_erasure_get(&h->c, who, &e));
	assert_int_equal(e.due, 0);
}

static void a_pause_of_before_stays(void **fixture)
{
	house *h = *fixture;
	id who = reachable(h, STATE_WAITING);
	WORKS(does(h, who, PAUSE));
	h->c.now += DAY;
	WORKS(does(h, who, ERASE));
	WORKS(does(h, who, KEEP));
	assert_int_equal(state_of(h, who), STATE_PAUSED);
	WORKS(does(h, who, RESUME));
	assert_int_equal(state_of(h, who), STATE_WAITING);
}

static bool book(ctx *c, void *arg)
{
	return act_interview_book(c, arg, 0);
}

static void her_talk_is_called_off(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	interview *all, i = {.person = reachable(h, STATE_SUBMITTED),
			     .at = START + 3 * DAY,
			     .mode = S("phone"),
			     .conduct = QUEUED_UNKNOWN,
			     .identity = QUEUED_UNKNOWN,
			     .extract = QUEUED_UNKNOWN};
	size_t n;
	h->c.actor = &karin;
	WORKS(store_write(&h->c, book, &i));
	WORKS(does(h, i.person, ERASE));
	WORKS(store_interviews_of(&h->c, i.person, &all, &n));
	assert_same(all[0].state, "cancelled");
}

static void a_draft_goes_at_once(void **fixture)
{
	house *h = *fixture;
	person p;
	id who = reachable(h, STATE_DRAFT);
	WORKS(does(h, who, ERASE));
	FAILS(store_person_get(&h->c, who, false, &p), FAULT_HIDDEN, "fault.hidden");
}

static bool staff_does(house *h, const actor *who, id whom, deed what)
{
	doing d = {what, whom};
	h->c.actor = who;
	bool ok = store_write(&h->c, do_it, &d);
	h->c.actor = NULL;
	return ok;
}

static void the_office_can_for_who_phones(void **fixture)
{
	house *h = *fixture;
	erasure e;
	id who = reachable(h, STATE_WAITING);
	actor karin = coordinator_of(h, LULEA), far = coordinator_of(h, BODEN);
	actor reader = karin;
	reader.rights = RIGHT_BIT(PEOPLE_READ) | RIGHT_BIT(CONTACT_READ);
	FAILS(staff_does(h, &far, who, STAFF_ERASE), FAULT_HIDDEN, "fault.hidden");
	FAILS(staff_does(h, &reader, who, STAFF_ERASE), FAULT_HIDDEN, "fault.hidden");
	WORKS(staff_does(h, &karin, who, STAFF_ERASE));
	WORKS(store_erasure_get(&h->c, who, &e));
	assert_true(id_equal(e.account, karin.account));
	FAILS(staff_does(h, &karin, who, STAFF_RESUME), FAULT_CONFLICT, "fault.changed");
	FAILS(staff_does(h, &karin, who, STAFF_UNDO), FAULT_CONFLICT, "fault.changed");
	FAILS(staff_does(h, &far, who, STAFF_KEEP), FAULT_HIDDEN, "fault.hidden");
	WORKS(staff_does(h, &karin, who, STAFF_KEEP));
	assert_int_equal(state_of(h, who), STATE_WAITING);
}

/* Who becomes part of another takes along that she asked. */
static void it_follows_who_is_merged(void **fixture)
{
	house *h = *fixture;
	erasure e;
	id keep = reachable(h, STATE_WAITING), gone = reachable(h, STATE_SUBMITTED);
	WORKS(does(h, gone, ERASE));
	WORKS(store_person_merge(&h->c, keep, gone));
	WORKS(store_erasure_get(&h->c, keep, &e));
	assert_int_equal(e.due, START + ACT_REGRET_DAYS * DAY);
}

/* ---- erased is erased ---------------------------------------------------------------------------- */

static const char *const planted[] = {"Zenobia", "Planted", "zenobia@planted.example",
				      "planted.example", "+46701740611"};

static int in_files; /* for nftw, which hands nothing on */
static int look_in(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	(void)st;
	(void)f;
	if (flag != FTW_F)
		return 0;
	arena *mem = arena_new(0);
	str s = slurp(mem, path);
	for (size_t i = 0; i < ARRAY_LEN(planted); i++)
		if (s.n && memmem(s.s, s.n, planted[i], strlen(planted[i]))) {
			in_files++;
			break;
		}
	arena_free(mem);
	return 0;
}

/* How many files in and below the directory have it; of PostgreSQL, tables too. */
static int traces(house *h)
{
	in_files = 0;
	assert_int_equal(nftw(h->dir, look_in, 8, FTW_PHYS), 0);
	for (size_t i = 0; on_pg() && i < ARRAY_LEN(planted); i++)
		in_files += tables_with(h, planted[i]);
	return in_files;
}

static bool add_all(ctx *c, void *arg)
{
	id *who = arg;
	person p = someone("Zenobia", "Planted", LULEA, STATE_WAITING);
	p.value[FIELD_EMAIL] = S("zenobia@planted.example");
	p.value[FIELD_PHONE] = S("+46701740611");
	p.value[FIELD_NOTE] = S("Planted note of Zenobia");
	if (!store_person_add(c, &p))
		return false;
	*who = p.id;
	for (int i = 0; i < 2; i++) {
		mail_letter l = {.rule = "welcome",
				 .subject_key = str_format(c->mem, "%s/%d", p.id.s, i),
				 .person = p.id,
				 .to = i ? p.value[FIELD_PHONE] : p.value[FIELD_EMAIL],
				 .lang = S("sv")};
		if (!mail_queue(c, &l))
			return false;
	}
	return true;
}

/* Messages become files, as where no mail server is set up. */
static void send_to_files(house *h)
{
	size_t sent;
	mail_ways w = {.dir = str_format(h->mem, "%s/outbox", h->dir),
		       .origin = S(ORIGIN),
		       .from = S("office@example.org"),
		       .seconds = 5,
		       .clock = house_clock,
		       .self = h};
	WORKS(mail_drain(&h->c, &w, &sent));
	assert_int_equal(sent, 2);
}

static void find_by_name(house *h, size_t want)
{
	people_list l;
	bool more;
	WORKS(store_people_search(&h->c, S("Zenobia"), 5, &l, &more));
	assert_int_equal(l.item_n, want);
}

typedef struct copies {
	char dir[96], old[128], new[128], to[96], key[256];
} copies;

static copies copies_of(house *h)
{
	copies p;
	str key;
	snprintf(p.dir, sizeof p.dir, "%s/copies", h->dir);
	snprintf(p.old, sizeof p.old, "%s/old.backup", p.dir);
	snprintf(p.new, sizeof p.new, "%s/new.backup", p.dir);
	snprintf(p.to, sizeof p.to, "%s/restored", h->dir);
	mkdir(p.dir, 0700);
	WORKS(store_key_export(&h->c, h->base, &key));
	snprintf(p.key, sizeof p.key, "%.*s", STR_ARG(key));
	return p;
}

/* What the old copy, with the keys of the newest, still shows of anyone. */
static size_t shown_by_old(house *h, const copies *p)
{
	char home[64], database[PG_URL], keys[PG_URL];
	people_list l = {0};
	store_copy r = {.file = str_from(p->old),
			.key = str_from(p->key),
			.dir = str_from(p->to)};
	WORKS(store_restore(&h->c, &r));
	snprintf(home, sizeof home, "%s", h->dir);
	memcpy(database, h->database, sizeof database);
	memcpy(keys, h->keys, sizeof keys);
	house_leave(h);
	h->database[0] = h->keys[0] = 0;
	snprintf(h->dir, sizeof h->dir, "%.60s", p->to);
	house_enter(h);
	WORKS(store_people_all(&h->c, ~0u, &l));
	size_t n = 0;
	for (size_t i = 0; i < l.item_n; i++)
		n += str_equal(l.item[i].value[FIELD_GIVEN], S("Zenobia"));
	house_leave(h);
	nftw(p->to, drop_one, 8, FTW_DEPTH | FTW_PHYS);
	snprintf(h->dir, sizeof h->dir, "%s", home);
	memcpy(h->database, database, sizeof database);
	memcpy(h->keys, keys, sizeof keys);
	house_enter(h);
	return n;
}

static bool read_key(ctx *c, void *arg)
{
	str *wrapped = arg;
	query q;
	if (!db_query_on(c, &c->store->keys, SQL("SELECT wrapped FROM person_key"), &q) ||
	    !db_one(&q))
		return false;
	*wrapped = row_blob(&q, 0);
	db_end(&q);
	return true;
}

typedef struct undoing {
	id who;
	str wrapped;
} undoing;

/* The twin: as if the key had not been destroyed, and nobody had noted whom to erase again. */
static bool put_key_back(ctx *c, void *arg)
{
	const undoing *u = arg;
	query q;
	if (!db_query_on(c, &c->store->keys,
			 SQL("INSERT INTO person_key (person, wrapped) VALUES ($1, $2)"),
			 &q))
		return false;
	bind_id(&q, 1, &u->who);
	bind_blob(&q, 2, u->wrapped);
	return db_run(&q, NULL) && db_do(c, &c->store->keys, SQL("DELETE FROM erased"));
}

static void no_byte_is_left(void **fixture)
{
	house *h = *fixture;
	undoing u;
	arena *mine = arena_new(0); /* the house's ends when one moves */
	copies p = copies_of(h);
	WORKS(store_write(&h->c, add_all, &u.who));
	WORKS(store_read(&h->c, read_key, &u.wrapped));
	u.wrapped = str_copy(mine, u.wrapped);
	send_to_files(h);
	find_by_name(h, 1);
	assert_int_equal(traces(h),
			 2); /* two files for two messages; all else is sealed */
	WORKS(store_backup(&h->c, h->base, str_from(p.old)));
	assert_int_equal(shown_by_old(h, &p), 1);
	WORKS(does(h, u.who, ERASE));
	time_passes(h);
	find_by_name(h, 0);
	WORKS(store_backup(&h->c, h->base, str_from(p.new)));
	assert_int_equal(traces(h), 0);
	assert_int_equal(shown_by_old(h, &p), 0);
	WORKS(store_write(&h->c, put_key_back, &u));
	WORKS(store_backup(&h->c, h->base, str_from(p.new)));
	assert_int_equal(shown_by_old(h, &p), 1);
	arena_free(mine);
}

/* ---- several processes ----------------------------------------------------------------------------- */

static bool count_known(ctx *c, void *arg)
{
	id *found;
	return index_search(c, S("Zenobia"), &found, arg);
}

/* Whose name it has in memory, whoever may see it. */
static size_t known_to(ctx *c)
{
	size_t n = 0;
	assert_true(store_read(c, count_known, &n));
	return n;
}

/* One erases; another has the name in its memory. */
static void another_process_forgets_too(void **fixture)
{
	house *h = *fixture;
	ctx other = {.mem = h->mem, .now = START};
	store_base *base;
	id who;
	if (!on_pg())
		return; /* files have one process */
	store_where w = house_where(h);
	assert_true(store_base_open_at(&other, &w, false, &base));
	arena *mem = arena_new(0);
	assert_true(store_open(&other, mem, base, &other.store));
	WORKS(store_write(&h->c, add_all, &who));
	put(h, someone("Zenobia", "Stays", LULEA, STATE_WAITING));
	assert_int_equal(known_to(&other), 2);
	assert_true(store_tidy(&other));
	assert_int_equal(known_to(&other), 2);
	WORKS(does(h, who, ERASE));
	time_passes(h);
	assert_int_equal(known_to(&other), 2);
	assert_true(store_tidy(&other));
	assert_int_equal(known_to(&other), 1);
	arena_free(mem);
	store_base_close(base);
}

/* A file without a message, or whose message has no text any more, goes; another is not touched. */
static void files_go_with_their_text(void **fixture)
{
	static const char *const file[] = {"0123456789abcdefghjkmnpqrs.eml",
					   "0123456789abcdefghjkmnpqrs.sms.part",
					   "README.eml", "notes.txt"};
	house *h = *fixture;
	char path[160];
	struct stat st;
	id who;
	WORKS(store_write(&h->c, add_all, &who));
	send_to_files(h);
	for (size_t i = 0; i < ARRAY_LEN(file); i++) {
		snprintf(path, sizeof path, "%s/outbox/%s", h->dir, file[i]);
		int fd = open(path, O_WRONLY | O_CREAT, 0600);
		assert_true(fd >= 0);
		close(fd);
	}
	WORKS(store_tidy(&h->c));
	for (size_t i = 0; i < ARRAY_LEN(file); i++) {
		snprintf(path, sizeof path, "%s/outbox/%s", h->dir, file[i]);
		assert_int_equal(stat(path, &st) == 0, i >= 2);
	}
	assert_int_equal(traces(h), 2);
	/* The text of what was sent is kept for 30 days. */
	h->c.now += 31 * DAY;
	WORKS(store_sweep(&h->c));
	WORKS(store_tidy(&h->c));
	assert_int_equal(traces(h), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(after_a_pause_one_is_where_one_was),
		HOUSE_TEST(staff_are_not_participants),
		HOUSE_TEST(nothing_happens_for_seven_days),
		HOUSE_TEST(one_may_change_ones_mind),
		HOUSE_TEST(a_pause_of_before_stays),
		HOUSE_TEST(her_talk_is_called_off),
		HOUSE_TEST(a_draft_goes_at_once),
		HOUSE_TEST(the_office_can_for_who_phones),
		HOUSE_TEST(it_follows_who_is_merged),
		HOUSE_TEST(no_byte_is_left),
		HOUSE_TEST(another_process_forgets_too),
		HOUSE_TEST(files_go_with_their_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
