/* A round: its weights with their effect, and applying it. */
#include "web/round_priv.h"

static const match_options options = {.threads = 1};

/* ---- weights ------------------------------------------------------------------------------------ */

enum { OTHER_WEIGHTS = 2 };
static const struct {
	const char *name, *label, *what;
	int32_t most;
} other_weight[OTHER_WEIGHTS] = {
	{"waiting", "s.weight.waiting", "s.weight.waiting.what", 10000},
	{"reserve", "s.weight.reserve", "s.weight.reserve.what", 1000}};

static void weight_rows(req *r, const terms *t, bool typed, round_weights_view *v)
{
	arena *mem = r->ctx->mem;
	v->weight = NEW_ARRAY(mem, round_weight, CRITERIA_COUNT + OTHER_WEIGHTS);
	for (int i = 0; i < CRITERIA_COUNT; i++)
		v->weight[v->weight_n++] = (round_weight){
			.name = str_from(model_criterion[i].name),
			.value = office_number_text(r, t->weight[i]),
			.label = page_key(r, "s.weight.%s", model_criterion[i].name),
			.what = page_key(r, "s.weight.what.%s", model_criterion[i].name)};
	for (int i = 0; i < OTHER_WEIGHTS; i++)
		v->weight[v->weight_n++] =
			(round_weight){.name = str_from(other_weight[i].name),
				       .value = office_number_text(
					       r, i ? t->reserve / 1000 : t->waiting),
				       .label = other_weight[i].label,
				       .what = other_weight[i].what};
	v->most_pairs = t->most_pairs;
	for (size_t i = 0; typed && i < v->weight_n; i++)
		for (size_t k = 0; k < r->error_n; k++)
			if (str_equal(r->error[k].field, v->weight[i].name)) {
				v->weight[i].error = r->error[k].key;
				v->weight[i].value = req_form(
					r, str_terminated(mem, v->weight[i].name));
			}
}

static bool read_number(req *r, const char *name, int32_t most, int32_t *out)
{
	int64_t n;
	if (str_to_int(req_form(r, name), 0, most, &n)) {
		*out = (int32_t)n;
		return true;
	}
	str limit = view_number(r->ctx->mem, r->lang, most);
	form_error(r, str_from(name), "s.error.weight", limit);
	return false;
}

/* As typed; false when something cannot be. */
static bool read_weights(req *r, terms *t)
{
	bool ok = true;
	int32_t reserve = 0;
	int64_t sum = 0;
	for (int i = 0; i < CRITERIA_COUNT; i++) {
		ok &= read_number(r, model_criterion[i].name, WEIGHT_MAX, &t->weight[i]);
		sum += t->weight[i];
	}
	ok &= read_number(r, "waiting", other_weight[0].most, &t->waiting);
	ok &= read_number(r, "reserve", other_weight[1].most, &reserve);
	t->reserve = reserve * 1000;
	t->most_pairs = str_equal(req_form(r, "most_pairs"), S("yes"));
	if (ok && sum > WEIGHT_SUM_MAX) {
		form_error(r, S("distance"), "s.error.weights",
			   view_number(r->ctx->mem, r->lang, WEIGHT_SUM_MAX));
		ok = false;
	}
	return ok;
}

static void effect_row(round_weights_view *v, const char *key, str now, str then)
{
	v->effect[v->effect_n++] = (round_effect){.key = key, .now = now, .then = then};
}

static str days_words(req *r, int32_t days)
{
	return days < 0 ? S("–")
			: view_say_count(r->ctx->mem, r->lang, "report.days", days, NULL,
					 0);
}

/* How many newcomers would get somebody else, somebody, or nobody. */
static int64_t count_others(arena *mem, const pool *p, const match_result *now,
			    const match_result *then)
{
	match_difference d;
	int64_t n = 0;
	match_result_compare(mem, p, now, then, &d);
	for (size_t i = 0; i < d.changes; i++)
		n += d.change[i].side == SIDE_NEWCOMER;
	return n;
}

