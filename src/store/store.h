/*
 * store - everything Kompis keeps: people, states, staff, log, messages. The only room that
 * knows a database. No room above it writes SQL.
 *
 * One store_base per process (directory, keys, index of names) and one store per thread.
 * What a function returns lives in c->mem. All take the ctx of a job whose `store`, `now`
 * and `actor` are set. Who may see what is part of each query: a row outside the actor's
 * municipalities is FAULT_HIDDEN ("fault.hidden"), the same as one that is not there. What an
 * account may see is read from the database, not from the actor, so a lock counts at once.
 * An actor of NULL is the program itself (command line, sweeps) and sees all; a request of
 * nobody has an actor with nothing in it, never NULL.
 * Faults of all: BUSY ("fault.busy") after the retries of store_write, RESOURCE
 * ("fault.store") when the disk or file fails.
 *
 * Sealing: DESIGN.md §3.5. XChaCha20-Poly1305 (libsodium), key per person, associated data
 * table + row; person keys wrapped by the master key and kept in keys.db.
 */
#ifndef STORE_H
#define STORE_H

#include "model/office.h"

typedef struct store_base store_base;
typedef struct store store;

/* ---- opening ------------------------------------------------------------------- */
/*
 * Opens DIR (made 0700 when missing): kompis.db, keys.db, master.key (0600), outbox/; creates
 * what is missing and applies the migrations that are. Takes a lock on DIR so that two
 * servers do not share it; `read_only` takes none and changes nothing. Lives until
 * store_base_close. Faults: RESOURCE ("store.locked", "store.newer", "store.key_missing" …).
 */
MUST_USE bool store_base_open(ctx *c, str dir, bool read_only, store_base **out);
/*
 * The same with the people and their keys elsewhere: connection strings (postgresql://…) of a
 * database each, or "" for the files in DIR. master.key and outbox/ stay in DIR. With both
 * elsewhere several processes may have them open. INPUT ("store.keys_wanted", "store.url_bad" …).
 */
typedef struct store_where {
	str dir, database, keys;
} store_where;
MUST_USE bool store_base_open_at(ctx *c, const store_where *w, bool read_only,
				 store_base **out);
void store_base_close(store_base *b);
/* A handle for one thread, closed when `mem` is freed. */
MUST_USE bool store_open(ctx *c, arena *mem, store_base *b, store **out);

/*
 * Runs `work(c, arg)` in one transaction: COMMIT when it returns true, else ROLLBACK. The one
 * place for retries: when the database says someone else was first, everything `work`
 * did is undone and it runs again, so it must not change anything but the store and *arg
 * in a repeatable way. Inside another store_write it joins that transaction; when it fails
 * there, it undoes itself only. Not inside store_read.
 */
MUST_USE bool store_write(ctx *c, bool (*work)(ctx *c, void *arg), void *arg);
/*
 * The same for several reads that must agree. What they have to note in the log is written when
 * `work` is done, before this returns true.
 */
MUST_USE bool store_read(ctx *c, bool (*work)(ctx *c, void *arg), void *arg);

/*
 * Grows with each commit of this process that changed a row, but those that only note who was
 * seen and who looked.
 * Inside store_read a number from before anything was read: what is made there holds while it stays.
 */
uint64_t store_generation(const ctx *c);

/* A fresh random id. */
id store_id_new(ctx *c);
/* `n` characters of Crockford base32 in small letters (5 bits each), NUL-terminated, in c->mem. */
str store_secret_new(ctx *c, size_t n);

/* ---- idempotency: the same form sent twice does the thing once ------------------ */
/*
 * Inside store_write: claims the key for this actor; *again when it was claimed before, with what
 * store_once_result kept then ("" if nothing; ids only, it is not sealed). Keys live 48 hours.
 */
MUST_USE bool store_once(ctx *c, str key, bool *again, str *result);
MUST_USE bool store_once_result(ctx *c, str key, str result);

/* ---- people --------------------------------------------------------------------- */
/*
 * Adds a person in p->state with values, `written`, `import`; id and version are set. HIDDEN
 * when staff add someone where they could not look.
 */
MUST_USE bool store_person_add(ctx *c, person *p);
/*
 * Given and family name are opened for those who may (CONTACT_READ), as in lists. `open`: unseal
 * contact and notes too; for staff that needs CONTACT_READ and writes one line in the log of
 * reads. A participant gets only their own person.
 */
