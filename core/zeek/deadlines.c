/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "deadlines.h"

#include "connection.h"

enum { DROPPED_MIN = 1024 };

static bool is_armed(const nf_timer *timer)
{
	const nf_record *record = timer->record;

	return record->sequence == timer->sequence && record->state == NF_STATE_OPEN &&
	       ((const nf_connection *)record->u.numbers)->due.armed == timer->deadline_ns;
}

static bool keeps(const void *to, const nf_timer *timer)
{
	(void)to;
	return is_armed(timer);
}

void nf_deadlines_clear(nf_deadlines *deadlines)
{
	nf_heap_clear(&deadlines->heap);
	deadlines->alive = 0;
}

bool nf_deadlines_arm(nf_deadlines *deadlines, nf_record *record, int64_t at_ns)
{
	nf_connection *c = record->u.numbers;

	if (c->due.armed == INT64_MAX)
		deadlines->alive++;
	c->due.armed = at_ns;
	if (deadlines->heap.n > deadlines->alive + (deadlines->alive >> deadlines->dropped) + DROPPED_MIN)
		nf_heap_tidy(&deadlines->heap, keeps, NULL);
	return nf_heap_push(&deadlines->heap, (nf_timer){at_ns, record->sequence, record});
}

nf_record *nf_deadlines_take(nf_deadlines *deadlines, int64_t now_ns)
{
	while (deadlines->heap.n > 0 && deadlines->heap.first->deadline_ns <= now_ns) {
		const nf_timer top = *deadlines->heap.first;

		nf_heap_pop(&deadlines->heap);
		if (!is_armed(&top))
			continue;
		((nf_connection *)top.record->u.numbers)->due.armed = INT64_MAX;
		deadlines->alive--;
		return top.record;
	}
	return NULL;
}

const nf_heap *nf_deadlines_by_sequence(nf_deadlines *deadlines)
{
	nf_heap *heap = &deadlines->heap;
	size_t n = 0;

	nf_heap_to_sequence(heap, keeps, NULL);
	for (size_t i = 0; i < heap->n; i++) /* one may be there twice, with the same time */
		if (n == 0 || nf_heap_at(heap, n - 1)->sequence != nf_heap_at(heap, i)->sequence)
			*nf_heap_at(heap, n++) = *nf_heap_at(heap, i);
	heap->n = n;
	return heap;
}

void nf_deadlines_empty(nf_deadlines *deadlines)
{
	nf_heap_empty(&deadlines->heap);
	deadlines->alive = 0;
}