/* What these weights would do to this pool, before anything is kept. */
static bool effect(desk *d, const terms *t, round_weights_view *v)
{
	enum { ROWS = 5 };
	req *r = d->r;
	arena *mem = r->ctx->mem;
	match_result then;
	match_outcome a, b;
	if (!match_solve(r->ctx, &d->a.pool, t, &options, &then))
		return false;
	match_outcome_count(mem, &d->a.pool, &d->a.terms, d->a.result.pair,
			    d->a.result.pairs, &a);
	match_outcome_count(mem, &d->a.pool, t, then.pair, then.pairs, &b);
	v->effect = NEW_ARRAY(mem, round_effect, ROWS);
	effect_row(v, "report.row.pairs", view_number(mem, r->lang, a.pairs),
		   view_number(mem, r->lang, b.pairs));
	effect_row(v, "report.row.waiting", view_number(mem, r->lang, a.waiting),
		   view_number(mem, r->lang, b.waiting));
	effect_row(v, "report.row.longest", days_words(r, a.wait_longest),
		   days_words(r, b.wait_longest));
	effect_row(v, "report.row.median", days_words(r, a.wait_median),
		   days_words(r, b.wait_median));
	v->changed = view_say_count(mem, r->lang, "s.round.moved",
				    count_others(mem, &d->a.pool, &d->a.result, &then),
				    NULL, 0);
	return true;
}

static bool show_weights(desk *d, const terms *t, bool typed, bool tried, int status)
{
	req *r = d->r;
	round_weights_view v = {.page = &r->page,
				.action = desk_link(d, "weights"),
				.back = desk_link(d, ""),
				.version = desk_version(d)};
	if (tried && !effect(d, t, &v))
		return false;
	page_begin(r, "s.round.weights.title");
	weight_rows(r, t, typed, &v);
	tmpl_round_weights(&r->html, r->lang, &v);
	return req_page(r, status);
}

bool round_weights_show(req *r)
{
	desk d;
	if (!desk_open(r, &d))
		return false;
	if (!desk_is_open(&d))
		return req_see_other(r, desk_link(&d, ""));
	return show_weights(&d, &d.a.terms, false, false, 200);
}

bool round_weights_do(req *r)
{
	desk d;
	if (!desk_open(r, &d))
		return false;
	terms t = d.a.terms;
	if (str_equal(req_form(r, "do"), S("usual"))) {
		terms usual = model_terms_default(t.date);
		for (int i = 0; i < CRITERIA_COUNT; i++)
			t.weight[i] = usual.weight[i];
		t.waiting = usual.waiting;
		t.reserve = usual.reserve;
		t.most_pairs = usual.most_pairs;
		return show_weights(&d, &t, false, true, 200);
	}
	if (!read_weights(r, &t))
		return show_weights(&d, &t, true, false, 422);
	if (!str_equal(req_form(r, "do"), S("save")))
		return show_weights(&d, &t, false, true, 200);
	act_change w = {.kind = "weights",
			.terms = &t,
			.reason = S(""),
			.version = office_form_number(r, "version")};
	if (act_round_change(r->ctx, d.a.round.id, &w))
		return req_see_other(r, desk_link(&d, ""));
	return r->ctx->fault.kind == FAULT_CONFLICT && desk_refuse(r);
}

/* ---- applying ------------------------------------------------------------------------------------- */

/* Proven by the other room, now; else it is not to be applied. */
static bool prove(desk *d, str *verdict)
{
	check_report report;
	if (d->a.stale)
		return ctx_fail(d->r->ctx, FAULT_INPUT, "s.round.error.stale", S(""),
				S(""));
	if (!act_round_check(d->r->ctx, &d->a, &report))
		return false;
	if (!report.proven)
		return ctx_fail(d->r->ctx, FAULT_INPUT, "s.round.error.unproven", S(""),
				S(""));
	str pairs =
		view_number(d->r->ctx->mem, d->r->lang, (int64_t)report.pairs_possible);
	*verdict = req_say_with(d->r, "s.round.apply.proven", &pairs, 1);
	return true;
}

