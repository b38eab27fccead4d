/* store: what is sealed stays sealed, what is erased is gone, the log cannot be mended unseen. */
#include "store_help.h"

#define NAME  "Zebedeus"
#define PHONE "+46709998877"

static person zebedeus(state s)
{
	person p = someone(NAME, "Zetterqvist", LULEA, s);
	p.value[FIELD_PHONE] = S(PHONE);
	p.value[FIELD_EMAIL] = S("zebedeus@example.com");
	p.value[FIELD_NOTE] = S("Likes " NAME);
	return p;
}

/* ---- seals ------------------------------------------------------------------------------- */

static void a_seal_opens_only_as_it_was_made(void **fixture)
{
	house *h = *fixture;
	uint8_t key[SECRET_BYTES] = {1}, other[SECRET_BYTES] = {2};
	id row = store_id_new(&h->c), elsewhere = store_id_new(&h->c);
	str plain;
	const char *const text[] = {"", "x", "Zebedeus Zetterqvist"};
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		str s = seal(&h->c, key, S("person"), &row, str_from(text[i]));
		assert_true(unseal(&h->c, key, S("person"), &row, s, &plain));
		assert_same(plain, text[i]);
		if (!s.n)
			continue;
		assert_false(unseal(&h->c, other, S("person"), &row, s, &plain));
		assert_false(unseal(&h->c, key, S("event"), &row, s, &plain));
		assert_false(unseal(&h->c, key, S("person"), &elsewhere, s, &plain));
		for (size_t at = 0; at < s.n; at++) {
			char *bent = str_terminated(h->mem, S(""));
			bent = arena_alloc(h->mem, s.n, 1);
			memcpy(bent, s.s, s.n);
			bent[at] ^= 1;
			assert_false(unseal(&h->c, key, S("person"), &row,
					    (str){bent, s.n}, &plain));
			assert_false(unseal(&h->c, key, S("person"), &row,
					    str_slice(s, 0, at ? at : 1), &plain));
		}
		/* The same text twice looks different, and a short one as long as a name. */
		str again = seal(&h->c, key, S("person"), &row, str_from(text[i]));
		assert_false(str_equal(s, again));
		assert_int_equal(s.n, seal(&h->c, key, S("person"), &row, S("Bo")).n);
	}
}

static void pairs_are_given_back(void **fixture)
{
	house *h = *fixture;
	buf b = {.mem = h->mem};
	pairs_add(&b, S("given"), S("Åsa"));
	pairs_add(&b, S("none"), S(""));
	pairs_add(&b, S("note"), S("a\0b"));
	str all = buf_str(&b);
	assert_same(pairs_get(all, S("given")), "Åsa");
	assert_same(pairs_get(all, S("none")), "");
	assert_int_equal(pairs_get(all, S("note")).n, 3);
	/* Cut off anywhere it ends early and reads nothing beyond. */
	for (size_t n = 0; n < all.n; n++) {
		str rest = str_copy(h->mem, str_slice(all, 0, n)), name, value;
		int read = 0;
		while (pairs_next(&rest, &name, &value))
			read++;
		assert_in_range(read, 0, 1);
	}
}

/* Twin: the open municipality is found by the very same search, so it does look. */
static void no_name_is_in_the_files(void **fixture)
{
	house *h = *fixture;
	id who = put(h, zebedeus(STATE_SUBMITTED));
	actor karin = coordinator_of(h, LULEA);
	h->c.actor = &karin;
	WORKS(change_one(&h->c, who, 0, FIELD_LOCALITY, "Gammelstaden"));
	WORKS(store_person_step(&h->c, who, 0, S("decline"), S(NAME " said no")));
	interview v = {
		.person = who, .mode = S("phone"), .state = S("held"), .note = S(NAME)};
	task t = {.kind = S("call_me"),
		  .lang = S("sv"),
		  .name = S(NAME),
		  .phone = S(PHONE)};
	id parcel;
	WORKS(store_interview_set(&h->c, &v));
	WORKS(store_task_add(&h->c, &t));
	WORKS(store_parcel_put(&h->c, S(NAME ".csv"), S("Namn;" NAME), &parcel));
	assert_int_equal(files_with(h, NAME), 0);
	assert_int_equal(files_with(h, PHONE), 0);
	assert_int_equal(files_with(h, "zebedeus"), 0);
	assert_int_equal(files_with(h, "Karin"), 0);
	assert_true(files_with(h, "Gammelstaden") > 0);
}

static void without_its_key_a_person_does_not_open(void **fixture)
{
	house *h = *fixture;
	id who = put(h, zebedeus(STATE_WAITING));
	person p;
	people_list l;
	raw_job drop = {.d = &h->c.store->keys, .text = SQL("DELETE FROM person_key")};
	WORKS(store_write(&h->c, raw_work, &drop));
	FAILS(store_person_get(&h->c, who, true, &p), FAULT_RESOURCE, "store.sealed");
	/* What matching needs stays readable; a list goes on without the name; a round does not. */
	WORKS(store_person_get(&h->c, who, false, &p));
	assert_same(p.value[FIELD_MUNICIPALITY], "2580");
	WORKS(store_people_list(&h->c, &(people_filter){0}, &l));
	assert_int_equal(l.item_n, 1);
	assert_same(l.item[0].value[FIELD_GIVEN], "");
	FAILS(store_people_all(&h->c, 1u << STATE_WAITING, &l), FAULT_RESOURCE,
	      "store.sealed");
}

