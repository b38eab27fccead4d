/*
 * context - where in a page a template stands: a small HTML tokenizer.
 *
 * It is fed the literal text of a template byte by byte and says what a value may be at the
 * place reached. It is stricter than HTML, so that it cannot be of another mind than a
 * browser: double quotes only, no space around '=', no script or style in the page, no
 * element or attribute that takes code or another document. After "HTML Living Standard",
 * section 13.2.5 (Tokenization).
 */
#ifndef TOOLS_CONTEXT_H
#define TOOLS_CONTEXT_H

#include <stdbool.h>
#include <string.h>

typedef enum html_state {
	AT_TEXT,
	AT_RAW,        /* in <title>, <textarea>, or the nothing in <script src> */
	AT_OPENING,    /* after '<' */
	AT_TAG_NAME,   /* in the name of an element */
	AT_SPACE,      /* in a tag, a name may follow */
	AT_AFTER,      /* in a tag, right after a name or a value: no name may follow */
	AT_NAME,       /* in the name of an attribute */
	AT_EQUALS,     /* after its '=' */
	AT_VALUE,      /* inside its double quotes */
	AT_SLASH,      /* after the '/' before '>' */
	AT_DOCTYPE,    /* in <!doctype …> */
	AT_COMMENT_IN, /* in the opening of a comment */
	AT_COMMENT     /* in a comment */
} html_state;

/* What stands in an attribute that is an address. */
typedef enum html_address {
	URL_NONE,    /* the attribute is no address */
	URL_NOTHING, /* it begins here */
	URL_ROOT,    /* "/" alone */
	URL_GOOD, /* begins in a way that a part can no longer change: "/x", "?", "#" */
	URL_OTHER /* literal and of another kind: "https://…" */
} html_address;

enum { HTML_NAME = 32 };

typedef struct html_place {
	html_state state;
	html_address address;
	char last;       /* the byte before, in an address; '/' also for "perhaps" */
	bool closing;    /* the tag began with "</" */
	bool raw;        /* inside the element `within`, that holds only text */
	bool source;     /* the tag has a src */
	bool pre;        /* white space counts */
	unsigned dashes; /* met in a row, in a comment */
	char element[HTML_NAME];   /* of the tag, lower case */
	char attribute[HTML_NAME]; /* lower case */
	char within[HTML_NAME];
} html_place;

/* What a value may be here, and so how it is written. */
typedef enum html_context {
	IN_TEXT,
	IN_RAW,       /* text, but no markup */
	IN_ATTRIBUTE, /* in double quotes */
	IN_ADDRESS,   /* a whole address */
	IN_SEGMENT,   /* a part of one, from a '/' on */
	IN_PART,      /* a part of one */
	IN_NOWHERE
} html_context;

static inline bool html_listed(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(*list, name))
			return true;
	return false;
}

static inline bool html_is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static inline bool html_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Adds a byte to a name, lower case; false when it is too long. */
static inline bool html_name_add(char *name, char c)
{
	size_t n = strlen(name);

	if (n + 1 >= HTML_NAME)
		return false;
	name[n] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
	name[n + 1] = 0;
	return true;
}

/* The name of an element is whole. Returns NULL or what is wrong with it. */
static inline const char *html_element_named(html_place *p)
{
	static const char *const refused[] = {
		"style",     "base",          "object",           "embed",
		"iframe",    "frame",         "frameset",         "applet",
		"plaintext", "xmp",           "noembed",          "noframes",
		"math",      "animate",       "animatetransform", "animatemotion",
		"set",       "foreignobject", "listing",          NULL};

	if (html_listed(p->element, refused))
		return "an element that is not for pages of ours";
	if (p->raw && (!p->closing || strcmp(p->element, p->within) != 0))
		return "only text may stand in this element; write < as &lt;";
	p->source = false;
	return NULL;
}

