/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file arena.h
 * Memory for many pieces of one size. Pieces come from large chunks, which stay until the arena is cleared: what was once needed is
 * likely to be needed again, and a pointer to a piece, used or not, can always be read.
 */
#ifndef NF_FLOW_ARENA_H
#define NF_FLOW_ARENA_H

#include <stdbool.h>
#include <stddef.h>

typedef struct nf_arena {
	size_t piece_bytes;
	size_t left;   /**< pieces not yet given from the newest chunk */
	char *next;    /**< the first of them */
	void *chunks;  /**< newest first */
	size_t chunk_count;
	bool huge_pages; /**< may be set at any time: see nf_options.huge_pages */
	void *spare;   /**< pieces given back, linked through their first word */
	struct nf_pool *pool; /**< has the pieces instead; NULL: there is none */
} nf_arena;

/** piece_bytes: a multiple of 16, at least 16. */
void nf_arena_init(nf_arena *arena, size_t piece_bytes);
void nf_arena_clear(nf_arena *arena);

/** Lets the pieces of an arena that gave none yet come from a pool, whose memory can be given back. False: out of memory. */
bool nf_arena_use_pool(nf_arena *arena);

/** Bytes of memory for each piece, its share of what is left over in chunks included. */
size_t nf_arena_cost(const nf_arena *arena);

/** A piece, aligned to 16, or to 64 where the size of pieces is a multiple of 64 and there is no pool; its content not specified; NULL: out of memory. */
void *nf_arena_get(nf_arena *arena);

/** Takes a piece back. Its first word is overwritten, the rest stays readable as it was. */
void nf_arena_put(nf_arena *arena, void *piece);

#endif
