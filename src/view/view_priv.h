/* view_priv - shared by the files of this room and the tables tools/poc.c writes. */
#ifndef VIEW_PRIV_H
#define VIEW_PRIV_H

#include "view/view.h"

#define VIEW_FORMS 6 /* CLDR knows zero, one, two, few, many, other */

typedef struct view_entry {
	const char *key;
	const char *text
		[VIEW_FORMS]; /* text[0 .. forms), in the order of the language's categories */
	int forms;            /* 1 = not a plural */
} view_entry;

struct view_lang {
	const char *tag;
	const char *rules;       /* the language whose plural rules ICU knows */
	const view_entry *entry; /* sorted by key, bytewise */
	size_t entries;
	const char *category[VIEW_FORMS];
	const char *endonym, *swedish;
	bool rtl;
	bool whole;          /* all keys, not only those for participants */
	bool hidden;         /* for tests */
	const view_own *own; /* texts said instead of its own; own_n of them */
	size_t own_n;
};

/* The first is the language to fall back to. */
extern const view_lang view_lang_table[];
extern const size_t view_lang_total;

/*
 * The text of a key, arguments not filled in; NULL if there is none. `count` chooses the
 * plural form. *l becomes the language that has it.
 */
const char *view_text(const view_lang **l, const char *key, const int64_t *count);

/* assets/, compiled in by tools/embed.c; NULL if there is no such file. */
extern const view_asset view_asset_table[];
extern const size_t view_asset_count;
const view_asset *view_asset_named(const char *name);

/* chart.c, for the other drawings. Coordinates in tenths of a unit; the drawing is 340 wide. */
typedef enum view_anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END } view_anchor;
void view_chart_open(html *h, int id, str title, int64_t height);
/* `look`: NULL, or a class: "tb" bold, "tb tc" on a solid ground, "halo" over lines. */
void view_chart_text(html *h, int64_t x, int64_t y, view_anchor anchor, const char *look,
		     str text);
/* About how wide a text is at 18 units: ten units a letter. */
int64_t view_chart_width(str text);

#endif
