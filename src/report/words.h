/*
 * report/words - says what room match has to say, in a language.
 */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include "match/match.h"
#include "view/view.h"

/* The phrase as plain text (not escaped); "" for one without a key. */
str report_words(arena *mem, const view_lang *lang, const people *p,
		 const match_phrase *phrase);
/* The same as a line of its own: with a capital. */
str report_sentence(arena *mem, const view_lang *lang, const people *p,
		    const match_phrase *phrase);
/* Points of fit with at most one decimal: 3421 -> "3,4". */
str report_points(arena *mem, const view_lang *lang, int64_t points);
/* Days, or the word for unknown when -1. */
str report_days(arena *mem, const view_lang *l, int32_t days);
/* How a person is named, with the number of the sheet: "Amina (17)", "nr 17". */
str report_person(arena *mem, const view_lang *lang, const people *p, size_t person);

#endif
