/* The first row of a sheet: which column is which field. */
#include "sheet/sheet_priv.h"

/* "Max avstånd (km)" is tried as it stands, then without what is in brackets. */
static bool find_heading(const words *w, arena *scratch, str text, int64_t *value)
{
	if (word_find(w, WORDS_HEADING, sheet_heading_key(scratch, text), value))
		return true;
	ptrdiff_t open = str_find(text, S("("));
	if (open <= 0)
		return false;
	str before = str_slice(text, 0, (size_t)open);
	return word_find(w, WORDS_HEADING, sheet_heading_key(scratch, before), value);
}

bool sheet_heading(ctx *c, arena *scratch, const words *w, str file, int64_t line,
		   const str *cell, size_t cells, sheet *out, sheet_column **columns)
{
	str first[FIELD_COUNT] = {{0}};
	if (cells > SHEET_COLUMNS_MAX)
		return ctx_fail_at(c, FAULT_INPUT, file, line, SHEET_COLUMNS_MAX + 1,
				   "sheet.too_many_columns", S(""), S(""));
	*columns = NEW_ARRAY(c->mem, sheet_column, cells);
	out->unknown_heading = NEW_ARRAY(c->mem, str, cells);
	for (size_t i = 0; i < cells; i++) {
		sheet_column *col = &(*columns)[i];
		str text = sheet_clean(scratch, cell[i]);
		int64_t value;
		col->field = FIELD_COUNT;
		col->blank = !text.n;
		if (col->blank)
			continue;
		if (!find_heading(w, scratch, text, &value)) {
			str cut = str_slice(text, 0, sheet_first_letters(text, 80));
			out->unknown_heading[out->unknown_headings++] =
				str_copy(c->mem, cut);
			continue;
		}
		col->field = (field_id)(value & ~(int64_t)HEADING_OF_AGES);
		col->ages = value & HEADING_OF_AGES;
		if (out->has[col->field])
			return ctx_fail_at(c, FAULT_INPUT, file, line, (int64_t)i + 1,
					   "sheet.heading_twice", str_copy(c->mem, text),
					   str_copy(c->mem, first[col->field]));
		out->has[col->field] = true;
		first[col->field] = text;
	}
	if (!out->has[FIELD_SIDE])
		return ctx_fail_at(c, FAULT_INPUT, file, line, 0, "sheet.no_side_column",
				   model_field[FIELD_SIDE].heading, S(""));
	return true;
}
