/* Assets: each is found by its address, unpacks to itself and is named by its content. */
#include "view/view_priv.h"

#include <setjmp.h>
#include <sodium.h>
#include <string.h>
#include <zlib.h>
#include <cmocka.h>

static arena *mem;

static int begin(void **state)
{
	(void)state;
	mem = arena_new(0);
	return sodium_init() < 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(mem);
	return 0;
}

static void addresses(void **state)
{
	(void)state;
	assert_true(view_asset_count >= 3);
	for (size_t i = 0; i < view_asset_count; i++) {
		const view_asset *a = &view_asset_table[i];
		unsigned char hash[crypto_generichash_BYTES];
		str digits;

		crypto_generichash(hash, sizeof hash, (const unsigned char *)a->bytes.s,
				   a->bytes.n, NULL, 0);
		digits = str_format(mem, "-%02x%02x%02x%02x.", hash[0], hash[1], hash[2],
				    hash[3]);
		assert_true(str_starts(a->path, S("/static/")));
		assert_true(str_find(a->path, digits) > 0);
		assert_ptr_equal(view_asset_find(a->path), a);
		assert_true(str_equal(view_asset_path(str_terminated(mem, a->name)).path,
				      a->path));
	}
	assert_null(view_asset_find(S("")));
	assert_null(view_asset_find(S("/static/")));
	assert_null(view_asset_find(S("/static/kompis.css")));
	assert_null(view_asset_find(S("/static/kompis-00000000.css")));
	assert_null(view_asset_find(S("/static/../kompis.css")));
}

static void unpacks(const view_asset *a)
{
	unsigned char *out = arena_alloc(mem, a->bytes.n + 1, 1);
	z_stream z = {.next_in = (Bytef *)(uintptr_t)a->packed.s,
		      .avail_in = (uInt)a->packed.n,
		      .next_out = out,
		      .avail_out = (uInt)a->bytes.n + 1};

	assert_int_equal(inflateInit2(&z, MAX_WBITS + 16), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.total_out, a->bytes.n);
	assert_memory_equal(out, a->bytes.s, a->bytes.n);
	inflateEnd(&z);
}

static void contents(void **state)
{
	const view_asset *css = view_asset_named("kompis.css");

	(void)state;
	for (size_t i = 0; i < view_asset_count; i++)
		unpacks(&view_asset_table[i]);
	assert_true(str_equal(css->type, S("text/css; charset=utf-8")));
	assert_true(str_equal(css->bytes, view_stylesheet()));
	assert_true(css->packed.n <= 5000);
}

/* The sprite is loaded from outside a page: its classes do not reach it, and it reaches nothing. */
static void sprite(void **state)
{
	str icons = view_asset_named("icons.svg")->bytes;

	(void)state;
	assert_true(str_find(icons, S("<symbol id=\"phone\" ")) > 0);
	assert_true(str_find(icons, S(" class=")) < 0);
	assert_true(str_find(icons, S("href")) < 0);
	assert_true(str_find(icons, S("<style")) < 0);
	assert_true(str_find(icons, S("#0b4c59")) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(addresses, begin, end),
		cmocka_unit_test_setup_teardown(contents, begin, end),
		cmocka_unit_test_setup_teardown(sprite, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
