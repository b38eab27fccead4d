/* Files that come with the program, and small figures about it. */
#include "web/web_priv.h"

static bool takes_gzip(const req *r)
{
	str accepts = net_header(r->in, S("accept-encoding"));
	return accepts.s && str_find(accepts, S("gzip")) >= 0;
}

void web_static(req *r)
{
	const view_asset *a = view_asset_find(r->in->path);
	r->out->fixed = true;
	if (!a || r->in->method == NET_POST) {
		r->out->status = 404;
		return;
	}
	r->out->status = 200;
	r->out->type = a->type;
	r->out->body = a->bytes;
	net_reply_header(r->out, S("Cache-Control"),
			 S("public, max-age=31536000, immutable"));
	net_reply_header(r->out, S("X-Content-Type-Options"), S("nosniff"));
	net_reply_header(r->out, S("Vary"), S("Accept-Encoding"));
	if (!takes_gzip(r))
		return;
	r->out->body = a->packed;
	net_reply_header(r->out, S("Content-Encoding"), S("gzip"));
}

bool health_show(req *r)
{
	int64_t count[STATE_COUNT];
	if (!store_people_count(r->ctx, count))
		return false;
	r->out->status = 200;
	r->out->type = S("text/plain");
	r->out->body = S("ok\n");
	net_reply_header(r->out, S("Cache-Control"), S("no-store"));
	return true;
}

/* The Prometheus text format 0.0.4, for this machine: figures are nobody else's business. */
bool metrics_show(req *r)
{
	if (!str_starts(r->in->address, S("127.")) &&
	    !str_equal(r->in->address, S("::1")))
		return ctx_fail(r->ctx, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
	net_figures f;
	buf b = {.mem = r->ctx->mem};
	uint64_t sum = 0;
	net_figures_get(r->web->net, &f);
	buf_format(
		&b,
		"# TYPE kompis_requests_total counter\nkompis_requests_total %llu\n"
		"# TYPE kompis_refused_total counter\nkompis_refused_total %llu\n"
		"# TYPE kompis_sent_bytes_total counter\nkompis_sent_bytes_total %llu\n"
		"# TYPE kompis_connections gauge\nkompis_connections %llu\n"
		"# TYPE kompis_waiting gauge\nkompis_waiting %llu\n"
		"# TYPE kompis_answers_total counter\n",
		(unsigned long long)f.requests, (unsigned long long)f.refused,
		(unsigned long long)f.bytes, (unsigned long long)f.open,
		(unsigned long long)f.waiting);
	for (size_t i = 1; i < ARRAY_LEN(f.by_class); i++)
		buf_format(&b, "kompis_answers_total{class=\"%zuxx\"} %llu\n", i,
			   (unsigned long long)f.by_class[i]);
	buf_add(&b, S("# TYPE kompis_request_seconds histogram\n"));
	for (size_t i = 0; i < ARRAY_LEN(f.micros); i++) {
		sum += f.micros[i];
		buf_format(&b, "kompis_request_seconds_bucket{le=\"%.6f\"} %llu\n",
			   (double)(UINT64_C(1) << i) / 1e6, (unsigned long long)sum);
	}
	buf_format(&b,
		   "kompis_request_seconds_bucket{le=\"+Inf\"} %llu\n"
		   "kompis_request_seconds_count %llu\n",
		   (unsigned long long)sum, (unsigned long long)sum);
	r->out->status = 200;
	r->out->type = S("text/plain; version=0.0.4");
	r->out->body = buf_str(&b);
	net_reply_header(r->out, S("Cache-Control"), S("no-store"));
	return true;
}
