/* From a link to an account with password, phone and recovery codes. */
#include <sodium.h>
#include <string.h>

#include "act/account.h"
#include "act/act_priv.h"

enum { MINUTE_MS = 60000, SETUP_MINUTES = 30, TOTP_BYTES = 20 };

/* ---- the link ------------------------------------------------------------------------------ */

static const char *const kinds[] = {"invite", "first", "reset", "totp"};

static bool over(ctx *c)
{
	return ctx_fail(c, FAULT_HIDDEN, "fault.hidden", S(""), S(""));
}

/* A link is worth nothing to a locked account, and the first one nothing when there is someone. */
static bool look(ctx *c, void *arg)
{
	act_link *l = arg;
	account a;
	size_t others;
	l->name = l->email = l->lang = S("");
	if (id_none(l->account))
		return act_administrators(c, l->account, &others) && (!others || over(c));
	if (!store_account_get(c, l->account, &a))
		return false;
	if (str_equal(a.state, S("locked")))
		return over(c);
	l->name = a.name;
	l->email = a.email;
	l->lang = a.lang;
	return true;
}

/* As the program, and only reading: a page that is shown writes nothing. */
static bool look_as_program(ctx *c, act_link *l)
{
	const actor *who = c->actor;
	c->actor = NULL;
	bool ok = store_read(c, look, l);
	c->actor = who;
	return ok;
}

bool act_link_get(ctx *c, str secret, act_link *out)
{
	token t;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		c->fault = (fault){.kind = FAULT_NONE};
		if (store_token_get(c, str_from(kinds[i]), secret, &t)) {
			*out = (act_link){.kind = str_from(kinds[i]),
					  .account = t.account};
			return look_as_program(c, out);
		}
		if (c->fault.kind != FAULT_HIDDEN)
			return false;
	}
	return false;
}

typedef struct reset_job {
	str secret, hash;
} reset_job;

static bool reset_password(ctx *c, void *arg)
{
	const reset_job *j = arg;
	token t;
	if (!store_token_use(c, S("reset"), j->secret, &t))
		return false;
	act_link l = {.account = t.account};
	return look(c, &l) && store_password_set(c, t.account, j->hash) &&
	       store_sessions_end_all(c, t.account, (id){""});
}

bool act_link_password(ctx *c, str secret, str password)
{
	reset_job j = {.secret = secret};
	return store_password_hash(c, password, &j.hash) &&
	       act_as_program(c, reset_password, &j);
}

/* ---- what waits between the two forms -------------------------------------------------------- */

/* Lines, in this order; none of them can hold a line's end. */
enum {
	LINE_KIND,
	LINE_SECRET,
	LINE_HASH,
	LINE_TOTP,
	LINE_NAME,
	LINE_EMAIL,
	LINE_LANG,
	LINE_PROGRAMME,
	LINES
};

static str on_one_line(arena *mem, str s)
{
	buf b = {.mem = mem};
	for (size_t i = 0; i < s.n; i++)
		buf_char(&b, (unsigned char)s.s[i] < ' ' ? ' ' : s.s[i]);
	return buf_str(&b);
}

static str pack(arena *mem, const act_setup *s, str hash)
{
	buf b = {.mem = mem};
	char hex[2 * TOTP_BYTES + 1];
	sodium_bin2hex(hex, sizeof hex, s->totp, TOTP_BYTES);
	const str line[LINES] = {
		[LINE_KIND] = s->link.kind, [LINE_SECRET] = s->secret,
		[LINE_HASH] = hash,         [LINE_TOTP] = str_from(hex),
		[LINE_NAME] = s->link.name, [LINE_EMAIL] = s->link.email,
		[LINE_LANG] = s->link.lang, [LINE_PROGRAMME] = s->programme};
	for (size_t i = 0; i < LINES; i++) {
		buf_add(&b, on_one_line(mem, line[i]));
		buf_char(&b, '\n');
	}
	return buf_str(&b);
}

