/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a command with nothing on its standard input, its output thrown away, and prints what it took: CPU seconds (user and system, it and all
 * that it waited for), seconds of the clock, KiB of memory at its peak, exit status or 128 + signal.
 *
 * A program of its own because Linux counts the memory of who calls exec() into the peak of what is executed: this one is small.
 *
 * usage: once COMMAND [ARGUMENTS]
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void run(char **command)
{
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd < 3; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			_exit(126);
	execvp(command[0], command);
	_exit(127);
}

int main(int argc, char **argv)
{
	struct rusage used;
	int status;
	double begin = now();
	pid_t child = argc > 1 ? fork() : -1;

	if (child == 0)
		run(argv + 1);
	if (child < 0 || wait4(child, &status, 0, &used) < 0) {
		fprintf(stderr, "usage: once COMMAND [ARGUMENTS]\n");
		return 1;
	}
	printf("%.6f %.6f %ld %d\n", seconds(used.ru_utime) + seconds(used.ru_stime), now() - begin, used.ru_maxrss,
	       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
