/*
 * sheet_priv - what the files of this room share: rows, words, answers.
 *
 * The way of a sheet: decode (bytes to UTF-8) -> rows_csv or rows_xlsx (cells) -> heading ->
 * read (one cell after the other through cells_*.c) -> finish (ids, households) -> duplicate.
 */
#ifndef SHEET_PRIV_H
#define SHEET_PRIV_H

#include "sheet/sheet.h"

/* More columns than that is no table of people. */
#define SHEET_COLUMNS_MAX 1024

/* ---- rows: where cells come from ---------------------------------------------- */

/* One row of cells as they stood; `line` as in sheet_problem. Called for blank rows too. */
typedef bool row_fn(void *self, const str *cell, size_t cells, int64_t line);
typedef struct words words;
typedef struct row_sink {
	row_fn *row;
	void *self;
} row_sink;

/* UTF-8 of a text file in c->mem (or the bytes themselves); U+FFFD stands for what was no letter. */
MUST_USE bool sheet_decode(ctx *c, str file, str bytes, str *text, const char **encoding);
/* The delimiter that gives the first row the most headings we know. A line "sep=;" decides, and is cut off. */
char sheet_delimiter(const words *w, arena *scratch, str *text, int64_t *line);
MUST_USE bool sheet_rows_csv(ctx *c, arena *scratch, str file, str text, char delimiter,
			     int64_t line, row_sink sink);
bool sheet_is_zip(str bytes);
/* The first sheet of an Office Open XML workbook (ECMA-376); `line` is the row's number in it. */
MUST_USE bool sheet_rows_xlsx(ctx *c, arena *scratch, str file, str bytes, row_sink sink);

/* ---- words: spellings and what they stand for ------------------------------------ */

/* Like utf8_plain, with a short way for the letters of Swedish. The result may share memory with s. */
str sheet_plain(arena *a, str s);
/* Letters and digits only, small, without accents: how headings are compared. */
str sheet_heading_key(arena *a, str s);
/* A value as people write it: NFC, no control or direction marks, white space single, none at the ends. */
str sheet_clean(arena *a, str s);
/* The same, but lines stay lines. */
str sheet_clean_lines(arena *a, str s);
/* Without any kind of white space at both ends. */
str sheet_trim(str s);
/* Where s ends after at most `letters` code points. */
size_t sheet_first_letters(str s, size_t letters);

uint64_t sheet_hash(str s, uint64_t seed);

/* Text to number: open addressing, grows, lives in an arena. */
typedef struct lexicon_entry {
	uint64_t hash;
	str text; /* s == NULL: free */
	int64_t value;
} lexicon_entry;
typedef struct lexicon {
	arena *mem;
	lexicon_entry *entry;
	size_t cap, used;
} lexicon;
/* The entry of (kind, text); NULL if there is none. */
lexicon_entry *lexicon_find(const lexicon *l, int kind, str text);
/* Adds it, or gives the one that is there (*fresh tells). `text` is not copied. */
lexicon_entry *lexicon_add(lexicon *l, int kind, str text, int64_t value, bool *fresh);

/* Kinds of words beside the fields themselves. */
enum word_kind {
	WORDS_MAYBE = FIELD_COUNT, /* + field: index into words.maybe */
	WORDS_HEADING = 2 * FIELD_COUNT,
	WORDS_MARK,
	WORDS_MONTH,
	WORDS_COMMUNE, /* municipality by its exact folded name, where accents tell two apart */
	WORDS_PLACE,    /* place by name, or WORD_SEVERAL */
	WORDS_PLACE_IN, /* + municipality code: place by name there */
};
#define WORD_SEVERAL INT64_C(-2)
/* Values of WORDS_HEADING: the field, and this bit for a column of ages. */
#define HEADING_OF_AGES 0x100
enum { MARK_MUST = 1, MARK_WISH };

struct words {
	lexicon lexicon;
	const char *const *maybe; /* could-be lists, separated by '|' */
	str *municipality;        /* plain name per municipality of the model */
	const char **language;    /* label per language, or NULL: its Swedish name */
	int32_t today;
};
void sheet_words(arena *mem, int32_t today, words *out);
/* The number behind a word; false if we do not know it. `plain` as sheet_plain makes it. */
bool word_find(const words *w, int kind, str plain, int64_t *value);

/* ---- answers: one cell understood, or not -------------------------------------------- */
typedef struct cell_in {
	str text;              /* trimmed, not empty */
	str plain;             /* sheet_plain of it */
	int32_t year;          /* from which ages count; 0 unknown */
	uint16_t municipality; /* of the row; 0 unknown */
	bool ages;             /* the column's heading says it holds ages */
} cell_in;

typedef struct answer {
	str value;       /* canonical; empty when unknown */
	uint64_t bits;   /* coded, as the field's reader says */
	const char *key; /* what is wrong, or NULL */
	str *could_be;
	size_t could_be_n;
} answer;

