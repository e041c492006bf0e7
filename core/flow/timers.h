/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file timers.h
 * When records are due, by deadlines that a packet never touches. A deadline that was set may be too early by now, for its record may have had
 * packets since; it is corrected when its turn comes. A record's deadline only ever grows, so the first one, once it is correct, is the earliest
 * of all. Those that are set in their own order stand in a queue, all others, and what was corrected, in a heap: any order of times is fine, also
 * backwards, and nothing is ever scanned.
 */
#ifndef NF_FLOW_TIMERS_H
#define NF_FLOW_TIMERS_H

#include "heap.h"
#include "queue.h"

typedef struct nf_timers {
	int64_t earliest_ns; /**< no deadline is before; INT64_MAX: or there is none */
	nf_queue queue;
	nf_heap heap;
	size_t valid;        /**< timers whose record still waits; the others are dropped when met, or when they are too many */
	unsigned dropped;    /**< the others may be valid >> dropped, and a few more */
	nf_state state;      /**< of a record that waits */
	int64_t timeout_ns;  /**< a record is due this long after its last_ns */
	bool from_first;     /**< after its first_ns instead */
	bool no_memory;      /**< nf_timers_first() could not say which is the first one */
	size_t taken;        /**< of the heap, by nf_timers_take() */
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

/**
 * The record that is due first, whether that is past or not; it stays. Ties: lower sequence first.
 * @return NULL: none waits, or, with timers->no_memory, memory is out
 */
nf_record *nf_timers_first(nf_timers *timers);

/** Cheap test, may be true without reason: could something have a deadline before @p now_ns? */
static inline bool nf_timers_may_be_due(const nf_timers *timers, int64_t now_ns)
{
	return timers->earliest_ns < now_ns;
}

/** Drops some of those whose record does not wait, if they are too many. */
void nf_timers_tidy(nf_timers *timers);

/** Memory of the timers. */
size_t nf_timers_bytes(const nf_timers *timers);

/** Puts the timers in order of sequence, for nf_timers_take(); then they must be emptied. */
void nf_timers_sort(nf_timers *timers);

/** The next waiting record in order of sequence; NULL: that was all. */
nf_record *nf_timers_take(nf_timers *timers);

/** Drops all timers. */
void nf_timers_empty(nf_timers *timers);

#endif
