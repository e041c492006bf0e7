/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arena.h"

#include "pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/*
 * A chunk begins with the link to the one before and its size. Huge pages are for who needs many chunks: one fault then stands for 512, but it
 * takes as long as memory takes to become 2 MiB of zeros.
 */
enum { CHUNK_BYTES = 256 * 1024, HUGE_BYTES = 2 * 1024 * 1024, SMALL_CHUNKS = 2, CHUNK_HEAD = 64 };

typedef struct chunk {
	struct chunk *before;
	size_t bytes;
} chunk;

_Static_assert(sizeof(chunk) <= CHUNK_HEAD, "the first piece begins behind it");

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
	for (chunk *c = arena->chunks, *before; c; c = before) {
		before = c->before;
		if (c->bytes == HUGE_BYTES)
			munmap(c, HUGE_BYTES);
		else
			free(c);
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
	const size_t bytes = arena->pool ? NF_CHUNK_BYTES : CHUNK_BYTES, head = arena->pool ? NF_CHUNK_HEAD : CHUNK_HEAD;
	const size_t pieces = (bytes - head) / arena->piece_bytes;

	return (bytes + pieces - 1) / pieces;
}

/* At a multiple of its size, so that it can be one page. NULL: out of memory. */
static void *map_huge(void)
{
	char *begin = mmap(NULL, 2 * HUGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (begin == MAP_FAILED)
		return NULL;
	const size_t before = -(uintptr_t)begin % HUGE_BYTES;
	char *p = begin + before;
	if (before > 0)
		munmap(begin, before);
	munmap(p + HUGE_BYTES, HUGE_BYTES - before);
	(void)madvise(p, HUGE_BYTES, MADV_HUGEPAGE); /* small ones do, too */
	return p;
}

static bool add_chunk(nf_arena *arena)
{
	const bool is_huge = arena->huge_pages && arena->chunk_count >= SMALL_CHUNKS;
	const size_t bytes = is_huge ? HUGE_BYTES : CHUNK_BYTES;
	chunk *c = is_huge ? map_huge() : aligned_alloc(CHUNK_HEAD, bytes);

	if (!c)
		return false;
	*c = (chunk){arena->chunks, bytes};
	arena->chunks = c;
	arena->chunk_count++;
	arena->next = (char *)c + CHUNK_HEAD;
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