typedef void cell_reader(const words *w, arena *mem, const cell_in *in, answer *out);
cell_reader cell_number, cell_name, cell_note, cell_group, cell_people; /* cells_text.c */
cell_reader cell_phone, cell_email, cell_postcode; /* cells_contact.c */
cell_reader cell_birth_year, cell_children, cell_distance,
	cell_count;                           /* cells_number.c */
cell_reader cell_date;                        /* dates.c */
cell_reader cell_municipality, cell_locality; /* places.c */
cell_reader cell_side, cell_gender, cell_life, cell_meets, cell_level, cell_occupation,
	cell_channel, cell_consent;                                /* cells_choice.c */
cell_reader cell_interests, cell_languages, cell_times, cell_apps; /* cells_set.c */
cell_reader cell_wishes;                                           /* wishes.c */

/* How the bits of some answers are laid out. */
#define DATE_MONTH_ONLY   (UINT64_C(1) << 32)
#define WISHES_MUST_SHIFT 8
#define WISHES_FROM_SHIFT 16
#define WISHES_TO_SHIFT   24

/* The reader of a field. */
cell_reader *cell_reader_of(field_id f);

/* Makes the answer unknown, with a reason. */
void answer_fail(answer *out, const char *key);
/* One more thing the cell may mean, up to a limit; `value` must live as long as the answer. */
void answer_could_be(arena *mem, answer *out, str value);
/* Unknown, and what it may mean, from a MAYBE line; false if `plain` is not in that table. */
bool answer_maybe(const words *w, arena *mem, field_id f, str plain, answer *out);
#define COULD_BE_MOST 16
/* Appends ", item" to a canonical list. */
void list_add(buf *b, str item);

/* ---- parts: cutting a cell that lists several things ----------------------------------- */
enum {
	CUT_COMMA = 1,
	CUT_SEMICOLON = 2,
	CUT_SLASH = 4,
	CUT_PLUS = 8,
	CUT_AND = 16,
	CUT_LINE = 32,
	CUT_DASH = 64, /* a dash with space on both sides */
	CUT_ALL = 127,
};
/* The next part, trimmed and without bullets; false at the end. Empty parts are left out. */
bool part_next(str *rest, unsigned cuts, str *part);
/* The next piece between " och " of a plain text; false at the end. */
bool och_next(str *rest, str *piece);
/* ---- dates --------------------------------------------------------------------------------- */
typedef struct date_guess {
	ymd date;
	bool month_only;
} date_guess;
typedef enum date_verdict {
	DATE_CERTAIN,    /* guess[0] */
	DATE_SEVERAL,    /* guesses is at least 1: it may be one of these */
	DATE_IMPOSSIBLE, /* 31/02 */
	DATE_NOT,        /* no date at all */
} date_verdict;
typedef struct date_reading {
	date_verdict verdict;
	date_guess guess[4];
	size_t guesses;
	bool two_digit_year;
} date_reading;
date_reading sheet_date(const words *w, str plain);

/* ---- the reader --------------------------------------------------------------------------- */
typedef struct memo memo;
typedef struct sheet_column {
	field_id field; /* FIELD_COUNT: none */
	bool ages;
	bool blank;    /* has no heading */
	bool reported; /* … and that was said */
	memo *memo;
} sheet_column;

/* A cell that can only be settled when all rows are known. */
typedef struct later_cell {
	uint32_t row; /* from 1 */
	int64_t line;
	str text; /* canonical */
} later_cell;
typedef struct later_cells {
	later_cell *cell;
	size_t n, cap;
} later_cells;

typedef struct raw_row {
	uint32_t row;
	str text;
} raw_row;

typedef struct reader {
	ctx *ctx;
	str file;
	sheet *out;
	words words;
	arena *temp;    /* lives as long as the reading */
	arena *scratch; /* is emptied after each row */
	arena_mark clean;
	bool sparse; /* rows leave trailing empty cells out (xlsx) */
	sheet_column *column;
	size_t at[FIELD_COUNT]; /* column of a field, from 1; 0 none */
	size_t columns, *order; /* order: columns others depend on come first */
	size_t people_cap, problem_cap;
	/* the row being read */
	int64_t line;
	int32_t year;
	profile row;
	str value[FIELD_COUNT];
	/* for the end */
	later_cells household, never;
	raw_row *raw;
	size_t raws, raw_cap;
} reader;

sheet_problem *sheet_problem_add(reader *r, uint32_t row, size_t column, str read,
				 const char *key);
/* Columns of the sheet from its first row. Faults: no side column, two columns for one field. */
MUST_USE bool sheet_heading(ctx *c, arena *scratch, const words *w, str file,
			    int64_t line, const str *cell, size_t cells, sheet *out,
			    sheet_column **columns);
/* Puts what a cell said into the profile. */
void sheet_apply(profile *p, field_id f, const answer *a);
/* Where a person lives on the grid: the place, else the municipality's seat. */
void sheet_apply_position(profile *p);
/* Ids, households, who never to meet, raw rows, the order of problems. */
void sheet_finish(reader *r);
/* Which rows look like the same person; fills out->duplicate. */
void sheet_find_duplicates(ctx *c, arena *temp, sheet *out);

#endif
