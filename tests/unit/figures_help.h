/* Figures as one text, to hold two of them against each other. */
#ifndef FIGURES_HELP_H
#define FIGURES_HELP_H

#include "store_help.h"

enum { BY_EVERYTHING = 63 };

/* "kind before month municipality side gender age events people", a line each. */
static inline str figures_text(ctx *c, unsigned by)
{
	const figures_ask ask = {.from = 0, .to = INT32_MAX, .by = by};
	figure *f;
	size_t n;
	buf b = {.mem = c->mem};
	c->fault = (fault){0};
	if (!store_figures(c, &ask, &f, &n))
		fail_msg("%s %.*s", c->fault.key, STR_ARG(c->fault.arg[0]));
	for (size_t i = 0; i < n; i++)
		buf_format(&b, "%s %s %d %u %d %d %d %lld %lld\n", f[i].kind, f[i].before,
			   f[i].month, f[i].municipality, f[i].side, f[i].gender,
			   f[i].age, (long long)f[i].events, (long long)f[i].people);
	return buf_str(&b);
}

#endif