/* Planted: the seal of one person put on another's row. */
static void a_seal_moved_to_another_row_is_caught(void **fixture)
{
	house *h = *fixture;
	put(h, zebedeus(STATE_WAITING));
	id victim = put(h, someone("Bo", "B", LULEA, STATE_WAITING));
	person p;
	raw(h,
	    SQL("UPDATE person SET sealed = (SELECT o.sealed FROM person o WHERE o.id <> "
		"$1) "
		"WHERE id = $1"),
	    &victim);
	FAILS(store_person_get(&h->c, victim, true, &p), FAULT_RESOURCE, "store.sealed");
}

/* ---- erasing --------------------------------------------------------------------------------- */

static int64_t keys_in(house *h, sql_text text)
{
	int64_t out = -1;
	raw_job j = {.d = &h->c.store->keys, .text = text, .out = &out};
	WORKS(store_write(&h->c, raw_work, &j));
	return out;
}

static void erased_is_gone_from_every_file(void **fixture)
{
	house *h = *fixture;
	person p = zebedeus(STATE_DRAFT);
	/* In the open, so that finding it before and not after says something. */
	p.value[FIELD_LOCALITY] = S("Zebedeusby");
	id who = put(h, p), other = put(h, someone("Bo", "Bok", LULEA, STATE_WAITING));
	people_list l;
	bool more;
	WORKS(store_consent_set(&h->c, who, CONSENT_FOR_MATCH, true, S("sv"), S("web")));
	WORKS(store_people_search(&h->c, S("zebe"), 9, &l, &more));
	assert_true(files_with(h, "Zebedeusby") > 0);
	assert_true(files_with(h, who.s) > 0);
	actor self = {.person = who};
	h->c.actor = &self;
	WORKS(store_person_erase(&h->c, who));
	assert_int_equal(files_with(h, "Zebedeusby"), 0);
	assert_int_equal(files_with(h, NAME), 0);
	assert_int_equal(files_with(h, PHONE), 0);
	FAILS(store_person_get(&h->c, who, false, &p), FAULT_HIDDEN, "fault.hidden");
	h->c.actor = NULL;
	assert_int_equal(keys_in(h, SQL("SELECT COUNT(*) FROM person_key")), 1);
	assert_int_equal(keys_in(h, SQL("SELECT COUNT(*) FROM erased")), 1);
	assert_int_equal(
		raw(h, SQL("SELECT COUNT(*) FROM event WHERE subject = $1"), &who), 0);
	assert_int_equal(raw(h, SQL("SELECT COUNT(*) FROM consent"), NULL), 0);
	WORKS(store_person_get(&h->c, other, true, &p));
}

/* Twin of the above: rows deleted and nothing else leave the name's bytes behind. */
static void a_bare_delete_leaves_traces(void **fixture)
{
	house *h = *fixture;
	FILES_ONLY();
	person p = zebedeus(STATE_DRAFT);
	p.value[FIELD_LOCALITY] = S("Zebedeusby");
	id who = put(h, p);
	raw(h, SQL("DELETE FROM person WHERE id = $1"), &who);
	assert_true(files_with(h, "Zebedeusby") > 0);
	assert_int_equal(keys_in(h, SQL("SELECT COUNT(*) FROM person_key")), 1);
}

static void only_a_draft_is_erased_so(void **fixture)
{
	house *h = *fixture;
	id who = put(h, zebedeus(STATE_SUBMITTED));
	FAILS(store_person_erase(&h->c, who), FAULT_CONFLICT, "fault.changed");
	assert_int_equal(keys_in(h, SQL("SELECT COUNT(*) FROM person_key")), 1);
}

/* While someone reads, the log of the file cannot be emptied: it is at the next write. */
static bool erase_meanwhile(ctx *c, void *arg)
{
	house *other = arg;
	int64_t count[STATE_COUNT];
	person p = zebedeus(STATE_DRAFT);
	if (!store_people_count(c, count))
		return false;
	p.value[FIELD_LOCALITY] = S("Zebedeusby");
	id who = put(other, p);
	assert_true(store_person_erase(&other->c, who));
	assert_true(atomic_load(&other->base->truncate_due));
	return true;
}

static void a_reader_delays_the_wiping_only(void **fixture)
{
	house *h = *fixture;
	FILES_ONLY();
	arena *mem = arena_new(0);
	house other = *h;
	house_handle(&other, &other.c, mem);
	WORKS(store_read(&h->c, erase_meanwhile, &other));
	assert_true(files_with(h, "Zebedeusby") > 0);
	put(h, someone("Bo", "B", LULEA, STATE_WAITING));
	assert_false(atomic_load(&h->base->truncate_due));
	assert_int_equal(files_with(h, "Zebedeusby"), 0);
	arena_free(mem);
}

