/* people - how a person, a household, a place and a wait are named. */
#include "report/report_priv.h"

str report_full_name(arena *mem, const view_lang *l, const people *p, size_t person)
{
	str given = str_trim(view_inert(mem, model_people_value(p, person, FIELD_GIVEN)));
	str family =
		str_trim(view_inert(mem, model_people_value(p, person, FIELD_FAMILY)));
	str number = str_format(mem, "%u", (unsigned)p->profile[person].id), both;

	if (!given.n && !family.n)
		return view_say(mem, l, "person.number", &number, 1);
	both = str_format(mem, "%.*s%s%.*s", STR_ARG(given),
			  given.n && family.n ? " " : "", STR_ARG(family));
	return utf8_nfc(mem, both);
}

str report_join(arena *mem, const view_lang *l, str list, str item, bool last)
{
	const str both[] = {list, item};

	return last ? view_say(mem, l, "list.and", both, 2)
		    : str_format(mem, "%.*s, %.*s", STR_ARG(list), STR_ARG(item));
}

str report_unit_name(arena *mem, const view_lang *l, const pool *p, const unit *u)
{
	str name = S("");

	for (uint32_t i = 0; i < u->n; i++) {
		str one = report_full_name(mem, l, p->people, p->member[u->first + i]);

		name = i ? report_join(mem, l, name, one, i + 1 == u->n) : one;
	}
	return name;
}

str report_place(const profile *p)
{
	const municipality *m;

	if (p->place != PLACE_NONE && p->place < model_place_count)
		return model_place[p->place].name;
	m = model_municipality_get(p->municipality);
	return m ? m->name : S("");
}

str report_capital(arena *mem, str s)
{
	buf out = {.mem = mem};
	size_t pos = 0;
	int32_t c = s.n ? utf8_next(s, &pos) : -1;

	if (c >= 'a' && c <= 'z')
		c -= 'a' - 'A';
	else if (c >= 0xe0 && c <= 0xfe && c != 0xf7)
		c -= 0x20;
	if (c >= 0)
		utf8_put(&out, c);
	buf_add(&out, str_slice(s, pos, s.n));
	return buf_str(&out);
}

str report_sentence(arena *mem, const view_lang *lang, const people *p,
		    const match_phrase *phrase)
{
	return report_capital(mem, report_words(mem, lang, p, phrase));
}

static uint32_t members(const unit *u, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += u[i].n;
	return sum;
}

pool_size report_pool_size(const pool *p)
{
	return (pool_size){members(p->newcomer, p->newcomers),
			   members(p->established, p->establisheds)};
}

static uint64_t report_pool_pairs(const pool *p)
{
	return (uint64_t)p->newcomers * p->establisheds;
}

str report_days(arena *mem, const view_lang *l, int32_t days)
{
	return days < 0 ? view_say(mem, l, "report.unknown", NULL, 0)
			: view_say_count(mem, l, "report.days", days, NULL, 0);
}

str report_mean_fit(arena *mem, const view_lang *l, const match_outcome *o)
{
	if (!o->pairs)
		return S("–");
	return view_decimal(
		mem, l, (o->fit + 50 * (int64_t)o->pairs) / (100 * (int64_t)o->pairs), 1);
}

void report_round_points(const int64_t *thousandths, size_t n, int64_t *points)
{
	int64_t sum = 0, given = 0;
	bool raised[32] = {false};

	assert(n <= ARRAY_LEN(raised));
	for (size_t i = 0; i < n; i++) {
		points[i] = thousandths[i] / 1000;
		sum += thousandths[i];
		given += points[i];
	}
	for (sum = (sum + 500) / 1000; given < sum; given++) {
		size_t best = n;

		for (size_t i = 0; i < n; i++)
			if (!raised[i] && (best == n || thousandths[i] % 1000 >
								thousandths[best] % 1000))
				best = i;
		if (best == n)
			break;
		raised[best] = true;
		points[best]++;
	}
}

str report_verdict(arena *mem, const view_lang *l, const report_match *r)
{
	return view_say(mem, l,
			r->result->proven ? "report.proof.best" : "report.proof.open",
			NULL, 0);
}

str report_certificate(arena *mem, const view_lang *l, const report_match *r)
{
	pool_size size = report_pool_size(r->pool);
	int64_t gap = r->result->bound - r->result->total;
	str arg[2], text;

	if (!r->result->proven) {
		arg[0] = report_points(mem, l, gap);
		return view_say(mem, l, "report.proof.gap", arg, 1);
	}
	arg[0] = view_number(mem, l, (int64_t)size.newcomers + size.established);
	arg[1] = view_number(mem, l, (int64_t)report_pool_pairs(r->pool));
	text = view_say(mem, l, "report.proof.sentence", arg, 2);
	if (r->result->unique)
		text = str_format(
			mem, "%.*s %.*s", STR_ARG(text),
			STR_ARG(view_say(mem, l, "report.proof.unique", NULL, 0)));
	if (r->checked)
		text = str_format(
			mem, "%.*s %.*s", STR_ARG(text),
			STR_ARG(view_say(mem, l, "report.proof.checked", NULL, 0)));
	return text;
}
