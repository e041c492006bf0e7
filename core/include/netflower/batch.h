/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file batch.h
 * Frames decoded and counted apart from an engine, perhaps on another thread.
 *
 * Thread rule: a batch belongs to one thread at a time.
 */
#ifndef NETFLOWER_BATCH_H
#define NETFLOWER_BATCH_H

#include <netflower/decoder.h>
#include <netflower/packet.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
	NF_BATCH_PACKETS = 128,
	NF_FRAME_PACKETS = 8, /**< the most that one frame gives */
};

/** Some successive frames: how many, why some of them are not used, and the packets of the others. */
typedef struct nf_batch {
	uint64_t frames;                 /**< frames given to this batch */
	uint64_t wire_bytes;             /**< sum of their wire lengths */
	uint64_t skipped[NF_SKIP_COUNT]; /**< by nf_skip. With defrag, fragments of earlier batches that this one made whole are taken off, modulo 2^64. */
	size_t n;                        /**< packets, at most NF_BATCH_PACKETS */
	size_t bytes_used;               /**< of bytes */
	nf_packet packets[NF_BATCH_PACKETS];
	nf_detail *details;              /**< of packets; NULL: none are kept */
	uint8_t *bytes;                  /**< what nf_detail.payload points to; NULL: none is kept */
} nf_batch;

/**
 * Makes an empty batch for what a decoder gives; to be released with nf_batch_release(). A batch of zero bytes is one for the default decoder.
 * @param decoder  NULL: the default; details and bytes are then not there
 */
NF_API NF_MUST_CHECK nf_status nf_batch_init(nf_batch *batch, const nf_decoder *decoder, nf_error *error);
NF_API void nf_batch_release(nf_batch *batch);

/** Empties a batch. */
NF_API void nf_batch_clear(nf_batch *batch);

/**
 * Decodes a frame into the batch, which must not be full.
 * @param decoder  that of nf_batch_init(); NULL: the default
 * @param number   of the frame, from 1
 * @return false when the batch is full now: give it to nf_engine_batch() and clear it
 */
NF_API bool nf_batch_frame(nf_batch *batch, nf_decoder *decoder, const nf_frame *frame, uint64_t number);

/**
 * Decodes frames into the batch, which must not be full, until it is.
 * @param number  of the first
 * @param taken   how many
 * @return as nf_batch_frame()
 */
NF_API bool nf_batch_frames(nf_batch *batch, nf_decoder *decoder, const nf_frame *frames, size_t n, uint64_t number, size_t *taken);

/** No frame follows: forgets the fragments that wait in the decoder for others. They were counted as skipped when they came. The batch need not have room. */
NF_API void nf_batch_finish(nf_batch *batch, nf_decoder *decoder);

#ifdef __cplusplus
}
#endif
#endif
