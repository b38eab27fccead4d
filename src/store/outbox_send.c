/*
 * Sending: claimed, handed over, settled, each in a commit of its own (docs/adr/0011).
 *
 * `due` says when somebody has to look at a row: when it may be tried, or when the lease of whoever
 * holds it is over; NEVER when it is done with. `claim` is a fence (M. Kleppmann, "How to do
 * distributed locking", 2016): a sender that slept through its lease cannot hand over any more.
 */
#include "store/outbox_priv.h"

/* After each failing try the next waits twice as long: 1 minute … about 4 hours. RFC 5321 §4.5.4.1 */
enum { MINUTE_MS = 60 * 1000, DOUBLINGS = 8, REPORT_HASH = 32 };
#define HOUR_MS    INT64_C(3600000)
#define GIVE_UP_MS (5 * 24 * HOUR_MS)

/* ---- claiming ------------------------------------------------------------------------------- */

typedef struct claim_job {
	int64_t lease;
	str claim;
	message m;
} claim_job;

/* Nobody can tell whether these went, and a telephone shows the second one too. */
static bool leave_unsure_sms(ctx *c)
{
	query q;
	if (!db_query(
		    c,
		    SQL("UPDATE message SET state = 'unsure', due = $2, unsure = unsure "
			"+ 1 WHERE due <= $1 AND state = 'sending' AND channel = 'sms'"),
		    &q))
		return false;
	bind_int(&q, 1, c->now);
	bind_int(&q, 2, NEVER);
	return db_run(&q, NULL);
}

static bool first_due(ctx *c, id *which)
{
	query q;
	bool row;
	*which = (id){""};
	if (!db_query(c,
		      SQL("SELECT id FROM message WHERE due <= $1 ORDER BY due, id "
			  "LIMIT 1"),
		      &q))
		return false;
	bind_int(&q, 1, c->now);
	if (!db_next(&q, &row))
		return false;
	if (row) {
		*which = row_id(&q, 0);
		db_end(&q);
	}
	return true;
}

/* Another process may have it by now: then no row changes. */
static bool take(ctx *c, const claim_job *j, const id *which, bool *taken)
{
	query q;
	int64_t n;
	if (!db_query(
		    c,
		    SQL("UPDATE message SET claim = $2, due = $3, unsure = unsure + CASE "
			"state WHEN 'sending' THEN 1 ELSE 0 END, tries = tries + CASE "
			"state WHEN 'sending' THEN 1 ELSE 0 END, state = 'claimed' "
			"WHERE id = $1 AND due <= $4"),
		    &q))
		return false;
	bind_id(&q, 1, which);
	bind_text(&q, 2, j->claim);
	bind_int(&q, 3, c->now + j->lease);
	bind_int(&q, 4, c->now);
	if (!db_run(&q, &n))
		return false;
	*taken = n == 1;
	return true;
}

/* One that does not open (its key went a moment ago, or the file is damaged) shall not stop the others. */
static bool load(ctx *c, const id *which, message *m)
{
	query q;
	if (!db_query(c, SQL("SELECT " OUTBOX_COLUMNS " FROM message WHERE id = $1"), &q))
		return false;
	bind_id(&q, 1, which);
	if (!db_one(&q))
		return false;
	bool ok = outbox_row(c, &q, m);
	db_end(&q);
	if (ok || !c->fault.key || !str_equal(str_from(c->fault.key), S("store.sealed")))
		return ok;
	c->fault = (fault){.kind = FAULT_NONE};
	m->id = (id){""};
	return true;
}

static bool claim_work(ctx *c, void *arg)
{
	claim_job *j = arg;
	id which;
	bool taken;
	j->m = (message){.id = {""}};
	if (!outbox_may(c) || !leave_unsure_sms(c))
		return false;
	while (id_none(j->m.id)) {
		if (!first_due(c, &which))
			return false;
		if (id_none(which))
			return true;
		if (!take(c, j, &which, &taken) || (taken && !load(c, &which, &j->m)))
			return false;
	}
	return true;
}

