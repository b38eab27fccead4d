/* store: transactions, retries, once is once, opening, migrations, a full disk. */
#include "store_help.h"

#include <pthread.h>

static int64_t people_in(house *h)
{
	return raw(h, SQL("SELECT COUNT(*) FROM person"), NULL);
}

static int64_t keys_in(house *h)
{
	int64_t out = -1;
	raw_job j = {.d = &h->c.store->keys,
		     .text = SQL("SELECT COUNT(*) FROM person_key"),
		     .out = &out};
	WORKS(store_write(&h->c, raw_work, &j));
	return out;
}

/* ---- transactions ----------------------------------------------------------------------- */

typedef struct add_job {
	person p;
	bool then;      /* what it returns after adding */
	bool swallow;   /* a failing inner one is passed over */
	int runs, busy; /* how often it ran, and how often it says "busy" first */
	jmp_buf *escape;
} add_job;

static bool add_and_say(ctx *c, void *arg)
{
	add_job *j = arg;
	j->runs++;
	if (!store_person_add(c, &j->p))
		return false;
	if (j->escape)
		longjmp(*j->escape, 1);
	if (j->runs <= j->busy) {
		c->store->again = true;
		return ctx_fail(c, FAULT_BUSY, "fault.busy", S(""), S(""));
	}
	return j->then || ctx_fail(c, FAULT_INPUT, "fault.store", S(""), S(""));
}

static bool add_around(ctx *c, void *arg)
{
	add_job *j = arg;
	person before = someone("Outer", "One", LULEA, STATE_WAITING);
	if (!store_person_add(c, &before))
		return false;
	return store_write(c, add_and_say, j) || j->swallow;
}

static void what_fails_leaves_nothing(void **fixture)
{
	house *h = *fixture;
	add_job j = {.p = someone("Ali", "A", LULEA, STATE_WAITING)};
	FAILS(store_write(&h->c, add_and_say, &j), FAULT_INPUT, "fault.store");
	assert_int_equal(j.runs, 1);
	assert_int_equal(people_in(h), 0);
	assert_int_equal(keys_in(h), 0);
	/* Twin: the same that succeeds is there. */
	j.then = true;
	WORKS(store_write(&h->c, add_and_say, &j));
	assert_int_equal(people_in(h), 1);
	assert_int_equal(keys_in(h), 1);
}

static void an_inner_failure_undoes_itself_only(void **fixture)
{
	house *h = *fixture;
	add_job j = {.p = someone("Inner", "A", LULEA, STATE_WAITING), .swallow = true};
	WORKS(store_write(&h->c, add_around, &j) && (h->c.fault = (fault){0}, true));
	assert_int_equal(people_in(h), 1);
	people_list l;
	bool more;
	WORKS(store_people_search(&h->c, S("inner"), 9, &l, &more));
	assert_int_equal(l.item_n, 0);
	j.swallow = false;
	FAILS(store_write(&h->c, add_around, &j), FAULT_INPUT, "fault.store");
	assert_int_equal(people_in(h), 1);
}

static void busy_is_tried_again_a_bounded_number_of_times(void **fixture)
{
	house *h = *fixture;
	add_job j = {
		.p = someone("Ali", "A", LULEA, STATE_WAITING), .then = true, .busy = 3};
	WORKS(store_write(&h->c, add_and_say, &j));
	assert_int_equal(j.runs, 4);
	assert_int_equal(people_in(h), 1);
	j = (add_job){.p = j.p, .then = true, .busy = 1000};
	FAILS(store_write(&h->c, add_and_say, &j), FAULT_BUSY, "fault.busy");
	assert_in_range(j.runs, 2, 100);
	assert_int_equal(people_in(h), 1);
}