MUST_USE bool store_person_get(ctx *c, id person_id, bool open, person *out);
/*
 * Sets the values with `set[f]`, others stay. `version` is what the form was made from:
 * FAULT_CONFLICT ("fault.changed") when the person changed since; 0 = do not compare. Writes
 * an event that names the fields, not the values.
 */
MUST_USE bool store_person_change(ctx *c, id person_id, int64_t version,
				  const str value[FIELD_COUNT],
				  const bool set[FIELD_COUNT]);
/*
 * Takes the application one step (model_step); FAULT_CONFLICT when it is not legal from where
 * it is, or when `version` (unless 0) is not the present one. `reason` is sealed; may be empty.
 */
MUST_USE bool store_person_step(ctx *c, id person_id, int64_t version, str verb,
				str reason);
/* Takes back the last step, if it may be and was done by staff at most a day ago; else CONFLICT. */
MUST_USE bool store_person_undo(ctx *c, id person_id, int64_t version);
/*
 * `gone` becomes part of `keep`: unknown values are filled, the earlier queue date stays, its
 * events, consents, interviews and tasks follow, its row is closed and points to `keep`
 * (person.merged). No list has it any more; CONFLICT when one of them was merged before.
 */
MUST_USE bool store_person_merge(ctx *c, id keep, id gone);
/* Erases a draft, or one that came by an import undone (else CONFLICT): key destroyed, rows gone. */
MUST_USE bool store_person_erase(ctx *c, id person_id);
/* The persons (id and state only, whatever the scope) with this e-mail or phone, by keyed hash. */
MUST_USE bool store_people_by_contact(ctx *c, str email_or_phone, person **out,
				      size_t *n);

typedef enum people_sort {
	PEOPLE_BY_QUEUED,  /* longest wait first */
	PEOPLE_BY_CHANGED, /* newest first */
	PEOPLE_BY_YEAR,
	PEOPLE_BY_PLACE,
	PEOPLE_BY_STATE
} people_sort;
typedef struct people_filter {
	uint32_t states; /* mask of 1 << STATE_x; 0 = all but drafts */
	int side;        /* 0 or SIDE_x */
	int level;       /* 0 or LEVEL_x */
	int gender;
	uint16_t municipality; /* 0 = all in scope */
	people_sort sort;
	bool reverse;
	int64_t offset, limit;
} people_filter;
typedef struct people_list {
	/* Given and family names are opened (for staff with CONTACT_READ), nothing else that is sealed. */
	person *item;
	size_t item_n;
	int64_t total;
} people_list;
MUST_USE bool store_people_list(ctx *c, const people_filter *f, people_list *out);
/*
 * The same people, one after the other, however many: each is forgotten when `row` returns, with
 * what that took from c->mem. One line in the log. `row` may be called again from the first on,
 * as when a transaction is tried again.
 */
MUST_USE bool store_people_each(ctx *c, const people_filter *f,
				bool (*row)(ctx *c, void *self, const person *p),
				void *self);
/* How many there are in each state, in scope. */
MUST_USE bool store_people_count(ctx *c, int64_t out[STATE_COUNT]);
/*
 * By name, in the scope of the actor: every word typed begins some word of the name. Folded and
 * without accents (ICU), sorted as Swedish sorts names. At most `most`; *more when there were more.
 */
MUST_USE bool store_people_search(ctx *c, str text, size_t most, people_list *out,
				  bool *more);
/* Everyone in one of these states with all sealed values opened, by queue date: for a round. One line in the log. */
MUST_USE bool store_people_all(ctx *c, uint32_t states, people_list *out);

/* ---- what happened: append-only ---------------------------------------------------- */
typedef struct event {
	int64_t at;
	id subject, account; /* account none: the person, or the program itself */
	str kind; /* "step", "change", "merge", "import", "interview", "consent" … */
	str from, to; /* states, for a step */
	str what;     /* field names, a date, a purpose: never a value that is sealed */
	str reason;   /* opened only with CONTACT_READ; erased after 90 days */
	str by;       /* name of the account that acted; "" for the person */
} event;
MUST_USE bool store_event_add(ctx *c, id subject, str kind, str what);
/* Newest first. */
MUST_USE bool store_events(ctx *c, id subject, size_t most, event **out, size_t *n);

/* ---- what a person can ask for ------------------------------------------------------- */
/*
 * Everything that is kept about a person, a table each in the order of person_data.def, also those
 * without a row: sealed values opened, staff by name, secrets and hashes left out. For the person
 * herself; for staff with CONTACT_READ, in scope, a line in the log.
 */