bool store_outbox_claim(ctx *c, int64_t lease, message *out)
{
	const id mine = store_id_new(c);
	claim_job j = {.lease = lease, .claim = id_str(&mine)};
	if (!store_write(c, claim_work, &j))
		return false;
	*out = j.m;
	return true;
}

/* ---- handing over ------------------------------------------------------------------------------ */

typedef struct hand_job {
	const message *m;
	int64_t lease;
	str report;
} hand_job;

static bool hand_work(ctx *c, void *arg)
{
	const hand_job *j = arg;
	query q;
	int64_t n;
	if (!outbox_may(c) ||
	    !db_query(c,
		      SQL("UPDATE message SET state = 'sending', due = $3, report = $4 "
			  "WHERE id = $1 AND claim = $2 AND state = 'claimed'"),
		      &q))
		return false;
	bind_id(&q, 1, &j->m->id);
	bind_text(&q, 2, j->m->claim);
	bind_int(&q, 3, c->now + j->lease);
	if (j->report.n)
		bind_blob(&q, 4, keyed_hash(c, S("report"), j->report));
	return db_run(&q, &n) && (n == 1 || fail_changed(c));
}

bool store_outbox_hand_over(ctx *c, const message *m, int64_t lease, str report)
{
	hand_job j = {.m = m, .lease = lease, .report = report};
	return store_write(c, hand_work, &j);
}

/* ---- what became of it ------------------------------------------------------------------------ */

typedef struct settle_job {
	const message *m;
	message_end end;
	str error;
} settle_job;

typedef struct outcome {
	str state;
	int64_t sent, due, tries, unsure;
} outcome;

static outcome outcome_of(ctx *c, const settle_job *j)
{
	const message *m = j->m;
	outcome o = {.due = NEVER, .tries = m->tries + 1, .unsure = m->unsure};
	bool again = j->end == MESSAGE_LATER || j->end == MESSAGE_FREE;
	if (j->end == MESSAGE_UNSURE) {
		o.unsure++;
		o.state = S("unsure");
		again = str_equal(m->channel, S("mail"));
	}
	if (j->end == MESSAGE_SENT) {
		o.state = S("sent");
		o.sent = c->now;
	} else if (j->end == MESSAGE_SUPPRESSED) {
		o.state = S("suppressed");
	} else if (again && c->now - m->created < GIVE_UP_MS) {
		o.state = S("queued");
		o.due = c->now + ((int64_t)MINUTE_MS
				  << (o.tries > DOUBLINGS ? DOUBLINGS : o.tries - 1));
	} else if (j->end != MESSAGE_UNSURE || again) {
		o.state = S("failed");
	}
	if (j->end == MESSAGE_FREE && o.due != NEVER) {
		o.tries = m->tries;
		o.due = c->now + (j->error.n ? HOUR_MS : 0);
	}
	return o;
}

static bool settle_work(ctx *c, void *arg)
{
	const settle_job *j = arg;
	query q;
	str error;
	int64_t n;
	outcome o = outcome_of(c, j);
	if (!outbox_may(c) || !outbox_seal(c, j->m, j->error, &error) ||
	    !db_query(
		    c,
		    SQL("UPDATE message SET state = $3, sent = $4, due = $5, tries = $6, "
			"unsure = $7, error = $8, claim = NULL WHERE id = $1 AND claim = "
			"$2 AND state IN ('claimed', 'sending')"),
		    &q))
		return false;
	bind_id(&q, 1, &j->m->id);
	bind_text(&q, 2, j->m->claim);
	bind_text(&q, 3, o.state);
	bind_int(&q, 4, o.sent);
	bind_int(&q, 5, o.due);
	bind_int(&q, 6, o.tries);
	bind_int(&q, 7, o.unsure);
	bind_blob(&q, 8, error);
	return db_run(&q, &n) && (n == 1 || fail_changed(c));
}

bool store_outbox_settle(ctx *c, const message *m, message_end end, str error)
{
	settle_job j = {.m = m, .end = end, .error = error};
	return store_write(c, settle_work, &j);
}