/* Memory given up in the middle: the arena's clean-ups roll back, and the handle goes on. */
static void memory_given_up_rolls_back(void **fixture)
{
	house *h = *fixture;
	arena *mem = arena_new(0);
	jmp_buf out;
	add_job j = {.p = someone("Ali", "A", LULEA, STATE_WAITING), .escape = &out};
	ctx c = {.mem = mem, .now = START, .store = h->c.store};
	if (setjmp(out) == 0) {
		bool done = store_write(&c, add_and_say, &j);
		assert_false(done);
	}
	arena_free(mem);
	assert_int_equal(people_in(h), 0);
	assert_int_equal(keys_in(h), 0);
}

/* The caller may drop what it got, also in the arena that the handle will be closed with. */
static void a_handle_outlives_a_reset(void **fixture)
{
	house *h = *fixture;
	int64_t count[STATE_COUNT];
	for (int i = 0; i < 3; i++) {
		arena_mark here = arena_here(h->mem);
		put(h, someone("Ali", "A", LULEA, STATE_WAITING));
		WORKS(store_people_count(&h->c, count));
		assert_int_equal(count[STATE_WAITING], i + 1);
		arena_reset(h->mem, here);
		memset(NEW_ARRAY(h->mem, char, 20000), 0xa5, 20000);
	}
}

static bool look_twice(ctx *c, void *arg)
{
	house *other = arg;
	int64_t before[STATE_COUNT], after[STATE_COUNT];
	if (!store_people_count(c, before))
		return false;
	put(other, someone("Ny", "N", LULEA, STATE_WAITING));
	if (!store_people_count(c, after))
		return false;
	return !memcmp(before, after, sizeof before);
}

static void reads_together_see_one_moment(void **fixture)
{
	house *h = *fixture;
	arena *mem = arena_new(0);
	house other = *h;
	house_handle(&other, &other.c, mem);
	WORKS(store_read(&h->c, look_twice, &other));
	assert_int_equal(people_in(h), 1);
	arena_free(mem);
}

/* ---- two writers ---------------------------------------------------------------------------- */

enum { EACH = 40 };
typedef struct writer {
	house *h;
	int64_t done;
	const char *key; /* claim this once before adding; NULL: no */
	int64_t again;
} writer;

static bool claim_and_add(ctx *c, void *arg)
{
	writer *w = arg;
	bool again = false;
	str result;
	person p = {.state = STATE_WAITING, .written = S("sv")};
	p.value[FIELD_GIVEN] = S("Tråd");
	if (w->key && !store_once(c, str_from(w->key), &again, &result))
		return false;
	w->again = again;
	if (again)
		return true;
	return store_person_add(c, &p) &&
	       (!w->key || store_once_result(c, str_from(w->key), id_str(&p.id)));
}

static void *write_many(void *arg)
{
	writer *w = arg;
	for (int i = 0; i < (w->key ? 1 : EACH); i++) {
		arena *mem = arena_new(0);
		ctx c;
		house_handle(w->h, &c, mem);
		w->done += store_write(&c, claim_and_add, w);
		arena_free(mem);
	}
	return NULL;
}

static void run_two(writer w[2])
{
	pthread_t t[2];
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&t[i], NULL, write_many, &w[i]), 0);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
}

static void two_writers_both_get_through(void **fixture)
{
	house *h = *fixture;
	writer w[2] = {{.h = h}, {.h = h}};
	run_two(w);
	assert_int_equal(w[0].done, EACH);
	assert_int_equal(w[1].done, EACH);
	assert_int_equal(people_in(h), 2 * EACH);
	assert_int_equal(keys_in(h), 2 * EACH);
	int64_t broken;
	WORKS(log_verify(&h->c, &broken));
	assert_int_equal(broken, 0);
}

typedef struct searcher {
	house *h;
	size_t most; /* found at once */
	bool ok;
} searcher;

static void *search_many(void *arg)
{
	searcher *w = arg;
	w->ok = true;
	for (int i = 0; i < EACH; i++) {
		arena *mem = arena_new(0);
		ctx c;
		people_list l;
		bool more;
		house_handle(w->h, &c, mem);
		w->ok &= store_people_search(&c, S("trad"), 1000, &l, &more);
		/* What was found once is found again: nobody is taken away here. */
		w->ok &= l.item_n >= w->most;
		w->most = l.item_n;
		arena_free(mem);
	}
	return NULL;
}