/* The name of an attribute is whole. */
static inline const char *html_attribute_named(html_place *p)
{
	static const char *const refused[] = {"style",      "srcdoc",   "srcset",
					      "ping",       "manifest", "background",
					      "http-equiv", NULL};
	static const char *const addresses[] = {"href",       "src",  "action",
						"formaction", "cite", "poster",
						"xlink:href", "data", NULL};

	if (!strncmp(p->attribute, "on", 2))
		return "no code in attributes; it belongs into a script of ours";
	if (!strcmp(p->attribute, "style"))
		return "no style in attributes; it belongs into kompis.css";
	if (html_listed(p->attribute, refused))
		return "an attribute that is not for pages of ours";
	if (!strcmp(p->attribute, "src"))
		p->source = true;
	p->address = html_listed(p->attribute, addresses) ? URL_NOTHING : URL_NONE;
	p->last = 0;
	return NULL;
}

/* The '>' of a tag. */
static inline const char *html_tag_ended(html_place *p)
{
	static const char *const raw[] = {"title", "textarea", "script", NULL};

	p->state = AT_TEXT;
	if (p->closing) {
		if (!strcmp(p->element, "pre"))
			p->pre = false;
		p->raw = p->closing = false;
		return NULL;
	}
	if (!strcmp(p->element, "script") && !p->source)
		return "a script without src";
	if (!strcmp(p->element, "pre"))
		p->pre = true;
	if (html_listed(p->element, raw)) {
		p->raw = true;
		p->state = AT_RAW;
		memcpy(p->within, p->element, sizeof p->within);
	}
	return NULL;
}

static inline const char *html_feed_opening(html_place *p, char c)
{
	if (c == '/' && !p->closing) {
		p->closing = true;
		return NULL;
	}
	if (html_is_letter(c)) {
		p->state = AT_TAG_NAME;
		p->element[0] = 0;
		html_name_add(p->element, c);
		return NULL;
	}
	if (c == '!' && !p->closing && !p->raw) {
		p->state = AT_COMMENT_IN;
		p->dashes = 0;
		return NULL;
	}
	return "write < as &lt;";
}

/* "<!" was read: a comment, or the doctype. */
static inline const char *html_feed_declaration(html_place *p, char c)
{
	if (p->state == AT_DOCTYPE) {
		if (c == '>')
			p->state = AT_TEXT;
		return NULL;
	}
	if (p->state == AT_COMMENT_IN) {
		if (c == '-') {
			p->state = ++p->dashes == 2 ? AT_COMMENT : AT_COMMENT_IN;
		} else if (p->dashes == 0 && (c == 'd' || c == 'D')) {
			p->state = AT_DOCTYPE;
		} else {
			return "<! begins a comment or the doctype";
		}
		if (p->state == AT_COMMENT)
			p->dashes = 0;
		return NULL;
	}
	if (c == '>' && p->dashes >= 2)
		p->state = AT_TEXT;
	p->dashes = c == '-' ? p->dashes + 1 : 0;
	return NULL;
}

/* In a tag, outside names and values. */
static inline const char *html_feed_tag(html_place *p, char c)
{
	if (p->state == AT_SLASH)
		return c == '>' ? html_tag_ended(p) : "a / in a tag stands before its >";
	if (html_is_space(c)) {
		p->state = AT_SPACE;
		return NULL;
	}
	if (c == '>')
		return html_tag_ended(p);
	if (c == '/' && !p->closing) {
		p->state = AT_SLASH;
		return NULL;
	}
	if (p->state != AT_SPACE || !html_is_letter(c))
		return "here a space, an attribute or the end of the tag is expected";
	if (p->closing)
		return "a closing tag has no attributes";
	p->state = AT_NAME;
	p->attribute[0] = 0;
	html_name_add(p->attribute, c);
	return NULL;
}

/* A name in a tag goes on, or ends. */
static inline const char *html_feed_name(html_place *p, char c)
{
	bool element = p->state == AT_TAG_NAME;
	const char *wrong;

	if (html_is_letter(c) || (c >= '0' && c <= '9') || c == '-' ||
	    (!element && (c == ':' || c == '_' || c == '.')))
		return html_name_add(element ? p->element : p->attribute, c)
			       ? NULL
			       : "a name that is too long";
	wrong = element ? html_element_named(p) : html_attribute_named(p);
	if (wrong)
		return wrong;
	if (!element && c == '=') {
		p->state = AT_EQUALS;
		return NULL;
	}
	p->state = AT_AFTER;
	return html_feed_tag(p, c);
}