static bool unpack(const token *t, act_setup *s, str *hash)
{
	str rest = t->data, line[LINES];
	size_t n = 0;
	for (size_t i = 0; i < LINES; i++)
		if (!str_cut(&rest, '\n', &line[i]))
			return false;
	*s = (act_setup){.link = {.kind = line[LINE_KIND],
				  .account = t->account,
				  .name = line[LINE_NAME],
				  .email = line[LINE_EMAIL],
				  .lang = line[LINE_LANG]},
			 .secret = line[LINE_SECRET],
			 .programme = line[LINE_PROGRAMME]};
	*hash = line[LINE_HASH];
	return sodium_hex2bin(s->totp, TOTP_BYTES, line[LINE_TOTP].s, line[LINE_TOTP].n,
			      NULL, &n, NULL) == 0 &&
	       n == TOTP_BYTES;
}

static void draw(ctx *c, void *out, size_t n)
{
	if (c->random)
		c->random(c->random_self, out, n);
	else
		randombytes_buf(out, n);
}

typedef struct begin_job {
	token token;
	str key;
} begin_job;

static bool keep(ctx *c, void *arg)
{
	begin_job *j = arg;
	return store_token_new(c, &j->token, S(""), &j->key, NULL);
}

bool act_setup_begin(ctx *c, act_setup *s)
{
	str hash = S("");
	bool totp_only = str_equal(s->link.kind, S("totp"));
	if (totp_only ? !act_account_confirm(c, s->link.account, s->password)
		      : !store_password_hash(c, s->password, &hash))
		return false;
	draw(c, s->totp, TOTP_BYTES);
	begin_job j = {.token = {.kind = S("setup"),
				 .account = s->link.account,
				 .expires = c->now + SETUP_MINUTES * MINUTE_MS,
				 .data = pack(c->mem, s, hash)}};
	if (!act_as_program(c, keep, &j))
		return false;
	s->key = j.key;
	return true;
}

bool act_setup_get(ctx *c, str key, act_setup *s)
{
	token t;
	str hash;
	if (!store_token_get(c, S("setup"), key, &t))
		return false;
	if (!unpack(&t, s, &hash))
		return over(c);
	s->key = key;
	return true;
}

/* ---- all of it at once ------------------------------------------------------------------------- */

typedef struct finish_job {
	str key, code, hash, *recovery;
	act_setup setup;
	act_entry *entry;
} finish_job;

static bool add_first(ctx *c, finish_job *j)
{
	programme p;
	account a = {.role = ROLE_ADMINISTRATOR,
		     .name = j->setup.link.name,
		     .email = j->setup.link.email,
		     .lang = j->setup.link.lang,
		     .state = S("invited"),
		     .everywhere = true};
	if (!store_account_set(c, &a))
		return false;
	j->setup.link.account = a.id;
	if (!j->setup.programme.n)
		return true;
	if (!store_programme_get(c, &p))
		return false;
	p.name = j->setup.programme;
	return store_programme_set(c, &p);
}

/* Should the code be wrong, all this is undone. */
static bool finish(ctx *c, void *arg)
{
	finish_job *j = arg;
	token t;
	bool fits = false;
	if (!store_token_use(c, S("setup"), j->key, &t))
		return false;
	if (!unpack(&t, &j->setup, &j->hash))
		return over(c);
	act_link still = {.account = j->setup.link.account};
	if (!store_token_use(c, j->setup.link.kind, j->setup.secret, &t) ||
	    !look(c, &still))
		return false;
	if (str_equal(j->setup.link.kind, S("first")) && !add_first(c, j))
		return false;
	const id who = j->setup.link.account;
	if (j->hash.n && !store_password_set(c, who, j->hash))
		return false;
	if (!store_totp_set(c, who, j->setup.totp) ||
	    !store_totp_check(c, who, j->code, &fits))
		return false;
	if (!fits)
		return ctx_fail(c, FAULT_INPUT, "s.error.code", S(""), S(""));
	return store_account_state(c, who, S("active")) &&
	       store_recovery_new(c, who, j->recovery) &&
	       store_sessions_end_all(c, who, (id){""}) &&
	       act_session_new(c, who, j->entry);
}

static str without_spaces(arena *mem, str s)
{
	buf b = {.mem = mem};
	for (size_t i = 0; i < s.n; i++)
		if (s.s[i] != ' ')
			buf_char(&b, s.s[i]);
	return buf_str(&b);
}

bool act_setup_finish(ctx *c, str key, str code, act_entry *e, str recovery[10])
{
	finish_job j = {.key = key,
			.code = without_spaces(c->mem, code),
			.recovery = recovery,
			.entry = e};
	return act_as_program(c, finish, &j);
}
