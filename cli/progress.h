/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file progress.h
 * How far reading has come, in words.
 */
#ifndef NF_CLI_PROGRESS_H
#define NF_CLI_PROGRESS_H

#include <stdint.h>

/** At most five lines a second. */
enum { PROGRESS_TICK_MS = 200 };

typedef struct progress {
	uint64_t bytes_total; /**< of all captures; 0: not known */
	uint64_t last_bytes;  /**< when the line before was made */
	double last_seconds;
	double rate;          /**< bytes a second, smoothed; 0 before the first line */
} progress;

/**
 * A line like "102.3 MB of 228.1 MB (45 %), 512.0 MB/s, 480,000 frames, 12,000 flows".
 * @param seconds  since the start
 * @return to be freed with g_free()
 */
char *progress_line(progress *p, double seconds, uint64_t bytes, uint64_t frames, uint64_t flows);

#endif
