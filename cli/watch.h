/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file watch.h
 * A thread that does what signals and the clock ask for while the main thread waits for bytes of a pipe.
 *
 * The main thread holds the watch, and lets go of it only around reads that may wait; the watcher works only then. So all else is
 * touched by one thread at a time. While the main thread holds it, it looks at signals_work itself.
 */
#ifndef NF_CLI_WATCH_H
#define NF_CLI_WATCH_H

#include <stdbool.h>

typedef struct watch watch;

/**
 * Starts the thread; the caller holds the watch. Signals must have been taken up.
 * @param work     does what signals_work asks for, called with the watch held; false: the main thread has to stop reading
 * @param tick_ms  how often WORK_TICK comes; 0: never
 * @return NULL: out of memory or threads
 */
watch *watch_begin(bool (*work)(void *data), void *data, int tick_ms);

/** Around a read that may wait, by the main thread. */
void watch_let_go(watch *w);
void watch_hold(watch *w);

/** Ends the thread and frees, by the main thread while it holds the watch. NULL is allowed. */
void watch_end(watch *w);

#endif
