/*
 * tmplc - compiles templates/<name>.html to C.
 *
 *   tmplc OUT ASSETS ICONS templates/a.html …      > OUT.c and OUT.h
 *
 * ASSETS lists "NAME ADDRESS" of each file a page may point at (tools/embed.c --list), ICONS
 * is assets/icons.svg. Each {{template name(type) "header.h"}} becomes
 *
 *   void tmpl_name(html *h, const view_lang *l, const type *v);
 *
 * Text enters a page only escaped for the place where it stands: tools/context.h says what
 * the place is, the C type of the value (src/view/template.h) what may stand there. What
 * cannot be is refused with file, line and column, here or by the C compiler, which sees the
 * lines of the template. HACKING.md has the language in short.
 */
#include "compiler.h"

/* ---- values ------------------------------------------------------------------------- */

static void arguments_are(compiler *c, size_t least, size_t most)
{
	if (c->words < least + 1)
		fail(c, c->tag, "something is missing after", c->w[0]);
	if (c->words > most + 1)
		fail(c, c->tag, "too much in this tag", c->w[most + 1]);
}

static void do_value(compiler *c)
{
	static const char *const writer[] = {
		[IN_TEXT] = "html_value_text",       [IN_RAW] = "html_value_text",
		[IN_ATTRIBUTE] = "html_value_attr",  [IN_ADDRESS] = "html_value_link",
		[IN_SEGMENT] = "html_value_segment", [IN_PART] = "html_value_part"};
	char path[RESULT];

	arguments_are(c, 0, 0);
	path_to(c, c->w[0], path);
	statement(c, "%s(h, l, %s);", writer[place(c)], path);
	html_valued(&c->here);
}

/* A key, or a path to one, as C. */
static void key_to(compiler *c, word w, char out[RESULT])
{
	char path[RESULT];
	bool dot = false;

	if (is_path(c, w)) {
		path_to(c, w, path);
		if (snprintf(out, RESULT, "html_key(%s)", path) >= RESULT)
			fail(c, c->tag, "a path that is too long", w);
		return;
	}
	for (size_t i = 0; i < w.n; i++) {
		dot |= w.s[i] == '.';
		if (w.n > 200 || !w.s[i] ||
		    (!html_is_letter(w.s[i]) && !strchr("0123456789._-", w.s[i])))
			fail(c, c->tag, "not a key", w);
	}
	if (!dot || w.s[0] == '.' || w.s[w.n - 1] == '.')
		fail(c, c->tag,
		     "not a key, nor a value that begins with v or a loop's name", w);
	snprintf(out, RESULT, "\"%.*s\"", (int)w.n, w.s);
}

/* One argument of words at w[*i], in the language l: a value, or (date v.x) and the like. */
static void argument(compiler *c, const char *l, size_t *i)
{
	static const char *const form[] = {"date", "time", "plain"};
	char value[RESULT];
	word kind;

	if (!is(c->w[*i], "(")) {
		path_to(c, c->w[(*i)++], value);
		text_format(c->out, " html_arg_value(h, %s, %s),", l, value);
		return;
	}
	if (*i + 3 >= c->words || !is(c->w[*i + 3], ")"))
		fail(c, c->tag, "an argument in parentheses is (WHAT VALUE)", nothing);
	kind = c->w[*i + 1];
	if (is(kind, "say")) {
		key_to(c, c->w[*i + 2], value);
	} else {
		size_t k = 0;

		while (k < sizeof form / sizeof *form && !is(kind, form[k]))
			k++;
		if (k == sizeof form / sizeof *form)
			fail(c, c->tag,
			     "an argument is a value, (date …), (time …), (plain …) or "
			     "(say …)",
			     kind);
		path_to(c, c->w[*i + 2], value);
	}
	text_format(c->out, " html_arg_%.*s(h, %s, %s),", (int)kind.n, kind.s, l, value);
	*i += 4;
}