typedef enum held_kind {
	HELD_TEXT,
	HELD_CODE,  /* words "held.<name>.<text>" */
	HELD_FIELD, /* a coded value of a field of that name */
	HELD_TIME,  /* n: ms UTC */
	HELD_DAY,   /* n: a day number */
	HELD_NUMBER,
	HELD_YES /* n: 0 or 1 */
} held_kind;
typedef struct held_value {
	str name;
	held_kind kind;
	str text;
	int64_t n;
} held_value;
typedef struct held_row {
	held_value *value;
	size_t n;
} held_row;
typedef struct held_table {
	const char *name;
	held_row *row;
	size_t n;
} held_table;
MUST_USE bool store_person_data(ctx *c, id person_id, held_table **out, size_t *n);

typedef struct erasure {
	id person;
	int64_t asked, due; /* due: when it is done; 0: nobody asked */
	id account;         /* who noted it; none: the person */
} erasure;
/* Asked for by, or for, a person in scope. What was asked before stays as it is. */
MUST_USE bool store_erasure_ask(ctx *c, id person_id, int64_t due);
/* Taken back. */
MUST_USE bool store_erasure_drop(ctx *c, id person_id);
MUST_USE bool store_erasure_get(ctx *c, id person_id, erasure *out);
/* For the program: erases at most `most` whose time has come; *n is how many. */
MUST_USE bool store_erasures_do(ctx *c, size_t most, size_t *n);

/* ---- figures: what happened, counted ------------------------------------------------ */
/*
 * Of those who are here and of those who are gone, whose anonymous facts were kept: so a figure does
 * not change when somebody is erased. A step the office took back is none; a person who was two
 * rows and became one counts once.
 */
enum {
	FIGURES_BY_MONTH = 1,
	FIGURES_BY_MUNICIPALITY = 2,
	FIGURES_BY_SIDE = 4,
	FIGURES_BY_GENDER = 8,
	FIGURES_BY_AGE = 16,
	FIGURES_BY_BEFORE = 32
};
typedef struct figures_ask {
	int32_t from, to; /* months (year * 12 + month - 1), both counted */
	unsigned by;      /* what there is a row of its own for, beside the kind */
} figures_ask;
typedef struct figure {
	/*
	 * "registered", "held" (an interview), of a pair "pair_introduced", "pair_met", "pair_completed",
	 * "pair_ended_early", "pair_never_met", of a check-in that was answered "checkin_contact" or
	 * "checkin_silent"; else the state that was reached
	 */
	const char *kind;
	const char *before; /* … and the one before; "" for none, or not asked for */
	int32_t month;      /* these are 0 where not asked for, or not known */
	uint16_t municipality;
	int side, gender; /* SIDE_x, GENDER_x */
	int age;          /* the youngest of the band (model_age_band); -1 not known */
	int64_t events, people; /* how often; how many it happened to */
} figure;
/*
 * FIGURES, in scope; sorted as the members stand. Exact: whoever shows them to others keeps
 * the floor for small cells. Reads all there is: a report, not a page.
 */
MUST_USE bool store_figures(ctx *c, const figures_ask *ask, figure **out, size_t *n);

/* ---- consent, interviews, tasks ------------------------------------------------------ */
/* With CONSENT_FOR_MATCH the value of FIELD_CONSENT follows, since matching reads that. */
MUST_USE bool store_consent_set(ctx *c, id person_id, consent purpose, bool given,
				str lang, str channel);
typedef struct consent_row {
	bool given;
	int version;
	int64_t at;
	str lang, channel;
} consent_row;
/* The newest of each purpose; at == 0 where never asked. */
MUST_USE bool store_consents(ctx *c, id person_id, consent_row out[CONSENT_PURPOSES]);

typedef struct interview {
	id id, person, account;
	int64_t at;                         /* when it is held */
	str mode;                           /* "phone", "video", "place" */
	str state;                          /* "booked", "held", "cancelled" */
	int32_t conduct, identity, extract; /* day numbers; QUEUED_UNKNOWN = not */
	str note;                           /* sealed; erased after 90 days */
	str given;                          /* name of the person, opened, in lists */
	int64_t version;
} interview;
/* Adds or (with an id) changes; on a change `version` is compared. */
MUST_USE bool store_interview_set(ctx *c, interview *i);
MUST_USE bool store_interviews_of(ctx *c, id person_id, interview **out, size_t *n);
/* Booked ones in scope from..to, by time; of this account only when `mine`. */
MUST_USE bool store_interviews_between(ctx *c, int64_t from, int64_t to, bool mine,
				       interview **out, size_t *n);

