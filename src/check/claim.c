/* result.json -> check_claim. Its form: docs/matching.md, "result.json". */
#include <string.h>

#include "check/check_priv.h"

enum { WAITING_MAX = 10000 };

typedef struct claim_reader {
	check_json j;
	check_claim *out;
	id_pair *locked, *forbidden; /* out->terms holds them as constants */
	uint32_t *left_out;
} claim_reader;

/* One key of an object and what reads its value. */
typedef struct member {
	const char *name;
	bool needed;
	bool (*read)(claim_reader *r);
} member;

static bool read_object(claim_reader *r, const member *m, size_t n)
{
	check_json *j = &r->j;
	check_object o = {0};
	uint32_t seen = 0;
	bool more;
	str key;
	if (!check_json_open(j, '{'))
		return false;
	size_t at = j->at;
	for (;;) {
		if (!check_json_key(j, &o, &key, &more))
			return false;
		if (!more)
			break;
		size_t i = 0;
		while (i < n && !str_equal(key, str_from(m[i].name)))
			i++;
		if (i < n && (seen & 1u << i))
			return check_json_fail(j, o.key[o.n - 1].at, "check.json_twice",
					       key);
		seen |= i < n ? 1u << i : 0;
		if (!(i < n ? m[i].read(r) : check_json_skip(j)))
			return false;
	}
	for (size_t i = 0; i < n; i++)
		if (m[i].needed && !(seen & 1u << i))
			return check_json_fail(j, at - 1, "check.json_missing",
					       str_from(m[i].name));
	return true;
}

/* ---- small values --------------------------------------------------------------- */

static bool read_format(claim_reader *r)
{
	str s;
	size_t at = r->j.at;
	if (!check_json_string(&r->j, &s))
		return false;
	return str_equal(s, S("kompis-result")) ||
	       check_json_fail(&r->j, at, "check.format", S("kompis-result"));
}

static bool read_version(claim_reader *r)
{
	int64_t version;
	return check_json_int(&r->j, 1, 1, &version);
}

static bool read_digest(claim_reader *r)
{
	str s;
	size_t at = r->j.at;
	if (!check_json_string(&r->j, &s))
		return false;
	bool good = s.n == 64;
	for (size_t i = 0; good && i < 64; i++) {
		char ch = s.s[i];
		int digit = ch >= '0' && ch <= '9'   ? ch - '0'
			    : ch >= 'a' && ch <= 'f' ? ch - 'a' + 10
						     : -1;
		good = digit >= 0;
		if (good)
			r->out->digest[i / 2] =
				(uint8_t)(r->out->digest[i / 2] * 16 + digit);
	}
	return good || check_json_fail(&r->j, at, "check.digest_form", S(""));
}

static bool read_bonus(claim_reader *r)
{
	return check_json_int(&r->j, 0, INT64_MAX, &r->out->bonus);
}

static bool read_total(claim_reader *r)
{
	return check_json_int(&r->j, INT64_MIN, INT64_MAX, &r->out->total);
}

static bool read_bound(claim_reader *r)
{
	return check_json_int(&r->j, INT64_MIN, INT64_MAX, &r->out->bound);
}

static bool read_file(claim_reader *r)
{
	return check_json_string(&r->j, &r->out->file);
}

static bool read_input(claim_reader *r)
{
	static const member m[] = {{"file", false, read_file}};
	return read_object(r, m, ARRAY_LEN(m));
}

static bool read_unique(claim_reader *r)
{
	bool unique;
	return check_json_bool(&r->j, &unique);
}

/* ---- parameters ------------------------------------------------------------------ */

static bool read_date(claim_reader *r)
{
	str s;
	size_t at = r->j.at;
	if (!check_json_string(&r->j, &s))
		return false;
	return date_parse_iso(s, &r->out->terms.date) ||
	       check_json_fail(&r->j, at, "check.date_form", s);
}

static bool read_waiting(claim_reader *r)
{
	int64_t n;
	if (!check_json_int(&r->j, 0, WAITING_MAX, &n))
		return false;
	r->out->terms.waiting = (int32_t)n;
	return true;
}

static bool read_reserve(claim_reader *r)
{
	int64_t n;
	if (!check_json_int(&r->j, INT32_MIN, INT32_MAX, &n))
		return false;
	r->out->terms.reserve = (int32_t)n;
	return true;
}

static bool read_most_pairs(claim_reader *r)
{
	return check_json_bool(&r->j, &r->out->terms.most_pairs);
}

static bool read_weights(claim_reader *r)
{
	check_json *j = &r->j;
	check_object o = {0};
	bool more, seen[CRITERIA_COUNT] = {false};
	str key;
	if (!check_json_open(j, '{'))
		return false;
	size_t at = j->at;
	for (;;) {
		int64_t n;
		int c = 0;
		if (!check_json_key(j, &o, &key, &more))
			return false;
		if (!more)
			break;
		while (c < CRITERIA_COUNT &&
		       !str_equal(key, str_from(model_criterion[c].name)))
			c++;
		if (c == CRITERIA_COUNT) {
			if (!check_json_skip(j))
				return false;
			continue;
		}
		if (!check_json_int(j, 0, WEIGHT_MAX, &n))
			return false;
		r->out->terms.weight[c] = (int32_t)n;
		seen[c] = true;
	}
	for (int c = 0; c < CRITERIA_COUNT; c++)
		if (!seen[c])
			return check_json_fail(j, at - 1, "check.json_missing",
					       str_from(model_criterion[c].name));
	return true;
}

/* ---- lists ----------------------------------------------------------------------- */

