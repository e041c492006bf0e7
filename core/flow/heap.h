/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file heap.h
 * Deadlines of records, the earliest first: a heap with four children each. It lies in segments that never move, so that growing copies
 * nothing; what is not needed any more is given back segment by segment.
 */
#ifndef NF_FLOW_HEAP_H
#define NF_FLOW_HEAP_H

#include "timer.h"

#include <stddef.h>

/** NF_HEAP_SHIFT places are left free before the first timer: then the children of one lie in one segment. */
enum { NF_HEAP_CHILDREN = 4, NF_HEAP_SEGMENT = 1024, NF_HEAP_SHIFT = NF_HEAP_CHILDREN - 1 };

typedef struct nf_heap {
	nf_timer **segments;
	nf_timer *first;     /**< the earliest, where n > 0 */
	size_t n, room;      /**< timers; those for which there are segments */
	size_t segments_room;
	size_t cursor;       /**< of nf_heap_tidy() */
} nf_heap;

static inline nf_timer *nf_heap_at(const nf_heap *heap, size_t i)
{
	i += NF_HEAP_SHIFT;
	return &heap->segments[i / NF_HEAP_SEGMENT][i % NF_HEAP_SEGMENT];
}

/** Puts a timer where it belongs, at place i or above it. */
static inline void nf_heap_up(nf_heap *heap, size_t i, nf_timer timer)
{
	nf_timer *to = nf_heap_at(heap, i);

	while (i > 0) {
		i = (i - 1) / NF_HEAP_CHILDREN;
		nf_timer *parent = nf_heap_at(heap, i);
		if (!nf_timer_is_earlier(&timer, parent))
			break;
		*to = *parent;
		to = parent;
	}
	*to = timer;
}

/** Puts a timer where it belongs, at place i or below it. */
static inline void nf_heap_down(nf_heap *heap, size_t i, nf_timer timer)
{
	nf_timer *to = nf_heap_at(heap, i);

	for (size_t child; (child = i * NF_HEAP_CHILDREN + 1) < heap->n;) {
		nf_timer *children = nf_heap_at(heap, child);
		const size_t n = heap->n - child < NF_HEAP_CHILDREN ? heap->n - child : NF_HEAP_CHILDREN;
		size_t best = 0;

		for (size_t k = 1; k < n; k++)
			if (nf_timer_is_earlier(&children[k], &children[best]))
				best = k;
		if (!nf_timer_is_earlier(&children[best], &timer))
			break;
		*to = children[best];
		to = &children[best];
		i = child + best;
	}
	*to = timer;
}

/** Memory of the segments. */
static inline size_t nf_heap_bytes(const nf_heap *heap)
{
	return (heap->room + NF_HEAP_SHIFT) / NF_HEAP_SEGMENT * NF_HEAP_SEGMENT * sizeof(nf_timer);
}

/** Makes room for more. False: out of memory. */
bool nf_heap_grow(nf_heap *heap);

/** Gives back what is much more than is needed. */
void nf_heap_shrink(nf_heap *heap);

/** False: out of memory. */
static inline bool nf_heap_push(nf_heap *heap, nf_timer timer)
{
	if (heap->n == heap->room && !nf_heap_grow(heap))
		return false;
	nf_heap_up(heap, heap->n++, timer);
	return true;
}

/** Takes the earliest out; there is one. */
static inline void nf_heap_pop(nf_heap *heap)
{
	if (--heap->n > 0)
		nf_heap_down(heap, 0, *nf_heap_at(heap, heap->n));
	if (heap->room - heap->n > 2 * NF_HEAP_SEGMENT)
		nf_heap_shrink(heap);
}

/**
 * Drops timers that are not kept: all of them where the heap is small, else those among the next few places, round and round. To be called
 * for each new timer as long as too many are not kept.
 */
void nf_heap_tidy(nf_heap *heap, nf_timer_keeps *keeps, const void *to);

/** Keeps only the timers that are kept, in order of sequence: nf_heap_at() gives them. It is no heap any more, and must then be emptied. */
void nf_heap_to_sequence(nf_heap *heap, nf_timer_keeps *keeps, const void *to);

/** Drops all timers. */
void nf_heap_empty(nf_heap *heap);

/** Frees all memory; the heap is then as new. */
void nf_heap_clear(nf_heap *heap);

#endif
