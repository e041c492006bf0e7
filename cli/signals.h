/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file signals.h
 * Signals, as work that waits to be done. SIGINT and SIGTERM end a read that waits for bytes (EINTR). The others are blocked, so that
 * they disturb nobody, and are collected from a descriptor by the watcher (watch.h), which has their work done.
 *
 * A second SIGINT or SIGTERM, and SIGQUIT, end the program at once; the files told to signals_remove_on_abort() are removed first.
 */
#ifndef NF_CLI_SIGNALS_H
#define NF_CLI_SIGNALS_H

#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>

/** Work that waits, as bits. */
enum {
	WORK_STOP = 1 << 0,    /**< read no more */
	WORK_ROTATE = 1 << 1,  /**< SIGHUP: go on in a new file */
	WORK_SUMMARY = 1 << 2, /**< SIGUSR1: the summary so far */
	WORK_FLUSH = 1 << 3,   /**< SIGUSR2: write the rows so far */
	WORK_TICK = 1 << 4,    /**< time has passed: progress, rows for a reader who waits */
	WORK_NEXT_FILE = 1 << 5, /**< go on in a new file where one has had its time or size */
};

/** Work that waits now. Set by signals and by the watcher, taken by whoever does it. */
extern atomic_uint signals_work;

/** Takes signals up, before any other thread begins. A SIGHUP that is ignored (nohup) stays so. @return false: no descriptors */
bool signals_begin(void);

/** True once SIGINT or SIGTERM came. */
bool signals_stopped(void);

enum { SIGNALS_DESCRIPTORS = 2 };

/** What poll() has to look at to notice signals. */
void signals_descriptors(struct pollfd fds[SIGNALS_DESCRIPTORS]);

/** Adds the work of the signals that came. */
void signals_collect(void);

/** Makes the main thread's read fail with EINTR if it is in one. Any thread. */
void signals_interrupt_read(void);

/** Places of files that are being made: of the statistics, and from SIGNALS_OUTPUTS on those of the outputs. */
enum { SIGNALS_STATISTICS, SIGNALS_OUTPUTS, SIGNALS_FILES = SIGNALS_OUTPUTS + 8 };

/** The path to be removed when the program is ended by force; NULL: none any more. @param place 0 to SIGNALS_FILES - 1 */
void signals_remove_on_abort(int place, const char *path);

/** Holds SIGQUIT back, or lets it come: a file that is made while it is held is told to signals_remove_on_abort() before it can be left behind. */
void signals_hold_quit(bool hold);

#endif
