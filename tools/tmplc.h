/* tmplc - what tools/tmplc.c does as a function, for its main and its fuzz target. */
#ifndef TOOLS_TMPLC_H
#define TOOLS_TMPLC_H

#include <stdbool.h>
#include <stddef.h>

enum { TMPLC_TEMPLATES = 512 };

/* A text that grows; `s` is the caller's to free. */
typedef struct tmplc_text {
	char *s;
	size_t n, cap;
} tmplc_text;

typedef struct tmplc_source {
	const char *path, *s;
	size_t n;
} tmplc_source;

typedef struct tmplc_job {
	const char *assets;      /* lines "NAME ADDRESS" */
	const char *icons;       /* the sprite */
	const char *header_name; /* what the code includes for its own declarations */
	const tmplc_source *source;
	size_t sources;
	tmplc_text *faults; /* lines "file:line:column: what" */
} tmplc_job;

/* Adds C and its declarations; false when there were faults. Not for two threads at once. */
bool tmplc_compile(const tmplc_job *job, tmplc_text *code, tmplc_text *header);

#endif
