/*
 * A round of hostile people in every output: page, sheets, result file, terminal. Nothing
 * acts, everything adds up; and each guard is shown to be able to fail.
 */
#include "report/report.h"
#include "report/report_priv.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "markup.h"

static const char people_csv[] =
	"Nr;Typ;Förnamn;Efternamn;Födelseår;Kön;Kommun;Ort;Familjesituation;Barnens "
	"ålder;"
	"Hushåll;Intressen;Tider;Mötesform;Max avstånd;Antal kompisar;Samtycke;Anmäld\n"
	"1;Ny "
	"svensk;\"=HYPERLINK(\"\"http://"
	"example.com\"\";\"\"klick\"\")\";@SUM(1+1);1990;Kvinna;"
	"Luleå;Luleå;;;;Musik, Resor;vardag kväll;Båda;50;;Ja;2021-10-01\n"
	"2;Etablerad;<script>alert(1)</script>;O'Brien;1988;Kvinna;Luleå;Gammelstad;;;;"
	"Musik, Resor;vardag kväll;Båda;50;2;Ja;2022-10-01\n"
	"3;Ny svensk;\u202eelim\u202c;محمد;1995;Man;Boden;Boden;;;;Musik;vardag "
	"kväll;Båda;90;;Ja;"
	"2022-05-01\n"
	"4;Ny svensk;＋Plus;\" -Minus\";1993;Man;Piteå;Piteå;;;;Musik;helg "
	"dag;Fysiskt;1;;Ja;2022-11-01\n"
	"5;Etablerad;\"&amp;\";\"Ake\u0301; "
	"\"\"q\"\"\";1970;Man;Luleå;Luleå;;;;Schack;helg dag;Fysiskt;10;;Ja;\n"
	"6;Ny svensk;\"<img src=x "
	"onerror=alert(1)>\";Nej;1993;Man;Piteå;Piteå;;;;Musik;;;;;Nej;2022-11-01\n"
	"7;Ny svensk;Elena;Sokolov;1990;Kvinna;Luleå;Luleå;;;H1;Musik;vardag "
	"kväll;Båda;50;;Ja;2022-01-01\n"
	"8;Ny svensk;Sergej;Sokolov;1989;Man;Luleå;Luleå;;;H1;Resor;vardag "
	"kväll;Båda;50;;Ja;2022-01-01\n"
	"9;=cmd|' /C calc'!A0;\t=1+1;<b>x;1990;K;Luleå;;;;;;;;;;Ja;\n";

static ctx job;
static sheet source;
static pool who;
static terms rules;
static match_result result;
static report_match round_;
static match_fairness curve[2];
static const view_lang *lang[2];

/* Every newcomer the best established person left: optimal or not does not matter here. */
static void pair_up(void)
{
	int32_t *seats = NEW_ARRAY(job.mem, int32_t, who.establisheds + 1);

	result.pair = NEW_ARRAY(job.mem, match_pair, who.newcomers + 1);
	result.price = NEW_ARRAY(job.mem, int64_t, who.establisheds + 1);
	result.profit = NEW_ARRAY(job.mem, int64_t, who.newcomers + 1);
	for (uint32_t i = 0; i < who.newcomers; i++) {
		int64_t best = 0;
		uint32_t with = 0;
		match_view v;

		for (uint32_t j = 0; j < who.establisheds; j++) {
			match_look(&who, &rules, i, j, &v);
			if (!v.broken && v.weight > best &&
			    seats[j] < who.established[j].seats) {
				best = v.weight;
				with = j;
			}
		}
		if (!best)
			continue;
		seats[with]++;
		result.pair[result.pairs++] = (match_pair){i, with, best, false};
		result.total += best;
		result.profit[i] = best;
	}
	result.price[0] = INT64_MAX / 4;
	result.bound = result.total;
	result.proven = true;
}

