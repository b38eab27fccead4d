/* A person's row: read, written, changed. What happens to it otherwise: person_step.c, person_merge.c. */
#include <sodium.h>
#include <string.h>

#include "store/store_priv.h"

/* ---- from a row ------------------------------------------------------------------------ */

static str queued_text(arena *mem, const query *q)
{
	int64_t day = row_int_or(q, PERSON_QUEUED, QUEUED_UNKNOWN);
	if (day == QUEUED_UNKNOWN)
		return S("");
	str iso = date_format_iso(mem, (int32_t)day);
	return row_int(q, PERSON_QUEUED_MONTH) ? str_slice(iso, 0, 7) : iso;
}

static str number_text(arena *mem, const query *q, int column, int width)
{
	int64_t n = row_int(q, column);
	return n ? str_format(mem, "%0*lld", width, (long long)n) : S("");
}

static bool row_get(ctx *c, const query *q, person_row *r)
{
	person *p = &r->p;
	*r = (person_row){.named = row_int(q, PERSON_NAMED),
			  .noted = row_int(q, PERSON_NOTED)};
	p->id = row_id(q, PERSON_ID);
	p->state = model_state_named(row_text(q, PERSON_STATE));
	p->created = row_int(q, PERSON_CREATED);
	p->changed = row_int(q, PERSON_CHANGED);
	p->version = row_int(q, PERSON_VERSION);
	p->written = row_text(q, PERSON_WRITTEN);
	p->import = row_id(q, PERSON_IMPORT);
	p->merged = row_id(q, PERSON_MERGED);
	for (int f = 0; f < FIELD_COUNT; f++) {
		int at = columns_at((field_id)f);
		p->value[f] = at < 0 ? S("") : row_text(q, at);
	}
	p->value[FIELD_MUNICIPALITY] = number_text(c->mem, q, PERSON_MUNICIPALITY, 4);
	p->value[FIELD_BIRTH_YEAR] = number_text(c->mem, q, PERSON_BIRTH_YEAR, 4);
	p->value[FIELD_QUEUED] = queued_text(c->mem, q);
	return p->state != STATE_COUNT ||
	       ctx_fail(c, FAULT_RESOURCE, "fault.store", S("state"), S(""));
}

static void take_pairs(person *p, str pairs, bool names_only)
{
	str name, value;
	while (pairs_next(&pairs, &name, &value))
		for (int f = 0; f < FIELD_COUNT; f++)
			if (model_field[f].sealed &&
			    (!names_only || f == FIELD_GIVEN || f == FIELD_FAMILY) &&
			    str_equal(name, str_from(model_field[f].name)))
				p->value[f] = value;
}

static bool row_load(ctx *c, const id *who, person_row *r, str *sealed)
{
	query q;
	if (!db_query_scoped(c, c->store->base->person_load, &q))
		return false;
	bind_id(&q, 4, who);
	if (!db_one(&q) || !row_get(c, &q, r))
		return false;
	*sealed = row_blob(&q, PERSON_SEALED);
	db_end(&q);
	return true;
}

bool person_load(ctx *c, const id *who, bool open, person_row *out)
{
	str sealed, pairs;
	if (!row_load(c, who, out, &sealed))
		return false;
	if (!open)
		return true;
	if (!unseal_person(c, who, S("person"), who, sealed, &pairs))
		return false;
	take_pairs(&out->p, pairs, false);
	out->p.opened = true;
	return true;
}

bool person_load_named(ctx *c, const id *who, person *out)
{
	person_row r;
	str sealed, pairs;
	bool there, staff = is_staff(c);
	uint8_t key[SECRET_BYTES];
	if (!row_load(c, who, &r, &sealed))
		return false;
	*out = r.p;
	if (staff && !(c->actor->rights & RIGHT_BIT(CONTACT_READ)))
		return true;
	if (!keys_get(c, who, key, &there))
		return false;
	if (there && unseal(c, key, S("person"), who, sealed, &pairs))
		take_pairs(out, pairs, true);
	sodium_memzero(key, sizeof key);
	return true;
}

bool person_seen(ctx *c, const id *who)
{
	query q;
	if (!db_query_scoped(
		    c, SQL("SELECT 1 FROM person p WHERE p.id = $4 AND " SCOPE("p")), &q))
		return false;
	bind_id(&q, 4, who);
	if (!db_one(&q))
		return false;
	db_end(&q);
	return true;
}

/* ---- to a row ----------------------------------------------------------------------------- */

static int64_t number_or_none(str s, int64_t min, int64_t max)
{
	int64_t n;
	return str_to_int(s, min, max, &n) ? n : 0;
}

/* "2022-10-22", or "2022-10" when only the month is known. */
static int32_t queued_day(arena *mem, str s, bool *month)
{
	int32_t day;
	*month = s.n == 7;
	str whole = *month ? str_format(mem, "%.*s-01", STR_ARG(s)) : s;
	return date_parse_iso(whole, &day) ? day : QUEUED_UNKNOWN;
}

