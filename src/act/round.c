/* A round: who takes part, what was decided, and each change solved again. */
#include <stdlib.h>
#include <string.h>

#include "act/round_priv.h"

/* How often a change is tried on what others made meanwhile. */
enum { TRIES = 5, OFFERS_MOST = 2 };

/* ---- who can be matched ------------------------------------------------------------------- */

static bool is_within(const person *p, const uint16_t *code, size_t n)
{
	int64_t lives_in;
	if (!str_to_int(p->value[FIELD_MUNICIPALITY], 1, 9999, &lives_in))
		return false;
	for (size_t i = 0; i < n; i++)
		if (code[i] == lives_in)
			return true;
	return false;
}

static seats_taken taken_by(const seats_taken *t, size_t n, id who)
{
	for (size_t low = 0, high = n; low < high;) {
		size_t mid = low + (high - low) / 2;
		int by = str_compare(id_str(&t[mid].person), id_str(&who));
		if (!by)
			return t[mid];
		if (by < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return (seats_taken){.person = who};
}

bool act_is_available(const person *p, const seats_taken *t)
{
	if (p->state == STATE_WAITING)
		return true;
	return !str_equal(p->value[FIELD_SIDE], S("newcomer")) &&
	       (p->state == STATE_PROPOSED || (p->state == STATE_PAIRED && t->pairs));
}

int64_t act_seats_left(const person *p, const seats_taken *t)
{
	int64_t seats = 1, left;
	if (!act_is_available(p, t))
		return 0;
	if (str_equal(p->value[FIELD_SIDE], S("newcomer")))
		return 1;
	if (!str_to_int(p->value[FIELD_CAPACITY], 1, 99, &seats))
		seats = 1;
	left = seats - t->offers - t->pairs;
	return left < OFFERS_MOST - t->offers ? left : OFFERS_MOST - t->offers;
}

/* Nobody who is to be erased is suggested to anybody. */
static bool takes_part(ctx *c, person *p, const seats_taken *t, bool *part)
{
	erasure e;
	int64_t seats = act_seats_left(p, t);
	*part = false;
	if (seats <= 0)
		return true;
	if (p->state != STATE_WAITING) {
		if (!store_erasure_get(c, p->id, &e))
			return false;
		if (e.due)
			return true;
	}
	if (str_equal(p->value[FIELD_SIDE], S("established")))
		p->value[FIELD_CAPACITY] = str_format(c->mem, "%lld", (long long)seats);
	*part = true;
	return true;
}

/* Those who can be matched, by queue date. */
static bool find_people(ctx *c, const uint16_t *code, size_t n, people_list *out)
{
	seats_taken *taken;
	size_t takens, kept = 0;
	uint32_t states = 1u << STATE_WAITING | 1u << STATE_PROPOSED | 1u << STATE_PAIRED;
	if (!store_people_all(c, states, out) || !store_seats_taken(c, &taken, &takens))
		return false;
	for (size_t i = 0; i < out->item_n; i++) {
		person *p = &out->item[i];
		seats_taken t = taken_by(taken, takens, p->id);
		bool part;
		if (!is_within(p, code, n))
			continue;
		if (!takes_part(c, p, &t, &part))
			return false;
		if (part)
			out->item[kept++] = *p;
	}
	out->item_n = kept;
	out->total = (int64_t)kept;
	return true;
}

/* Of no use for matching, or saying who somebody is. */
static bool is_kept(field_id f)
{
	return model_field[f].purpose == PURPOSE_MATCH || f == FIELD_NUMBER ||
	       f == FIELD_CONSENT || f == FIELD_ARRIVED;
}

static int compare_id(const void *a, const void *b)
{
	const round_person *x = a, *y = b;
	return str_compare(id_str(&x->person), id_str(&y->person));
}

/* Whoever was in the round keeps the number; who is new gets the next. */
static uint32_t *number_all(ctx *c, const people_list *all, const act_round *before)
{
	uint32_t *number = NEW_ARRAY(c->mem, uint32_t, all->item_n);
	uint32_t next = 1;
	size_t n = before ? before->n : 0;
	round_person *was = NEW_ARRAY(c->mem, round_person, n);
	if (n)
		memcpy(was, before->who, n * sizeof *was);
	qsort(was, n, sizeof *was, compare_id);
	for (size_t i = 0; i < n; i++)
		if (was[i].number >= next)
			next = was[i].number + 1;
	for (size_t k = 0; k < all->item_n; k++) {
		const round_person key = {.person = all->item[k].id};
		const round_person *same = bsearch(&key, was, n, sizeof key, compare_id);
		number[k] = same ? same->number : next++;
	}
	return number;
}

static int compare_row(const void *a, const void *b)
{
	const round_person *x = a, *y = b;
	return (x->number > y->number) - (x->number < y->number);
}

static bool find_rows(ctx *c, act_round *r, const act_round *before)
{
	people_list all;
	barred *b;
	size_t bars;
	if (!find_people(c, r->round.municipality, r->round.municipality_n, &all) ||
	    !store_barred(c, (id){""}, &b, &bars))
		return false;
	if (!all.item_n)
		return ctx_fail(c, FAULT_INPUT, "s.round.nobody", S(""), S(""));
	r->who = act_people_rows(c->mem, &all, number_all(c, &all, before), b, bars);
	r->n = all.item_n;
	for (size_t i = 0; i < r->n; i++)
		for (int f = 0; f < FIELD_COUNT; f++)
			if (!is_kept((field_id)f))
				r->who[i].value[f] = S("");
	qsort(r->who, r->n, sizeof *r->who, compare_row);
	return act_round_form_people(c, r);
}

size_t act_round_find(const act_round *r, uint32_t number)
{
	round_person key = {.number = number};
	const round_person *found =
		r->n ? bsearch(&key, r->who, r->n, sizeof key, compare_row) : NULL;
	return found ? (size_t)(found - r->who) : r->n;
}

/* ---- weights as text: "distance=30,…,waiting=800,reserve=15000,most_pairs=0" ------------------- */

static str weights_text(arena *mem, const terms *t)
{
	buf b = {.mem = mem};
	for (int i = 0; i < CRITERIA_COUNT; i++)
		buf_format(&b, "%s=%d,", model_criterion[i].name, (int)t->weight[i]);
	buf_format(&b, "waiting=%d,reserve=%d,most_pairs=%d", (int)t->waiting,
		   (int)t->reserve, t->most_pairs);
	return buf_str(&b);
}

static void read_weight(str name, int32_t n, terms *t)
{
	for (int i = 0; i < CRITERIA_COUNT; i++)
		if (str_equal(name, str_from(model_criterion[i].name)))
			t->weight[i] = n;
	if (str_equal(name, S("waiting")))
		t->waiting = n;
	else if (str_equal(name, S("reserve")))
		t->reserve = n;
	else if (str_equal(name, S("most_pairs")))
		t->most_pairs = n != 0;
}

static void read_weights(str text, terms *t)
{
	str part, name;
	int64_t n;
	while (str_cut(&text, ',', &part))
		if (str_cut(&part, '=', &name) && str_to_int(part, 0, INT32_MAX, &n))
			read_weight(name, (int32_t)n, t);
}

/* ---- what was decided ------------------------------------------------------------------------ */

typedef struct decisions {
	id_pair *locked, *forbidden;
	uint32_t *left_out;
	size_t locks, forbids, outs;
} decisions;

static bool same_pair(id_pair a, id_pair b)
{
	return a.a == b.a && a.b == b.b;
}

/* In the list or not, once. */
static void put_pair(id_pair *list, size_t *n, id_pair p, bool in)
{
	size_t i = 0;
	while (i < *n && !same_pair(list[i], p))
		i++;
	if (in && i == *n)
		list[(*n)++] = p;
	else if (!in && i < *n)
		list[i] = list[--*n];
}

static void put_number(uint32_t *list, size_t *n, uint32_t number, bool in)
{
	size_t i = 0;
	while (i < *n && list[i] != number)
		i++;
	if (in && i == *n)
		list[(*n)++] = number;
	else if (!in && i < *n)
		list[i] = list[--*n];
}

static bool is_kind(const round_change *w, const char *kind)
{
	return str_equal(w->kind, str_from(kind));
}

/* A household is left out as one, and taken in. */
static void put_household(const act_round *r, decisions *d, uint32_t number, bool in)
{
	size_t at = act_round_find(r, number);
	uint32_t household = at < r->n ? r->people->profile[at].household : 0;
	put_number(d->left_out, &d->outs, number, in);
	for (size_t i = 0; household && i < r->n; i++)
		if (r->people->profile[i].household == household)
			put_number(d->left_out, &d->outs, r->who[i].number, in);
}

static void decide(const act_round *r, decisions *d, terms *t, const round_change *w)
{
	id_pair pair = {w->newcomer, w->established};
	if (is_kind(w, "lock") || is_kind(w, "unlock"))
		put_pair(d->locked, &d->locks, pair, is_kind(w, "lock"));
	else if (is_kind(w, "forbid") || is_kind(w, "allow"))
		put_pair(d->forbidden, &d->forbids, pair, is_kind(w, "forbid"));
	else if (is_kind(w, "leave_out") || is_kind(w, "take_in"))
		put_household(r, d, w->newcomer ? w->newcomer : w->established,
			      is_kind(w, "leave_out"));
	else if (is_kind(w, "weights") || is_kind(w, "begin"))
		read_weights(w->what, t);
}

/* Whoever was erased takes along what was decided about her. */
static size_t pairs_there(const act_round *r, id_pair *list, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (act_round_find(r, list[i].a) < r->n &&
		    act_round_find(r, list[i].b) < r->n)
			list[kept++] = list[i];
	return kept;
}

static void form_terms(ctx *c, act_round *r)
{
	size_t most = r->changes + 1;
	decisions d = {.locked = NEW_ARRAY(c->mem, id_pair, most),
		       .forbidden = NEW_ARRAY(c->mem, id_pair, most),
		       .left_out = NEW_ARRAY(c->mem, uint32_t, most + r->n)};
	r->terms = model_terms_default(r->round.day);
	for (size_t i = 0; i < r->changes; i++)
		decide(r, &d, &r->terms, &r->change[i]);
	size_t outs = 0;
	for (size_t i = 0; i < d.outs; i++)
		if (act_round_find(r, d.left_out[i]) < r->n)
			d.left_out[outs++] = d.left_out[i];
	r->terms.locked = d.locked;
	r->terms.locked_n = pairs_there(r, d.locked, d.locks);
	r->terms.forbidden = d.forbidden;
	r->terms.forbidden_n = pairs_there(r, d.forbidden, d.forbids);
	r->terms.left_out = d.left_out;
	r->terms.left_out_n = outs;
	model_pool_form(c->mem, r->people, &r->terms, &r->pool);
}

/* ---- beginning, opening ------------------------------------------------------------------------------ */

/* The weights the office used last are those it begins with. */
static bool last_weights(ctx *c, str *out)
{
	round *all;
	size_t n, newest = 0, changes;
	round_change *w;
	*out = S("");
	if (!store_rounds(c, &all, &n))
		return false;
	if (!n)
		return true;
	for (size_t i = 1; i < n; i++)
		if (all[i].created > all[newest].created)
			newest = i;
	if (!store_round_changes(c, all[newest].id, &w, &changes))
		return false;
	for (size_t i = 0; i < changes; i++)
		if (is_kind(&w[i], "weights") || is_kind(&w[i], "begin"))
			*out = w[i].what;
	return true;
}

bool act_round_begin(ctx *c, const uint16_t *code, size_t n, id *out)
{
	act_round r = {.round = {.day = c->today,
				 .municipality = NEW_ARRAY(c->mem, uint16_t, n),
				 .municipality_n = n}};
	str weights;
	if (!may(c, RIGHT_MATCH))
		return false;
	if (!n)
		return ctx_fail(c, FAULT_INPUT, "s.round.nowhere", S(""), S(""));
	memcpy(r.round.municipality, code, n * sizeof *code);
	if (!last_weights(c, &weights) || !find_rows(c, &r, NULL))
		return false;
	round_change first = {.kind = S("begin"), .what = weights};
	r.change = &first;
	r.changes = 1;
	form_terms(c, &r);
	first.what = weights_text(c->mem, &r.terms);
	if (!act_round_solve(c, &r) || !store_round_add(c, &r.round, r.who, r.n, &first))
		return false;
	*out = r.round.id;
	return true;
}

static bool open_work(ctx *c, void *arg)
{
	act_round *r = arg;
	id which = r->round.id;
	return store_round_get(c, which, &r->round) &&
	       store_round_changes(c, which, &r->change, &r->changes) &&
	       act_rounds_people(c, r);
}

bool act_round_open(ctx *c, id round_id, act_round *out)
{
	*out = (act_round){.round = {.id = round_id}};
	if (!may(c, RIGHT_MATCH) || !store_read(c, open_work, out))
		return false;
	form_terms(c, out);
	return act_round_read_result(c, out);
}

/* ---- changing ------------------------------------------------------------------------------------------ */

static bool has_pair(const id_pair *list, size_t n, id_pair p)
{
	for (size_t i = 0; i < n; i++)
		if (same_pair(list[i], p))
			return true;
	return false;
}

static bool has_number(const uint32_t *list, size_t n, uint32_t number)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == number)
			return true;
	return false;
}

