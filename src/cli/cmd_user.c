/* kompis user: accounts of staff, for who has the machine and perhaps no page to log in to. */
#include <stdio.h>
#include <time.h>

#include "act/account.h"
#include "cli/cli.h"
#include "sheet/sheet.h"

typedef struct job {
	cli *cli;
	str email, name, role, url, link;
	cli_texts places;
	bool everywhere;
	account account; /* as found, and as wanted */
} job;

/* ---- what was given ---------------------------------------------------------------------- */

static bool read_email(job *j, str typed)
{
	ctx *x = j->cli->ctx;
	sheet_value v;
	const sheet_value_context at = {.today = x->today};
	const sheet_speller *words = sheet_speller_new(x->mem);
	if (!sheet_value_read(words, x->mem, FIELD_EMAIL, &at, typed, &v) ||
	    !v.canonical.n)
		return ctx_fail(x, FAULT_USAGE, "cli.user.bad_email", typed, S(""));
	j->email = v.canonical;
	return true;
}

static bool read_role(job *j)
{
	j->account.role = model_role_named(j->role);
	return j->account.role != ROLE_NONE ||
	       ctx_fail(j->cli->ctx, FAULT_USAGE, "cli.user.bad_role", j->role, S(""));
}

/* Codes or names, in any case. */
static uint16_t municipality_named(ctx *x, str text)
{
	int64_t code;
	str wanted = utf8_plain(x->mem, text);
	if (str_to_int(text, 1, 9999, &code))
		return model_municipality_get((uint16_t)code) ? (uint16_t)code : 0;
	for (size_t i = 0; i < model_municipality_count; i++)
		if (str_equal(utf8_plain(x->mem, model_municipality[i].name), wanted))
			return model_municipality[i].code;
	return 0;
}

static bool read_places(job *j)
{
	ctx *x = j->cli->ctx;
	account *a = &j->account;
	a->everywhere = j->everywhere;
	a->municipality = NEW_ARRAY(x->mem, uint16_t, j->places.n + 1);
	a->municipality_n = 0;
	for (size_t i = 0; i < j->places.n; i++) {
		uint16_t code = municipality_named(x, j->places.text[i]);
		if (!code)
			return ctx_fail(x, FAULT_USAGE, "cli.user.bad_municipality",
					j->places.text[i], S(""));
		a->municipality[a->municipality_n++] = code;
	}
	return true;
}

/* ---- the verbs ----------------------------------------------------------------------------- */

/* One who is invited and not there yet gets a new link; so does one who lost everything. */
static bool add(ctx *c, void *arg)
{
	job *j = arg;
	account known;
	bool is_there = store_account_by_email(c, j->email, &known);
	if (!is_there && c->fault.kind != FAULT_HIDDEN)
		return false;
	c->fault = (fault){.kind = FAULT_NONE};
	if (is_there)
		return act_staff_link(c, known.id, "invite", S(""), &j->link);
	j->account.email = j->email;
	j->account.name = j->name.n ? j->name : j->email;
	j->account.lang = view_lang_tag(j->cli->lang);
	return read_role(j) && read_places(j) &&
	       act_staff_invite(c, &j->account, S(""), &j->link);
}

static bool set_role(ctx *c, void *arg)
{
	job *j = arg;
	if (!store_account_by_email(c, j->email, &j->account) || !read_role(j))
		return false;
	if ((j->places.n || j->everywhere) && !read_places(j))
		return false;
	return act_staff_change(c, &j->account);
}

static bool lock(ctx *c, void *arg)
{
	job *j = arg;
	return store_account_by_email(c, j->email, &j->account) &&
	       act_staff_lock(c, j->account.id, true);
}

static str places_of(ctx *x, const account *a)
{
	buf b = {.mem = x->mem};
	if (a->everywhere)
		return S("*");
	for (size_t i = 0; i < a->municipality_n; i++)
		buf_format(&b, "%s%04u", i ? "," : "", a->municipality[i]);
	return buf_str(&b);
}

