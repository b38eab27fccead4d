/* Settings: defaults, the INI file, and what does not fit. */
#include <ini.h>
#include <sys/stat.h>
#include <unistd.h>

#include "web/post_priv.h"

const web_key web_keys[] = {
#define KEY_TEXT(name_, fallback_)                                                       \
	{.name = #name_, .kind = CONFIG_TEXT, .fallback = "" fallback_},
#define KEY_INT(name_, fallback_, low_, high_)                                           \
	{.name = #name_,                                                                 \
	 .kind = CONFIG_INT,                                                             \
	 .fallback = #fallback_,                                                         \
	 .low = low_,                                                                    \
	 .high = high_},
#include "web/config.def"
#undef KEY_TEXT
#undef KEY_INT
};
const size_t web_key_count = ARRAY_LEN(web_keys);

/* Where each key lives in web_config, in the order of web_keys. */
static const size_t offset[] = {
#define KEY_TEXT(name, fallback)           offsetof(web_config, name),
#define KEY_INT(name, fallback, low, high) offsetof(web_config, name),
#include "web/config.def"
#undef KEY_TEXT
#undef KEY_INT
};

web_config web_config_default(void)
{
	return (web_config){
#define KEY_TEXT(name, fallback)           .name = S_INIT(fallback),
#define KEY_INT(name, fallback, low, high) .name = fallback,
#include "web/config.def"
#undef KEY_TEXT
#undef KEY_INT
	};
}

bool web_config_set(ctx *c, web_config *w, str name, str value, str file, int64_t line)
{
	for (size_t i = 0; i < web_key_count; i++) {
		const web_key *k = &web_keys[i];
		void *at = (char *)w + offset[i];
		if (!str_equal(name, str_from(k->name)))
			continue;
		if (k->kind == CONFIG_TEXT) {
			*(str *)at = str_copy(c->mem, value);
			return true;
		}
		if (str_to_int(value, k->low, k->high, at))
			return true;
		str range = str_format(c->mem, "%lld–%lld", (long long)k->low,
				       (long long)k->high);
		return ctx_fail_at(c, FAULT_INPUT, file, line, 0, "config.range", name,
				   range);
	}
	return ctx_fail_at(c, FAULT_INPUT, file, line, 0, "config.unknown", name, S(""));
}

typedef struct reading {
	ctx *ctx;
	web_config *to;
	str file;
} reading;

/* inih tells no line here; it returns that of the first line refused. */
static int on_key(void *self, const char *section, const char *name, const char *value)
{
	reading *r = self;
	(void)section;
	if (r->ctx->fault.kind != FAULT_NONE)
		return 0;
	return web_config_set(r->ctx, r->to, str_from(name), str_from(value), r->file, 0);
}

bool web_config_read(ctx *c, web_config *w, str file, str text)
{
	reading r = {c, w, file};
	int line = ini_parse_string(str_terminated(c->mem, text), on_key, &r);
	if (line == 0)
		return true;
	if (c->fault.kind == FAULT_NONE)
		return ctx_fail_at(c, FAULT_INPUT, file, line, 0, "config.line", S(""),
				   S(""));
	c->fault.line = line;
	return false;
}

static bool is_loopback(str address)
{
	return str_starts(address, S("127.")) || str_equal(address, S("::1"));
}

static bool check_backup(ctx *c, const web_config *w)
{
	struct stat st;
	const char *dir = str_terminated(c->mem, w->backup);
	bool good = !w->backup.n ||
		    (!stat(dir, &st) && S_ISDIR(st.st_mode) && !access(dir, W_OK | X_OK));
	return good ||
	       ctx_fail(c, FAULT_RESOURCE, "config.backup_directory", w->backup, S(""));
}

bool web_config_check(ctx *c, const web_config *w)
{
	if (w->public_url.n && !str_starts(w->public_url, S("https://")) &&
	    !str_starts(w->public_url, S("http://127.0.0.1")) &&
	    !str_starts(w->public_url, S("http://localhost")))
		return ctx_fail(c, FAULT_INPUT, "config.public_url_plain", w->public_url,
				S(""));
	if (w->public_url.n && str_ends(w->public_url, S("/")))
		return ctx_fail(c, FAULT_INPUT, "config.public_url_slash", w->public_url,
				S(""));
	/* Plain HTTP leaves this machine only through a proxy that speaks TLS. */
	if (!is_loopback(w->address))
		return ctx_fail(c, FAULT_INPUT, "config.not_loopback", w->address, S(""));
	return check_backup(c, w) && post_check(c, w);
}
