/*
 * cli - the commands of the program: one row in cli/commands.def and one cmd_*.c each.
 */
#ifndef CLI_H
#define CLI_H

#include "base/base.h"
#include "view/view.h"

typedef struct cli {
	ctx *ctx;              /* memory, fault, progress (set up only on a terminal) */
	const view_lang *lang; /* --lang, else the environment, else Swedish */
	str program;           /* as it was called */
	bool color;            /* standard output is a terminal and NO_COLOR is not set */
	int argc;              /* what follows the command's name, --lang taken out */
	char **argv;
} cli;

/*
 * Options of one command. A command declares them in a table; cli_options fills the
 * targets, collects the rest as operands, prints --help and turns anything unknown
 * into a USAGE fault that names it.
 */
typedef enum option_kind {
	OPTION_FLAG,
	OPTION_INT,
	OPTION_TEXT,
	OPTION_TEXTS,
	OPTION_DATE,
	OPTION_SHARE
} option_kind;
typedef struct cli_texts {
	str *text;
	size_t n;
} cli_texts;
typedef struct cli_option {
	const char *name; /* "--out"; its words: key "cli.<command>.out", dashes as "_" */
	option_kind kind;
	void *target;     /* by kind: bool, int64_t, str, cli_texts, int32_t (a day
				    * number), double (0..1); keeps its value when not given */
	int64_t min, max; /* for OPTION_INT */
} cli_option;
/*
 * Reads the arguments of command `name` ("match"); its help is made of "cli.<name>.usage"
 * and a line per option. `operand` has room for `max`. Options and operands may stand in
 * any order, "--x=y" is "--x y", and "--" ends the options. On --help it prints the help
 * and sets *done: then return 0.
 */
MUST_USE bool cli_options(cli *c, const char *name, const cli_option *option,
			  size_t options, int min, int max, str *operand, int *operands,
			  bool *done);

/* A whole file in memory (c->mem); "-" is standard input. Fault INPUT when it cannot be read. */
MUST_USE bool cli_file_read(ctx *c, str path, str *bytes);
/* Writes a file whole or not at all (temporary name, fsync, rename). Fault RESOURCE. */
MUST_USE bool cli_file_write(ctx *c, str path, str bytes);
/* Creates a directory, also its parents; one that is there is fine. Fault RESOURCE. */
MUST_USE bool cli_directory_make(ctx *c, str path);
/* Where things are kept: what --data gave, else $KOMPIS_DATA, else kompis-data. */
str cli_data(str given);
/*
 * Opens what is kept there, or with KOMPIS_DATABASE and KOMPIS_KEYS in those: by the environment
 * and not by an option, since a connection string can hold a password and `ps` shows options.
 */
struct store_base;
MUST_USE bool cli_store(ctx *c, str dir, bool read_only, struct store_base **out);
/* The moment and the day, into the ctx. */
void cli_clock(cli *c);
/* Prints the fault to stderr in the user's language; returns its exit code. */
int cli_fault(cli *c);
/* One text of the locale files to standard output, with arguments. */
void cli_say(cli *c, const char *key, const str *arg, size_t n);

/* Columns a text takes on a terminal. */
size_t cli_width(str s);
/* Prints it to standard output with spaces after it, up to `columns`. */
void cli_left(str s, size_t columns);

/* The whole program: language, command, exit code. */
int cli_main(int argc, char **argv);

/* A command returns its exit code; on a fault it returns cli_fault(c). */
#define COMMAND(name) int cmd_##name(cli *c);
#include "cli/commands.def"
#undef COMMAND

#endif