static inline const char *html_feed_value(html_place *p, char c)
{
	if (c == '"') {
		p->state = AT_AFTER;
		return NULL;
	}
	if (p->address == URL_NOTHING)
		p->address = c == '/'                 ? URL_ROOT
			     : (c == '#' || c == '?') ? URL_GOOD
						      : URL_OTHER;
	else if (p->address == URL_ROOT)
		p->address = c == '/' || c == '\\' ? URL_OTHER : URL_GOOD;
	p->last = c;
	return NULL;
}

/* Takes one byte of literal text. Returns NULL, or why it cannot stand there. */
static inline const char *html_feed(html_place *p, char c)
{
	switch (p->state) {
	case AT_TEXT:
		if (c != '<')
			return c == '>' ? "write > as &gt;" : NULL;
		p->state = AT_OPENING;
		p->closing = false;
		return NULL;
	case AT_RAW:
		if (c == '<') {
			p->state = AT_OPENING;
			p->closing = false;
		} else if (!strcmp(p->within, "script") && !html_is_space(c)) {
			return "no script in the page; it belongs into a file of ours";
		}
		return NULL;
	case AT_OPENING:
		return html_feed_opening(p, c);
	case AT_TAG_NAME:
	case AT_NAME:
		return html_feed_name(p, c);
	case AT_SPACE:
	case AT_AFTER:
	case AT_SLASH:
		return html_feed_tag(p, c);
	case AT_EQUALS:
		if (c != '"')
			return "a value stands in double quotes";
		p->state = AT_VALUE;
		return NULL;
	case AT_VALUE:
		return html_feed_value(p, c);
	case AT_DOCTYPE:
	case AT_COMMENT_IN:
	case AT_COMMENT:
		return html_feed_declaration(p, c);
	default:
		return "lost";
	}
}

/* A tag of the template language ends a name of HTML. */
static inline const char *html_break(html_place *p)
{
	const char *wrong = NULL;

	if (p->state == AT_TAG_NAME)
		wrong = html_element_named(p);
	else if (p->state == AT_NAME)
		wrong = html_attribute_named(p);
	else
		return NULL;
	p->state = AT_AFTER;
	return wrong;
}

static inline html_context html_context_at(const html_place *p)
{
	if (p->state == AT_TEXT)
		return IN_TEXT;
	if (p->state == AT_RAW && strcmp(p->within, "script") != 0)
		return IN_RAW;
	if (p->state != AT_VALUE)
		return IN_NOWHERE;
	switch (p->address) {
	case URL_NONE:
		return IN_ATTRIBUTE;
	case URL_NOTHING:
		return IN_ADDRESS;
	case URL_ROOT:
	case URL_GOOD:
		return p->last == '/' ? IN_SEGMENT : IN_PART;
	case URL_OTHER:
	default:
		return IN_NOWHERE;
	}
}

/* A value has been written here. */
static inline void html_valued(html_place *p)
{
	if (p->address != URL_NONE)
		p->address = URL_GOOD;
	p->last = 'x';
}

/*
 * Two ways lead to one place: *p becomes what holds for both. False when they differ in
 * what may follow.
 */
static inline bool html_meet(html_place *p, const html_place *q)
{
	bool tag = p->state == AT_SPACE || p->state == AT_AFTER;

	if (tag && (q->state == AT_SPACE || q->state == AT_AFTER)) {
		if (q->state == AT_AFTER)
			p->state = AT_AFTER;
	} else if (p->state != q->state) {
		return false;
	}
	p->source = p->source && q->source;
	if (tag)
		return !strcmp(p->element, q->element) && p->closing == q->closing;
	if (p->state == AT_VALUE) {
		bool rooted = (p->address == URL_ROOT || p->address == URL_GOOD) &&
			      (q->address == URL_ROOT || q->address == URL_GOOD);

		if (rooted && (p->address == URL_ROOT || q->address == URL_ROOT))
			p->address = URL_ROOT;
		if (q->last == '/')
			p->last = '/';
		return (rooted || p->address == q->address) &&
		       !strcmp(p->element, q->element) &&
		       !strcmp(p->attribute, q->attribute);
	}
	return p->raw == q->raw && p->pre == q->pre &&
	       (!p->raw || !strcmp(p->within, q->within));
}

#endif
