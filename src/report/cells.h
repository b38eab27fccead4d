/*
 * report/cells - writes a sheet for Excel, cell by cell: UTF-8 with a byte order mark, ';', CRLF.
 *
 * No cell starts a formula, names are in NFC, direction controls are gone and '<' before a
 * letter is '‹'. Everything lives in the memory of `out`.
 */
#ifndef REPORT_CELLS_H
#define REPORT_CELLS_H

#include "view/view.h"

typedef struct report_cells {
	buf *out;
	const view_lang *l;
	bool first; /* of its row */
} report_cells;
/* The mark and the headings (keys of the locale files); more may follow until the row is ended. */
report_cells report_cells_begin(const view_lang *l, buf *out, const char *const *heading,
				size_t n);
/* What parts a cell from the one before: for a figure that the caller writes itself. */
void report_cell_open(report_cells *t);
/* A cell of text, by whomever. */
void report_cell(report_cells *t, str text);
/* A figure of ours, plain, so that Excel counts with it; negative is unknown and left empty. */
void report_cell_number(report_cells *t, int64_t n);
/* The end of the row. */
void report_cells_end_row(report_cells *t);

#endif
