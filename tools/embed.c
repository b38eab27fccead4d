/*
 * embed - the files of assets/ as C, and the addresses by which a page finds them.
 *
 *   embed FILE …           > build/gen/assets.c     view_asset_table (view/view_priv.h)
 *   embed --list FILE …    > build/gen/assets.txt   lines "kompis.css /static/kompis-0a1b2c3d.css"
 *
 * What a page needs is thus inside the program, as it is and compressed (zlib level 9). An
 * address carries the first 8 hexadecimal digits of the file's BLAKE2b-256, so that a browser
 * may keep the file for ever.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { LARGEST = 1 << 22 };

typedef struct file {
	const char *path, *name, *ending; /* "assets/a.css", "a.css", ".css" */
	unsigned char *bytes, *packed;
	size_t n, packed_n;
} file;

static void fail(const char *path, const char *what)
{
	fprintf(stderr, "%s: %s\n", path, what);
	exit(3);
}

/* RFC 9110, 8.3: only what a page of ours may load. */
static const char *type_of(const file *f)
{
	static const char *const type[][2] = {{".css", "text/css; charset=utf-8"},
					      {".svg", "image/svg+xml"},
					      {".js", "text/javascript; charset=utf-8"},
					      {".txt", "text/plain; charset=utf-8"},
					      {".png", "image/png"},
					      {".ico", "image/x-icon"}};

	for (size_t i = 0; i < sizeof type / sizeof *type; i++)
		if (!strcmp(f->ending, type[i][0]))
			return type[i][1];
	fail(f->path, "an asset of a kind that is not known");
	return NULL;
}

static file file_read(const char *path)
{
	const char *slash = strrchr(path, '/');
	file f = {.path = path, .name = slash ? slash + 1 : path};
	FILE *in = fopen(path, "rb");

	f.ending = strrchr(f.name, '.');
	f.bytes = malloc(LARGEST);
	if (!in || !f.ending || !f.bytes)
		fail(path, "cannot be read, or has no ending");
	f.n = fread(f.bytes, 1, LARGEST, in);
	if (ferror(in) || f.n == LARGEST || !f.n)
		fail(path, "cannot be read, is empty or too large");
	fclose(in);
	return f;
}

/* RFC 1952 by zlib; the time in its header is 0, so that builds agree. */
static void file_pack(file *f)
{
	z_stream z = {.next_in = f->bytes, .avail_in = (uInt)f->n};
	const int gzip = 16;

	f->packed = malloc(LARGEST);
	z.next_out = f->packed;
	z.avail_out = LARGEST;
	if (!f->packed ||
	    deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + gzip, 9, Z_DEFAULT_STRATEGY) !=
		    Z_OK ||
	    deflate(&z, Z_FINISH) != Z_STREAM_END)
		fail(f->path, "cannot be compressed");
	f->packed_n = z.total_out;
	deflateEnd(&z);
}

static void put_address(const file *f)
{
	unsigned char hash[crypto_generichash_BYTES];

	crypto_generichash(hash, sizeof hash, f->bytes, f->n, NULL, 0);
	printf("/static/%.*s-%02x%02x%02x%02x%s", (int)(f->ending - f->name), f->name,
	       (unsigned)hash[0], (unsigned)hash[1], (unsigned)hash[2], (unsigned)hash[3],
	       f->ending);
}

static void put_bytes(const char *name, int i, const unsigned char *bytes, size_t n)
{
	printf("static const unsigned char %s_%d[] = {", name, i);
	for (size_t k = 0; k < n; k++)
		printf("%s%d,", k % 20 ? "" : "\n\t", bytes[k]);
	puts("\n};");
}

static void write_table(file *f, int n)
{
	puts("/* Written by tools/embed.c from the files in assets/. */\n#include "
	     "\"view/view_priv.h\"\n");
	for (int i = 0; i < n; i++) {
		file_pack(&f[i]);
		put_bytes("whole", i, f[i].bytes, f[i].n);
		put_bytes("packed", i, f[i].packed, f[i].packed_n);
	}
	puts("\nconst view_asset view_asset_table[] = {");
	for (int i = 0; i < n; i++) {
		printf("\t{S_INIT(\"%s\"), S_INIT(\"", f[i].name);
		put_address(&f[i]);
		printf("\"),\n\t S_INIT(\"%s\"), {(const char *)whole_%d, sizeof "
		       "whole_%d},"
		       "\n\t {(const char *)packed_%d, sizeof packed_%d}},\n",
		       type_of(&f[i]), i, i, i, i);
	}
	puts("};\nconst size_t view_asset_count = ARRAY_LEN(view_asset_table);");
}

int main(int argc, char **argv)
{
	int list = argc > 1 && !strcmp(argv[1], "--list"), n = argc - 1 - list;
	file *f;

	if (n < 1) {
		fputs("usage: embed [--list] FILE …\n", stderr);
		return 2;
	}
	f = calloc((size_t)n, sizeof *f);
	if (!f || sodium_init() < 0)
		return 4;
	for (int i = 0; i < n; i++) {
		f[i] = file_read(argv[1 + list + i]);
		type_of(&f[i]);
		if (list) {
			printf("%s ", f[i].name);
			put_address(&f[i]);
			putchar('\n');
		}
	}
	if (!list)
		write_table(f, n);
	return 0;
}
