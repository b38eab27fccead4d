/* waiting - who still waits and why, and whom to look for. */
#include "report/report_priv.h"

enum {
	WAITING_MOST = 500, /* cards */
	EXPLAINED_MOST =
		200, /* without a table each takes a look at everyone on the other side */
	RELAX_SHOWN = 3,
};

/* ---- why, over all -------------------------------------------------------------------- */

/* One main reason a unit; the rule kinds follow after the first three. */
typedef enum main_reason { ALL_TAKEN, TOO_LOW, SEVERAL, MAIN_RULES } main_reason;

static unsigned main_of(const match_waiting_why *w)
{
	unsigned best = SEVERAL;
	uint32_t most = w->several;

	if (w->eligible)
		return ALL_TAKEN;
	if (w->below_reserve)
		return TOO_LOW;
	for (unsigned rule = 1; rule < RULE_COUNT; rule++)
		if (w->alone[rule] > most) {
			most = w->alone[rule];
			best = MAIN_RULES + rule;
		}
	return best;
}

static const char *const main_key[MAIN_RULES + RULE_COUNT] = {
	[ALL_TAKEN] = "report.waiting.taken",
	[TOO_LOW] = "report.waiting.low",
	[SEVERAL] = "report.waiting.several",
	[MAIN_RULES + RULE_MEETS] = "report.waiting.meets",
	[MAIN_RULES + RULE_DISTANCE] = "report.waiting.distance",
	[MAIN_RULES + RULE_GENDER] = "report.waiting.gender",
	[MAIN_RULES + RULE_AGE] = "report.waiting.age",
	[MAIN_RULES + RULE_FAMILY] = "report.waiting.family",
	[MAIN_RULES + RULE_LANGUAGE] = "report.waiting.language",
	[MAIN_RULES + RULE_OCCUPATION] = "report.waiting.occupation",
	[MAIN_RULES + RULE_NEVER] = "report.waiting.never",
};

/* Words with how many people each concerns, most first; those of nobody are left out, also all. */
static void counted_table(page *p, const char *caption, const char *column,
			  const char *const *key, const uint32_t *count, size_t n,
			  uint32_t sum)
{
	bool done[MAIN_RULES + RULE_COUNT] = {false};
	uint32_t most = 0;

	assert(n <= ARRAY_LEN(done));
	for (size_t i = 0; i < n; i++)
		most = count[i] > most ? count[i] : most;
	if (!most)
		return;
	page_scroll(p, caption);
	PUT(p, "<table><caption>");
	page_say(p, caption);
	PUT(p, "</caption><thead><tr>");
	page_column(p, column, false);
	PUT(p, "<th scope=\"col\"><span class=\"hide\">");
	page_say(p, "report.bar");
	PUT(p, "</span></th>");
	page_column(p, "report.waiting.people", true);
	PUT(p, "</tr></thead><tbody>");
	for (;;) {
		size_t best = n;

		for (size_t i = 0; i < n; i++)
			if (!done[i] && count[i] && (best == n || count[i] > count[best]))
				best = i;
		if (best == n)
			break;
		done[best] = true;
		PUT(p, "<tr><th scope=\"row\">");
		page_say(p, key[best]);
		PUT(p, "</th><td>");
		view_chart_bar(p->h, count[best], sum);
		PUT(p, "</td>");
		page_cell_number(p, count[best]);
		PUT(p, "</tr>");
	}
	PUT(p, "</tbody></table></div>");
}

static const char *const relax_key[] = {
	[RELAX_KM] = "report.relax.km",
	[RELAX_VIDEO] = "report.relax.video",
	[RELAX_IN_PERSON] = "report.relax.in_person",
	[RELAX_OWN] = "report.relax.own",
	[RELAX_THEIRS] = "report.relax.theirs",
	[RELAX_RESERVE] = "report.relax.reserve",
};

/* Counts a person once for each kind of relaxation that alone would give a pair. */
static void count_relaxes(uint32_t *count, const match_waiting_why *w, uint32_t persons)
{
	bool seen[ARRAY_LEN(relax_key)] = {false};

	for (size_t i = 0; i < w->relaxes; i++) {
		match_relax_kind kind = w->relax[i].kind;

		if (!w->relax[i].pairs || seen[kind])
			continue;
		seen[kind] = true;
		count[kind] += persons;
	}
}

/* ---- one card ---------------------------------------------------------------------------- */

static void waiting_card(page *p, const unit *u, const match_waiting_why *w)
{
	const pool *who = p->r->pool;

	PUT(p, "<li class=\"card tight\">");
	for (uint32_t i = 0; i < u->n; i++)
		page_person(p, who->member[u->first + i]);
	for (size_t i = 0; i < w->sentences; i++) {
		PUT(p, "<p>");
		html_text(p->h, page_phrase(p, &w->sentence[i]));
		PUT(p, ".</p>");
	}
	if (w->relaxes) {
		PUT(p, "<ul class=\"dots tight\">");
		for (size_t i = 0; i < w->relaxes && i < RELAX_SHOWN; i++) {
			PUT(p, "<li>");
			html_icon(p->h, "plus");
			html_element(p->h, "span", "",
				     page_phrase(p, &w->relax[i].phrase));
			PUT(p, "</li>");
		}
		PUT(p, "</ul>");
	}
	PUT(p, "</li>");
}

