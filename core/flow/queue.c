/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "queue.h"

#include <stdlib.h>
#include <string.h>

/* A timer's record has mostly not been touched for long: it is read so many places ahead. */
enum { AHEAD = 6 };

static inline void read_ahead(const nf_queue_chunk *chunk, uint32_t i)
{
	if (i + AHEAD < chunk->to)
		__builtin_prefetch(chunk->timers[i + AHEAD].record);
}

bool nf_queue_push(nf_queue *queue, nf_timer timer)
{
	nf_queue_chunk *last = queue->last;

	if (!last || last->to == NF_QUEUE_CHUNK) {
		nf_queue_chunk *chunk = malloc(sizeof *chunk);
		if (!chunk)
			return false;
		chunk->next = NULL;
		chunk->from = chunk->to = 0;
		*(last ? &last->next : &queue->first) = chunk;
		queue->last = last = chunk;
		queue->chunks++;
	}
	last->timers[last->to++] = timer;
	queue->n++;
	return true;
}

/* @param before  NULL: the chunk is the first one */
static void drop_chunk(nf_queue *queue, nf_queue_chunk *before, nf_queue_chunk *chunk)
{
	*(before ? &before->next : &queue->first) = chunk->next;
	if (queue->last == chunk)
		queue->last = before;
	if (queue->tidy == chunk)
		queue->tidy = before;
	queue->chunks--;
	free(chunk);
}

void nf_queue_pop(nf_queue *queue)
{
	nf_queue_chunk *first = queue->first;

	queue->n--;
	read_ahead(first, first->from);
	if (++first->from == first->to)
		drop_chunk(queue, NULL, first);
}

/* Drops what is not kept. */
static void tidy_chunk(nf_queue *queue, nf_queue_chunk *chunk, nf_timer_keeps *keeps, const void *to)
{
	uint32_t kept = chunk->from;

	for (uint32_t i = chunk->from; i < chunk->to; i++) {
		read_ahead(chunk, i);
		if (keeps(to, &chunk->timers[i]))
			chunk->timers[kept++] = chunk->timers[i];
	}
	queue->n -= chunk->to - kept;
	chunk->to = kept;
}

/* Takes as many from the front of the next chunk as there is room for. That one begins at 0, for only the first chunk has been taken from. */
static void fill_up(nf_queue_chunk *chunk, nf_queue_chunk *next)
{
	const uint32_t room = NF_QUEUE_CHUNK - chunk->to, moved = next->to < room ? next->to : room;

	memcpy(&chunk->timers[chunk->to], next->timers, moved * sizeof(nf_timer));
	chunk->to += moved;
	next->to -= moved;
	memmove(next->timers, &next->timers[moved], next->to * sizeof(nf_timer));
}

void nf_queue_tidy(nf_queue *queue, nf_timer_keeps *keeps, const void *to)
{
	nf_queue_chunk *before = queue->tidy && queue->tidy->next ? queue->tidy : NULL;
	nf_queue_chunk *chunk = before ? before->next : queue->first;

	if (!chunk)
		return;
	queue->tidy = chunk;
	tidy_chunk(queue, chunk, keeps, to);
	if (before)
		fill_up(before, chunk);
	if (chunk->from == chunk->to)
		drop_chunk(queue, before, chunk);
}

void nf_queue_clear(nf_queue *queue)
{
	for (nf_queue_chunk *chunk = queue->first, *next; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	*queue = (nf_queue){0};
}
