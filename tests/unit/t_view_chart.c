/* Charts: small goldens, well-formed whatever the figures, names inert, nothing outside the frame. */
#include "view/view_priv.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "markup.h"

static arena *mem;
static buf page;
static html h;
static const view_lang *sv;

static int begin(void **state)
{
	(void)state;
	mem = arena_new(0);
	page = (buf){.mem = mem};
	h = html_to(&page);
	sv = view_lang_get(S("sv"));
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(mem);
	return 0;
}

static str drawn(void)
{
	const char *wrong = markup_wrong(mem, buf_str(&page));

	if (wrong)
		fail_msg("%s in %s", wrong, str_terminated(mem, buf_str(&page)));
	return buf_str(&page);
}

static size_t count_of(str s, str what)
{
	size_t n = 0;

	for (ptrdiff_t at; (at = str_find(s, what)) >= 0; n++)
		s = str_slice(s, (size_t)at + what.n, s.n);
	return n;
}

static void bar(void **state)
{
	(void)state;
	view_chart_bar(&h, 1, 4);
	assert_string_equal(
		str_terminated(mem, drawn()),
		"<svg class=\"why\" viewBox=\"0 0 100 12\" preserveAspectRatio=\"none\" "
		"aria-hidden=\"true\"><rect class=\"fm\" x=\"0\" y=\"0\" width=\"100\" "
		"height=\"12\"/><rect class=\"fj\" x=\"0\" y=\"0\" width=\"25\" "
		"height=\"12\"/></svg>");
	view_chart_bar(&h, 0, 0);
	drawn();
}

/* Four segments in order, each with another fill, together as wide as the bar. */
static void parts(void **state)
{
	const int64_t part[] = {40000, 30000, 20000, 10000};

	(void)state;
	view_chart_parts(&h, part, 4);
	assert_int_equal(count_of(drawn(), S("<rect")), 4);
	assert_true(str_find(drawn(), S("class=\"fj\"")) <
		    str_find(drawn(), S("class=\"fb se\"")));
	assert_true(str_find(drawn(), S("class=\"fb se\"")) <
		    str_find(drawn(), S("class=\"fe\"")));
	assert_true(str_find(drawn(), S("class=\"fe\"")) <
		    str_find(drawn(), S("class=\"fc se\"")));
	assert_true(str_find(drawn(), S("width=\"153.6\"")) > 0);
	view_chart_parts(&h, part, 0);
	drawn();
}

static void histogram(void **state)
{
	const uint32_t count[] = {0, 5, 1234567};
	const str label[] = {S("0"), S(""), S("<2>"), S("3")};
	view_histogram v = {.id = 7,
			    .title = S("A & B"),
			    .count = count,
			    .n = 3,
			    .most = 1234567,
			    .label = label,
			    .labels = 4,
			    .fill = FILL_HATCH};

	(void)state;
	view_chart_histogram(&h, sv, &v);
	assert_true(str_find(drawn(), S("role=\"img\" aria-labelledby=\"chart7\"><title "
					"id=\"chart7\">A &amp; B</title>")) > 0);
	assert_true(str_find(drawn(), S("fill=\"url(#hatch7)\"")) > 0);
	assert_true(str_find(drawn(), S("&lt;2&gt;")) > 0);
	assert_int_equal(count_of(drawn(), S("<rect class=\"se\"")), 2);
	v = (view_histogram){.id = 8, .title = S("none")};
	view_chart_histogram(&h, sv, &v);
	drawn();
}

/* One way of filling for each series: they differ also in grey. */
static void fills(void **state)
{
	const uint32_t count[] = {1};
	const char *const look[] = {"<rect class=\"fj\" x",
				    "<rect class=\"fb se\" stroke", "url(#hatch",
				    "<rect class=\"fc se\" stroke"};

	(void)state;
	for (view_fill fill = FILL_SOLID; fill <= FILL_HOLLOW; fill++) {
		view_histogram v = {
			.id = (int)fill, .count = count, .n = 1, .most = 1, .fill = fill};
		size_t before = page.n;

		view_chart_histogram(&h, sv, &v);
		assert_true(str_find(str_slice(buf_str(&page), before, page.n),
				     str_from(look[fill])) > 0);
	}
	drawn();
}

