/* store: backup, restore, doctor, the master key, what is swept. */
#include "figures_help.h"
#include "store/keep_priv.h"

typedef struct away {
	char dir[96], file[128], keys[128], to[96];
	str key;
} away;

/* Where copies go, and what the master key is. */
static away elsewhere(house *h)
{
	away p;
	snprintf(p.dir, sizeof p.dir, "%s/copies", h->dir);
	snprintf(p.file, sizeof p.file, "%s/one.backup", p.dir);
	snprintf(p.keys, sizeof p.keys, "%s/kompis.keys", p.dir);
	snprintf(p.to, sizeof p.to, "%s/restored", h->dir);
	mkdir(p.dir, 0700);
	WORKS(store_key_export(&h->c, h->base, &p.key));
	return p;
}

static store_copy copy_of(const away *p)
{
	return (store_copy){
		.file = str_from(p->file), .key = p->key, .dir = str_from(p->to)};
}

static bool exists(const char *dir, const char *name)
{
	char path[160];
	struct stat st;
	snprintf(path, sizeof path, "%s%s%s", dir, name ? "/" : "", name ? name : "");
	return !stat(path, &st);
}

static void spill(const char *path, str bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.s, bytes.n), (ssize_t)bytes.n);
	close(fd);
}

/* Goes on in what was restored: files, whatever it was a copy of. */
static void move_in(house *h, const away *p)
{
	house_leave(h);
	h->database[0] = h->keys[0] = 0;
	snprintf(h->dir, sizeof h->dir, "%.60s", p->to);
	house_enter(h);
}

static void move_back(house *h, const char *dir)
{
	house_leave(h);
	snprintf(h->dir, sizeof h->dir, "%.60s", dir);
	if (on_pg())
		pg_urls("t", h->database, h->keys);
	house_enter(h);
}

static bool spoil_work(ctx *c, void *arg)
{
	query q;
	if (!db_query(c, SQL("UPDATE person SET sealed = $2 WHERE id = $1"), &q))
		return false;
	bind_id(&q, 1, arg);
	bind_blob(&q, 2, S("no seal"));
	return db_run(&q, NULL);
}

static void spoil_seal(house *h, id *who)
{
	WORKS(store_write(&h->c, spoil_work, who));
}

/* ---- the master key --------------------------------------------------------------------- */

static void key_goes_round(void **fixture)
{
	house *h = *fixture;
	uint8_t master[SECRET_BYTES], again[SECRET_BYTES];
	char path[96];
	str text, bytes;
	int64_t at;
	WORKS(keep_note_get(&h->c, "key_exported", &at));
	assert_int_equal(at, 0);
	WORKS(store_key_export(&h->c, h->base, &text));
	WORKS(keep_note_get(&h->c, "key_exported", &at));
	assert_int_equal(at, START);
	assert_int_equal(text.n, 14 * 5 - 1);
	snprintf(path, sizeof path, "%s/master.key", h->dir);
	bytes = slurp(h->mem, path);
	assert_true(master_parse(text, master));
	assert_true(master_parse(bytes, again));
	assert_memory_equal(master, bytes.s, SECRET_BYTES);
	assert_memory_equal(again, bytes.s, SECRET_BYTES);
	/* As it is typed from paper; and one letter wrong, missing or too many is found. */
	char *typed = str_terminated(h->mem, text);
	for (char *p = typed; *p; p++)
		*p = (char)(*p == '-'   ? '\n'
			    : *p == '1' ? 'l'
			    : *p >= 'a' ? *p - 32
					: *p);
	assert_true(master_parse(str_from(typed), again));
	assert_memory_equal(again, bytes.s, SECRET_BYTES);
	for (size_t i = 0; i < text.n; i++) {
		char *wrong = str_terminated(h->mem, text);
		if (wrong[i] == '-')
			continue;
		wrong[i] = wrong[i] == '7' ? '8' : '7';
		assert_false(master_parse(str_from(wrong), again));
	}
	assert_false(master_parse(str_slice(text, 0, text.n - 1), again));
	assert_false(master_parse(str_format(h->mem, "%s0", typed), again));
	assert_false(master_parse(S(""), again));
	/* No page shows it. */
	h->who = (actor){.role = ROLE_ADMINISTRATOR, .rights = ~0u};
	h->c.actor = &h->who;
	FAILS(store_key_export(&h->c, h->base, &text), FAULT_HIDDEN, "fault.hidden");
}

