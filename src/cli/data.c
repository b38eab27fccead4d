/* Where things are kept, for the commands that look after them. */
#include <stdlib.h>
#include <time.h>

#include "cli/cli.h"
#include "store/store.h"

str cli_data(str given)
{
	str named = str_from(getenv("KOMPIS_DATA"));
	return given.n ? given : named.n ? named : S("kompis-data");
}

bool cli_store(ctx *c, str dir, bool read_only, store_base **out)
{
	const store_where w = {.dir = dir,
			       .database = str_from(getenv("KOMPIS_DATABASE")),
			       .keys = str_from(getenv("KOMPIS_KEYS"))};
	return store_base_open_at(c, &w, read_only, out);
}

void cli_clock(cli *c)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	c->ctx->now = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
	c->ctx->today = (int32_t)(c->ctx->now / 86400000);
}