static void line(void **state)
{
	const view_point point[] = {{10, 600, false, S("")},
				    {20, 650, true, S("Nu")},
				    {30, 640, false, S("")}};
	view_line v = {.id = 1,
		       .title = S("t"),
		       .x_name = S("dagar"),
		       .y_name = S("poäng"),
		       .y_digits = 1,
		       .point = point,
		       .n = 3};

	(void)state;
	view_chart_line(&h, sv, &v);
	assert_true(str_find(drawn(), S(">65,0<")) > 0);
	assert_true(str_find(drawn(), S(">Nu<")) > 0);
	assert_int_equal(count_of(drawn(), S("<circle")), 3);
	assert_int_equal(count_of(drawn(), S("class=\"fb se\"")), 1);
	v.id = 2;
	v.n = 1;
	view_chart_line(&h, sv, &v);
	v.id = 3;
	v.n = 0;
	view_chart_line(&h, sv, &v);
	drawn();
}

/* Every circle lies inside the frame: how far one leaves it, 0 when none does. */
static double outside(str s, double wide, double high)
{
	double worst = 0;

	for (ptrdiff_t at; (at = str_find(s, S(" cx=\""))) >= 0;) {
		double x, y, r;

		s = str_slice(s, (size_t)at + 5, s.n);
		x = strtod(s.s, NULL);
		s = str_slice(s, (size_t)str_find(s, S("cy=\"")) + 4, s.n);
		y = strtod(s.s, NULL);
		s = str_slice(s, (size_t)str_find(s, S("r=\"")) + 3, s.n);
		r = strtod(s.s, NULL);
		if (r <= 2)
			continue; /* ground */
		worst = r - x > worst ? r - x : worst;
		worst = r - y > worst ? r - y : worst;
		worst = x + r - wide > worst ? x + r - wide : worst;
		worst = y + r - high > worst ? y + r - high : worst;
	}
	return worst;
}

static void map(void **state)
{
	const view_map_place place[] = {{S("Luleå"), 6558410, 2215470, 40},
					{S("<i>Boden</i>"), 6582520, 2168860, 9},
					{S("Gammelstad"), 6564300, 2201670, 3},
					{S("Haparanda"), 6583550, 2413680, 0},
					{S("Kiruna"), 6785570, 2022510, 1}};
	const view_map_line road[] = {{0, 1, 6}, {0, 2, 1}, {0, 4, 2}};
	view_map v = {1, S("Karta"), place, 5, road, 3};
	double high;

	(void)state;
	view_chart_map(&h, sv, &v);
	assert_true(str_find(drawn(), S(">Luleå<")) > 0);
	assert_true(str_find(drawn(), S("&lt;i&gt;Boden")) > 0);
	assert_true(str_find(drawn(), S("Haparanda")) < 0);
	assert_true(str_find(drawn(), S("direction=\"ltr\"")) > 0);
	high = strtod(drawn().s + str_find(drawn(), S("viewBox=\"0 0 340 ")) + 17, NULL);
	assert_true(high >= 220 && high <= 420);
	assert_true(outside(drawn(), 340, high) <= 0.001);
	assert_true(outside(drawn(), 340, high / 4) >
		    0); /* the twin: a smaller frame is left */
}

/* All at one point, one alone, none: still a picture. */
static void map_odd(void **state)
{
	view_map_place place[30];
	view_map v = {1, S("t"), place, 30, NULL, 0};

	(void)state;
	for (size_t i = 0; i < 30; i++)
		place[i] = (view_map_place){S("X"), 6500000, 2000000, 1};
	view_chart_map(&h, sv, &v);
	assert_true(str_find(drawn(), S("nan")) < 0 && str_find(drawn(), S("inf")) < 0);
	v = (view_map){2, S("t"), place, 1, NULL, 0};
	view_chart_map(&h, sv, &v);
	v = (view_map){3, S("t"), place, 0, NULL, 0};
	view_chart_map(&h, sv, &v);
	drawn();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bar, begin, end),
		cmocka_unit_test_setup_teardown(parts, begin, end),
		cmocka_unit_test_setup_teardown(histogram, begin, end),
		cmocka_unit_test_setup_teardown(fills, begin, end),
		cmocka_unit_test_setup_teardown(line, begin, end),
		cmocka_unit_test_setup_teardown(map, begin, end),
		cmocka_unit_test_setup_teardown(map_odd, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
