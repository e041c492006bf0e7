/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "timers.h"

#include <stdlib.h>

/* Dropped timers may be as many as waiting ones before they are swept out, and a few more. */
enum { CHILDREN = 4, ROOM_MIN = 256, DROPPED_MIN = 1024 };

typedef bool earlier_fn(const nf_timer *a, const nf_timer *b);

static inline bool by_deadline(const nf_timer *a, const nf_timer *b)
{
	return a->deadline_ns != b->deadline_ns ? a->deadline_ns < b->deadline_ns : a->sequence < b->sequence;
}

static inline bool later_sequence(const nf_timer *a, const nf_timer *b)
{
	return a->sequence > b->sequence;
}

static inline void sift_up(nf_timer *heap, size_t i, nf_timer timer)
{
	while (i > 0) {
		size_t parent = (i - 1) / CHILDREN;
		if (!by_deadline(&timer, &heap[parent]))
			break;
		heap[i] = heap[parent];
		i = parent;
	}
	heap[i] = timer;
}

static inline void sift_down(nf_timer *heap, size_t n, size_t i, nf_timer timer, earlier_fn *earlier)
{
	for (;;) {
		size_t first = i * CHILDREN + 1, best = first;
		if (first >= n)
			break;
		for (size_t child = first + 1; child < first + CHILDREN && child < n; child++)
			if (earlier(&heap[child], &heap[best]))
				best = child;
		if (!earlier(&heap[best], &timer))
			break;
		heap[i] = heap[best];
		i = best;
	}
	heap[i] = timer;
}

static void heapify(nf_timer *heap, size_t n, earlier_fn *earlier)
{
	for (size_t i = n / CHILDREN + 1; i-- > 0;)
		if (i < n)
			sift_down(heap, n, i, heap[i], earlier);
}

static inline bool waits(const nf_timers *timers, const nf_timer *timer)
{
	return timer->record->sequence == timer->sequence && timer->record->state == timers->state;
}

/* Keeps the timers of waiting records, in their order. */
static void sweep(nf_timers *timers)
{
	size_t kept = 0;

	for (size_t i = 0; i < timers->n; i++)
		if (waits(timers, &timers->heap[i]))
			timers->heap[kept++] = timers->heap[i];
	timers->n = kept;
}

void nf_timers_init(nf_timers *timers, nf_state state, int64_t timeout_ns)
{
	*timers = (nf_timers){.state = state, .timeout_ns = timeout_ns};
}

void nf_timers_clear(nf_timers *timers)
{
	free(timers->heap);
	*timers = (nf_timers){.state = timers->state, .timeout_ns = timers->timeout_ns, .from_first = timers->from_first};
}

int64_t nf_timers_deadline(const nf_timers *timers, const nf_record *record)
{
	const int64_t from = timers->from_first ? record->first_ns : record->last_ns;
	int64_t deadline;

	return __builtin_add_overflow(from, timers->timeout_ns, &deadline) ? INT64_MAX : deadline;
}

bool nf_timers_set(nf_timers *timers, nf_record *record)
{
	if (timers->n > timers->valid * 2 + DROPPED_MIN) {
		sweep(timers);
		heapify(timers->heap, timers->n, by_deadline);
	}
	if (timers->n == timers->room) {
		size_t room = timers->room ? timers->room * 2 : ROOM_MIN;
		nf_timer *heap = realloc(timers->heap, room * sizeof *heap);
		if (!heap)
			return false;
		timers->heap = heap;
		timers->room = room;
	}
	nf_timer timer = {nf_timers_deadline(timers, record), record->sequence, record};
	sift_up(timers->heap, timers->n++, timer);
	timers->valid++;
	return true;
}

void nf_timers_forget(nf_timers *timers)
{
	timers->valid--;
}

nf_record *nf_timers_first(nf_timers *timers)
{
	while (timers->n > 0) {
		nf_timer top = timers->heap[0];
		if (!waits(timers, &top)) {
			timers->n--;
			if (timers->n > 0)
				sift_down(timers->heap, timers->n, 0, timers->heap[timers->n], by_deadline);
			continue;
		}
		int64_t deadline = nf_timers_deadline(timers, top.record);
		if (deadline == top.deadline_ns)
			return top.record;
		top.deadline_ns = deadline;
		sift_down(timers->heap, timers->n, 0, top, by_deadline);
	}
	return NULL;
}

/* Sorted by heap sort, in place; mostly they are in order already, for a timer is set when its record is new. */
const nf_timer *nf_timers_by_sequence(nf_timers *timers)
{
	nf_timer *heap = timers->heap;
	size_t sorted = 1;

	sweep(timers);
	while (sorted < timers->n && heap[sorted - 1].sequence < heap[sorted].sequence)
		sorted++;
	if (sorted >= timers->n)
		return heap;
	heapify(heap, timers->n, later_sequence);
	for (size_t n = timers->n; n > 1; n--) {
		nf_timer last = heap[n - 1];
		heap[n - 1] = heap[0];
		sift_down(heap, n - 1, 0, last, later_sequence);
	}
	return heap;
}

void nf_timers_empty(nf_timers *timers)
{
	timers->n = timers->valid = 0;
}
