/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file timers.h
 * When records are due: a heap of deadlines that a packet never touches. A deadline in the heap may be too early, for its record may have
 * had packets since; it is corrected when it comes to the top. A record's deadline only ever grows, so the top, once it is correct, is
 * the earliest of all. Any order of times is fine, also backwards; nothing is ever scanned.
 */
#ifndef NF_FLOW_TIMERS_H
#define NF_FLOW_TIMERS_H

#include "heap.h"

typedef struct nf_timers {
	nf_heap heap;
	size_t valid;        /**< timers whose record still waits; the others are dropped when met, or when they are too many */
	unsigned dropped;    /**< the others may be valid >> dropped, and a few more */
	nf_state state;      /**< of a record that waits */
	int64_t timeout_ns;  /**< a record is due this long after its last_ns */
	bool from_first;     /**< after its first_ns instead */
} nf_timers;

void nf_timers_init(nf_timers *timers, nf_state state, int64_t timeout_ns);
void nf_timers_clear(nf_timers *timers);

/** The last instant at which the record is not due yet. */
int64_t nf_timers_deadline(const nf_timers *timers, const nf_record *record);

/** Sets the timer of a record, once for each sequence. False: out of memory. */
bool nf_timers_set(nf_timers *timers, nf_record *record);

/** The record of a timer lies elsewhere now, with its sequence; the old place has another one. False: out of memory. */
bool nf_timers_moved(nf_timers *timers, nf_record *record);

/** Says that a record waits no more. Its state or sequence must be changed before any other call. */
void nf_timers_forget(nf_timers *timers);

/** The record that is due first, whether that is past or not; it stays. NULL: none waits. Ties: lower sequence first. */
nf_record *nf_timers_first(nf_timers *timers);

/** Cheap test, may be true without reason: could something have a deadline before @p now_ns? */
static inline bool nf_timers_may_be_due(const nf_timers *timers, int64_t now_ns)
{
	return timers->heap.n > 0 && timers->heap.first->deadline_ns < now_ns;
}

/** Drops some of those whose record does not wait, if they are too many. */
void nf_timers_tidy(nf_timers *timers);

/** Puts the waiting timers in order of sequence; they must then be emptied. @return timers->valid of them: see nf_heap_at() */
const nf_heap *nf_timers_by_sequence(nf_timers *timers);

/** Drops all timers. */
void nf_timers_empty(nf_timers *timers);

#endif
