/*
 * poc - compiles locale/<tag>.po to C tables, and checks the words.
 *
 *   poc locale/sv.po locale/en.po …                         > build/gen/locale_tables.c
 *   poc --used locale/sv.po … -- sources, templates …       a key in use that nobody wrote
 *   poc --check locale/sv.po … -- sources, templates …      that, and all below
 *
 * All refuse what would be wrong on a page: a key twice, an empty or fuzzy text, a plural
 * form too few, arguments {n} that differ between languages. --check also refuses a key that
 * a language must have and lacks, says how much each language has, and lists (without
 * failing) keys that nobody uses. The first file is the language to fall back to.
 *
 * A language has all keys, or, with "X-Audience: participants" in its header, at least those
 * of the pages participants see: those that begin with one of participant_keys. It is then
 * not offered to staff. Other fields of the header: X-Endonym and X-Name-Swedish for whoever
 * chooses a language, "X-Direction: rtl", and X-CLDR-Categories for plural forms that are not
 * "one other".
 *
 * The tables hold one language more, for tests only (VIEW_PSEUDO): qps, Swedish made longer
 * and odd, in which a text that nobody extracted stands out, and one that does not fit too.
 */
#include "keys.h"

#include <gettext-po.h>

enum { FORMS = 6, LANGUAGES = 32, KEY_MAX_LENGTH = 200 };

/* What a participant reads, and what such texts are made of. */
static const char *const participant_keys[] = {
	"p.",        "ask.",      "hint.",  "why.ask.", "field.", "choice.",
	"interest.", "language.", "month.", "weekday.", "date.",  "time.",
	"number.",   "list.",     "fault.", "notice.",  "legal.", "mail.",
	"sms.",      "cafe.",     "held.",  NULL};

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
	bool rtl, participants_only;
	char *endonym, *swedish;
	entry *entry;
	size_t n;
} catalogue;

static int failures;

