/*
 * peak COMMAND... - runs a command and adds a line: its processor seconds and peak memory.
 *
 * For bench/run. A process inherits through exec the peak of the program that started it;
 * started from this small one, what wait4 says is the command's own.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

int main(int argc, char **argv)
{
	struct rusage used;
	int status;
	if (argc < 2)
		return 2;
	pid_t child = fork();
	if (child == 0) {
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &used) != child)
		return 4;
	printf("process_cpu=%.6f process_mb=%.1f\n",
	       seconds(used.ru_utime) + seconds(used.ru_stime),
	       (double)used.ru_maxrss / 1024);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
