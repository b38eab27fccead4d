/*
 * say - the words of the interface, by key and language.
 *
 * The tables are sorted by tools/poc.c, so a text is found by halving. A text is a
 * template with {0} … {9}; anything else in braces stands as it is, so that a help
 * text may show JSON. Plural categories are those of CLDR, by ICU.
 */
#include "view/view_priv.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

const view_lang *view_lang_get(str tag)
{
	for (size_t i = 0; i < view_lang_total; i++)
		if (str_equal(tag, str_from(view_lang_table[i].tag)))
			return &view_lang_table[i];
	return NULL;
}

str view_lang_tag(const view_lang *l)
{
	return str_from(l->tag);
}

/* Those of tests come last. */
size_t view_lang_count(void)
{
	size_t n = view_lang_total;

	while (view_lang_table[n - 1].hidden)
		n--;
	return n;
}

const view_lang *view_lang_at(size_t i)
{
	assert(i < view_lang_count());
	return &view_lang_table[i];
}

str view_lang_name(const view_lang *l)
{
	return str_from(l->endonym);
}

str view_lang_name_sv(const view_lang *l)
{
	return str_from(l->swedish);
}

bool view_lang_rtl(const view_lang *l)
{
	return l->rtl;
}

bool view_lang_whole(const view_lang *l)
{
	return l->whole;
}

const view_lang *view_lang_with(arena *a, const view_lang *l, const view_own *own,
				size_t n)
{
	view_lang *with = NEW(a, view_lang);
	*with = *l;
	with->own = own;
	with->own_n = n;
	return with;
}

/* A programme's own text, or NULL. */
static const char *own_text(const view_lang *l, const char *key)
{
	for (size_t i = 0; i < l->own_n; i++)
		if (!strcmp(l->own[i].key, key))
			return l->own[i].text;
	return NULL;
}

static int entry_order(const void *key, const void *entry)
{
	return strcmp(key, ((const view_entry *)entry)->key);
}

/* The entry of a key and, through *l, the language that has it; NULL if none has. */
static const view_entry *entry_find(const view_lang **l, const char *key)
{
	const view_lang *const tried[] = {*l, &view_lang_table[0]};

	for (size_t i = 0; i < ARRAY_LEN(tried); i++) {
		const view_entry *e = bsearch(key, tried[i]->entry, tried[i]->entries,
					      sizeof *e, entry_order);
		if (e) {
			*l = tried[i];
			return e;
		}
	}
	return NULL;
}

bool view_has(const view_lang *l, const char *key)
{
	return entry_find(&l, key) != NULL;
}

/* `first` is {0}, when it is given, and the arguments begin at {1}. */
static str fill(arena *a, const char *text, const str *first, const str *arg, size_t n)
{
	buf out = {.mem = a};
	const char *from = text;

	for (const char *p = text; *p; p++) {
		size_t i;

		if (p[0] != '{' || p[1] < '0' || p[1] > '9' || p[2] != '}')
			continue;
		i = (size_t)(p[1] - '0');
		if (first ? i > n : i >= n)
			continue;
		buf_add(&out, (str){from, (size_t)(p - from)});
		buf_add(&out, first ? (i ? arg[i - 1] : *first) : arg[i]);
		p += 2;
		from = p + 1;
	}
	buf_add(&out, str_from(from));
	return buf_str(&out);
}

str view_say(arena *a, const view_lang *l, const char *key, const str *arg, size_t n)
{
	const char *own = own_text(l, key);
	const view_entry *e;

	if (own)
		return fill(a, own, NULL, arg, n);
	e = entry_find(&l, key);
	if (!e)
		return str_format(a, "[%s]", key);
	return fill(a, e->text[e->forms - 1], NULL, arg, n);
}

