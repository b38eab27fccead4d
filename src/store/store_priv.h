/*
 * store_priv - what the files of this room share: queries, keys, seals, scope.
 *
 * SQL text is a literal and lies in the subset that SQLite and PostgreSQL read alike: $1
 * placeholders, RETURNING, ON CONFLICT, no `$1::type`, BIGINT for all that counts (SUM of them is
 * none). Which database it is, only sqlite.c and pg.c know (db_priv.h).
 *
 * Two databases, which commit apart. A key is committed to keys.db before the person it opens
 * is committed to kompis.db, and destroyed after the person is gone from there, both while the
 * write lock of kompis.db is held: a crash in between leaves a key without a person, never
 * the opposite, and keys_sweep finds it soon after the next start.
 */
#ifndef STORE_PRIV_H
#define STORE_PRIV_H

#include <pthread.h>
#include <stdatomic.h>

#include "store/db_priv.h"
#include "store/store.h"

/* ---- queries: db.c -------------------------------------------------------------- */
enum { SECRET_BYTES = 32 };
enum { PROGRESS_EACH = 512 }; /* rows between two words of how far it has come */
typedef struct query {
	ctx *c;
	db *d;
	statement *st;
} query;

/* A connection, closed when `mem` is freed. */
MUST_USE bool db_open(ctx *c, arena *mem, db_place *p, bool read_only, bool patient,
		      db *d);
/* A query on kompis.db, and on any. Ends by itself after its last row, or with the transaction. */
MUST_USE bool db_query(ctx *c, sql_text text, query *q);
MUST_USE bool db_query_on(ctx *c, db *d, sql_text text, query *q);
/* The same with $1 to $3 bound to who asks, for SCOPE. */
MUST_USE bool db_query_scoped(ctx *c, sql_text text, query *q);
/* Bound text and bytes must live until the query ends. An id of none and an empty blob are NULL. */
void bind_int(query *q, int n, int64_t value);
void bind_text(query *q, int n, str value);
void bind_blob(query *q, int n, str value);
void bind_id(query *q, int n, const id *value);
/* A blob of no bytes, which is not NULL. */
void bind_blob_empty(query *q, int n);
void bind_cell(query *q, int n, cell value);
/* NULL where the text is empty, or the number is `none`. */
void bind_text_or_null(query *q, int n, str value);
void bind_int_or_null(query *q, int n, int64_t value, int64_t none);
/* Next row; *row false after the last. */
MUST_USE bool db_next(query *q, bool *row);
/* Calls `row` for each row left, until it says no. */
MUST_USE bool db_each(query *q, bool (*row)(ctx *c, const query *q, void *self),
		      void *self);
/* Runs to the end. The number of rows it changed goes to *changed, unless NULL. */
MUST_USE bool db_run(query *q, int64_t *changed);
/* Exactly one row is wanted: FAULT_HIDDEN when there is none. The query stays open for reading it. */
MUST_USE bool db_one(query *q);
/* Ends a query before its last row. */
void db_end(query *q);
/* Ends all queries of a connection. */
void db_end_all(db *d);
/* Columns count from 0; text and blobs are copied to c->mem. NULL reads as 0, "" and none. */
int64_t row_int(const query *q, int column);
int64_t row_int_or(const query *q, int column, int64_t when_null);
str row_text(const query *q, int column);
str row_blob(const query *q, int column);
id row_id(const query *q, int column);
/* As it is; its text lives until the next row. */
cell row_cell(const query *q, int column);
/* One statement without parameters or rows, as it stands. */
MUST_USE bool db_do(ctx *c, db *d, sql_text text);
/* The same for one that comes once, and for CREATE and ALTER, of which words can differ. */
MUST_USE bool db_define(ctx *c, db *d, sql_text text);
/* The next statement of a longer text; *rest is what follows. Empty when there was none. */
MUST_USE bool db_do_next(ctx *c, db *d, const char *text, const char **rest);
/* Whether it prepares: how we learn that a column is there. */
bool db_prepares(ctx *c, db *d, sql_text text);