static void searches_beside_writers_never_lose_a_name(void **fixture)
{
	house *h = *fixture;
	writer w[2] = {{.h = h}, {.h = h}};
	searcher s[2] = {{.h = h}, {.h = h}};
	pthread_t t[2];
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&t[i], NULL, search_many, &s[i]), 0);
	run_two(w);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	assert_true(s[0].ok && s[1].ok);
	search_many(&s[0]);
	assert_true(s[0].ok);
	assert_int_equal(s[0].most, 2 * EACH);
}

static void a_form_sent_from_two_threads_counts_once(void **fixture)
{
	house *h = *fixture;
	writer w[2] = {{.h = h, .key = "form-1"}, {.h = h, .key = "form-1"}};
	run_two(w);
	assert_int_equal(w[0].done + w[1].done, 2);
	assert_int_equal(w[0].again + w[1].again, 1);
	assert_int_equal(people_in(h), 1);
}

/* ---- once ------------------------------------------------------------------------------------- */

typedef struct once_job {
	const char *key;
	bool again;
	str result;
} once_job;

static bool once_work(ctx *c, void *arg)
{
	once_job *j = arg;
	if (!store_once(c, str_from(j->key), &j->again, &j->result))
		return false;
	return j->again || store_once_result(c, str_from(j->key), S("answer"));
}

static void a_key_is_one_actors_for_two_days(void **fixture)
{
	house *h = *fixture;
	actor one = coordinator_of(h, LULEA), two = coordinator_of(h, LULEA);
	once_job j = {.key = "k"};
	h->c.actor = &one;
	WORKS(store_write(&h->c, once_work, &j));
	assert_false(j.again);
	assert_same(j.result, "");
	WORKS(store_write(&h->c, once_work, &j));
	assert_true(j.again);
	assert_same(j.result, "answer");
	h->c.actor = &two;
	WORKS(store_write(&h->c, once_work, &j));
	assert_false(j.again);
	h->c.actor = &one;
	h->c.now += 2 * DAY;
	WORKS(store_write(&h->c, once_work, &j));
	assert_true(j.again);
	h->c.now++;
	WORKS(store_write(&h->c, once_work, &j));
	assert_false(j.again);
}

static void count_bytes(void *self, void *out, size_t n)
{
	uint8_t *next = self;
	for (size_t i = 0; i < n; i++)
		((uint8_t *)out)[i] = (*next)++;
}

static void secrets_are_letters_from_the_one_source(void **fixture)
{
	house *h = *fixture;
	str one = store_secret_new(&h->c, 52), two = store_secret_new(&h->c, 52);
	assert_int_equal(one.n, 52);
	assert_int_equal(strlen(one.s), 52);
	assert_false(str_equal(one, two));
	for (size_t i = 0; i < one.n; i++)
		assert_non_null(strchr("0123456789abcdefghjkmnpqrstvwxyz", one.s[i]));
	uint8_t next = 0;
	h->c.random = count_bytes;
	h->c.random_self = &next;
	assert_same(store_secret_new(&h->c, 4), "0123");
	assert_false(id_equal(store_id_new(&h->c), store_id_new(&h->c)));
}

/* ---- opening ------------------------------------------------------------------------------------- */

