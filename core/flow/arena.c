/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arena.h"

#include "pool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/*
 * A chunk begins with the link to the one before. Huge pages are for who needs many chunks: one fault then stands for 512, but it takes as long
 * as memory takes to become 2 MiB of zeros.
 */
enum { CHUNK_BYTES = 256 * 1024, HUGE_BYTES = 2 * 1024 * 1024, SMALL_CHUNKS = 8, CHUNK_HEAD = 64 };

static void *link_of(void *piece)
{
	void *link;

	memcpy(&link, piece, sizeof link);
	return link;
}

static void set_link(void *piece, void *link)
{
	memcpy(piece, &link, sizeof link);
}

void nf_arena_init(nf_arena *arena, size_t piece_bytes)
{
	*arena = (nf_arena){.piece_bytes = piece_bytes};
}

void nf_arena_clear(nf_arena *arena)
{
	for (void *chunk = arena->chunks, *before; chunk; chunk = before) {
		before = link_of(chunk);
		free(chunk);
	}
	nf_pool_free(arena->pool);
	*arena = (nf_arena){.piece_bytes = arena->piece_bytes, .huge_pages = arena->huge_pages};
}

bool nf_arena_use_pool(nf_arena *arena)
{
	arena->pool = nf_pool_new(arena->piece_bytes);
	return arena->pool;
}

size_t nf_arena_cost(const nf_arena *arena)
{
	const size_t bytes = arena->pool ? NF_CHUNK_BYTES : CHUNK_BYTES;
	const size_t pieces = (bytes - CHUNK_HEAD) / arena->piece_bytes;

	return (bytes + pieces - 1) / pieces;
}

static bool add_chunk(nf_arena *arena)
{
	const bool is_huge = arena->huge_pages && arena->chunk_count >= SMALL_CHUNKS;
	const size_t bytes = is_huge ? HUGE_BYTES : CHUNK_BYTES;
	char *chunk = aligned_alloc(is_huge ? HUGE_BYTES : CHUNK_HEAD, bytes);

	if (!chunk)
		return false;
	if (is_huge)
		(void)madvise(chunk, bytes, MADV_HUGEPAGE); /* small ones do, too */
	set_link(chunk, arena->chunks);
	arena->chunks = chunk;
	arena->chunk_count++;
	arena->next = chunk + CHUNK_HEAD;
	arena->left = (bytes - CHUNK_HEAD) / arena->piece_bytes;
	return true;
}

void *nf_arena_get(nf_arena *arena)
{
	if (arena->spare) {
		void *piece = arena->spare;
		arena->spare = link_of(piece);
		return piece;
	}
	if (arena->left == 0) {
		if (arena->pool)
			return nf_pool_get(arena->pool);
		if (!add_chunk(arena))
			return NULL;
	}
	void *piece = arena->next;
	arena->next += arena->piece_bytes;
	arena->left--;
	return piece;
}

void nf_arena_put(nf_arena *arena, void *piece)
{
	if (arena->pool) {
		nf_pool_put(arena->pool, piece);
		return;
	}
	set_link(piece, arena->spare);
	arena->spare = piece;
}
