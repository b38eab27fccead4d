/*
 * web - the pages: routes, sessions, forms. Data flows bytes -> net -> form -> act -> store
 * -> a plain view struct -> template -> bytes.
 */
#ifndef WEB_H
#define WEB_H

#include "base/base.h"

/* How it is set up: web/config.def, one INI file, and the environment (KOMPIS_<NAME>). */
typedef enum config_kind { CONFIG_TEXT, CONFIG_INT } config_kind;
typedef struct web_config {
#define KEY_TEXT(name, fallback)           str name;
#define KEY_INT(name, fallback, low, high) int64_t name;
#include "web/config.def"
#undef KEY_TEXT
#undef KEY_INT
	bool demo; /* set by --demo only: prints and offers log-in links of the demonstration */
} web_config;
/* One key as --help tells of it; its words are "config.<name>". */
typedef struct web_key {
	const char *name;
	config_kind kind;
	const char *fallback; /* as text */
	int64_t low, high;    /* of a number */
} web_key;
extern const web_key web_keys[];
extern const size_t web_key_count;

/* Everything as config.def says it is when not set. */
web_config web_config_default(void);
/* Sets one key; faults INPUT with file and line: unknown key, not a number, out of range. */
MUST_USE bool web_config_set(ctx *c, web_config *w, str name, str value, str file,
			     int64_t line);
/* An INI text: `key = value`, `;` or `#` begins a comment, sections are not used. */
MUST_USE bool web_config_read(ctx *c, web_config *w, str file, str text);
/* What no single key can tell: addresses, public_url, mail and SMS fit together, their files can be read. Fault INPUT, RESOURCE. */
MUST_USE bool web_config_check(ctx *c, const web_config *w);

typedef struct web web;
/*
 * Opens the data directory and serves until web_stop. Lives in c->mem. `log` gets one JSON line
 * per request or refusal, without personal data, from any thread; `clock` is the one clock.
 * Faults: as store_base_open and net_start.
 */
typedef struct web_outside {
	void (*log)(void *self, str line);
	int64_t (*clock)(void *self); /* ms UTC */
	void *self;
} web_outside;
MUST_USE bool web_start(ctx *c, const web_config *config, const web_outside *o,
			web **out);
uint16_t web_port(const web *w);
/* Links that let one in without a password, one for each role: of a demonstration only. */
typedef struct web_door {
	const char *who; /* locale key "demo.<who>" */
	str path;
} web_door;
MUST_USE bool web_doors(ctx *c, web *w, web_door **out, size_t *n);
/* The link for the first administrator of an installation that has none; path empty otherwise. */
MUST_USE bool web_first_door(ctx *c, web *w, str *path);
/* Answers what was begun, at most 10 s, and closes. */
void web_stop(web *w);

#endif
