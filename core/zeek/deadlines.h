/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file deadlines.h
 * When connections are to be looked at: a heap. A connection's limit may come nearer, so it may be in the heap more than once; only the
 * entry that it was armed with last is looked at, the others are dropped when met, or when they are too many.
 */
#ifndef NF_ZEEK_DEADLINES_H
#define NF_ZEEK_DEADLINES_H

#include "flow/heap.h"

typedef struct nf_deadlines {
	nf_heap heap;
	size_t alive;     /**< records that are armed */
	unsigned dropped; /**< entries of others may be alive >> dropped, and a few more */
} nf_deadlines;

void nf_deadlines_clear(nf_deadlines *deadlines);

/** Arms a record, which has an nf_connection, for this time. False: out of memory. */
bool nf_deadlines_arm(nf_deadlines *deadlines, nf_record *record, int64_t at_ns);

/** nf_deadlines_due() where the heap begins with such a time. */
nf_record *nf_deadlines_take(nf_deadlines *deadlines, int64_t now_ns);

/** The record that was armed for the earliest time, if that is not after now; it is armed no more. NULL: none. */
static inline nf_record *nf_deadlines_due(nf_deadlines *deadlines, int64_t now_ns)
{
	return deadlines->heap.n > 0 && deadlines->heap.first->deadline_ns <= now_ns ? nf_deadlines_take(deadlines, now_ns) : NULL;
}

/** Says that an armed record ends. Its sequence must be changed, or it leaves NF_STATE_OPEN, before any other call. */
static inline void nf_deadlines_forget(nf_deadlines *deadlines)
{
	deadlines->alive--;
}

/** Puts the armed records in order of sequence, each once; they must then be emptied. @return alive of them: see nf_heap_at() */
const nf_heap *nf_deadlines_by_sequence(nf_deadlines *deadlines);

void nf_deadlines_empty(nf_deadlines *deadlines);

#endif