static bool again_work(ctx *c, void *arg)
{
	const id *which = arg;
	query q;
	int64_t n;
	if (!outbox_may(c) ||
	    !db_query(c,
		      SQL("UPDATE message SET state = 'queued', due = $2, tries = 0, "
			  "error = NULL, claim = NULL, report = NULL WHERE id = $1"),
		      &q))
		return false;
	bind_id(&q, 1, which);
	bind_int(&q, 2, c->now);
	return db_run(&q, &n) && (n == 1 || fail_hidden(c));
}

bool store_outbox_again(ctx *c, id message_id)
{
	return store_write(c, again_work, &message_id);
}

/* ---- what the other side tells later --------------------------------------------------------------- */

typedef struct report_job {
	str hash;
	bool arrived;
	message m;
} report_job;

static bool report_find(ctx *c, report_job *j)
{
	query q;
	if (!db_query(c, SQL("SELECT id, person, channel FROM message WHERE report = $1"),
		      &q))
		return false;
	bind_blob(&q, 1, j->hash);
	if (!db_one(&q))
		return false;
	j->m = (message){
		.id = row_id(&q, 0), .person = row_id(&q, 1), .channel = row_text(&q, 2)};
	db_end(&q);
	return true;
}

/* It may come before the answer to the request itself, and settles what was unsure. */
static bool report_work(ctx *c, void *arg)
{
	report_job *j = arg;
	query q;
	str error = S("");
	if (!report_find(c, j) ||
	    (!j->arrived && !outbox_seal(c, &j->m, S("s.mail_error.network"), &error)) ||
	    !db_query(
		    c,
		    SQL("UPDATE message SET state = $2, sent = CASE sent WHEN 0 THEN $3 "
			"ELSE sent END, delivered = $4, due = $5, error = $6, claim = "
			"NULL WHERE id = $1"),
		    &q))
		return false;
	bind_id(&q, 1, &j->m.id);
	bind_text(&q, 2, j->arrived ? S("sent") : S("failed"));
	bind_int(&q, 3, c->now);
	bind_int(&q, 4, j->arrived ? c->now : 0);
	bind_int(&q, 5, NEVER);
	bind_blob(&q, 6, error);
	return db_run(&q, NULL);
}

bool store_outbox_report(ctx *c, str report, bool arrived, message *m)
{
	report_job j = {.hash = keyed_hash(c, S("report"), report), .arrived = arrived};
	if (!store_write(c, report_work, &j))
		return false;
	*m = j.m;
	return true;
}

typedef struct return_job {
	id which;
	str error;
	message m;
} return_job;

static bool return_work(ctx *c, void *arg)
{
	return_job *j = arg;
	query q;
	bool row;
	str error;
	j->m = (message){.id = {""}};
	if (!outbox_may(c) ||
	    !db_query(c,
		      SQL("SELECT id, person, channel FROM message WHERE id = $1 AND "
			  "channel = 'mail' AND state IN ('sent', 'unsure')"),
		      &q))
		return false;
	bind_id(&q, 1, &j->which);
	if (!db_next(&q, &row) || !row)
		return c->fault.kind == FAULT_NONE;
	j->m = (message){
		.id = row_id(&q, 0), .person = row_id(&q, 1), .channel = row_text(&q, 2)};
	db_end(&q);
	if (!outbox_seal(c, &j->m, j->error, &error) ||
	    !db_query(c,
		      SQL("UPDATE message SET state = 'failed', error = $2, due = $3, "
			  "claim = NULL WHERE id = $1"),
		      &q))
		return false;
	bind_id(&q, 1, &j->which);
	bind_blob(&q, 2, error);
	bind_int(&q, 3, NEVER);
	return db_run(&q, NULL);
}

bool store_outbox_returned(ctx *c, id message_id, str error, message *m)
{
	return_job j = {.which = message_id, .error = error};
	if (!store_write(c, return_work, &j))
		return false;
	*m = j.m;
	return true;
}
