/* Is everything kept as it should be? What the store says of itself, and what to do. */
#include "web/account_priv.h"

bool doctor_show(req *r)
{
	static const char *const icon[] = {"okc", "tri", "oct"};
	static const char *const grade[] = {"ok", "warn", "bad"};
	finding *f;
	size_t n;
	if (!store_doctor(r->ctx, r->web->base, &f, &n))
		return false;
	doctor_view v = {.page = &r->page,
			 .again = req_link(r, "/staff/doctor"),
			 .row = arena_alloc(r->ctx->mem, n, sizeof *v.row)};
	/* The worst first: that is what the page is opened for. */
	for (int worst = 2; worst >= 0; worst--)
		for (size_t i = 0; i < n; i++) {
			const char *advice = page_key(r, "%s.do", f[i].key);
			bool wrong = f[i].grade > 0;
			if (f[i].grade != worst)
				continue;
			v.bad += worst == 2;
			v.warnings += worst == 1;
			v.row[v.row_n++] = (struct doctor_row){
				.text = req_say_with(r, f[i].key, f[i].arg, 2),
				.advice = wrong && view_has(r->lang, advice) ? advice
									     : NULL,
				.icon = icon[worst],
				.grade = str_from(grade[worst])};
		}
	page_begin(r, v.bad        ? "s.doctor.title_bad"
		      : v.warnings ? "s.doctor.title_warn"
				   : "s.doctor.title");
	tmpl_doctor(&r->html, r->lang, &v);
	return req_page(r, 200);
}