/* Tab-separated, for other programs too. */
static bool list(cli *c)
{
	account *a;
	size_t n;
	if (!store_accounts(c->ctx, &a, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		str email = view_inert(c->ctx->mem, a[i].email);
		str name = view_inert(c->ctx->mem, a[i].name);
		str where = places_of(c->ctx, &a[i]);
		printf("%.*s\t%s\t%.*s\t%.*s\t%.*s\n", STR_ARG(email),
		       model_role[a[i].role].name, STR_ARG(a[i].state), STR_ARG(where),
		       STR_ARG(name));
	}
	return true;
}

/* ---- the command ------------------------------------------------------------------------------ */

static const struct {
	const char *name;
	bool (*work)(ctx *c, void *arg); /* NULL for the list */
	bool email;
} verbs[] = {
	{"add", add, true},
	{"role", set_role, true},
	{"lock", lock, true},
	{"list", NULL, false},
};

static void tell(job *j, const char *verb)
{
	ctx *x = j->cli->ctx;
	str arg[] = {j->email, S("")};
	if (j->link.n) {
		arg[1] = str_format(x->mem, "%.*s/%.*s/staff/invite/%.*s",
				    STR_ARG(j->url), STR_ARG(view_lang_tag(j->cli->lang)),
				    STR_ARG(j->link));
		cli_say(j->cli, "cli.user.link", arg, 2);
	} else {
		str key = str_format(x->mem, "cli.user.done_%s", verb);
		cli_say(j->cli, str_terminated(x->mem, key), arg, 1);
	}
}

/* A fault of act speaks to a page: here it is what was asked for that cannot be. */
static bool run(job *j, size_t verb, str dir)
{
	ctx *x = j->cli->ctx;
	store_base *base;
	if (!cli_store(x, dir, !verbs[verb].work, &base))
		return false;
	arena *mem = arena_new(0);
	bool ok = store_open(x, mem, base, &x->store);
	if (ok)
		ok = verbs[verb].work ? store_write(x, verbs[verb].work, j)
				      : list(j->cli);
	if (!ok && x->fault.kind == FAULT_HIDDEN)
		x->fault = (fault){.kind = FAULT_INPUT,
				   .key = "cli.user.unknown",
				   .arg = {j->email}};
	arena_free(mem);
	store_base_close(base);
	return ok;
}

static bool find_verb(cli *c, const str *operand, int operands, size_t *verb)
{
	for (*verb = 0; *verb < ARRAY_LEN(verbs); (*verb)++) {
		if (!str_equal(operand[0], str_from(verbs[*verb].name)))
			continue;
		if (operands == 1 + verbs[*verb].email)
			return true;
		return ctx_fail(c->ctx, FAULT_USAGE,
				operands == 1 ? "cli.too_few" : "cli.too_many",
				operands == 1 ? S("user") : operand[1], S("user"));
	}
	return ctx_fail(c->ctx, FAULT_USAGE, "cli.user.no_verb", operand[0], S(""));
}

int cmd_user(cli *c)
{
	str dir = S("kompis-data"), operand[2] = {S(""), S("")};
	int operands;
	bool done = false;
	size_t verb;
	struct timespec t;
	job j = {.cli = c, .url = S("http://127.0.0.1:8080")};
	const cli_option option[] = {
		{"--data", OPTION_TEXT, &dir, 0, 0},
		{"--name", OPTION_TEXT, &j.name, 0, 0},
		{"--role", OPTION_TEXT, &j.role, 0, 0},
		{"--municipality", OPTION_TEXTS, &j.places, 0, 0},
		{"--everywhere", OPTION_FLAG, &j.everywhere, 0, 0},
		{"--url", OPTION_TEXT, &j.url, 0, 0},
	};
	if (!cli_options(c, "user", option, ARRAY_LEN(option), 1, 2, operand, &operands,
			 &done))
		return cli_fault(c);
	if (done)
		return 0;
	clock_gettime(CLOCK_REALTIME, &t);
	c->ctx->now = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
	c->ctx->today = date_local(c->ctx->now).day;
	if (!find_verb(c, operand, operands, &verb) ||
	    (verbs[verb].email && !read_email(&j, operand[1])) || !run(&j, verb, dir))
		return cli_fault(c);
	if (verbs[verb].work)
		tell(&j, verbs[verb].name);
	return 0;
}