/* Whether nothing would be other than it is. */
static bool is_so(ctx *c, const act_round *r, const round_change *w)
{
	const terms *t = &r->terms;
	id_pair pair = {w->newcomer, w->established};
	if (is_kind(w, "lock") || is_kind(w, "unlock"))
		return has_pair(t->locked, t->locked_n, pair) == is_kind(w, "lock");
	if (is_kind(w, "forbid") || is_kind(w, "allow"))
		return has_pair(t->forbidden, t->forbidden_n, pair) ==
		       is_kind(w, "forbid");
	if (is_kind(w, "leave_out") || is_kind(w, "take_in"))
		return has_number(t->left_out, t->left_out_n,
				  w->newcomer ? w->newcomer : w->established) ==
		       is_kind(w, "leave_out");
	return is_kind(w, "weights") && str_equal(w->what, weights_text(c->mem, t));
}

static bool is_there(const act_round *r, uint32_t number, uint8_t side)
{
	size_t i = act_round_find(r, number);
	return i < r->n && r->people->profile[i].side == side;
}

/* The two, or the one, that a change is about. */
static bool is_about_someone(ctx *c, const act_round *r, const round_change *w)
{
	bool one = is_kind(w, "leave_out") || is_kind(w, "take_in");
	if (is_kind(w, "weights") || is_kind(w, "people"))
		return true;
	if ((w->newcomer || !one) && !is_there(r, w->newcomer, SIDE_NEWCOMER))
		return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	if ((w->established || !one) && !is_there(r, w->established, SIDE_ESTABLISHED))
		return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	if (is_kind(w, "forbid") && !w->reason.n && !w->undoes)
		return ctx_fail(c, FAULT_INPUT, "s.error.reason", S(""), S(""));
	return true;
}

