/* Text files of any encoding: read or refused, and what is read holds together. */
#include "sheet_hold.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str bytes = {(const char *)data, size};
	if (!str_starts(bytes, S("PK")))
		hold_bytes(bytes);
	return 0;
}
