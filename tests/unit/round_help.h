/* For the tests of rounds and offers: an office, people who wait, a round that is begun and applied. */
#ifndef ROUND_HELP_H
#define ROUND_HELP_H

#include "store_help.h"

#include "act/offer.h"
#include "act/round.h"

static const char *const given[] = {"Amina", "Bo",   "Cem", "Dina",
				    "Eva",   "Fadi", "Gul", "Hanna"};

/* Somebody who waits: random but for the side. */
static inline id waiting(house *h, rng *r, bool newcomer, uint16_t where)
{
	static const char *const interests[] = {"fotboll,matlagning", "matlagning,musik",
						"musik,vandring", "vandring,fotboll",
						"matlagning"};
	char text[4][32];
	person p = someone(given[rng_below(r, 8)], "Prov", where, STATE_WAITING);
	snprintf(text[0], sizeof text[0], "%u", 1960 + rng_below(r, 45));
	snprintf(text[1], sizeof text[1], "2023-0%u-1%u", 1 + rng_below(r, 9),
		 rng_below(r, 9));
	snprintf(text[2], sizeof text[2], "%u", 1 + rng_below(r, 2));
	static unsigned turn;
	snprintf(text[3], sizeof text[3], "p%u@prov.example", turn++);
	p.value[FIELD_SIDE] = newcomer ? S("newcomer") : S("established");
	p.value[FIELD_BIRTH_YEAR] = str_copy(h->mem, str_from(text[0]));
	p.value[FIELD_QUEUED] = str_copy(h->mem, str_from(text[1]));
	p.value[FIELD_INTERESTS] = str_from(interests[rng_below(r, 5)]);
	p.value[FIELD_LIFE] = rng_below(r, 2) ? S("single") : S("family");
	p.value[FIELD_MEETS] = S("either");
	p.value[FIELD_CONSENT] = S("yes");
	p.value[FIELD_GENDER] = rng_below(r, 2) ? S("woman") : S("man");
	p.value[FIELD_EMAIL] = str_copy(h->mem, str_from(text[3]));
	if (!newcomer)
		p.value[FIELD_CAPACITY] = str_copy(h->mem, str_from(text[2]));
	return put(h, p);
}

typedef struct office {
	actor karin;
	id round;
} office;

/* The one of the test that runs. */
static office the_office;
static inline office open_office(house *h, unsigned newcomers, unsigned established)
{
	office o = {.karin = coordinator_of(h, LULEA)};
	rng r = rng_seed(7);
	uint16_t where[] = {LULEA};
	h->c.today = date_local(h->c.now).day;
	for (unsigned i = 0; i < newcomers; i++)
		waiting(h, &r, true, LULEA);
	for (unsigned i = 0; i < established; i++)
		waiting(h, &r, false, LULEA);
	waiting(h, &r, true, BODEN); /* not of this office */
	the_office = o;
	h->c.actor = &the_office.karin;
	WORKS(act_round_begin(&h->c, where, 1, &o.round));
	return o;
}

static inline act_round opened(house *h, id round_id)
{
	act_round r;
	WORKS(act_round_open(&h->c, round_id, &r));
	return r;
}

static inline id_pair numbers(const act_round *r, size_t i)
{
	const match_pair *p = &r->result.pair[i];
	return (id_pair){r->pool.newcomer[p->newcomer].id,
			 r->pool.established[p->established].id};
}

typedef struct applying {
	const act_round *r;
	act_applied out;
} applying;

static inline bool do_apply(ctx *c, void *arg)
{
	applying *a = arg;
	return act_round_apply(c, a->r, S("https://kompis.example.org"), &a->out);
}

static inline state state_of(house *h, id who)
{
	person p;
	WORKS(store_person_get(&h->c, who, false, &p));
	return p.state;
}

static inline int64_t count_letters(house *h, const char *rule)
{
	int64_t n;
	const actor *before = h->c.actor;
	h->c.actor = NULL;
	WORKS(store_outbox_count(&h->c, str_from(rule), 0, &n));
	h->c.actor = before;
	return n;
}

#endif
