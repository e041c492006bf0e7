/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file timer.h
 * When a record is due, as heap.h and queue.h keep it.
 */
#ifndef NF_FLOW_TIMER_H
#define NF_FLOW_TIMER_H

#include "record.h"

typedef struct nf_timer {
	int64_t deadline_ns;
	uint64_t sequence;  /**< of the record when it was set: a record that has another one by now is not this timer's any more */
	nf_record *record;
} nf_timer;

/** Whether a timer's record still waits for it. */
typedef bool nf_timer_keeps(const void *to, const nf_timer *timer);

static inline bool nf_timer_is_earlier(const nf_timer *a, const nf_timer *b)
{
	return a->deadline_ns != b->deadline_ns ? a->deadline_ns < b->deadline_ns : a->sequence < b->sequence;
}

#endif
