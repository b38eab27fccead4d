/*
 * keys - the keys of words that code and templates use, for tools/poc.c.
 *
 * In code they are found by reading string literals. A literal may be a pattern:
 * "choice.%s.%s", "cli." #name ".usage" and "why." all match what they could become. In a
 * template they are the words after say, count and sv.
 */
#ifndef TOOLS_KEYS_H
#define TOOLS_KEYS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct keys { /* patterns met in the code, with the place of each */
	struct {
		char *pattern;
		const char *path;
		size_t line;
		bool sure; /* a key for certain, not a literal that looks like one */
	} * at;
	size_t n, cap;
} keys;

static void *must(void *p)
{
	if (p)
		return p;
	fputs("poc: out of memory\n", stderr);
	exit(4);
}

static void keys_add(keys *k, const char *pattern, const char *path, size_t line,
		     bool sure)
{
	if (k->n == k->cap) {
		k->cap = k->cap ? 2 * k->cap : 1024;
		k->at = must(realloc(k->at, k->cap * sizeof *k->at));
	}
	k->at[k->n].pattern = must(strdup(pattern));
	k->at[k->n].path = path;
	k->at[k->n].sure = sure;
	k->at[k->n++].line = line;
}

/* File names look like keys; a literal with such an ending is none. */
static bool is_file_name(const char *p)
{
	static const char *const ending[] = {".csv",  ".json", ".html", ".xlsx", ".xml",
					     ".rels", ".txt",  ".tsv",  ".po",   ".h",
					     ".c",    ".def",  ".css",  ".svg",  ".asn"};
	size_t n = strlen(p);

	for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
		size_t m = strlen(ending[i]);
		if (n >= m && !strcmp(p + n - m, ending[i]))
			return true;
	}
	return false;
}

/* Turns a literal into a pattern with '*' and '+'; false when it cannot be a key. */
static bool pattern_from(char *p)
{
	char *to = p;
	size_t dots = 0;

	if (*p < 'a' || *p > 'z')
		return false;
	for (const char *from = p; *from; from++) {
		if (*from == '%') {
			from += 1 + strspn(from + 1, ".*0123456789");
			if (!*from || !strchr("sdcuz", *from))
				return false;
			*to++ = '*';
		} else if (*from == '*' || *from == '.' || *from == '_' ||
			   (*from >= 'a' && *from <= 'z') ||
			   (*from >= 'A' && *from <= 'Z') ||
			   (*from >= '0' && *from <= '9')) {
			*to++ = *from;
			dots += *from == '.';
		} else {
			return false;
		}
	}
	if (to[-1] == '.')
		*to++ = '+';
	*to = 0;
	return dots && !is_file_name(p);
}