/* ---- who may see what: the one place ----------------------------------------------- */
/*
 * $1 is 1 for the program itself (a ctx without actor: command line, sweeps), $2 the actor's
 * own person, $3 the account. A person without municipality is seen by those who see all.
 */
#define SCOPE_STAFF                                                                      \
	"EXISTS (SELECT 1 FROM account scope_a WHERE scope_a.id = $3 AND "               \
	"scope_a.state = 'active')"
#define SCOPE_ALL                                                                        \
	"EXISTS (SELECT 1 FROM account scope_a WHERE scope_a.id = $3 AND "               \
	"scope_a.state = 'active' AND scope_a.everywhere = 1)"
/* No part of it speaks of the row but its municipality: the database looks these up once a query. */
#define SCOPE_PLACE(municipality)                                                        \
	"(" SCOPE_ALL " OR " municipality " IN (SELECT scope_p.municipality FROM "       \
	"account_place scope_p JOIN account scope_a ON scope_a.id = scope_p.account "    \
	"WHERE scope_p.account = $3 AND scope_a.state = 'active'))"
/* True or not true (NULL): in a WHERE, or for the contrary in a CASE, never under NOT. */
#define SCOPE(person)                                                                    \
	"($1 = 1 OR " person ".id = $2 OR " SCOPE_PLACE(person ".municipality") ")"

/* FAULT_HIDDEN, in the very same words for what is not there and what is not for this actor. */
bool fail_hidden(ctx *c);
bool fail_changed(ctx *c);
/* True unless the actor is staff without this right. */
MUST_USE bool staff_may(ctx *c, right r);
bool is_staff(const ctx *c);

/* Where messages are files: within the directory of the base. */
#define OUTBOX_DIR "outbox"

/* ---- the base and its handles: base.c ------------------------------------------------- */
typedef struct name_index name_index;
typedef struct count_cache count_cache;
typedef struct look_memory look_memory;
struct store_base {
	arena *mem;
	str dir;
	int dir_fd;
	db_place main, keys;
	bool read_only;
	uint8_t wrap_key[SECRET_BYTES]; /* of person keys */
	uint8_t hash_key[SECRET_BYTES]; /* of e-mail, phone, erased ids */
	uint8_t seal_key[SECRET_BYTES]; /* of what belongs to no person */
	sql_text person_load, person_insert, person_update;
	atomic_bool
		truncate_due; /* something was erased, and the write-ahead log still has it */
	name_index *names;
	count_cache *counts;
	look_memory *looks;
	_Atomic uint64_t generation; /* commits that may have changed what is shown */
	/* When tidy.c was last here, and how many had been erased then. */
	_Atomic int64_t tidy_at, tidy_erased;
};

typedef struct log_entry {
	struct log_entry *next;
	const char *action;
	id subject;
} log_entry;
typedef struct budget_debt budget_debt;
struct store {
	store_base *base;
	db main, keys;
	tx_kind tx;
	bool again;     /* the database said someone else was first */
	bool keys_open; /* keys.db has a transaction of its own within this one */
	/* Of whom the last key was asked for in this transaction: a page asks for one again and again. */
	id last_key_of;
	uint8_t last_key[SECRET_BYTES];
	id *doomed; /* whose keys go when this transaction is committed; in c->mem */
	size_t doomed_n, doomed_cap;
	uint64_t generation; /* of the base, from before this transaction saw anything */
	bool quiet;          /* what is written now changes nothing that is counted */
	int64_t written_before; /* rows changed before this transaction */
	log_entry *pending;     /* what a read has to note when it is over */
	budget_debt
		*debts; /* taken in this transaction, and owed also when it is undone */
};

/* Where the two databases are that `w` means. */
MUST_USE bool base_places(ctx *c, arena *mem, const store_where *w, db_place *main,
			  db_place *keys);
