/*
 * page - the report of a round: head, what matters most on top, then the parts.
 *
 * One file without script. A content security policy in the page itself names the hash
 * of its stylesheet and forbids everything else, so that even markup that slipped
 * through could neither run nor fetch.
 */
#include "report/report_priv.h"

#include <sodium.h>

void page_say(page *p, const char *key)
{
	html_say(p->h, p->l, key);
}

void page_say1(page *p, const char *key, str arg)
{
	html_say_with(p->h, p->l, key, &arg, 1);
}

static void page_say2(page *p, const char *key, str arg0, str arg1)
{
	const str arg[] = {arg0, arg1};

	html_say_with(p->h, p->l, key, arg, 2);
}

void page_count(page *p, const char *key, int64_t n)
{
	html_say_count(p->h, p->l, key, n);
}

str page_phrase(page *p, const match_phrase *phrase)
{
	return report_sentence(p->c->mem, p->l, p->r->pool->people, phrase);
}

void page_column(page *p, const char *key, bool number)
{
	if (number)
		PUT(p, "<th scope=\"col\" class=\"n\">");
	else
		PUT(p, "<th scope=\"col\">");
	page_say(p, key);
	PUT(p, "</th>");
}

void page_cell_number(page *p, int64_t n)
{
	html_element(p->h, "td", "class=\"n\"", view_number(p->c->mem, p->l, n));
}

