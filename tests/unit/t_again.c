/*
 * Solving again from the solution before: after every change of a round the total, the bound and
 * the proof are those of solving anew, and the independent checker takes the result.
 */
#include "explain_people.h"

#include <stdlib.h>

#include "check/check.h"
#include "match/explain_priv.h"
#include "match_people.h"
#include "solve_seeds.h"

/* ---- people --------------------------------------------------------------------------- */

enum { NAMES = 12 };
/* What a coordinator has said so far; terms point here. */
typedef struct said {
	id_pair locked[NAMES], forbidden[NAMES];
	uint32_t left_out[NAMES];
	size_t locked_n, forbidden_n, left_out_n;
	bool most_pairs;
} said;

typedef struct office {
	ctx c;
	people people;
	terms terms;
	pool pool; /* nobody left out */
	match_table table;
	match_options options;
	said said;
	match_result now;
} office;

static terms terms_said(const office *o, const said *s)
{
	terms t = o->terms;
	t.locked = s->locked;
	t.locked_n = s->locked_n;
	t.forbidden = s->forbidden;
	t.forbidden_n = s->forbidden_n;
	t.left_out = s->left_out;
	t.left_out_n = s->left_out_n;
	t.most_pairs = s->most_pairs;
	return t;
}

static void office_form(office *o)
{
	model_pool_form(o->c.mem, &o->people, &o->terms, &o->pool);
	assert_true(match_table_fits(&o->pool, &o->terms));
	assert_true(
		match_table_form(&o->c, &o->pool, &o->terms, o->options.simd, &o->table));
}

static void office_open(office *o, uint64_t seed, rng *r)
{
	uint32_t newcomers = 1 + rng_below(r, 14), established = 1 + rng_below(r, 9);
	*o = (office){.c = {.mem = arena_new(0), .today = THE_DATE},
		      .terms = model_terms_default(THE_DATE),
		      .options = {.threads = 1}};
	if (seed % 4 == 0)
		o->options.simd = SIMD_SCALAR;
	o->terms.reserve = now_and_then(r, 3) ? 0 : (int32_t)rng_below(r, 40000);
	o->people.n = newcomers + established;
	o->people.profile = NEW_ARRAY(o->c.mem, profile, o->people.n);
	profile like = random_person(r, 1, SIDE_NEWCOMER);
	like.consent = CONSENT_YES;
	like.household = 0;
	for (uint32_t i = 0; i < o->people.n; i++) {
		uint8_t side = i < newcomers ? SIDE_NEWCOMER : SIDE_ESTABLISHED;
		profile *p = &o->people.profile[i];
		*p = seed % 5 ? random_person(r, 100 + i * 3, side) : like;
		p->id = 100 + i * 3;
		p->side = side;
		p->capacity = (uint8_t)(side == SIDE_ESTABLISHED ? rng_below(r, 4) : 1);
	}
	o->people.never = NEW_ARRAY(o->c.mem, id_pair, 2);
	for (int k = 0; k < 2 && now_and_then(r, 2); k++)
		o->people.never[o->people.never_n++] =
			(id_pair){100 + 3 * rng_below(r, (uint32_t)o->people.n),
				  100 + 3 * rng_below(r, newcomers)};
	office_form(o);
}

/* The independent checker, which knows nothing of how it came about. */
static void checker_takes(office *o, const terms *t, const match_result *r)
{
	check_claim claim = {
		.terms = *t,
		.bonus = r->bonus,
		.total = r->total,
		.bound = r->bound,
		.pair = NEW_ARRAY(o->c.mem, struct check_pair, r->pairs),
		.prices = o->pool.establisheds,
		.price = NEW_ARRAY(o->c.mem, struct check_price, o->pool.establisheds)};
	size_t prices = 0;
	for (size_t i = 0; i < r->pairs; i++) {
		const match_pair *x = &r->pair[i];
		if (!x->locked)
			claim.pair[claim.pairs++] = (struct check_pair){
				o->pool.newcomer[x->newcomer].id,
				o->pool.established[x->established].id,
				x->weight + r->bonus};
	}
	for (size_t j = 0; j < o->pool.establisheds; j++)
		if (r->price[j])
			claim.price[prices++] = (struct check_price){
				o->pool.established[j].id, r->price[j]};
	claim.prices = prices;
	model_digest(&o->people, t, claim.digest);
	check_report report;
	assert_true(check_run(&o->c, &o->people, &claim, 1, &report));
	if (!report.proven)
		fail_msg("the checker says %s", report.key);
}