/* {{say key a b}}, {{count key n a b}}; {{sv key a b}} for pages in other languages */
static void do_words(compiler *c)
{
	bool count = is(c->w[0], "count"), swedish = is(c->w[0], "sv");
	const char *l = swedish ? "html_swedish()" : "l";
	html_context at;
	char key[RESULT], n[RESULT] = "";
	size_t given = 0;

	arguments_are(c, 1 + (size_t)count, WORDS - 1);
	at = place_words(c);
	if (swedish && at != IN_TEXT)
		fail(c, c->tag, "markup stands between tags only", nothing);
	key_to(c, c->w[1], key);
	if (count)
		path_to(c, c->w[2], n);
	statement_begins(c);
	text_format(c->out, "%shtml_words(h, %s, %s, ",
		    swedish ? "if (!html_lang_is(l, \"sv\")) " : "", l, key);
	text_format(c->out, "%s, %s%s%s, ",
		    swedish         ? "HTML_SWEDISH"
		    : at == IN_TEXT ? "HTML_TEXT"
				    : "HTML_PLAIN",
		    count ? "html_counted(" : "NULL", n, count ? ")" : "");
	if (c->words > 2 + (size_t)count)
		text_format(c->out, "(const html_arg[]){");
	for (size_t i = 2 + (size_t)count; i < c->words; given++)
		argument(c, l, &i);
	if (given > 8)
		fail(c, c->tag, "at most eight arguments", nothing);
	text_format(c->out, "%s, %zu);\n", given ? "}" : "NULL", given);
}

/* {{date v.day}}, {{time v.ms}}, {{plain v.n}} */
static void do_formatted(compiler *c)
{
	char path[RESULT];

	arguments_are(c, 1, 1);
	path_to(c, c->w[1], path);
	place_words(c);
	statement(c, "html_%.*s(h, l, %s);", (int)c->w[0].n, c->w[0].s, path);
}

static void do_name(compiler *c)
{
	char path[RESULT];

	arguments_are(c, 1, 1);
	path_to(c, c->w[1], path);
	place_markup(c);
	statement(c, "html_name(h, %s);", path);
}

static void do_join(compiler *c)
{
	char path[RESULT];

	arguments_are(c, 1, 1);
	path_to(c, c->w[1], path);
	place_markup(c);
	statement(c, "html_put_fragment(h, %s);", path);
}

/* {{lang}} and {{dir}} of the page */
static void do_language(compiler *c)
{
	html_context at;
	bool tag = is(c->w[0], "lang");

	arguments_are(c, 0, 0);
	at = place(c);
	if (at == IN_ADDRESS || (!tag && at > IN_ADDRESS))
		fail(c, c->tag, "no address", c->w[0]);
	statement(c, "html_put_%s(h, l);", tag ? "lang" : "dir");
	html_valued(&c->here);
}

/* ---- icons, assets ---------------------------------------------------------------------- */

/* The address of an asset from the list; NULL if there is none. */
static bool asset_find(const tmplc_job *job, word name, word *address)
{
	for (const char *p = job->assets; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		size_t n = strcspn(p, " \n");

		if (n == name.n && !memcmp(p, name.s, n) && p[n] == ' ') {
			*address = (word){p + n + 1, strcspn(p + n + 1, "\n")};
			return true;
		}
	}
	return false;
}

static void do_asset(compiler *c)
{
	word address;

	arguments_are(c, 1, 1);
	if (!asset_find(c->job, c->w[1], &address))
		fail(c, c->tag, "no such file in assets/", c->w[1]);
	if (place(c) != IN_ADDRESS)
		fail(c, c->tag, "an asset is the whole of an address", c->w[1]);
	feed_word(c, address);
}

static bool icon_there(const tmplc_job *job, word id)
{
	char opening[64];

	return id.n < 40 && identifier(id) == id.n && id.n &&
	       snprintf(opening, sizeof opening, "<symbol id=\"%.*s\"", (int)id.n, id.s) >
		       0 &&
	       strstr(job->icons, opening);
}

static void do_icon(compiler *c)
{
	word address;
	char path[RESULT];

	if (c->words < 2)
		fail(c, c->tag, "which icon?", nothing);
	if (!asset_find(c->job, (word){"icons.svg", 9}, &address))
		fail(c, c->tag, "there is no assets/icons.svg", nothing);
	place_markup(c);
	feed_text(c, "<svg class=\"i");
	for (size_t i = 2; i < c->words; i++) {
		if (!is_identifier(c->w[i]))
			fail(c, c->tag, "not a class", c->w[i]);
		feed(c, ' ');
		feed_word(c, c->w[i]);
	}
	feed_text(c, "\" aria-hidden=\"true\"><use href=\"");
	feed_word(c, address);
	feed(c, '#');
	if (is_path(c, c->w[1])) {
		path_to(c, c->w[1], path);
		statement(c, "html_attr(h, html_icon_id(%s));", path);
	} else if (icon_there(c->job, c->w[1])) {
		feed_word(c, c->w[1]);
	} else {
		fail(c, c->tag, "no such icon in assets/icons.svg", c->w[1]);
	}
	feed_text(c, "\"/></svg>");
}

