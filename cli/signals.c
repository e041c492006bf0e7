/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* timeout(1) sends its signal to the program and then to its group, so the first one comes twice. */
static const int64_t twice_ns = 100 * INT64_C(1000000);

atomic_uint signals_work;

static atomic_llong first_stop_ns;
static int wake[2] = {-1, -1};
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

static void add_work(unsigned work)
{
	int saved = errno;

	atomic_fetch_or(&signals_work, work);
	(void)!write(wake[1], "", 1);
	errno = saved;
}

static void on_stop(int number)
{
	long long none = 0;

	if (!atomic_compare_exchange_strong(&first_stop_ns, &none, now_ns()) && now_ns() - none > twice_ns)
		abort_now(number);
	add_work(WORK_STOP);
}

static void on_quit(int number)
{
	abort_now(number);
}

static void on_work(int number)
{
	add_work(number == SIGHUP ? WORK_ROTATE : number == SIGUSR1 ? WORK_SUMMARY : WORK_FLUSH);
}

static void on_interrupt(int number)
{
	(void)number;
}

static void handle(int number, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

bool signals_begin(void)
{
	struct sigaction hup;

	if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) != 0)
		return false;
	main_thread = pthread_self();
	handle(SIGINT, on_stop, 0);
	handle(SIGTERM, on_stop, 0);
	handle(SIGQUIT, on_quit, 0);
	handle(SIGURG, on_interrupt, 0);
	handle(SIGUSR1, on_work, SA_RESTART);
	handle(SIGUSR2, on_work, SA_RESTART);
	if (sigaction(SIGHUP, NULL, &hup) == 0 && hup.sa_handler != SIG_IGN)
		handle(SIGHUP, on_work, SA_RESTART);
	return true;
}

bool signals_stopped(void)
{
	return atomic_load(&first_stop_ns) != 0;
}

int signals_descriptor(void)
{
	return wake[0];
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