/* As store_open, for a job that takes its time: the database may be slow to answer. */
MUST_USE bool base_open_patient(ctx *c, arena *mem, store_base *b, store **out);
/* One process at a time; "store.locked" when another has it and `refuse`, else it waits. */
MUST_USE bool base_lock(ctx *c, int dir_fd, str dir, bool refuse);
/* Makes a file that is ours alone, unless it is there or `read_only`. */
MUST_USE bool base_touch(ctx *c, int dir_fd, const char *name, bool read_only);
/* store_write of what changes nothing that is counted: who was seen, who looked. */
MUST_USE bool write_quietly(ctx *c, bool (*work)(ctx *c, void *arg), void *arg);
/* Bytes nobody can guess, from the ctx or the system. */
void store_random(ctx *c, void *out, size_t n);
/* A fault of the file system: RESOURCE, with what the system says. */
bool store_fail_file(ctx *c, const char *key, str name);

/* ---- steps of the database: migrate.c, columns.c ---------------------------------------- */
struct store_migration {
	const char *name; /* "0001_core.sql"; those of keys.db begin with "keys_" */
	const unsigned char *text; /* NUL-terminated */
	size_t size;
};
extern const struct store_migration store_migration[];
extern const size_t store_migration_count;
/* Brings both databases forward; RESOURCE "store.newer" when one was written by a later Kompis. */
MUST_USE bool store_migrate(ctx *c, store *s);
/* `stop` (or NULL) is asked before each statement and ends the run there, as a death would. */
typedef bool migrate_stop(void *self);
MUST_USE bool migrate_run(ctx *c, db *d, bool keys, migrate_stop *stop, void *self);
/* That there is nothing to bring forward: "store.older", "store.newer". */
MUST_USE bool migrate_current(ctx *c, db *d, bool keys);
/* Adds columns for open fields that the table lacks. */
MUST_USE bool columns_add(ctx *c, db *d);
/* The three statements on all columns of a person; see there for the order of parameters. */
void columns_sql(store_base *b);
/*
 * Their order: as parameters from $1, as columns from 0. After these come the open fields that
 * have a column of their own, and in an update the version that must still be there.
 */
enum person_column {
	PERSON_ID,
	PERSON_STATE,
	PERSON_MUNICIPALITY,
	PERSON_BIRTH_YEAR,
	PERSON_QUEUED,
	PERSON_QUEUED_MONTH,
	PERSON_WRITTEN,
	PERSON_CREATED,
	PERSON_CHANGED,
	PERSON_VERSION,
	PERSON_NAMED,
	PERSON_NOTED,
	PERSON_IMPORT,
	PERSON_MERGED,
	PERSON_PHONE_HASH,
	PERSON_EMAIL_HASH,
	PERSON_SEALED,
	PERSON_FIELDS
};
/* Column of an open field that is kept as text; -1 for the others. */
int columns_at(field_id f);
/* Where the version to compare stands in an update. */
int columns_old_version(void);

/* ---- sealing: seal.c, keys.c -------------------------------------------------------------- */
/* XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) under a random nonce, with table and row as
 * associated data, padded so that the length says little. The empty text gives the empty blob. */
str seal(ctx *c, const uint8_t key[SECRET_BYTES], str table, const id *row, str plain);
/* False, without a fault, when it was not sealed so. */
MUST_USE bool unseal(ctx *c, const uint8_t key[SECRET_BYTES], str table, const id *row,
		     str sealed, str *plain);
/* Several named texts as one, and again. */
void pairs_add(buf *b, str name, str value);
bool pairs_next(str *rest, str *name, str *value);
/* The value of a name; "" if it is not there. */
str pairs_get(str pairs, str name);
/* With the key of the installation; a seal that does not open is RESOURCE "store.sealed". */
str seal_house(ctx *c, str table, const id *row, str plain);
MUST_USE bool unseal_house(ctx *c, str table, const id *row, str sealed, str *plain);
/* The same with the key of a person. */
MUST_USE bool seal_person(ctx *c, const id *who, str table, const id *row, str plain,
			  str *sealed);
MUST_USE bool unseal_person(ctx *c, const id *who, str table, const id *row, str sealed,
			    str *plain);
/* BLAKE2b-256 keyed by the installation, of what `kind` says it is. */
str keyed_hash(ctx *c, str kind, str text);
/* Of an e-mail address or phone number, however it was typed; "" for neither. */
str contact_hash(ctx *c, str contact);

