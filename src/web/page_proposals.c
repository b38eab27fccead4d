/* What is proposed, as the office follows it: who has answered what, what comes next. */
#include "act/offer.h"
#include "web/proposal_priv.h"

enum { PAGE_ROWS = 25, LATELY_ROWS = 5, LATELY_DAYS = 30, PEOPLE_MOST = 12 };
#define DAY_MS INT64_C(86400000)

/* ---- how a state looks ------------------------------------------------------------------- */

static const struct {
	const char *state, *icon, *grade;
} look[] = {{"offered", "clock", ""},     {"asked", "q", "warn"},
	    {"accepted", "okc", "ok"},    {"introduced", "people", "ok"},
	    {"declined", "ban", ""},      {"expired", "clock", ""},
	    {"withdrawn", "undo", "warn"}};

static size_t look_of(str name)
{
	for (size_t i = 0; i < ARRAY_LEN(look); i++)
		if (str_equal(name, str_from(look[i].state)))
			return i;
	return 0;
}

/* "asked" of one of whom somebody wants to know something first. */
static str shown_state(const proposal *p, const proposal_person *who, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_equal(p->state, S("offered")) &&
		    str_equal(who[i].answer, S("ask")))
			return S("asked");
	return p->state;
}

void proposal_look(req *r, const proposal *p, const proposal_person *who, size_t n,
		   proposal_row *v)
{
	size_t at = look_of(shown_state(p, who, n));
	v->state = page_key(r, "s.proposal.state.%s", look[at].state);
	v->icon = look[at].icon;
	v->grade = str_from(look[at].grade);
}

const char *proposal_answer_key(str answer)
{
	return str_equal(answer, S("yes"))   ? "s.proposal.answer.yes"
	       : str_equal(answer, S("no"))  ? "s.proposal.answer.no"
	       : str_equal(answer, S("ask")) ? "s.proposal.answer.ask"
					     : "s.proposal.answer.none";
}

/* ---- the list ------------------------------------------------------------------------------- */

typedef struct filter {
	const char *name;   /* of the address */
	const char *states; /* those it shows */
} filter;
static const filter filters[] = {{"accepted", "accepted"},
				 {"offered", "offered"},
				 {"introduced", "introduced"},
				 {"ended", "declined,expired,withdrawn"}};
enum { FILTERS = ARRAY_LEN(filters) };

static bool is_shown(const filter *f, const proposal *p)
{
	str rest = str_from(f->states), one;
	while (str_cut(&rest, ',', &one))
		if (str_equal(one, p->state))
			return true;
	return false;
}

static str since_words(req *r, const proposal *p)
{
	arena *mem = r->ctx->mem;
	str made = view_date_short(mem, r->lang, date_local(p->created).day);
	str until = view_date_short(mem, r->lang, date_local(p->expires).day);
	str ended = view_date_short(mem, r->lang, date_local(p->ended).day);
	if (p->ended)
		return req_say_with(r, "s.proposal.ended", (str[]){made, ended}, 2);
	return req_say_with(r,
			    str_equal(p->state, S("accepted")) ? "s.proposal.since"
							       : "s.proposal.until",
			    (str[]){made, until}, 2);
}

static bool named(req *r, const proposal_person *who, str *name, str *given)
{
	person one;
	bool seen;
	if (!office_seen(r, who->person, &one, &seen))
		return false;
	*name = seen ? office_name(r, &one) : req_say(r, "s.proposal.elsewhere");
	*given = seen && one.value[FIELD_GIVEN].n ? one.value[FIELD_GIVEN] : *name;
	return true;
}

bool proposal_row_of(req *r, id proposal_id, id but, proposal_row *v)
{
	proposal p;
	proposal_person *who;
	str name[PEOPLE_MOST], given;
	buf answers = {.mem = r->ctx->mem};
	size_t n, shown = 0;
	if (!store_proposal_get(r->ctx, proposal_id, &p, &who, &n))
		return false;
	for (size_t i = 0; i < n && shown < PEOPLE_MOST; i++) {
		if (id_equal(who[i].person, but))
			continue;
		if (!named(r, &who[i], &name[shown++], &given))
			return false;
		str says[] = {given, req_say(r, proposal_answer_key(who[i].answer))};
		buf_add(&answers, answers.n ? S(" · ") : S(""));
		buf_add(&answers, req_say_with(r, "s.proposal.says", says, 2));
	}
	*v = (proposal_row){.to = office_proposal(r, p.id, ""),
			    .names = office_list(r, name, shown, 0),
			    .since = since_words(r, &p),
			    .answers = buf_str(&answers)};
	proposal_look(r, &p, who, n, v);
	return true;
}