static int setup(void **state)
{
	const match_options options = {1, SIMD_SCALAR};
	match_baseline other;

	(void)state;
	job = (ctx){.mem = arena_new(0), .today = date_to_day((ymd){2023, 1, 1})};
	lang[0] = view_lang_get(S("sv"));
	lang[1] = view_lang_get(S("en"));
	if (!sheet_read(&job, S("<people>.csv"), str_from(people_csv), &source))
		return -1;
	rules = model_terms_default(job.today);
	model_pool_form(job.mem, &source.people, &rules, &who);
	pair_up();
	round_ = (report_match){.file = S("<people>.csv"),
				.sheet = &source,
				.pool = &who,
				.terms = &rules,
				.result = &result};
	if (!match_case_open(&job, &who, &rules, &options, &result, &round_.why))
		return -1;
	match_outcome_count(job.mem, &who, &rules, result.pair, result.pairs,
			    &round_.ours);
	match_baseline_greedy(&round_.why, &other);
	round_.greedy = other.outcome;
	match_baseline_kompisbyran(&round_.why, &other);
	round_.kompisbyran = other.outcome;
	round_.compared = true;
	match_recruit_rank(&round_.why, 3, &round_.recruit, &round_.recruits);
	curve[0] = (match_fairness){0, true, round_.ours};
	curve[1] = (match_fairness){400, false, round_.ours};
	curve[1].outcome.wait_longest -= curve[1].outcome.wait_longest > 10 ? 10 : 0;
	round_.fairness = curve;
	round_.fairnesses = 2;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(job.mem);
	return 0;
}

static bool has(str s, const char *what)
{
	return str_find(s, str_from(what)) >= 0;
}

static str rendered(size_t l)
{
	buf out = {.mem = job.mem};

	report_match_html(&job, lang[l], &round_, &out);
	return buf_str(&out);
}

static void page_is_sound(void **state)
{
	(void)state;
	for (size_t l = 0; l < 2; l++) {
		const char *wrong = markup_wrong(job.mem, rendered(l));

		if (wrong)
			fail_msg("%s", wrong);
		assert_false(has(rendered(l), "<script") || has(rendered(l), "<Script"));
		assert_false(has(rendered(l), "<img"));
		assert_false(has(rendered(l), "\u202e"));
		assert_false(has(rendered(l), "href=\"http"));
		assert_true(has(rendered(l), "&lt;Script&gt;Alert(1)&lt;/Script&gt;"));
		assert_true(has(rendered(l), "default-src 'none'; style-src 'sha256-"));
		assert_true(has(rendered(l), "CC BY 4.0"));
		ptrdiff_t style = str_find(rendered(l), S("</style>"));
		str body = str_slice(rendered(l), (size_t)style, rendered(l).n);
		assert_false(has(body, ">[")); /* a key without text */
	}
	assert_true(has(rendered(0), "<html lang=\"sv\""));
	assert_true(has(rendered(0),
			"Ingen annan matchning av de här 7 personerna är bättre."));
	assert_true(has(rendered(1), "No other matching of these 7 people is better."));
	assert_true(has(rendered(0), "<h1>Matchning 1 januari 2023</h1>"));
}

/* The twin: one name written past the html type, and the reader finds it. */
static void page_twin(void **state)
{
	str good = rendered(0);
	str escaped = S("&lt;Script&gt;Alert(1)&lt;/Script&gt;");
	size_t at = (size_t)str_find(good, escaped);
	buf bad = {.mem = job.mem};

	(void)state;
	buf_add(&bad, str_slice(good, 0, at));
	buf_add(&bad, model_people_value(&source.people, 1, FIELD_GIVEN));
	buf_add(&bad, str_slice(good, at + escaped.n, good.n));
	assert_true(has(buf_str(&bad), "<Script>"));
	assert_non_null(markup_wrong(job.mem, buf_str(&bad)));
}

static void page_states(void **state)
{
	match_result open = result;
	report_match other = round_;
	buf out = {.mem = job.mem};

	(void)state;
	open.proven = false;
	open.bound = open.total + 3400;
	open.pair[0].locked = true;
	other.result = &open;
	other.sheet = NULL;
	other.compared = false;
	other.why.exact = false;
	other.fairnesses = other.recruits = 0;
	report_match_html(&job, lang[0], &other, &out);
	open.pair[0].locked = false;
	assert_null(markup_wrong(job.mem, buf_str(&out)));
	assert_true(has(buf_str(&out), "note warn"));
	assert_true(has(buf_str(&out), "med högst 3,4 poäng"));
	assert_true(has(buf_str(&out), "card pair stack locked"));
	assert_false(has(buf_str(&out), "note ok"));
	assert_false(has(buf_str(&out), "id=\"sheet\""));
}

/* ---- sheets --------------------------------------------------------------------------- */