/* One literal at *p (on its opening quote), joined to literals and #names that follow it. */
static const char *read_literal(const char *p, char *out, size_t size, size_t *line)
{
	size_t n = 0;
	const char *end = p;

	while (*p) {
		if (*p == '"') {
			for (p++; *p && *p != '"' && *p != '\n'; p++) {
				if (*p == '\\' && p[1])
					p++;
				if (n + 2 < size)
					out[n++] = *p;
			}
			p += *p == '"';
			end = p;
		} else if (*p == '#' && p[1] != '#' && n + 2 < size) {
			out[n++] = '*';
			for (p++; *p == ' ' || *p == '_' || (*p >= '0' && *p <= '9') ||
				  (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');)
				p++;
			end = p;
		} else if (*p == ' ' || *p == '\t' || *p == '\n') {
			*line += *p == '\n';
			p++;
		} else {
			break;
		}
	}
	out[n] = 0;
	return end == p ? p : end;
}

/* Skips a comment or a character constant; returns p itself where there is none. */
static const char *skip(const char *p, size_t *line)
{
	if (p[0] == '/' && p[1] == '*') {
		for (p += 2; *p && !(p[0] == '*' && p[1] == '/'); p++)
			*line += *p == '\n';
		return *p ? p + 2 : p;
	}
	if (p[0] == '/' && p[1] == '/')
		return p + strcspn(p, "\n");
	if (p[0] == '\'') {
		p += p[1] == '\\' ? 3 : 2;
		return p + strcspn(p, "'\n") + 1;
	}
	return p;
}

static char *slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t n = 0, cap = 1 << 16;
	char *s = must(malloc(cap));

	if (!f) {
		perror(path);
		exit(3);
	}
	for (size_t got; (got = fread(s + n, 1, cap - n - 1, f)) > 0;) {
		n += got;
		if (n + 1 == cap)
			s = must(realloc(s, cap *= 2));
	}
	fclose(f);
	s[n] = 0;
	return s;
}

static void scan_code(keys *k, const char *path, const char *text)
{
	char literal[4096];
	size_t line = 1;

	for (const char *p = text; *p;) {
		const char *after = skip(p, &line);

		if (after != p) {
			p = after;
		} else if (*p == '"') {
			size_t at = line;
			p = read_literal(p, literal, sizeof literal, &line);
			if (pattern_from(literal))
				keys_add(k, literal, path, at, false);
		} else if (*p == '#' && !strncmp(p, "#include", 8)) {
			p += strcspn(p, "\n");
		} else {
			line += *p++ == '\n';
		}
	}
}

/* ---- keys in templates: the first word after say, count and sv ---------------------- */

enum { NAMES = 32 };

typedef struct names { /* of the loops of a file: a word that begins with one is no key */
	const char *at[NAMES];
	size_t length[NAMES], n;
} names;

static const char spaces[] = " \t\n()";

/* The word at *p, which moves behind it; NULL at the end of the tag. */
static const char *next_word(const char **p, size_t *n)
{
	const char *from = *p + strspn(*p, spaces);

	if (!*from || (from[0] == '}' && from[1] == '}'))
		return NULL;
	*n = strcspn(from, " \t\n()}");
	*p = from + (*n ? *n : 1);
	return from;
}

static bool word_is(const char *w, size_t n, const char *what)
{
	return n == strlen(what) && !memcmp(w, what, n);
}

static bool is_value(const names *loops, const char *w, size_t n)
{
	size_t first = strcspn(w, ".-} \t\n()");

	if (first >= n || (first == 1 && *w == 'v'))
		return true;
	for (size_t i = 0; i < loops->n; i++)
		if (loops->length[i] == first && !memcmp(loops->at[i], w, first))
			return true;
	return false;
}

static void scan_tag(keys *k, names *loops, const char *path, size_t line, const char *p)
{
	size_t n, m;

	for (const char *w, *next; (w = next_word(&p, &n));) {
		bool says = word_is(w, n, "say") || word_is(w, n, "count") ||
			    word_is(w, n, "sv");
		bool loop = word_is(w, n, "for");
		const char *after = p;

		if ((!says && !loop) || !(next = next_word(&after, &m)))
			continue;
		p = after;
		if (loop && loops->n < NAMES) {
			loops->at[loops->n] = next;
			loops->length[loops->n++] = m;
		} else if (says && !is_value(loops, next, m)) {
			char key[256];

			snprintf(key, sizeof key, "%.*s", (int)m, next);
			keys_add(k, key, path, line, true);
		}
	}
}

static void scan_template(keys *k, const char *path, const char *text)
{
	names loops = {.n = 0};
	size_t line = 1;

	for (const char *p = text; *p; line += *p++ == '\n') {
		const char *end;

		if (p[0] != '{' || p[1] != '{')
			continue;
		end = strstr(p, "}}");
		if (p[2] != '#')
			scan_tag(k, &loops, path, line, p + 2);
		for (; end && p < end; p++)
			line += *p == '\n';
	}
}

static void scan(keys *k, const char *path)
{
	char *text = slurp(path);
	size_t n = strlen(path);

	if (n > 5 && !strcmp(path + n - 5, ".html"))
		scan_template(k, path, text);
	else
		scan_code(k, path, text);
	free(text);
}

/* '*' stands for some of one part, not for nothing and not across a dot; '+' for any rest. */
static bool matches(const char *pattern, const char *key)
{
	for (; *pattern; pattern++, key++) {
		if (*pattern == '+')
			return *key;
		if (*pattern == '*') {
			for (const char *k = key; *k && *k != '.'; k++)
				if (matches(pattern + 1, k + 1))
					return true;
			return false;
		}
		if (*pattern != *key)
			return false;
	}
	return !*key;
}

#endif
