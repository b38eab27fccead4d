/*
 * view - words, HTML and pictures: what a reader sees, without knowing people.
 */
#ifndef VIEW_H
#define VIEW_H

#include "base/base.h"

/*
 * Functions are pure and thread-safe; what they return lives in the arena they are given.
 *
 * ---- words: locale/<tag>.po, compiled in by tools/poc.c ----------------------------
 */
typedef struct view_lang view_lang;
/* The language of a tag ("sv", "en"); NULL if there is none. */
const view_lang *view_lang_get(str tag);
str view_lang_tag(const view_lang *l);
/* True when the key has a text, in this language or in Swedish. */
bool view_has(const view_lang *l, const char *key);
/*
 * The text of a key with {0} … {9} replaced by the arguments. A key missing in this
 * language falls back to Swedish; one missing there too shows as the key in brackets.
 * A brace pair without an argument stands as it is.
 */
str view_say(arena *a, const view_lang *l, const char *key, const str *arg, size_t n);
/* The plural form for n (CLDR category by ICU); {0} is n formatted, {1} … the arguments. */
str view_say_count(arena *a, const view_lang *l, const char *key, int64_t n, const str *arg, size_t args);
/* A whole number with the language's grouping. */
str view_number(arena *a, const view_lang *l, int64_t n);
/* scaled / 10^digits with exactly that many decimals (0 to 9): view_decimal(a, sv, 785, 1) is "78,5". */
str view_decimal(arena *a, const view_lang *l, int64_t scaled, int digits);
/* A day number as the language writes dates in running text: "1 januari 2023". */
str view_date(arena *a, const view_lang *l, int32_t day);
/* True for a code point that acts on what surrounds it: controls, direction overrides, tags. */
bool view_acts(int32_t code_point);
/*
 * The text without such code points, for a terminal or a file: white space becomes a
 * space, malformed UTF-8 U+FFFD.
 */
str view_inert(arena *a, str s);
/* A fault as one line: "file:line:column: what, and what was expected"; inert. */
str view_fault(arena *a, const view_lang *l, const fault *f);

#endif
