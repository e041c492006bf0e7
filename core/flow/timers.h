/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file timers.h
 * When records are due: a heap of deadlines that a packet never touches. A deadline in the heap may be too early, for its record may have
 * had packets since; it is corrected when it comes to the top. A record's deadline only ever grows, so the top, once it is correct, is
 * the earliest of all. Any order of times is fine, also backwards; nothing is ever scanned.
 */
#ifndef NF_FLOW_TIMERS_H
#define NF_FLOW_TIMERS_H

#include "record.h"

#include <stddef.h>

typedef struct nf_timer {
	int64_t deadline_ns;
	uint64_t sequence;  /**< of the record when it was set: a record that has another one by now is not this timer's any more */
	nf_record *record;
} nf_timer;

typedef struct nf_timers {
	nf_timer *heap; /**< four children each; by deadline, then by sequence */
	size_t n, room;
	size_t valid;        /**< timers whose record still waits; the others are dropped when met, or when they are too many */
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

/** Says that a record waits no more. Its state or sequence must be changed before any other call. */
void nf_timers_forget(nf_timers *timers);

/** The record that is due first, whether that is past or not; it stays. NULL: none waits. Ties: lower sequence first. */
nf_record *nf_timers_first(nf_timers *timers);

/** Cheap test, may be true without reason: could something have a deadline before @p now_ns? */
static inline bool nf_timers_may_be_due(const nf_timers *timers, int64_t now_ns)
{
	return timers->n > 0 && timers->heap[0].deadline_ns < now_ns;
}

/** Puts the waiting timers in order of sequence, as an array of timers->valid; they are no heap any more and must then be emptied. */
const nf_timer *nf_timers_by_sequence(nf_timers *timers);

/** Drops all timers. */
void nf_timers_empty(nf_timers *timers);

#endif
