/* Where things are kept, for the commands that look after them. */
#include <stdlib.h>
#include <time.h>

#include "cli/cli.h"

str cli_data(str given)
{
	str named = str_from(getenv("KOMPIS_DATA"));
	return given.n ? given : named.n ? named : S("kompis-data");
}

void cli_clock(cli *c)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	c->ctx->now = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
	c->ctx->today = (int32_t)(c->ctx->now / 86400000);
}