/* master.key: made when it is missing and `fresh`; else RESOURCE "store.key_missing". */
MUST_USE bool keys_master(ctx *c, store_base *b, bool fresh);
/* The bytes of master.key, and what is made of them. *there false, without a fault, when it is missing. */
MUST_USE bool keys_read(ctx *c, int dir_fd, str dir, uint8_t master[SECRET_BYTES],
			bool *there);
MUST_USE bool keys_write(ctx *c, int dir_fd, const uint8_t master[SECRET_BYTES]);
void keys_derive(store_base *b, const uint8_t master[SECRET_BYTES]);
/* That the key belongs to this database: kept on the first call, compared later. */
MUST_USE bool keys_check(ctx *c);
/* Inside store_write. */
MUST_USE bool keys_new(ctx *c, const id *who);
/* *there false when it was destroyed. */
MUST_USE bool keys_get(ctx *c, const id *who, uint8_t key[SECRET_BYTES], bool *there);
/* When this transaction is committed, the key of this person goes. */
void keys_doom(ctx *c, const id *who);
/* For store_write, after it: destroys those keys (`arg` is a str over an array of ids). */
bool keys_destroy(ctx *c, void *arg);
/* Destroys keys without a person; others may write meanwhile. */
MUST_USE bool keys_sweep(ctx *c);

/* How many were ever erased: the row of an open query. */
MUST_USE bool keys_erased(ctx *c, query *q);

/* ---- files of messages: tidy.c -------------------------------------------------------------- */
/* Those go whose message is gone, or its text. */
MUST_USE bool tidy_files(ctx *c);

/* ---- people ---------------------------------------------------------------------------------- */
typedef struct person_row {
	person p;
	int64_t named; /* the counter of names at its last change of name */
	int64_t noted; /* since when there is a note; 0 without one */
} person_row;
/* Loads a row in scope, sealed values opened when `open`; FAULT_HIDDEN else. */
MUST_USE bool person_load(ctx *c, const id *who, bool open, person_row *out);
/* The same with only names opened, if the actor may see names; what cannot be read leaves them empty. */
MUST_USE bool person_load_named(ctx *c, const id *who, person *out);
/* Writes all of an opened person; version and `changed` move, with `renamed` the counter of names. */
MUST_USE bool person_save(ctx *c, person_row *r, bool renamed);
/* The same where nothing happened to the person: `changed` stays. */
MUST_USE bool person_save_still(ctx *c, person_row *r);
/* That the person is in scope; FAULT_HIDDEN else. */
MUST_USE bool person_seen(ctx *c, const id *who);
/*
 * Rows, key and names of one person, and of those that became part of it; whoever asks. What
 * happened to the person is kept as facts, in the same transaction.
 */
MUST_USE bool person_destroy(ctx *c, const id *who);
/* What others were written of one who goes, goes too. */
MUST_USE bool proposals_forget(ctx *c, const id *who);
/* The same without facts: of a draft, or who came by an import that is undone. They never counted. */
MUST_USE bool person_drop(ctx *c, const id *who);
/* The codes in the first column of all rows left, in c->mem; ends the query. */
MUST_USE bool rows_municipalities(query *q, uint16_t **out, size_t *n);
/* Grows a list that lives in c->mem by one. */
void *list_room(ctx *c, void *items, size_t n, size_t *cap, size_t size);

/* Whether person_data.def says what becomes of a column: told, hidden, or of nobody. */
bool person_data_covers(str table, str column);

/* ---- events, the log --------------------------------------------------------------------------- */
/* Inside store_write: at the present moment, by who asks. */
MUST_USE bool event_write(ctx *c, const event *e);
/* Events of `gone` become events of `keep`, sealed anew with its key. */
MUST_USE bool events_move(ctx *c, const id *gone, const id *keep);
/* Inside store_write: appends to the chain. */
MUST_USE bool log_append(ctx *c, const char *action, const id *subject);
/* For store_write: what a read had to note (`arg` is the first log_entry). */
bool log_pending(ctx *c, void *arg);
/* For the doctor: *broken is the first row whose hash is not right, 0 when all are. */
MUST_USE bool log_verify(ctx *c, int64_t *broken);
/* Inside store_write: of what is older than that, at most so many rows from the beginning go. */
MUST_USE bool log_prune(ctx *c, int64_t before, size_t most, int64_t *n);
/* The name in what is sealed of an account; "" for none, or one that is gone. */
MUST_USE bool account_name(ctx *c, const id *who, str sealed, str *name);

