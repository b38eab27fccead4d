/*
 * sheet - reads the table of people an association has, with its mess.
 *
 * Bytes in, people and problems out. What cannot be understood for certain becomes
 * unknown and is reported; nothing is guessed.
 */
#ifndef SHEET_H
#define SHEET_H

#include "model/model.h"

/* One cell (or row) that was not understood, in the order met. */
typedef struct sheet_problem {
	uint32_t row;   /* 1 = first after the heading; 0 = the heading itself */
	int64_t line;   /* of the file, where the row starts; from 1 */
	int32_t column; /* of the file, from 1; 0 = the whole row */
	field_id field; /* FIELD_COUNT when the column is not a field */
	str read;       /* as it stood, cut at 80 characters for showing */
	str *could_be;  /* canonical values it may mean */
	size_t could_be_n;
	const char *key; /* locale key of what is wrong, "sheet.ambiguous" … */
	bool unusable;   /* this makes the whole row unusable */
} sheet_problem;

/* Two rows that look like the same person; `later` > `earlier`. */
typedef struct sheet_duplicate {
	uint32_t earlier, later; /* rows, from 1 */
	const char *key;         /* locale key of the reason, "duplicate.phone" … */
} sheet_duplicate;

typedef struct sheet {
	people people; /* one per row, also unusable ones (flag PROFILE_UNUSABLE) */
	sheet_problem *problem;
	size_t problems;
	sheet_duplicate *duplicate;
	size_t duplicates;
	str *unknown_heading; /* headings that are no field */
	size_t unknown_headings;
	uint32_t unusable; /* rows */
	const char
		*encoding; /* "UTF-8", "UTF-16LE", "UTF-16BE", "Windows-1252", "xlsx" */
	char delimiter;    /* ';' ',' '\t'; 0 for xlsx */
	bool has[FIELD_COUNT]; /* columns the sheet has */
	str *raw; /* by row - 1, filled for unusable rows only: the row as read, cells joined
				    * by tabs, NUL as U+FFFD; NULL when every row is usable */
} sheet;

/*
 * Reads a whole file already in memory. `file` is its name as the user gave it.
 * c->today serves where a row does not say when it was registered. Reports progress
 * ("progress.reading"). Everything lives in c->mem; `bytes` may be freed afterwards.
 * Faults: INPUT for an empty sheet, one without a usable heading, or a broken xlsx,
 * with line and column. Unusable rows are no fault: the caller decides.
 */
MUST_USE bool sheet_read(ctx *c, str file, str bytes, sheet *out);

/* ---- one answer, for a form -----------------------------------------------------------
 * The words, built once (some milliseconds); then only read, so any thread may.
 */
typedef struct sheet_speller sheet_speller;
sheet_speller *sheet_speller_new(arena *mem);
typedef struct sheet_value_context {
	int32_t today;         /* ages count from its year */
	uint16_t municipality; /* localities are looked up in it; 0 unknown */
} sheet_value_context;
typedef struct sheet_value {
	str canonical;   /* "" when unknown */
	int64_t number;  /* of a municipality its code, of a birth year the year */
	const char *key; /* locale key of what is wrong, or NULL */
	str *could_be;   /* what it may mean */
	size_t could_be_n;
} sheet_value;
/* What sheet_read would make of this cell; false when it is not understood. All lives in mem. */
bool sheet_value_read(const sheet_speller *s, arena *mem, field_id f,
		      const sheet_value_context *at, str raw, sheet_value *out);

#endif
