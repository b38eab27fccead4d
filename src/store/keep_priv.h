/*
 * keep_priv - what backup, restore and doctor share.
 *
 * A backup is two files. FILE has the database and may be kept in many versions. The keys of
 * people and the list of those who were erased are in kompis.keys beside it, and each backup
 * into the same directory replaces that one: whoever was erased before the newest backup cannot
 * be opened in any FILE, however old. So kompis.keys must not be kept in versions. The master
 * key is in neither (`kompis key export`); without it both are closed.
 *
 * Each is a head of lines, an empty line, the bytes of an SQLite file and 32 bytes of BLAKE2b
 * over all before, keyed by the installation. By hand, without Kompis:
 *	head -n 20 FILE               (what it is; `bytes` is the length N, `head` that of the head H)
 *	tail -c +$((H + 1)) FILE | head -c N >kompis.db
 */
#ifndef STORE_KEEP_PRIV_H
#define STORE_KEEP_PRIV_H

#include "store/store_priv.h"

/* ---- what is counted: keep.c ------------------------------------------------------------ */
enum { KEEP_TABLES = 10 };
typedef struct keep_table {
	const char *name;
	sql_text count;
} keep_table;
extern const keep_table keep_tables[KEEP_TABLES];
MUST_USE bool keep_count(ctx *c, db *d, int64_t n[KEEP_TABLES]);
/* Rows that point at rows that are not there. */
MUST_USE bool keep_dangling(ctx *c, int64_t *n);
/* Of `most` people, whose ids make them a fair sample: how many there were, how many do not open. */
MUST_USE bool keep_seals(ctx *c, int64_t most, int64_t *seen, int64_t *closed);
/* A moment that is remembered by name; 0 for never. */
MUST_USE bool keep_note_get(ctx *c, const char *name, int64_t *at);
/* The same set, also of a base that is open for reading only; with a line in the log, unless "". */
MUST_USE bool keep_note_set(ctx *c, store_base *b, const char *name, int64_t at,
			    const char *action);

/* ---- one database into another: transfer.c ------------------------------------------------- */
typedef struct transfer_count {
	int64_t tables, rows;
} transfer_count;
/*
 * All rows of `from`, within a transaction the caller has begun there, to the tables of `to`,
 * which are made when they are missing and must be empty; compared at both ends. `to` is left in
 * a transaction for the caller to commit. INPUT "transfer.not_empty", "transfer.shape".
 */
MUST_USE bool transfer_database(ctx *c, db *from, db *to, transfer_count *done);
/* A copy as an SQLite file, which is there and empty. */
MUST_USE bool transfer_to_file(ctx *c, db *from, str file);

/* ---- a file of a backup: pack.c ------------------------------------------------------------ */
typedef struct pack {
	const char *kind; /* "backup", "keys" */
	int64_t at;       /* when it was made */
	int64_t count[KEEP_TABLES];
	bool counted[KEEP_TABLES];
	str key;       /* hexadecimal: the mark of the key it belongs to */
	int64_t bytes; /* of the database within */
	str head;      /* as it stands in the file */
	int fd;        /* closed with c->mem */
} pack;
/* The mark by which a pack knows its key. */
str pack_key_mark(ctx *c, const uint8_t hash_key[SECRET_BYTES]);
/* Writes `copy` (an SQLite file) as pack `to`, which must not exist; on disk when it returns. */
MUST_USE bool pack_write(ctx *c, pack *p, str copy, str to,
			 const uint8_t hash_key[SECRET_BYTES]);
/* Reads the head. INPUT "restore.not_a_backup". */
MUST_USE bool pack_open(ctx *c, str file, const char *kind, pack *p);
/* Takes the database out; INPUT "restore.damaged" unless each byte is as it was written. */
MUST_USE bool pack_take(ctx *c, pack *p, str file, str to,
			const uint8_t hash_key[SECRET_BYTES]);
/* Where the keys of a backup FILE are: kompis.keys in the same directory. */
str pack_keys_beside(ctx *c, str file);
/* A file that is ours alone from its first byte; -1 with a fault when it is there already. */
int pack_create(ctx *c, str path);
/* The directory of a path; its entries are on disk when this returns. */
MUST_USE bool pack_sync_directory(ctx *c, str path);

/* ---- the master key as text: master.c -------------------------------------------------------- */
/* Of what was exported, or of the 32 bytes of a master.key; false when it is neither. */
MUST_USE bool master_parse(str text, uint8_t master[SECRET_BYTES]);

#endif
