/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "heap.h"

#include <stdlib.h>

/* A heap of so many is tidied at once, one that has more a few places at a time: some 0.1 ms. */
enum { SMALL = 4096, FEW_PLACES = 16, SEGMENTS_MIN = 16 };

bool nf_heap_grow(nf_heap *heap)
{
	const size_t n = (heap->room + NF_HEAP_SHIFT) / NF_HEAP_SEGMENT;

	if (n == heap->segments_room) {
		const size_t room = n ? n * 2 : SEGMENTS_MIN;
		nf_timer **segments = realloc(heap->segments, room * sizeof *segments);

		if (!segments)
			return false;
		heap->segments = segments;
		heap->segments_room = room;
	}
	heap->segments[n] = malloc(NF_HEAP_SEGMENT * sizeof(nf_timer));
	if (!heap->segments[n])
		return false;
	heap->first = heap->segments[0] + NF_HEAP_SHIFT;
	heap->room = (n + 1) * NF_HEAP_SEGMENT - NF_HEAP_SHIFT;
	return true;
}

void nf_heap_shrink(nf_heap *heap)
{
	while (heap->room > heap->n + 2 * NF_HEAP_SEGMENT) {
		heap->room -= NF_HEAP_SEGMENT;
		free(heap->segments[(heap->room + NF_HEAP_SHIFT) / NF_HEAP_SEGMENT]);
	}
}

/* Drops what is not kept, in the order in which it lies. */
static void sweep(nf_heap *heap, nf_timer_keeps *keeps, const void *to)
{
	size_t kept = 0;

	for (size_t i = 0; i < heap->n; i++)
		if (keeps(to, nf_heap_at(heap, i)))
			*nf_heap_at(heap, kept++) = *nf_heap_at(heap, i);
	heap->n = kept;
}

/* The last timer takes the place. */
static void drop(nf_heap *heap, size_t i)
{
	const nf_timer last = *nf_heap_at(heap, --heap->n);

	if (i == heap->n)
		return;
	if (i > 0 && nf_timer_is_earlier(&last, nf_heap_at(heap, (i - 1) / NF_HEAP_CHILDREN)))
		nf_heap_up(heap, i, last);
	else
		nf_heap_down(heap, i, last);
}

void nf_heap_tidy(nf_heap *heap, nf_timer_keeps *keeps, const void *to)
{
	if (heap->n <= SMALL) {
		sweep(heap, keeps, to);
		for (size_t i = heap->n / NF_HEAP_CHILDREN + 1; i-- > 0;)
			if (i < heap->n)
				nf_heap_down(heap, i, *nf_heap_at(heap, i));
	} else {
		for (int i = 0; i < FEW_PLACES; i++) {
			if (heap->cursor >= heap->n)
				heap->cursor = 0;
			if (keeps(to, nf_heap_at(heap, heap->cursor)))
				heap->cursor++;
			else
				drop(heap, heap->cursor);
		}
	}
	nf_heap_shrink(heap);
}

/* Heap sort's step: the latest sequence is on top. */
static void down_by_sequence(nf_heap *heap, size_t n, size_t i)
{
	const nf_timer timer = *nf_heap_at(heap, i);

	for (size_t child; (child = i * 2 + 1) < n; i = child) {
		if (child + 1 < n && nf_heap_at(heap, child + 1)->sequence > nf_heap_at(heap, child)->sequence)
			child++;
		if (nf_heap_at(heap, child)->sequence <= timer.sequence)
			break;
		*nf_heap_at(heap, i) = *nf_heap_at(heap, child);
	}
	*nf_heap_at(heap, i) = timer;
}

/* In place. Mostly they are in order already, for a timer is set when its record is new. */
void nf_heap_to_sequence(nf_heap *heap, nf_timer_keeps *keeps, const void *to)
{
	size_t sorted = 1;

	sweep(heap, keeps, to);
	while (sorted < heap->n && nf_heap_at(heap, sorted - 1)->sequence < nf_heap_at(heap, sorted)->sequence)
		sorted++;
	if (sorted >= heap->n)
		return;
	for (size_t i = heap->n / 2; i-- > 0;)
		down_by_sequence(heap, heap->n, i);
	for (size_t n = heap->n - 1; n > 0; n--) {
		const nf_timer last = *nf_heap_at(heap, n);

		*nf_heap_at(heap, n) = *nf_heap_at(heap, 0);
		*nf_heap_at(heap, 0) = last;
		down_by_sequence(heap, n, 0);
	}
}

void nf_heap_empty(nf_heap *heap)
{
	heap->n = 0;
	nf_heap_shrink(heap);
}

void nf_heap_clear(nf_heap *heap)
{
	while (heap->room > 0) {
		const size_t n = (heap->room + NF_HEAP_SHIFT) / NF_HEAP_SEGMENT - 1;

		free(heap->segments[n]);
		heap->room = n ? n * NF_HEAP_SEGMENT - NF_HEAP_SHIFT : 0;
	}
	free(heap->segments);
	*heap = (nf_heap){0};
}
