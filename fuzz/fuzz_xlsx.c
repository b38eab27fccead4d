/*
 * Workbooks. Bytes that begin with PK are one; others are the texts of its parts, separated by
 * NUL bytes (sheet, shared strings, styles, workbook, relations) and put in a zip here, since
 * a changed byte in a zip mostly ends at its checksum.
 */
#include <zip.h>

#include "sheet_hold.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char workbook[] =
	"<workbook><sheets><sheet r:id=\"r1\"/></sheets></workbook>";
static const char relations[] =
	"<Relationships><Relationship Id=\"r1\" Type=\"/worksheet\" "
	"Target=\"worksheets/sheet1.xml\"/></Relationships>";

static str zipped(arena *mem, const char *const *name, const str *text, size_t n)
{
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, &error);
	zip_t *zip = zip_open_from_source(target, ZIP_TRUNCATE, &error);
	require(zip != NULL);
	zip_source_keep(target);
	for (size_t i = 0; i < n; i++) {
		zip_source_t *source = zip_source_buffer(zip, text[i].s, text[i].n, 0);
		zip_int64_t index = zip_file_add(zip, name[i], source, ZIP_FL_ENC_UTF_8);
		require(index >= 0 && zip_set_file_compression(zip, (zip_uint64_t)index,
							       ZIP_CM_STORE, 0) == 0);
	}
	require(zip_close(zip) == 0 && zip_source_open(target) == 0);
	buf b = {.mem = mem};
	char chunk[4096];
	for (zip_int64_t got; (got = zip_source_read(target, chunk, sizeof chunk)) > 0;)
		buf_add(&b, (str){chunk, (size_t)got});
	zip_source_close(target);
	zip_source_free(target);
	return buf_str(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const name[] = {
		"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml",
		"xl/workbook.xml", "xl/_rels/workbook.xml.rels"};
	str rest = {(const char *)data, size};
	str text[] = {S("<worksheet/>"), S("<sst/>"), S("<styleSheet/>"),
		      str_from(workbook), str_from(relations)};
	if (str_starts(rest, S("PK"))) {
		hold_bytes(rest);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(text) && str_cut(&rest, '\0', &text[i]);)
		i++;
	arena *mem = arena_new(0);
	hold_bytes(zipped(mem, name, text, ARRAY_LEN(text)));
	arena_free(mem);
	return 0;
}
