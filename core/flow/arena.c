/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arena.h"

#include "pool.h"

#include <stdlib.h>
#include <string.h>

/* The first 16 bytes of a chunk hold the link to the one before, so that pieces keep malloc's alignment. */
enum { CHUNK_BYTES = 256 * 1024, CHUNK_HEAD = 16 };

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
	nf_arena_init(arena, arena->piece_bytes);
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
		char *chunk = malloc(CHUNK_BYTES);
		if (!chunk)
			return NULL;
		set_link(chunk, arena->chunks);
		arena->chunks = chunk;
		arena->next = chunk + CHUNK_HEAD;
		arena->left = (CHUNK_BYTES - CHUNK_HEAD) / arena->piece_bytes;
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