typedef struct task {
	id id, person; /* person none: someone not registered */
	id pair;       /* of which it is; none */
	/*
	 * "call_me"; "unreachable": what was sent to a person came back;
	 * "offer_question", "introduce_call"; of a pair "pair_amber",
	 * "pair_red", "pair_differ", "pair_end", and for those with INCIDENT "pair_incident"
	 */
	str kind;
	str lang, when;  /* language; "morning", "day", "evening", "any"; "mail", "sms" */
	str name, phone; /* sealed with the key of the installation */
	uint16_t municipality; /* 0: every coordinator sees it */
	int64_t created, done;
	id account; /* who did it */
	int64_t version;
} task;
/* One of a person that is open already, of the same kind and `when`, stays the only one. */
MUST_USE bool store_task_add(ctx *c, task *t);
MUST_USE bool store_task_done(ctx *c, id task_id, bool done);
/* Those of a person and kind that are open are done: nobody need do them any more. Inside store_write. */
MUST_USE bool store_tasks_close(ctx *c, id person_id, str kind);
/* Those open about a pair, of this kind, are done by themselves. Inside store_write. */
MUST_USE bool store_tasks_settle(ctx *c, id pair_id, str kind);
/* Whether there is, or lately was, one of a pair of this kind. */
MUST_USE bool store_task_was(ctx *c, id pair_id, str kind, bool *there);
/* Open ones in scope, oldest first; done since `since` when it is not 0. */
MUST_USE bool store_tasks(ctx *c, int64_t since, task **out, size_t *n);

/* ---- staff ---------------------------------------------------------------------------- */
typedef struct account {
	id id;
	role role;
	str name,
		email; /* sealed with the key of the installation; lookup by keyed hash */
	str lang;
	str state; /* "invited", "active", "locked" */
	uint16_t *municipality;
	size_t municipality_n; /* 0 with `everywhere` */
	bool everywhere, has_password, has_totp;
	int64_t created, seen, version;
} account;
/*
 * An actor sees and changes its own account; others only with STAFF (names of colleagues: all
 * staff). A participant sees none. Nobody (an actor of neither) may: whoever lets nobody act on
 * an account has first taken a link to it.
 *
 * Adds when the id is none (state "invited" unless set), else changes all but the state; then
 * `version` is compared unless it is 0. CONFLICT "store.email_taken"; "store.last_admin" when
 * no active administrator would be left; INPUT "store.email_bad".
 */
MUST_USE bool store_account_set(ctx *c, account *a);
MUST_USE bool store_account_get(ctx *c, id account_id, account *out);
MUST_USE bool store_account_by_email(ctx *c, str email,
				     account *out); /* HIDDEN when unknown */
/* In the order they were made. */
MUST_USE bool store_accounts(ctx *c, account **out, size_t *n);
/* To "invited", "active" or "locked", which ends its sessions and links; CONFLICT "store.last_admin". */
MUST_USE bool store_account_state(ctx *c, id account_id, str state);
/* argon2id (RFC 9106) by crypto_pwhash at INTERACTIVE; takes some 50 ms: not inside store_write. */
MUST_USE bool store_password_hash(ctx *c, str password, str *hash);
/* Ends the links of the account. */
MUST_USE bool store_password_set(ctx *c, id account_id, str hash);
/*
 * As slow for an account that is not there (none), is locked or has no password as for one that
 * has: always hashes once. Not inside store_write. How often is the caller's (store_budget_take).
 */
MUST_USE bool store_password_check(ctx *c, id account_or_none, str password, bool *good);
/*
 * TOTP (RFC 6238, SHA-1, 30 s, 6 digits): the secret is 20 bytes, sealed. The step before and
 * after are good too; a step is used once. FAULT_LIMIT after ten wrong in fifteen minutes.
 */
MUST_USE bool store_totp_set(ctx *c, id account_id, const uint8_t secret[20]);
MUST_USE bool store_totp_check(ctx *c, id account_id, str digits, bool *good);
MUST_USE bool store_totp_drop(ctx *c, id account_id);
/* Ten new recovery codes (60 bits, in three groups), old ones gone; each works once. */
MUST_USE bool store_recovery_new(ctx *c, id account_id, str out[10]);
MUST_USE bool store_recovery_use(ctx *c, id account_id, str code, bool *good);

