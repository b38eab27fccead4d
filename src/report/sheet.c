/* sheet - what in the sheet was not understood, looks double, or keeps someone out; and the method. */
#include "report/report_priv.h"

#include <sodium.h>

enum { PROBLEMS_MOST = 500, COULD_BE_MOST = 6, NAMES_MOST = 500 };

/* ---- cells not understood ----------------------------------------------------------------- */

static str field_name(page *p, field_id f)
{
	arena *mem = p->c->mem;

	if (f >= FIELD_COUNT)
		return S("");
	return view_say(
		mem, p->l,
		str_terminated(mem, str_format(mem, "field.%s", model_field[f].name)),
		NULL, 0);
}

static void problem_row(page *p, const sheet_problem *s)
{
	PUT(p, "<tr><td class=\"n\">");
	if (s->line > 0)
		html_number(p->h, p->l, s->line);
	PUT(p, "</td><td>");
	html_text(p->h, field_name(p, s->field));
	PUT(p, "</td><td>");
	html_name(p->h, s->read);
	PUT(p, "</td><td>");
	html_text(p->h, view_say(p->c->mem, p->l, s->key, NULL, 0));
	if (s->unusable) {
		PUT(p, " ");
		page_badge_warn(
			p, view_say(p->c->mem, p->l, "report.sheet.unusable", NULL, 0));
	}
	PUT(p, "</td><td>");
	for (size_t i = 0; i < s->could_be_n && i < COULD_BE_MOST; i++) {
		if (i)
			PUT(p, ", ");
		html_name(p->h, s->could_be[i]);
	}
	if (s->could_be_n > COULD_BE_MOST)
		PUT(p, " …");
	PUT(p, "</td></tr>");
}

static void problems(page *p, const sheet *s)
{
	PUT(p, "<p>");
	page_say(p, "report.sheet.read");
	PUT(p, "</p>");
	page_scroll(p, "report.sheet.what");
	PUT(p, "<table><thead><tr>");
	page_column(p, "report.sheet.line", true);
	page_column(p, "report.sheet.column", false);
	page_column(p, "report.sheet.stands", false);
	page_column(p, "report.sheet.what", false);
	page_column(p, "report.sheet.could", false);
	PUT(p, "</tr></thead><tbody>");
	for (size_t i = 0; i < s->problems && i < PROBLEMS_MOST; i++)
		problem_row(p, &s->problem[i]);
	PUT(p, "</tbody></table></div>");
	if (s->problems > PROBLEMS_MOST) {
		PUT(p, "<p>");
		page_count(p, "report.sheet.more",
			   (int64_t)(s->problems - PROBLEMS_MOST));
		PUT(p, "</p>");
	}
}

static void unknown_headings(page *p, const sheet *s)
{
	PUT(p, "<p>");
	page_count(p, "report.sheet.headings", (int64_t)s->unknown_headings);
	for (size_t i = 0; i < s->unknown_headings; i++) {
		if (i)
			PUT(p, ",");
		PUT(p, " ");
		html_name(p->h, s->unknown_heading[i]);
	}
	PUT(p, "</p>");
}

static void duplicate_name(page *p, uint32_t row)
{
	const people *all = p->r->pool->people;
	str number = view_number(p->c->mem, p->l, row);

	if (row && row <= all->n)
		html_name(p->h, report_full_name(p->c->mem, p->l, all, row - 1));
	PUT(p, " (");
	page_say1(p, "report.sheet.row", number);
	PUT(p, ")");
}

/* Whether the later row of each was left out until somebody has looked. */
static bool later_waits(const page *p, const sheet *s)
{
	for (size_t i = 0; i < s->duplicates; i++)
		if (p->r->pool->reason[s->duplicate[i].later - 1] == POOL_MATCHABLE)
			return false;
	return true;
}

static void duplicates(page *p, const sheet *s)
{
	PUT(p, "<div class=\"card tight\"><h3>");
	page_count(p, "report.duplicates", (int64_t)s->duplicates);
	PUT(p, "</h3><p>");
	page_say(p, later_waits(p, s) ? "report.duplicates.later"
				      : "report.duplicates.both");
	PUT(p, "</p><ul class=\"dots tight\">");
	for (size_t i = 0; i < s->duplicates && i < NAMES_MOST; i++) {
		PUT(p, "<li>");
		html_icon(p->h, "people");
		PUT(p, "<span>");
		duplicate_name(p, s->duplicate[i].earlier);
		PUT(p, " · ");
		duplicate_name(p, s->duplicate[i].later);
		PUT(p, ": ");
		page_say(p, s->duplicate[i].key);
		PUT(p, "</span></li>");
	}
	PUT(p, "</ul>");
	if (s->duplicates > NAMES_MOST) {
		PUT(p, "<p>");
		page_count(p, "report.absent.more",
			   (int64_t)(s->duplicates - NAMES_MOST));
		PUT(p, "</p>");
	}
	PUT(p, "</div>");
}

void page_sheet(page *p)
{
	const sheet *s = p->r->sheet;

	if (!s)
		return;
	page_section(p, "sheet",
		     view_say_count(p->c->mem, p->l, "report.sheet", (int64_t)s->problems,
				    NULL, 0));
	if (s->problems)
		problems(p, s);
	if (s->unknown_headings)
		unknown_headings(p, s);
	if (s->duplicates)
		duplicates(p, s);
	PUT(p, "</section>");
}

/* ---- not in the pool ------------------------------------------------------------------------ */