/* ---- if, for, use -------------------------------------------------------------------------- */

/* A tag that decides what is written may stand where a value may, and between attributes. */
static void place_block(compiler *c)
{
	const char *wrong = html_break(&c->here);

	if (wrong)
		fail(c, c->tag, wrong, nothing);
	settle(c);
	switch (c->here.state) {
	case AT_TEXT:
	case AT_RAW:
	case AT_SPACE:
	case AT_AFTER:
	case AT_VALUE:
		return;
	case AT_OPENING:
	case AT_TAG_NAME:
	case AT_NAME:
	case AT_EQUALS:
	case AT_SLASH:
	case AT_DOCTYPE:
	case AT_COMMENT_IN:
	case AT_COMMENT:
	default:
		fail(c, c->tag, "this may not stand here", c->w[0]);
	}
}

static block *push(compiler *c, bool loop)
{
	block *b = &c->open[c->depth];

	if (c->depth == DEPTH)
		fail(c, c->tag, "too deep", nothing);
	place_block(c);
	*b = (block){.loop = loop, .before = c->here, .at = c->tag};
	return b;
}

/* v.x | not v.x | v.x == NAME | v.x != NAME | lang TAG | not lang TAG, from w[1] on */
static void condition(compiler *c, char out[2 * RESULT])
{
	bool not = c->words > 1 && is(c->w[1], "not");
	size_t i = 1 + not ;
	char path[RESULT];

	if (c->words <= i)
		fail(c, c->tag, "if what?", nothing);
	if (is(c->w[i], "lang")) {
		if (c->words != i + 2 || !is_identifier(c->w[i + 1]))
			fail(c, c->tag, "write lang TAG", nothing);
		snprintf(out, RESULT, "%shtml_lang_is(l, \"%.*s\")", not ? "!" : "",
			 (int)c->w[i + 1].n, c->w[i + 1].s);
		return;
	}
	path_to(c, c->w[i], path);
	if (c->words == i + 1) {
		snprintf(out, 2 * RESULT, "%shtml_true(%s)", not ? "!" : "", path);
		return;
	}
	if (not || c->words != i + 3 ||
	    (!is(c->w[i + 1], "==") && !is(c->w[i + 1], "!=")) ||
	    (!is_identifier(c->w[i + 2]) && !is_number(c->w[i + 2])))
		fail(c, c->tag, "a condition is v.x, not v.x, v.x == NAME or v.x != NAME",
		     nothing);
	snprintf(out, 2 * RESULT, "%s %.2s %.*s", path, c->w[i + 1].s, (int)c->w[i + 2].n,
		 c->w[i + 2].s);
}

static void do_if(compiler *c)
{
	char what[2 * RESULT];

	push(c, false);
	condition(c, what);
	statement(c, "if (%s) {", what);
	c->depth++;
}

/* A way through the block ends here; all must end in one place. */
static void branch_ends(compiler *c, block *b)
{
	if (b->met && !html_meet(&c->here, &b->after))
		fail(c, c->tag, "the ways through this block end in different places",
		     nothing);
	b->after = c->here;
	b->met = true;
}

static block *innermost(compiler *c)
{
	if (!c->depth)
		fail(c, c->tag, "no block is open here", c->w[0]);
	return &c->open[c->depth - 1];
}

/* {{else}} and {{elif …}} */
static void do_else(compiler *c)
{
	block *b = innermost(c);
	bool with = is(c->w[0], "elif");
	char what[2 * RESULT] = "";

	if (b->loop || b->otherwise)
		fail(c, c->tag, "no {{if}} is open here", c->w[0]);
	place_block(c);
	branch_ends(c, b);
	if (with)
		condition(c, what);
	else
		arguments_are(c, 0, 0);
	statement(c, with ? "} else if (%s) {" : "} else {%s", what);
	b->otherwise = !with;
	c->here = b->before;
}

