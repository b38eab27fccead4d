/* Consent per purpose: a row when it is given and a row when it is taken back. */
#include "store/store_priv.h"

typedef struct set_job {
	id who;
	consent purpose;
	bool given;
	str lang, channel;
} set_job;

/* Matching reads the answer from the person: it may not say otherwise than the newest consent. */
static bool answer_follows(ctx *c, const set_job *j)
{
	person_row r;
	str answer = model_choice_get(FIELD_CONSENT, j->given ? CONSENT_YES : CONSENT_NO)
			     ->code;
	if (!person_load(c, &j->who, true, &r))
		return false;
	if (str_equal(r.p.value[FIELD_CONSENT], answer))
		return true;
	r.p.value[FIELD_CONSENT] = answer;
	return person_save(c, &r, false);
}

static bool set_work(ctx *c, void *arg)
{
	const set_job *j = arg;
	query q;
	str purpose = str_from(model_consent[j->purpose].name);
	id fresh = store_id_new(c);
	if (!person_seen(c, &j->who) ||
	    !db_query(c,
		      SQL("INSERT INTO consent (id, person, n, purpose, given, version, "
			  "at, "
			  "lang, channel) SELECT $1, $2, COALESCE(MAX(n), 0) + 1, $3, "
			  "$4, $5, "
			  "$6, $7, $8 FROM consent WHERE person = $2"),
		      &q))
		return false;
	bind_id(&q, 1, &fresh);
	bind_id(&q, 2, &j->who);
	bind_text(&q, 3, purpose);
	bind_int(&q, 4, j->given);
	bind_int(&q, 5, model_consent[j->purpose].version);
	bind_int(&q, 6, c->now);
	bind_text(&q, 7, j->lang);
	bind_text(&q, 8, j->channel);
	if (!db_run(&q, NULL))
		return false;
	event e = {.subject = j->who,
		   .kind = S("consent"),
		   .what = str_format(c->mem, "%.*s%s", STR_ARG(purpose),
				      j->given ? "+" : "-")};
	return (j->purpose != CONSENT_FOR_MATCH || answer_follows(c, j)) &&
	       event_write(c, &e);
}

bool store_consent_set(ctx *c, id person_id, consent purpose, bool given, str lang,
		       str channel)
{
	set_job j = {.who = person_id,
		     .purpose = purpose,
		     .given = given,
		     .lang = lang,
		     .channel = channel};
	return store_write(c, set_work, &j);
}

typedef struct get_job {
	id who;
	consent_row *out;
} get_job;

static int purpose_named(str name)
{
	int p = 0;
	while (p < CONSENT_PURPOSES && !str_equal(name, str_from(model_consent[p].name)))
		p++;
	return p;
}

/* The last row of a purpose is what holds. */
static bool get_work(ctx *c, void *arg)
{
	const get_job *j = arg;
	query q;
	bool row;
	for (int p = 0; p < CONSENT_PURPOSES; p++)
		j->out[p] = (consent_row){0};
	if (!person_seen(c, &j->who) ||
	    !db_query(c,
		      SQL("SELECT purpose, given, version, at, lang, channel FROM "
			  "consent WHERE person = $1 ORDER BY at, n"),
		      &q))
		return false;
	bind_id(&q, 1, &j->who);
	for (;;) {
		if (!db_next(&q, &row))
			return false;
		if (!row)
			return true;
		int p = purpose_named(row_text(&q, 0));
		if (p < CONSENT_PURPOSES)
			j->out[p] = (consent_row){.given = row_int(&q, 1),
						  .version = (int)row_int(&q, 2),
						  .at = row_int(&q, 3),
						  .lang = row_text(&q, 4),
						  .channel = row_text(&q, 5)};
	}
}

bool store_consents(ctx *c, id person_id, consent_row out[CONSENT_PURPOSES])
{
	get_job j = {.who = person_id, .out = out};
	return store_read(c, get_work, &j);
}