/* A death between the two commits leaves a key without a person. */
static bool key_only(ctx *c, void *arg)
{
	return keys_new(c, arg);
}

static void orphan_keys_are_swept(void **fixture)
{
	house *h = *fixture;
	id who = put(h, zebedeus(STATE_WAITING)), orphan = store_id_new(&h->c);
	person p;
	WORKS(store_write(&h->c, key_only, &orphan));
	assert_int_equal(keys_in(h, SQL("SELECT COUNT(*) FROM person_key")), 2);
	house_leave(h);
	house_enter(h);
	WORKS(store_sweep(&h->c));
	assert_int_equal(keys_in(h, SQL("SELECT COUNT(*) FROM person_key")), 1);
	WORKS(store_person_get(&h->c, who, true, &p));
	assert_same(p.value[FIELD_GIVEN], NAME);
}

/* ---- the log ------------------------------------------------------------------------------------ */

static void broken_at(house *h, int64_t seq)
{
	int64_t broken;
	WORKS(log_verify(&h->c, &broken));
	assert_int_equal(broken, seq);
}

static void a_chain_broken_anywhere_is_found(void **fixture)
{
	house *h = *fixture;
	id who = put(h, zebedeus(STATE_WAITING));
	actor karin = coordinator_of(h, LULEA);
	h->c.actor = &karin;
	broken_at(h, 0);
	for (int i = 0; i < 5; i++)
		WORKS(store_log(&h->c, S("look"), who));
	broken_at(h, 0);
	const struct {
		sql_text harm, mend;
	} planted[] = {
		{SQL_INIT("UPDATE log SET action = 'none' WHERE seq = 3"),
		 SQL_INIT("UPDATE log SET action = 'look' WHERE seq = 3")},
		{SQL_INIT("UPDATE log SET at = at + 1 WHERE seq = 3"),
		 SQL_INIT("UPDATE log SET at = at - 1 WHERE seq = 3")},
		{SQL_INIT("UPDATE log SET person = account, account = '' WHERE seq = 3"),
		 SQL_INIT("UPDATE log SET account = person, person = '' WHERE seq = 3")},
		{SQL_INIT("UPDATE log SET seq = 30 WHERE seq = 3"),
		 SQL_INIT("UPDATE log SET seq = 3 WHERE seq = 30")},
	};
	for (size_t i = 0; i < ARRAY_LEN(planted); i++) {
		int64_t broken;
		raw(h, planted[i].harm, NULL);
		WORKS(log_verify(&h->c, &broken));
		assert_in_range(broken, 3, 4);
		raw(h, planted[i].mend, NULL);
		broken_at(h, 0);
	}
	raw(h,
	    SQL("UPDATE log SET hash = (SELECT o.hash FROM log o WHERE o.seq = 1) WHERE "
		"seq "
		"= 5"),
	    NULL);
	broken_at(h, 5);
}

static void lists_searches_and_rounds_leave_one_line_each(void **fixture)
{
	house *h = *fixture;
	actor karin = coordinator_of(h, LULEA);
	people_list l;
	bool more;
	log_row *row;
	size_t n;
	put(h, zebedeus(STATE_WAITING));
	put(h, someone("Bo", "B", LULEA, STATE_WAITING));
	h->c.actor = &karin;
	WORKS(store_people_list(&h->c, &(people_filter){0}, &l));
	WORKS(store_people_search(&h->c, S("zeb"), 9, &l, &more));
	WORKS(store_people_all(&h->c, 1u << STATE_WAITING, &l));
	WORKS(store_log_list(&h->c, (id){""}, 9, &row, &n));
	assert_int_equal(n, 3);
	assert_same(row[0].action, "round");
	assert_same(row[1].action, "search");
	assert_same(row[2].action, "list");
	broken_at(h, 0);
	/* Another's lines are hers. */
	actor other = coordinator_of(h, LULEA), all = staff(h, "Eva", true, NULL);
	h->c.actor = &other;
	WORKS(store_log_list(&h->c, (id){""}, 9, &row, &n));
	assert_int_equal(n, 0);
	h->c.actor = &all;
	WORKS(store_log_list(&h->c, (id){""}, 9, &row, &n));
	assert_int_equal(n, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(a_seal_opens_only_as_it_was_made),
		HOUSE_TEST(pairs_are_given_back),
		HOUSE_TEST(no_name_is_in_the_files),
		HOUSE_TEST(without_its_key_a_person_does_not_open),
		HOUSE_TEST(a_seal_moved_to_another_row_is_caught),
		HOUSE_TEST(erased_is_gone_from_every_file),
		HOUSE_TEST(a_bare_delete_leaves_traces),
		HOUSE_TEST(only_a_draft_is_erased_so),
		HOUSE_TEST(a_reader_delays_the_wiping_only),
		HOUSE_TEST(orphan_keys_are_swept),
		HOUSE_TEST(a_chain_broken_anywhere_is_found),
		HOUSE_TEST(lists_searches_and_rounds_leave_one_line_each),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
