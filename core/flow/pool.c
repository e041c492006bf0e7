/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* So many chunks are allocated at once; memory that was never used costs nothing. */
enum { BLOCK_CHUNKS = 16 };

typedef struct nf_pool_block {
	struct nf_pool_block *before;
	void *bytes;
	nf_chunk chunks[BLOCK_CHUNKS];
} nf_pool_block;

nf_pool *nf_pool_new(size_t piece_bytes)
{
	nf_pool *pool = calloc(1, sizeof *pool);

	if (!pool)
		return NULL;
	pool->piece_bytes = piece_bytes;
	pool->pieces = (uint32_t)((NF_CHUNK_BYTES - NF_CHUNK_HEAD) / piece_bytes);
	return pool;
}

void nf_pool_free(nf_pool *pool)
{
	if (!pool)
		return;
	for (nf_pool_block *block = pool->blocks, *before; block; block = before) {
		before = block->before;
		free(block->bytes);
		free(block);
	}
	free(pool);
}

static void link_to(nf_chunk **list, nf_chunk *chunk)
{
	chunk->previous = NULL;
	chunk->next = *list;
	if (*list)
		(*list)->previous = chunk;
	*list = chunk;
}

static void unlink_from(nf_chunk **list, nf_chunk *chunk)
{
	if (chunk->next)
		chunk->next->previous = chunk->previous;
	*(chunk->previous ? &chunk->previous->next : list) = chunk->next;
}

static bool add_block(nf_pool *pool)
{
	nf_pool_block *block = calloc(1, sizeof *block);

	if (!block)
		return false;
	if (posix_memalign(&block->bytes, NF_CHUNK_BYTES, (size_t)BLOCK_CHUNKS * NF_CHUNK_BYTES) != 0) {
		free(block);
		return false;
	}
	block->before = pool->blocks;
	pool->blocks = block;
	for (int i = BLOCK_CHUNKS; i-- > 0;) {
		block->chunks[i].bytes = (char *)block->bytes + (size_t)i * NF_CHUNK_BYTES;
		link_to(&pool->released, &block->chunks[i]);
	}
	return true;
}

static bool open_chunk(nf_pool *pool)
{
	if (!pool->released && !add_block(pool))
		return false;
	nf_chunk *chunk = pool->released;

	unlink_from(&pool->released, chunk);
	memcpy(chunk->bytes, &chunk, sizeof chunk);
	link_to(&pool->open, chunk);
	pool->resident++;
	return true;
}

static bool is_full(const nf_pool *pool, const nf_chunk *chunk)
{
	return chunk->used == pool->pieces;
}

void *nf_pool_get(nf_pool *pool)
{
	if (!pool->open && !open_chunk(pool))
		return NULL;
	nf_chunk *chunk = pool->open;
	void *piece = chunk->spare;

	if (piece)
		memcpy(&chunk->spare, piece, sizeof chunk->spare);
	else
		piece = nf_chunk_piece(pool, chunk, chunk->begun++);
	chunk->used++;
	pool->used++;
	if (is_full(pool, chunk))
		unlink_from(&pool->open, chunk);
	return piece;
}

void nf_pool_put(nf_pool *pool, void *piece)
{
	nf_chunk *chunk;

	memcpy(&chunk, (char *)piece - (uintptr_t)piece % NF_CHUNK_BYTES, sizeof chunk);
	if (is_full(pool, chunk))
		link_to(&pool->open, chunk);
	memcpy(piece, &chunk->spare, sizeof chunk->spare);
	chunk->spare = piece;
	chunk->used--;
	pool->used--;
}

nf_chunk *nf_pool_sparse(nf_pool *pool)
{
	nf_chunk *best = pool->open;

	if (!best || pool->resident * pool->pieces - pool->used < pool->pieces)
		return NULL;
	for (nf_chunk *chunk = best; chunk && best->used > 0; chunk = chunk->next)
		if (chunk->used < best->used)
			best = chunk;
	unlink_from(&pool->open, best);
	return best;
}

void nf_pool_release(nf_pool *pool, nf_chunk *chunk)
{
	if (madvise(chunk->bytes, NF_CHUNK_BYTES, MADV_DONTNEED) != 0)
		memset(chunk->bytes, 0, NF_CHUNK_BYTES);
	pool->used -= chunk->used;
	pool->resident--;
	chunk->used = chunk->begun = 0;
	chunk->spare = NULL;
	link_to(&pool->released, chunk);
}