/* A change on the round as it is: solved, and kept unless somebody was first. */
static bool make_change(ctx *c, act_round *r, round_change *w)
{
	act_round next = *r;
	bool anew = is_kind(w, "people");
	if (!is_about_someone(c, r, w))
		return false;
	next.change = NEW_ARRAY(c->mem, round_change, r->changes + 1);
	memcpy(next.change, r->change, r->changes * sizeof *r->change);
	next.change[next.changes++] = *w;
	if (anew) {
		next.round.day = c->today;
		if (!find_rows(c, &next, r))
			return false;
	}
	form_terms(c, &next);
	bool fresh = anew || r->stale;
	if (fresh ? !act_round_solve(c, &next) : !act_round_solve_again(c, r, &next))
		return false;
	w->moved = act_round_moves(c->mem, r, &next);
	return store_round_change(c, &next.round, w, anew ? next.who : NULL,
				  anew ? next.n : 0);
}

static bool is_conflict(ctx *c)
{
	if (c->fault.kind != FAULT_CONFLICT)
		return false;
	c->fault = (fault){0};
	return true;
}

bool act_round_change(ctx *c, id round_id, const act_change *what)
{
	round_change w = {.kind = str_from(what->kind),
			  .newcomer = what->newcomer,
			  .established = what->established,
			  .what = what->terms ? weights_text(c->mem, what->terms) : S(""),
			  .reason = what->reason};
	for (int try = 1;; try++) {
		act_round r;
		if (!act_round_open(c, round_id, &r))
			return false;
		if (what->version && what->version != r.round.version)
			return ctx_fail(c, FAULT_CONFLICT, "fault.changed", S(""), S(""));
		if (!r.stale && is_so(c, &r, &w))
			return true;
		if (make_change(c, &r, &w))
			return true;
		if (what->version || try == TRIES || !is_conflict(c))
			return false;
	}
}