/* ---- sessions, links, budgets ----------------------------------------------------------- */
typedef struct session {
	id id;
	id account, person; /* one of them; a person's session may be that of a draft */
	int64_t created, seen, expires;
	int64_t idle_ms; /* over when unused for so long; 0: only at `expires` */
	str device;      /* "Firefox, Android": what the user sees in the list */
	uint8_t key[32]; /* for the tokens of its forms */
	bool strong;     /* staff: password and second factor both given */
} session;
/*
 * From account or person, expires, idle_ms, device, strong. The secret (256 bits, 52 characters)
 * is for the cookie and stored hashed; `key` is made from it and not stored.
 */
MUST_USE bool store_session_new(ctx *c, session *s, str *secret);
/*
 * HIDDEN when unknown, ended or over, and when its account is locked or its person erased or
 * merged. `device` stays sealed. Moves `seen` at most once a minute. Fills *who; an account that is not active, or whose
 * session is not `strong`, has no rights.
 */
MUST_USE bool store_session_get(ctx *c, str secret, session *s, actor *who);
/* An own one; HIDDEN else. */
MUST_USE bool store_session_end(ctx *c, id session_id);
/* Own sessions, newest first. */
MUST_USE bool store_sessions(ctx *c, session **out, size_t *n);
/* All of an account, or person: on lock, password change, lost device. */
MUST_USE bool store_sessions_end_all(ctx *c, id account_or_person, id but);

typedef struct token {
	str kind; /* "ask", "login", "continue", "invite", "first", "reset", "totp" */
	id account, person;
	int64_t expires;
	str data; /* sealed; may be empty */
	bool brief; /* new: 16 characters (80 bits), for an SMS; who takes it keeps a budget of guesses */
} token;
/*
 * A link (52 characters) and, when `code` is not NULL, six digits for the same thing. Stored
 * hashed. The digits work only together with `contact`; those made before for the same kind,
 * contact and person (or account) no longer do, their links do.
 */
MUST_USE bool store_token_new(ctx *c, const token *t, str contact, str *secret,
			      str *code);
/* Looks, does not consume. HIDDEN when unknown, used or over. */
MUST_USE bool store_token_get(ctx *c, str kind, str secret, token *out);
/* Consumes, once. */
MUST_USE bool store_token_use(ctx *c, str kind, str secret, token *out);
/* Consumes the oldest of a kind, for the program that works through them; *there false: none is left. */
MUST_USE bool store_token_take(ctx *c, str kind, token *out, bool *there);
/*
 * The same as store_token_use by the digits. HIDDEN when wrong, and after five wrong ones; FAULT_LIMIT after twenty
 * at one contact in an hour, also one nobody knows.
 */
MUST_USE bool store_code_use(ctx *c, str kind, str contact, str digits, token *out);
/*
 * Takes one from the budget `name` + `who` (hashed): FAULT_LIMIT ("fault.limit", seconds to wait
 * as argument) when `most` were taken in the last `seconds`. Stays taken when the store_write
 * around it is undone; so do the wrong tries of codes.
 */
MUST_USE bool store_budget_take(ctx *c, str name, str who, int most, int seconds);
/* Gives back the newest that was taken: what was tried was no guess. Inside store_write. */
MUST_USE bool store_budget_return(ctx *c, str name, str who);

/* ---- imports ------------------------------------------------------------------------------- */
typedef struct import {
	id id, account;
	int64_t at, undone;
	str file, by;
	int64_t rows, added, merged, skipped;
} import;
MUST_USE bool store_import_add(ctx *c, import *i);
MUST_USE bool store_import_get(ctx *c, id import_id, import *out);
MUST_USE bool store_imports(ctx *c, import **out, size_t *n);
/*
 * Erases those it added. CONFLICT ("store.import_touched", their number) when some were touched
 * since or are out of scope: then all stay.
 */
MUST_USE bool store_import_undo(ctx *c, id import_id);
/* A file between preview and decision: sealed, kept at most a day, seen by its account only. */
MUST_USE bool store_parcel_put(ctx *c, str name, str bytes, id *out);
MUST_USE bool store_parcel_get(ctx *c, id parcel, str *name, str *bytes);
MUST_USE bool store_parcel_drop(ctx *c, id parcel);

