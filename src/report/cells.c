/*
 * cells - one sheet as text that a Swedish Excel opens.
 *
 * A cell that a spreadsheet could take for a formula gets an apostrophe in front, also
 * after leading white space and for the full-width signs (OWASP, "CSV Injection").
 */
#include "report/cells.h"

static bool is_space(int32_t c)
{
	return c == ' ' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200b) ||
	       c == 0x202f || c == 0x205f || c == 0x3000;
}

/* = + - @ | % and their small and full-width forms, and the minus sign. */
static bool starts_formula(str s)
{
	static const int32_t sign[] = {'=',    '+',    '-',    '@',    '|',    '%',
				       0x2212, 0xfe62, 0xfe63, 0xfe66, 0xfe6b, 0xff0b,
				       0xff0d, 0xff05, 0xff1d, 0xff20, 0xff5c};
	size_t pos = 0;
	int32_t c;

	do {
		if (pos >= s.n)
			return false;
		c = utf8_next(s, &pos);
	} while (is_space(c) || c == '\'' || c == '"');
	for (size_t i = 0; i < ARRAY_LEN(sign); i++)
		if (c == sign[i])
			return true;
	return false;
}

/* '<' as a browser would read it: before a letter, '/', '!' or '?'. */
static bool opens_tag(str s, size_t i)
{
	char c = i + 1 < s.n ? s.s[i + 1] : ' ';

	return s.s[i] == '<' && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
				 c == '/' || c == '!' || c == '?');
}

void report_cell_open(report_cells *t)
{
	if (!t->first)
		buf_char(t->out, ';');
	t->first = false;
}

void report_cell(report_cells *t, str text)
{
	bool ruled =
		text.n && (text.s[0] == '\t' || text.s[0] == '\r' || text.s[0] == '\n');
	str s = utf8_nfc(t->out->mem, view_inert(t->out->mem, text));
	bool quoted = str_find(s, S(";")) >= 0 || str_find(s, S("\"")) >= 0 ||
		      str_find(s, S(",")) >= 0;

	report_cell_open(t);
	if (quoted)
		buf_char(t->out, '"');
	if (ruled || starts_formula(s))
		buf_char(t->out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] == '"')
			buf_add(t->out, S("\"\""));
		else if (opens_tag(s, i))
			buf_add(t->out, S("‹"));
		else
			buf_char(t->out, s.s[i]);
	}
	if (quoted)
		buf_char(t->out, '"');
}

/* A figure of ours, plain, so that Excel counts with it; negative is unknown and left empty. */
void report_cell_number(report_cells *t, int64_t n)
{
	report_cell_open(t);
	if (n >= 0)
		buf_format(t->out, "%lld", (long long)n);
}

void report_cells_end_row(report_cells *t)
{
	buf_add(t->out, S("\r\n"));
	t->first = true;
}

report_cells report_cells_begin(const view_lang *l, buf *out, const char *const *heading,
				size_t n)
{
	report_cells t = {.out = out, .l = l, .first = true};

	buf_add(out, S("\xef\xbb\xbf"));
	for (size_t i = 0; i < n; i++)
		report_cell(&t, view_say(out->mem, l, heading[i], NULL, 0));
	return t;
}
