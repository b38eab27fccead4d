/*
 * The design language's promises, recomputed from assets/kompis.css: contrast by WCAG
 * 2.2 ("relative luminance", "contrast ratio"), size, and no raw colour in a rule.
 */
#include "view/view.h"

#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static arena *mem;

/* The declarations of the n-th :root{…}: 0 light, 1 dark. */
static str tokens(str css, int n)
{
	for (; n >= 0; n--) {
		ptrdiff_t at = str_find(css, S(":root{"));
		assert_true(at >= 0);
		css = str_slice(css, (size_t)at + 6, css.n);
	}
	return str_slice(css, 0, (size_t)str_find(css, S("}")));
}

/* #rgb or #rrggbb of a token; the light one where dark does not name it. */
static unsigned colour(str css, int scheme, const char *name)
{
	str all = tokens(css, scheme);
	str start = str_format(mem, "--%s:#", name);
	ptrdiff_t at = str_find(all, start);
	char *end;
	unsigned long value;

	if (at < 0) {
		assert_int_equal(scheme, 1);
		return colour(css, 0, name);
	}
	value = strtoul(all.s + at + (ptrdiff_t)start.n, &end, 16);
	if (end - (all.s + at + (ptrdiff_t)start.n) == 3)
		value = (value >> 8 & 15) * 0x110000 + (value >> 4 & 15) * 0x1100 +
			(value & 15) * 0x11;
	return (unsigned)value;
}

static double channel(unsigned c)
{
	double s = (c & 255) / 255.0;

	return s <= 0.04045 ? s / 12.92 : pow((s + 0.055) / 1.055, 2.4);
}

static double luminance(unsigned c)
{
	return 0.2126 * channel(c >> 16) + 0.7152 * channel(c >> 8) + 0.0722 * channel(c);
}

static double contrast(str css, int scheme, const char *a, const char *b)
{
	double x = luminance(colour(css, scheme, a)),
	       y = luminance(colour(css, scheme, b));

	return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

static double least(str css, int scheme, const char *name, const char *const *ground,
		    size_t n)
{
	double worst = 21;

	for (size_t i = 0; i < n; i++)
		worst = fmin(worst, contrast(css, scheme, name, ground[i]));
	return worst;
}

static const char *const surface[] = {"bg", "card", "mist", "glow"};

/* Text holds on all four surfaces; edge is the border of a control, on the first two. */
static const struct {
	const char *name;
	size_t surfaces;
	double light, dark;
} promised[] = {
	{"ink", 4, 12.6, 11.1},
	{"soft", 4, 7.4, 7.3},
	{"fjord", 4, 7.8, 7.6},
	{"edge", 2, 4.6, 5.8},
};

/* How many promises a stylesheet breaks. */
static int broken(str css)
{
	static const char *const own[][2] = {
		{"ok", "ok-bg"}, {"warn", "warn-bg"}, {"bad", "bad-bg"}};
	static const char *const fjord[] = {"fjord"};
	int n = 0;

	for (int scheme = 0; scheme < 2; scheme++) {
		for (size_t i = 0; i < ARRAY_LEN(promised); i++)
			n += least(css, scheme, promised[i].name, surface,
				   promised[i].surfaces) <
			     (scheme ? promised[i].dark : promised[i].light) - 0.05;
		for (size_t i = 0; i < ARRAY_LEN(own); i++)
			n += contrast(css, scheme, own[i][0], own[i][1]) <
			     (scheme ? 9.3 : 8.1) - 0.05;
		n += least(css, scheme, "on-fjord", fjord, 1) <
		     (scheme ? 9.9 : 9.6) - 0.05;
	}
	return n;
}

static str replaced(str css, str from, str to)
{
	buf out = {.mem = mem};
	ptrdiff_t at = str_find(css, from);

	assert_true(at >= 0);
	buf_add(&out, str_slice(css, 0, (size_t)at));
	buf_add(&out, to);
	buf_add(&out, str_slice(css, (size_t)at + from.n, css.n));
	return buf_str(&out);
}

static void contrasts(void **state)
{
	(void)state;
	assert_int_equal(broken(view_stylesheet()), 0);
}

/* The twins: one token a little lighter, in each scheme. */
static void contrasts_twin(void **state)
{
	(void)state;
	assert_true(broken(replaced(view_stylesheet(), S("--soft:#394c53"),
				    S("--soft:#596c73"))) > 0);
	assert_true(broken(replaced(view_stylesheet(), S("--ok:#a3dfb3"),
				    S("--ok:#73af83"))) > 0);
	assert_true(broken(replaced(view_stylesheet(), S("--fjord:#0b4c59"),
				    S("--fjord:#2b6c79"))) > 0);
}

/* Colours written out anywhere but in the token blocks. */
static size_t raw_colours(str css)
{
	size_t n = 0;
	str block;

	while (str_cut(&css, '}', &block)) {
		ptrdiff_t open = str_find(block, S(":root{"));

		/* what stands before a :root{ in the same piece is an at-rule's head */
		n += str_find(str_slice(block, 0, open < 0 ? block.n : (size_t)open),
			      S("#")) >= 0;
	}
	return n;
}

static void rules(void **state)
{
	str css = view_stylesheet();

	(void)state;
	assert_true(css.n <= 14 * 1024);
	assert_int_equal(raw_colours(css), 0);
	assert_true(raw_colours(replaced(css, S("a{color:var(--fjord)"),
					 S("a{color:#123456"))) > 0);
	assert_true(str_find(css, S("url(")) < 0);
	assert_true(str_find(css, S("@import")) < 0);
	assert_true(str_find(css, S("left:")) < 0 && str_find(css, S("right:")) < 0);
}

static int setup(void **state)
{
	(void)state;
	mem = arena_new(0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(mem);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contrasts),
		cmocka_unit_test(contrasts_twin),
		cmocka_unit_test(rules),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