/* ---- programme, texts, outbox ----------------------------------------------------------------- */
typedef struct meeting_place {
	id id;
	uint16_t municipality;
	str name, address, note;
	bool closed;
} meeting_place;
typedef struct programme {
	id id;
	str name, funder, office; /* office: who answers, for the privacy notice */
	str phone, email;         /* of the office, public */
	int32_t from, to;         /* day numbers */
	int64_t goal;
	int32_t new_years; /* newly arrived: at most so many years since the permit */
	uint16_t *municipality;
	size_t municipality_n;
	int64_t version;
} programme;
/* The one programme; an empty installation has one with an empty name. */
MUST_USE bool store_programme_get(ctx *c, programme *out);
/* `version` is compared unless it is 0. */
MUST_USE bool store_programme_set(ctx *c, const programme *p);
/* Open ones first, by municipality and name. */
MUST_USE bool store_places(ctx *c, meeting_place **out, size_t *n);
MUST_USE bool store_place_set(ctx *c, meeting_place *m);
/* Texts an administrator wrote in place of the locale files'. `text` empty: back to the file's. */
typedef struct text_row {
	str key, lang, text;
} text_row;
MUST_USE bool store_texts(ctx *c, text_row **out, size_t *n);
MUST_USE bool store_text_set(ctx *c, str key, str lang, str text);

typedef struct message {
	id id;
	str rule, subject_key; /* exactly one message per (rule, subject_key) */
	id person, account;
	str channel; /* "mail", "sms" */
	/* Sealed with the person's key, else the installation's. `stop`: where one says no to more; "" for none. */
	str to, lang, subject, body, stop;
	/*
	 * "queued", "claimed" by one who sends, "sending" (handed over, no answer yet), "sent", "failed",
	 * "suppressed", "unsure" (an SMS of which nobody knows whether it went).
	 */
	str state;
	int64_t created, sent;
	int64_t delivered; /* when the network said so, 0 when it did not */
	int64_t expires;   /* worth nothing later; 0: never */
	int64_t tries;
	int64_t unsure; /* how often it was handed over without an answer: the receiver may have it */
	str error; /* a locale key, then perhaps a line's end and what the other side said */
	str claim; /* by whom it is held, from store_outbox_claim */
} message;
/*
 * In the transaction of what causes it; a second one of the same rule and subject is left out,
 * its id then none. Gone when its person or account is.
 */
MUST_USE bool store_outbox_add(ctx *c, message *m);
MUST_USE bool store_outbox_list(ctx *c, str state, int64_t offset, int64_t limit,
				message **out, size_t *n,
				int64_t *total); /* without body unless opened by get */
MUST_USE bool store_outbox_get(ctx *c, id message_id, message *out);
/* How many of a rule were written since a moment. */
MUST_USE bool store_outbox_count(ctx *c, str rule, int64_t since, int64_t *n);
/* When a rule last wrote about something, its subject being "<about>" or "<about>/…"; 0: never. */
MUST_USE bool store_outbox_last(ctx *c, str rule, id about, int64_t *at);
/* What a rule has written about it, and still waits, is not true any more: it is "suppressed". */
MUST_USE bool store_outbox_withdraw(ctx *c, str rule, id about);
/* Where a person wants to be written to: the e-mail address or the number chosen, else the one there is; and in which language. */
MUST_USE bool store_outbox_reach(ctx *c, id person_id, str *to, str *lang);

/*
 * Sending, in three commits (docs/adr/0011). Whoever sends claims the next one that is due for
 * `lease` ms; nobody else gets it until then. `claim` holds it: the two calls after it are CONFLICT
 * ("fault.changed") once the lease is over and another has it, or its person is gone.
 *
 * A mail handed over by someone who died is claimed again, `unsure` one more; an SMS is not, it
 * becomes "unsure". Its id is none when nothing is due.
 */
MUST_USE bool store_outbox_claim(ctx *c, int64_t lease, message *out);
/*
 * Before the step after which it cannot be taken back. `report`, or "", is the secret by which
 * the other side tells later what became of it.
 */
MUST_USE bool store_outbox_hand_over(ctx *c, const message *m, int64_t lease, str report);
typedef enum message_end {
	MESSAGE_SENT,
	MESSAGE_LATER, /* again after 1, 2, 4 … 256 minutes; failed after five days */
	MESSAGE_UNSURE, /* handed over, no answer: a mail again as above, an SMS stays "unsure" */
	MESSAGE_FAILED,
	MESSAGE_SUPPRESSED,
	MESSAGE_FREE /* not tried: again at once, or with an error in an hour */
} message_end;
MUST_USE bool store_outbox_settle(ctx *c, const message *m, message_end end, str error);
/* Back into the queue, as if it had never been tried. */
MUST_USE bool store_outbox_again(ctx *c, id message_id);
/*
 * A mail that was sent came back: it is "failed", with an error as in message.error. *m is it (id,
 * person, channel); its id is none when there is none such.
 */
