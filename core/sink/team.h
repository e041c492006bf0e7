/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file team.h
 * Several threads behind one engine, for the same bytes in less time. The caller's thread reads and decodes; the rest is cut into jobs that
 * any thread does which has nothing else to do, the caller's too when it has to wait:
 *
 *     batches of packets --> the engine, one thread at a time, in order --> chunks of ended flows --> rows, several threads at once
 *                        --> the writer, one thread at a time, in order
 *
 * Thread rule: all calls come from one thread. The engine, and what the writer writes to, may be used directly only after nf_team_drain()
 * and before the next nf_team_frames().
 */
#ifndef NF_SINK_TEAM_H
#define NF_SINK_TEAM_H

#include <netflower/engine.h>
#include <netflower/sink.h>

typedef struct nf_team nf_team;

/**
 * Starts a team, to be freed with nf_team_free(). Engine and columns must outlive it.
 * @param threads  at least 2, the caller's included
 */
NF_MUST_CHECK nf_status nf_team_new(nf_team **team, unsigned threads, nf_engine *engine, const char *format, const nf_columns *columns,
				    nf_writer writer, nf_error *error);

/** Ends the threads; what has not been drained is lost. NULL is allowed. */
void nf_team_free(nf_team *team);

/**
 * Gives frames. A failure of any job is told here or in nf_team_drain(); the team can then only be freed.
 * @param number  of the first, from 1
 */
NF_MUST_CHECK nf_status nf_team_frames(nf_team *team, const nf_frame *frames, size_t n, uint64_t number, nf_error *error);

/** Waits until all frames given are worked on and the rows of all flows that have ended, by whatever call, are with the writer. */
NF_MUST_CHECK nf_status nf_team_drain(nf_team *team, nf_error *error);

/** Rows that went to the writer. */
uint64_t nf_team_rows(const nf_team *team);

#endif