static void absent_for(page *p, pool_reason reason, uint32_t n)
{
	const pool *who = p->r->pool;

	PUT(p, "<div class=\"card tight\"><h3>");
	html_text(p->h,
		  report_capital(p->c->mem, view_say(p->c->mem, p->l,
						     match_pool_key(reason), NULL, 0)));
	PUT(p, ": ");
	html_number(p->h, p->l, n);
	PUT(p, "</h3><ul class=\"dots grid names\">");
	for (size_t i = 0, shown = 0; i < who->people->n && shown < NAMES_MOST; i++) {
		if (who->reason[i] != (uint8_t)reason)
			continue;
		shown++;
		PUT(p, "<li><span>");
		html_name(p->h, report_full_name(p->c->mem, p->l, who->people, i));
		PUT(p, "</span><span class=\"hint\">");
		page_say1(p, "person.number",
			  str_format(p->c->mem, "%u",
				     (unsigned)who->people->profile[i].id));
		PUT(p, "</span></li>");
	}
	PUT(p, "</ul>");
	if (n > NAMES_MOST) {
		PUT(p, "<p>");
		page_count(p, "report.absent.more", (int64_t)n - NAMES_MOST);
		PUT(p, "</p>");
	}
	PUT(p, "</div>");
}

void page_absent(page *p)
{
	static const pool_reason order[] = {POOL_NO_CONSENT, POOL_LEFT_OUT, POOL_UNUSABLE,
					    POOL_NO_SIDE, POOL_MINOR};
	const pool *who = p->r->pool;
	uint32_t count[POOL_UNUSABLE + 1] = {0}, sum = 0;

	for (size_t i = 0; i < who->people->n; i++)
		if (who->reason[i] != POOL_MATCHABLE)
			count[who->reason[i]]++, sum++;
	if (!sum)
		return;
	page_section(p, "absent",
		     view_say_count(p->c->mem, p->l, "report.absent", sum, NULL, 0));
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (count[order[i]])
			absent_for(p, order[i], count[order[i]]);
	PUT(p, "</section>");
}

/* ---- method ------------------------------------------------------------------------------------ */

static void weights(page *p)
{
	const terms *t = p->r->terms;
	arena *mem = p->c->mem;

	page_scroll(p, "report.method.weights");
	PUT(p, "<table><caption>");
	page_say(p, "report.method.weights");
	PUT(p, "</caption><thead><tr>");
	page_column(p, "report.method.criterion", false);
	page_column(p, "report.method.points", true);
	PUT(p, "</tr></thead><tbody>");
	for (size_t i = 0; i < CRITERIA_COUNT; i++) {
		str key = str_format(mem, "criterion.%s", model_criterion[i].name);

		if (!t->weight[i])
			continue;
		PUT(p, "<tr><th scope=\"row\">");
		html_text(p->h, report_capital(mem, view_say(mem, p->l,
							     str_terminated(mem, key),
							     NULL, 0)));
		PUT(p, "</th>");
		page_cell_number(p, t->weight[i]);
		PUT(p, "</tr>");
	}
	PUT(p, "</tbody></table></div>");
}

/* The digest in groups of eight, so that two papers can be compared by eye. */
static void digest(page *p)
{
	uint8_t bytes[32];
	char hex[2 * sizeof bytes + 1];

	model_digest(p->r->pool->people, p->r->terms, bytes);
	sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
	PUT(p, "<p class=\"hint\">");
	page_say(p, "report.method.digest");
	for (size_t i = 0; i + 8 < sizeof hex; i += 8) {
		PUT(p, " ");
		html_text(p->h, (str){hex + i, 8});
	}
	PUT(p, "</p>");
}

static void definition(page *p, const char *term, str text)
{
	PUT(p, "<div><dt><b>");
	page_say(p, term);
	PUT(p, "</b></dt><dd>");
	html_text(p->h, text);
	PUT(p, "</dd></div>");
}

void page_method(page *p)
{
	const terms *t = p->r->terms;
	arena *mem = p->c->mem;
	str reserve = report_points(mem, p->l, t->reserve);
	const str waiting[] = {
		view_number(mem, p->l, t->waiting),
		report_points(mem, p->l, (int64_t)t->waiting * isqrt_u64(3650000) / 100)};
	const str hand[] = {view_number(mem, p->l, (int64_t)t->locked_n),
			    view_number(mem, p->l, (int64_t)t->forbidden_n),
			    view_number(mem, p->l, (int64_t)t->left_out_n)};

	page_section(p, "method", view_say(mem, p->l, "report.method", NULL, 0));
	PUT(p, "<div class=\"wide2\"><div class=\"card stack\"><dl class=\"stack\">");
	definition(p, "report.method.pair",
		   view_say(mem, p->l, "report.method.pair.text", NULL, 0));
	definition(p, "report.method.rules",
		   view_say(mem, p->l, "report.method.rules.text", NULL, 0));
	definition(p, "report.method.fit",
		   view_say(mem, p->l, "report.method.fit.text", NULL, 0));
	definition(p, "report.method.waiting",
		   view_say(mem, p->l, "report.method.waiting.text", waiting, 2));
	definition(p, "report.method.reserve",
		   view_say(mem, p->l, "report.method.reserve.text", &reserve, 1));
	if (t->most_pairs)
		definition(p, "report.method.most",
			   view_say(mem, p->l, "report.method.most.text", NULL, 0));
	definition(p, "report.method.hand",
		   view_say(mem, p->l, "report.method.hand.text", hand, 3));
	definition(p, "report.method.proof",
		   view_say(mem, p->l, "report.method.proof.text", NULL, 0));
	definition(p, "report.method.ways",
		   view_say(mem, p->l, "report.method.ways.text", NULL, 0));
	definition(p, "report.method.limits",
		   view_say(mem, p->l, "report.method.limits.text", NULL, 0));
	PUT(p, "</dl>");
	digest(p);
	PUT(p, "</div>");
	weights(p);
	PUT(p, "</div></section>");
}