static bool bind_person(query *q, person_row *r)
{
	ctx *c = q->c;
	person *p = &r->p;
	const str *v = p->value;
	bool month;
	str sealed;
	buf pairs = {.mem = c->mem};
	for (int f = 0; f < FIELD_COUNT; f++)
		if (model_field[f].sealed)
			pairs_add(&pairs, str_from(model_field[f].name), v[f]);
	if (!seal_person(c, &p->id, S("person"), &p->id, buf_str(&pairs), &sealed))
		return false;
	/* Never NULL: a person without names has an empty seal. */
	if (sealed.n)
		bind_blob(q, PERSON_SEALED + 1, sealed);
	else
		bind_blob_empty(q, PERSON_SEALED + 1);
	int32_t day = queued_day(c->mem, v[FIELD_QUEUED], &month);
	bind_id(q, PERSON_ID + 1, &p->id);
	bind_text(q, PERSON_STATE + 1, str_from(model_state[p->state]));
	bind_int_or_null(q, PERSON_MUNICIPALITY + 1,
			 number_or_none(v[FIELD_MUNICIPALITY], 1, 9999), 0);
	bind_int_or_null(q, PERSON_BIRTH_YEAR + 1,
			 number_or_none(v[FIELD_BIRTH_YEAR], 1, 9999), 0);
	bind_int_or_null(q, PERSON_QUEUED + 1, day, QUEUED_UNKNOWN);
	bind_int(q, PERSON_QUEUED_MONTH + 1, month && day != QUEUED_UNKNOWN);
	bind_text(q, PERSON_WRITTEN + 1, p->written);
	bind_int(q, PERSON_CREATED + 1, p->created);
	bind_int(q, PERSON_CHANGED + 1, p->changed);
	bind_int(q, PERSON_VERSION + 1, p->version);
	bind_int(q, PERSON_NAMED + 1, r->named);
	bind_int(q, PERSON_NOTED + 1, v[FIELD_NOTE].n ? r->noted : 0);
	bind_id(q, PERSON_IMPORT + 1, &p->import);
	bind_id(q, PERSON_MERGED + 1, &p->merged);
	bind_blob(q, PERSON_PHONE_HASH + 1,
		  v[FIELD_PHONE].n ? contact_hash(c, v[FIELD_PHONE]) : S(""));
	bind_blob(q, PERSON_EMAIL_HASH + 1,
		  v[FIELD_EMAIL].n ? contact_hash(c, v[FIELD_EMAIL]) : S(""));
	for (int f = 0; f < FIELD_COUNT; f++)
		if (columns_at((field_id)f) >= 0)
			bind_text_or_null(q, columns_at((field_id)f) + 1, v[f]);
	return true;
}

bool person_save_still(ctx *c, person_row *r)
{
	query q;
	int64_t changed, before = r->p.version;
	assert(r->p.opened && "what was not opened would be lost");
	r->p.version++;
	if (!db_query(c, c->store->base->person_update, &q) || !bind_person(&q, r))
		return false;
	bind_int(&q, columns_old_version(), before);
	if (!db_run(&q, &changed))
		return false;
	return changed == 1 || fail_changed(c);
}

bool person_save(ctx *c, person_row *r, bool renamed)
{
	if (renamed && !index_counter_next(c, &r->named))
		return false;
	r->p.changed = c->now;
	return person_save_still(c, r);
}

static bool add_work(ctx *c, void *arg)
{
	query q;
	person_row r = {.p = *(const person *)arg, .noted = c->now};
	person *p = &r.p;
	p->id = store_id_new(c);
	p->version = 1;
	p->created = p->changed = c->now;
	p->opened = true;
	if (!keys_new(c, &p->id) || !index_counter_next(c, &r.named) ||
	    !db_query(c, c->store->base->person_insert, &q) || !bind_person(&q, &r) ||
	    !db_run(&q, NULL))
		return false;
	/* Staff may not put someone where they themselves could not look. */
	if (is_staff(c) && !person_seen(c, &p->id))
		return false;
	event e = {.subject = p->id,
		   .kind = id_none(p->import) ? S("add") : S("import"),
		   .to = str_from(model_state[p->state])};
	if (!event_write(c, &e))
		return false;
	*(person *)arg = *p;
	return true;
}

bool store_person_add(ctx *c, person *p)
{
	return store_write(c, add_work, p);
}

/* ---- getting and changing -------------------------------------------------------------------- */

typedef struct get_job {
	id who;
	bool open;
	person *out;
} get_job;

static bool get_work(ctx *c, void *arg)
{
	get_job *j = arg;
	person_row r;
	if (!j->open)
		return person_load_named(c, &j->who, j->out);
	if (!person_load(c, &j->who, true, &r))
		return false;
	*j->out = r.p;
	return !is_staff(c) || store_log(c, S("open"), j->who);
}

bool store_person_get(ctx *c, id person_id, bool open, person *out)
{
	get_job j = {.who = person_id, .open = open, .out = out};
	if (open && !staff_may(c, RIGHT_CONTACT_READ))
		return false;
	return store_read(c, get_work, &j);
}

typedef struct change_job {
	id who;
	int64_t version;
	const str *value;
	const bool *set;
} change_job;

static bool change_work(ctx *c, void *arg)
{
	const change_job *j = arg;
	person_row r;
	buf names = {.mem = c->mem};
	bool renamed = false;
	if (!person_load(c, &j->who, true, &r))
		return false;
	if (j->version && j->version != r.p.version)
		return fail_changed(c);
	for (int f = 0; f < FIELD_COUNT; f++) {
		if (!j->set[f] || str_equal(j->value[f], r.p.value[f]))
			continue;
		buf_add(&names, names.n ? S(",") : S(""));
		buf_add(&names, str_from(model_field[f].name));
		renamed |= f == FIELD_GIVEN || f == FIELD_FAMILY;
		r.noted = f == FIELD_NOTE ? c->now : r.noted;
		r.p.value[f] = j->value[f];
	}
	if (!names.n)
		return true;
	event e = {.subject = j->who, .kind = S("change"), .what = buf_str(&names)};
	return person_save(c, &r, renamed) && event_write(c, &e);
}

bool store_person_change(ctx *c, id person_id, int64_t version,
			 const str value[FIELD_COUNT], const bool set[FIELD_COUNT])
{
	change_job j = {.who = person_id, .version = version, .value = value, .set = set};
	return store_write(c, change_work, &j);
}
