/*
 * db_priv - the seam beneath which a database is named: sqlite.c and pg.c, and no other file.
 *
 * A kind of database is a struct of functions; each connection has one. db.c keeps what all
 * kinds need alike: one prepared statement a text, queries that end, typed values.
 *
 * All kinds promise the same: inside begin(TX_WRITE) no other process writes, and each
 * statement sees what every writer before has committed; inside begin(TX_READ) all statements
 * see one moment. So writers stand in line, and what was shown for SQLite holds for all.
 */
#ifndef STORE_DB_PRIV_H
#define STORE_DB_PRIV_H

#include <stdatomic.h>

#include "base/base.h"

/* SQL is made by the macro, from a literal, and by columns.c, from the names in fields.def. */
typedef struct sql_text {
	const char *s;
} sql_text;
#define SQL(literal) ((sql_text){"" literal})
#define SQL_INIT(literal)                                                                \
	{                                                                                \
		"" literal                                                               \
	}

enum { SQL_PARAMETERS = 64 };
typedef enum tx_kind { TX_NONE, TX_READ, TX_WRITE } tx_kind;

/* A value on its way in or out. Text is UTF-8 without NUL bytes; PostgreSQL holds no others. */
typedef enum cell_type { CELL_INT, CELL_TEXT, CELL_BYTES } cell_type;
typedef struct cell {
	cell_type type; /* also of what is NULL, where it is known */
	bool null;
	bool brief; /* on its way in: `s` may change before the query runs */
	int64_t n;
	str s;
} cell;

typedef struct db db;
typedef struct db_kind db_kind;

/* Prepared once a connection and text; more than once only when a query runs inside itself. */
typedef struct statement {
	void *at; /* the kind's own */
	const char *text;
	struct statement *twin, *next_used;
	bool used;
} statement;

/* A database as one process sees it; shared by its connections. */
typedef struct db_place {
	const db_kind *kind;
	str where; /* a path, or a connection string */
	bool keys; /* it holds the keys of people */
	/* It did not answer: until this moment (of ctx) nobody waits for it again. */
	_Atomic int64_t away_until;
} db_place;

struct db {
	const db_kind *kind;
	db_place *place;
	void *at; /* the kind's own */
	arena *mem;
	bool read_only;
	/* Of a read: another after each commit, also of other processes; 0 where there are none. */
	uint64_t moment;
	bool patient; /* a long job: waits for minutes where a page waits for seconds */
	statement **slot; /* open addressing by the address of the text */
	size_t cap, n;
	statement *used;
};

/* On false the fault is set, except where it says otherwise. What is opened is closed by close. */
struct db_kind {
	/* INPUT "store.url_bad", without its text, which may hold a password; NULL: any path will do. */
	bool (*readable)(ctx *c, str where);
	bool (*open)(ctx *c, db *d);
	void (*close)(db *d);
	/* Runs the next statement of a text, as it stands; *rest is what follows it. */
	bool (*run)(ctx *c, db *d, const char *text, const char **rest);
	/* Whether it prepares; sets no fault. */
	bool (*prepares)(ctx *c, db *d, const char *text);
	bool (*begin)(ctx *c, db *d, tx_kind kind);
	bool (*commit)(ctx *c, db *d);
	void (*rollback)(db *d);
	/* Whether a transaction goes on: an error can have ended it. */
	bool (*inside)(const db *d);
	/* Statements; `bind` counts from 1 and passes over what the text does not mention. */
	bool (*prepare)(ctx *c, db *d, statement *s);
	void (*drop)(statement *s);
	void (*bind)(statement *s, int n, cell value);
	bool (*step)(ctx *c, db *d, statement *s, bool *row);
	int64_t (*changed)(const db *d, const statement *s);
	/* Rows this connection has changed since it was opened; NULL where `moment` tells of commits. */
	int64_t (*written)(const db *d);
	void (*reset)(statement *s);
	cell (*column)(const statement *s, int column);
	/* What was deleted goes from where it is kept; *done false while someone is in the way. */
	bool (*wipe)(ctx *c, db *d, bool *done);
	/* Gives back the memory in which it keeps what was read; NULL: it keeps none. */
	void (*forget)(db *d);
	/* The database's own look at itself: *said is "" when it is whole. */
	bool (*examine)(ctx *c, db *d, str *said);
	/* How many rows point at rows that are not there. */
	bool (*dangling)(ctx *c, db *d, int64_t *n);
	/* A copy of it all as an SQLite file; NULL: row by row, transfer.c. */
	bool (*copy)(ctx *c, db *d, str file);
	/* In this transaction: a row may come before the one it points at. `on` false ends it. */
	bool (*defer)(ctx *c, db *d, bool on);
	/* Its tables by name; the columns of table $1 by name, with their place in its primary key or 0. */
	sql_text tables, columns_of;
	bool is_file; /* one process at a time keeps it, and its directory is locked */
};
extern const db_kind sqlite_kind, pg_kind;

/* By what it begins with: a connection string, or a path. */
void db_place_set(db_place *p, str where, bool keys);
/* The name of it that may be told: without user and password. */
str db_place_name(arena *mem, const db_place *p);
/* For faults of a kind: someone else was first, and it is worth trying again. */
bool db_fail_busy(ctx *c, bool again);

#endif
