/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file seen.h
 * Which TCP segments a connection had before. It remembers at least the NF_CIC_SEEN_LEAST latest different ones, and all as long as there are no more than
 * that; memory for one connection never passes two tables of 65536 places (2 MiB), nor an eighth of nf_options.max_memory, for which it may
 * remember less.
 */
#ifndef NF_FLOW_SEEN_H
#define NF_FLOW_SEEN_H

#include "cic.h"

enum { NF_CIC_SEEN_LEAST = 49152 };

typedef struct nf_cic_segment {
	uint32_t seq, ack, payload_bytes;
	uint16_t window;
	uint8_t sender;
	uint8_t used; /**< 1: this place of the table is */
} nf_cic_segment;

/** One connection's, in a list of all. */
typedef struct nf_cic_seen {
	struct nf_cic_seen *next, *previous;
	nf_cic_segment *now, *before; /**< tables of places and places_before; before may be NULL */
	size_t n, places, places_before;
} nf_cic_seen;

/** Sets how large a connection's tables may become. @return bytes that one packet may add */
size_t nf_cic_seen_begin(nf_engine *engine);

/** NULL: out of memory. */
nf_cic_seen *nf_cic_seen_new(nf_engine *engine);

/** NULL is allowed. */
void nf_cic_seen_free(nf_engine *engine, nf_cic_seen *seen);

/** Whether the segment was there; it is from now on. @return false: out of memory */
bool nf_cic_seen_add(nf_engine *engine, nf_cic_seen *seen, const nf_cic_segment *segment, bool *again);

#endif
