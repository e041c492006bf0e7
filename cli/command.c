/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command.h"

#include "say.h"

#include <glib.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FIRST_DESCRIPTOR = STDERR_FILENO + 1 };

struct command {
	int fd;
};

/* Signals for the group, as Ctrl-C is, are for others: the last file is told after them. */
static const int not_ours[] = {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2};

/* The command gets no signal ignored that only we do not want. */
static void reset_signals(void *hup_is_ignored)
{
	for (size_t i = 0; i < G_N_ELEMENTS(not_ours); i++)
		if (not_ours[i] != SIGHUP || !hup_is_ignored)
			signal(not_ours[i], SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
}

static void spawn(const char *text, char *name, bool hup_is_ignored)
{
	char *argv[] = {(char *)text, name, NULL};
	GError *error = NULL;

	if (g_spawn_async(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, reset_signals, hup_is_ignored ? &hup_is_ignored : NULL, NULL, &error))
		return;
	say("warning: -z: %s", error->message);
	g_error_free(error);
}

/* Leaves standard input, output and error, and the socket, which becomes the first one after them. */
static int close_others(int fd)
{
	if (dup2(fd, FIRST_DESCRIPTOR) < 0)
		return -1;
	if (syscall(SYS_close_range, FIRST_DESCRIPTOR + 1, ~0U, 0) != 0)
		for (int i = FIRST_DESCRIPTOR + 1; i < sysconf(_SC_OPEN_MAX); i++)
			close(i);
	return FIRST_DESCRIPTOR;
}

/* That process: an empty message says that it is ready, any other what it is not. */
static void serve(int fd, const char *text, rights *who)
{
	const bool hup_is_ignored = signal(SIGHUP, SIG_IGN) == SIG_IGN;
	nf_error error = {.text = ""};
	char name[PATH_MAX];
	ssize_t n;

	for (size_t i = 0; i < G_N_ELEMENTS(not_ours); i++)
		signal(not_ours[i], SIG_IGN);
	prctl(PR_SET_NAME, "nf-cli -z", 0, 0, 0);
	fd = close_others(fd);
	nf_status status = rights_drop(who, 0, NULL, 0, &error);
	if (send(fd, error.text, strlen(error.text) + 1, MSG_NOSIGNAL) < 0 || status != NF_OK)
		_exit(EXIT_FAILURE);
	/* A program is started with the socket closed. */
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	while ((n = recv(fd, name, sizeof name - 1, 0)) > 0 || (n < 0 && errno == EINTR)) {
		name[MAX(n, 0)] = '\0';
		if (n > 0)
			spawn(text, name, hup_is_ignored);
	}
	_exit(EXIT_SUCCESS);
}

nf_status command_begin(command **result, const char *text, rights *who, nf_error *error)
{
	nf_error why = {.text = ""};
	int fds[2];

	*result = NULL;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		return nf_fail(error, NF_NO_MEMORY, "-z: cannot make a socket: %s", strerror(errno));
	pid_t child = fork();
	if (child == 0)
		serve(fds[1], text, who);
	close(fds[1]);
	if (child > 0 && recv(fds[0], why.text, sizeof why.text - 1, 0) > 0 && !*why.text) {
		*result = g_new0(command, 1);
		(*result)->fd = fds[0];
		return NF_OK;
	}
	close(fds[0]);
	return nf_fail(error, child < 0 ? NF_NO_MEMORY : NF_DENIED, "-z: cannot start the process that runs commands%s%s", *why.text ? ": " : "",
		       why.text);
}

void command_run(command *c, const char *name)
{
	if (send(c->fd, name, strlen(name), MSG_NOSIGNAL) < 0)
		say("warning: -z: the command was not run for %s: %s", name,
		    errno == EPIPE || errno == ECONNRESET ? "the process that runs it is gone" : strerror(errno));
}

int command_socket(const command *c)
{
	return c->fd;
}

void command_end(command *c)
{
	if (!c)
		return;
	close(c->fd);
	g_free(c);
}