/* Solves again, and anew; false when both refuse the terms, with the same fault. */
static bool solved_alike(office *o, const said *s, const match_result *before,
			 uint64_t seed, match_result *out)
{
	terms t = terms_said(o, s);
	pool p;
	match_result anew;
	o->c.fault = (fault){0};
	bool again = match_solve_again(&o->c, &o->table, &t, before, out);
	const char *key = o->c.fault.key;
	t = match_leave_out_whole(o->c.mem, &o->table, &t);
	model_pool_form(o->c.mem, &o->people, &t, &p);
	o->c.fault = (fault){0};
	if (match_solve(&o->c, &p, &t, &o->options, &anew) != again)
		fail_msg("seed %d: only one of two is refused", (int)seed);
	if (!again) {
		assert_string_equal(key, o->c.fault.key);
		return false;
	}
	if (!out->proven || out->total != anew.total || out->bound != anew.bound ||
	    out->bonus != anew.bonus)
		fail_msg("seed %d: total %lld, bound %lld; anew %lld", (int)seed,
			 (long long)out->total, (long long)out->bound,
			 (long long)anew.total);
	size_t locked[2] = {0, 0};
	for (size_t i = 0; i < out->pairs; i++)
		locked[0] += out->pair[i].locked;
	for (size_t i = 0; i < anew.pairs; i++)
		locked[1] += anew.pair[i].locked;
	assert_int_equal(locked[0], locked[1]);
	checker_takes(o, &t, out);
	return true;
}

static id_pair some_two(const office *o, rng *r)
{
	uint32_t n = (uint32_t)o->people.n;
	return (id_pair){o->people.profile[rng_below(r, n)].id,
			 o->people.profile[rng_below(r, n)].id};
}

static void drop_pair(id_pair *list, size_t *n, rng *r)
{
	if (*n)
		list[rng_below(r, (uint32_t)*n)] = list[*n - 1];
	*n -= *n > 0;
}

/* One thing more, or one less. Some of it is refused: people of one side, a seat too many. */
static void say_something(office *o, said *s, rng *r)
{
	bool some = o->now.pairs && rng_below(r, 2);
	id_pair pair = some_two(o, r);
	if (some) {
		const match_pair *x = &o->now.pair[rng_below(r, (uint32_t)o->now.pairs)];
		pair = (id_pair){o->pool.newcomer[x->newcomer].id,
				 o->pool.established[x->established].id};
	}
	switch (rng_below(r, 8)) {
	case 0:
	case 1:
		if (s->locked_n < NAMES)
			s->locked[s->locked_n++] = pair;
		break;
	case 2:
		drop_pair(s->locked, &s->locked_n, r);
		break;
	case 3:
		if (s->forbidden_n < NAMES)
			s->forbidden[s->forbidden_n++] = pair;
		break;
	case 4:
		drop_pair(s->forbidden, &s->forbidden_n, r);
		break;
	case 5:
		if (s->left_out_n < NAMES)
			s->left_out[s->left_out_n++] = rng_below(r, 2) ? pair.a : pair.b;
		break;
	case 6:
		if (s->left_out_n)
			s->left_out[rng_below(r, (uint32_t)s->left_out_n)] =
				s->left_out[s->left_out_n - 1];
		s->left_out_n -= s->left_out_n > 0;
		break;
	default:
		s->most_pairs = !s->most_pairs;
		break;
	}
}

/* One change, if it is not refused; *before becomes what was. */
static bool change_once(office *o, uint64_t seed, rng *r, match_result *before)
{
	said s = o->said;
	match_result next;
	say_something(o, &s, r);
	if (!solved_alike(o, &s, &o->now, seed, &next))
		return false;
	*before = o->now;
	o->now = next;
	o->said = s;
	return true;
}

static void office_solved(office *o, uint64_t seed, rng *r)
{
	*r = rng_seed(seed);
	office_open(o, seed, r);
	assert_true(solved_alike(o, &o->said, NULL, seed, &o->now));
}

enum { CHANGES = 20 };

static void changes_and_back(uint64_t seed, int *refused)
{
	office o;
	rng r;
	said history[CHANGES + 1];
	match_result before;
	int64_t total[CHANGES + 1];
	int n = 0;
	office_solved(&o, seed, &r);
	for (int k = 0; k < CHANGES; k++) {
		history[n] = o.said;
		total[n] = o.now.total;
		if (change_once(&o, seed, &r, &before))
			n++;
		else
			++*refused;
	}
	while (n-- > 0) {
		match_result next;
		terms t = terms_said(&o, &history[n]);
		assert_true(match_solve_again(&o.c, &o.table, &t, &o.now, &next));
		assert_true(next.proven && next.total == total[n]);
		o.now = next;
	}
	arena_free(o.c.mem);
}