MUST_USE bool store_outbox_returned(ctx *c, id message_id, str error, message *m);
/* What the other side tells: it arrived or it did not. *m is the message; HIDDEN for an unknown secret. */
MUST_USE bool store_outbox_report(ctx *c, str report, bool arrived, message *m);

/* ---- timed work: act/jobs.h ------------------------------------------------------------------------ */
typedef struct job_row {
	str name;
	int64_t due; /* when it is run next; of one that is claimed the end of its lease */
	int64_t started, ended; /* of the last run; 0: never */
	int64_t did;            /* how many things the last run did */
	int64_t tries;          /* runs in a row that failed */
	str fault,
		fault_arg; /* why the last one did: a locale key, and its argument; "" it did not */
	str claim; /* whoever runs it now; "" nobody */
} job_row;
/* All there are, by name. These are for the program, or SYSTEM. */
MUST_USE bool store_jobs(ctx *c, job_row **out, size_t *n);
/* It is there, and due at that moment or before, unless it is being run. */
MUST_USE bool store_job_plan(ctx *c, str name, int64_t due);
/* It is gone, if it was due before that and nobody ran it. */
MUST_USE bool store_job_forget(ctx *c, str name, int64_t before);
/*
 * Claims j->name for `lease` ms if it is due: `claim` and `started` are set, or `claim` is empty
 * since another was first. The two after it are CONFLICT ("fault.changed") once another has it.
 */
MUST_USE bool store_job_claim(ctx *c, job_row *j, int64_t lease);
/* The lease begins anew. In a transaction: what is done there is done by the one who has the job. */
MUST_USE bool store_job_hold(ctx *c, const job_row *j, int64_t lease);
/* Ended now: due, did, tries and fault are written, and nobody has it any more. */
MUST_USE bool store_job_settle(ctx *c, const job_row *j);

/* Whom a rule of messages may concern; for the program, by id after `after`, at most `most`. */
typedef struct waiting_person {
	id id;
	str side;
	int32_t queued, created; /* day numbers; queued may be QUEUED_UNKNOWN */
} waiting_person;
/* Waiting, without a message of this rule and subject "<id>/<mark>". */
MUST_USE bool store_waiting(ctx *c, str rule, str mark, id after, size_t most,
			    waiting_person **out, size_t *n);
/*
 * Of how many wait on a side, and the queue days that a quarter and three quarters of them have or
 * had before: where somebody stands, without numbers.
 */
typedef struct waiting_marks {
	int64_t n;
	int32_t quarter, most;
} waiting_marks;
MUST_USE bool store_waiting_marks(ctx *c, str side, waiting_marks *out);
typedef struct stale_draft {
	id id;
	int64_t changed;
} stale_draft;
/* Drafts with a phone or mail, last changed in from..to, without a message of this rule and subject "<id>". */
MUST_USE bool store_stale_drafts(ctx *c, str rule, int64_t from, int64_t to, id after,
				 size_t most, stale_draft **out, size_t *n);

/* ---- retention: model/retention.def; for the program ------------------------------------------------ */
/*
 * What is over goes, at most `most` of it a call, in an order of its own kind each time: who was not
 * matched and not heard of; whose time with us is over; notes of staff; old rows of the log, of which
 * the chain goes on. The facts of people stay. *n is how many; fewer than `most`: there is no more.
 */
enum { STORE_RETENTIONS = 4 };
MUST_USE bool store_retain(ctx *c, int which, size_t most, int64_t *n);
/*
 * Whoever can be written to is written to before, by the rule "leaving", and does not go earlier than
 * so long after; a message that is late, since nothing ran, delays it. By id after `after`.
 */
enum { STORE_LEAVING_DAYS = 30, STORE_LEAVING_LEAST_DAYS = 14 };
typedef struct leaving_person {
	id id;
	int64_t last;  /* when we heard of each other */
	int64_t until; /* and goes then, or in the night after */
} leaving_person;
MUST_USE bool store_leaving(ctx *c, id after, size_t most, leaving_person **out,
			    size_t *n);

/* ---- the log: who read or changed what; a chain of hashes ---------------------------------------- */
/* hash = BLAKE2b-256(previous hash, seq, at, actor, action, subject), keyed by the installation. Ids only. */
MUST_USE bool store_log(ctx *c, str action, id subject);
typedef struct log_row {
	int64_t seq, at;
	id account, person, subject;
	str action, by;
} log_row;
/* About a subject (none: all), newest first. */
MUST_USE bool store_log_list(ctx *c, id subject, size_t most, log_row **out, size_t *n);

