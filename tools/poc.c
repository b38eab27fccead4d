/*
 * poc - compiles locale/<tag>.po to C tables, and checks the words.
 *
 *   poc locale/sv.po locale/en.po …                > build/gen/locale_tables.c
 *   poc --check locale/sv.po … -- source files …
 *
 * Both refuse what would be wrong on a page: a key twice, an empty or fuzzy text, a
 * plural form too few, arguments {n} that differ between languages. --check also
 * refuses a key that some language lacks or that the code uses and nobody wrote, and
 * lists (without failing) keys that no code uses. The first file is the language to
 * fall back to.
 *
 * Keys in the code are found by reading string literals. A literal may be a pattern:
 * "choice.%s.%s", "cli." #name ".usage" and "why." all match what they could become.
 */
#include <gettext-po.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMS = 6, LANGUAGES = 32, KEY_MAX_LENGTH = 200 };

typedef struct entry {
	const char *key;
	const char *text[FORMS]; /* text[0] alone unless plural */
	bool plural, used;
	size_t line;
} entry;

typedef struct catalogue {
	const char *path;
	char tag[16];
	char category[FORMS][8]; /* CLDR category of each plural form */
	int forms;
	entry *entry;
	size_t n;
} catalogue;

typedef struct keys { /* patterns met in the code, with the place of each */
	struct {
		char *pattern;
		const char *path;
		size_t line;
	} * at;
	size_t n, cap;
} keys;

static int failures;

static void complain(const char *path, size_t line, const char *what, const char *key)
{
	fprintf(stderr, "%s:%zu: %s: %s\n", path, line, what, key);
	failures++;
}

static void *must(void *p)
{
	if (p)
		return p;
	fputs("poc: out of memory\n", stderr);
	exit(4);
}

/* ---- reading a .po file ------------------------------------------------------ */

static void on_error(int severity, po_message_t message, const char *filename,
		     size_t lineno, size_t column, int multiline, const char *text)
{
	(void)message;
	(void)column;
	(void)multiline;
	if (severity == PO_SEVERITY_WARNING)
		return;
	fprintf(stderr, "%s:%zu: %s\n", filename ? filename : "?", lineno, text);
	failures++;
	if (severity == PO_SEVERITY_FATAL_ERROR)
		exit(3);
}

static void on_error2(int severity, po_message_t m1, const char *file1, size_t line1,
		      size_t column1, int multiline1, const char *text1, po_message_t m2,
		      const char *file2, size_t line2, size_t column2, int multiline2,
		      const char *text2)
{
	on_error(severity, m1, file1, line1, column1, multiline1, text1);
	on_error(severity, m2, file2, line2, column2, multiline2, text2);
}

static bool key_good(const char *k)
{
	size_t n = strlen(k);

	if (!n || n > KEY_MAX_LENGTH || k[0] == '.' || k[n - 1] == '.')
		return false;
	for (; *k; k++)
		if (!(*k >= 'a' && *k <= 'z') && !(*k >= 'A' && *k <= 'Z') &&
		    !(*k >= '0' && *k <= '9') && *k != '.' && *k != '_' && *k != '-')
			return false;
	return true;
}

/* The header names the language, and the CLDR categories where they are not "one other". */
static void read_header(catalogue *c, const char *header)
{
	char *language = header ? po_header_field(header, "Language") : NULL;
	char *content = header ? po_header_field(header, "Content-Type") : NULL;
	char *plural = header ? po_header_field(header, "X-CLDR-Categories") : NULL;
	const char *base = strrchr(c->path, '/');
	char *rest = NULL;

	snprintf(c->tag, sizeof c->tag, "%s", language ? language : "");
	base = base ? base + 1 : c->path;
	if (!c->tag[0] || strncmp(base, c->tag, strlen(c->tag)) != 0 ||
	    strcmp(base + strlen(c->tag), ".po") != 0)
		complain(c->path, 1, "header Language is not that of the file name",
			 c->tag);
	if (!content || !strstr(content, "charset=UTF-8"))
		complain(c->path, 1, "charset is not UTF-8", content ? content : "");
	plural = must(plural ? plural : strdup("one other"));
	for (char *p = strtok_r(plural, " ", &rest); p; p = strtok_r(NULL, " ", &rest)) {
		if (c->forms == FORMS || strlen(p) > 5) {
			complain(c->path, 1, "bad X-CLDR-Categories", p);
			break;
		}
		snprintf(c->category[c->forms++], sizeof c->category[0], "%s", p);
	}
	free(plural);
	free(content);
	free(language);
	if (!c->forms || strcmp(c->category[c->forms - 1], "other") != 0)
		complain(c->path, 1, "the last CLDR category must be", "other");
}

