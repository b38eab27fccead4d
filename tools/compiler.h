/*
 * compiler - what the parts of tools/tmplc.c work on: the template, the literal text that
 * gathers, the words of a tag, and how a path is said in C.
 */
#ifndef TOOLS_COMPILER_H
#define TOOLS_COMPILER_H

#include "context.h"
#include "tmplc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { WORDS = 16, DEPTH = 24, LITERAL = 3000, RESULT = 256 };

typedef struct word {
	const char *s;
	size_t n;
} word;

typedef struct template
{
	word name, type, header;
	const tmplc_source *from;
	size_t begin, end; /* of its text, in the source */
}
template;

/* An {{if}} or {{for}} that is open. */
typedef struct block {
	bool loop, otherwise; /* otherwise: {{else}} was there */
	bool met;             /* a branch has ended, at `after` */
	html_place before, after;
	word variable;
	size_t at;
} block;

typedef struct compiler {
	const tmplc_job *job;
	const template *all;
	size_t templates;
	const template *now;
	tmplc_text *out;
	size_t at, tag; /* in the source: what is read next; the tag being read */
	html_place here;
	tmplc_text literal; /* not yet written out */
	bool space,
		newline; /* white space read but not yet in the literal; with a line's end */
	bool own_line; /* nothing on this line yet but tags that write nothing */
	block open[DEPTH];
	size_t depth;
	word w[WORDS]; /* of the tag */
	size_t words;
	jmp_buf stop;
} compiler;

/* ---- text and faults ------------------------------------------------------------- */

static void text_add(tmplc_text *t, const char *s, size_t n)
{
	if (t->n + n + 1 > t->cap) {
		t->cap = 2 * t->cap + n + 256;
		t->s = realloc(t->s, t->cap);
		if (!t->s) {
			fputs("tmplc: out of memory\n", stderr);
			exit(4);
		}
	}
	if (n)
		memcpy(t->s + t->n, s, n);
	t->n += n;
	t->s[t->n] = 0;
}

static void __attribute__((format(printf, 2, 3)))
text_format(tmplc_text *t, const char *fmt, ...)
{
	char line[1024];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	text_add(t, line,
		 n < 0                     ? 0
		 : (size_t)n < sizeof line ? (size_t)n
					   : sizeof line - 1);
}

static size_t line_of(const tmplc_source *from, size_t at, size_t *column)
{
	size_t line = 1, begin = 0;

	for (size_t i = 0; i < at && i < from->n; i++)
		if (from->s[i] == '\n') {
			line++;
			begin = i + 1;
		}
	*column = at - begin + 1;
	return line;
}

static void report(const tmplc_job *job, const tmplc_source *from, size_t at,
		   const char *what, word about)
{
	size_t column, line = line_of(from, at, &column);

	text_format(job->faults, "%s:%zu:%zu: %s%s%.*s\n", from->path, line, column, what,
		    about.n ? ": " : "", (int)(about.n < 100 ? about.n : 100), about.s);
}

/* The template is given up; the others are still looked at. */
static _Noreturn void fail(compiler *c, size_t at, const char *what, word about)
{
	report(c->job, c->now->from, at, what, about);
	longjmp(c->stop, 1);
}

static const word nothing = {"", 0};

static bool is(word w, const char *s)
{
	return w.n == strlen(s) && !memcmp(w.s, s, w.n);
}

static bool same(word a, word b)
{
	return a.n == b.n && !memcmp(a.s, b.s, a.n);
}

/* ---- literal text ------------------------------------------------------------------ */

static void put_escaped(tmplc_text *t, char c)
{
	if (c == '"' || c == '\\' || c == '?')
		text_add(t, "\\", 1);
	if (c == '\n')
		text_add(t, "\\n", 2);
	else if ((unsigned char)c < 0x20)
		text_format(t, "\\%03o", (unsigned)(unsigned char)c);
	else
		text_add(t, &c, 1);
}

/* Writes out what has gathered, in pieces that ISO C allows a literal to be. */
static void flush(compiler *c)
{
	const tmplc_text *t = &c->literal;

	for (size_t i = 0; i < t->n;) {
		size_t from = i;

		text_format(c->out, "\thtml_put(h, \"");
		for (; i < t->n && (i - from < LITERAL || (t->s[i] & 0xc0) == 0x80); i++)
			put_escaped(c->out, t->s[i]);
		text_format(c->out, "\");\n");
	}
	c->literal.n = 0;
}

/* The white space read so far goes into the literal, as little of it as is needed. */
static void settle(compiler *c)
{
	if (c->newline && !c->own_line)
		text_add(&c->literal, "\n", 1);
	else if (c->space && !c->newline)
		text_add(&c->literal, " ", 1);
	c->own_line = c->own_line || c->newline;
	c->space = c->newline = false;
}

static void feed(compiler *c, char b)
{
	html_state before = c->here.state;
	const char *wrong = html_feed(&c->here, b);
	bool in_comment;

	if (wrong)
		fail(c, c->at, wrong, nothing);
	if (html_is_space(b) &&
	    (c->here.state == AT_SPACE || (before == AT_TEXT && !c->here.pre))) {
		c->space = true;
		c->newline |= b == '\n' && before == AT_TEXT;
		return;
	}
	if (before == AT_SPACE && (b == '>' || b == '/'))
		c->space = false;
	settle(c);
	c->own_line = false;
	in_comment = c->here.state == AT_COMMENT || before == AT_COMMENT;
	if (!in_comment)
		text_add(&c->literal, &b, 1);
	else if (before == AT_COMMENT_IN)
		c->literal.n -= strlen("<!-");
}