/* ---- there and back --------------------------------------------------------------------------- */

static void a_backup_comes_back(void **fixture)
{
	house *h = *fixture;
	char home[64];
	away p = elsewhere(h);
	account a = {.role = ROLE_ADMINISTRATOR,
		     .name = S("Ada"),
		     .email = S("ada@example.org"),
		     .state = S("active")};
	session s;
	str cookie;
	message m = {.rule = S("r"),
		     .subject_key = S("1"),
		     .channel = S("mail"),
		     .body = S("text")};
	actor who;
	person got;
	int64_t at;
	id amina = put(h, someone("Amina", "Saleh", LULEA, STATE_WAITING));
	WORKS(store_account_set(&h->c, &a));
	s = (session){.account = a.id, .expires = START + DAY};
	WORKS(store_session_new(&h->c, &s, &cookie));
	WORKS(store_outbox_add(&h->c, &m));
	WORKS(store_backup(&h->c, h->base, str_from(p.file)));
	/* What comes later is not in it. */
	id later = put(h, someone("Beata", "Berg", LULEA, STATE_WAITING));
	assert_true(exists(p.file, NULL) && exists(p.keys, NULL));
	assert_false(exists(p.dir, "one.backup.part") ||
		     exists(p.dir, "one.backup.copy") ||
		     exists(p.dir, "kompis.keys.part"));
	struct stat st;
	assert_int_equal(stat(p.file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	WORKS(keep_note_get(&h->c, "backup", &at));
	assert_int_equal(at, START);
	store_copy r = copy_of(&p);
	WORKS(store_restore(&h->c, &r));
	assert_int_equal(r.people, 1);
	assert_int_equal(r.erased, 0);
	assert_int_equal(r.at, START);
	snprintf(home, sizeof home, "%s", h->dir);
	move_in(h, &p);
	WORKS(store_person_get(&h->c, amina, true, &got));
	assert_same(got.value[FIELD_GIVEN], "Amina");
	FAILS(store_person_get(&h->c, later, true, &got), FAULT_HIDDEN, "fault.hidden");
	WORKS(store_account_by_email(&h->c, S("ada@example.org"), &a));
	/* Once-only things are not brought back. */
	FAILS(store_session_get(&h->c, cookie, &s, &who), FAULT_HIDDEN, "fault.hidden");
	WORKS(store_outbox_get(&h->c, m.id, &m));
	assert_same(m.state, "failed");
	WORKS(keep_note_get(&h->c, "backup", &at));
	assert_int_equal(at, START);
	move_back(h, home);
}

static void into_a_directory_with_the_key(void **fixture)
{
	house *h = *fixture;
	char path[160];
	away p = elsewhere(h);
	put(h, someone("Amina", "Saleh", LULEA, STATE_WAITING));
	WORKS(store_backup(&h->c, h->base, str_from(p.file)));
	store_copy r = copy_of(&p);
	r.key = S("");
	FAILS(store_restore(&h->c, &r), FAULT_INPUT, "restore.key_wanted");
	snprintf(path, sizeof path, "%s/master.key", h->dir);
	str master = slurp(h->mem, path);
	mkdir(p.to, 0700);
	snprintf(path, sizeof path, "%s/master.key", p.to);
	spill(path, master);
	WORKS(store_restore(&h->c, &r));
	assert_true(exists(p.to, "kompis.db"));
	assert_true(str_equal(slurp(h->mem, path), master));
	snprintf(path, sizeof path, "%s.restoring", p.to);
	assert_false(exists(path, NULL));
	FAILS(store_restore(&h->c, &r), FAULT_INPUT, "restore.not_empty");
}

static bool destroy_work(ctx *c, void *arg)
{
	return person_destroy(c, arg);
}

/*
 * Whoever was erased is not brought back by an older backup, and nobody can open what it has of them.
 * They still count.
 */
static void erased_people_stay_erased(void **fixture)
{
	house *h = *fixture;
	char home[64];
	away p = elsewhere(h);
	person got;
	id gone = put(h, someone("Zenobia", "Saleh", LULEA, STATE_DRAFT));
	id stays = put(h, someone("Amina", "Saleh", LULEA, STATE_WAITING));
	id counted = put(h, someone("Ali", "Saleh", LULEA, STATE_WAITING));
	char figures[512];
	snprintf(figures, sizeof figures, "%.*s",
		 STR_ARG(figures_text(&h->c, BY_EVERYTHING)));
	WORKS(store_backup(&h->c, h->base, str_from(p.file)));
	WORKS(store_person_erase(&h->c, gone));
	WORKS(store_write(&h->c, destroy_work, &counted));
	assert_same(figures_text(&h->c, BY_EVERYTHING), figures);
	char second[128];
	snprintf(second, sizeof second, "%s/two.backup", p.dir);
	h->c.now += DAY;
	WORKS(store_backup(&h->c, h->base, str_from(second)));
	store_copy r = copy_of(&p);
	WORKS(store_restore(&h->c, &r));
	assert_int_equal(r.erased, 2);
	assert_int_equal(r.people, 1);
	snprintf(home, sizeof home, "%s", h->dir);
	move_in(h, &p);
	FAILS(store_person_get(&h->c, gone, true, &got), FAULT_HIDDEN, "fault.hidden");
	FAILS(store_person_get(&h->c, counted, true, &got), FAULT_HIDDEN, "fault.hidden");
	assert_same(figures_text(&h->c, BY_EVERYTHING), figures);
	WORKS(store_person_get(&h->c, stays, true, &got));
	move_back(h, home);
}

/* ---- what is refused ------------------------------------------------------------------------------ */

static void nothing_was_built(const away *p)
{
	char path[160];
	snprintf(path, sizeof path, "%s.restoring", p->to);
	assert_false(exists(path, NULL));
	assert_false(exists(p->to, NULL));
}

/* One byte anywhere: in the head, the database, the hash; of either file. Or the end is missing. */
static void a_flipped_byte_is_refused(void **fixture)
{
	house *h = *fixture;
	away p = elsewhere(h);
	store_copy r = copy_of(&p);
	put(h, someone("Amina", "Saleh", LULEA, STATE_WAITING));
	WORKS(store_backup(&h->c, h->base, str_from(p.file)));
	for (int f = 0; f < 2; f++) {
		const char *path = f ? p.keys : p.file;
		str good = slurp(h->mem, path);
		size_t step = good.n / 40;
		for (size_t at = 0; at <= good.n; at += step) {
			str bad = str_copy(h->mem, good);
			size_t flip = at < good.n ? at : good.n - 1;
			*(char *)(uintptr_t)(bad.s + flip) ^= 0x10;
			spill(path, bad);
			h->c.fault = (fault){0};
			assert_false(store_restore(&h->c, &r));
			assert_int_equal(h->c.fault.kind, FAULT_INPUT);
			nothing_was_built(&p);
		}
		spill(path, str_slice(good, 0, good.n - 1));
		FAILS(store_restore(&h->c, &r), FAULT_INPUT, "restore.damaged");
		spill(path, str_format(h->mem, "%s", ""));
		FAILS(store_restore(&h->c, &r), FAULT_INPUT, "restore.not_a_backup");
		spill(path, good);
	}
	nothing_was_built(&p);
	WORKS(store_restore(&h->c, &r));
}

static void what_does_not_belong_is_refused(void **fixture)
{
	house *h = *fixture;
	away p = elsewhere(h);
	store_copy r = copy_of(&p);
	put(h, someone("Amina", "Saleh", LULEA, STATE_WAITING));
	WORKS(store_backup(&h->c, h->base, str_from(p.file)));
	r.key = S("no key");
	FAILS(store_restore(&h->c, &r), FAULT_INPUT, "restore.key_unreadable");
	r.key = S("01234567890123456789012345678901");
	FAILS(store_restore(&h->c, &r), FAULT_INPUT, "restore.key_wrong");
	r = copy_of(&p);
	r.keys = r.file;
	FAILS(store_restore(&h->c, &r), FAULT_INPUT, "restore.not_a_backup");
	r.keys = S("/nowhere/kompis.keys");
	FAILS(store_restore(&h->c, &r), FAULT_INPUT, "restore.cannot_read");
	/* Keys from before the database. */
	str old = slurp(h->mem, p.keys);
	h->c.now += 1;
	WORKS(store_backup(&h->c, h->base, str_from(p.file)));
	spill(p.keys, old);
	r = copy_of(&p);
	FAILS(store_restore(&h->c, &r), FAULT_INPUT, "restore.keys_older");
	nothing_was_built(&p);
	FAILS(store_backup(&h->c, h->base, str_from(p.keys)), FAULT_USAGE, "backup.name");
	FAILS(store_backup(&h->c, h->base, S("")), FAULT_USAGE, "backup.name");
	FAILS(store_backup(&h->c, h->base, S("/nowhere/x")), FAULT_RESOURCE,
	      "store.cannot_write");
}

/* A backup of a database that was already altered says so when it is restored. */
static void altered_rows_are_refused(void **fixture)
{
	house *h = *fixture;
	away p = elsewhere(h);
	store_copy r = copy_of(&p);
	id amina = put(h, someone("Amina", "Saleh", LULEA, STATE_WAITING));
	WORKS(store_log(&h->c, S("look"), amina));
	raw(h, SQL("UPDATE log SET action = 'other' WHERE action = 'look'"), NULL);
	WORKS(store_backup(&h->c, h->base, str_from(p.file)));
	FAILS(store_restore(&h->c, &r), FAULT_INPUT, "restore.chain");
	raw(h, SQL("UPDATE log SET action = 'look' WHERE action = 'other'"), NULL);
	spoil_seal(h, &amina);
	WORKS(store_backup(&h->c, h->base, str_from(p.file)));
	FAILS(store_restore(&h->c, &r), FAULT_INPUT, "restore.closed");
	nothing_was_built(&p);
}

/* ---- while someone writes --------------------------------------------------------------------------- */

typedef struct writer {
	house *h;
	atomic_bool stop;
	atomic_int added;
} writer;

typedef struct pair {
	person a, b;
} pair;

static bool add_pair(ctx *c, void *arg)
{
	pair *two = arg;
	return store_person_add(c, &two->a) && store_person_add(c, &two->b);
}

static void *write_on(void *arg)
{
	writer *w = arg;
	while (!atomic_load(&w->stop)) {
		arena *mem = arena_new(0);
		ctx c;
		house_handle(w->h, &c, mem);
		pair two = {.a = {.state = STATE_WAITING, .written = S("sv")},
			    .b = {.state = STATE_WAITING, .written = S("sv")}};
		two.a.value[FIELD_GIVEN] = two.b.value[FIELD_GIVEN] = S("Bo");
		if (store_write(&c, add_pair, &two))
			atomic_fetch_add(&w->added, 2);
		arena_free(mem);
	}
	return NULL;
}

/* People are added two by two: a copy with an odd number would be of a moment that never was. */
static void a_busy_database_is_copied_whole(void **fixture)
{
	house *h = *fixture;
	away p = elsewhere(h);
	writer w = {.h = h};
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, write_on, &w), 0);
	for (int i = 0; i < 5; i++) {
		int before = atomic_load(&w.added);
		while (atomic_load(&w.added) < before + 4)
			sched_yield();
		WORKS(store_backup(&h->c, h->base, str_from(p.file)));
		store_copy r = copy_of(&p);
		WORKS(store_restore(&h->c, &r));
		assert_int_equal(r.people % 2, 0);
		assert_true(r.people >= before + 4);
		nftw(p.to, drop_one, 8, FTW_DEPTH | FTW_PHYS);
	}
	atomic_store(&w.stop, true);
	pthread_join(thread, NULL);
}