static void read_message(catalogue *c, po_message_t m)
{
	entry e = {.key = po_message_msgid(m), .line = 1};
	const char *plural = po_message_msgid_plural(m);
	po_filepos_t where = po_message_filepos(m, 0);

	if (where)
		e.line = po_filepos_start_line(where);
	if (po_message_is_obsolete(m))
		return;
	if (!key_good(e.key))
		complain(c->path, e.line, "not a key", e.key);
	if (po_message_is_fuzzy(m))
		complain(c->path, e.line, "fuzzy", e.key);
	if (plural && strcmp(plural, e.key) != 0)
		complain(c->path, e.line, "msgid_plural differs from msgid", e.key);
	e.plural = plural != NULL;
	e.text[0] = po_message_msgstr(m);
	for (int i = 0; plural && i < FORMS; i++)
		e.text[i] = po_message_msgstr_plural(m, i);
	for (int i = 0; i < (plural ? c->forms : 1); i++)
		if (!e.text[i] || !*e.text[i])
			complain(c->path, e.line, "empty text", e.key);
	c->entry[c->n++] = e;
}

static int entry_order(const void *a, const void *b)
{
	return strcmp(((const entry *)a)->key, ((const entry *)b)->key);
}

static void catalogue_read(catalogue *c, const char *path)
{
	const struct po_xerror_handler handler = {.xerror = on_error,
						  .xerror2 = on_error2};
	po_file_t file = po_file_read(path, &handler);
	po_message_iterator_t it;
	po_message_t m;
	size_t cap = 0;

	c->path = path;
	if (!file) {
		complain(path, 0, "cannot be read", path);
		exit(3);
	}
	read_header(c, po_file_domain_header(file, NULL));
	it = po_message_iterator(file, NULL);
	while ((m = po_next_message(it))) {
		if (!*po_message_msgid(m))
			continue;
		if (c->n == cap) {
			cap = cap ? 2 * cap : 256;
			c->entry = must(realloc(c->entry, cap * sizeof *c->entry));
		}
		read_message(c, m);
	}
	po_message_iterator_free(it);
	if (c->n)
		qsort(c->entry, c->n, sizeof *c->entry, entry_order);
	for (size_t i = 1; i < c->n; i++)
		if (!strcmp(c->entry[i].key, c->entry[i - 1].key))
			complain(path, c->entry[i].line, "key twice", c->entry[i].key);
}

/* ---- what must hold between languages ---------------------------------------- */

static entry *find(const catalogue *c, const char *key)
{
	const entry k = {.key = key};

	return c->n ? bsearch(&k, c->entry, c->n, sizeof k, entry_order) : NULL;
}

/* Mask of the {n} in all forms of an entry. {0} of a plural is the number: it may be a word. */
static unsigned arguments(const catalogue *c, const entry *e)
{
	unsigned mask = 0;

	for (int i = 0; i < (e->plural ? c->forms : 1); i++)
		for (const char *p = e->text[i]; p && *p; p++)
			if (p[0] == '{' && p[1] >= '0' && p[1] <= '9' && p[2] == '}')
				mask |= 1u << (p[1] - '0');
	return e->plural ? mask | 1u : mask;
}

static void compare(const catalogue *first, const catalogue *other, bool complete)
{
	for (size_t i = 0; i < other->n; i++) {
		const entry *o = &other->entry[i], *f = find(first, o->key);

		if (!f) {
			complain(other->path, o->line, "the first language lacks",
				 o->key);
			continue;
		}
		if (f->plural != o->plural)
			complain(other->path, o->line, "plural in one language only",
				 o->key);
		else if (arguments(first, f) != arguments(other, o))
			complain(other->path, o->line,
				 "other arguments {n} than the first", o->key);
	}
	for (size_t i = 0; complete && i < first->n; i++)
		if (!find(other, first->entry[i].key))
			complain(other->path, 0, "missing", first->entry[i].key);
}

/* ---- keys in the code ----------------------------------------------------------- */

