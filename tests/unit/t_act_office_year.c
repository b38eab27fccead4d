/*
 * act: years of an office, by chance: people register, answer, are silent, change their mind and go; staff
 * work in rounds, introduce, look after pairs, and make mistakes; the machine is off for hours or days, its
 * power is cut, clocks are changed twice a year and set back now and then. All of it by the verbs of act.
 * After each step it is held against year_laws.def; each law is broken on purpose once, and seen.
 * KOMPIS_WEEKS weeks (26), in offices of at most two years, from seed KOMPIS_SEED (1) on.
 */
#include "year_rules.h"

#include <malloc.h>
#include <sodium.h>

/* The sweep gives memory back each hour, which is as long as all the rest of an hour here. */
int malloc_trim(size_t pad)
{
	(void)pad;
	return 0;
}

/* Ids and secrets by the seed too, so that what is found is found again. */
static rng ids;
static const char *ids_name(void)
{
	return "seeded";
}
static uint32_t ids_random(void)
{
	return (uint32_t)rng_next(&ids);
}
static void ids_fill(void *const out, const size_t n)
{
	for (size_t i = 0; i < n; i++)
		((uint8_t *)out)[i] = (uint8_t)rng_next(&ids);
}
static struct randombytes_implementation seeded = {
	.implementation_name = ids_name, .random = ids_random, .buf = ids_fill};

enum { WEEK = 7, OFFICE_WEEKS = 100, SHARE_WEEKS = 26, TWIN_WEEKS = 60 };

static int64_t office_clock(void *self)
{
	return ((const office *)self)->now;
}

static bool office_stops(void *self)
{
	return one_in(self, 15);
}

static void office_failed(void *self, const ctx *c, const char *name)
{
	(void)self;
	fail_msg("%s: %s %.*s", name, c->fault.key, STR_ARG(c->fault.arg[0]));
}

/* ---- the ways in which it goes wrong on purpose ----------------------------------------------------- */

static void plant_in_texts(office *o)
{
	static const char *const key[] = {"mail.offer.body", "sms.offer"};
	for (size_t i = 0; i < ARRAY_LEN(key); i++) {
		ctx *c = enter(o, NULL);
		assert_true(
			store_text_set(c, str_from(key[i]), S("sv"),
				       S("Hej! {0} https://forms.example/x {1} {2}")));
	}
}

static void plant_letter_to_both(office *o)
{
	for (size_t i = 0; i < o->deals; i++)
		if (o->deal[i].state == OFFERED) {
			must(o, NULL, do_write_to_both, &o->deal[i]);
			return;
		}
}

static void plant_waiting(office *o)
{
	for (size_t i = 0; i < o->deals; i++)
		if (o->deal[i].state == OFFERED)
			PLANT(o, "UPDATE person SET state = 'waiting' WHERE id = $1",
			      &o->deal[i].who[0]->id);
}

/* What is wrong from the beginning, or in a row of its own, is where it belongs. */
static void plant(office *o)
{
	switch ((int)o->planted) {
	case LAW_CATCHES_UP:
		assert_true(store_write(enter(o, NULL), forget_missed, &o->now));
		break;
	case LAW_ONE_ADDRESS:
		plant_letter_to_both(o);
		break;
	case LAW_LINK_ENDS:
		PLANT(o, "UPDATE token SET expires = 9000000000000", NULL);
		break;
	case LAW_GONE:
		for (size_t i = 0; i < o->humans; i++)
			if (o->human[i].leaves && o->human[i].leaves <= o->now)
				PLANT(o, "DELETE FROM erasure WHERE person = $1",
				      &o->human[i].id);
		break;
	case LAW_FIGURES_STAY:
		PLANT(o, "DELETE FROM fact", NULL);
		break;
	case LAW_WALL_TIME:
		PLANT(o, "UPDATE job SET due = due + 3600000 WHERE name = 'checkins'",
		      NULL);
		break;
	case LAW_OWN_PAGES:
		plant_in_texts(o);
		break;
	case LAW_NO_LIMBO:
		plant_waiting(o);
		break;
	default:
		break;
	}
}

/* ---- a day --------------------------------------------------------------------------------------------- */

static void compare_all(office *o)
{
	for (size_t i = 0; i < o->humans; i++)
		if (!o->human[i].gone)
			compare_leaving(o, &o->human[i]);
	follow_deals(o);
	for (size_t i = 0; i < o->deals && !o->broken; i++) {
		compare_reminders(o, &o->deal[i]);
		compare_checkins(o, &o->deal[i]);
	}
	compare_hours(o);
}

/* Once more, where the power went in the middle of it. */
static void machine_looks(office *o)
{
	bool cut_off = one_in(o, 50);
	o->keeping.self = o;
	o->keeping.stopping = cut_off ? office_stops : NULL;
	plant(o);
	act_jobs_round(enter(o, NULL), &o->keeping);
	if (cut_off) {
		start_again(o);
		o->keeping.stopping = NULL;
		act_jobs_round(enter(o, NULL), &o->keeping);
	}
	look_at(o, compare_all);
	post(o);
}

