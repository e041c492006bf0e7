/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "timers.h"

enum { DROPPED_MIN = 1024 };

static inline bool waits(const nf_timers *timers, const nf_timer *timer)
{
	return timer->record->sequence == timer->sequence && timer->record->state == timers->state;
}

static bool keeps(const void *timers, const nf_timer *timer)
{
	return waits(timers, timer);
}

void nf_timers_init(nf_timers *timers, nf_state state, int64_t timeout_ns)
{
	*timers = (nf_timers){.earliest_ns = INT64_MAX, .state = state, .timeout_ns = timeout_ns};
}

void nf_timers_clear(nf_timers *timers)
{
	nf_timers_empty(timers);
	nf_heap_clear(&timers->heap);
}

int64_t nf_timers_deadline(const nf_timers *timers, const nf_record *record)
{
	const int64_t from = timers->from_first ? record->first_ns : record->last_ns;
	int64_t deadline;

	return __builtin_add_overflow(from, timers->timeout_ns, &deadline) ? INT64_MAX : deadline;
}

void nf_timers_tidy(nf_timers *timers)
{
	if (timers->queue.n + timers->heap.n <= timers->valid + (timers->valid >> timers->dropped) + DROPPED_MIN)
		return;
	nf_queue_tidy(&timers->queue, keeps, timers);
	nf_heap_tidy(&timers->heap, keeps, timers);
}

static nf_timer timer_of(const nf_timers *timers, nf_record *record)
{
	return (nf_timer){nf_timers_deadline(timers, record), record->sequence, record};
}

static bool set(nf_timers *timers, nf_timer timer, bool at_end)
{
	nf_timers_tidy(timers);
	if (!(at_end ? nf_queue_push(&timers->queue, timer) : nf_heap_push(&timers->heap, timer)))
		return false;
	timers->valid++;
	if (timer.deadline_ns < timers->earliest_ns)
		timers->earliest_ns = timer.deadline_ns;
	return true;
}

bool nf_timers_set(nf_timers *timers, nf_record *record)
{
	const nf_timer timer = timer_of(timers, record);

	return set(timers, timer, nf_queue_takes(&timers->queue, &timer));
}

bool nf_timers_moved(nf_timers *timers, nf_record *record)
{
	timers->valid--;
	return set(timers, timer_of(timers, record), false);
}

void nf_timers_forget(nf_timers *timers)
{
	timers->valid--;
}

/* The timer that seems to be the first one; NULL: there is none. */
static const nf_timer *top(const nf_timers *timers, bool *is_queued)
{
	const nf_timer *queued = nf_queue_first(&timers->queue), *heaped = timers->heap.n > 0 ? timers->heap.first : NULL;

	*is_queued = queued && (!heaped || nf_timer_is_earlier(queued, heaped));
	return *is_queued ? queued : heaped;
}

/* Its deadline was too early. False: out of memory, and nothing has changed. */
static bool correct(nf_timers *timers, nf_timer timer, bool is_queued)
{
	if (!is_queued) {
		nf_heap_down(&timers->heap, 0, timer);
		return true;
	}
	if (!nf_heap_push(&timers->heap, timer))
		return false;
	nf_queue_pop(&timers->queue);
	return true;
}

nf_record *nf_timers_first(nf_timers *timers)
{
	const nf_timer *first;
	bool is_queued;

	timers->no_memory = false;
	while ((first = top(timers, &is_queued)) != NULL) {
		if (!waits(timers, first)) {
			if (is_queued)
				nf_queue_pop(&timers->queue);
			else
				nf_heap_pop(&timers->heap);
			continue;
		}
		const nf_timer timer = timer_of(timers, first->record);
		timers->earliest_ns = first->deadline_ns;
		if (timer.deadline_ns == first->deadline_ns)
			return first->record;
		timers->no_memory = !correct(timers, timer, is_queued);
		if (timers->no_memory)
			return NULL;
	}
	timers->earliest_ns = INT64_MAX;
	return NULL;
}

size_t nf_timers_bytes(const nf_timers *timers)
{
	return nf_queue_bytes(&timers->queue) + nf_heap_bytes(&timers->heap);
}

void nf_timers_sort(nf_timers *timers)
{
	nf_heap_to_sequence(&timers->heap, keeps, timers);
	timers->taken = 0;
}

nf_record *nf_timers_take(nf_timers *timers)
{
	for (;;) {
		const nf_timer *queued = nf_queue_first(&timers->queue);
		const nf_timer *sorted = timers->taken < timers->heap.n ? nf_heap_at(&timers->heap, timers->taken) : NULL;

		if (!queued && !sorted)
			return NULL;
		const bool is_queued = queued && (!sorted || queued->sequence < sorted->sequence);
		const nf_timer timer = is_queued ? *queued : *sorted;
		if (is_queued)
			nf_queue_pop(&timers->queue);
		else
			timers->taken++;
		if (waits(timers, &timer))
			return timer.record;
	}
}

void nf_timers_empty(nf_timers *timers)
{
	nf_queue_clear(&timers->queue);
	nf_heap_empty(&timers->heap);
	timers->valid = 0;
	timers->earliest_ns = INT64_MAX;
}