/* ---- the doctor ------------------------------------------------------------------------------------------ */

static int grade_of(house *h, const char *key)
{
	finding *f;
	size_t n;
	int grade = -1;
	WORKS(store_doctor(&h->c, h->base, &f, &n));
	for (size_t i = 0; i < n; i++)
		if (!strcmp(f[i].key, key))
			grade = f[i].grade;
	return grade;
}

static void the_doctor_of_a_sound_house(void **fixture)
{
	house *h = *fixture;
	static const char *const fine[] = {
		"doctor.integrity", "doctor.dangling", "doctor.chain",   "doctor.seals",
		"doctor.modes",     "doctor.clock",    "doctor.messages"};
	put(h, someone("Amina", "Saleh", LULEA, STATE_WAITING));
	h->c.now = INT64_C(1800000000000);
	for (size_t i = 0; i < ARRAY_LEN(fine); i++)
		assert_int_equal(grade_of(h, fine[i]), 0);
	assert_int_equal(grade_of(h, "doctor.backup_never"), 1);
	assert_int_equal(grade_of(h, "doctor.exported_never"), 1);
	assert_int_equal(grade_of(h, "doctor.administrator_none"), 1);
	away p = elsewhere(h);
	WORKS(store_backup(&h->c, h->base, str_from(p.file)));
	account a = {
		.role = ROLE_ADMINISTRATOR, .email = S("a@x.org"), .state = S("active")};
	WORKS(store_account_set(&h->c, &a));
	assert_int_equal(grade_of(h, "doctor.backup"), 0);
	assert_int_equal(grade_of(h, "doctor.exported"), 0);
	assert_int_equal(grade_of(h, "doctor.administrator"), 0);
	h->c.now += 9 * DAY;
	assert_int_equal(grade_of(h, "doctor.backup_old"), 1);
	/* Not for everyone. */
	finding *f;
	size_t n;
	h->who = (actor){.role = ROLE_COORDINATOR, .account = a.id};
	h->c.actor = &h->who;
	FAILS(store_doctor(&h->c, h->base, &f, &n), FAULT_HIDDEN, "fault.hidden");
}