void page_scroll(page *p, const char *key)
{
	PUT(p, "<div class=\"card scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
	html_attr(p->h, view_say(p->c->mem, p->l, key, NULL, 0));
	PUT(p, "\">");
}

void page_badge_warn(page *p, str text)
{
	PUT(p, "<span class=\"badge warn\">");
	html_icon(p->h, "tri");
	html_text(p->h, text);
	PUT(p, "</span>");
}

/* "29 years, Boden", of what is known. */
static str facts(page *p, const profile *x)
{
	arena *mem = p->c->mem;
	int age = model_age(x, p->r->terms->date);
	str where = report_place(x), years;

	if (age < 0)
		return where;
	years = view_say_count(mem, p->l, "report.person.age", age, NULL, 0);
	return where.n ? str_format(mem, "%.*s, %.*s", STR_ARG(years), STR_ARG(where))
		       : years;
}

static str first_letter(str name)
{
	size_t pos = 0;

	(void)utf8_next(name, &pos);
	return str_slice(name, 0, pos);
}

/* Leads to the page about the person, where there is one. */
static void person_name(page *p, str digits, str name)
{
	bool linked = p->r->person.path.n > 0;

	if (linked) {
		PUT(p, "<a href=\"");
		html_attr(p->h, html_link_checked(p->r->person).path);
		PUT(p, "?nr=");
		html_url(p->h, digits);
		PUT(p, "\">");
	}
	html_name(p->h, name);
	if (linked)
		PUT(p, "</a>");
}

void page_person(page *p, size_t person)
{
	const people *all = p->r->pool->people;
	const profile *x = &all->profile[person];
	arena *mem = p->c->mem;
	str name = report_full_name(mem, p->l, all, person), known = facts(p, x);
	str digits = str_format(mem, "%u", (unsigned)x->id);
	str number = view_say(mem, p->l, "person.number", &digits, 1);
	int32_t days = x->queued == QUEUED_UNKNOWN || x->queued > p->r->terms->date
			       ? -1
			       : p->r->terms->date - x->queued;

	PUT(p, "<div class=\"person\">");
	if (x->side == SIDE_ESTABLISHED)
		html_element(p->h, "span", "class=\"disc est\" aria-hidden=\"true\"",
			     first_letter(name));
	else
		html_element(p->h, "span", "class=\"disc\" aria-hidden=\"true\"",
			     first_letter(name));
	PUT(p, "<div><p><b>");
	person_name(p, digits, name);
	PUT(p, "</b></p><p class=\"hint facts\">");
	if (known.n)
		html_element(p->h, "span", "", known);
	if (days >= 0)
		html_element(p->h, "span", "", report_days(mem, p->l, days));
	if (!str_equal(name, number))
		html_element(p->h, "span", "", number);
	PUT(p, "</p></div></div>");
}

/* ---- head and top -------------------------------------------------------------------------- */

/* CSP level 3, 2.3.1: the hash of the element's text, base64. */
static void policy(page *p)
{
	str css = view_stylesheet();
	uint8_t hash[crypto_hash_sha256_BYTES];
	char text[sodium_base64_ENCODED_LEN(sizeof hash, sodium_base64_VARIANT_ORIGINAL)];

	crypto_hash_sha256(hash, (const uint8_t *)css.s, css.n);
	sodium_bin2base64(text, sizeof text, hash, sizeof hash,
			  sodium_base64_VARIANT_ORIGINAL);
	PUT(p,
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	    "style-src 'sha256-");
	html_attr(p->h, str_from(text));
	PUT(p, "'\">\n");
}

static str title(page *p)
{
	str day = view_date(p->c->mem, p->l, p->r->terms->date);

	return view_say(p->c->mem, p->l, "report.title", &day, 1);
}

static void head(page *p)
{
	PUT(p, "<!doctype html>\n<html lang=\"");
	html_attr(p->h, view_lang_tag(p->l));
	PUT(p, "\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">\n");
	policy(p);
	PUT(p,
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n"
	    "<meta name=\"robots\" content=\"noindex\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	html_text(p->h, title(p));
	PUT(p, " – Kompis</title>\n");
	html_stylesheet(p->h);
	PUT(p, "\n</head>\n");
}

static void bar(page *p)
{
	static const char *const icon[] = {"mark", "word", "shield", "lock",
					   "tri",  "plus", "people", "oct"};

	PUT(p, "<body>\n");
	html_icons(p->h, icon, ARRAY_LEN(icon));
	PUT(p, "<a class=\"skip\" href=\"#main\">");
	page_say(p, "report.skip");
	PUT(p, "</a>\n<header class=\"top\"><a class=\"brand\" href=\"#main\" "
	       "aria-label=\"Kompis\"><svg class=\"mark\" aria-hidden=\"true\"><use "
	       "href=\"#mark\"/></svg><svg class=\"word\" aria-hidden=\"true\"><use "
	       "href=\"#word\"/></svg></a>\n<nav class=\"row\" aria-label=\"");
	html_attr(p->h, view_say(p->c->mem, p->l, "report.nav", NULL, 0));
	PUT(p, "\"><a href=\"#pairs\">");
	page_say(p, "report.nav.pairs");
	PUT(p, "</a><a href=\"#waiting\">");
	page_say(p, "report.nav.waiting");
	PUT(p, "</a><a href=\"#recruit\">");
	page_say(p, "report.nav.recruit");
	PUT(p, "</a><a href=\"#compare\">");
	page_say(p, "report.nav.compare");
	if (p->r->sheet) {
		PUT(p, "</a><a href=\"#sheet\">");
		page_say(p, "report.nav.sheet");
	}
	PUT(p, "</a><a href=\"#method\">");
	page_say(p, "report.nav.method");
	PUT(p, "</a></nav></header>\n");
}

static void certificate(page *p)
{
	if (p->r->result->proven) {
		PUT(p, "<p class=\"note ok\">");
		html_icon(p->h, "shield");
	} else {
		PUT(p, "<p class=\"note warn\">");
		html_icon(p->h, "tri");
	}
	PUT(p, "<span><b>");
	html_text(p->h, report_verdict(p->c->mem, p->l, p->r));
	PUT(p, "</b> ");
	html_text(p->h, report_certificate(p->c->mem, p->l, p->r));
	PUT(p, "</span></p>\n");
}

static void notices(page *p)
{
	const sheet *s = p->r->sheet;

	if (!s || (!s->problems && !s->duplicates))
		return;
	PUT(p, "<p class=\"note warn\">");
	html_icon(p->h, "tri");
	PUT(p, "<span>");
	if (s->problems)
		page_count(p, "report.notice.problems", (int64_t)s->problems);
	if (s->problems && s->duplicates)
		PUT(p, " ");
	if (s->duplicates)
		page_count(p, "report.notice.duplicates", (int64_t)s->duplicates);
	PUT(p, " <a href=\"#sheet\">");
	page_say(p, "report.notice.see");
	PUT(p, "</a></span></p>\n");
}

static void number_card(page *p, str number, str words)
{
	PUT(p, "<div class=\"card\"><p class=\"big-n\">");
	html_text(p->h, number);
	PUT(p, "</p><p>");
	html_text(p->h, words);
	PUT(p, "</p></div>");
}

static void numbers(page *p)
{
	const match_outcome *o = &p->r->ours;
	arena *mem = p->c->mem;
	str unknown = view_say(mem, p->l, "report.unknown", NULL, 0);

	PUT(p, "<div class=\"grid four\">");
	number_card(p, view_number(mem, p->l, o->pairs),
		    view_say_count(mem, p->l, "report.number.pairs", o->pairs, NULL, 0));
	number_card(p, report_mean_fit(mem, p->l, o),
		    view_say(mem, p->l, "report.number.fit", NULL, 0));
	number_card(
		p, view_number(mem, p->l, o->waiting),
		view_say_count(mem, p->l, "report.number.waiting", o->waiting, NULL, 0));
	number_card(p,
		    o->wait_longest < 0 ? unknown
					: view_number(mem, p->l, o->wait_longest),
		    view_say_count(mem, p->l, "report.number.longest",
				   o->wait_longest < 0 ? 0 : o->wait_longest, NULL, 0));
	PUT(p, "</div>\n");
}

/* Without the folders it lies in: they are nobody's business who gets the paper. */
static str base_name(str path)
{
	str part = path;

	while (str_cut(&path, '/', &part))
		continue;
	return part;
}

static void top(page *p)
{
	pool_size size = report_pool_size(p->r->pool);
	arena *mem = p->c->mem;

	PUT(p, "<main id=\"main\" class=\"stack\">\n<div><p class=\"hint\">");
	html_name(p->h, base_name(p->r->file));
	PUT(p, " · ");
	page_say2(p, "report.sides",
		  view_say_count(mem, p->l, "report.newcomers", size.newcomers, NULL, 0),
		  view_say_count(mem, p->l, "report.established", size.established, NULL,
				 0));
	PUT(p, "</p><h1>");
	html_text(p->h, title(p));
	PUT(p, "</h1></div>\n");
	certificate(p);
	notices(p);
	numbers(p);
}

static void footer(page *p)
{
	PUT(p, "<footer class=\"note warm\"><svg class=\"i\" aria-hidden=\"true\"><use "
	       "href=\"#lock\"/></svg><p>");
	page_count(p, "report.footer", (int64_t)p->r->pool->people->n);
	PUT(p, "</p></footer>\n");
}

void report_match_html(ctx *c, const view_lang *l, const report_match *r, buf *out)
{
	page p = {.c = c, .l = l, .r = r, .html = html_to(out)};

	p.h = &p.html;
	head(&p);
	bar(&p);
	top(&p);
	PUT(&p, "<div class=\"wide2 beside\"><aside>");
	page_map(&p);
	PUT(&p, "</aside>\n");
	page_pairs(&p);
	PUT(&p, "</div>\n");
	page_waiting(&p);
	PUT(&p, "\n");
	page_recruit(&p);
	PUT(&p, "\n");
	page_compare(&p);
	PUT(&p, "\n");
	page_fairness(&p);
	PUT(&p, "\n");
	page_sheet(&p);
	page_absent(&p);
	PUT(&p, "\n");
	page_method(&p);
	PUT(&p, "\n");
	footer(&p);
	PUT(&p, "</main>\n</body>\n</html>\n");
}

void report_part_html(ctx *c, const view_lang *l, const report_match *r, report_part part,
		      html *out)
{
	static const char *const icon[] = {"tri", "plus", "people", "oct"};
	page p = {.c = c, .l = l, .r = r, .h = out};

	html_icons(out, icon, ARRAY_LEN(icon));
	if (part & REPORT_MAP)
		page_map(&p);
	if (part & REPORT_WAITING)
		page_waiting(&p);
	if (part & REPORT_RECRUIT)
		page_recruit(&p);
	if (part & REPORT_COMPARE)
		page_compare(&p);
	if (part & REPORT_FAIRNESS)
		page_fairness(&p);
}