static void something_happens(office *o)
{
	static void (*const what[])(office *) = {
		reads_mail,   reads_mail,    reads_mail,   reads_mail,       reads_mail,
		introduces,   introduces,    registers,    looks_after_pair, changes_own,
		looks_at_own, makes_mistake, thinks_better};
	/* A clock that ran fast is set right. */
	o->now += one_in(o, 60) ? -90 * 1000 : (int64_t)(1 + below(o, 9)) * MINUTE;
	what[below(o, o->humans ? ARRAY_LEN(what) : 1)](o);
	if (!o->humans)
		registers(o);
	look_at(o, follow_deals);
}

static void evening(office *o)
{
	for (size_t i = 0; i < o->humans && !o->broken; i++) {
		if (!o->human[i].gone)
			compare_person(o, &o->human[i]);
	}
}

static void forget(office *o)
{
	for (int i = 0; i < 2; i++) {
		arena_free(o->job[i]);
		o->job[i] = arena_new(0);
		o->c[i].mem = o->job[i];
	}
}

/* Hours between two looks; one in forty is of days. */
static int64_t pause_of(office *o)
{
	return one_in(o, 40) ? (int64_t)(1 + below(o, 120)) * HOUR
			     : (int64_t)(2 + below(o, 9)) * HOUR;
}

static void live(office *o, int64_t weeks)
{
	int64_t round_due = o->now, week_due = o->now + WEEK * DAY;
	o->end = o->now + weeks * WEEK * DAY;
	while (o->now < o->end && !o->broken) {
		machine_looks(o);
		for (uint32_t n = below(o, 8); n && !o->broken; n--)
			something_happens(o);
		if (o->now >= round_due && !o->broken) {
			works_on_round(o);
			round_due = o->now + (int64_t)(4 + below(o, 9)) * DAY;
		}
		look_at(o, follow_deals);
		post(o);
		look_at(o, evening);
		if (o->now >= week_due && !o->broken) {
			compare_figures(o);
			week_due += WEEK * DAY;
		}
		forget(o);
		o->now += pause_of(o);
	}
}

/* ---- the years ------------------------------------------------------------------------------------------- */

static void open_years(office *o, arena *mem, house *h, uint64_t seed, law planted)
{
	*o = (office){.h = h,
		      .mem = mem,
		      .chance = rng_seed(seed),
		      .planted = planted,
		      .now = START};
	o->keeping = (act_keeping){.base = h->base,
				   .origin = S(OUR_PAGES),
				   .clock = office_clock,
				   .failed = office_failed};
	o->karin = coordinator_of(h, LULEA);
	o->bertil = coordinator_of(h, BODEN);
	o->disa = staff(h, "Disa Regionsson", true, NULL);
	open_handles(o);
}

typedef struct lived {
	int64_t weeks, steps, rounds, offers, introductions, messages, people;
} lived;

/* The law that was broken first; LAWS: none. */
static law years(uint64_t seed, int64_t weeks, law planted, lived *sum)
{
	void *fixture;
	ids = rng_seed(seed);
	house *h = years_house(&fixture);
	arena *mem = arena_new(0);
	office *o = NEW(mem, office);
	open_years(o, mem, h, seed, planted);
	live(o, weeks);
	law first = o->broken ? o->first : LAWS;
	if (o->broken && first != planted)
		print_error("seed %llu, day %d: %s: %s\n", (unsigned long long)seed,
			    (int)((o->now - START) / DAY), law_words[first], o->how);
	sum->weeks += weeks;
	sum->steps += o->steps;
	sum->rounds += o->rounds;
	sum->offers += (int64_t)o->deals;
	sum->introductions += o->introductions;
	sum->messages += (int64_t)o->saids;
	sum->people += (int64_t)o->humans;
	close_handles(o);
	arena_free(mem);
	fixture = h;
	house_teardown(&fixture);
	return first;
}

static int64_t number_from(const char *name, int64_t otherwise)
{
	const char *text = getenv(name);
	int64_t n;
	return text && str_to_int(str_from(text), 1, 1000000, &n) ? n : otherwise;
}

static void no_law_is_broken(void **fixture)
{
	int64_t left = number_from("KOMPIS_WEEKS", SHARE_WEEKS);
	uint64_t seed = (uint64_t)number_from("KOMPIS_SEED", 1);
	lived sum = {0};
	(void)fixture;
	for (; left > 0; seed++) {
		int64_t weeks = left < OFFICE_WEEKS ? left : OFFICE_WEEKS;
		if (years(seed, weeks, LAWS, &sum) != LAWS)
			fail();
		left -= weeks;
	}
	print_message("%lld weeks: %lld people, %lld steps, %lld rounds, %lld offers, "
		      "%lld introductions, %lld messages\n",
		      (long long)sum.weeks, (long long)sum.people, (long long)sum.steps,
		      (long long)sum.rounds, (long long)sum.offers,
		      (long long)sum.introductions, (long long)sum.messages);
}

static void each_law_is_watched(void **fixture)
{
	(void)fixture;
	FILES_ONLY();
	for (int i = 0; i < LAWS; i++) {
		lived sum = {0};
		law first = years(1, TWIN_WEEKS, (law)i, &sum);
		if (first != (law)i)
			fail_msg("not seen: %s", law_words[i]);
	}
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(no_law_is_broken),
		cmocka_unit_test(each_law_is_watched),
	};
	randombytes_set_implementation(&seeded);
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return cmocka_run_group_tests(test, NULL, NULL);
}
