/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file timeline.h
 * Bytes and frames over time in a fixed number of buckets. Their width doubles when a time is beyond them, before or behind, until it is not.
 */
#ifndef NF_OVERVIEW_TIMELINE_H
#define NF_OVERVIEW_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

enum { NF_TIMELINE_BUCKETS = 512 };

typedef struct nf_bucket {
	uint64_t frames, bytes;
} nf_bucket;

/** All zero: empty. */
typedef struct nf_timeline {
	unsigned shift;   /**< a bucket is 2^shift ns wide; 0: empty */
	__int128 from_ns; /**< where the first bucket begins, maybe before all that int64 holds */
	int64_t first_ns, last_ns; /**< of the frames, earliest and latest */
	nf_bucket buckets[NF_TIMELINE_BUCKETS];
} nf_timeline;

/** Takes any times, in any order. */
void nf_timeline_add(nf_timeline *timeline, int64_t ns, uint64_t bytes);

/** Buckets from the one of the earliest to that of the latest frame. @param first  the first of them */
size_t nf_timeline_used(const nf_timeline *timeline, size_t *first);

/** ns from a to b; b is not before a. */
static inline uint64_t nf_span_ns(int64_t a, int64_t b)
{
	return (uint64_t)b - (uint64_t)a;
}

#endif