static void keys_add(keys *k, const char *pattern, const char *path, size_t line)
{
	if (k->n == k->cap) {
		k->cap = k->cap ? 2 * k->cap : 1024;
		k->at = must(realloc(k->at, k->cap * sizeof *k->at));
	}
	k->at[k->n].pattern = must(strdup(pattern));
	k->at[k->n].path = path;
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
		complain(path, 0, "cannot be read", path);
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

static void scan(keys *k, const char *path)
{
	char *text = slurp(path), literal[4096];
	size_t line = 1;

	for (const char *p = text; *p;) {
		const char *after = skip(p, &line);

		if (after != p) {
			p = after;
		} else if (*p == '"') {
			size_t at = line;
			p = read_literal(p, literal, sizeof literal, &line);
			if (pattern_from(literal))
				keys_add(k, literal, path, at);
		} else if (*p == '#' && !strncmp(p, "#include", 8)) {
			p += strcspn(p, "\n");
		} else {
			line += *p++ == '\n';
		}
	}
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

/* The sections of the catalogue: a literal is taken for a key only when it begins like one. */
static bool section_known(const catalogue *c, const char *pattern)
{
	size_t n = strcspn(pattern, ".") + 1;

	for (size_t i = 0; i < c->n; i++)
		if (!strncmp(c->entry[i].key, pattern, n))
			return true;
	return false;
}

static void hold_against(catalogue *c, const keys *k)
{
	for (size_t i = 0; i < k->n; i++) {
		bool any = false;

		if (!section_known(c, k->at[i].pattern))
			continue;
		for (size_t j = 0; j < c->n; j++)
			if (matches(k->at[i].pattern, c->entry[j].key))
				any = c->entry[j].used = true;
		if (!any)
			complain(k->at[i].path, k->at[i].line, "no text for",
				 k->at[i].pattern);
	}
	for (size_t j = 0; j < c->n; j++)
		if (!c->entry[j].used)
			fprintf(stderr, "%s:%zu: unused: %s\n", c->path, c->entry[j].line,
				c->entry[j].key);
}

/* ---- writing C ------------------------------------------------------------------ */

static void put_literal(const char *s)
{
	putchar('"');
	for (; *s; s++) {
		unsigned char b = (unsigned char)*s;

		if (b == '"' || b == '\\' || b == '?')
			printf("\\%c", b);
		else if (b < 0x20)
			printf("\\%03o", (unsigned)b);
		else
			putchar(b);
	}
	putchar('"');
}

static void write_tables(const catalogue *c, int n)
{
	puts("/* Written by tools/poc.c from the files in locale/. */\n#include "
	     "\"view/view_priv.h\"\n");
	for (int l = 0; l < n; l++) {
		printf("static const view_entry entry_%d[] = {\n", l);
		for (size_t i = 0; i < c[l].n; i++) {
			const entry *e = &c[l].entry[i];

			printf("\t{");
			put_literal(e->key);
			printf(", {");
			for (int f = 0; f < (e->plural ? c[l].forms : 1); f++) {
				if (f)
					printf(", ");
				put_literal(e->text[f]);
			}
			printf("}, %d},\n", e->plural ? c[l].forms : 1);
		}
		puts("\t{NULL, {NULL}, 0},\n};");
	}
	puts("\nconst view_lang view_lang_table[] = {");
	for (int l = 0; l < n; l++) {
		printf("\t{\"%s\", entry_%d, %zu, {", c[l].tag, l, c[l].n);
		for (int f = 0; f < c[l].forms; f++)
			printf("%s\"%s\"", f ? ", " : "", c[l].category[f]);
		puts("}},");
	}
	printf("};\nconst size_t view_lang_count = %d;\n", n);
}

int main(int argc, char **argv)
{
	static catalogue c[LANGUAGES];
	keys k = {0};
	bool check = argc > 1 && !strcmp(argv[1], "--check"), sources = false;
	int n = 0;

	for (int i = 1 + check; i < argc; i++) {
		if (!strcmp(argv[i], "--"))
			sources = true;
		else if (sources)
			scan(&k, argv[i]);
		else if (n < LANGUAGES)
			catalogue_read(&c[n++], argv[i]);
	}
	if (!n) {
		fputs("usage: poc [--check] FIRST.po [OTHER.po …] [-- SOURCE …]\n",
		      stderr);
		return 2;
	}
	for (int l = 1; l < n; l++)
		compare(&c[0], &c[l], check);
	if (check)
		hold_against(&c[0], &k);
	else if (!failures)
		write_tables(c, n);
	if (check && !failures)
		printf("%zu keys in %d languages\n", c[0].n, n);
	return failures ? 1 : 0;
}
