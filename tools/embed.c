/*
 * embed - writes files as C arrays: embed HEADER NAME=FILE … > out.c
 *
 * Each becomes `const unsigned char NAME[]` and `const size_t NAME_size`, declared in
 * HEADER. What a page needs is thus inside the program.
 */
#include <stdio.h>
#include <string.h>

static int embed(const char *name, size_t length, const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t n = 0;
	int c;

	if (!f) {
		perror(path);
		return 1;
	}
	printf("\nconst unsigned char %.*s[] = {", (int)length, name);
	while ((c = getc(f)) != EOF)
		printf("%s%d,", n++ % 20 ? "" : "\n\t", c);
	printf("\n};\nconst size_t %.*s_size = %zu;\n", (int)length, name, n);
	if (ferror(f)) {
		perror(path);
		n = 0;
	}
	fclose(f);
	return n == 0;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: embed HEADER NAME=FILE …\n", stderr);
		return 2;
	}
	printf("/* Written by tools/embed.c. */\n#include \"%s\"\n", argv[1]);
	for (int i = 2; i < argc; i++) {
		const char *sign = strchr(argv[i], '=');
		if (!sign || embed(argv[i], (size_t)(sign - argv[i]), sign + 1))
			return 1;
	}
	return 0;
}
