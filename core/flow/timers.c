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
	*timers = (nf_timers){.state = state, .timeout_ns = timeout_ns};
}

void nf_timers_clear(nf_timers *timers)
{
	nf_heap_clear(&timers->heap);
	timers->valid = 0;
}

int64_t nf_timers_deadline(const nf_timers *timers, const nf_record *record)
{
	const int64_t from = timers->from_first ? record->first_ns : record->last_ns;
	int64_t deadline;

	return __builtin_add_overflow(from, timers->timeout_ns, &deadline) ? INT64_MAX : deadline;
}

void nf_timers_tidy(nf_timers *timers)
{
	if (timers->heap.n > timers->valid + (timers->valid >> timers->dropped) + DROPPED_MIN)
		nf_heap_tidy(&timers->heap, keeps, timers);
}

bool nf_timers_set(nf_timers *timers, nf_record *record)
{
	nf_timers_tidy(timers);
	if (!nf_heap_push(&timers->heap, (nf_timer){nf_timers_deadline(timers, record), record->sequence, record}))
		return false;
	timers->valid++;
	return true;
}

bool nf_timers_moved(nf_timers *timers, nf_record *record)
{
	timers->valid--;
	return nf_timers_set(timers, record);
}

void nf_timers_forget(nf_timers *timers)
{
	timers->valid--;
}

nf_record *nf_timers_first(nf_timers *timers)
{
	while (timers->heap.n > 0) {
		nf_timer top = *timers->heap.first;

		if (!waits(timers, &top)) {
			nf_heap_pop(&timers->heap);
			continue;
		}
		const int64_t deadline = nf_timers_deadline(timers, top.record);
		if (deadline == top.deadline_ns)
			return top.record;
		top.deadline_ns = deadline;
		nf_heap_down(&timers->heap, 0, top);
	}
	return NULL;
}

const nf_heap *nf_timers_by_sequence(nf_timers *timers)
{
	nf_heap_to_sequence(&timers->heap, keeps, timers);
	return &timers->heap;
}

void nf_timers_empty(nf_timers *timers)
{
	nf_heap_empty(&timers->heap);
	timers->valid = 0;
}