/* Which form of a plural entry n takes; "other", always the last, when ICU knows no better. */
static int form_of(const view_lang *l, const view_entry *e, int64_t n)
{
	UErrorCode status = U_ZERO_ERROR;
	UPluralRules *rules;
	UChar keyword[16];
	char category[16] = "other";
	int32_t length;

	if (e->forms == 1)
		return 0;
	rules = uplrules_open(l->rules, &status);
	length = U_SUCCESS(status) ? uplrules_select(rules, (double)n, keyword,
						     (int32_t)ARRAY_LEN(keyword), &status)
				   : 0;
	if (U_SUCCESS(status) && length < (int32_t)sizeof category)
		u_UCharsToChars(keyword, category, length + 1);
	if (rules)
		uplrules_close(rules);
	for (int i = 0; i < e->forms; i++)
		if (!strcmp(l->category[i], category))
			return i;
	return e->forms - 1;
}

const char *view_text(const view_lang **l, const char *key, const int64_t *count)
{
	const char *own = count ? NULL : own_text(*l, key);
	const view_entry *e;

	if (own)
		return own;
	e = entry_find(l, key);
	if (!e)
		return NULL;
	return e->text[count ? form_of(*l, e, *count) : e->forms - 1];
}

str view_say_count(arena *a, const view_lang *l, const char *key, int64_t n,
		   const str *arg, size_t args)
{
	const view_entry *e = entry_find(&l, key);
	str number;

	if (!e)
		return str_format(a, "[%s]", key);
	number = view_number(a, l, n);
	return fill(a, e->text[form_of(l, e, n)], &number, arg, args);
}

str view_number(arena *a, const view_lang *l, int64_t n)
{
	buf out = {.mem = a};
	char digit[20];
	size_t digits = 0;
	uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;

	do {
		digit[digits++] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (n < 0)
		buf_add(&out, view_say(a, l, "number.minus", NULL, 0));
	while (digits) {
		buf_char(&out, digit[--digits]);
		if (digits && digits % 3 == 0)
			buf_add(&out, view_say(a, l, "number.group", NULL, 0));
	}
	return buf_str(&out);
}

str view_decimal(arena *a, const view_lang *l, int64_t scaled, int digits)
{
	int64_t unit = 1;
	uint64_t size = scaled < 0 ? 0 - (uint64_t)scaled : (uint64_t)scaled;
	str whole, minus;

	for (int i = 0; i < digits; i++)
		unit *= 10;
	whole = view_number(a, l, (int64_t)(size / (uint64_t)unit));
	minus = scaled < 0 ? view_say(a, l, "number.minus", NULL, 0) : S("");
	if (!digits)
		return str_format(a, "%.*s%.*s", STR_ARG(minus), STR_ARG(whole));
	return str_format(a, "%.*s%.*s%.*s%0*llu", STR_ARG(minus), STR_ARG(whole),
			  STR_ARG(view_say(a, l, "number.decimal", NULL, 0)), digits,
			  (unsigned long long)(size % (uint64_t)unit));
}

/* ---- text that cannot act ------------------------------------------------------- */

/*
 * Control characters (a terminal obeys them) and those that turn the direction of the
 * text around them (Unicode TR 36, "Bidirectional text spoofing").
 */
bool view_acts(int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e ||
	       c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
	       (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

str view_inert(arena *a, str s)
{
	buf out = {.mem = a};

	for (size_t pos = 0; pos < s.n;) {
		int32_t c = utf8_next(s, &pos);

		if (c < 0)
			utf8_put(&out, 0xfffd);
		else if (c == '\t' || c == '\n' || c == '\r')
			buf_char(&out, ' ');
		else if (!view_acts(c))
			utf8_put(&out, c);
	}
	return buf_str(&out);
}

str view_fault(arena *a, const view_lang *l, const fault *f)
{
	buf out = {.mem = a};
	str arg[ARRAY_LEN(f->arg)];

	for (size_t i = 0; i < ARRAY_LEN(arg); i++)
		arg[i] = view_inert(a, f->arg[i]);
	if (f->file.n) {
		buf_add(&out, view_inert(a, f->file));
		if (f->line > 0)
			buf_format(&out, ":%lld", (long long)f->line);
		if (f->line > 0 && f->column > 0)
			buf_format(&out, ":%lld", (long long)f->column);
		buf_add(&out, S(": "));
	}
	if (f->key)
		buf_add(&out, view_say(a, l, f->key, arg, ARRAY_LEN(arg)));
	return buf_str(&out);
}