const round_change *act_round_undoable(const act_round *r)
{
	for (size_t i = r->changes; i-- > 1;) {
		const round_change *w = &r->change[i];
		bool undone = w->undoes != 0 || is_kind(w, "people");
		for (size_t k = i + 1; k < r->changes && !undone; k++)
			undone = r->change[k].undoes == w->n;
		if (!undone)
			return w;
	}
	return NULL;
}

/* Weights as they were before a change of them. */
static str weights_before(const act_round *r, const round_change *w)
{
	str before = S("");
	for (size_t i = 0; i < r->changes && &r->change[i] != w; i++)
		if (is_kind(&r->change[i], "weights") || is_kind(&r->change[i], "begin"))
			before = r->change[i].what;
	return before;
}

bool act_round_undo(ctx *c, id round_id, int64_t version)
{
	static const char *const contrary[][2] = {
		{"lock", "unlock"}, {"forbid", "allow"}, {"leave_out", "take_in"}};
	act_round r;
	if (!act_round_open(c, round_id, &r))
		return false;
	const round_change *last = act_round_undoable(&r);
	if (!last || version != r.round.version)
		return ctx_fail(c, FAULT_CONFLICT, "fault.changed", S(""), S(""));
	round_change w = {.kind = last->kind,
			  .newcomer = last->newcomer,
			  .established = last->established,
			  .undoes = last->n,
			  .what = S(""),
			  .reason = S("")};
	if (is_kind(last, "weights"))
		w.what = weights_before(&r, last);
	for (size_t i = 0; i < ARRAY_LEN(contrary); i++)
		for (int k = 0; k < 2; k++)
			if (is_kind(last, contrary[i][k]))
				w.kind = str_from(contrary[i][!k]);
	return make_change(c, &r, &w);
}

bool act_round_drop(ctx *c, id round_id, int64_t version)
{
	return may(c, RIGHT_MATCH) && store_round_end(c, round_id, version, S("dropped"));
}

bool act_round_check(ctx *c, const act_round *r, check_report *out)
{
	check_claim claim;
	return check_claim_read(c, ROUND_FILE, r->result_json, &claim) &&
	       check_run(c, r->people, &claim, 1, out);
}
