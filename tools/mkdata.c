/*
 * mkdata DIR - the coded lists in the TSV files of DIR as C tables for src/model, on standard output.
 *
 * Run by make at build time. Any oddity in the data ends the build with file and line.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 16, ROWS = 4096 };

typedef struct table {
	char *cell[ROWS][COLUMNS];
	int rows, columns;
	char name[512];
} table;

static void fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, what);
	exit(1);
}

static char *read_whole(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		fail(path, 0, "cannot be opened");
	size_t n = 0, cap = 1 << 20;
	char *s = malloc(cap + 1);
	if (!s)
		fail(path, 0, "out of memory");
	n = fread(s, 1, cap, f);
	if (n == cap || ferror(f))
		fail(path, 0, "too large or unreadable");
	fclose(f);
	s[n] = 0;
	return s;
}

/* First row: headings, which are dropped. All rows have the same number of cells. */
static table *read_table(const char *dir, const char *file)
{
	table *t = calloc(1, sizeof *t);
	if (!t)
		fail(file, 0, "out of memory");
	snprintf(t->name, sizeof t->name, "%s/%s", dir, file);
	char *line = read_whole(t->name);
	for (int number = 1; *line; number++) {
		char *end = strchr(line, '\n');
		if (!end)
			fail(t->name, number, "no newline at the end");
		*end = 0;
		int n = 0;
		for (char *cell = line; cell; n++) {
			char *tab = strchr(cell, '\t');
			if (tab)
				*tab = 0;
			if (n == COLUMNS || t->rows == ROWS)
				fail(t->name, number, "too many cells or rows");
			t->cell[t->rows][n] = cell;
			cell = tab ? tab + 1 : NULL;
		}
		if (number == 1)
			t->columns = n;
		else if (n != t->columns)
			fail(t->name, number, "another number of cells than the heading");
		else
			t->rows++;
		line = end + 1;
	}
	return t;
}

static void put_text(const char *s)
{
	fputs("S_INIT(\"", stdout);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			putchar('\\');
		putchar(*s);
	}
	fputs("\")", stdout);
}

static void put_member(const char *name, const char *text)
{
	printf(".%s = ", name);
	put_text(text);
	fputs(", ", stdout);
}

static int whole(const table *t, int row, int column)
{
	char *end;
	if (!*t->cell[row][column]) /* not known: a population */
		return 0;
	long n = strtol(t->cell[row][column], &end, 10);
	if (*end || end == t->cell[row][column] || n < 0 || n > 100000000)
		fail(t->name, row + 2, "not a whole number");
	return (int)n;
}

static double degrees(const table *t, int row, int column)
{
	char *end;
	double d = strtod(t->cell[row][column], &end);
	if (*end || d < 5 || d > 75)
		fail(t->name, row + 2, "not a coordinate in Sweden");
	return d;
}

/* The grid of model.h: a sphere of 6,371 km in units of 100 m, seen from 62.5 N 16.5 E. */
static void put_position(const table *t, int row, int lat_column, int lon_column)
{
	const double radius = 63710, turn = 3.14159265358979323846 / 180;
	const double lat0 = 62.5 * turn, lon0 = 16.5 * turn;
	double lat = degrees(t, row, lat_column), lon = degrees(t, row, lon_column);
	double la = lat * turn, lo = lon * turn;
	long x = lround(radius * (cos(la) * cos(lo) - cos(lat0) * cos(lon0)));
	long y = lround(radius * (cos(la) * sin(lo) - cos(lat0) * sin(lon0)));
	long z = lround(radius * (sin(la) - sin(lat0)));
	printf(".lat = %ld, .lon = %ld, .x = %ld, .y = %ld, .z = %ld, ",
	       lround(lat * 1e5), lround(lon * 1e5), x, y, z);
}

static void put_interests(const table *t)
{
	puts("const interest model_interest[] = {");
	for (int i = 0; i < t->rows; i++) {
		fputs("\t{", stdout);
		put_member("code", t->cell[i][0]);
		put_member("group", t->cell[i][1]);
		put_member("name_sv", t->cell[i][2]);
		put_member("name_en", t->cell[i][3]);
		puts("},");
	}
	puts("};\nconst size_t model_interest_count = ARRAY_LEN(model_interest);");
	puts("_Static_assert(ARRAY_LEN(model_interest) <= 64, \"one bit each\");");
}

static void put_languages(const table *t)
{
	puts("const language model_language[] = {");
	for (int i = 0; i < t->rows; i++) {
		static const char *const member[] = {"bcp47",   "iso639_3", "name_sv",
						     "name_en", "endonym",  "script"};
		fputs("\t{", stdout);
		for (int c = 0; c < 6; c++)
			put_member(member[c], t->cell[i][c]);
		put_member("aliases", t->cell[i][8]);
		printf(".rtl = %d},\n", strcmp(t->cell[i][6], "rtl") == 0);
	}
	puts("};\nconst size_t model_language_count = ARRAY_LEN(model_language);");
	puts("_Static_assert(ARRAY_LEN(model_language) <= 64, \"one bit each\");");
}

static int find_seat(const table *places, const char *name, int municipality)
{
	for (int i = 0; i < places->rows; i++)
		if (whole(places, i, 3) == municipality &&
		    strcmp(places->cell[i][0], name) == 0)
			return i;
	return -1;
}

static void put_municipalities(const table *t, const table *places)
{
	puts("const municipality model_municipality[] = {");
	for (int i = 0; i < t->rows; i++) {
		int code = whole(t, i, 0);
		if (i && code <= whole(t, i - 1, 0))
			fail(t->name, i + 2, "codes must ascend");
		int seat = find_seat(places, t->cell[i][6], code);
		printf("\t{.code = %d, .population = %d, ", code, whole(t, i, 9));
		if (seat < 0)
			printf(".seat_place = PLACE_NONE, ");
		else
			printf(".seat_place = %d, ", seat);
		put_member("name", t->cell[i][1]);
		put_member("seat", t->cell[i][6]);
		put_member("county", t->cell[i][4]);
		put_position(t, i, 7, 8);
		puts("},");
	}
	puts("};\nconst size_t model_municipality_count = "
	     "ARRAY_LEN(model_municipality);");
}

static void put_places(const table *t)
{
	puts("const place model_place[] = {");
	for (int i = 0; i < t->rows; i++) {
		printf("\t{.municipality = %d, .population = %d, ", whole(t, i, 3),
		       whole(t, i, 4));
		put_member("name", t->cell[i][0]);
		put_position(t, i, 1, 2);
		puts("},");
	}
	puts("};\nconst size_t model_place_count = ARRAY_LEN(model_place);");
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("usage: mkdata DIR\n", stderr);
		return 2;
	}
	const table *places = read_table(argv[1], "localities.tsv");
	puts("/* Made by tools/mkdata.c from data/: do not edit. */\n#include "
	     "\"model/model.h\"\n");
	put_interests(read_table(argv[1], "interests.tsv"));
	put_languages(read_table(argv[1], "languages.tsv"));
	put_municipalities(read_table(argv[1], "municipalities.tsv"), places);
	put_places(places);
	return 0;
}
