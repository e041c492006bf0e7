/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A helper of test_rights.py: goes into nf-cli's sandbox, tries what nothing but nf-cli's own work needs, and prints a line for each trial:
 * its name, and "yes" or the error.
 *
 * usage: tool_sandbox FOLDER OTHER [reopens] [appends]   new files in FOLDER are allowed; FOLDER/old and OTHER/old are there
 */
#include "../cli/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *folder, *other;

static void told(const char *name, bool done)
{
	printf("%s: %s\n", name, done ? "yes" : strerror(errno));
	fflush(stdout);
}

static char *in(const char *where, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", where, name) < 0 ? NULL : path;
}

static void try_open(const char *what, const char *where, const char *name, int flags)
{
	char *path = in(where, name);
	int fd = open(path, flags, 0644);

	told(what, fd >= 0);
	if (fd >= 0)
		close(fd);
	free(path);
}

static void try_rename(const char *what, const char *to)
{
	char *from = in(folder, "new"), *target = in(to, "renamed");

	told(what, rename(from, target) == 0);
	free(from);
	free(target);
}

static void try_files(void)
{
	try_open("make", folder, "new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC);
	try_open("make below", folder, "below/new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC);
	try_open("append", folder, "old", O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW);
	try_open("overwrite", folder, "old", O_WRONLY);
	try_open("truncate", folder, "old", O_WRONLY | O_TRUNC);
	try_open("make elsewhere", other, "new", O_WRONLY | O_CREAT | O_EXCL);
	try_open("overwrite elsewhere", other, "old", O_WRONLY);
	try_open("read elsewhere", other, "old", O_RDONLY);
	try_open("read passwords", "/etc", "passwd", O_RDONLY);
	try_open("read time zones", "/usr/share", "zoneinfo", O_RDONLY);
	try_open("read the kernel's devices", "/sys/class", "net", O_RDONLY);
	try_rename("rename elsewhere", other);
	try_rename("rename", folder);
	char *path = in(other, "old");
	told("remove elsewhere", unlink(path) == 0);
	free(path);
}

static void try_socket(const char *what, int family, int type)
{
	int fd = socket(family, type, 0);

	told(what, fd >= 0 || errno == EPROTONOSUPPORT);
	if (fd >= 0)
		close(fd);
}

static void try_processes(void)
{
	char name[] = "true", *argv[] = {name, NULL};

	told("execve", execve("/bin/true", argv, NULL) == 0);
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	told("fork", child > 0);
	told("ptrace", ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0);
	told("kill", kill(getppid(), 0) == 0);
	told("setuid", setuid(getuid()) == 0);
}

static void try_memory(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	told("memory", page != MAP_FAILED);
	told("make memory executable", mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0);
	told("map executable memory", mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
}

int main(int argc, char **argv)
{
	sandbox_needs needs = {.n_folders = 1, .sockets = {-1, -1}};
	const char *with;
	nf_error error;
	int pair[2];
	char byte = 'x';

	if (argc < 3 || socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0)
		return 2;
	folder = argv[1];
	other = argv[2];
	for (int i = 3; i < argc; i++) {
		needs.reopens = needs.reopens || strcmp(argv[i], "reopens") == 0;
		needs.appends = needs.appends || strcmp(argv[i], "appends") == 0;
	}
	needs.folders[0] = *folder ? folder : NULL;
	needs.sockets[0] = pair[0];
	if (sandbox_enter(&needs, &with, &error) != NF_OK) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	printf("with: %s\n", with);
	told("send", send(pair[0], &byte, 1, 0) == 1);
	told("send by another socket", send(pair[1], &byte, 1, 0) == 1);
	try_files();
	try_socket("socket of the internet", AF_INET, SOCK_STREAM);
	try_socket("socket of a device", AF_PACKET, SOCK_RAW);
	try_socket("socket of bluetooth", 31, SOCK_RAW);
	try_processes();
	try_memory();
	told("push characters to a terminal", ioctl(STDIN_FILENO, TIOCSTI, &byte) == 0);
	return 0;
}
