/*
 * web_priv - what the pages share: the request, routes, forms, the frame.
 */
#ifndef WEB_PRIV_H
#define WEB_PRIV_H

#include "act/act.h"
#include "act/jobs.h"
#include "net/net.h"
#include "sheet/sheet.h"
#include "store/store.h"
#include "templates.h"
#include "web/views.h"
#include "web/web.h"

/* ---- routes: routes.def ------------------------------------------------------------- */
/* Who a route is for. Above NEED_RIGHT: staff with that right (NEED_RIGHT + RIGHT_x). */
typedef enum route_need {
	NEED_NOBODY, /* anyone */
	NEED_DRAFT,  /* a session of someone registering */
	NEED_SELF,   /* a participant logged in */
	NEED_STAFF,  /* any account, second factor given */
	NEED_RIGHT_0
} route_need;
#define NEED_OF(right) (NEED_RIGHT_0 + RIGHT_##right)
/* What the :id of the path names; the matrix of permissions is made from it. */
typedef enum route_about {
	ABOUT_NOTHING,
	ABOUT_PERSON,
	ABOUT_ACCOUNT,
	ABOUT_IMPORT,
	ABOUT_PARCEL,
	ABOUT_TASK,
	ABOUT_MESSAGE,
	ABOUT_SESSION,
	ABOUT_PLACE,
	ABOUT_ROUND,
	ABOUT_PROPOSAL,
	ABOUT_PAIR,
	ABOUT_INCIDENT,
	ABOUT_SECRET,
	ABOUT_NAME /* no id: a word that the page knows */
} route_about;
/* BODY_FOREIGN: a form that is not from a page of ours; the secret in its address is all that lets it in. */
typedef enum route_body { BODY_NONE, BODY_FORM, BODY_FILES, BODY_FOREIGN } route_body;

typedef struct req req;
typedef struct route {
	net_method method;
	const char *pattern; /* "/:lang/staff/people/:id" */
	bool (*handle)(req *r);
	int need;
	route_about about;
	route_body body;
	bool slow; /* may take more than a moment: page_wait.c */
} route;
extern const route web_routes[];
extern const size_t web_route_count;
/* The route of a path; NULL if there is none. HEAD finds that of GET. */
const route *route_find(net_method m, str path);
/* Whether a path is one of this route, and what stands in place of its :id, :secret …; "" for none. */
bool route_fits(const route *r, str path, str *part);
/* Is it under /:lang/staff, where also those pages are that one sees before logging in? */
bool path_is_staff(str path);
/* The language an address begins with; NULL for none. */
const view_lang *path_lang(str path);

/* ---- a request --------------------------------------------------------------------------- */
struct web {
	web_config config;
	web_outside outside;
	arena *mem;
	store_base *base;
	sheet_speller *speller;
	struct worker *worker;
	struct keeper *keeper;
	struct texts *texts;
	struct kept_pages *kept;
	struct act_rounds *rounds;
	net_server *net;
	str origin; /* of links in messages: public_url, or http://127.0.0.1:port */
	int64_t started;
};

struct req {
	ctx *ctx;
	web *web;
	const net_request *in;
	net_response *out;
	const route *route;
	const view_lang *lang;
	str part; /* the :id or :name of the path */
	id id;    /* … as an id when the route is about something */
	actor actor;
	session session;
	bool has_session;
	uint8_t form_key
		[32]; /* of the token in forms: the session's, or the anonymous cookie's */
	bool new_form_key;
	buf body;
	html html; /* writes to body */
	page page;
	view_error *error; /* of the form that was read */
	size_t error_n, error_cap;
};

/* The part of the path as an id, or FAULT_HIDDEN. */
MUST_USE bool req_id(req *r, id *out);
/* A form's value, trimmed; "" when it is not there. */
str req_form(const req *r, const char *name);
str req_query(const req *r, const char *name);
/* "/sv" + path in the request's language. */
html_link req_link(req *r, const char *format, ...) PRINTF_LIKE(2, 3);
/* Answers 303 with that address; after a POST. Returns true. */
bool req_see_other(req *r, html_link to);
/* The same, and the next page says it: a notice key without "notice.". */
bool req_done(req *r, html_link to, const char *notice);
/*
 * From here on what the request takes is not held to the memory of one: for what works on all who
 * wait at once.
 */
