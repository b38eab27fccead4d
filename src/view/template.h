/*
 * template - what compiled templates call: the type of a value chooses how it is written.
 *
 * For the code tools/tmplc.c writes, and for nobody else. A value of a type that may not
 * stand at its place does not compile: no char pointer and no bool anywhere, an address
 * only as html_link.
 */
#ifndef VIEW_TEMPLATE_H
#define VIEW_TEMPLATE_H

#include "view/view.h"

#define HTML_INTEGERS(whole, natural)                                                    \
	signed char : whole,                                                             \
		      short : whole,                                                     \
			      int : whole,                                               \
				    long : whole,                                        \
					   long long : whole,                            \
						       unsigned char : natural,          \
								       unsigned short    \
	    : natural,                                                                   \
	      unsigned : natural,                                                        \
			 unsigned long : natural,                                        \
					 unsigned long long : natural

/* ---- values ---------------------------------------------------------------------------
 * html_value_PLACE(h, l, x): between tags; in an attribute; a whole address; a part of one
 * that begins after '/'; any part of one.
 */
#define html_value_text(h, l, x)                                                         \
	_Generic((x), str                                                                \
		 : html_text_str_,                                                       \
		   HTML_INTEGERS(html_text_int_, html_text_natural_))(h, l, x)
#define html_value_attr(h, l, x)                                                         \
	_Generic((x), str                                                                \
		 : html_attr_str_,                                                       \
		   HTML_INTEGERS(html_plain_int_, html_plain_natural_))(h, l, x)
#define html_value_part(h, l, x)                                                         \
	_Generic((x), str                                                                \
		 : html_part_str_,                                                       \
		   HTML_INTEGERS(html_plain_int_, html_plain_natural_))(h, l, x)
#define html_value_segment(h, l, x)                                                      \
	_Generic((x), str                                                                \
		 : html_segment_str_,                                                    \
		   HTML_INTEGERS(html_plain_int_, html_plain_natural_))(h, l, x)
#define html_value_link(h, l, x) html_put_link(h, x)
/* {{plain x}}: a number without grouping, such as a year. */
#define html_plain(h, l, x)                                                              \
	_Generic((x), HTML_INTEGERS(html_plain_int_, html_plain_natural_))(h, l, x)

/* A text or a number between tags, and in an attribute. */
void html_text_str_(html *h, const view_lang *l, str s);
void html_text_int_(html *h, const view_lang *l, int64_t n);
void html_text_natural_(html *h, const view_lang *l, uint64_t n);
void html_attr_str_(html *h, const view_lang *l, str s);
void html_part_str_(html *h, const view_lang *l, str s);
/* Never empty and never "." or "..": those are written "-", so that no address leaves its place. */
void html_segment_str_(html *h, const view_lang *l, str s);
void html_plain_int_(html *h, const view_lang *l, int64_t n);
void html_plain_natural_(html *h, const view_lang *l, uint64_t n);
void html_put_link(html *h, html_link link);
void html_date(html *h, const view_lang *l, int32_t day);
/* The time of day in Sweden. */
void html_time(html *h, const view_lang *l, int64_t ms);
/* The page's language and its direction. */
void html_put_lang(html *h, const view_lang *l);
void html_put_dir(html *h, const view_lang *l);
void html_put_fragment(html *h, html fragment);
/* An icon's id, in which nothing but letters may stand; "" for NULL. */
str html_icon_id(const char *id);

/* ---- words ----------------------------------------------------------------------------- */
typedef struct html_arg {
	str s;
	bool apart; /* kept apart from the direction of the text around it, as a name */
} html_arg;
#define html_arg_value(h, l, x)                                                          \
	_Generic((x), str                                                                \
		 : html_arg_str_, HTML_INTEGERS(html_arg_int_, html_arg_natural_))(h, l, \
										   x)
#define html_arg_plain(h, l, x)                                                          \
	_Generic((x), HTML_INTEGERS(html_arg_plain_int_, html_arg_plain_natural_))(h, l, \
										   x)
html_arg html_arg_str_(html *h, const view_lang *l, str s);
html_arg html_arg_int_(html *h, const view_lang *l, int64_t n);
html_arg html_arg_natural_(html *h, const view_lang *l, uint64_t n);
html_arg html_arg_plain_int_(html *h, const view_lang *l, int64_t n);
html_arg html_arg_plain_natural_(html *h, const view_lang *l, uint64_t n);
html_arg html_arg_date(html *h, const view_lang *l, int32_t day);
html_arg html_arg_time(html *h, const view_lang *l, int64_t ms);
html_arg html_arg_say(html *h, const view_lang *l, const char *key);

typedef enum html_manner {
	HTML_PLAIN,  /* no markup: in an attribute or a title */
	HTML_TEXT,   /* between tags: arguments that are text in <bdi> */
	HTML_SWEDISH /* the same in a span that says it is Swedish */
} html_manner;
/* The text of a key; nothing for the key NULL. `count`: NULL, or the number that chooses the form. */
void html_words(html *h, const view_lang *l, const char *key, html_manner manner,
		const int64_t *count, const html_arg *arg, size_t n);
#define html_key(x)     _Generic((x), const char * : (x), char * : (x))
#define html_counted(x) (&(const int64_t){html_integer(x)})
#define html_integer(x) _Generic((x), HTML_INTEGERS(html_int_, html_natural_))(x)
int64_t html_int_(int64_t n);
int64_t html_natural_(uint64_t n);
const view_lang *html_swedish(void);

/* ---- conditions, parts --------------------------------------------------------------------- */
/* A text or fragment that is not empty; a number not 0; a pointer not NULL. */
#define html_true(x)                                                                     \
	_Generic((x), str                                                                \
		 : html_true_str_, html_link                                             \
		 : html_true_link_, html                                                 \
		 : html_true_html_, default                                              \
		 : html_true_)(x)
bool html_true_str_(str s);
bool html_true_link_(html_link link);
bool html_true_html_(html fragment);
bool html_true_(bool b);
bool html_lang_is(const view_lang *l, const char *tag);
/* What {{use}} hands on: the view itself, or a part of it by value or by pointer. */
#define html_whole(type, p) _Generic((p), const type * : (p), type * : (p))
#define html_part(type, x)  _Generic((x), type : &(x), type * : (x), const type * : (x))

#endif