static void one_server_at_a_time_and_readers_beside(void **fixture)
{
	house *h = *fixture;
	store_base *second;
	put(h, someone("Ali", "A", LULEA, STATE_WAITING));
	store_where w = house_where(h);
	/* Of one PostgreSQL several may be the server. */
	if (on_pg()) {
		WORKS(store_base_open_at(&h->c, &w, false, &second));
		store_base_close(second);
	} else {
		FAILS(store_base_open_at(&h->c, &w, false, &second), FAULT_RESOURCE,
		      "store.locked");
	}
	WORKS(store_base_open_at(&h->c, &w, true, &second));
	arena *mem = arena_new(0);
	ctx c = {.mem = mem, .now = START};
	people_list l;
	assert_true(store_open(&c, mem, second, &c.store));
	assert_true(store_people_all(&c, 1u << STATE_WAITING, &l));
	assert_int_equal(l.item_n, 1);
	assert_same(l.item[0].value[FIELD_GIVEN], "Ali");
	person p = someone("Bo", "B", LULEA, STATE_WAITING);
	assert_false(store_person_add(&c, &p));
	assert_string_equal(c.fault.key, "store.read_only");
	arena_free(mem);
	store_base_close(second);
	assert_int_equal(people_in(h), 1);
}

static void the_directory_is_ours_alone(void **fixture)
{
	house *h = *fixture;
	static const char *const file[] = {"kompis.db", "keys.db", "master.key"};
	struct stat st;
	char path[128];
	FILES_ONLY();
	put(h, someone("Ali", "A", LULEA, STATE_WAITING));
	for (size_t i = 0; i < ARRAY_LEN(file); i++) {
		snprintf(path, sizeof path, "%s/%s", h->dir, file[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
	assert_int_equal(st.st_size, SECRET_BYTES);
	char fresh[128];
	store_base *b;
	snprintf(fresh, sizeof fresh, "%s/more", h->dir);
	WORKS(store_base_open(&h->c, str_from(fresh), false, &b));
	assert_int_equal(stat(fresh, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	store_base_close(b);
	FAILS(store_base_open(&h->c, str_format(h->mem, "%s/not/there", h->dir), true,
			      &b),
	      FAULT_RESOURCE, "store.cannot_read");
}

static void a_house_without_its_key_does_not_open(void **fixture)
{
	house *h = *fixture;
	char key[128], away[128];
	store_base *b;
	arena *mem = arena_new(0);
	ctx c = {.mem = mem, .now = START};
	store_where w = house_where(h);
	put(h, someone("Ali", "A", LULEA, STATE_WAITING));
	house_leave(h);
	snprintf(key, sizeof key, "%s/master.key", h->dir);
	snprintf(away, sizeof away, "%s/away", h->dir);
	assert_int_equal(rename(key, away), 0);
	assert_false(store_base_open_at(&c, &w, false, &b));
	assert_string_equal(c.fault.key, "store.key_missing");
	int fd = open(key, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(fd, "too short", 9), 9);
	close(fd);
	assert_false(store_base_open_at(&c, &w, false, &b));
	assert_string_equal(c.fault.key, "store.key_bad");
	fd = open(key, O_WRONLY | O_TRUNC, 0600);
	assert_int_equal(write(fd, "another key of thirty-two bytes!", 32), 32);
	close(fd);
	assert_false(store_base_open_at(&c, &w, false, &b));
	assert_string_equal(c.fault.key, "store.key_wrong");
	assert_int_equal(rename(away, key), 0);
	arena_free(mem);
	house_enter(h);
}

/* ---- migrations ------------------------------------------------------------------------------------ */

static bool count_down(void *self)
{
	return --*(int *)self < 0;
}

static void copy_file(const char *from, const char *to)
{
	arena *mem = arena_new(0);
	str s = slurp(mem, from);
	int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(write(fd, s.s, s.n), s.n);
	close(fd);
	arena_free(mem);
}

/* What is opened by itself, without a house around it. */
static void open_alone(ctx *c, db_place *at, const char *where, bool keys, db *d)
{
	db_place_set(at, str_from(where), keys);
	assert_true(db_open(c, c->mem, at, false, true, d));
}

/* A copy of the files while it stands at statement k is what a death there leaves behind. */
static void copy_dead(const house *h)
{
	static const char *const end[] = {"", "-wal"};
	char from[128], to[128];
	for (size_t i = 0; i < ARRAY_LEN(end); i++) {
		snprintf(from, sizeof from, "%s/step.db%s", h->dir, end[i]);
		snprintf(to, sizeof to, "%s/dead.db%s", h->dir, end[i]);
		copy_file(from, to);
	}
}

static bool dies_at(house *h, int k, bool keys)
{
	house step = *h;
	char path[128], dead[128];
	arena *mem = arena_new(0), *after = arena_new(0);
	ctx c = {.mem = mem, .now = START}, later = {.mem = after, .now = START};
	db d, copy;
	db_place at, again;
	int left = k;
	snprintf(path, sizeof path, "%s/step.db", h->dir);
	snprintf(dead, sizeof dead, "%s/dead.db", h->dir);
	if (on_pg())
		pg_schemas("s", step.database, step.keys);
	else
		copy_file("/dev/null", path);
	open_alone(&c, &at, on_pg() ? step.database : path, keys, &d);
	bool whole = migrate_run(&c, &d, keys, count_down, &left);
	if (!whole)
		assert_string_equal(c.fault.key, "store.stopped");
	/* A server notices by itself that the connection is gone. */
	if (on_pg())
		arena_free(mem);
	else
		copy_dead(h);
	open_alone(&later, &again, on_pg() ? step.database : dead, keys, &copy);
	assert_true(migrate_run(&later, &copy, keys, NULL, NULL));
	assert_true(keys || columns_add(&later, &copy));
	assert_true(db_prepares(&later, &copy,
				keys ? SQL("SELECT hash, at FROM erased")
				     : SQL("SELECT hash FROM log")));
	arena_free(after);
	if (!on_pg())
		arena_free(mem);
	remove(dead);
	remove(path);
	return whole;
}

static void a_migration_killed_at_each_statement_goes_on_later(void **fixture)
{
	house *h = *fixture;
	/* Where each takes a server's time, every seventh. */
	int k = 0, step = on_pg() ? 7 : 1;
	while (!dies_at(h, k, false))
		k += step;
	assert_in_range(k, 20, 1000);
	for (k = 0; !dies_at(h, k, true);)
		k++;
	assert_in_range(k, 3, 100);
}

enum { AT_ONCE = 4 };
typedef struct starter {
	house *h;
	bool ok;
} starter;

static void *start_one(void *arg)
{
	starter *s = arg;
	arena *mem = arena_new(0);
	ctx c = {.mem = mem, .now = START};
	store_where w = house_where(s->h);
	store_base *b = NULL;
	s->ok = store_base_open_at(&c, &w, false, &b);
	if (!s->ok)
		print_error("%s %.*s\n", c.fault.key, STR_ARG(c.fault.arg[0]));
	store_base_close(b);
	arena_free(mem);
	return NULL;
}

/* On an empty PostgreSQL; the one that comes first makes it, and the key in the directory they share. */
static void several_start_at_once(void **fixture)
{
	house *h = *fixture, other = *h;
	pthread_t t[AT_ONCE];
	starter s[AT_ONCE];
	if (!on_pg())
		return;
	pg_schemas("s", other.database, other.keys);
	snprintf(other.dir, sizeof other.dir, "%.50s/new", h->dir);
	for (int i = 0; i < AT_ONCE; i++) {
		s[i] = (starter){.h = &other};
		assert_int_equal(pthread_create(&t[i], NULL, start_one, &s[i]), 0);
	}
	for (int i = 0; i < AT_ONCE; i++) {
		pthread_join(t[i], NULL);
		assert_true(s[i].ok);
	}
}

static void a_newer_database_is_refused(void **fixture)
{
	house *h = *fixture;
	store_base *b;
	store_where w = house_where(h);
	db_place at = {.kind = NULL};
	db d;
	raw(h, SQL("UPDATE meta SET n = n + 1 WHERE name = 'version'"), NULL);
	house_leave(h);
	arena *mem = arena_new(0);
	ctx c = {.mem = mem, .now = START};
	for (int read_only = 0; read_only < 2; read_only++) {
		assert_false(store_base_open_at(&c, &w, read_only, &b));
		assert_string_equal(c.fault.key, "store.newer");
	}
	/* For the teardown: back to what we know. */
	str file = str_format(mem, "%s/kompis.db", h->dir);
	open_alone(&c, &at, on_pg() ? h->database : file.s, false, &d);
	assert_true(db_define(&c, &d,
			      SQL("UPDATE meta SET n = n - 1 WHERE name = 'version'")));
	arena_free(mem);
	house_enter(h);
}

static void a_column_that_is_missing_is_added(void **fixture)
{
	house *h = *fixture;
	person p = someone("Ali", "A", LULEA, STATE_WAITING);
	p.value[FIELD_HOUSEHOLD] = S("H7");
	id who = put(h, p);
	raw(h, SQL("ALTER TABLE person DROP COLUMN household"), NULL);
	house_leave(h);
	house_enter(h);
	WORKS(store_person_get(&h->c, who, true, &p));
	assert_same(p.value[FIELD_HOUSEHOLD], "");
	WORKS(change_one(&h->c, who, 0, FIELD_HOUSEHOLD, "H8"));
	WORKS(store_person_get(&h->c, who, true, &p));
	assert_same(p.value[FIELD_HOUSEHOLD], "H8");
}

/* ---- a full disk ------------------------------------------------------------------------------------- */

static void a_full_disk_says_so_and_reading_goes_on(void **fixture)
{
	house *h = *fixture;
	FILES_ONLY();
	id who = put(h, someone("Ali", "A", LULEA, STATE_WAITING));
	person p;
	int64_t pages = raw(h, SQL("PRAGMA page_count"), NULL);
	const char *rest;
	str most = str_format(h->mem, "PRAGMA max_page_count = %d", (int)pages);
	WORKS(db_do_next(&h->c, &h->c.store->main, most.s, &rest));
	bool full = false;
	int64_t added = 1;
	for (int i = 0; i < 2000 && !full; i++) {
		p = someone("Bo", "B", LULEA, STATE_WAITING);
		h->c.fault = (fault){0};
		full = !store_person_add(&h->c, &p);
		added += !full;
	}
	assert_true(full);
	assert_int_equal(h->c.fault.kind, FAULT_RESOURCE);
	assert_string_equal(h->c.fault.key, "store.full");
	WORKS(store_person_get(&h->c, who, true, &p));
	assert_same(p.value[FIELD_GIVEN], "Ali");
	/* Space again: the same handle writes on, and nothing half is left. */
	WORKS(db_do_next(&h->c, &h->c.store->main, "PRAGMA max_page_count = 1000000",
			 &rest));
	put(h, someone("Cia", "C", LULEA, STATE_WAITING));
	assert_int_equal(people_in(h), added + 1);
	assert_int_equal(keys_in(h), added + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(what_fails_leaves_nothing),
		HOUSE_TEST(an_inner_failure_undoes_itself_only),
		HOUSE_TEST(busy_is_tried_again_a_bounded_number_of_times),
		HOUSE_TEST(memory_given_up_rolls_back),
		HOUSE_TEST(a_handle_outlives_a_reset),
		HOUSE_TEST(reads_together_see_one_moment),
		HOUSE_TEST(two_writers_both_get_through),
		HOUSE_TEST(searches_beside_writers_never_lose_a_name),
		HOUSE_TEST(a_form_sent_from_two_threads_counts_once),
		HOUSE_TEST(a_key_is_one_actors_for_two_days),
		HOUSE_TEST(secrets_are_letters_from_the_one_source),
		HOUSE_TEST(one_server_at_a_time_and_readers_beside),
		HOUSE_TEST(the_directory_is_ours_alone),
		HOUSE_TEST(a_house_without_its_key_does_not_open),
		HOUSE_TEST(a_migration_killed_at_each_statement_goes_on_later),
		HOUSE_TEST(several_start_at_once),
		HOUSE_TEST(a_newer_database_is_refused),
		HOUSE_TEST(a_column_that_is_missing_is_added),
		HOUSE_TEST(a_full_disk_says_so_and_reading_goes_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
