/* Templates of any bytes: compiled or refused with a place, by the compiler's own parser. */
#define TMPLC_NO_MAIN
#include "../tools/tmplc.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	tmplc_text code = {0}, header = {0}, faults = {0};
	char *copy = malloc(size ? size
				 : 1); /* exactly as large, so that reading on is seen */
	tmplc_source source = {.path = "t.html", .s = copy, .n = size};
	tmplc_job job = {
		.assets = "icons.svg /static/icons-0.svg\nkompis.css /static/k.css\n",
		.icons = "<symbol id=\"phone\" viewBox=\"0 0 24 24\"></symbol>",
		.header_name = "t.h",
		.source = &source,
		.sources = 1,
		.faults = &faults};

	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	if (tmplc_compile(&job, &code, &header) != !faults.n)
		abort();
	if (faults.n && strncmp(faults.s, "t.html:", 7) != 0)
		abort();
	free(code.s);
	free(header.s);
	free(faults.s);
	free(copy);
	return 0;
}
