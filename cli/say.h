/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file say.h
 * What nf-cli says, on standard error: whole lines, and between them at most one line of progress, which every other line erases.
 *
 * Thread rule: one thread at a time.
 */
#ifndef NF_CLI_SAY_H
#define NF_CLI_SAY_H

#include <netflower/export.h>

/** One line, "nf-cli: " put in front and the line end behind; control characters become '?'. */
void say(const char *format, ...) NF_PRINTF(1, 2);

/** Lines as they are. */
void say_lines(const char *lines);

/** A line of progress: on a terminal in place of the one before, elsewhere a line of its own. */
void say_progress(const char *line);

/** Erases the line of progress, if one is shown. */
void say_progress_end(void);

#endif
