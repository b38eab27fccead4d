/* A result in terms of another pool, and what has changed between two results of one pool. */
#include <string.h>

#include "match/explain_priv.h"

/* ---- carrying --------------------------------------------------------------------------- */

/* Where each unit of one pool is in another, by id; MATCH_NOBODY for who is gone. */
static uint32_t *find_units(arena *mem, const unit *from, size_t from_n, const unit *to,
			    size_t to_n)
{
	uint32_t *at = NEW_ARRAY(mem, uint32_t, from_n);
	size_t k = 0;
	for (size_t i = 0; i < from_n; i++) {
		while (k < to_n && to[k].id < from[i].id)
			k++;
		at[i] = k < to_n && to[k].id == from[i].id ? (uint32_t)k : MATCH_NOBODY;
	}
	return at;
}

static int64_t *carry_worth(arena *mem, const int64_t *worth, const uint32_t *at,
			    size_t from_n, size_t to_n)
{
	int64_t *out = NEW_ARRAY(mem, int64_t, to_n);
	for (size_t i = 0; i < to_n; i++)
		out[i] = -1;
	for (size_t i = 0; i < from_n; i++)
		if (at[i] != MATCH_NOBODY)
			out[at[i]] = worth[i];
	return out;
}

void match_result_carry(arena *mem, const match_result *r, const pool *from,
			const pool *to, match_result *out)
{
	uint32_t *newcomer = find_units(mem, from->newcomer, from->newcomers,
					to->newcomer, to->newcomers);
	uint32_t *established = find_units(mem, from->established, from->establisheds,
					   to->established, to->establisheds);
	*out = (match_result){.pair = NEW_ARRAY(mem, match_pair, r->pairs),
			      .price = carry_worth(mem, r->price, established,
						   from->establisheds, to->establisheds),
			      .profit = carry_worth(mem, r->profit, newcomer,
						    from->newcomers, to->newcomers),
			      .bonus = r->bonus};
	for (size_t i = 0; i < r->pairs; i++) {
		match_pair x = r->pair[i];
		x.newcomer = newcomer[x.newcomer];
		x.established = established[x.established];
		if (x.newcomer != MATCH_NOBODY && x.established != MATCH_NOBODY)
			out->pair[out->pairs++] = x;
	}
}

/* ---- what is different ------------------------------------------------------------------- */

/* Pairs of a result by the units of one side: partners of u are partner[first[u] .. first[u + 1]). */
typedef struct partners {
	uint32_t *first, *partner;
} partners;

static partners list_partners(arena *mem, const match_result *r, bool established,
			      size_t units)
{
	partners p = {NEW_ARRAY(mem, uint32_t, units + 2),
		      NEW_ARRAY(mem, uint32_t, r->pairs)};
	/* Counted one place further on, so that filling in leaves the beginnings right. */
	for (size_t i = 0; i < r->pairs; i++)
		p.first[2 +
			(established ? r->pair[i].established : r->pair[i].newcomer)]++;
	for (size_t u = 2; u < units + 2; u++)
		p.first[u] += p.first[u - 1];
	for (size_t i = 0; i < r->pairs; i++) {
		const match_pair *x = &r->pair[i];
		uint32_t *at = &p.first[1 + (established ? x->established : x->newcomer)];
		p.partner[(*at)++] = established ? x->newcomer : x->established;
	}
	return p;
}

/* The next partner in `a` from *at on that is not in `b`; MATCH_NOBODY at the end. Both ascend. */
static uint32_t next_only(const partners *a, const partners *b, uint32_t u, uint32_t *at)
{
	for (; *at < a->first[u + 1]; ++*at) {
		uint32_t who = a->partner[*at];
		bool both = false;
		for (uint32_t k = b->first[u]; k < b->first[u + 1]; k++)
			both |= b->partner[k] == who;
		if (!both) {
			++*at;
			return who;
		}
	}
	return MATCH_NOBODY;
}

static void compare_side(arena *mem, const match_result *before, const match_result *now,
			 uint8_t side, size_t units, match_difference *out)
{
	bool established = side == SIDE_ESTABLISHED;
	partners a = list_partners(mem, before, established, units),
		 b = list_partners(mem, now, established, units);
	for (uint32_t u = 0; u < units; u++) {
		uint32_t lost_at = a.first[u], got_at = b.first[u];
		for (;;) {
			uint32_t had = next_only(&a, &b, u, &lost_at);
			uint32_t has = next_only(&b, &a, u, &got_at);
			if (had == MATCH_NOBODY && has == MATCH_NOBODY)
				break;
			match_change_kind kind = had == MATCH_NOBODY   ? CHANGE_PAIRED
						 : has == MATCH_NOBODY ? CHANGE_LOST
								       : CHANGE_OTHER;
			out->change[out->changes++] =
				(match_change){kind, side, u, had, has};
		}
	}
}

void match_result_compare(arena *mem, const pool *p, const match_result *before,
			  const match_result *now, match_difference *out)
{
	resolve_figures was = match_figures(before), is = match_figures(now);
	/* Each pair of either result is a change of each of its two at most. */
	*out = (match_difference){
		.change = NEW_ARRAY(mem, match_change, 2 * (before->pairs + now->pairs)),
		.points = is.weight - was.weight,
		.pairs = is.pairs - was.pairs};
	arena_mark here = arena_here(mem);
	compare_side(mem, before, now, SIDE_NEWCOMER, p->newcomers, out);
	compare_side(mem, before, now, SIDE_ESTABLISHED, p->establisheds, out);
	arena_reset(mem, here);
}
