/*
 * Feeds bytes to the readers of the checker: result.json, or, after a first byte 'p' or
 * 'c', an assignment file and (after a zero byte) its certificate.
 */
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"

enum { MEMORY = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void feed(ctx *c, str bytes)
{
	if (bytes.n && (bytes.s[0] == 'p' || bytes.s[0] == 'c')) {
		check_asn_report report;
		size_t cut = 0;
		while (cut < bytes.n && bytes.s[cut])
			cut++;
		bool ran = check_asn_run(c, S("p"), str_slice(bytes, 0, cut), S("f"),
					 str_slice(bytes, cut + 1, bytes.n), &report);
		if (ran ? c->fault.kind != FAULT_NONE || report.proven != !report.key
			: c->fault.kind != FAULT_INPUT || c->fault.line < 1)
			abort();
		return;
	}
	check_claim claim;
	bool read = check_claim_read(c, S("r"), bytes, &claim);
	if (read ? c->fault.kind != FAULT_NONE
		 : c->fault.kind != FAULT_INPUT || c->fault.line < 1)
		abort();
	/* With nobody in the sheet nothing but empty claims can hold. */
	people nobody = {0};
	check_report report;
	if (read && (!check_run(c, &nobody, &claim, 1, &report) ||
		     (report.proven && (claim.pairs || claim.total))))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	jmp_buf full;
	ctx c = {.mem = arena_new(MEMORY)};
	char *copy = malloc(size ? size
				 : 1); /* exactly as large, so that reading on is seen */
	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	if (!setjmp(full)) {
		arena_set_escape(c.mem, &full);
		feed(&c, (str){copy, size});
	}
	arena_free(c.mem);
	free(copy);
	return 0;
}
