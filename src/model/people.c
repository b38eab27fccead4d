/* People as data: canonical values, digest, and who can be matched. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"

str model_people_value(const people *p, size_t i, field_id f)
{
	if (!p->record || !p->record[i])
		return S("");
	const char *s = p->record[i];
	for (int skip = (int)f; skip > 0; skip--)
		s += strlen(s) + 1;
	return str_from(s);
}

int model_age(const profile *p, int32_t date)
{
	return p->birth_year ? date_from_day(date).year - p->birth_year : -1;
}

/* ---- digest ------------------------------------------------------------------ */

static void digest_number(crypto_generichash_state *h, int64_t n)
{
	uint8_t bytes[8];
	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)((uint64_t)n >> (8 * i));
	crypto_generichash_update(h, bytes, sizeof bytes);
}

static void digest_pairs(crypto_generichash_state *h, const id_pair *pair, size_t n)
{
	digest_number(h, (int64_t)n);
	for (size_t i = 0; i < n; i++) {
		digest_number(h, pair[i].a);
		digest_number(h, pair[i].b);
	}
}

/* Field by field, so that neither padding nor the machine's byte order can change it. */
static void digest_profile(crypto_generichash_state *h, const profile *p)
{
	const int64_t part[] = {
		(int64_t)p->interests,
		(int64_t)p->languages,
		(int64_t)p->children,
		p->id,
		p->times,
		p->queued,
		p->arrived,
		p->household,
		p->x,
		p->y,
		p->z,
		p->place,
		p->municipality,
		p->birth_year,
		p->max_km,
		p->side,
		p->gender,
		p->life,
		p->meets,
		p->level,
		p->occupation,
		p->consent,
		p->apps,
		p->wishes,
		p->musts,
		p->age_from,
		p->age_to,
		p->capacity,
		p->flags,
	};
	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		digest_number(h, part[i]);
}

static void digest_record(crypto_generichash_state *h, const char *record)
{
	const char *end = record;
	for (int f = 0; f < FIELD_COUNT; f++)
		end += strlen(end) + 1;
	crypto_generichash_update(h, (const unsigned char *)record,
				  (size_t)(end - record));
}

static void digest_terms(crypto_generichash_state *h, const terms *t)
{
	digest_number(h, t->date);
	for (int c = 0; c < CRITERIA_COUNT; c++)
		digest_number(h, t->weight[c]);
	digest_number(h, t->waiting);
	digest_number(h, t->reserve);
	digest_number(h, t->most_pairs);
	digest_pairs(h, t->locked, t->locked_n);
	digest_pairs(h, t->forbidden, t->forbidden_n);
	digest_number(h, (int64_t)t->left_out_n);
	for (size_t i = 0; i < t->left_out_n; i++)
		digest_number(h, t->left_out[i]);
}

void model_digest(const people *p, const terms *t, uint8_t out[32])
{
	crypto_generichash_state h;
	crypto_generichash_init(&h, NULL, 0, 32);
	digest_number(&h, (int64_t)p->n);
	for (size_t i = 0; i < p->n; i++) {
		digest_profile(&h, &p->profile[i]);
		if (p->record && p->record[i])
			digest_record(&h, p->record[i]);
	}
	digest_pairs(&h, p->never, p->never_n);
	digest_terms(&h, t);
	crypto_generichash_final(&h, out, 32);
}

/* ---- pool -------------------------------------------------------------------- */

static int compare_id(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static pool_reason reason_of(const profile *p, const terms *t, const uint32_t *left_out)
{
	int age = model_age(p, t->date);
	if (p->flags & PROFILE_UNUSABLE)
		return POOL_UNUSABLE;
	if (p->side != SIDE_NEWCOMER && p->side != SIDE_ESTABLISHED)
		return POOL_NO_SIDE;
	if (p->birth_year && age < 18)
		return POOL_MINOR;
	if (p->consent != CONSENT_YES)
		return POOL_NO_CONSENT;
	if (t->left_out_n &&
	    bsearch(&p->id, left_out, t->left_out_n, sizeof *left_out, compare_id))
		return POOL_LEFT_OUT;
	return POOL_MATCHABLE;
}

/* One matchable person and the unit they belong to, for sorting. */
typedef struct entry {
	uint32_t household, id, index;
} entry;

static int compare_household(const void *a, const void *b)
{
	const entry *x = a, *y = b;
	if (x->household != y->household)
		return x->household < y->household ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static int compare_unit(const void *a, const void *b)
{
	const unit *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

/* Units of one side; its members go to member[*used ..]. */
static unit *form_side(arena *mem, const people *p, const uint8_t *reason, uint8_t side,
		       uint32_t *member, uint32_t *used, size_t *count)
{
	size_t n = 0;
	for (size_t i = 0; i < p->n; i++)
		n += reason[i] == POOL_MATCHABLE && p->profile[i].side == side;
	unit *u = NEW_ARRAY(mem, unit, n);
	arena_mark here = arena_here(mem);
	entry *e = NEW_ARRAY(mem, entry, n);
	size_t k = 0;
	for (size_t i = 0; i < p->n; i++)
		if (reason[i] == POOL_MATCHABLE && p->profile[i].side == side)
			e[k++] = (entry){p->profile[i].household, p->profile[i].id,
					 (uint32_t)i};
	qsort(e, n, sizeof *e, compare_household);
	*count = 0;
	for (size_t i = 0; i < n; i++) {
		const profile *who = &p->profile[e[i].index];
		int32_t seats =
			side == SIDE_NEWCOMER || !who->capacity ? 1 : who->capacity;
		bool joins = i && e[i].household && e[i].household == e[i - 1].household;
		member[*used] = e[i].index;
		if (joins) {
			unit *last = &u[*count - 1];
			last->n++;
			if (seats < last->seats)
				last->seats = seats;
		} else {
			u[(*count)++] = (unit){
				.first = *used, .n = 1, .id = e[i].id, .seats = seats};
		}
		++*used;
	}
	arena_reset(mem, here);
	qsort(u, *count, sizeof *u, compare_unit);
	return u;
}

void model_pool_form(arena *mem, const people *p, const terms *t, pool *out)
{
	uint32_t *left_out = NEW_ARRAY(mem, uint32_t, t->left_out_n);
	if (t->left_out_n)
		memcpy(left_out, t->left_out, t->left_out_n * sizeof *left_out);
	qsort(left_out, t->left_out_n, sizeof *left_out, compare_id);
	*out = (pool){.people = p,
		      .member = NEW_ARRAY(mem, uint32_t, p->n),
		      .reason = NEW_ARRAY(mem, uint8_t, p->n)};
	for (size_t i = 0; i < p->n; i++)
		out->reason[i] = (uint8_t)reason_of(&p->profile[i], t, left_out);
	uint32_t used = 0;
	out->newcomer = form_side(mem, p, out->reason, SIDE_NEWCOMER, out->member, &used,
				  &out->newcomers);
	out->established = form_side(mem, p, out->reason, SIDE_ESTABLISHED, out->member,
				     &used, &out->establisheds);
}

int32_t model_unit_days(const pool *p, const unit *u, int32_t date)
{
	int32_t most = -1;
	for (uint32_t m = 0; m < u->n; m++) {
		int32_t queued = p->people->profile[p->member[u->first + m]].queued;
		if (queued == QUEUED_UNKNOWN)
			continue;
		int32_t days = queued < date ? date - queued : 0;
		most = days > most ? days : most;
	}
	return most;
}