static void do_end(compiler *c)
{
	block *b = innermost(c);

	arguments_are(c, 0, 0);
	place_block(c);
	branch_ends(c, b);
	if (!b->otherwise) { /* the way past it all */
		c->here = b->before;
		branch_ends(c, b);
	}
	statement(c, "}");
	c->depth--;
}

static bool is_tag(word w);

/* {{for i in v.items}} */
static void do_for(compiler *c)
{
	block *b = push(c, true);
	char path[RESULT];
	int n;

	if (c->words != 4 || !is(c->w[2], "in") || !is_identifier(c->w[1]))
		fail(c, c->tag, "write {{for i in v.items}}", nothing);
	if (is(c->w[1], "v") || is_tag(c->w[1]) || in_scope(c, c->w[1]))
		fail(c, c->tag, "the name is in use", c->w[1]);
	if (b->before.state == AT_SPACE || b->before.state == AT_AFTER ||
	    (b->before.state == AT_VALUE && b->before.address != URL_NONE))
		fail(c, c->tag, "no loop over attributes or in an address", nothing);
	path_to(c, c->w[3], path);
	if (path[0] == '(')
		fail(c, c->tag, "a list is a member", c->w[3]);
	b->variable = c->w[1];
	n = (int)b->variable.n;
	statement(c, "for (int64_t n_%.*s = 0; n_%.*s < (int64_t)%s_n; n_%.*s++) {", n,
		  b->variable.s, n, b->variable.s, path, n, b->variable.s);
	text_format(c->out,
		    "\tconst __typeof__(*%s) *t_%.*s = &%s[n_%.*s];\n\t(void)t_%.*s;\n",
		    path, n, b->variable.s, path, n, b->variable.s, n, b->variable.s);
	c->depth++;
}

static void do_use(compiler *c)
{
	const template *t = NULL;
	char path[RESULT] = "(*v)";
	int n;

	arguments_are(c, 1, 2);
	for (size_t i = 0; i < c->templates && !t; i++)
		if (same(c->all[i].name, c->w[1]))
			t = &c->all[i];
	if (!t)
		fail(c, c->tag, "no such template", c->w[1]);
	place_markup(c);
	if (c->words > 2)
		path_to(c, c->w[2], path);
	n = (int)t->type.n;
	if (c->words > 2 && path[0] != '(')
		statement(c, "tmpl_%.*s(h, l, html_part(%.*s, %s));", (int)t->name.n,
			  t->name.s, n, t->type.s, path);
	else
		statement(c, "tmpl_%.*s(h, l, html_whole(%.*s, &%s));", (int)t->name.n,
			  t->name.s, n, t->type.s, path);
}

/* ---- a template ------------------------------------------------------------------------------ */

static const struct {
	const char *name;
	void (*run)(compiler *c);
} tags[] = {{"say", do_words},      {"count", do_words},    {"sv", do_words},
	    {"date", do_formatted}, {"time", do_formatted}, {"plain", do_formatted},
	    {"name", do_name},      {"join", do_join},      {"lang", do_language},
	    {"dir", do_language},   {"asset", do_asset},    {"icon", do_icon},
	    {"if", do_if},          {"elif", do_else},      {"else", do_else},
	    {"end", do_end},        {"for", do_for},        {"use", do_use}};

static bool is_tag(word w)
{
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (is(w, tags[i].name))
			return true;
	return false;
}

static void do_tag(compiler *c)
{
	if (!c->words)
		fail(c, c->tag, "an empty tag", nothing);
	if (is_path(c, c->w[0])) {
		do_value(c);
		return;
	}
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (is(c->w[0], tags[i].name)) {
			tags[i].run(c);
			return;
		}
	fail(c, c->tag, "not a tag, nor a value that begins with v or a loop's name",
	     c->w[0]);
}

/* Position of "}}" from `at` on, or `end`. */
static size_t tag_end(const tmplc_source *from, size_t at, size_t end)
{
	for (; at + 1 < end; at++)
		if (from->s[at] == '}' && from->s[at + 1] == '}')
			return at;
	return end;
}

static bool tag_begins(const tmplc_source *from, size_t at, size_t end)
{
	return at + 1 < end && from->s[at] == '{' && from->s[at + 1] == '{';
}

