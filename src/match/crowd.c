/* A unit with all units of the other side: see crowd.h. */
#include <string.h>

#include "match/match_priv.h"

/* ---- forming -------------------------------------------------------------------------- */

/* A place for all answers, unknown ones at first. */
static void make_room(arena *mem, size_t slots, crowd_answers *w)
{
	*w = (crowd_answers){.slots = slots,
			     .interests = NEW_ARRAY(mem, uint64_t, slots),
			     .languages = NEW_ARRAY(mem, uint64_t, slots),
			     .children = NEW_ARRAY(mem, uint64_t, slots),
			     .times = NEW_ARRAY(mem, uint32_t, slots),
			     .apps = NEW_ARRAY(mem, uint32_t, slots),
			     .limit = NEW_ARRAY(mem, double, slots)};
	int32_t **const plain[] = {&w->x,          &w->y,
				   &w->z,          &w->placed,
				   &w->birth_year, &w->life,
				   &w->occupation, &w->gender,
				   &w->meets,      &w->share_interests,
				   &w->wishes,     &w->share_languages,
				   &w->musts,      &w->age_from,
				   &w->age_to,     &w->childless,
				   &w->waiting};
	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		*plain[i] = NEW_ARRAY(mem, int32_t, slots);
}

static void put(crowd_answers *w, size_t at, const profile *p, const terms *t,
		const frame *f)
{
	w->interests[at] = p->interests;
	w->languages[at] = p->languages;
	w->children[at] = p->children & f->child_years;
	w->times[at] = p->times;
	w->apps[at] = p->apps;
	w->x[at] = p->x;
	w->y[at] = p->y;
	w->z[at] = p->z;
	w->placed[at] = (p->flags & PROFILE_PLACED) != 0;
	w->birth_year[at] = p->birth_year;
	w->life[at] = p->life;
	w->occupation[at] = p->occupation;
	w->gender[at] = p->gender;
	w->meets[at] = p->meets;
	w->share_interests[at] = kind_share_inv[__builtin_popcountll(p->interests)];
	w->share_languages[at] = kind_share_inv[__builtin_popcountll(p->languages)];
	w->wishes[at] = p->wishes | p->musts;
	w->musts[at] = p->musts;
	w->age_from[at] = p->age_from ? p->age_from : INT32_MIN;
	w->age_to[at] = p->age_to ? p->age_to : INT32_MAX;
	w->childless[at] = childless(p);
	w->limit[at] = crowd_limit(p);
	w->waiting[at] = match_waiting(p, t);
}

void crowd_form(arena *mem, const pool *p, bool established, const terms *t,
		const kernel *k, crowd *out)
{
	*out = (crowd){.kernel = k,
		       .pool = p,
		       .terms = t,
		       .unit = established ? p->established : p->newcomer,
		       .units = (uint32_t)(established ? p->establisheds : p->newcomers),
		       .asked = {.frame = frame_of(t->date), .weight = t->weight}};
	size_t slots = out->units;
	out->more = NEW_ARRAY(mem, uint32_t, out->units);
	out->household = NEW_ARRAY(mem, uint32_t, out->units);
	for (uint32_t j = 0; j < out->units; j++) {
		out->more[j] = (uint32_t)slots;
		slots += out->unit[j].n - 1;
		if (out->unit[j].n > 1)
			out->household[out->households++] = j;
	}
	slots = (slots + CROWD_RUN - 1) / CROWD_RUN * CROWD_RUN;
	make_room(mem, slots, &out->answers);
	for (uint32_t j = 0; j < out->units; j++)
		for (uint32_t m = 0; m < out->unit[j].n; m++) {
			uint32_t who = p->member[out->unit[j].first + m];
			put(&out->answers, m ? out->more[j] + m - 1 : j,
			    &p->people->profile[who], t, &out->asked.frame);
		}
	out->weight = NEW_ARRAY(mem, int32_t, slots);
	out->broken = NEW_ARRAY(mem, uint16_t, slots);
	out->rules = NEW_ARRAY(mem, uint16_t, slots);
	out->sum = NEW_ARRAY(mem, int64_t, slots);
}

/* ---- asking ----------------------------------------------------------------------------- */

static void ask_person(crowd *w, const profile *who)
{
	w->asked.who = who;
	w->asked.constant = match_waiting(who, w->terms) - w->terms->reserve;
	w->kernel->weigh(&w->answers, &w->asked, w->weight, w->broken);
}

/* What the members of who asks say together. */
static void ask_members(crowd *w, const unit *who)
{
	size_t slots = w->answers.slots;
	memset(w->sum, 0, slots * sizeof *w->sum);
	memset(w->rules, 0, slots * sizeof *w->rules);
	for (uint32_t m = 0; m < who->n; m++) {
		ask_person(w, &w->pool->people->profile[w->pool->member[who->first + m]]);
		for (size_t s = 0; s < slots; s++) {
			w->sum[s] += w->weight[s];
			w->rules[s] |= w->broken[s];
		}
	}
}

/* Two units, at least one of several people: the rounded mean of them all. */
static void settle(const crowd *w, const unit *who, uint32_t j, int32_t *weight,
		   uint16_t *broken)
{
	uint32_t n = w->unit[j].n;
	bool many = who->n > 1;
	unsigned rules = 0;
	int64_t sum = 0;
	for (uint32_t m = 0; m < n; m++) {
		size_t s = m ? w->more[j] + m - 1 : j;
		sum += many ? w->sum[s] : w->weight[s];
		rules |= many ? w->rules[s] : w->broken[s];
	}
	weight[j] = (int32_t)mean_round(sum, (int64_t)n * who->n);
	broken[j] = (uint16_t)rules;
}

void crowd_ask(crowd *w, const unit *who, int32_t *weight, uint16_t *broken)
{
	if (who->n > 1) {
		ask_members(w, who);
		for (uint32_t j = 0; j < w->units; j++)
			settle(w, who, j, weight, broken);
		return;
	}
	ask_person(w, &w->pool->people->profile[w->pool->member[who->first]]);
	memcpy(weight, w->weight, w->units * sizeof *weight);
	memcpy(broken, w->broken, w->units * sizeof *broken);
	for (size_t h = 0; h < w->households; h++)
		settle(w, who, w->household[h], weight, broken);
}
