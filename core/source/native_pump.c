/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/native.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { PIECE = 64 << 10 };

struct nf_pump {
	pthread_t thread;
	int from;
	int pipe[2]; /* [1] is the thread's alone once it runs */
	int stop[2]; /* closing [1] ends the thread */
	size_t n;
	uint8_t *bytes;
};

static void close_all(nf_pump *pump)
{
	const int fds[] = {pump->pipe[0], pump->pipe[1], pump->stop[0], pump->stop[1]};
	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	free(pump->bytes);
	free(pump);
}

/* A reader that is gone is told by EPIPE, the thread having SIGPIPE blocked. */
static bool write_all(int fd, const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, p, n);
		if (done < 0 && errno != EINTR)
			return false;
		p += done > 0 ? done : 0;
		n -= done > 0 ? (size_t)done : 0;
	}
	return true;
}

/* @return bytes; 0: the end, of the pipe or because the pump is to stop */
static size_t wait_and_read(const nf_pump *pump, uint8_t *to, size_t size)
{
	struct pollfd fds[] = {{.fd = pump->stop[0], .events = POLLIN}, {.fd = pump->from, .events = POLLIN}};
	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return 0;
	if (fds[0].revents)
		return 0;
	ssize_t n = read(pump->from, to, size);
	return n > 0 ? (size_t)n : 0;
}

static void *run(void *data)
{
	nf_pump *pump = data;
	uint8_t piece[PIECE];
	bool more = write_all(pump->pipe[1], pump->bytes, pump->n);
	while (more) {
		size_t n = wait_and_read(pump, piece, sizeof piece);
		more = n > 0 && write_all(pump->pipe[1], piece, n);
	}
	close(pump->pipe[1]);
	return NULL;
}

static bool start(nf_pump *pump)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	bool started = pthread_create(&pump->thread, NULL, run, pump) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

nf_pump *nf_pump_open(const uint8_t *bytes, size_t n, int fd)
{
	nf_pump *pump = malloc(sizeof *pump);
	if (!pump)
		return NULL;
	*pump = (nf_pump){.from = fd, .pipe = {-1, -1}, .stop = {-1, -1}, .n = n, .bytes = malloc(n + 1)};
	if (pump->bytes)
		memcpy(pump->bytes, bytes, n);
	if (pump->bytes && pipe2(pump->pipe, O_CLOEXEC) == 0 && pipe2(pump->stop, O_CLOEXEC) == 0 && start(pump))
		return pump;
	close_all(pump);
	return NULL;
}

int nf_pump_end(const nf_pump *pump)
{
	return pump->pipe[0];
}

void nf_pump_forget_end(nf_pump *pump)
{
	if (pump->pipe[0] >= 0)
		close(pump->pipe[0]);
	pump->pipe[0] = -1;
}

void nf_pump_close(nf_pump *pump)
{
	if (!pump)
		return;
	nf_pump_forget_end(pump);
	close(pump->stop[1]);
	pump->stop[1] = -1;
	pthread_join(pump->thread, NULL);
	pump->pipe[1] = -1;
	close_all(pump);
}