/* Reads one cell as Excel would; false at the end of the row. */
static bool next_cell(str *rest, buf *cell)
{
	bool quoted = rest->n && rest->s[0] == '"';
	size_t i = quoted;

	for (; i < rest->n; i++) {
		char c = rest->s[i];

		if (quoted && c == '"') {
			if (i + 1 < rest->n && rest->s[i + 1] == '"')
				i++;
			else {
				i++;
				break;
			}
		} else if (!quoted && (c == ';' || c == '\r')) {
			break;
		}
		buf_char(cell, c);
	}
	*rest = str_slice(*rest, i, rest->n);
	if (str_starts(*rest, S(";"))) {
		*rest = str_slice(*rest, 1, rest->n);
		return true;
	}
	*rest = str_slice(*rest, str_starts(*rest, S("\r\n")) ? 2 : 0, rest->n);
	return false;
}

static bool acts(str cell)
{
	static const char *const start[] = {"=",  "+",  "-",  "@",  "\t",
					    "\r", "＝", "＋", "－", "＠"};
	str s = str_trim(cell);

	for (size_t i = 0; i < ARRAY_LEN(start); i++)
		if (str_starts(s, str_from(start[i])) ||
		    str_starts(cell, str_from(start[i])))
			return true;
	return false;
}

/* Cells that would act, or rows of another width than the heading; 0 is what we want. */
static int csv_wrong(str text, bool same_width)
{
	int wrong = !str_starts(text, S("\xef\xbb\xbf"));
	size_t width = 0, rows = 0;

	text = str_slice(text, 3, text.n);
	while (text.n) {
		size_t cells = 0;
		bool more;

		do {
			buf cell = {.mem = job.mem};

			more = next_cell(&text, &cell);
			wrong += acts(buf_str(&cell)) || has(buf_str(&cell), "<script") ||
				 has(buf_str(&cell), "<Script") ||
				 has(buf_str(&cell), "<img") ||
				 has(buf_str(&cell), "<b>") ||
				 has(buf_str(&cell), "\u202e") ||
				 !utf8_valid(buf_str(&cell));
			cells++;
		} while (more);
		width = rows++ ? width : cells;
		wrong += same_width && cells != width;
	}
	return wrong;
}

typedef void writer(ctx *, const view_lang *, const report_match *, buf *);

static str csv(writer *w, size_t l)
{
	buf out = {.mem = job.mem};

	w(&job, lang[l], &round_, &out);
	return buf_str(&out);
}

static void sheets(void **state)
{
	buf skipped = {.mem = job.mem};

	(void)state;
	for (size_t l = 0; l < 2; l++) {
		assert_int_equal(csv_wrong(csv(report_pairs_csv, l), true), 0);
		assert_int_equal(csv_wrong(csv(report_waiting_csv, l), true), 0);
		assert_int_equal(csv_wrong(csv(report_recruit_csv, l), true), 0);
	}
	report_skipped_csv(&job, lang[0], &source, &skipped);
	assert_int_equal(csv_wrong(buf_str(&skipped), false), 0);
	assert_true(has(csv(report_pairs_csv, 0),
			"\"'=HYPERLINK(\"\"http://example.com\"\""));
	assert_true(has(csv(report_pairs_csv, 0), "‹Script>Alert(1)‹/Script>"));
	assert_true(has(csv(report_pairs_csv, 0), "\xef\xbb\xbfNy svensk nr;Ny svensk;"));
	assert_true(has(csv(report_pairs_csv, 1), "\xef\xbb\xbfNewcomer no.;Newcomer;"));
	assert_true(has(buf_str(&skipped), "\r\n9;10;"));
	assert_true(has(buf_str(&skipped), "'=cmd|"));
}

static void sheets_twin(void **state)
{
	(void)state;
	assert_int_equal(csv_wrong(S("\xef\xbb\xbf"
				     "a;b\r\n1;x\r\n"),
				   true),
			 0);
	assert_true(csv_wrong(S("a;b\r\n1;x\r\n"), true) > 0);
	assert_int_equal(csv_wrong(S("\xef\xbb\xbf"
				     "a;b\r\n1\r\n"),
				   true),
			 1);
	assert_int_equal(csv_wrong(S("\xef\xbb\xbf"
				     "a;b\r\n1;=x\r\n"),
				   true),
			 1);
	assert_int_equal(csv_wrong(S("\xef\xbb\xbf"
				     "a;b\r\n1;\"\t=x\"\r\n"),
				   true),
			 1);
	assert_int_equal(csv_wrong(S("\xef\xbb\xbf"
				     "a;b\r\n1;＋x\r\n"),
				   true),
			 1);
	assert_int_equal(csv_wrong(S("\xef\xbb\xbf"
				     "a;b\r\n1;<Script\r\n"),
				   true),
			 1);
}

