/* Stored people as a clean sheet in memory: canonical text, quoted (RFC 4180), read like any other. */
#include "cli/people.h"

#include "store/store.h"

enum { DAY_MS = 86400000 };

static void cell(buf *b, str text)
{
	buf_char(b, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.s[i] == '"')
			buf_char(b, '"');
		buf_char(b, text.s[i]);
	}
	buf_add(b, S("\";"));
}

/* Those never to meet are kept as ids; a sheet names them by number. Who does not wait is left out. */
static str numbers_of(arena *mem, const people_list *all, str ids)
{
	buf b = {.mem = mem};
	str part;
	while (str_cut(&ids, ',', &part))
		for (size_t i = 0; i < all->item_n; i++)
			if (str_equal(part, id_str(&all->item[i].id)))
				buf_format(&b, "%s%zu", b.n ? ", " : "", i + 1);
	return buf_str(&b);
}

static str value_of(arena *mem, const people_list *all, size_t i, field_id f)
{
	str coded = all->item[i].value[f];
	if (f == FIELD_NUMBER)
		return str_format(mem, "%zu", i + 1);
	if (f == FIELD_NEVER)
		return numbers_of(mem, all, coded);
	return model_value_decode(mem, f, coded);
}

static str sheet_text(arena *mem, const people_list *all)
{
	buf b = {.mem = mem};
	for (int f = 0; f < FIELD_COUNT; f++)
		cell(&b, model_field[f].heading);
	buf_add(&b, S("\r\n"));
	for (size_t i = 0; i < all->item_n; i++) {
		for (int f = 0; f < FIELD_COUNT; f++)
			cell(&b, value_of(mem, all, i, (field_id)f));
		buf_add(&b, S("\r\n"));
	}
	return buf_str(&b);
}

static bool waiting(ctx *c, str dir, people_list *out)
{
	store_base *base;
	if (!cli_store(c, dir, true, &base))
		return false;
	arena *mem = arena_new(0);
	bool ok = store_open(c, mem, base, &c->store) &&
		  store_people_all(c, 1u << STATE_WAITING, out);
	c->store = NULL;
	arena_free(mem);
	store_base_close(base);
	return ok;
}

bool cli_people_read(cli *c, str dir, sheet *out)
{
	ctx *x = c->ctx;
	people_list all = {0};
	if (!x->now)
		x->now = (int64_t)x->today * DAY_MS;
	if (!waiting(x, dir, &all))
		return false;
	if (!all.item_n)
		return ctx_fail_at(x, FAULT_INPUT, dir, 0, 0, "cli.match.nobody_waits",
				   S(""), S(""));
	return sheet_read(x, dir, sheet_text(x->mem, &all), out);
}
