/* Kompis: wiring only. What the program can do stands in cli/commands.def. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
