/*
 * web: every word of every page comes from the locale files. The pages are walked in the
 * pseudo-language, whose words stand between ⟦ and ⟧: a word outside is a text that nobody
 * extracted, unless it is somebody's (<bdi>, <textarea>), in a language the page says it is,
 * or on the list below. The twin: a page with one word too many.
 */
#include <unicode/uchar.h>

#include "web_walk.h"

/* What is the same in every language, or what the test itself has typed. */
static const char *const same[] = {"Kompis", "CSV",   "UTF",  "Prov",
				   "Hemlig", "Luleå", "Piteå"};

/* ---- reading a page ------------------------------------------------------------------------- */

typedef struct reading {
	int depth; /* of ⟦ not yet closed */
	str word;  /* the first that stands outside */
} reading;

/* Languages by their own names stand everywhere in their own script. */
static bool is_endonym(str s)
{
	for (size_t i = 0; i < model_language_count; i++)
		if (str_find(model_language[i].endonym, s) >= 0)
			return true;
	return false;
}

/* Letters only: what has a digit, @ or / in it is a code, an address or a file, and one is an initial. */
static bool is_word(str s)
{
	size_t letters = 0;
	for (size_t pos = 0; pos < s.n;) {
		int32_t c = utf8_next(s, &pos);
		if (u_isdigit(c) || c == '@' || c == '/')
			return false;
		letters += u_isalpha(c) != 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		if (str_equal(s, str_from(same[i])))
			return false;
	return letters > 1 && !is_endonym(s);
}

static bool parts_words(int32_t c)
{
	return u_isUWhiteSpace(c) || c == 0x27e6 || c == 0x27e7 ||
	       (u_ispunct(c) && c != '@' && c != '/');
}

static void read_text(reading *r, str text)
{
	size_t from = 0;
	for (size_t pos = 0; pos < text.n;) {
		size_t at = pos;
		int32_t c = utf8_next(text, &pos);
		if (!parts_words(c) && pos < text.n)
			continue;
		str word = str_slice(text, from, parts_words(c) ? at : pos);
		if (!r->depth && !r->word.n && is_word(word))
			r->word = word;
		r->depth += (c == 0x27e6) - (c == 0x27e7);
		from = pos;
	}
}

/* Does it hold what is not ours to translate? */
static bool is_theirs(arena *mem, str tag, str name)
{
	str lang = walk_attr(mem, tag, "lang");
	return str_equal(name, S("bdi")) || str_equal(name, S("textarea")) ||
	       str_equal(name, S("kbd")) || (lang.n && !str_equal(lang, S("qps")));
}

/* The first word of a page outside the brackets; "" when there is none. */
static str word_outside(arena *mem, str all)
{
	static const char *const spoken[] = {"aria-label", "title", "alt"};
	reading r = {0};
	str text, tag, skipped = S("");
	int inside = 0; /* elements of the name that is skipped */
	while (!r.word.n && walk_tag(&all, &text, &tag)) {
		bool closes = str_starts(tag, S("/"));
		str name = markup_tag_name(str_slice(tag, closes, tag.n));
		if (!inside)
			read_text(&r, walk_plain(mem, text));
		for (size_t i = 0; i < ARRAY_LEN(spoken) && !inside; i++) {
			reading own = {0};
			read_text(&own, walk_attr(mem, tag, spoken[i]));
			if (!r.word.n)
				r.word = own.word;
		}
		if (inside && str_equal(name, skipped)) {
			inside += closes ? -1 : 1;
		} else if (!inside && !closes && is_theirs(mem, tag, name) &&
			   !markup_listed(name, markup_void)) {
			skipped = name;
			inside = 1;
		}
	}
	return r.word;
}

/* ---- every page ------------------------------------------------------------------------------- */

typedef struct look {
	walk walk;
	size_t pages;
	int failures;
} look;

static void judge(void *self, str to, str name, str answer)
{
	look *l = self;
	ptrdiff_t at = str_find(answer, S("\r\n\r\n"));
	if (at < 0 || str_find(answer, S("Content-Type: text/html")) < 0)
		return;
	str word =
		word_outside(l->walk.o->mem, str_slice(answer, (size_t)at + 4, answer.n));
	l->pages++;
	if (!word.n)
		return;
	l->failures++;
	print_message("%s, %.*s of %.*s: %.*s\n", l->walk.v.who->name, STR_ARG(name),
		      STR_ARG(to), STR_ARG(word));
}

static bool add_draft(ctx *c, void *arg)
{
	(void)c;
	office *o = arg;
	o->who[PARTICIPANT].person = office_person_add(o, STATE_DRAFT, "2580");
	return true;
}

static void no_word_is_missing(void **fixture)
{
	static const size_t walkers[] = {NOBODY,
					 PARTICIPANT,
					 OFFERED,
					 FIRST_ROLE + ROLE_ADMINISTRATOR - 1,
					 FIRST_ROLE + ROLE_COORDINATOR - 1,
					 FIRST_ROLE + ROLE_CAFE_LEADER - 1};
	office *o = *fixture;
	look l = {.walk = {.seen = NEW_ARRAY(o->mem, bool, web_route_count)}};
	assert_true(store_write(&o->c, add_draft, o));
	for (size_t i = 0; i < 2 * ARRAY_LEN(walkers); i++) {
		/* Once with forms sent, so that there is something to show; then as it has become. */
		bool sends = i < ARRAY_LEN(walkers);
		l.walk = (walk){.o = o,
				.mem = arena_new(0),
				.lang = "qps",
				.says = sends ? S("Prov") : (str){0},
				.answer = judge,
				.self = &l,
				.seen = l.walk.seen,
				.count = l.walk.count};
		l.walk.v = office_enter(o, &o->who[walkers[i % ARRAY_LEN(walkers)]]);
		walk_all(&l.walk);
		arena_free(l.walk.mem);
	}
	print_message("%zu pages\n", l.pages);
	walk_expect_all(l.walk.seen);
	assert_int_equal(l.failures, 0);
}

/* The twin. */
static void a_word_too_many_is_noticed(void **fixture)
{
	office *o = *fixture;
	assert_int_equal(word_outside(o->mem, S("<p>⟦Hëj <bdi>Ali</bdi>···⟧ 12.30, 2580 "
						"<span lang=\"sv\">Hej</span></p>"))
				 .n,
			 0);
	assert_true(word_outside(o->mem, S("<p>⟦Hëj···⟧ och</p>")).n);
	assert_true(word_outside(o->mem, S("<a aria-label=\"Nästa\">⟦Hëj···⟧</a>")).n);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(no_word_is_missing),
		cmocka_unit_test(a_word_too_many_is_noticed),
	};
	return cmocka_run_group_tests(test, office_open, office_close);
}