static void complain(const char *path, size_t line, const char *what, const char *key)
{
	fprintf(stderr, "%s:%zu: %s: %s\n", path, line, what, key);
	failures++;
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

static char *header_field(const char *header, const char *name)
{
	return header ? po_header_field(header, name) : NULL;
}

static bool field_is(const char *header, const char *name, const char *value)
{
	char *field = header_field(header, name);
	bool is = field && !strcmp(field, value);

	free(field);
	return is;
}

/* The CLDR categories of the plural forms, where they are not "one other". */
static void read_categories(catalogue *c, const char *header)
{
	char *plural = header_field(header, "X-CLDR-Categories"), *rest = NULL;

	plural = must(plural ? plural : strdup("one other"));
	for (char *p = strtok_r(plural, " ", &rest); p; p = strtok_r(NULL, " ", &rest)) {
		if (c->forms == FORMS || strlen(p) > 5) {
			complain(c->path, 1, "bad X-CLDR-Categories", p);
			break;
		}
		snprintf(c->category[c->forms++], sizeof c->category[0], "%s", p);
	}
	free(plural);
	if (!c->forms || strcmp(c->category[c->forms - 1], "other") != 0)
		complain(c->path, 1, "the last CLDR category must be", "other");
}

static void read_header(catalogue *c, const char *header)
{
	char *language = header_field(header, "Language");
	char *content = header_field(header, "Content-Type");
	const char *base = strrchr(c->path, '/');

	snprintf(c->tag, sizeof c->tag, "%s", language ? language : "");
	base = base ? base + 1 : c->path;
	if (!c->tag[0] || strncmp(base, c->tag, strlen(c->tag)) != 0 ||
	    strcmp(base + strlen(c->tag), ".po") != 0)
		complain(c->path, 1, "header Language is not that of the file name",
			 c->tag);
	if (!content || !strstr(content, "charset=UTF-8"))
		complain(c->path, 1, "charset is not UTF-8", content ? content : "");
	free(content);
	free(language);
	c->endonym = header_field(header, "X-Endonym");
	c->swedish = header_field(header, "X-Name-Swedish");
	if (!c->endonym || !c->swedish)
		complain(c->path, 1, "the header lacks", "X-Endonym or X-Name-Swedish");
	c->rtl = field_is(header, "X-Direction", "rtl");
	c->participants_only = field_is(header, "X-Audience", "participants");
	read_categories(c, header);
}

/* libgettextpo keeps no line of a message. */
static size_t line_of(const char *text, const char *key)
{
	char opening[KEY_MAX_LENGTH + 16];
	size_t n = (size_t)snprintf(opening, sizeof opening, "msgid \"%.*s\"\n",
				    KEY_MAX_LENGTH, key),
	       line = 1;

	for (; *text; line++) {
		if (!strncmp(text, opening, n))
			return line;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return 1;
}

static void read_message(catalogue *c, const char *text, po_message_t m)
{
	entry e = {.key = po_message_msgid(m)};
	const char *plural = po_message_msgid_plural(m);

	if (po_message_is_obsolete(m))
		return;
	e.line = line_of(text, e.key);
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
	char *text;

	c->path = path;
	if (!file) {
		complain(path, 0, "cannot be read", path);
		exit(3);
	}
	text = slurp(path);
	read_header(c, po_file_domain_header(file, NULL));
	it = po_message_iterator(file, NULL);
	while ((m = po_next_message(it))) {
		if (!*po_message_msgid(m))
			continue;
		if (c->n == cap) {
			cap = cap ? 2 * cap : 256;
			c->entry = must(realloc(c->entry, cap * sizeof *c->entry));
		}
		read_message(c, text, m);
	}
	po_message_iterator_free(it);
	free(text);
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

/* Whether a language must have a key that the first language has. */
static bool is_demanded(const catalogue *c, const char *key)
{
	const char *const *p = participant_keys;

	while (c->participants_only && *p && strncmp(key, *p, strlen(*p)) != 0)
		p++;
	return !c->participants_only || *p;
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
		if (is_demanded(other, first->entry[i].key) &&
		    !find(other, first->entry[i].key))
			complain(other->path, 0, "missing", first->entry[i].key);
}

/* "locale/ar.po: 164 of 164 keys for participants, 164 of 811 in all" */
static void tell_coverage(const catalogue *first, const catalogue *c)
{
	size_t has = 0, demanded = 0;

	for (size_t i = 0; i < first->n; i++)
		if (is_demanded(c, first->entry[i].key)) {
			demanded++;
			has += find(c, first->entry[i].key) != NULL;
		}
	printf("%s: %zu of %zu keys", c->path, has, demanded);
	if (c->participants_only)
		printf(" for participants, %zu of %zu in all", c->n, first->n);
	putchar('\n');
}

/* ---- words and those who use them ------------------------------------------------ */

/* The sections of the catalogue: a literal is taken for a key only when it begins like one. */
static bool section_known(const catalogue *c, const char *pattern)
{
	size_t n = strcspn(pattern, ".") + 1;

	for (size_t i = 0; i < c->n; i++)
		if (!strncmp(c->entry[i].key, pattern, n))
			return true;
	return false;
}

/* Complains of a key in use that the language lacks, and with `list` names those not in use. */
static void hold_against(catalogue *c, const keys *k, bool list)
{
	for (size_t i = 0; i < k->n; i++) {
		bool any = false;

		if (!k->at[i].sure && !section_known(c, k->at[i].pattern))
			continue;
		for (size_t j = 0; j < c->n; j++)
			if (matches(k->at[i].pattern, c->entry[j].key))
				any = c->entry[j].used = true;
		if (!any)
			complain(k->at[i].path, k->at[i].line, "no text for",
				 k->at[i].pattern);
	}
	for (size_t j = 0; list && j < c->n; j++)
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

/* ---- the language of the tests -------------------------------------------------------- */

/* A number or date keeps its form. */
static bool is_format(const char *key)
{
	return !strncmp(key, "number.", 7) || !strncmp(key, "date.", 5) ||
	       !strncmp(key, "time.", 5);
}

/* "Hej {0}" is "⟦Ĥëĵ {0}···⟧": a third longer, readable, and never in a real page. */
static void put_pseudo(const char *key, const char *s)
{
	static const char *const odd[] = {"ǎ", "ƀ", "ç", "ð", "ë", "ƒ", "ĝ", "ĥ", "ï",
					  "ĵ", "ķ", "ļ", "ɱ", "ñ", "ô", "þ", "ʠ", "ŕ",
					  "š", "ţ", "û", "ṽ", "ŵ", "ẋ", "ý", "ž"};
	char text[16384] = "⟦";
	size_t n = strlen(text), length = strlen(s);

	if (is_format(key) || length > sizeof text / 6) {
		put_literal(s);
		return;
	}
	for (; *s; s++) {
		if (*s >= 'a' && *s <= 'z') {
			n += (size_t)snprintf(text + n, sizeof text - n, "%s",
					      odd[*s - 'a']);
		} else {
			text[n++] = *s;
		}
	}
	text[n] = 0;
	for (size_t i = 0; i <= length / 3; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "·");
	snprintf(text + n, sizeof text - n, "⟧");
	put_literal(text);
}

/* ---- tables -------------------------------------------------------------------------------- */

static void write_entries(const catalogue *c, const char *name, bool pseudo)
{
	printf("static const view_entry entry_%s[] = {\n", name);
	for (size_t i = 0; i < c->n; i++) {
		const entry *e = &c->entry[i];

		printf("\t{");
		put_literal(e->key);
		printf(", {");
		for (int f = 0; f < (e->plural ? c->forms : 1); f++) {
			if (f)
				printf(", ");
			if (pseudo)
				put_pseudo(e->key, e->text[f]);
			else
				put_literal(e->text[f]);
		}
		printf("}, %d},\n", e->plural ? c->forms : 1);
	}
	puts("\t{NULL, {NULL}, 0},\n};");
}

static void write_language(const catalogue *c, const char *tag, bool pseudo)
{
	printf("\t{.tag = \"%s\", .rules = \"%s\", .entry = entry_%s, .entries = "
	       "%zu,\n\t "
	       ".category = {",
	       tag, c->tag, tag, c->n);
	for (int f = 0; f < c->forms; f++)
		printf("%s\"%s\"", f ? ", " : "", c->category[f]);
	printf("},\n\t .endonym = ");
	put_literal(pseudo ? "⟦···⟧" : c->endonym);
	printf(", .swedish = ");
	put_literal(pseudo ? "Provspråk" : c->swedish);
	printf(", .rtl = %d, .whole = %d, .hidden = %d},\n", c->rtl,
	       !c->participants_only, pseudo);
}

static void write_tables(const catalogue *c, int n)
{
	puts("/* Written by tools/poc.c from the files in locale/. */\n#include "
	     "\"view/view_priv.h\"\n");
	for (int l = 0; l < n; l++)
		write_entries(&c[l], c[l].tag, false);
	puts("#ifdef VIEW_PSEUDO");
	write_entries(&c[0], "qps", true);
	puts("#endif\n\nconst view_lang view_lang_table[] = {");
	for (int l = 0; l < n; l++)
		write_language(&c[l], c[l].tag, false);
	puts("#ifdef VIEW_PSEUDO");
	write_language(&c[0], "qps", true);
	puts("#endif\n};\nconst size_t view_lang_total = ARRAY_LEN(view_lang_table);");
}

int main(int argc, char **argv)
{
	static catalogue c[LANGUAGES];
	keys k = {0};
	bool check = argc > 1 && !strcmp(argv[1], "--check"), sources = false;
	bool used = argc > 1 && !strcmp(argv[1], "--used");
	int n = 0;

	for (int i = 1 + (check || used); i < argc; i++) {
		if (!strcmp(argv[i], "--"))
			sources = true;
		else if (sources)
			scan(&k, argv[i]);
		else if (n < LANGUAGES)
			catalogue_read(&c[n++], argv[i]);
	}
	if (!n) {
		fputs("usage: poc [--used|--check] FIRST.po [OTHER.po …] [-- SOURCE …]\n",
		      stderr);
		return 2;
	}
	for (int l = 1; l < n; l++)
		compare(&c[0], &c[l], check);
	if (check || used)
		hold_against(&c[0], &k, check);
	else if (!failures)
		write_tables(c, n);
	for (int l = 0; check && l < n; l++)
		tell_coverage(&c[0], &c[l]);
	return failures ? 1 : 0;
}
