/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file queue.h
 * Deadlines that are set in their own order, the earliest first: where time goes on, all those of new records. Nothing is moved to let one in
 * or out, which a heap has to do. The queue lies in chunks, so that growing copies nothing; a chunk that all have left is given back.
 */
#ifndef NF_FLOW_QUEUE_H
#define NF_FLOW_QUEUE_H

#include "timer.h"

#include <stddef.h>

enum { NF_QUEUE_CHUNK = 510 };

typedef struct nf_queue_chunk {
	struct nf_queue_chunk *next;
	uint32_t from, to; /**< timers in use */
	nf_timer timers[NF_QUEUE_CHUNK];
} nf_queue_chunk;

typedef struct nf_queue {
	nf_queue_chunk *first, *last;
	nf_queue_chunk *tidy; /**< the last one that nf_queue_tidy() has done; NULL: it begins anew */
	size_t n, chunks;
} nf_queue;

/** The earliest timer; NULL: there is none. */
static inline const nf_timer *nf_queue_first(const nf_queue *queue)
{
	return queue->n ? &queue->first->timers[queue->first->from] : NULL;
}

/** Whether a timer has its place at the end: its deadline is not before the last one's, and its record is newer. */
static inline bool nf_queue_takes(const nf_queue *queue, const nf_timer *timer)
{
	if (queue->n == 0)
		return true;
	const nf_timer *last = &queue->last->timers[queue->last->to - 1];
	return timer->deadline_ns >= last->deadline_ns && timer->sequence > last->sequence;
}

/** Puts a timer at the end, see nf_queue_takes(). False: out of memory. */
bool nf_queue_push(nf_queue *queue, nf_timer timer);

/** Takes the earliest out; there is one. */
void nf_queue_pop(nf_queue *queue);

/**
 * Drops timers of one chunk that are not kept; the chunk before is filled up with those that are, so that all chunks but the first and the
 * last are full after a round. To be called for each new timer as long as too many are not kept: it goes round and round.
 */
void nf_queue_tidy(nf_queue *queue, nf_timer_keeps *keeps, const void *to);

/** Memory of the chunks. */
static inline size_t nf_queue_bytes(const nf_queue *queue)
{
	return queue->chunks * sizeof(nf_queue_chunk);
}

/** Drops all timers and frees all memory. */
void nf_queue_clear(nf_queue *queue);

#endif