/* ---- result.json, terminal, small parts ------------------------------------------------- */

static void result_file(void **state)
{
	buf out = {.mem = job.mem};
	json_error_t where;
	json_t *all, *pairs;
	int64_t sum = 0;

	(void)state;
	report_result_json(&job, &source.people, &who, &rules, &result,
			   S("<p>\"å\U0001F600\n.csv"), &out);
	for (size_t i = 0; i < out.n; i++)
		assert_true(out.s[i] == '\n' || (out.s[i] >= ' ' && out.s[i] < 127));
	assert_false(has(buf_str(&out), "<p>"));
	all = json_loadb(out.s, out.n, 0, &where);
	assert_non_null(all);
	assert_string_equal(json_string_value(json_object_get(all, "format")),
			    "kompis-result");
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(all, "input"), "file")),
		"<p>\"å\U0001F600\n.csv");
	assert_int_equal(json_string_length(json_object_get(all, "digest")), 64);
	pairs = json_object_get(all, "pairs");
	assert_int_equal(json_array_size(pairs), result.pairs);
	for (size_t i = 0; i < result.pairs; i++)
		sum += json_integer_value(json_array_get(json_array_get(pairs, i), 2));
	assert_int_equal(sum, json_integer_value(json_object_get(all, "total")));
	assert_int_equal(json_integer_value(json_array_get(
				 json_array_get(json_object_get(all, "prices"), 0), 1)),
			 INT64_MAX / 4);
	json_decref(all);
}

static void terminal(void **state)
{
	const str files[] = {S("ut/report.html"), S("ut/\x1b[31mx")};
	buf plain = {.mem = job.mem}, tinted = {.mem = job.mem};
	str rest, line;

	(void)state;
	report_match_text(&job, lang[0], &round_, files, 2, false, &plain);
	report_match_text(&job, lang[0], &round_, files, 2, true, &tinted);
	assert_false(has(buf_str(&plain), "\x1b"));
	assert_true(has(buf_str(&tinted), "\x1b[1;32mBevisat bäst.\x1b[0m"));
	assert_false(has(buf_str(&tinted), "\x1b[31m"));
	assert_true(has(buf_str(&plain), "Matchning 1 januari 2023 av <people>.csv\n"));
	rest = buf_str(&plain);
	while (str_cut(&rest, '\n', &line)) {
		size_t wide = 0;

		for (size_t pos = 0; pos < line.n; wide++)
			(void)utf8_next(line, &pos);
		assert_true(wide <= 80);
	}
}

static void rounding(void **state)
{
	const int64_t part[] = {33400, 33300, 33300}, none[] = {0, 0};
	int64_t points[3];

	(void)state;
	report_round_points(part, 3, points);
	assert_int_equal(points[0] + points[1] + points[2], 100);
	assert_int_equal(points[0], 34);
	report_round_points(none, 2, points);
	assert_int_equal(points[0] + points[1], 0);
}

static void names(void **state)
{
	str both = report_unit_name(job.mem, lang[0], &who,
				    &who.newcomer[who.newcomers - 1]);
	str composed = report_full_name(job.mem, lang[0], &source.people, 4);

	(void)state;
	assert_string_equal(str_terminated(job.mem, both),
			    "Elena Sokolov och Sergej Sokolov");
	assert_true(has(composed, "Aké;")); /* NFC, from e and an accent */
	assert_string_equal(str_terminated(job.mem, report_capital(job.mem, S("åtta"))),
			    "Åtta");
	assert_string_equal(str_terminated(job.mem, report_capital(job.mem, S(""))), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_is_sound), cmocka_unit_test(page_twin),
		cmocka_unit_test(page_states),   cmocka_unit_test(sheets),
		cmocka_unit_test(sheets_twin),   cmocka_unit_test(result_file),
		cmocka_unit_test(terminal),      cmocka_unit_test(rounding),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
