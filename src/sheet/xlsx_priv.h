/*
 * xlsx_priv - numbers of a workbook: which are dates, and how they read in a sheet.
 */
#ifndef XLSX_PRIV_H
#define XLSX_PRIV_H

#include <zip.h>

#include "base/base.h"

/* How a number format shows a date. What it does not show was not written by the one who typed it. */
typedef enum date_style {
	DATE_STYLE_NONE,
	DATE_STYLE_DAY,   /* year, month and day */
	DATE_STYLE_MONTH, /* year and month: "sep 2021" */
	DATE_STYLE_NO_YEAR, /* day and month: "1 nov", very often two numbers Excel mistook */
} date_style;

/* A workbook being read. */
typedef struct book {
	ctx *ctx;
	arena *temp; /* as long as the reading */
	arena *rows; /* emptied after each row */
	arena_mark empty;
	str file;
	zip_t *zip;
	uint64_t budget; /* bytes that may still be unpacked */
	str sheet, strings, style_path;
	bool from_1904;
	str *shared;
	size_t shared_n;
	date_style *style;
	size_t styles;
} book;

date_style xlsx_builtin_style(long id);
date_style xlsx_format_style(str code);
/* The text of a number as a person would have typed it: 1983, 0.5, 2021-09-09, 2021-09, 1 nov. */
str xlsx_number(arena *mem, str text, date_style style, bool from_1904);

#endif
