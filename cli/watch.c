/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch.h"

#include "signals.h"

#include <glib.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

enum { RETRY_MS = 20, NEVER_MS = 1 << 30 };

struct watch {
	pthread_mutex_t held;
	pthread_t thread;
	bool (*work)(void *data);
	void *data;
	int tick_ms;
	int end[2];  /* closing end[1] ends the thread */
	bool failed; /* of the watcher alone: the main thread has to stop reading */
};

/* True as long as there is something that only the main thread can do now, or the watcher once the main thread waits again. */
static bool look(watch *w)
{
	bool stop = w->failed || (atomic_load(&signals_work) & WORK_STOP) || signals_stopped();

	/* A signal that comes just before a read does not end it, so this is done again until the reading has ended. */
	if (stop)
		signals_interrupt_read();
	else if (atomic_load(&signals_work) && pthread_mutex_trylock(&w->held) == 0) {
		w->failed = !w->work(w->data);
		pthread_mutex_unlock(&w->held);
	}
	return stop || w->failed || atomic_load(&signals_work);
}

static void *run(void *data)
{
	watch *w = data;
	struct pollfd fds[SIGNALS_DESCRIPTORS + 1] = {{.fd = w->end[0], .events = POLLIN}};
	const gint64 tick_us = w->tick_ms * G_TIME_SPAN_MILLISECOND;
	gint64 next = g_get_monotonic_time() + tick_us;
	bool again = false;

	signals_descriptors(fds + 1);
	for (;;) {
		gint64 left_ms = w->tick_ms ? MAX(0, next - g_get_monotonic_time()) / G_TIME_SPAN_MILLISECOND + 1 : NEVER_MS;
		poll(fds, G_N_ELEMENTS(fds), (int)(again ? MIN(left_ms, RETRY_MS) : left_ms));
		if (fds[0].revents)
			return NULL;
		signals_collect();
		if (w->tick_ms && g_get_monotonic_time() >= next) {
			atomic_fetch_or(&signals_work, WORK_TICK);
			next = g_get_monotonic_time() + tick_us;
		}
		again = look(w);
	}
}

/* Signals are the main thread's: only there do they end its reads. */
static int start_thread(watch *w)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int result = pthread_create(&w->thread, NULL, run, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}

watch *watch_begin(bool (*work)(void *data), void *data, int tick_ms)
{
	watch *w = g_new0(watch, 1);

	w->work = work;
	w->data = data;
	w->tick_ms = tick_ms;
	if (pipe2(w->end, O_CLOEXEC) != 0) {
		g_free(w);
		return NULL;
	}
	pthread_mutex_init(&w->held, NULL);
	pthread_mutex_lock(&w->held);
	if (start_thread(w) == 0)
		return w;
	pthread_mutex_unlock(&w->held);
	pthread_mutex_destroy(&w->held);
	close(w->end[0]);
	close(w->end[1]);
	g_free(w);
	return NULL;
}

void watch_let_go(watch *w)
{
	pthread_mutex_unlock(&w->held);
}

void watch_hold(watch *w)
{
	pthread_mutex_lock(&w->held);
}

void watch_end(watch *w)
{
	if (!w)
		return;
	close(w->end[1]);
	pthread_join(w->thread, NULL);
	close(w->end[0]);
	pthread_mutex_unlock(&w->held);
	pthread_mutex_destroy(&w->held);
	g_free(w);
}
