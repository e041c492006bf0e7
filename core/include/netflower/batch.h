/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file batch.h
 * Frames decoded and counted apart from an engine, perhaps on another thread.
 *
 * Thread rule: a batch belongs to one thread at a time. It holds no pointer.
 */
#ifndef NETFLOWER_BATCH_H
#define NETFLOWER_BATCH_H

#include <netflower/packet.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NF_BATCH_PACKETS = 128 };

/** Some successive frames: how many, why some of them are not used, and the packets of the others. */
typedef struct nf_batch {
	uint64_t frames;                /**< frames given to this batch */
	uint64_t wire_bytes;            /**< sum of their wire lengths */
	uint64_t skipped[NF_SKIP_COUNT]; /**< by nf_skip */
	size_t n;                       /**< packets, at most NF_BATCH_PACKETS */
	nf_packet packets[NF_BATCH_PACKETS];
} nf_batch;

/** Empties a batch; a new one must be cleared first. */
NF_API void nf_batch_clear(nf_batch *batch);

/**
 * Decodes a frame into the batch, which must not be full.
 * @param number  of the frame, from 1
 * @return false when the batch is full now: give it to nf_engine_batch() and clear it
 */
NF_API bool nf_batch_frame(nf_batch *batch, const nf_frame *frame, uint64_t number);

#ifdef __cplusplus
}
#endif
#endif
