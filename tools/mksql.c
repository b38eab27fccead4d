/*
 * mksql - writes the steps of the database as C: mksql FILE … > build/gen/migrations.c
 *
 * A row {name without folder, text, size} a file in store_migration (store/store_priv.h), in
 * the order given. The text ends with a NUL that its size does not count.
 */
#include <stdio.h>
#include <string.h>

static int text(int number, const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t n = 0;
	int c;

	if (!f) {
		perror(path);
		return 1;
	}
	printf("\nstatic const unsigned char file_%d[] = {", number);
	while ((c = getc(f)) != EOF)
		printf("%s%d,", n++ % 20 ? "" : "\n\t", c);
	printf("\n\t0};\n");
	if (ferror(f)) {
		perror(path);
		n = 0;
	}
	fclose(f);
	return n == 0;
}

int main(int argc, char **argv)
{
	puts("/* Written by tools/mksql.c. */\n#include \"store/store_priv.h\"");
	for (int i = 1; i < argc; i++)
		if (text(i, argv[i]))
			return 1;
	puts("\nconst struct store_migration store_migration[] = {");
	for (int i = 1; i < argc; i++) {
		const char *slash = strrchr(argv[i], '/');
		printf("\t{\"%s\", file_%d, sizeof file_%d - 1},\n",
		       slash ? slash + 1 : argv[i], i, i);
	}
	printf("};\nconst size_t store_migration_count = %d;\n", argc - 1);
	return argc < 2;
}