static void feed_word(compiler *c, word w)
{
	for (size_t i = 0; i < w.n; i++)
		feed(c, w.s[i]);
}

static void feed_text(compiler *c, const char *s)
{
	feed_word(c, (word){s, strlen(s)});
}

/* ---- the words of a tag -------------------------------------------------------------- */

static bool word_byte(char b)
{
	return !html_is_space(b) && b != '(' && b != ')';
}

/* Splits s[0 .. n) at white space; a parenthesis is a word. False when there are too many. */
static bool split(const char *s, size_t n, word *w, size_t *words)
{
	*words = 0;
	for (size_t i = 0; i < n;) {
		size_t from = i;

		if (html_is_space(s[i])) {
			i++;
			continue;
		}
		if (!word_byte(s[i]))
			i++;
		while (i < n && word_byte(s[from]) && word_byte(s[i]))
			i++;
		if (*words == WORDS)
			return false;
		w[(*words)++] = (word){s + from, i - from};
	}
	return true;
}

/* How much of w is a C identifier. */
static size_t identifier(word w)
{
	size_t n = 0;

	while (n < w.n && (html_is_letter(w.s[n]) || w.s[n] == '_' ||
			   (n && w.s[n] >= '0' && w.s[n] <= '9')))
		n++;
	return n;
}

static bool is_identifier(word w)
{
	return w.n && w.n <= 64 && identifier(w) == w.n;
}

static bool is_number(word w)
{
	size_t sign = w.n && w.s[0] == '-', i = sign;

	while (i < w.n && w.s[i] >= '0' && w.s[i] <= '9')
		i++;
	return i == w.n && i > sign && i < 19;
}

static bool in_scope(const compiler *c, word name)
{
	for (size_t i = 0; i < c->depth; i++)
		if (c->open[i].loop && same(c->open[i].variable, name))
			return true;
	return false;
}

/* Whether a word begins with a name in scope, so that it is a path and no key. */
static bool is_path(const compiler *c, word w)
{
	word first = {w.s, identifier(w)};

	return (w.n == first.n || w.s[first.n] == '.' || w.s[first.n] == '-') &&
	       (is(first, "v") || in_scope(c, first));
}

/* A path as C: "v.a.b" is v->a.b, "i.x" is t_i->x, and "i" alone what it points at. */
static void path_to(compiler *c, word w, char out[RESULT])
{
	word first = {w.s, identifier(w)}, rest = {w.s + first.n, w.n - first.n};
	size_t n;

	if (!is_path(c, w))
		fail(c, c->tag, "not a value here: it begins with v or a loop's name", w);
	if (w.n > 160)
		fail(c, c->tag, "a path that is too long", w);
	for (word r = rest; r.n;) {
		word part;
		size_t sign = r.s[0] == '.'                               ? 1
			      : r.n > 1 && r.s[0] == '-' && r.s[1] == '>' ? 2
									  : 0;

		part = (word){r.s + sign, r.n - sign};
		part.n = identifier(part);
		if (!sign || !part.n)
			fail(c, c->tag, "not a path of names and dots", w);
		r = (word){part.s + part.n, (size_t)(r.s + r.n - part.s) - part.n};
	}
	n = (size_t)snprintf(out, RESULT, is(first, "v") ? "" : "t_");
	if (!rest.n)
		snprintf(out, RESULT, is(first, "v") ? "(*v)" : "(*t_%.*s)", (int)first.n,
			 first.s);
	else
		snprintf(out + n, RESULT - n, "%.*s->%.*s", (int)first.n, first.s,
			 (int)(rest.n - (rest.s[0] == '.' ? 1 : 2)),
			 rest.s + (rest.s[0] == '.' ? 1 : 2));
}

/* ---- what is written, and where ------------------------------------------------------- */

/* What is written next to the code stands on the line of the template. */
static void statement_begins(compiler *c)
{
	size_t column, line = line_of(c->now->from, c->tag, &column);

	flush(c);
	text_format(c->out, "#line %zu \"%s\"\n\t", line, c->now->from->path);
}

static void __attribute__((format(printf, 2, 3)))
statement(compiler *c, const char *fmt, ...)
{
	char line[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	statement_begins(c);
	text_format(c->out, "%s\n", line);
}

static html_context place(compiler *c)
{
	html_context at;
	const char *wrong = html_break(&c->here);

	if (wrong)
		fail(c, c->tag, wrong, nothing);
	at = html_context_at(&c->here);
	settle(c);
	c->own_line = false;
	if (at == IN_NOWHERE && c->here.state == AT_VALUE)
		fail(c, c->tag,
		     "in an address a value follows what begins with /, ? or #, or is "
		     "the whole of it",
		     nothing);
	if (at == IN_NOWHERE)
		fail(c, c->tag,
		     "a value stands between tags or in the double quotes of an "
		     "attribute",
		     nothing);
	return at;
}

/* The place of words: not in an address. */
static html_context place_words(compiler *c)
{
	html_context at = place(c);

	if (at >= IN_ADDRESS)
		fail(c, c->tag, "words are no address", nothing);
	return at;
}

static void place_markup(compiler *c)
{
	if (place(c) != IN_TEXT)
		fail(c, c->tag, "markup stands between tags only", nothing);
}

#endif
