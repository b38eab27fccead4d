/* fit - why a pair fits, in the words and whole points of its card. */
#include <string.h>

#include "report/report_priv.h"

/* "Also children, times and language", for what comes after the third reason. */
static str rest_words(arena *mem, const view_lang *l, const match_why *w, size_t from)
{
	str list = S("");

	for (size_t i = from; i < w->fit_reasons; i++) {
		str key = str_format(mem, "criterion.%s",
				     model_criterion[w->reason[i].criterion].name);
		str one = view_say(mem, l, str_terminated(mem, key), NULL, 0);

		list = i > from ? report_join(mem, l, list, one, i + 1 == w->fit_reasons)
				: one;
	}
	return view_say(mem, l, "report.pair.also", &list, 1);
}

/* "doubt.age" -> the short words for a badge. */
static str doubt_words(arena *mem, const view_lang *l, const match_phrase *doubt)
{
	str kind = str_from(doubt->key), prefix = S("doubt.");
	str key = str_format(mem, "report.doubt.%.*s",
			     STR_ARG(str_slice(kind, prefix.n, kind.n)));

	return view_say(mem, l, str_terminated(mem, key), NULL, 0);
}

/* Each kind once, whichever of the two it concerns. */
static void say_doubts(arena *mem, const view_lang *l, const match_why *w,
		       report_fit *out)
{
	out->doubt = NEW_ARRAY(mem, str, w->doubts);
	for (size_t i = 0; i < w->doubts; i++) {
		bool said = false;

		for (size_t k = 0; k < i; k++)
			said |= !strcmp(w->doubt[k].key, w->doubt[i].key);
		if (!said)
			out->doubt[out->doubts++] = doubt_words(mem, l, &w->doubt[i]);
	}
}

void report_fit_words(arena *mem, const view_lang *l, const people *p, const match_why *w,
		      report_fit *out)
{
	int64_t waiting = (int64_t)w->view.waiting_newcomer + w->view.waiting_established;

	*out = (report_fit){.n = w->fit_reasons < REPORT_REASONS ? w->fit_reasons
								 : REPORT_REASONS,
			    .waiting = S("")};
	for (size_t i = 0; i < w->fit_reasons; i++)
		out->part[i < REPORT_REASONS ? i : REPORT_REASONS - 1] +=
			w->reason[i].points;
	report_round_points(out->part, out->n, out->points);
	for (size_t i = 0; i < out->n; i++) {
		bool rest = i + 1 == REPORT_REASONS && w->fit_reasons > REPORT_REASONS;

		out->fit += out->points[i];
		out->words[i] = rest ? rest_words(mem, l, w, i)
				     : report_sentence(mem, l, p, &w->reason[i].phrase);
	}
	say_doubts(mem, l, w, out);
	if (waiting > 0) {
		str points = report_points(mem, l, waiting);

		out->waiting = view_say(mem, l, "report.pair.waiting", &points, 1);
	}
}