static void read_tag(compiler *c)
{
	const tmplc_source *from = c->now->from;
	size_t begin = c->at + 2, end = tag_end(from, begin, c->now->end);

	c->tag = c->at;
	if (end == c->now->end)
		fail(c, c->tag, "a tag that does not end", nothing);
	c->at = end + 2;
	if (from->s[begin] == '#')
		return;
	if (!split(from->s + begin, end - begin, c->w, &c->words))
		fail(c, c->tag, "too much in this tag", nothing);
	do_tag(c);
}

/* A fault ends the template it is in, and no other. */
static void template_body(compiler *c)
{
	const template *t = c->now;

	if (setjmp(c->stop))
		return;
	c->here = (html_place){.state = AT_TEXT};
	c->at = c->tag = t->begin;
	c->own_line = true;
	c->space = c->newline = false;
	c->literal.n = 0;
	c->depth = 0;
	text_format(c->out,
		    "\nvoid tmpl_%.*s(html *h, const view_lang *l, const %.*s *v)\n{\n",
		    (int)t->name.n, t->name.s, (int)t->type.n, t->type.s);
	text_format(c->out, "\t(void)h;\n\t(void)l;\n\t(void)v;\n");
	while (c->at < t->end) {
		if (tag_begins(t->from, c->at, t->end)) {
			read_tag(c);
		} else {
			feed(c, t->from->s[c->at]);
			c->at++;
		}
	}
	if (c->depth)
		fail(c, c->open[c->depth - 1].at, "a block that does not end", nothing);
	while (c->at > t->begin && html_is_space(t->from->s[c->at - 1]))
		c->at--;
	if (c->here.state != AT_TEXT)
		fail(c, c->at, "a template ends between tags", t->name);
	flush(c);
	text_format(c->out, "}\n");
}

/* ---- a run: all templates of all files ----------------------------------------------------- */

static bool type_good(word w)
{
	for (size_t i = 0; i < w.n; i++)
		if (!html_is_letter(w.s[i]) && w.s[i] != '_' && w.s[i] != ' ' &&
		    !(w.s[i] >= '0' && w.s[i] <= '9'))
			return false;
	return w.n && w.n < 64;
}

/* The words of {{template name(type) "header"}}; returns what is wrong, or NULL. */
static const char *read_opening(template *t, const char *s, size_t n)
{
	word w[WORDS];
	size_t words, close = 3;

	if (!split(s, n, w, &words) || words < 5 || !is(w[0], "template") ||
	    !is_identifier(w[1]) || !is(w[2], "("))
		return "write {{template name(type) \"header.h\"}}";
	while (close < words && !is(w[close], ")"))
		close++;
	if (close >= words || close == 3 || words > close + 2)
		return "write {{template name(type) \"header.h\"}}";
	t->name = w[1];
	t->type = (word){w[3].s, (size_t)(w[close - 1].s + w[close - 1].n - w[3].s)};
	t->header = words > close + 1 ? w[close + 1] : nothing;
	if (!type_good(t->type))
		return "not a type";
	if (t->header.n &&
	    (t->header.n < 5 || t->header.n > 100 || t->header.s[0] != '"' ||
	     memchr(t->header.s, '\\', t->header.n) ||
	     memchr(t->header.s + 1, '"', t->header.n - 2) ||
	     t->header.s[t->header.n - 1] != '"'))
		return "the header stands in double quotes";
	return NULL;
}

static const char *known_already(const template *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (same(all[i].name, all[n].name))
			return "a template of this name is there already";
	return NULL;
}

/* Finds where the templates of a file begin. */
static size_t find_templates(const tmplc_job *job, const tmplc_source *from,
			     template *all, size_t n)
{
	size_t first = n;

	for (size_t i = 0; i < from->n; i++) {
		static const char opening[] = "{{template";
		const size_t length = sizeof opening - 1;
		size_t end;
		const char *wrong;

		if (tag_begins(from, i, from->n) && i + 2 < from->n &&
		    from->s[i + 2] == '#') {
			i = tag_end(from, i + 2, from->n) + 1;
			continue;
		}
		if (from->n - i <= length || memcmp(from->s + i, opening, length) != 0) {
			if (n == first && !html_is_space(from->s[i])) {
				report(job, from, i, "a file begins with {{template …}}",
				       nothing);
				return n;
			}
			continue;
		}
		if (n > first)
			all[n - 1].end = i;
		end = tag_end(from, i, from->n);
		all[n] = (template){.from = from, .begin = end + 2, .end = from->n};
		wrong = end == from->n ? "a tag that does not end"
			: n == TMPLC_TEMPLATES - 1
				? "too many templates"
				: read_opening(&all[n], from->s + i + 2, end - i - 2);
		if (!wrong)
			wrong = known_already(all, n);
		if (wrong) {
			report(job, from, i, wrong, nothing);
			return n;
		}
		n++;
		i = end + 1;
	}
	if (n == first)
		report(job, from, 0, "no template in this file", nothing);
	return n;
}