static void each_change_is_solved_as_anew(void **state)
{
	(void)state;
	int refused = 0;
	for (int64_t seed = 1; seed <= (solve_seeds() + 19) / 20; seed++)
		changes_and_back((uint64_t)seed, &refused);
	assert_true(refused > 0);
}

/* ---- people come and go ------------------------------------------------------------------ */

static void people_come_and_go(void **state)
{
	(void)state;
	for (int64_t seed = 1; seed <= (solve_seeds() + 19) / 20; seed++) {
		office o;
		rng r = rng_seed((uint64_t)seed);
		office_open(&o, (uint64_t)seed, &r);
		o.said.most_pairs = now_and_then(&r, 4);
		people all = o.people;
		assert_true(solved_alike(&o, &o.said, NULL, (uint64_t)seed, &o.now));
		for (int k = 0; k < 8; k++) {
			/* Some of all are there, in whatever order they came. */
			pool former = o.pool;
			match_result before;
			o.people.profile = NEW_ARRAY(o.c.mem, profile, all.n);
			o.people.n = 0;
			for (size_t i = 0; i < all.n; i++)
				if (rng_below(&r, 6))
					o.people.profile[o.people.n++] = all.profile[i];
			if (now_and_then(&r, 5)) /* and points count differently */
				o.terms.waiting = (int32_t)rng_below(&r, 1600);
			office_form(&o);
			match_result_carry(o.c.mem, &o.now, &former, &o.pool, &before);
			assert_true(solved_alike(&o, &o.said, &before, (uint64_t)seed,
						 &o.now));
		}
		arena_free(o.c.mem);
	}
}

/* ---- the table ----------------------------------------------------------------------------- */

static bool table_holds(const match_table *m, const terms *t)
{
	const pool *p = m->pool;
	for (uint32_t i = 0; i < p->newcomers; i++)
		for (uint32_t j = 0; j < p->establisheds; j++) {
			match_view v;
			match_look(p, t, i, j, &v);
			int64_t weight = v.broken ? MATCH_BARRED : v.weight;
			if (m->weight[i * p->establisheds + j] != weight ||
			    m->across[j * p->newcomers + i] != weight)
				return false;
		}
	return true;
}

static void the_table_is_what_is_looked_up(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		scene s;
		rng r = rng_seed(seed);
		scene_open(&s, seed, rng_below(&r, 80), rng_below(&r, 300));
		scene_weights(&s, seed);
		s.terms.reserve = (int32_t)rng_below(&r, 60000) - 20000;
		size_t n = s.people.n;
		s.people.never = NEW_ARRAY(s.c.mem, id_pair, n);
		for (size_t i = 0; i < n; i++) {
			s.people.profile[i].household =
				rng_below(&r, 6) ? 0 : 1 + (uint32_t)(i / 3);
			s.people.never[s.people.never_n++] =
				(id_pair){1 + rng_below(&r, (uint32_t)n),
					  1 + rng_below(&r, (uint32_t)n)};
		}
		scene_form(&s);
		for (match_simd level = SIMD_AUTO; level <= SIMD_AVX512; level++) {
			match_table m;
			if (!kernel_choose(level))
				continue;
			assert_true(match_table_form(&s.c, &s.pool, &s.terms, level, &m));
			if (!table_holds(&m, &s.terms))
				fail_msg("seed %d, level %d", (int)seed, (int)level);
			if (!s.pool.newcomers || !s.pool.establisheds)
				continue;
			m.weight[0] ^= 1; /* the twin */
			assert_false(table_holds(&m, &s.terms));
		}
		arena_free(s.c.mem);
	}
}

