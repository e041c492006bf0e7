/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file stream.h
 * The bytes that one side of a TCP connection sent, as far as it matters which of them were seen: what is complete, what waits behind a
 * hole, what was acknowledged, and which acknowledged bytes were never seen. No byte itself is kept.
 *
 * Most streams never have a hole, so the room for runs is given to a stream at its first one: in place it would make each connection larger
 * by a third, and what takes longest while many connections begin is the system's giving of new pages.
 *
 * Numbers are relative to the side's first sequence number: its first byte has number 1.
 */
#ifndef NF_ZEEK_STREAM_H
#define NF_ZEEK_STREAM_H

#include <stdbool.h>
#include <stdint.h>

enum {
	/** Runs behind holes that are kept apart. When one more comes the two with the smallest hole between them become one, so that hole is taken as seen. */
	NF_STREAM_RUNS = 16,
	NF_STREAM_WITHOUT_ACK = 16384,            /**< bytes with no acknowledgement at all: the other direction is not seen */
	NF_STREAM_HELD_MOST = 10 * 1024 * 1024,   /**< bytes that wait for acknowledgement */
};

/** Bytes [from, to) behind a hole, low 32 bits of their numbers. */
typedef struct nf_run {
	uint32_t from, to;
} nf_run;

/** Room for the runs of a stream, in order, apart from each other, all above complete. */
typedef struct nf_runs {
	nf_run run[NF_STREAM_RUNS];
} nf_runs;

typedef struct nf_stream {
	uint64_t complete;     /**< all bytes below are seen, or given up */
	uint64_t acknowledged; /**< all bytes below are dropped */
	uint64_t end;          /**< behind the last byte that was ever held */
	bool gave_up;          /**< too much was held: nothing is looked at any more */
	uint8_t n;             /**< runs */
	nf_runs *runs;         /**< NULL: there was no hole yet */
} nf_stream;

/** Holes that turn out to be gaps. */
typedef struct nf_gaps {
	uint32_t n;
	uint64_t bytes;
} nf_gaps;

void nf_stream_init(nf_stream *stream);

/**
 * Bytes [from, to) were seen.
 * @param unacknowledged  none of this side's bytes were ever acknowledged
 * @param sent            bytes that the side sent by sequence numbers
 * @param spare           room for runs; a stream that has none and needs some takes it and leaves NULL
 */
void nf_stream_data(nf_stream *stream, uint64_t from, uint64_t to, bool unacknowledged, uint64_t sent, nf_runs **spare);

/**
 * All below @p number is acknowledged.
 * @param partial  the connection's beginning was not seen: a hole right at the beginning is none
 */
nf_gaps nf_stream_ack(nf_stream *stream, uint64_t number, bool partial);

/** Whether bytes wait for their acknowledgement. */
static inline bool nf_stream_holds(const nf_stream *stream)
{
	return stream->end > stream->acknowledged && !stream->gave_up;
}

#endif
