/*
 * result - result.json: the matching and the prices that prove it (docs/matching.md).
 *
 * Written by hand, not by a library: numbers are exact 64-bit integers and the order of
 * the keys is fixed, so that the same result is the same bytes. Text is ASCII, escaped
 * as RFC 8259 allows, so that nothing in a file name can act in a viewer.
 */
#include "report/report.h"

#include <sodium.h>

static void json_text(buf *out, str s)
{
	buf_char(out, '"');
	for (size_t pos = 0; pos < s.n;) {
		int32_t c = utf8_next(s, &pos);

		c = c < 0 ? 0xfffd : c;
		if (c == '"' || c == '\\')
			buf_format(out, "\\%c", (int)c);
		else if (c >= 0x20 && c < 0x7f && c != '<' && c != '>' && c != '&')
			buf_char(out, (char)c);
		else if (c > 0xffff)
			buf_format(out, "\\u%04x\\u%04x",
				   0xd800u + ((unsigned)(c - 0x10000) >> 10),
				   0xdc00u + ((unsigned)(c - 0x10000) & 0x3ff));
		else
			buf_format(out, "\\u%04x", (unsigned)c);
	}
	buf_char(out, '"');
}

static void json_id_pairs(buf *out, const char *name, const id_pair *p, size_t n)
{
	buf_format(out, ",\"%s\":[", name);
	for (size_t i = 0; i < n; i++)
		buf_format(out, "%s[%u,%u]", i ? "," : "", (unsigned)p[i].a,
			   (unsigned)p[i].b);
	buf_char(out, ']');
}

static void json_parameters(ctx *c, buf *out, const terms *t)
{
	str day = date_format_iso(c->mem, t->date);

	buf_format(out,
		   " \"parameters\":{\"date\":\"%.*s\",\"waiting\":%d,\"reserve\":%d,",
		   STR_ARG(day), (int)t->waiting, (int)t->reserve);
	buf_format(out, "\"most_pairs\":%s,\n  \"weights\":{",
		   t->most_pairs ? "true" : "false");
	for (size_t i = 0; i < CRITERIA_COUNT; i++)
		buf_format(out, "%s\"%s\":%d", i ? "," : "", model_criterion[i].name,
			   (int)t->weight[i]);
	buf_add(out, S("}"));
	json_id_pairs(out, "locked", t->locked, t->locked_n);
	json_id_pairs(out, "forbidden", t->forbidden, t->forbidden_n);
	buf_add(out, S(",\"left_out\":["));
	for (size_t i = 0; i < t->left_out_n; i++)
		buf_format(out, "%s%u", i ? "," : "", (unsigned)t->left_out[i]);
	buf_add(out, S("]},\n"));
}

void report_result_json(ctx *c, const people *all, const pool *p, const terms *t,
			const match_result *r, str file, buf *out)
{
	uint8_t bytes[32];
	char hex[2 * sizeof bytes + 1];
	bool first = true;

	model_digest(all, t, bytes);
	sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
	buf_add(out,
		S("{\"format\":\"kompis-result\",\"version\":1,\n \"input\":{\"file\":"));
	json_text(out, file);
	buf_format(out, ",\"people\":%zu},\n \"digest\":\"%s\",\n", all->n, hex);
	json_parameters(c, out, t);
	buf_format(out, " \"bonus\":%lld,\n", (long long)r->bonus);
	buf_format(out, " \"total\":%lld,\"bound\":%lld,\"unique\":%s,\n",
		   (long long)r->total, (long long)r->bound,
		   r->unique ? "true" : "false");
	buf_add(out, S(" \"pairs\":["));
	for (size_t i = 0; i < r->pairs; i++) {
		const match_pair *m = &r->pair[i];

		if (m->locked)
			continue;
		buf_format(out, "%s\n  [%u,%u,%lld]", first ? "" : ",",
			   (unsigned)p->newcomer[m->newcomer].id,
			   (unsigned)p->established[m->established].id,
			   (long long)(m->weight + r->bonus));
		first = false;
	}
	buf_add(out, S("],\n \"prices\":["));
	first = true;
	for (size_t j = 0; j < p->establisheds; j++) {
		if (!r->price[j])
			continue;
		buf_format(out, "%s\n  [%u,%lld]", first ? "" : ",",
			   (unsigned)p->established[j].id, (long long)r->price[j]);
		first = false;
	}
	buf_add(out, S("]}\n"));
}
