/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file ring.h
 * The output of a capture in several files, one after another: their names, when the next one begins, which are removed, and the command
 * that is told of each. A file gets its name only when it is whole.
 */
#ifndef NF_CLI_RING_H
#define NF_CLI_RING_H

#include "command.h"
#include "options.h"

typedef struct ring ring;

/**
 * NULL where the output is one file with a plain name. All arguments must outlive the ring.
 * @param output  the name, or its pattern
 * @param told    runs the command for each file that is whole; NULL: none
 */
ring *ring_new(const cli_options *options, const char *output, command *told);

/** Frees; the files stay. NULL is allowed. */
void ring_free(ring *ring);

/** Whether names are made, which then must not replace any file that is there already. */
bool ring_makes_names(const ring *ring);

/** Begins the next file. @return its name, which lives until the next call but one */
const char *ring_next(ring *ring);

/** The name that ring_next() gave last; NULL before. */
const char *ring_name(const ring *ring);

/** Whether the file has had its time or its size. */
bool ring_is_due(const ring *ring, uint64_t bytes);

/** When a limit of time has to be looked at again at the latest, as g_get_monotonic_time(); G_MAXINT64: never. */
gint64 ring_due_us(const ring *ring);

/** A file is whole. @param name  that it got, where it is not what ring_next() said; else NULL */
void ring_finished(ring *ring, const char *name);

#endif