/* Far places, and numbers at the ends of what a profile holds. */
static void the_table_holds_at_the_ends(void **state)
{
	(void)state;
	scene s;
	rng r = rng_seed(3);
	scene_open(&s, 2, 150, 150);
	for (size_t i = 0; i < s.people.n; i++) {
		profile *p = &s.people.profile[i];
		p->x = (int16_t)rng_next(&r);
		p->y = (int16_t)(rng_below(&r, 2) ? rng_next(&r) : 0);
		p->z = (int16_t)(rng_below(&r, 2) ? rng_next(&r) : 0);
		p->max_km = (uint16_t)(rng_below(&r, 3) ? rng_next(&r) : 0);
		p->birth_year =
			(int16_t)(rng_below(&r, 2) ? 1900 + rng_below(&r, 100) : 0);
		p->age_from = (uint8_t)(rng_below(&r, 2) ? rng_next(&r) : 0);
		p->age_to = (uint8_t)(rng_below(&r, 2) ? rng_next(&r) : 0);
		p->wishes = (uint8_t)rng_next(&r);
		p->musts = (uint8_t)(rng_below(&r, 2) ? rng_next(&r) : 0);
		p->life = (uint8_t)rng_below(&r, 7);
		p->meets = (uint8_t)rng_below(&r, 4);
		p->interests = rng_next(&r);
		p->apps = (uint8_t)rng_next(&r);
		p->gender = (uint8_t)rng_below(&r, 4);
		p->occupation = (uint8_t)rng_below(&r, 4);
	}
	for (int c = 0; c < CRITERIA_COUNT; c++)
		s.terms.weight[c] = 700;
	scene_form(&s);
	match_table m;
	assert_true(match_table_form(&s.c, &s.pool, &s.terms, SIMD_AUTO, &m));
	assert_true(table_holds(&m, &s.terms));
	arena_free(s.c.mem);
}

static void too_many_pairs_have_no_table(void **state)
{
	(void)state;
	scene s;
	scene_open(&s, 2, 2300, 2300);
	scene_form(&s);
	assert_false(match_table_fits(&s.pool, &s.terms));
	s.pool.newcomers = s.pool.establisheds = 2000;
	assert_true(match_table_fits(&s.pool, &s.terms));
	match_table m;
	s.terms.weight[0] = WEIGHT_MAX + 1;
	assert_false(match_table_form(&s.c, &s.pool, &s.terms, SIMD_AUTO, &m));
	assert_string_equal(s.c.fault.key, "match.terms");
	arena_free(s.c.mem);
}

/* ---- the next best ---------------------------------------------------------------------------- */

static int64_t worth(const match_result *r)
{
	int64_t sum = 0;
	for (size_t i = 0; i < r->pairs; i++)
		sum += r->pair[i].weight + r->bonus;
	return sum;
}

/* What is lost when these two are locked, too, by solving anew; -1 when they are no choice. */
static int64_t forced(office *o, uint32_t i, uint32_t j)
{
	terms t = terms_said(o, &o->said);
	id_pair locked[NAMES + 1];
	pool p;
	match_result r;
	match_view v;
	for (size_t k = 0; k < o->now.pairs; k++)
		if (o->now.pair[k].newcomer == i && o->now.pair[k].established == j)
			return -1;
	match_look(&o->pool, &t, i, j, &v);
	if (v.broken || v.weight <= 0)
		return -1;
	memcpy(locked, t.locked, t.locked_n * sizeof *locked);
	locked[t.locked_n++] =
		(id_pair){o->pool.newcomer[i].id, o->pool.established[j].id};
	t.locked = locked;
	t = match_leave_out_whole(o->c.mem, &o->table, &t);
	model_pool_form(o->c.mem, &o->people, &t, &p);
	if (!match_solve(&o->c, &p, &t, &o->options, &r))
		return -1; /* one of them is locked already, or left out */
	return worth(&o->now) - worth(&r);
}

