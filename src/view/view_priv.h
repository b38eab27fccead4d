/* view_priv - shared by the files of this room and the tables tools/poc.c writes. */
#ifndef VIEW_PRIV_H
#define VIEW_PRIV_H

#include "view/view.h"

#define VIEW_FORMS 6 /* CLDR knows zero, one, two, few, many, other */

typedef struct view_entry {
	const char *key;
	const char *text[VIEW_FORMS]; /* text[0 .. forms), in the order of the language's categories */
	int forms;                    /* 1 = not a plural */
} view_entry;

struct view_lang {
	const char *tag;
	const view_entry *entry;      /* sorted by key, bytewise */
	size_t entries;
	const char *category[VIEW_FORMS];
};

/* The first is the language to fall back to. */
extern const view_lang view_lang_table[];
extern const size_t view_lang_count;

#endif
