/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

/* timeout(1) sends its signal to the program and then to its group, so the first one comes twice. */
static const int64_t twice_ns = 100 * INT64_C(1000000);

atomic_uint signals_work;

static atomic_llong first_stop_ns;
static int wake[2] = {-1, -1};     /* for the watcher when the program shall stop */
static int work_descriptor = -1;   /* the other signals */
static pthread_t main_thread;
static char paths[SIGNALS_FILES][PATH_MAX];
static atomic_bool path_set[SIGNALS_FILES];

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec + 1; /* never 0 */
}

/* Everything here is allowed within a signal handler. */
static void abort_now(int number)
{
	sigset_t set;

	for (int i = 0; i < SIGNALS_FILES; i++)
		if (atomic_load(&path_set[i]))
			unlink(paths[i]);
	signal(number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, number);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	raise(number);
	_exit(128 + number);
}

static void on_stop(int number)
{
	int saved = errno;
	long long none = 0;

	if (!atomic_compare_exchange_strong(&first_stop_ns, &none, now_ns()) && now_ns() - none > twice_ns)
		abort_now(number);
	atomic_fetch_or(&signals_work, WORK_STOP);
	(void)!write(wake[1], "", 1);
	errno = saved;
}

static void on_quit(int number)
{
	abort_now(number);
}

static void on_interrupt(int number)
{
	(void)number;
}

/* Without SA_RESTART: a read that waits shall end. */
static void handle(int number, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};

	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

static void block_work(void)
{
	struct sigaction hup;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	if (sigaction(SIGHUP, NULL, &hup) == 0 && hup.sa_handler != SIG_IGN)
		sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	work_descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool signals_begin(void)
{
	block_work();
	if (work_descriptor < 0 || pipe2(wake, O_CLOEXEC | O_NONBLOCK) != 0)
		return false;
	main_thread = pthread_self();
	handle(SIGINT, on_stop);
	handle(SIGTERM, on_stop);
	handle(SIGQUIT, on_quit);
	handle(SIGURG, on_interrupt);
	return true;
}

void signals_descriptors(struct pollfd fds[SIGNALS_DESCRIPTORS])
{
	fds[0] = (struct pollfd){.fd = wake[0], .events = POLLIN};
	fds[1] = (struct pollfd){.fd = work_descriptor, .events = POLLIN};
}

void signals_collect(void)
{
	struct signalfd_siginfo info;
	char bytes[64];

	while (read(wake[0], bytes, sizeof bytes) > 0)
		;
	while (read(work_descriptor, &info, sizeof info) == (ssize_t)sizeof info)
		atomic_fetch_or(&signals_work,
				info.ssi_signo == SIGHUP ? WORK_ROTATE : info.ssi_signo == SIGUSR1 ? WORK_SUMMARY : WORK_FLUSH);
}

bool signals_stopped(void)
{
	return atomic_load(&first_stop_ns) != 0;
}

void signals_interrupt_read(void)
{
	pthread_kill(main_thread, SIGURG);
}

void signals_remove_on_abort(int place, const char *path)
{
	atomic_store(&path_set[place], false);
	if (path && strlen(path) < sizeof paths[place]) {
		strcpy(paths[place], path);
		atomic_store(&path_set[place], true);
	}
}

void signals_hold_quit(bool hold)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGQUIT);
	pthread_sigmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}