/* ---- what happened, as figures and facts have it: fact.c ------------------------------------------ */
/* What was reached: a state, or one of those below; "pair_…" and "checkin_…" are an event's kind and what. */
enum {
	FACT_REGISTERED = STATE_COUNT,
	FACT_HELD,
	FACT_PAIR_INTRODUCED,
	FACT_PAIR_MET,
	FACT_PAIR_COMPLETED,
	FACT_PAIR_ENDED_EARLY,
	FACT_PAIR_NEVER_MET,
	FACT_CHECKIN_CONTACT,
	FACT_CHECKIN_SILENT,
	FACT_KINDS
};
extern const char *const fact_kind[FACT_KINDS];
typedef struct fact {
	int kind, was; /* was: the state before, STATE_COUNT for none */
	int32_t month; /* year * 12 + month - 1 */
	int municipality, side, gender, age;
} fact;
/*
 * The facts of everyone in scope, of those who are here and of those who are gone, one person's
 * together; `take` gets them with a number that is that person's.
 */
typedef bool fact_take(void *self, const fact *f, int64_t whose);
MUST_USE bool facts_each(ctx *c, fact_take *take, void *self);
/* Inside store_write: those of a person are written down, since its rows go. */
MUST_USE bool facts_keep(ctx *c, const id *who);

/* ---- staff: account.c, password.c ------------------------------------------------------------- */
/* That who asks may act on this account; sets FAULT_HIDDEN when not. */
MUST_USE bool account_may(ctx *c, const id *who);

/* ---- budgets: budget.c, inside store_write ------------------------------------------------------ */
/* Whose budget, and of what. */
str budget_hash(ctx *c, str name, str who);
/* *until when it is free again if `most` were taken in the last `window` ms; else 0. */
MUST_USE bool budget_full(ctx *c, str hash, int most, int64_t window, int64_t *until);
/* Takes one; it stays taken when this transaction is undone. */
MUST_USE bool budget_debit(ctx *c, str hash, int64_t window);
/* FAULT_LIMIT with the seconds from now. */
bool budget_refuse(ctx *c, int64_t until);
/* For store_write: debts (`arg`) that a rollback took away. */
bool budget_pay(ctx *c, void *arg);

/* ---- looks.c, counts.c: in memory, for the base --------------------------------------------------- */
look_memory *looks_new(arena *mem);
void looks_free(look_memory *k);
/* Whether the log has it from a moment ago. */
bool looks_known(ctx *c, const log_entry *e);
/* The log has these now: `e` and what follows it. */
void looks_remember(ctx *c, const log_entry *e);
count_cache *counts_new(arena *mem);
void counts_free(count_cache *k);
/* Inside store_read: n numbers counted for who asks, under a name that tells them from all others. */
bool counts_find(ctx *c, str what, int64_t *out, size_t n);
void counts_keep(ctx *c, str what, const int64_t *numbers, size_t n);

/* ---- names in memory: index.c -------------------------------------------------------------------- */
name_index *index_new(arena *mem);
void index_free(name_index *x);
/* After an erasure: the names are wiped from memory. */
void index_forget(name_index *x, const id *who, size_t n);
/* Inside store_read: ids of all whose names fit, in Swedish order; those in scope are the caller's to find. */
MUST_USE bool index_search(ctx *c, str text, id **found, size_t *n);
/* Forgets names of who is not there any more, whoever erased them. Not in a transaction. */
MUST_USE bool index_prune(ctx *c);
/* Inside store_write: a number later than that of any name before. */
MUST_USE bool index_counter_next(ctx *c, int64_t *counter);

#endif