void req_large(req *r);
/* Sends r->body as the page, with status. Returns true. */
bool req_page(req *r, int status);
/* A session cookie, or its end when secret is empty. */
void req_cookie(req *r, str secret, int64_t seconds);
/* What the list of sessions calls this device: "Firefox, Android". */
str req_device(const req *r);
/* A text in the request's language. */
str req_say(req *r, const char *key);
str req_say_with(req *r, const char *key, const str *arg, size_t n);
/*
 * Does `work` in one transaction, once for this form: a form sent again gives what the first
 * gave, in *result (an address, set by `work` through it; kept with the key).
 */
MUST_USE bool req_write(req *r, bool (*work)(ctx *c, void *arg), void *arg, str *result);

/* ---- forms --------------------------------------------------------------------------------- */
/* One more thing to correct; `key` says what to do. */
void form_error(req *r, str id_text, const char *key, str arg);
/* The token for a form of this page, masked anew (BREACH); and whether a posted one is right. */
str form_token(req *r);
bool form_token_right(req *r);
/* The key that makes a form do its thing once; what was posted, when the form comes back. */
str form_once(req *r);

/* ---- what takes long: page_wait.c ------------------------------------------------------------ */
/* The page meanwhile; net_config.waiting. */
void web_waiting(void *self, const net_request *in, const net_wait *wait,
		 net_response *a);
/* The headers that all answers have. */
void web_common_headers(const net_request *in, net_response *a);

/* ---- the frame -------------------------------------------------------------------------------- */
/* Fills r->page; `title` is the key of the h1. Then the page's own template is called with it. */
void page_begin(req *r, const char *title);
void page_begin_text(req *r, str title);
/* A locale key made of parts: page_key(r, "p.error.%s", name). */
const char *page_key(req *r, const char *format, const char *part);
/* A fault as a page. */
void page_fault(req *r);

/* ---- profile fields as controls: field.c -------------------------------------------------------- */
/* The control of a field for a page, with the coded value chosen. */
view_field field_view(req *r, field_id f, str coded);
/* What a coded value is called on a page; "" when unknown. */
str field_words(req *r, field_id f, str coded);
/* The icon of an interest. */
const char *field_interest_icon(str code);
/*
 * Reads a field of the form into coded text: form_error and false when it cannot be. An empty
 * answer is coded "".
 */
bool field_read(req *r, field_id f, uint16_t lives_in, str *coded);
/* Ages, as a sheet tells them of children, as the birth years that are kept: an age rots. */
str field_years(req *r, str ages);
/* True when someone of that side is asked it. */
bool field_is_asked(field_id f, str side);

/* A handle for one thread: it allocates, so its memory is its own, freed with c->mem. */
MUST_USE bool web_store_open(ctx *c, web *w, store **out);

/* ---- pages kept for a moment: kept.c ---------------------------------------------------------------- */
struct kept_pages *kept_new(arena *mem);
void kept_free(struct kept_pages *k);
/* Inside store_read: answers with the page as it was, if it still is so. */
MUST_USE bool kept_show(req *r);
/* Inside store_read: keeps the page that was just made. */
void kept_keep(req *r);
/* Wipes what no longer holds: names do not lie in memory for longer than they are of use. */
void kept_purge(struct kept_pages *k, uint64_t generation, int64_t now);

/* ---- a programme's own texts: texts.c ------------------------------------------------------------ */
/* Reads them: at the start, after a change, and when another process may have changed them. */
MUST_USE bool texts_load(ctx *c, web *w);
/* The language with the texts that are said in other words; the same one when none is. */
const view_lang *texts_in(web *w, arena *mem, const view_lang *l);

/* ---- what happens without a request: keeper.c --------------------------------------------------- */
/* Threads that send what waits in the outbox and do timed work, until keeper_stop. */
MUST_USE bool keeper_start(ctx *c, web *w);
void keeper_stop(struct keeper *k);
/* What of it concerns timed work, but clock and stopping. */
act_keeping web_keeping(const web *w);

/* Every page. */
#define ROUTE(method, pattern, handler, need, about, body) bool handler(req *r);
#define SLOW_ROUTE                                         ROUTE
#include "web/routes.def"
#undef ROUTE
#undef SLOW_ROUTE

/* Style, icons, logo: out of the binary. */
void web_static(req *r);

#endif