/* `n` integers in brackets, of which the first `ids` are ids of people. */
static bool read_row(check_json *j, int n, int ids, int64_t *out)
{
	bool more;
	size_t at;
	if (!check_json_open(j, '['))
		return false;
	for (int i = 0; i < n; i++) {
		at = j->at;
		if (!check_json_element(j, i == 0, &more))
			return false;
		if (!more)
			return check_json_fail(j, at, "check.json_value", S(""));
		if (!check_json_int(j, i < ids ? 1 : INT64_MIN,
				    i < ids ? UINT32_MAX : INT64_MAX, &out[i]))
			return false;
	}
	at = j->at;
	if (!check_json_element(j, false, &more))
		return false;
	return !more || check_json_fail(j, at, "check.json_bracket", S(""));
}

/* Walks an array; each element goes to `add` with its place. */
static bool read_array(claim_reader *r, size_t most, bool (*add)(claim_reader *, size_t))
{
	bool more;
	for (size_t n = 0;; n++) {
		if (!check_json_element(&r->j, n == 0, &more))
			return false;
		if (!more)
			return true;
		if (n == most)
			return check_json_fail(&r->j, r->j.at, "check.json_value", S(""));
		if (!add(r, n))
			return false;
	}
}

static bool add_pair(claim_reader *r, size_t n)
{
	int64_t v[3];
	if (!read_row(&r->j, 3, 2, v))
		return false;
	r->out->pair[n] = (struct check_pair){(uint32_t)v[0], (uint32_t)v[1], v[2]};
	r->out->pairs = n + 1;
	return true;
}

static bool read_pairs(claim_reader *r)
{
	if (!check_json_open(&r->j, '['))
		return false;
	size_t most = check_json_count(&r->j, 7);
	r->out->pair = NEW_ARRAY(r->j.c->mem, struct check_pair, most);
	return read_array(r, most, add_pair);
}

static bool add_price(claim_reader *r, size_t n)
{
	int64_t v[2];
	if (!read_row(&r->j, 2, 1, v))
		return false;
	r->out->price[n] = (struct check_price){(uint32_t)v[0], v[1]};
	r->out->prices = n + 1;
	return true;
}

static bool read_prices(claim_reader *r)
{
	if (!check_json_open(&r->j, '['))
		return false;
	size_t most = check_json_count(&r->j, 5);
	r->out->price = NEW_ARRAY(r->j.c->mem, struct check_price, most);
	return read_array(r, most, add_price);
}

static bool read_id_pair(claim_reader *r, id_pair *out)
{
	int64_t v[2];
	if (!read_row(&r->j, 2, 2, v))
		return false;
	*out = (id_pair){(uint32_t)v[0], (uint32_t)v[1]};
	return true;
}

static bool add_locked(claim_reader *r, size_t n)
{
	r->out->terms.locked_n = n + 1;
	return read_id_pair(r, &r->locked[n]);
}

static bool read_locked(claim_reader *r)
{
	if (!check_json_open(&r->j, '['))
		return false;
	size_t most = check_json_count(&r->j, 5);
	r->out->terms.locked = r->locked = NEW_ARRAY(r->j.c->mem, id_pair, most);
	return read_array(r, most, add_locked);
}

static bool add_forbidden(claim_reader *r, size_t n)
{
	r->out->terms.forbidden_n = n + 1;
	return read_id_pair(r, &r->forbidden[n]);
}

static bool read_forbidden(claim_reader *r)
{
	if (!check_json_open(&r->j, '['))
		return false;
	size_t most = check_json_count(&r->j, 5);
	r->out->terms.forbidden = r->forbidden = NEW_ARRAY(r->j.c->mem, id_pair, most);
	return read_array(r, most, add_forbidden);
}

static bool add_left_out(claim_reader *r, size_t n)
{
	int64_t id;
	if (!check_json_int(&r->j, 1, UINT32_MAX, &id))
		return false;
	r->left_out[n] = (uint32_t)id;
	r->out->terms.left_out_n = n + 1;
	return true;
}

static bool read_left_out(claim_reader *r)
{
	if (!check_json_open(&r->j, '['))
		return false;
	size_t most = check_json_count(&r->j, 1);
	r->out->terms.left_out = r->left_out = NEW_ARRAY(r->j.c->mem, uint32_t, most);
	return read_array(r, most, add_left_out);
}

/* ---- the whole ------------------------------------------------------------------- */

static bool read_parameters(claim_reader *r)
{
	static const member m[] = {
		{"date", true, read_date},
		{"waiting", true, read_waiting},
		{"reserve", true, read_reserve},
		{"most_pairs", true, read_most_pairs},
		{"weights", true, read_weights},
		{"locked", false, read_locked},
		{"forbidden", false, read_forbidden},
		{"left_out", false, read_left_out},
	};
	return read_object(r, m, ARRAY_LEN(m));
}

bool check_claim_read(ctx *c, str file, str bytes, check_claim *out)
{
	static const member m[] = {
		{"format", true, read_format},         {"version", true, read_version},
		{"input", false, read_input},          {"digest", true, read_digest},
		{"parameters", true, read_parameters}, {"bonus", true, read_bonus},
		{"total", true, read_total},           {"bound", true, read_bound},
		{"unique", false, read_unique},        {"pairs", true, read_pairs},
		{"prices", true, read_prices},
	};
	*out = (check_claim){0};
	claim_reader r = {.j = {.c = c, .file = file, .s = bytes.s, .n = bytes.n},
			  .out = out};
	return read_object(&r, m, ARRAY_LEN(m)) && check_json_end(&r.j);
}