/* ---- a breach: for the program, beside a server that runs ------------------------------------------- */
typedef struct breach_ask {
	str email;        /* of the account */
	int64_t from, to; /* `to` is not within */
	bool names;       /* opened; a line in the log */
} breach_ask;
typedef struct breach_person {
	id id;
	state state; /* STATE_COUNT: erased since, and nothing else is known */
	uint16_t municipality;
	int64_t opened, first, last; /* how often, when; 0: could have been read only */
	str given, family;
} breach_person;
typedef struct breach {
	breach_person *person; /* those who were opened come first */
	size_t n, opened_n;
	int64_t lists;  /* lists, searches and rounds it saw, of names only */
	int64_t erased; /* since `from`: at most so many more could have been read */
	int64_t changed; /* how often its rights were changed since `from`: as they are now is what is told */
	int64_t log_from; /* nothing is known of before; 0 where there is no log */
} breach;
/* Whom an account opened and whom it may have read. HIDDEN when there is no such account. */
MUST_USE bool store_breach(ctx *c, store_base *b, const breach_ask *ask, breach *out);

/* ---- keeping it ------------------------------------------------------------------------------------- */
/*
 * A copy while the server runs: FILE with the database, which may be kept in versions, and
 * kompis.keys beside it with the keys of people and the list of those erased, which replaces the
 * last one and must not be kept in versions: so no FILE, however old, opens what was erased
 * before the newest. The master key is in neither (store_key_export). Also with a base that is
 * open for reading; not inside store_write. USAGE "backup.name" for a FILE that cannot be one.
 */
MUST_USE bool store_backup(ctx *c, store_base *b, str file);
/*
 * The copy of today, DIR/kompis-YYYY-MM-DD.backup; when it is whole, those of older days beyond the
 * newest `keep` go. Another file is not touched.
 */
MUST_USE bool store_backup_daily(ctx *c, store_base *b, str dir, int64_t keep);
typedef struct store_copy {
	str file;
	str keys; /* "": kompis.keys beside it */
	str key; /* what store_key_export gave, or the bytes of a master.key; "": that in `dir` */
	str dir; /* empty but for master.key, or missing */
	int64_t at, people,
		erased; /* out: when it was made, who came back, who was erased again */
} store_copy;
/*
 * Built beside `dir` and put in its place when all of it holds: every byte as it was written,
 * SQLite's own check, counts, chain, every person's seal. Who was erased since is erased again;
 * sessions and links are over; messages that were waiting are "failed", for a human to decide.
 * Needs no ctx.store. INPUT "restore.…" when something is not as it should be.
 */
MUST_USE bool store_restore(ctx *c, store_copy *r);
typedef struct store_move {
	store_where from, to; /* a directory, or two connection strings */
	int64_t tables, rows; /* out: of people and of keys */
} store_move;
/*
 * All rows of both databases, each table compared at both ends before anything is kept; `to` must
 * be empty and `from` brought up to date, and nobody may write in either. The master key stays
 * where it is. Needs no ctx.store. INPUT "transfer.not_empty", "transfer.shape", "store.older".
 */
MUST_USE bool store_move_all(ctx *c, store_move *m);
typedef struct finding {
	const char *key; /* locale key "doctor.<what>", advice in "doctor.<what>.do" */
	str arg[2];
	int grade; /* 0 fine, 1 warning, 2 bad */
} finding;
/*
 * Integrity, chain, seals, modes of files, key exported, disk, age of the last backup, messages,
 * administrators, the clock. For the program or SYSTEM.
 */
MUST_USE bool store_doctor(ctx *c, store_base *b, finding **out, size_t *n);
/* The master key for a safe, in groups; remembers that it was exported. For the program only. */
MUST_USE bool store_key_export(ctx *c, store_base *b, str *text);
/*
 * What a worker does once an hour: erases drafts of 30 days; drops links, sessions and budgets
 * that are over, parcels of a day, keys of forms of 48 hours, notes of interviews and tasks done 90
 * days ago, the text of messages sent 30 days ago, pairs that ended half a year ago, and keys without
 * a person.
 */
MUST_USE bool store_sweep(ctx *c);
/*
 * What each process does for itself, every few seconds: forgets names of people that another one
 * erased; files in outbox/ whose message, or its text, is gone. Reads one number when there is nothing.
 */
MUST_USE bool store_tidy(ctx *c);

#endif