static void the_doctor_finds_each_fault(void **fixture)
{
	house *h = *fixture;
	id amina = put(h, someone("Amina", "Saleh", LULEA, STATE_WAITING));
	char path[96];
	message m = {.rule = S("r"),
		     .subject_key = S("1"),
		     .channel = S("sms"),
		     .body = S("x")};
	h->c.now = INT64_C(1800000000000);
	WORKS(store_outbox_add(&h->c, &m));
	h->c.now += 2 * DAY;
	assert_int_equal(grade_of(h, "doctor.messages_waiting"), 1);
	assert_true(send_as(h, MESSAGE_FAILED, "550", &m));
	assert_int_equal(grade_of(h, "doctor.messages_failed"), 1);
	m = (message){.rule = S("ceiling"), .subject_key = S("1"), .channel = S("mail")};
	WORKS(store_outbox_add(&h->c, &m));
	assert_int_equal(grade_of(h, "doctor.sms_ceiling"), 2);
	WORKS(store_log(&h->c, S("look"), amina));
	WORKS(store_log(&h->c, S("look"), amina));
	h->c.now -= 2 * DAY;
	assert_int_equal(grade_of(h, "doctor.clock_bad"), 2);
	h->c.now = 0;
	assert_int_equal(grade_of(h, "doctor.clock_bad"), 2);
	h->c.now = INT64_C(1800000000000);
	raw(h, SQL("DELETE FROM log WHERE seq = 1"), NULL);
	assert_int_equal(grade_of(h, "doctor.chain_bad"), 2);
	spoil_seal(h, &amina);
	assert_int_equal(grade_of(h, "doctor.seals_bad"), 2);
	snprintf(path, sizeof path, "%s/master.key", h->dir);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(grade_of(h, "doctor.modes_bad"), 2);
}

