/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file features.h
 * The numbers of one flow, while it grows. All accumulators are integers and exact; a double appears only when a value is printed
 * (core/columns). Times are ns; a difference of two times is unsigned, for it may be as large as their whole range.
 */
#ifndef NF_FLOW_FEATURES_H
#define NF_FLOW_FEATURES_H

#include <netflower/packet.h>

#include <stddef.h>

enum { NF_FWD, NF_BWD, NF_DIRECTIONS };

typedef unsigned __int128 nf_u128;

/** A packet as its flow sees it. */
typedef struct nf_brief {
	int64_t ts_ns; /**< never before the flow's latest time */
	uint32_t ip_bytes;
	uint32_t payload_bytes;
	uint16_t window;
	uint16_t header_bytes;
	uint8_t tcp_flags;
	uint8_t dir; /**< NF_FWD or NF_BWD */
	bool is_tcp;
} nf_brief;

/** What remains of many values, where their number and sum are known from elsewhere. */
typedef struct nf_spread {
	nf_u128 squares; /**< sum of the squares */
	uint64_t min, max; /**< no meaning where there are no values */
} nf_spread;

/** The same with number and sum. */
typedef struct nf_tally {
	nf_spread spread;
	uint64_t n, sum;
} nf_tally;

/** Bulks of one direction: runs of at least five packets that all carry payload. */
typedef struct nf_bulks {
	uint64_t n, packets, bytes;
	uint64_t duration_ns;
} nf_bulks;

/**
 * One direction of a flow. Each packet of it writes to the first two cache lines, to the third only where a run of packets with payload begins
 * or a bulk ends: where many flows have packets in turn, the lines that go to and fro between cache and memory are most of the time.
 */
typedef struct nf_side {
	uint64_t packets;
	int64_t last_ns;
	nf_spread gap;          /**< between successive packets: packets - 1 values, last_ns - first_ns their sum */
	nf_u128 length_squares; /**< of ip_bytes: packets values, bytes their sum */

	uint64_t bytes;
	uint64_t header_bytes;
	uint64_t data_packets; /**< packets with payload */
	uint64_t psh;
	uint64_t run_packets, run_bytes;   /**< of the run of packets with payload now open */
	uint32_t length_min, length_max;   /**< of ip_bytes; no meaning without packets */
	uint32_t header_min;   /**< smallest header_bytes; no meaning without packets */
	int32_t window;        /**< of the first TCP packet; -1: there was none */

	int64_t first_ns;
	int64_t run_first_ns;  /**< of the run now open */
	nf_bulks bulks;
	uint64_t urg;
	uint64_t unused;
} nf_side;

_Static_assert(sizeof(nf_side) == 192, "three cache lines");

/** All of a flow. What each packet writes to stands in front. */
typedef struct nf_features {
	nf_spread gap; /**< between successive packets of both directions */
	int64_t first_ns, last_ns;
	uint64_t subflows; /**< 0: there was no packet yet */
	uint64_t ack;
	nf_side dir[NF_DIRECTIONS];
	uint64_t fin, syn, rst, ece, cwr; /**< packets with the flag, as ack */
	int64_t active_first_ns; /**< begin of the active period now open */
	nf_tally active, idle;   /**< periods */
} nf_features;

_Static_assert(offsetof(nf_features, dir) == 64, "the sides begin with a cache line");

/** Makes an empty flow. */
void nf_features_init(nf_features *features);

/** Adds a packet. Its time must not be before the latest one. */
void nf_features_add(nf_features *features, const nf_brief *brief);

/** later - earlier. */
static inline uint64_t nf_gap_ns(int64_t earlier, int64_t later)
{
	return (uint64_t)later - (uint64_t)earlier;
}

static inline uint64_t nf_features_packets(const nf_features *f)
{
	return f->dir[NF_FWD].packets + f->dir[NF_BWD].packets;
}

#endif