/* Those of a filter from `from` on, at most `most`; *total is how many there are. */
static bool fill_group(req *r, const filter *f, const proposal *all, size_t n,
		       int64_t from, int64_t most, int64_t after, proposal_group *g,
		       int64_t *total)
{
	g->title = page_key(r, "s.proposals.%s", f->name);
	g->none = page_key(r, "s.proposals.none.%s", f->name);
	g->row = NEW_ARRAY(r->ctx->mem, proposal_row, (size_t)most);
	*total = 0;
	for (size_t i = 0; i < n; i++) {
		if (!is_shown(f, &all[i]) || (all[i].ended && all[i].ended < after))
			continue;
		int64_t at = (*total)++;
		if (at < from || at >= from + most)
			continue;
		if (!proposal_row_of(r, all[i].id, (id){""}, &g->row[g->row_n++]))
			return false;
	}
	return true;
}

static void fill_filter(req *r, const proposal *all, size_t n, const filter *here,
			proposals_view *v)
{
	v->filter = NEW_ARRAY(r->ctx->mem, view_item, FILTERS + 1);
	v->filter[v->filter_n++] = (view_item){.to = req_link(r, "/staff/proposals"),
					       .text = req_say(r, "s.proposals.now"),
					       .here = !here};
	for (size_t i = 0; i < FILTERS; i++) {
		int64_t count = 0;
		for (size_t k = 0; k < n; k++)
			count += is_shown(&filters[i], &all[k]);
		str arg[] = {req_say(r, page_key(r, "s.proposals.%s", filters[i].name)),
			     view_number(r->ctx->mem, r->lang, count)};
		v->filter[v->filter_n++] = (view_item){
			.to = req_link(r, "/staff/proposals?state=%s", filters[i].name),
			.text = req_say_with(r, "s.proposals.count", arg, 2),
			.here = here == &filters[i]};
	}
}

static bool one_state(req *r, const filter *f, const proposal *all, size_t n,
		      proposals_view *v)
{
	int64_t from = 0, total;
	if (!str_to_int(req_query(r, "from"), 0, INT32_MAX, &from))
		from = 0;
	v->group_n = 1;
	if (!fill_group(r, f, all, n, from, PAGE_ROWS, 0, v->group, &total))
		return false;
	v->pages = (view_pages){.from = from, .total = total};
	if (from > 0)
		v->pages.before =
			req_link(r, "/staff/proposals?state=%s&from=%lld", f->name,
				 (long long)(from > PAGE_ROWS ? from - PAGE_ROWS : 0));
	if (from + PAGE_ROWS < total)
		v->pages.after = req_link(r, "/staff/proposals?state=%s&from=%lld",
					  f->name, (long long)from + PAGE_ROWS);
	return true;
}

/* What there is to do, what is waited for, and what ended lately. */
static bool as_it_is_now(req *r, const proposal *all, size_t n, proposals_view *v)
{
	int64_t lately = r->ctx->now - LATELY_DAYS * DAY_MS;
	for (size_t i = 0; i < FILTERS; i++) {
		bool ended = i > 1;
		int64_t total;
		proposal_group *g = &v->group[v->group_n];
		if (!fill_group(r, &filters[i], all, n, 0,
				ended ? LATELY_ROWS : PAGE_ROWS, ended ? lately : 0, g,
				&total))
			return false;
		v->group_n += !ended || total > 0;
		if (total <= (int64_t)g->row_n)
			continue;
		str more = view_number(r->ctx->mem, r->lang, total);
		g->all = req_link(r, "/staff/proposals?state=%s", filters[i].name);
		g->all_words = req_say_with(r, "s.proposals.all", &more, 1);
	}
	return true;
}

bool proposals_show(req *r)
{
	proposal *all;
	size_t n;
	str wanted = req_query(r, "state");
	const filter *here = NULL;
	for (size_t i = 0; i < FILTERS; i++)
		if (str_equal(wanted, str_from(filters[i].name)))
			here = &filters[i];
	if (!store_proposals(r->ctx, S(""), (id){""}, &all, &n))
		return false;
	page_begin(r, "s.proposals.title");
	proposals_view v = {.page = &r->page,
			    .group = NEW_ARRAY(r->ctx->mem, proposal_group, FILTERS),
			    .empty_to = req_link(r, "/staff/people?state=waiting")};
	fill_filter(r, all, n, here, &v);
	if (!(here ? one_state(r, here, all, n, &v) : as_it_is_now(r, all, n, &v)))
		return false;
	tmpl_proposals(&r->html, r->lang, &v);
	return req_page(r, 200);
}
