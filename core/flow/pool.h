/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file pool.h
 * An arena whose memory can be given back: pieces of one size in chunks of 64 KiB, each with its own list of free pieces. A chunk that is
 * released keeps its addresses, but the system takes its memory: whoever still reads there finds zeros.
 */
#ifndef NF_FLOW_POOL_H
#define NF_FLOW_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NF_CHUNK_BYTES = 65536, NF_CHUNK_HEAD = 16 };

typedef struct nf_chunk {
	char *bytes;                     /**< NF_CHUNK_BYTES, aligned to as many; the first word points back here */
	struct nf_chunk *next, *previous; /**< with room for a piece, or released */
	void *spare;                     /**< pieces given back, linked through their first word */
	uint32_t used;                   /**< pieces given and not given back */
	uint32_t begun;                  /**< pieces that were ever given; the others lie behind them */
} nf_chunk;

typedef struct nf_pool {
	size_t piece_bytes;
	uint32_t pieces;          /**< of a chunk */
	nf_chunk *open;           /**< with room */
	nf_chunk *released;
	size_t resident;          /**< chunks not released */
	size_t used;              /**< pieces */
	struct nf_pool_block *blocks;
} nf_pool;

/** NULL: out of memory. @param piece_bytes  a multiple of 8, at least 16, at most NF_CHUNK_BYTES - NF_CHUNK_HEAD */
nf_pool *nf_pool_new(size_t piece_bytes);
void nf_pool_free(nf_pool *pool);

/** Its content is not specified. NULL: out of memory. */
void *nf_pool_get(nf_pool *pool);

/** The first word of the piece is overwritten, the rest stays as it was. */
void nf_pool_put(nf_pool *pool, void *piece);

/** The chunk with the fewest pieces in use, whose pieces all have room elsewhere; from now on no piece is given from it. NULL: there is none. */
nf_chunk *nf_pool_sparse(nf_pool *pool);

/** Piece i of a chunk, i below nf_chunk.begun. */
static inline void *nf_chunk_piece(const nf_pool *pool, const nf_chunk *chunk, uint32_t i)
{
	return chunk->bytes + NF_CHUNK_HEAD + i * pool->piece_bytes;
}

/** Gives back the memory of a chunk that nf_pool_sparse() gave. Nothing in it is needed any more. */
void nf_pool_release(nf_pool *pool, nf_chunk *chunk);

#endif
