/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "deadlines.h"

#include "connection.h"

#include <stdlib.h>

enum { ROOM_MIN = 256, DROPPED_MIN = 1024 };

static bool is_before(const nf_deadline *a, const nf_deadline *b)
{
	return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->sequence < b->sequence;
}

static bool is_armed(const nf_deadline *d)
{
	const nf_record *record = d->record;

	return record->sequence == d->sequence && record->state == NF_STATE_OPEN &&
	       ((const nf_connection *)record->u.numbers)->due.armed == d->at_ns;
}

static void sift_up(nf_deadline *heap, size_t i, nf_deadline d)
{
	while (i > 0 && is_before(&d, &heap[(i - 1) / 2])) {
		heap[i] = heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	heap[i] = d;
}

static void sift_down(nf_deadline *heap, size_t n, size_t i, nf_deadline d)
{
	for (size_t child; (child = i * 2 + 1) < n; i = child) {
		if (child + 1 < n && is_before(&heap[child + 1], &heap[child]))
			child++;
		if (!is_before(&heap[child], &d))
			break;
		heap[i] = heap[child];
	}
	heap[i] = d;
}

/* Keeps the entries of armed records. */
static void sweep(nf_deadlines *deadlines)
{
	size_t kept = 0;

	for (size_t i = 0; i < deadlines->n; i++)
		if (is_armed(&deadlines->heap[i]))
			deadlines->heap[kept++] = deadlines->heap[i];
	deadlines->n = kept;
	for (size_t i = kept / 2 + 1; i-- > 0;)
		if (i < kept)
			sift_down(deadlines->heap, kept, i, deadlines->heap[i]);
}

void nf_deadlines_clear(nf_deadlines *deadlines)
{
	free(deadlines->heap);
	*deadlines = (nf_deadlines){0};
}

bool nf_deadlines_arm(nf_deadlines *deadlines, nf_record *record, int64_t at_ns)
{
	nf_connection *c = record->u.numbers;

	if (c->due.armed == INT64_MAX)
		deadlines->alive++;
	c->due.armed = at_ns;
	if (deadlines->n > deadlines->alive * 2 + DROPPED_MIN)
		sweep(deadlines);
	if (deadlines->n == deadlines->room) {
		const size_t room = deadlines->room ? deadlines->room * 2 : ROOM_MIN;
		nf_deadline *heap = realloc(deadlines->heap, room * sizeof *heap);

		if (!heap)
			return false;
		deadlines->heap = heap;
		deadlines->room = room;
	}
	sift_up(deadlines->heap, deadlines->n++, (nf_deadline){at_ns, record->sequence, record});
	return true;
}

nf_record *nf_deadlines_due(nf_deadlines *deadlines, int64_t now_ns)
{
	while (deadlines->n > 0 && deadlines->heap[0].at_ns <= now_ns) {
		const nf_deadline top = deadlines->heap[0];

		if (--deadlines->n > 0)
			sift_down(deadlines->heap, deadlines->n, 0, deadlines->heap[deadlines->n]);
		if (!is_armed(&top))
			continue;
		((nf_connection *)top.record->u.numbers)->due.armed = INT64_MAX;
		deadlines->alive--;
		return top.record;
	}
	return NULL;
}

static int by_sequence(const void *a, const void *b)
{
	const nf_deadline *x = a, *y = b;

	return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

const nf_deadline *nf_deadlines_by_sequence(nf_deadlines *deadlines)
{
	size_t kept = 0;

	for (size_t i = 0; i < deadlines->n; i++)
		if (is_armed(&deadlines->heap[i]))
			deadlines->heap[kept++] = deadlines->heap[i];
	deadlines->n = 0;
	if (kept == 0)
		return deadlines->heap;
	qsort(deadlines->heap, kept, sizeof *deadlines->heap, by_sequence);
	for (size_t i = 0; i < kept; i++) /* one may be there twice, with the same time */
		if (deadlines->n == 0 || deadlines->heap[deadlines->n - 1].sequence != deadlines->heap[i].sequence)
			deadlines->heap[deadlines->n++] = deadlines->heap[i];
	return deadlines->heap;
}

void nf_deadlines_empty(nf_deadlines *deadlines)
{
	deadlines->n = deadlines->alive = 0;
}