/* ---- what is swept ------------------------------------------------------------------------------------------- */

static void what_is_over_goes(void **fixture)
{
	house *h = *fixture;
	id draft = put(h, someone("Amina", "Saleh", LULEA, STATE_DRAFT));
	id stays = put(h, someone("Beata", "Berg", LULEA, STATE_WAITING));
	token t = {.kind = S("login"), .person = stays, .expires = START + DAY};
	session s = {.person = stays, .expires = START + 90 * DAY, .idle_ms = DAY};
	message m = {.rule = S("r"),
		     .subject_key = S("1"),
		     .channel = S("sms"),
		     .person = stays,
		     .body = S("x")};
	person got;
	str secret;
	for (int i = 0; i < 120; i++)
		put(h, someone("Ceasar", "Många", LULEA, STATE_DRAFT));
	WORKS(store_token_new(&h->c, &t, S(""), &secret, NULL));
	WORKS(store_session_new(&h->c, &s, &secret));
	WORKS(store_budget_take(&h->c, S("b"), S("x"), 3, 3600));
	WORKS(store_outbox_add(&h->c, &m));
	assert_true(send_as(h, MESSAGE_SENT, "", &m));
	WORKS(store_sweep(&h->c));
	assert_int_equal(raw(h, SQL("SELECT COUNT(*) FROM person"), NULL), 122);
	assert_int_equal(raw(h, SQL("SELECT COUNT(*) FROM budget"), NULL), 1);
	h->c.now = START + DAY;
	WORKS(store_sweep(&h->c));
	assert_int_equal(raw(h, SQL("SELECT COUNT(*) FROM token"), NULL), 0);
	assert_int_equal(raw(h, SQL("SELECT COUNT(*) FROM session"), NULL), 0);
	assert_int_equal(raw(h, SQL("SELECT COUNT(*) FROM budget"), NULL), 0);
	WORKS(store_person_get(&h->c, draft, true, &got));
	h->c.now = START + 30 * DAY;
	WORKS(store_sweep(&h->c));
	FAILS(store_person_get(&h->c, draft, true, &got), FAULT_HIDDEN, "fault.hidden");
	WORKS(store_person_get(&h->c, stays, true, &got));
	assert_int_equal(raw(h, SQL("SELECT COUNT(*) FROM person"), NULL), 1);
	/* The text of what was sent is gone; that it was sent is not. */
	WORKS(store_outbox_get(&h->c, m.id, &m));
	assert_same(m.body, "");
	assert_same(m.state, "sent");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(key_goes_round),
		HOUSE_TEST(a_backup_comes_back),
		HOUSE_TEST(into_a_directory_with_the_key),
		HOUSE_TEST(erased_people_stay_erased),
		HOUSE_TEST(a_flipped_byte_is_refused),
		HOUSE_TEST(what_does_not_belong_is_refused),
		HOUSE_TEST(altered_rows_are_refused),
		HOUSE_TEST(a_busy_database_is_copied_whole),
		HOUSE_TEST(the_doctor_of_a_sound_house),
		HOUSE_TEST(the_doctor_finds_each_fault),
		HOUSE_TEST(what_is_over_goes),
	};
	return cmocka_run_group_tests_name("store keep", tests, NULL, NULL);
}