size_t report_waiting_explained(const report_match *r, size_t n)
{
	return r->why.exact || n < EXPLAINED_MOST ? n : EXPLAINED_MOST;
}

static void more(page *p, size_t n, size_t shown)
{
	if (n <= shown)
		return;
	PUT(p, "<p>");
	page_count(p, "report.waiting.more", (int64_t)(n - shown));
	PUT(p, "</p>");
}

/* Newcomers in cards; the main reasons are counted over all that can be explained. */
static void waiting_newcomers(page *p, const uint32_t *list, size_t n)
{
	const pool *who = p->r->pool;
	uint32_t count[MAIN_RULES + RULE_COUNT] = {0}, sum = 0;
	uint32_t relaxed[ARRAY_LEN(relax_key)] = {0};
	size_t explained = report_waiting_explained(p->r, n);
	html *page_html = p->h;
	buf cards = {.mem = p->c->mem};
	html inner = html_to(&cards);

	p->h = &inner;
	for (size_t i = 0; i < explained; i++) {
		const unit *u = &who->newcomer[list[i]];
		match_waiting_why w;

		match_waiting_explain(&p->r->why, SIDE_NEWCOMER, list[i], &w);
		count[main_of(&w)] += u->n;
		count_relaxes(relaxed, &w, u->n);
		sum += u->n;
		if (i < WAITING_MOST)
			waiting_card(p, u, &w);
	}
	p->h = page_html;
	if (explained < n) {
		PUT(p, "<p class=\"hint\">");
		page_count(p, "report.waiting.explained", (int64_t)explained);
		PUT(p, "</p>");
	}
	PUT(p, "<div class=\"grid\">");
	counted_table(p, "report.waiting.main", "report.waiting.reason", main_key, count,
		      ARRAY_LEN(main_key), sum);
	counted_table(p, "report.relax", "report.relax.what", relax_key, relaxed,
		      ARRAY_LEN(relax_key), sum);
	PUT(p, "</div><ul class=\"grid waits\">");
	html_join(p->h, &inner);
	PUT(p, "</ul>");
	more(p, n, explained < WAITING_MOST ? explained : WAITING_MOST);
}

static void waiting_established(page *p, const uint32_t *list, size_t n)
{
	const pool *who = p->r->pool;
	size_t shown = report_waiting_explained(p->r, n);

	shown = shown < WAITING_MOST ? shown : WAITING_MOST;
	PUT(p, "<h3>");
	page_count(p, "report.waiting.established", (int64_t)n);
	PUT(p, "</h3><ul class=\"grid waits\">");
	for (size_t i = 0; i < shown; i++) {
		const unit *u = &who->established[list[i]];
		match_waiting_why w;

		match_waiting_explain(&p->r->why, SIDE_ESTABLISHED, list[i], &w);
		w.relaxes = 0;
		waiting_card(p, u, &w);
	}
	PUT(p, "</ul>");
	more(p, n, shown);
}

void page_waiting(page *p)
{
	uint32_t *newcomer, *established;
	size_t newcomers = match_waiting_list(&p->r->why, SIDE_NEWCOMER, &newcomer);
	size_t establisheds =
		match_waiting_list(&p->r->why, SIDE_ESTABLISHED, &established);

	page_section(p, "waiting",
		     view_say_count(p->c->mem, p->l, "report.waiting", p->r->ours.waiting,
				    NULL, 0));
	if (newcomers)
		waiting_newcomers(p, newcomer, newcomers);
	if (establisheds)
		waiting_established(p, established, establisheds);
	PUT(p, "</section>");
}

/* ---- whom to recruit ------------------------------------------------------------------------ */

void page_recruit(page *p)
{
	const report_match *r = p->r;
	arena *mem = p->c->mem;

	page_section(p, "recruit", view_say(mem, p->l, "report.recruit", NULL, 0));
	if (!r->recruits) {
		PUT(p, "<p>");
		page_say(p,
			 r->why.exact ? "report.recruit.none" : "report.recruit.large");
		PUT(p, "</p></section>");
		return;
	}
	PUT(p, "<p class=\"hint\">");
	page_say(p, "report.recruit.read");
	PUT(p, "</p>");
	page_scroll(p, "report.recruit.who");
	PUT(p, "<table><thead><tr>");
	page_column(p, "report.recruit.who", false);
	page_column(p, "report.recruit.help", true);
	for (int n = 1; n <= MATCH_RECRUIT_MOST; n++) {
		PUT(p, "<th scope=\"col\" class=\"n\">");
		page_count(p, "report.recruit.more", n);
		PUT(p, "</th>");
	}
	PUT(p, "</tr></thead><tbody>");
	for (size_t i = 0; i < r->recruits; i++) {
		PUT(p, "<tr><th scope=\"row\">");
		html_text(p->h, page_phrase(p, &r->recruit[i].phrase));
		PUT(p, "</th>");
		page_cell_number(p, r->recruit[i].could_help);
		for (int n = 0; n < MATCH_RECRUIT_MOST; n++) {
			str pairs = view_number(mem, p->l, r->recruit[i].pairs[n]);

			PUT(p, "<td class=\"n\">+");
			html_text(p->h, pairs);
			PUT(p, "</td>");
		}
		PUT(p, "</tr>");
	}
	PUT(p, "</tbody></table></div></section>");
}
