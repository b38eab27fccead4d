/*
 * view - words, HTML and pictures: what a reader sees, without knowing people.
 */
#ifndef VIEW_H
#define VIEW_H

#include "base/base.h"

/* ---- words: locale/<tag>.po, compiled in ------------------------------------ */
typedef struct view_lang view_lang;
/* The language of a tag ("sv", "en"); NULL if there is none. */
const view_lang *view_lang_get(str tag);
str view_lang_tag(const view_lang *l);
/*
 * The text of a key with {0} … {9} replaced by the arguments. A key missing in this
 * language falls back to Swedish; one missing there too shows as the key in brackets.
 */
str view_say(arena *a, const view_lang *l, const char *key, const str *arg, size_t n);
/* The plural form for n (CLDR category by ICU); {0} is n formatted, then the arguments. */
str view_say_count(arena *a, const view_lang *l, const char *key, int64_t n, const str *arg, size_t args);
/* A whole number with the language's grouping. */
str view_number(arena *a, const view_lang *l, int64_t n);
/* A fault as one line: "file:line:column: what, and what was expected". */
str view_fault(arena *a, const view_lang *l, const fault *f);

#endif
