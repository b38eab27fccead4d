/* Faults, progress, and the small things every job needs: chance, dates, roots. */
#include "base/base.h"

static const struct {
	int exit_code, http_status;
} fault_meaning[] = {
	[FAULT_NONE] = {0, 200},   [FAULT_UNPROVEN] = {1, 500}, [FAULT_USAGE] = {2, 400},
	[FAULT_INPUT] = {3, 422},  [FAULT_RESOURCE] = {4, 500}, [FAULT_LOGIN] = {3, 401},
	[FAULT_HIDDEN] = {3, 404}, [FAULT_CONFLICT] = {3, 409}, [FAULT_LIMIT] = {3, 429},
	[FAULT_BUSY] = {4, 503},
};

int fault_exit_code(fault_kind kind)
{
	return fault_meaning[kind].exit_code;
}

int fault_http_status(fault_kind kind)
{
	return fault_meaning[kind].http_status;
}

bool ctx_fail_at(ctx *c, fault_kind kind, str file, int64_t line, int64_t column,
		 const char *key, str arg0, str arg1)
{
	c->fault = (fault){.kind = kind,
			   .file = file,
			   .line = line,
			   .column = column,
			   .key = key,
			   .arg = {arg0, arg1}};
	return false;
}

bool ctx_fail(ctx *c, fault_kind kind, const char *key, str arg0, str arg1)
{
	return ctx_fail_at(c, kind, (str){0}, 0, 0, key, arg0, arg1);
}

void ctx_progress(ctx *c, const char *stage, uint64_t done, uint64_t total)
{
	if (c->progress)
		c->progress(c->progress_self, stage, done, total);
}

uint64_t hash_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

rng rng_seed(uint64_t seed)
{
	rng r;
	for (size_t i = 0; i < ARRAY_LEN(r.state); i++)
		r.state[i] = hash_mix(seed + i * 0x9e3779b97f4a7c15u);
	return r;
}

static uint64_t rotate(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

uint64_t rng_next(rng *r)
{
	uint64_t *s = r->state;
	uint64_t result = rotate(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

uint32_t rng_below(rng *r, uint32_t n)
{
	assert(n > 0);
	uint32_t least = -n % n; /* below this a product would favour small results */
	for (;;) {
		uint64_t m = (rng_next(r) >> 32) * n;
		if ((uint32_t)m >= least)
			return (uint32_t)(m >> 32);
	}
}

static bool is_leap(int32_t y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

bool date_valid(ymd d)
{
	static const int32_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (d.year < 1 || d.year > 9999 || d.month < 1 || d.month > 12 || d.day < 1)
		return false;
	return d.day <= days[d.month - 1] + (d.month == 2 && is_leap(d.year));
}

int32_t date_to_day(ymd d)
{
	int32_t y = d.year - (d.month <= 2);
	int32_t era = (y >= 0 ? y : y - 399) / 400;
	int32_t year_of_era = y - era * 400;
	int32_t day_of_year =
		(153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
	int32_t day_of_era =
		year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

ymd date_from_day(int32_t day)
{
	int32_t z = day + 719468;
	int32_t era = (z >= 0 ? z : z - 146096) / 146097;
	int32_t doe = z - era * 146097;
	int32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int32_t mp = (5 * doy + 2) / 153;
	int32_t month = mp < 10 ? mp + 3 : mp - 9;
	return (ymd){.year = yoe + era * 400 + (month <= 2),
		     .month = month,
		     .day = doy - (153 * mp + 2) / 5 + 1};
}

bool date_parse_iso(str s, int32_t *day)
{
	int64_t y, m, d;
	if (s.n != 10 || s.s[4] != '-' || s.s[7] != '-' ||
	    !str_to_int(str_slice(s, 0, 4), 1, 9999, &y) ||
	    !str_to_int(str_slice(s, 5, 7), 1, 12, &m) ||
	    !str_to_int(str_slice(s, 8, 10), 1, 31, &d))
		return false;
	ymd parsed = {.year = (int32_t)y, .month = (int32_t)m, .day = (int32_t)d};
	if (!date_valid(parsed))
		return false;
	*day = date_to_day(parsed);
	return true;
}

str date_format_iso(arena *a, int32_t day)
{
	ymd d = date_from_day(day);
	return str_format(a, "%04d-%02d-%02d", d.year, d.month, d.day);
}

uint32_t isqrt_u64(uint64_t x)
{
	uint64_t r = 0;
	for (uint64_t bit = UINT64_C(1) << 62; bit; bit >>= 2) {
		if (x >= r + bit) {
			x -= r + bit;
			r = (r >> 1) + bit;
		} else {
			r >>= 1;
		}
	}
	return (uint32_t)r;
}