static void write_declarations(tmplc_text *out, const template *all, size_t n)
{
	text_format(out, "/* Written by tools/tmplc.c from the templates. */\n#ifndef "
			 "TMPLC_TEMPLATES_H\n#define TMPLC_TEMPLATES_H\n\n"
			 "#include \"view/view.h\"\n");
	for (size_t i = 0; i < n; i++) {
		bool before = !all[i].header.n;

		for (size_t j = 0; j < i && !before; j++)
			before = same(all[j].header, all[i].header);
		if (!before)
			text_format(out, "#include %.*s\n", (int)all[i].header.n,
				    all[i].header.s);
	}
	text_format(out, "\n");
	for (size_t i = 0; i < n; i++)
		text_format(
			out,
			"void tmpl_%.*s(html *h, const view_lang *l, const %.*s *v);\n",
			(int)all[i].name.n, all[i].name.s, (int)all[i].type.n,
			all[i].type.s);
	text_format(out, "\n#endif\n");
}

bool tmplc_compile(const tmplc_job *job, tmplc_text *code, tmplc_text *header)
{
	static template all[TMPLC_TEMPLATES];
	static compiler c;
	size_t n = 0, faults = job->faults->n;

	for (size_t i = 0; i < job->sources; i++)
		n = find_templates(job, &job->source[i], all, n);
	write_declarations(header, all, n);
	text_format(code,
		    "/* Written by tools/tmplc.c from the templates. */\n#include "
		    "\"%s\"\n#include \"view/template.h\"\n",
		    job->header_name);
	c = (compiler){.job = job, .all = all, .templates = n, .out = code};
	for (size_t i = 0; i < n; i++) {
		c.now = &all[i];
		template_body(&c);
	}
	free(c.literal.s);
	c.literal = (tmplc_text){0};
	return job->faults->n == faults;
}

#ifndef TMPLC_NO_MAIN
static tmplc_source slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	tmplc_text t = {0};
	char some[4096];

	text_add(&t, "", 0);
	if (!f) {
		perror(path);
		exit(3);
	}
	for (size_t got; (got = fread(some, 1, sizeof some, f)) > 0;)
		text_add(&t, some, got);
	if (ferror(f)) {
		perror(path);
		exit(3);
	}
	fclose(f);
	return (tmplc_source){path, t.s, t.n};
}

static void write_file(const char *base, const char *ending, const tmplc_text *t)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof path, "%s%s", base, ending);
	f = fopen(path, "wb");
	if (!f || fwrite(t->s, 1, t->n, f) != t->n || fclose(f) != 0) {
		perror(path);
		exit(4);
	}
}

int main(int argc, char **argv)
{
	tmplc_text code = {0}, header = {0}, faults = {0};
	tmplc_source *source;
	char name[256];
	tmplc_job job = {.faults = &faults, .header_name = name};
	const char *slash;

	if (argc < 4) {
		fputs("usage: tmplc OUT ASSETS ICONS [TEMPLATE.html …]\n", stderr);
		return 2;
	}
	slash = strrchr(argv[1], '/');
	snprintf(name, sizeof name, "%s.h", slash ? slash + 1 : argv[1]);
	job.assets = slurp(argv[2]).s;
	job.icons = slurp(argv[3]).s;
	source = calloc((size_t)argc, sizeof *source);
	if (!source)
		return 4;
	for (int i = 4; i < argc; i++)
		source[job.sources++] = slurp(argv[i]);
	job.source = source;
	if (!tmplc_compile(&job, &code, &header)) {
		fputs(faults.s, stderr);
		return 3;
	}
	write_file(argv[1], ".c", &code);
	write_file(argv[1], ".h", &header);
	return 0;
}
#endif