bool round_apply_ask(req *r)
{
	desk d;
	round_apply_view v = {.page = &r->page};
	if (!desk_open(r, &d))
		return false;
	v.back = desk_link(&d, "");
	page_begin(r, "s.round.apply.title");
	if (!desk_is_open(&d) || !d.a.result.pairs) {
		v.hindrance = "s.round.apply.nothing";
	} else if (!prove(&d, &v.verdict)) {
		if (r->ctx->fault.kind != FAULT_INPUT)
			return false;
		v.hindrance = r->ctx->fault.key;
		r->ctx->fault = (fault){0};
	}
	if (v.hindrance) {
		tmpl_round_apply(&r->html, r->lang, &v);
		return req_page(r, 200);
	}
	v.action = desk_link(&d, "apply");
	v.version = desk_version(&d);
	v.count = view_say_count(r->ctx->mem, r->lang, "s.round.apply.count",
				 (int64_t)d.a.result.pairs, NULL, 0);
	str until =
		view_weekday_date(r->ctx->mem, r->lang, r->ctx->today + ACT_OFFER_DAYS);
	v.until = req_say_with(r, "s.round.apply.until", &until, 1);
	tmpl_round_apply(&r->html, r->lang, &v);
	return req_page(r, 200);
}

typedef struct applying {
	desk *d;
	act_applied out;
} applying;

static bool do_apply(ctx *c, void *arg)
{
	applying *a = arg;
	return act_round_apply(c, &a->d->a, a->d->r->web->origin, &a->out);
}

static bool show_applied(desk *d, const act_applied *a)
{
	static const char *const why[] = {
		[ACT_STANDS] = NULL,
		[ACT_FELL_GONE] = "s.round.fell.gone",
		[ACT_FELL_STATE] = "s.round.fell.state",
		[ACT_FELL_RULE] = "s.round.fell.rule",
		[ACT_FELL_SEATS] = "s.round.fell.seats",
		[ACT_FELL_BARRED] = "s.round.fell.barred",
	};
	req *r = d->r;
	round_apply_view v = {.page = &r->page,
			      .done = true,
			      .back = req_link(r, "/staff/rounds"),
			      .proposals = req_link(r, "/staff/proposals")};
	page_begin(r, "s.round.applied.title");
	v.count = view_say_count(r->ctx->mem, r->lang, "s.round.applied.count",
				 (int64_t)a->stand, NULL, 0);
	v.fell = NEW_ARRAY(r->ctx->mem, round_fell, a->n);
	for (size_t i = 0; i < a->n; i++) {
		str arg[2];
		if (a->pair[i].fall == ACT_STANDS)
			continue;
		if (!desk_name_of(d, a->pair[i].newcomer, &arg[0]) ||
		    !desk_name_of(d, a->pair[i].established, &arg[1]))
			return false;
		v.fell[v.fell_n++] =
			(round_fell){.names = req_say_with(r, "s.round.two", arg, 2),
				     .why = why[a->pair[i].fall]};
	}
	tmpl_round_apply(&r->html, r->lang, &v);
	return req_page(r, 200);
}

bool round_apply(req *r)
{
	desk d;
	str unused, result = S("");
	if (!desk_open(r, &d))
		return false;
	if (!desk_is_open(&d))
		return req_done(r, desk_link(&d, ""), "round_over");
	d.a.round.version = office_form_number(r, "version");
	applying a = {.d = &d};
	if (!prove(&d, &unused) || !req_write(r, do_apply, &a, &result)) {
		fault_kind kind = r->ctx->fault.kind;
		return (kind == FAULT_INPUT || kind == FAULT_CONFLICT) && desk_refuse(r);
	}
	return show_applied(&d, &a.out);
}