static int compare_cost(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static void check_next(office *o, uint8_t side, uint32_t u, size_t most, uint64_t seed)
{
	bool newcomer = side == SIDE_NEWCOMER;
	size_t others = newcomer ? o->pool.establisheds : o->pool.newcomers, all = 0, n;
	int64_t cost[NAMES * 2];
	match_next *next;
	terms t = terms_said(o, &o->said);
	for (uint32_t x = 0; x < others; x++) {
		cost[all] = newcomer ? forced(o, u, x) : forced(o, x, u);
		all += cost[all] >= 0;
	}
	qsort(cost, all, sizeof *cost, compare_cost);
	assert_true(
		match_next_best(&o->c, &o->table, &t, &o->now, side, u, most, &next, &n));
	if (n != (all < most ? all : most))
		fail_msg("seed %d: %d of %d", (int)seed, (int)n, (int)all);
	for (size_t k = 0; k < n; k++) {
		uint32_t x = next[k].partner;
		if (next[k].cost != cost[k])
			fail_msg("seed %d: costs %lld, not %lld", (int)seed,
				 (long long)next[k].cost, (long long)cost[k]);
		assert_int_equal(newcomer ? forced(o, u, x) : forced(o, x, u),
				 next[k].cost);
		assert_int_equal(next[k].points_lost + next[k].pairs_lost * o->now.bonus,
				 next[k].cost);
		for (size_t before = 0; before < k; before++)
			assert_int_not_equal(next[before].partner, x);
	}
}

static void the_next_best_are_those_of_brute_force(void **state)
{
	(void)state;
	int locked = 0;
	for (int64_t seed = 1; seed <= (solve_seeds() + 39) / 40; seed++) {
		office o;
		rng r;
		match_result before;
		office_solved(&o, (uint64_t)seed, &r);
		for (int k = 0; k < 6; k++)
			change_once(&o, (uint64_t)seed, &r, &before);
		locked += o.said.locked_n > 0;
		for (uint32_t i = 0; i < o.pool.newcomers; i++)
			check_next(&o, SIDE_NEWCOMER, i, rng_below(&r, 5),
				   (uint64_t)seed);
		for (uint32_t j = 0; j < o.pool.establisheds; j++)
			check_next(&o, SIDE_ESTABLISHED, j, rng_below(&r, 5),
				   (uint64_t)seed);
		arena_free(o.c.mem);
	}
	assert_true(locked > 0);
}

/* ---- what is different ---------------------------------------------------------------------------- */

static bool together(const match_result *r, uint8_t side, uint32_t u, uint32_t other)
{
	for (size_t i = 0; i < r->pairs; i++) {
		const match_pair *x = &r->pair[i];
		bool newcomer = side == SIDE_NEWCOMER;
		if ((newcomer ? x->newcomer : x->established) == u &&
		    (newcomer ? x->established : x->newcomer) == other)
			return true;
	}
	return false;
}

/* Pairs of `a` that are not in `b`. */
static size_t only(const match_result *a, const match_result *b)
{
	size_t n = 0;
	for (size_t i = 0; i < a->pairs; i++)
		n += !together(b, SIDE_NEWCOMER, a->pair[i].newcomer,
			       a->pair[i].established);
	return n;
}

static void check_difference(const office *o, const match_result *a,
			     const match_result *b)
{
	match_difference d;
	size_t had[2] = {0, 0}, has[2] = {0, 0};
	match_result_compare(o->c.mem, &o->pool, a, b, &d);
	assert_int_equal(d.pairs, (int64_t)b->pairs - (int64_t)a->pairs);
	assert_int_equal(d.points, worth(b) - (int64_t)b->pairs * b->bonus - worth(a) +
					   (int64_t)a->pairs * a->bonus);
	for (size_t i = 0; i < d.changes; i++) {
		const match_change *x = &d.change[i];
		int side = x->side == SIDE_ESTABLISHED;
		if (x->had != MATCH_NOBODY) {
			had[side]++;
			assert_true(together(a, x->side, x->unit, x->had));
			assert_false(together(b, x->side, x->unit, x->had));
		}
		if (x->has != MATCH_NOBODY) {
			has[side]++;
			assert_true(together(b, x->side, x->unit, x->has));
			assert_false(together(a, x->side, x->unit, x->has));
		}
		assert_int_equal(x->kind, x->had == MATCH_NOBODY   ? CHANGE_PAIRED
					  : x->has == MATCH_NOBODY ? CHANGE_LOST
								   : CHANGE_OTHER);
		if (i)
			assert_true(x->side > x[-1].side ||
				    (x->side == x[-1].side && x->unit >= x[-1].unit));
	}
	for (int side = 0; side < 2; side++) {
		assert_int_equal(had[side], only(a, b));
		assert_int_equal(has[side], only(b, a));
	}
}

static void a_difference_names_each_pair_once(void **state)
{
	(void)state;
	size_t changes = 0;
	for (int64_t seed = 1; seed <= (solve_seeds() + 19) / 20; seed++) {
		office o;
		rng r;
		match_result before;
		office_solved(&o, (uint64_t)seed, &r);
		for (int k = 0; k < 6; k++) {
			if (!change_once(&o, (uint64_t)seed, &r, &before))
				continue;
			check_difference(&o, &before, &o.now);
			changes += only(&o.now, &before);
		}
		check_difference(&o, &o.now, &o.now);
		arena_free(o.c.mem);
	}
	assert_true(changes > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_what_is_looked_up),
		cmocka_unit_test(the_table_holds_at_the_ends),
		cmocka_unit_test(too_many_pairs_have_no_table),
		cmocka_unit_test(each_change_is_solved_as_anew),
		cmocka_unit_test(people_come_and_go),
		cmocka_unit_test(the_next_best_are_those_of_brute_force),
		cmocka_unit_test(a_difference_names_each_pair_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
